"""The machine-readable report, described by ``schemas/report.schema.json``; same reports, same bytes."""

from __future__ import annotations

import json
from collections import Counter
from typing import TYPE_CHECKING, TextIO

from ..findings import Report, Severity
from ..version import __version__
from .data import SCHEMA_VERSION
from .jsonl import line

if TYPE_CHECKING:
    from collections.abc import Iterable

__all__ = ["write"]


def write(reports: Iterable[Report], out: TextIO) -> None:
    """The whole report. Files are written as they come, one a line, and never kept; what sums them up follows them."""
    tool = {"name": "tracklint", "version": __version__}
    out.write(f'{{"schema_version": {SCHEMA_VERSION},\n"tool": {json.dumps(tool)},\n"files": [')
    files: Counter[str] = Counter()
    findings: Counter[str] = Counter()
    worst = Severity.INFO
    between = "\n"
    for report in reports:
        out.write(between + line(report))
        between = ",\n"
        codes = [finding.code for finding in report.findings]
        findings.update(codes)
        files.update(set(codes))
        worst = max(worst, report.worst or Severity.INFO)
    counts = {code: {"files": files[code], "findings": findings[code]} for code in sorted(findings)}
    verdict = {Severity.ERROR: "refused", Severity.WARNING: "risky"}.get(worst, "ready")
    out.write(f'\n],\n"counts": {json.dumps(counts)},\n"verdict": {json.dumps(verdict)}}}\n')
    out.flush()
