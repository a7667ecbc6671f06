"""Every example of Strava's two documents, word for word: our client sends it, our reader reads it, the stand-in answers.

The documents are those on uploads and on partner uploads. Their known errors stand beside the examples.
"""

# ruff: noqa: E101  the examples have the documents' own blanks and tabs
from __future__ import annotations

import json
import shlex
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl

import httpx
import pytest

from tracklint import check
from tracklint.preparing import prepare
from tracklint.strava.errors import BadAnswer
from tracklint.strava.manual import Manual
from tracklint.strava.photos import photo_target, send_photo
from tracklint.strava.sandbox import Options, Running, running_sandbox
from tracklint.strava.status import UploadStatus
from tracklint.testing import Ride

from .conftest import TOKEN
from .test_strava_client import form_of

FIT = Ride(seconds=30).fit()
JPEG = b"\xff\xd8\xff\xd9"

UPLOAD = """\
		$ curl -X POST https://www.strava.com/api/v3/uploads \\
		        -H "Authorization: Bearer 83ebeabdec09f6670863766f792ead24d61fe3f9" \\
		        -F activity_type=ride \\
		        -F file=@test.fit \\
		        -F data_type=fit
"""
#: The answer shows the file and the id of another upload than the request (Lunch_Run.gpx for test.fit).
UPLOAD_ANSWER = """\
	{
	    "id": 1570175274,
	    "external_id": "Lunch_Run.gpx",
	    "error": null,
	    "status": "Your activity is still being processed.",
	    "activity_id": null
	}
"""
STATUS = """\
	  $ curl -G https://www.strava.com/api/v3/uploads/16486788 \\
	      -H "Authorization: Bearer 83ebeabdec09f6670863766f792ead24d61fe3f9"
"""
#: The answer is that of upload 1570175274, the request asks for 16486788. The address has no "?" before its fields.
STATUS_ANSWER = """\
	{
	    "id": 1570175274,
	    "external_id": "Lunch_Run.gpx",
	    "error": null,
	    "status": "Your activity is ready.",
	    "activity_id": 1456449319,
	    "photo_metadata": [
	      {
	        "uri": "https://strava-photo-uploads-prod.s3.amazonaws.com/sU&AWSAccessKeyId=ZOI&Expires=1521148201&Signature=LEfm%3D",
	        "header": {
	            "Content-Type": "image/jpeg"
	        },
	        "method": "PUT",
	        "max_size": 1600
	      }
	    ]
	}
"""
#: The backslash after the distance is missing: a shell would take the two last lines for another command.
CREATE = """\
	  $ curl -X POST https://www.strava.com/api/v3/activities \\
	        -H "Authorization: Bearer 83ebeabdec09f6670863766f792ead24d61fe3f9" \\
	        -d name="Most Epic Ride EVER!!!" \\
	        -d elapsed_time=18373 \\
	        -d distance=1557840
	        -d start_date_local="2013-10-23T10:02:13Z" \\
	        -d type="Ride"
"""
#: No JSON: the list of photo_metadata stands in braces once more. It leaves out most of the activity.
CREATE_ANSWER = """\
	{
	    "id": 12345678987654321,
	    "resource_state": 3,
	    "external_id": null,
	    "upload_id": null,
	    "athlete": {
	      "id": 12345678987654321,
	      "resource_state": 1
	    },
	    "photo_metadata": {
	      [
	        {
	          "uri": "https://strava-photo-uploads-prod.s3.amazonaws.com/snsU&AWSAccessKeyId=ZOI&Expires=1521148201&Signature=LEHffm%3D",
	          "header": {
	              "Content-Type": "image/jpeg"
	          },
	          "method": "PUT",
	          "max_size": 1600
	        }
	      ]
	    }
	}
"""
PHOTO = """\
	  $ curl -X PUT "https://strava-photo-uploads-prod.s3.amazonaws.com/snsU&AWSAccessKeyId=ZOI&Expires=1521148201&Signature=LEHffm%3D" \\
	        -H "Content-Type: image/jpeg" \\
	        --upload-file download.jpg
"""

