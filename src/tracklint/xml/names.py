"""The vocabulary of activity files: namespaces, the names in them, and what stands near them by mistake."""

from __future__ import annotations

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

#: The namespaces of the formats themselves, and none.
CORE = {"", GPX_1_0, GPX_1_1, TCX_V1, TCX_V2}
#: What reports call the extensions.
LABELS = {
    TRACK_POINT_V1: "TrackPointExtension/v1",
    TRACK_POINT_V2: "TrackPointExtension/v2",
    ACTIVITY_EXTENSION_V1: "ActivityExtension/v1",
    ACTIVITY_EXTENSION_V2: "ActivityExtension/v2",
    CLUETRUST: "gpxdata",
    POWER_V1: "PowerExtension/v1",
    GPX_EXTENSIONS_V3: "GpxExtensions/v3",
}
#: Strava's general tags, and the columns that they fill.
GENERAL = {"heartrate": "heart_rate", "cadence": "cadence", "distance": "distance", "power": "power"}
#: The values of TPX in version 2, and the columns that they fill; version 1 has no Watts.
TPX = {"Speed": "speed", "RunCadence": "cadence", "Watts": "power"}
#: Names, in lower case, under which programs write values of sensors, and their columns.
SENSORS = {
    "hr": "heart_rate", "heartrate": "heart_rate", "heart_rate": "heart_rate", "bpm": "heart_rate",
    "cad": "cadence", "cadence": "cadence", "runcadence": "cadence",
    "power": "power", "watts": "power", "powerinwatts": "power",
}  # fmt: skip
#: The same for the temperature, for which TCX has no place.
TEMPERATURES = ("atemp", "temp", "temperature")
_BASE = ("atemp", "wtemp", "depth", "hr", "cad")
#: What version 2 of the TrackPointExtension has beyond version 1.
LATER = ("speed", "course", "bearing")
#: The order in which the schemas want the children of each wrapper.
ORDER: dict[tuple[str, str], tuple[str, ...]] = {
    (TRACK_POINT_V1, "TrackPointExtension"): (*_BASE, "Extensions"),
    (TRACK_POINT_V2, "TrackPointExtension"): (*_BASE, *LATER, "Extensions"),
    (ACTIVITY_EXTENSION_V1, "TPX"): ("Speed", "RunCadence", "Extensions"),
    (ACTIVITY_EXTENSION_V2, "TPX"): (*TPX, "Extensions"),
    (ACTIVITY_EXTENSION_V1, "LX"): (
        "AvgSpeed", "MaxBikeCadence", "AvgRunCadence", "MaxRunCadence", "Steps", "Extensions",
    ),
    (ACTIVITY_EXTENSION_V2, "LX"): (
        "AvgSpeed", "MaxBikeCadence", "AvgRunCadence", "MaxRunCadence", "Steps", "AvgWatts", "MaxWatts", "Extensions",
    ),
}  # fmt: skip
#: The elements that hold the values of an extension.
WRAPPERS = ("TrackPointExtension", "PowerExtension", "TPX", "LX")
#: Local names that are known in the namespace of an extension.
NAMES = {
    TRACK_POINT_V1: {*_BASE, "TrackPointExtension", *LATER},
    TRACK_POINT_V2: {*_BASE, "TrackPointExtension", *LATER},
    ACTIVITY_EXTENSION_V1: {"TPX", "LX", "CX", "Speed", "RunCadence"},
    ACTIVITY_EXTENSION_V2: {"TPX", "LX", "CX", *TPX, *ORDER[ACTIVITY_EXTENSION_V2, "LX"]},
    CLUETRUST: {"hr", "cadence", "temp", "distance", "sensor", "run", "lap", "course", "dataPt"},
    POWER_V1: {"PowerInWatts", "PowerExtension"},
    GPX_EXTENSIONS_V3: {
        "TrackPointExtension", "TrackExtension", "WaypointExtension", "RouteExtension",
        "Temperature", "Depth", "DisplayColor",
    },
}  # fmt: skip
_XSI_NAMES = {"type", "schemaLocation", "noNamespaceSchemaLocation", "nil"}
#: The end of a namespace, without slashes and in lower case, that tells which one is meant on whatever host.
_TAILS = {
    "trackpointextensionv1": TRACK_POINT_V1,
    "trackpointextension": TRACK_POINT_V1,
    "trackpointextensionv2": TRACK_POINT_V2,
    "activityextensionv2": ACTIVITY_EXTENSION_V2,
    "activityextension": ACTIVITY_EXTENSION_V2,
    "powerextensionv1": POWER_V1,
    "powerextension": POWER_V1,
}
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


def meant_uri(prefix: str, used: set[str], root: str) -> str | None:
    """The namespace that an undeclared prefix must stand for, by the local names that it is ``used`` with: that of the
    format where the root has it, else the usual one where its names fit. ``None`` where nobody can tell."""
    if root in used and root in USUAL_IN:
        return GPX_1_1 if root == "gpx" else TCX_V2
    usual = usual_uri(prefix, root)
    return usual if usual and used & NAMES.get(usual, _XSI_NAMES) else None


def near_miss(uri: str, wanted: str) -> bool:
    """Whether ``uri`` is ``wanted`` but for scheme, host, case, white space, final slash or schema file."""
    return uri != wanted and _bare(uri) == _bare(wanted)


def nearest_uri(uri: str | None) -> str | None:
    """The extension's namespace that this one seems to mean; ``None`` where it is one itself, or like none."""
    if not uri or uri in NAMES or uri in CORE:
        return None
    for wanted in NAMES:
        if near_miss(uri, wanted):
            return wanted
    text = uri.strip().casefold().rstrip("/#").removesuffix(".xsd").replace("/", "")
    if "cluetrust.com" in text:
        return CLUETRUST
    return next((wanted for tail, wanted in _TAILS.items() if text.endswith(tail)), None)


def _bare(uri: str) -> str:
    text = uri.strip().casefold()
    text = text.partition("://")[2] or text
    for host in ("www.", "www8."):
        text = text.removeprefix(host)
    text = text.rstrip("/#")
    for file in ("/gpx.xsd", ".xsd"):
        text = text.removesuffix(file)
    return text.replace("/", "")
