"""Cases for the rules that hold for all formats, and for the container."""

from __future__ import annotations

import gzip
import io
import zipfile
from collections.abc import Callable, Mapping
from typing import Any

from cases import Case
from tracklint.testing import OMIT, Ride

RIDE = Ride(seconds=60)
FORMATS = ("fit", "tcx", "gpx")
XML = ("tcx", "gpx")
MIXED = frozenset({"TIM010"})


def _built(kind: str, ride: Ride = RIDE, **options: Any) -> Callable[[], bytes]:
    return lambda: getattr(ride, kind)(**options)


def _each(
    code: str,
    name: str,
    change: Mapping[int, Mapping[str, Any]],
    *,
    breaks: bool = True,
    kinds: tuple[str, ...] = FORMATS,
    along: frozenset[str] = frozenset(),
) -> list[Case]:
    return [Case(code, _built(kind, change=change), breaks, along, f"{name}-{kind}") for kind in kinds]


def _replaced(kind: str, old: bytes, new: bytes, count: int = -1, **options: Any) -> Callable[[], bytes]:
    def build() -> bytes:
        data: bytes = getattr(RIDE, kind)(**options)
        assert old in data
        return data.replace(old, new, count)

    return build


def _zipped(*names: str) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name in names:
            archive.writestr(zipfile.ZipInfo(name), getattr(RIDE, name[-3:])())
    return out.getvalue()


def _gz(data: bytes) -> bytes:
    return gzip.compress(data, mtime=0)


_NO_TRACK = (
    b'<?xml version="1.0" encoding="UTF-8"?>\n'
    b'<gpx xmlns="http://www.topografix.com/GPX/1/1" version="1.1" creator="x with barometer">'
    b"%s</gpx>\n"
)
_POINT = b'<%s lat="47.0" lon="20.0"><time>2024-05-01T10:00:00Z</time></%s>'

