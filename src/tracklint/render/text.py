"""Findings for people: grouped by file, the worst first, one line in all when everything is good."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, TextIO

from rich.console import Console
from rich.text import Text

from ..findings import Severity
from ..words import counted, place, printable, severities

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from ..findings import Finding, Report, Skipped

    Data = Callable[[str], bytes | None]

__all__ = ["STYLES", "Page", "write"]

#: Colours of severities and verdicts.
STYLES = {
    "error": "bold red", "warning": "yellow", "info": "cyan",
    "refused": "bold red", "risky": "yellow", "ready": "green",
}  # fmt: skip
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
    page.line(Text.assemble((page.safe(report.name), "bold"), ": ", verdict, f", {severities(report.findings)}"))
    worst_first = sorted(report.findings, key=lambda finding: -finding.severity)
    content = data(report.name) if data is not None else None
    for finding in worst_first[:most]:
        _finding(page, report, finding, content)
    if rest := worst_first[most:]:
        page.line(Text(f"and {counted(len(rest), 'more finding')} ({severities(rest)}), shown with --all"), indent=2)
    if report.schema_valid is False and report.purpose == "strava":
        page.line(Text("schema: not valid, see --for spec", style="dim"), indent=2)
    for text in _not_checked(report.skipped):
        page.line(Text(page.safe(text), style="dim"), indent=2)
    page.line()


def _finding(page: Page, report: Report, finding: Finding, content: bytes | None) -> None:
    severity = (finding.severity.label, STYLES[finding.severity.label])
    name = (page.safe(f" {finding.code} {finding.name}"), "bold")
    page.line(Text.assemble(severity, name, f": {page.safe(finding.message)}"), indent=2, hang=2)
    start = report.activity.start_time if report.activity is not None else None
    if where := place(finding.where, report.format, start):
        page.line(Text(page.safe(where)), indent=5, hang=2)
    if content is not None and finding.where.offset is not None:
        excerpt = _bytes if report.format == "fit" or finding.where.line is None else _source_line
        excerpt(page, content, finding.where.offset, finding.where.size or 1)
    if finding.hint:
        page.line(Text.assemble(("hint: ", "bold"), page.safe(finding.hint)), indent=5, hang=2)


def _bytes(page: Page, content: bytes, offset: int, size: int) -> None:
    """One row of hex from the place on, or the last row of the file where the place is its end."""
    first = offset if offset < len(content) else max(0, len(content) - _HEX_ROW)
    row = content[first : first + _HEX_ROW]
    if not row:
        return
    line = Text(f"0x{first:04x}  ")
    for i, byte in enumerate(row, first):
        line.append(f"{byte:02x}", style="bold underline" if offset <= i < offset + size else "").append(" ")
    line.rstrip()
    page.line(line, indent=5, keep=True)


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
    page.line(Text(before + after), indent=5, keep=True)
    cells = Text(before).cell_len
    caret = "^" + "~" * (min(marked, len(after)) - 1)
    page.line(Text(" " * cells).append(caret, style="bold"), indent=5, keep=True)


def _not_checked(skipped: Sequence[Skipped]) -> list[str]:
    """What was not checked, one line a reason."""
    reasons: dict[str, list[str]] = {}
    for each in skipped:
        reasons.setdefault(each.why, []).append("the other rules" if each.code == "*" else each.code)
    return [f"not checked: {', '.join(codes)}: {why}" for why, codes in reasons.items()]


def _totals(page: Page, verdicts: Counter[str], hidden: Counter[str], notes: int) -> None:
    if hidden:
        kinds = ", ".join(f"{hidden[v]} {v}" for v in ("refused", "risky", "ready") if hidden[v])
        page.line(Text(f"and {counted(hidden.total(), 'more file')} ({kinds}), shown with --all"))
    line = Text()
    for verdict in ("refused", "risky", "ready"):
        if verdicts[verdict]:
            line.append(", " if line else "").append(f"{counted(verdicts[verdict], 'file')} ")
            line.append(verdict, style=STYLES[verdict])
    if not line:
        line.append("no files")
    if notes:
        line.append(f" ({counted(notes, 'note')}, shown with --all)")
    page.line(line)


class Page:
    """A text stream with the manners of a terminal: colour where it is one, wrapped lines with a hanging indent."""

    def __init__(self, out: TextIO, *, color: bool | None = None, width: int | None = None) -> None:
        self.console = Console(
            file=out, force_terminal=color, no_color=False if color else None,
            color_system="standard" if color else "auto",
            width=width, highlight=False, markup=False, emoji=False, legacy_windows=False if color else None,
        )  # fmt: skip
        self.encoding = getattr(out, "encoding", None) or "utf-8"
        self.terminal = self.console.is_terminal
        self._wrap = width is not None or self.terminal
        #: The columns of a line; without a terminal lines may be of any length, and excerpts take this many.
        self.width = self.console.width if self._wrap else 120

    def safe(self, text: str) -> str:
        """``text`` that comes from a file or its name, without what would steer a terminal."""
        return printable(text, self.encoding)

    def line(self, text: Text | None = None, *, indent: int = 0, hang: int = 0, keep: bool = False) -> None:
        """One line, wrapped to the width where lines are wrapped; ``keep`` cuts it there."""
        text = text or Text()
        room = max(self.width - indent, 10)
        if not self._wrap:
            rows = [text]
        elif keep:
            text.truncate(room)
            rows = [text]
        else:
            rows = list(text.wrap(self.console, max(room - hang, 10), tab_size=1)) or [text]
        for k, row in enumerate(rows):
            row.rstrip()
            self.console.print(Text(" " * (indent + (hang if k else 0))).append_text(row), soft_wrap=True)
