"""What facts are as a whole: their names and forms, where they stand in reports and outputs, and that nothing raises."""

from __future__ import annotations

import json
from dataclasses import replace
from io import StringIO
from pathlib import Path

import duckdb
import jsonschema
import numpy as np
import pytest
from click.testing import CliRunner

import tracklint
from conftest import CORPUS, ROOT
from tracklint import Activity, BadConfig, Config, Limits, check, facts, load_config, read
from tracklint.cli import main
from tracklint.measured import FACTS, MEASURES, facts_of, missing, named
from tracklint.measured.fact import SUFFIXES
from tracklint.reading import read_thing
from tracklint.render import write
from tracklint.testing import Ride

CONFIG = Config(limits=Limits(now=1795305600))
ASKED = replace(CONFIG, facts=True)
RIDE = Ride(seconds=60)


def test_names_end_with_their_units_and_all_is_said() -> None:
    for fact in FACTS.values():
        assert fact.name == fact.short + SUFFIXES[fact.unit]
        assert fact.formula
    assert len(FACTS) == sum(len(measure.facts) for measure in MEASURES)


def test_a_name_may_lack_its_unit() -> None:
    assert named("sample_gap_p99") is named("sample_gap_p99_s") is FACTS["sample_gap_p99_s"]
    with pytest.raises(KeyError, match=r"battery_start_percent, battery_start_v"):
        named("battery_start")
    with pytest.raises(KeyError, match="no fact is called 'sample_gap_p98'"):
        named("sample_gap_p98")


@pytest.mark.parametrize("form", ["fit", "tcx", "gpx"])
def test_every_fact_is_told_of_its_kind(form: str) -> None:
    kinds = {"text": str, "whole": int, "number": float, "list": list}
    for name, value in facts(read(getattr(RIDE, form)())).items():
        assert value is None or type(value) is kinds[FACTS[name].kind], name


def test_a_report_has_facts_where_they_are_asked_for() -> None:
    asked, unasked = (check(RIDE.fit(), config=config) for config in (ASKED, CONFIG))
    assert unasked.facts == {}
    assert list(asked.facts) == list(FACTS)
    assert replace(asked, facts={}) == unasked
    assert asked.facts == facts_of(read_thing(RIDE.fit(), CONFIG))


def test_what_is_no_activity_has_no_facts() -> None:
    assert check(b"nothing of the kind", config=ASKED).facts == {}
    assert set(facts(Activity(format="gpx")).values()) == {None, 0}


def test_what_the_file_tells_is_missing_without_it() -> None:
    alone = facts(read(RIDE.fit()))
    assert alone["definitions"] is None
    assert missing(read(RIDE.fit()))["definitions"] == "needs the file"
    assert facts_of(read_thing(RIDE.fit(), CONFIG))["definitions"] == 8


@pytest.mark.parametrize(
    ("data", "name", "why"),
    [
        (RIDE.gpx(), "power_stuck_s", "no power"),
        (RIDE.gpx(), "definitions", "not FIT"),
        (RIDE.fit(without=["device_info"]), "sensors", "no device info"),
        (RIDE.fit(), "standing_drift_m_min", "stands less than 30 s"),
        (RIDE.fit(), "work_off_percent", "no total_work"),
        (RIDE.tcx(change={i: {"time": None} for i in range(61)}), "gaps", "no times"),
    ],
)
def test_why_a_fact_is_missing(data: bytes, name: str, why: str) -> None:
    reading = read_thing(data, CONFIG)
    assert facts_of(reading)[name] is None
    assert reading.activity is not None
    assert missing(reading.activity, reading)[name] == why


def test_a_defect_of_a_measure_costs_the_facts_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(_reading: object) -> dict[str, int]:
        raise ZeroDivisionError("measured by nobody")

    monkeypatch.setattr("tracklint.measured.facts_of", broken)
    report = check(RIDE.fit(), config=ASKED)
    assert [finding.code for finding in report.findings] == ["INT001"]
    assert report.facts == {}


