"""Many files on a scripted transport: in turn, within the limits, once each, and taken up again after any stop."""

from __future__ import annotations

import gzip
import zipfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import httpx
import pytest

from tracklint.config import Config, Limits
from tracklint.preparing import prepare
from tracklint.source import Unreadable
from tracklint.strava.batch import Batch, Job
from tracklint.strava.client import Client
from tracklint.strava.errors import Forbidden, NotAuthorised
from tracklint.strava.jobs import Order, jobs_again, jobs_for, replaced
from tracklint.strava.journal import Entry, Journal
from tracklint.strava.uploader import Uploaded, Uploader
from tracklint.testing import Ride

from .conftest import AT_10_07, TOKEN, FakeTime

PROCESSING = "Your activity is still being processed."
FAILED = "There was an error processing your activity."
FULL = {"X-RateLimit-Limit": "200,2000", "X-RateLimit-Usage": "195,300"}


@dataclass
class Stand:
    """A small Strava: takes uploads, answers each ready at its ``ready_after``-th question, and can be told otherwise.

    ``before`` is asked with each request first: what it returns or raises is the answer.
    """

    ready_after: int = 1
    before: Callable[[httpx.Request], httpx.Response | None] = lambda _request: None
    posts: list[bytes] = field(default_factory=list)
    questions: list[int] = field(default_factory=list)
    seen: dict[bytes, int] = field(default_factory=dict)

    def __call__(self, request: httpx.Request) -> httpx.Response:
        request.read()
        if (early := self.before(request)) is not None:
            return early
        return self.take(request)

    def take(self, request: httpx.Request) -> httpx.Response:
        if request.method == "POST":
            self.posts.append(request.content)
            key = request.content.partition(b'name="external_id"')[2].split(b"\r\n")[2]
            if key in self.seen:
                return self.answer(http=400, error=f"x duplicate of activity {self.seen[key]}", status=FAILED)
            number = self.seen[key] = len(self.posts)
            return self.answer(http=201, id=number)
        number = int(request.url.path.rpartition("/")[2])
        self.questions.append(number)
        ready = self.questions.count(number) >= self.ready_after
        return self.answer(id=number, **({"status": "Your activity is ready.", "activity_id": number} if ready else {}))

    def answer(self, *, http: int = 200, **fields: Any) -> httpx.Response:
        body = {"id": 1, "external_id": "x", "error": None, "status": PROCESSING, "activity_id": None, **fields}
        return httpx.Response(http, json=body)


@dataclass
class Bench:
    stand: Stand
    time: FakeTime
    journal: Journal
    said: list[str] = field(default_factory=list)

    def batch(self, **options: Any) -> Batch:
        client = Client(TOKEN, transport=httpx.MockTransport(self.stand), clock=self.time.clock)
        uploader = Uploader(client, clock=self.time.clock, sleep=self.time.sleep)
        clocks = {"clock": self.time.clock, "sleep": self.time.sleep, "now": self.time.clock}
        return Batch(uploader, self.journal, tell=self.said.append, **clocks, **options)

    def run(self, jobs: list[Job], **options: Any) -> list[Uploaded]:
        return list(self.batch(**options).run(jobs))

    def states(self) -> list[str]:
        return [e.state for e in self.journal.entries()]


@pytest.fixture
def bench(tmp_path: Path, fake_time: FakeTime) -> Iterator[Bench]:
    with Journal(tmp_path / "journal.sqlite", api_base="x", clock=fake_time.clock) as journal:
        yield Bench(Stand(), fake_time, journal)


def jobs(count: int = 3, **options: Any) -> list[Job]:
    found = []
    for i in range(count):
        data = Ride(seconds=5, start=f"2024-05-{i + 1:02}T10:00:00Z").gpx()

        def ready(data: bytes = data, i: int = i) -> Any:
            return prepare(data, name=f"ride{i}.gpx"), {}

        found.append(Job(name=f"ride{i}.gpx", sha256=f"{i:064}", prepare=ready, **options))
    return found


def outcomes(done: list[Uploaded]) -> list[tuple[str, str]]:
    return [(each.name, each.outcome) for each in done]


