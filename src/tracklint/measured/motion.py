"""Facts about the way: metres by the field and by the positions, drift while standing, speed against distance."""

from __future__ import annotations

import numpy as np

from ..activity import Activity
from ..predict import ground_distance, moved_distance
from ..steps import Track, ways
from .fact import Fact, Measure

__all__ = ["MEASURES"]

#: Less way than this tells nothing about a ratio.
_LEAST_M = 100.0
#: What the file itself calls no motion; above zero for speeds that are rounded.
_STANDING_M_S = 0.05
#: Seconds of a step while standing, at most, and of all of them, at least.
_MOST_STEP_S, _LEAST_STANDING_S = 10.0, 30.0


def _total(activity: Activity) -> tuple[float | None]:
    return (moved_distance(activity),)


def _by_field(activity: Activity) -> tuple[float | None]:
    known = activity.distance[activity.channel("distance")]
    return (float(np.diff(known).clip(min=0).sum()) if len(known) > 1 else None,)


def _by_positions(activity: Activity) -> tuple[float | None, ...]:
    if activity.known("position") < 2:
        return None, None
    metres, (field,) = float(ground_distance(activity).sum()), _by_field(activity)
    return metres, None if field is None or field <= _LEAST_M else 100 * (metres / field - 1)


def _drift(activity: Activity) -> tuple[float | None, ...]:
    track = Track.of(activity)
    a, b = track.points[:-1], track.points[1:]
    slow = (activity.speed >= 0) & (activity.speed <= _STANDING_M_S)
    grown = activity.distance[b] - activity.distance[a]
    told = activity.channel("speed")
    still = np.where(told[a] & told[b], slow[a] & slow[b], (grown >= 0) & (grown <= _STANDING_M_S * track.seconds))
    still &= (track.seconds > 0) & (track.seconds <= _MOST_STEP_S) & ~track.broken
    seconds = float(track.seconds[still].sum())
    drift = float(track.metres[still].sum()) / seconds * 60 if seconds >= _LEAST_STANDING_S else None
    return seconds, drift


def _speed(activity: Activity) -> tuple[float | None]:
    by_speed, by_distance, _ = ways(activity)
    metres = float(by_distance.sum())
    return (100 * (float(by_speed.sum()) / metres - 1) if metres > _LEAST_M else None,)


MEASURES = (
    Measure(
        (
            Fact(
                "distance_m", "number", "m",
                "total_distance of the FIT sessions, else the greatest distance of a point, else DistanceMeters of the"
                " laps, else along the positions", "not told",
            ),
        ),
        _total,
    ),
    Measure(
        (
            Fact(
                "distance_by_field_m", "number", "m",
                "sum of what the distance of the points grows by; where it falls, it starts again", "one point only",
            ),
        ),
        _by_field,
        needs=("distance",),
    ),
    Measure(
        (
            Fact(
                "distance_by_positions_m", "number", "m",
                "sum of the ways between neighbouring positions of one segment, on a sphere", "one position only",
            ),
            Fact(
                "distance_off_percent", "number", "%",
                "distance_by_positions_m over distance_by_field_m, minus 100 %, where the field makes more than 100 m",
                "no way by the field",
            ),
        ),
        _by_positions,
        needs=("position",),
    ),
    Measure(
        (
            Fact(
                "standing_s", "number", "s",
                "sum of the steps of at most 10 s between positions in which the file itself tells no motion: speed at"
                " most 0.05 m/s at both ends, or where a speed is missing, a distance that grows no faster",
            ),
            Fact(
                "standing_drift_m_min", "number", "m/min",
                "metres between the positions of these steps, over their time, where it is 30 s or more",
                "stands less than 30 s",
            ),
        ),
        _drift,
        needs=("position", "time"),
    ),
    Measure(
        (
            Fact(
                "speed_off_percent", "number", "%",
                "speed of each point times the step before it, over what the distance grows by, minus 100 %; steps of"
                " at most 10 s, and more than 100 m", "no way of 100 m",
            ),
        ),
        _speed,
        needs=("speed", "distance", "time"),
    ),
)  # fmt: skip
