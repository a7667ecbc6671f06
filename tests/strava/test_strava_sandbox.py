"""End to end over a real socket: client and uploader against the stand-in, the stand-in against raw requests."""

from __future__ import annotations

import gzip
import html
import logging
import os
import re
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

import httpx
import pytest

from tracklint.preparing import Prepared, prepare
from tracklint.strava.client import Client
from tracklint.strava.errors import BadAnswer, NetworkTrouble, NotAuthorised, NotFound, RateLimited, Refused, TooLarge
from tracklint.strava.sandbox import Options, Running, running_sandbox
from tracklint.strava.sandbox.grants import CLIENT_ID
from tracklint.strava.sandbox.verdict import BAD_TIME, EMPTY, IMPROPER, MALFORMED, NO_TIME, UNRECOGNISED
from tracklint.strava.uploader import Uploader
from tracklint.testing import OMIT, Ride

from .conftest import AT_10_07, FakeTime

pytestmark = pytest.mark.socket

RIDE = Ride()
FILES = {"fit": RIDE.fit(), "tcx": RIDE.tcx(), "gpx": RIDE.gpx()}
PROCESSING = "Your activity is still being processed."
FAILED = "There was an error processing your activity."


def sent(data: bytes, data_type: str, name: str = "ride") -> Prepared:
    kind, _, packed = data_type.partition(".")
    prepared = prepare(data, name=f"{name}.{kind}", gzip=bool(packed))
    assert (prepared.name, prepared.data_type) == (f"{name}.{data_type}", data_type)
    return prepared


Start = Callable[..., Running]


@pytest.fixture
def start() -> Iterator[Start]:
    """``start(**options)`` runs a stand-in until the test ends."""
    with ExitStack() as running:
        yield lambda **options: running.enter_context(running_sandbox(Options(**options)))


def client_of(sandbox: Running, **options: Any) -> Client:
    return Client(options.pop("token", sandbox.token), api_base=sandbox.api_base, **options)


def finished(client: Client, data: bytes, data_type: str, **fields: Any) -> Any:
    """Send, and ask until it is no longer processing."""
    status = client.upload(data, data_type=data_type, file_name=f"ride.{data_type}", **fields)
    for _ in range(5):
        if status.state != "processing":
            break
        status = client.status(status.id)
    return status


@pytest.mark.parametrize("packed", [False, True], ids=["plain", "gzip"])
@pytest.mark.parametrize("kind", ["fit", "tcx", "gpx"])
def test_a_good_file_becomes_an_activity(start: Start, fake_time: FakeTime, kind: str, packed: bool) -> None:
    sandbox = start(processing_polls=2)
    data_type = kind + ".gz" * packed
    with client_of(sandbox) as client:
        prepared = sent(FILES[kind], data_type)
        done = Uploader(client, clock=fake_time.clock, sleep=fake_time.sleep).upload(
            prepared, title="Round & round", sport_type="gravelride", commute=True
        )
        assert (done.outcome, done.polls) == ("ready", 3)
        assert done.activity_id is not None
        assert done.activity_id > 2**53
        assert done.upload_id is not None
        assert done.upload_id > 2**53
        assert done.link == f"{sandbox.page}activities/{done.activity_id}"
        activity = client.activity(done.activity_id)
    assert activity["sport_type"] == "GravelRide"
    assert activity["name"] == "Round & round"
    assert activity["external_id"] == f"{prepared.external_id}.{data_type}"
    assert (activity["upload_id"], activity["upload_id_str"]) == (done.upload_id, str(done.upload_id))
    assert activity["start_date"] == "2024-05-01T10:00:00Z"
    assert activity["elapsed_time"] == 120
    assert activity["distance"] == pytest.approx(RIDE.point(120)["distance"], rel=0.02)
    assert (activity["has_heartrate"], activity["commute"], activity["trainer"]) == (True, True, False)
    assert activity["device_name"]
    assert activity["sandbox"]["elevation_source"] == "file"
    assert activity["sandbox"]["verdict"] == "ready"
    page = httpx.get(done.link)
    assert page.status_code == 200
    assert "Round &amp; round" in page.text


def test_the_sport_comes_from_the_field_then_from_the_file(start: Start) -> None:
    sandbox = start()
    cases = (
        ({"sport_type": "Run", "activity_type": "swim"}, "Run"),
        ({"activity_type": "ebikeride"}, "EBikeRide"),
        ({"activity_type": "nonsense"}, "Ride"),
        ({}, "Ride"),
    )
    with client_of(sandbox) as client:
        for day, (fields, sport) in enumerate(cases, 1):
            ride = Ride(start=f"2024-05-{day:02}T06:00:00Z")
            status = finished(client, ride.tcx(), "tcx", **fields)
            activity = client.activity(status.activity_id)
            assert (activity["sport_type"], activity["name"]) == (sport, f"Morning {sport}")


