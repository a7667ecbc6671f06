"""The files that fit tracklint into other tools: what they say is run here as those tools would."""

from __future__ import annotations

import json
import os
import re
import shlex
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml

from conftest import ROOT

FIXTURES = ROOT / "fixtures"


@pytest.fixture
def tool(tmp_path: Path) -> dict[str, str]:
    """An environment in which ``tracklint`` and ``python`` are those of this test run, and pip installs nothing."""
    folder = tmp_path / "bin"
    folder.mkdir()
    scripts = {
        "tracklint": f'exec {shlex.quote(sys.executable)} -m tracklint "$@"',
        "python": f'[ "$2" = pip ] && exit 0; exec {shlex.quote(sys.executable)} "$@"',
    }
    for name, body in scripts.items():
        (folder / name).write_text(f"#!/bin/sh\n{body}\n")
        (folder / name).chmod(0o755)
    return {**os.environ, "PATH": f"{folder}:{os.environ['PATH']}"}


def load(path: str) -> Any:
    return yaml.safe_load((ROOT / path).read_text(encoding="utf-8"))


def bash(script: str, env: dict[str, str], cwd: Path) -> subprocess.CompletedProcess[str]:
    line = ["bash", "--noprofile", "--norc", "-eo", "pipefail", "-c", script]
    return subprocess.run(line, env=env, cwd=cwd, capture_output=True, text=True, check=False)


def test_the_pre_commit_hook(tool: dict[str, str]) -> None:
    [hook] = load(".pre-commit-hooks.yaml")
    assert {"id", "name", "entry", "language", "files"} <= set(hook)
    names = ["good/ride.fit", "good/ride.gpx", "good/hike.gpx.gz", "bad/no-time.gpx"]
    assert all(re.search(hook["files"], name) for name in names)
    assert not re.search(hook["files"], "good/ride.txt")
    for given, status in ((names[:3], 0), (names, 1)):
        done = subprocess.run(
            [*shlex.split(hook["entry"]), *given], env=tool, cwd=FIXTURES, capture_output=True, check=False
        )
        assert done.returncode == status


def _filled(text: str, given: dict[str, str]) -> str:
    return re.sub(r"\$\{\{ inputs\.(\S+) \}\}", lambda found: given[found[1]], text)


@pytest.mark.parametrize(("paths", "status"), [("good", 0), ("good\nbad/no-time.gpx\n", 1)])
def test_the_steps_of_the_action(tool: dict[str, str], tmp_path: Path, paths: str, status: int) -> None:
    action = load("action.yml")
    summary = tmp_path / "summary.md"
    given = {name: described["default"] for name, described in action["inputs"].items()}
    given |= {"paths": paths, "sarif": str(tmp_path / "out.sarif"), "args": "--jobs\n2"}
    for step in action["runs"]["steps"]:
        if "run" not in step:
            continue
        assert step["shell"] == "bash"
        own = {name: _filled(value, given) for name, value in step.get("env", {}).items()}
        assert "${{" not in step["run"], "what a person gives is never part of the script"
        env = {**tool, **own, "GITHUB_STEP_SUMMARY": str(summary), "GITHUB_ACTION_PATH": str(ROOT)}
        done = bash(step["run"], env, FIXTURES)
    assert done.returncode == status, done.stderr
    assert ("::error file=bad/no-time.gpx" in done.stdout) == bool(status)
    assert "## tracklint" in summary.read_text()
    assert '"version":"2.1.0"' in (tmp_path / "out.sarif").read_text()


def test_the_example_for_gitlab(tool: dict[str, str], tmp_path: Path) -> None:
    job = load("docs/examples/gitlab-ci.yml")["tracklint"]
    (tmp_path / "rides").symlink_to(FIXTURES / "good")
    done = bash("\n".join(job["script"]), {**tool, "TRACKLINT": "."}, tmp_path)
    assert done.returncode == 0, done.stderr
    reports = job["artifacts"]["reports"]
    issues = json.loads((tmp_path / reports["codequality"]).read_text())
    assert {issue["severity"] for issue in issues} == {"info"}
    assert [path.name for path in tmp_path.glob(reports["junit"])] == ["junit.xml"]


def test_the_image_installs_the_project_and_runs_the_command(tool: dict[str, str], tmp_path: Path) -> None:
    """Docker is not everywhere; what the file says is run as a script, with the folders of the image below another."""
    lines = (ROOT / "docs/examples/Dockerfile").read_text(encoding="utf-8").splitlines()
    [run] = [line.removeprefix("RUN ") for line in lines if line.startswith("RUN ")]
    done = bash(f"useradd() {{ :; }}; {run}", tool, tmp_path)
    assert done.returncode == 0, done.stderr
    [entry] = [line.removeprefix("ENTRYPOINT ") for line in lines if line.startswith("ENTRYPOINT ")]
    example = next(line for line in lines if "docker run" in line)
    command = example.rpartition(" tracklint ")[2].replace("/rides", str(FIXTURES / "good"))
    done = bash(f"{' '.join(yaml.safe_load(entry))} {command}", tool, tmp_path)
    assert (done.returncode, done.stdout[:14]) == (0, "25 files ready")


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_completion_is_printed_for_every_shell(tool: dict[str, str], tmp_path: Path, shell: str) -> None:
    done = bash("tracklint", {**tool, "_TRACKLINT_COMPLETE": f"{shell}_source"}, tmp_path)
    assert done.returncode == 0, done.stderr
    assert "_TRACKLINT_COMPLETE" in done.stdout


def test_completion_completes_in_bash(tool: dict[str, str], tmp_path: Path) -> None:
    env = {**tool, "COMP_WORDS": "tracklint pre", "COMP_CWORD": "1", "_TRACKLINT_COMPLETE": "bash_complete"}
    assert bash("tracklint", env, tmp_path).stdout == "plain,prepare\n"
