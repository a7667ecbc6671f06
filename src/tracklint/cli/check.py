"""``tracklint check``."""

from __future__ import annotations

import contextlib
import os
import sys
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Executor, ProcessPoolExecutor
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, TextIO

import click

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
    from ..batch import check_many
    from ..inputs import expand

    config = replace(config, second_readers=second_reader)
    things = dict(_stdin_kept(expand(paths, config.relative_to)))
    _spare_inputs(outputs, things)
    with _executor(jobs if len(things) > 1 else 1) as executor:
        reports = _kept(check_many(things.items(), config=config, executor=executor), total=len(things))
        seen = _write(reports, outputs, _reader(things, config), show_all)
    sys.exit(exit_status(seen, config))


def _stdin_kept(named: Iterable[tuple[str, Thing]]) -> Iterator[tuple[str, Thing]]:
    """Standard input is read once and kept, because excerpts are shown from it."""
    from ..source import read_bytes

    for name, thing in named:
        yield (name, read_bytes(thing)) if thing == "-" else (name, thing)


def _spare_inputs(outputs: list[tuple[str, str]], things: dict[str, Thing]) -> None:
    inputs = {os.path.realpath(thing) for thing in things.values() if isinstance(thing, str | Path)}
    for _, file in outputs:
        if file and os.path.realpath(file) in inputs:
            fail(f"{file}: this is one of the files to check; nothing is written over it")


@contextlib.contextmanager
def _executor(jobs: int) -> Iterator[Executor | None]:
    if jobs == 1:
        yield None
        return
    with ProcessPoolExecutor(jobs) as executor:
        yield executor


def _kept(reports: Iterable[Report], total: int) -> Iterator[Report]:
    """The reports as they come, with progress on stderr where that is a terminal and there is something to wait for."""
    if total < 20 or not sys.stderr.isatty():
        yield from reports
        return
    with click.progressbar(reports, length=total, label="checking", file=sys.stderr) as bar:
        yield from bar


def _write(
    reports: Iterable[Report], outputs: list[tuple[str, str]], data: Callable[[str], bytes | None], show_all: bool
) -> list[Report]:
    from ..render import write

    seen: list[Report] = []

    def watched() -> Iterator[Report]:
        for report in reports:
            seen.append(report)
            yield report

    for k, (name, file) in enumerate(outputs):
        stream = watched() if k == 0 else iter(seen)
        options: dict[str, Any] = {"data": data, "show_all": show_all} if name == "text" else {}
        with _opened(file) as out:
            write(name, stream, out, **options)
    return seen


@contextlib.contextmanager
def _opened(file: str) -> Iterator[TextIO]:
    if not file:
        yield sys.stdout
        return
    with Path(file).open("w", encoding="utf-8", newline="\n") as out:
        yield out


def _reader(things: dict[str, Thing], config: Config) -> Callable[[str], bytes | None]:
    """Gives a file's bytes again, for the excerpts that text shows beside a finding."""
    from ..source import Unreadable, open_source

    def data(name: str) -> bytes | None:
        try:
            return open_source(things[name], name, max_inflated=config.limits.max_inflated_bytes).data
        except (KeyError, Unreadable):
            return None

    return data
