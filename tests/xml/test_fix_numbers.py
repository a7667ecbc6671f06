"""Every number of TCX and GPX: what is none, and what cannot be negative, is named at its own place and mended."""

from __future__ import annotations

import re

import numpy as np
import pytest

from tracklint.checking import check, read
from tracklint.config import Config, Limits
from tracklint.findings import Severity
from tracklint.mending.fixing import Fixed, fix
from tracklint.testing import Ride

CONFIG = Config(limits=Limits(now=1795305600))
RIDE = Ride(seconds=120, laps=2)
TEXTS = ("NaN", "nan", "INF", "-INF", "Infinity", "-infinity", "undefined", "null", "1e999")
#: Where a number stands in a point, as the pattern around it.
TCX_POINT = {
    "altitude": (rb"<AltitudeMeters>", rb"</AltitudeMeters>"), "speed": (rb"<ns3:Speed>", rb"</ns3:Speed>"),
    "distance": (rb"<Trackpoint>.{0,300}?<DistanceMeters>", rb"</DistanceMeters>"),
    "cadence": (rb"<Cadence>", rb"</Cadence>"), "power": (rb"<ns3:Watts>", rb"</ns3:Watts>"),
    "heart_rate": (rb"<HeartRateBpm>\s*<Value>", rb"</Value>"),
    "latitude": (rb"<LatitudeDegrees>", rb"</LatitudeDegrees>"),
}  # fmt: skip
GPX_POINT = {
    "altitude": (rb"<ele>", rb"</ele>"), "distance": (rb"<gpxdata:distance>", rb"</gpxdata:distance>"),
    "heart_rate": (rb"<gpxdata:hr>", rb"</gpxdata:hr>"), "cadence": (rb"<gpxdata:cadence>", rb"</gpxdata:cadence>"),
    "temperature": (rb"<gpxdata:temp>", rb"</gpxdata:temp>"), "longitude": (rb'lon="', rb'"'),
}  # fmt: skip
LAP = ("TotalTimeSeconds", "DistanceMeters", "MaximumSpeed", "Calories", "AverageHeartRateBpm", "MaximumHeartRateBpm")
GPX = RIDE.gpx(extension="cluetrust")


def _put(data: bytes, around: tuple[bytes, bytes], text: str) -> bytes:
    """The first number between these two as ``text``."""
    found = re.search(rb"(" + around[0] + rb")[^<\"]*(?=" + around[1] + rb")", data, re.DOTALL)
    assert found is not None
    return data[: found.end(1)] + text.encode() + data[found.end() :]


def _lap(name: str) -> tuple[bytes, bytes]:
    head = rb"<Lap [^>]*>.*?<" + name.encode() + rb">(?:\s*<Value>)?"
    return head, rb"</"


def _mended(data: bytes) -> Fixed:
    return fix(data, config=CONFIG, unsafe=True)


def _is_told_and_mended(data: bytes, text: str) -> Fixed:
    fixed = _mended(data)
    assert [f for f in fixed.before.findings if f.severity >= Severity.WARNING and f.evidence.get("text") == text]
    assert [f.code for f in fixed.after.findings if f.severity >= Severity.WARNING] == []
    assert f">{text}<".encode() not in fixed.data
    assert f'"{text}"'.encode() not in fixed.data
    return fixed


@pytest.mark.parametrize("text", TEXTS)
@pytest.mark.parametrize("channel", TCX_POINT)
def test_numbers_of_tcx_points(channel: str, text: str) -> None:
    _is_told_and_mended(_put(RIDE.tcx(), TCX_POINT[channel], text), text)


@pytest.mark.parametrize("text", TEXTS)
@pytest.mark.parametrize("channel", GPX_POINT)
def test_numbers_of_gpx_points(channel: str, text: str) -> None:
    _is_told_and_mended(_put(GPX, GPX_POINT[channel], text), text)


@pytest.mark.parametrize("text", [*TEXTS, "-65", "-2147483.75"])
@pytest.mark.parametrize("name", LAP)
def test_numbers_of_laps(name: str, text: str) -> None:
    data = _put(RIDE.tcx(), _lap(name), text)
    fixed = _is_told_and_mended(data, text)
    (told,) = (f for f in fixed.before.findings if f.code == "STR014")
    assert told.evidence["element"] == name
    assert data.splitlines()[told.where.line - 1].strip().startswith((f"<{name}>".encode(), b"<Value>"))


def test_times_and_distances_of_laps_are_computed_from_their_points() -> None:
    data = RIDE.tcx(lap={"TotalTimeSeconds": "NaN", "DistanceMeters": "-1"})
    laps, right = read(_mended(data).data).laps, read(RIDE.tcx()).laps
    assert [lap.elapsed_s for lap in laps] == [59, 60]
    assert [lap.distance_m for lap in laps] == pytest.approx([lap.distance_m for lap in right], abs=9)


@pytest.mark.parametrize(
    ("lap", "breaks"),
    [
        ({"MaximumSpeed": "3060"}, True), ({"MaximumSpeed": "99"}, False),
        ({"Calories": "65001"}, True), ({"Calories": "350"}, False),
    ],
)  # fmt: skip
def test_totals_beyond_physics(lap: dict[str, str], breaks: bool) -> None:
    codes = [f.code for f in check(RIDE.tcx(lap=lap), config=CONFIG).findings]
    assert codes == (["STR014"] if breaks else [])


def test_a_number_of_a_lap_in_another_form_is_told_beside_one_that_cannot_be() -> None:
    data = RIDE.tcx(lap={"MaximumSpeed": "3060", "Calories": "99.5"})
    assert {f.code for f in check(data, config=CONFIG).findings} == {"STR014", "SCH015"}


@pytest.mark.parametrize("points", [range(121), range(3), range(118, 121)], ids=["all", "first", "last"])
@pytest.mark.parametrize("kind", ["tcx", "gpx"])
def test_negative_distances_are_those_of_the_points(kind: str, points: range) -> None:
    change = {i: {"distance": -2147483.75} for i in points}
    data = RIDE.tcx(change=change) if kind == "tcx" else RIDE.gpx(change=change, extension="cluetrust")
    fixed = _mended(data)
    told = [f for f in fixed.before.findings if f.severity >= Severity.WARNING]
    assert [(f.code, f.evidence["runs"]) for f in told] == [("SEN033", [[points[0], points[-1]]])]
    assert [f.code for f in fixed.after.findings if f.severity >= Severity.WARNING] == []
    np.testing.assert_array_equal(np.isnan(read(fixed.data).distance), np.isin(range(121), points))
    assert fixed.after.activity is not None
    assert fixed.after.activity.distance_m == pytest.approx(1000, rel=0.2)


def test_a_lap_that_nothing_can_be_computed_for_is_left() -> None:
    indoor = Ride(seconds=60, laps=1, channels=("heart_rate",))
    fixed = _mended(indoor.tcx(lap={"DistanceMeters": "-2147483.75"}))
    (told,) = (f for f in fixed.before.findings if f.severity >= Severity.WARNING)
    assert (told.code, told.fix) == ("STR014", None)
    assert not fixed.changed
