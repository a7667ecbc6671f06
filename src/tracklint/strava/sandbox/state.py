"""What the stand-in knows: uploads, the activities they became, and how many requests were made."""

from __future__ import annotations

import hmac
import html
import time
from dataclasses import asdict, dataclass, field, replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from ...config import Config
from .activities import from_file
from .grants import Grants
from .pictures import Picture
from .scenarios import SCENARIOS, Scenario, at_work, in_form, unknown
from .store import Store
from .usage import Usage
from .verdict import Refusal

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping
    from pathlib import Path

    from ...findings import Report

__all__ = [
    "DELETED", "FAILED", "NO_LIMIT", "PROCESSING", "READY", "SANDBOX_TOKEN", "Activity", "Examined", "Options",
    "Strava", "Upload",
]  # fmt: skip

#: More requests than anybody makes.
NO_LIMIT = (10**9, 10**9)
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
    is the largest request in bytes. ``scenarios`` are names of `scenarios.SCENARIOS` that hold for everything that is
    sent. ``keep`` is a file that remembers everything, the bytes as well; without it, all is forgotten at the end.
    ``silence`` is how many seconds no answer comes where none shall come. ``clock`` gives UTC seconds.
    """

    token: str = SANDBOX_TOKEN
    read_only_token: str = READ_ONLY_TOKEN
    processing_polls: int = 1
    processing_seconds: float = 0.0
    rate_limit: tuple[int, int] = (200, 2000)
    read_limit: tuple[int, int] = (100, 1000)
    max_body: int = 64 * 1024 * 1024
    scenarios: tuple[str, ...] = ()
    keep: Path | None = None
    silence: float = 90.0
    config: Config = field(default_factory=Config)
    clock: Callable[[], float] = time.time


@dataclass(frozen=True, slots=True, kw_only=True)
class Examined:
    """What our own check says of a file. ``facts`` is the activity that it makes, without ids; ``start`` its start."""

    bytes: int
    sha256: str
    verdict: str
    findings: tuple[str, ...]
    start: float | None
    facts: dict[str, Any] | None

    @classmethod
    def of(cls, report: Report, fields: Mapping[str, str]) -> Examined:
        """The parts of a report that the stand-in goes on with."""
        return cls(
            bytes=report.bytes,
            sha256=report.sha256,
            verdict=report.verdict,
            findings=tuple(f"{f.severity.label} {f.code}: {f.message}" for f in report.findings),
            start=report.prediction.start_time if report.prediction else None,
            facts=from_file(report, fields),
        )


@dataclass(slots=True, kw_only=True)
class Upload:
    """One file that was sent. ``refusal`` is what will come of it; ``error`` what Strava tells, once it does.

    ``scenarios`` were at work; ``made_up`` says that one of them made up the upload.
    """

    id: int
    file_name: str
    external_id: str
    data_type: str
    fields: Mapping[str, str]
    report: Examined
    refusal: Refusal | None
    received: float
    scenarios: tuple[str, ...] = ()
    made_up: bool = False
    asked: int = 0
    asked_too_fast: int = 0
    last_asked: float | None = None
    done: bool = False
    error: str | None = None
    activity_id: int | None = None
    deleted: bool = False

    @classmethod
    def from_json(cls, facts: dict[str, Any]) -> Upload:
        """The upload that a store holds."""
        facts["report"]["findings"] = tuple(facts["report"]["findings"])
        facts["report"] = Examined(**facts["report"])
        facts["refusal"] = Refusal(**facts["refusal"]) if facts["refusal"] else None
        facts["scenarios"] = tuple(facts["scenarios"])
        return cls(**facts)

    @property
    def scenario(self) -> Scenario:
        """All that was at work, as one."""
        return at_work(self.scenarios)

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


@dataclass(slots=True, kw_only=True)
class Activity:
    """One activity. ``facts`` is what ``GET`` answers, ``addresses`` how many places for a picture it was given."""

    id: int
    facts: dict[str, Any]
    upload_id: int | None = None
    scenarios: tuple[str, ...] = ()
    addresses: int = 0
    picture: Picture | None = None

    @classmethod
    def from_json(cls, facts: dict[str, Any]) -> Activity:
        """The activity that a store holds."""
        facts["picture"] = Picture(**facts["picture"]) if facts["picture"] else None
        facts["scenarios"] = tuple(facts["scenarios"])
        return cls(**facts)


class Strava:
    """The uploads of one athlete, and the request limits of one application. Used from one thread at a time.

    ``scenarios`` may be set at any time. Raises `store.BadStore` and, for a scenario that is none, ValueError.
    """

    def __init__(self, options: Options | None = None) -> None:
        self.options = options or Options()
        self.scenarios = self.options.scenarios
        self.grants = Grants(self.options.clock)
        self.usage = Usage(self.options.clock, limit=self.options.rate_limit, read_limit=self.options.read_limit)
        self.store = Store(self.options.keep)
        self.secret = self.store.secret("pictures")
        self.uploads = {u.id: u for u in map(Upload.from_json, self.store.rows("uploads"))}
        self.activities = {a.id: a for a in map(Activity.from_json, self.store.rows("activities"))}
        self._next_upload = max(self.uploads, default=_FIRST_UPLOAD - 1) + 1
        used = [u.activity_id or 0 for u in self.uploads.values()]  # also of those that were deleted since
        self._next_activity = max([_FIRST_ACTIVITY - 1, *self.activities, *used]) + 1
        self._refreshes: dict[str, int] = {}

    @property
    def scenarios(self) -> tuple[str, ...]:
        """The names of the scenarios that hold for everything that is sent."""
        return self._scenarios

    @scenarios.setter
    def scenarios(self, names: Iterable[str]) -> None:
        names = tuple(names)
        if wrong := unknown(names):
            raise ValueError(f"{wrong[0]} is no scenario; there are: {', '.join(SCENARIOS)}")
        self._scenarios = names

    def once(self, what: str, key: str) -> bool:
        """True the first time that this is asked of ``key``, also over a restart with a store."""
        return self.store.first(f"{what}: {key}")

    def refuses_tokens(self, key: str) -> bool:
        """Whether the sign-in was not renewed since this was first asked of ``key``."""
        return self.grants.refreshes <= self._refreshes.setdefault(key, self.grants.refreshes)

    def receive(
        self,
        *,
        file_name: str,
        data_type: str,
        fields: Mapping[str, str],
        report: Examined,
        refusal: Refusal | None,
        scenarios: tuple[str, ...] = (),
        content: bytes | None = None,
    ) -> Upload:
        """Take one file in. What is told at once (wrong content, the same file again) stands in its ``error``."""
        upload = Upload(
            id=self._next_upload,
            file_name=file_name,
            external_id=_external_id(fields.get("external_id"), file_name, data_type),
            data_type=data_type,
            fields=dict(fields),
            report=report,
            refusal=refusal,
            received=self.options.clock(),
            scenarios=scenarios,
        )
        self._next_upload += 1
        scenario = upload.scenario
        same_file = next((u for u in self._others(upload) if u.report.sha256 == report.sha256), None)
        if scenario.refusal is not None:
            text = scenario.refusal.text
            upload.refusal = Refusal(in_form(text, scenario.form) if text else "", scenario.refusal.at_once)
        elif scenario.duplicate and refusal is None:
            upload.refusal = self._made_up_duplicate(upload, same_file or self._same_start(upload), scenario)
        elif same_file is not None and refusal is None:
            upload.refusal = Refusal(self._duplicate(upload, same_file), at_once=True)
        self.uploads[upload.id] = upload
        if upload.refusal is not None and upload.refusal.at_once:
            upload.done, upload.error = True, upload.refusal.text
        self.store.save("uploads", upload.id, asdict(upload), content)
        return upload

    def ask(self, upload_id: int) -> Upload | None:
        """One question about an upload. It is what moves the processing on. ``None`` for an unknown id."""
        upload = self.uploads.get(upload_id)
        if upload is None:
            return None
        now, options, scenario = self.options.clock(), self.options, upload.scenario
        upload.asked += 1
        upload.asked_too_fast += upload.last_asked is not None and now - upload.last_asked < 1
        upload.last_asked = now
        polls = options.processing_polls if scenario.polls is None else scenario.polls
        with self.store.together():
            if upload.asked > polls and now - upload.received >= options.processing_seconds:
                self._process(upload)
            self.store.save("uploads", upload.id, asdict(upload))
        return None if scenario.unknown else upload

    def create(
        self, facts: Mapping[str, Any], *, upload: Upload | None = None, scenarios: tuple[str, ...] = ()
    ) -> Activity:
        """A new activity, of a file or without one."""
        number, upload_id = self._next_activity, upload.id if upload else None
        self._next_activity += 1
        ids = {
            "id": number,
            "id_str": str(number),
            "resource_state": 3,
            "external_id": upload.external_id if upload else None,
            "upload_id": upload_id,
            "upload_id_str": None if upload_id is None else str(upload_id),
            "athlete": {"id": 1, "resource_state": 1},
        }
        activity = Activity(id=number, facts=ids | dict(facts), upload_id=upload_id, scenarios=scenarios)
        self.activities[number] = activity
        self.save(activity)
        return activity

    def save(self, activity: Activity, picture: bytes | None = None) -> None:
        """Keep what has changed of an activity."""
        self.store.save("activities", activity.id, asdict(activity), picture)

    def delete(self, activity_id: int) -> bool:
        """Delete an activity, as the athlete can on the website. False where there is none."""
        activity = self.activities.pop(activity_id, None)
        if activity is None:
            return False
        self.store.delete("activities", activity_id)
        if activity.upload_id is not None:
            upload = self.uploads[activity.upload_id]
            upload.deleted = True
            self.store.save("uploads", upload.id, asdict(upload))
        return True

    def forget(self) -> None:
        """Forget every upload and every activity. As long as it runs, no number is given a second time."""
        self.uploads.clear()
        self.activities.clear()
        self.store.forget()

    def token_for(self, action: str) -> str:
        """What a form has to carry that does ``action``: only this stand-in's own pages know it."""
        return hmac.new(self.secret, f"page {action}".encode(), "sha256").hexdigest()

    def _process(self, upload: Upload) -> None:
        if upload.done:
            return
        other = self._same_start(upload)
        if upload.refusal is not None:
            upload.done, upload.error = bool(upload.refusal.text), upload.refusal.text or None
        elif other is not None:
            upload.done, upload.error = True, self._duplicate(upload, other)
        else:
            activity = self.create(upload.report.facts or {}, upload=upload, scenarios=upload.scenarios)
            upload.done, upload.activity_id = True, activity.id
            if upload.scenario.deleted:
                self.delete(activity.id)

    def _others(self, upload: Upload) -> list[Upload]:
        """The other uploads that are, or may become, activities."""
        return [
            u
            for u in self.uploads.values()
            if u.id != upload.id and not u.deleted and (u.refusal is None or not u.refusal.text) and u.error is None
        ]

    def _same_start(self, upload: Upload) -> Upload | None:
        """Another upload that has become an activity with the same start."""
        return next((u for u in self._others(upload) if u.done and u.report.start == upload.report.start), None)

    def _made_up_duplicate(self, upload: Upload, other: Upload | None, scenario: Scenario) -> Refusal:
        """The refusal of a file whose activity, or whose other upload, this scenario makes up where there is none."""
        if other is None or (scenario.duplicate == "activity" and other.activity_id is None):
            other = replace(upload, id=self._next_upload, made_up=True, scenarios=())
            self._next_upload += 1
            self.uploads[other.id] = other
            if scenario.duplicate == "activity":
                self._process(other)
            self.store.save("uploads", other.id, asdict(other))
        at_once = other.activity_id is None
        return Refusal(self._duplicate(upload, other, scenario.form or "escaped"), at_once=at_once)

    def _duplicate(self, upload: Upload, other: Upload, form: str = "escaped") -> str:
        name = html.escape(upload.file_name)
        if other.activity_id is None:
            return f"{name} duplicate of an uploading activity ({other.id})"
        if form == "plain":
            return f"{name} duplicate of activity {other.activity_id}"
        title = self.activities[other.activity_id].facts["name"]
        link = f"<a href='/activities/{other.activity_id}' target='_blank'>{html.escape(title)}</a>"
        return f"{name} duplicate of {link if form == 'html' else html.escape(link, quote=False)}"


def shown_time(seconds: float) -> str:
    """A time for a person."""
    return datetime.fromtimestamp(seconds, UTC).strftime("%Y-%m-%d %H:%M:%S UTC")


def _external_id(sent: str | None, file_name: str, data_type: str) -> str:
    """What comes back: the own id, or the file name, with the data type appended (98765 becomes 98765.gpx)."""
    own = sent or file_name
    return own if own.lower().endswith(f".{data_type}") else f"{own}.{data_type}"
