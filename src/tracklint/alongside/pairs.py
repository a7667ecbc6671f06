"""One recording beside another: all that is told of the two."""

from __future__ import annotations

from dataclasses import dataclass

from ..spelling import printable
from .agreement import Agreement, Separation, Total
from .clocks import Clock
from .recording import Recording

__all__ = ["Pair", "Pause"]

#: Numbers of points in the same time that differ by more than this share are another sampling.
_SAMPLING = 0.02


@dataclass(frozen=True, slots=True)
class Pause:
    """More than ten seconds in which one side (``reference`` or ``other``) wrote no point while the other one did:
    ``start`` in UTC seconds by the reference's clock, and how long it was."""

    side: str
    start: float
    duration_s: int


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class Pair:
    """One recording beside the reference.

    ``same`` says whether it is one ride, ``why`` why that is said. ``shared_s`` are the seconds in which both recorded;
    ``points`` how many points each wrote in them (reference, other), and ``sampling_differs`` whether these
    differ by more than 2 %. ``agreements`` are of the channels that both have, ``lacks`` names those that one side has
    alone, with the side that lacks it (``reference`` or ``other``), ``pauses`` are those of one side alone. What cannot
    be said is ``None``.
    """

    reference: Recording
    other: Recording
    clock: Clock
    same: bool
    why: str
    shared_s: int
    points: tuple[int, int]
    agreements: tuple[Agreement, ...]
    lacks: tuple[tuple[str, str], ...]
    pauses: tuple[Pause, ...]
    separation: Separation | None
    distance: Total | None
    ascent: Total | None

    def __repr__(self) -> str:
        return f"<Pair {printable(self.other.name)}: {'the same ride' if self.same else 'not the same ride'}>"

    @property
    def sampling_differs(self) -> bool:
        """Whether one wrote more than 2 % more points than the other in the same time."""
        return max(self.points) > (1 + _SAMPLING) * min(self.points) + 1

    def agreement(self, channel: str) -> Agreement | None:
        """How this channel agrees; ``None`` where one side lacks it."""
        return next((each for each in self.agreements if each.channel == channel), None)
