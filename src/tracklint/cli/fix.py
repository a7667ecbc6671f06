"""``tracklint fix``."""

from __future__ import annotations

import contextlib
import gzip
import os
import sys
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

import click

from .options import config_options, exit_status, fail, one_line_errors, paths

if TYPE_CHECKING:
    from ..config import Config
    from ..findings import Report
    from ..fixing import Change, Fixed
    from ..source import Thing

_SHOWN = 12  # byte ranges of one line of the ledger


@click.command()
@paths
@click.option("--diff", is_flag=True, help="Show what changes, message by message.")
@click.option(
    "--unsafe", is_flag=True, help="Also drop what cannot be read, write missing summaries, and sort records."
)
@click.option("--split", is_flag=True, help="Write chained or multisport activities as files of their own.")
@click.option("--out", type=click.Path(file_okay=False, path_type=Path), help="Directory for the mended files.")
@click.option("--in-place", is_flag=True, help="Write over the files themselves.")
@one_line_errors
@config_options
def fix(
    paths: tuple[str, ...], *, diff: bool, unsafe: bool, split: bool, out: Path | None, in_place: bool, config: Config
) -> None:
    """Mend files. Without --out or --in-place nothing is written: it says what it would do.

    Exit status 1 where a finding at or above --fail-on is left.
    """
    from ..fixing import fix as fix_one
    from ..source import expand

    if out is not None and in_place:
        fail("--out and --in-place exclude each other")
    if split and in_place:
        fail("--split makes several files of one; give --out for them")
    if out is not None:
        out.mkdir(parents=True, exist_ok=True)
    reports: list[Report] = []
    for name, thing in expand(paths):
        fixed = fix_one(thing, config=config, unsafe=unsafe, split=split, name=name)
        reports.append(fixed.after)
        _tell(name, fixed, diff)
        if in_place:
            _replace(name, thing, fixed)
        elif out is not None:
            _write(name, out, fixed)
        elif fixed.changed or fixed.parts:
            click.echo(f"{name}: nothing is written; give --out DIR or --in-place")
        _remaining(fixed.after, config)
    sys.exit(exit_status(reports, config))


def _tell(name: str, fixed: Fixed, diff: bool) -> None:
    """The ledger, what was left and why, and the messages that change."""
    from ..render.diff import diff_lines

    if not fixed.changed:
        click.echo(f"{name}: nothing to mend")
    for change in fixed.ledger:
        click.echo(f"{name}: {change.code} {change.action}: {change.says} ({_ranges(change)})")
    for why in fixed.left:
        click.echo(f"{name}: left {why}")
    for k, part in enumerate(fixed.parts, 1):
        click.echo(f"{name}: part {k} of {len(fixed.parts)}: {len(part)} bytes")
    if diff and fixed.changed and fixed.before.format == "fit":
        from ..fit.differences import differences

        for line in diff_lines(differences(fixed.original, fixed.data, fixed.edits)):
            click.echo(f"  {line}")


def _ranges(change: Change) -> str:
    from ..render.diff import place

    shown = [place(*span) for span in change.ranges[:_SHOWN]]
    more = len(change.ranges) - len(shown)
    return ", ".join(shown) + (f" and {more} more places" if more else "")


def _remaining(report: Report, config: Config) -> None:
    for finding in report.findings:
        if finding.severity >= config.fail_on:
            click.echo(f"  {finding.severity.label} {finding.code} {finding.message}", err=True)


def _stem(name: str) -> tuple[str, str]:
    """The file's own name in two parts, so that a number can stand between: ``ride`` and ``.fit.gz``."""
    own = Path(name.strip("<>")).name or "activity"
    for suffix in (".fit.gz", ".tcx.gz", ".gpx.gz", ".fit", ".tcx", ".gpx"):
        if own.lower().endswith(suffix):
            return own[: -len(suffix)], own[-len(suffix) :]
    return own.removesuffix(".zip"), ""


def _write(name: str, out: Path, fixed: Fixed) -> None:
    """The mended file, or its parts, as new files: nothing is overwritten."""
    stem, suffix = _stem(name)
    suffix = suffix or f".{fixed.before.format}"
    packed = fixed.before.container == "gzip"
    files = {f"{stem}-{k}{suffix}": part for k, part in enumerate(fixed.parts, 1)} or {stem + suffix: fixed.data}
    for own, data in files.items():
        target = out / own
        content = _packed(data) if packed else data
        try:
            with target.open("xb") as file:
                file.write(content)
        except FileExistsError:
            if target.read_bytes() != content:
                fail(f"{target}: this file exists and is another one; nothing is overwritten")
        click.echo(f"{name} -> {target} ({len(content)} bytes)")


def _packed(data: bytes) -> bytes:
    """Compressed without a time stamp, so that the same content gives the same bytes."""
    return gzip.compress(data, mtime=0)


def _replace(name: str, thing: Thing, fixed: Fixed) -> None:
    """Write over the file through a temporary one beside it, which then takes its place at once."""
    if not fixed.changed:
        return
    if not isinstance(thing, str | Path) or str(thing) == "-" or fixed.before.container == "zip":
        fail(f"{name}: only a file of its own can be written in place; give --out")
    target = Path(thing).resolve()
    content = _packed(fixed.data) if fixed.before.container == "gzip" else fixed.data
    handle, temporary = tempfile.mkstemp(dir=target.parent, prefix=f".{target.name}.")
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        Path(temporary).chmod(target.stat().st_mode & 0o7777)
        Path(temporary).replace(target)
    except BaseException:
        with contextlib.suppress(FileNotFoundError):
            Path(temporary).unlink()
        raise
    click.echo(f"{name}: written ({len(content)} bytes)")
