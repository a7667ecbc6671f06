"""Rules about the numbers of sensors: whole, within limits, in their unit, and alive."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import numpy as np
import numpy.typing as npt

from ...activity import Activity
from ...config import Limits
from ...findings import Severity
from ...steps import Floats, Track, missing_between, runs_of_one_value
from ..basis import GPX_1_1, PRACTICE, TCX_V2
from ..registry import Found, Hit, at_points, rule
from ..track import kind_of_sport

WARNING, INFO = Severity.WARNING, Severity.INFO
_XML = ("tcx", "gpx")
_SENSORS = ("heart_rate", "cadence", "power")
_NAMES = {"heart_rate": "heart rate", "cadence": "cadence", "power": "power", "temperature": "temperature"}


def _not_whole(activity: Activity, channel: str) -> Found:
    """Values of a channel that are written with a decimal point or an exponent, also where that is ``.0``."""
    for bad in activity.bad_values:
        if bad.channel == channel and bad.kind == "not-whole":
            yield from at_points(activity, bad.records, text=bad.sample)


def _texts(activity: Activity, channel: str) -> Found:
    """Values of a channel that are no numbers."""
    for bad in activity.bad_values:
        if bad.channel == channel and bad.kind in ("not-a-number", "not-finite"):
            for hit in at_points(activity, bad.records):
                yield Hit(hit.where, {**hit.evidence, "what": f'no number ("{bad.sample}")', "text": bad.sample})


def _beyond(activity: Activity, channel: str, lowest: float, highest: float, unit: str) -> Found:
    least, most = activity.extent(channel)
    if least < lowest or most > highest:
        values = getattr(activity, channel)
        wrong = (values < lowest) | (values > highest)
        worst = float(values[wrong].max() if (values[wrong] > highest).any() else values[wrong].min())
        what = f"outside {lowest:g} to {highest:g} {unit}, such as {worst:g}"
        yield from at_points(activity, wrong, what=what, worst=worst, lowest=lowest, highest=highest)


@rule(
    "SEN007",
    "heart-rate-not-whole",
    WARNING,
    on=Activity,
    basis=TCX_V2,
    says='{count} of {points} heart rates are not written as a whole number, the first is "{text}"',
    hint="write whole beats per minute, without a decimal point",
    formats=_XML,
    fix="safe",
    needs=("bad_values",),
)
def heart_rate_not_whole(activity: Activity, _limits: Limits) -> Found:
    """A heart rate is written with a decimal point, be it "100.00".

    Both formats want a whole number. Garmin Connect drops such values (Mi-Fit-and-Zepp-workout-exporter#17), some
    readers stop at them (python-tcxparser, FitTrackee).
    """
    yield from _not_whole(activity, "heart_rate")


@rule(
    "SEN008",
    "heart-rate-implausible",
    WARNING,
    on=Activity,
    basis=PRACTICE,
    says="{count} of {points} heart rates are {what}",
    hint="leave the heart rate out where the sensor has none",
    fix="safe",
)
def heart_rate_implausible(activity: Activity, limits: Limits) -> Found:
    """A heart rate is no number, or outside 30 to 240 beats per minute.

    255 is FIT's "no value" that leaked (TrackMyIndoorWorkout#364); to take it out, a text or a zero is safe, a number
    that a strap may have measured waits for a decision. Many devices write a zero while the strap has no contact. Some
    readers drop it; in the others the graph falls to 0 and the average is too low (RunnerUp#332). Single zeros are
    information; ten and more in a row that lower the average by a beat are a warning, and so is a GPX or TCX file that
    has nothing but zeros.
    """
    yield from _texts(activity, "heart_rate")
    least, most = activity.extent("heart_rate")
    if not (least < limits.lowest_heart_rate_bpm or most > limits.highest_heart_rate_bpm or least <= 0 <= most):
        return
    rate = activity.heart_rate
    zero = rate == 0
    wrong = ((rate < limits.lowest_heart_rate_bpm) | (rate > limits.highest_heart_rate_bpm)) & ~zero
    if wrong.any():
        worst, measured = float(rate[wrong].max()), bool(((rate < 255) & (rate > 0) & wrong).any())
        lowest, highest = limits.lowest_heart_rate_bpm, limits.highest_heart_rate_bpm
        what = f"outside {lowest:g} to {highest:g} bpm, the highest is {worst:g}"
        for hit in at_points(activity, wrong, what=what, worst=worst, lowest=lowest, highest=highest):
            yield replace(hit, fix="unsafe" if measured else None)
    if zero.any():
        yield from _zeros(activity, zero)


#: Zeros in a row that a reader cannot take for a moment without contact.
_ZEROS_IN_A_ROW = 10


def _zeros(activity: Activity, zero: npt.NDArray[np.bool_]) -> Found:
    """The points with a heart rate of 0, and what they do to the average."""
    first, last = runs_of_one_value(np.where(zero, 0.0, np.nan), 1)
    longest = int((last - first).max()) + 1
    measured = activity.heart_rate[activity.heart_rate > 0]
    average = float(measured.mean()) if len(measured) else np.nan
    lowered = average * len(measured) / (len(measured) + int(zero.sum()))
    what, warns = "0", False
    if longest >= _ZEROS_IN_A_ROW and len(measured):
        warns = average - lowered >= 1
        what = f"0, {longest} of them in a row, which takes the average from {average:.0f} to {lowered:.0f} bpm"
    elif longest >= _ZEROS_IN_A_ROW:
        what, warns = "0, and no other is told", activity.format != "fit"
    for hit in at_points(activity, zero, what=what, longest=longest, average=average, lowered=lowered):
        yield Hit(hit.where, hit.evidence, None if warns else INFO)


@rule(
    "SEN009",
    "cadence-implausible",
    WARNING,
    on=Activity,
    basis=TCX_V2,
    says="{count} of {points} cadences are {what}",
    hint="write whole turns per minute up to 254, and leave the cadence out where the sensor has none",
    formats=_XML,
    fix="safe",
)
def cadence_implausible(activity: Activity, limits: Limits) -> Found:
    """A cadence is not written as a whole number, no number at all, negative, or above 254.

    TCX and Garmin's extension for GPX hold whole numbers from 0 to 254; 255 means "no value" in FIT
    (TrackMyIndoorWorkout#363).
    """
    yield from _texts(activity, "cadence")
    yield from _beyond(activity, "cadence", 0.0, limits.max_cadence_rpm, "rpm")
    for hit in _not_whole(activity, "cadence"):
        yield Hit(
            hit.where, {**hit.evidence, "what": f'not written as whole numbers, the first is "{hit.evidence["text"]}"'}
        )


@rule(
    "SEN010",
    "running-cadence-doubled",
    WARNING,
    on=Activity,
    basis=PRACTICE,
    says="the median cadence of the run is {median:g} a minute; these are steps, where strides (two steps) are wanted",
    hint="write half of it: Strava doubles the cadence of runs",
    fix="unsafe",
    needs=("cadence",),
)
def running_cadence_doubled(activity: Activity, limits: Limits) -> Found:
    """The cadence of a run counts steps of both feet.

    The formats count revolutions, i.e. one foot. Strava doubles the number for runs, so that 172 becomes 344
    (tapiriik#275, BangleApps#3068, Runalyze#1367). Nobody runs 120 strides a minute for half of the time.
    """
    if kind_of_sport(activity) != "running" or not activity.extent("cadence")[1] > limits.max_running_cadence_rpm:
        return
    there = activity.cadence > 0
    if int(there.sum()) < 10:
        return
    median = float(np.median(activity.cadence[there]))
    if median > limits.max_running_cadence_rpm:
        yield from at_points(activity, there, median=median)


@rule(
    "SEN011",
    "power-implausible",
    WARNING,
    on=Activity,
    basis=PRACTICE,
    says="{count} of {points} powers are {what}",
    hint="leave the power out at these points, and write whole watts",
    fix={"fit": "unsafe", "tcx": "safe", "gpx": "safe"},
)
def power_implausible(activity: Activity, limits: Limits) -> Found:
    """A power is not written as a whole number, no number at all, negative, or above 2500 W.

    No cyclist holds more; 65535 is FIT's "no value" that leaked, other peaks are failures of the sensor
    (qdomyos-zwift#91). They spoil the best efforts on Strava. TCX readers stop at a fraction (python-tcxparser).
    """
    yield from _texts(activity, "power")
    for hit in _beyond(activity, "power", 0.0, limits.max_power_w, "W"):
        yield replace(hit, fix="unsafe")
    for hit in _not_whole(activity, "power"):
        what = f'not written as whole numbers, the first is "{hit.evidence["text"]}"'
        yield Hit(hit.where, {**hit.evidence, "what": what}, INFO)


@rule(
    "SEN014",
    "empty-value",
    WARNING,
    on=Activity,
    basis=GPX_1_1,
    says="{count} of {points} points have an empty element for {channel}",
    hint="leave the element out where there is no value",
    formats=_XML,
    fix="safe",
    needs=("bad_values",),
)
def empty_value(activity: Activity, _limits: Limits) -> Found:
    """An element for a sensor's value stands there without a value.

    The schemas want a number; readers stop at it or lose the point (tcxreader#47, workout-tracker#318).
    """
    for bad in activity.bad_values:
        if bad.kind == "empty" and bad.channel in (*_NAMES, "distance", "speed"):
            yield from at_points(activity, bad.records, channel=_NAMES.get(bad.channel, bad.channel))


@rule(
    "SEN023",
    "stuck-sensor",
    WARNING,
    on=Activity,
    basis=PRACTICE,
    says="the {channel} stays at {value:g} for {minutes:g} min and {count} points while the athlete moves",
    hint="leave the value out when the sensor no longer answers",
)
def stuck_sensor(activity: Activity, limits: Limits) -> Found:
    """Heart rate, cadence or power repeats one number for ten minutes and more of movement.

    The sensor's battery is empty or its radio is lost, and the device goes on writing the last value. Averages and best
    efforts on Strava are then wrong. A zero is spared.
    """
    plausible = {
        "heart_rate": (limits.lowest_heart_rate_bpm, limits.highest_heart_rate_bpm),
        "cadence": (1.0, limits.max_cadence_rpm),
        "power": (1.0, limits.max_power_w),
    }
    for channel, (lowest, highest) in plausible.items():
        if activity.known(channel) < _LEAST_STUCK:
            continue
        values = getattr(activity, channel)
        for first, last in _stuck(activity, values, limits):
            if not lowest <= values[first] <= highest:
                continue
            minutes = float(activity.time[last] - activity.time[first]) / 60
            yield from at_points(
                activity,
                np.arange(first, last + 1),
                channel=_NAMES[channel],
                value=float(values[first]),
                minutes=round(minutes, 1),
            )


#: Fewer points in a row say nothing.
_LEAST_STUCK = 60


def _stuck(activity: Activity, values: Floats, limits: Limits) -> Iterator[tuple[int, int]]:
    first, last = runs_of_one_value(values, _LEAST_STUCK)
    long = activity.time[last] - activity.time[first] >= limits.stuck_s
    first, last = first[long], last[long]
    if not len(first):
        return
    gone = activity.distance[last] - activity.distance[first]
    if np.isnan(gone).any():
        track = Track.of(activity)
        way = np.r_[0.0, np.cumsum(track.metres)] if len(track.points) else np.zeros(1)
        at = [np.minimum(np.searchsorted(track.points, ends), len(way) - 1) for ends in (first, last)]
        gone = np.where(np.isnan(gone), way[at[1]] - way[at[0]], gone)
    going = gone > limits.stuck_s  # 1 m/s
    yield from zip(first[going].tolist(), last[going].tolist(), strict=True)


@rule(
    "SEN024",
    "dropouts",
    INFO,
    on=Activity,
    basis=PRACTICE,
    says="the {channel} is missing in {count} of {points} points between its first and its last (holes: {holes})",
    hint="look at the sensor's battery and place; nothing needs to be done for Strava",
)
def dropouts(activity: Activity, limits: Limits) -> Found:
    """A sensor's value comes and goes: it is missing in more than a tenth of the points between its first and last.

    Averages are taken over the points that have a value, so that they differ from reader to reader. Points that share
    their second with another one complete each other and do not count.
    """
    if activity.counts.get("length"):  # a pool swim: some records only mark the end of a length
        return
    for channel in ("position", *_SENSORS):
        if (missing := missing_between(activity, channel)) is None:
            continue
        at = np.flatnonzero(activity.channel(channel))
        span = at[-1] - at[0] + 1
        count = int(missing.sum())
        if span >= 30 and 100 * count > limits.dropout_percent * span:
            holes = int((np.diff(missing.astype(np.int8)) == 1).sum())
            yield from at_points(activity, missing, channel=_NAMES.get(channel, channel), holes=holes)


@rule(
    "SEN028",
    "temperature-implausible",
    WARNING,
    on=Activity,
    basis=PRACTICE,
    says="{count} of {points} temperatures are {what}",
    hint="leave the temperature out at these points",
    formats=("fit", "gpx"),
    fix={"fit": "unsafe", "gpx": "safe"},
)
def temperature_implausible(activity: Activity, limits: Limits) -> Found:
    """A temperature is below -60 or above 85 degrees Celsius, or no number.

    No device works there; 127 is FIT's "no value" that leaked, and higher numbers are Fahrenheit or Kelvin.
    """
    yield from _texts(activity, "temperature")
    lowest, highest = limits.lowest_temperature_c, limits.highest_temperature_c
    for hit in _beyond(activity, "temperature", lowest, highest, "degrees Celsius"):
        yield replace(hit, fix="unsafe")
