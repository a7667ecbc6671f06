"""Over real files: the same ride in two formats has offset 0 and no alarm, and different rides are told. Pairs are found
by their times alone."""

from __future__ import annotations

import random
from collections.abc import Iterator
from itertools import combinations
from pathlib import Path

import numpy as np
import pytest

from conftest import CORPUS
from tracklint import Activity, Pair, read, same_ride
from tracklint.alongside.thresholds import beyond, threshold

#: What a change of format may make of a ride.
STRICT = [threshold(text) for text in ("offset=0", "distance=2%", "ascent=2%", "separation.p50=5m")]
DAY_S = 86400.0

Rides = dict[Path, tuple[Activity, float, float]]


@pytest.fixture(scope="module")
def rides() -> Rides:
    folders = [folder for folder in (CORPUS, CORPUS.with_name("corpus2")) if folder.is_dir()]
    if not folders:
        pytest.skip(f"no corpus of real files at {CORPUS} (set TRACKLINT_CORPUS)")
    found: Rides = {}
    for folder in folders:
        for path in sorted(folder.glob("*/*")):
            activity = read(path)
            times = activity.time[np.isfinite(activity.time)]
            if len(times) > 1 and np.ptp(times) >= 10:
                found[path] = activity, float(times.min()), float(times.max())
    return found


def _in_two_formats(rides: Rides) -> Iterator[tuple[Path, Path]]:
    """Files of two formats that begin and end within two minutes of each other."""
    for one, two in combinations(rides, 2):
        (first, *mine), (second, *others) = rides[one], rides[two]
        if first.format != second.format and max(abs(a - b) for a, b in zip(mine, others, strict=True)) < 120:
            yield one, two


def _told(rides: Rides, one: Path, two: Path) -> Pair:
    (pair,) = same_ride([rides[one][0], rides[two][0]]).pairs
    return pair


def test_one_ride_in_two_formats_has_no_offset_and_raises_no_alarm(rides: Rides) -> None:
    same_points = thinned = 0
    for one, two in _in_two_formats(rides):
        told = same_ride([rides[one][0], rides[two][0]])
        (pair,) = told.pairs
        assert pair.same, (one.name, two.name, pair.why)
        asked = [each for each in STRICT if _has(pair, each.measure)]
        assert beyond(told, asked) == [], (one.name, two.name)
        own, others = pair.points
        assert pair.sampling_differs == (max(own, others) > 1.02 * min(own, others) + 1)
        same_points += not pair.sampling_differs
        thinned += pair.sampling_differs
    assert (same_points >= 10, thinned >= 1) == (True, True), (same_points, thinned)


def _has(pair: Pair, measure: str) -> bool:
    """Whether a pair has what is measured; nobody climbs on a flat road."""
    total = pair.ascent
    there = {"ascent": total is not None and total.reference > 0, "distance": pair.distance is not None}
    return there.get(measure, measure == "offset" or pair.separation is not None)


def test_different_rides_are_told(rides: Rides) -> None:
    """Rides of at least five minutes that are two days apart, picked by a fixed seed."""
    pairs = list(combinations((path for path, (_, start, end) in rides.items() if end - start >= 300), 2))
    random.Random(13).shuffle(pairs)
    different = [(a, b) for a, b in pairs if abs(rides[a][1] - rides[b][1]) > 2 * DAY_S][:20]
    assert len(different) == 20
    assert [(a.name, b.name) for a, b in different if _told(rides, a, b).same] == []
