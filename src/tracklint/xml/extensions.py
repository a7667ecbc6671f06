"""What the extensions of a point mean: the namespaces that are known, those that are near one, and the places that are
wrong. Rules and repairs ask the same questions about a path here, so that they cannot disagree.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from .names import (
    ACTIVITY_EXTENSION_V1,
    ACTIVITY_EXTENSION_V2,
    CLUETRUST,
    GPX_1_0,
    GPX_1_1,
    GPX_EXTENSIONS_V3,
    POWER_V1,
    TCX_V1,
    TCX_V2,
    TRACK_POINT_V1,
    TRACK_POINT_V2,
    near_miss,
)
from .tags import EMPTY, OPEN

if TYPE_CHECKING:
    from .document import XmlDocument
    from .index import Path
    from .tags import Int32s

__all__ = [
    "GENERAL",
    "ORDER",
    "WRAPPERS",
    "below_point",
    "children_out_of_order",
    "core_of",
    "is_general",
    "is_later",
    "is_leaf",
    "is_misnamed",
    "is_near_miss",
    "is_outside",
    "is_track_point_v2",
    "is_without_namespace",
    "nearest",
    "outermost",
    "parents_of",
    "point_name",
    "point_numbers",
    "root_is",
    "without_sibling",
]

#: The order in which the schemas want the children of each wrapper.
_BASE = ("atemp", "wtemp", "depth", "hr", "cad")
ORDER: dict[tuple[str, str], tuple[str, ...]] = {
    (TRACK_POINT_V1, "TrackPointExtension"): (*_BASE, "Extensions"),
    (TRACK_POINT_V2, "TrackPointExtension"): (*_BASE, "speed", "course", "bearing", "Extensions"),
    (ACTIVITY_EXTENSION_V1, "TPX"): ("Speed", "RunCadence", "Extensions"),
    (ACTIVITY_EXTENSION_V2, "TPX"): ("Speed", "RunCadence", "Watts", "Extensions"),
    (ACTIVITY_EXTENSION_V1, "LX"): (
        "AvgSpeed", "MaxBikeCadence", "AvgRunCadence", "MaxRunCadence", "Steps", "Extensions",
    ),
    (ACTIVITY_EXTENSION_V2, "LX"): (
        "AvgSpeed", "MaxBikeCadence", "AvgRunCadence", "MaxRunCadence", "Steps", "AvgWatts", "MaxWatts", "Extensions",
    ),
}  # fmt: skip
#: The elements that hold the values of an extension.
WRAPPERS = ("TrackPointExtension", "PowerExtension", "TPX", "LX")
#: Strava's general tags, and the columns that they fill.
GENERAL = {"heartrate": "heart_rate", "cadence": "cadence", "distance": "distance", "power": "power"}
#: What version 2 of the TrackPointExtension has beyond version 1.
_LATER = ("speed", "course", "bearing")
_TPX = ("Speed", "RunCadence", "Watts")
#: Local names that are known in a namespace.
_NAMES = {
    TRACK_POINT_V1: {*_BASE, "TrackPointExtension", *_LATER},
    TRACK_POINT_V2: {*_BASE, "TrackPointExtension", *_LATER},
    ACTIVITY_EXTENSION_V1: {"TPX", "LX", "Speed", "RunCadence"},
    ACTIVITY_EXTENSION_V2: {"TPX", "LX", *_TPX, *ORDER[ACTIVITY_EXTENSION_V2, "LX"]},
    CLUETRUST: {"hr", "cadence", "temp", "distance", "sensor", "run", "lap", "course", "dataPt"},
    POWER_V1: {"PowerInWatts", "PowerExtension"},
    GPX_EXTENSIONS_V3: {"TrackPointExtension", "Temperature", "Depth", "TrackExtension", "DisplayColor"},
}
#: The end of a namespace, without slashes and in lower case, that tells which one is meant on whatever host.
_TAILS = {
    "trackpointextensionv1": TRACK_POINT_V1,
    "trackpointextension": TRACK_POINT_V1,
    "trackpointextensionv2": TRACK_POINT_V2,
    "activityextensionv2": ACTIVITY_EXTENSION_V2,
    "activityextension": ACTIVITY_EXTENSION_V2,
    "powerextensionv1": POWER_V1,
    "powerextension": POWER_V1,
}
#: Local names, in lower case, of values that stand directly in a point by mistake; TCX has a place for a distance, and
#: none for a temperature.
_MISPLACED = {
    "hr", "heartrate", "heart_rate", "bpm", "cad", "cadence", "runcadence", "power", "watts", "powerinwatts",
}  # fmt: skip
_MISPLACED_IN = {"trkpt": {*_MISPLACED, "atemp", "temp", "temperature", "distance"}, "Trackpoint": _MISPLACED}
_POINTS = {"gpx": "trkpt", "TrainingCenterDatabase": "Trackpoint"}
_CORE = {"", GPX_1_0, GPX_1_1, TCX_V1, TCX_V2}


def nearest(uri: str | None) -> str | None:
    """The extension's namespace that this one seems to mean; ``None`` where it is one itself, or like none."""
    if not uri or uri in _NAMES or uri in _CORE:
        return None
    for wanted in _NAMES:
        if near_miss(uri, wanted):
            return wanted
    text = uri.strip().casefold().rstrip("/#").removesuffix(".xsd").replace("/", "")
    if "cluetrust.com" in text:
        return CLUETRUST
    return next((wanted for tail, wanted in _TAILS.items() if text.endswith(tail)), None)


