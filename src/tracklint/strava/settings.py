"""Where Strava is and where tracklint keeps what belongs to an athlete, as the environment says."""

from __future__ import annotations

import os
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["API_BASE", "OAUTH_BASE", "Settings"]

#: Host and path in one setting: Strava moves both on 2027-06-01.
API_BASE = "https://www.strava.com/api/v3"
#: Where an athlete signs in; it stays when the API moves.
OAUTH_BASE = "https://www.strava.com/oauth"


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """What TRACKLINT_STRAVA_TOKEN, _API, _OAUTH, _CLIENT_ID, _CLIENT_SECRET and TRACKLINT_HOME say.

    ``home`` takes the place of the user's directories for configuration and state. The repr shows no secret.
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
        return cls(
            token=environ.get("TRACKLINT_STRAVA_TOKEN") or None,
            api_base=environ.get("TRACKLINT_STRAVA_API") or API_BASE,
            oauth_base=environ.get("TRACKLINT_STRAVA_OAUTH") or OAUTH_BASE,
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
    def state_dir(self) -> Path:
        """Where the journal of uploads is kept."""
        import platformdirs

        return self.home or platformdirs.user_state_path("tracklint", appauthor=False)
