"""Everything that can go wrong between us and Strava.

    StravaError
    ├── Refused          400 and other 4xx: the request or the file is not accepted
    ├── NotAuthorised    401: the token is expired or unknown, or lacks a scope
    │   └── NotSignedIn  there is no sign-in that can be used; the athlete has to sign in (again)
    ├── Forbidden        402, 403: this application or athlete may not do it
    ├── NotFound         404: no such upload or activity for this athlete
    ├── TooLarge         413: the body is too large
    ├── RateLimited      429: too many requests; says when the window opens again
    ├── ServerTrouble    5xx: Strava itself is in trouble
    ├── NetworkTrouble   no answer: name not found, connection refused or lost, timeout
    └── BadAnswer        an answer that the API does not document: no JSON, cut off, a redirect

Each text is one clear sentence, and none holds the token.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, Literal

from ..errors import TracklintError
from .limits import RateLimits, server_time
from .status import UploadStatus, plain

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = [
    "BadAnswer",
    "Carried",
    "ErrorItem",
    "Forbidden",
    "NetworkTrouble",
    "NotAuthorised",
    "NotFound",
    "NotSignedIn",
    "RateLimited",
    "Refused",
    "ServerTrouble",
    "StravaError",
    "TooLarge",
    "error_from",
]

#: What a request carries: a file, an activity without one, or nothing that Strava could have all the same.
Carried = Literal["file", "activity", ""]
_SHORT = 500
#: The host of Strava's next API: https://developers.strava.com/docs/changelog/, June 2026.
_NEXT_HOST = "api-v3.strava.com"
_MOVED = (
    f"Strava's API has moved to https://{_NEXT_HOST}; set TRACKLINT_STRAVA_API=https://{_NEXT_HOST} or install a later "
    "version of tracklint"
)
_MEANINGS = {
    ("data", "empty"): "no file reached Strava",
    ("gzip", "invalid encoding"): "the gzip stream is damaged or not complete",
    ("data_type", "invalid"): "the data_type is none that Strava knows",
    ("rate limit", "exceeded"): "the request limit is reached",
}


@dataclass(frozen=True, slots=True)
class ErrorItem:
    """One entry of the ``errors`` list in Strava's general error object."""

    resource: str
    field: str
    code: str

    def __str__(self) -> str:
        meaning = _MEANINGS.get((self.field.casefold(), self.code.casefold()))
        said = " ".join(filter(None, (self.resource, self.field, self.code)))
        return f"{meaning} ({said})" if meaning else said


class StravaError(TracklintError):
    """Something went wrong with Strava. The text is one clear sentence.

    ``http_status`` is ``None`` where no answer came; ``items`` are Strava's own error entries; ``body`` is the
    beginning of the answer's text. ``maybe_accepted`` says that a file, or an activity without one, was sent and
    that Strava may have it in spite of the error.
    """

    def __init__(
        self,
        message: str,
        *,
        http_status: int | None = None,
        items: tuple[ErrorItem, ...] = (),
        body: str = "",
        maybe_accepted: bool = False,
    ) -> None:
        super().__init__(message)
        self.http_status = http_status
        self.items = items
        self.body = body[:_SHORT]
        self.maybe_accepted = maybe_accepted


class Refused(StravaError):
    """Strava does not accept the request or the file. ``upload`` is the upload object, where the answer is one."""

    upload: UploadStatus | None = None


class NotAuthorised(StravaError):
    """The token is not accepted. ``missing_scope`` names the scope that it lacks; ``None`` = expired or unknown."""

    missing_scope: str | None = None


class NotSignedIn(NotAuthorised):
    """There is no token to use, and no way to get one without the athlete. The text says what to do."""


class Forbidden(StravaError):
    """The application or the athlete may not do this, for example because the application has too many athletes."""


class NotFound(StravaError):
    """Strava knows no such upload or activity of this athlete."""


class TooLarge(StravaError):
    """The body is larger than Strava takes."""


class RateLimited(StravaError):
    """Too many requests. ``reopens`` (UTC seconds) is when they are allowed again; ``limits`` is what headers say."""

    reopens: float = 0.0
    limits: RateLimits | None = None


class ServerTrouble(StravaError):
    """Strava, or a proxy before it, answers with a 5xx status."""


class NetworkTrouble(StravaError):
    """No answer came: the name is not found, the connection is refused or lost, or the time is over."""


