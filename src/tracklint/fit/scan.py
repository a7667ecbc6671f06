"""From bytes to a `FitDocument`: segments, definitions, messages and faults. No bytes make it raise or loop.

What a header says about sizes is compared with what is there, and never trusted: the messages decide.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from ..source import Fault
from .bindings import bind_again
from .checksum import crc16, swapped
from .damage import definition_faults, flip_faults, gap_faults
from .document import Definition, FitDocument, Layout, Messages, Segment, read_layout
from .edges import drop_edges
from .flips import walk_again
from .frames import Budget
from .heads import SIGNATURE, almost_head, classify, heads, is_definition, looks
from .walk import Walk

__all__ = ["scan_fit"]

_HOLE = 48  # bytes at its end that are all the same
_ONE_CAUSE = 64  # bytes that flipped bits must save where other damage is as well
_MOST_SEGMENTS = 1000  # real files have up to ten


def scan_fit(data: bytes) -> FitDocument:
    """Read the structure of a FIT file. Never raises on any bytes; takes a small multiple of the file in memory."""
    return _Scan(bytes(data)).document()


class _Scan:
    """What is known so far while the segments of one file are read."""

    def __init__(self, data: bytes) -> None:
        self.data = data
        self.as_read: bytes | bytearray = data
        self.faults: list[Fault] = []
        self.segments: list[Segment] = []
        self.walks: list[Walk] = []
        self.budget = Budget.for_size(len(data))
        self.heads = list(heads(data))

    def document(self) -> FitDocument:
        position = self._first_head()
        while position is not None:
            position = self._segment(position)
        definitions, messages = self._messages()
        first = 0
        for segment, walk in zip(self.segments, self.walks, strict=True):
            if walk.gaps:
                self.faults += gap_faults(self.data, segment, walk, definitions, first)
            if walk.flips:
                self.faults += flip_faults(self.data, segment, walk, definitions)
            first += len(walk.stated()[0]) + len(walk.offsets)
        self.faults += definition_faults(self.data, definitions, messages)
        self.faults.sort(key=lambda fault: fault.offset)
        as_read = self.data if self.as_read is self.data else bytes(self.as_read)
        return FitDocument(self.data, as_read, tuple(self.segments), definitions, messages, tuple(self.faults))

    def _note(self, kind: str, offset: int, size: int = 0, **evidence: Any) -> None:
        self.faults.append(Fault(kind, offset, size, evidence))

    # -- headers --------------------------------------------------------------------------------------------------

    def _first_head(self) -> int | None:
        data = self.data
        if data[8:12] == SIGNATURE:
            return 0
        if almost_head(data, 0):
            self._note("not-fit", 0, 12, segment=0, looks="damaged", found=data[8:12].hex(" "))
            return 0
        if self.heads:
            self._note("preamble", 0, self.heads[0], bytes=self.heads[0], starts=data[:8].hex(" "))
            return self.heads[0]
        self._note("not-fit", 0, min(len(data), 14), looks=looks(data), found=data[8:12].hex(" "))
        return None

    def _segment(self, offset: int) -> int | None:
        """Read the segment whose header is at ``offset``; the answer is where the next one begins."""
        data, index = self.data, len(self.segments)
        start = self._data_start(offset, index)
        declared = int.from_bytes(data[offset + 4 : offset + 8], "little")
        hard_end = self._hard_end(offset, start + declared)
        start = min(start, hard_end)
        walk = self._walk(offset, start, declared, hard_end)
        stopped = _cut_at(data, walk)
        end = stopped + 2 if stopped + 2 <= hard_end and stopped == walk.stopped else hard_end
        stored = int.from_bytes(data[stopped:end], "little") if end == stopped + 2 and stopped == walk.stopped else None
        long = start - offset >= 14
        segment = Segment(
            index=index,
            offset=offset,
            header_size=data[offset],
            protocol=data[offset + 1],
            profile=int.from_bytes(data[offset + 2 : offset + 4], "little"),
            declared=declared,
            data_start=start,
            data_end=stopped,
            end=end,
            header_crc=int.from_bytes(data[offset + 12 : offset + 14], "little") if long else None,
            header_crc_computed=crc16(data[offset : offset + 12]) if long else None,
            file_crc=stored,
            file_crc_computed=crc16(memoryview(data)[offset:stopped]),
        )
        self.segments.append(segment)
        self.walks.append(walk)
        self._header_faults(segment)
        self._size_faults(segment, walk, hard_end)
        self._crc_faults(segment, walk)
        return self._next_segment(end)

    def _data_start(self, offset: int, index: int) -> int:
        """Where the messages begin: behind the header size that is stated, or behind 14 or 12 bytes where those fit
        better, or where the stated one would reach into the next header."""
        data, size = self.data, self.data[offset]
        following = self._head_from(offset + 12)
        choices = [14, 12]
        if size >= 12 and (size <= 14 or following is None or offset + size <= following):
            choices = [size, *choices]
        good = [
            c
            for c in choices
            if (layout := read_layout(data, offset + c, len(data))) and layout.sane and is_definition(data, offset + c)
        ]
        used = good[0] if good else choices[0]
        if size not in (12, 14) or used != size:
            self._note("header-size", offset, 1, segment=index, found=size, used=used)
        return min(offset + used, len(data))

    def _hard_end(self, offset: int, declared_end: int) -> int:
        """Where the segment ends at the latest: at the next header, unless the declared size is proved by its
        checksum."""
        data = self.data
        proved = declared_end + 2 <= len(data) and crc16(memoryview(data)[offset : declared_end + 2]) == 0
        floor = declared_end if proved else offset + 12
        head = self._head_from(max(floor, offset + 1))
        return len(data) if head is None else head

    def _head_from(self, offset: int) -> int | None:
        """The first header at or behind ``offset``."""
        i = bisect_left(self.heads, offset)
        return self.heads[i] if i < len(self.heads) else None

    # -- messages -------------------------------------------------------------------------------------------------

    def _walk(self, offset: int, start: int, declared: int, hard_end: int) -> Walk:
        declared_end = start + declared
        usable = declared > 0 and declared_end <= hard_end
        limit = declared_end if usable else hard_end
        ends = {declared_end} if usable else {hard_end - 2, hard_end}

        proved = usable and crc16(memoryview(self.data)[offset : declared_end + 2]) == 0

        def go(data: bytes | bytearray, bits: bool = True) -> Walk:
            walk = Walk(
                data=data,
                start=start,
                limit=limit,
                ends=ends,
                hard_end=hard_end,
                budget=self.budget,
                truncated=declared_end > hard_end,
                bits=bits and declared_end + 2 == hard_end and not proved,
            )
            if hard_end - start <= 2:  # a checksum at most
                walk.stopped = start
                return walk
            walk.run()
            more = walk.stopped == declared_end and hard_end - declared_end > 2
            if more and crc16(walk.data[offset : declared_end + 2]) and walk.goes_on(declared_end):
                walk.run()
            return walk

        data = self.as_read if self.as_read is self.data else bytes(self.as_read)
        walk = go(data)
        again = walk_again(data, offset, walk, go)
        walk = again or walk
        if walk.flips and again is None and not _agrees(walk, offset):
            plain = go(data, bits=False)
            if plain.unread <= walk.unread + (_ONE_CAUSE if walk.gaps else 0):
                walk = plain
        bind_again(walk)
        drop_edges(walk)
        if walk.flips:
            self.as_read = walk.data
        return walk

    def _messages(self) -> tuple[tuple[Definition, ...], tuple[Messages, ...]]:
        """The definitions and data messages of all segments, numbered in the order of their bytes."""
        stated = [walk.stated() for walk in self.walks]
        starts = np.array([offset for entries, _ in stated for offset, _ in entries], np.int64)
        offsets = np.concatenate([walk.offsets for walk in self.walks]) if self.walks else np.zeros(0, np.int64)
        numbers = np.arange(len(offsets)) + np.searchsorted(starts, offsets)
        ranks = np.arange(len(starts)) + np.searchsorted(offsets, starts)
        definitions: list[Definition] = []
        messages: list[Messages] = []
        done = 0
        for segment, walk in enumerate(self.walks):
            first = len(definitions)
            entries, which = stated[segment]
            for offset, layout in entries:
                index = len(definitions)
                definitions.append(Definition(index, segment, int(ranks[index]), offset, layout))
            owners = _same_layouts(entries)[which][walk.owners]
            order = np.argsort(owners, kind="stable") if len(entries) > 1 else slice(None)
            mine = slice(done, done + len(owners))
            sorted_offsets, sorted_numbers = offsets[mine][order], numbers[mine][order]
            edges = np.cumsum(np.bincount(owners, minlength=len(entries)))
            begin = 0
            for index, edge in enumerate(edges.tolist()):
                if edge > begin:
                    messages.append(
                        Messages(definitions[first + index], sorted_offsets[begin:edge], sorted_numbers[begin:edge])
                    )
                begin = edge
            done += len(owners)
        return tuple(definitions), tuple(messages)

    # -- faults of headers and checksums ----------------------------------------------------------------------------

    def _header_faults(self, segment: Segment) -> None:
        place = {"segment": segment.index}
        major, minor = segment.protocol >> 4, segment.protocol & 0x0F
        if major > 2 or major == 0:
            self._note("protocol-version", segment.offset + 1, 1, **place, found=f"{major}.{minor}", major=major)
        if segment.header_crc is not None and segment.header_crc != segment.header_crc_computed:
            at = segment.offset + 12
            if segment.header_crc == 0:
                self._note("header-crc-zero", at, 2, **place)
            else:
                self._note(
                    "header-crc",
                    at,
                    2,
                    **place,
                    found=_hex(segment.header_crc),
                    expected=_hex(segment.header_crc_computed or 0),
                )

    def _size_faults(self, segment: Segment, walk: Walk, hard_end: int) -> None:
        """Compare the declared data size with where the messages end."""
        at, declared = segment.offset + 4, segment.declared
        found = segment.data_end - segment.data_start
        evidence = {"segment": segment.index, "declared": declared, "found": found, "excess": declared - found}
        if not len(walk.offsets) and not walk.definitions and not walk.gaps:
            if declared == 0:
                self._note("empty-segment", segment.offset, segment.end - segment.offset, segment=segment.index)
            else:
                self._note("truncated", segment.data_end, 0, **evidence, missing=declared, message_name=None)
        elif declared == 0:
            self._note("size-zero", at, 4, **evidence)
        elif declared > found:
            missing = segment.data_start + declared - hard_end
            if segment.data_end < walk.stopped:
                return  # the cut message says it
            self._note("size-too-big", at, 4, **evidence, beyond=max(missing, 0))
        elif declared < found:
            cut = self._straddles(walk, segment.data_start + declared)
            self._note("size-cuts-message" if cut is not None else "size-too-small", at, 4, **evidence, cut=cut)

    @staticmethod
    def _straddles(walk: Walk, end: int) -> int | None:
        """The offset of the message that ``end`` falls into, ``None`` where it falls between two."""
        offsets = (
            np.sort(np.concatenate((walk.offsets, [start for start, _ in walk.definitions])))
            if walk.definitions
            else walk.offsets
        )
        i = int(np.searchsorted(offsets, end))
        if i == 0 or (i < len(offsets) and offsets[i] == end):
            return None
        return int(offsets[i - 1])

    def _crc_faults(self, segment: Segment, walk: Walk) -> None:
        data, place = self.data, {"segment": segment.index}
        stored, computed = segment.file_crc, segment.file_crc_computed
        if stored is None:
            if any(
                fault.kind == "truncated" and fault.evidence.get("segment") == segment.index for fault in self.faults
            ):
                return
            if segment.data_end == walk.stopped:
                self._note(
                    "file-crc-missing",
                    segment.data_end,
                    segment.end - segment.data_end,
                    **place,
                    expected=_hex(computed),
                )
            return
        if stored == computed or _unwritten(data, segment, walk):
            return
        data_only = crc16(memoryview(data)[segment.data_start : segment.data_end])
        declared_end = segment.data_start + segment.declared
        reason = "differs"
        if stored == 0:
            reason = "zero"
        elif stored == data_only:
            reason = "data-only"
        elif stored == swapped(computed):
            reason = "byte-swapped"
        elif declared_end < segment.data_end and stored == crc16(memoryview(data)[segment.offset : declared_end]):
            reason = "declared-range"
        self._note(
            "file-crc", segment.data_end, 2, **place, found=_hex(stored), expected=_hex(computed), reason=reason,
            structure="whole" if not walk.gaps and not walk.flips else "damaged",
        )  # fmt: skip

    # -- between the segments -----------------------------------------------------------------------------------------

    def _next_segment(self, end: int) -> int | None:
        """The header that follows ``end``; what stands before it, or instead of it, is a fault."""
        data = self.data
        if end >= len(data):
            return None
        following = self._head_from(end) if len(self.segments) < _MOST_SEGMENTS else None
        if following == end:
            return end
        index = len(self.segments)
        if following is None and almost_head(data, end):
            self._note(
                "later-segment-bad",
                end,
                len(data) - end,
                segment=index,
                bytes=len(data) - end,
                found=data[end + 8 : end + 12].hex(" "),
            )
            return None
        stop = len(data) if following is None else following
        rest = data[end:stop]
        self._note(
            "trailing-bytes",
            end,
            len(rest),
            bytes=len(rest),
            looks=classify(rest),
            starts=rest[:8].hex(" "),
            segment=index - 1,
        )
        return following


def _unwritten(data: bytes, segment: Segment, walk: Walk) -> bool:
    """Whether the checksum lies in a hole of bytes that are all the same: the hole says it all."""
    last = walk.gaps[-1] if walk.gaps else None
    return last is not None and last.end == segment.data_end and len(set(data[last.end - _HOLE : segment.end])) == 1


def _agrees(walk: Walk, offset: int) -> bool:
    """Whether the checksum is right with the bits that were flipped back."""
    stored = int.from_bytes(walk.data[walk.stopped : walk.stopped + 2], "little")
    return crc16(walk.data[offset : walk.stopped]) == stored


def _cut_at(data: bytes, walk: Walk) -> int:
    """Where the messages end: before the last one where it is cut by the end of the file, else where the walk
    stopped."""
    last = walk.gaps[-1] if walk.gaps else None
    if (
        last is None
        or last.cause not in ("overrun", "cut definition")
        or last.end != walk.stopped
        or walk.hard_end < len(data)
    ):
        return walk.stopped
    return walk.stopped if last.end <= len(data) - 2 and last.end - last.at > 1024 else last.start


def _same_layouts(entries: Sequence[tuple[int, Layout]]) -> npt.NDArray[np.int64]:
    """For each definition of a walk the first one with the same bytes: devices repeat definitions, some before each
    message."""
    first: dict[int, int] = {}
    return np.array([first.setdefault(id(layout), i) for i, (_, layout) in enumerate(entries)], np.int64)


def _hex(value: int) -> str:
    return f"0x{value:04x}"
