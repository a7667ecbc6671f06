"""The namespaces of activity files, and what stands near them by mistake."""

from __future__ import annotations

__all__ = ["GPX_1_0", "GPX_1_1", "TCX_V1", "TCX_V2", "USUAL_PREFIXES", "XSI", "near_miss"]

GPX_1_0 = "http://www.topografix.com/GPX/1/0"
GPX_1_1 = "http://www.topografix.com/GPX/1/1"
TCX_V1 = "http://www.garmin.com/xmlschemas/TrainingCenterDatabase/v1"
TCX_V2 = "http://www.garmin.com/xmlschemas/TrainingCenterDatabase/v2"
ACTIVITY_EXTENSION_V1 = "http://www.garmin.com/xmlschemas/ActivityExtension/v1"
ACTIVITY_EXTENSION_V2 = "http://www.garmin.com/xmlschemas/ActivityExtension/v2"
TRACK_POINT_V1 = "http://www.garmin.com/xmlschemas/TrackPointExtension/v1"
TRACK_POINT_V2 = "http://www.garmin.com/xmlschemas/TrackPointExtension/v2"
GPX_EXTENSIONS_V3 = "http://www.garmin.com/xmlschemas/GpxExtensions/v3"
POWER_V1 = "http://www.garmin.com/xmlschemas/PowerExtension/v1"
CLUETRUST = "http://www.cluetrust.com/XML/GPXDATA/1/0"
XSI = "http://www.w3.org/2001/XMLSchema-instance"

#: What the prefixes of well-known extensions stand for, where a file uses them without declaring them.
USUAL_PREFIXES = {
    "gpxtpx": TRACK_POINT_V1,
    "gpxx": GPX_EXTENSIONS_V3,
    "gpxpx": POWER_V1,
    "pwr": POWER_V1,
    "gpxdata": CLUETRUST,
    "xsi": XSI,
}
#: The same, where the prefix means different things in GPX and TCX.
USUAL_IN = {
    "gpx": {"ns2": GPX_EXTENSIONS_V3, "ns3": TRACK_POINT_V1},
    "TrainingCenterDatabase": {"ns3": ACTIVITY_EXTENSION_V2, "ax2": ACTIVITY_EXTENSION_V2},
}


def usual_uri(prefix: str, root: str) -> str | None:
    """The namespace that a prefix usually stands for below this root, or ``None``."""
    return USUAL_PREFIXES.get(prefix) or USUAL_IN.get(root, {}).get(prefix)


def near_miss(uri: str, wanted: str) -> bool:
    """Whether ``uri`` is ``wanted`` but for scheme, host, case, white space, final slash or schema file."""
    return uri != wanted and _bare(uri) == _bare(wanted)


def _bare(uri: str) -> str:
    text = uri.strip().casefold()
    text = text.partition("://")[2] or text
    for host in ("www.", "www8."):
        text = text.removeprefix(host)
    text = text.rstrip("/#")
    for file in ("/gpx.xsd", ".xsd"):
        text = text.removesuffix(file)
    return text.replace("/", "")
