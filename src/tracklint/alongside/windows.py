"""Windows of 180 s, one each minute, of which each tells how far one clock is ahead of the other there.

A lag is believed where a neighbour has the same. Where nothing is found near the lag of the whole, as behind a pause in
which one clock stood still, it is searched anew in six hours round it.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from ..activity import Floats, Ints
from .correlation import peak
from .recording import Mask
from .signals import POSITION, Both, best_part

__all__ = ["Stretch", "stretches"]

#: The length of a window, the step from one to the next, and how far from the lag of the whole each looks, in seconds.
WINDOW_S, EACH_S, REACH_S = 180, 60, 30
#: What of a window must be known on both sides, in seconds.
_KNOWN_S = 90
#: The least likeness of a window, and by how many seconds windows that agree may differ.
_LIKE, _AGREE_S = 0.6, 2.0
#: So many windows in a row without a lag are searched again, so often, up to so many seconds away, and with so much
#: likeness.
_LOST, _SEARCHES, _FAR_S, _LIKE_FAR = 3, 3, 6 * 3600.0, 0.7
#: Tracks of a window that are on average farther apart than this say nothing, nor those that differ by less at other
#: lags; the deviation in metres that the lag is told to.
_APART_M, _TELLING_M, _DEVIATION_M = 100.0, 15.0, 10.0


@dataclass(frozen=True, slots=True)
class Stretch:
    """From second ``begin`` of the first side on the lag is ``lag``; so many windows tell it. NaN, told by none, where
    the second side's clock stood still."""

    begin: int
    lag: float
    windows: int


def stretches(both: Both, lag: int) -> tuple[list[Stretch], int]:
    """The stretches in which the lag stays the same, near ``lag`` or where windows find another one, and of how many
    windows there is anything to correlate."""
    starts = np.arange(0, max(len(both.one) - WINDOW_S, 0) + 1, EACH_S)
    scores = windowed(both, lag, starts)
    tellable = np.isfinite(scores).any(axis=0)
    lags = _lags(scores, lag)
    for _ in range(_SEARCHES):
        for lost in list(_lost(lags)):
            span = int(starts[lost[0]]), min(int(starts[lost[-1]]) + WINDOW_S, len(both.one))
            far, like = best_part(both, span, lag, _FAR_S)
            if like >= _LIKE_FAR:
                lags[lost] = _lags(windowed(both, round(far), starts[lost]), round(far))
    found: list[Stretch] = []
    before: Ints | None = None
    for members in _agreeing(lags):
        near = round(float(np.median(lags[members])))
        scores = windowed(both, near, starts[members])
        known = np.isfinite(scores)
        mean = np.where(known, scores, 0).sum(axis=1) / known.sum(axis=1).clip(min=1)
        now = near - REACH_S + peak(mean, int(mean.argmax()))
        begin = 0
        if before is not None:
            last = found[-1].lag
            begin = _change(both, (round(last), near), int(starts[before[-1]]), int(starts[members[0]]) + WINDOW_S)
            if now < last:
                found.append(Stretch(begin, np.nan, 0))
                begin += round(last) - near
        found.append(Stretch(begin, now, len(members)))
        before = members
    return found, int((tellable | np.isfinite(lags)).sum())


def windowed(both: Both, lag: int, starts: Ints) -> Floats:
    """The likeness of each window (columns) at the lags up to `REACH_S` below and above ``lag`` (rows); NaN where too
    little of it is known."""
    total = np.zeros((2 * REACH_S + 1, len(starts)))
    weights = np.zeros_like(total)
    for name, weight in both.weights.items():
        score = _tracks(both, lag, starts) if name == POSITION else _window_r(both, name, lag, starts)
        known = np.isfinite(score)
        total += np.where(known, weight * np.nan_to_num(score), 0)
        weights += np.where(known, weight, 0)
    solid = weights > 0
    return np.where(solid, total / np.where(solid, weights, 1), np.nan)


def _window_r(both: Both, name: str, lag: int, starts: Ints) -> Floats:
    one, two = both.one.swings[name], both.two.swings[name]
    rows = []
    for each in range(lag - REACH_S, lag + REACH_S + 1):
        x, y = one, _moved(two, each, len(one))
        known = np.isfinite(x) & np.isfinite(y)
        x, y = np.where(known, x, 0), np.where(known, y, 0)
        n, sx, sy, sxx, syy, sxy = (_sums(column, starts) for column in (known, x, y, x * x, y * y, x * y))
        spread_x, spread_y = sxx - sx**2 / np.maximum(n, 1), syy - sy**2 / np.maximum(n, 1)
        solid = (n >= min(_KNOWN_S, len(one) / 2)) & (spread_x > 1e-3 * n) & (spread_y > 1e-3 * n)
        product = np.where(solid, spread_x * spread_y, 1)
        rows.append(np.where(solid, (sxy - sx * sy / np.maximum(n, 1)) / np.sqrt(product), np.nan))
    return np.array(rows)


