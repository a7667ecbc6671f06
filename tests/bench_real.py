"""The benchmark on real files: what a check costs beside other readers, file by file, and on rides that are built in the
shapes of exporters.

Not collected with the tests; `bench_readers` writes its page. All readers of a format read the same files, each as
often in the same process, and the least CPU time counts, so that other work on the machine does not.
"""

from __future__ import annotations

import io
import random
import statistics
import time
import warnings
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from tracklint.checking import check
from tracklint.testing import Ride
from tracklint.testing.shapes import SHAPES

Read = Callable[[Path], object]
#: Files below this many bytes are tests of other programs and no rides; of the others so many are drawn.
LEAST, MOST = 20_000, 40
SHAPE_SECONDS = 2 * 3600


def _fitdecode(path: Path) -> object:
    import fitdecode

    with fitdecode.FitReader(str(path), error_handling=fitdecode.ErrorHandling.IGNORE) as reader:
        return sum(1 for frame in reader if frame.frame_type == fitdecode.FIT_FRAME_DATA)


def _fitparse(path: Path) -> object:
    import fitparse

    return sum(1 for _ in fitparse.FitFile(str(path)).get_messages())


def _fitfast(path: Path) -> object:
    import fitfast

    return len(fitfast.records(path.read_bytes()))


def _gpxpy(path: Path) -> object:
    import gpxpy

    return gpxpy.parse(io.StringIO(path.read_text(encoding="utf-8"))).get_points_no()


def _tcxreader(path: Path) -> object:
    from tcxreader.tcxreader import TCXReader

    return len(TCXReader().read(str(path)).trackpoints)


def _tcxparser(path: Path) -> object:
    import tcxparser

    return tcxparser.TCXParser(str(path)).activity_type


#: format -> reader -> how it reads, and the ratios that are wanted in total and in the slowest tenth
READERS: dict[str, dict[str, tuple[Read, tuple[float, float] | None]]] = {
    "fit": {
        "fitdecode": (_fitdecode, (40, 15)),
        "fitparse": (_fitparse, None),
        "fitfast": (_fitfast, None),
    },
    "gpx": {"gpxpy": (_gpxpy, (6, 3))},
    "tcx": {"tcxreader": (_tcxreader, (5, 2.5)), "python-tcxparser": (_tcxparser, None)},
}
#: What is wanted of rides in a shape.
SHAPE_WANTED = {("garmin", "gpx"): 10.0, ("garmin", "tcx"): 6.0}


@dataclass(frozen=True)
class Row:
    """One reader beside ours: for each file the seconds that it and we took."""

    format: str
    reader: str
    ours: tuple[float, ...]
    theirs: tuple[float, ...]
    bytes: int
    wanted: tuple[float, float] | None

    def ratios(self) -> tuple[float, float, float]:
        """How many times as fast we are: in total, at the median file, and on average over the slowest tenth."""
        each = sorted(b / a for a, b in zip(self.ours, self.theirs, strict=True))
        tenth = statistics.mean(each[: max(1, len(each) // 10)])
        return sum(self.theirs) / sum(self.ours), statistics.median(each), tenth


ROWS: list[Row] = []
SHAPE_ROWS: list[tuple[str, str, int, float, float]] = []


def cpu(read: Read, path: Path, rounds: int) -> float:
    """The least CPU time of a read, in seconds."""
    least = float("inf")
    for _ in range(rounds):
        begun = time.process_time()
        read(path)
        least = min(least, time.process_time() - begun)
    return least


def _readable(read: Read, path: Path) -> bool:
    try:
        return bool(read(path))
    except Exception:  # other readers raise what they will
        return False


@pytest.mark.parametrize("kind", READERS)
def test_real_files(kind: str, corpus: list[tuple[Path, dict[str, Any]]]) -> None:
    found = [path for path, _ in corpus if path.suffix.lower() == f".{kind}" and path.stat().st_size >= LEAST]
    random.Random(3).shuffle(found)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        files = [each for each in found if all(_readable(read, each) for read, _ in READERS[kind].values())][:MOST]
        ours = tuple(cpu(check, path, 5) for path in files)
        for name, (read, wanted) in READERS[kind].items():
            theirs = tuple(cpu(read, path, 2) for path in files)
            size = sum(path.stat().st_size for path in files)
            ROWS.append(Row(kind, name, ours, theirs, size, wanted))
    assert len(files) >= 10


@pytest.mark.parametrize("shape", SHAPES)
@pytest.mark.parametrize("kind", ["gpx", "tcx"])
def test_shapes(kind: str, shape: str, tmp_path: Path) -> None:
    path = tmp_path / f"ride.{kind}"
    path.write_bytes(getattr(Ride(seconds=SHAPE_SECONDS, laps=5), kind)(shape=shape))
    read = {"gpx": _gpxpy, "tcx": _tcxreader}[kind]
    ours, theirs = cpu(check, path, 5), cpu(read, path, 3)
    SHAPE_ROWS.append((kind, shape, path.stat().st_size, ours, theirs))
    assert ours < theirs


def page() -> Iterator[str]:
    """The two tables as Markdown; nothing for one that was not measured."""
    if ROWS:
        yield "\n## Real files\n"
        yield f"Files of {LEAST // 1000} kB and more of the corpus that all readers of their format read, at most {MOST}; `check` beside"
        yield "each reader, least CPU time of several reads in one process. The slowest tenth are the files where we are least ahead.\n"
        yield "| format | files | MB | beside | ours, ms | theirs, ms | times as fast: total | median | slowest tenth | wanted |"
        yield "|---|---|---|---|---|---|---|---|---|---|"
    for row in ROWS:
        total, median, tenth = row.ratios()
        wanted = "{:g}, {:g} in the slowest tenth".format(*row.wanted) if row.wanted else ""
        yield (
            f"| {row.format} | {len(row.ours)} | {row.bytes / 1e6:.1f} | {row.reader} | {1000 * sum(row.ours):.0f} "
            f"| {1000 * sum(row.theirs):.0f} | {total:.1f} | {median:.1f} | {tenth:.1f} | {wanted} |"
        )
    if SHAPE_ROWS:
        yield "\n## Rides in the shapes of exporters\n"
        yield f"A built ride of {SHAPE_SECONDS // 3600} h in the spelling of each exporter (`Ride.gpx(shape=...)`), beside gpxpy and tcxreader.\n"
        yield "| format | shape | MB | ours, ms | theirs, ms | times as fast | wanted |"
        yield "|---|---|---|---|---|---|---|"
    for kind, shape, size, ours, theirs in SHAPE_ROWS:
        wanted = SHAPE_WANTED.get((shape, kind))
        yield (
            f"| {kind} | {shape} | {size / 1e6:.2f} | {1000 * ours:.1f} | {1000 * theirs:.1f} | {theirs / ours:.1f} "
            f"| {'' if wanted is None else f'{wanted:g}'} |"
        )
