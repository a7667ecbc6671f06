"""The stand-in's endpoints: uploads, activities and pictures as Strava has them, and two pages for a browser."""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable
from dataclasses import replace
from datetime import datetime
from typing import Any

from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response
from starlette.routing import Route

from ...checking import check_source
from ...loopback import Guard
from ...source import open_source
from ...sports import SPORT_TYPES
from ..client import DATA_TYPES
from .activities import CREATE_FIELDS, UPDATE_FIELDS, BadField, changed, from_form
from .answers import Early, Json, error, lost, problem_answer
from .forms import body_of, fields_of, file_form, number
from .grants import ATHLETE, SCOPES
from .oauth import oauth_routes
from .openapi import DESCRIPTION
from .pages import page_routes
from .pictures import metadata, refusal, size_of
from .scenarios import Scenario, at_work, marked
from .state import Activity, Examined, Options, Strava, Upload
from .verdict import IMPROPER, Refusal, judge

__all__ = ["app"]

_UPLOAD_FIELDS = (
    "data_type", "sport_type", "activity_type", "name", "description", "trainer", "commute", "external_id",
)  # fmt: skip
_WRITE = "activity:write"
#: Answers that also a question may get where a scenario holds for everything; the others are for what is sent.
_FOR_ALL = (402, 403, 404, 500)

#: What a list of activities may be asked for, with its least and greatest value, and what holds where it is not said.
_PAGING = {
    "page": (1, 10**6, 1),
    "per_page": (1, 200, 30),
    "after": (0, 10**12 - 1, -(10**12)),
    "before": (0, 10**12 - 1, 10**12),
}

Endpoint = Callable[[Request, Strava], Awaitable[Response]]


def app(
    options: Options | None = None, *, strava: Strava | None = None, ends: Callable[[], bool] = lambda: False
) -> Starlette:
    """The stand-in as an ASGI application. ``strava`` is its memory; a new one where it is not given.

    ``ends`` tells whether the server is to stop, so that no answer is held back any longer.
    """
    memory = strava or Strava(options)
    api = "/api/v3"
    site = Starlette(
        routes=[
            Route(f"{api}/uploads", _api(_post_upload, scope=_WRITE), methods=["POST"]),
            Route(f"{api}/uploads/{{id}}", _api(_get_upload), methods=["GET"]),
            Route(f"{api}/activities", _api(_post_activity, scope=_WRITE), methods=["POST"]),
            _methods(f"{api}/activities/{{id}}", GET=_api(_get_activity), PUT=_api(_put_activity, scope=_WRITE)),
            Route(f"{api}/athlete", _api(_get_athlete), methods=["GET"]),
            Route(f"{api}/athlete/activities", _api(_get_activities, scope="activity:read"), methods=["GET"]),
            *oauth_routes(lambda request: request.app.state.strava.grants),
            Route("/photos/{key}", _put_picture, methods=["PUT"]),
            Route("/openapi.json", _describe, methods=["GET"]),
            *page_routes(),
        ],
        exception_handlers={HTTPException: _not_found, ClientDisconnect: _gone},
        middleware=[Middleware(Guard, called="This stand-in")],
    )
    site.state.strava, site.state.ends = memory, ends
    return site


def _methods(path: str, **endpoints: Callable[[Request], Awaitable[Response]]) -> Route:
    """One address with an endpoint for each method."""

    async def answer(request: Request) -> Response:
        return await endpoints[request.method if request.method in endpoints else "GET"](request)

    return Route(path, answer, methods=list(endpoints))


def _api(endpoint: Endpoint, scope: str | None = None) -> Callable[[Request], Awaitable[Response]]:
    """``endpoint`` behind the request limits and the token, with the limit headers on every answer."""

    async def answer(request: Request) -> Response:
        strava: Strava = request.app.state.strava
        strava.usage.count(reads=request.method == "GET")
        scenario = at_work(strava.scenarios)
        try:
            _within_limits(request, strava, scenario, "")
            _authorise(request, strava, scope)
            problem = scenario.problem
            if problem is not None and request.method == "GET" and problem.http_status not in _FOR_ALL:
                scenario = replace(scenario, problem=None)
            _disturb(request, strava, scenario, "")
            response = await endpoint(request, strava)
        except Early as early:
            response = early.response
        response.headers.update(strava.usage.headers())
        return response

    return answer


def _within_limits(request: Request, strava: Strava, scenario: Scenario, key: str) -> None:
    """Raises `Early` (429) where the request limits are used up, or this scenario now says so."""
    if scenario.limits and strava.once("limits", key):
        strava.usage.fill(scenario.limits)
    if not strava.usage.allows(reads=request.method == "GET"):
        raise Early(error(429, "Rate Limit Exceeded", ("Application", "rate limit", "exceeded")))


