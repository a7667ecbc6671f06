"""Repairs of definitions: bytes that say nothing about the values but stop readers. No value is changed."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace

import numpy as np

from ...edits import Asked, Edit, Step, narrowed
from ...fit.document import Definition, FieldSpec, FitDocument, Layout
from ...fit.profile import BASE_BYTES, BASE_TYPES, field_fact
from ...words import counted
from .container import damaged

__all__ = [
    "clear_reserved",
    "drop_zero_sizes",
    "flag_byte_order",
    "redeclare_sizes",
    "redeclare_types",
    "right_architecture",
    "right_time_number",
    "write_definition",
]

#: Numbers of the integer types by kind and size.
_SHORTER = {("u", 1): 2, ("u", 2): 4, ("u", 4): 6, ("i", 1): 1, ("i", 2): 3, ("i", 4): 5}


def write_definition(layout: Layout) -> bytes:
    """The bytes of a definition that says what ``layout`` says; its architecture must be 0 or 1. Developer fields are
    written where the header announces them."""
    order = "big" if layout.architecture == 1 else "little"
    # `order` is one of the two words that to_bytes takes; to the checker it is any text.
    out = bytes((layout.header, layout.reserved, layout.architecture)) + layout.global_.to_bytes(2, order)  # type: ignore[arg-type]
    out += bytes((len(layout.fields),)) + b"".join(bytes((s.number, s.size, s.base)) for s in layout.fields)
    if layout.header & 0x20:
        out += bytes((len(layout.developer),))
        out += b"".join(bytes((s.number, s.size, s.developer)) for s in layout.developer)
    return out


def _rewritten(
    document: FitDocument, change: Callable[[Layout], Layout], says: Callable[[Layout, Layout], str]
) -> Iterator[Step]:
    """One step for all definitions that change in the same way."""
    left = damaged(document)
    same: dict[str, list[tuple[Definition, Edit]]] = {}
    for definition in document.definitions:
        old = definition.layout
        if definition.segment in left or old.architecture > 1:
            continue
        new = change(old)
        data = write_definition(new)
        if data != document.data[definition.offset : definition.offset + old.length]:
            same.setdefault(says(old, new), []).append((definition, Edit(definition.offset, old.length, data)))
    for text, changed in same.items():
        first = changed[0][0]
        edits = [part for _, edit in changed for part in narrowed(document.data, edit)]
        of = f" ({len(changed)} definitions)" if len(changed) > 1 else ""
        says_all = f"definition of {first.name}: {text}{of}"
        yield Step(action="changed", says=says_all, edits=tuple(edits), where=first.where())


def _names(layout: Layout, chosen: Callable[[FieldSpec], bool]) -> str:
    return ", ".join(field_fact(layout.global_, s.number).name for s in layout.fields if chosen(s))


def right_architecture(document: FitDocument, _asked: Asked) -> Iterator[Step]:
    """Write 0 or 1 as the architecture, whichever makes the message a known one."""
    left = damaged(document)
    wrong = [d for d in document.definitions if d.layout.architecture > 1 and d.segment not in left]
    for big in (False, True):
        mine = [d for d in wrong if _reads_big(document, d) == big]
        if mine:
            found = ", ".join(sorted({str(d.layout.architecture) for d in mine}))
            yield Step(
                action="changed",
                says=f"architecture {found} becomes {int(big)} in {counted(len(mine), 'definition')}",
                edits=tuple(Edit(d.offset + 2, 1, bytes((big,))) for d in mine),
                where=mine[0].where(),
            )


def _reads_big(document: FitDocument, definition: Definition) -> bool:
    stood = document.data[definition.offset + 3 : definition.offset + 5]
    return int.from_bytes(stood, "little") != definition.layout.global_ or definition.layout.big_endian


def clear_reserved(document: FitDocument, _asked: Asked) -> Iterator[Step]:
    """Clear the reserved bits of definitions, base types and data message headers."""

    def change(lay: Layout) -> Layout:
        fields = tuple(s._replace(base=s.base & 0x9F) for s in lay.fields)
        return replace(lay, header=lay.header & 0xEF, reserved=0, fields=fields)

    yield from _rewritten(document, change, lambda *_: "its reserved bits become 0")
    yield from _clear_headers(document)


def _clear_headers(document: FitDocument) -> Iterator[Step]:
    left = damaged(document)
    octets = np.frombuffer(document.data, np.uint8)
    for group in document.messages:
        if group.definition.segment in left:
            continue
        headers = octets[group.offsets]
        odd = group.offsets[((headers & 0xC0) == 0) & ((headers & 0x30) != 0)]
        if len(odd):
            yield Step(
                action="changed",
                says=f"the reserved bits in the headers of {len(odd)} messages become 0",
                edits=tuple(Edit(int(at), 1, bytes((document.data[int(at)] & 0x0F,))) for at in odd),
                where=replace(group.definition.where(), offset=int(odd[0]), size=1, message=None, count=len(odd)),
            )


def flag_byte_order(document: FitDocument, _asked: Asked) -> Iterator[Step]:
    """Set bit 7 of base types of more than one byte, clear it in the others."""

    def change(lay: Layout) -> Layout:
        fields = [s._replace(base=BASE_BYTES[s.base & 0x1F]) if s.base & 0x1F in BASE_BYTES else s for s in lay.fields]
        return replace(lay, fields=tuple(fields))

    yield from _rewritten(
        document,
        change,
        lambda old, _: (
            "the base type of "
            + _names(old, lambda s: s.base & 0x1F in BASE_BYTES and s.base != BASE_BYTES[s.base & 0x1F])
            + " gets its byte-order bit right"
        ),
    )


def right_time_number(document: FitDocument, asked: Asked) -> Iterator[Step]:
    """Give the time the number 253 in definitions that carry a four-byte date as field 254 and have no 253."""
    if not asked.unsafe:
        return

    def change(lay: Layout) -> Layout:
        numbers = [s.number for s in lay.fields]
        if 253 in numbers or not any(s.number == 254 and s.size == 4 for s in lay.fields):
            return lay
        fields = [s._replace(number=253, base=0x86) if s.number == 254 and s.size == 4 else s for s in lay.fields]
        return replace(lay, fields=tuple(fields))

    for step in _rewritten(document, change, lambda *_: "field 254, which holds the time, becomes 253"):
        yield replace(step, safe=False, retimed=True)


def _wrong_size(spec: FieldSpec) -> bool:
    return spec.type is not None and spec.size % spec.type.size > 0


def redeclare_sizes(document: FitDocument, _asked: Asked) -> Iterator[Step]:
    """Declare fields by the type that has their size, or as bytes; what COROS writes as a uint32 of one byte reads
    the same as a uint8 (fitdecode#13)."""

    def change(lay: Layout) -> Layout:
        fields = []
        for spec in lay.fields:
            if _wrong_size(spec):
                code = BASE_TYPES[spec.base & 0x1F].code[0]
                zero = BASE_TYPES[spec.base & 0x1F].none == 0
                number = {1: 10, 2: 11}.get(spec.size, 13) if zero else _SHORTER.get((code, spec.size), 13)
                fields.append(spec._replace(base=BASE_BYTES[number]))
            else:
                fields.append(spec)
        return replace(lay, fields=tuple(fields))

    yield from _rewritten(document, change, _redeclared)


def _redeclared(old: Layout, new: Layout) -> str:
    parts = []
    for before, after in zip(old.fields, new.fields, strict=True):
        if before != after:
            name = field_fact(old.global_, before.number).name
            types = [BASE_TYPES[s.base & 0x1F].name if s.base & 0x1F in BASE_TYPES else "?" for s in (before, after)]
            parts.append(f"{name} of {before.size} bytes becomes {types[1]} in place of {types[0]}")
    return ", ".join(parts)


def redeclare_types(document: FitDocument, _asked: Asked) -> Iterator[Step]:
    """Declare fields whose base type does not exist as bytes: nothing can read them otherwise."""

    def change(lay: Layout) -> Layout:
        fields = tuple(s if s.base & 0x1F in BASE_TYPES else s._replace(base=13) for s in lay.fields)
        return replace(lay, fields=fields)

    yield from _rewritten(
        document, change, lambda old, _: _names(old, lambda s: s.base & 0x1F not in BASE_TYPES) + " is declared as byte"
    )


def drop_zero_sizes(document: FitDocument, _asked: Asked) -> Iterator[Step]:
    """Leave fields of size 0 out of the definition; their messages do not change."""

    def change(lay: Layout) -> Layout:
        fields = tuple(s for s in lay.fields if s.size)
        developer = tuple(s for s in lay.developer if s.size)
        header = lay.header if developer or not lay.developer else lay.header & 0xDF
        return replace(lay, header=header, fields=fields, developer=developer)

    def says(old: Layout, new: Layout) -> str:
        count = len(old.fields) + len(old.developer) - len(new.fields) - len(new.developer)
        return f"{counted(count, 'field')} of size 0 left out"

    yield from _rewritten(document, change, says)
