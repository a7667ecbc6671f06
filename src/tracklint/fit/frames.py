"""The book of what a walk has read so far: which messages, with which definitions, and how to take some of it back."""

from __future__ import annotations

from array import array
from bisect import bisect_left
from collections.abc import Collection
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt

from .document import Layout
from .resync import NO_TIME, UNTIMED, Table, local_type, quads, takes_time, time_of

__all__ = ["TAIL", "Budget", "Flip", "Frames", "Gap", "Ints"]

Ints = npt.NDArray[np.int64]
TAIL = 64  # messages that stay open for a second thought
_IN_USE = 12  # compressed timestamps that say that there are some
_POOL = 8  # layouts of a local type that may be bound again
_DOUBTFUL = 24  # messages before a fault that may be misread bytes
_PARTS = 4  # batches of messages in which layouts are counted
_STEPS = 400_000  # in the search for where messages go on
_RECENT = 10  # messages before a fault in which the damage may sit


@dataclass(slots=True)
class Budget:
    """How much care a whole file may cost, so that a file of nothing but damage is still read in bounded time."""

    flips: int = 48
    effort: int = 400_000
    gaps: int = 512
    doubts: int = 64
    steps: int = _STEPS

    @classmethod
    def for_size(cls, size: int) -> Budget:
        """That of a file of so many bytes. A short one of nothing but damage must not cost what a day's file may; of
        510 damaged real files the one that was searched longest took 15,000 steps in its 44 kB."""
        return cls(steps=min(8_192 + 4 * size, _STEPS))


