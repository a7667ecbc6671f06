"""Who may do what at the stand-in: applications, codes, and tokens that end, rotate and can be revoked. In memory."""

from __future__ import annotations

import secrets
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

__all__ = ["ATHLETE", "CLIENT_ID", "CLIENT_SECRET", "SCOPES", "Grant", "Grants"]

#: The one application that the stand-in knows; neither is a secret, as they open the stand-in only.
CLIENT_ID, CLIENT_SECRET = "12345", "sandbox-client-secret"
SCOPES = (
    "read",
    "read_all",
    "profile:read_all",
    "profile:write",
    "activity:read",
    "activity:read_all",
    "activity:write",
)
ATHLETE = {
    "id": 1,
    "username": "sandbox",
    "resource_state": 2,
    "firstname": "Sandbox",
    "lastname": "Athlete",
    "city": None,
    "state": None,
    "country": None,
    "sex": None,
    "premium": False,
    "summit": False,
}
_CODE_LIFE = 600.0


@dataclass(slots=True)
class Grant:
    """What the athlete allowed once. ``access`` holds each access token that was given and when it ends."""

    scopes: tuple[str, ...]
    refresh_token: str = ""
    access: dict[str, float] = field(default_factory=dict, repr=False)

    @property
    def newest(self) -> tuple[str, float]:
        """The access token that was given last, and its end in UTC seconds."""
        return list(self.access.items())[-1]


class Grants:
    """Codes and tokens. ``life`` is that of an access token, ``still_good`` the rest of it below which it is replaced.

    ``exchanges`` and ``refreshes`` count what was asked for successfully. Times are in seconds.
    """

    def __init__(self, clock: Callable[[], float], *, life: float = 21600.0, still_good: float = 3600.0) -> None:
        self.life, self.still_good = life, still_good
        self.exchanges = self.refreshes = 0
        self._clock = clock
        self._codes: dict[str, tuple[tuple[str, ...], float]] = {}
        self._grants: list[Grant] = []

    def authorise(self, scopes: tuple[str, ...]) -> str:
        """The athlete says yes: a code, good for one exchange."""
        code = secrets.token_hex(20)
        self._codes[code] = (scopes, self._clock() + _CODE_LIFE)
        return code

    def allowed(self) -> frozenset[str]:
        """What the athlete has allowed the application so far."""
        return frozenset(scope for grant in self._grants for scope in grant.scopes)

    def exchange(self, code: str) -> Grant | None:
        """Tokens for a code; ``None`` for one that is unknown, used or too old."""
        scopes, end = self._codes.pop(code, ((), 0.0))
        if self._clock() >= end:
            return None
        grant = Grant(scopes, secrets.token_hex(20))
        self._give(grant)
        self._grants.append(grant)
        self.exchanges += 1
        return grant

    def refresh(self, refresh_token: str) -> Grant | None:
        """The next tokens; the old refresh token is dead from now on. ``None`` for one that is dead or unknown.

        An access token with enough of its life left comes back, and the refresh token with it.
        """
        grant = next((g for g in self._grants if g.refresh_token == refresh_token), None)
        if grant is None:
            return None
        self.refreshes += 1
        if grant.newest[1] - self._clock() <= self.still_good:
            grant.refresh_token = secrets.token_hex(20)
            self._give(grant)
        return grant

    def revoke(self, token: str) -> bool:
        """End the grant that a token of either kind belongs to; whether there was one."""
        found = [g for g in self._grants if token == g.refresh_token or token in g.access]
        self._grants = [g for g in self._grants if g not in found]
        return bool(found)

    def scopes_of(self, access_token: str) -> tuple[str, ...] | None:
        """What an access token is good for, ``None`` where it is unknown, over or revoked."""
        for grant in self._grants:
            if self._clock() < grant.access.get(access_token, 0.0):
                return grant.scopes
        return None

    def expire(self, access_token: str) -> None:
        """End the life of an access token now; its refresh token stays good."""
        for grant in self._grants:
            if access_token in grant.access:
                grant.access[access_token] = 0.0

    def seconds_left(self, end: float) -> int:
        """The whole seconds until an access token ends."""
        return max(0, int(end - self._clock()))

    def _give(self, grant: Grant) -> None:
        grant.access[secrets.token_hex(20)] = self._clock() + self.life
