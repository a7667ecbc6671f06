"""What a measured fact is, and how one is worked out."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from ..activity import Activity
from ..findings import FactValue
from ..reading import Reading

__all__ = ["SUFFIXES", "Fact", "Kind", "Measure", "plain"]

#: What the value is where there is one.
Kind = Literal["text", "whole", "number", "list"]

#: How each unit stands at the end of a fact's name.
SUFFIXES = {
    "": "", "s": "_s", "m": "_m", "%": "_percent", "m/min": "_m_min", "m/s": "_m_s", "bpm": "_bpm", "rpm": "_rpm",
    "W": "_w", "J": "_j", "V": "_v", "V/h": "_v_h", "%/h": "_percent_h", "bytes": "",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Fact:
    """One number (or text, or list of numbers) about a ride or about how it was written.

    ``name`` ends with its unit (`SUFFIXES`). ``formula`` says in words how it is worked out; ``otherwise`` why there is
    none although all that its `Measure` needs is there, "" where there always is one then.
    """

    name: str
    kind: Kind
    unit: str
    formula: str
    otherwise: str = ""

    @property
    def short(self) -> str:
        """The name without its unit."""
        return self.name.removesuffix(SUFFIXES[self.unit])


@dataclass(frozen=True, slots=True)
class Measure:
    """How facts are worked out: ``of`` takes an `Activity`, or where ``on`` is `Reading` the whole reading, and gives
    the value of each of ``facts`` in their order.

    ``needs`` are names of `Activity.content`, names of FIT messages, ``points`` and ``fit``; without one of them ``of``
    is not asked.
    """

    facts: tuple[Fact, ...]
    of: Callable[[Any], Sequence[Any]]
    needs: tuple[str, ...] = ()
    on: type[Activity | Reading] = Activity

    @property
    def needed(self) -> str:
        """What it needs, in words."""
        return ", ".join(_NEEDED.get(need, need.replace("_", " ")) for need in self.needs) or "nothing"

    def why_missing(self, fact: Fact, content: frozenset[str], *, file: bool) -> str:
        """Why a fact has no value in a ride with this content: a few words. ``file`` says whether the reading is
        there."""
        if self.on is Reading and not file:
            return "needs the file"
        lacks = next((need for need in self.needs if need not in content), None)
        if lacks is None:
            return fact.otherwise
        return "not FIT" if lacks == "fit" else f"no {_NEEDED.get(lacks, lacks.replace('_', ' '))}"


_NEEDED = {"fit": "a FIT file", "time": "times", "sessions": "session", "laps": "lap", "events": "event"}


def plain(value: Any) -> FactValue:
    """A value as Python has it: numbers with six decimals, ``None`` for NaN and infinities."""
    if value is None or isinstance(value, str):
        return value
    if isinstance(value, list):
        return [int(each) for each in value]
    number = value.item() if hasattr(value, "item") else value
    if isinstance(number, float):
        return round(number, 6) + 0.0 if math.isfinite(number) else None
    return int(number)
