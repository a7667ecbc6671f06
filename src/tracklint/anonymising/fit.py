"""FIT: what tells of the ride is moved or kept; of every other field nothing stays but whether it has a value. The file
keeps its length."""

from __future__ import annotations

import struct
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

import numpy as np
import numpy.typing as npt

from ..fit import FitDocument
from ..fit.checksum import crc16, swapped
from ..fit.columns import Description, descriptions
from ..fit.document import DeveloperSpec, FieldSpec, Layout, Messages
from ..fit.profile import UPTIME_LIMIT, BaseType, FieldFact, field_fact, message_number, typed_fields
from .moves import DAY, MIDDLE, Move

__all__ = ["dates_left", "gaps", "scrubbed", "seal", "untouched"]

Octets = npt.NDArray[np.uint8]
#: The bytes of a field, a row for each message.
Rows = npt.NDArray[np.int64]
Degrees = npt.NDArray[np.float64]

#: Messages about the ride. Of all others (profiles, zones, settings, what nobody knows) nothing stays but times.
_ABOUT_THE_RIDE = frozenset(
    message_number(name)
    for name in (
        "file_id", "file_creator", "software", "device_info", "activity", "session", "lap", "length", "split", "sport",
        "record", "event", "hr", "hrv", "course", "course_point", "segment_lap", "workout", "workout_step", "totals",
        "set", "time_in_zone", "dive_summary", "monitoring", "monitoring_info", "field_description",
        "developer_data_id",
    )
)  # fmt: skip
#: What developers say of their fields and their app; it names an app, not a person.
_BY_DEVELOPERS = frozenset(map(message_number, ("field_description", "developer_data_id")))
#: Parts of the names of fields that tell one device from all others.
_NUMBERS = ("serial_number", "ant_id", "ant_device_number", "unit_id")
#: Fields about the ride that tell more: corners of a box (a turned box is another one), how long a device has run.
_TELLING = ("nec_", "swc_", "heading", "uuid", "cum_operating_time", "user_profile")
_DEGREES = 180 / 2**31
_NONE = 0x7FFFFFFF
#: Degrees around 0, 0: small numbers of any kind are places there.
_NOWHERE = 0.1


def scrubbed(document: FitDocument, move: Move) -> tuple[bytearray, Counter[str], Rows]:
    """The bytes of a document without what tells who, where and when, how much of what is gone, and the dates that
    were there (seconds as FIT counts them).

    What no message holds is left (`gaps`), and so are the checksums (`sealed`).
    """
    scrub = _Scrub(np.frombuffer(document.data, np.uint8).copy(), move)
    for group in document.messages:
        scrub.group(group, descriptions(document).get(group.definition.segment, {}))
    return bytearray(scrub.new.tobytes()), scrub.gone, np.unique(np.concatenate([np.zeros(0, np.int64), *scrub.times]))


