"""What a validation finds: `Violation`, and the collector that groups elements with one cause."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from ..tags import Int32s

if TYPE_CHECKING:
    from collections.abc import Sequence

    import numpy.typing as npt

    from ..vocabulary import Path

__all__ = ["KINDS", "Found", "Violation"]

KINDS = (
    "root",
    "out-of-order",
    "too-many",
    "unknown-child",
    "other-namespace",
    "missing-child",
    "missing-attribute",
    "unknown-attribute",
    "attribute-value",
    "value",
    "text",
    "abstract-type",
    "unknown-type",
    "child-in-text",
    "duplicate-key",
)


#: More different violations of one document are not kept: a hostile file has an own one for each of its tags.
MAX_VIOLATIONS = 1000


@dataclass(frozen=True, slots=True, eq=False)
class Violation:
    """One way in which elements of a document break its schema.

    ``kind`` is one of `KINDS`. ``element`` is the local name of what it is about: the element, or the child or
    attribute that is missing or wrong; ``parent`` is the local name of what that stands in, ``""`` for the root.
    ``elements`` are indices into the document's elements, ascending: the elements meant, or those that lack the child
    or attribute or have the attribute.

    ``evidence`` holds plain values: ``parent_path`` (local names down to the parent, for every kind) and

    * out-of-order: ``after``, a sibling before it that belongs behind it
    * too-many: ``most``
    * unknown-child: ``namespace`` and ``known``, a name that is nearly the same, or ``None``
    * other-namespace: ``namespace`` and ``expected``
    * missing-child: ``before``, the sibling that it belongs before, or ``None`` for the end
    * missing-attribute, unknown-attribute: ``attribute`` as it is written; the latter also ``namespace``, ``sample``
    * value, attribute-value: ``type``, ``why``, ``sample`` (the first text); too long ones ``length`` and ``most``
    * text: ``sample``; child-in-text: ``type`` of the parent's text
    * abstract-type, unknown-type: ``type`` (of the schema; that the file names) and ``expected``
    * duplicate-key: ``field`` and ``value``; the elements are those that repeat an earlier one
    * root: ``namespace``
    """

    kind: str
    element: str
    parent: str
    elements: Int32s
    evidence: Mapping[str, Any]


class Found:
    """Collects violations: all elements with one kind, parent, name and reason make one."""

    def __init__(self) -> None:
        self._evidence: dict[tuple[Any, ...], dict[str, Any]] = {}
        self._elements: dict[tuple[Any, ...], list[npt.NDArray[np.integer]]] = {}

    def add(
        self,
        kind: str,
        element: str,
        parent: Path | None,
        elements: Sequence[int] | npt.NDArray[np.integer],
        sample: str | None = None,
        **evidence: Any,
    ) -> None:
        """Note that these elements break the schema in one way. ``sample`` is a text that does; the first is kept."""
        above = parent.locals() if parent is not None else ()
        key = (kind, element, above, parent.uri if parent is not None else "", tuple(evidence.items()))
        if key not in self._evidence:
            if len(self._evidence) >= MAX_VIOLATIONS:
                return
            self._evidence[key] = {**evidence, "parent_path": "/".join(above)} | (
                {} if sample is None else {"sample": sample[:80]}
            )
        self._elements.setdefault(key, []).append(np.asarray(elements, np.int32))

    def violations(self) -> tuple[Violation, ...]:
        """All of them, by the first of their elements."""
        made = [
            Violation(
                key[0], key[1], key[2][-1] if key[2] else "", np.unique(np.concatenate(parts)), self._evidence[key]
            )
            for key, parts in self._elements.items()
        ]
        return tuple(
            sorted(
                (each for each in made if len(each.elements)),
                key=lambda each: (int(each.elements[0]), KINDS.index(each.kind), each.element),
            )
        )
