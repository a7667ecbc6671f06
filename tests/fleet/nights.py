"""Invented nights: rides of two firmwares with the noise that real ones have, checked once, as JSON Lines of reports.

A ride has 10 to 60 minutes (`minutes`), its own laps and sport, and by chance what real rides have: no heart rate
belt, dropouts of it, a pause that nobody pressed, a power spike, a position of zeros. Firmware 4.12 has four faults
planted.
"""

from __future__ import annotations

import json
import random
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from functools import partial
from typing import Any

from tracklint.checking import check_reading
from tracklint.config import Config, Limits
from tracklint.reading import read_thing
from tracklint.render.data import file_object
from tracklint.testing import Ride
from tracklint.testing.invented import Raw
from tracklint.words import json_text

OLD, NEW = 411, 412
#: The four faults of firmware 4.12, and how `compare` names each.
FAULTS = {
    "lap index": "FIT413",
    "altitude sentinel": "POS010",
    "clock step": "TIM020",
    "dropouts": "heart_rate_dropout_longest_s",
}
CONFIG = Config(facts=True, limits=Limits(now=1_790_000_000.0))
Change = dict[int, dict[str, Any]]


def ride(seed: str, firmware: int, faults: tuple[str, ...] = (), minutes: tuple[int, int] = (10, 60)) -> bytes:
    """One ride; the same seed gives the same ride with every firmware, but for its faults."""
    chance = random.Random(seed)
    seconds = round(
        60 * minutes[0] * (minutes[1] / minutes[0]) ** chance.random() ** 2
    )  # many short ones, few long ones
    channels = ("position", "altitude", "heart_rate", "cadence", "power", "temperature", "distance", "speed")
    if chance.random() < 0.1:
        channels = tuple(each for each in channels if each != "heart_rate")
    invented = Ride(
        seconds=seconds,
        laps=chance.randint(2, 6),
        channels=channels,
        sport=chance.choices(("cycling", "running"), (9, 1))[0],
        altitude=chance.uniform(60, 800),
        speed=chance.gauss(7.5, 0.8),
        start=1_714_557_600 + chance.randrange(30 * 86400),
        serial=chance.randrange(1, 2**31),
    )
    change: Change = {}
    _noise(change, chance, seconds, longer=2 if "dropouts" in faults else 1, belt="heart_rate" in channels)
    skip = _pause(chance, seconds)
    messages: dict[str, dict[str, Any]] = {}
    if "lap index" in faults:
        messages["lap"] = {"message_index": 0}
    if "altitude sentinel" in faults:
        for i in (0, 1, seconds // 2):
            change.setdefault(i, {})["altitude"] = Raw(0)
    if "clock step" in faults:
        at, step = chance.randrange(60, seconds - 60), chance.choice((1800, 3600, 7200))
        for i in range(at, seconds + 1):
            change.setdefault(i, {})["time"] = invented.time(i) + step
    return invented.fit(change=change, skip=skip, messages=messages, manufacturer=1, product=3121, software=firmware)


def _noise(change: Change, chance: random.Random, seconds: int, *, longer: int, belt: bool) -> None:
    """What single points of real rides have. Dropouts are ``longer`` times as long as they would be."""
    if chance.random() < 0.02:
        change.setdefault(chance.randrange(seconds), {})["power"] = 4000
    if chance.random() < 0.03:
        change.setdefault(chance.randrange(seconds), {}).update(latitude=0, longitude=0)
    if chance.random() < 0.01:
        change.setdefault(chance.randrange(seconds), {})["altitude"] = 11_000
    for _ in range(chance.choices((0, 1, 2, 3), (40, 30, 20, 10))[0]):
        first, length = chance.randrange(5, seconds - 60), round(2 + chance.expovariate(1 / 10))
        if belt:
            for i in range(first, min(first + longer * length, seconds - 5)):
                change.setdefault(i, {})["heart_rate"] = None


def _pause(chance: random.Random, seconds: int) -> tuple[int, ...]:
    """Seconds without a record: one in twelve rides has a hole of more than a minute, one in three a short one."""
    if (kind := chance.random()) > 0.4:
        return ()
    first, length = (
        chance.randrange(30, seconds - 200),
        chance.randrange(61, 150) if kind < 0.08 else chance.randrange(2, 9),
    )
    return tuple(range(first, first + length))


def told(data: bytes, name: str) -> str:
    """The line of a ride's report, with facts."""
    reading = read_thing(data, CONFIG, name=name)
    return json_text(file_object(check_reading(reading, CONFIG)))


def line(number: int, kind: str, firmware: int, faults: tuple[str, ...], minutes: tuple[int, int]) -> str:
    """The line of one ride of a kind."""
    return told(ride(f"{kind} {number}", firmware, faults, minutes), f"{kind}/{number:05}.fit")


def lines(count: int, kind: str, firmware: int, faults: tuple[str, ...] = (), **how: Any) -> Iterator[str]:
    """The lines of so many rides of a kind, of ``minutes`` (10, 60), made in ``jobs`` (1) processes."""
    jobs, minutes = how.get("jobs", 1), how.get("minutes", (10, 60))
    made = partial(line, kind=kind, firmware=firmware, faults=faults, minutes=minutes)
    if jobs == 1:
        yield from map(made, range(count))
        return
    with ProcessPoolExecutor(jobs) as pool:
        yield from pool.map(made, range(count), chunksize=20)


def firmware(text: str, version: str) -> str:
    """The same report of another firmware."""
    report = json.loads(text)
    report["activity"]["device"]["firmware"] = version
    return json.dumps(report)
