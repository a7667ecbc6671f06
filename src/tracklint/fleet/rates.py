"""Whether a rule speaks of more, or of fewer, files of a firmware than of the one before it, beyond chance."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from itertools import pairwise

from ..rules.fleet.seen import MOST, Rate
from ..selecting import version
from .compare.chance import fisher, rejected

__all__ = ["ALPHA", "Rates", "moved"]

#: The chance of one false alarm or more in a run, as `compare` has it.
ALPHA = 0.0025
Device = tuple[str, str, str]


@dataclass(slots=True)
class Rates:
    """Of one firmware: how many files there are, and of how many of them each rule speaks; ``names`` are the first of
    these, and under ``""`` of all."""

    files: int = 0
    codes: Counter[str] = field(default_factory=Counter)
    names: dict[str, list[str]] = field(default_factory=dict)

    def add(self, name: str, codes: Iterable[str]) -> None:
        """Count one file."""
        self.files += 1
        self.codes.update(codes)
        for code in ("", *codes):
            if len(named := self.names.setdefault(code, [])) < MOST:
                named.append(name)


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
            for code in sorted(old.codes | new.codes):
                if asked(before, code) and asked(now, code):
                    names = tuple(new.names.get(code, new.names[""][:1]))
                    yield now, Rate(code, before[2], old.files, old.codes[code], new.files, new.codes[code], names)


def _in_order(device: Device) -> tuple[bool, tuple[int, ...], str]:
    """By firmware number; those that are no dotted number come last."""
    number = version(device[2])
    return number is None, number or (), device[2]
