"""Signing in and staying signed in, over real sockets: with the stand-in, and with servers that fail."""

from __future__ import annotations

import errno
import json
import logging
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest

from tracklint.strava.auth import Application, OAuth, SignIn, sign_in
from tracklint.strava.client import Client
from tracklint.strava.errors import (
    BadAnswer,
    NetworkTrouble,
    NotAuthorised,
    NotSignedIn,
    RateLimited,
    Refused,
    ServerTrouble,
    StravaError,
)
from tracklint.strava.redirect import Redirect
from tracklint.strava.sandbox import Options, Running, running_sandbox
from tracklint.strava.sandbox.grants import CLIENT_ID, CLIENT_SECRET
from tracklint.strava.settings import Settings
from tracklint.strava.signed_in import MARGIN, SignedIn, account, token_source
from tracklint.strava.tokens import TokenFile, Tokens
from tracklint.testing import Ride

from .signing import (
    ACCESS,
    APPLICATION,
    INTERRUPTIBLE,
    PLANTED,
    REFRESH,
    SECRET,
    Asked,
    answering,
    assert_hidden,
    browse,
    grants_of,
    oauth_base,
    problem,
    signed_up,
    source_of,
    tokens_answer,
)

pytestmark = pytest.mark.socket


@pytest.fixture
def sandbox() -> Iterator[Running]:
    with running_sandbox(Options(processing_polls=0)) as running:
        yield running


Script = Callable[..., tuple[str, Asked]]


@pytest.fixture
def scripted_server() -> Iterator[Script]:
    """``scripted_server(*answers)`` is `answering` until the test ends."""
    with ExitStack() as running:
        yield lambda *answers, pause=0.0: running.enter_context(answering(*answers, pause=pause))


# --- signing in -------------------------------------------------------------------------------------------------------


def test_a_sign_in_through_a_browser(sandbox: Running) -> None:
    pages: list[httpx.Response] = []

    def show(page: str) -> None:
        asked = {key: values[0] for key, values in parse_qs(urlsplit(page).query).items()}
        assert asked.pop("state")
        assert asked.pop("redirect_uri").startswith("http://127.0.0.1:")
        assert asked == {
            "client_id": CLIENT_ID,
            "response_type": "code",
            "approval_prompt": "force",
            "scope": "read,activity:write,activity:read",
        }
        assert "scope=read%2Cactivity%3Awrite%2Cactivity%3Aread" in page
        pages.append(browse(page))  # blocks until the page is answered, as a browser in the terminal does

    tokens = sign_in(OAuth(oauth_base(sandbox)), APPLICATION, show=show)
    assert (tokens.athlete_id, tokens.scopes, tokens.client_id) == (
        1,
        ("activity:read", "activity:write", "read"),
        CLIENT_ID,
    )
    assert tokens.expires_at == pytest.approx(time.time() + 21600, abs=60)
    assert "You can close this page" in pages[0].text
    assert pages[0].headers["cache-control"] == "no-store"
    assert "default-src 'none'" in pages[0].headers["content-security-policy"]
    assert "Python" not in pages[0].headers["server"]
    with Client(tokens.access_token, api_base=sandbox.api_base) as client:
        assert client.upload(Ride().fit(), data_type="fit", file_name="a.fit").id
        assert client.athlete()["firstname"] == "Sandbox"


@pytest.mark.parametrize(
    ("approve", "says", "missing"),
    [
        ("none", "you did not agree", None),
        ("read", "(activity:write) was not given, only read", "activity:write"),
    ],
)
def test_a_no_and_a_missing_tick_end_the_sign_in(
    sandbox: Running, approve: str, says: str, missing: str | None
) -> None:
    pages = []
    with pytest.raises(NotSignedIn) as caught:
        sign_in(OAuth(oauth_base(sandbox)), APPLICATION, show=lambda page: pages.append(browse(page, approve)))
    assert says in str(caught.value)
    assert caught.value.missing_scope == missing
    assert says in pages[0].text
    assert grants_of(sandbox).exchanges == 0  # refused early: no code was exchanged


