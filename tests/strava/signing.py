"""What the tests of signing in share: a stand-in and a sign-in at it, planted secrets, and servers that fail."""

from __future__ import annotations

import json
import threading
import time
import traceback
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs

import httpx

from tracklint.strava.auth import Application, OAuth
from tracklint.strava.sandbox import Running
from tracklint.strava.sandbox.grants import CLIENT_ID, CLIENT_SECRET, Grants
from tracklint.strava.signed_in import SignedIn
from tracklint.strava.tokens import TokenFile, Tokens

APPLICATION = Application(CLIENT_ID, CLIENT_SECRET)
ACCESS, REFRESH, SECRET = "a1" * 20, "b2" * 20, "c3" * 20
PLANTED = Tokens(
    access_token=ACCESS,
    refresh_token=REFRESH,
    expires_at=1e10,
    scopes=("activity:write", "read"),
    athlete_id=7,
    client_id="99",
    client_secret=SECRET,
)

#: The first line of a child that is to be interrupted: who ignores SIGINT, as a job does that a shell has started with
#: ``&``, hands that on to its children.
INTERRUPTIBLE = "import signal; signal.signal(signal.SIGINT, signal.default_int_handler)\n"


def oauth_base(sandbox: Running) -> str:
    return f"{sandbox.page}oauth"


def grants_of(sandbox: Running) -> Grants:
    return sandbox.strava.grants


def browse(page: str, approve: str = "all") -> httpx.Response:
    """What a browser does whose athlete agrees, or does not."""
    return httpx.get(f"{page}&approve={approve}", follow_redirects=True)


def signed_up(sandbox: Running, path: Path, *, scopes: str = "read,activity:write", **changed: Any) -> TokenFile:
    """A token file as `tracklint login` leaves it; ``changed`` replaces fields of its tokens."""
    grants = grants_of(sandbox)
    grant = grants.exchange(grants.authorise(tuple(scopes.split(","))))
    assert grant is not None
    access_token, expires_at = grant.newest
    file = TokenFile(path)
    file.write(
        Tokens(
            **{
                "access_token": access_token,
                "refresh_token": grant.refresh_token,
                "expires_at": expires_at,
                "scopes": grant.scopes,
                "athlete_id": 1,
                "client_id": CLIENT_ID,
                "client_secret": CLIENT_SECRET,
                **changed,
            }
        )
    )
    return file


def source_of(sandbox: Running, file: TokenFile, **oauth: Any) -> tuple[SignedIn, list[str]]:
    warnings: list[str] = []
    return SignedIn(file, OAuth(oauth_base(sandbox), **oauth), warn=warnings.append), warnings


Answered = tuple[int, dict[str, str], bytes] | None
Asked = list[tuple[str, dict[str, list[str]]]]


@contextmanager
def answering(*answers: Answered, pause: float = 0.0) -> Iterator[tuple[str, Asked]]:
    """A server that answers so, one after the other, the last for ever: its address, and what it was asked.

    An answer is (status, headers, body); ``None`` closes the connection without a word. ``pause`` is in seconds.
    """
    asked: Asked = []
    left = list(answers)

    class Page(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["content-length"])).decode()
            asked.append((self.path, parse_qs(body)))
            answer = left.pop(0) if len(left) > 1 else left[0]
            time.sleep(pause)
            if answer is None:
                self.close_connection = True
                return
            status, headers, content = answer
            self.send_response_only(status)
            for name, value in {"Content-Length": str(len(content)), **headers}.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(content)

        def log_message(self, *_: object) -> None:
            pass

    class Server(ThreadingHTTPServer):
        daemon_threads = False  # none answers on into the next test

        def handle_error(self, *_: object) -> None:
            """A client that is gone is what some tests want."""

    with Server(("127.0.0.1", 0), Page) as server:
        threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True).start()
        try:
            yield f"http://127.0.0.1:{server.server_address[1]}/oauth", asked
        finally:
            server.shutdown()


def tokens_answer(**changed: Any) -> tuple[int, dict[str, str], bytes]:
    told = {
        "token_type": "Bearer",
        "access_token": "d4" * 20,
        "refresh_token": "e5" * 20,
        "expires_at": int(time.time()) + 21600,
        "expires_in": 21600,
    }
    return 200, {}, json.dumps({k: v for k, v in {**told, **changed}.items() if v is not None}).encode()


def problem(resource: str, field: str, code: str = "invalid") -> bytes:
    errors = [{"resource": resource, "field": field, "code": code}]
    return json.dumps({"message": "Bad Request", "errors": errors}).encode()


def everything_about(error: BaseException) -> str:
    parts = []
    seen: BaseException | None = error
    while seen is not None:
        parts += [repr(seen), str(seen), repr(vars(seen)), "".join(traceback.format_exception(seen))]
        seen = seen.__cause__ or seen.__context__
    return "\n".join(parts)


def assert_hidden(error: BaseException, *secrets: str) -> None:
    shown = everything_about(error)
    for secret in (ACCESS, REFRESH, SECRET, *secrets):
        assert secret not in shown
