"""A thin client of Strava's upload API: send a file, ask how it goes, fetch the activity that came of it.

The token travels in the Authorization header only and stands in no repr, text or log. Redirects are never followed,
so that it goes to no other host. Sources: https://developers.strava.com/docs/uploads/,
https://developers.strava.com/docs/reference/.
"""

from __future__ import annotations

import ipaddress
import json
import time
from typing import TYPE_CHECKING, Any, Self

import httpx

from ..sports import spell_sport_type
from .errors import BadAnswer, NetworkTrouble, StravaError, error_from
from .limits import RateLimits
from .status import UploadStatus

if TYPE_CHECKING:
    from collections.abc import Callable, Generator
    from types import TracebackType

__all__ = ["API_BASE", "DATA_TYPES", "TIMEOUT", "Client"]

#: Host and path in one setting: Strava moves both on 2027-06-01.
API_BASE = "https://www.strava.com/api/v3"
#: What a file can be sent as; ``.gz`` must be there exactly when the bytes are gzipped.
DATA_TYPES = ("fit", "fit.gz", "tcx", "tcx.gz", "gpx", "gpx.gz")
#: Seconds: to connect, to send and receive one piece, to get a connection.
TIMEOUT = httpx.Timeout(60.0, connect=10.0, pool=10.0)
_LARGEST_ANSWER = 4 * 1024 * 1024
_NOT_SENT = (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout, httpx.ProxyError, httpx.UnsupportedProtocol)


class _Bearer(httpx.Auth):
    """Sets the Authorization header of each request; its repr does not show the token."""

    def __init__(self, token: str) -> None:
        self._header = f"Bearer {token}"

    def __repr__(self) -> str:
        return "_Bearer([token])"

    def auth_flow(self, request: httpx.Request) -> Generator[httpx.Request, httpx.Response, None]:
        request.headers["Authorization"] = self._header
        yield request


