"""Faults of gaps, flipped bits and definitions, told with all that is known about their place."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import groupby
from typing import Any

import numpy as np

from ..source import Fault
from .document import Definition, Messages, Segment
from .frames import Frames, Gap
from .profile import field_fact
from .resync import local_type

__all__ = ["definition_faults", "flip_faults", "gap_faults"]

_LONG = 48  # bytes of a gap that is told of by their value


def _bound(definitions: Sequence[Definition], segment: int, offset: int, local: int) -> Definition | None:
    """The definition that binds ``local`` just before ``offset``."""
    found = None
    for each in definitions:
        if each.offset >= offset:
            break
        if each.segment == segment and each.local == local:
            found = each
    return found


def gap_faults(
    data: bytes, segment: Segment, walk: Frames, definitions: Sequence[Definition], first: int
) -> Iterator[Fault]:
    """A fault for each gap: ``truncated`` at the end of the file, ``undefined-local`` where the checksum proves that
    the writer wrote it so, else ``unreadable-span``. ``first`` is the index of the segment's first message."""
    written_so = segment.file_crc is not None and segment.file_crc == segment.file_crc_computed
    strides = np.diff(walk.offsets)
    typical = float(np.median(strides[strides < 512])) if (strides < 512).any() else 32.0
    frames = np.sort(np.concatenate((walk.offsets, np.array([offset for offset, _ in walk.stated()[0]], np.int64))))
    for gap in walk.gaps:
        place: dict[str, Any] = {"segment": segment.index, "message": first + int(np.searchsorted(frames, gap.start))}
        if gap is walk.gaps[-1] and segment.data_end < walk.stopped:
            yield _truncated(data, segment, gap, place, definitions)
            continue
        local = local_type(gap.header)
        place["again"] = list(gap.again)
        if gap.cause == "undefined-local" and written_so:
            at = gap.at if gap.at < gap.end else gap.start
            yield Fault(
                "undefined-local",
                at,
                gap.end - at,
                place | {"local": local, "header": f"0x{gap.header:02x}", "bytes": gap.end - gap.start},
            )
            continue
        yield Fault(
            "unreadable-span",
            gap.start,
            gap.end - gap.start,
            place
            | {
                "bytes": gap.end - gap.start,
                "messages": max(1, round((gap.end - gap.start) / typical)),
                "cause": gap.cause,
                "next": gap.end,
                "last_readable": gap.before,
                "to_end": gap.end >= walk.limit,
                "fill": _fill(data[gap.start : gap.end]),
            },
        )


