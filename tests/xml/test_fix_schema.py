"""Repairs of what the schemas forbid: every byte of a child is kept, and what is added comes from the points."""

from __future__ import annotations

import re
from collections.abc import Callable

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from lxml import etree

from tracklint.checking import check, read
from tracklint.config import Config
from tracklint.edits import apply
from tracklint.mending.fixing import Fixed, fix
from tracklint.mending.xml.sequence import reordered
from tracklint.testing import Ride
from tracklint.xml import scan_xml

RIDE = Ride(seconds=20)
SPEC = Config(purpose="spec")
GPX, TCX = RIDE.gpx(), RIDE.tcx()


def _mended(data: bytes, *, unsafe: bool = False) -> Fixed:
    fixed = fix(data, config=SPEC, unsafe=unsafe)
    assert fixed.after.schema_valid, fixed.after.findings
    assert not fix(fixed.data, config=SPEC, unsafe=unsafe).changed
    return fixed


@given(st.randoms(use_true_random=False), st.sampled_from(["gpx", "tcx"]))
def test_shuffled_children_of_points_find_their_places(random: object, kind: str) -> None:
    data = {"gpx": GPX, "tcx": TCX}[kind]
    root = etree.fromstring(data)
    for point in root.iter("{*}trkpt", "{*}Trackpoint"):
        children = list(point)
        random.shuffle(children)  # type: ignore[attr-defined]  # random.Random
        point[:] = children
    shuffled = etree.tostring(root, xml_declaration=True, encoding="UTF-8")
    fixed = fix(shuffled, config=SPEC)
    assert fixed.after.schema_valid
    assert sorted(re.findall(rb"<[^>]*>", fixed.data)) == sorted(re.findall(rb"<[^>]*>", shuffled))
    before, after = read(data), read(fixed.data)
    for column in ("time", "latitude", "altitude", "heart_rate"):
        np.testing.assert_array_equal(getattr(before, column), getattr(after, column))


def test_comments_and_what_the_schema_does_not_know_keep_their_company() -> None:
    data = b"""<gpx xmlns="http://www.topografix.com/GPX/1/1" version="1.1" creator="a"><trk><trkseg>
      <trkpt lat="1" lon="2"><!-- one --><time>2024-05-01T10:00:00Z</time><odd/> <!-- two -->
        <ele>1</ele></trkpt></trkseg></trk></gpx>"""
    document = scan_xml(data)
    ele = document.elements.where(lambda path: path.local == "ele")
    assert apply(data, reordered(document, ele)) == data.replace(
        b"<time>2024-05-01T10:00:00Z</time><odd/> <!-- two -->\n        <ele>1</ele>",
        b"<ele>1</ele><time>2024-05-01T10:00:00Z</time> <!-- two -->\n        <odd/>",
    )


def test_twenty_thousand_points_in_the_wrong_order_cost_one_pass() -> None:
    data = Ride(seconds=20_000, channels=("position", "altitude")).gpx()
    swapped = re.sub(rb"(<ele>[^<]*</ele>)(\s*)(<time>[^<]*</time>)", rb"\3\2\1", data)
    document = scan_xml(swapped)
    edits = reordered(document, document.elements.where(lambda path: path.local == "ele"))
    assert len(edits) == 2 * swapped.count(b"<trkpt")
    assert apply(swapped, edits) == data


def test_upgrade_of_gpx_1_0_keeps_what_it_says() -> None:
    data = re.sub(rb"\s*<(metadata|type|extensions)>.*?</\1>", b"", GPX, flags=re.DOTALL)
    data = data.replace(b"GPX/1/1", b"GPX/1/0").replace(b'version="1.1"', b'version="1.0"')
    head = (
        b"<name>A ride</name><author>A. Rider</author><email>rider@example.org</email><url>https://example.org/a&amp;b</url>"
        b"<urlname>A page</urlname><time>2024-05-01T10:00:00Z</time>"
    )
    data = data.replace(b"<trk>", head + b"<trk>", 1)
    data = re.sub(
        rb"(</time>)(\s*</trkpt>)", rb'\1<course>90</course><speed>3.5</speed><z:a xmlns:z="urn:z">1</z:a>\2', data
    )
    assert check(data, config=SPEC).schema_valid
    assert fix(data, notes=True).data == data
    fixed = fix(data, config=Config(select=("SCH006",)), unsafe=True, notes=True)
    assert fixed.after.schema_valid
    root = etree.fromstring(fixed.data)
    metadata = [(each.tag.rpartition("}")[2], "".join(each.itertext())) for each in root[0]]
    assert metadata == [
        ("name", "A ride"),
        ("author", "A. Rider"),
        ("link", "A page"),
        ("time", "2024-05-01T10:00:00Z"),
    ]
    assert root[0].find("{*}author/{*}email").attrib == {"id": "rider", "domain": "example.org"}
    assert root[0].find("{*}link").get("href") == "https://example.org/a&b"
    points = list(root.iter("{*}trkpt"))
    assert {point.findtext("{*}extensions/{*}TrackPointExtension/{*}speed") for point in points} == {"3.5"}
    assert {point.findtext("{*}extensions/{urn:z}a") for point in points} == {"1"}
    np.testing.assert_array_equal(read(fixed.data).time, read(data).time)


