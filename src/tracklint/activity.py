"""The one model of a ride: columns of numbers, and the few things that are not columns.

``fit``, ``gpx`` and ``tcx`` each build an `Activity`; rules, prediction and output only ever see this. A point is a FIT
record message, a GPX trkpt or a TCX Trackpoint, and point *i* of every column is the *i*-th point as it stands in the
file.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, fields
from itertools import pairwise
from typing import TYPE_CHECKING, Any, TypeVar

import numpy as np
import numpy.typing as npt

from .findings import Format, Where
from .notebooks import InNotebooks
from .parts import SAID_OF, Device, Event, Lap, Session, alike
from .spelling import counted

if TYPE_CHECKING:
    import pandas

__all__ = [
    "BAROMETER",
    "CHANNELS",
    "COLUMNS",
    "PARTS",
    "SAID_OF",
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
    "hops",
    "sortable",
    "time_order",
    "with_barometer",
]

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]
Made = TypeVar("Made")

_EARTH_RADIUS_M = 6_371_008.8

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
#: The parts of an `Activity` that may be empty.
PARTS = ("sessions", "laps", "events", "places", "bad_values")

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


def hops(latitude: Floats, longitude: Floats) -> Floats:
    """Metres from each position, in degrees, to the next one (haversine on a sphere)."""
    lat, lon = np.radians(latitude), np.radians(longitude)
    half = np.sin(np.diff(lat) / 2) ** 2 + np.cos(lat[:-1]) * np.cos(lat[1:]) * np.sin(np.diff(lon) / 2) ** 2
    metres: Floats = 2 * _EARTH_RADIUS_M * np.arcsin(np.sqrt(np.clip(half, 0, 1)))
    return metres


def time_order(spans: Sequence[tuple[float, float]]) -> list[int] | None:
    """The order in which parts with these first and last times follow each other; ``None`` where two overlap."""
    order = sorted(range(len(spans)), key=lambda i: spans[i])
    return order if all(spans[a][1] <= spans[b][0] for a, b in pairwise(order)) else None


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
    ``offsets`` and ``sizes`` the bytes of the offending text, ``sample`` the text at the first of them. ``mendable``
    says of ``not-a-time`` that one of the texts at least is a date and time in a form that xsd:dateTime does not have.
    """

    channel: str
    kind: str
    records: Ints
    offsets: Ints
    sizes: Ints
    sample: str
    mendable: bool = False

    __eq__ = alike
    __hash__ = None  # type: ignore[assignment]  # arrays have no hash; this is how Python says it


#: The fields of `Where` that differ from point to point; the others are texts, the same for all points of a file.
_NUMBERS = tuple(f.name for f in fields(Where) if f.name not in ("message_name", "field"))


@dataclass(frozen=True, slots=True, eq=False)
class _Places:
    """The places of all points without the file: a column for each number that a `Where` can have (NaN for None), and
    the texts."""

    numbers: Mapping[str, Floats]
    message_name: str | None
    field: str | None

    @classmethod
    def of(cls, activity: Activity) -> _Places:
        table = np.full((len(_NUMBERS), len(activity)), np.nan)
        where = Where()
        for i in range(len(activity)):
            where = activity.at(i)
            table[:, i] = [np.nan if (number := getattr(where, name)) is None else number for name in _NUMBERS]
        numbers = {name: row.copy() for name, row in zip(_NUMBERS, table, strict=True) if not np.isnan(row).all()}
        return cls(numbers, where.message_name, where.field)

    def __call__(self, i: int) -> Where:
        known = {name: float(column[i]) for name, column in self.numbers.items() if not np.isnan(column[i])}
        time = known.pop("time", None)
        whole: dict[str, Any] = {name: int(number) for name, number in known.items()}
        return Where(**whole, time=time, message_name=self.message_name, field=self.field)


def _usable(activity: Activity, name: str) -> npt.NDArray[np.bool_]:
    usable: npt.NDArray[np.bool_]
    if name == "position":
        usable = (np.abs(activity.latitude) <= 90) & (np.abs(activity.longitude) <= 180)
    else:
        usable = np.isfinite(getattr(activity, name))
    usable.flags.writeable = False
    return usable


def _known(activity: Activity, name: str) -> int:
    return int(np.count_nonzero(activity.channel(name)))


def _extent(activity: Activity, name: str) -> tuple[float, float]:
    column = getattr(activity, name)
    if not len(column):
        return math.nan, math.nan
    return float(np.fmin.reduce(column)), float(np.fmax.reduce(column))


