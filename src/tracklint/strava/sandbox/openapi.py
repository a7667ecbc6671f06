"""The stand-in, described as OpenAPI 3.1 says: every address of the API, the sign-in and the pictures."""

from __future__ import annotations

from ...version import __version__
from .grants import CLIENT_ID, CLIENT_SECRET, SCOPES
from .pictures import ACCESS_KEY
from .schemas import ID, SCHEMAS, Schema, objects, reference, text

__all__ = ["DESCRIPTION"]

_LIMITS = {
    name: {
        "description": f"Requests {what} of this quarter of an hour and of this UTC day.",
        "required": True,
        "schema": {"type": "string", "pattern": "^[0-9]+,[0-9]+$"},
    }
    for name, what in (
        ("X-RateLimit-Limit", "that are allowed"),
        ("X-RateLimit-Usage", "made"),
        ("X-ReadRateLimit-Limit", "that read and are allowed"),
        ("X-ReadRateLimit-Usage", "made that read"),
    )
}


def _answer(description: str, schema: Schema | None = None, *, limits: bool = True) -> Schema:
    told: Schema = {"description": description}
    if schema is not None:
        told["content"] = {"application/json": {"schema": schema}}
    return {**told, "headers": _LIMITS} if limits else told


_PROBLEMS = {
    "400": "The request is not accepted.",
    "401": "The token is unknown or over, or lacks a scope.",
    "402": "The athlete needs a subscription (scenario subscription).",
    "403": "The application may not do this (scenario capacity).",
    "404": "There is no such thing.",
    "405": "There is no such method at this address.",
    "413": "The body is too large.",
    "429": "The request limits are used up.",
}


def _answers(success: Schema, *problems: str) -> Schema:
    """The answers of an address below /api: its success, these problems, and those that any address has."""
    told = {
        code: _answer(_PROBLEMS[code], reference("Fault")) for code in (*problems, "401", "402", "403", "405", "429")
    }
    page = {"description": "A page in HTML (scenario trouble).", "content": {"text/html": {}}}
    return {**success, **dict(sorted(told.items())), "500": {**page, "headers": _LIMITS}}


def _oauth_answers(success: Schema, *problems: str) -> Schema:
    return success | {code: _answer(_PROBLEMS[code], reference("Fault"), limits=False) for code in (*problems, "405")}


def _body(schema: Schema, *media: str) -> Schema:
    return {"required": True, "content": {kind: {"schema": schema} for kind in media}}


def _parameter(name: str, where: str, schema: Schema) -> Schema:
    return {"name": name, "in": where, "required": True, "schema": schema}


_FORM = "application/x-www-form-urlencoded"
_RIDE = (
    '<gpx version="1.1" creator="example" xmlns="http://www.topografix.com/GPX/1/1"><trk><trkseg>'
    '<trkpt lat="47.1" lon="8.1"><ele>500</ele><time>2024-05-01T10:00:00Z</time></trkpt>'
    '<trkpt lat="47.2" lon="8.1"><ele>510</ele><time>2024-05-01T10:30:00Z</time></trkpt></trkseg></trk></gpx>'
)
_UPLOAD_BODY = {
    "required": True,
    "content": {
        "multipart/form-data": {
            "schema": reference("UploadForm"),
            "examples": {"ride": {"value": {"file": _RIDE, "data_type": "gpx", "sport_type": "Ride"}}},
        }
    },
}
_WRITE = [{"bearer": ["activity:write"]}]
_READ = [{"bearer": ["activity:read"]}]
_ANY: list[Schema] = [{"bearer": []}]
_NO_TOKEN: list[Schema] = []
_PAGING = [
    {**_parameter(name, "query", {"type": "integer", "minimum": least, "maximum": most}), "required": False}
    for name, least, most in (
        ("page", 1, 10**6),
        ("per_page", 1, 200),
        ("after", 0, 10**12 - 1),
        ("before", 0, 10**12 - 1),
    )
]
_BY_ID = [_parameter("id", "path", ID)]

_TOKEN_FORM = objects(
    {"client_id": text(const=CLIENT_ID), "client_secret": text(const=CLIENT_SECRET)},
    {
        "grant_type": text("authorization_code where it is not given.", enum=["authorization_code", "refresh_token"]),
        "code": text("For authorization_code."),
        "refresh_token": text("For refresh_token."),
    },
)
_SCOPE = "|".join(SCOPES)
_AUTHORIZE = [
    _parameter("client_id", "query", text(const=CLIENT_ID)),
    _parameter("redirect_uri", "query", text(pattern=r"^https?://(localhost|127\.0\.0\.1)(:[0-9]{1,5})?(/\w*)?$")),
    _parameter("response_type", "query", text(const="code")),
    _parameter("scope", "query", text("Separated by commas.", pattern=f"^({_SCOPE})(,({_SCOPE}))*$")),
    {**_parameter("state", "query", text()), "required": False},
    {**_parameter("approval_prompt", "query", text("auto or force.")), "required": False},
    {**_parameter("approve", "query", text("all, none or scopes: answers without a click.")), "required": False},
]
_REDIRECT = {"description": "Back to the application, with a code or an error."}
_AUTHORIZED = _oauth_answers(
    {"200": {"description": "The page that asks the athlete.", "content": {"text/html": {}}}, "302": _REDIRECT}, "400"
)

