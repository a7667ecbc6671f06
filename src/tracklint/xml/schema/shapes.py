"""Children against content models: elements with the same children in the same order are one shape, matched once."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import islice
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from ..index import levels
from ..kinds import distinct, grouped
from .found import Found
from .model import Complex, Declared, Slot
from .tables import TYPES

if TYPE_CHECKING:
    from ..index import Elements, Numbers
    from ..tags import Int32s

__all__ = ["check_children"]

#: No shape is matched beyond this many different ones, and this many runs in all: a hostile file ends there.
MAX_SHAPES = 10_000
MAX_RUNS = 500_000
#: Runs of one child are counted up to this: one more than any number that a schema asks for.
_CAP = 1 + max(
    max(slot.least, slot.most or 0) for each in TYPES.values() if isinstance(each, Complex) for slot in each.slots
)
_ONE = np.uint64(1)
#: So many elements or some more are looked at together, so that a day's ride needs no more memory than its index.
_PIECE = 1 << 15


@dataclass(frozen=True, slots=True, eq=False)
class Shapes:
    """The children of all elements of some levels, level by level, in runs of one path.

    ``children`` are element indices, those of one parent together. Run ``r`` is ``children[start[r]:start[r + 1]]``,
    all of path ``path[r]``; the runs of parent ``p`` (of ``parents``) are ``first[p]`` up to ``first[p + 1]``.
    ``shape`` numbers the parents by what they are and have, and ``examples`` holds one parent of each shape, ``keys``
    what is the same for all elements of the document that have it.
    """

    children: Int32s
    start: Int32s
    path: Numbers
    parents: Int32s
    first: Int32s
    shape: Int32s
    examples: npt.NDArray[np.intp]
    keys: list[int]

    def runs(self, run: Int32s, skip: int = 0) -> Int32s:
        """The elements of these runs, without the first ``skip`` of each."""
        start, length = self.start[run] + skip, self.start[run + 1] - self.start[run] - skip
        start, length = start[length > 0], length[length > 0]
        if not len(start):
            return self.children[:0]
        before = np.cumsum(length) - length
        return self.children[np.repeat(start - before, length) + np.arange(int(length.sum()))]


def _together(elements: Elements) -> Iterator[Int32s]:
    """The elements below the roots, level by level: some levels together where they are few, and one in pieces where
    they are many, the children of one parent in one of them."""
    few: list[Int32s] = []
    for level in islice(levels(elements.depth), 1, None):
        few += _pieces(elements, level) if len(level) > _PIECE else [level]
        if sum(map(len, few)) >= _PIECE:
            yield from few if len(level) > _PIECE else [np.concatenate(few)]
            few = []
    if few:
        yield np.concatenate(few)


def _pieces(elements: Elements, level: Int32s) -> Iterator[Int32s]:
    while len(level) > _PIECE:
        parent = elements.parent[level[: _PIECE + 1]]
        behind = int(parent.searchsorted(parent[-1]))
        if not behind:
            behind = int(elements.parent[level].searchsorted(parent[-1], "right"))
        yield level[:behind]
        level = level[behind:]
    if len(level):
        yield level


def shapes_of(elements: Elements, children: Int32s) -> Shapes | None:
    """The shapes that have these children, all of a level; ``None`` where they stand in no element, because the tags
    are damaged beyond sense."""
    parent, path = elements.parent[children], elements.path[children]
    if int(parent.min()) < 0:
        return None
    other = np.empty(len(children), bool)
    other[0] = True
    np.not_equal(parent[1:], parent[:-1], out=other[1:])
    opens = other.copy()
    other[1:] |= path[1:] != path[:-1]
    start = np.flatnonzero(other).astype(np.int32)
    opens = opens[start]
    first = np.flatnonzero(opens).astype(np.int32)
    ends = np.append(start, np.int32(len(children)))
    path, parents = path[start], parent[start[first]]
    del parent, other
    words = _words(len(elements.paths))
    place = np.arange(len(start), dtype=np.int32)
    place -= np.maximum.accumulate(np.where(opens, place, 0))
    key = _run_keys(words[path], np.diff(ends), place)
    keys = np.add.reduceat(key, first) ^ (words[elements.path[parents]] * np.uint64(0x94D049BB133111EB))
    del key
    shape, examples = distinct(keys)
    return Shapes(
        children, ends, path, parents, np.append(first, np.int32(len(start))), shape, examples, keys[examples].tolist()
    )


def _run_keys(key: npt.NDArray[np.uint64], lengths: Int32s, place: Int32s) -> npt.NDArray[np.uint64]:
    """A word for each run, of the word of its path, its length and its place among the runs of its parent."""
    key *= (np.minimum(lengths, _CAP).astype(np.uint64) << _ONE) | _ONE
    key += place.astype(np.uint64) * np.uint64(0x9E3779B97F4A7C15)
    key ^= key >> np.uint64(29)
    key *= np.uint64(0xBF58476D1CE4E5B9)
    key ^= key >> np.uint64(32)
    return key


def _words(count: int) -> npt.NDArray[np.uint64]:
    """A word of 64 scattered bits for each number below ``count``, the same in every run."""
    word = np.arange(1, count + 1, dtype=np.uint64) * np.uint64(0x9E3779B97F4A7C15)
    word = (word ^ (word >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    word = (word ^ (word >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return word ^ (word >> np.uint64(31))


def check_children(elements: Elements, declared: tuple[Declared, ...], found: Found) -> None:
    """Every child that may not stand where it stands, and every one that is missing."""
    _alone(elements, declared, found)
    looked = _Looked()
    for children in _together(elements):
        shapes = shapes_of(elements, children)
        if shapes is None:
            return
        _check_shapes(shapes, elements, declared, looked, found)


@dataclass(slots=True, eq=False)
class _Looked:
    """How many shapes and runs were looked at, and the keys of the shapes that are good."""

    shapes: int = 0
    runs: int = 0
    good: set[int] = field(default_factory=set)


def _check_shapes(
    shapes: Shapes, elements: Elements, declared: tuple[Declared, ...], looked: _Looked, found: Found
) -> None:
    by_shape: list[npt.NDArray[np.intp]] | None = None
    for number, (example, key) in enumerate(zip(shapes.examples.tolist(), shapes.keys, strict=True)):
        owner = declared[int(elements.path[shapes.parents[example]])]
        if key in looked.good or not owner.checked or not isinstance(owner.type, Complex) or owner.type.text:
            continue
        low, high = int(shapes.first[example]), int(shapes.first[example + 1])
        looked.shapes += 1
        looked.runs += high - low
        if looked.shapes > MAX_SHAPES or looked.runs > MAX_RUNS:
            return
        counts = np.minimum(np.diff(shapes.start[low : high + 1]), _CAP).tolist()
        runs = [declared[path] for path in shapes.path[low:high].tolist()]
        deviations = list(_deviations(owner.type, runs, counts))
        if not deviations:
            looked.good.add(key)
            continue
        if by_shape is None:
            by_shape = list(grouped(shapes.shape, len(shapes.examples)))
        alike = by_shape[number]
        for kind, name, run, skip, evidence in deviations:
            if run is None:
                found.add(kind, name, owner.path, shapes.parents[alike], **evidence)
            else:
                found.add(kind, name, owner.path, shapes.runs(shapes.first[alike] + run, skip), **evidence)


def _alone(elements: Elements, declared: tuple[Declared, ...], found: Found) -> None:
    """Elements without any child whose type wants one."""
    wanting = {
        each.path.number: [slot for slot in each.type.slots if slot.least]
        for each in declared
        if each.checked and isinstance(each.type, Complex) and any(slot.least for slot in each.type.slots)
    }
    if not wanting:
        return
    for number, slots in wanting.items():
        alike = elements.of_path(number)
        alike = alike[elements.are_leaves(alike)]
        if not len(alike):
            continue
        for slot in slots:
            found.add("missing-child", _first(slot), declared[number].path, alike, before=None)


#: Kind, name, index of the run (``None`` for the parent), how many of the run are right, evidence.
_Deviation = tuple[str, str, int | None, int, dict[str, Any]]


def _deviations(type_: Complex, runs: list[Declared], counts: list[int]) -> Iterator[_Deviation]:
    """All that is wrong with one list of children."""
    slots = type_.slots
    seen = [0] * len(slots)
    last: Declared | None = None  # the child so far that stands last in the order of the schema
    for run, (child, count) in enumerate(zip(runs, counts, strict=True)):
        local = child.path.local
        if child.place is None:
            continue  # a child that the type does not know is told once for its path
        at = child.place.slot
        most = slots[at].most
        right = count if most is None else max(0, min(count, most - seen[at]))
        seen[at] = min(seen[at] + count, _CAP)
        if right < count:
            yield "too-many", local, run, right, {"most": most}
        if right and last is not None and last.place is not None and at < last.place.slot:
            yield "out-of-order", local, run, 0, {"after": last.path.local}
        elif right:
            last = child
    for at, slot in enumerate(slots):
        if seen[at] < slot.least:
            present = [child for child in runs if child.place is not None and child.place.slot > at]
            nearest = min(present, key=lambda child: child.place.slot if child.place else 0, default=None)
            before = nearest.path.local if nearest is not None else None
            yield "missing-child", _first(slot), None, 0, {"before": before}


def _first(slot: Slot) -> str:
    return slot.elements[0].name[1] if slot.elements else "*"
