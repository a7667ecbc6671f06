"""The edit that names the creator of an Activity or Course, and the parts of a Device_t."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from ...characters import escaped
from ...edits import Edit
from ...xml.creators import VERSION
from ...xml.names import XSI
from .splice import encoded

if TYPE_CHECKING:
    from ...xml.creators import CreatorSpot
    from ...xml.document import XmlDocument

__all__ = ["DEVICE", "creator_edit", "device_part", "typed"]

#: The children of a Device_t.
DEVICE = ("Name", "UnitId", "ProductID", "Version")


def creator_edit(document: XmlDocument, spot: CreatorSpot, name: str) -> Edit | None:
    """The edit that gives one Activity or Course a creator with this name: in its Name, in a Name that is put in, or in
    a whole Creator. ``None`` where the Activity or Course is not whole."""
    if spot.name is not None:
        return Edit(spot.name.offset, spot.name.size, encoded(document, escaped(name)))
    if spot.offset is not None and spot.size is not None:
        element = document.data[spot.offset : spot.offset + spot.size].decode(document.encoding, "replace")
        start_tag = re.match(r"<(?:[^>\"']|\"[^\"]*\"|'[^']*')*>", element)
        if start_tag is None or start_tag[0].endswith("/>"):
            return Edit(spot.offset, spot.size, encoded(document, _new_creator(spot, name)))
        at = spot.offset + len(start_tag[0].encode(document.encoding))
        return Edit(at, 0, encoded(document, device_part(spot.prefix, "Name", name)))
    if spot.insert_at is not None:
        return Edit(spot.insert_at, 0, encoded(document, _new_creator(spot, name)))
    return None


def _new_creator(spot: CreatorSpot, name: str) -> str:
    """The smallest complete Device_t that readers accept: importers want both build numbers (dundring PR 260,
    GoldenCheetah#2747)."""
    p = f"{spot.prefix}:" if spot.prefix else ""
    inner = "".join(device_part(spot.prefix, each, name) for each in DEVICE)
    return f"<{p}Creator{typed(spot.xsi_prefix, f'{p}Device_t')}>{inner}</{p}Creator>"


def device_part(prefix: str, local: str, name: str) -> str:
    """A child of a Device_t with this prefix: the name of the device, or the number 0."""
    inner = escaped(name) if local == "Name" else "0"
    if local == "Version":
        inner = "".join(device_part(prefix, each, name) for each in VERSION)
    tag = f"{prefix}:{local}" if prefix else local
    return f"<{tag}>{inner}</{tag}>"


def typed(xsi_prefix: str | None, kind: str) -> str:
    """The attribute ``xsi:type``, with the declaration of its prefix where there is none."""
    declared = "" if xsi_prefix else f' xmlns:xsi="{XSI}"'
    return f'{declared} {xsi_prefix or "xsi"}:type="{kind}"'
