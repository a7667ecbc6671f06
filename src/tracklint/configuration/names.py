"""Whether the codes and manufacturers that a configuration names are known, and what may be meant by others."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

from ..config import BadConfig
from ..expecting import Expectation

__all__ = ["Named", "check_codes", "check_facts", "check_manufacturers", "meant"]


class Named(NamedTuple):
    """A word that a configuration or an option gives, and where: ``tracklint.toml: select``."""

    where: str
    word: str


def meant(word: str, known: Iterable[str]) -> str:
    """``did you mean 'select'?`` and a space where a known word is like this one, else ``""``."""
    from difflib import get_close_matches

    near = get_close_matches(word, sorted(known), 1)
    return f"did you mean {near[0]!r}? " if near else ""


def check_codes(codes: Iterable[Named], *, others: bool = False) -> None:
    """Raises `BadConfig` for the first code or family that no rule has. Without codes no rule is imported. With
    ``others`` there are own rules that were not loaded, so that only codes of our families can be told."""
    if not (codes := list(codes)):
        return
    from ..rules import RULES
    from ..rules.registry import FAMILIES

    for where, code in codes:
        if others and not code.startswith(FAMILIES):
            continue
        if not code or not any(known.startswith(code) for known in RULES):
            near = meant(code.upper(), {*RULES, *(known[:3] for known in RULES)})
            raise BadConfig(f"{where}: no rule has the code {code!r}; {near}`tracklint explain` lists them")


def check_facts(expected: Iterable[tuple[Named, Expectation]]) -> None:
    """Raises `BadConfig` for the first name that no measured fact has, and for bounds of one that is no number. Without
    names no measure is imported."""
    if not (expected := list(expected)):
        return
    from ..measured import FACTS

    for (where, name), expectation in expected:
        if name not in FACTS:
            near = meant(name.lower(), FACTS)
            raise BadConfig(f"{where}: no fact has the name {name!r}; {near}docs/facts.md lists them")
        kind = FACTS[name].kind
        if kind not in ("whole", "number") and (expectation.min, expectation.max) != (None, None):
            raise BadConfig(f"{where}.{name}: this fact is a {kind} and has no bounds; only required is for it")


def check_manufacturers(names: Iterable[Named]) -> None:
    """Raises `BadConfig` for the first name that no manufacturer has in the FIT profile. Without names it is not
    imported."""
    if not (names := list(names)):
        return
    from ..fit.profile import words

    every = set(words("manufacturer").values())
    for where, name in names:
        if name.casefold() not in every:
            near = meant(name.casefold(), every)
            raise BadConfig(f"{where}: no manufacturer has the name {name!r}; {near}its number may be given too")
