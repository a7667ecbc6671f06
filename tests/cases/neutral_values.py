"""Cases for the rules about sensor values that hold for all formats."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from cases import Case
from cases.neutral_time import RIDE, XML, _case, _spared
from tracklint.testing import FitBuilder, Ride, fit_time

Changes = Mapping[int, Mapping[str, Any]]
_FIT_TCX = ("fit", "tcx")
_GPX = {"kinds": ("gpx",), "extension": "general"}


def _one(**columns: Any) -> Changes:
    return {40: columns}


def _all(ride: Ride, points: Iterable[int] | None = None, **columns: Any) -> Changes:
    return dict.fromkeys(range(ride.points) if points is None else points, columns)


def _times(column: str, factor: float) -> Changes:
    return {i: {column: RIDE.point(i)[column] * factor} for i in range(61)}


def _records(fields: list[tuple[int, int, int]], values: Callable[[int], tuple[int, ...]]) -> Callable[[], bytes]:
    """The ride with records of these fields only, after time and distance."""

    def build() -> bytes:
        more = FitBuilder().define(12, 20, [(253, 4, 0x86), (5, 4, 0x86), *fields])
        for i in range(61):
            more.data(12, fit_time(RIDE.time(i)), round(100 * RIDE.point(i)["distance"]), *values(i))
        body = RIDE.fit(without=("record",))[14:-2]
        return FitBuilder().raw(body + more.build()[14:-2]).build()

    return build


_POWER_AND_BALANCE = [(7, 2, 0x84), (30, 1, 0x02)]
_TWO_SPEEDS = [(6, 2, 0x84), (73, 4, 0x86)]
_RUN = Ride(seconds=60, sport="running")
_LONG = Ride(seconds=704, laps=1)
#: All but every eighth of its points.
_BETWEEN = tuple(i for i in range(705) if i % 8)
_INDOOR = tuple(c for c in RIDE.channels if c not in ("position", "distance", "altitude"))

_TEMPERATURE = b"<Extensions><Temperature>20</Temperature></Extensions></Trackpoint>"

CASES = [
    Case("SEN017", lambda: Ride(seconds=60, channels=_INDOOR[:1]).tcx().replace(b"</Trackpoint>", _TEMPERATURE), True, frozenset({"SEN031", "POS013"}), "extension"),
    *_spared("SEN017", "none", kinds=("tcx",)),

    *_case("SEN007", "half", change=_one(heart_rate="130.5"), kinds=XML),
    *_spared("SEN007", "none", change=_one(heart_rate="130"), kinds=XML),
    *_case("SEN008", "low", change=_one(heart_rate=20)),
    *_case("SEN008", "zero", change=_one(heart_rate=0)),
    *_case("SEN008", "zeros", change={i: {"heart_rate": 0} for i in range(20, 40)}),
    *_case("SEN008", "only-zeros", change={i: {"heart_rate": 0} for i in range(61)}),
    *_case("SEN008", "text", change=_one(heart_rate="None"), kinds=XML),
    *_spared("SEN008", "bradycardia", change=_one(heart_rate=31)),
    *_case("SEN009", "no-value", change=_one(cadence=255), kinds=XML),
    *_case("SEN009", "half", change=_one(cadence="85.5"), kinds=XML),
    *_spared("SEN009", "sprint", change=_one(cadence=180), kinds=XML),
    *_case("SEN010", "steps", _RUN, change=_all(_RUN, cadence=172)),
    *_spared("SEN010", "strides", _RUN, change=_all(_RUN, cadence=86)),
    *_spared("SEN010", "cycling", RIDE, "FIT433", change=_all(RIDE, cadence=121)),
    *_case("SEN011", "peak", change=_one(power=3000), kinds=_FIT_TCX),
    *_case("SEN011", "peak", RIDE, "SEN021", change=_one(power=3000), **_GPX),
    *_case("SEN011", "half", change=_one(power="250.5"), kinds=("tcx",)),
    *_spared("SEN011", "sprint", RIDE, "FIT433", change=_one(power=2000), kinds=_FIT_TCX),
    *_case("SEN014", "empty", change=_one(heart_rate=""), kinds=XML),
    *_spared("SEN014", "none", change=_one(heart_rate=None), kinds=XML),
    *_case("SEN016", "back", change=_one(distance=RIDE.point(39)["distance"] - 20), kinds=_FIT_TCX),
    *_case("SEN016", "back", RIDE, "SEN021", change=_one(distance=RIDE.point(39)["distance"] - 20), **_GPX),
    *_spared("SEN016", "rounding", change=_one(distance=RIDE.point(39)["distance"] - 0.4), kinds=_FIT_TCX),
    *_case("SEN022", "kilometres-per-hour", change=_times("speed", 3.6), kinds=_FIT_TCX),
    *_case("SEN022", "millimetres", RIDE, "SEN021", change=_times("distance", 1000), **_GPX),
    *_spared("SEN022", "one-and-a-half", RIDE, "FIT433", change=_times("speed", 1.5), kinds=_FIT_TCX),
    *_case("SEN023", "stuck", _LONG, skip=_BETWEEN, change=_all(_LONG, heart_rate=131)),
    *_spared("SEN023", "eight-minutes", _LONG, skip=_BETWEEN, change=_all(_LONG, range(480), heart_rate=131)),
    *_case("SEN024", "holes", change=_all(RIDE, (*range(10, 15), *range(30, 36)), heart_rate=None)),
    *_spared("SEN024", "few", change=_all(RIDE, range(10, 15), heart_rate=None)),
    *_spared("SEN024", "strap-put-on-late", change=_all(RIDE, range(30), heart_rate=None)),
    Case("SEN025", _records(_POWER_AND_BALANCE, lambda _: (200, 0x80 | 100)), True, frozenset({"FIT425"}), "right"),
    Case("SEN025", _records(_POWER_AND_BALANCE, lambda i: (200 * (i % 20 > 0), 0x80 | (51 if i % 20 else 100))), False, frozenset({"FIT425"}), "coasting"),
    *_case("SEN027", "spike", change=_one(speed=50), kinds=_FIT_TCX),
    *_case("SEN027", "spike", RIDE, "SEN004", change=_one(speed=50), kinds=("gpx",), extension="v2"),
    *_spared("SEN027", "downhill", RIDE, "FIT433", change=_one(speed=39), kinds=_FIT_TCX),
    *_case("SEN028", "kelvin", change=_one(temperature=100), kinds=("fit", "gpx")),
    *_spared("SEN028", "oven", change=_one(temperature=84), kinds=("fit", "gpx")),
    *_case("SEN031", "treadmill", Ride(seconds=60, sport="running", channels=_INDOOR), kinds=("fit",)),
    *_case("SEN031", "treadmill", Ride(seconds=60, channels=_INDOOR), "POS013", kinds=("tcx",)),
    *_spared("SEN031", "with-distance", Ride(seconds=60, channels=(*_INDOOR, "distance")), "POS013", kinds=_FIT_TCX),
    *_case("SEN032", "nan", change=_one(speed="NaN"), kinds=("tcx",)),
    *_case("SEN032", "infinity", RIDE, "SEN021", change=_one(distance="Infinity"), **_GPX),
    *_spared("SEN032", "zero", change=_one(speed="0"), kinds=("tcx",)),
    *_case("SEN033", "no-value", change=_one(distance=-2147483.75), kinds=("tcx",)),
    *_case("SEN033", "no-value", RIDE, "SEN021", change=_one(distance=-2147483.75), **_GPX),
    *_spared("SEN033", "first", change={0: {"distance": 0.0}}, kinds=("tcx",)),
    Case("FIT209", _records(_TWO_SPEEDS, lambda _: (8000, 7900)), True, frozenset({"FIT425"}), "speed"),
    Case("FIT209", _records(_TWO_SPEEDS, lambda i: (8000, 8000 + i % 2)), False, frozenset({"FIT425"}), "rounding"),
]  # fmt: skip
