"""The one model of a ride: columns of numbers, and the few things that are not columns.

``fit``, ``gpx`` and ``tcx`` each build an `Activity`; rules, prediction and output only ever see this. A point is a FIT
record message, a GPX trkpt or a TCX Trackpoint, and point *i* of every column is the *i*-th point as it stands in the
file.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from .findings import Format, Where

if TYPE_CHECKING:
    import pandas
    import pyarrow

__all__ = [
    "BAROMETER",
    "CHANNELS",
    "COLUMNS",
    "Activity",
    "BadValue",
    "Device",
    "Event",
    "Floats",
    "Ints",
    "Lap",
    "Place",
    "Session",
    "ends_with_barometer",
    "sortable",
    "time_order",
    "with_barometer",
]

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]

#: Every column of an `Activity`, in the order in which tables show them.
COLUMNS = (
    "time",
    "latitude",
    "longitude",
    "altitude",
    "distance",
    "speed",
    "heart_rate",
    "cadence",
    "power",
    "temperature",
)
#: The channels a report counts; ``position`` needs latitude and longitude together.
CHANNELS = ("position", "altitude", "heart_rate", "cadence", "power", "temperature", "distance", "speed")

#: The words that make Strava take elevations from a TCX or GPX file as they are, at the very end of the creator's name.
BAROMETER = "with barometer"


def ends_with_barometer(name: str) -> bool:
    """Whether a creator's name ends in "with barometer", in any case; text after it does not count."""
    return " ".join(name.split()).casefold().endswith(BAROMETER)


def with_barometer(name: str) -> str:
    """A creator's name with "with barometer" put at its end; punctuation and spaces there go."""
    return f"{' '.join(name.split()).rstrip(' .,;:-')} {BAROMETER}".lstrip()


#: Steps back in time that swapped points explain, in seconds; a larger one says that the clock was set.
_SWAPPED_S = 5.0


def sortable(times: Floats) -> bool:
    """Whether points with these times, of one segment and NaN nowhere, may be sorted by them.

    They may where points were swapped, so that none comes more than 5 s late, and where the whole segment stands in the
    reverse order. Elsewhere the clock was set, and sorting would mix up two stretches of the way.
    """
    return bool((np.maximum.accumulate(times) - times).max(initial=0) <= _SWAPPED_S or (np.diff(times) <= 0).all())


def time_order(spans: Sequence[tuple[float, float]]) -> list[int] | None:
    """The order in which parts with these first and last times follow each other; ``None`` where two overlap."""
    order = sorted(range(len(spans)), key=lambda i: spans[i])
    return order if all(spans[a][1] <= spans[b][0] for a, b in pairwise(order)) else None


@dataclass(frozen=True, slots=True, kw_only=True)
class Session:
    """One FIT session, TCX Activity or Course, or GPX trk. Times in UTC seconds, NaN where the file does not say.

    ``sport`` is the word of the file (for FIT the profile's name, or the number as text when the profile has none);
    ``sub_sport`` exists in FIT only. ``start_time`` + ``elapsed_s`` is the end; a FIT session's own timestamp is not.
    """

    sport: str | None = None
    sub_sport: str | None = None
    name: str | None = None
    start_time: float = np.nan
    timestamp: float = np.nan
    elapsed_s: float = np.nan
    timer_s: float = np.nan
    distance_m: float = np.nan
    ascent_m: float = np.nan
    descent_m: float = np.nan
    calories: float = np.nan
    pool_length_m: float = np.nan
    first_point: int = 0
    points: int = 0
    where: Where = field(default_factory=Where)


@dataclass(frozen=True, slots=True, kw_only=True)
class Lap:
    """One FIT or TCX lap. ``points`` is the number of points inside it (TCX; 0 for FIT, where laps are time
    windows)."""

    start_time: float = np.nan
    timestamp: float = np.nan
    elapsed_s: float = np.nan
    timer_s: float = np.nan
    distance_m: float = np.nan
    calories: float = np.nan
    first_point: int = 0
    points: int = 0
    where: Where = field(default_factory=Where)


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """A FIT event message: ``event`` and ``kind`` (event_type) are profile names, e.g. ``timer`` and ``stop_all``."""

    time: float
    event: str
    kind: str
    where: Where = field(default_factory=Where)


@dataclass(frozen=True, slots=True, kw_only=True)
class Device:
    """The recording device. For GPX ``name`` is ``@creator``, for TCX ``Creator/Name``; for FIT it is file_id's
    product_name or the profile's name for manufacturer and product. Numbers are kept as ``*_id``. ``barometer`` is
    ``None`` where the file does not tell; ``where`` points at the name's text (or at file_id)."""

    name: str | None = None
    manufacturer: str | None = None
    product: str | None = None
    manufacturer_id: int | None = None
    product_id: int | None = None
    serial: int | None = None
    software: str | None = None
    barometer: bool | None = None
    where: Where = field(default_factory=Where)


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """A place in the file where values of a channel stand, e.g. ``TrackPointExtension/v1 hr``.

    ``strava`` is True where Strava's documents or several independent reports say that Strava reads it there, False
    where it does not. ``points`` counts the points that carry a usable value there, ``first`` is the first such point.
    ``defect`` is the name of the rule that tells what is wrong with the place, where one does.
    """

    channel: str
    name: str
    strava: bool
    points: int
    first: int
    why: str = ""
    defect: str = ""


