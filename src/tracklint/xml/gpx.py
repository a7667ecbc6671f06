"""GPX 1.0 and 1.1 to an `Activity`: points, and sensor values from every family of extensions."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from ..activity import Activity, Device, Session, ends_with_barometer, hops
from .columns import (
    Points,
    attribute_spans,
    count_elements,
    element_place,
    locator,
    read_points,
    segment_starts,
    sessions,
)
from .values import read_numbers, read_time

if TYPE_CHECKING:
    from . import XmlDocument
    from .tags import Int32s
    from .vocabulary import Path

__all__ = ["gpx_activity", "loose_points", "recorded_points", "stated_times"]

_DAY = 86400
#: What makes a recording of timed points.
_LEAST_POINTS, _LONGEST_STEP_S, _FASTEST_M_S, _MOST = 20, 60.0, 100.0, 0.9
_COUNTED = ("trk", "trkseg", "rte", "rtept", "wpt")


def gpx_activity(document: XmlDocument) -> Activity:
    """The activity in a GPX document. Every document gives one; where it has no track points the columns are empty.

    Points are trkpt elements wherever they stand. A point without lat or lon has NaN there. Times without zone are read
    as UTC.
    """
    points = read_points(document, "trkpt", (("latitude", b"lat"), ("longitude", b"lon")))
    starts = segment_starts(document, points, "trkseg")
    counts = count_elements(document, _COUNTED)
    recorded = 0 if len(points.elements) else sum(map(len, recorded_points(document)))
    columns: dict[str, Any] = points.columns
    return Activity(
        format="gpx",
        kind=_kind(len(points.elements), counts),
        **columns,
        starts=starts,
        sessions=_sessions(document, points),
        device=_device(document),
        places=points.places,
        bad_values=points.bad_values,
        counts=counts | ({"recorded": recorded} if recorded else {}),
        stated_time=_stated_time(document),
        locate=locator(document, points, starts),
    )


def _kind(points: int, counts: dict[str, int]) -> str:
    if points:
        return "activity"
    if counts.get("rtept") or counts.get("rte"):
        return "route"
    return "waypoints" if counts.get("wpt") else "empty"


def recorded_points(document: XmlDocument) -> list[Int32s]:
    """The points of each route that were recorded, else the waypoints, where there is no route.

    A recording is 20 points or more whose times ascend within a day, nine tenths of them at most a minute after the
    one before and no further from it than 100 m/s allow, and not all at one place. Waypoints that somebody set on a map
    are fewer, or minutes or many kilometres apart.
    """
    elements = document.elements
    routes = elements.of_kind(_is_route)
    found = [elements.children(route, "rtept").astype(np.int32) for route in routes.tolist()]
    groups = found or [elements.of_kind(_is_waypoint)]
    return [points for points in groups if len(points) >= _LEAST_POINTS and _is_recording(document, points)]


def _is_recording(document: XmlDocument, points: Int32s) -> bool:
    texts = document.child_texts(points, "time")
    step = np.diff([read_time(text.value)[0] if text is not None else np.nan for text in texts])
    if not (step > 0).all() or float(step.sum()) > _DAY:
        return False
    lat, lon = attribute_spans(document, points, (b"lat", b"lon")).edges
    if min(lat[0].min(), lon[0].min()) < 0:  # an attribute is missing
        return False
    latitude, longitude = (read_numbers(document.text, *span, document.codec).values for span in (lat, lon))
    metres = hops(latitude, longitude)
    near = (step <= _LONGEST_STEP_S) & (metres <= _FASTEST_M_S * step)
    return bool(near.mean() >= _MOST) and bool((metres > 0).any())


def _stated_time(document: XmlDocument) -> float:
    """The time of metadata, in GPX 1.0 that of the root; NaN where there is none."""
    found = stated_times(document)
    return read_time(document.text_of(int(found[0])).value)[0] if len(found) else np.nan


def stated_times(document: XmlDocument) -> Int32s:
    """The elements of `Activity.stated_time`."""
    return document.elements.of_kind(_is_stated_time)


def loose_points(document: XmlDocument) -> Int32s:
    """The trkpt elements that stand directly in a trk or in the root."""
    return document.elements.of_kind(_is_loose)


def _is_route(path: Path) -> bool:
    return path.locals() == ("gpx", "rte")


def _is_waypoint(path: Path) -> bool:
    return path.locals() == ("gpx", "wpt")


def _is_track(path: Path) -> bool:
    return path.local == "trk" and "trk" not in path.locals()[:-1]


def _is_stated_time(path: Path) -> bool:
    return path.locals() in (("gpx", "metadata", "time"), ("gpx", "time"))


def _is_loose(path: Path) -> bool:
    return path.local == "trkpt" and path.locals() in (("gpx", "trk", "trkpt"), ("gpx", "trkpt"))


def _sessions(document: XmlDocument, points: Points) -> tuple[Session, ...]:
    tracks = document.elements.of_kind(_is_track)
    sports = document.child_texts(tracks, "type")
    return sessions(document, points, tracks, (sport.value or None if sport else None for sport in sports), "name")


def _device(document: XmlDocument) -> Device:
    root = document.root
    if root is None:
        return Device()
    creator = root.attribute("creator")
    if creator is None:
        return Device(where=element_place(document, 0))
    where = document.place(creator.offset, creator.size)
    return Device(name=creator.value, barometer=ends_with_barometer(creator.value) or None, where=where)
