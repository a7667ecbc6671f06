"""Ctrl-C in a run over several files: what is done is told whole, and then it ends."""

from __future__ import annotations

import contextlib
import signal
import sys
import threading
from collections.abc import Callable, Iterable, Iterator
from typing import NoReturn, TypeVar

from ..words import counted

__all__ = ["Stoppable"]

Result = TypeVar("Result")


class Stoppable:
    """Ctrl-C ends a run between two results: it counts while the next one is waited for. While one is written it
    waits, so that nothing is half said.

    ``stopped`` tells that it came, ``done`` counts the results. A second one is as ever.
    """

    def __init__(self) -> None:
        self.stopped = False
        self.done = 0
        self._waiting = False

    def results(self, work: Iterable[Result]) -> Iterator[Result]:
        """The results as they come, as many as there are until Ctrl-C."""
        each = iter(work)
        with self._deferred():
            while not self.stopped:
                self._waiting = True
                try:
                    result = next(each)
                    self._waiting = False
                except StopIteration:
                    return
                except KeyboardInterrupt:
                    self.stopped = True
                    return
                finally:
                    self._waiting = False
                yield result
                self.done += 1

    def end(self, status: int, left: Callable[[int], str]) -> NoReturn:
        """End the command: with ``status``, or as one that was stopped, which says what is ``left`` when so many are
        done."""
        if self.stopped:
            raise KeyboardInterrupt(f"stopped: {counted(self.done, 'file')} done, {left(self.done)}")
        sys.exit(status)

    @contextlib.contextmanager
    def _deferred(self) -> Iterator[None]:
        ours = threading.current_thread() is threading.main_thread()  # only that one hears of signals
        if not ours or signal.getsignal(signal.SIGINT) is signal.SIG_IGN:  # a job in the background
            yield
            return

        def told(_number: int, _frame: object) -> None:
            if self._waiting or self.stopped:
                raise KeyboardInterrupt
            self.stopped = True

        before = signal.signal(signal.SIGINT, told)
        try:
            yield
        finally:
            signal.signal(signal.SIGINT, before)
