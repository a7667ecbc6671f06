"""The uploader on a scripted transport, with a clock that only sleep moves: every outcome, and no upload id lost."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import httpx
import pytest

from tracklint.findings import Finding, Report, Severity, Where
from tracklint.preparing import Prepared
from tracklint.strava.errors import NetworkTrouble, NotAuthorised, RateLimited, Refused, ServerTrouble
from tracklint.strava.uploader import Uploader

if TYPE_CHECKING:
    from .conftest import FakeTime

PROCESSING = "Your activity is still being processed."
REPORT = Report(
    name="ride.fit",
    format="fit",
    container="plain",
    bytes=3,
    sha256="ab" * 32,
    activity=None,
    prediction=None,
    findings=(),
    skipped=(),
)


def ride(report: Report = REPORT, data: bytes = b"\x0e\x10\x00", data_type: str = "fit") -> Prepared:
    return Prepared(report, "ride.fit", data, data_type, "tracklint-abababababababab", ())


def finding(code: str, severity: Severity, message: str) -> Finding:
    return Finding(code=code, name="x", severity=severity, message=message, hint="", where=Where())


def answer(status: str = PROCESSING, *, http: int = 200, **fields: Any) -> httpx.Response:
    body = {"id": 123, "external_id": "x.fit", "error": None, "status": status, "activity_id": None, **fields}
    return httpx.Response(http, json=body)


def posted(**fields: Any) -> httpx.Response:
    return answer(http=201, **fields)


READY = answer("Your activity is ready.", activity_id=2**53 + 1)
LINK = f"https://www.strava.com/activities/{2**53 + 1}"


def uploader(scripted: Any, fake_time: FakeTime, *answers: Any, **options: Any) -> tuple[Uploader, Any]:
    client, script = scripted(*answers)
    return Uploader(client, clock=fake_time.clock, sleep=fake_time.sleep, **options), script


def test_a_file_becomes_an_activity(scripted: Any, fake_time: FakeTime) -> None:
    send, script = uploader(scripted, fake_time, posted(), answer(), answer(), READY)
    done = send.upload(ride(), title="Morning")
    assert (done.outcome, done.ok, done.activity_id, done.upload_id) == ("ready", True, 2**53 + 1, 123)
    assert (done.link, done.polls, done.name) == (LINK, 3, "ride.fit")
    assert LINK in done.message
    assert done.raw is not None
    assert done.raw["status"] == "Your activity is ready."
    assert fake_time.slept == [1.5, 2.0, 4.0]
    assert [r.method for r in script.requests] == ["POST", "GET", "GET", "GET"]
    assert b"tracklint-abababababababab" in script.requests[0].content


def test_a_duplicate_is_a_success_with_its_link(scripted: Any, fake_time: FakeTime) -> None:
    error = "ride7.fit duplicate of &lt;a href='/activities/9007199254740993'&gt;Ride&lt;/a&gt;"
    send, _ = uploader(
        scripted, fake_time, posted(), answer("There was an error processing your activity.", error=error)
    )
    done = send.upload(ride())
    assert (done.outcome, done.ok, done.link, done.polls) == ("duplicate", True, LINK, 1)


@pytest.mark.parametrize("http", [201, 400])
def test_a_duplicate_told_in_the_answer_to_the_file(scripted: Any, fake_time: FakeTime, http: int) -> None:
    send, script = uploader(scripted, fake_time, answer(http=http, error="a.fit duplicate of activity 14296882"))
    done = send.upload(ride())
    assert (done.outcome, done.activity_id, done.polls) == ("duplicate", 14296882, 0)
    assert len(script.requests) == 1


def test_a_duplicate_of_an_uploading_activity_is_followed_there(scripted: Any, fake_time: FakeTime) -> None:
    twin = answer(http=400, error="a.fit duplicate of an uploading activity (77)")
    send, script = uploader(
        scripted, fake_time, twin, answer(id=77), answer("Your activity is ready.", id=77, activity_id=5)
    )
    done = send.upload(ride())
    assert (done.outcome, done.activity_id, done.upload_id) == ("duplicate", 5, 77)
    assert [r.url.path for r in script.requests[1:]] == ["/api/v3/uploads/77"] * 2


def test_two_uploads_that_name_each_other_end_at_the_deadline(scripted: Any, fake_time: FakeTime) -> None:
    send, _ = uploader(scripted, fake_time, posted(), answer(error="a duplicate of an uploading activity (123)"))
    done = send.upload(ride())
    assert (done.outcome, done.upload_id) == ("processing", 123)


def test_a_deleted_activity_is_told(scripted: Any, fake_time: FakeTime) -> None:
    send, _ = uploader(scripted, fake_time, posted(), answer("The created activity has been deleted."))
    done = send.upload(ride())
    assert (done.outcome, done.ok, done.link) == ("deleted", False, None)


@pytest.mark.parametrize(
    ("error", "says"),
    [
        ("Time information is missing from file.", "Time information is missing from file."),
        ("&lt;b&gt;The file is empty&lt;/b&gt;", "The file is empty"),
        (None, "There was an error processing your activity."),
    ],
)
def test_a_refusal_while_processing_gives_the_reason(
    scripted: Any, fake_time: FakeTime, error: str | None, says: str
) -> None:
    refused = answer("There was an error processing your activity.", error=error)
    done = uploader(scripted, fake_time, posted(), refused)[0].upload(ride())
    assert (done.outcome, done.ok, done.activity_id, done.upload_id) == ("failed", False, None, 123)
    assert done.message == f"Strava refuses the file: {says}"


def test_a_refusal_in_the_answer_to_the_file_gives_the_reason(scripted: Any, fake_time: FakeTime) -> None:
    done = uploader(scripted, fake_time, answer(http=400, error="Improperly formatted data."))[0].upload(ride())
    assert (done.outcome, done.upload_id, done.polls) == ("failed", 123, 0)
    assert "Improperly formatted data." in done.message

    item = {"message": "Bad Request", "errors": [{"resource": "upload", "field": "gzip", "code": "invalid encoding"}]}
    done = uploader(scripted, fake_time, httpx.Response(400, json=item))[0].upload(ride())
    assert (done.outcome, done.upload_id) == ("failed", None)
    assert "the gzip stream is damaged" in done.message


def test_the_deadline_keeps_the_upload_id(scripted: Any, fake_time: FakeTime) -> None:
    began = fake_time.now
    send, _ = uploader(scripted, fake_time, posted(), answer())
    done = send.upload(ride())
    assert (done.outcome, done.ok, done.upload_id) == ("processing", False, 123)
    assert done.message == "still processing; upload 123"
    assert fake_time.slept == [1.5, 2.0, 4.0, 8.0, 15.0, 15.0, 15.0, 15.0, 14.5]
    assert fake_time.now - began == 90
    assert done.polls == 9


def test_the_deadline_holds_when_the_clock_stands_still(scripted: Any, fake_time: FakeTime) -> None:
    client, _ = scripted(posted(), answer())
    done = Uploader(client, clock=lambda: 0.0, sleep=fake_time.sleep, deadline=10).upload(ride())
    assert done.outcome == "processing"
    assert sum(fake_time.slept) <= 10


@pytest.mark.parametrize("deadline", [0, 0.5, 1.2, 3.9, 17.3, 90, 200])
@pytest.mark.parametrize("polls", [(1.5, 2, 4, 8, 15), (1,), (1, 7.7)])
def test_no_question_comes_sooner_than_a_second(
    scripted: Any, fake_time: FakeTime, deadline: float, polls: tuple[float, ...]
) -> None:
    send, script = uploader(scripted, fake_time, posted(), answer(), deadline=deadline, polls=polls)
    done = send.upload(ride())
    assert min(fake_time.slept, default=1) >= 1
    assert sum(fake_time.slept) <= deadline
    assert done.polls == len(script.requests) - 1


@pytest.mark.parametrize("polls", [(), (0.5,), (2, 0.9)])
def test_polls_below_a_second_are_no_option(scripted: Any, polls: tuple[float, ...]) -> None:
    client, _ = scripted(posted())
    with pytest.raises(ValueError, match="1 s or more"):
        Uploader(client, polls=polls)


def test_trouble_between_questions_is_waited_out(scripted: Any, fake_time: FakeTime) -> None:
    send, _ = uploader(
        scripted,
        fake_time,
        posted(),
        httpx.Response(502, text="<html>"),
        httpx.ReadTimeout(""),
        httpx.Response(200),
        READY,
    )
    done = send.upload(ride())
    assert (done.outcome, done.polls) == ("ready", 4)


@pytest.mark.parametrize(
    ("trouble", "says"),
    [
        (httpx.Response(401), "does not accept the token"),
        (httpx.Response(429), "15-minute request limit"),
        (httpx.Response(404), "does not know upload 123 (404), which it has taken; ask again later"),
        (httpx.ConnectError("Connection refused"), "Connection refused"),
    ],
)
def test_the_upload_id_survives_any_trouble(scripted: Any, fake_time: FakeTime, trouble: Any, says: str) -> None:
    send, _ = uploader(scripted, fake_time, posted(), trouble)
    done = send.upload(ride())
    assert (done.outcome, done.upload_id) == ("processing", 123)
    assert "upload 123" in done.message
    assert says in done.message


def test_an_upload_can_be_taken_up_again(scripted: Any, fake_time: FakeTime) -> None:
    send, script = uploader(scripted, fake_time, answer(), READY)
    done = send.resume(123)
    assert (done.outcome, done.name, done.polls) == ("ready", "upload 123", 2)
    assert {r.method for r in script.requests} == {"GET"}


BAD = replace(
    REPORT,
    findings=(
        finding("TIM002", Severity.ERROR, "none of the 5 points has a time"),
        finding("SPT001", Severity.WARNING, "no sport"),
        finding("FIT003", Severity.ERROR, "the checksum differs"),
    ),
)


def test_what_the_check_refuses_is_not_sent_unless_forced(scripted: Any, fake_time: FakeTime) -> None:
    send, script = uploader(scripted, fake_time, posted(), READY)
    done = send.upload(ride(report=BAD))
    assert (done.outcome, done.ok, done.upload_id) == ("refused-before-sending", False, None)
    assert done.message == "not sent, for 2 errors: TIM002 none of the 5 points has a time; FIT003 the checksum differs"
    assert script.requests == []
    assert send.upload(ride(report=BAD), force=True).outcome == "ready"


def test_force_sends_no_content_that_has_no_data_type(scripted: Any, fake_time: FakeTime) -> None:
    send, script = uploader(scripted, fake_time, posted())
    done = send.upload(ride(report=BAD, data=b"<kml/>", data_type=""), force=True)
    assert done.outcome == "refused-before-sending"
    assert "none of FIT, TCX and GPX" in done.message
    assert script.requests == []


def test_warnings_do_not_keep_a_file_back(scripted: Any, fake_time: FakeTime) -> None:
    risky = replace(REPORT, findings=(finding("SPT001", Severity.WARNING, "no sport"),))
    assert uploader(scripted, fake_time, posted(), READY)[0].upload(ride(report=risky)).ok


def test_the_case_of_a_sport_is_corrected_and_told(scripted: Any, fake_time: FakeTime) -> None:
    send, script = uploader(scripted, fake_time, posted(), READY)
    done = send.upload(ride(), sport_type="gravel ride")
    assert b"GravelRide" in script.requests[0].content
    assert done.notes == ("sport_type gravel ride is sent as GravelRide, the way Strava spells it",)
    send, script = uploader(scripted, fake_time, posted(), READY)
    assert "none that tracklint knows" in send.upload(ride(), sport_type="Unicycling").notes[0]
    assert b"Unicycling" in script.requests[0].content
    send, _ = uploader(scripted, fake_time, posted(), READY)
    assert send.upload(ride(), sport_type="Ride").notes == ()


@pytest.mark.parametrize("trouble", [httpx.ConnectError("refused"), httpx.ReadTimeout(""), httpx.Response(503)])
def test_a_file_is_sent_once_more_after_trouble(scripted: Any, fake_time: FakeTime, trouble: Any) -> None:
    again = answer(http=400, error="a.fit duplicate of activity 14296882")
    send, script = uploader(scripted, fake_time, trouble, again)
    done = send.upload(ride())
    assert (done.outcome, done.activity_id) == ("duplicate", 14296882)
    assert [r.method for r in script.requests] == ["POST", "POST"]
    assert script.requests[0].content.count(b"tracklint-ab") == 1
    assert len(done.notes) == 1
    assert done.notes[0].startswith("sent again")


@pytest.mark.parametrize(
    ("trouble", "kind", "requests"),
    [
        (httpx.ReadTimeout(""), NetworkTrouble, 2),
        (httpx.Response(500), ServerTrouble, 2),
        (httpx.Response(401), NotAuthorised, 1),
        (httpx.Response(429), RateLimited, 1),
    ],
)
def test_trouble_before_there_is_an_upload_id_is_raised(
    scripted: Any, fake_time: FakeTime, trouble: Any, kind: type[Exception], requests: int
) -> None:
    send, script = uploader(scripted, fake_time, trouble)
    with pytest.raises(kind) as caught:
        send.upload(ride())
    assert not isinstance(caught.value, Refused)
    assert len(script.requests) == requests
