"""TCX version 2 (and what of version 1 has the same names) to an `Activity`, and the places of its creators."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from .activity import Activity, Device, Lap, Session, ends_with_barometer
from .findings import Where
from .xml.columns import Points, Spot, count_elements, element_place, locator, read_points, segment_starts
from .xml.names import ACTIVITY_EXTENSION_V1, ACTIVITY_EXTENSION_V2, TCX_V1, TCX_V2, XSI, usual_uri
from .xml.tags import EMPTY, Int32s
from .xml.values import read_number, read_time

if TYPE_CHECKING:
    from .xml import Text, XmlDocument
    from .xml.index import Path

__all__ = ["CreatorSpot", "creators", "tcx_activity"]

_COUNTED = ("Activity", "Course", "Lap", "Track", "CoursePoint", "MultiSportSession")
_OWNERS = ("Activity", "Course")
_SPEED = "Strava computes speed from distances and times"
_POINT = {
    ("Time",): Spot("time", "Time"),
    ("Position", "LatitudeDegrees"): Spot("latitude", "Position LatitudeDegrees"),
    ("Position", "LongitudeDegrees"): Spot("longitude", "Position LongitudeDegrees"),
    ("AltitudeMeters",): Spot("altitude", "AltitudeMeters"),
    ("DistanceMeters",): Spot("distance", "DistanceMeters"),
    ("HeartRateBpm", "Value"): Spot("heart_rate", "HeartRateBpm Value"),
    ("HeartRateBpm",): Spot(
        "heart_rate", "HeartRateBpm without Value", False, "the schema puts the number into a child Value", True
    ),
    ("Cadence",): Spot("cadence", "Cadence"),
}
_EXTENSION = {"RunCadence": "cadence", "Watts": "power", "Speed": "speed"}
#: Names, in lower case, of sensor values at places that Strava does not read.
_VENDOR = {
    "runcadence": "cadence", "cadence": "cadence", "cad": "cadence",
    "watts": "power", "power": "power", "powerinwatts": "power",
    "speed": "speed",
    "hr": "heart_rate", "heartrate": "heart_rate",
    "temperature": "temperature", "temp": "temperature", "atemp": "temperature",
}  # fmt: skip
#: Children of Activity and Course that stand before Creator.
_BEFORE_CREATOR = ("Id", "Name", "Lap", "Track", "Notes", "CoursePoint", "Training")


def tcx_activity(document: XmlDocument) -> Activity:
    """The activity in a TCX document. Every document gives one; where it has no Trackpoint the columns are empty.

    Activities, those inside a MultiSportSession, and Courses are sessions. Times without zone are read as UTC.
    """
    points = read_points(document, "Trackpoint", _spot)
    starts = segment_starts(document, points, "Track")
    counts = count_elements(document, _COUNTED)
    columns: dict[str, Any] = points.columns
    return Activity(
        format="tcx",
        kind="activity"
        if counts.get("Activity")
        else "course"
        if counts.get("Course")
        else "activity"
        if len(points.elements)
        else "empty",
        **columns,
        starts=starts,
        sessions=_sessions(document, points),
        laps=_laps(document, points),
        device=_device(document),
        places=points.places,
        bad_values=points.bad_values,
        counts=counts,
        locate=locator(document, points, starts),
    )


def _owners(document: XmlDocument) -> Int32s:
    """The elements Activity and Course, not those that mean a folder's reference to one."""
    names = {*_OWNERS, "Folders"}
    return document.elements.where(lambda path: path.local in _OWNERS and not names & set(path.locals()[:-1]))


def _sessions(document: XmlDocument, points: Points) -> tuple[Session, ...]:
    owners = _owners(document)
    found = []
    for owner, name in zip(owners.tolist(), document.child_texts(owners, "Name"), strict=True):
        first, end = points.before(owner), points.before(document.elements.end_of(owner))
        sport = document.attribute_of(owner, "Sport")
        found.append(
            Session(
                sport=sport.value if sport else None,
                name=name.value or None if name else None,
                first_point=first,
                points=end - first,
                where=element_place(document, owner),
            )
        )
    return tuple(found)


