"""One request and its answer, with every trouble on the way as a `StravaError` that holds no secret.

A server can do no more than answer: the whole of an answer has its time and its size, also unpacked.
"""

from __future__ import annotations

import queue
import re
import socket
import ssl
import threading
import time
import zlib
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

import httpx

from .errors import BadAnswer, Carried, NetworkTrouble, StravaError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

__all__ = ["MAYBE", "PATIENCE", "TIMEOUT", "Answer", "exchange", "http_client", "without"]

#: Seconds: to connect, to send and receive one piece, to get a connection.
TIMEOUT = httpx.Timeout(60.0, connect=10.0, pool=10.0)
#: Seconds for a whole answer, however it trickles, beside the time that its request takes on a slow line.
PATIENCE = 90.0
_SLOWEST = 8 * 1024  # bytes a second
#: The end of a message about a request that failed, by what it carried and Strava may have all the same.
MAYBE: dict[Carried, str] = {
    "file": "; the file may have been accepted all the same",
    "activity": "; the activity may have been created all the same",
    "": "",
}
_LARGEST_ANSWER = 4 * 1024 * 1024
_NOT_SENT = (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout, httpx.ProxyError, httpx.UnsupportedProtocol)
_ERRNO = re.compile(r"\[Errno -?\d+\] ")


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


@dataclass(slots=True)
class _Coming:
    """An answer on its way: its status, as soon as that is known."""

    http_status: int | None = None


def http_client(*, local: bool, timeout: httpx.Timeout | float, transport: httpx.BaseTransport | None) -> httpx.Client:
    """Connections that follow no redirect and carry no authorisation of their own."""
    from ..version import __version__

    return httpx.Client(
        timeout=timeout,
        transport=transport,
        follow_redirects=False,
        trust_env=not local,  # a proxy of the environment does not see this machine's own addresses
        headers={
            "Accept": "application/json", "Accept-Encoding": "gzip", "User-Agent": f"tracklint/{__version__}",
        },
    )  # fmt: skip


def exchange(
    http: httpx.Client,
    method: str,
    url: str,
    *,
    base: str,
    secrets: Iterable[str],
    carried: Carried = "",
    patience: float = PATIENCE,
    size: int = 0,
    **content: Any,
) -> Answer:
    """Send one request. ``base`` stands for the server in messages of trouble, and none of ``secrets`` in any of them.

    ``patience`` is how many seconds all of it may take, beside those that ``size`` bytes need on a slow line. Raises
    `NetworkTrouble` where no answer came and `BadAnswer` where it breaks off or takes longer. Any status is an answer.
    """
    trouble: StravaError
    coming = _Coming()
    hidden = tuple(secrets)
    seconds = patience + size / _SLOWEST
    try:
        return _within(seconds, lambda: _ask(http, method, url, coming, content))
    except (httpx.HTTPError, httpx.InvalidURL, TimeoutError) as error:
        late = isinstance(error, TimeoutError)
        said = f"it took longer than {seconds:.3g} s" if late else without(_what(error), hidden)
        if coming.http_status is None:
            arrived: Carried = "" if isinstance(error, (*_NOT_SENT, httpx.InvalidURL)) else carried
            trouble = NetworkTrouble(f"no answer from {base}: {said}" + MAYBE[arrived], maybe_accepted=bool(arrived))
        else:
            trouble = BadAnswer(
                f"the answer of {base} with status {coming.http_status} breaks off: {said}" + MAYBE[carried],
                http_status=coming.http_status,
                maybe_accepted=bool(carried),
            )
    raise trouble  # outside the except block: httpx's error holds the request, and with it the secrets


def _within(seconds: float, work: Callable[[], Answer]) -> Answer:
    """What ``work`` gives, which runs in a thread of its own. Raises what it raises, and TimeoutError.

    No timeout of a socket ends a server that sends a byte whenever one is about to pass.
    """
    came: queue.SimpleQueue[Answer | BaseException] = queue.SimpleQueue()

    def run() -> None:
        try:
            came.put(work())
        except BaseException as error:
            came.put(error)

    threading.Thread(target=run, name="tracklint-request", daemon=True).start()
    until = time.monotonic() + seconds
    while (left := until - time.monotonic()) > 0:
        try:
            result = came.get(timeout=min(left, 0.5))  # in slices: Windows hears no Ctrl-C meanwhile
        except queue.Empty:
            continue
        if isinstance(result, BaseException):
            raise result
        return result
    raise TimeoutError


def _ask(http: httpx.Client, method: str, url: str, coming: _Coming, content: dict[str, Any]) -> Answer:
    with http.stream(method, url, **content) as response:
        coming.http_status = response.status_code
        body = bytearray()
        for piece in _pieces(response):
            body += piece
            if len(body) > _LARGEST_ANSWER:
                raise httpx.DecodingError(f"it is longer than {_LARGEST_ANSWER} bytes")
        return Answer(response.status_code, response.headers, body.decode("utf-8", "replace"))


def _pieces(response: httpx.Response) -> Iterator[bytes]:
    """The content, unpacked by no more than what is still looked at. Raises `httpx.DecodingError`.

    httpx unpacks each piece whole, and as often as the server says that it is packed.
    """
    if response.is_stream_consumed:  # a transport that gives whole answers, as in tests, has unpacked them
        yield response.content
        return
    coding = response.headers.get("content-encoding", "").strip().lower()
    if coding in ("", "identity"):
        yield from response.iter_raw()
        return
    if coding != "gzip":
        raise httpx.DecodingError("it is packed in a way that was not asked for")
    inflate = zlib.decompressobj(wbits=31)
    try:
        for piece in response.iter_raw():
            yield inflate.decompress(piece, _LARGEST_ANSWER + 1)
    except zlib.error:
        raise httpx.DecodingError("its gzip stream is damaged") from None
    if not inflate.eof:
        raise httpx.DecodingError("its gzip stream is not complete")


def without(text: str, secrets: Iterable[str]) -> str:
    """``text`` without the secrets. Those of less than 8 characters stay: they may be words of any text."""
    for secret in secrets:
        if len(secret) >= 8:
            text = text.replace(secret, "[token]")
    return text


def _what(error: Exception) -> str:
    """What went wrong on the way, in the words of a person who can do something about it."""
    words: dict[type[Exception], str] = {
        httpx.ConnectTimeout: "no connection within the time; no network?",
        httpx.ReadTimeout: "it does not answer within the time",
        httpx.WriteTimeout: "it does not take the bytes within the time",
        httpx.PoolTimeout: "all connections are in use",
        httpx.InvalidURL: "its address cannot be used",
    }
    return words.get(type(error)) or _cause(error) or _ERRNO.sub("", str(error)) or type(error).__name__


def _cause(error: BaseException | None) -> str:
    """What the system says below httpx's error, empty where that is nothing known."""
    while error is not None:
        if isinstance(error, socket.gaierror):
            return "its name is not found; no network?"
        if isinstance(error, ConnectionRefusedError):
            return "nothing listens there"
        if isinstance(error, ConnectionError):
            return "the connection was cut"
        if isinstance(error, ssl.SSLCertVerificationError):
            return f"its certificate is not to be trusted: {error.verify_message}"
        error = error.__cause__ or error.__context__
    return ""
