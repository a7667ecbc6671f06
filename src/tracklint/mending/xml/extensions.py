"""Repairs of extensions: their namespaces, their place in the point, their names and their order."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import groupby
from typing import TYPE_CHECKING

import numpy as np

from ...edits import Asked, Edit, Step
from ...words import counted
from ...xml.extensions import (
    children_out_of_order,
    is_later,
    is_misnamed,
    is_near_miss,
    is_outside,
    is_without_namespace,
    without_sibling,
)
from ...xml.names import ACTIVITY_EXTENSION_V2, LATER, ORDER, TRACK_POINT_V1, TRACK_POINT_V2, near_miss, nearest_uri
from .sequence import permuted
from .splice import (
    first_in,
    last_in,
    markup,
    named_like,
    outer,
    removed,
    renamed,
    replaced,
    steps,
    with_attribute,
)

if TYPE_CHECKING:
    from ...xml.document import XmlDocument
    from ...xml.tags import Int32s

__all__ = [
    "drop_later",
    "gone",
    "map_namespaces",
    "move_inside",
    "name_temperatures",
    "put_in_namespace",
    "reorder",
    "to_version_1",
]

_WRAPPERS = ("TrackPointExtension", "PowerExtension", "TPX", "extensions", "Extensions", "HeartRateBpm")


def _by_parent(document: XmlDocument, found: Int32s) -> Iterator[tuple[int, list[int]]]:
    """The elements that stand in one parent together, with it."""
    parents = document.elements.parent[found].tolist()
    for parent, group in groupby(zip(parents, found.tolist(), strict=True), lambda pair: pair[0]):
        yield parent, [element for _, element in group]


def _of_xml(attribute: str) -> bool:
    """Whether an attribute says nothing about the ride: a namespace, or the type of the element."""
    return attribute == "xmlns" or ":" in attribute


def gone(document: XmlDocument, found: Int32s) -> list[Edit]:
    """Take elements out, with the wrappers that have nothing else in them."""
    elements = document.elements
    wrapper = np.array([path.local in _WRAPPERS for path in elements.paths])
    out, new = np.unique(found), np.unique(found)
    while len(new):
        above = np.unique(document.elements.parent[new])
        above = above[wrapper[elements.path[above]]]
        inside = np.flatnonzero(np.isin(elements.depth, np.unique(elements.depth[above]) + 1)).astype(np.int32)
        owner = document.elements.parent[inside]
        kept = np.unique(owner[~np.isin(inside, out)])
        new = above[~np.isin(above, kept)]
        bare = [all(_of_xml(each.name) for each in document.attributes_of(i)) for i in new.tolist()]
        new = np.setdiff1d(new[bare], out)
        out = np.union1d(out, new)
    return [removed(document, element) for element in document.elements.outermost(out.astype(np.int32)).tolist()]


def map_namespaces(document: XmlDocument, _asked: Asked) -> Iterator[Step]:
    """Write the right namespace where it is declared, or on the elements where the declaration also serves others."""
    paths = document.elements.paths
    found = document.elements.where(is_near_miss)
    uris = sorted({paths[number].uri or "" for number in np.unique(document.elements.path[found]).tolist()})
    for uri in uris:
        expected = nearest_uri(uri) or ""
        here = found[np.isin(document.elements.path[found], [path.number for path in paths if path.uri == uri])]
        others = any(path.uri == uri and not is_near_miss(path) for path in paths)
        if others and not near_miss(uri, expected):
            edits = []
            for element in document.elements.outermost(here).tolist():
                prefix = document.elements.path_of(element).prefix
                edits.append(with_attribute(document, element, f"xmlns:{prefix}" if prefix else "xmlns", expected))
        else:
            edits = _redeclared(document, uri, expected)
        yield from steps(
            document, here, f"the namespace {uri} of {counted(len(here), 'element')} becomes {expected}", edits
        )


def _redeclared(document: XmlDocument, uri: str, expected: str) -> list[Edit]:
    """Another namespace in every declaration of this one."""
    elements = document.elements
    declaring = elements.where(
        lambda path: any(
            each == uri and (path.parent is None or path.parent.scope.get(prefix) != uri)
            for prefix, each in path.scope.items()
        )
    )
    edits = []
    for element in declaring.tolist():
        edits += [
            with_attribute(document, element, each.name, expected)
            for each in document.attributes_of(element)
            if each.value == uri and each.name.partition(":")[0] == "xmlns"
        ]
    return edits


def move_inside(document: XmlDocument, _asked: Asked) -> Iterator[Step]:
    """Move sensors' elements into the extensions of their point, which are made where there are none."""
    if document.root_is("gpx", "1/0"):
        return
    name = "extensions" if document.root_is("gpx") else "Extensions"
    found = document.elements.where(is_outside)
    edits: list[Edit] = []
    for point, moved in _by_parent(document, found):
        edits += [removed(document, element) for element in moved]
        new = "".join(markup(document, element) for element in moved)
        there = document.elements.children(point, name)
        if len(there):
            edits.append(last_in(document, int(there[0]), new))
        else:
            tag = named_like(document, point, name)
            edits.append(last_in(document, point, f"<{tag}>{new}</{tag}>"))
    yield from steps(document, found, f"{counted(len(found), 'element')} moved into {name}", edits, action="moved")


