"""Cases for the rules about times, sports, creators and structure that only TCX and GPX have."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

from cases import Case
from tracklint.testing import Ride

RIDE = Ride(seconds=60)
RUN = Ride(seconds=60, sport="running")
HIKE = Ride(seconds=60, sport="hiking")
BOTH = ("tcx", "gpx")
#: 1024 weeks before the usual start.
EARLY = Ride(seconds=60, start=1714557600 - 7168 * 86400.0)

Change = Callable[[bytes], bytes]


def _case(
    code: str,
    name: str,
    change: Change = lambda data: data,
    *along: str,
    kinds: tuple[str, ...] = BOTH,
    breaks: bool = True,
    ride: Ride = RIDE,
    **options: Any,
) -> list[Case]:
    def build(kind: str) -> Callable[[], bytes]:
        return lambda: change(getattr(ride, kind)(**options))

    return [Case(code, build(kind), breaks, frozenset(along), f"{name}-{kind}") for kind in kinds]


def _tcx(code: str, name: str, change: Change = lambda data: data, *along: str, **options: Any) -> list[Case]:
    return _case(code, name, change, *along, kinds=("tcx",), **options)


def _gpx(code: str, name: str, change: Change = lambda data: data, *along: str, **options: Any) -> list[Case]:
    return _case(code, name, change, *along, kinds=("gpx",), **options)


def replaced(old: bytes, new: bytes, count: int = -1) -> Change:
    """Every ``old`` as ``new``, or so many of them."""

    def change(data: bytes) -> bytes:
        assert old in data
        return data.replace(old, new, count)

    return change


def substituted(pattern: bytes, new: bytes, count: int = 0) -> Change:
    """The same with a regular expression."""

    def change(data: bytes) -> bytes:
        assert re.search(pattern, data, re.DOTALL)
        return re.sub(pattern, new, data, count=count, flags=re.DOTALL)

    return change


def in_turn(*changes: Change) -> Change:
    """One change after the other."""

    def change(data: bytes) -> bytes:
        for each in changes:
            data = each(data)
        return data

    return change


_POINT_TIME = rb"(?<=<[Tt]ime>)(2024-05-01T10:00:30Z)"
_CREATOR = rb"\s*<Creator.*</Creator>"
_NO_CREATOR = substituted(_CREATOR, b"")
_NUMBERS = rb"\s*<(UnitId|ProductID)>\d+</\1>"
_APPLICATION = (
    b'<Creator xsi:type="Application_t"><Name>App with barometer</Name><Build><Version><VersionMajor>1</VersionMajor>'
    b"<VersionMinor>0</VersionMinor></Version></Build><LangID>en</LangID><PartNumber>000-00000-00</PartNumber></Creator>"
)


def _moved_creator(before: bytes) -> Change:
    """The Creator before another tag."""

    def change(data: bytes) -> bytes:
        creator = re.search(_CREATOR, data, re.DOTALL)
        assert creator is not None
        return _NO_CREATOR(data).replace(before, creator[0].strip() + before, 1)

    return change


def loose(data: bytes) -> bytes:
    """A track without segments."""
    return re.sub(rb"\s*</?trkseg>", b"", data)


def _in_root(data: bytes) -> bytes:
    """Points that stand in the root itself."""
    return re.sub(rb"\s*<trk>.*?(?=<trkpt)(.*)</trk>", rb"\1", loose(data), flags=re.DOTALL)


def _in_author(data: bytes) -> bytes:
    """A Creator at the end of the file in an Author."""
    author = (
        rb'<Author xsi:type="Application_t"><Name>a</Name><Build><Version><VersionMajor>1</VersionMajor><VersionMinor>0'
        rb"</VersionMinor></Version></Build><LangID>en</LangID><PartNumber>000-00000-00</PartNumber>\1</Author>"
    )
    return re.sub(rb"(<Creator.*</Creator>)", author, data, flags=re.DOTALL)


def _reversed_tracks(data: bytes) -> bytes:
    """The points of each Track from the last to the first."""

    def turned(match: re.Match[bytes]) -> bytes:
        return b"".join(reversed(re.findall(rb"\s*<Trackpoint>.*?</Trackpoint>", match[0], re.DOTALL)))

    return re.sub(rb"\s*<Trackpoint>.*?(?=\s*</Track>)", turned, data, flags=re.DOTALL)


def _swapped(pattern: bytes) -> Change:
    """The first two elements that match, in the other order."""

    def change(data: bytes) -> bytes:
        first, second = list(re.finditer(pattern, data, re.DOTALL))[:2]
        return data[: first.start()] + second[0] + data[first.end() : second.start()] + first[0] + data[second.end() :]

    return change


def timed_points(name: bytes, inside: bytes = b"%s") -> Callable[[], bytes]:
    """The points of the ride as route points or waypoints."""

    def build() -> bytes:
        data = RIDE.gpx().replace(b"<trkpt", b"<" + name).replace(b"</trkpt>", b"</" + name + b">")
        return re.sub(rb"<trk>.*?<trkseg>(.*)</trkseg>.*</trk>", lambda m: inside % m[1], data, flags=re.DOTALL)

    return build


CASES: list[Case] = [
    *_case("TIM001", "empty", substituted(_POINT_TIME, b"")),
    *_case("TIM003", "space", substituted(_POINT_TIME, b"2024-05-01 10:00:30Z")),
    *_case("TIM003", "lower-case", substituted(_POINT_TIME, b"2024-05-01t10:00:30z")),
    *_case("TIM003", "offset", substituted(_POINT_TIME, b"2024-05-01T12:00:30+0200")),
    *_case("TIM003", "short-offset", substituted(_POINT_TIME, b"2024-05-01T12:00:30+02")),
    *_case("TIM003", "basic", substituted(_POINT_TIME, b"20240501T100030Z")),
    *_case("TIM003", "comma", substituted(_POINT_TIME, b"2024-05-01T10:00:30,000Z")),
    *_case("TIM003", "zone-name", substituted(_POINT_TIME, b"2024-05-01T12:00:30+02:00[Europe/Paris]")),
    *_case("TIM003", "date-only", substituted(_POINT_TIME, b"2024-05-01")),
    *_case("TIM004", "line", substituted(_POINT_TIME, rb"\n    \1")),
    *_case("TIM004", "all", substituted(rb"(<[Tt]ime>)([^<]*)", rb"\1 \2\t")),
    *_case("TIM004", "none", breaks=False),
    *_gpx("TIM007", "metadata", replaced(b"<time>2004-09-15T10:00:00", b"<time>2024-05-02T10:00:00", 1), ride=EARLY),
    *_gpx("TIM007", "year-later", replaced(b"<time>2004-", b"<time>2025-", 1), "STR010", ride=EARLY, breaks=False),
    *_case("TIM010", "one-offset", substituted(_POINT_TIME, b"2024-05-01T12:00:30+02:00")),
    *_case(
        "TIM010",
        "two-offsets",
        in_turn(
            replaced(b"T10:", b"T12:"),
            substituted(rb"Z(?=[<\"])", b"+02:00"),
            replaced(b"T12:00:30+02", b"T13:00:30+03"),
        ),
    ),
    *_case("TIM010", "no-zone", substituted(_POINT_TIME, b"2024-05-01T10:00:30"), "TIM005", breaks=False),
    *_case("TIM010", "fractions", substituted(_POINT_TIME, b"2024-05-01T10:00:30.000Z"), breaks=False),
    *_tcx("TIM011", "swapped-laps", _swapped(rb"\s*<Lap .*?</Lap>"), "SEN016"),
    *_gpx("TIM011", "swapped-segments", _swapped(rb"\s*<trkseg>.*?</trkseg>"), segments=2),
    *_tcx("TIM008", "reversed", _reversed_tracks, "SEN016"),
    *_tcx("SPT002", "lower", sport="biking"),
    *_tcx("SPT002", "upper", sport="RUNNING", ride=RUN),
    *_tcx("SPT002", "spaces", sport=" Biking ", breaks=False),
    *_tcx("SPT003", "hiking", sport="hiking", ride=Ride(seconds=60, sport="hiking")),
    *_tcx("SPT003", "capitals", sport="SWIMMING", ride=Ride(seconds=60, sport="swimming")),
    *_tcx("SPT003", "running", ride=RUN, breaks=False),
    *_tcx("SPT005", "trail", sport="trail_running", ride=RUN),
    *_tcx("SPT005", "ride", sport="Ride"),
    *_tcx("SPT005", "rowing", replaced(b"Biking", b"Rowing"), "SPT004", breaks=False),
    *_gpx("SPT007", "run", type="9", ride=RUN),
    *_gpx("SPT007", "ride", type="1"),
    *_gpx("SPT007", "hike", type="4", ride=HIKE),
    *_gpx("SPT007", "other", type="77"),
    *_gpx("SPT007", "word", type="ride", breaks=False),
    *_tcx("DEV003", "named", replaced(b' xsi:type="Device_t"', b"")),
    *_tcx("DEV003", "bare", substituted(_CREATOR, b"<Creator><Name>App with barometer</Name></Creator>")),
    *_tcx("DEV003", "application", substituted(_CREATOR, _APPLICATION), breaks=False),
    *_tcx("DEV004", "numbers", substituted(_NUMBERS, b"")),
    *_tcx("DEV004", "version", substituted(rb"\s*<Version>.*</Version>", b"")),
    *_tcx("DEV004", "half-version", substituted(rb"\s*<VersionMinor>0</VersionMinor>", b"")),
    *_tcx("DEV004", "no-build", substituted(rb"\s*<Build(M\w+)>0</Build\1>", b""), breaks=False),
    *_tcx("DEV009", "first", _moved_creator(b"<Lap ")),
    *_tcx("DEV009", "behind-extensions", in_turn(replaced(b"<Creator", b"<Extensions/><Creator"))),
    *_tcx("DEV009", "root", _moved_creator(b"</TrainingCenterDatabase>")),
    *_tcx("DEV009", "author", in_turn(_moved_creator(b"</TrainingCenterDatabase>"), _in_author)),
    *_tcx("DEV009", "behind-notes", replaced(b"<Creator", b"<Notes>fine</Notes><Creator"), breaks=False),
    *_gpx("STR003", "track", loose),
    *_gpx("STR003", "root", _in_root),
    *_gpx("STR003", "segments", segments=2, breaks=False),
    *_gpx("STR010", "two-days-later", replaced(b"<time>2024-05-01", b"<time>2024-05-03", 1)),
    *_gpx("STR010", "same-day", replaced(b"<time>2024-05-01T10", b"<time>2024-05-01T22", 1), breaks=False),
    Case("STR011", timed_points(b"rtept", b"<rte>%s</rte>"), True, name="timed-route"),
    Case("STR011", timed_points(b"wpt"), True, name="timed-waypoints"),
]
