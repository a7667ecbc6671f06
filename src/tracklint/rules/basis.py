"""The authorities that rules stand on. A firmware team that doubts a finding follows the link."""

from __future__ import annotations

from .registry import Basis

STRAVA_UPLOADS = Basis("Strava: Uploading to Strava", "https://developers.strava.com/docs/uploads/", "strava")
STRAVA_NO_TIME = Basis(
    "Strava support: Time information is missing from file",
    "https://support.strava.com/hc/en-us/articles/216917947",
    "strava",
)
FIT_PROTOCOL = Basis("FIT protocol", "https://developer.garmin.com/fit/protocol/")
FIT_FILE_TYPES = Basis("FIT file types", "https://developer.garmin.com/fit/articles/file-types/file_types.html")
FIT_ACTIVITY_FILE = Basis("FIT activity file", "https://developer.garmin.com/fit/articles/file-types/activity.html")
XML_1_0 = Basis("Extensible Markup Language 1.0", "https://www.w3.org/TR/xml/")
XML_NAMESPACES = Basis("Namespaces in XML 1.0", "https://www.w3.org/TR/xml-names/")
GPX_1_1 = Basis("GPX 1.1 schema", "https://www.topografix.com/GPX/1/1/")
TCX_V2 = Basis("Training Center Database v2 schema", "https://www8.garmin.com/xmlschemas/TrainingCenterDatabasev2.xsd")
GZIP = Basis("RFC 1952: GZIP file format", "https://www.rfc-editor.org/rfc/rfc1952")
PHYSICS = Basis(
    "physics: no position of the Earth lies there", "https://en.wikipedia.org/wiki/World_Geodetic_System", "practice"
)
PRACTICE = Basis("practice: reports of users and readers", "docs/practice.md", "practice")
