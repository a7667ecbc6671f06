"""A ride drawn with the dots of braille characters: the way, and a curve for each channel (docs/decisions/0008).

A character has two dots by four. Signs in between are letters and digits, so that nothing depends on colour.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from .curves import axis_of, curve_of, ends_of, extent_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from plotille import Canvas

    from ..activity import Floats
    from .curves import Curve
    from .html.track import Track
    from .units import Measure

__all__ = ["curve_rows", "map_rows", "sides"]

_BLANK = "\u2800"
#: The rows of a curve.
_HIGH = 4


def sides(track: Track) -> tuple[float, float]:
    """How far the way goes from west to east and from south to north, in metres."""
    (west, east), (south, north) = extent_of(track.east), extent_of(track.north)
    return east - west, north - south


def map_rows(
    track: Track, signs: Sequence[tuple[str, int]], width: int, height: int
) -> tuple[list[str], Mapping[str, str]]:
    """The way of a track that has one, in at most ``width`` columns and ``height`` rows, as far in both directions:
    ``signs`` with the rows of the track where they stand, the first above all others. Beside it each sign in the
    picture and the one that is seen at its place."""
    along, up = sides(track)
    metres = max(along / (2 * width - 1), up / (4 * height - 1), 0.01)
    columns, rows = round(along / metres) // 2 + 1, round(up / metres) // 4 + 1
    (west, _), (south, _) = extent_of(track.east), extent_of(track.north)
    x, y = _dots(track.east - west, metres, 2 * columns), _dots(track.north - south, metres, 4 * rows)
    canvas = _canvas(columns, rows)
    _draw(canvas, x, y)
    cells = {
        sign: (x[row] // 2, y[row] // 4) for sign, row in signs if 0 <= x[row] < 2 * columns and 0 <= y[row] < 4 * rows
    }
    seen: dict[tuple[float, float], str] = {}
    for sign, cell in cells.items():
        if seen.setdefault(cell, sign) == sign:
            canvas.text(2 * cell[0], 4 * cell[1], sign)
    return _rows(canvas), {sign: seen[cell] for sign, cell in cells.items()}


def _dots(metres: Floats, each: float, count: int) -> Floats:
    return np.clip(np.rint(metres / each), -count, 2 * count)


def curve_rows(
    track: Track, measures: Mapping[str, Measure], signs: Iterable[tuple[str, int]], width: int
) -> list[str]:
    """A curve for each channel of a track, above the one axis that they share, in at most ``width`` columns. Below the
    axis stand ``signs`` with the rows of the track where they are, the first before all others at its place."""
    axis = axis_of(track)
    names = {name: (name.replace("_", " "), measures[name]) for name in track.channels}
    label = max(len(text) for name, measure in names.values() for text in (name, measure.unit, axis.name))
    numbers = max(len(text) for name in names for text in ends_of(track.channels[name], measures[name]))
    room = width - label - numbers - 4
    rows = []
    for name, (said, measure) in names.items():
        curve = curve_of(axis, track.channels[name], measure, 2 * room, smooth=True)
        canvas = _canvas(room, _HIGH)
        _draw(canvas, np.rint(curve.x * (2 * room - 1)), np.rint(curve.y * (4 * _HIGH - 1)))
        left = [said, measure.unit, *[""] * (_HIGH - 2)]
        for text, number, drawn in zip(left, _numbers(curve), _rows(canvas), strict=True):
            rows.append(f"{text:<{label}}  {number:>{numbers}} {'┤' if number else '│'}{drawn}")
    first, middle, last = axis.ticks
    half = (room - len(middle)) // 2
    before = " " * (label + numbers + 3)
    rows.append(f"{before}└{'─' * room}")
    if marks := _below(axis.shares, signs, room):
        rows.append(f"{'finding':<{len(before)}} {marks}")
    rows.append(f"{axis.name:<{len(before)}} {first:<{half}}{middle}{last:>{room - half - len(middle)}}")
    return rows


def _numbers(curve: Curve) -> list[str]:
    """What stands beside each row of a curve: its greatest and its least number, or its only one."""
    return ["", "", curve.low, ""] if curve.low == curve.high else [curve.high, *[""] * (_HIGH - 2), curve.low]


def _below(shares: Floats, signs: Iterable[tuple[str, int]], room: int) -> str:
    row = [" "] * room
    for sign, at in signs:
        if np.isfinite(shares[at]) and row[place := min(int(shares[at] * room), room - 1)] == " ":
            row[place] = sign
    return "".join(row).rstrip()


def _canvas(columns: int, rows: int) -> Canvas:
    """A canvas whose coordinates are its dots."""
    from plotille import Canvas

    return Canvas(columns, rows, 0, 0, 2 * columns, 4 * rows)


def _draw(canvas: Canvas, x: Floats, y: Floats) -> None:
    """Lines from dot to dot; NaN is a hole."""
    known = np.isfinite(x) & np.isfinite(y)
    same = np.r_[False, (np.diff(x) == 0) & (np.diff(y) == 0)]
    before = None
    for here, there in zip(zip(x[~same].tolist(), y[~same].tolist(), strict=True), known[~same].tolist(), strict=True):
        if there:
            canvas.line(*(before or here), *here)
        before = here if there else None


def _rows(canvas: Canvas) -> list[str]:
    return [row.replace(_BLANK, " ") for row in canvas.plot("\n").split("\n")]
