"""Any data messages one by one, with every field's name, value, unit and raw number: for looking at a file, not for
speed."""

from __future__ import annotations

import struct
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np

from ..findings import Where
from .columns import Description, compressed_times, descriptions_in_order, text_of
from .components import Counters, Part, short_times, unpack
from .document import Definition, DeveloperSpec, FitDocument, Messages
from .profile import FIT_EPOCH, BaseType, FieldFact, field_fact, product_name, word

__all__ = ["Message", "Value", "decoded", "messages"]


class Value(NamedTuple):
    """One field of one message. ``value`` is what it means (number, word, UTC seconds, text, tuple) or ``None``;
    ``raw`` what stands there."""

    number: int
    name: str
    value: Any
    units: str | None
    raw: Any
    developer: int | None = None


@dataclass(frozen=True, slots=True)
class Message:
    """One data message with its fields in the order of its definition; ``parts`` are what stands packed in them."""

    name: str
    global_: int
    fields: tuple[Value, ...]
    where: Where
    parts: tuple[Part, ...] = ()

    def get(self, name: str) -> Any:
        """The value of the field with this name, or else of the first part; ``None`` where it is missing or has
        none."""
        own = next((each.value for each in self.fields if each.name == name), None)
        return next((each.value for each in self.parts if each.name == name), None) if own is None else own


def messages(document: FitDocument, only: Collection[int] | None = None) -> Iterator[Message]:
    """Every data message in the order of the file, or only those with these global numbers. For looking at, not for
    speed."""
    return decoded(document, [g for g in document.messages if only is None or g.definition.layout.global_ in only])


def decoded(document: FitDocument, groups: Sequence[Messages]) -> Iterator[Message]:
    """The data messages of ``groups``, which are some of the document's, in the order of the file."""
    if not groups:
        return
    offsets = np.concatenate([group.offsets for group in groups])
    numbers = np.concatenate([group.numbers for group in groups])
    owners = np.repeat(np.arange(len(groups)), [len(group) for group in groups])
    known = _Described(document)
    (late, moments), short = compressed_times(document), short_times(document)
    counters: dict[int, Counters] = {}
    for i in np.argsort(offsets, kind="stable"):
        definition = groups[int(owners[i])].definition
        offset = int(offsets[i])
        values = _values(document.data, definition, offset, known)
        time = next((v.value for v in values if v.number == 253 and isinstance(v.value, float)), None)
        if time is None and document.as_read[offset] >= 0x80:
            at = int(np.searchsorted(late, offset))
            if at < len(late) and late[at] == offset and not np.isnan(moments[at]):
                time = float(moments[at])
                values = (Value(253, "timestamp", time, "s", None), *values)
        if time is None and offset in short:
            time = short[offset]
            values = (Value(253, "timestamp", time, "s", None), *values)
        yield Message(
            definition.name,
            definition.layout.global_,
            values,
            parts=_parts(definition, values, counters.setdefault(definition.segment, Counters())),
            where=Where(
                offset=offset,
                size=definition.layout.stride,
                segment=definition.segment,
                message=int(numbers[i]),
                local=definition.local,
                message_name=definition.name,
                time=time,
            ),
        )


class _Described:
    """What developer fields mean at one place in the file: the last description before it holds, so that a key that is
    described anew keeps its meaning up to there."""

    def __init__(self, document: FitDocument) -> None:
        self._known: dict[tuple[int, int, int], list[Description]] = {}
        for segment, each in descriptions_in_order(document):
            self._known.setdefault((segment, each.developer, each.number), []).append(each)

    def at(self, segment: int, spec: DeveloperSpec, offset: int) -> Description | None:
        """The description that holds for a message at ``offset``, ``None`` where there is none before it."""
        known = self._known.get((segment, spec.developer, spec.number), ())
        return next((each for each in reversed(known) if each.where < offset), None)


