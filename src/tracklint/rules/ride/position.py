"""Rules about positions: there, numbers, and on the Earth."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from ...activity import Activity
from ...config import Limits
from ...findings import Severity
from ...steps import Mask, farthest, null_or_marker, runs_of_one_value
from ..basis import GPX_1_1, PHYSICS, PRACTICE, TCX_V2
from ..registry import Found, Hit, at_points, rule
from ..track import between

ERROR, WARNING, INFO = Severity.ERROR, Severity.WARNING, Severity.INFO
_AXES = ("latitude", "longitude")


def _bad_records(activity: Activity, *kinds: str) -> Mask:
    """A mask of the points with a coordinate that stands there but could not be taken."""
    mask = np.zeros(len(activity), bool)
    for bad in activity.bad_values:
        if bad.channel in _AXES and bad.kind in kinds:
            mask[bad.records] = True
    return mask


def _without_all(activity: Activity, hits: Found) -> Found:
    """The same hits; nothing mends a GPX file in which no point has a position that could stay."""
    for hit in hits:
        nothing_left = activity.format == "gpx" and hit.evidence["count"] == len(activity)
        yield replace(hit, fix="") if nothing_left else hit


@rule(
    "POS001",
    "position-missing",
    ERROR,
    on=Activity,
    basis=GPX_1_1,
    says="{count} of {points} points have {lack}, the first is point {record}",
    hint="drop these points, or write both latitude and longitude",
    fix={"fit": "safe", "tcx": "unsafe", "gpx": "unsafe"},
)
def position_missing(activity: Activity, _limits: Limits) -> Found:
    """A GPX point lacks its latitude or longitude, or a FIT or TCX point has one of the two.

    In GPX both are required attributes, and readers lose the whole file over one point (gpxpy) or repeat the last
    position (GoldenCheetah). Strava's own bulk export has written such points (marcusvolz/strava#22). In FIT and TCX a
    point may have no position at all, as indoors; half a position there is a warning.
    """
    whole = activity.known("latitude") == activity.known("longitude") == activity.known("position")
    if whole and (activity.format != "gpx" or activity.known("position") == len(activity)):
        return
    bad = _bad_records(activity, "not-a-number", "not-finite", "empty")
    no_lat, no_lon = np.isnan(activity.latitude) & ~bad, np.isnan(activity.longitude) & ~bad
    if activity.format == "gpx":
        hits = at_points(activity, no_lat | no_lon, lack="no latitude or no longitude")
        yield from _without_all(activity, hits)
        return
    for hit in at_points(activity, (no_lat != no_lon) & ~bad, lack="only one of latitude and longitude"):
        yield Hit(hit.where, hit.evidence, WARNING)


@rule(
    "POS002",
    "coordinate-not-a-number",
    ERROR,
    on=Activity,
    basis=GPX_1_1,
    says='{count} of {points} points have a {channel} that is no decimal number, the first is "{text}", at point '
    "{record}",
    hint="write degrees with a decimal point and without exponent, such as 48.137154",
    formats=("tcx", "gpx"),
    fix={"tcx": "safe", "gpx": "safe"},
    needs=("bad_values",),
)
def coordinate_not_a_number(activity: Activity, _limits: Limits) -> Found:
    """A latitude or longitude is written as something else than a decimal number, most often with a comma ("48,1").

    Programs write it so when they format numbers in the user's language (GoldenCheetah#2913, OsmAnd#16106). gpxpy
    refuses the file, others read 48. A GPX coordinate with an exponent ("-4.8e-05", waymarked-trails#217) is read by
    most programs, but the schema does not allow it: a warning.
    """
    for bad in activity.bad_values:
        if bad.channel in _AXES and bad.kind in ("not-a-number", "empty", "exponent"):
            from ...xml.values import decimal_of

            for hit in at_points(activity, bad.records, channel=bad.channel, text=bad.sample):
                hopeless = decimal_of(bad.sample) is None
                nothing_left = hopeless and activity.format == "gpx" and len(bad.records) == len(activity)
                severity = WARNING if bad.kind == "exponent" else None
                yield replace(hit, severity=severity, fix="" if nothing_left else "unsafe" if hopeless else None)


@rule(
    "POS003",
    "coordinate-not-finite",
    ERROR,
    on=Activity,
    basis=TCX_V2,
    says='{count} of {points} points have "{text}" as {channel}, the first is point {record}',
    hint="leave the position out where the device had no fix",
    formats=("tcx", "gpx"),
    fix={"tcx": "unsafe", "gpx": "unsafe"},
    needs=("bad_values",),
)
def coordinate_not_finite(activity: Activity, _limits: Limits) -> Found:
    """A latitude or longitude is NaN or infinite, as when a program writes a position before it has a fix
    (fit2gpx#15)."""
    for bad in activity.bad_values:
        if bad.channel in _AXES and bad.kind == "not-finite":
            hits = at_points(activity, bad.records, channel=bad.channel, text=bad.sample)
            yield from _without_all(activity, hits)


@rule(
    "POS004",
    "position-out-of-range",
    ERROR,
    on=Activity,
    basis=PHYSICS,
    says="{count} of {points} points lie off the Earth, the first at latitude {latitude:g}, longitude {longitude:g}",
    hint="drop these positions; latitude is -90 to 90 degrees, longitude -180 to 180",
    fix={"fit": "safe", "tcx": "unsafe", "gpx": "unsafe"},
)
def position_out_of_range(activity: Activity, _limits: Limits) -> Found:
    """A latitude is beyond 90 degrees or a longitude beyond 180 degrees.

    Such values are device markers that leaked into the file, or two swapped fields. The schemas forbid them and readers
    such as GPXSee refuse the whole file.
    """
    if farthest(activity, "latitude") <= 90 and farthest(activity, "longitude") <= 180:
        return
    wrong = (np.abs(activity.latitude) > 90) | (np.abs(activity.longitude) > 180)
    if wrong.any() and not _swapped(activity):
        i = int(np.argmax(wrong))
        latitude, longitude = float(activity.latitude[i]), float(activity.longitude[i])
        severity = WARNING if activity.format == "fit" else None
        for hit in at_points(activity, wrong, latitude=latitude, longitude=longitude):
            yield Hit(hit.where, hit.evidence, severity)


@rule(
    "POS005",
    "null-island",
    WARNING,
    on=Activity,
    basis=PRACTICE,
    says="{count} of {points} points lie at latitude 0, longitude 0, in the sea off Africa{others}",
    hint="leave the position out where the device has no fix",
    fix="unsafe",
    needs=("position",),
)
def null_island(activity: Activity, _limits: Limits) -> Found:
    """A position is 0/0, which is what programs write when they have none.

    The map then reaches from the ride to the Gulf of Guinea, and the distance grows by thousands of kilometres. A track
    that passes there for real is spared.
    """
    null, _ = null_or_marker(activity)
    if not null.any():
        return
    others = np.flatnonzero(activity.channel("position") & ~null)
    far = np.inf
    if len(others):
        far = float(np.hypot(np.median(activity.latitude[others]), np.median(activity.longitude[others]))) * 111
        if far < 100:
            return
    text = f", {round(far)} km from the others" if np.isfinite(far) else "; no point has another position"
    yield from _without_all(activity, at_points(activity, null, others=text))


@rule(
    "POS006",
    "marker-position",
    WARNING,
    on=Activity,
    basis=PRACTICE,
    says="{count} of {points} points lie at latitude {latitude:g}, longitude {longitude:g}, far from all others",
    hint="leave the position out; the device means a pause or no fix by it",
    fix="unsafe",
    needs=("position",),
)
def marker_position(activity: Activity, _limits: Limits) -> Found:
    """A position lies at a pole or on the 180th meridian while the ride is elsewhere.

    It is a marker that leaked into the file: Huawei's pause is latitude 90, longitude -80 (Huawei-TCX-Converter#17),
    and FIT's "no value" read as a number is 180 degrees.
    """
    _, marker = null_or_marker(activity)
    if marker.any():
        i = int(np.argmax(marker))
        others = np.flatnonzero(activity.channel("position") & ~marker)
        latitude, longitude = float(activity.latitude[i]), float(activity.longitude[i])
        near = between(activity, np.array([i]), others[len(others) // 2 : len(others) // 2 + 1])
        if near[0] > 100_000:
            yield from at_points(activity, marker, latitude=latitude, longitude=longitude)


def _swapped(activity: Activity) -> str:
    """Why latitude and longitude seem to have changed places; empty where they do not."""
    lat, lon = activity.latitude, activity.longitude
    (south, north), (west, east) = activity.extent("latitude"), activity.extent("longitude")
    if farthest(activity, "latitude") <= 90 and (north < west or south > east):
        return ""
    beyond = np.abs(lat) > 90
    if beyond.any():
        both = np.isfinite(lat) & np.isfinite(lon)
        helps = (np.abs(lat) <= 180) & (np.abs(lon) <= 90)
        mostly = both.sum() > 1 and 2 * int((beyond & both).sum()) > int(both.sum())
        return "beyond" if mostly and helps[beyond & both].all() else ""
    if (lat == lon).sum() < 2:
        return ""
    both = np.isfinite(lat) & np.isfinite(lon)
    moves = (np.diff(lat[both]) != 0).any()
    return "equal" if moves and (lat[both] == lon[both]).all() else ""


@rule(
    "POS007",
    "axes-swapped",
    WARNING,
    on=Activity,
    basis=PRACTICE,
    says="latitude and longitude {what}: the first position is {latitude:g}, {longitude:g}",
    hint="write the latitude (-90 to 90, north) into the latitude, the longitude (-180 to 180, east) into the other",
    needs=("latitude", "longitude"),
)
def axes_swapped(activity: Activity, _limits: Limits) -> Found:
    """Most latitudes are beyond 90 degrees while the longitudes would do as latitudes, or the two are always equal.

    The program that wrote the file took one for the other. Strava does not finish such an upload
    (strava-ruby-client#36). Where the latitude is out of range the file is refused by strict readers.
    """
    how = _swapped(activity)
    if how:
        wrong = np.isfinite(activity.latitude) & np.isfinite(activity.longitude)
        if how == "beyond":
            wrong &= np.abs(activity.latitude) > 90
        what = "seem to be swapped" if how == "beyond" else "are the same number in every point"
        i = int(np.argmax(wrong))
        evidence = {"latitude": float(activity.latitude[i]), "longitude": float(activity.longitude[i]), "what": what}
        severity = ERROR if how == "beyond" and activity.format != "fit" else None
        for hit in at_points(activity, wrong, **evidence):
            yield Hit(hit.where, hit.evidence, severity)


@rule(
    "POS013",
    "no-positions",
    INFO,
    on=Activity,
    basis=PRACTICE,
    says="none of the {points} points has a position: the activity was indoors, and some readers find no points",
    hint="nothing needs to be done for Strava; a reader that finds no points needs positions",
    formats=("tcx",),
)
def no_positions(activity: Activity, _limits: Limits) -> Found:
    """The TCX file has points without any position, as an indoor activity has.

    Strava takes it as stationary. tcxreader drops points without position (tcxreader#42).
    """
    if len(activity) < 2 or not np.isnan(activity.latitude).all() or not np.isnan(activity.longitude).all():
        return
    if not _bad_records(activity, "not-a-number", "not-finite", "empty").any():
        yield from at_points(activity, np.ones(len(activity), bool))


@rule(
    "POS015",
    "frozen-position",
    WARNING,
    on=Activity,
    basis=PRACTICE,
    says="{count} of {points} points stay at one position while the distance grows by {metres:g} m",
    hint="leave the position out while the receiver has no fix",
    formats=("fit", "tcx"),
    needs=("latitude", "distance"),
)
def frozen_position(activity: Activity, limits: Limits) -> Found:
    """The position stands still over many points while the distance goes on.

    The receiver lost its satellites and the device repeats the last position. Strava draws a straight line afterwards.
    """
    lat, lon = activity.latitude, activity.longitude
    if len(lat) < 10 or not activity.known("distance"):
        return
    first, last = runs_of_one_value(lat, 10)
    if not len(first):
        return
    frozen = np.zeros(len(lat), bool)
    gone = activity.distance[last] - activity.distance[first]
    most = 0.0
    nowhere = np.logical_or(*null_or_marker(activity))
    for i in np.flatnonzero((gone > limits.frozen_m) & ~nowhere[first]).tolist():
        run = slice(int(first[i]), int(last[i]) + 1)
        if (lon[run] == lon[first[i]]).all() and len(np.unique(activity.distance[run])) > 5:
            frozen[run] = True
            most = max(most, float(gone[i]))
    if frozen.any():
        yield from at_points(activity, frozen, metres=round(most))
