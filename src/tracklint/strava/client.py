"""A thin client of Strava's upload API: send a file, ask how it goes, fetch the activity that came of it.

The token travels in the Authorization header only and stands in no repr, text or log. Redirects are never followed,
so that it goes to no other host. Sources: https://developers.strava.com/docs/uploads/,
https://developers.strava.com/docs/reference/.
"""

from __future__ import annotations

import json
import time
from typing import TYPE_CHECKING, Any, Self

import httpx

from ..sports import spell_sport_type
from .address import base_address
from .errors import BadAnswer, Carried, NotAuthorised, error_from
from .exchange import MAYBE, PATIENCE, TIMEOUT, Answer, exchange, http_client
from .limits import RateLimits
from .settings import API_BASE
from .status import UploadStatus, id_number
from .tokens import printable

if TYPE_CHECKING:
    from collections.abc import Callable, Generator, Mapping
    from types import TracebackType

    from .auth import TokenSource

__all__ = ["API_BASE", "DATA_TYPES", "TIMEOUT", "Client"]

#: What a file can be sent as; ``.gz`` must be there exactly when the bytes are gzipped.
DATA_TYPES = ("fit", "fit.gz", "tcx", "tcx.gz", "gpx", "gpx.gz")


class _Bearer(httpx.Auth):
    """Sets the Authorization header of one request; its repr does not show the token."""

    def __init__(self, token: str) -> None:
        self._header = f"Bearer {token}"

    def __repr__(self) -> str:
        return "_Bearer([token])"

    def auth_flow(self, request: httpx.Request) -> Generator[httpx.Request, httpx.Response, None]:
        request.headers["Authorization"] = self._header
        yield request


class _Fixed:
    """A `TokenSource` of one token, which nobody renews."""

    def __init__(self, token: str) -> None:
        self._token = token

    def token(self) -> str:
        return self._token

    def renewed(self, refused: str) -> None:
        """There is no other token."""


