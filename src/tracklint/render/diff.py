"""A repair in words: the ledger, and what changes message by message."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from ..fit.differences import Difference

__all__ = ["diff_lines", "place"]

_SIGNS = {"changed": "~", "dropped": "-", "added": "+", "moved": ">"}


def place(offset: int, size: int) -> str:
    """A range of bytes: ``bytes 7442-7459``, the last one included; ``byte 7442`` for one, or where something is
    added."""
    return f"bytes {offset}-{offset + size - 1}" if size > 1 else f"byte {offset}"


def diff_lines(differences: list[Difference]) -> Iterator[str]:
    """Each message that changes, with its fields before and after."""
    for each in differences:
        number = "" if each.message is None else f"message {each.message} "
        where = place(each.offset, each.size)
        yield f"{_SIGNS[each.action]} {number}{each.name}, {where}, {each.action}"
        for name, before, after in each.fields:
            if each.action in ("changed", "moved"):
                yield f"    {name}: {before or '(none)'} -> {after or '(none)'}"
            else:
                yield f"    {name}: {before or after}"
