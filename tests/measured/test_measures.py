"""Each fact against a number worked out another way: by hand on small rides here, by pandas and fitdecode on real files
in test_other_ways."""

from __future__ import annotations

import math
import statistics
from collections.abc import Mapping
from typing import Any

import pytest

from tracklint import Config, Limits
from tracklint.measured import FACTS, facts_of
from tracklint.reading import read_thing
from tracklint.testing import FitBuilder, Ride

CONFIG = Config(limits=Limits(now=1795305600))
START = 1_000_000_000  # of FIT's date_time
#: Semicircles, and the degrees and metres north of one.
DEGREES = 180 / 2**31
METRES = DEGREES * math.pi / 180 * 6_371_008.8


def measured(data: bytes) -> Mapping[str, Any]:
    return facts_of(read_thing(data, CONFIG))


def records(fit: FitBuilder, rows: list[dict[str, int | None]]) -> FitBuilder:
    """Records with raw numbers; a field that a row has not is invalid there."""
    kinds = {
        "time": (253, 4, 0x86), "lat": (0, 4, 0x85), "lon": (1, 4, 0x85), "altitude": (2, 2, 0x84), "hr": (3, 1, 0x02),
        "cadence": (4, 1, 0x02), "distance": (5, 4, 0x86), "speed": (6, 2, 0x84), "power": (7, 2, 0x84),
    }  # fmt: skip
    fit.define(0, 20, list(kinds.values()))
    for i, row in enumerate(rows):
        told = {"time": START + i, **row}
        fit.data(0, *(told.get(name) for name in kinds))
    return fit


def ride(rows: list[dict[str, int | None]]) -> Mapping[str, Any]:
    return measured(records(FitBuilder().define(1, 0, [(0, 1, 0x00)]).data(1, 4), rows).build())


def told(values: Mapping[str, Any], *names: str) -> tuple[Any, ...]:
    assert set(names) <= set(FACTS)
    return tuple(values[name] for name in names)


# -- what recorded it, and when ----------------------------------------------------------------------------------------


def test_identity_and_sport() -> None:
    values = measured(Ride(seconds=60, sport="running", sub_sport="trail", serial=77).fit(software=321))
    assert told(values, "manufacturer", "product", "firmware", "serial_number") == (
        "strava", "tracklint ride", "3.21", 77,
    )  # fmt: skip
    assert told(values, "sport", "sub_sport", "hardware") == ("running", "trail", None)
    made = FitBuilder().define(1, 23, [(0, 1, 0x02), (4, 2, 0x84), (6, 1, 0x02)]).data(1, 0, 1234, 9)
    assert measured(records(made, [{}]).build())["hardware"] == "9"
    made = FitBuilder().define(1, 49, [(0, 2, 0x84), (1, 1, 0x02)]).data(1, 1205, 7)
    assert told(measured(records(made, [{}]).build()), "firmware", "hardware") == ("1205", "7")


def test_durations_and_counts() -> None:
    values = measured(Ride(seconds=600, laps=3).fit(messages={"session": {"total_timer_time": 590_500}}))
    assert told(values, "elapsed_s", "timer_s", "moving_s") == (600.0, 590.5, 600.0)
    assert told(values, "points", "points_without_time", "laps", "sessions") == (601, 0, 3, 1)
    values = measured(Ride(seconds=600, laps=3).tcx(change={7: {"time": None}}, skip=range(20)))
    assert told(values, "elapsed_s", "timer_s", "points", "points_without_time") == (580.0, 600.0, 581, 0)


def test_moving_leaves_out_steps_without_motion() -> None:
    north = [0, 1000, 2000, 2001, 2002, 3002]  # 9.3 m a second, but for two steps of a centimetre
    values = ride([{"lat": 2**29 + way, "lon": 2**28} for way in north])
    assert told(values, "moving_s", "elapsed_s") == (3.0, 5.0)


