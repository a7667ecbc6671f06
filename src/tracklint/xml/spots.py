"""What each path below a point means: its column, the name of its place, and whether Strava reads it there.

All places are read, also those that Strava does not look at, so that a report can say what gets lost and why.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from .extensions import below_point, core_of, is_misnamed, is_near_miss, is_outside
from .names import (
    ACTIVITY_EXTENSION_V1,
    ACTIVITY_EXTENSION_V2,
    CLUETRUST,
    GENERAL,
    LABELS,
    POWER_V1,
    SENSORS,
    TEMPERATURES,
    TPX,
    TRACK_POINT_V1,
    TRACK_POINT_V2,
    nearest_uri,
    usual_uri,
)

if TYPE_CHECKING:
    from .vocabulary import Path

__all__ = ["Spot", "spots"]


@dataclass(frozen=True, slots=True)
class Spot:
    """What a path below a point means: a channel, the name of the place, and whether Strava reads it there.

    ``leaf_only`` leaves out elements with children, whose text is white space. ``defect`` is the name of the rule that
    tells what is wrong with the place, where one does.
    """

    channel: str
    name: str
    strava: bool = True
    why: str = ""
    leaf_only: bool = False
    defect: str = ""


#: What Strava's document says that it reads, by namespace; cad stands in its own exports and in reports (RunnerUp
#: #1161, ttwatch PR 110).
_TRACK_POINT = {"hr": "heart_rate", "atemp": "temperature", "cad": "cadence"}
_GPXDATA = {"hr": "heart_rate", "cadence": "cadence", "temp": "temperature", "distance": "distance"}
#: Names, in lower case, of sensor values at places that Strava does not read.
_TCX_VENDOR = {**SENSORS, **dict.fromkeys(TEMPERATURES, "temperature"), "speed": "speed"}
_GPX_VENDOR = {
    **_TCX_VENDOR,
    "heartratebpm": "heart_rate", "bike_cadence": "cadence", "bikepower": "power", "bike_power": "power",
    "temp_sensor": "temperature",
}  # fmt: skip
_NOT_LISTED = "Strava's document does not list this element"
_WHY = {
    TRACK_POINT_V1: "Strava reads hr and atemp of this extension, and by reports cad",
    TRACK_POINT_V2: "Strava documents version 1 of this extension only",
    POWER_V1: "Strava reads power from the general tag <power> (OpenTracks PR 644)",
}
_CAD = "not in Strava's document, but in its own exports, and several reports say that it is read"
_SPEED = "Strava computes speed from distances and times"
_INSIDE = "Strava looks for sensor values inside <extensions> only"
_TCX_POINT = {
    ("Time",): Spot("time", "Time"),
    ("Position", "LatitudeDegrees"): Spot("latitude", "Position LatitudeDegrees"),
    ("Position", "LongitudeDegrees"): Spot("longitude", "Position LongitudeDegrees"),
    ("AltitudeMeters",): Spot("altitude", "AltitudeMeters"),
    ("DistanceMeters",): Spot("distance", "DistanceMeters"),
    ("HeartRateBpm", "Value"): Spot("heart_rate", "HeartRateBpm Value"),
    ("HeartRateBpm",): Spot(
        "heart_rate", "HeartRateBpm without Value", False, "the schema puts the number into a child Value", True,
        defect="plain-heart-rate",
    ),
    ("Cadence",): Spot("cadence", "Cadence"),
}  # fmt: skip


def _gpx_spot(chain: tuple[Path, ...]) -> Spot | None:
    """What a path below a trkpt means; ``chain`` starts with the point itself."""
    point, first, leaf = chain[0], chain[1], chain[-1]
    core = core_of(point)
    if len(chain) == 2 and first.uri in core and first.local in ("time", "ele", "speed"):
        if first.local == "speed":
            return Spot("speed", "speed", False, "Strava computes speed from positions and times")
        return Spot({"time": "time", "ele": "altitude"}[first.local], first.local)
    if first.local != "extensions" or first.uri not in core:
        return _gpx_outside(chain)
    return _read_by_strava(chain, core) or _gpx_vendor(leaf, chain)


def _read_by_strava(chain: tuple[Path, ...], core: set[str | None]) -> Spot | None:
    leaf, inner = chain[-1], chain[2:]
    if leaf.uri == TRACK_POINT_V1 and leaf.local in _TRACK_POINT:
        if len(inner) == 2 and inner[0].uri == TRACK_POINT_V1 and inner[0].local == "TrackPointExtension":
            return Spot(
                _TRACK_POINT[leaf.local],
                f"{LABELS[leaf.uri]} {leaf.local}",
                why="" if leaf.local != "cad" else _CAD,
            )
    elif leaf.uri == CLUETRUST and len(inner) == 1 and leaf.local in _GPXDATA:
        return Spot(_GPXDATA[leaf.local], f"{LABELS[leaf.uri]} {leaf.local}")
    elif len(inner) == 1 and leaf.local in GENERAL and (not leaf.prefix or leaf.uri in core):
        return Spot(GENERAL[leaf.local], f"extensions {leaf.local}")
    return None


def _gpx_vendor(leaf: Path, chain: tuple[Path, ...]) -> Spot | None:
    """A known kind of value at a place where Strava does not look."""
    channel = _GPX_VENDOR.get(leaf.local.casefold())
    meant = nearest_uri(leaf.uri)
    if channel is None and leaf.local == "distance" and CLUETRUST in (meant, leaf.uri):
        channel = "distance"
    if channel is None:
        return None
    if leaf.uri is None:
        return _undeclared(channel, leaf, "gpx")
    why = _WHY.get(leaf.uri, _NOT_LISTED)
    if leaf.uri in LABELS and leaf.uri not in (ACTIVITY_EXTENSION_V1, ACTIVITY_EXTENSION_V2):
        defect = ""
        if is_misnamed(leaf):
            defect = "misnamed-temperature"
        elif leaf.uri == TRACK_POINT_V2 and leaf.local in _TRACK_POINT:
            defect = "track-point-v2"
        return Spot(channel, f"{LABELS[leaf.uri]} {leaf.local}", False, why, defect=defect)
    if meant and is_near_miss(leaf):
        return _near(channel, leaf, meant)
    wrapper = chain[-2].local if len(chain) > 3 else ""
    return Spot(channel, f"{wrapper} {leaf.name}".strip() if wrapper else f"extensions {leaf.name}", False, why)


def _near(channel: str, leaf: Path, meant: str) -> Spot:
    name = LABELS[meant].partition("/")[0]
    why = f"the namespace {leaf.uri} is not that of the extension"
    return Spot(channel, f"{name} {leaf.local} ({leaf.uri})", False, why, defect="extension-namespace")


def _undeclared(channel: str, leaf: Path, root: str) -> Spot:
    usual = usual_uri(leaf.prefix, root)
    why = f"the prefix {leaf.prefix} is not declared" + (f"; it usually stands for {usual}" if usual else "")
    return Spot(channel, f"{leaf.name} (prefix not declared)", False, why, defect="undeclared-prefix")


def _gpx_outside(chain: tuple[Path, ...]) -> Spot | None:
    """A sensor value in a point, but not in its extensions."""
    leaf = chain[-1]
    channel = _GPX_VENDOR.get(leaf.local.casefold()) or GENERAL.get(leaf.local)
    misplaced = is_outside(chain[1])
    if channel is None or (channel == "speed" and not misplaced):
        return None
    if leaf.local == "temp" and len(chain) > 3:
        return None
    defect = "outside-extensions" if misplaced else ""
    return Spot(channel, f"{leaf.name} outside extensions", False, _INSIDE, defect=defect)


def _tcx_spot(chain: tuple[Path, ...]) -> Spot | None:
    """What a path below a Trackpoint means; ``chain`` starts with the point itself."""
    names, leaf = tuple(path.local for path in chain[1:]), chain[-1]
    core = core_of(chain[0])
    if names in _TCX_POINT and all(path.uri in core for path in chain[1:]):
        return _TCX_POINT[names]
    if names[0] != "Extensions":
        channel = _TCX_VENDOR.get(leaf.local.casefold()) if is_outside(chain[1]) else None
        outside = f"{'/'.join(names)} outside Extensions"
        return Spot(channel, outside, False, _INSIDE, defect="outside-extensions") if channel else None
    if len(names) == 3 and names[1] == "TPX" and names[2] in TPX and leaf.uri == ACTIVITY_EXTENSION_V2:
        channel = TPX[names[2]]
        return Spot(channel, f"TPX {leaf.local}", channel != "speed", _SPEED if channel == "speed" else "")
    return _tcx_vendor(leaf, names, core)


def _tcx_vendor(leaf: Path, names: tuple[str, ...], core: set[str | None]) -> Spot | None:
    channel = _TCX_VENDOR.get(leaf.local.casefold())
    if channel is None:
        return None
    path = "/".join(names)
    if channel == "temperature":
        return Spot(channel, path, False, "Strava says that TCX does not support temperature")
    if leaf.uri is None:
        return _undeclared(channel, leaf, "TrainingCenterDatabase")
    if leaf.uri == ACTIVITY_EXTENSION_V1:
        why = "the extension's version 2 is the one that has Watts"
        return Spot(channel, f"{path} ({LABELS[leaf.uri]})", False, why)
    if leaf.uri in core:
        known = leaf.local in TPX and names[-2] in ("Extensions", "TPX") and len(names) < 4
        why = f"the namespace {ACTIVITY_EXTENSION_V2} is missing"
        return Spot(channel, f"{path} without namespace", False, why, defect="tpx-without-namespace" if known else "")
    if (meant := nearest_uri(leaf.uri)) and is_near_miss(leaf):
        return _near(channel, leaf, meant)
    return Spot(channel, f"{path} ({leaf.uri})", False, f"Strava reads elements of {ACTIVITY_EXTENSION_V2}")


def spots(paths: Iterable[Path], point: str) -> dict[Spot, frozenset[int]]:
    """Every meaning that a path has below these points (``trkpt`` or ``Trackpoint``), with the numbers of its paths."""
    spot_of = _gpx_spot if point == "trkpt" else _tcx_spot
    found: dict[Spot, set[int]] = {}
    for path in paths:
        chain = below_point(path, (point,))
        if chain and (spot := spot_of(chain)) is not None:
            found.setdefault(spot, set()).add(path.number)
    return {spot: frozenset(numbers) for spot, numbers in found.items()}
