"""TCX version 2 (and what of version 1 has the same names) to an `Activity`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from ..activity import Activity, Device, Lap, Session, ends_with_barometer
from .columns import Points, count_elements, element_place, locator, read_points, segment_starts, sessions
from .creators import VERSION, owners_of
from .laps import lap_elements, lap_numbers
from .values import read_number, read_time

if TYPE_CHECKING:
    from .document import Text, XmlDocument
    from .tags import Int32s

__all__ = ["tcx_activity"]

_COUNTED = ("Activity", "Course", "Lap", "Track", "CoursePoint", "MultiSportSession")


def tcx_activity(document: XmlDocument) -> Activity:
    """The activity in a TCX document. Every document gives one; where it has no Trackpoint the columns are empty.

    Activities, those inside a MultiSportSession, and Courses are sessions. Times without zone are read as UTC.
    """
    points = read_points(document, "Trackpoint")
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


def _sessions(document: XmlDocument, points: Points) -> tuple[Session, ...]:
    owners = owners_of(document)
    sports = [document.attribute_of(owner, "Sport") for owner in owners.tolist()]
    return sessions(document, points, owners, (sport.value if sport else None for sport in sports), "Name")


def _laps(document: XmlDocument, points: Points) -> tuple[Lap, ...]:
    laps = lap_elements(document)
    texts = [document.child_texts(laps, name) for name in ("TotalTimeSeconds", "DistanceMeters", "Calories")]
    found = []
    for lap, said, total, distance, calories in zip(laps.tolist(), _said(document, laps), *texts, strict=True):
        first, end = points.before(lap), points.before(document.elements.end_of(lap))
        start = document.attribute_of(lap, "StartTime")
        found.append(
            Lap(
                start_time=read_time(start.value)[0] if start else np.nan,
                elapsed_s=_number(total),
                timer_s=_number(total),
                distance_m=_number(distance),
                calories=_number(calories),
                averages=tuple(map(said.get, _AVERAGES)),
                maxima=tuple(map(said.get, _MAXIMA)),
                first_point=first,
                points=end - first,
                where=element_place(document, lap),
            )
        )
    return tuple(found)


#: What a lap calls its averages and maxima, in the order of `SAID_OF`; `_ALSO` are other names of theirs.
_AVERAGES = ("AvgSpeed", "AverageHeartRateBpm", "Cadence", "AvgWatts")
_MAXIMA = ("MaximumSpeed", "MaximumHeartRateBpm", "MaxBikeCadence", "MaxWatts")
_ALSO = {"AvgRunCadence": "Cadence", "MaxRunCadence": "MaxBikeCadence"}


def _said(document: XmlDocument, laps: Int32s) -> list[dict[str, float]]:
    """The averages and maxima above 0 of each lap, by name."""
    found: list[dict[str, float]] = [{} for _ in laps]
    for place, elements in lap_numbers(document):
        name = _ALSO.get(place, place)
        if name in _AVERAGES or name in _MAXIMA:
            for element, lap in zip(elements.tolist(), np.searchsorted(laps, elements, side="right") - 1, strict=True):
                number = _number(document.text_of(element))
                if lap >= 0 and number > 0:
                    found[lap].setdefault(name, number)
    return found


def _number(text: Text | None) -> float:
    return read_number(text.value)[0] if text else np.nan


def _device(document: XmlDocument) -> Device:
    """The first creator that has a name; without one, the first Activity or Course is the place to look at."""
    owners = owners_of(document)
    creators_found = document.elements.first_children(owners, "Creator")
    creators_found = creators_found[creators_found >= 0]
    names = document.child_texts(creators_found, "Name")
    for creator, name in zip(creators_found.tolist(), names, strict=True):
        if name is None or not name.value:
            continue
        return Device(
            name=name.value,
            product_id=_whole(document, creator, "ProductID"),
            serial=_whole(document, creator, "UnitId"),
            software=_version(document, creator),
            barometer=ends_with_barometer(name.value) or None,
            where=document.place(name.offset, name.size),
        )
    return Device(where=element_place(document, int(owners[0]))) if len(owners) else Device()


def _whole(document: XmlDocument, element: int, name: str) -> int | None:
    text = document.child_text(element, name)
    return int(text.value) if text and text.value.isascii() and text.value.isdigit() and len(text.value) < 20 else None


def _version(document: XmlDocument, creator: int) -> str | None:
    texts = [document.child_text(creator, "Version", name) for name in VERSION]
    return ".".join(text.value for text in texts if text and text.value) or None
