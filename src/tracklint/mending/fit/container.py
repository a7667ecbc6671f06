"""Repairs of what stands around the messages: headers, signatures, sizes, checksums, bytes before and behind."""

from __future__ import annotations

from collections.abc import Iterator

from ...edits import Asked, Edit, Step
from ...findings import Finding, Where
from ...fit.checksum import crc16
from ...fit.document import FitDocument, Segment
from ...fit.scan import scan_fit

__all__ = ["close_again", "damaged", "drop_ends", "drop_segments", "restore_signature", "right_protocol"]


def damaged(document: FitDocument) -> set[int]:
    """The segments whose structure has gaps. They are closed only after the gaps are gone: a right checksum over
    unreadable bytes would say that they are whole."""
    kinds = ("unreadable-span", "truncated", "flipped-bit")
    return {int(f.evidence.get("segment", 0)) for f in document.faults if f.kind in kinds}


def _segment(document: FitDocument, finding: Finding) -> Segment | None:
    index = finding.where.segment or 0
    return document.segments[index] if index < len(document.segments) else None


def restore_signature(document: FitDocument, asked: Asked) -> Iterator[Step]:
    """Write ``.FIT`` back into a header whose four letters are damaged; the rest of it must hold together."""
    for finding in asked.findings:
        if finding.where.offset != 0 or finding.evidence.get("looks") != "damaged" or not document.segments:
            continue
        found = document.data[8:12].hex(" ")
        yield Step(
            action="changed",
            says=f"the signature {found} in the header becomes 2e 46 49 54 (.FIT)",
            edits=(Edit(8, 4, b".FIT"),),
            where=finding.where,
        )


def drop_ends(_document: FitDocument, asked: Asked) -> Iterator[Step]:
    """Take out the bytes that stand before the first header, between segments or behind the last one."""
    for finding in asked.findings:
        offset, size = finding.where.offset or 0, finding.where.size or 0
        place = "before the header" if finding.name == "preamble" else "behind the checksum"
        yield Step(
            action="dropped",
            says=f"{size} bytes {place} are no part of the file",
            edits=(Edit(offset, size, b""),),
            where=finding.where,
        )


def close_again(document: FitDocument, asked: Asked) -> Iterator[Step]:
    """Write header size, data size and checksums that are wrong. Structure that is damaged is mended first, or not
    at all."""
    left = damaged(document)
    for finding in asked.findings:
        segment = _segment(document, finding)
        if segment is None or segment.index in left:
            continue
        yield Step(action="changed", says=_why(finding, segment), where=finding.where, segments=(segment.index,))


def _why(finding: Finding, segment: Segment) -> str:
    seen = finding.evidence
    if finding.name == "header-size":
        return f"the header's size {seen['found']} becomes {12 if seen['used'] == 12 else 14}"
    if finding.name == "header-crc":
        return f"the checksum of the header, {seen['found']}, becomes {seen['expected']}"
    if finding.name == "file-crc":
        return f"the checksum {seen['found']} is written again for the bytes as they are"
    if finding.name == "file-crc-missing":
        return "the missing checksum is added"
    return f"the data size {segment.declared} becomes {segment.data_end - segment.data_start}"


def right_protocol(document: FitDocument, asked: Asked) -> Iterator[Step]:
    """State protocol 2.0 where developer or 64-bit fields are used, else 1.0."""
    left = damaged(document)
    for finding in asked.findings:
        segment = _segment(document, finding)
        if segment is None or segment.index in left:
            continue
        layouts = [d.layout for d in document.definitions if d.segment == segment.index]
        new = any(lay.developer or any(s.base & 0x1F >= 14 for s in lay.fields) for lay in layouts)
        version = 0x20 if new else 0x10
        yield Step(
            action="changed",
            says=f"protocol version {segment.protocol >> 4}.{segment.protocol & 15} becomes {version >> 4}.0",
            edits=(Edit(segment.offset + 1, 1, bytes((version,))),),
            where=finding.where,
        )


def drop_segments(document: FitDocument, asked: Asked) -> Iterator[Step]:
    """A later segment that cannot be read: its signature is restored where its checksum then proves it whole, else it
    is dropped. So is one without messages behind others."""
    for finding in asked.findings:
        offset = finding.where.offset or 0
        size = finding.where.size or len(document.data) - offset
        if offset == 0:
            continue
        if finding.name == "later-segment-bad" and _whole(document.data, offset):
            yield Step(
                action="changed",
                says="the signature of a later header becomes 2e 46 49 54 (.FIT); its checksum then proves it whole",
                edits=(Edit(offset + 8, 4, b".FIT"),),
                where=finding.where,
            )
        elif asked.unsafe:
            what = "has no messages" if finding.name == "empty-segment" else "cannot be read"
            yield Step(
                action="dropped",
                says=f"a further segment of {size} bytes {what}",
                edits=(Edit(offset, size, b""),),
                safe=False,
                where=Where(offset=offset, size=size, segment=finding.where.segment),
            )


def _whole(data: bytes, offset: int) -> bool:
    """Whether the segment at ``offset`` reads without a fault once its signature is there."""
    piece = data[offset : offset + 8] + b".FIT" + data[offset + 12 :]
    scanned = scan_fit(piece)
    ends = [segment.end for segment in scanned.segments]
    return bool(ends) and ends[-1] == len(piece) and not scanned.faults and crc16(piece[: ends[0]]) == 0
