"""A watched folder: what is complete, what is on record, and what the command says."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import sys
import time
from pathlib import Path, PurePosixPath

import pytest
from click.testing import CliRunner, Result

import tracklint.writing
from tracklint.cli import main
from tracklint.config import Config
from tracklint.testing import Ride
from tracklint.watching.complete import Folder, Vanished
from tracklint.watching.record import Record, RecordTrouble

RIDE = Ride(seconds=20)
SHA = "ab" * 32


class Clock:
    def __init__(self) -> None:
        self.time = 1e9

    def __call__(self) -> float:
        return self.time


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def folder(tmp_path: Path, clock: Clock) -> Folder:
    (tmp_path / "in").mkdir()
    return Folder(
        tmp_path / "in", Config(relative_to=tmp_path, allow_empty=True), settle=2, clock=clock, now=clock,
        apart_from=[tmp_path / "in" / "out"],
    )  # fmt: skip


def put(path: Path, content: bytes, at: float) -> None:
    path.parent.mkdir(exist_ok=True)
    path.write_bytes(content)
    os.utime(path, (at, at))


def names(folder: Folder) -> list[str]:
    return [each.name for each in folder.look()]


def test_a_file_is_handed_out_once_it_rests_and_again_when_it_changes(
    tmp_path: Path, folder: Folder, clock: Clock
) -> None:
    ride = tmp_path / "in" / "a.fit"
    put(ride, b"begin", clock.time)
    assert (names(folder), folder.pending) == ([], 1)
    clock.time += 1.5
    put(ride, b"beginning", clock.time)
    clock.time += 1.5
    assert names(folder) == []
    clock.time += 0.6
    assert (names(folder), folder.pending) == (["in/a.fit"], 0)
    assert names(folder) == []
    put(ride, b"another", clock.time)
    clock.time += 3
    assert names(folder) == ["in/a.fit"]


def test_an_old_file_that_is_moved_in_is_complete_at_once_and_results_are_no_input(
    tmp_path: Path, folder: Folder, clock: Clock
) -> None:
    put(tmp_path / "in" / "old.gpx", b"old", clock.time - 60)
    put(tmp_path / "in" / "out" / "result.gpx", b"result", clock.time - 60)
    assert names(folder) == ["in/old.gpx"]


def test_a_file_whose_time_lies_in_the_future_rests_as_long_as_others(
    tmp_path: Path, folder: Folder, clock: Clock
) -> None:
    put(tmp_path / "in" / "a.fit", b"a", clock.time + 1e6)
    assert names(folder) == []
    clock.time += 2
    assert names(folder) == ["in/a.fit"]


def test_one_that_was_replaced_while_it_was_read_has_another_turn(tmp_path: Path, folder: Folder, clock: Clock) -> None:
    put(tmp_path / "in" / "a.fit", b"a", clock.time - 9)
    [each] = folder.look()
    assert folder.unchanged(each)
    put(tmp_path / "in" / "a.fit", b"other", clock.time)
    assert not folder.unchanged(each)
    clock.time += 3
    assert names(folder) == ["in/a.fit"]


def test_one_that_ends_too_early_is_waited_for_once(tmp_path: Path, folder: Folder, clock: Clock) -> None:
    put(tmp_path / "in" / "a.fit", b"a", clock.time - 9)
    [each] = folder.look()
    assert folder.wait_for(each, 60)
    assert (names(folder), folder.pending) == ([], 1)
    clock.time += 52
    [again] = folder.look()
    assert not folder.wait_for(again, 60)


def test_a_folder_that_vanishes_is_told(tmp_path: Path, folder: Folder) -> None:
    (tmp_path / "in").rmdir()
    with pytest.raises(Vanished, match="in: the folder is gone"):
        list(folder.look())


# The record.


@pytest.fixture
def record(tmp_path: Path) -> Record:
    return Record(tmp_path / "home", tmp_path / "in")


def place(record: Record, out: Path, data: bytes = b"result", sha256: str = SHA) -> Path | None:
    return record.place("prepare", sha256, out, PurePosixPath("sub/a.fit.gz"), data)


def test_a_result_is_written_once_also_when_it_was_taken_away(record: Record, tmp_path: Path) -> None:
    out = tmp_path / "out"
    assert place(record, out) == out / "sub" / "a.fit.gz"
    (out / "sub" / "a.fit.gz").unlink()
    assert place(record, out) is None
    assert [path for path in out.rglob("*") if path.is_file()] == []


def test_another_content_under_the_same_name_gets_a_number(record: Record, tmp_path: Path) -> None:
    place(record, tmp_path / "out")
    assert place(record, tmp_path / "out", b"other", "cd" * 32) == tmp_path / "out" / "sub" / "a (2).fit.gz"
    assert place(record, tmp_path / "out", b"other", "ef" * 32) == tmp_path / "out" / "sub" / "a (2).fit.gz"


@pytest.mark.parametrize("step", ["write_over", "set_down", "_sync_folder"])
@pytest.mark.parametrize("taken", [False, True])
def test_a_stop_at_any_step_of_writing_loses_and_doubles_nothing(
    step: str, taken: bool, record: Record, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The process ends before or after a step; whoever waits for the result may have taken it by then."""
    out, came = tmp_path / "out", 0
    for before in (True, False):
        sha256 = ("a" if before else "b") * 64
        home = tracklint.writing if step == "_sync_folder" else sys.modules["tracklint.watching.record"]
        real = getattr(home, step)

        def stopped(*args: object, real: object = real, before: bool = before) -> None:
            if not before:
                real(*args)  # type: ignore[operator]
            raise KeyboardInterrupt

        with monkeypatch.context() as patched, contextlib.suppress(KeyboardInterrupt):
            patched.setattr(home, step, stopped)
            place(record, out, sha256.encode(), sha256)
        if taken:
            for path in out.rglob("*.gz"):
                came += 1
                path.unlink()
        place(record, out, sha256.encode(), sha256)
    came += len(list(out.rglob("*.gz")))
    assert came == 2
    assert list(out.rglob("*.part")) == []


