"""How many requests were made of those that Strava allows in a quarter of an hour and in a UTC day."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ..limits import QUARTER

if TYPE_CHECKING:
    from collections.abc import Callable

__all__ = ["Usage"]

_DAY = 24 * 3600
Pair = tuple[int, int]


class Usage:
    """The requests of one application. ``limit`` and ``read_limit`` are those of a quarter of an hour and of a day."""

    def __init__(self, clock: Callable[[], float], *, limit: Pair, read_limit: Pair) -> None:
        self._clock = clock
        self._limits = (limit, read_limit)
        self._used = [[0, 0], [0, 0]]
        self._begun = clock()

    def count(self, *, reads: bool) -> bool:
        """Count one request; whether the limits still allow it. Refused ones count as well."""
        self._turn()
        for used in self._used[: 1 + reads]:
            used[0] += 1
            used[1] += 1
        return self.allows(reads=reads)

    def allows(self, *, reads: bool) -> bool:
        """Whether the last request was within the limits."""
        pairs = list(zip(self._used, self._limits, strict=True))[: 1 + reads]
        return all(n <= most for used, limit in pairs for n, most in zip(used, limit, strict=True))

    def fill(self, how: str) -> None:
        """Use up the quarter of an hour (``reached``), all of it but a little (``nearly``), or the ``day``."""
        self._turn()
        for used, limit in zip(self._used, self._limits, strict=True):
            window = int(how == "day")
            used[window] = max(used[window], limit[window] * 97 // 100 if how == "nearly" else limit[window] + 1)

    def headers(self) -> dict[str, str]:
        """The four headers that stand on every answer."""
        (limit, read_limit), (used, read_used) = self._limits, self._used
        return {
            "X-RateLimit-Limit": f"{limit[0]},{limit[1]}",
            "X-RateLimit-Usage": f"{used[0]},{used[1]}",
            "X-ReadRateLimit-Limit": f"{read_limit[0]},{read_limit[1]}",
            "X-ReadRateLimit-Usage": f"{read_used[0]},{read_used[1]}",
        }

    def _turn(self) -> None:
        """Begin again where a window has ended since."""
        now = self._clock()
        for window, seconds in enumerate((QUARTER, _DAY)):
            if now // seconds != self._begun // seconds:
                for used in self._used:
                    used[window] = 0
        self._begun = now