_PATHS: Schema = {
    "/api/v3/uploads": {
        "post": {
            "operationId": "createUpload",
            "summary": "Send a file. A wrong one is refused here, or by a later question.",
            "security": _WRITE,
            "requestBody": _UPLOAD_BODY,
            "responses": _answers({"201": _answer("Taken; still being processed.", reference("Upload"))}, "413")
            | {
                "400": _answer("Not taken, in one of two shapes.", {"anyOf": [reference("Upload"), reference("Fault")]})
            },
        }
    },
    "/api/v3/uploads/{id}": {
        "get": {
            "operationId": "getUploadById",
            "summary": "How an upload goes. Ask once a second at most.",
            "security": _ANY,
            "parameters": _BY_ID,
            "responses": _answers({"200": _answer("The upload.", reference("Upload"))}, "404"),
        }
    },
    "/api/v3/activities": {
        "post": {
            "operationId": "createActivity",
            "summary": "Create an activity without a file. Two such requests make two activities.",
            "security": _WRITE,
            "requestBody": _body(reference("ActivityForm"), _FORM),
            "responses": _answers({"201": _answer("The activity.", reference("Activity"))}, "400", "413"),
        }
    },
    "/api/v3/activities/{id}": {
        "get": {
            "operationId": "getActivityById",
            "security": _ANY,
            "parameters": _BY_ID,
            "responses": _answers({"200": _answer("The activity.", reference("Activity"))}, "404"),
        },
        "put": {
            "operationId": "updateActivityById",
            "summary": "Change an activity; its time and distance stay. Send JSON: a form's word False counts as true.",
            "security": _WRITE,
            "parameters": _BY_ID,
            "requestBody": _body(reference("ActivityChange"), "application/json") | {"required": False},
            "responses": _answers({"200": _answer("The activity.", reference("Activity"))}, "400", "404", "413"),
        },
    },
    "/api/v3/athlete": {
        "get": {
            "operationId": "getLoggedInAthlete",
            "security": _ANY,
            "responses": _answers({"200": _answer("The athlete of the token.", reference("Athlete"))}),
        }
    },
    "/api/v3/athlete/activities": {
        "get": {
            "operationId": "getLoggedInAthleteActivities",
            "summary": "The athlete's activities, the newest start first, with all fields of the detailed ones.",
            "security": _READ,
            "parameters": _PAGING,
            "responses": _answers(
                {"200": _answer("The activities.", {"type": "array", "items": reference("Activity")})}, "400"
            ),
        }
    },
    "/oauth/authorize": {
        "get": {
            "operationId": "askAthlete",
            "security": _NO_TOKEN,
            "parameters": _AUTHORIZE,
            "responses": _AUTHORIZED,
        },
        "post": {
            "operationId": "athleteAnswers",
            "summary": "What the page's buttons do.",
            "security": _NO_TOKEN,
            "parameters": _AUTHORIZE,
            "responses": _AUTHORIZED,
        },
    },
    "/oauth/token": {
        "post": {
            "operationId": "getTokens",
            "security": _NO_TOKEN,
            "requestBody": _body(_TOKEN_FORM, _FORM),
            "responses": _oauth_answers({"200": _answer("Tokens.", reference("Tokens"), limits=False)}, "400", "401"),
        }
    },
    "/oauth/revoke": {
        "post": {
            "operationId": "revokeToken",
            "security": [{"application": []}],
            "requestBody": _body(objects({"token": text(minLength=1)}, {"token_type_hint": text()}), _FORM),
            "responses": _oauth_answers({"200": {"description": "No such token is good any more."}}, "400", "401"),
        }
    },
    "/oauth/deauthorize": {
        "post": {
            "operationId": "deauthorize",
            "deprecated": True,
            "security": _NO_TOKEN,
            "requestBody": _body(objects({"access_token": text()}), _FORM),
            "responses": _oauth_answers(
                {"200": _answer("The token that was good until now.", objects({"access_token": text()}), limits=False)},
                "401",
            ),
        }
    },
    "/photos/{key}": {
        "put": {
            "operationId": "putPicture",
            "summary": "Put a picture, JPEG or PNG, at a signed address. An Authorization header is refused.",
            "security": _NO_TOKEN,
            "parameters": [
                _parameter("key", "path", text()),
                _parameter("AWSAccessKeyId", "query", text(const=ACCESS_KEY)),
                _parameter("Expires", "query", text("UTC seconds.")),
                _parameter("Signature", "query", text()),
            ],
            "requestBody": _body(text(format="binary"), "image/jpeg"),
            "responses": {
                "200": {"description": "Taken; the body is empty."},
                "403": {
                    "description": "The signature or a header is wrong, or the address is over.",
                    "content": {"application/xml": {}},
                },
                "405": _answer(_PROBLEMS["405"], reference("Fault")),
                "413": _answer(_PROBLEMS["413"], reference("Fault"), limits=False),
            },
        }
    },
}

DESCRIPTION: Schema = {
    "openapi": "3.1.0",
    "info": {
        "title": "tracklint's stand-in of Strava's upload API",
        "version": __version__,
        "description": "For tests on one's own machine; it is not Strava's and creates nothing there.",
    },
    "paths": _PATHS,
    "components": {
        "schemas": SCHEMAS,
        "securitySchemes": {
            "bearer": {"type": "http", "scheme": "bearer"},
            "application": {"type": "http", "scheme": "basic"},
        },
    },
}
