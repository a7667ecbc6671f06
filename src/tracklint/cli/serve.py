"""``tracklint serve``."""

from __future__ import annotations

import webbrowser
from functools import partial
from typing import TYPE_CHECKING

import click

from .lines import line
from .options import config_options, fail, one_line_errors

if TYPE_CHECKING:
    from ..config import Config


@click.command()
@click.option(
    "--port", type=click.IntRange(0, 65535), default=8098, show_default=True, help="Port on 127.0.0.1; 0 takes any."
)
@click.option("--open", "opens", is_flag=True, help="Open the page in the browser.")
@one_line_errors
@config_options
def serve(port: int, *, opens: bool, config: Config) -> None:
    """Show a page to drop files on, on this machine, until Ctrl-C.

    Files, a folder or a zip: each gets its verdict, its page, the mended file and the one that is prepared for an
    upload. They are held in memory until the page is closed, 10 minutes at most; none is written to disk.
    """
    try:
        from ..serve import serve as run
    except ImportError as error:
        fail(str(error))
    run(port=port, config=config, ready=partial(_tell, opens=opens))


def _tell(address: str, *, opens: bool) -> None:
    line(f"Drop files at {address} (nothing leaves this machine; Ctrl-C ends it)")
    if opens:
        webbrowser.open(address)
