"""Attributes against declarations: latitude and longitude as columns, others tag by tag."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from ...characters import plain_text
from ..columns import attribute_spans
from ..index import tag_attributes
from ..kinds import distinct, grouped, name_keys
from ..names import XSI
from .lexical import collapsed, why_not
from .members import FEW
from .model import Attribute, Complex, Name, Simple
from .tables import TYPES
from .values import faults_of

if TYPE_CHECKING:
    from ..document import XmlDocument
    from ..tags import Int32s
    from .found import Found
    from .model import Declared

__all__ = ["check_attributes"]

#: Attributes that every element may have. xsi:nil is none of them: no element of these schemas can be nil.
_ANYWHERE = {(XSI, "type"), (XSI, "schemaLocation"), (XSI, "noNamespaceSchemaLocation")}


def check_attributes(document: XmlDocument, declared: tuple[Declared, ...], found: Found) -> None:
    """Every attribute that is missing, not declared or no value of its type."""
    tags, tag = document.elements.tags, document.elements.tag
    among = np.zeros(len(tags.start), bool)
    among[tags.dressed] = True
    more = among[tag]
    dressed = np.bincount(document.elements.path[more], minlength=len(declared)).tolist()
    for each in declared:
        if not each.checked or each.type is None:
            continue
        here = _Attributes(document, each, found)
        if not dressed[each.path.number] and not any(attribute.required for attribute in here.wanted.values()):
            continue
        elements = document.elements.of_path(each.path.number)
        rows = np.flatnonzero(more[elements])
        if len(rows) < len(elements):
            here.missing(np.delete(elements, rows), set())
        if len(rows) and here.is_pair():
            rows = rows[~here.pairs(elements[rows])]
        if len(rows):
            here.tag_by_tag(elements[rows])


class _Attributes:
    """Checks the attributes of elements of one path."""

    def __init__(self, document: XmlDocument, declared: Declared, found: Found) -> None:
        self.document, self.path, self.found = document, declared.path, found
        type_ = declared.type
        self.wanted = {each.name: each for each in type_.attributes} if isinstance(type_, Complex) else {}
        self.any = isinstance(type_, Complex) and type_.any_attribute

    def missing(self, elements: Int32s, seen: set[Name]) -> None:
        """Tell of required attributes that are not among those seen."""
        for (_, local), attribute in self.wanted.items():
            if attribute.required and attribute.name not in seen:
                self.found.add("missing-attribute", local, self.path, elements, attribute=local)

    def is_pair(self) -> bool:
        """Whether there are exactly two attributes, both required numbers without a prefix."""
        return len(self.wanted) == 2 and all(
            each.required and each.fixed is None and not each.name[0] and _simple(each).kind in ("decimal", "double")
            for each in self.wanted.values()
        )

    def pairs(self, elements: Int32s) -> npt.NDArray[np.bool_]:
        """Check those elements that have exactly the two attributes; True for those."""
        names = tuple(local.encode() for _, local in self.wanted)
        spans = self.document.kept.spans
        if spans is None or spans.names != names or not np.array_equal(spans.elements, elements):
            spans = attribute_spans(self.document, elements, names, only_exact=True)
        exact = spans.exact
        alike = elements[exact]
        for name, (start, end), attribute in zip(names, spans.edges, self.wanted.values(), strict=True):
            type_, local = _simple(attribute), attribute.name[1]
            texts = start[exact], end[exact]
            for rows, why, more, sample in faults_of(self.document, name, alike, texts, type_):
                evidence = {"attribute": local, "type": type_.name, "why": why, **more}
                self.found.add("attribute-value", local, self.path, alike[rows], sample, **evidence)
        return exact

    def tag_by_tag(self, elements: Int32s) -> None:
        """Check the attributes of these elements; tags that are alike once."""
        tags, tag = self.document.elements.tags, self.document.elements.tag[elements]
        kind, first = np.arange(len(elements), dtype=np.int32), np.arange(len(elements))
        if len(elements) > FEW:
            kind, first = distinct(name_keys(self.document.raw, tags.ends_of_names(tag), tags.stop[tag]))
        for row, alike in zip(first.tolist(), grouped(kind, len(first)), strict=True):
            self.one_tag(int(tag[row]), elements[alike])

    def one_tag(self, tag: int, alike: Int32s) -> None:
        """Check one start tag; ``alike`` are the elements that have one like it."""
        tags = self.document.elements.tags
        seen: set[Name] = set()
        for match in tag_attributes(self.document.text, int(tags.start[tag]), int(tags.stop[tag])):
            written = match[1].decode(self.document.codec, "replace")
            prefix, colon, local = written.rpartition(":")
            uri = self.path.scope.get(prefix) if colon else ""
            if "xmlns" in (prefix, written) or uri is None or (uri, local) in _ANYWHERE:
                continue  # a prefix without declaration is told elsewhere
            seen.add((uri, local))
            value = plain_text(match[2] if match[2] is not None else match[3], self.document.codec)
            attribute = self.wanted.get((uri, local))
            if attribute is not None:
                self.value(attribute, written, value, alike)
            elif not self.any:
                self.found.add("unknown-attribute", local, self.path, alike, value, attribute=written, namespace=uri)
        self.missing(alike, seen)

    def value(self, attribute: Attribute, written: str, value: str, alike: Int32s) -> None:
        """Check one value, which may be fixed."""
        type_ = _simple(attribute)
        why = why_not(value, type_)
        if why is None and attribute.fixed is not None and collapsed(value, type_.white) != attribute.fixed:
            why = f"not {attribute.fixed}", {}
        if why is not None:
            evidence = {"attribute": written, "type": type_.name, "why": why[0], **why[1]}
            self.found.add("attribute-value", attribute.name[1], self.path, alike, value, **evidence)


def _simple(attribute: Attribute) -> Simple:
    type_ = TYPES[attribute.type]
    assert isinstance(type_, Simple)
    return type_
