"""Repair of damaged structure: bits that were flipped, spans that cannot be read, a tail that was cut.

The damage of a segment is mended at once or not at all. What is in between could not be closed with a right checksum,
and a reader that follows the checksum would take what is left of the damage for the writer's own words.
"""

from __future__ import annotations

from collections.abc import Iterator

from ...edits import Asked, Edit, Step
from ...findings import Finding
from ...fit.checksum import crc16
from ...fit.document import FitDocument, Segment
from ...words import counted

__all__ = ["mend_damage"]


def mend_damage(document: FitDocument, asked: Asked) -> Iterator[Step]:
    """Write flipped bits as they are read already, take out unreadable spans and the message that the end cuts.

    Flipped bits alone are safe where the file's checksum agrees with them, which proves them.
    """
    for segment in document.segments:
        mine = [f for f in asked.findings if (f.where.segment or 0) == segment.index]
        if not mine:
            continue
        bits = [f for f in mine if f.name == "flipped-bit"]
        proved = len(bits) == len(mine) and _proved(document, segment)
        if not proved and not asked.unsafe:
            continue
        tail = [f for f in mine if f.name == "truncated"]
        spans = [f for f in mine if f not in bits and f not in tail]
        dropped = [_extent(finding) for finding in spans]
        for finding in bits:
            if not any(start <= (finding.where.offset or 0) < end for start, end in dropped):
                yield _bit(document, finding, proved)
        yield from (_span(document, finding) for finding in spans)
        if tail:
            yield _tail(segment, tail[0])


def _proved(document: FitDocument, segment: Segment) -> bool:
    return segment.file_crc == crc16(document.as_read[segment.offset : segment.data_end])


def _bit(document: FitDocument, finding: Finding, proved: bool) -> Step:
    offset = finding.where.offset or 0
    old, new = document.data[offset], document.as_read[offset]
    by = " (the checksum proves it)" if proved else ""
    return Step(
        action="changed",
        says=f"a flipped bit: byte 0x{old:02x} becomes 0x{new:02x}{by}",
        edits=(Edit(offset, 1, bytes((new,))),),
        safe=proved,
        where=finding.where,
    )


def _span(document: FitDocument, finding: Finding) -> Step:
    """Drop a span; definitions that hold again behind it, though those that said so were lost in it, are written
    there."""
    start, end = _extent(finding)
    again = set(finding.evidence.get("again") or ())
    bound = [d for d in document.definitions if d.offset in again]
    new = b"".join(document.data[d.offset : d.offset + d.layout.length] for d in bound)
    also = f"; {counted(len(bound), 'definition')} written again" if bound else ""
    lost = finding.evidence.get("messages")
    about = f", about {counted(lost, 'message')}" if lost else ""
    return Step(
        action="dropped",
        says=f"{end - start} bytes that cannot be read{about}{also}",
        edits=(Edit(start, end - start, new),),
        safe=False,
        where=finding.where,
    )


def _extent(finding: Finding) -> tuple[int, int]:
    """The bytes that are lost; the place of a finding about a local type is its message, which may lie further on."""
    end = (finding.where.offset or 0) + (finding.where.size or 0)
    return end - int(finding.evidence.get("bytes") or finding.where.size or 0), end


def _tail(segment: Segment, finding: Finding) -> Step:
    cut = max(segment.end - segment.data_end, 0)  # a next header may stand inside this one's
    whole = segment.data_end > segment.data_start
    if not whole and segment.index:
        return Step(
            action="dropped",
            says=f"a further segment of {segment.end - segment.offset} bytes holds no whole message",
            edits=(Edit(segment.offset, segment.end - segment.offset, b""),),
            safe=False,
            where=finding.where,
        )
    return Step(
        action="dropped",
        says=f"{cut} bytes of a message that the end of the file cuts",
        edits=(Edit(segment.data_end, cut, b""),) if cut else (),
        safe=False,
        where=finding.where,
        segments=(segment.index,),
    )
