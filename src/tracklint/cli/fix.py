"""``tracklint fix``."""

from __future__ import annotations

import contextlib
import datetime
import math
import re
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, NoReturn

import click

from ..words import counted
from .options import config_options, exit_status, fail, files_options, loudness, one_line_errors, paths
from .troubles import Troubles

if TYPE_CHECKING:
    from ..config import Config
    from ..findings import Report
    from ..inputs import Input
    from ..mending.fixing import Fixed

#: Minutes east of UTC, or a zone whose offset depends on the date.
Zone = int | datetime.tzinfo


def _zone(_ctx: click.Context, _param: click.Parameter, value: str | None) -> Zone | None:
    if value is None or value.upper() in ("Z", "UTC"):
        return None if value is None else 0
    if match := re.fullmatch(r"([+-])(\d\d?):?([0-5]\d)?", value):
        minutes = int(match[2]) * 60 + int(match[3] or 0)
        if minutes <= 14 * 60:
            return -minutes if match[1] == "-" else minutes
    else:
        import zoneinfo

        with contextlib.suppress(zoneinfo.ZoneInfoNotFoundError, ValueError, OSError):
            return zoneinfo.ZoneInfo(value)
    raise click.BadParameter(f"{value} is no zone; write an offset such as +02:00 or a name such as Europe/Berlin")


def _sport(_ctx: click.Context, _param: click.Parameter, value: str | None) -> str | None:
    from ..sports import synonym

    if value is not None and synonym(value) is None:
        raise click.BadParameter(f"{value} is no sport that Strava has; write it as running, cycling, hiking, swimming")
    return value


@click.command()
@paths
@click.option("--diff", is_flag=True, help="Show what changes: a unified diff, for FIT message by message.")
@click.option("--unsafe", is_flag=True, help="Also drop what cannot be read, write missing summaries, and sort points.")
@click.option("--notes", is_flag=True, help="Also mend what is worth an info only.")
@click.option(
    "--tz",
    metavar="ZONE",
    callback=_zone,
    help="What times without a zone are in: an offset such as +02:00, or a name such as Europe/Berlin. With --unsafe.",
)
@click.option("--sport", metavar="WORD", callback=_sport, help="The sport of activities that name none. With --unsafe.")
@click.option(
    "--interpolate",
    is_flag=True,
    help="Give points without time one between their neighbours, instead of dropping them. With --unsafe.",
)
@click.option("--split", is_flag=True, help="Write each of several activities as a file of its own.")
@click.option("--out", type=click.Path(file_okay=False, path_type=Path), help="Directory for the mended files.")
@click.option("--in-place", is_flag=True, help="Write over the files themselves.")
@click.option(
    "--backup/--no-backup", default=True, show_default=True,
    help="With --in-place: keep what a file was beside it, as NAME.xxxxxxxx.orig.",
)  # fmt: skip
@click.option("--undo", is_flag=True, help="Put back what --in-place changed.")
@loudness
@one_line_errors
@config_options
@files_options
def fix(
    paths: tuple[str, ...],
    *,
    diff: bool,
    unsafe: bool,
    notes: bool,
    tz: Zone | None,
    sport: str | None,
    interpolate: bool,
    split: bool,
    out: Path | None,
    in_place: bool,
    backup: bool,
    undo: bool,
    quiet: bool,
    verbose: bool,
    config: Config,
) -> None:
    """Mend files. Without --out or --in-place nothing is written: it says what it would do.

    Exit status 1 where a finding at or above --fail-on is left, with --split in one of the parts.
    """
    from ..inputs import inputs
    from .ledger import Tally, show_diff, tell
    from .output import Output
    from .results import replace, stands_alone, write
    from .stopping import Stoppable

    if out is not None and in_place:
        fail("--out and --in-place exclude each other")
    if split and in_place:
        fail("--split makes several files of one; give --out for them")
    if undo:
        _undo(paths, config, quiet=quiet)
    if (tz is not None or sport or interpolate) and not unsafe:
        fail("--tz, --sport and --interpolate decide what no file tells; give --unsafe with them")
    if out is not None:
        out.mkdir(parents=True, exist_ok=True)
    asked = _Asked(config, tz, sport, unsafe=unsafe, notes=notes, split=split, interpolate=interpolate)
    said, troubles, tally, stoppable = Output(quiet=quiet), Troubles(), Tally(), Stoppable()
    reports: list[Report] = []
    alone = False
    files = list(inputs(paths, config, apart_from=out))
    with said.progress(len(files), "mending") as step:
        for each, done in stoppable.results(asked.mended(files, troubles)):
            step()
            if done is None:
                continue
            fixed, results = done.fixed, done.results
            reports += results
            tell(each.name, fixed, results, config, said, verbose=verbose)
            tally.add(fixed, results, config)
            alone |= fixed.changed and stands_alone(each.thing, fixed)
            with troubles.of(each.name):
                if diff and fixed.changed:
                    show_diff(each.name, fixed, config, said)
                if in_place:
                    replace(each.name, each.thing, fixed, said, backup=backup)
                elif out is not None:
                    write(each, out, fixed, done.content, troubles=troubles, said=said)
    written = in_place or out is not None
    told = troubles.counted("could not be read or written")
    advice = f"; nothing is written, give --out DIR{' or --in-place' if alone and not split else ''}"
    said.total(f"{tally.said(written=written)}{told}{'' if written or not tally.mended else advice}")
    stoppable.end(troubles.told(exit_status(reports, config)), lambda done: f"{len(files) - done} not")


