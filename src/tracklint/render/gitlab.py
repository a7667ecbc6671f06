"""GitLab's code quality report: one entry a file and rule.

``lines.begin`` is 1 where a file has no lines. Of entries with one fingerprint only the first is shown, so that the
name of the file is in it (docs.gitlab.com/ci/testing/code_quality).
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from typing import TYPE_CHECKING, TextIO

from ..findings import Severity
from ..words import clipped, counted, json_text, printable
from .digest import Digest, by_code, placed, raw

if TYPE_CHECKING:
    from ..findings import Finding, Report

__all__ = ["Writer", "piece"]

_SEVERITIES = {Severity.ERROR: "critical", Severity.WARNING: "major", Severity.INFO: "info"}
#: Characters of one description.
_MOST_TEXT = 1000


def piece(report: Report) -> str:
    """The entries of one file, one a line, without the brackets of the list."""
    entries = [_entry(report, group) for group in by_code(report.findings).values()]
    return ",\n".join(json_text(entry, compact=True) for entry in entries)


def _entry(report: Report, group: list[Finding]) -> dict[str, object]:
    worst = group[0]
    more = f" (and {counted(len(group) - 1, 'more place')})" if len(group) > 1 else ""
    told = b"\0".join((worst.code.encode(), report.sha256.encode(), raw(report.name)))
    return {
        "description": clipped(printable(f"{worst.code} {worst.name}: {worst.message}"), _MOST_TEXT) + more,
        "check_name": printable(worst.code),
        "fingerprint": hashlib.sha256(told).hexdigest(),
        "severity": "blocker" if worst.code.startswith("INT") else _SEVERITIES[worst.severity],
        "location": {"path": printable(placed(report, worst)), "lines": {"begin": worst.where.line or 1}},
    }


class Writer:
    """Writes the entries as they come."""

    def __init__(self, opened: Callable[[int], TextIO]) -> None:
        self._out = opened(1)
        self._between = "[\n"

    def add(self, digest: Digest, piece: str) -> None:  # noqa: ARG002 - the entries have it all
        """Write the entries of one file."""
        if piece:
            self._out.write(self._between + piece)
            self._between = ",\n"

    def close(self) -> None:
        """End the list."""
        self._out.write("[]\n" if self._between == "[\n" else "\n]\n")
