"""A planted token stands in the token file and nowhere else: not in outputs, reports, journals, logs or tracebacks."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from tracklint.strava.sandbox import Options, Running, running_sandbox
from tracklint.strava.settings import Settings
from tracklint.strava.tokens import TokenFile, Tokens
from tracklint.testing import Ride

pytestmark = pytest.mark.socket
ACCESS, REFRESH, SECRET = (f"planted-{word}-7f3a9c51d2e84b60" for word in ("access", "refresh", "secret"))
#: Python code that turns every log on, and ends in a crash with a traceback where the environment asks for one.
LOUD = """
import logging, os, sys
logging.basicConfig(level=logging.DEBUG, filename=os.environ["LOUD_LOG"])
if os.environ.get("CRASH"):
    import importlib
    module, _, name = os.environ["CRASH"].rpartition(":")
    owner = importlib.import_module(module)
    *path, last = name.split(".")
    for part in path:
        owner = getattr(owner, part)
    def crash(*arguments, **options):
        raise RuntimeError("planted crash")
    setattr(owner, last, crash)
from tracklint.cli import main
main()
"""
CRASHES = (
    "tracklint.strava.status:UploadStatus.from_json",
    "tracklint.strava.journal:Journal.note",
    "tracklint.strava.client:Client.upload",
    "httpx:Client.send",
)


@pytest.fixture
def running() -> Iterator[Running]:
    with running_sandbox(Options(token=ACCESS, processing_polls=0)) as server:
        yield server


@pytest.fixture
def home(running: Running, tmp_path: Path) -> Path:
    """A directory with a sign-in, rides, and room for logs."""
    settings = Settings(api_base=running.api_base, oauth_base=running.page + "oauth", home=tmp_path / "home")
    TokenFile.of(settings).write(
        Tokens(
            access_token=ACCESS, refresh_token=REFRESH, expires_at=time.time() + 20_000, scopes=("read", "activity:write"),
            athlete_id=1, client_id="1", client_secret=SECRET,
        )
    )  # fmt: skip
    for day in (1, 2):
        (tmp_path / f"{day}.fit").write_bytes(Ride(seconds=60, start=f"2024-05-0{day}T10:00:00Z").fit())
    return tmp_path


def run(home: Path, running: Running, number: int, *arguments: str, api: str | None = None, crash: str = "") -> None:
    """A command with every log on; what it writes goes into files."""
    environment = os.environ | {
        "TRACKLINT_HOME": str(home / "home"),
        "TRACKLINT_STRAVA_API": api or running.api_base,
        "TRACKLINT_STRAVA_OAUTH": running.page + "oauth",
        "LOUD_LOG": str(home / f"log-{number}"),
        "CRASH": crash,
        "HTTPX_LOG_LEVEL": "trace",
    }
    environment.pop("TRACKLINT_STRAVA_TOKEN", None)
    done = subprocess.run(
        [sys.executable, "-X", "dev", "-W", "ignore", "-c", LOUD, *arguments],
        cwd=home, env=environment, capture_output=True, timeout=120, check=False,
    )  # fmt: skip
    (home / f"out-{number}").write_bytes(done.stdout + done.stderr)


def found(home: Path) -> list[str]:
    """The files that hold a planted secret."""
    secrets = [secret.encode() for secret in (ACCESS, REFRESH, SECRET)]
    return [
        str(path.relative_to(home))
        for path in sorted(home.rglob("*"))
        if path.is_file() and any(secret in path.read_bytes() for secret in secrets)
    ]


def test_the_planted_token_stands_in_the_token_file_only(home: Path, running: Running) -> None:
    run(home, running, 0, "status", "--check")
    run(home, running, 1, "upload", "1.fit", "2.fit", "--output", "json")
    run(home, running, 2, "upload", "1.fit", "--again")
    run(
        home,
        running,
        3,
        "create",
        "--name",
        "Gym",
        "--sport",
        "Workout",
        "--start",
        "2026-01-31T12:00:00",
        "--elapsed",
        "60",
    )
    run(home, running, 4, "upload", "2.fit", "--again", api="http://127.0.0.1:9/api/v3")
    for number, crash in enumerate(CRASHES, 5):
        run(home, running, number, "upload", "2.fit", "--again", crash=crash)
        assert b"planted crash" in (home / f"out-{number}").read_bytes()
    assert (home / "log-1").stat().st_size > 0
    [kept] = [str(path.relative_to(home)) for path in (home / "home").glob("strava*.json")]
    assert found(home) == [kept]
    run(home, running, 20, "logout")
    assert found(home) == []


def test_a_planted_token_in_the_environment_stands_nowhere(home: Path, running: Running) -> None:
    for path in (home / "home").glob("strava*.json"):
        path.unlink()
    environment = os.environ | {
        "TRACKLINT_HOME": str(home / "home"), "TRACKLINT_STRAVA_API": running.api_base, "TRACKLINT_STRAVA_TOKEN": ACCESS,
        "LOUD_LOG": str(home / "log"),
    }  # fmt: skip
    done = subprocess.run(
        [sys.executable, "-c", LOUD, "upload", "1.fit", "--output", "json"],
        cwd=home, env=environment, capture_output=True, timeout=120, check=False,
    )  # fmt: skip
    (home / "out").write_bytes(done.stdout + done.stderr)
    assert done.returncode == 0, done.stderr
    assert found(home) == []