def _laps(document: XmlDocument, points: Points) -> tuple[Lap, ...]:
    laps = document.elements.where(
        lambda path: path.local == "Lap" and not {"Lap", "Folders"} & set(path.locals()[:-1])
    )
    texts = [document.child_texts(laps, name) for name in ("TotalTimeSeconds", "DistanceMeters", "Calories")]
    found = []
    for lap, total, distance, calories in zip(laps.tolist(), *texts, strict=True):
        first, end = points.before(lap), points.before(document.elements.end_of(lap))
        start = document.attribute_of(lap, "StartTime")
        found.append(
            Lap(
                start_time=read_time(start.value)[0] if start else np.nan,
                elapsed_s=_number(total),
                timer_s=_number(total),
                distance_m=_number(distance),
                calories=_number(calories),
                first_point=first,
                points=end - first,
                where=element_place(document, lap),
            )
        )
    return tuple(found)


def _number(text: Text | None) -> float:
    return read_number(text.value)[0] if text else np.nan


@dataclass(frozen=True, slots=True, kw_only=True)
class CreatorSpot:
    """The creator of one Activity or Course, or the place where one can be put in. Offsets and sizes are bytes of the
    file.

    ``owner`` is ``Activity`` or ``Course``, ``owner_offset`` its start tag. ``offset`` and ``size`` are the whole
    Creator element, ``None`` where there is none; ``name`` is the text of its Name (``None`` without Name),
    ``xsi_type`` the local part of its type. ``insert_at`` is behind the last of Lap, Notes and Training and before
    Extensions, ``None`` in an owner without content. ``prefix`` is the one of the TCX namespace there (``""`` without),
    ``xsi_prefix`` that of the schema-instance namespace, or ``None``.
    """

    owner: str
    owner_offset: int
    offset: int | None = None
    size: int | None = None
    name: Text | None = None
    xsi_type: str | None = None
    insert_at: int | None = None
    prefix: str = ""
    xsi_prefix: str | None = None


def creators(document: XmlDocument) -> list[CreatorSpot]:
    """One spot for each Activity and Course of a TCX document, in the order of the file."""
    owners = _owners(document)
    found = document.elements.first_children(owners, "Creator")
    return [_creator(document, owner, creator) for owner, creator in zip(owners.tolist(), found.tolist(), strict=True)]


def _creator(document: XmlDocument, owner: int, creator: int) -> CreatorSpot:
    elements = document.elements
    path = elements.paths[elements.path[owner]]
    xsi = next((prefix for prefix, uri in path.scope.items() if uri == XSI and prefix), None)
    spot: dict[str, Any] = {
        "owner": path.local,
        "owner_offset": document.origin(int(elements.tags.start[elements.tag[owner]])),
        "insert_at": _insert_at(document, owner),
        "prefix": path.prefix,
        "xsi_prefix": xsi,
    }
    end = elements.end_tag(creator) if creator >= 0 else None
    if end is None:
        return CreatorSpot(**spot)
    offset = document.origin(int(elements.tags.start[elements.tag[creator]]))
    return CreatorSpot(
        **spot,
        offset=offset,
        size=document.origin(int(elements.tags.stop[end])) - offset,
        name=document.child_text(creator, "Name"),
        xsi_type=_xsi_type(document, creator),
    )


def _xsi_type(document: XmlDocument, creator: int) -> str | None:
    """The local part of the creator's xsi:type, whatever its prefix, also where that is not declared."""
    scope = document.elements.paths[document.elements.path[creator]].scope
    for attribute in document.attributes_of(creator):
        prefix, colon, local = attribute.name.partition(":")
        if colon and local == "type" and scope.get(prefix, XSI) == XSI:
            return attribute.value.rpartition(":")[2].strip()
    return None


