"""What the tests of this room share: a token, a client on a scripted transport, a clock that only sleep moves."""

from __future__ import annotations

import signal
import time
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import httpx
import pytest
from click.testing import CliRunner

from tracklint.cli import main
from tracklint.strava.batch import Batch
from tracklint.strava.client import Client
from tracklint.strava.sandbox import Options, running_sandbox
from tracklint.strava.uploader import Uploader

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from click.testing import Result

    from tracklint.strava.sandbox import Running

TOKEN = "83ebeabdec09f6670863766f792ead24d61fe3f9"  # the one that Strava's documents print
AT_10_07 = 1_714_557_600.0 + 7 * 60  # 2024-05-01T10:07:00Z


@dataclass
class FakeTime:
    """A clock that moves by `sleep` alone."""

    now: float = AT_10_07
    slept: list[float] = field(default_factory=list)

    def clock(self) -> float:
        return self.now

    def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        self.now += seconds


@dataclass
class Script:
    """Answers requests one after the other and keeps them. An exception in the list is raised."""

    answers: list[httpx.Response | Exception]
    requests: list[httpx.Request] = field(default_factory=list)

    def __call__(self, request: httpx.Request) -> httpx.Response:
        request.read()
        self.requests.append(request)
        answer = self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]
        if isinstance(answer, Exception):
            raise answer
        return answer


@pytest.fixture
def fake_time() -> FakeTime:
    return FakeTime()


@pytest.fixture
def in_the_background() -> Iterator[None]:
    """SIGINT is ignored, as in a job that a shell has started with ``&``."""
    before = signal.signal(signal.SIGINT, signal.SIG_IGN)
    yield
    signal.signal(signal.SIGINT, before)


@pytest.fixture
def scripted() -> Callable[..., tuple[Client, Script]]:
    """``scripted(*answers)`` gives a client that gets these answers, and the script that holds its requests."""

    def make(*answers: httpx.Response | Exception, token: str = TOKEN) -> tuple[Client, Script]:
        script = Script(list(answers))
        return Client(token, transport=httpx.MockTransport(script), clock=lambda: AT_10_07), script

    return make


@pytest.fixture
def hurried(monkeypatch: pytest.MonkeyPatch) -> None:
    """Questions after one second, which is the least that Strava wants; and a second of waiting is a tenth."""
    monkeypatch.setattr("tracklint.strava.uploader.POLLS", (1.0,))
    for each in (Batch, Uploader):
        monkeypatch.setitem(each.__init__.__kwdefaults__, "sleep", lambda seconds: time.sleep(seconds / 10))


@pytest.fixture
def running() -> Iterator[Running]:
    """A stand-in that is ready at the first question."""
    with running_sandbox(Options(processing_polls=0)) as server:
        yield server


@pytest.fixture
def upload(running: Running, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Any:
    """``upload(*arguments)`` runs the command, or another ``command``, against that stand-in in an empty directory."""
    monkeypatch.setenv("TRACKLINT_HOME", str(tmp_path / "home"))
    monkeypatch.setenv("TRACKLINT_STRAVA_API", running.api_base)
    monkeypatch.setenv("TRACKLINT_STRAVA_OAUTH", running.page + "oauth")
    monkeypatch.setenv("TRACKLINT_STRAVA_TOKEN", running.token)
    monkeypatch.chdir(tmp_path)

    def run(*arguments: str, command: str = "upload") -> Result:
        return CliRunner().invoke(main, [command, *arguments])

    return run
