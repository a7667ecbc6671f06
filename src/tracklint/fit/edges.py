"""Messages on the edge of damage that hold bytes of it and yet have a time: they are dropped, not measured.

A message that begins in a hole may end with a right time. Where two pages of flash memory were exchanged, messages can
follow one another without a gap: only the time jumps, and the message that lies across the page's edge is half one
ride's moment and half another's. Where just as many bytes are missing as messages have, the time of one and the way of
a later one become one message: the way goes on a step before the time does.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import replace

import numpy as np
import numpy.typing as npt

from .frames import Frames, Gap, Ints
from .halves import halves
from .likely import is_likely
from .ranges import odd_sizes, usual
from .resync import NO_TIME, quads

__all__ = ["drop_edges"]

_PAGE = 512
_LARGEST = 4096 + 2 * _PAGE  # bytes from one edge of a moved page to the other, with a message at each
_BACK = 5  # seconds that a clock does not go back by itself
_NEIGHBOURS = 12
_SOME = 2  # gaps that begin with the same byte by chance
_SEARCHED = 64
_SURE = 24  # records that say what month it is
_MONTH = 30 * 86_400
_MOST = 256
_WAYS = frozenset((0, 1, 5))  # latitude, longitude, distance of a record
_STEADY = 5  # records on both sides that must go on steadily
_SPREAD = 0.25
_LONGEST = 300  # seconds


def drop_edges(walk: Frames) -> None:
    """Take messages out of a finished walk that hold bytes of the damage beside them."""
    offsets, owners = walk.offsets, walk.owners
    if not len(offsets):
        return
    dropped = _foreign(walk, offsets, owners)
    behind = {gap.end: i for i, gap in enumerate(walk.gaps[-_MOST:], max(len(walk.gaps) - _MOST, 0))}
    for end, i in behind.items():
        at = int(np.searchsorted(offsets, end))
        here = at < len(offsets) and offsets[at] == end and at not in dropped
        if here and _began_before(walk, offsets, owners, at):
            dropped.add(at)
            walk.gaps[i] = replace(walk.gaps[i], end=end + _size(walk, owners, at))
    begins = Counter(walk.data[gap.start] for gap in walk.gaps)
    for i, gap in enumerate(walk.gaps[-_MOST:], max(len(walk.gaps) - _MOST, 0)):
        at = int(np.searchsorted(offsets, gap.start)) - 1
        again = begins[walk.data[gap.start]] > _SOME  # messages of a type whose definition is lost
        if at >= 0 and at not in dropped and not again and _ends_behind(walk, offsets, owners, at, gap):
            dropped.add(at)
            walk.gaps[i] = replace(gap, start=int(offsets[at]), before=int(offsets[at - 1]) if at else None)
    parts = (_across_pages, _spliced, _untimely, halves)
    for at in (at for each in parts for at in each(walk, offsets, owners)):
        if at not in dropped:
            dropped.add(at)
            walk.gaps.append(_gap(walk, offsets, owners, at))
    if dropped:
        walk.gaps.sort(key=lambda gap: gap.start)
        keep = np.ones(len(offsets), bool)
        keep[list(dropped)] = False
        walk.keep(keep)


def _foreign(walk: Frames, offsets: Ints, owners: Ints) -> set[int]:
    """The messages behind gaps up to the last record that is of another month than those before the gap, which is told
    to there. A clock that is set leaves no gap: these are bytes of another ride."""
    found: set[int] = set()
    mine, times = _records(walk, offsets, owners) if walk.gaps else (offsets[:0], offsets[:0])
    starts = offsets[mine]
    for i, gap in enumerate(walk.gaps[-_MOST:], max(len(walk.gaps) - _MOST, 0)):
        first, before = np.searchsorted(starts, (gap.end, gap.start))
        if before < _SURE or first == len(starts):
            continue
        far = np.abs(times[first:] - np.median(times[before - _SURE : before])) > _MONTH
        count = len(far) if far.all() else int(np.argmin(far))
        if count:
            last = int(mine[first + count - 1])
            rows = range(int(np.searchsorted(offsets, gap.end)), last + 1)
            found.update(rows)
            walk.gaps[i] = replace(gap, end=int(offsets[last]) + _size(walk, owners, last))
    ends = np.maximum.accumulate([0, *(gap.end for gap in walk.gaps)])
    walk.gaps[:] = [gap for gap, end in zip(walk.gaps, ends.tolist(), strict=False) if gap.end > end]
    return found


def _size(walk: Frames, owners: Ints, at: int) -> int:
    return walk.definitions[int(owners[at])][1].stride


def _gap(walk: Frames, offsets: Ints, owners: Ints, at: int) -> Gap:
    start = int(offsets[at])
    before = int(offsets[at - 1]) if at else None
    return Gap(start, start + _size(walk, owners, at), "page", start, walk.data[start], before, None)


def _began_before(walk: Frames, offsets: Ints, owners: Ints, at: int) -> bool:
    """Whether the first message behind a gap may have begun in it: its time does not come first, and its values do not
    lead to those after it."""
    return walk.definitions[int(owners[at])][1].time_at > 1 and not _is_like(walk, offsets, owners, at, after=True)


def _ends_behind(walk: Frames, offsets: Ints, owners: Ints, at: int, gap: Gap) -> bool:
    """Whether the record just before a gap may end in it: nothing says how far the damage reaches back, unless its time
    ends it or the last byte is that of the record before."""
    end, layout = int(offsets[at]) + _size(walk, owners, at), walk.definitions[int(owners[at])][1]
    cut_off = gap.end >= walk.limit and gap.cause in ("overrun", "cut definition")
    if end != gap.start or layout.global_ != 20 or layout.time_at + 4 == layout.stride or cut_off:
        return False
    same = _same(offsets, owners, at, after=False)
    return not len(same) or walk.data[end - 1] != walk.data[int(same[-1]) + layout.stride - 1]


def _untimely(walk: Frames, offsets: Ints, owners: Ints) -> Iterator[int]:
    """Messages with a time that is not believed, in which other values are odd as well: they are bytes of damage."""
    for at in np.flatnonzero(np.isin(offsets, list(walk.outliers))).tolist() if walk.outliers else ():
        layout = walk.definitions[int(owners[at])][1]
        others = np.ones(len(offsets), bool)
        others[at] = False
        known = usual(walk, offsets, owners, others, at) if layout.global_ == 20 else {}
        if 4 in odd_sizes(walk, offsets[at : at + 1], layout, known):
            yield at


def _same(offsets: Ints, owners: Ints, at: int, *, after: bool) -> Ints:
    """The nearest messages of the same definition, in the order of the file."""
    near = slice(at + 1, at + 1 + _SEARCHED) if after else slice(max(at - _SEARCHED, 0), at)
    same: Ints = offsets[near][owners[near] == owners[at]]
    return same[:_NEIGHBOURS] if after else same[-_NEIGHBOURS:]


def _is_like(walk: Frames, offsets: Ints, owners: Ints, at: int, *, after: bool) -> bool:
    same = _same(offsets, owners, at, after=after)[:: -1 if after else 1]
    return is_likely(walk.data, int(offsets[at]), same.tolist(), walk.definitions[int(owners[at])][1])


def _across_pages(walk: Frames, offsets: Ints, owners: Ints) -> Iterator[int]:
    """Messages across the edge of a page where the time of the records jumps, if it goes back at such an edge
    anywhere."""
    mine, times = _records(walk, offsets, owners)
    steps = np.diff(times)
    if not (steps <= -_BACK).any():
        return
    pace = max(float(np.median(np.abs(steps))), 1.0)
    jumps = [
        (step, first, last) for step, first, last in ((step, mine[i], mine[i + 1]) for i, step in _jumps(steps, pace))
        if _has_edge(int(offsets[first]), int(offsets[last]) + _size(walk, owners, last))
    ]  # fmt: skip
    back = [(-step, int(offsets[first])) for step, first, _ in jumps if step <= -_BACK]
    jumps = [
        (step, first, last) for step, first, last in jumps
        if step <= -_BACK or any(4 * step >= by and abs(at - offsets[first]) <= _LARGEST for by, at in back)
    ]  # fmt: skip
    moved = len(jumps) > 1 or bool(walk.gaps)
    for _, first, last in jumps:
        for at in _astride(walk, offsets, owners, first, last):
            if moved or not any(_is_like(walk, offsets, owners, at, after=after) for after in (False, True)):
                yield at


def _has_edge(start: int, end: int) -> bool:
    return start // _PAGE != (end - 1) // _PAGE


def _records(walk: Frames, offsets: Ints, owners: Ints) -> tuple[Ints, Ints]:
    """Which messages are records with a time, and their times."""
    records = np.array([layout.global_ == 20 and layout.time_at >= 0 for _, layout in walk.definitions])
    mine = np.flatnonzero(records[owners])
    times = walk.times_of(offsets, owners)[mine]
    return mine[times < NO_TIME], times[times < NO_TIME]


def _spliced(walk: Frames, offsets: Ints, owners: Ints) -> Iterator[int]:
    """Records with a way that belongs to the moment behind the next gap in the times, between records that go on
    steadily."""
    mine, times = _records(walk, offsets, owners)
    steps = np.diff(times)
    gaps = np.flatnonzero((steps[:-1] > 0) & (steps[1:] >= 3 * steps[:-1]) & (steps[1:] <= _LONGEST))[:_MOST] + 1
    first, last = np.maximum(gaps - _STEADY, 0), np.minimum(gaps + _STEADY + 2, len(mine))
    # files that record by need have hundreds of gaps, and nearly all of them have as many neighbours
    for i, length in set(zip((gaps - first).tolist(), (last - first).tolist(), strict=True)):
        if length >= _STEADY + 4:
            rows = np.flatnonzero((gaps - first == i) & (last - first == length))
            near = first[rows, None] + np.arange(length)
            early = _early_ways(walk, offsets[mine[near]], owners[mine[near]], times[near], i)
            yield from mine[gaps[rows[early]]].tolist()


def _early_ways(walk: Frames, offsets: Ints, owners: Ints, times: Ints, i: int) -> npt.NDArray[np.bool_]:
    """For each row of neighbouring records, given by offsets, owners and times, whether the way to the one at ``i`` is
    early."""
    early = np.zeros(len(offsets), bool)
    octets, own = np.frombuffer(walk.data, np.uint8), owners[:, 0]
    alike = (owners == own[:, None]).all(axis=1)
    for owner in set(own[alike].tolist()):
        rows, layout = alike & (own == owner), walk.definitions[owner][1]
        for spec in layout.fields:
            if spec.number in _WAYS and spec.size == 4:
                way = quads(octets, offsets[rows] + spec.at, layout.big_endian).astype(np.int32)
                early[rows] |= _is_early(way, times[rows], i)
    return early


def _is_early(way: npt.NDArray[np.int32], times: Ints, i: int) -> npt.NDArray[np.bool_]:
    """For each row whether the way to ``i`` is that of the time behind it, and the way behind it that of the time to
    it."""
    wide: Ints = way.astype(np.int64)
    steps: Ints = wide[:, 1:] - wide[:, :-1]
    seconds: Ints = times[:, 1:] - times[:, :-1]
    others = np.ones(steps.shape[1], bool)
    others[[i - 1, i]] = False
    with np.errstate(divide="ignore", invalid="ignore"):
        speeds = steps[:, others] / seconds[:, others]
        usual: npt.NDArray[np.float64] = np.median(speeds, axis=1)
        near = _SPREAD * np.abs(usual)
        steady = (seconds > 0).all(axis=1) & (np.abs(usual) >= 1)
        steady &= (np.abs(speeds - usual[:, None]) <= near[:, None]).all(axis=1)
        before, behind = steps[:, i - 1] - usual * seconds[:, i], steps[:, i] - usual * seconds[:, i - 1]
        early: npt.NDArray[np.bool_] = steady & (np.abs(before) <= near * seconds[:, i])
        early &= np.abs(behind) <= near * seconds[:, i - 1]
    return early


def _jumps(steps: Ints, pace: float) -> Iterator[tuple[int, int]]:
    """Where the time goes back or far ahead, those where it goes back before all others."""
    back, ahead = np.flatnonzero(steps <= -_BACK), np.flatnonzero(steps > max(5 * pace, _BACK))
    yield from ((int(i), int(steps[i])) for i in (*back[:_MOST], *ahead[: 16 * _MOST]))


def _astride(walk: Frames, offsets: Ints, owners: Ints, first: int, last: int) -> Iterator[int]:
    """The messages between two records, these included, that lie across the edge of a page."""
    for at in range(int(first), min(int(last), int(first) + _SEARCHED) + 1):
        start = int(offsets[at])
        if _has_edge(start, start + _size(walk, owners, at)):
            yield at
