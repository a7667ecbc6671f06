"""Messages that are hardly any, though nothing stopped the reader: bytes of damage that read like messages."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from .frames import Frames, Ints
from .resync import BACKWARD, FORWARD, NO_TIME, UNTIMED, is_dead, takes_time

__all__ = ["first_suspect"]

_HOLE = 48  # bytes that are all the same are a hole where they are so many
_OTHERS = 3  # messages with a time that make one without it odd


def first_suspect(walk: Frames) -> tuple[int, str] | None:
    """The first open message that is hardly one, and why.

    ``time``: its time does not follow from the one before it. ``dead``: all its bytes are the same. ``timeless``: it
    has no time and others of its kind do. ``compressed``: its header has a compressed timestamp, and its kind none.
    """
    offsets = np.array(walk.fresh)
    owners = walk.owners_of(offsets)
    times = walk.times_of(offsets, owners)
    if walk.outliers:
        times = np.where(np.isin(offsets, list(walk.outliers)), UNTIMED, times)
    found = [(offset, "time") for offset in _far(walk, offsets, times)]
    found += [(offset, "dead") for offset in _dead(walk, offsets, owners, times)]
    found += [(offset, "timeless") for offset in _timeless(walk, offsets, owners, times)]
    found += [(offset, "compressed") for offset in _compressed(walk, offsets, owners)]
    return min(found, default=None)


def _far(walk: Frames, offsets: Ints, times: Ints) -> Iterator[int]:
    timed = np.flatnonzero(times < NO_TIME)
    if not len(timed):
        return
    values = times[timed]
    steps = np.diff(values, prepend=values[0] if walk.last is None else walk.last)
    far = (steps < -BACKWARD) | (steps > FORWARD)
    if walk.span is not None:
        far = (values < walk.span[0]) | (values > walk.span[1])
    yield from [offset for offset in offsets[timed[far]].tolist() if offset not in walk.believed][:1]


def _dead(walk: Frames, offsets: Ints, owners: Ints, times: Ints) -> Iterator[int]:
    """A message that should have a time, or one of several."""
    octets = np.frombuffer(walk.data, np.uint8)
    same = octets[offsets] == octets[np.minimum(offsets + 1, len(octets) - 1)]
    for i in np.flatnonzero(same & (times >= NO_TIME)).tolist():
        offset, layout = int(offsets[i]), walk.definitions[owners[i]][1]
        size = layout.stride if layout.time_at >= 0 else max(4 * layout.stride, _HOLE)
        if offset not in walk.believed and is_dead(walk.data, offset, size):
            yield offset
            return


def _timeless(walk: Frames, offsets: Ints, owners: Ints, times: Ints) -> Iterator[int]:
    for i in np.flatnonzero(times == NO_TIME).tolist():
        offset = int(offsets[i])
        before = owners[:i] == owners[i]
        if offset not in walk.believed and before.sum() >= _OTHERS and (times[:i][before] < NO_TIME).all():
            yield offset
            return


def _compressed(walk: Frames, offsets: Ints, owners: Ints) -> Iterator[int]:
    high = np.frombuffer(walk.data, np.uint8)[offsets] >= 0x80
    if not high.any():
        return
    for owner in np.unique(owners[high]).tolist():
        mine = np.flatnonzero(owners == owner)
        odd = high[mine]
        if takes_time(walk.definitions[owner][1]):  # what its kind had before each message decides
            odd = odd & (2 * np.cumsum(high[mine]) <= np.arange(1, len(mine) + 1))
        yield from [offset for offset in offsets[mine[odd]].tolist() if offset not in walk.believed][:1]
