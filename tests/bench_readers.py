"""The benchmark: our reading and checking beside other readers, on the same built files, in one run.

Not collected with the tests. ``tox -e bench`` runs it, prints the ratios and writes docs/benchmarks.md. Only ratios
taken in one run mean anything: the same reader varies by half between runs on a shared machine.
"""

from __future__ import annotations

import datetime
import importlib.metadata
import io
import os
import platform
import re
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

import bench_real
from tracklint.checking import check, read
from tracklint.mending.fixing import Fixed, fix
from tracklint.testing import Ride

HOURS = 6
RESULTS: dict[str, float] = {}
SIZES: dict[str, int] = {}
PEAKS: dict[tuple[str, str], float] = {}


@pytest.fixture(scope="module")
def files() -> dict[str, bytes]:
    ride = Ride(seconds=HOURS * 3600)
    day = Ride(seconds=24 * 3600)
    gpx = ride.gpx()
    built = {
        "fit": ride.fit(enhanced=True), "gpx": gpx, "tcx": ride.tcx(), "disordered": _disordered(gpx),
        "damaged": _damaged(gpx), "day": day.fit(enhanced=True), "gpx day": day.gpx(),
    }  # fmt: skip
    SIZES.update({name: len(data) for name, data in built.items()})
    return built


def _disordered(gpx: bytes) -> bytes:
    """With time before ele in every point, as several apps write it."""
    return re.sub(rb"(\s*<ele>[^<]*</ele>)(\s*<time>[^<]*</time>)", rb"\2\1", gpx)