def test_sampling() -> None:
    seconds = [0, 1, 2, 3, 3, 5, 7, 8, 9, 18]  # steps 1 1 1 0 2 2 1 1 9
    values = ride([{"time": START + s} for s in seconds])
    names = ("sample_gap_mode_s", "sample_gap_p50_s", "sample_gap_p99_s", "sample_gap_1s_percent")
    # of the eight steps forward, 1 1 1 1 1 2 2 9: p99 lies 0.93 of the way from the seventh to the eighth
    assert told(values, *names) == (1.0, 1.0, 8.51, 62.5)


def test_gaps_and_pauses_of_fit() -> None:
    seconds = [*range(60), *range(90, 120), *range(620, 650)]  # a gap of 31 s, a pause of 501 s
    fit = FitBuilder().define(1, 0, [(0, 1, 0x00)]).data(1, 4)
    fit.define(2, 21, [(253, 4, 0x86), (0, 1, 0x00), (1, 1, 0x00)])
    for at, kind in ((0, 0), (119, 4), (618, 0), (649, 4)):
        fit.data(2, START + at, 0, kind)
    values = measured(records(fit, [{"time": START + s} for s in seconds]).build())
    assert told(values, "gaps", "gap_total_s", "gap_longest_s") == (1, 31.0, 31.0)
    assert told(values, "pauses", "pause_total_s", "pause_longest_s") == (1, 499.0, 499.0)
    assert told(values, "sample_gap_p50_s", "sample_gap_p99_s") == (1.0, 1.0)
    assert ride([{}, {}])["pauses"] is None


