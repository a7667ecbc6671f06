"""The page to drop files on: what it gives, to whom, for how long, and what it refuses."""

from __future__ import annotations

import asyncio
import base64
import contextlib
import gzip
import hashlib
import io
import os
import re
import socket
import sys
import time
import zipfile
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

import httpx
import pytest
from click.testing import CliRunner
from starlette.requests import ClientDisconnect

from tracklint import Config, Limits, check, fix, prepare
from tracklint.cli import main
from tracklint.serve import Bounds, Shelf, running_page
from tracklint.serve.shelf import Full
from tracklint.serve.work import Died, Slow, Work
from tracklint.testing import Ride

pytestmark = pytest.mark.socket

WHOLE = Ride(seconds=60).fit()
#: With something that can be mended safely.
DAMAGED = WHOLE[:4] + bytes(4) + WHOLE[8:]
MEBIBYTE = 2**20


@dataclass
class Clock:
    now: float = 0.0

    def __call__(self) -> float:
        return self.now


@dataclass
class Running:
    client: httpx.Client
    shelf: Shelf
    clock: Clock

    def dropped(self, content: bytes, name: str = "ride.fit") -> httpx.Response:
        return self.client.post("/files", params={"name": name}, content=content)

    def token(self, content: bytes, name: str = "ride.fit") -> str:
        answer = self.dropped(content, name)
        assert answer.status_code == 200, answer.text
        token: str = answer.json()[0]["token"]
        return token

    def seen(self, token: str, view: str) -> httpx.Response:
        return self.client.get(f"/files/{token}/{view}")


@contextlib.contextmanager
def started(bounds: Bounds, config: Config | None = None) -> Iterator[Running]:
    clock = Clock()
    shelf = Shelf(bounds, clock)
    with running_page(shelf, config) as address, httpx.Client(base_url=address, timeout=60) as client:
        yield Running(client, shelf, clock)


@pytest.fixture(scope="module")
def page() -> Iterator[Running]:
    """A page with small bounds, for the tests that leave nothing behind."""
    with started(Bounds(body=MEBIBYTE, memory=4 * MEBIBYTE, files=8)) as running:
        yield running


@pytest.fixture(autouse=True)
def nothing_left(request: pytest.FixtureRequest) -> Iterator[None]:
    yield
    if "page" in request.fixturenames:
        shelf = request.getfixturevalue("page").shelf
        shelf.forget(list(shelf._held))
        assert shelf.size == 0


def zipped(*members: tuple[str, bytes]) -> bytes:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in members:
            archive.writestr(name, data)
    return packed.getvalue()


def test_a_file_has_the_verdict_the_page_and_the_files_of_the_other_commands(page: Running) -> None:
    token = page.token(DAMAGED, "rides/évening <1>.fit")
    report = check(DAMAGED, name="rides/évening <1>.fit")
    told = page.seen(token, "verdict").json()
    assert (told["verdict"], told["mended"], told["prepared"]) == (report.verdict, ["safe"], True)
    assert report.findings[0].code in told["first"]
    shown = page.seen(token, "page")
    assert "rides/évening &lt;1&gt;.fit" in shown.text
    assert report.findings[0].message.split(";")[0] in shown.text
    mended, prepared = page.seen(token, "mended"), page.seen(token, "prepared")
    assert mended.content == fix(DAMAGED).data
    assert mended.headers["content-disposition"] == "attachment; filename*=UTF-8''%C3%A9vening%20%3C1%3E-mended.fit"
    assert prepared.content == prepare(DAMAGED, name="x.fit").data
    assert prepared.headers["content-disposition"].endswith(".fit.gz")


def test_a_page_runs_the_two_scripts_of_ours_and_no_other(page: Running) -> None:
    shown = page.seen(page.token(WHOLE), "page")
    scripts = re.findall(r"<script>(.*?)</script>", shown.text, re.DOTALL)
    digests = [base64.b64encode(hashlib.sha256(each.encode()).digest()).decode() for each in scripts]
    allowed = re.findall(r"'sha256-([^']+)'", shown.headers["content-security-policy"])
    assert len(scripts) == 2
    assert digests == allowed


@pytest.mark.parametrize("command", ["serve", "sandbox"])
def test_a_port_in_use_is_told_with_the_option_that_names_another(command: str) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        done = CliRunner().invoke(main, [command, "--port", str(port)])
    told = f"tracklint: port {port} is in use; name another one with --port, 0 takes any\n"
    assert (done.exit_code, done.stderr) == (2, told)


