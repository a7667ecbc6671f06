"""Rules about definitions as a whole: how often they come, whether they are used, and how they agree with the
profile."""

from __future__ import annotations

from itertools import pairwise

import numpy as np

from ...config import Limits
from ...findings import Severity
from ...fit import FitDocument
from ...fit.columns import message_columns
from ...fit.document import Definition, FieldSpec, Layout, Messages
from ...fit.facts import FIELDS
from ...fit.profile import (
    BASE_TYPES,
    FIT_EPOCH,
    UPTIME_LIMIT,
    field_fact,
    message_name,
    plain_fields,
    typed_fields,
)
from ..basis import FIT_PROTOCOL, PRACTICE
from ..registry import Found, Hit, now, rule

ERROR, WARNING, INFO = Severity.ERROR, Severity.WARNING, Severity.INFO


@rule(
    "FIT103",
    "mixed-endian",
    INFO,
    on=FitDocument,
    basis=FIT_PROTOCOL,
    says="{big} definitions are big-endian and {little} little-endian, in one segment",
    hint="write all definitions in one byte order; nothing needs to be done for Strava",
)
def mixed_endian(document: FitDocument, _limits: Limits) -> Found:
    """One segment has definitions in both byte orders.

    Each definition names its own order, so this is legal. Few files do it, so few readers were ever tried with it.
    """
    by_segment: dict[int, list[Definition]] = {}
    for definition in document.definitions:
        if definition.layout.architecture <= 1:
            by_segment.setdefault(definition.segment, []).append(definition)
    for mine in by_segment.values():
        big = sum(d.layout.architecture for d in mine)
        if 0 < big < len(mine):
            odd = next(d for d in mine if d.layout.architecture != mine[0].layout.architecture)
            yield Hit(odd.where(), {"big": big, "little": len(mine) - big})


@rule(
    "FIT111",
    "unused-definition",
    INFO,
    on=FitDocument,
    basis=FIT_PROTOCOL,
    says="{count} of {definitions} definitions have no message, the first is that of {message_name}",
    hint="write a definition when its first message comes; nothing needs to be done for Strava",
)
def unused_definition(document: FitDocument, _limits: Limits) -> Found:
    """No message follows a definition before its local type is bound anew or the segment ends.

    It takes bytes and does no harm. Where the messages were lost, other findings say so.
    """
    if len(document.definitions) == len(document.messages):
        return
    groups: dict[tuple[int, int], list[Messages]] = {}
    for group in document.messages:
        groups.setdefault((group.definition.segment, group.definition.local), []).append(group)
    by_local: dict[tuple[int, int], list[Definition]] = {}
    for definition in document.definitions:
        by_local.setdefault((definition.segment, definition.local), []).append(definition)
    unused: list[Definition] = []
    for key, definitions in by_local.items():
        if key not in groups:
            unused += definitions
        elif len(definitions) > 1:
            offsets = np.concatenate([group.offsets for group in groups[key]])
            offsets.sort(kind="stable")  # a few ascending stretches, one behind the other
            firsts = [*np.searchsorted(offsets, [d.offset for d in definitions]).tolist(), len(offsets)]
            unused += [d for d, (first, end) in zip(definitions, pairwise(firsts), strict=True) if first == end]
    if any(fault.kind == "truncated" for fault in document.faults):
        unused = [d for d in unused if d is not document.definitions[-1]]
    if unused:
        first = min(unused, key=lambda d: d.offset)
        names = sorted({d.name for d in unused})
        yield Hit(first.where(), {"count": len(unused), "definitions": len(document.definitions), "unused": names})


@rule(
    "FIT112",
    "repeated-definition",
    INFO,
    on=FitDocument,
    basis=FIT_PROTOCOL,
    says="{count} of {definitions} definitions say what their local type is bound to already, the first is that of "
    "{message_name}",
    hint="write a definition only where it changes; nothing needs to be done for Strava",
)
def repeated_definition(document: FitDocument, _limits: Limits) -> Found:
    """A definition repeats the one that its local type has, byte by byte.

    It changes nothing and makes the file larger, in some files by half.
    """
    bound: dict[tuple[int, int], bytes] = {}
    repeated = []
    for definition in document.definitions:
        key = definition.segment, definition.local
        says = document.data[definition.offset : definition.offset + definition.layout.length]
        if bound.get(key) == says:
            repeated.append(definition)
        bound[key] = says
    if repeated:
        messages = sum(map(len, document.messages))
        evidence = {"count": len(repeated), "definitions": len(document.definitions), "messages": messages}
        yield Hit(repeated[0].where(), evidence)


