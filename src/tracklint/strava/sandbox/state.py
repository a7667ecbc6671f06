"""What the stand-in knows: uploads, the activities they became, and how many requests were made. All in memory."""

from __future__ import annotations

import html
import itertools
import time
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from ...config import Config
from ...sports import spell_sport_type
from ..limits import QUARTER

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from ...findings import Report
    from .verdict import Refusal

__all__ = ["DELETED", "FAILED", "PROCESSING", "READY", "SANDBOX_TOKEN", "Options", "Strava", "Upload"]

SANDBOX_TOKEN = "sandbox"  # noqa: S105  no secret: it opens the stand-in only
READ_ONLY_TOKEN = "sandbox-read-only"  # noqa: S105  the same, without the scope activity:write

PROCESSING = "Your activity is still being processed."
READY = "Your activity is ready."
FAILED = "There was an error processing your activity."
DELETED = "The created activity has been deleted."

#: Above 2**53, so that a reader that takes numbers for doubles is found out. Uploads and activities share no number.
_FIRST_UPLOAD = 2**53 + 1
_FIRST_ACTIVITY = 2**54 + 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Options:
    """How the stand-in behaves.

    An upload answers "still being processed" to ``processing_polls`` questions and for ``processing_seconds``,
    whichever is longer. ``rate_limit`` and ``read_limit`` are requests a quarter of an hour and a day. ``max_body``
    is the largest request in bytes. ``clock`` gives UTC seconds.
    """

    token: str = SANDBOX_TOKEN
    read_only_token: str = READ_ONLY_TOKEN
    processing_polls: int = 1
    processing_seconds: float = 0.0
    rate_limit: tuple[int, int] = (200, 2000)
    read_limit: tuple[int, int] = (100, 1000)
    max_body: int = 64 * 1024 * 1024
    config: Config = field(default_factory=Config)
    clock: Callable[[], float] = time.time


@dataclass(slots=True, kw_only=True)
class Upload:
    """One file that was sent. ``refusal`` is what the check says of it; ``error`` what Strava tells, once it does."""

    id: int
    file_name: str
    external_id: str
    data_type: str
    fields: Mapping[str, str]
    report: Report
    refusal: Refusal | None
    received: float
    asked: int = 0
    asked_too_fast: int = 0
    last_asked: float = float("-inf")
    done: bool = False
    error: str | None = None
    activity_id: int | None = None
    deleted: bool = False

    @property
    def start(self) -> float | None:
        """The activity's start, UTC seconds."""
        return self.report.prediction.start_time if self.report.prediction else None

    @property
    def status(self) -> str:
        """One of Strava's four statuses."""
        if not self.done:
            return PROCESSING
        if self.error is not None:
            return FAILED
        return DELETED if self.deleted else READY

    def answer(self) -> dict[str, Any]:
        """The upload object."""
        return {
            "id": self.id,
            "id_str": str(self.id),
            "external_id": self.external_id,
            "error": self.error,
            "status": self.status,
            "activity_id": None if self.deleted else self.activity_id,
        }


@dataclass(slots=True)
class _Count:
    quarter: int = 0
    day: int = 0


class Strava:
    """The uploads of one athlete, and the request limits of one application. Used from one thread at a time."""

    def __init__(self, options: Options | None = None) -> None:
        self.options = options or Options()
        self.uploads: dict[int, Upload] = {}
        self.activities: dict[int, Upload] = {}
        self._upload_ids = itertools.count(_FIRST_UPLOAD)
        self._activity_ids = itertools.count(_FIRST_ACTIVITY)
        self._all, self._read = _Count(), _Count()
        self._window = -1.0

    def count_request(self, *, reads: bool) -> bool:
        """Count one request; whether the limits still allow it. Refused ones count as well."""
        window = self.options.clock() // QUARTER
        if window != self._window:
            per_day = 24 * 3600 // QUARTER
            if window // per_day != self._window // per_day:
                self._all.day = self._read.day = 0
            self._all.quarter = self._read.quarter = 0
            self._window = window
        counts = [(self._all, self.options.rate_limit)] + ([(self._read, self.options.read_limit)] if reads else [])
        for count, _ in counts:
            count.quarter += 1
            count.day += 1
        return all(count.quarter <= limit[0] and count.day <= limit[1] for count, limit in counts)

    def limit_headers(self) -> dict[str, str]:
        """The four headers that stand on every answer."""
        options = self.options
        return {
            "X-RateLimit-Limit": f"{options.rate_limit[0]},{options.rate_limit[1]}",
            "X-RateLimit-Usage": f"{self._all.quarter},{self._all.day}",
            "X-ReadRateLimit-Limit": f"{options.read_limit[0]},{options.read_limit[1]}",
            "X-ReadRateLimit-Usage": f"{self._read.quarter},{self._read.day}",
        }

    def receive(
        self, *, file_name: str, data_type: str, fields: Mapping[str, str], report: Report, refusal: Refusal | None
    ) -> Upload:
        """Take one file in. What is told at once (wrong content, the same file again) stands in its ``error``."""
        upload = Upload(
            id=next(self._upload_ids),
            file_name=file_name,
            external_id=_external_id(fields.get("external_id"), file_name, data_type),
            data_type=data_type,
            fields=dict(fields),
            report=report,
            refusal=refusal,
            received=self.options.clock(),
        )
        same_file = next((u for u in self._others(upload) if u.report.sha256 == report.sha256), None)
        self.uploads[upload.id] = upload
        if refusal is not None and refusal.at_once:
            self._fail(upload, refusal.text)
        elif same_file is not None:
            self._fail(upload, self._duplicate(upload, same_file))
        return upload

    def ask(self, upload_id: int) -> Upload | None:
        """One question about an upload. It is what moves the processing on. ``None`` for an unknown id."""
        upload = self.uploads.get(upload_id)
        if upload is None:
            return None
        now = self.options.clock()
        upload.asked += 1
        upload.asked_too_fast += now - upload.last_asked < 1
        upload.last_asked = now
        if upload.asked > self.options.processing_polls and now - upload.received >= self.options.processing_seconds:
            self._process(upload)
        return upload

    def delete(self, activity_id: int) -> bool:
        """Delete an activity, as the athlete can on the website. False where there is none."""
        upload = self.activities.pop(activity_id, None)
        if upload is not None:
            upload.deleted = True
        return upload is not None

    def _process(self, upload: Upload) -> None:
        if upload.done:
            return
        other = next((u for u in self._others(upload) if u.done and u.start == upload.start), None)
        if upload.refusal is not None:
            self._fail(upload, upload.refusal.text)
        elif other is not None:
            self._fail(upload, self._duplicate(upload, other))
        else:
            upload.done = True
            upload.activity_id = next(self._activity_ids)
            self.activities[upload.activity_id] = upload

    def _others(self, upload: Upload) -> list[Upload]:
        """The other uploads that are, or may become, activities."""
        return [
            u
            for u in self.uploads.values()
            if u.id != upload.id and u.error is None and not u.deleted and not u.refusal
        ]

    def _fail(self, upload: Upload, error: str) -> None:
        upload.done, upload.error = True, error

    def _duplicate(self, upload: Upload, other: Upload) -> str:
        name = html.escape(upload.file_name)
        if other.activity_id is None:
            return f"{name} duplicate of an uploading activity ({other.id})"
        link = f"<a href='/activities/{other.activity_id}' target='_blank'>{html.escape(title(other))}</a>"
        return f"{name} duplicate of {html.escape(link, quote=False)}"


