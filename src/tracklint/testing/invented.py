"""An invented ride as numbers. The files are written from it, so it knows none of them."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cached_property
from itertools import pairwise
from typing import Any, Final

__all__ = ["CHANNELS", "OMIT", "Change", "Invented", "LapFacts", "Omit", "Point", "Raw"]

CHANNELS = ("position", "altitude", "heart_rate", "cadence", "power", "temperature", "distance", "speed")
_COLUMNS = (
    "time",
    "latitude",
    "longitude",
    "altitude",
    "heart_rate",
    "cadence",
    "power",
    "temperature",
    "distance",
    "speed",
)
_EARTH_RADIUS_M = 6_371_008.8
#: The track is a circle of this radius; the road rises and falls by twice `_HILL_M` once a round.
_RADIUS_M = 500.0
_HILL_M = 10.0
#: sport -> mean speed (m/s), mean cadence (a minute), mean power (W), heart rate (bpm), energy (kcal a second)
_EFFORT: Final = {
    "cycling": (8.0, 85.0, 180.0, 130.0, 0.18),
    "running": (3.2, 84.0, 240.0, 145.0, 0.22),
    "hiking": (1.3, 52.0, 110.0, 110.0, 0.11),
    "walking": (1.4, 54.0, 90.0, 100.0, 0.08),
    "swimming": (1.2, 28.0, 120.0, 135.0, 0.16),
}
_PERIOD_S = 60.0

Point = dict[str, Any]
#: point index (negative counts from the end) -> column -> value
Change = Mapping[int, Mapping[str, Any]]


class Raw(int):
    """A number that goes into the FIT field as it is, without scale and offset: ``{"power": Raw(65535)}``."""

    __slots__ = ()


class Omit:
    """The class of `OMIT`."""

    def __repr__(self) -> str:
        return "OMIT"


#: Leaves a thing out: a record's field in ``change`` (where ``None`` writes FIT's invalid value), a creator, a type.
OMIT: Final = Omit()


@dataclass(frozen=True, slots=True)
class LapFacts:
    """One lap of a ride: its points from ``first`` to ``last``, its times, and sums over it. Calories are whole
    kcal."""

    index: int
    first: int
    last: int
    start_time: float
    elapsed_s: int
    distance_m: float
    ascent_m: int
    descent_m: int
    calories: int


@dataclass(frozen=True, kw_only=True)
class Invented:
    """The data of `ride.Ride`, where its fields are described: seconds, columns, laps and totals.

    Raises ValueError for names and numbers that no ride can have.
    """

    seconds: int = 120
    start: str | float = "2024-05-01T10:00:00Z"
    sport: str = "cycling"
    sub_sport: str | None = None
    channels: tuple[str, ...] = CHANNELS
    laps: int = 2
    name: str = "Invented round"
    device: str = "tracklint ride builder with barometer"
    speed: float | None = None
    latitude: float = 47.0
    longitude: float = 20.0
    altitude: float = 100.0
    utc_offset: int = 7200
    serial: int = 3141592653

    def __post_init__(self) -> None:
        if unknown := set(self.channels) - set(CHANNELS):
            raise ValueError(f"unknown channel {min(unknown)!r}; known are {', '.join(CHANNELS)}")
        if self.seconds < 0 or not 1 <= self.laps <= max(self.seconds, 1):
            raise ValueError(f"{self.seconds} s in {self.laps} laps is no ride: a lap lasts 1 s at least")

    @property
    def points(self) -> int:
        """The number of points: one a second, both ends included."""
        return self.seconds + 1

    @cached_property
    def start_time(self) -> float:
        """The start in UTC seconds since 1970."""
        if isinstance(self.start, str):
            when = datetime.fromisoformat(self.start)
            return (when if when.tzinfo else when.replace(tzinfo=UTC)).timestamp()
        return float(self.start)

    def time(self, i: int) -> float:
        """The time of point ``i`` in UTC seconds; a negative index counts from the end."""
        return self.start_time + (i if i >= 0 else self.points + i)

    def point(self, i: int) -> Point:
        """The columns of point ``i`` in physical units (UTC seconds, degrees, m, m/s, bpm, rpm, W, deg C)."""
        mean, cadence, power, heart_rate, _ = self._effort
        turn = 2 * math.pi * i / _PERIOD_S
        along = self._distance(i)
        angle = along / _RADIUS_M
        wave = math.sin(turn)
        north = math.degrees(_RADIUS_M * math.cos(angle) / _EARTH_RADIUS_M)
        east = math.degrees(_RADIUS_M * math.sin(angle) / (_EARTH_RADIUS_M * math.cos(math.radians(self.latitude))))
        return {
            "time": self.start_time + i,
            "latitude": round(self.latitude + north, 7),
            "longitude": round(self.longitude + east, 7),
            "altitude": round(self._altitude(i), 1),
            "heart_rate": round(heart_rate + 12 * wave + 6 * math.sin(i / 97)),
            "cadence": round(cadence + 4 * wave),
            "power": round(power + 30 * wave + 10 * math.sin(i / 7)),
            "temperature": round(18 + 3 * math.sin(i / 120)),
            "distance": round(along, 2),
            "speed": round(mean * (1 + 0.1 * wave), 3),
        }

    def rows(
        self, change: Change | None = None, skip: Iterable[int] = (), known: Iterable[str] = ()
    ) -> Iterator[Point]:
        """Every point that is written, changed as asked. ``known`` names what ``change`` may hold beside the
        columns."""
        changes = {self._index(i): dict(values) for i, values in (change or {}).items()}
        allowed = {*_COLUMNS, "position", *known}
        for values in changes.values():
            if unknown := set(values) - allowed:
                raise ValueError(f"unknown column {min(unknown)!r}; known are {', '.join(sorted(allowed))}")
            if "position" in values:
                both = values.pop("position")
                values |= {"latitude": both, "longitude": both}
        left_out = {self._index(i) for i in skip}
        for i in range(self.points):
            if i not in left_out:
                yield {"index": i, **self.point(i), **changes.get(i, {})}

    @cached_property
    def lap_facts(self) -> tuple[LapFacts, ...]:
        """The laps in order; the last point of one is the first of the next."""
        edges = [round(self.seconds * k / self.laps) for k in range(self.laps + 1)]
        return tuple(self._lap(k, first, last) for k, (first, last) in enumerate(pairwise(edges)))

    def total(self, name: str) -> float:
        """The sum of one number of `LapFacts` over the laps, so that totals agree with the laps exactly."""
        return float(sum(getattr(lap, name) for lap in self.lap_facts))

    @cached_property
    def _effort(self) -> tuple[float, float, float, float, float]:
        mean, *others = _EFFORT.get(self.sport, _EFFORT["cycling"])
        cadence, power, heart_rate, energy = others
        return self.speed or mean, cadence, power, heart_rate, energy

    def _distance(self, i: float) -> float:
        """Metres after ``i`` seconds: the integral of a speed that swings by a tenth once a minute."""
        swing = 0.1 * _PERIOD_S / (2 * math.pi) * (1 - math.cos(2 * math.pi * i / _PERIOD_S))
        return self._effort[0] * (i + swing)

    def _altitude(self, i: float) -> float:
        return self.altitude + _HILL_M * math.sin(self._distance(i) / _RADIUS_M)

    def _lap(self, index: int, first: int, last: int) -> LapFacts:
        steps = [b - a for a, b in pairwise(self._altitude(i) for i in range(first, last + 1))]
        energy = self._effort[4]
        return LapFacts(
            index=index,
            first=first,
            last=last,
            start_time=self.start_time + first,
            elapsed_s=last - first,
            distance_m=round(round(self._distance(last), 2) - round(self._distance(first), 2), 2),
            ascent_m=round(sum(step for step in steps if step > 0)),
            descent_m=round(-sum(step for step in steps if step < 0)),
            calories=round(energy * last) - round(energy * first),
        )

    def _index(self, i: int) -> int:
        if not -self.points <= i < self.points:
            raise ValueError(f"the ride has {self.points} points; there is no point {i}")
        return i % self.points
