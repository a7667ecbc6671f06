"""The pytest fixture for other projects, in a project of its own and a process of its own."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

pytestmark = pytest.mark.socket

PROJECT = """
import httpx
import pytest
from tracklint.testing import Ride

JPEG = b"\\xff\\xd8\\xff\\xc0\\x00\\x0b\\x08\\x00\\x10\\x00\\x20\\x01\\x01\\x11\\x00\\xff\\xd9"


def send(strava, name="ride.fit", **fields):
    bearer = {"Authorization": f"Bearer {strava.token}"}
    form = {"data_type": "fit", **fields}
    sent = httpx.post(f"{strava.api_base}/uploads", headers=bearer, data=form, files={"file": (name, Ride().fit())})
    ask = lambda: httpx.get(f"{strava.api_base}/uploads/{sent.json()['id']}", headers=bearer).json()
    return sent, ask


def test_an_upload(strava_sandbox):
    sent, ask = send(strava_sandbox, sport_type="GravelRide", external_id="7")
    assert sent.status_code == 201
    (received,) = strava_sandbox.uploads
    assert (received.file_name, received.external_id, received.data_type) == ("ride.fit", "7.fit", "fit")
    assert received.fields == {"sport_type": "GravelRide", "external_id": "7"}
    assert (received.bytes, received.verdict, received.error) == (len(Ride().fit()), "ready", None)
    ask()
    assert ask()["activity_id"] == strava_sandbox.activities[0]["id"]
    assert strava_sandbox.activities[0]["sport_type"] == "GravelRide"
    assert strava_sandbox.uploads[0].questions == 2


def test_a_scenario_and_nothing_of_the_test_before(strava_sandbox):
    assert strava_sandbox.uploads == strava_sandbox.activities == []
    strava_sandbox.scenarios = ["photo"]
    assert strava_sandbox.scenarios == ("photo",)
    _, ask = send(strava_sandbox)
    ask()
    (place,) = ask()["photo_metadata"]
    assert httpx.put(place["uri"], content=JPEG, headers=place["header"]).status_code == 200
    assert strava_sandbox.activities[0]["picture"] == {"kind": "JPEG", "bytes": 17, "width": 32, "height": 16}


def test_a_made_up_upload_is_not_received(strava_sandbox):
    _, ask = send(strava_sandbox, "ride[duplicate].fit")
    ask()
    assert "duplicate of activity" in ask()["error"]
    assert len(strava_sandbox.uploads) == 1


def test_a_sign_in(strava_sandbox):
    asked = {"client_id": strava_sandbox.client_id, "redirect_uri": "http://localhost/", "response_type": "code"}
    asked |= {"scope": "read,activity:write", "approve": "all"}
    back = httpx.get(f"{strava_sandbox.oauth_base}/authorize", params=asked)
    form = {"client_id": strava_sandbox.client_id, "client_secret": strava_sandbox.client_secret}
    form["code"] = httpx.URL(back.headers["location"]).params["code"]
    assert httpx.post(f"{strava_sandbox.oauth_base}/token", data=form).json()["access_token"]


def test_a_file_that_is_fit_to_upload(assert_valid):
    assert_valid(Ride().gpx())
    with pytest.raises(AssertionError, match="TIM001"):
        assert_valid(Ride().gpx(change={3: {"time": None}}))


def test_a_wrong_name(strava_sandbox):
    with pytest.raises(ValueError, match="lunch is no scenario"):
        strava_sandbox.scenarios = ["lunch"]
"""


def run_pytest(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    line = [sys.executable, "-m", "pytest", "-q", "-W", "error", "-p", "no:cacheprovider", "--rootdir", str(folder)]
    return subprocess.run([*line, *arguments], cwd=folder, capture_output=True, text=True, check=False)


def test_another_project_uses_it(tmp_path: Path) -> None:
    (tmp_path / "test_project.py").write_text(PROJECT)
    ran = run_pytest(tmp_path)
    assert ran.returncode == 0, ran.stdout + ran.stderr
    assert "6 passed" in ran.stdout
    listed = run_pytest(tmp_path, "--fixtures")
    assert "strava_sandbox -- " in listed.stdout
    assert "A stand-in of Strava that lives as long as the test." in listed.stdout


def test_a_project_that_does_not_ask_loads_next_to_nothing(tmp_path: Path) -> None:
    (tmp_path / "test_other.py").write_text(
        "import sys\n"
        "def test_nothing():\n"
        "    assert not {'starlette', 'uvicorn', 'httpx', 'numpy', 'lxml', 'tracklint.checking'} & set(sys.modules)\n"
        "def test_no_fixture(request):\n"
        "    assert 'strava_sandbox' not in request.fixturenames\n"
    )
    ran = run_pytest(tmp_path, "-p", "no:schemathesis", "-p", "no:hypothesispytest")
    assert ran.returncode == 0, ran.stdout + ran.stderr
