"""The measured facts of one file as a table for people: values with their units, or why there is none."""

from __future__ import annotations

from typing import TYPE_CHECKING, TextIO

from ..measured import FACTS, facts_of, missing
from .page import Page

if TYPE_CHECKING:
    from ..findings import FactValue
    from ..reading import Reading

__all__ = ["show_facts"]


def show_facts(reading: Reading, out: TextIO, *, color: bool | None = None, width: int | None = None) -> None:
    """Write all facts of what was read to ``out``, one a line; nothing where it is no activity."""
    page = Page(out, color=color, width=width)
    found = facts_of(reading)
    if reading.activity is None:
        return
    why = missing(reading.activity, reading)
    widest = max(map(len, found))
    page.line()
    page.line(("Measured facts", "bold"))
    for name, value in found.items():
        told = ("-  " + why[name], "dim") if value is None else page.safe(f"{_said(value)} {FACTS[name].unit}".rstrip())
        page.line((f"{name:<{widest}}  ", ""), told, indent=2, hang=widest + 2)


def _said(value: FactValue) -> str:
    if isinstance(value, list):
        return " ".join(map(str, value))
    return f"{value:.3f}".rstrip("0").rstrip(".") if isinstance(value, float) else str(value)
