"""Which of many names, texts or numbers are the same: a key of 64 bits for each, and a number for each kind of key."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

if TYPE_CHECKING:
    from collections.abc import Iterator

__all__ = ["UNUSED", "Bytes", "Int32s", "distinct", "grouped", "name_keys", "numbered"]

Int32s = npt.NDArray[np.int32]
Bytes = npt.NDArray[np.uint8]

_PIECE = 1 << 16
_LONGEST_KEY = 1024
#: More keys than this are numbered by the larger table.
_MANY = 1 << 15
#: How many bits of a word of eight bytes do not count where so many bytes do; all of them where none does.
UNUSED = np.arange(64, -1, -8).astype(np.uint64)


def name_keys(raw: Bytes, start: Int32s, end: Int32s) -> npt.NDArray[np.uint64]:
    """A 64-bit key for each name ``start:end``, of its first and last eight bytes, its length and what is between."""
    keys = np.empty(len(start), np.uint64)
    for at in range(0, len(start), _PIECE):
        keys[at : at + _PIECE] = _keys(raw, start[at : at + _PIECE], end[at : at + _PIECE])
    return keys


def _keys(raw: Bytes, start: Int32s, end: Int32s) -> npt.NDArray[np.uint64]:
    padded = raw if len(raw) >= 8 else np.concatenate((raw, np.zeros(8, np.uint8)))
    words: npt.NDArray[np.uint64] = np.ndarray((len(padded) - 7,), "<u8", padded, strides=(1,))
    length = end - start
    last_word = len(padded) - 8
    # a name within 8 bytes of the end of the data is read from the last full word
    if int(start.max(initial=0)) > last_word:
        late = np.maximum(start - last_word, 0).astype(np.uint64) * np.uint64(8)
        head = words[np.minimum(start, last_word)] >> late
    else:
        head = words[start]
    key = head << UNUSED.take(length, mode="clip")
    key *= np.uint64(0x9E3779B97F4A7C15)
    long = np.flatnonzero(length > 8)
    if len(long):
        tail = words[end[long] - 8] * np.uint64(0xC2B2AE3D27D4EB4F)
        key[long] ^= tail ^ (tail >> np.uint64(29))
    for skip in range(8, min(int(length.max(initial=0)), _LONGEST_KEY) - 8, 8):
        longer = np.flatnonzero(length > skip + 8)
        if len(longer):
            piece = words[start[longer] + skip] * np.uint64(0x165667B19E3779F9 + 2 * skip)
            key[longer] ^= piece ^ (piece >> np.uint64(31))
    key ^= length.astype(np.uint64) * np.uint64(0xD6E8FEB86659FD93)
    return key


def numbered(keys: npt.NDArray[Any], most: int) -> tuple[Int32s, npt.NDArray[np.intp]]:
    """`distinct` for keys below ``most``."""
    table = np.full(most, -1, np.int32)
    table[keys] = np.arange(len(keys), dtype=np.int32)
    used = (table >= 0).nonzero()[0]
    first = table[used].astype(np.intp)
    table[used] = np.arange(len(used), dtype=np.int32)
    return table[keys], first


def distinct(keys: npt.NDArray[np.uint64]) -> tuple[Int32s, npt.NDArray[np.intp]]:
    """For each key the number of its kind, and for each kind the index of one key."""
    bits = 16 if len(keys) > _MANY else 12  # a large table costs more than few keys do
    for multiplier in (0x9E3779B97F4A7C15, 0xC2B2AE3D27D4EB4F, 0x165667B19E3779F9):
        slot = ((keys * np.uint64(multiplier)) >> np.uint64(64 - bits)).astype(np.int32)
        table = np.full(1 << bits, -1, np.int32)
        table[slot] = np.arange(len(keys), dtype=np.int32)
        used = np.flatnonzero(table >= 0)
        pieces = (slice(at, at + _MANY) for at in range(0, len(keys), _MANY))
        if not all((keys[table[slot[piece]]] == keys[piece]).all() for piece in pieces):
            continue
        first = table[used].astype(np.intp)
        numbers = np.zeros(1 << bits, np.int32)
        numbers[used] = np.arange(len(used))
        return numbers[slot], first
    _, sorted_first, inverse = np.unique(keys, return_index=True, return_inverse=True)
    return inverse.astype(np.int32).reshape(-1), sorted_first


def grouped(kind: Int32s, count: int) -> Iterator[npt.NDArray[np.intp]]:
    """The rows of each of ``count`` kinds, kind by kind, as `distinct` numbers them."""
    order = np.argsort(kind, kind="stable")
    bounds = np.searchsorted(kind[order], np.arange(count + 1)).tolist()
    return (order[low:high] for low, high in pairwise(bounds))
