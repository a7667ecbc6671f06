"""Edits of elements: the bytes of a start tag, of a text, of a whole element with its line.

Offsets of `Edit` are bytes of the file; elements are indices of `XmlDocument.elements`. What is written keeps the
encoding of the file, the prefixes that stand there, and the indentation of its neighbours.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, Any

from ...characters import escaped, quoted
from ...edits import Edit, Step
from ...xml.columns import element_place
from ...xml.index import tag_attributes
from ...xml.tags import EMPTY

if TYPE_CHECKING:
    from ...xml.document import XmlDocument

__all__ = [
    "after",
    "after_last",
    "before",
    "encoded",
    "first_in",
    "indent_before",
    "last_in",
    "markup",
    "named_like",
    "outer",
    "removed",
    "renamed",
    "replaced",
    "retexted",
    "steps",
    "with_attribute",
    "without_attribute",
]

_WHITE = b" \t\r\n"


def encoded(document: XmlDocument, text: str) -> bytes:
    """``text`` in the encoding of the file; a character that it cannot hold becomes a reference."""
    return text.encode(document.encoding, "xmlcharrefreplace")


def steps(
    document: XmlDocument, found: Iterable[int], says: str, edits: Iterable[Edit], action: str = "changed", **more: Any
) -> Iterator[Step]:
    """The step with these edits, at the first of the elements ``found``; none without edits. ``more`` are fields of
    `Step`."""
    if planned := tuple(edits):
        yield Step(action=action, says=says, edits=planned, where=element_place(document, int(min(found))), **more)


def replaced(document: XmlDocument, start: int, end: int, text: str, why: str = "") -> Edit:
    """``text`` in place of ``start:end`` of `XmlDocument.text`."""
    offset = document.origin(start)
    return Edit(offset, document.origin(end) - offset, encoded(document, text), why)


def outer(document: XmlDocument, element: int) -> tuple[int, int]:
    """Where an element starts and ends in `XmlDocument.text`; an element that is not closed goes to the end."""
    elements = document.elements
    start, end = int(elements.tags.start[elements.tag[element]]), elements.end_tag(element)
    return start, int(elements.tags.stop[end]) if end is not None else len(document.text)


def markup(document: XmlDocument, element: int) -> str:
    """An element as it stands in the file."""
    start, end = outer(document, element)
    return document.text[start:end].decode(document.codec, "replace")


def removed(document: XmlDocument, element: int, why: str = "") -> Edit:
    """Take an element out, with the white space before it where that only separates it from the tag before."""
    start, end = outer(document, element)
    return replaced(document, start - len(indent_before(document, start)), end, "", why)


def before(document: XmlDocument, element: int, new: str, why: str = "") -> Edit:
    """Put markup in before an element, on a line of its own where the element has one."""
    start, _ = outer(document, element)
    return replaced(document, start, start, new + indent_before(document, start).decode(document.codec), why)


def after(document: XmlDocument, element: int, new: str, why: str = "") -> Edit:
    """Put markup in behind an element, on a line of its own where the element has one."""
    start, end = outer(document, element)
    return replaced(document, end, end, indent_before(document, start).decode(document.codec) + new, why)


def after_last(document: XmlDocument, parent: int, names: tuple[str, ...], new: str, why: str = "") -> Edit:
    """Put markup in behind the last child with one of these names; as the first child where there is none."""
    found = document.elements.children(parent, *names)
    return after(document, int(found[-1]), new, why) if len(found) else first_in(document, parent, new, why)


def first_in(document: XmlDocument, parent: int, new: str, why: str = "") -> Edit:
    """Put markup in as the first child. ``<a/>`` becomes ``<a>new</a>``."""
    return _inside(document, parent, new, why, first=True)


def last_in(document: XmlDocument, parent: int, new: str, why: str = "") -> Edit:
    """Put markup in as the last child. ``<a/>`` becomes ``<a>new</a>``."""
    return _inside(document, parent, new, why, first=False)


def _inside(document: XmlDocument, parent: int, new: str, why: str, *, first: bool) -> Edit:
    elements = document.elements
    tag = int(elements.tag[parent])
    start, stop = int(elements.tags.start[tag]), int(elements.tags.stop[tag])
    if elements.tags.kind[tag] == EMPTY:
        name = elements.path_of(parent).name
        slash = document.text.rindex(b"/", start, stop)
        return replaced(document, slash, stop, f">{new}</{name}>", why)
    following = parent + 1 < elements.end_of(parent)
    indent = indent_before(document, int(elements.tags.start[elements.tag[parent + 1]])) if following else b""
    if first:
        return replaced(document, stop, stop, indent.decode(document.codec) + new, why)
    end = elements.end_tag(parent)
    at = int(elements.tags.start[end]) if end is not None else len(document.text)
    at -= len(indent_before(document, at))
    return replaced(document, at, at, indent.decode(document.codec) + new, why)


def indent_before(document: XmlDocument, at: int) -> bytes:
    """The white space between the tag before and this offset; nothing where text stands there."""
    head = document.text[max(0, at - 400) : at]
    white = head[len(head.rstrip(_WHITE)) :]
    return white if head[: len(head) - len(white)].endswith(b">") else b""


def retexted(document: XmlDocument, element: int, text: str, why: str = "") -> Edit:
    """Another text for an element without children; white space around it goes."""
    elements = document.elements
    tag = int(elements.tag[element])
    if elements.tags.kind[tag] == EMPTY:
        return _inside(document, element, escaped(text), why, first=True)
    end = elements.end_tag(element)
    stop = int(elements.tags.start[end]) if end is not None else len(document.text)
    return replaced(document, int(elements.tags.stop[tag]), stop, escaped(text), why)


def named_like(document: XmlDocument, element: int, local: str) -> str:
    """A name with the prefix that this element has."""
    prefix = document.elements.path_of(element).prefix
    return f"{prefix}:{local}" if prefix else local


def renamed(document: XmlDocument, element: int, name: str, why: str = "") -> tuple[Edit, ...]:
    """Another name (with its prefix) for an element, in its start tag and its end tag."""
    elements = document.elements
    tag = int(elements.tag[element])
    edits = [replaced(document, int(elements.tags.start[tag]) + 1, elements.tags.name_end(tag), name, why)]
    end = elements.end_tag(element)
    if end is not None and end != tag:
        start, stop = int(elements.tags.start[end]) + 2, int(elements.tags.stop[end]) - 1
        edits.append(replaced(document, start, stop, name, why))
    return tuple(edits)


def with_attribute(document: XmlDocument, element: int, name: str, value: str, why: str = "") -> Edit:
    """An attribute with this value: changed where it stands, else added behind the name of the element."""
    found = document.attribute_of(element, name)
    if found is not None:
        text = escaped(value, found.quote)
        return Edit(found.offset, found.size, encoded(document, text), why)
    at = document.elements.tags.name_end(int(document.elements.tag[element]))
    return replaced(document, at, at, f" {name}={quoted(value)}", why)


def without_attribute(document: XmlDocument, element: int, name: str, why: str = "") -> Edit | None:
    """Take an attribute out with the white space before it; ``None`` where it is not there."""
    tags, tag = document.elements.tags, int(document.elements.tag[element])
    for match in tag_attributes(document.text, int(tags.start[tag]), int(tags.stop[tag])):
        if match[1].decode(document.codec, "replace") == name:
            head = document.text[int(tags.start[tag]) : match.start()]
            return replaced(document, match.start() - (len(head) - len(head.rstrip(_WHITE))), match.end(), "", why)
    return None
