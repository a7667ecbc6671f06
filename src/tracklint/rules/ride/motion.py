"""Rules about speed and distance as the file tells them: rising, in metres, possible, and there."""

from __future__ import annotations

import numpy as np

from ...activity import Activity
from ...config import Limits
from ...findings import Severity
from ...predict import is_stationary
from ...steps import Ints, Mask, Track, boundary_steps, session_steps, ways
from ..basis import FIT_ACTIVITY_FILE, PRACTICE
from ..registry import Found, Hit, at_points, rule
from ..track import speed_limit

WARNING = Severity.WARNING
#: FIT's "no value" of 16 bits, read as a speed; the rule on leaked values tells it.
_LEAKED_M_S = 65.535


@rule(
    "SEN016",
    "distance-decreases",
    WARNING,
    on=Activity,
    basis=FIT_ACTIVITY_FILE,
    says="the distance falls at {count} of {points} points, most at point {worst}: by {metres:g} m{how}",
    hint="write the distance from the start of the activity, which never falls",
    needs=("distance",),
)
def distance_decreases(activity: Activity, _limits: Limits) -> Found:
    """The cumulative distance of a point is smaller than that of the point before it.

    The distance counts from the start of the activity. Where it starts again in each lap the total is lost; small steps
    back come from corrections of the device (GoldenCheetah#2446). Strava takes the distance from the points.
    """
    if activity.known("distance") < 2:
        return
    there = np.flatnonzero(activity.distance >= 0)
    if len(there) < 2:
        return
    step = np.diff(activity.distance[there])
    if step.min() >= -_LEAST_FALL_M:
        return
    broken = session_steps(activity, there)
    if activity.format == "fit":
        broken |= boundary_steps(activity, there) | _session_changes(activity, there)
    fall = (step < -_LEAST_FALL_M) & ~broken
    if fall.any():
        worst = int(np.argmin(np.where(fall, step, 0)))
        again = activity.distance[there[1:][fall]] < 0.05 * activity.distance[there[:-1][fall]]
        how = "; it starts again" if again.all() else ""
        yield from at_points(
            activity, there[1:][fall], metres=round(float(-step[worst]), 2), worst=int(there[worst + 1]), how=how
        )


#: Distances that differ by less are rounding.
_LEAST_FALL_M = 0.5


def _session_changes(activity: Activity, points: Ints) -> Mask:
    """For each step between FIT records: whether a session starts in it. A leg may count its own distance."""
    starts = np.sort([session.start_time for session in activity.sessions])
    time = activity.time[points]
    return np.asarray(np.searchsorted(starts, time[1:] + 2, side="right") > np.searchsorted(starts, time[:-1] - 2))


@rule(
    "SEN032",
    "motion-not-a-number",
    WARNING,
    on=Activity,
    basis=PRACTICE,
    says='{count} of {points} points have a {channel} that is no number, the first is "{text}" at point {record}',
    hint="leave the element out where there is no {channel}",
    formats=("tcx", "gpx"),
    fix="safe",
    needs=("bad_values",),
)
def motion_not_a_number(activity: Activity, _limits: Limits) -> Found:
    """A distance or speed is NaN, infinite, or text such as Infinity, undefined or null.

    A program divided by zero. xsd:double allows NaN and INF, so that the schema does not find them; a reader that adds
    them up has no total. The numbers of position, elevation and sensors have rules of their own.
    """
    for bad in activity.bad_values:
        if bad.channel in ("distance", "speed") and bad.kind in ("not-a-number", "not-finite"):
            yield from at_points(activity, bad.records, channel=bad.channel, text=bad.sample)


@rule(
    "SEN033",
    "distance-negative",
    WARNING,
    on=Activity,
    basis=PRACTICE,
    says="{count} of {points} points have a distance below 0, the lowest is {worst:g} m",
    hint="write the distance from the start of the activity, which begins with 0; leave it out where it is not known",
    formats=("tcx", "gpx"),
    fix="unsafe",
    needs=("distance",),
)
def distance_negative(activity: Activity, _limits: Limits) -> Found:
    """The cumulative distance of a point is below 0.

    It counts from the start of the activity. Programs write -1 or -2147483.75, which stands for "no value", where they
    know none. Strava takes the distance from the points.
    """
    lowest, _ = activity.extent("distance")
    if lowest < 0:
        yield from at_points(activity, activity.distance < 0, worst=lowest)


_UNITS = (
    (3.6, "kilometres per hour in place of metres per second"),
    (2.23694, "miles per hour in place of metres per second"),
    (1000.0, "millimetres in place of metres"),
    (0.001, "kilometres in place of metres"),
    (0.621371, "miles in place of kilometres"),
    (0.277778, "divided by 3.6 once too often"),
)


def _unit_of(ratio: float) -> tuple[float, str] | None:
    """The mistake in the unit that makes this ratio, within 3 %."""
    return next(((factor, text) for factor, text in _UNITS if abs(ratio / factor - 1) < 0.03), None)


def _ratio(activity: Activity, channel: str, track: Track) -> tuple[float, int]:
    """The median of speed or distance over that of the positions, and the hops that it is taken from; all hops agree
    with it within a third."""
    a, b = track.points[:-1], track.points[1:]
    use = (track.metres > 3) & (track.seconds > 0) & (track.seconds <= 60) & ~track.broken
    values = getattr(activity, channel)
    ours = (values[a] + values[b]) / 2 * track.seconds if channel == "speed" else values[b] - values[a]
    use &= np.isfinite(ours) & (ours > 0)
    if int(use.sum()) < _LEAST_HOPS:
        return 1.0, 0
    ratios = ours[use] / track.metres[use]
    if 2 * np.count_nonzero((ratios > 0.65) & (ratios < 2.1)) > len(ratios) + 2:
        return 1.0, 0  # the median is of no other unit
    ratios.sort()
    low, median, high = np.interp(np.array((0.2, 0.5, 0.8)) * (len(ratios) - 1), np.arange(len(ratios)), ratios)
    narrow = high < 1.33 * median and low > 0.67 * median
    return (float(median), int(use.sum())) if narrow else (1.0, 0)


