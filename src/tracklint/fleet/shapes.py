"""How the files of one firmware are written: where one has a field in another type, or another field, than others.

Kept are the fields and types that were met and how many files have each; damaged files are left out.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from itertools import combinations

from ..fit.profile import BASE_TYPES, field_fact, message_name
from ..rules.fleet.seen import Drift, Form
from ..trace import Trace
from .having import Having

__all__ = ["Shapes"]

#: The base types (a byte each), or the numbers of fields, that a file has of something.
Have = frozenset[bytes]


class Shapes:
    """The shapes of one device and firmware."""

    def __init__(self) -> None:
        self._met: dict[int, dict[Have, Having]] = {}

    def add(self, name: str, trace: Trace) -> None:
        """Count the shapes of one file."""
        found: dict[int, set[bytes]] = defaultdict(set)
        for packed in trace.fields:
            found[packed >> 8].add(bytes([packed & 0xFF]))
        for global_, numbers in trace.heads:
            found[-1 - global_].add(numbers)
        for key, have in found.items():
            self._met.setdefault(key, {}).setdefault(frozenset(have), Having()).add(name)

    def drifts(self) -> Iterator[Drift]:
        """What some files have in one form only and others in another only, by message and field."""
        for key, forms in sorted(self._met.items()):
            if any(one.isdisjoint(other) for one, other in combinations(forms, 2)):
                most_first = sorted(forms.items(), key=lambda form: (-form[1].files, sorted(form[0])))
                told = tuple(Form(_words(key, have), count.files, tuple(count.names)) for have, count in most_first)
                yield Drift(_subject(key), told)


def _subject(key: int) -> str:
    if key < 0:
        return f"the fields of {message_name(-1 - key)}"
    return f"the type of {message_name(key >> 8)}.{field_fact(key >> 8, key & 0xFF).name}"


def _words(key: int, have: Have) -> str:
    if key < 0:
        return " or ".join(", ".join(field_fact(-1 - key, number).name for number in each) for each in sorted(have))
    return " or ".join(_type(base) for base in sorted(have))


def _type(base: bytes) -> str:
    found = BASE_TYPES.get(base[0] & 0x1F)
    return found.name if found is not None else f"type 0x{base.hex()}"
