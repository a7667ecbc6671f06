"""Azure Pipelines logging commands: ``##vso[task.logissue ...]`` for the worst rules.

The agent keeps ten errors and ten warnings of a step; it knows no notices, so that notes are left out. Escapes are
those of azure-pipelines-task-lib's taskcommand.ts.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TextIO

from ..findings import Severity
from .digest import Digest
from .issues import Tally, piece, seen

__all__ = ["Writer", "piece"]


class Writer:
    """Counts, and writes when all files are known."""

    def __init__(self, opened: Callable[[int], TextIO]) -> None:
        self._out = opened(1)
        self._tally = Tally()

    def add(self, digest: Digest, piece: str) -> None:
        """Count one file."""
        self._tally.add(digest, seen(piece))

    def close(self) -> None:
        """Write the commands, the worst first."""
        for severity in (Severity.ERROR, Severity.WARNING):
            for issue, text in self._tally.shown(severity):
                place = {"linenumber": issue.first.line or 1, "columnnumber": issue.first.column or 1}
                words = {"type": severity.label, "sourcepath": issue.file, **place, "code": issue.first.code}
                told = "".join(f"{key}={_property(str(value))};" for key, value in words.items())
                self._out.write(f"##vso[task.logissue {told}]{_data(f'{issue.title}: {text}')}\n")


def _data(text: str) -> str:
    return text.replace("%", "%AZP25").replace("\r", "%0D").replace("\n", "%0A")


def _property(text: str) -> str:
    return _data(text).replace("]", "%5D").replace(";", "%3B")
