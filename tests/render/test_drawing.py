"""A ride drawn with characters: where braille is, what its signs stand for, and what no file may do to it."""

from __future__ import annotations

import importlib.util
import io
import re
from typing import Any

import numpy as np
import pytest

from conftest import ROOT
from tracklint import Report, check
from tracklint.activity import COLUMNS, Activity
from tracklint.checking import check_reading
from tracklint.config import Config
from tracklint.reading import read_thing
from tracklint.render import write
from tracklint.render.around import channel_of
from tracklint.render.braille import curve_rows, map_rows
from tracklint.render.curves import axis_of, curve_of
from tracklint.render.html.track import track_of
from tracklint.render.show import show
from tracklint.render.units import UNITS, Measure
from tracklint.testing import Ride

BRAILLE = {chr(each) for each in range(0x2800, 0x2900)}
CHANNELS = UNITS["metric"].channels


@pytest.fixture(autouse=True)
def _plain_surroundings(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("NO_COLOR", "FORCE_COLOR", "COLUMNS", "TTY_COMPATIBLE", "TTY_INTERACTIVE", "COLORTERM", "LC_ALL"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("TERM", "dumb")  # no colour


def _activity(**columns: Any) -> Activity:
    (size,) = {len(column) for column in columns.values()}
    return Activity(format="fit", **dict.fromkeys(COLUMNS, np.full(size, np.nan)) | columns)


def _shown(data: bytes, *, encoding: str = "utf-8", terminal: bool = True, width: int = 80, **how: Any) -> str:
    reading = read_thing(data, Config())
    raw = io.BytesIO()
    with pytest.MonkeyPatch.context() as patch:
        if terminal:
            patch.setenv("TTY_COMPATIBLE", "1")
            patch.setenv("COLUMNS", str(width))
            patch.setenv("LINES", "24")
        out = io.TextIOWrapper(raw, encoding=encoding)
        show(check_reading(reading, Config()), reading.activity, out, **how)
        out.flush()
    return raw.getvalue().decode(encoding)


RIDE = Ride(seconds=600)
HOLES = {i: {"heart_rate": None} for i in (*range(100, 200), *range(400, 450))}


def test_braille_is_drawn_where_a_terminal_can_show_it_and_else_characters_that_it_has(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    data = RIDE.fit()
    assert set(_shown(data)) & BRAILLE
    assert "┤" in _shown(data)
    narrow = _shown(data, width=59)
    assert not set(narrow) & BRAILLE
    assert set("▁▂▃▄▅▆▇█") <= set(narrow)
    for plain in (_shown(data, encoding="ascii"), _shown(data, terminal=False)):
        assert plain.isascii()
        assert "#@" in plain
    monkeypatch.setenv("LC_ALL", "C")
    assert _shown(data).isascii()


def test_findings_have_digits_on_the_map_below_the_curves_and_in_a_list() -> None:
    text = _shown(RIDE.fit(change=HOLES | {300: {"altitude": 900.0}, 301: {"altitude": 900.0}}))
    drawn, _, listed = text.partition("  finding ")
    row, *rest = listed.splitlines()
    assert row.split() == ["2", "1"]  # the worst has the first digit
    said = [line.strip() for line in rest if line.strip()[:1].isdigit()]
    assert said == ["1 warning POS016 elevation-jump, 0:05:00", "2 info SEN024 dropouts, 0:01:40"]
    way = drawn[drawn.index("map: ") : drawn.index("altitude ", drawn.index("map: "))]
    assert "S start, E end," in way
    assert "digits: findings" in " ".join(way.split())
    for sign in "SE12":
        assert sum(line.count(sign) for line in way.splitlines()[1:] if set(line) & BRAILLE) == 1


def test_curves_and_map_are_in_the_units_that_were_asked_for() -> None:
    drawn = _shown(RIDE.fit(), units="imperial").partition("map: ")[2].partition("\n\nWhat Strava")[0]
    assert drawn.startswith("3281 ft from west to east, 3281 ft from south to north")
    rows = [line.split() for line in drawn.splitlines()]
    assert next(row[:2] for row in rows if row[:1] == ["altitude"]) == ["altitude", "361"]
    assert {"ft", "mph", "deg"} <= {row[0] for row in rows if row}
    assert not {"m", "m/s"} & {row[0] for row in rows if row}


def test_what_concerns_the_whole_ride_is_marked_nowhere() -> None:
    data = RIDE.fit(change={i: {"altitude": 100.0} for i in range(RIDE.points)})
    assert "POS011" in [finding.code for finding in check(data, config=Config()).findings]
    drawn = _shown(data).partition("map: ")[2]
    assert "POS011" not in drawn
    assert "finding" not in drawn


def test_a_map_is_as_far_in_both_directions() -> None:
    """A square of a kilometre, at 60 degrees north, where a degree of longitude is half as long."""
    side = np.linspace(0, 1, 200)
    north = np.concatenate((side * 0, side, side * 0 + 1, side[::-1])) / 111.195
    east = np.concatenate((side, side * 0 + 1, side[::-1], side * 0)) / 111.195 * 2
    track = track_of(_activity(latitude=60 + north, longitude=20 + east))
    rows, seen = map_rows(track, [("S", 0), ("E", len(north) - 1)], 78, 16)
    assert len(rows) == 16
    assert {len(row) for row in rows} == {32}  # two dots by four in a character
    assert seen == {"S": "S", "E": "S"}
    assert rows[-1][0] == "S"


def test_a_dropout_is_a_hole_in_the_curve() -> None:
    activity = read_thing(RIDE.fit(change={i: {"heart_rate": None} for i in range(200, 400)}), Config()).activity
    assert activity is not None
    rows = curve_rows(track_of(activity), CHANNELS, (), 78)
    at = next(i for i, row in enumerate(rows) if row.startswith("heart rate"))
    drawn = [row[20:] for row in rows[at : at + 4]]
    room = max(map(len, rows)) - 20
    there = [any(row[i : i + 1].strip() for row in drawn) for i in range(room)]
    assert not any(there[room // 3 + 1 : 2 * room // 3 - 1])
    assert all(there[1 : room // 3 - 1])
    assert all(there[2 * room // 3 + 1 : room - 1])


def test_single_values_far_outside_leave_the_view_and_the_rest_can_be_read() -> None:
    column = np.full(10_000, 100.0) + np.arange(10_000) % 10
    column[5000] = 1e308
    curve = curve_of(axis_of(track_of(_activity(altitude=column))), column, Measure("m"), 100, smooth=True)
    assert (curve.low, curve.high) == ("100", "109")
    assert np.nanmax(curve.y) > 1
    assert np.count_nonzero(curve.y > 1) == 1


@pytest.mark.parametrize("size", [1, 3, 900])
@pytest.mark.parametrize("value", [0.0, np.nan, np.inf, -1e308, 1e308])
def test_anything_can_be_drawn(size: int, value: float) -> None:
    for name in ("time", "latitude", "longitude", "altitude"):
        there = np.linspace(1, 2, size)
        columns = {"time": there * 1000, "latitude": there, "longitude": there, "altitude": there}
        columns[name] = np.where(np.arange(size) % 2 == 0, value, there)
        track = track_of(_activity(**columns))
        signs = [("S", 0), ("1", size - 1)]
        if track.on_map:
            rows, _ = map_rows(track, signs, 78, 16)
            assert len(rows) <= 16
            assert max(map(len, rows)) <= 78
        if track.channels:
            assert max(map(len, curve_rows(track, CHANNELS, signs, 78))) <= 78


def test_a_day_has_no_more_to_draw_than_an_hour() -> None:
    column = np.sin(np.arange(86_400.0))
    track = track_of(_activity(altitude=column, time=np.arange(86_400.0)))
    for smooth in (False, True):
        assert len(curve_of(axis_of(track), column, Measure("m"), 100, smooth=smooth).x) <= 402


def _told(data: bytes, report: Report | None = None, **look: Any) -> list[str]:
    """The lines of `check --all`."""
    out = io.StringIO()
    report = report or check(data, config=Config(), name="ride.fit")
    write("text", [report], out, data=lambda _: data, **{"show_all": True, **look})
    return out.getvalue().splitlines()


def _below(lines: list[str], code: str) -> tuple[str, str]:
    """The row of a finding's channel and the mark below it."""
    first = next(i for i, line in enumerate(lines) if code in line)
    hint = next(i for i, line in enumerate(lines[first:], first) if line.strip().startswith("hint"))
    at = next(i for i in range(hint - 1, first, -1) if lines[i].strip().startswith("^"))
    return lines[at - 1], lines[at]


@pytest.mark.parametrize("format_", ["fit", "gpx", "tcx"])
def test_check_all_shows_the_channel_around_the_place(format_: str) -> None:
    change = HOLES | {300: {"altitude": 900.0}}
    data = getattr(RIDE, format_)(change=change)
    lines = _told(data, check(data, config=Config(), name=f"ride.{format_}"), terminal=True, width=80)
    row, mark = _below(lines, "POS016")
    assert row.strip().startswith("altitude ▁")
    assert row.endswith(" to 900.0 m")
    assert row.count("█") == 1
    assert mark[row.index("█")] == "^"
    row, mark = _below(lines, "SEN024")
    assert row.strip().startswith("heart rate ")
    marked = {i for i, sign in enumerate(mark) if sign in "^~"}
    holes = {i for i in range(row.index("rate ") + 5, row.rindex(" to ") - 4) if row[i] == " "}
    assert len(holes) > 10
    assert holes <= marked  # and cells of which the hole is a part
    assert len(marked - holes) <= 2


def test_the_channel_is_in_ascii_without_a_terminal_and_left_out_without_all() -> None:
    data = RIDE.fit(change={300: {"altitude": 900.0}})
    row, mark = _below(_told(data), "POS016")
    assert row.isascii()
    assert mark[row.index("@")] == "^"
    assert not any("altitude _" in line or "^" in line for line in _told(data, show_all=False))
    for width in (24, 40, 60):
        assert max(map(len, _told(data, width=width, terminal=False))) <= max(width, 26)


def test_no_channel_is_shown_where_a_finding_is_of_none_or_of_the_whole_ride() -> None:
    level = RIDE.fit(change={i: {"altitude": 100.0} for i in range(RIDE.points)})
    late = RIDE.fit(change={300: {"time": RIDE.time(299)}})
    for data, code in ((level, "POS011"), (late, "TIM009")):
        report = check(data, config=Config())
        (found,) = (finding for finding in report.findings if finding.code == code)
        assert channel_of(found) is None
        assert not any(line.strip(" ^~") == "" and "^" in line for line in _told(data, report))


def test_a_file_that_changed_or_went_since_its_check_has_no_row() -> None:
    data = RIDE.fit(change={300: {"altitude": 900.0}})
    report = check(data, config=Config())
    for other in (b"", Ride(seconds=60).fit(), data[:40]):
        lines = _told(other, report)
        assert any("POS016" in line for line in lines)
        assert not any(line.strip() == "^" for line in lines)


def test_the_picture_of_a_terminal_asks_for_nothing_from_the_network() -> None:
    spec = importlib.util.spec_from_file_location("terminal", ROOT / "docs" / "terminal.py")
    assert spec is not None
    assert spec.loader is not None
    terminal = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(terminal)
    svg = terminal.picture("show ride.fit", "  altitude 110.0 ┤\x1b[36m⢰⠙\x1b[0m <script>\n")
    assert "altitude" in svg
    assert "⢰⠙" in svg
    assert not re.search(r"<script|url\((?!#)|@import|<image", svg)
    for name in terminal.SHOWN:
        written = (terminal.PICTURES / name).read_text(encoding="utf-8")
        assert not re.search(r"<script|url\((?!#)|@import|<image", written)
        assert terminal.SHOWN[name].replace(" ", "&#160;") in written
