"""Where the times of a document stand."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from .datetimes import TimeTexts
from .values import stripped

if TYPE_CHECKING:
    from .document import XmlDocument
    from .vocabulary import Path

__all__ = ["time_texts"]

_ELEMENTS = {
    "Time": ("Trackpoint", "CoursePoint"),
    "Id": ("Activity", "MultiSportSession"),
    "time": ("trkpt", "wpt", "rtept", "metadata", "gpx"),
}


def time_texts(document: XmlDocument) -> TimeTexts:
    """The times of a document; read once for each."""
    if document.kept.time_texts is None:
        document.kept.time_texts = _read(document)
    return document.kept.time_texts


def _is_time(path: Path) -> bool:
    return path.parent is not None and path.parent.local in _ELEMENTS.get(path.local, ())


def _read(document: XmlDocument) -> TimeTexts:
    elements = document.elements
    start, end = elements.text_spans(elements.of_kind(_is_time))
    laps = elements.named("Lap").tolist()
    spans = [
        (a.offset, a.offset + a.size) for lap in laps if (a := document.attribute_of(lap, "StartTime")) is not None
    ]
    if spans:
        more = np.array([[document.text_offset(a), document.text_offset(b)] for a, b in spans], np.int32)
        start, end = np.concatenate((start, more[:, 0])), np.concatenate((end, more[:, 1]))
        order = np.argsort(start, kind="stable")
        start, end = start[order], end[order]
    return TimeTexts(start, end, *stripped(document.raw, start, end))
