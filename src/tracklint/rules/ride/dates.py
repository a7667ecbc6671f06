"""Rules about dates: times that no ride can have, and times that are off by a known number of seconds."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from typing import Literal

import numpy as np

from ...activity import Activity
from ...config import Limits
from ...findings import Severity
from ...fit.profile import FIT_EPOCH
from ...steps import Mask
from ...words import clock
from ..basis import PRACTICE
from ..registry import Found, at_points, now, rule
from ..track import FIRST_FIT_DATE, ROLLOVER_S, absurd_dates, date_of, has_absurd_dates, may_be_dropped

ERROR, WARNING, INFO = Severity.ERROR, Severity.WARNING, Severity.INFO


@dataclass(frozen=True, slots=True)
class _Cause:
    """Why points are dated as they are: the words, whether they can be mended, and what repairs go by."""

    what: str
    proof: str = ""
    fix: Literal["safe", "unsafe", ""] | None = ""
    shift_s: int | None = None


@rule(
    "TIM006",
    "absurd-date",
    ERROR,
    on=Activity,
    basis=PRACTICE,
    says="{count} of {points} points are dated {what}, the first {date}{proof}",
    hint="set the clock of the device and correct the dates; a constant shift keeps the durations",
    fix="unsafe",
)
def absurd_date(activity: Activity, limits: Limits) -> Found:
    """Points are dated before 1990 or in the future.

    A FIT time below 0x10000000 (before 1998-07-03) counts the seconds since the device was switched on, however long
    that was, and was never converted; start of the session or file_id may tell the date. A FIT time that is right
    20 years ago to the second is in Unix seconds, which count from 1970 and not from 1989-12-31. A planned route says
    1970; a clock without satellite fix jumps ahead. Strava refuses such files (Hitrava#64, GoldenCheetah#1389). A few
    points among good ones are a warning: they make an elapsed time of years (elevate#363). Points of absurd dates can
    be dropped where the others are a ride, also where these are fewer.
    """
    if not has_absurd_dates(activity, limits):
        return
    early, late = absurd_dates(activity, limits)
    uptime = early & (activity.time < FIRST_FIT_DATE) if activity.format == "fit" else np.zeros(len(early), bool)
    timed = activity.known("time")
    droppable = may_be_dropped(early | late, timed)
    for wrong, cause_of in ((uptime, _uptime), (early & ~uptime, _before), (late, _future)):
        if not wrong.any():
            continue
        cause = cause_of(activity, wrong, limits)
        if cause.shift_s is None and droppable:
            cause = replace(cause, fix=None)
        evidence = {"what": cause.what, "date": date_of(float(activity.time[np.argmax(wrong)])), "proof": cause.proof}
        severity = ERROR if 2 * wrong.sum() > timed else WARNING
        for hit in at_points(activity, wrong, **evidence, shift_s=cause.shift_s):
            yield replace(hit, severity=severity, fix=cause.fix)


def _uptime(activity: Activity, wrong: Mask, limits: Limits) -> _Cause:
    """Seconds since the device was switched on. The start of a session or file_id tells the date of the first."""
    times = activity.time[wrong]
    what = f"by the seconds since the device was switched on ({clock(float(times.max()) - FIT_EPOCH)})"
    told = [("session", s.start_time) for s in activity.sessions[:1]] + [("file_id", activity.stated_time)]
    for name, date in told:
        if FIRST_FIT_DATE <= date <= _latest(limits):
            proof, shift = f"; {name} says {date_of(date)}", round(date - float(times.min()))
            others = np.flatnonzero(activity.channel("time") & ~wrong)
            ahead = np.flatnonzero(wrong)[-1] < others.min(initial=len(wrong))
            fits = ahead and times.max() + shift <= activity.time[others].min(initial=np.inf)
            return _Cause(what, proof, None, shift) if fits else _Cause(what, proof)
    return _Cause(what)


def _before(_activity: Activity, _wrong: Mask, limits: Limits) -> _Cause:
    return _Cause(f"before {int(limits.earliest_year)}")


def _future(activity: Activity, wrong: Mask, limits: Limits) -> _Cause:
    """Ahead of the clock; in FIT maybe by the seconds between 1970 and 1989-12-31."""
    times = activity.time[wrong] - FIT_EPOCH
    told = [s.start_time for s in activity.sessions] + [activity.stated_time]
    sane = [date for date in told if FIRST_FIT_DATE <= date <= _latest(limits)]
    unix = activity.format == "fit" and times.min() >= FIRST_FIT_DATE and times.max() <= _latest(limits)
    if unix and all(times.min() - 86400 <= date <= times.max() + 86400 for date in sane):
        proof = f"; less {FIT_EPOCH} s it is {date_of(float(times[0]))}: these are Unix seconds, FIT counts from 1989"
        return _Cause("in the future", proof, None, -FIT_EPOCH)
    return _Cause("in the future")


def _latest(limits: Limits) -> float:
    return now(limits) + limits.future_days * 86400


@rule(
    "TIM007",
    "week-rollover",
    WARNING,
    on=Activity,
    basis=PRACTICE,
    says="{count} of {points} points are dated 1024 weeks too early: {date}, {why}",
    hint="add 7168 days to these times; the receiver needs newer firmware",
    fix="unsafe",
)
def week_rollover(activity: Activity, _limits: Limits) -> Found:
    """Times are 1024 weeks (7168 days) before the truth, because the receiver's count of GPS weeks started again.

    The count has 10 bits and last started again on 2019-04-07. Receivers that do not know this write dates of 1999 to
    2007 for rides of today (OsmAnd#18642, OpenTracks#155, GPSLogger#66). Strava files the ride under the wrong date. It
    is reported where the times jump by 1024 weeks and where laps, sessions or the metadata of a GPX file say another
    date by as much. A FIT file dated before 2008, when there was no FIT, is information only, because an old track can
    be converted.
    """
    time = activity.time
    timed = np.flatnonzero(activity.channel("time"))
    if not len(timed):
        return
    early = np.zeros(len(time), bool)
    why = "before the times around them"
    lowest, highest = activity.extent("time")
    step = np.diff(time[timed]) if highest - lowest > ROLLOVER_S / 4 else np.zeros(1)
    if len(step) and step.max() - step.min() > ROLLOVER_S / 2:
        jump = np.abs(np.abs(step) - ROLLOVER_S) < 2 * 86400
        if jump.any():
            early[timed] = time[timed] < time[timed].max() - ROLLOVER_S / 2
    said = [s.start_time for s in activity.sessions] + [lap.start_time for lap in activity.laps]
    said = [start for start in said if math.isfinite(start)]
    first = float(time[timed[0]])
    if not early.any() and said and abs(min(said) - first - ROLLOVER_S) < 2 * 86400:
        early[timed], why = True, "and the laps say 1024 weeks later"
    stated = activity.stated_time if activity.format == "gpx" else np.nan
    if not early.any() and abs(stated - first - ROLLOVER_S) < 30 * 86400:
        early[timed], why = True, "and the metadata say 1024 weeks later"
    if not early.any() and activity.format == "fit" and _GPS_WEEK_0 <= first < _FIRST_FIT:
        early[timed], why = True, _NO_FIT
    for hit in at_points(activity, early, why=why):
        evidence = {**hit.evidence, "date": date_of(float(time[hit.evidence["first"]]))}
        yield replace(hit, evidence=evidence, severity=INFO if why == _NO_FIT else None)


_NO_FIT = "when there were no FIT files"
#: 1999-08-22, when the count of GPS weeks started again for the first time, and 2008-01-01, before which there were no
#: FIT files.
_GPS_WEEK_0, _FIRST_FIT = 935_280_000.0, 1_199_145_600.0
