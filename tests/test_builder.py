"""The ride builder, seen by fitparse, fitdecode, gpxpy and tcxreader: they read what it is told to write."""

from __future__ import annotations

import gzip
import io
import math
import struct
import warnings
from datetime import UTC, datetime
from itertools import pairwise
from typing import TYPE_CHECKING, Any

import fitdecode
import fitparse
import gpxpy
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from lxml import etree
from tcxreader.tcxreader import TCXReader

from tracklint.checking import check, read
from tracklint.config import Config, Limits
from tracklint.findings import Severity
from tracklint.testing import BASE_TYPES, OMIT, FitBuilder, Raw, Ride, assert_valid, fit_time
from tracklint.testing.shapes import SHAPES

if TYPE_CHECKING:
    from pathlib import Path

RIDE = Ride(seconds=90, laps=3)
FORMS: dict[str, dict[str, Any]] = {
    "default": {},
    "big-endian": {"big_endian": True},
    "compressed": {"compressed": True},
    "compressed-big-endian": {"compressed": True, "big_endian": True},
    "developer": {"developer": True},
    "interleaved": {"interleaved": True},
    "enhanced": {"enhanced": True},
    "summary-first": {"summary_first": True},
    "header-12": {"header": 12},
    "header-crc-0": {"header_crc": False},
    "everything": {"compressed": True, "developer": True, "interleaved": True, "enhanced": True, "header": 12},
}
COLUMNS = {
    "latitude": "position_lat", "longitude": "position_long", "altitude": "enhanced_altitude",
    "heart_rate": "heart_rate",
    "cadence": "cadence", "power": "power", "temperature": "temperature", "distance": "distance",
    "speed": "enhanced_speed",
}  # fmt: skip
#: Half a step of each field, the most that rounding to its scale may change.
STEP = {"latitude": 1e-7, "longitude": 1e-7, "altitude": 0.1, "distance": 0.005, "speed": 0.0005}


def _utc(time: float) -> datetime:
    return datetime.fromtimestamp(time, UTC)


def _fitdecode(data: bytes) -> list[fitdecode.FitDataMessage]:
    strict = {"check_crc": fitdecode.CrcCheck.RAISE, "error_handling": fitdecode.ErrorHandling.RAISE}
    with fitdecode.FitReader(io.BytesIO(data), **strict) as reader:
        return [frame for frame in reader if isinstance(frame, fitdecode.FitDataMessage)]


def _fitparse(data: bytes) -> list[Any]:
    return list(fitparse.FitFile(data, check_crc=True).get_messages())


def _assert_point(values: dict[str, Any], i: int) -> None:
    point = RIDE.point(i)
    for column, field in COLUMNS.items():
        got = values[field]
        if column in ("latitude", "longitude"):
            got *= 180 / 2**31
        assert got == pytest.approx(point[column], abs=STEP.get(column, 0) + 1e-9), (i, column)


@pytest.mark.parametrize("form", FORMS)
def test_fitparse_reads_every_record(form: str) -> None:
    records = [m for m in _fitparse(RIDE.fit(**FORMS[form])) if m.name == "record"]
    assert len(records) == RIDE.points == 91
    for i, record in enumerate(records):
        assert record.get_value("timestamp").replace(tzinfo=UTC) == _utc(RIDE.time(i))
        _assert_point(record.get_values(), i)


@pytest.mark.parametrize("form", FORMS)
def test_fitdecode_reads_every_record(form: str) -> None:
    records = [m for m in _fitdecode(RIDE.fit(**FORMS[form])) if m.name == "record"]
    assert len(records) == RIDE.points
    for i, record in enumerate(records):
        assert record.get_value("timestamp") == _utc(RIDE.time(i))
        _assert_point({field: record.get_value(field) for field in COLUMNS.values()}, i)


