"""From what a run is given to its files: each once, under one name for every output, and nothing passed over in silence."""

from __future__ import annotations

import errno
import io
import json
import os
import zipfile
from collections.abc import Iterator
from pathlib import Path, PurePosixPath
from typing import Any

import pytest
from click.testing import CliRunner, Result

import mishaps
from tracklint import Config, check, check_many
from tracklint.cli import main
from tracklint.inputs import expand, inputs
from tracklint.source import Unreadable, open_source
from tracklint.strava.fields import Fields
from tracklint.strava.jobs import Order, jobs_for
from tracklint.testing import Ride

RIDE = Ride(seconds=20)


def run(*args: object, stdin: bytes | None = None) -> Result:
    return CliRunner().invoke(main, [str(a) for a in args], input=stdin)


def files(*args: object) -> dict[str, list[str]]:
    """The names in a JSON Lines report, with the codes of each file's findings."""
    lines = [json.loads(line) for line in run("check", "-o", "jsonl", *args).stdout.splitlines()]
    assert len({each["name"] for each in lines}) == len(lines)
    return {each["name"]: [finding["code"] for finding in each["findings"]] for each in lines}


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The working directory, with rides below it and beside it; they differ in length."""
    places = ("here/rides/2023/x.gpx", "here/rides/2024/x.gpx", "else/x.gpx", "else/2/x.gpx")
    for k, place in enumerate(places):
        path = tmp_path / place
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(Ride(seconds=20 + k).gpx())
    monkeypatch.chdir(tmp_path / "here")
    return tmp_path / "here"


def test_a_name_is_relative_below_the_working_directory_and_else_as_given(here: Path) -> None:
    outside = here.parent / "else"
    assert list(files("rides", "../else", outside / "2")) == [
        "rides/2023/x.gpx", "rides/2024/x.gpx", "../else/2/x.gpx", "../else/x.gpx",
    ]  # fmt: skip
    assert list(files(here / "rides/2023", outside)) == ["rides/2023/x.gpx", f"{outside}/2/x.gpx", f"{outside}/x.gpx"]
    assert list(files("../else/*.gpx", "../here/rides/2024/x.gpx")) == ["../else/x.gpx", "rides/2024/x.gpx"]


def test_names_are_relative_to_another_folder_on_request(here: Path) -> None:
    assert list(files("--relative-to", "rides", "rides", "../else/x.gpx")) == [
        "2023/x.gpx", "2024/x.gpx", "../else/x.gpx",
    ]  # fmt: skip
    assert list(files("--relative-to", here.parent, "rides/2024")) == ["here/rides/2024/x.gpx"]
    assert run("check", "--relative-to", "nowhere", "rides").exit_code == 2


def test_two_files_that_are_spelt_alike_have_two_names(here: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(here / "rides/2023")
    names = list(files("--relative-to", "../2024", "x.gpx", "../2024/x.gpx"))
    assert names == ["x.gpx", f"{here}/rides/2024/x.gpx"]
    assert [report.name for report in check_many([RIDE.gpx(), RIDE.fit()])] == ["<bytes>", "<bytes> (2)"]


@pytest.mark.parametrize("given", ["../here/rides/2023/x.gpx", "../else/x.gpx"])
def test_every_output_says_the_same_name(given: str, here: Path) -> None:
    Path(given).write_bytes(RIDE.gpx(change={3: {"time": None}}))
    name = given.removeprefix("../here/")
    job = next(jobs_for([given], Order(), print))
    assert {
        "json": json.loads(run("check", "-o", "json", given).stdout)["files"][0]["name"],
        "jsonl": next(iter(files(given))),
        "text": run("check", given).stdout.partition(": refused")[0],
        "show": run("show", given).stdout.partition(": ")[0],
        "fix": run("fix", given).stdout.partition(": ")[0],
        "prepare": run("prepare", "--force", "--out", "out", given).stdout.partition(" -> ")[0],
        "upload": job.name,
        "library": check(given).name,
    } == dict.fromkeys(("json", "jsonl", "text", "show", "fix", "prepare", "upload", "library"), name)


def test_a_file_is_one_of_the_run_in_whatever_spelling(here: Path) -> None:
    (here / "link.gpx").symlink_to("rides/2023/x.gpx")
    (here / "folder").symlink_to("rides")
    given = (
        "rides/2023/x.gpx",
        "./rides/2023/x.gpx",
        here / "rides/2023/x.gpx",
        "link.gpx",
        "folder/2023",
        "rides/../rides/2023/*",
    )
    assert list(files(*given)) == ["rides/2023/x.gpx"]
    assert [report.name for report in check_many(given)] == ["rides/2023/x.gpx"]
    assert list(files("link.gpx")) == ["link.gpx"]


def test_names_of_what_is_no_path(here: Path) -> None:
    with zipfile.ZipFile(here / "all.zip", "w") as archive:
        archive.writestr("a/x.gpx", RIDE.gpx())
        archive.writestr("b/x.gpx", RIDE.gpx())
    assert list(files(here / "all.zip")) == ["all.zip/a/x.gpx", "all.zip/b/x.gpx"]
    assert list(files("--relative-to", "rides", "all.zip")) == ["all.zip/a/x.gpx", "all.zip/b/x.gpx"]
    assert open_source(io.BytesIO(RIDE.gpx())).name == "<file>"
    with (here / "rides/2023/x.gpx").open("rb") as file:
        assert open_source(file).name == "rides/2023/x.gpx"
    assert check("rides/2023/x.gpx", config=Config(relative_to=Path("rides"))).name == "2023/x.gpx"


def test_a_table_of_fields_finds_a_path_as_it_was_given(here: Path) -> None:
    path = here / "rides/2023/x.gpx"
    job = next(jobs_for([path], Order(table={str(path): Fields(title="As given")}), print))
    assert (job.name, job.request["fields"]) == ("rides/2023/x.gpx", {"title": "As given"})


@pytest.mark.parametrize(
    ("given", "below"),
    [
        (["rides"], ["2023/x.gpx", "2024/x.gpx"]),
        (["rides/*/x.gpx"], ["2023/x.gpx", "2024/x.gpx"]),
        (["*"], ["rides/2023/x.gpx", "rides/2024/x.gpx"]),
        (["rides/2023/x.gpx"], ["x.gpx"]),
        (["-"], ["stdin"]),
    ],
)
def test_the_place_below_what_was_given(given: list[str], below: list[str], here: Path) -> None:
    assert [str(each.below) for each in inputs(given)] == below


def test_no_member_leads_out_of_a_folder(here: Path) -> None:
    with zipfile.ZipFile(here / "rides/all.zip", "w") as archive:
        for name in ("../../up.gpx", "/root.gpx", "C:\\drive.gpx", "a/./b.gpx"):
            archive.writestr(name, RIDE.gpx())
    wanted = {PurePosixPath(each) for each in ("up.gpx", "root.gpx", "drive.gpx", "a/b.gpx")}
    assert {each.below for each in inputs(["rides/all.zip"])} == wanted
    assert {each.below for each in inputs(["rides"]) if "zip" in each.name} == {"all.zip" / each for each in wanted}


# What cannot be read.


@pytest.fixture
def denied(here: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A folder that cannot be listed and a file that cannot be opened, for root as well."""
    (here / "rides/shut").mkdir()
    (here / "rides/shut/x.gpx").write_bytes(RIDE.gpx())
    (here / "rides/2023/locked.gpx").write_bytes(RIDE.gpx())
    list_, open_ = os.scandir, Path.open

    def scandir(path: Any = ".") -> Any:
        if str(os.fspath(path)).endswith("shut"):
            raise PermissionError(13, "Permission denied", os.fspath(path))
        return list_(path)

    def opened(path: Path, *args: Any, **kwargs: Any) -> Any:
        if path.name == "locked.gpx":
            raise PermissionError(13, "Permission denied", str(path))
        return open_(path, *args, **kwargs)

    with monkeypatch.context() as patched:
        patched.setattr(os, "scandir", scandir)
        patched.setattr(Path, "open", opened)
        patched.setattr("tracklint.batch.made_in_processes", mishaps.in_this_process)
        yield here


