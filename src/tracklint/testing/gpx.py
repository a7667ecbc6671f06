"""A ride as GPX 1.1, valid by the schema at https://www.topografix.com/GPX/1/1/."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from .shapes import shape_of
from .xmltext import Lines, Way, attribute, number, text, timed

if TYPE_CHECKING:
    from collections.abc import Collection

    from .invented import Change, Invented, Omit, Point
    from .shapes import Shape

__all__ = ["write_gpx"]

GPX: Final = "http://www.topografix.com/GPX/1/1"
_XSI: Final = "http://www.w3.org/2001/XMLSchema-instance"
CLUETRUST: Final = "http://www.cluetrust.com/XML/GPXDATA/1/0"
_TPX: Final = "http://www.garmin.com/xmlschemas/TrackPointExtension/v1"
#: extension -> namespace, wrapping element, (element, column, decimals) in the order of its schema
_EXTENSIONS: Final[dict[str, tuple[str | None, str | None, tuple[tuple[str, str, Way], ...]]]] = {
    "documented": (_TPX, "TrackPointExtension", (("atemp", "temperature", 1), ("hr", "heart_rate", 0))),
    "strava": (
        _TPX,
        "TrackPointExtension",
        (("atemp", "temperature", 1), ("hr", "heart_rate", 0), ("cad", "cadence", 0)),
    ),
    "v1": (
        _TPX,
        "TrackPointExtension",
        (("atemp", "temperature", 1), ("hr", "heart_rate", 0), ("cad", "cadence", 0)),
    ),
    "v2": (
        "http://www.garmin.com/xmlschemas/TrackPointExtension/v2",
        "TrackPointExtension",
        (("atemp", "temperature", 1), ("hr", "heart_rate", 0), ("cad", "cadence", 0), ("speed", "speed", 3)),
    ),
    "cluetrust": (
        CLUETRUST,
        None,
        (("hr", "heart_rate", 0), ("cadence", "cadence", 0), ("temp", "temperature", 1), ("distance", "distance", 2)),
    ),
    "general": (
        None,
        None,
        (("heartrate", "heart_rate", 0), ("cadence", "cadence", 0), ("power", "power", 0), ("distance", "distance", 2)),
    ),
}

#: The element around values, if any, and element, column and decimals of each.
_Group = tuple[str | None, list[tuple[str, str, Way]]]


def write_gpx(
    ride: Invented,
    *,
    extension: str | None = "documented",
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
    shape: str | None = None,
    change: Change | None = None,
    skip: Collection[int] = (),
) -> bytes:
    """``ride`` as GPX: metadata, one trk with its type, and trkpt with ele, time and extensions in the order of the
    schema.

    ``extension`` is where sensors stand: ``documented`` (hr and atemp in version 1 of Garmin's TrackPointExtension, the
    cadence in Cluetrust's, as Strava's document lists them), ``v1`` or ``v2`` (all in TrackPointExtension),
    ``cluetrust``, ``general`` (plain tags, the only place for power), ``strava`` (power as a plain tag, the others as
    in ``v1``) or ``None``; ``prefix`` is its prefix (default ``gpxtpx`` or ``gpxdata``), and
    ``declare_prefix=False`` leaves its namespace undeclared. ``creator`` and ``type``
    default to the ride's device and sport; `OMIT` leaves them out. ``version`` is the attribute only. ``segments``
    splits the track into as many trkseg. ``shape`` writes it as an exporter does: ``garmin``, ``strava``, ``suunto``,
    ``polar`` or ``zwift``; it stands for ``extension``, ``prefix``, ``creator`` and white space. Raises ValueError.
    """
    form = shape_of(shape)
    if shape is not None:
        extension, prefix, creator = form.extension, form.prefix, creator or form.creator
    if extension is not None and extension not in _EXTENSIONS:
        raise ValueError(f"unknown extension {extension!r}; known are {', '.join(_EXTENSIONS)} and None")
    uri, wrapper, leaves = _EXTENSIONS[extension] if extension else (None, None, ())
    prefix = prefix or ("gpxdata" if extension == "cluetrust" else "gpxtpx")
    creator = ride.device if creator is None else creator
    out = Lines(indent=form.indent if indent else None, declaration=declaration)
    locations = f"{GPX} {GPX}/gpx.xsd"
    if uri is not None and wrapper:
        locations += f" {uri} {uri.replace('/TrackPointExtension/', '/TrackPointExtension')}.xsd"
    out.open("gpx", "".join((
        attribute("xmlns", namespace),
        attribute("xmlns:xsi", _XSI),
        attribute(f"xmlns:{prefix}", uri) if uri and declare_prefix else "",
        attribute("xmlns:gpxdata", CLUETRUST) if extension == "documented" else "",
        attribute("xsi:schemaLocation", locations),
        attribute("version", version),
        attribute("creator", creator),
    )))  # fmt: skip
    if metadata:
        out.open("metadata")
        out.leaf("name", text(ride.name))
        out.leaf("time", timed(ride.start_time, form.fraction))
        out.close()
    out.open("trk")
    out.leaf("name", text(ride.name))
    out.leaf("type", text(ride.sport) if type is None else number(type))
    out.open("trkseg")
    mark = f"{prefix}:" if uri else ""
    groups = [(mark + wrapper if wrapper else None, [(mark + tag, c, d) for tag, c, d in leaves])]
    if extension == "documented":
        groups.append((None, [("gpxdata:cadence", "cadence", 0)]))
    if extension == "strava":
        groups.insert(0, (None, [("power", "power", 0)]))
    groups = [(w, [(tag, column, form.gpx.get(column, way)) for tag, column, way in leaves]) for w, leaves in groups]
    breaks = {round(ride.points * k / segments) for k in range(1, segments)}
    for row in ride.rows(change, skip):
        if row["index"] in breaks:
            out.close()
            out.open("trkseg")
        _point(out, row, ride, groups, form)
    return out.bytes()


def _point(out: Lines, row: Point, ride: Invented, groups: list[_Group], form: Shape) -> None:
    place = ""
    for name, column in (("lat", "latitude"), ("lon", "longitude")):
        value = number(row[column], form.gpx.get(column, 7))
        place += f' {name}="{value}"' if value is not None and "position" in ride.channels else ""
    out.open("trkpt", place)
    if "altitude" in ride.channels:
        out.leaf("ele", number(row["altitude"], form.gpx.get("altitude", 1)))
    out.leaf("time", timed(row["time"], form.fraction))
    there = [(w, [(tag, number(row[c], d)) for tag, c, d in leaves if c in ride.channels]) for w, leaves in groups]
    there = [(w, [(tag, value) for tag, value in values if value is not None]) for w, values in there]
    if any(values for _, values in there):
        out.open("extensions")
        for wrapper, values in there:
            if wrapper and values:
                out.open(wrapper)
            for tag, value in values:
                out.leaf(tag, value)
            out.close(1 if wrapper and values else 0)
        out.close()
    out.close()
