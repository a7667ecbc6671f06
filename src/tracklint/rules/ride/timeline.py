"""Rules about the course of time: gaps, stale points, laps and sessions, and what the timer says."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from ...activity import Activity, time_order
from ...config import Limits
from ...findings import Severity, Where
from ...fit import FitDocument
from ...fit.columns import message_columns
from ...fit.profile import FIT_EPOCH, UPTIME_LIMIT
from ...steps import Mask, boundary_steps, columns_once, session_steps, timer_pauses, timer_stops_between
from ..basis import FIT_ACTIVITY_FILE, FIT_FILE_TYPES, PRACTICE
from ..registry import Found, Hit, at_points, rule
from ..track import ROLLOVER_S, absurd_dates, elapsed, moved

WARNING, INFO = Severity.WARNING, Severity.INFO
#: Seconds that times of sessions and events may differ from those of the records.
_SLACK_S = 5.0


@dataclass(frozen=True, slots=True)
class _Gaps:
    """Steps in time of more than `Limits.gap_s`, each with one cause: masks over the steps between timed points."""

    timed: npt.NDArray[np.int64]
    step: npt.NDArray[np.float64]
    stale: Mask
    clock: Mask
    long: Mask
    unexplained: Mask


def _gaps(activity: Activity, limits: Limits) -> _Gaps | None:
    """The gaps of an activity, ``None`` where there are none."""
    return columns_once(activity, _find_gaps, limits)


def _find_gaps(activity: Activity, limits: Limits) -> _Gaps | None:
    timed, step, _ = elapsed(activity, limits)
    if len(step) < 2 or (step.max() <= limits.gap_s and step.min() >= -limits.stale_gap_s):
        return None
    known = session_steps(activity, timed) | (np.abs(np.abs(step) - ROLLOVER_S) < 2 * 86400)
    stale = _stale(activity, timed, step, limits) & ~known
    wide = (step > limits.gap_s) & ~known & ~stale
    clock = _clock_steps(activity, timed, step, wide)
    long = wide & ~clock & (step > limits.long_gap_s / 4)
    rest = wide & ~clock & ~long & ~boundary_steps(activity, timed)
    return _Gaps(timed, step, stale, clock, long, _unexplained(activity, timed, step, rest))


def _stale(activity: Activity, timed: npt.NDArray[np.int64], step: npt.NDArray[np.float64], limits: Limits) -> Mask:
    """The steps between the ride and a few points at its head or tail that lie hours away.

    A few are at most ten and at most a twentieth of all. Where FIT sessions tell when the ride was, the points lie
    outside of them; elsewhere the gap is six times as long, because a pause of an hour is none of our business. Points
    are not stale because they are few where what the file says of its date speaks for them and against the others.
    """
    mask = np.zeros(len(step), bool)
    starts = [s.start_time for s in activity.sessions if np.isfinite(s.start_time)]
    ends = [s.start_time + s.elapsed_s for s in activity.sessions if np.isfinite(s.start_time + s.elapsed_s)]
    least = limits.stale_gap_s if starts and ends else 6 * limits.stale_gap_s
    most = min(10, len(timed) // 20)
    far = np.flatnonzero(np.abs(step) > least)
    for i in far[(far < most)].tolist():
        mask[i] = not starts or activity.time[timed[i]] < min(starts) - _SLACK_S or step[i] < 0
    for i in far[len(step) - far <= most].tolist():
        mask[i] = not ends or activity.time[timed[i + 1]] > max(ends) + _SLACK_S
    for i in np.flatnonzero(mask).tolist():
        few, rest = (timed[: i + 1], timed[i + 1 :]) if i < most else (timed[i + 1 :], timed[: i + 1])
        mask[i] = not _speaks_for(activity, few, rest, limits)
    return mask


def _speaks_for(activity: Activity, few: npt.NDArray[np.int64], rest: npt.NDArray[np.int64], limits: Limits) -> bool:
    """Whether the few points are of a possible date and the rest is not; or a lap or the file itself is dated within a
    day of the few and none within a day of the rest. A date that repeats the first point's tells nothing."""
    absurd = np.logical_or(*absurd_dates(activity, limits))
    if absurd[rest].all() or absurd[few].any():
        return bool(absurd[rest].all() and not absurd[few].any())
    told = [lap.start_time for lap in activity.laps if activity.format == "tcx"] + [activity.stated_time]
    first = activity.time[min(few[0], rest[0])]
    dates = np.array([date for date in told if abs(date - first) > 1])
    near = [
        bool(((dates > activity.time[part].min() - 86400) & (dates < activity.time[part].max() + 86400)).any())
        for part in (few, rest)
    ]
    return near[0] and not near[1]


