"""The channels of a ride as curves between 0 and 1, for whatever draws them: dots of a terminal, lines of a picture."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from ..words import clock
from .html.figures import sparse
from .html.track import near, thinned

if TYPE_CHECKING:
    from ..activity import Floats
    from .html.track import Track
    from .units import Measure

__all__ = ["Axis", "Curve", "axis_of", "curve_of", "ends_of", "extent_of", "spelt"]

#: What lies outside of a view is drawn so many views beyond it at most: a line that leaves it does so at its place.
_BEYOND = 1.0


@dataclass(frozen=True, slots=True, eq=False)
class Axis:
    """The time since the start, or the points where none has a time. ``shares`` has a number from 0 to 1 for each row
    of a track, NaN where it is unknown; ``ticks`` are the texts of the start, the middle and the end."""

    name: str
    shares: Floats
    ticks: tuple[str, str, str]


@dataclass(frozen=True, slots=True, eq=False)
class Curve:
    """A line from point to point, of which NaN makes a hole; what of it is below 0 or above 1 lies outside of the view.
    ``low`` and ``high`` are the numbers at 0 and 1, equal where the channel never changes."""

    x: Floats
    y: Floats
    low: str
    high: str


def axis_of(track: Track) -> Axis:
    """The axis that all curves of a track share."""
    low, high = extent_of(track.time)
    if low < high:
        shares = (track.time - low) / (high - low)
        shares[(shares < 0) | (shares > 1)] = np.nan
        ticks = tuple(clock(round(share * (high - low))) for share in (0, 0.5, 1))
        return Axis("time", shares, (ticks[0], ticks[1], ticks[2]))
    last = max(len(track.points) - 1, 1)
    first, middle, end = (str(track.points[round(share * (len(track.points) - 1))]) for share in (0, 0.5, 1))
    return Axis("point", np.arange(len(track.points)) / last, (first, middle, end))


def curve_of(axis: Axis, column: Floats, measure: Measure, size: int, *, smooth: bool = False) -> Curve:
    """A channel of a track, some of whose values are known, with what a picture of ``size`` dots across can show: the
    least and the greatest value of each stretch, or with ``smooth`` its mean, but for what lies outside of the view."""
    x, y = axis.shares, _shares(column, *extent_of(column))
    if len(x) > 4 * size:
        x, y = _means(x, y, size) if smooth else _extremes(x, y, size)
    x, y = x[np.isfinite(x)], y[np.isfinite(x)]
    if sparse(y):
        x, y = x[np.isfinite(y)], y[np.isfinite(y)]
    return Curve(x, y, *ends_of(column, measure))


def _shares(column: Floats, low: float, high: float) -> Floats:
    """A column between its ends; NaN for what is no number."""
    column = np.where(np.isfinite(column), column, np.nan)
    with np.errstate(over="ignore"):  # a file may say 1e308 m
        shares = (column - low) / (high - low) if low < high else column * 0 + 0.5
    clipped: Floats = np.clip(shares, -_BEYOND, 1 + _BEYOND)
    return clipped


def _extremes(x: Floats, y: Floats, size: int) -> tuple[Floats, Floats]:
    rows = thinned([y], [0, len(y) - 1], 2 * size)
    return x[rows], y[rows]


def _means(x: Floats, y: Floats, size: int) -> tuple[Floats, Floats]:
    """The mean of each stretch of the axis, and of one that leaves the view what lies farthest outside."""
    known = np.isfinite(x) & np.isfinite(y)
    place = np.minimum((x[known] * size).astype(np.int64), size - 1)
    count = np.bincount(place, minlength=size)
    sums = np.bincount(place, y[known], size)
    means = np.divide(sums, count, out=np.full(size, np.nan), where=count > 0)
    outside = np.abs(y[known] - 0.5) > 0.5
    np.put(means, place[outside], y[known][outside])
    return (np.arange(size) + 0.5) / size, means


def ends_of(column: Floats, measure: Measure) -> tuple[str, str]:
    """The numbers at the ends of a channel's own axis."""
    return spelt(*extent_of(column), measure)


def spelt(low: float, high: float, measure: Measure) -> tuple[str, str]:
    """Two numbers of a channel in its unit, none of them longer than a row."""
    low, high = measure.of(low), measure.of(high)
    decimals = f".{measure.decimals}f" if max(abs(low), abs(high)) < 1e7 else ".3g"
    return f"{low:{decimals}}", f"{high:{decimals}}"


def extent_of(column: Floats) -> tuple[float, float]:
    """From where to where nearly all values lie: to the least and the greatest, but for single ones far outside; NaN
    where none is known."""
    known = column[np.isfinite(column)]
    if not len(known):
        return np.nan, np.nan
    return near(known) or (float(known.min()), float(known.max()))
