"""The stand-in's endpoints: POST and GET below /api/v3/uploads, GET /api/v3/activities/{id}, and two pages."""

from __future__ import annotations

import contextlib
from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING, Any

from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.datastructures import UploadFile
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, RedirectResponse, Response
from starlette.routing import Route

from ...checking import check_source
from ...source import open_source
from ...sports import SPORT_TYPES
from ..client import DATA_TYPES
from .page import activity_page, overview_page
from .state import Options, Strava, activity_answer
from .verdict import IMPROPER, Refusal, judge

if TYPE_CHECKING:
    from ...findings import Report

__all__ = ["app"]

_FIELDS = ("data_type", "sport_type", "activity_type", "name", "description", "trainer", "commute", "external_id")
_PAGE_HEADERS = {"Content-Security-Policy": "default-src 'none'; style-src 'unsafe-inline'; form-action 'self'"}


class _Answer(Exception):
    """Ends a request early with an error object."""

    def __init__(self, http_status: int, message: str, *items: tuple[str, str, str]) -> None:
        super().__init__(message)
        self.response = _error(http_status, message, *items)


def app(options: Options | None = None, *, strava: Strava | None = None) -> Starlette:
    """The stand-in as an ASGI application. ``strava`` is its memory; a new one where it is not given."""
    memory = strava or Strava(options)
    site = Starlette(
        routes=[
            Route("/api/v3/uploads", _api(_post_upload, scope="activity:write"), methods=["POST"]),
            Route("/api/v3/uploads/{id}", _api(_get_upload), methods=["GET"]),
            Route("/api/v3/activities/{id}", _api(_get_activity), methods=["GET"]),
            Route("/activities/{id}", _show_activity, methods=["GET"]),
            Route("/activities/{id}/delete", _delete_activity, methods=["POST"]),
            Route("/", _show_overview, methods=["GET"]),
        ],
        exception_handlers={HTTPException: _not_found},
    )
    site.state.strava = memory
    return site


Endpoint = Callable[[Request, Strava], Awaitable[Response]]


def _api(endpoint: Endpoint, scope: str | None = None) -> Callable[[Request], Awaitable[Response]]:
    """``endpoint`` behind the request limits and the token, with the limit headers on every answer."""

    async def answer(request: Request) -> Response:
        strava: Strava = request.app.state.strava
        allowed = strava.count_request(reads=request.method == "GET")
        try:
            if not allowed:
                raise _Answer(429, "Rate Limit Exceeded", ("Application", "rate limit", "exceeded"))
            _authorise(request, strava.options, scope)
            response = await endpoint(request, strava)
        except _Answer as early:
            response = early.response
        response.headers.update(strava.limit_headers())
        return response

    return answer


def _authorise(request: Request, options: Options, scope: str | None) -> None:
    """The token of the Authorization header; one in the query or the form does not count."""
    kind, _, token = request.headers.get("authorization", "").partition(" ")
    if kind.lower() != "bearer" or token not in (options.token, options.read_only_token):
        raise _Answer(401, "Authorization Error", ("Athlete", "access_token", "invalid"))
    if scope is not None and token == options.read_only_token:
        raise _Answer(401, "Authorization Error", ("AccessToken", f"{scope}_permission", "missing"))


async def _post_upload(request: Request, strava: Strava) -> Response:
    fields, name, data = await _form(request, strava.options.max_body)
    data_type = fields.pop("data_type", "").lower()
    if data_type not in DATA_TYPES:
        raise _Answer(400, "Bad Request", ("Upload", "data_type", "invalid" if data_type else "missing"))
    if fields.get("sport_type", SPORT_TYPES[0]) not in SPORT_TYPES:
        raise _Answer(400, "Bad Request", ("Upload", "sport_type", "invalid"))
    report, refusal = await run_in_threadpool(_examine, data, name, data_type, strava.options)
    upload = strava.receive(file_name=name, data_type=data_type, fields=fields, report=report, refusal=refusal)
    return JSONResponse(upload.answer(), 201 if upload.error is None else 400)


