"""A report and an activity as HTML for notebooks: no script, no style sheet, nothing from the network.

Colours are those of the notebook, light or dark: lines and letters have ``currentColor``. Whatever comes from a file is
escaped, and what is drawn is thinned, so that a day is not much larger than an hour.
"""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING

import numpy as np

from ..activity import Activity
from ..findings import Report
from ..words import clipped, counted, iso, place, printable, severities
from .curves import axis_of, curve_of, extent_of
from .html.figures import figures
from .html.track import thinned
from .rows import not_checked, predicted_rows, predicted_title
from .units import UNITS

if TYPE_CHECKING:
    from collections.abc import Iterable

    from ..activity import Floats
    from ..findings import Finding
    from .curves import Axis
    from .html.figures import Chart
    from .html.track import Track

__all__ = ["html_of"]

_UNITS = UNITS["metric"]
_MOST_FINDINGS, _MOST_TEXT = 50, 1000
#: Pixels of a chart, and the room above and below its line.
_WIDTH, _HIGH, _EDGE = 720, 90, 4
#: So many stretches of a chart have a least and a greatest value.
_STRETCHES = 360
_MAP = 360
#: Beside the word of a severity, seen on white and on black.
_COLOURS = {"error": "#e5484d", "warning": "#c98a00", "info": "#3b8eea"}


def html_of(thing: object) -> str:
    """A report or an activity. Raises TypeError for anything else."""
    if isinstance(thing, Report):
        return _report(thing)
    if isinstance(thing, Activity):
        return _activity(thing)
    raise TypeError(f"{type(thing).__name__} is not shown in notebooks")


def _said(text: str) -> str:
    return escape(printable(clipped(text, _MOST_TEXT), "utf-8"))


def _report(report: Report) -> str:
    worst_first = sorted(report.findings, key=lambda finding: -finding.severity.rank)
    found = severities(report.findings) or "nothing found"
    start = report.activity.start_time if report.activity is not None else None
    parts = [f"<p><b>{_said(report.name)}</b>: <b>{report.verdict}</b>, {found}</p>"]
    parts += [_finding(finding, report, start) for finding in worst_first[:_MOST_FINDINGS]]
    if rest := worst_first[_MOST_FINDINGS:]:
        parts.append(f"<p>and {counted(len(rest), 'more finding')} ({severities(rest)}) in <code>findings</code></p>")
    if report.prediction is not None and (title := predicted_title(report)) is not None:
        parts += [f"<p><b>{_said(title)}</b></p>", _table(predicted_rows(report.prediction, _UNITS))]
    if skipped := not_checked(report.skipped):
        parts += ["<p><b>Not checked</b></p>", _table(skipped)]
    return f"<div>{''.join(parts)}</div>"


def _finding(finding: Finding, report: Report, start: float | None) -> str:
    label = finding.severity.label
    lines = [f"<b>{label} {_said(f'{finding.code} {finding.name}')}</b>: {_said(finding.message)}"]
    lines += [_said(where)] if (where := place(finding.where, report.format, start)) else []
    lines += [f"<b>hint:</b> {_said(finding.hint)}"] if finding.hint else []
    style = f"border-left:4px solid {_COLOURS[label]};padding-left:8px;margin:6px 0"
    return f'<div style="{style}">{"<br>".join(lines)}</div>'


def _table(rows: Iterable[tuple[str, str]]) -> str:
    style = 'style="text-align:left;vertical-align:top"'
    cells = (f"<tr><th {style}>{_said(label)}</th><td {style}>{_said(text)}</td></tr>" for label, text in rows)
    return f"<table>{''.join(cells)}</table>"


