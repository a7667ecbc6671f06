"""The structural index: every element with its path. What an element means is decided once for each path."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from .kinds import Bytes, Int32s, distinct, grouped, name_keys, numbered
from .names import XSI
from .tags import EMPTY, OPEN, Depths, Tags, positions
from .vocabulary import Named, Path, Vocabulary, vocabulary

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterator, Mapping, Sequence

__all__ = ["MAX_DEPTH", "Elements", "index_elements", "levels", "tag_attributes"]

#: Elements deeper than this are left out of the index. The deepest that an activity file means anything by is 12.
MAX_DEPTH = 64
Numbers = npt.NDArray[np.uint16] | npt.NDArray[np.int32]
#: Distinct names of a file, and distinct paths of a level, that are told apart.
MAX_KINDS = 2000
#: So many elements are named at once.
_MANY = 1 << 15
#: Up to so many possible keys each has a place of its own in a table.
_FEW_KEYS = 1 << 14
#: So many tags with attributes are looked at one by one.
FEW_TAGS = 64
#: So many elements behind one are looked at for its end, before the paths are asked.
_NEAR = 64
_LAT, _LON = np.frombuffer(b"lat=lon=", "<u4")
_ATTRIBUTE = re.compile(rb"(?<![^\s\"'])([^\s=<>\"'/]+)\s*=\s*(?:\"([^\"]*)\"|'([^']*)')")


@dataclass(frozen=True, slots=True, eq=False)
class Elements:
    """Every element in the order of its start tag: index of that tag in ``tags``, depth, and number of its path.

    ``parent`` is the index of the element that it stands in, -1 for a root. ``order`` and ``bounds`` hold the elements
    path by path; `of_path` gives those of one.
    """

    tags: Tags
    tag: Int32s
    depth: npt.NDArray[np.int16]
    path: Numbers
    parent: Int32s
    paths: Vocabulary
    order: Int32s
    bounds: npt.NDArray[np.int64]

    def __len__(self) -> int:
        """How many elements there are."""
        return len(self.tag)

    def where(self, test: Callable[[Path], bool]) -> Int32s:
        """The indices of the elements whose path passes the test, ascending."""
        return self.of_paths([path.number for path in self.paths if test(path)])

    def of_kind(self, test: Callable[[Path], bool]) -> Int32s:
        """`where` for a test that is a function of a module: it is asked once for each vocabulary."""
        return self.of_paths(self.paths.once(_passing, test))

    @property
    def below(self) -> Mapping[tuple[int, str], Sequence[int]]:
        """The numbers of the paths that a path (by its number) has below it under a local name."""
        return self.paths.once(_below)

    def named(self, *names: str) -> Int32s:
        """The indices of the elements with one of these local names, ascending."""
        return self.of_paths(self.paths.once(_named, names))

    def path_of(self, element: int) -> Path:
        """The path of one element."""
        return self.paths[int(self.path[element])]

    def of_paths(self, numbers: Collection[int]) -> Int32s:
        """The indices of the elements of these paths, ascending."""
        if not numbers:
            return np.zeros(0, np.int32)
        parts = [self.of_path(number) for number in numbers]
        return parts[0] if len(parts) == 1 else np.sort(np.concatenate(parts), kind="stable")

    def of_path(self, number: int) -> Int32s:
        """The indices of the elements of one path, ascending; not to be written to."""
        return self.order[self.bounds[number] : self.bounds[number + 1]]

    def text_spans(self, of: npt.NDArray[np.integer]) -> tuple[Int32s, Int32s]:
        """Start and end of the text of these elements, ascending: from the start tag to the next tag. Empty for
        ``<a/>``."""
        tag = self.tag[of]
        start, end = self.tags.stop[tag], self.tags.start.take(tag + 1, mode="clip")
        empty = self.tags.kind[tag] == EMPTY
        if len(tag) and int(tag[-1]) + 1 == len(self.tags.start):
            empty[-1] = True
        if empty.any():
            np.copyto(end, start, where=empty)
        return start, end

    def text_span(self, of: int) -> tuple[int, int]:
        """`text_spans` for one element."""
        tag = int(self.tag[of])
        start = int(self.tags.stop[tag])
        closed = self.tags.kind[tag] == EMPTY or tag + 1 == len(self.tags.start)
        return start, start if closed else int(self.tags.start[tag + 1])

    def end_of(self, element: int) -> int:
        """The index of the first element after this one and all that is in it."""
        depth = int(self.depth[element])
        near = (self.depth[element + 1 : element + 1 + _NEAR] <= depth).nonzero()[0]
        if len(near):
            return element + 1 + int(near[0])
        end = len(self)
        for number in self.paths.once(_down_to, depth):
            alike = self.of_path(number)
            behind = int(alike.searchsorted(element, "right"))
            if behind < len(alike):
                end = min(end, int(alike[behind]))
        return end

    def end_tag(self, element: int) -> int | None:
        """The index in ``tags`` of the element's end tag (its own for ``<a/>``); ``None`` where it is not closed."""
        tag = int(self.tag[element])
        if self.tags.kind[tag] == EMPTY:
            return tag
        following = self.end_of(element)
        last = int(self.tag[following]) if following < len(self.tag) else len(self.tags.start)
        depth = self.tags.depth[tag]
        at, step = last, 64
        while at > tag + 1:
            low = max(tag + 1, at - step)
            hits = np.flatnonzero((self.tags.depth[low:at] == depth) & (self.tags.kind[low:at] == 2))
            if len(hits):
                return low + int(hits[0])
            at, step = low, step * 4
        return None

    def children(self, element: int, *names: str) -> npt.NDArray[np.intp]:
        """The indices of the child elements with one of these local names, in order."""
        parent = int(self.path[element])
        wanted = [number for name in names for number in self.below.get((parent, name), ())]
        if not wanted:
            return np.zeros(0, np.intp)
        like = self.of_path(parent)  # elements of one path never stand in each other
        behind = int(like.searchsorted(element, "right"))
        edges, found = (element, int(like[behind]) if behind < len(like) else len(self)), []
        for number in wanted:
            alike = self.of_path(number)
            first, end = alike.searchsorted(edges)
            found.append(alike[first:end])
        return np.sort(np.concatenate(found), kind="stable").astype(np.intp)

    def outermost(self, of: Int32s) -> Int32s:
        """Those of these elements, ascending, that stand in no other of them."""
        kept, until = [], -1
        for element in of.tolist():
            if element >= until:
                kept.append(element)
                until = self.end_of(element)
        return np.array(kept, np.int32)

    def are_leaves(self, of: Int32s) -> npt.NDArray[np.bool_]:
        """For each of these elements whether it has no child elements."""
        following = np.minimum(of + 1, len(self.depth) - 1)
        return np.asarray((self.depth[following] <= self.depth[of]) | (following == of))

    def first_children(self, of: Int32s, name: str) -> Int32s:
        """For each of these elements, none of which contains another, its first child with this local name, or -1."""
        parents = set(self.path[of].tolist())
        found = self.of_paths([number for parent in parents for number in self.below.get((parent, name), ())])
        first = np.full(len(of), -1, np.int32)
        if len(found):
            owner = np.searchsorted(of, found, "right") - 1
            found, owner = found[owner >= 0], owner[owner >= 0]
            first[owner[::-1]] = found[::-1]
        return first


