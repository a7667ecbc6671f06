"""GitHub's annotations for the worst rules, and everything as Markdown in the summary of the step.

A step shows ten annotations of each level (``_maxIssueCount`` of actions/runner), a job fifty. Escapes are those that
the runner's ActionCommand.cs takes back.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path
from typing import TextIO

from ..findings import Severity
from . import markdown
from .digest import Digest
from .issues import Tally, piece, seen

__all__ = ["Writer", "piece"]

_LEVELS = {Severity.ERROR: "error", Severity.WARNING: "warning", Severity.INFO: "notice"}
#: A summary above 1 MiB is refused as a whole, and one close to it vanishes (actions/runner#4337).
_MOST_SUMMARY = 900_000


class Writer:
    """Counts, and writes when all files are known: the annotations to the target, the summary to the file that
    ``GITHUB_STEP_SUMMARY`` names, behind what the step put there before."""

    def __init__(self, opened: Callable[[int], TextIO]) -> None:
        self._out = opened(1)
        self._tally = Tally()
        self._file: TextIO | None = None
        self._summary: markdown.Writer | None = None
        if summary := os.environ.get("GITHUB_STEP_SUMMARY"):
            self._file = file = Path(summary).open("a", encoding="utf-8", newline="\n")  # noqa: SIM115 - until close
            self._summary = markdown.Writer(lambda _: file, most=_MOST_SUMMARY - file.tell())

    def add(self, digest: Digest, piece: str) -> None:
        """Count one file."""
        self._tally.add(digest, seen(piece))
        if self._summary is not None:
            self._summary.add(digest, piece)

    def close(self) -> None:
        """Write the annotations, the worst first, and the summary."""
        for severity, level in _LEVELS.items():
            for issue, text in self._tally.shown(severity):
                words = {"file": issue.file, "line": str(issue.first.line or 1)}
                if issue.first.column is not None:
                    words["col"] = str(issue.first.column)
                words["title"] = issue.title
                told = ",".join(f"{key}={_property(value)}" for key, value in words.items())
                self._out.write(f"::{level} {told}::{_data(text)}\n")
        if self._summary is not None and self._file is not None:
            with self._file:
                self._summary.close()


def _data(text: str) -> str:
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(text: str) -> str:
    return _data(text).replace(":", "%3A").replace(",", "%2C")
