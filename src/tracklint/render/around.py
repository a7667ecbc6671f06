"""The channel that a finding is of, around the finding's place, as a row of characters."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from ..config import given
from ..source import Unreadable, open_source
from .curves import spelt
from .html.spots import stretches
from .sparks import ASCII, BLOCKS, sparkline
from .units import UNITS

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from ..activity import Activity
    from ..config import Config
    from ..findings import Finding, Report
    from .page import Page

__all__ = ["channel_of", "channels_around"]

#: How the names of rules begin that are of a channel and do not name it in their evidence.
_NAMED = {
    "elevation": "altitude", "heart-rate": "heart_rate", "cadence": "cadence", "power": "power",
    "temperature": "temperature", "speed": "speed", "distance": "distance",
}  # fmt: skip
_CELLS = 60
#: Three times as many points as the place has, so that it can be seen what was before and after it.
_TIMES = 3


def channels_around(
    page: Page, report: Report, findings: Iterable[Finding], data: Callable[[], bytes | None], config: Config | None
) -> dict[Finding, tuple[str, str]]:
    """For each finding of a channel the rows that show it: the values around the place, and the mark below it.

    ``data()`` gives the bytes of the report's file. It is read once more, as ``config`` says and only where some
    finding is of a channel, because a report does not carry its ride.
    """
    concerned = {finding: channel for finding in findings if (channel := channel_of(finding)) is not None}
    activity = _activity(report, data() or b"", config) if concerned else None
    if activity is None:
        return {}
    drawn = {finding: _rows(page, finding, channel, activity) for finding, channel in concerned.items()}
    return {finding: rows for finding, rows in drawn.items() if rows is not None}


def channel_of(finding: Finding) -> str | None:
    """The column of an activity that a finding is of; ``None`` where it is of none, of several, or of no place."""
    runs, size = stretches(finding), finding.evidence.get("points")
    if not runs or not isinstance(size, int) or (0, size - 1) in runs:
        return None
    told = str(finding.evidence.get("channel", "")).replace(" ", "_")
    if told in _NAMED.values():
        return told
    return next((channel for begins, channel in _NAMED.items() if finding.name.startswith(f"{begins}-")), None)


def _activity(report: Report, content: bytes, config: Config | None) -> Activity | None:
    from ..reading import read_source

    try:
        return read_source(open_source(content, report.name), given(config)).activity
    except Unreadable:
        return None


def _rows(page: Page, finding: Finding, channel: str, activity: Activity) -> tuple[str, str] | None:
    runs, measure, label = stretches(finding), UNITS["metric"].channels[channel], channel.replace("_", " ")
    (first, last), size = runs[0], len(activity)
    if not 0 <= first <= last < size:  # the file is another one by now
        return None
    cells = min(_CELLS, page.width // 2)
    count = min(max(cells, _TIMES * (last - first + 1)), size)
    begin = min(max((first + last + 1 - count) // 2, 0), size - count)
    values = activity[channel][begin : begin + count]
    known = values[np.isfinite(values)]
    if not len(known):
        return None
    drawn = sparkline(values, BLOCKS if page.draws else ASCII, cells)
    low, high = spelt(float(known.min()), float(known.max()), measure)
    said = f"{low} to {high} {measure.unit}" if low != high else f"{low} {measure.unit}"
    edges = np.linspace(0, count, len(drawn) + 1).astype(np.int64)
    marks = [" "] * len(drawn)
    for run in runs:
        inside = [min(max(point - begin, -1), count) for point in run]
        if inside[1] >= 0 and inside[0] < count:
            left, right = (int(np.searchsorted(edges, point, "right")) - 1 for point in (max(inside[0], 0), inside[1]))
            right = min(right, len(drawn) - 1)
            marks[left : right + 1] = "^" + "~" * (right - left)
    return f"{label} {drawn} {said}", " " * (len(label) + 1) + "".join(marks)