@dataclass(slots=True, eq=False)
class _Scrub:
    """The bytes as they become. ``serials`` numbers those that were seen, ``dull`` stands for values."""

    new: Octets
    move: Move
    gone: Counter[str] = field(default_factory=Counter)
    serials: dict[int, int] = field(default_factory=dict)
    times: list[Rows] = field(default_factory=list)
    dull: int = 1

    def group(self, group: Messages, described: Mapping[tuple[int, int], Description]) -> None:
        """All fields of the messages of one definition."""
        layout = group.definition.layout
        self.dull = _dull(group.definition.local)
        places: dict[str, Rows] = {}
        for spec in layout.fields:
            rows = group.offsets[:, None] + np.arange(spec.at, spec.at + spec.size)
            name = field_fact(layout.global_, spec.number).name
            if _is_place(layout, spec):
                places[name] = rows
            elif what := self.field(layout, spec, rows):
                self.gone[what] += len(rows)
        for each in layout.developer:
            meant = described.get((each.developer, each.number))
            if meant is None or not _measures(meant, each):
                rows = group.offsets[:, None] + np.arange(each.at, each.at + each.size)
                self.new[rows] = self.dulled(rows, meant.type if meant else None, layout.big_endian)
                self.gone["developer fields of which only their maker knows what they hold"] += len(rows)
        self.places(places, ">i4" if layout.big_endian else "<i4")

    def places(self, places: Mapping[str, Rows], kind: str) -> None:
        """Turn pairs of latitude and longitude; half a pair comes to the middle of where all goes."""
        for name, rows in places.items():
            partner = places.get(_partner(name))
            if partner is None:
                self.put(rows, kind, np.full(len(rows), MIDDLE[_is_longitude(name)]))
            elif not _is_longitude(name):
                raw = [self.new[each].view(kind)[:, 0].astype(np.float64) for each in (rows, partner)]
                both = (raw[0] != _NONE) & (raw[1] != _NONE)
                moved = self.move.position(*(each * _DEGREES for each in raw))
                for each, new, middle in zip((rows, partner), moved, MIDDLE, strict=True):
                    self.put(each, kind, np.where(both, new, middle), anyway=both)

    def put(self, rows: Rows, kind: str, degrees: Degrees, *, anyway: npt.NDArray[np.bool_] | None = None) -> None:
        """Write positions where there are some. Half a position of zero is what devices write for nothing, and stays,
        but where ``anyway``."""
        old = self.new[rows].view(kind)[:, 0]
        there = (old != _NONE) & ((old != 0) if anyway is None else (old != 0) | anyway)
        value = np.where(there, np.rint(degrees / _DEGREES).clip(-(2**31), _NONE - 1), old)
        self.new[rows] = value.astype(np.int64).astype(kind)[:, None].view(np.uint8)

    def field(self, layout: Layout, spec: FieldSpec, rows: Rows) -> str:
        """Change one field of many messages; what it was, in words, where it is gone."""
        fact, kind = field_fact(layout.global_, spec.number), spec.type
        if _is_date(fact) and spec.size == 4:
            ahead = self.move.hours * 3600 if fact.type == "local_date_time" else 0
            self.dates(rows, ">u4" if layout.big_endian else "<u4", self.move.days * DAY + ahead)
            return ""
        if layout.global_ in _BY_DEVELOPERS or spec.number == 254:
            return ""
        if layout.global_ not in _ABOUT_THE_RIDE:
            what = "fields of messages that are not about the ride"
        elif any(part in fact.name for part in _NUMBERS):
            none = kind.none if kind is not None and kind.size == spec.size else None
            self.numbers(rows, "big" if layout.big_endian else "little", none)
            return "serial numbers"
        elif spec.number not in typed_fields(layout.global_):
            what = "fields that the profile does not know"
        elif kind is not None and kind.name == "string":
            self.new[rows] = _filled(self.new[rows])
            return "texts"
        elif fact.name.startswith(_TELLING) or fact.units == "semicircles" or _is_date(fact):
            what = "boxes around the ride, and what else tells more than the ride"
        else:
            return ""
        if fact.units == "semicircles" or _is_date(fact):
            self.new[rows] = _empty(kind, spec.size, layout.big_endian)
        else:
            self.new[rows] = self.dulled(rows, kind, layout.big_endian)
        return what

    def dulled(self, rows: Rows, kind: BaseType | None, big_endian: bool) -> Octets:
        """Fields with ``dull`` for each value; what is no value stays none, so that a message without values is still
        one, and no other."""
        old = self.new[rows]
        if kind is not None and kind.name == "string":
            return _filled(old)
        if kind is None or old.shape[1] % kind.size:
            return np.where((old == 0xFF).all(axis=1)[:, None], old, self.dull).astype(np.uint8)
        order = ">" if big_endian else "<"
        raw = old.view(f"{order}u{kind.size}")
        dull = np.full(1, self.dull, order + kind.code).view(raw.dtype)
        return np.where(raw == kind.none, raw, dull).astype(raw.dtype).view(np.uint8)

    def dates(self, rows: Rows, kind: str, seconds: int) -> None:
        """Let what is a date be so much later; small numbers count from when the device was switched on."""
        times = self.new[rows].view(kind)
        real = (times >= UPTIME_LIMIT) & (times != 0xFFFFFFFF)
        self.times.append(times[real].astype(np.int64))
        moved = (times.astype(np.int64) + seconds).clip(UPTIME_LIMIT, 0xFFFFFFFE)
        self.new[rows] = np.where(real, moved, times).astype(kind).view(np.uint8)

    def numbers(self, rows: Rows, order: Literal["big", "little"], none: int | None) -> None:
        """Each number becomes 1, 2, 3 ... in the order in which they come; the same ones stay the same."""
        size = rows.shape[1]
        for row in rows:
            old = int.from_bytes(self.new[row].tobytes(), order)
            if old not in (none, 0):
                number = self.serials.setdefault(old, len(self.serials) + 1)
                self.new[row] = np.frombuffer((number % 256**size).to_bytes(size, order), np.uint8)


def _is_place(layout: Layout, spec: FieldSpec) -> bool:
    fact = field_fact(layout.global_, spec.number)
    known = layout.global_ in _ABOUT_THE_RIDE and spec.number in typed_fields(layout.global_)
    return known and fact.units == "semicircles" and spec.size == 4 and not fact.name.startswith(_TELLING)


def _is_date(fact: FieldFact) -> bool:
    return fact.type in ("date_time", "local_date_time")


def _is_longitude(name: str) -> bool:
    return name.endswith("_long")


def _partner(name: str) -> str:
    return name.removesuffix("_long") + "_lat" if _is_longitude(name) else name.removesuffix("_lat") + "_long"


