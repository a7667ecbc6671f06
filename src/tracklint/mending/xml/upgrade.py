"""From GPX 1.0 to 1.1: the whole file, or single elements of 1.0 that stand in a file of 1.1.

GPX 1.1 has metadata and link where 1.0 had elements of the root and url, and no speed and course; these go into
Garmin's TrackPointExtension v2, whose units are the same (m/s, degrees).
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from ...characters import escaped, quoted
from ...edits import Edit, Step
from ...rules.xml.document import gpx_1_0
from ...rules.xml.schema import element_of_gpx_1_0
from ...xml.names import GPX_1_0, GPX_1_1, TRACK_POINT_V2, XSI
from ...xml.values import TAKEN, read_number
from ..repair import Repair
from .sequence import placed
from .splice import before, first_in, last_in, markup, named_like, outer, removed, replaced, steps, with_attribute

if TYPE_CHECKING:
    from ...edits import Asked
    from ...xml.document import XmlDocument
    from ...xml.vocabulary import Path

__all__ = ["REPAIRS"]

_POINTS = ("trkpt", "rtept", "wpt")
_TRACKS = ("trk", "rte")
_METADATA = ("name", "desc", "author", "email", "url", "urlname", "time", "keywords", "bounds")


def _upgrade(document: XmlDocument, _asked: Asked) -> Iterator[Step]:
    """The namespace, the version, and every element that 1.1 has at another place."""
    root = document.root
    if root is None or root.namespace != GPX_1_0:
        return
    edits = [
        with_attribute(document, 0, f"xmlns:{root.prefix}" if root.prefix else "xmlns", GPX_1_1),
        with_attribute(document, 0, "version", "1.1"),
    ]
    for each in root.attributes:
        prefix, _, local = each.name.partition(":")
        if local == "schemaLocation" and root.scope.get(prefix) == XSI:
            edits.append(with_attribute(document, 0, each.name, each.value.replace("/GPX/1/0", "/GPX/1/1")))
    edits += _Moves(document, upgrade=True).edits()
    says = "GPX 1.0 becomes 1.1: metadata, links, and speed and course as extensions"
    yield from steps(document, [0], says, edits, safe=False)


def _elements(document: XmlDocument, asked: Asked) -> Iterator[Step]:
    """The elements of 1.0 in a file of 1.1."""
    edits = tuple(_Moves(document, upgrade=False).edits())
    names = ", ".join(sorted({str(finding.evidence["element"]) for finding in asked.findings}))
    says = f"{names}: elements of GPX 1.0 are written as in 1.1"
    yield Step(action="moved", says=says, edits=edits, where=asked.findings[0].where, safe=False)


class _Moves:
    """The elements of one document that 1.1 has elsewhere, each parent with its own, and the edits that move them."""

    def __init__(self, document: XmlDocument, *, upgrade: bool) -> None:
        self.document = document
        self.elements = document.elements
        self.path_of = document.elements.path_of
        self.space = GPX_1_0 if upgrade else GPX_1_1
        self.upgrade = upgrade
        self.prefix = ""
        self.declared = False

    def edits(self) -> list[Edit]:
        """All edits, parent by parent."""
        loose = self.elements.where(self._moves)
        below: dict[int, list[int]] = {}
        for child, parent in zip(loose.tolist(), self.elements.parent[loose].tolist(), strict=True):
            below.setdefault(parent, []).append(child)
        edits: list[Edit] = []
        for parent, children in below.items():
            edits += self._of_root(children) if parent == 0 else self._of_part(parent, children)
        if self.declared:
            edits.append(with_attribute(self.document, 0, f"xmlns:{self.prefix}", TRACK_POINT_V2))
        return edits

    def _moves(self, path: Path) -> bool:
        """Whether an element stands where 1.1 has it not."""
        if path.parent is None or path.parent.uri != self.space:
            return False
        parent = path.parent.local
        if path.uri != self.space:
            return self.upgrade and parent in ("gpx", *_TRACKS, *_POINTS)
        if parent == "gpx":
            return path.local in _METADATA
        return (path.local in ("url", "urlname") and parent in (*_TRACKS, *_POINTS)) or (
            path.local in ("speed", "course") and parent in _POINTS
        )

    def _text(self, element: int | None) -> str:
        return self.document.text_of(element).value if element is not None else ""

    def _tag(self, name: str, inner: str, attributes: str = "") -> str:
        new = named_like(self.document, 0, name)
        return f"<{new}{attributes}>{inner}</{new}>" if inner else f"<{new}{attributes}/>"

    def _link(self, url: str, name: str) -> str:
        return self._tag("link", self._tag("text", escaped(name)) if name else "", f" href={quoted(url)}")

    def _of_root(self, children: list[int]) -> list[Edit]:
        """Metadata from the elements of the root, extensions from those of other namespaces."""
        core = {self.path_of(each).local: each for each in reversed(children) if self.path_of(each).uri == self.space}
        foreign = [each for each in children if self.path_of(each).uri != self.space]
        parts: dict[str, str] = {
            name: markup(self.document, core[name])
            for name in ("name", "desc", "time", "keywords", "bounds")
            if name in core
        }
        if "author" in core or "email" in core:
            user, _, domain = self._text(core.get("email")).partition("@")
            email = self._tag("email", "", f" id={quoted(user)} domain={quoted(domain)}") if "email" in core else ""
            name = self._text(core.get("author"))
            parts["author"] = self._tag("author", (self._tag("name", escaped(name)) if name else "") + email)
        if "url" in core or "urlname" in core:
            parts["link"] = self._link(self._text(core.get("url")), self._text(core.get("urlname")))
        edits = [removed(self.document, each) for each in children]
        there = self.elements.children(0, "metadata")
        if len(there):
            metadata = int(there[0])
            free = [name for name in _ORDER if name in parts and not len(self.elements.children(metadata, name))]
            edits += [placed(self.document, metadata, name, parts[name]) for name in free]
        elif parts:
            inner = "".join(parts[name] for name in _ORDER if name in parts)
            edits.append(first_in(self.document, 0, self._tag("metadata", inner)))
        if foreign:
            inner = "".join(markup(self.document, each) for each in foreign)
            edits.append(last_in(self.document, 0, self._tag("extensions", inner)))
        return edits

    def _of_part(self, parent: int, children: list[int]) -> list[Edit]:
        """Link and extensions of one track, route or point."""
        core = {self.path_of(each).local: each for each in children if self.path_of(each).uri == self.space}
        edits = [removed(self.document, each) for each in children]
        links = [core[name] for name in ("url", "urlname") if name in core]
        if links:
            link = self._link(self._text(core.get("url")), self._text(core.get("urlname")))
            edits[children.index(min(links))] = self._instead(min(links), link)
        inner = self._motion(core)
        inner += "".join(markup(self.document, each) for each in children if self.path_of(each).uri != self.space)
        if not inner:
            return edits
        there = self.elements.children(parent, "extensions")
        parts = self.elements.children(parent, "trkseg", "rtept")
        if len(there):
            edits.append(last_in(self.document, int(there[0]), inner))
        elif len(parts):
            edits.append(before(self.document, int(parts[0]), self._tag("extensions", inner)))
        else:
            edits.append(last_in(self.document, parent, self._tag("extensions", inner)))
        return edits

    def _instead(self, element: int, new: str) -> Edit:
        start, end = outer(self.document, element)
        return replaced(self.document, start, end, new)

    def _motion(self, core: dict[str, int]) -> str:
        """Speed and course as TrackPointExtension v2; what is no number there is left out."""
        values = {name: self._text(core[name]) for name in ("speed", "course") if name in core}
        values = {name: text for name, text in values.items() if read_number(text)[1] == TAKEN}
        if not values:
            return ""
        if not self.prefix:
            self.prefix, self.declared = self._free_prefix()
        inner = "".join(f"<{self.prefix}:{name}>{text}</{self.prefix}:{name}>" for name, text in values.items())
        return f"<{self.prefix}:TrackPointExtension>{inner}</{self.prefix}:TrackPointExtension>"

    def _free_prefix(self) -> tuple[str, bool]:
        """A prefix for the extension, and whether it is still to be declared."""
        root = self.elements.paths[0]
        known = root.prefix_for(TRACK_POINT_V2)
        if known:
            return known, False
        used = {path.prefix for path in self.elements.paths} | set(root.scope)
        return next(prefix for prefix in ("gpxtpx", "gpxtpx2", "tracklint") if prefix not in used), True


#: The children of metadata in their order, with those that 1.0 has no element for left out.
_ORDER = ("name", "desc", "author", "link", "time", "keywords", "bounds")

REPAIRS = (
    Repair((gpx_1_0,), _upgrade, "written as GPX 1.1 has them"),
    Repair((element_of_gpx_1_0,), _elements, "written as GPX 1.1 has them"),
)
