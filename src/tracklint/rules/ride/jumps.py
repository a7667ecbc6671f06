"""Rules about ways that nobody makes: points that stand off, and hops that do not come back."""

from __future__ import annotations

import numpy as np

from ...activity import Activity
from ...config import Limits
from ...findings import Severity
from ...steps import METRES_A_DEGREE, Mask, Track, columns_once
from ..basis import PRACTICE
from ..registry import Found, at_points, rule
from ..track import between, speed_limit

WARNING = Severity.WARNING


def _jumps(activity: Activity, limits: Limits) -> tuple[Track, Mask, Mask] | None:
    """The track, the points of it that stand off alone, and the hops that nobody makes and that do not come back."""
    return columns_once(activity, _find_jumps, limits)


def _find_jumps(activity: Activity, limits: Limits) -> tuple[Track, Mask, Mask] | None:
    there = np.flatnonzero(np.isfinite(activity.latitude) & np.isfinite(activity.longitude))
    if len(there) < 3:
        return None
    north, east = np.diff(activity.latitude[there]), np.diff(activity.longitude[there])
    if METRES_A_DEGREE * max(north.max(), -north.min(), east.max(), -east.min()) < limits.jump_m / 2:
        return None
    track = Track.of(activity)
    if len(track.metres) < 2 or not track.metres.max() > limits.jump_m:
        return None
    limit = speed_limit(activity, limits)
    fast = (track.metres > limits.jump_m) & (track.metres > limit * track.seconds) & (track.seconds >= 0)
    fast &= ~track.broken
    at = np.flatnonzero(fast)
    away, alone = np.zeros(len(track.points), bool), np.zeros(len(fast), bool)
    if not len(at):
        return None
    if 2 * len(at) > len(fast):  # the whole track is too fast; that is a matter of its sport
        return None
    if len(at) > 1:
        out, back = at[:-1], at[1:]
        direct = between(activity, track.points[out], track.points[back + 1])
        returns = (back - out <= _FEW) & (direct < 0.5 * np.minimum(track.metres[out], track.metres[back]))
        for a, b in zip(out[returns].tolist(), back[returns].tolist(), strict=True):
            away[a + 1 : b + 1] = alone[a] = alone[b] = True
    return track, away, fast & ~alone


#: A jump that returns has at most so many points.
_FEW = 5


@rule(
    "POS008",
    "jump",
    WARNING,
    on=Activity,
    basis=PRACTICE,
    says="{count} of {points} points stand off by up to {metres:g} m and the next ones are back; that takes "
    "{speed:g} m/s",
    hint="drop these positions",
    fix="unsafe",
    needs=("position",),
)
def jump(activity: Activity, limits: Limits) -> Found:
    """One point, or a few, lie far from the points before and after them, faster than the sport allows.

    A receiver makes such errors near walls and in tunnels. Each adds twice its length to the distance, and Strava shows
    the speed as the maximum, and may flag the activity (qdomyos-zwift#91). The limit is 100 m and the greatest speed
    of the sport, both ways.
    """
    found = _jumps(activity, limits)
    if found is not None and found[1].any():
        track, away, _ = found
        near = np.flatnonzero(away[1:] | away[:-1])
        speeds = track.metres[near] / np.maximum(track.seconds[near], 1.0)
        yield from at_points(
            activity,
            track.points[away],
            metres=round(float(track.metres[near].max())),
            speed=round(float(speeds.max()), 1),
            limit=speed_limit(activity, limits),
        )


@rule(
    "POS014",
    "impossible-hop",
    WARNING,
    on=Activity,
    basis=PRACTICE,
    says="hops between neighbouring positions that are faster than {limit:g} m/s: {count}; the largest is {metres:g} m "
    "in {seconds:g} s, to point {worst}",
    hint="look at the map there; drop positions that lie off the road, or write a new segment after a pause",
    needs=("position",),
)
def impossible_hop(activity: Activity, limits: Limits) -> Found:
    """Two neighbouring positions are more than 100 m apart, faster than anybody in this sport, and it does not return.

    The receiver lost its way and found it again, or a pause is not told (tapiriik#138, geo-activity-playground#328).
    Strava counts the way between and shows the speed.
    """
    found = _jumps(activity, limits)
    if found is not None and found[2].any():
        track, _, hops = found
        at = np.flatnonzero(hops)
        worst = int(at[np.argmax(track.metres[at])])
        yield from at_points(
            activity,
            track.points[at + 1],
            metres=round(float(track.metres[worst])),
            seconds=float(track.seconds[worst]),
            worst=int(track.points[worst + 1]),
            limit=speed_limit(activity, limits),
        )
