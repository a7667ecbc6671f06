"""A page on this machine that the browser is sent to at the end of a sign-in. It listens on 127.0.0.1 only."""

from __future__ import annotations

import html
import os
import queue
import socketserver
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING, Self

from ..errors import TracklintError
from .errors import NotSignedIn

if TYPE_CHECKING:
    from collections.abc import Callable
    from types import TracebackType

__all__ = ["PATH", "NotThisSignIn", "Redirect"]

PATH = "/callback"
_STYLE = (
    "body{font:17px/1.5 system-ui,sans-serif;margin:15vh auto;max-width:34rem;padding:0 1rem;color:#222;"
    "background:#fff}h1{font-size:1.4rem}"
)


class NotThisSignIn(TracklintError):
    """An address that does not belong to the sign-in under way: an icon, an old tab, another program's try."""


class Redirect:
    """Waits for the browser to come back. A context manager; ``uri`` is where it has to come.

    ``port`` 0 takes any free one. Raises OSError where the port is taken.
    """

    def __init__(self, port: int = 0) -> None:
        self._server = _Server(("127.0.0.1", port), _Page)
        self.uri = f"http://127.0.0.1:{self._server.server_address[1]}{PATH}"

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._server.read is not None:
            self._server.shutdown()
        self._server.server_close()

    def listen(self, read: Callable[[str], str]) -> None:
        """Answer from now on, while the program does other things: a browser in the terminal blocks it until it ends.

        ``read`` makes a code of an address. It raises `NotThisSignIn` for one to ignore, and `NotSignedIn` to end.
        """
        self._server.read = read
        threading.Thread(target=self._server.serve_forever, args=(0.1,), name="tracklint-sign-in", daemon=True).start()

    def wait(self, seconds: float) -> str:
        """The code. Raises `NotSignedIn`: what ``read`` raised, or that nobody came in time."""
        until = time.monotonic() + seconds
        while (left := until - time.monotonic()) > 0:
            try:
                came = self._server.came.get(timeout=min(left, 0.5))  # in slices: Windows hears no Ctrl-C meanwhile
            except queue.Empty:
                continue
            if isinstance(came, NotSignedIn):
                raise came
            return came
        raise NotSignedIn(f"nobody came back from the browser within {seconds:g} s; run `tracklint login` again")


class _Server(ThreadingHTTPServer):
    """One thread a connection: browsers open some in advance and say nothing on them."""

    daemon_threads = True
    allow_reuse_address = os.name == "posix"  # elsewhere it lets two programs listen on one port
    read: Callable[[str], str] | None = None

    def __init__(self, address: tuple[str, int], page: type[BaseHTTPRequestHandler]) -> None:
        self.came: queue.SimpleQueue[str | NotSignedIn] = queue.SimpleQueue()
        super().__init__(address, page)

    def server_bind(self) -> None:
        socketserver.TCPServer.server_bind(self)  # that of HTTPServer asks the network for this machine's name

    def handle_error(self, request: object, client_address: object) -> None:
        """A browser that goes away is no fault."""


class _Page(BaseHTTPRequestHandler):
    server: _Server
    timeout = 10

    def do_GET(self) -> None:
        assert self.server.read is not None
        came: str | NotSignedIn
        try:
            came = self.server.read(self.path)
        except NotThisSignIn as error:
            self._say(404, "This page is not part of the sign-in", str(error))
            return
        except NotSignedIn as error:
            came = error
            self._say(200, "You are not signed in", str(error))
        else:
            self._say(200, "Thank you", "Strava's answer has arrived. You can close this page: tracklint goes on.")
        self.server.came.put(came)

    def _say(self, http_status: int, heading: str, text: str) -> None:
        page = (
            f"<!doctype html><html lang=en><meta charset=utf-8><title>tracklint</title><style>{_STYLE}</style>"
            f"<h1>{html.escape(heading)}</h1><p>{html.escape(text)}</p></html>"
        ).encode()
        self.send_response(http_status)
        self.send_header("Content-Type", "text/html; charset=utf-8")
        self.send_header("Content-Length", str(len(page)))
        self.send_header("Content-Security-Policy", "default-src 'none'; style-src 'unsafe-inline'")
        self.send_header("Referrer-Policy", "no-referrer")
        self.send_header("Cache-Control", "no-store")
        self.end_headers()
        self.wfile.write(page)

    def version_string(self) -> str:
        """The name without the versions of Python."""
        return "tracklint"

    def log_message(self, *_: object) -> None:
        """Nothing is logged: the line would hold the code."""
