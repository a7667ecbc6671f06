"""The edit that names the creator of an Activity or Course."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from ...edits import Edit
from ...xml.characters import escaped
from ...xml.creators import VERSION
from ...xml.names import XSI
from .splice import encoded

if TYPE_CHECKING:
    from ...xml.creators import CreatorSpot
    from ...xml.document import XmlDocument

__all__ = ["creator_edit"]


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
        p = f"{spot.prefix}:" if spot.prefix else ""
        at = spot.offset + len(start_tag[0].encode(document.encoding))
        return Edit(at, 0, encoded(document, f"<{p}Name>{escaped(name)}</{p}Name>"))
    if spot.insert_at is not None:
        return Edit(spot.insert_at, 0, encoded(document, _new_creator(spot, name)))
    return None


def _new_creator(spot: CreatorSpot, name: str) -> str:
    """The smallest complete Device_t that readers accept: importers want both build numbers (dundring PR 260,
    GoldenCheetah#2747)."""
    p, xsi = f"{spot.prefix}:" if spot.prefix else "", spot.xsi_prefix or "xsi"
    declared = "" if spot.xsi_prefix else f' xmlns:xsi="{XSI}"'
    version = "".join(f"<{p}{each}>0</{p}{each}>" for each in VERSION)
    return (
        f'<{p}Creator{declared} {xsi}:type="{p}Device_t"><{p}Name>{escaped(name)}</{p}Name><{p}UnitId>0</{p}UnitId>'
        f"<{p}ProductID>0</{p}ProductID><{p}Version>{version}</{p}Version></{p}Creator>"
    )