def _tracks(both: Both, lag: int, starts: Ints) -> Floats:
    """How near the tracks of a window come at each lag, 1 for the nearest."""
    rows = []
    for each in range(lag - REACH_S, lag + REACH_S + 1):
        gaps = [x - _moved(y, each, len(x)) for x, y in zip(both.one.track, both.two.track, strict=True)]
        squares = gaps[0] ** 2 + gaps[1] ** 2
        known = np.isfinite(squares)
        n = _sums(known, starts)
        mean = _sums(np.where(known, squares, 0), starts) / np.maximum(n, 1)
        rows.append(np.where(n >= min(_KNOWN_S, len(both.one) / 2), mean, np.nan))
    table = np.array(rows)
    least, most = np.fmin.reduce(table), np.fmax.reduce(table)
    telling = (least < _APART_M**2) & (most - least > _TELLING_M**2)
    return np.where(telling, np.exp(-(table - least) / (2 * _DEVIATION_M**2)), np.nan)


def _moved(column: Floats, lag: int, length: int) -> Floats:
    """Element ``i + lag`` of a column at each ``i`` below ``length``, NaN outside."""
    at = np.arange(lag, lag + length)
    inside = (at >= 0) & (at < len(column))
    return np.where(inside, column[at.clip(0, len(column) - 1)], np.nan)


def _sums(column: Floats | Mask, starts: Ints) -> Floats:
    sums = np.cumsum(np.r_[0.0, column])
    made: Floats = sums[np.minimum(starts + WINDOW_S, len(column))] - sums[starts]
    return made


def _lags(scores: Floats, lag: int) -> Floats:
    """The lag of each window, NaN where it is not alike enough or no neighbour agrees."""
    alike = np.nan_to_num(scores, nan=-1.0)
    lags = np.where(alike.max(axis=0) >= _LIKE, lag - REACH_S + alike.argmax(axis=0), np.nan)
    if len(lags) == 1:
        return lags
    agrees = np.abs(np.diff(lags)) <= _AGREE_S
    return np.where(np.r_[agrees, False] | np.r_[False, agrees], lags, np.nan)


def _lost(lags: Floats) -> Iterator[Ints]:
    """The runs of windows without a lag that are long enough to be searched again."""
    edges = np.flatnonzero(np.diff(np.r_[0, np.isnan(lags), 0]))
    for first, end in zip(edges[::2], edges[1::2], strict=True):
        if end - first >= _LOST:
            yield np.arange(first, end)


def _agreeing(lags: Floats) -> Iterator[Ints]:
    """Windows in a row with one lag; one that stands alone belongs to none."""
    runs: list[list[int]] = []
    for i in np.flatnonzero(np.isfinite(lags)).tolist():
        if runs and abs(lags[i] - np.median(lags[runs[-1]])) <= _AGREE_S:
            runs[-1].append(i)
        else:
            runs.append([i])
    joined: list[list[int]] = []
    for run in runs:
        if len(run) < 2 and len(lags) > 1:
            continue
        if joined and abs(np.median(lags[run]) - np.median(lags[joined[-1]])) <= _AGREE_S:
            joined[-1] += run
        else:
            joined.append(run)
    yield from map(np.array, joined)


def _change(both: Both, lags: tuple[int, int], begin: int, end: int) -> int:
    """The second between two at which the first lag gives way to the second, so that both sides differ least.

    Where the lag falls the second clock stood still: as many seconds of the first side have no counterpart.
    """
    end = min(end, len(both.one))
    gap = max(lags[0] - lags[1], 0)
    before, after = (np.cumsum(np.r_[0.0, _unlike(both, lag)[begin:end]]) for lag in lags)
    at = np.arange(max(end - begin - gap, 0) + 1)
    cost = before[at] + after[-1] - after[np.minimum(at + gap, end - begin)]
    return begin + int(at[cost.argmin()])


def _unlike(both: Both, lag: int) -> Floats:
    """How unlike both sides are in each second of the first one, from 0 to 1; 0.5 where that is not known."""
    total, weights = np.zeros(len(both.one)), np.zeros(len(both.one))
    for name, weight in both.weights.items():
        if name == POSITION:
            squares = sum(
                (x - _moved(y, lag, len(x))) ** 2 for x, y in zip(both.one.track, both.two.track, strict=True)
            )
            scale = 2 * _DEVIATION_M**2
        else:
            x, y = both.one.swings[name], both.two.swings[name]
            squares, scale = (x - _moved(y, lag, len(x))) ** 2, 2 * float(np.nanvar(x))
        known = np.isfinite(squares) & (scale > 0)
        total += np.where(known, weight * (1 - np.exp(-np.where(known, squares, 0) / max(scale, 1e-9))), 0)
        weights += np.where(known, weight, 0)
    return np.where(weights > 0, total / np.where(weights > 0, weights, 1), 0.5)
