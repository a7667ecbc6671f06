"""``tracklint show``."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from .lines import document
from .options import cannot_draw, config_options, exit_status, fail, one_line_errors

if TYPE_CHECKING:
    from ..config import Config
    from ..render.units import System


@click.command()
@click.argument("file", metavar="FILE")
@click.option(
    "--units", type=click.Choice(["metric", "imperial"]), default="metric", show_default=True,
    help="Kilometres and metres, or miles and feet.",
)  # fmt: skip
@click.option("--facts", is_flag=True, help="Print the measured facts too (docs/facts.md), or why there are none.")
@click.option(
    "--html", type=click.Path(dir_okay=False, path_type=Path), metavar="PAGE",
    help="Write it to PAGE instead, with findings, map and charts: for a browser, from disk and without a network; - "
    "is standard output.",
)  # fmt: skip
@one_line_errors
@config_options
def show(*, file: str, units: System, facts: bool, html: Path | None, config: Config) -> None:
    """Print what FILE holds, how its channels run, and what Strava will make of it."""
    from ..checking import check_reading
    from ..reading import read_thing
    from ..render.facts import show_facts
    from ..render.show import show as show_page

    if html is not None:
        if facts:
            raise click.UsageError("--facts is for the terminal, and a page has none; leave out --facts or --html")
        _spared(html, file)
    reading = read_thing(file, config)
    report = check_reading(reading, config)
    if html is not None:
        from ..render.html import page, whole
        from ..writing import write_over

        data = whole(page(report, reading, config, units)).encode()
        if str(html) == "-":
            document(data)
        else:
            write_over(html, data)
        sys.exit(exit_status([report], config))
    show_page(report, reading.activity, sys.stdout, units=units)
    if facts:
        show_facts(reading, sys.stdout)
    sys.exit(exit_status([report], config))


def _spared(html: Path, file: str) -> None:
    """End where no page can be made, or where it would be written over its file."""
    from ..source import without_links

    if why := cannot_draw():
        fail(why)
    if str(html) != "-" and without_links(html) == without_links(file):
        fail(f"{html}: this is the file to show; nothing is written over it")
