"""The stand-in's side of a sign-in: the page that asks the athlete, tokens for its code, renewal, and the end.

The page answers at once, without a click, when its address ends with ``&approve=all``, ``&approve=none`` or the scopes
to grant. Source: https://developers.strava.com/docs/authentication/.
"""

from __future__ import annotations

import base64
import secrets
from collections.abc import Mapping
from html import escape
from typing import TYPE_CHECKING
from urllib.parse import urlencode, urlsplit

from starlette.datastructures import QueryParams
from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, RedirectResponse, Response
from starlette.routing import Route

from .answers import PAGE_HEADERS
from .grants import ATHLETE, CLIENT_ID, CLIENT_SECRET, SCOPES, Grant, Grants

if TYPE_CHECKING:
    from collections.abc import Callable

__all__ = ["oauth_routes"]

_STYLE = "body{font:16px/1.5 system-ui,sans-serif;margin:12vh auto;max-width:32rem;padding:0 1rem;color:#222}"
#: The form's answer leads to the application, which listens on this machine.
_POLICY = PAGE_HEADERS["Content-Security-Policy"].replace("'self'", "'self' http://127.0.0.1:* http://localhost:*")
_HEADERS = {**PAGE_HEADERS, "Content-Security-Policy": _POLICY}


def oauth_routes(grants: Callable[[Request], Grants]) -> list[Route]:
    """The four addresses below /oauth. ``grants`` finds the memory that belongs to a request."""

    async def authorize(request: Request) -> Response:
        return await _authorize(request, grants(request))

    async def token(request: Request) -> Response:
        return _token(await _told(request), grants(request))

    async def revoke(request: Request) -> Response:
        return _revoke(request.headers.get("authorization", ""), await _told(request), grants(request))

    async def deauthorize(request: Request) -> Response:
        return _deauthorize(request, await _told(request), grants(request))

    return [
        Route("/oauth/authorize", authorize, methods=["GET", "POST"]),
        Route("/oauth/token", token, methods=["POST"]),
        Route("/oauth/revoke", revoke, methods=["POST"]),
        Route("/oauth/deauthorize", deauthorize, methods=["POST"]),
    ]


async def _authorize(request: Request, grants: Grants) -> Response:
    asked = request.query_params
    scopes = tuple(asked.get("scope", "").split(","))
    host = _host(asked.get("redirect_uri", ""))
    wrong = (
        ("Application", "client_id") if asked.get("client_id") != CLIENT_ID
        else ("Application", "redirect_uri") if host not in ("localhost", "127.0.0.1")
        else ("Authorize", "response_type") if asked.get("response_type") != "code"
        else ("Authorize", "scope") if not set(scopes) <= set(SCOPES)
        else None
    )  # fmt: skip
    if wrong is not None:
        return _error(400, *wrong)
    if request.method == "POST":
        form = await request.form()
        ticked = [str(scope) for scope in form.getlist("scope")]
        return _back(asked, grants, [s for s in scopes if s in ticked] if "yes" in form else None)
    if (approve := asked.get("approve")) is not None:
        agreed = list(scopes) if approve == "all" else [s for s in scopes if s in approve.split(",")]
        return _back(asked, grants, None if approve == "none" else agreed)
    if asked.get("approval_prompt", "auto") == "auto" and set(scopes) <= grants.allowed():
        return _back(asked, grants, list(scopes))
    return HTMLResponse(_page(str(request.url.query), scopes), headers=_HEADERS)


def _host(address: str) -> str | None:
    try:
        return urlsplit(address).hostname
    except ValueError:
        return None


def _page(query: str, scopes: tuple[str, ...]) -> str:
    boxes = "".join(
        f"<p><label><input type=checkbox name=scope value='{escape(scope)}' checked> {escape(scope)}</label>"
        for scope in scopes
    )
    return (
        f"<!doctype html><html lang=en><meta charset=utf-8>"
        "<meta name=viewport content='width=device-width, initial-scale=1'>"
        f"<title>Strava stand-in</title><style>{_STYLE}</style>"
        f"<h1>Application {CLIENT_ID} wants to connect to this stand-in of Strava</h1>"
        f"<form method=post action='/oauth/authorize?{escape(query)}'>{boxes}"
        "<p><button name=yes value=1>Authorise</button> <button name=no value=1>Cancel</button></form></html>"
    )


def _back(asked: QueryParams, grants: Grants, agreed: list[str] | None) -> Response:
    """Send the browser to the application: with a code and the scopes, or with the athlete's no."""
    told = {"state": asked.get("state", "")}
    if agreed is None:
        told["error"] = "access_denied"
    else:
        told |= {"code": grants.authorise(tuple(agreed)), "scope": ",".join(agreed)}
    return RedirectResponse(f"{asked['redirect_uri']}?{urlencode(told)}", 302, headers=_HEADERS)


def _token(told: Mapping[str, str], grants: Grants) -> Response:
    if told.get("client_id") != CLIENT_ID:
        return _error(400, "Application", "client_id")
    if not secrets.compare_digest(told.get("client_secret", "").encode(), CLIENT_SECRET.encode()):
        return _error(401, "Application", "client_secret")
    kind = told.get("grant_type", "authorization_code")
    if kind == "refresh_token":
        grant = grants.refresh(told.get("refresh_token", ""))
        return _given(grant, grants) if grant else _error(400, "RefreshToken", "refresh_token")
    if kind == "authorization_code":
        grant = grants.exchange(told.get("code", ""))
        return _given(grant, grants, athlete=ATHLETE) if grant else _error(400, "AuthorizationCode", "code")
    return _error(400, "Application", "grant_type")


def _given(grant: Grant, grants: Grants, **more: object) -> Response:
    access_token, end = grant.newest
    return JSONResponse(
        {
            "token_type": "Bearer",
            "expires_at": int(end),
            "expires_in": grants.seconds_left(end),
            "refresh_token": grant.refresh_token,
            "access_token": access_token,
            "scope": ",".join(grant.scopes),
            **more,
        },
        headers={"Cache-Control": "no-store"},
    )


def _revoke(authorization: str, told: Mapping[str, str], grants: Grants) -> Response:
    """RFC 7009: an unknown token is no error, as it is not good for anything either."""
    kind, _, packed = authorization.partition(" ")
    right = base64.b64encode(f"{CLIENT_ID}:{CLIENT_SECRET}".encode())
    if kind.lower() != "basic" or not secrets.compare_digest(packed.strip().encode(), right):
        return _error(401, "Application", "client_secret")
    if not told.get("token"):
        return _error(400, "Token", "token", "missing")
    grants.revoke(told["token"])
    return Response()


def _deauthorize(request: Request, told: Mapping[str, str], grants: Grants) -> Response:
    """The older way to end a sign-in, with the access token; it goes away on 2027-06-01."""
    token = told.get("access_token") or request.headers.get("authorization", "").removeprefix("Bearer ")
    if not grants.revoke(token):
        return _error(401, "Athlete", "access_token", message="Authorization Error")
    return JSONResponse({"access_token": token})


async def _told(request: Request) -> dict[str, str]:
    """The fields of the query and of the form, the form first."""
    form = await request.form()
    return {**request.query_params, **{key: value for key, value in form.items() if isinstance(value, str)}}


def _error(
    http_status: int, resource: str, field: str, code: str = "invalid", message: str = "Bad Request"
) -> Response:
    errors = [{"resource": resource, "field": field, "code": code}]
    return JSONResponse({"message": message, "errors": errors}, http_status)