@pytest.mark.parametrize("output", ["json", "jsonl"])
def test_data_has_the_facts_that_were_asked_for(output: str) -> None:
    schema = json.loads((ROOT / "schemas" / "report.schema.json").read_text(encoding="utf-8"))
    told = []
    for config in (ASKED, CONFIG):
        report = check(RIDE.fit(), config=config, name="ride.fit")
        out = StringIO()
        write(output, [report], out)
        whole = json.loads(out.getvalue())
        told.append(whole["files"][0] if output == "json" else whole)
        if output == "json":
            jsonschema.validate(whole, schema)
    assert "facts" not in told[1]
    assert told[0]["facts"] == dict(check(RIDE.fit(), config=ASKED).facts)
    assert told[0]["facts"]["heart_rate_dropout_lengths"] == [0, 0, 0, 0, 0]


@pytest.fixture
def ride(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "ride.fit").write_bytes(RIDE.fit())
    return "ride.fit"


def test_the_table_of_files_has_a_column_for_each_fact(ride: str) -> None:
    for folder, options in (("asked", ["--facts"]), ("unasked", [])):
        assert CliRunner().invoke(main, ["check", ride, *options, "-o", f"parquet={folder}"]).exit_code == 0
    asked, unasked = (
        dict(zip(table.columns, table.fetchall()[0], strict=True))
        for table in (duckdb.sql(f"from '{folder}/files.parquet'") for folder in ("asked", "unasked"))
    )
    assert list(asked) == list(unasked)
    told = check(RIDE.fit(), config=ASKED).facts
    for name, fact in FACTS.items():
        if fact.kind == "list":
            assert name not in asked
        else:
            assert asked[name] == told[name], name
    assert asked["definitions"] == 8
    assert unasked["definitions"] is None


def test_the_configuration_asks_for_facts(ride: str, tmp_path: Path) -> None:
    (tmp_path / "tracklint.toml").write_text("facts = true\n")
    assert load_config().facts
    told = json.loads(CliRunner().invoke(main, ["check", ride, "-o", "jsonl"]).stdout)
    assert told["facts"]["points"] == 61
    (tmp_path / "tracklint.toml").write_text("facts = 1\n")
    with pytest.raises(BadConfig, match=r"facts is 1; true or false is wanted"):
        load_config()


def test_show_prints_facts_with_units_and_why_one_is_missing(ride: str) -> None:
    assert "Measured facts" not in CliRunner().invoke(main, ["show", ride]).stdout
    lines = CliRunner().invoke(main, ["show", "--facts", ride]).stdout.partition("Measured facts\n")[2].splitlines()
    told = dict(line.split(maxsplit=1) for line in lines)
    assert list(told) == list(FACTS)
    assert told["sample_gap_p99_s"] == "1 s"
    assert told["manufacturer"] == "strava"
    assert told["work_j"] == "-  no total_work"
    assert told["power_dropout_lengths"] == "0 0 0 0 0"


def test_explain_tells_of_a_fact() -> None:
    told = CliRunner().invoke(main, ["explain", "sample_gap_p99"])
    assert told.exit_code == 0
    assert told.stdout.startswith("sample_gap_p99_s (number, s)\n")
    assert "Needs:     times" in told.stdout


def test_no_column_makes_a_measure_raise() -> None:
    """Numbers that no ride has: those that overflow, are infinite, run backwards or are no number."""
    odd = np.array([np.nan, 1e308, -1e308, np.inf, -np.inf, 0.0, 1.0, 5e-324] * 4)
    for shift in range(8):
        columns = {name: np.roll(odd, i * shift) for i, name in enumerate(tracklint.activity.COLUMNS)}
        told = facts(Activity(format="gpx", starts=np.array([0, 7]), **columns))
        assert list(told) == list(FACTS)
        json.dumps(told, allow_nan=False)


@pytest.mark.skipif(not CORPUS.is_dir(), reason=f"no corpus of real files at {CORPUS} (set TRACKLINT_CORPUS)")
def test_no_real_file_makes_a_measure_raise() -> None:
    folders = (CORPUS.parent / name for name in ("corpus", "corpus2", "cases"))
    for path in sorted(each for folder in folders for each in folder.rglob("*") if each.is_file()):
        reading = read_thing(path, CONFIG)
        if reading.activity is not None:
            told, why = facts_of(reading), missing(reading.activity, reading)
            json.dumps(told, allow_nan=False)
            assert [name for name, value in told.items() if value is None and not why[name]] == [], path.name
