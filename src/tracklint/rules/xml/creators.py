"""Rules about the Creator elements of TCX: what they say of themselves, and where they stand."""

from __future__ import annotations

from dataclasses import replace

from ...config import Limits
from ...findings import Severity
from ...xml import XmlDocument
from ...xml.columns import element_place
from ...xml.creators import VERSION, creator_type, creators, misplaced_creators, owners_of
from ..basis import PRACTICE, TCX_V2
from ..registry import Found, Hit, rule

WARNING, INFO = Severity.WARNING, Severity.INFO


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
