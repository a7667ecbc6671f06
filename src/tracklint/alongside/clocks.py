"""How far one recording's clock is ahead of another's, told from what both recorded.

First all lags at once, so that clocks wrong by hours or years are found; then window by window near that lag, because a
clock may have been set, or may have stood still in a pause. SPNDAT, a page that lays two rides over one another, does
the second with windows of 180 s too (github andrewjamesturner0/fit-compare).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ..activity import Floats
from .correlation import peak
from .recording import Traces
from .signals import POSITION, Both, best_part, both_of, likeness
from .windows import stretches

__all__ = ["Anchor", "Clock", "clock_of"]

#: What must overlap: half of the shorter recording, or near the stated time at most so many seconds; and never fewer.
_ENOUGH_S, _LEAST_S = 120.0, 60.0
#: Elsewhere, where the tracks do not tell: some minutes of one heart are like some of another.
_LEAST_FAR_S = 600.0
#: A clock that is off by at most so much is no wonder, so a little less likeness is believed there.
_NEAR_S, _NEAR_BONUS = 600.0, 0.1
#: The least likeness that is believed near the stated time, elsewhere, and elsewhere by one channel without positions.
_LIKE, _LIKE_FAR, _LIKE_FAR_ALONE = 0.5, 0.75, 0.9
#: Recordings that are shorter are not searched by parts, in seconds.
_LEAST_PARTS_S = 1800


@dataclass(frozen=True, slots=True)
class Anchor:
    """From ``start`` (UTC seconds by the reference's clock) on the other clock is ``offset_s`` ahead; NaN while it
    stood still."""

    start: float
    offset_s: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Clock:
    """A clock beside that of the reference.

    ``offset_s`` is how many seconds it is ahead for the most of the time; ``anchors`` tell where that changes, in
    order, and are one at least. ``method`` is ``correlation``, ``positions`` (the tracks alone tell it), ``clocks``
    (nothing could be correlated, so both clocks are taken to be right) or ``start times`` (nor do the clocks overlap,
    so both are taken to begin together). ``by`` are the channels that tell it, ``likeness`` is how alike both are
    there, 1 for the same; ``agreeing`` of ``windows`` windows of 180 s agree.
    """

    offset_s: float
    anchors: tuple[Anchor, ...]
    method: str
    by: tuple[str, ...] = ()
    likeness: float = np.nan
    agreeing: int = 0
    windows: int = 0

    def ahead(self, seconds: Floats) -> Floats:
        """How many seconds it is ahead at these times of the reference's clock."""
        starts = np.array([anchor.start for anchor in self.anchors])
        offsets = np.array([anchor.offset_s for anchor in self.anchors])
        ahead: Floats = offsets[(np.searchsorted(starts, seconds, side="right") - 1).clip(min=0)]
        return ahead


def clock_of(reference: Traces, other: Traces) -> Clock:
    """The clock of a recording beside that of the reference, by the first of the methods of `Clock` that can be had."""
    both = both_of(reference, other)
    lags = np.arange(1.0 - len(both.one), len(both.two))
    offsets: Floats = lags + both.shift
    scores, by = likeness(both, _enough(both, offsets))
    believed = _believed(both)
    best = _best(scores, offsets, believed)
    if best is not None:
        lag, like = lags[0] + peak(scores, best), float(scores[best])
    else:
        lag, like = best_part(both, (0, len(both.one)))
        if like < believed or min(len(both.one), len(both.two)) < _LEAST_PARTS_S:
            return _taken(reference, other)
        by = tuple(both.weights)
    found, windows = stretches(both, round(lag))
    anchors = [Anchor(both.one.start + each.begin, _whole(each.lag + both.shift)) for each in found]
    if not found:
        anchors = [Anchor(both.one.start, _whole(lag + both.shift))]
    longest = max(range(len(found)), key=lambda k: found[k].windows, default=0)
    return Clock(
        offset_s=anchors[longest].offset_s,
        anchors=tuple(anchors),
        method="positions" if by == (POSITION,) else "correlation",
        by=by,
        likeness=like,
        agreeing=sum(each.windows for each in found),
        windows=windows,
    )


def _taken(reference: Traces, other: Traces) -> Clock:
    """The clock as it stands where both overlap, else as if both had begun together."""
    one, two = reference.recording, other.recording
    together = min(one.end, two.end) > max(one.start, two.start)
    offset = 0.0 if together else two.start - one.start
    method = "clocks" if together else "start times"
    return Clock(offset_s=offset, anchors=(Anchor(one.start, offset),), method=method)


def _believed(both: Both) -> float:
    """The least likeness that is believed far from the stated time. By altitude alone none is: hills are alike."""
    if set(both.weights) <= {"altitude"}:
        return np.inf
    return _LIKE_FAR if POSITION in both.weights or len(both.weights) > 1 else _LIKE_FAR_ALONE


def _enough(both: Both, offsets: Floats) -> Floats:
    """How many seconds must overlap where the clock is so far ahead."""
    half = 0.5 * float(min(both.one.running.sum(), both.two.running.sum()))
    least = _LEAST_S if POSITION in both.weights else _LEAST_FAR_S
    near, far = max(min(_ENOUGH_S, half), _LEAST_S), max(half, least)
    return np.where(np.abs(offsets) <= _NEAR_S, near, far)


def _best(scores: Floats, offsets: Floats, believed: float) -> int | None:
    """The index of the lag that is believed, if one is."""
    if not np.isfinite(scores).any():
        return None
    best = int(np.nanargmax(scores))
    near = np.where(np.abs(offsets) <= _NEAR_S, scores, np.nan)
    if np.isfinite(near).any():
        close = int(np.nanargmax(near))
        if scores[close] >= max(_LIKE, scores[best] - _NEAR_BONUS):
            return close
    return best if scores[best] >= believed else None


def _whole(offset: float) -> float:
    """An offset to a tenth of a second; one near a whole second is that, because most clocks write whole ones."""
    if np.isnan(offset):
        return offset
    near = round(offset)
    return float(near if abs(offset - near) < 0.25 else round(offset, 1))
