"""What an activity has beside its columns: sessions, laps, events and the device."""

from __future__ import annotations

from dataclasses import dataclass, field, fields, is_dataclass
from typing import Any

import numpy as np

from .findings import Where

__all__ = ["SAID_OF", "Device", "Event", "Lap", "Session", "alike", "hash_of"]

#: The columns of which a session may say average and maximum, in m/s, bpm, rpm and W.
SAID_OF = ("speed", "heart_rate", "cadence", "power")


def alike(one: object, other: object) -> bool:
    """Whether two things are equal field by field and element by element, where NaN, "not known", equals NaN."""
    if isinstance(one, np.ndarray):
        floats = one.dtype.kind == "f"
        return isinstance(other, np.ndarray) and np.array_equal(one, other, equal_nan=floats)
    if isinstance(one, tuple):
        return isinstance(other, tuple) and len(one) == len(other) and all(map(alike, one, other))
    if is_dataclass(one):
        return type(one) is type(other) and all(
            alike(getattr(one, f.name), getattr(other, f.name)) for f in fields(one) if f.compare
        )
    return one == other or (one != one and other != other)  # noqa: PLR0124 - NaN alone is not itself


def hash_of(one: Any) -> int:
    """A hash that goes with `alike`, of a data class without arrays."""
    return hash(tuple(value for f in fields(one) if (value := getattr(one, f.name)) == value))


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Session:
    """One FIT session, TCX Activity or Course, or GPX trk. Times in UTC seconds, NaN where the file does not say.

    ``sport`` is the word of the file (for FIT the profile's name, or the number as text when the profile has none);
    ``sub_sport`` exists in FIT only. ``start_time`` + ``elapsed_s`` is the end; a FIT session's own timestamp is not.
    ``averages`` and ``maxima`` are what a FIT session says of the columns of `SAID_OF`, and ``work_j`` its work in
    joules.
    """

    sport: str | None = None
    sub_sport: str | None = None
    name: str | None = None
    start_time: float = np.nan
    timestamp: float = np.nan
    elapsed_s: float = np.nan
    timer_s: float = np.nan
    distance_m: float = np.nan
    ascent_m: float = np.nan
    descent_m: float = np.nan
    calories: float = np.nan
    pool_length_m: float = np.nan
    work_j: float = np.nan
    averages: tuple[float | None, ...] = (None,) * len(SAID_OF)
    maxima: tuple[float | None, ...] = (None,) * len(SAID_OF)
    first_point: int = 0
    points: int = 0
    where: Where = field(default_factory=Where)

    __eq__ = alike
    __hash__ = hash_of


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Lap:
    """One FIT or TCX lap. ``points`` is the number of points inside it (TCX; 0 for FIT, where laps are time
    windows). ``averages`` and ``maxima`` are what it says of the columns of `SAID_OF`."""

    start_time: float = np.nan
    timestamp: float = np.nan
    elapsed_s: float = np.nan
    timer_s: float = np.nan
    distance_m: float = np.nan
    calories: float = np.nan
    averages: tuple[float | None, ...] = (None,) * len(SAID_OF)
    maxima: tuple[float | None, ...] = (None,) * len(SAID_OF)
    first_point: int = 0
    points: int = 0
    where: Where = field(default_factory=Where)

    __eq__ = alike
    __hash__ = hash_of


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Event:
    """A FIT event message: ``event`` and ``kind`` (event_type) are profile names, e.g. ``timer`` and ``stop_all``."""

    time: float
    event: str
    kind: str
    where: Where = field(default_factory=Where)

    __eq__ = alike
    __hash__ = hash_of


@dataclass(frozen=True, slots=True, kw_only=True)
class Device:
    """The recording device. For GPX ``name`` is ``@creator``, for TCX ``Creator/Name``; for FIT it is file_id's
    product_name or the profile's name for manufacturer and product. Numbers are kept as ``*_id``. ``software`` and
    ``hardware`` are versions. ``barometer`` is ``None`` where the file does not tell; ``where`` points at the name's
    text (or at file_id)."""

    name: str | None = None
    manufacturer: str | None = None
    product: str | None = None
    manufacturer_id: int | None = None
    product_id: int | None = None
    serial: int | None = None
    software: str | None = None
    hardware: str | None = None
    barometer: bool | None = None
    where: Where = field(default_factory=Where)
