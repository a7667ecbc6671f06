"""``tracklint dump``."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import click

from .options import fail, one_line_errors, profile_option

if TYPE_CHECKING:
    from ..dump import Line, Row

#: Colours on a terminal.
_STYLES = {"head": "bold", "fault": "bold red", "definition": "dim", "session": "bold cyan", "lap": "cyan"}


@click.command()
@click.argument("file", metavar="FILE")
@click.option(
    "--message", "-m", "only", multiple=True, metavar="NAME|NUMBER",
    help="Only these messages, by name or global number; session, lap or point in TCX and GPX. Repeatable.",
)  # fmt: skip
@click.option(
    "--format", "-f", "form", type=click.Choice(["table", "jsonl"]), default="table", show_default=True,
    help="A table for people, or one JSON object a line.",
)  # fmt: skip
@click.option("--definitions", is_flag=True, help="Show the definition messages of FIT as well.")
@click.option("--offsets", is_flag=True, help="Show the byte and size of every field (TCX and GPX: of every point).")
@click.option("--raw", is_flag=True, help="Show the bytes as they stand in the file.")
@click.option("--limit", "-n", type=click.IntRange(0), metavar="N", help="Stop after N messages or points.")
@profile_option
@one_line_errors
def dump(
    *,
    file: str,
    only: tuple[str, ...],
    form: str,
    definitions: bool,
    offsets: bool,
    raw: bool,
    limit: int | None,
    profile: Path | None,
) -> None:
    """Print what stands in FILE: each FIT message with its fields, or each point of TCX and GPX, faults in place.

    The lines come as the file is read; (none) marks a field that holds the invalid value of its type.
    """
    from ..configuration import load_config
    from ..dump import UnknownMessage, dump_rows, json_line, table
    from ..reading import read_thing

    config = load_config()
    reading = read_thing(file, replace(config, profile=profile or config.profile))
    source = reading.source
    if source.format == "unknown":
        fail(f"{file}: the content is {source.looks_like}; FIT, TCX and GPX can be shown")
    with reading.names():
        try:
            rows = dump_rows(reading, only, definitions=definitions)
        except UnknownMessage as error:
            fail(str(error))
        rows = _limited(rows, limit)
        if form == "jsonl":
            _write(json_line(row, offsets=offsets, raw=raw) for row in rows)
        else:
            lines = table(rows, len(source.data), format_=source.format, offsets=offsets, raw=raw)
            _coloured(lines) if sys.stdout.isatty() else _write(map(str, lines))


def _limited(rows: Iterator[Row], limit: int | None) -> Iterator[Row]:
    """The rows up to the last of ``limit`` that are no fault."""
    if limit is None:
        yield from rows
        return
    left = limit
    while left > 0 and (row := next(rows, None)) is not None:
        left -= row.kind != "fault"
        yield row


def _write(lines: Iterable[str]) -> None:
    encoding = sys.stdout.encoding or "utf-8"
    for line in lines:
        sys.stdout.write(line.encode(encoding, "backslashreplace").decode(encoding) + "\n")
    sys.stdout.flush()


def _coloured(lines: Iterable[Line]) -> None:
    from ..render.page import Page

    page = Page(sys.stdout)
    for line in lines:
        style = _STYLES.get(line.kind, "bold" if line.kind == "message" else "")
        page.line((line.place, "dim"), (page.safe(line.name), style), page.safe(line.body), hang=4)
