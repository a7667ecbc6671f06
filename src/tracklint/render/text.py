"""Findings for people: grouped by file, the worst first, one line in all when everything is good."""

from __future__ import annotations

from collections import Counter
from functools import cache
from io import StringIO
from typing import TYPE_CHECKING, Any, TextIO

from ..words import counted, place, severities
from .look import Look
from .page import STYLES, Page
from .rows import not_checked

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from ..config import Config
    from ..findings import Finding, Report
    from .digest import Digest
    from .page import Part

    Data = Callable[[], bytes | None]
    #: The rows that show the channel of a finding.
    Rows = Mapping[Finding, Sequence[str]]

__all__ = ["Writer", "look_of", "piece"]

_HEX_ROW = 16
_MOST_EXCERPT = 100


def piece(report: Report, look: Look, data: Callable[[], bytes | None], config: Config | None = None) -> str:
    """A file that has a finding of at least severity ``look.least``, with its findings; ``""`` for another one.

    ``data()`` gives the uncompressed bytes, to show the bytes or the line that a finding speaks of, and where all is
    shown the channel that it is of; ``config`` is what the file was checked with.
    """
    shown = [finding for finding in report.findings if look.show_all or finding.severity >= look.least]
    if not shown or look.quiet:
        return ""
    out = StringIO()
    page = Page(out, color=look.color, width=look.width, terminal=look.terminal, encoding=look.encoding)
    data, rows = cache(data), {}
    if look.show_all:
        from .around import channels_around

        rows = channels_around(page, report, shown, data, config)
    _file(page, report, shown, data, len(shown) if look.show_all else look.findings, rows=rows)
    return out.getvalue()


class Writer:
    """The files with findings, and last how many files are refused, risky and ready, and what can be mended."""

    def __init__(self, opened: Callable[[int], TextIO], look: Look) -> None:
        self._look = look
        self._page = Page(opened(1), color=look.color, width=look.width)
        self._states: Counter[str] = Counter()
        self._hidden: Counter[str] = Counter()
        self._mended: Counter[str] = Counter()
        self._notes = self._listed = 0

    def add(self, digest: Digest, piece: str) -> None:
        """Show the next file, or count it where enough are shown."""
        state = digest.verdict if digest.checked else _NOT_CHECKED
        self._states[state] += not digest.of_fleet
        self._mended.update(dict(digest.mended))
        if not piece:
            self._notes += sum(count for _, severity, count in digest.counts if severity < self._look.least)
        elif self._look.show_all or self._listed < self._look.files:
            self._listed += 1
            self._page.block(piece)
        else:
            self._hidden[state] += not digest.of_fleet

    def close(self) -> None:
        """Say what was not shown, the verdicts, and which commands mend how much."""
        page = self._page
        if self._hidden:
            page.line(f"and {counted(self._hidden.total(), 'more file')} ({_kinds(self._hidden)}), shown with --all")
        parts: list[Part] = []
        for state in _STATES:
            if self._states[state]:
                parts += ", " if parts else "", f"{counted(self._states[state], 'file')} ", (state, STYLES[state])
        if self._notes:
            parts.append(f" ({counted(self._notes, 'note')}, shown with --all)")
        page.line(*(parts if self._states else ["no files", *parts]))
        for option, count in sorted(self._mended.items()):
            command = page.safe(" ".join(filter(None, ("tracklint fix", option, self._look.again))))
            page.line(f"{counted(count, 'finding')} can be mended: ", (command, "bold"), hang=2)


_NOT_CHECKED = "not checked"
_STATES = (_NOT_CHECKED, "refused", "risky", "ready")


def _kinds(states: Counter[str]) -> str:
    return ", ".join(f"{states[state]} {state}" for state in _STATES if states[state])


def look_of(out: TextIO, **changed: Any) -> Look:
    """How text looks on ``out``: colour and wrapped lines on a terminal (colour not with NO_COLOR), plain unwrapped
    text elsewhere."""
    page = Page(out, color=changed.get("color"), width=changed.get("width"))
    width = page.width if page.wraps else None
    return Look(**{"width": width, "terminal": page.terminal, "encoding": page.encoding, **changed})


def _file(page: Page, report: Report, shown: Sequence[Finding], data: Data, most: int, *, rows: Rows) -> None:
    failed = report.format == "unknown" and any(finding.code.startswith("INT") for finding in shown)
    state = _NOT_CHECKED if failed else report.verdict
    told: list[Part] = [(state, STYLES[state]), ", "] if report.format != "fleet" else []
    page.line((page.safe(report.name), "bold"), ": ", *told, severities(report.findings), hang=2)
    worst_first = sorted(shown, key=lambda finding: -finding.severity.rank)
    first = worst_first[:most]
    placed = any(finding.where.offset is not None for finding in first)
    content = data() if placed else None
    for finding in first:
        _finding(page, report, finding, content, rows.get(finding, ()))
    if rest := worst_first[most:]:
        page.line(f"and {counted(len(rest), 'more finding')} ({severities(rest)}), shown with --all", indent=2)
    if notes := len(report.findings) - len(shown):
        page.line((f"and {counted(notes, 'note')}, shown with --all", "dim"), indent=2)
    if report.schema_valid is False and report.purpose == "strava":
        page.line(("schema: not valid, see --for spec", "dim"), indent=2)
    for codes, why in not_checked(report.skipped):
        page.line((page.safe(f"not checked: {codes}: {why}"), "dim"), indent=2, hang=2)
    page.line()


def _finding(page: Page, report: Report, finding: Finding, content: bytes | None, rows: Sequence[str]) -> None:
    severity = (finding.severity.label, STYLES[finding.severity.label])
    name = (page.safe(f" {finding.code} {finding.name}"), "bold")
    mended = (f" [{finding.fix}]", "green") if finding.fix else ""
    page.line(severity, name, f": {page.safe(finding.message)}", mended, indent=2, hang=2)
    start = report.activity.start_time if report.activity is not None else None
    if where := place(finding.where, report.format, start):
        page.line(page.safe(where), indent=5, hang=2)
    if content is not None and finding.where.offset is not None:
        excerpt = _bytes if report.format == "fit" or finding.where.line is None else _source_line
        excerpt(page, content, finding.where.offset, finding.where.size or 1)
    for row in rows:
        page.line(row, indent=5, keep=True)
    if finding.hint:
        page.line(("hint: ", "bold"), page.safe(finding.hint), indent=5, hang=2)


def _bytes(page: Page, content: bytes, offset: int, size: int) -> None:
    """One row of hex from the place on, or the last row of the file where the place is its end: whole bytes only."""
    room = page.width - 5 - len(f"0x{len(content):04x} ")
    most = max(min(_HEX_ROW, room // 3), 1)
    first = offset if offset < len(content) else max(0, len(content) - most)
    row = content[first : first + most]
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