NO_TIMES = {i: {"time": None} for i in range(RIDE.points)}
IN_1970 = {i: {"time": f"1970-01-01T00:{i // 60:02}:{i % 60:02}Z"} for i in range(RIDE.points)}
ROUTE = (
    b'<gpx version="1.1" creator="planner" xmlns="http://www.topografix.com/GPX/1/1"><rte>'
    b'<rtept lat="47.1" lon="8.1"/><rtept lat="47.2" lon="8.1"/></rte></gpx>'
)
BAD = [
    pytest.param("fit", b"", EMPTY, True, id="empty"),
    pytest.param("gpx", b"name,time\r\nride,10:00\r\n", UNRECOGNISED, True, id="csv"),
    pytest.param("gpx", b"<kml xmlns='http://www.opengis.net/kml/2.2'/>", UNRECOGNISED, True, id="kml"),
    pytest.param("tcx", b"<!doctype html><html><body>log in</body></html>", UNRECOGNISED, True, id="html"),
    pytest.param("gpx", FILES["tcx"], IMPROPER, True, id="tcx as gpx"),
    pytest.param("fit", FILES["gpx"], IMPROPER, True, id="gpx as fit"),
    pytest.param("fit", FILES["fit"][: len(FILES["fit"]) // 2], MALFORMED, False, id="fit cut off"),
    pytest.param("fit", FILES["fit"][:-2] + b"\xff\xff", MALFORMED, False, id="fit checksum"),
    pytest.param("gpx", FILES["gpx"][: len(FILES["gpx"]) // 2], MALFORMED, False, id="gpx cut off"),
    pytest.param("tcx", FILES["tcx"].replace(b"<Lap ", b"<Lap & ", 1), MALFORMED, False, id="tcx ill-formed"),
    pytest.param("gpx", RIDE.gpx(change=NO_TIMES), NO_TIME, False, id="gpx without times"),
    pytest.param("tcx", RIDE.tcx(change=NO_TIMES), NO_TIME, False, id="tcx without times"),
    pytest.param("gpx", RIDE.gpx(skip=range(RIDE.points)), NO_TIME, False, id="gpx without points"),
    pytest.param("gpx", RIDE.gpx(change={5: {"time": None}}), NO_TIME, False, id="one point without time"),
    pytest.param("gpx", RIDE.gpx(change=IN_1970), BAD_TIME, False, id="gpx of 1970"),
    pytest.param("tcx", FILES["tcx"].replace(b"TrainingCenter", b"Centre"), UNRECOGNISED, True, id="another root"),
]


@pytest.mark.parametrize(("data_type", "data", "text", "at_once"), BAD)
def test_each_bad_kind_is_refused_with_stravas_text(
    start: Start, data_type: str, data: bytes, text: str, at_once: bool
) -> None:
    sandbox = start()
    with client_of(sandbox) as client:
        if at_once:
            with pytest.raises(Refused, match="status 400") as caught:
                finished(client, data, data_type)
            status = caught.value.upload
            assert status is not None
        else:
            status = finished(client, data, data_type)
    assert (status.state, status.reason, status.status, status.activity_id) == ("failed", text, FAILED, None)
    assert not sandbox.strava.activities


def test_a_route_is_processed_for_ever(start: Start) -> None:
    """strava-ruby-client#36"""
    with client_of(start()) as client:
        status = client.upload(ROUTE, data_type="gpx", file_name="route.gpx")
        assert {client.status(status.id).state for _ in range(9)} == {"processing"}


def test_the_uploader_tells_a_refusal_of_the_stand_in(start: Start, fake_time: FakeTime) -> None:
    prepared = sent(RIDE.gpx(change=NO_TIMES), "gpx")
    sandbox = start()
    with client_of(sandbox) as client:
        send = Uploader(client, clock=fake_time.clock, sleep=fake_time.sleep)
        kept_back = send.upload(prepared)
        assert kept_back.outcome == "refused-before-sending"
        assert "TIM002" in kept_back.message
        assert not sandbox.strava.uploads
        done = send.upload(prepared, force=True)
    assert (done.outcome, done.message) == ("failed", f"Strava refuses the file: {NO_TIME}")


def test_the_same_file_again_is_a_duplicate(start: Start, fake_time: FakeTime) -> None:
    sandbox = start(processing_polls=0)
    with client_of(sandbox) as client:
        send = Uploader(client, clock=fake_time.clock, sleep=fake_time.sleep)
        first = send.upload(sent(FILES["gpx"], "gpx"), title="A <b>round</b>")
        again = send.upload(sent(FILES["gpx"], "gpx.gz", "2024"))  # packed: the same file all the same
        assert (again.outcome, again.ok, again.activity_id, again.link) == (
            "duplicate",
            True,
            first.activity_id,
            first.link,
        )
        assert again.polls == 0
        assert again.raw is not None
        assert again.raw["error"].startswith(f"2024.gpx.gz duplicate of &lt;a href='/activities/{first.activity_id}'")
        assert "<" not in again.raw["error"]
    assert len(sandbox.strava.activities) == 1


def test_the_same_start_in_another_format_is_a_duplicate(start: Start, fake_time: FakeTime) -> None:
    sandbox = start(processing_polls=0)
    with client_of(sandbox) as client:
        send = Uploader(client, clock=fake_time.clock, sleep=fake_time.sleep)
        first, again = send.upload(sent(FILES["fit"], "fit")), send.upload(sent(FILES["tcx"], "tcx"))
        other = send.upload(sent(Ride(start="2024-05-01T10:00:01Z").tcx(), "tcx"))
    assert (first.outcome, again.outcome, other.outcome) == ("ready", "duplicate", "ready")
    assert (again.activity_id, again.polls) == (first.activity_id, 1)


def test_a_file_that_is_still_processed_from_another_upload(start: Start, fake_time: FakeTime) -> None:
    sandbox = start(processing_polls=1)
    with client_of(sandbox) as client:
        first = client.upload(FILES["fit"], data_type="fit", file_name="a.fit")
        with pytest.raises(Refused) as caught:
            client.upload(FILES["fit"], data_type="fit", file_name="7.fit")
        assert caught.value.upload is not None
        assert caught.value.upload.error == f"7.fit duplicate of an uploading activity ({first.id})"
        done = Uploader(client, clock=fake_time.clock, sleep=fake_time.sleep).upload(sent(FILES["fit"], "fit"))
    assert (done.outcome, done.upload_id) == ("duplicate", first.id)
    assert done.activity_id in sandbox.strava.activities


def test_the_four_statuses_word_for_word(start: Start) -> None:
    sandbox = start(processing_polls=1)
    with client_of(sandbox) as client:
        status = client.upload(FILES["fit"], data_type="fit", file_name="test.fit")
        assert (status.status, status.raw["error"], status.raw["activity_id"]) == (PROCESSING, None, None)
        assert (status.external_id, status.raw["id_str"]) == ("test.fit", str(status.raw["id"]))
        assert client.status(status.id).status == PROCESSING
        ready = client.status(status.id)
        assert (ready.status, ready.state) == ("Your activity is ready.", "ready")
        assert set(ready.raw) == {"id", "id_str", "external_id", "error", "status", "activity_id"}

        assert press(sandbox, f"activities/{ready.activity_id}", "/delete").status_code == 303
        gone = client.status(status.id)
        assert (gone.status, gone.state, gone.activity_id) == (
            "The created activity has been deleted.",
            "deleted",
            None,
        )
        with pytest.raises(NotFound):
            client.activity(ready.activity_id or 0)

        assert finished(client, FILES["fit"][:-2], "fit").status == FAILED
        assert finished(client, FILES["fit"], "fit").state == "ready"  # a deleted activity is no duplicate


@pytest.mark.parametrize(
    ("external_id", "file_name", "data_type", "expected"),
    [("98765", "a.gpx", "gpx", "98765.gpx"), (None, "a.gpx", "gpx", "a.gpx"), (None, "export", "gpx", "export.gpx")],
)
def test_the_external_id_comes_back_with_the_data_type(
    start: Start, external_id: str | None, file_name: str, data_type: str, expected: str
) -> None:
    with client_of(start()) as client:
        status = client.upload(FILES["gpx"], data_type=data_type, file_name=file_name, external_id=external_id)
    assert status.external_id == expected


def test_processing_takes_its_time(start: Start, fake_time: FakeTime) -> None:
    sandbox = start(processing_polls=0, processing_seconds=8, clock=fake_time.clock)
    with client_of(sandbox) as client:
        done = Uploader(client, clock=fake_time.clock, sleep=fake_time.sleep).upload(sent(FILES["fit"], "fit"))
    assert (done.outcome, fake_time.slept) == ("ready", [1.5, 2.0, 4.0, 8.0])
    assert sandbox.strava.uploads[done.upload_id or 0].asked_too_fast == 0


def test_an_upload_that_processes_for_ever_ends_at_the_deadline(start: Start, fake_time: FakeTime) -> None:
    sandbox = start(processing_polls=10**9)
    with client_of(sandbox) as client:
        send = Uploader(client, clock=fake_time.clock, sleep=fake_time.sleep, deadline=20)
        done = send.upload(sent(FILES["fit"], "fit"))
        assert (done.outcome, done.message) == ("processing", f"still processing; upload {done.upload_id}")
        assert done.upload_id in sandbox.strava.uploads
        assert send.resume(done.upload_id or 0).outcome == "processing"


def test_questions_within_a_second_are_answered_and_counted(start: Start) -> None:
    now = [AT_10_07]
    sandbox = start(clock=lambda: now[0])
    with client_of(sandbox) as client:
        status = client.upload(FILES["fit"], data_type="fit", file_name="a.fit")
        for step in (0, 0.5, 0.9, 1.0, 5.0):
            now[0] += step
            client.status(status.id)
    upload = sandbox.strava.uploads[status.id]
    assert (upload.asked, upload.asked_too_fast) == (5, 2)


def test_unknown_ids(start: Start) -> None:
    sandbox = start()
    with client_of(sandbox) as client:
        for number in (5, 2**53 + 1):
            with pytest.raises(NotFound):
                client.status(number)
            with pytest.raises(NotFound):
                client.activity(number)
    assert httpx.get(f"{sandbox.api_base}/uploads/x", headers={"Authorization": "Bearer sandbox"}).status_code == 404
    assert httpx.get(f"{sandbox.page}activities/5").status_code == 404
    assert httpx.get(f"{sandbox.page}nothing").status_code == 404


def test_401_in_both_shapes(start: Start) -> None:
    sandbox = start()
    for header in ({}, {"Authorization": "Bearer wrong"}, {"Authorization": f"Basic {sandbox.token}"}):
        answer = httpx.get(f"{sandbox.api_base}/uploads/1?access_token={sandbox.token}", headers=header)
        assert answer.status_code == 401
        assert answer.json() == {
            "message": "Authorization Error",
            "errors": [{"resource": "Athlete", "field": "access_token", "code": "invalid"}],
        }
    with client_of(sandbox, token="sandbox-read-only") as client, pytest.raises(NotAuthorised) as caught:
        client.upload(FILES["fit"], data_type="fit", file_name="a.fit")
    assert caught.value.missing_scope == "activity:write"
    with client_of(sandbox, token="wrong") as client, pytest.raises(NotAuthorised, match="expired") as caught:
        client.upload(FILES["fit"], data_type="fit", file_name="a.fit")
    assert caught.value.missing_scope is None
    assert not sandbox.strava.uploads


def test_limits_stand_on_every_answer_and_close_the_window(start: Start) -> None:
    now = [AT_10_07]
    sandbox = start(clock=lambda: now[0], rate_limit=(4, 7), read_limit=(2, 1000))
    with client_of(sandbox, clock=lambda: now[0]) as client:
        status = client.upload(FILES["fit"], data_type="fit", file_name="a.fit")
        client.status(status.id)
        client.status(status.id)
        assert client.limits is not None
        assert client.limits.quarter is not None
        assert client.limits.read_quarter is not None
        assert (client.limits.quarter.used, client.limits.read_quarter.left) == (3, 0)
        with pytest.raises(RateLimited):  # a third question of the quarter
            client.status(status.id)
        assert client.limits.read_quarter is not None
        with pytest.raises(RateLimited) as caught:  # a fifth request
            client.upload(FILES["gpx"], data_type="gpx", file_name="a.gpx")
        assert caught.value.limits == client.limits
        assert [str(item) for item in caught.value.items] == [
            "the request limit is reached (Application rate limit exceeded)"
        ]
        now[0] += 8 * 60  # the next quarter
        assert client.status(status.id).state == "ready"
        client.status(status.id)
        now[0] += 15 * 60  # a new quarter, but the day is full
        with pytest.raises(RateLimited, match="daily"):
            client.upload(FILES["tcx"], data_type="tcx", file_name="a.tcx")
        now[0] += 24 * 3600
        assert client.status(status.id).state == "ready"
    bare = httpx.get(f"{sandbox.api_base}/uploads/1")
    assert bare.status_code == 401
    assert bare.headers["x-ratelimit-limit"] == "4,7"
    assert bare.headers["x-readratelimit-usage"].count(",") == 1


def post(sandbox: Running, **request: Any) -> httpx.Response:
    headers = {"Authorization": f"Bearer {sandbox.token}", **request.pop("headers", {})}
    return httpx.post(f"{sandbox.api_base}/uploads", headers=headers, **request)


def item(resource: str, field: str, code: str) -> dict[str, str]:
    return {"resource": resource, "field": field, "code": code}


DATA_EMPTY = item("Upload", "data", "empty")


@pytest.mark.parametrize(
    ("request_", "expected"),
    [
        ({"data": {"data_type": "fit"}, "files": {"other": b"x"}}, DATA_EMPTY),
        ({"data": {"data_type": "fit", "file": "no file name"}, "files": {"other": b"x"}}, DATA_EMPTY),
        ({"data": {"data_type": "fit", "file": "urlencoded"}}, DATA_EMPTY),
        ({"json": {"data_type": "fit"}}, DATA_EMPTY),
        ({"content": b"anything", "headers": {"Content-Type": "multipart/form-data"}}, DATA_EMPTY),
        ({"content": b"anything", "headers": {"Content-Type": "multipart/form-data; boundary=x"}}, DATA_EMPTY),
        ({"content": b""}, DATA_EMPTY),
        ({"files": {"file": ("a.fit", FILES["fit"])}}, item("Upload", "data_type", "missing")),
        (
            {"data": {"data_type": "kml"}, "files": {"file": ("a.kml", b"<kml/>")}},
            item("Upload", "data_type", "invalid"),
        ),
        ({"data": {"data_type": "json.gz"}, "files": {"file": ("a", b"{}")}}, item("Upload", "data_type", "invalid")),
        (
            {"data": {"data_type": "fit", "sport_type": "ride"}, "files": {"file": ("a.fit", FILES["fit"])}},
            item("Upload", "sport_type", "invalid"),
        ),
        (
            {"data": {"data_type": "fit.gz"}, "files": {"file": ("a.fit.gz", FILES["fit"])}},
            item("upload", "gzip", "invalid encoding"),
        ),
        (
            {"data": {"data_type": "gpx.gz"}, "files": {"file": ("a.gpx.gz", gzip.compress(FILES["gpx"])[:-9])}},
            item("upload", "gzip", "invalid encoding"),
        ),
        (
            {"data": {"data_type": "gpx.gz"}, "files": {"file": ("a.gpx.gz", b"\x1f\x8b\x08\x00nothing of the kind")}},
            item("upload", "gzip", "invalid encoding"),
        ),
    ],
)
def test_requests_that_strava_answers_with_the_general_error_object(
    start: Start, request_: dict[str, Any], expected: dict[str, str]
) -> None:
    sandbox = start()
    answer = post(sandbox, **request_)
    assert (answer.status_code, answer.json()) == (400, {"message": "Bad Request", "errors": [expected]})
    assert not sandbox.strava.uploads


def test_the_data_type_counts_and_not_the_name(start: Start) -> None:
    with client_of(start()) as client:
        for day, kind, name in ((1, "gpx", "export.tcx"), (2, "fit", "activity.gz"), (3, "tcx", "no suffix")):
            ride = Ride(start=f"2024-05-0{day}T06:00:00Z")
            data = {"gpx": ride.gpx, "fit": ride.fit, "tcx": ride.tcx}[kind]()
            status = client.upload(data, data_type=kind, file_name=name)
            client.status(status.id)
            assert client.status(status.id).state == "ready"
            assert status.external_id == f"{name}.{kind}"


def test_gzip_that_is_sent_as_plain_is_improper(start: Start) -> None:
    sandbox = start()
    answer = post(sandbox, data={"data_type": "gpx"}, files={"file": ("a.gpx", gzip.compress(FILES["gpx"]))})
    assert (answer.status_code, answer.json()["error"]) == (400, IMPROPER)


def test_fields_of_old_documents_do_no_harm(start: Start) -> None:
    """``private`` is gone, and ``data_type`` is told in any case; unknown fields are passed over."""
    sandbox = start(processing_polls=0)
    fields = {"data_type": "FIT", "private": "1", "activity_type": "RIDE", "something": "else"}
    answer = post(sandbox, data=fields, files={"file": ("test.fit", FILES["fit"])})
    assert answer.status_code == 201
    with client_of(sandbox) as client:
        activity_id = client.status(answer.json()["id"]).activity_id
        assert activity_id is not None
        activity = client.activity(activity_id)
    assert "private" not in activity
    assert activity["sport_type"] == "Ride"


def test_a_body_above_the_cap_is_answered_with_413(start: Start) -> None:
    sandbox = start(max_body=100_000)
    with client_of(sandbox) as client:
        with pytest.raises(TooLarge):
            client.upload(b"\x0e" + bytes(300_000), data_type="fit", file_name="big.fit")
        assert client.upload(FILES["fit"], data_type="fit", file_name="a.fit").state == "processing"
        assert len(sandbox.strava.uploads) == 1


def press(sandbox: Running, page: str, ends: str, **changed: str) -> httpx.Response:
    """What a browser does whose athlete presses the button of a page whose action ends so."""
    text = httpx.get(sandbox.page + page).text
    [(action, token)] = re.findall(rf"action='([^']*{ends})'><input type=hidden name=token value=([0-9a-f]+)>", text)
    return httpx.post(sandbox.page + action[1:], data={"token": token} | changed)


def test_deleting_and_forgetting_want_the_token_of_the_page(start: Start) -> None:
    sandbox = start(processing_polls=0)
    with client_of(sandbox) as client:
        activity_id = finished(client, FILES["fit"], "fit").activity_id
    place = f"activities/{activity_id}"
    for refused in (
        httpx.post(f"{sandbox.page}{place}/delete"),
        httpx.post(f"{sandbox.page}{place}/delete", data={"token": "x"}),
        press(sandbox, place, "/delete", token=sandbox.strava.token_for("/reset")),
        httpx.post(f"{sandbox.page}reset"),
    ):
        assert refused.status_code == 403
    assert list(sandbox.strava.activities) == [activity_id]
    assert press(sandbox, place, "/delete").status_code == 303
    assert sandbox.strava.activities == {}
    assert press(sandbox, "", "/reset").status_code == 303
    assert sandbox.strava.uploads == {}
    with client_of(sandbox) as client:
        assert (finished(client, FILES["fit"], "fit").activity_id or 0) > (activity_id or 0)


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({}, 200),
        ({"Host": "localhost:{port}"}, 200),
        ({"Host": "[::1]:{port}"}, 200),
        ({"Host": "LOCALHOST:{port}"}, 200),
        ({"Host": "evil.example:{port}"}, 403),
        ({"Host": "127.0.0.1.evil.example"}, 403),
        ({"Host": "["}, 403),
        ({"Origin": "http://127.0.0.1:{port}"}, 200),
        ({"Origin": "http://127.0.0.1:1"}, 403),
        ({"Origin": "https://evil.example"}, 403),
        ({"Origin": "null"}, 403),
    ],
)
def test_other_hosts_and_other_sites_pages_are_refused(start: Start, headers: dict[str, str], status: int) -> None:
    sandbox = start()
    told = {name: value.format(port=httpx.URL(sandbox.page).port) for name, value in headers.items()}
    for place in ("", "api/v3/athlete", "openapi.json"):
        bearer = {"Authorization": f"Bearer {sandbox.token}"}
        assert httpx.get(sandbox.page + place, headers=told | bearer).status_code == status
    if status == 403:
        told["Authorization"] = f"Bearer {sandbox.token}"
        form = {"data": {"data_type": "fit"}, "files": {"file": ("a.fit", FILES["fit"])}}
        assert httpx.post(f"{sandbox.api_base}/uploads", headers=told, **form).status_code == 403
        assert sandbox.strava.uploads == {}


def test_no_page_stands_in_a_frame(start: Start) -> None:
    sandbox = start(processing_polls=0)
    with client_of(sandbox) as client:
        done = finished(client, FILES["fit"], "fit")
    asked = f"client_id={CLIENT_ID}&redirect_uri=http://localhost/x&response_type=code&scope=read"
    for place in ("", f"uploads/{done.id}", f"activities/{done.activity_id}", f"oauth/authorize?{asked}"):
        page = httpx.get(sandbox.page + place)
        assert page.status_code == 200
        assert page.headers["x-frame-options"] == "DENY"
        assert "frame-ancestors 'none'" in page.headers["content-security-policy"]
        assert "<meta name=viewport content='width=device-width" in page.text


def test_the_page_links_to_all_findings_of_an_upload_and_fits_a_phone(start: Start) -> None:
    sandbox = start()
    with client_of(sandbox) as client:
        bad = client.upload(RIDE.gpx(change=NO_TIMES), data_type="gpx", file_name="plan.gpx", title="<b>")
        client.upload(FILES["fit"], data_type="fit", file_name="good.fit")
    page = httpx.get(sandbox.page).text
    assert f"<td data-label='Findings'><a href='/uploads/{bad.id}'>" in page
    assert "@media (max-width: 45rem)" in page
    one = httpx.get(f"{sandbox.page}uploads/{bad.id}").text
    for finding in sandbox.strava.uploads[bad.id].report.findings:
        assert html.escape(finding) in one
    assert "<td>&lt;b&gt;" in one
    assert httpx.get(f"{sandbox.page}uploads/1").status_code == 404


def test_the_page_can_be_filtered_and_the_filter_reset(start: Start) -> None:
    sandbox = start()
    with client_of(sandbox) as client:
        client.upload(RIDE.gpx(change=NO_TIMES), data_type="gpx", file_name="plan.gpx")
        client.upload(FILES["fit"], data_type="fit", file_name="good.fit")

    def listed(query: str) -> list[str]:
        page = httpx.get(f"{sandbox.page}{query}").text
        assert ("<a href='/'>reset</a>" in page) is bool(query)
        return re.findall(r"<a href='/uploads/\d+'>(\w+\.\w+)</a>", page)

    assert listed("") == ["good.fit", "plan.gpx"]
    assert listed("?verdict=refused") == ["plan.gpx"]
    assert listed("?verdict=&text=tim002") == ["plan.gpx"]
    assert listed("?verdict=ready&text=GOOD") == ["good.fit"]
    assert listed("?text=%3Cscript") == []
    assert "<script" not in httpx.get(f"{sandbox.page}?text=%3Cscript%3E'").text


def test_the_athletes_activities_are_listed_newest_first_a_page_at_a_time(start: Start) -> None:
    sandbox = start(processing_polls=0)
    with client_of(sandbox) as client:
        for day in (2, 1, 3):
            data = Ride(seconds=5, start=f"2024-05-{day:02}T10:00:00Z").fit()
            status = client.upload(data, data_type="fit", file_name=f"{day}.fit")
            client.status(status.id)

    def asked(token: str = sandbox.token, **query: object) -> httpx.Response:
        bearer = {"Authorization": f"Bearer {token}"}
        return httpx.get(f"{sandbox.api_base}/athlete/activities", params=query, headers=bearer)  # type: ignore[arg-type]

    def days(**query: object) -> list[str]:
        return [each["start_date"][8:10] for each in asked(**query).json()]

    assert days() == ["03", "02", "01"]
    assert days(per_page=2) == ["03", "02"]
    assert days(per_page=2, page=2) == ["01"]
    noon = 1_714_651_200  # 2024-05-02T12:00:00Z
    assert (days(after=noon), days(before=noon)) == (["03"], ["02", "01"])
    assert [asked(**wrong).status_code for wrong in ({"page": 0}, {"per_page": 201}, {"before": "x"})] == [400] * 3
    told = asked(sandbox.strava.options.read_only_token)
    assert (told.status_code, told.json()["errors"][0]["field"]) == (401, "activity:read_permission")


def test_the_page_shows_what_came_and_escapes_it(start: Start) -> None:
    sandbox = start(processing_polls=0)
    evil = "<script>alert(1)</script>.gpx"
    with client_of(sandbox) as client:
        assert "Nothing was sent yet" in httpx.get(sandbox.page).text
        status = client.upload(
            FILES["gpx"], data_type="gpx", file_name="x</script>&.gpx", external_id=evil, title="<img src=x onerror=y>"
        )
        activity_id = client.status(status.id).activity_id
        client.upload(RIDE.gpx(change=NO_TIMES), data_type="gpx", file_name="planned.gpx")
    answer = httpx.get(sandbox.page)
    assert "default-src 'none'" in answer.headers["content-security-policy"]
    page = answer.text
    assert "&lt;script&gt;alert(1)&lt;/script&gt;.gpx" in page
    assert "<script" not in page
    assert f"<a href='/activities/{activity_id}'>" in page
    assert "planned.gpx" in page
    assert "TIM002" in page
    assert "class=refused>refused" in page
    one = httpx.get(f"{sandbox.page}activities/{activity_id}").text
    assert "<img" not in one
    assert "&lt;img src=x onerror=y&gt;" in one


def test_it_stops_and_frees_its_port() -> None:
    with running_sandbox() as sandbox:
        assert httpx.get(sandbox.page).status_code == 200
    threads = [t.name for t in threading.enumerate()]
    assert "tracklint-sandbox" not in threads
    with pytest.raises(httpx.ConnectError):
        httpx.get(sandbox.page)
    port = httpx.URL(sandbox.page).port
    with running_sandbox(port=port) as again:
        assert again.page == sandbox.page
        with pytest.raises(OSError, match="in use"), running_sandbox(port=port):
            pass


def test_serve_runs_until_it_is_interrupted() -> None:
    script = """
from tracklint.strava.sandbox import Options, serve
def tell(running):
    print(running.api_base, running.token, flush=True)
try:
    serve(port=0, options=Options(token="another"), ready=tell)
except KeyboardInterrupt:
    print("stopped")
"""
    with subprocess.Popen(
        [sys.executable, "-c", script], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as ran:
        try:
            assert ran.stdout is not None
            base, token = ran.stdout.readline().split()
            with Client(token, api_base=base) as client:
                assert finished(client, FILES["fit"], "fit").state == "ready"
            ran.send_signal(signal.SIGINT)
            out, err = ran.communicate(timeout=20)
        finally:
            ran.kill()
    assert (out, err, ran.returncode) == ("stopped\n", "", 0)


def test_it_stops_when_the_block_fails() -> None:
    with pytest.raises(ZeroDivisionError), running_sandbox():
        _ = 1 / 0
    assert "tracklint-sandbox" not in [t.name for t in threading.enumerate()]


def test_a_server_that_dies_midway_costs_no_upload_id(fake_time: FakeTime) -> None:
    with ExitStack() as alive:
        sandbox = alive.enter_context(running_sandbox())

        def sleep(seconds: float) -> None:
            fake_time.sleep(seconds)
            alive.close()  # between the file and the first question

        with client_of(sandbox) as client:
            done = Uploader(client, clock=fake_time.clock, sleep=sleep, deadline=10).upload(sent(FILES["fit"], "fit"))
            assert done.outcome == "processing"
            assert done.upload_id in sandbox.strava.uploads
            assert f"still processing; upload {done.upload_id}; the last question failed: no answer" in done.message
            with pytest.raises(NetworkTrouble) as caught:
                client.upload(FILES["gpx"], data_type="gpx", file_name="a.gpx")
            assert not caught.value.maybe_accepted


@contextmanager
def rude_server(answer: bytes | None) -> Iterator[str]:
    """Reads one request, says ``answer`` and hangs up; ``None`` says nothing until the client leaves."""
    with socket.create_server(("127.0.0.1", 0)) as listener:

        def run() -> None:
            while True:
                try:
                    connection, _ = listener.accept()
                except OSError:
                    return
                with connection:
                    connection.settimeout(5)
                    seen = b""
                    while b"--\r\n" not in seen[-8:]:  # the end of the multipart body
                        piece = connection.recv(65536)
                        seen += piece
                        if not piece:
                            break
                    if answer is None:
                        connection.recv(1)
                    else:
                        connection.sendall(answer)

        thread = threading.Thread(target=run, daemon=True)
        thread.start()
        yield f"http://127.0.0.1:{listener.getsockname()[1]}/api/v3"
        listener.shutdown(socket.SHUT_RDWR)
    thread.join(6)


@pytest.mark.parametrize(
    ("answer", "kind", "says"),
    [
        (b"", NetworkTrouble, "disconnected"),
        (b"HTTP/1.1 201 Crea", NetworkTrouble, "disconnected"),
        (b"SSH-2.0-OpenSSH_9.6\r\n", NetworkTrouble, "may have been accepted"),
        (b'HTTP/1.1 201 Created\r\nContent-Length: 500\r\n\r\n{"id": 5, "sta', BadAnswer, "breaks off"),
        (b'HTTP/1.1 201 Created\r\nConnection: close\r\n\r\n{"id": 5, "sta', BadAnswer, "is no JSON"),
        (b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n", BadAnswer, "is empty"),
        (None, NetworkTrouble, "does not answer within the time"),
    ],
)
def test_rude_servers(answer: bytes | None, kind: type[Exception], says: str) -> None:
    with (
        rude_server(answer) as base,
        Client("token", api_base=base, timeout=httpx.Timeout(5, read=0.3)) as client,
        pytest.raises(kind, match=says) as caught,
    ):
        client.upload(FILES["fit"], data_type="fit", file_name="a.fit")
    assert isinstance(caught.value, NetworkTrouble | BadAnswer)
    assert caught.value.maybe_accepted


def test_a_file_that_arrived_before_the_answer_was_lost_is_found_again(start: Start, fake_time: FakeTime) -> None:
    """The first attempt arrives, its answer does not; the second is told of the first and follows it."""
    sandbox = start()
    lost = [True]

    class LosesOneAnswer(httpx.HTTPTransport):
        def handle_request(self, request: httpx.Request) -> httpx.Response:
            response = super().handle_request(request)
            if lost.pop() if lost else False:
                response.close()
                raise httpx.ReadTimeout("timed out", request=request)
            return response

    with client_of(sandbox, transport=LosesOneAnswer()) as client:
        done = Uploader(client, clock=fake_time.clock, sleep=fake_time.sleep).upload(sent(FILES["fit"], "fit"))
    assert done.outcome == "duplicate"
    assert done.activity_id in sandbox.strava.activities
    assert "may have been accepted" in done.notes[0]
    assert len(sandbox.strava.activities) == 1


def test_the_token_is_in_no_log(start: Start, fake_time: FakeTime, caplog: pytest.LogCaptureFixture) -> None:
    planted = "planted-83ebeabdec09f6670863766f792ead24d61fe3f9"
    for name in (
        None,
        "httpx",
        "httpcore",
        "uvicorn",
        "uvicorn.error",
        "uvicorn.access",
        "multipart",
        "python_multipart",
    ):
        caplog.set_level(logging.DEBUG, logger=name)
    sandbox = start(token=planted)
    with client_of(sandbox) as client:
        done = Uploader(client, clock=fake_time.clock, sleep=fake_time.sleep).upload(sent(FILES["fit"], "fit"))
        assert done.ok
        with pytest.raises(NotFound):
            client.status(1)
        assert planted not in repr(done) + repr(client) + repr(client._http) + repr(client.limits)
        assert planted not in httpx.get(sandbox.page).text
    assert "POST" in caplog.text  # the loggers did speak
    assert planted not in caplog.text
    assert planted not in repr([record.__dict__ for record in caplog.records])


def test_a_ride_without_positions_stands_still(start: Start) -> None:
    sandbox = start()
    indoor = Ride(channels=("heart_rate", "power", "distance"))
    with client_of(sandbox) as client:
        activity = client.activity(finished(client, indoor.tcx(creator=OMIT), "tcx").activity_id)
    assert (activity["trainer"], activity["device_name"], activity["sandbox"]["elevation_source"]) == (
        True,
        None,
        "none",
    )


@pytest.mark.parametrize("module", ["tracklint.strava.uploader", "tracklint.strava.client"])
def test_the_uploader_needs_no_server_packages(module: str) -> None:
    script = f"import sys, {module}; print(sorted({{'starlette', 'uvicorn', 'python_multipart'}} & set(sys.modules)))"
    ran = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert ran.stdout.strip() == "[]"


@pytest.mark.skipif(os.name != "posix", reason="modes of files")
def test_what_is_kept_is_private_to_its_owner(tmp_path: Path) -> None:
    kept = tmp_path / "strava.sqlite"
    mask = os.umask(0)
    try:
        with running_sandbox(Options(keep=kept)) as sandbox, client_of(sandbox) as client:
            client.upload(FILES["fit"], data_type="fit", file_name="a.fit")
            modes = {each.name: each.stat().st_mode & 0o777 for each in tmp_path.iterdir()}
    finally:
        os.umask(mask)
    assert set(modes.values()) == {0o600}
    assert "strava.sqlite-wal" in modes


def test_a_sender_that_goes_away_in_the_middle_is_no_error_of_the_stand_in(
    start: Start, caplog: pytest.LogCaptureFixture
) -> None:
    sandbox = start()
    port = httpx.URL(sandbox.page).port or 0
    head = f"POST /api/v3/uploads HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nAuthorization: Bearer {sandbox.token}\r\n"
    for place in ("/api/v3/uploads", "/oauth/token", "/reset"):
        with socket.create_connection(("127.0.0.1", port)) as sender:
            sender.sendall((head.replace("/api/v3/uploads", place) + FORM_HEAD).encode() + b"--x\r\n")
    with client_of(sandbox) as client:
        assert client.athlete()["id"] == 1
    time.sleep(0.2)
    assert [record.getMessage() for record in caplog.records if record.levelno >= logging.ERROR] == []


FORM_HEAD = "Content-Type: multipart/form-data; boundary=x\r\nContent-Length: 1000\r\n\r\n"
