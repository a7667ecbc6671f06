"""What can go wrong at Strava, by name: for the whole stand-in, or for one file by a marker such as ``ride[slow].gpx``.

A marker stands in the file's name, the activity's name or the external id. Several scenarios work together as far as
they concern different things; where two concern the same thing, the first wins.
"""

from __future__ import annotations

import html
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, fields, replace

from .verdict import BAD_TIME, CORRUPTED, EMPTY, IMPROPER, MALFORMED, NO_TIME, UNRECOGNISED, Refusal

__all__ = ["NORMAL", "SCENARIOS", "Problem", "Scenario", "at_work", "in_form", "marked", "unknown"]

#: The forms in which a text of Strava has been seen. The first has no suffix in a scenario's name.
FORMS = ("plain", "html", "escaped")
_MARKER = re.compile(r"\[([a-z0-9-]+)\]")
_DOCUMENT = "Strava's document on uploads"
_PARTNERS = "Strava's document on partner uploads"


@dataclass(frozen=True, slots=True)
class Problem:
    """An answer in place of the one that was asked for: Strava's error object, or a page in HTML."""

    http_status: int
    message: str = "Bad Request"
    resource: str = ""
    field: str = ""
    code: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Scenario:
    """One thing that Strava may do. ``says`` tells it in a sentence, ``source`` where it is known from.

    ``problem`` answers the request, and nothing is taken. ``lost`` is how the answer to a file that was taken is lost,
    once for each file, and ``lost_question`` the same for the first question: ``silent``, ``closed``, ``truncated``,
    ``no-json``, ``empty``, ``html`` or ``trouble``. ``unknown`` answers 404 to each question. ``refusal`` is the text
    that a file gets, whatever is in it; ``duplicate`` says of what it is one (``activity`` or ``uploading``), and
    ``form`` is the form of either text. ``polls`` is how many questions find it still processing. ``deleted`` deletes
    the activity when it is made. ``photo`` gives an address for a picture: ``good``, or ``expired`` the first time.
    ``limits`` fills the request limits: ``reached``, ``nearly`` or ``day``. ``expired`` accepts no token before the
    sign-in is renewed.
    """

    name: str
    says: str
    source: str
    problem: Problem | None = None
    lost: str = ""
    lost_question: str = ""
    unknown: bool = False
    refusal: Refusal | None = None
    duplicate: str = ""
    form: str = ""
    polls: int | None = None
    deleted: bool = False
    photo: str = ""
    limits: str = ""
    expired: bool = False


NORMAL = Scenario(name="", says="what the check says of the file", source="")


def at_work(names: Iterable[str]) -> Scenario:
    """The scenarios of these names as one. Raises KeyError for a name that is none."""
    together = NORMAL
    for name in dict.fromkeys(names):
        other = SCENARIOS[name]
        told = {
            f.name: getattr(other, f.name)
            for f in fields(Scenario)
            if getattr(together, f.name) == getattr(NORMAL, f.name)
        }
        told["name"] = f"{together.name} {other.name}".strip()
        together = replace(together, **told)
    return together


def marked(*texts: str) -> list[str]:
    """The names of the scenarios that markers in these texts ask for."""
    return [name for text in texts for name in _MARKER.findall(text) if name in SCENARIOS]


def unknown(names: Iterable[str]) -> list[str]:
    """Those of the names that are no scenario's."""
    return [name for name in names if name not in SCENARIOS]


def in_form(text: str, form: str) -> str:
    """A text as Strava may send it: plain, with HTML in it, or with that HTML escaped."""
    if form == "plain":
        return text
    page = f"<p>{html.escape(text, quote=False)}</p>"
    return page if form == "html" else html.escape(page, quote=False)


def _texts() -> Iterator[Scenario]:
    """Each error text in its three forms."""
    told = (
        ("no-time", Refusal(NO_TIME), "Strava's support article 216917947"),
        ("malformed", Refusal(MALFORMED), "TrackMyIndoorWorkout#221"),
        ("improper", Refusal(IMPROPER, at_once=True), "a recorded answer"),
        ("empty", Refusal(EMPTY, at_once=True), "GoldenCheetah#3363"),
        ("unrecognised", Refusal(UNRECOGNISED, at_once=True), "tapiriik#252"),
        ("corrupted", Refusal(CORRUPTED), "GoldenCheetah#1389"),
        ("bad-time", Refusal(BAD_TIME), "GoldenCheetah#1389"),
        ("unknown-error", Refusal("There was an error processing your activity."), _DOCUMENT),
    )
    for name, refusal, source in told:
        when = "in the answer to the file itself, with status 400" if refusal.at_once else "after processing"
        for form in FORMS:
            yield Scenario(
                name=name if form == "plain" else f"{name}-{form}",
                says=f"the file is refused {when}: {in_form(refusal.text, form)}",
                source=source,
                refusal=refusal,
                form=form,
            )


