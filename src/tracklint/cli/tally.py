"""What `tracklint upload` says: a line for each file as it comes to its end; and at the end what is left of them all,
and what each of these needs."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from typing import TYPE_CHECKING, Any

from ..render.page import STYLES
from ..words import counted

if TYPE_CHECKING:
    from ..findings import Finding
    from ..render.page import Page, Part
    from ..strava.uploader import Uploaded
    from .output import Output

__all__ = ["Tally", "fields"]

_MENDED = re.compile(r"mended (\w+): (.*)", re.DOTALL)
_PACKED = "compressed from "
_LISTED = 5
#: The rows of the table: what they are called, which results they count, and what is said of them.
_ROWS: tuple[tuple[str, Callable[[Uploaded], bool], str], ...] = (
    ("ready", lambda d: d.outcome == "ready" and not d.before, "each is an activity now"),
    ("already there", lambda d: d.outcome == "duplicate" and not d.before, "Strava had the same activity already"),
    ("sent before", lambda d: d.before, "not sent again; --again sends them all the same"),
    ("would be sent", lambda d: d.outcome == "would-be-sent", "the same command without --dry-run sends them"),
    ("not sent", lambda d: d.outcome == "refused-before-sending", "Strava would refuse them:"),
    ("refused", lambda d: d.outcome == "failed", "Strava says:"),
    ("deleted", lambda d: d.outcome == "deleted" and not d.before, "made, and deleted at Strava since"),
    ("unfinished", lambda d: d.outcome in ("processing", "unfinished"), "{resume}"),
)


class Tally:
    """Says each result of a run, and keeps them. ``files`` is how many are expected, ``resume`` says how to go on with
    those that are not finished. ``quiet`` says the table alone."""

    def __init__(self, said: Output, files: int, *, resume: str, verbose: bool = False, quiet: bool = False) -> None:
        self.done: list[Uploaded] = []
        self._page = said.page
        self._quiet = quiet
        self.unread: list[str] = []
        self._files = files
        self._resume = resume
        self._verbose = verbose
        self._notes: Counter[str] = Counter()

    def tell(self, done: Uploaded, *more: str, shown: bool = True) -> None:
        """Keep a result, and where it is ``shown`` say one line on its file, with its notes (``more`` as well) and what
        differs at Strava below it."""
        self.done.append(done)
        if not shown or self._quiet:
            return
        page = self._page
        mended = [found for found in map(_MENDED.fullmatch, done.notes) if found]
        parts: list[Part] = [(page.safe(done.name), "bold"), ": "]
        parts += [(done.verdict, STYLES[done.verdict]), "; "] if done.verdict else []
        parts += [f"mended {page.safe(', '.join(f'{m[1]} ({m[2]})' for m in mended))}; "] if mended else []
        page.line(*parts, page.safe(_short(done)), hang=2)
        for note in (*done.notes, *more):
            if self._verbose or not note.startswith(("mended ", _PACKED)):
                self._note(page, note)
        self._beside(page, done)

    def _note(self, page: Page, note: str) -> None:
        """A note below its file; what is the same for many is said once, and counted."""
        self._notes[note] += 1
        if self._verbose or self._notes[note] == 1:
            page.line(page.safe(note), indent=2, hang=2)

    def _beside(self, page: Page, done: Uploaded) -> None:
        """Strava's numbers beside the predicted ones: all of one file, of many those that differ."""
        shown = [pair for pair in done.compared if pair.differs or self._verbose or self._files == 1]
        if not shown:
            return
        page.line((f"{'':<12}{'predicted':<14}Strava", "dim"), indent=2)
        for pair in shown:
            told = page.safe(f"{pair.what:<12}{pair.said(pair.predicted):<14}{pair.said(pair.strava)}")
            page.line(told, (" differs", "yellow") if pair.differs else "", indent=2)

    def close(self, *last: str) -> None:
        """The table, where there is more than one file or something is left to do; then the lines in ``last``."""
        page = self._page
        open_ones = self._files - len(self.done)  # of a run that was stopped
        if self._files > 1 or self.unread or open_ones or any(each.before or not each.ok for each in self.done):
            page.line()
            for name, belongs, said in _ROWS:
                found = [each for each in self.done if belongs(each)]
                count = len(found) + open_ones * (name == "unfinished")
                if count:
                    _row(page, count, name, said.format(resume=self._resume))
                    if name in ("not sent", "refused"):
                        _listed(page, found)
            if self.unread:
                _row(page, len(self.unread), "not read", "")
                for text in self.unread:
                    page.line(page.safe(text), indent=6, hang=2)
            self._sums(page)
        for text in last:
            page.line(page.safe(text))

    def _sums(self, page: Page) -> None:
        """What holds for some files of all groups."""
        arrived = [each for each in self.done if each.outcome in ("ready", "duplicate", "would-be-sent")]
        mended = sum(any(note.startswith("mended ") for note in each.notes) for each in arrived)
        if mended:
            page.line(f"{counted(mended, 'file')} mended on the way, safely: no measurement was changed", indent=2)
        if risky := sum(each.verdict == "risky" for each in arrived):
            page.line(f"{counted(risky, 'file')} risky: `tracklint check` says what may come out wrong", indent=2)
        beside = [each for each in self.done if each.compared]
        if len(beside) > 1:
            same = sum(not any(pair.differs for pair in each.compared) for each in beside)
            page.line(f"Strava's numbers are as predicted for {same} of these {len(beside)} activities", indent=2)
        for note, count in self._notes.items():
            if count > 1 and not self._verbose:
                page.line(page.safe(f"{count} files: {note}"), indent=2, hang=2)


