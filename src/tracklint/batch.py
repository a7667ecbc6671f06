"""Check many things, in one process or several, and hand out each report as soon as its turn comes."""

from __future__ import annotations

import itertools
from collections import deque
from collections.abc import Callable, Generator, Iterable, Iterator, Sequence
from concurrent.futures import BrokenExecutor, Executor, Future
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any, Protocol, TypeVar

from .checking import check_named, make_one, time_allowed, unchecked
from .cluster import Client, Cluster, Gone, may_have_children
from .config import Config, given
from .failures import DIED, SLOW
from .findings import Report
from .inputs import expand
from .source import Thing, absolute
from .version import __version__
from .words import counted
from .workers import Longest, cores

__all__ = ["check_in_processes", "check_many", "made_in_processes", "made_with"]

Answer = TypeVar("Answer")
#: Pairs of name and thing that an executor gets at once.
Chunk = list[tuple[str, Thing]]
#: How many files are in work or done before their turn, so that a directory of a million does not fill the memory.
WAITING = 64
#: How many files an executor gets at once, so that its own work for a task weighs little.
CHUNK = 16


def check_many(
    things: Iterable[Thing | tuple[str, Thing]],
    *,
    config: Config | None = None,
    executor: Executor | Client | None = None,
) -> Iterator[Report]:
    """A report for every file in ``things``, in their order, as a stream.

    Directories, globs and archives are expanded (`inputs.expand`), each file once; a pair of name and thing is taken as
    it is. A thing that cannot be read gets a report too (INT002), and so does a defect of ours (INT001). Raises
    `config.BadConfig` for a profile that cannot be used, TypeError for a single path.

    ``executor`` is any `concurrent.futures.Executor`, or a client of a Dask cluster (extra ``cluster``). It gets the
    files in chunks, of which a limited number waits. With processes, things must be paths or bytes; on other machines,
    the paths must lead to the same files. Without an executor the work is done in this process and takes what it takes;
    with one the time is the executor's, but a task on Dask ends a file that takes too long (INT004). The files of a
    chunk that the executor lost, because a worker died or the pool is broken, are checked here, as
    `check_in_processes` does it: only what ends its process again gets INT003. Raises `cluster.Gone` where a cluster
    went away, after the reports that it had sent.
    """
    if isinstance(things, str | bytes | Path):
        raise TypeError(f"things is one {type(things).__name__}; give several, such as [{things!r}]")
    config = given(config)
    named = expand(things, config)
    if executor is None:
        return (check_named(name, thing, config) for name, thing in named)
    return made_with(executor, named, _report, config=config)


def made_with(
    executor: Executor | Client,
    named: Iterable[tuple[str, Thing]],
    make: Callable[[Report, Thing], Answer],
    *,
    config: Config,
) -> Generator[Answer]:
    """`made_in_processes`, but with an executor or on a Dask cluster, as `check_many` says it."""
    crew: _Crew
    if isinstance(executor, Executor):
        crew = _Pool(executor)
        work = partial(_chunk, make=make, config=config, check_one=check_named)
    else:
        crew = Cluster(executor)
        config = replace(config, profile=config.profile and config.profile.absolute())
        named = ((name, absolute(thing)) for name, thing in named)
        work = partial(_chunk_in_a_child, make=make, config=config, version=__version__)
    again = partial(made_in_processes, make=make, config=config, jobs=1)
    return _in_chunks(crew, iter(named), work, again)


class _Crew(Protocol):
    """Who takes chunks; `threads` of them at a time."""

    threads: int

    def submit(self, function: Callable[..., Answer], /, *arguments: Any) -> Future[Answer]: ...

    def result(self, future: Future[Answer], /) -> Answer: ...


class _Pool:
    """An executor of the caller's. It does not say how many tasks it does at a time; as many as we have cores."""

    def __init__(self, executor: Executor) -> None:
        self.submit = executor.submit
        self.threads = cores()

    def result(self, future: Future[Answer]) -> Answer:
        return future.result()


def _in_chunks(
    crew: _Crew,
    named: Iterator[tuple[str, Thing]],
    work: Callable[[Chunk], list[Answer]],
    again: Callable[[Chunk], Iterable[Answer]],
) -> Generator[Answer]:
    """What ``work`` makes of chunks, in their order; what ``again`` makes of a chunk that was lost."""
    waiting: deque[tuple[Chunk, Future[list[Answer]]]] = deque()

    def hand_out(most: int) -> None:
        for _ in range(most):
            if chunk := list(itertools.islice(named, CHUNK)):
                waiting.append((chunk, _submitted(crew, work, chunk)))

    try:
        hand_out(2 * crew.threads + WAITING // CHUNK)
        while waiting:
            chunk, future = waiting[0]
            try:
                made = crew.result(future)
            except BrokenExecutor:
                made = list(again(chunk))
            waiting.popleft()
            yield from made
            hand_out(1)
    except Gone as gone:
        left = sum(1 for _ in named)
        for chunk, future in waiting:
            if future.done() and not future.cancelled() and future.exception() is None:
                yield from future.result()
            else:
                left += len(chunk)
        raise Gone(f"{gone}; {counted(left, 'file')} not checked") from None
    finally:
        for _, future in waiting:
            future.cancel()


def _submitted(crew: _Crew, work: Callable[[Chunk], list[Answer]], chunk: Chunk) -> Future[list[Answer]]:
    """What a crew makes of a chunk; one that is broken already says so where the result is asked for."""
    try:
        return crew.submit(work, chunk)
    except (BrokenExecutor, Gone) as error:
        refused: Future[list[Answer]] = Future()
        refused.set_exception(error)
        return refused


def _chunk(
    chunk: Chunk, *, make: Callable[[Report, Thing], Answer], config: Config, check_one: Callable[..., Report]
) -> list[Answer]:
    return [make_one(name, thing, make=make, config=config, check_one=check_one) for name, thing in chunk]


def _chunk_in_a_child(
    chunk: Chunk, *, make: Callable[[Report, Thing], Answer], config: Config, version: str
) -> list[Answer]:
    """`_chunk` on another machine, where a file that hangs or kills must not cost the worker."""
    if version != __version__:
        raise Gone(f"a worker of the cluster has tracklint {__version__}, and this is {version}")
    may_have_children()
    return list(made_in_processes(chunk, make, config=config, jobs=1, modules=["distributed"]))


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
    modules: Sequence[str] = (),
    watch: Callable[[Longest], object] | None = None,
) -> Generator[Answer]:
    """`check_in_processes`, but each report stays in the process that made it, and ``make(report, thing)`` comes back.

    ``make`` and what it gives can be pickled. Where it raises, it is called once more, with the report of INT001.
    ``modules`` are what the main module of this process imports: a child begins with it. ``watch`` is that of
    `workers.answers`.
    """
    from . import workers
    from .rules.discovery import rule_modules

    ours = [__name__, *(module for folder in ("fit", "xml", "ride") for module in rule_modules(folder))]
    for said in workers.answers(
        partial(make_one, make=make, config=config, check_one=check_one or check_named),
        named,
        jobs=jobs,
        seconds=time_allowed(config),
        ahead=WAITING,
        modules=[*modules, *ours],
        watch=watch,
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