def _passing(paths: Vocabulary, test: Callable[[Path], bool]) -> tuple[int, ...]:
    return tuple(path.number for path in paths if test(path))


def _named(paths: Vocabulary, names: tuple[str, ...]) -> tuple[int, ...]:
    return tuple(path.number for path in paths if path.local in names)


def _down_to(paths: Vocabulary, depth: int) -> tuple[int, ...]:
    return tuple(path.number for path in paths if len(path.above) <= depth)


def _below(paths: Vocabulary) -> Mapping[tuple[int, str], Sequence[int]]:
    below: dict[tuple[int, str], list[int]] = {}
    for path in paths:
        if path.parent is not None:
            below.setdefault((path.parent.number, path.local), []).append(path.number)
    return below


def index_elements(data: bytes, raw: Bytes, tags: Tags) -> Elements:
    """Name every element and find its path. ``raw`` is ``data`` as an array."""
    tag = np.flatnonzero((tags.kind == OPEN) | (tags.kind == EMPTY)).astype(np.int32)
    depth = tags.depth[tag]
    if len(depth) and (int(depth.max()) >= MAX_DEPTH or int(depth.min()) < 0):
        keep = (depth < MAX_DEPTH) & (depth >= 0)
        tag, depth = tag[keep], depth[keep]
    name, names = _names(data, raw, tags, tag)
    _declare(data, tags, tag, name, names)
    return Elements(tags, tag, depth.astype(np.int16, copy=False), *_paths(depth, name, names))


