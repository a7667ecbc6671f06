"""Repairs of sensor values: where Strava reads them, as whole numbers, and out where they are no measurement."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from functools import partial
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from ...edits import Asked, Edit, Step
from ...findings import Severity
from ...rules.ride.motion import distance_negative, motion_not_a_number, speed_implausible
from ...rules.ride.sensors import heart_rate_not_read, power_not_read
from ...rules.ride.values import (
    cadence_implausible,
    empty_value,
    heart_rate_implausible,
    heart_rate_not_whole,
    power_implausible,
    running_cadence_doubled,
    temperature_implausible,
)
from ...rules.xml.sensors import (
    extension_namespace,
    extension_order,
    later_element,
    misnamed_temperature,
    outside_extensions,
    plain_heart_rate,
    tpx_without_namespace,
    track_point_v2,
)
from ...words import counted
from ...xml.columns import dotted
from ...xml.extensions import below_point
from ...xml.names import ACTIVITY_EXTENSION_V2, TRACK_POINT_V1
from ...xml.standings import Standing, column_of, plain_heart_rates, standings
from ...xml.values import EMPTY_TEXT, NOT_FINITE, NOT_VALUE, TAKEN, Column
from ..repair import Repair
from . import extensions
from .extensions import gone
from .points import points_of
from .splice import before, first_in, last_in, named_like, replaced, retexted, steps

if TYPE_CHECKING:
    from ...xml.document import XmlDocument
    from ...xml.tags import Int32s

__all__ = ["REPAIRS"]

Mask = npt.NDArray[np.bool_]
_NAMES = {"heart_rate": "heart rate", "cadence": "cadence", "power": "power"}
_SENSORS = ("heart_rate", "cadence", "power", "temperature", "distance", "speed")
#: The greatest number that the schemas allow: bytes, and 16 bits for power.
_MOST = {"heart_rate": 255.0, "cadence": 254.0, "power": 65535.0}


def _rewritten(
    document: XmlDocument, channel: str, rows_of: Callable[[Standing, Column], Mask], says: str, *, factor: float = 1
) -> Iterator[Step]:
    """Write whole numbers for these values times a factor, half a unit away at most; a factor makes it unsafe."""
    edits: list[Edit] = []
    found: list[int] = []
    for standing in standings(document, channel):
        column = column_of(document, standing.elements)
        rows = rows_of(standing, column)
        found += standing.elements[rows].tolist()
        whole = [str(math.floor(value * factor + 0.5)) for value in column.values[rows].tolist()]
        edits += map(partial(retexted, document), standing.elements[rows].tolist(), whole)
    says = f"{counted(len(edits), _NAMES[channel])} {says}"
    yield from steps(document, found, says, edits, safe=factor == 1, columns=(channel,))


def round_values(document: XmlDocument, _asked: Asked, *, channel: str) -> Iterator[Step]:
    """Write whole numbers where a decimal point or an exponent stands."""

    def with_point(standing: Standing, column: Column) -> Mask:
        start, end = document.elements.text_spans(standing.elements)
        fits = (column.values >= 0) & (column.values <= _MOST[channel])
        return np.asarray(fits & dotted(document.raw, start, end - start))

    yield from _rewritten(document, channel, with_point, "rounded to whole numbers")


#: From the column of a place to the values in it that are to go.
_Wrong = Callable[[Column], Mask]


def _drop(
    document: XmlDocument, channels: tuple[str, ...], wrong: _Wrong, what: tuple[str, str], *, safe: bool
) -> Iterator[Step]:
    parts = [each.elements[wrong(column_of(document, each.elements))] for each in standings(document, *channels)]
    found = np.unique(np.concatenate(parts)).astype(np.int32) if parts else np.zeros(0, np.int32)
    says = f"{counted(len(found), what[0])} {what[1]} dropped"
    yield from steps(document, found, says, gone(document, found), "dropped", safe=safe, columns=channels)


def _no_number(column: Column) -> Mask:
    return np.asarray((column.status == NOT_VALUE) | (column.status == NOT_FINITE))


def drop_empty(document: XmlDocument, _asked: Asked) -> Iterator[Step]:
    """Take out sensors' elements without a value."""
    yield from _drop(document, _SENSORS, lambda c: c.status == EMPTY_TEXT, ("element", "without a value"), safe=True)


