"""Rules about positions: there, numbers, and on the Earth."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from ...activity import Activity
from ...config import Limits
from ...findings import Severity
from ..basis import GPX_1_1, PHYSICS, PRACTICE, TCX_V2
from ..registry import Found, Hit, at_points, rule
from ..track import (
    METRES_A_DEGREE,
    Mask,
    Track,
    between,
    columns_once,
    farthest,
    null_or_marker,
    runs_of_one_value,
    speed_limit,
)

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
