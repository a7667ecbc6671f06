"""How the scanner finds its way after damage: does a chain of messages hold, which single bit was flipped, where
does it go on.

The evidence is always the same: messages that follow one another without a hole, sane definitions, and timestamps
that do not leave [last - 1 h, last + 24 h]. A wrong reading does not survive six messages of that.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence

import numpy as np
import numpy.typing as npt

from .document import Layout, read_layout
from .profile import BASE_BYTES, BASE_TYPES, field_fact, message_name

__all__ = [
    "BACKWARD",
    "FORWARD",
    "NO_TIME",
    "UNTIMED",
    "Table",
    "chain",
    "fits_profile",
    "header_flips",
    "is_dead",
    "layout_flips",
    "local_type",
    "quads",
    "takes_time",
    "time_of",
]

#: How far a timestamp may lie before and after the one before it, in seconds, without being suspect.
BACKWARD, FORWARD = 3600, 86_400
NO_TIME = 0xFFFFFFFF
UNTIMED = NO_TIME + 1
#: Record fields that most devices write; between two that fit equally, these are likelier than vertical oscillation.
_USUAL = frozenset((0, 1, 2, 3, 4, 5, 6, 7, 13, 73, 78, 253))
#: The layouts that the sixteen local message types are bound to.
Table = list[Layout | None]
_NEED = 6
_SOUND = np.zeros(256, bool)
_SOUND[list(BASE_BYTES.values())] = True


def local_type(header: int) -> int:
    """The local message type that a data message's header names."""
    return (header >> 5) & 3 if header & 0x80 else header & 0x0F


def time_of(data: bytes | bytearray, offset: int, layout: Layout) -> int | None:
    """The timestamp of the data message at ``offset``, ``None`` where it has none or an unset one."""
    if layout.time_at < 0:
        return None
    at = offset + layout.time_at
    value = int.from_bytes(data[at : at + 4], "big" if layout.big_endian else "little")
    return None if value in (NO_TIME, 0) else value


def takes_time(layout: Layout) -> bool:
    """Whether messages of this layout may carry a compressed timestamp: a record, or a message of which nothing is
    known, without a time of its own."""
    return layout.time_at < 0 and (layout.global_ == 20 or message_name(layout.global_).startswith("message "))


def is_dead(data: bytes | bytearray, offset: int, size: int) -> bool:
    """Whether ``size`` bytes from ``offset`` on are all the same: no message, but memory that was never written."""
    piece = data[offset : offset + size]
    return piece.count(piece[:1]) == len(piece)


def chain(
    data: bytes | bytearray,
    offset: int,
    table: Sequence[Layout | None],
    last: int | None,
    *,
    limit: int,
    ends: Collection[int],
    need: int = _NEED,
    strict: bool = True,
    beyond: int = -1,
    compressed: bool = True,
) -> int:
    """How much evidence there is that messages follow one another from ``offset``; 0 where they do not.

    ``need`` messages must hold, or fewer that arrive exactly at one of ``ends``. Each timestamp in range and each
    sane definition counts one, an end counts four. A chain that touches ``beyond`` as the start of a message is
    refused. Without ``strict`` the definitions need not be sane; without ``compressed`` a header with a compressed
    timestamp ends the chain.
    """
    bound = list(table)
    evidence = done = 0
    while done < need:
        if offset in ends and done:
            return evidence + 4 if evidence else 0
        if offset >= limit or offset == beyond:
            return 0
        header = data[offset]
        if header & 0xC0 == 0x40:
            layout = read_layout(data, offset, limit)
            if layout is None or (strict and not layout.sane):
                return 0
            bound[header & 0x0F] = layout
            offset += layout.length
            evidence += layout.sane
        else:
            layout = bound[local_type(header)]
            if layout is None or header & 0xB0 in (0x10, 0x20, 0x30) or offset + layout.stride > limit:
                return 0
            if header & 0x80 and (not compressed or not takes_time(layout)):
                return 0
            time = time_of(data, offset, layout)
            if time is None:
                if layout.time_at >= 0 and is_dead(data, offset, layout.stride):
                    return 0
            else:
                if last is not None and not -BACKWARD <= time - last <= FORWARD:
                    return 0
                last = time
                evidence += 1
            offset += layout.stride
        done += 1
    return evidence


def fits_profile(layout: Layout) -> int:
    """How well a definition agrees with the profile: known fields with the right type and size, minus those that
    contradict it."""
    if message_name(layout.global_).startswith("message "):
        return 0
    score = 2
    for spec in layout.fields:
        base = field_fact(layout.global_, spec.number).base
        if base is None:
            score -= 1
        elif base == spec.base & 0x1F:
            whole = BASE_TYPES[base].size
            score += layout.global_ == 20 and spec.number in _USUAL
            score += 2 if spec.size == whole or base in (7, 13) else 1
        else:
            score -= 1 if BASE_TYPES[base].size == spec.size else 2
    return score


def header_flips(data: bytearray, offset: int, length: int = 1) -> Iterator[tuple[int, int]]:
    """Each single bit of the ``length`` bytes at ``offset`` in turn, flipped in ``data`` while the caller looks:
    offset and bit."""
    for at in range(offset, offset + length):
        for bit in range(8):
            yield from _flip(data, at, bit)


def layout_flips(data: bytearray, offset: int, fields: int) -> Iterator[tuple[int, int]]:
    """The same for the bits of a definition with so many ``fields`` that decide where messages and their times stand.

    These are its first six bytes, each field's size, the bits between a field number and 253, and all bits of a base
    type that does not exist.
    """
    yield from header_flips(data, offset, 6)
    for at in range(offset + 6, offset + 6 + 3 * fields, 3):
        number, base = data[at], data[at + 2]
        for bit in range(8):
            if number == 253 or number ^ 1 << bit == 253:
                yield from _flip(data, at, bit)
            yield from _flip(data, at + 1, bit)
            if not _SOUND[base]:
                yield from _flip(data, at + 2, bit)


def _flip(data: bytearray, at: int, bit: int) -> Iterator[tuple[int, int]]:
    data[at] ^= 1 << bit
    try:
        yield at, bit
    finally:
        data[at] ^= 1 << bit


def quads(octets: npt.NDArray[np.uint8], at: npt.NDArray[np.int64], big: bool) -> npt.NDArray[np.int64]:
    """The unsigned 32-bit numbers at these offsets."""
    value = np.zeros(at.shape, np.int64)
    for step in range(4):
        value |= octets[at + step].astype(np.int64) << (24 - 8 * step if big else 8 * step)
    return value