def _clock_steps(activity: Activity, timed: npt.NDArray[np.int64], step: npt.NDArray[np.float64], wide: Mask) -> Mask:
    """Of the wide gaps those that the device's own stopwatch does not know.

    total_elapsed_time counts pauses, but not a change of the clock: where the session is shorter than the records by a
    gap, the clock was set there. Only FIT tells an elapsed time. Some programs leave pauses out of it, so the athlete
    must also go on at the same speed: nobody stops and starts again between two neighbouring points.
    """
    mask = np.zeros(len(step), bool)
    told = sum(s.elapsed_s for s in activity.sessions)
    wide = wide & (activity.time[timed[:-1]] >= min((s.start_time for s in activity.sessions), default=0) - _SLACK_S)
    if activity.format != "fit" or len(activity.sessions) != 1 or len(activity.starts) > 1 or not wide.any():
        return mask
    excess = float(step.sum()) - told
    if excess > 0:
        i = int(np.argmin(np.where(wide, np.abs(step - excess), np.inf)))
        mask[i] = wide[i] and abs(step[i] - excess) <= max(_SLACK_S, 0.01 * excess) and _goes_on(activity, timed, i)
    return mask


def _goes_on(activity: Activity, timed: npt.NDArray[np.int64], i: int) -> bool:
    """Whether the athlete moves as far in step ``i`` as in the one before and the one after it, and not just a bit."""
    if not 0 < i < len(timed) - 2:
        return False
    before, there, after = moved(activity, timed[i - 1 : i + 2], timed[i : i + 3])
    return bool(min(before, after) > 1 and 0.5 * min(before, after) <= there <= 2 * max(before, after))


def _unexplained(activity: Activity, timed: npt.NDArray[np.int64], step: npt.NDArray[np.float64], wide: Mask) -> Mask:
    """Of the wide gaps those in which the athlete moves on by more than 100 m and the timer does not stop. Ten times
    the usual step is a gap; a drawn or thinned out track has wide steps everywhere."""
    mask = np.zeros(len(step), bool)
    at = np.flatnonzero(wide)
    if len(at):
        at = at[step[at] > 10 * float(np.median(step))]
        gone = moved(activity, timed[at], timed[at + 1])
        mask[at] = (
            (gone > 100) & (gone > 0.5 * step[at]) & ~timer_stops_between(activity, timed[at], timed[at + 1], _SLACK_S)
        )
    return mask


@rule(
    "TIM015",
    "stale-points",
    WARNING,
    on=Activity,
    basis=PRACTICE,
    says="{count} of {points} points lie {gap_h:g} h away from all others, at the {end} of the file",
    hint="drop these points; they belong to another recording or come from a clock that was not set",
    fix="unsafe",
)
def stale_points(activity: Activity, limits: Limits) -> Found:
    """A few points at the head or tail of the file are hours or days away from the rest.

    They are left over from an earlier recording, or were written before the clock was set by satellites (Auuki#282,
    elevate#363). Strava counts the elapsed time from the first point to the last.
    """
    gaps = _gaps(activity, limits)
    if gaps is None or not gaps.stale.any():
        return
    for i in np.flatnonzero(gaps.stale).tolist():
        head = i < len(gaps.step) / 2
        points = gaps.timed[: i + 1] if head else gaps.timed[i + 1 :]
        gap = abs(float(gaps.step[i])) / 3600
        yield from at_points(activity, points, gap_h=round(gap, 1), end="head" if head else "tail")


@rule(
    "TIM016",
    "long-gap",
    INFO,
    on=Activity,
    basis=PRACTICE,
    says="gaps of more than {least_h:g} h between two points: {count}; the longest is {gap_h:g} h, before point "
    "{worst}",
    hint="split the file where a new activity starts",
)
def long_gap(activity: Activity, limits: Limits) -> Found:
    """Hours pass between two points of one track.

    Elapsed time counts the gap, so that a ride of two days looks like one. More than a day is a warning: mostly two
    recordings stand in one file, or the clock was set (Runalyze#2077).
    """
    gaps = _gaps(activity, limits)
    if gaps is None or not gaps.long.any():
        return
    at = np.flatnonzero(gaps.long)
    worst = int(at[np.argmax(gaps.step[at])])
    hours = float(gaps.step[worst]) / 3600
    evidence = {
        "gap_h": round(hours, 1), "worst": int(gaps.timed[worst + 1]), "least_h": limits.long_gap_s / 4 / 3600,
    }  # fmt: skip
    for hit in at_points(activity, gaps.timed[at + 1], **evidence):
        yield Hit(hit.where, hit.evidence, WARNING if hours * 3600 > limits.long_gap_s else None)


