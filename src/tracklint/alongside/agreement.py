"""What two columns of the same seconds come to: how far apart, how alike, how late, how often one is missing."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ..activity import Floats, hops
from ..predict import ascent
from .correlation import correlations, peak, swings

__all__ = ["Agreement", "Separation", "Total", "agreement", "climbs", "separation", "ways"]

#: How late a channel may be, in seconds, and how alike its swings must be there for that to be told.
_LATE_S, _LATE_LIKE = 30, 0.5
#: How much more alike it must be there than without a lag: a long climb is alike at every lag.
_LATE_LIKELIER = 0.005
#: Blocks of which each is a point of the line through two powers, in seconds, and how many are wanted.
_BLOCK_S, _BLOCKS = 10, 6
#: Channels whose zero is arbitrary: a share of their mean says nothing.
_NO_SHARE = ("altitude", "temperature")


@dataclass(frozen=True, slots=True, kw_only=True)
class Agreement:
    """How a channel agrees with that of the reference, over ``seconds`` that both have.

    ``bias`` is the mean of other less reference, ``mae`` the mean absolute difference, in the channel's unit (W, bpm,
    rpm, m/s, m, deg C); ``bias_percent`` is the bias in per cent of the reference's mean. ``correlation`` is Pearson's
    r. ``slope`` and ``intercept`` (power only): other = slope * reference + intercept, a line that takes both as
    equally noisy (Deming), through means of 10 s in which both are above 0. ``lag_s`` is how much later the other one
    swings. ``dropout_s`` are seconds in which the other recording runs without this channel while the reference has it,
    ``reference_dropout_s`` those the other way round. NaN where nothing can be said.
    """

    channel: str
    seconds: int
    bias: float
    bias_percent: float
    mae: float
    correlation: float
    slope: float
    intercept: float
    lag_s: float
    dropout_s: int
    reference_dropout_s: int


@dataclass(frozen=True, slots=True)
class Separation:
    """Metres between both positions, over ``seconds`` that both have: the median and the 95th percentile."""

    seconds: int
    p50_m: float
    p95_m: float


@dataclass(frozen=True, slots=True)
class Total:
    """A sum over the seconds that both have: that of the reference, that of the other, and what it was summed from."""

    reference: float
    other: float
    source: str

    @property
    def percent(self) -> float:
        """How much more the other has, in per cent of the reference; NaN where that has nothing."""
        return 100 * (self.other - self.reference) / self.reference if self.reference > 0 else np.nan


def agreement(channel: str, one: Floats, two: Floats, running: tuple[Floats, Floats]) -> Agreement:
    """Two columns of one second an element; ``running`` says of both when they recorded anything (NaN where not)."""
    both = np.isfinite(one) & np.isfinite(two)
    a, b = one[both], two[both]
    seconds = len(a)
    bias = float((b - a).mean()) if seconds else np.nan
    mean = float(a.mean()) if seconds else np.nan
    slope, intercept = _line(one, two) if channel == "power" else (np.nan, np.nan)
    solid = seconds > 2 and a.std() > 1e-9 and b.std() > 1e-9
    return Agreement(
        channel=channel,
        seconds=seconds,
        bias=bias,
        bias_percent=np.nan if channel in _NO_SHARE or not mean else 100 * bias / mean,
        mae=float(np.abs(b - a).mean()) if seconds else np.nan,
        correlation=float(np.corrcoef(a, b)[0, 1]) if solid else np.nan,
        slope=slope,
        intercept=intercept,
        lag_s=_lag(one, two),
        dropout_s=int((np.isfinite(one) & np.isfinite(running[1]) & ~np.isfinite(two)).sum()),
        reference_dropout_s=int((np.isfinite(two) & np.isfinite(running[0]) & ~np.isfinite(one)).sum()),
    )


def _lag(one: Floats, two: Floats) -> float:
    r, n = correlations(swings(one), swings(two))
    middle = len(one) - 1
    low = max(middle - _LATE_S, 0)
    near = np.where(n >= 2 * _LATE_S, r, np.nan)[low : middle + _LATE_S + 1]
    if not np.isfinite(near).any() or np.nanmax(near) < _LATE_LIKE:
        return np.nan
    best = int(np.nanargmax(near))
    if near[best] - near[middle - low] < _LATE_LIKELIER:
        return 0.0
    return round(peak(near, best) + low - middle, 1) + 0.0


def _line(one: Floats, two: Floats) -> tuple[float, float]:
    """Slope and intercept of Deming's line with equal variances (W. E. Deming, "Statistical adjustment of data", 1943).

    Least squares would give too flat a line, because the reference is noisy too.
    """
    blocks = len(one) // _BLOCK_S
    x, y = (column[: blocks * _BLOCK_S].reshape(blocks, _BLOCK_S) for column in (one, two))
    pedalled = ((x > 0) & (y > 0)).all(axis=1)
    if pedalled.sum() < _BLOCKS:
        return np.nan, np.nan
    x, y = x[pedalled].mean(axis=1), y[pedalled].mean(axis=1)
    sxx, syy, sxy = x.var(), y.var(), ((x - x.mean()) * (y - y.mean())).mean()
    if sxx < 1 or sxy <= 0:
        return np.nan, np.nan
    slope = float((syy - sxx + np.hypot(syy - sxx, 2 * sxy)) / (2 * sxy))
    return slope, float(y.mean() - slope * x.mean())


def _apart(latitudes: tuple[Floats, Floats], longitudes: tuple[Floats, Floats]) -> Floats:
    """Metres between two tracks in the seconds that both have."""
    known = np.isfinite(latitudes[0] + latitudes[1] + longitudes[0] + longitudes[1])
    lat, lon = (np.column_stack([axis[known] for axis in pair]).ravel() for pair in (latitudes, longitudes))
    metres: Floats = hops(lat, lon)[::2]
    return metres


def separation(latitudes: tuple[Floats, Floats], longitudes: tuple[Floats, Floats]) -> Separation | None:
    """How far apart two tracks are (degrees, one second an element); ``None`` where no second has both positions."""
    metres = _apart(latitudes, longitudes)
    if not len(metres):
        return None
    return Separation(len(metres), *(float(each) for each in np.percentile(metres, (50, 95))))


def ways(
    distances: tuple[Floats, Floats], latitudes: tuple[Floats, Floats], longitudes: tuple[Floats, Floats]
) -> Total | None:
    """The way that both went between the first and the last second that both have: by both distance channels, else
    along both tracks. ``None`` where one has neither."""
    known = np.isfinite(distances[0]) & np.isfinite(distances[1])
    if known.sum() > 1:
        one, two = (float(np.diff(each[known]).clip(min=0).sum()) for each in distances)
        return Total(one, two, "distance")
    known = np.isfinite(latitudes[0] + latitudes[1])
    if known.sum() > 1:
        tracks = zip(latitudes, longitudes, strict=True)
        one, two = (float(hops(lat[known], lon[known]).sum()) for lat, lon in tracks)
        return Total(one, two, "positions")
    return None


def climbs(altitudes: tuple[Floats, Floats]) -> Total | None:
    """What both climbed in the seconds that both have (`predict.ascent`); ``None`` where there is none."""
    known = np.isfinite(altitudes[0]) & np.isfinite(altitudes[1])
    if known.sum() < 2:
        return None
    one, two = (ascent(each[known]) for each in altitudes)
    return Total(one, two, "altitude")
