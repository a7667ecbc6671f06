"""Which differences are more than chance: exact tests, intervals, and a correction for many of them.

* Two shares of files that have nothing to do with each other: Fisher's exact test. Of the same files, seen twice: the
  sign test on those that changed (McNemar's exact test).
* Such shares of several devices together: Fisher's test on the tables of all of them (the exact form of Cochran's,
  Mantel's and Haenszel's test), which holds whatever part of a night each device has.
* Two distributions: the two-sample test of Kolmogorov and Smirnov, which holds for any distribution and for ties. Of
  the same files, seen twice: the sign test on the differences.
* Many tests: Holm's step-down procedure, with Tarone's improvement: a test that could not be significant whatever it
  found, because too few files are concerned, takes nothing from the others. The chance of one false alarm or more in
  all of them is at most ``alpha``, whether they depend on each other or not (Tarone 1990, Biometrics 46:515; Hommel and
  Krummenauer 1998, Biometrics 54:673; thresholds grow as hypotheses are rejected: Goeman and Solari 2010, Annals of
  Statistics 38:3782).
* Intervals of 95 %: Wilson's for a share, Newcombe's (his method 10) for a difference of shares.
"""

from __future__ import annotations

import math
from bisect import bisect_right
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

__all__ = ["Chance", "Stratified", "fisher", "fishers", "moved", "newcombe", "rejected", "sign", "stratified", "wilson"]

Floats = np.ndarray[Any, np.dtype[np.float64]]
_Z95 = 1.959963984540054


@dataclass(frozen=True, slots=True)
class Chance:
    """The result of a test: ``p``, and ``least``, the smallest p that these numbers of files could have given."""

    p: float
    least: float = 0.0


def fisher(old: int, of_old: int, new: int, of_new: int) -> Chance:
    """Fisher's exact test, two-sided: ``old`` of ``of_old`` files beside ``new`` of ``of_new``."""
    return fishers([(old, of_old, new, of_new)])


def fishers(tables: Iterable[tuple[int, int, int, int]]) -> Chance:
    """Fisher's exact test, two-sided, on the sum over tables that have nothing to do with each other, each with the
    numbers that `fisher` takes."""
    chances, seen = np.ones(1), 0
    for old, of_old, new, of_new in tables:
        if old + new in (0, of_old + of_new) or not of_old or not of_new:
            continue
        chances = np.convolve(chances, _splits(old + new, of_old, of_new))
        seen += new - max(0, old + new - of_old)
    if len(chances) == 1:
        return Chance(1.0, 1.0)
    p = float(chances[chances <= chances[seen] * (1 + 1e-7)].sum())
    edges = min(chances[0], chances[-1])
    return Chance(min(p, 1.0), float(chances[chances <= edges * (1 + 1e-7)].sum()))


def _splits(marked: int, of_old: int, of_new: int) -> Floats:
    """The chance of each number of marked files among the new ones, from the smallest that is possible on."""
    from scipy.special import gammaln

    possible = np.arange(max(0, marked - of_old), min(marked, of_new) + 1)

    def ways(of: Any, taken: Any) -> Any:
        """The logarithm of how many choices there are."""
        return gammaln(of + 1) - gammaln(taken + 1) - gammaln(of - taken + 1)

    logs = ways(of_new, possible) + ways(of_old, marked - possible) - ways(of_old + of_new, marked)
    chances: Floats = np.exp(logs)
    return chances


def sign(down: int, up: int) -> Chance:
    """The sign test, two-sided, on files that changed in one direction or the other."""
    from scipy.stats import binom

    changed = down + up
    if not changed:
        return Chance(1.0, 1.0)
    return Chance(min(1.0, 2 * float(binom.cdf(min(down, up), changed, 0.5))), min(1.0, 2.0 ** (1 - changed)))


