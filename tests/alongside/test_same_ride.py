"""Recordings of one ride laid over one another: what was put in between them is what is found."""

from __future__ import annotations

import math

import numpy as np
import pytest
from devices import START, Road

from tracklint import Activity, Comparison, NotComparable, Pair, same_ride
from tracklint.testing import Ride

ROAD = Road()
FIRST = ROAD.recorded()


def one(other: Activity, first: Activity = FIRST) -> Pair:
    (pair,) = same_ride([first, other]).pairs
    return pair


def test_one_ride_by_three_devices() -> None:
    """The tolerances are those that docs/comparing.md states."""
    second = ROAD.recorded(ahead=37, gain=1.03, zero=4, noise_m=5, pause=(1500, 1800))
    third = ROAD.recorded(noise_m=5, late=6, dropouts=[(600, 640), (2500, 2595)])
    told = same_ride([FIRST, second, third])
    assert told.same
    beside, late = told.pairs
    assert beside.clock.offset_s == pytest.approx(37, abs=0.5)
    assert beside.clock.method == "correlation"
    assert beside.clock.agreeing >= 0.9 * beside.clock.windows
    (pause,) = beside.pauses
    assert pause.side == "other"
    assert pause.start - START == pytest.approx(1500, abs=2)
    assert pause.duration_s == pytest.approx(300, abs=2)
    power = beside.agreement("power")
    assert power is not None
    assert power.slope == pytest.approx(1.03, abs=0.005)
    assert power.intercept == pytest.approx(4, abs=1)
    assert beside.separation is not None
    assert beside.separation.p50_m == pytest.approx(5 * math.sqrt(2 * math.log(2)), rel=0.1)  # Rayleigh's median
    assert beside.separation.p95_m == pytest.approx(5 * math.sqrt(2 * math.log(20)), rel=0.1)
    heart = late.agreement("heart_rate")
    assert heart is not None
    assert heart.lag_s == pytest.approx(6, abs=0.5)
    assert heart.dropout_s == pytest.approx(40 + 95, abs=4)
    assert late.clock.offset_s == 0
    assert late.pauses == ()
    for pair in told.pairs:
        assert pair.distance is not None
        assert pair.distance.percent == pytest.approx(0, abs=0.1)
        assert pair.ascent is not None
        assert pair.ascent.percent == pytest.approx(0, abs=1)


@pytest.mark.parametrize("ahead", [-5, 3 * 3600, -7200 + 0.5, 365.25 * 10 * 86400])
@pytest.mark.parametrize("channels", [("power", "heart_rate", "cadence"), ("latitude", "longitude"), ("heart_rate",)])
def test_a_clock_wrong_by_hours_or_years_is_found(ahead: float, channels: tuple[str, ...]) -> None:
    pair = one(ROAD.recorded(ahead=ahead, channels=channels, noise_m=3))
    assert pair.same, pair.why
    assert pair.clock.offset_s == pytest.approx(ahead, abs=0.5)
    assert pair.clock.method == ("positions" if "latitude" in channels else "correlation")


def test_a_clock_that_stands_still_in_a_pause_is_anchored_again() -> None:
    pair = one(ROAD.recorded(ahead=5, pause=(1500, 1800), stands_still=True, noise_m=3))
    assert pair.same
    first, still, then = pair.clock.anchors
    assert (first.offset_s, then.offset_s) == (5, -295)
    assert math.isnan(still.offset_s)
    assert still.start - START == pytest.approx(1500, abs=5)
    assert then.start - START == pytest.approx(1800, abs=5)
    assert pair.separation is not None
    assert pair.separation.p95_m < 10
    assert pair.shared_s == pytest.approx(3300, abs=5)


def test_nothing_is_made_up_across_gaps() -> None:
    told = same_ride([FIRST, ROAD.recorded(pause=(1500, 1800), dropouts=[(600, 640)])])
    mine = told.columns[1]
    assert np.isnan(mine["power"][1500:1800]).all()
    assert np.isnan(mine["heart_rate"][600:640]).all()
    assert np.isfinite(mine["power"][:1500]).all()
    assert len(told.time) == len(mine["power"]) == len(told.difference("power")) == 3600
    assert np.nanmax(np.abs(told.difference("power"))) == 0
    assert np.isnan(told.difference("temperature")).all()
    assert len(told.difference("temperature")) == len(told.time)
    with pytest.raises(KeyError):
        told.difference("mood")


