"""Which single bit, read the other way round, lets a stopped reader go on.

One flipped bit is the commonest damage, and the dearest: in a definition it costs every message of a type. There are
few bits that decide where messages stand, so each is tried, and the one after which messages chain best is taken. A
wrong checksum tells as well which bit it may have been.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

import numpy as np

from .checksum import crc16, flipped_bits, swapped
from .document import read_layout
from .frames import Flip, Frames
from .resync import chain, fits_profile, header_flips, layout_flips, local_type

__all__ = ["find_flip", "walk_again"]

_Walk = TypeVar("_Walk", bound=Frames)
_TAIL = 64  # definitions that are looked at
#: Offset and number of the bit, and the offset of the message to go back to.
Bit = tuple[int, int, int]


def find_flip(walk: Frames, fault: int) -> Bit | None:
    """The bit in a recent header or definition to flip so that the messages follow past ``fault``, ``None`` where
    there is none.

    ``walk.data`` must be a bytearray; it is as before afterwards.
    """
    recent = walk.recent(fault)
    frames = ([fault] if fault < walk.limit else []) + recent
    return _in_header(walk, fault, frames) or _in_refused(walk, fault) or _in_definition(walk, fault, recent)


def _in_header(walk: Frames, fault: int, frames: list[int]) -> Bit | None:
    best: tuple[int, Bit] | None = None
    data = walk.data
    assert isinstance(data, bytearray)
    compressed = walk.compressed(fault)
    for steps, frame in enumerate(frames):
        table, last = walk.table_at(frame), walk.last_before(frame)
        for at, bit in header_flips(data, frame):
            got = chain(
                data, frame, table, last, limit=walk.limit, ends=walk.ends, need=steps + 9, compressed=compressed
            )
            if got >= 4 and (best is None or got > best[0] + steps):
                best = got, (at, bit, frame)
    return best[1] if best else None


def _in_refused(walk: Frames, fault: int) -> Bit | None:
    """The bit for a definition that is not accepted as it stands."""
    data = walk.data
    if fault + 6 > walk.limit or data[fault] & 0xC0 != 0x40:
        return None
    assert isinstance(data, bytearray)
    table, last, compressed = walk.table_at(fault), walk.last_before(fault), walk.compressed(fault)
    best: tuple[int, Bit] | None = None
    as_it_is = read_layout(data, fault, walk.limit)
    one_fault = as_it_is is not None and as_it_is.unsound <= 1
    for at, bit in layout_flips(data, fault, data[fault + 5] if one_fault else 0):
        walk.budget.effort -= 10
        layout = read_layout(data, fault, walk.limit)
        if layout is None or not layout.sane:
            continue
        got = chain(data, fault, table, last, limit=walk.limit, ends=walk.ends, need=10, compressed=compressed)
        if got >= 4 and (best is None or got + fits_profile(layout) > best[0]):
            best = got + fits_profile(layout), (at, bit, fault)
    return best[1] if best else None


def _in_definition(walk: Frames, fault: int, recent: list[int]) -> Bit | None:
    best: tuple[int, Bit] | None = None
    data = walk.data
    assert isinstance(data, bytearray)
    compressed = walk.compressed(fault)
    for index in _blamed(walk, fault, recent):
        start, old = walk.definitions[index]
        before = fits_profile(old)
        inside = start in recent
        back = start if inside else min((o for o in recent if walk.is_of(o, index)), default=fault)
        need = 9 + sum(o >= back for o in recent)
        table, last = walk.table_at(back), walk.last_before(back)
        for at, bit in layout_flips(data, start, len(old.fields)):
            walk.budget.effort -= len(old.fields)
            layout = read_layout(data, start, walk.limit)
            if layout is None or not layout.sane or layout.shape == old.shape:
                continue  # the same places in the same order: that cannot be what stopped the reader
            if not inside:
                if layout.length != old.length or layout.header != old.header:
                    continue
                table[old.header & 0x0F] = layout
            got = chain(data, back, table, last, limit=walk.limit, ends=walk.ends, need=need, compressed=compressed)
            if got < 4:
                continue
            fits = fits_profile(layout)
            if (fits > max(before, 0) or not old.sane) and (best is None or got + fits > best[0]):
                best = got + fits, (at, bit, back)
    return best[1] if best else None


def _blamed(walk: Frames, fault: int, recent: list[int]) -> list[int]:
    """Definitions that have hardly been used yet and may be what is damaged, the nearest first."""
    blamed = [
        i
        for i, (offset, _) in enumerate(walk.definitions[-_TAIL:], max(len(walk.definitions) - _TAIL, 0))
        if offset in recent
    ]
    frames = [offset for offset in recent if walk.data[offset] & 0xC0 != 0x40]
    if fault < walk.limit and walk.table[local_type(walk.data[fault])] is not None and walk.data[fault] & 0xC0 != 0x40:
        frames.insert(0, fault)
    for frame in filter(walk.has_owner, frames):
        index = walk.owner(frame)
        if index not in blamed and walk.uses(index) <= 12:
            blamed.append(index)
    return blamed[::-1][:6] if len(blamed) <= 6 else blamed[-6:]


def walk_again(data: bytes | bytearray, offset: int, walk: _Walk, go: Callable[[bytearray], _Walk]) -> _Walk | None:
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
    if walk.flips and crc16(walk.data[offset:end]) == stored:
        return None
    for at, bit in flipped_bits(computed ^ stored, offset, end):
        if not _worth_trying(walk, at, bit):
            continue
        trial = bytearray(data)
        trial[at] ^= 1 << bit
        again = go(trial)
        if not again.gaps and not again.flips and again.stopped == end:
            again.flips.append(Flip(at, bit))
            return again
    return None


def _worth_trying(walk: Frames, at: int, bit: int) -> bool:
    """Whether there is any reason, besides the checksum, to think that this bit is the flipped one."""
    if any((gap.start if gap.before is None else gap.before) <= at < gap.at + 1024 for gap in walk.gaps):
        return True
    if any(abs(flip.offset - at) <= 512 for flip in walk.flips):
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


def _smooths(walk: Frames, at: int, bit: int) -> bool:
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
