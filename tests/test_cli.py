"""The command line as people use it: words, exit statuses, and nothing written over an input."""

from __future__ import annotations

import errno
import gzip
import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

import mishaps
from tracklint import explain
from tracklint.cli import main
from tracklint.cli.options import exit_status
from tracklint.config import Config
from tracklint.testing import Ride

RIDE = Ride(seconds=60)


def run(*args: object, stdin: bytes | None = None) -> Result:
    return CliRunner().invoke(main, [str(a) for a in args], input=stdin)


@pytest.fixture
def rides(tmp_path: Path) -> Path:
    folder = tmp_path / "rides"
    folder.mkdir()
    (folder / "a.fit").write_bytes(RIDE.fit())
    (folder / "b.tcx").write_bytes(RIDE.tcx())
    (folder / "c.gpx").write_bytes(RIDE.gpx())
    return folder


@pytest.fixture
def bad(tmp_path: Path) -> Path:
    path = tmp_path / "bad.gpx"
    path.write_bytes(RIDE.gpx(change={10: {"time": None}}))
    return path


def test_quiet_when_good(rides: Path) -> None:
    done = run("check", rides)
    assert (done.exit_code, done.stdout, done.stderr) == (0, "3 files ready\n", "")


def test_a_finding_says_what_and_where(bad: Path) -> None:
    done = run("check", bad)
    assert done.exit_code == 1
    assert "error TIM001 point-without-time: 1 of 61 points has no time, the first is point 10" in done.stdout
    before = bad.read_text().split("<trkpt")
    line = "<trkpt".join(before[:11]).count("\n") + 1
    assert f"line {line}" in done.stdout


def test_status_two_for_what_cannot_be_trusted(rides: Path, tmp_path: Path) -> None:
    assert run("check", rides, tmp_path / "nothing.fit").exit_code == 2
    assert run("check", "--no-such-option", rides).exit_code == 2
    assert run("check", "--select", "XYZ", rides).exit_code == 2
    (tmp_path / "bad.toml").write_text("nonsense = 1")
    done = run("check", "--config", tmp_path / "bad.toml", rides)
    assert done.exit_code == 2
    assert done.stderr.count("\n") == 1
    assert "nonsense" in done.stderr


def test_every_file_given_is_in_the_report(rides: Path, tmp_path: Path) -> None:
    done = run("check", "-o", "json", rides, tmp_path / "nothing.fit")
    report = json.loads(done.stdout)
    assert len(report["files"]) == 4
    assert [f["code"] for f in report["files"][3]["findings"]] == ["INT002"]


def test_fail_on_select_ignore(bad: Path) -> None:
    assert run("check", "--ignore", "TIM", bad).exit_code == 0
    assert run("check", "--select", "POS", bad).exit_code == 0
    naive = bad.with_name("naive.gpx")
    naive.write_bytes(RIDE.gpx(change={3: {"time": "2024-05-01T10:00:03"}}))
    assert run("check", naive).exit_code == 0
    assert run("check", "--fail-on", "warning", naive).exit_code == 1


def test_several_outputs_in_one_run(rides: Path, bad: Path, tmp_path: Path) -> None:
    report, lines = tmp_path / "r.json", tmp_path / "r.jsonl"
    done = run("check", "-o", "text", "-o", f"json={report}", "-o", f"jsonl={lines}", rides, bad)
    assert done.exit_code == 1
    files = json.loads(report.read_text())["files"]
    assert [json.loads(line) for line in lines.read_text().splitlines()] == files
    assert [f["verdict"] for f in files] == ["ready", "ready", "ready", "refused"]
    assert run("check", "-o", "json", "-o", "jsonl", rides).exit_code == 2


def test_nothing_is_written_over_an_input(bad: Path) -> None:
    before = bad.read_bytes()
    done = run("check", "-o", f"json={bad}", bad)
    assert done.exit_code == 2
    assert bad.read_bytes() == before


