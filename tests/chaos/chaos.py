"""Kill, cut, fill and damage at random, and count what Strava has in the end: every ride once.

    python tests/chaos/chaos.py [SECONDS] [SEED]

Batches of rides are uploaded to a stand-in that remembers on disk, over a wire. Meanwhile the uploader is killed or
interrupted, its disk takes no more (a limit on the size of files), the stand-in is killed and started again, the wire
is cut, and the journal is damaged between two runs. Then the world is whole again and the uploader runs to its end, as
its own messages say. Each content must be one activity, no more and no less, and no process may have ended with a
traceback. The same seed makes the same choices; what they hit depends on the machine.
"""

from __future__ import annotations

import contextlib
import os
import random
import re
import resource
import signal
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent.parent))
from chaos.wire import Wire, wire
from tracklint.strava.sandbox.state import Upload
from tracklint.strava.sandbox.store import Store
from tracklint.testing import Ride

_SERVE = """
import sys
from pathlib import Path
from tracklint.strava.sandbox import Options, serve
from tracklint.strava.sandbox.state import NO_LIMIT
serve(port=int(sys.argv[1]), options=Options(keep=Path(sys.argv[2]), rate_limit=NO_LIMIT, read_limit=NO_LIMIT),
      ready=lambda running: print(running.api_base, flush=True))
"""
#: The words of an exit with status 2 that are meant: the journal or its disk, and an interruption before the first step.
_MEANT = re.compile("journal of uploads|database|disk|no space|File too large|tracklint: stopped", re.IGNORECASE)


@dataclass
class Tally:
    """What was done, and what came of it."""

    did: Counter[str] = field(default_factory=Counter)
    batches: int = 0
    files: int = 0
    lost: int = 0
    doubled: int = 0
    tracebacks: int = 0
    wrong: list[str] = field(default_factory=list)

    def lines(self) -> list[str]:
        did = [f"{count:>6}  {what}" for what, count in sorted(self.did.items())]
        found = f"{self.lost} lost, {self.doubled} doubled, {self.tracebacks} tracebacks"
        return [*did, f"{self.batches} batches, {self.files} rides: {found}, {len(self.wrong)} other surprises"]