def levels(depth: Depths) -> Iterator[Int32s]:
    """The indices of the elements of each depth, from the roots on."""
    for level in range(int(depth.max(initial=-1)) + 1):
        yield positions(depth, level)


def _names(data: bytes, raw: Bytes, tags: Tags, tag: Int32s) -> tuple[Int32s, list[Named]]:
    """The number of each element's name, and the names; the last one stands for all that are too many."""
    name = np.empty(len(tag), np.int32)
    names: list[Named] = []
    known: dict[int, int] = {}
    for at in range(0, len(tag), _MANY):
        here = tag[at : at + _MANY]
        start, end = tags.start[here] + np.int32(1), tags.ends_of_names(here)
        keys = name_keys(raw, start, end)
        kind, first = distinct(keys)
        for key, i in zip(keys[first].tolist(), first.tolist(), strict=True):
            if key not in known and len(names) < MAX_KINDS:
                known[key] = len(names)
                names.append((data[start[i] : end[i]], b"", b""))
        numbers = [known.get(key, MAX_KINDS - 1) for key in keys[first].tolist()]
        name[at : at + _MANY] = np.array(numbers, np.int32)[kind]
    return name, names


def _common(kind: Int32s, first: npt.NDArray[np.intp]) -> tuple[Int32s, npt.NDArray[np.intp]]:
    """The same, but at most `MAX_KINDS`: the later ones are taken for one, so that no file can eat memory."""
    if len(first) <= MAX_KINDS:
        return kind, first
    numbers, first = np.unique(kind, return_index=True)
    order = np.argsort(first)
    rank = np.empty(len(first), np.int32)
    rank[numbers[order]] = np.minimum(np.arange(len(first)), MAX_KINDS - 1)
    return rank[kind], first[order[:MAX_KINDS]]


def tag_attributes(data: bytes, start: int, stop: int) -> Iterator[re.Match[bytes]]:
    """The attributes of the start tag at ``start:stop``: group 1 is the name, group 2 or 3 the value."""
    name = re.compile(rb"<[^\s/>\"'=<]*").match(data, start, stop)
    return _ATTRIBUTE.finditer(data, name.end() if name else start, stop)


def _declare(data: bytes, tags: Tags, tag: Int32s, name: Int32s, names: list[Named]) -> None:
    """Give elements that declare namespaces or say their type names of their own: both become a part of the path.
    Tags with the same attributes are looked at once."""
    rows = _with_attributes(data, tags, tag)
    start, stop = tags.ends_of_names(tag[rows]), tags.stop[tag[rows]]
    kind, first = np.arange(len(rows), dtype=np.int32), np.arange(len(rows))
    if len(rows) > FEW_TAGS:
        kind, first = distinct(name_keys(np.frombuffer(data, np.uint8), start, stop))
    known: dict[tuple[int, bytes, bytes], int] = {}
    typed = None
    for row, alike in zip(first.tolist(), grouped(kind, len(first)), strict=True):
        inner = data[start[row] : stop[row]]
        if b"xmlns" not in inner:
            if b":type" not in inner:
                continue
            typed = XSI.encode() in data if typed is None else typed
            if not typed:
                continue
        found = _attributes(inner)
        if found == (b"", b""):
            continue
        elements = rows[alike]
        here = name[elements]
        for plain in np.unique(here).tolist():
            number = known.setdefault((plain, *found), len(names))
            if number == len(names):
                names.append((names[plain][0], *found))
            name[elements[here == plain]] = number