def _odd(document: FitDocument) -> list[tuple[Definition, FieldSpec]]:
    """Each field of the messages that our own profile describes that is not declared as one number of the profile's
    type, once for each way in which it is declared."""
    return document.once(_oddly_declared)


def _oddly_declared(document: FitDocument) -> list[tuple[Definition, FieldSpec]]:
    firsts: dict[int, Definition] = {}  # of each layout; devices repeat definitions, some before each message
    for definition in document.definitions:
        firsts.setdefault(id(definition.layout), definition)
    seen: dict[int, set[tuple[int, int, int]]] = {}
    found: list[tuple[Definition, FieldSpec]] = []
    for definition in firsts.values():
        layout = definition.layout
        if layout.global_ in FIELDS:
            told = seen.setdefault(layout.global_, set())
            shapes = set(zip(layout.numbers, layout.sizes, layout.bases, strict=True))
            new = shapes - plain_fields(layout.global_) - told
            told |= new
            for spec in layout.fields if new else ():
                if spec[:3] in new:
                    new.discard(spec[:3])
                    found.append((definition, spec))
    return found


def _conflict(declared: int, wanted: int) -> str | None:
    """What is wrong where a field of one base type is declared as another, ``None`` where readers get the same."""
    a, b = BASE_TYPES[declared], BASE_TYPES[wanted]
    if "string" in (a.name, b.name):
        return "text for a number" if a.name == "string" else "a number for text"
    if (a.code[0] == "f") != (b.code[0] == "f"):
        return "another kind of number"
    if (a.code[0] == "i") != (b.code[0] == "i"):
        return "another sign"
    if a.size < b.size:
        return "too narrow"
    return None


@rule(
    "FIT113",
    "type-vs-profile",
    WARNING,
    on=FitDocument,
    basis=FIT_PROTOCOL,
    says="field {field} of {message_name} is declared as {found}, the profile says {expected}: {what}",
    hint="declare the field as {expected}",
)
def type_vs_profile(document: FitDocument, _limits: Limits) -> Found:
    """A field is declared with another sign, a smaller width or another kind of number than the profile gives it.

    Readers that trust the profile read another number than readers that trust the definition. A number that is wider
    than the profile's is the same to both, and a shorter one is read by most, so a width alone is information.
    """
    for definition, spec in _odd(document):
        wanted = field_fact(definition.layout.global_, spec.number).base
        declared = spec.base & 0x1F
        if spec.number == 253 or wanted is None or declared not in BASE_TYPES or declared == wanted:
            continue
        if spec.number == 254 and spec.size == 4:
            continue  # a timestamp in the wrong field, or a wide index
        if not spec.size or spec.size % BASE_TYPES[declared].size or "byte" in (_name(declared), _name(wanted)):
            continue  # a fault of its own, or bytes of no type
        what = _conflict(declared, wanted)
        if what is not None:
            name = field_fact(definition.layout.global_, spec.number).name
            evidence = {"found": _name(declared), "expected": _name(wanted), "what": what}
            yield Hit(definition.where(name), evidence, INFO if what == "too narrow" else None)


def _name(base: int) -> str:
    return BASE_TYPES[base].name


#: Fields below these numbers are scalars in the profile; arrays (times in zones, power phases) have higher numbers.
_SCALARS = {
    0: range(6), 18: range(65), 19: range(57), 21: range(5), 23: range(16), 34: range(7),
    20: (0, 1, 2, 3, 4, 5, 6, 7, 9, 10, 11, 12, 13, 19, 29, 30, 31, 32, 33, 73, 78),
}  # fmt: skip


