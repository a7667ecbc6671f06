"""The addresses of the page, for programs on this machine and for the page itself.

A file comes as the whole body of a request, not as a form: what reads forms writes large parts to disk.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Awaitable, Callable
from functools import partial
from typing import TYPE_CHECKING, TypeVar
from urllib.parse import quote

from starlette.applications import Starlette
from starlette.datastructures import MutableHeaders
from starlette.middleware import Middleware
from starlette.requests import ClientDisconnect, Request
from starlette.responses import HTMLResponse, JSONResponse, PlainTextResponse, Response
from starlette.routing import Route

from ..config import Config
from ..failures import DIED, SLOW, crash
from ..loopback import Guard
from ..render.html import whole
from ..spelling import clipped
from .page import drop_page, file_policy
from .shelf import Bounds, Full, Shelf
from .views import VIEWS, TooMuch, see, unpacked
from .work import Died, Slow, Work

if TYPE_CHECKING:
    from starlette.types import ASGIApp, Message, Receive, Scope, Send

__all__ = ["app"]

Answer = TypeVar("Answer")
#: What every answer tells the browser: keep nothing, tell nobody, stand in no frame, be what you are called.
_HEADERS = {
    "Cache-Control": "no-store",
    "Content-Security-Policy": "default-src 'none'; frame-ancestors 'none'",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Referrer-Policy": "same-origin",  # without any, the farewell of the page would have no origin
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
}
_MOST_NAME = 300
_MOST_TOKENS = 64 * 1024
#: How much of a body that is refused is read all the same, in bytes and seconds.
_DROPPED, _LINGER = 16 * 2**20, 2.0


def app(shelf: Shelf, work: Work, config: Config) -> Starlette:
    """The application. It keeps its files on ``shelf`` and lets ``work`` look at them."""
    made = Starlette(
        routes=[
            Route("/", _calm(_show), methods=["GET"]),
            Route("/files", _calm(_take), methods=["POST"]),
            Route("/files/{token}/{view}", _calm(_see), methods=["GET"]),
            Route("/forget", _calm(_forget), methods=["POST"]),
        ],
        middleware=[Middleware(_Private), Middleware(Guard, called="This page")],
    )
    made.state.shelf, made.state.work, made.state.config = shelf, work, config
    return made


class _Private:
    """Gives every answer the headers that keep it to this page, where it has none of its own."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on."""

        async def sent(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                for name, value in _HEADERS.items():
                    headers.setdefault(name, value)
            await send(message)

        await self._app(scope, receive, sent)


class _Refused(Exception):
    """Ends a request with a status and one clear sentence."""

    def __init__(self, status: int, text: str) -> None:
        super().__init__(text)
        self.status = status


class _Unread(PlainTextResponse):
    """The answer to a body that is not read to its end. A part of the rest is dropped, so that a sender who has sent
    much before it looks for an answer finds this one, and not a broken connection."""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:  # noqa: ARG002 - the interface
        """Send it, and hang up."""
        await send({"type": "http.response.start", "status": self.status_code, "headers": self.raw_headers})
        await send({"type": "http.response.body", "body": self.body, "more_body": True})
        dropped = 0
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(_LINGER):
                while dropped < _DROPPED and (piece := await receive()).get("more_body"):
                    dropped += len(piece.get("body", b""))
        await send({"type": "http.response.body", "body": b"", "more_body": False})


def _calm(endpoint: Callable[[Request], Awaitable[Response]]) -> Callable[[Request], Awaitable[Response]]:
    """An endpoint whose failures are answers in words."""

    async def answer(request: Request) -> Response:
        try:
            return await endpoint(request)
        except _Refused as refused:
            if request.method == "POST":
                return _Unread(f"{refused}\n", refused.status, {"Connection": "close"})
            return PlainTextResponse(f"{refused}\n", refused.status)
        except ClientDisconnect:
            return Response(status_code=400)  # nobody is there any more to read it
        except Exception as error:
            return PlainTextResponse(f"{crash('this page', error).message}\n", 500)

    return answer


async def _show(request: Request) -> Response:
    text, policy = drop_page(_shelf(request).bounds)
    return HTMLResponse(text, headers={"Content-Security-Policy": policy})


async def _take(request: Request) -> Response:
    """Hold what comes; each activity of an archive by itself. The tokens are in the order of the names."""
    shelf, name = _shelf(request), request.query_params.get("name", "")[-_MOST_NAME:] or "activity"
    try:
        with shelf.coming() as more:
            data = await _body(request, shelf.bounds, more)
            files: list[tuple[str, bytes | bytearray]] = [(name, data)]
            if data[:4] == b"PK\x03\x04":
                room = shelf.bounds.files - len(shelf), shelf.room
                files = [*await _made(request, unpacked, name, data, *room)] or files
            await _still_there(request)
        tokens = shelf.put(files)
    except Full as full:
        raise _Refused(507, str(full)) from None
    except TooMuch as much:
        raise _Refused(413, str(much)) from None
    asyncio.get_running_loop().call_later(shelf.bounds.seconds + 1, shelf.forget_old)
    told = [{"token": token, "name": name} for token, (name, _) in zip(tokens, files, strict=True)]
    return JSONResponse(told)


async def _body(request: Request, bounds: Bounds, more: Callable[[int], None]) -> bytearray:
    """The bytes of a file. Raises `_Refused` as soon as they are told to be too many, or are."""
    large = f"This is larger than {bounds.body // 2**20} MiB, the most that is taken of one file."
    told = request.headers.get("content-length", "")
    if told.isascii() and told.isdigit() and int(told) > bounds.body:
        raise _Refused(413, large)
    data = bytearray()
    try:
        async with asyncio.timeout(bounds.seconds_to_come):
            async for piece in request.stream():
                if len(data) + len(piece) > bounds.body:
                    raise _Refused(413, large)
                more(len(piece))
                data += piece
    except TimeoutError:
        raise _Refused(408, f"The file did not come within {bounds.seconds_to_come:g} s.") from None
    return data


async def _see(request: Request) -> Response:
    """One view of a file."""
    held, view = _shelf(request).get(request.path_params["token"]), request.path_params["view"]
    if held is None or view not in VIEWS:
        raise _Refused(404, "This file is not held here, or not any more: drop it again.")
    config = request.app.state.config
    seen = await _made(request, see, view, held.name, held.data, config)
    if seen is None:
        raise _Refused(404, "There is nothing of this kind: the file stays as it is.")
    headers = {}
    body = seen.body
    if view == "page":
        body, headers = whole(body.decode()).encode(), {"Content-Security-Policy": file_policy()}
    if seen.name:
        headers["Content-Disposition"] = f"attachment; filename*=UTF-8''{quote(seen.name, safe='', errors='replace')}"
    return Response(body, media_type=seen.kind, headers=headers)


async def _made(request: Request, function: Callable[..., Answer], *arguments: object) -> Answer:
    """What is made in a child process. Raises `_Refused` where that does not come to its end."""
    work: Work = request.app.state.work
    made = await work.done(partial(_still_there, request), function, *arguments)
    if isinstance(made, Died):
        raise _Refused(500, f"{clipped(DIED.finding({'how': made.how}).message, 200)}.")
    if isinstance(made, Slow):
        raise _Refused(504, f"{SLOW.finding({'seconds': work.seconds}).message}.")
    return made


async def _still_there(request: Request) -> None:
    """Raises `ClientDisconnect` where nobody waits for the answer."""
    if await request.is_disconnected():
        raise ClientDisconnect


async def _forget(request: Request) -> Response:
    """The farewell of a page: a token on each line."""
    said = bytearray()
    async for piece in request.stream():
        said += piece
        if len(said) > _MOST_TOKENS:
            raise _Refused(413, "These are more tokens than files are held.")
    _shelf(request).forget(said.decode("ascii", "replace").split())
    return Response(status_code=204)


def _shelf(request: Request) -> Shelf:
    shelf: Shelf = request.app.state.shelf
    return shelf
