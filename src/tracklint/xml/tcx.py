"""TCX version 2 (and what of version 1 has the same names) to an `Activity`, and the places of its creators."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from xml.sax.saxutils import escape

import numpy as np

from ..activity import Activity, Device, Lap, Session, ends_with_barometer
from ..edits import Edit
from ..findings import Where
from .columns import Points, count_elements, element_place, locator, read_points, segment_starts
from .names import XSI
from .places import tcx_spot
from .tags import EMPTY, Int32s
from .values import read_number, read_time

if TYPE_CHECKING:
    from . import Text, XmlDocument
    from .index import Path

__all__ = [
    "BEFORE_CREATOR",
    "VERSION",
    "CreatorSpot",
    "creator_edit",
    "creator_type",
    "creators",
    "misplaced_creators",
    "owners_of",
    "tcx_activity",
]

_COUNTED = ("Activity", "Course", "Lap", "Track", "CoursePoint", "MultiSportSession")
_OWNERS = ("Activity", "Course")
#: The numbers in a Version.
VERSION = ("VersionMajor", "VersionMinor", "BuildMajor", "BuildMinor")
#: Children of Activity and Course that stand before Creator.
BEFORE_CREATOR = ("Id", "Name", "Lap", "Track", "Notes", "CoursePoint", "Training")


def tcx_activity(document: XmlDocument) -> Activity:
    """The activity in a TCX document. Every document gives one; where it has no Trackpoint the columns are empty.

    Activities, those inside a MultiSportSession, and Courses are sessions. Times without zone are read as UTC.
    """
    points = read_points(document, "Trackpoint", tcx_spot)
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


def owners_of(document: XmlDocument) -> Int32s:
    """The elements Activity and Course, not those that mean a folder's reference to one."""
    names = {*_OWNERS, "Folders"}
    return document.elements.where(lambda path: path.local in _OWNERS and not names & set(path.locals()[:-1]))


def _sessions(document: XmlDocument, points: Points) -> tuple[Session, ...]:
    owners = owners_of(document)
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
    owners = owners_of(document)
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
        xsi_type=creator_type(document, creator),
    )


def creator_edit(document: XmlDocument, spot: CreatorSpot, name: str) -> Edit | None:
    """The edit that gives one Activity or Course a creator with this name: in its Name, in a Name that is put in, or in
    a whole Creator. ``None`` where the Activity or Course is not whole."""
    if spot.name is not None:
        return Edit(spot.name.offset, spot.name.size, _encoded(document, escape(name)))
    if spot.offset is not None and spot.size is not None:
        element = document.data[spot.offset : spot.offset + spot.size].decode(document.encoding, "replace")
        start_tag = re.match(r"<(?:[^>\"']|\"[^\"]*\"|'[^']*')*>", element)
        if start_tag is None or start_tag[0].endswith("/>"):
            return Edit(spot.offset, spot.size, _encoded(document, _new_creator(spot, name)))
        p = f"{spot.prefix}:" if spot.prefix else ""
        at = spot.offset + len(start_tag[0].encode(document.encoding))
        return Edit(at, 0, _encoded(document, f"<{p}Name>{escape(name)}</{p}Name>"))
    if spot.insert_at is not None:
        return Edit(spot.insert_at, 0, _encoded(document, _new_creator(spot, name)))
    return None


def _encoded(document: XmlDocument, text: str) -> bytes:
    """``text`` in the encoding of the file; a character that it cannot hold becomes a reference."""
    return text.encode(document.encoding, "xmlcharrefreplace")


def _new_creator(spot: CreatorSpot, name: str) -> str:
    """The smallest complete Device_t that readers accept: importers want both build numbers (dundring PR 260,
    GoldenCheetah#2747)."""
    p, xsi = f"{spot.prefix}:" if spot.prefix else "", spot.xsi_prefix or "xsi"
    declared = "" if spot.xsi_prefix else f' xmlns:xsi="{XSI}"'
    version = "".join(f"<{p}{each}>0</{p}{each}>" for each in VERSION)
    return (
        f'<{p}Creator{declared} {xsi}:type="{p}Device_t"><{p}Name>{escape(name)}</{p}Name><{p}UnitId>0</{p}UnitId>'
        f"<{p}ProductID>0</{p}ProductID><{p}Version>{version}</{p}Version></{p}Creator>"
    )


def creator_type(document: XmlDocument, creator: int) -> str | None:
    """The local part of the creator's xsi:type, whatever its prefix, also where that is not declared."""
    scope = document.elements.paths[document.elements.path[creator]].scope
    for attribute in document.attributes_of(creator):
        prefix, colon, local = attribute.name.partition(":")
        if colon and local == "type" and scope.get(prefix, XSI) == XSI:
            return attribute.value.rpartition(":")[2].strip()
    return None


def misplaced_creators(document: XmlDocument) -> list[tuple[int, int | None]]:
    """The Creator elements that stand elsewhere than the schema has them, and the Activity or Course of each: those
    before its laps, notes or training or behind its extensions, and (``None``) those outside of one."""
    elements = document.elements
    found: list[tuple[int, int | None]] = []
    inside: set[int] = set()
    for owner in owners_of(document).tolist():
        order = elements.children(owner, "Creator", "Extensions", *BEFORE_CREATOR)
        names = [elements.paths[path].local for path in elements.path[order].tolist()]
        last = max((i for i, name in enumerate(names) if name in BEFORE_CREATOR), default=-1)
        first = names.index("Extensions") if "Extensions" in names else len(names)
        for i, creator in enumerate(order.tolist()):
            if names[i] == "Creator":
                inside.add(creator)
                if i < last or i > first:
                    found.append((creator, owner))
    outside = elements.where(lambda path: path.local == "Creator" and path.parent is not None and _is_core(path.parent))
    return sorted([*found, *((creator, None) for creator in outside.tolist() if creator not in inside)])


def _is_core(path: Path) -> bool:
    """Whether a path is one of the file's own elements, in no extensions and no folder."""
    chain = path.chain()
    return all(each.uri == chain[0].uri and each.local not in ("Extensions", "Folders") for each in chain)


def _insert_at(document: XmlDocument, owner: int) -> int | None:
    elements = document.elements
    if elements.tags.kind[elements.tag[owner]] == EMPTY:
        return None
    before = elements.children(owner, *BEFORE_CREATOR)
    if not len(before):
        return document.origin(int(elements.tags.stop[elements.tag[owner]]))
    end = elements.end_tag(int(before[-1]))
    return document.origin(int(elements.tags.stop[end])) if end is not None else None


def _device(document: XmlDocument) -> Device:
    """The first creator that has a name; without one, the first Activity or Course is the place to look at."""
    owners = owners_of(document)
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
    texts = [document.child_text(creator, "Version", name) for name in VERSION]
    return ".".join(text.value for text in texts if text and text.value) or None