def moved(old: Floats, new: Floats, least: float = 0.0) -> tuple[Chance, float, float]:
    """The test of Kolmogorov and Smirnov on two samples without NaN; the largest difference of shares (positive where
    the new values are larger), and the cut at which it stands: shares are of values above it. Of a difference below
    ``least`` p is not worked out and 1."""
    from scipy.stats import kstwo

    cuts = np.unique(np.concatenate([old, new]))
    below_old, below_new = (np.searchsorted(np.sort(each), cuts, side="right") / len(each) for each in (old, new))
    at = int(np.argmax(np.abs(below_old - below_new)))
    difference = float(below_old[at] - below_new[at])
    if abs(difference) < least:
        return Chance(1.0, 0.0), difference, float(cuts[at])
    effective = round(len(old) * len(new) / (len(old) + len(new)))
    return Chance(float(kstwo.sf(abs(difference), effective))), difference, float(cuts[at])


def rejected(chances: Sequence[Chance], alpha: float) -> list[bool]:
    """Which of the tests are significant, so that one false alarm or more comes with a chance of at most ``alpha``."""
    left = set(range(len(chances)))
    while True:
        least = sorted(chances[i].least for i in left)
        many = next((k for k in range(1, len(least) + 1) if bisect_right(least, alpha / k) <= k), 1)
        more = {i for i in left if chances[i].p <= alpha / many and chances[i].p < 1}
        if not more:
            return [i not in left for i in range(len(chances))]
        left -= more


def wilson(count: int, files: int) -> tuple[float, float]:
    """Wilson's interval of 95 % for a share."""
    if not files:
        return 0.0, 1.0
    share, z2 = count / files, _Z95**2
    middle = share + z2 / (2 * files)
    half = _Z95 * math.sqrt(share * (1 - share) / files + z2 / (4 * files**2))
    low, high = (middle - half) / (1 + z2 / files), (middle + half) / (1 + z2 / files)
    return (0.0 if not count else max(low, 0.0)), (1.0 if count == files else min(high, 1.0))


def newcombe(old: int, of_old: int, new: int, of_new: int) -> tuple[float, float]:
    """Newcombe's interval of 95 % for the difference of two shares, new minus old."""
    before, now = old / max(of_old, 1), new / max(of_new, 1)
    (low0, high0), (low1, high1) = wilson(old, of_old), wilson(new, of_new)
    down = math.hypot(now - low1, high0 - before)
    up = math.hypot(high1 - now, before - low0)
    return now - before - down, now - before + up


@dataclass(frozen=True, slots=True)
class Stratified:
    """``z2`` is chi squared with one degree of freedom, ``difference`` that of the shares, new minus old, over all
    strata; ``weight`` grows with the files that could be compared, and z2 with it."""

    z2: float
    difference: float
    weight: float


def stratified(mark: np.ndarray[Any, Any], new: np.ndarray[Any, Any], stratum: np.ndarray[Any, Any]) -> Stratified:
    """Cochran's, Mantel's and Haenszel's test: whether old and new files have the mark at different rates among those
    of one stratum. ``mark`` and ``new`` are bool, ``stratum`` small whole numbers, all of the same length."""
    count = int(stratum.max()) + 1 if len(stratum) else 0
    n1 = np.bincount(stratum[new], minlength=count).astype(float)
    n0 = np.bincount(stratum[~new], minlength=count).astype(float)
    a1 = np.bincount(stratum[new & mark], minlength=count)
    a0 = np.bincount(stratum[~new & mark], minlength=count)
    n, a = n0 + n1, a0 + a1
    used = (n0 > 0) & (n1 > 0)
    n0, n1, a0, a1, n, a = (each[used] for each in (n0, n1, a0, a1, n, a))
    weight = n0 * n1 / n
    weights = float(weight.sum())
    variance = float((weight * a * (n - a) / (n * np.maximum(n - 1, 1))).sum())
    difference = float((weight * (a1 / n1 - a0 / n0)).sum() / weights) if weights else 0.0
    z2 = (difference * weights) ** 2 / variance if variance > 0 else 0.0
    return Stratified(z2, difference, weights)
