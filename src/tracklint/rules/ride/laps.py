"""Rules about laps: their start, time and distance against the points in them."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np

from ...activity import Activity, Lap, Session
from ...config import Limits
from ...findings import Severity
from ..basis import PRACTICE, STRAVA_UPLOADS, TCX_V2
from ..registry import Found, Hit, rule
from ..track import ROLLOVER_S, at_laps

WARNING, INFO = Severity.WARNING, Severity.INFO
#: Seconds that a part may start after its end: FIT has whole seconds, and the points of a TCX lap may lie in the next.
_SLACK_S = {"fit": 5.0, "tcx": 60.0}


@rule(
    "TIM012",
    "lap-time",
    INFO,
    on=Activity,
    basis=TCX_V2,
    says="in {count} of {laps} laps the points do not bear out TotalTimeSeconds; lap {lap} says {said:g} s, its points "
    "last {span:g} s{unit}",
    hint="write the seconds from the start of the lap to its end, without pauses",
    formats=("tcx",),
    fix="unsafe",
    needs=("laps",),
)
def lap_time(activity: Activity, _limits: Limits) -> Found:
    """A lap's TotalTimeSeconds is more than a tenth and more than 10 s longer or shorter than its points.

    Strava takes TotalTimeSeconds as the lap's time. Pauses count on neither side: the time may lie anywhere between the
    whole span and the span without its gaps. A thousandfold number is in milliseconds (nikeplus-client#3).
    """
    wrong: list[int] = []
    worst = (0.0, 0.0)
    joined = np.ones(len(activity) + 1, bool)
    joined[activity.starts] = False
    for i, lap in enumerate(activity.laps):
        end = lap.first_point + lap.points
        times = activity.time[lap.first_point : end]
        if lap.points < 2 or not lap.elapsed_s >= 0 or not np.isfinite(times).all():
            continue
        step = np.diff(times)
        if len(step) and step.min() < 0:
            continue
        following = activity.laps[i + 1].start_time if i + 1 < len(activity.laps) else np.nan
        span = max(float(np.nanmax([following, times[-1]]) - np.nanmin([lap.start_time, times[0]])), 0.0)
        inside = joined[lap.first_point + 1 : end]
        least = float(step[inside & (step <= 10 * max(float(np.median(step)), 1.0))].sum())
        if not 0.9 * least - 10 <= lap.elapsed_s <= 1.1 * span + 10:
            worst = worst if wrong else (lap.elapsed_s, float(times[-1] - times[0]))
            wrong.append(i)
    unit = "; it is milliseconds" if worst[1] and 900 < worst[0] / worst[1] < 1100 else ""
    for hit in at_laps(activity.laps, wrong, said=worst[0], span=worst[1], unit=unit):
        yield Hit(hit.where, hit.evidence, WARNING if unit else None)


@rule(
    "TIM013",
    "lap-start",
    INFO,
    on=Activity,
    basis=TCX_V2,
    says="in {count} of {laps} laps StartTime is not that of the first point; lap {lap} says {off_s:g} s {way} than "
    "its first point",
    hint="write the time of the first point into StartTime",
    formats=("tcx",),
    fix="unsafe",
    needs=("laps",),
)
def lap_start(activity: Activity, _limits: Limits) -> Found:
    """The StartTime of a TCX lap is more than a minute off the first point in it.

    Readers that cut laps by time put points into the wrong lap (GoldenCheetah#3746).
    """
    wrong: list[int] = []
    off = 0.0
    for i, lap in enumerate(activity.laps):
        times = activity.time[lap.first_point : lap.first_point + lap.points]
        times = times[np.isfinite(times)]
        if len(times) and abs(lap.start_time - times[0]) > 60 and not lap.start_time > times.max() + 60:
            off = off or float(lap.start_time - times[0])
            wrong.append(i)
    yield from at_laps(activity.laps, wrong, off_s=abs(off), way="later" if off > 0 else "earlier")


@rule(
    "TIM023",
    "starts-after-end",
    WARNING,
    on=Activity,
    basis=PRACTICE,
    says="{what} that start after their end: {count}; the first is number {number}, which starts {off_s:g} s after it",
    hint="write the time of the first point as the start",
    formats=("fit", "tcx"),
    fix={"tcx": "unsafe"},
)
def starts_after_end(activity: Activity, _limits: Limits) -> Found:
    """A lap or session starts after it ends.

    A FIT lap or session ends at its start plus total_elapsed_time. Its timestamp only says when the message was
    written, which may be any time (current Garmin watches write all laps at the end, with the start of the session);
    it is the end where no elapsed time is told. In TCX the start is compared with the last point of the lap. Importers
    refuse such files or compute laps of many years (tapiriik PR 25).
    """
    both: tuple[tuple[str, Sequence[Session | Lap]], ...] = (("sessions", activity.sessions), ("laps", activity.laps))
    for what, parts in both:
        wrong: list[int] = []
        off = 0.0
        for i, part in enumerate(parts):
            end = _end(activity, part)
            late = part.start_time - end if math.isfinite(end) else np.nan
            if late > _SLACK_S[activity.format] and abs(late - ROLLOVER_S) > 2 * 86400:
                off = off or float(late)
                wrong.append(i)
        if wrong:
            where = parts[wrong[0]].where
            evidence = {"what": what, "count": len(wrong), "number": wrong[0] + 1, "off_s": off}
            yield Hit(where, {**evidence, "wrong": [i + 1 for i in wrong]})


def _end(activity: Activity, part: Session | Lap) -> float:
    """The UTC seconds at which a part ends; NaN or an infinity where nothing tells."""
    if activity.format == "fit":
        return part.start_time + part.elapsed_s if math.isfinite(part.elapsed_s) else part.timestamp
    times = activity.time[part.first_point : part.first_point + part.points]
    return float(times[np.isfinite(times)].max(initial=-np.inf))


@rule(
    "STR013",
    "lap-distance",
    WARNING,
    on=Activity,
    basis=STRAVA_UPLOADS,
    says="in {count} of {laps} laps the points do not bear out DistanceMeters; lap {lap} says {said:g} m, its points "
    "go {gone:g} m",
    hint="write the metres from the start of the lap to its end",
    formats=("tcx",),
    needs=("laps",),
)
def lap_distance(activity: Activity, _limits: Limits) -> Found:
    """A lap's DistanceMeters is a tenth and more than 100 m off the distance that its points cover.

    Strava reads DistanceMeters of the lap. Some programs write the distance since the start of the activity there, so
    that the laps add up to much more than the ride (runnerup#632).
    """
    wrong: list[int] = []
    first = (0.0, 0.0)
    for i, lap in enumerate(activity.laps):
        metres = activity.distance[lap.first_point : lap.first_point + lap.points]
        metres = metres[metres >= 0]
        if len(metres) < 10 or not lap.distance_m >= 0 or (np.diff(metres) < 0).any():
            continue
        gone = float(metres[-1] - metres[0])
        if abs(lap.distance_m - gone) > max(100.0, 0.1 * gone):
            first = first if wrong else (lap.distance_m, round(gone, 1))
            wrong.append(i)
    yield from at_laps(activity.laps, wrong, said=first[0], gone=first[1])
