"""The creators of a TCX document: where they stand, and where one can be put in."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from .names import XSI
from .tags import EMPTY, Int32s

if TYPE_CHECKING:
    from .document import Text, XmlDocument
    from .vocabulary import Path

__all__ = ["BEFORE_CREATOR", "VERSION", "CreatorSpot", "creator_type", "creators", "misplaced_creators", "owners_of"]

_OWNERS = ("Activity", "Course")
#: The numbers in a Version.
VERSION = ("VersionMajor", "VersionMinor", "BuildMajor", "BuildMinor")
#: Children of Activity and Course that stand before Creator.
BEFORE_CREATOR = ("Id", "Name", "Lap", "Track", "Notes", "CoursePoint", "Training")


def owners_of(document: XmlDocument) -> Int32s:
    """The elements Activity and Course, not those that mean a folder's reference to one."""
    return document.elements.of_kind(_is_owner)


def _is_owner(path: Path) -> bool:
    return path.local in _OWNERS and {*_OWNERS, "Folders"}.isdisjoint(path.locals()[:-1])


@dataclass(frozen=True, slots=True, kw_only=True)
class CreatorSpot:
    """The creator of one Activity or Course, or the place where one can be put in. Offsets and sizes are bytes of the
    file.

    ``owner`` is ``Activity`` or ``Course``, ``owner_offset`` its start tag. ``offset`` and ``size`` are the whole
    Creator element, ``None`` where there is none; ``name`` is the text of its Name (``None`` without Name),
    ``xsi_type`` the local part of its type. ``insert_at`` is behind the last of Lap, Notes and Training and before
    Extensions, ``None`` in an owner without content. ``prefix`` is the one of the TCX namespace there (``""`` without),
    ``xsi_prefix`` that of the schema-instance namespace, or ``None``.
    """

    owner: str
    owner_offset: int
    offset: int | None = None
    size: int | None = None
    name: Text | None = None
    xsi_type: str | None = None
    insert_at: int | None = None
    prefix: str = ""
    xsi_prefix: str | None = None


def creators(document: XmlDocument) -> list[CreatorSpot]:
    """One spot for each Activity and Course of a TCX document, in the order of the file."""
    owners = owners_of(document)
    found = document.elements.first_children(owners, "Creator")
    return [_creator(document, owner, creator) for owner, creator in zip(owners.tolist(), found.tolist(), strict=True)]


def _creator(document: XmlDocument, owner: int, creator: int) -> CreatorSpot:
    elements = document.elements
    path = elements.path_of(owner)
    spot = CreatorSpot(
        owner=path.local,
        owner_offset=document.origin(int(elements.tags.start[elements.tag[owner]])),
        insert_at=_insert_at(document, owner),
        prefix=path.prefix,
        xsi_prefix=path.prefix_for(XSI),
    )
    end = elements.end_tag(creator) if creator >= 0 else None
    if end is None:
        return spot
    offset = document.origin(int(elements.tags.start[elements.tag[creator]]))
    return replace(
        spot,
        offset=offset,
        size=document.origin(int(elements.tags.stop[end])) - offset,
        name=document.child_text(creator, "Name"),
        xsi_type=creator_type(document, creator),
    )


def creator_type(document: XmlDocument, creator: int) -> str | None:
    """The local part of the creator's xsi:type, whatever its prefix, also where that is not declared."""
    scope = document.elements.path_of(creator).scope
    for attribute in document.attributes_of(creator):
        prefix, colon, local = attribute.name.partition(":")
        if colon and local == "type" and scope.get(prefix, XSI) == XSI:
            return attribute.value.rpartition(":")[2].strip()
    return None


def misplaced_creators(document: XmlDocument) -> list[tuple[int, int | None]]:
    """The Creator elements that stand elsewhere than the schema has them, and the Activity or Course of each: those
    before its laps, notes or training or behind its extensions, and (``None``) those outside of one."""
    elements = document.elements
    found: list[tuple[int, int | None]] = []
    inside: set[int] = set()
    for owner in owners_of(document).tolist():
        order = elements.children(owner, "Creator", "Extensions", *BEFORE_CREATOR)
        names = [elements.paths[path].local for path in elements.path[order].tolist()]
        last = max((i for i, name in enumerate(names) if name in BEFORE_CREATOR), default=-1)
        first = names.index("Extensions") if "Extensions" in names else len(names)
        for i, creator in enumerate(order.tolist()):
            if names[i] == "Creator":
                inside.add(creator)
                if i < last or i > first:
                    found.append((creator, owner))
    outside = elements.of_kind(_is_core_creator)
    return sorted([*found, *((creator, None) for creator in outside.tolist() if creator not in inside)])


def _is_core_creator(path: Path) -> bool:
    return path.local == "Creator" and path.parent is not None and _is_core(path.parent)


def _is_core(path: Path) -> bool:
    """Whether a path is one of the file's own elements, in no extensions and no folder."""
    chain = path.chain()
    return all(each.uri == chain[0].uri and each.local not in ("Extensions", "Folders") for each in chain)


def _insert_at(document: XmlDocument, owner: int) -> int | None:
    elements = document.elements
    if elements.tags.kind[elements.tag[owner]] == EMPTY:
        return None
    before = elements.children(owner, *BEFORE_CREATOR)
    if not len(before):
        return document.origin(int(elements.tags.stop[elements.tag[owner]]))
    end = elements.end_tag(int(before[-1]))
    return document.origin(int(elements.tags.stop[end])) if end is not None else None