def test_the_page_waits_for_its_own_answer() -> None:
    """Icons, stale tabs, tries of others and silent connections do not end or block the sign-in."""
    with Redirect() as redirect:
        under_way = SignIn(OAuth(), APPLICATION, redirect.uri)
        state = parse_qs(urlsplit(under_way.page).query)["state"][0]
        redirect.listen(under_way.code)
        host, port = "127.0.0.1", urlsplit(redirect.uri).port
        with socket.create_connection((host, port)):  # browsers open connections in advance
            for address in (
                f"http://{host}:{port}/favicon.ico",
                f"{redirect.uri}?code=x&scope=activity:write",
                f"{redirect.uri}?state=wrong&code=x&scope=activity:write",
                f"{redirect.uri}?state=%ff&code=x",
                f"{redirect.uri}?state={state}",
            ):
                assert httpx.get(address).status_code == 404
            assert httpx.post(redirect.uri).status_code == 501
            found = httpx.get(f"{redirect.uri}?state={state}&code=right&scope=read,activity:write")
            assert found.status_code == 200
            assert redirect.wait(5) == "right"


def test_the_page_is_open_to_this_machine_only() -> None:
    with Redirect() as redirect:
        assert redirect._server.server_address[0] == "127.0.0.1"
        with pytest.raises(OSError, match="in use"):
            Redirect(redirect._server.server_address[1])


def test_nobody_comes() -> None:
    with pytest.raises(NotSignedIn, match=r"within 0\.1 s"):
        sign_in(OAuth(), APPLICATION, show=lambda _: None, seconds=0.1)


def test_a_code_that_strava_does_not_know_yet_is_sent_again(scripted_server: Script) -> None:
    base, asked = scripted_server((400, {}, problem("AuthorizationCode", "code")), tokens_answer(athlete={"id": 8}))
    slept: list[float] = []
    tokens = OAuth(base, sleep=slept.append).exchange(APPLICATION, "code", scopes=("activity:write",))
    assert (tokens.athlete_id, tokens.scopes) == (8, ("activity:write",))  # no scope told: those of the redirect hold
    assert slept == [2.0]
    assert asked[0] == asked[1]
    assert asked[0][1] == {
        "client_id": [CLIENT_ID],
        "client_secret": [CLIENT_SECRET],
        "grant_type": ["authorization_code"],
        "code": ["code"],
    }


def test_a_code_is_good_for_one_sign_in(sandbox: Running) -> None:
    oauth = OAuth(oauth_base(sandbox), sleep=lambda _: None)
    code = grants_of(sandbox).authorise(("read", "activity:write"))
    oauth.exchange(APPLICATION, code, scopes=())
    with pytest.raises(NotSignedIn, match="was used already"):
        oauth.exchange(APPLICATION, code, scopes=())


@pytest.mark.parametrize(
    ("application", "says"),
    [(Application("4", CLIENT_SECRET), "of application 4"), (Application(CLIENT_ID, "no"), "the client secret of")],
)
def test_an_application_that_is_not_known(sandbox: Running, application: Application, says: str) -> None:
    with pytest.raises(NotSignedIn) as caught:
        OAuth(oauth_base(sandbox)).exchange(application, "code", scopes=())
    assert says in str(caught.value)


@pytest.mark.parametrize("scope", ["read,activity:write", "read activity:write"])
def test_scopes_with_commas_or_blanks(scripted_server: Script, scope: str) -> None:
    base, _ = scripted_server(tokens_answer(scope=scope))
    assert OAuth(base).exchange(APPLICATION, "code", scopes=()).scopes == ("activity:write", "read")


