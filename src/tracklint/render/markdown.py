"""A page of Markdown, for a step summary or a comment: verdicts, rules, and the worst files.

What comes from files stands in code spans, where neither HTML nor markup nor a mention means anything.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterable
from typing import TextIO

from ..findings import Severity
from ..words import clipped, counted, printable
from .digest import Digest
from .issues import Seen, Tally, piece, seen
from .spool import Spool

__all__ = ["Writer", "code", "piece"]

_VERDICTS = ("refused", "risky", "ready")
#: Bytes of a page. GitHub refuses a step summary above 1 MiB.
_MOST_BYTES = 900_000
#: Characters of a cell.
_MOST_CELL = 300
#: Room for the lines that say how much is left out or hidden.
_RESERVE = 300


class Writer:
    """Keeps the rows of files with errors or warnings on the disk, not more than a page takes; ``most`` is bytes."""

    def __init__(self, opened: Callable[[int], TextIO], *, most: int = _MOST_BYTES) -> None:
        self._out = opened(1)
        self._room = most - _RESERVE
        self._verdicts: Counter[str] = Counter()
        self._tally = Tally()
        self._known = self._listed = 0
        self._rows = {verdict: Spool() for verdict in ("refused", "risky")}

    def add(self, digest: Digest, piece: str) -> None:
        """Count one file, and keep its row."""
        rows = seen(piece)
        self._tally.add(digest, rows)
        self._verdicts[digest.verdict] += not digest.of_fleet
        self._known += sum(count for _, count in digest.known)
        if (digest.worst or Severity.INFO) > Severity.INFO:  # else a baseline knows all that makes it risky or refused
            self._listed += 1
            spool = self._rows["refused" if digest.verdict == "refused" else "risky"]
            if spool.size < self._room:
                spool.add(_row(digest, rows))

    def close(self) -> None:
        """Write the page, or nothing where not even its head has room."""
        said = ", ".join(f"{self._verdicts[verdict]} {verdict}" for verdict in _VERDICTS if self._verdicts[verdict])
        head = f"## tracklint: {said or 'no files'}\n\n| verdict | files |\n|---|---:|\n"
        head += "".join(f"| {verdict} | {self._verdicts[verdict]} |\n" for verdict in _VERDICTS)
        if self._fits(head):
            self._out.write(head)
            self._rules()
            if self._known:
                self._out.write(f"\n{counted(self._known, 'known finding')} hidden by the baseline\n")
            self._files()
        for spool in self._rows.values():
            spool.close()

    def _rules(self) -> None:
        issues = self._tally.worst()
        if issues:
            head = "\n### Rules\n\n| rule | severity | files | findings |\n|---|---|---:|---:|\n"
            rows = (
                f"| {code(issue.title)} | {issue.first.severity.label} | {issue.files} | {issue.findings} |\n"
                for issue in issues
            )
            self._left_out(len(issues) - self._table(head, rows), "rule")

    def _files(self) -> None:
        if self._listed:
            head = "\n### Files\n\n| file | verdict | device | worst finding |\n|---|---|---|---|\n"
            rows = (row for spool in self._rows.values() for row in spool.lines())
            self._left_out(self._listed - self._table(head, rows), "file")

    def _table(self, head: str, rows: Iterable[str]) -> int:
        """Write as many rows as there is room for, and say how many they are."""
        written = 0
        if not self._fits(head):
            return written
        self._out.write(head)
        for row in rows:
            if not self._fits(row):
                break
            self._out.write(row)
            written += 1
        return written

    def _fits(self, text: str) -> bool:
        size = len(text.encode())
        if size > self._room:
            self._room = 0  # the worst come first: nothing smaller may slip in behind
            return False
        self._room -= size
        return True

    def _left_out(self, count: int, noun: str) -> None:
        if count:
            self._out.write(f"\nand {counted(count, f'more {noun}')}\n")


def _row(digest: Digest, rows: list[Seen]) -> str:
    worst = max(rows, key=lambda row: row.severity)  # the first of these
    rest = sum(row.findings for row in rows if row.severity > Severity.INFO) - 1
    device = " ".join(filter(None, digest.device))
    found = f"{worst.code} {worst.name}: {code(worst.message)}" + (f" and {rest} more" if rest else "")
    verdict = "" if digest.of_fleet else digest.verdict
    return f"| {code(digest.name)} | {verdict} | {code(device) if device else ''} | {found} |\n"


def code(text: str) -> str:
    """``text`` from a file as a code span in a table's cell."""
    text = clipped(printable(text), _MOST_CELL)
    fence = "`" * (1 + max(map(len, re.findall("`+", text)), default=0))
    room = " " if text[:1] in ("`", " ", "") or text[-1:] in ("`", " ", "") else ""
    return f"{fence}{room}{text}{room}{fence}".replace("|", "\\|")
