"""Check many things, in one process or several, and hand out each report as soon as its turn comes."""

from __future__ import annotations

import itertools
from collections import deque
from collections.abc import Callable, Generator, Iterable, Iterator
from concurrent.futures import BrokenExecutor, Executor, Future
from functools import partial
from pathlib import Path
from typing import TypeVar

from .checking import check_named, make_one, time_allowed, unchecked
from .config import Config, given
from .failures import DIED, SLOW
from .findings import Report
from .inputs import expand
from .source import Thing

__all__ = ["check_in_processes", "check_many", "made_in_processes"]

Answer = TypeVar("Answer")
#: How many files are in work or done before their turn, so that a directory of a million does not fill the memory.
WAITING = 64


def check_many(
    things: Iterable[Thing | tuple[str, Thing]], *, config: Config | None = None, executor: Executor | None = None
) -> Iterator[Report]:
    """A report for every file in ``things``, in their order, as a stream.

    Directories, globs and archives are expanded (`inputs.expand`), each file once; a pair of name and thing is taken as
    it is. A thing that cannot be read gets a report too (INT002), and so does a defect of ours (INT001). Raises
    `config.BadConfig` for a profile that cannot be used, TypeError for a single path.

    ``executor`` is any `concurrent.futures.Executor`; with a process pool, things must be paths or bytes. Neither a
    limit of time nor a restart is made here: without an executor the work is done in this process and takes what it
    takes, with one it is the executor's. A file whose worker died gets a report (INT003) and the stream goes on; the
    process pool of the standard library takes no more work then, so that all later files get it too.
    `check_in_processes` is what limits and restarts.
    """
    if isinstance(things, str | bytes | Path):
        raise TypeError(f"things is one {type(things).__name__}; give several, such as [{things!r}]")
    config = given(config)
    named = expand(things, config)
    if executor is None:
        return (check_named(name, thing, config) for name, thing in named)
    return _check_with(executor, named, config)


def _check_with(executor: Executor, named: Iterator[tuple[str, Thing]], config: Config) -> Iterator[Report]:
    waiting: deque[tuple[str, Future[Report]]] = deque()

    def submit(most: int) -> None:
        for name, thing in itertools.islice(named, most):
            waiting.append((name, _submitted(executor, name, thing, config)))

    submit(WAITING)
    while waiting:
        name, future = waiting.popleft()
        try:
            yield future.result()
        except BrokenExecutor as error:
            yield _died(name, str(error), config)
        submit(1)


def _submitted(executor: Executor, name: str, thing: Thing, config: Config) -> Future[Report]:
    """What an executor makes of a file; one that is broken already says so where the result is asked for."""
    try:
        return executor.submit(check_named, name, thing, config)
    except BrokenExecutor as error:
        refused: Future[Report] = Future()
        refused.set_exception(error)
        return refused


def check_in_processes(
    named: Iterable[tuple[str, Thing]],
    *,
    config: Config,
    jobs: int,
    check_one: Callable[..., Report] | None = None,
) -> Generator[Report]:
    """A report for every pair of name and thing, in their order, as a stream, from ``jobs`` child processes.

    Things are paths, bytes or members of archives. A file whose process died is checked once more, alone in a fresh
    process; only one that ends this one too gets INT003 instead of its report, so that a kill from outside changes
    nothing. A file that takes longer than `checking.time_allowed` gets INT004. Closing the stream kills the processes.
    Raises `config.BadConfig` for a profile that cannot be used. ``check_one`` is `checking.check_named`, or what stands
    for it in a test.
    """
    return made_in_processes(named, _report, config=config, jobs=jobs, check_one=check_one)


def made_in_processes(
    named: Iterable[tuple[str, Thing]],
    make: Callable[[Report, Thing], Answer],
    *,
    config: Config,
    jobs: int,
    check_one: Callable[..., Report] | None = None,
) -> Generator[Answer]:
    """`check_in_processes`, but each report stays in the process that made it, and ``make(report, thing)`` comes back.

    ``make`` and what it gives can be pickled. Where it raises, it is called once more, with the report of INT001.
    """
    from . import workers
    from .rules.discovery import rule_modules

    modules = [__name__, *(module for folder in ("fit", "xml", "ride") for module in rule_modules(folder))]
    for said in workers.answers(
        partial(make_one, make=make, config=config, check_one=check_one or check_named),
        named,
        jobs=jobs,
        seconds=time_allowed(config),
        ahead=WAITING,
        modules=modules,
    ):
        if isinstance(said, workers.Died):
            yield make(_died(said.piece[0], said.how, config), said.piece[1])
        elif isinstance(said, workers.Slow):
            finding = SLOW.finding({"seconds": time_allowed(config)})
            slow = unchecked(said.piece[0], finding, "the check took too long", config.purpose)
            yield make(slow, said.piece[1])
        else:
            yield said


def _report(report: Report, _thing: Thing) -> Report:
    return report


def _died(name: str, how: str, config: Config) -> Report:
    return unchecked(name, DIED.finding({"how": how}), "the process of the check died", config.purpose)
