"""Strava's numbers of an activity beside what was predicted of its file."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from ..words import clock

if TYPE_CHECKING:
    from ..findings import Prediction

__all__ = ["Compared", "compared"]

#: What may differ by rounding, or by a smoothing that is not known: a share, and so much whatever the share.
_TOLERANCES = {"distance": (0.01, 20.0), "moving time": (0.02, 10.0), "time": (0.01, 5.0), "elevation": (0.1, 10.0)}


@dataclass(frozen=True, slots=True)
class Compared:
    """One thing that both tell: ``what`` it is, what was ``predicted`` and what ``strava`` shows (metres, seconds, a
    SportType), and whether these differ by more than rounding."""

    what: str
    predicted: str | float
    strava: str | float
    differs: bool

    def said(self, value: str | float) -> str:
        """One of the two, as a person reads it."""
        if isinstance(value, str):
            return value
        if "time" in self.what:
            return clock(round(value))
        return f"{value / 1000:.2f} km" if self.what == "distance" else f"{value:.0f} m"


def compared(prediction: Prediction, activity: Mapping[str, Any]) -> tuple[Compared, ...]:
    """What both the prediction and Strava's detailed activity tell: sport, distance, times and elevation gain."""
    told = []
    sport = activity.get("sport_type") or activity.get("type")
    if prediction.sport is not None and isinstance(sport, str):
        told.append(Compared("sport", prediction.sport, sport, prediction.sport != sport))
    numbers = (
        ("distance", prediction.distance_m, activity.get("distance")),
        ("moving time", prediction.moving_s, activity.get("moving_time")),
        ("time", prediction.elapsed_s, activity.get("elapsed_time")),
        ("elevation", prediction.ascent_m, activity.get("total_elevation_gain")),
    )
    for what, ours, theirs in numbers:
        if ours is not None and theirs is not None and _is_number(ours) and _is_number(theirs):
            share, least = _TOLERANCES[what]
            told.append(Compared(what, ours, theirs, abs(ours - theirs) > max(least, share * abs(theirs))))
    return tuple(told)


def _is_number(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and math.isfinite(value)
