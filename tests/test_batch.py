"""Many files in several processes: each report in its turn, whatever happens to the processes."""

from __future__ import annotations

import multiprocessing
import os
import signal
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import BrokenExecutor, Executor, Future, ProcessPoolExecutor
from pathlib import Path
from typing import Any

import pytest

import mishaps
from conftest import ROOT
from tracklint import check_many
from tracklint.batch import CHUNK, WAITING, check_in_processes, made_in_processes
from tracklint.checking import time_allowed
from tracklint.config import BadConfig, Config, Limits
from tracklint.findings import Report
from tracklint.source import Thing, Unreadable
from tracklint.testing import Ride
from tracklint.workers import cores

CONFIG = Config(limits=Limits(now=1790000000.0))
RIDE = Ride(seconds=20)
Named = list[tuple[str, Thing]]


@pytest.fixture
def named(tmp_path: Path) -> Named:
    rides = []
    for name, data in (("a.fit", RIDE.fit()), ("b.gpx", RIDE.gpx()), ("c.tcx", RIDE.tcx()), ("d.fit", b"no ride")):
        (tmp_path / name).write_bytes(data)
        rides.append((name, tmp_path / name))
    return rides


def whole(named: Named, **changed: Any) -> list[Report]:
    """The reports of an undisturbed run."""
    return list(check_many(named, config=CONFIG, **changed))


def codes(reports: list[Report]) -> dict[str, list[str]]:
    return {report.name: [finding.code for finding in report.findings] for report in reports}


@pytest.mark.parametrize("jobs", [1, 2, 9])
def test_processes_say_what_one_says(named: Named, jobs: int) -> None:
    assert list(check_in_processes(named, config=CONFIG, jobs=jobs)) == whole(named)


def test_what_has_been_in_work_longest_is_seen_from_outside(named: Named) -> None:
    seen: list[tuple[str, float]] = []

    def look(longest: Callable[[], tuple[Any, float] | None]) -> None:
        def every() -> None:
            while not over.wait(0.01):
                if (at := longest()) is not None:
                    seen.append((at[0][0], at[1]))

        threading.Thread(target=every, daemon=True).start()

    over = threading.Event()
    made = made_in_processes(
        named, mishaps.name_of, config=CONFIG, jobs=2, check_one=mishaps.slow_for_a_moment, watch=look
    )
    assert list(made) == ["a.fit", "b.gpx", "c.tcx", "d.fit"]
    over.set()
    assert max(seconds for name, seconds in seen if name == "b.gpx") > 0.2


@pytest.mark.parametrize("check_one", [mishaps.killed_once, mishaps.exits_once])
@pytest.mark.parametrize("jobs", [1, 2])
def test_a_worker_that_dies_once_changes_nothing(
    named: Named, jobs: int, check_one: Callable[[str, Thing, Config], Report]
) -> None:
    assert list(check_in_processes(named, config=CONFIG, jobs=jobs, check_one=check_one)) == whole(named)
    assert Path(f"{named[1][1]}.mark").exists()


@pytest.mark.parametrize(
    ("check_one", "how"), [(mishaps.always_killed, "signal 9"), (mishaps.always_exits, "status 3")]
)
def test_a_file_that_ends_its_process_twice_costs_itself(
    named: Named, check_one: Callable[[str, Thing, Config], Report], how: str
) -> None:
    reports = list(check_in_processes(named, config=CONFIG, jobs=2, check_one=check_one))
    assert codes(reports)["b.gpx"] == ["INT003"]
    assert reports[1].findings[0].evidence == {"how": how}
    assert [report for report in reports if report.name != "b.gpx"] == whole([named[0], *named[2:]])


def test_a_file_is_checked_again_alone_and_in_a_fresh_process(named: Named, tmp_path: Path) -> None:
    assert list(check_in_processes(named, config=CONFIG, jobs=2, check_one=mishaps.told)) == whole(named)
    lines = [line.split() for line in (tmp_path / "log").read_text().splitlines()]
    begun = [k for k, (what, name, _) in enumerate(lines) if (what, name) == ("begin", "b.gpx")]
    assert len(begun) == 2
    before, pid = lines[: begun[1]], lines[begun[1]][2]
    assert pid not in {line[2] for line in before}
    assert lines[begun[1] + 1] == ["end", "b.gpx", pid]
    still_open = {name for what, name, _ in before if what == "begin"} - {
        name for what, name, _ in before if what == "end"
    }
    assert still_open == {"b.gpx"}


def test_a_file_that_hangs_is_ended(named: Named) -> None:
    config = Config(limits=Limits(now=1790000000.0, seconds=1.0))
    reports = list(check_in_processes(named, config=config, jobs=2, check_one=mishaps.hangs))
    assert codes(reports)["b.gpx"] == ["INT004"]
    assert reports[1].findings[0].evidence == {"seconds": 1.0}
    assert [report for report in reports if report.name != "b.gpx"] == whole([named[0], *named[2:]])
    assert multiprocessing.active_children() == []


def test_kills_from_outside_change_nothing(named: Named) -> None:
    many = [(f"{k}/{name}", thing) for k in range(10) for name, thing in named]

    def disturbed() -> Iterator[tuple[str, Thing]]:
        for k, pair in enumerate(many):
            if k in (7, 20, 33):
                children = multiprocessing.active_children()
                assert children
                for child in children:
                    child.kill()
            yield pair

    assert list(check_in_processes(disturbed(), config=CONFIG, jobs=2)) == whole(many)


