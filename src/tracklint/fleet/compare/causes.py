"""From differences to causes: one alarm stands below another where it follows from it.

1. Is an alarm gone among the files that are alike in another one? Then it follows from that. Gone is what is less than
   a third of what it was, or not significant (p = 0.0025), where as many files are left as would show it; where fewer
   are left, both must stand in the same files more often than by chance (Fisher's test). Where two follow from each
   other, the one of the higher severity is the cause, a rule rather than a fact, the stronger one.
2. A cause that is in nearly all new files leaves no files to compare. Then an alarm stands below it where both speak of
   the same part of the file, such as laps; and so does a fact of a part whose cause stands already.
3. What stands below nothing is a cause.

The order is that of strength: p (below 1e-50 all are alike), severity with facts last, the size of the difference, the
name.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from ...findings import Severity
from .designs import Both, Design, Explained, Tested
from .subjects import subjects

__all__ = ["Alarm", "Cause", "Follower", "Kind", "Measure", "Side", "causes"]

Kind = Literal["rule", "fact", "unreadable"]
Why = Literal["test", "subject"]

_STRONGEST = 50.0


@dataclass(frozen=True, slots=True)
class Side:
    """A measure on one side: of ``files`` files ``some`` have any; ``total`` is the sum of its values, ``median`` that
    of the files that have any, ``None`` where there are none."""

    files: int
    some: int
    total: float
    median: float | None


@dataclass(frozen=True, slots=True)
class Measure:
    """A rule or a fact on both sides. ``name`` is that of a rule, ``text`` one of its messages."""

    kind: Kind
    key: str
    old: Side
    new: Side
    name: str = ""
    severity: Severity | None = None
    text: str = ""

    @property
    def title(self) -> str:
        """Code and name of a rule; the name of a fact."""
        return f"{self.key} {self.name}".strip()


@dataclass(frozen=True, slots=True)
class Alarm:
    """A difference that is more than chance and large enough to matter. ``tested`` holds what was seen, the strongest
    first."""

    measure: Measure
    tested: tuple[Tested, ...]

    @property
    def first(self) -> Tested:
        """The strongest of what was seen."""
        return self.tested[0]

    @property
    def change(self) -> str:
        """``new`` (no file before), ``gone`` (no file now), else ``more``, ``fewer``, ``larger`` or ``smaller``."""
        up = self.first.difference > 0
        if self.first.what == "size":
            return "larger" if up else "smaller"
        if not self.measure.old.some:
            return "new"
        if not self.measure.new.some:
            return "gone"
        return "more" if up else "fewer"

    @property
    def subjects(self) -> frozenset[str]:
        """What it is about."""
        name = self.measure.key.replace("_", " ") if self.measure.kind == "fact" else self.measure.name
        return subjects(name, self.measure.text)

    @property
    def order(self) -> tuple[Any, ...]:
        """Sorts alarms, the strongest first."""
        strength = min(_STRONGEST, -math.log10(max(self.first.chance.p, 1e-300)))
        return -strength, -self.rank, -abs(self.first.difference), self.measure.key

    @property
    def rank(self) -> int:
        """The rank of a rule's severity; -1 of a fact."""
        return self.measure.severity.rank if self.measure.severity is not None else -1


@dataclass(frozen=True, slots=True)
class Follower:
    """An alarm below a cause: the test shows it, or the subject of both is one and too few files are left to test."""

    alarm: Alarm
    why: Why


@dataclass(frozen=True, slots=True)
class Cause:
    """An alarm that follows from no other, and those that follow from it."""

    alarm: Alarm
    below: tuple[Follower, ...] = ()

    @property
    def alarms(self) -> tuple[Alarm, ...]:
        """The alarm, and those below it."""
        return self.alarm, *(each.alarm for each in self.below)


def causes(alarms: Sequence[Alarm], design: Design, values: Callable[[str], Both]) -> list[Cause]:
    """The causes among the alarms of one comparison, the strongest first; ``values`` are those of a measure in old and
    new files."""
    ordered = sorted(alarms, key=lambda each: each.order)
    follows = {
        (at, by): _follows(alarm, cause, design, values)
        for at, alarm in enumerate(ordered)
        for by, cause in enumerate(ordered)
        if at != by
    }
    below: dict[int, tuple[int, Why]] = {}
    for at, by in _tested(ordered, follows).items():
        below[at] = by, "test"
    tops = [at for at in range(len(ordered)) if at not in below]
    for at in tops:
        alike = (by for by in tops if by < at and by not in below and _of_one_part(ordered[at], ordered[by]))
        untold = (by for by in alike if ordered[at].measure.kind == "fact" or follows[at, by] is None)
        if (first := next(untold, None)) is not None:
            below[at] = first, "subject"
    return [
        Cause(alarm, tuple(Follower(ordered[each], why) for each, (by, why) in _settled(below) if by == at))
        for at, alarm in enumerate(ordered)
        if at not in below
    ]


def _follows(alarm: Alarm, by: Alarm, design: Design, values: Callable[[str], Both]) -> Explained:
    """Whether all that was seen of an alarm is gone among files that are alike in another one."""
    pairs = values(alarm.measure.key), values(by.measure.key)
    told = [design.explained(tested, by.first, *pairs) for tested in alarm.tested]
    return None if None in told else all(told)


def _tested(ordered: Sequence[Alarm], follows: Mapping[tuple[int, int], Explained]) -> dict[int, int]:
    """What each alarm stands below by the tests: of all that it follows from, the first that follows from nothing."""

    def is_above(by: int, at: int) -> bool:
        if not follows[at, by]:
            return False
        return not follows[by, at] or (-ordered[by].rank, by) < (-ordered[at].rank, at)

    above = {at: [by for by in range(len(ordered)) if by != at and is_above(by, at)] for at in range(len(ordered))}
    found: dict[int, int] = {}
    for at in above:
        met, waiting = {at}, [at]
        while waiting:
            more = [by for by in above[waiting.pop()] if by not in met]
            met.update(more)
            waiting.extend(more)
        tops = [by for by in met if not above[by]] or [min(met)]  # a circle: its strongest
        if at not in tops:
            found[at] = min(tops)
    return found


def _of_one_part(alarm: Alarm, other: Alarm) -> bool:
    return bool(alarm.subjects & other.subjects)


def _settled(below: Mapping[int, tuple[int, Why]]) -> list[tuple[int, tuple[int, Why]]]:
    """Each alarm with the cause that it stands below, where that stands below another one too."""
    settled = []
    for at, (by, why) in sorted(below.items()):
        top = by
        while top in below:
            top = below[top][0]
        settled.append((at, (top, why if top == by else "subject")))
    return settled
