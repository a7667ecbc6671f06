"""Repairs of values: what is no measurement becomes "no value" in place, counts become what they count.

Every change keeps the size of its field, so that all other bytes stay where they are.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Any

import numpy as np
import numpy.typing as npt

from ...edits import Asked, Edit, Step
from ...findings import Finding, Where
from ...fit.columns import MessageColumns, message_columns
from ...fit.document import FitDocument
from ...fit.profile import field_fact, message_name, word, word_number
from ...sports import fit_words, map_fit
from ...words import counted
from .times import rows_of

__all__ = [
    "blank_half_positions",
    "blank_heart_rates",
    "blank_jumps",
    "blank_leaked",
    "blank_markers",
    "blank_null_island",
    "blank_outside",
    "blank_outside_limits",
    "blank_zero_altitudes",
    "halve_cadences",
    "name_sports",
    "put",
    "transcode",
]

Mask = npt.NDArray[np.bool_]
_RECORD = 20
_QUARTER = 1 << 30  # 90 degrees in semicircles


def put(columns: MessageColumns, i: int, number: int, value: int | None) -> Edit | None:
    """The edit that writes a raw integer, or "no value", into a field of message ``i``; ``None`` where the message has
    no such field, or one that cannot hold the value or holds it already."""
    spec = columns.definition(i).layout.field(number)
    base = spec.type if spec else None
    if spec is None or base is None or base.code[0] in "Sf" or not spec.size or spec.size % base.size:
        return None
    value = base.none if value is None else value
    order: Any = "big" if columns.definition(i).layout.big_endian else "little"
    signed = base.code[0] == "i"
    try:
        data = value.to_bytes(base.size, order, signed=signed and value < 0)
    except OverflowError:
        return None
    blanks = base.none.to_bytes(base.size, order) * (spec.size // base.size - 1)
    at = int(columns.offsets[i]) + spec.at
    same = columns.document.data[at : at + spec.size] == data + blanks
    return None if same else Edit(at, spec.size, data + blanks)


def _blank(columns: MessageColumns, mask: Mask, numbers: Sequence[int], what: str, safe: bool) -> Iterator[Step]:
    """One step that blanks these fields of the records that ``mask`` chooses."""
    rows = np.flatnonzero(mask)
    edits = [e for i in rows.tolist() for number in numbers if (e := put(columns, i, number, None)) is not None]
    if edits:
        names = " and ".join(field_fact(_RECORD, number).name for number in numbers)
        first = int(rows[0])
        yield Step(
            action="changed",
            says=f"{names} of {counted(len(rows), 'record')} {what}: set to no value",
            edits=tuple(edits),
            safe=safe,
            where=Where(
                offset=edits[0].offset, size=edits[0].size, segment=int(columns.segments()[first]), count=len(rows),
                message_name="record", record=first, field=field_fact(_RECORD, numbers[0]).name,
            ),
        )  # fmt: skip


def _named(columns: MessageColumns, findings: tuple[Finding, ...]) -> Mask:
    """The records that findings name."""
    named = np.zeros(len(columns), bool)
    named[rows_of(findings, len(columns))] = True
    return named


def blank_half_positions(document: FitDocument, _asked: Asked) -> Iterator[Step]:
    """Blank a latitude without longitude, or the other way round."""
    columns = message_columns(document, _RECORD)
    (_, north), (_, east) = columns.integers(0), columns.integers(1)
    yield from _blank(columns, north & ~east, (0,), "without a longitude", safe=True)
    yield from _blank(columns, east & ~north, (1,), "without a latitude", safe=True)


def blank_outside(document: FitDocument, _asked: Asked) -> Iterator[Step]:
    """Blank positions that lie beyond a pole, or a raw number away from the "no value" of their type."""
    columns = message_columns(document, _RECORD)
    (lat, north), (lon, east) = columns.integers(0), columns.integers(1)
    near = (lon >= 0x7FFFFFFE) & (np.abs(lat) >= 0x7FFFFFFE)
    yield from _blank(columns, north & east & ((np.abs(lat) > _QUARTER) | near), (0, 1), "beyond a pole", safe=True)


def blank_heart_rates(document: FitDocument, asked: Asked) -> Iterator[Step]:
    """Blank the heart rates that the findings name: those that no sensor measured, and implausible ones unsafely."""
    columns = message_columns(document, _RECORD)
    for finding in asked.findings:
        safe = finding.fix == "safe"
        if safe or asked.unsafe:
            what = "that no sensor measured" if safe else finding.evidence["what"]
            yield from _blank(columns, _named(columns, (finding,)), (3,), what, safe=safe)


def blank_outside_limits(document: FitDocument, asked: Asked, *, numbers: tuple[int, ...]) -> Iterator[Step]:
    """Blank these fields of the records that the findings name: values outside of what the rule's limits are."""
    if asked.unsafe:
        columns, what = message_columns(document, _RECORD), str(asked.findings[0].evidence["what"])
        yield from _blank(columns, _named(columns, asked.findings), numbers, what, safe=False)


def blank_jumps(document: FitDocument, asked: Asked) -> Iterator[Step]:
    """Blank the positions that the finding names: far off those before and after them."""
    if asked.unsafe:
        columns = message_columns(document, _RECORD)
        yield from _blank(columns, _named(columns, asked.findings), (0, 1), "far off their neighbours", safe=False)


#: Fields with a cadence: of records, and average and maximum of sessions and laps.
_CADENCES: dict[int, tuple[int, ...]] = {_RECORD: (4,), 18: (18, 19), 19: (17, 18)}

#: A total above this share of the records' median counts steps as they do; half of it is what it would be in strides.
_STEPS = 0.75


