"""``tracklint anonymise``."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING

import click

from ..words import counted
from .options import config_options, files_options, loudness, one_line_errors, paths
from .troubles import NotWritten, Troubles

if TYPE_CHECKING:
    from ..anonymising import Anonymised
    from ..config import Config
    from ..inputs import Input


@click.command()
@paths
@click.option(
    "--out", required=True, type=click.Path(file_okay=False, path_type=Path),
    help="Directory for the new files. They get names of their own; they are packed as the others were.",
)  # fmt: skip
@loudness
@one_line_errors
@config_options
@files_options
def anonymise(paths: tuple[str, ...], *, out: Path, quiet: bool, verbose: bool, config: Config) -> None:
    """Write files without who, where and when, to send one that fails to the maker of a device or program.

    Positions are turned with the globe to another place, dates are moved to one day, serial numbers, names, texts,
    settings and what nobody knows are emptied. What is wrong with a file is kept: a file of which the findings would
    change, or of which nobody can say what it holds, is not written, and exit status is 2.

    What can still be seen: the shape and length of the way (who knows the roads may know it again), elevations, heart
    rate and other sensors, the time of day, the time zone, all durations, and the kind of device or program.
    """
    from ..anonymising import STAYS
    from ..inputs import inputs
    from .output import Output
    from .stopping import Stoppable

    out.mkdir(parents=True, exist_ok=True)
    said, troubles, stoppable = Output(quiet=quiet), Troubles(), Stoppable()
    files, written = list(inputs(paths, config, apart_from=out)), 0
    with said.progress(len(files), "anonymising") as step:
        for each, done in stoppable.results(_anonymised(files, config, troubles)):
            step()
            if done is None:
                continue
            with troubles.of(each.name):
                target = troubles.write(each.name, out, PurePosixPath(done.name), done.data)
                written += 1
                said.say(f"{each.name} -> {target} ({counted(len(done.report.findings), 'finding')}, as before)")
                for what in done.gone if verbose else ():
                    said.say(f"  gone: {what}")
    for what in STAYS if written else ():
        said.say(f"stays: {what}")
    said.total(f"{counted(written, 'file')} in {out}{troubles.counted('not anonymised')}")
    stoppable.end(troubles.told(0), lambda done: f"{len(files) - done} not")


def _anonymised(files: list[Input], config: Config, troubles: Troubles) -> Iterator[tuple[Input, Anonymised | None]]:
    """Each file, and ``None`` for one that gave trouble."""
    from ..anonymising import NotAnonymised
    from ..anonymising import anonymise as anonymise_one

    for each in files:
        done = None
        with troubles.of(each.name):
            try:
                done = anonymise_one(each.thing, config=config, name=each.name)
            except NotAnonymised as error:
                raise NotWritten(str(error)) from None
        yield each, done
