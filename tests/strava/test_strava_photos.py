"""Pictures: the signed address letter by letter, one header, no token, a new address where the old one has expired."""

from __future__ import annotations

import io
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import Any

import httpx
import pytest

from tracklint.strava.photos import BadPhoto, photo_target, read_photo, scaled, send_photo

JPEG = b"\xff\xd8\xff\xe0" + b"picture" * 20
#: From Strava's document on partner uploads.
URI = "https://strava-photo-uploads-prod.s3.amazonaws.com/sU&AWSAccessKeyId=ZOI&Expires=1521148201&Signature=LEfm%3D"


def metadata(uri: str = URI, **changed: Any) -> list[dict[str, Any]]:
    return [{"uri": uri, "header": {"Content-Type": "image/jpeg"}, "method": "PUT", "max_size": 1600, **changed}]


@pytest.mark.parametrize("told", [metadata(), [metadata()], metadata()[0], [None, {"uri": 5}, *metadata()]])
def test_the_address_is_found(told: object) -> None:
    target = photo_target(told)
    assert target is not None
    assert (target.uri, target.max_size) == (URI, 1600)
    assert "Signature" not in repr(target)


@pytest.mark.parametrize(
    "told", [None, [], {}, "x", metadata(method="POST"), metadata(header={"Content-Type": "video/mp4"}), [[[]]]]
)
def test_without_an_address_nothing_is_sent_and_that_is_no_failure(told: object) -> None:
    result = send_photo(JPEG, told)
    assert result.outcome == "unavailable"
    assert "partners only" in result.message


def test_an_ampersand_that_was_copied_escaped_is_unescaped() -> None:
    target = photo_target(metadata(URI.replace("&", "\\u0026")))
    assert target is not None
    assert target.uri == URI


def _script(*answers: int) -> tuple[httpx.MockTransport, list[httpx.Request]]:
    left, seen = list(answers), []

    def answer(request: httpx.Request) -> httpx.Response:
        request.read()
        seen.append(request)
        return httpx.Response(left.pop(0))

    return httpx.MockTransport(answer), seen


def test_the_bytes_go_as_they_are_with_one_header_and_no_token() -> None:
    transport, seen = _script(200)
    assert send_photo(JPEG, metadata(), transport=transport).outcome == "sent"
    [request] = seen
    assert (request.method, request.content, request.headers["content-type"]) == ("PUT", JPEG, "image/jpeg")
    assert "authorization" not in request.headers


def test_an_expired_address_is_asked_for_again_once() -> None:
    transport, seen = _script(403, 200)
    renewed = metadata(URI.replace("1521148201", "1999999999"))
    assert send_photo(JPEG, metadata(), again=lambda: renewed, transport=transport).outcome == "sent"
    assert [b"1999999999" in request.url.raw_path for request in seen] == [False, True]
    transport, seen = _script(403, 403)
    result = send_photo(JPEG, metadata(), again=lambda: renewed, transport=transport)
    assert (result.outcome, len(seen)) == ("failed", 2)
    assert "expired" in result.message
    assert "Signature" not in result.message


def test_no_network_is_said_without_the_signature() -> None:
    def down(_request: httpx.Request) -> httpx.Response:
        raise httpx.ConnectError(f"cannot reach {URI}")

    result = send_photo(JPEG, metadata(), transport=httpx.MockTransport(down))
    assert result.outcome == "failed"
    assert "Signature=LEfm" not in result.message


def test_an_address_without_https_on_another_machine_is_refused() -> None:
    result = send_photo(JPEG, metadata("http://example.com/x?Signature=y"))
    assert result.outcome == "failed"
    assert "https" in result.message


class _Keeper(HTTPServer):
    seen: list[tuple[str, dict[str, str], bytes]]


class _Keep(BaseHTTPRequestHandler):
    server: _Keeper

    def do_PUT(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self.server.seen.append((self.path, dict(self.headers), body))
        self.send_response(200)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, *_: object) -> None:
        pass


@pytest.fixture
def keeper() -> Iterator[_Keeper]:
    with _Keeper(("127.0.0.1", 0), _Keep) as server:
        server.seen = []
        thread = threading.Thread(target=server.serve_forever, daemon=True)
        thread.start()
        yield server
        server.shutdown()
        thread.join()


@pytest.mark.socket
@pytest.mark.parametrize(
    "letters",
    [
        "/sU&AWSAccessKeyId=ZOI&Expires=1521148201&Signature=LEfm%3D",
        "/a/../b//c?X=%2f%2F&s=a+b%20c'(~)*!$;@:,%7E&e",
        '/x?y={"z"}|^`',
        "/x",
        "?y=1",
    ],
)
def test_the_letters_of_the_address_are_not_changed_on_the_wire(keeper: _Keeper, letters: str) -> None:
    uri = f"http://127.0.0.1:{keeper.server_address[1]}{letters}"
    assert send_photo(JPEG, metadata(uri)).outcome == "sent"
    [(path, headers, body)] = keeper.seen
    assert (path.lstrip("/"), body, headers["Content-Type"]) == (letters.lstrip("/"), JPEG, "image/jpeg")
    assert "Authorization" not in headers


def _picture(kind: str, size: tuple[int, int]) -> bytes:
    from PIL import Image

    out = io.BytesIO()
    Image.new("RGB", size, (200, 30, 30)).save(out, kind)
    return out.getvalue()


@pytest.mark.parametrize("kind", ["JPEG", "PNG"])
def test_a_large_picture_is_scaled_to_a_jpeg_and_a_small_one_is_left(kind: str) -> None:
    from PIL import Image

    small, large = _picture(kind, (800, 600)), _picture(kind, (4000, 3000))
    assert scaled(small, 1600) == small
    assert scaled(large, None) == large
    with Image.open(io.BytesIO(scaled(large, 1600))) as done:
        assert (done.format, done.size) == ("JPEG", (1600, 1200))


def test_a_picture_that_is_none_is_told(tmp_path: Path) -> None:
    with pytest.raises(BadPhoto, match="cannot be read"):
        scaled(JPEG, 10)
    path = tmp_path / "photo.jpg"
    with pytest.raises(BadPhoto, match="there is no such file"):
        read_photo(path)
    path.write_bytes(b"GIF89a")
    with pytest.raises(BadPhoto, match="neither a JPEG picture nor a PNG picture"):
        read_photo(path)
    path.write_bytes(JPEG)
    assert read_photo(path) == JPEG
