"""The walk over one segment's messages: fast where they are whole, careful where they are not."""

from __future__ import annotations

from bisect import bisect_left
from dataclasses import dataclass, field
from itertools import pairwise

import numpy as np

from .document import Layout, read_layout
from .flips import find_flip
from .frames import TAIL, Flip, Frames, Gap
from .resync import BACKWARD, FORWARD, NO_TIME, chain, local_type, resume

__all__ = ["Walk"]

_BATCH = 4096
_RUN = 32  # messages a run is first looked for


@dataclass(slots=True, eq=False, kw_only=True)
class Walk(Frames):
    """Reads messages from ``start``.

    ``hard_end`` is where the next segment or the end of the file lies: messages may go on up to there when the declared
    size is wrong. ``truncated`` says that the header declares more bytes than there are, ``proved`` that the checksum
    is right. ``data`` is changed where a bit is flipped, so it is a copy of the file as soon as that is wanted: `bytes`
    are exchanged for a `bytearray` then. After `run`, ``offsets`` and ``owners`` name each data message and its
    definition.
    """

    hard_end: int
    truncated: bool = False
    proved: bool = False
    lenient: dict[int, Layout] = field(default_factory=dict)
    _layouts: dict[bytes, Layout] = field(default_factory=dict)
    _jumps: set[int] = field(default_factory=set)
    _reserved: int = 0

    # -- the straight way -----------------------------------------------------------------------------------------

    def run(self) -> None:
        """Walk to the end. Never raises on any bytes; each step moves forward or spends budget."""
        position = max(self.start, self.stopped)
        while True:
            position = self._data_messages(position, min(self.limit, self._next_check(position)))
            suspect = self._suspect_time() if len(self.fresh) > _BATCH or self._at_end(position) else None
            if suspect is not None:
                position = self._doubt(suspect, position)
                continue
            if self._at_end(position):
                break
            if len(self.fresh) > _BATCH:
                self.settle(len(self.fresh) - TAIL)
            if (
                position < self.limit
                and self.sizes[self.data[position]]
                and position + self.sizes[self.data[position]] <= self.limit
            ):
                continue
            position = self._other(position)
        self.stopped = position
        self.settle(len(self.fresh))

    def _next_check(self, position: int) -> int:
        """How far to walk before the times of what was walked are looked at: twice as far each time."""
        return position + max(1 << 16, position - self.start)

    def _at_end(self, position: int) -> bool:
        return position >= self.limit or (position in self.ends and position > self.start)

    def _data_messages(self, position: int, stop: int) -> int:
        """Walk data messages up to a header that is none, or past ``stop``. A message that does not fit is not
        taken."""
        data, sizes, fresh = self.data, self.sizes, self.fresh
        put = fresh.append
        before = -1
        while position < stop:
            header = data[position]
            size = sizes[header]
            if not size:
                return position
            if header == before and size > 1:
                count = self._run_length(position, size, stop)
                if count > 1:
                    fresh.frombytes(np.arange(position, position + count * size, size, dtype=np.int64).tobytes())
                    position += count * size
                    before = -1
                    continue
            put(position)
            before = header
            position += size
        if position > self.limit and fresh:
            position = fresh.pop()
        return position

    def _run_length(self, position: int, size: int, stop: int) -> int:
        """How many messages with this header follow one another from ``position``, all of them ending by the
        segment's limit."""
        data = self.data
        header = data[position]
        room = (self.limit - position) // size
        if room < _RUN or data[position + 8 * size] != header or data[position + 2 * size] != header:
            return 0
        room = min(room, (stop - position) // size + 1)
        octets = np.frombuffer(data, np.uint8)
        done, width = 0, _RUN
        while done < room:
            piece = octets[position + done * size : position + min(done + width, room) * size : size]
            other = np.flatnonzero(piece != header)
            if len(other):
                return done + int(other[0])
            done += len(piece)
            width = min(width * 8, 1 << 16)
        return done

    def _other(self, position: int) -> int:
        """What stands at ``position`` is no message of a known type: a definition, or damage."""
        header = self.data[position]
        if header & 0xC0 == 0x40:
            layout = self._layout(position)
            if layout is None:
                return self._recover(position, "cut definition", position)
            if not layout.sane and not self._accepts(position, layout):
                return self._recover(position, "definition", position)
            self.define(position, layout)
            return position + layout.length
        bound = self.table[local_type(header)]
        if bound is not None and header & 0xB0 in (0x10, 0x20, 0x30) and position + bound.stride <= self.limit:
            return self._reserved_bits(position, bound)
        return self._recover(position, "overrun" if bound is not None else "undefined-local", position)

    def _reserved_bits(self, position: int, layout: Layout) -> int:
        """A data header with bits 4 or 5 set: readers ignore them, so they count for nothing where the messages go on
        well."""
        plain = position + layout.stride
        on = self._reserved >= 8 or chain(
            self.data, plain, self.table, self.last_before(position), limit=self.limit, ends=self.ends
        )
        if not on and plain not in self.ends:
            return self._recover(position, "reserved-bits", position)
        self._reserved += 1
        self.fresh.append(position)
        return plain

    # -- definitions ----------------------------------------------------------------------------------------------

    def _layout(self, position: int) -> Layout | None:
        data = self.data
        end = position + 6 + 3 * (data[position + 5] if position + 5 < self.limit else 0)
        if data[position] & 0x20 and end < self.limit:
            end += 1 + 3 * data[end]
        key = bytes(data[position:end])
        known = self._layouts.get(key)
        if known is None:
            known = read_layout(data, position, self.limit)
            if known is not None:
                self._layouts[key] = known
        return known if end <= self.limit else None

    def _accepts(self, position: int, layout: Layout) -> bool:
        """Whether a definition with faults is still meant: the messages after it hold when it is taken as it is."""
        if id(layout) in self.lenient:
            return True
        if layout.unsound and not layout.mild and not self.proved:
            return False
        table = list(self.table)
        table[layout.header & 0x0F] = layout
        after = position + layout.length
        if after in self.ends or chain(
            self.data, after, table, self.last_before(position), limit=self.limit, ends=self.ends, strict=False
        ):
            self.lenient[id(layout)] = layout
            return True
        return False

    # -- times ----------------------------------------------------------------------------------------------------

    def _suspect_time(self) -> int | None:
        """The first message whose time does not follow from the one before it."""
        if not self.fresh or self.budget.doubts <= 0:
            return None
        offsets = np.array(self.fresh)
        times = self.times_of(offsets, self.owners_of(offsets))
        if self.outliers:
            times[np.isin(offsets, list(self.outliers))] = NO_TIME
        timed = np.flatnonzero(times != NO_TIME)
        if not len(timed):
            return None
        values = times[timed]
        steps = np.diff(values, prepend=values[0] if self.last is None else self.last)
        for i in np.flatnonzero((steps < -BACKWARD) | (steps > FORWARD)):
            offset = int(offsets[timed[i]])
            if offset not in self._jumps:
                return offset
        return None

    # -- damage ---------------------------------------------------------------------------------------------------

    def _doubt(self, suspect: int, position: int) -> int:
        """The time at ``suspect`` does not fit: a wrong value, a clock that was set, or messages read at the wrong
        place."""
        self.budget.doubts -= 1
        if (back := self._flip_back(suspect)) is not None:
            return back
        last = self.last_before(suspect)
        first = bisect_left(self.fresh, suspect) + 1
        after = (self.time(offset) for offset in self.fresh[first : first + 40])
        following = [time for time in after if time is not None][:12]
        near = sum(last is not None and -BACKWARD <= t - last <= FORWARD for t in following[:3])
        if near >= 2 or (following and near == len(following)):
            self.outliers.add(suspect)
            return position
        steps = [b - a for a, b in pairwise(following)]
        steady = (len(following) == 12 or self._at_end(position)) and all(
            -BACKWARD <= step <= FORWARD for step in steps
        )
        at = self._resume(suspect, 24 if steady else 6)
        frames = set(self.fresh) | {offset for offset, _ in self.definitions[-200:]}
        if at is None or at in frames or (at > position and steady):
            self._jumps.add(suspect)
            return position
        return self._leap(suspect, at, "time", suspect)

    def _recover(self, fault: int, cause: str, position: int) -> int:
        """Go on after ``fault``: with a bit flipped back, at the next place where messages chain, or at the end."""
        if self.budget.gaps <= 0:
            return self._leap(fault, self.limit, cause, fault)
        suspect = self._suspect_time()
        if suspect is not None and suspect < fault:
            return self._doubt(suspect, position)
        self.settle(len(self.fresh) - TAIL)
        if self.limit < self.hard_end and cause in ("overrun", "cut definition") and self.goes_on(fault):
            return fault
        cut = self.truncated and cause in ("overrun", "cut definition")
        if not cut and (back := self._flip_back(fault)) is not None:
            return back
        at = self._resume(fault)
        self.budget.gaps -= 1 if at is not None else 64  # it was looked for up to the end
        if at is None and cause == "definition" and (layout := self._layout(fault)) is not None and layout.mild:
            self.define(fault, layout)
            return fault + layout.length
        return self._leap(fault, self.limit if at is None else at, cause, fault)

    def goes_on(self, position: int) -> bool:
        """Whether messages follow at ``position`` past the declared end; then the declared end no longer counts."""
        ends = {self.hard_end - 2, self.hard_end}
        table, last = self.table, self.last_before(position)
        if position >= self.hard_end or not chain(self.data, position, table, last, limit=self.hard_end, ends=ends):
            return False
        self.limit, self.ends = self.hard_end, ends
        return True

    def _resume(self, fault: int, need: int = 6) -> int | None:
        """Where messages chain again. The damage may lie inside the last message, so the search begins just behind
        its start."""
        recent = self.recent(fault)
        start = (recent[0] if recent else fault) + 1
        return resume(
            self.data, max(start, self.start), self.table_at(fault), self.last_before(fault),
            limit=self.limit, ends=self.ends, beyond=fault, need=need, compressed=self.compressed(),
        )  # fmt: skip

    def _leap(self, fault: int, at: int, cause: str, where: int) -> int:
        """Note the gap and go on at ``at``; messages that reach into what follows are dropped."""
        recent = self.recent(fault)
        start = fault
        if recent and recent[0] < at < fault:
            start = recent[0]
        last = self.last_before(start)
        header = self.data[where] if where < len(self.data) else 0
        self.back_to(start)
        before = self.recent(start)
        self.gaps.append(Gap(start, at, cause, where, header, before[0] if before else None, last))
        return at

    def _flip_back(self, fault: int) -> int | None:
        """The one bit in a recent header or definition that, read the other way round, lets the messages follow past
        ``fault``."""
        if self.budget.flips <= 0 or self.budget.effort <= 0:
            return None
        self.budget.flips -= 1
        if not isinstance(self.data, bytearray):
            self.data = bytearray(self.data)
        best = find_flip(self, fault)
        if best is None:
            return None
        offset, bit, back = best
        definition = next(
            (i for i, (start, layout) in enumerate(self.definitions) if start <= offset < start + layout.length), None
        )
        if definition is not None and self.definitions[definition][0] < back:
            self._redefine(definition, offset, bit, back)
        else:
            self.back_to(back)
            self._flip(offset, bit)
        self.flips.append(Flip(offset, bit))
        return back

    def _flip(self, offset: int, bit: int) -> None:
        assert isinstance(self.data, bytearray)
        self.data[offset] ^= 1 << bit

    def _redefine(self, index: int, offset: int, bit: int, back: int) -> None:
        """Put a definition right that stands before the messages that showed its fault."""
        self.back_to(back)
        self._flip(offset, bit)
        start, _ = self.definitions[index]
        layout = read_layout(self.data, start, self.limit)
        assert layout is not None
        self.redefine(index, layout)
