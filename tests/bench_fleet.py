"""The benchmark of a night: ten thousand generated files in one run, its memory, its processes, and other readers beside.

Not collected with the tests; `tox -e fleet` writes docs/night.md, which docs/benchmarks.md shows too. Sizes are drawn as they are in the corpus of real files
(many small ones, few large), devices and defects from a list; 400 rides are built, and each stands 25 times with another
serial number (FIT) or comment (XML), so that no two files are equal.
"""

from __future__ import annotations

import datetime
import json
import os
import random
import statistics
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from bench_real import _fitdecode, _gpxpy, _tcxreader
from tracklint.fit.checksum import crc16
from tracklint.testing import Ride

NIGHT, RIDES, SAMPLE = 10_000, 400, 300
OUTPUTS = ("json", "jsonl", "junit", "sarif", "markdown")
SERIAL = 3_405_691_582
#: Points of a ride, as quantiles of the real files.
POINTS = (20, 40, 80, 150, 400, 900, 1500, 2500, 3600, 5400)
DEVICES = [
    (manufacturer, 1000 + product, firmware)
    for manufacturer in (1, 32, 123, 294)
    for product in range(4)
    for firmware in (401, 402, 412)
]
DEFECTS: tuple[dict[int, dict[str, Any]], ...] = (
    {}, {}, {}, {3: {"time": None}}, {5: {"heart_rate": 0}}, {7: {"power": 5000}}, {9: {"latitude": 0, "longitude": 0}},
)  # fmt: skip


@dataclass(frozen=True)
class Figures:
    """One run: wall and CPU seconds of all its processes, and the most memory of the parent, in MB."""

    seconds: float
    cpu: float
    megabytes: float
    status: int


def build(folder: Path, count: int) -> list[Path]:
    """So many files in folders of a thousand."""
    chance = random.Random(412)
    rides = [_ride(chance) for _ in range(min(RIDES, count))]
    paths = []
    for k in range(count):
        suffix, data = rides[k % len(rides)]
        path = folder / f"{k // 1000:02}" / f"{k:05}.{suffix}"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(_own(suffix, data, k))
        paths.append(path)
    return paths


def _ride(chance: random.Random) -> tuple[str, bytes]:
    suffix = chance.choices(("fit", "gpx", "tcx"), (75, 20, 5))[0]
    manufacturer, product, firmware = chance.choice(DEVICES)
    ride = Ride(seconds=chance.choice(POINTS) + chance.randrange(10), device=f"Model {manufacturer}-{product}")
    change = chance.choice(DEFECTS)
    if suffix == "fit":
        serial = {"file_id": {"serial_number": SERIAL}, "device_info": {"serial_number": SERIAL}}
        options = {"manufacturer": manufacturer, "product": product, "software": firmware}
        return suffix, ride.fit(change=change, messages=serial, **options)
    return suffix, getattr(ride, suffix)(change=change)


def _own(suffix: str, data: bytes, number: int) -> bytes:
    if suffix != "fit":
        return data + f"<!-- {number} -->\n".encode()
    body = data[:-2].replace(SERIAL.to_bytes(4, "little"), (SERIAL + 1 + number).to_bytes(4, "little"))
    return body + crc16(body).to_bytes(2, "little")


#: The command, and last on standard error its status, the most memory of this program alone, in kB (its usage would
#: have that of the one that started it), and the CPU seconds of all its processes.
_RUN = (
    "import resource, sys\n"
    "sys.argv = ['tracklint', *sys.argv[1:]]\n"
    "from tracklint.cli import main\n"
    "try: main()\n"
    "except SystemExit as end: status = end.code or 0\n"
    "own, all_ = resource.getrusage(resource.RUSAGE_SELF), resource.getrusage(resource.RUSAGE_CHILDREN)\n"
    "cpu = own.ru_utime + own.ru_stime + all_.ru_utime + all_.ru_stime\n"
    "[peak] = [line.split()[1] for line in open('/proc/self/status') if line.startswith('VmHWM')]\n"
    "print(status, peak, cpu, file=sys.__stderr__)\n"
)