CONTAINER = [
    Case("DOC001", lambda: b"", True, name="no-bytes", file="ride.gpx"),
    Case("DOC001", lambda: b"\0" * 512, True, name="power-loss", file="ride.fit"),
    Case("DOC001", RIDE.gpx, False, name="a-ride", file="ride.gpx"),
    Case("DOC002", lambda: b'{"error": "not found"}', True, name="json", file="ride.fit"),
    Case("DOC002", lambda: b"lat,lon\n47.0,20.0\n", True, name="csv", file="ride.gpx"),
    Case("DOC002", lambda: b'<kml xmlns="http://www.opengis.net/kml/2.2"/>', True, name="kml", file="ride.gpx"),
    Case("DOC002", RIDE.tcx, False, name="a-ride", file="ride.tcx"),
    Case("DOC012", lambda: b"<!DOCTYPE html><html><body>Log in</body></html>", True, name="login", file="ride.gpx"),
    Case("DOC012", lambda: b"\n<HTML><head/></HTML>", True, name="no-doctype", file="ride.tcx"),
    Case("DOC012", _replaced("gpx", b"<name>", b"<name>html &lt;html&gt; ", 1), False, name="html-in-a-name"),
    Case("UPL001", RIDE.gpx, True, name="gpx-as-tcx", file="ride.tcx"),
    Case("UPL001", RIDE.tcx, True, name="tcx-as-gpx", file="ride.gpx"),
    Case("UPL001", RIDE.fit, True, name="fit-as-gz", file="ride.fit.gz"),
    Case("UPL001", lambda: _gz(RIDE.gpx()), True, name="gz-as-gpx", file="ride.gpx"),
    Case("UPL001", lambda: _gz(RIDE.gpx()), False, name="gz", file="RIDE.GPX.GZ"),
    Case("UPL001", RIDE.gpx, False, name="no-suffix", file="ride"),
    Case("UPL002", lambda: _gz(RIDE.gpx())[:-8], True, name="no-trailer", file="ride.gpx.gz"),
    Case("UPL002", lambda: _gz(RIDE.tcx())[:-5], True, name="cut-tcx", file="ride.tcx.gz"),
    Case("UPL002", lambda: _gz(RIDE.fit())[:-8] + b"\1\2\3\4\5\6\7\x08", True, name="checksum", file="ride.fit.gz"),
    Case("UPL002", lambda: b"\x1f\x8b\x08", True, frozenset(), "header-only", "ride.gpx.gz"),
    Case("UPL002", lambda: _gz(RIDE.gpx()) + 10_000 * _gz(b""), True, frozenset({"UPL006"}), "members", "ride.gpx.gz"),
    Case("UPL002", lambda: 999 * _gz(b"") + _gz(RIDE.gpx()), False, name="empty-members", file="ride.gpx.gz"),
    Case(
        "UPL002", lambda: _gz(RIDE.gpx()[:1000]) + _gz(RIDE.gpx()[1000:]), False, name="two-members", file="ride.gpx.gz"
    ),
    *(Case("UPL003", lambda k=k: _gz(getattr(RIDE, k)()) + b"junk", True, name=k, file=f"r.{k}.gz") for k in FORMATS),
    Case("UPL003", lambda: _gz(RIDE.gpx()) + bytes(100), False, name="padding", file="ride.gpx.gz"),
    *(
        Case(
            "UPL004",
            lambda k=k: _gz(getattr(Ride(seconds=4500 if k == "fit" else 1200), k)()),
            True,
            frozenset(along),
            k,
            f"r.{k}.gz",
        )
        for k, along in {
            "fit": ["FIT011", "FIT404", "FIT406", "FIT409"],
            "tcx": ["DOC009", "DEV001", "TIM012", "STR013"],
            "gpx": ["DOC009"],
        }.items()
    ),
    Case("UPL004", lambda: _gz(b" " * 200_000), True, frozenset({"DOC001"}), "white", "ride.gpx.gz"),
    Case("UPL004", lambda: _gz(RIDE.gpx()), False, name="a-ride", file="ride.gpx.gz"),
    *(Case("UPL005", lambda k=k: _zipped(f"ride.{k}"), True, name=k, file="ride.zip") for k in FORMATS),
    Case("UPL005", lambda: _zipped("a.gpx", "b.fit"), True, frozenset({"DOC002"}), "two", "rides.zip"),
    Case("UPL005", lambda: _gz(RIDE.tcx()), False, name="gzip", file="ride.tcx.gz"),
    *(Case("UPL006", lambda k=k: getattr(Ride(seconds=7200), k)(), True, name=k, file=f"r.{k}") for k in FORMATS),
    Case("UPL006", RIDE.gpx, False, name="a-ride", file="ride.gpx"),
]

TIME = [
    *_each("TIM001", "one", {30: {"time": None}}),
    *_each("TIM001", "all-there", {30: {"power": None}}, breaks=False),
    *_each("TIM002", "none", {i: {"time": None} for i in range(61)}),
    Case(
        "TIM002",
        _built("tcx", course=True, change={i: {"time": None} for i in range(61)}),
        True,
        frozenset({"STR007"}),
        "course",
    ),
    *_each("TIM002", "one-has", {i: {"time": None} for i in range(60)}, breaks=False, along=frozenset({"TIM001"})),
    *_each("TIM003", "month-13", {30: {"time": "2024-13-01T10:00:30Z"}}, kinds=("tcx", "gpx")),
    *_each("TIM003", "no-seconds", {30: {"time": "2024-05-01T10:00Z"}}, kinds=("tcx", "gpx")),
    *_each("TIM003", "two-zones", {30: {"time": "2024-05-01T10:00:30ZZ"}}, kinds=("tcx", "gpx")),
    *_each("TIM003", "offset", {30: {"time": "2024-05-01T12:00:30.000+02:00"}}, breaks=False, kinds=XML, along=MIXED),
    *_each("TIM005", "naive", {30: {"time": "2024-05-01T10:00:30"}}, kinds=("tcx", "gpx")),
    *_each("TIM005", "zone", {30: {"time": "2024-05-01T10:00:30+00:00"}}, breaks=False, kinds=XML, along=MIXED),
    *(
        Case("TIM006", _built(k, Ride(seconds=60, start="2107-01-01T00:00:00Z")), True, name=f"2107-{k}")
        for k in ("tcx", "gpx")
    ),
    Case("TIM006", _built("fit", Ride(seconds=60, start="2093-01-01T00:00:00Z")), True, name="future-fit"),
    *(Case("TIM006", _built(k, Ride(seconds=60, start=0.0)), True, name=f"1970-{k}") for k in ("tcx", "gpx")),
    Case("TIM006", _built("fit", Ride(seconds=60, start="1989-12-31T01:00:00Z")), True, name="uptime-fit"),
    Case(
        "TIM006",
        _built("fit", change={i: {"timestamp": 100 + i} for i in range(61)}),
        True,
        frozenset({"TIM017"}),
        "since-the-start-fit",
    ),
    *(
        Case("TIM006", _built(k, Ride(seconds=60, start="2026-11-22T12:00:00Z")), False, name=f"half-a-day-{k}")
        for k in FORMATS
    ),
    *_each("TIM008", "swapped", {30: {"time": RIDE.time(31)}, 31: {"time": RIDE.time(30)}}),
    *_each("TIM008", "twice", {30: {"time": RIDE.time(29)}}, breaks=False, along=frozenset({"TIM009"})),
    *_each("TIM009", "twice", {20: {"time": RIDE.time(19)}}),
    *_each("TIM009", "gap", {20: {"time": RIDE.time(20) + 0.5}}, breaks=False, kinds=("tcx", "gpx")),
    *_each(
        "TIM009",
        "swapped",
        {20: {"time": RIDE.time(21)}, 21: {"time": RIDE.time(20)}},
        breaks=False,
        along=frozenset({"TIM008"}),
    ),
]

