"""``tracklint upload``."""

from __future__ import annotations

import contextlib
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from .lines import line, lines
from .options import config_options, fail, one_line_errors

if TYPE_CHECKING:
    from ..config import Config
    from ..source import Unreadable
    from ..strava.batch import Job
    from ..strava.client import Client
    from ..strava.jobs import Order
    from ..strava.journal import Journal
    from ..strava.uploader import Uploaded

#: Exit status of a run that is not finished, is saved, and can be gone on with.
UNFINISHED = 75


def _private(_ctx: click.Context, _param: click.Parameter, value: bool) -> None:
    if value:
        fail(
            "private is gone from Strava's API: the athlete's own privacy setting holds for new activities; "
            "change it there, or on the activity's page"
        )


@click.command()
@click.argument("paths", metavar="[PATH...]", nargs=-1)
@click.option("--sandbox", is_flag=True, help="Send to a stand-in of Strava on this machine; no account is needed.")
@click.option("--resume", is_flag=True, help="Go on with what earlier runs did not finish.")
@click.option("--again", is_flag=True, help="Send also files that were sent before.")
@click.option("--wait", is_flag=True, help="Wait where Strava's request limit is reached, instead of stopping there.")
@click.option("--barometer", is_flag=True, help='Add "with barometer" to the creator of TCX and GPX files.')
@click.option("--no-gzip", is_flag=True, help="Send the files uncompressed.")
@click.option("--sport", metavar="TYPE", help="Strava's SportType, such as Ride; it overrides the file.")
@click.option("--activity-type", metavar="TYPE", help="Strava's former word for the sport; --sport wins over it.")
@click.option("--title", metavar="TEXT", help='Name of the activity; may be a pattern: "{sport} on {date}, {km} km".')
@click.option("--description", metavar="TEXT", help="Description of the activity; may be a pattern as well.")
@click.option("--trainer", is_flag=True, default=None, help="Mark as indoor.")
@click.option("--commute", is_flag=True, default=None, help="Mark as commute.")
@click.option("--private", is_flag=True, hidden=True, is_eager=True, expose_value=False, callback=_private)
@click.option("--external-id", metavar="TEXT", help="Your own id of the activity, for one file.")
@click.option("--photo", metavar="FILE", help="A picture (JPG or PNG) for one activity; for partners of Strava only.")
@click.option("--photo-resize", is_flag=True, help="Scale the picture to the size that Strava names. Needs Pillow.")
@click.option(
    "--fields", "table", type=click.Path(path_type=Path), metavar="CSV",
    help="Title, description, sport and so on for each file, from a table.",
)  # fmt: skip
@click.option("--force", is_flag=True, help="Send also what the check refuses.")
@click.option(
    "--move-done", type=click.Path(file_okay=False, path_type=Path), metavar="DIR",
    help="Move each file there once Strava has its activity.",
)  # fmt: skip
@click.option("--output", type=click.Choice(["text", "json"]), default="text", show_default=True)
@click.option(
    "--deadline", type=click.FloatRange(1), default=90.0, show_default=True, help="Seconds to wait for each file."
)
@one_line_errors
@config_options
def upload(paths: tuple[str, ...], sandbox: bool, config: Config, **options: Any) -> None:
    """Check, prepare and send files, and wait until Strava made activities of them.

    Sign in with `tracklint login`, or set TRACKLINT_STRAVA_TOKEN; with --sandbox neither is needed. Exit status: 0
    Strava has every activity, 1 a file is refused, 2 the answer cannot be trusted, 75 not finished and saved: run
    `tracklint upload --resume`.
    """
    from ..strava.errors import StravaError
    from ..strava.journal import JournalTrouble

    if not paths and not options["resume"]:
        fail("give files to send, or --resume to go on with earlier ones")
    try:
        with session(sandbox) as (client, journal):
            run = _Run(client, journal, sandbox, options)
            run.go(paths, config)
    except (StravaError, ValueError, JournalTrouble) as error:
        fail(str(error))
    except KeyboardInterrupt:
        line("tracklint: stopped; what was sent is saved: `tracklint upload --resume` goes on", err=True)
        sys.exit(UNFINISHED)
    sys.exit(run.status)


@contextlib.contextmanager
def session(sandbox: bool) -> Iterator[tuple[Client, Journal]]:
    """A client and a journal: of the signed-in athlete, or of a stand-in that lives as long as this command."""
    import tempfile

    from ..strava.client import Client
    from ..strava.journal import Journal

    if not sandbox:
        from ..strava.settings import Settings
        from ..strava.signed_in import account, token_source

        settings = Settings.from_environment()
        source = token_source(settings, say)
        with (
            Client(source, api_base=settings.api_base) as client,
            Journal.of(settings, api_base=client.api_base, account=account(settings), waiting=say) as journal,
        ):
            yield client, journal
        return
    try:
        from ..strava.sandbox import running_sandbox
    except ImportError as error:
        fail(str(error))
    with (
        tempfile.TemporaryDirectory() as folder,
        running_sandbox() as running,
        Client(running.token, api_base=running.api_base) as client,
        Journal(Path(folder) / "journal.sqlite", api_base=running.api_base) as journal,
    ):
        yield client, journal


