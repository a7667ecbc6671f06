"""The stand-in's scenarios: each by a marker for one file, the broad ones for everything, and what it remembers."""

from __future__ import annotations

import html
import importlib.util
import json
import signal
import sqlite3
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import httpx
import pytest
from click.testing import CliRunner

from conftest import ROOT
from tracklint.cli import main
from tracklint.preparing import prepare
from tracklint.strava.client import Client
from tracklint.strava.errors import (
    BadAnswer,
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
from tracklint.strava.photos import send_photo
from tracklint.strava.sandbox import SCENARIOS, Options, Running, running_sandbox
from tracklint.strava.sandbox.scenarios import at_work, marked
from tracklint.strava.sandbox.store import BadStore
from tracklint.strava.status import UploadStatus
from tracklint.strava.uploader import Uploader
from tracklint.testing import Ride

from .conftest import FakeTime
from .signing import signed_up, source_of

pytestmark = pytest.mark.socket

GPX = Ride(seconds=30).gpx()
JPEG = b"\xff\xd8\xff\xc0\x00\x0b\x08\x00\x10\x00\x20\x01\x01\x11\x00\xff\xd9"  # 32 x 16 pixels, by its frame header
PNG = b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR\x00\x00\x00\x40\x00\x00\x00\x30"

Start = Callable[..., Running]


@pytest.fixture
def start() -> Iterator[Start]:
    with ExitStack() as running:
        yield lambda **options: running.enter_context(running_sandbox(Options(**{"silence": 0.5, **options})))


@pytest.fixture(scope="module")
def shared() -> Iterator[Running]:
    """One stand-in for many files; each test takes a day of its own."""
    with running_sandbox(Options(rate_limit=(10**6, 10**6), read_limit=(10**6, 10**6), silence=0.5)) as running:
        yield running


def gpx(day: int) -> bytes:
    return Ride(seconds=30, start=f"2023-{day // 28 + 1:02}-{day % 28 + 1:02}T10:00:00Z").gpx()


def sent(client: Client, name: str, data: bytes = GPX, questions: int = 8) -> UploadStatus:
    """Send a file under this name, and ask until it is no longer processing."""
    status = client.upload(data, data_type="gpx", file_name=name)
    for _ in range(questions):
        if status.state != "processing":
            break
        status = client.status(status.id)
    return status


def client_of(running: Running, **options: Any) -> Client:
    return Client(options.pop("token", running.token), api_base=running.api_base, **options)


TEXTS = [s.name for s in SCENARIOS.values() if s.refusal is not None and s.refusal.text]
PROBLEMS = {
    "bad-request": (Refused, 400), "data-empty": (Refused, 400), "gzip-invalid": (Refused, 400),
    "missing-scope": (NotAuthorised, 401), "subscription": (Forbidden, 402), "capacity": (Forbidden, 403), "inactive": (Forbidden, 403),
    "not-found": (NotFound, 404), "too-large": (TooLarge, 413), "trouble": (ServerTrouble, 500),
}  # fmt: skip
LOST = {
    "silent": NetworkTrouble, "closed": NetworkTrouble, "truncated": BadAnswer, "no-json": BadAnswer,
    "empty-answer": BadAnswer, "html": BadAnswer, "trouble-taken": ServerTrouble,
}  # fmt: skip
ASKED = ["trouble-asked", "html-asked", "truncated-asked", "closed-asked"]
REST = [
    "slow", "forever", "deleted", "lost-upload", "big-ids", "photo", "photo-expired", "expired", "rate-limited",
    "day-limit", "limits-nearly", "duplicate", "duplicate-html", "duplicate-escaped", "duplicate-uploading",
]  # fmt: skip


def test_every_scenario_is_tested_here() -> None:
    assert {*TEXTS, *PROBLEMS, *LOST, *ASKED, *REST} == set(SCENARIOS)
    assert len(TEXTS) == 8 * 3


def test_markers_are_read_in_any_text_and_others_passed_over() -> None:
    assert marked("ride[slow].gpx", "A [nice] one [photo]", "[slow][photo]") == ["slow", "photo", "slow", "photo"]
    both = at_work(["no-time-html", "slow", "malformed", "slow"])
    assert (both.name, both.polls, both.refusal) == ("no-time-html slow malformed", 4, SCENARIOS["no-time"].refusal)


@pytest.mark.parametrize(("day", "name"), list(enumerate(TEXTS)))
def test_each_text_in_each_form(shared: Running, day: int, name: str) -> None:
    refusal, form = SCENARIOS[name].refusal, SCENARIOS[name].form
    assert refusal is not None
    with client_of(shared) as client:
        if refusal.at_once:
            with pytest.raises(Refused, match="status 400") as caught:
                sent(client, f"ride[{name}].gpx", gpx(day))
            status = caught.value.upload
            assert status is not None
        else:
            status = sent(client, f"ride[{name}].gpx", gpx(day))
    assert (status.state, status.reason, status.activity_id) == ("failed", refusal.text, None)
    raw = status.raw["error"]
    assert ("<p>" in raw, "&lt;p&gt;" in raw) == (form == "html", form == "escaped")


@pytest.mark.parametrize("name", PROBLEMS)
def test_requests_that_are_not_taken(shared: Running, name: str) -> None:
    before = len(shared.strava.uploads)
    kind, http_status = PROBLEMS[name]
    with client_of(shared) as client, pytest.raises(kind) as caught:
        sent(client, f"ride[{name}].gpx")
    assert (type(caught.value), caught.value.http_status) == (kind, http_status)
    assert len(shared.strava.uploads) == before
    if name == "missing-scope":
        assert caught.value.missing_scope == "activity:write"
    elif name != "trouble":
        assert caught.value.items


@pytest.mark.parametrize(("day", "name"), list(enumerate(LOST, 40)))
def test_answers_that_get_lost_after_the_file_was_taken(
    shared: Running, fake_time: FakeTime, day: int, name: str
) -> None:
    before = len(shared.strava.activities)
    with client_of(shared, timeout=httpx.Timeout(5, read=2)) as client:
        with pytest.raises(LOST[name]) as caught:
            sent(client, f"ride[{name}].gpx", gpx(day))
        assert caught.value.maybe_accepted
        again = Uploader(client, clock=fake_time.clock, sleep=fake_time.sleep)
        done = again.upload(prepare(gpx(day), name=f"ride[{name}].gpx"))
    assert done.outcome == "duplicate"
    assert done.activity_id in shared.strava.activities
    assert len(shared.strava.activities) == before + 1


def test_silence_lasts_until_the_client_has_gone(start: Start) -> None:
    running = start(silence=600)
    with client_of(running, timeout=httpx.Timeout(5, read=0.3)) as client:
        with pytest.raises(NetworkTrouble, match="does not answer within the time"):
            sent(client, "ride[silent].gpx")
        assert client.athlete()["id"] == 1


def test_a_stand_in_that_is_silent_can_be_stopped() -> None:
    began = time.monotonic()
    with running_sandbox(Options(silence=600)) as running:

        def wait() -> None:
            with client_of(running) as client, pytest.raises(StravaError):
                sent(client, "ride[silent].gpx")

        waiting = threading.Thread(target=wait)
        waiting.start()
        while not running.strava.uploads:
            time.sleep(0.01)
    waiting.join(10)
    assert not waiting.is_alive()
    assert time.monotonic() - began < 60


@pytest.mark.parametrize(("day", "name"), list(enumerate(ASKED, 60)))
def test_questions_whose_answer_gets_lost(shared: Running, fake_time: FakeTime, day: int, name: str) -> None:
    with client_of(shared) as client:
        send = Uploader(client, clock=fake_time.clock, sleep=fake_time.sleep)
        begun = send.send(prepare(gpx(day), name=f"ride[{name}].gpx"))
        with pytest.raises((ServerTrouble, BadAnswer, NetworkTrouble)):
            send.ask(begun)
        assert send.follow(begun).outcome == "ready"


def test_slow_forever_deleted_and_lost(shared: Running) -> None:
    with client_of(shared) as client:
        assert sent(client, "ride[slow].gpx", gpx(70), questions=4).state == "processing"
        assert sent(client, "x.gpx", gpx(71), questions=4).state == "ready"
        assert sent(client, "ride[forever].gpx", gpx(72), questions=30).state == "processing"
        gone = sent(client, "ride[deleted].gpx", gpx(73))
        assert (gone.state, gone.status) == ("deleted", "The created activity has been deleted.")
        with pytest.raises(NotFound):
            sent(client, "ride[lost-upload].gpx", gpx(74))
        assert sent(client, "ride[big-ids].gpx", gpx(75)).id > 2**53


@pytest.mark.parametrize(
    ("day", "name", "pattern"),
    [
        (80, "duplicate", "ride[duplicate].gpx duplicate of activity {}"),
        (81, "duplicate-html", "<a href='/activities/{}' target='_blank'>"),
        (82, "duplicate-escaped", "&lt;a href='/activities/{}' target='_blank'&gt;"),
    ],
)
def test_a_duplicate_of_an_activity_that_the_athlete_has(shared: Running, day: int, name: str, pattern: str) -> None:
    with client_of(shared) as client:
        status = sent(client, f"ride[{name}].gpx", gpx(day))
        assert status.state == "duplicate"
        assert pattern.format(status.duplicate_of) in status.raw["error"]
        assert client.activity(status.duplicate_of or 0)["start_date"].startswith("2023")


def test_a_duplicate_of_an_upload_that_is_processed(shared: Running, fake_time: FakeTime) -> None:
    with client_of(shared) as client:
        done = Uploader(client, clock=fake_time.clock, sleep=fake_time.sleep).upload(
            prepare(gpx(85), name="ride[duplicate-uploading].gpx")
        )
    assert done.outcome == "duplicate"
    assert shared.strava.uploads[done.upload_id or 0].made_up
    assert done.activity_id in shared.strava.activities


def test_limits(start: Start) -> None:
    now = [1_714_557_600.0]
    running = start(clock=lambda: now[0])
    with client_of(running, clock=lambda: now[0]) as client:
        client.athlete()
        with pytest.raises(RateLimited) as caught:
            sent(client, "ride[rate-limited].gpx")
        assert caught.value.limits is not None
        assert caught.value.limits.quarter is not None
        assert caught.value.limits.quarter.left == 0
        now[0] += 900
        assert sent(client, "ride[rate-limited].gpx").state == "ready"
        now[0] += 900
        client.upload(gpx(1), data_type="gpx", file_name="ride[limits-nearly].gpx")
        assert client.limits is not None
        assert client.limits.closed_until(now[0], now[0], reads=False) == now[0] + 900
        now[0] += 900
        with pytest.raises(RateLimited, match="daily"):
            sent(client, "ride[day-limit].gpx")


def test_expired_until_the_sign_in_is_renewed(start: Start, tmp_path: Path) -> None:
    running = start()
    source, _ = source_of(running, signed_up(running, tmp_path / "tokens.json"))
    with client_of(running, token=source) as client:
        assert sent(client, "ride[expired].gpx").state == "ready"
    assert running.strava.grants.refreshes == 1
    with client_of(start(scenarios=("expired",))) as client, pytest.raises(NotAuthorised):
        client.athlete()


def test_a_picture_for_a_partner(shared: Running) -> None:
    with client_of(shared) as client:
        status = sent(client, "ride[photo].gpx", gpx(90))
        said = httpx.get(f"{shared.api_base}/uploads/{status.id}", headers={"Authorization": f"Bearer {shared.token}"})
    assert "\\u0026Expires=" in said.text
    assert "&" not in said.text
    (item,) = status.photo_metadata
    assert (item["method"], item["header"], item["max_size"]) == ("PUT", {"Content-Type": "image/jpeg"}, 1600)
    assert send_photo(JPEG, status.photo_metadata).outcome == "sent"
    activity = shared.strava.activities[status.activity_id or 0]
    assert str(activity.picture) == "JPEG, 32 x 16 pixels, 17 bytes"
    for page in (shared.page, f"{shared.page}activities/{activity.id}"):
        assert "JPEG, 32 x 16 pixels" in httpx.get(page).text
    assert send_photo(PNG, status.photo_metadata).outcome == "sent"
    assert str(activity.picture) == "PNG, 64 x 48 pixels, 24 bytes"


def test_pictures_that_are_refused(shared: Running) -> None:
    with client_of(shared) as client:
        uri = sent(client, "ride[photo].gpx", gpx(91)).photo_metadata[0]["uri"]
    kind = {"Content-Type": "image/jpeg"}

    def put(address: str = uri, **headers: str) -> int:
        answer = httpx.put(address, content=JPEG, headers={**kind, **headers})
        assert answer.content == b"" if answer.status_code == 200 else b"<Code>" in answer.content
        return answer.status_code

    assert put() == 200
    assert put(Authorization=f"Bearer {shared.token}") == 403
    assert put(**{"Content-Type": "image/png"}) == 403
    assert put(uri.replace("Signature=", "Signature=x")) == 403
    assert put(uri.replace("Expires=", "Expires=9")) == 403
    assert put(uri.replace("SANDBOX", "ZOI")) == 403
    assert put(uri.partition("?")[0]) == 403
    assert put(uri.replace("-1?", "-2?")) == 403
    assert httpx.post(uri, content=JPEG, headers=kind).status_code == 405


def test_an_address_that_has_expired_is_replaced_by_the_next_question(shared: Running) -> None:
    with client_of(shared) as client:
        status = sent(client, "ride[photo-expired].gpx", gpx(92))
        assert "expired" in send_photo(JPEG, status.photo_metadata).message
        result = send_photo(JPEG, status.photo_metadata, again=lambda: client.status(status.id).photo_metadata)
    assert result.outcome == "sent"


def test_an_address_ends_with_its_hour(start: Start) -> None:
    now = [1_714_557_600.0]
    running = start(clock=lambda: now[0], scenarios=("photo",))
    with client_of(running) as client:
        status = sent(client, "a.gpx")
        now[0] += 3600
        assert send_photo(JPEG, status.photo_metadata).outcome == "failed"
        assert send_photo(JPEG, client.status(status.id).photo_metadata).outcome == "sent"


def test_no_address_without_the_scenario(shared: Running) -> None:
    with client_of(shared) as client:
        assert "photo_metadata" not in sent(client, "ride.gpx", gpx(93)).raw


CREATE = {
    "name": "Weights", "sport_type": "WeightTraining", "start_date_local": "2026-01-31T12:00:00Z", "elapsed_time": "3600",
}  # fmt: skip


def test_an_activity_without_a_file(shared: Running) -> None:
    with client_of(shared) as client:
        made = client.create_activity({**CREATE, "name": "Weights [photo]", "distance": "12.5", "trainer": "1"})
        assert (made["sport_type"], made["elapsed_time"], made["distance"]) == ("WeightTraining", 3600, 12.5)
        assert (made["upload_id"], made["external_id"], made["manual"], made["trainer"]) == (None, None, True, True)
        assert send_photo(JPEG, made["photo_metadata"]).outcome == "sent"
        kept = client.activity(made["id"])
        assert kept == {k: v for k, v in made.items() if k != "photo_metadata"}
    assert "Weights [photo]" in httpx.get(shared.page).text


@pytest.mark.parametrize(
    ("changed", "field", "code"),
    [
        ({"name": " "}, "name", "missing"),
        ({"sport_type": None}, "sport_type", "missing"),
        ({"sport_type": ""}, "sport_type", "invalid"),
        ({"sport_type": "ride"}, "sport_type", "invalid"),
        ({"sport_type": None, "type": "Unicycling"}, "type", "invalid"),
        ({"start_date_local": ""}, "start_date_local", "missing"),
        ({"start_date_local": "yesterday"}, "start_date_local", "invalid"),
        ({"start_date_local": "2026-02-30T10:00:00Z"}, "start_date_local", "invalid"),
        ({"elapsed_time": ""}, "elapsed_time", "missing"),
        ({"elapsed_time": "0"}, "elapsed_time", "invalid"),
        ({"elapsed_time": "1.5"}, "elapsed_time", "invalid"),
        ({"elapsed_time": "nan"}, "elapsed_time", "invalid"),
        ({"distance": "-1"}, "distance", "invalid"),
        ({"distance": "far"}, "distance", "invalid"),
    ],
)
def test_forms_that_make_no_activity(shared: Running, changed: dict[str, Any], field: str, code: str) -> None:
    form = {key: word for key, word in {**CREATE, **changed}.items() if word is not None}
    with client_of(shared) as client, pytest.raises(Refused) as caught:
        client.create_activity(form)
    assert [(i.resource, i.field, i.code) for i in caught.value.items] == [("Activity", field, code)]


def test_an_activity_is_changed_with_json_and_a_form_takes_false_for_true(shared: Running) -> None:
    bearer = {"Authorization": f"Bearer {shared.token}"}
    with client_of(shared) as client:
        made = client.create_activity(CREATE)
        address = f"{shared.api_base}/activities/{made['id']}"
        told = {
            "name": "Other",
            "commute": False,
            "trainer": True,
            "sport_type": "Yoga",
            "distance": 9,
            "description": "x",
        }
        new = httpx.put(address, json=told, headers=bearer).json()
        assert (new["name"], new["commute"], new["trainer"], new["sport_type"]) == ("Other", False, True, "Yoga")
        assert (new["distance"], new["description"]) == (0.0, "x")
        assert httpx.put(address, data={"commute": "False"}, headers=bearer).json()["commute"] is True
        assert client.activity(made["id"])["commute"] is True
    assert httpx.put(address, json={"sport_type": "yoga"}, headers=bearer).status_code == 400
    assert httpx.put(address, content=b"{", headers={**bearer, "Content-Type": "application/json"}).status_code == 400
    assert httpx.put(address[:-3], json={}, headers=bearer).status_code == 404
    assert httpx.put(address, json={}, headers={"Authorization": "Bearer sandbox-read-only"}).status_code == 401


def test_a_creation_whose_answer_gets_lost_was_made_all_the_same(shared: Running) -> None:
    before = len(shared.strava.activities)
    with client_of(shared) as client, pytest.raises(NetworkTrouble) as caught:
        client.create_activity({**CREATE, "name": "Weights [closed]"})
    assert caught.value.maybe_accepted
    assert len(shared.strava.activities) == before + 1


def test_a_scenario_for_everything(start: Start) -> None:
    running = start(scenarios=("slow", "photo"))
    with client_of(running) as client:
        assert sent(client, "a.gpx", questions=4).state == "processing"
        running.strava.scenarios = ("trouble",)
        with pytest.raises(ServerTrouble):
            client.athlete()
        running.strava.scenarios = ("bad-request",)
        assert client.athlete()
        with pytest.raises(Refused):
            client.create_activity(CREATE)
        running.strava.scenarios = ()
        assert sent(client, "b.gpx", gpx(1)).photo_metadata is None
    with pytest.raises(ValueError, match="nonsense is no scenario"):
        running.strava.scenarios = ("slow", "nonsense")
    page = html.unescape(httpx.get(running.page).text)
    assert "<td data-label='Scenario'>slow, photo" in page
    assert all(name in page for name in SCENARIOS)


def test_what_is_kept_survives_a_restart(tmp_path: Path) -> None:
    options = Options(keep=tmp_path / "sandbox.sqlite", processing_polls=2)
    with running_sandbox(options) as running, client_of(running) as client:
        ready = sent(client, "ride[photo].gpx")
        waiting = client.upload(gpx(1), data_type="gpx", file_name="b.gpx")
        failed = sent(client, "c.gpx", Ride(seconds=3).gpx(skip=range(4)))
        made = client.create_activity(CREATE)
        client.status(waiting.id)
        send_photo(PNG, ready.photo_metadata)
    port = httpx.URL(running.page).port or 0
    with running_sandbox(options, port=port) as running, client_of(running) as client:
        again = client.status(ready.id)
        assert (again.activity_id, again.state) == (ready.activity_id, "ready")
        assert client.activity(ready.activity_id or 0)["upload_id"] == ready.id
        assert str(running.strava.activities[ready.activity_id or 0].picture).startswith("PNG")
        assert (client.status(failed.id).reason, client.activity(made["id"])) == (failed.reason, made)
        assert client.status(waiting.id).state == "processing"
        assert client.status(waiting.id).state == "ready"
        assert send_photo(JPEG, ready.photo_metadata).outcome == "sent"  # the signature holds as well
        with pytest.raises(Refused, match="duplicate"):
            sent(client, "ride.gpx")
        assert len({u.id for u in running.strava.uploads.values()}) == 4
        assert running.strava.store.content("uploads", ready.id) == GPX
        assert running.strava.store.content("activities", ready.activity_id or 0) == JPEG
        assert "TIM" in httpx.get(running.page).text or "STR" in httpx.get(running.page).text


def test_bytes_are_not_kept_without_a_file(shared: Running) -> None:
    with client_of(shared) as client:
        status = sent(client, "ride.gpx", gpx(95))
    assert shared.strava.store.content("uploads", status.id) is None


@pytest.mark.parametrize("content", [b"no database at all, but more than a header of one" * 9, None])
def test_a_file_that_is_another_thing_is_left_alone(tmp_path: Path, content: bytes | None) -> None:
    path = tmp_path / "other.db"
    if content is None:
        with sqlite3.connect(path) as other:
            other.execute("CREATE TABLE mine (x)")
        other.close()
    else:
        path.write_bytes(content)
    before = path.read_bytes()
    with pytest.raises(BadStore, match=r"other\.db"), running_sandbox(Options(keep=path)):
        pass
    assert path.read_bytes() == before
    result = CliRunner().invoke(main, ["sandbox", "--port", "0", "--keep", str(path)])
    assert (result.exit_code, result.output.count("\n")) == (2, 1)


def test_the_command_lists_scenarios_and_refuses_others() -> None:
    listed = CliRunner().invoke(main, ["sandbox", "--scenarios"])
    assert [line.split()[0] for line in listed.output.splitlines()] == list(SCENARIOS)
    wrong = CliRunner().invoke(main, ["sandbox", "--port", "0", "--scenario", "lunch"])
    assert wrong.exit_code == 2
    assert "lunch is no scenario; there are: slow, " in wrong.output


def test_the_command_serves_with_a_scenario(tmp_path: Path) -> None:
    keep = tmp_path / "kept.sqlite"
    line = [sys.executable, "-m", "tracklint", "sandbox", "--port", "0", "--scenario", "photo", "--keep", str(keep)]
    with subprocess.Popen(line, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as ran:
        try:
            assert ran.stdout is not None
            base = ran.stdout.readline().split()[-1]
            with Client("sandbox", api_base=base) as client:
                assert sent(client, "a.gpx").photo_metadata
            ran.send_signal(signal.SIGINT)
            _, err = ran.communicate(timeout=20)
        finally:
            ran.kill()
    assert (err, ran.returncode) == ("tracklint: stopped\n", 130)
    with sqlite3.connect(keep) as kept:
        (facts,) = kept.execute("SELECT facts FROM uploads").fetchone()
    kept.close()
    assert json.loads(facts)["scenarios"] == ["photo"]


def test_the_page_about_the_stand_in_is_up_to_date() -> None:
    spec = importlib.util.spec_from_file_location("generate", ROOT / "docs" / "generate.py")
    assert spec is not None
    assert spec.loader is not None
    generate = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(generate)
    page = generate.SANDBOX.read_text(encoding="utf-8")
    assert generate.sandbox_page(page) == page, "run `python docs/generate.py`"
    assert all(f"`{name}`" in page for name in SCENARIOS)