def test_two_watchers_of_one_folder_are_told_apart(record: Record, tmp_path: Path) -> None:
    with pytest.raises(RecordTrouble, match="another `tracklint watch`"):
        Record(tmp_path / "home", tmp_path / "in")
    Record(tmp_path / "home", tmp_path / "else")


def test_a_damaged_record_is_named(tmp_path: Path) -> None:
    with Record(tmp_path, tmp_path / "in"):
        [place] = (tmp_path / "watched").glob("*.sqlite")
    place.write_bytes(b"no database" * 999)
    with pytest.raises(RecordTrouble, match=r"\.sqlite: the record of .*in cannot be used .*; move it away"):
        Record(tmp_path, tmp_path / "in")


# The command.


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("TRACKLINT_HOME", str(tmp_path / "home"))
    put(tmp_path / "in" / "good.fit", RIDE.fit(), time.time() - 60)
    put(tmp_path / "in" / "planned.gpx", RIDE.gpx(change={k: {"time": None} for k in range(21)}), time.time() - 60)
    return tmp_path


def watch(*args: str) -> Result:
    return CliRunner().invoke(main, ["watch", "in", "--settle", "0", *args])


def test_once_does_what_there_is_to_do_and_a_second_time_only_what_is_new(here: Path) -> None:
    first = watch("--once", "--prepare", "out")
    assert first.exit_code == 1
    assert "in/good.fit: ready\nin/good.fit -> out/good.fit.gz\n" in first.stdout
    assert "error TIM002" in first.stdout
    assert first.stdout.endswith("\n2 files done\n")
    second = watch("--once", "--prepare", "out")
    assert (second.exit_code, second.stdout) == (0, "0 files done, 2 known from earlier runs\n")
    mended = watch("--once", "--fix", "mended")
    assert sorted(path.name for path in (here / "mended").iterdir()) == ["good.fit", "planned.gpx"]
    assert "error TIM002" not in mended.stdout  # its report was given before


def test_a_report_that_a_stop_cut_off_is_said_again_and_says_so(here: Path) -> None:
    from tracklint import check

    with Record(here / "home", Path("in")) as record:
        record.note("report", check("in/good.fit").sha256, "begun")
    assert "in/good.fit: ready (said again: a run was stopped here)\n" in watch("--once").stdout


