"""The page on a real port: in the main thread for the command line, in a thread of its own for tests."""

from __future__ import annotations

import contextlib
from typing import TYPE_CHECKING

from ..checking import check, time_allowed
from ..config import Config, given
from ..loopback import address_of, in_a_thread, listen, server_of
from .app import app
from .shelf import Bounds, Shelf
from .work import Work

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    import uvicorn

__all__ = ["running_page", "serve"]

_HOST = "127.0.0.1"
#: How many connections there may be at a time; a browser has six.
_MOST_CONNECTIONS = 256


def serve(*, port: int = 8098, config: Config | None = None, ready: Callable[[str], None] | None = None) -> None:
    """Serve until it is interrupted: raises KeyboardInterrupt at Ctrl-C.

    ``ready`` is called with the address of the page once it listens; port 0 takes any free port. Raises OSError where
    the port is taken, and `config.BadConfig` for rules that cannot be used.
    """
    config = given(config)
    check(b"", config=config)  # what cannot be used is said once, before the first file comes
    work = Work(time_allowed(config))
    with listen(_HOST, port) as listener:
        work.begin()
        if ready is not None:
            ready(address_of(listener))  # the socket listens already: what connects now waits until the server accepts
        _server(Shelf(Bounds.of(config.limits)), work, config).run(sockets=[listener])


@contextlib.contextmanager
def running_page(shelf: Shelf | None = None, config: Config | None = None) -> Iterator[str]:
    """A page in a thread while the ``with`` block lasts; its address. Raises RuntimeError if it does not start."""
    config = given(config)
    shelf = Shelf(Bounds.of(config.limits)) if shelf is None else shelf
    server = _server(shelf, Work(time_allowed(config)), config)
    with listen(_HOST, 0) as listener, in_a_thread(server, listener, "the page"):
        yield address_of(listener)


def _server(shelf: Shelf, work: Work, config: Config) -> uvicorn.Server:
    """What goes wrong is told in answers; a log would tell the names of files, and of requests that are none."""
    return server_of(app(shelf, work, config), http="h11", log_level="critical", limit_concurrency=_MOST_CONNECTIONS)
