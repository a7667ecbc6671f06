"""Repairs of counts and totals in summaries: they become what the messages of the file give."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace

import numpy as np
import numpy.typing as npt

from ...activity import Activity, Lap, Session
from ...edits import Asked, Edit, Step
from ...findings import Where
from ...fit.activity import fit_activity
from ...fit.columns import MessageColumns, message_columns
from ...fit.document import FitDocument
from ...fit.profile import field_fact, message_name
from ...rules.fit.totals import recorded_during, time_stopped
from .values import put

__all__ = [
    "clamp_timers",
    "count_laps",
    "count_lengths",
    "count_sessions",
    "drop_totals",
    "renumber_laps",
    "state_type",
    "stretch_sessions",
    "sum_timers",
    "total_distance",
    "total_maxima",
]

Ints = npt.NDArray[np.int64]
_RECORD, _SESSION, _LAP, _ACTIVITY, _LENGTH = 20, 18, 19, 34, 101
#: Fields of average and maximum in session and lap, and the record fields of their channel.
_MAXIMA = {
    _SESSION: ((14, 15, (6, 73)), (124, 125, (73, 6)), (16, 17, (3,)), (18, 19, (4,)), (20, 21, (7,))),
    _LAP: ((13, 14, (6, 73)), (110, 111, (73, 6)), (15, 16, (3,)), (17, 18, (4,)), (19, 20, (7,))),
}


def _step(
    columns: MessageColumns, rows: Iterable[tuple[int, int, int | None]], says: str, safe: bool = True
) -> Iterator[Step]:
    """One step that writes (message, field, value) where the value there is another one."""
    edits = [edit for row in rows if (edit := put(columns, *row)) is not None]
    if edits:
        yield Step(action="changed", says=says, edits=tuple(edits), safe=safe, where=_at(columns, edits[0]))


def _at(columns: MessageColumns, edit: Edit) -> Where:
    return columns.where(max(int(np.searchsorted(columns.offsets, edit.offset, "right")) - 1, 0))


def renumber_laps(document: FitDocument, _asked: Asked) -> Iterator[Step]:
    """Number the laps of each segment from 0 in the order of the file; the flags in the upper bits stay."""
    laps = message_columns(document, _LAP)
    values, _ = laps.integers(254)
    rows = []
    for segment in document.segments:
        for k, i in enumerate(laps.in_segment(segment.index).tolist()):
            flags = int(values[i]) & 0xF000 if values[i] != 0xFFFF else 0
            rows.append((i, 254, flags | k))
    yield from _step(laps, rows, f"the message_index of {len(laps)} laps becomes 0 to {len(laps) - 1}")


def count_sessions(document: FitDocument, _asked: Asked) -> Iterator[Step]:
    """Write the number of sessions of the segment into activity.num_sessions."""
    activity, sessions = message_columns(document, _ACTIVITY), message_columns(document, _SESSION)
    for segment in document.segments:
        count = len(sessions.in_segment(segment.index))
        rows = [(i, 1, count) for i in activity.in_segment(segment.index).tolist()]
        if count:
            yield from _step(activity, rows, f"activity.num_sessions becomes {count}")


def count_laps(document: FitDocument, _asked: Asked) -> Iterator[Step]:
    """Write first_lap_index and num_laps of each session: all laps where there is one session, else the laps that
    start within it, where each belongs to one and they follow one another."""
    sessions, laps = message_columns(document, _SESSION), message_columns(document, _LAP)
    for segment in document.segments:
        mine, theirs = sessions.in_segment(segment.index), laps.in_segment(segment.index)
        owners = [0] * len(theirs) if len(mine) == 1 else _owners(sessions, mine, laps, theirs)
        if owners is None or not len(mine):
            continue
        rows: list[tuple[int, int, int | None]] = []
        for k, i in enumerate(mine.tolist()):
            rows += (i, 25, owners.index(k) if k in owners else 0), (i, 26, owners.count(k))
        counts = ", ".join(str(owners.count(k)) for k in range(len(mine)))
        yield from _step(sessions, rows, f"session.num_laps becomes {counts}")


def _owners(sessions: MessageColumns, mine: Ints, laps: MessageColumns, theirs: Ints) -> list[int] | None:
    """The session of each lap by its start, ``None`` where that is not clear."""
    begins, begun = sessions.integers(2)
    starts, started = laps.integers(2)
    if not len(mine) or not begun[mine].all() or not started[theirs].all() or (np.diff(begins[mine]) <= 0).any():
        return None
    owners = np.searchsorted(begins[mine], starts[theirs], "right") - 1
    if len(owners) and (owners.min() < 0 or (np.diff(owners) < 0).any()):
        return None
    return [int(k) for k in owners]


def count_lengths(document: FitDocument, _asked: Asked) -> Iterator[Step]:
    """Write how many lengths there are, how many of them are active, and the distance of these into the session of a
    pool swim."""
    sessions, lengths = message_columns(document, _SESSION), message_columns(document, _LENGTH)
    kinds, typed = lengths.integers(12)
    if len(sessions) == 1 and len(lengths):
        active = int((typed & (kinds == 1)).sum()) if typed.any() else len(lengths)
        rows: list[tuple[int, int, int | None]] = []
        for number, count in ((33, len(lengths)), (47, active)):
            values, there = sessions.integers(number)
            if there[0] and int(values[0]) not in (count, active):
                rows.append((0, number, count))
        (pool, known), (distance, there) = sessions.integers(44), sessions.integers(9)
        covered = active * int(pool[0])
        if known[0] and there[0] and abs(int(distance[0]) - covered) > max(100, int(distance[0]) // 100):
            rows.append((0, 9, covered))
        says = f"the session's lengths become {len(lengths)}, {active} of them active, and its distance theirs"
        yield from _step(sessions, rows, says)


def state_type(document: FitDocument, asked: Asked) -> Iterator[Step]:
    """Write type 4 (activity) into a file_id that states no type, where the file has records."""
    identity = message_columns(document, 0)
    _, typed = identity.integers(0)
    if asked.unsafe and len(identity) and not typed[0] and document.count(_RECORD):
        yield from _step(identity, [(0, 0, 4)], "file_id.type becomes 4 (activity)", safe=False)


def sum_timers(document: FitDocument, _asked: Asked) -> Iterator[Step]:
    """Write the sum of the sessions' timer times into activity.total_timer_time, where they can be right."""
    activity, sessions = message_columns(document, _ACTIVITY), message_columns(document, _SESSION)
    (timers, valid), (elapsed, known) = sessions.integers(8), sessions.integers(7)
    valid = valid & ~(known & (timers > elapsed))
    for segment in document.segments:
        mine = sessions.in_segment(segment.index)
        if len(mine) and valid[mine].all():
            total = int(timers[mine].sum())
            rows = [(i, 0, total) for i in activity.in_segment(segment.index).tolist()]
            yield from _step(
                activity, rows, f"activity.total_timer_time becomes {total / 1000:g} s, as in the sessions"
            )


