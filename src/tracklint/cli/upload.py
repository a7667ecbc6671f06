"""``tracklint upload``."""

from __future__ import annotations

import contextlib
import math
import sys
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from .lines import line, lines
from .options import config_options, fail, files_options, loudness, one_line_errors

if TYPE_CHECKING:
    from ..config import Config
    from ..render.page import Page
    from ..source import Unreadable
    from ..strava.batch import Job
    from ..strava.client import Client
    from ..strava.jobs import Order
    from ..strava.journal import Journal
    from ..strava.settings import Settings
    from ..strava.uploader import Uploaded
    from .output import Output
    from .tally import Tally

#: Exit status of a run that is not finished, is saved, and can be gone on with.
UNFINISHED = 75
#: Seconds that a whole answer may take at least, however short the deadline: a file is checked meanwhile.
LEAST_PATIENCE = 5.0


class _Seconds(click.FloatRange):
    """A number of seconds that passes: 1 or more, and neither ``nan`` nor ``inf``."""

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        seconds = super().convert(value, param, ctx)
        if not math.isfinite(seconds):
            self.fail(f"{value} is no number of seconds.", param, ctx)
        return seconds


SECONDS = _Seconds(1)


def sport_type(ctx: click.Context, _param: click.Parameter, value: str | None) -> str | None:
    """The callback of an option that takes a SportType. Without ``--force`` a word that is none ends the command."""
    if value is None or ctx.params.get("force"):
        return value
    if why := _no_sport(value):
        raise click.BadParameter(why)
    return value


def _no_sport(word: str) -> str:
    """Why a word is refused as a sport, empty where it is one."""
    from ..sports import near_sport_types, spell_sport_type

    if spell_sport_type(word) is not None:
        return ""
    near = near_sport_types(word)
    meant = f"did you mean {' or '.join(near)}?" if near else "Ride, Run and Walk are some."
    return f"{word} is no sport of Strava's; {meant}"


def _private(_ctx: click.Context, _param: click.Parameter, value: bool) -> None:
    if value:
        fail(
            "private is gone from Strava's API: the athlete's own privacy setting holds for new activities; "
            "change it there, or on the activity's page"
        )


@click.command()
@click.argument("paths", metavar="[PATH...]", nargs=-1)
@click.option("--sandbox", is_flag=True, help="Send to a stand-in of Strava on this machine; no account is needed.")
@click.option("--dry-run", is_flag=True, help="Say what would be sent, as what and mended how; nothing is sent.")
@click.option("--resume", is_flag=True, help="Go on with what earlier runs did not finish.")
@click.option("--again", is_flag=True, help="Send also files that were sent before.")
@click.option("--wait", is_flag=True, help="Wait where Strava's request limit is reached, instead of stopping there.")
@click.option("--barometer", is_flag=True, help='Add "with barometer" to the creator of TCX and GPX files.')
@click.option("--no-gzip", is_flag=True, help="Send the files uncompressed.")
@click.option(
    "--sport", metavar="TYPE", callback=sport_type, help="Strava's SportType, such as Ride; it overrides the file."
)
@click.option(
    "--activity-type", metavar="TYPE", callback=sport_type,
    help="Strava's former word for the sport; --sport wins over it.",
)  # fmt: skip
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
@click.option(
    "--force", is_flag=True, is_eager=True,
    help="Send also what the check refuses, and sports that tracklint does not know.",
)  # fmt: skip
@click.option(
    "--move-done", type=click.Path(file_okay=False, path_type=Path), metavar="DIR",
    help="Move each file there once Strava has its activity.",
)  # fmt: skip
@click.option("--output", type=click.Choice(["text", "json"]), default="text", show_default=True)
@click.option("--deadline", type=SECONDS, default=90.0, show_default=True, help="Seconds to wait for each file.")
@loudness
@one_line_errors
@config_options
@files_options
def upload(paths: tuple[str, ...], sandbox: bool, config: Config, **options: Any) -> None:
    """Mend what is safe to mend, upload what is ready, and list what is left and what each file needs.

    A file that was sent before is not sent again, and what a stop leaves open is saved: `tracklint upload --resume`
    goes on. --dry-run shows all of it first. Sign in with `tracklint login`, or set TRACKLINT_STRAVA_TOKEN; with
    --sandbox or --dry-run neither is needed.

    Exit status: 0 Strava has every activity, 1 a file is refused, 2 the answer cannot be trusted, 75 not finished and
    saved, 130 stopped by Ctrl-C and saved.
    """
    from ..strava.errors import StravaError
    from ..strava.journal import JournalTrouble

    if not paths and not options["resume"]:
        fail("give files to send, or --resume to go on with earlier ones")
    try:
        if options["dry_run"]:
            status = _dry_run(paths, sandbox, config, options)
        else:
            with session(sandbox, resume=options["resume"], patience=options["deadline"]) as (client, journal, lasting):
                status = _Run(client, journal, sandbox, lasting, options).go(paths, config)
    except (StravaError, ValueError, JournalTrouble) as error:
        fail(str(error))
    except KeyboardInterrupt:
        if options["dry_run"]:
            raise
        resume = "tracklint upload --resume" + " --sandbox" * sandbox
        raise KeyboardInterrupt(f"stopped; what was sent is saved: `{resume}` goes on") from None
    sys.exit(status)


