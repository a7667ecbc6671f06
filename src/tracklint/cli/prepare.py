"""``tracklint prepare``."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from .lines import line
from .options import config_options, exit_status, one_line_errors, paths
from .troubles import Troubles

if TYPE_CHECKING:
    from ..config import Config
    from ..preparing import Prepared


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
    """Tag, compress and name files for an upload. The originals are never touched, and nothing is overwritten.

    The results keep the tree below a directory that is given.
    """
    from ..inputs import inputs
    from ..preparing import prepare as prepare_one

    out.mkdir(parents=True, exist_ok=True)
    reports = []
    troubles = Troubles()
    for each in list(inputs(paths, config.relative_to, apart_from=out)):
        with troubles.of(each.name):
            prepared = prepare_one(each.thing, config=config, barometer=barometer, gzip=not no_gzip, name=each.name)
            reports.append(prepared.report)
            target = troubles.write(each.name, out, each.below.with_name(prepared.name), prepared.data)
            _tell(each.name, target, prepared, config)
    sys.exit(troubles.told(exit_status(reports, config)))


def _tell(name: str, target: Path, prepared: Prepared, config: Config) -> None:
    changes = "; ".join(prepared.changes) or "nothing to change"
    line(f"{name} -> {target} ({prepared.data_type}, {len(prepared.data)} bytes): {changes}")
    for finding in prepared.report.findings:
        if finding.severity >= config.fail_on:
            line(f"  {finding.severity.label} {finding.code} {finding.message}", err=True)