def _parts(definition: Definition, values: tuple[Value, ...], counters: Counters) -> tuple[Part, ...]:
    layout = definition.layout
    native = values[len(values) - len(layout.fields) - len(layout.developer) :]
    fields = [
        (spec.number, value.raw, spec.size, spec.type) for spec, value in zip(layout.fields, native, strict=False)
    ]
    return unpack(layout.global_, fields, counters)


def _values(data: bytes, definition: Definition, offset: int, known: _Described) -> tuple[Value, ...]:
    layout = definition.layout
    order = ">" if layout.big_endian else "<"
    out, raws = [], {}
    for spec in layout.fields:
        piece = data[offset + spec.at : offset + spec.at + spec.size]
        raw = _raw(piece, spec.type, order)
        raws[spec.number] = raw
        fact = field_fact(layout.global_, spec.number)
        out.append(Value(spec.number, fact.name, _meaning(raw, fact), fact.units, raw))
    for i, value in enumerate(out):
        if value.name in ("product", "garmin_product") and isinstance(value.raw, int):
            maker = raws.get({0: 1, 23: 2}.get(layout.global_, -1))
            name = product_name(maker if isinstance(maker, int) else None, value.raw)
            out[i] = value._replace(value=name or value.raw)
    out += [
        _developer_value(data, offset, each, known.at(definition.segment, each, offset), order)
        for each in layout.developer
    ]
    return tuple(out)


def _developer_value(data: bytes, offset: int, spec: DeveloperSpec, known: Description | None, order: str) -> Value:
    piece = data[offset + spec.at : offset + spec.at + spec.size]
    if known is None:
        return Value(spec.number, f"developer field {spec.number}", None, None, piece.hex(" "), spec.developer)
    raw = _raw(piece, known.type, order)
    fact = FieldFact(spec.number, known.name or f"developer field {spec.number}", "", known.scale, known.offset)
    return Value(spec.number, fact.name, _meaning(raw, fact), known.units or None, raw, spec.developer)


def _raw(piece: bytes, base: BaseType | None, order: str) -> Any:
    """A number, a tuple of numbers (``None`` for each without value), text, bytes as hex, or ``None`` where nothing
    is set."""
    if base is None or not piece:
        return piece.hex(" ") or None
    if base.name == "string":
        return text_of(piece)
    if base.name == "byte":
        return None if not piece.strip(b"\xff") else (piece[0] if len(piece) == 1 else tuple(piece))
    if len(piece) < base.size and base.code[0] != "f":
        value = int.from_bytes(piece, "big" if order == ">" else "little")
        top = (1 << 8 * len(piece)) - 1
        return None if value == (0 if base.none == 0 else top >> (base.code[0] == "i")) else value
    if len(piece) % base.size:
        return piece.hex(" ")
    code = {
        "u1": "B",
        "i1": "b",
        "u2": "H",
        "i2": "h",
        "u4": "I",
        "i4": "i",
        "u8": "Q",
        "i8": "q",
        "f4": "f",
        "f8": "d",
    }[base.code]
    count = len(piece) // base.size
    bits = struct.unpack(f"{order}{count}{ {1: 'B', 2: 'H', 4: 'I', 8: 'Q'}[base.size] }", piece)
    values = struct.unpack(f"{order}{count}{code}", piece)
    out = tuple(None if bit == base.none else value for bit, value in zip(bits, values, strict=True))
    if all(value is None for value in out):
        return None
    return out[0] if count == 1 else out


def _meaning(raw: Any, fact: FieldFact) -> Any:
    if isinstance(raw, tuple):
        return tuple(_meaning(each, fact) for each in raw)
    if raw is None or isinstance(raw, str):
        return raw
    if fact.type in ("date_time", "local_date_time"):
        return float(raw) + FIT_EPOCH
    if fact.scale != 1 or fact.offset:
        return raw / fact.scale - fact.offset
    return word(fact.type, raw) or raw if isinstance(raw, int) else raw
