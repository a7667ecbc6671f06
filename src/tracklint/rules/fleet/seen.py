"""What was seen of the files of one device and firmware, as rules look at it. `fleet` gathers it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, ClassVar, NamedTuple

__all__ = ["MOST", "Double", "Drift", "Fleet", "Form", "Rate", "Reuse", "Share"]

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


class Form(NamedTuple):
    """One of the ways in which something is written, in words; how many files do so, and the first `MOST` of them."""

    says: str
    files: int
    names: tuple[str, ...]


class Drift(NamedTuple):
    """Something that files of one firmware write in different forms, the commonest first."""

    subject: str
    forms: tuple[Form, ...]


class Double(NamedTuple):
    """Different contents under one identity: how many, and the first `MOST` files."""

    contents: int
    names: tuple[str, ...]


class Reuse(NamedTuple):
    """Files that share a serial number and cannot be of one device: ``how`` says why."""

    how: str
    names: tuple[str, ...]


class Rate(NamedTuple):
    """A rule that speaks of another share of files than in the firmware ``before``; ``p`` is the chance of as large a
    difference, or a larger one, between two samples of the same. ``names`` are the first files of which it speaks,
    or the first of all."""

    code: str
    before: str
    files_before: int
    having_before: int
    files: int
    having: int
    names: tuple[str, ...]
    p: float = 1.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Fleet:
    """The files of one device and firmware: ``device`` is manufacturer, product and firmware as files name them, ``""``
    where they do not. ``shares`` are those that are larger than they may be, ``drifts`` what files write
    differently, ``doubles`` and ``reuses`` those whose first file is of this device, ``rates`` those that differ from
    the firmware before."""

    FORMATS: ClassVar = ("fleet",)

    device: tuple[str, str, str]
    shares: tuple[Share, ...] = ()
    drifts: tuple[Drift, ...] = ()
    doubles: tuple[Double, ...] = ()
    reuses: tuple[Reuse, ...] = ()
    rates: tuple[Rate, ...] = ()

    @property
    def told(self) -> dict[str, Any]:
        """The device as evidence, and in words."""
        manufacturer, product, firmware = (each or None for each in self.device)
        return {"device": self.name, "manufacturer": manufacturer, "product": product, "firmware": firmware}

    @property
    def name(self) -> str:
        """The device in words."""
        return " ".join(filter(None, self.device)) or "unnamed devices"