def test_gaps_and_pauses_of_tracks() -> None:
    point = '<trkpt lat="47.{}" lon="8"><time>2024-05-01T10:{:02d}:{:02d}Z</time></trkpt>'
    seconds = [[*range(30)], [*range(60, 90)], [*range(150, 160), *range(190, 200)]]
    segments = ("".join(point.format(1000 + s, s // 60, s % 60) for s in each) for each in seconds)
    track = "".join(f"<trkseg>{each}</trkseg>" for each in segments)
    values = measured(
        f'<gpx xmlns="http://www.topografix.com/GPX/1/1" version="1.1" creator="a"><trk>{track}</trk></gpx>'.encode()
    )
    assert told(values, "pauses", "pause_total_s", "pause_longest_s") == (2, 92.0, 61.0)
    assert told(values, "gaps", "gap_total_s", "gap_longest_s") == (1, 31.0, 31.0)
    assert values["sample_gap_p99_s"] == pytest.approx(1 + 30 * (0.99 * 76 - 75), abs=1e-6)  # 76 steps of 1, one of 31


@pytest.mark.parametrize("form", ["fit", "tcx", "gpx"])
def test_first_values(form: str) -> None:
    change = {i: {"position": None} for i in range(12)} | {i: {"position": None, "heart_rate": None} for i in range(5)}
    change = change if form == "fit" else {i: {"heart_rate": None} for i in range(5)}
    values = measured(getattr(Ride(seconds=60), form)(change=change))
    assert told(values, "first_position_s", "first_heart_rate_s") == (12.0 if form == "fit" else 0.0, 5.0)


# -- the way -----------------------------------------------------------------------------------------------------------


def test_distances() -> None:
    rows = [{"lat": 2**29 + 1000 * i, "lon": 0, "distance": 1000 * i} for i in range(61)]
    for row in rows[31:]:
        row["distance"] = 1000 * 30 + 800 * (row["distance"] // 1000 - 30)
    values = ride(rows)  # 10 m a second by the field, then 8; 1000 semicircles are 9.32 m
    field, way = 30 * 10 + 30 * 8, 60 * 1000 * METRES
    assert told(values, "distance_m", "distance_by_field_m") == (field, field)
    assert values["distance_by_positions_m"] == pytest.approx(way, abs=1e-4)
    assert values["distance_off_percent"] == pytest.approx(100 * (way / field - 1), abs=1e-4)
    again = ride([{"distance": metres * 100} for metres in (0, 50, 100, 0, 60)])
    assert told(again, "distance_by_field_m", "distance_m") == (160.0, 100.0)


def test_drift_while_standing() -> None:
    going = [{"lat": 2**29 + 1000 * i, "lon": 0, "speed": 9320} for i in range(30)]
    standing = [{"lat": 2**29 + 30_000 + 100 * (i % 2), "lon": 0, "speed": 0} for i in range(61)]
    values = ride([*going, *standing])
    assert values["standing_s"] == 60.0
    assert values["standing_drift_m_min"] == pytest.approx(60 * 100 * METRES, rel=1e-5)
    by_distance = ride([{"lat": 2**29 + 100 * (i % 2), "lon": 0, "distance": 5000} for i in range(31)])
    assert by_distance["standing_s"] == 30.0
    assert by_distance["standing_drift_m_min"] == pytest.approx(60 * 100 * METRES, rel=1e-5)
    assert told(ride(going + standing[:30]), "standing_s", "standing_drift_m_min") == (29.0, None)


def test_speed_against_distance() -> None:
    rows: list[dict[str, int | None]] = [{"speed": 11_000, "distance": 1000 * i} for i in range(41)]
    assert ride(rows)["speed_off_percent"] == 10.0
    assert ride(rows[:8])["speed_off_percent"] is None


# -- channels ----------------------------------------------------------------------------------------------------------


def test_coverage() -> None:
    rows: list[dict[str, int | None]] = [{"hr": 120} for _ in range(8)]
    rows[0] |= {"lat": 1, "lon": 1, "altitude": 2500, "power": 1, "cadence": 1, "distance": 1, "speed": 1}
    rows[1] |= {"lat": 1, "power": 0, "hr": None}
    values = ride(rows)
    shares = {name: values[f"{name}_coverage_percent"] for name in ("position", "power", "heart_rate", "temperature")}
    assert shares == {"position": 12.5, "power": 25.0, "heart_rate": 87.5, "temperature": 0.0}
    names = ("altitude", "cadence", "distance", "speed")
    assert told(values, *(f"{name}_coverage_percent" for name in names)) == (12.5,) * 4


@pytest.mark.parametrize("channel", ["position", "heart_rate", "cadence", "power", "temperature"])
def test_dropouts(channel: str) -> None:
    lost = [*range(5), *range(10, 12), 20, 30, *range(100, 115), *range(200, 900), *range(950, 961)]
    values = measured(Ride(seconds=960).fit(change={i: {channel: None} for i in lost}))
    names = ("dropouts", "dropout_total_s", "dropout_longest_s", "dropout_lengths")  # not the ends: 2, 1, 1, 15, 700 s
    assert told(values, *(f"{channel}_{name}" for name in names)) == (5, 719.0, 700.0, [3, 0, 1, 0, 1])


def test_a_point_that_shares_its_second_completes_the_other() -> None:
    rows = [{"time": START + i // 2, **({"hr": 120} if i % 2 else {"power": 200})} for i in range(40)]
    assert told(ride(rows), "heart_rate_dropouts", "power_dropouts") == (0, 0)


def test_stuck_values() -> None:
    rows: list[dict[str, int | None]] = [
        {"lat": i, "lon": i, "altitude": 2500 + i, "hr": 100 + i % 2, "cadence": 80 + i % 2, "speed": 9000 + i, "power": i}
        for i in range(100)
    ]  # fmt: skip
    for i in range(10, 31):
        rows[i] |= {"hr": 140, "lat": 77, "lon": 78, "altitude": 2600}
    for i in range(40, 56):
        rows[i] |= {"cadence": 90, "power": 0, "speed": 0}
    for i in range(60, 64):
        rows[i] |= {"power": 333, "speed": 8000}
    values = ride(rows)
    names = ("heart_rate", "position", "altitude", "cadence", "power", "speed")
    assert told(values, *(f"{name}_stuck_s" for name in names)) == (20.0, 20.0, 20.0, 15.0, 3.0, 3.0)


# -- what is said against what is there --------------------------------------------------------------------------------

CHANNELS = {"speed": "m_s", "heart_rate": "bpm", "cadence": "rpm", "power": "w"}


@pytest.mark.parametrize(("channel", "unit"), CHANNELS.items())
def test_what_a_session_says(channel: str, unit: str) -> None:
    invented = Ride(seconds=120)
    points = [invented.point(i)[channel] for i in range(121)]
    said = {"speed": (7500, 9900), "heart_rate": (150, 151), "cadence": (70, 99), "power": (140, 500)}[channel]
    scale = 1000 if channel == "speed" else 1
    values = measured(invented.fit(messages={"session": {f"avg_{channel}": said[0], f"max_{channel}": said[1]}}))
    assert told(values, f"session_avg_{channel}_off_{unit}", f"session_max_{channel}_off_{unit}") == (
        pytest.approx(said[0] / scale - statistics.mean(points), abs=1e-5),
        pytest.approx(said[1] / scale - max(points), abs=1e-5),
    )


@pytest.mark.parametrize(("channel", "unit"), CHANNELS.items())
def test_what_laps_say(channel: str, unit: str) -> None:
    """Two laps of a minute; the second says the farther number, whose sign stays."""
    invented = Ride(seconds=120, laps=2)
    said = {"speed": (5000, 12000), "heart_rate": (100, 240), "cadence": (60, 140), "power": (90, 900)}[channel]
    scale = 1000 if channel == "speed" else 1
    values = measured(invented.fit(messages={"lap": {f"avg_{channel}": said[0], f"max_{channel}": said[1]}}))
    laps = [[invented.point(i)[channel] for i in range(first, first + 61)] for first in (0, 60)]
    averages = [said[0] / scale - statistics.mean(points) for points in laps]
    maxima = [said[1] / scale - max(points) for points in laps]
    assert told(values, f"lap_avg_{channel}_off_{unit}", f"lap_max_{channel}_off_{unit}") == (
        pytest.approx(max(averages, key=abs), abs=1e-5),
        pytest.approx(max(maxima, key=abs), abs=1e-5),
    )


def test_what_laps_of_tcx_say() -> None:
    invented = Ride(seconds=120, laps=2)
    extension = "<LX xmlns='http://www.garmin.com/xmlschemas/ActivityExtension/v2'>{}</LX>".format(
        "<AvgSpeed>5</AvgSpeed><MaxBikeCadence>140</MaxBikeCadence><AvgWatts>90</AvgWatts><MaxWatts>900</MaxWatts>"
    )
    own = {
        "MaximumSpeed": "12",
        "AverageHeartRateBpm": "<Value>100</Value>",
        "MaximumHeartRateBpm": "<Value>240</Value>",
    }
    data = invented.tcx(lap=own).replace(b"</Lap>", f"<Extensions>{extension}</Extensions></Lap>".encode())
    data = data.replace(b"<Intensity>", b"<Cadence>60</Cadence><Intensity>")
    values = measured(data)
    said = {"speed": (5, 12), "heart_rate": (100, 240), "cadence": (60, 140), "power": (90, 900)}
    spans = ((0, 60), (60, 121))  # the point between two laps stands in the second
    for channel, unit in CHANNELS.items():
        laps = [[invented.point(i)[channel] for i in range(*span)] for span in spans]
        names = f"lap_avg_{channel}_off_{unit}", f"lap_max_{channel}_off_{unit}"
        assert told(values, *names) == (
            pytest.approx(max((said[channel][0] - statistics.mean(points) for points in laps), key=abs), abs=1e-5),
            pytest.approx(max((said[channel][1] - max(points) for points in laps), key=abs), abs=1e-5),
        ), channel


def test_a_mean_is_over_time_and_without_cadences_of_zero() -> None:
    fit = FitBuilder().define(1, 18, [(253, 4, 0x86), (2, 4, 0x86), (7, 4, 0x86), (16, 1, 2), (18, 1, 2)])
    fit.data(1, START + 9, START, 9000, 110, 80)
    rows: list[dict[str, int | None]] = [
        {"time": START, "hr": 100, "cadence": 80}, {"time": START + 1, "hr": 130, "cadence": 0},
        {"time": START + 8, "hr": 100, "cadence": 90}, {"time": START + 9, "hr": 100, "cadence": 0},
    ]  # fmt: skip
    values = measured(records(fit, rows).build())
    assert values["session_avg_heart_rate_off_bpm"] == 110 - (1 * 100 + 7 * 130 + 1 * 100 + 1 * 100) / 10
    assert values["session_avg_cadence_off_rpm"] == 80 - (80 + 90) / 2


def test_work_against_power() -> None:
    fit = FitBuilder().define(1, 18, [(253, 4, 0x86), (48, 4, 0x86)]).data(1, START + 500, 50_930)
    rows: list[dict[str, int | None]] = [{"power": 200} for _ in range(201)]
    rows += [
        {"time": START + 400, "power": 300},
        {"time": START + 401, "power": None},
    ]  # 30 s of the pause count
    values = measured(records(fit, rows).build())
    assert told(values, "work_j", "work_by_power_j", "work_off_percent") == (50_930.0, 46_300.0, 10.0)


# -- the barometer -----------------------------------------------------------------------------------------------------


def test_the_barometer_is_set_in_the_first_minutes() -> None:
    rows: list[dict[str, int | None]] = [{"altitude": 5 * (500 + 100) + i // 10} for i in range(500)]
    for row in rows[120:]:
        row["altitude"] -= 5 * 12  # type: ignore[operator]
    for row in rows[400:]:
        row["altitude"] += 5 * 50  # type: ignore[operator]
    assert ride(rows)["altitude_start_step_m"] == pytest.approx(-12 + 0.2)


def test_the_altitude_where_a_track_closes() -> None:
    north = [*range(0, 60_000, 1000), *range(60_000, -1, -1000)]  # 560 m there and back
    rows: list[dict[str, int | None]] = [
        {"lat": 2**29 + way, "lon": 0, "altitude": 5 * (500 + 100) + i} for i, way in enumerate(north)
    ]
    assert ride(rows)["altitude_closure_m"] == pytest.approx((len(north) - 1) / 5)
    assert ride(rows[:-10])["altitude_closure_m"] is None


# -- the file ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("big_endian", [False, True])
def test_intervals_against_heart_rate(big_endian: bool) -> None:
    fit = FitBuilder().define(1, 78, [(0, 6, 0x84)], big_endian=big_endian)
    fit.define(0, 20, [(253, 4, 0x86), (3, 1, 0x02)])
    for i in range(30):
        fit.data(0, START + i, 140).data(1, [500, None if i % 2 else 400][: 2 - i % 2])
    values = measured(fit.build())  # 30 intervals of 500 ms, 120 bpm, and 15 of 400 ms
    assert told(values, "rr_intervals", "rr_heart_rate_off_bpm") == (45, -20.0)


def test_batteries_and_sensors() -> None:
    kinds = [(253, 4, 0x86), (0, 1, 0x02), (3, 4, 0x8C), (21, 2, 0x8B), (10, 2, 0x84), (32, 1, 0x02)]
    fit = FitBuilder().define(1, 23, kinds)
    fit.data(1, START - 1, 0, 900, 0, 0, 0).data(1, START, 0, 900, 0, 4 * 256, 90).data(
        1, START, 1, 11, 0, 3 * 256, None
    ).data(1, START, 2, 0, 77, None, 50)
    fit.data(1, START + 3600, 1, 12, 0, None, None).data(1, START + 3600, 2, 0, 77, None, 40)
    fit.data(1, START + 7200, 0, 900, 0, 1000, 78)
    values = measured(records(fit, [{} for _ in range(3)]).build())
    names = ("battery_start_percent", "battery_end_percent", "battery_loss_percent_h")
    assert told(values, *names) == (90.0, 78.0, 6.0)
    names = ("battery_start_v", "battery_end_v", "battery_loss_v_h")
    assert told(values, *names) == (4.0, 3.90625, 0.046875)
    assert told(values, "sensors", "sensor_changes") == (3, 1)


def test_how_it_is_written() -> None:
    data = Ride(seconds=60).gpx()
    assert told(measured(data), "bytes_per_point", "definitions") == (round(len(data) / 61, 6), None)
    assert ride([{}, {}])["definitions"] == 2