def test_the_answer_with_tokens_has_the_last_word_on_scopes(scripted_server: Script) -> None:
    base, _ = scripted_server(tokens_answer(scope="read"))
    under_way = SignIn(OAuth(base), APPLICATION, "http://127.0.0.1:1/callback")
    with pytest.raises(NotSignedIn, match="leave its box ticked"):
        under_way.finish("code")


@pytest.mark.parametrize("base", ["http://www.strava.com/oauth", "ftp://127.0.0.1/", "", "http://0.0.0.0/oauth"])
def test_secrets_go_in_the_clear_to_this_machine_only(base: str) -> None:
    with pytest.raises(ValueError, match="oauth_base"):
        OAuth(base)


# --- staying signed in ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("left", "refreshes"), [(MARGIN + 60, 0), (MARGIN - 1, 1), (-5000, 1)])
def test_a_token_is_renewed_before_it_ends(sandbox: Running, tmp_path: Path, left: float, refreshes: int) -> None:
    file = signed_up(sandbox, tmp_path / "t.json", expires_at=time.time() + left)
    grants_of(sandbox).still_good = 1e9
    before = file.read()
    source, warnings = source_of(sandbox, file)
    with Client(source, api_base=sandbox.api_base) as client:
        client.athlete()
        client.athlete()
    assert grants_of(sandbox).refreshes == refreshes
    assert warnings == []
    after = file.read()
    assert (after != before) is bool(refreshes)
    assert after is not None
    assert before is not None
    assert (after.refresh_token != before.refresh_token) is bool(refreshes)
    assert (after.athlete_id, after.scopes) == (
        before.athlete_id,
        tuple(sorted(before.scopes)) if refreshes else before.scopes,
    )


def test_the_new_pair_is_saved_before_it_is_used(sandbox: Running, tmp_path: Path) -> None:
    file = signed_up(sandbox, tmp_path / "t.json", expires_at=time.time())
    grants_of(sandbox).still_good = 1e9
    source, _ = source_of(sandbox, file)

    def strava(request: httpx.Request) -> httpx.Response:
        saved = file.read()
        assert saved is not None
        assert request.headers["authorization"] == f"Bearer {saved.access_token}"
        return httpx.Response(200, json={"id": 1})

    with Client(source, transport=httpx.MockTransport(strava)) as client:
        assert client.athlete() == {"id": 1}
    assert grants_of(sandbox).refreshes == 1


def test_strava_gives_the_same_token_back_while_it_is_good(sandbox: Running, tmp_path: Path) -> None:
    file = signed_up(sandbox, tmp_path / "t.json", expires_at=time.time())
    before = file.read()
    source, _ = source_of(sandbox, file)
    assert before is not None
    assert [source.token(), source.token()] == [before.access_token] * 2
    assert grants_of(sandbox).refreshes == 1
    assert source.tokens().expires_at == pytest.approx(time.time() + 21600, abs=60)


PROCESS = (
    INTERRUPTIBLE
    + """
import sys
from pathlib import Path
from tracklint.strava.auth import OAuth
from tracklint.strava.signed_in import SignedIn
from tracklint.strava.tokens import TokenFile
source = SignedIn(TokenFile(Path(sys.argv[2])), OAuth(sys.argv[1]), warn=print)
print("ready", flush=True)
sys.stdin.readline()
print(source.token())
"""
)