def _damaged(gpx: bytes) -> bytes:
    """As a bad writer and an empty battery leave it: a bare ampersand, control characters, a point without time, a heart
    rate with a decimal point in every tenth point, and the end is missing."""
    gpx = gpx.replace(b"<name>", b"<name>A & B \1", 1)
    middle = gpx.index(b"<time>", len(gpx) // 2)
    gpx = gpx[:middle] + gpx[gpx.index(b"</time>", middle) + len(b"</time>") :]
    gpx = re.sub(rb"(0Z</time>.*?<gpxtpx:hr>\d+)", rb"\1.0", gpx, flags=re.DOTALL)
    return gpx[: 9 * len(gpx) // 10] + b"\0" * 4096


def _sorted(data: bytes) -> Fixed:
    return _changed(fix(data, notes=True))


def _mended(data: bytes) -> Fixed:
    return _changed(fix(data, unsafe=True))


def _changed(fixed: Fixed) -> Fixed:
    assert fixed.changed
    assert not any(f.severity >= 3 for f in fixed.after.findings)
    return fixed


def _fitdecode(data: bytes) -> int:
    import fitdecode

    with fitdecode.FitReader(io.BytesIO(data)) as reader:
        return sum(1 for frame in reader if frame.frame_type == fitdecode.FIT_FRAME_DATA)


def _fitparse(data: bytes) -> int:
    import fitparse

    return sum(1 for _ in fitparse.FitFile(data).get_messages())


def _fitfast(data: bytes) -> int:
    import fitfast

    return len(fitfast.records(data))


def _gpxpy(data: bytes) -> int:
    import gpxpy

    return gpxpy.parse(data.decode()).get_points_no()


def _tcxreader(data: bytes) -> int:
    from tcxreader.tcxreader import TCXReader

    path = Path(os.environ.get("TMPDIR", "/tmp")) / "tracklint-bench.tcx"  # noqa: S108 - tcxreader reads paths only
    path.write_bytes(data)
    return len(TCXReader().read(str(path)).trackpoints)


#: name -> (format, what runs, rounds)
READERS: dict[str, tuple[str, Callable[[bytes], object], int]] = {
    "tracklint read (FIT)": ("fit", read, 15),
    "tracklint check (FIT)": ("fit", check, 15),
    "fitdecode read (FIT)": ("fit", _fitdecode, 3),
    "fitparse read (FIT)": ("fit", _fitparse, 3),
    "tracklint read (FIT, 24 h)": ("day", read, 15),
    "tracklint check (FIT, 24 h)": ("day", check, 15),
    "fitfast records (FIT, 24 h)": ("day", _fitfast, 15),
    "tracklint read (GPX)": ("gpx", read, 9),
    "tracklint check (GPX)": ("gpx", check, 9),
    "gpxpy parse (GPX)": ("gpx", _gpxpy, 3),
    "tracklint read (TCX)": ("tcx", read, 9),
    "tracklint check (TCX)": ("tcx", check, 9),
    "tcxreader read (TCX)": ("tcx", _tcxreader, 3),
    "tracklint check (GPX, 24 h)": ("gpx day", check, 5),
    "tracklint fix (GPX, wrong order)": ("disordered", _sorted, 5),
    "tracklint fix (GPX, damaged)": ("damaged", _mended, 5),
}
#: (ours, theirs, wanted ratio)
WANTED = (
    ("tracklint read (FIT)", "fitdecode read (FIT)", 100),
    ("tracklint read (FIT)", "fitparse read (FIT)", 200),
    ("tracklint check (FIT)", "fitdecode read (FIT)", 60),
    ("tracklint read (FIT, 24 h)", "fitfast records (FIT, 24 h)", 1),
    ("tracklint check (GPX)", "gpxpy parse (GPX)", 6),
    ("tracklint check (TCX)", "tcxreader read (TCX)", 4),
)


@pytest.mark.parametrize("name", READERS)
def test_reader(name: str, files: dict[str, bytes], benchmark: object) -> None:
    kind, run, rounds = READERS[name]
    result = benchmark.pedantic(run, args=(files[kind],), rounds=rounds, warmup_rounds=1)
    assert result
    RESULTS[name] = benchmark.stats.stats.median


#: Million bytes a second that are wanted; megabytes of memory that are allowed.
RATES = {"tracklint read (FIT, 24 h)": 60, "tracklint check (FIT, 24 h)": 30}
#: (what, file) -> megabytes
ALLOWED_MB = {("read", "day"): 100, ("check", "day"): 100, ("check", "gpx day"): 120}
_SUFFIXES = {"day": "fit", "gpx day": "gpx"}
_MEASURED = """
import sys
from tracklint import {what}
{what}(sys.argv[1])
import resource
try:
    line = next(line for line in open("/proc/self/status") if line.startswith("VmHWM"))
    print(int(line.split()[1]) / 1000)
except OSError:
    print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / (1e6 if sys.platform == "darwin" else 1e3))
"""


@pytest.mark.parametrize(("what", "kind"), ALLOWED_MB)
def test_peak_memory(what: str, kind: str, files: dict[str, bytes], tmp_path: Path) -> None:
    """Of a fresh interpreter, numpy and all; the parent's own memory must not count."""
    path = tmp_path / f"day.{_SUFFIXES[kind]}"
    path.write_bytes(files[kind])
    done = subprocess.run(
        [sys.executable, "-c", _MEASURED.format(what=what), path], capture_output=True, text=True, check=True
    )
    PEAKS[what, kind] = float(done.stdout)
    assert PEAKS[what, kind] < ALLOWED_MB[what, kind]


@pytest.fixture(scope="module", autouse=True)
def _write() -> Iterator[None]:
    yield
    if len(RESULTS) < len(READERS):
        return
    page = "".join(f"{line}\n" for line in _page())
    print(f"\n{page}")  # noqa: T201 - the figures are what the run is for
    if target := os.environ.get("TRACKLINT_BENCH_PAGE"):
        Path(target).write_text(page, encoding="utf-8")


def _machine() -> str:
    info = Path("/proc/cpuinfo")
    model = (
        next((line.split(":")[1].strip() for line in info.read_text().splitlines() if "model name" in line), "")
        if info.exists()
        else ""
    )
    model = model or platform.processor() or platform.machine()
    return f"{model}, {os.cpu_count()} cores, {platform.system()}, Python {platform.python_version()}"


def _measured(name: str) -> Iterator[str]:
    """What another benchmark measured last, from its own page in docs/."""
    page = Path(__file__).parent.parent / "docs" / name
    if page.is_file():
        lines = page.read_text(encoding="utf-8").splitlines()
        yield "\n## " + lines[0].removeprefix("# ")
        yield from lines[1:]


def _page() -> Iterator[str]:
    sizes = {kind: f"{size / 1e6:.2f} MB" for kind, size in SIZES.items()}
    yield "# Benchmarks\n"
    yield f"Written by `tox -e bench` on {datetime.datetime.now(datetime.UTC):%Y-%m-%d}. Machine: {_machine()}.\n"
    yield f"A built ride of {HOURS} h at one point a second: FIT with 12 record fields ({sizes['fit']}; 24 h: {sizes['day']}), GPX with"
    yield f"TrackPointExtension ({sizes['gpx']}; 24 h: {sizes['gpx day']}), TCX with ActivityExtension ({sizes['tcx']}). All are read"
    yield "from memory, but by tcxreader, which reads paths only. `check` runs every rule, and for GPX and TCX validates against the"
    yield "schemas of the format and its extensions; gpxpy and tcxreader only read. `fix` reads, checks, mends and checks again: in"
    yield "the one file time stands before ele in every point (mended with --notes), the other has a bare ampersand, control"
    yield "characters, a point without time, a decimal point in every tenth heart rate, and no end (mended with --unsafe). Medians"
    yield "of one run; absolute times differ from machine to machine, so compare the ratios.\n"
    yield "| what | ms | MB/s |"
    yield "|---|---|---|"
    for name, (kind, _, _) in READERS.items():
        yield f"| {name} | {1000 * RESULTS[name]:.1f} | {SIZES[kind] / 1e6 / RESULTS[name]:.2f} |"
    yield "\n| ours | beside | times as fast | wanted |"
    yield "|---|---|---|---|"
    for ours, theirs, wanted in WANTED:
        yield f"| {ours} | {theirs} | {RESULTS[theirs] / RESULTS[ours]:.1f} | {wanted} |"
    yield "\n| 24 h ride | MB/s | wanted |"
    yield "|---|---|---|"
    for name, wanted in RATES.items():
        yield f"| {name} | {SIZES['day'] / 1e6 / RESULTS[name]:.0f} | {wanted} |"
    yield "\n| 24 h ride, fresh interpreter | peak memory, MB | allowed |"
    yield "|---|---|---|"
    for (what, kind), peak in PEAKS.items():
        name = f"{what} ({_SUFFIXES[kind].upper()}, {sizes[kind]})"
        yield f"| {name} | {peak:.0f} | {ALLOWED_MB[what, kind]} |"
    yield from bench_real.page()
    yield from _measured("growth.md")
    yield from _measured("damage.md")
    yield from _measured("night.md")
    packages = ("fitdecode", "python-fitparse", "fitfast", "gpxpy", "tcxreader", "python-tcxparser", "numpy")
    versions = ", ".join(f"{package} {importlib.metadata.version(package)}" for package in packages)
    yield f"\nVersions: {versions}."
