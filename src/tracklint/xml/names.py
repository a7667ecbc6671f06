"""The namespaces of activity files, and what stands near them by mistake."""

from __future__ import annotations

__all__ = ["GPX_1_0", "GPX_1_1", "TCX_V1", "TCX_V2", "USUAL_PREFIXES", "XSI", "meant_uri", "near_miss"]

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


#: Local names in those namespaces. A prefix with none of these names below it means something else.
_NAMES = {
    TRACK_POINT_V1: {"TrackPointExtension", "atemp", "wtemp", "depth", "hr", "cad"},
    GPX_EXTENSIONS_V3: {"TrackPointExtension", "TrackExtension", "WaypointExtension", "RouteExtension"},
    POWER_V1: {"PowerInWatts", "PowerExtension"},
    CLUETRUST: {"hr", "cadence", "temp", "distance", "sensor", "run", "lap", "course", "dataPt"},
    ACTIVITY_EXTENSION_V2: {"TPX", "LX", "CX", "Speed", "RunCadence", "Watts"},
    XSI: {"type", "schemaLocation", "noNamespaceSchemaLocation", "nil"},
}


def meant_uri(prefix: str, used: set[str], root: str) -> str | None:
    """The namespace that an undeclared prefix must stand for, by the local names that it is ``used`` with: that of the
    format where the root has it, else the usual one where its names fit. ``None`` where nobody can tell."""
    if root in used and root in USUAL_IN:
        return GPX_1_1 if root == "gpx" else TCX_V2
    usual = usual_uri(prefix, root)
    return usual if usual and used & _NAMES[usual] else None


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
