"""The repairs of sensors and positions: independent readers read the mended values, and nothing else changes."""

from __future__ import annotations

import io
from typing import Any

import gpxpy
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from lxml import etree
from tcxreader.tcxreader import TCXReader

from cases import Case
from cases.neutral import CASES as NEUTRAL
from cases.neutral_place import CASES as PLACE
from cases.neutral_values import CASES as VALUES
from cases.places import CASES as PLACES
from cases.xml_sensors import ACTIVITY, CLUETRUST, V1, edited
from cases.xml_sensors import CASES as ELEMENTS
from tracklint.activity import COLUMNS
from tracklint.checking import read
from tracklint.config import Config, Limits
from tracklint.edits import apply
from tracklint.mending.fixing import Fixed, fix
from tracklint.source import sniff
from tracklint.testing import Ride

CONFIG = Config(limits=Limits(now=1795305600))
RIDE = Ride(seconds=60)
N = RIDE.points
MENDED = [
    case
    for case in (*ELEMENTS, *VALUES, *NEUTRAL, *PLACE, *PLACES)
    if case.breaks and case.code[:3] in ("SEN", "POS") and sniff(case.build())[0] in ("tcx", "gpx")
]
#: Points that a repair drops from a GPX file, and columns that it may change in the points that a finding names.
TOUCHED = {
    "SEN003": ("speed",), "SEN004": ("speed",), "SEN007": ("heart_rate",), "SEN008": ("heart_rate",),
    "SEN009": ("cadence",), "SEN010": ("cadence",), "SEN011": ("power",), "POS009": ("altitude",),
    "POS010": ("altitude",), "SEN027": ("speed",), "SEN032": ("distance", "speed"), "SEN033": ("distance",),
    "SEN028": ("temperature",),
}  # fmt: skip
POSITIONS = ("latitude", "longitude")


def mended(data: bytes, *, unsafe: bool = True, notes: bool = True, only: str = "") -> Fixed:
    config = Config(limits=CONFIG.limits, select=(only,)) if only else CONFIG
    return fix(data, config=config, unsafe=unsafe, notes=notes)


def gpx_points(data: bytes) -> list[Any]:
    """What gpxpy reads: it takes prefixed extensions as they are."""
    parsed = gpxpy.parse(data.decode())
    return [p for track in parsed.tracks for segment in track.segments for p in segment.points]


def gpx_values(data: bytes, uri: bytes, name: str) -> list[float]:
    """The texts of one element of a namespace in all points, by lxml."""
    return [float(e.text) for e in etree.fromstring(data).iter(f"{{{uri.decode()}}}{name}")]


def tcx_points(data: bytes) -> list[Any]:
    exercise = TCXReader().read(io.BytesIO(data), only_gps=False)
    return list(exercise.trackpoints)


def column(name: str) -> list[float]:
    return [float(RIDE.point(i)[name]) for i in range(N)]


@pytest.mark.parametrize("case", MENDED, ids=lambda c: f"{c.code}-{c.name}")
def test_a_repair_cures_its_finding_and_changes_nothing_else(case: Case) -> None:
    data = case.build()
    fixed = mended(data, only=case.code)
    before, after = read(data), read(fixed.data)
    found = [f for f in fixed.before.findings if f.code == case.code]
    if not any(f.fix for f in found):
        assert not fixed.changed
        return
    assert fixed.changed, fixed.left
    assert not [f for f in fixed.after.findings if f.code == case.code]
    assert apply(fixed.original, fixed.edits) == fixed.data
    etree.fromstring(fixed.data)
    if any(f.fix == "unsafe" for f in found):
        assert any(not change.safe for change in fixed.ledger)
    runs = [run for f in found for run in f.evidence.get("runs") or ()]
    named = np.zeros(len(before), bool)
    for first, last in runs:
        named[first : last + 1] = True
    touched = TOUCHED.get(case.code, POSITIONS if case.code[:3] == "POS" else ())
    if len(after) < len(before):
        assert case.code in ("POS001", "POS002", "POS003", "POS004", "POS005", "POS006", "POS008")
        assert len(before) - len(after) == named.sum()
        for name in COLUMNS:
            np.testing.assert_array_equal(getattr(before, name)[~named], getattr(after, name), name)
        return
    for name in COLUMNS:
        free = named if name in touched else np.zeros(len(before), bool)
        np.testing.assert_array_equal(getattr(before, name)[~free], getattr(after, name)[~free], name)
    again = mended(fixed.data, only=case.code)
    assert not again.changed


