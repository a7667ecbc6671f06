"""Cases for the rules about the elements of sensors in TCX and GPX."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace

from cases import Case
from cases.neutral_time import RIDE, XML, _case, _spared
from tracklint.testing import Ride

V1 = b"http://www.garmin.com/xmlschemas/TrackPointExtension/v1"
V2 = b"http://www.garmin.com/xmlschemas/TrackPointExtension/v2"
CLUETRUST = b"http://www.cluetrust.com/XML/GPXDATA/1/0"
ACTIVITY = b"http://www.garmin.com/xmlschemas/ActivityExtension/v2"

Change = tuple[str | bytes, bytes]


def edited(kind: str, *changes: Change, ride: Ride = RIDE, **options: object) -> Callable[[], bytes]:
    """The ride's file with every match of the patterns replaced; each must match."""

    def build() -> bytes:
        data: bytes = getattr(ride, kind)(**options)
        for old, new in changes:
            pattern = old.encode() if isinstance(old, str) else re.escape(old)
            data, count = re.subn(pattern, new, data)
            assert count, old
        return data

    return build


def _breaks(code: str, name: str, build: Callable[[], bytes], *along: str) -> Case:
    return Case(code, build, True, frozenset(along), name)


def _spares(code: str, name: str, build: Callable[[], bytes], *along: str) -> Case:
    return Case(code, build, False, frozenset(along), name)


def _spaced(kind: str, right: bytes, wrong: bytes, **options: object) -> Callable[[], bytes]:
    """The ride's file with another namespace in its declarations."""
    return edited(kind, (b'="' + right + b'"', b'="' + wrong + b'"'), **options)


_OUT_OF_EXTENSIONS: tuple[Change, ...] = ((r"\s*<extensions>", b""), (r"\s*</extensions>", b""))
_OUT_OF_TCX_EXTENSIONS: tuple[Change, ...] = ((r"\s*<Extensions>", b""), (r"\s*</Extensions>", b""))
_NO_VALUE: Change = (r"(<HeartRateBpm>)\s*<Value>(\d+)</Value>\s*(</HeartRateBpm>)", rb"\1\2\3")
_WITHOUT_TPX: tuple[Change, ...] = ((r"\s*<ns3:TPX>", b""), (r"\s*</ns3:TPX>", b""), (r"<(/?)ns3:", rb"<\1"))
_ATEMP_LAST: Change = (r"(<gpxtpx:atemp>[\d.]+</gpxtpx:atemp>)(\s*)(<gpxtpx:hr>\d+</gpxtpx:hr>)", rb"\3\2\1")
_WATTS_FIRST: Change = (r"(<ns3:Speed>[\d.]+</ns3:Speed>)(\s*)(<ns3:Watts>\d+</ns3:Watts>)", rb"\3\2\1")
_GEOID: Change = (r"</time>(\s*)<extensions>", rb"</time>\1<geoidheight>44.5</geoidheight>\1<extensions>")
_TWO_RATES: Change = (b"<gpxdata:cadence>", b"<gpxdata:hr>99</gpxdata:hr><gpxdata:cadence>")
_FIRST_RATE = RIDE.point(0)["heart_rate"]
_RUN = Ride(seconds=60, sport="running")
_V1_SPEED: Change = (b"</gpxtpx:hr>", b"</gpxtpx:hr><gpxtpx:speed>8</gpxtpx:speed>")
_NO_RATE = tuple(c for c in RIDE.channels if c != "heart_rate")
_NO_CADENCE = tuple(c for c in RIDE.channels if c != "cadence")

