"""Repairs of TCX and GPX files, one module for each family, in the order in which they are tried.

A repair is bound to the rules whose findings it mends. It plans steps on the file as it stands at that moment; every
step is a list of edits of bytes, so that all other bytes stay.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import replace
from typing import TYPE_CHECKING

from ...edits import Asked, Edit, Step
from ...rules.xml.document import no_namespace, other_namespace
from ..repair import Repair
from . import device, document, laps, positions, schema, sensors, sport, structure, times
from .split import split

if TYPE_CHECKING:
    from ...xml.document import XmlDocument

__all__ = ["REPAIRS", "close", "split"]


def _once_parsed(repair: Repair) -> Repair:
    """The repair for documents that are well-formed: in others nobody knows where an element ends. What changes the
    start tag of the root only needs no end."""
    if repair.rules == (no_namespace, other_namespace):
        return repair

    def plan(document: XmlDocument, asked: Asked) -> Iterable[Step]:
        return repair.plan(document, asked) if document.well_formed else ()

    return replace(repair, plan=plan)


_INSIDE = (
    *schema.REPAIRS,
    *structure.REPAIRS,
    *device.REPAIRS,
    *sport.REPAIRS,
    *times.REPAIRS,
    *positions.REPAIRS,
    *sensors.REPAIRS,
    *laps.REPAIRS,
)
#: The document first, so that a parser reads it; then what stands where, then what it says. Each is tried again until
#: none finds anything to do.
REPAIRS: tuple[Repair, ...] = (*document.REPAIRS, *map(_once_parsed, _INSIDE))


def close(_document: XmlDocument, edits: Iterable[Edit], _segments: Collection[int]) -> list[Edit]:
    """The edits as they are: XML has no size and no checksum that must be written again."""
    return list(edits)
