"""The page of a fleet: a folder with an index of all files, the pages of the worst of them, and the charting library
once.

A page is drawn where its file was checked, and only if it can be among the worst: each process knows how bad the pages
are that it has drawn itself. What is left after that is decided here, file by file, so that never more pages lie on the
disk than are shown. Rows wait on the disk, too.
"""

from __future__ import annotations

import heapq
import json
from typing import TYPE_CHECKING, Any, BinaryIO

from ...findings import Severity
from ...spelling import clipped, counted, json_text, printable
from .. import html, issues
from ..counts import VERDICTS, Counts, Device
from ..digest import Digest, digest
from ..drawing import MOST_PAGES, Drawing, Rank, rank
from ..html.filling import filled, in_script, own
from ..spool import Spool
from .spread import Values

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from ...config import Config
    from ...findings import Report
    from ..shelf import Shelf

__all__ = ["Writer", "piece"]

_MOST_DEVICES = 300
_MOST_RULES = 5
_MOST_BROKEN = 200
#: Characters of all messages of one row, and of one of them.
_ROOM, _MOST_MESSAGE = 420, 160
#: Where the rows stand in the index, so that they need not be in memory; no text from a file has a ``<``.
_ROWS = "<!-- rows -->"
#: Codes of broken expectations.
_BROKEN = "FLT"


def piece(report: Report, data: Callable[[], bytes | None], config: Config | None, drawing: Drawing) -> str:
    """Three parts, each on a line: the rules that speak (`issues.piece`), the facts, and the page but for the library,
    where there is one."""
    told = digest(report)
    drawn = html.piece(report, data, config) if not told.of_fleet and drawing.wants(told) else ""
    return f"{issues.piece(report)}\n{json_text(dict(report.facts), compact=True)}\n{drawn}"


