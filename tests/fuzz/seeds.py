"""``python tests/fuzz/seeds.py fit FOLDER [BYTES]`` (or ``xml``) writes the files that a fuzzer starts from: small rides in every
form that the builder knows, the cases of the rules, and the fixtures."""

from __future__ import annotations

import codecs
import importlib
import itertools
import pkgutil
import re
import sys
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

from tracklint.source import open_source
from tracklint.testing import FitBuilder, Ride

FIXTURES = Path(__file__).parent.parent.parent / "fixtures"
FIT_OPTIONS = ("big_endian", "developer", "interleaved", "compressed", "enhanced", "summary_first")
T = 1_000_000_000


def fit_seeds() -> Iterator[bytes]:
    """Rides of few records in all pairs of options, with a short header and chained; odd messages; the fixtures."""
    ride = Ride(seconds=3, laps=1)
    for a, b in itertools.combinations_with_replacement(FIT_OPTIONS, 2):
        yield ride.fit(**{a: True, b: True})
    yield ride.fit(header=12)
    yield Ride(seconds=4, laps=2).fit()
    odd = (
        FitBuilder()
        .define(0, 300, [(1, 6, 0x84), (2, 3, 0x0D), (3, 8, 0x07)])
        .data(0, b"\1\0\xff\xff\3\0", b"abc", b"x")
        .build()
    )
    yield odd
    yield Ride(seconds=2, laps=1, channels=("position",)).fit() + odd
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


#: Larger files take the fuzzer longer than they are worth.
MOST_XML = 6000


def xml_seeds() -> Iterator[bytes]:
    """Rides of few points in the forms of all producers, in several encodings, the cases of the rules, the fixtures."""
    ride, run = Ride(seconds=3), Ride(seconds=3, laps=2, sport="running")
    for extension in ("v1", "v2", "cluetrust", "general", None):
        yield ride.gpx(extension=extension, segments=2)
    for prefix in ("ns3", None):
        yield run.tcx(prefix=prefix)
    for build in (ride.gpx, ride.tcx):
        yield build(declare_prefix=False)
        yield build(namespace="")
        yield build(indent=False, declaration=False)
        yield codecs.BOM_UTF16_LE + build().decode().replace("UTF-8", "UTF-16").encode("utf-16-le")
        yield build().replace(b"UTF-8", b"windows-1252").replace(b"<name>", b"<name>\xe9")
    yield ride.tcx(course=True)
    yield two_activities(run)
    yield multisport(ride)
    yield ride.gpx().replace(b"<gpx ", b"<p:gpx ").replace(b"xmlns=", b"xmlns:p=").replace(b"</gpx>", b"</p:gpx>")
    yield (
        ride.gpx()
        .replace(b"trkpt", b"rtept")
        .replace(b"trk>", b"rte>")
        .replace(b"<trkseg>", b"")
        .replace(b"</trkseg>", b"")
    )
    for path in sorted([*FIXTURES.rglob("*.gpx"), *FIXTURES.rglob("*.tcx")]):
        if path.stat().st_size <= MOST_XML:
            yield path.read_bytes()
    yield from _cases()


def two_activities(ride: Ride) -> bytes:
    """A TCX file with the same Activity twice, the second one an hour later."""
    head, body, tail = _around(ride.tcx(), b"Activity")
    return head + body + body.replace(b"T10:", b"T11:") + tail


def multisport(ride: Ride) -> bytes:
    """A TCX file with a MultiSportSession of two activities."""
    head, body, tail = _around(ride.tcx(), b"Activity")
    identity = b"<Id>2024-05-01T10:00:00Z</Id>"
    first, following = (b"<" + name + b">" + body + b"</" + name + b">" for name in (b"FirstSport", b"NextSport"))
    session = b"<MultiSportSession>" + identity + first + following.replace(b"T10:", b"T11:") + b"</MultiSportSession>"
    return head + session + tail


def _around(data: bytes, name: bytes) -> tuple[bytes, bytes, bytes]:
    start, end = data.index(b"<" + name + b" "), data.rindex(b"</" + name + b">") + len(name) + 3
    return data[:start], data[start:end], data[end:]


def _cases() -> Iterator[bytes]:
    """What the tests of the rules build, without most of the points that differ in digits only."""
    sys.path.insert(0, str(Path(__file__).parent.parent))
    cases = importlib.import_module("cases")
    for module in pkgutil.iter_modules(cases.__path__):
        for case in importlib.import_module(f"cases.{module.name}").CASES:
            data = _thinned(case.build())
            if open_source(data).format != "fit" and len(data) <= MOST_XML:
                yield data


def _thinned(data: bytes) -> bytes:
    """At most two points of each form."""
    forms: Counter[bytes] = Counter()

    def kept(point: re.Match[bytes]) -> bytes:
        form = re.sub(rb"\d+", b"0", point[0])
        forms[form] += 1
        return point[0] if forms[form] < 3 else b""

    return re.sub(rb"\s*<(trkpt|Trackpoint)\b.*?</\1>", kept, data, flags=re.DOTALL)


SEEDS = {"fit": fit_seeds, "xml": xml_seeds}


def write(format_: str, folder: Path, most: int = MOST_XML) -> int:
    """Write the seeds of a format that are no longer than ``most`` bytes, and say how many there are."""
    folder.mkdir(parents=True, exist_ok=True)
    data = [seed for seed in dict.fromkeys(SEEDS[format_]()) if len(seed) <= most]
    for i, seed in enumerate(data):
        (folder / f"seed-{i:03}").write_bytes(seed)
    return len(data)


if __name__ == "__main__":
    print(write(sys.argv[1], Path(sys.argv[2]), *map(int, sys.argv[3:4])), "seeds")  # noqa: T201 - the figures are what the run is for