def test_all_are_sent_before_the_first_is_asked_about_and_then_in_turn(bench: Bench) -> None:
    order: list[str] = []

    def watch(request: httpx.Request) -> None:
        order.append(request.method if request.method == "POST" else request.url.path[-1])

    bench.stand.ready_after, bench.stand.before = 2, watch
    done = bench.run(jobs(3))
    assert order == ["POST", "POST", "POST", "1", "2", "3", "1", "2", "3"]
    assert outcomes(done) == [(f"ride{i}.gpx", "ready") for i in range(3)]
    assert bench.states() == ["ready"] * 3
    assert all(each.polls == 2 for each in done)


def test_one_upload_is_asked_about_at_the_documented_pace(bench: Bench) -> None:
    bench.stand.ready_after = 7
    bench.run(jobs(1))
    assert bench.time.slept == [1.5, 2.0, 4.0, 8.0, 15.0, 15.0, 15.0]


def test_an_upload_that_processes_for_ever_is_left_with_its_id_and_taken_up_again(bench: Bench) -> None:
    bench.stand.ready_after = 10**6
    [left] = bench.run(jobs(1))
    assert (left.outcome, left.upload_id, bench.states()) == ("processing", 1, ["processing"])
    bench.stand.ready_after = 1
    [done] = bench.run(jobs(1))
    assert (done.outcome, len(bench.stand.posts)) == ("ready", 1)


def test_the_same_file_is_sent_again_only_when_that_is_asked_for(bench: Bench) -> None:
    bench.run(jobs(1))
    [known] = bench.run(jobs(1))
    assert (known.outcome, known.activity_id, len(bench.stand.posts)) == ("ready", 1, 1)
    assert "sent before (2024-05-01), so not sent again" in known.message
    bench.stand.seen.clear()
    [again] = bench.run(jobs(1, again=True))
    assert (again.outcome, len(bench.stand.posts)) == ("ready", 2)


def test_a_file_that_strava_refused_may_be_sent_again(bench: Bench) -> None:
    bench.stand.before = lambda _request: bench.stand.answer(http=400, error="The file is empty", status=FAILED)
    assert outcomes(bench.run(jobs(1))) == [("ride0.gpx", "failed")]
    bench.stand.before = lambda _request: None
    assert outcomes(bench.run(jobs(1))) == [("ride0.gpx", "ready")]


def test_what_the_check_refuses_is_not_sent_and_the_others_are(bench: Bench) -> None:
    plan = Ride(seconds=5).gpx(change={i: {"time": None} for i in range(6)})
    bad = Job(
        name="plan.gpx",
        sha256="f" * 64,
        prepare=lambda: (prepare(plan, name="plan.gpx"), {}),
    )
    done = bench.run([bad, *jobs(1)])
    assert outcomes(done) == [("plan.gpx", "refused-before-sending"), ("ride0.gpx", "ready")]
    assert len(bench.stand.posts) == 1


def test_no_network_before_sending_leaves_every_file_planned(bench: Bench) -> None:
    def down(_request: httpx.Request) -> None:
        raise httpx.ConnectError("[Errno -3] Temporary failure in name resolution")

    bench.stand.before = down
    done = bench.run(jobs(3))
    assert {each.outcome for each in done} == {"unfinished"}
    assert "Temporary failure in name resolution" in done[0].message
    assert bench.states() == ["planned"] * 3
    bench.stand.before = lambda _request: None
    assert {each.outcome for each in bench.run(jobs(3))} == {"ready"}


def test_a_timeout_after_strava_has_the_file_ends_in_its_activity_and_not_in_a_second_one(bench: Bench) -> None:
    lost = [True]

    def accept_and_be_silent(request: httpx.Request) -> httpx.Response | None:
        if request.method == "POST" and lost and lost.pop():
            bench.stand.take(request)
            raise httpx.ReadTimeout("")
        return None

    bench.stand.before = accept_and_be_silent
    [done] = bench.run(jobs(1))
    assert (done.outcome, done.activity_id) == ("duplicate", 1)
    assert any("sent again" in note for note in done.notes)


def test_a_file_that_is_twice_sent_without_an_answer_is_not_lost(bench: Bench) -> None:
    def accept_and_be_silent(request: httpx.Request) -> httpx.Response:
        bench.stand.take(request)
        raise httpx.ReadTimeout("")

    bench.stand.before = accept_and_be_silent
    [left] = bench.run(jobs(1))
    assert (left.outcome, bench.states()) == ("unfinished", ["sending"])
    assert "may have been accepted all the same" in left.message
    bench.stand.before = lambda _request: None
    [done] = bench.run(jobs(1))
    assert (done.outcome, done.activity_id) == ("duplicate", 1)