POSITION = [
    Case("POS001", _built("gpx", change={30: {"latitude": None}}), True, name="no-lat-gpx"),
    Case("POS001", _built("gpx", change={30: {"position": None}}), True, name="neither-gpx"),
    *_each("POS001", "half", {30: {"longitude": None}}),
    *_each("POS001", "tunnel", {30: {"position": None}}, breaks=False, kinds=("fit", "tcx")),
    *_each("POS002", "comma", {30: {"latitude": "48,1"}}, kinds=("tcx", "gpx")),
    *_each("POS002", "words", {30: {"longitude": "east"}}, kinds=("tcx", "gpx")),
    *_each("POS002", "spaces-and-sign", {30: {"latitude": " +47.004 "}}, breaks=False, kinds=("tcx", "gpx")),
    *_each("POS003", "nan", {30: {"latitude": "NaN"}}, kinds=("tcx", "gpx")),
    *_each("POS003", "inf", {30: {"longitude": "-INF"}}, kinds=("tcx", "gpx")),
    *_each(
        "POS003", "nano", {30: {"latitude": f"{RIDE.point(30)['latitude']:.7f}001"}}, breaks=False, kinds=("tcx", "gpx")
    ),
    *_each("POS004", "lat-91", {30: {"latitude": 91.5}}),
    *_each("POS004", "lon-200", {30: {"longitude": "200.25"}}, kinds=("tcx", "gpx")),
    *_each(
        "POS004",
        "poles-and-date-line",
        {30: {"latitude": 90, "longitude": -180}},
        breaks=False,
        along=frozenset({"POS006"}),
    ),
]

SPORT = [
    Case("SPT001", _built("fit", Ride(seconds=60, sport="generic")), True, name="generic-fit"),
    Case("SPT001", _built("tcx", sport=""), True, name="empty-tcx"),
    Case("SPT001", _built("gpx", type=OMIT), True, name="no-type-gpx"),
    *(
        Case("SPT001", _built(k, Ride(seconds=60, sport="hiking")), False, frozenset({"SPT003"}), f"hiking-{k}")
        for k in FORMATS
    ),
    Case(
        "SPT004",
        _built("fit", Ride(seconds=60, sport="training", sub_sport="strength_training")),
        False,
        name="strength-fit",
    ),
    Case("SPT004", _built("tcx", sport="Other"), True, name="other-tcx"),
    Case("SPT004", _built("tcx", sport="rowing"), True, name="rowing-tcx"),
    Case("SPT005", _built("tcx", sport="cycling"), True, name="synonym-tcx"),
    Case("SPT004", _built("tcx", sport="BIKING"), False, frozenset({"SPT002"}), "capitals-tcx"),
    Case("SPT004", _built("gpx", type="the category"), True, name="words-gpx"),
    Case("SPT004", _built("gpx", type="Trail_Running"), False, name="trail-gpx"),
]

