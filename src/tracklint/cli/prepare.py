"""``tracklint prepare``."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import click

from ..words import counted
from .options import config_options, exit_status, files_options, loudness, one_line_errors, paths
from .troubles import Troubles

if TYPE_CHECKING:
    from ..config import Config
    from ..inputs import Input
    from ..preparing import Prepared
    from .output import Output


@click.command()
@paths
@click.option(
    "--out", "out", type=click.Path(file_okay=False, path_type=Path), required=True, help="Directory for the results."
)
@click.option(
    "--barometer", is_flag=True, help='Add "with barometer" to the creator, so that Strava keeps the elevations.'
)
@click.option("--no-gzip", is_flag=True, help="Write the files uncompressed.")
@click.option("--force", is_flag=True, help="Write also what Strava refuses.")
@loudness
@one_line_errors
@config_options
@files_options
def prepare(
    paths: tuple[str, ...],
    *,
    out: Path,
    barometer: bool,
    no_gzip: bool,
    force: bool,
    quiet: bool,
    verbose: bool,
    config: Config,
) -> None:
    """Mend, tag, compress and name files for an upload. The originals are never touched, and nothing is overwritten.

    The results keep the tree below a directory that is given. What Strava refuses is not written, and of several files
    of one content the first.
    """
    from ..inputs import inputs
    from ..preparing import prepare as prepare_one
    from .output import Output
    from .stopping import Stoppable

    out.mkdir(parents=True, exist_ok=True)
    troubles, stoppable = Troubles(), Stoppable()
    run = _Run(out, force, Output(quiet=quiet), troubles)
    files = list(inputs(paths, config, apart_from=out))

    def all_prepared() -> Iterator[tuple[Input, Prepared | None]]:
        for each in files:
            done = None
            with troubles.of(each.name):
                done = prepare_one(each.thing, config=config, barometer=barometer, gzip=not no_gzip, name=each.name)
            yield each, done

    reports = []
    with run.said.progress(len(files), "preparing") as step:
        for each, prepared in stoppable.results(all_prepared()):
            step()
            if prepared is not None:
                reports.append(prepared.report)
                with troubles.of(each.name):
                    run.place(each, prepared)
                for finding in prepared.report.findings:
                    if finding.severity >= config.fail_on or (verbose and finding.severity.label != "info"):
                        run.said.trouble(f"{each.name}: {finding.severity.label} {finding.code} {finding.message}")
    run.total()
    stoppable.end(troubles.told(exit_status(reports, config)), lambda done: f"{len(files) - done} not")


class _Run:
    """Where the results go, and how many there are."""

    def __init__(self, out: Path, force: bool, said: Output, troubles: Troubles) -> None:
        self.said = said
        self._out = out
        self._force = force
        self._troubles = troubles
        self._places: dict[str, Path] = {}
        self._mended = self._same = self._refused = 0

    def place(self, each: Input, prepared: Prepared) -> None:
        """Write one result, unless Strava refuses it or has it already in the folder. Raises `NotWritten`, OSError."""
        if prepared.report.verdict == "refused" and not self._force:
            self._refused += 1
            self.said.say(f"{each.name}: not written, {'Strava refuses it' if prepared.data_type else _NO_ACTIVITY}")
            return
        if (there := self._places.get(prepared.external_id)) is not None:
            self._same += 1
            self.said.say(f"{each.name}: the same content as {there}")
            return
        target = self._troubles.write(each.name, self._out, each.below.with_name(prepared.name), prepared.data)
        self._places[prepared.external_id] = target
        self._mended += any(change.startswith("mended ") for change in prepared.changes)
        changes = "; ".join(prepared.changes) or "nothing to change"
        kind = f"{prepared.data_type}, " if prepared.data_type else ""
        self.said.say(f"{each.name} -> {target} ({kind}{counted(len(prepared.data), 'byte')}): {changes}")

    def total(self) -> None:
        """Say how many files are ready, and what became of the others."""
        parts = [f"{counted(len(self._places), 'file')} in {self._out}"]
        parts[0] += f" ({self._mended} mended)" if self._mended else ""
        if self._same:
            parts.append(f"{self._same} of the same content")
        if self._refused:
            parts.append(f"{self._refused} refused and not written (--force writes them all the same)")
        self.said.total(", ".join(parts) + self._troubles.counted("could not be read or written"))


_NO_ACTIVITY = "it is no activity file"
