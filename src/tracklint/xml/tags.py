"""Every tag of a document as arrays of offsets, found without a Python step per tag.

In a well-formed document each ``<`` outside comments, CDATA sections, processing instructions and the document type
starts a tag, so numpy finds them all. Where that cannot be trusted (``>`` in an attribute's value that cannot be told
apart cheaply, tags that do not match) `find_tags` gives ``None``, and `tracklint.xml.exact` reads the same arrays token
by token.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

if TYPE_CHECKING:
    from collections.abc import Callable

__all__ = [
    "CLOSE",
    "EMPTY",
    "OPEN",
    "STRAY",
    "Int32s",
    "Tags",
    "bytes_at",
    "doctype_end",
    "find_tags",
    "name_keys",
    "positions",
    "regions_of",
    "with_attributes",
]

Int32s = npt.NDArray[np.int32]
Bytes = npt.NDArray[np.uint8]
Masks = npt.NDArray[np.bool_]

#: Kinds of tags. A stray end tag closes nothing (documents that are not well-formed only).
STRAY, OPEN, CLOSE, EMPTY = 0, 1, 2, 3

_CHUNK = 1 << 20
_PIECE = 1 << 16
_NAME_START = np.zeros(256, bool)
_NAME_START[list(b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz_:/") + list(range(0x80, 0x100))] = True
_SPACE = np.zeros(256, bool)
_SPACE[list(b" \t\r\n")] = True
_STOP = _SPACE.copy()
_STOP[list(b"/>=\"'<")] = True
_MIXED_QUOTES = re.compile(rb"<[^\s<>\"']+(?:\s+[^\s<>=\"']+\s*=\s*(?:\"[^\"]*\"|'[^']*'))*\s*/?>")
_VALUE = re.compile(rb"\"[^\"]*\"|'[^']*'")
_MOST_MIXED = 2000
_LONGEST_NAME = 200
_LONGEST_KEY = 1024


@dataclass(frozen=True, slots=True, eq=False)
class Tags:
    """All tags in the order of the file: offset of ``<``, offset after ``>``, kind, and depth of the element (root 0).

    ``name_end`` is the offset after the name, of start tags only (0 elsewhere). ``quotes`` are the offsets of the
    quote characters inside tags, ascending: the first and second delimit a tag's first attribute value, and so on.
    """

    start: Int32s
    stop: Int32s
    kind: npt.NDArray[np.uint8]
    depth: Int32s
    name_end: Int32s
    quotes: Int32s

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


def positions(raw: Bytes, byte: int) -> Int32s:
    """The offsets of a byte, searched in pieces so that no mask of the whole file is made."""
    found = [(np.flatnonzero(raw[at : at + _CHUNK] == byte) + at).astype(np.int32) for at in range(0, len(raw), _CHUNK)]
    return np.concatenate(found) if found else np.zeros(0, np.int32)


def bytes_at(raw: Bytes, offsets: Int32s, step: int) -> Bytes:
    """The bytes so many behind each offset, in pieces, because numpy makes indices of 64 bits of the offsets."""
    found = np.empty(len(offsets), np.uint8)
    for at in range(0, len(offsets), _PIECE):
        piece = slice(at, at + _PIECE)
        found[piece] = raw.take(offsets[piece] + np.int32(step), mode="clip")
    return found


def with_attributes(tags: Tags) -> Int32s:
    """The indices of the start tags that hold more than their name, ascending."""
    found = [np.zeros(0, np.int32)]
    for at in range(0, len(tags.start), _PIECE):
        piece = slice(at, at + _PIECE)
        kind = tags.kind[piece]
        more = tags.stop[piece] - tags.name_end[piece] - (kind == EMPTY) > 1
        found.append((np.flatnonzero(more & ((kind == OPEN) | (kind == EMPTY))) + at).astype(np.int32))
    return np.concatenate(found)


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
    if regions:
        bounds = np.array(regions, np.int32).reshape(-1)
        outside = _outside(bounds)
        keep &= outside(start)
        end = end[outside(end)]
    else:
        outside = _anywhere
    if not keep.all():
        start = start[keep]
    paired = _pair(start, end)
    if paired is None:
        return None
    start, end = paired
    delimiters = _quotes(data, raw, start, end, outside)
    if delimiters is None:
        return None
    quotes, quoted = delimiters
    kind = np.full(len(start), OPEN, np.uint8)
    kind[bytes_at(raw, end, -1) == 0x2F] = EMPTY
    kind[bytes_at(raw, start, 1) == 0x2F] = CLOSE
    depth = _depths(kind)
    name_end = _name_ends(raw, start, end, kind, quoted, scan_all=not well_formed)
    if name_end is None:
        return None
    end += 1
    tags = Tags(start, end, kind, depth, name_end, quotes)
    return tags if well_formed or _matched(raw, tags) else None


def _anywhere(offsets: Int32s) -> Masks:
    return np.ones(len(offsets), bool)


def _outside(bounds: Int32s) -> Callable[[Int32s], Masks]:
    """A test for offsets that lie in no region; ``bounds`` alternates starts and ends."""
    return lambda offsets: np.searchsorted(bounds, offsets, "right") % 2 == 0


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
    data: bytes, raw: Bytes, start: Int32s, end: Int32s, outside: Callable[[Int32s], Masks]
) -> tuple[Int32s, npt.NDArray[np.intp]] | None:
    """The quote characters that delimit attribute values, and the tags that they are in; ``None`` where a ``>`` may
    stand inside a value.

    With one kind of quote in a tag, a ``>`` inside a value leaves an odd number of them before it; tags with both
    kinds are read one by one.
    """
    double, double_tags, double_counts = _inside(positions(raw, 0x22), start, end, outside)
    single, single_tags, single_counts = _inside(positions(raw, 0x27), start, end, outside)
    both = np.intersect1d(double_tags, single_tags)
    if len(both) > _MOST_MIXED:
        return None
    odd = np.concatenate((double_tags[double_counts % 2 == 1], single_tags[single_counts % 2 == 1]))
    if not np.isin(odd, both).all():
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
    quotes: Int32s, start: Int32s, end: Int32s, outside: Callable[[Int32s], Masks]
) -> tuple[Int32s, npt.NDArray[np.intp], npt.NDArray[np.intp]]:
    """Those of the offsets that lie in a tag, the tags they lie in, and how many lie in each."""
    none = np.zeros(0, np.intp)
    if not len(quotes) or not len(start):
        return quotes[:0], none, none
    owner = np.searchsorted(start, quotes, "right") - 1
    inside = (owner >= 0) & (quotes < end[owner]) & outside(quotes)
    quotes, owner = quotes[inside], owner[inside]
    first = np.flatnonzero(np.diff(owner, prepend=-1))
    return quotes, owner[first], np.diff(first, append=len(owner))


def _depths(kind: npt.NDArray[np.uint8]) -> Int32s:
    step = np.array([0, 1, -1, 0], np.int8)[kind]
    depth = np.cumsum(step, dtype=np.int32)
    depth -= kind == OPEN
    return depth


def _name_ends(
    raw: Bytes, start: Int32s, end: Int32s, kind: npt.NDArray[np.uint8], quoted: npt.NDArray[np.intp], *, scan_all: bool
) -> Int32s | None:
    """The offset after the name of each start tag: before ``>`` or ``/>``, or else at the first stop character."""
    name_end: Int32s = end - (kind == EMPTY).astype(np.int32)
    slow = np.ones(len(start), bool) if scan_all else _SPACE[bytes_at(raw, name_end, -1)]
    slow[quoted] = True
    closing = kind == CLOSE
    slow &= ~closing
    name_end[closing] = 0
    todo = np.flatnonzero(slow)
    at = start[todo] + 1
    for _ in range(_LONGEST_NAME):
        stopped = _STOP[raw.take(at, mode="clip")]
        if stopped.any():
            name_end[todo[stopped]] = at[stopped]
            todo, at = todo[~stopped], at[~stopped]
        if not len(todo):
            return name_end
        at = at + 1
    return None


def name_keys(raw: Bytes, start: Int32s, end: Int32s) -> npt.NDArray[np.uint64]:
    """A 64-bit key for each name ``start:end``, of its first and last eight bytes, its length and what is between."""
    keys = np.empty(len(start), np.uint64)
    for at in range(0, len(start), _PIECE):
        keys[at : at + _PIECE] = _keys(raw, start[at : at + _PIECE], end[at : at + _PIECE])
    return keys


def _keys(raw: Bytes, start: Int32s, end: Int32s) -> npt.NDArray[np.uint64]:
    padded = raw if len(raw) >= 8 else np.concatenate((raw, np.zeros(8, np.uint8)))
    words: npt.NDArray[np.uint64] = np.ndarray((len(padded) - 7,), "<u8", padded, strides=(1,))
    length = (end - start).astype(np.uint64)
    last_word = len(padded) - 8
    cut = (np.uint64(8) - np.minimum(length, np.uint64(8))) * np.uint64(8)
    # a name within 8 bytes of the end of the data is read from the last full word
    if int(start.max(initial=0)) > last_word:
        late = np.maximum(start - last_word, 0).astype(np.uint64) * np.uint64(8)
        head = words[np.minimum(start, last_word)] >> late
    else:
        head = words[start]
    key = np.where(length == 0, np.uint64(0), (head << cut) >> cut) * np.uint64(0x9E3779B97F4A7C15)
    long = np.flatnonzero(length > 8)
    if len(long):
        tail = words[end[long] - 8] * np.uint64(0xC2B2AE3D27D4EB4F)
        key[long] ^= tail ^ (tail >> np.uint64(29))
    for skip in range(8, min(int(length.max(initial=0)), _LONGEST_KEY) - 8, 8):
        longer = np.flatnonzero(length > skip + 8)
        if len(longer):
            piece = words[start[longer] + skip] * np.uint64(0x165667B19E3779F9 + 2 * skip)
            key[longer] ^= piece ^ (piece >> np.uint64(31))
    key ^= length * np.uint64(0xD6E8FEB86659FD93)
    return key


def _matched(raw: Bytes, tags: Tags) -> bool:
    """Whether every end tag closes the element that is open at its depth, and none comes too many."""
    if len(tags.depth) and int(tags.depth.min()) < 0:
        return False
    opens, closes = np.flatnonzero(tags.kind == OPEN), np.flatnonzero(tags.kind == CLOSE)
    if not len(closes):
        return True
    keys = np.zeros(len(tags.start), np.uint64)
    keys[opens] = name_keys(raw, tags.start[opens] + 1, tags.name_end[opens])
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
