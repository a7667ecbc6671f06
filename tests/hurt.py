"""Damage as it happens to real files: bytes lost, put in and overwritten; and what a reader then lost and invented.

A record counts as *touched* when its own bytes, or those of the definition that it is read with, do not all stand side
by side any more: some were lost or overwritten, or others were put in between. What was moved with a whole page counts
as touched too. All other records must be read as before; the *lost* are those that are not. A record counts as
*invented* when it is read and yet is no record of the undamaged file, touched or not.
"""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Callable, Hashable, Iterable
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from tracklint.fit import FitDocument, scan_fit
from tracklint.fit.checksum import crc16
from tracklint.fit.columns import message_columns
from tracklint.fit.document import Segment

__all__ = ["KINDS", "SEALS", "Case", "Hurt", "cases", "read", "score", "touched"]

Mask = npt.NDArray[np.bool_]
#: How header and checksum look afterwards: as they were, without a checksum, or written anew over what is there.
SEALS = ("old", "zero", "anew")
RECORD = 20


@dataclass(frozen=True, slots=True)
class Hurt:
    """The data of a segment after damage. ``kept`` are the stretches [start, end) of the undamaged file that still stand
    as they did, side by side within themselves."""

    data: bytes
    kept: tuple[tuple[int, int], ...]


@dataclass(frozen=True, slots=True)
class Case:
    """One damaged file: its bytes, and which records of the undamaged one must still be read."""

    kind: str
    seal: str
    data: bytes
    untouched: Mask


