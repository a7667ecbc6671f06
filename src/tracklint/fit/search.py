"""Where messages follow one another again behind damage, and which earlier definitions they are read with.

A definition may be lost in the damage. Its messages are then read with one that the same file had before for that local
type, when all of them chain with it.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
import numpy.typing as npt

from .document import Layout, read_layout
from .frames import Budget
from .profile import BASE_BYTES
from .resync import BACKWARD, FORWARD, Table, is_dead, local_type, quads, takes_time, time_of

__all__ = ["Again", "Search"]

Bytes = npt.NDArray[np.uint8]
Ints = npt.NDArray[np.int64]
#: Where messages chain again, and the layouts that must be bound again for that.
Again = tuple[int, list[Layout]]
_WINDOWS = (4096, 65_536, 1_048_576)
_WEAK = 16  # messages that must chain where they have no times
_SECONDS = 120  # that compressed times of so many messages go on at most
_CANDIDATES = 512  # places that are tried in one window
_EVIDENCE = 3  # times and definitions that must be among them
_AT_END = 2  # the same where the chain ends with the segment
_STEPS = 96  # messages that are looked at for one place
_SOUND = np.zeros(256, bool)
_SOUND[list(BASE_BYTES.values())] = True


@dataclass(slots=True, kw_only=True)
class Search:
    """What is known when the search begins.

    ``table`` are the layouts that are bound where the damage begins, ``pool`` for each local type those that were bound
    to it anywhere, the latest first. ``low`` and ``high`` are the times that a message may have. A chain may arrive at
    one of ``ends`` and not go past ``limit``; at ``beyond`` it must not read the message that could not be read.
    """

    data: bytes | bytearray
    table: Table
    pool: Sequence[Sequence[Layout]]
    low: int
    high: int
    limit: int
    ends: Collection[int]
    beyond: int
    need: int
    compressed: bool
    budget: Budget
    _left: int = 0
    _weak: bool = False
    _timed: bool = True

    def resume(self, start: int, until: int) -> Again | None:
        """The first offset from ``start`` on where messages chain again and the layouts that must be bound again for
        that, ``None`` where there is none before ``until``."""
        octets = np.frombuffer(self.data, np.uint8)
        known = [layout for layouts in (self.table, *self.pool) for layout in layouts if layout is not None]
        self._timed = any(layout.time_at >= 0 for layout in known)
        width = iter(_WINDOWS)
        size = next(width)
        until = min(until, self.limit)
        while start < until:
            stop = min(start + size, until)
            found = self._first(self._candidates(octets, start, stop))
            if found is not None:
                return found
            start = stop
            size = next(width, size)
        return None

    def _first(self, candidates: list[int]) -> Again | None:
        """The first of these offsets where messages chain; one a little further on is better, where no layout must be
        bound again for it: two layouts of one length can have their times at different places."""
        best: Again | None = None
        for offset in candidates:
            if best is not None and offset >= best[0] + best[1][0].stride:
                break
            again = self._chains(offset)
            if again is not None and (best is None or not again):
                best = offset, again
                if not again:
                    break
        return best

    # -- chains ---------------------------------------------------------------------------------------------------

    def _chains(self, offset: int) -> list[Layout] | None:
        """The layouts to bind again so that messages chain from ``offset``, ``None`` where they do not."""
        weak = self.data[offset] & 0x80 or not self._timed
        if weak and self._untimed(offset):
            return []
        self._left, self._weak = min(_STEPS, self.budget.steps), bool(weak)
        return self._follow(offset, list(self.table), max(self.need, _WEAK) if weak else self.need, 0, None)

    def _follow(self, offset: int, table: Table, need: int, evidence: int, last: int | None) -> list[Layout] | None:
        """Follow messages until ``need`` more hold. Each timestamp in range and each sane definition is evidence."""
        if offset in self.ends and evidence >= _AT_END:
            return []
        if need <= 0 and evidence >= _EVIDENCE:
            return []
        if offset >= self.limit or self._left <= 0:
            return None
        self._left -= 1
        self.budget.steps -= 1
        header = self.data[offset]
        if header & 0xC0 == 0x40:
            layout = read_layout(self.data, offset, self.limit) if offset != self.beyond else None
            if layout is None or not layout.sane:
                return None
            table = list(table)
            table[header & 0x0F] = layout
            return self._follow(offset + layout.length, table, need - 1, evidence + 1, last)
        if header & 0xB0 in (0x10, 0x20, 0x30):
            return None
        for layout, bound in self._readings(offset, table):
            time = time_of(self.data, offset, layout)
            if not self._holds(offset, layout, time, last, evidence > 0 or self._weak):
                continue
            on = table if bound else [*table]
            on[local_type(header)] = layout
            after = offset + layout.stride
            got = self._follow(after, on, need - 1, evidence + (time is not None), last if time is None else time)
            if got is not None:
                return got if bound else [layout, *got]
        return None

    def _readings(self, offset: int, table: Table) -> Iterator[tuple[Layout, bool]]:
        """The layouts that the message at ``offset`` may have: the bound one, and those that have a time here."""
        local = local_type(self.data[offset])
        bound = table[local]
        if bound is not None and offset != self.beyond:
            yield bound, True
        for layout in self.pool[local]:
            if layout is bound or layout.time_at < 0 or self.data[offset] & 0x80:
                continue
            if offset == self.beyond and bound is not None and layout.shape == bound.shape:
                continue
            if time_of(self.data, offset, layout) is not None:
                yield layout, False

    def _holds(self, offset: int, layout: Layout, time: int | None, last: int | None, begun: bool) -> bool:
        """Whether a message can be read like this; the first one must have a time."""
        if offset + layout.stride > self.limit:
            return False
        if self.data[offset] & 0x80 and not (self.compressed and takes_time(layout)):
            return False
        if time is None:
            return begun and (layout.time_at < 0 or self._unset(offset, layout))
        return self.low <= time <= self.high if last is None else -BACKWARD <= time - last <= FORWARD

    def _unset(self, offset: int, layout: Layout) -> bool:
        """Whether the time of a message is unset, in a message that is written all the same."""
        at = offset + layout.time_at
        return any(self.data[at : at + 4]) and not is_dead(self.data, offset, layout.stride)

    def _untimed(self, offset: int) -> bool:
        """Whether sixteen messages without timestamps follow one another: the only evidence compressed headers can
        give, besides the five bits of time in them, which go on in small steps."""
        first, seconds = offset, []
        for _ in range(_WEAK):
            if offset == self.beyond or offset >= self.limit:
                return False
            header = self.data[offset]
            layout = self.table[local_type(header)]
            if (
                header & 0xC0 == 0x40
                or header & 0xB0 in (0x10, 0x20, 0x30)
                or layout is None
                or (header & 0x80 and not takes_time(layout))
                or offset + layout.stride > self.limit
            ):
                return False
            if header & 0x80:
                seconds.append(header & 31)
            offset += layout.stride
        if sum((b - a) & 31 for a, b in pairwise(seconds)) > _SECONDS:
            return False
        return not is_dead(self.data, first, offset - first)

    # -- candidates -----------------------------------------------------------------------------------------------

    def _candidates(self, octets: Bytes, start: int, stop: int) -> list[int]:
        """Offsets in [start, stop) where a message may begin, ascending: the cheap tests, done on all bytes at once."""
        window = octets[start:stop]
        found = [_definition_starts(octets, np.flatnonzero((window & 0xD0) == 0x40) + start, self.limit)]
        for local, bound in enumerate(self.table):
            layouts = [*([bound] if bound is not None else []), *self.pool[local]]
            tried = set()
            for layout in layouts:
                if layout.time_at < 0 or (layout.time_at, layout.big_endian, layout.stride) in tried:
                    continue
                tried.add((layout.time_at, layout.big_endian, layout.stride))
                hits = np.flatnonzero(window == local) + start
                hits = hits[hits + layout.stride <= self.limit]
                times = quads(octets, hits + layout.time_at, layout.big_endian)
                found.append(hits[(times >= self.low) & (times <= self.high)])
            if bound is not None and bound.time_at < 0:
                found += self._untimed_starts(octets, window, start, local, bound)
        return [int(offset) for offset in np.unique(np.concatenate(found))[:_CANDIDATES]]

    def _untimed_starts(self, octets: Bytes, window: Bytes, start: int, local: int, layout: Layout) -> list[Ints]:
        """Starts of messages without time: with compressed headers that repeat at their stride, or plain where nothing
        has a time."""
        found = []
        masks = [(0xE0, 0x80 | local << 5)] if local < 4 and self.compressed and takes_time(layout) else []
        if not self._timed:
            masks.append((0xFF, local))
        for mask, header in masks:
            hits = np.flatnonzero((window & mask) == header) + start
            hits = hits[hits + 3 * layout.stride < self.limit]
            repeats = np.ones(len(hits), bool)
            for step in (1, 2, 3):
                repeats &= (octets[hits + step * layout.stride] & mask) == header
            found.append(hits[repeats])
        return found


def _definition_starts(octets: Bytes, hits: Ints, limit: int) -> Ints:
    hits = hits[hits + 9 <= limit]
    ok = (octets[hits + 1] == 0) & (octets[hits + 2] <= 1) & (octets[hits + 5] > 0)
    ok &= (octets[hits + 7] > 0) & _SOUND[octets[hits + 8]]
    found: Ints = hits[ok]
    return found
