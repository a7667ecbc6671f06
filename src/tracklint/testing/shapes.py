"""How exporters write: their creators, prefixes, digits, fractions of a second and white space.

Taken from files that Garmin Connect, Strava and Polar Flow exported and from public reports about the others; what the
ride is stays the same, only its spelling differs. Nothing of a real track is in them.
"""

from __future__ import annotations

import struct
from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from .xmltext import Way

__all__ = ["PLAIN", "SHAPES", "Shape", "shape_of"]


def every_digit_of_semicircles(value: float) -> str:
    """A coordinate as a FIT device stores it, with all its digits: 40.18894976936280727386464609375."""
    return every_digit(_semicircles(value))


def shortest_of_semicircles(value: float) -> str:
    """A coordinate as a FIT device stores it, with the fewest digits that read back: 49.26990852691233."""
    return shortest(_semicircles(value))


def every_digit(value: float) -> str:
    """All digits that a double has, as Java's BigDecimal writes it: 18.6000003814697265625."""
    return f"{Decimal(value):f}"


def every_digit_of_single(value: float) -> str:
    """All digits of the nearest number of 32 bits: 1531.4000244140625."""
    return every_digit(_single(value))


def shortest_of_single(value: float) -> str:
    """The nearest number of 32 bits, as a double is written: 71.5999984741211."""
    return repr(_single(value))


def shortest(value: float) -> str:
    """The fewest digits that read back as the same double."""
    return repr(float(value))


def _semicircles(value: float) -> float:
    return round(value * 2**31 / 180) * 180 / 2**31


def _single(value: float) -> float:
    single: float = struct.unpack("<f", struct.pack("<f", value))[0]
    return single


@dataclass(frozen=True, slots=True, kw_only=True)
class Shape:
    """One way to write a ride.

    ``creator`` is that of GPX, ``None`` for the ride's device. ``extension`` is where GPX has the sensors
    (`write_gpx`), ``prefix`` the prefix there; ``tpx_prefix`` is that of TPX in TCX, ``None`` where each declares its
    namespace. ``gpx`` and ``tcx`` say by column how numbers are written: decimals, or a function. ``fraction`` is the
    number of digits of every second's fraction.
    ``indent`` is the number of spaces a level, ``None`` for a file of one line. ``typed`` puts an ``xsi:type`` on heart
    rates in TCX, as older exporters do.
    """

    creator: str | None = None
    extension: str | None = "documented"
    prefix: str | None = None
    tpx_prefix: str | None = "ns3"
    gpx: Mapping[str, Way] = field(default_factory=dict)
    tcx: Mapping[str, Way] = field(default_factory=dict)
    fraction: int = 0
    indent: int | None = 2
    typed: bool = False


PLAIN: Final = Shape()
_AXES: Final = ("latitude", "longitude")
_SINGLES: Final = dict.fromkeys(("altitude", "distance", "speed"), shortest_of_single)
SHAPES: Final[Mapping[str, Shape]] = {
    "garmin": Shape(
        creator="Garmin Connect",
        extension="v1",
        prefix="ns3",
        gpx={**dict.fromkeys(_AXES, every_digit_of_semicircles), "altitude": every_digit_of_single, "temperature": 1},
        tcx={**dict.fromkeys(_AXES, shortest_of_semicircles), **_SINGLES},
        fraction=3,
    ),
    "strava": Shape(
        creator="StravaGPX",
        extension="strava",
        tpx_prefix=None,
        gpx={"temperature": 0},
        tcx={"distance": 1, "altitude": 1},
        indent=1,
    ),
    "suunto": Shape(
        extension="cluetrust",
        gpx={"latitude": 6, "longitude": 6, "altitude": 0, "distance": shortest},
        tcx={**dict.fromkeys(_AXES, shortest_of_semicircles), "altitude": 0, "distance": 0},
        fraction=3,
    ),
    "polar": Shape(
        extension="v1",
        gpx={"latitude": 8, "longitude": 8, "altitude": 1},
        tcx={"latitude": 8, "longitude": 8, "altitude": 3, "distance": shortest},
        fraction=3,
        indent=None,
    ),
    "zwift": Shape(
        extension="strava",
        gpx={**dict.fromkeys(_AXES, shortest_of_semicircles), "altitude": every_digit_of_single},
        tcx={**dict.fromkeys(_AXES, shortest_of_semicircles), **_SINGLES},
        typed=True,
    ),
}


def shape_of(name: str | None) -> Shape:
    """The shape with this name. Raises ValueError."""
    if name is not None and name not in SHAPES:
        raise ValueError(f"unknown shape {name!r}; known are {', '.join(SHAPES)} and None")
    return SHAPES[name] if name is not None else PLAIN
