"""What the tests of this room share: a token, a client on a scripted transport, a clock that only sleep moves."""

from __future__ import annotations

import signal
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import httpx
import pytest

from tracklint.strava.client import Client

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

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
