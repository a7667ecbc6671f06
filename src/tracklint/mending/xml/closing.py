"""Repairs of a document's end: elements that the end of the file leaves open, and what follows the root."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

import numpy as np

from ...edits import Asked, Edit, Step
from ...xml.columns import point_elements
from .splice import indent_before, replaced

if TYPE_CHECKING:
    from ...xml.document import XmlDocument

__all__ = ["close_cut", "drop_after_root"]

#: Elements that are closed where they are open at the end. Any other is dropped: its text may be cut in two.
_KEPT = (
    "gpx", "metadata", "trk", "trkseg", "rte",
    "TrainingCenterDatabase", "Activities", "Activity", "Lap", "Track", "Courses", "Course",
    "MultiSportSession", "FirstSport", "NextSport",
)  # fmt: skip
#: Of those, the ones that go where no point is left in them: always, or where one like it before them has points.
_ALWAYS = ("trkseg", "Track", "rte")
_REPEATED = ("trk", "Lap", "Activity", "Course", "NextSport")


def close_cut(document: XmlDocument, asked: Asked) -> Iterator[Step]:
    """Drop what the end of the file cuts in two, and close the elements that were open.

    The point that was open goes as a whole, because its last number may be cut. So does a segment or lap without a
    single whole point.
    """
    elements = document.elements
    if not len(elements):
        return
    unclosed = [int(np.searchsorted(elements.tag, tag)) for tag in elements.tags.unclosed()]
    if not unclosed:
        return
    cut, kept = _cut(document, unclosed)
    dropped = next((e for e in unclosed if e not in kept), None)
    what = ""
    if dropped is not None:
        what = f"the {elements.path_of(dropped).local} that is open at the end is dropped; "
    elif document.text[cut:].strip(b"\0 \t\r\n"):
        what = f"{len(document.text) - cut} bytes of a piece that the end cuts are dropped; "
    yield Step(
        action="changed",
        says=f"{what}closed: {', '.join(elements.path_of(e).local for e in reversed(kept))}",
        edits=(replaced(document, cut, len(document.text), _end_tags(document, kept)),),
        safe=False,
        where=asked.findings[0].where,
    )


def _cut(document: XmlDocument, unclosed: list[int]) -> tuple[int, list[int]]:
    """The offset in the text behind which nothing is whole, and the open elements that are to be closed there."""
    elements = document.elements
    names = [elements.path_of(element).local for element in unclosed]
    points = np.concatenate([found[keep] for found, keep in (point_elements(document, n) for n in _POINTS)])
    points.sort()
    kept = next((i for i, name in enumerate(names) if name not in _KEPT), len(names))
    while kept > 1 and _hollow(document, unclosed[kept - 1], names[kept - 1], points):
        kept -= 1
    if kept == len(names):
        return int(elements.tags.stop[-1]), unclosed
    start = int(elements.tags.start[elements.tag[unclosed[kept]]])
    return start - len(indent_before(document, start)), unclosed[:kept]


_POINTS = ("trkpt", "Trackpoint", "rtept")


def _hollow(document: XmlDocument, element: int, name: str, points: np.typing.NDArray[np.int32]) -> bool:
    """Whether an element that is open at the end holds no point and may go."""
    if len(points) and points[-1] > element:
        return False
    if name in _ALWAYS:
        return True
    path = document.elements.path
    before = np.flatnonzero(path[:element] == path[element])
    return name in _REPEATED and bool(len(before)) and bool(len(points)) and int(points[-1]) > int(before[0])


def _end_tags(document: XmlDocument, kept: list[int]) -> str:
    """The end tags of these elements, the innermost first, each indented as its start tag is."""
    elements, tags = document.elements, ""
    for element in reversed(kept):
        start = int(elements.tags.start[elements.tag[element]])
        indent = indent_before(document, start).decode(document.codec)
        tags += f"{indent}</{elements.path_of(element).name}>"
    return tags


def drop_after_root(_document: XmlDocument, asked: Asked) -> Iterator[Step]:
    """Drop text behind the root. Where a second root stands there, nothing is planned: that is another recording."""
    for finding in asked.findings:
        if finding.evidence["element"] is None:
            offset, size = finding.where.offset or 0, finding.where.size or 0
            yield Step(
                action="dropped",
                says=f"{size} bytes behind the root, which are no element",
                edits=(Edit(offset, size, b""),),
                where=finding.where,
            )
