"""GPX 1.0 and 1.1 to an `Activity`: points, and sensor values from every family of extensions."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from .activity import Activity, Device, Session, ends_with_barometer
from .findings import Where
from .xml.columns import Points, Spot, count_elements, element_place, locator, read_points, segment_starts
from .xml.names import (
    CLUETRUST,
    GPX_1_0,
    GPX_1_1,
    GPX_EXTENSIONS_V3,
    POWER_V1,
    TRACK_POINT_V1,
    TRACK_POINT_V2,
    usual_uri,
)

if TYPE_CHECKING:
    from .xml import XmlDocument
    from .xml.index import Path

__all__ = ["gpx_activity"]

#: What the end of a creator's name says in TCX and GPX files whose elevations Strava is to take as they are.

_COUNTED = ("trk", "trkseg", "rte", "rtept", "wpt")
_LABELS = {
    TRACK_POINT_V1: "TrackPointExtension/v1",
    TRACK_POINT_V2: "TrackPointExtension/v2",
    CLUETRUST: "gpxdata",
    POWER_V1: "PowerExtension/v1",
    GPX_EXTENSIONS_V3: "GpxExtensions/v3",
}
#: What Strava's document says that it reads, by namespace; cad stands in its own exports and in reports (RunnerUp
#: #1161, ttwatch PR 110).
_TRACK_POINT = {"hr": "heart_rate", "atemp": "temperature", "cad": "cadence"}
_GPXDATA = {"hr": "heart_rate", "cadence": "cadence", "temp": "temperature", "distance": "distance"}
_GENERAL = {"heartrate": "heart_rate", "cadence": "cadence", "distance": "distance", "power": "power"}
#: Names, in lower case, under which vendors write sensor values in elements that Strava does not read.
_VENDOR = {
    "hr": "heart_rate", "heartrate": "heart_rate", "heart_rate": "heart_rate", "bpm": "heart_rate",
    "heartratebpm": "heart_rate",
    "cad": "cadence", "cadence": "cadence", "runcadence": "cadence", "bike_cadence": "cadence",
    "power": "power", "watts": "power", "powerinwatts": "power", "bikepower": "power", "bike_power": "power",
    "atemp": "temperature", "temp": "temperature", "temperature": "temperature", "temp_sensor": "temperature",
    "speed": "speed",
}  # fmt: skip
_NOT_LISTED = "Strava's document does not list this element"
_WHY = {
    TRACK_POINT_V1: "Strava reads hr and atemp of this extension, and by reports cad",
    TRACK_POINT_V2: "Strava documents version 1 of this extension only",
    POWER_V1: "Strava reads power from the general tag <power> (OpenTracks PR 644)",
}


def gpx_activity(document: XmlDocument) -> Activity:
    """The activity in a GPX document. Every document gives one; where it has no track points the columns are empty.

    Points are trkpt elements wherever they stand. A point without lat or lon has NaN there. Times without zone are read
    as UTC.
    """
    points = read_points(document, "trkpt", _spot, (("latitude", b"lat"), ("longitude", b"lon")))
    starts = segment_starts(document, points, "trkseg")
    counts = count_elements(document, _COUNTED)
    columns: dict[str, Any] = points.columns
    return Activity(
        format="gpx",
        kind=_kind(len(points.elements), counts),
        **columns,
        starts=starts,
        sessions=_sessions(document, points),
        device=_device(document),
        places=points.places,
        bad_values=points.bad_values,
        counts=counts,
        locate=locator(document, points, starts),
    )


def _kind(points: int, counts: dict[str, int]) -> str:
    if points:
        return "activity"
    if counts.get("rtept") or counts.get("rte"):
        return "route"
    return "waypoints" if counts.get("wpt") else "empty"


def _sessions(document: XmlDocument, points: Points) -> tuple[Session, ...]:
    elements = document.elements
    tracks = elements.where(lambda path: path.local == "trk" and "trk" not in path.locals()[:-1])
    names, sports = document.child_texts(tracks, "name"), document.child_texts(tracks, "type")
    found = []
    for track, name, sport in zip(tracks.tolist(), names, sports, strict=True):
        first, end = points.before(track), points.before(elements.end_of(track))
        found.append(
            Session(
                sport=sport.value or None if sport else None,
                name=name.value or None if name else None,
                first_point=first,
                points=end - first,
                where=element_place(document, track),
            )
        )
    return tuple(found)


def _device(document: XmlDocument) -> Device:
    root = document.root
    if root is None:
        return Device()
    creator = root.attribute("creator")
    if creator is None:
        return Device(where=element_place(document, 0))
    line, column = document.line_column(document.text_offset(creator.offset))
    where = Where(offset=creator.offset, size=creator.size, line=line, column=column)
    return Device(name=creator.value, barometer=ends_with_barometer(creator.value) or None, where=where)


def _spot(chain: tuple[Path, ...]) -> Spot | None:
    """What a path below a trkpt means; ``chain`` starts with the point itself."""
    point, first, leaf = chain[0], chain[1], chain[-1]
    core = {"", GPX_1_0, GPX_1_1, point.uri}
    if len(chain) == 2 and first.uri in core and first.local in ("time", "ele", "speed"):
        if first.local == "speed":
            return Spot("speed", "speed", False, "Strava computes speed from positions and times")
        return Spot({"time": "time", "ele": "altitude"}[first.local], first.local)
    if first.local != "extensions" or first.uri not in core:
        return _outside(chain)
    spot = _read_by_strava(chain, core)
    return spot or _vendor(leaf, chain)


def _read_by_strava(chain: tuple[Path, ...], core: set[str | None]) -> Spot | None:
    leaf, inner = chain[-1], chain[2:]
    if leaf.uri == TRACK_POINT_V1 and leaf.local in _TRACK_POINT:
        if len(inner) == 2 and inner[0].uri == TRACK_POINT_V1 and inner[0].local == "TrackPointExtension":
            return Spot(
                _TRACK_POINT[leaf.local],
                f"TrackPointExtension/v1 {leaf.local}",
                why="" if leaf.local != "cad" else _CAD,
            )
    elif leaf.uri == CLUETRUST and len(inner) == 1 and leaf.local in _GPXDATA:
        return Spot(_GPXDATA[leaf.local], f"gpxdata {leaf.local}")
    elif len(inner) == 1 and leaf.local in _GENERAL and (not leaf.prefix or leaf.uri in core):
        return Spot(_GENERAL[leaf.local], f"extensions {leaf.local}")
    return None


_CAD = "not in Strava's document, but in its own exports, and several reports say that it is read"


def _vendor(leaf: Path, chain: tuple[Path, ...]) -> Spot | None:
    """A known kind of value at a place where Strava does not look."""
    channel = _VENDOR.get(leaf.local.casefold())
    if channel is None and leaf.local == "distance" and leaf.uri and "cluetrust" in leaf.uri.casefold():
        channel = "distance"
    if channel is None:
        return None
    if leaf.uri is None:
        usual = usual_uri(leaf.prefix, "gpx")
        why = f"the prefix {leaf.prefix} is not declared" + (f"; it usually stands for {usual}" if usual else "")
        return Spot(channel, f"{leaf.name} (prefix not declared)", False, why)
    why = _WHY.get(leaf.uri, _NOT_LISTED)
    if leaf.uri in _LABELS:
        return Spot(channel, f"{_LABELS[leaf.uri]} {leaf.local}", False, why)
    wrapper = chain[-2].local if len(chain) > 3 else ""
    if leaf.prefix and (known := _near(leaf.uri)):
        return Spot(
            channel,
            f"{known} {leaf.local} ({leaf.uri})",
            False,
            f"the namespace {leaf.uri} is not that of the extension",
        )
    return Spot(channel, f"{wrapper} {leaf.name}".strip() if wrapper else f"extensions {leaf.name}", False, why)


def _near(uri: str) -> str | None:
    """The extension that a namespace seems to mean."""
    text = uri.casefold()
    return next(
        (
            name
            for part, name in (
                ("trackpointextension", "TrackPointExtension"),
                ("cluetrust", "gpxdata"),
                ("powerextension", "PowerExtension"),
            )
            if part in text
        ),
        None,
    )


def _outside(chain: tuple[Path, ...]) -> Spot | None:
    """A sensor value in a point, but not in its extensions."""
    leaf = chain[-1]
    channel = _VENDOR.get(leaf.local.casefold()) or _GENERAL.get(leaf.local)
    if channel is None or (channel == "speed" and leaf.uri != TRACK_POINT_V2):
        return None
    if leaf.local == "temp" and len(chain) > 3:
        return None
    return Spot(
        channel, f"{leaf.name} outside extensions", False, "Strava looks for sensor values inside <extensions> only"
    )
