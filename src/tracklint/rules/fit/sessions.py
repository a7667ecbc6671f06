"""Rules about FIT sessions side by side, pool swims, and the local time of an activity."""

from __future__ import annotations

from itertools import pairwise

import numpy as np

from ...activity import Activity
from ...config import Limits
from ...findings import Severity
from ...fit import FitDocument
from ...fit.columns import MessageColumns, message_columns
from ...fit.profile import FIT_EPOCH, UPTIME_LIMIT, word
from ..basis import FIT_ACTIVITY_FILE, PRACTICE
from ..registry import Found, Hit, rule
from .segments import JOINED
from .structure import first_records

WARNING, INFO = Severity.WARNING, Severity.INFO
_FIT = ("fit",)
_LAP_SWIMMING = 17


@rule(
    "FIT422",
    "session-overlap",
    WARNING,
    on=Activity,
    basis=FIT_ACTIVITY_FILE,
    says="session {later} starts {off_s:g} s before session {earlier} ends",
    hint="let each session of a multisport activity begin where the one before ends",
    formats=_FIT,
    told_by=JOINED,
    needs=("sessions",),
)
def session_overlap(activity: Activity, _limits: Limits) -> Found:
    """Two sessions of one segment cover the same time, by more than 5 s.

    Records belong to a session by time, so those in both are counted twice or fall to the first.
    """
    spans = sorted(
        (s.where.segment or 0, s.start_time, s.start_time + s.elapsed_s, i)
        for i, s in enumerate(activity.sessions)
        if np.isfinite(s.start_time) and s.elapsed_s > 0
    )
    for (one, _, end, earlier), (other, start, _, later) in pairwise(spans):
        if one == other and end - start > 5:
            evidence = {"earlier": earlier, "later": later, "off_s": round(end - start, 3)}
            yield Hit(activity.sessions[later].where, evidence)
            return


def _pools(document: FitDocument) -> tuple[MessageColumns, np.ndarray]:
    sessions = message_columns(document, 18)
    if not len(sessions):
        return sessions, np.zeros(0, np.int64)
    sub, valid = sessions.integers(6)
    found: np.ndarray = np.flatnonzero(valid & (sub == _LAP_SWIMMING))
    return sessions, found


@rule(
    "FIT423",
    "pool-missing",
    WARNING,
    on=FitDocument,
    basis=FIT_ACTIVITY_FILE,
    says="a session is a swim in a pool and has no {missing}",
    hint="write a length message for each length, and session.pool_length",
    needs=("session",),
)
def pool_missing(document: FitDocument, _limits: Limits) -> Found:
    """A session of sub_sport lap_swimming has no length messages or no pool length.

    Distance and pace of a pool swim come from lengths times pool_length; there is no position to compute them from.
    """
    sessions, pools = _pools(document)
    for i in pools:
        lacks = [] if document.count(101) else ["length messages"]
        lacks += [] if sessions.floats(44)[i] > 0 else ["pool_length"]
        if lacks:
            yield Hit(sessions.where(int(i)), {"missing": " and no ".join(lacks)})


def _lengths(document: FitDocument) -> tuple[int, int] | None:
    """All lengths and active lengths of a file with one session, a pool swim."""
    sessions, pools = _pools(document)
    lengths = message_columns(document, 101)
    if len(sessions) != 1 or not len(pools) or not len(lengths):
        return None
    kinds, typed = lengths.integers(12)
    return len(lengths), int((typed & (kinds == 1)).sum()) if typed.any() else len(lengths)


@rule(
    "FIT424",
    "pool-counts",
    WARNING,
    on=FitDocument,
    basis=FIT_ACTIVITY_FILE,
    says="the session's {field} is {found}, its length messages give {expected}",
    hint="count all lengths in num_lengths and the active ones in num_active_lengths, or run `tracklint fix`",
    fix="safe",
    told_by=JOINED,
    needs=("session", "length"),
)
def pool_counts(document: FitDocument, _limits: Limits) -> Found:
    """A pool swim's session counts other lengths than there are length messages.

    num_lengths counts rests too (or not, in many devices), num_active_lengths does not. Readers compute strokes and
    pace per length from these numbers.
    """
    counted = _lengths(document)
    sessions = message_columns(document, 18)
    for number, expected in zip((33, 47), counted or (), strict=False):
        found, valid = sessions.integers(number)
        if counted and valid[0] and found[0] not in (expected, counted[1]):
            name = sessions.fact(number).name
            yield Hit(sessions.where(0, name), {"found": int(found[0]), "expected": expected})


