"""Rules about the track points of GPX as elements: where they stand, and what they hold beside their numbers."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from ...config import Limits
from ...findings import Severity
from ...xml import XmlDocument
from ...xml.columns import element_place, point_elements
from ...xml.gpx import loose_points
from ..basis import GPX_1_1
from ..registry import Found, Hit, rule

if TYPE_CHECKING:
    from ...xml.vocabulary import Path

WARNING, INFO = Severity.WARNING, Severity.INFO


@rule(
    "STR003",
    "point-outside-segment",
    WARNING,
    on=XmlDocument,
    basis=GPX_1_1,
    says="{count} of {points} trkpt stand outside of a trkseg, the first directly in {parent}",
    hint="put the points of a track into a trkseg",
    formats=("gpx",),
    fix="safe",
    schema=True,
)
def point_outside_segment(document: XmlDocument, _limits: Limits) -> Found:
    """Track points stand directly in trk or gpx. gpxpy, GPSBabel and togeojson read no point of them, and darktable
    crashed (darktable#17426)."""
    elements = document.elements
    loose = loose_points(document)
    if len(loose):
        where = replace(element_place(document, int(loose[0])), count=len(loose))
        path = elements.path_of(loose[0])
        points = elements.named("trkpt")
        parent = path.parent.local if path.parent is not None else ""
        yield Hit(where, {"count": len(loose), "points": len(points), "parent": parent})


def _is_geoid_height(path: Path) -> bool:
    return path.local == "geoidheight" and path.parent is not None and path.parent.local == "trkpt"


@rule(
    "POS012",
    "geoid-height",
    INFO,
    on=XmlDocument,
    basis=GPX_1_1,
    says="{count} of {points} points have a geoidheight; some readers subtract it from the elevation, others do not",
    hint="write the height above the sea into ele and leave geoidheight out",
    formats=("gpx",),
)
def geoid_height(document: XmlDocument, _limits: Limits) -> Found:
    """A track point has a geoidheight.

    GPX says that ele is the height above the sea, so that nothing is to be corrected. GPXSee subtracts geoidheight from
    it all the same, gpxpy and GoldenCheetah do not, and so the same file shows two profiles.
    """
    found = document.elements.of_kind(_is_geoid_height)
    if len(found):
        where = replace(element_place(document, int(found[0])), count=len(found))
        yield Hit(where, {"count": len(found), "points": len(point_elements(document, "trkpt")[0])})
