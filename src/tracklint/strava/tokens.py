"""The sign-in of one athlete, and the file that keeps it: JSON that only its owner can read, replaced in one step.

Strava's refresh token can change whenever it is used, and the old one dies at once: who loses the new one has to sign
in again. So the file is written whole or not at all, and one process at a time renews what is in it.
Source: https://developers.strava.com/docs/authentication/.
"""

from __future__ import annotations

import contextlib
import json
import os
import re
from collections.abc import Iterator
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from filelock import FileLock, Timeout

from ..writing import write_over
from .address import base_address
from .errors import NotSignedIn
from .private import private_folder
from .settings import OAUTH_BASE

if TYPE_CHECKING:
    from .settings import Settings

__all__ = ["TokenFile", "Tokens", "printable"]

#: Seconds to wait for another process that renews the sign-in; that is one request to Strava.
PATIENCE = 90.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Tokens:
    """What Strava gave to one application for one athlete. No repr shows a token or the application's secret.

    ``expires_at`` is in UTC seconds by Strava's clock; ``scopes`` are what the athlete granted. The name of the
    athlete is not kept: the number is enough to tell accounts apart.
    """

    access_token: str = field(repr=False)
    refresh_token: str = field(repr=False)
    expires_at: float
    scopes: tuple[str, ...]
    athlete_id: int | None
    client_id: str
    client_secret: str = field(repr=False)

    @classmethod
    def from_json(cls, answer: object) -> Tokens | None:
        """The sign-in in a parsed file, ``None`` where something is missing or of another kind."""
        if not isinstance(answer, dict):
            return None
        secret = [answer.get(key) for key in ("access_token", "refresh_token", "client_id", "client_secret")]
        access_token, refresh_token, client_id, client_secret = (s if printable(s) else "" for s in secret)
        expires_at, scopes, athlete_id = (answer.get(key) for key in ("expires_at", "scopes", "athlete_id"))
        if (
            not (access_token and refresh_token and client_id and client_secret)
            or isinstance(expires_at, bool)
            or not isinstance(expires_at, int | float)
            or not (isinstance(scopes, list) and all(isinstance(scope, str) for scope in scopes))
            or not (athlete_id is None or isinstance(athlete_id, int))
        ):
            return None
        return cls(
            access_token=access_token,
            refresh_token=refresh_token,
            expires_at=expires_at,
            scopes=tuple(scopes),
            athlete_id=athlete_id,
            client_id=client_id,
            client_secret=client_secret,
        )

    @property
    def secrets(self) -> tuple[str, ...]:
        """What stands in no message."""
        return self.access_token, self.refresh_token, self.client_secret


def printable(value: Any) -> bool:
    """Whether a value is a text that a header can carry, so that it can be a token."""
    return isinstance(value, str) and bool(value) and all("!" <= c <= "~" for c in value)


class TokenFile:
    """The file of one sign-in. ``path`` need not exist, nor its directory."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def __repr__(self) -> str:
        return f"TokenFile({str(self.path)!r})"

    @classmethod
    def of(cls, settings: Settings) -> TokenFile:
        """The file for the place where the settings sign in: a trial on a stand-in leaves the real one alone."""
        base, _ = base_address(settings.oauth_base, "oauth_base")
        place = "" if str(base) == OAUTH_BASE else re.sub(r"[^a-z0-9.]+", "-", f"-{base.netloc.decode()}")
        return cls(settings.config_dir / f"strava{place}.json")

    def read(self) -> Tokens | None:
        """The sign-in, ``None`` where there is no file.

        Raises `NotSignedIn` for a file that cannot be read or that tracklint did not write so.
        """
        try:
            text = self.path.read_bytes()
        except FileNotFoundError:
            return None
        except OSError as error:
            raise NotSignedIn(f"the sign-in in {self.path} cannot be read: {error.strerror}") from None
        tokens = None
        with contextlib.suppress(ValueError, RecursionError):
            tokens = Tokens.from_json(json.loads(text))
        if tokens is None:  # outside a handler: the error of json holds the file's text, and with it the tokens
            raise NotSignedIn(
                f"the sign-in in {self.path} is damaged ({len(text)} bytes); `tracklint login` writes a new one"
            )
        return tokens

    def write(self, tokens: Tokens) -> None:
        """Put a sign-in in the place of the old one, in one step and safe on the disk; mode 0600. Raises OSError."""
        private_folder(Path(os.path.realpath(self.path)).parent)
        write_over(self.path, (json.dumps(asdict(tokens), indent=1) + "\n").encode(), private=True)

    def delete(self) -> bool:
        """Delete the file; whether there was one. Raises OSError."""
        try:
            self.path.unlink()
        except FileNotFoundError:
            return False
        return True

    @contextlib.contextmanager
    def lock(self) -> Iterator[None]:
        """Keep other processes from renewing or replacing the sign-in. Raises `NotSignedIn` where that cannot be."""
        lock = FileLock(self.path.with_name(f".{self.path.name}.lock"), mode=0o600)
        try:
            private_folder(self.path.parent)
            lock.acquire(timeout=PATIENCE)
        except Timeout:
            raise NotSignedIn(
                f"another tracklint has kept {self.path} locked for {PATIENCE:g} s; try again when it has ended"
            ) from None
        except OSError as error:
            raise NotSignedIn(f"the sign-in in {self.path} cannot be locked: {error.strerror}") from None
        try:
            yield
        finally:
            lock.release()

    def readable_by_others(self) -> bool:
        """Whether the file's mode lets other users read it. False on systems without such modes."""
        return os.name == "posix" and bool(self.path.stat().st_mode & 0o077)
