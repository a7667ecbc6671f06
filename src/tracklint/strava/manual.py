"""An activity without a file: what is said of it, and one request that is never sent twice.

Source: Strava's document on partner uploads and https://developers.strava.com/docs/reference/#api-Activities-createActivity.
"""

from __future__ import annotations

import hashlib
import json
import re
from dataclasses import dataclass, replace
from datetime import datetime
from typing import TYPE_CHECKING

from ..errors import TracklintError
from ..sports import spell_sport_type
from .errors import StravaError
from .journal import Entry
from .status import id_number
from .uploader import Uploaded

if TYPE_CHECKING:
    from .client import Client
    from .journal import Journal

__all__ = ["BadManual", "Manual", "create", "metres", "seconds"]


class BadManual(TracklintError, ValueError):
    """Something that Strava would refuse. One clear sentence."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Manual:
    """An activity that was not recorded.

    ``start_date_local`` is the time that a clock on the wall showed: Strava reads it without regard to a zone.
    ``elapsed_time`` is in seconds, ``distance`` in metres. ``type`` is Strava's former word for ``sport_type``.
    """

    name: str
    sport_type: str | None = None
    start_date_local: str = ""
    elapsed_time: int = 0
    type: str | None = None
    description: str | None = None
    distance: float | None = None
    trainer: bool = False
    commute: bool = False

    def form(self) -> dict[str, str]:
        """The fields of the request. Raises `BadManual`."""
        if not self.name.strip():
            raise BadManual("the activity needs a name")
        if self.sport_type is None and self.type is None:
            raise BadManual("the activity needs a sport, such as Ride")
        if self.elapsed_time < 1:
            raise BadManual(f"the elapsed time is {self.elapsed_time} s; Strava wants 1 s or more")
        if self.distance is not None and not 0 <= self.distance < 1e8:
            raise BadManual(f"the distance is {self.distance:g} m; a number of metres from 0 up is wanted")
        words = {
            "name": self.name,
            "sport_type": _spelled(self.sport_type),
            "type": self.type,
            "start_date_local": _local(self.start_date_local),
            "elapsed_time": str(self.elapsed_time),
            "description": self.description,
            "distance": None if self.distance is None else f"{self.distance:.1f}".removesuffix(".0"),
            "trainer": "1" if self.trainer else None,
            "commute": "1" if self.commute else None,
        }
        return {key: word for key, word in words.items() if word is not None}


def create(client: Client, journal: Journal, manual: Manual, *, again: bool = False) -> Uploaded:
    """Create the activity, once: the journal knows what was asked for before. ``again`` asks a second time.

    Raises `BadManual`, and `StravaError` where Strava did not take it; where that is not known, the journal keeps it.
    """
    form = manual.form()
    sha256 = hashlib.sha256(json.dumps(form, sort_keys=True).encode()).hexdigest()
    known = journal.find(sha256)
    if known is not None and not again:
        if known.state == "ready":
            link = client.activity_link(known.activity_id or 0)
            message = f"the same activity was created before: {link}; --again creates it once more"
            return replace(_done(manual, "ready", message, known.activity_id, link), before=True)
        if known.state == "sending":
            return _done(manual, "unfinished", _UNKNOWN)
    entry = journal.plan(Entry(sha256=sha256, name=manual.name, state="sending", request={"create": form}))
    try:
        answer = client.create_activity(form)
    except StravaError as error:
        if error.maybe_accepted:
            journal.note(entry, "sending", message=str(error))
            return _done(manual, "unfinished", f"{error}. {_UNKNOWN}")
        journal.note(entry, "failed", message=str(error))
        raise
    activity_id = id_number(answer.get("id_str")) or id_number(answer.get("id"))
    journal.note(entry, "ready", activity_id=activity_id)
    link = client.activity_link(activity_id or 0)
    return replace(_done(manual, "ready", f"the activity is created: {link}", activity_id, link), raw=answer)


_UNKNOWN = (
    "it is not known whether Strava created the activity; look at your activities first, and use --again only where it "
    "is not there, because Strava does not tell two such activities apart"
)


def _done(
    manual: Manual, outcome: str, message: str, activity_id: int | None = None, link: str | None = None
) -> Uploaded:
    return Uploaded(name=manual.name, outcome=outcome, message=message, activity_id=activity_id, link=link)


def _spelled(sport_type: str | None) -> str | None:
    if sport_type is None:
        return None
    return spell_sport_type(sport_type) or sport_type


def _local(text: str) -> str:
    """A local time as Strava's document writes it. Raises `BadManual`."""
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        raise BadManual(f"the start is {text!r}; write it as 2026-01-31T12:00:00, in the time of the place") from None
    return moment.replace(tzinfo=None).isoformat(timespec="seconds") + "Z"


def seconds(text: str) -> int:
    """A duration: ``5400``, ``90:00`` or ``1:30:00``. Raises `BadManual`."""
    match = re.fullmatch(r"(?:(?:(\d{1,4}):)?(\d{1,4}):)?(\d{1,9})", text.strip())
    if match is None or (match[2] and int(match[3]) > 59) or (match[1] and int(match[2]) > 59):
        raise BadManual(f"the duration is {text!r}; write it as 1:30:00, 90:00 or 5400 (seconds)")
    hours, minutes, rest = (int(part or 0) for part in match.groups())
    return hours * 3600 + minutes * 60 + rest


def metres(text: str) -> float:
    """A distance: ``12.5km``, ``12500m`` or ``12500`` (metres). Raises `BadManual`."""
    match = re.fullmatch(r"(\d{1,9}(?:\.\d{1,6})?)\s*(km|m|mi)?", text.strip())
    if match is None:
        raise BadManual(f"the distance is {text!r}; write it as 12.5km, 7.8mi or 12500 (metres)")
    return round(float(match[1]) * {"km": 1000.0, "mi": 1609.344}.get(match[2], 1.0), 1)
