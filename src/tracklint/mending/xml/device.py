"""Repairs of the creator: put in, completed, moved to its place, and its words "with barometer" at the end."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from ...activity import BAROMETER, ends_with_barometer, with_barometer
from ...edits import Edit, Step
from ...rules.ride.device import barometer_not_at_end, creator_missing
from ...rules.xml.creators import creator_misplaced, creator_without_type, device_incomplete
from ...xml.creators import BEFORE_CREATOR, VERSION, creator_type, creators, misplaced_creators, owners_of
from ...xml.names import XSI
from ..repair import Repair
from .creator import DEVICE, creator_edit, device_part, typed
from .splice import after_last, before, last_in, markup, named_like, removed, replaced, retexted, with_attribute

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ...edits import Asked
    from ...xml.document import XmlDocument

__all__ = ["REPAIRS"]

#: The creator of a file that names none.
OURS = "tracklint"


def _name(document: XmlDocument, asked: Asked) -> Iterator[Step]:
    where = asked.findings[0].where
    if document.root_is("gpx"):
        named = with_attribute(document, 0, "creator", OURS)
        yield Step(action="added", says=f'the creator is "{OURS}"', edits=(named,), where=where)
        return
    edits: list[Edit] = []
    for owner, spot in zip(owners_of(document).tolist(), creators(document), strict=True):
        children = document.elements.children(owner, "Creator")
        if spot.name is not None and spot.name.value:
            continue
        if len(children):
            edits += _completed(document, int(children[0]))
        elif (edit := creator_edit(document, spot, OURS)) is not None:
            edits.append(edit)
    says = f'a complete Creator with the name "{OURS}" is put in'
    yield Step(action="added", says=says, edits=tuple(edits), where=where, safe=False)


def _completed(document: XmlDocument, creator: int) -> list[Edit]:
    """What a Creator lacks: its xsi:type, and the children of a Device_t, with the number 0 where they have one."""
    edits, kind = [], creator_type(document, creator)
    elements = document.elements
    if kind is None:
        kind = "Application_t" if len(elements.children(creator, "Build", "LangID", "PartNumber")) else "Device_t"
        at = elements.tags.name_end(int(elements.tag[creator]))
        text = typed(elements.path_of(creator).prefix_for(XSI), named_like(document, creator, kind))
        edits.append(replaced(document, at, at, text))
    if kind == "Device_t":
        version = elements.children(creator, "Version")
        edits += _children(document, creator, DEVICE)
        if len(version):
            edits += _children(document, int(version[0]), VERSION[:2])
    name = elements.children(creator, "Name")
    if len(name) and not document.text_of(int(name[0])).value:
        edits.append(retexted(document, int(name[0]), OURS))
    return edits


def _children(document: XmlDocument, parent: int, wanted: tuple[str, ...]) -> Iterator[Edit]:
    """Each child that is not there, before the next one in the order of the schema that is."""
    elements = document.elements
    prefix = elements.path_of(parent).prefix
    missing: list[str] = []
    for name in wanted:
        there = elements.children(parent, name)
        if not len(there):
            missing.append(device_part(prefix, name, OURS))
        elif missing:
            yield before(document, int(there[0]), "".join(missing))
            missing.clear()
    if missing:
        rest = elements.children(parent, *VERSION[2:])
        text = "".join(missing)
        yield before(document, int(rest[0]), text) if len(rest) else last_in(document, parent, text)


def _complete(document: XmlDocument, asked: Asked) -> Iterator[Step]:
    edits: list[Edit] = []
    for owner in owners_of(document).tolist():
        for creator in document.elements.children(owner, "Creator").tolist():
            edits += _completed(document, creator)
    says = "the Creator is a complete Device_t; numbers that it lacked are 0"
    yield Step(action="added", says=says, edits=tuple(edits), where=asked.findings[0].where)


def _move(document: XmlDocument, asked: Asked) -> Iterator[Step]:
    """A misplaced Creator behind the laps and notes of its Activity or Course; one that stands outside of them goes
    into the only one, if it has none."""
    owners = owners_of(document).tolist()
    edits: list[Edit] = []
    for creator, owner in misplaced_creators(document):
        if owner is None and (len(owners) != 1 or len(document.elements.children(owners[0], "Creator"))):
            continue
        into = owners[0] if owner is None else owner
        edits.append(removed(document, creator))
        edits.append(after_last(document, into, BEFORE_CREATOR, markup(document, creator)))
        owners = []
    says = "the Creator stands behind the laps and notes, where the schema has it"
    yield Step(action="moved", says=says, edits=tuple(edits), where=asked.findings[0].where)


def _end_with_barometer(document: XmlDocument, asked: Asked) -> Iterator[Step]:
    where = asked.findings[0].where
    if document.root_is("gpx"):
        creator = document.attribute_of(0, "creator")
        names = [creator.value] if creator is not None else []
        edits = [with_attribute(document, 0, "creator", _ended(name)) for name in names]
    else:
        spots = [spot for spot in creators(document) if spot.name is not None and _has_barometer(spot.name.value)]
        names = [spot.name.value for spot in spots if spot.name is not None]
        found = [creator_edit(document, spot, _ended(name)) for spot, name in zip(spots, names, strict=True)]
        edits = [edit for edit in found if edit is not None]
    if names:
        says = f'the creator "{names[0]}" is "{_ended(names[0])}" now'
        yield Step(action="changed", says=says, edits=tuple(edits), where=where, safe=False)


def _ended(name: str) -> str:
    """The name with the words at its end and nowhere else."""
    return with_barometer(re.sub(r"with\s+barometer", " ", name, flags=re.IGNORECASE))


def _has_barometer(name: str) -> bool:
    """Whether the words stand in a name, but not at its end."""
    return BAROMETER in " ".join(name.split()).casefold() and not ends_with_barometer(name)


REPAIRS: tuple[Repair, ...] = (
    Repair(
        (creator_misplaced,),
        _move,
        "TCX: the Creator is moved to its place",
        leaves=(creator_without_type, device_incomplete),
    ),
    Repair((creator_missing,), _name, "GPX: the creator is `tracklint`", unsafely="TCX: a complete Creator is put in"),
    Repair((creator_without_type, device_incomplete), _complete, "TCX: a Creator is completed with zeros"),
    Repair((barometer_not_at_end,), _end_with_barometer, 'the words "with barometer" are put at the end of the name'),
)
