"""Reports as text and as data: one module per output, loaded when it is used.

Every output is a function ``write(reports, out, **options)`` that takes an iterable of `findings.Report` (a generator
will do: each report is written as it comes) and a text stream.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any, TextIO

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from ..findings import Report

__all__ = ["FORMATS", "write"]


def _loaded(module: str) -> Callable[..., None]:
    """The ``write`` of an output's module, which is imported at the first call."""

    def write(reports: Iterable[Report], out: TextIO, **options: Any) -> None:
        import_module(f".{module}", __name__).write(reports, out, **options)

    return write


#: Every output by the name that ``--output`` takes.
FORMATS: dict[str, Callable[..., None]] = {name: _loaded(name) for name in ("text", "json", "jsonl")}


def write(name: str, reports: Iterable[Report], out: TextIO, **options: Any) -> None:
    """Write ``reports`` to ``out`` in the format ``name``, one of `FORMATS`. Raises KeyError for another name."""
    FORMATS[name](reports, out, **options)
