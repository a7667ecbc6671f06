"""JUnit XML in the dialect that Jenkins' schema junit-10.xsd accepts: a test case a file, split where it grows too
large for GitLab.

GitLab takes files below 30 MB with at most 250,000 XML objects, and of cases with one name only the first
(docs.gitlab.com/ci/testing/unit_test_reports, gitlab#507482). Times are left out: same reports, same bytes.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, TextIO

from ..findings import Severity
from ..words import clipped, counted, place, printable
from .digest import Digest, digest
from .spool import Spool

if TYPE_CHECKING:
    from ..findings import Finding, Report

__all__ = ["Writer", "piece"]

#: Below what GitLab takes, with room for the head.
_MOST_BYTES = 29_900_000
_MOST_OBJECTS = 249_000
#: Characters of text for one file.
_MOST_TEXT = 500_000


def piece(report: Report, fail_on: Severity = Severity.ERROR) -> str:
    """The test case of one file. It is an error where the check itself failed (INT), a failure with a finding of at
    least severity ``fail_on``; else warnings are what it printed, and notes are left out."""
    from junitparser import Error, Failure
    from junitparser.xunit2 import TestCase

    case = TestCase(_unique(report.name), _classname(report))
    worst = sorted(report.findings, key=lambda finding: -finding.severity.rank)
    failed = next((finding for finding in worst if finding.code.startswith("INT")), None)
    if failed is None and worst and worst[0].severity >= fail_on:
        failed = worst[0]
    if failed is not None:
        kind = Error if failed.code.startswith("INT") else Failure
        result = kind(clipped(printable(_heading(failed)), 1000), failed.code)
        result.text = _text(report, worst)
        case.append(result)
    elif worst and worst[0].severity >= Severity.WARNING:
        case.system_out = _text(report, worst)
    return str(case.tostring(), "utf-8") + "\n"


def _unique(name: str) -> str:
    """A name that XML can hold; no two become the same, because backslashes are doubled where others come in."""
    return printable(name.replace("\\", "\\\\"))


def _classname(report: Report) -> str:
    """``garmin.edge_530 9_75``: Jenkins takes what stands before the last dot for a package, so there is only one."""
    manufacturer, *rest = (part.replace(".", "_") for part in digest(report).device)
    parts = (manufacturer, " ".join(filter(None, rest)))
    return printable(".".join(filter(None, parts))) or report.format


def _heading(finding: Finding) -> str:
    return f"{finding.code} {finding.name}: {finding.message}"


def _text(report: Report, findings: list[Finding]) -> str:
    text, size = [], 0
    for number, told in enumerate(_told(report, findings)):
        size += len(told)
        if size > _MOST_TEXT:
            text.append(f"and {counted(len(findings) - number, 'more finding')}")
            break
        text.append(told)
    return "\n".join(text)


def _told(report: Report, findings: list[Finding]) -> Iterator[str]:
    for finding in findings:
        lines = [f"{finding.severity.label} {_heading(finding)}"]
        lines += filter(None, (place(finding.where, report.format), finding.hint and f"hint: {finding.hint}"))
        yield "\n  ".join(clipped(printable(line), 10_000) for line in lines)


class Writer:
    """Keeps the cases of one part on the disk until their number is known."""

    def __init__(self, opened: Callable[[int], TextIO]) -> None:
        self._opened = opened
        self._part = 0
        self._begin()

    def add(self, digest: Digest, piece: str) -> None:  # noqa: ARG002 - the case has it all
        """Add one file, in a further part where this one would grow too large."""
        objects = piece.count("<") + piece.count('="')
        full = self._objects + objects > _MOST_OBJECTS or self._spool.size + len(piece.encode()) > _MOST_BYTES
        if full and self._cases:
            self.close()
            self._begin()
        self._cases += 1
        self._objects += objects
        self._failures += "<failure" in piece  # in text a < is escaped
        self._errors += "<error" in piece
        self._spool.add(piece)

    def close(self) -> None:
        """Write the part that is begun."""
        from junitparser.xunit2 import JUnitXml, TestCase, TestSuite

        whole, suite = JUnitXml("tracklint"), TestSuite("tracklint")
        suite.append(TestCase())
        for each in (whole, suite):
            each.tests, each.failures, each.errors = self._cases, self._failures, self._errors
        suite.skipped = 0
        whole.append(suite)
        head, _, tail = str(whole.tostring(), "utf-8").partition("<testcase/>")
        self._out.write(f'<?xml version="1.0" encoding="utf-8"?>\n{head}\n')
        self._spool.pour(self._out)
        self._out.write(f"{tail}\n")

    def _begin(self) -> None:
        self._part += 1
        self._out = self._opened(self._part)
        self._spool = Spool()
        self._cases = self._objects = self._failures = self._errors = 0
