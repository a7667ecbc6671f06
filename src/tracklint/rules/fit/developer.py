"""Rules about developer data: fields that an app adds to a FIT file, and the messages that describe them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import NamedTuple

import numpy as np

from ...config import Limits
from ...findings import Severity, Where
from ...fit import FitDocument
from ...fit.columns import Description, MessageColumns, descriptions_in_order, message_columns
from ...fit.document import DeveloperSpec, Messages
from ...fit.profile import BASE_TYPES, field_fact, message_name
from ..basis import FIT_PROTOCOL, PRACTICE
from ..registry import Found, Hit, rule

WARNING, INFO = Severity.WARNING, Severity.INFO
Key = tuple[int, int, int]  # segment, developer index, field number
Use = tuple[Messages, DeveloperSpec]


class _Developer(NamedTuple):
    """The developer data of one file.

    ``described`` are the descriptions of each field, in the order of the file; ``declared`` segment and developer index
    of each developer_data_id; ``used`` the messages that carry each field.
    """

    described: dict[Key, list[Description]]
    declared: set[tuple[int, int]]
    used: dict[Key, list[Use]]


def _developer(document: FitDocument) -> _Developer:
    described: dict[Key, list[Description]] = {}
    for segment, each in descriptions_in_order(document):
        described.setdefault((segment, each.developer, each.number), []).append(each)
    ids = message_columns(document, 207)
    (index, valid), segments = ids.integers(3), ids.segments()
    declared = set(zip(segments[valid].tolist(), index[valid].tolist(), strict=True))
    used: dict[Key, list[Use]] = {}
    for group in document.messages:
        for spec in group.definition.layout.developer:
            used.setdefault((group.definition.segment, spec.developer, spec.number), []).append((group, spec))
    return _Developer(described, declared, used)


def _at(uses: list[Use]) -> Where:
    """The place of the first message among ``uses``, and how many there are."""
    group, spec = min(uses, key=lambda use: int(use[0].offsets[0]))
    at = int(group.offsets[0]) + spec.at
    return replace(group.where(0), offset=at, size=spec.size, count=sum(len(g) for g, _ in uses))


@rule(
    "FIT601",
    "undescribed",
    WARNING,
    on=FitDocument,
    basis=FIT_PROTOCOL,
    says="{count} messages of {message_name} carry developer field {number} of developer {developer}, which no "
    "field_description describes",
    hint="write a field_description for the field before its first message, or run `tracklint fix --unsafe`",
    fix="unsafe",
    needs=("developer fields",),
)
def undescribed(document: FitDocument, _limits: Limits) -> Found:
    """A developer field has no field_description in its segment, so its type and name are not known.

    Its bytes can be skipped, but fitparse and the strict mode of fitdecode refuse the file.
    """
    data = document.once(_developer)
    for key, uses in data.used.items():
        if key not in data.described:
            yield Hit(_at(uses), {"developer": key[1], "number": key[2]})


@rule(
    "FIT602",
    "late-description",
    WARNING,
    on=FitDocument,
    basis=FIT_PROTOCOL,
    says="developer field {number} of developer {developer} is described after the definition of {message_name} that "
    "uses it",
    hint="write field_description before the first definition that uses the field, or run `tracklint fix`",
    fix="safe",
    needs=("developer fields",),
)
def late_description(document: FitDocument, _limits: Limits) -> Found:
    """A field_description comes after the definition whose messages carry the field.

    Readers that look the description up when they meet the definition lose the field's name, or stop
    (fitparse-rs#13).
    """
    data = document.once(_developer)
    for key, uses in data.used.items():
        known = data.described.get(key)
        first = min((group for group, _ in uses), key=lambda group: group.definition.offset)
        if known and known[0].where > first.definition.offset:
            yield Hit(_at(uses), {"developer": key[1], "number": key[2]})


@rule(
    "FIT603",
    "no-developer-id",
    WARNING,
    on=FitDocument,
    basis=FIT_PROTOCOL,
    says="field_description names developer {developer}, for which there is no developer_data_id",
    hint="write developer_data_id with this developer_data_index before field_description, or run `tracklint fix`",
    fix="safe",
    needs=("field_description",),
)
def no_developer_id(document: FitDocument, _limits: Limits) -> Found:
    """A developer field is described, but no developer_data_id says whose it is.

    fitparse and fitdecode refuse the file; in other readers the fields vanish.
    """
    data = document.once(_developer)
    missing: dict[tuple[int, int], int] = {}
    for (segment, developer, _), known in data.described.items():
        if (segment, developer) not in data.declared:
            missing.setdefault((segment, developer), known[0].row)
    for (_, developer), row in missing.items():
        yield Hit(message_columns(document, 206).where(row, "developer_data_index"), {"developer": developer})


@rule(
    "FIT604",
    "app-id",
    INFO,
    on=FitDocument,
    basis=FIT_PROTOCOL,
    says="{count} of {ids} developer_data_id messages name no app; that of developer {developer} has {found}, 16 bytes "
    "are wanted",
    hint="write the app's UUID into application_id; nothing needs to be done for Strava",
    needs=("developer_data_id",),
)
def app_id(document: FitDocument, _limits: Limits) -> Found:
    """developer_data_id does not name the app by a number of 16 bytes.

    Platforms tell by it what a developer field means; without it the field's name is all there is.
    """
    columns = message_columns(document, 207)
    if not len(columns):
        return
    index, _ = columns.integers(3)
    found: dict[int, str] = {}
    for i in range(len(columns)):
        spec = columns.definition(i).layout.field(1)
        start = int(columns.offsets[i]) + (spec.at if spec else 0)
        if spec is None or not document.data[start : start + spec.size].strip(b"\xff"):
            found[i] = "no application_id"
        elif spec.size != 16:
            found[i] = f"an application_id of {spec.size} bytes"
    if found:
        i = min(found)
        where = replace(columns.where(i), count=len(found))
        yield Hit(where, {"developer": int(index[i]), "found": found[i], "ids": len(columns)})


@rule(
    "FIT605",
    "developer-width",
    WARNING,
    on=FitDocument,
    basis=FIT_PROTOCOL,
    says='developer field "{name}" has size {bytes}; {type} takes {type_bytes} bytes or a multiple of that',
    hint="declare the size of the type that field_description names, or run `tracklint fix --unsafe`",
    fix="unsafe",
    needs=("developer fields",),
)
def developer_width(document: FitDocument, _limits: Limits) -> Found:
    """The size of a developer field is no multiple of the size of the type in its description.

    Readers that split the bytes by the type end with an exception.
    """
    data = document.once(_developer)
    for key, uses in data.used.items():
        for found in data.described.get(key, ())[-1:]:
            base = found.type
            wrong = [(g, s) for g, s in uses if base and s.size % base.size]
            if base and wrong:
                evidence = {"name": found.name, "bytes": wrong[0][1].size}
                yield Hit(_at(wrong), {**evidence, "type": base.name, "type_bytes": base.size})


@rule(
    "FIT606",
    "redescribed",
    WARNING,
    on=FitDocument,
    basis=FIT_PROTOCOL,
    says="field {number} of developer {developer} is described as {first} and again as {second}",
    hint="give each field a number of its own",
    needs=("field_description",),
)
def redescribed(document: FitDocument, _limits: Limits) -> Found:
    """One developer field has two descriptions of different type, unit or scale in a segment.

    Readers take the first or the last for all messages. The same description twice does no harm.
    """
    data = document.once(_developer)
    for (_, developer, number), known in data.described.items():
        first = known[0]
        other = next((d for d in known if _meaning(d) != _meaning(first)), None)
        if other is not None:
            evidence = {"developer": developer, "number": number, "first": _told(first), "second": _told(other)}
            yield Hit(message_columns(document, 206).where(other.row), evidence)


def _meaning(description: Description) -> tuple[int, str, float, float]:
    return description.base, description.units, description.scale, description.offset


def _told(description: Description) -> str:
    base = BASE_TYPES.get(description.base & 0x1F)
    unit = f" in {description.units}" if description.units else ""
    return f'"{description.name}" ({base.name if base else hex(description.base)}{unit})'


@rule(
    "FIT607",
    "incomplete-description",
    WARNING,
    on=FitDocument,
    basis=FIT_PROTOCOL,
    says="the description of field {number} of developer {developer} has {lack}",
    hint="write field_name, units and fit_base_type_id",
    needs=("field_description",),
)
def incomplete_description(document: FitDocument, _limits: Limits) -> Found:
    """A field_description lacks the field's name or number, or names a type that does not exist.

    Readers show numbers without a name, or cannot read them at all. A missing unit is no fault: many numbers have none.
    """
    columns = message_columns(document, 206)
    if not len(columns):
        return
    (index, indexed), (number, numbered), (base, typed) = (columns.integers(n) for n in (0, 1, 2))
    for i in range(len(columns)):
        lacks = [] if indexed[i] else ["no developer_data_index"]
        lacks += [] if numbered[i] else ["no field_definition_number"]
        lacks += [] if columns.text(3, i) else ["no field_name"]
        if not typed[i]:
            lacks.append("no fit_base_type_id")
        elif int(base[i]) & 0x1F not in BASE_TYPES:
            lacks.append(f"base type {int(base[i]):#04x}, which does not exist")
        if lacks:
            evidence = {"developer": int(index[i]), "number": int(number[i]), "lack": " and ".join(lacks)}
            yield Hit(columns.where(i), evidence)


def _overrides(document: FitDocument) -> Iterator[tuple[Key, Description, MessageColumns, int]]:
    """Developer fields that stand in for a native field of their message: with both columns of messages."""
    data = document.once(_developer)
    for key, uses in data.used.items():
        for found in data.described.get(key, ())[-1:]:
            global_ = uses[0][0].definition.layout.global_
            if found.native_field is not None and found.native_message in (global_, None):
                yield key, found, message_columns(document, global_), found.native_field


@rule(
    "FIT608",
    "native-conflict",
    WARNING,
    on=FitDocument,
    basis=FIT_PROTOCOL,
    says='developer field "{name}" stands in for {native} of {message_name}; in {count} of {both} messages they '
    "differ, first {developer_value:g} and {native_value:g}",
    hint="leave native_field_num out where the field measures something else",
    needs=("developer fields",),
)
def native_conflict(document: FitDocument, _limits: Limits) -> Found:
    """A developer field declares that it stands in for a native field, and their numbers disagree in most messages.

    Readers that honour the override show another number than those that do not: a muscle sensor's values came out as
    heart rate (GoldenCheetah#2072). Five per cent are spared; with two sensors some difference is natural, so
    disagreement counts from twenty per cent on as a warning, in between as information.
    """
    for (_, developer, number), found, columns, native in _overrides(document):
        ours, theirs = columns.developer((developer, number), found), columns.floats(native)
        both = np.isfinite(ours) & np.isfinite(theirs) & ((ours != 0) | (theirs != 0))
        if both.sum() < 10:
            continue
        with np.errstate(divide="ignore", invalid="ignore"):
            off = np.abs(ours - theirs) / np.maximum(np.abs(ours), np.abs(theirs))
        differ = both & (off > 0.05)
        if 2 * differ.sum() <= both.sum():
            continue
        fact = field_fact(columns.global_, native)
        i = int(np.argmax(differ))
        evidence = {
            "name": found.name or str(number), "native": fact.name, "both": int(both.sum()),
            "developer_value": float(ours[i]), "native_value": float(theirs[i]),
            "units": [found.units, fact.units], "median_off": round(float(np.median(off[both])), 3),
        }  # fmt: skip
        severity = None if float(np.median(off[both])) > 0.2 else INFO
        yield Hit(replace(columns.where(i), count=int(differ.sum())), evidence, severity)


@rule(
    "FIT609",
    "unused-description",
    INFO,
    on=FitDocument,
    basis=PRACTICE,
    says="{count} developer fields are described and in no message: {names}",
    hint="describe a field when it is first written; nothing needs to be done for Strava",
    needs=("field_description",),
)
def unused_description(document: FitDocument, _limits: Limits) -> Found:
    """A field_description describes a field that no message carries. It does no harm."""
    data = document.once(_developer)
    unused = [known[0] for key, known in data.described.items() if key not in data.used]
    if unused:
        names = [each.name or f"field {each.number}" for each in unused]
        more = f" and {len(names) - 6} more" if len(names) > 6 else ""
        where = replace(message_columns(document, 206).where(unused[0].row), count=len(names))
        yield Hit(where, {"names": ", ".join(names[:6]) + more, "message_name": message_name(206)})