def _examine(data: bytes, name: str, data_type: str, options: Options) -> tuple[Report, Refusal | None]:
    """Our own check of the bytes. Raises `_Answer` for gzip that is none."""
    kind, _, packed = data_type.partition(".")
    gzipped = data[:2] == b"\x1f\x8b"
    if not name.lower().endswith(f".{data_type}"):
        name = f"{name}.{data_type}"  # the data_type counts, whatever the name promises
    source = open_source(data, name, max_inflated=options.config.limits.max_inflated_bytes)
    if packed and (
        not gzipped or any(f.kind.startswith(("gzip-damaged", "gzip-truncated", "inflates")) for f in source.faults)
    ):
        raise _Answer(400, "Bad Request", ("upload", "gzip", "invalid encoding"))
    report = check_source(source, options.config)
    if gzipped and not packed:
        return report, Refusal(IMPROPER, at_once=True)
    return report, judge(report, kind)


async def _get_upload(request: Request, strava: Strava) -> Response:
    upload = strava.ask(_id(request))
    if upload is None:
        raise _Answer(404, "Record Not Found", ("Upload", "id", "invalid"))
    return JSONResponse(upload.answer())


async def _get_activity(request: Request, strava: Strava) -> Response:
    upload = strava.activities.get(_id(request))
    if upload is None:
        raise _Answer(404, "Record Not Found", ("Activity", "id", "invalid"))
    return JSONResponse(activity_answer(upload))


async def _show_overview(request: Request) -> Response:
    return HTMLResponse(overview_page(request.app.state.strava), headers=_PAGE_HEADERS)


async def _show_activity(request: Request) -> Response:
    upload = request.app.state.strava.activities.get(_id(request))
    if upload is None:
        raise HTTPException(404)
    return HTMLResponse(activity_page(upload), headers=_PAGE_HEADERS)


async def _delete_activity(request: Request) -> Response:
    if not request.app.state.strava.delete(_id(request)):
        raise HTTPException(404)
    return RedirectResponse("/", 303)


async def _form(request: Request, most: int) -> tuple[dict[str, str], str, bytes]:
    """The fields of the form that Strava knows, and the name and bytes of its file.

    Raises `_Answer`: 413 above ``most`` bytes, 400 for one that is no multipart form or has no named file part.
    """
    body = await _body(request, most)

    async def receive() -> dict[str, Any]:
        return {"type": "http.request", "body": body, "more_body": False}

    if request.headers.get("content-type", "").lower().startswith("multipart/form-data"):
        with contextlib.suppress(HTTPException):
            async with Request(request.scope, receive).form(max_files=4, max_fields=40) as form:
                file = form.get("file")
                if isinstance(file, UploadFile) and file.filename:
                    words = {name: form.get(name) for name in _FIELDS}
                    fields = {name: word for name, word in words.items() if isinstance(word, str) and word}
                    return fields, file.filename, await file.read()
    raise _Answer(400, "Bad Request", ("Upload", "data", "empty"))


async def _body(request: Request, most: int) -> bytes:
    pieces, size = [], 0
    async for piece in request.stream():
        size += len(piece)
        if size <= most:
            pieces.append(piece)
        elif size > 4 * most:  # up to here the rest is read and dropped, so that the sender comes to read the answer
            break
    if size > most:
        raise _Answer(413, "Payload Too Large", ("Upload", "file", "too large"))
    return b"".join(pieces)


def _id(request: Request) -> int:
    text = request.path_params["id"]
    return int(text) if text.isascii() and text.isdigit() and len(text) < 20 else -1


def _error(http_status: int, message: str, *items: tuple[str, str, str]) -> JSONResponse:
    errors = [{"resource": resource, "field": name, "code": code} for resource, name, code in items]
    return JSONResponse({"message": message, "errors": errors}, http_status)


async def _not_found(request: Request, error: Exception) -> Response:
    http_status = error.status_code if isinstance(error, HTTPException) else 404
    response = _error(http_status, "Record Not Found" if http_status == 404 else "Bad Request")
    response.headers.update(request.app.state.strava.limit_headers())
    return response
