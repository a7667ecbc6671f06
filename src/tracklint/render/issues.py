"""What CI systems show beside the log: one issue a rule and severity over all files, because they show only ten of a
severity and drop the others without a word."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, NamedTuple

from ..findings import Severity
from ..words import clipped, counted, json_text, printable
from .digest import Digest, by_code, placed

if TYPE_CHECKING:
    from ..findings import Report

__all__ = ["MOST", "Issue", "Seen", "Tally", "piece", "seen"]

#: How many of a severity GitHub's runner and Azure's agent keep for a step (``_maxIssueCount`` of both).
MOST: Final = 10
#: Characters of one message.
_MOST_TEXT = 1000


class Seen(NamedTuple):
    """A rule in one file: its worst finding there, with the place in XML, and how many there are. ``file`` is
    where a finding of a fleet is shown."""

    code: str
    name: str
    severity: Severity
    message: str
    line: int | None
    column: int | None
    findings: int
    file: str = ""


def piece(report: Report) -> str:
    """The rules that speak in one report, as JSON; `seen` reads it."""
    rows = []
    for code, group in by_code(report.findings).items():
        worst = group[0]
        message, where = clipped(printable(worst.message), _MOST_TEXT), worst.where
        file = printable(placed(report, worst)) if report.format == "fleet" else ""
        name = printable(worst.name)
        rows.append(Seen(code, name, worst.severity, message, where.line, where.column, len(group), file))
    return json_text(rows, compact=True)


def seen(piece: str) -> list[Seen]:
    """What `piece` wrote."""
    return [Seen(code, name, Severity(severity), *rest) for code, name, severity, *rest in json.loads(piece)]


@dataclass(slots=True)
class Issue:
    """One rule at one severity: where it was seen first, in how many files, and how often."""

    first: Seen
    file: str
    files: int = 0
    findings: int = 0

    @property
    def title(self) -> str:
        """Code and name of the rule."""
        return f"{self.first.code} {self.first.name}"

    @property
    def text(self) -> str:
        """The first message, and what it stands for."""
        if self.findings == 1:
            return self.first.message
        whole = counted(self.files, "device" if self.first.file else "file")
        return f"{self.first.message} (the first of {self.findings} findings in {whole})"


class Tally:
    """Counts by rule and severity; it grows with the rules, not with the files."""

    def __init__(self) -> None:
        self._issues: dict[tuple[str, Severity], Issue] = {}

    def add(self, digest: Digest, rows: list[Seen]) -> None:
        """Count one file."""
        for row in rows:
            issue = self._issues.setdefault((row.code, row.severity), Issue(row, row.file or printable(digest.name)))
            issue.files += 1
            issue.findings += row.findings

    def worst(self) -> list[Issue]:
        """All issues: by severity, then by how many files, then by code."""
        return sorted(
            self._issues.values(), key=lambda issue: (-issue.first.severity.rank, -issue.files, issue.first.code)
        )

    def shown(self, severity: Severity) -> Iterator[tuple[Issue, str]]:
        """The `MOST` worst issues of a severity with their texts. The last text counts those that are left out."""
        issues = [issue for issue in self.worst() if issue.first.severity == severity]
        shown, rest = issues[:MOST], issues[MOST:]
        for issue in shown:
            text = issue.text
            if rest and issue is shown[-1]:
                findings = sum(each.findings for each in rest)
                text += f"; and {counted(len(rest), 'more rule')} of this severity ({counted(findings, 'finding')})"
            yield issue, text
