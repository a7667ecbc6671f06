"""What several rules ask of the columns: steps in time, hops between positions, the speed that a sport allows.

Nothing here is a rule. All of it works on whole columns, because a ride of a day has 86 400 points.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import numpy as np

from ..activity import Activity, Lap
from ..config import Limits
from ..fit.profile import FIT_EPOCH, UPTIME_LIMIT
from ..predict import ground_distance
from ..sports import map_fit, map_gpx, map_tcx
from ..steps import METRES_A_DEGREE, Floats, Ints, Mask, columns_once
from ..words import iso
from .registry import Found, Hit, now

__all__ = [
    "FIRST_FIT_DATE",
    "absurd_dates",
    "at_laps",
    "date_of",
    "elapsed",
    "has_absurd_dates",
    "kind_of_sport",
    "lap_metres",
    "lap_seconds",
    "may_be_dropped",
    "most_calories",
    "speed_limit",
]

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