def run(folder: Path, out: Path, jobs: int, outputs: tuple[str, ...] = OUTPUTS) -> Figures:
    """`tracklint check` over a folder with several outputs at once."""
    out.mkdir(exist_ok=True)
    wanted = [f"--output={name}={out / name}" for name in outputs]
    command = [sys.executable, "-c", _RUN, "check", "--now", "2024-05-02", "-j", str(jobs), *wanted]
    command += ["--statistics", f"json={out / 'statistics'}", str(folder)]
    begun = time.monotonic()
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    status, kilobytes, cpu = done.stderr.split()[-3:]
    return Figures(time.monotonic() - begun, float(cpu), int(kilobytes) / 1024, int(status))


def written(out: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in sorted(out.iterdir())}


def sampled(paths: list[Path]) -> tuple[float, float]:
    """CPU seconds a file of a loop over fitdecode, gpxpy and tcxreader, and of our checks of the same files in one
    process."""
    from tracklint.checking import check

    readers = {"fit": _fitdecode, "gpx": _gpxpy, "tcx": _tcxreader}
    some = random.Random(7).sample(paths, min(SAMPLE, len(paths)))
    begun = time.process_time()
    for path in some:
        readers[path.suffix[1:]](path)
    theirs = time.process_time() - begun
    begun = time.process_time()
    for path in some:
        check(path)
    return theirs / len(some), (time.process_time() - begun) / len(some)


ROWS: list[str] = []


@pytest.mark.parametrize("count", [int(os.environ.get("TRACKLINT_NIGHT", NIGHT))])
def test_night(tmp_path_factory: pytest.TempPathFactory, count: int) -> None:
    """Memory, and two processes beside one, in two paired runs."""
    base = tmp_path_factory.mktemp("fleet")
    paths = build(base / "night", count)
    build(base / "small", count // 10)
    small = run(base / "small", base / "small-out", 2)
    pairs = [(run(base / "night", base / "one", 1), run(base / "night", base / "two", 2)) for _ in range(2)]
    assert written(base / "one") == written(base / "two")
    assert len(json.loads((base / "one" / "json").read_bytes())["files"]) == count
    ratio = statistics.median(one.seconds / two.seconds for one, two in pairs)
    one, two = pairs[-1]
    theirs, ours = sampled(paths)
    size = sum(path.stat().st_size for path in paths) / 1e6
    ROWS.extend([
        f"| files, MB | {count:,}, {size:,.0f} |",
        f"| one process | {one.seconds:.1f} s, {one.seconds / count * 1e3:.1f} ms a file |",
        f"| two processes | {two.seconds:.1f} s, {two.seconds / count * 1e3:.1f} ms a file |",
        f"| one beside two (median of {len(pairs)} pairs, wanted 1.8) | {ratio:.2f} |",
        f"| memory of the parent, {count:,} files (wanted 150) | {two.megabytes:.0f} MB |",
        f"| the same, {count // 10:,} files (wanted at most 10 less) | {small.megabytes:.0f} MB |",
        f"| CPU a file, {min(SAMPLE, count)} of them: fitdecode, gpxpy, tcxreader | {theirs * 1e3:.1f} ms |",
        f"| the same files, check in one process | {ours * 1e3:.1f} ms |",
    ])  # fmt: skip


def page() -> Iterator[str]:
    """The page of the figures."""
    yield "# A night of ten thousand files\n"
    yield f"Written by `tox -e fleet` on {datetime.datetime.now(datetime.UTC):%Y-%m-%d} (`tests/bench_fleet.py`).\n"
    yield f"Generated files: sizes as those of the real files, {len(DEVICES)} pairs of device and firmware, three formats, some with"
    yield "defects. One run writes JSON, JSON Lines, JUnit, SARIF, Markdown and statistics; both numbers of processes gave"
    yield "the same bytes.\n"
    yield "| what | figure |"
    yield "|---|---|"
    yield from ROWS


@pytest.fixture(scope="module", autouse=True)
def _written() -> Iterator[None]:
    yield
    text = "\n".join(page()) + "\n"
    print("\n" + text)  # noqa: T201 - the figures of the run
    if target := os.environ.get("TRACKLINT_NIGHT_PAGE"):
        Path(target).write_text(text, encoding="utf-8")
