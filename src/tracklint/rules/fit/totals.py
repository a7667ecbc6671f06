"""Rules about the numbers in FIT sessions, laps and activity: whether they agree with one another and with the
records."""

from __future__ import annotations

import math
from bisect import bisect_left
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from itertools import islice, takewhile

import numpy as np
import numpy.typing as npt

from ...activity import Activity, Lap, Session
from ...config import Limits
from ...findings import Severity
from ...fit import FitDocument
from ...fit.columns import MessageColumns, message_columns
from ...steps import Floats
from ..basis import FIT_ACTIVITY_FILE, PRACTICE, STRAVA_UPLOADS
from ..registry import Found, Hit, rule
from ..track import most_calories
from .segments import JOINED
from .structure import by_segment, first_points

WARNING, INFO = Severity.WARNING, Severity.INFO
_FIT = ("fit",)


@rule(
    "FIT415",
    "session-fields",
    WARNING,
    on=FitDocument,
    basis=FIT_ACTIVITY_FILE,
    says="{count} of {sessions} sessions have no {missing}",
    hint="write timestamp, start_time and total_elapsed_time into every session",
    needs=("session",),
)
def session_fields(document: FitDocument, _limits: Limits) -> Found:
    """A session lacks its start, its length or its timestamp.

    Records and laps belong to a session by time, from start_time for total_elapsed_time. Without them readers guess.
    The sport has a rule of its own.
    """
    columns = message_columns(document, 18)
    if not len(columns) or not (document.count(20) or document.count(101)):
        return
    if all(columns.integers(number)[1].all() for number in (253, 2, 7)):
        return
    lacks = {columns.fact(n).name: ~columns.integers(n)[1] for n in (253, 2, 7)}
    bare = np.logical_or.reduce(list(lacks.values()))
    if bare.any():
        i = int(np.argmax(bare))
        missing = " and no ".join(name for name, lack in lacks.items() if lack[i])
        yield Hit(columns.where(i), {"count": int(bare.sum()), "sessions": len(bare), "missing": missing})


def _parts(activity: Activity) -> tuple[tuple[str, Sequence[Session | Lap]], ...]:
    return ("session", activity.sessions), ("lap", activity.laps)


@rule(
    "FIT416",
    "timer-over-elapsed",
    WARNING,
    on=Activity,
    basis=FIT_ACTIVITY_FILE,
    says="{count} of {parts} {kind} messages have more timer time than elapsed time; the first has {timer_s:g} s and "
    "{elapsed_s:g} s",
    hint="write total_elapsed_time with pauses and total_timer_time without, or run `tracklint fix --unsafe`",
    formats=_FIT,
    fix="unsafe",
    told_by=JOINED,
)
def timer_over_elapsed(activity: Activity, _limits: Limits) -> Found:
    """total_timer_time is larger than total_elapsed_time.

    The timer stands still in pauses, the elapsed time does not, so it cannot be larger (mytourbook PR 228). One second
    is spared.
    """
    for kind, parts in _parts(activity):
        wrong = [part for part in parts if part.timer_s - part.elapsed_s > 1 and part.elapsed_s >= 0]
        if wrong:
            evidence = {"timer_s": wrong[0].timer_s, "elapsed_s": wrong[0].elapsed_s, "parts": len(parts)}
            yield Hit(replace(wrong[0].where, count=len(wrong)), {"kind": kind, **evidence})


def _timers(activity: Activity) -> list[tuple[float, str]]:
    """Time and kind of all timer events that have a time, in the order of time."""
    return sorted((e.time, e.kind) for e in activity.events if e.event == "timer" and math.isfinite(e.time))


def time_stopped(activity: Activity, part: Session | Lap) -> float | None:
    """Seconds within a session or lap in which the timer stood still, ``None`` where the events do not tell."""
    start, end = part.start_time, part.start_time + part.elapsed_s
    events = activity.once(_timers)
    first = bisect_left(events, start - 2, key=lambda event: event[0])
    inside = list(takewhile(lambda event: event[0] <= end + 2, islice(events, first, None)))
    if not any(kind.startswith("start") for _, kind in inside) or not any(
        kind.startswith("stop") for _, kind in inside
    ):
        return None
    stopped, since = 0.0, None
    for time, kind in inside:
        if kind.startswith("stop") and since is None:
            since = time
        elif kind.startswith("start") and since is not None:
            stopped, since = stopped + time - since, None
    return stopped + (max(end - since, 0.0) if since is not None else 0.0)


