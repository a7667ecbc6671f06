"""Where an anonymised ride lies, and when: the globe is turned under it, and its days are moved.

A turn of the whole globe keeps every distance and every shape. The middle of the ride comes to a place in the Pacific,
and the ride is turned around it by an angle that nobody keeps, so that there is no way back from the numbers.
"""

from __future__ import annotations

import datetime
import math
import secrets
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

__all__ = ["DAY", "MIDDLE", "Floats", "Move", "are_dates", "move_of"]

Floats = npt.NDArray[np.float64]

DAY = 86_400
#: Where the middle of a ride comes to, degrees: on the equator, where no land is near.
MIDDLE = 0.0, -150.0
#: The year that a ride gets; one of a year that may be wrong keeps it (clocks of GPS that are 1,024 weeks late).
_YEAR, _EARLIEST = 2024, 2010
#: 1989-12-31: before it nobody rode with a receiver for GPS.
_FIRST = 631_065_600


@dataclass(frozen=True, slots=True, eq=False)
class Move:
    """A rotation matrix of the globe, and how many days later a time is. A clock that goes by the sun of the place is
    ``hours`` ahead besides."""

    turn: Floats
    days: int
    hours: int

    def position(self, latitude: Floats, longitude: Floats) -> tuple[Floats, Floats]:
        """Positions in degrees after the turn. What is no position on the globe comes to 95 or 185 degrees, and 0, 0,
        which devices write where they have none, stays."""
        usable = (np.abs(latitude) <= 90) & (np.abs(longitude) <= 180)
        lat, lon = np.radians(np.where(usable, latitude, 0)), np.radians(np.where(usable, longitude, 0))
        points = np.stack((np.cos(lat) * np.cos(lon), np.cos(lat) * np.sin(lon), np.sin(lat)))
        x, y, z = self.turn @ points
        moved = np.degrees(np.arctan2(z, np.hypot(x, y))), np.degrees(np.arctan2(y, x))
        nowhere = (latitude == 0) & (longitude == 0)
        new = (np.where(nowhere, 0.0, each) for each in moved)
        far = (95.0 * np.sign(latitude), 185.0 * np.sign(longitude))
        outside = (np.abs(latitude) > 90, np.abs(longitude) > 180)
        lost = (np.where(out, away, 0.0) for out, away in zip(outside, far, strict=True))
        first, second = (np.where(usable, a, b) for a, b in zip(new, lost, strict=True))
        return first, second


def move_of(latitude: Floats, longitude: Floats, times: Floats, now: float) -> Move:
    """The move of a ride with these positions (degrees) and times (UTC seconds)."""
    known = are_dates(times)
    days = _days(float(np.median(times[known])), now) if known.any() else 0
    past = times[known & (times <= now)]
    if len(past):  # nothing gets a date in the future that has none
        days = min(days, int((now - float(past.max())) // DAY))
    usable = (np.abs(latitude) <= 90) & (np.abs(longitude) <= 180) & ((latitude != 0) | (longitude != 0))
    if not usable.any():
        return Move(_turn(0.0, 0.0), days, 0)
    lat, lon = float(np.median(latitude[usable])), float(np.median(longitude[usable]))
    return Move(_turn(lat, lon), days, round((MIDDLE[1] - lon) / 15))


def are_dates(times: Floats) -> npt.NDArray[np.bool_]:
    """Which times are known and not those that programs write for none, such as the first second of 1970."""
    dates: npt.NDArray[np.bool_] = np.nan_to_num(times, nan=0.0) >= _FIRST
    return dates


def _turn(latitude: float, longitude: float) -> Floats:
    """The turn that brings a place to the middle, and all else around it by any angle."""
    lat, lon, to_lat, to_lon = map(math.radians, (latitude, longitude, *MIDDLE))
    angle = secrets.SystemRandom().uniform(0, 2 * math.pi)
    turn: Floats = _about_z(to_lon) @ _about_y(-to_lat) @ _about_x(angle) @ _about_y(lat) @ _about_z(-lon)
    return turn


def _about_x(angle: float) -> Floats:
    return np.array([[1, 0, 0], [0, math.cos(angle), -math.sin(angle)], [0, math.sin(angle), math.cos(angle)]])


def _about_y(angle: float) -> Floats:
    return np.array([[math.cos(angle), 0, math.sin(angle)], [0, 1, 0], [-math.sin(angle), 0, math.cos(angle)]])


def _about_z(angle: float) -> Floats:
    return np.array([[math.cos(angle), -math.sin(angle), 0], [math.sin(angle), math.cos(angle), 0], [0, 0, 1]])


def _days(time: float, now: float) -> int:
    """From the day of this time to the one that all rides get. A time is wrong by its year, so such a year is kept."""
    try:
        day = datetime.datetime.fromtimestamp(time, datetime.UTC).date()
    except (OverflowError, OSError, ValueError):
        return 0
    if time > now:
        return (datetime.date(day.year, 12, 31) - day).days
    return (datetime.date(day.year if day.year < _EARLIEST else _YEAR, 1, 1) - day).days