NAMESPACES = [
    _breaks("SEN001", "schema-file", _spaced("gpx", V1, b"http://www8.garmin.com/xmlschemas/TrackPointExtensionv1.xsd")),
    _breaks("SEN001", "https", _spaced("gpx", V1, V1.replace(b"http:", b"https:"))),
    _breaks("SEN001", "case-and-slash", _spaced("gpx", V1, V1.lower() + b"/")),
    _breaks("SEN001", "other-host", _spaced("gpx", V1, b"http://www.gps-freeware.de/xmlschema/TrackPointExtension/v1")),
    _breaks("SEN001", "cluetrust-schemas", _spaced("gpx", CLUETRUST, b"http://www.cluetrust.com/Schemas/")),
    _breaks("SEN001", "of-each-element", edited("gpx", (b'<gpxtpx:TrackPointExtension>', b'<gpxtpx:TrackPointExtension xmlns:gpxtpx="' + V1 + b'/">'))),
    _breaks("SEN001", "tcx", _spaced("tcx", ACTIVITY, ACTIVITY + b".xsd")),
    _breaks("SEN001", "tcx-default", _spaced("tcx", ACTIVITY, b"https://www.garmin.com/xmlschemas/ActivityExtension/v2", prefix=None)),
    _spares("SEN001", "another-prefix", edited("gpx", (b"gpxtpx", b"ns9"))),
    _spares("SEN001", "another-extension", edited("gpx", (b"</extensions>", b'<x:hr xmlns:x="http://example.org/x/v1">5</x:hr></extensions>'))),
    _spares("SEN001", "tcx", edited("tcx", (b"ns3:", b"x:"), (b"xmlns:ns3", b"xmlns:x"))),
    _breaks("SEN012", "no-prefix", edited("tcx", (b"ns3:TPX", b"TPX"), (r"<(/?)ns3:", rb"<\1"))),
    _breaks("SEN012", "watts-only", edited("tcx", (b"ns3:Watts", b"Watts"))),
    _breaks("SEN012", "no-wrapper", edited("tcx", *_WITHOUT_TPX)),
    _breaks("SEN012", "empty-namespace", edited("tcx", (b'<TPX xmlns="' + ACTIVITY + b'">', b'<TPX xmlns="">'), prefix=None)),
    _spares("SEN012", "default-namespace", edited("tcx", prefix=None)),
]  # fmt: skip

PLACES = [
    _breaks("SEN002", "wrapper", edited("gpx", *_OUT_OF_EXTENSIONS)),
    _breaks("SEN002", "general-tags", edited("gpx", *_OUT_OF_EXTENSIONS, extension="general")),
    _breaks("SEN002", "beside-extensions", edited("gpx", (b"</time>\n        <ext", b"</time><power>100</power>\n        <ext"))),
    _breaks("SEN002", "tcx", edited("tcx", *_OUT_OF_TCX_EXTENSIONS)),
    _spares("SEN002", "point-of-gpx", edited("gpx", (b"</time>\n        <ext", b"</time><sat>7</sat>\n        <ext"))),
    _spares("SEN002", "tcx", edited("tcx", ride=_RUN)),
    _breaks("SEN003", "zepp", edited("gpx", _V1_SPEED)),
    _spares("SEN003", "version-2", edited("gpx", extension="v2"), "SEN004"),
    _breaks("SEN004", "only", edited("gpx", extension="v2")),
    _breaks("SEN004", "no-heart-rate", edited("gpx", extension="v2", ride=replace(RIDE, channels=_NO_RATE))),
    _spares("SEN004", "version-1", edited("gpx")),
    _breaks("SEN013", "text", edited("tcx", _NO_VALUE)),
    _spares("SEN013", "value", edited("tcx", (b"<Value>", b"<Value> "))),
    _breaks("SEN018", "temp", edited("gpx", (b"gpxtpx:atemp", b"gpxtpx:temp"))),
    _breaks("SEN018", "temperature", edited("gpx", _ATEMP_LAST, (b"gpxtpx:atemp", b"gpxtpx:Temperature"))),
    _spares("SEN018", "cluetrust", edited("gpx", extension="cluetrust")),
    _breaks("SEN019", "only", edited("gpx", extension="v1")),
    _spares("SEN019", "and-gpxdata", edited("gpx", (b"</gpxtpx:hr>", b"</gpxtpx:hr><gpxtpx:cad>85</gpxtpx:cad>")), "SEN015"),
    _spares("SEN019", "none", edited("gpx", extension="v1", ride=replace(RIDE, channels=_NO_CADENCE))),
    _breaks("SEN020", "temperature-last", edited("gpx", _ATEMP_LAST)),
    _breaks("SEN020", "watts-first", edited("tcx", _WATTS_FIRST)),
    _spares("SEN020", "all", edited("tcx", ride=_RUN)),
    _spares("SEN020", "unknown-between", edited("gpx", (b"<gpxtpx:hr>", b"<gpxtpx:other>1</gpxtpx:other><gpxtpx:hr>")), "SCH018"),
    _breaks("SEN021", "power", edited("gpx", extension="general")),
    _breaks("SEN021", "no-namespace", edited("gpx", (b"</extensions>", b'<power xmlns="">100</power></extensions>'))),
    _spares("SEN021", "cluetrust", edited("gpx", extension="cluetrust")),
    _breaks("POS012", "all", edited("gpx", _GEOID)),
    _spares("POS012", "waypoint", edited("gpx", (b"  <trk>", b'  <wpt lat="47" lon="20"><geoidheight>44</geoidheight></wpt>\n  <trk>'))),
]  # fmt: skip

