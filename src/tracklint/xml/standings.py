"""Where the values of a column stand: the elements of each spot, with their points."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from .columns import elements_by_spot, point_elements, point_name, point_numbers
from .values import TAKEN, Column, read_numbers

if TYPE_CHECKING:
    from .document import XmlDocument
    from .spots import Spot
    from .tags import Int32s

__all__ = ["Standing", "column_of", "plain_heart_rates", "standings", "values_by_point"]


@dataclass(frozen=True, slots=True, eq=False)
class Standing:
    """The elements with the values of one place, and for each the index of its point."""

    spot: Spot
    elements: Int32s
    points: npt.NDArray[np.intp]


def standings(document: XmlDocument, *channels: str) -> list[Standing]:
    """Where the values of these columns stand, those that Strava reads first; points that are kept only."""
    name = point_name(document)
    points, keep = point_elements(document, name)
    number = np.cumsum(keep) - 1
    found = []
    for spot, elements in elements_by_spot(document, name, channels):
        owner = point_numbers(points, elements)
        good = keep[owner] & (document.elements.are_leaves(elements) if spot.leaf_only else True)
        if good.any():
            found.append(Standing(spot, elements[good], number[owner[good]]))
    return sorted(found, key=lambda each: (not each.spot.strava, int(each.elements[0])))


def values_by_point(document: XmlDocument, standing: Standing) -> npt.NDArray[np.float64]:
    """The numbers of one place, one for each point, NaN where a point has none there; the first one counts."""
    _, keep = point_elements(document, point_name(document))
    values = np.full(int(keep.sum()), np.nan)
    column = column_of(document, standing.elements)
    good = np.flatnonzero(column.status == TAKEN)[::-1]
    values[standing.points[good]] = column.values[good]
    return values


def column_of(document: XmlDocument, found: Int32s) -> Column:
    """The texts of these elements as numbers."""
    start, end = document.elements.text_spans(found)
    return read_numbers(document.text, start, end, document.codec)


def plain_heart_rates(document: XmlDocument) -> Int32s:
    """The HeartRateBpm of TCX points that hold a number instead of a child Value."""
    found = elements_by_spot(document, point_name(document), ("heart_rate",))
    plain = [elements for spot, elements in found if spot.defect == "plain-heart-rate"]
    if not any(document.elements.are_leaves(elements).any() for elements in plain):
        return np.zeros(0, np.int32)
    for each in standings(document, "heart_rate"):
        if each.spot.defect == "plain-heart-rate":
            return np.asarray(each.elements[column_of(document, each.elements).status == TAKEN])
    return np.zeros(0, np.int32)