def _disturb(request: Request, strava: Strava, scenario: Scenario, key: str) -> None:
    """Raises `Early` where a scenario answers in place of what was asked for. ``key`` is the file's, or empty."""
    if scenario.expired and strava.refuses_tokens(key):
        strava.grants.expire(request.headers.get("authorization", "").partition(" ")[2])
        raise Early(error(401, "Authorization Error", ("Athlete", "access_token", "invalid")))
    if scenario.problem is not None:
        raise Early(problem_answer(scenario.problem))


def _authorise(request: Request, strava: Strava, scope: str | None) -> None:
    """The token of the Authorization header; one in the query or the form does not count."""
    kind, _, token = request.headers.get("authorization", "").partition(" ")
    fixed = {strava.options.token: SCOPES, strava.options.read_only_token: ("read",)}
    granted = (fixed.get(token) or strava.grants.scopes_of(token)) if kind.lower() == "bearer" else None
    if granted is None:
        raise Early(error(401, "Authorization Error", ("Athlete", "access_token", "invalid")))
    if scope is not None and scope not in granted:
        raise Early(error(401, "Authorization Error", ("AccessToken", f"{scope}_permission", "missing")))


async def _get_athlete(_request: Request, _strava: Strava) -> Response:
    return Json(ATHLETE)


async def _get_activities(request: Request, strava: Strava) -> Response:
    """The athlete's activities, the newest start first, a page at a time."""
    asked = {key: _whole(request, key, least, most, other) for key, (least, most, other) in _PAGING.items()}
    starts = {a.id: datetime.fromisoformat(a.facts["start_date"]).timestamp() for a in strava.activities.values()}
    found = [a for a in strava.activities.values() if asked["after"] < starts[a.id] < asked["before"]]
    found.sort(key=lambda a: (starts[a.id], a.id), reverse=True)
    first = (asked["page"] - 1) * asked["per_page"]
    return Json([{**a.facts, "resource_state": 2} for a in found[first : first + asked["per_page"]]])


def _whole(request: Request, key: str, least: int, most: int, otherwise: int) -> int:
    """A whole number of the address. Raises `Early` (400)."""
    text = request.query_params.get(key)
    if text is None:
        return otherwise
    value = int(text) if re.fullmatch("[0-9]{1,12}", text) else -1
    if not least <= value <= most:
        raise Early(error(400, "Bad Request", ("Activity", key, "invalid")))
    return value


async def _post_upload(request: Request, strava: Strava) -> Response:
    fields, name, data = await file_form(request, _UPLOAD_FIELDS, strava.options.max_body)
    data_type = fields.pop("data_type", "").lower()
    if data_type not in DATA_TYPES:
        raise Early(error(400, "Bad Request", ("Upload", "data_type", "invalid" if data_type else "missing")))
    if fields.get("sport_type", SPORT_TYPES[0]) not in SPORT_TYPES:
        raise Early(error(400, "Bad Request", ("Upload", "sport_type", "invalid")))
    names = _scenarios(strava, name, fields.get("name", ""), fields.get("external_id", ""))
    scenario = at_work(names)
    _disturb(request, strava, scenario, name)
    _within_limits(request, strava, scenario, name)
    report, refused = await run_in_threadpool(_examine, data, name, data_type, fields, strava.options)
    upload = strava.receive(
        file_name=name,
        data_type=data_type,
        fields=fields,
        report=report,
        refusal=refused,
        scenarios=names,
        content=data,
    )
    answer = Json(upload.answer(), 201 if upload.error is None else 400)
    if scenario.lost and strava.once("lost", upload.report.sha256):
        return await _lose(request, answer, scenario.lost)
    return answer


def _examine(
    data: bytes, name: str, data_type: str, fields: dict[str, str], options: Options
) -> tuple[Examined, Refusal | None]:
    """Our own check of the bytes. Raises `Early` for gzip that is none."""
    kind, _, packed = data_type.partition(".")
    gzipped = data[:2] == b"\x1f\x8b"
    if not name.lower().endswith(f".{data_type}"):
        name = f"{name}.{data_type}"  # the data_type counts, whatever the name promises
    source = open_source(data, name, max_inflated=options.config.limits.max_inflated_bytes)
    if packed and (
        not gzipped or any(f.kind.startswith(("gzip-damaged", "gzip-truncated", "inflates")) for f in source.faults)
    ):
        raise Early(error(400, "Bad Request", ("upload", "gzip", "invalid encoding")))
    report = check_source(source, options.config)
    examined = Examined.of(report, fields)
    return examined, Refusal(IMPROPER, at_once=True) if gzipped and not packed else judge(report, kind)