def _insert_at(document: XmlDocument, owner: int) -> int | None:
    elements = document.elements
    if elements.tags.kind[elements.tag[owner]] == EMPTY:
        return None
    before = elements.children(owner, *_BEFORE_CREATOR)
    if not len(before):
        return document.origin(int(elements.tags.stop[elements.tag[owner]]))
    end = elements.end_tag(int(before[-1]))
    return document.origin(int(elements.tags.stop[end])) if end is not None else None


def _device(document: XmlDocument) -> Device:
    """The first creator that has a name; without one, the first Activity or Course is the place to look at."""
    owners = _owners(document)
    creators_found = document.elements.first_children(owners, "Creator")
    creators_found = creators_found[creators_found >= 0]
    names = document.child_texts(creators_found, "Name")
    for creator, name in zip(creators_found.tolist(), names, strict=True):
        if name is None or not name.value:
            continue
        line, column = document.line_column(document.text_offset(name.offset))
        return Device(
            name=name.value,
            product_id=_whole(document, creator, "ProductID"),
            serial=_whole(document, creator, "UnitId"),
            software=_version(document, creator),
            barometer=ends_with_barometer(name.value) or None,
            where=Where(offset=name.offset, size=name.size, line=line, column=column),
        )
    return Device(where=element_place(document, int(owners[0]))) if len(owners) else Device()


def _whole(document: XmlDocument, element: int, name: str) -> int | None:
    text = document.child_text(element, name)
    return int(text.value) if text and text.value.isascii() and text.value.isdigit() and len(text.value) < 20 else None


def _version(document: XmlDocument, creator: int) -> str | None:
    texts = [
        document.child_text(creator, "Version", name)
        for name in ("VersionMajor", "VersionMinor", "BuildMajor", "BuildMinor")
    ]
    return ".".join(text.value for text in texts if text and text.value) or None


def _spot(chain: tuple[Path, ...]) -> Spot | None:
    """What a path below a Trackpoint means; ``chain`` starts with the point itself."""
    names, leaf = tuple(path.local for path in chain[1:]), chain[-1]
    core = {"", TCX_V1, TCX_V2, chain[0].uri}
    if names in _POINT:
        return _POINT[names] if all(path.uri in core for path in chain[1:]) else None
    if names[0] != "Extensions":
        return None
    if len(names) == 3 and names[1] == "TPX" and names[2] in _EXTENSION and leaf.uri == ACTIVITY_EXTENSION_V2:
        channel = _EXTENSION[names[2]]
        return Spot(channel, f"TPX {leaf.local}", channel != "speed", _SPEED if channel == "speed" else "")
    return _vendor(leaf, names, core)


def _vendor(leaf: Path, names: tuple[str, ...], core: set[str | None]) -> Spot | None:
    channel = _VENDOR.get(leaf.local.casefold())
    if channel is None:
        return None
    if channel == "temperature":
        return Spot(channel, f"{'/'.join(names)}", False, "Strava says that TCX does not support temperature")
    if leaf.uri is None:
        usual = usual_uri(leaf.prefix, "TrainingCenterDatabase")
        why = f"the prefix {leaf.prefix} is not declared" + (f"; it usually stands for {usual}" if usual else "")
        return Spot(channel, f"{leaf.name} (prefix not declared)", False, why)
    if leaf.uri == ACTIVITY_EXTENSION_V1:
        return Spot(
            channel,
            f"{'/'.join(names)} (ActivityExtension/v1)",
            False,
            "the extension's version 2 is the one that has Watts",
        )
    if leaf.uri in core:
        return Spot(
            channel, f"{'/'.join(names)} without namespace", False, f"the namespace {ACTIVITY_EXTENSION_V2} is missing"
        )
    return Spot(channel, f"{'/'.join(names)} ({leaf.uri})", False, f"Strava reads elements of {ACTIVITY_EXTENSION_V2}")
