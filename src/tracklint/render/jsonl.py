"""JSON Lines: one element of the report's ``files`` a line, written as each report comes."""

from __future__ import annotations

from typing import TYPE_CHECKING, TextIO

from ..words import json_text
from .data import file_object

if TYPE_CHECKING:
    from collections.abc import Iterable

    from ..findings import Report

__all__ = ["line", "write"]


def write(reports: Iterable[Report], out: TextIO) -> None:
    """One line a report, ended by a line feed and flushed, so that a reader of the stream can follow."""
    for report in reports:
        out.write(line(report) + "\n")
        out.flush()


def line(report: Report) -> str:
    """One report as JSON without line breaks, in ASCII, so that its bytes are the same in every locale."""
    return json_text(file_object(report))
