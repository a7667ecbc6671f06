"""Values that must be unique: ids of activities, names of courses and folders."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

import numpy as np

from ..values import TAKEN, read_time
from .lexical import collapsed
from .model import Simple, Unique

if TYPE_CHECKING:
    from ..document import XmlDocument
    from ..tags import Int32s
    from .found import Found
    from .model import Declared

__all__ = ["check_keys"]


def check_keys(document: XmlDocument, declared: tuple[Declared, ...], found: Found) -> None:
    """Every element that repeats the value of one before it."""
    if not any(each.element is not None and each.element.unique for each in declared):
        return
    below: dict[int, list[Declared]] = {}
    for each in declared:
        if each.path.parent is not None:
            below.setdefault(each.path.parent.number, []).append(each)
    reader = _Fields(document, below)
    for each in declared:
        if not each.checked or each.element is None:
            continue
        for unique in each.element.unique:
            seen: dict[tuple[int, object], int] = {}
            for selected, steps in _selected(each, unique, below):
                for element, scope, value in reader.rows(selected, steps, unique):
                    if value is not None and seen.setdefault((scope, value), element) != element:
                        path, name = selected.path, unique.field[1]
                        evidence = {"field": name, "value": str(reader.text(element, unique))[:80]}
                        found.add("duplicate-key", path.local, path.parent, [element], **evidence)


def _selected(scope: Declared, unique: Unique, below: dict[int, list[Declared]]) -> list[tuple[Declared, int]]:
    """The paths that the constraint speaks of, and how many steps below its element they are."""
    selected = []
    for steps in unique.selectors:
        here = [scope]
        for step in steps:
            here = [child for each in here for child in below.get(each.path.number, ()) if child.name == step]
        selected += [(each, len(steps)) for each in here]
    return selected


class _Fields:
    """Reads the fields of elements. ``below`` are the children of each path."""

    def __init__(self, document: XmlDocument, below: dict[int, list[Declared]]) -> None:
        self.document, self.below = document, below

    def rows(self, selected: Declared, steps: int, unique: Unique) -> Iterator[tuple[int, int, object]]:
        """Each element of a path, the element ``steps`` above it, and the value of its field or ``None``."""
        elements = self.document.elements.of_path(selected.path.number)
        scopes = elements
        for _ in range(steps):
            scopes = self.document.elements.parent[scopes]
        if unique.attribute:
            values: list[object] = [self.text(element, unique) for element in elements.tolist()]
        else:
            values = self.children(elements, unique, self.below.get(selected.path.number, []))
        return zip(elements.tolist(), scopes.tolist(), values, strict=True)

    def text(self, element: int, unique: Unique) -> str | None:
        """The field of an element as it is written."""
        if unique.attribute:
            attribute = self.document.attribute_of(element, unique.field[1])
            return attribute.value if attribute is not None else None
        text = self.document.child_text(element, unique.field[1])
        return text.value if text is not None else None

    def children(self, elements: Int32s, unique: Unique, children: list[Declared]) -> list[object]:
        """The value of the child that is the field, for each of these elements."""
        values: list[object] = [None] * len(elements)
        for child in children:
            if child.name == unique.field and isinstance(child.type, Simple):
                found = self.document.elements.of_path(child.path.number)
                rows = np.searchsorted(elements, self.document.elements.parent[found])
                for row, element in zip(rows.tolist(), found.tolist(), strict=True):
                    values[row] = _value(self.document.text_of(element).value, child.type)
        return values


def _value(text: str, type_: Simple) -> object:
    """What a text stands for: two times are one where they are the same moment."""
    if type_.kind == "dateTime":
        moment, status = read_time(text)
        return (moment, status == TAKEN) if moment == moment else text  # noqa: PLR0124 - NaN is not itself
    if type_.kind == "integer":
        return int(text) if text.isdecimal() and len(text) < 20 else text
    return collapsed(text, type_.white)
