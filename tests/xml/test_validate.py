"""Validation: what is told, of which elements, from whatever bytes; and where libxml2 tells less, more or nothing."""

from __future__ import annotations

import gzip
import importlib.util
import random
from io import BytesIO
from typing import TYPE_CHECKING, Any

import mutants
import pytest
from hypothesis import given
from hypothesis import strategies as st
from lxml import etree
from test_schemas import libxml2_schema

from conftest import ROOT
from tracklint.checking import check
from tracklint.config import Config
from tracklint.source import open_source
from tracklint.testing import Ride
from tracklint.xml import XmlDocument, parse, scan_xml
from tracklint.xml.exact import exact_tags
from tracklint.xml.gpx import gpx_activity
from tracklint.xml.schema import schema_valid, shapes, violations
from tracklint.xml.schema.found import MAX_VIOLATIONS
from tracklint.xml.tcx import tcx_activity

if TYPE_CHECKING:
    from pathlib import Path

GPX = "http://www.topografix.com/GPX/1/1"
TCX = "http://www.garmin.com/xmlschemas/TrainingCenterDatabase/v2"


def gpx(points: str, head: str = "") -> bytes:
    return f'<gpx xmlns="{GPX}" version="1.1" creator="x">{head}<trk><trkseg>{points}</trkseg></trk></gpx>'.encode()


def point(inner: str, more: str = "") -> str:
    return f'<trkpt lat="1" lon="2"{more}>{inner}</trkpt>'


def track(points: str, creator: str = "") -> bytes:
    lap = (
        '<Lap StartTime="2024-05-01T10:00:00Z"><TotalTimeSeconds>1</TotalTimeSeconds><DistanceMeters>1</DistanceMeters>'
        "<Calories>0</Calories><Intensity>Active</Intensity><TriggerMethod>Manual</TriggerMethod>"
    )
    return (
        f'<TrainingCenterDatabase xmlns="{TCX}" xmlns:xsi="{mutants.XSI}"><Activities><Activity Sport="Other"><Id>2024-05-01T10:00:00Z</Id>'
        f"{lap}<Track>{points}</Track></Lap>{creator}</Activity></Activities></TrainingCenterDatabase>"
    ).encode()


def told(document: XmlDocument) -> list[tuple[Any, ...]]:
    return [(v.kind, v.element, v.parent, v.elements.tolist(), dict(v.evidence)) for v in violations(document)]


def short(data: bytes) -> list[tuple[str, str, str, int]]:
    return [(v.kind, v.element, v.parent, len(v.elements)) for v in violations(scan_xml(data))]


