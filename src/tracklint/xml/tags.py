"""Every tag of a document as arrays of offsets, found without a Python step per tag.

In a well-formed document each ``<`` outside comments, CDATA sections, processing instructions and the document type
starts a tag, so numpy finds them all. Where that cannot be trusted (``>`` in an attribute's value that cannot be told
apart cheaply, tags that do not match) `find_tags` gives ``None``, and `tracklint.xml.exact` reads the same arrays token
by token.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TypeVar

import numpy as np
import numpy.typing as npt

from .kinds import Bytes, Int32s, name_keys

__all__ = [
    "CLOSE",
    "EMPTY",
    "OPEN",
    "STRAY",
    "Bytes",
    "Int32s",
    "Tags",
    "bytes_at",
    "doctype_end",
    "find_tags",
    "narrow",
    "positions",
    "regions_of",
]

Depths = npt.NDArray[np.int16] | npt.NDArray[np.int32]
Masks = npt.NDArray[np.bool_]
Kept = TypeVar("Kept", Int32s, Bytes)

#: Kinds of tags. A stray end tag closes nothing (documents that are not well-formed only).
STRAY, OPEN, CLOSE, EMPTY = 0, 1, 2, 3

#: No array that is freed again should be large: glibc's malloc would keep its pages from then on.
_CHUNK = 1 << 18
_PIECE = 1 << 16
_NAME_START = np.zeros(256, bool)
_NAME_START[list(b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz_:/") + list(range(0x80, 0x100))] = True
_SPACE = np.zeros(256, bool)
_SPACE[list(b" \t\r\n")] = True
_STOP = _SPACE.copy()
_STOP[list(b"/>=\"'<")] = True
_EDGE = _SPACE.copy()
_EDGE[list(b"\"'")] = True
_MIXED_QUOTES = re.compile(rb"<[^\s<>\"']+(?:\s+[^\s<>=\"']+\s*=\s*(?:\"[^\"]*\"|'[^']*'))*\s*/?>")
_VALUE = re.compile(rb"\"[^\"]*\"|'[^']*'")
_MOST_MIXED = 2000
_DEEP = 1 << 15
_LONGEST_NAME = 200


@dataclass(frozen=True, slots=True, eq=False)
class Tags:
    """All tags in the order of the file: offset of ``<``, offset after ``>``, kind, and depth of the element (root 0).

    ``dressed`` are the indices of the start tags that hold more than their name, ascending, and ``name_ends`` the
    offsets after their names. ``quotes`` are the offsets of the quote characters inside tags, ascending: the first and
    second delimit a tag's first attribute value, and so on.
    """

    start: Int32s
    stop: Int32s
    kind: npt.NDArray[np.uint8]
    depth: Depths
    dressed: Int32s
    name_ends: Int32s
    quotes: Int32s

    def ends_of_names(self, of: npt.NDArray[np.integer]) -> Int32s:
        """The offset after the name of each of these start tags."""
        end: Int32s = self.stop[of] - np.int32(1)
        end -= self.kind[of] == EMPTY
        if 0 < len(self.dressed) < len(of) and (of[1:] > of[:-1]).all():
            at = of.searchsorted(self.dressed)
            there = (of.take(at, mode="clip") == self.dressed).nonzero()[0]
            end[at[there]] = self.name_ends[there]
        elif len(self.dressed):
            at = self.dressed.searchsorted(of)
            there = (self.dressed.take(at, mode="clip") == of).nonzero()[0]
            end[there] = self.name_ends[at[there]]
        return end

    def name_end(self, of: int) -> int:
        """`ends_of_names` for one start tag."""
        return int(self.ends_of_names(np.array([of]))[0])

    def unclosed(self) -> list[int]:
        """The indices of the start tags whose elements are open at the end of the document, outermost first."""
        open_at: dict[int, int] = {}
        if not len(self.start):
            return []
        last = int(self.depth[-1]) + (1 if self.kind[-1] == OPEN else 0)
        for depth in range(min(last, 64)):
            candidates = np.flatnonzero((self.depth == depth) & (self.kind == OPEN))
            if len(candidates):
                open_at[depth] = int(candidates[-1])
        return list(open_at.values())


def positions(values: npt.NDArray[np.integer], one: int) -> Int32s:
    """Where this value stands, in an array of bytes or numbers; piece by piece, so that no mask of all is made."""
    found = [np.zeros(0, np.int32)]
    for at in range(0, len(values), _CHUNK):
        found.append((values[at : at + _CHUNK] == one).nonzero()[0].astype(np.int32))
        found[-1] += np.int32(at)
    return np.concatenate(found)


def bytes_at(raw: Bytes, offsets: Int32s, step: int) -> Bytes:
    """The bytes so many behind each offset, in pieces, because numpy makes indices of 64 bits of the offsets."""
    found = np.empty(len(offsets), np.uint8)
    for at in range(0, len(offsets), _PIECE):
        piece = slice(at, at + _PIECE)
        found[piece] = raw.take(offsets[piece] + np.int32(step), mode="clip")
    return found


def regions_of(data: bytes, candidates: Int32s) -> list[tuple[int, int]]:
    """Comments, CDATA sections, processing instructions and document types as (start, end), in order.

    ``candidates`` are the offsets of ``<!`` and ``<?``. A region without an end goes to the end of the data.
    """
    found: list[tuple[int, int]] = []
    end = 0
    for start in candidates.tolist():
        if start < end:
            continue
        if data.startswith(b"<!--", start):
            stop, skip = data.find(b"-->", start + 4), 3
        elif data.startswith(b"<![CDATA[", start):
            stop, skip = data.find(b"]]>", start + 9), 3
        elif data.startswith(b"<?", start):
            stop, skip = data.find(b"?>", start + 2), 2
        elif data.startswith(b"<!DOCTYPE", start):
            stop, skip = doctype_end(data, start), 0
        else:
            continue
        end = len(data) if stop < 0 else stop + skip
        found.append((start, end))
    return found


_TYPE_EDGE = re.compile(rb"[\"'\[\]>]|<!--|<\?")


def doctype_end(data: bytes, start: int) -> int:
    """The offset behind the document type declaration that starts here; -1 where it has no end."""
    inside, at = False, start
    while edge := _TYPE_EDGE.search(data, at):
        at = edge.end()
        if edge[0] == b">" and not inside:
            return at
        if edge[0] in (b"[", b"]"):
            inside = edge[0] == b"["
        elif edge[0] != b">":
            close = {b"<!--": b"-->", b"<?": b"?>"}.get(edge[0], edge[0])
            at = data.find(close, at) + len(close)
            if at < len(close):
                return -1
    return -1


def find_tags(data: bytes, raw: Bytes, *, well_formed: bool) -> Tags | None:
    """The tags of ``data``, or ``None`` where only the exact reader can tell them. ``raw`` is ``data`` as an array."""
    start, end = positions(raw, 0x3C), positions(raw, 0x3E)
    following = bytes_at(raw, start, 1)
    regions = regions_of(data, start[(following == 0x21) | (following == 0x3F)])
    keep = _NAME_START[following]
    bounds = np.array(regions, np.int32).reshape(-1)
    if regions:
        keep &= _outside(bounds, start)
        end = _kept(end, _outside(bounds, end))
    start, following = _kept(start, keep), _kept(following, keep)
    # each < with one > leaves none for a value
    alternate = len(start) == len(end) and bool((start < end).all() and (end[:-1] < start[1:]).all())
    if not alternate:
        paired = _pair(start, end)
        if paired is None:
            return None
        start, end = paired
        following = bytes_at(raw, start, 1)
    last = bytes_at(raw, end, -1)
    kind = np.full(len(start), OPEN, np.uint8)
    kind[last == 0x2F] = EMPTY
    kind[following == 0x2F] = CLOSE
    among = _may_hold_quotes(raw, end, kind, last) if alternate and well_formed else None
    delimiters = _quotes(data, raw, (start, end, among), bounds)
    if delimiters is None:
        return None
    quotes, quoted = delimiters
    dressed = _dressed(raw, (start, end, kind, last), quoted, scan_all=not well_formed)
    if dressed is None:
        return None
    end += 1
    tags = Tags(start, end, kind, _depths(kind), *dressed, quotes)
    return tags if well_formed or _matched(raw, tags) else None


def _kept(values: Kept, keep: Masks) -> Kept:
    """The values that are to be kept: no copy where only the first few are not, such as those of the declaration."""
    dropped = len(keep) - int(np.count_nonzero(keep))
    return values[keep] if dropped and keep[:dropped].any() else values[dropped:]


def _outside(bounds: Int32s, offsets: Int32s) -> Masks:
    """Which of these offsets, ascending, lie in no region; ``bounds`` alternates starts and ends."""
    outside = np.ones(len(offsets), bool)
    edges = offsets.searchsorted(bounds).tolist()
    for first, behind in zip(edges[::2], edges[1::2], strict=True):
        outside[first:behind] = False
    return outside


def _may_hold_quotes(raw: Bytes, end: Int32s, kind: npt.NDArray[np.uint8], last: Bytes) -> npt.NDArray[np.intp]:
    """The start tags that end in a quote or in white space, those before the slash of ``<a/>``. No other can have an
    attribute where every ``>`` ends a tag."""
    before = last
    empty = (kind == EMPTY).nonzero()[0]
    if len(empty):
        before = last.copy()
        before[empty] = raw[end[empty] - 2]
    among: npt.NDArray[np.intp] = (_EDGE[before] & (kind != CLOSE)).nonzero()[0]
    return among


def _pair(start: Int32s, end: Int32s) -> tuple[Int32s, Int32s] | None:
    """Each ``<`` with the first ``>`` after it; ``None`` where another ``<`` comes first. A cut last tag is dropped."""
    if len(start) != len(end) or (end < start).any() or (end[:-1] > start[1:]).any():
        at = np.searchsorted(end, start).astype(np.int32)
        complete = at < len(end)
        if not complete[:-1].all():
            return None
        start, end = start[complete], end[at[complete]]
        if (end[:-1] > start[1:]).any():
            return None
    return start, end


def _quotes(
    data: bytes, raw: Bytes, tags: tuple[Int32s, Int32s, npt.NDArray[np.intp] | None], bounds: Int32s
) -> tuple[Int32s, npt.NDArray[np.intp]] | None:
    """The quote characters that delimit attribute values, and the tags that they are in; ``None`` where a ``>`` may
    stand inside a value. ``tags`` are starts and ends, and the indices of those that can have quotes, ``None`` for all.

    With one kind of quote in a tag, a ``>`` inside a value leaves an odd number of them before it; tags with both
    kinds are read one by one.
    """
    start, end, _ = tags
    double, double_tags, double_counts = _inside(positions(raw, 0x22), tags, bounds)
    single, single_tags, single_counts = _inside(positions(raw, 0x27) if b"'" in data else double[:0], tags, bounds)
    both = np.intersect1d(double_tags, single_tags) if len(single) else single_tags[:0]
    if len(both) > _MOST_MIXED:
        return None
    odd = np.concatenate((double_tags[double_counts % 2 == 1], single_tags[single_counts % 2 == 1]))
    if len(odd) and not np.isin(odd, both).all():
        return None
    if not len(single):
        return double, double_tags
    exact: list[int] = []
    for tag in both.tolist():
        match = _MIXED_QUOTES.match(data, int(start[tag]), int(end[tag]) + 1)
        if match is None or match.end() != end[tag] + 1:
            return None
        exact += [
            edge
            for value in _VALUE.finditer(data, match.start(), match.end())
            for edge in (value.start(), value.end() - 1)
        ]
    quotes = np.concatenate((double, single))
    if len(both):
        quotes = quotes[~np.isin(np.searchsorted(start, quotes, "right") - 1, both)]
        quotes = np.concatenate((quotes, np.array(exact, np.int32)))
    quotes.sort()
    return quotes, np.concatenate((double_tags, single_tags))


def _inside(
    quotes: Int32s, tags: tuple[Int32s, Int32s, npt.NDArray[np.intp] | None], bounds: Int32s
) -> tuple[Int32s, npt.NDArray[np.intp], npt.NDArray[np.intp]]:
    """Those of the offsets that lie in a tag, the tags they lie in, and how many lie in each."""
    start, end, among = tags
    none = np.zeros(0, np.intp)
    if not len(quotes) or not len(start):
        return quotes[:0], none, none
    if among is None:
        owner = np.searchsorted(start, quotes, "right") - 1
        inside = (owner >= 0) & (quotes < end[owner]) & _outside(bounds, quotes)
        quotes, owner = quotes[inside], owner[inside]
        first = np.flatnonzero(np.diff(owner, prepend=-1))
        return quotes, owner[first], np.diff(first, append=len(owner))
    first, behind = quotes.searchsorted(start[among]), quotes.searchsorted(end[among])
    count = behind - first
    if int(count.sum()) < len(quotes):
        within = np.zeros(len(quotes) + 1, np.int8)
        within[first[count > 0]] = 1
        np.subtract.at(within, behind[count > 0], np.int8(1))
        quotes = quotes[np.cumsum(within[:-1], dtype=np.int8) > 0]
    return quotes, among[count > 0], count[count > 0]


def _depths(kind: npt.NDArray[np.uint8]) -> Depths:
    """The depth of each tag, a root's being 0, in 16 bits where they do."""
    step = np.array([0, 1, -1, 0], np.int8)
    depth = np.empty(len(kind), np.int16)
    open_ = 0
    for at in range(0, len(kind), _PIECE):
        piece = slice(at, at + _PIECE)
        here = np.cumsum(step[kind[piece]], dtype=np.int32)
        here += np.int32(open_)
        if here.min() <= -_DEEP or here.max() >= _DEEP:
            deep = np.cumsum(step[kind], dtype=np.int32)
            deep -= kind == OPEN
            return deep
        open_ = int(here[-1])
        depth[piece] = here
    depth -= kind == OPEN
    return depth


