"""The stand-in's description holds: for the stand-in itself, attacked by schemathesis, and for what our client sends."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import httpx
import jsonschema
import pytest
from starlette.routing import Route

from tracklint.strava.auth import OAuth
from tracklint.strava.client import DATA_TYPES, Client
from tracklint.strava.manual import Manual
from tracklint.strava.photos import send_photo
from tracklint.strava.sandbox import Options, app, running_sandbox
from tracklint.strava.sandbox.grants import CLIENT_ID, CLIENT_SECRET
from tracklint.strava.sandbox.openapi import DESCRIPTION
from tracklint.testing import Ride

from .signing import APPLICATION, browse
from .test_strava_client import form_of

pytestmark = pytest.mark.socket

#: A longer run: TRACKLINT_ATTACKS=200 pytest tests/strava/test_strava_openapi.py
ATTACKS = os.environ.get("TRACKLINT_ATTACKS", "")
JPEG = b"\xff\xd8\xff\xd9"

# No schema tells what is in a file, or which code or refresh token is known: what looks right may be refused there.
# The redirect of a sign-in leads back to the stand-in, so that nothing else on this machine is asked for anything.
CONFIG = """
[parameters]
"query.redirect_uri" = "{page}"

[auth.openapi]
bearer = {{ bearer = "{token}" }}
application = {{ username = "{client}", password = "{secret}" }}

[[operations]]
include-name-regex = "POST /(api/v3/uploads|oauth/token)"
[operations.checks]
positive_data_acceptance.enabled = false

[[operations]]
include-name = "GET /api/v3/uploads/{{id}}"
parameters = {{ "path.id" = {upload} }}

