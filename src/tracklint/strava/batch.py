"""Many files, each sent once: post them all, then ask about them in turn, and go on after any stop.

The journal is written before every step that another machine sees, so this may be killed at any line. A file whose
sending had no known end is sent once more: Strava's own check for duplicates then names the activity, which is a
success. Request limits of all files together are kept; what does not fit into them waits, or stays for ``--resume``.
"""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from ..sports import spell_sport_type
from .comparing import compared
from .errors import (
    BadAnswer,
    Forbidden,
    NetworkTrouble,
    NotAuthorised,
    NotFound,
    RateLimited,
    ServerTrouble,
    StravaError,
)
from .journal import ARRIVED, Entry
from .uploader import Uploaded, troubled

if TYPE_CHECKING:
    from ..activity import Activity
    from ..preparing import Prepared
    from .journal import Journal
    from .limits import RateLimits
    from .uploader import Uploader

__all__ = ["Batch", "Job"]

#: So many files are sent before the first of them is asked about.
_ROUND = 100
_DONE = {"refused-before-sending": "refused", "unfinished": "sending"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Job:
    """One file to send. ``prepare`` makes it ready and gives the fields that the uploader takes with it.

    ``sha256`` is that of its uncompressed content as it came. ``path`` is where it can be read again after a stop,
    ``None`` for standard input. ``request`` holds everything that was asked for as plain JSON values. ``again`` sends
    also what Strava has already, ``photo`` is the path of a picture that goes with it. ``read`` gives what the file
    holds, where that is asked before it is sent.
    """

    name: str
    sha256: str
    prepare: Callable[[], tuple[Prepared, Mapping[str, Any]]]
    path: str | None = None
    request: Mapping[str, Any] = field(default_factory=dict)
    external_id: str = ""
    force: bool = False
    again: bool = False
    photo: str | None = None
    read: Callable[[], Activity] | None = None


@dataclass(slots=True)
class _Flight:
    """One upload that Strava processes: when it is asked about next, by the clock, and when that ends, by the clock
    without the time at request limits."""

    job: Job
    entry: Entry
    sent: Uploaded
    due: float
    asked: int = 0
    ends: float | None = None


class _Stop(Exception):
    """No further request is to be made now. The text says why and when to go on."""


class Batch:
    """Sends files through an `Uploader` and writes each step into a `Journal`.

    ``wait`` sleeps where the request limits are reached; else the batch stops there and the rest is left unfinished.
    ``finish`` is called once with each upload that has become an activity, and may add to it (a photo). ``compare``
    asks for each activity that this run made, as long as half of the read limit is left, and puts Strava's numbers
    beside the predicted ones. ``tell`` gets one sentence for each thing worth saying meanwhile. ``now`` is the time of
    day in UTC seconds.
    """

    def __init__(
        self,
        uploader: Uploader,
        journal: Journal,
        *,
        wait: bool = False,
        compare: bool = False,
        finish: Callable[[Job, Uploaded], Uploaded] | None = None,
        tell: Callable[[str], object] = lambda _: None,
        clock: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], object] = time.sleep,
        now: Callable[[], float] = time.time,
    ) -> None:
        self.uploader = uploader
        self.journal = journal
        self.wait = wait
        self._compare = compare
        self._finish = finish
        self._tell = tell
        self._clock = clock
        self._sleep = sleep
        self._now = now
        self._limits: RateLimits | None = None
        self._told = now()
        self._waited = 0.0

    def run(self, jobs: Iterable[Job]) -> Iterator[Uploaded]:
        """One result for each job, as they come to their end. All jobs are in the journal before the first is sent.

        Raises `journal.JournalTrouble`, and `NotAuthorised` or `Forbidden`, which hold for every file; whatever is not
        finished then is taken up by ``--resume``.
        """
        first: dict[str, Job] = {}
        twice = [job for job in jobs if first.setdefault(job.sha256, job) is not job]
        yield from self._each_once(deque((job, self._planned(job)) for job in first.values()))
        yield from (self._same_as(first[job.sha256], job) for job in twice)

    def _each_once(self, queue: deque[tuple[Job, Entry]]) -> Iterator[Uploaded]:
        stopped = ""
        while queue:
            flying: list[_Flight] = []
            while queue and len(flying) < _ROUND and not stopped:
                job, entry = queue.popleft()
                try:
                    yield from self._begin(job, entry, flying)
                except _Stop as stop:
                    stopped = str(stop)
                    queue.appendleft((job, self.journal.find(job.sha256) or entry))
            for done in self._ask_in_turn(flying):
                stopped = done if isinstance(done, str) else stopped
                if not isinstance(done, str):
                    yield done
            if stopped:
                yield from (self._left(job, entry, stopped) for job, entry in queue)
                return

    def _same_as(self, first: Job, job: Job) -> Uploaded:
        """A file whose content another file of this run has: that one was sent, and this one is what became of it."""
        entry = self.journal.find(job.sha256)
        assert entry is not None
        outcome = {"planned": "unfinished", "sending": "unfinished", "refused": "refused-before-sending"}
        link = self.uploader.client.activity_link(entry.activity_id) if entry.activity_id is not None else None
        other = job.photo not in (None, first.photo)
        return Uploaded(
            name=job.name,
            notes=(f"the photo {job.photo} is not sent: the content went with {first.name}",) if other else (),
            outcome=outcome.get(entry.state, entry.state),
            message=f"the same content as {first.name}, which was sent: {link or entry.message or entry.state}",
            activity_id=entry.activity_id,
            upload_id=entry.upload_id,
            link=link,
        )

    def _planned(self, job: Job) -> Entry:
        """The journal's entry for a job: the one that is under way or done, or a new one."""
        entry = self.journal.find(job.sha256)
        anew = ("failed", "refused", *((*ARRIVED, "processing") if job.again else ()))
        if entry is not None and entry.state not in anew:
            return self._with_wish(job, entry)
        return self.journal.plan(
            Entry(
                sha256=job.sha256, name=job.name, path=job.path, request=dict(job.request),
                external_id=job.external_id, photo="wanted" if job.photo else "",
            )
        )  # fmt: skip

    def _with_wish(self, job: Job, entry: Entry) -> Entry:
        """The entry of a file that is known already, with the photo that is given for it now. One that was sent is not
        wanted again."""
        fields = entry.request.get("fields", {})
        known = fields.get("photo") == job.photo and entry.photo in ("wanted", "sent")
        if job.photo is None or known or entry.state == "deleted":
            return entry
        return self.journal.want_photo(entry, {**entry.request, "fields": {**fields, "photo": job.photo}})

    def _begin(self, job: Job, entry: Entry, flying: list[_Flight]) -> Iterator[Uploaded]:
        """Send a file, unless Strava has it; what it processes then flies. Raises `_Stop`."""
        if entry.state in ARRIVED:
            if entry.photo == "wanted":
                self._room(reads=True)  # for the question where the photo goes
            yield self._with_photo(job, entry, self._known(job, entry))
            return
        if entry.state != "processing":
            sent, entry = self._send(job, entry)
            if sent.outcome != "processing":
                yield self._ended(job, entry, sent)
                return
        else:
            message = f"still processing; upload {entry.upload_id}"
            sent = Uploaded(name=job.name, outcome="processing", message=message, upload_id=entry.upload_id)
        flying.append(_Flight(job, entry, sent, due=self._clock() + self.uploader.polls[0]))

    def _known(self, job: Job, entry: Entry) -> Uploaded:
        """A file that Strava has already, or had."""
        link = self.uploader.client.activity_link(entry.activity_id) if entry.activity_id is not None else None
        on = datetime.fromtimestamp(entry.updated, UTC).strftime("%Y-%m-%d")
        message = f"sent before ({on}), so not sent again: {link or entry.message}"
        notes = () if job.photo is None or entry.photo == "wanted" else (_unsent_photo(job.photo, entry),)
        return Uploaded(
            name=job.name,
            outcome=entry.state,
            message=message,
            activity_id=entry.activity_id,
            upload_id=entry.upload_id,
            link=link,
            notes=notes,
            before=True,
        )

    def _send(self, job: Job, entry: Entry) -> tuple[Uploaded, Entry]:
        """Send one file, checked once, when there is room for it. Raises `_Stop`."""
        self._room(reads=False)
        prepared, fields = job.prepare()
        if entry.state == "sending":
            self._tell(f"{job.name}: it is not known whether it arrived, so it is sent again; Strava tells duplicates")
        while True:
            entry = self.journal.note(entry, "sending")
            try:
                sent = self._attempt(job, entry, prepared, fields)
                break
            except RateLimited as error:
                entry = self.journal.note(entry, "planned", message=str(error))
                self._limit_reached(error.reopens)
        self._note_limits()
        sent = replace(sent.of(prepared), name=job.name)
        if sent.prediction is not None and (said := fields.get("sport_type") or fields.get("activity_type")):
            sent = replace(sent, prediction=replace(sent.prediction, sport=spell_sport_type(said) or said))
        return sent, self._noted(entry, sent)

    def _attempt(self, job: Job, entry: Entry, prepared: Prepared, fields: Mapping[str, Any]) -> Uploaded:
        """One attempt to send a file. The journal says how it ended where that is no answer; raises `_Stop` then,
        `RateLimited`, and what holds for every file."""
        try:
            return self.uploader.send(prepared, force=job.force, **fields)
        except RateLimited:
            raise
        except (NotAuthorised, Forbidden) as error:
            self.journal.note(entry, "planned", message=str(error))
            raise
        except (NetworkTrouble, ServerTrouble, BadAnswer) as error:
            self.journal.note(entry, "sending" if error.maybe_accepted else "planned", message=str(error))
            raise _Stop(str(error)) from None
        except StravaError as error:
            return Uploaded(name=job.name, outcome="failed", message=str(error))
        except ValueError as error:
            self.journal.note(entry, "refused", message=str(error))
            raise

    def _ask_in_turn(self, flying: list[_Flight]) -> Iterator[Uploaded | str]:
        """Ask about each upload when its time has come, until all are done. A text says why it had to stop."""
        stopped = ""
        while flying:
            flight = min(flying, key=lambda each: each.due)
            if not stopped:
                pause = flight.due - self._clock()
                if pause > 0:
                    self._sleep(pause)
                try:
                    self._room(reads=True)
                    self._ask(flight)
                except _Stop as stop:
                    stopped = str(stop)
                    yield stopped
            over = flight.ends is not None and self._spent() >= flight.ends
            if stopped or over or flight.sent.outcome != "processing":
                flying.remove(flight)
                flight.entry = self._noted(flight.entry, flight.sent)
                done = self._ended(flight.job, flight.entry, flight.sent)
                yield replace(done, message=f"{done.message}; {stopped}") if stopped else done

    def _ask(self, flight: _Flight) -> None:
        """One question. Raises `_Stop` at the limit, and what holds for every file."""
        uploader = self.uploader
        if flight.ends is None:
            flight.ends = self._spent() + uploader.deadline
        try:
            flight.sent = uploader.ask(flight.sent)
        except RateLimited as error:
            self._limit_reached(error.reopens)
        except (NetworkTrouble, ServerTrouble, BadAnswer, NotFound) as error:
            flight.sent = troubled(flight.sent, error)
        except (NotAuthorised, Forbidden):
            raise
        except StravaError as error:
            flight.sent = replace(flight.sent, outcome="failed", message=str(error))
        self._note_limits()
        if flight.sent.upload_id != flight.entry.upload_id:
            flight.entry = self._noted(flight.entry, flight.sent)
        flight.asked += 1
        left = flight.ends - self._spent()
        pause = uploader.polls[min(flight.asked, len(uploader.polls) - 1)]
        flight.due = self._clock() + max(1.0, min(pause, left))

    def _noted(self, entry: Entry, sent: Uploaded) -> Entry:
        """The journal's entry with what is known of an upload now."""
        state = _DONE.get(sent.outcome, sent.outcome)
        known = {"upload_id": sent.upload_id, "activity_id": sent.activity_id, "message": sent.message}
        if (state, *known.values()) == (entry.state, entry.upload_id, entry.activity_id, entry.message):
            return entry
        return self.journal.note(entry, state, **known)

    def _ended(self, job: Job, entry: Entry, done: Uploaded) -> Uploaded:
        """A result with its name, and its photo and Strava's numbers where it has become an activity."""
        return self._with_numbers(self._with_photo(job, entry, replace(done, name=job.name)))

    def _with_numbers(self, done: Uploaded) -> Uploaded:
        if not self._compare or done.outcome != "ready" or done.prediction is None or done.activity_id is None:
            return done
        reads = self._limits.read_quarter if self._limits else None
        if reads is not None and reads.left < reads.limit / 2:
            return done
        try:
            activity = self.uploader.client.activity(done.activity_id)
        except StravaError as error:
            self._compare = False
            scope = error.missing_scope if isinstance(error, NotAuthorised) else None
            why = f"the sign-in lacks {scope}; `tracklint login` asks for it" if scope else str(error)
            self._tell(f"Strava's own numbers are not shown beside the predicted ones: {why}")
            return done
        self._note_limits()
        return replace(done, compared=compared(done.prediction, activity))

    def _with_photo(self, job: Job, entry: Entry, done: Uploaded) -> Uploaded:
        if entry.photo != "wanted" or not done.ok or self._finish is None:
            return done
        done = self._finish(job, done)
        self._note_limits()
        if done.photo != "failed":
            self.journal.note(entry, entry.state, photo=done.photo)
        return done

    def _left(self, job: Job, entry: Entry, why: str) -> Uploaded:
        """A job that this run does not come to."""
        if entry.state in ARRIVED:
            done = self._known(job, entry)
            return replace(done, notes=(f"the photo is not sent yet; {why}",)) if entry.photo == "wanted" else done
        known = {"sending": "sent, but it is not known whether it arrived", "processing": "still processing"}
        outcome = "processing" if entry.state == "processing" else "unfinished"
        message = f"{known.get(entry.state, 'not sent yet')}; {why}"
        return Uploaded(name=job.name, outcome=outcome, message=message, upload_id=entry.upload_id)

    def _room(self, *, reads: bool) -> None:
        """Return when the request limits leave room. Raises `_Stop` where that is later and nobody waits."""
        limits = self._limits
        until = limits.closed_until(self._told, self._now(), reads=reads) if limits else None
        if until is not None:
            self._limit_reached(until)

    def _spent(self) -> float:
        """The clock without the time at request limits: a file's deadline is for what Strava itself takes."""
        return self._clock() - self._waited

    def _note_limits(self) -> None:
        """What the last answer told of the limits, and when; an answer without these headers changes nothing."""
        if self.uploader.client.limits is not self._limits:
            self._limits, self._told = self.uploader.client.limits, self._now()

    def _limit_reached(self, until: float) -> None:
        when = datetime.fromtimestamp(until, UTC).strftime("%Y-%m-%d %H:%M:%S UTC")
        if not self.wait:
            raise _Stop(f"Strava's request limit is reached; it opens again at {when}")
        self._tell(f"Strava's request limit is reached; waiting until {when}")
        began = self._clock()
        self._sleep(max(1.0, until - self._now() + 1))
        self._waited += self._clock() - began
        self._limits, self._told = self.uploader.client.limits, 0.0  # what was told before counts no more


def _unsent_photo(photo: str, entry: Entry) -> str:
    """Why the photo of a file that was sent before is not sent."""
    if entry.state == "deleted":
        return f"the photo {photo} is not sent: the activity has been deleted"
    return f"the photo {photo} was sent before, so not sent again"
