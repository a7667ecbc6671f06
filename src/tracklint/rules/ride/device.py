"""Rules about the creator: device name, and whether elevations are taken as they are."""

from __future__ import annotations

from ...activity import BAROMETER, Activity, ends_with_barometer
from ...config import Limits
from ...findings import Severity
from ...predict import elevation
from ..basis import GPX_1_1, STRAVA_UPLOADS
from ..registry import Found, Hit, rule

WARNING, INFO = Severity.WARNING, Severity.INFO


@rule(
    "DEV001",
    "creator-missing",
    INFO,
    on=Activity,
    basis=GPX_1_1,
    says="the file does not say which device or program made it ({field})",
    hint="name the device in {field}",
    formats=("tcx", "gpx"),
    fix={"tcx": "unsafe", "gpx": "safe"},
    schema=True,
)
def creator_missing(activity: Activity, _limits: Limits) -> Found:
    """GPX has no creator attribute, or TCX has no Creator/Name.

    Strava detects the device from the creator. Without one the activity shows no device, and elevations are recomputed
    (GoldenCheetah#2535). The GPX schema requires the attribute; readers do without.
    """
    field = {"gpx": "gpx/@creator", "tcx": "Creator/Name"}.get(activity.format)
    if field and activity.kind in ("activity", "course") and len(activity) and not (activity.device.name or "").strip():
        allowed = activity.format == "tcx" or activity.device.name is not None  # TCX may do without, GPX may be empty
        yield Hit(activity.device.where, {"field": field}, told_by=("DEV009",), allowed=allowed)


@rule(
    "DEV005",
    "elevation-recomputed",
    INFO,
    on=Activity,
    basis=STRAVA_UPLOADS,
    says="Strava recomputes the elevations of this file: {why}",
    hint='if the device has a barometer: "tracklint prepare --barometer" adds "with barometer" (TCX, GPX)',
    needs=("altitude",),
)
def elevation_recomputed(activity: Activity, _limits: Limits) -> Found:
    """The file has elevations and positions, and nothing that tells Strava of a barometer.

    Strava takes elevations as they are from devices that it knows to have a barometer, and from TCX and GPX files whose
    creator ends in "with barometer". All others are recomputed from the positions and an elevation database.
    """
    if activity.kind != "activity" or not activity.known("altitude"):
        return
    facts = elevation(activity)
    if facts.source == "recomputed" and (activity.device.name or activity.format == "fit"):
        yield Hit(activity.device.where, {"why": facts.why, "creator": activity.device.name})


@rule(
    "DEV006",
    "barometer-not-at-end",
    WARNING,
    on=Activity,
    basis=STRAVA_UPLOADS,
    says='the creator "{creator}" says "with barometer", but not at its end',
    hint='move "with barometer" to the very end of the name',
    formats=("tcx", "gpx"),
    fix="unsafe",
)
def barometer_not_at_end(activity: Activity, _limits: Limits) -> Found:
    """The words "with barometer" stand in the creator's name with more text after them.

    Strava asks for them at the end of the name. Text after them, such as a version number, is not promised to work.
    """
    name = " ".join((activity.device.name or "").split())
    if activity.format in ("tcx", "gpx") and BAROMETER in name.casefold() and not ends_with_barometer(name):
        yield Hit(activity.device.where, {"creator": name})


@rule(
    "DEV007",
    "barometer-without-elevation",
    WARNING,
    on=Activity,
    basis=STRAVA_UPLOADS,
    says='the creator "{creator}" claims a barometer, but {lack}',
    hint='write the elevations of the barometer, or leave "with barometer" out',
    formats=("tcx", "gpx"),
)
def barometer_without_elevation(activity: Activity, _limits: Limits) -> Found:
    """The creator's name ends in "with barometer", and the points have no elevation or one and the same everywhere.

    Strava takes the elevations of such a file as they are, so the activity shows no climb; numbers that are clearly
    wrong it recomputes nevertheless.
    """
    name = " ".join((activity.device.name or "").split())
    if activity.kind != "activity" or len(activity) < 10 or not ends_with_barometer(name):
        return
    if not activity.known("position"):
        return
    known = activity.altitude[activity.channel("altitude")]
    if not len(known):
        lack = "no point has an elevation"
    elif len(known) >= 10 and (known == known[0]).all():
        lack = f"all {len(known)} elevations are {known[0]:g} m"
    else:
        return
    yield Hit(activity.device.where, {"creator": name, "lack": lack, "elevations": len(known)})
