"""Repairs of positions and elevations.

A GPX point cannot be without its position, so that a wrong one takes the point with it; a TCX point only loses its
Position.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

import numpy as np

from ...edits import Asked, Edit, Step
from ...rules.ride.elevation import elevation_implausible, elevation_not_a_number
from ...rules.ride.jumps import jump
from ...rules.ride.position import (
    coordinate_not_a_number,
    coordinate_not_finite,
    marker_position,
    null_island,
    position_missing,
    position_out_of_range,
)
from ...words import counted
from ...xml.standings import Standing, column_of, standings
from ...xml.values import TAKEN, decimal_of
from ..repair import Repair
from .points import activity_of, named_rows, points_of
from .splice import encoded, removed, steps

if TYPE_CHECKING:
    from ...xml.document import XmlDocument
    from ...xml.tags import Int32s

__all__ = ["REPAIRS"]

_AXES = ("latitude", "longitude")


def _drop(document: XmlDocument, asked: Asked, points: list[int], what: str) -> Iterator[Step]:
    """Take these points out of a GPX file, their Positions out of a TCX file."""
    if not asked.unsafe or not points:
        return
    elements, gpx = points_of(document), document.root_is("gpx")
    if gpx and len(points) == len(elements):
        return  # a file without points is no activity
    if gpx:
        chosen, lost = elements[points], len(points)
        says = f"{counted(len(points), 'point')} {what} dropped{_values(document, points)}"
    else:
        positions = document.elements.first_children(elements, "Position")[points]
        chosen, lost = positions[positions >= 0], 0
        says = f"the Position of {counted(len(points), 'point')} {what} dropped; the other values stay"
    edits = [removed(document, element) for element in chosen.tolist()]
    yield from steps(document, elements[points], says, edits, "dropped", safe=False, records=lost, columns=_AXES)


def _values(document: XmlDocument, points: list[int]) -> str:
    """What else goes with these points, in words."""
    activity = activity_of(document)
    names = {"altitude": "elevation", "heart_rate": "heart rate", "cadence": "cadence", "power": "power"}
    counts = {name: int(activity.channel(channel)[points].sum()) for channel, name in names.items()}
    words = [counted(count, name) for name, count in counts.items() if count]
    return f", and with them {', '.join(words)}" if words else ""


def drop_named(document: XmlDocument, asked: Asked) -> Iterator[Step]:
    """Drop the positions that the findings name."""
    whats = {
        "position-missing": "without a whole position",
        "coordinate-not-finite": "with a coordinate that is not finite",
        "position-out-of-range": "off the Earth",
        "null-island": "at 0, 0",
        "marker-position": "at a marker of the device",
        "jump": "far off its neighbours",
    }
    what = whats[asked.findings[0].name]
    yield from _drop(document, asked, named_rows(asked, len(points_of(document))).tolist(), what)


def write_decimals(document: XmlDocument, asked: Asked) -> Iterator[Step]:
    """Write coordinates with a comma or an exponent as plain decimals; drop the positions that are other texts."""
    activity = activity_of(document)
    edits: list[Edit] = []
    hopeless: set[int] = set()
    for bad in activity.bad_values:
        if bad.channel not in _AXES or bad.kind not in ("not-a-number", "empty", "exponent"):
            continue
        for record, offset, size in zip(bad.records.tolist(), bad.offsets.tolist(), bad.sizes.tolist(), strict=True):
            start, end = document.text_offset(offset), document.text_offset(offset + size)
            plain = decimal_of(document.piece(start, end).value) if bad.kind != "empty" else None
            if plain is None:
                hopeless.add(record)
            else:
                edits.append(Edit(offset, size, encoded(document, plain)))
    if edits:
        yield Step(
            action="changed",
            says=f"{counted(len(edits), 'coordinate')} written as a plain decimal",
            edits=tuple(edits),
            where=asked.findings[0].where,
            columns=_AXES,
        )
    else:  # a point may have one coordinate of each kind; those that are mended come first
        yield from _drop(document, asked, sorted(hopeless), "with a text instead of a coordinate")


def _elevations(document: XmlDocument, found: Int32s, what: str) -> Iterator[Step]:
    says = f"{counted(len(found), 'elevation')} {what} dropped"
    edits = [removed(document, element) for element in found.tolist()]
    yield from steps(document, found, says, edits, "dropped", columns=("altitude",))


def drop_unreadable_elevations(document: XmlDocument, _asked: Asked) -> Iterator[Step]:
    """Take out elevations that are no number."""
    for each in standings(document, "altitude"):
        wrong = column_of(document, each.elements).status != TAKEN
        yield from _elevations(document, each.elements[wrong], "without a number")


def drop_absurd_elevations(document: XmlDocument, asked: Asked) -> Iterator[Step]:
    """Take out elevations that no place on the Earth has."""
    for finding in asked.findings:
        low, high = float(finding.evidence["lowest"]), float(finding.evidence["highest"])
        for each in standings(document, "altitude"):
            yield from _elevations(document, _outside(document, each, low, high), f"outside {low:g} to {high:g} m")


def _outside(document: XmlDocument, standing: Standing, low: float, high: float) -> Int32s:
    values = column_of(document, standing.elements).values
    return np.asarray(standing.elements[(values < low) | (values > high)])


_GONE = "the point is dropped in GPX, its Position in TCX"

REPAIRS: tuple[Repair, ...] = (
    Repair(
        (coordinate_not_a_number,),
        write_decimals,
        "a decimal comma or an exponent is written as a plain decimal",
        unsafely=_GONE,
        reveals=True,
    ),
    Repair((position_missing,), drop_named, _GONE),
    Repair((coordinate_not_finite,), drop_named, _GONE),
    Repair((position_out_of_range,), drop_named, _GONE),
    Repair((null_island,), drop_named, _GONE),
    Repair((marker_position,), drop_named, _GONE),
    Repair((jump,), drop_named, _GONE),
    Repair((elevation_not_a_number,), drop_unreadable_elevations, "the elevation is dropped"),
    Repair((elevation_implausible,), drop_absurd_elevations, "the elevation is dropped"),
)