class Client:
    """Talks to Strava, or to a stand-in at another ``api_base``, for one athlete. A context manager; `close` ends it.

    ``token`` is one token, or the source of one for each request: where Strava does not accept it (401, and no
    missing scope), the request is sent once more with the token that the source gives instead. ``limits`` holds the
    request limits of the last answer that told them, and ``patience`` is how many seconds a whole answer may take.
    Raises ValueError for a token that no header can carry and for an ``api_base`` that would send the token in the
    clear over a network.
    """

    def __init__(
        self,
        token: str | TokenSource,
        *,
        api_base: str = API_BASE,
        timeout: httpx.Timeout | float = TIMEOUT,
        patience: float = PATIENCE,
        transport: httpx.BaseTransport | None = None,
        clock: Callable[[], float] = time.time,
    ) -> None:
        if isinstance(token, str) and not printable(token):
            raise ValueError(
                "the token is empty or holds a character that no HTTP header can carry, such as a line end"
            )
        base, local = base_address(api_base, "api_base")
        self.api_base = str(base)
        self.limits: RateLimits | None = None
        self._patience = patience
        self._site = str(base.copy_with(raw_path=b"/")) if local else "https://www.strava.com/"
        self._source: TokenSource = _Fixed(token) if isinstance(token, str) else token
        self._clock = clock
        self._http = http_client(local=local, timeout=timeout, transport=transport)

    def __repr__(self) -> str:
        return f"Client([token], api_base={self.api_base!r})"

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Close the connections."""
        self._http.close()

    def activity_link(self, activity_id: int) -> str:
        """The address of an activity's page, for a browser."""
        return f"{self._site}activities/{activity_id}"

    def upload(
        self,
        data: bytes,
        *,
        data_type: str,
        file_name: str,
        external_id: str | None = None,
        sport_type: str | None = None,
        activity_type: str | None = None,
        title: str | None = None,
        description: str | None = None,
        trainer: bool | None = None,
        commute: bool | None = None,
        private: object = None,
    ) -> UploadStatus:
        """Send one file: ``POST /uploads``. Only what is given is sent; ``title`` is Strava's field ``name``.

        ``sport_type`` is spelled as in `sports.SPORT_TYPES`; it overrides the file and the deprecated
        ``activity_type``. ``private`` is gone from the API. The answer is mostly still ``processing``; ask `status`
        with its id. Raises ValueError for options that Strava would refuse, before anything is sent, and
        `StravaError`, whose ``maybe_accepted`` tells whether the file may have arrived.
        """
        data_type = _check_options(data, data_type, sport_type, private)
        fields = {
            "data_type": data_type,
            "sport_type": sport_type,
            "activity_type": activity_type,
            "name": title,
            "description": description,
            "trainer": _flag(trainer),
            "commute": _flag(commute),
            "external_id": external_id,
        }
        shown = _bare(file_name) or f"activity.{data_type}"
        answer = self._ask(
            "POST",
            "/uploads",
            "file",
            len(data),
            data={key: _sendable(value) for key, value in fields.items() if value is not None},
            files={"file": (shown, data, "application/octet-stream")},
        )
        return self._upload_status(answer, "file")

    def status(self, upload_id: int) -> UploadStatus:
        """How an upload goes: ``GET /uploads/:id``; Strava wants a second or more between two. Raises `StravaError`."""
        return self._upload_status(self._ask("GET", f"/uploads/{int(upload_id)}"), "")

    def create_activity(self, fields: Mapping[str, str]) -> dict[str, Any]:
        """Create an activity without a file: ``POST /activities``, as a form. Gives the detailed activity.

        Sent once: Strava takes no id of ours here, so that a second request would make a second activity. Raises
        `StravaError`, whose ``maybe_accepted`` tells whether the activity may exist all the same.
        """
        form = {key: _sendable(value) for key, value in fields.items()}
        answer = self._ask("POST", "/activities", "activity", data=form)
        if not isinstance(answer, dict) or not (id_number(answer.get("id_str")) or id_number(answer.get("id"))):
            raise BadAnswer(
                "Strava's answer about the new activity holds no id; it may have been created all the same",
                body=_shown(answer),
                maybe_accepted=True,
            )
        return answer

    def athlete(self) -> dict[str, Any]:
        """Whose token it is: ``GET /athlete``; any scope will do. Raises `StravaError`."""
        answer = self._ask("GET", "/athlete")
        if not isinstance(answer, dict):
            raise BadAnswer("Strava's answer about the athlete is no JSON object", body=_shown(answer))
        return answer

    def activity(self, activity_id: int) -> dict[str, Any]:
        """An activity: ``GET /activities/:id``; needs the scope activity:read. Raises `StravaError`."""
        answer = self._ask("GET", f"/activities/{int(activity_id)}")
        if not isinstance(answer, dict):
            raise BadAnswer("Strava's answer about the activity is no JSON object", body=_shown(answer))
        return answer

    def _upload_status(self, answer: object, carried: Carried) -> UploadStatus:
        status = UploadStatus.from_json(answer)
        if status is None:
            raise BadAnswer(
                "Strava's answer about the upload holds no upload id" + MAYBE[carried],
                body=_shown(answer),
                maybe_accepted=bool(carried),
            )
        return status

    def _ask(self, method: str, path: str, carried: Carried = "", size: int = 0, **content: Any) -> object:
        """Send one request; the parsed JSON of a 2xx answer. Everything else becomes a `StravaError`."""
        token = self._source.token()
        try:
            answer = self._exchange(method, path, token, carried, size, **content)
        except NotAuthorised as error:
            other = self._source.renewed(token) if error.http_status == 401 and error.missing_scope is None else None
            if other is None:
                raise
            answer = self._exchange(method, path, other, carried, size, **content)
        try:
            return json.loads(answer.body)
        except (ValueError, RecursionError):
            what = "is empty" if not answer.body.strip() else "is no JSON"
            raise BadAnswer(
                f"Strava's answer with status {answer.http_status} {what}" + MAYBE[carried],
                http_status=answer.http_status,
                body=answer.body,
                maybe_accepted=bool(carried),
            ) from None

    def _exchange(self, method: str, path: str, token: str, carried: Carried, size: int, **content: Any) -> Answer:
        """One request with this token; its 2xx answer. Raises `StravaError`."""
        answer = exchange(
            self._http,
            method,
            self.api_base + path,
            base=self.api_base,
            secrets=(token,),
            carried=carried,
            patience=self._patience,
            size=size,
            auth=_Bearer(token),
            **content,
        ).without((token,))
        self.limits = RateLimits.from_headers(answer.headers) or self.limits
        if not answer.success:
            raise error_from(
                answer.http_status, answer.headers, answer.body, now=self._clock(), carried=carried, base=self.api_base
            )
        return answer


def _check_options(data: bytes, data_type: str, sport_type: str | None, private: object) -> str:
    """The data type in lower case. Raises ValueError for what Strava would refuse or misread."""
    if private is not None:
        raise ValueError(
            "private is gone from Strava's API; the athlete's default privacy holds until it is changed on the page"
        )
    kind = data_type.lower()
    if kind not in DATA_TYPES:
        raise ValueError(f"data_type is {data_type!r}; one of {', '.join(DATA_TYPES)} is wanted")
    if kind.endswith(".gz") != (data[:2] == b"\x1f\x8b"):
        found = "gzipped" if data[:2] == b"\x1f\x8b" else "not gzipped"
        raise ValueError(f"data_type is {kind}, but the bytes are {found}; .gz stands exactly where they are gzipped")
    if sport_type is not None and (spelled := spell_sport_type(sport_type)) not in (None, sport_type):
        raise ValueError(f"sport_type is {sport_type!r}; Strava is case-sensitive and spells it {spelled!r}")
    return kind


def _flag(value: bool | None) -> str | None:
    """Booleans travel as 1 and 0: this endpoint takes the word ``true`` for something else."""
    return None if value is None else str(int(value))


def _bare(file_name: str) -> str:
    """The name without its folders, which are nobody's business."""
    return _sendable(file_name.replace("\\", "/").rpartition("/")[2])


def _sendable(text: str) -> str:
    """``text`` with a question mark for what is no character: a byte of a file's name that is no UTF-8."""
    return text.encode("utf-8", "replace").decode()


def _shown(answer: object) -> str:
    return json.dumps(answer, ensure_ascii=False)
