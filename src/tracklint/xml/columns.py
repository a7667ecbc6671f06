"""From elements to columns: the values below each point, from every place where a producer may have put them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from ..activity import CHANNELS, COLUMNS, BadValue, Place, Session
from ..findings import Where
from .datetimes import respelled
from .index import tag_attributes
from .kept import Spans, Texts
from .spots import Spot, spots
from .tags import CLOSE, Int32s
from .values import EMPTY_TEXT, NO_ZONE, NOT_FINITE, NOT_VALUE, TAKEN, Column, read_numbers, read_times

if TYPE_CHECKING:
    from .document import XmlDocument
    from .vocabulary import Vocabulary

__all__ = [
    "Points",
    "attribute_spans",
    "dotted",
    "elements_by_spot",
    "point_elements",
    "point_name",
    "point_numbers",
    "read_points",
    "read_together",
    "spots_of",
]

Floats = npt.NDArray[np.float64]
Int64s = npt.NDArray[np.int64]
_KINDS = {EMPTY_TEXT: "empty", NOT_VALUE: "not-a-number", NOT_FINITE: "not-finite", NO_ZONE: "no-zone"}
#: Kinds of texts that are taken all the same.
_TAKEN_KINDS = ("no-zone", "not-whole", "exponent")
#: Columns whose values the schemas want as whole numbers.
_WHOLE = ("heart_rate", "cadence", "power")
#: So many texts are enough for the time that reading one more column takes whatever its length.
_TOGETHER = 4096
_POINTS = {"gpx": "trkpt", "TrainingCenterDatabase": "Trackpoint"}


@dataclass(frozen=True, slots=True, eq=False)
class Points:
    """The points of a document: their elements, columns by name, places, and values that could not be taken."""

    elements: Int32s
    columns: dict[str, Floats]
    places: tuple[Place, ...]
    bad_values: tuple[BadValue, ...]

    def before(self, element: int) -> int:
        """How many points stand before this element."""
        return int(np.searchsorted(self.elements, element))


def point_name(document: XmlDocument) -> str:
    """The local name of the points of this document."""
    return _POINTS.get(document.root.name if document.root else "", "trkpt")


def point_numbers(points: Int32s, found: Int32s) -> npt.NDArray[np.intp]:
    """For each of these elements the index in ``points`` of the one that it stands in or after, -1 before the first."""
    if len(points) == len(found) and (points < found).all() and (found[:-1] < points[1:]).all():
        return np.arange(len(found))  # each point has one
    return np.searchsorted(points, found, "right") - 1


def spots_of(document: XmlDocument, name: str) -> dict[Spot, frozenset[int]]:
    """Every meaning that a path below the points ``name`` has, with the numbers of its paths."""
    return document.elements.paths.once(spots, name)


def elements_by_spot(
    document: XmlDocument, name: str, channels: Sequence[str] = COLUMNS
) -> Iterator[tuple[Spot, Int32s]]:
    """The elements of every spot that has values of these columns, below the points ``name``."""
    for spot, paths in spots_of(document, name).items():
        if spot.channel in channels:
            yield spot, document.elements.of_paths(paths)


def point_elements(document: XmlDocument, name: str) -> tuple[Int32s, npt.NDArray[np.bool_]]:
    """The outermost elements with this local name, in any namespace, and for each whether it is to be kept.

    A point that is still open where a damaged file ends is not kept: its last value may be cut in two.
    """
    elements = document.elements
    found = elements.of_paths(elements.paths.once(_outermost, name))
    keep = np.ones(len(found), bool)
    if len(found) and not document.well_formed:
        unclosed = elements.tags.unclosed()
        keep &= ~np.isin(elements.tag[found], unclosed)
    return found, keep


def _outermost(paths: Vocabulary, name: str) -> tuple[int, ...]:
    return tuple(path.number for path in paths if path.local == name and name not in path.locals()[:-1])


@dataclass(frozen=True, slots=True, eq=False)
class _Texts:
    """The texts of one place: its ``spot``, the keys under which the document keeps their column, the elements that
    have them, for each the number of its point, and where it starts and ends."""

    spot: Spot
    keys: tuple[int | bytes, ...]
    elements: Int32s
    owner: npt.NDArray[np.intp]
    start: Int32s
    end: Int32s


def read_together(document: XmlDocument, spans: Sequence[tuple[Int32s, Int32s]]) -> Iterator[Column]:
    """The numbers at each of these spans, read in one go: a column of few texts costs as much as one of some more."""
    if len(spans) == 1:
        yield read_numbers(document.text, *spans[0], document.codec)
    elif spans:
        start, end = (np.concatenate([span[k] for span in spans]) for k in (0, 1))
        together = read_numbers(document.text, start, end, document.codec)
        at = 0
        for span, _ in spans:
            yield together.piece(at, at + len(span))
            at += len(span)


class _Reader:
    """Collects columns, places and bad values of one document."""

    def __init__(self, document: XmlDocument, name: str) -> None:
        self.document, self.name = document, name
        self.all, self.keep = point_elements(document, name)
        self.number = np.cumsum(self.keep) - 1
        self.points = self.all[self.keep]
        self.columns: dict[str, Floats] = {}
        self.places: list[Place] = []
        self.bad: dict[tuple[str, str], list[tuple[Int32s, Int32s, Int32s]]] = {}

    def take(self, spot: Spot, owner: npt.NDArray[np.intp], column: Column, start: Int32s, size: Int32s) -> None:
        """Put the values of one place into its column, where no place before it had one."""
        good = (column.status == TAKEN) | (column.status == NO_ZONE)
        values = column.values
        if len(owner) != len(self.points) or (np.diff(owner) != 1).any():
            values = np.full(len(self.points), np.nan)
            values[owner[good][::-1]] = column.values[good][::-1]
        have = np.isfinite(values)
        if have.any() and spot.channel in CHANNELS:
            place = Place(
                channel=spot.channel,
                name=spot.name,
                strava=spot.strava,
                points=int(have.sum()),
                first=int(np.argmax(have)),
                why=spot.why,
                defect=spot.defect,
            )
            self.places.append(place)
        target = self.columns.setdefault(spot.channel, values)
        if target is not values:
            free = have & np.isnan(target)
            self.columns[spot.channel] = np.where(free, values, target) if free.any() else target
        texts = owner.astype(np.int32), start, size
        if spot.channel in _WHOLE:
            self.note((spot.channel, "not-whole"), good & dotted(self.document.raw, start, size), texts)
        if column.status.any():
            for status in np.unique(column.status[column.status != TAKEN]).tolist():
                rows = column.status == status
                kind = "not-a-time" if spot.channel == "time" and status in (NOT_VALUE, NOT_FINITE) else _KINDS[status]
                self.note((spot.channel, kind), rows, texts)

    def note(self, kind: tuple[str, str], rows: npt.NDArray[np.bool_], texts: tuple[Int32s, Int32s, Int32s]) -> None:
        """Keep owner, start and size of texts that are not written as they should be; ``kind`` is channel and kind."""
        if rows.any():
            owner, start, size = texts
            self.bad.setdefault(kind, []).append((owner[rows], start[rows], size[rows]))

    def elements(self, spot: Spot, found: Int32s) -> Iterator[_Texts]:
        """The texts of these elements, which all stand at one place."""
        index = self.document.elements
        owner = point_numbers(self.all, found)
        kept = self.keep[owner]
        if spot.leaf_only:
            following = np.minimum(index.tag[found] + 1, len(index.tags.kind) - 1)
            kept &= index.tags.kind[following] == CLOSE
        if not kept.all():
            found, owner = found[kept], owner[kept]
        if len(found):
            owner = self.number[owner]
            yield _Texts(spot, tuple(spots_of(self.document, self.name)[spot]), found, owner, *index.text_spans(found))

    def attributes(self, channel: str, name: bytes, spans: tuple[Int32s, Int32s]) -> Iterator[_Texts]:
        """The values of an attribute of the points; a start below 0 stands for one that is not there."""
        start, end = spans
        there = np.flatnonzero(start >= 0)
        points = self.points
        if len(there) < len(points):
            points, start, end = points[there], start[there], end[there]
        if len(there):
            yield _Texts(Spot(channel, f"@{name.decode()}"), (name,), points, there, start, end)

    def texts(self, attributes: Sequence[tuple[str, bytes]]) -> Iterator[_Texts]:
        """The texts of all places in the order in which they count: these attributes, what Strava reads, the rest."""
        if attributes:
            spans = attribute_spans(self.document, self.points, tuple(attribute for _, attribute in attributes))
            self.document.kept.spans = spans
            for (channel, attribute), edges in zip(attributes, spans.edges, strict=True):
                yield from self.attributes(channel, attribute, edges)
        found = elements_by_spot(self.document, self.name)
        for spot, elements in sorted(found, key=lambda each: (not each[0].strava, int(each[1][0]))):
            yield from self.elements(spot, elements)

    def read(self, texts: Iterable[_Texts]) -> None:
        """Take the values of these places, short columns together and long ones one by one."""
        together: list[_Texts] = []
        for each in texts:
            together.append(each)
            if sum(len(one.owner) for one in together) >= _TOGETHER:
                self.read_some(together)
                together = []
        self.read_some(together)

    def read_some(self, texts: list[_Texts]) -> None:
        """Take the values of these places."""
        document, index = self.document, self.document.elements
        numbers = read_together(document, [(each.start, each.end) for each in texts if each.spot.channel != "time"])
        for each in texts:
            start, end, owner = each.start, each.end, each.owner
            is_time = each.spot.channel == "time"
            column = read_times(document.text, start, end, document.codec) if is_time else next(numbers)
            document.kept.texts.update(dict.fromkeys(each.keys, Texts(each.elements, column)))
            of_attribute = isinstance(each.keys[0], bytes)
            if not of_attribute and (empty := column.status == EMPTY_TEXT).any():
                start = np.where(empty, index.tags.start[index.tag[each.elements]], start).astype(np.int32)
            self.take(each.spot, owner, column, start, end - start)
            if of_attribute and len(column.exponents):
                exponents = np.zeros(len(owner), bool)
                exponents[column.exponents] = True
                self.note((each.spot.channel, "exponent"), exponents, (owner.astype(np.int32), start, end - start))

    def bad_values(self) -> tuple[BadValue, ...]:
        """What could not be taken, without the points that got a value from another place."""
        found = []
        for (channel, kind), parts in self.bad.items():
            records, offsets, sizes = (np.concatenate([part[k] for part in parts]).astype(np.int64) for k in range(3))
            lost = np.isnan(self.columns[channel][records]) | (kind in _TAKEN_KINDS)
            order = np.flatnonzero(lost)[np.argsort(records[lost], kind="stable")]
            if not len(order):
                continue
            records, offsets, sizes = records[order], offsets[order], sizes[order]
            sample = self.document.piece(int(offsets[0]), int(offsets[0] + sizes[0])).value if kind != "empty" else ""
            mendable = kind == "not-a-time" and self._any_date(offsets, sizes)
            if self.document.codec != self.document.encoding:
                ends = [self.document.origin(int(end)) for end in offsets + sizes]
                offsets = np.array([self.document.origin(int(offset)) for offset in offsets], np.int64)
                sizes = np.array(ends, np.int64) - offsets
            found.append(BadValue(channel, kind, records, offsets, sizes, sample[:80], mendable))
        return tuple(sorted(found, key=lambda bad: (int(bad.records[0]), bad.channel, bad.kind)))

    def _any_date(self, start: Int64s, size: Int64s) -> bool:
        """Whether one of these texts is a date and time in another form."""
        ends = (start + size).tolist()
        return any(respelled(self.document.piece(a, b).value) for a, b in zip(start.tolist(), ends, strict=True))


def dotted(raw: npt.NDArray[np.uint8], start: Int32s, size: Int32s) -> npt.NDArray[np.bool_]:
    """Whether a decimal point or an exponent stands in each of these numbers."""
    found = np.zeros(len(start), bool)
    for k in range(min(int(size.max(initial=0)), _LONGEST)):
        byte = raw.take(start + k, mode="clip")
        found |= ((byte == 0x2E) | ((byte | 0x20) == 0x65)) & (k < size)
    return found


#: The longest text of a number that is looked at.
_LONGEST = 64


def read_points(document: XmlDocument, name: str, attributes: Sequence[tuple[str, bytes]] = ()) -> Points:
    """The points ``name`` (``trkpt`` or ``Trackpoint``) of a document as columns.

    Places that Strava reads come first, the others fill in. ``attributes`` are pairs of column and attribute of the
    point itself.
    """
    reader = _Reader(document, name)
    if len(reader.points):
        reader.read(reader.texts(attributes))
    nothing = {column: np.full(len(reader.points), np.nan) for column in COLUMNS if column not in reader.columns}
    columns = {column: {**nothing, **reader.columns}[column] for column in COLUMNS}
    return Points(reader.points, columns, tuple(reader.places), reader.bad_values())


def attribute_spans(
    document: XmlDocument, points: Int32s, names: tuple[bytes, ...], *, only_exact: bool = False
) -> Spans:
    """Where the values of two attributes of each point stand.

    A tag with exactly two attributes written ``lat="..."`` and ``lon="..."`` is told by its quotes; others are read
    one by one, but with ``only_exact``.
    """
    tags, raw = document.elements.tags, document.raw
    tag = document.elements.tag[points]
    first = np.searchsorted(tags.quotes, tags.start[tag])
    count = np.searchsorted(tags.quotes, tags.stop[tag]) - first
    spans = [(np.full(len(points), -1, np.int32), np.full(len(points), -1, np.int32)) for _ in names]
    two = np.flatnonzero(count == 4)
    done = np.zeros(len(points), bool)
    if len(two):
        at = first[two]
        edges = [tags.quotes[at + k] for k in range(4)]
        right = np.zeros(len(two), np.int32)
        for (start, end), name in zip(spans, names, strict=True):
            for opening, closing in ((edges[0], edges[1]), (edges[2], edges[3])):
                here = _named(raw, opening, name)
                start[two[here]] = opening[here] + 1
                end[two[here]] = closing[here]
                right += here
        done[two[right == len(names)]] = True
    for i in () if only_exact else np.flatnonzero(~done).tolist():
        found: dict[bytes, tuple[int, int]] = {}
        for match in tag_attributes(document.text, int(tags.start[tag[i]]), int(tags.stop[tag[i]])):
            found.setdefault(match[1], match.span(2 if match[2] is not None else 3))
        for (start, end), name in zip(spans, names, strict=True):
            start[i], end[i] = found.get(name, (-1, -1))
    return Spans(points, names, spans, done)


def _named(raw: npt.NDArray[np.uint8], quote: Int32s, name: bytes) -> npt.NDArray[np.bool_]:
    """Whether `` name=`` stands right before each quote."""
    good = np.ones(len(quote), bool)
    for k, byte in enumerate(reversed(name + b"=")):
        good &= raw.take(quote - 1 - k, mode="clip") == byte
    before = raw.take(quote - 2 - len(name), mode="clip")
    good &= (before == 0x20) | (before == 0x0A) | (before == 0x09) | (before == 0x0D)
    return good


def locator(document: XmlDocument, points: Points, starts: npt.NDArray[np.int64]) -> Callable[[int], Where]:
    """What turns the index of a point into its place: its start tag, line and column, segment, index and time."""
    time = points.columns["time"]

    def locate(i: int) -> Where:
        moment = float(time[i])
        return replace(
            element_place(document, int(points.elements[i])),
            segment=int(np.searchsorted(starts, i, "right")) - 1 if len(starts) else None,
            record=i,
            time=moment if np.isfinite(moment) else None,
        )

    return locate


def segment_starts(document: XmlDocument, points: Points, name: str) -> npt.NDArray[np.int64]:
    """The index of the first point of each element ``name`` that has points, and of the first point of all."""
    segments = document.elements.named(name)
    if not len(points.elements):
        return np.zeros(0, np.int64)
    found = np.searchsorted(points.elements, segments)
    return np.unique(np.append(found[found < len(points.elements)], 0)).astype(np.int64)


def element_place(document: XmlDocument, element: int) -> Where:
    """The place of an element's start tag."""
    tags, at = document.elements.tags, int(document.elements.tag[element])
    start, stop = int(tags.start[at]), int(tags.stop[at])
    offset = document.origin(start)
    return document.place(offset, document.origin(stop) - offset)


def sessions(
    document: XmlDocument, points: Points, found: Int32s, sports: Iterable[str | None], name: str
) -> tuple[Session, ...]:
    """The sessions that these elements are, with their sports; ``name`` is the child that holds a session's name."""
    told = []
    for element, sport, text in zip(found.tolist(), sports, document.child_texts(found, name), strict=True):
        first, end = points.before(element), points.before(document.elements.end_of(element))
        named = text.value or None if text else None
        where = element_place(document, element)
        told.append(Session(sport=sport, name=named, first_point=first, points=end - first, where=where))
    return tuple(told)


def count_elements(document: XmlDocument, names: Sequence[str]) -> dict[str, int]:
    """How often elements with these local names stand in the document; names that do not are left out."""
    per_path = np.bincount(document.elements.path, minlength=len(document.elements.paths))
    found: dict[str, int] = {}
    for path in document.elements.paths:
        if path.local in names:
            found[path.local] = found.get(path.local, 0) + int(per_path[path.number])
    return {name: found[name] for name in names if name in found}
