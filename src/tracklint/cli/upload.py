"""``tracklint upload``."""

from __future__ import annotations

import contextlib
import os
import sys
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import click

from .options import config_options, fail, one_line_errors, paths

if TYPE_CHECKING:
    from ..config import Config
    from ..strava.client import Client
    from ..strava.uploader import Uploaded

TOKEN = "TRACKLINT_STRAVA_TOKEN"  # noqa: S105 - the name of a variable, not a secret
API_BASE = "TRACKLINT_STRAVA_API"


@click.command()
@paths
@click.option("--sandbox", is_flag=True, help="Send to a stand-in of Strava on this machine; no account is needed.")
@click.option("--barometer", is_flag=True, help='Add "with barometer" to the creator of TCX and GPX files.')
@click.option("--no-gzip", is_flag=True, help="Send the files uncompressed.")
@click.option("--sport", metavar="TYPE", help="Strava's SportType, such as Ride; it overrides the file.")
@click.option("--title", metavar="TEXT", help="Name of the activity.")
@click.option("--description", metavar="TEXT", help="Description of the activity.")
@click.option("--trainer", is_flag=True, default=None, help="Mark as indoor.")
@click.option("--commute", is_flag=True, default=None, help="Mark as commute.")
@click.option("--force", is_flag=True, help="Send also what the check refuses.")
@click.option(
    "--deadline", type=click.FloatRange(1), default=90.0, show_default=True, help="Seconds to wait for each file."
)
@one_line_errors
@config_options
def upload(paths: tuple[str, ...], sandbox: bool, config: Config, **options: Any) -> None:
    """Check, prepare and send files, and wait until Strava made activities of them.

    The access token is read from TRACKLINT_STRAVA_TOKEN; with --sandbox none is needed.
    """
    from ..source import expand
    from ..strava.errors import StravaError

    worst = 0
    with _client(sandbox, config) as client:
        for name, thing in expand(paths):
            try:
                done, changes = _one(client, thing, name, sandbox, config, **options)
            except (StravaError, ValueError) as error:
                click.echo(f"{name}: {error}", err=True)
                worst = 2
                continue
            _tell(name, done, changes, client if sandbox else None)
            worst = max(worst, 0 if done.ok else 2 if done.outcome == "processing" else 1)
    sys.exit(worst)


@contextlib.contextmanager
def _client(sandbox: bool, config: Config) -> Iterator[Client]:
    from ..strava.client import API_BASE as STRAVA
    from ..strava.client import Client

    if not sandbox:
        token = os.environ.get(TOKEN)
        if not token:
            fail(f"no access token: set {TOKEN}, or try --sandbox, which needs none")
        with Client(token, api_base=os.environ.get(API_BASE, STRAVA)) as client:
            yield client
        return
    try:
        from ..strava.sandbox import Options, running_sandbox
    except ImportError as error:
        fail(str(error))
    with running_sandbox(Options(config=config)) as running, Client(running.token, api_base=running.api_base) as client:
        yield client


def _one(
    client: Client, thing: Any, name: str, sandbox: bool, config: Config, *,
    barometer: bool, no_gzip: bool, sport: str | None, deadline: float, **fields: Any,
) -> tuple[Uploaded, tuple[str, ...]]:  # fmt: skip
    from ..preparing import prepare
    from ..strava.uploader import POLLS, Uploader

    prepared = prepare(thing, config=config, barometer=barometer, gzip=not no_gzip, name=name)
    uploader = Uploader(client, deadline=deadline, polls=(1.0,) if sandbox else POLLS)
    return uploader.upload(prepared, sport_type=sport, **fields), prepared.changes


def _tell(name: str, done: Uploaded, changes: tuple[str, ...], sandbox: Client | None) -> None:
    click.echo(f"{name}: {done.message}")
    if done.outcome == "refused-before-sending":
        return
    for note in (*changes, *done.notes):
        click.echo(f"  {note}")
    if sandbox is not None and done.activity_id is not None:
        _show(sandbox.activity(done.activity_id))


def _show(activity: dict[str, Any]) -> None:
    """The activity that the stand-in made, in the order of its own answer; it is gone when the command ends."""
    for key, value in activity.items():
        if isinstance(value, dict):
            _show(value)
        elif value not in (None, []):
            click.echo(f"  {key:<22}{', '.join(map(str, value)) if isinstance(value, list) else value}")
