"""What goes wrong with one file stops no other, no result is lost without a word, and exit status 1 means findings only."""

from __future__ import annotations

import gzip
import sys
import zipfile
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

import tracklint.batch
import tracklint.checking
import tracklint.mending.fixing
import tracklint.preparing
from tracklint.cli import main
from tracklint.cli.options import exit_status
from tracklint.config import Config
from tracklint.testing import Ride

RIDE = Ride(seconds=20)
OTHER = Ride(seconds=30)
LAST = Ride(seconds=25)
COMMANDS = [["fix", "--out"], ["prepare", "--no-gzip", "--out"]]


def run(*args: object) -> Result:
    return CliRunner().invoke(main, [str(a) for a in args])


@pytest.fixture
def rides(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The working directory has rides/2023/x.gpx and rides/2024/x.gpx, two rides."""
    for year, ride in (("2023", RIDE), ("2024", OTHER)):
        (tmp_path / "rides" / year).mkdir(parents=True)
        (tmp_path / "rides" / year / "x.gpx").write_bytes(ride.gpx())
    monkeypatch.chdir(tmp_path)
    return tmp_path / "rides"


def tree(folder: Path) -> dict[str, bytes]:
    return {
        path.relative_to(folder).as_posix(): path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file()
    }


BOTH = {"2023/x.gpx": RIDE.gpx(), "2024/x.gpx": OTHER.gpx()}


@pytest.mark.parametrize("command", COMMANDS, ids=lambda command: command[0])
class TestOut:
    @pytest.mark.parametrize("given", ["rides", "rides/*", "rides/**/*.gpx"])
    def test_the_tree_is_kept(self, command: list[str], given: str, rides: Path) -> None:
        done = run(*command, "out", given)
        assert (done.exit_code, done.stderr) == (0, "")
        assert tree(rides.parent / "out") == BOTH
        assert "rides/2024/x.gpx -> out/2024/x.gpx" in done.stdout

    def test_a_member_of_an_archive_has_a_place_below_it(self, command: list[str], rides: Path) -> None:
        packed = {f"{k}/x.gpx": Ride(seconds=k).gpx() for k in (40, 50)}
        with zipfile.ZipFile(rides / "all.zip", "w") as archive:
            for name, data in packed.items():
                archive.writestr(name, data)
        assert run(*command, "out", "rides").exit_code == 0
        assert tree(rides.parent / "out") == BOTH | {f"all.zip/{name}": data for name, data in packed.items()}
        assert run(*command, "alone", "rides/all.zip").exit_code == 0
        assert tree(rides.parent / "alone") == packed

    def test_two_of_one_name_lose_none_and_stop_none(self, command: list[str], rides: Path) -> None:
        (rides / "last.gpx").write_bytes(LAST.gpx())
        done = run(*command, "out", rides / "2023/x.gpx", rides / "2024/x.gpx", rides / "last.gpx")
        assert done.exit_code == 2
        assert tree(rides.parent / "out") == {"last.gpx": LAST.gpx(), "x.gpx": RIDE.gpx()}
        assert done.stderr == (
            "tracklint: rides/2024/x.gpx: out/x.gpx exists and is the result of rides/2023/x.gpx; nothing is overwritten\n"
        )

    def test_two_of_one_content_are_one_result(self, command: list[str], rides: Path) -> None:
        (rides / "2024/x.gpx").write_bytes(RIDE.gpx())
        done = run(*command, "out", "rides/2023/x.gpx", "rides/2024/x.gpx")
        assert (done.exit_code, done.stderr) == (0, "")
        assert tree(rides.parent / "out") == {"x.gpx": RIDE.gpx()}

    def test_results_are_no_inputs(self, command: list[str], rides: Path) -> None:
        for given in ("rides", "rides", "rides/**/*.gpx", "rides/*"):
            assert run(*command, "rides/out", given).exit_code == 0
            assert tree(rides / "out") == BOTH
        assert run(*command, "again", "rides/out").exit_code == 0
        assert tree(rides.parent / "again") == BOTH

    def test_what_cannot_be_read_or_written_stops_no_other(self, command: list[str], rides: Path) -> None:
        (rides / "2022").symlink_to("2022")
        (rides / "2025").mkdir()
        (rides / "2025/x.gpx").write_bytes(RIDE.gpx())
        (rides.parent / "out").mkdir()
        (rides.parent / "out/2023").write_text("a file where a folder is wanted")
        done = run(*command, "out", "rides", "nothing.gpx")
        assert done.exit_code == 2
        assert [line.split(": ")[1] for line in done.stderr.splitlines()] == [
            "rides/2022", "rides/2023/x.gpx", "nothing.gpx",
        ]  # fmt: skip
        assert "out/2023" in done.stderr.splitlines()[1]
        wanted = {"2023", "2024/x.gpx", "2025/x.gpx"}
        assert set(tree(rides.parent / "out")) == wanted

    def test_a_defect_of_ours_stops_no_other(
        self, command: list[str], rides: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        def failing(whole: Any) -> Any:
            def run_or_fail(thing: Any, **kwargs: Any) -> Any:
                if "2023" in kwargs["name"]:
                    raise KeyError("a defect")
                return whole(thing, **kwargs)

            return run_or_fail

        monkeypatch.setattr(tracklint.mending.fixing, "fix", failing(tracklint.mending.fixing.fix))
        monkeypatch.setattr(tracklint.preparing, "prepare", failing(tracklint.preparing.prepare))
        done = run(*command, "out", "rides")
        assert done.exit_code == 2
        assert done.stderr == (
            "tracklint: rides/2023/x.gpx: tracklint itself failed (KeyError: 'a defect'); please report this defect\n"
        )
        assert set(tree(rides.parent / "out")) == {"2024/x.gpx"}


def test_a_part_that_finds_no_place_stops_no_other_part(rides: Path) -> None:
    (rides / "2023/two.fit").write_bytes(RIDE.fit(chained=2))
    (rides.parent / "out/2023").mkdir(parents=True)
    (rides.parent / "out/2023/two-1.fit").write_bytes(b"mine")
    done = run("fix", "--split", "--out", "out", "rides")
    assert done.exit_code == 2
    assert "rides/2023/two.fit: out/2023/two-1.fit exists and is another one" in done.stderr
    found = tree(rides.parent / "out")
    assert set(found) == {"2023/two-1.fit", "2023/two-2.fit", "2023/x.gpx", "2024/x.gpx"}
    assert found["2023/two-1.fit"] == b"mine"


def test_one_that_cannot_be_written_in_place_stops_no_other(rides: Path) -> None:
    damaged = RIDE.fit()[:4] + bytes(4) + RIDE.fit()[8:]
    with zipfile.ZipFile(rides / "2023/a.zip", "w") as archive:
        archive.writestr("a.fit", damaged)
    (rides / "2024/b.fit").write_bytes(damaged)
    done = run("fix", "--in-place", "rides")
    assert done.exit_code == 2
    assert "rides/2023/a.zip: only a file of its own can be written in place" in done.stderr
    assert (rides / "2024/b.fit").read_bytes() == RIDE.fit()


def test_the_same_ride_packed_and_plain_is_one_result_of_prepare(rides: Path) -> None:
    (rides / "2023/x.gpx.gz").write_bytes(gzip.compress(RIDE.gpx()))
    assert run("prepare", "--out", "out", "rides").exit_code == 0
    (rides / "2023/x.gpx.gz").write_bytes(gzip.compress(OTHER.gpx()))
    done = run("prepare", "--out", "new", "rides")
    assert done.exit_code == 2
    assert "rides/2023/x.gpx.gz: new/2023/x.gpx.gz exists and is the result of rides/2023/x.gpx;" in done.stderr
    assert set(tree(rides.parent / "new")) == {"2023/x.gpx.gz", "2024/x.gpx.gz"}


# Exit status 1 means findings and nothing else.


@pytest.mark.parametrize("command", ["check", "show", "dump", "fix"])
def test_a_defect_of_ours_is_one_line_and_status_two(
    command: str, rides: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fails(*_args: Any, **_kwargs: Any) -> Any:
        raise ZeroDivisionError("a\ndefect")

    for place in ("tracklint.checking.check", "tracklint.checking.check_reading", "tracklint.dump.dump_rows"):
        monkeypatch.setattr(place, fails)
    monkeypatch.setattr(tracklint.mending.fixing, "fix", fails)
    done = run(command, "rides/2023/x.gpx")
    assert done.exit_code == 2
    told = done.stdout if command == "check" else done.stderr
    assert "rides/2023/x.gpx" in told
    assert "tracklint itself failed" in told
    assert "ZeroDivisionError: a" in told
    assert done.stderr.count("\n") == (0 if command == "check" else 1)
    assert "Traceback" not in told


def test_a_defect_costs_its_own_file_only(rides: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    whole = tracklint.checking.check

    def fails(thing: Any, *args: Any, **kwargs: Any) -> Any:
        if "2023" in str(thing):
            raise MemoryError
        return whole(thing, *args, **kwargs)

    monkeypatch.setattr(tracklint.checking, "check", fails)
    reports = list(tracklint.batch.check_many(["rides"]))
    assert [[finding.code for finding in each.findings] for each in reports] == [["INT001"], []]
    assert exit_status(reports, Config()) == 2


def test_the_traceback_is_there_for_who_asks(rides: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "tracklint.cli.explain", None)
    done = run("explain")
    assert (done.exit_code, done.stderr.count("\n")) == (2, 1)
    assert done.stderr.startswith("tracklint: tracklint itself failed (ModuleNotFoundError: ")
    monkeypatch.setenv("TRACKLINT_TRACEBACK", "1")
    assert "Traceback (most recent call last)" in run("explain").stderr


def test_a_stop_by_the_person_is_no_finding(rides: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def stopped(*_args: Any, **_kwargs: Any) -> Any:
        raise KeyboardInterrupt

    monkeypatch.setattr("tracklint.checking.check_reading", stopped)
    done = run("show", "rides/2023/x.gpx")
    assert (done.exit_code, done.stderr) == (130, "tracklint: stopped\n")


@pytest.mark.parametrize(
    "text", ['severity = "x"', "limits = 3", "[limits]\ngap-s = -1", 'ignore = ["NOPE"]', 'ignore = [""]', "[tool"]
)
def test_a_wrong_configuration_is_one_line_that_names_it(text: str, rides: Path) -> None:
    (rides.parent / "tracklint.toml").write_text(text)
    for given in ((), ("--config", "tracklint.toml")):
        done = run("check", *given, "rides")
        assert done.exit_code == 2
        assert done.stderr.count("\n") == 1
        assert "tracklint.toml: " in done.stderr


def test_a_folder_is_no_configuration(rides: Path) -> None:
    done = run("check", "--config", "rides", "rides")
    assert (done.exit_code, done.stderr) == (2, "tracklint: rides: this is a directory\n")
    (rides.parent / "tracklint.toml").mkdir()
    done = run("check", "rides")
    assert (done.exit_code, done.stderr.count("\n")) == (2, 1)
    assert "tracklint.toml: this is a directory" in done.stderr