def clamp_timers(document: FitDocument, asked: Asked) -> Iterator[Step]:
    """Write the elapsed time without the pauses of the events in place of a timer time that is longer than it. Where
    the records of a session last as long as its timer, the elapsed time is the wrong one."""
    if not asked.unsafe:
        return
    activity = fit_activity(document)
    for global_, parts in ((_SESSION, activity.sessions), (_LAP, activity.laps)):
        columns = message_columns(document, global_)
        (elapsed, there), (timer, timed) = columns.integers(7), columns.integers(8)
        longer = set(np.flatnonzero(there & timed & (timer > elapsed)).tolist())
        short = {i for i in longer if len(parts) == 1 and _lasts(activity, parts[i], int(timer[i]))}
        says = f"total_elapsed_time of {len(short)} sessions becomes total_timer_time, as long as the records last"
        yield from _step(columns, [(i, 7, int(timer[i])) for i in short], says, safe=False)
        longer -= short
        timers = {i: int(elapsed[i]) - round(1000 * (time_stopped(activity, parts[i]) or 0)) for i in longer}
        rows = [(i, 8, value) for i, value in timers.items()]
        name = "session" if global_ == _SESSION else "lap"
        yield from _step(
            columns, rows, f"total_timer_time of {len(rows)} {name}s becomes total_elapsed_time", safe=False
        )
        if global_ == _SESSION:
            yield from _summed_too(document, timers)


def _lasts(activity: Activity, part: Session | Lap, timer: int) -> bool:
    """Whether the points go on for as many ms after the start of the only session, within 5 s and a hundredth."""
    latest = activity.time[np.isfinite(activity.time)].max(initial=-np.inf)
    return isinstance(part, Session) and abs(1000 * (latest - part.start_time) - timer) <= 5000 + timer / 100


def _summed_too(document: FitDocument, timers: Mapping[int, int]) -> Iterator[Step]:
    """Let activity.total_timer_time go on being the sum of the sessions, whose timer times (ms, by row) change."""
    activity, sessions = message_columns(document, _ACTIVITY), message_columns(document, _SESSION)
    (before, _), (said, told) = sessions.integers(8), activity.integers(0)
    after = before.copy()
    for i, value in timers.items():
        after[i] = value
    for segment in document.segments:
        mine = sessions.in_segment(segment.index)
        old, new = int(before[mine].sum()), int(after[mine].sum())
        rows = [(i, 0, new) for i in activity.in_segment(segment.index).tolist() if told[i] and _close(said[i], old)]
        if old != new:
            yield from _step(activity, rows, f"activity.total_timer_time becomes {new / 1000:g} s", safe=False)


def _close(one: int, other: int) -> bool:
    return abs(int(one) - int(other)) <= 1000  # a second, or ten metres


def _lap_too(document: FitDocument, segment: int, changes: Mapping[int, tuple[int, int]]) -> Iterator[Step]:
    """Let the only lap of a segment go on saying what its only session says, in fields (total_elapsed_time,
    total_timer_time, total_distance) that have the same number in both: what they were and what they become."""
    laps = message_columns(document, _LAP)
    mine = laps.in_segment(segment).tolist()
    if len(mine) == 1:
        said = {number: laps.value(number, mine[0]) for number in changes}
        rows = [
            (mine[0], number, after)
            for number, (before, after) in changes.items()
            if (old := said[number]) is not None and _close(old, before)
        ]
        yield from _step(laps, rows, "the only lap says the same", safe=False)