def test_an_archive_of_several_is_several_files(page: Running) -> None:
    answer = page.dropped(zipped(("a.fit", WHOLE), ("b/c.gpx", b"<gpx/>"), ("read.me", b"")), "rides.zip")
    assert [each["name"] for each in answer.json()] == ["rides.zip/a.fit", "rides.zip/b/c.gpx"]
    verdicts = [page.seen(each["token"], "verdict").json()["verdict"] for each in answer.json()]
    assert verdicts == ["ready", "refused"]


@pytest.mark.parametrize("packed", [zipped(("a.fit", WHOLE)), zipped(("a.fit", WHOLE), ("b.fit", WHOLE))[:-40]])
def test_an_archive_of_one_and_a_damaged_one_are_checked_as_they_are(page: Running, packed: bytes) -> None:
    token = page.token(packed, "rides.zip")
    assert page.seen(token, "verdict").json()["verdict"] == check(packed, name="rides.zip").verdict


def test_what_is_no_activity_has_a_verdict_and_nothing_else(page: Running) -> None:
    token = page.token(b"hello", "letter.txt")
    told = page.seen(token, "verdict").json()
    assert (told["verdict"], told["mended"], told["prepared"]) == ("refused", [], False)
    for view in ("mended", "prepared"):
        answer = page.seen(token, view)
        assert (answer.status_code, answer.text) == (404, "There is nothing of this kind: the file stays as it is.\n")


def test_what_strava_refuses_even_when_it_is_prepared_is_not_offered_so(page: Running) -> None:
    data = WHOLE[:-400]
    assert prepare(data, name="x.fit").report.verdict == "refused"
    token = page.token(data)
    assert page.seen(token, "verdict").json()["prepared"] is False
    assert page.seen(token, "prepared").status_code == 404


def test_what_only_words_of_a_person_can_mend_is_not_offered(page: Running) -> None:
    parts = Ride(seconds=60).gpx().split(b"<time>")
    parts[30:40] = [part.partition(b"</time>")[2] for part in parts[30:40]]  # points without time between others
    timeless = b"".join(parts[:1]) + b"".join(b"<time>" * (b"</time>" in part) + part for part in parts[1:])
    assert [(finding.code, finding.fix) for finding in check(timeless).findings] == [("TIM001", "unsafe")]
    assert fix(timeless, unsafe=True).left == ("TIM001: needs --interpolate",)
    assert page.seen(page.token(timeless), "verdict").json()["mended"] == []


# Who may speak to it.


@pytest.mark.parametrize(
    ("headers", "says"),
    [
        ({"Host": "evil.example"}, "answers on this machine only"),
        ({"Host": "127.0.0.1.evil.example"}, "answers on this machine only"),
        ({"Origin": "https://evil.example"}, "takes nothing from pages of other sites"),
        ({"Origin": "http://127.0.0.1:1"}, "takes nothing from pages of other sites"),
        ({"Origin": "null"}, "takes nothing from pages of other sites"),
    ],
)
def test_other_hosts_and_other_sites_pages_are_refused(page: Running, headers: dict[str, str], says: str) -> None:
    token = page.token(WHOLE)
    for answer in (
        page.client.get("/", headers=headers),
        page.client.post("/files", headers=headers, content=WHOLE),
        page.client.post("/forget", headers=headers, content=token),
        page.client.get(f"/files/{token}/page", headers=headers),
    ):
        assert (answer.status_code, answer.text.startswith("This page " + says)) == (403, True)
        assert answer.headers["cross-origin-resource-policy"] == "same-origin"
    assert len(page.shelf) == 1


def test_no_answer_can_be_kept_framed_or_read_by_another_site(page: Running) -> None:
    token = page.token(WHOLE)
    preflight = {"Access-Control-Request-Method": "POST"}
    for answer in (
        page.client.get("/"),
        page.seen(token, "page"),
        page.seen(token, "prepared"),
        page.seen("x", "page"),
        page.client.get("/nowhere"),
        page.client.options("/files", headers=preflight),
    ):
        assert not [name for name in answer.headers if name.startswith("access-control")]
        assert answer.headers["cache-control"] == "no-store"
        assert answer.headers["cross-origin-resource-policy"] == "same-origin"
        policy = answer.headers["content-security-policy"]
        assert "default-src 'none'" in policy
        assert "frame-ancestors 'none'" in policy
        assert "'unsafe-inline'" not in policy.partition("script-src")[2]


def test_a_token_that_is_none_is_not_found(page: Running) -> None:
    token = page.token(WHOLE)
    for wrong in (page.seen("x" * 32, "verdict"), page.seen(token[:-1], "page"), page.seen(token, "secret")):
        assert (wrong.status_code, wrong.text) == (404, "This file is not held here, or not any more: drop it again.\n")


