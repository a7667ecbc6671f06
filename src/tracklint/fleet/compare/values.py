"""What changed in files that both nights hold: distance, time, points and sport, beyond tolerance."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from .designs import Marks, Tolerances
from .night import Floats, Night
from .pairing import Pairing

__all__ = ["Changed", "changed_values"]

#: Value, its name in `Night.values`, its name in `Tolerances`, and the least difference that counts.
_NUMBERS = (("distance", "distance_m", 10.0), ("time", "elapsed_s", 1.0), ("points", "points", 0.0))


@dataclass(frozen=True, slots=True)
class Changed:
    """One value of one file; distances in metres, times in seconds, ``None`` where it is not known."""

    file: str
    what: str
    old: float | str | None
    new: float | str | None


def changed_values(old: Night, new: Night, paired: Pairing, tolerances: Tolerances) -> tuple[Changed, ...]:
    """What changed in the pairs, in the order of the new night."""
    return tuple(_changed(old, new, paired, tolerances))


def _changed(old: Night, new: Night, paired: Pairing, tolerances: Tolerances) -> Iterator[Changed]:
    apart = {
        what: _apart(old.values[name][paired.old], new.values[name][paired.new], getattr(tolerances, what), least)
        for what, name, least in _NUMBERS
    }
    for k, (before, now) in enumerate(zip(paired.old, paired.new, strict=True)):
        file = new.names[now]
        for what, name, _ in _NUMBERS:
            if apart[what][k]:
                yield Changed(file, what, _number(old.values[name][before]), _number(new.values[name][now]))
        if old.sports[before] != new.sports[now]:
            yield Changed(file, "sport", old.sports[before] or None, new.sports[now] or None)


def _apart(before: Floats, now: Floats, part: float, least: float) -> Marks:
    """Where two values are further apart than a part of themselves, or one of them is not known."""
    with np.errstate(invalid="ignore"):
        far = np.abs(now - before) > np.maximum(part * np.maximum(np.abs(before), np.abs(now)), least)
    apart: Marks = far | (np.isnan(before) != np.isnan(now))
    return apart


def _number(value: float) -> float | None:
    return None if np.isnan(value) else float(value)
