"""From a prepared file to an activity: send it, ask until Strava is done, and say in one sentence what came of it.

An upload id is never lost: whatever goes wrong after Strava has given one, the result names it.
"""

from __future__ import annotations

import itertools
import time
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from ..findings import Severity
from ..sports import spell_sport_type
from .client import DATA_TYPES
from .errors import BadAnswer, NetworkTrouble, NotFound, Refused, ServerTrouble, StravaError

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from ..findings import Finding, Prediction, Report, Verdict
    from ..preparing import Prepared
    from .client import Client
    from .comparing import Compared
    from .status import UploadStatus

__all__ = ["DEADLINE", "POLLS", "Uploaded", "Uploader", "kept_back", "troubled"]

#: Seconds before each question; the last one repeats. Each costs one of the 100 read requests of a quarter of an hour.
POLLS = (1.5, 2.0, 4.0, 8.0, 15.0)
#: Seconds after which an upload that still processes is left alone: some process for ever (strava-ruby-client#36).
DEADLINE = 90.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Uploaded:
    """What came of one file.

    ``outcome`` is ``ready``, ``duplicate`` (Strava has the activity already: a success), ``deleted``, ``failed``,
    ``refused-before-sending``, ``processing`` (not known yet; ``upload_id`` is there to ask again), ``unfinished``
    (not sent, or sent without an answer; the journal knows it) or ``would-be-sent`` (`rehearsing`). ``message`` is one
    sentence, ``link`` the activity's page; ``notes`` tells what was changed or tried again. ``before`` says that an
    earlier run sent it. ``verdict``, ``errors`` and ``prediction`` are those of what is sent, where this run prepared
    it; ``compared`` has Strava's numbers beside the predicted ones. ``polls`` counts the questions, ``doubled`` says
    that Strava already had the same file in another upload, whose id this is, ``photo`` what came of a picture
    (`photos.PhotoResult`). ``raw`` is Strava's last answer.
    """

    name: str
    outcome: str
    message: str
    activity_id: int | None = None
    upload_id: int | None = None
    link: str | None = None
    polls: int = 0
    doubled: bool = False
    photo: str = ""
    notes: tuple[str, ...] = ()
    verdict: Verdict | None = None
    errors: tuple[Finding, ...] = ()
    prediction: Prediction | None = None
    compared: tuple[Compared, ...] = ()
    before: bool = False
    raw: Mapping[str, Any] | None = None

    @property
    def ok(self) -> bool:
        """Whether Strava has the activity: ``ready`` or ``duplicate``."""
        return self.outcome in ("ready", "duplicate")

    def of(self, prepared: Prepared) -> Uploaded:
        """The same with what the check says of what is sent, and what was done to it before."""
        report = prepared.report
        errors = tuple(f for f in report.findings if f.severity >= Severity.ERROR)
        changes = () if self.outcome == "refused-before-sending" else prepared.changes
        return replace(
            self, verdict=report.verdict, errors=errors, prediction=report.prediction, notes=(*changes, *self.notes)
        )


