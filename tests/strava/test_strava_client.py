"""The client on a scripted transport: what it sends, and what it makes of every status and shape of answer."""

from __future__ import annotations

import email
import email.policy
import gzip
import json
import logging
import traceback
from typing import Any

import httpx
import pytest

from tracklint.strava.client import API_BASE, Client, _Bearer
from tracklint.strava.errors import (
    BadAnswer,
    ErrorItem,
    Forbidden,
    NetworkTrouble,
    NotAuthorised,
    NotFound,
    RateLimited,
    Refused,
    ServerTrouble,
    StravaError,
    TooLarge,
)
from tracklint.strava.limits import Bucket, RateLimits

from .conftest import AT_10_07, TOKEN

ACCEPTED = {
    "id": 16486788,
    "external_id": "test.fit",
    "error": None,
    "status": "Your activity is still being processed.",
    "activity_id": None,
}
FIT = b"\x0e\x10\x00\x00fake bytes"


def answer(status: int = 201, body: Any = ACCEPTED, **headers: str) -> httpx.Response:
    if isinstance(body, bytes):
        return httpx.Response(status, content=body, headers={k.replace("_", "-"): v for k, v in headers.items()})
    return httpx.Response(status, json=body, headers={k.replace("_", "-"): v for k, v in headers.items()})


def problem(message: str, resource: str, field: str, code: str) -> dict[str, Any]:
    return {"message": message, "errors": [{"resource": resource, "field": field, "code": code}]}


def form_of(request: httpx.Request) -> dict[str, tuple[str | None, bytes]]:
    """The parts of a multipart request, read by the standard library: name -> (file name, bytes)."""
    head = f"Content-Type: {request.headers['content-type']}\r\n\r\n".encode()
    message = email.message_from_bytes(head + request.content, policy=email.policy.HTTP)
    parts = {}
    for part in message.iter_parts():
        content = part.get_payload(decode=True)
        parts[part.get_param("name", header="content-disposition")] = (part.get_filename(), content)
    return parts


def test_the_documented_upload_request(scripted: Any) -> None:
    """The curl example of both documents: activity_type=ride, file=@test.fit, data_type=fit, a bearer token."""
    client, script = scripted(answer())
    status = client.upload(FIT, data_type="fit", file_name="test.fit", activity_type="ride")
    (request,) = script.requests
    assert (request.method, str(request.url)) == ("POST", "https://www.strava.com/api/v3/uploads")
    assert request.headers["authorization"] == f"Bearer {TOKEN}"
    assert form_of(request) == {
        "activity_type": (None, b"ride"),
        "data_type": (None, b"fit"),
        "file": ("test.fit", FIT),
    }
    assert (status.id, status.state) == (16486788, "processing")


def test_the_documented_status_request(scripted: Any) -> None:
    client, script = scripted(answer(200))
    assert client.status(16486788).id == 16486788
    (request,) = script.requests
    assert (request.method, str(request.url)) == ("GET", "https://www.strava.com/api/v3/uploads/16486788")
    assert request.headers["authorization"] == f"Bearer {TOKEN}"


def test_the_documented_answers_that_do_not_fit(scripted: Any) -> None:
    """Two known faults of the partner document.

    It asks for upload 16486788 and shows the answer of upload 1570175274; and its answer with the photo of an
    activity without a file wraps the list of ``photo_metadata`` in braces, so that it is no JSON.
    """
    client, script = scripted(answer(200, {**ACCEPTED, "id": 1570175274, "external_id": "Lunch_Run.gpx"}))
    assert client.status(16486788).id == 1570175274
    assert script.requests[0].url.path.endswith("/16486788")
    client, _ = scripted(
        answer(201, b'{"id": 12345678987654321, "photo_metadata": { [ {"method": "PUT", "max_size": 1600} ] } }')
    )
    with pytest.raises(BadAnswer, match="is no JSON"):
        client.upload(FIT, data_type="fit", file_name="test.fit")


