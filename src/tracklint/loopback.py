"""Servers on this machine: which hosts are it, who may speak to them, and how one is started.

A web page of anybody can send requests to this machine, and a name of its own can be made to mean this machine (DNS
rebinding). The browser then tells which page and which name it was: in the headers Origin and Host.
"""

from __future__ import annotations

import contextlib
import ipaddress
import socket
import threading
import time
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

if TYPE_CHECKING:
    from collections.abc import Iterator

    import uvicorn
    from starlette.types import ASGIApp, Receive, Scope, Send

__all__ = ["Guard", "address_of", "in_a_thread", "is_local", "listen", "server_of"]

_PATIENCE = 10.0


def is_local(host: str) -> bool:
    """Whether a host's name or address means this machine."""
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


class Guard:
    """Lets programs on this machine speak to an application, and pages that it served itself.

    Requests for another host, and those of other sites' pages, get status 403. ``called`` is the subject of the
    sentences that say so.
    """

    def __init__(self, app: ASGIApp, called: str) -> None:
        self._app = app
        self._called = called

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on, or refuse it."""
        if scope["type"] == "http" and (why := _refused(scope)):
            from starlette.responses import PlainTextResponse

            await PlainTextResponse(f"{self._called} {why}\n", 403)(scope, receive, send)
            return
        await self._app(scope, receive, send)


def _refused(scope: Scope) -> str:
    headers = {name.decode("latin-1"): value.decode("latin-1") for name, value in scope["headers"]}
    host = headers.get("host", "")
    if not _is_ours(f"http://{host}"):
        return "answers on this machine only, as 127.0.0.1, [::1] or localhost."
    origin = headers.get("origin")
    if origin is not None and origin.lower() != f"http://{host}".lower():
        return "takes nothing from pages of other sites."
    return ""


def _is_ours(address: str) -> bool:
    try:
        return is_local(urlsplit(address).hostname or "")
    except ValueError:
        return False


def listen(host: str, port: int) -> socket.socket:
    """A socket that listens; port 0 takes any free one. Raises OSError where the port is taken."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    return socket.create_server((host, port), family=family, backlog=128)


def address_of(listener: socket.socket) -> str:
    """The address of a listening socket for a browser, with a slash at its end."""
    host, port = listener.getsockname()[:2]
    return f"http://{f'[{host}]' if ':' in host else host}:{port}/"


def server_of(app: ASGIApp, **settings: Any) -> uvicorn.Server:
    """A server that keeps no log of requests, leaves the logging of the program around it as it is, and does not wait
    long for requests when it is stopped. ``settings`` are those of `uvicorn.Config`."""
    import uvicorn

    usual = {
        "log_config": None, "log_level": "warning", "access_log": False, "lifespan": "off", "ws": "none",
        "timeout_graceful_shutdown": 2, "server_header": False,
    }  # fmt: skip
    return uvicorn.Server(uvicorn.Config(app, **(usual | settings)))


@contextlib.contextmanager
def in_a_thread(server: uvicorn.Server, listener: socket.socket, called: str) -> Iterator[None]:
    """Serve in a thread of its own while the ``with`` block lasts. Raises RuntimeError if it does not start."""
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]}, name="tracklint-loopback", daemon=True)
    thread.start()
    try:
        _wait_until_started(server, thread, called)
        yield
    finally:
        server.should_exit = True
        thread.join(_PATIENCE)
        if thread.is_alive():
            server.force_exit = True
            thread.join(_PATIENCE)


def _wait_until_started(server: uvicorn.Server, thread: threading.Thread, called: str) -> None:
    give_up = time.monotonic() + _PATIENCE
    while not server.started:
        if not thread.is_alive() or time.monotonic() > give_up:
            raise RuntimeError(f"{called} does not come up within {_PATIENCE:g} s")
        time.sleep(0.005)
