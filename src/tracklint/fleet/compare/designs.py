"""How two nights are laid side by side: as populations that have no file in common, or as the same rides twice.

A measure is one number a file: of a rule what its findings stand for (0 where it is silent), of a fact its value (NaN
where it is not known). Two questions are asked of each: how many files have any of it, and how much there is where
there is some.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np

from .chance import Chance, fisher, fishers, moved, sign, stratified

__all__ = [
    "Both", "Design", "Explained", "Marks", "Pairs", "Populations", "Rows", "Strata", "Tested", "Tolerances", "joined",
]  # fmt: skip

Floats = np.ndarray[Any, np.dtype[np.float64]]
Marks = np.ndarray[Any, np.dtype[np.bool_]]
Rows = np.ndarray[Any, np.dtype[np.int64]]
What = Literal["share", "size"]
#: The answer to: does one difference follow from another? ``None``: too few files are left to tell.
Explained = bool | None
#: Values of a measure in old and in new files.
Both = tuple[Floats, Floats]

#: Files with some of a measure, on each side, from which its distribution is looked at.
_FEWEST = 20
#: What may be left of a difference that another one explains.
_LEFT = 1 / 3
#: Chi squared of one degree of freedom from which a difference is one, p = 0.0025.
SEEN = 9.14
_TIED = 0.0025
_BINS = 10


@dataclass(frozen=True, slots=True, kw_only=True)
class Tolerances:
    """What may differ without a word: ``share`` of files in which a rule speaks or a fact is there; ``shift`` of a
    distribution, as the largest difference of shares above any value; ``value``, by which its quantiles must differ as
    a part of themselves. Of a file that both nights hold: ``distance`` and ``time`` as parts of themselves, with 10 m
    and 1 s, and ``points`` as a part."""

    share: float = 0.005
    shift: float = 0.1
    value: float = 0.01
    distance: float = 0.005
    time: float = 0.001
    points: float = 0.0


@dataclass(frozen=True, slots=True)
class Tested:
    """One question about one measure: the share of files that differs (new minus old), how sure that is, and whether it
    is large enough to matter. ``cut``: files are counted whose value lies above it; ``None`` counts those that have
    any."""

    what: What
    difference: float
    chance: Chance
    matters: bool
    cut: float | None = None


@dataclass(frozen=True, slots=True)
class Populations:
    """Files that have nothing to do with each other."""

    old: Rows
    new: Rows

    def clearest(self) -> Chance:
        """What a rule would give that no old file and every new one has."""
        return fisher(0, len(self.old), len(self.new), len(self.new))

    def tests(self, old: Floats, new: Floats, tolerances: Tolerances) -> Iterator[Tested]:
        """Fisher's test on the files that have any, Kolmogorov's and Smirnov's on those that do."""
        some_old, some_new = old[_some(old)], new[_some(new)]
        share = len(some_new) / len(new) - len(some_old) / len(old)
        chance = fisher(len(some_old), len(old), len(some_new), len(new))
        yield Tested("share", share, chance, abs(share) >= tolerances.share)
        if min(len(some_old), len(some_new)) >= _FEWEST and np.ptp(np.concatenate([some_old, some_new])):
            chance, difference, cut = moved(some_old, some_new, tolerances.shift)
            large = abs(difference) >= tolerances.shift and _far(some_old, some_new, tolerances.value)
            yield Tested("size", difference, chance, large, cut)

    def explained(self, told: Tested, by: Tested, values: Both, cause: Both) -> Explained:
        """Whether ``told`` is gone among files that are alike in ``by``: the test of Cochran, Mantel and Haenszel over
        files with alike values of the cause. ``values`` and ``cause`` are those of both measures for all rows."""
        value, other = np.concatenate(values), np.concatenate(cause)
        new = np.arange(len(value)) >= len(values[0])
        mark, asked = _marked(value, told)
        mark, new, stratum = mark[asked], new[asked], _strata(other, by)[asked]
        alone = stratified(mark, new, np.zeros(len(mark), int))
        among = stratified(mark, new, stratum)
        lost = among.difference / alone.difference < _LEFT
        if alone.z2 * among.weight < SEEN * alone.weight:
            side = new if alone.difference > 0 else ~new
            tied = by.what == "share" and bool(among.weight) and _tied(mark[side], _some(other)[asked][side])
            return (lost and tied) or None
        return among.z2 < SEEN or lost


@dataclass(frozen=True, slots=True)
class Strata(Populations):
    """Populations of several devices: ``device_old`` and ``device_new`` number the device of each file, from 0."""

    device_old: Rows
    device_new: Rows

    def tests(self, old: Floats, new: Floats, tolerances: Tolerances) -> Iterator[Tested]:
        """Fisher's test on the files that have any, device beside device."""
        some_old, of_old = _by_device(old, self.device_old)
        some_new, of_new = _by_device(new, self.device_new)
        tables = np.column_stack([some_old, of_old, some_new, of_new]).tolist()
        device = np.concatenate([self.device_old, self.device_new])
        mark = _some(np.concatenate([old, new]))
        share = stratified(mark, np.arange(len(mark)) >= len(old), device).difference
        yield Tested("share", share, fishers(tables), abs(share) >= tolerances.share)


