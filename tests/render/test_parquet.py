"""The tables of a run: what stands in them, that their columns stay, and that the queries of the docs answer."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import Any

import duckdb
import pytest
from click.testing import CliRunner
from outputs import EVERY, HOSTILE, NAMES, many
from reports import GOOD, finding, report

from conftest import ROOT
from tracklint.cli import main
from tracklint.extras import how_to_install
from tracklint.findings import DeviceFacts, Report, Severity, Where
from tracklint.fleet.telling import sheets
from tracklint.render import Output, parquet
from tracklint.render.digest import digest
from tracklint.testing import Ride

QUERIES = re.findall(r"```sql\n(.*?)```", (ROOT / "docs" / "ci.md").read_text(encoding="utf-8"), re.DOTALL)


def write(folder: Path, reports: Iterable[Report]) -> None:
    with sheets([(Output("parquet"), str(folder))]) as run:
        for each in reports:
            for writer in run._writers:
                writer.add(digest(each), parquet.piece(each))


def rows(query: str) -> list[tuple[Any, ...]]:
    return duckdb.sql(query).fetchall()


@pytest.fixture(autouse=True)
def _here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


def test_the_docs_name_every_column_with_its_type() -> None:
    """Written down a second time, because these are promised: a column may be added, and nothing else."""
    page = (ROOT / "docs" / "ci.md").read_text(encoding="utf-8")
    for table in parquet.TABLES:
        [said] = re.findall(rf"\| `{table}` \| type.*?\n\n", page, re.DOTALL)
        told = [
            (name, kind)
            for names, kind in re.findall(r"^\| ((?:`\w+`,? ?)+) \| ([A-Z]+) \|", said, re.MULTILINE)
            for name in re.findall(r"`(\w+)`", names)
        ]
        assert told == list(parquet.COLUMNS[table].items())


def test_rows_are_what_the_reports_say(tmp_path: Path) -> None:
    write(tmp_path, EVERY)
    for table in parquet.TABLES:
        described = rows(f"DESCRIBE FROM '{table}.parquet'")
        assert {name: kind for name, kind, *_ in described} == parquet.columns(table)
    assert [name for (name,) in rows("SELECT file FROM 'files.parquet'")] == [each.name for each in EVERY]
    told = rows("SELECT file, code, severity, message, \"offset\" FROM 'findings.parquet'")
    assert told == [
        (each.name, one.code, one.severity.label, one.message, one.where.offset)
        for each in EVERY
        for one in each.findings
    ]
    facts = rows("SELECT file, product, claims_barometer, start_time, points FROM 'files.parquet'")
    [first] = [rest for name, *rest in facts if name == GOOD.name]
    assert first == ["edge_530", True, datetime(2024, 5, 1, 10), 121]


def test_a_run_without_files_has_the_same_columns(tmp_path: Path) -> None:
    write(tmp_path, [])
    for table in parquet.TABLES:
        assert {name: kind for name, kind, *_ in rows(f"DESCRIBE FROM '{table}.parquet'")} == parquet.columns(table)


def test_odd_names_and_texts_are_cells(tmp_path: Path) -> None:
    write(tmp_path, HOSTILE)
    told = [name for (name,) in rows("SELECT file FROM 'files.parquet'")]
    assert told == [name.encode("utf-8", "backslashreplace").decode() for name in NAMES]
    assert rows("SELECT count(*) FROM 'findings.parquet'") == [(3 * len(NAMES),)]


def test_odd_numbers_are_cells(tmp_path: Path) -> None:
    summary = replace(GOOD.activity, distance_m=float("nan"), elapsed_s=1e300, start_time=-1e18)  # type: ignore[type-var]
    write(tmp_path, [replace(GOOD, activity=summary), report("b.fit", finding(where=Where(offset=2**40, time=1e15)))])
    assert rows("SELECT distance_m, elapsed_s, start_time FROM 'files.parquet'")[0] == (None, 1e300, None)
    assert rows("SELECT \"offset\", time FROM 'findings.parquet'") == [(2**40, None)]


def test_the_same_run_is_the_same_bytes(tmp_path: Path) -> None:
    for folder in ("a", "b"):
        write(tmp_path / folder, many(300, finding(), finding("TIM001", Severity.ERROR)))
    for table in parquet.TABLES:
        first, second = (Path(folder, f"{table}.parquet").read_bytes() for folder in ("a", "b"))
        assert first == second


def test_a_run_that_ends_badly_leaves_nothing(tmp_path: Path) -> None:
    with pytest.raises(ZeroDivisionError), sheets([(Output("parquet"), str(tmp_path / "new"))]):
        raise ZeroDivisionError
    assert list(tmp_path.iterdir()) == []


def _of(name: str, start: str, product: str, *codes: str, firmware: str = "", **device: Any) -> Report:
    facts = DeviceFacts(name=product, manufacturer="maker", product=product, **device)
    assert GOOD.activity is not None
    began = datetime.fromisoformat(f"{start}T10:00:00+00:00").timestamp()
    summary = replace(GOOD.activity, start_time=began, device=facts)
    found = [finding(code, Severity.ERROR) for code in codes]
    return replace(report(name, *found), activity=summary)


def test_the_queries_of_the_docs_answer(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    last_week = [
        _of("a.fit", "2026-11-17", "one", "TIM001", barometer=True),
        _of("b.fit", "2026-11-17", "two"),
        _of("c.fit", "2026-11-17", "two", "SEN007"),
    ]
    this_week = [
        _of("d.fit", "2026-11-24", "one", "TIM001", barometer=True),
        _of("e.fit", "2026-11-25", "two", "POS009", barometer=True),
        _of("f.gpx", "2026-11-12", "three with barometer", "DEV007"),  # an old ride, checked this week
    ]
    write(tmp_path / "reports" / "night=2026-11-18", last_week)
    write(tmp_path / "reports" / "night=2026-11-26", this_week)
    worst, by_start, by_night, barometers = (rows(query) for query in QUERIES)
    assert [(product, files, percent) for _, product, _, files, percent in worst] == [
        ("one", 2, 100.0), ("three with barometer", 1, 100.0), ("two", 3, 66.7),
    ]  # fmt: skip
    assert [(code, files) for code, _, files in by_start] == [("POS009", 1)]
    assert [(code, str(night), files) for code, night, files in by_night] == [
        ("DEV007", "2026-11-26", 1), ("POS009", "2026-11-26", 1),
    ]  # fmt: skip
    assert [(product, files) for _, product, _, files in barometers] == [("one", 2), ("three with barometer", 1)]


def test_the_command_writes_a_folder(tmp_path: Path) -> None:
    for k in range(3):
        Path(f"{k}.fit").write_bytes(Ride(seconds=20).fit())
    Path("broken.fit").write_bytes(b"no ride")
    arguments = ["check", "-o", "parquet=out", "-o", "jsonl=out.jsonl", "0.fit", "1.fit", "2.fit", "broken.fit"]
    done = CliRunner().invoke(main, arguments)
    assert (done.exit_code, done.stdout) == (1, "")
    assert sorted(path.name for path in Path("out").iterdir()) == ["files.parquet", "findings.parquet"]
    asked = "SELECT name, verdict FROM 'out.jsonl'", "SELECT file, verdict FROM 'out/files.parquet'"
    assert rows(asked[0]) == rows(asked[1])


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["-o", "parquet"], "parquet is a folder; name it: parquet=FOLDER"),
        (["-o", "parquet=out", "-o", "json=out/files.parquet"], "this is where another output goes"),
        (["-o", "parquet=0.fit"], "0.fit"),
    ],
)
def test_what_cannot_be_is_one_line(arguments: list[str], said: str) -> None:
    Path("0.fit").write_bytes(b"no ride")
    done = CliRunner().invoke(main, ["check", *arguments, "0.fit"])
    assert done.exit_code == 2
    assert said in done.stderr
    assert [path.name for path in Path().iterdir()] == ["0.fit"]


def test_a_missing_library_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("importlib.util.find_spec", lambda name: None)
    done = CliRunner().invoke(main, ["check", "-o", "parquet=out", "0.fit"])
    assert done.exit_code == 2
    assert how_to_install("parquet") in done.stderr