def narrow(depth: Int32s) -> Depths:
    """These depths in 16 bits where they fit."""
    return depth.astype(np.int16) if len(depth) and -_DEEP < depth.min() <= depth.max() < _DEEP else depth


def _dressed(
    raw: Bytes,
    tags: tuple[Int32s, Int32s, npt.NDArray[np.uint8], Bytes],
    quoted: npt.NDArray[np.intp],
    *,
    scan_all: bool,
) -> tuple[Int32s, Int32s] | None:
    """The start tags that hold more than their name, and the offsets after the names: those of the first character
    that ends one. ``tags`` are starts, ends, kinds, and the last byte before the end of each."""
    start, end, kind, last = tags
    slow = np.ones(len(start), bool) if scan_all else _SPACE[last]
    if not scan_all:
        empty = (kind == EMPTY).nonzero()[0]
        slow[empty] = _SPACE[raw[end[empty] - 2]]
    slow[quoted] = True
    slow &= kind != CLOSE
    rows = slow.nonzero()[0]
    ends = np.zeros(len(rows), np.int32)
    left, at = np.arange(len(rows)), start[rows] + 1
    for _ in range(_LONGEST_NAME):
        stopped = _STOP[raw.take(at, mode="clip")]
        if stopped.any():
            ends[left[stopped]] = at[stopped]
            left, at = left[~stopped], at[~stopped]
        if not len(left):
            more = ends < end[rows] - (kind[rows] == EMPTY)
            return rows[more].astype(np.int32), ends[more]
        at = at + 1
    return None


def _matched(raw: Bytes, tags: Tags) -> bool:
    """Whether every end tag closes the element that is open at its depth, and none comes too many."""
    if len(tags.depth) and int(tags.depth.min()) < 0:
        return False
    opens, closes = np.flatnonzero(tags.kind == OPEN), np.flatnonzero(tags.kind == CLOSE)
    if not len(closes):
        return True
    keys = np.zeros(len(tags.start), np.uint64)
    keys[opens] = name_keys(raw, tags.start[opens] + 1, tags.ends_of_names(opens))
    ends = tags.stop[closes] - 1
    for _ in range(4):
        ends = ends - _SPACE[raw.take(ends - 1, mode="clip")]
    keys[closes] = name_keys(raw, tags.start[closes] + 2, ends)
    order = np.flatnonzero((tags.kind == OPEN) | (tags.kind == CLOSE))
    order = order[np.argsort(tags.depth[order], kind="stable")]
    at = np.flatnonzero(tags.kind[order] == CLOSE)
    return bool(
        (at > 0).all() and (tags.kind[order[at - 1]] == OPEN).all() and (keys[order[at - 1]] == keys[order[at]]).all()
    )
