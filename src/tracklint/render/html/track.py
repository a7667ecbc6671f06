"""A ride as its page draws it: columns on one axis of points, the way as metres on a plane, and where it paused."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np

from ...predict import ground_distance

if TYPE_CHECKING:
    from collections.abc import Collection

    from ...activity import Activity, Floats, Ints

__all__ = ["DRAWN", "MOST_POINTS", "Track", "flat", "middle", "near", "thinned", "track_of"]

#: The channels that have a chart, in the order of the page.
DRAWN = ("altitude", "heart_rate", "cadence", "power", "temperature", "speed")
#: A ride with more points is thinned; so many buckets are then more than a screen has pixels.
MOST_POINTS, _BUCKETS = 100_000, 5_000
_METRES_A_DEGREE = 111_194.93
#: What lies farther out than this many times the width of nearly all values is left out of the first view.
_FAR = 4.0


@dataclass(frozen=True, slots=True, eq=False)
class Track:
    """``points`` are the indices that are drawn, ascending, nearly always all of them; the columns have a row for each:
    ``time`` (UTC seconds), ``distance`` (m), ``east`` and ``north`` (m from the middle of the ride) and `DRAWN`
    ``channels`` that have a value. ``pauses`` are rows at whose points the recording stopped."""

    points: Ints
    time: Floats
    distance: Floats
    east: Floats
    north: Floats
    channels: dict[str, Floats]
    pauses: tuple[int, ...]

    def row(self, point: int) -> int:
        """The row of a point, or of the nearest one before it that is drawn."""
        return max(int(np.searchsorted(self.points, point, "right")) - 1, 0)

    @property
    def on_map(self) -> bool:
        """Whether there is a way to draw."""
        return bool(np.isfinite(self.east).any())


def track_of(activity: Activity, spared: Collection[int] = ()) -> Track:
    """The track of an activity. The points ``spared`` are drawn however many there are."""
    channels = {name: activity[name] for name in DRAWN if activity.known(name)}
    east, north = _plane(activity)
    points = np.arange(len(activity), dtype=np.int64)
    if len(points) > MOST_POINTS:
        points = thinned([*channels.values(), east, north], [*spared, *activity.starts.tolist(), 0, len(points) - 1])
    known = np.flatnonzero(activity.channel("position"))
    east, north = east[points], north[points]
    if activity.known("distance"):
        distance = activity.distance
    else:
        distance = np.full(len(activity), np.nan)
        distance[known] = np.cumsum(np.concatenate(([0.0], ground_distance(activity)))) if len(known) else 0.0
    track = Track(
        points, activity.time[points], distance[points], east, north,
        {name: column[points] for name, column in channels.items()}, (),
    )  # fmt: skip
    return Track(
        track.points, track.time, track.distance, track.east, track.north, track.channels,
        tuple(sorted({track.row(point) for point in _pauses(activity)})),
    )  # fmt: skip


def _plane(activity: Activity) -> tuple[Floats, Floats]:
    """Metres east and north of the middle of all positions, on a plane that touches the globe there; NaN for a point
    without one."""
    there = activity.channel("position")
    north, along = (np.where(there, column, np.nan) for column in (activity.latitude, activity.longitude))
    return flat(north, along, middle(activity.latitude[there], activity.longitude[there]))


def middle(latitude: Floats, longitude: Floats) -> tuple[float, float]:
    """The middle of known positions, in degrees; NaN where there are none."""
    return (float(np.median(latitude)), float(np.median(longitude))) if len(latitude) else (np.nan, np.nan)


def flat(latitude: Floats, longitude: Floats, about: tuple[float, float]) -> tuple[Floats, Floats]:
    """Metres east and north of a place, on a plane that touches the globe there; degrees are given."""
    along = (longitude - about[1] + 180.0) % 360.0 - 180.0
    east = along * _METRES_A_DEGREE * max(float(np.cos(np.radians(about[0]))), 0.01)
    return east, (latitude - about[0]) * _METRES_A_DEGREE


def thinned(columns: list[Floats], spared: list[int], buckets: int = _BUCKETS) -> Ints:
    """Of each stretch of points the one with the least and the one with the greatest value of each column. There must
    be a point for each of the ``buckets``, the stretches."""
    size = len(columns[0])
    edges = np.linspace(0, size, buckets + 1).astype(np.int64)
    kept = [np.array(spared, np.int64)]
    for column in columns:
        for values in (np.where(np.isfinite(column), column, np.inf), np.where(np.isfinite(column), -column, np.inf)):
            least = np.minimum.reduceat(values, edges[:-1])
            at = np.flatnonzero(values == np.repeat(least, np.diff(edges)))
            _, first = np.unique(np.searchsorted(edges, at, "right"), return_index=True)
            kept.append(at[first])
    return np.unique(np.concatenate(kept))


def _pauses(activity: Activity) -> list[int]:
    """The last point before each pause: before the timer of a FIT file starts again, and before each new segment."""
    points = [int(start) - 1 for start in activity.starts.tolist() if start > 0]
    timers = sorted((e.time, e.kind) for e in activity.events if e.event == "timer" and np.isfinite(e.time))
    timed = np.flatnonzero(activity.channel("time"))
    times = np.maximum.accumulate(activity.time[timed])
    for (stop, one), (_, other) in pairwise(timers):
        if one.startswith("stop") and other.startswith("start") and len(timed):
            points.append(int(timed[max(int(np.searchsorted(times, stop, "right")) - 1, 0)]))
    return points


def near(values: Floats) -> tuple[float, float] | None:
    """From where to where nearly all values lie, where single ones lie so far out that nothing else would be seen;
    ``None`` where all can be shown."""
    known = values[np.isfinite(values)]
    if len(known) < 20:
        return None
    low, high = (float(each) for each in np.percentile(known, (2, 98)))
    inside = known[(known >= low - _FAR * (high - low)) & (known <= high + _FAR * (high - low))]
    if low == high or len(inside) == len(known):
        return None
    return float(inside.min()), float(inside.max())
