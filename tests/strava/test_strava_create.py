"""An activity without a file: its fields as the documents say them, and one request that is never repeated."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs

import httpx
import pytest

from tracklint.strava.errors import Refused, StravaError
from tracklint.strava.journal import Journal
from tracklint.strava.manual import BadManual, Manual, create, metres, seconds

#: What Strava's document on partner uploads sends.
EPIC = Manual(
    name="Most Epic Ride EVER!!!",
    elapsed_time=18373,
    distance=1557840,
    start_date_local="2013-10-23T10:02:13Z",
    type="Ride",
)
CREATED = {"id": 12345678987654321, "resource_state": 3, "external_id": None, "upload_id": None}


@pytest.fixture
def journal(tmp_path: Path) -> Iterator[Journal]:
    with Journal(tmp_path / "journal.sqlite", api_base="x") as found:
        yield found


def test_the_documents_example_is_sent_as_it_stands_there(scripted: Any, journal: Journal) -> None:
    client, script = scripted(httpx.Response(201, json=CREATED))
    done = create(client, journal, EPIC)
    [request] = script.requests
    assert (request.method, request.url.path) == ("POST", "/api/v3/activities")
    assert request.headers["content-type"] == "application/x-www-form-urlencoded"
    assert parse_qs(request.content.decode()) == {
        "name": ["Most Epic Ride EVER!!!"], "elapsed_time": ["18373"], "distance": ["1557840"],
        "start_date_local": ["2013-10-23T10:02:13Z"], "type": ["Ride"],
    }  # fmt: skip
    assert (done.outcome, done.activity_id) == ("ready", 12345678987654321)
    assert done.message == "the activity is created: https://www.strava.com/activities/12345678987654321"


def test_every_field_has_its_word() -> None:
    manual = Manual(
        name="Gym", sport_type="weighttraining", elapsed_time=60, start_date_local="2026-01-31T12:00:00+02:00",
        description="sets", distance=12.34, trainer=True, commute=True,
    )  # fmt: skip
    assert manual.form() == {
        "name": "Gym", "sport_type": "WeightTraining", "start_date_local": "2026-01-31T12:00:00Z", "elapsed_time": "60",
        "description": "sets", "distance": "12.3", "trainer": "1", "commute": "1",
    }  # fmt: skip


@pytest.mark.parametrize(
    ("changed", "words"),
    [
        ({"name": " "}, "needs a name"),
        ({"type": None}, "needs a sport"),
        ({"elapsed_time": 0}, "1 s or more"),
        ({"distance": -1.0}, "from 0 up"),
        ({"distance": float("nan")}, "from 0 up"),
        ({"start_date_local": "yesterday"}, "the start is 'yesterday'"),
    ],
)
def test_what_strava_would_refuse_is_not_sent(changed: dict[str, Any], words: str) -> None:
    facts = {"name": "x", "type": "Ride", "elapsed_time": 5, "start_date_local": "2026-01-31T12:00:00", **changed}
    with pytest.raises(BadManual, match=words):
        Manual(**facts).form()


@pytest.mark.parametrize(
    "trouble", [httpx.ReadTimeout(""), httpx.Response(502, text="<html>"), httpx.Response(201, text="{")]
)
def test_an_unknown_outcome_is_never_sent_again(scripted: Any, journal: Journal, trouble: Any) -> None:
    client, script = scripted(trouble)
    first, second = create(client, journal, EPIC), create(client, journal, EPIC)
    assert (first.outcome, second.outcome, len(script.requests)) == ("unfinished", "unfinished", 1)
    assert "look at your activities first" in first.message
    create(client, journal, EPIC, again=True)
    assert len(script.requests) == 2


@pytest.mark.parametrize(
    ("trouble", "words"),
    [
        (httpx.ReadTimeout(""), "the activity may have been created all the same"),
        (httpx.Response(502, text="<html>"), "status 502 and may still have created the activity"),
        (httpx.Response(201, text="{"), "the activity may have been created all the same"),
        (httpx.Response(413), "Strava answers 413: the activity is larger than it takes"),
    ],
)
def test_no_message_speaks_of_a_file(scripted: Any, journal: Journal, trouble: Any, words: str) -> None:
    client, _ = scripted(trouble)
    try:
        said = create(client, journal, EPIC).message
    except StravaError as error:
        said = str(error)
    assert words in said
    assert "file" not in said


def test_no_connection_and_a_refusal_may_be_tried_again(scripted: Any, journal: Journal) -> None:
    refusal = httpx.Response(
        400, json={"message": "Bad Request", "errors": [{"resource": "Activity", "field": "name", "code": "missing"}]}
    )
    client, script = scripted(httpx.ConnectError("no route"), refusal, httpx.Response(201, json=CREATED))
    with pytest.raises(Exception, match="no route"):
        create(client, journal, EPIC)
    with pytest.raises(Refused, match="Activity name missing"):
        create(client, journal, EPIC)
    assert create(client, journal, EPIC).outcome == "ready"
    assert len(script.requests) == 3


def test_the_same_activity_is_not_created_twice(scripted: Any, journal: Journal) -> None:
    client, script = scripted(httpx.Response(201, json=CREATED))
    create(client, journal, EPIC)
    again = create(client, journal, EPIC)
    assert (again.outcome, again.activity_id, len(script.requests)) == ("ready", 12345678987654321, 1)
    assert "was created before" in again.message


@pytest.mark.parametrize(("text", "value"), [("5400", 5400), ("90:00", 5400), ("1:30:00", 5400), ("0:01", 1)])
def test_durations(text: str, value: int) -> None:
    assert seconds(text) == value


@pytest.mark.parametrize("text", ["", "1:60:00", "1:00:60", "-5", "1h", "1:2:3:4", "1.5"])
def test_durations_that_are_none(text: str) -> None:
    with pytest.raises(BadManual, match="the duration is"):
        seconds(text)


@pytest.mark.parametrize(
    ("text", "value"), [("12.5km", 12500.0), ("12500", 12500.0), ("12500m", 12500.0), ("1 mi", 1609.3)]
)
def test_distances(text: str, value: float) -> None:
    assert metres(text) == value


@pytest.mark.parametrize("text", ["", "far", "-1", "1e3", "5 miles"])
def test_distances_that_are_none(text: str) -> None:
    with pytest.raises(BadManual, match="the distance is"):
        metres(text)


@pytest.mark.socket
def test_a_photo_for_an_activity_of_an_earlier_run_is_not_blamed_on_partnership(upload: Any, tmp_path: Path) -> None:
    (tmp_path / "p.jpg").write_bytes(b"\xff\xd8\xff\xe0picture")
    gym = ("--name", "Gym", "--sport", "Workout", "--start", "2026-01-31T18:00:00", "--elapsed", "60")
    assert upload(*gym, command="create").exit_code == 0
    later = upload(*gym, "--photo", "p.jpg", command="create")
    assert "the activity was created before, and Strava takes a photo only right after that" in later.output
    assert "partners" not in later.output