class Client:
    """Talks to Strava, or to a stand-in at another ``api_base``, for one athlete. A context manager; `close` ends it.

    ``limits`` holds the request limits of the last answer that told them. Raises ValueError for a token that no
    header can carry and for an ``api_base`` that would send the token in the clear over a network.
    """

    def __init__(
        self,
        token: str,
        *,
        api_base: str = API_BASE,
        timeout: httpx.Timeout | float = TIMEOUT,
        transport: httpx.BaseTransport | None = None,
        clock: Callable[[], float] = time.time,
    ) -> None:
        if not token or not all("!" <= c <= "~" for c in token):
            raise ValueError(
                "the token is empty or holds a character that no HTTP header can carry, such as a line end"
            )
        base, local = _base(api_base)
        self.api_base = str(base)
        self.limits: RateLimits | None = None
        self._site = str(base.copy_with(raw_path=b"/")) if local else "https://www.strava.com/"
        self._token = token
        self._clock = clock
        self._http = httpx.Client(
            auth=_Bearer(token),
            timeout=timeout,
            transport=transport,
            follow_redirects=False,
            trust_env=not local,  # a proxy of the environment does not see this machine's own addresses
            headers={"Accept": "application/json", "User-Agent": _user_agent()},
        )

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
            data={key: value for key, value in fields.items() if value is not None},
            files={"file": (shown, data, "application/octet-stream")},
        )
        return self._upload_status(answer, sent_file=True)

    def status(self, upload_id: int) -> UploadStatus:
        """How an upload goes: ``GET /uploads/:id``; Strava wants a second or more between two. Raises `StravaError`."""
        return self._upload_status(self._ask("GET", f"/uploads/{int(upload_id)}"), sent_file=False)

    def activity(self, activity_id: int) -> dict[str, Any]:
        """An activity: ``GET /activities/:id``; needs the scope activity:read. Raises `StravaError`."""
        answer = self._ask("GET", f"/activities/{int(activity_id)}")
        if not isinstance(answer, dict):
            raise BadAnswer("Strava's answer about the activity is no JSON object", body=_shown(answer))
        return answer

    def _upload_status(self, answer: object, *, sent_file: bool) -> UploadStatus:
        status = UploadStatus.from_json(answer)
        if status is None:
            raise BadAnswer(
                "Strava's answer about the upload holds no upload id" + _MAYBE[sent_file],
                body=_shown(answer),
                maybe_accepted=sent_file,
            )
        return status

    def _ask(self, method: str, path: str, **content: Any) -> object:
        """Send one request; the parsed JSON of a 2xx answer. Everything else becomes a `StravaError`."""
        sent_file = method == "POST"
        http_status, headers, body = self._exchange(method, path, sent_file, content)
        told = RateLimits.from_headers(headers)
        self.limits = told or self.limits
        if not 200 <= http_status < 300:
            raise error_from(http_status, headers, body, now=self._clock(), sent_file=sent_file)
        try:
            return json.loads(body)
        except (ValueError, RecursionError):
            what = "is empty" if not body.strip() else "is no JSON"
            raise BadAnswer(
                f"Strava's answer with status {http_status} {what}" + _MAYBE[sent_file],
                http_status=http_status,
                body=body,
                maybe_accepted=sent_file,
            ) from None

    def _exchange(
        self, method: str, path: str, sent_file: bool, content: dict[str, Any]
    ) -> tuple[int, httpx.Headers, str]:
        trouble: StravaError
        http_status = None
        try:
            with self._http.stream(method, self.api_base + path, **content) as response:
                http_status = response.status_code
                body = bytearray()
                for piece in response.iter_bytes():
                    body += piece
                    if len(body) > _LARGEST_ANSWER:
                        raise httpx.DecodingError(f"it is longer than {_LARGEST_ANSWER} bytes")
                return http_status, response.headers, self._hide(body.decode("utf-8", "replace"))
        except httpx.HTTPError as error:
            if http_status is None:
                arrived = sent_file and not isinstance(error, _NOT_SENT)
                trouble = NetworkTrouble(
                    f"no answer from {self.api_base}: {self._hide(_what(error))}" + _MAYBE[arrived],
                    maybe_accepted=arrived,
                )
            else:
                trouble = BadAnswer(
                    f"the answer of {self.api_base} with status {http_status} breaks off: {self._hide(_what(error))}"
                    + _MAYBE[sent_file],
                    http_status=http_status,
                    maybe_accepted=sent_file,
                )
        raise trouble  # outside the except block: httpx's error holds the request, and with it the token

    def _hide(self, text: str) -> str:
        """``text`` without the token, for the case that a server repeats it."""
        return text.replace(self._token, "[token]") if len(self._token) >= 8 else text


_MAYBE = {True: "; the file may have been accepted all the same", False: ""}


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
    """The name without its folders, which are nobody's business, and without bytes that are no UTF-8."""
    return file_name.replace("\\", "/").rpartition("/")[2].encode("utf-8", "replace").decode()


def _base(api_base: str) -> tuple[httpx.URL, bool]:
    """The address, and whether it is on this machine. Raises ValueError where the token would travel in the clear."""
    try:
        base = httpx.URL(api_base.rstrip("/"))
    except httpx.InvalidURL:
        base = httpx.URL()
    local = _is_local(base.host)
    if not base.host or (base.scheme != "https" and not (base.scheme == "http" and local)):
        raise ValueError(f"api_base is {api_base!r}; an https address is wanted (http only on this machine)")
    return base, local


def _is_local(host: str) -> bool:
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def _user_agent() -> str:
    from .. import __version__

    return f"tracklint/{__version__}"


def _shown(answer: object) -> str:
    return json.dumps(answer, ensure_ascii=False)


def _what(error: httpx.HTTPError) -> str:
    words: dict[type[httpx.HTTPError], str] = {
        httpx.ConnectTimeout: "no connection within the time",
        httpx.ReadTimeout: "it does not answer within the time",
        httpx.WriteTimeout: "it does not take the bytes within the time",
        httpx.PoolTimeout: "all connections are in use",
    }
    return words.get(type(error)) or str(error) or type(error).__name__