@pytest.mark.parametrize("form", FORMS)
def test_the_summaries_of_a_fit_file_agree_with_its_records(form: str) -> None:
    messages = _fitdecode(RIDE.fit(**FORMS[form]))
    assert messages[0].name == "file_id"
    last = [m for m in messages if m.name == "record"][-1]
    (session,) = [m for m in messages if m.name == "session"]
    (activity,) = [m for m in messages if m.name == "activity"]
    laps = [m for m in messages if m.name == "lap"]
    assert [lap.get_value("message_index") for lap in laps] == [0, 1, 2]
    assert session.get_value("num_laps") == 3
    assert session.get_value("start_time") == _utc(RIDE.start_time)
    assert session.get_value("total_elapsed_time") == activity.get_value("total_timer_time") == 90
    assert session.get_value("total_distance") == pytest.approx(last.get_value("distance"), abs=0.001)
    for field in (
        "total_elapsed_time",
        "total_timer_time",
        "total_distance",
        "total_ascent",
        "total_descent",
        "total_calories",
    ):
        assert sum(lap.get_value(field) for lap in laps) == pytest.approx(session.get_value(field)), field
    for lap, after in pairwise(laps):
        end = lap.get_value("start_time").timestamp() + lap.get_value("total_elapsed_time")
        assert end == after.get_value("start_time").timestamp() == lap.get_value("timestamp").timestamp()
    assert activity.get_value("local_timestamp").replace(tzinfo=UTC) == _utc(RIDE.time(-1) + 7200)
    events = [m.get_value("event_type") for m in messages if m.name == "event"]
    assert events == ["start", "stop_all"]


def test_timestamps_of_a_fit_file_ascend() -> None:
    for form in ("default", "compressed", "interleaved"):
        times = [m.get_value("timestamp", fallback=None) for m in _fitdecode(RIDE.fit(**FORMS[form]))]
        known = [time for time in times if time is not None]
        assert known == sorted(known)


def test_the_creator_and_the_barometer_are_named() -> None:
    messages = _fitdecode(RIDE.fit())
    creator, barometer = (m for m in messages if m.name == "device_info")
    assert creator.get_value("device_index") == "creator"
    assert creator.get_value("software_version") == 1.0
    assert barometer.get_value("device_type") == "barometer"
    assert barometer.get_value("source_type") == "local"
    assert messages[0].get_value("manufacturer") == "strava"
    assert messages[0].get_value("product_name") == "tracklint ride"
    assert messages[0].get_value("type") == "activity"


def test_forms_are_what_they_say() -> None:
    plain = RIDE.fit()
    assert len(RIDE.fit(header=12)) == len(plain) - 2
    assert RIDE.fit(header_crc=False)[12:14] == b"\0\0" != plain[12:14]
    frames: dict[str, set[Any]] = {}
    for form, options in FORMS.items():
        with fitdecode.FitReader(io.BytesIO(RIDE.fit(**options))) as reader:
            kept = [f for f in reader if isinstance(f, fitdecode.FitDefinitionMessage | fitdecode.FitDataMessage)]
        frames[form] = {f.endian for f in kept if isinstance(f, fitdecode.FitDefinitionMessage)} | {
            "compressed" for f in kept if f.time_offset is not None
        }  # fmt: skip
    assert frames["default"] == {"<"}
    assert frames["big-endian"] == {">"}
    assert frames["compressed"] == {"<", "compressed"}
    assert [m.get_value("tyre_pressure") for m in _fitdecode(RIDE.fit(developer=True)) if m.name == "record"][:3] == [
        300,
        301,
        302,
    ]
    names = [m.name for m in _fitdecode(RIDE.fit(interleaved=True))]
    assert names.count("hrv") == names.count("record") == 91
    assert names[names.index("record") + 1] == "hrv"


def test_chained_segments_are_rides_one_after_the_other() -> None:
    data = RIDE.fit(chained=3)
    times = [m.get_value("timestamp") for m in _fitdecode(data) if m.name == "record"]
    assert len(times) == 3 * 91
    assert times == sorted(times)
    assert data.count(b".FIT") == 3


def test_messages_can_be_left_out() -> None:
    every = {"file_id", "device_info", "event", "record", "lap", "session", "activity"}
    assert {m.name for m in _fitdecode(RIDE.fit())} == every
    for name in every:
        assert {m.name for m in _fitdecode(RIDE.fit(without=(name,)))} == every - {name}
    stops = [m.get_value("event_type") for m in _fitdecode(RIDE.fit(without=("timer_stop",))) if m.name == "event"]
    assert stops == ["start"]


