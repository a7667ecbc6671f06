"""Repairs that write the summaries which a crash or a careless writer left out: file_id, lap, session, activity, timer.

Totals are those of the records, and a lap's are those of its session: where neither tells a number, it is not written.
Message and field numbers, and which fields must be there: Garmin, "FIT Activity File" and "Encoding FIT Activity
Files".
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import numpy.typing as npt

from ...edits import Asked, Edit, Step
from ...findings import Where
from ...fit.columns import MessageColumns, message_columns
from ...fit.document import FitDocument, Segment
from ...fit.profile import FIT_EPOCH
from .compose import compose, free_local
from .container import damaged
from .values import put

__all__ = ["add_activity", "add_file_id", "add_lap", "add_session", "add_timer_start", "add_timer_stop"]

_U8, _U16, _U32, _U32Z, _ENUM = 0x02, 0x84, 0x86, 0x8C, 0x00
#: Fields that lap and session share, as name: (lap, session) field number, base type, format. Message 19 and 18.
_TOTALS: dict[str, tuple[int, int, int, str]] = {
    "message_index": (254, 254, _U16, "<H"),
    "timestamp": (253, 253, _U32, "<I"),
    "start_time": (2, 2, _U32, "<I"),
    "elapsed": (7, 7, _U32, "<I"),
    "timer": (8, 8, _U32, "<I"),
    "distance": (9, 9, _U32, "<I"),
    "avg_speed": (13, 14, _U16, "<H"),
    "max_speed": (14, 15, _U16, "<H"),
    "avg_heart_rate": (15, 16, _U8, "<B"),
    "max_heart_rate": (16, 17, _U8, "<B"),
    "avg_cadence": (17, 18, _U8, "<B"),
    "max_cadence": (18, 19, _U8, "<B"),
    "avg_power": (19, 20, _U16, "<H"),
    "max_power": (20, 21, _U16, "<H"),
    "event": (0, 0, _ENUM, "<B"),
    "event_type": (1, 1, _ENUM, "<B"),
    "sport": (25, 5, _ENUM, "<B"),
    "sub_sport": (39, 6, _ENUM, "<B"),
}
_LIMITS = {"<B": 0xFF, "<H": 0xFFFF, "<I": 0xFFFFFFFF}
_LONGEST = 0xFFFFFFFE // 1000  # seconds; a time of 32 bits in ms holds no more, and no ride lasts 49 days
_TIMER, _START, _STOPS = 0, 0, (1, 4, 8, 9)  # event_type: stop, stop_all, stop_disable, stop_disable_all


@dataclass(frozen=True, slots=True)
class _Ride:
    """What the messages of one segment give; times are raw date_time."""

    first: int
    last: int
    timer_ms: int
    totals: dict[str, int]
    sport: tuple[int, int]


def _rides(document: FitDocument) -> Iterator[tuple[Segment, _Ride]]:
    """Each segment with timed records that is whole, and whose times can be those of one ride."""
    left = damaged(document)
    records = message_columns(document, 20)
    moments = records.times() - FIT_EPOCH
    for segment in document.segments:
        rows = records.in_segment(segment.index)
        times = moments[rows]
        times = times[np.isfinite(times)]
        if segment.index in left or not len(times):
            continue
        first, last = int(times.min()), int(times.max())
        if last - first > _LONGEST:
            continue
        timer = _timer(document, segment.index, first, last)
        yield segment, _Ride(first, last, timer, _totals(records, rows, timer), _sport(document, segment.index))


def _timer(document: FitDocument, segment: int, first: int, last: int) -> int:
    """Milliseconds in which the timer ran, by its start and stop events; without a stop it ran from first to last."""
    events = message_columns(document, 21)
    (what, known), (kind, _) = events.integers(0), events.integers(1)
    moments = events.times() - FIT_EPOCH
    total, since = 0, first
    running = True
    for i in events.in_segment(segment):
        if not known[i] or what[i] != _TIMER or not np.isfinite(moments[i]):
            continue
        now = int(min(max(moments[i], first), last))
        if kind[i] == _START and not running:
            since, running = now, True
        elif kind[i] in _STOPS and running:
            total, running = total + max(now - since, 0), False
    return 1000 * (total + max(last - since, 0) * running)


def _totals(records: MessageColumns, rows: npt.NDArray[np.int64], timer_ms: int) -> dict[str, int]:
    """Distance, averages and maxima as raw numbers, each only where the records have the channel."""
    found: dict[str, int] = {}
    distance, there = records.integers(5)
    good = rows[there[rows]]
    if len(good):
        found["distance"] = int(distance[good[-1]])
        if timer_ms:
            found["avg_speed"] = round(10 * found["distance"] * 1000 / timer_ms)
    for name, numbers in (("heart_rate", (3,)), ("cadence", (4,)), ("power", (7,)), ("speed", (73, 6))):
        for number in numbers:
            values, valid = records.integers(number)
            values = values[rows][valid[rows]]
            if len(values):
                found[f"max_{name}"] = int(values.max())
                if name != "speed":
                    found[f"avg_{name}"] = round(float(values.mean()))
                break
    if found.get("avg_speed", 0) > found.get("max_speed", _LIMITS["<H"]):
        del found["avg_speed"]  # the distance goes on where the speed is not told
    return found


def _sport(document: FitDocument, segment: int) -> tuple[int, int]:
    """Sport and sub_sport as the sport message says, else as all sessions or laps agree, else generic (0, 0)."""
    for global_, sport, sub in ((12, 0, 1), (18, 5, 6), (19, 25, 39)):
        columns = message_columns(document, global_)
        rows = columns.in_segment(segment)
        (sports, known), (subs, fine) = columns.integers(sport), columns.integers(sub)
        pairs = {(int(sports[i]), int(subs[i]) if fine[i] else 0) for i in rows if known[i]}
        if len(pairs) == 1:
            return pairs.pop()
    return 0, 0


def _summary(session: bool, index: int, ride: _Ride, **more: int) -> bytes:
    values: dict[str, int] = {
        "message_index": index,
        "timestamp": ride.last,
        "start_time": ride.first,
        "elapsed": 1000 * (ride.last - ride.first),
        "timer": ride.timer_ms,
        **ride.totals,
        "event": 8 if session else 9,
        "event_type": 1,
        "sport": ride.sport[0],
        "sub_sport": ride.sport[1],
        **more,
    }
    fields = [(each[1] if session else each[0], each[2], each[3]) for each in _TOTALS.values()]
    given: list[Any] = [values.get(name) for name in _TOTALS]
    given = [None if v is None or not 0 <= v < _LIMITS[f[2]] else v for v, f in zip(given, fields, strict=True)]
    if session:
        fields += [(25, _U16, "<H"), (26, _U16, "<H"), (28, _ENUM, "<B")]
        given += [0, more["num_laps"], 0]
    else:
        fields.append((24, _ENUM, "<B"))
        given.append(7)
    return compose(0, 18 if session else 19, fields, given)


def _added(segment: Segment, data: bytes, name: str, says: str) -> Step:
    return Step(
        action="added",
        says=says,
        edits=(Edit(segment.data_end, 0, data),),
        safe=False,
        where=Where(offset=segment.data_end, segment=segment.index, message_name=name),
    )


def _told(ride: _Ride) -> str:
    elapsed = ride.last - ride.first
    known = [name for name in ride.totals if name.startswith("max_")]
    distance = f", {ride.totals['distance'] / 100:g} m" if "distance" in ride.totals else ""
    return f"{elapsed} s{distance}" + (f", {', '.join(known)}" if known else "")


def add_lap(document: FitDocument, asked: Asked) -> Iterator[Step]:
    """Add a lap for each session of a segment that has none, which says what the session says; one over all records
    where there is no session."""
    laps, sessions = message_columns(document, 19), message_columns(document, 18)
    for segment, ride in _rides(document) if asked.unsafe else ():
        if len(laps.in_segment(segment.index)):
            continue
        mine = sessions.in_segment(segment.index).tolist()
        data = b"".join(_summary(False, k, ride, **_said(sessions, i)) for k, i in enumerate(mine))
        says = "a lap over the whole session" if len(mine) == 1 else f"{len(mine)} laps, one for each session"
        if not mine:
            data, says = _summary(False, 0, ride), f"a lap over all records: {_told(ride)}"
        counts = [(i, number, value) for k, i in enumerate(mine) for number, value in ((25, k), (26, 1))]
        edits = [edit for row in counts if (edit := put(sessions, *row)) is not None]
        step = _added(segment, data, "lap", says)
        yield replace(step, edits=(*edits, *step.edits))


def _said(sessions: MessageColumns, i: int) -> dict[str, int]:
    """The totals of a session as raw numbers, for a lap that is as long."""
    numbers = {name: each[1] for name, each in _TOTALS.items() if name not in ("message_index", "event", "event_type")}
    told = {name: sessions.value(number, i) for name, number in numbers.items()}
    return {name: value for name, value in told.items() if value is not None}


def add_session(document: FitDocument, asked: Asked) -> Iterator[Step]:
    """Add one session over all records of a segment that has none."""
    sessions, laps = message_columns(document, 18), message_columns(document, 19)
    for segment, ride in _rides(document) if asked.unsafe else ():
        if not len(sessions.in_segment(segment.index)):
            data = _summary(True, 0, ride, num_laps=len(laps.in_segment(segment.index)))
            sport = "" if ride.sport != (0, 0) else "; the sport is generic, because the file names none"
            yield _added(segment, data, "session", f"a session over all records: {_told(ride)}{sport}")


def add_activity(document: FitDocument, asked: Asked) -> Iterator[Step]:
    """Add the activity message of a segment that has none. The local time is left out: the file does not tell it."""
    sessions, activities = message_columns(document, 18), message_columns(document, 34)
    timers, timed = sessions.integers(8)
    for segment, ride in _rides(document) if asked.unsafe else ():
        mine = sessions.in_segment(segment.index)
        if len(activities.in_segment(segment.index)):
            continue
        timer = int(timers[mine].sum()) if len(mine) and timed[mine].all() else ride.timer_ms
        known = timer if timer < 0xFFFFFFFF else None
        fields = [
            (253, _U32, "<I"), (0, _U32, "<I"), (1, _U16, "<H"), (2, _ENUM, "<B"), (3, _ENUM, "<B"), (4, _ENUM, "<B"),
        ]  # fmt: skip
        values = [ride.last, known, max(len(mine), 1), int(len(mine) > 1), 26, 1]
        yield _added(segment, compose(0, 34, fields, values), "activity", "the activity message, without a local time")


def add_file_id(document: FitDocument, asked: Asked) -> Iterator[Step]:
    """Add file_id with type activity and the time of the first record; maker, product and serial number as
    device_info gives them."""
    info = message_columns(document, 23)
    for segment, ride in _rides(document) if asked.unsafe else ():
        if segment.index:
            continue
        index, there = info.integers(0)
        creator = next((int(i) for i in info.in_segment(0) if there[i] and index[i] == 0), None)
        known = [None if creator is None else info.value(number, creator) for number in (2, 4, 3)]
        fields = [(0, _ENUM, "<B"), (1, _U16, "<H"), (2, _U16, "<H"), (3, _U32Z, "<I"), (4, _U32, "<I")]
        data = compose(15, 0, fields, [4, *known, ride.first])
        yield Step(
            action="added",
            says="file_id: type activity, created at the time of the first record",
            edits=(Edit(segment.data_start, 0, data),),
            safe=False,
            where=Where(offset=segment.data_start, segment=0, message_name="file_id"),
        )


def _timer_event(segment: Segment, moment: int, kind: int, at: int, local: int) -> Step:
    fields = [(253, _U32, "<I"), (0, _ENUM, "<B"), (1, _ENUM, "<B")]
    name = "timer start where the activity starts" if kind == _START else "timer stop_all where the activity ends"
    return Step(
        action="added",
        says=f"event {name}",
        edits=(Edit(at, 0, compose(local, 21, fields, [moment, _TIMER, kind])),),
        safe=False,
        where=Where(offset=at, segment=segment.index, message_name="event"),
    )


def _timer_events(document: FitDocument, segment: int) -> list[int]:
    """The event_type of each timer event of a segment, in the order of the file."""
    events = message_columns(document, 21)
    (what, known), (kind, _) = events.integers(0), events.integers(1)
    return [int(kind[i]) for i in events.in_segment(segment) if known[i] and what[i] == _TIMER]


def _last_event(document: FitDocument, segment: int) -> int:
    """The latest date_time of the events of a segment; 0 where none has one."""
    events = message_columns(document, 21)
    values, valid = events.integers(253)
    return max((int(values[i]) for i in events.in_segment(segment) if valid[i]), default=0)


def _span(document: FitDocument, segment: int, ride: _Ride) -> tuple[int, int]:
    """The first and last date_time of the ride: of its records, or of sessions and laps around them that say more."""
    starts, ends = [ride.first], [ride.last]
    for global_ in (18, 19):
        columns = message_columns(document, global_)
        rows = columns.in_segment(segment)
        (start, begun), (elapsed, timed) = columns.integers(2), columns.integers(7)
        end = start + elapsed // 1000
        rows = rows[(begun & timed & (start <= ride.last) & (end >= ride.first))[rows]]
        starts += start[rows].tolist()
        ends += end[rows].tolist()
    return min(starts), max(ends)


def add_timer_stop(document: FitDocument, asked: Asked) -> Iterator[Step]:
    """Add the event that stops the timer, at the end of the session, the last lap, record or event."""
    for segment, ride in _rides(document) if asked.unsafe else ():
        kinds = _timer_events(document, segment.index)
        if not kinds or kinds[-1] not in _STOPS:
            _, end = _span(document, segment.index, ride)
            yield _timer_event(segment, max(end, _last_event(document, segment.index)), 4, segment.data_end, 0)


def add_timer_start(document: FitDocument, asked: Asked) -> Iterator[Step]:
    """Add the event that starts the timer before the first record, at the start of the session, lap or record."""
    records = message_columns(document, 20)
    for segment, ride in _rides(document) if asked.unsafe else ():
        first = int(records.offsets[records.in_segment(segment.index)[0]])
        local = free_local(document, segment.index, first)
        if local is not None and _START not in _timer_events(document, segment.index):
            start, _ = _span(document, segment.index, ride)
            yield _timer_event(segment, start, _START, first, local)
