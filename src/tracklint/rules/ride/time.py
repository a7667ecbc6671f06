"""Rules about time: the one thing that Strava demands of every point."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import numpy.typing as npt

from ...activity import Activity, BadValue, sortable
from ...config import Limits
from ...findings import Severity
from ...steps import boundary_steps
from ..basis import FIT_FILE_TYPES, PRACTICE, STRAVA_NO_TIME, STRAVA_UPLOADS
from ..registry import Found, Hit, at_points, rule
from ..track import ROLLOVER_S, between, date_of, elapsed

ERROR, WARNING, INFO = Severity.ERROR, Severity.WARNING, Severity.INFO


#: The share of points without time up to which they are dropped from a TCX or GPX file.
FEW = 0.05


def _bad(activity: Activity, *kinds: str) -> list[BadValue]:
    return [bad for bad in activity.bad_values if bad.channel == "time" and bad.kind in kinds]


def _without_time(activity: Activity) -> npt.NDArray[np.bool_]:
    """Points that have no time at all; a time that stands there but cannot be read is TIM003."""
    missing = np.isnan(activity.time)
    for bad in _bad(activity, "not-a-time"):
        missing[bad.records] = False
    return missing


@rule(
    "TIM001",
    "point-without-time",
    ERROR,
    on=Activity,
    basis=STRAVA_UPLOADS,
    says="{count} of {points} points have no time, the first is point {record}",
    hint="{advice}",
    fix="unsafe",
)
def point_without_time(activity: Activity, _limits: Limits) -> Found:
    """Some points have a time, others have none.

    Strava requires a time with each trackpoint or record. Readers disagree on what to do: some drop the point, some
    repeat the time before it, some refuse the file (FitTrackee#338, mytourbook#549).
    """
    if activity.known("time") == len(activity):
        return
    missing = _without_time(activity)
    if missing.all() or not missing.any():
        return
    timed = np.flatnonzero(~np.isnan(activity.time))
    few = activity.format == "fit" or int(missing.sum()) < FEW * len(missing)
    between_times = activity.format != "fit" and len(timed) > 1 and missing[timed[0] : timed[-1]].any()
    drops = len(timed) > 1 and few  # one point is no activity
    needs = {"needs": "--interpolate"} if between_times and not drops else {}
    for hit in at_points(activity, missing, advice=_UNTIMED[bool(drops), bool(between_times)], **needs):
        yield replace(hit, fix=None if drops or between_times else "")


_DROPS = "`tracklint fix --unsafe` drops these points"
_ADDS = "`tracklint fix --unsafe --interpolate` gives those between others a time between theirs"
#: What to do about points without time: whether they can be dropped, and given a time.
_UNTIMED = {
    (True, True): f"{_DROPS}; {_ADDS}",
    (True, False): _DROPS,
    (False, True): f"{_ADDS}; it is a guess, the true one is lost",
    (False, False): "export the recording again with a time in each point; it cannot be known afterwards",
}


@rule(
    "TIM002",
    "no-times",
    ERROR,
    on=Activity,
    basis=STRAVA_NO_TIME,
    says="none of the {points} points has a time{plan}",
    hint="{advice}",
)
def no_times(activity: Activity, _limits: Limits) -> Found:
    """No point of the file has a time. TCX and GPX files of this kind are drawn or planned routes, or exports that left
    the times out; a FIT file was recorded and lost them.

    Strava answers "Time information is missing from file". It is the commonest reason for a refusal.
    """
    if activity.known("time"):
        return
    missing = _without_time(activity)
    if len(missing) and missing.all():
        plan = ": this is a planned course" if activity.kind == "course" else ""
        for hit in at_points(activity, missing):
            advice = _RECORDED if activity.format == "fit" else _PLANNED
            yield Hit(hit.where, {**hit.evidence, "plan": plan, "advice": advice})


_RECORDED = "export the recording again with a timestamp in each record; a time cannot be known afterwards"
_PLANNED = "upload the recording with its times; a planned route belongs into Strava's route builder"


@rule(
    "TIM003",
    "unreadable-time",
    ERROR,
    on=Activity,
    basis=STRAVA_UPLOADS,
    says='{count} of {points} points have a time that is no date and time, the first is "{text}" at point {record}',
    hint="write times as 2024-05-01T10:00:00Z",
    formats=("tcx", "gpx"),
    fix="safe",
    needs=("bad_values",),
)
def unreadable_time(activity: Activity, _limits: Limits) -> Found:
    """A time is written in a way that the formats do not allow, such as month 13 or a missing second.

    TCX and GPX take their times from xsd:dateTime. gpxpy silently reads such a time as none, other readers stop. Where
    the date and time are plain all the same (a space for the T, no seconds, +0200, ZZ), they can be mended.
    """
    for bad in _bad(activity, "not-a-time"):
        for hit in at_points(activity, bad.records, text=bad.sample):
            yield replace(hit, fix=None if bad.mendable else "")


@rule(
    "TIM005",
    "time-without-zone",
    WARNING,
    on=Activity,
    basis=PRACTICE,
    says='{count} of {points} points have a time without zone, the first is "{text}"; it is read as UTC',
    hint='end each UTC time with "Z", or name the offset, such as "+02:00"',
    formats=("tcx", "gpx"),
    fix="safe",
    needs=("bad_values",),
)
def time_without_zone(activity: Activity, _limits: Limits) -> Found:
    """A time names neither Z nor an offset. Strava reads it as UTC (unBand#59), so a local time puts the ride hours
    off."""
    for bad in _bad(activity, "no-zone"):
        yield from at_points(activity, bad.records, text=bad.sample)


@rule(
    "TIM008",
    "time-goes-back",
    WARNING,
    on=Activity,
    basis=FIT_FILE_TYPES,
    says="the time goes back at {count} of {points} points; the largest step, at point {worst}, is {gap:g} s back",
    hint="sort the points if they were swapped; correct the clock if it was set during the ride",
    fix="unsafe",
)
def time_goes_back(activity: Activity, limits: Limits) -> Found:
    """A point's time is earlier than the time of the point before it, in one segment.

    Messages with a time must ascend. Readers draw a jump, drop points or compute a negative speed. Sorting is right
    when points were swapped and wrong when the clock was set, so it is for a person to decide (OpenTracks#796,
    heartandsole#2).
    """
    timed, step, _ = elapsed(activity, limits)
    if not len(step) or step.min() >= 0:
        return
    edges = boundary_steps(activity, timed)
    back = (step < 0) & ~edges & (np.abs(step + ROLLOVER_S) > 2 * 86400)
    if back.any():
        worst = int(np.argmin(np.where(back, step, 0)))
        parts = np.split(activity.time[timed], np.flatnonzero(edges) + 1)
        curable = all(sortable(part) for part in parts)
        for hit in at_points(activity, timed[1:][back], gap=float(-step[worst]), worst=int(timed[worst + 1])):
            yield replace(hit, fix=None if curable else "")


@rule(
    "TIM009",
    "time-twice",
    INFO,
    on=Activity,
    basis=PRACTICE,
    says="{count} of {points} points repeat the time of the point before, the first is point {record}; {how}",
    hint="keep one point a second, or write fractions of a second",
    fix={"tcx": "unsafe", "gpx": "unsafe"},
)
def time_twice(activity: Activity, limits: Limits) -> Found:
    """Two points in a row carry the same time.

    Some devices write several partial points a second (Bryton, Suunto, Bosch: GoldenCheetah#2029), others close one lap
    and open the next with the same point. Speed between such points cannot be computed; readers drop one of them. The
    message says whether the two points complete each other or say different things.
    """
    timed, step, _ = elapsed(activity, limits)
    same = step == 0
    if not same.any() or same.all() or _lost_fractions(activity, timed, step):
        return
    same &= ~boundary_steps(activity, timed)
    second = timed[1:][same]
    if len(second):
        how = _how(activity, timed[:-1][same], second)
        for hit in at_points(activity, second, how=how):
            yield replace(hit, fix="" if how == _COMPLETE else None)


_COMPLETE = "they complete each other"
_COMPARED = ("latitude", "longitude", "altitude", "distance", "heart_rate", "cadence", "power")


def _how(activity: Activity, first: npt.NDArray[np.int64], second: npt.NDArray[np.int64]) -> str:
    """What two points of one time say of each other, for all pairs together."""
    differ = shared = alone = False
    for name in filter(activity.known, _COMPARED):
        column = getattr(activity, name)
        a, b = column[first], column[second]
        both = np.isfinite(a) & np.isfinite(b)
        shared |= bool(both.any())
        differ |= bool((a[both] != b[both]).any())
        alone |= bool((np.isfinite(a) != np.isfinite(b)).any())
    if differ:
        return "their values differ"
    return _COMPLETE if alone else "they say the same" if shared else "they say nothing else"


def _lost_fractions(activity: Activity, timed: npt.NDArray[np.int64], step: npt.NDArray[np.float64]) -> bool:
    """Whether most points come in pairs or more of one whole second and lie at different places."""
    if len(step) < 20 or (step == 0).mean() < 0.3 or (activity.time[timed] % 1).any():
        return False
    first, second = timed[:-1][step == 0], timed[1:][step == 0]
    other = activity.distance[first] != activity.distance[second]
    other &= np.isfinite(activity.distance[first]) & np.isfinite(activity.distance[second])
    other |= (between(activity, first, second) > 0) & np.isfinite(activity.latitude[first])
    return bool(other.mean() > 0.5)


@rule(
    "TIM021",
    "fractions-lost",
    INFO,
    on=Activity,
    basis=PRACTICE,
    says="{count} of {points} points share their whole second with the point before them, and all differ in place",
    hint="write fractions of a second (fractional_timestamp in FIT, 10:00:00.500Z in TCX and GPX)",
)
def fractions_lost(activity: Activity, limits: Limits) -> Found:
    """The device records more than one point a second and writes whole seconds only.

    Speed is then zero distance or none in half of the steps, and its graph is jagged. Devices that record at 2 Hz or
    more have a field for the fraction (garmin-health-data#36).
    """
    timed, step, _ = elapsed(activity, limits)
    if len(step) and (step == 0).any() and not (step == 0).all() and _lost_fractions(activity, timed, step):
        yield from at_points(activity, timed[1:][step == 0])


@rule(
    "TIM022",
    "no-duration",
    WARNING,
    on=Activity,
    basis=PRACTICE,
    says="all {points} points carry the same time, {date}: the activity lasts 0 s",
    hint="write the time at which each point was recorded",
)
def no_duration(activity: Activity, _limits: Limits) -> Found:
    """Every point has the same time. Strava loses the duration, and with it the speed (StravaImporter PR 7)."""
    timed = np.flatnonzero(activity.channel("time"))
    if len(timed) > 1 and activity.time[timed[0]] == activity.time[timed[-1]] and not np.ptp(activity.time[timed]):
        yield from at_points(activity, timed, date=date_of(float(activity.time[timed[0]])))


@rule(
    "TIM014",
    "lone-time",
    WARNING,
    on=Activity,
    basis=PRACTICE,
    says="{count} of {points} points are dated more than a day off the points around them, the first {date}",
    hint="drop these points; their time is not that of the ride",
    fix="unsafe",
)
def lone_time(activity: Activity, limits: Limits) -> Found:
    """The time of a single point is more than a day off both of its neighbours, which agree with each other.

    One such point makes an elapsed time of days or years (gpscorrelate#7, elevate#363).
    """
    _, _, lone = elapsed(activity, limits)
    for hit in at_points(activity, lone):
        yield Hit(hit.where, {**hit.evidence, "date": date_of(float(activity.time[hit.evidence["first"]]))})