def process(base: str, file: TokenFile) -> subprocess.Popen[str]:
    started = subprocess.Popen(
        [sys.executable, "-c", PROCESS, base, str(file.path)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    assert started.stdout is not None
    assert started.stdout.readline() == "ready\n"
    return started


def test_processes_at_once_renew_once(sandbox: Running, tmp_path: Path) -> None:
    file = signed_up(sandbox, tmp_path / "t.json", expires_at=time.time())
    grants_of(sandbox).still_good = 1e9  # every renewal rotates: who comes second with the old pair is refused
    started = [process(oauth_base(sandbox), file) for _ in range(4)]
    for one in started:
        assert one.stdin is not None
        one.stdin.write("go\n")
        one.stdin.flush()
    outputs = [one.communicate(timeout=60) for one in started]
    saved = file.read()
    assert saved is not None
    assert outputs == [(f"{saved.access_token}\n", "")] * 4
    assert grants_of(sandbox).refreshes == 1


@pytest.mark.usefixtures("in_the_background")
def test_ctrl_c_while_strava_renews_does_not_lose_the_new_pair(scripted_server: Script, tmp_path: Path) -> None:
    base, asked = scripted_server(tokens_answer(), pause=1.0)
    file = TokenFile(tmp_path / "t.json")
    file.write(Tokens(**{**{k: getattr(PLANTED, k) for k in PLANTED.__dataclass_fields__}, "expires_at": 0.0}))
    one = process(base, file)
    assert one.stdin is not None
    one.stdin.write("go\n")
    one.stdin.flush()
    while not asked:
        time.sleep(0.01)
    one.send_signal(signal.SIGINT)
    _, stderr = one.communicate(timeout=30)
    assert "KeyboardInterrupt" in stderr
    saved = file.read()
    assert saved is not None
    assert (saved.access_token, saved.refresh_token, saved.athlete_id) == ("d4" * 20, "e5" * 20, 7)
    for secret in (ACCESS, REFRESH, SECRET, "d4" * 20, "e5" * 20):
        assert secret not in stderr


def test_a_token_that_ends_early_is_renewed_after_the_401(tmp_path: Path) -> None:
    """Our clock is behind, or Strava ended the token: the 401 tells, and the request is sent again."""
    ahead = [0.0]
    with running_sandbox(Options(processing_polls=0, clock=lambda: time.time() + ahead[0])) as sandbox:
        file = signed_up(sandbox, tmp_path / "t.json")
        source, _ = source_of(sandbox, file)
        with Client(source, api_base=sandbox.api_base) as client:
            client.athlete()
            ahead[0] = 7 * 3600.0
            data = Ride().fit()
            assert client.upload(data, data_type="fit", file_name="a.fit").id
        assert grants_of(sandbox).refreshes == 1
        assert [u.report.bytes for u in sandbox.strava.uploads.values()] == [len(data)]  # whole, and once


def test_what_another_process_saved_is_taken_after_a_401(sandbox: Running, tmp_path: Path) -> None:
    file = signed_up(sandbox, tmp_path / "t.json")
    source, _ = source_of(sandbox, file)
    saved = file.read()
    assert saved is not None
    assert source.renewed("an older token") == saved.access_token
    assert grants_of(sandbox).refreshes == 0
    assert source.renewed(saved.access_token) is None  # Strava gives the same one back: it cannot help
    assert grants_of(sandbox).refreshes == 1


@pytest.mark.parametrize("how", ["revoked", "rotated elsewhere"])
def test_a_dead_sign_in_says_what_to_do(sandbox: Running, tmp_path: Path, how: str) -> None:
    file = signed_up(sandbox, tmp_path / "t.json", expires_at=time.time() if "rotated" in how else 1e10)
    saved, grants = file.read(), grants_of(sandbox)
    assert saved is not None
    if how == "revoked":
        grants.revoke(saved.access_token)
    else:
        grants.still_good = 1e9
        grants.refresh(saved.refresh_token)
    source, _ = source_of(sandbox, file)
    with Client(source, api_base=sandbox.api_base) as client, pytest.raises(NotSignedIn) as caught:
        client.upload(Ride().fit(), data_type="fit", file_name="a.fit")
    assert "sign in again with `tracklint login`" in str(caught.value)
    assert [str(item) for item in caught.value.items] == ["RefreshToken refresh_token invalid"]
    assert not caught.value.maybe_accepted
    assert file.read() == saved
    assert_hidden(caught.value, *saved.secrets)


def test_a_missing_scope_is_not_renewed(sandbox: Running, tmp_path: Path) -> None:
    source, _ = source_of(sandbox, signed_up(sandbox, tmp_path / "t.json", scopes="read"))
    with Client(source, api_base=sandbox.api_base) as client, pytest.raises(NotAuthorised) as caught:
        client.upload(Ride().fit(), data_type="fit", file_name="a.fit")
    assert caught.value.missing_scope == "activity:write"
    assert grants_of(sandbox).refreshes == 0


def test_a_token_alone_is_never_renewed(sandbox: Running) -> None:
    with Client("wrong-token", api_base=sandbox.api_base) as client, pytest.raises(NotAuthorised) as caught:
        client.athlete()
    assert type(caught.value) is NotAuthorised


@pytest.mark.parametrize(("off", "refreshes"), [(86400.0, 1), (-86400.0, 0), (0.0, 0)])
def test_a_wrong_clock_renews_once_at_most(sandbox: Running, tmp_path: Path, off: float, refreshes: int) -> None:
    file = signed_up(sandbox, tmp_path / "t.json")
    oauth = OAuth(oauth_base(sandbox), clock=lambda: time.time() + off)
    source = SignedIn(file, oauth, warn=print)
    with Client(source, api_base=sandbox.api_base) as client:
        for _ in range(3):
            client.athlete()
    assert grants_of(sandbox).refreshes == refreshes
    assert oauth.skew == pytest.approx(-off if refreshes else 0.0, abs=5)


@pytest.mark.parametrize("date", [None, "Wed, 01 May 2024 10:00:00 GMT", "yesterday"])
def test_strava_s_clock_is_read_from_the_date_or_from_the_life(scripted_server: Script, date: str | None) -> None:
    at_ten = 1_714_557_600
    status, _, body = tokens_answer(expires_at=at_ten + 21600)
    base, _ = scripted_server((status, {"Date": date} if date else {}, body))
    oauth = OAuth(base, clock=lambda: at_ten + 5000.0)
    oauth.refresh(PLANTED)
    assert oauth.skew == -5000.0


def test_a_full_disk_loses_nothing_silently(sandbox: Running, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = signed_up(sandbox, tmp_path / "t.json", expires_at=time.time())
    grants_of(sandbox).still_good = 1e9
    before = file.read()
    source, warnings = source_of(sandbox, file)
    real = os.fsync

    def full(_: int) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    with Client(source, api_base=sandbox.api_base) as client:
        monkeypatch.setattr("tracklint.strava.tokens.os.fsync", full)
        for _ in range(3):
            assert client.athlete()["id"] == 1  # the new pair is in use
        assert grants_of(sandbox).refreshes == 1
        assert file.read() == before
        (warning,) = warnings
        for words in ("renewed the sign-in", str(file.path), "No space left", "sign in again with `tracklint login`"):
            assert words in warning
        monkeypatch.setattr("tracklint.strava.tokens.os.fsync", real)
        client.athlete()
    assert warnings[1:] == [f"the renewed sign-in is now saved in {file.path}"]
    saved = file.read()
    assert saved is not None
    assert grants_of(sandbox).scopes_of(saved.access_token)
    assert grants_of(sandbox).refresh(saved.refresh_token)  # the living one


def test_a_new_pair_serves_on_where_not_even_the_lock_can_be_taken(
    sandbox: Running, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = signed_up(sandbox, tmp_path / "t.json", expires_at=time.time())
    grants_of(sandbox).still_good = 1e9
    source, warnings = source_of(sandbox, file)

    def read_only(*_: object) -> None:
        raise OSError(errno.EROFS, "Read-only file system")

    with monkeypatch.context() as patch:
        patch.setattr(TokenFile, "write", read_only)
        renewed = source.token()
        patch.setattr("tracklint.strava.tokens.FileLock.acquire", lambda *_, **__: read_only())
        assert source.token() == renewed
    assert len(warnings) == 1


def test_a_full_disk_does_not_hide_a_new_sign_in(
    sandbox: Running, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = signed_up(sandbox, tmp_path / "t.json", expires_at=time.time())
    grants_of(sandbox).still_good = 1e9
    source, _ = source_of(sandbox, file)
    with monkeypatch.context() as patch:
        patch.setattr(TokenFile, "write", lambda *_: (_ for _ in ()).throw(OSError(errno.EROFS, "Read-only")))
        renewed = source.token()
    other = signed_up(sandbox, tmp_path / "t.json").read()
    assert other is not None
    assert source.token() == other.access_token != renewed
    file.delete()
    with pytest.raises(NotSignedIn, match="not signed in"):
        source.token()


# --- secrets, and servers that fail -----------------------------------------------------------------------------------


def test_no_repr_shows_a_secret(tmp_path: Path) -> None:
    oauth = OAuth("http://127.0.0.1:1/oauth")
    file = TokenFile(tmp_path / "t.json")
    settings = Settings.from_environment({"TRACKLINT_STRAVA_TOKEN": ACCESS, "TRACKLINT_STRAVA_CLIENT_SECRET": SECRET})
    things = (
        PLANTED,
        Application("99", SECRET),
        oauth,
        file,
        settings,
        SignedIn(file, oauth, warn=print),
        SignIn(oauth, Application("99", SECRET), "http://127.0.0.1:1/callback"),
        Client(SignedIn(file, oauth, warn=print)),
    )
    for thing in things:
        for text in (repr(thing), str(thing), f"{thing}"):
            assert not any(secret in text for secret in (ACCESS, REFRESH, SECRET)), text
    assert "athlete_id=7" in repr(PLANTED)
    assert settings.token == ACCESS


ECHO = f"{ACCESS} {REFRESH} {SECRET}".encode()
FAULTS: list[tuple[str, tuple[int, dict[str, str], bytes] | None, type[StravaError], str]] = [
    ("dead refresh token", (400, {}, problem("RefreshToken", "refresh_token")), NotSignedIn, "sign in again"),
    ("unknown application", (400, {}, problem("Application", "client_id")), NotSignedIn, "of application 99"),
    ("wrong secret", (401, {}, problem("Application", "")), NotSignedIn, "of application 99"),
    ("another 400", (400, {}, ECHO), Refused, "gives no reason"),
    ("echo in an error", (400, {}, problem(ACCESS, REFRESH, SECRET)), Refused, "[token]"),
    ("401 without reason", (401, {}, ECHO), NotAuthorised, "expired"),
    ("429", (429, {}, ECHO), RateLimited, "opens again"),
    ("500", (500, {}, b"<html>" + ECHO), ServerTrouble, "status 500"),
    ("302", (302, {"Location": "https://example.org/"}, b""), BadAnswer, "redirects are not followed"),
    ("no JSON", (200, {}, b"<html>" + ECHO), BadAnswer, "holds no access token"),
    ("empty", (200, {}, b""), BadAnswer, "holds no access token"),
    ("list", (200, {}, b"[]"), BadAnswer, "holds no access token"),
    ("half the JSON", (200, {}, tokens_answer()[2][:90]), BadAnswer, "holds no access token"),
    ("cut off", (200, {"Content-Length": "900"}, tokens_answer()[2]), BadAnswer, "breaks off"),
    ("no access token", tokens_answer(access_token=None), BadAnswer, "holds no access token"),
    ("token of two lines", tokens_answer(access_token="x\ny"), BadAnswer, "holds no access token"),
    ("no end", tokens_answer(expires_at=None, expires_in=None), BadAnswer, "end of life"),
    ("no answer", None, NetworkTrouble, "no answer from"),
]


@pytest.mark.parametrize("fault", FAULTS, ids=[fault[0] for fault in FAULTS])
def test_a_renewal_that_fails_leaves_the_file_and_shows_no_secret(
    scripted_server: Script, tmp_path: Path, caplog: pytest.LogCaptureFixture, fault: Any
) -> None:
    caplog.set_level(logging.DEBUG)
    base, asked = scripted_server(fault[1])
    file = TokenFile(tmp_path / "t.json")
    file.write(PLANTED)
    source = SignedIn(file, OAuth(base, clock=lambda: 1e10), warn=pytest.fail)
    with pytest.raises(StravaError) as caught:
        source.token()
    assert type(caught.value) is fault[2]
    assert fault[3] in str(caught.value)
    assert not caught.value.maybe_accepted
    assert asked[0][1]["refresh_token"] == [REFRESH]  # it was there to be leaked
    assert len(asked) == 1
    assert_hidden(caught.value, "d4" * 20, "e5" * 20)
    logged = caplog.text + json.dumps([record.__dict__ for record in caplog.records], default=repr)
    assert "127.0.0.1" in logged
    for secret in (ACCESS, REFRESH, SECRET):
        assert secret not in logged
    assert file.read() == PLANTED


def test_an_answer_that_takes_too_long(scripted_server: Script) -> None:
    base, _ = scripted_server(tokens_answer(), pause=1.0)
    with pytest.raises(NetworkTrouble, match="within the time") as caught:
        OAuth(base, timeout=0.1).refresh(PLANTED)
    assert_hidden(caught.value)


def test_what_an_answer_may_leave_out(scripted_server: Script) -> None:
    base, _ = scripted_server(tokens_answer(refresh_token=None, expires_at=None))
    fresh = OAuth(base, clock=lambda: 1000.0).refresh(PLANTED)
    assert (fresh.refresh_token, fresh.expires_at, fresh.scopes) == (REFRESH, 22600.0, PLANTED.scopes)
    assert fresh.access_token == "d4" * 20


# --- which token ------------------------------------------------------------------------------------------------------


def test_a_token_from_the_environment_wins(sandbox: Running, tmp_path: Path) -> None:
    environ = {"TRACKLINT_HOME": str(tmp_path), "TRACKLINT_STRAVA_OAUTH": oauth_base(sandbox)}
    signed_up(sandbox, tmp_path / TokenFile.of(Settings.from_environment(environ)).path.name)
    environ["TRACKLINT_STRAVA_API"] = sandbox.api_base
    source = token_source(Settings.from_environment(environ), warn=print)
    assert isinstance(source, SignedIn)
    assert token_source(Settings.from_environment({**environ, "TRACKLINT_STRAVA_TOKEN": "t"}), warn=print) == "t"
    empty = Settings.from_environment({**environ, "TRACKLINT_STRAVA_TOKEN": ""})
    assert isinstance(token_source(empty, warn=print), SignedIn)


def test_the_account_is_the_athlete_where_it_is_known(tmp_path: Path) -> None:
    assert account(Settings(home=tmp_path)) == ""
    TokenFile(tmp_path / "strava.json").write(PLANTED)
    assert account(Settings(home=tmp_path)) == "7"
    assert account(Settings(home=tmp_path, token="another's")) == ""


def test_a_token_of_strava_does_not_go_to_a_stand_in(tmp_path: Path) -> None:
    TokenFile(tmp_path / "strava.json").write(PLANTED)
    settings = Settings(home=tmp_path, api_base="http://127.0.0.1:8099/api/v3")
    with pytest.raises(ValueError, match="the token of one would go to the other"):
        token_source(settings, warn=print)
    with pytest.raises(NotSignedIn, match="run `tracklint login`"):
        token_source(Settings(home=tmp_path / "empty"), warn=print)


def test_directories_of_the_user(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    assert Settings(home=tmp_path).config_dir == Settings(home=tmp_path).state_dir == tmp_path
    for name in ("config", "state"):
        monkeypatch.setenv(f"XDG_{name.upper()}_HOME", str(tmp_path / name))
    if sys.platform == "linux":
        assert (Settings().config_dir, Settings().state_dir) == (
            tmp_path / "config" / "tracklint",
            tmp_path / "state" / "tracklint",
        )
