"""One run on a Dask cluster of this machine: what happens to its workers and to the cluster changes no report."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from conftest import ROOT
from tracklint import check_many
from tracklint.batch import check_in_processes
from tracklint.cli import main
from tracklint.cluster import Gone, connected
from tracklint.config import BadConfig, Config, Limits
from tracklint.findings import Report
from tracklint.render import jsonl
from tracklint.source import Thing
from tracklint.testing import Ride

pytestmark = pytest.mark.socket
CONFIG = Config(limits=Limits(now=1790000000.0))
RIDE = Ride(seconds=20)
CHUNK = 4


@dataclass
class Running:
    address: str
    process: subprocess.Popen[str]


@contextlib.contextmanager
def begun() -> Iterator[Running]:
    environment = {**os.environ, "PYTHONPATH": str(ROOT / "src"), "DASK_LOGGING__DISTRIBUTED": "critical"}
    script = [sys.executable, str(Path(__file__).with_name("local_cluster.py"))]
    with subprocess.Popen(
        script, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True, env=environment
    ) as process:
        assert process.stdout is not None
        yield Running(process.stdout.readline().strip(), process)


@pytest.fixture(scope="module")
def running() -> Iterator[Running]:
    with begun() as cluster:
        yield cluster


@pytest.fixture
def client(running: Running) -> Iterator[Any]:
    with connected(running.address) as client:
        yield client


@pytest.fixture
def many(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> list[tuple[str, Thing]]:
    """More files than wait at a time, so that the last of them are asked for in the middle of the run."""
    monkeypatch.setattr("tracklint.batch.CHUNK", CHUNK)
    monkeypatch.setattr("tracklint.batch.WAITING", CHUNK)
    rides = []
    for name, data in (("a.fit", RIDE.fit()), ("b.gpx", RIDE.gpx()), ("c.tcx", RIDE.tcx()), ("d.fit", b"no ride")):
        (tmp_path / name).write_bytes(data)
        rides.append((name, tmp_path / name))
    return [(f"{k}/{name}", thing) for k in range(12) for name, thing in rides]


def lines(reports: Iterator[Report]) -> list[str]:
    return [jsonl.piece(report) for report in reports]


def test_own_rules_run_on_a_cluster(client: Any, many: list[tuple[str, Thing]]) -> None:
    config = Config(rules=(str(ROOT / "docs" / "examples" / "our_rules.py"),), select=("ACM",))
    reports = list(check_many(many[:8], config=config, executor=client))
    assert [[each.code for each in report.findings] for report in reports] == 2 * [[], ["ACM001"], [], []]
    broken = Config(rules=("no_such_module",))
    with pytest.raises(BadConfig, match=r"^no_such_module: there is no module of this name"):
        list(check_many(many[:8], config=broken, executor=client))


def worker_pids(client: Any) -> list[int]:
    return list(client.run(os.getpid).values())


@pytest.mark.fleet
def test_a_killed_worker_changes_no_byte(client: Any, many: list[tuple[str, Thing]]) -> None:
    killed = []

    def disturbed() -> Iterator[tuple[str, Thing]]:
        for k, pair in enumerate(many):
            if k == len(many) - CHUNK:
                killed.append(worker_pids(client)[0])
                os.kill(killed[0], signal.SIGKILL)
            yield pair

    told = lines(check_many(disturbed(), config=CONFIG, executor=client))
    assert killed
    assert told == lines(check_in_processes(many, config=CONFIG, jobs=1))
    assert told == lines(check_in_processes(many, config=CONFIG, jobs=2))


def test_a_changed_file_gets_a_new_report(client: Any, tmp_path: Path) -> None:
    ride = tmp_path / "ride.fit"
    shas = []
    for seconds in (20, 21):
        ride.write_bytes(Ride(seconds=seconds).fit())
        shas += [report.sha256 for report in check_many([ride], config=CONFIG, executor=client)]
    assert shas[0] != shas[1]


def test_a_file_that_takes_too_long_is_ended_by_its_task(client: Any, tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe.fit")  # nobody writes to it
    (tmp_path / "ride.fit").write_bytes(RIDE.fit())
    config = Config(limits=Limits(now=1790000000.0, seconds=1.0))
    paths = [tmp_path / "pipe.fit", tmp_path / "ride.fit"]
    slow, ride = check_many(paths, config=config, executor=client)
    assert [finding.code for finding in slow.findings] == ["INT004"]
    assert ride.format == "fit"


def run(*arguments: object) -> Result:
    return CliRunner().invoke(main, [str(each) for each in arguments])


def test_the_command_says_the_same_bytes(
    running: Running, many: list[tuple[str, Thing]], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)  # where no worker is
    outputs = ("-o", "jsonl=told.jsonl", "-o", "text")
    here = run("check", *outputs, "-j", "1", "a.fit", "b.gpx", "c.tcx", "d.fit")
    told = Path("told.jsonl").read_bytes()
    there = run("check", *outputs, "--cluster", running.address, "a.fit", "b.gpx", "c.tcx", "d.fit")
    assert (there.exit_code, there.stdout, there.stderr) == (here.exit_code, here.stdout, here.stderr)
    assert Path("told.jsonl").read_bytes() == told
    assert told.count(b"\n") == 4


@pytest.mark.fleet
def test_a_cluster_that_goes_away_costs_only_what_it_had(many: list[tuple[str, Thing]]) -> None:
    told: list[str] = []
    with begun() as cluster, connected(cluster.address) as client:

        def left_alone() -> Iterator[tuple[str, Thing]]:
            for k, pair in enumerate(many):
                if k == len(many) - CHUNK:
                    cluster.process.kill()
                    cluster.process.wait()
                yield pair

        stream = check_many(left_alone(), config=CONFIG, executor=client)
        with pytest.raises(Gone) as gone:
            told.extend(jsonl.piece(report) for report in stream)
    whole = lines(check_in_processes(many, config=CONFIG, jobs=2))
    assert CHUNK <= len(told) < len(whole)
    assert [line for line in whole if line in set(told)] == told
    assert str(gone.value) == f"{cluster.address}: the cluster went away; {len(whole) - len(told)} files not checked"


@pytest.mark.usefixtures("many")
def test_no_cluster_is_one_line(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tracklint.cluster.CONNECT_SECONDS", 0.2)
    monkeypatch.chdir(tmp_path)
    for address in ("tcp://127.0.0.1:9", "nowhere at all"):
        done = run("check", "-o", "json=out.json", "--cluster", address, "a.fit", "b.gpx")
        assert done.exit_code == 2
        assert done.stdout == ""
        assert done.stderr.startswith(f"tracklint: {address}: no cluster answers here (")
        assert done.stderr.count("\n") == 1
        assert not Path("out.json").exists()


def test_jobs_are_not_for_a_cluster() -> None:
    done = run("check", "--cluster", "tcp://127.0.0.1:9", "-j", "2", "a.fit")
    assert done.exit_code == 2
    assert "--jobs is for this machine" in done.stderr