@rule(
    "FIT417",
    "timer-vs-pauses",
    WARNING,
    on=Activity,
    basis=FIT_ACTIVITY_FILE,
    says="the session has {timer_s:g} s of timer time; {elapsed_s:g} s elapsed and {stopped_s:g} s of pauses in the "
    "timer events make {expected_s:g} s",
    hint="write an event timer stop and start for each pause, and total_timer_time without the pauses",
    formats=_FIT,
    told_by=JOINED,
    needs=("sessions",),
)
def timer_vs_pauses(activity: Activity, _limits: Limits) -> Found:
    """total_timer_time is not what the timer events leave of total_elapsed_time.

    Readers that count pauses from the events show another moving time than those that take the total. Two seconds and
    one per cent are spared.
    """
    for session in activity.sessions:
        if not session.elapsed_s > 0 or not math.isfinite(session.timer_s) or session.timer_s - session.elapsed_s > 1:
            continue
        stopped = time_stopped(activity, session)
        if stopped is None:
            continue
        expected = session.elapsed_s - stopped
        if abs(session.timer_s - expected) > 2 + 0.01 * session.elapsed_s:
            evidence = {"timer_s": session.timer_s, "elapsed_s": session.elapsed_s}
            yield Hit(session.where, {**evidence, "stopped_s": round(stopped, 1), "expected_s": round(expected, 1)})


@rule(
    "FIT418",
    "session-end",
    WARNING,
    on=Activity,
    basis=FIT_ACTIVITY_FILE,
    says="records go on for {off_s:g} s after the end of the last session",
    hint="write total_elapsed_time up to the last record, pauses included, or run `tracklint fix --unsafe`",
    formats=_FIT,
    fix="unsafe",
    told_by=JOINED,
    needs=("sessions",),
)
def session_end(activity: Activity, _limits: Limits) -> Found:
    """The last session ends before the last record by more than 5 s.

    A session ends at start_time plus total_elapsed_time, never at its timestamp, which is when it was written. Readers
    that cut by session lose what comes later. A single jump ahead in the times has rules of its own.
    """
    firsts = first_points(activity)
    sessions = by_segment(activity.sessions)
    for (start, where), end in zip(firsts, [*(i for i, _ in firsts[1:]), len(activity)], strict=False):
        ends = [s.start_time + s.elapsed_s for s in sessions.get(where.segment or 0, ())]
        if not ends or not all(map(math.isfinite, ends)) or not activity.extent("time")[1] - max(ends) > 5:
            continue
        times = activity.time[start:end]
        times = times[np.isfinite(times)]
        off = float(times.max() - max(ends)) if len(times) > 1 else 0.0
        if off > 5 and not np.abs(np.diff(times)).max() > max(60.0, 0.9 * off):
            last = start + int(np.nanargmax(activity.time[start:end]))
            yield Hit(activity.at(last), {"off_s": round(off, 3), "ends": max(ends)})


