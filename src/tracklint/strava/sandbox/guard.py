"""Who may speak to the stand-in: programs on this machine, and pages that it served itself.

A web page of anybody can send requests to this machine, and a name of its own can be made to mean this machine (DNS
rebinding). The browser then tells which page and which name it was: in the headers Origin and Host.
"""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from starlette.responses import PlainTextResponse

from ..address import is_local

if TYPE_CHECKING:
    from starlette.types import ASGIApp, Receive, Scope, Send

__all__ = ["PAGE_HEADERS", "Guard"]

#: What every page tells the browser: run nothing, load nothing, stand in no frame, send forms to nobody else.
PAGE_HEADERS = {
    "Content-Security-Policy": (
        "default-src 'none'; style-src 'unsafe-inline'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'"
    ),
    "X-Frame-Options": "DENY",
    "Cache-Control": "no-store",
}


class Guard:
    """Refuses requests for another host than this machine, and those of other sites' pages, with status 403."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on, or refuse it."""
        if scope["type"] == "http" and (why := _refused(scope)):
            await PlainTextResponse(f"{why}\n", 403)(scope, receive, send)
            return
        await self._app(scope, receive, send)


def _refused(scope: Scope) -> str:
    headers = {name.decode("latin-1"): value.decode("latin-1") for name, value in scope["headers"]}
    host = headers.get("host", "")
    if not _is_ours(f"http://{host}"):
        return "This stand-in answers on this machine only, as 127.0.0.1, [::1] or localhost."
    origin = headers.get("origin")
    if origin is not None and origin.lower() != f"http://{host}".lower():
        return "This stand-in takes nothing from pages of other sites."
    return ""


def _is_ours(address: str) -> bool:
    try:
        return is_local(urlsplit(address).hostname or "")
    except ValueError:
        return False
