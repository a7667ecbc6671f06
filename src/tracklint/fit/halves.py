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
    rows: dict[int, list[Ints]] = {}
    for owner in np.flatnonzero(np.bincount(owners[mine])).tolist():
        rows.setdefault(id(walk.definitions[owner][1]), []).append(mine[owners[mine] == owner])
    groups = sorted((np.sort(np.concatenate(parts)) for parts in rows.values()), key=len, reverse=True)
    yield from (group for group in groups[:_MOST] if len(group) >= _LEAST)


def _standing_out(walk: Frames, offsets: Ints, owners: Ints, rows: Ints) -> Ints:
    """Those of the rows of one layout in which several fields have another highest byte than the two records before and
    the two behind, which have the same."""
    layout = walk.definitions[int(owners[rows[0]])][1]
    specs = [
        spec for spec in layout.fields if spec.type is not None and spec.type.size == spec.size and spec.number != 253
    ]
    at = np.array([spec.at if layout.big_endian else spec.at + spec.size - 1 for spec in specs], np.int64)
    none = np.array([spec.type.none >> 8 * (spec.size - 1) for spec in specs if spec.type is not None], np.uint8)
    octets, found = np.frombuffer(walk.data, np.uint8), np.zeros(len(offsets), bool)
    for start in range(0, len(rows), _PIECE):
        piece = rows[max(start - 2, 0) : start + _PIECE + 2]
        high = octets[offsets[piece] + at[:, None]]
        high = np.concatenate((high[:, 2:0:-1], high, high[:, -2:-4:-1]), axis=1)
        before, here = high[:, 1:-3], high[:, 2:-2]
        out = (here != before) & (before == high[:, 3:-1]) & (high[:, :-4] == before) & (high[:, 4:] == before)
        out &= (here != 0) & (here != none[:, None]) & (before != none[:, None])
        found[piece[out.sum(axis=0, dtype=np.uint8) >= max(_FIELDS, len(layout.fields) / 4)]] = True
    return np.flatnonzero(found)
