"""Which share of the files of a device and firmware has what the configuration lets some of them have.

What is kept grows with the devices and with what is expected, not with the files.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from ..rules.fleet.seen import Share
from .having import Having

if TYPE_CHECKING:
    from ..render.digest import Digest

__all__ = ["Shares"]


@dataclass(slots=True)
class _Asked:
    files: int = 0
    having: Having = field(default_factory=Having)


class Shares:
    """The counts of one device and firmware. Findings that a baseline knows do not count."""

    def __init__(self) -> None:
        self._counts: dict[tuple[str, float, str], _Asked] = {}

    def add(self, digest: Digest) -> None:
        """Count one file for all that is asked of it."""
        if digest.trace is None:
            return
        codes = {code for code, _, _ in digest.counts}
        for of, share, section, has in digest.trace.asked:
            count = self._counts.setdefault((of, share, section), _Asked())
            count.files += 1
            if of in codes if has is None else has:
                count.having.add(digest.name)

    def broken(self) -> tuple[Share, ...]:
        """The shares that are larger than they may be, by what they are of."""
        return tuple(
            Share(*key, count.files, count.having.files, tuple(count.having.names))
            for key, count in sorted(self._counts.items())
            if count.having.files > key[1] * count.files
        )