def total_distance(document: FitDocument, asked: Asked) -> Iterator[Step]:
    """Write the last distance of the records into the session's total_distance, where a segment has one session, and
    into the only lap."""
    sessions, records = message_columns(document, _SESSION), message_columns(document, _RECORD)
    values, valid = records.integers(5)
    for segment in document.segments if asked.unsafe else ():
        mine, good = sessions.in_segment(segment.index), records.in_segment(segment.index)
        good = good[valid[good]]
        if len(mine) == 1 and len(good):
            last = int(values[good[-1]])
            says = f"session.total_distance becomes {last / 100:g} m, as in the last record"
            yield from _step(sessions, [(int(mine[0]), 9, last)], says, safe=False)
            before = sessions.value(9, int(mine[0])) or 0
            yield from _lap_too(document, segment.index, {9: (before, last)})


def stretch_sessions(document: FitDocument, asked: Asked) -> Iterator[Step]:
    """Let the session end with the last record, where a segment has one session. Its timer time grows by what the
    events leave of that, and what said the same goes on saying it."""
    activity = fit_activity(document)
    sessions, records = message_columns(document, _SESSION), message_columns(document, _RECORD)
    starts, known = sessions.integers(2)
    times, valid = records.integers(253)
    for segment in document.segments if asked.unsafe else ():
        mine, good = sessions.in_segment(segment.index), records.in_segment(segment.index)
        good = good[valid[good]]
        if len(mine) == 1 and len(good) and known[mine[0]]:
            elapsed = int(times[good].max()) - int(starts[mine[0]])
            says = f"session.total_elapsed_time becomes {elapsed} s, up to the last record"
            if 0 <= elapsed < 0xFFFFFFFF // 1000:
                i = int(mine[0])
                changes = _stretched(activity, sessions, i, 1000 * elapsed)
                yield from _step(sessions, [(i, number, new) for number, (_, new) in changes.items()], says, safe=False)
                yield from _lap_too(document, segment.index, changes)
                yield from _summed_too(document, {i: changes[8][1]} if 8 in changes else {})


def _stretched(activity: Activity, sessions: MessageColumns, i: int, elapsed: int) -> dict[int, tuple[int, int]]:
    """Elapsed and timer time (fields 7 and 8) of a session in ms, as they are and as they become."""
    before, timer = sessions.value(7, i), sessions.value(8, i)
    if before is None or timer is None:
        return {7: (before or 0, elapsed)}
    session = activity.sessions[i]
    stopped = [time_stopped(activity, part) or 0.0 for part in (session, replace(session, elapsed_s=elapsed / 1000))]
    ran = elapsed - before - round(1000 * (stopped[1] - stopped[0]))
    return {7: (before, elapsed), 8: (timer, min(max(timer + ran, 0), elapsed))}


def drop_totals(document: FitDocument, asked: Asked) -> Iterator[Step]:
    """Write "no value" in place of the totals that the findings name."""
    for finding in asked.findings if asked.unsafe else ():
        columns = message_columns(document, str(finding.where.message_name))
        rows: list[tuple[int, int, int | None]] = [
            (int(i), int(finding.evidence["number"]), None) for i in finding.evidence["rows"]
        ]
        says = f"{finding.where.field} of {len(rows)} {finding.where.message_name}s becomes no value"
        yield from _step(columns, rows, says, safe=False)


def _mean(records: MessageColumns, sources: tuple[int, ...], inside: npt.NDArray[np.bool_]) -> int:
    """The rounded mean of the first of these fields that the records carry."""
    columns = (v[inside & ok] for v, ok in map(records.integers, sources))
    return round(float(next(values for values in columns if len(values)).mean()))


def total_maxima(document: FitDocument, asked: Asked) -> Iterator[Step]:
    """Write the maximum of a session's or lap's records where its average is above its maximum, and their average where
    it is above that one, too."""
    records = message_columns(document, _RECORD)
    for global_, pairs in _MAXIMA.items() if asked.unsafe and len(records) else ():
        columns = message_columns(document, global_)
        rows: list[tuple[int, int, int | None]] = []
        for average, most, sources in pairs:
            (avg, told), (top, kept) = columns.integers(average), columns.integers(most)
            for i in np.flatnonzero(told & kept & (avg > top)).tolist():
                inside = recorded_during(columns, records, i)
                best = [int(v[inside & ok].max()) for v, ok in map(records.integers, sources) if (inside & ok).any()]
                if best and max(best) >= avg[i]:
                    rows.append((i, most, max(best)))
                elif best:
                    rows += (i, most, max(best)), (i, average, _mean(records, sources, inside))
        names = sorted({field_fact(global_, number).name for _, number, _ in rows})
        says = f"{', '.join(names)} of {len({i for i, _, _ in rows})} {message_name(global_)}s come from their records"
        yield from _step(columns, rows, says, safe=False)