@dataclass(frozen=True, slots=True)
class Pairs:
    """The same rides twice: the file at ``old[i]`` is compared with that at ``new[i]``."""

    old: Rows
    new: Rows

    def clearest(self) -> Chance:
        """What a rule would give that no old file and every new one has."""
        return sign(0, len(self.new))

    def tests(self, old: Floats, new: Floats, tolerances: Tolerances) -> Iterator[Tested]:
        """The sign test on files that have any now and had none, or the reverse, and on those that have more or
        less."""
        for what in ("share", "size"):
            moves = _moves(old, new, what, tolerances.value)
            moves = moves[~np.isnan(moves)]
            if what == "size" and len(moves) < _FEWEST:
                continue
            difference = float(moves.mean())
            chance = sign(int((moves < 0).sum()), int((moves > 0).sum()))
            least = tolerances.share if what == "share" else tolerances.shift
            yield Tested(what, difference, chance, abs(difference) >= least, None)

    def explained(self, told: Tested, by: Tested, values: Both, cause: Both) -> Explained:
        """Whether ``told`` is gone in the pairs in which ``by`` is alike: the sign test on them."""
        moves = _moves(*values, told.what)
        alike = _moves(*cause, "share") == 0
        if by.what == "size":
            alike &= np.nan_to_num(_moves(*cause, "size")) == 0
        asked = ~np.isnan(moves)
        alone, left = moves[asked], moves[asked & alike]
        lost = len(left) > 0 and bool(left.mean() / alone.mean() < _LEFT)
        if not len(left) or _z2(alone) * len(left) < SEEN * len(alone):
            return (lost and by.what == "share" and _tied(alone != 0, ~alike[asked])) or None
        return _z2(left) < SEEN or lost


#: Two nights of one device side by side: ``old`` and ``new`` are rows of files.
Design = Populations | Pairs


def joined(designs: Sequence[Design]) -> Design:
    """The files of several devices as one design, in which each is compared with files of its own device."""
    old, new = (np.concatenate([getattr(each, side) for each in designs]) for side in ("old", "new"))
    if isinstance(designs[0], Pairs):
        return Pairs(old, new)
    devices = np.arange(len(designs))
    return Strata(
        old,
        new,
        np.repeat(devices, [len(each.old) for each in designs]),
        np.repeat(devices, [len(each.new) for each in designs]),
    )


def _by_device(values: Floats, device: Rows) -> tuple[Rows, Rows]:
    """How many files of each device have any, and how many there are; each device has a file."""
    return np.bincount(device[_some(values)], minlength=int(device.max()) + 1), np.bincount(device)


def _tied(mark: Marks, cause: Marks) -> bool:
    """Whether files with a cause have a mark more often than those without it, by Fisher's test."""
    with_it, without = mark[cause], mark[~cause]
    told = fisher(int(without.sum()), len(without), int(with_it.sum()), len(with_it))
    return told.p < _TIED and bool(with_it.mean() > without.mean())


def _moves(old: Floats, new: Floats, what: What, tolerance: float = 0.01) -> Floats:
    """1 for each pair that went up, -1 for down, 0 for neither, NaN where there is nothing to ask."""
    has_old, has_new = _some(old), _some(new)
    if what == "share":
        return has_new.astype(float) - has_old
    with np.errstate(invalid="ignore"):
        far = np.abs(new - old) > tolerance * np.maximum(np.abs(old), np.abs(new))
        moves = np.where(far, np.sign(new - old), 0.0)
    told: Floats = np.where(has_old & has_new, moves, np.nan)
    return told


def _z2(moves: Floats) -> float:
    changed = float(np.abs(moves).sum())
    return float(moves.sum()) ** 2 / changed if changed else 0.0


def _some(values: Floats) -> Marks:
    marks: Marks = ~np.isnan(values) & (values != 0)
    return marks


def _far(old: Floats, new: Floats, tolerance: float) -> bool:
    """Whether some tenth of the distributions lies apart by more than a part of itself."""
    before, now = (np.quantile(each, np.arange(0.1, 1, 0.1)) for each in (old, new))
    return bool((np.abs(now - before) > tolerance * np.maximum(np.abs(before), np.abs(now))).any())


def _marked(values: Floats, told: Tested) -> tuple[Marks, Marks]:
    """Which files count for a difference, and of which it is asked."""
    some = _some(values)
    if told.cut is None:
        return some, np.ones(len(values), bool)
    return some & (np.nan_to_num(values) > told.cut), some


def _strata(values: Floats, by: Tested) -> Rows:
    """Files that are alike in a measure: without any, and with so much."""
    some = _some(values)
    if by.what == "share":
        return some.astype(int)
    cuts = np.unique(np.quantile(values[some], np.arange(1, _BINS) / _BINS))
    return np.where(some, 1 + np.searchsorted(cuts, np.nan_to_num(values)), 0)
