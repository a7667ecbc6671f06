"""The raw numbers of one field in many messages, read where they stand, and tables of who carries which field."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cache
from typing import Any

import numpy as np
import numpy.typing as npt

from .document import FieldSpec, FitDocument, Messages
from .profile import BaseType

__all__ = ["KEPT_ROWS", "Rows", "Table", "scaled", "tables", "whole"]

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]
Mask = npt.NDArray[np.bool_]


@cache
def _kinds(code: str, big_endian: bool) -> tuple[np.dtype[Any], np.dtype[Any]]:
    """The numpy types of a base type: as bits, and as what it is."""
    order = ">" if big_endian else "<"
    return np.dtype(f"{order}u{code[1:]}"), np.dtype(order + code)


_OCTET = np.dtype("u1")


@dataclass(slots=True, eq=False)
class Rows:
    """Messages that carry fields in the same way: their offsets, how many bytes all of them have at least, and their
    byte order.

    Messages that stand one behind the other are looked at where they are; others are copied together when they are
    first read.
    """

    data: bytes
    offsets: Ints
    width: int
    big_endian: bool
    _block: tuple[Any, int] | None = None

    def column(self, at: int, kind: np.dtype[Any]) -> npt.NDArray[Any]:
        """The values of type ``kind`` that stand ``at`` bytes into each message."""
        if self._block is None:
            self._block = self._found()
        buffer, start = self._block
        return np.ndarray((len(self.offsets),), kind, buffer, start + at, (self.width,))

    def _found(self) -> tuple[Any, int]:
        first, last = int(self.offsets[0]), int(self.offsets[-1])
        if last - first == (len(self.offsets) - 1) * self.width:
            return self.data, first
        every = np.ndarray((len(self.data) - self.width + 1,), np.dtype(f"V{self.width}"), self.data, 0, (1,))
        return every[self.offsets], 0

    def octet(self, at: int) -> npt.NDArray[np.uint8]:
        """The byte that stands ``at`` bytes into each message."""
        return self.column(at, _OCTET)

    def read(self, at: int, size: int, base: BaseType) -> tuple[npt.NDArray[Any], Mask] | None:
        """Raw numbers and which of them are values; ``None`` where the field holds no number that can be told.

        An array gives its first element. An integer shorter than its type is zero-extended, which recovers what COROS
        watches mean (fitdecode#13).
        """
        if base.name == "string" or not size:
            return None
        if size % base.size == 0:
            bits, kind = _kinds(base.code, self.big_endian)
            raw = self.column(at, bits)
            return raw if bits is kind else raw.view(kind), raw != base.none
        if size > base.size or base.code[0] == "f":
            return None
        wide = np.zeros(len(self.offsets), np.int64)
        for step in range(size):
            shift = 8 * (size - 1 - step if self.big_endian else step)
            wide |= self.octet(at + step).astype(np.int64) << shift
        top = (1 << 8 * size) - 1
        return wide, wide != (0 if base.none == 0 else top >> (base.code[0] == "i"))


#: Columns of so many messages at most are kept with the document: rules ask for the same ones again and again, and what
#: is as long as a day costs more memory than the second look costs time.
KEPT_ROWS = 1 << 14


@dataclass(slots=True, eq=False)
class Table:
    """What is known of groups of messages in the order of the file: all offsets, the group of each message, and the
    columns that were read so far.

    ``numbers`` are those of the fields that the groups carry. ``rows`` are the messages of some of the groups together,
    with their places in the table: all that carry a field in the same way are read at once.
    """

    data: bytes
    groups: tuple[Messages, ...]
    offsets: Ints
    owners: Ints
    numbers: bytes
    rows: dict[tuple[int, ...], tuple[Any, Rows]] = field(default_factory=dict)
    carriers: dict[int, list[tuple[Any, Rows, FieldSpec]]] = field(default_factory=dict)
    integers: dict[int, tuple[Ints, Mask]] = field(default_factory=dict)
    floats: dict[int, Floats] = field(default_factory=dict)
    segments: Ints | None = None
    times: Floats | None = None

    @classmethod
    def of(cls, data: bytes, groups: tuple[Messages, ...]) -> Table:
        """The table of ``groups``, whose messages may stand in any order among each other."""
        numbers = b"".join(group.definition.layout.numbers for group in groups)
        if len(groups) < 2:
            offsets = groups[0].offsets if groups else np.zeros(0, np.int64)
            return cls(data, groups, offsets, np.zeros(len(offsets), np.int64), numbers)
        offsets = np.concatenate([group.offsets for group in groups])
        owners = np.repeat(np.arange(len(groups)), list(map(len, groups)))
        order = np.argsort(offsets, kind="stable")
        return cls(data, groups, offsets[order], owners[order], numbers)

    def carrying(self, number: int) -> Sequence[tuple[Any, Rows, FieldSpec]]:
        """Where the messages that carry a field stand in the table, they themselves, and how they carry it."""
        found = self.carriers.get(number)
        if found is None and number in self.numbers:
            found = self.carriers[number] = self._carrying(number)
        return found or ()

    def _carrying(self, number: int) -> list[tuple[Any, Rows, FieldSpec]]:
        if len(self.groups) == 1:
            return [(*self.together((0,)), self.groups[0].definition.layout.fields[self.numbers.index(number)])]
        alike: dict[tuple[FieldSpec, bool], list[int]] = {}
        for i, group in enumerate(self.groups):
            layout = group.definition.layout
            spec = layout.field(number)
            if spec is not None:
                alike.setdefault((spec, layout.big_endian), []).append(i)
        return [(*self.together(mine), spec) for (spec, _), mine in alike.items()]

    def together(self, mine: Sequence[int]) -> tuple[Any, Rows]:
        """The messages of the groups with these indices and of one byte order, and where they stand in the table."""
        found = self.rows.get(key := tuple(mine))
        if found is None:
            slot: Any = slice(None)
            if len(mine) < len(self.groups):
                chosen = np.zeros(len(self.groups), bool)
                chosen[mine] = True
                slot = np.flatnonzero(chosen[self.owners])
            layouts = [self.groups[i].definition.layout for i in mine]
            rows = Rows(self.data, self.offsets[slot], min(each.stride for each in layouts), layouts[0].big_endian)
            found = self.rows[key] = slot, rows
        return found


def tables(_document: FitDocument) -> dict[int, Table]:
    """The tables of all messages, by global number."""
    return {}


def whole(got: tuple[npt.NDArray[Any], Mask] | None) -> tuple[Ints, Mask] | None:
    """Raw numbers as int64, without the floats that are none."""
    if got is None:
        return None
    values, good = got
    if values.dtype.kind == "f":
        good = good & np.isfinite(values)
        values = np.where(good, values, 0)
        with np.errstate(invalid="ignore", over="ignore"):
            return values.astype(np.int64), good
    return values.astype(np.int64), good


def scaled(raw: npt.NDArray[Any], valid: Mask, scale: float, offset: float) -> Floats:
    """Physical values, raw / scale - offset, NaN where there is none."""
    out: Floats = raw.astype(np.float64)
    if scale != 1:
        out /= scale
    if offset:
        out -= offset
    if not valid.all():
        out[~valid] = np.nan
    return out
