"""The structural index gives what exact readers give: the token walker bit by bit, and expat's events element by element."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone
from typing import TYPE_CHECKING, Any
from xml.etree import ElementTree

import numpy as np
import oracle
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tracklint.activity import COLUMNS, Activity
from tracklint.source import open_source
from tracklint.xml import XmlDocument, parse, scan_xml
from tracklint.xml.exact import exact_tags
from tracklint.xml.gpx import gpx_activity
from tracklint.xml.tags import find_tags
from tracklint.xml.tcx import tcx_activity

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

TIME = st.datetimes(datetime(1999, 1, 1), datetime(2099, 1, 1), timezones=st.none())


def _time(moment: datetime, style: int) -> str:
    forms: list[Callable[[datetime], str]] = [
        lambda t: t.strftime("%Y-%m-%dT%H:%M:%SZ"),
        lambda t: t.isoformat(timespec="milliseconds") + "Z",
        lambda t: t.isoformat(timespec="microseconds") + "+02:00",
        lambda t: t.isoformat(timespec="seconds"),
        lambda t: " \n" + t.isoformat(timespec="seconds") + "-14:00 ",
        lambda t: "20x",
        lambda t: "",
        lambda t: f"<![CDATA[{t.isoformat(timespec='seconds')}Z]]>",
        lambda t: t.isoformat(timespec="seconds") + "<!-- > -->Z",
        lambda t: t.strftime("%Y-%m-%dT%H&#58;%M:%SZ"),
    ]
    return forms[style](moment)


NUMBER = st.one_of(
    st.integers(-999, 99999).map(str),
    st.floats(-1000, 1000, allow_nan=False).map(repr),
    st.floats(-180, 180, allow_nan=False).map(lambda x: f"{x:.7f}"),
    st.floats(-180, 180, allow_nan=False).map(lambda x: f"{x:.20f}"),
    st.sampled_from(["NaN", "INF", "-inf", "48,1", "", " ", "+5.", ".5", "-.5", "-", ".", "1e3", " 12 ", "1&#50;", "<![CDATA[7]]>", "1<!-- < -->2", "None"]),
)  # fmt: skip


@st.composite
def gpx_documents(draw: st.DrawFn) -> bytes:
    """GPX of any producer: prefix, order, spacing, comments, namespaces declared here and there."""
    prefix = draw(st.sampled_from(["", "p:", "ns2:"]))
    tpx = draw(st.sampled_from(["gpxtpx:", "ns3:", "e:"]))
    local = draw(st.booleans())
    space = draw(
        st.sampled_from(["", "\n  ", "\r\n", " <!-- <trkpt lat='1'> > --> ", "<?pi <ele> ?>", "<![CDATA[ ]]>"])
    )
    quote = draw(st.sampled_from(['"', "'"]))
    name = draw(st.sampled_from(["A", "it&apos;s", "a &gt; b", "a > b", "5' > \x22 4'".replace("\x22", "&quot;")]))
    declared = f" xmlns:{tpx[:-1]}={quote}http://www.garmin.com/xmlschemas/TrackPointExtension/v1{quote}"
    points = []
    for _ in range(draw(st.integers(0, 6))):
        lat, lon = draw(NUMBER), draw(NUMBER)
        attributes = [
            f"lat={quote}{_attribute(lat)}{quote}",
            f"lon = {quote}{_attribute(lon)}{quote}" if draw(st.booleans()) else f"lon={quote}{_attribute(lon)}{quote}",
        ]
        if draw(st.booleans()):
            attributes.reverse()
        if draw(st.integers(0, 5)) == 0:
            attributes.pop()
        children = [
            f"<{prefix}ele>{draw(NUMBER)}</{prefix}ele>",
            f"<{prefix}time>{_time(draw(TIME), draw(st.integers(0, 9)))}</{prefix}time>",
        ]
        hr = f"<{tpx}TrackPointExtension{declared if local else ''}><{tpx}hr>{draw(NUMBER)}</{tpx}hr><{tpx}cad >{draw(NUMBER)}</{tpx}cad></{tpx}TrackPointExtension>"
        children.append(
            f"<{prefix}extensions>{space}{hr}<{prefix}power>{draw(NUMBER)}</{prefix}power></{prefix}extensions>"
        )
        children = [c for c in draw(st.permutations(children)) if draw(st.integers(0, 5))]
        points.append(f"<{prefix}trkpt {' '.join(attributes)}>{space}{space.join(children)}</{prefix}trkpt>")
    xmlns = f"xmlns{':' + prefix[:-1] if prefix else ''}"
    head = f'<?xml version="1.0" encoding="UTF-8"?>{space if "CDATA" not in space else ""}'
    root = f"<{prefix}gpx version='1.1' creator={quote}{name if quote not in name else 'x'}{quote} {xmlns}='http://www.topografix.com/GPX/1/1'{'' if local else declared}>"
    split = draw(st.integers(0, len(points)))
    tracks = f"<{prefix}trk><{prefix}name>{name.replace('<', '')}</{prefix}name><{prefix}trkseg>{space.join(points[:split])}</{prefix}trkseg><{prefix}trkseg/><{prefix}trkseg>{''.join(points[split:])}</{prefix}trkseg></{prefix}trk>"
    return f"{head}{root}{space}{tracks}{space}</{prefix}gpx>\n".encode()


def _attribute(text: str) -> str:
    return "" if "<" in text else text


def exact(data: bytes, read: Callable[[XmlDocument], Activity], monkeypatch: pytest.MonkeyPatch) -> Activity:
    """The activity as it comes out when the exact reader has found every tag."""
    with monkeypatch.context() as patch:
        patch.setattr(parse, "find_tags", lambda *_, **__: None)
        return read(scan_xml(data))


def same(a: Activity, b: Activity) -> None:
    for name in COLUMNS:
        np.testing.assert_array_equal(getattr(a, name), getattr(b, name), err_msg=name)
    np.testing.assert_array_equal(a.starts, b.starts)
    assert [
        (v.channel, v.kind, v.records.tolist(), v.offsets.tolist(), v.sizes.tolist(), v.sample) for v in a.bad_values
    ] == [(v.channel, v.kind, v.records.tolist(), v.offsets.tolist(), v.sizes.tolist(), v.sample) for v in b.bad_values]
    assert (a.places, a.sessions, a.laps, a.device, a.counts, a.kind) == (
        b.places,
        b.sessions,
        b.laps,
        b.device,
        b.counts,
        b.kind,
    ) or repr((a.places, a.sessions, a.laps, a.device, a.counts, a.kind)) == repr(
        (b.places, b.sessions, b.laps, b.device, b.counts, b.kind)
    )  # NaN is not equal to itself


def against_expat(data: bytes, activity: Activity) -> None:
    """Points, positions, elevations and sensors as expat's events tell them."""
    core = "http://www.topografix.com/GPX/1/1"
    tpx = "http://www.garmin.com/xmlschemas/TrackPointExtension/v1"
    nodes = [n for n in oracle.read(data).walk() if n.local == "trkpt"]
    assert len(activity) == len(nodes)
    wanted: dict[str, list[float]] = {
        name: [] for name in ("latitude", "longitude", "altitude", "heart_rate", "cadence", "power")
    }
    for i, node in enumerate(nodes):
        assert activity.at(i).offset == node.offset
        wanted["latitude"].append(oracle.number(node.attributes.get("lat")))
        wanted["longitude"].append(oracle.number(node.attributes.get("lon")))
        for name, path, uri in (
            ("altitude", ("ele",), core),
            ("heart_rate", ("extensions", "TrackPointExtension", "hr"), tpx),
            ("cadence", ("extensions", "TrackPointExtension", "cad"), tpx),
            ("power", ("extensions", "power"), core),
        ):
            found = node.find(*path)
            wanted[name].append(oracle.number(found.text) if found and found.uri == uri else np.nan)
    for name, values in wanted.items():
        np.testing.assert_array_equal(getattr(activity, name), np.array(values, float), err_msg=name)


