"""What of a file is left in the memory of a run over many: no text of it, and no point."""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

__all__ = ["Asked", "Identity", "Trace"]


class Asked(NamedTuple):
    """A file that is one of those of which a ``share`` may have something: the finding of a rule, or a fact out of its
    bounds. ``of`` is the code or the fact, ``has`` whether the fact is; of a code the findings tell. ``section`` is
    where the configuration asks."""

    of: str
    share: float
    section: str
    has: bool | None = None


class Identity(NamedTuple):
    """What a FIT file calls itself: file_id's serial_number and time_created, and the times of its first and last
    point, in UTC seconds, NaN where there is none."""

    serial: int
    created: float
    start: float
    end: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Trace:
    """``manufacturer_id`` and ``product_id`` are the numbers of its device (FIT), by which sections are selected;
    ``asked`` is what is asked of the fleet that it is one of.

    ``fields`` are the fields of its messages with their base types, as message << 16 | field << 8 | base type, and
    ``heads`` the numbers of the fields that messages about the file itself have; both are empty where the file is
    damaged.
    """

    manufacturer_id: int | None = None
    product_id: int | None = None
    asked: tuple[Asked, ...] = ()
    fields: tuple[int, ...] = ()
    heads: tuple[tuple[int, bytes], ...] = ()
    identity: Identity | None = None
