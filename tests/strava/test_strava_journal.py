"""The journal: every step on the disk, one row for a file of an account, and a clear word where it cannot be used."""

from __future__ import annotations

import multiprocessing
import os
import random
import sqlite3
import stat
import time
from pathlib import Path

import pytest

from tracklint.strava.journal import DamagedJournal, Entry, Journal, JournalTrouble
from tracklint.strava.salvage import mend_journal, salvaged
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
        for end in ("failed", "refused", "deleted"):
            found.note(found.plan(entry(f"{len(end):064x}f"[1:], name=end, photo="wanted")), end)
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
    with pytest.raises(JournalTrouble, match=r"journal\.sqlite: the journal of uploads is damaged"):
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


def test_bytes_that_are_no_utf8_and_halves_of_characters_come_back_as_they_were(tmp_path: Path) -> None:
    name = os.fsdecode(b"r\xff\xe4de.gpx")
    with journal(tmp_path) as found:
        planned = found.plan(entry(name=name, path=f"/rides/{name}", request={"fields": {"title": name}}))
        found.note(planned, "failed", message="no \ud800 such \udfff")
    with journal(tmp_path) as found:
        [kept] = found.entries()
    assert (kept.name, kept.path, kept.request) == (name, f"/rides/{name}", {"fields": {"title": name}})
    assert kept.message == "no \ud800 such \udfff"


@pytest.mark.skipif(os.name != "posix", reason="modes of files")
def test_a_journal_is_private_to_its_owner_also_one_that_was_not(tmp_path: Path) -> None:
    mask = os.umask(0)
    try:
        with journal(tmp_path) as found:
            found.plan(entry())
            modes = {file.name: stat.S_IMODE(file.stat().st_mode) for file in found.path.parent.iterdir()}
            found.path.chmod(0o644)
        with journal(tmp_path) as found:
            assert stat.S_IMODE(found.path.stat().st_mode) == 0o600
        with Journal.of(Settings(home=tmp_path / "of"), api_base=BASE, account=""):
            modes |= {f"of/{each.name}": stat.S_IMODE(each.stat().st_mode) for each in (tmp_path / "of").iterdir()}
    finally:
        os.umask(mask)
    assert set(modes.values()) == {0o600}
    assert len(modes) >= 5
    assert [stat.S_IMODE((tmp_path / name).stat().st_mode) for name in ("state", "of")] == [0o700] * 2


def _filled(path: Path, count: int) -> tuple[Path, bytes, bytes]:
    """A journal that its process left open, as a kill does: its place, and the bytes of its file and of its log."""
    found = journal(path)
    for number in range(count):
        planned = found.plan(entry(f"{number:064x}", name=f"ride{number}.fit", message="x" * (5000 * (number == 7))))
        if number % 3:
            found.note(planned, "ready", activity_id=number)
        if number == count // 2:
            found._db.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    files = found.path.read_bytes(), Path(f"{found.path}-wal").read_bytes()
    found.close()
    found.path.write_bytes(files[0])
    Path(f"{found.path}-wal").write_bytes(files[1])
    return found.path, *files


def test_every_entry_is_read_from_a_journal_with_nothing_wrong_also_from_its_log(tmp_path: Path) -> None:
    _, content, logged = _filled(tmp_path, 60)
    with journal(tmp_path) as found:
        want = [(e.sha256, e.name, e.state, e.activity_id, e.message) for e in found.entries()]
    rows = salvaged(content, logged)
    got = [(r["sha256"], r["name"], r["state"], r["activity_id"], r["message"]) for r in rows]
    assert sorted(got) == sorted(want)
    assert len(got) == 60