# How long.


def test_files_are_forgotten_when_their_page_says_so(page: Running) -> None:
    first, second, third = (page.token(WHOLE) for _ in range(3))
    assert page.client.post("/forget", content=f"{first}\n{second}\nnothing").status_code == 204
    assert [page.seen(each, "verdict").status_code for each in (first, second, third)] == [404, 404, 200]


def test_files_are_forgotten_when_their_time_is_over(page: Running) -> None:
    token = page.token(WHOLE)
    page.clock.now += 599
    assert page.seen(token, "verdict").status_code == 200
    page.clock.now += 1
    assert page.seen(token, "verdict").status_code == 404
    assert page.shelf.size == 0


# How much.


def test_what_is_told_to_be_two_gigabytes_is_refused_before_it_comes(page: Running) -> None:
    with _connected(page) as wire:
        wire.sendall(_head("Content-Length: 2147483648"))
        said = _heard(wire, until=b"one file.\n")
    assert said.startswith(b"HTTP/1.1 413 ")
    assert b"larger than 1 MiB" in said


def test_what_turns_out_to_be_two_gigabytes_is_refused_on_its_way(page: Running) -> None:
    sent = 0

    def zeros() -> Iterator[bytes]:
        nonlocal sent
        for _ in range(2048):
            sent += MEBIBYTE
            yield bytes(MEBIBYTE)

    answer = page.client.post("/files", content=zeros())
    assert (answer.status_code, "larger than 1 MiB" in answer.text) == (413, True)
    assert sent < 64 * MEBIBYTE


@pytest.mark.parametrize("length", [50, 5000])
def test_a_length_that_is_a_lie_holds_nothing(page: Running, length: int) -> None:
    with _connected(page) as wire:
        wire.sendall(_head(f"Content-Length: {length}") + bytes(1000))
        if length > 1000:
            wire.shutdown(socket.SHUT_WR)
        _heard(wire)
    _until(lambda: page.shelf._coming == 0)
    assert len(page.shelf) == (1 if length < 1000 else 0)  # the rest of the first is no request
    assert page.client.get("/").status_code == 200


def test_a_connection_that_is_closed_holds_nothing(page: Running) -> None:
    with _connected(page) as wire:
        wire.sendall(_head("Content-Length: 500000") + bytes(200_000))
        _until(lambda: page.shelf._coming > 0)
    _until(lambda: page.shelf._coming == 0)
    assert len(page.shelf) == 0


def test_a_zip_bomb_is_refused_in_words(page: Running) -> None:
    answer = page.dropped(zipped(("a.fit", bytes(3 * MEBIBYTE)), ("b.fit", bytes(3 * MEBIBYTE))), "bomb.zip")
    assert (answer.status_code, answer.text.startswith("The files in this archive are too large")) == (413, True)
    many = page.dropped(zipped(*((f"{k}.fit", b"") for k in range(9))), "many.zip")
    assert (many.status_code, many.text) == (413, "This archive holds 9 activities; there is room for 8.\n")
    assert page.shelf.size == 0


def test_a_gzip_bomb_is_one_small_file_with_a_finding() -> None:
    limits = Limits(max_inflated_bytes=4 * MEBIBYTE)
    with started(Bounds.of(limits), Config(limits=limits)) as page:
        token = page.token(gzip.compress(bytes(30 * MEBIBYTE), 9), "bomb.fit.gz")
        assert page.seen(token, "verdict").json()["first"].startswith("DOC")
        assert page.shelf.size < MEBIBYTE


def test_more_than_there_is_room_for_is_refused_until_something_is_forgotten(page: Running) -> None:
    tokens = [page.token(bytes(MEBIBYTE)) for _ in range(4)]
    full = page.dropped(b"x")
    assert (full.status_code, full.text.startswith("4 MiB are held at most.")) == (507, True)
    page.client.post("/forget", content=tokens[0])
    for _ in range(5):
        page.token(b"x")
    assert page.dropped(b"x").text.startswith("8 files are held at most.")


def test_room_that_several_take_at_once_is_counted_once() -> None:
    shelf = Shelf(Bounds(body=MEBIBYTE, memory=2 * MEBIBYTE))
    with shelf.coming() as one, shelf.coming() as other:
        one(MEBIBYTE)
        other(MEBIBYTE)
        with pytest.raises(Full, match="2 MiB are held at most"):
            other(1)
    assert shelf.room == 2 * MEBIBYTE