class Uploader:
    """Sends prepared files one by one through a `Client`.

    ``polls`` are the seconds before each question (1 or more; the last repeats), ``deadline`` the seconds that one
    file may take after it is sent, ``resend`` how often a file is sent again when no answer or a 5xx came: Strava's
    check for duplicates makes that harmless. ``clock`` and ``sleep`` are `time.monotonic` and `time.sleep`.
    """

    def __init__(
        self,
        client: Client,
        *,
        clock: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], object] = time.sleep,
        deadline: float = DEADLINE,
        polls: Sequence[float] = POLLS,
        resend: int = 1,
    ) -> None:
        if not polls or min(polls) < 1:
            raise ValueError(f"polls is {tuple(polls)!r}; Strava asks for 1 s or more between two questions")
        self.client = client
        self.deadline = deadline
        self.polls = tuple(polls)
        self.resend = resend
        self._clock = clock
        self._sleep = sleep

    def upload(self, prepared: Prepared, *, force: bool = False, **fields: Any) -> Uploaded:
        """Send one file and wait for what comes of it: `send`, then `follow`. Raises as `send` does."""
        sent = self.send(prepared, force=force, **fields)
        return self.follow(sent) if sent.outcome == "processing" else sent

    def send(
        self,
        prepared: Prepared,
        *,
        title: str | None = None,
        description: str | None = None,
        sport_type: str | None = None,
        activity_type: str | None = None,
        trainer: bool | None = None,
        commute: bool | None = None,
        external_id: str | None = None,
        force: bool = False,
    ) -> Uploaded:
        """Send one file. A file that the check refuses is not sent, unless ``force``.

        The case of ``sport_type`` is corrected. The outcome is mostly ``processing``. Raises `StravaError` while Strava
        has given no upload id (``maybe_accepted`` tells whether the file may have arrived), and ValueError for options
        that it would refuse.
        """
        if (why := kept_back(prepared, force=force)) is not None:
            return Uploaded(name=prepared.name, outcome="refused-before-sending", message=why)
        notes: list[str] = []
        fields = {
            "title": title,
            "description": description,
            "sport_type": _spelled(sport_type, notes),
            "activity_type": activity_type,
            "trainer": trainer,
            "commute": commute,
            "external_id": external_id or prepared.external_id,
        }
        try:
            status = self._send(prepared, fields, notes)
        except Refused as refusal:
            return replace(self._refusal(prepared.name, refusal), notes=tuple(notes))
        sent = Uploaded(name=prepared.name, outcome="processing", message="", upload_id=status.id, notes=tuple(notes))
        return self._told(sent, status)

    def resume(self, upload_id: int, *, name: str = "") -> Uploaded:
        """Go on asking about an upload that was still processing. Raises `StravaError` if the first question fails."""
        shown = name or f"upload {upload_id}"
        begun = Uploaded(name=shown, outcome="processing", message="", upload_id=upload_id)
        return self.follow(self.ask(begun))

    def ask(self, sent: Uploaded) -> Uploaded:
        """Ask once about an upload that is processing. Raises `StravaError`."""
        assert sent.upload_id is not None
        return self._told(replace(sent, polls=sent.polls + 1), self.client.status(sent.upload_id))

    def follow(self, sent: Uploaded) -> Uploaded:
        """Ask about an upload until it is done or the deadline is over. A `StravaError` becomes part of the message."""
        started, waited = self._clock(), 0.0
        for pause in itertools.chain(self.polls, itertools.repeat(self.polls[-1])):
            left = self.deadline - max(waited, self._clock() - started)
            if sent.outcome != "processing" or left < 1:
                break
            self._sleep(min(pause, left))
            waited += min(pause, left)
            try:
                sent = self.ask(sent)
            except (NetworkTrouble, ServerTrouble, BadAnswer, NotFound) as error:
                sent = troubled(sent, error)
            except StravaError as error:
                return troubled(sent, error)
        return sent

    def _send(self, prepared: Prepared, fields: dict[str, Any], notes: list[str]) -> UploadStatus:
        for attempt in itertools.count(1):
            try:
                return self.client.upload(
                    prepared.data, data_type=prepared.data_type, file_name=prepared.name, **fields
                )
            except (NetworkTrouble, ServerTrouble, BadAnswer) as error:
                unknown = error.maybe_accepted or not isinstance(error, BadAnswer)
                if attempt > self.resend or not unknown:
                    raise
                notes.append(f"sent again, because the first attempt ended so: {error}")
                self._sleep(self.polls[0])
        raise AssertionError("the loop ends by return or raise")

    def _refusal(self, name: str, refusal: Refused) -> Uploaded:
        """A refusal in the answer to the file itself; a duplicate is sometimes told there."""
        told = Uploaded(name=name, outcome="failed", message=str(refusal))
        if refusal.upload is None:
            return told
        told = replace(told, upload_id=refusal.upload.id, raw=refusal.upload.raw)
        return self._told(told, refusal.upload) if refusal.upload.state == "duplicate" else told

    def _told(self, sent: Uploaded, status: UploadStatus) -> Uploaded:
        """The upload with what this answer says of it."""
        status, doubled = _other_upload(status, sent.doubled)
        outcome, activity_id = status.state, status.activity_id
        if outcome == "duplicate":
            activity_id = status.duplicate_of
        elif outcome == "ready" and doubled:
            outcome = "duplicate"
        link = self.client.activity_link(activity_id) if activity_id is not None else None
        message = {
            "ready": f"now at {link}",
            "duplicate": f"Strava has this activity already: {link or status.reason}",
            "deleted": "the activity was made and has been deleted since",
            "processing": f"still processing; upload {status.id}",
        }.get(outcome, f"Strava refuses the file: {status.reason}")
        return replace(
            sent,
            outcome=outcome,
            message=message,
            activity_id=activity_id,
            upload_id=status.id,
            link=link,
            doubled=doubled,
            raw=status.raw,
        )


def troubled(sent: Uploaded, error: StravaError) -> Uploaded:
    """An upload whose last question failed. That Strava does not know it (404) may pass, and so is no end."""
    message = f"still processing; upload {sent.upload_id}; the last question failed: {error}"
    if isinstance(error, NotFound):
        message = (
            f"Strava does not know upload {sent.upload_id} (404), which it has taken; ask again later, and if it stays "
            "so, send the file once more with --again"
        )
    return replace(sent, message=message, polls=sent.polls + 1)


def _other_upload(status: UploadStatus, doubled: bool) -> tuple[UploadStatus, bool]:
    """Where Strava still processes the same file from another upload: that upload, as one to ask about, and True."""
    other = status.duplicate_upload
    if other is None or status.duplicate_of is not None:
        return status, doubled
    return replace(status, id=other, id_str=str(other), error=None, status=""), True


def _spelled(sport_type: str | None, notes: list[str]) -> str | None:
    """``sport_type`` as Strava spells it; what is corrected or not known is noted. New types appear without notice."""
    if sport_type is None:
        return None
    spelled = spell_sport_type(sport_type)
    if spelled is None:
        notes.append(f"sport_type {sport_type} is none that tracklint knows; it is sent as it is")
    elif spelled != sport_type:
        notes.append(f"sport_type {sport_type} is sent as {spelled}, the way Strava spells it")
    return spelled or sport_type


def kept_back(prepared: Prepared, *, force: bool) -> str | None:
    """Why a file is not sent, ``None`` where it is."""
    if prepared.report.verdict == "refused" and not force:
        return _reasons(prepared.report)
    if prepared.data_type not in DATA_TYPES:
        return "not sent, not even by force: the content is none of FIT, TCX and GPX"
    return None


def _reasons(report: Report) -> str:
    errors = [f for f in report.findings if f.severity >= Severity.ERROR]
    count = "1 error" if len(errors) == 1 else f"{len(errors)} errors"
    return f"not sent, for {count}: " + "; ".join(f"{f.code} {f.message}" for f in errors)
