"""``tracklint check``."""

from __future__ import annotations

import contextlib
import io
import itertools
import os
import sys
from collections.abc import Generator, Iterable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from ..render.drawing import WHICH
from ..words import counted
from .beyond import gathering_of, with_fleet, with_readers
from .lines import line, lines
from .listed import listed
from .options import config_options, fail, files_options, one_line_errors
from .outputs import asked, one_alone

if TYPE_CHECKING:
    from ..cluster import Client
    from ..config import Config
    from ..fleet.baseline import Baseline, Ledger
    from ..fleet.statistics import Statistics
    from ..fleet.telling import Telling, Told
    from ..render.digest import Digest
    from ..render.drawing import Which
    from ..source import Thing
    from .progress import Watch

#: How many stale entries of a baseline are named.
_MOST_STALE = 20


def _statistics(_ctx: click.Context, _param: click.Parameter, values: tuple[str, ...]) -> list[tuple[str, str]]:
    forms = []
    for value in values:
        name, _, file = value.partition("=")
        if name not in ("text", "json", "markdown"):
            raise click.BadParameter(f"{name} is no form of statistics; known are text, json, markdown")
        forms.append((name, file))
    return forms


@click.command()
@click.argument("paths", metavar="PATH...", nargs=-1)
@click.option(
    "--files-from", metavar="FILE",
    help="Check what this list names too, one path a line or with NUL between them; - is standard input.",
)  # fmt: skip
@click.option(
    "--output", "-o", "outputs", multiple=True, callback=asked, metavar="FORMAT[=FILE]",
    help="text (default), json, jsonl, junit, sarif, markdown, github, gitlab or azure, to standard output or to FILE; "
    "parquet=FOLDER; html=FILE.html, a page of one file with map and charts; html=FOLDER, an index of all files and "
    "pages of the worst. Repeatable.",
)  # fmt: skip
@click.option(
    "--pages", type=click.Choice(WHICH),
    help="With html=FOLDER: which files have a page of their own, the 200 worst at most; findings (default) are those "
    "with a warning or worse.",
)  # fmt: skip
@click.option(
    "--all", "--verbose", "-v", "show_all", is_flag=True,
    help="Show every finding in text, notes and long lists as well.",
)  # fmt: skip
@click.option("--quiet", "-q", is_flag=True, help="Say the totals only in text.")
@click.option(
    "--jobs", "-j", type=click.IntRange(1), default=None, metavar="N",
    help="Processes to check with; default: one a core.",
)  # fmt: skip
@click.option(
    "--cluster", metavar="ADDRESS",
    help="Check on the workers of this Dask scheduler (tcp://HOST:8786); they see the same files under the same paths.",
)  # fmt: skip
@click.option(
    "--second-reader", is_flag=True,
    help="Let other readers (fitparse, gpxpy; where installed fitdecode, tcxreader, python-tcxparser) read each file "
    "too, and libxml2 validate it, and report where they stop or see something else. Slow: about 3 s for a ride of an "
    "hour, at most 60 s a reader and file.",
)  # fmt: skip
@click.option(
    "--schema-dir", type=click.Path(path_type=Path), metavar="DIR",
    help="With --second-reader: let libxml2 validate with the XSD files in DIR, each for its target namespace.",
)  # fmt: skip
@click.option(
    "--baseline", type=click.Path(path_type=Path), metavar="FILE",
    help="Do not show the findings that this file knows of the same content.",
)  # fmt: skip
@click.option(
    "--write-baseline", type=click.Path(path_type=Path), metavar="FILE",
    help="Write what is found to FILE, to be known from now on.",
)  # fmt: skip
@click.option(
    "--fleet", is_flag=True,
    help="Compare the files of each device and firmware, too: FLT901 to FLT904 (docs/ci.md), extra `compare`.",
)  # fmt: skip
@click.option("--facts", is_flag=True, help="Measure facts of each file too (docs/facts.md), for json, jsonl, parquet.")
@click.option("--prune", is_flag=True, help="Write the --baseline without what this run did not find any more.")
@click.option(
    "--statistics", multiple=True, is_flag=False, flag_value="text", callback=_statistics, metavar="[FORMAT[=FILE]]",
    help="Sum the run up by rules and devices: text (default), json or markdown, to standard error or to FILE. "
    "Repeatable.",
)  # fmt: skip
@one_line_errors
@config_options
@files_options
def check(
    *,
    paths: tuple[str, ...],
    files_from: str | None,
    outputs: list[tuple[str, str]],
    pages: Which | None,
    show_all: bool,
    quiet: bool,
    jobs: int | None,
    cluster: str | None,
    second_reader: bool,
    schema_dir: Path | None,
    baseline: Path | None,
    write_baseline: Path | None,
    facts: bool,
    fleet: bool,
    prune: bool,
    statistics: list[tuple[str, str]],
    config: Config,
) -> None:
    """Check files, directories, globs and archives; - is standard input. Quiet when all is well."""
    from ..cluster import Gone, connected
    from ..fleet.baseline import Ledger
    from ..fleet.statistics import Statistics
    from ..fleet.telling import Telling, sheets
    from ..inputs import expand
    from ..render import output_for
    from .output import Output
    from .progress import Counted, Watch
    from .stopping import Stoppable

    if not paths and files_from is None:
        raise click.UsageError("name a file or folder, or a list of them with --files-from")
    if cluster and jobs:
        raise click.UsageError("--jobs is for this machine; a --cluster has its own number of workers")
    if pages and not any(name == "pages" for name, _ in outputs):
        raise click.UsageError("--pages says which files have a page in the folder of --output html=FOLDER; give both")
    config = with_readers(config, second_reader=second_reader, schema_dir=schema_dir)
    config = with_fleet(replace(config, facts=facts or config.facts), fleet=fleet)
    ledger, sums, gathering = Ledger(_known(baseline, prune=prune), config), Statistics(), gathering_of(config)
    look: dict[str, Any] = {"show_all": show_all, "quiet": quiet, "again": _again(paths)}
    look |= {"config": config, "which": pages or "findings"}
    made = [(output_for(name, sys.stdout, **look), file) for name, file in outputs]
    telling = Telling(tuple(output for output, _ in made), config.limits.max_inflated_bytes, ledger.baseline)

    def given() -> Iterator[tuple[str, Thing]]:
        return expand(itertools.chain(paths, listed(files_from) if files_from is not None else ()), config)

    spared = _spare_inputs([*outputs, *statistics], _stdin_kept(given()))
    if alone := [f"html={file}" if file else name for name, file in outputs if name == "html"]:
        spared = one_alone(spared, alone[0])
    named = Counted(spared, None if files_from is not None and not Path(files_from).is_file() else given)
    status, stoppable, gone, watch = 0, Stoppable(), "", Watch()
    with (
        connected(cluster) if cluster else contextlib.nullcontext() as client,
        contextlib.closing(_told(named, telling, config, jobs=jobs, client=client, watch=watch)) as stream,
        Output().progress(named, "checking", watch) as step,
        sheets(made) as run,
    ):
        try:
            for told in stoppable.results(stream):
                step()
                status = max(status, _status(told.digest, config))
                run.add(told)
                ledger.add(told.digest)
                sums.add(told.digest)
                if gathering is not None:
                    gathering.add(told.digest)
        except Gone as error:  # what was checked before is told
            gone = str(error)
        whole = None if gone or stoppable.stopped else gathering
        for report in whole.reports() if whole is not None else ():
            told = telling.of_fleet(report)
            status = max(status, _status(told.digest, config))
            run.add(told)
            sums.add(told.digest)
    _sum_up(sums, statistics)
    if gone:
        fail(gone)
    if stoppable.stopped:  # a baseline knows a whole run or none
        stoppable.end(status, named.left)
    if baseline is not None:
        _tell_of_baseline(ledger, baseline, prune=prune)
    if write_baseline is not None:
        line(
            f"{write_baseline}: {counted(ledger.write(write_baseline), 'finding')} of this run known from now on",
            err=True,
        )
        status = status if status == 2 else 0
    sys.exit(status)