@given(gpx_documents())
def test_index_walker_and_expat_agree(data: bytes) -> None:
    document = scan_xml(data)
    assert document.well_formed, document.faults
    activity = gpx_activity(document)
    against_expat(data, activity)
    with pytest.MonkeyPatch.context() as patch:
        same(activity, exact(data, gpx_activity, patch))


@given(gpx_documents())
def test_tags_are_those_of_expat(data: bytes) -> None:
    document = scan_xml(data)
    nodes = oracle.read(data).walk()
    elements = document.elements
    assert elements.tags.start[elements.tag].tolist() == [node.offset for node in nodes]
    assert [tuple((p.uri, p.local) for p in elements.paths[i].chain()) for i in elements.path] == [
        node.path() for node in nodes
    ]
    number = {id(node): i for i, node in enumerate(nodes)}
    assert elements.parent.tolist() == [number.get(id(node.parent), -1) for node in nodes]


TOKENS = st.lists(
    st.sampled_from(
        ["<a>", "</a>", "<a/>", "<b c='1'>", "</b>", '<b c="x>y"/>', "<b c=\"it's\" d='\"'>", "<!-- <a> -->", "<![CDATA[<a>]]>", "<?p <a> ?>",
         "text", "&amp;", " ", "a > b", "<ab:c xmlns:ab='u'>", "</ab:c>", "<a\n>", "<a />", "<c d = 'e' >", "</c >", "é"]
    ),
    max_size=25,
)  # fmt: skip


@given(TOKENS)
def test_both_readers_give_the_same_tags(tokens: list[str]) -> None:
    """Also for documents that are not well-formed, wherever the fast reader trusts itself."""
    data = ("<r>" + "".join(tokens) + "</r>").encode()
    for well_formed in (False, True):
        if well_formed and not scan_xml(data).well_formed:
            continue
        fast = find_tags(data, np.frombuffer(data, np.uint8), well_formed=well_formed)
        if fast is None:
            continue
        slow = exact_tags(data)
        for name in ("start", "stop", "kind", "depth", "dressed", "name_ends", "quotes"):
            np.testing.assert_array_equal(getattr(fast, name), getattr(slow, name), err_msg=name)


