"""The raw numbers of one field in many messages, read where they stand, and tables of who carries which field."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import numpy as np
import numpy.typing as npt

from .document import FieldSpec, FitDocument, Messages
from .profile import BaseType

__all__ = ["KEPT_ROWS", "Table", "gather", "read", "scaled", "tables", "whole"]

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]
Mask = npt.NDArray[np.bool_]


def gather(document: FitDocument, group: Messages, at: int, dtype: str) -> npt.NDArray[Any]:
    """The values of type ``dtype`` that stand ``at`` bytes into each message.

    Messages that stand one behind the other are looked at where they are; others are first copied together, once.
    """
    kind = np.dtype(dtype)
    offsets, stride, data = group.offsets, group.definition.layout.stride, document.data
    count = len(offsets)
    if offsets[-1] - offsets[0] == (count - 1) * stride:
        return np.ndarray((count,), kind, data, int(offsets[0]) + at, (stride,))
    copies = document.once(_copies)
    known, rows = copies.get(group.definition.index, (None, None))
    if known is not offsets:  # some of the messages only are groups of their own
        row = np.dtype(f"V{stride}")
        rows = np.ndarray((len(data) - stride + 1,), row, data, 0, (1,))[offsets]
        copies[group.definition.index] = offsets, rows
    return np.ndarray((count,), kind, rows, at, (stride,))


def _copies(_document: FitDocument) -> dict[int, tuple[Ints, npt.NDArray[Any]]]:
    """By the index of a definition: offsets of messages that do not stand one behind the other, and their bytes."""
    return {}


def read(
    document: FitDocument, group: Messages, at: int, size: int, base: BaseType
) -> tuple[npt.NDArray[Any], Mask] | None:
    """Raw numbers and which of them are values; ``None`` where the field holds no number that can be told.

    An array gives its first element. An integer shorter than its type is zero-extended, which recovers what COROS
    watches mean (fitdecode#13).
    """
    order = ">" if group.definition.layout.big_endian else "<"
    if base.name == "string" or not size:
        return None
    if size % base.size == 0:
        bits = gather(document, group, at, f"{order}u{base.size}")
        return bits if base.code[0] == "u" else bits.view(order + base.code), bits != base.none
    if size > base.size or base.code[0] == "f":
        return None
    raw = np.zeros(len(group), np.int64)
    for step in range(size):
        shift = 8 * (size - 1 - step if order == ">" else step)
        raw |= gather(document, group, at + step, "u1").astype(np.int64) << shift
    top = (1 << 8 * size) - 1
    return raw, raw != (0 if base.none == 0 else top >> (base.code[0] == "i"))


#: Columns of so many messages at most are kept with the document: rules ask for the same ones again and again, and what
#: is as long as a day costs more memory than the second look costs time.
KEPT_ROWS = 1 << 14


@dataclass(slots=True, eq=False)
class Table:
    """What is known of groups of messages in the order of the file: the rows of each group, all offsets, the group of
    each row, who carries a field, and the columns that were read so far."""

    groups: tuple[Messages, ...]
    slots: list[Any]
    offsets: Ints
    owners: Ints
    carriers: dict[int, list[tuple[Messages, Any, FieldSpec]]] = field(default_factory=dict)
    integers: dict[int, tuple[Ints, Mask]] = field(default_factory=dict)
    segments: Ints | None = None

    @classmethod
    def of(cls, groups: tuple[Messages, ...]) -> Table:
        """The table of ``groups``, whose messages may stand in any order among each other."""
        lengths = [len(group) for group in groups]
        if len(groups) < 2:
            offsets = groups[0].offsets if groups else np.zeros(0, np.int64)
            table = cls(groups, [slice(None)], offsets, np.zeros(len(offsets), np.int64))
        else:
            offsets = np.concatenate([group.offsets for group in groups])
            order = np.argsort(offsets, kind="stable")
            rows = np.empty(len(order), np.int64)
            rows[order] = np.arange(len(order))
            owners = np.repeat(np.arange(len(lengths)), lengths)
            ends = np.cumsum(lengths).tolist()
            slots = [rows[end - length : end] for length, end in zip(lengths, ends, strict=True)]
            table = cls(groups, slots, offsets[order], owners[order])
        for group, slot in zip(groups, table.slots, strict=False):
            specs = {spec.number: spec for spec in reversed(group.definition.layout.fields)}  # the first one counts
            for number, spec in specs.items():
                table.carriers.setdefault(number, []).append((group, slot, spec))
        return table


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
