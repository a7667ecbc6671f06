"""What ``--output`` of ``tracklint check`` asks for."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import click

from ..extras import how_to_install
from .options import cannot_draw, fail, not_htm

if TYPE_CHECKING:
    from ..source import Thing

__all__ = ["asked", "one_alone"]


def asked(_ctx: click.Context, _param: click.Parameter, values: tuple[str, ...]) -> list[tuple[str, str]]:
    """The values of --output as pairs: the output, one of `render.OUTPUTS` or `render.FOLDERS`, and its place."""
    from ..render import FOLDERS, OUTPUTS

    outputs = []
    for value in values or ("text",):
        name, _, file = value.partition("=")
        if name not in OUTPUTS:
            raise click.BadParameter(f"{name} is no output; known are {', '.join(OUTPUTS)}")
        if name in FOLDERS:
            _can_be_made(name, file)
        if name == "html":
            name = _drawn(file)
        outputs.append((name, file))
    if sum(not file for _, file in outputs) > 1:
        raise click.BadParameter("only one output can go to standard output; name a file for the others: json=FILE")
    return outputs


def _can_be_made(name: str, folder: str) -> None:
    from importlib.util import find_spec

    if not folder:
        raise click.BadParameter(f"{name} is a folder; name it: {name}=FOLDER")
    if find_spec("duckdb") is None:
        raise click.BadParameter(f"{name} needs the extra `{name}`; {how_to_install(name)}")


def _drawn(file: str) -> str:
    """The output that draws: the page of one file is a file that ends in .html, or goes to standard output; anything
    else is a folder of pages."""
    if why := cannot_draw():
        raise click.BadParameter(why)
    if not file or file.lower().endswith(".html"):
        return "html"
    not_htm(file)
    if Path(file).exists() and not Path(file).is_dir():
        raise click.BadParameter(f"{file} is a file, and no folder; the page of one file is html=FILE.html")
    return "pages"


def one_alone(named: Iterable[tuple[str, Thing]], page: str) -> Iterator[tuple[str, Thing]]:
    """The inputs. End at a second one, which the page of one file has no room for."""
    for number, each in enumerate(named):
        if number:
            fail(f"{page} is the page of one file, and there are more; pages of many files need a folder: html=FOLDER")
        yield each
