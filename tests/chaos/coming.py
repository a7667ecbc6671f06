"""Files come into a watched folder in every way, and the watcher is killed: each content leaves it once.

    python tests/chaos/coming.py [FILES] [KILLS] [SEED]

Some files are written slowly, some with a rest in between that is longer than `--settle`, some are renamed into place,
some are replaced while they may just be checked. Results are taken away as soon as they stand there. Meanwhile the
watcher is killed and started again. In the end each content that came to rest must have been written once and be one
activity; one that was replaced at most once. No process may have ended with a traceback.
"""

from __future__ import annotations

import gzip
import hashlib
import os
import random
import re
import signal
import subprocess
import sys
import tempfile
import threading
import time
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path

from tracklint.strava.sandbox import Options, running_sandbox
from tracklint.strava.sandbox.state import NO_LIMIT
from tracklint.testing import Ride
from tracklint.testing.sandbox import StravaSandbox

SETTLE = 0.4


@dataclass
class Came:
    """What came, and what became of it, by the SHA-256 of each content."""

    final: set[str] = field(default_factory=set)
    replaced: set[str] = field(default_factory=set)
    written: Counter[str] = field(default_factory=Counter)
    sent: Counter[str] = field(default_factory=Counter)
    ways: Counter[str] = field(default_factory=Counter)
    kills: int = 0
    said_again: int = 0
    wrong: list[str] = field(default_factory=list)

    def count(self) -> None:
        """Lost, doubled, and what was never a whole file."""
        for what, times in (("written", self.written), ("sent", self.sent)):
            for sha256 in self.final | self.replaced | set(times):
                known = sha256 in self.final | self.replaced
                if times[sha256] > 1 or (sha256 in self.final and not times[sha256]) or not known:
                    self.wrong.append(
                        f"{sha256[:8]} was {what} {times[sha256]} times{'' if known else ', and is no whole file'}"
                    )

    def line(self) -> str:
        """All of it in one line."""
        ways = ", ".join(f"{count} {way}" for way, count in sorted(self.ways.items()))
        return (
            f"{len(self.final)} contents that came to rest ({ways}) and {len(self.replaced)} that were replaced, "
            f"{self.kills} kills: {self.written.total()} written, {self.sent.total()} sent, "
            f"{self.said_again} reports said again, {len(self.wrong)} wrong"
        )


def _content(number: int) -> bytes:
    ride = Ride(
        seconds=20 + number % 50,
        start=f"2024-{number // 600 + 1:02}-{number // 24 % 25 + 1:02}T{number % 24:02}:00:00Z",
    )
    return (ride.fit, ride.gpx, ride.tcx)[number % 3]()


def _come(folder: Path, files: int, chance: random.Random, came: Came, over: threading.Event) -> None:
    """Put the files into the folder, a few at a time."""
    suffixes = ("fit", "gpx", "tcx")
    for number in range(files):
        content, place = _content(number), folder / f"ride{number:03}.{suffixes[number % 3]}"
        way = chance.choice(["written slowly", "rested in between", "renamed into place", "replaced"])
        came.ways[way] += 1
        if way == "renamed into place":
            (aside := folder / f"{place.name}.part").write_bytes(content)
            aside.rename(place)
        elif way == "replaced":
            before = _content(number + 3 * files)
            came.replaced.add(hashlib.sha256(before).hexdigest())
            place.write_bytes(before)
            time.sleep(chance.uniform(0, 3 * SETTLE))
            (aside := folder / f"{place.name}.part").write_bytes(content)
            aside.replace(place)
        else:
            rest = 2 * SETTLE if way == "rested in between" else SETTLE / 8
            with place.open("wb") as file:
                for piece in range(5):
                    file.write(content[piece * len(content) // 5 : (piece + 1) * len(content) // 5])
                    file.flush()
                    time.sleep(rest if piece == 2 else chance.uniform(0, SETTLE / 8))
        came.final.add(hashlib.sha256(content).hexdigest())
    over.set()


def _take(out: Path, came: Came) -> None:
    """Take the results away, as whoever waits for them does."""
    for result in [*out.glob("*.gz")]:
        came.written[hashlib.sha256(gzip.decompress(result.read_bytes())).hexdigest()] += 1
        result.unlink()


def _watch(folder: Path, strava: StravaSandbox, *more: str) -> subprocess.Popen[str]:
    environment = os.environ | {
        "TRACKLINT_HOME": str(folder / "home"), "TRACKLINT_STRAVA_API": strava.api_base,
        "TRACKLINT_STRAVA_TOKEN": strava.token,
    }  # fmt: skip
    command = [
        sys.executable, "-m", "tracklint", "watch", str(folder / "in"), "--prepare", str(folder / "out"), "--upload",
        "--settle", str(SETTLE), *more,
    ]  # fmt: skip
    with (folder / "said").open("a") as said:
        return subprocess.Popen(
            command, stdout=said, stderr=said, env=environment, text=True, preexec_fn=_hears  # noqa: PLW1509
        )  # fmt: skip


def _hears() -> None:
    """A background job of a shell ignores SIGINT from its start."""
    signal.signal(signal.SIGINT, signal.default_int_handler)


def run(files: int, kills: int, seed: int) -> Came:
    """Let them come, kill the watcher so many times, and count when all has come to rest."""
    came, chance, over = Came(), random.Random(seed), threading.Event()
    options = Options(silence=10.0, rate_limit=NO_LIMIT, read_limit=NO_LIMIT)
    with tempfile.TemporaryDirectory() as name, running_sandbox(options) as running:
        strava, folder = StravaSandbox(running), Path(name)
        (folder / "in").mkdir()
        writer = threading.Thread(target=_come, args=(folder / "in", files, random.Random(seed), came, over))
        writer.start()
        process = _watch(folder, strava)
        while came.kills < kills or not over.is_set():
            until = time.monotonic() + chance.uniform(0.5, 4)
            while time.monotonic() < until:
                _take(folder / "out", came)
                time.sleep(0.02)
            if came.kills < kills:
                process.send_signal(signal.SIGKILL)
                process.wait()
                came.kills += 1
                process = _watch(folder, strava)
        writer.join()
        _ended_by_ctrl_c(process, came)
        for _ in range(5):
            if (status := _watch(folder, strava, "--once").wait()) == 0:
                break
        else:
            came.wrong.append(f"--once ends with {status}")
        _take(folder / "out", came)
        said = (folder / "said").read_text(errors="replace")
        came.sent.update(upload.sha256 for upload in strava.uploads if upload.activity_id is not None)
        came.said_again = len(re.findall("said again", said))
        if "Traceback" in said or "tracklint itself failed" in said:
            came.wrong.append(said[-3000:])
    came.count()
    return came


def _ended_by_ctrl_c(process: subprocess.Popen[str], came: Came) -> None:
    time.sleep(2)
    process.send_signal(signal.SIGINT)
    if (status := process.wait()) != 130:
        came.wrong.append(f"Ctrl-C ends it with {status}")


if __name__ == "__main__":
    result = run(int(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3]) if sys.argv[3:] else 1)
    print(result.line(), *result.wrong, sep="\n")
    sys.exit(1 if result.wrong else 0)