@dataclass
class World:
    """One batch: a folder of rides, a home, a stand-in, and the wire between."""

    tally: Tally
    chance: random.Random
    folder: Path
    port: int
    line: Wire
    server: subprocess.Popen[bytes] | None = None

    @property
    def journal(self) -> Path:
        return self.folder / "home" / "journal.sqlite"

    def serve(self) -> None:
        """Start the stand-in; it goes on with what it kept."""
        kept, log = self.folder / "strava.sqlite", (self.folder / "server.log").open("ab")
        command = [sys.executable, "-c", _SERVE, str(self.port), str(kept)]
        with log:
            self.server = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=log)
        assert self.server.stdout is not None
        assert self.server.stdout.readline(), "the stand-in did not start"

    def kill_server(self) -> None:
        assert self.server is not None
        self.server.kill()
        self.server.communicate()
        self.tally.did["stand-in killed"] += 1

    def run(self, *arguments: str, largest: int | None = None) -> subprocess.Popen[bytes]:
        """The command as a process of its own; no file that it writes may become larger than ``largest`` bytes."""
        environment = os.environ | {
            "TRACKLINT_HOME": str(self.folder / "home"),
            "TRACKLINT_STRAVA_API": f"http://127.0.0.1:{self.line.port}/api/v3",
            "TRACKLINT_STRAVA_TOKEN": "sandbox",
        }

        def limit() -> None:
            signal.signal(signal.SIGINT, signal.default_int_handler)
            if largest is not None:
                resource.setrlimit(resource.RLIMIT_FSIZE, (largest, largest))

        line = [sys.executable, "-m", "tracklint", *arguments]
        return subprocess.Popen(
            line,
            env=environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            preexec_fn=limit,  # noqa: PLW1509 - a limit of the child alone
        )

    def ended(self, process: subprocess.Popen[bytes], seconds: float = 120) -> tuple[int, str]:
        """How a process ended, and what it said. A traceback, or an end that is not meant, is counted."""
        try:
            said = process.communicate(timeout=seconds)[0].decode("utf-8", "replace")
        except subprocess.TimeoutExpired:
            process.kill()
            said = process.communicate()[0].decode("utf-8", "replace")
            self.tally.wrong.append(f"did not end within {seconds:.0f} s: {said[-500:]}")
        status = process.returncode
        if (
            said.rstrip().endswith("KeyboardInterrupt") and "/cli/upload.py" not in said
        ):  # Python was still being loaded
            status, said = 130, "interrupted before it began"
        self.tally.tracebacks += _tracebacks(said)
        if _tracebacks(said) or status == 1 or (status == 2 and not _MEANT.search(said)):
            self.tally.wrong.append(f"exit {status}: {said[-800:]}")
        return status, said

    def upload(self, *, harmed: bool) -> tuple[int, str]:
        """One run of the uploader, with or without harm."""
        arguments = ["upload", str(self.folder / "rides"), "--deadline", "4"]
        arguments += ["--resume"] if self.journal.exists() else []
        if not harmed:
            return self.ended(self.run(*arguments))
        harm = self.chance.choice(["kill", "kill", "interrupt", "stand-in", "wire", "wire", "disk"])
        largest = None
        if harm == "disk":
            largest = self.chance.randrange(4096, 150_000)
            self.tally.did["disk full"] += 1
        if harm == "wire":
            self.line.bad = self.chance.choice([0.3, 0.7, 1.0])
        process = self.run(*arguments, largest=largest)
        self._until_a_moment(process)
        if harm == "stand-in":
            self.kill_server()
            time.sleep(self.chance.uniform(0, 1))
            self.serve()
        elif harm in ("kill", "interrupt") and process.poll() is None:
            process.send_signal(signal.SIGKILL if harm == "kill" else signal.SIGINT)
            self.tally.did["uploader killed" if harm == "kill" else "uploader interrupted"] += 1
        elif harm == "wire":
            self.line.cut()
            self.tally.did["network cut"] += 1
            time.sleep(self.chance.uniform(0, 2))
            self.line.bad = self.chance.choice([0.0, 0.0, 0.5])
        end = self.ended(process)
        self.line.bad = 0.0
        return end

    def _until_a_moment(self, process: subprocess.Popen[bytes]) -> None:
        """Wait for a random time, or for a random number of uploads and a few milliseconds more: sending takes a small
        part of a run, so that times alone would seldom fall into it."""
        if self.chance.random() < 0.4:
            time.sleep(self.chance.uniform(0.3, 4))
            return
        wanted, until = self.chance.randint(0, len(list((self.folder / "rides").iterdir()))), time.monotonic() + 8
        while time.monotonic() < until and process.poll() is None and len(self.received()) < wanted:
            time.sleep(0.02)
        time.sleep(self.chance.uniform(0, 0.2))

    def damage(self) -> None:
        """Damage the journal: some bytes, a page, or the end of the file or of its log."""
        files = [file for file in (self.journal, Path(f"{self.journal}-wal")) if file.exists() and file.stat().st_size]
        if not files:
            return
        file = self.chance.choice(files)
        content = bytearray(file.read_bytes())
        kind = self.chance.choice(["bytes", "page", "end"])
        if kind == "bytes":
            for _ in range(self.chance.randint(1, 30)):
                content[self.chance.randrange(len(content))] = self.chance.randrange(256)
        elif kind == "page":
            at = self.chance.randrange(0, len(content), 4096)
            content[at : at + 4096] = self.chance.randbytes(len(content[at : at + 4096]))
        else:
            del content[self.chance.randrange(len(content)) :]
        file.write_bytes(content)
        self.tally.did[f"journal damaged ({kind})"] += 1

    def mend(self, said: str) -> None:
        """Do as the message says where it speaks of a damaged journal."""
        if "is damaged" not in said and "a later version" not in said:
            return
        if str(self.journal) not in said:
            self.tally.wrong.append(f"the damaged file is not named: {said[-500:]}")
        status, told = self.ended(self.run("status", "--mend-journal"))
        kept = re.search(r"with the (\d+) entr", told)
        if status != 0 or (kept is None and "nothing is moved" not in told):
            self.tally.wrong.append(f"not mended, exit {status}: {told[-500:]}")
        self.tally.did["journal mended"] += 1
        self.tally.did["entries kept when a journal was mended"] += int(kept[1]) if kept else 0

    def received(self) -> list[Upload]:
        """What the stand-in has on its disk."""
        with contextlib.closing(Store(self.folder / "strava.sqlite")) as store:
            return [Upload.from_json(row) for row in store.rows("uploads")]

    def settle(self) -> None:
        """Let the uploader come to its end in a world that is whole; where Strava does not know an upload, the message
        says to send the file again."""
        said = ""
        for attempt in range(8):
            process = self.run(
                "upload", str(self.folder / "rides"), *(["--resume"] if self.journal.exists() else []),
                *(["--again"] if attempt > 3 and "--again" in said else []), "--deadline", "30",
            )  # fmt: skip
            status, said = self.ended(process)
            if status == 0:
                return
            self.mend(said)
        self.tally.wrong.append(f"never finished: {said[-800:]}")