def _again(paths: tuple[str, ...]) -> str:
    """The paths as a shell takes them, for a command that is advised; many are not repeated."""
    import shlex

    told = shlex.join(paths)
    return told if told and len(told) <= 60 else "PATHS"


def _known(baseline: Path | None, *, prune: bool) -> Baseline:
    from ..fleet.baseline import Baseline, read_baseline

    if prune and baseline is None:
        raise click.UsageError("--prune is for the file of --baseline")
    return read_baseline(baseline) if baseline is not None else Baseline()


def _tell_of_baseline(ledger: Ledger, file: Path, *, prune: bool) -> None:
    """What a baseline hid, what of it is stale, and what this run did not meet. None of it is an error."""
    parts = [f"{counted(ledger.hidden, 'known finding')} hidden"]
    if ledger.not_met:
        parts.append(f"{counted(ledger.not_met, 'file')} of it not in this run")
    line(f"{file}: {', '.join(parts)}", err=True)
    stale = ledger.stale
    for name, code, known, found in stale[:_MOST_STALE]:
        line(f"{file}: {name}: {code}: {known} known, {found} found", err=True)
    if len(stale) > _MOST_STALE:
        line(f"{file}: and {len(stale) - _MOST_STALE} more that are stale", err=True)
    if prune:
        line(f"{file}: {counted(ledger.prune(file), 'stale finding')} taken out", err=True)
    elif stale:
        line(f"{file}: take out what is stale with --prune", err=True)


