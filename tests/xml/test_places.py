"""Every family of extensions: which channel a value goes to, and whether Strava reads it there."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest

from tracklint.xml import scan_xml
from tracklint.xml.gpx import gpx_activity
from tracklint.xml.tcx import tcx_activity

if TYPE_CHECKING:
    from tracklint.activity import Activity

V1 = "http://www.garmin.com/xmlschemas/TrackPointExtension/v1"
V2 = "http://www.garmin.com/xmlschemas/TrackPointExtension/v2"
PX = "http://www.garmin.com/xmlschemas/PowerExtension/v1"
CT = "http://www.cluetrust.com/XML/GPXDATA/1/0"
GX = "http://www.garmin.com/xmlschemas/GpxExtensions/v3"
AE = "http://www.garmin.com/xmlschemas/ActivityExtension/v2"


def gpx(point: str, root: str = "", version: str = "1/1") -> Activity:
    text = (
        f'<?xml version="1.0"?><gpx version="1.1" xmlns="http://www.topografix.com/GPX/{version}" {root}><trk><trkseg>'
        f'<trkpt lat="1" lon="2">{point}</trkpt><trkpt lat="1" lon="2"/></trkseg></trk></gpx>'
    )
    document = scan_xml(text.encode())
    assert document.well_formed, document.faults
    return gpx_activity(document)


def tcx(point: str) -> Activity:
    text = (
        '<?xml version="1.0"?><TrainingCenterDatabase xmlns="http://www.garmin.com/xmlschemas/TrainingCenterDatabase/v2"><Activities>'
        f'<Activity Sport="Biking"><Lap><Track><Trackpoint/><Trackpoint>{point}</Trackpoint></Track></Lap></Activity></Activities></TrainingCenterDatabase>'
    )
    document = scan_xml(text.encode())
    assert document.well_formed, document.faults
    return tcx_activity(document)


@pytest.mark.parametrize(
    ("inner", "channel", "value", "strava", "name"),
    [
        (f'<a:TrackPointExtension xmlns:a="{V1}"><a:hr>7</a:hr></a:TrackPointExtension>', "heart_rate", 7, True, "TrackPointExtension/v1 hr"),
        (f'<TrackPointExtension xmlns="{V1}"><hr>7</hr></TrackPointExtension>', "heart_rate", 7, True, "TrackPointExtension/v1 hr"),
        (f'<a:TrackPointExtension xmlns:a="{V1}"><a:atemp>27.0</a:atemp></a:TrackPointExtension>', "temperature", 27, True, "TrackPointExtension/v1 atemp"),
        (f'<a:TrackPointExtension xmlns:a="{V1}"><a:cad>80</a:cad></a:TrackPointExtension>', "cadence", 80, True, "TrackPointExtension/v1 cad"),
        (f'<a:TrackPointExtension xmlns:a="{V1}"><a:speed>5</a:speed></a:TrackPointExtension>', "speed", 5, False, "TrackPointExtension/v1 speed"),
        (f'<a:TrackPointExtension xmlns:a="{V1}"><a:power>5</a:power></a:TrackPointExtension>', "power", 5, False, "TrackPointExtension/v1 power"),
        (f'<a:TrackPointExtension xmlns:a="{V2}"><a:hr>7</a:hr></a:TrackPointExtension>', "heart_rate", 7, False, "TrackPointExtension/v2 hr"),
        (f'<a:TrackPointExtension xmlns:a="{V2}"><a:speed>7.5</a:speed></a:TrackPointExtension>', "speed", 7.5, False, "TrackPointExtension/v2 speed"),
        (f'<c:hr xmlns:c="{CT}">7</c:hr>', "heart_rate", 7, True, "gpxdata hr"),
        (f'<c:cadence xmlns:c="{CT}">7</c:cadence>', "cadence", 7, True, "gpxdata cadence"),
        (f'<c:temp xmlns:c="{CT}">-7.5</c:temp>', "temperature", -7.5, True, "gpxdata temp"),
        (f'<c:distance xmlns:c="{CT}">7.25</c:distance>', "distance", 7.25, True, "gpxdata distance"),
        (f'<c:power xmlns:c="{CT}">7</c:power>', "power", 7, False, "gpxdata power"),
        ('<c:distance xmlns:c="http://www.cluetrust.com/Schemas/">7</c:distance>', "distance", 7, False, "gpxdata distance (http://www.cluetrust.com/Schemas/)"),
        ("<power>200</power>", "power", 200, True, "extensions power"),
        ("<heartrate>7</heartrate>", "heart_rate", 7, True, "extensions heartrate"),
        ("<cadence>7</cadence>", "cadence", 7, True, "extensions cadence"),
        ("<distance>7</distance>", "distance", 7, True, "extensions distance"),
        ('<power xmlns="">200</power>', "power", 200, True, "extensions power"),
        ("<hr>7</hr>", "heart_rate", 7, False, "extensions hr"),
        ("<bpm>7</bpm>", "heart_rate", 7, False, "extensions bpm"),
        ("<speed>7</speed>", "speed", 7, False, "extensions speed"),
        (f'<p:PowerInWatts xmlns:p="{PX}">9</p:PowerInWatts>', "power", 9, False, "PowerExtension/v1 PowerInWatts"),
        (f'<p:PowerExtension xmlns:p="{PX}"><p:PowerInWatts>9</p:PowerInWatts></p:PowerExtension>', "power", 9, False, "PowerExtension/v1 PowerInWatts"),
        (f'<a:TrackPointExtension xmlns:a="{V1}"><p:PowerInWatts xmlns:p="{PX}">9</p:PowerInWatts></a:TrackPointExtension>', "power", 9, False, "PowerExtension/v1 PowerInWatts"),
        (f'<x:TrackPointExtension xmlns:x="{GX}"><x:Temperature>9</x:Temperature></x:TrackPointExtension>', "temperature", 9, False, "GpxExtensions/v3 Temperature"),
        ('<o:hr xmlns:o="urn:osmand">9</o:hr>', "heart_rate", 9, False, "extensions o:hr"),
    ],
)  # fmt: skip
def test_gpx_extensions(inner: str, channel: str, value: float, strava: bool, name: str) -> None:
    activity = gpx(f"<extensions>{inner}</extensions>")
    np.testing.assert_array_equal(getattr(activity, channel), [value, np.nan])
    [place] = activity.places
    assert (place.channel, place.name, place.strava, place.points, place.first) == (channel, name, strava, 1, 0)
    assert place.strava or place.why


def test_gpx_namespace_of_the_schema_file_is_a_near_miss() -> None:
    uri = "http://www8.garmin.com/xmlschemas/TrackPointExtensionv2.xsd"
    activity = gpx(
        f'<extensions><g:TrackPointExtension xmlns:g="{uri}"><g:hr>7</g:hr></g:TrackPointExtension></extensions>'
    )
    [place] = activity.places
    assert (place.channel, place.strava, activity.heart_rate[0]) == ("heart_rate", False, 7)
    assert uri in place.name


def test_gpx_values_that_strava_reads_win() -> None:
    activity = gpx(
        f"<extensions><bpm>1</bpm><power>300</power><heartrate>150</heartrate>"
        f'<p:PowerInWatts xmlns:p="{PX}">9</p:PowerInWatts><c:hr xmlns:c="{CT}">None</c:hr></extensions>'
    )
    assert (activity.heart_rate[0], activity.power[0]) == (150, 300)
    assert [(p.name, p.strava) for p in activity.places] == [
        ("extensions power", True),
        ("extensions heartrate", True),
        ("extensions bpm", False),
        ("PowerExtension/v1 PowerInWatts", False),
    ]
    assert activity.bad_values == ()  # the point has a heart rate, from another place


def test_gpx_1_0_speed_and_sensors_outside_extensions() -> None:
    activity = gpx("<speed>3</speed><course>90</course>", version="1/0")
    assert activity.speed[0] == 3
    activity = gpx("<hr>120</hr><power>9</power>")
    assert (activity.heart_rate[0], activity.power[0]) == (120, 9)
    assert {p.strava for p in activity.places} == {False}


def test_gpx_things_that_are_no_sensor_values() -> None:
    activity = gpx(
        "<name>power</name><extensions><o:x xmlns:o='urn:o'><o:distance>5</o:distance></o:x><hAcc>3</hAcc></extensions>"
        f'<extensions><a:TrackPointExtension xmlns:a="{V1}"><a:course>5</a:course><a:wtemp>4</a:wtemp></a:TrackPointExtension></extensions>'
    )
    assert activity.places == ()
    for name in ("heart_rate", "cadence", "power", "temperature", "distance", "speed"):
        assert np.isnan(getattr(activity, name)).all()


@pytest.mark.parametrize(
    ("inner", "channel", "value", "strava", "name"),
    [
        ("<HeartRateBpm><Value>120</Value></HeartRateBpm>", "heart_rate", 120, True, "HeartRateBpm Value"),
        ("<HeartRateBpm>\n <Value> 140.0 </Value>\n</HeartRateBpm>", "heart_rate", 140, True, "HeartRateBpm Value"),
        ("<HeartRateBpm>135</HeartRateBpm>", "heart_rate", 135, False, "HeartRateBpm without Value"),
        ("<Cadence>80</Cadence>", "cadence", 80, True, "Cadence"),
        ("<DistanceMeters>1e2</DistanceMeters>", "distance", 100, True, "DistanceMeters"),
        ("<AltitudeMeters>-3.5</AltitudeMeters>", "altitude", -3.5, True, "AltitudeMeters"),
        (f'<Extensions><TPX xmlns="{AE}"><Watts>250.5</Watts></TPX></Extensions>', "power", 250.5, True, "TPX Watts"),
        (f'<Extensions><n:TPX xmlns:n="{AE}" CadenceSensor="Footpod"><n:RunCadence>85</n:RunCadence></n:TPX></Extensions>', "cadence", 85, True, "TPX RunCadence"),
        (f'<Extensions><TPX xmlns="{AE}"><Speed>4</Speed></TPX></Extensions>', "speed", 4, False, "TPX Speed"),
        ("<Extensions><TPX><Watts>9</Watts></TPX></Extensions>", "power", 9, False, "Extensions/TPX/Watts without namespace"),
        ('<Extensions><TPX xmlns=""><Watts>9</Watts></TPX></Extensions>', "power", 9, False, "Extensions/TPX/Watts without namespace"),
        ("<Extensions><Watts>9</Watts></Extensions>", "power", 9, False, "Extensions/Watts without namespace"),
        (f'<Extensions><TPX xmlns="{AE}"><Temperature>9</Temperature></TPX></Extensions>', "temperature", 9, False, "Extensions/TPX/Temperature"),
    ],
)  # fmt: skip
def test_tcx_places(inner: str, channel: str, value: float, strava: bool, name: str) -> None:
    activity = tcx(inner)
    np.testing.assert_array_equal(getattr(activity, channel), [np.nan, value])
    [place] = activity.places
    assert (place.channel, place.name, place.strava, place.points, place.first) == (channel, name, strava, 1, 1)
    assert {bad.kind for bad in activity.bad_values} <= {"not-whole"}


@pytest.mark.parametrize(
    ("inner", "channel", "kind", "sample"),
    [
        ("<HeartRateBpm><Value/></HeartRateBpm>", "heart_rate", "empty", ""),
        ("<HeartRateBpm><Value>None</Value></HeartRateBpm>", "heart_rate", "not-a-number", "None"),
        ("<AltitudeMeters>NaN</AltitudeMeters>", "altitude", "not-finite", "NaN"),
        ("<AltitudeMeters> </AltitudeMeters>", "altitude", "empty", ""),
        ("<Position><LatitudeDegrees>48,1</LatitudeDegrees></Position>", "latitude", "not-a-number", "48,1"),
        ("<Time/>", "time", "empty", ""),
        ("<Time>2024-05-01T10:00:00ZZ</Time>", "time", "not-a-time", "2024-05-01T10:00:00ZZ"),
        ("<Time>2024-05-01T10:00:00</Time>", "time", "no-zone", "2024-05-01T10:00:00"),
    ],
)
def test_values_that_cannot_be_taken(inner: str, channel: str, kind: str, sample: str) -> None:
    activity = tcx(inner)
    [bad] = activity.bad_values
    assert (bad.channel, bad.kind, bad.sample, bad.records.tolist()) == (channel, kind, sample, [1])
    assert np.isnan(getattr(activity, channel)[1]) == (kind != "no-zone")
    assert bad.records.dtype == bad.offsets.dtype == bad.sizes.dtype == np.int64


def test_kinds_and_counts() -> None:
    def kind(inner: str) -> tuple[str, dict[str, int]]:
        text = f'<?xml version="1.0"?><gpx version="1.1" xmlns="http://www.topografix.com/GPX/1/1">{inner}</gpx>'
        activity = gpx_activity(scan_xml(text.encode()))
        return activity.kind, dict(activity.counts)

    point = 'lat="1" lon="2"/>'
    assert kind("") == ("empty", {})
    assert kind(f"<wpt {point}<wpt {point}") == ("waypoints", {"wpt": 2})
    assert kind(f"<wpt {point}<rte><rtept {point}</rte>") == ("route", {"rte": 1, "rtept": 1, "wpt": 1})
    assert kind("<trk><trkseg/></trk>") == ("empty", {"trk": 1, "trkseg": 1})
    assert kind(f"<trk><trkseg><trkpt {point}</trkseg></trk>") == ("activity", {"trk": 1, "trkseg": 1})
    assert kind(f"<trkpt {point}") == ("activity", {})


def test_gpx_segments_sessions_and_places() -> None:
    text = """<?xml version="1.0"?>
