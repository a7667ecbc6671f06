"""A stand-in of Strava for other people's tests: the pytest fixture ``strava_sandbox``.

pytest finds it by itself (`tracklint.testing.plugin`). A test gets a stand-in of its own, on a free port of this
machine::

    def test_our_uploader(strava_sandbox):
        our_uploader.send("ride.fit", api=strava_sandbox.api_base, token=strava_sandbox.token)
        assert [a["sport_type"] for a in strava_sandbox.activities] == ["Ride"]

    def test_our_uploader_waits(strava_sandbox):
        strava_sandbox.scenarios = ("slow", "photo")
        ...

Needs the extra ``sandbox``. `tracklint sandbox --scenarios` lists what can go wrong.
"""

from __future__ import annotations

from contextlib import contextmanager
from copy import deepcopy
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from ..strava.sandbox import Running

__all__ = ["Received", "StravaSandbox", "fresh_sandbox"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Received:
    """One upload as the stand-in has it now.

    ``fields`` are those of the form, but for the data type. ``bytes`` and ``sha256`` are those of the uncompressed
    content. ``verdict`` is ``ready``, ``risky`` or ``refused`` and ``findings`` says why; ``status`` and ``error`` are
    what Strava would say. ``questions`` counts how often it was asked about.
    """

    id: int
    file_name: str
    external_id: str
    data_type: str
    fields: Mapping[str, str]
    bytes: int
    sha256: str
    verdict: str
    findings: tuple[str, ...]
    status: str
    error: str | None
    activity_id: int | None
    questions: int


class StravaSandbox:
    """A running stand-in.

    ``api_base`` is in the place of https://www.strava.com/api/v3 and ``oauth_base`` in that of
    https://www.strava.com/oauth; ``page`` is for a browser. ``token`` may do everything; ``client_id`` and
    ``client_secret`` are those of its one application, for a sign-in.
    """

    def __init__(self, running: Running) -> None:
        from ..strava.sandbox.grants import CLIENT_ID, CLIENT_SECRET

        self._strava = running.strava
        self.api_base, self.oauth_base, self.page = running.api_base, running.oauth_base, running.page
        self.token = running.token
        self.client_id, self.client_secret = CLIENT_ID, CLIENT_SECRET

    @property
    def uploads(self) -> list[Received]:
        """The uploads received, oldest first, without those that a scenario made up."""
        return [
            Received(
                id=u.id,
                file_name=u.file_name,
                external_id=u.external_id,
                data_type=u.data_type,
                fields=dict(u.fields),
                bytes=u.report.bytes,
                sha256=u.report.sha256,
                verdict=u.report.verdict,
                findings=u.report.findings,
                status=u.status,
                error=u.error,
                activity_id=u.activity_id,
                questions=u.asked,
            )
            for u in list(self._strava.uploads.values())
            if not u.made_up
        ]

    @property
    def activities(self) -> list[dict[str, Any]]:
        """The activities there are, oldest first, as ``GET /activities/{id}`` answers them.

        One with a picture has it under ``picture``: its kind, bytes, width and height.
        """
        from dataclasses import asdict

        return [
            {**deepcopy(a.facts), **({"picture": asdict(a.picture)} if a.picture else {})}
            for a in list(self._strava.activities.values())
        ]

    def delete(self, activity_id: int) -> bool:
        """Delete an activity, as the athlete can on Strava's page; whether there was one."""
        return self._strava.delete(activity_id)

    @property
    def scenarios(self) -> tuple[str, ...]:
        """The names of the scenarios that hold for everything that is sent from now on. May be set."""
        return self._strava.scenarios

    @scenarios.setter
    def scenarios(self, names: Iterable[str]) -> None:
        self._strava.scenarios = tuple(names)


@contextmanager
def fresh_sandbox() -> Iterator[StravaSandbox]:
    """A stand-in of Strava on a free port, as long as the block."""
    from ..strava.sandbox import Options, running_sandbox

    with running_sandbox(Options(silence=10.0)) as running:
        yield StravaSandbox(running)
