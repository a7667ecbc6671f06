"""Rules about what libxml2 says of the document and its schema, where we say otherwise."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from ...config import Limits
from ...findings import Severity, Where
from ...second import SecondReading, SecondReadings, differs, dissents
from ...xml import XmlDocument
from ...xml.columns import element_place
from ...xml.schema import schema_valid
from ..registry import Basis, Found, Hit, from_faults, rule

WARNING = Severity.WARNING
_BASIS = Basis("practice: a second opinion on schemas", "docs/second-readers.md", "practice")


def _judged(readings: SecondReadings) -> Iterator[tuple[SecondReading, XmlDocument]]:
    for reading in readings.readings:
        if reading.reader == "libxml2" and readings.document is not None:
            yield reading, readings.document


def _facts(reading: SecondReading, theirs: str, ours: str) -> dict[str, Any]:
    return {"reader": reading.reader, "version": reading.version, "theirs": theirs, "ours": ours}


@rule(
    "RDR006",
    "well-formed-to-one",
    WARNING,
    on=SecondReadings,
    basis=_BASIS,
    says="to {reader} {version} the document is {theirs}, to tracklint it is {ours}: {reason}",
    hint="programs that read XML differ here; write this place in a form that both take",
    formats=("tcx", "gpx"),
)
def well_formed_to_one(readings: SecondReadings, _limits: Limits) -> Found:
    """The document is well-formed to libxml2 and not to tracklint, or the other way round.

    libxml2 is the XML parser of many programs, and is asked through lxml. Where both find the same, the findings of
    the family DOC tell it. The reason is libxml2's own message, or the name of what tracklint found first. Runs with
    `check --second-reader` only.
    """
    for reading, document in _judged(readings):
        if not differs(document, reading):
            continue
        words = ("well-formed", "not well-formed")
        if document.well_formed:
            facts = _facts(reading, words[1], words[0])
            yield Hit(Where(line=reading.line, column=reading.column), {**facts, "reason": reading.text})
        else:
            stops = [fault for fault in document.faults if fault.kind != "no-declaration"]
            place = next((hit.where for hit in from_faults(stops, *(fault.kind for fault in stops[:1]))), Where())
            reason = stops[0].kind.replace("-", " ") if stops else "nested too deeply"
            yield Hit(place, {**_facts(reading, words[0], words[1]), "reason": reason})


@rule(
    "RDR007",
    "valid-to-one",
    WARNING,
    on=SecondReadings,
    basis=_BASIS,
    says="{reader} {version} with {schemas} {verb}: {words}; {count} in the file. To it the file is {theirs}, to "
    "tracklint {ours}",
    hint="read the schema that this place is held against; one of the two reads it wrongly, or it says more than ours",
    formats=("tcx", "gpx"),
)
def valid_to_one(readings: SecondReadings, _limits: Limits) -> Found:
    """libxml2 refuses by a schema what tracklint permits, or permits what tracklint refuses.

    libxml2 is asked with the schemas of tracklint, and with those of `--schema-dir` for the namespaces that these
    declare. The words are libxml2's own, or say what tracklint found. Faults that both find are told by the family SCH
    alone. What libxml2 is known to do against XML Schema (docs/second-readers.md lists it) is not told, nor that it
    tells one child of each parent only. Runs with `check --second-reader` only.
    """
    folder = readings.schema_dir
    schemas = "the schemas of tracklint" if folder is None else f"the schemas in {folder}"
    for reading, document in _judged(readings):
        if reading.end not in ("whole", "enough") or not document.well_formed:
            continue
        theirs, ours = ("not valid" if bad else "valid" for bad in (reading.faults, not schema_valid(document)))
        for each in dissents(document, reading):
            evidence = {
                **_facts(reading, theirs, ours),
                "schemas": schemas,
                "verb": "refuses what tracklint permits" if each.theirs else "permits what tracklint refuses",
                "words": each.words,
                "count": len(each.elements),
            }
            place = element_place(document, int(each.elements[0]))
            yield Hit(replace(place, count=len(each.elements)), evidence)
