"""An activity holds what the ride was built from, in every form of the file."""

from __future__ import annotations

import numpy as np
import pytest

from tracklint.activity import COLUMNS, Activity
from tracklint.fit import fit_activity, scan_fit
from tracklint.testing import FitBuilder, Raw, Ride

T = 1_000_000_000
EPOCH = 631_065_600
RIDE = Ride(seconds=300)
FORMS: dict[str, dict[str, object]] = {
    "plain": {},
    "big-endian": {"big_endian": True},
    "compressed": {"compressed": True},
    "developer": {"developer": True},
    "interleaved": {"interleaved": True},
    "enhanced": {"enhanced": True},
    "short-header": {"header": 12},
    "summary-first": {"summary_first": True},
}


def read(data: bytes) -> Activity:
    return fit_activity(scan_fit(data))


@pytest.mark.parametrize("form", FORMS)
def test_columns_are_those_of_the_ride(form: str) -> None:
    activity = read(RIDE.fit(**FORMS[form]))
    assert activity.kind == "activity"
    assert activity.time.tolist() == [RIDE.time(i) for i in range(RIDE.points)]
    assert activity.starts.tolist() == [0]
    precision = {"latitude": 1e-6, "longitude": 1e-6, "altitude": 0.11, "distance": 0.006, "speed": 0.0006}
    for name in COLUMNS[1:]:
        wanted = np.array([RIDE.point(i)[name] for i in range(RIDE.points)], float)
        assert np.allclose(activity.columns()[name], wanted, atol=precision.get(name, 0.51)), name


def test_what_is_missing_is_nan_and_only_that() -> None:
    change = {5: {"heart_rate": None, "position": None}, 7: {"power": Raw(0xFFFF)}, 8: {"altitude": Raw(0xFFFF)}}
    activity = read(RIDE.fit(change=change))
    columns = activity.columns()
    missing = {name: np.flatnonzero(np.isnan(column)).tolist() for name, column in columns.items()}
    assert {name: at for name, at in missing.items() if at} == {
        "heart_rate": [5], "latitude": [5], "longitude": [5], "power": [7], "altitude": [8],
    }  # fmt: skip


def test_sessions_laps_and_events() -> None:
    activity = read(RIDE.fit())
    session, lap = activity.sessions[0], activity.laps[1]
    assert (session.sport, session.start_time, session.elapsed_s) == ("cycling", RIDE.start_time, 300)
    assert (session.first_point, session.points) == (0, RIDE.points)
    assert session.distance_m == pytest.approx(activity.distance[-1], abs=0.01)
    assert session.where.message_name == "session"
    assert len(activity.laps) == 2
    assert lap.start_time == RIDE.start_time + activity.laps[0].elapsed_s
    assert [(e.event, e.kind) for e in activity.events] == [("timer", "start"), ("timer", "stop_all")]
    assert activity.counts["record"] == RIDE.points
    assert activity.counts["lap"] == 2


def test_the_device() -> None:
    device = read(RIDE.fit(manufacturer=1, product=3121, software=950)).device
    assert (device.manufacturer, device.manufacturer_id, device.product_id) == ("garmin", 1, 3121)
    assert (device.serial, device.software, device.barometer) == (RIDE.serial, "9.50", True)
    assert read(RIDE.fit(without=("barometer",))).device.barometer is None
    assert device.where.message_name == "file_id"


def test_a_point_knows_its_place() -> None:
    data = RIDE.fit(interleaved=True, chained=2)
    activity = read(data)
    i = RIDE.points + 17
    place = activity.at(i)
    assert (place.record, place.segment, place.message_name, place.time) == (i, 1, "record", activity.time[i])
    assert place.offset is not None
    assert place.size is not None
    piece = data[place.offset : place.offset + place.size]
    assert int(activity.time[i] - EPOCH).to_bytes(4, "little") in piece
    assert activity.starts.tolist() == [0, RIDE.points]


def test_places_say_where_values_stand() -> None:
    places = {(p.channel, p.name): p for p in read(RIDE.fit(change={0: {"heart_rate": None}})).places}
    heart = places["heart_rate", "record.heart_rate"]
    assert (heart.points, heart.first, heart.strava) == (RIDE.points - 1, 1, True)
    assert all(place.strava for place in places.values())


def test_a_developer_field_that_stands_in_is_not_read_by_strava() -> None:
    fit = FitBuilder().define(0, 206, [(0, 1, 2), (1, 1, 2), (2, 1, 2), (3, 8, 7), (14, 2, 0x84), (15, 1, 2)])
    fit.data(0, 0, 1, 0x84, b"RP_Power", 20, 7).define(1, 20, [(253, 4, 0x86)], developer=[(1, 2, 0)])
    for i in range(5):
        fit.data(1, T + i, (200 + i).to_bytes(2, "little") if i else b"\xff\xff")
    activity = read(fit.build())
    assert np.isnan(activity.power).all()
    place = next(place for place in activity.places if place.channel == "power")
    assert (place.name, place.strava, place.points, place.first) == ("developer field RP_Power", False, 4, 1)


def test_enhanced_fields_win_where_they_hold_a_value() -> None:
    fit = FitBuilder().define(0, 20, [(253, 4, 0x86), (6, 2, 0x84), (73, 4, 0x86), (2, 2, 0x84), (78, 4, 0x86)])
    fit.data(0, T, 5000, 6000, 3000, 4000).data(0, T + 1, 5000, 0xFFFFFFFF, 3000, 0xFFFFFFFF)
    activity = read(fit.build())
    assert activity.speed.tolist() == [6, 5]
    assert activity.altitude.tolist() == [300, 100]


def test_compressed_speed_and_distance_count_on_over_each_wrap() -> None:
    fit = FitBuilder().define(0, 20, [(253, 4, 0x86), (8, 3, 0x0D)])
    for i in range(6):
        speed, distance = 512, (i * 1000) & 0xFFF
        fit.data(0, T + i, (speed | distance << 12).to_bytes(3, "little"))
    activity = read(fit.data(0, T + 6, b"\xff\xff\xff").build())
    assert activity.speed[:6].tolist() == [5.12] * 6
    assert activity.distance[:6].tolist() == [i * 1000 / 16 for i in range(6)]
    assert np.isnan(activity.distance[6])


def test_device_uptime_stays_in_1989_unless_it_can_be_told() -> None:
    record = [(253, 4, 0x86), (3, 1, 2)]
    fit = FitBuilder().define(0, 20, record).data(0, 5000, 120).data(0, 5001, 121)
    assert read(fit.build()).time.tolist() == [EPOCH + 5000, EPOCH + 5001]
    fit.define(1, 162, [(253, 4, 0x86), (1, 4, 0x86)]).data(1, T, 4990)
    assert read(fit.build()).time.tolist() == [EPOCH + T + 10, EPOCH + T + 11]


@pytest.mark.parametrize(
    ("number", "kind"),
    [(4, "activity"), (5, "workout"), (6, "course"), (2, "settings"), (32, "monitoring_b"), (77, "file type 77")],
)
def test_kinds(number: int, kind: str) -> None:
    assert read(FitBuilder().define(0, 0, [(0, 1, 0)]).data(0, number).build()).kind == kind


def test_without_file_id_the_records_decide() -> None:
    assert read(FitBuilder().define(0, 20, [(253, 4, 0x86)]).data(0, T).build()).kind == "activity"
    assert read(FitBuilder().build()).kind == "empty"
    assert read(b"").kind == "empty"
