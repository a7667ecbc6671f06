"""CRC-16/ARC, and what a wrong one tells: where in the file a single flipped bit may be."""

from __future__ import annotations

from array import array
from collections.abc import Iterator
from functools import cache

import fastcrc

__all__ = ["crc16", "flipped_bits", "swapped"]

_ORDER = 32_767  # the CRC repeats after this many bits: a flipped bit is known up to a multiple of it


def crc16(data: bytes | bytearray | memoryview) -> int:
    """CRC-16/ARC of ``data`` (FIT protocol; "123456789" gives 0xBB3D)."""
    return int(fastcrc.crc16.arc(bytes(data) if isinstance(data, bytearray) else data))


def swapped(value: int) -> int:
    """A 16-bit number with its two bytes exchanged."""
    return (value & 0xFF) << 8 | value >> 8


def flipped_bits(difference: int, start: int, end: int) -> Iterator[tuple[int, int]]:
    """Every single bit in [start, end) whose flip changes the CRC of that range by ``difference``: offset and bit,
    last first."""
    distance = _distances()[difference]
    if distance == _ORDER:
        return
    for i in range((end - start) * 8 - 1 - distance, -1, -_ORDER):
        yield start + i // 8, i % 8


@cache
def _distances() -> array[int]:
    """For each difference of two CRCs, how many bits before the end a flipped bit makes it; `_ORDER` where none does.

    Half of all differences are made by one bit. Walking there anew for each file took longer than scanning a small one.
    """
    distances = array("H", [_ORDER]) * 0x10000
    value = 0xA001
    for distance in range(_ORDER):
        distances[value] = distance
        value = value >> 1 ^ (0xA001 if value & 1 else 0)
    return distances
