"""What somebody expects of files: thresholds on their measured facts, and how many of a fleet may have something."""

from __future__ import annotations

import math
import re
import reprlib
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from operator import itemgetter
from typing import Any, NamedTuple

from .findings import FactValue
from .trace import Asked

__all__ = ["Break", "Expectation", "Expected", "expectations", "is_code"]


def is_code(name: str) -> bool:
    """Whether this is the code of a rule, and no name of a fact."""
    return re.fullmatch("[A-Z]{3}[0-9]{3}", name) is not None


class Break(NamedTuple):
    """How a value breaks an expectation: ``bound`` is ``min``, ``max`` or ``required``, ``limit`` what was wanted."""

    bound: str
    limit: float | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Expectation:
    """What is expected of one fact, or of the files of a fleet that a rule speaks of.

    ``min`` and ``max`` are bounds of a fact in its unit, which themselves are no break; a fact that a file does not
    tell breaks nothing, unless it is ``required``. ``share`` (0 to 1) is which part of the files of one device and
    firmware may break this, or may have the rule's finding: it is asked of the fleet and not of the single file.
    ``section`` is where the configuration says so. Raises ValueError for what cannot be.
    """

    min: float | None = None
    max: float | None = None
    required: bool = False
    share: float | None = None
    section: str = field(default="the configuration", compare=False, repr=False)

    def __post_init__(self) -> None:
        for name in ("min", "max", "share"):
            if (value := getattr(self, name)) is not None and not _is_number(value):
                raise ValueError(f"{name} is {reprlib.repr(value)}; a number is wanted")
        if not isinstance(self.required, bool):
            raise ValueError(f"required is {reprlib.repr(self.required)}; true or false is wanted")
        if self.min is not None and self.max is not None and self.min > self.max:
            raise ValueError(f"min is {self.min:g} and max is {self.max:g}: nothing lies between")
        if self.share is not None and not 0 <= self.share <= 1:
            raise ValueError(f"share is {self.share:g}; a part of the files is wanted, from 0 to 1: 0.02 is 2 %")

    @property
    def of_value(self) -> bool:
        """Whether it says something of a fact's value."""
        return self.required or self.min is not None or self.max is not None

    def broken_by(self, value: FactValue) -> Break | None:
        """How this value of a fact breaks it; a text or a list breaks nothing."""
        if value is None:
            return Break("required", None) if self.required else None
        if not _is_number(value):
            return None
        if self.max is not None and value > self.max:  # type: ignore[operator]  # it is a number
            return Break("max", self.max)
        if self.min is not None and value < self.min:  # type: ignore[operator]  # so is this
            return Break("min", self.min)
        return None

    def told(self) -> dict[str, Any]:
        """What it was given, as a configuration has it."""
        given = {name: getattr(self, name) for name in ("min", "max", "share")}
        return {k: v for k, v in given.items() if v is not None} | ({"required": True} if self.required else {})


@dataclass(frozen=True, slots=True)
class Expected:
    """The facts of one file that something is expected of, beside what is expected. It is what rules look at."""

    facts: Mapping[str, FactValue]
    expectations: Mapping[str, Expectation]

    def asked(self, wants: Callable[[str], bool]) -> tuple[Asked, ...]:
        """What is asked of the fleet that the file is one of: of rules that run here, and of facts that it tells."""
        return tuple(
            Asked(name, each.share, each.section, self._has(name, each))
            for name, each in sorted(self.expectations.items(), key=itemgetter(0))
            if each.share is not None and (wants(name) if is_code(name) else self._tells(name, each))
        )

    def _tells(self, name: str, each: Expectation) -> bool:
        return name in self.facts and (each.required or self.facts[name] is not None)

    def _has(self, name: str, each: Expectation) -> bool | None:
        return None if is_code(name) else each.broken_by(self.facts[name]) is not None

    def broken(self) -> Iterator[tuple[str, FactValue, Expectation, Break]]:
        """Each expectation of a fact that does not hold here, with the value, in the order of the facts."""
        for name in sorted(self.expectations.keys() & self.facts.keys()):
            expectation, value = self.expectations[name], self.facts[name]
            if (how := expectation.broken_by(value)) is not None:
                yield name, value, expectation, how


def expectations(table: object) -> dict[str, Expectation]:
    """What is expected, by codes and names of facts. Raises TypeError for what is no mapping of `Expectation`, and
    ValueError."""
    if not isinstance(table, Mapping) or not all(isinstance(each, Expectation) for each in table.values()):
        raise TypeError(f"expect is {reprlib.repr(table)}; a mapping of codes and facts to Expectation is wanted")
    for name, each in table.items():
        if not isinstance(name, str) or not name:
            raise ValueError(f"expect.{name}: this is neither a fact nor a code")
        if is_code(name) and (each.of_value or each.share is None):
            raise ValueError(f"expect.{name}: of a rule a share of files is wanted, such as {{ share = 0.02 }}")
        if not each.of_value and not is_code(name):
            raise ValueError(f"expect.{name}: of a fact min, max or required is wanted, such as {{ max = 2 }}")
    return dict(table)


def _is_number(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and math.isfinite(value)
