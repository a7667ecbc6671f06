"""Check many things, in one process or several, and hand out each report as soon as its turn comes."""

from __future__ import annotations

import itertools
from collections import deque
from collections.abc import Iterable, Iterator
from concurrent.futures import Executor, Future

from .checking import check, failed, unreadable
from .config import BadConfig, Config
from .findings import Report
from .inputs import expand
from .source import Thing, Unreadable

__all__ = ["check_many"]

#: How many files wait in the executor at once, so that a directory of a million files does not fill the memory.
WAITING = 64


def check_many(
    things: Iterable[Thing | tuple[str, Thing]], *, config: Config | None = None, executor: Executor | None = None
) -> Iterator[Report]:
    """A report for every file in ``things``, in their order, as a stream.

    Directories, globs and archives are expanded (`inputs.expand`), each file once; a pair of name and thing is
    taken as it is. ``executor`` is any `concurrent.futures.Executor`; with a process pool, things must be paths or
    bytes. A thing that cannot be read gets a report too (INT002).
    """
    config = config or Config()
    named = expand(things, config.relative_to)
    if executor is None:
        yield from (check_named(name, thing, config) for name, thing in named)
        return
    waiting: deque[Future[Report]] = deque()
    for name, thing in itertools.islice(named, WAITING):
        waiting.append(executor.submit(check_named, name, thing, config))
    while waiting:
        yield waiting.popleft().result()
        for name, thing in itertools.islice(named, 1):
            waiting.append(executor.submit(check_named, name, thing, config))


def check_named(name: str, thing: Thing, config: Config) -> Report:
    """`checking.check`, but a thing that cannot be read gives a report too, and so does a defect of ours (INT001)."""
    try:
        return check(thing, config=config, name=name)
    except Unreadable as error:
        return unreadable(name, error)
    except BadConfig:
        raise
    except Exception as error:  # a defect of ours costs its own file only
        return failed(name, error)