@rule(
    "FIT115",
    "array-for-scalar",
    WARNING,
    on=FitDocument,
    basis=FIT_PROTOCOL,
    says="field {field} of {message_name} holds {count} numbers; the profile has one there",
    hint="declare the field with the size of one {type}",
)
def array_for_scalar(document: FitDocument, _limits: Limits) -> Found:
    """A field that holds one number in the profile is declared as an array.

    Readers give a list where programs expect a number, and end with an exception (tormoder/fit#88); most take the first
    element.
    """
    for definition, spec in _odd(document):
        base = spec.type
        if (
            base is None
            or base.name in ("string", "byte")
            or spec.number not in _SCALARS.get(definition.layout.global_, ())
        ):
            continue
        if spec.size > base.size and spec.size % base.size == 0:
            name = field_fact(definition.layout.global_, spec.number).name
            yield Hit(definition.where(name), {"count": spec.size // base.size, "type": base.name})


#: The message of strength sets, whose timestamp is field 254 by the profile.
_SET = 225


@rule(
    "FIT116",
    "timestamp-in-254",
    WARNING,
    on=FitDocument,
    basis=FIT_PROTOCOL,
    says="{count} messages of {message_name} have no timestamp (field 253) and a date in field 254, which is the index "
    "of the message",
    hint="write the time into field 253, or run `tracklint fix --unsafe`",
    fix="unsafe",
)
def timestamp_in_254(document: FitDocument, limits: Limits) -> Found:
    """The time stands in field 254 (message_index) in place of field 253 (timestamp).

    A tutorial for FIT files has the two numbers swapped. Readers find no time on the messages.
    """
    for global_, groups in document.by_global.items():
        layouts = [group.definition.layout for group in groups]
        if not any(_dated_by_index(layout) for layout in layouts):
            continue
        if global_ == _SET or field_fact(global_, 254).type == "date_time":
            continue  # there the profile has a date in field 254
        columns = message_columns(document, global_)
        raw, valid = columns.integers(254)
        dates = valid & (raw >= UPTIME_LIMIT) & (raw + FIT_EPOCH <= now(limits) + 366 * 86400)
        if dates.any() and dates.sum() == valid.sum():
            first = int(np.argmax(dates))
            yield Hit(columns.where(first, "message_index"), {"count": int(dates.sum())})


def _dated_by_index(layout: Layout) -> bool:
    """Whether messages have a field 254 as wide as a date, and no field 253."""
    at = layout.numbers.find(254)
    return at >= 0 and layout.sizes[at] == 4 and 253 not in layout.numbers


@rule(
    "FIT118",
    "unknown-message",
    INFO,
    on=FitDocument,
    basis=PRACTICE,
    says="the profile does not name {count} of the messages (kinds: {kinds}): {list}",
    hint="nothing needs to be done; readers skip such messages",
)
def unknown_message(document: FitDocument, _limits: Limits) -> Found:
    """Messages have global numbers that the public profile does not name.

    Devices write messages of their own in great number; readers skip them by their size. Numbers from 0xFF00 to 0xFFFE
    are a manufacturer's private ones and can be named in a profile (configuration ``profile``). 0xFFFF stands for "no
    number", and is a warning.
    """
    found = {
        global_: sum(map(len, groups))
        for global_, groups in sorted(document.by_global.items())
        if global_ == 0xFFFF or message_name(global_) == f"message {global_}"
    }
    for severity, mine in (
        (None, {g: n for g, n in found.items() if g != 0xFFFF}),
        (WARNING, {g: n for g, n in found.items() if g == 0xFFFF}),
    ):
        if mine:
            first = next(iter(mine))
            where = message_columns(document, first).where(0)
            private = sum(0xFF00 <= g < 0xFFFF for g in mine)
            evidence = {"count": sum(mine.values()), "kinds": len(mine), "private": private, "list": _listed(mine)}
            yield Hit(where, {**evidence, "messages": {str(g): n for g, n in mine.items()}}, severity)


def _listed(found: dict[int, int], most: int = 8) -> str:
    parts = [f"{number} ({count} times)" for number, count in list(found.items())[:most]]
    return ", ".join(parts) + (f" and {len(found) - most} more" if len(found) > most else "")


@rule(
    "FIT119",
    "unknown-field",
    INFO,
    on=FitDocument,
    basis=PRACTICE,
    says="{kinds} fields are not in the profile: {list}",
    hint="nothing needs to be done; readers skip such fields",
)
def unknown_field(document: FitDocument, _limits: Limits) -> Found:
    """Messages that the public profile describes have fields that it does not.

    They are the manufacturer's own, or newer than the profile; readers skip them by their size.
    """
    found: dict[int, set[int]] = {}
    where = None
    for group in document.messages:
        layout = group.definition.layout
        if layout.global_ not in FIELDS:
            continue
        new = set(layout.numbers) - typed_fields(layout.global_)
        unknown = {number for number in new if not field_fact(layout.global_, number).type}
        if unknown:
            where = where or group.definition.where()
            found.setdefault(layout.global_, set()).update(unknown)
    if where is not None:
        fields = {message_name(g): sorted(numbers) for g, numbers in sorted(found.items())}
        parts = [f"{name} {_some(numbers)}" for name, numbers in fields.items()]
        yield Hit(where, {"kinds": sum(map(len, found.values())), "list": "; ".join(parts), "fields": fields})


def _some(numbers: list[int], most: int = 6) -> str:
    more = f" and {len(numbers) - most} more" if len(numbers) > most else ""
    return ", ".join(map(str, numbers[:most])) + more
