"""Steps from point to point, worked out as whole columns: where parts begin, hops between positions, runs of one value,
holes in a channel, and when the timer stood still.

Rules, measured facts and whoever else asks share these notions. A ride of a day has 86 400 points.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any, TypeVar

import numpy as np
import numpy.typing as npt

from .activity import Activity, Floats, Ints

__all__ = [
    "METRES_A_DEGREE",
    "Floats",
    "Ints",
    "Mask",
    "Track",
    "boundary_steps",
    "columns_once",
    "farthest",
    "missing_between",
    "null_or_marker",
    "runs_of_one_value",
    "seconds_each",
    "session_steps",
    "timer_pauses",
    "timer_stops_between",
    "ways",
]

Mask = npt.NDArray[np.bool_]
Made = TypeVar("Made")

#: Metres of one degree of latitude on a sphere of the Earth's mean radius.
METRES_A_DEGREE = 111_195.08


def columns_once(activity: Activity, make: Callable[..., Made], *how: Any) -> Made:
    """`Activity.once` for what is as long as the activity: made anew each time where it has more than 16,384 points,
    because there it takes more memory than it saves time."""
    return make(activity, *how) if len(activity) > 1 << 14 else activity.once(make, *how)


def null_or_marker(activity: Activity) -> tuple[Mask, Mask]:
    """Positions at 0/0, and positions at a pole or on the 180th meridian while most others are not.

    Both are what devices write for "no position". A track that lies there as a whole is taken as it is.
    """
    return activity.once(_null_or_marker)


def farthest(activity: Activity, axis: str) -> float:
    """The degrees from 0 of the latitude or longitude that is farthest from it, -1 where no point has one."""
    lowest, highest = activity.extent(axis)
    return max(-lowest, highest) if lowest <= highest else -1.0


def _null_or_marker(activity: Activity) -> tuple[Mask, Mask]:
    lat, lon = activity.latitude, activity.longitude
    (south, north), (west, east) = activity.extent("latitude"), activity.extent("longitude")
    nowhere = np.zeros(len(activity), bool)
    null = (lat == 0) & (lon == 0) if south <= 0 <= north and west <= 0 <= east else nowhere
    if farthest(activity, "latitude") <= 89.9999 and farthest(activity, "longitude") <= 179.99999:
        return null, nowhere
    marker = (np.abs(lat) > 89.9999) | (np.abs(lon) > 179.99999)
    if marker.any():
        marker &= activity.channel("position")
        if 2 * marker.sum() > activity.channel("position").sum():
            marker[:] = False
    return null, marker


def boundary_steps(activity: Activity, points: Ints) -> Mask:
    """For each step between neighbouring ``points``: whether a segment, Track or TCX lap starts in it."""
    firsts = [*activity.starts.tolist(), *(lap.first_point for lap in activity.laps if lap.points)]
    firsts += [session.first_point for session in activity.sessions if session.points and activity.format != "fit"]
    return _marked(points, firsts)


def session_steps(activity: Activity, points: Ints) -> Mask:
    """For each step between neighbouring ``points``: whether another trk, Activity or Course starts in it."""
    if activity.format == "fit" or len(activity.sessions) < 2:
        return np.zeros(max(len(points) - 1, 0), bool)
    return _marked(points, [session.first_point for session in activity.sessions if session.points])


def _marked(points: Ints, firsts: Sequence[int]) -> Mask:
    mask = np.zeros(max(len(points) - 1, 0), bool)
    at = np.searchsorted(points, np.array(sorted(set(firsts)), np.int64))
    at = at[(at > 0) & (at < len(points))]
    mask[at - 1] = True
    return mask


@dataclass(frozen=True, slots=True)
class Track:
    """The points with a usable position, and the hops between them: metres, seconds (NaN without times), and whether a
    segment starts between the two.

    Metres are those of a plane that touches the sphere, right to a thousandth for hops below 100 km away from the
    poles; longer ones are only told apart as long.
    """

    points: Ints
    metres: Floats
    seconds: Floats
    broken: Mask

    @classmethod
    def of(cls, activity: Activity, every: int = 1, most: int | None = None) -> Track:
        """The track of ``activity``, or of every so-many-th of its positions, up to so many of them."""
        if every == 1 and (most is None or most >= len(activity)):
            return columns_once(activity, cls._of)
        return cls._of(activity, every, most)

    @classmethod
    def _of(cls, activity: Activity, every: int = 1, most: int | None = None) -> Track:
        null, marker = null_or_marker(activity)
        there = activity.channel("position")
        points = np.flatnonzero(there if null is marker else there & ~null & ~marker)[::every][:most]
        lat, lon = activity.latitude[points], activity.longitude[points]
        return cls(points, _metres(lat, lon), np.diff(activity.time[points]), boundary_steps(activity, points))

    def speeds(self) -> Floats:
        """Metres a second of each hop, NaN where it cannot be told."""
        speed = np.full(len(self.metres), np.nan)
        np.divide(self.metres, self.seconds, out=speed, where=(self.seconds > 0) & ~self.broken)
        return speed


def _metres(lat: Floats, lon: Floats) -> Floats:
    east, north = np.diff(lon), np.diff(lat)
    if len(east) and max(east.max(), -east.min()) > 180:
        east = (east + 180) % 360 - 180
    east *= np.cos(np.radians(lat[:-1]))
    return np.asarray(METRES_A_DEGREE * np.sqrt(east * east + north * north))


def runs_of_one_value(values: Floats, least: int) -> tuple[Ints, Ints]:
    """First and last index of each run of at least ``least`` equal numbers; NaN equals nothing."""
    if len(values) < least:
        return np.zeros(0, np.int64), np.zeros(0, np.int64)
    edges = np.flatnonzero(values[1:] != values[:-1]) + 1
    first, end = np.concatenate(((0,), edges)), np.concatenate((edges, (len(values),)))
    long = end - first >= least
    return first[long], end[long] - 1


def missing_between(activity: Activity, channel: str) -> Mask | None:
    """The points between the first and the last value of a channel that have none, ``None`` where there are none.

    Points that share their second with the one before or behind complete each other and are not among them.
    """
    if activity.known(channel) in (0, len(activity)):
        return None
    there = activity.channel(channel)
    at = np.flatnonzero(there)
    missing = ~there
    missing[: at[0]] = missing[at[-1] + 1 :] = False
    if not missing.any():
        return None
    again = activity.time[1:] != activity.time[:-1]
    missing[1:] &= again
    missing[:-1] &= again
    return missing


def timer_pauses(activity: Activity) -> list[tuple[float, float]]:
    """The times of each timer stop that a start follows, and of that start, in the order of time."""
    events = sorted((e.time, e.kind) for e in activity.events if e.event == "timer" and math.isfinite(e.time))
    return [
        (stop, start) for (stop, a), (start, b) in pairwise(events) if a.startswith("stop") and b.startswith("start")
    ]


def timer_stops_between(activity: Activity, a: Ints, b: Ints, slack_s: float) -> Mask:
    """For each pair of points: whether a timer stop is told between them, or so many seconds before or after."""
    stops = np.sort([e.time for e in activity.events if e.event == "timer" and e.kind.startswith("stop")])
    if not len(stops):
        return np.zeros(len(a), bool)
    first = np.searchsorted(stops, activity.time[a] - slack_s)
    last = np.searchsorted(stops, activity.time[b] + slack_s, side="right")
    return np.asarray(last > first)


#: A point may stand for the time until the next, but for no pause.
_LONGEST_STEP_S = 30.0


def seconds_each(times: Floats) -> Floats:
    """The seconds that each of these points stands for: up to the next one, but for no pause; 1 s without a time."""
    steps = np.append(np.diff(times), 1.0)
    return np.where(np.isfinite(steps), np.clip(steps, 0, _LONGEST_STEP_S), 1.0)


def ways(activity: Activity) -> tuple[Floats, Floats, Ints]:
    """Metres by the speeds and metres by the distances, and the points that both are told for: those at most 10 s
    after the one before, without a step back."""
    distance = np.where(activity.distance >= 0, activity.distance, np.nan)  # those below 0 have a rule of their own
    seconds, metres, speed = np.diff(activity.time), np.diff(distance), activity.speed[1:]
    told = (seconds > 0) & (seconds <= 10) & (metres >= 0) & (speed >= 0)
    return speed[told] * seconds[told], metres[told], np.flatnonzero(told) + 1
