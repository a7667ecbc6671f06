"""Kill the uploader with SIGKILL at random moments of a batch, resume, and count what the stand-in has.

    python tests/strava/kill.py [KILLS] [FILES] [SEED]

Each batch has FILES files (20). It is killed one to six times, each time after a random part of the time that a whole
run takes, and then resumed to its end. The stand-in must then hold FILES activities, none of them twice. Batches follow
each other until KILLS (200) kills were made while the uploader was still running.
"""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
import tempfile
import time
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path

from tracklint.strava.sandbox import Options, Running, running_sandbox
from tracklint.testing import Ride


@dataclass
class Tally:
    """What happened: kills by the state of the batch at that moment, and batches that went wrong."""

    kills: Counter[str] = field(default_factory=Counter)
    batches: int = 0
    wrong: list[str] = field(default_factory=list)


def rides(folder: Path, files: int) -> None:
    """Rides of different days, so that no two are the same activity."""
    for day in range(files):
        start = f"2024-05-{day + 1:02}T10:00:00Z"
        (folder / f"ride{day:02}.gpx").write_bytes(Ride(seconds=60, start=start).gpx())


def command(running: Running, home: Path, *arguments: str) -> subprocess.Popen[bytes]:
    """The uploader as a process of its own."""
    environment = os.environ | {
        "TRACKLINT_HOME": str(home),
        "TRACKLINT_STRAVA_API": running.api_base,
        "TRACKLINT_STRAVA_TOKEN": running.token,
    }
    line = [sys.executable, "-m", "tracklint", "upload", "--deadline", "30", *arguments]
    return subprocess.Popen(line, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)


def state(running: Running, files: int) -> str:
    """How far the batch is, by what the stand-in has seen."""
    received, ready = len(running.strava.uploads), len(running.strava.activities)
    if not received:
        return "before the first file"
    return "sending" if received < files else "asking" if ready < files else "done"


def until_a_moment(
    running: Running, process: subprocess.Popen[bytes], chance: random.Random, files: int, longest: float
) -> None:
    """Wait for a random time, or until the stand-in has received a random number of files and a few milliseconds more.

    Sending takes a small part of a run, so that times alone would seldom fall into it.
    """
    if chance.random() < 0.4:
        time.sleep(chance.uniform(0.2, longest))
        return
    wanted, end = chance.randint(0, files), time.monotonic() + 15
    while len(running.strava.uploads) < wanted and process.poll() is None and time.monotonic() < end:
        time.sleep(0.001)
    time.sleep(chance.uniform(0, 0.05))


def one_batch(tally: Tally, chance: random.Random, files: int, longest: float) -> float:
    """One batch with its kills; how long a whole run took at most."""
    with (
        tempfile.TemporaryDirectory() as folder,
        running_sandbox(Options(rate_limit=(100_000, 100_000), read_limit=(100_000, 100_000))) as running,
    ):
        home, rides_in = Path(folder) / "home", Path(folder) / "rides"
        rides_in.mkdir()
        rides(rides_in, files)
        arguments = [str(rides_in)]
        for _ in range(chance.randint(1, 6)):
            process = command(running, home, *arguments)
            until_a_moment(running, process, chance, files, longest)
            if process.poll() is None:
                where = state(running, files)
                process.send_signal(signal.SIGKILL)
                tally.kills[where] += 1
            process.communicate()
            known = (home / "journal.sqlite").exists() and len(running.strava.uploads) >= files
            arguments = ["--resume"] if known and chance.random() < 0.5 else [str(rides_in), "--resume"]
        began = time.monotonic()
        final = command(running, home, str(rides_in), "--resume")
        _, said = final.communicate(timeout=180)
        took = time.monotonic() - began
        tally.batches += 1
        uploads = [u for u in running.strava.uploads.values() if u.activity_id is not None]
        kinds = Counter(u.report.sha256 for u in uploads)
        if final.returncode != 0 or len(kinds) != files or set(kinds.values()) != {1}:
            counted = f"{len(kinds)} of {files}, the most {kinds.most_common(1)}"
            tally.wrong.append(f"exit {final.returncode}, {counted}: {said[-500:]!r}")
        return max(longest, min(took, 8.0))


def main(kills: int = 200, files: int = 20, seed: int = 1) -> Tally:
    """All batches, with a line for each."""
    tally, chance, longest = Tally(), random.Random(seed), 4.0
    while tally.kills.total() < kills:
        longest = one_batch(tally, chance, files, longest)
        print(
            f"batch {tally.batches}: {tally.kills.total()} kills so far, {len(tally.wrong)} batches wrong", flush=True
        )
    return tally


if __name__ == "__main__":
    result = main(*map(int, sys.argv[1:]))
    print(f"{result.batches} batches, {result.kills.total()} kills: {dict(result.kills)}")
    for wrong in result.wrong:
        print(wrong)
    sys.exit(1 if result.wrong else 0)
