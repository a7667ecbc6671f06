"""The journal: every step on the disk, one row for a file of an account, and a clear word where it cannot be used."""

from __future__ import annotations

import multiprocessing
import sqlite3
import time
from pathlib import Path

import pytest

from tracklint.strava.journal import Entry, Journal, JournalTrouble
from tracklint.strava.settings import Settings

BASE = "https://www.strava.com/api/v3"


def entry(sha256: str = "a" * 64, **facts: object) -> Entry:
    return Entry(**{"sha256": sha256, "name": "ride.fit", "external_id": "tracklint-a", **facts})  # type: ignore[arg-type]


def journal(path: Path, account: str = "7") -> Journal:
    return Journal(path / "state" / "journal.sqlite", api_base=BASE, account=account, clock=lambda: 1000.0)


def test_a_step_is_there_for_another_process_at_once(tmp_path: Path) -> None:
    with journal(tmp_path) as first, journal(tmp_path) as second:
        planned = first.plan(entry(request={"fields": {"title": "Morning"}}))
        assert second.find("a" * 64) == planned
        first.note(planned, "processing", upload_id=2**53 + 1)
        found = second.find("a" * 64)
        assert found is not None
        assert (found.state, found.upload_id, found.request) == (
            "processing",
            2**53 + 1,
            {"fields": {"title": "Morning"}},
        )


def test_the_same_file_of_another_account_or_server_is_another_row(tmp_path: Path) -> None:
    with journal(tmp_path) as first, journal(tmp_path, account="8") as second:
        first.plan(entry())
        assert second.find("a" * 64) is None
        second.plan(entry(name="other.fit"))
        assert [e.name for e in first.entries()] == ["ride.fit"]


def test_unfinished_are_those_without_an_end_and_those_whose_photo_is_wanted(tmp_path: Path) -> None:
    with journal(tmp_path) as found:
        for number, state in enumerate(("planned", "sending", "processing", "ready", "failed", "duplicate", "refused")):
            found.note(found.plan(entry(f"{number:064}", name=state)), state)
        found.note(found.plan(entry("f" * 64, name="photo", photo="wanted")), "ready", activity_id=5)
        assert [e.name for e in found.unfinished()] == ["planned", "sending", "processing", "photo"]


def test_a_file_that_is_begun_anew_forgets_its_former_upload(tmp_path: Path) -> None:
    with journal(tmp_path) as found:
        done = found.note(found.plan(entry()), "ready", upload_id=3, activity_id=4, message="there")
        again = found.plan(entry(name="again.fit"))
        assert (done.activity_id, again.activity_id, again.upload_id, again.message) == (4, None, None, "")
        assert [e.name for e in found.entries()] == ["again.fit"]


def test_a_file_that_is_begun_anew_is_given_as_it_stands_in_the_journal(tmp_path: Path) -> None:
    hours = iter((1000.0, 4600.0))
    with Journal(tmp_path / "journal.sqlite", api_base=BASE, clock=lambda: next(hours)) as found:
        found.plan(entry())
        again = found.plan(entry())
        assert again == found.find("a" * 64)
        assert (again.created, again.updated) == (1000.0, 4600.0)


@pytest.mark.parametrize("content", [b"this is no database" * 100, b""])
def test_a_file_that_is_no_journal_is_named(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "state" / "journal.sqlite"
    path.parent.mkdir()
    path.write_bytes(content)
    if not content:
        assert Journal(path, api_base=BASE).entries() == []
        return
    with pytest.raises(JournalTrouble, match=r"journal\.sqlite: the journal of uploads cannot be used"):
        Journal(path, api_base=BASE)


def test_a_journal_of_a_later_version_is_left_alone(tmp_path: Path) -> None:
    with journal(tmp_path) as found:
        path = found.path
    with sqlite3.connect(path) as db:
        db.execute("PRAGMA user_version = 99")
    db.close()
    with pytest.raises(JournalTrouble, match="a later version of tracklint"):
        journal(tmp_path)


def test_a_full_disk_is_told_and_what_stood_there_stands(tmp_path: Path) -> None:
    with journal(tmp_path) as found:
        kept = found.plan(entry())
        found._db.execute(f"PRAGMA max_page_count = {found._db.execute('PRAGMA page_count').fetchone()[0]}")
        with pytest.raises(JournalTrouble, match="full"):
            found.plan(entry("b" * 64, message="x" * 100_000))
        assert found.find("a" * 64) == kept


def _hold(home: str, ready: object, free: object) -> None:
    with Journal.of(Settings(home=Path(home)), api_base=BASE, account=""):
        ready.set()  # type: ignore[attr-defined]
        free.wait(30)  # type: ignore[attr-defined]


def test_one_process_at_a_time_has_the_journal_and_the_next_one_waits_for_it(tmp_path: Path) -> None:
    context = multiprocessing.get_context("spawn")
    ready, free = context.Event(), context.Event()
    other = context.Process(target=_hold, args=(str(tmp_path), ready, free))
    other.start()
    assert ready.wait(30)
    said: list[str] = []

    def told(text: str) -> None:
        said.append(text)
        free.set()

    with Journal.of(Settings(home=tmp_path), api_base=BASE, account="", waiting=told) as found:
        assert found.entries() == []
    other.join(30)
    assert said == ["another tracklint is sending files; this one goes on when it has ended"]


def test_a_killed_process_leaves_no_lock(tmp_path: Path) -> None:
    context = multiprocessing.get_context("spawn")
    ready, free = context.Event(), context.Event()
    other = context.Process(target=_hold, args=(str(tmp_path), ready, free))
    other.start()
    assert ready.wait(30)
    other.kill()
    other.join(30)
    said: list[str] = []
    began = time.monotonic()
    with Journal.of(Settings(home=tmp_path), api_base=BASE, account="", waiting=said.append):
        assert said == []
    assert time.monotonic() >= began
