"""One request and its answer, with every trouble on the way as a `StravaError` that holds no secret."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

import httpx

from .errors import BadAnswer, Carried, NetworkTrouble, StravaError

if TYPE_CHECKING:
    from collections.abc import Iterable

__all__ = ["MAYBE", "TIMEOUT", "Answer", "exchange", "http_client", "without"]

#: Seconds: to connect, to send and receive one piece, to get a connection.
TIMEOUT = httpx.Timeout(60.0, connect=10.0, pool=10.0)
#: The end of a message about a request that failed, by what it carried and Strava may have all the same.
MAYBE: dict[Carried, str] = {
    "file": "; the file may have been accepted all the same",
    "activity": "; the activity may have been created all the same",
    "": "",
}
_LARGEST_ANSWER = 4 * 1024 * 1024
_NOT_SENT = (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout, httpx.ProxyError, httpx.UnsupportedProtocol)


@dataclass(frozen=True, slots=True)
class Answer:
    """Status, headers and text of one answer, as they came: the text may hold a token, so that its repr shows none."""

    http_status: int
    headers: httpx.Headers = field(repr=False)
    body: str = field(repr=False)

    @property
    def success(self) -> bool:
        """Whether the status is 2xx."""
        return 200 <= self.http_status < 300

    def without(self, secrets: Iterable[str]) -> Answer:
        """The answer with these secrets out of its text, for the case that a server repeats them."""
        return replace(self, body=without(self.body, secrets))


def http_client(*, local: bool, timeout: httpx.Timeout | float, transport: httpx.BaseTransport | None) -> httpx.Client:
    """Connections that follow no redirect and carry no authorisation of their own."""
    from ..version import __version__

    return httpx.Client(
        timeout=timeout,
        transport=transport,
        follow_redirects=False,
        trust_env=not local,  # a proxy of the environment does not see this machine's own addresses
        headers={"Accept": "application/json", "User-Agent": f"tracklint/{__version__}"},
    )


def exchange(
    http: httpx.Client,
    method: str,
    url: str,
    *,
    base: str,
    secrets: Iterable[str],
    carried: Carried = "",
    **content: Any,
) -> Answer:
    """Send one request. ``base`` stands for the server in messages of trouble, and none of ``secrets`` in any of them.

    Raises `NetworkTrouble` where no answer came and `BadAnswer` where it breaks off. Any status is an answer.
    """
    trouble: StravaError
    http_status = None
    hidden = tuple(secrets)
    try:
        with http.stream(method, url, **content) as response:
            http_status = response.status_code
            body = bytearray()
            for piece in response.iter_bytes():
                body += piece
                if len(body) > _LARGEST_ANSWER:
                    raise httpx.DecodingError(f"it is longer than {_LARGEST_ANSWER} bytes")
            return Answer(http_status, response.headers, body.decode("utf-8", "replace"))
    except httpx.HTTPError as error:
        said = without(_what(error), hidden)
        if http_status is None:
            arrived: Carried = "" if isinstance(error, _NOT_SENT) else carried
            trouble = NetworkTrouble(f"no answer from {base}: {said}" + MAYBE[arrived], maybe_accepted=bool(arrived))
        else:
            trouble = BadAnswer(
                f"the answer of {base} with status {http_status} breaks off: {said}" + MAYBE[carried],
                http_status=http_status,
                maybe_accepted=bool(carried),
            )
    raise trouble  # outside the except block: httpx's error holds the request, and with it the secrets


def without(text: str, secrets: Iterable[str]) -> str:
    """``text`` without the secrets. Those of less than 8 characters stay: they may be words of any text."""
    for secret in secrets:
        if len(secret) >= 8:
            text = text.replace(secret, "[token]")
    return text


def _what(error: httpx.HTTPError) -> str:
    words: dict[type[httpx.HTTPError], str] = {
        httpx.ConnectTimeout: "no connection within the time",
        httpx.ReadTimeout: "it does not answer within the time",
        httpx.WriteTimeout: "it does not take the bytes within the time",
        httpx.PoolTimeout: "all connections are in use",
    }
    return words.get(type(error)) or str(error) or type(error).__name__
