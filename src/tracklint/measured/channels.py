"""Facts about each channel: how much of it there is, where it drops out, and how long it repeats one value."""

from __future__ import annotations

from functools import partial

import numpy as np

from ..activity import CHANNELS, Activity
from ..steps import Floats, missing_between, runs_of_one_value
from .fact import Fact, Measure

__all__ = ["DROPOUT_BOUNDS_S", "MEASURES"]

#: Channels of sensors that come and go.
SENSORS = ("position", "heart_rate", "cadence", "power", "temperature")
#: Channels of which one value for long says something; a speed, cadence or power of 0 is no value here.
LIVELY = ("position", "altitude", "heart_rate", "cadence", "power", "speed")
_ZERO_IS_NONE = ("speed", "cadence", "power")
#: Seconds up to which the dropouts of each class last; the last class has the longer ones.
DROPOUT_BOUNDS_S = (2.0, 10.0, 60.0, 600.0)


def _coverage(activity: Activity) -> tuple[float, ...]:
    return tuple(100 * activity.known(channel) / len(activity) for channel in CHANNELS)


def _dropouts(channel: str, activity: Activity) -> tuple[object, ...]:
    holes = _holes(activity, channel)
    if holes is None:
        return 0, 0.0, 0.0, [0] * (len(DROPOUT_BOUNDS_S) + 1)
    classes = np.bincount(np.searchsorted(DROPOUT_BOUNDS_S, holes), minlength=len(DROPOUT_BOUNDS_S) + 1)
    return len(holes), holes.sum(), holes.max(), classes.tolist()


def _holes(activity: Activity, channel: str) -> Floats | None:
    """Seconds of each dropout: from its first point to the next one with a value; 0 where one has no time."""
    missing = missing_between(activity, channel)
    if missing is None or not missing.any():
        return None
    edges = np.diff(np.concatenate(([False], missing)).astype(np.int8))
    first, end = np.flatnonzero(edges == 1), np.flatnonzero(edges == -1)
    return np.nan_to_num(activity.time[end] - activity.time[first], nan=0.0).clip(min=0)


def _stuck(channel: str, activity: Activity) -> tuple[float | None]:
    if channel == "position":
        moved = (np.diff(activity.latitude) != 0) | (np.diff(activity.longitude) != 0)
        values = np.where(activity.channel(channel), np.cumsum(np.r_[0.0, moved]), np.nan)
    else:
        values = getattr(activity, channel)
        if channel in _ZERO_IS_NONE:
            values = np.where(values == 0, np.nan, values)
    first, last = runs_of_one_value(values, 2)
    seconds = activity.time[last] - activity.time[first]
    return (float(np.nan_to_num(seconds, nan=0.0).max(initial=0.0)),)


def _of(channel: str) -> str:
    return channel.replace("_", " ")


MEASURES = (
    Measure(
        tuple(
            Fact(f"{channel}_coverage_percent", "number", "%", f"share of the points that have a usable {_of(channel)}")
            for channel in CHANNELS
        ),
        _coverage,
        needs=("points",),
    ),
    *(
        Measure(
            (
                Fact(
                    f"{channel}_dropouts", "whole", "",
                    f"runs of points without {_of(channel)} between its first and its last value; points that share"
                    " their second with a neighbour do not count",
                ),
                Fact(
                    f"{channel}_dropout_total_s", "number", "s",
                    "sum of the dropouts, each from its first point to the next one with a value",
                ),
                Fact(f"{channel}_dropout_longest_s", "number", "s", "the longest dropout, 0 without one"),
                Fact(
                    f"{channel}_dropout_lengths", "list", "",
                    "how many dropouts last up to 2 s, 10 s, 60 s, 600 s, and longer",
                ),
            ),
            partial(_dropouts, channel),
            needs=("time", channel),
        )
        for channel in SENSORS
    ),
    *(
        Measure(
            (
                Fact(
                    f"{channel}_stuck_s", "number", "s",
                    f"the longest time in which every point repeats one {_of(channel)}"
                    + (" other than 0" if channel in _ZERO_IS_NONE else ""),
                ),
            ),
            partial(_stuck, channel),
            needs=("time", channel),
        )
        for channel in LIVELY
    ),
)  # fmt: skip
