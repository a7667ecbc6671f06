"""A stand-in for one run of uploads: it is thrown away when all is done, and kept for the next run where it is not."""

from __future__ import annotations

import contextlib
import shutil
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from ..journal import Journal, JournalTrouble, locked
from ..private import private_folder
from .serving import Running, running_sandbox
from .state import NO_LIMIT, Options

if TYPE_CHECKING:
    from ..settings import Settings

__all__ = ["Trial", "trial"]

#: What stands for the stand-in in its journal: its port is another one each time.
_BASE = "sandbox"


@dataclass(frozen=True, slots=True)
class Trial:
    """A stand-in that listens, and the journal of what was sent to it. ``lasting``: whether a later run finds them."""

    running: Running
    journal: Journal
    lasting: bool


@contextlib.contextmanager
def trial(settings: Settings, *, resume: bool, waiting: Callable[[str], object]) -> Iterator[Trial]:
    """A stand-in without request limits for one run. With ``resume`` it is the one that an earlier run left.

    Where this user's folder cannot be written to, it is kept nowhere. Raises `JournalTrouble` for a damaged journal.
    """
    folder = settings.trial
    with contextlib.ExitStack() as stack:
        lasting = True
        try:
            stack.enter_context(locked(folder, waiting))
            if not resume:
                shutil.rmtree(folder, ignore_errors=True)
            private_folder(folder)
        except (JournalTrouble, OSError):
            lasting, folder = False, Path(stack.enter_context(tempfile.TemporaryDirectory()))
        done = False
        try:
            with _running(folder) as (running, journal):
                try:
                    yield Trial(running, journal, lasting)
                finally:
                    done = not journal.unfinished()
        finally:
            if done:
                shutil.rmtree(folder, ignore_errors=True)


@contextlib.contextmanager
def _running(folder: Path) -> Iterator[tuple[Running, Journal]]:
    options = Options(processing_polls=0, rate_limit=NO_LIMIT, read_limit=NO_LIMIT, keep=folder / "strava.sqlite")
    with running_sandbox(options) as running, Journal(folder / "journal.sqlite", api_base=_BASE) as journal:
        yield running, journal