def point_name(document: XmlDocument) -> str:
    """The local name of the points of this document."""
    return _POINTS.get(document.root.name if document.root else "", "trkpt")


def point_numbers(points: Int32s, found: Int32s) -> npt.NDArray[np.intp]:
    """For each of these elements the index in ``points`` of the one that it stands in or after, -1 before the first."""
    return np.searchsorted(points, found, "right") - 1


def below_point(path: Path) -> tuple[Path, ...]:
    """The paths from the outermost point down to this one, the point's own first; empty where it is in none."""
    chain = path.chain()
    at = next((i for i, each in enumerate(chain) if each.local in ("trkpt", "Trackpoint")), None)
    return chain[at:] if at is not None and at < len(chain) - 1 else ()


def core_of(point: Path) -> set[str | None]:
    """The namespaces that count as the format's own below this point."""
    return {*_CORE, point.uri}


def is_near_miss(path: Path) -> bool:
    """Whether an element of a known extension stands in a namespace that is only near its own."""
    wanted = nearest(path.uri)
    return wanted is not None and path.local in _NAMES[wanted]


def is_outside(path: Path) -> bool:
    """Whether this is a sensor's value, or a wrapper of values, that stands directly in a point."""
    chain = below_point(path)
    if len(chain) != 2:
        return False
    known = path.uri in _NAMES or nearest(path.uri) is not None
    if path.local in WRAPPERS:
        return known or path.local in ("TPX", "TrackPointExtension")
    if chain[0].local == "Trackpoint" and path.uri in core_of(chain[0]) and path.local.casefold() == "cadence":
        return False  # a child of the point; in another case it is misspelt (SCH012), not misplaced
    later = known and path.local in (*_LATER, *_TPX)
    return later or path.local.casefold() in _MISPLACED_IN[chain[0].local]


def is_later(path: Path) -> bool:
    """Whether this is an element of version 2 of the TrackPointExtension in version 1."""
    above = path.parent
    return (
        path.uri == TRACK_POINT_V1
        and path.local in _LATER
        and above is not None
        and (above.uri, above.local) == (TRACK_POINT_V1, "TrackPointExtension")
    )


def is_track_point_v2(path: Path) -> bool:
    """Whether this is a TrackPointExtension of version 2 in a point."""
    return path.uri == TRACK_POINT_V2 and path.local == "TrackPointExtension" and bool(below_point(path))


