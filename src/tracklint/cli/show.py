"""``tracklint show``."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

import click

from .options import config_options, exit_status, one_line_errors

if TYPE_CHECKING:
    from ..config import Config


@click.command()
@click.argument("file", metavar="FILE")
@one_line_errors
@config_options
def show(file: str, config: Config) -> None:
    """Print what FILE holds, how its channels run, and what Strava will make of it."""
    from ..checking import check_source, read_source
    from ..render.show import show as show_page
    from ..source import open_source

    source = open_source(file, max_inflated=config.limits.max_inflated_bytes)
    report = check_source(source, config)
    activity = read_source(source)[1]
    show_page(report, activity.columns() if activity is not None else {}, sys.stdout)
    sys.exit(exit_status([report], config))
