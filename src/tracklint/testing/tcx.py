"""A ride as TCX, valid by the schema at https://www8.garmin.com/xmlschemas/TrainingCenterDatabasev2.xsd."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from .invented import Change, Invented, LapFacts, Omit, Point
from .shapes import shape_of
from .xmltext import Lines, attribute, number, text, timed

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

    from .shapes import Shape

__all__ = ["write_tcx"]

TCX: Final = "http://www.garmin.com/xmlschemas/TrainingCenterDatabase/v2"
EXTENSION: Final = "http://www.garmin.com/xmlschemas/ActivityExtension/v2"
_XSI: Final = "http://www.w3.org/2001/XMLSchema-instance"
_SPORTS: Final = {
    "cycling": "Biking", "running": "Running", "hiking": "Hiking", "walking": "Walking", "swimming": "Swimming",
}  # fmt: skip


def write_tcx(
    ride: Invented,
    *,
    course: bool = False,
    sport: str | None = None,
    creator: str | Omit | None = None,
    prefix: str | None = "ns3",
    namespace: str = TCX,
    declaration: bool = True,
    indent: bool = True,
    declare_prefix: bool = True,
    shape: str | None = None,
    lap: Mapping[str, str | None] | None = None,
    change: Change | None = None,
    skip: Collection[int] = (),
) -> bytes:
    """``ride`` as TCX: one Activity (or a Course) with laps, trackpoints with Speed, RunCadence and Watts, and a
    complete Creator.

    ``sport`` defaults to what Strava reads for the ride's sport (``Biking``, ``Running``, ``Hiking`` ...; the schema
    knows only the first two and ``Other``). ``creator`` defaults to the ride's device; `OMIT` leaves the Creator out.
    ``prefix`` is that of Garmin's ActivityExtension; ``None`` declares it as the default namespace of each TPX, and
    ``declare_prefix=False`` not at all. ``lap`` overrides elements of every lap, with text as it is: ``{"Calories":
    None}``; ``StartTime`` is the attribute. ``shape`` writes it as an exporter does, which stands for ``prefix`` and
    white space (`write_gpx` has the names). ``change`` of ``temperature`` has no effect: TCX has none. Raises
    ValueError.
    """
    form = shape_of(shape)
    prefix = form.tpx_prefix if shape is not None else prefix
    out = Lines(indent=form.indent if indent else None, declaration=declaration)
    extension = attribute(f"xmlns:{prefix}", EXTENSION) if prefix and declare_prefix else ""
    where = f"{TCX} https://www8.garmin.com/xmlschemas/TrainingCenterDatabasev2.xsd"
    if extension:
        where += f" {EXTENSION} https://www8.garmin.com/xmlschemas/ActivityExtensionv2.xsd"
    out.open(
        "TrainingCenterDatabase",
        attribute("xmlns", namespace)
        + attribute("xmlns:xsi", _XSI)
        + extension
        + attribute("xsi:schemaLocation", where),
    )
    rows = list(ride.rows(change, skip))
    declared = "" if prefix or not declare_prefix else attribute("xmlns", EXTENSION)
    points = _Points(out, ride, prefix, declared, form)
    if course:
        out.open("Courses")
        out.open("Course")
        out.leaf("Name", text(ride.name[:15]))
        for facts in ride.lap_facts:
            _course_lap(out, ride, facts, lap or {}, form)
        points.track(rows)
    else:
        word = _SPORTS.get(ride.sport, "Other") if sport is None else sport
        out.open("Activities")
        out.open("Activity", attribute("Sport", word))
        out.leaf("Id", timed(ride.start_time, form.fraction))
        for facts in ride.lap_facts:
            _lap(out, ride, facts, lap or {}, form)
            until = ride.points if facts.index == ride.laps - 1 else facts.last
            points.track([row for row in rows if facts.first <= row["index"] < until])
            out.close()
    if not isinstance(creator, Omit):
        _creator(out, ride.device if creator is None else creator, ride.serial)
    return out.bytes()


def _lap(out: Lines, ride: Invented, facts: LapFacts, override: Mapping[str, str | None], form: Shape) -> None:
    start = override.get("StartTime", timed(facts.start_time, form.fraction))
    out.open("Lap", f' StartTime="{start}"' if start is not None else "")
    points = [ride.point(i) for i in range(facts.first, facts.last + 1)]
    rates = [point["heart_rate"] for point in points]
    elements: dict[str, str | None] = {
        "TotalTimeSeconds": number(float(facts.elapsed_s), 1),
        "DistanceMeters": number(facts.distance_m, form.tcx.get("distance", 2)),
        "MaximumSpeed": number(max(point["speed"] for point in points), form.tcx.get("speed", 3))
        if "speed" in ride.channels
        else None,
        "Calories": number(facts.calories),
        "AverageHeartRateBpm": f"<Value>{round(sum(rates) / len(rates))}</Value>"
        if "heart_rate" in ride.channels
        else None,
        "MaximumHeartRateBpm": f"<Value>{max(rates)}</Value>" if "heart_rate" in ride.channels else None,
        "Intensity": "Active",
        "TriggerMethod": "Manual",
    }
    _elements(out, elements, override)


def _course_lap(out: Lines, ride: Invented, facts: LapFacts, override: Mapping[str, str | None], form: Shape) -> None:
    out.open("Lap")
    elements: dict[str, str | None] = {
        "TotalTimeSeconds": number(float(facts.elapsed_s), 1),
        "DistanceMeters": number(facts.distance_m, form.tcx.get("distance", 2)),
        "BeginPosition": _position(ride.point(facts.first), form) if "position" in ride.channels else None,
        "EndPosition": _position(ride.point(facts.last), form) if "position" in ride.channels else None,
        "Intensity": "Active",
    }
    _elements(out, elements, override)
    out.close()


def _elements(out: Lines, elements: Mapping[str, str | None], override: Mapping[str, str | None]) -> None:
    for name, value in {**elements, **{k: v for k, v in override.items() if k != "StartTime"}}.items():
        out.leaf(name, value)


def _position(row: Point, form: Shape) -> str | None:
    lat, lon = (number(row[axis], form.tcx.get(axis, 7)) for axis in ("latitude", "longitude"))
    latitude = "" if lat is None else f"<LatitudeDegrees>{lat}</LatitudeDegrees>"
    longitude = "" if lon is None else f"<LongitudeDegrees>{lon}</LongitudeDegrees>"
    return latitude + longitude or None


class _Points:
    """Writes tracks; the names of the extension's elements are made once."""

    def __init__(self, out: Lines, ride: Invented, prefix: str | None, declared: str, form: Shape) -> None:
        self.out = out
        self.ride = ride
        self.form = form
        self.rate = ' xsi:type="HeartRateInBeatsPerMinute_t"' if form.typed else ""
        mark = f"{prefix}:" if prefix else ""
        self.wrapper = f"{mark}TPX", declared
        running = ride.sport == "running"
        leaves = (("Speed", "speed", 3), ("RunCadence", "cadence" if running else "", 0), ("Watts", "power", 0))
        self.leaves = [
            (mark + tag, column, form.tcx.get(column, way)) for tag, column, way in leaves if column in ride.channels
        ]
        self.cadence = "cadence" in ride.channels and not running

    def track(self, rows: list[Point]) -> None:
        """One Track; none for no points, since the schema wants one Trackpoint at least."""
        if not rows:
            return
        self.out.open("Track")
        for row in rows:
            self._point(row)
        self.out.close()

    def _point(self, row: Point) -> None:
        out, channels, ways = self.out, self.ride.channels, self.form.tcx
        out.open("Trackpoint")
        out.leaf("Time", timed(row["time"], self.form.fraction))
        if "position" in channels:
            out.leaf("Position", _position(row, self.form))
        if "altitude" in channels:
            out.leaf("AltitudeMeters", number(row["altitude"], ways.get("altitude", 1)))
        if "distance" in channels:
            out.leaf("DistanceMeters", number(row["distance"], ways.get("distance", 2)))
        rate = number(row["heart_rate"])
        if "heart_rate" in channels and rate is not None:
            out.leaf("HeartRateBpm", f"<Value>{rate}</Value>", self.rate)
        if self.cadence:
            out.leaf("Cadence", number(row["cadence"]))
        values: list[tuple[str, Any]] = [(tag, number(row[column], way)) for tag, column, way in self.leaves]
        values = [(tag, value) for tag, value in values if value is not None]
        if values:
            out.open("Extensions")
            out.open(*self.wrapper)
            for tag, value in values:
                out.leaf(tag, value)
            out.close(2)
        out.close()


def _creator(out: Lines, name: str, serial: int) -> None:
    out.open("Creator", ' xsi:type="Device_t"')
    out.leaf("Name", text(name))
    out.leaf("UnitId", str(serial))
    out.leaf("ProductID", "1")
    out.open("Version")
    for tag, value in (("VersionMajor", "1"), ("VersionMinor", "0"), ("BuildMajor", "0"), ("BuildMinor", "0")):
        out.leaf(tag, value)
    out.close(2)
