"""`tracklint compare OLD NEW` from files of reports and from rides, its exit status, and reports that are none."""

from __future__ import annotations

import gzip
import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result
from invented_reports import finding, report
from nights import ride

from tracklint.cli import main
from tracklint.testing import Ride

FAULTS = ("lap index", "altitude sentinel", "clock step")


def run(*args: Any) -> Result:
    return CliRunner().invoke(main, ["compare", *map(str, args)], catch_exceptions=False)


def check(folder: Path, *outputs: str, **options: str) -> None:
    command = [
        sys.executable,
        "-m",
        "tracklint",
        "check",
        "--now",
        "2026-09-21",
        *(f"--output={each}" for each in outputs),
    ]
    command += [f"--{name}={value}" for name, value in options.items()]
    done = subprocess.run([*command, str(folder)], cwd=folder.parent, capture_output=True, check=False)
    assert done.returncode < 2, done.stderr


@pytest.fixture(scope="module")
def rides(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Two nights of forty rides, the second with three faults planted, the step in every third; checked in all forms."""
    base = tmp_path_factory.mktemp("nights")
    for name, firmware in (("411", 411), ("412", 412)):
        (base / name).mkdir()
        for k in range(40):
            faults = FAULTS[: 3 if k % 3 == 0 else 2] if firmware == 412 else ()
            (base / name / f"{name}-{k}.fit").write_bytes(ride(f"{firmware} {k}", firmware, faults, minutes=(4, 5)))
        check(base / name, f"jsonl={name}.jsonl", f"json={name}.json", f"parquet={name}-tables")
        with gzip.open(base / f"{name}.jsonl.gz", "wb") as file:
            file.write((base / f"{name}.jsonl").read_bytes())
    return base


@pytest.mark.parametrize("form", ["{}.jsonl", "{}.jsonl.gz", "{}.json", "{}-tables", "{}"])
def test_every_form_of_a_night_tells_the_same(rides: Path, form: str) -> None:
    done = run(rides / form.format("411"), rides / form.format("412"), "--output", "json", "--jobs", 2)
    assert done.exit_code == 1
    [device] = json.loads(done.stdout)["devices"]
    assert (device["old_firmwares"], device["new_firmware"], device["new_files"]) == (["4.11"], "4.12", 40)
    told = {cause["key"]: cause["new"]["some"] for cause in device["causes"]}
    assert told == {"FIT413": 40, "POS010": 40, "TIM020": 13}
    below = {cause["key"]: [each["key"] for each in cause["below"]] for cause in device["causes"]}
    assert "FIT312" in below["TIM020"]


def test_json_of_another_layout_is_read_too(rides: Path, tmp_path: Path) -> None:
    table = json.loads((rides / "411.json").read_bytes())
    (tmp_path / "pretty.json").write_text(json.dumps(table, indent=2))
    (tmp_path / "compact.json").write_text(json.dumps(table, separators=(",", ":")))
    for name in ("pretty", "compact"):
        done = run(tmp_path / f"{name}.json", rides / "411.jsonl")
        assert done.exit_code == 0, done.output
        assert "40 pairs of the same content" in done.stdout


def written(path: Path, reports: list[dict[str, Any]]) -> Path:
    path.write_text("".join(json.dumps(each) + "\n" for each in reports), encoding="utf-8")
    return path


@pytest.fixture
def nights(tmp_path: Path) -> tuple[Path, Path]:
    """A rule that is new and one that is gone."""
    old = [report(f"{k}.fit", [finding("SEN024", "dropouts")] if k % 2 else []) for k in range(80)]
    new = [report(f"{k}-new.fit", [finding("TIM008", "time-goes-back")] if k % 3 else []) for k in range(80)]
    return written(tmp_path / "old.jsonl", old), written(tmp_path / "new.jsonl", new)


@pytest.mark.parametrize(
    ("words", "status"),
    [
        ([], 1), (["any"], 1), (["new"], 1), (["worse"], 1), (["values"], 0), (["never"], 0), (["tim008"], 1),
        (["SEN024,TIM019"], 1), (["TIM019"], 0), (["any", "never"], 0),
    ],
)  # fmt: skip
def test_what_fails(nights: tuple[Path, Path], words: list[str], status: int) -> None:
    done = run(*nights, *(f"--fail-on={word}" for word in words))
    assert done.exit_code == status
    assert "2 causes in garmin edge_530 4.11" in done.stdout


@pytest.mark.parametrize(("place", "made"), [("both.html", "both.html"), ("both", "both/index.html")])
def test_both_nights_side_by_side_on_a_page(nights: tuple[Path, Path], tmp_path: Path, place: str, made: str) -> None:
    assert run(*nights, f"--output=html={tmp_path / place}").exit_code == 1
    text = (tmp_path / made).read_text(encoding="utf-8")
    assert "<h1>Two nights: 2 causes</h1>" in text
    change = re.search(r"TIM008 time-goes-back <span class=.change.>new<", text)
    assert change is not None
    sides = re.findall(r"aria-label=.(\S+): (\d+ of 80) files, ([\d.]+%)", text[change.start() :])[:2]
    assert [each[1:] for each in sides] == [("0 of 80", "0.0%"), ("53 of 80", "66.2%")]
    assert 'class="change better">gone<' in text
    assert "<script" not in text


def test_nothing_from_a_night_becomes_markup_on_its_page(tmp_path: Path) -> None:
    evil = "<script>alert(1)</script>\u202e"
    new = [report(f"{k}{evil}.fit", [finding("TIM008", "time-goes-back", message=evil)]) for k in range(80)]
    nights = (
        written(tmp_path / "old.jsonl", [report(f"{k}.fit", []) for k in range(80)]),
        written(tmp_path / "n.jsonl", new),
    )
    text = run(*nights, "--output=html").stdout
    assert "&lt;script&gt;alert(1)" in text
    assert "<script" not in text
    assert "\u202e" not in text


def test_better_alone_is_not_worse(nights: tuple[Path, Path], tmp_path: Path) -> None:
    empty = written(tmp_path / "empty.jsonl", [report(f"{k}-x.fit", []) for k in range(80)])
    assert run(nights[0], empty, "--fail-on", "worse").exit_code == 0
    assert run(nights[0], empty).exit_code == 1


def test_outputs_and_all(nights: tuple[Path, Path], tmp_path: Path) -> None:
    done = run(*nights, "-o", "text", "-o", f"markdown={tmp_path / 'page.md'}", "-o", f"json={tmp_path / 'told.json'}")
    assert done.stdout.startswith(f"{nights[0]}: 80 files; ")
    assert "### 2 causes in `garmin edge_530 4.11" in (tmp_path / "page.md").read_text()
    assert json.loads((tmp_path / "told.json").read_bytes())["comparison_version"] == 1
    quiet = run(*nights, "--all", "--tolerance", "share=0.9")
    assert quiet.exit_code == 0
    assert "  no alarm: TIM008 time-goes-back: 0 of 80 files before" in quiet.stdout


def test_the_same_reports_in_another_order_tell_the_same(nights: tuple[Path, Path], tmp_path: Path) -> None:
    lines = nights[1].read_text().splitlines(keepends=True)
    (tmp_path / "other").mkdir()
    (tmp_path / "other" / "new.jsonl").write_text("".join(reversed(lines)))
    told = [run(nights[0], path, "-o", "json").stdout for path in (nights[1], tmp_path / "other" / "new.jsonl")]
    assert told[0] == told[1].replace(f"other{os.sep}", "")


def broken(tmp_path: Path, kind: str) -> Path:
    """A side that cannot be compared."""
    line = json.dumps(report("a.fit", []))
    path = tmp_path / "broken.jsonl"
    if kind == "folder":
        path.mkdir()
    elif kind == "gzip":
        path.write_bytes(gzip.compress((line + "\n").encode() * 500)[:-30])
    elif kind == "tables":
        path.mkdir()
        for name in ("files", "findings"):
            (path / f"{name}.parquet").write_bytes(b"PAR1 nothing")
    elif kind != "missing":
        texts = {
            "empty": "",
            "cut": line + "\n" + line[:90],
            "other": '{"some": "thing"}\n',
            "types": json.dumps(report("a.fit", []) | {"findings": 3}),
            "list": "[1, 2]",
            "number": "17\n",
            "binary": "\udcff\udcfe\x00",
            "cut json": f'{{"schema_version": 1,\n"tool": {{"name": "tracklint", "version": "1"}},\n"files": [\n{line},',
        }
        path.write_bytes(texts[kind].encode(errors="surrogateescape"))
    return path


@pytest.mark.parametrize(
    ("kind", "told"),
    [
        ("missing", "there is no such file or folder"),
        ("empty", "this night is empty: it holds no report"),
        ("folder", "this night is empty: none of 1 file could be read"),
        ("cut", "line 2 is no report of tracklint: it is no JSON: {"),
        ("other", "line 1 is no report of tracklint: 'activity' is missing"),
        ("types", "line 1 is no report of tracklint: a value has another type than in our reports"),
        ("list", "line 1 is no report of tracklint: a value has another type"),
        ("number", "line 1 is no report of tracklint: a value has another type"),
        ("binary", "line 1 is no report of tracklint: it is no JSON"),
        ("cut json", "the report ends behind 1 report; it was not written to its end"),
        ("gzip", "the gzip data is broken behind"),
        ("tables", "these are no tables of tracklint"),
    ],
)
def test_what_is_no_night_is_one_clear_line(nights: tuple[Path, Path], tmp_path: Path, kind: str, told: str) -> None:
    path = broken(tmp_path, kind)
    for args in ((path, nights[1]), (nights[0], path)):
        done = run(*args)
        assert (done.exit_code, done.stdout) == (2, "")
        [line] = done.stderr.splitlines()
        assert line.startswith(f"tracklint: {path}: ")
        assert told in line


@pytest.mark.parametrize(
    ("content", "told"),
    [
        (Ride().fit(), "this is an activity file, no night of reports; give a folder of them, or --same-ride"),
        (gzip.compress(Ride().gpx()), "this is an activity file, no night of reports"),
        (b"PAR1 and so on", "this is one table of Parquet; give the folder that `check --output parquet=FOLDER` wrote"),
        (b"\x0e\x10\xff\xfeABC", "line 1 is no report of tracklint: it is no JSON\n"),
    ],
    ids=["fit", "gpx", "parquet", "binary"],
)
def test_other_files_are_named_for_what_they_are(
    nights: tuple[Path, Path], tmp_path: Path, content: bytes, told: str
) -> None:
    (tmp_path / "given").write_bytes(content)
    done = run(tmp_path / "given", nights[1])
    assert (done.exit_code, done.stdout) == (2, "")
    assert f"tracklint: {tmp_path / 'given'}: {told}" in done.stderr


def test_a_report_may_name_activity_files(tmp_path: Path) -> None:
    for name in ("old", "new"):
        written(tmp_path / name, [report("A.FIT", [finding("DOC001", "x", message="<gpx> and .FIT")])])
    assert run(tmp_path / "old", tmp_path / "new").exit_code == 0


@pytest.mark.parametrize(
    ("args", "told"),
    [
        (
            ["--fail-on", "TIM999"],
            "--fail-on TIM999: this is neither any, new, worse, values, never nor a rule or a fact",
        ),
        (["--tolerance", "speed=0.1"], "--tolerance knows share, shift, value, distance, time, points, not speed"),
        (["--tolerance", "share"], "write it as share=0.01"),
        (["--output", "sarif"], "sarif is no form of a comparison; known are text, json, markdown"),
        (["--pair", "content"], "have no file of the same content"),
    ],
)
def test_what_cannot_be_asked_for(nights: tuple[Path, Path], args: list[str], told: str) -> None:
    done = run(*nights, *args)
    assert done.exit_code == 2
    assert told in " ".join(done.stderr.split())


def test_without_scipy_it_says_what_to_install(nights: tuple[Path, Path], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("importlib.util.find_spec", lambda _: None)
    done = run(*nights)
    assert done.exit_code == 2
    assert "compare needs the extra `compare`; install it in a checkout" in done.stderr


def test_other_rules_are_another_configuration(rides: Path, tmp_path: Path) -> None:
    shutil.copytree(rides / "411", tmp_path / "411")
    check(tmp_path / "411", "jsonl=ignored.jsonl", ignore="TIM")
    done = run(rides / "411.jsonl", tmp_path / "ignored.jsonl")
    assert done.exit_code == 2
    assert "the reports are of different configurations: " in done.stderr
    assert run(rides / "411.jsonl", tmp_path / "ignored.jsonl", "--anyway").exit_code == 0