def test_every_field_travels_and_booleans_are_1_and_0(scripted: Any) -> None:
    client, script = scripted(answer())
    data = gzip.compress(b"<gpx/>", mtime=0)
    client.upload(
        data,
        data_type="GPX.gz",
        file_name='/home/me/rides/Ü "ride".gpx.gz',
        external_id="tracklint-0123456789abcdef",
        sport_type="GravelRide",
        activity_type="ride",
        title="Über den Berg",
        description="two\nlines",
        trainer=False,
        commute=True,
    )
    form = form_of(script.requests[0])
    name, content = form.pop("file")
    assert content == data
    assert name is not None
    assert "/" not in name
    assert {key: value.decode() for key, (_, value) in form.items()} == {
        "data_type": "gpx.gz",
        "external_id": "tracklint-0123456789abcdef",
        "sport_type": "GravelRide",
        "activity_type": "ride",
        "name": "Über den Berg",
        "description": "two\nlines",
        "trainer": "0",
        "commute": "1",
    }


def test_a_name_that_is_no_utf_8_is_sent_all_the_same(scripted: Any) -> None:
    client, script = scripted(answer())
    client.upload(FIT, data_type="fit", file_name="sortie-\udce9t\udce9.fit")  # as Linux gives the bytes of latin-1
    assert form_of(script.requests[0])["file"] == ("sortie-?t?.fit", FIT)


@pytest.mark.parametrize("path", ["C:\\Users\\me\\ride.fit", "/home/me/ride.fit", "ride.fit"])
def test_no_folder_leaves_the_machine(scripted: Any, path: str) -> None:
    client, script = scripted(answer())
    client.upload(FIT, data_type="fit", file_name=path)
    assert form_of(script.requests[0])["file"][0] == "ride.fit"
    assert b"/home" not in script.requests[0].content
    assert b"Users" not in script.requests[0].content


@pytest.mark.parametrize(
    ("options", "says"),
    [
        ({"data_type": "json"}, "one of fit, fit.gz, tcx, tcx.gz, gpx, gpx.gz"),
        ({"data_type": "fit.gz"}, "the bytes are not gzipped"),
        ({"data": gzip.compress(FIT)}, "the bytes are gzipped"),
        ({"sport_type": "gravelride"}, "spells it 'GravelRide'"),
        ({"private": 1}, "private is gone from Strava's API"),
        ({"private": False}, "private is gone from Strava's API"),
    ],
)
def test_what_strava_would_refuse_is_not_sent(scripted: Any, options: dict[str, Any], says: str) -> None:
    client, script = scripted(answer())
    with pytest.raises(ValueError, match="is") as caught:
        client.upload(**{"data": FIT, "data_type": "fit", "file_name": "a.fit", **options})
    assert says in str(caught.value)
    assert script.requests == []


def test_a_sport_type_that_is_not_known_is_sent(scripted: Any) -> None:
    client, script = scripted(answer())
    client.upload(FIT, data_type="fit", file_name="a.fit", sport_type="Unicycling")
    assert form_of(script.requests[0])["sport_type"] == (None, b"Unicycling")


ERRORS = [
    (400, problem("Bad Request", "Upload", "file", "invalid"), Refused, "Upload file invalid"),
    (
        400,
        problem("Bad Request", "upload", "gzip", "invalid encoding"),
        Refused,
        "the gzip stream is damaged or not complete",
    ),
    (400, {"resource": "Upload", "field": "data", "code": "empty"}, Refused, "no file reached Strava"),
    (400, {**ACCEPTED, "error": "Improperly formatted data."}, Refused, "Improperly formatted data."),
    (400, b"", Refused, "it gives no reason"),
    (409, {"message": "Conflict &lt;b&gt;here&lt;/b&gt;"}, Refused, "status 409: Conflict here"),
    (
        401,
        problem("Authorization Error", "Athlete", "access_token", "invalid"),
        NotAuthorised,
        "it is expired, revoked",
    ),
    (
        401,
        problem("Authorization Error", "AccessToken", "activity:write_permission", "missing"),
        NotAuthorised,
        "activity:write",
    ),
    (401, b"", NotAuthorised, "expired"),
    (402, {"message": "Payment Required"}, Forbidden, "Payment Required"),
    (403, problem("Forbidden", "Application", "athletes", "exceeded"), Forbidden, "athletes exceeded"),
    (403, b"<html>no</html>", Forbidden, "no right"),
    (404, {"message": "Record Not Found", "errors": []}, NotFound, "Record Not Found"),
    (413, b"<html>413</html>", TooLarge, "gzipped"),
    (429, problem("Rate Limit Exceeded", "Application", "rate limit", "exceeded"), RateLimited, "10:15:00 UTC"),
    (500, b"", ServerTrouble, "status 500"),
    (502, b"<html><h1>Bad Gateway</h1>" + b"x" * 5000, ServerTrouble, "https://status.strava.com"),
    (503, {"message": "down"}, ServerTrouble, "status 503"),
    (302, b"", BadAnswer, "redirects are not followed"),
    (200, b"<html>log in</html>", BadAnswer, "is no JSON"),
    (201, b"", BadAnswer, "is empty"),
    (201, b'{"id": 5, "status": "Your act', BadAnswer, "is no JSON"),
    (201, b"[" * 200_000, BadAnswer, "is no JSON"),
    (201, {"status": "fine"}, BadAnswer, "holds no upload id"),
    (201, [ACCEPTED], BadAnswer, "holds no upload id"),
    (201, b'{"id": 1' + b"0" * 5000 + b"}", BadAnswer, "is no JSON"),
]