#: So many hops are needed to tell a unit, and so many positions are looked at.
_LEAST_HOPS, _ENOUGH = 20, 5000


@rule(
    "SEN022",
    "unit-error",
    WARNING,
    on=Activity,
    basis=PRACTICE,
    says="the {channel} is {ratio:g} times what the positions give: {unit}",
    hint="write metres and metres per second",
    needs=("position", "time"),
)
def unit_error(activity: Activity, _limits: Limits) -> Found:
    """Speed or distance is in another unit than metres and seconds.

    The ratio to speed and distance along the positions is near 3.6, 2.24, 1000, 0.001, 0.621 or 0.278 in most hops.
    Strava shows a ride of 90 km/h and may flag it (qdomyos-zwift#91).
    """
    channels = [channel for channel in ("speed", "distance") if activity.known(channel) >= _LEAST_HOPS]
    if not channels:
        return
    track = Track.of(activity, most=_ENOUGH)  # a wrong unit is wrong from the start
    for channel in channels:
        ratio, hops = _ratio(activity, channel, track)
        known = _unit_of(ratio)
        if known is not None:
            there = activity.channel(channel)
            yield from at_points(activity, there, channel=channel, ratio=round(ratio, 4), unit=known[1], hops=hops)


@rule(
    "SEN027",
    "speed-implausible",
    WARNING,
    on=Activity,
    basis=PRACTICE,
    says="{count} of {points} speeds are {what}",
    hint="leave the speed out at these points",
    fix="unsafe",
    needs=("speed",),
)
def speed_implausible(activity: Activity, limits: Limits) -> Found:
    """A speed is negative or faster than anybody in this sport.

    One record of 8361 m/s spoils the maximum (qdomyos-zwift#91). Where most speeds are too high the unit or the sport
    is wrong, which other rules tell.
    """
    speed, limit = activity.speed, speed_limit(activity, limits)
    lowest, highest = activity.extent("speed")
    if not (lowest < 0 or highest > limit):
        return
    wrong = (speed < 0) | (speed > limit)
    if activity.format == "fit":
        wrong &= np.abs(speed - _LEAKED_M_S) > 1e-6
    if wrong.any() and 2 * wrong.sum() < np.isfinite(speed).sum() and not any(unit_error.check(activity, limits)):
        values = speed[wrong]
        worst = float(values.max() if values.max() > limit else values.min())
        what = f"outside 0 to {limit:g} m/s, such as {worst:g}"
        yield from at_points(activity, wrong, what=what, worst=worst, limit=limit)


@rule(
    "SEN031",
    "indoor-without-distance",
    WARNING,
    on=Activity,
    basis=PRACTICE,
    says="the totals say {metres:g} m, but none of the {points} points has a position or a distance: there is no pace",
    hint="write the distance into each record",
    formats=("fit", "tcx"),
)
def indoor_without_distance(activity: Activity, _limits: Limits) -> Found:
    """An activity without positions has a total distance, but no distance in its points.

    Strava draws pace and speed of indoor activities from the distances of the points; a treadmill run without them
    shows a total and no graph (una-sdk PR 185, qdomyos-zwift#549). A pool swim has lengths instead.
    """
    if len(activity) < 2 or activity.known("position") or activity.known("distance"):
        return
    if not is_stationary(activity) or activity.counts.get("length"):
        return
    totals = [part.distance_m for part in (activity.sessions if activity.format == "fit" else activity.laps)]
    metres = float(np.nansum(totals)) if totals else 0.0
    if metres > 0:
        yield from at_points(activity, np.ones(len(activity), bool), metres=round(metres, 1))


#: Between these the metres of the speeds and those of the distances differ by smoothing and calibration only.
_SAME_WAY = (2 / 3, 3 / 2)
#: Fewer steps say nothing.
_LEAST_STEPS = 60


@rule(
    "SEN034",
    "speed-contradicts-distance",
    WARNING,
    on=Activity,
    basis=PRACTICE,
    says="the speeds of {count} points make {by_speed:g} m, their distances {by_distance:g} m",
    hint="write speed in m/s and distance in m since the start, of one and the same motion",
    formats=("fit", "tcx"),
    needs=("speed", "distance"),
)
def speed_contradicts_distance(activity: Activity, _limits: Limits) -> Found:
    """The speeds of the points, over time, make a half more or a third less than what the distances grow by.

    One of the two is in another unit or of another sensor; pace and total then contradict each other. Steps of more
    than 10 s, and steps back, do not count. Speeds in km/h have a rule of their own.
    """
    if activity.known("speed") < _LEAST_STEPS or activity.known("distance") < _LEAST_STEPS:
        return
    speeds, metres, points = ways(activity)
    by_speed, by_distance = float(speeds.sum()), float(metres.sum())
    low, high = _SAME_WAY
    if len(points) >= _LEAST_STEPS and by_distance > 100 and not low * by_distance <= by_speed <= high * by_distance:
        evidence = {"by_speed": round(by_speed, 1), "by_distance": round(by_distance, 1)}
        for hit in at_points(activity, points, **evidence):
            yield Hit(hit.where, hit.evidence, told_by=("SEN016", "SEN022", "SEN027"))