# The older document. Its answers stand without their braces.
OLD_UPLOAD = """\
$ curl -X POST https://www.strava.com/api/v3/uploads \\
    -H "Authorization: Bearer 83ebeabdec09f6670863766f792ead24d61fe3f9" \\
    -F activity_type=ride \\
    -F file=@test.fit \\
    -F data_type=fit
"""
OLD_UPLOAD_ANSWER = """\
  "id": 16486788,
  "external_id": "test.fit",
  "error": null,
  "status": "Your activity is still being processed.",
  "activity_id": null
"""
OLD_STATUS = """\
$ curl -G https://www.strava.com/api/v3/uploads/16486788 \\
    -H "Authorization: Bearer 83ebeabdec09f6670863766f792ead24d61fe3f9"
"""
OLD_READY = """\
  "id": 16486788,
  "external_id": "test.fit",
  "error": null,
  "status": "Your activity is ready.",
  "activity_id": 14296970
"""
OLD_DELETED = """\
  "id": 16486769,
  "external_id": "testing.fit",
  "error": null,
  "status": "The created activity has been deleted.",
  "activity_id": null
"""
OLD_DUPLICATE = """\
  "id": 16486790,
  "external_id": "test.fit",
  "error": "test.fit duplicate of activity 14296882",
  "status": "There was an error processing your activity.",
  "activity_id": null
"""


@dataclass
class Curl:
    """A command as curl reads it."""

    url: str = ""
    method: str = "GET"
    headers: dict[str, str] = field(default_factory=dict)
    parts: list[tuple[str, str]] = field(default_factory=list)
    words: list[str] = field(default_factory=list)
    file: str = ""

    def send(self, page: str, folder: Path) -> httpx.Response:
        """The request as curl makes it, to another server. Words of ``-d`` travel as they stand, blanks and all."""
        url = self.url.replace("https://www.strava.com/", page)
        content: dict[str, Any] = {"headers": self.headers}
        if self.parts:
            fields = {name: value for name, value in self.parts if not value.startswith("@")}
            files = {name: (v[1:], (folder / v[1:]).read_bytes()) for name, v in self.parts if v.startswith("@")}
            content |= {"data": fields, "files": files}
        elif self.words:
            content["headers"] = {**self.headers, "Content-Type": "application/x-www-form-urlencoded"}
            content["content"] = "&".join(self.words).encode()
        elif self.file:
            content["content"] = (folder / self.file).read_bytes()
        return httpx.request(self.method, url, **content)


def curl(command: str, *, backslash_after: str = "") -> Curl:
    """The command; ``backslash_after`` names the line whose backslash is missing."""
    if backslash_after:
        assert f"{backslash_after}\n" in command
        command = command.replace(f"{backslash_after}\n", f"{backslash_after} \\\n")
    line, *others = command.replace("\\\n", " ").strip().splitlines()
    if others:
        raise ValueError(f"another command begins with {others[0].strip()}")
    dollar, program, *arguments = shlex.split(line)
    assert (dollar, program) == ("$", "curl")
    read = Curl()
    left = iter(arguments)
    for argument in left:
        if argument == "-X":
            read.method = next(left)
        elif argument == "-H":
            name, _, value = next(left).partition(": ")
            read.headers[name] = value
        elif argument == "-F":
            name, _, value = next(left).partition("=")
            read.parts.append((name, value))
        elif argument == "-d":
            read.words.append(next(left))
        elif argument == "--upload-file":
            read.file = next(left)
        elif argument != "-G":
            assert not argument.startswith("-")
            read.url = argument
    return read


def braced(text: str) -> dict[str, Any]:
    """An answer of the older document with the braces that it lacks."""
    with pytest.raises(ValueError, match="Extra data"):
        json.loads(text)
    found: dict[str, Any] = json.loads("{" + text + "}")
    return found


@pytest.mark.parametrize("example", [UPLOAD, OLD_UPLOAD])
def test_our_client_sends_the_upload(scripted: Callable[..., Any], example: str) -> None:
    wanted = curl(example)
    client, script = scripted(httpx.Response(201, json=json.loads(UPLOAD_ANSWER)))
    client.upload(FIT, data_type="fit", file_name="test.fit", activity_type="ride")
    (request,) = script.requests
    assert (request.method, str(request.url)) == (wanted.method, wanted.url)
    assert request.headers["authorization"] == wanted.headers["Authorization"]
    sent = {name: f"@{shown}" if shown else words.decode() for name, (shown, words) in form_of(request).items()}
    assert sent == dict(wanted.parts)
    assert form_of(request)["file"] == ("test.fit", FIT)


@pytest.mark.parametrize("example", [STATUS, OLD_STATUS])
def test_our_client_sends_the_question(scripted: Callable[..., Any], example: str) -> None:
    wanted = curl(example)
    client, script = scripted(httpx.Response(200, json=json.loads(STATUS_ANSWER)))
    client.status(16486788)
    (request,) = script.requests
    assert (request.method, str(request.url), request.content) == (wanted.method, wanted.url, b"")
    assert request.headers["authorization"] == wanted.headers["Authorization"]