def _duplicates() -> Iterator[Scenario]:
    words = {"plain": "by its number", "html": "by a link in HTML", "escaped": "by a link in escaped HTML"}
    for form, how in words.items():
        yield Scenario(
            name="duplicate" if form == "plain" else f"duplicate-{form}",
            says=f"the athlete has the activity already; the text names it {how}",
            source=_DOCUMENT if form == "plain" else "tapiriik, stravacli",
            duplicate="activity",
            form=form,
        )
    yield Scenario(
        name="duplicate-uploading",
        says="the same file is still being processed from another upload, which becomes an activity",
        source="users' reports",
        duplicate="uploading",
    )


def _problems() -> Iterator[Scenario]:
    """What is answered in place of taking the request."""
    told = (
        ("bad-request", "400 with the general error object",
         Problem(400, "Bad Request", "Upload", "file", "invalid"), "javastrava"),
        ("data-empty", "400: no file part arrived",
         Problem(400, "Bad Request", "Upload", "data", "empty"), "Laufhelden#80"),
        ("gzip-invalid", "400: the gzip stream is not complete",
         Problem(400, "Bad Request", "upload", "gzip", "invalid encoding"), "stravacli#6"),
        ("missing-scope", "401: the token lacks activity:write",
         Problem(401, "Authorization Error", "AccessToken", "activity:write_permission", "missing"), "javastrava#140"),
        ("subscription", "402: the athlete needs a subscription",
         Problem(402, "Payment Required", "Athlete", "subscription", "missing"), "Strava's API reference"),
        ("capacity", "403: the application has as many athletes as it may have",
         Problem(403, "Forbidden", "Application", "Limit of connected athletes", "exceeded"),
         "TrackMyIndoorWorkout#511"),
        ("inactive", "403: the application is switched off, as its owner has no subscription",
         Problem(403, "Forbidden", "Application", "Status", "Inactive"), "stravalib 2.6"),
        ("not-found", "404", Problem(404, "Record Not Found", "Upload", "id", "invalid"), "Strava's API reference"),
        ("too-large", "413: the body is too large",
         Problem(413, "Payload Too Large", "Upload", "file", "too large"), "assumed"),
        ("trouble", "500 with a page in HTML", Problem(500), "users' reports"),
    )  # fmt: skip
    for name, says, problem, source in told:
        yield Scenario(name=name, says=f"nothing is taken; the answer is {says}", source=source, problem=problem)


def _lost() -> Iterator[Scenario]:
    """Answers that do not arrive as they should, once for each file; what was sent is taken."""
    told = {
        "silent": "no answer comes in time, then the connection is closed",
        "closed": "the connection is closed without a word",
        "truncated": "the answer breaks off",
        "no-json": "the answer is no JSON",
        "empty-answer": "the answer is empty",
        "html": "the answer is a page in HTML with status 200",
        "trouble-taken": "the answer is a page in HTML with status 500",
    }
    kinds = {"empty-answer": "empty", "trouble-taken": "trouble"}
    for name, says in told.items():
        kind = kinds.get(name, name)
        source = "users' reports" if kind in ("empty", "html", "trouble") else "assumed"
        yield Scenario(name=name, says=f"what was sent is taken, but {says}", source=source, lost=kind)
    for kind in ("trouble", "html", "truncated", "closed"):
        yield Scenario(
            name=f"{kind}-asked",
            says=f"the first question about an upload is answered as by {kind}",
            source="users' reports" if kind in ("html", "trouble") else "assumed",
            lost_question=kind,
        )


def _others() -> Iterator[Scenario]:
    yield Scenario(
        name="slow", says="four questions find the file still processing, then it is ready", source=_DOCUMENT, polls=4
    )
    yield Scenario(
        name="forever",
        says="the file is still being processed, whatever is asked",
        source="strava-ruby-client#36",
        refusal=Refusal(""),
    )
    yield Scenario(
        name="deleted", says="the activity is made and deleted before it is asked about", source=_DOCUMENT, deleted=True
    )
    yield Scenario(
        name="lost-upload", says="the file is taken; questions about it answer 404", source="assumed", unknown=True
    )
    yield Scenario(
        name="big-ids",
        says="ids are above 2**53; they always are, at this stand-in",
        source="Strava's changelog",
    )
    yield Scenario(
        name="photo",
        says="the application is a partner: an activity comes with a signed address for a picture",
        source=_PARTNERS,
        photo="good",
    )
    yield Scenario(
        name="photo-expired",
        says="the first address for a picture has expired (403); the next question gives a new one",
        source=_PARTNERS,
        photo="expired",
    )
    yield Scenario(
        name="expired",
        says="tokens are refused (401) until the sign-in is renewed",
        source="https://developers.strava.com/docs/authentication/",
        expired=True,
    )
    limits = "https://developers.strava.com/docs/rate-limits/"
    yield Scenario(
        name="rate-limited",
        says="429: the requests of this quarter of an hour are used up",
        source=limits,
        limits="reached",
    )
    yield Scenario(name="day-limit", says="429: the requests of this UTC day are used up", source=limits, limits="day")
    yield Scenario(
        name="limits-nearly",
        says="a few requests are left in this quarter of an hour",
        source=limits,
        limits="nearly",
    )


#: All scenarios by name, in the order in which they are shown.
SCENARIOS = {s.name: s for group in (_others, _texts, _duplicates, _problems, _lost) for s in group()}
