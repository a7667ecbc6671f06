"""Rules about time: the one thing that Strava demands of every point."""

from __future__ import annotations

import datetime

import numpy as np
import numpy.typing as npt

from ..activity import Activity, BadValue
from ..config import Limits
from ..findings import Severity
from .basis import FIT_FILE_TYPES, PRACTICE, STRAVA_NO_TIME, STRAVA_UPLOADS
from .registry import Found, Hit, at_points, now, rule

ERROR, WARNING, INFO = Severity.ERROR, Severity.WARNING, Severity.INFO


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
    hint="drop these points or record again; a time cannot be known afterwards",
)
def point_without_time(activity: Activity, _limits: Limits) -> Found:
    """Some points have a time, others have none.

    Strava requires a time with each trackpoint or record. Readers disagree on what to do: some drop the point, some
    repeat the time before it, some refuse the file (FitTrackee#338, mytourbook#549).
    """
    missing = _without_time(activity)
    if not missing.all():
        yield from at_points(activity, missing)


@rule(
    "TIM002",
    "no-times",
    ERROR,
    on=Activity,
    basis=STRAVA_NO_TIME,
    says="none of the {points} points has a time{plan}",
    hint="upload a recording; a planned route belongs into Strava's route builder",
)
def no_times(activity: Activity, _limits: Limits) -> Found:
    """No point of the file has a time. This is a drawn or planned route, or an export that left the times out.

    Strava answers "Time information is missing from file". It is the commonest reason for a refusal.
    """
    missing = _without_time(activity)
    if len(missing) and missing.all():
        plan = ": this is a planned course" if activity.kind == "course" else ""
        for hit in at_points(activity, missing):
            yield Hit(hit.where, {**hit.evidence, "plan": plan})


@rule(
    "TIM003",
    "unreadable-time",
    ERROR,
    on=Activity,
    basis=STRAVA_UPLOADS,
    says='{count} of {points} points have a time that is no date and time, the first is "{text}" at point {record}',
    hint="write times as 2024-05-01T10:00:00Z",
    formats=("tcx", "gpx"),
)
def unreadable_time(activity: Activity, _limits: Limits) -> Found:
    """A time is written in a way that the formats do not allow, such as month 13 or a missing second.

    TCX and GPX take their times from xsd:dateTime. gpxpy silently reads such a time as none, other readers stop.
    """
    for bad in _bad(activity, "not-a-time"):
        yield from at_points(activity, bad.records, text=bad.sample)


@rule(
    "TIM005",
    "time-without-zone",
    WARNING,
    on=Activity,
    basis=PRACTICE,
    says='{count} of {points} points have a time without zone, the first is "{text}"; it is read as UTC',
    hint='end each UTC time with "Z", or name the offset, such as "+02:00"',
    formats=("tcx", "gpx"),
)
def time_without_zone(activity: Activity, _limits: Limits) -> Found:
    """A time names neither Z nor an offset. Strava reads it as UTC (unBand#59), so a local time puts the ride hours
    off."""
    for bad in _bad(activity, "no-zone"):
        yield from at_points(activity, bad.records, text=bad.sample)


@rule(
    "TIM006",
    "absurd-date",
    ERROR,
    on=Activity,
    basis=PRACTICE,
    says="{count} of {points} points are dated {what}, the first {date}",
    hint="set the clock of the device and correct the dates; a constant shift keeps the durations",
)
def absurd_date(activity: Activity, limits: Limits) -> Found:
    """Points are dated before 1990, in the future, or beyond the year 2100.

    A FIT time below 1998-07-03 counts from the start of the device and was never converted; a planned route says 1970;
    a clock without satellite fix jumps ahead. Strava refuses such files (Hitrava#64, GoldenCheetah#1389). A few points
    among good ones are a warning: they make an elapsed time of years (elevate#363).
    """
    earliest = datetime.datetime(int(limits.earliest_year), 1, 1, tzinfo=datetime.UTC).timestamp()
    latest = now(limits) + limits.future_days * 86400
    for what, wrong in (
        (f"before {int(limits.earliest_year)}", activity.time < earliest),
        ("in the future", activity.time > latest),
    ):
        mostly = 2 * wrong.sum() > activity.channel("time").sum()
        for hit in at_points(activity, wrong):
            first = np.datetime64("1970-01-01", "s") + np.timedelta64(int(activity.time[hit.evidence["first"]]), "s")
            evidence = {**hit.evidence, "what": what, "date": str(first) + "Z"}
            yield Hit(hit.where, evidence, ERROR if mostly else WARNING)


def _steps(activity: Activity) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.float64]]:
    """Indices of the timed points and the step in seconds to each from the timed point before it."""
    timed = np.flatnonzero(activity.channel("time"))
    return timed, np.diff(activity.time[timed])


@rule(
    "TIM008",
    "time-goes-back",
    WARNING,
    on=Activity,
    basis=FIT_FILE_TYPES,
    says="the time goes back at {count} of {points} points; the largest step, at point {worst}, is {gap:g} s back",
    hint="sort the points if they were swapped; correct the clock if it was set during the ride",
)
def time_goes_back(activity: Activity, _limits: Limits) -> Found:
    """A point's time is earlier than the time of the point before it.

    Messages with a time must ascend. Readers draw a jump, drop points or compute a negative speed. Sorting is right
    when points were swapped and wrong when the clock was set, so it is for a person to decide (OpenTracks#796,
    heartandsole#2).
    """
    timed, step = _steps(activity)
    back = step < 0
    if back.any():
        worst = int(np.argmin(step))
        yield from at_points(activity, timed[1:][back], gap=float(-step[worst]), worst=int(timed[worst + 1]))


@rule(
    "TIM009",
    "time-twice",
    INFO,
    on=Activity,
    basis=PRACTICE,
    says="{count} of {points} points repeat the time of the point before them, the first is point {record}",
    hint="keep one point a second, or write fractions of a second",
)
def time_twice(activity: Activity, _limits: Limits) -> Found:
    """Two points in a row carry the same time.

    Some devices write several partial points a second (Bryton, Suunto, Bosch: GoldenCheetah#2029), others close one lap
    and open the next with the same point. Speed between such points cannot be computed; readers drop one of them.
    """
    timed, step = _steps(activity)
    same = step == 0
    starts = np.isin(timed[1:], activity.starts)
    lap_starts = np.isin(timed[1:], [lap.first_point for lap in activity.laps if lap.points])
    yield from at_points(activity, timed[1:][same & ~starts & ~lap_starts])