def test_our_client_sends_the_activity_without_a_file(scripted: Callable[..., Any]) -> None:
    with pytest.raises(ValueError, match="another command begins with -d start_date_local"):
        curl(CREATE)
    wanted = curl(CREATE, backslash_after="distance=1557840")
    client, script = scripted(httpx.Response(201, json={"id": 5}))
    manual = Manual(
        name="Most Epic Ride EVER!!!", elapsed_time=18373, distance=1557840, start_date_local="2013-10-23T10:02:13Z",
        type="Ride",
    )  # fmt: skip
    client.create_activity(manual.form())
    (request,) = script.requests
    assert (request.method, str(request.url)) == (wanted.method, wanted.url)
    assert request.headers["authorization"] == wanted.headers["Authorization"]
    assert dict(parse_qsl(request.content.decode())) == dict(word.split("=", 1) for word in wanted.words)


def test_our_client_sends_the_photo() -> None:
    wanted = curl(PHOTO)
    seen: list[httpx.Request] = []

    def take(request: httpx.Request) -> httpx.Response:
        seen.append(request)
        return httpx.Response(200)

    metadata = json.loads(CREATE_ANSWER.replace("{\n\t      [", "[").replace("]\n\t    }", "]"))["photo_metadata"]
    assert send_photo(JPEG, metadata, transport=httpx.MockTransport(take)).outcome == "sent"
    (request,) = seen
    assert (request.method, str(request.url)) == (wanted.method, wanted.url)
    assert request.extensions["target"].decode() == wanted.url.removeprefix(
        "https://strava-photo-uploads-prod.s3.amazonaws.com"
    )
    assert request.headers["content-type"] == wanted.headers["Content-Type"]
    assert "authorization" not in request.headers
    assert request.content == JPEG


READ = [
    (json.loads(UPLOAD_ANSWER), "processing", 1570175274, None),
    (json.loads(STATUS_ANSWER), "ready", 1570175274, 1456449319),
    (json.loads("{" + OLD_UPLOAD_ANSWER + "}"), "processing", 16486788, None),
    (json.loads("{" + OLD_READY + "}"), "ready", 16486788, 14296970),
    (json.loads("{" + OLD_DELETED + "}"), "deleted", 16486769, None),
    (json.loads("{" + OLD_DUPLICATE + "}"), "duplicate", 16486790, None),
]


@pytest.mark.parametrize(("answer", "state", "number", "activity"), READ)
def test_our_reader_reads_each_answer(answer: dict[str, Any], state: str, number: int, activity: int | None) -> None:
    status = UploadStatus.from_json(answer)
    assert status is not None
    assert (status.state, status.id, status.activity_id) == (state, number, activity)
    assert (status.external_id, status.error, status.status) == (
        answer["external_id"],
        answer["error"],
        answer["status"],
    )
    assert status.duplicate_of == (14296882 if state == "duplicate" else None)


def test_the_older_answers_lack_their_braces() -> None:
    for text in (OLD_UPLOAD_ANSWER, OLD_READY, OLD_DELETED, OLD_DUPLICATE):
        assert UploadStatus.from_json(braced(text)) is not None


def test_the_address_of_the_photo_is_read() -> None:
    target = photo_target(json.loads(STATUS_ANSWER)["photo_metadata"])
    assert target is not None
    assert target.max_size == 1600
    assert target.uri.endswith("/sU&AWSAccessKeyId=ZOI&Expires=1521148201&Signature=LEfm%3D")
    copied = json.loads(STATUS_ANSWER.replace("&", "\\\\u0026"))["photo_metadata"]  # "make sure to unescape the uri"
    assert "\\u0026" in copied[0]["uri"]
    assert photo_target(copied) == target
    assert photo_target(json.loads(STATUS_ANSWER.replace("&", "\\u0026"))["photo_metadata"]) == target


def test_the_answer_with_braces_too_many_is_no_json(scripted: Callable[..., Any]) -> None:
    client, _ = scripted(httpx.Response(201, content=CREATE_ANSWER.encode()))
    with pytest.raises(BadAnswer, match="is no JSON") as caught:
        client.create_activity({})
    assert caught.value.maybe_accepted
    mended = json.loads(CREATE_ANSWER.replace("{\n\t      [", "[").replace("]\n\t    }", "]"))
    client, _ = scripted(httpx.Response(201, json=mended))
    assert client.create_activity({})["id"] == 12345678987654321  # above 2**53
    assert photo_target([mended["photo_metadata"]]) == photo_target(mended["photo_metadata"])


@pytest.fixture
def running() -> Iterator[Running]:
    with running_sandbox(Options(token=TOKEN, scenarios=("photo",))) as sandbox:
        yield sandbox


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "test.fit").write_bytes(FIT)
    (tmp_path / "download.jpg").write_bytes(JPEG)
    return tmp_path