def halve_cadences(document: FitDocument, asked: Asked) -> Iterator[Step]:
    """Write strides for steps: half of the cadences of records, rounded down, and of those sessions and laps that
    count steps too."""
    least = max((float(finding.evidence["median"]) for finding in asked.findings), default=0.0) * _STEPS
    for global_, numbers in _CADENCES.items() if asked.unsafe else ():
        columns = message_columns(document, global_)
        edits: list[Edit] = []
        for number in numbers:
            values, valid = columns.integers(number)
            steps = np.flatnonzero(valid & ((values > least) | (global_ == _RECORD)))
            edits += [e for i in steps if (e := put(columns, int(i), number, int(values[i]) // 2)) is not None]
        if edits:
            says = f"cadences of {message_name(global_)}s halved ({len(edits)} values)"
            where = Where(message_name=message_name(global_), offset=min(e.offset for e in edits))
            yield Step(action="changed", says=says, edits=tuple(edits), safe=False, where=where, columns=("cadence",))


def name_sports(document: FitDocument, asked: Asked) -> Iterator[Step]:
    """Write the sport that a person names into the sessions whose sport Strava does not map, and into the laps and the
    sport message that repeat it."""
    wished = fit_words(asked.wishes.sport) if asked.wishes.sport else None
    if not asked.unsafe or wished is None:
        return
    sport, sub = (word_number(kind, name) for kind, name in zip(("sport", "sub_sport"), wished, strict=True))
    sessions = message_columns(document, 18)
    (sports, told), (subs, _) = sessions.integers(5), sessions.integers(6)
    names = [(word("sport", a), word("sub_sport", b)) for a, b in zip(sports.tolist(), subs.tolist(), strict=True)]
    wrong = ~told | np.array([map_fit(*each).strava is None for each in names], bool)
    old, edits = set(sports[wrong & told].tolist()), []
    for global_, number, below in ((18, 5, 6), (19, 25, 39), (12, 0, 1)):
        columns = message_columns(document, global_)
        values, valid = columns.integers(number)
        rows = wrong if global_ == 18 else valid & np.isin(values, list(old))
        for i in np.flatnonzero(rows).tolist():
            edits += [e for pair in ((number, sport), (below, sub)) if (e := put(columns, i, *pair)) is not None]
    if edits:
        says = f"session.sport becomes {wished[0]}"
        where = asked.findings[0].where
        yield Step(action="changed", says=says, edits=tuple(edits), safe=False, where=where)


def blank_markers(document: FitDocument, asked: Asked) -> Iterator[Step]:
    """Blank the positions that the finding names: markers of the device at a pole or on the 180th meridian."""
    if asked.unsafe:
        columns = message_columns(document, _RECORD)
        yield from _blank(columns, _named(columns, asked.findings), (0, 1), "that are markers", safe=False)


def blank_null_island(document: FitDocument, asked: Asked) -> Iterator[Step]:
    """Blank positions of exactly 0, 0."""
    if not asked.unsafe:
        return
    columns = message_columns(document, _RECORD)
    (lat, north), (lon, east) = columns.integers(0), columns.integers(1)
    yield from _blank(columns, north & east & (lat == 0) & (lon == 0), (0, 1), "at 0, 0", safe=False)


def blank_leaked(document: FitDocument, _asked: Asked) -> Iterator[Step]:
    """Blank enhanced_speed and enhanced_altitude of 65535: the "no value" of the narrower field, widened."""
    columns = message_columns(document, _RECORD)
    for number in (73, 78):
        values, valid = columns.integers(number)
        specs = (columns.definition(i).layout.field(number) for i in range(len(columns)))
        wide = np.array([spec is not None and spec.size == 4 for spec in specs], bool)
        yield from _blank(columns, valid & (values == 0xFFFF) & wide, (number,), "at 65535", safe=True)


def blank_zero_altitudes(document: FitDocument, asked: Asked) -> Iterator[Step]:
    """Blank altitudes whose raw number is 0, which reads as -500 m, and those that findings name besides."""
    columns = message_columns(document, _RECORD)
    named = _named(columns, asked.findings)
    for number in (2, 78):
        values, valid = columns.integers(number)
        zero = valid & (values == 0)
        yield from _blank(columns, zero, (number,), "with raw number 0 (-500 m)", safe=True)
        yield from _blank(columns, named & valid & ~zero, (number,), "that no place on the Earth has", safe=True)


def transcode(document: FitDocument, _asked: Asked) -> Iterator[Step]:
    """Write strings that are not UTF-8 as UTF-8, taking them for Windows-1252, and control characters as spaces; the
    end is cut where the field is too short."""
    for group in document.messages:
        layout = group.definition.layout
        for spec in layout.fields:
            if spec.base & 0x1F != 7 or not spec.size:
                continue
            for at in group.offsets.tolist():
                piece = document.data[at + spec.at : at + spec.at + spec.size]
                text = piece.partition(b"\0")[0]
                plain = _plain(text).encode()[: spec.size].decode("utf-8", "ignore").encode()
                if plain == text:
                    continue
                name = field_fact(layout.global_, spec.number).name
                yield Step(
                    action="changed",
                    says=f"{group.definition.name}.{name} is written as plain UTF-8",
                    edits=(Edit(at + spec.at, spec.size, plain.ljust(spec.size, b"\0")),),
                    where=replace(group.definition.where(name), offset=at + spec.at, size=spec.size, message=None),
                )


def _plain(text: bytes) -> str:
    """The text without what no reader can show; one that ends within a character loses that character."""
    try:
        shown = text.decode()
    except UnicodeDecodeError as error:
        cut = error.end == len(text) and error.reason == "unexpected end of data"
        shown = text[: error.start].decode() if cut else text.decode("cp1252", "replace").replace("\ufffd", "?")
    return "".join(" " if c < " " and c not in "\t\n\r" else c for c in shown)
