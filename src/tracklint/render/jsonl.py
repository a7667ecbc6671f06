"""JSON Lines: one element of the report's ``files`` a line, written as each report comes."""

from __future__ import annotations

from typing import TYPE_CHECKING, TextIO

from ..words import json_text
from .data import file_object

if TYPE_CHECKING:
    from collections.abc import Callable

    from ..findings import Report
    from .digest import Digest

__all__ = ["Writer", "piece"]


def piece(report: Report) -> str:
    """One report as JSON without line breaks, in ASCII, so that its bytes are the same in every locale."""
    return json_text(file_object(report))


class Writer:
    """One line a report, ended by a line feed and flushed, so that a reader of the stream can follow."""

    def __init__(self, opened: Callable[[int], TextIO]) -> None:
        self._out = opened(1)

    def add(self, _digest: Digest, piece: str) -> None:
        """Write the line of the next file."""
        self._out.write(piece + "\n")
        self._out.flush()

    def close(self) -> None:
        """Nothing sums up a stream."""
