"""The words "with barometer" at the end of the creator's name, put there by splicing bytes.

Strava documents them for this purpose: they make it take the elevations of a TCX or GPX file as they are
(https://developers.strava.com/docs/uploads/). A name of somebody else's device is never written.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ...activity import BAROMETER, ends_with_barometer, with_barometer
from ...edits import Edit
from ...xml.creators import CreatorSpot, creators
from .creator import creator_edit
from .splice import with_attribute

if TYPE_CHECKING:
    from ...xml.document import XmlDocument

__all__ = ["barometer_edits", "caution", "is_listed"]

#: The creator of a file that names none.
OURS = f"tracklint {BAROMETER}"


#: Words of the names under which Strava may know a device, in lower case.
_MAKERS = (
    "garmin", "edge ", "forerunner", "fenix", "wahoo", "elemnt", "suunto", "polar ", "coros", "bryton", "lezyne",
    "hammerhead", "karoo", "sigma", "apple watch", "amazfit", "stages", "tomtom", "timex", "sony",
)  # fmt: skip


def is_listed(creator: str | None, names: tuple[str, ...]) -> bool:
    """Whether a creator is one of these names, in any case, with or without the words."""
    own = " ".join((creator or "").casefold().split()).removesuffix(BAROMETER).strip()
    return bool(own) and own in {" ".join(name.casefold().split()).removesuffix(BAROMETER).strip() for name in names}


def caution(creator: str | None) -> str | None:
    """What may be lost by the words: Strava matches names of devices letter by letter (GoldenCheetah#3824)."""
    if creator is None or ends_with_barometer(creator) or not any(word in f"{creator.casefold()} " for word in _MAKERS):
        return None
    return f'caution: Strava may know "{creator}" as a device and show that name; with the words it may not'


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


def _gpx(document: XmlDocument) -> tuple[list[Edit], list[str]]:
    creator = document.attribute_of(0, "creator")
    if creator is None:
        return [with_attribute(document, 0, "creator", OURS)], [f'the file named no creator; it says "{OURS}" now']
    if ends_with_barometer(creator.value):
        return [], [f'the creator "{creator.value}" is tagged already']
    name = with_barometer(creator.value)
    return [with_attribute(document, 0, "creator", name)], [f'the creator is "{name}" now']


def _tcx(document: XmlDocument, spot: CreatorSpot, edits: list[Edit], notes: list[str]) -> None:
    old = spot.name.value if spot.name is not None else ""
    if ends_with_barometer(old):
        notes.append(f'the creator "{old}" is tagged already')
        return
    name = with_barometer(old) if old else OURS
    edit = creator_edit(document, spot, name)
    if edit is None:
        notes.append(f"not tagged: the {spot.owner} at byte {spot.owner_offset} is not whole")
        return
    edits.append(edit)
    named = spot.name is not None
    notes.append(f'the creator is "{name}" now' if named else f'the file named no creator; it says "{name}" now')