def _row(page: Page, count: int, name: str, said: str) -> None:
    style = {"ready": "green", "not sent": "bold red", "refused": "bold red", "unfinished": "yellow"}.get(name, "")
    page.line(f"{count:>4} ", (f"{name:<14}", style), page.safe(said), hang=19)


def _listed(page: Page, found: Iterable[Uploaded]) -> None:
    """Those that were not sent, why, and what each needs; those of one cause and one need together."""
    groups: dict[tuple[str, str], list[str]] = {}
    for each in found:
        checked = each.outcome == "refused-before-sending" and each.errors
        codes = ", ".join(dict.fromkeys(f"{error.code} {error.name}" for error in each.errors))
        groups.setdefault((codes, _needs(each.errors)) if checked else (each.message, ""), []).append(each.name)
    for (why, needs), names in groups.items():
        shown, more = names[:_LISTED], len(names) - _LISTED
        told = ", ".join(shown) + (f" and {more} more" if more > 0 else "")
        page.line((page.safe(why), "bold"), page.safe(f": {told}"), indent=6, hang=2)
        if needs:
            page.line("needs: ", page.safe(needs), indent=8, hang=2)


def _needs(errors: Iterable[Finding]) -> str:
    """What a person can do about a file that is not sent; what is safe to mend has been mended."""
    left = [error for error in errors if error.fix is None]
    hints = dict.fromkeys(error.hint for error in left or errors if error.hint)
    if not left and not any("tracklint fix" in hint for hint in hints):
        hints["or run `tracklint fix --unsafe`, which decides what the file does not tell"] = None
    return "; ".join(hints) or "another file: this one is lost"


def _short(done: Uploaded) -> str:
    """The message; of many errors the first alone: the table and `check` have them all."""
    if done.outcome != "refused-before-sending" or not done.errors:
        return done.message
    first, *others = done.errors
    more = f" (and {counted(len(others), 'more error')})" if others else ""
    return f"not sent: {first.code} {first.message}{more}"


def fields(answer: Mapping[str, Any], page: Page) -> None:
    """An answer of the API, field by field, as it came."""
    for key, value in answer.items():
        if isinstance(value, dict):
            fields(value, page)
        elif value not in (None, []):
            told = ", ".join(map(str, value)) if isinstance(value, list) else str(value)
            page.line(page.safe(f"{key:<22}{told}"), indent=2, hang=22)