def drop_heart_rates(document: XmlDocument, asked: Asked) -> Iterator[Step]:
    """Take out heart rates that are no measurement, zeros where they are asked for, and implausible ones unsafely."""
    zero = any("longest" in finding.evidence for finding in asked.findings)

    def hopeless(column: Column) -> Mask:
        values = column.values
        return np.asarray(_no_number(column) | (values < 0) | (values >= 255) | ((values == 0) & zero))

    yield from _drop(document, ("heart_rate",), hopeless, ("heart rate", "that no sensor measured"), safe=True)
    low, high = _limits(asked)
    if asked.unsafe and low is not None:

        def implausible(column: Column) -> Mask:
            values = column.values
            return np.asarray(((values > 0) & (values < low)) | ((values > high) & (values < 255)))

        yield from _drop(
            document, ("heart_rate",), implausible, ("heart rate", f"outside {low:g} to {high:g} bpm"), safe=False
        )


def _limits(asked: Asked) -> tuple[float | None, float]:
    """What the findings say about the lowest and the highest plausible value."""
    for finding in asked.findings:
        if "lowest" in finding.evidence:
            return float(finding.evidence["lowest"]), float(finding.evidence["highest"])
    return None, math.inf


def mend_cadences(document: XmlDocument, asked: Asked) -> Iterator[Step]:
    """Take out cadences that are no number or outside the byte that both formats have; round the others."""
    yield from _drop(
        document, ("cadence",), lambda c: _no_number(c) | (c.values < 0) | (c.values > 254),
        ("cadence", "that no sensor measured"), safe=True,
    )  # fmt: skip
    yield from round_values(document, asked, channel="cadence")


def mend_powers(document: XmlDocument, asked: Asked) -> Iterator[Step]:
    """Take out powers that are no number, implausible ones unsafely; round the others."""
    low, high = _limits(asked)
    yield from _drop(document, ("power",), _no_number, ("power", "without a number"), safe=True)
    if asked.unsafe and low is not None:
        yield from _drop(
            document, ("power",), lambda c: (c.values < low) | (c.values > high),
            ("power", f"outside {low:g} to {high:g} W"), safe=False,
        )  # fmt: skip
    elif any(finding.severity == Severity.INFO for finding in asked.findings):
        yield from round_values(document, asked, channel="power")


def drop_temperatures(document: XmlDocument, asked: Asked) -> Iterator[Step]:
    """Take out temperatures that are no number, implausible ones unsafely."""
    low, high = _limits(asked)
    yield from _drop(document, ("temperature",), _no_number, ("temperature", "without a number"), safe=True)
    if asked.unsafe and low is not None:
        yield from _drop(
            document, ("temperature",), lambda c: (c.values < low) | (c.values > high),
            ("temperature", f"outside {low:g} to {high:g} degrees Celsius"), safe=False,
        )  # fmt: skip


def drop_unreadable_motion(document: XmlDocument, _asked: Asked) -> Iterator[Step]:
    """Take out distances and speeds that are no number."""
    yield from _drop(
        document, ("distance", "speed"), _no_number, ("value", "of distance or speed without a number"), safe=True
    )


def drop_negative_distances(document: XmlDocument, _asked: Asked) -> Iterator[Step]:
    """Take out distances below 0."""
    yield from _drop(document, ("distance",), lambda c: c.values < 0, ("distance", "below 0"), safe=False)


def drop_speeds(document: XmlDocument, asked: Asked) -> Iterator[Step]:
    """Take out speeds that nobody in this sport has."""
    most = float(asked.findings[0].evidence["limit"])
    what = "speed", f"outside 0 to {most:g} m/s"
    yield from _drop(document, ("speed",), lambda c: (c.values < 0) | (c.values > most), what, safe=False)


def halve_cadences(document: XmlDocument, asked: Asked) -> Iterator[Step]:
    """Write strides for steps: half of every cadence, as a whole number."""
    if asked.unsafe:
        yield from _rewritten(document, "cadence", lambda _, column: column.status == TAKEN, "halved", factor=0.5)