@dataclass(frozen=True, slots=True)
class Gap:
    """Bytes that could not be read. ``before`` is the offset of the last message before them; ``cause`` says what
    stopped the reader; ``again`` are the offsets of earlier definitions that hold again behind them."""

    start: int
    end: int
    cause: str
    at: int
    header: int
    before: int | None
    last: int | None
    again: tuple[int, ...] = ()


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
    begins (0: none). ``outliers`` are messages whose time is not believed, ``last`` is the last time that is, ``span``
    the times that messages may have, once damage made it necessary to know, and ``believed`` are messages that are
    taken as they are though they are odd. ``seen`` holds for each local type the layouts that it had and where they
    stand, ``borrowed`` by index the definitions that hold again though they stand somewhere else.
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
    believed: set[int] = field(default_factory=set)
    span: tuple[int, int] | None = None
    borrowed: dict[int, int] = field(default_factory=dict)
    seen: list[dict[tuple[int, ...], tuple[int, Layout]]] = field(default_factory=lambda: [{} for _ in range(16)])
    _squeezed: int = 0
    _owned: tuple[tuple[int, ...], Ints] = field(default_factory=lambda: ((), np.zeros(0, np.int64)))
    _timed: tuple[tuple[int, ...], Ints] = field(default_factory=lambda: ((), np.zeros(0, np.int64)))
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
        known = self.seen[local]
        known.pop(layout.shape, None)
        known[layout.shape] = position, layout
        if len(known) > _POOL:
            del known[next(iter(known))]

    def borrow(self, position: int, layout: Layout) -> int:
        """Bind a local type at ``position`` again to a layout that it had before, and say where that stands."""
        source = self.seen[layout.header & 0x0F][layout.shape][0]
        self.define(position, layout)
        self.seen[layout.header & 0x0F][layout.shape] = source, layout
        self.borrowed[len(self.definitions) - 1] = source
        return source

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
            self.borrowed.pop(len(self.definitions), None)
            local = layout.header & 0x0F
            for column in self._by_local[local]:
                column.pop()
            self.bind(local, self._journal.pop())

    def owners_of(self, offsets: Ints) -> Ints:
        """The definition of each data message. The last answer is kept: several ask for the same messages in turn."""
        key = self._key(offsets)
        if key != self._owned[0]:
            self._owned = key, self._owners_of(offsets)
        return self._owned[1]

    def _key(self, offsets: Ints) -> tuple[int, ...]:
        ends = (int(offsets[0]), int(offsets[-1])) if len(offsets) else ()
        return len(offsets), *ends, len(self.definitions), len(self.flips), len(self.gaps)

    def _owners_of(self, offsets: Ints) -> Ints:
        headers = np.frombuffer(self.data, np.uint8)[offsets]
        local = np.where(headers & 0x80, (headers >> 5) & 3, headers & 0x0F)
        owners = np.zeros(len(offsets), np.int64)
        for each in np.flatnonzero(np.bincount(local, minlength=16)):
            mine = local == each
            starts, indices = self._by_local[each]
            owners[mine] = np.array(indices)[np.searchsorted(starts, offsets[mine], "right") - 1]
        return owners

    def times_of(self, offsets: Ints, owners: Ints) -> Ints:
        """The timestamps of data messages: `NO_TIME` where none stands, `UNTIMED` where there is no place for one. Not
        to be changed: the last answer is kept."""
        key = self._key(offsets)
        if key != self._timed[0]:
            self._timed = key, self._times_of(offsets, owners)
        return self._timed[1]

    def _times_of(self, offsets: Ints, owners: Ints) -> Ints:
        octets = np.frombuffer(self.data, np.uint8)
        times = np.full(len(offsets), UNTIMED, np.int64)
        present = np.flatnonzero(np.bincount(owners, minlength=1))
        places = np.full(int(present[-1]) + 1, -1) if len(present) else np.zeros(1, np.int64)
        kinds: set[bool] = set()
        for owner in present.tolist():
            layout = self.definitions[owner][1]
            places[owner] = layout.time_at
            kinds.add(layout.big_endian)
        at = places[owners]
        for big in kinds:
            chosen = at >= 0
            if len(kinds) > 1:
                chosen &= np.isin(owners, [o for o in present.tolist() if self.definitions[o][1].big_endian == big])
            if chosen.all():
                times = quads(octets, offsets + at, big)
            else:
                times[chosen] = quads(octets, offsets[chosen] + at[chosen], big)
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

    def times_before(self, position: int) -> Ints:
        """The believed times of all data messages before ``position``, in the order of the file."""
        fresh = np.array(self.fresh[: bisect_left(self.fresh, position)], np.int64)
        parts = [*self._done, (fresh, self.owners_of(fresh))] if len(fresh) else self._done
        if not parts:
            return np.zeros(0, np.int64)
        times = np.concatenate([self.times_of(offsets, owners) for offsets, owners in parts])
        if self.outliers:  # ``times`` is a copy already
            offsets = np.concatenate([offsets for offsets, _ in parts])
            times[np.isin(offsets, list(self.outliers))] = NO_TIME
        return times[times < NO_TIME]

    def time(self, offset: int) -> int | None:
        """The timestamp of the data message at ``offset``, ``None`` where it has none."""
        return time_of(self.data, offset, self.definitions[self.owner(offset)][1])

    def owner(self, offset: int) -> int:
        """The index of the definition that the data message at ``offset`` is read with."""
        starts, indices = self._by_local[local_type(self.data[offset])]
        return indices[max(bisect_left(starts, offset) - 1, 0)]

    def has_owner(self, offset: int) -> bool:
        """Whether a definition that stands in the file is bound for the message at ``offset``: a table may also have
        one that was only tried."""
        return bool(self._by_local[local_type(self.data[offset])][0])

    def settle(self, count: int) -> None:
        """Close the book on the first ``count`` open messages."""
        if count <= 0:
            return
        self.last = self.last_before(self.fresh[count - 1] + 1, back=64)
        offsets = np.array(self.fresh[:count])
        owners = self.owners_of(offsets)
        self._squeezed += self._squeezed_of(offsets, owners)
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

    def stated(self) -> tuple[list[tuple[int, Layout]], Ints]:
        """The definitions as they stand in the file, and for each in ``definitions`` which of them it is: one that is
        borrowed stands somewhere else."""
        if not self.borrowed:
            return self.definitions, np.arange(len(self.definitions))
        where = [self.borrowed.get(i, offset) for i, (offset, _) in enumerate(self.definitions)]
        layouts = dict(zip(where, (layout for _, layout in self.definitions), strict=True))
        entries = sorted(layouts.items(), key=lambda entry: entry[0])
        return entries, np.searchsorted(np.array([offset for offset, _ in entries]), where)

    def keep(self, chosen: npt.NDArray[np.bool_], owners: Ints | None = None) -> None:
        """Forget the data messages of a finished walk that are not chosen, and read the others with the definitions
        ``owners``, a number for each message, where that is given."""
        read_with = self.owners if owners is None else owners
        self._done = [(self.offsets[chosen], read_with[chosen])]

    @property
    def unread(self) -> int:
        """How many bytes the gaps have."""
        return sum(gap.end - gap.start for gap in self.gaps)

    def recent(self, fault: int) -> list[int]:
        """Offsets of the messages just before ``fault``, definitions among them, the nearest first."""
        frames = list(self.fresh[-TAIL:])
        floor = frames[0] if frames else self.start
        frames += [offset for offset, _ in self.definitions[-TAIL:] if offset >= floor or not self._done]
        return sorted((offset for offset in frames if offset < fault), reverse=True)[:_RECENT]

    def compressed(self, before: int) -> bool:
        """Whether compressed timestamps are in use before this offset; where they are not, a header with bit 7 is no
        evidence."""
        fresh = np.array(self.fresh[: bisect_left(self.fresh, before)], np.int64)
        return self._squeezed + self._squeezed_of(fresh, self.owners_of(fresh)) >= _IN_USE

    def _squeezed_of(self, offsets: Ints, owners: Ints) -> int:
        high = np.frombuffer(self.data, np.uint8)[offsets] >= 0x80
        counts = np.bincount(owners[high], minlength=1)
        return sum(int(counts[i]) for i in np.flatnonzero(counts) if takes_time(self.definitions[i][1]))

    def pool(self) -> list[list[Layout]]:
        """For each local type the layouts that it has had, the one with the most messages first."""
        fresh = np.array(self.fresh, np.int64)
        count = np.zeros(len(self.definitions) + 1, np.int64)
        for _, owners in [*self._done[-_PARTS:], (fresh, self.owners_of(fresh))]:
            count += np.bincount(owners, minlength=len(count))
        used: dict[int, int] = {}
        for i in np.flatnonzero(count).tolist():
            key = id(self.definitions[i][1])
            used[key] = used.get(key, 0) + int(count[i])
        return [
            sorted((layout for _, layout in known.values()), key=lambda layout: -used.get(id(layout), 0))
            for known in self.seen
        ]

    def certain_before(self, fault: int) -> int | None:
        """The last message before ``fault`` that its time proves, ``None`` where none of the latest has one."""
        end = bisect_left(self.fresh, fault)
        compressed = self.compressed(fault)
        for offset in reversed(self.fresh[max(end - _DOUBTFUL, 0) : end]):
            if offset in self.outliers:
                continue
            if self.data[offset] < 0x40 and self.time(offset) is not None:
                return offset
            if self.data[offset] >= 0x80 and compressed:
                return offset
        return None

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
        return self.data[offset] & 0xC0 != 0x40 and self.has_owner(offset) and self.owner(offset) == index

    def redefine(self, index: int, layout: Layout) -> None:
        """Read the messages of a definition with another ``layout`` from now on."""
        local = layout.header & 0x0F
        self.definitions[index] = (self.definitions[index][0], layout)
        if self._by_local[local][1][-1] == index:
            self.bind(local, layout)
