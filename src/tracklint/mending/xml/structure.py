"""Repairs of structure: points outside segments, points without content, routes that were recorded."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from ...edits import Edit, Step
from ...rules.ride.structure import metadata_time, point_without_content, route_only
from ...rules.xml.points import point_outside_segment
from ...xml.datetimes import stamp
from ...xml.gpx import loose_points, recorded_points, stated_times
from ..repair import Repair
from .points import activity_of, named_rows, points_of
from .splice import after, before, named_like, removed, renamed, retexted

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ...edits import Asked
    from ...xml.document import XmlDocument

__all__ = ["REPAIRS"]


def _wrapped(document: XmlDocument, first: int, last: int, names: tuple[str, ...]) -> tuple[Edit, Edit]:
    """Elements with these names around the elements from the first to the last."""
    full = [named_like(document, first, name) for name in names]
    opening, closing = "".join(f"<{name}>" for name in full), "".join(f"</{name}>" for name in reversed(full))
    return before(document, first, opening), after(document, last, closing)


def _segments(document: XmlDocument, asked: Asked) -> Iterator[Step]:
    """A trkseg around each run of track points that stand outside of one; in the root a trk around it as well."""
    elements = document.elements
    loose = loose_points(document)
    edits: list[Edit] = []
    for depth, names in ((1, ("trk", "trkseg")), (2, ("trkseg",))):
        mine = loose[elements.depth[loose] == depth]
        if not len(mine):
            continue
        level = np.flatnonzero(elements.depth <= depth)  # in it, neighbours have nothing between them but children
        at = np.searchsorted(level, mine)
        edges = np.flatnonzero(np.diff(at) > 1)
        runs = zip(mine[np.r_[0, edges + 1]].tolist(), mine[np.r_[edges, len(mine) - 1]].tolist(), strict=True)
        for first, last in runs:
            edits += _wrapped(document, first, last, names)
    says = f"{len(loose)} track points stand in {len(edits) // 2} trkseg now"
    yield Step(action="added", says=says, edits=tuple(edits), where=asked.findings[0].where)


def _track(document: XmlDocument, asked: Asked) -> Iterator[Step]:
    """A track of each route that was recorded; else of the waypoints."""
    elements = document.elements
    edits: list[Edit] = []
    groups = recorded_points(document)
    for group in groups:
        points = group.tolist()
        in_route = elements.depth[points[0]] > 1
        if in_route:
            route = int(elements.parent[points[0]])
            edits += renamed(document, route, named_like(document, route, "trk"))
        for point in points:
            edits += renamed(document, point, named_like(document, point, "trkpt"))
        edits += _wrapped(document, points[0], points[-1], ("trkseg",) if in_route else ("trk", "trkseg"))
    says = f"{sum(map(len, groups))} points with ascending times become a track"
    where = asked.findings[0].where
    yield Step(action="changed", says=says, edits=tuple(edits), where=where, safe=False, retimed=True)


def _bare_points(document: XmlDocument, asked: Asked) -> Iterator[Step]:
    rows = named_rows(asked, len(activity_of(document)))
    edits = tuple(removed(document, point) for point in points_of(document)[rows].tolist())
    says, where = f"{len(rows)} points that hold a time only", asked.findings[0].where
    count = len(rows)
    yield Step(action="dropped", says=says, edits=edits, where=where, safe=False, records=count, retimed=True)


def _date_metadata(document: XmlDocument, asked: Asked) -> Iterator[Step]:
    """The time of the first point as that of metadata."""
    times, found = activity_of(document).time, stated_times(document)
    start = stamp(float(np.nanmin(times)))
    edits = (retexted(document, int(found[0]), start),)
    says = f"the time of metadata is that of the first point, {start}"
    yield Step(action="changed", says=says, edits=edits, where=asked.findings[0].where, safe=False)


REPAIRS: tuple[Repair, ...] = (
    Repair((point_outside_segment,), _segments, "GPX: a trkseg is put around the points"),
    Repair((route_only,), _track, "GPX: a route or waypoints that are a recording become a track"),
    Repair((point_without_content,), _bare_points, "points that hold a time only are dropped"),
    Repair((metadata_time,), _date_metadata, "the time of metadata becomes that of the first point"),
)