def wrap_heart_rates(document: XmlDocument, _asked: Asked) -> Iterator[Step]:
    """Put the number of HeartRateBpm into a child Value."""
    found = plain_heart_rates(document)
    start, end = document.elements.text_spans(found)
    edits = []
    for element, a, b in zip(found.tolist(), start.tolist(), end.tolist(), strict=True):
        name = named_like(document, element, "Value")
        edits.append(replaced(document, a, b, f"<{name}>{document.piece(a, b).value}</{name}>"))
    says = f"{counted(len(edits), 'heart rate')} put into a Value"
    yield from steps(document, found, says, edits)


def _unread(document: XmlDocument, asked: Asked, channel: str) -> Iterator[tuple[int, int, str]]:
    """Point, element and text of the values at the places that the findings name, where Strava reads none."""
    places = {finding.evidence["place"] for finding in asked.findings}
    known = standings(document, channel)
    done = {int(i) for each in known if each.spot.strava for i in _taken(document, each)[0].tolist()}
    for standing in known:
        if standing.spot.name in places and not standing.spot.strava and not standing.spot.defect:
            for point, element in zip(*(each.tolist() for each in _taken(document, standing)), strict=True):
                if point not in done:
                    done.add(point)
                    yield point, element, document.text_of(element).value


def _taken(document: XmlDocument, standing: Standing) -> tuple[npt.NDArray[np.intp], Int32s]:
    good = column_of(document, standing.elements).status == TAKEN
    return standing.points[good], standing.elements[good]


def _above(document: XmlDocument, element: int, owners: Int32s) -> int | None:
    """The one of these elements that this element stands in."""
    at = int(np.searchsorted(owners, element, "right")) - 1
    return int(owners[at]) if at >= 0 and element < document.elements.end_of(int(owners[at])) else None


def _containers(document: XmlDocument) -> Int32s:
    """The extensions of the points."""
    return document.elements.where(lambda path: len(below_point(path)) == 2 and path.local.lower() == "extensions")


def _wrappers(document: XmlDocument, name: str, uri: str) -> dict[int, int]:
    """For the extensions of a point their wrapper with this name in this namespace; the first one counts."""
    found = document.elements.where(lambda path: (path.local, path.uri) == (name, uri) and len(below_point(path)) == 3)
    return dict(zip(document.elements.parent[found][::-1].tolist(), found[::-1].tolist(), strict=True))


def copy_powers(document: XmlDocument, asked: Asked) -> Iterator[Step]:
    """Write power where Strava reads it too: as the general tag in GPX, as Watts in TPX in TCX."""
    gpx = document.root_is("gpx")
    containers = _containers(document)
    wrappers = _wrappers(document, "TPX", ACTIVITY_EXTENSION_V2)
    edits: list[Edit] = []
    found: list[int] = []
    for _, element, text in _unread(document, asked, "power"):
        inside = _above(document, element, containers)
        if inside is None:
            continue
        found.append(element)
        if gpx:
            name = named_like(document, inside, "power")
            edits.append(last_in(document, inside, f"<{name}>{text}</{name}>"))
            continue
        wrapper = wrappers.get(inside)
        if wrapper is not None:
            name = named_like(document, wrapper, "Watts")
            edits.append(_placed(document, wrapper, f"<{name}>{text}</{name}>", "Extensions"))
        else:
            new = f'<TPX xmlns="{ACTIVITY_EXTENSION_V2}"><Watts>{text}</Watts></TPX>'
            edits.append(last_in(document, inside, new))
    says = f"{counted(len(edits), 'power')} written as {'the general tag power' if gpx else 'Watts in TPX'} too"
    yield from steps(document, found, says, edits, "added")


def _placed(document: XmlDocument, parent: int, new: str, *later: str) -> Edit:
    """Put markup in before the first child with one of these names, or as the last child."""
    behind = document.elements.children(parent, *later)
    return before(document, int(behind[0]), new) if len(behind) else last_in(document, parent, new)


