"""A ride as GPX 1.1, valid by the schema at https://www.topografix.com/GPX/1/1/."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from .xmltext import Lines, attribute, number, text, timed

if TYPE_CHECKING:
    from collections.abc import Collection

    from .ride import Change, Omit, Point, Ride

__all__ = ["write_gpx"]

GPX: Final = "http://www.topografix.com/GPX/1/1"
_XSI: Final = "http://www.w3.org/2001/XMLSchema-instance"
#: extension -> namespace, wrapping element, (element, column, decimals) in the order of its schema
_EXTENSIONS: Final[dict[str, tuple[str | None, str | None, tuple[tuple[str, str, int], ...]]]] = {
    "v1": (
        "http://www.garmin.com/xmlschemas/TrackPointExtension/v1",
        "TrackPointExtension",
        (("atemp", "temperature", 1), ("hr", "heart_rate", 0), ("cad", "cadence", 0)),
    ),
    "v2": (
        "http://www.garmin.com/xmlschemas/TrackPointExtension/v2",
        "TrackPointExtension",
        (("atemp", "temperature", 1), ("hr", "heart_rate", 0), ("cad", "cadence", 0), ("speed", "speed", 3)),
    ),
    "cluetrust": (
        "http://www.cluetrust.com/XML/GPXDATA/1/0",
        None,
        (("hr", "heart_rate", 0), ("cadence", "cadence", 0), ("temp", "temperature", 1), ("distance", "distance", 2)),
    ),
    "general": (
        None,
        None,
        (("heartrate", "heart_rate", 0), ("cadence", "cadence", 0), ("power", "power", 0), ("distance", "distance", 2)),
    ),
}


def write_gpx(
    ride: Ride,
    *,
    extension: str | None = "v1",
    prefix: str | None = None,
    creator: str | Omit | None = None,
    version: str = "1.1",
    type: str | Omit | None = None,  # noqa: A002 - the name of the element
    namespace: str = GPX,
    segments: int = 1,
    metadata: bool = True,
    declaration: bool = True,
    indent: bool = True,
    declare_prefix: bool = True,
    change: Change | None = None,
    skip: Collection[int] = (),
) -> bytes:
    """``ride`` as GPX: metadata, one trk with its type, and trkpt with ele, time and extensions in the order of the
    schema.

    ``extension`` is where sensors stand: ``v1`` or ``v2`` (Garmin's TrackPointExtension), ``cluetrust``, ``general``
    (plain tags, the only place for power) or ``None``; ``prefix`` is its prefix (default ``gpxtpx`` or ``gpxdata``),
    and ``declare_prefix=False`` leaves its namespace undeclared. ``creator`` and ``type`` default to the ride's
    device and sport; `OMIT` leaves them out. ``version`` is the attribute only. ``segments`` splits the track into as
    many trkseg. Raises ValueError.
    """
    if extension is not None and extension not in _EXTENSIONS:
        raise ValueError(f"unknown extension {extension!r}; known are {', '.join(_EXTENSIONS)} and None")
    uri, wrapper, leaves = _EXTENSIONS[extension] if extension else (None, None, ())
    prefix = prefix or ("gpxdata" if extension == "cluetrust" else "gpxtpx")
    creator = ride.device if creator is None else creator
    out = Lines(indent=indent, declaration=declaration)
    locations = f"{GPX} {GPX}/gpx.xsd"
    if uri is not None and wrapper:
        locations += f" {uri} {uri.replace('/TrackPointExtension/', '/TrackPointExtension')}.xsd"
    out.open("gpx", "".join((
        attribute("xmlns", namespace),
        attribute("xmlns:xsi", _XSI),
        attribute(f"xmlns:{prefix}", uri) if uri and declare_prefix else "",
        attribute("xsi:schemaLocation", locations),
        attribute("version", version),
        attribute("creator", creator),
    )))  # fmt: skip
    if metadata:
        out.open("metadata")
        out.leaf("name", text(ride.name))
        out.leaf("time", timed(ride.start_time))
        out.close()
    out.open("trk")
    out.leaf("name", text(ride.name))
    out.leaf("type", text(ride.sport) if type is None else number(type))
    out.open("trkseg")
    mark = f"{prefix}:" if uri else ""
    breaks = {round(ride.points * k / segments) for k in range(1, segments)}
    for row in ride.rows(change, skip):
        if row["index"] in breaks:
            out.close()
            out.open("trkseg")
        _point(out, row, ride, [(mark + tag, c, d) for tag, c, d in leaves], mark + wrapper if wrapper else None)
    return out.bytes()


def _point(out: Lines, row: Point, ride: Ride, leaves: list[tuple[str, str, int]], wrapper: str | None) -> None:
    place = ""
    for name, column in (("lat", "latitude"), ("lon", "longitude")):
        value = number(row[column], 7)
        place += f' {name}="{value}"' if value is not None and "position" in ride.channels else ""
    out.open("trkpt", place)
    if "altitude" in ride.channels:
        out.leaf("ele", number(row["altitude"], 1))
    out.leaf("time", timed(row["time"]))
    values: list[tuple[str, Any]] = [(tag, number(row[c], d)) for tag, c, d in leaves if c in ride.channels]
    values = [(tag, value) for tag, value in values if value is not None]
    if values:
        out.open("extensions")
        if wrapper:
            out.open(wrapper)
        for tag, value in values:
            out.leaf(tag, value)
        out.close(2 if wrapper else 1)
    out.close()
