"""How many files have something, and the first of them by name."""

from __future__ import annotations

from dataclasses import dataclass, field

from ..rules.fleet.seen import MOST

__all__ = ["Having"]


@dataclass(slots=True)
class Having:
    """``names`` are the first `MOST` of ``files``, so that it does not grow with them."""

    files: int = 0
    names: list[str] = field(default_factory=list)

    def add(self, name: str) -> None:
        """Count one file."""
        self.files += 1
        if len(self.names) < MOST:
            self.names.append(name)
