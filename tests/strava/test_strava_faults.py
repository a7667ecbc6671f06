"""Whatever Strava does, over a real socket: the message says what happened, and in the end there is one activity."""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from tracklint.cli import main
from tracklint.strava.sandbox import Options, Running, running_sandbox
from tracklint.testing import Ride

pytestmark = [pytest.mark.socket, pytest.mark.usefixtures("hurried")]
ALL_FORMS = ("", "-html", "-escaped")
#: Marker -> exit status, words of the message. What ends here is not sent again by ``--resume``.
ENDS: dict[str, tuple[int, str]] = {
    "slow": (0, "ready; now at http"),
    "big-ids": (0, "ready; now at http"),
    "deleted": (1, "was made and has been deleted since"),
    **{f"no-time{form}": (1, "Time information is missing from file.") for form in ALL_FORMS},
    **{f"malformed{form}": (1, "appears to be malformed") for form in ALL_FORMS},
    **{f"improper{form}": (1, "Improperly formatted data.") for form in ALL_FORMS},
    **{f"empty{form}": (1, "The file is empty") for form in ALL_FORMS},
    **{f"duplicate{form}": (0, "Strava has this activity already: http://127.0.0.1:") for form in ALL_FORMS},
    "duplicate-uploading": (0, "Strava has this activity already"),
    "bad-request": (1, "Upload file invalid"),
    "data-empty": (1, "no file reached Strava"),
    "gzip-invalid": (1, "the gzip stream is damaged or not complete"),
    "too-large": (1, "larger than it takes"),
    "trouble-asked": (0, "ready; now at http"),
    "html-asked": (0, "ready; now at http"),
    "truncated-asked": (0, "ready; now at http"),
    "closed-asked": (0, "ready; now at http"),
    "silent": (0, "Strava has this activity already"),
    "closed": (0, "Strava has this activity already"),
    "truncated": (0, "Strava has this activity already"),
    "no-json": (0, "Strava has this activity already"),
    "empty-answer": (0, "Strava has this activity already"),
    "html": (0, "Strava has this activity already"),
    "trouble-taken": (0, "Strava has this activity already"),
}


@pytest.fixture
def running() -> Iterator[Running]:
    with running_sandbox(Options(processing_polls=0, silence=1.0)) as server:
        yield server


def upload(running: Running, home: Path, *arguments: str) -> Result:
    environment = {
        "TRACKLINT_HOME": str(home), "TRACKLINT_STRAVA_API": running.api_base, "TRACKLINT_STRAVA_TOKEN": running.token,
    }  # fmt: skip
    return CliRunner().invoke(main, ["upload", *arguments], env=environment)


def ride(path: Path, day: int = 1) -> str:
    path.write_bytes(Ride(seconds=60, start=f"2024-05-{day:02}T10:00:00Z").fit())
    return str(path)


@pytest.mark.parametrize("marker", ENDS)
def test_each_answer_of_strava_comes_to_its_end(running: Running, tmp_path: Path, marker: str) -> None:
    status, words = ENDS[marker]
    done = upload(running, tmp_path / "home", ride(tmp_path / f"ride[{marker}].fit"), "--deadline", "20")
    assert words in done.output
    assert done.exit_code == status, done.output
    assert "<" not in done.output
    assert len(running.strava.activities) <= 1
    again = upload(running, tmp_path / "home", "--resume")
    assert (again.exit_code, again.output) == (0, "nothing is unfinished\n")


@pytest.mark.parametrize(
    ("marker", "status", "words"),
    [
        ("trouble", 75, "Strava answers with status 500"),
        ("missing-scope", 2, "the token lacks the scope activity:write"),
        ("capacity", 2, "Strava forbids this with status 403"),
        ("subscription", 2, "Strava forbids this with status 402"),
    ],
)
def test_what_passes_is_gone_on_with_when_it_has_passed(
    running: Running, tmp_path: Path, marker: str, status: int, words: str
) -> None:
    file = ride(tmp_path / f"ride[{marker}].fit")
    stopped = upload(running, tmp_path / "home", file)
    assert words in stopped.output
    assert stopped.exit_code == status
    assert running.strava.activities == {}
    Path(file).rename(tmp_path / "ride.fit")
    done = upload(running, tmp_path / "home", str(tmp_path / "ride.fit"))
    assert done.exit_code == 0, done.output
    assert len(running.strava.activities) == 1


def test_a_file_that_is_processed_for_ever_is_left_with_its_id(running: Running, tmp_path: Path) -> None:
    done = upload(running, tmp_path / "home", ride(tmp_path / "ride[forever].fit"), "--deadline", "2")
    assert done.exit_code == 75
    [number] = running.strava.uploads
    assert f"still processing; upload {number}" in done.output
    assert upload(running, tmp_path / "home", "--resume", "--deadline", "1").exit_code == 75
    assert len(running.strava.uploads) == 1


def test_the_rate_limit_stops_a_batch_and_resume_finishes_it(tmp_path: Path) -> None:
    later = [0.0]
    files = [ride(tmp_path / f"{day}.fit", day) for day in range(1, 6)]
    options = Options(processing_polls=0, rate_limit=(8, 1000), clock=lambda: time.time() + later[0])
    with running_sandbox(options) as running:
        running.strava.usage.fill("nearly")
        first = upload(running, tmp_path / "home", *files)
        assert first.exit_code == 75
        assert "request limit is reached; it opens again at" in first.output
        assert len(running.strava.activities) < 5
        later[0] = 900.0
        done = upload(running, tmp_path / "home", "--resume")
        assert "request limit is reached" in done.output
        later[0] = 1800.0
        done = upload(running, tmp_path / "home", "--resume")
        assert done.exit_code == 0, done.output
        assert len(running.strava.activities) == len(running.strava.uploads) == 5


def test_no_server_at_all(tmp_path: Path) -> None:
    with running_sandbox() as gone:
        pass
    file = ride(tmp_path / "ride.fit")
    done = upload(gone, tmp_path / "home", file)
    assert done.exit_code == 75
    assert "no answer from" in done.output
    assert "Traceback" not in done.output


def test_a_name_that_does_not_resolve(tmp_path: Path) -> None:
    environment = {
        "TRACKLINT_HOME": str(tmp_path / "home"), "TRACKLINT_STRAVA_TOKEN": "x" * 40,
        "TRACKLINT_STRAVA_API": "https://strava.invalid/api/v3",
    }  # fmt: skip
    done = CliRunner().invoke(main, ["upload", ride(tmp_path / "ride.fit")], env=environment)
    assert done.exit_code == 75
    assert "no answer from https://strava.invalid/api/v3" in done.output


def test_the_other_athletes_journal_is_another_one(running: Running, tmp_path: Path) -> None:
    file: Any = ride(tmp_path / "ride.fit")
    assert upload(running, tmp_path / "one", file).exit_code == 0
    second = upload(running, tmp_path / "two", file)
    assert "Strava has this activity already" in second.output
    assert len(running.strava.activities) == 1
