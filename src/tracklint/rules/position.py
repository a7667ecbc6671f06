"""Rules about positions: there, numbers, and on the Earth."""

from __future__ import annotations

import numpy as np

from ..activity import Activity
from ..config import Limits
from ..findings import Severity
from .basis import GPX_1_1, PHYSICS, TCX_V2
from .registry import Found, Hit, at_points, rule

ERROR, WARNING = Severity.ERROR, Severity.WARNING
_AXES = ("latitude", "longitude")


def _bad_records(activity: Activity, *kinds: str) -> np.ndarray:
    """A mask of the points with a coordinate that stands there but could not be taken."""
    mask = np.zeros(len(activity), bool)
    for bad in activity.bad_values:
        if bad.channel in _AXES and bad.kind in kinds:
            mask[bad.records] = True
    return mask


@rule(
    "POS001",
    "position-missing",
    ERROR,
    on=Activity,
    basis=GPX_1_1,
    says="{count} of {points} points have {lack}, the first is point {record}",
    hint="drop these points, or write both latitude and longitude",
)
def position_missing(activity: Activity, _limits: Limits) -> Found:
    """A GPX point lacks its latitude or longitude, or a FIT or TCX point has one of the two.

    In GPX both are required attributes, and readers lose the whole file over one point (gpxpy) or repeat the last
    position (GoldenCheetah). Strava's own bulk export has written such points (marcusvolz/strava#22). In FIT and TCX a
    point may have no position at all, as indoors; half a position there is a warning.
    """
    bad = _bad_records(activity, "not-a-number", "not-finite", "empty")
    no_lat, no_lon = np.isnan(activity.latitude) & ~bad, np.isnan(activity.longitude) & ~bad
    if activity.format == "gpx":
        yield from at_points(activity, no_lat | no_lon, lack="no latitude or no longitude")
        return
    for hit in at_points(activity, (no_lat != no_lon) & ~bad, lack="only one of latitude and longitude"):
        yield Hit(hit.where, hit.evidence, WARNING)


@rule(
    "POS002",
    "coordinate-not-a-number",
    ERROR,
    on=Activity,
    basis=GPX_1_1,
    says='{count} of {points} points have a {channel} that is no number, the first is "{text}", at point {record}',
    hint="write degrees with a decimal point and without exponent, such as 48.137154",
    formats=("tcx", "gpx"),
)
def coordinate_not_a_number(activity: Activity, _limits: Limits) -> Found:
    """A latitude or longitude is written as something else than a decimal number, most often with a comma ("48,1").

    Programs write it so when they format numbers in the user's language (GoldenCheetah#2913, OsmAnd#16106). gpxpy
    refuses the file, others read 48.
    """
    for bad in activity.bad_values:
        if bad.channel in _AXES and bad.kind in ("not-a-number", "empty"):
            yield from at_points(activity, bad.records, channel=bad.channel, text=bad.sample)


@rule(
    "POS003",
    "coordinate-not-finite",
    ERROR,
    on=Activity,
    basis=TCX_V2,
    says='{count} of {points} points have "{text}" as {channel}, the first is point {record}',
    hint="leave the position out where the device had no fix",
    formats=("tcx", "gpx"),
)
def coordinate_not_finite(activity: Activity, _limits: Limits) -> Found:
    """A latitude or longitude is NaN or infinite, as when a program writes a position before it has a fix
    (fit2gpx#15)."""
    for bad in activity.bad_values:
        if bad.channel in _AXES and bad.kind == "not-finite":
            yield from at_points(activity, bad.records, channel=bad.channel, text=bad.sample)


@rule(
    "POS004",
    "position-out-of-range",
    ERROR,
    on=Activity,
    basis=PHYSICS,
    says="{count} of {points} points lie off the Earth, the first at latitude {latitude:g}, longitude {longitude:g}",
    hint="drop these positions; latitude is -90 to 90 degrees, longitude -180 to 180",
)
def position_out_of_range(activity: Activity, _limits: Limits) -> Found:
    """A latitude is beyond 90 degrees or a longitude beyond 180 degrees.

    Such values are device markers that leaked into the file, or two swapped fields. The schemas forbid them and readers
    such as GPXSee refuse the whole file.
    """
    wrong = (np.abs(activity.latitude) > 90) | (np.abs(activity.longitude) > 180)
    if wrong.any():
        i = int(np.argmax(wrong))
        latitude, longitude = float(activity.latitude[i]), float(activity.longitude[i])
        severity = WARNING if activity.format == "fit" else None
        for hit in at_points(activity, wrong, latitude=latitude, longitude=longitude):
            yield Hit(hit.where, hit.evidence, severity)
