"""Findings for people: grouped by file, the worst first, one line in all when everything is good."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, TextIO

from ..findings import Severity
from ..words import counted, place, severities
from .page import STYLES, Page

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from ..findings import Finding, Report, Skipped
    from .page import Part

    Data = Callable[[str], bytes | None]

__all__ = ["write"]

_HEX_ROW = 16
_MOST_EXCERPT = 100


def write(
    reports: Iterable[Report],
    out: TextIO,
    *,
    data: Data | None = None,
    show_all: bool = False,
    findings: int = 10,
    files: int = 50,
    least: Severity = Severity.WARNING,
    color: bool | None = None,
    width: int | None = None,
) -> None:
    """Write each file that has a finding of at least severity ``least``, and last how many files are refused, risky
    and ready.

    ``data`` gives the uncompressed bytes of the file with a report's name (or ``None``), to show the bytes or the
    line that a finding speaks of. Not more than ``findings`` of a file and ``files`` in all are shown, with totals of
    the rest, unless ``show_all``. ``color`` and ``width`` default to what ``out`` is: colour and wrapped lines on a
    terminal (colour not with NO_COLOR), plain unwrapped text elsewhere.
    """
    page = Page(out, color=color, width=width)
    verdicts: Counter[str] = Counter()
    hidden: Counter[str] = Counter()
    notes = listed = 0
    for report in reports:
        verdicts[report.verdict] += 1
        if not report.findings or not (show_all or (report.worst or Severity.INFO) >= least):
            notes += len(report.findings)
        elif show_all or listed < files:
            listed += 1
            _file(page, report, data, len(report.findings) if show_all else findings)
        else:
            hidden[report.verdict] += 1
    _totals(page, verdicts, hidden, notes)


def _file(page: Page, report: Report, data: Data | None, most: int) -> None:
    verdict = (report.verdict, STYLES[report.verdict])
    page.line((page.safe(report.name), "bold"), ": ", verdict, f", {severities(report.findings)}")
    worst_first = sorted(report.findings, key=lambda finding: -finding.severity)
    shown = worst_first[:most]
    placed = any(finding.where.offset is not None for finding in shown)
    content = data(report.name) if data is not None and placed else None
    for finding in shown:
        _finding(page, report, finding, content)
    if rest := worst_first[most:]:
        page.line(f"and {counted(len(rest), 'more finding')} ({severities(rest)}), shown with --all", indent=2)
    if report.schema_valid is False and report.purpose == "strava":
        page.line(("schema: not valid, see --for spec", "dim"), indent=2)
    for text in _not_checked(report.skipped):
        page.line((page.safe(text), "dim"), indent=2)
    page.line()


def _finding(page: Page, report: Report, finding: Finding, content: bytes | None) -> None:
    severity = (finding.severity.label, STYLES[finding.severity.label])
    name = (page.safe(f" {finding.code} {finding.name}"), "bold")
    page.line(severity, name, f": {page.safe(finding.message)}", indent=2, hang=2)
    start = report.activity.start_time if report.activity is not None else None
    if where := place(finding.where, report.format, start):
        page.line(page.safe(where), indent=5, hang=2)
    if content is not None and finding.where.offset is not None:
        excerpt = _bytes if report.format == "fit" or finding.where.line is None else _source_line
        excerpt(page, content, finding.where.offset, finding.where.size or 1)
    if finding.hint:
        page.line(("hint: ", "bold"), page.safe(finding.hint), indent=5, hang=2)


def _bytes(page: Page, content: bytes, offset: int, size: int) -> None:
    """One row of hex from the place on, or the last row of the file where the place is its end."""
    first = offset if offset < len(content) else max(0, len(content) - _HEX_ROW)
    row = content[first : first + _HEX_ROW]
    if not row:
        return
    parts: list[Part] = [f"0x{first:04x} "]
    for i, byte in enumerate(row, first):
        parts += " ", (f"{byte:02x}", "bold underline" if offset <= i < offset + size else "")
    page.line(*parts, indent=5, keep=True)


def _source_line(page: Page, content: bytes, offset: int, size: int) -> None:
    """The line of an XML file around the place, and a caret below the place."""
    first = max(content.rfind(b"\n", 0, offset) + 1, offset - 2 * _MOST_EXCERPT)
    last = content.find(b"\n", offset, offset + 4 * _MOST_EXCERPT)
    last = min(len(content), offset + 4 * _MOST_EXCERPT) if last < 0 else last
    before = page.safe(content[first:offset].decode("utf-8", "replace").replace("\t", " "))
    after = page.safe(content[offset:last].decode("utf-8", "replace").replace("\t", " ").rstrip("\r"))
    marked = len(page.safe(content[offset : min(last, offset + size)].decode("utf-8", "replace")))
    before = before.lstrip()
    room = min(_MOST_EXCERPT, page.width - 6)
    if len(before) > room // 2:
        before = "..." + before[-(room // 2 - 3) :]
    if len(before) + len(after) > room:
        after = after[: max(room - len(before) - 3, 1)] + "..."
    page.line(before + after, indent=5, keep=True)
    caret = "^" + "~" * (min(marked, len(after)) - 1)
    page.line(" " * page.cells(before), (caret, "bold"), indent=5, keep=True)


def _not_checked(skipped: Sequence[Skipped]) -> list[str]:
    """What was not checked, one line a reason."""
    reasons: dict[str, list[str]] = {}
    for each in skipped:
        reasons.setdefault(each.why, []).append("the other rules" if each.code == "*" else each.code)
    return [f"not checked: {', '.join(codes)}: {why}" for why, codes in reasons.items()]


def _totals(page: Page, verdicts: Counter[str], hidden: Counter[str], notes: int) -> None:
    if hidden:
        kinds = ", ".join(f"{hidden[v]} {v}" for v in ("refused", "risky", "ready") if hidden[v])
        page.line(f"and {counted(hidden.total(), 'more file')} ({kinds}), shown with --all")
    parts: list[Part] = []
    for verdict in ("refused", "risky", "ready"):
        if verdicts[verdict]:
            parts += ", " if parts else "", f"{counted(verdicts[verdict], 'file')} ", (verdict, STYLES[verdict])
    if notes:
        parts.append(f" ({counted(notes, 'note')}, shown with --all)")
    page.line(*(parts if verdicts else ["no files", *parts]))
