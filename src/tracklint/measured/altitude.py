"""Facts about the barometer: how it begins, and whether it comes back to where it began."""

from __future__ import annotations

import numpy as np

from ..activity import Activity, hops
from ..steps import Track
from .fact import Fact, Measure

__all__ = ["MEASURES"]

#: The first minutes, in seconds; a change over a longer step than the second number is a climb.
_FIRST_S, _MOST_STEP_S = 300.0, 10.0
#: A track closes where its ends are so near and its way is so long, in metres.
_NEAR_M, _LEAST_M = 50.0, 1000.0


def _start(activity: Activity) -> tuple[float | None]:
    there = np.flatnonzero(activity.channel("altitude") & activity.channel("time"))
    if not len(there):
        return (None,)
    there = there[activity.time[there] <= activity.time[there[0]] + _FIRST_S]
    rise, seconds = np.diff(activity.altitude[there]), np.diff(activity.time[there])
    rise = rise[(seconds > 0) & (seconds <= _MOST_STEP_S)]
    return (float(rise[np.argmax(np.abs(rise))]) if len(rise) else None,)


def _closure(activity: Activity) -> tuple[float | None]:
    track = Track.of(activity)
    high = track.points[activity.channel("altitude")[track.points]]
    if len(high) < 2 or float(track.metres[~track.broken].sum()) < _LEAST_M:
        return (None,)
    ends = high[[0, -1]]
    if float(hops(activity.latitude[ends], activity.longitude[ends])[0]) > _NEAR_M:
        return (None,)
    return (float(activity.altitude[ends[1]] - activity.altitude[ends[0]]),)


MEASURES = (
    Measure(
        (
            Fact(
                "altitude_start_step_m", "number", "m",
                "the largest change of altitude from a point to the next one, at most 10 s later, in the first 5 min:"
                " a barometer that is set while the ride goes on", "no step",
            ),
        ),
        _start,
        needs=("altitude", "time"),
    ),
    Measure(
        (
            Fact(
                "altitude_closure_m", "number", "m",
                "last altitude minus the first, where both points have positions at most 50 m apart and the track is"
                " 1 km long or more", "no closed track",
            ),
        ),
        _closure,
        needs=("altitude", "position"),
    ),
)  # fmt: skip