@given(st.lists(st.tuples(TIME, st.integers(-14 * 60, 14 * 60), st.integers(0, 9)), min_size=1, max_size=20))
def test_times_are_those_of_datetime(rows: list[tuple[datetime, int, int]]) -> None:
    texts, wanted = [], []
    for given_moment, offset, digits in rows:
        zone = timezone(timedelta(minutes=offset))
        fraction = f"{given_moment.microsecond:06d}"[: min(digits, 6)]
        moment = given_moment.replace(microsecond=int(fraction.ljust(6, "0")), tzinfo=zone)
        sign, minutes = "-" if offset < 0 else "+", abs(offset)
        shown = "Z" if offset == 0 else f"{sign}{minutes // 60:02d}:{minutes % 60:02d}"
        texts.append(moment.strftime("%Y-%m-%dT%H:%M:%S") + ("." + fraction if fraction else "") + shown)
        wanted.append((moment - datetime(1970, 1, 1, tzinfo=UTC)) / timedelta(seconds=1))
    data = _points("".join(f'<trkpt lat="1" lon="2"><time>{text}</time></trkpt>' for text in texts))
    np.testing.assert_array_equal(gpx_activity(scan_xml(data)).time, wanted)


def _points(inner: str) -> bytes:
    return f'<?xml version="1.0"?><gpx version="1.1" xmlns="http://www.topografix.com/GPX/1/1"><trk><trkseg>{inner}</trkseg></trk></gpx>'.encode()


@pytest.mark.parametrize(
    ("text", "value", "kind"),
    [
        ("2024-02-29T24:00:00Z", 1709251200.0, None),
        ("2024-02-28T23:59:59.999999999Z", 1709164799.999999999, None),
        ("2023-02-29T10:00:00Z", None, "not-a-time"),
        ("2024-13-01T10:00:00Z", None, "not-a-time"),
        ("2024-04-31T10:00:00Z", None, "not-a-time"),
        ("2024-04-30T10:00:60Z", None, "not-a-time"),
        ("2024-04-30T10:00:00+15:00", None, "not-a-time"),
        ("2024-04-30T10:00:00+02:60", None, "not-a-time"),
        ("2024-04-30 10:00:00Z", None, "not-a-time"),
        ("2024-04-30T10:00Z", None, "not-a-time"),
        ("2024-04-30T10:00:00ZZ", None, "not-a-time"),
        ("2024-04-30T10:00:00z", None, "not-a-time"),
        ("2024-04-30T10:00:00,5Z", None, "not-a-time"),
        ("2024-04-30T10:00:00+0200", None, "not-a-time"),
        ("2024-04-30T10:00:00+02:00[Europe/Paris]", None, "not-a-time"),
        ("2024-04-30", None, "not-a-time"),
        ("2024-04-30T10:00:00", 1714471200.0, "no-zone"),
        ("2024-04-30T10:00:00.5", 1714471200.5, "no-zone"),
        ("  \n2024-04-30T10:00:00-01:30", 1714476600.0, None),
        ("12024-04-30T10:00:00Z", 1714471200.0 + 3652425 * 86400, None),
        ("", None, "empty"),
    ],
)
def test_time_forms(text: str, value: float | None, kind: str | None) -> None:
    activity = gpx_activity(scan_xml(_points(f'<trkpt lat="1" lon="2"><time>{text}</time></trkpt>')))
    assert activity.time[0] == value if value is not None else np.isnan(activity.time[0])
    assert [bad.kind for bad in activity.bad_values] == ([kind] if kind else [])


def test_corpus_index_is_the_exact_reader(
    corpus: list[tuple[Path, dict[str, Any]]], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Every real file, by both ways; the walker takes seconds a megabyte, so larger files are left to the other tests."""
    compared = 0
    for path, row in corpus:
        if not row["format"].endswith(("gpx", "tcx")) or int(row["bytes"]) > 300_000:
            continue
        source = open_source(path)
        read = gpx_activity if source.format == "gpx" else tcx_activity
        same(read(scan_xml(source.data)), exact(source.data, read, monkeypatch))
        compared += 1
    assert compared > 300


@pytest.mark.parametrize(
    "written", ["&#104;ttp://x", "a&#x2F;b", "a&amp;b", "a\tb", "a\r\nb", " a\nb ", "&lt;&gt;&quot;&apos;"]
)
def test_a_namespace_is_what_a_parser_reads(written: str) -> None:
    data = f'<gpx xmlns="{written}" xmlns:p="{written}/p"><p:trk/></gpx>'.encode()
    expected = [node.tag[1:].partition("}")[0] for node in ElementTree.fromstring(data).iter()]
    document = scan_xml(data)
    assert [document.elements.paths[path].uri for path in document.elements.path.tolist()] == expected
