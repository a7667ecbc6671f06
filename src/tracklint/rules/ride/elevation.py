"""Rules about elevation: numbers, possible on the Earth, and moving."""

from __future__ import annotations

import numpy as np

from ...activity import Activity, ends_with_barometer
from ...config import Limits
from ...findings import Severity
from ...predict import ascent, climbed
from ...steps import Floats, Mask
from ..basis import GPX_1_1, PHYSICS, PRACTICE
from ..registry import Found, Hit, at_points, rule

WARNING, INFO = Severity.WARNING, Severity.INFO
#: FIT's "no value" of 16 bits, read as an altitude; the rule on leaked values tells it.
_LEAKED_M = 65535 / 5 - 500
#: FIT's raw 0, read as an altitude.
_ZERO_FILLED_M = -500.0


@rule(
    "POS009",
    "elevation-not-a-number",
    WARNING,
    on=Activity,
    basis=GPX_1_1,
    says='{count} of {points} points have an elevation that is no number, the first is "{text}" at point {record}',
    hint="leave the element out where there is no elevation",
    formats=("tcx", "gpx"),
    fix="safe",
    needs=("bad_values",),
)
def elevation_not_a_number(activity: Activity, _limits: Limits) -> Found:
    """An elevation is empty, NaN, infinite, or text.

    GPXSee and others refuse the whole file over it (fit2gpx#15, GarminDB#45).
    """
    for bad in activity.bad_values:
        if bad.channel == "altitude":
            yield from at_points(activity, bad.records, text=bad.sample)


def _implausible(activity: Activity, limits: Limits) -> tuple[Mask, Mask]:
    """Elevations that no ride has, and of these FIT's zeros."""
    altitude, (lowest, highest) = activity.altitude, activity.extent("altitude")
    fit = activity.format == "fit"
    if not (lowest < limits.lowest_altitude_m or highest > limits.highest_altitude_m):
        return (nowhere := np.zeros(len(altitude), bool)), nowhere
    wrong = (altitude < limits.lowest_altitude_m) | (altitude > limits.highest_altitude_m)
    if fit:
        wrong &= altitude != _LEAKED_M
    zero = (altitude == _ZERO_FILLED_M) if fit else np.zeros(len(wrong), bool)
    return wrong, zero


@rule(
    "POS010",
    "elevation-implausible",
    WARNING,
    on=Activity,
    basis=PHYSICS,
    says="{count} of {points} elevations are outside {lowest:g} to {highest:g} m, the first is {altitude:g} m{zero}",
    hint="leave the elevation out at these points",
    fix="safe",
    needs=("altitude",),
)
def elevation_implausible(activity: Activity, limits: Limits) -> Found:
    """An elevation is below the Dead Sea or above the highest mountain.

    It is what a device writes for "not known" (-19999: FitTrackee#1015). In FIT -500 m is the raw 0 of a field that was
    never filled. The climb to it and back counts as ascent.
    """
    wrong, zero = _implausible(activity, limits)
    if wrong.any():
        yield from at_points(
            activity,
            wrong,
            altitude=float(activity.altitude[np.argmax(wrong)]),
            lowest=limits.lowest_altitude_m,
            highest=limits.highest_altitude_m,
            zero=", which is FIT's raw 0" if zero.any() else "",
        )


@rule(
    "POS011",
    "elevation-constant",
    INFO,
    on=Activity,
    basis=PRACTICE,
    says="all {count} elevations are {altitude:g} m",
    hint="leave the elevation out where the device does not measure it",
    needs=("altitude",),
)
def elevation_constant(activity: Activity, limits: Limits) -> Found:
    """At least ten points have an elevation, and all of them have the same.

    A device or program without altimeter writes such numbers. Strava replaces them where it recomputes elevations, and
    shows a flat line where it takes them as they are. A creator that claims a barometer has a rule of its own.
    """
    if activity.known("altitude") < 10:
        return
    there = activity.channel("altitude")
    values = activity.altitude[there]
    if values[0] != values[-1] or not (values == values[0]).all():
        return
    if not ends_with_barometer(activity.device.name or "") and not _implausible(activity, limits)[0].any():
        yield from at_points(activity, there, altitude=float(values[0]))