def test_the_tables_are_up_to_date() -> None:
    spec = importlib.util.spec_from_file_location("compile_schemas", ROOT / "schemas" / "compile.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    assert module.PAGE.read_text(encoding="utf-8") == module.page(), "run `python schemas/compile.py`"


@pytest.mark.parametrize(
    "part",
    [
        '<xs:element name="a" type="xs:string" default="b"/>',
        '<xs:group name="a"/>',
        '<xs:complexType name="a"><xs:all/></xs:complexType>',
        '<xs:complexType name="a"><xs:sequence minOccurs="0"/></xs:complexType>',
        '<xs:complexType name="a"><xs:sequence><xs:any processContents="strict"/></xs:sequence></xs:complexType>',
        '<xs:complexType name="a"><xs:sequence><xs:choice><xs:any/></xs:choice></xs:sequence></xs:complexType>',
        '<xs:complexType name="a"><xs:complexContent><xs:restriction base="b"/></xs:complexContent></xs:complexType>',
        '<xs:complexType name="a"><xs:sequence><xs:element name="b" type="nothing"/></xs:sequence></xs:complexType>',
        '<xs:simpleType name="a"><xs:list itemType="xs:int"/></xs:simpleType>',
        '<xs:simpleType name="a"><xs:restriction base="xs:string"><xs:pattern value="\\p{Ll}"/></xs:restriction></xs:simpleType>',
        '<xs:simpleType name="a"><xs:restriction base="xs:decimal"><xs:totalDigits value="3"/></xs:restriction></xs:simpleType>',
    ],
)
def test_the_compiler_stops_at_what_it_does_not_know(part: str, tmp_path: Path) -> None:
    spec = importlib.util.spec_from_file_location("compile_schemas", ROOT / "schemas" / "compile.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    (tmp_path / "some-part.xsd").write_text(
        f'<xs:schema xmlns:xs="http://www.w3.org/2001/XMLSchema">{part}</xs:schema>'
    )
    with pytest.raises(module.NotKnown):
        module.read_schemas(tmp_path)


# What is told ---------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("data", mutants.documents())
def test_built_documents(data: bytes) -> None:
    document = scan_xml(data)
    assert told(document) == []
    assert schema_valid(document) == (b"<power>" not in data)


def test_all_deviations_of_one_parent() -> None:
    """Twice too many, out of order twice, unknown, in another namespace: each with its own words, at each point."""
    inner = (
        "<time>2024-05-01T10:00:00Z</time><ele>1</ele><ele>2</ele><sat>1</sat><Sat>1</Sat><fix>3d</fix><speed>1</speed>"
    )
    data = gpx(point(inner + '<name xmlns="urn:a"/>') * 3)
    assert [(v.kind, v.element, len(v.elements), dict(v.evidence)) for v in violations(scan_xml(data))] == [
        ("out-of-order", "ele", 6, {"after": "time", "parent_path": "gpx/trk/trkseg/trkpt"}),
        ("too-many", "ele", 3, {"most": 1, "parent_path": "gpx/trk/trkseg/trkpt"}),
        ("unknown-child", "Sat", 3, {"namespace": GPX, "known": "sat", "parent_path": "gpx/trk/trkseg/trkpt"}),
        ("out-of-order", "fix", 3, {"after": "sat", "parent_path": "gpx/trk/trkseg/trkpt"}),
        ("unknown-child", "speed", 3, {"namespace": GPX, "known": None, "parent_path": "gpx/trk/trkseg/trkpt"}),
        ("other-namespace", "name", 3, {"namespace": "urn:a", "expected": GPX, "parent_path": "gpx/trk/trkseg/trkpt"}),
    ]


@pytest.mark.parametrize(
    ("data", "wanted"),
    [
        (track("<Trackpoint/>" * 2), [("missing-child", "Time", "Trackpoint", 2)]),
        (track(""), [("missing-child", "Trackpoint", "Track", 1)]),
        (gpx("<trkpt lat='1'/>" + point("")), [("missing-attribute", "lon", "trkpt", 1)]),
        (gpx("<trkpt lat='1' lon='1' x='1'/>" * 2), [("unknown-attribute", "x", "trkpt", 2)]),
        (gpx("<trkpt lat='1,5' lon='180'/>"), [("attribute-value", "lat", "trkpt", 1), ("attribute-value", "lon", "trkpt", 1)]),
        (gpx(point("<sat>5.0</sat>") + point("<sat>-1</sat>")), [("value", "sat", "trkpt", 1), ("value", "sat", "trkpt", 1)]),
        (gpx(point("") + "x"), [("text", "trkseg", "trk", 1)]),
        (gpx(point("<ele><b/>1</ele>")), [("child-in-text", "b", "ele", 1)]),
        (gpx("", '<metadata><bounds minlat="1" minlon="1" maxlat="1" maxlon="1"> </bounds></metadata>'), [("text", "bounds", "metadata", 1)]),
        (track("<Trackpoint><Time>2024-05-01T10:00:00Z</Time></Trackpoint>", "<Creator><Name>x</Name></Creator>"), [("abstract-type", "Creator", "Activity", 1)]),
        (track("<Trackpoint><Time>2024-05-01T10:00:00Z</Time></Trackpoint>", '<Creator xsi:type="Plan_t"/>'), [("unknown-type", "Creator", "Activity", 1)]),
        (b"<kml/>", [("root", "kml", "", 1)]),
    ],
)  # fmt: skip
def test_kinds(data: bytes, wanted: list[tuple[str, str, str, int]]) -> None:
    assert short(data) == wanted


def test_where_a_missing_child_belongs() -> None:
    data = track("<Trackpoint><Time>2024-05-01T10:00:00Z</Time></Trackpoint>").replace(b"<Calories>0</Calories>", b"")
    assert [v.evidence["before"] for v in violations(scan_xml(data))] == ["Intensity"]


def test_same_ids() -> None:
    """Two times are the same where they are the same moment; the second is told."""
    data = mutants.MULTISPORT.replace("2024-05-01T11:00:00Z", "2024-05-01T12:00:00+02:00", 1).encode()
    document = scan_xml(data)
    (one,) = violations(document)
    assert (one.kind, one.element, one.evidence["field"]) == ("duplicate-key", "Activity", "Id")
    assert document.child_text(int(one.elements[0]), "Id").value == "2024-05-01T12:00:00+02:00"  # type: ignore[union-attr]


@pytest.mark.parametrize("change", ["", "https", "prefix"])
def test_a_root_in_another_namespace_is_read_as_if(change: str) -> None:
    data = gpx(point("<time>x</time>"))
    data = {
        "": data.replace(b' xmlns="http://www.topografix.com/GPX/1/1"', b""),
        "https": data.replace(b"http:", b"https:"),
        "prefix": data.replace(b"http://www.", b"http://").replace(b"gpx ", b"gpx xmlns:a='urn:a' "),
    }[change]
    document = scan_xml(data)
    assert [(v.kind, v.element) for v in violations(document)] == [("value", "time")]
    good = scan_xml(data.replace(b"<time>x</time>", b""))
    assert violations(good) == ()
    assert not schema_valid(good)


def test_tcx_version_1_keeps_its_own_rule() -> None:
    data = (
        f'<TrainingCenterDatabase xmlns="{TCX[:-1]}1"><History><Running Name="a"/></History></TrainingCenterDatabase>'
    )
    document = scan_xml(data.encode())
    assert violations(document) == ()
    assert not schema_valid(document)


def test_xsi_type_is_resolved_for_each_path() -> None:
    """Where the type is named by another prefix, or by one that is bound to something else."""
    rate = '<Trackpoint><Time>2024-05-01T10:00:00Z</Time><HeartRateBpm {}="{}"><Value>{}</Value></HeartRateBpm></Trackpoint>'
    own = f'xmlns:s="{mutants.XSI}" xmlns:t="{TCX}" s:type'
    rows = [
        ("xsi:type", "HeartRateInBeatsPerMinute_t", "70", None),
        (own, "t:HeartRateInBeatsPerMinute_t", "70", None),
        (own, "t:HeartRateInBeatsPerMinute_t", "0", "value"),
        ("xsi:type", "t:HeartRateInBeatsPerMinute_t", "70", "unknown-type"),
        ("xsi:type", "HeartRateAsPercentOfMax_t", "70", "unknown-type"),
        ("type", "HeartRateInBeatsPerMinute_t", "70", "unknown-attribute"),
    ]
    found = violations(scan_xml(track("".join(rate.format(*row[:3]) for row in rows))))
    assert sorted(v.kind for v in found) == sorted(row[3] for row in rows if row[3])


@pytest.mark.parametrize(
    ("text", "valid"),
    [
        ("2024-05-01T10:00:00Z", True),
        ("2024-05-01T10:00:00.123456789Z", True),
        ("2024-05-01T10:00:00+02:00", True),
        ("2024-05-01T10:00:00-14:00", True),
        ("2024-05-01T10:00:00", True),
        ("2024-05-01T24:00:00", True),
        ("2024-05-01T24:00:00.0Z", True),
        (" \n2024-05-01T10:00:00Z\t", True),
        ("-0001-05-01T10:00:00Z", True),
        ("12024-02-29T10:00:00Z", True),
        ("2024-05-01T24:00:01Z", False),
        ("2024-05-01T10:00:60Z", False),
        ("2024-05-01T10:00:00+15:00", False),
        ("2024-05-01T10:00:00+14:01", False),
        ("2023-02-29T10:00:00Z", False),
        ("2024-13-01T10:00:00Z", False),
        ("2024-05-01T10:00Z", False),
        ("2024-05-01", False),
        ("2024-05-01 10:00:00Z", False),
        ("2024-05-01T10:00:00z", False),
        ("2024-05-01T10:00:00+0200", False),
        ("2024-05-01T10:00:00+02", False),
        ("20240501T100000Z", False),
        ("2024-05-01T10:00:00,5Z", False),
        ("2024-05-01T10:00:00+02:00[Europe/Paris]", False),
        ("0000-05-01T10:00:00Z", False),
        ("02024-05-01T10:00:00Z", False),
        ("202-05-01T10:00:00Z", False),
        ("9" * 5000 + "-05-01T10:00:00Z", True),
        ("", False),
    ],
)
@pytest.mark.parametrize("count", [1, 100])
def test_times(text: str, valid: bool, count: int) -> None:
    """The same whether it is read alone or as a column, from the file or from what the activity has read."""
    data = gpx(point("<time>2024-05-01T10:00:00Z</time>") * count + point(f"<time>{text}</time>"))
    for read in (False, True):
        document = scan_xml(data)
        if read:
            gpx_activity(document)
        found = violations(document)
        assert (not found) == valid
        assert all(v.elements.tolist() == [len(document.elements) - 1] for v in found)


def test_one_shape_is_matched_once(monkeypatch: pytest.MonkeyPatch) -> None:
    matched = []
    real = shapes._deviations
    monkeypatch.setattr(shapes, "_deviations", lambda *given: matched.append(given) or real(*given))
    ride = Ride(seconds=600)
    assert violations(scan_xml(ride.gpx())) == ()
    assert len(matched) < 10


@pytest.mark.parametrize("piece", [30, 1 << 15])
def test_limits_of_shapes(piece: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """Of a file with ever other shapes only so many are looked at, in however many pieces."""
    monkeypatch.setattr(shapes, "MAX_SHAPES", 5)
    monkeypatch.setattr(shapes, "_PIECE", piece)
    points = "".join(
        point("".join("<b/>" if n >> bit & 1 else "<c/>" for bit in range(6)) + "<fix>2d</fix>" + "<ele>1</ele>" * 2)
        for n in range(40)
    )
    found = violations(scan_xml(gpx(points)))
    assert 0 < sum(len(v.elements) for v in found if v.kind == "too-many") <= 5


def test_so_many_violations_are_kept() -> None:
    data = gpx("".join(f'<trkpt lat="1" lon="2" a{n}="1"/>' for n in range(3000)))
    assert len(violations(scan_xml(data))) == MAX_VIOLATIONS


# Whatever the bytes are -----------------------------------------------------------------------------------------------------


def exact(data: bytes) -> XmlDocument:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(parse, "find_tags", lambda *_, **__: None)
        patch.setattr(parse, "exact_tags", exact_tags)
        return scan_xml(data)


@given(st.integers(0, 10**6), st.integers(0, 4))
def test_index_and_walk_tell_the_same(seed: int, damage: int) -> None:
    """Also of documents that are not well-formed, and whether or not the activity was read before."""
    data = damaged(mutants.mutant(seed), seed, damage)
    document, walked = scan_xml(data), exact(data)
    if document.root is not None:
        (gpx_activity if document.root.name == "gpx" else tcx_activity)(walked)
    assert told(document) == told(walked)
    schema_valid(document)


@given(st.integers(0, 10**6))
def test_columns_tell_what_single_texts_tell(seed: int) -> None:
    """A file long enough to be read by columns: what is told of it is told of its parts."""
    rng = random.Random(seed)
    rows = [rng.choice(mutants.TEXTS).replace("<", "") for _ in range(4)] + ["12"] * 100
    rng.shuffle(rows)
    data = track("".join(
        f"<Trackpoint><Time>2024-05-01T10:00:00Z</Time><AltitudeMeters>{text}</AltitudeMeters><Cadence>{text}</Cadence></Trackpoint>"
        for text in rows
    ))  # fmt: skip
    document = scan_xml(data)
    if seed % 2:
        tcx_activity(document)
    found = violations(document)
    for name in ("AltitudeMeters", "Cadence"):
        elements = document.elements.where(lambda path, name=name: path.local == name)
        alone = {text: bool(violations(scan_xml(track(f"<Trackpoint><Time>2024-05-01T10:00:00Z</Time><{name}>{text}</{name}></Trackpoint>")))) for text in set(rows)}  # fmt: skip
        wrong = {element for v in found if v.element == name for element in v.elements.tolist()}
        assert wrong == {element for element, text in zip(elements.tolist(), rows, strict=True) if alone[text]}


def damaged(data: bytes, seed: int, damage: int) -> bytes:
    rng = random.Random(seed)
    changed = bytearray(data)
    for _ in range(damage):
        at = rng.randrange(len(changed))
        if rng.random() < 0.5:
            changed[at] = rng.choice(b"<>/&\"'= x\0\xff")
        else:
            del changed[at : at + rng.randrange(1, 40)]
    return bytes(changed)


@pytest.mark.parametrize(
    "data",
    [
        b"", b"<gpx", b"</gpx>", b"<gpx/>", b"<gpx></gpx></gpx><gpx/>", b"<a>" * 200 + b"</a>" * 200, b"<p:gpx/>",
        b"<gpx>" + b"<trk>" * 5000, gpx("".join(f"<t{n}/>" for n in range(5000))), gpx(point("", "".join(f' a{n}="1"' for n in range(2000)))),
        gpx("<a/><b/>" * 3000), gpx("x" + "<trkpt/>y" * 1000), gpx(point("<ele>" + "9" * 100_000 + "</ele>")),
        gpx(point("<ele>1e" + "9" * 1000 + "</ele>")), track("<Trackpoint><Cadence>" + "1" * 5000 + "</Cadence></Trackpoint>"),
        track("<Trackpoint><AltitudeMeters>1e99999999999999999999</AltitudeMeters></Trackpoint>"),
        track("<Trackpoint><Position><LatitudeDegrees>1e99999999999999999999</LatitudeDegrees></Position></Trackpoint>"),
    ],
    ids=range(17),
)  # fmt: skip
def test_never_raises(data: bytes) -> None:
    document = scan_xml(data)
    assert isinstance(violations(document), tuple)
    assert schema_valid(document) == (b"<ele>99" in data)


def test_all_encodings_tell_the_same() -> None:
    text = gpx(point("<ele>é</ele>") + "<x/>" + point("<name>é</name>")).decode()
    plain = told(scan_xml(text.encode()))
    assert len(plain) == 2
    for codec in ("utf-16", "iso-8859-1", "utf-8-sig"):
        data = f'<?xml version="1.0" encoding="{codec.removesuffix("-sig")}"?>{text}'.encode(codec)
        assert told(scan_xml(data)) == plain, codec


# Where libxml2 is not what we want (reference of the formats, section 1) --------------------------------------------------------


def libxml2_errors(data: bytes) -> list[Any]:
    schema = libxml2_schema()
    schema.validate(etree.fromstring(data))
    return list(schema.error_log)


def test_libxml2_names_one_unexpected_child_of_each_parent() -> None:
    data = gpx(point("<speed>1</speed><course>2</course>") * 4)
    assert len(libxml2_errors(data)) == 4
    assert short(data) == [("unknown-child", "speed", "trkpt", 4), ("unknown-child", "course", "trkpt", 4)]


def test_libxml2_refuses_white_space_before_a_time() -> None:
    data = gpx(point("<time>\n 2024-05-01T10:00:00Z\n</time>"))
    assert len(libxml2_errors(data)) == 1
    assert short(data) == []
    assert libxml2_errors(data.replace(b"\n 2024", b"2024")) == []


def test_libxml2_gives_no_columns() -> None:
    data = gpx(point("") + point("<sat>x</sat>"))
    assert [error.column for error in libxml2_errors(data)] == [0]
    document = scan_xml(data)
    (one,) = violations(document)
    start = int(document.elements.tags.start[document.elements.tag[one.elements[0]]])
    assert document.line_column(start) == (1, data.index(b"<sat>") + 1)


def test_libxml2_raises_at_entities() -> None:
    data = b'<!DOCTYPE gpx [<!ENTITY e "1">]>' + gpx(point("<ele>&e;</ele><sat>x</sat>"))
    tree = etree.fromstring(data, etree.XMLParser(resolve_entities=False))
    with pytest.raises(etree.XMLSchemaValidateError):
        libxml2_schema().validate(tree)
    assert ("value", "sat", "trkpt", 1) in short(data)


def test_libxml2_inflates_what_has_another_name(tmp_path: Path) -> None:
    path = tmp_path / "ride.gpx"
    path.write_bytes(gzip.compress(Ride(seconds=10).gpx()))
    assert etree.QName(etree.parse(path).getroot()).localname == "gpx"
    with pytest.raises(etree.XMLSyntaxError):
        etree.parse(BytesIO(path.read_bytes()))
    assert open_source(path).container == "gzip"
    assert "UPL001" in [finding.code for finding in check(path).findings]


def test_libxml2_invents_values_where_it_recovers() -> None:
    data = gpx(point("<ele>1</ele>") + point("<ele>120.5</ele>"))
    data = data[: data.index(b"0.5")]
    root = etree.fromstring(data, etree.XMLParser(recover=True))
    assert [each.text for each in root.iter(f"{{{GPX}}}ele")] == ["1", "12"]
    assert gpx_activity(scan_xml(data)).altitude.tolist() == [1.0]


@pytest.mark.parametrize("element", ["<Watts>250</Watts>", '<Watts xmlns="">250</Watts>', "<Foo/>", '<Foo xmlns=""/>'])
def test_own_elements_in_extensions_of_tcx_are_not_valid(element: str) -> None:
    """The published schema refuses them as ours does, SEN012 tells those that it knows; the verdict for Strava stays."""
    data = Ride(seconds=20).tcx().replace(b"<Extensions>", b"<Extensions>" + element.encode(), 1)
    code, verdict = ("SEN012", "risky") if "Watts" in element else ("SCH018", "ready")
    assert [each.kind for each in violations(scan_xml(data))] == ["unknown-child"]
    report, strict = check(data), check(data, config=Config(purpose="spec"))
    assert (report.schema_valid, report.verdict, strict.verdict) == (False, verdict, "refused")
    assert [each.code for each in report.findings] == [each.code for each in strict.findings] == [code]


def test_what_stands_in_an_unknown_element_is_not_held_against_the_schema() -> None:
    """CrewNerd writes Extensions of TCX within an element of its own, and own elements in them; no schema minds."""
    inner = b'<Extensions><c:X xmlns:c="urn:c"><Extensions><Check>0</Check></Extensions></c:X>'
    assert check(Ride(seconds=20).tcx().replace(b"<Extensions>", inner, 1)).schema_valid


@pytest.mark.parametrize("email", ["", "a1@b.org"])
def test_an_email_that_gpx_1_0_does_not_have_is_not_valid(email: str) -> None:
    """Letters, underscores and dots around one @ are all that its schema takes; Strava does not mind."""
    data = mutants.GPX_1_0.replace("a@b.org", email).encode()
    good, bad, strict = check(mutants.GPX_1_0.encode()), check(data), check(data, config=Config(purpose="spec"))
    assert (good.schema_valid, bad.schema_valid, strict.verdict) == (True, False, "refused")
    assert good.verdict == bad.verdict
    assert "SCH015" in {f.code for f in strict.findings} & {f.code for f in bad.findings}
