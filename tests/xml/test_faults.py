"""Each kind of damage: what is said, where, and which points are still read."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tracklint.xml import XmlDocument, scan_xml
from tracklint.xml.creators import creators
from tracklint.xml.gpx import gpx_activity
from tracklint.xml.tcx import tcx_activity

if TYPE_CHECKING:
    from tracklint.source import Fault

TPX = "http://www.garmin.com/xmlschemas/TrackPointExtension/v1"
HEAD = (
    b'<?xml version="1.0" encoding="UTF-8"?>\n<gpx version="1.1" creator="X" xmlns="http://www.topografix.com/GPX/1/1" xmlns:gpxtpx="'
    + TPX.encode()
    + b'">\n<trk><trkseg>\n'
)
POINTS = [
    b'<trkpt lat="48.%d" lon="11.5"><ele>%d</ele><time>2024-05-01T10:00:%02dZ</time></trkpt>\n' % (i, i, i)
    for i in range(10)
]
TAIL = b"</trkseg></trk></gpx>"
RIDE = HEAD + b"".join(POINTS) + TAIL


def noted(text: bytes, head: bytes = HEAD) -> bytes:
    return head.replace(b"<trk>", b"<trk><name>" + text + b"</name>") + b"".join(POINTS) + TAIL


def faults(data: bytes) -> list[Fault]:
    return list(scan_xml(data).faults)


#: name, bytes, kinds, byte of the first fault (or what stands there), points that are still read, some evidence of the first fault
DAMAGE: list[tuple[str, bytes, list[str], int | bytes, int, dict[str, Any]]] = [
    ("whole", RIDE, [], 0, 10, {}),
    ("cut in a tag", RIDE[: len(HEAD) + 4 * len(POINTS[0]) + 70], ["truncated"], len(HEAD) + 4 * len(POINTS[0]) + 70, 4, {"inside": "a tag", "dropped": "trkpt"}),
    ("cut in a number", RIDE[: RIDE.index(b"<ele>5") + 6], ["truncated"], RIDE.index(b"<ele>5") + 6, 5, {"open": ["gpx", "trk", "trkseg", "trkpt", "ele"], "line": 9}),
    ("root not closed", RIDE[:-6], ["truncated"], len(RIDE) - 6, 10, {"missing": "</gpx>", "dropped": None}),
    ("cut in a comment", HEAD + b"<!-- x", ["truncated"], len(HEAD) + 6, 0, {"inside": "a comment"}),
    ("cut in a character", noted(b"")[: len(HEAD)] + b"\xc3", ["truncated"], len(HEAD) + 1, 0, {"inside": "a character"}),
    ("NUL tail", RIDE + b"\0" * 9, ["illegal-character"], len(RIDE), 10, {"tail": True, "count": 9, "character": "U+0000"}),
    ("cut, NUL tail", RIDE[:-6] + b"\0" * 9, ["illegal-character", "truncated"], len(RIDE) - 6, 10, {"tail": True}),
    ("two files", RIDE + RIDE, ["content-after-root"], len(RIDE), 20, {"element": "gpx"}),
    ("text after", RIDE + b"\nxyz", ["content-after-root"], len(RIDE) + 1, 10, {"element": None, "found": "xyz"}),
    ("spaces before", b" \n" + RIDE, ["bytes-before-declaration"], 0, 10, {"white": True}),
    ("text before", b"HTTP\n" + RIDE, ["bytes-before-declaration"], 0, 10, {"white": False}),
    ("mark", b"\xef\xbb\xbf" + RIDE, ["byte-order-mark"], 0, 10, {}),
    ("mark and spaces", b"\xef\xbb\xbf  " + RIDE, ["byte-order-mark", "bytes-before-declaration"], 0, 10, {}),
    ("no declaration", RIDE.split(b"\n", 1)[1], ["no-declaration"], 0, 10, {}),
    ("UTF-16", RIDE.decode().encode("utf-16"), ["encoding"], 42, 10, {"found": "utf-16-le", "declared": "UTF-8"}),
    ("UTF-16 without mark", RIDE.replace(b"UTF-8", b"UTF-16").decode().encode("utf-16-be"), ["encoding"], 40, 10, {"found": "utf-16-be"}),
    ("UTF-16 declared", RIDE.replace(b"UTF-8", b"UTF-16"), ["encoding"], 20, 10, {"found": "utf-8", "declared": "UTF-16"}),
    ("mark, UTF-16 declared", b"\xef\xbb\xbf" + RIDE.replace(b"UTF-8", b"UTF-16"), ["byte-order-mark", "encoding"], 0, 10, {}),
    ("unknown encoding", RIDE.replace(b"UTF-8", b"X-9"), ["encoding"], 20, 10, {"known": False}),
    ("GBK", noted("中文".encode("gbk")).replace(b"UTF-8", b"GBK"), [], 0, 10, {}),
    ("Latin-1 declared", noted(b"\xe9").replace(b"UTF-8", b"ISO-8859-1"), [], 0, 10, {}),
    ("Latin-1 bytes", noted(b"\xe9t\xe9"), ["bytes-not-in-encoding"], b"\xe9", 10, {"bytes": "e9", "count": 2, "line": 3, "column": 12}),
    ("control", noted("é\x01".encode()), ["illegal-character"], b"\x01", 10, {"character": "U+0001", "line": 3, "column": 13, "count": 1}),
    ("reference to nothing", noted(b"&#x1;"), ["illegal-character"], b"&#x1", 10, {"character": "&#x1;"}),
    ("surrogate", noted(b"\xed\xa0\x80"), ["illegal-character"], b"\xed", 10, {"character": "U+D800"}),
    ("ampersands", noted(b"a & b &nbsp; &amp; <![CDATA[ & ]]>"), ["bare-ampersand"], b"& b", 10, {"count": 2, "entity": "&"}),
    ("entity in an attribute", RIDE.replace(b'"X"', b'"X&nbsp;"'), ["bare-ampersand"], b"&nbsp", 10, {"entity": "&nbsp;"}),
    ("three at once", noted(b"& \x01")[:-5], ["bare-ampersand", "illegal-character", "truncated"], b"& ", 10, {}),
    ("prefix", RIDE.replace(b"</trkpt>", b"<extensions><a:b/></extensions></trkpt>"), ["undeclared-prefix"], b"<a:b", 10, {"prefix": "a", "count": 10, "element": "a:b", "usual": None}),
    ("usual prefix", RIDE.replace(b"xmlns:gpxtpx", b"xmlns:x").replace(b"</trkpt>", b"<gpxtpx:hr>1</gpxtpx:hr></trkpt>", 1), ["undeclared-prefix"], b"<gpxtpx:hr", 10, {"usual": TPX}),
    ("type", RIDE.replace(b"<gpx", b'<!DOCTYPE gpx [<!ENTITY a "<b>">]>\n<gpx').replace(b"<trk>", b"<trk><name>&a;</name>"), ["dtd"], 39, 10, {"entities": 1}),
    ("type and ampersands", noted(b"&a; & b").replace(b"<gpx", b'<!DOCTYPE gpx [<!ENTITY a "b">]>\n<gpx'), ["dtd", "bare-ampersand"], 39, 10, {"entities": 1, "used": 1}),
    ("mismatch", RIDE.replace(b"</ele>", b"</el>", 1), ["not-well-formed"], b"</el>", 10, {"found": "</el>", "expected": "</ele>", "line": 4}),
    ("stray end tag", RIDE.replace(b"</ele>", b"</ele></x>", 1), ["not-well-formed"], b"</x>", 10, {"found": "</x>", "expected": "</trkpt>"}),
    ("end tag missing", RIDE.replace(b"</ele>", b"", 1), ["not-well-formed"], b"</trkpt>", 10, {"found": "</trkpt>", "expected": "</ele>"}),
    ("no quotes", RIDE.replace(b'"48.3"', b"48.3", 1), ["not-well-formed"], b"48.3", 10, {}),
    ("attribute twice", RIDE.replace(b'lat="48.3"', b'lat="48.3" lat="1"', 1), ["not-well-formed"], b'lat="1"', 10, {"reason": "duplicate attribute"}),
    ("raw <", noted(b"a < b"), ["not-well-formed"], b"< b", 10, {"found": "< b</name>"}),
    ("nested", RIDE.replace(b"<trk>", b"<trk>" + b"<a>" * 400 + b"</a>" * 400), ["parser-limit"], RIDE.index(b"<trk>") + 5 + 254 * 3, 10, {"found": 402, "limit": 256}),
    ("long text", noted(b"x" * 10_000_001), ["parser-limit"], b"<name>", 10, {"found": 10_000_001, "limit": 10_000_000}),
    ("long value", RIDE.replace(b'"X"', b'"' + b"x" * 10_000_001 + b'"'), ["parser-limit"], b"<gpx", 10, {}),
    ("long comment", noted(b"<!--" + b"x" * 10_000_001 + b"-->"), ["parser-limit"], b"<name>", 10, {}),
    ("nothing", b"", ["empty"], 0, 0, {}),
    ("white space", b" \n", ["empty"], 0, 0, {}),
    ("wrong case", RIDE.replace(b"gpx ", b"GPX ", 1).replace(b"</gpx", b"</GPX"), ["wrong-root"], 39, 10, {"element": "GPX"}),
    ("no namespace", RIDE.replace(b' xmlns="http://www.topografix.com/GPX/1/1"', b""), ["no-namespace"], 39, 10, {}),
    ("https", RIDE.replace(b'"http://www.t', b'"https://www.t'), ["other-namespace"], 39, 10, {"near": True}),
    ("version of the program", RIDE.replace(b'n="1.1"', b'n="8.0.2-play"'), ["gpx-version"], 39, 10, {"found": "8.0.2-play", "expected": "1.1"}),
    ("1.0", RIDE.replace(b'"1.1"', b'"1.0"').replace(b"GPX/1/1", b"GPX/1/0"), ["gpx-1.0"], 39, 10, {}),
]  # fmt: skip


@pytest.mark.parametrize(
    ("data", "kinds", "offset", "points", "evidence"), [row[1:] for row in DAMAGE], ids=[row[0] for row in DAMAGE]
)
def test_damage(data: bytes, kinds: list[str], offset: int | bytes, points: int, evidence: dict[str, Any]) -> None:
    document = scan_xml(data)
    assert [fault.kind for fault in document.faults] == kinds
    if kinds:
        assert document.faults[0].offset == (data.index(offset) if isinstance(offset, bytes) else offset)
        assert {key: document.faults[0].evidence[key] for key in evidence} == evidence
    for fault in document.faults:
        assert fault.evidence["line"] >= 1
        assert fault.evidence["column"] >= 1
    activity = gpx_activity(document)
    assert len(activity) == points
    wanted = {
        "latitude": np.array([float(f"48.{i % 10}") for i in range(points)]),
        "altitude": np.arange(points) % 10.0,
        "time": 1714557600.0 + np.arange(points) % 10,
    }
    for name, values in wanted.items():
        got = getattr(activity, name)
        there = np.isfinite(got)
        assert len(got) - there.sum() <= (
            kinds == ["not-well-formed"]
        )  # a damaged point may lose a value, none may be wrong
        np.testing.assert_array_equal(got[there], values[there])


@pytest.mark.parametrize("cut", range(len(HEAD), len(RIDE), 7))
def test_no_value_is_invented_at_a_cut(cut: int) -> None:
    activity = gpx_activity(scan_xml(RIDE[:cut]))
    whole = gpx_activity(scan_xml(RIDE))
    assert len(activity) == RIDE[:cut].count(b"</trkpt>")
    np.testing.assert_array_equal(activity.altitude, whole.altitude[: len(activity)])
    np.testing.assert_array_equal(activity.time, whole.time[: len(activity)])


@pytest.mark.parametrize("codec", ["utf-8", "utf-16", "utf-16-le", "utf-32", "iso-8859-1", "windows-1252"])
def test_places_are_those_of_the_file_in_every_encoding(codec: str) -> None:
    text = RIDE.decode().replace("UTF-8", codec).replace('"X"', '"Vélo"')
    data = text.encode(codec)
    document = scan_xml(data)
    activity = gpx_activity(document)
    where = activity.at(3)
    assert where.offset is not None
    assert where.size is not None
    narrow = (
        codec.removesuffix("-le")
        if not codec.startswith("utf-")
        else codec
        if codec.endswith("-le")
        else f"{codec}-le" * (codec != "utf-8") or codec
    )
    assert data[where.offset : where.offset + where.size].decode(narrow) == '<trkpt lat="48.3" lon="11.5">'
    assert (where.line, where.column) == (7, 1)
    assert document.root is not None
    creator = document.root.attribute("creator")
    assert creator is not None
    assert creator.value == "Vélo" == activity.device.name
    assert data[creator.offset : creator.offset + creator.size].decode(narrow) == "Vélo"
    assert creator.quote == '"'


def test_lines_end_at_lf_cr_and_crlf() -> None:
    document = scan_xml(b"<?xml version='1.0'?>\r<a>\r\n\n  \xc3\xa9<b/>\r</a>")
    at = document.text.index(b"<b")
    assert document.line_column(at) == (4, 4)
    assert document.line_column(document.text.index(b"</a")) == (5, 1)


def test_root_and_creator_can_be_spliced() -> None:
    data = RIDE.replace(b'creator="X"', b"creator = 'A &amp; B'")
    root = scan_xml(data).root
    assert root is not None
    creator = root.attribute("creator")
    assert creator is not None
    assert (creator.value, creator.quote) == ("A & B", "'")
    assert data[creator.offset : creator.offset + creator.size] == b"A &amp; B"
    assert data[root.offset : root.offset + root.size].endswith(b">")
    assert data[: root.name_end].endswith(b"<gpx")


LAP = '<t:Lap StartTime="2024-05-01T10:00:00Z"><t:TotalTimeSeconds>1</t:TotalTimeSeconds><t:DistanceMeters>2</t:DistanceMeters><t:Calories>3</t:Calories></t:Lap>'
TCX = f"""<?xml version="1.0"?>
<t:TrainingCenterDatabase xmlns:t="http://www.garmin.com/xmlschemas/TrainingCenterDatabase/v2" xmlns:i="http://www.w3.org/2001/XMLSchema-instance"><t:Activities>
<t:Activity Sport="Biking"><t:Id>2024-05-01T10:00:00Z</t:Id>{LAP}<t:Notes>n</t:Notes><t:Creator i:type="t:Device_t"><t:Name>Edge &lt;1&gt;</t:Name><t:UnitId>7</t:UnitId><t:ProductID>8</t:ProductID><t:Version><t:VersionMajor>3</t:VersionMajor><t:VersionMinor>4</t:VersionMinor></t:Version></t:Creator></t:Activity>
<t:Activity Sport="Running"><t:Id>2024-05-02T10:00:00Z</t:Id>{LAP}<t:Training/><t:Extensions/></t:Activity>
<t:MultiSportSession><t:FirstSport><t:Activity Sport="Other">{LAP}</t:Activity></t:FirstSport></t:MultiSportSession>
</t:Activities><t:Courses><t:Course><t:Name>C</t:Name><t:Track/></t:Course></t:Courses></t:TrainingCenterDatabase>"""


def test_creators_of_a_tcx_file() -> None:
    data = TCX.encode()
    document = scan_xml(data)
    assert document.faults == ()
    spots = creators(document)
    assert [spot.owner for spot in spots] == ["Activity", "Activity", "Activity", "Course"]
    assert {spot.prefix for spot in spots} == {"t"}
    assert {spot.xsi_prefix for spot in spots} == {"i"}
    first = spots[0]
    assert first.offset is not None
    assert first.size is not None
    assert data[first.offset : first.offset + first.size].startswith(b"<t:Creator ")
    assert data[first.offset : first.offset + first.size].endswith(b"</t:Creator>")
    assert first.xsi_type == "Device_t"
    assert first.name is not None
    assert data[first.name.offset : first.name.offset + first.name.size] == b"Edge &lt;1&gt;"
    for spot, follows in zip(
        spots[:4], (b"<t:Creator ", b"<t:Extensions/>", b"</t:Activity>", b"</t:Course>"), strict=True
    ):
        assert spot.insert_at is not None
        assert data[spot.insert_at :].startswith(follows)
    activity = tcx_activity(document)
    device = activity.device
    assert (device.name, device.product_id, device.serial, device.software) == ("Edge <1>", 8, 7, "3.4")
    assert device.barometer is None
    assert [s.sport for s in activity.sessions] == ["Biking", "Running", "Other", None]
    assert activity.counts == {"Activity": 3, "Course": 1, "Lap": 3, "Track": 1, "MultiSportSession": 1}
    assert [(lap.elapsed_s, lap.distance_m, lap.calories, lap.points) for lap in activity.laps] == [
        (1.0, 2.0, 3.0, 0)
    ] * 3


def readable(document: XmlDocument) -> None:
    """Everything that may be asked of a document can be asked of this one."""
    for read in (gpx_activity, tcx_activity):
        activity = read(document)
        assert all(len(column) == len(activity) for column in activity.columns().values())
        for i in range(min(len(activity), 3)):
            assert activity.at(i).offset is not None
        for bad in activity.bad_values:
            assert (np.diff(bad.records) >= 0).all()
            assert bad.records[-1] < len(activity)
    creators(document)
    for fault in document.faults:
        assert 0 <= fault.offset <= fault.offset + fault.size <= max(len(document.data), 1)


@given(st.binary(max_size=400))
def test_scan_never_raises_on_bytes(data: bytes) -> None:
    readable(scan_xml(data))


@given(st.lists(st.sampled_from([b"<", b">", b"<gpx", b"<!--", b"-->", b"<![CDATA[", b"]]>", b"<?", b"?>", b"<!DOCTYPE", b"[", b"]", b'"', b"'", b"&", b";", b"=", b"</", b"/>", b"trkpt", b" lat=", b"xmlns:a=", b"a:b", b"\0", b"\xc3", b"\xef\xbb\xbf", b"\xff\xfe", b" ", b"1.5", b"<time>", b"<ele>", b"<trkpt lat='1' lon='2'>", b"<Trackpoint>", b"<Activity>", b"<Lap/>", b"<Creator>", b"<Name>", b"</Name>", b"</Creator>", b"</Activity>"]), max_size=40))  # fmt: skip
def test_scan_never_raises_on_markup(pieces: list[bytes]) -> None:
    readable(scan_xml(b"".join(pieces)))


@given(st.data(), st.sampled_from([RIDE, TCX.encode()]))
def test_scan_never_raises_on_damage(draw: st.DataObject, data: bytes) -> None:
    """A byte is changed, a stretch is lost, another is doubled."""
    damaged = bytearray(data)
    for _ in range(draw.draw(st.integers(1, 4))):
        at = draw.draw(st.integers(0, len(damaged)))
        size = draw.draw(st.integers(0, 40))
        damaged[at : at + size] = draw.draw(
            st.one_of(st.binary(max_size=6), st.just(bytes(damaged[at : at + size]) * 2))
        )
    document = scan_xml(bytes(damaged))
    readable(document)


@given(st.integers(0, len(RIDE) - 1), st.integers(0, 255))
def test_one_changed_byte_is_found_or_harmless(at: int, byte: int) -> None:
    """A file that expat refuses is never called well-formed, and the reverse."""
    from xml.parsers import expat

    data = RIDE[:at] + bytes([byte]) + RIDE[at + 1 :]
    document = scan_xml(data)
    try:
        expat.ParserCreate(namespace_separator=" ").Parse(data, True)
    except (expat.ExpatError, LookupError, ValueError):
        assert not document.well_formed or any(fault.kind == "encoding" for fault in document.faults)
    else:
        assert document.well_formed or any(
            fault.kind in ("bytes-before-declaration", "dtd") for fault in document.faults
        )


@pytest.mark.parametrize("before", [b"<!-- %s -->\n", b"<?x %s"])
def test_a_declaration_in_a_comment_or_an_instruction_is_none(before: bytes) -> None:
    declaration, _, rest = RIDE.partition(b"\n")
    document = scan_xml(before % declaration + rest)
    assert (document.well_formed, [fault.kind for fault in document.faults]) == (True, ["no-declaration"])