@rule(
    "TIM019",
    "unexplained-gap",
    INFO,
    on=Activity,
    basis=PRACTICE,
    says="gaps between points in which the athlete moves on and no pause is told: {count}; the longest is {gap_s:g} s "
    "and {metres:g} m, before point {worst}",
    hint="look for lost records; write a timer stop (FIT) or a new segment (TCX, GPX) where the recording pauses",
)
def unexplained_gap(activity: Activity, limits: Limits) -> Found:
    """Points are missing for more than a minute, the athlete is elsewhere afterwards, and nothing tells of a pause.

    Records were lost, or the device paused without saying so. Strava draws a straight line and takes the time as moving
    time.
    """
    gaps = _gaps(activity, limits)
    if gaps is None or not gaps.unexplained.any():
        return
    at = np.flatnonzero(gaps.unexplained)
    worst = int(at[np.argmax(gaps.step[at])])
    a, b = gaps.timed[worst : worst + 1], gaps.timed[worst + 1 : worst + 2]
    yield from at_points(
        activity,
        gaps.timed[at + 1],
        gap_s=float(gaps.step[worst]),
        metres=round(float(moved(activity, a, b)[0])),
        worst=int(b[0]),
    )


@rule(
    "TIM020",
    "clock-step",
    WARNING,
    on=Activity,
    basis=PRACTICE,
    says="the clock jumps {gap_s:g} s ahead before point {record}: the records last {span_s:g} s, the session says "
    "{told_s:g} s",
    hint="subtract the jump from the times after it",
    formats=("fit",),
    needs=("sessions",),
)
def clock_step(activity: Activity, limits: Limits) -> Found:
    """The time jumps ahead by just as much as the session's total_elapsed_time is shorter than the records.

    The clock was set during the ride, mostly by the first satellite fix (GoldenCheetah#35, Runalyze#2077). Strava takes
    times from the records, so the activity gets longer by the jump.
    """
    gaps = _gaps(activity, limits)
    if gaps is None or not gaps.clock.any():
        return
    i = int(np.argmax(gaps.clock))
    told = sum(s.elapsed_s for s in activity.sessions)
    evidence = {"gap_s": float(gaps.step[i]), "span_s": float(gaps.step.sum()), "told_s": told}
    yield from at_points(activity, gaps.timed[i + 1 : i + 2], **evidence)


@rule(
    "TIM011",
    "segments-overlap",
    WARNING,
    on=Activity,
    basis=PRACTICE,
    says="{count} of {parts} {what} start before the one ahead of them ends; the first goes {gap:g} s back, at point "
    "{record}",
    hint="put the parts in the order of their times, or drop the part that is there twice",
    fix={"tcx": "unsafe", "gpx": "unsafe"},
)
def segments_overlap(activity: Activity, limits: Limits) -> Found:
    """A segment, Track, lap or chained FIT part starts earlier than the one before it ends.

    The parts stand in the wrong order or tell the same minutes twice; distance and time are then counted double
    (OpenTracks#796).
    """
    timed, step, _ = elapsed(activity, limits)
    if not len(step) or step.min() >= 0:
        return
    wrong = (step < 0) & boundary_steps(activity, timed) & ~session_steps(activity, timed)
    wrong &= np.abs(step + ROLLOVER_S) > 2 * 86400
    if wrong.any():
        what = {"fit": "segments", "tcx": "laps or Tracks", "gpx": "segments"}[activity.format]
        parts = np.split(activity.time[timed], np.flatnonzero(boundary_steps(activity, timed)) + 1)
        evidence = {"what": what, "parts": len(parts), "gap": float(-step[np.argmax(wrong)])}
        curable = time_order([(part.min(), part.max()) for part in parts]) is not None
        for hit in at_points(activity, timed[1:][wrong], **evidence):
            yield replace(hit, fix=None if curable else "")


