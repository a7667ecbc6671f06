"""Whether two recordings are of one ride, and the sentence that says why."""

from __future__ import annotations

from collections.abc import Sequence

from ..spelling import clock
from .agreement import Agreement
from .clocks import Clock
from .pairs import Pair

__all__ = ["judged"]

#: Tracks of one ride are on average not farther apart than this, in metres; and nearer where the clocks differ much,
#: because the same road may have been ridden on another day.
_TOGETHER_M, _TOGETHER_FAR_M = 60.0, 30.0
#: A receiver that is wrong is not wrong by more than this, in metres: two who train by one plan are elsewhere.
_ASTRAY_M = 2000.0
#: Clocks that differ by more than this are set to another day or zone, in seconds; then this share of windows must
#: agree.
_FAR_S, _AGREEING = 600.0, 0.5
#: Both must share this much of the shorter one; without anything to correlate this much.
_SHARED, _SHARED_BLIND = 0.1, 0.5
#: ... and this much where the clocks are no help at all but the tracks agree.
_SHARED_NOWHEN = 0.9
#: Channels that are alike on many rides.
_NO_PROOF = ("altitude", "temperature")


def judged(pair: Pair, shorter: float, *, moved: bool) -> tuple[bool, str]:
    """Whether a pair is one ride, and why. ``shorter`` is how many seconds the shorter one recorded, ``moved`` whether
    a track leaves its place."""
    there, shared, agreements, apart = pair.clock, pair.shared_s, pair.agreements, pair.separation
    far = abs(there.offset_s) > _FAR_S
    if shared < 3 or shared < _SHARED * shorter:
        return False, "they share no time, and nothing that both recorded lays one over the other"
    tracks = apart if apart is not None and apart.seconds >= _SHARED * shared and moved else None
    if tracks is not None:
        told = f"their positions are {tracks.p50_m:.1f} m apart half of the time"
        if tracks.p50_m > (_TOGETHER_FAR_M if far else _TOGETHER_M):
            elsewhere = far or not there.by or tracks.p50_m > _ASTRAY_M
            alike = [] if elsewhere else [each.channel for each in agreements if _is_alike(each)]
            return bool(alike), f"{told}, but they are alike in {_listed(alike)}" if alike else told
        if there.by:
            return _steady(there, far, told)
        if not far or shared >= _SHARED_NOWHEN * shorter:
            return True, told
    if there.by:
        told = f"they are alike in {_listed(there.by)} ({there.likeness:.2f}, where 1 is the same)"
        return _steady(there, True, told)
    if there.method == "start times" or shared < _SHARED_BLIND * shorter:
        return False, "nothing that both recorded is alike, and their clocks do not agree"
    if alien := [each for each in agreements if each.seconds >= 60 and each.correlation < 0.3]:
        return False, f"their clocks agree, but not what they recorded ({_listed([alien[0].channel])})"
    if shared >= 60 and not agreements and apart is None:
        return False, "they have no channel in common"
    return True, f"their clocks agree for {clock(shared)}; there is too little to compare more closely"


def _is_alike(each: Agreement) -> bool:
    return each.channel not in _NO_PROOF and each.seconds >= 300 and each.correlation >= 0.9


def _listed(channels: Sequence[str]) -> str:
    return ", ".join(name.replace("_", " ") for name in channels)


def _steady(there: Clock, asked: bool, why: str) -> tuple[bool, str]:
    """Where it is asked, most windows must agree: the same road on another day is not ridden as fast everywhere."""
    if asked and there.windows > 1 and there.agreeing < _AGREEING * there.windows:
        return False, "what they recorded is alike in places only: it may be the same road at another time"
    return True, why
