"""Which files of a run have a page in its folder."""

from __future__ import annotations

import heapq
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal

from ..findings import Severity

if TYPE_CHECKING:
    from .digest import Digest

__all__ = ["MOST_PAGES", "WHICH", "Drawing", "Rank", "Which", "rank"]

Which = Literal["all", "findings", "none"]
#: Which files may have a page.
WHICH: tuple[Which, ...] = ("all", "findings", "none")
#: So many files have a page at most.
MOST_PAGES = 200
Rank = tuple[int, int]


@dataclass(slots=True)
class Drawing:
    """Which files have a page. Each process has its own one, and remembers how bad the files were whose pages it drew:
    one that is no worse than `MOST_PAGES` of them cannot be among the worst of all, as files come in order."""

    which: Which = "findings"
    _drawn: list[Rank] = field(default_factory=list)

    def may(self, told: Digest) -> bool:
        """Whether a file may have a page at all. Of one whose check failed there is nothing to draw."""
        if self.which == "none" or not told.checked:
            return False
        return self.which == "all" or (told.worst is not None and told.worst >= Severity.WARNING)

    def wants(self, told: Digest) -> bool:
        """Whether to draw the page of this file, the next one here."""
        if not self.may(told):
            return False
        bad = rank(told)
        if len(self._drawn) < MOST_PAGES:
            heapq.heappush(self._drawn, bad)
            return True
        return heapq.heappushpop(self._drawn, bad) < bad


def rank(told: Digest) -> Rank:
    """How bad a file is: its errors, then its warnings."""
    count = dict.fromkeys(Severity, 0)
    for _, severity, times in told.counts:
        count[severity] += times
    return count[Severity.ERROR], count[Severity.WARNING]