def test_not_more_is_begun_than_may_wait(tmp_path: Path) -> None:
    asked = 0

    def many() -> Iterator[tuple[str, Thing]]:
        nonlocal asked
        for k in range(3 * WAITING):
            asked = k + 1
            if asked == WAITING:
                (tmp_path / "go").touch()
            yield str(k), tmp_path / "go"

    stream = check_in_processes(many(), config=CONFIG, jobs=2, check_one=mishaps.first_waits)
    assert next(stream).name == "0"
    assert asked == WAITING
    assert [report.name for report in stream] == [str(k) for k in range(1, 3 * WAITING)]


def test_a_stream_that_is_closed_leaves_no_process(named: Named) -> None:
    stream = check_in_processes(named, config=CONFIG, jobs=2)
    assert next(stream).name == "a.fit"
    assert multiprocessing.active_children() != []
    stream.close()
    assert multiprocessing.active_children() == []


def test_a_bad_profile_ends_the_stream(named: Named) -> None:
    with pytest.raises(BadConfig, match=r"not for a\.fit"):
        list(check_in_processes(named, config=CONFIG, jobs=1, check_one=mishaps.refuses))
    assert multiprocessing.active_children() == []


def test_a_killed_parent_leaves_no_process(tmp_path: Path) -> None:
    script = (
        "import mishaps, os, pathlib, signal, sys, time\n"
        "from tracklint.batch import check_in_processes\n"
        "from tracklint.config import Config\n"
        "def named():\n"
        "    yield 'a.fit', b''\n"
        "    yield 'b.gpx', sys.argv[1]\n"
        "    while not pathlib.Path(sys.argv[1] + '.mark').exists(): time.sleep(0.01)\n"
        "    os.kill(os.getpid(), signal.SIGKILL)\n"
        "    yield\n"
        "for report in check_in_processes(named(), config=Config(), jobs=2, check_one=mishaps.hangs): pass\n"
    )
    command = [sys.executable, "-c", script, str(tmp_path / "b.gpx")]
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join([str(ROOT / "src"), str(ROOT / "tests")])}
    # all its processes hold the pipe of its output, which ends with the last of them
    done = subprocess.run(command, stdout=subprocess.PIPE, env=environment, timeout=30, check=False)
    assert done.returncode == -signal.SIGKILL


def test_a_pool_that_breaks_costs_the_file_that_broke_it(named: Named, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tracklint.batch.check_named", mishaps.always_killed)
    monkeypatch.setattr("tracklint.batch.CHUNK", 2)
    monkeypatch.setattr("tracklint.batch.WAITING", 2)
    many = [*named, *((f"later/{k}", thing) for k, (_, thing) in enumerate([*named] * 4))]
    with ProcessPoolExecutor(1, multiprocessing.get_context("spawn")) as pool:
        reports = list(check_many(many, config=CONFIG, executor=pool))
    assert codes(reports)["b.gpx"] == ["INT003"]
    assert [report for report in reports if report.name != "b.gpx"] == whole([many[0], *many[2:]])


class OneLost(Executor):
    """Works at once, in this process, and loses what it does second."""

    def __init__(self) -> None:
        self.sizes: list[int] = []

    def submit(self, fn: Callable[..., Any], /, *args: Any, **kwargs: Any) -> Future[Any]:
        future: Future[Any] = Future()
        self.sizes.append(len(args[0]))
        if len(self.sizes) == 2:
            future.set_exception(BrokenExecutor("a worker is gone"))
        else:
            future.set_result(fn(*args, **kwargs))
        return future


def test_an_executor_that_loses_a_chunk_loses_no_file(named: Named, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tracklint.batch.CHUNK", 3)
    many = [(f"{k}/{name}", thing) for k in range(2) for name, thing in named]
    executor = OneLost()
    assert list(check_many(many, config=CONFIG, executor=executor)) == whole(many)
    assert executor.sizes == [3, 3, 2]


def test_an_executor_has_no_more_than_may_wait(tmp_path: Path) -> None:
    asked = 0

    def many() -> Iterator[tuple[str, Thing]]:
        nonlocal asked
        for k in range(100 * CHUNK):
            asked = k + 1
            yield str(k), b""

    stream = check_many(many(), config=CONFIG, executor=OneLost())
    assert next(stream).name == "0"
    assert asked == WAITING + 2 * cores() * CHUNK
    assert [report.name for report in stream] == [str(k) for k in range(1, 100 * CHUNK)]


def test_what_is_no_executor_is_said() -> None:
    with pytest.raises(TypeError, match=r"Executor or a dask.distributed.Client is wanted, not 2"):
        check_many([b""], executor=2)  # type: ignore[arg-type]


def test_a_defect_of_ours_costs_one_file(named: Named, monkeypatch: pytest.MonkeyPatch) -> None:
    def fails(thing: Thing, *, config: Config, name: str) -> Report:
        if name == "b.gpx":
            raise ZeroDivisionError("no kilometres")
        raise Unreadable(f"{name}: gone")

    monkeypatch.setattr("tracklint.checking.check", fails)
    reports = whole(named)
    assert codes(reports) == {"a.fit": ["INT002"], "b.gpx": ["INT001"], "c.tcx": ["INT002"], "d.fit": ["INT002"]}
    assert "ZeroDivisionError: no kilometres" in reports[1].findings[0].message


def test_second_readers_have_their_own_time() -> None:
    limits = Limits(seconds=10.0, second_reader_seconds=7.0)
    assert time_allowed(Config(limits=limits)) == 10.0
    assert time_allowed(Config(limits=limits, second_readers=True)) == 10.0 + 3 * 7.0


def test_one_path_is_not_many() -> None:
    with pytest.raises(TypeError, match=r"things is one str; give several, such as \['ride.fit'\]"):
        check_many("ride.fit")
