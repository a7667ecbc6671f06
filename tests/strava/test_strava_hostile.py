"""Servers that mean harm: answers that never end or unpack for ever, addresses that are none, texts that cost hours."""

from __future__ import annotations

import contextlib
import gzip
import io
import socket
import threading
import time
import tracemalloc
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx
import pytest

from tracklint.strava.client import API_BASE, Client
from tracklint.strava.errors import BadAnswer, NetworkTrouble, StravaError
from tracklint.strava.photos import BadPhoto, read_photo, send_photo
from tracklint.strava.settings import Settings, service
from tracklint.strava.status import UploadStatus

from .conftest import TOKEN

JPEG = b"\xff\xd8\xff\xe0picture"


@contextmanager
def serving(answer: Callable[[socket.socket], None]) -> Iterator[str]:
    """A server that reads one request a connection and does ``answer`` with it: its address."""

    def serve() -> None:
        with contextlib.suppress(OSError):
            while True:
                connection, _ = listener.accept()
                threading.Thread(target=one, args=(connection,), daemon=True).start()

    def one(connection: socket.socket) -> None:
        with connection, contextlib.suppress(OSError):
            connection.recv(65536)
            answer(connection)

    with socket.create_server(("127.0.0.1", 0)) as listener:
        threading.Thread(target=serve, daemon=True).start()
        yield f"http://127.0.0.1:{listener.getsockname()[1]}/api/v3"
        listener.shutdown(socket.SHUT_RDWR)


def _drips(connection: socket.socket) -> None:
    connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n")
    for _ in range(200):
        connection.sendall(b" ")
        time.sleep(0.1)


def _drips_its_head(connection: socket.socket) -> None:
    connection.sendall(b"HTTP/1.1 200 OK\r\nX: ")
    for _ in range(200):
        connection.sendall(b"x")
        time.sleep(0.1)


def _still_at_it(connection: socket.socket) -> None:
    for _ in range(200):
        connection.sendall(b"HTTP/1.1 102 Processing\r\n\r\n")
        time.sleep(0.1)


@pytest.mark.socket
@pytest.mark.parametrize("harm", [_drips, _drips_its_head, _still_at_it])
def test_an_answer_has_a_total_time(harm: Callable[[socket.socket], None]) -> None:
    took_long = pytest.raises((BadAnswer, NetworkTrouble), match=r"it took longer than 0\.6 s")
    with serving(harm) as base, Client(TOKEN, api_base=base, patience=0.6) as client, took_long:
        client.status(1)


@pytest.mark.socket
def test_a_file_whose_answer_trickles_may_have_been_accepted() -> None:
    failed = pytest.raises(StravaError)
    with serving(_still_at_it) as base, Client(TOKEN, api_base=base, patience=0.6) as client, failed as caught:
        client.upload(b"x", data_type="fit", file_name="a.fit")
    assert caught.value.maybe_accepted


def _packed(coding: str, content: bytes) -> Callable[[socket.socket], None]:
    def answer(connection: socket.socket) -> None:
        head = f"HTTP/1.1 200 OK\r\nContent-Encoding: {coding}\r\nContent-Length: {len(content)}\r\n\r\n"
        connection.sendall(head.encode() + content)

    return answer


def _bomb(size: int) -> bytes:
    out = io.BytesIO()
    with gzip.GzipFile(fileobj=out, mode="wb") as file:
        for _ in range(size >> 20):
            file.write(bytes(1 << 20))
    return out.getvalue()


@pytest.mark.socket
@pytest.mark.parametrize(
    ("coding", "content", "words"),
    [
        ("gzip", _bomb(64 << 20), "longer than"),
        ("gzip, gzip", gzip.compress(_bomb(64 << 20)), "packed in a way that was not asked for"),
        ("deflate", b"x", "packed in a way that was not asked for"),
        ("gzip", b"x" * 30, "gzip stream is damaged"),
        ("gzip", gzip.compress(b'{"id": 1}')[:-9], "gzip stream is not complete"),
    ],
    ids=["bomb", "double", "deflate", "damaged", "cut"],
)
def test_an_answer_has_a_limit_after_it_is_unpacked(coding: str, content: bytes, words: str) -> None:
    with serving(_packed(coding, content)) as base, Client(TOKEN, api_base=base) as client:
        tracemalloc.start()
        with pytest.raises(BadAnswer, match=words):
            client.status(1)
        peak = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
    assert peak < 16 << 20


@pytest.mark.socket
def test_an_answer_that_is_packed_as_asked_is_read() -> None:
    with serving(_packed("gzip", gzip.compress(b'{"id": 7}'))) as base, Client(TOKEN, api_base=base) as client:
        assert client.status(7).id == 7


def _seconds(error: str) -> float:
    status = UploadStatus.from_json({"id": 1, "error": error})
    assert status is not None
    begun = time.process_time()
    assert status.duplicate_of is None
    return time.process_time() - begun


