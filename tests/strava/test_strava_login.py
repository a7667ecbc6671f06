"""The commands login, status and logout, and the stand-in's side of a sign-in, over real sockets."""

from __future__ import annotations

import errno
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest
from click.testing import CliRunner

from conftest import ROOT
from tracklint.cli import main
from tracklint.strava import auth
from tracklint.strava.auth import OAuth, SignIn
from tracklint.strava.journal import Entry, Journal
from tracklint.strava.redirect import NotThisSignIn
from tracklint.strava.sandbox import Options, Running, running_sandbox
from tracklint.strava.sandbox.grants import CLIENT_ID, CLIENT_SECRET
from tracklint.strava.settings import Settings
from tracklint.strava.tokens import TokenFile

from .signing import (
    ACCESS,
    APPLICATION,
    INTERRUPTIBLE,
    PLANTED,
    browse,
    grants_of,
    oauth_base,
    signed_up,
)

pytestmark = pytest.mark.socket


@pytest.fixture
def sandbox() -> Iterator[Running]:
    with running_sandbox(Options(processing_polls=0)) as running:
        yield running


# --- the commands -----------------------------------------------------------------------------------------------------


@pytest.fixture
def home(sandbox: Running, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty home; every setting points at the stand-in."""
    for name in [name for name in os.environ if name.startswith("TRACKLINT_")]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("TRACKLINT_HOME", str(tmp_path / "home"))
    monkeypatch.setenv("TRACKLINT_STRAVA_API", sandbox.api_base)
    monkeypatch.setenv("TRACKLINT_STRAVA_OAUTH", oauth_base(sandbox))
    return tmp_path / "home"


def run(*words: str, typed: str | None = None) -> tuple[int, str]:
    done = CliRunner().invoke(main, words, input=typed, catch_exceptions=False)
    return done.exit_code, done.output


def the_file() -> TokenFile:
    return TokenFile.of(Settings.from_environment())


def assert_no_secret_of(sandbox: Running, output: str) -> None:
    assert CLIENT_SECRET not in output
    saved = the_file().read()
    for secret in saved.secrets if saved else ():
        assert secret not in output


def test_login_status_logout(sandbox: Running, home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("webbrowser.open", lambda page: browse(page).is_success)
    assert run("status") == (
        1,
        (
            f"API:          {sandbox.api_base}\nSign-in at:   {oauth_base(sandbox)}\nKept in:      {the_file().path}\n"
            f"Journal:      {home / 'journal.sqlite'}, no uploads yet\n"
            "You are not signed in; `tracklint login` does it.\n"
        ),
    )
    code, said = run("login", typed=f"{CLIENT_ID}\n{CLIENT_SECRET}\n")
    assert code == 0
    assert "https://www.strava.com/settings/api" in said
    assert "Signed in as athlete 1 with the permissions activity:read, activity:write, read." in said
    assert_no_secret_of(sandbox, said)

    code, said = run("status", "--check")
    assert code == 0
    assert "Signed in as: athlete 1, application 12345\n" in said
    assert "valid for 6 h 0 min" in said
    assert "this is Sandbox Athlete (athlete 1)" in said
    assert_no_secret_of(sandbox, said)

    the_file().path.chmod(0o640)
    assert "run: chmod 600" in run("status")[1]
    code, said = run("login")  # a second time: the application is known
    assert (code, "Client ID" in said) == (0, False)
    assert not the_file().readable_by_others()

    code, said = run("logout")
    assert (code, said) == (0, f"Signed out: Strava has ended the sign-in, and {the_file().path} is deleted.\n")
    assert run("logout") == (0, "You were not signed in.\n")
    assert run("status")[0] == 1


def test_login_with_a_pasted_address(sandbox: Running, home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(auth.random, "token_urlsafe", lambda _: "known-state")
    monkeypatch.setenv("TRACKLINT_STRAVA_CLIENT_ID", CLIENT_ID)
    monkeypatch.setenv("TRACKLINT_STRAVA_CLIENT_SECRET", CLIENT_SECRET)
    page = OAuth(oauth_base(sandbox)).page(
        CLIENT_ID, redirect_uri="http://127.0.0.1:8098/callback", state="known-state"
    )
    address = httpx.get(f"{page}&approve=all").headers["location"]
    code, said = run("login", "--no-browser", typed=f"{page}\n{address.replace('known', 'other')}\n{address}\n")
    assert code == 0, said
    assert page in said
    assert said.count("that is not the address that the sign-in ends at") == 2
    assert "its state is not the one that tracklint sent" in said
    assert the_file().read() is not None
    code, said = run("login", "--no-browser", typed=httpx.get(f"{page}&approve=none").headers["location"])
    assert (code, said.splitlines()[-1]) == (2, "tracklint: nothing was signed in: you did not agree to it")
    code, said = run("login", "--no-browser", typed="")
    assert (code, said.splitlines()[-1]) == (
        2,
        "tracklint: stopped before the end of the sign-in; nothing was saved",
    )


def test_login_says_what_is_in_the_way(
    sandbox: Running, home: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    opened: list[str] = []
    monkeypatch.setattr("webbrowser.open", opened.append)
    asked = ("login", "--client-id", CLIENT_ID, "--client-secret", CLIENT_SECRET)
    with socket.create_server(("127.0.0.1", 0)) as taken:
        code, said = run(*asked, "--port", str(taken.getsockname()[1]))
    assert code == 2
    assert "leave out --port" in said
    code, said = run(*asked, "--timeout", "1")
    assert code == 2
    assert "nobody came back from the browser within 1 s" in said
    assert len(opened) == 1
    assert opened[0] in said
    monkeypatch.setenv("TRACKLINT_HOME", "/dev/null/nowhere")
    code, said = run(*asked)
    assert (code, len(opened)) == (2, 1)  # told before the browser opens
    assert "cannot be" in said
    monkeypatch.setenv("TRACKLINT_STRAVA_OAUTH", "http://example.org/oauth")
    assert run(*asked) == (
        2,
        "tracklint: oauth_base is 'http://example.org/oauth'; an https address is wanted (http only on this machine)\n",
    )


def test_login_on_a_full_disk(sandbox: Running, home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("webbrowser.open", lambda page: browse(page).is_success)
    with monkeypatch.context() as patch:
        patch.setattr(
            "tracklint.strava.tokens.os.fsync",
            lambda _: (_ for _ in ()).throw(OSError(errno.ENOSPC, "No space left on device")),
        )
        code, said = run("login", "--client-id", CLIENT_ID, "--client-secret", CLIENT_SECRET)
    assert code == 2
    assert "cannot be saved" in said
    assert "No space left on device" in said
    assert the_file().read() is None


@contextmanager
def _command(*words: str, **environ: str) -> Iterator[subprocess.Popen[str]]:
    one = subprocess.Popen(
        [sys.executable, "-c", INTERRUPTIBLE + "from tracklint.cli import main; main()", *words],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env={**os.environ, **environ},
    )
    try:
        yield one
    finally:
        one.kill()
        one.wait()
        for stream in (one.stdout, one.stderr):
            assert stream is not None
            stream.close()


def test_login_with_a_browser_that_blocks(sandbox: Running, home: Path, tmp_path: Path) -> None:
    """A real process and a real BROWSER in the terminal, which ends only after it has shown the last page."""
    browser = tmp_path / "browser.py"
    browser.write_text("import sys, httpx\nhttpx.get(sys.argv[1] + '&approve=all', follow_redirects=True)\n")
    words = ("login", "--client-id", CLIENT_ID, "--client-secret", CLIENT_SECRET, "--timeout", "30")
    with _command(*words, BROWSER=f"{sys.executable} {browser} %s") as one:
        said, trouble = one.communicate(timeout=60)
    assert (one.returncode, the_file().read() is not None) == (0, True), trouble
    assert "Signed in as athlete 1" in said
    assert "Traceback" not in trouble


@pytest.mark.usefixtures("in_the_background")
def test_ctrl_c_while_login_waits(sandbox: Running, home: Path) -> None:
    words = ("login", "--client-id", CLIENT_ID, "--client-secret", CLIENT_SECRET)
    with _command(*words, BROWSER="true %s") as one:
        assert one.stderr is not None
        while "Waiting" not in one.stderr.readline():
            assert one.poll() is None
        one.send_signal(signal.SIGINT)
        _, trouble = one.communicate(timeout=30)
    assert one.returncode == 130
    assert trouble.strip() == "tracklint: stopped before the end of the sign-in; nothing was saved"
    assert the_file().read() is None


def test_logout_without_a_network(sandbox: Running, home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with socket.create_server(("127.0.0.1", 0)) as closed:
        port = closed.getsockname()[1]
    monkeypatch.setenv("TRACKLINT_STRAVA_OAUTH", f"http://127.0.0.1:{port}/oauth")
    the_file().write(PLANTED)
    code, said = run("logout")
    assert code == 2
    for words in ("on this machine only", "no answer from", "up to 6 hours", "https://www.strava.com/settings/apps"):
        assert words in said
    assert the_file().read() is None
    for secret in PLANTED.secrets:
        assert secret not in said


def test_logout_when_strava_does_not_know_us_any_more(sandbox: Running, home: Path) -> None:
    file = signed_up(sandbox, the_file().path, client_secret="an older secret".replace(" ", "-"))
    code, said = run("logout")
    assert code == 2
    assert "does not accept the client secret of application 12345" in said
    assert file.read() is None
    file = signed_up(sandbox, the_file().path)
    saved = file.read()
    assert saved is not None
    grants_of(sandbox).revoke(saved.access_token)  # on the website
    assert run("logout")[0] == 0
    file.path.write_text("{")
    assert run("status")[0] == 1
    code, said = run("logout")
    assert code == 2
    assert "damaged" in said
    assert not file.path.exists()


def test_logout_ends_every_token(sandbox: Running, home: Path) -> None:
    saved = signed_up(sandbox, the_file().path).read()
    assert saved is not None
    assert run("logout")[0] == 0
    assert grants_of(sandbox).scopes_of(saved.access_token) is None
    assert grants_of(sandbox).refresh(saved.refresh_token) is None


def test_status_of_a_token_from_the_environment(sandbox: Running, home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TRACKLINT_STRAVA_TOKEN", sandbox.token)
    code, said = run("status", "--check")
    assert code == 0
    assert "from TRACKLINT_STRAVA_TOKEN, which wins" in said
    assert "Sandbox Athlete" in said
    monkeypatch.setenv("TRACKLINT_STRAVA_TOKEN", ACCESS)
    code, said = run("status", "--check")
    assert code == 1
    assert ACCESS not in said
    assert "does not accept the token" in said
    monkeypatch.setenv("TRACKLINT_STRAVA_API", "http://127.0.0.1:1/api/v3")
    assert run("status", "--check")[0] == 2
    assert run("logout")[1].startswith("Note: TRACKLINT_STRAVA_TOKEN is set")


@pytest.mark.parametrize(
    ("left", "says"),
    [(-1, "over; it is renewed"), (3661, "valid for 1 h 1 min"), (90000, "clock seems to be behind")],
)
def test_status_says_how_long_the_token_holds(sandbox: Running, home: Path, left: float, says: str) -> None:
    signed_up(sandbox, the_file().path, expires_at=time.time() + left)
    code, said = run("status")
    assert code == 0
    assert says in said
    assert grants_of(sandbox).refreshes == 0


def test_status_counts_what_is_unfinished(sandbox: Running, home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    signed_up(sandbox, the_file().path)
    with Journal(home / "journal.sqlite", api_base=sandbox.api_base, account="1") as journal:
        entry = journal.plan(Entry(sha256="a" * 64, name="a.fit"))
        assert "journal.sqlite, 1 unfinished: `tracklint upload --resume` goes on" in run("status")[1]
        journal.note(entry, "ready")
        assert "journal.sqlite, no upload unfinished" in run("status")[1]
    (home / "journal.sqlite").write_bytes(b"no database" * 100)
    code, said = run("status")
    assert code == 0
    assert "Journal: " in said
    assert "Traceback" not in said


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (
            ("--client-id", "abc"),
            "the client ID is 'abc'; it is the number that https://www.strava.com/settings/api shows",
        ),
        (("--client-id", "1", "--timeout", "nan"), "nan is no number of seconds"),
    ],
)
def test_a_client_id_that_is_no_number_is_refused_at_once(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, arguments: tuple[str, ...], words: str
) -> None:
    monkeypatch.setenv("TRACKLINT_HOME", str(tmp_path))
    done = CliRunner().invoke(main, ["login", *arguments, "--client-secret", "x"])
    assert done.exit_code == 2
    assert words in done.output
    assert "browser" not in done.output


def test_readme_login_and_docs_name_one_callback_domain() -> None:
    from tracklint.cli.login import _HOW

    said = [(ROOT / name).read_text(encoding="utf-8") for name in ("README.md", "docs/uploading.md")]
    assert "Callback Domain: localhost;" in _HOW
    for text in said:
        assert "callback domain `localhost`" in " ".join(text.split()).replace(
            "`localhost` as its callback domain", "callback domain `localhost`"
        )
        assert "domain `127.0.0.1`" not in text


# --- the stand-in -----------------------------------------------------------------------------------------------------


def asked_page(sandbox: Running, **changed: str) -> str:
    asked = {
        "client_id": CLIENT_ID,
        "redirect_uri": "http://localhost:9/back",
        "response_type": "code",
        "scope": "read,activity:write",
        "state": "<s>",
        **changed,
    }
    return str(httpx.URL(f"{oauth_base(sandbox)}/authorize", params=asked))


def test_the_page_of_the_stand_in_asks_and_answers(sandbox: Running) -> None:
    page = httpx.get(asked_page(sandbox))
    assert page.text.count("type=checkbox") == 2
    assert "<s>" not in page.text
    for data, expected in (
        ({"yes": "1", "scope": ["read"]}, {"state": ["<s>"], "scope": ["read"]}),
        (
            {"yes": "1", "scope": ["read", "activity:write", "more"]},
            {"state": ["<s>"], "scope": ["read,activity:write"]},
        ),
        ({"no": "1", "scope": ["read"]}, {"state": ["<s>"], "error": ["access_denied"]}),
    ):
        back = httpx.post(asked_page(sandbox), data=data)
        assert back.status_code == 302
        told = parse_qs(urlsplit(back.headers["location"]).query)
        assert bool(told.pop("code", None)) is ("yes" in data)
        assert told == expected


def test_the_stand_in_asks_again_only_when_forced(sandbox: Running, tmp_path: Path) -> None:
    assert httpx.get(asked_page(sandbox)).status_code == 200
    signed_up(sandbox, tmp_path / "t.json")
    assert httpx.get(asked_page(sandbox)).status_code == 302
    assert httpx.get(asked_page(sandbox, approval_prompt="force")).status_code == 200
    assert httpx.get(asked_page(sandbox, scope="read,activity:read")).status_code == 200


@pytest.mark.parametrize(
    ("changed", "item"),
    [
        ({"client_id": "4"}, ("Application", "client_id")),
        ({"redirect_uri": "https://example.org/"}, ("Application", "redirect_uri")),
        ({"response_type": "token"}, ("Authorize", "response_type")),
        ({"scope": "read activity:write"}, ("Authorize", "scope")),
        ({"scope": ""}, ("Authorize", "scope")),
    ],
)
def test_what_the_stand_in_does_not_take(sandbox: Running, changed: dict[str, str], item: tuple[str, str]) -> None:
    answer = httpx.get(asked_page(sandbox, **changed))
    assert answer.status_code == 400
    assert answer.json()["errors"] == [{"resource": item[0], "field": item[1], "code": "invalid"}]


def test_tokens_of_the_stand_in_rotate_and_die(sandbox: Running) -> None:
    known = {"client_id": CLIENT_ID, "client_secret": CLIENT_SECRET}
    ask: Callable[..., httpx.Response] = lambda **form: httpx.post(  # noqa: E731
        f"{oauth_base(sandbox)}/token", data={**known, **form}
    )
    code = grants_of(sandbox).authorise(("read", "activity:write"))
    first = ask(code=code, grant_type="authorization_code").json()
    assert set(first) == {"token_type", "expires_at", "expires_in", "refresh_token", "access_token", "scope", "athlete"}
    assert (first["token_type"], first["expires_in"], first["scope"]) == (
        "Bearer",
        pytest.approx(21600, abs=60),
        "read,activity:write",
    )
    same = ask(refresh_token=first["refresh_token"], grant_type="refresh_token").json()
    assert "athlete" not in same
    assert {**same, "expires_in": 0, "athlete": first["athlete"]} == {**first, "expires_in": 0}
    grants_of(sandbox).still_good = 1e9
    second = ask(refresh_token=first["refresh_token"], grant_type="refresh_token").json()
    assert second["refresh_token"] != first["refresh_token"]
    assert second["access_token"] != first["access_token"]
    dead = ask(refresh_token=first["refresh_token"], grant_type="refresh_token")
    assert (dead.status_code, dead.json()["errors"]) == (
        400,
        [{"resource": "RefreshToken", "field": "refresh_token", "code": "invalid"}],
    )
    assert ask(grant_type="password").status_code == 400
    gone = httpx.post(f"{oauth_base(sandbox)}/deauthorize", data={"access_token": second["access_token"]})
    assert gone.json() == {"access_token": second["access_token"]}
    assert httpx.post(f"{oauth_base(sandbox)}/deauthorize").status_code == 401
    assert grants_of(sandbox).scopes_of(first["access_token"]) is None


def test_revoke_at_the_stand_in(sandbox: Running) -> None:
    url = f"{oauth_base(sandbox)}/revoke"
    assert httpx.post(url, data={"token": "x"}).status_code == 401
    assert httpx.post(url, data={"token": "x"}, auth=(CLIENT_ID, "wrong")).status_code == 401
    assert httpx.post(url, auth=(CLIENT_ID, CLIENT_SECRET)).status_code == 400
    unknown = httpx.post(url, data={"token": "x"}, auth=(CLIENT_ID, CLIENT_SECRET))
    assert (unknown.status_code, unknown.content) == (200, b"")


def test_addresses_that_belong_to_no_sign_in() -> None:
    under_way = SignIn(OAuth(), APPLICATION, "http://127.0.0.1:1/callback")
    for address in ("", "hello", "http://127.0.0.1:1/callback", "http://[broken/callback?state=x"):
        with pytest.raises(NotThisSignIn):
            under_way.code(address)
