"""All messages of one kind as columns, read where they stand, field by field, without an object for a message.

Raw numbers are compared with the invalid value of their type exactly; scale and offset are applied only where
physical values are asked for.
"""

from __future__ import annotations

import math
from collections.abc import Collection
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from ..findings import Where
from .document import Definition, FitDocument, Messages
from .fields import KEPT_ROWS, Rows, Table, scaled, tables, whole
from .profile import BASE_TYPES, FIT_EPOCH, BaseType, FieldFact, field_fact, message_number

__all__ = [
    "Description",
    "MessageColumns",
    "compressed_times",
    "descriptions",
    "descriptions_in_order",
    "message_columns",
    "text_of",
]

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]
Mask = npt.NDArray[np.bool_]


#: Stands for all fields that no message carries.
_NO_FIELD = -1


@dataclass(slots=True, eq=False)
class MessageColumns:
    """All messages of one global number in the order of the file, read as columns of that length.

    What `integers`, `floats`, `times` and `segments` give is shared with others who ask, and cannot be written to.
    """

    document: FitDocument
    global_: int
    table: Table

    @property
    def groups(self) -> tuple[Messages, ...]:
        """The messages of each definition."""
        return self.table.groups

    @property
    def offsets(self) -> Ints:
        """Where each message stands, ascending."""
        return self.table.offsets

    def __len__(self) -> int:
        """How many messages there are."""
        return len(self.table.offsets)

    def fact(self, number: int) -> FieldFact:
        """What the profile says about a field."""
        return field_fact(self.global_, number)

    @property
    def numbers(self) -> Collection[int]:
        """The numbers of all fields that some definition carries."""
        return set(self.table.numbers)

    def has(self, number: int) -> bool:
        """Whether some definition carries the field."""
        return number in self.table.numbers

    def integers(self, number: int) -> tuple[Ints, Mask]:
        """Raw values as int64 and which of them are values. Floats are cut, 64-bit values beyond int64 wrap."""
        kept = self.table.integers.get(number)
        if kept is None:
            kept = self._integers(number)
            for column in kept:
                column.flags.writeable = False
            if len(self) <= KEPT_ROWS:
                self.table.integers[number] = kept
        return kept

    def _integers(self, number: int) -> tuple[Ints, Mask]:
        out, valid = None, None
        for slot, rows, spec in self.table.carrying(number):
            got = whole(rows.read(spec.at, spec.size, spec.type or BASE_TYPES[13]))
            if got is not None:
                if len(got[0]) == len(self):
                    return got
                if out is None or valid is None:
                    out, valid = np.zeros(len(self), np.int64), np.zeros(len(self), bool)
                out[slot], valid[slot] = got
        if out is None or valid is None:
            return np.zeros(len(self), np.int64), np.zeros(len(self), bool)
        return out, valid

    def floats(self, number: int) -> Floats:
        """Physical values, raw / scale - offset, NaN where there is none."""
        kept = self.table.floats.get(number)
        if kept is None:
            kept = self._floats(number) if number in self.table.numbers else self._missing()
            kept.flags.writeable = False
            if len(self) <= KEPT_ROWS:
                self.table.floats[number] = kept
        return kept

    def _floats(self, number: int) -> Floats:
        fact, out = self.fact(number), None
        for slot, rows, spec in self.table.carrying(number):
            got = rows.read(spec.at, spec.size, spec.type or BASE_TYPES[13])
            if got is not None:
                column = scaled(*got, fact.scale, fact.offset)
                if len(column) == len(self):
                    return column
                out = np.full(len(self), np.nan) if out is None else out
                out[slot] = column
        return self._missing() if out is None else out

    def _missing(self) -> Floats:
        """A column without a value."""
        kept = self.table.floats.get(_NO_FIELD)
        if kept is None:
            kept = self.table.floats[_NO_FIELD] = np.full(len(self), np.nan)
        return kept

    def developer(self, key: tuple[int, int], description: Description) -> Floats:
        """Physical values of a developer field, NaN where there is none."""
        out, base = np.full(len(self), np.nan), description.type
        alike: dict[tuple[int, int, bool], list[int]] = {}
        for i, group in enumerate(self.groups):
            layout = group.definition.layout
            for spec in layout.developer:
                if (spec.developer, spec.number) == key:
                    alike.setdefault((spec.at, spec.size, layout.big_endian), []).append(i)
        for (at, size, _), mine in alike.items():
            slot, rows = self.table.together(mine)
            got = rows.read(at, size, base) if base else None
            if got is not None:
                out[slot] = scaled(*got, description.scale, description.offset)
        return out

    def octets(self, number: int, size: int) -> tuple[npt.NDArray[np.uint8], Mask]:
        """The first ``size`` bytes of a field as rows, and which messages carry that many."""
        out, there = np.zeros((len(self), size), np.uint8), np.zeros(len(self), bool)
        for slot, rows, spec in self.table.carrying(number):
            if spec.size >= size:
                for step in range(size):
                    out[slot, step] = rows.octet(spec.at + step)
                there[slot] = True
        return out, there

    def text(self, number: int, i: int) -> str | None:
        """The string in message ``i``, ``None`` where it has none."""
        spec = self.definition(i).layout.field(number)
        if spec is None:
            return None
        start = int(self.offsets[i]) + spec.at
        return text_of(self.document.data[start : start + spec.size])

    def value(self, number: int, i: int = 0) -> int | None:
        """The raw number in message ``i``, ``None`` where it has none or there is no such message."""
        if i >= len(self) or not self.has(number):
            return None
        if len(self) > KEPT_ROWS:
            values, valid = self._one(i).integers(number)
            return int(values[0]) if valid[0] else None
        values, valid = self.integers(number)
        return int(values[i]) if valid[i] else None

    def _one(self, i: int) -> MessageColumns:
        """The message in row ``i`` alone."""
        group, row = self._stands(i)
        alone = Messages(group.definition, group.offsets[row : row + 1], group.numbers[row : row + 1])
        return MessageColumns(self.document, self.global_, Table.of(self.document.data, (alone,)))

    def _stands(self, i: int) -> tuple[Messages, int]:
        """The group of message ``i``, and its row there."""
        group = self.groups[int(self.table.owners[i])]
        return group, int(np.searchsorted(group.offsets, self.offsets[i]))

    def times(self) -> Floats:
        """UNIX times, from field 253 or from compressed headers; NaN where there is none."""
        kept = self.table.times
        if kept is None:
            kept = self._times()
            kept.flags.writeable = False
            if len(self) <= KEPT_ROWS:
                self.table.times = kept
        return kept

    def _times(self) -> Floats:
        raw, valid = self.integers(253)
        times = np.where(valid, raw + float(FIT_EPOCH), np.nan)
        offsets, values = compressed_times(self.document)
        if len(offsets):
            at = np.searchsorted(offsets, self.offsets)
            found = np.flatnonzero((at < len(offsets)) & ~valid)
            found = found[offsets[at[found]] == self.offsets[found]]
            times[found] = values[at[found]]
        return times

    def segments(self) -> Ints:
        """The segment of each message."""
        kept = self.table.segments
        if kept is None:
            of = np.array([group.definition.segment for group in self.groups] or [0], np.int64)
            kept = of[self.table.owners]
            kept.flags.writeable = False
            if len(self) <= KEPT_ROWS:
                self.table.segments = kept
        return kept

    def in_segment(self, segment: int) -> Ints:
        """The rows of the messages that stand in a segment."""
        return np.flatnonzero(self.segments() == segment)

    def definition(self, i: int) -> Definition:
        """The definition that message ``i`` is read with."""
        return self.groups[int(self.table.owners[i])].definition

    def where(self, i: int, name: str | None = None, time: float | None = None) -> Where:
        """The place of message ``i``, or of its field called ``name``; ``time`` is the moment that it tells."""
        group, row = self._stands(i)
        definition = group.definition
        at, size = 0, definition.layout.stride
        if name is not None:
            for spec in definition.layout.fields:
                if field_fact(self.global_, spec.number).name == name:
                    at, size = spec.at, spec.size
        return Where(
            offset=int(self.offsets[i]) + at, size=size, segment=definition.segment, message=int(group.numbers[row]),
            local=definition.local, message_name=definition.name, field=name, time=time,
        )  # fmt: skip

    def places(self, times: Floats) -> list[Where]:
        """`where` of all messages, which tell the moments ``times``."""
        table, found = self.table, []
        numbers = np.empty(len(self), np.int64)
        for i, group in enumerate(table.groups):
            numbers[table.owners == i] = group.numbers
        definitions = [group.definition for group in table.groups]
        names = [definition.name for definition in definitions]
        columns = (table.offsets, table.owners, numbers, times)
        for offset, owner, number, time in zip(*(column.tolist() for column in columns), strict=True):
            definition = definitions[owner]
            found.append(Where(
                offset=offset, size=definition.layout.stride, segment=definition.segment, message=number,
                local=definition.local, message_name=names[owner], time=time if math.isfinite(time) else None,
            ))  # fmt: skip
        return found