def is_without_namespace(path: Path) -> bool:
    """Whether this is the outermost part of a TCX point's TPX that is not in the extension's namespace."""
    chain = below_point(path)
    if len(chain) < 3 or chain[0].local != "Trackpoint" or chain[1].local != "Extensions":
        return False
    core = core_of(chain[0])
    if path.uri not in core:
        return False
    if len(chain) == 3:
        return path.local == "TPX" or path.local in _TPX
    above = chain[-2]
    return len(chain) == 4 and above.local == "TPX" and above.uri == ACTIVITY_EXTENSION_V2 and path.local in _TPX


def is_misnamed(path: Path) -> bool:
    """Whether this is a temperature under another name than atemp in a TrackPointExtension."""
    above = path.parent
    return (
        path.uri in (TRACK_POINT_V1, TRACK_POINT_V2)
        and path.local.casefold() in ("temp", "temperature")
        and above is not None
        and (above.uri, above.local) == (path.uri, "TrackPointExtension")
    )


def is_general(path: Path) -> bool:
    """Whether this is one of Strava's general tags directly in the extensions of a GPX point, in GPX's namespace or in
    none, which the schema of GPX 1.1 does not allow there."""
    chain = below_point(path)
    return (
        len(chain) == 3
        and chain[0].local == "trkpt"
        and chain[1].local == "extensions"
        and path.local in GENERAL
        and path.uri in core_of(chain[0])
    )


def parents_of(document: XmlDocument, found: Int32s) -> Int32s:
    """The parent of each of these elements, -1 for the root. They may stand at different depths."""
    elements = document.elements
    parents = np.full(len(found), -1, np.int32)
    for depth in np.unique(elements.depth[found]).tolist():
        rows = np.flatnonzero(elements.depth[found] == depth)
        above = np.flatnonzero(elements.depth == depth - 1)
        if len(above):
            parents[rows] = above[np.searchsorted(above, found[rows]) - 1]
    return parents


def children_out_of_order(document: XmlDocument) -> Int32s:
    """The wrappers of known extensions whose known children do not stand in the order of their schema."""
    elements = document.elements
    rank = np.full(len(elements.paths), -1, np.int32)
    for path in elements.paths:
        order = ORDER.get((path.uri or "", path.local)) if path.local in WRAPPERS else None
        for place, name in enumerate(order or ()):
            for number in elements.below.get((path.number, name), ()):
                if elements.paths[number].uri == path.uri:
                    rank[number] = place
    ranks = rank[elements.path]
    children = np.flatnonzero(ranks >= 0).astype(np.int32)
    if len(children) < 2:
        return children[:0]
    falls = np.flatnonzero(np.diff(ranks[children]) < 0)
    first, second = parents_of(document, children[falls]), parents_of(document, children[falls + 1])
    return np.unique(first[first == second]).astype(np.int32)


def is_leaf(document: XmlDocument, found: Int32s) -> npt.NDArray[np.bool_]:
    """For each of these elements whether it has no child elements."""
    elements = document.elements
    following = np.minimum(found + 1, len(elements) - 1)
    empty = elements.tags.kind[elements.tag[found]] == EMPTY
    alone = (elements.depth[following] <= elements.depth[found]) | (following == found)
    return np.asarray(empty | alone | (elements.tags.kind[elements.tag[found]] != OPEN))


def root_is(document: XmlDocument, name: str, version: str = "") -> bool:
    """Whether the root has this local name and, where asked for, its namespace ends in this version."""
    root = document.root
    return root is not None and root.name == name and (root.namespace or "").endswith(version)


def outermost(document: XmlDocument, found: Int32s) -> Int32s:
    """Those of these elements, ascending, that stand in no other of them."""
    kept, until = [], -1
    for element in found.tolist():
        if element >= until:
            kept.append(element)
            until = document.elements.end_of(element)
    return np.array(kept, np.int32)


def without_sibling(document: XmlDocument, found: Int32s, name: str) -> Int32s:
    """Those of these elements whose parent has no child with this local name."""
    if not len(found):
        return found
    others = document.elements.where(lambda path: path.local == name)
    return found[~np.isin(parents_of(document, found), parents_of(document, others))]
