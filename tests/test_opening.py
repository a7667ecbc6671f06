"""What has no end is not held, what nobody writes is not waited for, and a pattern over links that lead back ends."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
from pathlib import Path

import pytest

from tracklint import opening
from tracklint.checking import check
from tracklint.config import BadConfig
from tracklint.configuration import load_config
from tracklint.fit.private import load_private
from tracklint.globs import matches
from tracklint.source import Unreadable, read_bytes
from tracklint.testing import Ride

RIDE = Ride(seconds=20)


#: The command, and last the most memory that it held, in kB: of this program alone, not of the one that started it.
_WITH_PEAK = (
    "import sys\n"
    "from tracklint.cli import main\n"
    "try: main()\n"
    "except SystemExit as end: print(end.code)\n"
    "print(*(line.split()[1] for line in open('/proc/self/status') if line.startswith('VmHWM')))\n"
)


@pytest.mark.parametrize("how", ["/dev/zero", "-", "pipe"])
def test_what_has_no_end_is_told_before_300_mb_are_held(how: str) -> None:
    """The device by its name, standard input that is the device, and standard input from a programme that never ends."""
    writer = subprocess.Popen(["cat", "/dev/zero"], stdout=subprocess.PIPE) if how == "pipe" else None
    command = [sys.executable, "-c", _WITH_PEAK, "check", "-" if how == "pipe" else how]
    with Path("/dev/zero").open("rb") as zero:
        done = subprocess.run(
            command, stdin=zero if writer is None else writer.stdout, capture_output=True, text=True, check=True
        )
    if writer is not None:
        writer.kill()
        writer.communicate()
    assert "larger than 192 MiB; no activity file is" in done.stdout + done.stderr
    status, kilobytes = done.stdout.split()[-2:]
    assert status == "2"
    assert int(kilobytes) < 300_000_000 // 1024


def test_a_large_file_is_told_from_its_size(tmp_path: Path) -> None:
    path = tmp_path / "hole.fit"
    path.touch()
    os.truncate(path, 4 * 2**30)
    with pytest.raises(Unreadable, match=r"hole.fit: larger than 1024 MiB; no activity file is$"):
        check(path)


@pytest.fixture
def pipe(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(opening, "PIPE_SECONDS", 0.05)
    path = tmp_path / "tracklint.toml"
    os.mkfifo(path)
    return path


def test_a_pipe_that_nobody_writes_to_is_told(pipe: Path) -> None:
    with pytest.raises(Unreadable, match=r"tracklint.toml: nobody wrote to this pipe within 0.05 s$"):
        check(pipe)


def test_a_pipe_in_the_place_of_a_configuration_is_told(pipe: Path) -> None:
    for load in (lambda: load_config(pipe), lambda: load_config(start=pipe.parent), lambda: load_private(pipe)):
        with pytest.raises(BadConfig, match=r"tracklint.toml: nobody wrote to this pipe"):
            load()


@pytest.mark.parametrize("content", [RIDE.gpx(), b"", RIDE.fit() * 300], ids=["gpx", "nothing", "large"])
def test_a_pipe_is_read_to_its_end(pipe: Path, content: bytes, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(opening, "PIPE_SECONDS", 60)
    writer = threading.Thread(target=pipe.write_bytes, args=(content,))
    writer.start()
    assert read_bytes(pipe) == content
    writer.join()


def test_a_pattern_over_links_that_lead_back_ends(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("a", "b/c"):
        (tmp_path / name).mkdir(parents=True)
        (tmp_path / name / "x.gpx").write_bytes(RIDE.gpx())
        for link in ("one", "two"):
            (tmp_path / name / link).symlink_to(tmp_path)
    (tmp_path / ".hidden").mkdir()
    (tmp_path / ".hidden" / "x.gpx").write_bytes(b"")
    (tmp_path / "elsewhere").mkdir()
    (tmp_path / "a" / "z").symlink_to(tmp_path / "elsewhere")
    monkeypatch.chdir(tmp_path)
    assert matches("**/*.gpx") == ["a/x.gpx", "b/c/x.gpx"]
    assert matches("b/**/x.gpx") == ["b/c/one/a/x.gpx", "b/c/x.gpx"]  # what only a link leads to is found as well
    assert matches(f"{tmp_path}/**/c/**/*.gpx")[-1] == f"{tmp_path}/b/c/x.gpx"
    assert matches("nothing/**") == []


def test_a_pattern_matches_what_glob_does(tmp_path: Path) -> None:
    import glob

    for name in ("a.gpx", "b/c.gpx", "b/d/e.fit", "[b]/x.gpx", "b/.git/y.gpx"):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).touch()
    for pattern in ("**", "**/*.gpx", "*/**/*.gpx", "b/**", "**/b/**/*", "[[]b]/**", "b/*", "**/d"):
        whole = str(tmp_path / pattern)
        assert {Path(p) for p in matches(whole)} == {Path(p) for p in glob.glob(whole, recursive=True)}, pattern
