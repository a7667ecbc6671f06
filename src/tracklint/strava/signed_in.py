"""The token of a sign-in that stays usable: renewed in time, by one process at a time, and saved before it is used."""

from __future__ import annotations

import contextlib
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING

from .address import base_address
from .auth import OAuth
from .errors import NotSignedIn
from .tokens import TokenFile

if TYPE_CHECKING:
    from collections.abc import Callable

    from .auth import TokenSource
    from .settings import Settings
    from .tokens import Tokens

__all__ = ["MARGIN", "SignedIn", "account", "token_source"]

#: Seconds of life below which a token is renewed first: a large file on a slow line takes some minutes.
MARGIN = 600.0


def token_source(settings: Settings, warn: Callable[[str], object]) -> str | TokenSource:
    """The token of the environment, which wins and is never renewed, or else the sign-in of this user.

    ``warn`` is told what the user should know but what does not stop the work. Raises `NotSignedIn`, and ValueError
    for settings that would give a token of Strava to a server that is not Strava.
    """
    if settings.token:
        return settings.token
    api, oauth = (base_address(getattr(settings, name), name) for name in ("api_base", "oauth_base"))
    if api[1] != oauth[1]:
        raise ValueError(
            f"api_base is {api[0]} and oauth_base is {oauth[0]}: one is on this machine and one is not, so that the "
            "token of one would go to the other; set TRACKLINT_STRAVA_API and TRACKLINT_STRAVA_OAUTH together"
        )
    source = SignedIn(TokenFile.of(settings), OAuth(settings.oauth_base), warn=warn)
    source.tokens()
    return source


def account(settings: Settings) -> str:
    """What tells the uploads of one athlete from another's: the athlete's number, ``""`` where it is not known.

    A token of the environment does not say whose it is. Raises `NotSignedIn` for a token file that is damaged.
    """
    tokens = None if settings.token else TokenFile.of(settings).read()
    return "" if tokens is None or tokens.athlete_id is None else str(tokens.athlete_id)


class SignedIn:
    """A `TokenSource` over a token file. Another process may renew, replace or delete the file at any time."""

    def __init__(self, file: TokenFile, oauth: OAuth, *, warn: Callable[[str], object]) -> None:
        self.file = file
        self._oauth = oauth
        self._warn = warn
        self._unsaved: tuple[Tokens, Tokens] | None = None
        """What was renewed but could not be saved: the dead tokens of the file, and the living ones."""

    def __repr__(self) -> str:
        return f"SignedIn({self.file!r})"

    def tokens(self) -> Tokens:
        """The sign-in as it stands, renewed or not. Raises `NotSignedIn` where there is none."""
        saved = self.file.read()
        if self._unsaved is not None and saved == self._unsaved[0]:
            return self._unsaved[1]
        self._unsaved = None
        if saved is None:
            raise NotSignedIn("you are not signed in: run `tracklint login` first, or set TRACKLINT_STRAVA_TOKEN")
        return saved

    def seconds_left(self, tokens: Tokens) -> float:
        """How long the access token still holds, by Strava's clock as far as it is known; negative once it is over."""
        return tokens.expires_at - (self._oauth.clock() + self._oauth.skew)

    def token(self) -> str:
        """The access token, renewed first where less than `MARGIN` is left. Raises `StravaError`."""
        tokens = self.tokens()
        if self.seconds_left(tokens) >= MARGIN:
            self._save_again()
            return tokens.access_token
        with self.file.lock():
            tokens = self.tokens()  # another process may have renewed it meanwhile
            if self.seconds_left(tokens) < MARGIN:
                tokens = self._renew(tokens)
        return tokens.access_token

    def renewed(self, refused: str) -> str | None:
        """Another access token than the one that Strava refused, or ``None``. Raises `StravaError`.

        What another process has saved meanwhile counts; else it is renewed, once.
        """
        with self.file.lock():
            tokens = self.tokens()
            if tokens.access_token == refused:
                tokens = self._renew(tokens)
        return None if tokens.access_token == refused else tokens.access_token

    def _renew(self, tokens: Tokens) -> Tokens:
        """Renew and save. Ctrl-C waits for the end of both: between them, only this process knows what is valid."""
        with ThreadPoolExecutor(1) as apart:
            return apart.submit(self._refresh_and_save, tokens).result()

    def _refresh_and_save(self, tokens: Tokens) -> Tokens:
        fresh = self._oauth.refresh(tokens)
        dead = self._unsaved[0] if self._unsaved is not None else tokens
        self._save(dead, fresh)
        return fresh

    def _save_again(self) -> None:
        """Save what could not be saved before; where that fails again, the tokens in hand still serve."""
        if self._unsaved is None:
            return
        with contextlib.suppress(NotSignedIn), self.file.lock():
            self.tokens()  # forgets what is unsaved where the file has become another one meanwhile
            if self._unsaved is not None:
                self._save(*self._unsaved)

    def _save(self, dead: Tokens, fresh: Tokens) -> None:
        told = self._unsaved is not None
        try:
            self.file.write(fresh)
        except OSError as error:
            self._unsaved = (dead, fresh)
            if not told:
                self._warn(
                    f"Strava renewed the sign-in, but it cannot be saved in {self.file.path}: {error.strerror}. This "
                    "run goes on with it and tries to save it again before each request. Make room or mend the "
                    "directory now; if the run ends before that, sign in again with `tracklint login`"
                )
            return
        self._unsaved = None
        if told:
            self._warn(f"the renewed sign-in is now saved in {self.file.path}")