_POWER_IN_WATTS = b'<gpxpx:PowerInWatts xmlns:gpxpx="http://www.garmin.com/xmlschemas/PowerExtension/v1">'
SENSORS = [
    Case(
        "SEN005",
        lambda: (
            RIDE.gpx(extension="general")
            .replace(b"<power>", _POWER_IN_WATTS)
            .replace(b"</power>", b"</gpxpx:PowerInWatts>")
        ),
        True,
        frozenset({"SEN021"}),
        name="power-in-watts",
    ),
    Case("SEN005", _built("gpx", extension="general"), False, frozenset({"SEN021"}), "general-gpx"),
    Case("SEN005", _built("tcx"), False, name="tpx-tcx"),
    Case("SEN005", _built("fit", developer=True), False, name="developer-pressure-fit"),
    Case(
        "SEN006",
        lambda: RIDE.gpx(extension="general").replace(b"<heartrate>", b"<bpm>").replace(b"</heartrate>", b"</bpm>"),
        True,
        frozenset({"SEN021"}),
        name="bpm",
    ),
    *(
        Case("SEN006", _built("gpx", extension=e), False, frozenset(along), f"{e}-gpx")
        for e, along in (("v1", {"SEN019"}), ("documented", ()), ("cluetrust", ()), ("general", {"SEN021"}))
    ),
]

DEVICE = [
    Case("DEV001", _built("gpx", creator=""), True, name="empty-gpx"),
    Case("DEV001", _built("tcx", creator=OMIT), True, name="none-tcx"),
    *(Case("DEV001", _built(k), False, name=k) for k in ("tcx", "gpx")),
    Case("DEV005", _built("gpx", creator="My app"), True, name="app-gpx"),
    Case("DEV005", _built("gpx", creator="My app With Barometer"), False, name="capitals-gpx"),
    Case("DEV005", _built("fit", manufacturer=255), True, frozenset({"FIT703"}), "development-fit"),
    Case("DEV005", _built("fit"), False, name="barometer-fit"),
    Case("DEV005", _replaced("tcx", b"<ProductID>1<", b"<ProductID>0<", creator="My app"), True, name="app-tcx"),
    Case("DEV005", _built("tcx", creator="My app"), False, name="device-tcx"),
    Case("DEV006", _built("tcx", creator="My app with barometer 1.0"), True, name="tcx"),
    Case("DEV006", _built("gpx", creator="My app with barometer 1.0"), True, frozenset({"DEV005"}), "gpx"),
    *(Case("DEV006", _built(k, creator="My app  with\tbarometer "), False, name=f"spaces-{k}") for k in ("tcx", "gpx")),
]  # fmt: skip

_ALL = tuple(range(61))
STRUCTURE = [
    Case("STR001", lambda: _NO_TRACK % b"<trk><type>Ride</type><trkseg/></trk>", True, name="empty-trkseg"),
    Case("STR001", _built("tcx", skip=_ALL), True, name="tcx"),
    Case("STR001", _built("fit", skip=_ALL), True, name="fit"),
    *(Case("STR001", _built(k, skip=_ALL[2:]), False, name=f"two-{k}") for k in FORMATS),
    *(Case("STR002", _built(k, skip=_ALL[1:]), True, name=k) for k in FORMATS),
    *(Case("STR002", _built(k, skip=_ALL[2:]), False, name=f"two-{k}") for k in FORMATS),
    Case("STR007", _built("tcx", course=True), True, name="course"),
    Case("STR007", _built("tcx"), False, name="activity"),
    Case("STR011", lambda: _NO_TRACK % (b"<rte>" + _POINT % (b"rtept", b"rtept") + b"</rte>"), True, name="route"),
    Case("STR011", lambda: _NO_TRACK % (_POINT % (b"wpt", b"wpt")), True, name="waypoint"),
    Case(
        "STR011",
        lambda: RIDE.gpx().replace(b"<trk>", _POINT % (b"wpt", b"wpt") + b"<trk>"),
        False,
        name="waypoint-and-track",
    ),
]

CASES = [*CONTAINER, *TIME, *POSITION, *SPORT, *SENSORS, *DEVICE, *STRUCTURE]