def _many(page: Running, count: int) -> None:
    with ThreadPoolExecutor(count) as crew:
        answers = list(crew.map(page.dropped, [WHOLE] * count))
    assert [each.status_code for each in answers] == [200] * count
    assert len(page.shelf) == count
    assert page.seen(answers[-1].json()[0]["token"], "verdict").json()["verdict"] == "ready"


def test_an_archive_takes_its_room_while_it_is_unpacked(page: Running, monkeypatch: pytest.MonkeyPatch) -> None:
    packed, taken = zipped(("a.fit", WHOLE), ("b.fit", WHOLE)), []

    def alone(*_: object) -> list[object]:
        taken.append(page.shelf.size)
        return []

    monkeypatch.setattr(Work, "_alone", alone)
    page.token(packed, "rides.zip")
    assert taken == [len(packed)]


def test_twenty_uploads_at_once() -> None:
    with started(Bounds(body=MEBIBYTE)) as page:
        _many(page, 20)


# What goes wrong.


async def _nothing() -> None:
    pass


def test_a_file_that_is_too_slow_or_kills_its_process_costs_nothing_else() -> None:
    async def asked() -> list[object]:
        work = Work(0.3)
        return [
            await work.done(_nothing, time.sleep, 60),
            await work.done(_nothing, os._exit, 7),
            await work.done(_nothing, abs, -1),
        ]

    slow, died, answer = asyncio.run(asked())
    assert isinstance(slow, Slow)
    assert isinstance(died, Died)
    assert answer == 1


def test_work_that_nobody_waits_for_is_not_begun() -> None:
    async def gone() -> None:
        raise ClientDisconnect

    with pytest.raises(ClientDisconnect):
        asyncio.run(Work(60).done(gone, os.abort))


@pytest.mark.parametrize(
    ("made", "status", "says"),
    [
        (Died(("verdict",), "signal 9"), 500, "the process that checked this file died before it was done (signal 9)."),
        (Slow(("verdict",)), 504, "not checked to the end in 60 s."),
    ],
)
def test_a_check_that_does_not_end_is_told(
    page: Running, monkeypatch: pytest.MonkeyPatch, made: Died | Slow, status: int, says: str
) -> None:
    monkeypatch.setattr(Work, "_alone", lambda *_: made)
    answer = page.seen(page.token(WHOLE), "verdict")
    assert (answer.status_code, answer.text) == (status, f"{says}\n")


def test_a_defect_of_ours_is_an_answer_in_words(
    page: Running, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    def broken(_piece: str) -> str:
        raise IndexError("61")

    monkeypatch.setattr("tracklint.serve.app.whole", broken)
    answer = page.seen(page.token(WHOLE), "page")
    assert (answer.status_code, answer.text) == (
        500,
        "tracklint itself failed while it ran this page: IndexError: 61\n",
    )
    assert capfd.readouterr() == ("", "")


def test_without_its_extra_the_command_says_how_to_install_it(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in [name for name in sys.modules if name.startswith("tracklint.serve")]:
        monkeypatch.delitem(sys.modules, name)
    monkeypatch.setitem(sys.modules, "plotly", None)
    done = CliRunner().invoke(main, ["serve"])
    assert done.exit_code == 2
    assert done.stderr.startswith("tracklint: `serve` needs plotly; install it in a checkout")


def _head(*lines: str) -> bytes:
    return "\r\n".join(("POST /files?name=a HTTP/1.1", "Host: 127.0.0.1", *lines, "", "")).encode()


@contextlib.contextmanager
def _connected(page: Running) -> Iterator[socket.socket]:
    url = page.client.base_url
    with socket.create_connection((url.host, url.port or 0), timeout=20) as wire:
        yield wire


def _heard(wire: socket.socket, until: bytes | None = None) -> bytes:
    """What comes until the other side hangs up, or until its last words."""
    said = b""
    with contextlib.suppress(OSError):
        while (piece := wire.recv(65536)) and not (until and piece.endswith(until)):
            said += piece
        said += piece
    return said


def _until(true: object) -> None:
    for _ in range(1000):
        if callable(true) and true():
            return
        time.sleep(0.01)
    raise AssertionError("it does not come true")


def test_rules_that_cannot_be_used_are_said_before_the_first_file(tmp_path: Path) -> None:
    rules = tmp_path / "none.py"
    rules.write_text("")
    done = CliRunner().invoke(main, ["serve", "--port", "0", "--rules", str(rules)])
    assert (done.exit_code, done.stdout) == (2, "")
    assert done.stderr.startswith(f"tracklint: {rules}: no rule is declared here")