@rule(
    "FIT419",
    "distance-total",
    WARNING,
    on=Activity,
    basis=STRAVA_UPLOADS,
    says="the sessions have {said:g} m, the records end at {found:g} m",
    hint="write the distance of the last record into total_distance, or run `tracklint fix --unsafe`",
    formats=_FIT,
    fix="unsafe",
    told_by=JOINED,
    needs=("sessions", "distance"),
)
def distance_total(activity: Activity, _limits: Limits) -> Found:
    """total_distance of the sessions is more than 1 % and 20 m off the distance of the records.

    Strava reads both: the activity shows one distance, its graph ends at another.
    """
    said = sum(s.distance_m for s in activity.sessions) if activity.sessions else np.nan
    if not said > 0 or activity.known("distance") < max(10, len(activity) // 2):
        return
    known, slack = activity.distance[activity.channel("distance")], max(20.0, 0.01 * said)
    if known.max() <= 0 or abs(said - float(known[-1])) <= slack:
        return
    ways = float(known[-1]), float(known.max()), float(known[-1] - known[0]), float(np.diff(known).clip(min=0).sum())
    if min(abs(said - way) for way in ways) > slack:
        yield Hit(activity.sessions[0].where, {"said": round(said, 1), "found": round(float(known[-1]), 1)})


#: What laps add up to: name, unit, least difference that counts, and how it is read.
_SUMS: tuple[tuple[str, str, float, Callable[[Session | Lap], float]], ...] = (
    ("total_distance", "m", 20.0, lambda part: part.distance_m),
    ("total_timer_time", "s", 5.0, lambda part: part.timer_s),
    ("total_calories", "kcal", 20.0, lambda part: part.calories),
)


@rule(
    "FIT420",
    "lap-sums",
    WARNING,
    on=Activity,
    basis=FIT_ACTIVITY_FILE,
    says="the laps add up to {laps:g} {unit} of {name}, the sessions to {sessions:g} {unit}",
    hint="write the totals of the whole activity into the sessions and those of each lap into the laps",
    formats=_FIT,
    told_by=JOINED,
    needs=("laps", "sessions"),
)
def lap_sums(activity: Activity, _limits: Limits) -> Found:
    """Distance, timer time or calories of the laps are more than 1 % off those of the sessions.

    A lap is missing, or the laps hold totals since the start. Which of the two a reader shows differs.
    """
    if not activity.laps or not activity.sessions:
        return
    for name, unit, least, of in _SUMS:
        laps, sessions = sum(map(of, activity.laps)), sum(map(of, activity.sessions))
        slack = max(least, 0.01 * sessions, len(activity.laps))
        if laps > 0 and sessions > 0 and abs(laps - sessions) > slack:
            evidence = {"name": name, "unit": unit, "laps": round(laps, 1), "sessions": round(sessions, 1)}
            yield Hit(activity.sessions[0].where, evidence)


#: avg and max fields of session and lap.
_PAIRS = {
    18: ((14, 15), (124, 125), (16, 17), (18, 19), (20, 21)),
    19: ((13, 14), (110, 111), (15, 16), (17, 18), (19, 20)),
}


#: The fields of records that hold what is averaged.
_RECORDED = {"speed": (6, 73), "heart_rate": (3,), "cadence": (4,), "power": (7,)}


def _pairs() -> Iterator[tuple[int, int, int]]:
    for global_, pairs in _PAIRS.items():
        for pair in pairs:
            yield global_, *pair


@rule(
    "FIT421",
    "avg-over-max",
    WARNING,
    on=FitDocument,
    basis=PRACTICE,
    says="{count} {message_name} messages have an average above the maximum; the first has {avg} {average:g} and {max} "
    "{maximum:g}",
    hint="compute both from the records, or run `tracklint fix --unsafe`",
    fix="unsafe",
    told_by=JOINED,
)
def avg_over_max(document: FitDocument, _limits: Limits) -> Found:
    """An average of speed, heart rate, cadence or power is above the maximum of the same session or lap.

    The maximum was mostly never updated. A maximum of 0, and a difference of one step, are spared.
    """
    for global_, first, second in _pairs():
        columns = message_columns(document, global_)
        if not columns.has(first) or not columns.has(second):
            continue
        if not (columns.floats(first) > columns.floats(second)).any():
            continue
        (avg, told), (most, known) = columns.integers(first), columns.integers(second)
        wrong = np.flatnonzero(told & known & (avg > most + 1) & (most > 0))
        if len(wrong):
            i = int(wrong[0])
            evidence = {
                "avg": columns.fact(first).name, "max": columns.fact(second).name, "rows": wrong.tolist(),
                "average": float(columns.floats(first)[i]), "maximum": float(columns.floats(second)[i]),
            }  # fmt: skip
            where = replace(columns.where(i, columns.fact(second).name), count=len(wrong))
            yield Hit(where, evidence, fix=None if _is_recorded(columns, wrong, str(evidence["avg"])) else "")


def _is_recorded(columns: MessageColumns, rows: npt.NDArray[np.int64], average: str) -> bool:
    """Whether records of the time of one of these sessions or laps have what this is the average of."""
    records = message_columns(columns.document, 20)
    there = [records.integers(number)[1] for number in _RECORDED[average.rpartition("avg_")[2]]]
    return any((recorded_during(columns, records, i) & each).any() for i in rows.tolist() for each in there)


def recorded_during(columns: MessageColumns, records: MessageColumns, i: int) -> npt.NDArray[np.bool_]:
    """Which records lie in the time of the session or lap in row ``i``; none where it does not say when it was."""
    (starts, known), (elapsed, there) = columns.integers(2), columns.integers(7)
    times, timed = records.integers(253)
    inside: npt.NDArray[np.bool_] = timed & (times >= starts[i]) & (times <= starts[i] + elapsed[i] // 1000 + 1)
    inside &= bool(known[i] and there[i])
    return inside


#: Fields of session and lap that hold a speed: average, maximum, and their enhanced twins.
_SPEEDS = {18: (14, 15, 124, 125), 19: (13, 14, 110, 111)}


@rule(
    "FIT430",
    "total-implausible",
    WARNING,
    on=FitDocument,
    basis=PRACTICE,
    says="{field} is beyond what anybody does in {count} of {messages} {message_name} messages: up to {value:g} {unit}",
    hint='write what was measured, or the field\'s "no value"',
    fix="unsafe",
)
def total_implausible(document: FitDocument, limits: Limits) -> Found:
    """A session or lap states a speed or an energy that nobody reaches.

    These are a speed above that of every sport (100 m/s), and more than 50 kcal a minute; the first 300 kcal are free.
    A counter ran over, or a field was never filled. Strava shows the calories of the session.
    """
    for global_, speeds in _SPEEDS.items():
        columns = message_columns(document, global_)
        if not len(columns):
            continue
        most: dict[int, Floats | float] = dict.fromkeys(speeds, limits.max_speed_other_m_s)
        most[_CALORIES] = most_calories(columns.floats(7))
        for number, limit in most.items():
            if not columns.has(number):
                continue
            values = columns.floats(number)
            beyond = values > limit
            if beyond.any():
                wrong = np.flatnonzero(beyond)
                unit = "kcal" if number == _CALORIES else "m/s"
                evidence = {"messages": len(columns), "number": number, "rows": wrong.tolist(), "unit": unit}
                place = replace(columns.where(int(wrong[0]), columns.fact(number).name), count=len(wrong))
                yield Hit(place, {**evidence, "value": float(values[wrong].max())})


_CALORIES = 11


@rule(
    "FIT427",
    "activity-timer",
    WARNING,
    on=FitDocument,
    basis=FIT_ACTIVITY_FILE,
    says="activity.total_timer_time is {found:g} s, the sessions add up to {expected:g} s",
    hint="write the sum of the sessions' total_timer_time, or run `tracklint fix`",
    fix="safe",
    told_by=JOINED,
    for_spec=WARNING,
    needs=("activity", "session"),
)
def activity_timer(document: FitDocument, _limits: Limits) -> Found:
    """The timer time of the activity message is not the sum of its sessions.

    Readers take one or the other as the duration. Two seconds and one per mille are spared. Some makers write 0 or the
    elapsed time into all their files, which readers know; that is information for Strava.
    """
    activities, sessions = message_columns(document, 34), message_columns(document, 18)
    if not len(activities) or not len(sessions):
        return
    timers, spans, segments = sessions.floats(8), sessions.floats(7), sessions.segments()
    for i, (said, segment) in enumerate(zip(activities.floats(0), activities.segments(), strict=True)):
        mine = segments == segment
        found, expected = float(said), float(timers[mine].sum()) if mine.any() else np.nan
        slack = 2 + 0.001 * expected
        if abs(found - expected) > slack:
            habit = found == 0 or abs(found - float(spans[mine].sum())) <= slack
            evidence = {"found": found, "expected": expected}
            yield Hit(activities.where(i, "total_timer_time"), evidence, INFO if habit else None)