VALUES = [
    _breaks("SEN015", "gpxdata-hr", edited("gpx", _TWO_RATES)),
    _breaks("SEN015", "two-cadences", edited("tcx", (b"<ns3:Watts>", b"<ns3:RunCadence>50</ns3:RunCadence><ns3:Watts>"))),
    _spares("SEN015", "same", edited("gpx", (r"(<gpxtpx:hr>)(\d+)(.*?)<gpxdata:cadence>", rb"\1\2\3<gpxdata:hr>\2</gpxdata:hr><gpxdata:cadence>"), ride=Ride(seconds=1, laps=1), indent=False)),
    _spares("SEN015", "rounded", edited("gpx", (b"<gpxdata:cadence>", b"<gpxdata:temp>18.2</gpxdata:temp><gpxdata:cadence>"), ride=Ride(seconds=9, laps=1))),
    *_case("SEN007", "zero-fraction", change={40: {"heart_rate": "100.00"}}, kinds=XML),
    *_case("SEN007", "exponent", change={40: {"heart_rate": "1e2"}}, kinds=XML),
    *_case("SEN007", "gpxdata", kinds=("gpx",), change={40: {"heart_rate": "130.5"}}, extension="cluetrust"),
    *_case("SEN007", "general", RIDE, "SEN021", kinds=("gpx",), change={40: {"heart_rate": "130.5"}}, extension="general"),
    *_case("SEN007", "version-2", RIDE, "SEN004", kinds=("gpx",), change={40: {"heart_rate": "130.5"}}, extension="v2"),
    *_case("SEN007", "other-prefix", kinds=("gpx",), change={40: {"heart_rate": "130.5"}}, prefix="ns9"),
    *_spared("SEN007", "spaces", change={40: {"heart_rate": " 130 "}}, kinds=XML),
    *_case("SEN008", "text-gpxdata", kinds=("gpx",), change={40: {"heart_rate": "None"}}, extension="cluetrust"),
    *_case("SEN008", "leaked", change={40: {"heart_rate": 255}}, kinds=XML),
    *_case("SEN009", "zero-fraction", change={40: {"cadence": "85.0"}}, kinds=XML),
    *_case("SEN009", "text", change={40: {"cadence": "None"}}, kinds=XML),
    *_case("SEN009", "of-a-run", _RUN, change={40: {"cadence": "85.5"}}, kinds=("tcx",)),
    *_case("SEN009", "version-1", RIDE, "SEN019", change={40: {"cadence": "85.5"}}, kinds=("gpx",), extension="v1"),
    *_case("SEN011", "text", change={40: {"power": "None"}}, kinds=("tcx",)),
    *_case("SEN011", "text", RIDE, "SEN021", change={40: {"power": "None"}}, kinds=("gpx",), extension="general"),
    *_case("SEN014", "power", change={40: {"power": ""}}, kinds=("tcx",)),
    *_case("SEN014", "all-of-a-point", change={40: {"heart_rate": "", "temperature": "", "cadence": ""}}, kinds=("gpx",)),
    *_case("SEN014", "version-2", RIDE, "SEN004", change={40: {"heart_rate": ""}}, kinds=("gpx",), extension="v2"),
    *_case("POS002", "exponent", change={i: {"latitude": "4.80001e+01", "longitude": "-4.8e-05"} for i in range(61)}, kinds=("gpx",)),
    *_spared("POS002", "exponent", change={i: {"latitude": "4.80001e+01", "longitude": "-4.8e-05"} for i in range(61)}, kinds=("tcx",)),
]  # fmt: skip

CASES: list[Case] = [*NAMESPACES, *PLACES, *VALUES]
