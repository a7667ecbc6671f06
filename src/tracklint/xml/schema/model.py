"""What a schema declares, as plain values: element types, their children in order, attributes, simple types.

``schemas/compile.py`` makes them from the XSD files in ``schemas/`` and writes them into `tables`.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from ..vocabulary import Path

__all__ = ["XSD", "Attribute", "Complex", "Declared", "Element", "Name", "Place", "Simple", "Slot", "Type", "Unique"]

XSD = "http://www.w3.org/2001/XMLSchema"
#: Namespace and local name, of an element, an attribute or a type. The key of a type without name is a path.
Name = tuple[str, str]


@dataclass(frozen=True, slots=True, eq=False)
class Simple:
    """A type of text. ``kind`` is the primitive type whose lexical form it has (``integer`` counts as one).

    ``low`` and ``high`` are bounds as the schema writes them, without the bound itself where ``low_open`` or
    ``high_open``. ``shortest`` and ``longest`` count characters. ``words`` are its enumeration, and ``patterns`` are
    regular expressions of Python that must all match the whole text.
    """

    name: str
    kind: str
    base: Name | None = None
    white: str = "collapse"
    low: str | None = None
    high: str | None = None
    low_open: bool = False
    high_open: bool = False
    shortest: int | None = None
    longest: int | None = None
    words: tuple[str, ...] = ()
    patterns: tuple[str, ...] = ()

    @property
    def free(self) -> bool:
        """Whether every text is a value of this type."""
        return self.kind in ("string", "anyURI") and not (self.words or self.patterns or self.shortest or self.longest)


@dataclass(frozen=True, slots=True, eq=False)
class Unique:
    """Elements below an element that must differ in a child or attribute ``field``.

    Each of ``selectors`` is a path of child names to them.
    """

    name: str
    selectors: tuple[tuple[Name, ...], ...]
    field: Name
    attribute: bool = False


@dataclass(frozen=True, slots=True, eq=False)
class Element:
    """An element and the key of its type."""

    name: Name
    type: Name
    unique: tuple[Unique, ...] = ()


@dataclass(frozen=True, slots=True, eq=False)
class Slot:
    """One place in the order of an element's children: how often one of ``elements`` may stand there.

    ``most`` is ``None`` for any number. A slot with a ``wildcard`` takes elements of ``##any`` or ``##other``
    namespaces, and they are assessed laxly: where a known schema declares them.
    """

    least: int
    most: int | None
    elements: tuple[Element, ...] = ()
    wildcard: str = ""


@dataclass(frozen=True, slots=True, eq=False)
class Attribute:
    """An attribute, the key of its type, and the only value that it may have."""

    name: Name
    type: Name
    required: bool = False
    fixed: str | None = None


@dataclass(frozen=True, slots=True, eq=False)
class Complex:
    """A type of elements with children (``slots`` in order) or with ``text`` of a simple type, and with attributes.

    ``uri`` is the namespace of the schema. ``base`` is the type that this one extends; an element whose type is
    ``abstract`` must name another by ``xsi:type``.
    """

    name: str
    uri: str
    slots: tuple[Slot, ...] = ()
    attributes: tuple[Attribute, ...] = ()
    text: Name | None = None
    base: Name | None = None
    abstract: bool = False
    mixed: bool = False
    any_attribute: bool = False


Type = Simple | Complex


@dataclass(frozen=True, slots=True)
class Place:
    """Where an element may stand among the children of a type: the index of its slot, and its declaration.

    ``element`` is ``None`` where a wildcard takes it.
    """

    slot: int
    element: Element | None


@dataclass(frozen=True, slots=True, eq=False)
class Declared:
    """What the schemas say about a path.

    ``type`` is ``None`` where any content is good. ``checked`` is False below elements that their parent does not
    permit: nothing is known about them. ``place`` is ``None`` for those, for the root, and below any content.
    ``fault`` is a kind of violation and its evidence, which all elements of the path have.
    """

    path: Path
    name: Name
    type: Type | None = None
    checked: bool = True
    place: Place | None = None
    element: Element | None = None
    fault: tuple[str, dict[str, Any]] | None = None
