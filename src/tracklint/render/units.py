"""Metric and imperial units, for pages that people read. Data stays metric."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Literal

__all__ = ["UNITS", "Measure", "System", "Units"]

System = Literal["metric", "imperial"]

_FOOT, _MILE = 0.3048, 1609.344  # metres, as the international yard of 1959 has them


@dataclass(frozen=True, slots=True)
class Measure:
    """How a channel is said: its unit, ``value * factor + offset`` of the unit that columns have, its decimals."""

    unit: str
    decimals: int = 0
    factor: float = 1.0
    offset: float = 0.0

    def of(self, value: float) -> float:
        """A value of the column in this unit."""
        return value * self.factor + self.offset


@dataclass(frozen=True, slots=True)
class Units:
    """What each channel is measured in, and how a way and a climb in metres are said."""

    channels: Mapping[str, Measure]
    way: Callable[[float], str]
    climb: Callable[[float], str]


_METRIC = {
    "latitude": Measure("deg", 5), "longitude": Measure("deg", 5), "altitude": Measure("m", 1),
    "distance": Measure("m"), "speed": Measure("m/s", 2), "heart_rate": Measure("bpm"), "cadence": Measure("rpm"),
    "power": Measure("W"), "temperature": Measure("deg C"),
}  # fmt: skip
_IMPERIAL = _METRIC | {
    "altitude": Measure("ft", 0, 1 / _FOOT), "distance": Measure("mi", 2, 1 / _MILE),
    "speed": Measure("mph", 1, 3600 / _MILE), "temperature": Measure("deg F", 0, 1.8, 32),
}  # fmt: skip


def _metric_way(metres: float) -> str:
    return f"{metres / 1000:.2f} km" if metres >= 1000 else f"{metres:.0f} m"


def _imperial_way(metres: float) -> str:
    return f"{metres / _MILE:.2f} mi" if metres >= _MILE else f"{metres / _FOOT:.0f} ft"


#: Both systems by name.
UNITS: Mapping[System, Units] = {
    "metric": Units(_METRIC, _metric_way, lambda metres: f"{metres:.0f} m"),
    "imperial": Units(_IMPERIAL, _imperial_way, lambda metres: f"{metres / _FOOT:.0f} ft"),
}
