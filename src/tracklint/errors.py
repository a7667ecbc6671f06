"""The one class from which every error of tracklint comes that a caller can do something about."""

from __future__ import annotations

__all__ = ["TracklintError"]


class TracklintError(Exception):
    """What tracklint raises by design: `BadConfig`, `Unreadable`, and what `tracklint.strava` raises. The text is one
    clear sentence."""
