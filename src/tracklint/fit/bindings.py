"""Messages behind damage that are read with a definition that no longer held there.

Some devices write a new definition every few messages, often of the same length and with the fields in another order.
Where such a definition is lost in the damage, the messages after it still follow one another, and only their values say
that they are read wrongly: they lie where those of the field never do.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import numpy as np

from .document import Layout
from .frames import Frames, Gap, Ints
from .ranges import Usual, odd_sizes, usual

__all__ = ["bind_again"]

_MOST = 64  # gaps that are looked at
_FEW = 32  # messages of one definition that are looked at
_SOME = 2  # fields with odd values


def bind_again(walk: Frames) -> None:
    """Read records behind the gaps of a finished walk with the definition that their values agree with; those that
    agree with none are taken out and told as part of the gap."""
    if not walk.gaps:
        return
    offsets, owners = walk.offsets, walk.owners.copy()
    keep, gaps = np.ones(len(offsets), bool), list(walk.gaps)
    for i, gap in enumerate(walk.gaps[-_MOST:], max(len(gaps) - _MOST, 0)):
        for rows in _left_over(walk, offsets, owners, gap):
            others = keep.copy()
            others[rows] = False
            known = usual(walk, offsets, owners, others, int(rows[0]))
            owner = int(owners[rows[0]])
            if not _disagrees(walk, offsets[rows[:_FEW]], owner, known):
                continue
            other = _other(walk, offsets[rows[:_FEW]], owner, known)
            if other is not None:
                owners[rows] = other
                source = walk.borrowed.get(other, walk.definitions[other][0])
                gaps[i] = replace(gaps[i], again=(*gaps[i].again, source))
                continue
            keep[rows] = False
            for each in _spans(walk, offsets, owners, rows):
                if each.start == gaps[i].end and each.end < walk.limit:  # else it would be said that nothing follows
                    gaps[i] = replace(gaps[i], end=each.end)
                else:
                    gaps.append(each)
    walk.gaps[:] = sorted(gaps, key=lambda gap: gap.start)
    walk.keep(keep, owners)


def _left_over(walk: Frames, offsets: Ints, owners: Ints, gap: Gap) -> Iterator[Ints]:
    """The records between this gap and the next, those of each definition that stands before them."""
    following = min((each.start for each in walk.gaps if each.start > gap.start), default=1 << 62)
    near = np.arange(*np.searchsorted(offsets, (gap.end, following)))
    for owner in np.unique(owners[near]).tolist():
        at, layout = walk.definitions[owner]
        if at < gap.end and layout.global_ == 20:
            yield near[owners[near] == owner]


def _disagrees(walk: Frames, offsets: Ints, owner: int, known: Usual) -> bool:
    """Whether the values of these messages are not those of the fields. A field of four bytes says so alone; of smaller
    ones a quarter must, and the device must have written messages of that length in several ways."""
    layout = walk.definitions[owner][1]
    sizes = list(odd_sizes(walk, offsets, layout, known))
    ways = {each.fields for _, each in walk.definitions if _may_hold(each, layout)}
    return max(sizes, default=0) >= 4 or (len(ways) > 1 and len(sizes) >= max(_SOME, len(layout.fields) / 4))


def _may_hold(other: Layout, layout: Layout) -> bool:
    """Whether messages are as long, and their times stand where they do, with this layout as with the other."""
    keys = ((each.global_, each.header & 0x0F, each.stride, each.time_at) for each in (other, layout))
    return len(set(keys)) == 1


def _other(walk: Frames, offsets: Ints, owner: int, known: Usual) -> int | None:
    """The latest definition of the same local type and length that all values of these messages agree with."""
    layout, tried = walk.definitions[owner][1], set()
    for i in range(len(walk.definitions) - 1, -1, -1):
        other = walk.definitions[i][1]
        if _may_hold(other, layout) and other.fields not in tried:
            tried.add(other.fields)
            if not any(odd_sizes(walk, offsets, other, known)):
                return i
    return None


def _spans(walk: Frames, offsets: Ints, owners: Ints, rows: Ints) -> Iterator[Gap]:
    """The bytes of these messages, those that stand side by side as one gap."""
    size = walk.definitions[int(owners[rows[0]])][1].stride
    starts = offsets[rows]
    for run in np.split(rows, np.flatnonzero(np.diff(starts) != size) + 1):
        first, start = int(run[0]), int(offsets[run[0]])
        before = int(offsets[first - 1]) if first else None
        yield Gap(start, int(offsets[run[-1]]) + size, "binding", start, walk.data[start], before, None)