def _fill(piece: bytes) -> str | None:
    """The value that most bytes of a longer gap have."""
    middle = piece[len(piece) // 2 : len(piece) // 2 + 1]
    return f"0x{middle.hex()}" if len(piece) >= _LONG and 4 * piece.count(middle) >= 3 * len(piece) else None


def _truncated(
    data: bytes, segment: Segment, gap: Gap, place: dict[str, Any], definitions: Sequence[Definition]
) -> Fault:
    """The file ends inside the message that starts the gap."""
    have = len(data) - gap.at
    definition = _bound(definitions, segment.index, gap.at, local_type(gap.header))
    evidence = place | {
        "declared": segment.declared,
        "found": gap.at - segment.data_start,
        "have": have,
        "missing": None,
        "message_name": None,
    }
    if gap.cause == "overrun" and definition is not None:
        layout = definition.layout
        evidence |= {"local": definition.local, "message_name": definition.name, "missing": layout.stride - have}
        cut = next((spec for spec in layout.fields if spec.at + spec.size > have), None)
        if cut is not None:
            evidence["field"] = field_fact(layout.global_, cut.number).name
    return Fault("truncated", gap.start, len(data) - gap.start, evidence)


def flip_faults(data: bytes, segment: Segment, walk: Frames, definitions: Sequence[Definition]) -> Iterator[Fault]:
    """A ``flipped-bit`` for each bit that is read the other way round."""
    for flip in walk.flips:
        inside = next((d for d in definitions if d.offset <= flip.offset < d.offset + d.layout.length), None)
        evidence: dict[str, Any] = {
            "segment": segment.index,
            "found": f"0x{data[flip.offset]:02x}",
            "read_as": f"0x{walk.data[flip.offset]:02x}",
            "bit": flip.bit,
            "part": "message header",
            "message_name": None,
        }
        if inside is not None:
            evidence |= {"part": "definition", **inside.evidence}
        else:
            local = local_type(walk.data[flip.offset])
            definition = _bound(definitions, segment.index, flip.offset, local)
            evidence |= {"local": local, "message_name": definition.name if definition else None}
        yield Fault("flipped-bit", flip.offset, 1, evidence)


def definition_faults(data: bytes, definitions: Sequence[Definition], messages: Sequence[Messages]) -> Iterator[Fault]:
    """What the definitions say that the protocol does not allow; the same words again are counted, not repeated."""
    first: dict[tuple[Any, ...], tuple[Fault, int]] = {}
    seen: dict[int, list[Fault]] = {}
    for definition in definitions:
        known = seen.get(id(definition.layout))
        faults = known if known is not None else list(_layout_faults(definition))
        seen[id(definition.layout)] = faults
        for fault in faults:
            key = (fault.kind, definition.layout.global_, fault.evidence.get("field"), fault.evidence.get("part"))
            old = first.get(key)
            first[key] = (fault, 1) if old is None else (old[0], old[1] + 1)
    for fault, count in first.values():
        yield Fault(fault.kind, fault.offset, fault.size, {**fault.evidence, "definitions": count})
    yield from _header_bits(data, messages)
    yield from _without_reference(data, messages)


def _layout_faults(definition: Definition) -> Iterator[Fault]:
    layout = definition.layout
    if layout.sane and layout.stride <= 256:
        if any(spec.number == 253 and (spec.size != 4 or spec.base & 0x1F != 6) for spec in layout.fields):
            yield from _field_faults(definition)
        return
    at = definition.offset
    place = definition.evidence
    if layout.header & 0x10:
        yield Fault("reserved-bits", at, 1, {**place, "part": "header bit 4", "found": f"0x{layout.header:02x}"})
    if layout.reserved:
        yield Fault("reserved-bits", at + 1, 1, {**place, "part": "reserved byte", "found": f"0x{layout.reserved:02x}"})
    if layout.architecture > 1:
        order = "big-endian" if layout.big_endian else "little-endian"
        yield Fault("architecture", at + 2, 1, {**place, "found": layout.architecture, "read_as": order})
    if not layout.fields:
        yield Fault("zero-fields", at + 5, 1, place)
    if layout.stride > 256:
        yield Fault("oversize-message", at, layout.length, {**place, "bytes": layout.stride - 1})
    yield from _field_faults(definition)


def _field_faults(definition: Definition) -> Iterator[Fault]:
    layout, numbers = definition.layout, set()
    for i, spec in enumerate(layout.fields):
        at = definition.offset + 6 + 3 * i
        place = {**definition.evidence, "field": field_fact(layout.global_, spec.number).name}
        base = spec.type
        if spec.number in numbers:
            yield Fault("duplicate-field", at, 3, {**place, "number": spec.number})
        numbers.add(spec.number)
        if base is None:
            yield Fault("base-type", at + 2, 1, {**place, "found": f"0x{spec.base:02x}", "size": spec.size})
            continue
        if spec.number == 253 and (spec.size != 4 or base.name != "uint32"):
            yield Fault("timestamp-type", at, 3, {**place, "found": base.name, "bytes": spec.size})
        if spec.base & 0x60:
            yield Fault(
                "reserved-bits", at + 2, 1, {**place, "part": "base type bits 5-6", "found": f"0x{spec.base:02x}"}
            )
        elif (spec.base >= 0x80) != (base.size > 1):
            wanted = spec.base ^ 0x80
            yield Fault(
                "endian-bit",
                at + 2,
                1,
                {**place, "found": f"0x{spec.base:02x}", "expected": f"0x{wanted:02x}", "type": base.name},
            )
        if spec.size == 0:
            yield Fault("zero-size-field", at + 1, 1, {**place, "type": base.name})
        elif spec.size % base.size:
            yield Fault(
                "size-not-multiple",
                at + 1,
                1,
                {**place, "bytes": spec.size, "type": base.name, "type_bytes": base.size},
            )
    for i, each in enumerate(layout.developer):
        if each.size == 0:
            at = definition.offset + 7 + 3 * len(layout.fields) + 3 * i
            yield Fault(
                "zero-size-field",
                at + 1,
                1,
                {**definition.evidence, "field": f"developer field {each.number}", "type": "developer"},
            )


def _header_bits(data: bytes, messages: Sequence[Messages]) -> Iterator[Fault]:
    """Data messages whose header has reserved bits set: one fault for all of a definition."""
    octets = np.frombuffer(data, np.uint8)
    for group in messages:
        headers = octets[group.offsets]
        odd = np.flatnonzero(((headers & 0x80) == 0) & ((headers & 0x30) != 0) & ((headers & 0x40) == 0))
        if len(odd):
            i = int(odd[0])
            place = group.definition.evidence | {"message": int(group.numbers[i]), "count": len(odd)}
            yield Fault(
                "reserved-bits",
                int(group.offsets[i]),
                1,
                {**place, "part": "data header", "found": f"0x{int(headers[i]):02x}", "definitions": 0},
            )


def _without_reference(data: bytes, messages: Sequence[Messages]) -> Iterator[Fault]:
    """Compressed timestamps before the first full one of their segment."""
    octets = np.frombuffer(data, np.uint8)
    for _, grouped in groupby(messages, key=lambda group: group.definition.segment):
        mine = list(grouped)
        compressed = [
            (group, group.offsets[(octets[group.offsets] & 0x80) != 0])
            for group in mine
            if group.definition.layout.time_at < 0 and group.definition.local < 4
        ]
        compressed = [(group, offsets) for group, offsets in compressed if len(offsets)]
        if not compressed:
            continue
        reference = min(
            (int(group.offsets[0]) for group in mine if group.definition.layout.time_at >= 0), default=len(data)
        )
        early = sum(int((offsets < reference).sum()) for _, offsets in compressed)
        if early:
            group, offsets = min(compressed, key=lambda each: int(each[1][0]))
            number = int(group.numbers[np.searchsorted(group.offsets, offsets[0])])
            yield Fault(
                "compressed-no-reference",
                int(offsets[0]),
                1,
                {**group.definition.evidence, "message": number, "count": early},
            )
