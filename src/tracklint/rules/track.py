"""What several rules ask of the columns: steps in time, hops between positions, the speed that a sport allows.

Nothing here is a rule. All of it works on whole columns, because a ride of a day has 86 400 points.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any, TypeVar

import numpy as np
import numpy.typing as npt

from ..activity import Activity, Lap
from ..config import Limits
from ..fit.profile import FIT_EPOCH, UPTIME_LIMIT
from ..predict import ground_distance
from ..sports import map_fit, map_gpx, map_tcx
from ..words import iso
from .registry import Found, Hit, now

__all__ = [
    "FIRST_FIT_DATE",
    "Mask",
    "Track",
    "absurd_dates",
    "at_laps",
    "columns_once",
    "date_of",
    "elapsed",
    "farthest",
    "has_absurd_dates",
    "kind_of_sport",
    "lap_metres",
    "lap_seconds",
    "may_be_dropped",
    "most_calories",
    "null_or_marker",
    "runs_of_one_value",
    "speed_limit",
]

Mask = npt.NDArray[np.bool_]
Made = TypeVar("Made")
Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]

#: Metres of one degree of latitude on a sphere of the Earth's mean radius.
METRES_A_DEGREE = 111_195.08
#: The GPS week counts to 1024 and starts again; a receiver that does not know this is so many seconds early.
ROLLOVER_S = 1024 * 7 * 86400.0
#: 1998-07-03T21:24:16Z. What a FIT file says below it is the time since the device was switched on.
FIRST_FIT_DATE = float(FIT_EPOCH + UPTIME_LIMIT)
#: The kinds of sport that have a limit of their own, and the SportTypes in each.
KINDS = {
    "cycling": "Ride VirtualRide MountainBikeRide GravelRide EBikeRide EMountainBikeRide Handcycle Velomobile".split(),
    "running": ["Run", "TrailRun", "VirtualRun"],
    "walking": ["Walk", "Hike", "Snowshoe"],
    "swimming": ["Swim"],
}
_KIND_OF = {sport: kind for kind, sports in KINDS.items() for sport in sports}


def columns_once(activity: Activity, make: Callable[..., Made], *how: Any) -> Made:
    """`Activity.once` for what is as long as the activity: made anew each time where it has more than 16,384 points,
    because there it takes more memory than it saves time."""
    return make(activity, *how) if len(activity) > 1 << 14 else activity.once(make, *how)


def kind_of_sport(activity: Activity) -> str:
    """``cycling``, ``running``, ``walking`` or ``swimming`` where all sessions are of this kind, else ``other``."""
    return activity.once(_kind_of_sport)


def _kind_of_sport(activity: Activity) -> str:
    kinds = set()
    for session in activity.sessions:
        if activity.format == "fit":
            mapped = map_fit(session.sport, session.sub_sport)
        else:
            mapped = (map_tcx if activity.format == "tcx" else map_gpx)(session.sport)
        kinds.add(_KIND_OF.get(mapped.strava or "", "other"))
    return kinds.pop() if len(kinds) == 1 else "other"


def speed_limit(activity: Activity, limits: Limits) -> float:
    """The speed in m/s that nobody exceeds in this sport."""
    limit: float = getattr(limits, f"max_speed_{kind_of_sport(activity)}_m_s")
    return limit


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


def date_of(moment: float) -> str:
    """UTC seconds as `words.iso` has them, also in years that it has not. Raises ValueError for NaN."""
    return iso(moment) or f"{np.datetime64(math.floor(moment), 's')}Z"


def absurd_dates(activity: Activity, limits: Limits) -> tuple[Mask, Mask]:
    """Points dated before `Limits.earliest_year`, in FIT also those before the first moment that is a date there; and
    points in the future."""
    earliest, latest = _sane_dates(activity, limits)
    return activity.time < earliest, activity.time > latest


def has_absurd_dates(activity: Activity, limits: Limits) -> bool:
    """Whether some point has one of `absurd_dates`."""
    (earliest, latest), (first, last) = _sane_dates(activity, limits), activity.extent("time")
    return first < earliest or last > latest


def _sane_dates(activity: Activity, limits: Limits) -> tuple[float, float]:
    earliest = float(np.datetime64(f"{int(limits.earliest_year):04d}-01-01", "s").astype(np.int64))
    if activity.format == "fit":
        earliest = max(earliest, FIRST_FIT_DATE)
    return earliest, now(limits) + limits.future_days * 86400


def may_be_dropped(absurd: Mask, timed: int) -> bool:
    """Whether the timed points that are not ``absurd`` are a ride: at least half, or more than ten and more than a
    twentieth."""
    rest = timed - int(absurd.sum())
    return 2 * rest >= timed or rest > max(10, timed // 20)


def most_calories(seconds: Floats) -> Floats:
    """The most energy in kcal that anybody spends in so many seconds, infinite where that is no duration.

    Nobody keeps up 25 kcal a minute for an hour; twice as much is the limit, and 300 kcal more, because programs write
    those of a ride into one of its laps.
    """
    return np.where(seconds >= 0, 300 + 50 * seconds / 60, np.inf)


def elapsed(activity: Activity, limits: Limits) -> tuple[Ints, Floats, Ints]:
    """Timed points, the steps in seconds between them, and points whose time stands alone.

    Alone are points that are more than a day off both neighbours, which are within a day of each other. They are no
    part of the timed points, nor are points of an absurd date where the others are a ride, so that one wrong time is
    told once.
    """
    return columns_once(activity, _elapsed, limits)


def _elapsed(activity: Activity, limits: Limits) -> tuple[Ints, Floats, Ints]:
    time = activity.time
    whole = activity.known("time") == len(time)
    timed = np.arange(len(time)) if whole else np.flatnonzero(activity.channel("time"))
    step = np.diff(time if whole else time[timed])
    if not len(step) or (step.min() >= -86400 and step.max() <= 86400):
        return timed, step, timed[:0]
    alone = np.zeros(len(timed), bool)
    around = np.abs(time[timed[2:]] - time[timed[:-2]])
    off = (np.abs(step) > 86400) & (np.abs(np.abs(step) - ROLLOVER_S) > 2 * 86400)
    alone[1:-1] = off[:-1] & off[1:] & (around < 86400)
    absurd = np.logical_or(*absurd_dates(activity, limits))[timed]
    if may_be_dropped(absurd, len(timed)):
        alone &= ~absurd
        timed, lone = timed[~alone & ~absurd], timed[alone]
    else:
        timed, lone = timed[~alone], timed[alone]
    return timed, np.diff(time[timed]), lone


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


def between(activity: Activity, a: Ints, b: Ints) -> Floats:
    """Metres on the plane from each point of ``a`` to the one of ``b``; NaN without positions."""
    east = (activity.longitude[b] - activity.longitude[a] + 180) % 360 - 180
    north = activity.latitude[b] - activity.latitude[a]
    return np.asarray(METRES_A_DEGREE * np.hypot(east * np.cos(np.radians(activity.latitude[a])), north))


def moved(activity: Activity, a: Ints, b: Ints) -> Floats:
    """Metres gone from each point of ``a`` to the one of ``b``: by the distances where both have one, else by the
    positions; NaN where neither tells."""
    by_distance = activity.distance[b] - activity.distance[a]
    return np.where(np.isfinite(by_distance), by_distance, between(activity, a, b))


def runs_of_one_value(values: Floats, least: int) -> tuple[Ints, Ints]:
    """First and last index of each run of at least ``least`` equal numbers; NaN equals nothing."""
    if len(values) < least:
        return np.zeros(0, np.int64), np.zeros(0, np.int64)
    edges = np.flatnonzero(values[1:] != values[:-1]) + 1
    first, end = np.concatenate(((0,), edges)), np.concatenate((edges, (len(values),)))
    long = end - first >= least
    return first[long], end[long] - 1


def at_laps(laps: Sequence[Lap], indices: Sequence[int], **evidence: Any) -> Found:
    """One hit for these laps: the place of the first, their count, and ``wrong_laps``, the complete list of their
    numbers from 1. Nothing is yielded for no laps."""
    if len(indices):
        numbers = [int(i) + 1 for i in indices]
        where = replace(laps[int(indices[0])].where, count=len(numbers))
        yield Hit(
            where, {"laps": len(laps), "count": len(numbers), "lap": numbers[0], "wrong_laps": numbers, **evidence}
        )


def lap_seconds(activity: Activity, lap: Lap) -> float | None:
    """Seconds from the first to the last time of the lap's points; ``None`` where none has one."""
    times = activity.time[lap.first_point : lap.first_point + lap.points]
    times = times[np.isfinite(times)]
    return float(times.max() - times.min()) if len(times) else None


def lap_metres(activity: Activity, lap: Lap) -> float | None:
    """Metres that the distance grows in the lap, else the length of its track; ``None`` where neither is there."""
    end = lap.first_point + lap.points
    known = activity.distance[lap.first_point : end]
    known = known[known >= 0]
    if len(known):
        earlier = activity.distance[: lap.first_point]
        earlier = earlier[earlier >= 0]
        start = float(earlier[-1]) if len(earlier) and earlier[-1] <= known[0] else float(known[0])
        return max(float(known[-1]) - start, 0.0)
    usable = np.flatnonzero(activity.channel("position"))
    inside = (usable[:-1] >= lap.first_point) & (usable[1:] < end)
    return float(ground_distance(activity)[inside].sum()) if inside.any() else None
