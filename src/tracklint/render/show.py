"""One file as a page: what it holds, how its channels run, and what Strava will make of it."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, TextIO

import numpy as np

from ..findings import Severity
from ..words import clock, counted, severities
from .page import STYLES, Page
from .rows import container_row, fact_rows, predicted_rows, predicted_title
from .sparks import ASCII, BLOCKS, SPARK, sparkline
from .units import UNITS, Measure, Units

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from ..activity import Activity, Floats
    from ..findings import Finding, Report
    from .units import System

__all__ = ["show"]

#: Columns whose mean says nothing.
_NO_MEAN = ("latitude", "longitude", "distance")
#: A narrower terminal gets one row of blocks for each channel, and so does one that cannot show braille, in ASCII.
_LEAST_WIDTH = 60
#: A shorter row of blocks says nothing, and gets a line of its own.
_LEAST_SPARK = 12
#: A wider drawing says no more.
_MOST_WIDTH, _MOST_HEIGHT = 120, 16
#: What stands on the map; more findings than digits are counted.
_START, _END, _DIGITS = "S", "E", "123456789"
#: Runs of braille with dots, and what is between them.
_PARTS = re.compile("[\u2801-\u28ff]+|[^\u2801-\u28ff]+")


def show(
    report: Report,
    activity: Activity | None,
    out: TextIO,
    *,
    color: bool | None = None,
    width: int | None = None,
    units: System = "metric",
) -> None:
    """Write one file's errors and facts, a table of the activity's channels, its way and their curves, and the
    prediction to ``out``. Of a file that Strava refuses only what is left of it is predicted, and nothing where no
    point is.

    The way and the curves are drawn with braille on a terminal of 60 columns that can show it; elsewhere the table has
    a row of characters for each channel, in ASCII where there is no such terminal.
    """
    page = Page(out, color=color, width=width)
    verdict = (report.verdict, STYLES[report.verdict])
    found = severities(report.findings)
    page.line((page.safe(report.name), "bold"), ": ", verdict, f", {found}" if found else "")
    for finding in report.findings:
        if finding.severity == Severity.ERROR:
            page.line(("error", STYLES["error"]), page.safe(f" {finding.code} {finding.message}"), indent=2, hang=2)
    _row(page, *container_row(report))
    if report.schema_valid is False:
        _row(page, "schema", "not valid, see check --for spec")
    if report.activity is not None:
        for row in fact_rows(report.activity, UNITS[units]):
            _row(page, *row)
    if activity is not None:
        _table(page, activity, UNITS[units])
        if _drawn(page):
            _draw(page, report, activity, UNITS[units])
    if report.prediction is not None and (title := predicted_title(report)) is not None:
        page.line()
        page.line((title, "bold"))
        for row in predicted_rows(report.prediction, UNITS[units]):
            _row(page, *row)


def _drawn(page: Page) -> bool:
    return page.draws and page.width >= _LEAST_WIDTH


def _table(page: Page, activity: Activity, units: Units) -> None:
    columns = {name: values for name, values in activity.columns().items() if name != "time"}
    columns = {name: values for name, values in columns.items() if np.isfinite(values).any()}
    if not columns:
        return
    page.line()
    table = [("channel", "count", "min", "mean", "max", "unit"), *(_numbers(*item, units) for item in columns.items())]
    widths = [max(len(row[k]) for row in table) for k in range(6)]
    room = page.width - sum(widths) - 14
    below = room < _LEAST_SPARK
    room = 0 if _drawn(page) else max(min(SPARK, page.width - 4 if below else room), 0)
    sparks = [sparkline(values, BLOCKS if page.draws else ASCII, room) for values in columns.values()]
    for row, spark, style in zip(table, ["", *sparks], ["bold", *[""] * len(sparks)], strict=True):
        numbers = [row[k].rjust(widths[k]) for k in range(1, 5)]
        cells = [row[0].ljust(widths[0]), *numbers, row[5].ljust(widths[5]), "" if below else spark]
        page.line(("  ".join(cells).rstrip(), style), indent=2, keep=True)
        if below and spark.strip():
            page.line(spark, indent=4, keep=True)


def _numbers(name: str, values: Floats, units: Units) -> tuple[str, ...]:
    """One row of the table, without its sparkline."""
    known, measure = values[np.isfinite(values)], units.channels.get(name, Measure(""))
    numbers = (measure.of(float(n)) for n in (known.min(), known.mean(), known.max()))
    low, mean, high = (f"{number:.{measure.decimals}f}" for number in numbers)
    mean = "" if name in _NO_MEAN else mean
    return name.replace("_", " "), str(len(known)), low, mean, high, measure.unit


def _draw(page: Page, report: Report, activity: Activity, units: Units) -> None:
    """The way with its ends and the places of findings, and the curves."""
    from .braille import curve_rows, map_rows, sides
    from .html.track import track_of

    placed = list(_placed(report, activity))
    track = track_of(activity, {point for _, point in placed})
    found = [(sign, track.row(point)) for sign, (_, point) in zip(_DIGITS, placed, strict=False)]
    width = min(page.width - 2, _MOST_WIDTH)
    if track.on_map:
        on_map = np.flatnonzero(np.isfinite(track.east)).tolist()
        signs = [(_START, on_map[0]), (_END, on_map[-1]), *found]
        rows, seen = map_rows(track, signs, width, _MOST_HEIGHT)
        along, up = (units.way(metres) for metres in sides(track))
        _rows(page, f"map: {along} from west to east, {up} from south to north{_said(seen)}", rows, "bold")
    if track.channels:
        _rows(page, "", curve_rows(track, units.channels, found, width))
    start = track.time[np.isfinite(track.time)][:1]
    for (sign, row), (finding, _) in zip(found, placed, strict=False):
        severity = (finding.severity.label, STYLES[finding.severity.label])
        since = f", {clock(round(track.time[row] - start[0]))}" if np.isfinite(track.time[row]) else ""
        page.line((f"{sign} ", "bold"), severity, page.safe(f" {finding.code} {finding.name}{since}"), indent=2, hang=2)
    if rest := len(placed) - len(found):
        page.line(f"and {counted(rest, 'more finding')} at places that are not marked", indent=2)


def _placed(report: Report, activity: Activity) -> Iterator[tuple[Finding, int]]:
    """The findings that are of a place in the ride and not of all of it, the worst first, each with its point."""
    from .html.spots import found_at, stretches

    for finding in sorted(report.findings, key=lambda finding: -finding.severity.rank):
        point = found_at(finding, activity)
        if point is not None and (0, len(activity) - 1) not in stretches(finding):
            yield finding, point


def _said(seen: Mapping[str, str]) -> str:
    """What the signs in a map are."""
    both = seen.get(_END) == _START
    said = [f"{_START} start and end" if both else f"{_START} start"] if _START in seen else []
    said += [f"{_END} end"] if _END in seen and not both else []
    said += ["digits: findings"] if set(seen.values()) & set(_DIGITS) else []
    return f"; {', '.join(said)}" if said else ""


def _rows(page: Page, title: str, rows: Sequence[str], signs: str = "") -> None:
    """Rows of a drawing: its dots in a colour, what else stands there in the style ``signs``."""
    page.line()
    if title:
        page.line(title, indent=2, hang=2)
    for row in rows:
        parts = _PARTS.findall(row)
        page.line(*((part, "cyan" if part[0] > "\u2800" else signs) for part in parts), indent=2, keep=True)


def _row(page: Page, label: str, value: str) -> None:
    page.line((f"{label:<10} ", "dim"), page.safe(value), indent=2, hang=11)