@pytest.mark.parametrize("case", MENDED, ids=lambda c: f"{c.code}-{c.name}")
def test_without_unsafe_no_number_goes_that_was_measured(case: Case) -> None:
    data = case.build()
    fixed = mended(data, unsafe=False)
    before, after = read(data), read(fixed.data)
    assert len(after) == len(before)
    assert all(change.safe for change in fixed.ledger)
    for name in COLUMNS:
        was, now = getattr(before, name), getattr(after, name)
        near = (was == now) | np.isnan(was) | (np.abs(was - now) < 1)
        gone = np.isnan(now) & ((was <= 0) | (was > 254) | ((name == "altitude") & (np.abs(was) > 9000)))
        assert (near | gone).all(), name


@pytest.mark.parametrize(
    "uri", [V1 + b"/", V1.replace(b"http", b"https"), b"http://other.example/TrackPointExtension/v1"]
)
def test_namespaces_are_read_by_name_afterwards(uri: bytes) -> None:
    data = edited("gpx", (V1 + b'" xmlns:gpxdata', uri + b'" xmlns:gpxdata'))()
    assert gpx_values(data, V1, "hr") == []
    fixed = mended(data, unsafe=False)
    assert gpx_values(fixed.data, V1, "hr") == column("heart_rate")
    assert gpx_values(fixed.data, CLUETRUST, "cadence") == column("cadence")
    assert fixed.data == RIDE.gpx()


def test_a_declaration_that_serves_others_stays() -> None:
    uri = b"http://other.example/TrackPointExtension/v1"
    data = edited(
        "gpx", (V1 + b'" xmlns:gpxdata', uri + b'" xmlns:gpxdata'), (b"</extensions>", b"<gpxtpx:own>1</gpxtpx:own></extensions>")
    )()  # fmt: skip
    fixed = mended(data, unsafe=False)
    assert gpx_values(fixed.data, V1, "hr") == column("heart_rate")
    assert gpx_values(fixed.data, uri, "own") == [1.0] * N


def test_power_is_copied_to_where_strava_reads_it() -> None:
    px = b"http://www.garmin.com/xmlschemas/PowerExtension/v1"
    new = b'<p:PowerInWatts xmlns:p="' + px + rb'">\2</p:PowerInWatts>'
    data = edited("gpx", (r"<(power)>(\d+)</power>", new), extension="general")()
    fixed = mended(data, unsafe=False)
    assert gpx_values(fixed.data, b"http://www.topografix.com/GPX/1/1", "power") == column("power")
    assert gpx_values(fixed.data, px, "PowerInWatts") == column("power")
    assert fixed.after.prediction is not None
    assert "power" in fixed.after.prediction.channels_read
    tcx = edited("tcx", (r"<ns3:TPX>\s*(<ns3:Speed>.*</ns3:Speed>)\s*<ns3:Watts>(\d+)</ns3:Watts>", rb'<v:power xmlns:v="urn:v">\2</v:power><ns3:TPX>\1'))()  # fmt: skip
    assert [p.tpx_ext.get("Watts") for p in tcx_points(mended(tcx, unsafe=False).data)] == column("power")


def test_tcx_values_are_read_by_tcxreader_afterwards() -> None:
    plain = edited(
        "tcx", (r"<HeartRateBpm>\s*<Value>(\d+)</Value>\s*</HeartRateBpm>", rb"<HeartRateBpm>\1</HeartRateBpm>")
    )()
    assert not any(p.hr_value for p in tcx_points(plain))
    assert [p.hr_value for p in tcx_points(mended(plain, unsafe=False).data)] == column("heart_rate")
    bare = edited("tcx", (b"ns3:TPX", b"TPX"), (r"<(/?)ns3:", rb"<\1"))()
    assert not any(p.tpx_ext for p in tcx_points(bare))
    assert [p.tpx_ext["Watts"] for p in tcx_points(mended(bare, unsafe=False).data)] == column("power")
    beside = edited("tcx", (r"\s*<Extensions>", b""), (r"\s*</Extensions>", b""))()
    read_again = [p.tpx_ext["Watts"] for p in tcx_points(mended(beside, unsafe=False).data)]
    assert read_again == column("power")
    assert len(gpx_values(plain, ACTIVITY, "Watts")) == N


