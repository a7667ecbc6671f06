"""Writes docs/facts-by-device.md, the medians of measured facts over real files: ``python docs/facts_by_device.py
CORPUS``, by hand.

CORPUS is the folder of real files that the tests use; the one beside it, ``corpus2``, is read too. Devices with five
files and more are shown. No serial number, file name, place or time of a ride stands in the page.
"""

from __future__ import annotations

import datetime
import re
import statistics
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path

from tracklint.config import Config
from tracklint.findings import FactValue
from tracklint.measured import FACTS, facts_of
from tracklint.reading import read_thing
from tracklint.source import Unreadable

PAGE = Path(__file__).parent / "facts-by-device.md"
#: A device needs so many files.
LEAST = 5
#: Facts that are of a ride or of its device and not of the way in which a device records.
LEFT_OUT = frozenset(("serial_number",))

Device = tuple[str, str]


def _files(corpus: Path) -> Iterator[Path]:
    for folder in (corpus, corpus.parent / "corpus2"):
        yield from sorted(path for path in folder.rglob("*") if path.is_file())


def _measured(corpus: Path) -> dict[Device, list[Mapping[str, FactValue]]]:
    """The facts of every activity that names its device, by maker and product."""
    found: dict[Device, list[Mapping[str, FactValue]]] = {}
    for path in _files(corpus):
        try:
            reading = read_thing(path, Config())
        except Unreadable:
            continue
        if reading.activity is None or not len(reading.activity):
            continue
        told = facts_of(reading)
        device = str(told["manufacturer"] or ""), str(told["product"] or _program(reading.activity.device.name or ""))
        if any(device):
            found.setdefault(device, []).append(told)
    return {device: each for device, each in sorted(found.items()) if len(each) >= LEAST}


def _program(creator: str) -> str:
    """The name of a program without the address that it adds to it."""
    return re.sub(r"[\s-]+https?://\S+$", "", creator)


def _median(rides: list[Mapping[str, FactValue]], name: str) -> str:
    """The median over the rides that tell the fact, and how many do where it is not all of them."""
    values = [value for ride in rides if isinstance(value := ride[name], int | float)]
    if not values:
        return ""
    many = "" if len(values) == len(rides) else f" ({len(values)})"
    return f"{statistics.median(values):.4g}{many}"


def page(corpus: Path) -> Iterator[str]:
    """The lines of docs/facts-by-device.md."""
    devices = _measured(corpus)
    yield "# Measured facts of real devices\n"
    yield f"Written by `python docs/facts_by_device.py` on {datetime.datetime.now(datetime.UTC):%Y-%m-%d}; do not edit."
    yield "Medians of the [facts](facts.md) over files from open repositories, for each device with five files and more;"
    yield "many of these files are test files, and some are cut or damaged on purpose. In brackets: how many files tell the"
    yield "fact, where it is not all of them.\n"
    names = [f"{' '.join(filter(None, device))}" for device in devices]
    yield f"| fact | unit | {' | '.join(names)} |"
    yield f"|---|---|{'---|' * len(names)}"
    yield f"| files | | {' | '.join(str(len(rides)) for rides in devices.values())} |"
    for fact in FACTS.values():
        if fact.kind in ("whole", "number") and fact.name not in LEFT_OUT:
            cells = [_median(rides, fact.name) for rides in devices.values()]
            if any(cells):
                yield f"| `{fact.name}` | {fact.unit} | {' | '.join(cells)} |"


if __name__ == "__main__":
    PAGE.write_text("".join(f"{line}\n" for line in page(Path(sys.argv[1]))), encoding="utf-8")
