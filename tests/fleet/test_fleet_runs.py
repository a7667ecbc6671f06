"""A run over many files: lists of files, several outputs at once, and processes that have pieces waiting."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from tracklint import workers
from tracklint.cli import main
from tracklint.testing import Ride

RIDE = Ride(seconds=20)


@pytest.fixture
def night(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    folder = tmp_path / "night"
    folder.mkdir()
    for k in range(12):
        timeless = {3: {"time": None}} if k % 3 == 0 else {}
        (folder / f"{k:02}.gpx").write_bytes(RIDE.gpx(change=timeless))
    monkeypatch.chdir(tmp_path)
    return folder


def run(*arguments: object, stdin: bytes = b"") -> Result:
    return CliRunner().invoke(main, [str(each) for each in arguments], input=stdin)


def names(done: Result) -> list[str]:
    return [file["name"] for file in json.loads(done.stdout)["files"]]


@pytest.mark.parametrize("between", [b"\n", b"\r\n", b"\0"])
@pytest.mark.usefixtures("night")
def test_a_list_names_the_files(between: bytes) -> None:
    listed = between.join([b"night/04.gpx", b"night/02.gpx", b""])
    assert names(run("check", "-o", "json", "--files-from", "-", stdin=listed)) == ["night/04.gpx", "night/02.gpx"]


def test_a_list_may_name_what_no_text_is(night: Path) -> None:
    odd = os.fsencode(night) + b"/\xff\n.gpx"
    Path(os.fsdecode(odd)).write_bytes(RIDE.gpx())
    Path("list").write_bytes(odd + b"\0" + b"night/01.gpx")
    (first, second) = names(run("check", "-o", "json", "--files-from", "list"))
    assert (first, second) == ("night/\udcff\n.gpx", "night/01.gpx")


@pytest.mark.usefixtures("night")
def test_a_list_that_names_nothing_or_what_is_not_there_is_said() -> None:
    empty = run("check", "--files-from", "-", stdin=b"\n\n")
    assert (empty.exit_code, empty.stderr) == (2, "tracklint: standard input: this list names no file\n")
    none = run("check", "--files-from", "nowhere")
    assert none.exit_code == 2
    assert none.stderr.count("\n") == 1
    assert "nowhere" in none.stderr
    missing = run("check", "-o", "json", "--files-from", "-", stdin=b"night/01.gpx\nnight/77.gpx\n")
    assert missing.exit_code == 2
    found = {file["name"]: [each["code"] for each in file["findings"]] for file in json.loads(missing.stdout)["files"]}
    assert found["night/77.gpx"] == ["INT002"]
    assert "INT002" not in found["night/01.gpx"]


def test_a_run_without_anything_says_how() -> None:
    done = run("check")
    assert done.exit_code == 2
    assert "--files-from" in done.stderr


@pytest.mark.parametrize("jobs", ["1", "2"])
@pytest.mark.usefixtures("night")
def test_several_outputs_are_one_run(jobs: str) -> None:
    done = run("check", "-j", jobs, "-o", "json=a.json", "-o", "jsonl=a.jsonl", "-o", "text", "night")
    assert done.exit_code == 1
    files = json.loads(Path("a.json").read_bytes())["files"]
    assert [json.loads(line) for line in Path("a.jsonl").read_text().splitlines()] == files
    assert [file["name"] for file in files] == [f"night/{k:02}.gpx" for k in range(12)]
    assert "\n4 files refused, 8 files ready\n" in done.stdout
    alone = run("check", "-o", "text", "night")
    assert alone.stdout == done.stdout


def test_excerpts_are_shown_by_the_process_that_checked(night: Path) -> None:
    done = run("check", "-j", "2", night)
    assert '<trkpt lat="' in done.stdout


@pytest.mark.usefixtures("night")
def test_junit_fails_where_the_run_does() -> None:
    Path("risky.gpx").write_bytes(RIDE.gpx(change={3: {"heart_rate": 500}}))
    for fail_on, failures in (("error", 0), ("warning", 1)):
        done = run("check", "-o", "junit", "--fail-on", fail_on, "--now", "2024-05-02", "risky.gpx")
        assert (done.exit_code, done.stdout.count("<failure")) == (failures, failures)


def test_one_output_that_fails_leaves_no_other(night: Path) -> None:
    done = run("check", "-o", "jsonl=kept.jsonl", "-o", "json=no/such/folder.json", night)
    assert done.exit_code == 2
    assert "no/such/folder.json" in done.stderr
    assert sorted(path.name for path in Path().iterdir()) == ["night"]


def work(number: int, mark: str) -> int:
    if number == 5 or (number == 11 and not Path(mark).exists()):
        Path(mark).touch()
        os._exit(1)
    return number * number


def test_a_death_costs_no_piece_that_waited(tmp_path: Path) -> None:
    pieces = [(number, str(tmp_path / "mark")) for number in range(40)]
    said: list[Any] = list(workers.answers(work, pieces, jobs=2, seconds=30, ahead=64))
    died = [k for k, each in enumerate(said) if isinstance(each, workers.Died)]
    assert died == [5]
    assert [each for k, each in enumerate(said) if k != 5] == [k * k for k in range(40) if k != 5]


def length(data: bytes, answer: int) -> bytes:
    return bytes(answer) if data else b""


def test_long_pieces_and_long_answers_do_not_wait_for_each_other() -> None:
    pieces = [(bytes(1 << 20), 1 << 20) for _ in range(12)]
    assert [len(each) for each in workers.answers(length, pieces, jobs=2, seconds=60, ahead=64)] == [1 << 20] * 12  # type: ignore[arg-type]


@pytest.mark.usefixtures("night")
def test_a_run_that_was_killed_and_is_repeated_writes_the_same_bytes() -> None:
    undisturbed = run("check", "-q", "-o", "text", "-o", "jsonl=one", "-j", "1", "night")
    assert undisturbed.exit_code == 1
    command = [sys.executable, "-m", "tracklint", "check", "-o", "jsonl=two", "-j", "2", "night"]
    with subprocess.Popen(command) as process:
        while not [*Path().glob(".two.*.part")] and process.poll() is None:
            time.sleep(0.01)
        process.kill()
    assert not Path("two").exists()
    assert subprocess.run(command, check=False).returncode == 1
    assert Path("two").read_bytes() == Path("one").read_bytes()
    assert [*Path().glob(".two.*.part")] == []


@pytest.mark.skipif(sys.platform == "win32", reason="limits of POSIX")
@pytest.mark.parametrize("outputs", [["parquet=tables"], ["jsonl=lines", "sarif=results"]])
@pytest.mark.usefixtures("night")
def test_a_disk_that_fills_is_one_line_and_leaves_nothing_half_written(outputs: list[str]) -> None:
    import resource

    before = sorted(Path().rglob("*"))
    done = subprocess.run(
        [sys.executable, "-m", "tracklint", "check", *(f"--output={each}" for each in outputs), "night"],
        capture_output=True, text=True, check=False,
        preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (3000, 3000)),
    )  # fmt: skip
    assert done.returncode == 2
    assert done.stderr.count("\n") == 1
    assert re.search(r"^tracklint: (tables/\w+\.parquet|lines): File too large", done.stderr)
    assert sorted(Path().rglob("*")) == before
