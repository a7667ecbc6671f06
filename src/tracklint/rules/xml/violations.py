"""Which rule tells a violation of a schema: the code of its cause, and the codes that tell it more exactly."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np

from ...findings import Where
from ...xml.columns import element_place
from ..registry import Found, Hit

if TYPE_CHECKING:
    from ...xml import XmlDocument
    from ...xml.schema import Violation
    from ...xml.tags import Int32s

__all__ = ["TOLD", "hit_of", "hits", "offsets_of", "violations_of"]

_POINTS = ("trkpt", "Trackpoint")
_MISSING = ("missing-child", "missing-attribute")
_VALUES = ("value", "attribute-value")
_HEART = ("SEN007", "SEN008", "SEN013", "SEN014")
_CADENCE = ("SEN009", "SEN014")
_SPORT = ("SPT001", "SPT002", "SPT003", "SPT004", "SPT005")
_POSITION = ("POS001", "POS002", "POS003", "POS004", "POS006", "POS007")
_DEVICE = ("UnitId", "ProductID", "Version", "VersionMajor", "VersionMinor", "Name")
_OF_LAPS = (
    "TotalTimeSeconds", "DistanceMeters", "MaximumSpeed", "Calories", "Cadence", "AvgSpeed", "MaxBikeCadence",
    "AvgRunCadence", "MaxRunCadence", "Steps", "AvgWatts", "MaxWatts",
)  # fmt: skip

#: Which violations another rule tells: kinds, names of the element or attribute, names of its parent (none: any),
#: codes. The first line that fits counts.
TOLD: tuple[tuple[tuple[str, ...], tuple[str, ...], tuple[str, ...], tuple[str, ...]], ...] = (
    (("root",), (), (), ("SCH001", "SCH004")),
    (_MISSING, ("Time",), _POINTS, ("TIM001", "TIM002")),
    (_VALUES, ("Time", "time"), _POINTS, ("TIM001", "TIM002", "TIM003")),
    (("missing-attribute",), ("lat", "lon"), ("trkpt",), ("POS001",)),
    (("missing-child",), ("LatitudeDegrees", "LongitudeDegrees"), ("Position",), ("POS001",)),
    (_VALUES, ("lat", "lon"), ("trkpt",), _POSITION),
    (_VALUES, ("LatitudeDegrees", "LongitudeDegrees"), ("Position",), _POSITION),
    (_VALUES, ("ele", "AltitudeMeters"), _POINTS, ("POS009",)),
    (_VALUES, ("DistanceMeters",), _POINTS, ("SEN014", "SEN016", "SEN032")),
    (_VALUES, ("speed", "Speed"), (), ("SEN014", "SEN032")),
    (_VALUES, _OF_LAPS, ("Lap", "LX"), ("STR014",)),
    (_VALUES, ("Value",), ("AverageHeartRateBpm", "MaximumHeartRateBpm"), ("STR014",)),
    (("value", "missing-child", "text"), ("Value",), ("HeartRateBpm",), _HEART),
    (("text",), ("HeartRateBpm",), (), ("SEN013",)),
    (_VALUES, ("hr",), (), _HEART),
    (_VALUES, ("Cadence",), ("Trackpoint",), _CADENCE),
    (_VALUES, ("RunCadence", "cad", "cadence"), (), _CADENCE),
    (_VALUES, ("Watts", "PowerInWatts"), (), ("SEN011", "SEN014")),
    (_VALUES, ("atemp", "wtemp", "temp"), (), ("SEN028", "SEN014")),
    (_VALUES, ("distance",), (), ("SEN014", "SEN016", "SEN032")),
    (("attribute-value", "missing-attribute"), ("Sport",), (), _SPORT),
    (("missing-attribute",), ("creator",), ("gpx",), ("DEV001",)),
    (("missing-attribute", "attribute-value"), ("version",), ("gpx",), ("SCH005",)),
    (("missing-attribute",), ("StartTime",), ("Lap",), ("SCH011",)),
    (("abstract-type", "unknown-type"), ("Creator",), (), ("DEV003",)),
    (("missing-child",), _DEVICE, ("Creator", "Version"), ("DEV003", "DEV004")),
    (("out-of-order", "unknown-child", "other-namespace"), ("Creator",), (), ("DEV009",)),
    (("unknown-child", "out-of-order"), ("trkpt",), ("trk", "gpx"), ("STR003",)),
    (("unknown-child", "other-namespace"), ("TPX", "Watts", "RunCadence", "Speed"), (), ("SEN012", "SEN001", "SEN002")),
    (("unknown-child",), (), ("Extensions",), ("SEN012", "SEN017", "SEN006", "SEN005")),
    (("unknown-child",), (), _POINTS, ("SEN002",)),
    (("unknown-child",), ("speed", "course", "bearing"), ("TrackPointExtension",), ("SEN003",)),
    (("unknown-child",), ("power", "watts", "Power", "PowerInWatts"), ("TrackPointExtension", "TPX"), ("SEN005",)),
    (("unknown-child",), ("temp", "Temperature"), ("TrackPointExtension",), ("SEN018",)),
    (("out-of-order",), (), ("TPX", "LX", "TrackPointExtension"), ("SEN020",)),
)  # fmt: skip

#: What GPX 1.0 had directly in an element where GPX 1.1 has it not.
_OF_1_0 = {
    "gpx": {"name", "desc", "author", "email", "url", "urlname", "time", "keywords", "bounds"},
    "trk": {"url", "urlname"},
    "rte": {"url", "urlname"},
    **{point: {"url", "urlname", "speed", "course"} for point in ("trkpt", "rtept", "wpt")},
}
_NAMED = ("Course", "CoursePoint", "Workout")
_CODES = {
    "out-of-order": "SCH007",
    "other-namespace": "SCH013",
    "value": "SCH015",
    "attribute-value": "SCH015",
    "missing-child": "SCH009",
    "duplicate-key": "SCH016",
}


def _code(document: XmlDocument, violation: Violation) -> str:
    """The rule that a violation belongs to."""
    kind, element, parent = violation.kind, violation.element, violation.parent
    if kind == "unknown-child":
        path = document.elements.path_of(violation.elements[0])
        if path.parent is None or path.uri != path.parent.uri:
            return "SCH018"
        if element in _OF_1_0.get(parent, ()):
            return "SCH008"
        return "SCH012" if violation.evidence.get("known") else "SCH018"
    if kind == "missing-child" and parent == "Lap" and element in ("TotalTimeSeconds", "DistanceMeters"):
        return "SCH010"
    if kind == "missing-child" and parent == "Track":
        return "SCH014"
    if element == "StartTime" and parent == "Lap":
        return "SCH011"
    if kind == "value" and element == "Name" and parent in _NAMED and violation.evidence.get("length"):
        return "SCH017"
    return _CODES.get(kind, "SCH018")


def _told_by(violation: Violation) -> tuple[str, ...]:
    if violation.kind == "out-of-order" and violation.evidence.get("after") == "Creator":
        return ("DEV009",)
    for kinds, names, parents, codes in TOLD:
        if (
            violation.kind in kinds
            and (not names or violation.element in names)
            and (not parents or violation.parent in parents)
        ):
            return codes
    return ()


def violations_of(document: XmlDocument, code: str) -> Iterator[Violation]:
    """The violations of a document that belong to the rule with this code."""
    from ...xml.schema import violations

    return (each for each in violations(document) if _code(document, each) == code)


def hits(document: XmlDocument, code: str, **changes: Any) -> Found:
    """One hit for each violation with this code: the first place, what stands there, and the bytes of all of them."""
    for each in violations_of(document, code):
        yield hit_of(document, each, **changes)


def hit_of(document: XmlDocument, violation: Violation, **changes: Any) -> Hit:
    """The hit for one violation; ``changes`` are fields of it."""
    first = int(violation.elements[0])
    sample = violation.evidence.get("sample", violation.evidence.get("value"))
    evidence = {
        **violation.evidence,
        "kind": violation.kind,
        "element": violation.element,
        "parent": violation.parent or "the document",
        "text": document.text_of(first).value[:80] if sample is None else sample,
        "count": len(violation.elements),
        "offsets": offsets_of(document, violation.elements),
    }
    where = _where(document, violation, first)
    told_by = _told_by(violation) or (("SCH012",) if _is_misspelt(document, violation) else ())
    return Hit(where, evidence, told_by=told_by, **changes)


def _is_misspelt(document: XmlDocument, violation: Violation) -> bool:
    """Whether what is missing stands there under a name that is only near its own."""
    from ...xml.schema import violations

    if violation.kind != "missing-child":
        return False
    return any(
        each.kind == "unknown-child"
        and (each.evidence.get("known"), each.parent) == (violation.element, violation.parent)
        and bool(np.isin(violation.elements, document.elements.parent[each.elements]).all())
        for each in violations(document)
    )


def offsets_of(document: XmlDocument, elements: Int32s) -> list[int]:
    """The bytes of the start tags of these elements."""
    starts = document.elements.tags.start[document.elements.tag[elements]].tolist()
    return starts if document.codec == document.encoding else [document.origin(start) for start in starts]


def _where(document: XmlDocument, violation: Violation, first: int) -> Where:
    """The value that is wrong, else the start tag of the element."""
    place = element_place(document, first)
    if violation.kind == "attribute-value":
        found = document.attribute_of(first, str(violation.evidence.get("attribute", violation.element)))
        span = (found.offset, found.size) if found else None
    elif violation.kind == "value":
        text = document.text_of(first)
        span = (text.offset, text.size)
    else:
        span = None
    if span is not None and span[1]:
        place = document.place(*span)
    return replace(place, count=len(violation.elements))
