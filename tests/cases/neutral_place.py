"""Cases for the rules about positions, elevations and speed that hold for all formats."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from cases.neutral_time import RIDE, XML, _case, _spared
from tracklint.testing import Ride

Changes = Mapping[int, Mapping[str, Any]]


def _moved(points: Iterable[int], column: str, by: float, ride: Ride = RIDE) -> Changes:
    return {i: {column: ride.point(i)[column] + by} for i in points}


def _at(points: Iterable[int], **columns: Any) -> Changes:
    return dict.fromkeys(points, columns)


def _frozen(first: int, ride: Ride) -> Changes:
    there = {name: ride.point(first)[name] for name in ("latitude", "longitude")}
    return dict.fromkeys(range(first, ride.points), there)


_FAR_EAST = Ride(seconds=60, longitude=120.0)
_SWAPPED = {
    i: {"latitude": _FAR_EAST.point(i)["longitude"], "longitude": _FAR_EAST.point(i)["latitude"]} for i in range(61)
}
_EQUAL = {i: {"latitude": RIDE.point(i)["longitude"], "longitude": RIDE.point(i)["longitude"]} for i in range(61)}
_LONGER = Ride(seconds=120)
_NO_ALTITUDE = tuple(c for c in RIDE.channels if c != "altitude")
_CLIMBED = {"session": {"total_ascent": 1000}, "lap": {"total_ascent": 1000}}

CASES = [
    *_case("POS005", "one", change=_at([30], latitude=0, longitude=0)),
    *_case("POS005", "all", change=_at(range(61), latitude=0, longitude=0)),
    *_spared("POS005", "there", Ride(seconds=60, latitude=0.0, longitude=0.0)),
    *_case("POS006", "pause-of-huawei", change=_at([30], latitude=90, longitude=-80)),
    *_spared("POS006", "far-north", Ride(seconds=60, latitude=85.0)),
    *_spared("POS006", "date-line", Ride(seconds=60, longitude=179.99), "FIT429"),
    *_case("POS007", "swapped", _FAR_EAST, change=_SWAPPED),
    *_case("POS007", "same", change=_EQUAL),
    *_spared("POS007", "diagonal", Ride(seconds=60, latitude=20.0, longitude=20.0)),
    *_spared("POS007", "one", _FAR_EAST, "POS004", "FIT429", change={30: _SWAPPED[30]}),
    *_case("POS008", "kilometre", change=_moved([20], "latitude", 0.01)),
    *_case("POS008", "three", change=_moved([20, 21, 22], "longitude", 0.1)),
    *_spared("POS008", "fifty-metres", change=_moved([20], "latitude", 0.0005)),
    *_case("POS009", "nan", change=_at([30], altitude="NaN"), kinds=XML),
    *_case("POS009", "empty", change=_at([30], altitude=""), kinds=XML),
    *_spared("POS009", "spaces", change=_at([30], altitude=" 101.5 "), kinds=XML),
    *_case("POS010", "zero-filled", change=_at([30], altitude=-500), kinds=("fit",)),
    *_case("POS010", "marker", change=_at([30], altitude=-19999), kinds=XML),
    *_spared("POS010", "dead-sea", Ride(seconds=60, altitude=-430.0)),
    *_case("POS011", "all", change=_at(range(61), altitude=100), kinds=("fit",)),
    *_case("POS011", "all", change=_at(range(61), altitude=100), kinds=XML, creator="Garmin Edge 530"),
    *_spared("POS011", "two", change=_at(range(60), altitude=90)),
    *_case("POS013", "indoor", Ride(seconds=60, channels=RIDE.channels[1:]), kinds=("tcx",)),
    *_spared("POS013", "one-there", change=_at(range(60), position=None), kinds=("tcx",)),
    *_case("POS014", "kilometre", change=_moved(range(40, 61), "latitude", 0.01)),
    *_spared("POS014", "fifty-metres", change=_moved(range(40, 61), "latitude", 0.0005)),
    *_case("POS015", "tunnel", _LONGER, change=_frozen(25, _LONGER), kinds=("fit", "tcx")),
    *_spared("POS015", "short", _LONGER, change=_frozen(70, _LONGER), kinds=("fit", "tcx")),
    *_case("POS016", "hundred-metres", change=_moved(range(40, 61), "altitude", 100)),
    *_spared("POS016", "forty-metres", change=_moved(range(40, 61), "altitude", 40)),
    *_case("POS017", "flat", Ride(seconds=60, laps=1), kinds=("fit",), messages=_CLIMBED),
    *_spared("POS017", "little", Ride(seconds=60, laps=1), kinds=("fit",), messages={n: {"total_ascent": 90} for n in _CLIMBED}),
    *_case("SPT008", "car", Ride(seconds=60, sport="running", speed=20.0)),
    *_spared("SPT008", "bicycle", Ride(seconds=60, speed=20.0)),
    *_case("DEV007", "none", Ride(seconds=60, channels=_NO_ALTITUDE), kinds=XML),
    *_case("DEV007", "constant", change=_at(range(61), altitude=100), kinds=XML),
    *_spared("DEV007", "no-claim", Ride(seconds=60, channels=_NO_ALTITUDE), kinds=XML, creator="Garmin Edge 530"),
]  # fmt: skip
