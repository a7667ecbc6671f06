"""Repairs of prefixes that are used without a declaration."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING

import numpy as np

from ...activity import CHANNELS
from ...edits import Asked, Edit, Step
from ...xml.index import tag_attributes
from .splice import removed, replaced, with_attribute

if TYPE_CHECKING:
    from ...findings import Finding
    from ...xml.document import XmlDocument
    from ...xml.vocabulary import Path

__all__ = ["declare_prefixes"]


def declare_prefixes(document: XmlDocument, asked: Asked) -> Iterator[Step]:
    """Declare a prefix on the root where its elements are those that it usually stands for; drop the others."""
    for finding in asked.findings:
        prefix = str(finding.evidence["prefix"])
        uri = finding.evidence["usual"]
        if uri is not None:
            yield Step(
                action="added",
                says=f'the declaration xmlns:{prefix}="{uri}" on the root',
                edits=(with_attribute(document, 0, f"xmlns:{prefix}", uri),),
                where=finding.where,
            )
        elif asked.unsafe:
            yield from _dropped(document, finding, prefix)


def _elements(document: XmlDocument, prefix: str) -> list[int]:
    """The elements with this undeclared prefix, but the root, that have an end and stand in no other whose prefix is
    not declared: what is left of that one comes next."""
    found = document.elements.where(lambda path: path.prefix == prefix and _unbound(path) == 1)
    return [each for each in found.tolist() if each and document.elements.end_tag(each) is not None]


def _unbound(path: Path) -> int:
    """How many elements from the root down to this one have a prefix that is not declared."""
    return sum(p.uri is None for p in path.chain())


def _attributes(document: XmlDocument, prefix: str) -> Iterator[Edit]:
    """The removal of each attribute with this prefix, in elements where it is not declared."""
    elements = document.elements
    starts = elements.tags.start[elements.tag]
    for match in re.finditer(rb"[\s\"']" + re.escape(prefix.encode()) + rb":[\w.-]+\s*=", document.text):
        element = int(np.searchsorted(starts, match.start(), "right")) - 1
        path = elements.path_of(max(element, 0))
        if element < 0 or prefix in path.scope or _unbound(path):
            continue
        tag = int(elements.tag[element])
        for each in tag_attributes(document.text, int(starts[element]), int(elements.tags.stop[tag])):
            if each.start() == match.start() + 1:
                head = document.text[starts[element] : each.start()]
                yield replaced(document, int(starts[element]) + len(head.rstrip(b" \t\r\n")), each.end(), "")


def _dropped(document: XmlDocument, finding: Finding, prefix: str) -> Iterator[Step]:
    edits = [removed(document, element) for element in _elements(document, prefix)]
    edits += _attributes(document, prefix)
    if edits:
        count = f"{len(edits)} element{'s' if len(edits) > 1 else ''} or attribute{'s' if len(edits) > 1 else ''}"
        yield Step(
            action="dropped",
            says=f"{count} with the prefix {prefix}, of which nobody knows what it stands for",
            edits=tuple(edits),
            safe=False,
            where=finding.where,
            columns=tuple(name for name in CHANNELS if name not in ("position", "altitude")),
        )
