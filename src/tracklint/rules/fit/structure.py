"""Rules about the parts of a FIT activity: timer events, sessions and laps, and how they count one another."""

from __future__ import annotations

import math
from collections.abc import Iterable
from typing import TypeVar

import numpy as np

from ...activity import Activity, Event, Lap, Session
from ...config import Limits
from ...findings import Severity, Where
from ...fit import FitDocument
from ...fit.columns import MessageColumns, message_columns
from ...fit.document import Messages
from ...fit.fields import Table
from ...spelling import number
from ..basis import FIT_ACTIVITY_FILE, PRACTICE
from ..registry import Found, Hit, rule
from .segments import JOINED

WARNING, INFO = Severity.WARNING, Severity.INFO
_FIT = ("fit",)
#: Laps follow one another within this many seconds.
_LAP_SLACK_S = 5.0

Part = TypeVar("Part", Event, Lap, Session)


def segments_with_records(activity: Activity) -> tuple[tuple[int, Where], ...]:
    """The FIT segments of an activity file that hold records, each with the place of its first record.

    A further segment without events, laps and sessions is left out: belts append their beats that way.
    """
    return activity.once(_segments_with_records)


def first_points(activity: Activity) -> tuple[tuple[int, Where], ...]:
    """The first point of each FIT segment, and its place."""
    return activity.once(_first_points)


def _first_points(activity: Activity) -> tuple[tuple[int, Where], ...]:
    return tuple((start, activity.at(start)) for start in activity.starts.tolist()) if len(activity) else ()


def _segments_with_records(activity: Activity) -> tuple[tuple[int, Where], ...]:
    found = []
    if activity.format == "fit" and activity.kind == "activity" and len(activity):
        parts: tuple[Event | Lap | Session, ...] = (*activity.events, *activity.laps, *activity.sessions)
        recorded = {part.where.segment or 0 for part in parts}
        for start, where in first_points(activity):
            if start == 0 or (where.segment or 0) in recorded:
                found.append((where.segment or 0, where))
    return tuple(found)


@rule(
    "FIT407",
    "many-activities",
    WARNING,
    on=FitDocument,
    basis=FIT_ACTIVITY_FILE,
    says="one segment has {count} activity messages; there is exactly one in a file",
    hint="write one activity message, as the last one",
    told_by=JOINED,
    needs=("activity",),
)
def many_activities(document: FitDocument, _limits: Limits) -> Found:
    """A segment has more than one activity message.

    Garmin's page asks for exactly one. Which of them gives the number of sessions and the local time depends on the
    reader.
    """
    columns = message_columns(document, 34)
    if len(columns) < 2:
        return
    segments = columns.segments()
    for segment in sorted(set(segments.tolist())):
        mine = np.flatnonzero(segments == segment)
        if len(mine) > 1:
            yield Hit(columns.where(int(mine[1])), {"count": len(mine)})


def _timers(activity: Activity) -> dict[int, list[Event]]:
    """The timer's starts and stops of each segment in the order of their times; some apps write them in another."""
    found = by_segment(e for e in activity.events if e.event == "timer" and e.kind.startswith(("start", "stop")))
    for events in found.values():
        if all(math.isfinite(e.time) for e in events):
            events.sort(key=lambda e: e.time)
    return found


def _sessions(activity: Activity) -> dict[int, list[Session]]:
    return by_segment(activity.sessions)


def by_segment(parts: Iterable[Part]) -> dict[int, list[Part]]:
    """Events, laps or sessions by the FIT segment that they stand in, in their order."""
    found: dict[int, list[Part]] = {}
    for part in parts:
        found.setdefault(part.where.segment or 0, []).append(part)
    return found


@rule(
    "FIT408",
    "no-timer-start",
    WARNING,
    on=Activity,
    basis=FIT_ACTIVITY_FILE,
    says="no event says that the timer starts",
    hint="write an event timer start where the session starts, or run `tracklint fix --unsafe`",
    formats=_FIT,
    fix="unsafe",
    told_by=JOINED,
    for_spec=WARNING,
)
def no_timer_start(activity: Activity, _limits: Limits) -> Found:
    """There are records and no timer start event.

    Garmin's page counts the timer events among the best practices. Readers that take moving time from them find none
    (qdomyos-zwift#1279). Where a session tells its timer time, nothing is lost, and it is information for Strava.
    """
    timers = activity.once(_timers)
    for segment, where in segments_with_records(activity):
        if not any(e.kind.startswith("start") for e in timers.get(segment, ())):
            mendable = activity.channel("time").any()
            yield Hit(where, severity=_told(activity, segment), fix=None if mendable else "")


def _told(activity: Activity, segment: int) -> Severity | None:
    """Information where a session of the segment tells the time that the events leave open: some makers write no
    timer events into any file."""
    told = any(s.timer_s >= 0 for s in activity.once(_sessions).get(segment, ()))
    return INFO if told else None


