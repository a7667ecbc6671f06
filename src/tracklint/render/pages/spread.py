"""Measured facts of many files as distributions, in memory for one fact at a time."""

from __future__ import annotations

import weakref
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from tempfile import TemporaryFile
from typing import Any

import numpy as np

from ...measured import FACTS, identity
from ...spelling import number

__all__ = ["Spread", "Values"]

#: A number that names a thing is none of these.
_NAMES = {fact for measure in identity.MEASURES for fact in measure.facts}
_NUMBERS = tuple(fact for fact in FACTS.values() if fact.kind in ("whole", "number") and fact not in _NAMES)
_BARS = 32
_HIGH = 24
#: A distribution is drawn between these percentiles, with half of their distance on both sides.
_NEAR = (2, 98)


@dataclass(frozen=True, slots=True)
class Spread:
    """The values of one fact. ``bars`` are numbers of files from ``low`` to ``high``, ``path`` their drawing, one unit
    wide each and 24 high; ``numbers`` are least, tenth, median, ninetieth percentile and greatest."""

    title: str
    unit: str
    formula: str
    files: int
    bars: tuple[int, ...]
    path: str
    low: str
    high: str
    numbers: tuple[tuple[str, str], ...]
    summary: str

    @property
    def same(self) -> bool:
        """Whether all files have one value."""
        return self.numbers[0][1] == self.numbers[-1][1]


class Values:
    """The numbers that are facts, kept on the disk, a row a file."""

    def __init__(self) -> None:
        # no with: it lives as long as the values do
        self._file = TemporaryFile("w+b")  # noqa: SIM115 - it lives as long as the values
        self._end = weakref.finalize(self, self._file.close)
        self._rows = 0

    def add(self, facts: Mapping[str, Any]) -> None:
        """The facts of one file; nothing where none were measured."""
        if facts:
            row = [facts.get(fact.name) for fact in _NUMBERS]
            self._file.write(np.array([np.nan if each is None else each for each in row], np.float64).tobytes())
            self._rows += 1

    def spreads(self) -> Iterator[Spread]:
        """A distribution for each fact that any file has."""
        if not self._rows:
            return
        self._file.flush()
        table = np.memmap(self._file, np.float64, "r", shape=(self._rows, len(_NUMBERS)))
        for column, fact in enumerate(_NUMBERS):
            values = np.array(table[:, column])
            values = np.sort(values[np.isfinite(values)])
            if len(values):
                yield _spread(fact.short.replace("_", " "), fact.unit, fact.formula, values)


def _spread(title: str, unit: str, formula: str, values: Any) -> Spread:
    """``values`` are ascending."""
    low, high = _ends(values)
    room = 0.0 if low < high else 0.5  # one value stands in the middle
    bars = tuple(np.histogram(values, _BARS, (low - room, high + room))[0].tolist())
    at = np.percentile(values, (0, 10, 50, 90, 100), method="nearest")
    numbers = tuple(zip(("least", "10 %", "median", "90 %", "greatest"), map(_number, at.tolist()), strict=True))
    said = ", ".join(f"{label} {told}" for label, told in numbers)
    return Spread(
        title=title.capitalize(),
        unit=unit,
        formula=formula,
        files=len(values),
        bars=bars,
        path=_path(bars),
        low=_number(low),
        high=_number(high),
        numbers=numbers,
        summary=f"{title.capitalize()} of {len(values)} files: {said} {unit}".rstrip(),
    )


def _ends(values: Any) -> tuple[float, float]:
    """From where to where the bars run: single values far out do not squeeze the others."""
    low, high = (float(each) for each in np.percentile(values, _NEAR))
    room = (high - low) / 2
    inside = values[(values >= low - room) & (values <= high + room)] if room else values
    return float(inside[0]), float(inside[-1])


def _path(bars: tuple[int, ...]) -> str:
    """Bars as one drawing; the least number of files can be seen."""
    most = max(bars, default=0) or 1
    parts = []
    for at, count in enumerate(bars):
        if count:
            high = max(_HIGH * count / most, 0.7)
            parts.append(f"M{at}.1 {_HIGH}v-{high:.3g}h.8v{high:.3g}z")
    return "".join(parts)


def _number(value: float) -> str:
    return number(float(f"{value:.4g}"))
