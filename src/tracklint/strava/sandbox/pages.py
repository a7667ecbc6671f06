"""The addresses of the stand-in's pages. What changes something there wants the token that its page holds."""

from __future__ import annotations

import secrets
from typing import TYPE_CHECKING

from starlette.exceptions import HTTPException
from starlette.responses import HTMLResponse, RedirectResponse, Response
from starlette.routing import Route

from .answers import PAGE_HEADERS
from .forms import number
from .page import VERDICTS, activity_page, overview_page, upload_page

if TYPE_CHECKING:
    from starlette.requests import Request

    from .state import Strava

__all__ = ["page_routes"]


def page_routes() -> list[Route]:
    """What a browser may ask for."""
    return [
        Route("/uploads/{id}", _show_upload, methods=["GET"]),
        Route("/activities/{id}", _show_activity, methods=["GET"]),
        Route("/activities/{id}/delete", _delete_activity, methods=["POST"]),
        Route("/reset", _reset, methods=["POST"]),
        Route("/", _show_overview, methods=["GET"]),
    ]


def _strava(request: Request) -> Strava:
    strava: Strava = request.app.state.strava
    return strava


async def _show_overview(request: Request) -> Response:
    asked = request.query_params
    verdict = asked.get("verdict", "")
    page = overview_page(_strava(request), verdict if verdict in VERDICTS else "", asked.get("text", ""))
    return HTMLResponse(page, headers=PAGE_HEADERS)


async def _show_upload(request: Request) -> Response:
    upload = _strava(request).uploads.get(number(request.path_params["id"]))
    if upload is None:
        raise HTTPException(404)
    return HTMLResponse(upload_page(upload, _strava(request)), headers=PAGE_HEADERS)


async def _show_activity(request: Request) -> Response:
    activity = _strava(request).activities.get(number(request.path_params["id"]))
    if activity is None:
        raise HTTPException(404)
    return HTMLResponse(activity_page(activity, _strava(request)), headers=PAGE_HEADERS)


async def _delete_activity(request: Request) -> Response:
    await _of_our_page(request)
    if not _strava(request).delete(number(request.path_params["id"])):
        raise HTTPException(404)
    return RedirectResponse("/", 303)


async def _reset(request: Request) -> Response:
    await _of_our_page(request)
    _strava(request).forget()
    return RedirectResponse("/", 303)


async def _of_our_page(request: Request) -> None:
    """Raises HTTPException (403) where the form does not carry the token of the page that it stands on."""
    form = await request.form()
    token = form.get("token")
    wanted = _strava(request).token_for(request.url.path)
    if not isinstance(token, str) or not secrets.compare_digest(token.encode("utf-8", "replace"), wanted.encode()):
        raise HTTPException(403)
