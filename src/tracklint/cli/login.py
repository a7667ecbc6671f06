"""``tracklint login``."""

from __future__ import annotations

import re
import webbrowser
from typing import TYPE_CHECKING

import click

from .lines import line, lines
from .options import fail, one_line_errors
from .upload import SECONDS

if TYPE_CHECKING:
    from ..strava.auth import Application, OAuth, SignIn
    from ..strava.settings import Settings
    from ..strava.tokens import TokenFile, Tokens

_HOW = """\
Strava lets programs in through an API application of your own. Create one at https://www.strava.com/settings/api
(Authorization Callback Domain: localhost; Strava asks for a subscription) and type in what that page shows.
"""


@click.command()
@click.option("--client-id", metavar="NUMBER", help="Client ID of your API application at Strava.")
@click.option(
    "--client-secret", metavar="TEXT", help="Its client secret. Other users can see options: better leave it out."
)
@click.option(
    "--port", type=click.IntRange(0, 65535), default=0, help="Port on 127.0.0.1 for the browser's answer; 0 takes any."
)
@click.option("--no-browser", is_flag=True, help="For a browser on another machine: paste the address it ends at.")
@click.option("--timeout", type=SECONDS, default=300.0, show_default=True, help="Seconds to wait for the browser.")
@one_line_errors
def login(client_id: str | None, client_secret: str | None, port: int, no_browser: bool, timeout: float) -> None:
    """Sign in at Strava in a browser, so that `tracklint upload` may send your files.

    The client ID and secret are read from the options, from TRACKLINT_STRAVA_CLIENT_ID and
    TRACKLINT_STRAVA_CLIENT_SECRET, from the last sign-in, or asked for. What Strava gives is kept in a file that only
    you can read; `tracklint status` says where.
    """
    from ..strava.auth import OAuth
    from ..strava.errors import StravaError
    from ..strava.settings import Settings
    from ..strava.tokens import TokenFile

    settings = Settings.from_environment()
    try:
        file = TokenFile.of(settings)
        with file.lock():  # a place that cannot be written to is told before the browser opens
            pass
        application = _application(settings, _last(file), client_id, client_secret)
        oauth = OAuth(settings.oauth_base)
        tokens = _pasted(oauth, application, port) if no_browser else _browsed(oauth, application, port, timeout)
        _save(file, tokens)
    except (StravaError, ValueError) as error:
        fail(str(error))
    except (KeyboardInterrupt, click.Abort) as stop:
        line(err=True)
        told = "stopped before the end of the sign-in; nothing was saved"
        if isinstance(stop.__context__, EOFError):  # nobody is there to answer
            fail(told)
        raise KeyboardInterrupt(told) from None
    who = f"athlete {tokens.athlete_id}" if tokens.athlete_id is not None else "an athlete that Strava does not name"
    line(f"Signed in as {who} with the permissions {', '.join(tokens.scopes)}.")
    line(f"Saved in {file.path}, which only you can read. `tracklint logout` ends it.")
    if settings.token:
        line("Note: TRACKLINT_STRAVA_TOKEN is set, and uploads use that token as long as it is.", err=True)


def _last(file: TokenFile) -> Tokens | None:
    """The last sign-in; one that cannot be read is as good as none, as it is about to be replaced."""
    from ..strava.errors import NotSignedIn

    try:
        return file.read()
    except NotSignedIn:
        return None


def _application(settings: Settings, last: Tokens | None, client_id: str | None, secret: str | None) -> Application:
    from ..strava.auth import Application

    client_id = _number(client_id or settings.client_id)
    secret = secret or settings.client_secret
    if last is not None and client_id in (None, last.client_id):
        client_id, secret = last.client_id, secret or last.client_secret
    if not (client_id and secret):
        lines(_HOW, err=True)
    client_id = client_id or str(click.prompt("Client ID", value_proc=_number, err=True))
    secret = secret or click.prompt("Client secret (it is not shown)", hide_input=True, err=True)
    return Application(client_id.strip(), secret.strip())


def _number(client_id: str | None) -> str | None:
    """A client ID, which is a number: another word would be refused by Strava only in the browser."""
    if client_id is not None and not re.fullmatch("[0-9]{1,19}", client_id.strip()):
        raise click.BadParameter(
            f"the client ID is {client_id!r}; it is the number that https://www.strava.com/settings/api shows"
        )
    return client_id


def _browsed(oauth: OAuth, application: Application, port: int, timeout: float) -> Tokens:
    from ..strava.auth import sign_in

    def show(page: str) -> None:
        lines(f"Strava asks you in your browser. If it does not open, go to:\n\n  {page}\n", err=True)
        webbrowser.open(page)
        line("Waiting for your answer there; Ctrl-C stops.", err=True)

    try:
        return sign_in(oauth, application, show=show, port=port, seconds=timeout)
    except OSError as error:
        fail(f"port {port} on 127.0.0.1 cannot be used: {error.strerror}; leave out --port, or give another one")


def _pasted(oauth: OAuth, application: Application, port: int) -> Tokens:
    from ..strava.auth import SignIn, pasted_redirect

    under_way = SignIn(oauth, application, pasted_redirect(port))
    lines(
        f"Open this page in a browser on any machine:\n\n  {under_way.page}\n\n"
        "When you have agreed, the browser ends at an address on 127.0.0.1 that it cannot open. That is as it should "
        "be: copy the whole address from its address bar.",
        err=True,
    )
    code: str = click.prompt("Address", value_proc=lambda address: _code(under_way, address), err=True)
    return under_way.finish(code)


def _code(under_way: SignIn, address: str) -> str:
    from ..strava.redirect import NotThisSignIn

    try:
        return under_way.code(address)
    except NotThisSignIn as error:
        raise click.BadParameter(f"that is not the address that the sign-in ends at: {error}") from None


def _save(file: TokenFile, tokens: Tokens) -> None:
    try:
        with file.lock():
            file.write(tokens)
    except OSError as error:
        fail(
            f"Strava has signed you in, but it cannot be saved in {file.path}: {error.strerror}; "
            "mend that and run `tracklint login` again"
        )