[[operations]]
include-name = "PUT /photos/{{key}}"
parameters = {{ "path.key" = "{key}", "query.AWSAccessKeyId" = "{AWSAccessKeyId}", "query.Expires" = "{Expires}", "query.Signature" = "{Signature}" }}
"""


def test_schemathesis_finds_nothing(tmp_path: Path) -> None:
    """Examples, the edges of every schema and random data, right and wrong; then chains of requests in a long run."""
    options = Options(rate_limit=(10**9,) * 2, read_limit=(10**9,) * 2, processing_polls=0, scenarios=("photo",))
    with running_sandbox(options) as running:
        with Client(running.token, api_base=running.api_base) as client:
            upload = client.status(client.upload(Ride(seconds=5).fit(), data_type="fit", file_name="a.fit").id)
        address = urlsplit(upload.photo_metadata[0]["uri"])
        words = {
            "page": running.page,
            "token": running.token,
            "client": CLIENT_ID,
            "secret": CLIENT_SECRET,
            "upload": upload.id,
            "key": address.path.rpartition("/")[2],
            **dict(parse_qsl(address.query)),
        }
        config = tmp_path / "schemathesis.toml"
        config.write_text(CONFIG.format(**words), encoding="utf-8")
        line = [
            sys.executable,
            "-m",
            "schemathesis.cli",
            "--config-file",
            str(config),
            "run",
            f"{running.page}openapi.json",
        ]
        line += ["--max-examples", ATTACKS or "3", "--seed", "1", "--no-color", "--generation-database", "none"]
        line += [] if ATTACKS else ["--phases", "examples,coverage,fuzzing"]
        ran = subprocess.run(line, capture_output=True, text=True, cwd=tmp_path, check=False)
        received = running.strava
    assert ran.returncode == 0, ran.stdout + ran.stderr
    passed = re.search(r"(\d+) generated, (\d+) passed", ran.stdout)
    assert passed is not None, ran.stdout
    assert passed[1] == passed[2]
    assert int(passed[1]) > 300
    assert len(received.activities) > 5
    assert any(a.picture for a in received.activities.values())


def test_every_address_of_the_api_is_described_and_no_other() -> None:
    routes = [r for r in app().routes if isinstance(r, Route)]
    served = {(r.path, m.lower()) for r in routes for m in r.methods or () if m != "HEAD"}
    pages = {("/", "get"), ("/openapi.json", "get"), ("/activities/{id}", "get"), ("/activities/{id}/delete", "post")}
    pages |= {("/uploads/{id}", "get"), ("/reset", "post")}
    described = {(path, method) for path, methods in DESCRIPTION["paths"].items() for method in methods}
    assert served - pages == described


class Recorded(httpx.HTTPTransport):
    """Keeps each request that goes out, and its answer."""

    def __init__(self) -> None:
        super().__init__()
        self.exchanges: list[tuple[httpx.Request, httpx.Response]] = []

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        request.read()
        response = super().handle_request(request)
        response.read()
        self.exchanges.append((request, response))
        return response


def operation_of(request: httpx.Request) -> dict[str, Any]:
    for path, methods in DESCRIPTION["paths"].items():
        if re.fullmatch(re.sub(r"\{\w+\}", "[^/]+", path), request.url.path):
            found: dict[str, Any] = methods[request.method.lower()]
            return found
    raise AssertionError(f"{request.url.path} is not described")


def valid(value: object, schema: dict[str, Any]) -> None:
    jsonschema.Draft202012Validator({**schema, "components": DESCRIPTION["components"]}).validate(value)


def sent_body(request: httpx.Request) -> tuple[str, Any]:
    kind = request.headers.get("content-type", "").partition(";")[0]
    if kind == "multipart/form-data":
        return kind, {name: content.decode("latin-1") for name, (_, content) in form_of(request).items()}
    if kind == "application/x-www-form-urlencoded":
        words: dict[str, Any] = dict(parse_qsl(request.content.decode(), keep_blank_values=True))
        numbers = {"elapsed_time": int, "distance": float}  # a form has words only
        return kind, {name: numbers.get(name, str)(word) for name, word in words.items()}
    return kind, request.content.decode("latin-1")


def fits(request: httpx.Request, response: httpx.Response) -> None:
    operation = operation_of(request)
    for parameter in operation.get("parameters", []):
        if parameter["in"] == "query" and parameter["name"] in request.url.params:
            valid(request.url.params[parameter["name"]], parameter["schema"])
        assert parameter["in"] == "path" or not parameter["required"] or parameter["name"] in request.url.params
    scheme = {"bearer": "Bearer ", "application": "Basic "}
    wanted = [scheme[name] for each in operation["security"] for name in each]
    assert bool(wanted) == ("authorization" in request.headers)
    assert not wanted or request.headers["authorization"].startswith(wanted[0])
    if "requestBody" in operation:
        kind, body = sent_body(request)
        valid(body, operation["requestBody"]["content"][kind]["schema"])
    answer = operation["responses"][str(response.status_code)]
    for header in answer.get("headers", {}):
        assert header in response.headers
    if "application/json" in answer.get("content", {}):
        valid(response.json(), answer["content"]["application/json"]["schema"])


def test_what_our_client_sends_fits_the_description(monkeypatch: pytest.MonkeyPatch) -> None:
    recorded = Recorded()
    with running_sandbox(Options(processing_polls=0, scenarios=("photo",))) as running:
        oauth = OAuth(running.oauth_base, transport=recorded)
        grants = running.strava.grants
        tokens = oauth.exchange(APPLICATION, grants.authorise(("read", "activity:write")), scopes=())
        tokens = oauth.refresh(tokens)
        with Client(tokens.access_token, api_base=running.api_base, transport=recorded) as client:
            for day, data_type in enumerate(DATA_TYPES, 1):
                kind, _, packed = data_type.partition(".")
                ride = Ride(seconds=5, start=f"2024-05-0{day}T10:00:00Z")
                data = {"fit": ride.fit, "tcx": ride.tcx, "gpx": ride.gpx}[kind]()
                if packed:
                    import gzip

                    data = gzip.compress(data, mtime=0)
                status = client.upload(
                    data, data_type=data_type, file_name=f"ride.{data_type}", external_id="7", sport_type="Ride",
                    activity_type="ride", title="A", description="B", trainer=True, commute=False,
                )  # fmt: skip
                status = client.status(status.id)
            client.activity(status.activity_id or 0)
            client.athlete()
            manual = Manual(
                name="A", sport_type="Yoga", type="Yoga", start_date_local="2026-01-31T12:00:00", elapsed_time=60,
                distance=1.5, description="B", trainer=True, commute=True,
            )  # fmt: skip
            client.create_activity(manual.form())
        assert send_photo(JPEG, status.photo_metadata, transport=recorded).outcome == "sent"
        page = browse(oauth.page(CLIENT_ID, redirect_uri=f"{running.page}", state="s"))
        recorded.exchanges += [(each.request, each) for each in page.history[:1]]
        oauth.revoke(tokens)
    for request, response in recorded.exchanges:
        fits(request, response)
    seen = {operation_of(request)["operationId"] for request, _ in recorded.exchanges}
    every = {each["operationId"] for methods in DESCRIPTION["paths"].values() for each in methods.values()}
    assert every - seen == {"updateActivityById", "athleteAnswers", "deauthorize", "getLoggedInAthleteActivities"}


def test_a_request_that_does_not_fit_is_found() -> None:
    """The check above can fail."""
    form = DESCRIPTION["components"]["schemas"]["ActivityForm"]
    with pytest.raises(jsonschema.ValidationError):
        valid({"name": "A", "elapsed_time": 0, "start_date_local": "2026-01-31T12:00:00Z", "type": "Ride"}, form)
    with pytest.raises(AssertionError, match="not described"):
        operation_of(httpx.Request("GET", "http://x/api/v3/segments"))
