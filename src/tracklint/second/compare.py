"""Where the values of a second reading part from ours, and what of that the reader's habits explain."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from ..activity import Activity, Floats
from .habits import Habit
from .reading import SecondReading, SecondReadings

__all__ = ["Comparison", "Difference", "compared", "differences", "shared"]

#: How far two values of a channel may be apart: a second (readers cut fractions), else the last decimal that devices
#: write.
_CLOSE = {"time": 0.999, "latitude": 1e-6, "longitude": 1e-6, "altitude": 0.01, "distance": 0.01, "speed": 0.001}


@dataclass(frozen=True, slots=True, kw_only=True)
class Difference:
    """The values of one channel that a reader sees differently.

    ``count`` of ``compared`` points differ, ``first`` is the first of them; ``theirs`` and ``ours`` are the two values
    there, ``None`` for no value.
    """

    channel: str
    count: int
    compared: int
    first: int
    theirs: float | None
    ours: float | None


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Comparison:
    """One reading beside ours. ``counts`` (what, theirs, ours) and ``differences`` are what nothing explains;
    ``habits`` explain the rest. ``activity`` holds those of our points that the reader is meant to have."""

    activity: Activity
    counts: tuple[tuple[str, int, int], ...]
    differences: tuple[Difference, ...]
    habits: tuple[Habit, ...]


def compared(readings: SecondReadings, reading: SecondReading) -> Comparison:
    """Put a reading beside ours. What a reader is known to do counts only where it did it."""
    known = readings.known.get(reading.reader)
    ours = {what: readings.counts.get(what, theirs) for what, theirs in reading.counts.items()}
    expected = {**ours, **(known.counts if known else {})}
    whole = reading.end == "whole"
    odd = [what for what, theirs in reading.counts.items() if whole and theirs not in (ours[what], expected[what])]
    habits = {what for what, theirs in reading.counts.items() if whole and theirs == expected[what] != ours[what]}
    plain = seen = readings.activity
    if known and ("record" in habits or not whole):
        plain, seen = known.plain(plain), known.seen(plain)
    elif known and len(known.points) == len(plain):
        seen = known.seen(plain)
    found = differences(reading, plain)
    unknown = {each.channel for each in differences(reading, seen)}
    habits |= {each.channel for each in found} - unknown
    return Comparison(
        activity=plain,
        counts=tuple((what, reading.counts[what], ours[what]) for what in odd),
        differences=tuple(each for each in found if each.channel in unknown),
        habits=tuple(h for h in known.habits if h.what in habits or (h.extra and whole)) if known else (),
    )


def shared(reading: SecondReading, activity: Activity) -> int:
    """How many points stand for the same place of the file in both: all that both have, or where the counts differ,
    those before the first whose times differ."""
    theirs = reading.columns.get("time", np.empty(0))
    count = min(len(theirs), len(activity))
    if reading.end != "whole" or len(theirs) == len(activity):
        return count
    parted = np.flatnonzero(_apart(theirs[:count], activity.time[:count], _CLOSE["time"]))
    return int(parted[0]) if len(parted) else count


def differences(reading: SecondReading, activity: Activity) -> tuple[Difference, ...]:
    """For each channel that differs, how often and where first."""
    count = shared(reading, activity)
    found = []
    for channel, column in reading.columns.items():
        theirs, ours = column[:count], getattr(activity, channel)[:count]
        parted = np.flatnonzero(_apart(theirs, ours, _CLOSE.get(channel, 1e-6)))
        if len(parted):
            first = int(parted[0])
            found.append(
                Difference(
                    channel=channel,
                    count=len(parted),
                    compared=count,
                    first=first,
                    theirs=_value(theirs[first]),
                    ours=_value(ours[first]),
                )
            )
    return tuple(found)


def _apart(theirs: Floats, ours: Floats, close: float) -> npt.NDArray[np.bool_]:
    """True where the two values are further apart than ``close``, or where only one of them is a value."""
    apart: npt.NDArray[np.bool_] = ~((np.abs(theirs - ours) <= close) | (np.isnan(theirs) & np.isnan(ours)))
    return apart


def _value(number: np.float64) -> float | None:
    return float(number) if np.isfinite(number) else None
