"""What was seen of the files of one device and firmware, as rules look at it. `fleet` gathers it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, ClassVar, NamedTuple

__all__ = ["MOST", "Fleet", "Share"]

#: How many files a finding names.
MOST = 10


class Share(NamedTuple):
    """Of ``files`` files that were asked, ``having`` have what a part of them may have, ``limit`` (0 to 1). ``names``
    are the first `MOST` of those."""

    of: str
    limit: float
    section: str
    files: int
    having: int
    names: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Fleet:
    """The files of one device and firmware: ``device`` is manufacturer, product and firmware as files name them, ``""``
    where they do not. ``shares`` are those that are larger than they may be."""

    FORMATS: ClassVar = ("fleet",)

    device: tuple[str, str, str]
    shares: tuple[Share, ...] = ()

    @property
    def told(self) -> dict[str, Any]:
        """The device as evidence, and in words."""
        manufacturer, product, firmware = (each or None for each in self.device)
        return {"device": self.name, "manufacturer": manufacturer, "product": product, "firmware": firmware}

    @property
    def name(self) -> str:
        """The device in words."""
        return " ".join(filter(None, self.device)) or "unnamed devices"
