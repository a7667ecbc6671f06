"""Records that begin as one message and end as another, though nothing stops a reader at them.

Where the bytes that are missing, or were put in, come to the end of a message just so, all that follows is read as
before, and one record has the time of its moment and values from somewhere else. Those lie where their fields never do.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from .frames import Frames, Ints
from .ranges import odd_sizes, usual

__all__ = ["halves"]

_MOST = 16  # layouts that are looked at, those with the most records
_LEAST = 32  # records that a layout must have
_FIELDS = 2  # fields that stand out from two records on either side
_TRIED = 64  # records that are looked at closely
_PIECE = 4096  # records that are looked at in one piece


def halves(walk: Frames, offsets: Ints, owners: Ints) -> Iterator[int]:
    """The rows of such records in a finished walk."""
    records = np.array([layout.global_ == 20 for _, layout in walk.definitions])
    mine = np.flatnonzero(records[owners])
    found = [int(row) for rows in _alike(walk, owners, mine) for row in _standing_out(walk, offsets, owners, rows)]
    others = np.ones(len(offsets), bool)
    for row in sorted(found)[:_TRIED]:
        layout = walk.definitions[int(owners[row])][1]
        others[row] = False
        known = usual(walk, offsets, owners, others, row)
        others[row] = True
        odd = list(odd_sizes(walk, offsets[row : row + 1], layout, known))
        if len(odd) >= max(2 + (max(odd, default=0) < 4), len(layout.fields) / 4):
            yield row


def _alike(walk: Frames, owners: Ints, mine: Ints) -> Iterator[Ints]:
    """These rows, those of one layout together."""
    first: dict[int, int] = {}
    same = np.array([first.setdefault(id(layout), i) for i, (_, layout) in enumerate(walk.definitions)], np.int64)
    keys = same[owners[mine]]
    counts = np.bincount(keys, minlength=1)
    for key in np.argsort(-counts, kind="stable")[:_MOST].tolist():
        if counts[key] >= _LEAST:
            yield mine if counts[key] == len(mine) else mine[keys == key]


def _standing_out(walk: Frames, offsets: Ints, owners: Ints, rows: Ints) -> Ints:
    """Those of the rows of one layout in which several fields have another highest byte than the two records before and
    the two behind, which have the same."""
    layout = walk.definitions[int(owners[rows[0]])][1]
    specs = [
        spec for spec in layout.fields if spec.type is not None and spec.type.size == spec.size and spec.number != 253
    ]
    at = np.array([spec.at if layout.big_endian else spec.at + spec.size - 1 for spec in specs], np.int64)
    none = np.array([spec.type.none >> 8 * (spec.size - 1) for spec in specs if spec.type is not None], np.uint8)
    large = np.array([spec.size >= 4 for spec in specs], bool)
    octets, found = np.frombuffer(walk.data, np.uint8), np.zeros(len(offsets), bool)
    for start in range(0, len(rows), _PIECE):
        piece = rows[max(start - 2, 0) : start + _PIECE + 2]
        high = octets[offsets[piece] + at[:, None]]
        high = np.concatenate((high[:, 2:0:-1], high, high[:, -2:-4:-1]), axis=1)
        out = (high[:, 2:-2] != high[:, 1:-3]) & (high[:, 1:-3] == high[:, 3:-1])
        some = np.flatnonzero(out.sum(axis=0, dtype=np.uint8) >= _FIELDS)
        here, (first, before, last) = high[:, some + 2], (high[:, some + step] for step in (0, 1, 4))
        out = out[:, some] & (first == before) & (last == before)
        out &= (here != 0) & (here != none[:, None]) & (before != none[:, None])
        least = np.maximum(_FIELDS + ~out[large].any(axis=0), len(layout.fields) / 4)
        found[piece[some[out.sum(axis=0, dtype=np.uint8) >= least]]] = True
    return np.flatnonzero(found)