def say(text: str) -> None:
    """One line on stderr, beside the results."""
    line(f"tracklint: {text}", err=True)


class _Run:
    """One run of the command: what it prints, and the exit status."""

    def __init__(self, client: Client, journal: Journal, sandbox: bool, options: dict[str, Any]) -> None:
        self.client = client
        self.journal = journal
        self.sandbox = sandbox
        self.options = options
        self.status = 0
        self.paths: dict[str, str] = {}
        self.done: list[Uploaded] = []

    def go(self, paths: tuple[str, ...], config: Config) -> None:
        from ..strava.batch import Batch
        from ..strava.jobs import jobs_again, jobs_for
        from ..strava.photos import photo_finisher
        from ..strava.uploader import POLLS, Uploader

        order = self._order(config)
        jobs = list(jobs_for(paths, order, self._unread))
        if self.options["resume"]:
            given = {job.sha256 for job in jobs}
            left = [entry for entry in self.journal.unfinished() if entry.sha256 not in given]
            jobs = [*jobs_again(left, order, self._unread), *jobs]
        self._one_file_options(jobs)
        if not jobs and not self.status:
            line("nothing is unfinished")
            return
        self.paths = {job.name: job.path for job in jobs if job.path and "member" not in job.request}
        uploader = Uploader(self.client, deadline=self.options["deadline"], polls=(1.0,) if self.sandbox else POLLS)
        finish = photo_finisher(uploader, resize=self.options["photo_resize"])
        batch = Batch(uploader, self.journal, wait=self.options["wait"], finish=finish, tell=say)
        with self._progress(len(jobs)) as step:
            for done in batch.run(jobs):
                self._tell(done)
                step()
        if self.options["output"] == "json":
            self._write()
        open_ones = sum(_status(done) == UNFINISHED for done in self.done)
        if open_ones:
            say(f"{open_ones} of {len(self.done)} files are not finished; they are saved: go on with --resume")

    def _order(self, config: Config) -> Order:
        from ..strava.fields import Fields, read_table
        from ..strava.jobs import Order

        o = self.options
        names = ("title", "description", "activity_type", "trainer", "commute", "external_id", "photo")
        return Order(
            barometer=o["barometer"],
            gzip=not o["no_gzip"],
            fields=Fields(sport_type=o["sport"], **{name: o[name] for name in names}),
            table=read_table(o["table"]) if o["table"] else {},
            force=o["force"],
            again=o["again"],
            config=config,
        )

    def _one_file_options(self, jobs: list[Job]) -> None:
        from ..strava.photos import read_photo

        for photo in dict.fromkeys(job.photo for job in jobs if job.photo):
            read_photo(Path(photo))  # a picture that cannot be sent is told before anything is
        for name in ("external_id", "photo"):
            if self.options[name] and len(jobs) > 1:
                fail(
                    f"--{name.replace('_', '-')} is for one activity, and these are {len(jobs)}; use --fields for more"
                )

    def _unread(self, error: Unreadable) -> None:
        say(str(error))
        self.status = 2

    def _tell(self, done: Uploaded) -> None:
        self.status = max(self.status, _status(done), key=_RANK.index)
        self.done.append(done)
        notes = done.notes
        if done.ok and self.options["move_done"] and done.name in self.paths:
            notes += (self._moved(done.name),)
        if self.options["output"] == "json":
            return
        line(f"{done.name}: {done.message}")
        for note in notes:
            line(f"  {note}")
        if self.sandbox and done.activity_id is not None:
            show_activity(self.client.activity(done.activity_id))

    def _moved(self, name: str) -> str:
        from ..strava.jobs import put_away

        try:
            return f"moved to {put_away(Path(self.paths[name]), self.options['move_done'])}"
        except OSError as error:
            self.status = 2
            return f"not moved: {error.strerror}"

    @contextlib.contextmanager
    def _progress(self, total: int) -> Iterator[Any]:
        """A bar on a terminal, where there is more than one file."""
        if total < 2 or not sys.stderr.isatty():
            yield lambda: None
            return
        from rich.console import Console
        from rich.progress import Progress

        with Progress(console=Console(stderr=True), transient=True) as bar:
            task = bar.add_task("files", total=total)
            yield lambda: bar.advance(task)

    def _write(self) -> None:
        from ..strava.jobs import outcome_data
        from ..words import json_text

        lines(json_text(outcome_data(self.done), indent=2))


#: Exit statuses, the stronger ones last.
_RANK = (0, UNFINISHED, 1, 2)


def _status(done: Uploaded) -> int:
    if done.ok:
        return 0
    return UNFINISHED if done.outcome in ("processing", "unfinished") else 1


def show_activity(activity: dict[str, Any]) -> None:
    """The activity that the stand-in made, in the order of its own answer; it is gone when the command ends."""
    for key, value in activity.items():
        if isinstance(value, dict):
            show_activity(value)
        elif value not in (None, []):
            line(f"  {key:<22}{', '.join(map(str, value)) if isinstance(value, list) else value}")