@rule(
    "FIT431",
    "pool-distance",
    WARNING,
    on=FitDocument,
    basis=FIT_ACTIVITY_FILE,
    says="the session's total_distance is {found:g} m, {active} active lengths of {pool:g} m make {expected:g} m",
    hint="write active lengths times pool_length as total_distance, or correct the pool's length",
    told_by=JOINED,
    needs=("session", "length"),
)
def pool_distance(document: FitDocument, _limits: Limits) -> Found:
    """The distance of a pool swim is not that of its active lengths, by more than 1 %.

    There is no position to measure by, so one of lengths, pool_length and total_distance is wrong. The athlete may have
    corrected the distance on the device afterwards.
    """
    counted = _lengths(document)
    if counted is None:
        return
    sessions = message_columns(document, 18)
    pool, distance = float(sessions.floats(44)[0]), float(sessions.floats(9)[0])
    expected = counted[1] * pool
    if pool > 0 and abs(distance - expected) > max(1.0, 0.01 * distance):
        where = sessions.where(0, "total_distance")
        yield Hit(where, {"found": distance, "expected": round(expected, 2), "active": counted[1], "pool": pool})


@rule(
    "FIT426",
    "sport-conflict",
    WARNING,
    on=FitDocument,
    basis=FIT_ACTIVITY_FILE,
    says="{message_name} says {found}, the session says {expected}",
    hint="write one sport into session, lap and sport messages",
    needs=("session",),
)
def sport_conflict(document: FitDocument, _limits: Limits) -> Found:
    """The sport message or a lap names another sport than the session.

    Strava takes the session's; other readers take what comes first. Generic and missing sports are no conflict, and a
    multisport file may have the laps of any of its sessions.
    """
    sessions = message_columns(document, 18)
    sports, valid = sessions.integers(5)
    known = {int(s) for s in sports[valid]}
    if not known or 0 in known:
        return
    for global_, number in ((12, 0), (19, 25)):
        others = message_columns(document, global_)
        if not len(others):
            continue
        raw, told = others.integers(number)
        said = {i: sport for i, sport in enumerate(raw.tolist()) if told[i]}
        if global_ == 12 and not known.isdisjoint(said.values()):
            continue  # one sport message for each session, in some multisport files one for the whole besides
        odd = [i for i, sport in said.items() if sport not in {0, 18, *known}]
        if odd:
            i = odd[0]
            expected = ", ".join(word("sport", s) or str(s) for s in sorted(known))
            evidence = {"found": word("sport", int(raw[i])) or str(raw[i]), "expected": expected}
            yield Hit(others.where(i, others.fact(number).name), {**evidence, "count": len(odd)})


@rule(
    "FIT428",
    "local-time-missing",
    INFO,
    on=FitDocument,
    basis=FIT_ACTIVITY_FILE,
    says="the activity message has no local_timestamp: the time zone of the ride is not in the file",
    hint="write activity.local_timestamp, the wall clock at activity.timestamp",
    needs=("activity",),
)
def local_time_missing(document: FitDocument, _limits: Limits) -> Found:
    """activity.local_timestamp, the only field that tells the wall clock, is missing.

    Where there are positions, the zone follows from them. Without positions an indoor ride shows up at another hour
    (hevy2garmin#344).
    """
    activities = message_columns(document, 34)
    if not len(activities):
        return
    _, valid = activities.integers(5)
    if not valid.any():
        positions = first_records(document).integers(0)[1].any()
        yield Hit(activities.where(0), {"positions": bool(positions)})


@rule(
    "FIT429",
    "local-offset",
    WARNING,
    on=FitDocument,
    basis=PRACTICE,
    says="local_timestamp is {local} at {utc}: {what}",
    hint="write the wall clock at activity.timestamp into local_timestamp, to the second",
    needs=("activity",),
)
def local_offset(document: FitDocument, _limits: Limits) -> Found:
    """The difference between local and universal time in the activity message is no time zone.

    Zones lie between -12 and +14 hours and are multiples of 15 minutes. A difference that is off by a minute at most
    comes from a clock that was read twice and is spared; one that fits no zone of the ride's longitude by more than
    three hours is information.
    """
    activities = message_columns(document, 34)
    if not len(activities):
        return
    (utc, there), (local, told) = activities.integers(253), activities.integers(5)
    sun = document.once(_solar_hours)
    for i in np.flatnonzero(there & told & (utc >= UPTIME_LIMIT)):
        offset = int(local[i] - utc[i])
        hours = offset / 3600
        severity = None
        if not -12.02 <= hours <= 14.02:
            what = "the difference is no time zone, those reach from -12 h to +14 h"
        elif abs(offset - 900 * round(offset / 900)) > 60:
            what = "the difference is no time zone, those are multiples of 15 min"
        elif sun is not None and abs(hours - sun) > 3:
            what = f"the difference is {hours:+.2g} h, at the longitude of the ride the sun is {sun:+.1f} h ahead"
            severity = INFO
        else:
            continue
        evidence = {"local": _date(int(local[i])), "utc": f"{_date(int(utc[i]))}Z", "seconds": offset, "what": what}
        yield Hit(activities.where(int(i), "local_timestamp"), evidence, severity)


def _date(raw: int) -> str:
    return str(np.datetime64(raw + FIT_EPOCH, "s"))


def _solar_hours(document: FitDocument) -> float | None:
    """Hours that the sun's time at the first position is ahead of UTC, ``None`` where the first records have none."""
    records = first_records(document)
    if not records.has(1):
        return None
    raw, valid = records.integers(1)
    valid = valid & (raw != 0)
    return float(raw[np.argmax(valid)]) / 2**31 * 12 if valid.any() else None
