"""How many records one flipped bit costs, here and with other readers, over seeded flips of a built ride; and what
lost, added and overwritten bytes cost in real files.

Not collected with the tests. ``tox -e bench`` runs it and writes docs/damage.md, each part of it that was run;
``DAMAGE_FLIPS`` sets another number of flips of each kind, ``DAMAGE_FILES`` one of real files. Of a built ride a record
counts as lost when no record that is read has its time, place, distance and power; for real files see ``hurt``.
"""

from __future__ import annotations

import datetime
import importlib.metadata
import os
import random
import warnings
from collections import defaultdict
from collections.abc import Callable, Hashable, Iterator
from contextlib import suppress
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import hurt
from conftest import CORPUS
from tracklint.checking import check
from tracklint.config import Config, Limits
from tracklint.findings import Severity
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
#: How many real files are taken, and how long one may be.
FILES = int(os.environ.get("DAMAGE_FILES", "1000"))
LONGEST = 200_000
CONFIG = Config(limits=Limits(now=1795305600))
#: What real files must reach, by the first word of the kind: cases with 3 records lost at most.
WANTED = {"bytes": 0.98, "page": 0.96, "two": 0.96, "tail": 0.98}
NONE_INVENTED = 0.99
#: (reader, family, kind, seal) -> records lost and invented, one pair for each case.
REAL: dict[tuple[str, str, str, str], list[tuple[int, int]]] = defaultdict(list)
OTHERS = 8  # families of which the other readers are given one file


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


# -- real files -------------------------------------------------------------------------------------------------------


