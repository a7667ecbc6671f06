"""An independent client agrees: stravalib uploads, waits, and sends a photo and an activity without a file."""

from __future__ import annotations

import io
import warnings
from collections.abc import Iterator
from typing import Any
from urllib.parse import urlsplit

import pytest
import requests
from requests.adapters import HTTPAdapter

from tracklint.strava.sandbox import Options, Running, running_sandbox
from tracklint.testing import Ride

with warnings.catch_warnings():
    warnings.simplefilter("ignore")  # what stravalib's own dependencies deprecate is no matter of ours
    from stravalib import Client as Stravalib
    from stravalib.exc import AccessUnauthorized, ActivityUploadFailed, CreatedActivityDeleted, Fault

pytestmark = [
    pytest.mark.socket,
    pytest.mark.filterwarnings("ignore::Warning:stravalib"),
    pytest.mark.filterwarnings("ignore:.*(activity_type|upload_photo|photo_metadata).*"),
]

GPX = Ride(seconds=60).gpx()
JPEG = b"\xff\xd8\xff\xc0\x00\x0b\x08\x00\x10\x00\x20\x01\x01\x11\x00\xff\xd9"


class _Here(HTTPAdapter):
    """Sends what is meant for www.strava.com to the stand-in: stravalib writes https:// and the host itself."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self._page = page.rstrip("/")

    def send(self, request: requests.PreparedRequest, *args: Any, **options: Any) -> requests.Response:
        parts = urlsplit(request.url or "")
        request.url = f"{self._page}{parts.path}" + (f"?{parts.query}" if parts.query else "")
        return super().send(request, *args, **options)


@pytest.fixture(scope="module")
def running() -> Iterator[Running]:
    with running_sandbox(Options(rate_limit=(10**6,) * 2, read_limit=(10**6,) * 2)) as sandbox:
        yield sandbox


@pytest.fixture
def stravalib(running: Running, monkeypatch: pytest.MonkeyPatch) -> Iterator[Stravalib]:
    monkeypatch.setenv("SILENCE_TOKEN_WARNINGS", "true")
    session = requests.Session()
    session.trust_env = False
    session.mount("https://www.strava.com", _Here(running.page))
    with session:
        yield Stravalib(access_token=running.token, requests_session=session)


def named(name: str, data: bytes) -> io.BytesIO:
    file = io.BytesIO(data)
    file.name = name
    return file


def test_it_uploads_waits_and_sends_a_photo(running: Running, stravalib: Stravalib) -> None:
    upload = stravalib.upload_activity(
        named("ride[photo].gpx", GPX), data_type="gpx", name="By stravalib", description="Two\nlines",
        external_id="7", trainer=False, commute=True, activity_type="ebikeride",
    )  # fmt: skip
    assert upload.is_processing
    assert upload.external_id == "7.gpx"
    activity = upload.wait(timeout=20, poll_interval=0.01)
    kept = running.strava.activities[upload.activity_id]
    assert activity.id == upload.activity_id == kept.id
    assert (activity.name, activity.sport_type, activity.commute) == ("By stravalib", "EBikeRide", True)
    assert (activity.upload_id, activity.external_id) == (upload.upload_id, "7.gpx")
    assert float(activity.distance) == pytest.approx(kept.facts["distance"])
    assert activity.elapsed_time == 60
    assert str(activity.start_date) == "2024-05-01 10:00:00+00:00"
    upload.upload_photo(JPEG)
    assert str(kept.picture) == "JPEG, 32 x 16 pixels, 17 bytes"


@pytest.mark.parametrize("data_type", ["fit", "fit.gz", "tcx", "tcx.gz", "gpx.gz"])
def test_it_uploads_each_kind(stravalib: Stravalib, data_type: str) -> None:
    import gzip

    kind, _, packed = data_type.partition(".")
    day = 2 + ["fit", "fit.gz", "tcx", "tcx.gz", "gpx.gz"].index(data_type)
    ride = Ride(seconds=30, start=f"2024-05-{day:02}T10:00:00Z")
    data = {"fit": ride.fit, "tcx": ride.tcx, "gpx": ride.gpx}[kind]()
    upload = stravalib.upload_activity(named(f"a.{data_type}", gzip.compress(data) if packed else data), data_type)
    assert upload.wait(timeout=20, poll_interval=0.01).sport_type == "Ride"


def test_it_understands_refusals(stravalib: Stravalib) -> None:
    with pytest.raises(ActivityUploadFailed, match="malformed"):
        stravalib.upload_activity(named("a[malformed].gpx", Ride(start="2024-06-01T10:00:00Z").gpx()), "gpx").wait(
            20, 0.01
        )
    with pytest.raises(ActivityUploadFailed, match="duplicate of"):
        stravalib.upload_activity(named("a[duplicate].gpx", GPX), "gpx").wait(20, 0.01)
    with pytest.raises(ActivityUploadFailed, match="empty"):
        stravalib.upload_activity(named("a[data-empty].gpx", GPX), "gpx")
    with pytest.raises(CreatedActivityDeleted):
        stravalib.upload_activity(named("a[deleted].gpx", Ride(start="2024-06-02T10:00:00Z").gpx()), "gpx").wait(
            20, 0.01
        )


def test_it_creates_and_changes_an_activity(running: Running, stravalib: Stravalib) -> None:
    made = stravalib.create_activity(
        name="Weights", sport_type="WeightTraining", start_date_local="2026-01-31T12:00:00Z", elapsed_time=3600
    )
    assert (made.sport_type, made.elapsed_time) == ("WeightTraining", 3600)
    changed = stravalib.update_activity(made.id, commute=False, trainer=True, name="Other")
    assert (changed.name, changed.commute, changed.trainer) == ("Other", False, True)
    assert running.strava.activities[made.id].facts["name"] == "Other"


@pytest.mark.parametrize(
    ("scenario", "kind", "says"),
    [
        ("inactive", Fault, "application is inactive"),
        ("expired", AccessUnauthorized, "access_token"),
        ("not-found", Fault, "Record Not Found"),
    ],
)
def test_it_understands_faults(
    running: Running, stravalib: Stravalib, scenario: str, kind: type[Exception], says: str
) -> None:
    running.strava.scenarios = (scenario,)
    try:
        with pytest.raises(kind, match=says):
            stravalib.get_athlete()
    finally:
        running.strava.scenarios = ()
    assert stravalib.get_athlete().id == 1
