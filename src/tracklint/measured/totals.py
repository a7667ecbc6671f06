"""Facts about what sessions and laps say, against what the records hold."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial

import numpy as np

from ..activity import SAID_OF, Activity, Floats, Ints
from ..fit import FitDocument
from ..fit.columns import MessageColumns, message_columns
from ..reading import Reading
from .fact import SUFFIXES, Fact, Measure

__all__ = ["MEASURES"]

_UNITS = {"speed": "m/s", "heart_rate": "bpm", "cadence": "rpm", "power": "W"}
#: A value counts for the seconds up to the next point, but no longer.
_MOST_STEP_S = 10.0
#: Fields of averages and maxima in a lap for each of `SAID_OF`, the preferred one first.
_LAP_SAID = {
    "speed": ((110, 13), (111, 14)),
    "heart_rate": ((15,), (16,)),
    "cadence": ((17,), (18,)),
    "power": ((19,), (20,)),
}


@dataclass(frozen=True, slots=True)
class Parts:
    """Parts of the ride as ranges of its points in the order of time: ``order`` (``None`` where the file has it),
    the first of each part and the one behind its last, and the seconds that each point counts for."""

    order: Ints | None
    firsts: Ints
    ends: Ints
    weights: Floats

    @classmethod
    def of(cls, activity: Activity, starts: Floats, seconds: Floats) -> Parts:
        """Those that begin at these UTC seconds and last so long. The only one of a file is all of it."""
        time = activity.time
        order = None if (np.diff(time) >= 0).all() else np.argsort(time, kind="stable")
        time = time if order is None else time[order]
        weights = np.clip(np.diff(time, append=time[-1:] + 1), 0, _MOST_STEP_S)
        weights[np.isnan(weights)] = 0
        if len(starts) == 1:
            return cls(order, np.zeros(1, np.int64), np.array((len(time),)), weights)
        firsts = np.searchsorted(time, starts)
        known = np.isfinite(starts) & np.isfinite(seconds)
        ends = np.where(known, np.searchsorted(time, starts + seconds, side="right"), firsts)
        return cls(order, firsts, np.maximum(firsts, ends), weights)

    def means_and_maxima(self, values: Floats) -> tuple[Floats, Floats]:
        """Mean over time and greatest number of a column in each part, NaN where it has none."""
        values = values if self.order is None else values[self.order]
        there = np.isfinite(values)
        weights = np.where(there, self.weights, 0)
        sums, seconds = (np.r_[0.0, np.cumsum(each)] for each in (np.where(there, values, 0) * weights, weights))
        means = (sums[self.ends] - sums[self.firsts]) / (seconds[self.ends] - seconds[self.firsts])
        edges = np.stack((self.firsts, self.ends), axis=1).ravel()
        greatest = np.maximum.reduceat(np.r_[np.where(there, values, -np.inf), -np.inf], edges)[::2]
        return means, np.where((self.ends > self.firsts) & np.isfinite(greatest), greatest, np.nan)


def _off(activity: Activity, channel: str, parts: Parts, said: Sequence[Floats]) -> tuple[float | None, ...]:
    """What averages and maxima are off at most, with their signs."""
    values = getattr(activity, channel)
    if channel == "cadence":
        values = np.where(values == 0, np.nan, values)
    differences = (told - found for told, found in zip(said, parts.means_and_maxima(values), strict=True))
    known = [each[np.isfinite(each)] for each in differences]
    return tuple(float(each[np.argmax(np.abs(each))]) if len(each) else None for each in known)


def _session_parts(activity: Activity) -> Parts:
    starts, seconds = np.array([(s.start_time, s.elapsed_s) for s in activity.sessions]).T
    return Parts.of(activity, starts, seconds)


def _sessions(channel: str, activity: Activity) -> tuple[float | None, ...]:
    at = SAID_OF.index(channel)
    said = [
        np.array([each[at] if each[at] is not None else np.nan for each in told], np.float64)
        for told in ([s.averages for s in activity.sessions], [s.maxima for s in activity.sessions])
    ]
    if not np.isfinite(said).any():
        return None, None
    return _off(activity, channel, _session_parts(activity), said)


def _first_of(laps: MessageColumns, numbers: Sequence[int]) -> Floats:
    """For each lap the value above 0 of the first of these fields that has one, else NaN."""
    found = np.full(len(laps), np.nan)
    for values in map(laps.floats, numbers):
        found = np.where(np.isnan(found) & (values > 0), values, found)
    return found


def _laps(channel: str, reading: Reading) -> tuple[float | None, ...]:
    assert reading.activity is not None
    assert isinstance(reading.document, FitDocument)
    laps = message_columns(reading.document, 19)
    said = [_first_of(laps, numbers) for numbers in _LAP_SAID[channel]]
    if not np.isfinite(said).any():
        return None, None
    return _off(reading.activity, channel, _lap_parts(reading.activity), said)


def _lap_parts(activity: Activity) -> Parts:
    starts, seconds = np.array([(lap.start_time, lap.elapsed_s) for lap in activity.laps]).T
    return Parts.of(activity, starts, seconds)


def _work(activity: Activity) -> tuple[float | None, ...]:
    told = [session.work_j for session in activity.sessions if session.work_j > 0]
    said = sum(told) if told else None
    seconds, power = np.diff(activity.time), activity.power[1:]
    counts = (seconds > 0) & (seconds <= _MOST_STEP_S) & np.isfinite(power)
    found = float((power[counts] * seconds[counts]).sum())
    return said, found, None if said is None or not found > 0 else 100 * (said / found - 1)


def _facts(part: str, channel: str) -> tuple[Fact, ...]:
    unit, of = _UNITS[channel], channel.replace("_", " ")
    above = "; cadences of 0 do not count" if channel == "cadence" else ""
    return tuple(
        Fact(
            f"{part}_{short}_{channel}_off{SUFFIXES[unit]}", "number", unit,
            f"{short}_{channel} of the {part} minus the {word} {of} of its records{above}; of several {part}s the"
            " largest difference, with its sign", f"no {short}_{channel}",
        )
        for short, word in (("avg", "mean over time of the"), ("max", "greatest"))
    )  # fmt: skip


MEASURES = (
    *(
        Measure(_facts("session", channel), partial(_sessions, channel), needs=("fit", "sessions", channel, "time"))
        for channel in SAID_OF
    ),
    *(
        Measure(_facts("lap", channel), partial(_laps, channel), needs=("fit", "lap", channel, "time"), on=Reading)
        for channel in SAID_OF
    ),
    Measure(
        (
            Fact("work_j", "number", "J", "total_work of the FIT sessions, summed", "no total_work"),
            Fact("work_by_power_j", "number", "J", "power of each point times the step before it, of at most 10 s"),
            Fact(
                "work_off_percent", "number", "%", "work_j over work_by_power_j, minus 100 %", "no total_work",
            ),
        ),
        _work,
        needs=("power", "time"),
    ),
)  # fmt: skip
