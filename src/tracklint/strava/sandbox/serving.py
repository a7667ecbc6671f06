"""The stand-in on a real port: in the main thread for the command line, in a thread of its own for tests and trials."""

from __future__ import annotations

import contextlib
from dataclasses import dataclass
from typing import TYPE_CHECKING

from uvicorn.protocols.http.h11_impl import H11Protocol

from ...loopback import address_of, in_a_thread, listen, server_of
from .api import app
from .state import Options, Strava

if TYPE_CHECKING:
    import asyncio
    import socket
    from collections.abc import Callable, Iterator

    import uvicorn

__all__ = ["Running", "running_sandbox", "serve"]


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
    """Serve until it is interrupted: raises KeyboardInterrupt at Ctrl-C.

    ``ready`` is called once it listens; port 0 takes any free port. Raises OSError where the port is taken or the file
    to keep everything in cannot be used, and ValueError for a scenario that is none.
    """
    strava = Strava(options)
    with contextlib.closing(strava.store), listen(host, port) as listener:
        running = _running(listener, strava)
        if ready is not None:
            ready(running)  # the socket listens already: what connects now waits until the server accepts
        _server(strava).run(sockets=[listener])


@contextlib.contextmanager
def running_sandbox(options: Options | None = None, *, port: int = 0) -> Iterator[Running]:
    """A stand-in on 127.0.0.1 in a thread, while the ``with`` block lasts. Raises RuntimeError if it does not start."""
    strava = Strava(options)
    with (
        contextlib.closing(strava.store),
        listen("127.0.0.1", port) as listener,
        in_a_thread(_server(strava), listener, "the stand-in"),
    ):
        yield _running(listener, strava)


def _server(strava: Strava) -> uvicorn.Server:
    def ends() -> bool:
        return server.should_exit

    server = server_of(app(strava=strava, ends=ends), http=_Protocol)
    return server


def _running(listener: socket.socket, strava: Strava) -> Running:
    page = address_of(listener)
    return Running(f"{page}api/v3", f"{page}oauth", page, strava.options.token, strava)
