"""The page of a file, without a browser: what stands in it, how names are escaped, and how large it is."""

from __future__ import annotations

import base64
import json
import re
from dataclasses import replace
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from click.testing import CliRunner
from hypothesis import given
from hypothesis import strategies as st

from tracklint import Config, check
from tracklint.activity import Activity
from tracklint.checking import check_reading
from tracklint.cli import main
from tracklint.findings import Report, Where
from tracklint.reading import read_thing
from tracklint.render.html import page, piece, whole
from tracklint.render.html.packing import packed, unpacked
from tracklint.render.html.spots import excerpt, point_of
from tracklint.render.html.track import MOST_POINTS, near, track_of
from tracklint.render.html.zone import zone_of
from tracklint.testing import Ride

RIDE = Ride(seconds=600)
HOSTILE = "</script><script>alert(1)</script>\u2028\u202e<img src=x onerror=alert(1)>&\"'"


def made(data: bytes, name: str = "ride.fit", **how: Any) -> tuple[Report, str]:
    reading = read_thing(data, Config(), name=name)
    report = check_reading(reading, Config())
    return report, page(report, reading, Config(), **how)


def drawn(text: str) -> dict[str, Any]:
    """The data that the script draws."""
    found = re.search(r'<script type="application/json" id="data">(.*?)</script>', text, re.DOTALL)
    assert found is not None
    data: dict[str, Any] = json.loads(found[1])
    return data