def test_a_kill_between_the_answer_and_the_journal_ends_in_one_activity(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Killed(BaseException):
        pass

    note = Journal.note

    def die(self: Journal, entry: Any, state: str, **changed: Any) -> Any:
        if state == "processing":
            raise Killed
        return note(self, entry, state, **changed)

    monkeypatch.setattr(Journal, "note", die)
    with pytest.raises(Killed):
        bench.run(jobs(1))
    assert bench.states() == ["sending"]
    monkeypatch.setattr(Journal, "note", note)
    [done] = bench.run(jobs(1))
    assert (done.outcome, done.activity_id, bench.states()) == ("duplicate", 1, ["duplicate"])
    assert bench.said == ["ride0.gpx: it is not known whether it arrived, so it is sent again; Strava tells duplicates"]


def test_the_request_limit_stops_the_batch_and_saves_the_rest(bench: Bench) -> None:
    def nearly_full(request: httpx.Request) -> httpx.Response:
        answer = bench.stand.take(request)
        if len(bench.stand.posts) == 2:
            answer.headers.update(FULL)
        return answer

    bench.stand.before = nearly_full
    done = bench.run(jobs(4))
    assert sorted(outcomes(done)) == [
        ("ride0.gpx", "processing"), ("ride1.gpx", "processing"), ("ride2.gpx", "unfinished"), ("ride3.gpx", "unfinished"),
    ]  # fmt: skip
    assert all("opens again at 2024-05-01 10:15:00 UTC" in each.message for each in done)
    assert bench.states() == ["processing", "processing", "planned", "planned"]
    bench.stand.before = lambda _request: None
    bench.time.now = AT_10_07 + 3600
    assert {each.outcome for each in bench.run(jobs(4))} == {"ready"}
    assert len(bench.stand.posts) == 4


def test_with_wait_the_batch_goes_on_when_the_window_opens(bench: Bench) -> None:
    def nearly_full(request: httpx.Request) -> httpx.Response:
        answer = bench.stand.take(request)
        if request.method == "POST" and len(bench.stand.posts) == 1:
            answer.headers.update(FULL)
        return answer

    bench.stand.before = nearly_full
    assert {each.outcome for each in bench.run(jobs(2), wait=True)} == {"ready"}
    assert bench.said == ["Strava's request limit is reached; waiting until 2024-05-01 10:15:00 UTC"]
    assert bench.time.now >= AT_10_07 + 480


def test_a_429_to_a_file_is_waited_for_and_the_file_is_sent_once(bench: Bench) -> None:
    refused = [True]

    def once(request: httpx.Request) -> httpx.Response | None:
        if request.method == "POST" and refused and refused.pop():
            return httpx.Response(429, json={"message": "Rate Limit Exceeded", "errors": []})
        return None

    bench.stand.before = once
    assert outcomes(bench.run(jobs(1), wait=True)) == [("ride0.gpx", "ready")]
    assert len(bench.stand.posts) == 1


def watched(found: list[Job]) -> tuple[list[Job], list[str]]:
    """The jobs, and the names of those that were made ready, as that happens."""
    names: list[str] = []

    def watch(job: Job) -> Job:
        def ready() -> Any:
            names.append(job.name)
            return job.prepare()

        return replace(job, prepare=ready)

    return [watch(job) for job in found], names


def test_no_file_is_checked_while_there_is_no_room_for_it(bench: Bench) -> None:
    def nearly_full(request: httpx.Request) -> httpx.Response:
        answer = bench.stand.take(request)
        answer.headers.update(FULL)
        return answer

    bench.stand.before = nearly_full
    found, checked = watched(jobs(3))
    bench.run(found)
    assert checked == ["ride0.gpx"]


def test_a_file_is_checked_once_however_often_it_is_refused_for_the_limit(bench: Bench) -> None:
    refused = [True, True]

    def twice(request: httpx.Request) -> httpx.Response | None:
        if request.method == "POST" and refused and refused.pop():
            return httpx.Response(429, json={"message": "Rate Limit Exceeded", "errors": []})
        return None

    bench.stand.before = twice
    found, checked = watched(jobs(1))
    assert outcomes(bench.run(found, wait=True)) == [("ride0.gpx", "ready")]
    assert (checked, len(bench.stand.posts)) == (["ride0.gpx"], 1)


def test_a_429_to_a_question_is_waited_for_and_costs_no_file_its_deadline(bench: Bench) -> None:
    refused = [True]

    def once(request: httpx.Request) -> httpx.Response | None:
        if request.method == "GET" and bench.stand.questions and refused and refused.pop():
            full = {"X-RateLimit-Limit": "200,2000", "X-RateLimit-Usage": "200,300"}
            return httpx.Response(429, headers=full, json={"message": "Rate Limit Exceeded", "errors": []})
        return None

    bench.stand.before, bench.stand.ready_after = once, 3
    assert outcomes(bench.run(jobs(2), wait=True)) == [("ride0.gpx", "ready"), ("ride1.gpx", "ready")]
    assert bench.said == ["Strava's request limit is reached; waiting until 2024-05-01 10:15:00 UTC"]


@pytest.mark.parametrize(("http", "error"), [(401, NotAuthorised), (403, Forbidden)])
def test_what_holds_for_every_file_ends_the_batch_with_all_saved(bench: Bench, http: int, error: type) -> None:
    bench.stand.before = lambda _request: httpx.Response(http, json={"message": "no", "errors": []})
    with pytest.raises(error):
        bench.run(jobs(3))
    assert bench.states() == ["planned"] * 3


@pytest.mark.parametrize("http", [500, 503])
def test_strava_in_trouble_while_it_is_asked_does_not_lose_the_upload(bench: Bench, http: int) -> None:
    trouble = [True, True]

    def sometimes(request: httpx.Request) -> httpx.Response | None:
        if request.method == "GET" and trouble and trouble.pop():
            return httpx.Response(http, text="<html>Bad Gateway</html>")
        return None

    bench.stand.before = sometimes
    assert outcomes(bench.run(jobs(1))) == [("ride0.gpx", "ready")]


def test_ctrl_c_while_asking_leaves_everything_to_be_taken_up_again(bench: Bench) -> None:
    def interrupt(request: httpx.Request) -> None:
        if request.method == "GET":
            raise KeyboardInterrupt

    bench.stand.before = interrupt
    with pytest.raises(KeyboardInterrupt):
        bench.run(jobs(2))
    assert bench.states() == ["processing", "processing"]
    bench.stand.before = lambda _request: None
    assert {each.outcome for each in bench.run(jobs(2))} == {"ready"}
    assert len(bench.stand.posts) == 2


def test_ctrl_c_while_sending_leaves_that_file_with_an_unknown_end(bench: Bench) -> None:
    def interrupt(_request: httpx.Request) -> None:
        raise KeyboardInterrupt

    bench.stand.before = interrupt
    with pytest.raises(KeyboardInterrupt):
        bench.run(jobs(2))
    assert bench.states() == ["sending", "planned"]


def test_a_duplicate_of_an_upload_under_way_follows_that_upload(bench: Bench) -> None:
    def doubled(request: httpx.Request) -> httpx.Response | None:
        if request.method == "POST":
            error = "ride0.gpx duplicate of an uploading activity (77)"
            return bench.stand.answer(http=400, id=5, error=error, status=FAILED)
        return None

    bench.stand.before = doubled
    [done] = bench.run(jobs(1))
    assert (done.outcome, done.activity_id, bench.stand.questions) == ("duplicate", 77, [77])


def test_two_files_of_one_content_are_one_upload(bench: Bench) -> None:
    [job] = jobs(1)
    done = bench.run([job, replace(job, name="copy.gpx"), replace(job, name="again.gpx", again=True)])
    assert outcomes(done) == [("ride0.gpx", "ready"), ("copy.gpx", "ready"), ("again.gpx", "ready")]
    assert "the same content as ride0.gpx, which was sent: https://www.strava.com/activities/1" in done[1].message
    assert len(bench.stand.posts) == 1


def test_a_photo_is_wanted_until_it_is_sent(bench: Bench) -> None:
    results = ["failed", "sent"]

    def finish(_job: Job, done: Uploaded) -> Uploaded:
        return replace(done, photo=results.pop(0))

    [first] = bench.run(jobs(1, photo="x.jpg"), finish=finish)
    assert (first.photo, [e.photo for e in bench.journal.unfinished()]) == ("failed", ["wanted"])
    [second] = bench.run(jobs(1, photo="x.jpg"), finish=finish)
    assert (second.photo, bench.journal.unfinished(), len(bench.stand.posts)) == ("sent", [], 1)


def _photographer(done: list[str], outcome: str = "sent") -> Callable[[Job, Uploaded], Uploaded]:
    def finish(job: Job, uploaded: Uploaded) -> Uploaded:
        done.append(str(job.photo))
        return replace(uploaded, photo=outcome)

    return finish


def test_a_photo_goes_with_a_file_that_was_sent_before_and_once(bench: Bench) -> None:
    bench.run(jobs(1))
    taken: list[str] = []
    finish = _photographer(taken)
    [first] = bench.run(jobs(1, photo="x.jpg"), finish=finish)
    assert (first.photo, first.notes, taken, bench.journal.unfinished()) == ("sent", (), ["x.jpg"], [])
    [second] = bench.run(jobs(1, photo="x.jpg"), finish=finish)
    assert (second.photo, second.notes) == ("", ("the photo x.jpg was sent before, so not sent again",))
    [other] = bench.run(jobs(1, photo="y.jpg"), finish=finish)
    assert (other.photo, taken, len(bench.stand.posts)) == ("sent", ["x.jpg", "y.jpg"], 1)
    assert "sent before (2024-05-01)" in other.message


def test_a_photo_that_did_not_go_with_a_file_sent_before_is_named_for_a_later_run(bench: Bench) -> None:
    bench.run(jobs(1))
    bench.run(jobs(1, photo="x.jpg"), finish=_photographer([], "failed"))
    [entry] = bench.journal.unfinished()
    assert (entry.state, entry.request) == ("ready", {"fields": {"photo": "x.jpg"}})


def test_a_photo_that_strava_gave_no_address_for_may_be_given_again(bench: Bench) -> None:
    taken: list[str] = []
    for outcome in ("unavailable", "sent"):
        [done] = bench.run(jobs(1, photo="x.jpg"), finish=_photographer(taken, outcome))
        assert done.photo == outcome
    assert len(taken) == 2


def test_a_photo_of_a_deleted_activity_is_not_sent_and_that_is_said(bench: Bench) -> None:
    bench.run(jobs(1))
    [entry] = bench.journal.entries()
    bench.journal.note(entry, "deleted")
    [done] = bench.run(jobs(1, photo="x.jpg"), finish=_photographer([]))
    assert done.notes == ("the photo x.jpg is not sent: the activity has been deleted",)
    assert bench.journal.unfinished() == []


def test_a_photo_of_a_copy_is_not_sent_and_that_is_said(bench: Bench) -> None:
    [job] = jobs(1)
    taken: list[str] = []
    _, copy = bench.run([job, replace(job, name="copy.gpx", photo="x.jpg")], finish=_photographer(taken))
    assert (copy.notes, taken) == (("the photo x.jpg is not sent: the content went with ride0.gpx",), [])


def test_a_photo_of_a_file_sent_before_waits_for_room(bench: Bench) -> None:
    def nearly_full(request: httpx.Request) -> httpx.Response:
        answer = bench.stand.take(request)
        if len(bench.stand.posts) == 2:
            answer.headers.update(FULL)
        return answer

    known, new = jobs(2)
    bench.run([known])
    bench.stand.before = nearly_full
    taken: list[str] = []
    bench.run([new, replace(known, photo="x.jpg")], finish=_photographer(taken))
    assert taken == []
    assert [e.photo for e in bench.journal.unfinished() if e.sha256 == known.sha256] == ["wanted"]


def test_a_file_is_known_again_under_the_cap_of_the_configuration(tmp_path: Path) -> None:
    path = tmp_path / "ride.gpx.gz"
    path.write_bytes(gzip.compress(Ride(seconds=60).gpx()))
    order = Order(config=Config(limits=Limits(max_inflated_bytes=1000)))
    unread: list[Unreadable] = []
    [job] = jobs_for([path], order, unread.append)
    entry = Entry(sha256=job.sha256, name=job.name, path=job.path, request=job.request)
    assert [again.sha256 for again in jobs_again([entry], order, unread.append)] == [job.sha256]
    assert unread == []


def test_the_second_member_of_one_name_is_known_again_as_the_second(tmp_path: Path) -> None:
    """It was taken for the first one: told to be changed, and to be replaced by it."""
    path = tmp_path / "rides.zip"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("ride.gpx", Ride(seconds=60).gpx())
        with pytest.warns(UserWarning, match="Duplicate name"):
            archive.writestr("ride.gpx", Ride(seconds=90).gpx())
    order, unread = Order(config=Config()), list[Unreadable]()
    given = list(jobs_for([path], order, unread.append))
    entries = [Entry(sha256=job.sha256, name=job.name, path=job.path, request=job.request) for job in given]
    again = list(jobs_again(entries, order, unread.append))
    assert [(job.sha256, job.prepare()[0].external_id) for job in again] == [
        (job.sha256, f"tracklint-{job.sha256[:16]}") for job in given
    ]
    assert len({job.sha256 for job in again}) == 2
    assert unread == []
    assert replaced(entries, given) == []


def test_a_404_to_a_question_is_asked_again_and_stays_resumable(bench: Bench) -> None:
    unknown = [True, True]

    def not_yet(request: httpx.Request) -> httpx.Response | None:
        known = request.method == "POST" or not (unknown and unknown.pop())
        return None if known else httpx.Response(404, json={"message": "Record Not Found", "errors": []})

    bench.stand.before = not_yet
    assert outcomes(bench.run(jobs(1))) == [("ride0.gpx", "ready")]
    unknown[:] = [True] * 1000
    [left] = bench.run(jobs(2)[1:])
    assert (left.outcome, left.upload_id, bench.journal.unfinished()[0].state) == ("processing", 2, "processing")
    assert "Strava does not know upload 2 (404), which it has taken; ask again later" in left.message
    unknown.clear()
    assert outcomes(bench.run(jobs(2)[1:])) == [("ride1.gpx", "ready")]
    assert len(bench.stand.posts) == 2


def test_an_upload_that_strava_does_not_know_any_more_may_be_sent_again(bench: Bench) -> None:
    def never(request: httpx.Request) -> httpx.Response | None:
        return None if request.method == "POST" else httpx.Response(404, json={})

    bench.stand.before = never
    bench.run(jobs(1))
    bench.stand.before = lambda _request: None
    bench.stand.seen.clear()
    assert outcomes(bench.run(jobs(1, again=True))) == [("ride0.gpx", "ready")]
    assert len(bench.stand.posts) == 2


def test_a_failed_file_with_a_wanted_photo_is_not_gone_on_with(bench: Bench) -> None:
    bench.stand.before = lambda _request: bench.stand.answer(http=400, error="The file is empty", status=FAILED)
    bench.run(jobs(1, photo="x.jpg"), finish=_photographer([]))
    assert bench.states() == ["failed"]
    assert bench.journal.unfinished() == []


def test_half_a_character_in_stravas_answer_does_not_stall_the_journal(bench: Bench) -> None:
    error = '{"id": 1, "error": "no \\ud800 such"}'
    bench.stand.before = lambda _request: httpx.Response(400, content=error.encode())
    [done] = bench.run(jobs(1))
    assert done.outcome == "failed"
    [entry] = bench.journal.entries()
    assert (entry.state, entry.message) == ("failed", "Strava refuses with status 400: no \ud800 such")


def test_a_name_that_is_no_utf8_is_sent_with_a_question_mark(bench: Bench) -> None:
    name = "r\udcffde.gpx"
    data = Ride(seconds=5, start="2023-01-01T10:00:00Z").gpx()
    bad = Job(name=name, sha256="e" * 64, prepare=lambda: (prepare(data, name=name), {"title": name}), path=f"/{name}")
    assert outcomes(bench.run([bad, *jobs(1)])) == [(name, "ready"), ("ride0.gpx", "ready")]
    [first, _] = bench.stand.posts
    assert b'name="name"\r\n\r\nr?de.gpx' in first
    assert b'filename="r?de.gpx.gz"' in first
    assert bench.journal.entries()[0].path == f"/{name}"