def test_lap_totals_come_from_the_points() -> None:
    data = re.sub(
        rb"\s*<TotalTimeSeconds>[^<]*</TotalTimeSeconds>\s*<DistanceMeters>[^<]*</DistanceMeters>(?=\s*<Max)", b"", TCX
    )
    assert b"TotalTimeSeconds" not in data
    before, after = read(TCX), read(_mended(data, unsafe=True).data)
    for was, now in zip(before.laps, after.laps, strict=True):
        times = before.time[was.first_point : was.first_point + was.points]
        assert now.elapsed_s == pytest.approx(times[-1] - times[0])
        assert now.distance_m == pytest.approx(was.distance_m, abs=10)  # one second of riding between two laps
    assert not fix(data, config=SPEC).after.schema_valid


def test_without_distances_the_track_tells_the_length_of_a_lap() -> None:
    data = re.sub(rb"\s*<DistanceMeters>[^<]*</DistanceMeters>", b"", TCX)
    for was, now in zip(read(TCX).laps, read(_mended(data, unsafe=True).data).laps, strict=True):
        assert now.distance_m == pytest.approx(was.distance_m, abs=12)


@pytest.mark.parametrize(
    ("change", "unsafe"),
    [
        (lambda data: re.sub(rb"\s*<Id>[^<]*</Id>", b"", data), True),
        (lambda data: re.sub(rb' StartTime="[^"]*"', b"", data), True),
        (lambda data: re.sub(rb"<(/?)Cadence>", rb"<\1cadence>", data), True),
        (lambda data: re.sub(rb"\s*<(Calories|Intensity|TriggerMethod)>[^<]*</\1>", b"", data), False),
        (lambda data: data.replace(b"<Track>", b'<Track xmlns="">'), False),
        (lambda data: data.replace(b"<Intensity>Active", b"<Intensity>ACTIVE"), False),
    ],
)
def test_the_mended_file_is_the_good_one(change: Callable[[bytes], bytes], unsafe: bool) -> None:
    fixed = _mended(change(TCX), unsafe=unsafe)
    tags = [re.sub(rb">\s+", b">", data) for data in (fixed.data, TCX)]
    assert re.sub(rb"<Calories>\d+", b"<Calories>0", tags[0]) == re.sub(rb"<Calories>\d+", b"<Calories>0", tags[1])


def test_a_namespace_reset_with_a_prefix_of_its_own_is_put_right() -> None:
    space = b"http://www.garmin.com/xmlschemas/TrainingCenterDatabase/v2"
    other = TCX.replace(b"<Track>", b'<q:Track xmlns:q="urn:other">').replace(b"</Track>", b"</q:Track>")
    fixed = _mended(other)
    assert fixed.data == other.replace(b"urn:other", space)


def test_an_id_is_only_changed_where_the_starts_tell_activities_apart() -> None:
    start, end = TCX.index(b"    <Activity "), TCX.index(b"</Activity>") + len(b"</Activity>\n")
    twice = TCX[:end] + TCX[start:end] + TCX[end:]
    fixed = fix(twice, config=SPEC, unsafe=True)
    assert not fixed.changed
    assert [finding.fix for finding in fixed.after.findings if finding.code == "SCH016"] == [None]


def test_utf_16_is_mended_as_well() -> None:
    data = re.sub(rb"(<ele>[^<]*</ele>)(\s*)(<time>[^<]*</time>)", rb"\3\2\1", GPX).decode()
    encoded = data.replace('"UTF-8"', '"UTF-16"').encode("utf-16")
    document = scan_xml(encoded)
    edits = reordered(document, document.elements.where(lambda path: path.local == "ele"))
    assert apply(encoded, edits).decode("utf-16") == GPX.decode().replace('"UTF-8"', '"UTF-16"')