def _sum_up(sums: Statistics, statistics: list[tuple[str, str]]) -> None:
    from ..writing import write_over

    for name, file in statistics:
        out = io.StringIO()
        sums.write(name, out)
        if file:
            write_over(Path(file), out.getvalue().encode())
        else:
            lines(out.getvalue().rstrip("\n"), err=True)


def _status(digest: Digest, config: Config) -> int:
    """2 where a report cannot be trusted (INT), 1 where a finding is at or above ``fail_on``, else 0."""
    if any(code.startswith("INT") for code, _, _ in digest.counts):
        return 2
    return int(digest.worst is not None and digest.worst >= config.fail_on)


def _stdin_kept(named: Iterable[tuple[str, Thing]]) -> Iterator[tuple[str, Thing]]:
    """Standard input is read once and kept, because excerpts are shown from it. The same goes for what only this
    process has open (``/dev/stdin``, ``<(command)`` of a shell)."""
    from ..source import read_bytes

    for name, thing in named:
        ours = thing == "-" or (isinstance(thing, str | Path) and str(thing).startswith(("/dev/stdin", "/dev/fd/")))
        yield (name, read_bytes(thing)) if ours else (name, thing)


def _spare_inputs(outputs: list[tuple[str, str]], named: Iterable[tuple[str, Thing]]) -> Iterator[tuple[str, Thing]]:
    """The inputs. End where an output would be written over one, or over another output."""
    from ..source import without_links

    taken: dict[str, str] = {}
    for place, file in ((without_links(file), file) for file in _files(outputs)):
        if place in taken:
            fail(f"{file}: this is where another output goes; nothing is written over it")
        if not Path(place).exists() or Path(place).is_file():  # a pipe takes any number
            taken[place] = file
    return _spared(taken, named)


def _files(outputs: list[tuple[str, str]]) -> Iterator[str]:
    """The files that outputs go to."""
    from ..render import FOLDERS

    for name, file in outputs:
        if name in FOLDERS:
            yield from (os.path.join(file, each) for each in FOLDERS[name])  # noqa: PTH118 - as it was given
        elif file:
            yield file


def _spared(taken: dict[str, str], named: Iterable[tuple[str, Thing]]) -> Iterator[tuple[str, Thing]]:
    from ..source import file_without_links

    for name, thing in named:
        if taken and isinstance(thing, str | Path) and (file := taken.get(file_without_links(thing))):
            fail(f"{file}: this is one of the files to check; nothing is written over it")
        yield name, thing


def _told(
    named: Iterator[tuple[str, Thing]],
    telling: Telling,
    config: Config,
    *,
    jobs: int | None,
    client: Client | None,
    watch: Watch,
) -> Generator[Told]:
    """What is told of all things. One alone is checked here and now, because a child would take longer to start than
    to check it."""
    if client is not None:
        from ..batch import made_with

        return made_with(client, named, telling, config=config)
    begun = list(itertools.islice(named, 2))
    if len(begun) != 1:
        from ..batch import made_in_processes
        from ..workers import cores

        every = itertools.chain(begun, named)
        return made_in_processes(every, telling, config=config, jobs=jobs or cores(), watch=watch.over)
    from ..checking import make_one

    [(name, thing)] = begun
    with _watchdog(name, config):
        told = make_one(name, thing, make=telling, config=config)
    return (each for each in (told,))


@contextlib.contextmanager
def _watchdog(name: str, config: Config) -> Iterator[None]:
    """End the command with one line and status 2 where the block takes longer than a file may take."""
    import threading

    from ..checking import time_allowed
    from ..failures import SLOW

    seconds = time_allowed(config)

    def end() -> None:
        line(f"tracklint: {name}: {SLOW.finding({'seconds': seconds}).message}; {SLOW.hint}", err=True)
        os._exit(2)  # what is stuck cannot be asked to end

    timer = threading.Timer(seconds, end)
    timer.daemon = True
    timer.start()
    try:
        yield
    finally:
        timer.cancel()
