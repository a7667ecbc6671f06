"""Rules about the creator: device name, and whether elevations are taken as they are."""

from __future__ import annotations

from dataclasses import replace

from ...activity import BAROMETER, Activity, ends_with_barometer
from ...config import Limits
from ...findings import Severity
from ...predict import predict
from ...xml import XmlDocument
from ...xml.columns import element_place
from ...xml.creators import VERSION, creator_type, creators, misplaced_creators, owners_of
from ..basis import GPX_1_1, PRACTICE, STRAVA_UPLOADS, TCX_V2
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


def _of_owners(document: XmlDocument) -> list[int]:
    """The Creator elements of a TCX document, each in its Activity or Course."""
    if document.root is None or document.root.name == "gpx":
        return []
    children = document.elements.children
    return [creator for owner in owners_of(document).tolist() for creator in children(owner, "Creator").tolist()]


@rule(
    "DEV003",
    "creator-without-type",
    WARNING,
    on=XmlDocument,
    basis=TCX_V2,
    says="the Creator has no xsi:type, which must say that it is a Device_t or an Application_t; {count} in the file",
    hint='write <Creator xsi:type="Device_t"> with Name, UnitId, ProductID and Version',
    formats=("tcx",),
    fix="safe",
    schema=True,
)
def creator_without_type(document: XmlDocument, _limits: Limits) -> Found:
    """A Creator does not say of what type it is. The type that the schema gives it is abstract.

    Strava takes a Creator with a Name alone; Garmin Connect refuses the file (GoldenCheetah#2747, runnerup#1046).
    """
    bare = [creator for creator in _of_owners(document) if creator_type(document, creator) is None]
    if bare:
        yield Hit(replace(element_place(document, bare[0]), count=len(bare)), {"count": len(bare)})


@rule(
    "DEV004",
    "device-incomplete",
    WARNING,
    on=XmlDocument,
    basis=TCX_V2,
    says="the Creator is a Device_t without {missing}; {count} in the file",
    hint="write UnitId, ProductID and Version; 0 where a number is not known",
    formats=("tcx",),
    fix="safe",
    schema=True,
)
def device_incomplete(document: XmlDocument, _limits: Limits) -> Found:
    """A Creator of type Device_t lacks its UnitId, ProductID or Version. Importers that want them refuse the file
    (runnerup#1046, GoldenCheetah#2711)."""
    devices = [creator for creator in _of_owners(document) if creator_type(document, creator) == "Device_t"]
    lacking = [(creator, missing) for creator in devices if (missing := _missing(document, creator))]
    if lacking:
        creator, missing = lacking[0]
        where = replace(element_place(document, creator), count=len(lacking))
        yield Hit(where, {"missing": ", ".join(missing), "count": len(lacking)})


def _missing(document: XmlDocument, creator: int) -> list[str]:
    children = document.elements.children
    missing = [name for name in ("UnitId", "ProductID", "Version") if not len(children(creator, name))]
    for version in children(creator, "Version").tolist()[:1]:
        missing += [name for name in VERSION[:2] if not len(children(version, name))]
    return missing


@rule(
    "DEV009",
    "creator-misplaced",
    WARNING,
    on=XmlDocument,
    basis=TCX_V2,
    says="a Creator stands {place}; the schema has it in the Activity, behind laps and notes",
    hint="move the Creator behind the last of Lap, Notes and Training of its Activity",
    formats=("tcx",),
    fix="safe",
    schema=True,
)
def creator_misplaced(document: XmlDocument, _limits: Limits) -> Found:
    """A Creator stands before the laps, notes or training of its Activity, behind its extensions, or outside of any.

    Readers that go by the schema see no device, or refuse the file.
    """
    if document.root is None or document.root.name == "gpx":
        return
    found = misplaced_creators(document)
    if not found:
        return
    creator, owner = found[0]
    path = document.elements.path_of(creator)
    above = path.parent.local if path.parent is not None else ""
    place = f"in {above}" if owner is None else f"out of order in {above}"
    owners = owners_of(document).tolist()
    alone = len(owners) == 1 and not len(document.elements.children(owners[0], "Creator"))
    movable = any(each is not None for _, each in found) or alone
    where = replace(element_place(document, creator), count=len(found))
    yield Hit(where, {"place": place, "count": len(found)}, fix=None if movable else "")


@rule(
    "DEV005",
    "elevation-recomputed",
    INFO,
    on=Activity,
    basis=STRAVA_UPLOADS,
    says="Strava recomputes the elevations of this file: {why}",
    hint='if the device has a barometer: "tracklint prepare --barometer" adds "with barometer" (TCX, GPX)',
)
def elevation_recomputed(activity: Activity, _limits: Limits) -> Found:
    """The file has elevations and positions, and nothing that tells Strava of a barometer.

    Strava takes elevations as they are from devices that it knows to have a barometer, and from TCX and GPX files whose
    creator ends in "with barometer". All others are recomputed from the positions and an elevation database.
    """
    if activity.kind != "activity" or not activity.channel("altitude").any():
        return
    elevation = predict(activity).elevation
    if elevation.source == "recomputed" and (activity.device.name or activity.format == "fit"):
        yield Hit(activity.device.where, {"why": elevation.why, "creator": activity.device.name})


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
    if not activity.channel("position").any():
        return
    known = activity.altitude[activity.channel("altitude")]
    if not len(known):
        lack = "no point has an elevation"
    elif len(known) >= 10 and (known == known[0]).all():
        lack = f"all {len(known)} elevations are {known[0]:g} m"
    else:
        return
    yield Hit(activity.device.where, {"creator": name, "lack": lack, "elevations": len(known)})


@rule(
    "DEV008",
    "creators-differ",
    INFO,
    on=XmlDocument,
    basis=PRACTICE,
    says='the activities of the file name different creators: "{first}" and "{second}"',
    hint="split the file, one activity each",
    formats=("tcx",),
)
def creators_differ(document: XmlDocument, _limits: Limits) -> Found:
    """Two Activities of one TCX file name different devices.

    Readers that merge the activities show the first device or the last (Strava's choice is not documented).
    """
    if document.root is None or document.root.name == "gpx":
        return
    spots = creators(document)
    names = [" ".join(spot.name.value.split()) if spot.name is not None else "" for spot in spots]
    other = next((i for i, name in enumerate(names) if name != names[0]), None)
    if other is not None:
        where = document.place(spots[other].owner_offset)
        yield Hit(where, {"first": names[0], "second": names[other], "activities": len(spots)})
