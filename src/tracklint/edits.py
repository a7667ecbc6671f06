"""The one edit type. Everything outside the edits stays byte-identical, in FIT and XML alike."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import accumulate, pairwise

from .findings import Finding, Where

__all__ = ["Asked", "Draft", "Edit", "Step", "Stretches", "Wishes", "apply", "narrowed"]


@dataclass(frozen=True, slots=True, order=True)
class Edit:
    """Replace ``size`` bytes at ``offset`` by ``data``; a size of 0 inserts. ``why`` says it in words for a person."""

    offset: int
    size: int
    data: bytes
    why: str = ""


def apply(original: bytes, edits: Iterable[Edit]) -> bytes:
    """``original`` with all edits, in any order given. Raises ValueError where two overlap or one lies outside the
    bytes."""
    pieces: list[bytes] = []
    position = 0
    for edit in sorted(edits, key=lambda e: (e.offset, e.size)):
        if edit.offset < position or edit.size < 0 or edit.offset + edit.size > len(original):
            raise ValueError(
                f"the edit at byte {edit.offset} overlaps another one or lies outside the {len(original)} bytes"
            )
        pieces += original[position : edit.offset], edit.data
        position = edit.offset + edit.size
    pieces.append(original[position:])
    return b"".join(pieces)


@dataclass(frozen=True, slots=True)
class Stretches:
    """Stretches of bytes of which each part of a file keeps some: ``starts`` and ``ends``, ascending and apart.

    ``rest`` are the bytes from the first of them to the last without all of them, ``at`` the place in it where each
    was. So a part takes an edit for each hole between what it keeps, however many stretches there are.
    """

    starts: Sequence[int]
    ends: Sequence[int]
    rest: bytes
    at: Sequence[int]

    @classmethod
    def of(cls, data: bytes, spans: Iterable[tuple[int, int]]) -> Stretches:
        """The stretches with these starts and ends, given in their order."""
        starts, ends = map(list, zip(*spans, strict=True))
        between = [data[end:start] for end, start in zip(ends, starts[1:], strict=False)]
        return cls(starts, ends, b"".join(between), list(accumulate(map(len, between), initial=0)))

    def without_others(self, kept: Iterable[int]) -> list[Edit]:
        """The edits that take out all stretches but those with these indices, ascending."""
        edits = []
        for one, other in pairwise((-1, *kept, len(self.starts))):
            if other - one > 1:
                start, end = self.starts[one + 1], self.ends[other - 1]
                edits.append(Edit(start, end - start, self.rest[self.at[one + 1] : self.at[other - 1]]))
        return edits


def narrowed(original: bytes, edit: Edit) -> Iterator[Edit]:
    """The same edit without the bytes that stay as they are: nothing, one edit, or several."""
    old, new = original[edit.offset : edit.offset + edit.size], edit.data
    if len(old) != len(new):
        yield edit
        return
    start = None
    for i in range(len(old) + 1):
        differs = i < len(old) and old[i] != new[i]
        if differs and start is None:
            start = i
        elif not differs and start is not None:
            yield Edit(edit.offset + start, i - start, new[start:i], edit.why)
            start = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """One thing that a repair wants to do, with the edits that do it, on the bytes as they are at that moment.

    ``action`` is ``dropped``, ``moved``, ``changed`` or ``added``. ``segments`` names FIT segments to close again where
    no edit falls into them. ``records`` is how many readable points are lost by it; ``retimed`` says that the points
    change their order or their times; ``columns`` names those whose numbers it gives, takes away or changes, which a
    safe step does by less than 1.
    """

    action: str
    says: str
    edits: tuple[Edit, ...] = ()
    safe: bool = True
    where: Where = field(default_factory=Where)
    segments: tuple[int, ...] = ()
    records: int = 0
    retimed: bool = False
    columns: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Wishes:
    """What a person decides about a repair, because no file can tell it.

    ``zone`` is the offset of times without one, in minutes east of UTC; ``sport`` a word of `sports` for activities
    whose sport is not known; ``interpolate`` gives points without time one between their neighbours instead of dropping
    them.
    """

    zone: int | None = None
    sport: str | None = None
    interpolate: bool = False

    def lacks(self, option: str) -> bool:
        """Whether an option of the command, such as ``--sport WORD``, would tell a wish that is not told."""
        return getattr(self, option.split(maxsplit=1)[0].strip("-,"), True) in (None, False)


@dataclass(frozen=True, slots=True)
class Asked:
    """What a repair may use besides the document: the findings it is there for, whether unsafe steps are wanted, and
    what else a person wants."""

    findings: tuple[Finding, ...]
    unsafe: bool
    wishes: Wishes = field(default_factory=Wishes)


@dataclass(frozen=True, slots=True)
class Draft:
    """Bytes that are being mended, and where each of them stood in the original.

    ``pieces`` holds (position, position in the original, size) of every stretch that is still as it was, ascending in
    both.
    """

    original: bytes
    data: bytes
    pieces: tuple[tuple[int, int, int], ...]

    @classmethod
    def of(cls, original: bytes) -> Draft:
        """A draft in which nothing is changed yet."""
        return cls(original, original, ((0, 0, len(original)),) if original else ())

    def after(self, edits: Sequence[Edit]) -> Draft:
        """The draft with edits of its present bytes. Raises ValueError as `apply` does."""
        ordered = sorted(edits, key=lambda e: (e.offset, e.size))
        data = apply(self.data, ordered)
        pieces: list[tuple[int, int, int]] = []
        position = shift = index = 0
        for offset, size, added in [*((e.offset, e.size, len(e.data)) for e in ordered), (len(self.data), 0, 0)]:
            index = max(index - 1, 0)
            while index < len(self.pieces) and self.pieces[index][0] < offset:
                at, origin, length = self.pieces[index]
                start, stop = max(at, position), min(at + length, offset)
                if start < stop:
                    _join(pieces, start + shift, origin + start - at, stop - start)
                index += 1
            position = offset + size
            shift += added - size
        return Draft(self.original, data, tuple(pieces))

    def origin(self, offset: int) -> int:
        """Where the byte at ``offset`` stood in the original; for an added byte, the place at which it was added."""
        i = bisect_right(self.pieces, (offset, len(self.original) + 1, 0)) - 1
        if i < 0:
            return 0
        at, origin, size = self.pieces[i]
        return origin + min(offset - at, size)

    def span(self, edit: Edit) -> tuple[int, int]:
        """Offset and size in the original of what an edit of the present bytes replaces."""
        start, end = self.origin(edit.offset), self.origin(edit.offset + edit.size)
        return start, max(end - start, 0)

    def edits(self) -> tuple[Edit, ...]:
        """All that is changed, as edits of the original."""
        found: list[Edit] = []
        at = origin = 0
        for position, stood, size in (*self.pieces, (len(self.data), len(self.original), 0)):
            if position > at or stood > origin:
                found += narrowed(self.original, Edit(origin, stood - origin, self.data[at:position]))
            at, origin = position + size, stood + size
        return tuple(found)


def _join(pieces: list[tuple[int, int, int]], at: int, origin: int, size: int) -> None:
    """Add a piece, as a part of the last one where it follows it in both."""
    if pieces:
        last_at, last_origin, last_size = pieces[-1]
        if last_at + last_size == at and last_origin + last_size == origin:
            pieces[-1] = (last_at, last_origin, last_size + size)
            return
    pieces.append((at, origin, size))