@rule(
    "FIT409",
    "no-timer-stop",
    WARNING,
    on=Activity,
    basis=FIT_ACTIVITY_FILE,
    says="{what}: the recording was not ended in the ordinary way",
    hint="write an event timer stop_all when the activity is saved, or run `tracklint fix --unsafe`",
    formats=_FIT,
    fix="unsafe",
    told_by=JOINED,
    for_spec=WARNING,
)
def no_timer_stop(activity: Activity, _limits: Limits) -> Found:
    """The timer is never stopped, or its last event is a start.

    A device that crashed or was switched off leaves such a file. Where session and activity are missing too, the file
    was never saved. Where a session tells its timer time, nothing is lost, and it is information for Strava.
    """
    timers = activity.once(_timers)
    for segment, where in segments_with_records(activity):
        events = timers.get(segment, [])
        if not any(e.kind.startswith("stop") for e in events):
            mendable, what = activity.channel("time").any(), "no event says that the timer stops"
            yield Hit(where, {"what": what}, _told(activity, segment), fix=None if mendable else "")
        elif events[-1].kind.startswith("start"):
            yield Hit(events[-1].where, {"what": "the last timer event is a start"}, _told(activity, segment))


@rule(
    "FIT410",
    "stop-not-stop-all",
    INFO,
    on=Activity,
    basis=FIT_ACTIVITY_FILE,
    says="the last timer event is {kind}, not stop_all",
    hint="write stop_all at the end of the activity; nothing needs to be done for Strava",
    formats=_FIT,
    needs=("events",),
)
def stop_not_stop_all(activity: Activity, _limits: Limits) -> Found:
    """The recording ends with a stop, which stands for a pause, in place of stop_all (o-synce, Runalyze#1571)."""
    timers = activity.once(_timers)
    for segment, _ in segments_with_records(activity):
        events = timers.get(segment, [])
        if events and events[-1].kind in ("stop", "stop_disable"):
            yield Hit(events[-1].where, {"kind": events[-1].kind})


def first_records(document: FitDocument) -> MessageColumns:
    """Only the first 500 records of each definition, for what holds for the whole ride."""
    return MessageColumns(document, 20, document.once(_first_records))


def _first_records(document: FitDocument) -> Table:
    groups = (Messages(group.definition, group.offsets[:500], group.numbers[:500]) for group in document.of(20))
    return Table.of(document.data, tuple(groups))


@rule(
    "FIT411",
    "num-sessions",
    WARNING,
    on=FitDocument,
    basis=FIT_ACTIVITY_FILE,
    says="activity.num_sessions is {found}, there are {expected} session messages",
    hint="write the number of session messages, or run `tracklint fix`",
    fix="safe",
    told_by=JOINED,
    needs=("activity", "session"),
)
def num_sessions(document: FitDocument, _limits: Limits) -> Found:
    """The activity message counts other sessions than there are.

    Either a session was lost, or the number was never updated; readers that trust it look for sessions that are not
    there.
    """
    activities, sessions = message_columns(document, 34), message_columns(document, 18)
    for segment in document.segments if len(activities) and len(sessions) else ():
        mine, parts = activities.in_segment(segment.index), sessions.in_segment(segment.index)
        said, valid = activities.integers(1)
        if len(mine) == 1 and len(parts) and valid[mine[0]] and said[mine[0]] != len(parts):
            where = activities.where(int(mine[0]), "num_sessions")
            yield Hit(where, {"found": int(said[mine[0]]), "expected": len(parts)})


@rule(
    "FIT412",
    "num-laps",
    WARNING,
    on=FitDocument,
    basis=FIT_ACTIVITY_FILE,
    says="{what}; there are {expected} lap messages",
    hint="write first_lap_index and num_laps so that each lap belongs to one session, or run `tracklint fix`",
    fix="safe",
    told_by=JOINED,
    needs=("session", "lap"),
)
def num_laps(document: FitDocument, _limits: Limits) -> Found:
    """The sessions' num_laps do not add up to the lap messages.

    first_lap_index and num_laps say which laps belong to which session. Where the fields are missing readers go by
    time, so that is information (fit4ruby PR 36).
    """
    sessions, laps = message_columns(document, 18), message_columns(document, 19)
    for segment in document.segments:
        mine, parts = sessions.in_segment(segment.index), laps.in_segment(segment.index)
        if not len(mine) or not len(parts):
            continue
        (count, counted), (_, first) = sessions.integers(26), sessions.integers(25)
        total = int(count[mine][counted[mine]].sum())
        absent = [name for name, there in (("num_laps", counted), ("first_lap_index", first)) if not there[mine].all()]
        if counted[mine].all() and total != len(parts):
            what = f"the sessions count {total} laps (num_laps)"
            yield Hit(sessions.where(int(mine[0])), {"what": what, "found": total, "expected": len(parts)})
        elif absent:
            what = f"a session has no {' and no '.join(absent)}"
            where = sessions.where(int(mine[0]))
            yield Hit(where, {"what": what, "missing": absent, "expected": len(parts)}, INFO, fix="")