def test_the_activity_of_a_duplicate_is_found_in_linear_time() -> None:
    text = "duplicate of /activities/x "
    small, large = (min(_seconds(text * count) for _ in range(3)) for count in (2_000, 16_000))
    assert large < 30 * max(small, 0.001)


@pytest.mark.parametrize(
    "uri",
    [
        "https://[::1",
        "https://h\x00/x",
        "https://h\n/x",
        "https://h/\u2603",
        "https://h:99999999/",
        "https:///x",
        "\ud800",
    ],
)
def test_an_odd_photo_address_is_a_message(uri: str) -> None:
    metadata = [{"uri": uri, "header": {"Content-Type": "image/jpeg"}, "method": "PUT", "max_size": True}]
    done = send_photo(JPEG, metadata, transport=httpx.MockTransport(lambda _: httpx.Response(200)))
    assert done.outcome == "failed"
    assert done.message.startswith("the photo was not sent: ")
    assert "codec" not in done.message


def test_the_size_limit_of_a_photo_is_told_from_the_files_size(tmp_path: Path) -> None:
    photo = tmp_path / "p.jpg"
    with photo.open("wb") as file:
        file.truncate(1 << 40)
    tracemalloc.start()
    with pytest.raises(BadPhoto, match=r"p\.jpg: more than 50 MiB"):
        read_photo(photo)
    assert tracemalloc.get_traced_memory()[1] < 1 << 20
    tracemalloc.stop()


@pytest.mark.parametrize("base", ["http://LOCALHOST/api/v3", "http://LocalHost:8099", "http://localhost.:80"])
def test_this_machine_is_localhost_in_small_letters(base: str) -> None:
    with pytest.raises(ValueError, match="an https address is wanted"):
        Client(TOKEN, api_base=base)


@pytest.mark.parametrize("base", ["https://me:secret-word@strava.test", "http://me@127.0.0.1:80", "https://:x@h"])
def test_an_address_with_user_and_password_is_refused_and_not_repeated(base: str) -> None:
    with pytest.raises(ValueError, match="holds a user or a password") as caught:
        Client(TOKEN, api_base=base)
    assert "secret-word" not in str(caught.value)


def _down(name: str) -> httpx.MockTransport:
    def answer(_: httpx.Request) -> httpx.Response:
        try:
            raise socket.gaierror(-2, "Name or service not known")
        except OSError as error:
            raise httpx.ConnectError(f"[Errno -2] {name}") from error

    return httpx.MockTransport(answer)


def test_a_name_that_does_not_resolve_asks_for_the_network() -> None:
    with Client(TOKEN, transport=_down("Name or service not known")) as client, pytest.raises(NetworkTrouble) as caught:
        client.status(1)
    assert str(caught.value) == f"no answer from {API_BASE}: its name is not found; no network?"


@pytest.mark.socket
def test_a_refused_connection_is_said_without_a_number() -> None:
    with serving(_drips) as gone:
        pass
    with Client(TOKEN, api_base=gone) as client, pytest.raises(NetworkTrouble) as caught:
        client.status(1)
    assert str(caught.value) == f"no answer from {gone}: nothing listens there"


@pytest.mark.parametrize(
    "answer",
    [
        httpx.Response(301, headers={"Location": "https://api-v3.strava.com/uploads/1"}),
        httpx.Response(308, headers={"Location": "//api-v3.strava.com/"}),
        httpx.Response(403, json={"message": "use https://api-v3.strava.com"}),
        httpx.Response(410, text="moved to api-v3.strava.com"),
    ],
)
def test_an_answer_that_names_the_next_host_says_which_setting_changes_it(
    scripted: Any, answer: httpx.Response
) -> None:
    client, _ = scripted(answer)
    with pytest.raises(BadAnswer) as caught:
        client.status(1)
    assert "Strava's API has moved to https://api-v3.strava.com; set TRACKLINT_STRAVA_API=https://" in str(caught.value)
    assert not caught.value.maybe_accepted


def test_one_setting_moves_both_addresses() -> None:
    def bases(**environ: str) -> tuple[str, str]:
        settings = Settings.from_environment(environ)
        return settings.api_base, settings.oauth_base

    strava = "https://www.strava.com/oauth"
    assert bases() == (API_BASE, strava)
    assert bases(TRACKLINT_STRAVA_API="https://api-v3.strava.com") == ("https://api-v3.strava.com", strava)
    here = "http://127.0.0.1:8099"
    assert bases(TRACKLINT_STRAVA_API=f"{here}/api/v3") == (f"{here}/api/v3", f"{here}/oauth")
    both = {"TRACKLINT_STRAVA_API": f"{here}/api/v3", "TRACKLINT_STRAVA_OAUTH": f"{here}/else"}
    assert bases(**both) == (f"{here}/api/v3", f"{here}/else")


def test_what_was_sent_to_todays_address_is_known_at_the_next_one() -> None:
    assert service("https://api-v3.strava.com") == service(API_BASE) == API_BASE
    for other in ("https://strava.com.example/api/v3", "http://127.0.0.1:8099/api/v3", "https://notstrava.com"):
        assert service(other) == other
