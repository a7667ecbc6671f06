"""Closing a FIT file after edits: data size, header checksum and file checksum of the segments that were touched.

Readers that are strict about any of the three refuse the whole file, so they are written last and always together.
"""

from __future__ import annotations

import struct
from bisect import bisect_left, bisect_right
from collections.abc import Collection, Iterable

from ...edits import Edit, apply, narrowed
from ...fit.checksum import crc16
from ...fit.document import FitDocument, Segment

__all__ = ["seal"]


def seal(document: FitDocument, edits: Iterable[Edit], segments: Collection[int] = ()) -> list[Edit]:
    """``edits`` with those that close every segment they fall into, and the ``segments`` that are named besides.

    A header of 12 bytes stays one; any other becomes one of 14 with its checksum (FIT protocol, "File Header"). A
    segment that an edit takes out whole is left alone, and so is one whose header runs into the next segment. Raises
    ValueError where edits overlap.
    """
    ordered = sorted(edits, key=lambda e: (e.offset, e.size))
    offsets = [e.offset for e in ordered]
    taken: set[int] = set()
    done: list[Edit] = []
    for segment in document.segments:
        stop = max(segment.end, segment.data_end)
        first, near = bisect_left(offsets, segment.offset), bisect_right(offsets, segment.offset)
        reached = range(first, bisect_right(offsets, stop))
        mine = [i for i in reached if i not in taken and _inside(ordered[i], segment, stop)]
        whole = any(e.offset + e.size >= stop and e.size for e in ordered[max(first - 1, 0) : near])
        cut_off = segment.data_start - segment.offset < 12 or segment.end < segment.data_start
        if whole or cut_off or (not mine and segment.index not in segments):
            continue
        taken.update(mine)
        done += _closed(document.data, segment, [ordered[i] for i in mine])
    rest = [each for i, each in enumerate(ordered) if i not in taken]
    return sorted(done + rest, key=lambda e: (e.offset, e.size))


def _inside(edit: Edit, segment: Segment, stop: int) -> bool:
    """Whether an edit belongs to a segment; what is added where a segment's messages end belongs to that segment."""
    if edit.size:
        return segment.offset <= edit.offset and edit.offset + edit.size <= stop
    return segment.offset < edit.offset <= segment.data_end


def _closed(data: bytes, segment: Segment, edits: list[Edit]) -> list[Edit]:
    start, end = segment.data_start, segment.data_end
    head_edits, body_edits = [], []
    for each in edits:
        if each.offset + each.size <= start and (each.size or each.offset < start):
            head_edits.append(each)
        elif each.offset < end or not each.size:  # what stands behind the messages makes room for the checksum
            body_edits.append(each)
    body = apply(data[start:end], [Edit(e.offset - start, e.size, e.data) for e in body_edits])
    head = apply(data[segment.offset : start], [Edit(e.offset - segment.offset, e.size, e.data) for e in head_edits])
    sealed = bytearray(head[:12])
    sealed[0] = 12 if start - segment.offset == 12 else 14
    sealed[4:8] = struct.pack("<I", len(body))
    if sealed[0] == 14:
        sealed += struct.pack("<H", crc16(sealed))
    checksum = struct.pack("<H", crc16(bytes(sealed) + body))
    return [
        *narrowed(data, Edit(segment.offset, start - segment.offset, bytes(sealed), "header")),
        *body_edits,
        *narrowed(data, Edit(end, max(segment.end, end) - end, checksum, "checksum")),
    ]
