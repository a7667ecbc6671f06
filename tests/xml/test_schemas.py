"""The schemas in schemas/: case by case what the formats say, asked of xmlschema, of libxml2 and of our own validator."""

from __future__ import annotations

import re
from functools import cache
from io import BytesIO
from itertools import groupby
from typing import TYPE_CHECKING

import pytest
import xmlschema
from lxml import etree
from schema_cases import CASES, NAMESPACES, Case

from conftest import ROOT
from tracklint.xml import scan_xml
from tracklint.xml.schema import schema_valid

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

SCHEMAS = ROOT / "schemas"
FILES = sorted(SCHEMAS.glob("*.xsd"))
XS = "{http://www.w3.org/2001/XMLSchema}"

# Oracles -------------------------------------------------------------------------------------------------------------------

#: One schema of all nine, for tools that take a single file.
ALL = '<xs:schema xmlns:xs="http://www.w3.org/2001/XMLSchema">{}</xs:schema>'.format(
    "".join(f'<xs:import namespace="{uri}" schemaLocation="{name}"/>' for name, uri in NAMESPACES.items())
)


@cache
def xmlschema_schema() -> xmlschema.XMLSchema10:
    return xmlschema.XMLSchema10(ALL, base_url=str(SCHEMAS), allow="local")


def by_xmlschema(document: str) -> bool:
    """Whether xmlschema takes it; of an unknown xsi:type it raises where it should report."""
    try:
        return xmlschema_schema().is_valid(document)
    except xmlschema.XMLSchemaException:
        return False


@cache
def libxml2_schema() -> etree.XMLSchema:
    return etree.XMLSchema(etree.parse(BytesIO(ALL.encode()), etree.XMLParser(no_network=True), base_url=f"{SCHEMAS}/"))


def by_libxml2(document: str) -> bool:
    return libxml2_schema().validate(etree.fromstring(document.encode()))


def by_us(document: str) -> bool:
    return schema_valid(scan_xml(document.encode()))


ORACLES: dict[str, Callable[[str], bool]] = {"xmlschema": by_xmlschema, "libxml2": by_libxml2, "ours": by_us}

#: Where an oracle says the opposite of XML Schema: what it does not know, and the cases by name. Each is a fault of that
#: oracle, except that `ours` counts what the formats' own schemas refuse.
DEVIATIONS: list[tuple[str, str, str]] = [
    ("ours", "the format itself wants another namespace, SEN021", r"gpx: general tag.*"),
    ("libxml2", "white space before a time, xml.md 1.6", r"(time form|Time form|StartTime): '( |\\n|\\t).*2024.*"),
    ("libxml2", "white space in a QName", r"HeartRateBpm type: ' .*"),
    ("libxml2", "an address is not held against the grammar of URIs", r"href: '(a%|#a#b)'"),
    ("libxml2", "an exponent needs a digit", r".*: '1e'"),
    ("libxml2", "a wildcard behind a repeated element ends it", r"gpx10 gpx: \*foreign before trk"),
    ("libxml2", "NaN is within no bounds", r"CustomSpeedZone: 'NaN'"),
    ("xmlschema", "NaN is within no bounds", r"(LatitudeDegrees|LongitudeDegrees|CustomSpeedZone): 'NaN'"),
    ("xmlschema", "a number has no space in it", r"(ele|hdop|gpx10 speed|gd temp|gd distance): '1 2'"),
    ("xmlschema", "an integer has ASCII digits only", r"(sat|number): '(1_0|\\u0667)'"),
    ("xmlschema", "no text where only a wildcard is", r"(gpx|tcx): text in (e|E)xtensions"),
    ("xmlschema", "keys are compared as values", r"tcx: same course but for white space"),
    ("xmlschema", "keys reach into types named by xsi:type", r"tcx: same step in a repetition"),
]


def deviates(case: Case, oracle: str) -> bool:
    return any(of == oracle and re.fullmatch(names, case.name) for of, _, names in DEVIATIONS)


GROUPS = {group: list(cases) for group, cases in groupby(CASES, lambda case: case.name.partition(": ")[0])}


@pytest.mark.parametrize("oracle", ORACLES)
@pytest.mark.parametrize("group", GROUPS)
def test_cases(group: str, oracle: str) -> None:
    """Strictly: an oracle that no longer deviates fails as well."""
    wrong = [case for case in GROUPS[group] if ORACLES[oracle](case.document) != (case.valid != deviates(case, oracle))]
    assert wrong == []


def test_no_case_is_lost() -> None:
    assert sum(len(cases) for cases in GROUPS.values()) == len({case.name for case in CASES}) == len(CASES)


@pytest.mark.parametrize(("oracle", "names"), [(oracle, names) for oracle, _, names in DEVIATIONS])
def test_deviations_have_cases(oracle: str, names: str) -> None:
    assert any(re.fullmatch(names, case.name) for case in CASES), oracle


# The files themselves -------------------------------------------------------------------------------------------------------


def test_every_file_is_known() -> None:
    assert {path.name for path in FILES} == set(NAMESPACES)


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.name)
def test_compiles_alone_and_offline(path: Path) -> None:
    schema = xmlschema.XMLSchema10(str(path), allow="local")
    assert schema.target_namespace == NAMESPACES[path.name]
    etree.XMLSchema(etree.parse(path, etree.XMLParser(no_network=True)))


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.name)
def test_every_type_is_explained(path: Path) -> None:
    root = etree.parse(path).getroot()
    kinds = [f"{XS}complexType", f"{XS}simpleType"]
    mute = [
        node.get("name")
        for node in root.iter(*kinds)
        if not (node.findtext(f"{XS}annotation/{XS}documentation") or "").strip()
    ]
    assert mute == []
    assert all(node.get("name") for node in root.iter(*kinds)), "a type without name"


#: What schemas/compile.py reads.
USED = (
    "schema element complexType sequence any attribute complexContent simpleContent extension simpleType restriction enumeration pattern "
    "minInclusive maxInclusive minExclusive maxExclusive minLength maxLength length key unique selector field annotation documentation"
)


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.name)
def test_only_what_the_compiler_reads(path: Path) -> None:
    nodes = etree.parse(path).getroot().iter(etree.Element)
    assert {etree.QName(node).localname for node in nodes} <= set(USED.split())


# Real files -----------------------------------------------------------------------------------------------------------------

#: What the formats' own schemas say of files that ours let pass: the deliberate differences of schemas/README.md.
STRICTER = ("##other", "demanded by the strict wildcard")
OF_THE_FORMATS = [
    f"{{{NAMESPACES[name]}}}" for name in ("gpx-1.0.xsd", "gpx-1.1.xsd", "training-center-database-v2.xsd")
]


def test_real_files_agree_with_the_formats_own_schemas(corpus: list[tuple[Path, dict[str, str]]]) -> None:
    """The manifest tells what libxml2 says of each file with the schemas that the formats publish, without extensions."""
    schema, differences, seen = libxml2_schema(), [], 0
    for path, row in corpus:
        if row["format"] not in ("gpx", "tcx") or row["xml_err"] or not row["xsd_valid"]:
            continue
        seen += 1
        ours = schema.validate(etree.parse(path))
        if ours and row["xsd_valid"] == "False" and not any(word in row["xsd_err"] for word in STRICTER):
            differences.append((row["file"], row["xsd_err"]))
        if not ours and row["xsd_valid"] == "True":
            differences += [
                (row["file"], error.message)
                for error in schema.error_log
                if any(f"Element '{uri}" in error.message for uri in OF_THE_FORMATS)
            ]
    assert seen > 100
    assert differences == []