DENIED = {
    "rides/2023/locked.gpx": ["INT002"],
    "rides/2023/x.gpx": [],
    "rides/2024/x.gpx": [],
    "rides/shut": ["INT002"],
}


@pytest.mark.parametrize(
    "given", [["rides"], ["rides", "rides/shut"], ["rides/*"], ["rides/**/*.gpx"], ["rides/*/*.gpx"]]
)
def test_what_is_denied_has_a_report_and_stops_no_other(given: list[str], denied: Path) -> None:
    assert denied.is_dir()
    assert dict(sorted(files(*given).items())) == DENIED
    assert run("check", *given).exit_code == 2


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() == 0, reason="root may read everything")
def test_what_the_system_denies(here: Path) -> None:
    (here / "rides/2023/locked.gpx").write_bytes(RIDE.gpx())
    (here / "rides/2023/locked.gpx").chmod(0)
    (here / "rides/shut").mkdir(mode=0)
    assert files("rides") == DENIED
    assert run("check", "rides").exit_code == 2


def test_links_that_lead_nowhere(here: Path) -> None:
    for name, target in {"self.gpx": "self.gpx", "self": "self", "gone.fit": "nothing", "gone": "nothing"}.items():
        (here / "rides" / name).symlink_to(target)
    wanted = {"rides/gone.fit": ["INT002"], "rides/self": ["INT002"], "rides/self.gpx": ["INT002"]}
    found = files("rides")
    assert {name: codes for name, codes in found.items() if codes} == wanted
    assert len(found) == 5
    assert files("rides/self", "rides/2023") == {"rides/self": ["INT002"], "rides/2023/x.gpx": []}
    for command in ("show", "dump"):
        done = run(command, "rides/self")
        assert (done.exit_code, done.stderr) == (2, "tracklint: rides/self: this link leads back to itself\n")