@dataclass(frozen=True, slots=True)
class _Done:
    """A file as it came, mended, and the reports on what it became."""

    content: bytes
    fixed: Fixed
    results: list[Report]


@dataclass(frozen=True, slots=True)
class _Asked:
    """How the files of a run are to be mended."""

    config: Config
    tz: Zone | None
    sport: str | None
    unsafe: bool
    notes: bool
    split: bool
    interpolate: bool

    def mended(self, files: list[Input], troubles: Troubles) -> Iterator[tuple[Input, _Done | None]]:
        """Each file, and ``None`` for one that gave trouble."""
        for each in files:
            done = None
            with troubles.of(each.name):
                done = self._one(each)
            yield each, done

    def _one(self, each: Input) -> _Done:
        from ..checking import check
        from ..edits import Wishes
        from ..mending.fixing import fix as fix_one
        from ..source import read_bytes
        from .results import part_of

        content = read_bytes(each.thing, each.name)  # once: standard input and pipes give their bytes a single time
        zone = None if self.tz is None else _minutes(self.tz, content, self.config)
        fixed = fix_one(
            content,
            config=self.config,
            unsafe=self.unsafe,
            notes=self.notes,
            split=self.split,
            wishes=Wishes(zone=zone, sport=self.sport, interpolate=self.interpolate),
            name=each.name,
        )
        results = [
            check(part, config=self.config, name=str(part_of(each.below, k, fixed)).removesuffix(".gz"))
            for k, part in enumerate(fixed.parts, 1)
        ]
        return _Done(content, fixed, results or [fixed.after])


def _undo(paths: tuple[str, ...], config: Config, *, quiet: bool) -> NoReturn:
    from ..inputs import inputs
    from .output import Output
    from .results import undo

    troubles, said = Troubles(), Output(quiet=quiet)
    done = undo(inputs(paths, config), troubles, said)
    said.total(f"{counted(done, 'file')} put back{troubles.counted('not')}")
    status = troubles.told(0)
    if not done and not status:
        fail(f"{', '.join(paths)}: nothing to put back; no file here was mended in place with a copy")
    sys.exit(status)


def _minutes(zone: Zone, content: bytes, config: Config) -> int:
    """The zone's offset in minutes east of UTC; that of a named one at the wall clock of the file's first time."""
    if isinstance(zone, int):
        return zone
    from ..checking import read

    first = next((t for t in read(content, config=config).time.tolist() if math.isfinite(t)), 0.0)
    moment = datetime.datetime.fromtimestamp(first, datetime.UTC)
    offset = zone.utcoffset(moment.replace(tzinfo=None))
    return round(offset.total_seconds() / 60) if offset is not None else 0
