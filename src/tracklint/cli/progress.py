"""How far a run is: how many files are done and left, how fast they go by, and which one keeps the others waiting."""

from __future__ import annotations

import contextlib
import threading
import time
from collections.abc import Callable, Iterable, Iterator
from typing import TYPE_CHECKING, Generic, TypeVar

from ..words import clock, printable

if TYPE_CHECKING:
    from rich.console import Console
    from rich.progress import Progress, Task

    from ..workers import Longest, Piece

__all__ = ["MANY", "Counted", "Watch", "bar"]

Each = TypeVar("Each")

#: Files; fewer are done before a bar could be read.
MANY = 20
#: For how long a file must have been in work until it is named, and how long what is left is counted after Ctrl-C, in
#: seconds.
_LONG, _PATIENCE = 2.0, 2.0


class Counted(Generic[Each]):
    """The inputs of a run as it takes them. ``again`` lists them once more, for their number; ``None`` where that
    cannot be done, because they come from a pipe."""

    def __init__(self, inputs: Iterator[Each], again: Callable[[], Iterable[object]] | None) -> None:
        self._inputs = inputs
        self._again = again
        self._taken = 0
        #: How many there are, ``None`` while nobody knows.
        self.total: int | None = None

    def __iter__(self) -> Iterator[Each]:
        """The inputs themselves."""
        return self

    def __next__(self) -> Each:
        """The next one."""
        try:
            each = next(self._inputs)
        except StopIteration:
            self.total = self._taken
            raise
        self._taken += 1
        return each

    def look_ahead(self) -> None:
        """Count them in a thread, beside the work."""
        if self._again is not None and self.total is None:
            threading.Thread(target=self._count, args=(self._again,), daemon=True).start()

    def _count(self, again: Callable[[], Iterable[object]]) -> None:
        with contextlib.suppress(Exception):  # whoever takes them is told what is wrong with them
            self.total = sum(1 for _ in again())

    def left(self, done: int) -> str:
        """How many were not done, in words, when ``done`` were. Nobody waits for a pipe, and for long for nothing."""
        until, more = time.monotonic() + _PATIENCE, ""
        while self.total is None and not more:
            if self._again is None or time.monotonic() > until:
                more = " at least"
            else:
                next(self, None)
        return f"{max(self.total or 0, self._taken) - done}{more} not"


class Watch:
    """Sees which piece has been in work longest, once somebody works."""

    def __init__(self) -> None:
        self.longest: Longest = lambda: None

    def over(self, longest: Longest) -> None:
        """Ask this from now on."""
        self.longest = longest


def bar(console: Console, label: str, total: int | None, watch: Watch) -> Progress:
    """A bar with one task: done and all, files a second, the time left, and the file that has been in work longest."""
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, ProgressColumn, TextColumn
    from rich.table import Column
    from rich.text import Text

    class Pace(ProgressColumn):
        max_refresh = 0.5

        def render(self, task: Task) -> Text:
            return Text(_pace(task.speed, task.time_remaining), style="progress.remaining")

    class Longest(ProgressColumn):
        def render(self, _task: Task) -> Text:
            return Text(_in_work(watch.longest(), console.encoding), style="yellow")

    columns = (
        TextColumn("{task.description}"), BarColumn(bar_width=20), MofNCompleteColumn(), Pace(),
        Longest(table_column=Column(no_wrap=True, overflow="ellipsis", ratio=1)),
    )  # fmt: skip
    progress = Progress(*columns, console=console, transient=True, redirect_stdout=False, redirect_stderr=False)
    progress.add_task(label, total=total)
    return progress


def _pace(speed: float | None, left: float | None) -> str:
    rate = "" if not speed else f"{speed:.0f}/s" if speed >= 10 else f"{speed:.1f}/s"
    return f"{rate}, {clock(round(left))} left" if rate and left is not None else rate


def _in_work(longest: tuple[Piece, float] | None, encoding: str) -> str:
    if longest is None or longest[1] < _LONG:
        return ""
    (name, *_), seconds = longest
    return f"{seconds:.0f} s at {printable(str(name), encoding)}"
