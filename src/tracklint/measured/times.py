"""Facts about the course of time: durations, sampling, gaps, pauses, and how long first values take."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial

import numpy as np

from ..activity import Activity
from ..predict import moving_by_positions, span
from ..steps import (
    Floats,
    Ints,
    Mask,
    boundary_steps,
    columns_once,
    session_steps,
    timer_pauses,
    timer_stops_between,
)
from .fact import Fact, Measure

__all__ = ["MEASURES", "Steps"]

#: A step is wide where it is longer than this, in seconds, and than ten times the usual step.
WIDE_S = 10.0
#: Seconds that a timer stop may lie outside of the step that it explains.
_SLACK_S = 5.0


@dataclass(frozen=True, slots=True)
class Steps:
    """The steps between timed points, in the order of the file: seconds; which of them are wide; and which of these are
    explained: by a timer stop in FIT, by a new segment, Track or lap in GPX and TCX, or by a new trk or Activity."""

    points: Ints
    seconds: Floats
    wide: Mask
    explained: Mask

    @classmethod
    def of(cls, activity: Activity) -> Steps:
        """Those of an activity."""
        return columns_once(activity, cls._of)

    @classmethod
    def _of(cls, activity: Activity) -> Steps:
        points = np.flatnonzero(activity.channel("time"))
        seconds = np.diff(activity.time[points])
        forward = seconds[seconds > 0]
        wide = seconds > max(WIDE_S, 10 * float(np.median(forward))) if len(forward) else np.zeros(len(seconds), bool)
        explained = np.zeros(len(seconds), bool)
        if wide.any():
            explained = wide & boundary_steps(activity, points)
            if activity.format == "fit":
                at = np.flatnonzero(wide)
                explained[at] |= timer_stops_between(activity, points[at], points[at + 1], _SLACK_S)
        return cls(points, seconds, wide, explained)


def _durations(activity: Activity) -> tuple[float | None, ...]:
    start, end = span(activity)
    parts = activity.sessions if activity.format == "fit" else activity.laps
    timers = [part.timer_s for part in parts if part.timer_s >= 0]
    return None if start is None or end is None else end - start, sum(timers) if timers else None


def _moving(activity: Activity) -> tuple[float | None]:
    if activity.known("position") > 1:
        return (moving_by_positions(activity),)
    return (None,)


def _counts(activity: Activity) -> tuple[int, ...]:
    return len(activity), len(activity) - activity.known("time"), len(activity.laps), len(activity.sessions)


def _sampling(activity: Activity) -> tuple[float | None, ...]:
    steps = Steps.of(activity)
    taken = steps.seconds[(steps.seconds > 0) & ~steps.explained]
    if not len(taken):
        return (None,) * 4
    taken = np.sort(np.round(taken, 3))
    firsts = np.flatnonzero(np.r_[True, taken[1:] != taken[:-1]])
    often = int(np.argmax(np.diff(np.r_[firsts, len(taken)])))
    median, high = np.interp(np.array((0.5, 0.99)) * (len(taken) - 1), np.arange(len(taken)), taken)
    seconds = np.searchsorted(taken, (0.9995, 1.0005))
    return taken[firsts[often]], median, high, 100 * float(seconds[1] - seconds[0]) / len(taken)


def _gaps(activity: Activity) -> tuple[float, ...]:
    steps = Steps.of(activity)
    gaps = steps.seconds[steps.wide & ~steps.explained]
    return len(gaps), gaps.sum(), gaps.max(initial=0.0)


def _pauses(activity: Activity) -> tuple[float | None, ...]:
    if activity.format == "fit":
        if not any(event.event == "timer" for event in activity.events):
            return (None,) * 3
        seconds = np.array([start - stop for stop, start in timer_pauses(activity) if start > stop])
    else:
        steps = Steps.of(activity)
        apart = session_steps(activity, steps.points)
        seconds = steps.seconds[steps.explained & ~apart]
    return len(seconds), seconds.sum(), seconds.max(initial=0.0)


def _first(channel: str, activity: Activity) -> tuple[float | None]:
    start, _ = span(activity)
    first = int(np.argmax(activity.channel(channel)))
    return (None if start is None else activity.time[first] - start,)


MEASURES = (
    Measure(
        (
            Fact(
                "elapsed_s", "number", "s",
                "last time of a point minus the first; of the sessions where none has any",
                "no times",
            ),
            Fact(
                "timer_s", "number", "s",
                "total_timer_time of the sessions (FIT), TotalTimeSeconds of the laps (TCX), summed",
                "not told",
            ),
        ),
        _durations,
    ),
    Measure(
        (
            Fact(
                "moving_s", "number", "s",
                "sum of the steps below 10 min in which positions move faster than 0.5 m/s", "one position only",
            ),
        ),
        _moving,
        needs=("position", "time"),
    ),
    Measure(
        (
            Fact("points", "whole", "", "FIT records, GPX trkpt, TCX Trackpoints"),
            Fact("points_without_time", "whole", "", "points that have no time"),
            Fact("laps", "whole", "", "FIT or TCX laps"),
            Fact("sessions", "whole", "", "FIT sessions, TCX activities, GPX tracks"),
        ),
        _counts,
    ),
    Measure(
        (
            Fact(
                "sample_gap_mode_s", "number", "s",
                "the step in time between neighbouring points that is most frequent, to a thousandth; only steps"
                " forward, and none that a pause explains", "no step",
            ),
            Fact("sample_gap_p50_s", "number", "s", "median of these steps", "no step"),
            Fact("sample_gap_p99_s", "number", "s", "99th percentile of these steps, gaps included", "no step"),
            Fact("sample_gap_1s_percent", "number", "%", "share of these steps that last 1 s", "no step"),
        ),
        _sampling,
        needs=("time",),
    ),
    Measure(
        (
            Fact(
                "gaps", "whole", "",
                "steps of more than 10 s and more than ten times the median step in which neither the timer stops (FIT)"
                " nor a segment, Track, lap or activity begins",
            ),
            Fact("gap_total_s", "number", "s", "sum of the gaps"),
            Fact("gap_longest_s", "number", "s", "the longest gap, 0 without one"),
        ),
        _gaps,
        needs=("time",),
    ),
    Measure(
        (
            Fact(
                "pauses", "whole", "",
                "FIT: from each timer stop to the next start; TCX and GPX: steps as wide as gaps in which a segment,"
                " Track or lap begins", "no timer event",
            ),
            Fact("pause_total_s", "number", "s", "sum of the pauses", "no timer event"),
            Fact("pause_longest_s", "number", "s", "the longest pause, 0 without one", "no timer event"),
        ),
        _pauses,
        needs=("time",),
    ),
    *(
        Measure(
            (
                Fact(
                    f"first_{channel}_s", "number", "s",
                    f"time of the first point with a {channel.replace('_', ' ')} minus the first time of a point",
                    "no time there",
                ),
            ),
            partial(_first, channel),
            needs=("time", channel),
        )
        for channel in ("position", "heart_rate")
    ),
)  # fmt: skip
