"""``python tests/fuzz/seeds.py fit FOLDER`` writes the files that a fuzzer starts from: small rides in every form that
the builder knows, and the fixtures."""

from __future__ import annotations

import itertools
import sys
from collections.abc import Iterator
from pathlib import Path

from tracklint.testing import FitBuilder, Ride

FIXTURES = Path(__file__).parent.parent.parent / "fixtures"
FIT_OPTIONS = ("big_endian", "developer", "interleaved", "compressed", "enhanced", "summary_first")
T = 1_000_000_000


def fit_seeds() -> Iterator[bytes]:
    """Rides of few records in all pairs of options, with a short header and chained; odd messages; the fixtures."""
    ride = Ride(seconds=4)
    for a, b in itertools.combinations_with_replacement(FIT_OPTIONS, 2):
        yield ride.fit(**{a: True, b: True})
    yield ride.fit(header=12)
    yield ride.fit(chained=2)
    yield Ride(seconds=4, laps=2).fit()
    yield (
        FitBuilder()
        .define(0, 300, [(1, 6, 0x84), (2, 3, 0x0D), (3, 8, 0x07)])
        .data(0, b"\1\0\xff\xff\3\0", b"abc", b"x")
        .build()
    )
    yield (
        FitBuilder()
        .define(0, 20, [(253, 4, 0x86), (8, 3, 0x0D), (18, 1, 0x02), (28, 1, 0x02)])
        .data(0, T, b"\x64\x10\x01", 5, 6)
        .define(1, 21, [(253, 4, 0x86), (0, 1, 0), (1, 1, 0), (3, 4, 0x86)])
        .data(1, T, 43, 3, 0x0B022803)
        .define(2, 132, [(253, 4, 0x86), (9, 4, 0x86), (10, 12, 0x0D), (6, 8, 0x02)])
        .data(2, T, 2048, bytes(range(12)), bytes(range(60, 68)))
        .define(3, 55, [(26, 2, 0x84), (24, 1, 0x0D)])
        .data(3, 500, b"\x66")
        .build()
    )
    for path in sorted(FIXTURES.rglob("*.fit")):
        yield path.read_bytes()


SEEDS = {"fit": fit_seeds}


def write(format_: str, folder: Path) -> int:
    """Write the seeds of a format, and say how many there are."""
    folder.mkdir(parents=True, exist_ok=True)
    data = dict.fromkeys(SEEDS[format_]())
    for i, seed in enumerate(data):
        (folder / f"seed-{i:03}").write_bytes(seed)
    return len(data)


if __name__ == "__main__":
    print(write(sys.argv[1], Path(sys.argv[2])), "seeds")  # noqa: T201 - the figures are what the run is for