def message_columns(document: FitDocument, message: str | int) -> MessageColumns:
    """All messages of one kind, by name or global number, as columns in the order of the file."""
    global_ = message_number(message) if isinstance(message, str) else message
    known = document.once(tables)
    table = known.get(global_)
    if table is None:
        table = known[global_] = Table.of(document.data, document.of(global_))
    return MessageColumns(document, global_, table)


def compressed_times(document: FitDocument) -> tuple[Ints, Floats]:
    """Offsets (ascending) and UNIX times of all messages with a compressed timestamp.

    The five bits advance the last full timestamp of any message, or the last compressed result, of the same segment:
    ``t += (bits - (t & 31)) & 31``. Before the first full timestamp the time is NaN.
    """
    return document.once(_compressed_times)


def _compressed_times(document: FitDocument) -> tuple[Ints, Floats]:
    octets = np.frombuffer(document.as_read, np.uint8)
    bits: list[tuple[Ints, Ints, Ints]] = []  # offsets, low five bits or full time, segment
    for group, chosen in document.compressed():
        if group.definition.layout.time_at < 0:
            offsets = group.offsets[chosen]
            segment = np.full(len(offsets), group.definition.segment)
            bits.append((offsets, octets[offsets].astype(np.int64) & 31, segment))
    if not bits:
        return np.zeros(0, np.int64), np.zeros(0)
    full: list[tuple[Ints, Ints, Ints]] = []
    for group in document.messages:
        layout = group.definition.layout
        if layout.time_at >= 0:
            rows = Rows(document.data, group.offsets, layout.stride, layout.big_endian)
            got = rows.column(layout.time_at, np.dtype(">u4" if layout.big_endian else "<u4")).astype(np.int64)
            good = got != 0xFFFFFFFF
            full.append((group.offsets[good], got[good], np.full(int(good.sum()), group.definition.segment)))
    parts = bits + full
    offsets, values, segments = (np.concatenate([part[i] for part in parts]) for i in range(3))
    is_full = np.arange(len(offsets)) >= sum(len(part[0]) for part in bits)
    order = np.argsort(offsets, kind="stable")
    offsets, values, segments, is_full = offsets[order], values[order], segments[order], is_full[order]
    low = values & 31
    delta = np.where(is_full, 0, (low - np.r_[0, low[:-1]]) & 31)
    total = np.cumsum(delta)
    reference = np.maximum.accumulate(np.where(is_full, np.arange(len(offsets)), -1))
    known = (reference >= 0) & (segments[np.maximum(reference, 0)] == segments)
    base = values[np.maximum(reference, 0)] - total[np.maximum(reference, 0)]
    times = np.where(known, base + total + float(FIT_EPOCH), np.nan)
    return offsets[~is_full], times[~is_full]