@rule(
    "TIM017",
    "outside-sessions",
    WARNING,
    on=Activity,
    basis=FIT_ACTIVITY_FILE,
    says="{count} of {points} records lie outside every session, the first {off_s:g} s away from the nearest one",
    hint="write start_time and total_elapsed_time so that the sessions cover all records",
    formats=("fit",),
)
def outside_sessions(activity: Activity, limits: Limits) -> Found:
    """Records lie before the first session starts or between two sessions.

    Records belong to a session by time, from start_time for total_elapsed_time; readers that cut by session lose those
    outside. Five seconds are spared. What comes after the last session has a rule of its own.
    """
    spans = sorted((s.start_time, s.start_time + s.elapsed_s) for s in activity.sessions)
    if not spans or not len(activity) or not np.isfinite(spans).all():
        return
    if len(spans) == 1 and not activity.extent("time")[0] < spans[0][0] - _SLACK_S:
        return
    timed, _, _ = elapsed(activity, limits)
    time = activity.time[timed]
    if not len(time) or (time.min() >= spans[0][0] - _SLACK_S and len(spans) == 1):
        return
    starts = np.array([a for a, _ in spans])
    ends = np.maximum.accumulate([b for _, b in spans])
    before = np.searchsorted(starts - _SLACK_S, time, side="right") - 1
    since = np.where(before >= 0, time - ends[np.maximum(before, 0)], np.inf)
    until = np.where(before + 1 < len(starts), starts[np.minimum(before + 1, len(starts) - 1)] - time, np.inf)
    outside = (since > _SLACK_S) & np.isfinite(until)
    gaps = _gaps(activity, limits)
    if gaps is not None and gaps.stale.any():
        outside[: int(np.flatnonzero(gaps.stale)[0]) + 1] = False
    if outside.any():
        off = np.minimum(since, until)[outside]
        yield from at_points(activity, timed[outside], off_s=float(off[0]))


@rule(
    "TIM018",
    "records-while-stopped",
    INFO,
    on=Activity,
    basis=FIT_ACTIVITY_FILE,
    says="{count} of {points} records were written while the timer was stopped, the first at point {record}",
    hint="stop writing records when the timer stops, or write the timer events where they happen",
    formats=("fit",),
    needs=("events",),
)
def records_while_stopped(activity: Activity, limits: Limits) -> Found:
    """Records stand between a timer stop and the next start.

    Some devices go on recording in a pause (GoldenCheetah). Readers that trust the events leave these records out of
    the moving time, others count them. Two seconds around each event are spared.
    """
    pauses = [(stop, start) for stop, start in timer_pauses(activity) if start - stop > 4]
    if not pauses:
        return
    timed, _, _ = elapsed(activity, limits)
    if not len(timed):
        return
    order = np.argsort(activity.time[timed], kind="stable")
    time = activity.time[timed][order]
    stops, starts = np.array(pauses).T
    first = np.searchsorted(time, stops + 2, side="right")
    end = np.searchsorted(time, starts - 2, side="left")
    depth = np.zeros(len(time) + 1, np.int64)
    np.add.at(depth, first[end > first], 1)
    np.add.at(depth, end[end > first], -1)
    yield from at_points(activity, np.sort(timed[order[np.cumsum(depth[:-1]) > 0]]))


@rule(
    "FIT312",
    "message-order",
    INFO,
    on=FitDocument,
    basis=FIT_FILE_TYPES,
    says="messages that stand after records of a later time: {count}; the first is {message_name}, {late_s:g} s late",
    hint="write each message when it happens, in the order of the times",
    needs=("record",),
)
def message_order(document: FitDocument, _limits: Limits) -> Found:
    """A message with a time stands behind a record with a later time.

    Messages with a time must ascend. Many devices write all laps or events at the end; readers that go by the order of
    the messages put them into the wrong place (FitTrackee PR 864). A second is spared. Records among themselves have a
    rule of their own.
    """
    records = message_columns(document, 20)
    times = records.times() if len(records) else np.zeros(0)
    if not len(times) or np.isnan(times).all():
        return
    others = [message_columns(document, global_) for global_ in document.by_global if global_ != 20]
    others = [columns for columns in others if columns.has(253)]
    if not others:
        return
    before = np.searchsorted(records.offsets, np.concatenate([columns.offsets for columns in others])) - 1
    time = np.concatenate([columns.times() for columns in others])
    same = before >= 0
    np.maximum(before, 0, out=before)
    same &= records.segments()[before] == np.concatenate([columns.segments() for columns in others])
    same &= time >= FIT_EPOCH + UPTIME_LIMIT  # the time since the device was switched on is no date
    behind = np.where(same, np.fmax.accumulate(times)[before] - time, 0)
    if not (behind > 1).any():
        return
    late: dict[str, int] = {}
    firsts: list[tuple[int, Where, float]] = []
    for columns, mine in zip(
        others, np.split(behind, np.cumsum([len(columns) for columns in others])[:-1]), strict=True
    ):
        wrong = np.flatnonzero(mine > 1)
        if len(wrong):
            where = columns.where(int(wrong[0]))
            late[where.message_name or ""] = len(wrong)
            firsts.append((int(columns.offsets[wrong[0]]), where, float(mine[wrong[0]])))
    _, where, late_s = min(firsts, key=lambda first: first[0])
    count = sum(late.values())
    evidence = {"count": count, "message_name": where.message_name, "late_s": late_s, "messages": late}
    yield Hit(replace(where, count=count), evidence)
