"""The stand-in on a real port: in the main thread for the command line, in a thread of its own for tests and trials."""

from __future__ import annotations

import asyncio
import contextlib
import socket
import threading
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING

import uvicorn
from uvicorn.protocols.http.h11_impl import H11Protocol

from .api import app
from .state import Options, Strava

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

__all__ = ["Running", "running_sandbox", "serve"]

_PATIENCE = 10.0


@dataclass(frozen=True, slots=True)
class Running:
    """A stand-in that listens. ``api_base`` and ``token`` are for `Client`; ``strava`` is its memory.

    ``oauth_base`` is where a sign-in goes, ``page`` the page for a browser.
    """

    api_base: str
    oauth_base: str
    page: str
    token: str
    strava: Strava


class _Protocol(H11Protocol):
    """HTTP with the connection within reach, for answers that break off."""

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]  # uvicorn names the base class of transports
        super().connection_made(transport)
        self.app_state = {**self.app_state, "transport": transport}


def serve(
    *,
    host: str = "127.0.0.1",
    port: int = 8099,
    options: Options | None = None,
    ready: Callable[[Running], None] | None = None,
) -> None:
    """Serve until it is interrupted (Ctrl-C). ``ready`` is called once it listens; port 0 takes any free port.

    Raises OSError where the port is taken or the file to keep everything in cannot be used, and ValueError for a
    scenario that is none.
    """
    strava = Strava(options)
    with contextlib.closing(strava.store), _listen(host, port) as listener:
        running = _running(listener, strava)
        server = _server(strava)
        if ready is not None:
            ready(running)  # the socket listens already: what connects now waits until the server accepts
        with contextlib.suppress(KeyboardInterrupt):
            server.run(sockets=[listener])


@contextlib.contextmanager
def running_sandbox(options: Options | None = None, *, port: int = 0) -> Iterator[Running]:
    """A stand-in on 127.0.0.1 in a thread, while the ``with`` block lasts. Raises RuntimeError if it does not start."""
    strava = Strava(options)
    with contextlib.closing(strava.store), _listen("127.0.0.1", port) as listener:
        server = _server(strava)
        thread = threading.Thread(
            target=server.run, kwargs={"sockets": [listener]}, name="tracklint-sandbox", daemon=True
        )
        thread.start()
        try:
            _wait_until_started(server, thread)
            yield _running(listener, strava)
        finally:
            server.should_exit = True
            thread.join(_PATIENCE)
            if thread.is_alive():
                server.force_exit = True
                thread.join(_PATIENCE)


def _wait_until_started(server: uvicorn.Server, thread: threading.Thread) -> None:
    give_up = time.monotonic() + _PATIENCE
    while not server.started:
        if not thread.is_alive() or time.monotonic() > give_up:
            raise RuntimeError(f"the stand-in does not come up within {_PATIENCE:g} s")
        time.sleep(0.005)


def _listen(host: str, port: int) -> socket.socket:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    return socket.create_server((host, port), family=family, backlog=128)


def _server(strava: Strava) -> uvicorn.Server:
    def ends() -> bool:
        return server.should_exit

    server = uvicorn.Server(
        uvicorn.Config(
            app(strava=strava, ends=ends),
            http=_Protocol,
            log_config=None,  # the logging of the program around us stays as it is
            log_level="warning",
            access_log=False,
            lifespan="off",
            ws="none",
            timeout_graceful_shutdown=2,
            server_header=False,
        )
    )
    return server


def _running(listener: socket.socket, strava: Strava) -> Running:
    host, port = listener.getsockname()[:2]
    shown = f"[{host}]" if ":" in host else host
    page = f"http://{shown}:{port}/"
    return Running(f"{page}api/v3", f"{page}oauth", page, strava.options.token, strava)
