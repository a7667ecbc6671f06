"""``tracklint logout``."""

from __future__ import annotations

import sys

import click

from .lines import line
from .options import fail, one_line_errors

_APPS = "https://www.strava.com/settings/apps"


@click.command()
@one_line_errors
def logout() -> None:
    """End the sign-in: at Strava, and on this machine, where its file is deleted.

    Exit status 2 where Strava could not be told; the file is deleted all the same.
    """
    from ..strava.auth import OAuth
    from ..strava.errors import NotSignedIn, StravaError
    from ..strava.settings import Settings
    from ..strava.tokens import TokenFile

    settings = Settings.from_environment()
    told: str | None = None
    try:
        file = TokenFile.of(settings)
        oauth = OAuth(settings.oauth_base)
        with file.lock():
            try:
                tokens = file.read()
                if tokens is not None:
                    oauth.revoke(tokens)
            except StravaError as error:
                told = str(error)
            there = file.delete()
    except (NotSignedIn, ValueError) as error:
        fail(str(error))
    if settings.token:
        line("Note: TRACKLINT_STRAVA_TOKEN is set, and uploads still use that token.", err=True)
    if not there:
        line("You were not signed in.")
    elif told is None:
        line(f"Signed out: Strava has ended the sign-in, and {file.path} is deleted.")
    else:
        line(f"Signed out on this machine only: {file.path} is deleted, but Strava could not be told.", err=True)
        line(f"  {told}", err=True)
        line(
            f"  The access token stays valid for up to 6 hours. To end it at Strava, remove the application at {_APPS}",
            err=True,
        )
        sys.exit(2)
