"""Whether a rule speaks of more, or of fewer, files of a firmware than of the one before it, beyond chance."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from itertools import pairwise

from ..rules.fleet.seen import Rate
from ..selecting import version
from .compare.chance import fisher, rejected
from .having import Having

__all__ = ["ALPHA", "Rates", "moved"]

#: The chance of one false alarm or more in a run, as `compare` has it.
ALPHA = 0.0025
Device = tuple[str, str, str]


@dataclass(slots=True)
class Rates:
    """Of one firmware: all its files, and those of which each rule speaks."""

    all: Having = field(default_factory=Having)
    codes: dict[str, Having] = field(default_factory=dict)

    def add(self, name: str, codes: Iterable[str]) -> None:
        """Count one file."""
        self.all.add(name)
        for code in codes:
            self.codes.setdefault(code, Having()).add(name)


def moved(rates: Mapping[Device, Rates], asked: Callable[[Device, str], bool]) -> dict[Device, list[Rate]]:
    """By the newer firmware the rules whose rate differs from the one before; ``asked`` says whether a rule runs for a
    device. Fisher's exact test, with Holm's correction, and Tarone's, for all of the run's tests."""
    tests = list(_tests(rates, asked))
    chances = [fisher(each.having_before, each.files_before, each.having, each.files) for _, each in tests]
    found: dict[Device, list[Rate]] = defaultdict(list)
    for (device, rate), chance, differs in zip(tests, chances, rejected(chances, ALPHA), strict=True):
        if differs:
            found[device].append(rate._replace(p=chance.p))
    return found


def _tests(rates: Mapping[Device, Rates], asked: Callable[[Device, str], bool]) -> Iterator[tuple[Device, Rate]]:
    firmwares: dict[tuple[str, str], list[Device]] = defaultdict(list)
    for device in rates:
        if all(device):
            firmwares[device[:2]].append(device)
    for devices in firmwares.values():
        for before, now in pairwise(sorted(devices, key=_in_order)):
            old, new = rates[before], rates[now]
            for code in sorted(old.codes.keys() | new.codes.keys()):
                if asked(before, code) and asked(now, code):
                    had, has = old.codes.get(code, Having()), new.codes.get(code, Having())
                    names = tuple(has.names or new.all.names[:1])
                    yield now, Rate(code, before[2], old.all.files, had.files, new.all.files, has.files, names)


def _in_order(device: Device) -> tuple[bool, tuple[int, ...], str]:
    """By firmware number; those that are no dotted number come last."""
    number = version(device[2])
    return number is None, number or (), device[2]
