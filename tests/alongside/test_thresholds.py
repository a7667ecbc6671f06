"""Thresholds: how they are spelt, and what is beyond them."""

from __future__ import annotations

import pytest
from devices import Road

from tracklint import same_ride
from tracklint.alongside.thresholds import MEASURES, BadThreshold, beyond, threshold

ROAD = Road(seconds=1800)
TOLD = same_ride([ROAD.recorded(), ROAD.recorded(ahead=37, gain=1.03, zero=4, noise_m=5)])


@pytest.mark.parametrize(
    ("within", "exceeded"),
    [
        ("power.bias=6%", "power.bias=4%"),
        ("power.bias=12 W", "power.bias=6W"),
        ("offset=37s", "offset=36"),
        ("power.slope=4%", "power.slope=2%"),
        ("power.intercept=6", "power.intercept=2"),
        ("separation.p50=8m", "separation.p50=4m"),
        ("separation.p95=14m", "separation.p95=8m"),
        ("cadence.correlation=0.99", "cadence.correlation=1.01"),
        ("power.mae=12W", "power.mae=6 W"),
    ],
)
def test_what_is_beyond_is_told_and_what_is_within_is_not(within: str, exceeded: str) -> None:
    assert beyond(TOLD, [threshold(within)]) == []
    (told,) = beyond(TOLD, [threshold(within), threshold(exceeded)])
    assert told.measured
    assert told.threshold.text == exceeded
    assert str(told).startswith("recording 2: ")
    assert "allowed is" in str(told)


def test_what_cannot_be_measured_is_told() -> None:
    (told,) = beyond(TOLD, [threshold("temperature.bias=1")])
    assert not told.measured
    assert str(told) == "recording 2: temperature.bias=1 could not be measured"


@pytest.mark.parametrize("text", ["power", "power.bias", "power.bias=x", "mood=3", "power.bias=3m", "offset=3%", "=3"])
def test_a_threshold_that_says_nothing_is_refused(text: str) -> None:
    with pytest.raises(BadThreshold):
        threshold(text)


def test_every_measure_can_be_asked_of_a_pair() -> None:
    assert all(isinstance(measure.of(TOLD.pairs[0]), float) for measure in MEASURES.values())
