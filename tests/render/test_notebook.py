"""What notebooks show of a report and of an activity."""

from __future__ import annotations

import re
import subprocess
import sys
from dataclasses import replace
from html.parser import HTMLParser

import numpy as np
import pytest
from reports import ALL, RISKY, finding

from tracklint import Activity, Config, Report, check, read
from tracklint.activity import COLUMNS
from tracklint.render.notebook import html_of
from tracklint.testing import Ride

RIDE = Ride(seconds=600)
HOSTILE = "</b><script>alert(1)</script>\u2028\u202e\x1b[31m<img src=x onerror=alert(1)>&\"'"


class _Page(HTMLParser):
    """The elements of a page with their attributes, and its text; what is opened must be closed."""

    def __init__(self, thing: Report | Activity) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.open: list[str] = []
        self.text = ""
        self.html = thing._repr_html_()
        self.feed(self.html)
        assert self.open == []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))
        if tag != "br":
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        self.text += data


def test_a_report_tells_its_findings_and_the_prediction() -> None:
    report = check(RIDE.fit(change={300: {"altitude": 900.0}, 20: {"power": 3000.0}}), config=Config(), name="ride.fit")
    assert len(report.findings) > 1
    assert report.prediction is not None
    text = _Page(report).text
    assert text.startswith(f"ride.fit: {report.verdict}")
    for each in report.findings:
        for words in (each.code, each.name, each.message, each.hint, f"record {each.where.record}"):
            assert words in text
    assert "What Strava will make of it" in text
    assert report.prediction.elevation.why in text


def test_reports_of_all_kinds_are_shown() -> None:
    for report in ALL:
        page = _Page(report)
        for codes in (each.why for each in report.skipped):
            assert codes in page.text
    many = replace(RISKY, findings=tuple(finding(f"SEN{i:03d}") for i in range(400)))
    assert "and 350 more findings (350 warnings)" in _Page(many).text
    assert len(_Page(many).html) < 40_000
    assert _Page(check(b"", config=Config())).text.startswith("<bytes>: refused")


def test_an_activity_has_its_way_and_a_chart_for_each_channel() -> None:
    activity = read(RIDE.fit(change={i: {"heart_rate": None} for i in range(200, 400)}))
    page = _Page(activity)
    labels = [attrs["aria-label"] or "" for tag, attrs in page.tags if tag == "svg"]
    assert [label.split(":")[0] for label in labels] == [
        "The way", "Elevation", "Heart rate", "Cadence", "Power", "Temperature", "Speed",
    ]  # fmt: skip
    least, greatest = activity.extent("heart_rate")
    assert f"least {least:.0f}, mean {np.nanmean(activity.heart_rate):.0f}, greatest {greatest:.0f} bpm" in labels[2]
    assert "601 points" in page.text
    paths = [attrs["d"] or "" for tag, attrs in page.tags if tag == "path"]
    assert [path.count("M") for path in paths] == [1, 1, 2, 1, 1, 1, 1]  # a dropout is a hole


def test_nothing_needs_a_script_or_the_network_and_colours_are_the_notebook_s() -> None:
    for thing in (check(RIDE.fit(), config=Config()), read(RIDE.fit())):
        page = _Page(thing)
        assert {tag for tag, _ in page.tags} <= {
            "div", "p", "b", "br", "small", "code", "table", "tr", "th", "td", "svg", "path", "circle",
        }  # fmt: skip
        assert not re.search(r"https?:|url\(|background|[^-]color:", page.html)
        strokes = {attrs.get("stroke") for _, attrs in page.tags} - {None}
        assert strokes <= {"currentColor"}


@pytest.mark.parametrize("format_", ["fit", "gpx", "tcx"])
def test_names_from_a_file_stay_text(format_: str) -> None:
    ride = Ride(seconds=60, device=f"{HOSTILE[:40]} with barometer" if format_ != "fit" else "<img src=x>")
    data = getattr(ride, format_)(change={20: {"altitude": 900.0}})
    hostile = finding("EVIL01", name=HOSTILE, message=HOSTILE, hint=HOSTILE)
    report = check(data, config=Config(), name=f"{HOSTILE}.{format_}")
    page = _Page(replace(report, findings=(hostile, *report.findings)))
    assert not {"script", "img"} & {tag for tag, _ in page.tags}
    assert not set("\u2028\u202e\x1b") & set(page.html)
    assert "<script>alert(1)</script>" in page.text
    assert not {"script", "img"} & {tag for tag, _ in _Page(read(data)).tags}


@pytest.mark.parametrize("value", [np.nan, np.inf, 1e308, -1e308, 0.0])
@pytest.mark.parametrize("size", [0, 1, 2, 900])
def test_any_activity_can_be_shown(size: int, value: float) -> None:
    for name in COLUMNS:
        columns = {each: np.linspace(1, 2, size) for each in COLUMNS}
        columns[name] = np.where(np.arange(size) % 2 == 0, value, columns[name])
        html = _Page(Activity(format="gpx", **columns)).html
        assert "nan" not in html
        assert len(html) < 200_000
    assert _Page(read(b"")).text


def test_a_day_is_hardly_larger_than_an_hour_and_keeps_its_extremes() -> None:
    t = np.arange(86_400.0)
    channels = {name: 100 + 20 * np.sin(t / (40 + i)) for i, name in enumerate(COLUMNS[3:])}
    channels["heart_rate"] = np.where(t == 50_000, 151, channels["heart_rate"])
    way = {"latitude": 47 + np.sin(t / 5000), "longitude": 20 + np.cos(t / 7000)}
    html = Activity(format="fit", time=t + 1e9, **way, **channels)._repr_html_()
    assert len(html) < 130_000
    assert "greatest 151 bpm" in html


def test_other_things_are_not_shown() -> None:
    with pytest.raises(TypeError, match="int is not shown in notebooks"):
        html_of(1)


def test_a_program_without_a_notebook_imports_nothing_for_it() -> None:
    script = (
        "import sys, tracklint\ntracklint.check(b'')\n"
        "print([name for name in sys.modules if name.startswith('tracklint.render')])"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert done.stdout == "[]\n"