class BadAnswer(StravaError):
    """The answer is not what the API documents: it is no JSON, it is cut off, or it is a redirect."""


def error_from(
    http_status: int, headers: Mapping[str, str], body: str, *, now: float, carried: Carried = "", base: str = ""
) -> StravaError:
    """The exception for an answer that is no success. ``body`` is its text, JSON or not; ``now`` is our own clock;
    ``carried`` is what the request brought, ``base`` where it went."""
    answer = _parse(body)
    items, message = _items(answer), _message(answer)
    told: dict[str, Any] = {"http_status": http_status, "items": items, "body": body}
    detail = "; ".join(map(str, items)) or message
    if _NEXT_HOST not in base and _NEXT_HOST in body + headers.get("location", ""):
        return BadAnswer(f"Strava answers with status {http_status}: {_MOVED}", **told)
    if http_status == 401:
        return _not_authorised(items, told)
    if http_status == 429:
        return _rate_limited(headers, now, told)
    if http_status in (402, 403):
        why = detail or "the application or the athlete has no right to it"
        return Forbidden(f"Strava forbids this with status {http_status}: {why}", **told)
    if http_status == 404:
        return NotFound(
            f"Strava answers 404: {detail or 'it knows no such upload or activity of this athlete'}", **told
        )
    if http_status == 413:
        large = "the file is larger than it takes; send it gzipped"
        if carried == "activity":
            large = "the activity is larger than it takes; shorten its description"
        return TooLarge(f"Strava answers 413: {large}", **told)
    if http_status >= 500:
        maybe = {"file": " and may still have the file", "activity": " and may still have created the activity", "": ""}
        return ServerTrouble(
            f"Strava answers with status {http_status}{maybe[carried]}; see https://status.strava.com",
            maybe_accepted=bool(carried),
            **told,
        )
    if http_status >= 400:
        return _refused(http_status, answer, detail, told)
    return BadAnswer(
        f"Strava answers with status {http_status}, which is no success; redirects are not followed",
        **told,
    )


def _refused(http_status: int, answer: object, detail: str, told: dict[str, Any]) -> Refused:
    upload = UploadStatus.from_json(answer)
    said = upload.reason if upload is not None and upload.reason else detail
    error = Refused(f"Strava refuses with status {http_status}: {said or 'it gives no reason'}", **told)
    error.upload = upload
    return error


def _not_authorised(items: tuple[ErrorItem, ...], told: dict[str, Any]) -> NotAuthorised:
    missing = next((i.field for i in items if i.code == "missing" and i.field.endswith("_permission")), None)
    scope = missing.removesuffix("_permission") if missing else None
    text = (
        f"the token lacks the scope {scope}; authorise again and leave this permission ticked"
        if scope
        else "Strava does not accept the token: it is expired, revoked or not a token of Strava"
    )
    error = NotAuthorised(text, **told)
    error.missing_scope = scope
    return error


def _rate_limited(headers: Mapping[str, str], now: float, told: dict[str, Any]) -> RateLimited:
    now = server_time(headers, now)
    limits = RateLimits.from_headers(headers)
    after = headers.get("retry-after", "")
    if after.isascii() and after.isdigit() and len(after) < 7:
        reopens = now + int(after)
    else:
        reopens = (limits or RateLimits()).reopens(now)
    window = "daily" if limits is not None and limits.day_is_used_up else "15-minute"
    when = datetime.fromtimestamp(reopens, UTC).strftime("%Y-%m-%d %H:%M:%S UTC")
    error = RateLimited(f"Strava's {window} request limit is reached; it opens again at {when}", **told)
    error.reopens, error.limits = reopens, limits
    return error


def _parse(body: str) -> object:
    try:
        return json.loads(body)
    except (ValueError, RecursionError):
        return None


def _message(answer: object) -> str:
    if isinstance(answer, dict) and isinstance(answer.get("message"), str):
        return plain(answer["message"])[:_SHORT]
    return ""


def _items(answer: object) -> tuple[ErrorItem, ...]:
    """The entries of ``errors``; one entry that stands alone, without the list, is taken as well."""
    if not isinstance(answer, dict):
        return ()
    listed = answer.get("errors", [answer] if "code" in answer else [])
    entries = [e for e in listed if isinstance(e, dict)] if isinstance(listed, list) else []
    return tuple(
        ErrorItem(*(plain(str(e.get(key) or ""))[:_SHORT] for key in ("resource", "field", "code")))
        for e in entries[:20]
    )