@pytest.mark.parametrize("case", ERRORS, ids=lambda case: f"{case[0]} {case[3]}")
@pytest.mark.parametrize("asks", [False, True], ids=["upload", "status"])
def test_each_answer_becomes_its_error(
    scripted: Any, case: tuple[int, Any, type[StravaError], str], asks: bool
) -> None:
    status, body, kind, says = case
    client, script = scripted(answer(status, body))
    with pytest.raises(StravaError) as caught:
        client.status(5) if asks else client.upload(FIT, data_type="fit", file_name="a.fit")
    error = caught.value
    assert type(error) is kind
    assert says in str(error)
    assert "\n" not in str(error)
    assert len(error.body) <= 500
    assert len(script.requests) == 1
    assert error.maybe_accepted is (not asks and (status >= 500 or status < 300))


def test_the_shapes_of_400_can_be_told_apart(scripted: Any) -> None:
    client, _ = scripted(answer(400, {**ACCEPTED, "error": "a.fit duplicate of activity 14296882"}))
    with pytest.raises(Refused) as caught:
        client.upload(FIT, data_type="fit", file_name="a.fit")
    assert caught.value.upload is not None
    assert caught.value.upload.duplicate_of == 14296882

    client, _ = scripted(answer(400, problem("Bad Request", "Upload", "file", "invalid")))
    with pytest.raises(Refused) as caught:
        client.upload(FIT, data_type="fit", file_name="a.fit")
    assert caught.value.upload is None
    assert caught.value.items == (ErrorItem("Upload", "file", "invalid"),)
    assert caught.value.http_status == 400


def test_an_expired_token_and_a_missing_scope_are_told_apart(scripted: Any) -> None:
    scopes = []
    for field in ("activity:write_permission", "access_token"):
        code = "missing" if field.endswith("permission") else "invalid"
        client, _ = scripted(answer(401, problem("Authorization Error", "AccessToken", field, code)))
        with pytest.raises(NotAuthorised) as caught:
            client.status(1)
        scopes.append(caught.value.missing_scope)
    assert scopes == ["activity:write", None]


@pytest.mark.parametrize(
    ("headers", "opens"),
    [
        ({}, AT_10_07 + 8 * 60),
        ({"X_RateLimit_Limit": "200,2000", "X_RateLimit_Usage": "201,500"}, AT_10_07 + 8 * 60),
        ({"X_RateLimit_Limit": "200,2000", "X_RateLimit_Usage": "3,2000"}, 1_714_608_000),
        ({"X_ReadRateLimit_Limit": "100,1000", "X_ReadRateLimit_Usage": "3,1200"}, 1_714_608_000),
        ({"Date": "Wed, 01 May 2024 10:44:59 GMT"}, 1_714_560_300),
        ({"Date": "yesterday"}, AT_10_07 + 8 * 60),
        ({"Retry_After": "30"}, AT_10_07 + 30),
        ({"Retry_After": "soon"}, AT_10_07 + 8 * 60),
    ],
)
def test_429_says_when_the_window_opens(scripted: Any, headers: dict[str, str], opens: float) -> None:
    client, _ = scripted(
        answer(429, problem("Rate Limit Exceeded", "Application", "rate limit", "exceeded"), **headers)
    )
    with pytest.raises(RateLimited) as caught:
        client.status(1)
    assert caught.value.reopens == opens