def _lose(data: bytes, start: int, end: int, rng: random.Random) -> Hurt:
    size = rng.randint(1, min(200, (end - start) // 2))
    at = rng.randrange(start, end - size)
    return Hurt(data[start:at] + data[at + size : end], ((start, at), (at + size, end)))


def _put_in(data: bytes, start: int, end: int, rng: random.Random) -> Hurt:
    at, piece = rng.randrange(start, end), rng.randbytes(rng.randint(1, 200))
    return Hurt(data[start:at] + piece + data[at:end], ((start, at), (at, end)))


def _page(data: bytes, start: int, end: int, size: int, rng: random.Random) -> int:
    """Where a whole flash page begins, counted from the start of the file."""
    return size * rng.randrange(-(-start // size), end // size)


def _overwritten(size: int, fill: Callable[[int, random.Random], bytes]) -> Callable[..., Hurt]:
    def hurt(data: bytes, start: int, end: int, rng: random.Random) -> Hurt:
        at = _page(data, start, end, size, rng)
        return Hurt(data[start:at] + fill(size, rng) + data[at + size : end], ((start, at), (at + size, end)))

    return hurt


def _swapped(size: int) -> Callable[..., Hurt]:
    def hurt(data: bytes, start: int, end: int, rng: random.Random) -> Hurt:
        a, b = sorted(size * i for i in rng.sample(range(-(-start // size), end // size), 2))
        pages = data[b : b + size], data[a : a + size]
        whole = data[start:a] + pages[0] + data[a + size : b] + pages[1] + data[b + size : end]
        return Hurt(whole, ((start, a), (a + size, b), (b + size, end)))

    return hurt


def _kinds(other: bytes) -> dict[str, tuple[int, Callable[..., Hurt]]]:
    """By name the bytes that a segment must have, and what happens to it. ``other`` is the file of another ride."""

    def foreign(size: int, rng: random.Random) -> bytes:
        at = rng.randrange(max(len(other) - size, 1))
        return (other[at : at + size] * (size // max(len(other) - at, 1) + 1))[:size]

    def tail(data: bytes, start: int, end: int, rng: random.Random) -> Hurt:
        piece = other[rng.randrange(len(other) // 4, len(other) * 3 // 4) :]
        return Hurt(data[start : end + 2] + piece, ((start, end),))

    fills = {
        "0x00": lambda size, rng: bytes(size),
        "0xFF": lambda size, rng: b"\xff" * size,
        "random bytes": lambda size, rng: rng.randbytes(size),
        "another file": foreign,
    }
    kinds: dict[str, tuple[int, Callable[..., Hurt]]] = {"bytes lost": (20, _lose), "bytes put in": (20, _put_in)}
    for size in (512, 4096):
        for name, fill in fills.items():
            kinds[f"page of {size}: {name}"] = 2 * size + 1024, _overwritten(size, fill)
    for size in (512, 4096):
        kinds[f"two pages of {size} swapped"] = 4 * size, _swapped(size)
    kinds["tail of another ride"] = 20, tail
    return kinds


KINDS = tuple(_kinds(b""))


def cases(data: bytes, other: bytes, seed: str, kinds: Iterable[str] = KINDS) -> Iterable[Case]:
    """Each kind of damage, at a seeded place of the segment with the most records, in each of the `SEALS`."""
    document = scan_fit(data)
    segment = max(document.segments, key=lambda s: _records(document, s))
    known = _kinds(other)
    for kind in kinds:
        least, hurt = known[kind]
        start, end = segment.data_start, segment.data_end
        if end - start < least:
            continue
        got = hurt(data, start, end, random.Random(f"{seed}: {kind}"))
        mask = ~touched(document, ((0, start), *got.kept, (end, len(data))))
        for seal in SEALS:
            yield Case(kind, seal, _sealed(data, segment, got.data, seal, kind.startswith("tail")), mask)


def _records(document: FitDocument, segment: Segment) -> int:
    return sum(len(g) for g in document.of(RECORD) if g.definition.segment == segment.index)


def _sealed(data: bytes, segment: Segment, body: bytes, seal: str, tail: bool) -> bytes:
    head, crc, rest = data[: segment.data_start], data[segment.data_end : segment.end], data[segment.end :]
    if seal == "anew":
        first = bytearray(head[segment.offset :])
        first[4:8] = len(body).to_bytes(4, "little")
        if len(first) >= 14 and any(first[12:14]):
            first[12:14] = crc16(first[:12]).to_bytes(2, "little")
        crc = crc16(bytes(first) + body).to_bytes(2, "little")
        return head[: segment.offset] + bytes(first) + body + crc + rest
    if seal == "zero":
        crc = bytes(2)
    if tail:  # the checksum stands before it
        size = segment.data_end - segment.data_start
        return head + body[:size] + crc + rest + body[size + 2 :]
    return head + body + crc + rest


def touched(document: FitDocument, kept: Iterable[tuple[int, int]]) -> Mask:
    """Which records, in the order of `read`, do not stand whole in one of the stretches, or whose definition does not."""
    starts, ends = (np.array(each) for each in zip(*sorted(kept), strict=True))

    def broken(first: npt.NDArray[np.int64], length: npt.NDArray[np.int64]) -> Mask:
        at = np.searchsorted(starts, first, "right") - 1
        return (at < 0) | (first + length > ends[at])

    masks, offsets = [np.zeros(0, bool)], [np.zeros(0, np.int64)]
    for group in document.of(RECORD):
        layout = group.definition.layout
        own = broken(group.offsets, np.full(len(group), layout.stride))
        mine = [
            d for d in document.definitions
            if d.segment == group.definition.segment and d.local == group.definition.local
        ]  # fmt: skip
        at = np.array([d.offset for d in mine])
        lost = broken(at, np.array([d.layout.length for d in mine]))
        masks.append(own | lost[np.searchsorted(at, group.offsets) - 1])
        offsets.append(group.offsets)
    return np.concatenate(masks)[np.argsort(np.concatenate(offsets))]


def read(data: bytes) -> list[Hashable]:
    """Every record that we read, in the order of the file: its time, its fields, and their bytes."""
    document = scan_fit(data)
    columns = message_columns(document, RECORD)
    octets = np.frombuffer(document.data, np.uint8)
    rows: dict[int, Hashable] = {}
    for group in document.of(RECORD):
        layout = group.definition.layout
        what = (layout.fields, layout.developer, layout.big_endian)
        values = octets[group.offsets[:, None] + np.arange(1, layout.stride)]
        rows |= {at: (what, row.tobytes()) for at, row in zip(group.offsets.tolist(), values, strict=True)}
    times = np.nan_to_num(columns.times()).tolist()
    return [(time, rows[at]) for at, time in zip(columns.offsets.tolist(), times, strict=True)]


def score(reader: Callable[[bytes], list[Hashable]], whole: list[Hashable], case: Case) -> tuple[int, int]:
    """How many untouched records a reader lost, and how many it invented. ``whole`` is what it reads of the undamaged
    file, and has to be as long as ``case.untouched``."""
    got = Counter(reader(case.data))
    wanted = Counter(key for key, keep in zip(whole, case.untouched, strict=True) if keep)
    return (wanted - got).total(), (got - Counter(whole)).total()