def test_raw_values_of_any_message_can_be_set() -> None:
    data = RIDE.fit(
        messages={"session": {"sport": 1, "total_distance": None, "total_calories": OMIT}, "file_id": {"type": 5}}
    )
    (session,) = [m for m in _fitdecode(data) if m.name == "session"]
    assert session.get_value("sport") == "running"
    assert session.get_value("total_distance") is None
    assert not session.has_field("total_calories")
    assert _fitdecode(data)[0].get_value("type") == "workout"


def test_single_records_can_be_changed() -> None:
    data = RIDE.fit(change={
        3: {"time": RIDE.time(2)}, 4: {"position": None}, 5: {"power": Raw(60000)}, 6: {"heart_rate": OMIT},
        7: {"position_lat": 2**30}, -1: {"altitude": 8848.8}, 8: {"time": None},
    })  # fmt: skip
    records = [m for m in _fitparse(data) if m.name == "record"]
    assert records[3].get_value("timestamp") == records[2].get_value("timestamp")
    assert records[4].get_value("position_lat") is records[4].get_value("position_long") is None
    assert records[5].get_value("power") == 60000
    assert records[6].get("heart_rate") is None
    assert records[7].get_value("position_lat") == 2**30
    assert records[8].get_value("timestamp") is None
    assert records[90].get_value("altitude") == pytest.approx(8848.8)
    assert records[9].get("heart_rate") is not None


def test_a_compressed_timestamp_is_never_written_where_it_would_lie() -> None:
    data = RIDE.fit(compressed=True, change={40: {"time": RIDE.time(40) + 500}}, skip=range(10, 30))
    times = [m.get_value("timestamp") for m in _fitdecode(data) if m.name == "record"]
    expected = [RIDE.time(i) + (500 if i == 40 else 0) for i in range(91) if not 10 <= i < 30]
    assert times == [_utc(time) for time in expected]


@pytest.mark.parametrize(
    ("extension", "prefix", "tags"),
    [
        ("v1", None, ("atemp", "hr", "cad")),
        ("v1", "ns3", ("atemp", "hr", "cad")),
        ("v2", None, ("atemp", "hr", "cad", "speed")),
        ("cluetrust", None, ("hr", "cadence", "temp", "distance")),
        ("general", None, ("heartrate", "cadence", "power", "distance")),
        (None, None, ()),
    ],
)
def test_gpxpy_reads_every_point(extension: str | None, prefix: str | None, tags: tuple[str, ...]) -> None:
    data = RIDE.gpx(extension=extension, prefix=prefix)
    parsed = gpxpy.parse(data)
    assert parsed.creator == RIDE.device
    assert parsed.tracks[0].type == "cycling"
    (segment,) = parsed.tracks[0].segments
    assert len(segment.points) == 91
    columns = {
        "atemp": "temperature", "temp": "temperature", "hr": "heart_rate", "heartrate": "heart_rate", "cad": "cadence",
    }  # fmt: skip
    for i, got in enumerate(segment.points):
        point = RIDE.point(i)
        assert got.time == _utc(RIDE.time(i))
        assert (got.latitude, got.longitude) == (pytest.approx(point["latitude"]), pytest.approx(point["longitude"]))
        assert got.elevation == pytest.approx(point["altitude"])
        leaves = [leaf for top in got.extensions for leaf in (list(top) or [top])]
        assert [etree.QName(leaf).localname for leaf in leaves] == list(tags)
        for leaf in leaves:
            tag = etree.QName(leaf).localname
            assert float(leaf.text) == pytest.approx(point[columns.get(tag, tag)]), (i, tag)


def test_the_ground_that_positions_cover_is_the_distance() -> None:
    parsed = gpxpy.parse(Ride(seconds=900).gpx())
    assert parsed.length_2d() == pytest.approx(Ride(seconds=900).point(900)["distance"], rel=2e-3)


