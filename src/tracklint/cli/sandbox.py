"""``tracklint sandbox``."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from .lines import line, lines
from .options import fail, one_line_errors

if TYPE_CHECKING:
    from ..strava.sandbox import Running


@click.command()
@click.option(
    "--port", type=click.IntRange(0, 65535), default=8099, show_default=True, help="Port on 127.0.0.1; 0 takes any."
)
@click.option(
    "--scenario", "scenarios", multiple=True, metavar="NAME", help="What goes wrong with everything; may be repeated."
)
@click.option("--scenarios", "listing", is_flag=True, help="List the scenarios and exit.")
@click.option(
    "--keep", type=click.Path(dir_okay=False, path_type=Path), metavar="FILE",
    help="Remember everything in this SQLite file, the bytes that were sent as well; it is made where there is none.",
)  # fmt: skip
@one_line_errors
def sandbox(port: int, scenarios: tuple[str, ...], listing: bool, keep: Path | None) -> None:
    """Run a local stand-in of Strava's upload API until Ctrl-C.

    It answers as Strava's documents say and checks uploads with tracklint's own rules. A marker in a file's name, such
    as "ride[slow].gpx", or in an activity's name or external id, picks a scenario for this one alone; but those of the
    request limits and "expired" touch what all requests share.
    """
    try:
        from ..strava.sandbox import SCENARIOS, Options, serve
    except ImportError as error:
        fail(str(error))
    if listing:
        for scenario in SCENARIOS.values():
            line(f"{scenario.name:<22} {scenario.says}")
        return
    try:
        serve(port=port, options=Options(scenarios=scenarios, keep=keep), ready=_tell)
    except ValueError as error:
        fail(f"{error}. `tracklint sandbox --scenarios` explains them")


def _tell(running: Running) -> None:
    from ..strava.sandbox.grants import CLIENT_ID, CLIENT_SECRET

    lines(f"Strava stand-in:  {running.api_base}\nWhat it received: {running.page}\nAccess token:     {running.token}")
    line(f"Sign-in:          {running.oauth_base}, client ID {CLIENT_ID}, client secret {CLIENT_SECRET}")
    line(f"Description:      {running.page}openapi.json")
    lines(f"\nTRACKLINT_STRAVA_API={running.api_base} TRACKLINT_STRAVA_TOKEN={running.token} tracklint upload FILE")
    line("Ctrl-C ends it.")