async def _get_upload(request: Request, strava: Strava) -> Response:
    upload = strava.ask(_id(request))
    if upload is None:
        raise Early(error(404, "Record Not Found", ("Upload", "id", "invalid")))
    answer = Json({**upload.answer(), **_address_for(request, strava, upload)})
    kind = upload.scenario.lost_question
    if kind and strava.once("lost question", str(upload.id)):
        return await _lose(request, answer, kind)
    return answer


def _address_for(request: Request, strava: Strava, made: Upload | Activity) -> dict[str, Any]:
    """``photo_metadata`` for an activity, where the application is taken for a partner's."""
    number = made.activity_id if isinstance(made, Upload) else made.id
    activity, kind = strava.activities.get(number or 0), at_work(made.scenarios).photo
    if activity is None or not kind:
        return {}
    activity.addresses += 1
    strava.save(activity)
    expired = kind == "expired" and activity.addresses == 1
    key, now = f"{activity.id}-{activity.addresses}", strava.options.clock()
    return {"photo_metadata": metadata(str(request.base_url), key, strava.secret, now=now, expired=expired)}


async def _post_activity(request: Request, strava: Strava) -> Response:
    told = await fields_of(request, CREATE_FIELDS, strava.options.max_body, "Activity")
    facts = _checked(from_form, told)
    names = _scenarios(strava, facts["name"])
    scenario = at_work(names)
    _disturb(request, strava, scenario, facts["name"])
    _within_limits(request, strava, scenario, facts["name"])
    activity = strava.create(facts, scenarios=names)
    answer = Json({**activity.facts, **_address_for(request, strava, activity)}, 201)
    if scenario.lost and strava.once("lost", facts["name"]):
        return await _lose(request, answer, scenario.lost)
    return answer


async def _get_activity(request: Request, strava: Strava) -> Response:
    return Json(_activity(request, strava).facts)


async def _put_activity(request: Request, strava: Strava) -> Response:
    activity = _activity(request, strava)
    told = await fields_of(request, UPDATE_FIELDS, strava.options.max_body, "Activity")
    activity.facts = _checked(lambda told: changed(activity.facts, told), told)
    strava.save(activity)
    return Json(activity.facts)


async def _put_picture(request: Request) -> Response:
    """As at Amazon S3: the signature in the address says all, and a refusal is a small XML document."""
    strava: Strava = request.app.state.strava
    key = request.path_params["key"]
    why = refusal(key, request.query_params, request.headers, strava.secret, now=strava.options.clock())
    activity = strava.activities.get(number(key.partition("-")[0]))
    if not why and activity is None:
        why = "AccessDenied"
    try:
        data = await body_of(request, strava.options.max_body)
    except Early as early:
        return early.response
    if why or activity is None:
        return Response(f"<Error><Code>{why}</Code></Error>", 403, media_type="application/xml")
    activity.picture = size_of(data)
    strava.save(activity, data)
    return Response(status_code=200)


async def _describe(request: Request) -> Response:
    return Json({**DESCRIPTION, "servers": [{"url": str(request.base_url).rstrip("/")}]})


def _scenarios(strava: Strava, *texts: str) -> tuple[str, ...]:
    """What is at work on one file or activity: its own markers first."""
    return tuple(dict.fromkeys([*marked(*texts), *strava.scenarios]))


async def _lose(request: Request, answer: Json, kind: str) -> Response:
    state = request.app.state
    return await lost(request, answer, kind, silence=state.strava.options.silence, ends=state.ends)


def _checked(make: Callable[[dict[str, Any]], dict[str, Any]], told: dict[str, Any]) -> dict[str, Any]:
    try:
        return make(told)
    except BadField as bad:
        raise Early(error(400, "Bad Request", ("Activity", bad.field, bad.code))) from None


def _activity(request: Request, strava: Strava) -> Activity:
    activity = strava.activities.get(_id(request))
    if activity is None:
        raise Early(error(404, "Record Not Found", ("Activity", "id", "invalid")))
    return activity


def _id(request: Request) -> int:
    return number(request.path_params["id"])


async def _not_found(request: Request, failed: Exception) -> Response:
    http_status = failed.status_code if isinstance(failed, HTTPException) else 404
    response = error(http_status, "Record Not Found" if http_status == 404 else "Bad Request")
    response.headers.update(getattr(failed, "headers", None) or {})  # which methods there are
    response.headers.update(request.app.state.strava.usage.headers())
    return response


async def _gone(_request: Request, _failed: Exception) -> Response:
    """The sender went away in the middle of a request: that is no error of ours, and nobody reads this answer."""
    return Response(status_code=400)
