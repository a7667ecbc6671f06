"""What the path of an extension's element means: whether it is known, near one that is, or at a wrong place. Rules and
repairs ask the same questions here, so that they cannot disagree.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from .names import (
    ACTIVITY_EXTENSION_V2,
    CORE,
    GENERAL,
    LATER,
    NAMES,
    ORDER,
    SENSORS,
    TEMPERATURES,
    TPX,
    TRACK_POINT_V1,
    TRACK_POINT_V2,
    WRAPPERS,
    nearest_uri,
)

if TYPE_CHECKING:
    from .index import Elements
    from .tags import Int32s
    from .vocabulary import Path, Vocabulary

__all__ = [
    "below_point",
    "children_out_of_order",
    "core_of",
    "is_general",
    "is_later",
    "is_misnamed",
    "is_near_miss",
    "is_outside",
    "is_track_point_v2",
    "is_without_namespace",
    "without_sibling",
]

#: Local names, in lower case, of values that stand directly in a point by mistake; TCX has a place for a distance.
_MISPLACED = {"trkpt": {*SENSORS, *TEMPERATURES, "distance"}, "Trackpoint": {*SENSORS}}


def below_point(path: Path, points: tuple[str, ...] = ("trkpt", "Trackpoint")) -> tuple[Path, ...]:
    """The paths from the outermost of these points down to this one, the point's own first; empty where it is in
    none."""
    chain = path.chain()
    at = next((i for i, each in enumerate(chain) if each.local in points), None)
    return chain[at:] if at is not None and at < len(chain) - 1 else ()


def core_of(point: Path) -> set[str | None]:
    """The namespaces that count as the format's own below this point."""
    return {*CORE, point.uri}


def is_near_miss(path: Path) -> bool:
    """Whether an element of a known extension stands in a namespace that is only near its own."""
    wanted = nearest_uri(path.uri)
    return wanted is not None and path.local in NAMES[wanted]


def is_outside(path: Path) -> bool:
    """Whether this is a sensor's value, or a wrapper of values, that stands directly in a point."""
    chain = below_point(path)
    if len(chain) != 2:
        return False
    known = path.uri in NAMES or nearest_uri(path.uri) is not None
    if path.local in WRAPPERS:
        return known or path.local in ("TPX", "TrackPointExtension")
    if chain[0].local == "Trackpoint" and path.uri in core_of(chain[0]) and path.local.casefold() == "cadence":
        return False  # a child of the point; in another case it is misspelt (SCH012), not misplaced
    later = known and path.local in (*LATER, *TPX)
    return later or path.local.casefold() in _MISPLACED[chain[0].local]


def is_later(path: Path) -> bool:
    """Whether this is an element of version 2 of the TrackPointExtension in version 1."""
    above = path.parent
    return (
        path.uri == TRACK_POINT_V1
        and path.local in LATER
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
        return path.local == "TPX" or path.local in TPX
    above = chain[-2]
    return len(chain) == 4 and above.local == "TPX" and above.uri == ACTIVITY_EXTENSION_V2 and path.local in TPX


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


def children_out_of_order(elements: Elements) -> Int32s:
    """The wrappers of known extensions whose known children do not stand in the order of their schema."""
    rank = elements.paths.once(_ranks)
    children = elements.of_paths(np.flatnonzero(rank >= 0).tolist())
    if len(children) < 2:
        return children[:0]
    falls = np.flatnonzero(np.diff(rank[elements.path[children]]) < 0)
    first, second = elements.parent[children[falls]], elements.parent[children[falls + 1]]
    return np.unique(first[first == second]).astype(np.int32)


def _ranks(paths: Vocabulary) -> Int32s:
    """The place of each path among the known children of a wrapper, -1 for others."""
    rank = np.full(len(paths), -1, np.int32)
    for path in paths:
        above = path.parent
        if above is not None and above.local in WRAPPERS and path.uri == above.uri:
            order = ORDER.get((above.uri or "", above.local), ())
            if path.local in order:
                rank[path.number] = order.index(path.local)
    return rank


def without_sibling(elements: Elements, found: Int32s, name: str) -> Int32s:
    """Those of these elements whose parent has no child with this local name."""
    others = elements.named(name)
    return found[~np.isin(elements.parent[found], elements.parent[others])]
