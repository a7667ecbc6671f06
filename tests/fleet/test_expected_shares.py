"""FLT802 at the command line: the same numbers in every output, whatever the number of processes."""

from __future__ import annotations

import importlib
import itertools
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from click.testing import CliRunner

from cases.fleet import rides
from conftest import ROOT
from tracklint import Config, Expectation, Section, Selector, check
from tracklint.cli import main
from tracklint.findings import Severity
from tracklint.fleet.gathering import Gathering
from tracklint.render.digest import digest
from tracklint.testing import Ride

LATE: dict[str, Any] = {"change": {30: {"time": None}}}
EXPECT = "[expect]\nTIM001 = { share = 0.02 }\n"
OUTPUTS = ("text", "json", "jsonl", "junit", "sarif", "markdown", "github", "gitlab", "azure")


def run(*arguments: str) -> Any:
    return CliRunner().invoke(main, ["check", *arguments])


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Three rides of a device, one of them with a point without time, and one of no device."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("GITHUB_STEP_SUMMARY", raising=False)
    (tmp_path / "rides").mkdir()
    for name, data in (rides({}, LATE, {}) | {"z.gpx": Ride(seconds=60).gpx()}).items():
        (tmp_path / "rides" / name).write_bytes(data)
    (tmp_path / "tracklint.toml").write_text(EXPECT)
    return tmp_path


def test_every_output_holds_it(folder: Path) -> None:
    options = [f"--output={name}={name}.out" for name in OUTPUTS]
    done = run("--statistics=json=sums.json", "--jobs=2", *options, "rides")
    assert done.exit_code == 1, done.output  # TIM001 is an error
    told = "TIM001 in 1 of 3 files of garmin edge_530 9.75 (33.33 %)"
    texts = {name: (folder / f"{name}.out").read_text(encoding="utf-8") for name in OUTPUTS}
    for name, text in texts.items():
        assert told in text.replace("%AZP25", "%").replace("%25", "%"), name
        assert "unnamed" not in text, name
    whole = json.loads(texts["json"])
    [fleet] = whole["fleet"]
    schema = json.loads((ROOT / "schemas" / "report.schema.json").read_text(encoding="utf-8"))
    jsonschema.validate(whole, schema)
    assert [each["name"] for each in whole["files"]] == ["rides/0.fit", "rides/1.fit", "rides/2.fit", "rides/z.gpx"]
    assert json.loads(texts["jsonl"].splitlines()[-1]) == fleet
    assert (fleet["name"], fleet["format"]) == ("fleet: garmin edge_530 9.75", "fleet")
    evidence = fleet["findings"][0]["evidence"]
    assert (evidence["having"], evidence["asked"], evidence["limit"], evidence["files"]) == (1, 3, 2, ["rides/1.fit"])
    assert evidence["section"] == "tracklint.toml [expect]"
    [result] = [each for each in json.loads(texts["sarif"])["runs"][0]["results"] if each["ruleId"] == "FLT802"]
    assert result["locations"][0]["physicalLocation"]["artifactLocation"]["uri"] == "rides/1.fit"
    assert {each["location"]["path"] for each in json.loads(texts["gitlab"])} == {"rides/1.fit"}
    assert '<testcase name="fleet: garmin edge_530 9.75" classname="fleet">' in texts["junit"]
    assert "\n1 file refused, 3 files ready\n" in texts["text"]
    assert "## tracklint: 1 refused, 3 ready" in texts["markdown"]
    sums = json.loads((folder / "sums.json").read_text())
    assert (sums["files"], sums["rules"]["FLT802"]) == (4, {"files": 0, "findings": 1})
    assert sum(device["files"] for device in sums["devices"]) == 4


def test_parquet_has_it_among_the_findings_alone(folder: Path) -> None:
    duckdb = pytest.importorskip("duckdb")
    run("--output=parquet=tables", "rides")
    files = duckdb.read_parquet(str(folder / "tables" / "files.parquet")).project("file").fetchall()
    found = duckdb.read_parquet(str(folder / "tables" / "findings.parquet")).project("file, code").fetchall()
    assert len(files) == 4
    assert ("fleet: garmin edge_530 9.75", "FLT802") in found


