"""The benchmark of growth: inputs that are many times what an activity is, and what twice as much of them costs.

Not collected with the tests. ``tox -e bench`` runs it and writes docs/growth.md. Where the time grows with the size,
twice as much takes twice as long; where it grows with the square, four times. CPU time, the best of a few runs.
"""

from __future__ import annotations

import datetime
import gzip
import os
import struct
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import NamedTuple

import pytest

from tracklint.checking import check
from tracklint.fit.checksum import crc16
from tracklint.mending.fixing import fix
from tracklint.testing import Ride

RIDE = Ride(seconds=60)
RESULTS: dict[str, list[tuple[int, int, float]]] = {}


def _moment(i: int) -> str:
    return f"{datetime.datetime(2024, 5, 1, tzinfo=datetime.UTC) + datetime.timedelta(seconds=i):%Y-%m-%dT%H:%M:%SZ}"


def _tracks(count: int) -> bytes:
    """A GPX file of so many tracks with one point each."""
    tracks = (
        f'<trk><trkseg><trkpt lat="{46 + i / 1e5:.5f}" lon="7.5"><time>{_moment(i)}</time></trkpt></trkseg></trk>\n'
        for i in range(count)
    )
    root = '<gpx xmlns="http://www.topografix.com/GPX/1/1" version="1.1" creator="tracklint">\n'
    return f"{root}{''.join(tracks)}</gpx>\n".encode()


def _activities(count: int) -> bytes:
    """A TCX file of so many activities with one point each."""
    activities = (
        f'<Activity Sport="Running"><Id>{_moment(i)}</Id><Lap StartTime="{_moment(i)}">'
        "<TotalTimeSeconds>1</TotalTimeSeconds><DistanceMeters>3</DistanceMeters><Calories>0</Calories>"
        "<Intensity>Active</Intensity><TriggerMethod>Manual</TriggerMethod>"
        f"<Track><Trackpoint><Time>{_moment(i)}</Time></Trackpoint></Track></Lap></Activity>\n"
        for i in range(count)
    )
    root = '<TrainingCenterDatabase xmlns="http://www.garmin.com/xmlschemas/TrainingCenterDatabase/v2">'
    return f"{root}<Activities>\n{''.join(activities)}</Activities></TrainingCenterDatabase>\n".encode()


def _documents(count: int) -> bytes:
    """So many GPX files of a few seconds, one behind the other."""
    return b"".join(Ride(seconds=5, start=RIDE.start_time + 60 * i).gpx() for i in range(count))


def _rides(count: int) -> bytes:
    """So many rides of an hour in one FIT file, one behind the other."""
    start = RIDE.start_time
    return b"".join(Ride(seconds=3600, start=start + 7200 * i).fit() for i in range(count))


def _members(count: int) -> bytes:
    """A gzipped ride behind so many empty members."""
    return count * gzip.compress(b"", mtime=0) + gzip.compress(RIDE.gpx(), mtime=0)


def _name(piece: bytes) -> Callable[[int], bytes]:
    """A GPX file whose name is this piece so many times."""
    return lambda count: RIDE.gpx().replace(b"<name>", b"<name>" + count * piece, 1)


def _definitions(count: int) -> bytes:
    """A FIT file with so many definitions at its end."""
    fit_ = RIDE.fit()
    body = fit_[14:-2] + count * bytes((0x4F, 0, 0, 0, 0xFF, 1, 254, 1, 0))
    head = fit_[:4] + struct.pack("<I", len(body)) + fit_[8:12]
    whole = head + struct.pack("<H", crc16(head)) + body
    return whole + struct.pack("<H", crc16(whole))


class Case(NamedTuple):
    """``build`` makes an input of ``count`` things; it is taken at a half and a quarter of that too."""

    what: str
    build: Callable[[int], bytes]
    run: Callable[[bytes], object]
    count: int


CASES = (
    Case("fix --split, GPX: tracks of one point", _tracks, lambda data: fix(data, split=True), 4_000),
    Case("fix --split, TCX: activities of one point", _activities, lambda data: fix(data, split=True), 4_000),
    Case("fix --split, GPX: documents in a row", _documents, lambda data: fix(data, split=True), 400),
    Case("fix --split, FIT: chained rides", _rides, lambda data: fix(data, split=True), 300),
    Case("check, FIT: chained rides", _rides, check, 300),
    Case("check, FIT: definitions", _definitions, check, 1_000_000),
    Case("check, GPX: empty members of gzip", _members, check, 8_000),
    Case("fix --unsafe, GPX: bare ampersands", _name(b"& "), lambda data: fix(data, unsafe=True), 1_000_000),
    Case("fix, GPX: control characters", _name(b"\1"), fix, 2_000_000),
)


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.what)
def test_growth(case: Case) -> None:
    rows = RESULTS.setdefault(case.what, [])
    case.run(case.build(1))  # what is imported and compiled only once
    for count in (case.count // 4, case.count // 2, case.count):
        data = case.build(count)
        rows.append((count, len(data), min(_seconds(case.run, data) for _ in range(2))))
    assert all(seconds > 0 for _, _, seconds in rows)


def _seconds(run: Callable[[bytes], object], data: bytes) -> float:
    begun = time.process_time()
    assert run(data)
    return time.process_time() - begun


@pytest.fixture(scope="module", autouse=True)
def _write() -> Iterator[None]:
    yield
    if len(RESULTS) < len(CASES):
        return
    page = "".join(f"{line}\n" for line in _page())
    print(f"\n{page}")  # noqa: T201 - the figures are what the run is for
    if target := os.environ.get("TRACKLINT_GROWTH_PAGE"):
        Path(target).write_text(page, encoding="utf-8")


def _page() -> Iterator[str]:
    yield "# What twice as much costs\n"
    yield f"Written by `tox -e bench` on {datetime.datetime.now(datetime.UTC):%Y-%m-%d} (`tests/bench_growth.py`).\n"
    yield "Inputs that are many times what an activity is. The last column is the time beside that of half as much: 2 where it"
    yield "grows with the size, 4 where it grows with its square. CPU time, the best of two runs.\n"
    yield "| what | how many | MB | s | times half as much |"
    yield "|---|---|---|---|---|"
    for what, rows in RESULTS.items():
        before = None
        for count, size, seconds in rows:
            times = f"{seconds / before:.1f}" if before else ""
            yield f"| {what} | {count:,} | {size / 1e6:.2f} | {seconds:.2f} | {times} |"
            before = seconds
