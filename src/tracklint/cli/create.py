"""``tracklint create``."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from .lines import line, lines
from .options import fail, one_line_errors
from .upload import UNFINISHED, say, session, sport_type

if TYPE_CHECKING:
    from ..strava.uploader import Uploaded


@click.command()
@click.option("--name", required=True, metavar="TEXT", help="Name of the activity.")
@click.option(
    "--sport", metavar="TYPE", callback=sport_type, help="Strava's SportType, such as Ride or WeightTraining."
)
@click.option(
    "--type", "type_", metavar="TYPE", callback=sport_type,
    help="Strava's former word for the sport; --sport wins over it.",
)  # fmt: skip
@click.option("--start", required=True, metavar="TIME", help="Start by the clock of the place: 2026-01-31T12:00:00.")
@click.option("--elapsed", required=True, metavar="TIME", help="Duration: 1:30:00, 90:00, or seconds.")
@click.option("--distance", metavar="LENGTH", help="12.5km, 7.8mi, or metres.")
@click.option("--description", metavar="TEXT", help="Description of the activity.")
@click.option("--trainer", is_flag=True, help="Mark as indoor.")
@click.option("--commute", is_flag=True, help="Mark as commute.")
@click.option(
    "--photo", type=click.Path(path_type=Path), metavar="FILE", help="A picture (JPG or PNG); for partners of Strava."
)
@click.option("--photo-resize", is_flag=True, help="Scale the picture to the size that Strava names. Needs Pillow.")
@click.option("--again", is_flag=True, help="Create it also where the same was created before.")
@click.option("--sandbox", is_flag=True, help="Create it in a stand-in of Strava on this machine.")
@click.option("--output", type=click.Choice(["text", "json"]), default="text", show_default=True)
@click.option("--verbose", "-v", is_flag=True, help="Show also the fields of Strava's answer.")
@one_line_errors
def create(
    *, start: str, elapsed: str, distance: str | None, photo: Path | None, photo_resize: bool, again: bool,
    sandbox: bool, output: str, verbose: bool, type_: str | None, sport: str | None, **said: Any,
) -> None:  # fmt: skip
    """Create an activity without a file.

    It is asked for once, because Strava cannot tell two such requests apart. Exit status: 0 created, 1 refused, 2 the
    answer cannot be trusted, 75 it is not known whether it was created.
    """
    from ..strava.errors import Refused, StravaError
    from ..strava.journal import JournalTrouble
    from ..strava.manual import Manual, metres, seconds
    from ..strava.manual import create as create_one
    from ..strava.photos import read_photo

    try:
        length = None if distance is None else metres(distance)
        manual = Manual(
            sport_type=sport, type=type_, start_date_local=start, elapsed_time=seconds(elapsed), distance=length, **said
        )
        picture = read_photo(photo) if photo is not None else None
        with session(sandbox, resume=True) as (client, journal, _):
            done = create_one(client, journal, manual, again=again)
            if picture is not None and done.ok:
                done = _with_photo(done, picture, photo_resize)
            _tell(done, output, verbose)
    except Refused as error:
        say(str(error))
        sys.exit(1)
    except (StravaError, JournalTrouble, ValueError) as error:
        fail(str(error))
    except KeyboardInterrupt:
        raise KeyboardInterrupt("stopped; look at your activities before you create it again") from None
    sys.exit(0 if done.ok else UNFINISHED)


def _with_photo(done: Uploaded, picture: bytes, resize: bool) -> Uploaded:
    from dataclasses import replace

    from ..strava.photos import send_photo

    if done.before:
        why = "the activity was created before, and Strava takes a photo only right after that"
        return replace(done, photo="failed", notes=(f"the photo was not sent: {why}; add it on the activity's page",))
    sent = send_photo(picture, (done.raw or {}).get("photo_metadata"), resize=resize)
    return replace(done, photo=sent.outcome, notes=(sent.message,))


def _tell(done: Uploaded, output: str, verbose: bool) -> None:
    from ..render.page import Page
    from ..strava.jobs import outcome_data
    from ..words import json_text
    from .tally import fields

    if output == "json":
        lines(json_text(outcome_data([done]), indent=2))
        return
    line(f"{done.name}: {done.message}")
    for note in done.notes:
        line(f"  {note}")
    if verbose and done.raw:
        fields(done.raw, Page(sys.stdout))
