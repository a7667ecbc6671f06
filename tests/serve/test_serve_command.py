"""`tracklint serve` as a process: what it says, what it keeps on disk, how much memory it takes, how it ends."""

from __future__ import annotations

import contextlib
import io
import os
import re
import signal
import subprocess
import sys
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import httpx
import pytest

from tracklint.testing import Ride

pytestmark = [
    pytest.mark.socket,
    pytest.mark.skipif(not Path("/proc/self/status").exists(), reason="memory and open files are read from /proc"),
]

MEBIBYTE = 2**20


@dataclass
class Command:
    process: subprocess.Popen[str]
    client: httpx.Client
    said: str
    folder: Path

    @property
    def peak(self) -> int:
        """The most memory that the server had, in bytes."""
        status = Path(f"/proc/{self.process.pid}/status").read_text()
        return int(re.findall(r"VmHWM:\s+(\d+) kB", status)[0]) * 1024

    @property
    def on_disk(self) -> list[str]:
        """Files in its folders, and open ones that have no name any more."""
        there = [str(path) for path in self.folder.rglob("*") if path.is_file()]
        handles = Path(f"/proc/{self.process.pid}/fd").iterdir()
        opened = [os.readlink(handle) for handle in handles]  # noqa: PTH115 - what they lead to need not be a path
        return there + [each for each in opened if each.endswith("(deleted)")]


@contextlib.contextmanager
def running(folder: Path, *options: str) -> Iterator[Command]:
    """The command on a free port, with folders of its own for what it may write."""
    process = subprocess.Popen(
        [sys.executable, "-m", "tracklint", "serve", "--port", "0", *options], cwd=folder, text=True,
        stdout=subprocess.PIPE, stderr=subprocess.PIPE,
        env={**os.environ, "TMPDIR": str(folder), "HOME": str(folder), "XDG_CACHE_HOME": str(folder)},
    )  # fmt: skip
    assert process.stdout is not None
    said = process.stdout.readline()
    with process, httpx.Client(base_url=said.split()[3], timeout=60) as client:
        yield Command(process, client, said, folder)
        process.kill()


def stopped(command: Command) -> tuple[int, str]:
    command.process.send_signal(signal.SIGINT)
    _, complaints = command.process.communicate(timeout=60)
    return command.process.returncode, complaints


def test_nothing_is_kept_on_disk_and_memory_is_bounded_whatever_comes(tmp_path: Path) -> None:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive:
        archive.writestr("a.fit", bytes(512 * MEBIBYTE))
        archive.writestr("b.fit", b"")
    with running(tmp_path) as command:
        assert re.fullmatch(
            r"Drop files at http://127\.0\.0\.1:\d+/ \(nothing leaves this machine; Ctrl-C ends it\)\n", command.said
        )
        before = command.peak
        answers = [
            command.client.post("/files", content=(bytes(MEBIBYTE) for _ in range(2048))),
            command.client.post("/files", content=packed.getvalue()),
        ]
        assert [each.status_code for each in answers] == [413, 413]
        assert command.peak - before < 300 * MEBIBYTE
        ride = Ride(seconds=60).fit() + bytes(2 * MEBIBYTE)  # larger than what readers of forms keep in memory
        held = command.client.post("/files", params={"name": "secret.fit"}, content=ride).json()
        for view in ("verdict", "page", "prepared"):
            assert command.client.get(f"/files/{held[0]['token']}/{view}").status_code == 200
        assert command.on_disk == []
        assert stopped(command) == (130, "tracklint: stopped\n")


#: A rule, in a module that takes for ever to load in the process of a check.
SLOW = """
import multiprocessing, time
from tracklint import Activity, Severity
from tracklint.rules import Basis, Hit, rule

if multiprocessing.parent_process() is not None:
    time.sleep(600)

@rule("OWN001", "never", Severity.WARNING, on=Activity, basis=Basis("x", "y"), says="never", hint="never")
def never(activity, limits):
    \"\"\"It is no activity.\"\"\"
    return ()
"""


def test_ctrl_c_does_not_wait_for_a_file_that_is_in_work(tmp_path: Path) -> None:
    rules = tmp_path / "slow.py"
    rules.write_text(SLOW)
    with running(tmp_path, "--rules", str(rules)) as command:
        held = command.client.post("/files", content=Ride(seconds=60).fit()).json()
        with pytest.raises(httpx.ReadTimeout):
            command.client.get(f"/files/{held[0]['token']}/verdict", timeout=0.5)
        assert stopped(command) == (130, "tracklint: stopped\n")