@rule(
    "FIT413",
    "lap-index",
    WARNING,
    on=FitDocument,
    basis=FIT_ACTIVITY_FILE,
    says="the laps' message_index {what}; laps are numbered from 0 in the order of the file",
    hint="number the laps from 0 on, or run `tracklint fix`",
    fix="safe",
    told_by=JOINED,
    needs=("lap",),
)
def lap_index(document: FitDocument, _limits: Limits) -> Found:
    """The lap messages are not numbered 0, 1, 2 ... in their order.

    Sessions name their laps by this number, so that wrong ones put laps into the wrong session; the UNA watch gave all
    laps the number 0 (una-sdk PR 318). Laps without numbers are information.
    """
    laps = message_columns(document, 19)
    for segment in document.segments:
        mine = laps.in_segment(segment.index)
        if not len(mine):
            continue
        raw, valid = (column[mine] for column in laps.integers(254))
        index = raw & 0x0FFF
        wrong = valid & (index != np.arange(len(mine)))
        if wrong.any():
            first = int(np.argmax(wrong))
            i = int(mine[first])
            same = len(mine) > 1 and bool((index == index[0]).all())
            what = f"is {index[0]} for all {len(mine)}" if same else f"is {index[first]} at lap {first}"
            yield Hit(laps.where(i, "message_index"), {"what": what, "indices": index.tolist()})
        elif not valid.all():
            i = int(mine[np.argmin(valid)])
            what = f"has no value in {int((~valid).sum())} of {len(mine)}"
            yield Hit(laps.where(i), {"what": what}, INFO, fix="")


def _end(part: Lap | Session) -> float:
    return part.start_time + part.elapsed_s


@rule(
    "FIT414",
    "lap-tiling",
    WARNING,
    on=Activity,
    basis=FIT_ACTIVITY_FILE,
    says="{count} of {laps} laps do not start where the one before ends, or not in the session; lap {lap} {what}",
    hint="write start_time and total_elapsed_time so that the laps cover the session without gaps",
    formats=_FIT,
    told_by=JOINED,
    needs=("laps",),
)
def lap_tiling(activity: Activity, _limits: Limits) -> Found:
    """Laps leave gaps, overlap, or reach beyond their session by more than 5 s.

    A lap lasts from start_time for total_elapsed_time, pauses included, and the next one begins there. Readers that cut
    records by time then lose some or count them twice (GoldenCheetah#3746, hub-decathlon PR 114).
    """
    wrong: list[tuple[int, float, str]] = []
    numbers = {id(lap): i for i, lap in enumerate(activity.laps)}
    by_session = by_segment(activity.sessions)
    for segment, laps in sorted(by_segment(activity.laps).items()):
        mine = [(numbers[id(lap)], lap) for lap in laps]
        sessions = by_session.get(segment, ())
        starts = min((s.start_time for s in sessions), default=np.nan)
        ends = max((_end(s) for s in sessions), default=np.nan)
        for k, (i, lap) in enumerate(mine):
            step = lap.start_time - _end(mine[k - 1][1]) if k else 0.0
            if abs(step) > _LAP_SLACK_S:
                wrong.append((i, abs(step), "after the end of" if step > 0 else "before the end of"))
            elif starts - lap.start_time > _LAP_SLACK_S:
                wrong.append((i, starts - lap.start_time, "before the start of the session"))
            elif k == len(mine) - 1 and _end(lap) - ends > _LAP_SLACK_S:
                wrong.append((i, _end(lap) - ends, "after the end of the session"))
    if wrong:
        i, off, how = wrong[0]
        verb, whose = ("starts", f" lap {i - 1}") if how.endswith("of") else ("starts", "")
        verb = "ends" if how == "after the end of the session" else verb
        what = f"{verb} {number(off)} s {how}{whose}"
        evidence = {"count": len(wrong), "laps": len(activity.laps), "lap": i, "off_s": off, "what": what}
        yield Hit(activity.laps[i].where, {**evidence, "wrong": [n for n, _, _ in wrong]})


@rule(
    "FIT425",
    "summary-first",
    INFO,
    on=FitDocument,
    basis=PRACTICE,
    says="the session stands before the records that it sums up",
    hint="nothing needs to be done; some readers expect the session at the end",
    needs=("session", "record"),
)
def summary_first(document: FitDocument, _limits: Limits) -> Found:
    """The session message comes before the first record, as in Garmin's multisport files since 2023.

    Both orders are legal. Readers that put records into the session that comes next lose them.
    """
    sessions = message_columns(document, 18)
    starts: dict[int, int] = {}
    for group in document.of(20):
        segment, first = group.definition.segment, int(group.offsets[0])
        starts[segment] = min(first, starts.get(segment, first))
    for segment, first in sorted(starts.items()):
        mine = sessions.in_segment(segment)
        if len(mine) and sessions.offsets[mine[0]] < first:
            yield Hit(sessions.where(int(mine[0])), {"sessions": len(mine)})
