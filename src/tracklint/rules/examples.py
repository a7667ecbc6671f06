"""What each rule says of a file that breaks it, for explanations. `python docs/generate.py` writes it from the cases of
the tests."""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path
from typing import NamedTuple

__all__ = ["PLACE", "Example", "example", "forget"]

PLACE = Path(__file__).with_name("examples.json")


class Example(NamedTuple):
    """The texts of one finding."""

    message: str
    hint: str


@cache
def _all() -> dict[str, dict[str, str]]:
    found: dict[str, dict[str, str]] = json.loads(PLACE.read_text(encoding="utf-8"))
    return found


def example(code: str) -> Example:
    """The example of the rule with this code. Raises KeyError."""
    return Example(**_all()[code])


def forget() -> None:
    """Read them anew at the next question."""
    _all.cache_clear()