def test_an_excerpt_ends_where_the_cap_of_the_configuration_does(tmp_path: Path) -> None:
    path, config = tmp_path / "ride.gpx.gz", tmp_path / "tracklint.toml"
    path.write_bytes(gzip.compress(RIDE.gpx(indent=False)))
    config.write_text("[limits]\nmax-inflated-bytes = 1000\n")
    whole, capped = run("check", path), run("check", "--config", config, path)
    assert (whole.exit_code, capped.exit_code) == (0, 1)
    assert "DOC" in capped.stdout
    assert RIDE.gpx(indent=False)[990:1010].decode() not in capped.stdout


def test_several_processes_say_the_same(rides: Path, bad: Path) -> None:
    one = run("check", "-o", "json", rides, bad)
    two = run("check", "-j", "2", "-o", "json", rides, bad)
    assert one.stdout == two.stdout
    assert (one.exit_code, two.exit_code) == (1, 1)


def test_a_file_that_hangs_costs_itself(rides: Path, tmp_path: Path) -> None:
    pipe, report = tmp_path / "pipe.fit", tmp_path / "r.json"
    os.mkfifo(pipe)  # who reads it waits for ever
    (tmp_path / "tracklint.toml").write_text("[limits]\nseconds = 1.5\n")
    command = [sys.executable, "-m", "tracklint", "check", "-o", "text", "-o", f"json={report}", pipe, rides]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, timeout=60, check=False)
    assert (done.returncode, done.stderr) == (2, "")
    assert "INT004 too-slow: not checked to the end in 1.5 s" in done.stdout
    files = json.loads(report.read_text())["files"]
    assert files[0]["name"] == "pipe.fit"
    assert [[f["code"] for f in file["findings"]] for file in files] == [["INT004"], [], [], []]


def test_a_single_file_that_hangs_is_named(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe.fit")
    (tmp_path / "tracklint.toml").write_text("[limits]\nseconds = 0.2\n")
    before = sorted(tmp_path.iterdir())
    command = [sys.executable, "-m", "tracklint", "check", "-o", "json=r.json", "pipe.fit"]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, timeout=60, check=False)
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.startswith("tracklint: pipe.fit: not checked to the end in 0.2 s; raise `seconds`")
    assert done.stderr.count("\n") == 1
    assert sorted(tmp_path.iterdir()) == before


@pytest.mark.parametrize("jobs", [1, 2])
def test_a_worker_that_dies_is_no_finding(rides: Path, jobs: int, monkeypatch: pytest.MonkeyPatch) -> None:
    (rides / "b.gpx").write_bytes(RIDE.gpx())
    monkeypatch.setattr("tracklint.batch.check_named", mishaps.always_killed)
    monkeypatch.chdir(rides)
    done = run("check", "-j", jobs, "-o", "json", *sorted(path.name for path in rides.iterdir()))
    assert done.exit_code == 2
    files = {file["name"]: [f["code"] for f in file["findings"]] for file in json.loads(done.stdout)["files"]}
    assert files == {"a.fit": [], "b.gpx": ["INT003"], "b.tcx": [], "c.gpx": []}


