"""Where in a ride a finding is, and what stands there in the file."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from ...activity import Activity
    from ...findings import Finding, Where

__all__ = ["Line", "excerpt", "found_at", "point_of", "stretches"]

_ROW, _ROWS = 16, 4
#: A session or a lap may end a little behind the last point.
_SLACK_S = 60.0
_BEFORE, _BEHIND = 60, 140
#: So many stretches of one finding are marked at most.
_MOST_STRETCHES = 60


@dataclass(frozen=True, slots=True)
class Line:
    """A line of a file around a place: its number or offset, what stands before the place, in it and behind it."""

    label: str
    before: str
    marked: str = ""
    behind: str = ""


def found_at(finding: Finding, activity: Activity) -> int | None:
    """The point of a finding: that of its place, else the first of those that share its cause; ``None`` where it is of
    no point."""
    point, runs = point_of(finding.where, activity), stretches(finding)
    if point is None and runs and 0 <= runs[0][0] < len(activity):
        return runs[0][0]
    return point


def point_of(where: Where, activity: Activity) -> int | None:
    """The point at a place: the one it names, else that of its time, else the last one before it in the file. ``None``
    where the place is of no point: before the first, as the device's name is, or nowhere."""
    size = len(activity)
    if where.record is not None:
        return where.record if 0 <= where.record < size else None
    timed = np.flatnonzero(activity.channel("time"))
    if where.time is not None and len(timed):
        lowest, highest = activity.extent("time")
        if lowest - _SLACK_S <= where.time <= highest + _SLACK_S:
            return int(timed[np.abs(activity.time[timed] - where.time).argmin()])
    if where.offset is None or not size:
        return None
    return _before(where.offset, activity)


def _before(offset: int, activity: Activity) -> int | None:
    """The last point that begins at or before an offset, but none where that one is the last of all."""
    low, high = 0, len(activity)
    while low < high:
        middle = (low + high) // 2
        at = activity.at(middle).offset
        if at is None:
            return None
        low, high = (middle + 1, high) if at <= offset else (low, middle)
    end = activity.at(len(activity) - 1)
    behind = low == len(activity) and offset >= (end.offset or 0) + (end.size or 1)
    return None if low == 0 or behind else low - 1


def stretches(finding: Finding) -> list[tuple[int, int]]:
    """The points that share the cause, as first and last of each run."""
    runs = finding.evidence.get("runs")
    if not isinstance(runs, list | tuple):
        return []
    return [(int(run[0]), int(run[1])) for run in runs[:_MOST_STRETCHES] if isinstance(run, list | tuple)]


def excerpt(content: bytes, where: Where, format_: str, codec: str = "utf-8") -> list[Line]:
    """The bytes at a place of a FIT file in hex, a few rows at most; of a text file its line."""
    if where.offset is None or not content:
        return []
    if format_ == "fit" or where.line is None:
        return _hex(content, where.offset, max(where.size or 1, 1))
    return [_source(content, where, codec)]


def _hex(content: bytes, offset: int, size: int) -> list[Line]:
    first = min(offset, max(len(content) - 1, 0)) // _ROW * _ROW
    lines = []
    for start in range(first, min(offset + size, len(content)) or first + 1, _ROW)[:_ROWS] or (first,):
        row = content[start : start + _ROW]
        low, high = (min(max(at - start, 0), len(row)) for at in (offset, offset + size))
        before, marked, behind = row[:low].hex(" "), row[low:high].hex(" "), row[high:].hex(" ")
        before, behind = before + " " * bool(before and marked + behind), " " * bool(behind and marked) + behind
        lines.append(Line(f"0x{start:06x}", before, marked, behind))
    return lines


def _source(content: bytes, where: Where, codec: str) -> Line:
    offset, size = where.offset or 0, max(where.size or 1, 1)
    first = max(content.rfind(b"\n", 0, offset) + 1, offset - 4 * _BEFORE)
    last = content.find(b"\n", offset, offset + 4 * _BEHIND)
    last = min(len(content), offset + 4 * _BEHIND) if last < 0 else last
    end = min(offset + size, last)
    parts = (content[first:offset], content[offset:end], content[end:last])
    before, marked, behind = (part.decode(codec, "replace").replace("\t", " ") for part in parts)
    before, room = before.lstrip(), max(_BEHIND - len(marked), 0)
    before = before if len(before) <= _BEFORE else f"...{before[-_BEFORE:]}"
    marked = marked if len(marked) <= _BEHIND else f"{marked[:_BEHIND]}..."
    return Line(str(where.line), before, marked, behind[:room].rstrip("\r") + "..." * (len(behind) > room))
