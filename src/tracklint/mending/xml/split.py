"""One file with several activities as several files, by copying bytes: what belongs to all goes into each part."""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterator
from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np

from ...characters import escaped
from ...edits import Edit, Stretches, apply
from ...xml.columns import point_elements
from ...xml.parse import scan_xml
from .splice import named_like, outer, removed, renamed, replaced

if TYPE_CHECKING:
    from ...xml.document import XmlDocument

__all__ = ["split"]

#: Where below the root of a TCX file its parts stand: activities, legs of a session, ways between two, and courses.
_OWNERS = (
    ("Activities", "Activity"),
    ("Activities", "MultiSportSession", "FirstSport", "Activity"),
    ("Activities", "MultiSportSession", "NextSport", "Activity"),
    ("Activities", "MultiSportSession", "NextSport", "Transition"),
    ("Courses", "Course"),
)
_LISTS = (("Activities",), ("Courses",))
_BLACK = re.compile(rb"[^ \t\r\n]")
#: What only says something about a whole TCX file.
_ONCE = (("Folders",), ("Workouts",))


def split(document: XmlDocument) -> tuple[bytes, ...]:
    """The tracks of a GPX file, or the activities, legs and courses of a TCX file, as files of their own.

    Root, declaration, namespaces, metadata and author go into each. Nothing where there is one only, or where the file
    is damaged; documents that were written one behind the other become files as they are.
    """
    second = next((f for f in document.faults if f.kind == "content-after-root" and f.evidence["element"]), None)
    if second is not None:
        return tuple(part for each in _documents(document, second.offset) for part in split(scan_xml(each)) or (each,))
    if not document.well_formed or document.root is None:
        return ()
    parts = tuple(_tracks(document) if document.root.name == "gpx" else _activities(document))
    return parts if len(parts) > 1 else ()


def _documents(document: XmlDocument, second: int) -> Iterator[bytes]:
    """The documents that were written one behind the other, the second of them at this offset: each from the end of the
    root before it, without the white space around it. What the index cannot tell apart stays together."""
    elements, text = document.elements, document.text
    roots = np.flatnonzero(elements.depth == 0).tolist()
    ends = [end for root in roots[:-1] if (end := elements.end_tag(root)) is not None]
    behind = [_BLACK.search(text, int(elements.tags.stop[end])) for end in ends]
    cuts = {second, *(document.origin(found.start()) for found in behind if found is not None)}
    for start, end in pairwise([0, *sorted(cut for cut in cuts if cut >= second), len(document.data)]):
        each = document.data[start:end]
        yield each if end == len(document.data) else each.rstrip()


def _tracks(document: XmlDocument) -> Iterator[bytes]:
    """A part for each track with points; one without stays with the track before it."""
    elements = document.elements
    tracks = elements.where(lambda path: path.locals() == ("gpx", "trk"))
    if not len(tracks):
        return
    points, _ = point_elements(document, "trkpt")
    ends = np.array([elements.end_of(track) for track in tracks.tolist()])
    begins = np.flatnonzero(np.searchsorted(points, tracks) < np.searchsorted(points, ends)).tolist()
    siblings = _siblings(document, tracks.tolist())
    for first, following in pairwise([0, *begins[1:], len(tracks)]):
        yield apply(document.data, siblings.without_others(range(first, following)))


def _siblings(document: XmlDocument, elements: list[int]) -> Stretches:
    """Where elements that follow one another stand, each with the white space before it."""
    edits = [removed(document, element) for element in elements]
    return Stretches.of(document.data, [(edit.offset, edit.offset + edit.size) for edit in edits])


def _activities(document: XmlDocument) -> Iterator[bytes]:
    """A part for each activity, each leg of a session, each way between two legs, and each course."""
    elements = document.elements
    owners = elements.where(lambda path: path.locals()[1:] in _OWNERS).tolist()
    once = elements.where(lambda path: path.locals()[1:] in _ONCE).tolist() if len(owners) > 1 else []
    lists = elements.where(lambda path: path.locals()[1:] in _LISTS).tolist()
    for list_ in lists:
        away = [removed(document, element) for element in (*once, *lists) if element != list_]
        children = elements.children(list_, "Activity", "MultiSportSession", "Course").tolist()
        if not children:
            continue
        siblings = _siblings(document, children)
        inside = owners[bisect_left(owners, list_) : bisect_left(owners, elements.end_of(list_))]
        for kept in inside:
            k = bisect_right(children, kept) - 1
            edits = [*away, *siblings.without_others((k,))]
            if elements.path_of(children[k]).local == "MultiSportSession":
                edits += _lifted(document, children[k], kept)
            yield apply(document.data, edits)


def _lifted(document: XmlDocument, session: int, leg: int) -> Iterator[Edit]:
    """Take a leg out of its session; a way between two legs becomes an activity with one lap."""
    (start, end), (first, last) = outer(document, session), outer(document, leg)
    head = tail = ""
    if document.elements.path_of(leg).local == "Transition":
        activity, id_ = named_like(document, leg, "Activity"), named_like(document, leg, "Id")
        began = document.attribute_of(leg, "StartTime")
        head = f'<{activity} Sport="Other"><{id_}>{escaped(began.value if began else "")}</{id_}>'
        tail = f"</{activity}>"
        yield from renamed(document, leg, named_like(document, leg, "Lap"))
    yield replaced(document, start, first, head)
    yield replaced(document, last, end, tail)
