"""Where TCX laps say something of themselves: their numbers, and the time of their first point."""

from __future__ import annotations

from typing import TYPE_CHECKING

from .values import TAKEN, read_time

if TYPE_CHECKING:
    from .document import XmlDocument
    from .tags import Int32s
    from .vocabulary import Path, Vocabulary

__all__ = ["first_time", "lap_elements", "lap_numbers"]

_OWN = ("TotalTimeSeconds", "DistanceMeters", "MaximumSpeed", "Calories", "Cadence")
_RATES = ("AverageHeartRateBpm", "MaximumHeartRateBpm")
#: Numbers of LX, Garmin's extension of a lap.
_EXTENDED = ("AvgSpeed", "MaxBikeCadence", "AvgRunCadence", "MaxRunCadence", "Steps", "AvgWatts", "MaxWatts")


def lap_elements(document: XmlDocument) -> Int32s:
    """The laps of a TCX document, one for each of `Activity.laps`."""
    return document.elements.of_kind(_is_lap)


def _is_lap(path: Path) -> bool:
    return path.local == "Lap" and {"Lap", "Folders"}.isdisjoint(path.locals()[:-1])


def lap_numbers(document: XmlDocument) -> list[tuple[str, Int32s]]:
    """The elements with the numbers that laps state, place by place. The name is that of the element, of a heart rate
    that of the element around its Value."""
    elements = document.elements
    return [(name, elements.of_path(number)) for name, number in elements.paths.once(_numbers)]


def _numbers(paths: Vocabulary) -> tuple[tuple[str, int], ...]:
    return tuple((name, path.number) for path in paths if (name := _name(path)) is not None)


def _name(path: Path) -> str | None:
    if "Lap" not in path.locals() or "Folders" in path.locals():
        return None
    parent = path.parent.local if path.parent is not None else ""
    if (parent == "Lap" and path.local in _OWN) or (parent == "LX" and path.local in _EXTENDED):
        return path.local
    return parent if path.local == "Value" and parent in _RATES else None


def _is_time(path: Path) -> bool:
    return path.locals()[-2:] == ("Trackpoint", "Time")


def first_time(document: XmlDocument, element: int) -> str | None:
    """The time of the first point below an element that can be read, as it is written."""
    elements = document.elements
    found = elements.of_kind(_is_time)
    for each in found[(found > element) & (found < elements.end_of(element))].tolist():
        text = document.text_of(each).value
        if read_time(text)[1] == TAKEN:
            return text
    return None