def drop_later(document: XmlDocument, asked: Asked) -> Iterator[Step]:
    """Take speed, course and bearing out of version 1 of TrackPointExtension."""
    found = document.elements.where(is_later)
    if asked.unsafe and len(found):
        says = f"{counted(len(found), 'element')} unknown to version 1 of TrackPointExtension dropped"
        yield from steps(document, found, says, gone(document, found), "dropped", safe=False, columns=("speed",))


def to_version_1(document: XmlDocument, asked: Asked) -> Iterator[Step]:
    """Write version 1 of TrackPointExtension for version 2, without what only version 2 has."""
    found = document.elements.where(lambda path: path.uri == TRACK_POINT_V2)
    if not asked.unsafe or not len(found):
        return
    dropped = document.elements.where(lambda path: path.uri == TRACK_POINT_V2 and path.local in LATER)
    edits = gone(document, dropped)
    out = [(edit.offset, edit.offset + edit.size) for edit in edits]
    starts = np.array([start for start, _ in out], np.int64)
    for edit in _redeclared(document, TRACK_POINT_V2, TRACK_POINT_V1):
        at = int(np.searchsorted(starts, edit.offset, "right")) - 1
        if at < 0 or edit.offset >= out[at][1]:
            edits.append(edit)
    says = (
        f"version 2 of TrackPointExtension becomes version 1; {len(dropped)} of speed, course and bearing are dropped"
    )
    yield from steps(document, found, says, edits, safe=False, columns=("speed",))


def put_in_namespace(document: XmlDocument, _asked: Asked) -> Iterator[Step]:
    """Put TPX and its children into their namespace; children that stand alone get a TPX."""
    elements = document.elements
    found = document.elements.outermost(elements.where(is_without_namespace))
    edits: list[Edit] = []
    for parent, here in _by_parent(document, found):
        above = elements.path_of(parent)
        alone = [
            element
            for element in here
            if above.local == "Extensions" and document.elements.path_of(element).local != "TPX"
        ]
        for element in here:
            path = document.elements.path_of(element)
            if element in alone:
                continue
            if above.local == "TPX" and above.prefix:
                edits += renamed(document, element, named_like(document, parent, path.local))
            else:
                name = f"xmlns:{path.prefix}" if path.prefix else "xmlns"
                edits.append(with_attribute(document, element, name, ACTIVITY_EXTENSION_V2))
        edits += _wrapped(document, alone)
    yield from steps(
        document, found, f"{counted(len(found), 'element')} put into the namespace {ACTIVITY_EXTENSION_V2}", edits
    )


def _wrapped(document: XmlDocument, alone: list[int]) -> list[Edit]:
    """These children of Extensions as one TPX in the place of the first."""
    if not alone:
        return []
    order = ORDER[ACTIVITY_EXTENSION_V2, "TPX"]
    texts = sorted((order.index(document.elements.path_of(i).local), document.text_of(i).value) for i in alone)
    inner = "".join(f"<{order[place]}>{text}</{order[place]}>" for place, text in texts)
    new = replaced(document, *outer(document, alone[0]), f'<TPX xmlns="{ACTIVITY_EXTENSION_V2}">{inner}</TPX>')
    return [new, *(removed(document, element) for element in alone[1:])]


def name_temperatures(document: XmlDocument, _asked: Asked) -> Iterator[Step]:
    """Call the temperature of TrackPointExtension atemp, the first of its children."""
    found = without_sibling(document.elements, document.elements.where(is_misnamed), "atemp")
    edits: list[Edit] = []
    for parent, element in zip(document.elements.parent[found].tolist(), found.tolist(), strict=True):
        name = named_like(document, element, "atemp")
        if element == parent + 1:
            edits += renamed(document, element, name)
        else:
            text = document.text_of(element).value
            edits += [removed(document, element), first_in(document, parent, f"<{name}>{text}</{name}>")]
    yield from steps(document, found, f"{counted(len(found), 'temperature')} renamed to atemp", edits)


def reorder(document: XmlDocument, _asked: Asked) -> Iterator[Step]:
    """Put the children of wrappers into the order of their schema; what stands between them stays."""
    elements = document.elements
    parents = children_out_of_order(document.elements)
    if not len(parents):
        return
    place = np.full(len(elements.paths), -1, np.int32)
    for path in elements.paths:
        order = ORDER.get((path.parent.uri or "", path.parent.local)) if path.parent else None
        if order and path.local in order:
            place[path.number] = order.index(path.local)
    inside = np.flatnonzero(np.isin(elements.depth, np.unique(elements.depth[parents]) + 1)).astype(np.int32)
    owner = document.elements.parent[inside]
    known = np.isin(owner, parents) & (place[elements.path[inside]] >= 0)
    inside, owner = inside[known], owner[known]
    order_of = np.lexsort((np.arange(len(inside)), place[elements.path[inside]], owner))
    says = f"the children of {counted(len(parents), 'element')} put into the order of the schema"
    yield from steps(document, parents, says, permuted(document, inside, order_of), action="moved")
