"""CRC-16/ARC, and what a wrong one tells: where in the file a single flipped bit may be."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import fastcrc
import numpy as np

from .document import read_layout
from .resync import fits_profile
from .walk import Mend, Walk

__all__ = ["crc16", "flipped_bits", "swapped", "walk_again"]

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
    value, distance = 0xA001, 0
    while value != difference:
        value = value >> 1 ^ (0xA001 if value & 1 else 0)
        distance += 1
        if distance >= _ORDER:
            return
    for i in range((end - start) * 8 - 1 - distance, -1, -_ORDER):
        yield start + i // 8, i % 8


def walk_again(data: bytes | bytearray, offset: int, walk: Walk, go: Callable[[bytearray], Walk]) -> Walk | None:
    """The walk again with the one flipped bit put right that the checksum points at, ``None`` where that explains
    nothing.

    ``data`` is the file, ``offset`` that of the segment, ``go`` walks over other bytes. The checksum leaves one
    candidate in every 32,767 bits. One is taken when it lies beside a gap and closes it, or in a definition that then
    agrees better with the profile, or in a compressed timestamp that then fits between its neighbours.
    """
    end = walk.stopped
    stored = int.from_bytes(data[end : end + 2], "little")
    if end + 2 > len(data) or not stored or end <= walk.start:
        return None
    computed = crc16(memoryview(data)[offset:end])
    if stored in (computed, swapped(computed), crc16(memoryview(data)[walk.start : end])):
        return None
    if walk.mends and crc16(walk.data[offset:end]) == stored:
        return None
    for at, bit in flipped_bits(computed ^ stored, offset, end):
        if not _worth_trying(walk, at, bit):
            continue
        trial = bytearray(data)
        trial[at] ^= 1 << bit
        again = go(trial)
        if not again.gaps and not again.mends and again.stopped == end:
            again.mends.append(Mend(at, bit))
            return again
    return None


def _worth_trying(walk: Walk, at: int, bit: int) -> bool:
    """Whether there is any reason, besides the checksum, to think that this bit is the flipped one."""
    if any((gap.start if gap.before is None else gap.before) <= at < gap.at + 1024 for gap in walk.gaps):
        return True
    if any(abs(mend.offset - at) <= 512 for mend in walk.mends):
        return True
    if walk.data[at] >= 0x80 and bit < 5 and _smooths(walk, at, bit):
        return True
    for start, layout in walk.definitions:
        if start <= at < start + layout.length:
            piece = bytearray(walk.data[start : start + layout.length])
            piece[at - start] ^= 1 << bit
            other = read_layout(piece, 0, len(piece))
            if walk.gaps or other is None or not other.sane:
                return bool(walk.gaps)
            return not layout.sane or fits_profile(other) > fits_profile(layout)
    return False


def _smooths(walk: Walk, at: int, bit: int) -> bool:
    """Whether a compressed timestamp agrees better with its neighbours when ``bit`` is flipped: a wrong one adds 32 s
    to all that follow."""
    offsets = walk.offsets
    i = int(np.searchsorted(offsets, at))
    if not 0 < i < len(offsets) - 1 or offsets[i] != at:
        return False
    before, here, after = (walk.data[int(offsets[k])] for k in (i - 1, i, i + 1))
    if before < 0x80 or after < 0x80:
        return False
    flipped = here ^ (1 << bit)
    return ((flipped - before) & 31) + ((after - flipped) & 31) < ((here - before) & 31) + ((after - here) & 31)
