"""What readers of TCX and GPX are known to make of a file: the points that they leave out, the places where they look.

A difference that follows from such a habit is no riddle, so it is explained. Each habit was read in the reader's code,
of the version that docs/second-readers.md names; where a reader has another one, nothing here is used.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from ..xml.columns import point_elements
from ..xml.names import ACTIVITY_EXTENSION_V2, TCX_V2

if TYPE_CHECKING:
    from ..activity import Activity, Floats
    from ..xml import XmlDocument
    from ..xml.vocabulary import Path

__all__ = ["Habit", "Known", "aligned", "known_of", "why_stopped"]

Masks = npt.NDArray[np.bool_]
Test = Callable[["Path"], bool]


@dataclass(frozen=True, slots=True, kw_only=True)
class Habit:
    """One habit and what it does to this file: ``count`` points (``what`` is ``record``), points with extensions
    (``extensions``) or values of a column are not seen as they stand, ``first`` is the first such point. With
    ``extra`` they are values that belong to no point."""

    what: str
    does: str
    count: int
    first: int | None = None
    extra: bool = False


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Known:
    """What a reader is known to see: which of our points, other numbers in some columns of them, and other counts."""

    points: npt.NDArray[np.intp]
    columns: Mapping[str, Floats] = field(default_factory=dict)
    counts: Mapping[str, int] = field(default_factory=dict)
    habits: tuple[Habit, ...] = ()

    def plain(self, activity: Activity) -> Activity:
        """These points as the file holds them."""
        points = self.points
        columns: dict[str, Any] = {name: column[points] for name, column in activity.columns().items()}
        return replace(activity, **columns, locate=lambda i: activity.at(int(points[i])))

    def seen(self, activity: Activity) -> Activity:
        """These points as the reader is known to see them."""
        columns: dict[str, Any] = {name: column[self.points] for name, column in self.columns.items()}
        return replace(self.plain(activity), **columns)


def known_of(reader: str, document: XmlDocument, activity: Activity) -> Known | None:
    """What is known of this reader and this file; ``None`` where nothing is."""
    known = _KNOWN.get(reader)
    return known(_Points(document, activity)) if known else None


class _Points:
    """The points of a document, and questions about them."""

    def __init__(self, document: XmlDocument, activity: Activity) -> None:
        self.document, self.activity = document, activity
        self.name = "trkpt" if activity.format == "gpx" else "Trackpoint"
        found, keep = point_elements(document, self.name)
        self.elements = found[keep]
        self.habits: list[Habit] = []

    def at(self, test: Test) -> Masks:
        """Whether the path of each point passes the test."""
        paths = self.document.elements
        good = np.fromiter((test(path) for path in paths.paths), bool, len(paths.paths))
        return np.asarray(good[paths.path[self.elements]])

    def owners(self, test: Test) -> npt.NDArray[np.intp]:
        """For each element whose path passes the test, the index of the point that it is in, or -1."""
        found = self.document.elements.where(test)
        inside = np.isin(found, self.document.elements.where(lambda path: self.name in path.locals()[:-1]))
        return np.where(inside, np.searchsorted(self.elements, found, "right") - 1, -1)

    def holding(self, test: Test) -> Masks:
        """Whether each point holds an element whose path passes the test."""
        found = np.zeros(len(self.elements), bool)
        owners = self.owners(test)
        found[owners[owners >= 0]] = True
        return found

    def note(self, what: str, does: str, touched: Masks) -> None:
        """Keep a habit where it touches a point."""
        if touched.any():
            first = int(np.argmax(touched))
            self.habits.append(Habit(what=what, does=does, count=int(touched.sum()), first=first))

    def column(self, channel: str, does: str, test: Test) -> Floats:
        """A column as a reader sees it that looks for its values in elements that pass the test only."""
        ours: Floats = getattr(self.activity, channel)
        seen = np.where(self.holding(test), ours, np.nan)
        self.note(channel, does, np.isnan(seen) & ~np.isnan(ours))
        return seen

    def kept(self, reasons: Iterator[tuple[Masks, str]]) -> Masks:
        """The points that are left when each mask has taken some away for its reason."""
        kept = np.ones(len(self.elements), bool)
        for mask, does in reasons:
            self.note("record", does, kept & ~mask)
            kept &= mask
        return kept


def _gpxpy(points: _Points) -> Known:
    document, root = points.document, points.document.root
    own = {"", root.scope.get("")} if root else {""}
    kept = points.kept(
        iter((
            (points.at(lambda path: all(not p.prefix and p.uri in own for p in path.chain()[1:])),
             "reads elements without a prefix only"),
            (points.at(lambda path: path.locals()[1:] == ("trk", "trkseg", "trkpt")),
             "reads trkpt in trkseg in trk only"),
        ))
    )  # fmt: skip
    extended = points.holding(
        lambda path: path.parent is not None and path.parent.locals()[-2:] == ("trkpt", "extensions")
    )
    version = root.attribute("version") if root else None
    read = extended & kept & (version is not None and version.value == "1.1")
    points.note("extensions", "reads extensions only where the version of the root is 1.1", extended & kept & ~read)
    if not document.well_formed:
        points.habits.clear()
    return Known(
        points=np.flatnonzero(kept),
        counts={"record": int(kept.sum()), "extensions": int(read.sum())},
        habits=tuple(points.habits),
    )


def extended_points(document: XmlDocument, activity: Activity) -> int:
    """How many points of a GPX file have something in their extensions."""
    return int(_Points(document, activity).holding(_in_extensions).sum())


def _in_extensions(path: Path) -> bool:
    return path.parent is not None and path.parent.locals()[-2:] == ("trkpt", "extensions")


def _ends(*names: str, uri: str = TCX_V2) -> Test:
    """Whether a path ends in these local names, all of this namespace."""

    def test(path: Path) -> bool:
        chain = path.chain()[-len(names) :]
        return tuple(p.local for p in chain) == names and all(p.uri == uri for p in chain)

    return test


_TCX_V2_ONLY = f"reads elements of the namespace {TCX_V2} only"
_TRACKPOINT = ("Activities", "Activity", "Lap", "Track", "Trackpoint")


def _tcxreader(points: _Points) -> Known:
    activity = points.activity
    lost = np.isnan(activity.longitude)
    for bad in activity.bad_values:
        if (bad.channel, bad.kind) == ("longitude", "not-finite"):
            lost[bad.records] = False
    kept = points.kept(
        iter((
            (points.at(lambda path: all(p.uri == TCX_V2 for p in path.chain()[1:])), _TCX_V2_ONLY),
            (points.at(lambda path: "Courses" not in path.locals()), "does not read Courses"),
            (points.at(lambda path: "MultiSportSession" not in path.locals()), "does not read a MultiSportSession"),
            (points.at(lambda path: path.locals()[1:] == _TRACKPOINT), f"reads {'/'.join(_TRACKPOINT)} only"),
            (~lost, "leaves out points without a longitude"),
        ))
    )  # fmt: skip
    columns = {
        "heart_rate": points.column("heart_rate", "reads the heart rate in a child of HeartRateBpm only",
                                    lambda path: path.parent is not None and _ends("HeartRateBpm")(path.parent)),
        "power": points.column("power", _in_extension("Watts"), _extension("Watts")),
        "speed": points.column("speed", _in_extension("Speed"), _extension("Speed")),
        "cadence": points.column("cadence", "reads Cadence, and RunCadence of " + ACTIVITY_EXTENSION_V2 + " only",
                                 lambda path: _ends("Trackpoint", "Cadence")(path) or _extension("RunCadence")(path)),
    }  # fmt: skip
    for channel in ("heart_rate", "cadence"):
        whole = np.trunc(columns[channel])
        points.note(channel, "cuts the decimals of heart rate and cadence", whole < columns[channel])
        columns[channel] = whole
    return Known(
        points=np.flatnonzero(kept), columns=columns, counts={"record": int(kept.sum())}, habits=tuple(points.habits)
    )


def _in_extension(name: str) -> str:
    return f"reads {name} of the namespace {ACTIVITY_EXTENSION_V2} only"


def _extension(name: str) -> Test:
    return _ends("TPX", name, uri=ACTIVITY_EXTENSION_V2)


#: The elements whose texts tcxparser lists for each column, wherever they stand.
_LISTS: Mapping[str, Test] = {
    "time": _ends("Time"),
    "latitude": _ends("Trackpoint", "Position"),
    "longitude": _ends("Trackpoint", "Position"),
    "altitude": _ends("AltitudeMeters"),
    "distance": _ends("Trackpoint", "DistanceMeters"),
    "heart_rate": _ends("HeartRateBpm", "Value"),
    "cadence": _ends("Cadence"),
    "power": _extension("Watts"),
}
_LOOKS = {
    "heart_rate": "reads the heart rate in HeartRateBpm/Value only",
    "cadence": "reads Cadence only, not RunCadence",
    "power": _in_extension("Watts"),
}


def _tcxparser(points: _Points) -> Known:
    timed = points.holding(_LISTS["time"])
    kept = points.kept(
        iter((
            (points.at(lambda path: path.uri == TCX_V2), _TCX_V2_ONLY),
            (timed, "knows a point by its Time"),
        ))
    )  # fmt: skip
    columns = {}
    for channel, test in _LISTS.items():
        columns[channel] = points.column(channel, _LOOKS.get(channel, _TCX_V2_ONLY), test)
        others = int((points.owners(test) < 0).sum())
        if others and channel != "longitude":
            does = (
                f"takes every {_NAMES.get(channel, 'value')} of the file for one of a point, also of a lap or a program"
            )
            points.habits.append(Habit(what=channel, does=does, count=others, extra=True))
    return Known(
        points=np.flatnonzero(kept), columns=columns, counts={"record": int(kept.sum())}, habits=tuple(points.habits)
    )


#: Elements of columns that stand elsewhere too: in laps, course points, programs, and the extensions of a lap.
_NAMES = {
    "time": "Time", "altitude": "AltitudeMeters", "cadence": "Cadence", "latitude": "Position",
    "distance": "DistanceMeters", "heart_rate": "HeartRateBpm", "power": "Watts",
}  # fmt: skip


def aligned(
    lists: Mapping[str, Floats], document: XmlDocument, activity: Activity
) -> tuple[dict[str, Floats], dict[str, int]]:
    """The lists of tcxparser as columns of the points that it knows, and counts.

    It skips points without a value, so a list tells nothing about points; the elements that it goes through do. A
    list that has another length than these elements is counted only.
    """
    points = _Points(document, activity)
    timed = points.holding(_LISTS["time"])
    columns, counts = {}, {}
    for channel, values in lists.items():
        owners = points.owners(_LISTS[channel])
        if len(values) != len(owners):
            counts[channel] = len(values)
            continue
        column = np.full(len(activity), np.nan)
        inside = np.flatnonzero(owners >= 0)[::-1]  # of several in a point the first one counts
        column[owners[inside]] = values[inside]
        columns[channel] = column[timed]
    if "time" not in columns:
        return {}, {"record": counts.pop("time", 0), **counts}
    return columns, {"record": int(timed.sum()), **counts}


def listed(document: XmlDocument, activity: Activity) -> dict[str, int]:
    """How many elements there are for each list of tcxparser."""
    points = _Points(document, activity)
    return {channel: len(points.owners(test)) for channel, test in _LISTS.items()}


_KNOWN: Mapping[str, Callable[[_Points], Known]] = {
    "gpxpy": _gpxpy,
    "tcxreader": _tcxreader,
    "tcxparser": _tcxparser,
}
_NO_COURSE = "it reads Activities/Activity only, no Course and no MultiSportSession"
#: reader, class of the error, what its text holds -> the habit behind it
_STOPS = (
    ("gpxpy", "GPXException", "mandatory", "it gives up where a point has no lat or no lon"),
    ("gpxpy", "GPXException", "could not convert", "it gives up where one value is no number"),
    ("gpxpy", "UnicodeDecodeError", "", "it reads UTF-8 only"),
    ("tcxreader", "KeyError", "'Sport'", "it needs the attribute Sport in each Activity"),
    ("tcxreader", "ValueError", "Cannot parse time", "it needs a zone in each time, and at most 6 decimals"),
    ("tcxreader", "TypeError", "", "it cannot read an empty element"),
    ("tcxparser", "KeyError", "'Sport'", "it needs the attribute Sport in the Activity"),
    ("tcxparser", "AttributeError", "no such child: .*Activit", _NO_COURSE),
    ("tcxparser", "AttributeError", "no such child: .*Degrees", "it gives up where a Position has only one number"),
    ("tcxparser", "ValueError", "string to float", "it gives up where one value is no number"),
    ("tcxparser", "ValueError", "with base 10", "it reads whole numbers there only"),
    ("tcxparser", "TypeError", "", "it cannot read an empty element"),
)  # fmt: skip


def why_stopped(reader: str, error: str, text: str) -> str:
    """The habit behind a reader's error, ``""`` where none is known."""
    for name, kind, pattern, why in _STOPS:
        if (name, kind) == (reader, error) and re.search(pattern, text):
            return why
    return ""