@contextlib.contextmanager
def session(sandbox: bool, *, resume: bool = False, patience: float = 90.0) -> Iterator[tuple[Client, Journal, bool]]:
    """A client, a journal, and whether a later run finds it: of the signed-in athlete, or of a stand-in that lives as
    long as this command. ``patience`` is how many seconds an answer may take."""
    from ..strava.client import Client
    from ..strava.exchange import PATIENCE
    from ..strava.journal import Journal
    from ..strava.settings import Settings
    from ..strava.signed_in import account, token_source

    settings = Settings.from_environment()
    patience = min(max(patience, LEAST_PATIENCE), PATIENCE)
    if not sandbox:
        source = token_source(settings, say)
        with (
            Client(source, api_base=settings.api_base, patience=patience) as client,
            Journal.of(settings, api_base=client.api_base, account=account(settings), waiting=say) as journal,
        ):
            yield client, journal, True
        return
    try:
        from ..strava.sandbox.trial import trial
    except ImportError as error:
        fail(str(error))
    with (
        trial(settings, resume=resume, waiting=say) as tried,
        Client(tried.running.token, api_base=tried.running.api_base, patience=patience) as client,
    ):
        yield client, tried.journal, tried.lasting


def say(text: str) -> None:
    """One line on stderr, beside the results."""
    line(f"tracklint: {text}", err=True)


def _order(config: Config, o: dict[str, Any]) -> Order:
    """What was asked for. Raises `fields.BadFields`."""
    from ..strava.fields import BadFields, Fields, read_table
    from ..strava.jobs import Order

    table = read_table(o["table"]) if o["table"] else {}
    for file, row in table.items():
        for word in filter(None, (row.sport_type, row.activity_type)):
            if not o["force"] and (why := _no_sport(word)):
                raise BadFields(f"{o['table']}, {file}: {why}")
    names = ("title", "description", "activity_type", "trainer", "commute", "external_id", "photo")
    return Order(
        barometer=o["barometer"],
        gzip=not o["no_gzip"],
        fields=Fields(sport_type=o["sport"], **{name: o[name] for name in names}),
        table=table,
        force=o["force"],
        again=o["again"],
        config=config,
    )


def _jobs(
    paths: tuple[str, ...], order: Order, journal: Journal | None, o: dict[str, Any], unread: list[str]
) -> list[Job]:
    """The files that are given, and with ``--resume`` those of earlier runs. What cannot be read at all is told in
    ``unread``, and which of them are of one ride on stderr."""
    from ..strava.jobs import jobs_again, jobs_for, replaced
    from ..strava.photos import read_photo

    def miss(error: Unreadable) -> None:
        say(str(error))
        unread.append(str(error))

    jobs = list(jobs_for(paths, order, miss))
    if o["resume"] and journal is not None:
        given = {job.sha256 for job in jobs}
        left = [entry for entry in journal.unfinished() if entry.sha256 not in given]
        for entry in replaced(left, jobs):
            left.remove(entry)
            if not o["dry_run"]:
                journal.note(entry, "failed", message="the file has changed since, and was given again")
        jobs = [*jobs_again(left, order, miss), *jobs]
    for photo in dict.fromkeys(job.photo for job in jobs if job.photo):
        read_photo(Path(photo))  # a picture that cannot be sent is told before anything is
    for name in ("external_id", "photo"):
        if o[name] and len(jobs) > 1:
            fail(f"--{name.replace('_', '-')} is for one activity, and these are {len(jobs)}; use --fields for more")
    if len(jobs) > 1:
        from ..strava.doubles import doubles

        for double in doubles(jobs):
            say(str(double))
    return jobs


def _dry_run(paths: tuple[str, ...], sandbox: bool, config: Config, o: dict[str, Any]) -> int:
    """Say what would be sent; the exit status."""
    from ..strava.rehearsing import rehearse
    from ..strava.settings import Settings
    from .output import Output

    settings = Settings.from_environment()
    with _known(settings, sandbox) as journal:
        unread: list[str] = []
        jobs = _jobs(paths, _order(config, o), journal, o, unread)
        find = journal.find if journal is not None else lambda _: None
        return _told(Output(), jobs, rehearse(jobs, find), unread, o, resume="", last=("Nothing was sent.",))