class Description(NamedTuple):
    """A field_description: what a developer field means. ``native_message`` and ``native_field`` name what it stands
    in for; ``base`` is the base type byte as it stands, 0xFF where there is none; ``row`` counts the descriptions of
    the file, ``where`` is the offset."""

    row: int
    developer: int
    number: int
    base: int
    name: str
    units: str
    scale: float
    offset: float
    native_message: int | None
    native_field: int | None
    where: int

    @property
    def type(self) -> BaseType | None:
        """The base type, ``None`` where there is none of that number; what is not typed is read as bytes."""
        return BASE_TYPES.get(13 if self.base == 0xFF else self.base & 0x1F)


def descriptions(document: FitDocument) -> dict[int, dict[tuple[int, int], Description]]:
    """The descriptions of developer fields by segment and (developer index, field number); the last one counts."""
    found: dict[int, dict[tuple[int, int], Description]] = {}
    for segment, each in descriptions_in_order(document):
        found.setdefault(segment, {})[each.developer, each.number] = each
    return found


def descriptions_in_order(document: FitDocument) -> list[tuple[int, Description]]:
    """All descriptions of developer fields with their segments, in the order of the file."""
    return document.once(_descriptions)


def _descriptions(document: FitDocument) -> list[tuple[int, Description]]:
    columns = message_columns(document, 206)
    found: list[tuple[int, Description]] = []
    if not len(columns):
        return found
    numbers = {n: columns.integers(n) for n in (0, 1, 2, 6, 7, 14, 15)}

    def value(n: int, i: int) -> int | None:
        values, valid = numbers[n]
        return int(values[i]) if valid[i] else None

    segments = columns.segments()
    for i in range(len(columns)):
        index, number = value(0, i), value(1, i)
        if index is None or number is None:
            continue
        base = value(2, i)
        each = Description(
            i, index, number, 0xFF if base is None else base, columns.text(3, i) or "", columns.text(8, i) or "",
            float(value(6, i) or 1), float(value(7, i) or 0), value(14, i), value(15, i), int(columns.offsets[i]),
        )  # fmt: skip
        found.append((int(segments[i]), each))
    return found


def text_of(piece: bytes) -> str | None:
    """UTF-8 up to the first NUL; bytes that are not UTF-8 become the replacement character."""
    return piece.partition(b"\0")[0].decode("utf-8", "replace") or None
