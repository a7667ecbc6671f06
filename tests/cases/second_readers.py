"""Cases for the rules about second readers: each is checked with them, and for these rules alone."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from cases import Case
from tracklint.config import Config, Limits
from tracklint.testing import FitBuilder, Ride

RIDE = Ride(seconds=60)
ASKED = Config(second_readers=True, select=("RDR",))
ASKED_SCHEMA = Config(second_readers=True, select=("RDR006", "RDR007"))
STRICTER = Config(
    second_readers=True, select=("RDR007",), schema_dir=Path(__file__).parent.parent / "data" / "stricter"
)
AT_ONCE = Config(second_readers=True, select=("RDR",), limits=Limits(second_reader_seconds=0))


def _wrong_checksum() -> bytes:
    data = bytearray(RIDE.fit())
    data[-1] ^= 1
    return bytes(data)


def _records(arch: int | None = None, enhanced: int = 0) -> Callable[[], bytes]:
    """Five records, with an architecture byte of one's choice; in one the enhanced altitude is higher by this many
    steps."""

    def build() -> bytes:
        fit = FitBuilder().define(0, 20, [(253, 4, 0x86), (2, 2, 0x84), (78, 4, 0x86)], arch=arch)
        for i in range(5):
            fit.data(0, 1_000_000_000 + i, 3000 + i, 3000 + i + (enhanced if i == 2 else 0))
        return fit.build()

    return build


def _in(kind: str, old: bytes, new: bytes, count: int = -1) -> Callable[[], bytes]:
    def build() -> bytes:
        data: bytes = getattr(RIDE, kind)()
        assert old in data
        return data.replace(old, new, count)

    return build


def _gpx(old: bytes, new: bytes) -> Callable[[], bytes]:
    return _in("gpx", old, new)


def _without_segment() -> bytes:
    return RIDE.gpx().replace(b"<trkseg>", b"").replace(b"</trkseg>", b"")


def _entity(kind: str, root: bytes, content: bytes, at: bytes) -> Callable[[], bytes]:
    """A ride with an entity of a document type before ``at``. Other readers put in what it stands for, we do not."""

    def build() -> bytes:
        data: bytes = getattr(RIDE, kind)()
        assert root in data
        data = data.replace(root, b"<!DOCTYPE x [<!ENTITY e '%s'>]>" % content + root, 1)
        return data.replace(at, b"&e;" + at, 1)

    return build


#: A namespace that is no URI, which libxml2 does not take.
_NO_URI = b' xmlns:q="http://[" '
_AUTHOR = (
    b'</Activities><Author xsi:type="Application_t" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"><Name>A</Name>'
    b"<Build><Version><VersionMajor>1</VersionMajor><VersionMinor>2</VersionMinor></Version></Build><LangID>en</LangID>"
    b"<PartNumber>006-D2449-00</PartNumber></Author>"
)
_TRKPT = b'<trkpt lat="47" lon="20"><time>2024-05-02T10:00:00Z</time></trkpt>'
_TRACKPOINT = (
    b"<Trackpoint><Time>2024-05-02T10:00:00Z</Time><Position><LatitudeDegrees>47</LatitudeDegrees>"
    b"<LongitudeDegrees>20</LongitudeDegrees></Position></Trackpoint>"
)
_ROOT = b"<TrainingCenterDatabase "
_TWO_RATES = b"</Value></HeartRateBpm><HeartRateBpm><Value>99</Value></HeartRateBpm>"


def _case(code: str, build: Callable[[], bytes], breaks: bool, name: str, config: Config = ASKED) -> Case:
    return Case(code, build, breaks, name=name, config=config)


CASES = [
    _case("RDR001", _wrong_checksum, True, "fitparse-checksum"),
    _case("RDR001", _gpx(b"</trkseg>", b"</trkse>"), True, "gpxpy-tag"),
    _case("RDR001", lambda: RIDE.fit(developer=True, chained=2), False, "good"),
    _case("RDR001", RIDE.gpx, False, "good"),
    _case("RDR002", _records(arch=2), True, "architecture-2"),
    _case("RDR001", _in("tcx", b"</Track>", b"</Trac>"), True, "tcx-tag"),
    _case("RDR001", RIDE.tcx, False, "good-tcx"),
    _case("RDR002", _entity("gpx", b"<gpx ", _TRKPT, b"</trkseg>"), True, "entity-gpx"),
    _case("RDR002", _entity("tcx", _ROOT, _TRACKPOINT, b"</Track>"), True, "entity-tcx"),
    _case("RDR002", lambda: RIDE.tcx(skip=range(50)), False, "few-points-tcx"),
    _case("RDR002", _records(arch=0), False, "architecture-0"),
    _case("RDR002", _gpx(b"</trkseg>", b"</trkseg><trkseg/>"), False, "empty-trkseg"),
    _case("RDR003", _records(enhanced=25), True, "enhanced-altitude"),
    _case("RDR003", _gpx(b"T10:00:05Z", b"T24:00:00Z"), True, "hour-24"),
    _case("RDR003", lambda: RIDE.fit(change={5: {"power": None}}, big_endian=True), False, "no-value"),
    _case("RDR003", _gpx(b"T10:00:05Z", b"T12:00:05.250+02:00"), False, "zone-and-fraction"),
    _case("RDR003", _in("tcx", b"</Value></HeartRateBpm>\n", _TWO_RATES, 1), True, "two-heart-rates"),
    _case("RDR003", _in("tcx", b"T10:00:05Z</Time>", b"T12:00:05.250+02:00</Time>"), False, "zone-and-fraction-tcx"),
    _case("RDR004", RIDE.fit, True, "no-time-at-all", AT_ONCE),
    _case("RDR004", RIDE.gpx, True, "no-time-at-all", AT_ONCE),
    _case("RDR004", RIDE.tcx, True, "no-time-at-all-tcx", AT_ONCE),
    _case("RDR004", RIDE.fit, False, "in-time"),
    _case("RDR005", _without_segment, True, "no-trkseg"),
    _case("RDR005", lambda: RIDE.gpx(version="8.0.2-play"), True, "version"),
    _case("RDR005", lambda: RIDE.gpx(namespace=""), False, "no-namespace"),
    _case("RDR005", lambda: RIDE.tcx(change={0: {"position": None}}), True, "no-position"),
    _case("RDR005", lambda: RIDE.tcx(lap={"Cadence": "80"}), True, "cadence-of-a-lap"),
    _case("RDR005", RIDE.tcx, False, "good-tcx"),
    _case("RDR006", _gpx(b"<gpx ", b"<gpx" + _NO_URI), True, "no-uri", ASKED_SCHEMA),
    _case("RDR006", _in("tcx", _ROOT, _ROOT[:-1] + _NO_URI), True, "no-uri-tcx", ASKED_SCHEMA),
    _case("RDR006", _gpx(b"</trkseg>", b"</trkse>"), False, "to-neither", ASKED_SCHEMA),
    _case("RDR006", _in("tcx", b"</Track>", b"</Trac>"), False, "to-neither-tcx", ASKED_SCHEMA),
    _case("RDR007", RIDE.gpx, True, "creator-in-small-letters", STRICTER),
    _case("RDR007", RIDE.tcx, True, "no-author-tcx", STRICTER),
    _case("RDR007", lambda: RIDE.gpx(creator="Edge"), False, "creator", STRICTER),
    _case("RDR007", _in("tcx", b"</Activities>", _AUTHOR), False, "author-tcx", STRICTER),
    _case("RDR007", _gpx(b"<time>", b"<time>\n"), False, "white-space-before-a-time", ASKED_SCHEMA),
    _case("RDR007", _in("tcx", b"<Time>", b"<Time>\n"), False, "white-space-before-a-time-tcx", ASKED_SCHEMA),
]