@contextlib.contextmanager
def _known(settings: Settings, sandbox: bool) -> Iterator[Journal | None]:
    """The journal as it stands, for a look; it is not made for that."""
    from ..strava.address import base_address
    from ..strava.journal import Journal
    from ..strava.signed_in import account

    if sandbox or not settings.journal.exists():
        yield None
        return
    base, _ = base_address(settings.api_base, "api_base")
    with Journal(settings.journal, api_base=str(base), account=account(settings)) as journal:
        yield journal


@dataclass(frozen=True, slots=True)
class _Run:
    """One run of the command that sends."""

    client: Client
    journal: Journal
    sandbox: bool
    lasting: bool
    options: dict[str, Any]

    def go(self, paths: tuple[str, ...], config: Config) -> int:
        """Send, and say what came of it; the exit status."""
        from ..strava.batch import Batch
        from ..strava.photos import photo_finisher
        from ..strava.uploader import POLLS, Uploader
        from .output import Output

        o = self.options
        unread: list[str] = []
        jobs = _jobs(paths, _order(config, o), self.journal, o, unread)
        if not jobs and not unread:
            line("there is nothing to send" if paths else "nothing is unfinished")
            return 0
        uploader = Uploader(self.client, deadline=o["deadline"], polls=(1.0,) if self.sandbox else POLLS)
        finish = photo_finisher(uploader, resize=o["photo_resize"])
        said = Output()
        batch = Batch(
            uploader, self.journal, wait=o["wait"], compare=True, finish=finish,
            tell=lambda text: said.trouble(f"tracklint: {text}"),
        )  # fmt: skip
        last = ("These activities were a stand-in's on this machine; Strava knows nothing of them.",) * self.sandbox
        resume = f"saved: `tracklint upload --resume{' --sandbox' * self.sandbox}` goes on"
        resume = resume if self.lasting else "not saved, as the stand-in cannot be kept; give the same files again"
        return _told(said, jobs, batch.run(jobs), unread, o, resume=resume, last=last, fields=self._fields)

    def _fields(self, done: Uploaded, page: Page) -> None:
        """What Strava, or the stand-in, answers of a file, field by field."""
        from .tally import fields

        made = self.sandbox and done.activity_id is not None
        fields(self.client.activity(done.activity_id or 0) if made else done.raw or {}, page)


def _told(
    said: Output,
    jobs: list[Job],
    results: Iterable[Uploaded],
    unread: list[str],
    o: dict[str, Any],
    *,
    resume: str,
    last: tuple[str, ...],
    fields: Callable[[Uploaded, Page], object] = lambda _done, _page: None,
) -> int:
    """Say the results as they come, and the table or the JSON at the end; the exit status."""
    from .stopping import Stoppable
    from .tally import Tally

    text, stoppable = o["output"] == "text", Stoppable()
    paths = {job.name: job.path for job in jobs if job.path and "member" not in job.request}
    tally = Tally(said, len(jobs), resume=resume, verbose=o["verbose"], quiet=o["quiet"])
    tally.unread = unread
    statuses = [2] if unread else []
    with said.progress(len(jobs), "files") as step:
        for done in stoppable.results(results):
            statuses.append(_status(done))
            more: tuple[str, ...] = ()
            if done.ok and o["move_done"] and not o["dry_run"] and done.name in paths:
                moved, note = _moved(Path(paths[done.name]), o["move_done"])
                more, statuses = (note,), statuses if moved else [*statuses, 2]
            tally.tell(done, *more, shown=text)
            if text and o["verbose"]:
                fields(done, said.page)
            step()
    _closed(tally, text, resume, last)
    if stoppable.stopped:
        raise KeyboardInterrupt
    return max(statuses, key=_RANK.index, default=0)


def _closed(tally: Tally, text: bool, resume: str, last: tuple[str, ...]) -> None:
    from ..strava.jobs import outcome_data
    from ..words import counted, json_text

    if text:
        tally.close(*last)
        return
    lines(json_text(outcome_data(tally.done), indent=2))
    if left := sum(_status(done) == UNFINISHED for done in tally.done):
        say(f"{counted(left, 'file')} not finished; {resume}")


def _moved(path: Path, folder: Path) -> tuple[bool, str]:
    """Whether a file could be moved into a folder, and what is said of it."""
    from ..source import why
    from ..strava.jobs import put_away

    try:
        return True, f"moved to {put_away(path, folder)}"
    except OSError as error:
        return False, f"not moved: {why(error)}"


#: Exit statuses, the stronger ones last.
_RANK = (0, UNFINISHED, 1, 2)


def _status(done: Uploaded) -> int:
    if done.ok or done.outcome == "would-be-sent":
        return 0
    return UNFINISHED if done.outcome in ("processing", "unfinished") else 1
