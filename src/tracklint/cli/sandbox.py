"""``tracklint sandbox``."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from .options import fail, one_line_errors

if TYPE_CHECKING:
    from ..strava.sandbox import Running


@click.command()
@click.option(
    "--port", type=click.IntRange(0, 65535), default=8099, show_default=True, help="Port on 127.0.0.1; 0 takes any."
)
@one_line_errors
def sandbox(port: int) -> None:
    """Run a local stand-in of Strava's upload API until Ctrl-C.

    It answers as Strava's documents say, checks uploads with tracklint's own rules and keeps everything in memory.
    """
    try:
        from ..strava.sandbox import serve
    except ImportError as error:
        fail(str(error))
    serve(port=port, ready=_tell)


def _tell(running: Running) -> None:
    click.echo(
        f"Strava stand-in:  {running.api_base}\nWhat it received: {running.page}\nAccess token:     {running.token}"
    )
    click.echo(
        f"\nTRACKLINT_STRAVA_API={running.api_base} TRACKLINT_STRAVA_TOKEN={running.token} tracklint upload FILE"
    )
    click.echo("Ctrl-C ends it.")
