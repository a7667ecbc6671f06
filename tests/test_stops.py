"""Whatever stops a run (Ctrl-C, a full disk, a closed stream, killed processes), it ends in words, with whole results."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import click
import pytest
from click.testing import CliRunner, Result

import tracklint.cli.check
import tracklint.writing
from tracklint import workers
from tracklint.cli import COMMANDS, main
from tracklint.cli.stopping import Stoppable
from tracklint.testing import Ride


def damaged(k: int) -> bytes:
    """One of several FIT files with something that can be mended safely."""
    whole = Ride(seconds=20 + k).fit()
    return whole[:4] + bytes(4) + whole[8:]


def run(*args: object) -> Result:
    return CliRunner().invoke(main, [str(a) for a in args])


def shell(command: str, folder: Path, **environment: str) -> subprocess.CompletedProcess[str]:
    """What ``tracklint`` does in a shell, with its streams opened or closed as the command says."""
    program = f'tracklint() {{ {sys.executable} -m tracklint "$@"; }}; {command}'
    return subprocess.run(
        ["bash", "-c", program], cwd=folder, capture_output=True, text=True, timeout=120, check=False,
        env={**os.environ, **environment}, errors="replace",
    )  # fmt: skip


@pytest.fixture
def rides(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The working directory, with rides/1.fit to rides/4.fit, each with something to mend."""
    (tmp_path / "rides").mkdir()
    for k in range(1, 5):
        (tmp_path / "rides" / f"{k}.fit").write_bytes(damaged(k))
    monkeypatch.chdir(tmp_path)
    return tmp_path


# Ctrl-C.

ARGUMENTS = {
    "check": ["rides"], "show": ["rides/1.fit"], "dump": ["rides/1.fit"], "fix": ["rides"],
    "prepare": ["--out", "out", "rides"], "upload": ["--sandbox", "rides"], "watch": ["rides"],
    "compare": ["--same-ride", "rides/1.fit", "rides/2.fit"], "anonymise": ["--out", "out", "rides"],
    "create": ["--sandbox", "--name", "Gym", "--sport", "Workout", "--start", "2026-01-31T18:00:00", "--elapsed", "1"],
}  # fmt: skip