def test_the_limits_of_the_last_answer_are_kept(scripted: Any) -> None:
    headers = {
        "X_RateLimit_Limit": "200,2000",
        "X_RateLimit_Usage": "12, 340",
        "X_ReadRateLimit_Limit": "100,1000",
        "X_ReadRateLimit_Usage": "100,120",
    }
    client, _ = scripted(answer(200, **headers), answer(200))
    assert client.limits is None
    client.status(1)
    expected = RateLimits(
        quarter=Bucket(200, 12), day=Bucket(2000, 340), read_quarter=Bucket(100, 100), read_day=Bucket(1000, 120)
    )
    assert client.limits == expected
    assert expected.read_quarter is not None
    assert (expected.read_quarter.left, expected.day_is_used_up) == (0, False)
    client.status(1)  # an answer without the headers changes nothing
    assert client.limits == expected


@pytest.mark.parametrize("text", ["", "200", "a,b", "200,2000,3", "-1,5", "²,5", "1" * 20 + ",5"])
def test_limits_that_cannot_be_read_are_none(text: str) -> None:
    assert RateLimits.from_headers({"x-ratelimit-limit": text, "x-ratelimit-usage": "1,1"}) is None


@pytest.mark.parametrize(
    ("error", "arrived", "says"),
    [
        (httpx.ConnectError("[Errno -2] Name or service not known"), False, "Name or service not known"),
        (httpx.ConnectError("[Errno 111] Connection refused"), False, "Connection refused"),
        (httpx.ConnectTimeout("timed out"), False, "no connection within the time"),
        (httpx.PoolTimeout(""), False, "all connections are in use"),
        (httpx.ReadTimeout("timed out"), True, "it does not answer within the time"),
        (httpx.WriteTimeout("timed out"), True, "it does not take the bytes within the time"),
        (httpx.ReadError(""), True, "ReadError"),
        (httpx.RemoteProtocolError("Server disconnected without sending a response."), True, "Server disconnected"),
    ],
)
def test_network_trouble_says_whether_the_file_may_have_arrived(
    scripted: Any, error: Exception, arrived: bool, says: str
) -> None:
    client, _ = scripted(error)
    with pytest.raises(NetworkTrouble) as caught:
        client.upload(FIT, data_type="fit", file_name="a.fit")
    assert caught.value.maybe_accepted is arrived
    assert says in str(caught.value)
    assert ("may have been accepted" in str(caught.value)) is arrived
    with pytest.raises(NetworkTrouble) as caught:
        client.status(1)
    assert caught.value.maybe_accepted is False


class _BreaksOff(httpx.SyncByteStream):
    def __iter__(self) -> Any:
        yield b'{"id": 5,'
        raise httpx.RemoteProtocolError("peer closed connection without sending complete message body")


def test_an_answer_that_breaks_off_is_a_bad_answer(scripted: Any) -> None:
    client, _ = scripted(httpx.Response(201, stream=_BreaksOff()))
    with pytest.raises(BadAnswer, match="breaks off") as caught:
        client.upload(FIT, data_type="fit", file_name="a.fit")
    assert caught.value.maybe_accepted


def test_an_endless_answer_is_given_up(scripted: Any) -> None:
    class Endless(httpx.SyncByteStream):
        given = 0

        def __iter__(self) -> Any:
            while True:
                self.given += 1
                yield b" " * 65536

    stream = Endless()
    client, _ = scripted(httpx.Response(200, stream=stream))
    with pytest.raises(BadAnswer, match="longer than"):
        client.status(1)
    assert stream.given < 100


def test_an_answer_in_a_broken_compression_is_a_bad_answer(scripted: Any) -> None:
    def respond(request: httpx.Request) -> httpx.Response:
        return httpx.Response(200, stream=httpx.ByteStream(b"no gzip"), headers={"Content-Encoding": "gzip"})

    client = Client(TOKEN, transport=httpx.MockTransport(respond))
    with pytest.raises(BadAnswer, match="breaks off"):
        client.status(1)


def test_no_redirect_is_followed(scripted: Any) -> None:
    client, script = scripted(answer(307, b"", Location="https://elsewhere.example/uploads"))
    with pytest.raises(BadAnswer):
        client.upload(FIT, data_type="fit", file_name="a.fit")
    assert [r.url.host for r in script.requests] == ["www.strava.com"]