@pytest.mark.parametrize(
    ("sport", "prefix"), [("cycling", "ns3"), ("running", "ns3"), ("cycling", None), ("running", "x")]
)
def test_tcxreader_reads_every_point(tmp_path: Path, sport: str, prefix: str | None) -> None:
    ride = Ride(seconds=90, laps=3, sport=sport)
    path = tmp_path / "ride.tcx"
    path.write_bytes(ride.tcx(prefix=prefix))
    parsed = TCXReader().read(str(path))
    assert parsed.activity_type == {"cycling": "Biking", "running": "Running"}[sport]
    assert len(parsed.trackpoints) == 91
    assert [len(lap.trackpoints) for lap in parsed.laps] == [30, 30, 31]
    assert sum(lap.distance for lap in parsed.laps) == pytest.approx(ride.point(90)["distance"])
    for i, got in enumerate(parsed.trackpoints):
        point = ride.point(i)
        assert got.time.replace(tzinfo=UTC) == _utc(ride.time(i))
        assert (got.latitude, got.longitude) == (pytest.approx(point["latitude"]), pytest.approx(point["longitude"]))
        assert (got.elevation, got.distance) == (pytest.approx(point["altitude"]), pytest.approx(point["distance"]))
        assert got.hr_value == point["heart_rate"]
        cadence = got.tpx_ext["RunCadence"] if sport == "running" else got.cadence
        assert cadence == point["cadence"]
        assert got.tpx_ext["Watts"] == point["power"]
        assert got.tpx_ext["Speed"] == pytest.approx(point["speed"])


def test_a_course_holds_its_track_beside_its_laps() -> None:
    root = etree.fromstring(RIDE.tcx(course=True))
    names = [etree.QName(child).localname for child in root[0][0]]
    assert names == ["Name", "Lap", "Lap", "Lap", "Track", "Creator"]


@pytest.mark.parametrize("kind", ["gpx", "tcx"])
def test_text_is_written_as_it_is(kind: str) -> None:
    change = {
        5: {"latitude": "48,1"},
        6: {"time": "2024-05-01T10:00:06"},
        7: {"altitude": "NaN"},
        8: {"heart_rate": "1 & 2"},
    }
    text = getattr(RIDE, kind)(change=change).decode()
    for piece in ("48,1", "2024-05-01T10:00:06<", ">NaN<", "1 & 2"):
        assert text.count(piece) == 1


@pytest.mark.parametrize("kind", ["gpx", "tcx"])
def test_xml_without_indent_and_declaration_holds_the_same(kind: str) -> None:
    bare = getattr(RIDE, kind)(indent=False, declaration=False)
    assert b"\n" not in bare
    assert not bare.startswith(b"<?xml")
    stripped = b"".join(line.strip() for line in getattr(RIDE, kind)(declaration=False).split(b"\n"))
    assert stripped == bare


def test_things_can_be_left_out_of_xml() -> None:
    gpx = RIDE.gpx(creator=OMIT, type=OMIT, metadata=False, change={2: {"time": None}, 3: {"position": None}})
    assert b"creator=" not in gpx
    assert b"<type>" not in gpx
    assert gpx.count(b"<time>") == 90
    assert gpx.count(b" lat=") == gpx.count(b" lon=") == 90
    tcx = RIDE.tcx(creator=OMIT, lap={"Calories": None, "StartTime": None, "TotalTimeSeconds": "abc"})
    assert b"Creator" not in tcx
    assert b"Calories" not in tcx
    assert b"<Lap>" in tcx
    assert tcx.count(b"<TotalTimeSeconds>abc<") == 3
    with pytest.raises(etree.XMLSyntaxError, match="prefix ns3"):
        etree.fromstring(RIDE.tcx(declare_prefix=False))
    with pytest.raises(etree.XMLSyntaxError, match="prefix gpxtpx"):
        etree.fromstring(RIDE.gpx(declare_prefix=False))


