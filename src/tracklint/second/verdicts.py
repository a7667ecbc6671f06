"""libxml2's verdict beside ours: whether a document is well-formed, and where it breaks its schema.

What libxml2 is known to get wrong, and what it does not look at behind a fault, is no dissent. Its habits are listed
in docs/second-readers.md, and tests/xml/test_schemas.py has cases for them.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from ..xml.names import GPX_1_0
from ..xml.schema import own_in_extensions, resolved, violations, wanted_namespace
from ..xml.values import NO_ZONE, TAKEN, read_time

if TYPE_CHECKING:
    from ..xml import XmlDocument
    from ..xml.schema import Violation
    from ..xml.tags import Int32s
    from .reading import SchemaFault, SecondReading

__all__ = ["Dissent", "differs", "dissents"]

Masks = npt.NDArray[np.bool_]
#: Our violations about the content of an element: of the parent of those that they name, or of these themselves.
_OF_PARENT = ("out-of-order", "too-many", "unknown-child", "other-namespace", "child-in-text")
_OF_ITSELF = ("missing-child", "text")
#: What libxml2 has against the content of an element, told at the first child that does not fit, or at itself.
_AT_CHILD, _AT_ITSELF = "element_content", ("missing_child", "cvc_complex_type_2_1", "cvc_complex_type_2_3")
#: After these libxml2 does not look into the element.
_BLIND = ("cvc_elt_1", "cvc_elt_2", "cvc_elt_4_1", "cvc_elt_4_2", "cvc_elt_4_3", "cvc_type_2")
_OF_PARSERS = ("encoding", "parser-limit")
_UNKNOWN_TYPE = ("cvc_elt_4_2", "cvc_type_1")
_WHITE = " \t\r\n"


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Dissent:
    """A fault by the schema that one of the two finds: libxml2 (``theirs``) or we. ``elements`` are where, ascending;
    ``words`` what libxml2 says of the first, or what we have against them."""

    theirs: bool
    elements: Int32s
    words: str


def differs(document: XmlDocument, reading: SecondReading) -> bool:
    """Whether only one of the two finds the document well-formed. Of an encoding that few know, and of what is larger
    than many parsers permit, we say that parsers differ."""
    if reading.end == "ill-formed":
        return document.well_formed and not any(fault.kind in _OF_PARSERS for fault in document.faults)
    return reading.end in ("whole", "enough") and not document.well_formed


def dissents(document: XmlDocument, reading: SecondReading) -> tuple[Dissent, ...]:
    """Where libxml2 and we disagree about a document that is well-formed to both.

    Two faults are about the same if both are about the content of one element, or both about something else of it:
    libxml2 tells only the first child that does not fit, and may take another one for it than we do.
    """
    theirs = _theirs(document, reading)
    ours = tuple(_ours(document))
    known = {spot for mine in ours for spot in mine.spots.tolist()}
    told = np.array(sorted({spot for spot, _ in theirs}), np.int64)
    behind, seen = _looked_at(document, reading)
    found = list(
        _grouped(
            fault
            for spot, fault in theirs
            if not (spot in known or behind[fault.element] or _follows(document, fault, told))
            and not _false_alarm(document, fault)
        )
    )
    for mine in ours:
        rest = mine.elements[seen[mine.spots >> 1] & ~np.isin(mine.spots, told)]
        rest = rest[np.array([not _overlooked(document, mine.violation, each, told) for each in rest.tolist()], bool)]
        if len(rest):
            found.append(Dissent(theirs=False, elements=rest, words=mine.words))
    return tuple(sorted(found, key=lambda each: (int(each.elements[0]), each.words)))


def _spots(elements: Int32s, *, content: bool) -> npt.NDArray[np.int64]:
    """One number for each element and what of it is wrong: its children and the text between them, or else its type,
    its attributes, its value."""
    return elements.astype(np.int64) * 2 + content


def _theirs(document: XmlDocument, reading: SecondReading) -> list[tuple[int, SchemaFault]]:
    parent = document.elements.parent
    return [
        (max(int(parent[each.element]), 0) * 2 + 1, each)
        if each.kind == _AT_CHILD
        else (each.element * 2 + (each.kind in _AT_ITSELF), each)
        for each in reading.faults
    ]


@dataclass(frozen=True, slots=True, eq=False)
class _Mine:
    """What we have against some elements; ``spots`` are where libxml2 would tell it."""

    elements: Int32s
    spots: npt.NDArray[np.int64]
    words: str
    violation: Violation | None = None


def _ours(document: XmlDocument) -> Iterator[_Mine]:
    """What we have against the document."""
    elements, root = document.elements, document.root
    if root is not None and root.namespace != wanted_namespace(document):
        yield _Mine(np.zeros(1, np.int32), np.zeros(1, np.int64), "the root is in another namespace")
    for each in violations(document):
        owners = np.maximum(elements.parent[each.elements], 0) if each.kind in _OF_PARENT else each.elements
        why = f" ({each.evidence['why']})" if "why" in each.evidence else ""
        words = f"{each.kind.replace('-', ' ')}: {each.element} in {each.parent or 'the document'}{why}"
        yield _Mine(each.elements, _spots(owners, content=each.kind in _OF_PARENT + _OF_ITSELF), words, each)
    found = elements.where(own_in_extensions)
    if len(found):
        owners = elements.parent[found]
        yield _Mine(found, _spots(owners, content=True), "elements of the format itself stand in extensions")


def _looked_at(document: XmlDocument, reading: SecondReading) -> tuple[Masks, Masks]:
    """The elements below one that libxml2 has no type for, where it says anything; and those that it has looked at:
    none of these, nothing from the first child on that does not fit, nothing that was open when it had told enough."""
    elements = document.elements
    behind, seen = np.zeros(len(elements), bool), np.ones(len(elements), bool)
    for fault in reading.faults:
        at = fault.element
        if fault.kind == _AT_CHILD:
            seen[at : elements.end_of(int(elements.parent[at]))] = False
        elif fault.kind in _BLIND:
            behind[at + 1 : elements.end_of(at)] = True
            seen[at : elements.end_of(at)] = False
    if reading.end == "enough":
        at = reading.counts["element"]
        seen[at:] = False
        while (at := int(elements.parent[at])) >= 0:
            seen[at] = False
    return behind, seen


def _grouped(faults: Iterable[SchemaFault]) -> Iterator[Dissent]:
    """One dissent for all faults that libxml2 words alike but for the value."""
    together: dict[tuple[str, str, str], list[SchemaFault]] = {}
    for fault in faults:
        name, _, rest = fault.text.partition(": ")
        together.setdefault((fault.kind, name, re.sub(r"'.*'", "", rest)), []).append(fault)
    for group in together.values():
        yield Dissent(
            theirs=True, elements=np.unique(np.array([each.element for each in group], np.int32)), words=group[0].text
        )


def _follows(document: XmlDocument, fault: SchemaFault, told: npt.NDArray[np.int64]) -> bool:
    """Whether libxml2 tells this for another fault that it tells of the same element: a key whose field is missing or
    wrong in it, a value that is cut by a child."""
    at = fault.element
    if fault.kind == "cvc_idc":
        return _told_in(document, at, told)
    about_value = fault.kind not in (_AT_CHILD, *_AT_ITSELF) and "', attribute '" not in fault.text
    return about_value and at * 2 + 1 in told


def _told_in(document: XmlDocument, element: int, told: npt.NDArray[np.int64]) -> bool:
    """Whether libxml2 tells something of the content of an element, or of anything in it."""
    first, end = np.searchsorted(told, (element * 2 + 1, document.elements.end_of(element) * 2)).tolist()
    return bool(first < end)


# Habits ---------------------------------------------------------------------------------------------------------------


def _false_alarm(document: XmlDocument, fault: SchemaFault) -> bool:
    """Whether libxml2 is known to refuse what XML Schema permits here: white space before a time or a type's name,
    addresses that break the grammar of URIs, the name of a type that nobody knows where none is declared."""
    if fault.kind in _UNKNOWN_TYPE:
        if resolved(document)[document.elements.path_of(fault.element).number].element is None:
            return True
        named = next((a for a in document.attributes_of(fault.element) if a.name.endswith(":type")), None)
        return named is not None and named.value != named.value.strip(_WHITE)
    if fault.kind != "cvc_datatype_valid_1_2_1":
        return False
    if fault.text.endswith("'xs:anyURI'."):
        return True
    if match := re.match(r"Element '[^']*', attribute '([^']*)'", fault.text):
        attribute = document.attribute_of(fault.element, match[1])
        text = attribute.value if attribute else ""
    else:
        text = document.inner_text(fault.element)
    return text[:1] in tuple(_WHITE) and read_time(text)[1] in (TAKEN, NO_ZONE)


_ALMOST = re.compile(r"[+-]?(?:\d+\.?\d*|\.\d+)[eE][+-]?|NaN", re.ASCII)


def _overlooked(document: XmlDocument, violation: Violation | None, element: int, told: npt.NDArray[np.int64]) -> bool:
    """Whether libxml2 is known to take what XML Schema refuses here: an exponent without digits, NaN within bounds, in
    GPX 1.0 what follows a foreign element, a key twice whose value is wrong. Our schemas are known to let more into
    extensions than the published ones do, which is no violation."""
    if violation is None:
        return document.elements.path_of(element).parent is not None
    if violation.kind == "value":
        return _ALMOST.fullmatch(document.inner_text(element).strip(_WHITE)) is not None
    if violation.kind == "out-of-order":
        paths = document.elements.paths
        foreign = any(path.local == violation.evidence["after"] and path.uri not in ("", GPX_1_0) for path in paths)
        return foreign and document.elements.path_of(element).uri == GPX_1_0
    return violation.kind == "duplicate-key" and _told_in(document, element, told)