def test_an_output_is_written_whole_or_not_at_all(rides: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    report = tmp_path / "r.jsonl"
    report.write_text("of last night")
    before = sorted(tmp_path.iterdir())

    def full(*_: object) -> str:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr("tracklint.render.jsonl.Writer.add", full)
    done = run("check", "-o", f"jsonl={report}", rides)
    assert done.exit_code == 2
    assert done.stderr == f"tracklint: {report}: No space left on device\n"
    assert report.read_text() == "of last night"
    assert sorted(tmp_path.iterdir()) == before


def test_what_only_the_command_has_open_is_read_by_it(rides: Path) -> None:
    command = [sys.executable, "-m", "tracklint", "check", "-o", "jsonl", "/dev/stdin", rides / "b.tcx"]
    done = subprocess.run(command, input=RIDE.fit(), capture_output=True, timeout=60, check=False)
    assert [json.loads(line)["format"] for line in done.stdout.splitlines()] == ["fit", "tcx"]


def test_standard_input() -> None:
    done = run("check", "-o", "json", "-", stdin=gzip.compress(RIDE.fit()))
    file = json.loads(done.stdout)["files"][0]
    assert (file["name"], file["format"], file["container"], file["verdict"]) == ("<stdin>", "fit", "gzip", "ready")


def test_the_clock_can_be_told(rides: Path) -> None:
    assert run("check", "--now", "2026-01-01T00:00:00Z", rides).exit_code == 0
    done = run("check", "--now", "2020-01-01", rides)
    assert done.exit_code == 1
    assert "TIM006" in done.stdout


def test_show(rides: Path) -> None:
    for path in sorted(rides.iterdir()):
        done = run("show", path)
        assert done.exit_code == 0
        for word in ("Ride", "61", "with barometer" if path.suffix != ".fit" else "barometer", "heart rate"):
            assert word in done.stdout, (path, word)


def test_explain() -> None:
    every = run("explain")
    assert "TIM001" in every.stdout
    one = run("explain", "tim001")
    assert "point-without-time" in one.stdout
    assert "https://developers.strava.com/docs/uploads/" in one.stdout
    assert run("explain", "no-times").stdout.startswith("TIM002")
    assert run("explain", "XYZ001").exit_code == 2


@pytest.mark.parametrize("code", ["INT001", "INT002", "INT003", "INT004"])
def test_explain_knows_the_failures_of_a_check(code: str) -> None:
    failure = explain(code)
    assert f"{code}  error" in run("explain").stdout
    for asked in (code.lower(), failure.name):
        done = run("explain", asked)
        assert done.exit_code == 0
        for words in (f"{code} {failure.name} (error)", failure.documentation, failure.example, failure.hint):
            assert words in done.stdout


def test_prepare_writes_beside_and_never_over(rides: Path, tmp_path: Path) -> None:
    out = tmp_path / "out"
    before = {p: p.read_bytes() for p in rides.iterdir()}
    done = run("prepare", "--out", out, rides)
    assert done.exit_code == 0
    assert sorted(p.name for p in out.iterdir()) == ["a.fit.gz", "b.tcx.gz", "c.gpx.gz"]
    assert {p: p.read_bytes() for p in rides.iterdir()} == before
    assert gzip.decompress((out / "a.fit.gz").read_bytes()) == RIDE.fit()
    assert run("prepare", "--out", out, rides).exit_code == 0
    (out / "a.fit.gz").write_bytes(b"mine")
    again = run("prepare", "--out", out, rides)
    assert again.exit_code == 2
    assert (out / "a.fit.gz").read_bytes() == b"mine"


def test_python_m_tracklint() -> None:
    done = subprocess.run([sys.executable, "-m", "tracklint", "--version"], capture_output=True, text=True, check=True)
    assert done.stdout.startswith("tracklint 0.")


def test_upload_without_a_token_is_one_line(rides: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("TRACKLINT_STRAVA_TOKEN", raising=False)
    done = run("upload", rides)
    assert done.exit_code == 2
    assert done.stderr.count("\n") == 1
    assert "TRACKLINT_STRAVA_TOKEN" in done.stderr


def test_exit_status_of_nothing() -> None:
    assert exit_status([], Config()) == 0


def test_two_outputs_to_one_file_are_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "ride.fit").write_bytes(Ride(seconds=60).fit())
    done = CliRunner().invoke(main, ["check", "-o", "json=r", "-o", "jsonl=./r", "ride.fit"])
    assert done.exit_code == 2
    assert "./r: this is where another output goes; nothing is written over it" in done.output
    assert not (tmp_path / "r").exists()
    assert (
        CliRunner().invoke(main, ["check", "-o", "json=/dev/null", "-o", "jsonl=/dev/null", "ride.fit"]).exit_code == 0
    )