def _with_attributes(data: bytes, tags: Tags, tag: Int32s) -> npt.NDArray[np.intp]:
    """The elements that have attributes, without those whose only two are ``lat="..."`` and ``lon="..."``."""
    more = tags.dressed
    rows = np.searchsorted(tag, more)
    rows = rows[tag.take(rows, mode="clip") == more] if len(tag) else rows[:0]
    if len(rows) <= FEW_TAGS:
        return rows
    first = np.searchsorted(tags.quotes, tags.start[tag[rows]])
    two = np.flatnonzero(np.diff(first, append=len(tags.quotes)) == 4)
    words = np.ndarray((len(data) - 3,), "<u4", data, strides=(1,))
    plain = np.ones(len(two), bool)
    for k in (0, 2):
        before = words[tags.quotes[first[two] + k] - 4]
        plain &= (before == _LAT) | (before == _LON)
    return np.delete(rows, two[plain])


def _attributes(inner: bytes) -> tuple[bytes, bytes]:
    """The namespace declarations of a tag's attributes, as one key: prefix, NUL, URI, NUL ...; and in the same way its
    attributes ``type`` with a prefix, which may be ``xsi:type``.
    """
    declared, types = [], []
    for match in _ATTRIBUTE.finditer(inner):
        prefix, _, local = match[1].partition(b":")
        if prefix == b"xmlns":
            declared += [local, match[2] if match[2] is not None else match[3]]
        elif local == b"type":
            types += [prefix, match[2] if match[2] is not None else match[3]]
    return b"\0".join(declared), b"\0".join(types)


def _paths(
    depth: Depths, name: Int32s, names: list[Named]
) -> tuple[Numbers, Int32s, Vocabulary, Int32s, npt.NDArray[np.int64]]:
    """The number of each element's path, the index of its parent, the paths, and the elements path by path with the
    bounds of each. A level has paths of its own."""
    path: Numbers = np.zeros(len(depth), np.uint16)
    parents, order = np.full(len(depth), -1, np.int32), np.empty(len(depth), np.int32)
    found: list[tuple[int, Named]] = []
    counts = [np.zeros(1, np.intp)]
    above, kind, first, done = order[:0], order[:0], np.zeros(0, np.intp), 0
    for here in levels(depth):
        most = len(names) * max(len(first), 1)
        key: npt.NDArray[Any] = name[here].astype(np.int32 if most < 1 << 31 else np.int64, copy=False)
        if found:
            children = np.diff(here.searchsorted(above), append=len(here))  # they stand behind their parent
            parents[here] = np.repeat(above, children)
            key += np.repeat(kind.astype(key.dtype) * key.dtype.type(len(names)), children)
        kind, first = _common(*(numbered(key, most) if most <= _FEW_KEYS else distinct(key.astype(np.uint64))))
        if len(found) + len(first) > 1 << 16:
            path = path.astype(np.int32)
        path[here] = kind + len(found)
        examples = here[first].tolist()
        found += [(int(path[parents[i]]) if done else -1, names[int(name[i])]) for i in examples]
        order[done : done + len(here)] = here[np.argsort(kind.astype(np.uint16), kind="stable")]  # in one pass
        counts.append(np.bincount(kind, minlength=len(first)))
        above, done = here, done + len(here)
    order.flags.writeable = False
    return path, parents, vocabulary(tuple(found)), order, np.cumsum(np.concatenate(counts))
