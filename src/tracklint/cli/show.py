"""``tracklint show``."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

import click

from .options import config_options, exit_status, one_line_errors

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
@one_line_errors
@config_options
def show(*, file: str, units: System, facts: bool, config: Config) -> None:
    """Print what FILE holds, how its channels run, and what Strava will make of it."""
    from ..checking import check_reading
    from ..reading import read_thing
    from ..render.facts import show_facts
    from ..render.show import show as show_page

    reading = read_thing(file, config)
    report = check_reading(reading, config)
    show_page(report, reading.activity.columns() if reading.activity is not None else {}, sys.stdout, units=units)
    if facts:
        show_facts(reading, sys.stdout)
    sys.exit(exit_status([report], config))
