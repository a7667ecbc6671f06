"""What a program of somebody else holds on to: the names and types of `tracklint` and `tracklint.strava`."""

from __future__ import annotations

import dataclasses
import importlib.util
import inspect
import os
import subprocess
import sys
import typing
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType

import pytest

import tracklint
from conftest import ROOT
from tracklint import strava
from tracklint.testing import assert_valid

CLIENT = Path(__file__).parent / "client.py"
FUNCTIONS = (
    "check",
    "check_many",
    "read",
    "facts",
    "fix",
    "prepare",
    "anonymise",
    "explain",
    "load_config",
    "same_ride",
)


@pytest.mark.parametrize("face", [tracklint, strava], ids=lambda face: face.__name__)
def test_every_name_of_a_face_is_there(face: ModuleType) -> None:
    for name in face.__all__:
        assert getattr(face, name) is not None
    assert set(face.__all__) <= set(dir(face))
    with pytest.raises(AttributeError, match="no attribute 'Manager'"):
        face.Manager  # noqa: B018 - the access is what is tested


def _classes(hint: object) -> Iterator[type]:
    """The classes of ours in a type, and in the fields of these."""
    for inner in (typing.get_origin(hint), *typing.get_args(hint)):
        if isinstance(inner, list):  # the parameters of a Callable
            for each in inner:
                yield from _classes(each)
        elif inner is not None:
            yield from _classes(inner)
    if isinstance(hint, type) and hint.__module__.startswith("tracklint"):
        yield hint
        if dataclasses.is_dataclass(hint):
            for each in typing.get_type_hints(hint).values():
                yield from _classes(each)


@pytest.mark.parametrize("name", FUNCTIONS)
def test_what_a_function_takes_and_returns_is_exported(name: str) -> None:
    hints = typing.get_type_hints(getattr(tracklint, name)).values()
    met = {each.__name__ for hint in hints for each in _classes(hint)}
    assert met
    assert met <= set(tracklint.__all__)


@pytest.mark.parametrize("name", ["check", "check_many", "read", "fix", "prepare", "anonymise", "same_ride"])
def test_the_configuration_is_given_by_name(name: str) -> None:
    parameters = inspect.signature(getattr(tracklint, name)).parameters
    assert parameters["config"].kind is inspect.Parameter.KEYWORD_ONLY
    assert inspect.signature(assert_valid).parameters["config"].kind is inspect.Parameter.KEYWORD_ONLY


def test_the_client_passes_a_strict_type_check(pytestconfig: pytest.Config) -> None:
    assert importlib.util.find_spec("mypy"), "mypy is needed: it is in the group `test`"
    cache = pytestconfig.cache.mkdir("mypy") if pytestconfig.cache else os.devnull
    command = (
        sys.executable, "-m", "mypy", "--strict", "--config-file=", "--follow-imports=silent", "--cache-dir", cache,
    )  # fmt: skip
    env = os.environ | {"MYPYPATH": str(ROOT / "src")}
    done = subprocess.run([*map(str, command), CLIENT], capture_output=True, text=True, check=False, env=env)
    assert (done.returncode, done.stdout) == (0, "Success: no issues found in 1 source file\n"), done.stderr
    wrong = "from tracklint import check, read\nread(1)\ncheck('x').verdict == 'good'\ncheck('x').no_such_thing\n"
    done = subprocess.run([*map(str, command), "-c", wrong], capture_output=True, text=True, check=False, env=env)
    assert done.stdout.count("error:") == 3, done.stdout  # so it does know the types


@pytest.mark.socket
def test_the_client_runs(tmp_path: Path) -> None:
    from tracklint.strava.sandbox import Options, running_sandbox

    paths = [ROOT / "fixtures" / name for name in ("good/ride.gpx", "good/run.fit", "mendable/nul-tail.tcx")]
    command = [sys.executable, str(CLIENT), *map(str, paths)]
    env = {key: value for key, value in os.environ.items() if not key.startswith("TRACKLINT_")}
    env |= {"TRACKLINT_HOME": str(tmp_path)}
    alone = subprocess.run(command, capture_output=True, text=True, check=False, env=env, cwd=tmp_path)
    assert alone.returncode == 1
    assert "you are not signed in" in alone.stderr
    with running_sandbox(Options(processing_polls=0)) as running:
        env |= {
            "TRACKLINT_STRAVA_TOKEN": running.token, "TRACKLINT_STRAVA_API": running.api_base,
            "TRACKLINT_STRAVA_OAUTH": running.oauth_base,
        }  # fmt: skip
        done = subprocess.run(command, capture_output=True, text=True, check=False, env=env, cwd=tmp_path)
        assert done.returncode == 0, done.stderr
        made = [activity.facts["sport_type"] for activity in running.strava.activities.values()]
    lines = done.stdout.splitlines()
    assert lines.count("True") == len(paths)
    assert [line for line in lines if line.endswith(": ready")] == [f"{path}: ready" for path in paths] + ["Gym: ready"]
    assert made == ["Ride", "Run", "Ride", "Workout"]
