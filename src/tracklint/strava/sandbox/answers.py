"""How the stand-in answers: JSON as Strava writes it, its error objects, and answers that get lost on their way."""

from __future__ import annotations

import asyncio
import contextlib
import json
from typing import TYPE_CHECKING, Any

from starlette.responses import HTMLResponse, JSONResponse, Response

if TYPE_CHECKING:
    from collections.abc import Callable

    from starlette.requests import Request

    from .scenarios import Problem

__all__ = ["PAGE_HEADERS", "Early", "Json", "error", "lost", "problem_answer"]

#: What every page tells the browser: run nothing, load nothing, stand in no frame, send forms to nobody else.
PAGE_HEADERS = {
    "Content-Security-Policy": (
        "default-src 'none'; style-src 'unsafe-inline'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'"
    ),
    "X-Frame-Options": "DENY",
    "Cache-Control": "no-store",
}

_TROUBLE = "<!DOCTYPE html>\n<html><head><title>Strava | Error</title></head><body><h1>500</h1></body></html>\n"
_LOGIN = "<!DOCTYPE html>\n<html><head><title>Log In | Strava</title></head><body><h1>Log In</h1></body></html>\n"
#: Seconds between two looks whether the stand-in is to stop.
_LOOK = 0.2


class Json(JSONResponse):
    """JSON with each ``&`` written as ``\\u0026``, as Strava's document on partner uploads shows it."""

    def render(self, content: Any) -> bytes:
        """The bytes of the body."""
        return json.dumps(content, ensure_ascii=False).replace("&", "\\u0026").encode("utf-8", "replace")


class Early(Exception):
    """Ends a request with this answer."""

    def __init__(self, response: Response) -> None:
        super().__init__(response.status_code)
        self.response = response


def error(http_status: int, message: str, *items: tuple[str, str, str]) -> Json:
    """Strava's error object; each item is resource, field and code."""
    errors = [{"resource": resource, "field": name, "code": code} for resource, name, code in items]
    return Json({"message": message, "errors": errors}, http_status)


def problem_answer(problem: Problem) -> Response:
    """The answer of a scenario."""
    if problem.http_status >= 500:
        return HTMLResponse(_TROUBLE, problem.http_status)
    return error(problem.http_status, problem.message, (problem.resource, problem.field, problem.code))


async def lost(request: Request, answer: Response, kind: str, *, silence: float, ends: Callable[[], bool]) -> Response:
    """``answer`` as it arrives when something goes wrong with it; ``kind`` is one of `Scenario.lost`.

    ``silence`` is in seconds, ``ends`` tells whether the stand-in is to stop.
    """
    body = bytes(answer.body)
    head = f"HTTP/1.1 {answer.status_code} OK\r\nContent-Type: application/json\r\nContent-Length: {len(body)}\r\n\r\n"
    if kind == "silent":
        await _until_gone(request, silence, ends)
        return await _hang_up(request, b"")
    if kind == "closed":
        return await _hang_up(request, b"")
    if kind == "truncated":
        return await _hang_up(request, head.encode() + body[: len(body) // 2])
    if kind == "no-json":
        return Response("OK", answer.status_code, media_type="text/plain")
    if kind == "empty":
        return Response(b"", answer.status_code, media_type="application/json")
    return HTMLResponse(_TROUBLE, 500) if kind == "trouble" else HTMLResponse(_LOGIN, 200)


async def _until_gone(request: Request, seconds: float, ends: Callable[[], bool]) -> None:
    """Wait until the other side has gone, the time is over or the stand-in is to stop."""
    gone = asyncio.ensure_future(_gone(request))
    left = seconds
    while left > 0 and not gone.done() and not ends():
        await asyncio.wait([gone], timeout=min(_LOOK, left))
        left -= _LOOK
    gone.cancel()


async def _gone(request: Request) -> None:
    while (await request.receive())["type"] != "http.disconnect":
        pass


async def _hang_up(request: Request, raw: bytes) -> Response:
    """Write ``raw`` and close the connection. Under another server than ours, an empty 502 takes its place."""
    transport = request.scope.get("state", {}).get("transport")
    if transport is not None:
        if raw:
            transport.write(raw)
        transport.close()
        with contextlib.suppress(asyncio.TimeoutError):
            await asyncio.wait_for(_gone(request), 5)
    return Response(status_code=502)  # nobody is there any more to read it
