"""Files in object stores: a store in memory here, and before moto's S3 with ``tox -e fleet``."""

from __future__ import annotations

import json
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import fsspec
import httpx
import pytest
from fsspec.implementations.memory import MemoryFileSystem

from tracklint import check_many, cloud
from tracklint.config import Config, Limits
from tracklint.inputs import inputs
from tracklint.source import Remote, absolute, shown
from tracklint.testing import Ride

CONFIG = Config(limits=Limits(now=1790000000.0))
RIDE = Ride(seconds=20)
RIDES = {
    "night/b.gpx": RIDE.gpx(),
    "night/a.fit": RIDE.fit(),
    "night/deep/c d.tcx": RIDE.tcx(),
    "night/notes.txt": b"no ride",
}


class Store(MemoryFileSystem):
    """One folder is closed; what lies in it is not even told."""

    protocol = "gs"
    store: dict[str, Any] = {}  # noqa: RUF012 - as fsspec has it
    pseudo_dirs = [""]  # noqa: RUF012 - as its base class has it

    @classmethod
    def _strip_protocol(cls, path: str) -> str:
        return "/" + path.removeprefix("gs://").strip("/")

    def unstrip_protocol(self, name: str) -> str:
        return "gs:/" + name

    def find(self, path: str, *arguments: Any, **options: Any) -> Any:
        if "closed" in path:
            raise PermissionError("Access Denied: " + path)
        return super().find(path, *arguments, **options)


@pytest.fixture
def bucket() -> Iterator[str]:
    fsspec.register_implementation("gs", Store, clobber=True)
    for name, data in RIDES.items():
        Store().pipe(f"/bucket/{name}", data)
    yield "gs://bucket"
    Store.store.clear()


def names(url: str) -> list[str]:
    return [each.name for each in inputs([url])]


def test_a_url_is_told_from_a_path() -> None:
    assert [
        each for each in ("s3://b/a.fit", "https://b/a.fit", "C:/a.fit", "s3:/b", "a://b") if cloud.is_url(each)
    ] == ["s3://b/a.fit"]
    assert shown("s3://b/a.fit") == shown(Remote("s3://b/a.fit")) == "s3://b/a.fit"
    assert absolute("s3://b/a.fit") == "s3://b/a.fit"


def test_what_lies_below_a_folder_is_checked_as_on_a_disk(bucket: str, tmp_path: Path) -> None:
    for name, data in RIDES.items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_bytes(data)
    there = list(check_many([f"{bucket}/night/"], config=CONFIG))
    here = list(check_many([tmp_path / "night"], config=CONFIG))
    assert [report.name for report in there] == [
        f"{bucket}/night/{name}" for name in ("a.fit", "b.gpx", "deep/c d.tcx")
    ]
    assert [(report.sha256, report.findings) for report in there] == [
        (report.sha256, report.findings) for report in here
    ]


def test_a_file_and_a_pattern_are_found(bucket: str) -> None:
    assert names(f"{bucket}/night/a.fit") == [f"{bucket}/night/a.fit"]
    assert names(f"{bucket}/night/*.gpx") == [f"{bucket}/night/b.gpx"]
    assert [str(each.below) for each in inputs([f"{bucket}/night"])] == [
        "night/a.fit",
        "night/b.gpx",
        "night/deep/c d.tcx",
    ]
    twice = [f"{bucket}/night/a.fit", f"{bucket}/night"]
    assert len([*inputs(twice)]) == 3


@pytest.mark.parametrize(
    ("place", "why"),
    [
        ("closed/", "no permission to read it"),
        ("night/none.fit", "there is no such file"),
        ("empty/", "no FIT, TCX or GPX file is found here"),
    ],
)
def test_what_cannot_be_read_is_a_file_of_the_run(bucket: str, place: str, why: str) -> None:
    lost, ride = check_many([f"{bucket}/{place}", f"{bucket}/night/a.fit"], config=CONFIG)
    assert [(one.code, one.message) for one in lost.findings] == [("INT002", why)]
    assert (lost.name, ride.format) == (f"{bucket}/{place}", "fit")


def test_a_store_without_its_library_says_what_to_install() -> None:
    [lost] = check_many(["abfs://container/a.fit"], config=CONFIG)
    assert lost.findings[0].message.endswith("pip install '.[cloud]' adlfs")


@pytest.fixture
def s3(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[str]:
    """An S3 with a bucket ``night`` on the loopback."""
    from moto.server import ThreadedMotoServer

    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    server = ThreadedMotoServer("127.0.0.1", port, verbose=False)
    server.start()
    address = f"http://127.0.0.1:{port}"
    for name, value in (("ENDPOINT_URL", address), ("ACCESS_KEY_ID", "key"), ("SECRET_ACCESS_KEY", "secret")):
        monkeypatch.setenv(f"AWS_{name}", value)
    monkeypatch.setenv("AWS_DEFAULT_REGION", "us-east-1")
    monkeypatch.chdir(tmp_path)
    import boto3

    client = boto3.client("s3")
    client.create_bucket(Bucket="night")
    for name, data in RIDES.items():
        client.put_object(Bucket="night", Key=name, Body=data)
    client.close()
    yield address
    httpx.post(f"{address}/moto-api/reset-auth", content=b"inf")
    server.stop()


def run(*arguments: str) -> subprocess.CompletedProcess[str]:
    """The command in a process of its own: a fork server that is there already has another environment."""
    return subprocess.run([sys.executable, "-m", "tracklint", *arguments], capture_output=True, text=True, check=False)


@pytest.mark.fleet
@pytest.mark.socket
@pytest.mark.filterwarnings("default")  # what moto and botocore say is not ours
def test_a_bucket_is_checked_and_a_closed_one_is_one_line(s3: str) -> None:
    done = run("check", "-o", "json", "-j", "2", "s3://night/")
    told = [(file["name"], file["format"]) for file in json.loads(done.stdout)["files"]]
    assert told == [
        ("s3://night/night/a.fit", "fit"), ("s3://night/night/b.gpx", "gpx"), ("s3://night/night/deep/c d.tcx", "tcx"),
    ]  # fmt: skip
    nowhere = run("check", "s3://nowhere/")
    assert nowhere.returncode == 2
    assert "s3://nowhere/" in nowhere.stdout
    httpx.post(f"{s3}/moto-api/reset-auth", content=b"0")  # from now on S3 asks who it is
    Path("ride.fit").write_bytes(RIDE.fit())
    closed = run("check", "-o", "json", "s3://night/", "ride.fit")
    assert closed.returncode == 2
    lost, ride = json.loads(closed.stdout)["files"]
    assert [(one["code"], one["message"]) for one in lost["findings"]] == [("INT002", "no permission to read it")]
    assert ride["format"] == "fit"
