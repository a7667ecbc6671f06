"""One ride in several files of a run is told before anything is sent, at a cost that grows with the files and not with
their pairs."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from tracklint import Activity, prepare, read
from tracklint.cli import main
from tracklint.strava import doubles as module
from tracklint.strava.batch import Job
from tracklint.strava.doubles import doubles
from tracklint.testing import Ride

RIDE = Ride(seconds=300)


def job(name: str, data: bytes | None = None, reading: Callable[[], Activity] | None = None) -> Job:
    given = reading or (lambda: read(data or b"", name=name))
    sha256 = name if data is None else str(hash(data))
    return Job(name=name, sha256=sha256, prepare=lambda: (prepare(data or RIDE.gpx()), {}), read=given)


def test_two_formats_and_two_devices_are_told_and_other_rides_are_not() -> None:
    files = {
        "a.fit": RIDE.fit(),
        "again.fit": RIDE.fit(),
        "b.gpx": RIDE.gpx(),
        "late.tcx": Ride(seconds=300, start="2024-05-01T10:00:20Z").tcx(),
        "noon.gpx": Ride(seconds=300, start="2024-05-01T12:00:00Z").gpx(),
        "friend.gpx": Ride(seconds=300, latitude=48.0, channels=("position",)).gpx(),
    }
    (told,) = doubles(job(name, data) for name, data in files.items())
    assert told.names == ("a.fit", "b.gpx", "late.tcx")
    assert str(told).startswith("a.fit, b.gpx and late.tcx are of one ride: their positions are 0.0 m apart")


def test_a_file_that_is_not_sent_is_of_no_ride_unless_it_is_forced() -> None:
    refused = job("cut.tcx", RIDE.tcx()[:-200])
    jobs = [refused, job("a.fit", RIDE.fit())]
    assert list(doubles(jobs)) == []
    (told,) = doubles([replace(refused, force=True), jobs[1]])
    assert set(told.names) == {"a.fit", "cut.tcx"}
    (told,) = doubles([*jobs, job("b.gpx", RIDE.gpx())])
    assert told.names == ("a.fit", "b.gpx")


def test_many_files_of_one_ride_are_one_short_line() -> None:
    one = read(RIDE.gpx())
    (told,) = doubles(job(f"{k}.gpx", reading=lambda: one) for k in range(9))
    assert len(told.names) == 9
    assert str(told).startswith("0.gpx, 1.gpx, 2.gpx, 3.gpx, 4.gpx and 4 more are of one ride: ")


def test_what_cannot_be_read_or_has_no_times_is_left_to_the_sending() -> None:
    def broken() -> Activity:
        raise OSError("gone")

    timeless = RIDE.gpx(change={i: {"time": None} for i in range(301)})
    jobs = [job("a.fit", RIDE.fit()), job("gone.fit", reading=broken), job("timeless.gpx", timeless), job("x", b"x")]
    assert list(doubles(jobs)) == []


def test_rides_that_follow_each_other_are_never_laid_over_one_another(monkeypatch: pytest.MonkeyPatch) -> None:
    laid: list[object] = []
    monkeypatch.setattr(module, "same_ride", laid.append)
    days = [Ride(seconds=60, start=f"2024-05-{1 + k // 24:02}T{k % 24:02}:00:00Z").gpx() for k in range(60)]
    assert list(doubles(job(f"{k}.gpx", data) for k, data in enumerate(days))) == []
    assert laid == []


def test_files_of_one_time_are_laid_over_a_few_others_only(monkeypatch: pytest.MonkeyPatch) -> None:
    laid: list[object] = []

    def another(things: list[Activity]) -> Any:
        laid.append(things)
        raise module.NotComparable

    monkeypatch.setattr(module, "same_ride", another)
    one = read(Ride(seconds=60).gpx())
    assert list(doubles(job(f"{k}.gpx", reading=lambda: one) for k in range(40))) == []
    assert len(laid) <= 3 * 40


@pytest.mark.parametrize("count", [1, 2])
def test_upload_tells_it_on_stderr_and_reads_a_single_file_once(
    count: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TRACKLINT_HOME", str(tmp_path / "home"))
    monkeypatch.chdir(tmp_path)
    asked: list[int] = []
    monkeypatch.setattr(module, "doubles", lambda jobs: asked.append(len(jobs)) or doubles(jobs))
    Path("a.fit").write_bytes(RIDE.fit())
    Path("b.gpx").write_bytes(RIDE.gpx())
    done = CliRunner().invoke(main, ["upload", "--dry-run", *["a.fit", "b.gpx"][:count]])
    assert done.exit_code == 0
    assert asked == ([] if count == 1 else [2])
    assert ("a.fit and b.gpx are of one ride" in done.stderr) == (count == 2)