@pytest.mark.parametrize("command", COMMANDS)
def test_ctrl_c_ends_every_command_with_130(command: str, rides: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def stopped(*_args: Any, **_kwargs: Any) -> Any:
        raise KeyboardInterrupt

    found = main.get_command(click.Context(main), command)
    assert found is not None
    monkeypatch.setattr(found, "callback", stopped)
    done = run(command, *ARGUMENTS.get(command, []))
    assert (done.exit_code, done.stderr) == (130, "tracklint: stopped\n")


@pytest.mark.parametrize("command", ["upload", "create"])
def test_ctrl_c_while_something_is_sent_says_what_is_saved(
    command: str, rides: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def stopped(*_args: Any, **_kwargs: Any) -> Any:
        raise KeyboardInterrupt

    monkeypatch.setattr(f"tracklint.cli.{command}.session", stopped)
    done = run(command, *ARGUMENTS[command])
    assert done.exit_code == 130
    assert done.stderr.startswith("tracklint: stopped; ")


def _stops_after(most: int) -> Any:
    """What takes the place of a generator of results that Ctrl-C stops."""

    def wrapped(whole: Any) -> Any:
        def results(*args: Any, **kwargs: Any) -> Iterator[Any]:
            for k, each in enumerate(whole(*args, **kwargs)):
                if k == most:
                    raise KeyboardInterrupt
                yield each

        return results

    return wrapped


def test_the_outputs_of_a_check_that_was_stopped_are_whole(rides: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tracklint.cli.check._told", _stops_after(2)(tracklint.cli.check._told))  # type: ignore[attr-defined]
    Path("report.json").write_text("of last night")
    done = run("check", "-o", "text", "-o", "json=report.json", "-o", "junit=r.xml", "--write-baseline", "b", "rides")
    assert (done.exit_code, done.stderr) == (130, "tracklint: stopped: 2 files done, 2 not\n")
    assert [file["name"] for file in json.loads(Path("report.json").read_text())["files"]] == [
        "rides/1.fit", "rides/2.fit",
    ]  # fmt: skip
    assert Path("r.xml").read_text().endswith("</testsuites>\n")
    assert not Path("b").exists()
    assert "2 files refused" in done.stdout


@pytest.mark.parametrize("command", ["fix", "prepare"])
def test_what_was_written_before_ctrl_c_is_whole_and_counted(
    command: str, rides: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Stoppable, "results", lambda _, work: _stops_after(2)(lambda: work)())
    monkeypatch.setattr(Stoppable, "results", _caught(Stoppable.results))
    done = run(command, "--out", "out", "rides")
    assert done.exit_code == 130
    assert len(list(Path("out").iterdir())) == 2
    assert done.stdout.splitlines()[-1].startswith("2 files ")
    assert done.stderr.endswith("tracklint: stopped: 2 files done, 2 not\n")


def _caught(results: Any) -> Any:
    def until_stopped(self: Stoppable, work: Any) -> Iterator[Any]:
        try:
            for result in results(self, work):
                yield result
                self.done += 1
        except KeyboardInterrupt:
            self.stopped = True

    return until_stopped


@pytest.fixture
def _heard() -> Iterator[None]:
    """A background job of a shell ignores SIGINT from its start."""
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    signal.signal(signal.SIGINT, before)


@pytest.mark.usefixtures("_heard")
def test_ctrl_c_waits_until_a_result_is_told_and_a_second_one_does_not() -> None:
    told = []
    stoppable = Stoppable()
    for each in stoppable.results(range(5)):
        if each == 1:
            os.kill(os.getpid(), signal.SIGINT)
        told.append(each)
    assert (told, stoppable.stopped) == ([0, 1], True)
    with pytest.raises(KeyboardInterrupt):
        stoppable.end(0, "{} not".format)
    for _ in (impatient := Stoppable().results(range(5))):
        os.kill(os.getpid(), signal.SIGINT)
        with pytest.raises(KeyboardInterrupt):
            os.kill(os.getpid(), signal.SIGINT)
        break
    impatient.close()  # type: ignore[attr-defined]


@pytest.mark.usefixtures("_heard")
def test_ctrl_c_while_a_result_is_waited_for_is_heard_at_once() -> None:
    def work() -> Iterator[int]:
        yield 1
        os.kill(os.getpid(), signal.SIGINT)
        yield 2

    stoppable = Stoppable()
    assert list(stoppable.results(work())) == [1]
    assert stoppable.stopped


# The disk.


@pytest.mark.parametrize("command", [["fix", "--out", "out"], ["prepare", "--out", "out"], ["fix", "--in-place"]])
def test_a_full_disk_names_the_file_leaves_nothing_and_stands_in_no_way(
    command: list[str], rides: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(_: int) -> None:
        raise OSError(28, "No space left on device")

    before = {path: path.read_bytes() for path in Path("rides").iterdir()}
    with monkeypatch.context() as patched:
        patched.setattr(tracklint.writing.os, "fsync", full)
        done = run(*command, "rides")
    assert done.exit_code == 2
    assert done.stderr.count("No space left on device") == 4
    assert "rides/3.fit: " in done.stderr
    assert "Errno" not in done.output
    assert {path: path.read_bytes() for path in Path("rides").iterdir()} == before
    assert not Path("out").exists() or list(Path("out").iterdir()) == []
    again = run(*command, "rides")
    assert again.exit_code == 0
    assert "overwrites" not in again.output


# Streams that are closed, full or unread.


def test_closed_output_is_told_in_a_line(rides: Path) -> None:
    done = shell("tracklint check rides >&-", rides)
    assert (done.returncode, done.stderr) == (2, CLOSED)
    done = shell("tracklint fix --in-place rides >&-", rides)
    assert (done.returncode, done.stderr) == (2, CLOSED)
    assert Path("rides/1.fit").read_bytes() == damaged(1)


CLOSED = "tracklint: standard output is closed; give it a place, such as /dev/null\n"


def test_closed_input_is_told_in_a_line(rides: Path) -> None:
    for command in ("check -o jsonl -", "fix -", "dump -"):
        done = shell(f"tracklint {command} <&-", rides)
        assert done.returncode == 2, command
        assert "standard input is closed" in done.stdout + done.stderr
        assert "itself failed" not in done.stdout + done.stderr


def test_closed_errors_hinder_nothing(rides: Path) -> None:
    done = shell("tracklint check nothing.fit rides 2>&-", rides)
    assert done.returncode == 2
    assert "4 files refused" in done.stdout


def test_a_reader_that_goes_is_no_defect(rides: Path) -> None:
    done = shell("tracklint dump rides/1.fit | head -1; echo ${PIPESTATUS[0]}", rides)
    assert (done.stdout.splitlines()[-1], done.stderr) in (("141", ""), ("0", ""))
    done = shell("tracklint explain | true; echo ${PIPESTATUS[0]}", rides)
    assert (done.stdout, done.stderr) == ("141\n", "")


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="only Linux has a disk that is always full")
def test_full_output_is_told_in_a_line(rides: Path) -> None:
    done = shell("tracklint check rides >/dev/full", rides)
    assert (done.returncode, done.stderr) == (2, "tracklint: standard output: No space left on device\n")


# Processes that somebody kills.


class _Killed:
    """A context whose processes are killed before they begin, so many times."""

    def __init__(self, times: int) -> None:
        self._real = workers._context(())
        self._times = times
        self.Pipe = self._real.Pipe

    def Process(self, **words: Any) -> Any:  # noqa: N802 - as multiprocessing has it
        process = self._real.Process(**words)
        if self._times:
            self._times -= 1

            def start() -> None:
                raise EOFError("unexpected EOF")

            process.start = start
        return process


def test_a_process_that_is_killed_before_it_begins_is_started_again() -> None:
    process, pipe = workers._started(_Killed(2), abs)
    assert pipe.recv() is None
    process.kill()
    process.join()


def test_processes_that_are_killed_again_and_again_are_told_in_a_line(
    rides: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    killed = _Killed(99)
    monkeypatch.setattr(workers, "_context", lambda _: killed)
    done = run("check", "rides")
    assert done.exit_code == 2
    assert done.stderr == "tracklint: no process can be started for the work: each one is killed before it begins\n"
    assert "EOFError" not in done.output
