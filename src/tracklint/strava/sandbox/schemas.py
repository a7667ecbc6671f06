"""The shapes of the stand-in's description: what is sent and what is answered, as JSON Schema.

Fields are those of Strava's documents; what the stand-in adds or leaves out is said beside it.
"""

from __future__ import annotations

from typing import Any

from ...sports import SPORT_TYPES
from .state import DELETED, FAILED, PROCESSING, READY

__all__ = ["ID", "SCHEMAS", "Schema", "objects", "reference", "text"]

Schema = dict[str, Any]


def reference(name: str) -> Schema:
    """One of `SCHEMAS`."""
    return {"$ref": f"#/components/schemas/{name}"}


def objects(required: Schema, optional: Schema | None = None, **more: Any) -> Schema:
    """Objects with these properties; others may stand beside them."""
    properties = {**required, **(optional or {})}
    return {"type": "object", "properties": properties, **({"required": list(required)} if required else {}), **more}


def text(description: str = "", **more: Any) -> Schema:
    """Texts."""
    return {"type": "string", **({"description": description} if description else {}), **more}


def _or_null(schema: Schema) -> Schema:
    return {**schema, "type": [schema["type"], "null"]}


ID: Schema = {"type": "integer", "format": "int64", "minimum": 1}
_ID_TEXT = text("The same id, for readers that take numbers for doubles.", pattern="^[0-9]{1,19}$")
_FLAG = text("1 for yes, 0 for no.")
_BOOLEAN: Schema = {"type": "boolean"}
_NUMBER: Schema = {"type": "number", "minimum": 0}
_SPORT = text("A SportType, letter by letter; an empty one counts as none.", enum=[*SPORT_TYPES, ""])
SCHEMAS: Schema = {
    "Fault": objects(
        {
            "message": text(),
            "errors": {
                "type": "array",
                "items": objects({"resource": text(), "field": text(), "code": text()}),
            },
        },
        description="Strava's general error object.",
    ),
    "Upload": objects(
        {
            "id": ID,
            "id_str": _ID_TEXT,
            "external_id": _or_null(text("What was sent, or the file's name, with the data type behind it.")),
            "error": _or_null(text("Why no activity was made; may hold HTML, escaped or not.")),
            "status": text(enum=[PROCESSING, READY, FAILED, DELETED]),
            "activity_id": _or_null(ID),
        },
        {"photo_metadata": reference("PhotoMetadata")},
    ),
    "PhotoMetadata": {
        "type": "array",
        "description": "Where a picture may be put; for partners of Strava only (scenario photo).",
        "items": objects(
            {
                "uri": text("A signed address. It is used as it stands, and without a token.", format="uri"),
                "header": objects({"Content-Type": text(const="image/jpeg")}),
                "method": text(const="PUT"),
                "max_size": {"type": "integer", "description": "Pixels of the longer side.", "minimum": 1},
            }
        ),
    },
    "Activity": objects(
        {
            "id": ID,
            "id_str": _ID_TEXT,
            "resource_state": {"type": "integer"},
            "external_id": _or_null(text()),
            "upload_id": _or_null(ID),
            "upload_id_str": _or_null(_ID_TEXT),
            "athlete": objects({"id": ID, "resource_state": {"type": "integer"}}),
            "name": text(),
            "description": _or_null(text()),
            "type": text(enum=list(SPORT_TYPES)),
            "sport_type": text(enum=list(SPORT_TYPES)),
            "start_date": text(format="date-time"),
            "start_date_local": text("The time of the place, in spite of its Z.", format="date-time"),
            "timezone": text(),
            "distance": {**_NUMBER, "description": "Metres."},
            "elapsed_time": {"type": "integer", "description": "Seconds."},
            "moving_time": {"type": "integer", "description": "Seconds."},
            "total_elevation_gain": {**_NUMBER, "description": "Metres."},
            "trainer": _BOOLEAN,
            "commute": _BOOLEAN,
            "manual": _BOOLEAN,
            "device_name": _or_null(text()),
            "has_heartrate": _BOOLEAN,
            "device_watts": _BOOLEAN,
        },
        {
            "photo_metadata": reference("PhotoMetadata"),
            "sandbox": {"type": "object", "description": "Why this is so; Strava does not tell it."},
            "gear_id": _or_null(text()),
            "hide_from_home": _BOOLEAN,
        },
    ),
    "Athlete": objects({"id": ID, "username": text(), "firstname": text(), "lastname": text()}),
    "Tokens": objects(
        {
            "token_type": text(const="Bearer"),
            "access_token": text(),
            "refresh_token": text("May be another one each time; the old one is dead then."),
            "expires_at": {"type": "integer", "description": "UTC seconds."},
            "expires_in": {"type": "integer", "description": "Seconds."},
            "scope": text("Separated by commas."),
        },
        {"athlete": reference("Athlete")},
    ),
    "UploadForm": objects(
        {
            "file": text("The bytes; the part has a file name.", format="binary"),
            "data_type": text(
                "fit, tcx or gpx, with .gz exactly where the bytes are gzipped; in any case.",
                pattern=r"^([fF][iI][tT]|[tT][cC][xX]|[gG][pP][xX])(\.[gG][zZ])?$",
            ),
        },
        {
            "sport_type": _SPORT,
            "activity_type": text("The former word; in any case, overridden by sport_type.", deprecated=True),
            "name": text(),
            "description": text(),
            "trainer": _FLAG,
            "commute": _FLAG,
            "external_id": text("Your own id of the activity."),
            "private": {"description": "Gone from the API; passed over.", "deprecated": True},
        },
    ),
    "ActivityForm": objects(
        {
            "name": text(pattern=r"\S"),
            "start_date_local": text(
                "The time of the place; a zone behind it changes nothing.",
                format="date-time",
                examples=["2013-10-23T10:02:13Z"],
            ),
            "elapsed_time": {"type": "integer", "description": "Seconds.", "minimum": 1, "maximum": 10**9},
        },
        {
            "sport_type": text("A SportType, letter by letter.", enum=list(SPORT_TYPES)),
            "type": text("The former word for sport_type; any case will do.", deprecated=True, enum=list(SPORT_TYPES)),
            "description": text(),
            "distance": {**_NUMBER, "description": "Metres.", "maximum": 1e9},
            "trainer": _FLAG,
            "commute": _FLAG,
        },
        anyOf=[{"required": ["sport_type"]}, {"required": ["type"]}],
    ),
    "ActivityChange": objects(
        {},
        {
            "name": text(),
            "sport_type": text(enum=list(SPORT_TYPES)),
            "description": _or_null(text()),
            "commute": _BOOLEAN,
            "trainer": _BOOLEAN,
            "gear_id": _or_null(text()),
            "hide_from_home": _BOOLEAN,
        },
    ),
}