def test_an_empty_path_is_no_directory(here: Path) -> None:
    assert files("", "rides/2023") == {'""': ["INT002"], "rides/2023/x.gpx": []}
    assert run("check", "").exit_code == 2
    for command in (["show", ""], ["dump", ""], ["fix", ""], ["prepare", "", "--out", "out"]):
        done = run(*command)
        assert (done.exit_code, done.stderr) == (2, 'tracklint: "": an empty path names no file\n')
    with pytest.raises(Unreadable, match="an empty path names no file"):
        open_source("")


def test_a_pair_is_taken_as_it_is() -> None:
    assert list(expand([("mine", b"x"), ("mine", b"y")])) == [("mine", b"x"), ("mine", b"y")]


def test_a_link_that_may_not_be_read_stops_no_other(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    real = os.path.realpath

    def denied(path: str | Path, **kwargs: bool) -> str:
        if "link" in str(path):  # as /proc/1/cwd is to those who are not root
            raise PermissionError(errno.EACCES, "Permission denied", str(path))
        return str(real(path, **kwargs))

    for name in ("a.gpx", "link.gpx", "z.gpx"):
        (tmp_path / name).write_bytes(Ride(seconds=60).gpx())
    monkeypatch.setattr("os.path.realpath", denied)
    found = [Path(name).name for name, _ in expand([tmp_path])]
    assert found == ["a.gpx", "link.gpx", "z.gpx"]


# Nothing there is said, and two members of one name are two files.


EMPTY = {
    "empty": "this folder is empty",
    "notes": "no FIT, TCX or GPX file in this folder",
    "no*.fit": "no file matches",
}


@pytest.fixture
def bare(here: Path) -> Path:
    (here / "empty").mkdir()
    (here / "notes").mkdir()
    (here / "notes/x.txt").write_text("x")
    return here


@pytest.mark.parametrize("command", [["check"], ["fix"], ["prepare", "--out", "out"], ["upload", "--sandbox"]])
@pytest.mark.parametrize("given", EMPTY)
@pytest.mark.socket
def test_what_holds_no_activity_is_said_and_status_two(command: list[str], given: str, bare: Path) -> None:
    done = run(*command, given)
    assert done.exit_code == 2
    assert EMPTY[given] in done.output
    assert given in done.output


@pytest.mark.parametrize("command", [["check"], ["fix"], ["prepare", "--out", "out"]])
def test_who_means_an_empty_folder_says_so(command: list[str], bare: Path) -> None:
    done = run(*command, "--allow-empty", "empty", "no*.fit")
    assert (done.exit_code, done.stderr) == (0, "")
    assert run(*command, "--allow-empty", "nowhere.fit").exit_code == 2


def test_excluded_files_are_left_out(here: Path) -> None:
    assert list(files("--exclude", "2023", "rides")) == ["rides/2024/x.gpx"]
    assert list(files("--exclude", "rides/*4/*.gpx", "rides")) == ["rides/2023/x.gpx"]
    done = run("check", "--exclude", "*.gpx", "rides")
    assert done.exit_code == 2
    assert "no file is left that is not excluded" in done.stdout


@pytest.fixture
def doubled(here: Path) -> bytes:
    """here/two.zip has two members of one name; the bytes of the second."""
    second = Ride(seconds=33).gpx()
    with zipfile.ZipFile("two.zip", "w") as archive:
        archive.writestr("a/x.gpx", RIDE.gpx())
        with pytest.warns(UserWarning, match="Duplicate"):
            archive.writestr("a/x.gpx", second)
    return second


def test_two_members_of_one_name_are_two_files(doubled: bytes) -> None:
    first, other = (json.loads(line) for line in run("check", "-o", "jsonl", "two.zip").stdout.splitlines())
    assert (first["name"], other["name"]) == ("two.zip/a/x.gpx", "two.zip/a/x (2).gpx")
    assert (first["bytes"], other["bytes"]) == (len(RIDE.gpx()), len(doubled))


@pytest.mark.parametrize("command", [["fix", "--out", "out"], ["prepare", "--no-gzip", "--out", "out"]])
def test_two_members_of_one_name_have_two_results(command: list[str], doubled: bytes) -> None:
    assert run(*command, "two.zip").exit_code == 0
    assert Path("out/a/x.gpx").read_bytes() == RIDE.gpx()
    assert Path("out/a/x (2).gpx").read_bytes() == doubled