def _activity(activity: Activity) -> str:
    size = f"{counted(len(activity), 'point')}, {counted(len(activity.laps), 'lap')}"
    title = f"{activity.format.upper()} {activity.kind}: {size}"
    known = activity.time[np.isfinite(activity.time)]
    start = iso(float(known[0])) if len(known) else None
    parts = [f"<p><b>{_said(title)}</b>{f', from {start}' if start else ''}</p>"]
    drawn = figures(activity, (), _UNITS, None)
    if drawn is not None:
        axis = axis_of(drawn.track)
        parts += [_map(drawn.track)] if drawn.track.on_map else []
        parts += [_chart(chart, drawn.track.channels[chart.name], axis) for chart in drawn.charts]
    return f"<div>{''.join(parts)}</div>"


def _chart(chart: Chart, column: Floats, axis: Axis) -> str:
    """One channel as a line, with its numbers as text."""
    curve = curve_of(axis, column, _UNITS.channels[chart.name], _STRETCHES)
    low, mean, high = chart.numbers
    title = f"{chart.label}, {chart.unit}"
    told = f"{chart.label}: least {low}, mean {mean}, greatest {high} {chart.unit}"
    line = _line(curve.x * _WIDTH, _EDGE + (1 - curve.y) * (_HIGH - 2 * _EDGE))
    first, _, last = axis.ticks
    return (
        f"<p>{_said(title)}: {low} to {high}, mean {mean}<br>{_svg(told, line, _WIDTH, _HIGH)}"
        f"<br><small>{axis.name} {first} to {last}, axis {curve.low} to {curve.high} {_said(chart.unit)}</small></p>"
    )


def _map(track: Track) -> str:
    """The way, as far in both directions; a ring where it begins and a dot where it ends."""
    (west, east), (south, north) = extent_of(track.east), extent_of(track.north)
    each = max(east - west, north - south, 1.0) / (_MAP - 4 * _EDGE)
    rows = np.arange(len(track.east))
    if len(rows) > 4 * _STRETCHES:
        rows = thinned([track.east, track.north], [0, len(rows) - 1], _STRETCHES)
    x = 2 * _EDGE + np.clip((track.east[rows] - west) / each, -_MAP, 2 * _MAP)
    y = 2 * _EDGE + np.clip((north - track.north[rows]) / each, -_MAP, 2 * _MAP)
    ends = np.flatnonzero(np.isfinite(x))[[0, -1]]
    (x0, x1), (y0, y1) = x[ends], y[ends]
    signs = (
        f'<circle cx="{x0:.1f}" cy="{y0:.1f}" r="6" fill="none" stroke="currentColor"/>'
        f'<circle cx="{x1:.1f}" cy="{y1:.1f}" r="4" fill="currentColor"/>'
    )
    width, height = (round(metres / each + 4 * _EDGE) for metres in (east - west, north - south))
    told = f"The way: {_UNITS.way(east - west)} from west to east, {_UNITS.way(north - south)} from south to north"
    return f"<p>{told}; a ring at the start, a dot at the end<br>{_svg(told, _line(x, y) + signs, width, height)}</p>"


def _line(x: Floats, y: Floats) -> str:
    """A path from point to point; NaN is a hole, and a point alone is a dot."""
    known = np.isfinite(x) & np.isfinite(y)
    begins = known & ~np.r_[False, known[:-1]]
    steps = (
        f"M{across:.1f} {down:.1f}h0" if begin else f"L{across:.1f} {down:.1f}"
        for begin, across, down in zip(begins[known].tolist(), x[known].tolist(), y[known].tolist(), strict=True)
    )
    style = 'fill="none" stroke="currentColor" stroke-width="1.2" stroke-linejoin="round" stroke-linecap="round"'
    return f'<path d="{"".join(steps)}" {style}/>'


def _svg(told: str, inside: str, width: int, height: int) -> str:
    style = "max-width:100%;height:auto;overflow:hidden"
    return (
        f'<svg role="img" aria-label="{_said(told)}" viewBox="0 0 {width} {height}" width="{width}" height="{height}" '
        f'style="{style}">{inside}</svg>'
    )