#: Children in the order of the official schemas, ``!`` marks those that must be there.
#: Sources: https://www.topografix.com/GPX/1/1/gpx.xsd, https://www8.garmin.com/xmlschemas/TrainingCenterDatabasev2.xsd
#: and the schemas of the extensions beside it.
ORDER = {
    "gpx": "metadata wpt rte trk extensions",
    "metadata": "name desc author copyright link time keywords bounds extensions",
    "trk": "name cmt desc src link number type extensions trkseg",
    "trkseg": "trkpt extensions",
    "trkpt": "ele time magvar geoidheight name cmt desc src link sym type fix sat hdop vdop pdop "
    "ageofdgpsdata dgpsid extensions",
    "TrackPointExtension": "atemp wtemp depth hr cad speed course bearing Extensions",
    "TrainingCenterDatabase": "Folders Activities Workouts Courses Author Extensions",
    "Activity": "Id! Lap! Notes Training Creator Extensions",
    "Activity/Lap": "TotalTimeSeconds! DistanceMeters! MaximumSpeed Calories! AverageHeartRateBpm MaximumHeartRateBpm "
    "Intensity! Cadence TriggerMethod! Track Notes Extensions",
    "Course/Lap": "TotalTimeSeconds! DistanceMeters! BeginPosition BeginAltitudeMeters EndPosition EndAltitudeMeters "
    "AverageHeartRateBpm MaximumHeartRateBpm Intensity! Cadence Extensions",
    "Course": "Name! Lap Track Notes CoursePoint Creator Extensions",
    "Track": "Trackpoint!",
    "Trackpoint": "Time! Position AltitudeMeters DistanceMeters HeartRateBpm Cadence SensorState Extensions",
    "Position": "LatitudeDegrees! LongitudeDegrees!",
    "TPX": "Speed RunCadence Watts Extensions",
    "Creator": "Name! UnitId! ProductID! Version!",
    "Version": "VersionMajor! VersionMinor! BuildMajor BuildMinor",
}


@pytest.mark.parametrize("sport", ["cycling", "running"])
@pytest.mark.parametrize("kind", ["gpx", "gpx-v2", "tcx", "course"])
def test_elements_stand_in_the_order_of_their_schema(kind: str, sport: str) -> None:
    ride = Ride(seconds=20, sport=sport)
    built = {
        "gpx": ride.gpx, "gpx-v2": lambda: ride.gpx(extension="v2"), "tcx": ride.tcx,
        "course": lambda: ride.tcx(course=True),
    }[kind]  # fmt: skip
    seen = set()
    for element in etree.fromstring(built()).iter():
        name = etree.QName(element).localname
        above = element.getparent()
        key = f"{etree.QName(above).localname}/{name}" if name == "Lap" and above is not None else name
        if key not in ORDER:
            continue
        seen.add(key)
        order = [word.rstrip("!") for word in ORDER[key].split()]
        children = [etree.QName(child).localname for child in element]
        assert children == sorted(children, key=order.index), key
        assert {word[:-1] for word in ORDER[key].split() if word.endswith("!")} <= set(children), key
    assert len(seen) >= (6 if kind.startswith("gpx") else 8)


@pytest.mark.parametrize(
    "wrong",
    [
        lambda: Ride(channels=("heartrate",)),
        lambda: Ride(seconds=3, laps=5),
        lambda: Ride(sport="flying high").fit(),
        lambda: RIDE.fit(without=("sessions",)),
        lambda: RIDE.fit(messages={"session": {"distance": 5}}),
        lambda: RIDE.fit(change={500: {"time": None}}),
        lambda: RIDE.gpx(change={5: {"hr": 5}}),
        lambda: RIDE.fit(change={5: {"latitude": "48,1"}}),
        lambda: RIDE.fit(change={5: {"time": 0.0}}),
        lambda: RIDE.gpx(extension="v3"),
        lambda: FitBuilder().define(0, 20, [(253, 4, 0x86)]).data(0, 1, 2),
    ],
)
def test_a_slip_in_a_test_is_told_at_once(wrong: Any) -> None:
    with pytest.raises(ValueError, match=r"unknown|is no ride|no point|numbers|time|values"):
        wrong()


