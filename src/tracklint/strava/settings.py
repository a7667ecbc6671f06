"""Where Strava is and where tracklint keeps what belongs to an athlete, as the environment says."""

from __future__ import annotations

import os
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["API_BASE", "OAUTH_BASE", "Settings", "service"]

#: Host and path in one setting: Strava's changelog of June 2026 names https://api-v3.strava.com for 4 January 2027.
API_BASE = "https://www.strava.com/api/v3"
#: Where an athlete signs in; it stays when the API moves.
OAUTH_BASE = "https://www.strava.com/oauth"


def service(api_base: str) -> str:
    """What stands for a service in the journal: one word for Strava, whichever of its addresses is used.

    So a file that was sent to today's address is known as sent when the next one is set.
    """
    host = urlsplit(api_base).hostname or ""
    return API_BASE if host == "strava.com" or host.endswith(".strava.com") else api_base


def _oauth_beside(api_base: str) -> str:
    """Where an athlete signs in for an API: at Strava for any address of Strava's, else at the same server."""
    if service(api_base) == API_BASE:
        return OAUTH_BASE
    parts = urlsplit(api_base)
    return f"{parts.scheme}://{parts.netloc}/oauth"


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """What TRACKLINT_STRAVA_TOKEN, _API, _OAUTH, _CLIENT_ID, _CLIENT_SECRET and TRACKLINT_HOME say.

    TRACKLINT_STRAVA_API alone moves both addresses: to another server with its sign-in, or to another address of
    Strava, whose sign-in stays where it is. ``home`` takes the place of the user's directories for configuration and
    state. The repr shows no secret.
    """

    token: str | None = field(default=None, repr=False)
    api_base: str = API_BASE
    oauth_base: str = OAUTH_BASE
    client_id: str | None = None
    client_secret: str | None = field(default=None, repr=False)
    home: Path | None = None

    @classmethod
    def from_environment(cls, environ: Mapping[str, str] = os.environ) -> Settings:
        """The settings of this process. A variable that is set but empty counts as not set."""
        home = environ.get("TRACKLINT_HOME")
        api_base = environ.get("TRACKLINT_STRAVA_API") or API_BASE
        return cls(
            token=environ.get("TRACKLINT_STRAVA_TOKEN") or None,
            api_base=api_base,
            oauth_base=environ.get("TRACKLINT_STRAVA_OAUTH") or _oauth_beside(api_base),
            client_id=environ.get("TRACKLINT_STRAVA_CLIENT_ID") or None,
            client_secret=environ.get("TRACKLINT_STRAVA_CLIENT_SECRET") or None,
            home=Path(home) if home else None,
        )

    @property
    def config_dir(self) -> Path:
        """Where sign-ins are kept."""
        import platformdirs

        return self.home or platformdirs.user_config_path("tracklint", appauthor=False)

    @property
    def journal(self) -> Path:
        """The file of the journal of uploads."""
        return self.state_dir / "journal.sqlite"

    @property
    def trial(self) -> Path:
        """The folder of what `tracklint upload --sandbox` left unfinished; its journal is ``journal.sqlite``."""
        return self.state_dir / "sandbox"

    @property
    def state_dir(self) -> Path:
        """Where the journal of uploads is kept."""
        import platformdirs

        return self.home or platformdirs.user_state_path("tracklint", appauthor=False)