def test_a_damaged_page_is_told_with_its_file_and_costs_the_entries_on_it(tmp_path: Path) -> None:
    path, content, _ = _filled(tmp_path, 60)
    Path(f"{path}-wal").unlink()
    rows = salvaged(content)
    for page in range(len(content) // 4096):
        damaged = bytearray(content)
        damaged[page * 4096 : page * 4096 + 4096] = random.Random(page).randbytes(4096)
        path.write_bytes(damaged)
        with pytest.raises(
            DamagedJournal, match=r"journal\.sqlite: the journal of uploads is damaged \(.+--mend-journal"
        ):
            journal(tmp_path).entries()
        on_it = len(rows) - len(salvaged(bytes(damaged)))
        assert on_it < 30
        mended = mend_journal(path)
        assert mended.entries == len(rows) - on_it
        assert mended.aside.read_bytes() == damaged
        with journal(tmp_path) as found:
            assert len(found.entries()) == mended.entries
            found.plan(entry("f" * 64))


def test_an_unknown_state_is_told_and_the_entry_is_kept_as_one_to_ask_about(tmp_path: Path) -> None:
    with journal(tmp_path) as found:
        for number, (upload_id, activity_id) in enumerate([(None, None), (5, None), (5, 6)]):
            planned = found.plan(entry(f"{number:064}"))
            found.note(planned, "plamned", upload_id=upload_id, activity_id=activity_id)
        with pytest.raises(DamagedJournal, match=r"ride\.fit is in the state 'plamned', which there is not"):
            found.unfinished()
    mended = mend_journal(found.path)
    assert mended.aside.name == "journal-damaged-1.sqlite"
    with journal(tmp_path) as found:
        assert [e.state for e in found.entries()] == ["sending", "processing", "ready"]
    assert mend_journal(found.path).aside.name == "journal-damaged-2.sqlite"


def test_what_was_asked_for_and_cannot_be_read_is_told(tmp_path: Path) -> None:
    with journal(tmp_path) as found:
        found.plan(entry())
        found._db.execute("UPDATE upload SET request = '{' || request")
        with pytest.raises(DamagedJournal, match=r"what was asked for ride\.fit cannot be read"):
            found.entries()
    mend_journal(found.path)
    with journal(tmp_path) as found:
        assert [e.request for e in found.entries()] == [{}]


def test_no_damage_makes_the_reader_of_leaves_raise(tmp_path: Path) -> None:
    _, content, logged = _filled(tmp_path, 30)
    chance = random.Random(4)
    for _ in range(40):
        damaged, log = bytearray(content), bytearray(logged)
        for _ in range(chance.randint(1, 60)):
            damaged[chance.randrange(len(damaged))] = chance.randrange(256)
            log[chance.randrange(len(log))] = chance.randrange(256)
        for row in salvaged(bytes(damaged[: chance.randrange(len(damaged))]), bytes(log)):
            assert len(row["sha256"]) == 64


def test_what_was_sent_to_todays_address_is_known_at_the_next_one(tmp_path: Path) -> None:
    with journal(tmp_path) as found:
        found.plan(entry())
    with Journal(found.path, api_base="https://api-v3.strava.com", account="7") as next_one:
        assert next_one.find("a" * 64) is not None
    with Journal(found.path, api_base="http://127.0.0.1:8099/api/v3", account="7") as other:
        assert other.find("a" * 64) is None


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE upload SET name = x'86ff'",
        "UPDATE upload SET updated = 'yesterday'",
        "UPDATE upload SET upload_id = 'x'",
        "UPDATE upload SET activity_id = -1",
        "UPDATE upload SET state = CAST(x'86' AS TEXT)",
    ],
)
def test_values_that_no_version_writes_are_told(tmp_path: Path, statement: str) -> None:
    with journal(tmp_path) as found:
        found.plan(entry())
        found._db.execute(statement)
        if "name" in statement:
            assert found.entries()[0].name == os.fsdecode(b"\x86\xff")
        else:
            with pytest.raises(DamagedJournal):
                found.entries()
    mend_journal(found.path)
    with journal(tmp_path) as found:
        found.check()


def test_whatever_byte_is_damaged_it_is_told_or_does_no_harm_and_can_be_mended(tmp_path: Path) -> None:
    path, content, logged = _filled(tmp_path, 12)
    chance, told = random.Random(6), []
    for turn in range(12):
        damaged = bytearray(content)
        reach = len(content) if turn % 2 else 4096  # every other time in the page that describes the table
        for _ in range(chance.randint(1, 25)):
            damaged[chance.randrange(reach)] = chance.randrange(256)
        path.write_bytes(damaged)
        Path(f"{path}-wal").write_bytes(logged if turn % 3 else b"")
        Path(f"{path}-shm").unlink(missing_ok=True)
        try:
            with journal(tmp_path) as found:
                found.check()
                found.plan(entry("f" * 64))
        except JournalTrouble as error:
            told.append(str(error))
        mend_journal(path)
        with journal(tmp_path) as found:
            found.check()
            found.plan(entry("f" * 64))
    assert len(told) > 3
    assert all("is damaged" in text or "a later version" in text for text in told)
