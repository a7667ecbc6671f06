"""What binds rules to what mends their findings."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import KW_ONLY, dataclass
from typing import Any

from ..edits import Asked, Step
from ..rules import Rule

__all__ = ["Repair"]


@dataclass(frozen=True, slots=True)
class Repair:
    """What mends the findings of these rules in one format. ``plan`` takes the format's document and `Asked`.

    ``does`` says in words what is done, for docs/fixing.md. Whether that is safe is what the rules say (`Rule.fixes`);
    where it may be either, ``does`` is what is done safely and ``unsafely`` the other. Each is one text, or a text by
    rule. ``needs`` names what a person must say before it can plan anything, such as ``--sport WORD``.

    A repair brings no new warning or error. ``reveals`` marks those after which more of the file is read than before,
    so that what other rules then tell stood in it all the time. ``leaves`` are the rules that tell what is left of the
    same cause, which the findings that are mended stood for.
    """

    rules: tuple[Rule, ...]
    plan: Callable[[Any, Asked], Iterable[Step]]
    does: str | Mapping[Rule, str]
    _: KW_ONLY
    unsafely: str | Mapping[Rule, str] = ""
    needs: str = ""
    reveals: bool = False
    leaves: tuple[Rule, ...] = ()

    @property
    def codes(self) -> frozenset[str]:
        """The codes of its rules, by which findings name them."""
        return frozenset(rule.code for rule in self.rules)

    def told(self, rule: Rule, format_: str) -> dict[str, str]:
        """What is done to the findings of one of its rules, by ``safe`` and ``unsafe``."""
        does, unsafely = (text if isinstance(text, str) else text.get(rule, "") for text in (self.does, self.unsafely))
        if not unsafely:
            return {rule.fixes[format_]: does}
        return {"safe": does, "unsafe": unsafely}
