"""``tracklint status``."""

from __future__ import annotations

import contextlib
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING

import click

from .lines import line
from .options import fail, one_line_errors

if TYPE_CHECKING:
    from ..strava.settings import Settings
    from ..strava.tokens import TokenFile, Tokens

_LONGEST = 6 * 3600 + 300


@click.command()
@click.option("--check", is_flag=True, help="Ask Strava as well whether it accepts the token.")
@click.option(
    "--mend-journal", is_flag=True,
    help="Move a damaged journal of uploads aside and keep every entry of it that can be read.",
)  # fmt: skip
@one_line_errors
def status(check: bool, mend_journal: bool) -> None:
    """Say whether you are signed in at Strava, as whom, where tracklint keeps what, and what is unfinished.

    Exit status 0 where there is a token, 1 where there is none or Strava refuses it, 2 where that cannot be told.
    """
    from ..strava.errors import NotSignedIn, StravaError
    from ..strava.settings import Settings
    from ..strava.tokens import TokenFile

    settings = Settings.from_environment()
    if mend_journal:
        _mend_journal(settings)
    try:
        file = TokenFile.of(settings)
        tokens = file.read()
        there = _tell(settings, file, tokens)
        if check and there:
            _check(settings)
    except NotSignedIn as error:
        line(f"tracklint: {error}", err=True)
        sys.exit(1)
    except (StravaError, ValueError) as error:
        fail(str(error))
    sys.exit(0 if there else 1)


def _tell(settings: Settings, file: TokenFile, tokens: Tokens | None) -> bool:
    """The facts, one a line; whether there is a token to use."""
    rows = [("API", settings.api_base), ("Sign-in at", settings.oauth_base), ("Kept in", str(file.path))]
    if settings.token:
        rows.append(("Token", "from TRACKLINT_STRAVA_TOKEN, which wins over a sign-in and is never renewed"))
    if tokens is not None:
        rows += [
            ("Signed in as", f"athlete {tokens.athlete_id or 'unknown'}, application {tokens.client_id}"),
            ("Permissions", ", ".join(tokens.scopes)),
            ("Access token", _life(tokens.expires_at - time.time())),
        ]
    rows.append(("Journal", _journal(settings)))
    if (settings.trial / "journal.sqlite").exists():
        rows.append(("Sandbox", _trial(settings)))
    for name, value in rows:
        line(f"{name + ':':<14}{value}")
    if tokens is not None and file.readable_by_others():
        line(f"Warning: other users can read {file.path}; run: chmod 600 {file.path}", err=True)
    if tokens is None and not settings.token:
        line("You are not signed in; `tracklint login` does it.")
    return tokens is not None or settings.token is not None


def _life(seconds: float) -> str:
    if seconds <= 0:
        return "over; it is renewed when it is needed"
    hours, minutes = divmod(round(seconds / 60), 60)
    text = f"valid for {hours} h {minutes} min; it is renewed when it is needed"
    return text + "; this machine's clock seems to be behind" if seconds > _LONGEST else text


def _journal(settings: Settings) -> str:
    """Where the uploads of this account are kept, and how many are unfinished. It is not created for the question."""
    from ..strava.address import base_address
    from ..strava.signed_in import account

    if not settings.journal.exists():
        return f"{settings.journal}, no uploads yet"
    api_base, _ = base_address(settings.api_base, "api_base")
    return _unfinished(settings.journal, str(api_base), account(settings), "tracklint upload --resume")


def _trial(settings: Settings) -> str:
    """What `tracklint upload --sandbox` left."""
    return _unfinished(settings.trial / "journal.sqlite", "sandbox", "", "tracklint upload --resume --sandbox")


def _unfinished(path: Path, api_base: str, account: str, resume: str) -> str:
    from ..strava.journal import Journal, JournalTrouble

    try:
        with Journal(path, api_base=api_base, account=account) as journal:
            count = len(journal.unfinished())
    except JournalTrouble as error:
        return str(error)
    return f"{path}, {count} unfinished: `{resume}` goes on" if count else f"{path}, no upload unfinished"


def _mend_journal(settings: Settings) -> None:
    """Save what can be read of a damaged journal. One that is sound stays as it is."""
    from ..source import why
    from ..strava.journal import Journal, JournalTrouble, locked
    from ..strava.salvage import mend_journal
    from ..words import counted

    path = settings.journal
    if not path.exists():
        fail(f"{path}: there is no journal of uploads yet")
    try:
        with locked(path, lambda text: line(f"tracklint: {text}", err=True)):
            with contextlib.suppress(JournalTrouble), Journal(path, api_base="") as journal:
                journal.check()
                line(f"{path} is sound; nothing is moved")
                return
            mended = mend_journal(path)
    except OSError as error:
        fail(f"{error.filename or path}: {why(error)}")
    except JournalTrouble as error:
        fail(str(error))
    line(f"The damaged journal is now {mended.aside}.")
    entries = counted(mended.entries, "entry").replace("entrys", "entries")
    line(f"{path} is a new one with the {entries} that could be read.")


def _check(settings: Settings) -> None:
    """Ask whose token it is, renewing it where needed. Raises `StravaError`."""
    from ..strava.client import Client
    from ..strava.errors import NotAuthorised, NotSignedIn
    from ..strava.signed_in import token_source

    source = token_source(settings, warn=lambda text: line(f"Warning: {text}", err=True))
    with Client(source, api_base=settings.api_base) as client:
        try:
            athlete = client.athlete()
        except NotAuthorised as error:
            raise NotSignedIn(str(error)) from None
    names = " ".join(str(athlete[key]) for key in ("firstname", "lastname") if athlete.get(key))
    line(f"{'Strava says:':<14}this is {names or 'an athlete without a name'} (athlete {athlete.get('id')})")