def _content(activity: Activity) -> frozenset[str]:
    there = {name for name in COLUMNS if not math.isnan(activity.extent(name)[0])}
    there |= {name for name in PARTS if getattr(activity, name)}
    return frozenset(there | {"position"} if activity.known("position") else there)


def _nothing() -> Floats:
    return np.empty(0)


@dataclass(slots=True, eq=False, kw_only=True, repr=False)
class Activity(InNotebooks):
    """One activity file as columns.

    Columns are float64 arrays of one length: ``time`` (UTC seconds, fractions kept), ``latitude`` and ``longitude``
    (degrees), ``altitude`` and ``distance`` (m; distance accumulates from the start), ``speed`` (m/s), ``heart_rate``
    (bpm), ``cadence`` (rpm; for runs strides a minute as devices store it), ``power`` (W), ``temperature`` (deg C). NaN
    stands where the file has no value or its invalid value.

    ``kind`` says what the file is: ``activity``, ``course``, ``route``, ``waypoints``, ``empty``, or the name of a FIT
    file type such as ``workout``. ``starts`` holds the index of the first point of each trkseg, TCX Track or FIT
    segment. ``counts`` tells how often things stand in the file that are not points: FIT message names, or XML element
    names such as ``trk``, ``rte``, ``wpt``, ``Activity``, ``Course``, and as ``recorded`` the points of routes or the
    waypoints that make a track. ``stated_time`` is the time that a file names for itself (metadata/time in GPX,
    file_id.time_created in FIT), UTC seconds. ``locate`` turns a point's index into its place.

    Two activities are equal where all but ``locate`` is, NaN being equal to NaN. A pickled one carries the places of
    its points in place of the file.
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
    locate: Callable[[int], Where] = field(default=lambda i: Where(record=i), repr=False, compare=False)
    _made: dict[tuple[Any, ...], Any] = field(default_factory=dict, init=False, repr=False, compare=False)

    __eq__ = alike
    __hash__ = None  # type: ignore[assignment]  # arrays have no hash; this is how Python says it

    def __getstate__(self) -> tuple[None, dict[str, Any]]:
        state = {f.name: getattr(self, f.name) for f in fields(self)} | {"_made": {}}
        if not isinstance(self.locate, _Places):
            state["locate"] = _Places.of(self)
        return None, state

    def __repr__(self) -> str:
        return f"<Activity {self.format} {self.kind}: {counted(len(self), 'point')}, {counted(len(self.laps), 'lap')}>"

    def __len__(self) -> int:
        """The number of points."""
        return len(self.time)

    def __getitem__(self, name: str) -> Floats:
        """The column with this name, one of `COLUMNS`: ``ride["power"]`` is ``ride.power``. Raises KeyError, and
        TypeError for what is no name; the place of a point is `at`."""
        if not isinstance(name, str):
            raise TypeError(
                f"columns have names, such as 'power'; {name!r} is none. The place of a point is at({name!r})"
            )
        if name not in COLUMNS:
            raise KeyError(f"{name!r} is no column; known are {', '.join(COLUMNS)}")
        column: Floats = getattr(self, name)
        return column

    __iter__ = None  # points are not walked one by one

    def at(self, i: int) -> Where:
        """The place of point ``i``: byte, line or message, record index and, where it has one, its time."""
        return self.locate(int(i))

    def once(self, make: Callable[..., Made], *how: Any) -> Made:
        """What ``make(activity, *how)`` gives: made when it is first asked for, and kept up to `forget`.

        It must not hold the activity, and nobody writes to it. What is a column of numbers for all points is not for
        this: a day has too many of them.
        """
        key = (make, *how)
        if key not in self._made:
            self._made[key] = make(self, *how)
        made: Made = self._made[key]
        return made

    def forget(self) -> None:
        """Free all that `once` keeps; where the columns were changed, it must be made anew."""
        self._made.clear()

    def channel(self, name: str) -> npt.NDArray[np.bool_]:
        """For one of `CHANNELS` or `COLUMNS`: True at each point that carries a usable value. It is kept, and nobody
        writes to it."""
        return self.once(_usable, name)

    def known(self, name: str) -> int:
        """How many points carry a usable value of a channel or column."""
        return self.once(_known, name)

    def extent(self, name: str) -> tuple[float, float]:
        """The least and the greatest number of a column, infinities included; NaN where no point has one."""
        return self.once(_extent, name)

    @property
    def content(self) -> frozenset[str]:
        """What there is at all, for rules that say what they need: `CHANNELS` and `COLUMNS` in which some point has a
        number, and which of ``sessions``, ``laps``, ``events``, ``places`` and ``bad_values`` are not empty."""
        return self.once(_content)

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
