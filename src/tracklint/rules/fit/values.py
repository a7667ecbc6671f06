"""Rules about the values in FIT messages: text, leaked "no value" numbers, words and streams that cannot be read."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from ...config import Limits
from ...findings import Severity
from ...fit import FitDocument
from ...fit.columns import MessageColumns, message_columns
from ...fit.document import FieldSpec, Messages
from ...fit.facts import WORDS
from ...fit.fields import Rows
from ...fit.profile import field_fact, words
from ..basis import FIT_ACTIVITY_FILE, FIT_PROTOCOL, PRACTICE
from ..registry import Found, Hit, rule

WARNING, INFO = Severity.WARNING, Severity.INFO


#: The base type bytes of a string, in whatever way it is written.
_TEXT = frozenset(range(7, 256, 0x20))
#: The bytes of a text in which nothing is odd: NUL, and what ASCII prints.
_ORDINARY = bytes((0, *range(0x20, 0x80)))


def _octets(document: FitDocument, offsets: np.ndarray, spec: FieldSpec) -> np.ndarray:
    """The bytes of one field, a row for each of the messages that start at ``offsets``."""
    octets = np.frombuffer(document.data, np.uint8)
    rows: np.ndarray = octets[(offsets + spec.at)[:, None] + np.arange(spec.size)]
    return rows


def _text_fault(piece: bytes) -> tuple[str, Severity] | None:
    """What is wrong with the bytes of a string field, and how bad that is."""
    text, end, _ = piece.partition(b"\0")
    try:
        decoded = text.decode("utf-8")
    except UnicodeDecodeError as error:
        if not end and error.end == len(text) and error.reason == "unexpected end of data":
            return "is cut within a character of UTF-8", WARNING
        return f"is not UTF-8: byte {text[error.start] if error.start < len(text) else 0:#04x}", WARNING
    control = next((c for c in decoded if c < " " and c not in "\t\n\r"), None)
    if control is not None:
        return f"holds the control character {ord(control):#04x}", WARNING
    return ("fills its field without a NUL at its end", INFO) if not end and text else None


@rule(
    "FIT206",
    "string-encoding",
    WARNING,
    on=FitDocument,
    basis=FIT_PROTOCOL,
    says='{field} of {message_name} {what}; it reads "{text}"',
    hint="write strings as UTF-8 and end them with a NUL, or run `tracklint fix`",
    fix="safe",
)
def string_encoding(document: FitDocument, _limits: Limits) -> Found:
    """A text is not UTF-8 or holds control characters.

    Readers that are strict end with an exception, others show replacement characters. A text that fills its field to
    the last byte is read by most and is information; so are bytes after the first NUL, which nobody reads.
    """
    seen = set()
    for group in document.messages:
        if _TEXT.isdisjoint(group.definition.layout.bases):
            continue
        for spec in group.definition.layout.fields:
            if spec.base & 0x1F != 7 or not spec.size:
                continue
            stand = Rows(document.data, group.offsets, group.definition.layout.stride, False)
            pieces = stand.column(spec.at, np.dtype(f"V{spec.size}")).tobytes()
            if not pieces.translate(None, _ORDINARY) and not stand.octet(spec.at + spec.size - 1).any():
                continue
            rows = _octets(document, group.offsets, spec)
            odd = ((rows >= 0x80) | (rows < 0x20) & (rows > 0)).any(axis=1) | (rows[:, -1] != 0)
            for i in np.flatnonzero(odd):
                piece = rows[i].tobytes()
                fault = _text_fault(piece)
                if fault is None:
                    continue
                name = field_fact(group.definition.layout.global_, spec.number).name
                what, severity = fault
                if (key := (group.definition.name, name, severity)) not in seen:
                    seen.add(key)
                    columns = message_columns(document, group.definition.layout.global_)
                    at = int(np.searchsorted(columns.offsets, group.offsets[i]))
                    where = replace(columns.where(at, name), offset=int(group.offsets[i]) + spec.at, size=spec.size)
                    text = piece.partition(b"\0")[0].decode("utf-8", "replace")
                    evidence = {"what": what, "text": _printable(text), "bytes": piece}
                    yield Hit(where, evidence, severity, fix="" if severity is INFO else None)


def _printable(text: str) -> str:
    return "".join(c if c.isprintable() else "\N{REPLACEMENT CHARACTER}" for c in text)


#: 32-bit fields that stand for a 16-bit twin, whose "no value" is 65535.
_WIDE = {20: (73, 78), 18: (124, 125, 126, 127, 128), 19: (110, 111, 112, 113, 114)}


@rule(
    "FIT207",
    "leaked-sentinel",
    WARNING,
    on=FitDocument,
    basis=FIT_PROTOCOL,
    says='{count} of {messages} messages have {value:g} {unit} as {field}: that is 65535, the "no value" of the '
    "16-bit field",
    hint="write 0xFFFFFFFF where the 32-bit field has no value, or run `tracklint fix`",
    fix="safe",
)
def leaked_sentinel(document: FitDocument, _limits: Limits) -> Found:
    """The "no value" of a 16-bit field was copied into its 32-bit twin, where it is a number.

    Readers then show an altitude of 12,607 m or a speed of 65.535 m/s.
    """
    for global_, numbers in _WIDE.items():
        columns = message_columns(document, global_)
        for number in numbers:
            if not columns.has(number):
                continue
            fact = columns.fact(number)
            value = 0xFFFF / fact.scale - fact.offset
            leaks = columns.floats(number) == value
            if leaks.any():
                leaked = np.flatnonzero(leaks)
                evidence = {
                    "count": len(leaked), "messages": len(columns), "unit": fact.units,
                    "value": value, "rows": leaked.tolist(),
                }  # fmt: skip
                yield Hit(replace(columns.where(int(leaked[0]), fact.name), count=len(leaked)), evidence)


@rule(
    "FIT210",
    "all-invalid-message",
    INFO,
    on=FitDocument,
    basis=PRACTICE,
    says="{count} messages of {message_name} hold no value in any field",
    hint="leave out messages that say nothing; nothing needs to be done for Strava",
)
def all_invalid_message(document: FitDocument, _limits: Limits) -> Found:
    """Every field of a message is set to "no value". The message takes bytes and says nothing."""
    for global_, groups in document.by_global.items():
        if _few_and_dated(document, groups):
            continue
        columns = message_columns(document, global_)
        silent = _without_numbers(columns)
        if not len(silent):
            continue
        offsets = columns.offsets[silent]
        empty = [offset for group in groups for offset in _empty(document, group, offsets)]
        if empty:
            at = int(np.searchsorted(columns.offsets, min(empty)))
            yield Hit(replace(columns.where(at), count=len(empty)), {"messages": len(columns)})


def _few_and_dated(document: FitDocument, groups: Sequence[Messages]) -> bool:
    """Whether these are a few messages, each with a time: it is quicker to look at their bytes than to make columns."""
    if sum(map(len, groups)) > _FEW or any(group.definition.layout.time_at < 0 for group in groups):
        return False
    starts = [int(i) + group.definition.layout.time_at for group in groups for i in group.offsets]
    return all(document.data[at : at + 4] != b"\xff\xff\xff\xff" for at in starts)


_FEW = 8


def _without_numbers(columns: MessageColumns) -> np.ndarray:
    """The messages that have no number in any field, as a first look that mostly ends at the timestamp."""
    silent = ~columns.integers(253)[1]
    if silent.any():
        for number in sorted(columns.numbers):
            silent &= ~columns.integers(number)[1]
            if not silent.any():
                break
    found: np.ndarray = np.flatnonzero(silent)
    return found


def _empty(document: FitDocument, group: Messages, offsets: np.ndarray) -> list[int]:
    """The offsets of those messages of a group in which every field is set to "no value"."""
    layout = group.definition.layout
    specs = [spec for spec in layout.fields if spec.size]
    if not specs or layout.developer or any(each is group for each, _ in document.compressed()):
        return []
    mine = group.offsets[np.isin(group.offsets, offsets)]
    for spec in specs:
        mine = mine[_nothing(_octets(document, mine, spec), spec, layout.big_endian)]
    found: list[int] = mine.tolist()
    return found


def _nothing(rows: np.ndarray, spec: FieldSpec, big_endian: bool) -> np.ndarray:
    """Which rows hold "no value" only."""
    base = spec.type
    if base is None or spec.size % base.size:
        same: np.ndarray = (rows == 0xFF).all(axis=1)
        return same
    if base.name == "string":
        empty: np.ndarray = rows[:, 0] == 0
        return empty
    none = np.frombuffer(base.none.to_bytes(base.size, "big" if big_endian else "little"), np.uint8)
    silent: np.ndarray = (rows == np.tile(none, spec.size // base.size)).all(axis=1)
    return silent


@rule(
    "FIT212",
    "compressed-time",
    INFO,
    on=FitDocument,
    basis=FIT_PROTOCOL,
    says="{count} messages have their time in a compressed header of 5 bits, which some readers do not take",
    hint="write full timestamps (field 253)",
)
def compressed_time(document: FitDocument, _limits: Limits) -> Found:
    """Messages carry the low five bits of their time in the header in place of a full timestamp.

    The protocol permits it, and few devices write it today. fitparse, fitdecode and tormoder/fit read such times; other
    readers leave the records without time. A step of more than 31 s cannot be said in this way.
    """
    found = document.compressed()
    if found:
        first, chosen = min(found, key=lambda each: int(each[0].offsets[np.argmax(each[1])]))
        yield Hit(replace(first.where(int(np.argmax(chosen))), count=sum(int(mask.sum()) for _, mask in found)))


#: Fields whose numbers are words: message -> field numbers. The session's sport has a rule of its own (SPT004).
_ENUMERATED = {18: (0, 1, 6, 28), 19: (0, 1, 25, 39, 24), 21: (0, 1), 34: (2, 3, 4), 12: (0, 1), 101: (12,)}
#: Words that only new devices write come often, so they are information.
_GROWING = {"event", "sub_sport"}


@rule(
    "FIT213",
    "enum-unknown",
    WARNING,
    on=FitDocument,
    basis=FIT_PROTOCOL,
    says="{count} messages of {message_name} have {value} as {field}, a number for which the profile has no word",
    hint="write a number of the profile; 0 (generic) where none fits a sport",
)
def enum_unknown(document: FitDocument, _limits: Limits) -> Found:
    """A sport, event, trigger or the like has a number that the profile does not name.

    Readers show the number or fail; a Geoid computer writes sub_sport 252 (endurain#528). Events and sub_sports grow
    with every profile, so those below 200 are information. A session's sport and the file's type have rules of their
    own.
    """
    for global_, numbers in _ENUMERATED.items():
        columns = message_columns(document, global_)
        for number in numbers if len(columns) else ():
            if not columns.has(number) or (kind := columns.fact(number).type) not in WORDS:
                continue
            raw, valid = columns.integers(number)
            unknown = set(raw[valid].tolist()) - words(kind).keys()
            for value in sorted(v for v in unknown if not _told(document, kind, v)):
                rows = np.flatnonzero(valid & (raw == value))
                where = replace(columns.where(int(rows[0]), columns.fact(number).name), count=len(rows))
                growing = kind in _GROWING and value < 200
                yield Hit(where, {"value": value, "kind": kind}, INFO if growing else None)


def _told(document: FitDocument, kind: str, value: int) -> bool:
    """Whether a session has this number as its sport, which another rule reports."""
    if kind != "sport":
        return False
    raw, valid = message_columns(document, 18).integers(5)
    return bool((valid & (raw == value)).any())


@rule(
    "FIT214",
    "subfield-unresolved",
    INFO,
    on=FitDocument,
    basis=FIT_PROTOCOL,
    says="{count} messages of {message_name} have a {field}, but no {reference} that says what it means",
    hint="write {reference} with {field}",
)
def subfield_unresolved(document: FitDocument, _limits: Limits) -> Found:
    """A field whose meaning depends on another one stands there without that other one.

    event.data is a gear, a battery voltage or a speed alert, depending on event.event; a product number only means
    something with its manufacturer.
    """
    for global_, number, reference in ((21, 3, 0), (21, 2, 0), (23, 4, 2)):
        columns = message_columns(document, global_)
        if not columns.has(number):
            continue
        _, valid = columns.integers(number)
        _, told = columns.integers(reference)
        if told.all():
            continue
        open_ = np.flatnonzero(valid & ~told)
        if len(open_):
            where = replace(columns.where(int(open_[0]), columns.fact(number).name), count=len(open_))
            yield Hit(where, {"reference": columns.fact(reference).name})


@rule(
    "FIT215",
    "hr-stream",
    WARNING,
    on=FitDocument,
    basis=FIT_PROTOCOL,
    says="{count} hr messages {what}",
    hint="start each stream with an event_timestamp, and write one filtered_bpm for each beat",
    needs=("hr",),
)
def hr_stream(document: FitDocument, _limits: Limits) -> Found:
    """Heart beats of a belt that stores under water (hr messages) cannot be put in time.

    event_timestamp_12 counts on from the last event_timestamp, so a stream starts with one; each 12-bit number belongs
    to one filtered_bpm.
    """
    columns = message_columns(document, 132)
    if not columns.has(10):
        return
    anchored = columns.integers(9)[1]
    deltas = _carries(columns, 10)
    segments = columns.segments()
    lost = np.zeros(len(columns), bool)
    for segment in sorted(set(segments.tolist())):
        mine = segments == segment
        lost |= mine & deltas & ~np.logical_or.accumulate(anchored & mine)
    if lost.any():
        i = int(np.argmax(lost))
        yield Hit(columns.where(i), {"count": int(lost.sum()), "what": "come before any event_timestamp"})
    sizes = {}
    for group in columns.groups:
        size = {spec.number: spec.size for spec in group.definition.layout.fields}
        if 10 in size and size[10] * 2 // 3 != size.get(6, 0):
            sizes[int(group.offsets[0])] = len(group), size[10] * 2 // 3, size.get(6, 0)
    if sizes:
        first = min(sizes)
        _, beats, rates = sizes[first]
        what = f"have another number of heart rates ({rates}) than of beats ({beats})"
        where = columns.where(int(np.searchsorted(columns.offsets, first)))
        yield Hit(where, {"count": sum(n for n, _, _ in sizes.values()), "what": what})


def _carries(columns: MessageColumns, number: int) -> np.ndarray:
    """Which messages have the field with a value in it."""
    rows, there = columns.octets(number, 1)
    carried: np.ndarray = there & (rows[:, 0] != 0xFF)
    return carried


@rule(
    "FIT202",
    "record-only-time",
    INFO,
    on=FitDocument,
    basis=FIT_ACTIVITY_FILE,
    says="{count} of {records} records hold a time and nothing else",
    hint="leave such records out; nothing needs to be done for Strava",
    needs=("record",),
)
def record_only_time(document: FitDocument, _limits: Limits) -> Found:
    """A record's definition lists the timestamp and no other field.

    An activity's record is to hold a time and one value at least. Some devices write a bare time at a pause; readers
    show a point without values.
    """
    bare = [g for g in document.of(20) if set(g.definition.layout.numbers) == {253}]
    bare = [group for group in bare if not group.definition.layout.developer]
    if bare:
        first = min(bare, key=lambda group: int(group.offsets[0]))
        yield Hit(first.where(0), {"count": sum(map(len, bare)), "records": document.count(20)})
