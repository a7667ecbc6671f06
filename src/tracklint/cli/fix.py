"""``tracklint fix``."""

from __future__ import annotations

import contextlib
import datetime
import gzip
import math
import re
import sys
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING

import click

from .lines import line
from .options import config_options, exit_status, fail, one_line_errors, paths
from .troubles import NotWritten, Troubles

if TYPE_CHECKING:
    from ..config import Config
    from ..findings import Report
    from ..inputs import Input
    from ..mending.fixing import Change, Fixed
    from ..source import Thing

#: Minutes east of UTC, or a zone whose offset depends on the date.
Zone = int | datetime.tzinfo
_SHOWN = 12  # byte ranges of one line of the ledger


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
@one_line_errors
@config_options
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
    config: Config,
) -> None:
    """Mend files. Without --out or --in-place nothing is written: it says what it would do.

    Exit status 1 where a finding at or above --fail-on is left, with --split in one of the parts.
    """
    from ..checking import check
    from ..edits import Wishes
    from ..inputs import inputs
    from ..mending.fixing import fix as fix_one
    from ..source import read_bytes

    if out is not None and in_place:
        fail("--out and --in-place exclude each other")
    if split and in_place:
        fail("--split makes several files of one; give --out for them")
    if (tz is not None or sport or interpolate) and not unsafe:
        fail("--tz, --sport and --interpolate decide what no file tells; give --unsafe with them")
    if out is not None:
        out.mkdir(parents=True, exist_ok=True)
    reports: list[Report] = []
    troubles = Troubles()
    for each in list(inputs(paths, config.relative_to, apart_from=out)):
        name, thing = each.name, each.thing
        with troubles.of(name):
            content = read_bytes(thing)  # once: standard input and pipes give their bytes a single time
            zone = None if tz is None else _minutes(tz, content, config)
            wishes = Wishes(zone=zone, sport=sport, interpolate=interpolate)
            fixed = fix_one(content, config=config, unsafe=unsafe, notes=notes, split=split, wishes=wishes, name=name)
            results = [
                check(part, config=config, name=str(_part(each.below, k, fixed)).removesuffix(".gz"))
                for k, part in enumerate(fixed.parts, 1)
            ]
            results = results or [fixed.after]
            reports += results
            _tell(name, fixed)
            if diff and fixed.changed:
                _show_diff(name, fixed, config)
            if in_place:
                _replace(name, thing, fixed)
            elif out is not None:
                _write(each, out, fixed, content, troubles)
            elif fixed.changed or fixed.parts:
                line(f"{name}: nothing is written; give --out DIR or --in-place")
            for report in results:
                _remaining(report, config, part=bool(fixed.parts))
    sys.exit(troubles.told(exit_status(reports, config)))


def _minutes(zone: Zone, content: bytes, config: Config) -> int:
    """The zone's offset in minutes east of UTC; that of a named one at the wall clock of the file's first time."""
    if isinstance(zone, int):
        return zone
    from ..checking import read

    first = next((t for t in read(content, config=config).time.tolist() if math.isfinite(t)), 0.0)
    moment = datetime.datetime.fromtimestamp(first, datetime.UTC)
    offset = zone.utcoffset(moment.replace(tzinfo=None))
    return round(offset.total_seconds() / 60) if offset is not None else 0


def _tell(name: str, fixed: Fixed) -> None:
    """The ledger, and what was left and why."""
    if not fixed.changed:
        line(f"{name}: nothing to mend")
    for change in fixed.ledger:
        line(f"{name}: {change.code} {change.action}: {change.says} ({_ranges(change)})")
    for why in fixed.left:
        line(f"{name}: left {why}")
    for k, part in enumerate(fixed.parts, 1):
        line(f"{name}: part {k} of {len(fixed.parts)}: {len(part)} bytes")


def _show_diff(name: str, fixed: Fixed, config: Config) -> None:
    """What changes: message by message, or line by line."""
    from ..reading import read_thing
    from ..render.diff import diff_lines, text_diff

    if fixed.before.format == "fit":
        from ..mending.fit.differences import differences

        with read_thing(fixed.original, config).names():
            for each in diff_lines(differences(fixed.original, fixed.data, fixed.edits)):
                line(f"  {each}")
        return
    from ..xml.encoding import find_encoding

    codec = find_encoding(fixed.original).found
    for each in text_diff(name, fixed.original, fixed.data, fixed.edits, codec):
        line(each, keep="\t")


def _ranges(change: Change) -> str:
    from ..render.diff import place

    shown = [place(*span) for span in change.ranges[:_SHOWN]]
    more = len(change.ranges) - len(shown)
    at = f"line {change.line}: " if change.line is not None and len(change.ranges) == 1 else ""
    return at + ", ".join(shown) + (f" and {more} more places" if more else "")


def _remaining(report: Report, config: Config, *, part: bool) -> None:
    for finding in report.findings:
        if finding.severity >= config.fail_on:
            where = f"{report.name}: " if part else ""
            line(f"  {where}{finding.severity.label} {finding.code} {finding.message}", err=True)


def _stem(own: str) -> tuple[str, str]:
    """A file's own name in two parts, so that a number can stand between: ``ride`` and ``.fit.gz``."""
    for suffix in (".fit.gz", ".tcx.gz", ".gpx.gz", ".fit", ".tcx", ".gpx"):
        if own.lower().endswith(suffix) and len(own) > len(suffix):
            return own[: -len(suffix)], own[-len(suffix) :]
    return own.removesuffix(".zip") or own, ""


def _part(below: PurePosixPath, k: int, fixed: Fixed) -> PurePosixPath:
    """The place of a part's file; of the whole file, where ``k`` is 0."""
    stem, suffix = _stem(below.name)
    number = f"-{k}" if k else ""
    return below.with_name(f"{stem}{number}{suffix or '.' + fixed.before.format}")


def _write(given: Input, out: Path, fixed: Fixed, original: bytes, troubles: Troubles) -> None:
    """The mended file, or its parts, as new files: nothing is overwritten.

    ``original`` is the file as it came; a gzipped one that nothing was done to keeps these bytes.
    """
    for k, data in enumerate(fixed.parts, 1) if fixed.parts else [(0, fixed.data)]:
        content = data
        if fixed.before.container == "gzip":
            content = original if data is fixed.original else _packed(data)
        with troubles.of(given.name):
            target = troubles.write(given.name, out, _part(given.below, k, fixed), content)
            line(f"{given.name} -> {target} ({len(content)} bytes)")


def _packed(data: bytes) -> bytes:
    """Compressed without a time stamp, so that the same content gives the same bytes."""
    return gzip.compress(data, mtime=0)


def _replace(name: str, thing: Thing, fixed: Fixed) -> None:
    """Write over the file itself."""
    from ..writing import write_over

    if not fixed.changed:
        return
    if not isinstance(thing, str | Path) or str(thing) == "-" or fixed.before.container == "zip":
        raise NotWritten(f"{name}: only a file of its own can be written in place; give --out")
    target = Path(thing).resolve()
    content = _packed(fixed.data) if fixed.before.container == "gzip" else fixed.data
    write_over(target, content)
    line(f"{name}: written ({len(content)} bytes)")
