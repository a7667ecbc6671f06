"""What a baseline hides, what it calls stale, and what it never does."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from tracklint.cli import main
from tracklint.testing import Ride

RIDE = Ride(seconds=20)
TIMELESS = RIDE.gpx(change={3: {"time": None}})
STILL_WORSE = RIDE.gpx(change={3: {"time": None}, 5: {"heart_rate": 500}})


@pytest.fixture(autouse=True)
def night(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    for name, data in (("good.gpx", RIDE.gpx()), ("bad.gpx", TIMELESS)):
        Path("night").mkdir(exist_ok=True)
        Path("night", name).write_bytes(data)
    return tmp_path


def run(*arguments: object) -> Result:
    return CliRunner().invoke(main, ["check", "--now", "2024-05-02", *(str(each) for each in arguments)])


def files(done: Result) -> dict[str, list[str]]:
    return {file["name"]: [each["code"] for each in file["findings"]] for file in json.loads(done.stdout)["files"]}


def test_what_is_written_is_known_under_any_name() -> None:
    assert run("night").exit_code == 1
    wrote = run("night", "--write-baseline", "known.json")
    assert wrote.exit_code == 0
    assert "TIM001" in wrote.stdout
    Path("night", "bad.gpx").rename("night/of-today.gpx")
    done = run("night", "--baseline", "known.json", "-o", "json")
    assert done.exit_code == 0
    assert "TIM001" not in files(done)["night/of-today.gpx"]
    assert [file["verdict"] for file in json.loads(done.stdout)["files"]] == ["ready", "refused"]
    assert "known finding" in done.stderr


def test_what_is_new_is_shown() -> None:
    run("night", "--write-baseline", "known.json")
    Path("night", "worse.gpx").write_bytes(STILL_WORSE)
    done = run("night", "--baseline", "known.json", "-o", "json")
    assert done.exit_code == 1
    assert "TIM001" in files(done)["night/worse.gpx"]
    assert "TIM001" not in files(done)["night/bad.gpx"]


def test_more_than_is_known_is_shown() -> None:
    run("night", "--write-baseline", "known.json")
    table = json.loads(Path("known.json").read_bytes())
    [entry] = [each for each in table["tracklint_baseline"] if "TIM001" in each["findings"]]
    del entry["findings"]["TIM001"]
    Path("known.json").write_text(json.dumps(table))
    assert "TIM001" in files(run("night", "--baseline", "known.json", "-o", "json"))["night/bad.gpx"]


def planted(**counts: int) -> None:
    """Say that more is known of the bad file than it has."""
    run("night", "--write-baseline", "known.json")
    table = json.loads(Path("known.json").read_bytes())
    [entry] = [each for each in table["tracklint_baseline"] if "TIM001" in each["findings"]]
    entry["findings"].update(counts)
    Path("known.json").write_text(json.dumps(table))


def test_what_is_stale_is_said_and_changes_no_status() -> None:
    planted(TIM013=2)
    done = run("night", "--baseline", "known.json")
    assert done.exit_code == 0
    assert "known.json: night/bad.gpx: TIM013: 2 known, 0 found" in done.stderr
    pruned = run("night", "--baseline", "known.json", "--prune")
    assert pruned.exit_code == 0
    assert "known.json: 2 stale findings taken out" in pruned.stderr
    assert "TIM013" not in Path("known.json").read_text()
    assert "TIM001" in Path("known.json").read_text()


def test_what_was_not_asked_or_not_met_is_not_stale() -> None:
    planted(TIM013=2)
    before = Path("known.json").read_bytes()
    assert "stale" not in run("night", "--baseline", "known.json", "--ignore", "TIM").stderr
    done = run("night/good.gpx", "--baseline", "known.json", "--prune")
    assert "1 file of it not in this run" in done.stderr
    assert json.loads(Path("known.json").read_bytes()) == json.loads(before)


def test_a_failure_is_never_known() -> None:
    Path("night", "none.gpx").symlink_to("nowhere.gpx")
    done = run("night", "night/none.gpx", "--write-baseline", "known.json")
    assert done.exit_code == 2
    assert "INT" not in Path("known.json").read_text()
    assert run("night/none.gpx", "--baseline", "known.json").exit_code == 2


@pytest.mark.parametrize(
    ("content", "says"),
    [
        ("{", "it is not JSON"),
        ("[]", "no baseline of tracklint"),
        ('{"version": 2, "tracklint_baseline": []}', "newer"),
        ('{"version": 1, "tracklint_baseline": 3}', "no list"),
        ('{"version": 1, "tracklint_baseline": [{"sha256": "a", "name": "b", "findings": {"TIM001": -1}}]}', "entry 0"),
    ],
)
def test_a_broken_baseline_is_one_line(content: str, says: str) -> None:
    Path("known.json").write_text(content)
    done = run("night", "--baseline", "known.json")
    assert done.exit_code == 2
    assert done.stdout == ""
    assert done.stderr.startswith("tracklint: known.json: ")
    assert says in done.stderr
    assert done.stderr.count("\n") == 1


def test_no_baseline_is_one_line() -> None:
    done = run("night", "--baseline", "nowhere.json")
    assert (done.exit_code, done.stdout) == (2, "")
    assert done.stderr == "tracklint: nowhere.json: No such file or directory\n"


def test_the_same_run_writes_the_same_baseline() -> None:
    run("night", "-j", "1", "--write-baseline", "a.json")
    run("night", "-j", "2", "--write-baseline", "b.json")
    assert Path("a.json").read_bytes() == Path("b.json").read_bytes()
    assert "night/bad.gpx" in Path("a.json").read_text()


def test_statistics_sum_up_rules_devices_and_verdicts() -> None:
    Path("night", "two.fit").write_bytes(RIDE.fit())
    done = run("night", "--statistics", "json=sums.json", "--statistics", "markdown=sums.md", "--statistics")
    sums = json.loads(Path("sums.json").read_bytes())
    assert sums["files"] == 3
    assert sums["verdicts"] == {"refused": 1, "risky": 0, "ready": 2}
    assert sums["rules"]["TIM001"] == {"files": 1, "findings": 1}
    assert sum(device["files"] for device in sums["devices"]) == 3
    assert "### Rules by device" in Path("sums.md").read_text()
    assert "TIM001  error" in done.stderr
    assert "3 files, 1 refused, 2 ready" in done.stderr
