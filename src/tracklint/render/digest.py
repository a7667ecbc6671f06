"""What is kept of a report once it is written: enough for totals, the exit status, statistics and baselines."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass

from ..findings import Finding, Format, Report, Severity, Verdict
from ..trace import Trace

__all__ = ["Digest", "by_code", "digest", "placed", "raw"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Digest:
    """A report without its texts.

    ``device`` is manufacturer, product and firmware as the file names them, ``""`` where it does not. ``counts`` are
    code, severity and how many findings, sorted; ``known`` is the same without severity for those that a baseline
    hides. ``mended`` are the options that `tracklint fix` needs and how many findings it mends with them, sorted.
    ``skipped`` are the codes, families (``TIM*``) or ``*`` that were not asked. ``trace`` is what a
    fleet keeps of the file.
    """

    name: str
    format: Format
    sha256: str
    verdict: Verdict
    device: tuple[str, str, str]
    counts: tuple[tuple[str, Severity, int], ...]
    known: tuple[tuple[str, int], ...] = ()
    mended: tuple[tuple[str, int], ...] = ()
    skipped: tuple[str, ...] = ()
    trace: Trace | None = None

    @property
    def checked(self) -> bool:
        """Whether anything is known of the file but that its check failed."""
        return self.format != "unknown" or not any(code.startswith("INT") for code, _, _ in self.counts)

    @property
    def of_fleet(self) -> bool:
        """Whether it is about many files, and so none of the files that are counted."""
        return self.format == "fleet"

    @property
    def worst(self) -> Severity | None:
        """The highest severity among the findings, ``None`` where there are none."""
        return max((severity for _, severity, _ in self.counts), default=None)


def digest(report: Report) -> Digest:
    """The digest of one report."""
    counts = Counter((finding.code, finding.severity) for finding in report.findings)
    return Digest(
        name=report.name,
        format=report.format,
        sha256=report.sha256,
        verdict=report.verdict,
        device=_device(report),
        counts=tuple((code, severity, count) for (code, severity), count in sorted(counts.items())),
        known=tuple(sorted(Counter(finding.code for finding in report.known).items())),
        mended=tuple(sorted(Counter(map(_option, filter(_is_mended, report.findings))).items())),
        skipped=tuple(skipped.code for skipped in report.skipped),
        trace=report.trace,
    )


def _is_mended(finding: Finding) -> bool:
    """Whether `mending.fix` mends it, unasked: notes are left."""
    return finding.fix is not None and finding.severity > Severity.INFO


def _option(finding: Finding) -> str:
    needs = finding.evidence.get("needs") or ""
    return f"{'' if finding.fix == 'safe' else '--unsafe'} {needs}".strip()


def _device(report: Report) -> tuple[str, str, str]:
    if report.activity is None:
        return "", "", ""
    device = report.activity.device
    return device.manufacturer or "", device.product or "", getattr(device, "firmware", None) or ""


def by_code(findings: Iterable[Finding]) -> dict[str, list[Finding]]:
    """The findings of each code, the worst first, in the order in which the codes come."""
    groups: dict[str, list[Finding]] = {}
    for finding in findings:
        groups.setdefault(finding.code, []).append(finding)
    return {code: sorted(group, key=lambda finding: -finding.severity.rank) for code, group in groups.items()}


def placed(report: Report, finding: Finding) -> str:
    """The file that a finding is shown at: the report's own, or the first that it names of a fleet."""
    if report.format != "fleet":
        return report.name
    return next(iter(finding.evidence.get("files", ())), report.name)


def raw(name: str) -> bytes:
    """The bytes of a name as the file system has them; of halves of characters that stand for no byte, some bytes."""
    try:
        return name.encode(errors="surrogateescape")
    except UnicodeEncodeError:
        return name.encode(errors="surrogatepass")
