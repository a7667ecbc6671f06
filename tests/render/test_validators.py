"""The outputs before validators that others wrote: Microsoft's sarif-multitool from npm, and Jenkins' schema of JUnit
files that pytest's sdist carries. ``tox -e fleet`` fetches both; neither is part of this project."""

from __future__ import annotations

import json
import os
import subprocess
import tarfile
from pathlib import Path
from typing import Any

import pytest
import xmlschema
from outputs import AZURE, EVERY, HOSTILE, many, written
from reports import END, RISKY

pytestmark = pytest.mark.fleet

GROUPS = {"every": EVERY, "hostile": HOSTILE, "none": [], "many": [*many(300, *END.findings, *RISKY.findings)]}


@pytest.fixture(scope="session")
def validators() -> Path:
    folder = os.environ.get("TRACKLINT_VALIDATORS")
    assert folder, "TRACKLINT_VALIDATORS names the folder with the validators: run `tox -e fleet`"
    return Path(folder)


@pytest.fixture(scope="session")
def junit(validators: Path) -> xmlschema.XMLSchema:
    [sdist] = validators.glob("pytest-*.tar.gz")
    with tarfile.open(sdist) as archive:
        [name] = [name for name in archive.getnames() if name.endswith("/junit-10.xsd")]
        member = archive.extractfile(name)
        assert member is not None
        return xmlschema.XMLSchema(member.read().decode())


@pytest.mark.parametrize("group", GROUPS)
def test_junit_follows_the_schema_of_jenkins(junit: xmlschema.XMLSchema, group: str) -> None:
    for part in written("junit", GROUPS[group]):
        assert [error.reason for error in junit.iter_errors(part)] == []
        assert not junit.is_valid(part.replace("<testcase name=", "<testcase title=").replace("tests=", "test="))


@pytest.mark.parametrize("group", GROUPS)
def test_sarif_pleases_github_and_azure(
    validators: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, group: str
) -> None:
    for name, value in AZURE.items():
        monkeypatch.setenv(name, value)
    [text] = written("sarif", GROUPS[group])
    complaints = _complaints(validators, tmp_path, text)
    assert {(each["ruleId"], each["level"]) for each in complaints if each["level"] != "note"} == {
        ("SARIF2005", "warning"),  # no informationUri: the project has no page of its own
    }


def test_a_result_without_a_place_does_not(validators: Path, tmp_path: Path) -> None:
    [text] = written("sarif", EVERY)
    log = json.loads(text)
    log["runs"][0]["results"][0]["locations"] = []
    del log["runs"][0]["automationDetails"]
    complaints = _complaints(validators, tmp_path, json.dumps(log))
    assert {"GH1015", "GHAzDO1014"} <= {each["ruleId"] for each in complaints if each["level"] == "error"}


def _complaints(validators: Path, folder: Path, text: str) -> list[dict[str, Any]]:
    log, told = folder / "log.sarif", folder / "told.sarif"
    log.write_text(text, encoding="utf-8")
    # the script beside it hands its words to a shell, to which ; is the end of a command
    tool = validators / "node_modules" / "@microsoft" / "sarif-multitool-linux" / "Sarif.Multitool"
    tool.chmod(0o755)  # npm may have left that to an install script
    options = ("--rule-kind", "Sarif;Ghas;GHAzDO", "--level", "Error;Warning;Note", "--kind", "Fail")
    done = subprocess.run(
        [tool, "validate", log, *options, "--output", told], capture_output=True, text=True, check=False
    )
    assert told.exists(), done.stdout + done.stderr
    [run] = json.loads(told.read_text(encoding="utf-8-sig"))["runs"]
    return [{"level": "warning", **result} for result in run["results"]]
