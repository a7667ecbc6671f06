"""The upload object: the examples of Strava's documents word for word, the texts that users saw, and anything."""

from __future__ import annotations

import html
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tracklint.strava.status import UploadStatus, plain

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    max_leaves=8,
)
KEYS = st.sampled_from(["id", "id_str", "external_id", "error", "status", "activity_id", "photo_metadata"])

# strava-uploads.txt prints its examples without the braces around them; they are added here, nothing else is.
DOCUMENTED = [
    pytest.param(
        """
  "id": 16486788,
  "external_id": "test.fit",
  "error": null,
  "status": "Your activity is still being processed.",
  "activity_id": null
""",
        (16486788, "test.fit", "processing", None),
        id="uploads-post",
    ),
    pytest.param(
        """
  "id": 16486788,
  "external_id": "test.fit",
  "error": null,
  "status": "Your activity is ready.",
  "activity_id": 14296970
""",
        (16486788, "test.fit", "ready", 14296970),
        id="uploads-ready",
    ),
    pytest.param(
        """
  "id": 16486769,
  "external_id": "testing.fit",
  "error": null,
  "status": "The created activity has been deleted.",
  "activity_id": null
""",
        (16486769, "testing.fit", "deleted", None),
        id="uploads-deleted",
    ),
    pytest.param(
        """
  "id": 16486790,
  "external_id": "test.fit",
  "error": "test.fit duplicate of activity 14296882",
  "status": "There was an error processing your activity.",
  "activity_id": null
""",
        (16486790, "test.fit", "duplicate", None),
        id="uploads-duplicate",
    ),
    pytest.param(
        """
        "id": 1570175274,
        "external_id": "Lunch_Run.gpx",
        "error": null,
        "status": "Your activity is still being processed.",
        "activity_id": null
""",
        (1570175274, "Lunch_Run.gpx", "processing", None),
        id="partner-post",
    ),
    pytest.param(
        """
        "id": 1570175274,
        "external_id": "Lunch_Run.gpx",
        "error": null,
        "status": "Your activity is ready.",
        "activity_id": 1456449319,
        "photo_metadata": [
          {
            "uri":
            "https://strava-photo-uploads-prod.s3.amazonaws.com/sU&AWSAccessKeyId=ZOI&Expires=1521148201&Signature=LEfm%3D",
            "header": { "Content-Type": "image/jpeg" }, "method": "PUT", "max_size": 1600
          }
        ]
""",
        (1570175274, "Lunch_Run.gpx", "ready", 1456449319),
        id="partner-ready-with-photo",
    ),
]


def status(**fields: object) -> UploadStatus:
    made = UploadStatus.from_json({"id": 1, **fields})
    assert made is not None
    return made


@pytest.mark.parametrize(("body", "expected"), DOCUMENTED)
def test_documented_examples(body: str, expected: tuple[object, ...]) -> None:
    answer = json.loads("{" + body + "}")
    read = UploadStatus.from_json(answer)
    assert read is not None
    assert (read.id, read.external_id, read.state, read.activity_id) == expected
    assert read.raw == answer
    assert read.photo_metadata == answer.get("photo_metadata")


def test_documented_duplicate_names_its_activity() -> None:
    read = status(
        error="test.fit duplicate of activity 14296882", status="There was an error processing your activity."
    )
    assert read.duplicate_of == 14296882
    assert read.duplicate_upload is None
    assert read.reason == "test.fit duplicate of activity 14296882"


LINK = "ride2024.fit duplicate of <a href='/activities/12345678987654321' target='_blank'>Ride & more</a>"


@pytest.mark.parametrize(
    "error", [LINK, html.escape(LINK), html.escape(LINK, quote=False), html.escape(html.escape("x")) + LINK]
)
def test_duplicate_link_in_plain_and_escaped_html(error: str) -> None:
    read = status(error=error)
    assert (read.state, read.duplicate_of) == ("duplicate", 12345678987654321)
    assert "<" not in read.reason
    assert read.reason.endswith("duplicate of Ride & more")


@pytest.mark.parametrize(
    ("error", "activity", "upload"),
    [
        ("20240501-77.fit duplicate of activity 5", 5, None),
        ("duplicate of activity 7.fit duplicate of <a href='https://www.strava.com/activities/5'>x</a>", 5, None),
        ("a.fit duplicate of an uploading activity (1570175274)", None, 1570175274),
        ("A.FIT DUPLICATE OF ACTIVITY 5", 5, None),
        ("123.fit duplicate of something", None, None),
    ],
)
def test_duplicates_are_read_in_order_and_never_by_the_first_number(
    error: str, activity: int | None, upload: int | None
) -> None:
    read = status(error=error)
    assert (read.state, read.duplicate_of, read.duplicate_upload) == ("duplicate", activity, upload)


def test_a_duplicate_that_carries_an_activity_stays_a_duplicate() -> None:
    read = status(error="x duplicate of something", activity_id=9)
    assert (read.state, read.duplicate_of) == ("duplicate", 9)


@pytest.mark.parametrize(
    ("fields", "state"),
    [
        ({"status": "your activity is still being processed"}, "processing"),
        ({"status": "YOUR ACTIVITY IS READY", "activity_id": 3}, "ready"),
        ({"status": "Your activity is ready.", "activity_id": None}, "processing"),
        ({"status": "", "activity_id": "17"}, "ready"),
        ({"status": "the created activity has been DELETED"}, "deleted"),
        ({"status": "There was an error processing your activity.", "error": None}, "failed"),
        ({"status": "Your activity is still being processed.", "error": ""}, "processing"),
        ({"status": "Your activity is ready.", "activity_id": 3, "error": "The file is empty"}, "failed"),
        ({}, "processing"),
    ],
)
def test_state_is_decided_by_error_then_activity_then_status(fields: dict[str, object], state: str) -> None:
    assert status(**fields).state == state


def test_ids_are_64_bits_wide_and_id_str_wins() -> None:
    read = UploadStatus.from_json({"id": 9.007199254740992e15, "id_str": "9007199254740993", "activity_id": 2**62 + 1})
    assert read is not None
    assert (read.id, read.id_str, read.activity_id) == (2**53 + 1, "9007199254740993", 2**62 + 1)


@pytest.mark.parametrize(
    "answer", [None, [], "id", 5, {}, {"id": None}, {"id": True}, {"id": -1}, {"id": 2**63}, {"id": "x"}]
)
def test_what_has_no_id_is_no_upload_object(answer: object) -> None:
    assert UploadStatus.from_json(answer) is None


def test_plain_takes_html_and_terminal_escapes_away() -> None:
    assert plain("&lt;b&gt;Bad&lt;/b&gt; <i>file</i>\x1b[31m\nA &amp; B") == "Bad file [31m A & B"
    assert plain("5 < 6 and 7 > 6") == "5 < 6 and 7 > 6"


@given(st.dictionaries(KEYS, JSON))
def test_any_object_is_read_without_an_exception(answer: dict[str, object]) -> None:
    read = UploadStatus.from_json(answer)
    if read is not None:
        assert read.state in {"processing", "ready", "duplicate", "failed", "deleted"}
        assert isinstance(read.reason, str)
        assert read.duplicate_of is None or read.state == "duplicate"
        assert 0 < read.id < 2**63