def test_the_same_ride_is_the_same_bytes() -> None:
    for kind in ("fit", "gpx", "tcx"):
        assert getattr(Ride(), kind)() == getattr(Ride(), kind)()
        assert getattr(Ride(), kind)() != getattr(Ride(start="2024-05-01T10:00:01Z"), kind)()


@pytest.mark.parametrize("kind", ["fit", "gpx", "tcx"])
@pytest.mark.parametrize("sport", ["cycling", "running", "hiking", "walking"])
def test_a_ride_is_valid(kind: str, sport: str) -> None:
    schema = ("SCH",) if kind == "tcx" and sport in ("hiking", "walking") else ()  # Strava reads words the schema lacks
    assert_valid(getattr(Ride(seconds=300, sport=sport), kind)(), allow=schema)


@pytest.mark.parametrize("kind", ["fit", "gpx", "tcx"])
@pytest.mark.parametrize("sport", ["cycling", "running"])
def test_a_ride_is_perfect(kind: str, sport: str) -> None:
    from tracklint.checking import check

    assert [str(f) for f in check(getattr(Ride(seconds=300, sport=sport), kind)()).findings] == []


def test_assert_valid_tells_the_findings() -> None:
    broken = RIDE.gpx(change={5: {"time": None}})
    with pytest.raises(AssertionError, match=r"error TIM"):
        assert_valid(broken)
    assert_valid(broken, allow=("TIM",))


