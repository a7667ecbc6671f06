"""What a run over several files says: results, what goes wrong with single files, and how far it is."""

from __future__ import annotations

import contextlib
import sys
from collections.abc import Callable, Iterator
from typing import Any

from ..render.page import Page
from ..words import printable
from .progress import MANY, Counted, Watch, bar

__all__ = ["Output"]


class Output:
    """Standard output for results, standard error for troubles, and a bar that shares a line with neither.

    Where both are a terminal it is one page for both, so that the bar stays below what is said.
    """

    def __init__(self, *, quiet: bool = False) -> None:
        self.page = Page(sys.stdout)
        both = sys.stdout.isatty() and sys.stderr.isatty()
        self._beside = self.page if both else Page(sys.stderr)
        self._quiet = quiet

    def say(self, text: str) -> None:
        """A line about one file; what stands in it of a file or its name is made harmless."""
        if not self._quiet:
            self.page.line(self.page.safe(text), hang=2)

    def exact(self, text: str) -> None:
        """A line of a file: its tabs and the white space at its end stay."""
        if not self._quiet:
            self.page.verbatim(printable(text, self.page.encoding, keep="\t"))

    def total(self, text: str) -> None:
        """A line about all of them."""
        self.page.line(self.page.safe(text), hang=2)

    def trouble(self, text: str) -> None:
        """A line on standard error, which begins with the name of a file."""
        self._beside.line(self._beside.safe(text), hang=2)
        sys.stderr.flush()

    @contextlib.contextmanager
    def progress(
        self, total: int | Counted[Any], label: str, watch: Watch | None = None
    ) -> Iterator[Callable[[], None]]:
        """A bar while there is something to wait for and a terminal to see it; the function is called for each file
        that is done. Inputs that are taken as they come are counted meanwhile. ``watch`` sees what is in work."""
        console = self._beside.console
        few = isinstance(total, int) and total < MANY
        if few or console is None or not sys.stderr.isatty() or console.is_dumb_terminal:
            yield lambda: None
            return
        counted = None if isinstance(total, int) else total
        known = total if isinstance(total, int) else None
        shown = bar(console, label, known, watch or Watch())
        [task], done = shown.task_ids, 0
        if counted is not None:
            counted.look_ahead()

        def step() -> None:
            nonlocal done
            done += 1
            if counted is not None:
                shown.update(task, total=counted.total)
                if done == MANY:
                    shown.start()
            shown.advance(task)

        if counted is None:
            shown.start()
        try:
            yield step
        finally:
            shown.stop()