def _measures(meant: Description, spec: DeveloperSpec) -> bool:
    """Whether a developer field stands in for a field about the ride that is a plain number."""
    native, kind = meant.native_field, meant.type
    if native is None or kind is None or kind.name in ("string", "byte") or spec.size != kind.size:
        return False
    global_ = message_number("record") if meant.native_message is None else meant.native_message
    fact = field_fact(global_, native)
    known = global_ in _ABOUT_THE_RIDE and native in typed_fields(global_)
    return known and fact.units not in (None, "semicircles") and not _is_date(fact)


def _empty(kind: BaseType | None, size: int, big_endian: bool) -> Octets:
    """The invalid value of a field."""
    if kind is None or size % kind.size:
        return np.full(size, 0xFF, np.uint8)
    one = kind.none.to_bytes(kind.size, "big" if big_endian else "little")
    return np.frombuffer(one * (size // kind.size), np.uint8)


def _dull(local: int) -> int:
    """What stands for values in messages of a local type: one after the other of bytes that are all like their header
    would be memory that was never written."""
    return 2 if local == 1 else 1


def _filled(texts: Octets) -> Octets:
    """Letters and digits as x; what ends a text, and what is no ASCII in a text that is no UTF-8, stays what it is."""
    for i, text in enumerate(texts):
        try:
            text.tobytes().partition(b"\0")[0].decode("utf-8")
            high = ord("x")
        except UnicodeDecodeError:
            high = 0xFF
        texts[i] = np.where(text >= 0x80, high, np.where(text >= 0x20, ord("x"), text))
    return texts


def gaps(document: FitDocument) -> list[tuple[int, int]]:
    """The stretches of bytes that no header, definition, message or checksum holds: what stands there is not known."""
    held = np.zeros(len(document.data) + 1, bool)
    for definition in document.definitions:
        held[definition.offset : definition.offset + definition.layout.length] = True
    for group in document.messages:
        held[(group.offsets[:, None] + np.arange(group.definition.layout.stride)).ravel()] = True
    for segment in document.segments:
        held[segment.offset : segment.data_start] = True
        if segment.file_crc is not None:
            held[segment.data_end : segment.end] = True
    edges = np.flatnonzero(np.diff(np.r_[True, held[:-1], True].astype(np.int8)))
    return [(int(start), int(end)) for start, end in edges.reshape(-1, 2)]


def seal(document: FitDocument, data: bytearray) -> None:
    """A checksum that was right is right again; one that was wrong stays wrong in the same way."""
    for segment in document.segments:
        if not segment.file_crc or segment.end - segment.data_end != 2:
            continue
        whole, body = slice(segment.offset, segment.data_end), slice(segment.data_start, segment.data_end)
        computed = crc16(data[whole])
        if segment.file_crc == swapped(segment.file_crc_computed):
            stored = swapped(computed)
        elif segment.file_crc == crc16(document.data[body]):  # some programs leave the header out
            stored = crc16(data[body])
        else:
            stored = computed ^ segment.file_crc ^ segment.file_crc_computed
        data[segment.data_end : segment.end] = struct.pack("<H", stored)


def untouched(old: bytes, new: bytes, latitude: Degrees, longitude: Degrees) -> int:
    """Where two numbers that were not changed are a place within a thousandth of a degree of these (degrees); -1 where
    nothing is: damage lets a position be read as something else."""
    usable = np.isfinite(latitude) & np.isfinite(longitude)
    usable[usable] &= (np.abs(latitude[usable]) > _NOWHERE) | (np.abs(longitude[usable]) > _NOWHERE)
    cells = np.unique(_cell(latitude[usable], longitude[usable]))
    if not len(cells):
        return -1
    for kind in ("<i4", ">i4"):
        for start in range(4):
            count = max(len(old) - start, 0) // 4
            here, there = (np.frombuffer(data, kind, count, start) for data in (old, new))
            same = (here == there)[:-1] & (here == there)[1:] & (here[:-1] != 0) & (here[1:] != 0)
            pairs = np.flatnonzero(same)
            degrees = here.astype(np.float64) * _DEGREES
            found = np.isin(_cell(degrees[pairs], degrees[pairs + 1]), cells)
            if found.any():
                return start + 4 * int(pairs[found][0])
    return -1


def dates_left(old: bytes, new: bytes, times: Rows) -> bool:
    """Whether more of these dates stand where they stood than chance lets numbers be equal to one: damage lets a date
    be read as something else."""
    left = 0
    for kind in ("<u4", ">u4"):
        for start in range(4):
            count = max(len(old) - start, 0) // 4
            here, there = (np.frombuffer(data, kind, count, start) for data in (old, new))
            left += int(np.isin(here[here == there], times).sum())
    return left > 2 + 2 * (2 * len(old) * len(times) / 2**32)


def _cell(latitude: Degrees, longitude: Degrees) -> Rows:
    cell: Rows = np.floor(latitude * 1000).astype(np.int64) * 1_000_000 + np.floor(longitude * 1000).astype(np.int64)
    return cell