def test_elements_beside_the_extensions_are_found_by_gpxpy_afterwards() -> None:
    data = edited("gpx", (r"\s*<extensions>", b""), (r"\s*</extensions>", b""))()
    assert not any(p.extensions for p in gpx_points(data))
    points = gpx_points(mended(data, unsafe=False).data)
    assert [[float(e.text) for e in p.extensions[0]][1] for p in points] == column("heart_rate")


def test_heart_rates_of_a_vendor_become_those_of_the_extension() -> None:
    data = edited("gpx", (b"heartrate>", b"bpm>"), extension="general")()
    assert not mended(data, unsafe=False).changed
    fixed = mended(data)
    assert gpx_values(fixed.data, V1, "hr") == column("heart_rate")


def test_coordinates_are_read_by_gpxpy_afterwards() -> None:
    data = edited("gpx", (r'(l..)="(\d+)\.(\d+)"', rb'\1="\2,\3"'))()
    points = gpx_points(mended(data, unsafe=False).data)
    assert [p.latitude for p in points] == column("latitude")
    assert [p.longitude for p in points] == column("longitude")


def test_a_gpx_point_goes_with_its_values_and_a_tcx_point_stays() -> None:
    change = {30: {"latitude": "NaN"}}
    gpx = mended(RIDE.gpx(change=change))
    assert len(gpx_points(gpx.data)) == N - 1
    [line] = gpx.ledger
    assert "1 heart rate" in line.says
    tcx = mended(RIDE.tcx(change=change))
    points = tcx_points(tcx.data)
    assert len(points) == N
    assert points[30].latitude is None
    assert points[30].hr_value == RIDE.point(30)["heart_rate"]


@pytest.mark.parametrize("kind", ["gpx", "tcx"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-16", "iso-8859-1"])
def test_repairs_hold_in_every_encoding(kind: str, encoding: str) -> None:
    change = {3: {"heart_rate": "130.5"}, 5: {"heart_rate": ""}, 7: {"cadence": "None"}, 9: {"altitude": "NaN"}}
    text = getattr(Ride(seconds=60, name="Rundä"), kind)(change=change).decode()
    data = text.replace("UTF-8", encoding.upper()).encode(encoding)
    fixed = mended(data, unsafe=False)
    after = read(fixed.data)
    assert after.heart_rate[3] == 131
    assert np.isnan([after.heart_rate[5], after.cadence[7], after.altitude[9]]).all()
    assert not {f.code for f in fixed.after.findings} & {"SEN007", "SEN008", "SEN009", "SEN014", "POS009"}


BAD = st.sampled_from(["", "None", "NaN", "0.0", "85.5", "300", "-1", "1e2", "  90 ", "0", "255", "20"])
CHANGES = st.dictionaries(
    st.integers(0, 20),
    st.dictionaries(st.sampled_from(["heart_rate", "cadence", "power", "altitude", "temperature"]), BAD, max_size=3),
    max_size=6,
)


@given(kind=st.sampled_from(["gpx", "tcx"]), extension=st.sampled_from(["documented", "v1", "v2", "cluetrust", "general"]), change=CHANGES, indent=st.booleans())  # fmt: skip
def test_other_points_and_channels_never_change(kind: str, extension: str, change: Any, indent: bool) -> None:
    ride = Ride(seconds=20, laps=1)
    options = {"extension": extension} if kind == "gpx" else {}
    data = getattr(ride, kind)(change=change, indent=indent, **options)
    fixed = mended(data)
    before, after = read(data), read(fixed.data)
    assert len(before) == len(after)
    for name in ("time", "latitude", "longitude", "distance"):
        np.testing.assert_array_equal(getattr(before, name), getattr(after, name))
    for name in ("heart_rate", "cadence", "power", "altitude", "temperature"):
        whole = np.array([i not in change or name not in change[i] for i in range(ride.points)])
        np.testing.assert_array_equal(getattr(before, name)[whole], getattr(after, name)[whole], name)
    assert not mended(fixed.data).changed
    assert not any("itself failed" in why for why in fixed.left)
