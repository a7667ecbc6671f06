"""What binds rules to what mends their findings."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from ..edits import Asked, Step
from ..rules import Rule

__all__ = ["Repair"]


@dataclass(frozen=True, slots=True)
class Repair:
    """What mends the findings of these rules in one format. ``plan`` takes the format's document and `Asked`.

    Whether that is safe is what the rules say (`Rule.fixes`). ``needs`` names what a person must say before it can
    plan anything, such as ``--sport WORD``.
    """

    rules: tuple[Rule, ...]
    plan: Callable[[Any, Asked], Iterable[Step]]
    needs: str = ""

    @property
    def codes(self) -> frozenset[str]:
        """The codes of its rules, by which findings name them."""
        return frozenset(rule.code for rule in self.rules)
