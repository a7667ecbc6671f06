"""A file is written whole or not at all, and what stood there before is kept until then."""

from __future__ import annotations

import errno
import json
import os
import stat
import subprocess
import sys
from pathlib import Path

import pytest

from tracklint.testing import Ride
from tracklint.writing import beside, keep_copy, put_back, write_new, write_over


def names(folder: Path) -> list[str]:
    return sorted(each.name for each in folder.iterdir())


def test_what_stands_there_is_replaced_and_keeps_its_mode(tmp_path: Path) -> None:
    target = tmp_path / "ride.fit"
    target.write_bytes(b"old")
    target.chmod(0o640)
    write_over(target, b"new")
    assert target.read_bytes() == b"new"
    assert stat.S_IMODE(target.stat().st_mode) == 0o640
    assert names(tmp_path) == ["ride.fit"]


def test_a_secret_is_private_whatever_was_there(tmp_path: Path) -> None:
    target = tmp_path / "tokens.json"
    target.write_bytes(b"old")
    target.chmod(0o644)
    write_over(target, b"new", private=True)
    assert stat.S_IMODE(target.stat().st_mode) == 0o600


def test_a_new_file_has_the_mode_of_new_files_and_overwrites_nothing(tmp_path: Path) -> None:
    (tmp_path / "plain").write_bytes(b"")
    target = tmp_path / "ride.gpx"
    write_new(target, b"one")
    assert stat.S_IMODE(target.stat().st_mode) == stat.S_IMODE((tmp_path / "plain").stat().st_mode)
    with pytest.raises(FileExistsError, match=r"ride\.gpx"):
        write_new(target, b"two")
    assert target.read_bytes() == b"one"
    assert names(tmp_path) == ["plain", "ride.gpx"]


def test_a_file_system_without_hard_links_overwrites_nothing_either(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refused(*_: object) -> None:
        raise OSError(errno.EPERM, "Operation not permitted")

    monkeypatch.setattr(Path, "hardlink_to", refused)
    write_new(tmp_path / "a", b"one")
    with pytest.raises(FileExistsError):
        write_new(tmp_path / "a", b"two")
    assert (tmp_path / "a").read_bytes() == b"one"
    assert names(tmp_path) == ["a"]


@pytest.mark.parametrize("over", [True, False])
def test_a_full_disk_leaves_nothing_and_names_the_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, over: bool
) -> None:
    def full(_: int) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    target = tmp_path / "ride.tcx"
    if over:
        target.write_bytes(b"old")
    before = names(tmp_path)
    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(OSError, match=r"No space left on device: .*ride\.tcx"), beside(target, over=over) as file:
        file.write(b"new")
    assert names(tmp_path) == before
    assert not over or target.read_bytes() == b"old"


def test_an_interrupted_block_leaves_nothing(tmp_path: Path) -> None:
    def interrupted() -> None:
        with beside(tmp_path / "report.json") as file:
            file.write(b"{")
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        interrupted()
    assert names(tmp_path) == []


def test_a_link_stays_a_link_and_a_pipe_is_written_into(tmp_path: Path) -> None:
    (tmp_path / "real").write_bytes(b"old")
    link = tmp_path / "link"
    link.symlink_to("real")
    write_over(link, b"new")
    assert link.is_symlink()
    assert (tmp_path / "real").read_bytes() == b"new"
    write_over(Path("/dev/null"), b"gone")
    assert not Path("/dev/null").is_file()


def test_a_folder_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError, match=r"nowhere/ride\.fit"):
        write_new(tmp_path / "nowhere" / "ride.fit", b"")


def test_a_new_file_does_not_go_where_a_dangling_link_leads(tmp_path: Path) -> None:
    (tmp_path / "out").mkdir()
    (tmp_path / "out" / "ride.fit").symlink_to("../victim")
    with pytest.raises(FileExistsError):
        write_new(tmp_path / "out" / "ride.fit", b"ride")
    assert names(tmp_path) == ["out"]


def test_what_a_killed_run_left_beside_is_cleaned_and_what_is_being_written_stays(tmp_path: Path) -> None:
    script = (
        "import os, pathlib, signal\n"
        "from tracklint.writing import beside\n"
        f"with beside(pathlib.Path({str(tmp_path / 'ride.fit')!r})) as file:\n"
        "    file.write(b'half')\n"
        "    os.kill(os.getpid(), signal.SIGKILL)\n"
    )
    subprocess.run([sys.executable, "-c", script], check=False)
    (left,) = names(tmp_path)
    assert left.endswith(".part")
    with beside(tmp_path / "ride.fit") as other:
        (growing,) = names(tmp_path)
        assert growing != left
        write_over(tmp_path / "ride.fit", b"first")
        assert names(tmp_path) == [growing, "ride.fit"]
        other.write(b"second")
    assert names(tmp_path) == ["ride.fit"]
    assert (tmp_path / "ride.fit").read_bytes() == b"second"


@pytest.mark.parametrize("links", [True, False])
def test_a_copy_is_what_the_file_was_and_is_never_another_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, links: bool
) -> None:
    def refused(*_: object) -> None:
        raise OSError(errno.EPERM, "Operation not permitted")

    if not links:
        monkeypatch.setattr(Path, "hardlink_to", refused)
    ride, copy = tmp_path / "ride.fit", tmp_path / "ride.fit.orig"
    ride.write_bytes(b"old")
    os.utime(ride, (1e9, 1e9))
    keep_copy(ride, copy)
    write_over(ride, b"new")
    assert (copy.read_bytes(), copy.stat().st_mtime) == (b"old", 1e9)
    with pytest.raises(FileExistsError):
        keep_copy(ride, copy)
    put_back(copy, ride)
    assert (ride.read_bytes(), ride.stat().st_mtime) == (b"old", 1e9)
    assert names(tmp_path) == ["ride.fit"]


@pytest.mark.skipif(sys.platform != "linux", reason="/dev/stdout of Linux")
def test_a_pipe_may_be_named_as_an_output(tmp_path: Path) -> None:
    ride = tmp_path / "ride.gpx"
    ride.write_bytes(Ride(seconds=5).gpx())
    command = [sys.executable, "-m", "tracklint", "check", "-o", "json=/dev/stdout", str(ride)]
    done = subprocess.run(command, capture_output=True, check=False)
    assert (done.returncode, done.stderr) == (0, b"")
    assert json.loads(done.stdout)["verdict"] == "ready"