def sport_type(upload: Upload) -> str:
    """The activity's sport: sport_type, else the deprecated activity_type, else what the file says, else Workout."""
    prediction = upload.report.prediction
    told = upload.fields.get("sport_type") or spell_sport_type(upload.fields.get("activity_type", ""))
    return told or (prediction.sport if prediction else None) or "Workout"


def title(upload: Upload) -> str:
    """The activity's name: the field name, else made of the time of day and the sport."""
    if name := upload.fields.get("name"):
        return name
    hour = datetime.fromtimestamp(upload.start or 0, UTC).hour
    times = ((5, "Night"), (11, "Morning"), (14, "Lunch"), (18, "Afternoon"), (22, "Evening"), (24, "Night"))
    return f"{next(word for end, word in times if hour < end)} {sport_type(upload)}"


def activity_answer(upload: Upload) -> dict[str, Any]:
    """The detailed activity. What Strava does not tell, such as the elevation's source, stands under ``sandbox``."""
    report, prediction, activity_id = upload.report, upload.report.prediction, upload.activity_id
    if prediction is None or report.activity is None or activity_id is None:
        raise ValueError(f"upload {upload.id} is no activity")
    start = datetime.fromtimestamp(upload.start or 0, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    channels = report.activity.channels
    sport = sport_type(upload)
    return {
        "id": activity_id,
        "id_str": str(activity_id),
        "resource_state": 3,
        "external_id": upload.external_id,
        "upload_id": upload.id,
        "upload_id_str": str(upload.id),
        "athlete": {"id": 1, "resource_state": 1},
        "name": title(upload),
        "description": upload.fields.get("description"),
        "type": sport,
        "sport_type": sport,
        "start_date": start,
        "start_date_local": start,
        "timezone": "(GMT+00:00) UTC",
        "distance": prediction.distance_m or 0.0,
        "elapsed_time": round(prediction.elapsed_s or 0),
        "moving_time": round(prediction.moving_s or 0),
        "total_elevation_gain": prediction.ascent_m or 0.0,
        "trainer": upload.fields.get("trainer") == "1" or prediction.stationary,
        "commute": upload.fields.get("commute") == "1",
        "manual": False,
        "device_name": prediction.device,
        "has_heartrate": channels.get("heart_rate", 0) > 0,
        "device_watts": channels.get("power", 0) > 0,
        "sandbox": {
            "verdict": report.verdict,
            "sport_sure": "certain" if upload.fields.get("sport_type") else prediction.sport_sure,
            "sport_why": "the field sport_type says so" if upload.fields.get("sport_type") else prediction.sport_why,
            "elevation_source": prediction.elevation.source,
            "elevation_why": prediction.elevation.why,
            "channels_read": list(prediction.channels_read),
            "channels_ignored": [f"{i.channel} in {i.place}" for i in prediction.channels_ignored],
        },
    }


def _external_id(sent: str | None, file_name: str, data_type: str) -> str:
    """What comes back: the own id, or the file name, with the data type appended (98765 becomes 98765.gpx)."""
    own = sent or file_name
    return own if own.lower().endswith(f".{data_type}") else f"{own}.{data_type}"
