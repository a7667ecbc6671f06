"""``tracklint prepare``."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from .options import config_options, exit_status, fail, one_line_errors, paths

if TYPE_CHECKING:
    from ..config import Config


@click.command()
@paths
@click.option(
    "--out", "out", type=click.Path(file_okay=False, path_type=Path), required=True, help="Directory for the results."
)
@click.option(
    "--barometer", is_flag=True, help='Add "with barometer" to the creator, so that Strava keeps the elevations.'
)
@click.option("--no-gzip", is_flag=True, help="Write the files uncompressed.")
@one_line_errors
@config_options
def prepare(paths: tuple[str, ...], out: Path, barometer: bool, no_gzip: bool, config: Config) -> None:
    """Tag, compress and name files for an upload. The originals are never touched, and nothing is overwritten."""
    from ..inputs import expand
    from ..preparing import prepare as prepare_one
    from ..writing import write_new

    out.mkdir(parents=True, exist_ok=True)
    reports = []
    for name, thing in expand(paths, config.relative_to):
        prepared = prepare_one(thing, config=config, barometer=barometer, gzip=not no_gzip, name=name)
        reports.append(prepared.report)
        target = out / prepared.name
        try:
            write_new(target, prepared.data)
        except FileExistsError:
            if target.read_bytes() != prepared.data:
                fail(f"{target}: this file exists and is another one; nothing is overwritten")
        changes = "; ".join(prepared.changes) or "nothing to change"
        click.echo(f"{name} -> {target} ({prepared.data_type}, {len(prepared.data)} bytes): {changes}")
        for finding in prepared.report.findings:
            if finding.severity >= config.fail_on:
                click.echo(f"  {finding.severity.label} {finding.code} {finding.message}", err=True)
    sys.exit(exit_status(reports, config))
