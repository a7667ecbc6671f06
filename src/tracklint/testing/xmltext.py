"""Lines of XML, written by hand so that a defect is written as it was asked for."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

from ..characters import escaped, quoted
from ..words import iso
from .invented import Omit

__all__ = ["Lines", "Way", "attribute", "number", "text", "timed"]

#: How a number is written: with so many decimals, or by a function.
Way = int | Callable[[float], str]


class Lines:
    """Collects elements; ``indent`` puts each on its own line, so many spaces a level."""

    def __init__(self, *, indent: int | None, declaration: bool) -> None:
        self._indent = indent
        self._out: list[str] = ['<?xml version="1.0" encoding="UTF-8"?>'] if declaration else []
        self._open: list[str] = []

    def _add(self, line: str) -> None:
        self._out.append(" " * (self._indent * len(self._open)) + line if self._indent else line)

    def open(self, name: str, attributes: str = "") -> None:
        """A start tag."""
        self._add(f"<{name}{attributes}>")
        self._open.append(name)

    def close(self, count: int = 1) -> None:
        """The end tags of the innermost open elements."""
        for _ in range(count):
            name = self._open.pop()
            self._add(f"</{name}>")

    def leaf(self, name: str, value: str | None, attributes: str = "") -> None:
        """An element with a text that is written as it is; nothing for ``None``."""
        if value is not None:
            self._add(f"<{name}{attributes}>{value}</{name}>")

    def bytes(self) -> bytes:
        """Everything, with all elements closed."""
        self.close(len(self._open))
        return ("\n" if self._indent else "").join([*self._out, ""]).encode()


def text(value: str) -> str:
    """``value`` with the characters escaped that XML needs escaped."""
    return escaped(value)


def attribute(name: str, value: str | Omit) -> str:
    """`` name="value"``, escaped; nothing for what is left out."""
    return "" if isinstance(value, Omit) else f" {name}={quoted(value)}"


def number(value: Any, way: Way = 0) -> str | None:
    """A number with so many decimals, or as a function writes it; text as it is; ``None`` for what is left out."""
    if value is None or isinstance(value, Omit):
        return None
    if isinstance(value, str):
        return value
    if isinstance(value, float) and not math.isfinite(value):
        return {math.inf: "INF", -math.inf: "-INF"}.get(value, "NaN")
    return f"{value:.{way}f}" if isinstance(way, int) else way(value)


def timed(value: Any, fraction: int = 0) -> str | None:
    """UTC seconds as ISO 8601 with Z and at least so many digits of a fraction, 0 or 3; text as it is; ``None`` for
    what is left out.

    Raises ValueError for a number that no date stands for.
    """
    if not isinstance(value, int | float):
        return number(value)
    if (moment := iso(value)) is None:
        raise ValueError(f"no date stands for the time {value}")
    return moment.replace("Z", f".{'0' * fraction}Z") if fraction and "." not in moment else moment
