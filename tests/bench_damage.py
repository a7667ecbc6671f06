"""How many records one flipped bit costs, here and with other readers, over seeded flips of a built ride.

Not collected with the tests. ``tox -e bench`` runs it and writes docs/damage.md; ``DAMAGE_FLIPS`` sets another number
of flips of each kind. A record counts as lost when no record that is read has its time, place, distance and power.
"""

from __future__ import annotations

import datetime
import importlib.metadata
import os
import random
import warnings
from collections.abc import Callable, Iterator
from contextlib import suppress
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from tracklint.fit import fit_activity, scan_fit
from tracklint.testing import Ride

FLIPS = int(os.environ.get("DAMAGE_FLIPS", "2000"))
#: How many of the same flips the slow readers are given.
SAMPLE = max(1, FLIPS // 20)
RIDE = Ride(seconds=3599)
#: What the ride is built with.
FORMS: dict[str, dict[str, Any]] = {
    "plain": {},
    "two layouts in turn, big-endian": {"interleaved": True, "big_endian": True},
    "compressed timestamps": {"compressed": True},
    "plain, checksum zeroed": {"build": {"crc": 0}},
}
#: Where the bits are flipped, and the share of flips that may cost 3 records at most.
PARTS = {"anywhere": 0.999, "record headers": 0.99, "definitions": 0.9}
ALLOWED = 3
LOST: dict[tuple[str, str, str], np.ndarray] = {}


@cache
def _built(form: str) -> tuple[bytes, np.ndarray]:
    data = RIDE.fit(**FORMS[form])
    rows = _tracklint(data)
    assert len(rows) == 3600
    return data, rows


@cache
def _flips(form: str, part: str) -> list[tuple[int, int]]:
    """Seeded (offset, bit) pairs."""
    data, _ = _built(form)
    document = scan_fit(data)
    places = {
        "anywhere": range(len(data)),
        "record headers": [int(o) for group in document.of(20) for o in group.offsets],
        "definitions": [d.offset + i for d in document.definitions for i in range(d.layout.length)],
    }[part]
    rng = random.Random(f"{form}: {part}")
    return [(rng.choice(places), rng.randrange(8)) for _ in range(FLIPS)]


def _tracklint(data: bytes) -> np.ndarray:
    activity = fit_activity(scan_fit(data))
    return np.column_stack((activity.time, activity.latitude, activity.longitude, activity.distance, activity.power))


_FIELDS = ("timestamp", "position_lat", "position_long", "distance", "power")


def _fitdecode(data: bytes) -> np.ndarray:
    """As many records as it hands out before it stops."""
    import fitdecode

    rows: list[list[float]] = []
    # whatever stops it, the records so far count
    with suppress(Exception), fitdecode.FitReader(data, check_crc=fitdecode.CrcCheck.DISABLED) as reader:
        frames = (f for f in reader if isinstance(f, fitdecode.FitDataMessage) and f.name == "record")
        rows.extend([_plain(f.get_value(name, fallback=None)) for name in _FIELDS] for f in frames)
    return np.array(rows, float).reshape(-1, len(_FIELDS))


def _chiptime(data: bytes) -> np.ndarray:
    import chiptime

    rows: list[list[float]] = []
    with suppress(Exception):
        records = (m for m in chiptime.iter_messages(data) if m.name == "record")
        rows.extend([_plain(m.get_raw(name)) for name in _FIELDS] for m in records)
    return np.array(rows, float).reshape(-1, len(_FIELDS))


def _plain(value: Any) -> float:
    if isinstance(value, datetime.datetime):
        return value.timestamp()
    return float(value) if isinstance(value, int | float) else np.nan


READERS: dict[str, Callable[[bytes], np.ndarray]] = {"fitdecode": _fitdecode, "chiptime": _chiptime}


def _lost(read: Callable[[bytes], np.ndarray], form: str, part: str, count: int) -> np.ndarray:
    """Records lost by each flip."""
    data, whole = _built(form)
    expected = {row.tobytes() for row in (whole if read is _tracklint else read(data))}
    assert len(expected) == 3600
    lost = []
    for at, bit in _flips(form, part)[:count]:
        broken = bytearray(data)
        broken[at] ^= 1 << bit
        lost.append(len(expected - {row.tobytes() for row in read(bytes(broken))}))
    return np.array(lost)


@pytest.mark.parametrize("part", PARTS)
@pytest.mark.parametrize("form", FORMS)
def test_flips(form: str, part: str) -> None:
    lost = LOST["tracklint", form, part] = _lost(_tracklint, form, part, FLIPS)
    print(f"\n{form} | {part} | {_figures(lost)}")  # noqa: T201 - the figures are what the run is for
    for i in np.flatnonzero(lost > ALLOWED)[:5]:
        print("   costs", lost[i], "at", _flips(form, part)[i])  # noqa: T201 - the figures are what the run is for
    if form == "plain":
        assert (lost <= ALLOWED).mean() >= PARTS[part]


@pytest.mark.parametrize("part", PARTS)
@pytest.mark.parametrize("name", READERS)
def test_others(name: str, part: str) -> None:
    pytest.importorskip(name)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        lost = LOST[name, "plain", part] = _lost(READERS[name], "plain", part, SAMPLE)
    print(f"\n{name} | {part} | {_figures(lost)}")  # noqa: T201 - the figures are what the run is for


def _figures(lost: np.ndarray) -> str:
    kept = (lost <= ALLOWED).mean()
    return f"{len(lost):,} | {kept:.2%} | {lost.mean():.2f} | {lost.max():,}"


@pytest.fixture(scope="module", autouse=True)
def _write() -> Iterator[None]:
    yield
    if len(LOST) < len(FORMS) * len(PARTS) or FLIPS < 2000:
        return
    if target := os.environ.get("TRACKLINT_DAMAGE_PAGE"):
        Path(target).write_text("".join(f"{line}\n" for line in _page()), encoding="utf-8")


def _page() -> Iterator[str]:
    yield "# What one flipped bit costs\n"
    yield f"Written by `tox -e bench` on {datetime.datetime.now(datetime.UTC):%Y-%m-%d} (`tests/bench_damage.py`).\n"
    yield "A built ride of 3,600 records; each flip turns one bit of the whole file over, at a seeded place. A record is lost when"
    yield "no record that is read has its time, place, distance and power; so a flip in a value costs one. The checksum often tells"
    yield "which bit was flipped, so one form has a checksum of zero: there, only the messages themselves help.\n"
    yield "| ride | flips in | flips | 3 records lost at most | wanted | lost on average | at worst |"
    yield "|---|---|---|---|---|---|---|"
    for form in FORMS:
        for part, wanted in PARTS.items():
            count, kept, mean, worst = _figures(LOST["tracklint", form, part]).split(" | ")
            yield f"| {form} | {part} | {count} | {kept} | {wanted:.1%} | {mean} | {worst} |"
    others = [name for name in READERS if (name, "plain", "anywhere") in LOST]
    yield f"\nThe first {SAMPLE} of the same flips of the plain ride, with other readers:\n"
    yield "| reader | flips in | flips | 3 records lost at most | lost on average | at worst |"
    yield "|---|---|---|---|---|---|"
    for name in ("tracklint", *others):
        for part in PARTS:
            count, kept, mean, worst = _figures(LOST[name, "plain", part][:SAMPLE]).split(" | ")
            yield f"| {name} | {part} | {count} | {kept} | {mean} | {worst} |"
    versions = ", ".join(f"{name} {importlib.metadata.version(name)}" for name in (*others, "numpy"))
    yield f"\nVersions: {versions}. fitdecode is asked not to look at the checksum, or it keeps nothing."
