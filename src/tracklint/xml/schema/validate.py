"""Validation of a document by the structural index: each question is asked once for a path, a shape or a text."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ..names import GPX_1_1, TCX_V1
from .attributes import check_attributes
from .found import Found, Violation
from .keys import check_keys
from .paths import resolved, wanted_namespace
from .shapes import check_children
from .text import check_text
from .values import check_values

if TYPE_CHECKING:
    from ..document import XmlDocument
    from ..vocabulary import Path, Vocabulary

__all__ = ["own_in_extensions", "schema_valid", "violations"]


def violations(document: XmlDocument) -> tuple[Violation, ...]:
    """All ways in which a document breaks the schema of its format and those of the extensions that are known.

    Empty for a document that is schema-valid. A root in no namespace, or in one that is only like that of its format,
    is taken as if it were in that one; TCX version 1 as if it were version 2, whatever its root holds.
    Takes any document, also one that is not well-formed, and never raises. The answer is kept.
    """
    if document.kept.violations is None:
        document.kept.violations = _violations(document)
        document.kept.free_columns()
    return document.kept.violations


def schema_valid(document: XmlDocument) -> bool:
    """Whether a validator with the schema of the format would take this document.

    It is well-formed, its root is in the right namespace, it has no violations, and what stands directly in extensions
    of GPX 1.1 is in other namespaces than its own, as the published schema has it (Strava's general tags are not).
    """
    root = document.root
    return (
        document.well_formed
        and root is not None
        and root.namespace == wanted_namespace(document)
        and not violations(document)
        and not document.elements.paths.once(_any_own_in_extensions)
    )


def _any_own_in_extensions(paths: Vocabulary) -> bool:
    return any(map(own_in_extensions, paths))


def own_in_extensions(path: Path) -> bool:
    """Whether this stands directly in extensions of GPX 1.1, but in no other namespace."""
    parent = path.parent
    return parent is not None and (parent.uri, parent.local) == (GPX_1_1, "extensions") and path.uri in ("", GPX_1_1)


def _violations(document: XmlDocument) -> tuple[Violation, ...]:
    elements, found = document.elements, Found()
    if not len(elements):
        return ()
    declared = resolved(document)
    old = document.root is not None and document.root.namespace == TCX_V1
    for each in declared:
        path = each.path
        if each.fault is None or (old and path.parent is not None and path.parent.parent is None):
            continue
        kind, evidence = each.fault
        found.add(kind, path.local, path.parent, elements.of_path(path.number), **evidence)
    check_attributes(document, declared, found)
    check_values(document, declared, found)
    document.kept.free_columns()  # they have served, and shapes take room
    check_children(elements, declared, found)
    check_text(document, declared, found)
    check_keys(document, declared, found)
    return found.violations()
