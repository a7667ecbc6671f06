"""What is kept of a report once it is written: enough for totals, exit status, statistics and baselines."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING

from ..findings import Severity

if TYPE_CHECKING:
    from ..findings import Format, Report, Verdict

__all__ = ["Digest", "digest"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Digest:
    """A report in few bytes.

    ``device`` is manufacturer, product and firmware as the file names them, ``""`` where it does not. ``counts`` are
    code, severity and how many findings, by code; ``known`` is the same without severity for those that a baseline
    hides. ``skipped`` are the codes, families (``TIM*``) or ``*`` that were not asked.
    """

    name: str
    format: Format
    sha256: str
    verdict: Verdict
    device: tuple[str, str, str]
    counts: tuple[tuple[str, Severity, int], ...]
    known: tuple[tuple[str, int], ...] = ()
    skipped: tuple[str, ...] = ()

    @property
    def worst(self) -> Severity | None:
        """The highest severity among the findings, ``None`` where there are none."""
        return max((severity for _, severity, _ in self.counts), default=None)


def digest(report: Report) -> Digest:
    """What is kept of a report."""
    found: Counter[tuple[str, Severity]] = Counter((each.code, each.severity) for each in report.findings)
    device = report.activity.device if report.activity is not None else None
    names = (device.manufacturer, device.product, getattr(device, "firmware", None)) if device is not None else ()
    manufacturer, product, firmware = (*(name or "" for name in names), "", "", "")[:3]
    return Digest(
        name=report.name,
        format=report.format,
        sha256=report.sha256,
        verdict=report.verdict,
        device=(manufacturer, product, firmware),
        counts=tuple((code, severity, count) for (code, severity), count in sorted(found.items())),
        known=tuple(sorted(Counter(finding.code for finding in report.known).items())),
        skipped=tuple(skipped.code for skipped in report.skipped),
    )