def test_a_night_is_compared_by_its_files(folder: Path) -> None:
    pytest.importorskip("scipy")
    pytest.importorskip("duckdb")
    run("--output=jsonl=night.jsonl", "--output=json=night.json", "--output=parquet=tables", "rides")
    for other in ("night.json", "tables"):
        done = CliRunner().invoke(main, ["compare", "night.jsonl", other])
        assert done.exit_code == 0, done.output
        assert f"night.jsonl: 4 files; {other}: 4 files; 4 pairs" in done.output


def test_it_counts_for_the_exit_status_and_its_severity_can_be_changed(folder: Path) -> None:
    (folder / "rides" / "1.fit").unlink()
    (folder / "tracklint.toml").write_text("[expect]\nlaps = { max = 1, share = 0 }\n")
    assert run("rides").exit_code == 0
    assert run("--fail-on=warning", "rides").exit_code == 1
    (folder / "tracklint.toml").write_text('severity.FLT802 = "error"\n[expect]\nlaps = { max = 1, share = 0 }\n')
    done = run("rides")
    assert (done.exit_code, done.stdout.splitlines()[-1]) == (1, "3 files ready")
    assert run("--ignore=FLT802", "rides").exit_code == 0


def gathered(config: Config, files: dict[str, bytes]) -> list[Any]:
    gathering = Gathering(config)
    for name, data in files.items():
        gathering.add(digest(check(data, config=config, name=name)))
    return list(gathering.reports())


def test_a_section_of_the_device_says_what_its_share_is_and_how_bad() -> None:
    here = Section(
        where=Selector(product=3121),
        expect={"laps": Expectation(max=1, share=0.5)},
        severity={"FLT802": Severity.ERROR},
    )
    files = rides({}, {}) | rides_of_another()
    assert [report.name for report in gathered(Config(sections=(here,)), files)] == ["fleet: garmin edge_530 9.75"]
    [report] = gathered(Config(sections=(here,)), files)
    assert [finding.severity for finding in report.findings] == ["error"]
    assert report.verdict == "ready"
    over = Config(expect={"laps": Expectation(max=1, share=0)}, sections=(here,))
    assert [report.name for report in gathered(over, files)] == [
        "fleet: garmin edge_530 9.75", "fleet: wahoo_fitness tracklint ride 9.75",
    ]  # fmt: skip


def rides_of_another() -> dict[str, bytes]:
    return {"w.fit": Ride(seconds=60).fit(manufacturer=32, product=31, software=975)}


def test_a_rule_that_does_not_run_for_a_file_is_not_asked_of_it() -> None:
    off = Section(where=Selector(match=("1.fit",)), ignore=("TIM",))
    config = Config(expect={"TIM001": Expectation(share=0)}, sections=(off,))
    assert not gathered(config, rides({}, LATE, {}))
    [report] = gathered(config, rides({}, LATE, LATE))
    assert (report.findings[0].evidence["having"], report.findings[0].evidence["asked"]) == (1, 2)


def test_nothing_is_kept_where_nothing_is_asked() -> None:
    assert check(Ride(seconds=60).fit()).trace is None
    assert check(b"no activity", config=Config(expect={"laps": Expectation(max=1, share=0)})).trace is None


def test_what_a_baseline_knows_does_not_count(folder: Path) -> None:
    assert "FLT802" in run("--write-baseline=known.json", "rides").output
    done = run("--baseline=known.json", "rides")
    assert done.exit_code == 0
    assert "FLT802" not in done.output


def test_a_run_that_was_stopped_says_nothing_of_shares(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def stopping(*args: Any, **kwargs: Any) -> Iterator[Any]:
        yield from itertools.islice(told(*args, **kwargs), 2)
        raise KeyboardInterrupt

    told = importlib.import_module("tracklint.cli.check")._told
    monkeypatch.setattr("tracklint.cli.check._told", stopping)
    done = run("rides")
    assert done.exit_code == 130
    assert "1.fit: refused" in done.stdout
    assert "FLT802" not in done.output