def test_a_thinned_file_is_said_to_be_sampled_otherwise() -> None:
    pair = one(ROAD.recorded(every=5))
    assert pair.same
    assert pair.sampling_differs
    assert pair.clock.offset_s == 0
    assert "the sampling differs (every 1 s and every 5 s as a rule)" in str(same_ride([FIRST, ROAD.recorded(every=5)]))
    assert not one(ROAD.recorded(noise_m=2)).sampling_differs


def test_channels_that_one_side_lacks_are_named() -> None:
    pair = one(ROAD.recorded(channels=("latitude", "longitude", "altitude")))
    assert ("power", "other") in pair.lacks
    assert ("altitude", "other") not in pair.lacks
    assert pair.agreement("power") is None
    assert pair.distance is not None
    assert pair.distance.source == "positions"


def test_positions_that_are_wrong_do_not_hide_that_it_is_one_ride() -> None:
    moved = ROAD.recorded()
    moved.latitude += 0.01
    pair = one(moved)
    assert pair.same
    assert "1112" in pair.why
    assert "but they are alike in power" in pair.why


@pytest.mark.parametrize("channels", [("power", "heart_rate", "cadence", "speed"), ("latitude", "longitude")])
@pytest.mark.parametrize("ahead", [0, 86400])
def test_another_ride_is_told(channels: tuple[str, ...], ahead: float) -> None:
    other = Road(seed=7).recorded(ahead=ahead, channels=channels)
    pair = one(other)
    assert not pair.same
    assert pair.why


def test_the_same_road_on_another_day_is_another_ride() -> None:
    again = Road(seed=5)
    for name in ("latitude", "longitude", "altitude"):
        again.columns[name][:] = np.interp(again.columns["distance"], ROAD.columns["distance"], ROAD.columns[name])  # type: ignore[index]
    assert not one(again.recorded(ahead=86400, noise_m=3)).same
    assert not one(again.recorded(ahead=86400, channels=("latitude", "longitude"))).same


def begun(activity: Activity) -> Activity:
    """The first 20 s of a ride."""
    return Activity(format="fit", **{name: column[:20] for name, column in activity.columns().items()})


def test_a_ride_of_twenty_seconds_is_laid_by_its_clock_or_its_start() -> None:
    pair = one(begun(FIRST), first=begun(FIRST))
    assert (pair.same, pair.clock.method, pair.clock.offset_s) == (True, "clocks", 0)
    late = one(begun(ROAD.recorded(ahead=9000)), first=begun(FIRST))
    assert (late.same, late.clock.method) == (True, "start times")
    indoors = [begun(ROAD.recorded(ahead=ahead, channels=("heart_rate",))) for ahead in (0, 9000)]
    assert not one(indoors[1], first=indoors[0]).same


def test_the_reference_is_the_first_or_the_one_that_is_named() -> None:
    second = ROAD.recorded(ahead=37)
    told = same_ride([FIRST, second], reference=1)
    assert told.reference.name == "recording 2"
    assert told.pairs[0].clock.offset_s == -37
    with pytest.raises(IndexError):
        same_ride([FIRST, second], reference=2)


@pytest.mark.parametrize(
    ("thing", "says"),
    [
        (Ride(seconds=60).gpx(change={i: {"time": None} for i in range(61)}), "no point has a time"),
        (Ride(seconds=2).gpx(), "its points span less than 3 s"),
        (b"<html></html>", "the content is"),
    ],
)
def test_what_cannot_be_compared_is_one_clear_sentence(thing: bytes, says: str) -> None:
    with pytest.raises(NotComparable, match=says) as raised:
        same_ride([FIRST, thing])
    assert "\n" not in str(raised.value)
    with pytest.raises(NotComparable, match="two recordings"):
        same_ride([FIRST])


def test_points_of_another_week_are_left_out_and_said() -> None:
    strayed = ROAD.recorded()
    strayed.time[10] -= 20 * 365 * 86400
    told = same_ride([FIRST, strayed])
    assert told.pairs[0].other.misdated == 1
    assert "1 point with times of another week left out" in str(told)
    assert told.same


def test_reprs_are_short_and_the_text_is_what_is_printed() -> None:
    told = same_ride([Ride(seconds=600).gpx(), Ride(seconds=600).fit()])
    assert isinstance(told, Comparison)
    assert len(repr(told)) < 80
    assert len(repr(told.pairs)) < 80
    assert "the same ride" in str(told)
    assert told.same
