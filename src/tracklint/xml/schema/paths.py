"""From paths to declarations: each path of a document is resolved once, whatever number of elements it has."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Any

from ..names import GPX_1_0, GPX_1_1, TCX_V2, near_miss
from .model import Complex, Declared, Element, Name, Place, Simple
from .tables import ELEMENTS, TYPES

if TYPE_CHECKING:
    from ..document import XmlDocument
    from ..vocabulary import Path, Vocabulary

__all__ = ["ROOTS", "nearest", "places_of", "resolved", "wanted_namespace"]

ROOTS = ("gpx", "TrainingCenterDatabase")


def wanted_namespace(document: XmlDocument) -> str | None:
    """The namespace of the schema that this document is of, or seems to be; ``None`` for a root that is unknown."""
    root = document.root
    if root is None or root.name not in ROOTS:
        return None
    if root.name != "gpx":
        return TCX_V2
    if root.namespace:
        old = root.namespace == GPX_1_0 or (
            near_miss(root.namespace, GPX_1_0) and not near_miss(root.namespace, GPX_1_1)
        )
        return GPX_1_0 if old else GPX_1_1
    version = root.attribute("version")
    return GPX_1_0 if version is not None and version.value.strip() == "1.0" else GPX_1_1


def resolved(document: XmlDocument) -> tuple[Declared, ...]:
    """What each path of the document is declared as, by the numbers of the paths.

    A root in a namespace that is not its own is taken as if it were, with all that stands in the same namespace.
    """
    wanted = wanted_namespace(document)
    own = document.root.namespace if document.root is not None else None
    return document.elements.paths.once(_resolved, own, wanted or own)


def _resolved(paths: Vocabulary, own: str | None, wanted: str | None) -> tuple[Declared, ...]:
    alias: dict[str | None, str] = {own: wanted} if wanted is not None and own != wanted else {}
    found: list[Declared] = []
    for path in paths:
        above = found[path.parent.number] if path.parent is not None else None
        found.append(_Resolver(path, alias).declared(above))
    return tuple(found)


class _Resolver:
    """Finds what one path is declared as. ``alias`` maps the namespace of the root to the one that it should be."""

    def __init__(self, path: Path, alias: dict[str | None, str]) -> None:
        self.path, self.alias = path, alias
        self.name = self.named(path.prefix, path.uri, path.local)

    def named(self, prefix: str, uri: str | None, local: str) -> Name:
        uri = self.alias.get(uri, uri)
        # a prefix that is not declared stands for no namespace that could be known
        return (f"{prefix}:" if uri is None else uri), local

    def declared(self, parent: Declared | None) -> Declared:
        if parent is None:
            element = ELEMENTS.get(self.name) if self.name[1] in ROOTS else None
            return self.typed(None, element) if element else self.fault("root", namespace=self.path.uri)
        if not parent.checked:
            return Declared(self.path, self.name, checked=False)
        if parent.type is None:
            return self.typed(None, ELEMENTS.get(self.name))
        if isinstance(parent.type, Simple) or parent.type.text:
            return self.fault("child-in-text", type=parent.type.name)
        return self.child(parent.type)

    def child(self, type_: Complex) -> Declared:
        """As a child of an element of this type."""
        exact, wildcard = places_of(type_)
        place = exact.get(self.name)
        if place is not None:
            return self.typed(place, place.element)
        uri = self.name[0]
        if wildcard is not None and (type_.slots[wildcard].wildcard == "##any" or uri not in ("", type_.uri)):
            return self.typed(Place(wildcard, None), ELEMENTS.get(self.name))
        meant = next((known for known in exact if known[1] == self.path.local), None)
        if meant is not None:
            return self.fault("other-namespace", namespace=self.path.uri, expected=meant[0])
        known = nearest(self.path.local, [known[1] for known in exact])
        return self.fault("unknown-child", namespace=self.path.uri, known=known)

    def typed(self, place: Place | None, element: Element | None) -> Declared:
        """With the declared type, or the one that ``xsi:type`` names where that is derived from it."""
        key = element.type if element is not None else None
        if self.path.xsi_type:
            prefix, _, local = self.path.xsi_type.rpartition(":")
            given = self.named(prefix, self.path.scope.get(prefix), local)
            if element is not None and not _derived(given, element.type):
                return self.fault("unknown-type", place, type=self.path.xsi_type, expected=_fitting(element.type))
            key = given
        type_ = TYPES.get(key) if key is not None else None
        if isinstance(type_, Complex) and type_.abstract:
            return self.fault("abstract-type", place, type=type_.name, expected=_fitting(key))
        return Declared(self.path, self.name, type_, place=place, element=element)

    def fault(self, kind: str, place: Place | None = None, **evidence: Any) -> Declared:
        return Declared(self.path, self.name, checked=False, place=place, fault=(kind, evidence))


def _fitting(key: Name | None) -> str:
    """The names of the types that an element of this type can have."""
    fits = [each.name for given, each in TYPES.items() if _derived(given, key) and not getattr(each, "abstract", False)]
    return " or ".join(fits)


def _derived(given: Name, declared: Name | None) -> bool:
    """Whether a type is the declared one or derived from it."""
    key: Name | None = given
    while key is not None and key in TYPES:
        if key == declared:
            return True
        key = TYPES[key].base
    return False


@cache
def places_of(type_: Complex) -> tuple[dict[Name, Place], int | None]:
    """Where each child of a type may stand, and the index of the slot that takes other elements."""
    exact = {each.name: Place(i, each) for i, slot in enumerate(type_.slots) for each in slot.elements}
    return exact, next((i for i, slot in enumerate(type_.slots) if slot.wildcard), None)


def nearest(name: str, known: list[str]) -> str | None:
    """The name that this one is but for upper and lower case, or else but for one letter."""
    folded = next((each for each in known if each.casefold() == name.casefold()), None)
    return folded or next((each for each in known if min(len(each), len(name)) > 2 and _near(name, each)), None)


def _near(one: str, other: str) -> bool:
    """Whether one letter was changed, added, left out, or exchanged with its neighbour."""
    if len(one) > len(other):
        one, other = other, one
    if len(other) - len(one) > 1:
        return False
    at = next((i for i, (a, b) in enumerate(zip(one, other, strict=False)) if a != b), len(one))
    if len(one) < len(other):
        return one[at:] == other[at + 1 :]
    swapped = one[at : at + 2] == other[at : at + 2][::-1] and one[at + 2 :] == other[at + 2 :]
    return one[at + 1 :] == other[at + 1 :] or swapped
