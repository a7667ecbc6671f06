"""Children in the order of the schema: put in at their place, or moved there with all their bytes."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from ...edits import Edit
from ...xml.schema.model import Complex
from ...xml.schema.paths import places_of, resolved
from ...xml.tags import CLOSE, OPEN
from .splice import before, last_in, named_like

if TYPE_CHECKING:
    import numpy.typing as npt

    from ...xml.document import XmlDocument
    from ...xml.tags import Int32s

__all__ = ["inserted", "permuted", "placed", "reordered"]


def ranks(document: XmlDocument, path: int) -> dict[str, int]:
    """The place of each child in the sequence of the element with this path; empty for one that no schema knows."""
    declared = resolved(document)[path]
    if not declared.checked or not isinstance(declared.type, Complex):
        return {}
    return {local: place.slot for (_, local), place in places_of(declared.type)[0].items()}


def inserted(document: XmlDocument, parent: int, name: str, inner: str) -> Edit:
    """A new child with this text, which must be escaped, at its place in the sequence."""
    new = named_like(document, parent, name)
    return placed(document, parent, name, f"<{new}>{inner}</{new}>")


def placed(document: XmlDocument, parent: int, name: str, markup: str) -> Edit:
    """The markup of a new child ``name`` at its place in the sequence."""
    elements = document.elements
    rank = ranks(document, int(elements.path[parent]))
    children = np.flatnonzero(elements.depth[parent + 1 : elements.end_of(parent)] == elements.depth[parent] + 1)
    for child in (children + parent + 1).tolist():
        if rank.get(elements.path_of(child).local, -1) > rank.get(name, len(rank)):
            return before(document, child, markup)
    return last_in(document, parent, markup)


def _ends(document: XmlDocument) -> Int32s:
    """For each start tag the index of its end tag, its own for ``<a/>``. The document must be well-formed."""
    tags = document.elements.tags
    ends = np.arange(len(tags.start), dtype=np.int32)
    paired = np.flatnonzero((tags.kind == OPEN) | (tags.kind == CLOSE))
    paired = paired[np.argsort(tags.depth[paired], kind="stable")]
    ends[paired[::2]] = paired[1::2]
    return ends


def reordered(document: XmlDocument, misplaced: Int32s) -> tuple[Edit, ...]:
    """Every child of the parents of these elements at its place in the sequence.

    The children change places with each other; white space and comments between them stay. A child that the schema
    does not know goes with the one before it.
    """
    elements = document.elements
    inside = np.flatnonzero(np.isin(elements.parent, elements.parent[misplaced]))
    children = inside[np.argsort(elements.parent[inside], kind="stable")]
    owner = elements.parent[children]
    rank = _ranked(document, owner, children)
    order = np.lexsort((np.arange(len(children)), rank, owner))
    return permuted(document, children, order)


def permuted(document: XmlDocument, found: npt.NDArray[np.integer], order: npt.NDArray[np.integer]) -> tuple[Edit, ...]:
    """The elements in another order: each place gets the bytes of the element that belongs there. What stands between
    them stays. The document must be well-formed."""
    tags, tag = document.elements.tags, document.elements.tag[found]
    start, stop = tags.start[tag].tolist(), tags.stop[_ends(document)[tag]].tolist()
    if document.codec != document.encoding:
        start, stop = ([document.origin(at) for at in edge] for edge in (start, stop))
    moved = np.flatnonzero(order != np.arange(len(order)))
    slots = zip(moved.tolist(), order[moved].tolist(), strict=True)
    return tuple(Edit(start[a], stop[a] - start[a], document.data[start[b] : stop[b]]) for a, b in slots)


def _ranked(document: XmlDocument, owner: Int32s, children: npt.NDArray[np.intp]) -> Int32s:
    """The place of each child in the sequence of its owner."""
    elements = document.elements
    places = np.full(len(elements.paths), -1, np.int32)
    for number in np.unique(elements.path[children]).tolist():
        path = elements.paths[number]
        if path.parent is not None:
            places[number] = ranks(document, path.parent.number).get(path.local, -1)
    rank = places[elements.path[children]]
    first = np.r_[True, owner[1:] != owner[:-1]]
    known = np.maximum.accumulate(np.where((rank >= 0) | first, np.arange(len(rank)), 0))
    return rank[known]