@dataclass(frozen=True, slots=True, eq=False)
class BadValue:
    """Values of one kind that stand in the file but could not be taken. The columns hold NaN at these points.

    ``kind`` is ``not-a-number``, ``not-finite``, ``not-a-time``, ``empty`` or, where the value *was* taken, ``no-zone``
    (a time without zone, read as UTC), ``not-whole`` (a sensor's number with a decimal point), ``exponent`` (a GPX
    coordinate with one) or ``out-of-range``. ``records`` holds point indices (ascending, int64),
    ``offsets`` and ``sizes`` the bytes of the offending text, ``sample`` the text at the first of them.
    """

    channel: str
    kind: str
    records: Ints
    offsets: Ints
    sizes: Ints
    sample: str


def _nothing() -> Floats:
    return np.empty(0)


@dataclass(slots=True, eq=False, kw_only=True)
class Activity:
    """One activity file as columns.

    Columns are float64 arrays of one length: ``time`` (UTC seconds, fractions kept), ``latitude`` and ``longitude``
    (degrees), ``altitude`` and ``distance`` (m; distance accumulates from the start), ``speed`` (m/s), ``heart_rate``
    (bpm), ``cadence`` (rpm; for runs strides a minute as devices store it), ``power`` (W), ``temperature`` (deg C). NaN
    stands where the file has no value or its invalid value.

    ``kind`` says what the file is: ``activity``, ``course``, ``route``, ``waypoints``, ``empty``, or the name of a FIT
    file type such as ``workout``. ``starts`` holds the index of the first point of each trkseg, TCX Track or FIT
    segment. ``counts`` tells how often things stand in the file that are not points: FIT message names, or XML element
    names such as ``trk``, ``rte``, ``wpt``, ``Activity``, ``Course``, and as ``recorded`` the points of routes or the
    waypoints that make a track. ``stated_time`` is the time that a file names for
    itself (metadata/time in GPX, file_id.time_created in FIT), UTC seconds. ``locate`` turns a point's index into its
    place.
    """

    format: Format
    kind: str = "activity"
    time: Floats = field(default_factory=_nothing)
    latitude: Floats = field(default_factory=_nothing)
    longitude: Floats = field(default_factory=_nothing)
    altitude: Floats = field(default_factory=_nothing)
    distance: Floats = field(default_factory=_nothing)
    speed: Floats = field(default_factory=_nothing)
    heart_rate: Floats = field(default_factory=_nothing)
    cadence: Floats = field(default_factory=_nothing)
    power: Floats = field(default_factory=_nothing)
    temperature: Floats = field(default_factory=_nothing)
    starts: Ints = field(default_factory=lambda: np.zeros(0, np.int64))
    sessions: tuple[Session, ...] = ()
    laps: tuple[Lap, ...] = ()
    events: tuple[Event, ...] = ()
    device: Device = field(default_factory=Device)
    places: tuple[Place, ...] = ()
    bad_values: tuple[BadValue, ...] = ()
    counts: Mapping[str, int] = field(default_factory=dict)
    stated_time: float = np.nan
    locate: Callable[[int], Where] = field(default=lambda i: Where(record=i), repr=False)

    def __len__(self) -> int:
        """The number of points."""
        return len(self.time)

    def at(self, i: int) -> Where:
        """The place of point ``i``: byte, line or message, record index and, where it has one, its time."""
        return self.locate(int(i))

    def channel(self, name: str) -> npt.NDArray[np.bool_]:
        """For one of `CHANNELS`: True at each point that carries a usable value."""
        if name == "position":
            lat, lon = self.latitude, self.longitude
            return (np.abs(lat) <= 90) & (np.abs(lon) <= 180)
        usable: npt.NDArray[np.bool_] = np.isfinite(getattr(self, name))
        return usable

    def columns(self) -> dict[str, Floats]:
        """All columns by name, in the order of `COLUMNS`. No copies are made."""
        return {name: getattr(self, name) for name in COLUMNS}

    def to_pandas(self) -> pandas.DataFrame:
        """The columns as a DataFrame with ``time`` as UTC datetimes. Raises ImportError where pandas is not
        installed."""
        import pandas

        frame: Any = pandas.DataFrame(self.columns())
        frame["time"] = pandas.to_datetime(frame["time"], unit="s", utc=True)
        return frame

    def to_arrow(self) -> pyarrow.Table:
        """The columns as a Table; NaN becomes null. Raises ImportError where pyarrow is not installed."""
        import pyarrow

        return pyarrow.table({name: pyarrow.array(column, from_pandas=True) for name, column in self.columns().items()})
