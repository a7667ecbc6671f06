"""Strava's request limits, as the headers of every answer tell them.

Limits hold for a quarter of an hour (from :00, :15, :30 and :45) and for a UTC day, once for all requests and once
for requests that read. Source: https://developers.strava.com/docs/rate-limits/.
"""

from __future__ import annotations

from dataclasses import dataclass
from email.utils import parsedate_to_datetime
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["QUARTER", "Bucket", "RateLimits", "server_time"]

QUARTER = 15 * 60
_DAY = 24 * 3600


@dataclass(frozen=True, slots=True)
class Bucket:
    """One limit: how many requests it allows in its window and how many are used."""

    limit: int
    used: int

    @property
    def left(self) -> int:
        """The requests that the window still allows, never below 0."""
        return max(0, self.limit - self.used)


@dataclass(frozen=True, slots=True, kw_only=True)
class RateLimits:
    """The four buckets; ``None`` for one that the answer did not tell."""

    quarter: Bucket | None = None
    day: Bucket | None = None
    read_quarter: Bucket | None = None
    read_day: Bucket | None = None

    @classmethod
    def from_headers(cls, headers: Mapping[str, str]) -> RateLimits | None:
        """The limits in an answer's headers (each ``"short,daily"``), ``None`` where none can be read."""
        quarter, day = _pair(headers, "x-ratelimit")
        read_quarter, read_day = _pair(headers, "x-readratelimit")
        if quarter is None and read_quarter is None:
            return None
        return cls(quarter=quarter, day=day, read_quarter=read_quarter, read_day=read_day)

    @property
    def day_is_used_up(self) -> bool:
        """Whether one of the daily limits allows nothing more."""
        return any(b is not None and not b.left for b in (self.day, self.read_day))

    def closed_until(self, told: float, now: float, *, reads: bool) -> float | None:
        """Until when no further request is to be made (UTC seconds), or ``None`` where there is room.

        A twentieth of each limit is left for other programs of the same application. ``told`` is when these limits were
        told: a window that has ended since counts no more. ``reads`` looks at the limits of reading requests as well.
        """
        days = [self.day, self.read_day if reads else None]
        quarters = [self.quarter, self.read_quarter if reads else None]
        for window, buckets in ((_DAY, days), (QUARTER, quarters)):
            full = any(b is not None and b.left <= b.limit // 20 for b in buckets)
            if full and told // window == now // window:
                return (now // window + 1) * window
        return None

    def reopens(self, now: float) -> float:
        """When requests are allowed again (UTC seconds): the next quarter of an hour, or midnight after a full day."""
        window = _DAY if self.day_is_used_up else QUARTER
        return (now // window + 1) * window


def server_time(headers: Mapping[str, str], otherwise: float) -> float:
    """The time of an answer by its Date header (UTC seconds); ``otherwise`` where there is none that can be read."""
    try:
        return parsedate_to_datetime(headers.get("date", "")).timestamp()
    except (ValueError, TypeError, OverflowError):
        return otherwise


def _pair(headers: Mapping[str, str], prefix: str) -> tuple[Bucket | None, Bucket | None]:
    limits, used = _numbers(headers.get(f"{prefix}-limit")), _numbers(headers.get(f"{prefix}-usage"))
    if limits is None or used is None:
        return None, None
    return Bucket(limits[0], used[0]), Bucket(limits[1], used[1])


def _numbers(text: str | None) -> tuple[int, int] | None:
    parts = [part.strip() for part in (text or "").split(",")]
    if len(parts) != 2 or not all(part.isascii() and part.isdigit() and len(part) < 12 for part in parts):
        return None
    return int(parts[0]), int(parts[1])