class Writer:
    """Puts the folder together: ``opened(1)`` is the index, ``opened(2)`` the library, ``opened(3)`` the shelf of
    pages."""

    def __init__(self, opened: Callable[[int], Any], drawing: Drawing) -> None:
        self._opened = opened
        self._shelf: Shelf = opened(3)  # it is entered first, so that pages go when the index has taken its place
        self._index: BinaryIO = opened(1)
        self._drawing = drawing
        self._rows, self._values, self._counts = Spool(), Values(), Counts()
        self._devices: dict[Device, int] = {}
        self._kinds: dict[tuple[str, Severity], int] = {}
        self._names: dict[str, str] = {}
        self._pages: list[tuple[Rank, int, str]] = []
        self._broken: list[dict[str, str]] = []
        self._broken_by_fleets: list[dict[str, str]] = []
        self._wanted = self._unread = self._broken_all = 0

    def add(self, told: Digest, piece: str) -> None:
        """The row of the next file, and its page where it is among the worst until now; of a fleet only what its rules
        say. Raises OSError."""
        first, facts, page = piece.split("\n", 2)
        rules = issues.seen(first)
        number = self._counts.all.verdicts.total()
        self._counts.add(told)
        self._note(told, rules)
        if told.of_fleet:
            return
        self._values.add(json.loads(facts))
        self._unread += not told.checked
        self._rows.add(("," if number else "") + in_script(self._row(told, rules)) + "\n")
        self._wanted += self._drawing.may(told)
        if page:
            self._place(rank(told), number, page)

    def _row(self, told: Digest, rules: list[issues.Seen]) -> list[Any]:
        """Name, verdict, device, and for each rule its kind, how many findings, and the first message where there is
        room: the worst first."""
        device = self._devices.setdefault(told.device, len(self._devices))
        room, found = _ROOM, []
        messages = {(rule.code, rule.severity): clipped(rule.message, _MOST_MESSAGE) for rule in rules}
        for code, severity, count in sorted(told.counts, key=lambda each: -each[1].rank):
            kind = self._kinds.setdefault((code, severity), len(self._kinds))
            message = messages.get((code, severity), "")
            room -= len(in_script(message))
            found.append([kind, count, message] if message and room > 0 else [kind, count])
        return [printable(told.name), VERDICTS.index(told.verdict), device, found]

    def _note(self, told: Digest, rules: list[issues.Seen]) -> None:
        broken = self._broken_by_fleets if told.of_fleet else self._broken
        for rule in rules:
            self._names[rule.code] = rule.name
            if rule.code.startswith(_BROKEN):
                self._broken_all += 1
                if len(broken) < _MOST_BROKEN:
                    broken.append({"file": told.name, "code": rule.code, "name": rule.name, "message": rule.message})

    def _place(self, rank: Rank, number: int, page: str) -> None:
        """Keep a page, and drop the one of the file that is best now; of equal ones the last."""
        if len(self._pages) == MOST_PAGES and (rank, -number) < self._pages[0][:2]:
            return
        entry = (rank, -number, self._shelf.keep(_shelved(page)))
        if len(self._pages) < MOST_PAGES:
            heapq.heappush(self._pages, entry)
        else:
            self._shelf.drop(heapq.heapreplace(self._pages, entry)[2])

    def close(self) -> None:
        """Write the index, and the library where a page needs it. Raises OSError."""
        if self._pages:
            from plotly.offline import get_plotlyjs

            self._opened(2).write(get_plotlyjs().encode())
        before, _, after = self._page().partition(_ROWS)
        self._index.write(before.encode())
        for row in self._rows.lines():
            self._index.write(row.encode())
        self._index.write(after.encode())
        self._rows.close()

    def _page(self) -> str:
        counts = self._counts
        total = counts.all.verdicts.total()
        devices = sorted(counts.devices.items(), key=lambda each: (-each[1].verdicts.total(), each[0]))
        kinds = [[code, self._names[code], severity.label] for code, severity in self._kinds]
        pages = {-number: name for _, number, name in sorted(self._pages, key=lambda each: -each[1])}
        spreads = list(self._values.spreads())
        head = in_script({"kinds": kinds, "devices": [_name(each) for each in self._devices], "pages": pages})
        return filled(
            "fleet.html",
            title=f"tracklint: {counted(total, 'file')}",
            style=own("page.css") + own("fleet.css"),
            script=own("fleet.js"),
            total=total,
            all=counts.all,
            unread=self._unread,
            broken=(broken := [*self._broken_by_fleets, *self._broken]),
            broken_by_fleets=bool(self._broken_by_fleets),
            broken_more=self._broken_all - len(broken),
            rules=list(self._rules()),
            devices=[self._device(each) for each, _ in devices[:_MOST_DEVICES]],
            devices_more=max(len(devices) - _MOST_DEVICES, 0),
            pages_said=self._said(),
            spreads=[each for each in spreads if not each.same],
            same=[each for each in spreads if each.same],
            rows=f'{head[:-1]},"rows":[\n{_ROWS}]}}',
        )

    def _rules(self) -> Iterator[dict[str, Any]]:
        tally = self._counts.all
        for code in tally.codes():
            if not tally.files[code]:
                continue  # it is said of many files, and of none by itself
            yield {
                "code": code, "name": self._names[code], "severity": self._counts.severities[code].label,
                "files": tally.files[code], "share": tally.share(code), "findings": tally.findings[code],
            }  # fmt: skip

    def _device(self, device: Device) -> dict[str, Any]:
        tally = self._counts.devices[device]
        return {
            "name": _name(device), "number": self._devices[device], "files": tally.verdicts.total(),
            "verdicts": tally.verdicts,
            "rules": [(code, tally.share(code)) for code in tally.codes()[:_MOST_RULES]],
        }  # fmt: skip

    def _said(self) -> str:
        """How many files have a page."""
        more = self._wanted - len(self._pages)
        which = " with a warning or worse" if self._drawing.which == "findings" else ""
        if not self._wanted:
            return "No file has a page of its own."
        if not more:
            return f"Each file{which} has a page of its own."
        return f"The {len(self._pages)} worst files{which} have a page of their own, and {more:,} more have none."


def _name(device: Device) -> str:
    return printable(" ".join(filter(None, device)) or "no device named")


def _shelved(piece: str) -> str:
    """A page as it stands in the folder: the library beside it, and a way back."""
    policy = "script-src 'unsafe-inline'"
    piece = piece.replace(policy, f"{policy} 'self' file:", 1)
    brand = '<p class="brand">{}</p>'
    piece = piece.replace(brand.format("tracklint"), brand.format('<a href="../index.html">All files</a>'), 1)
    return piece.replace(html.LIBRARY, '<script src="../plotly.min.js"></script>', 1)
