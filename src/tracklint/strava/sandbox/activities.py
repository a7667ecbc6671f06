"""What the stand-in's activities are made of: a file and what was said of it, or a form alone."""

from __future__ import annotations

import math
import re
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from ...sports import SPORT_TYPES, spell_sport_type

if TYPE_CHECKING:
    from collections.abc import Mapping

    from ...findings import Prediction, Report

__all__ = ["CREATE_FIELDS", "UPDATE_FIELDS", "BadField", "changed", "from_file", "from_form"]

#: The fields that Strava knows, and the types that each has in JSON; in a form all are words.
CREATE_FIELDS: dict[str, tuple[type, ...]] = {
    "name": (str,),
    "sport_type": (str,),
    "type": (str,),
    "start_date_local": (str,),
    "elapsed_time": (int,),
    "description": (str, type(None)),
    "distance": (int, float, type(None)),
    "trainer": (bool, int),
    "commute": (bool, int),
}
UPDATE_FIELDS: dict[str, tuple[type, ...]] = {
    "name": (str,),
    "sport_type": (str,),
    "type": (str,),
    "description": (str, type(None)),
    "commute": (bool,),
    "trainer": (bool,),
    "gear_id": (str, type(None)),
    "hide_from_home": (bool,),
}
_FLAGS = ("commute", "trainer", "hide_from_home")
#: Seconds. Strava tells no bound; this one keeps dates within the calendar.
_LONGEST = 10**9
_TIME = re.compile(r"\d{4}-\d\d-\d\d[T ]\d\d:\d\d(:\d\d(\.\d{1,9})?)?(Z|[+-]\d\d:?\d\d)?")


class BadField(ValueError):
    """A field that Strava refuses, and why: ``missing`` or ``invalid``."""

    def __init__(self, field: str, code: str) -> None:
        super().__init__(f"{field} is {code}")
        self.field, self.code = field, code


def from_file(report: Report, fields: Mapping[str, str]) -> dict[str, Any] | None:
    """The detailed activity of a file, without its ids; ``None`` where the file makes none.

    What Strava does not tell, such as the elevation's source, stands under ``sandbox``.
    """
    prediction = report.prediction
    if prediction is None or report.activity is None or prediction.start_time is None:
        return None
    sport = fields.get("sport_type") or spell_sport_type(fields.get("activity_type", "")) or prediction.sport
    channels = report.activity.channels
    begun = datetime.fromtimestamp(prediction.start_time, UTC)
    facts = _facts(fields.get("name", ""), sport or "Workout", begun)
    return facts | {
        "description": fields.get("description"),
        "distance": prediction.distance_m or 0.0,
        "elapsed_time": round(prediction.elapsed_s or 0),
        "moving_time": round(prediction.moving_s or 0),
        "total_elevation_gain": prediction.ascent_m or 0.0,
        "trainer": fields.get("trainer") == "1" or prediction.stationary,
        "commute": fields.get("commute") == "1",
        "manual": False,
        "device_name": prediction.device,
        "has_heartrate": channels.get("heart_rate", 0) > 0,
        "device_watts": channels.get("power", 0) > 0,
        "sandbox": _why(report.verdict, prediction, told="sport_type" in fields),
    }


def from_form(told: Mapping[str, Any]) -> dict[str, Any]:
    """The detailed activity of a form without a file, without its ids. Raises `BadField`."""
    name = str(told.get("name", "")).strip()
    if not name:
        raise BadField("name", "missing")
    sport = _sport(told)
    if sport is None:
        raise BadField("sport_type", "missing")
    begun = _local(told.get("start_date_local"))
    seconds = _number("elapsed_time", told.get("elapsed_time"), least=1, most=_LONGEST)
    if seconds != int(seconds):
        raise BadField("elapsed_time", "invalid")
    distance = told.get("distance")
    return _facts(name, sport, begun) | {
        "description": None if told.get("description") is None else str(told["description"]),
        "distance": 0.0 if distance in (None, "") else _number("distance", distance, least=0, most=1e9),
        "elapsed_time": int(seconds),
        "moving_time": int(seconds),
        "total_elevation_gain": 0.0,
        "trainer": _truth(told.get("trainer")),
        "commute": _truth(told.get("commute")),
        "manual": True,
        "device_name": None,
        "has_heartrate": False,
        "device_watts": False,
    }


def changed(facts: Mapping[str, Any], told: Mapping[str, Any]) -> dict[str, Any]:
    """An activity after a ``PUT``. Raises `BadField`. Its time and distance cannot be changed."""
    new = dict(facts)
    if "sport_type" in told or "type" in told:
        new["sport_type"] = new["type"] = _sport(told)
    if "name" in told:
        new["name"] = str(told["name"] or "").strip() or new["name"]
    new |= {key: None if told[key] is None else str(told[key]) for key in ("description", "gear_id") if key in told}
    return new | {key: _truth(told[key]) for key in _FLAGS if key in told}


def _facts(name: str, sport: str, begun: datetime) -> dict[str, Any]:
    start = begun.replace(tzinfo=None).isoformat(timespec="seconds") + "Z"
    return {
        "name": name or _title(sport, begun),
        "type": sport,
        "sport_type": sport,
        "start_date": start,
        "start_date_local": start,
        "timezone": "(GMT+00:00) UTC",
    }


def _title(sport: str, begun: datetime) -> str:
    """The name that Strava gives: made of the time of day and the sport."""
    times = ((5, "Night"), (11, "Morning"), (14, "Lunch"), (18, "Afternoon"), (22, "Evening"), (24, "Night"))
    return f"{next(word for end, word in times if begun.hour < end)} {sport}"


def _why(verdict: str, prediction: Prediction, *, told: bool) -> dict[str, Any]:
    return {
        "verdict": verdict,
        "sport_sure": "certain" if told else prediction.sport_sure,
        "sport_why": "the field sport_type says so" if told else prediction.sport_why,
        "elevation_source": prediction.elevation.source,
        "elevation_why": prediction.elevation.why,
        "channels_read": list(prediction.channels_read),
        "channels_ignored": [f"{i.channel} in {i.place}" for i in prediction.channels_ignored],
    }


def _sport(told: Mapping[str, Any]) -> str | None:
    """``sport_type``, letter by letter; else the deprecated ``type`` in any case. Raises `BadField`."""
    if "sport_type" in told and told["sport_type"] not in SPORT_TYPES:
        raise BadField("sport_type", "invalid")
    old = spell_sport_type(str(told["type"])) if "type" in told else None
    if "type" in told and old is None:
        raise BadField("type", "invalid")
    return str(told["sport_type"]) if "sport_type" in told else old


def _local(value: object) -> datetime:
    """The time of a clock at the place; a zone behind it means nothing to Strava. Raises `BadField`."""
    if value in (None, ""):
        raise BadField("start_date_local", "missing")
    text = str(value)
    try:
        if _TIME.fullmatch(text) is None:
            raise ValueError
        return datetime.fromisoformat(text).replace(tzinfo=UTC)
    except ValueError:
        raise BadField("start_date_local", "invalid") from None


def _number(field: str, value: object, *, least: float, most: float) -> float:
    if value in (None, ""):
        raise BadField(field, "missing")
    try:
        number = math.nan if isinstance(value, bool) else float(str(value))
    except ValueError:
        number = math.nan
    if not least <= number <= most:
        raise BadField(field, "invalid")
    return number


def _truth(value: object) -> bool:
    """A flag: a boolean of JSON, or ``1``. Any other word counts as true, ``False`` as well (stravalib#716)."""
    return value not in (None, False, 0, "0", "")