@pytest.mark.parametrize("token", ["", "abc\n", "abc def", "tök", "abc\r\nHost: x"])
def test_a_token_that_no_header_can_carry_is_refused_without_being_shown(token: str) -> None:
    with pytest.raises(ValueError, match="header") as caught:
        Client(token)
    assert not token or token not in str(caught.value)


@pytest.mark.parametrize(
    "base",
    [
        "http://www.strava.com/api/v3",
        "ftp://127.0.0.1/",
        "http://127.0.0.1.example.com",
        "x",
        "",
        "https://",
        "http://[",
        "https://a:b:c",
    ],
)
def test_the_token_does_not_travel_in_the_clear(base: str) -> None:
    with pytest.raises(ValueError, match="https"):
        Client(TOKEN, api_base=base)


def test_the_base_is_one_setting_and_links_follow_it() -> None:
    def respond(request: httpx.Request) -> httpx.Response:
        return answer(200, {"id": 1, "error": str(request.url)})

    for base, link in (
        ("http://127.0.0.1:81/api/v3/", "http://127.0.0.1:81/activities/7"),
        ("http://[::1]:81/api/v3", "http://[::1]:81/activities/7"),
        ("http://localhost/x", "http://localhost/activities/7"),
        ("https://api-v3.strava.com", "https://www.strava.com/activities/7"),
        (API_BASE, "https://www.strava.com/activities/7"),
    ):
        with Client(TOKEN, api_base=base, transport=httpx.MockTransport(respond)) as client:
            assert client.activity_link(7) == link
            assert client.status(1).error == base.rstrip("/") + "/uploads/1"


def test_an_activity_is_fetched_as_it_is(scripted: Any) -> None:
    client, script = scripted(answer(200, {"id": 7, "sport_type": "Ride"}), answer(200, []))
    assert client.activity(7) == {"id": 7, "sport_type": "Ride"}
    assert script.requests[0].url.path == "/api/v3/activities/7"
    with pytest.raises(BadAnswer, match="no JSON object"):
        client.activity(7)


def everything_about(error: BaseException, client: Client) -> str:
    """All that a log, a report or a debugger's short view could show of an error and of the client."""
    parts = []
    seen: BaseException | None = error
    while seen is not None:
        parts += [repr(seen), str(seen), repr(vars(seen)), "".join(traceback.format_exception(seen))]
        seen = seen.__cause__ or seen.__context__
    return "\n".join([*parts, repr(client), str(client), repr(client._source), repr(_Bearer(TOKEN))])


@pytest.mark.parametrize(
    "given",
    [
        answer(
            401,
            {"message": f"Bearer {TOKEN} is expired", "errors": [{"resource": TOKEN, "field": TOKEN, "code": TOKEN}]},
        ),
        answer(400, {**ACCEPTED, "error": f"bad {TOKEN}"}),
        answer(500, f"<pre>Authorization: Bearer {TOKEN}</pre>".encode()),
        answer(201, f"not json {TOKEN}".encode()),
        httpx.ConnectError(f"proxy says {TOKEN}"),
        httpx.ReadTimeout(f"Bearer {TOKEN}"),
    ],
)
def test_the_token_is_never_shown(scripted: Any, caplog: pytest.LogCaptureFixture, given: Any) -> None:
    caplog.set_level(logging.DEBUG)
    for name in ("httpx", "httpcore"):
        caplog.set_level(logging.DEBUG, logger=name)
    client, script = scripted(given)
    with pytest.raises(StravaError) as caught:
        client.upload(FIT, data_type="fit", file_name="a.fit")
    assert script.requests[0].headers["authorization"] == f"Bearer {TOKEN}"  # it was there to be leaked
    assert TOKEN not in str(script.requests[0].url)
    assert TOKEN.encode() not in script.requests[0].content
    shown = everything_about(caught.value, client)
    assert TOKEN not in shown
    assert TOKEN not in caplog.text
    assert TOKEN not in json.dumps([r.__dict__ for r in caplog.records], default=repr)


def test_a_status_does_not_carry_a_token_that_the_server_repeats(scripted: Any) -> None:
    client, _ = scripted(answer(200, {**ACCEPTED, "error": f"token {TOKEN}"}))
    status = client.status(1)
    assert status.reason == "token [token]"
    assert TOKEN not in repr(status.raw)