def copy_heart_rates(document: XmlDocument, asked: Asked) -> Iterator[Step]:
    """Write heart rate where Strava reads it too: as hr in TrackPointExtension, as HeartRateBpm in TCX."""
    if not asked.unsafe:
        return
    points = points_of(document)
    in_gpx = _HeartRates(document) if document.root_is("gpx") else None
    edits: list[Edit] = []
    found: list[int] = []
    for point, element, text in _unread(document, asked, "heart_rate"):
        owner = int(points[point])
        if in_gpx:
            edit = in_gpx.edit(element, text)
        else:
            outer, inner = named_like(document, owner, "HeartRateBpm"), named_like(document, owner, "Value")
            new = f"<{outer}><{inner}>{text}</{inner}></{outer}>"
            edit = _placed(document, owner, new, "Cadence", "SensorState", "Extensions")
        if edit:
            edits.append(edit)
            found.append(element)
    place = "hr of TrackPointExtension" if in_gpx else "HeartRateBpm"
    says = f"{counted(len(edits), 'heart rate')} written as {place} too"
    yield from steps(document, found, says, edits, "added", safe=False)


class _HeartRates:
    """Writes hr into the TrackPointExtension of a GPX point, which is made where there is none."""

    def __init__(self, document: XmlDocument) -> None:
        self.document = document
        self.containers = _containers(document)
        self.wrappers = _wrappers(document, "TrackPointExtension", TRACK_POINT_V1)

    def edit(self, element: int, text: str) -> Edit | None:
        """The edit for the point that this element stands in; ``None`` where that has no extensions."""
        document = self.document
        inside = _above(document, element, self.containers)
        if inside is None:
            return None
        there = self.wrappers.get(inside)
        if there is not None:
            name = named_like(document, there, "hr")
            return _placed(document, there, f"<{name}>{text}</{name}>", "cad", "Extensions")
        scope = document.elements.path_of(inside).scope
        prefix = next((each for each, uri in scope.items() if uri == TRACK_POINT_V1), None)
        mark, declared = f"{prefix}:" if prefix else "", ""
        if prefix is None:
            mark, declared = "gpxtpx:", f' xmlns:gpxtpx="{TRACK_POINT_V1}"'
        wrapper = f"{mark}TrackPointExtension"
        return first_in(document, inside, f"<{wrapper}{declared}><{mark}hr>{text}</{mark}hr></{wrapper}>")


#: The elements first, so that the values are read where they belong; then the values.
_WHOLE = "whole numbers are written; what is no number or lies outside what the format can hold is dropped"
_OUTSIDE = "what lies outside the limits is dropped"

REPAIRS: tuple[Repair, ...] = (
    Repair(
        (extension_namespace,),
        extensions.map_namespaces,
        "extensions get the namespace that their names belong to",
        reveals=True,
    ),
    Repair(
        (outside_extensions,), extensions.move_inside, "sensor elements are moved into the extensions of their point"
    ),
    Repair(
        (tpx_without_namespace,), extensions.put_in_namespace, "extensions get the namespace that their names belong to"
    ),
    Repair((later_element,), extensions.drop_later, "speed, course and bearing are dropped"),
    Repair((track_point_v2,), extensions.to_version_1, "version 2 of TrackPointExtension becomes version 1"),
    Repair(
        (misnamed_temperature,),
        extensions.name_temperatures,
        "GPX: the temperature of TrackPointExtension is called atemp",
    ),
    Repair((empty_value,), drop_empty, "sensor elements without a value are dropped"),
    Repair((temperature_implausible,), drop_temperatures, "texts are dropped", unsafely=_OUTSIDE),
    Repair((motion_not_a_number,), drop_unreadable_motion, "the distance or speed is dropped"),
    Repair((distance_negative,), drop_negative_distances, "the distance is dropped"),
    Repair((speed_implausible,), drop_speeds, _OUTSIDE),
    Repair((plain_heart_rate,), wrap_heart_rates, "TCX: the number of HeartRateBpm is put into a Value"),
    Repair(
        (heart_rate_implausible,), drop_heart_rates, "texts, negative numbers and 255 are dropped", unsafely=_OUTSIDE
    ),
    Repair((heart_rate_not_whole,), partial(round_values, channel="heart_rate"), _WHOLE),
    Repair((cadence_implausible,), mend_cadences, _WHOLE),
    Repair((running_cadence_doubled,), halve_cadences, "half of it, because Strava doubles the cadence of runs"),
    Repair((power_implausible,), mend_powers, _WHOLE, unsafely=_OUTSIDE),
    Repair((power_not_read,), copy_powers, "the power is written where Strava reads it too"),
    Repair((heart_rate_not_read,), copy_heart_rates, "the heart rate is written where Strava reads it too"),
    Repair((extension_order,), extensions.reorder, "the children are put in the order of the schema"),
)