<gpx version="1.1" creator="eTrex With Barometer" xmlns="http://www.topografix.com/GPX/1/1">
<trk><name> A &amp; B </name><type>running</type><trkseg><trkpt lat="1" lon="2"/><trkpt lon="2"/></trkseg><trkseg/>
<trkseg><trkpt
 lon='-3.25' lat='4'><time>2024-05-01T10:00:00Z</time></trkpt></trkseg></trk><trk><trkseg><trkpt lat="5" lon="6"/></trkseg></trk></gpx>"""
    activity = gpx_activity(scan_xml(text.encode()))
    np.testing.assert_array_equal(activity.latitude, [1, np.nan, 4, 5])
    np.testing.assert_array_equal(activity.longitude, [2, 2, -3.25, 6])
    assert activity.starts.tolist() == [0, 2, 3]
    assert [(s.name, s.sport, s.first_point, s.points) for s in activity.sessions] == [
        ("A & B", "running", 0, 3),
        (None, None, 3, 1),
    ]
    where = activity.at(2)
    assert (where.line, where.column, where.record, where.segment, where.time) == (4, 9, 2, 1, 1714557600.0)
    assert where.offset is not None
    assert where.size is not None
    assert text[where.offset : where.offset + where.size] == "<trkpt\n lon='-3.25' lat='4'>"
    assert (activity.device.name, activity.device.barometer) == ("eTrex With Barometer", True)
    assert activity.bad_values == ()
