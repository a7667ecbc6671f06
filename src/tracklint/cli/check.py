"""``tracklint check``."""

from __future__ import annotations

import contextlib
import io
import os
import sys
from collections.abc import Callable, Generator, Iterable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, TextIO

import click

from .lines import line
from .options import config_options, exit_status, fail, one_line_errors, paths

if TYPE_CHECKING:
    from ..config import Config
    from ..findings import Report
    from ..source import Thing

FORMATS = ("text", "json", "jsonl")


def _outputs(_ctx: click.Context, _param: click.Parameter, values: tuple[str, ...]) -> list[tuple[str, str]]:
    outputs = []
    for value in values or ("text",):
        name, _, file = value.partition("=")
        if name not in FORMATS:
            raise click.BadParameter(f"{name} is no output; known are {', '.join(FORMATS)}")
        outputs.append((name, file))
    if sum(not file for _, file in outputs) > 1:
        raise click.BadParameter("only one output can go to standard output; name a file for the others: json=FILE")
    return outputs


@click.command()
@paths
@click.option(
    "--output", "-o", "outputs", multiple=True, callback=_outputs, metavar="FORMAT[=FILE]",
    help="text (default), json or jsonl, to standard output or to FILE. Repeatable.",
)  # fmt: skip
@click.option("--all", "show_all", is_flag=True, help="Show every finding in text, notes and long lists as well.")
@click.option("--jobs", "-j", type=click.IntRange(1), default=1, show_default=True, help="Processes to check with.")
@click.option(
    "--second-reader", is_flag=True,
    help="Let other readers (fitparse, gpxpy; where installed fitdecode, tcxreader, python-tcxparser) read each file "
    "too, and report where they stop or see other values. Slow: about 3 s for a ride of an hour, at most 60 s a reader "
    "and file.",
)  # fmt: skip
@one_line_errors
@config_options
def check(
    *,
    paths: tuple[str, ...],
    outputs: list[tuple[str, str]],
    show_all: bool,
    jobs: int,
    second_reader: bool,
    config: Config,
) -> None:
    """Check files, directories, globs and archives; - is standard input. Quiet when all is well."""
    from ..inputs import expand

    config = replace(config, second_readers=second_reader)
    things = dict(_stdin_kept(expand(paths, config.relative_to)))
    _spare_inputs(outputs, things)
    with contextlib.closing(_reports(things, config, jobs)) as reports:
        kept = _kept(reports, total=len(things))
        status = _write(kept, outputs, _reader(things, config), config, show_all=show_all)
    sys.exit(status)


def _stdin_kept(named: Iterable[tuple[str, Thing]]) -> Iterator[tuple[str, Thing]]:
    """Standard input is read once and kept, because excerpts are shown from it. The same goes for what only this
    process has open (``/dev/stdin``, ``<(command)`` of a shell)."""
    from ..source import read_bytes

    for name, thing in named:
        ours = thing == "-" or (isinstance(thing, str | Path) and str(thing).startswith(("/dev/stdin", "/dev/fd/")))
        yield (name, read_bytes(thing)) if ours else (name, thing)


def _spare_inputs(outputs: list[tuple[str, str]], things: dict[str, Thing]) -> None:
    """End where an output would be written over an input, or over another output."""
    from ..source import without_links

    taken = {
        without_links(each): "one of the files to check" for each in things.values() if isinstance(each, str | Path)
    }
    for place, file in ((without_links(file), file) for _, file in outputs if file):
        if place in taken:
            fail(f"{file}: this is {taken[place]}; nothing is written over it")
        if not Path(place).exists() or Path(place).is_file():  # a pipe takes any number
            taken[place] = "where another output goes"


def _reports(things: dict[str, Thing], config: Config, jobs: int) -> Generator[Report]:
    """The reports of all things. One alone is checked here and now, before an output is begun, because a child would
    take longer to start than to check it."""
    if len(things) != 1:
        from ..batch import check_in_processes

        return check_in_processes(things.items(), config=config, jobs=jobs)
    from ..checking import check_named

    [(name, thing)] = things.items()
    with _watchdog(name, config):
        report = check_named(name, thing, config)
    return (each for each in (report,))


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


def _kept(reports: Iterable[Report], total: int) -> Iterator[Report]:
    """The reports as they come, with progress on stderr where that is a terminal and there is something to wait for."""
    if total < 20 or not sys.stderr.isatty():
        yield from reports
        return
    with click.progressbar(reports, length=total, label="checking", file=sys.stderr) as bar:
        yield from bar


def _write(
    reports: Iterable[Report],
    outputs: list[tuple[str, str]],
    data: Callable[[str], bytes | None],
    config: Config,
    *,
    show_all: bool,
) -> int:
    """Write all outputs and give the exit status. The reports are kept only where a second output wants them too."""
    from ..render import write

    status = 0
    kept: list[Report] = []

    def watched() -> Iterator[Report]:
        nonlocal status
        for report in reports:
            status = max(status, exit_status([report], config))
            if len(outputs) > 1:
                kept.append(report)
            yield report

    for k, (name, file) in enumerate(outputs):
        stream = watched() if k == 0 else iter(kept)
        options: dict[str, Any] = {"data": data, "show_all": show_all} if name == "text" else {}
        with _opened(file) as out:
            write(name, stream, out, **options)
    return status


@contextlib.contextmanager
def _opened(file: str) -> Iterator[TextIO]:
    """Standard output, or a file that is written whole or not at all."""
    from ..writing import beside

    if not file:
        yield sys.stdout
        return
    with beside(Path(file)) as raw:
        out = io.TextIOWrapper(raw, encoding="utf-8", newline="\n")
        yield out
        out.detach()


def _reader(things: dict[str, Thing], config: Config) -> Callable[[str], bytes | None]:
    """Gives a file's bytes again, for the excerpts that text shows beside a finding."""
    from ..source import Unreadable, open_source

    def data(name: str) -> bytes | None:
        try:
            return open_source(things[name], name, max_inflated=config.limits.max_inflated_bytes).data
        except (KeyError, Unreadable):
            return None

    return data
