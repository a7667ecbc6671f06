"""Our validator beside xmlschema, over the same XSD files: the same elements have a fault."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import mutants
import pytest
import xmlschema
from test_schemas import CASES, xmlschema_schema
from xmlschema.exceptions import XMLSchemaKeyError

from tracklint.source import open_source
from tracklint.xml import XmlDocument, scan_xml
from tracklint.xml.schema import KINDS, resolved, schema_valid, violations
from tracklint.xml.schema.paths import wanted_namespace

if TYPE_CHECKING:
    from pathlib import Path

#: Corpus files up to this size are compared; xmlschema takes five seconds a megabyte.
LARGEST = int(os.environ.get("TRACKLINT_LARGEST_XML", "100000"))
ALL_MUTANTS = 5000
MUTANTS = range(
    0, ALL_MUTANTS, 1 if os.environ.get("HYPOTHESIS_PROFILE") == "long" or "TRACKLINT_ALL_MUTANTS" in os.environ else 12
)

#: Kinds that are faults of the parent's content; all others are the element's own.
OF_PARENT = ("out-of-order", "too-many", "unknown-child", "other-namespace", "child-in-text")
#: The place of values that are not unique, which xmlschema tells at the element that has the constraint.
KEYS = -1
#: Where we say more or less than xmlschema, and why: who alone tells it, and its words.
ACCEPTED: list[tuple[str, str, str]] = [
    ("ours", r"duplicate-key Child ", "xmlschema's keys do not reach into types that are named by xsi:type"),
    ("ours", r"text \S+ ", "xmlschema takes text where nothing but a wildcard may stand; libxml2 does not"),
    ("ours", r"(value|attribute-value) .*'why': 'not a finite number'", "NaN is within no bounds; xmlschema takes it"),
    (
        "ours",
        r"(value|attribute-value) .*number.*'sample': '1 2'",
        "a number has no space in it; xmlschema takes it out",
    ),
    (
        "ours",
        r"(value|attribute-value) .*'sample': '\u0661'",
        "an integer has ASCII digits only; xmlschema takes others",
    ),
]


def ours(document: XmlDocument) -> dict[int, list[str]]:
    """What we find, by the number of the element that xmlschema would blame."""
    found: dict[int, list[str]] = {}
    for each in violations(document):
        for element in each.elements.tolist():
            at = int(document.elements.parent[element]) if each.kind in OF_PARENT else element
            at = KEYS if each.kind == "duplicate-key" else at
            found.setdefault(at, []).append(f"{each.kind} {each.element} {dict(each.evidence)}")
    return found


def theirs(data: bytes) -> dict[int, list[str]]:
    """What xmlschema finds, by the number of the element. Raises XMLSchemaKeyError for an xsi:type that is not known."""
    resource = xmlschema.XMLResource(data, allow="none", defuse="never")
    number = {id(element): i for i, element in enumerate(resource.root.iter())}
    found: dict[int, list[str]] = {}
    for error in xmlschema_schema().iter_errors(resource):
        reason = str(error.reason)
        if reason.startswith("missing key field"):
            continue  # the child that is missing is told where it is missing
        at = KEYS if reason.startswith("duplicated value") else number[id(error.elem)]
        found.setdefault(at, []).append(reason)
    return found


def differences(data: bytes, document: XmlDocument) -> Iterator[str]:
    """What only one of the two tells, and is not accepted."""
    mine = ours(document)
    wrong_type = any(told.startswith("unknown-type") for tellings in mine.values() for told in tellings)
    try:
        other = theirs(data)
    except XMLSchemaKeyError:  # also where it checks nothing, or only laxly
        if not any(each.path.xsi_type and (not each.checked or each.type is None) for each in resolved(document)):
            yield "xmlschema: xsi:type is not known"
        return
    for who, one, two in (("ours", mine, other), ("theirs", other, mine)):
        for at in sorted(set(one) - set(two)):
            for told in one[at]:
                if "cannot substitute" in told and wrong_type:
                    continue  # xmlschema tells it again at each element with a constraint around it
                if not any(by == who and re.match(words, told) for by, words, _ in ACCEPTED):
                    yield f"{who} at element {at}: {told}"


@pytest.mark.parametrize("part", range(4))
def test_mutants(part: int) -> None:
    """Order, missing, extra, renamed, retyped, other namespaces, attributes: the same elements are wrong."""
    wrong = {}
    for seed in MUTANTS[part::4]:
        data = mutants.mutant(seed)
        document = scan_xml(data)
        assert document.well_formed, (seed, document.faults)
        if found := list(differences(data, document)):
            wrong[seed] = found
    assert wrong == {}


def test_mutants_are_worth_it() -> None:
    """Among three hundred of them are violations of every kind, and some valid documents."""
    found = [violations(scan_xml(mutants.mutant(seed))) for seed in range(300)]
    kinds = {each.kind for each in (violation for one in found for violation in one)}
    assert kinds >= set(KINDS) - {"root", "duplicate-key"}
    assert any(not one for one in found)


def rooted(document: XmlDocument) -> bytes:
    """The document with its root in the namespace that we take it to be in."""
    root, wanted = document.root, wanted_namespace(document)
    assert root is not None
    if root.namespace == wanted or wanted is None:
        return document.data
    tag = document.data[root.offset : root.offset + root.size]
    name = b"xmlns:" + root.prefix.encode() if root.prefix else b"xmlns"
    tag = re.sub(rb"\s" + name + rb"\s*=\s*(\"[^\"]*\"|'[^']*')", b"", tag)
    at = root.name_end - root.offset
    tag = tag[:at] + b" " + name + b'="' + wanted.encode() + b'"' + tag[at:]
    return document.data[: root.offset] + tag + document.data[root.offset + root.size :]


def test_corpus(corpus: list[tuple[Path, dict[str, Any]]]) -> None:
    """Every well-formed file that is not too large, element by element."""
    wrong, compared = {}, 0
    for path, row in corpus:
        if not row["format"].endswith(("gpx", "tcx")) or int(row["bytes"]) > LARGEST:
            continue
        document = scan_xml(open_source(path).data)
        if not document.well_formed:
            continue
        compared += 1
        if found := list(differences(rooted(document), document)):
            wrong[row["file"]] = found[:5]
    assert wrong == {}
    assert compared > 200


def test_cases() -> None:
    """What XML Schema says about each case that the schemas were tested with; as-if is no validity."""
    wrong = []
    for case in CASES:
        document = scan_xml(case.document.encode())
        if (not violations(document)) != case.valid and not case.name.startswith("root: "):
            wrong.append((case.name, case.valid))
        if not case.valid and schema_valid(document):
            wrong.append((case.name, case.valid))
    assert wrong == []
