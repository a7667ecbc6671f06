"""A source as a stream of rows. Structure is read first and fast; each row is decoded when it is asked for."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, field, fields
from typing import Any

import numpy as np

from ..activity import Activity
from ..errors import TracklintError
from ..findings import Where
from ..fit import FitDocument
from ..fit.decode import Message, Value, messages
from ..fit.document import Definition
from ..fit.profile import BASE_TYPES, UPTIME_LIMIT, field_fact, message_number
from ..reading import Reading
from ..source import Fault
from ..words import iso

__all__ = ["Cell", "Row", "UnknownMessage", "dump_rows"]

_BYTE = 0x0D  # the base type whose values are no numbers
_DEGREES = 180 / 2**31
#: What the parts and points of TCX and GPX are called here, as in an `Activity`.
_PARTS = ("session", "lap", "point")
_UNITS = {
    "latitude": "deg", "longitude": "deg", "altitude": "m", "distance": "m", "speed": "m/s", "heart_rate": "bpm",
    "cadence": "rpm", "power": "W", "temperature": "C", "elapsed_s": "s", "timer_s": "s", "distance_m": "m",
    "ascent_m": "m", "descent_m": "m", "calories": "kcal", "pool_length_m": "m",
}  # fmt: skip
_TIMES = ("time", "start_time", "timestamp")


class UnknownMessage(TracklintError):
    """A message was asked for by a name or number that does not exist. The text is one clear sentence."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Cell:
    """One field. ``value`` is a number, word, text or tuple, an ISO time in UTC, or ``None`` where the field has no
    value; ``data`` its bytes.

    ``number`` is the FIT field number, ``developer`` the index of its developer. ``part_of`` names the field that the
    value is packed in, or that it is another reading of. ``offset`` is ``None`` where the value has no bytes of its
    own.
    """

    name: str
    value: Any
    units: str | None = None
    number: int | None = None
    developer: int | None = None
    part_of: str | None = None
    offset: int | None = None
    data: bytes = b""


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One line of a dump. ``kind`` is ``message``, ``definition``, ``session``, ``lap``, ``point`` or ``fault``.

    ``number`` is the global number of a FIT message, or the index of a part or point; ``data`` its bytes.
    """

    kind: str
    name: str
    where: Where
    number: int | None = None
    cells: tuple[Cell, ...] = ()
    data: bytes = field(default=b"", repr=False)


def dump_rows(reading: Reading, only: Sequence[str] = (), *, definitions: bool = False) -> Iterator[Row]:
    """Everything in ``reading`` in the order of its bytes, faults in between.

    ``only`` names what is wanted: FIT messages by name or global number; ``session``, ``lap``, ``point`` of TCX and
    GPX. ``definitions`` adds the definition messages of FIT. Nothing is decoded before it is asked for. Raises
    `UnknownMessage` at once.
    """
    source, document = reading.source, reading.document
    if isinstance(document, FitDocument):
        wanted = {_global(name) for name in only}
        return _fit_rows(document, wanted or None, definitions)
    if reading.failed is not None:
        raise reading.failed
    for name in only:
        if name not in _PARTS:
            raise UnknownMessage(f"{source.format.upper()} files have no message {name}; known are {', '.join(_PARTS)}")
    if document is None or reading.activity is None:
        return iter(())
    return _between(_xml_rows(reading.activity, source.data, set(only)), document.faults)


def _global(name: str) -> int:
    try:
        number = int(name, 0)
    except ValueError:
        try:
            return message_number(name)
        except KeyError:
            raise UnknownMessage(f"no FIT message is called {name}; a global number does as well") from None
    if not 0 <= number <= 0xFFFF:
        raise UnknownMessage(f"{name} is no global number; they go from 0 to 65535")
    return number


def _between(rows: Iterator[Row], faults: Sequence[Fault]) -> Iterator[Row]:
    """The rows with each fault before the first row that starts behind it."""
    waiting = sorted(faults, key=lambda fault: fault.offset)
    done = 0
    for row in rows:
        while done < len(waiting) and row.where.offset is not None and waiting[done].offset < row.where.offset:
            yield _fault_row(waiting[done])
            done += 1
        yield row
    yield from map(_fault_row, waiting[done:])


_PLACES = {each.name for each in fields(Where)}


def _fault_row(fault: Fault) -> Row:
    place = {key: value for key, value in fault.evidence.items() if key in _PLACES}
    said = tuple(Cell(name=key, value=value) for key, value in fault.evidence.items() if key not in _PLACES)
    where = Where(**{"offset": fault.offset, "size": fault.size or None, **place})
    return Row(kind="fault", name=fault.kind, where=where, cells=said)


# -- FIT --------------------------------------------------------------------------------------------------------------


def _fit_rows(document: FitDocument, wanted: Collection[int] | None, definitions: bool) -> Iterator[Row]:
    bound = _Bound(document)
    rows: Iterator[Row] = (_message_row(document.data, each, bound) for each in messages(document, wanted))
    if definitions:
        shown = (d for d in document.definitions if wanted is None or d.layout.global_ in wanted)
        rows = _merged(rows, [_definition_row(document.data, each) for each in shown])
    return _between(rows, document.faults)


def _merged(rows: Iterator[Row], others: list[Row]) -> Iterator[Row]:
    """Two streams in the order of their bytes."""
    done = 0
    for row in rows:
        while done < len(others) and (others[done].where.offset or 0) < (row.where.offset or 0):
            yield others[done]
            done += 1
        yield row
    yield from others[done:]


#: Place in the message, size and base type of each field, by field number and developer index; of a repeated field
#: the last.
_Places = dict[tuple[int, int | None], tuple[int, int, int | None]]


class _Bound:
    """Which definition a data message is read with: the last one of its local type before it, in its segment."""

    def __init__(self, document: FitDocument) -> None:
        self._known: dict[tuple[int, int], tuple[list[int], list[Definition]]] = {}
        self._places: dict[int, _Places] = {}
        for each in document.definitions:
            offsets, found = self._known.setdefault((each.segment, each.local), ([], []))
            offsets.append(each.offset)
            found.append(each)

    def at(self, where: Where) -> _Places:
        """Where the fields of the message stand."""
        offsets, found = self._known[where.segment or 0, where.local or 0]
        definition = found[bisect_right(offsets, where.offset or 0) - 1]
        places = self._places.get(definition.index)
        if places is None:
            layout = definition.layout
            places = {(s.number, None): (s.at, s.size, s.base) for s in layout.fields}
            places |= {(s.number, s.developer): (s.at, s.size, None) for s in layout.developer}
            self._places[definition.index] = places
        return places


def _message_row(data: bytes, message: Message, bound: _Bound) -> Row:
    places = bound.at(message.where)
    start = message.where.offset or 0
    cells = []
    for each in message.fields:
        at, width, base = places.get((each.number, each.developer), (None, 0, None))
        first = None if at is None else start + at
        piece = b"" if first is None else data[first : first + width]
        value, units = _read(message.global_, each)
        if base == _BYTE and value is not None:
            value = piece.hex(" ")
        cells.append(
            Cell(
                name=each.name, value=value, units=units, number=each.number, developer=each.developer, offset=first,
                data=piece,
            )
        )  # fmt: skip
    cells += _part_cells(message)
    size = message.where.size or 0
    return Row(
        kind="message", name=message.name, where=message.where, number=message.global_, cells=tuple(cells),
        data=data[start : start + size],
    )  # fmt: skip


def _part_cells(message: Message) -> Iterator[Cell]:
    """What is packed in the fields; a part that only repeats its field (enhanced_altitude of altitude) is left out."""
    wholes = {each.number: (each.name, each.value) for each in message.fields if each.developer is None}
    for part in message.parts:
        name, whole = wholes.get(part.number, ("", None))
        if whole != part.value:
            read = Value(part.target, part.name, part.value, part.units, part.raw)
            value, units = _read(message.global_, read)
            yield Cell(name=part.name, value=value, units=units, number=part.target, part_of=name or None)
        wholes.setdefault(part.target, (part.name, part.value))  # a part can hold further parts


def _read(global_: int, field: Value) -> tuple[Any, str | None]:
    """Value and unit as a person reads them: times as text, positions in degrees."""
    value, units = field.value, field.units
    if value is None:
        return None, None
    kind = field_fact(global_, field.number).type if field.developer is None else ""
    if kind in ("date_time", "local_date_time") and isinstance(value, float):
        if isinstance(field.raw, int) and field.raw < UPTIME_LIMIT:
            return field.raw, "s since the device was switched on"
        text = iso(value) or value
        return (text.removesuffix("Z") if kind == "local_date_time" and isinstance(text, str) else text), None
    if units == "semicircles" and isinstance(value, int | float):
        return value * _DEGREES, "deg"
    return value, units


def _definition_row(data: bytes, definition: Definition) -> Row:
    layout, start = definition.layout, definition.offset
    cells = [
        Cell(name=field_fact(layout.global_, s.number).name, value=_kind(s.base, s.size), number=s.number)
        for s in layout.fields
    ]
    cells += [
        Cell(name=f"developer field {s.number}", value=f"{s.size} bytes", number=s.number, developer=s.developer)
        for s in layout.developer
    ]
    where = Where(
        offset=start, size=layout.length, segment=definition.segment, message=definition.message,
        local=definition.local, message_name=definition.name,
    )  # fmt: skip
    return Row(
        kind="definition", name=definition.name, where=where, number=layout.global_, cells=tuple(cells),
        data=data[start : start + layout.length],
    )  # fmt: skip


def _kind(base: int, size: int) -> str:
    known = BASE_TYPES.get(base & 0x1F)
    if known is None:
        return f"base type 0x{base:02x}, {size} bytes"
    if size == known.size:
        return known.name
    return f"{known.name}[{size // known.size}]" if size % known.size == 0 else f"{known.name} in {size} bytes"


# -- TCX and GPX -------------------------------------------------------------------------------------------------------


def _xml_rows(activity: Activity, data: bytes, wanted: Collection[str]) -> Iterator[Row]:
    columns = {name: column for name, column in activity.columns().items() if np.isfinite(column).any()}
    parts: list[tuple[int, str, int, Any]] = [
        *((each.first_point, "session", i, each) for i, each in enumerate(activity.sessions)),
        *((each.first_point, "lap", i, each) for i, each in enumerate(activity.laps)),
    ]
    parts = sorted((part for part in parts if not wanted or part[1] in wanted), key=lambda part: part[0])
    done = 0
    for i in range(len(activity) if not wanted or "point" in wanted else 0):
        while done < len(parts) and parts[done][0] <= i:
            yield _part_row(*parts[done][1:], data)
            done += 1
        where = activity.at(i)
        cells = tuple(
            Cell(name=name, value=_plain(name, float(column[i])), units=_UNITS.get(name))
            for name, column in columns.items()
        )
        yield Row(kind="point", name="point", where=where, number=i, cells=cells, data=_piece(data, where))
    yield from (_part_row(*part[1:], data) for part in parts[done:])


def _part_row(kind: str, index: int, part: Any, data: bytes) -> Row:
    values = {each.name: getattr(part, each.name) for each in fields(part) if each.name != "where"}
    cells = tuple(
        Cell(name=name, value=_plain(name, value), units=_UNITS.get(name))
        for name, value in values.items()
        if value is not None and value == value  # noqa: PLR0124 - NaN is the one value that differs from itself
    )
    return Row(kind=kind, name=kind, where=part.where, number=index, cells=cells, data=_piece(data, part.where))


def _piece(data: bytes, where: Where) -> bytes:
    return b"" if where.offset is None else data[where.offset : where.offset + (where.size or 0)]


def _plain(name: str, value: Any) -> Any:
    if isinstance(value, float):
        if not np.isfinite(value):
            return None
        return iso(value) or value if name in _TIMES else value
    return value
