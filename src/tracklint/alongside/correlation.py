"""How alike two columns of seconds are when one of them is moved along the other: at all lags at once, by FFT.

Seconds without a value count on neither side (masked normalised correlation, D. Padfield, "Masked object registration
in the Fourier domain", 2012). numpy alone: six transforms of a day take 50 ms.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from ..activity import Floats

__all__ = ["correlations", "distances", "peak", "swings"]

#: Seconds of the mean that is taken off a column, so that what is left are its swings.
_SLOW_S = 301


def correlations(one: Floats, other: Floats) -> tuple[Floats, Floats]:
    """Pearson's r of ``one[i]`` and ``other[i + lag]``, and of how many seconds it is.

    Both results have ``len(one) + len(other) - 1`` elements, the first for the lag ``1 - len(one)``; r is NaN where
    nothing overlaps or one side does not change.
    """
    x, m = _filled(one)
    y, k = _filled(other)
    n, sx, sy, sxx, syy, sxy = _crossed(len(one), len(other), (m, k), (x, k), (m, y), (x * x, k), (m, y * y), (x, y))
    n = np.rint(n)
    spread_x, spread_y = n * sxx - sx**2, n * syy - sy**2
    solid = (n > 2) & (spread_x > 1e-6 * n * n) & (spread_y > 1e-6 * n * n)
    with np.errstate(invalid="ignore", divide="ignore"):
        r = np.where(solid, (n * sxy - sx * sy) / np.sqrt(spread_x * spread_y), np.nan)
    return np.clip(r, -1, 1), n


def distances(one: tuple[Floats, Floats], other: tuple[Floats, Floats]) -> tuple[Floats, Floats]:
    """The mean squared distance of two tracks (east and north, metres) at all lags of `correlations`, and of how many
    seconds it is; NaN where nothing overlaps."""
    n = total = np.zeros(0)
    for x, y in zip(one, other, strict=True):
        m, k = np.isfinite(x).astype(float), np.isfinite(y).astype(float)
        x, y = np.where(m > 0, x, 0.0), np.where(k > 0, y, 0.0)  # noqa: PLW2901 - the same without NaN
        n, xx, yy, xy = _crossed(len(x), len(y), (m, k), (x * x, k), (m, y * y), (x, y))
        total = xx + yy - 2 * xy + (total if len(total) else 0)
    n = np.rint(n)
    with np.errstate(invalid="ignore", divide="ignore"):
        return np.where(n > 0, np.maximum(total, 0) / n, np.nan), n


def swings(values: Floats) -> Floats:
    """A column without its slow changes: the mean of five minutes round each second is taken off. What is far out is
    drawn in, so that one spike does not outweigh an hour."""
    known = np.isfinite(values)
    if known.sum() < 3:
        return values
    sums = np.cumsum(np.r_[0.0, np.where(known, values, 0.0)])
    counts = np.cumsum(np.r_[0, known])
    at = np.arange(len(values))
    low, high = np.maximum(at - _SLOW_S // 2, 0), np.minimum(at + _SLOW_S // 2 + 1, len(values))
    fast = values - (sums[high] - sums[low]) / np.maximum(counts[high] - counts[low], 1)
    most = 4 * np.nanstd(fast)
    drawn: Floats = np.clip(fast, -most, most)
    return drawn


def peak(scores: Floats, at: int) -> float:
    """Where between its neighbours the maximum near index ``at`` is, by the parabola through three scores."""
    if not 0 < at < len(scores) - 1:
        return float(at)
    left, top, right = scores[at - 1 : at + 2]
    bend = left - 2 * top + right
    return float(at + (0.5 * (left - right) / bend if bend < 0 else 0.0))


def _filled(values: Floats) -> tuple[Floats, Floats]:
    """A column with mean 0 and deviation 1, 0 where it has no value, and 1 where it has one."""
    known = np.isfinite(values)
    if not known.any():
        return np.zeros(len(values)), np.zeros(len(values))
    spread = float(values[known].std())
    even = (values - values[known].mean()) / (spread if spread > 1e-9 else 1.0)
    return np.where(known, even, 0.0), known.astype(float)


def _crossed(one: int, other: int, *pairs: tuple[Floats, Floats]) -> list[Floats]:
    """For each pair the sums of ``x[i] * y[i + lag]`` at all lags."""
    size = 1 << (one + other - 1).bit_length()
    kept: dict[int, npt.NDArray[np.complex128]] = {}

    def spectrum(values: Floats) -> npt.NDArray[np.complex128]:
        return kept.setdefault(id(values), np.fft.rfft(values, size))

    made = []
    for x, y in pairs:
        sums = np.fft.irfft(np.conj(spectrum(x)) * spectrum(y), size)
        made.append(np.r_[sums[size - one + 1 :], sums[:other]])
    return made
