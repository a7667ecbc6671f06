"""The words "with barometer" at the end of the creator's name, put there by splicing bytes.

Strava documents them for this purpose: they make it take the elevations of a TCX or GPX file as they are
(https://developers.strava.com/docs/uploads/). A name of somebody else's device is never written.
"""

from __future__ import annotations

import re
from typing import Any
from xml.sax.saxutils import escape, quoteattr

from .activity import BAROMETER, ends_with_barometer
from .edits import Edit
from .tcx import CreatorSpot, creators

__all__ = ["barometer_edits"]

#: The creator of a file that names none.
OURS = f"tracklint {BAROMETER}"
_XSI = "http://www.w3.org/2001/XMLSchema-instance"


def barometer_edits(document: Any) -> tuple[list[Edit], list[str]]:
    """The edits that tag an `XmlDocument`, and what they do in words. None where the tag is there already (any
    case)."""
    root = document.root
    if root is None:
        return [], ["not tagged: the file has no root element"]
    if root.name == "gpx":
        return _gpx(document)
    edits: list[Edit] = []
    notes: list[str] = []
    for spot in creators(document):
        _tcx(document, spot, edits, notes)
    return edits, list(dict.fromkeys(notes))


def _gpx(document: Any) -> tuple[list[Edit], list[str]]:
    creator = document.root.attribute("creator")
    if creator is None:
        data = _encoded(document, f" creator={quoteattr(OURS)}")
        return [Edit(document.root.name_end, 0, data)], [f'the file named no creator; it says "{OURS}" now']
    if ends_with_barometer(creator.value):
        return [], [f'the creator "{creator.value}" is tagged already']
    name = _extended(creator.value)
    text = escape(name, {creator.quote: "&quot;" if creator.quote == '"' else "&apos;"})
    return [Edit(creator.offset, creator.size, _encoded(document, text))], [f'the creator is "{name}" now']


def _tcx(document: Any, spot: CreatorSpot, edits: list[Edit], notes: list[str]) -> None:
    if spot.name is not None:
        if ends_with_barometer(spot.name.value):
            notes.append(f'the creator "{spot.name.value}" is tagged already')
            return
        name = _extended(spot.name.value) if spot.name.value else OURS
        edits.append(Edit(spot.name.offset, spot.name.size, _encoded(document, escape(name))))
        notes.append(f'the creator is "{name}" now')
        return
    notes.append(f'the file named no creator; it says "{OURS}" now')
    if spot.offset is not None and spot.size is not None:
        edits.append(_named(document, spot, spot.offset, spot.size))
    elif spot.insert_at is not None:
        edits.append(Edit(spot.insert_at, 0, _encoded(document, _new_creator(spot))))
    else:
        notes[-1] = f"not tagged: the {spot.owner} at byte {spot.owner_offset} is not whole"


def _named(document: Any, spot: CreatorSpot, offset: int, size: int) -> Edit:
    """A Name as the first child of a Creator that has none; an empty Creator is made complete."""
    element = document.data[offset : offset + size].decode(document.encoding, "replace")
    start_tag = re.match(r"<(?:[^>\"']|\"[^\"]*\"|'[^']*')*>", element)
    if start_tag is None or start_tag[0].endswith("/>"):
        return Edit(offset, size, _encoded(document, _new_creator(spot)))
    at = offset + len(start_tag[0].encode(document.encoding))
    p = _mark(spot)
    return Edit(at, 0, _encoded(document, f"<{p}Name>{OURS}</{p}Name>"))


def _mark(spot: CreatorSpot) -> str:
    return f"{spot.prefix}:" if spot.prefix else ""


def _extended(name: str) -> str:
    return f"{' '.join(name.split()).rstrip(' .,;:-')} {BAROMETER}"


def _encoded(document: Any, text: str) -> bytes:
    """``text`` in the encoding of the file; a character that it cannot hold becomes a reference."""
    encoded: bytes = text.encode(document.encoding, "xmlcharrefreplace")
    return encoded


def _new_creator(spot: CreatorSpot) -> str:
    """The smallest complete Device_t that readers accept: importers want both build numbers (dundring PR 260,
    GoldenCheetah#2747)."""
    p, xsi = _mark(spot), spot.xsi_prefix or "xsi"
    declared = "" if spot.xsi_prefix else f' xmlns:xsi="{_XSI}"'
    version = "".join(
        f"<{p}{name}>0</{p}{name}>" for name in ("VersionMajor", "VersionMinor", "BuildMajor", "BuildMinor")
    )
    return (
        f'<{p}Creator{declared} {xsi}:type="{p}Device_t"><{p}Name>{OURS}</{p}Name><{p}UnitId>0</{p}UnitId>'
        f"<{p}ProductID>0</{p}ProductID><{p}Version>{version}</{p}Version></{p}Creator>"
    )
