"""What several repairs ask of the points: their elements and columns, those that findings name, and their parts."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np

from ...xml.columns import point_elements, point_name
from ...xml.gpx import gpx_activity
from ...xml.tcx import tcx_activity

if TYPE_CHECKING:
    from ...activity import Activity, Ints
    from ...edits import Asked
    from ...xml.document import XmlDocument
    from ...xml.tags import Int32s

__all__ = ["activity_of", "named_rows", "parts_of", "points_of"]


def activity_of(document: XmlDocument) -> Activity:
    """The activity of a GPX or TCX document."""
    return gpx_activity(document) if document.root_is("gpx") else tcx_activity(document)


def points_of(document: XmlDocument) -> Int32s:
    """The elements of the points, one for each row of the activity's columns."""
    found, keep = point_elements(document, point_name(document))
    return found[keep]


def named_rows(asked: Asked, count: int) -> Ints:
    """The points that findings name in their ``runs``, ascending."""
    marked = np.zeros(count, bool)
    for finding in asked.findings:
        for first, last in finding.evidence.get("runs") or ():
            marked[int(first) : int(last) + 1] = True
    return np.flatnonzero(marked)


def parts_of(activity: Activity) -> list[slice]:
    """The segments, Tracks and laps of an activity as slices of its points."""
    firsts = {0, *activity.starts.tolist()}
    firsts |= {lap.first_point for lap in activity.laps} | {session.first_point for session in activity.sessions}
    edges = sorted({first for first in firsts if first < len(activity)} | {len(activity)})
    return [slice(a, b) for a, b in pairwise(edges)]