def kinds(value: object) -> object:
    """The shape of an answer: names, and the types of what they hold."""
    if isinstance(value, dict):
        return {key: kinds(each) for key, each in value.items()}
    return [kinds(each) for each in value] if isinstance(value, list) else type(value).__name__


@pytest.mark.socket
def test_the_stand_in_answers_the_upload_and_the_photo(running: Running, folder: Path) -> None:
    answer = curl(UPLOAD).send(running.page, folder)
    assert answer.status_code == 201
    told = answer.json()
    shape = kinds(told)
    assert isinstance(shape, dict)
    assert shape.pop("id_str") == "str"  # came after the document
    assert shape == kinds(json.loads(UPLOAD_ANSWER)) == kinds(braced(OLD_UPLOAD_ANSWER))
    assert (told["status"], told["external_id"]) == ("Your activity is still being processed.", "test.fit")
    assert curl(STATUS).send(running.page, folder).status_code == 404  # an upload of somebody else
    asked = STATUS.replace("16486788", str(told["id"]))
    assert "photo_metadata" not in curl(asked).send(running.page, folder).json()
    ready = curl(asked).send(running.page, folder)
    assert ready.status_code == 200
    shape = kinds(ready.json())
    assert isinstance(shape, dict)
    assert shape.pop("id_str") == "str"
    assert shape == kinds(json.loads(STATUS_ANSWER))
    assert ready.json()["status"] == "Your activity is ready."
    photo = curl(PHOTO)
    photo.url = ready.json()["photo_metadata"][0]["uri"]
    answer = photo.send(running.page, folder)
    assert (answer.status_code, answer.content) == (200, b"")


@pytest.mark.socket
def test_the_stand_in_answers_the_activity_without_a_file(running: Running, folder: Path) -> None:
    answer = curl(CREATE, backslash_after="distance=1557840").send(running.page, folder)
    assert answer.status_code == 201
    told = answer.json()
    mended = json.loads(CREATE_ANSWER.replace("{\n\t      [", "[").replace("]\n\t    }", "]"))
    assert kinds({key: told[key] for key in mended}) == kinds(mended)
    assert (told["name"], told["elapsed_time"], told["distance"], told["start_date_local"], told["type"]) == (
        "Most Epic Ride EVER!!!", 18373, 1557840.0, "2013-10-23T10:02:13Z", "Ride",
    )  # fmt: skip
    photo = curl(PHOTO)
    photo.url = told["photo_metadata"][0]["uri"]
    assert photo.send(running.page, folder).status_code == 200


@pytest.mark.socket
def test_the_stand_in_tells_a_deleted_activity_and_a_duplicate(running: Running, folder: Path) -> None:
    first = curl(OLD_UPLOAD).send(running.page, folder).json()
    asked = curl(OLD_STATUS.replace("16486788", str(first["id"])))
    activity_id = [asked.send(running.page, folder).json()["activity_id"] for _ in range(2)][1]
    (folder / "test[duplicate].fit").write_bytes(FIT)
    again = curl(OLD_UPLOAD.replace("test.fit", "test[duplicate].fit")).send(running.page, folder).json()
    asked_again = curl(OLD_STATUS.replace("16486788", str(again["id"])))
    told = [asked_again.send(running.page, folder).json() for _ in range(2)][1]
    wanted = braced(OLD_DUPLICATE)
    assert told["error"] == wanted["error"].replace("test.fit", "test[duplicate].fit").replace(
        "14296882", str(activity_id)
    )
    assert told["status"] == wanted["status"]
    running.strava.delete(activity_id)
    gone = asked.send(running.page, folder).json()
    wanted = braced(OLD_DELETED)
    assert (gone["status"], gone["error"], gone["activity_id"]) == (wanted["status"], None, None)


#: The older document's two lines about devices with a barometer.
TCX_NAME = "<Name>My Awesome App with barometer</Name>"
GPX_CREATOR = '<gpx version="1.1" creator="Best app ever with Barometer">'


def test_the_creators_of_the_document_count_as_barometers() -> None:
    tcx = Ride(seconds=30).tcx(creator="My Awesome App with barometer")
    gpx = Ride(seconds=30).gpx(creator="Best app ever with Barometer")
    assert TCX_NAME.encode() in tcx
    assert GPX_CREATOR.partition(" creator")[2].rstrip(">").encode() in gpx
    for data in (tcx, gpx):
        prediction = check(data).prediction
        assert prediction is not None
        assert prediction.elevation.source == "file"
        assert prepare(data, barometer=True, gzip=False).data == data  # nothing is left to add
