"""Facts about what sessions and laps say, against what the records hold."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial

import numpy as np

from ..activity import SAID_OF, Activity, Floats, Ints, Lap, Session
from ..steps import columns_once, seconds_each
from .fact import SUFFIXES, Fact, Measure

__all__ = ["MEASURES"]

_UNITS = {"speed": "m/s", "heart_rate": "bpm", "cadence": "rpm", "power": "W"}


@dataclass(frozen=True, slots=True)
class Parts:
    """Parts of the ride as ranges of its points in the order of time: ``order`` (``None`` where the file has it),
    the first of each part and the one behind its last, and the seconds that each point counts for."""

    order: Ints | None
    firsts: Ints
    ends: Ints
    weights: Floats

    @classmethod
    def of(cls, activity: Activity, parts: Sequence[Session | Lap]) -> Parts:
        """Those of these sessions or laps. The only one of a file is all of it."""
        time = activity.time
        if len(parts) == 1:
            return cls(None, np.zeros(1, np.int64), np.array((len(time),)), seconds_each(time))
        if activity.format != "fit":
            firsts = np.array([part.first_point for part in parts])
            return cls(None, firsts, firsts + [part.points for part in parts], seconds_each(time))
        order = None if (np.diff(time) >= 0).all() else np.argsort(time, kind="stable")
        time = time if order is None else time[order]
        starts, seconds = np.array([(part.start_time, part.elapsed_s) for part in parts]).T
        firsts = np.searchsorted(time, starts)
        known = np.isfinite(starts) & np.isfinite(seconds)
        ends = np.where(known, np.searchsorted(time, starts + seconds, side="right"), firsts)
        return cls(order, firsts, np.maximum(firsts, ends), seconds_each(time))

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


def _off(activity: Activity, channel: str, parts: Parts, said: Floats) -> tuple[float | None, ...]:
    """What averages and maxima are off at most, with their signs."""
    values = getattr(activity, channel)
    if channel == "cadence":
        values = np.where(values == 0, np.nan, values)
    differences = (told - found for told, found in zip(said, parts.means_and_maxima(values), strict=True))
    known = [each[np.isfinite(each)] for each in differences]
    return tuple(float(each[np.argmax(np.abs(each))]) if len(each) else None for each in known)


def _said(part: str, channel: str, activity: Activity) -> tuple[float | None, ...]:
    at = SAID_OF.index(channel)
    said = np.array([(each.averages[at], each.maxima[at]) for each in _of(activity, part)], np.float64).T
    if not np.isfinite(said).any():
        return None, None
    return _off(activity, channel, columns_once(activity, _parts, part), said)


def _of(activity: Activity, part: str) -> Sequence[Session | Lap]:
    return activity.sessions if part == "session" else activity.laps


def _parts(activity: Activity, part: str) -> Parts:
    return Parts.of(activity, _of(activity, part))


def _work(activity: Activity) -> tuple[float | None, ...]:
    told = [session.work_j for session in activity.sessions if session.work_j > 0]
    said = sum(told) if told else None
    found = float(np.nansum(activity.power * seconds_each(activity.time)))
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
        Measure(_facts(part, channel), partial(_said, part, channel), needs=(f"{part}s", channel, "time"))
        for part in ("session", "lap")
        for channel in SAID_OF
    ),
    Measure(
        (
            Fact("work_j", "number", "J", "total_work of the FIT sessions, summed", "no total_work"),
            Fact(
                "work_by_power_j", "number", "J",
                "power of each record times the step to the next one, of which at most 30 s count",
            ),
            Fact(
                "work_off_percent", "number", "%", "work_j over work_by_power_j, minus 100 %", "no total_work",
            ),
        ),
        _work,
        needs=("power", "time"),
    ),
)  # fmt: skip