class _Tags(HTMLParser):
    """Every element of a page with its attributes, and the texts."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.texts: list[str] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))

    def handle_data(self, data: str) -> None:
        self.texts.append(data)


@pytest.mark.parametrize("format_", ["fit", "gpx", "tcx"])
def test_a_page_tells_all_that_the_report_does(format_: str) -> None:
    data = getattr(RIDE, format_)(change={100: {"time": None}, 300: {"altitude": 900.0}})
    report, text = made(data, f"ride.{format_}")
    said = " ".join(" ".join(_Tags(text).texts).split())
    assert report.findings
    for finding in report.findings:
        assert finding.code in said
        assert finding.message in said
        assert finding.hint in said
    assert f"{report.verdict}" in said
    assert report.prediction is not None
    assert report.prediction.elevation.why in said
    channels = [each["name"] for each in drawn(text)["channels"]]
    assert channels == [
        name for name in ("altitude", "heart_rate", "cadence", "power", "temperature", "speed") if report.activity is not None and report.activity.channels[name]
    ]  # fmt: skip


def test_a_page_draws_each_point_as_it_is() -> None:
    data = RIDE.fit(change={7: {"power": None}})
    activity = read_thing(data, Config()).activity
    assert activity is not None
    ride = drawn(made(data)[1])
    power = next(each for each in ride["channels"] if each["name"] == "power")
    np.testing.assert_allclose(unpacked(power["values"]), activity.power)
    np.testing.assert_allclose(unpacked(ride["time"]), activity.time, atol=1e-3)
    east, north = (unpacked(ride["map"][name]) for name in ("east", "north"))
    steps = np.hypot(np.diff(east), np.diff(north))
    np.testing.assert_allclose(steps.sum(), activity.distance[-1], rtol=0.01)


def test_findings_are_buttons_that_know_their_point() -> None:
    report, text = made(RIDE.gpx(change={300: {"altitude": 900.0}, 301: {"altitude": 900.0}}), "ride.gpx")
    buttons = [attrs for tag, attrs in _Tags(text).tags if tag == "button" and "data-finding" in attrs]
    assert len(buttons) == len(report.findings)
    jump = next(finding for finding in report.findings if finding.code == "POS016")
    placed = drawn(text)["findings"][[finding.code for finding in report.findings].index("POS016")]
    assert placed["row"] == jump.where.record
    assert placed["severity"] == jump.severity.label


@pytest.mark.parametrize("format_", ["fit", "gpx", "tcx"])
def test_nothing_from_a_file_becomes_markup(format_: str) -> None:
    ride = Ride(seconds=60, device=f"{HOSTILE} with barometer" if format_ != "fit" else "<script>x", name=HOSTILE[:40])
    data = getattr(ride, format_)(change={20: {"time": None}})
    report, text = made(data, f"{HOSTILE}.{format_}")
    assert report.findings
    tags = _Tags(whole(text)).tags
    assert [tag for tag, _ in tags].count("script") == 3
    assert "img" not in [tag for tag, _ in tags]
    assert not any(name.startswith("on") for _, attrs in tags for name in attrs)
    assert not set("\u2028\u202e") & set(text)


def test_a_page_asks_nothing_of_the_network() -> None:
    text = whole(made(RIDE.fit())[1])
    tags = _Tags(text).tags
    assert not [attrs for _, attrs in tags if set(attrs) & {"src", "srcset", "action", "poster"}]
    assert [attrs["href"] for _, attrs in tags if attrs.get("href")] == ["#findings"]
    policy = next(attrs["content"] for tag, attrs in tags if tag == "meta" and "http-equiv" in attrs)
    assert policy is not None
    assert policy.startswith("default-src 'none'; script-src 'unsafe-inline';")


@pytest.mark.parametrize(("hours", "most"), [(6, 1_000_000), pytest.param(24, 4_000_000, marks=pytest.mark.pages)])
def test_a_page_is_small_beside_the_library(hours: int, most: int) -> None:
    assert len(made(Ride(seconds=hours * 3600).fit())[1].encode()) <= most


def test_a_broken_file_has_a_page_too() -> None:
    for data in (b"", b"no activity", RIDE.fit()[:300], RIDE.gpx()[:500], RIDE.fit()[:40]):
        report, text = made(data)
        assert report.verdict in whole(text)
    assert "gone.fit" in piece(replace(check(b"x"), name="gone.fit"), lambda: None, Config())


def test_what_can_be_mended_is_shown_as_a_diff() -> None:
    report, text = made(RIDE.gpx(change={100: {"time": None}}), "my ride.gpx")
    assert any(finding.fix == "unsafe" for finding in report.findings)
    assert "tracklint fix --unsafe --out mended &#39;my ride.gpx&#39;" in text
    assert '<span class="dropped">-' in text


def test_what_was_not_checked_is_said() -> None:
    report = replace(check(RIDE.gpx(), name="a.gpx"), skipped=())
    told = replace(report, skipped=(type(check(b"x").skipped[0])("TIM*", "there <is> no time"),))
    reading = read_thing(RIDE.gpx(), Config(), name="a.gpx")
    assert "Every rule for this kind of file was asked." in page(report, reading, Config())
    assert "there &lt;is&gt; no time" in page(told, reading, Config())


@pytest.mark.parametrize(
    ("data", "zone"),
    [
        (Ride(seconds=60, utc_offset=-12600).fit(), -12600),
        (RIDE.gpx(), None),
        (re.sub(rb"T(\d\d):(\d\d:\d\d)Z</time>", rb"T\1:\2+05:45</time>", RIDE.gpx()), 20700),
        (re.sub(rb"T(\d\d):(\d\d:\d\d)Z</Time>", rb"T\1:\2-03:00</Time>", RIDE.tcx()), -10800),
        (b"", None),
    ],
)
def test_the_wall_clock_is_the_files(data: bytes, zone: int | None) -> None:
    assert zone_of(read_thing(data, Config(), name="ride")) == zone


def test_times_are_local_and_it_is_said() -> None:
    assert "UTC+02:00 as the file says" in made(RIDE.fit())[1]
    assert "2024-05-01 12:00:00" in made(RIDE.fit())[1]
    assert "the file does not say in which zone" in made(RIDE.gpx(), "a.gpx")[1]


def test_units_are_those_that_were_asked_for() -> None:
    assert "mph" in made(RIDE.fit(), units="imperial")[1]
    assert drawn(made(RIDE.fit(), units="imperial")[1])["way"]["unit"] == "mi"


_FLOATS = st.one_of(
    st.floats(width=32), st.integers(-(2**40), 2**40).map(float), st.sampled_from([np.nan, np.inf, 1e300])
)


@given(st.lists(_FLOATS, max_size=50), st.sampled_from([0.001, 0.01, 1.0]))
def test_property_packed_columns_come_back(numbers: list[float], step: float) -> None:
    values = np.array(numbers, np.float64)
    known = np.isfinite(values) & (np.abs(np.round(values / step)) < 2**53)
    back = unpacked(packed(values, step))
    assert (np.isfinite(back) == known).all()
    np.testing.assert_allclose(back[known], values[known], atol=step * 0.51, rtol=1e-12)


@pytest.mark.parametrize(("jump", "kind"), [(100, "i1"), (1000, "i2"), (100_000, "i4"), (2.0**40, "f8")])
def test_columns_take_the_least_integers_that_hold_them(jump: float, kind: str) -> None:
    column = packed(np.array([5.0, np.nan, 5.0 + jump]), 1.0)
    assert column["type"] == kind
    assert len(base64.b64decode(column["bytes"])) == 3 * int(kind[1])


def test_a_long_ride_is_thinned_and_keeps_its_extremes() -> None:
    size = 3 * MOST_POINTS
    power = np.full(size, 200.0)
    power[123_457], power[200_003] = 1999.0, 0.0
    rest = {name: np.full(size, np.nan) for name in ("latitude", "longitude", "altitude", "distance", "speed", "heart_rate", "cadence", "temperature")}  # fmt: skip
    ride = Activity(format="fit", time=np.arange(size, dtype=float), power=power, starts=np.array([0]), **rest)
    track = track_of(ride, [77_777])
    assert len(track.points) <= MOST_POINTS
    assert {0, 77_777, 123_457, 200_003, size - 1} <= set(track.points.tolist())
    assert (track.channels["power"].max(), track.channels["power"].min()) == (1999.0, 0.0)
    assert track.points[track.row(77_777)] == 77_777


def test_single_values_far_out_do_not_hide_the_others() -> None:
    values = np.linspace(100.0, 110.0, 500)
    assert near(values) is None
    values[50] = 9000.0
    assert near(values) == (100.0, 110.0)
    assert near(np.array([20.0] * 400 + [21.0])) is None


def test_places_without_a_point_are_of_the_whole_file() -> None:
    activity = read_thing(RIDE.fit(), Config()).activity
    assert activity is not None
    third = activity.at(3)
    assert third.offset is not None
    assert third.time is not None
    assert point_of(Where(record=5), activity) == 5
    assert point_of(Where(record=99_999), activity) is None
    assert point_of(Where(time=third.time), activity) == 3
    assert point_of(Where(offset=third.offset), activity) == 3
    assert point_of(Where(offset=third.offset + 1), activity) == 3
    assert point_of(Where(offset=2), activity) is None
    assert point_of(Where(offset=10**9), activity) is None
    assert point_of(Where(), activity) is None


def test_excerpts_mark_the_bytes_and_the_text() -> None:
    data = bytes(range(64))
    (first, second) = excerpt(data, Where(offset=30, size=4), "fit")
    assert (first.label, first.marked, second.label, second.marked) == ("0x000010", "1e 1f", "0x000020", "20 21")
    assert first.before + first.marked == bytes(range(16, 32)).hex(" ")
    source = b"<a>\n\t<ele>1,5</ele>\n</a>"
    (line,) = excerpt(source, Where(offset=source.index(b"1,5"), size=3, line=2), "gpx")
    assert (line.label, line.before, line.marked, line.behind) == ("2", "<ele>", "1,5", "</ele>")
    assert excerpt(data, Where(), "fit") == []
    assert excerpt(data, Where(offset=64, size=2), "fit")[0].marked == ""


def run(*arguments: object) -> Any:
    return CliRunner().invoke(main, [str(each) for each in arguments])


def test_check_and_show_write_the_same_page(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    Path("ride.fit").write_bytes(RIDE.fit())
    assert run("check", "-o", "html=a.html", "ride.fit").exit_code == 0
    assert run("show", "--html", "b.html", "ride.fit").exit_code == 0
    a, b = (Path(name).read_text(encoding="utf-8") for name in ("a.html", "b.html"))
    assert a == b
    assert "Plotly" in a
    assert "<!-- library -->" not in a
    assert run("show", "--html", "-", "ride.fit").stdout_bytes.decode() == b
    assert not Path("-").exists()


@pytest.mark.parametrize(
    ("arguments", "why"),
    [
        (("check", "-o", "html=a.html", "one.fit", "two.fit"), "html=FOLDER"),
        (("show", "--html", "one.fit", "one.fit"), "nothing is written over it"),
        (("check", "-o", "html=one.html", "one.html"), "nothing is written over it"),
        (("check", "-o", "html=a.htm", "one.fit"), "a.htm: name it .html, or a folder"),
        (("compare", "--same-ride", "-o", "html=a.htm", "one.fit", "two.fit"), "a.htm: name it .html, or a folder"),
        (("show", "--html", "a.html", "--facts", "one.fit"), "leave out --facts or --html"),
    ],
)
def test_a_page_that_cannot_be_made_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, arguments: tuple[str, ...], why: str
) -> None:
    monkeypatch.chdir(tmp_path)
    for name in ("one.fit", "two.fit", "one.html"):
        Path(name).write_bytes(RIDE.fit())
    done = run(*arguments)
    assert done.exit_code == 2
    assert why in " ".join(done.stderr.split())
    assert not Path("a.html").exists()
    assert not Path("a.htm").exists()


def test_without_the_extra_it_is_said_how_to_install_it(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr("importlib.util.find_spec", lambda _name: None)
    monkeypatch.chdir(tmp_path)
    Path("ride.fit").write_bytes(RIDE.fit())
    for arguments in (("check", "-o", "html=a.html", "ride.fit"), ("show", "--html", "a.html", "ride.fit")):
        done = run(*arguments)
        assert done.exit_code == 2
        assert "extra `report`" in done.stderr


def test_a_template_is_read_once() -> None:
    made(RIDE.fit())
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr("jinja2.Environment.compile", lambda *_: pytest.fail("it is compiled once more"))
        made(RIDE.fit())
