"""How text for people looks."""

from __future__ import annotations

from dataclasses import dataclass

from ..findings import Severity

__all__ = ["Look"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Look:
    """``color`` forces it or not; else ``terminal`` says whether there is one. ``width`` is in columns, ``None`` for
    lines of any length; ``encoding`` is what can be shown. Not more than ``findings`` of a file and ``files`` in all
    are shown, with totals of the rest, unless ``show_all``; only findings of at least ``least``, because those below
    need no action. With ``quiet`` there are totals only. ``again`` are the paths of the run as a shell takes them, for
    the command that mends."""

    color: bool | None = None
    terminal: bool | None = None
    width: int | None = None
    encoding: str = "utf-8"
    show_all: bool = False
    findings: int = 10
    files: int = 50
    least: Severity = Severity.WARNING
    quiet: bool = False
    again: str = "PATHS"