values = {
    name: st.floats(allow_nan=False, width=32 if name == "float32" else 64)
    if name.startswith("float")
    else st.integers(0, 256**kind.size - 1)
    if not name.startswith("sint")
    else st.integers(-(256**kind.size) // 2, 256**kind.size // 2 - 1)
    for name, kind in BASE_TYPES.items()
    if name != "string"
}


@given(st.data(), st.booleans(), st.sampled_from((12, 14)))
def test_fitdecode_reads_back_what_the_builder_packs(data: st.DataObject, big_endian: bool, header: int) -> None:
    names = data.draw(st.lists(st.sampled_from(sorted(values)), min_size=1, max_size=6))
    rows = data.draw(st.lists(st.tuples(*(values[name] for name in names)), min_size=1, max_size=5))
    fields = [(k, BASE_TYPES[name].size, BASE_TYPES[name].number) for k, name in enumerate(names)]
    builder = FitBuilder().define(3, 0xFF11, fields, big_endian=big_endian)
    for row in rows:
        builder.data(3, *row)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # fitdecode does not know message 0xFF11
        messages = _fitdecode(builder.build(header))
    assert len(messages) == len(rows)
    for message, row in zip(messages, rows, strict=True):
        for field, value, name in zip(message.fields, row, names, strict=True):
            raw = bytes(field.raw_value) if isinstance(field.raw_value, tuple) else field.raw_value
            if raw is None or (isinstance(raw, float) and math.isnan(raw)):  # the base type's invalid value
                size = BASE_TYPES[name].size
                assert value == BASE_TYPES[name].invalid or struct.pack(f"<{'fd'[size == 8]}", value) == b"\xff" * size
            else:
                assert raw == value or raw == bytes([value])


def test_every_part_of_a_fit_file_can_be_wrong() -> None:
    def built(**wrong: Any) -> bytes:
        return FitBuilder().define(0, 20, [(253, 4, 0x86)]).data(0, 1_000_000_000).build(**wrong)

    right = built()
    assert right[:12] == b"\x0e\x20" + struct.pack("<HI4s", 21158, 14, b".FIT")
    assert built(data_size=0)[4:8] == b"\0\0\0\0"
    assert built(header_crc=0x1234)[12:14] == b"\x34\x12"
    assert built(crc=0x1234)[-2:] == b"\x34\x12"
    assert built(crc=b"") == right[:-2]
    assert built(magic=b".TIF")[8:12] == b".TIF"
    assert built(header=16)[:1] == b"\x10"
    assert len(built(header=16)) == len(right) + 2
    assert built(protocol=0x30)[1] == 0x30
    assert FitBuilder().define(1, 20, [], arch=2, reserved=7).build()[14:20] == b"\x41\x07\x02\x14\x00\x00"


def test_fields_of_odd_sizes() -> None:
    builder = FitBuilder().define(
        0, 0xFF11, [(1, 3, 0x86), (2, 1, 0x86), (3, 8, 0x84), (4, 6, 0x07), (5, 2, 0x0D)], developer=[(0, 4, 0)]
    )
    before = builder.size
    builder.data(0, b"abc", 7, [1, 2], "Öl", None, 5)
    message = builder.build()[14 + before : -2]
    assert message == b"\0abc\x07\x01\0\x02\0\xff\xff\xff\xff\xc3\x96l\0\0\0\xff\xff\x05\0\0\0"
    with pytest.raises(struct.error):
        builder.data(0, b"abcd", 7, [1], "", None, 5)
    with pytest.raises(struct.error):
        builder.data(0, 7, 7, [1], "", None, 5)
    with pytest.raises(KeyError):
        builder.data(9)


def test_fit_time() -> None:
    assert fit_time(datetime(1989, 12, 31, tzinfo=UTC).timestamp()) == 0
    assert fit_time(RIDE.start_time + 0.9) == fit_time(RIDE.start_time)


@pytest.mark.parametrize("fmt", ["gpx", "tcx"])
def test_a_time_just_below_a_whole_second_is_rounded_to_it(fmt: str) -> None:
    data = getattr(RIDE, fmt)(change={5: {"time": RIDE.time(6) - 0.0004}, 6: {"time": RIDE.time(6) + 0.0016}})
    moments = [_utc(RIDE.time(6)).strftime(f"%Y-%m-%dT%H:%M:%S{rest}Z").encode() for rest in ("", ".002")]
    for moment in moments:
        assert b">" + moment + b"<" in data
    assert b".1000Z" not in data


@pytest.mark.parametrize("fmt", ["gpx", "tcx"])
@pytest.mark.parametrize("time", [math.nan, 1e18])
def test_a_time_without_a_date_is_refused(fmt: str, time: float) -> None:
    with pytest.raises(ValueError, match="no date"):
        getattr(RIDE, fmt)(change={5: {"time": time}})


def test_assert_valid_inflates_no_further_than_the_configuration_says() -> None:
    packed = gzip.compress(Ride(seconds=60).gpx())
    assert_valid(packed, name="ride.gpx.gz")
    with pytest.raises(AssertionError, match="1000 bytes"):
        assert_valid(packed, name="ride.gpx.gz", config=Config(limits=Limits(max_inflated_bytes=1000)))


@pytest.mark.parametrize("shape", SHAPES)
@pytest.mark.parametrize("kind", ["gpx", "tcx"])
def test_a_shape_spells_the_same_ride(shape: str, kind: str) -> None:
    plain, written = (getattr(RIDE, kind)(**options) for options in ({}, {"shape": shape}))
    assert written != plain
    report = check(written)
    assert report.verdict == "ready"
    assert not any(finding.severity > Severity.INFO for finding in report.findings)
    one, other = read(plain), read(written)
    for name, most in (("time", 0), ("latitude", 1e-6), ("longitude", 1e-6), ("altitude", 0.5), ("heart_rate", 0)):
        np.testing.assert_allclose(getattr(other, name), getattr(one, name), rtol=0, atol=most)


@pytest.mark.parametrize("shape", SHAPES)
def test_gpxpy_reads_the_same_coordinates_from_a_shape(shape: str) -> None:
    data = RIDE.gpx(shape=shape)
    tracks = gpxpy.parse(data.decode()).tracks
    theirs = [(p.latitude, p.longitude) for track in tracks for segment in track.segments for p in segment.points]
    ours = read(data)
    assert list(zip(ours.latitude.tolist(), ours.longitude.tolist(), strict=True)) == theirs


def test_an_unknown_shape_is_an_error() -> None:
    for write in (RIDE.gpx, RIDE.tcx):
        with pytest.raises(ValueError, match="garmin, strava, suunto, polar, zwift"):
            write(shape="x")