@cache
def _real() -> list[tuple[str, Path]]:
    """Family and path of every real file of 200 records and more in which nothing is an error."""
    found = []
    for path in sorted(each for folder in ("corpus", "corpus2") for each in (CORPUS.parent / folder).rglob("*.fit")):
        if path.stat().st_size > LONGEST or scan_fit(path.read_bytes()).count(20) < 200:
            continue
        report = check(path, config=CONFIG)
        if not any(finding.severity is Severity.ERROR for finding in report.findings):
            device = fit_activity(scan_fit(path.read_bytes())).device
            maker, product = device.manufacturer or "", device.product or ""
            named = {"garmin": "Garmin Edge" if product.startswith("edge") else "Garmin", "development": device.name}
            found.append((str(named.get(maker, maker)).split(" GT")[0], path))
    return found[:: max(len(found) // FILES, 1)]


def _cases(path: Path) -> Iterator[hurt.Case]:
    files = [each for _, each in _real()]
    other = files[(files.index(path) + len(files) // 3) % len(files)]
    yield from hurt.cases(path.read_bytes(), other.read_bytes(), path.name)


def test_real_files() -> None:
    if len(_real()) < min(FILES, 60):
        pytest.skip(f"no corpus of real files at {CORPUS}")
    for family, path in _real():
        whole = hurt.read(path.read_bytes())
        for case in _cases(path):
            REAL["tracklint", family, case.kind, case.seal].append(hurt.score(hurt.read, whole, case))
    for word, wanted in WANTED.items():
        for seal in hurt.SEALS:
            lost, invented = _pairs(lambda _f, k, s, word=word, seal=seal: k.startswith(word) and s == seal).T
            kept, none = (lost <= ALLOWED).mean(), (invented == 0).mean()
            print(f"\n{word} | {seal} | {len(lost)} | {kept:.2%} | {none:.2%}")  # noqa: T201 - see above
            assert kept >= wanted - 0.02  # the figures on the page are what counts; this only notices a great loss


@pytest.mark.parametrize("name", READERS)
def test_real_others(name: str) -> None:
    """One short file of each family, sealed anew: they do not look at the checksum."""
    pytest.importorskip(name)
    short: dict[str, Path] = {}
    for family, path in sorted(_real(), key=lambda each: each[1].stat().st_size):
        short.setdefault(family, path)
    for family, path in list(short.items())[:OTHERS]:
        readers: dict[str, Callable[[bytes], list[Hashable]]] = {"same": hurt.read, name: _keys(READERS[name])}
        whole = {each: read(path.read_bytes()) for each, read in readers.items()}
        for case in _cases(path):
            for each, read in readers.items():
                if case.seal == "anew" and len(whole[each]) == len(case.untouched):
                    REAL[each, family, case.kind, case.seal].append(hurt.score(read, whole[each], case))


def _keys(reader: Callable[[bytes], np.ndarray]) -> Callable[[bytes], list[Hashable]]:
    def read(data: bytes) -> list[Hashable]:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            return [row.tobytes() for row in reader(data)]

    return read


def _pairs(wanted: Callable[[str, str, str], bool], reader: str = "tracklint") -> np.ndarray:
    """Records lost and invented, a row for each case of family, kind and seal that is wanted."""
    chosen = [pairs for (who, *where), pairs in REAL.items() if who == reader and wanted(*where)]
    return np.array([pair for pairs in chosen for pair in pairs], int).reshape(-1, 2)


# -- the page ---------------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module", autouse=True)
def _write() -> Iterator[None]:
    yield
    target = os.environ.get("TRACKLINT_DAMAGE_PAGE")
    if not target:
        return
    flips = len(LOST) >= len(FORMS) * len(PARTS) and FLIPS >= 2000
    real = any(who == "tracklint" for who, *_ in REAL) and len(_real()) >= 60
    old = Path(target).read_text(encoding="utf-8") if Path(target).is_file() else ""
    one, _, two = old.partition(_SECOND)
    parts = ("\n".join(_page()) + "\n\n" if flips else one), _SECOND, ("\n".join(_real_page()) + "\n" if real else two)
    Path(target).write_text("".join(parts), encoding="utf-8")


_SECOND = "# What lost, added and overwritten bytes cost\n"
_RULE = "|---|---|---|---|---|---|---|---|---|"


def _real_page() -> Iterator[str]:
    files = len({path for _, path in _real()})
    pairs = _pairs(lambda *_: True)
    yield f"\nWritten by `tox -e bench` on {datetime.datetime.now(datetime.UTC):%Y-%m-%d} (`tests/bench_damage.py`).\n"
    yield f"{files} real files of 200 records and more, in which nothing is an error; {len(pairs):,} damaged copies at seeded places. Each"
    yield "kind of damage is done to the same bytes three times: the header's size and the checksum stay as they were (old), the checksum is"
    yield "zero, or size and checksum are written anew, as firmware does that loses the bytes itself. A record is *touched* when its own"
    yield "bytes, or those of its definition, no longer stand side by side; also when they were moved with a page. *Lost* are records that"
    yield "are not touched and yet not read with their time and all their bytes. *Invented* are records that are read and are none of the"
    yield "undamaged file's; records of a moved page that keep their own times are not.\n"
    yield "| damage | copies | 3 lost at most: old | zero | anew | lost on average | none invented: old | zero | anew |"
    yield _RULE
    for kind in hurt.KINDS:
        yield f"| {kind} {_row(lambda _f, k, s, seal, kind=kind: k == kind and s in seal)}"
    for word, wanted in WANTED.items():
        yield f"| **all: {word} ..., {wanted:.0%} wanted** {_row(lambda _f, k, s, seal, w=word: k.startswith(w) and s in seal)}"
    yield "\n| device family | copies | 3 lost at most: old | zero | anew | lost on average | none invented: old | zero | anew |"
    yield _RULE
    for family in sorted({family for family, _ in _real()}, key=str.casefold):
        yield f"| {family} {_row(lambda f, _k, s, seal, family=family: f == family and s in seal)}"
    yield f"\nOne short file each of {OTHERS} families, sealed anew, with other readers (what they find in the whole file is their measure):\n"
    yield "| reader | copies | 3 lost at most | lost on average | none invented | invented on average |"
    yield "|---|---|---|---|---|---|"
    for who in ("same", *READERS):
        got = _pairs(lambda *_: True, who)
        if len(got):
            lost, invented = got.T
            name = "tracklint" if who == "same" else who
            yield f"| {name} | {len(got)} | {(lost <= ALLOWED).mean():.1%} | {lost.mean():.1f} | {(invented == 0).mean():.1%} | {invented.mean():.1f} |"


def _row(wanted: Callable[..., bool]) -> str:
    everything = _pairs(lambda *where: wanted(*where, hurt.SEALS))
    each = [_pairs(lambda *where, seal=seal: wanted(*where, (seal,))) for seal in hurt.SEALS]
    kept = " | ".join(f"{(pairs[:, 0] <= ALLOWED).mean():.1%}" for pairs in each)
    none = " | ".join(f"{(pairs[:, 1] == 0).mean():.1%}" for pairs in each)
    return f"| {len(everything):,} | {kept} | {everything[:, 0].mean():.2f} | {none} |"


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