def _tracebacks(said: str) -> int:
    return said.count("Traceback (most recent call last)") + said.count("tracklint itself failed")


@contextmanager
def world(tally: Tally, chance: random.Random, files: int) -> Iterator[World]:
    import socket

    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        (folder / "rides").mkdir()
        for day in range(files):
            start = f"2024-{tally.batches % 12 + 1:02}-{day + 1:02}T10:00:00Z"
            (folder / "rides" / f"ride{day:02}.gpx").write_bytes(Ride(seconds=30, start=start).gpx())
        with socket.create_server(("127.0.0.1", 0)) as free:
            port = free.getsockname()[1]
        with wire(port, random.Random(chance.random())) as line:
            made = World(tally, chance, folder, port, line)
            made.serve()
            try:
                yield made
            finally:
                assert made.server is not None
                made.server.terminate()
                made.server.communicate()
                told = (folder / "server.log").read_text("utf-8", "replace")
                tally.tracebacks += _tracebacks(told)
                if _tracebacks(told):
                    tally.wrong.append(f"the stand-in says: {told[-3000:]}")


def batch(tally: Tally, chance: random.Random, *, files: int, runs: int) -> None:
    """Some harmed runs over one folder, and the count when all is whole again."""
    with world(tally, chance, files) as one:
        for _ in range(runs):
            if chance.random() < 0.35:
                one.damage()
            one.mend(one.upload(harmed=True)[1])
        one.settle()
        made = Counter(each.report.sha256 for each in one.received() if each.activity_id is not None)
        store = Store(one.folder / "strava.sqlite")
        with contextlib.closing(store):
            activities = sum(1 for _ in store.rows("activities"))
    tally.batches += 1
    tally.files += files
    tally.lost += files - len(made)
    tally.doubled += max(activities, made.total()) - len(made)
    tally.did.update({f"connection {harm}": count for harm, count in one.line.harmed.items()})


def main(seconds: float = 600, seed: int = 1) -> Tally:
    """Batches until the time is over, with a line for each."""
    tally, chance, until = Tally(), random.Random(seed), time.monotonic() + seconds
    while time.monotonic() < until:
        batch(tally, chance, files=chance.randint(4, 12), runs=chance.randint(2, 6))
        print(tally.lines()[-1], flush=True)
    return tally


if __name__ == "__main__":
    result = main(*map(float, sys.argv[1:2]), *map(int, sys.argv[2:3]))
    print("", *result.lines(), *result.wrong, sep="\n")
    sys.exit(1 if result.lost or result.doubled or result.tracebacks or result.wrong else 0)
