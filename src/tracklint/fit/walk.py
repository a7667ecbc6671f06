"""The walk over one segment's messages: fast where they are whole, careful where they are not."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import pairwise

import numpy as np

from .document import Layout, read_layout
from .flips import find_flip
from .frames import TAIL, Flip, Frames, Gap
from .likely import is_likely, reaches_in
from .resync import BACKWARD, FORWARD, NO_TIME, chain, fits_profile, local_type, takes_time
from .search import Again, Search
from .suspects import first_suspect

__all__ = ["Walk"]

_BATCH = 4096
_ENOUGH = 16  # times that say when the ride was
_DAYS = 3 * 86_400
_SET = 30 * 86_400  # seconds that a clock is set by
_SHORT = 64  # messages that may stand before others join those that were read
_RECENT = 200  # definitions that are looked at
_NEAR = 1 << 13  # bytes in which messages must chain otherwise, if a clock that was set is to be none
_RUN = 32  # messages a run is first looked for


@dataclass(slots=True, eq=False, kw_only=True)
class Walk(Frames):
    """Reads messages from ``start``.

    ``hard_end`` is where the next segment or the end of the file lies: messages may go on up to there when the declared
    size is wrong. ``truncated`` says that the header declares more bytes than there are, ``bits`` that its size and
    checksum leave it possible that single bits were flipped. ``data`` is changed where a bit is flipped, so it is a
    copy of the file as soon as that is wanted: `bytes` are exchanged for a `bytearray` then. After `run`, ``offsets``
    and ``owners`` name each data message and its definition.
    """

    hard_end: int
    truncated: bool = False
    bits: bool = True
    lenient: dict[int, Layout] = field(default_factory=dict)
    _layouts: dict[bytes, Layout] = field(default_factory=dict)
    _reserved: int = 0
    _measured: int = 0

    # -- the straight way -----------------------------------------------------------------------------------------

    def run(self) -> None:
        """Walk to the end. Never raises on any bytes; each step moves forward or spends budget."""
        position = max(self.start, self.stopped)
        while True:
            position = self._data_messages(position, min(self.limit, self._next_check(position)))
            suspect = self._suspect() if len(self.fresh) > _BATCH or self._at_end(position) else None
            if suspect is not None:
                position = self._doubt(*suspect, position)
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

    def _suspect(self) -> tuple[int, str] | None:
        return first_suspect(self) if self.fresh and self.budget.doubts > 0 else None

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
        if layout.unsound and not layout.mild and (layout.unsound > 1 or fits_profile(layout) <= 0):
            return False  # bytes of another kind, not a writer's mistake
        table = list(self.table)
        table[layout.header & 0x0F] = layout
        after = position + layout.length
        if after in self.ends or chain(
            self.data, after, table, self.last_before(position), limit=self.limit, ends=self.ends, strict=False
        ):
            self.lenient[id(layout)] = layout
            return True
        return False

    # -- damage ---------------------------------------------------------------------------------------------------

    def _doubt(self, suspect: int, why: str, position: int) -> int:
        """The message at ``suspect`` does not fit: a wrong value, a clock that was set, or bytes read at the wrong
        place."""
        self.budget.doubts -= 1
        if why != "time":
            return self._unlikely(suspect, why, position)
        if self._steady(suspect, position):
            to = self._resume(suspect, 12, until=suspect + _NEAR, again=False)
            if to is None or to[0] in self._frames():
                return self._believe(suspect, position)
            return self._leap(suspect, to, "time", suspect)
        if (back := self._flip_back(suspect)) is not None:
            return back
        to = self._resume(suspect)
        if to is None or self._reads_on(suspect, self._joined(to[0])):
            self.outliers.add(suspect)
            return position
        return self._leap(suspect, to, "time", suspect)

    def _believe(self, suspect: int, position: int) -> int:
        """The clock was set: times like this one hold as well from now on."""
        self.believed.add(suspect)
        time = self.time(suspect)
        if self.span is not None and time is not None:
            self.span = min(self.span[0], time - BACKWARD), max(self.span[1], time + FORWARD)
        return position

    def _steady(self, suspect: int, position: int) -> bool:
        """Whether the times from ``suspect`` on follow one another well: the clock was set, or a page was moved."""
        first = bisect_left(self.fresh, suspect)
        after = (self.time(offset) for offset in self.fresh[first : first + 40])
        following = [time for time in after if time is not None][:13]
        whole = len(following) == 13 or (len(self.fresh) <= first + 40 and self._at_end(position))
        return whole and all(-BACKWARD <= b - a <= FORWARD for a, b in pairwise(following))

    def _joined(self, at: int) -> int:
        """Where the messages from ``at`` on are those that were read, if none before that place has a time to prove
        that it is better read so; else ``at``."""
        frames, place = self._frames(), at
        for _ in range(_SHORT):
            if place in frames or place >= self.limit:
                return place if place in frames else at
            size, layout = self.sizes[self.data[place]], self.table[local_type(self.data[place])]
            if not size or layout is None or layout.time_at >= 0:
                return at
            place += size
        return at

    def _reads_on(self, suspect: int, at: int) -> bool:
        """Whether the messages behind ``suspect`` are read as they are up to ``at``, where they chain again.

        Their times lie near its own, or near the one before it where only its own is odd.
        """
        if at not in self._frames():
            return False
        between = self.fresh[bisect_left(self.fresh, suspect) + 1 : bisect_left(self.fresh, at)]
        layouts = [self.definitions[self.owner(offset)][1] for offset in between]
        if any(
            self.data[offset] >= 0x80 and not takes_time(each) for offset, each in zip(between, layouts, strict=True)
        ):
            return False
        times = [self.time(offset) for offset, each in zip(between, layouts, strict=True) if each.time_at >= 0]
        return not times or any(
            _follow_well([start, *times]) for start in (self.time(suspect), self.last_before(suspect))
        )

    def _frames(self) -> set[int]:
        return set(self.fresh) | {offset for offset, _ in self.definitions[-_RECENT:]}

    def _unlikely(self, suspect: int, why: str, position: int) -> int:
        """Go on behind bytes that are no message, or believe them where nothing else follows."""
        to = self._resume(suspect)
        if to is None and why == "dead":
            to = self.limit, []
        if to is None or (why != "dead" and self._reads_on(suspect, to[0])):
            self.believed.add(suspect)
            return position
        return self._leap(suspect, to, why, suspect)

    def _recover(self, fault: int, cause: str, position: int) -> int:
        """Go on after ``fault``: with a bit flipped back, at the next place where messages chain, or at the end."""
        if self.budget.gaps <= 0:
            return self._leap(fault, (self.limit, []), cause, fault)
        suspect = self._suspect()
        if suspect is not None and suspect[0] < fault:
            return self._doubt(*suspect, position)
        self.settle(len(self.fresh) - TAIL)
        if self.limit < self.hard_end and cause in ("overrun", "cut definition") and self.goes_on(fault):
            return fault
        cut = self.truncated and cause in ("overrun", "cut definition")
        if not cut and (back := self._flip_back(fault)) is not None:
            return back
        to = self._resume(fault)
        self.budget.gaps -= 1 if to is not None else 64  # it was looked for up to the end
        if to is None and cause == "definition" and (layout := self._layout(fault)) is not None and layout.mild:
            self.define(fault, layout)
            return fault + layout.length
        return self._leap(fault, to or (self.limit, []), cause, fault)

    def goes_on(self, position: int) -> bool:
        """Whether messages follow at ``position`` past the declared end; then the declared end no longer counts."""
        ends = {self.hard_end - 2, self.hard_end}
        table, last = self.table, self.last_before(position)
        if position >= self.hard_end or not chain(self.data, position, table, last, limit=self.hard_end, ends=ends):
            return False
        self.limit, self.ends = self.hard_end, ends
        return True

    def _measure(self, before: int) -> None:
        """Note in what span of time the messages before this offset lie, as soon as there are enough of them."""
        last = self.last_before(before)
        if self.span is not None:
            if last is not None and self.span[0] <= last <= self.span[1]:
                self.span = self.span[0], max(self.span[1], last + FORWARD)
            return
        if before < 2 * self._measured:
            return
        self._measured = before - self.start
        times = self.times_before(before)
        if len(times) >= _ENOUGH:
            near = times[np.abs(times - np.median(times)) < _DAYS]
            self.span = int(near.min()) - BACKWARD, int(near.max()) + FORWARD

    def _resume(self, fault: int, need: int = 6, until: int = 1 << 62, again: bool = True) -> Again | None:
        """Where messages chain again, and which layouts are bound again there. The damage may lie inside the last
        message that has a time, so the search begins just behind its start."""
        recent = self.recent(fault)
        certain = self.certain_before(fault)
        start = certain if certain is not None else recent[0] if recent else fault
        last = self.last_before(fault)
        self._measure(fault)
        near = (0x10000000, NO_TIME - 1) if last is None else (last - BACKWARD, last + FORWARD)
        low, high = self.span or near
        search = Search(
            data=self.data, table=self.table_at(fault), pool=self.pool() if again else [[]] * 16, low=low, high=high,
            limit=self.limit, ends=self.ends, beyond=fault, need=need, compressed=self.compressed(fault),
            budget=self.budget,
        )  # fmt: skip
        return search.resume(max(start + 1, self.start), until)

    def _leap(self, fault: int, to: Again, cause: str, where: int) -> int:
        """Note the gap and go on behind it. The last message before the damage may hold bytes of it, so it is dropped
        with all that was read since."""
        at, again = to
        certain = self.certain_before(fault)
        recent = self.recent(fault)
        start = fault
        if certain is not None:
            start = certain
            end = self._end_of(certain)
            if end <= min(at, fault) and self._likely(certain):
                start = end
        elif recent and (at < fault or self.data[recent[0]] & 0xC0 != 0x40):  # or a definition that ends behind there
            start = recent[0]
        if at >= self.limit and cause in ("overrun", "cut definition"):
            start = fault  # the end of the file cuts it; what stands before is whole
        while self.gaps and self.gaps[-1].end > start:  # nothing certain was read since
            start = min(start, self.gaps.pop().start)
        last = self.last_before(start)
        header = self.data[where] if where < len(self.data) else 0
        self.back_to(start)
        before = self.recent(start)
        sources = tuple(self.borrow(at - 1, layout) for layout in again)
        self.gaps.append(Gap(start, at, cause, where, header, before[0] if before else None, last, sources))
        return at

    def _end_of(self, offset: int) -> int:
        return offset + self.definitions[self.owner(offset)][1].stride

    def _likely(self, offset: int) -> bool:
        """Whether the values of a message go on from those of the messages before it."""
        owner = self.owner(offset)
        end = bisect_left(self.fresh, offset)
        same = [each for each in self.fresh[max(end - TAIL, 0) : end] if self.owner(each) == owner][-12:]
        layout = self.definitions[owner][1]
        return is_likely(self.data, offset, same, layout) and not (
            same and reaches_in(self.data, offset, same[-1], layout.stride)
        )

    def _flip_back(self, fault: int) -> int | None:
        """The one bit in a recent header or definition that, read the other way round, lets the messages follow past
        ``fault``."""
        if not self.bits or self.budget.flips <= 0 or self.budget.effort <= 0:
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


def _follow_well(times: Sequence[int | None]) -> bool:
    """Whether each time is there and may be that of a clock that was set; bytes that are no time lie years off."""
    return all(a is not None and b is not None and abs(b - a) <= _SET for a, b in pairwise(times))
