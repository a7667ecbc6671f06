"""The book of what a walk has read so far: which messages, with which definitions, and how to take some of it back."""

from __future__ import annotations

from array import array
from bisect import bisect_left
from collections.abc import Collection
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt

from .document import Layout
from .resync import NO_TIME, Table, local_type, quads, time_of

__all__ = ["TAIL", "Budget", "Flip", "Frames", "Gap", "Ints"]

Ints = npt.NDArray[np.int64]
TAIL = 64  # messages that stay open for a second thought
_RECENT = 10  # messages before a fault in which the damage may sit


@dataclass(slots=True)
class Budget:
    """How much care a whole file may cost, so that a file of nothing but damage is still read in bounded time."""

    flips: int = 48
    effort: int = 400_000
    gaps: int = 512
    doubts: int = 64


@dataclass(frozen=True, slots=True)
class Gap:
    """Bytes that could not be read. ``before`` is the offset of the last message before them; ``cause`` says what
    stopped the reader."""

    start: int
    end: int
    cause: str
    at: int
    header: int
    before: int | None
    last: int | None


@dataclass(frozen=True, slots=True)
class Flip:
    """One bit in a header or definition that is read the other way round, because only then the messages that follow
    make sense."""

    offset: int
    bit: int


@dataclass(slots=True, eq=False, kw_only=True)
class Frames:
    """Definitions and data messages from ``start`` on, in the order of the file, and what could not be read of them.

    ``limit`` is where the segment must end at the latest, ``ends`` where it may end, ``stopped`` the offset behind the
    last message.
    ``definitions`` are (offset, layout); ``fresh`` holds the offsets of data messages that can still be taken back,
    ``table`` the layout that each local type is bound to, ``sizes`` the length of the message that each header byte
    begins (0: none). ``outliers`` are messages whose time is not believed, ``last`` is the last time that is.
    """

    data: bytes | bytearray
    start: int
    limit: int
    ends: Collection[int]
    budget: Budget
    stopped: int = 0
    gaps: list[Gap] = field(default_factory=list)
    flips: list[Flip] = field(default_factory=list)
    definitions: list[tuple[int, Layout]] = field(default_factory=list)
    last: int | None = None
    table: Table = field(default_factory=lambda: [None] * 16)
    sizes: list[int] = field(default_factory=lambda: [0] * 256)
    fresh: array[int] = field(default_factory=lambda: array("q"))
    outliers: set[int] = field(default_factory=set)
    _journal: list[Layout | None] = field(default_factory=list)
    _by_local: list[tuple[list[int], list[int]]] = field(default_factory=lambda: [([], []) for _ in range(16)])
    _done: list[tuple[Ints, Ints]] = field(default_factory=list)

    def define(self, position: int, layout: Layout) -> None:
        """Bind the local type of the definition at ``position``."""
        local = layout.header & 0x0F
        self._journal.append(self.table[local])
        offsets, indices = self._by_local[local]
        offsets.append(position)
        indices.append(len(self.definitions))
        self.definitions.append((position, layout))
        self.bind(local, layout)

    def bind(self, local: int, layout: Layout | None) -> None:
        """Read messages of this local type with ``layout`` from now on."""
        size = layout.stride if layout is not None else 0
        self.table[local] = layout
        self.sizes[local] = size
        if local < 4:
            self.sizes[0x80 + 32 * local : 0xA0 + 32 * local] = [size] * 32

    def back_to(self, position: int) -> None:
        """Forget every message from ``position`` on."""
        del self.fresh[bisect_left(self.fresh, position) :]
        while self.definitions and self.definitions[-1][0] >= position:
            _, layout = self.definitions.pop()
            local = layout.header & 0x0F
            for column in self._by_local[local]:
                column.pop()
            self.bind(local, self._journal.pop())

    def owners_of(self, offsets: Ints) -> Ints:
        """The definition of each data message."""
        headers = np.frombuffer(self.data, np.uint8)[offsets]
        local = np.where(headers & 0x80, (headers >> 5) & 3, headers & 0x0F)
        owners = np.zeros(len(offsets), np.int64)
        for each in np.flatnonzero(np.bincount(local, minlength=16)):
            mine = local == each
            starts, indices = self._by_local[each]
            owners[mine] = np.array(indices)[np.searchsorted(starts, offsets[mine], "right") - 1]
        return owners

    def times_of(self, offsets: Ints, owners: Ints) -> Ints:
        """The timestamps of data messages, `NO_TIME` where there is none."""
        octets = np.frombuffer(self.data, np.uint8)
        layouts = {int(owner): self.definitions[owner][1] for owner in np.unique(owners)}
        times = np.full(len(offsets), NO_TIME, np.int64)
        kinds: dict[tuple[int, bool], list[int]] = {}
        for owner, layout in layouts.items():
            if layout.time_at >= 0:
                kinds.setdefault((layout.time_at, layout.big_endian), []).append(owner)
        for (time_at, big), group in kinds.items():
            chosen = slice(None) if len(group) == len(layouts) else np.isin(owners, group)
            times[chosen] = quads(octets, offsets[chosen] + time_at, big)
        times[times == 0] = NO_TIME
        return times

    def last_before(self, position: int, back: int = 1 << 30) -> int | None:
        """The time that holds just before ``position``, looked for in so many messages at most."""
        end = bisect_left(self.fresh, position)
        for offset in reversed(self.fresh[max(end - back, 0) : end]):
            if offset not in self.outliers:
                time = self.time(offset)
                if time is not None:
                    return time
        return self.last

    def time(self, offset: int) -> int | None:
        """The timestamp of the data message at ``offset``, ``None`` where it has none."""
        return time_of(self.data, offset, self.definitions[self.owner(offset)][1])

    def owner(self, offset: int) -> int:
        """The index of the definition that the data message at ``offset`` is read with."""
        starts, indices = self._by_local[local_type(self.data[offset])]
        return indices[max(bisect_left(starts, offset) - 1, 0)]

    def settle(self, count: int) -> None:
        """Close the book on the first ``count`` open messages."""
        if count <= 0:
            return
        self.last = self.last_before(self.fresh[count - 1] + 1, back=64)
        offsets = np.array(self.fresh[:count])
        owners = self.owners_of(offsets)
        self._done.append((offsets, owners))
        del self.fresh[:count]

    @property
    def offsets(self) -> Ints:
        """The offsets of all data messages, ascending."""
        return np.concatenate([done[0] for done in self._done]) if self._done else np.zeros(0, np.int64)

    @property
    def owners(self) -> Ints:
        """The index in ``definitions`` for each data message."""
        return np.concatenate([done[1] for done in self._done]) if self._done else np.zeros(0, np.int64)

    def recent(self, fault: int) -> list[int]:
        """Offsets of the messages just before ``fault``, definitions among them, the nearest first."""
        frames = list(self.fresh[-TAIL:])
        floor = frames[0] if frames else self.start
        frames += [offset for offset, _ in self.definitions[-TAIL:] if offset >= floor or not self._done]
        return sorted((offset for offset in frames if offset < fault), reverse=True)[:_RECENT]

    def compressed(self) -> bool:
        """Whether compressed timestamps are in use here; where they are not, a header with bit 7 is no evidence."""
        return sum(self.data[offset] >= 0x80 for offset in self.fresh[-TAIL:]) >= 2

    def table_at(self, position: int) -> Table:
        """The bindings just before ``position``."""
        table = list(self.table)
        for (offset, layout), previous in zip(reversed(self.definitions), reversed(self._journal), strict=True):
            if offset < position:
                break
            table[layout.header & 0x0F] = previous
        return table

    def uses(self, index: int) -> int:
        """How many of the latest messages are read with this definition."""
        return sum(self.is_of(offset, index) for offset in self.fresh[-TAIL:]) + sum(
            int((owners == index).sum()) for _, owners in self._done[-1:]
        )

    def is_of(self, offset: int, index: int) -> bool:
        """Whether the data message at ``offset`` is read with this definition."""
        return self.data[offset] & 0xC0 != 0x40 and self.owner(offset) == index

    def redefine(self, index: int, layout: Layout) -> None:
        """Read the messages of a definition with another ``layout`` from now on."""
        local = layout.header & 0x0F
        self.definitions[index] = (self.definitions[index][0], layout)
        if self._by_local[local][1][-1] == index:
            self.bind(local, layout)
