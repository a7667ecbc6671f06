"""Predictions: each number against one that is known from how the ride was built."""

from __future__ import annotations

import math

import numpy as np
import pytest

from tracklint.activity import Activity
from tracklint.checking import check, read
from tracklint.findings import Prediction
from tracklint.predict import ascent, ground_distance
from tracklint.testing import OMIT, Ride

RIDE = Ride(seconds=600)


def _predict(data: bytes) -> Prediction:
    prediction = check(data).prediction
    assert prediction is not None
    return prediction


@pytest.mark.parametrize("kind", ["fit", "tcx", "gpx"])
def test_a_ride_is_the_same_ride_in_every_format(kind: str) -> None:
    predicted = _predict(getattr(RIDE, kind)())
    assert predicted.sport == "Ride"
    assert predicted.start_time == RIDE.start_time
    assert predicted.elapsed_s == 600
    assert predicted.moving_s == pytest.approx(600, abs=2)
    assert predicted.distance_m == pytest.approx(RIDE.point(600)["distance"], rel=0.002)
    assert predicted.elevation.source == "file"
    assert not predicted.stationary
    assert predicted.ascent_m == pytest.approx(RIDE.total("ascent_m"), abs=6)


def test_elevation_and_ascent() -> None:
    assert _predict(RIDE.gpx(creator="An app")).elevation.source == "recomputed"
    assert _predict(RIDE.gpx(creator="Garmin Edge 530")).elevation.source == "unknown"
    assert _predict(RIDE.tcx(creator=OMIT)).elevation.source == "recomputed"
    assert _predict(RIDE.fit(manufacturer=255)).elevation.source == "recomputed"
    assert _predict(Ride(seconds=60, channels=("position",)).gpx()).elevation.source == "recomputed"
    assert _predict(Ride(seconds=60, channels=("heart_rate",)).tcx()).elevation.source == "none"
    assert _predict(RIDE.fit()).ascent_from == "header"
    assert _predict(RIDE.gpx()).ascent_from == "computed"


def test_indoor_is_stationary_and_all_of_it_is_moving() -> None:
    predicted = _predict(Ride(seconds=300, channels=("heart_rate", "power", "cadence")).tcx())
    assert predicted.stationary
    assert predicted.moving_s == predicted.elapsed_s == 300


def test_channels_that_strava_does_not_read_are_named() -> None:
    data = RIDE.gpx(extension="general").replace(b"power>", b"watts>")
    predicted = _predict(data)
    assert "power" not in predicted.channels_read
    read_from = _predict(RIDE.gpx(extension="general"))
    assert set(read_from.channels_read) == {"position", "altitude", "heart_rate", "cadence", "power", "distance"}
    assert read_from.channels_ignored == ()


@pytest.mark.parametrize(
    ("heights", "climbed"),
    [
        ([0.0], 0),
        ([math.nan, 5.0, math.nan], 0),
        ([0.0, 10.0, 0.0], 10),
        ([0.0, 10.0, 9.0, 20.0], 20),
        ([0.0, 1.0, 0.0, 1.0, 0.0], 0),
        ([0.0, 10.0, 0.0, 10.0, 0.0], 20),
        ([100.0, 0.0, 50.0], 50),
        ([0.0, 2.0, 1.0, 8.0, 0.0, 4.0], 12),
    ],
)
def test_ascent_counts_climbs_and_not_noise(heights: list[float], climbed: float) -> None:
    assert ascent(np.array(heights)) == climbed


def test_ascent_of_a_long_noisy_climb() -> None:
    rng = np.random.default_rng(1)
    heights = np.linspace(0, 1000, 5000) + rng.normal(0, 0.5, 5000)
    assert ascent(heights) == pytest.approx(1000, abs=3)


def test_distance_does_not_bridge_segments() -> None:
    lat, lon = np.array([0.0, 0.001, 0.5, 0.501]), np.zeros(4)
    times = np.arange(4.0)
    whole = Activity(format="gpx", time=times, latitude=lat, longitude=lon, starts=np.array([0]))
    split = Activity(format="gpx", time=times, latitude=lat, longitude=lon, starts=np.array([0, 2]))
    degree = 2 * math.pi * 6_371_008.8 / 360
    assert ground_distance(whole).sum() == pytest.approx(0.501 * degree, rel=1e-9)
    assert ground_distance(split).sum() == pytest.approx(0.002 * degree, rel=1e-9)


def test_read_gives_columns_of_one_length() -> None:
    ride = read(RIDE.fit())
    assert {len(column) for column in ride.columns().values()} == {601}
    assert ride.heart_rate[10] == RIDE.point(10)["heart_rate"]