@rule(
    "POS016",
    "elevation-jump",
    WARNING,
    on=Activity,
    basis=PRACTICE,
    says="the elevation changes faster than {limit:g} m/s at {count} of {points} points, most at point {worst}: "
    "{climb:g} m in {seconds:g} s",
    hint="leave the elevation out at these points",
    needs=("altitude",),
)
def elevation_jump(activity: Activity, limits: Limits) -> Found:
    """The elevation changes by more than 50 m in a second, as fast as a free fall.

    A sensor that was reset or a value that was cut makes such steps; the ascent counts them.
    """
    least, (lowest, highest) = limits.max_climb_m_s, activity.extent("altitude")
    if highest - lowest <= least:
        return
    there = np.flatnonzero(activity.channel("altitude") & activity.channel("time"))
    if len(there) < 2:
        return
    climb = np.diff(activity.altitude[there])
    if max(climb.max(), -climb.min()) <= least:
        return
    wrong, _ = _implausible(activity, limits)
    wrong |= activity.altitude == _LEAKED_M
    there = there[~wrong[there]]
    climb, seconds = np.diff(activity.altitude[there]), np.diff(activity.time[there])
    fast = (seconds >= 0) & (np.abs(climb) > least * np.maximum(seconds, 1.0)) & ~_first_after_zero(activity, there)
    if fast.any():
        at = np.flatnonzero(fast)
        worst = int(at[np.argmax(np.abs(climb[at]))])
        yield from at_points(
            activity,
            there[at + 1],
            limit=least,
            climb=round(float(climb[worst]), 1),
            seconds=float(seconds[worst]),
            worst=int(there[worst + 1]),
        )


def _first_after_zero(activity: Activity, there: np.ndarray) -> Mask:
    """Steps from or to an elevation of exactly 0 m, which programs write for "none" (GoldenCheetah)."""
    altitude: Floats = activity.altitude[there]
    return np.asarray((altitude[1:] == 0) | (altitude[:-1] == 0))


_TREADMILLS = ("treadmill", "indoor_running")


@rule(
    "POS017",
    "ascent-differs",
    INFO,
    on=Activity,
    basis=PRACTICE,
    says="the sessions say {said:g} m of ascent, the elevations of the points give {computed:g} m{indoors}",
    hint="compute the total from the same elevations that the records hold",
    formats=("fit",),
    needs=("sessions",),
)
def ascent_differs(activity: Activity, _limits: Limits) -> Found:
    """total_ascent is more than three times what the records climb, and by more than 100 m.

    Devices that sum up every flicker of the sensor write such totals, on treadmills too (UNA watch: una-sdk PR 229).
    Strava takes the total of the file where it knows the device's barometer. A treadmill run with an ascent, and no
    elevation in any record, is a warning: nothing bears it out.
    """
    said = sum(s.ascent_m for s in activity.sessions if s.ascent_m > 0)
    treadmill = said > 0 and all(s.sub_sport in _TREADMILLS for s in activity.sessions)
    if treadmill and len(activity) >= 10 and not activity.known("altitude"):
        evidence = {"said": said, "computed": 0.0, "indoors": ": a treadmill run, and no record has an elevation"}
        yield Hit(activity.sessions[0].where, evidence, WARNING)
        return
    if said <= 100 or activity.known("altitude") < 10:
        return
    every = 1 + activity.known("altitude") // 5000
    if every > 1 and said <= 3 * ascent(activity.altitude[activity.channel("altitude")][::every]):
        return
    computed = climbed(activity)
    if said > 3 * computed and said - computed > 100:
        first = activity.sessions[0].where
        yield Hit(first, {"said": said, "computed": round(computed, 1), "indoors": ""})