@pytest.mark.socket
def test_uploads_go_to_a_stand_in_once(here: Path) -> None:
    (here / "in" / "again.fit").write_bytes(RIDE.fit())
    done = watch("--once", "--sandbox")
    assert "in/good.fit: the same content as in/again.fit\n" in done.stdout
    assert done.stdout.endswith("\n2 files done, 1 of the same content\n")
    assert done.stdout.count("now at http://127.0.0.1:") == 1
    assert done.stdout.count("in/planned.gpx: refused; not sent: ") == 1


def test_a_file_that_ends_too_early_is_left_for_the_next_time(here: Path) -> None:
    (here / "in" / "growing.fit").write_bytes(RIDE.fit()[:-200])
    done = watch("--once", "--prepare", "out")
    assert done.stdout.endswith("\n2 files done, 1 not complete yet\n")
    assert not (here / "out" / "growing.fit.gz").exists()


@pytest.mark.parametrize(
    ("args", "says"),
    [
        (["watch", "nothing"], "nothing: no such folder"),
        (["watch", "in/good.fit"], "in/good.fit: this is no folder"),
        (["watch", "in", "--barometer"], "give --prepare DIR, --upload or --sandbox"),
        (["watch", "in", "--fix", "in"], "in: results cannot go where the files come from; name another folder"),
        (["watch", "in", "--prepare", "."], ".: results cannot go where the files come from; name another folder"),
    ],
)
def test_what_cannot_be_watched_is_one_line(args: list[str], says: str, here: Path) -> None:
    done = CliRunner().invoke(main, args)
    assert done.exit_code == 2
    assert says in done.stderr
    assert done.stderr.count("\n") == 1


def test_it_ends_with_one_line_when_its_folder_vanishes(here: Path) -> None:
    (here / "in" / "planned.gpx").unlink()
    command = [sys.executable, "-m", "tracklint", "watch", "in", "--settle", "0"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        assert "good.fit: ready" in process.stdout.readline()
        (here / "in").rename(here / "away")
        said = process.communicate()[1]
    assert process.returncode == 2
    assert said.splitlines() == ["tracklint: watching in; Ctrl-C ends it", "tracklint: in: the folder is gone"]


def test_results_of_an_earlier_run_are_no_input_of_one_with_another_folder(here: Path) -> None:
    assert watch("--once", "--prepare", "in/out").exit_code == 1
    again = watch("--once", "--fix", "mended")
    assert "good.fit.gz" not in again.stdout
    assert sorted(path.name for path in (here / "mended").rglob("*.*")) == ["good.fit", "planned.gpx"]


def test_a_second_watcher_is_one_line(here: Path) -> None:
    with Record(here / "home", Path("in")):
        done = watch("--once")
    assert (done.exit_code, done.stderr) == (2, "tracklint: in: another `tracklint watch` is at this folder\n")


@pytest.mark.skipif(sys.platform == "win32", reason="a name of bytes")
def test_a_name_that_is_not_utf_8_is_watched_and_ctrl_c_says_what_was_done(here: Path) -> None:
    command = [sys.executable, "-m", "tracklint", "watch", "in", "--settle", "0", "--fix", "mended"]
    with subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.default_int_handler),  # noqa: PLW1509 - one thread
    ) as process:  # fmt: skip
        assert process.stdout is not None
        assert b"good.fit: ready" in process.stdout.readline()
        odd = os.fsencode(here / "in") + b"/\xff.fit"
        Path(os.fsdecode(odd)).write_bytes(Ride(seconds=33).fit())
        until = time.monotonic() + 30
        while not list((here / "mended").glob("*\udcff*")) and time.monotonic() < until:
            time.sleep(0.05)
        process.send_signal(signal.SIGINT)
        told, errors = process.communicate()
    assert process.returncode == 130
    assert told.endswith(b"\n3 files done\n")
    assert errors == b"tracklint: watching in; Ctrl-C ends it\ntracklint: stopped\n"
