"""Second readers: what they see is reported, and nothing that they do can hurt us."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from click.testing import CliRunner

from conftest import CORPUS
from fuzz import seeds
from tracklint import second
from tracklint.checking import check
from tracklint.cli import main
from tracklint.config import Config, Limits
from tracklint.findings import Finding
from tracklint.reading import read_thing
from tracklint.rules import run_rules
from tracklint.second import SecondReading, SecondReadings, differences, reading, second_readings
from tracklint.second.child import FIT_COLUMNS, GPX_COLUMNS, TCX_COLUMNS
from tracklint.testing import Ride

RIDE = Ride(seconds=60)
ASKED = Config(second_readers=True, select=("RDR",))
CHECKSUM = "dtcooper__python-fitparse/tests__files__activity-filecrc.fit"

#: file -> how each reader ends there and how many records it saw; taken from runs of the readers by hand.
ENDS = {
    "MaxGrgrv__chiptime/corpus__cases__devfields__late-field-description__input.fit": (
        ("fitparse", "stopped", 0),
        ("fitdecode", "whole", 4),
    ),
    "MaxGrgrv__chiptime/corpus__cases__devfields__no-developer-data-id__input.fit": (
        ("fitparse", "stopped", 0),
        ("fitdecode", "stopped", 0),
    ),
    "MaxGrgrv__chiptime/corpus__cases__protocol__frame-shift-insert__input.fit": (
        ("fitparse", "stopped", 4),
        ("fitdecode", "stopped", 4),
    ),
    "MaxGrgrv__chiptime/corpus__cases__structural__data-size-lies-short__input.fit": (
        ("fitparse", "stopped", 120),
        ("fitdecode", "stopped", 120),
    ),
    "MaxGrgrv__chiptime/corpus__cases__structural__trailing-junk__input.fit": (
        ("fitparse", "stopped", 60),
        ("fitdecode", "stopped", 60),
    ),
    CHECKSUM: (("fitparse", "stopped", 14), ("fitdecode", "whole", 14)),
    "dtcooper__python-fitparse/tests__files__strava-android-app-201.10-b1218918.fit": (
        ("fitparse", "stopped", 473),
        ("fitdecode", "stopped", 473),
    ),
    "jat255__Fit-File-Faker/tests__files__tpv_dev_fields_20260222.fit": (
        ("fitparse", "stopped", 0),
        ("fitdecode", "stopped", 0),
    ),
    "gpxstudio__gpx.studio/gpx__test-data__with_power_2.gpx": (("gpxpy", "stopped", 0),),
    "jenetics__jpx/jpx__src__test__resources__io__jenetics__jpx__ISSUE-86.gpx": (("gpxpy", "stopped", 0),),
}


def readings(data: bytes, limits: Limits | None = None) -> SecondReadings:
    read = read_thing(data, Config())
    assert read.activity is not None
    return second_readings(read.source, read.document, read.activity, limits or Limits())


def readers(seen: SecondReadings) -> list[SecondReading]:
    """Those that read points; what libxml2 says is in test_second_schema.py."""
    return [each for each in seen.readings if each.reader != "libxml2"]


def findings(data: bytes, config: Config = ASKED) -> list[Finding]:
    return list(check(data, config=config).findings)


@pytest.mark.parametrize("options", [{}, {"big_endian": True}, {"developer": True}, {"enhanced": True}, {"chained": 2}])
def test_readers_of_a_good_file_see_what_we_see(options: dict[str, object]) -> None:
    seen = readings(RIDE.fit(**options))
    assert [each.reader for each in seen.readings] == ["fitparse", "fitdecode"]
    for each in seen.readings:
        assert (each.end, dict(each.counts)) == ("whole", dict(seen.counts))
        assert list(each.columns) == list(FIT_COLUMNS)
        assert all(len(column) == len(seen.activity) for column in each.columns.values())
        assert not differences(each, seen.activity)


def test_gpx_is_read_by_gpxpy() -> None:
    seen = readings(RIDE.gpx())
    assert [(r.reader, r.end, r.counts["record"]) for r in readers(seen)] == [("gpxpy", "whole", 61)]
    assert list(seen.readings[0].columns) == list(GPX_COLUMNS)
    assert not differences(seen.readings[0], seen.activity)


@pytest.mark.parametrize("sport", ["cycling", "running"])
def test_tcx_is_read_by_two_readers(sport: str) -> None:
    seen = readings(Ride(seconds=60, sport=sport, laps=2).tcx())
    assert [(r.reader, r.end, dict(r.counts)) for r in readers(seen)] == [
        ("tcxreader", "whole", {"record": 61}),
        ("tcxparser", "whole", {"record": 61}),
    ]
    whole, listed = readers(seen)
    assert list(whole.columns) == list(TCX_COLUMNS)
    assert not differences(whole, seen.activity)
    # RunCadence is no Cadence, and tcxparser has no list of speeds
    assert set(listed.columns) == set(TCX_COLUMNS) - {"speed"}
    assert [d.channel for d in differences(listed, seen.activity)] == (["cadence"] if sport == "running" else [])


TCX = RIDE.tcx()
NO_NAMESPACE = RIDE.tcx(namespace="")
#: What each reader makes of a file that it knows less of than we do (xml.md says which): the points that it sees, and
#: the codes. Each of these files was read with the readers alone first.
KNOWN: dict[str, tuple[bytes, dict[str, int], list[str]]] = {
    "no position": (
        RIDE.tcx(change={i: {"position": None} for i in range(61)}),
        {"tcxreader": 0, "tcxparser": 61},
        ["RDR005"],
    ),
    "course": (RIDE.tcx(course=True), {"tcxreader": 0, "tcxparser": 0}, ["RDR001", "RDR005"]),
    "session of several sports": (seeds.multisport(RIDE), {"tcxreader": 0, "tcxparser": 0}, ["RDR001", "RDR005"]),
    "two activities": (seeds.two_activities(RIDE), {"tcxreader": 122, "tcxparser": 122}, []),
    "no namespace": (NO_NAMESPACE, {"tcxreader": 0, "tcxparser": 0}, ["RDR005", "RDR005"]),
    "version 1": (
        TCX.replace(b"TrainingCenterDatabase/v2", b"TrainingCenterDatabase/v1"),
        {"tcxreader": 0, "tcxparser": 0},
        ["RDR005", "RDR005"],
    ),
    "namespace reset": (
        TCX.replace(b"<Track>", b'<Track xmlns="">'),
        {"tcxreader": 0, "tcxparser": 0},
        ["RDR005", "RDR005"],
    ),
    "heart rate as text": (
        re.sub(rb"<HeartRateBpm><Value>(\d+)</Value>", rb"<HeartRateBpm>\1", TCX),
        {"tcxreader": 61, "tcxparser": 61},
        ["RDR005", "RDR005"],
    ),
    "heart rate empty": (
        re.sub(rb"<Value>\d+</Value></HeartRateBpm>", rb"<Value/></HeartRateBpm>", TCX, count=1),
        {"tcxreader": 61, "tcxparser": 61},
        ["RDR001"],
    ),
    "heart rate 130.0": (
        re.sub(rb"(<HeartRateBpm><Value>\d+)", rb"\1.0", TCX),
        {"tcxreader": 61, "tcxparser": 61},
        ["RDR001"],
    ),
    "heart rate 130.5": (
        re.sub(rb"(<HeartRateBpm><Value>\d+)", rb"\1.5", TCX),
        {"tcxreader": 61, "tcxparser": 61},
        ["RDR001", "RDR005"],
    ),
    "Watts without namespace": (
        TCX.replace(b"ns3:Watts", b"Watts"),
        {"tcxreader": 61, "tcxparser": 61},
        ["RDR005", "RDR005"],
    ),
    "Watts 250.5": (re.sub(rb"(\d)</ns3:W", rb"\1.5</ns3:W", TCX), {"tcxreader": 61, "tcxparser": 61}, ["RDR001"]),
    "Sport missing": (
        TCX.replace(b' Sport="Biking"', b""),
        {"tcxreader": 0, "tcxparser": 61},
        ["RDR001", "RDR001"],
    ),
    "time without zone": (TCX.replace(b"Z</Time>", b"</Time>"), {"tcxreader": 0, "tcxparser": 61}, ["RDR001"]),
    "point without time": (
        RIDE.tcx(change={5: {"time": None}}),
        {"tcxreader": 61, "tcxparser": 60},
        ["RDR005"],
    ),
    "time of a program": (
        TCX.replace(b"</Activities>", b"</Activities><Author><Build><Time>Aug 17 2009</Time></Build></Author>"),
        {"tcxreader": 61, "tcxparser": 61},
        ["RDR005"],
    ),
    "prefixed gpx": (
        re.sub(rb"<(/?)(gpx|trk|trkseg|trkpt)\b", rb"<\1p:\2", RIDE.gpx()).replace(b" xmlns=", b" xmlns:p="),
        {"gpxpy": 0},
        ["RDR005"],
    ),
    "gpx version 8": (RIDE.gpx(version="8.0.2-play"), {"gpxpy": 61}, ["RDR005"]),
    "gpx without namespace": (RIDE.gpx(namespace=""), {"gpxpy": 61}, []),
    "gpx near namespace": (RIDE.gpx(namespace="https://www.topografix.com/GPX/1/1"), {"gpxpy": 61}, []),
    "lat with a comma": (RIDE.gpx().replace(b'lat="47.', b'lat="47,', 1), {"gpxpy": 0}, ["RDR001"]),
    "lat NaN": (RIDE.gpx(change={3: {"latitude": "NaN"}}), {"gpxpy": 61}, []),
    "lat missing": (RIDE.gpx(change={3: {"latitude": None}}), {"gpxpy": 0}, ["RDR001"]),
    "ele empty": (RIDE.gpx(change={3: {"altitude": ""}}), {"gpxpy": 61}, []),
    "ele nan": (RIDE.gpx(change={3: {"altitude": "nan"}}), {"gpxpy": 61}, []),
    "month 13": (RIDE.gpx(change={3: {"time": "2024-13-45T00:00:00Z"}}), {"gpxpy": 61}, []),
    "gpx time without zone": (RIDE.gpx(change={3: {"time": "2024-05-01T10:00:03"}}), {"gpxpy": 61}, []),
    "gpx trkpt without trkseg": (
        RIDE.gpx().replace(b"<trkseg>", b"").replace(b"</trkseg>", b""),
        {"gpxpy": 0},
        ["RDR005"],
    ),
}


@pytest.mark.parametrize("what", KNOWN)
def test_what_readers_are_known_to_do_is_explained(what: str) -> None:
    data, points, codes = KNOWN[what]
    seen = readings(data)
    assert {r.reader: r.counts["record"] for r in readers(seen)} == points
    found, _ = run_rules(replace(read_thing(data, Config()), second=seen), ASKED)
    assert sorted(f.code for f in found) == codes
    assert all(f.evidence["known"] for f in found if f.code == "RDR001")
    assert all(f.severity.label == "info" for f in found if f.code == "RDR005")


def test_a_reader_that_lost_its_habit_is_not_blamed() -> None:
    """What is known of a reader counts only where it did it: here it kept the point without position."""
    data = RIDE.tcx(change={5: {"position": None}})
    seen = readings(data)
    ours = {name: getattr(seen.activity, name) for name in TCX_COLUMNS}
    better = SecondReading(reader="tcxreader", end="whole", counts={"record": 61}, columns=ours)
    comparison = second.compared(replace(seen, readings=(better,)), better)
    assert (comparison.counts, comparison.differences, comparison.habits) == ((), (), ())


def test_a_loss_beyond_the_habit_is_a_difference() -> None:
    data = RIDE.tcx(change={5: {"position": None}})
    seen = readings(data)
    ours = {name: np.delete(getattr(seen.activity, name), [5, 9]) for name in TCX_COLUMNS}
    worse = SecondReading(reader="tcxreader", end="whole", counts={"record": 59}, columns=ours)
    comparison = second.compared(replace(seen, readings=(worse,)), worse)
    assert comparison.counts == (("record", 59, 61),)
    assert comparison.habits == ()


def test_a_value_beyond_the_habit_is_a_difference() -> None:
    data = RIDE.tcx(change={5: {"heart_rate": "130.5"}})
    seen = readings(data)
    ours = {name: getattr(seen.activity, name).copy() for name in TCX_COLUMNS}
    cut = {**ours, "heart_rate": np.trunc(ours["heart_rate"])}
    as_known = SecondReading(reader="tcxreader", end="whole", counts={"record": 61}, columns=cut)
    assert [h.count for h in second.compared(seen, as_known).habits] == [1]
    cut["heart_rate"][7] = 12
    other = SecondReading(reader="tcxreader", end="whole", counts={"record": 61}, columns=cut)
    assert [d.channel for d in second.compared(seen, other).differences] == ["heart_rate"]


def test_off_by_default(monkeypatch: pytest.MonkeyPatch) -> None:
    def never(*_args: object, **_options: object) -> None:
        raise AssertionError("a process was started")

    monkeypatch.setattr(subprocess, "run", never)
    data = bytearray(RIDE.fit())
    data[-1] ^= 1
    assert not [f for f in check(bytes(data)).findings if f.code.startswith("RDR")]


def test_a_stop_says_reader_count_reason_and_byte() -> None:
    data = RIDE.fit()[:-200]
    for finding in findings(data):
        assert finding.code == "RDR001"
        assert finding.evidence["ours"] == 61
        assert finding.evidence["error"] == "FitEOFError"
        assert finding.evidence["version"] in finding.message
        assert finding.where.offset is not None
        assert len(data) - 100 < finding.where.offset <= len(data)
    assert [f.evidence["reader"] for f in findings(data)] == ["fitdecode", "fitparse"]  # by the byte


def test_a_syntax_error_has_a_line_and_no_byte() -> None:
    """Python keeps the column of a SyntaxError as its offset."""
    data = RIDE.tcx().replace(b"</Track>", b"</Trac>")
    (place,) = (f.where for f in findings(data) if f.evidence["reader"] == "tcxparser")
    assert (place.line, place.offset) == (data[: data.index(b"</Trac>")].count(b"\n") + 1, None)


def test_a_difference_lists_every_channel_with_both_values() -> None:
    data = RIDE.gpx().replace(b"T10:00:05Z", b"T24:00:00Z")
    (finding,) = findings(data)
    assert finding.code == "RDR003"
    assert finding.evidence["differences"] == [
        {"channel": "time", "count": 1, "compared": 61, "first": 5, "theirs": None, "ours": 1714608000.0}
    ]
    assert finding.where.record == 5
    assert "first time as no value, here 2024-05-02T00:00:00Z" in finding.message


def _with_child(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, script: str) -> None:
    child = tmp_path / "child.py"
    child.write_text(script, encoding="utf-8")
    monkeypatch.setattr(reading, "_CHILD", child)


ROWS = "import sys; print('{\"rows\": [[1, 2, 3, 4, 5, 6, 7, 8, 9, null]]}', flush=True); "


@pytest.mark.parametrize(
    ("script", "end", "text"),
    [
        (ROWS + "import os; os.abort()", "died", "signal 6"),
        (ROWS + "sys.exit(3)", "died", "status 3"),
        (ROWS + "print('{\"rows\": [[1, 2')", "died", "status 0"),
        (ROWS + "print('[1]'); print('nonsense'); sys.stderr.write('x' * 10**6)", "died", "status 0"),
        (ROWS + "\nwhile True: pass", "slow", ""),
        (ROWS + "\nimport time; sys.stdin.buffer.read(); time.sleep(60)", "slow", ""),
    ],
)
def test_crashes_and_loops_are_results(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, script: str, end: str, text: str
) -> None:
    _with_child(monkeypatch, tmp_path, script)
    limits = Limits(second_reader_seconds=3 if end == "slow" else 60)
    seen = reading.read_with("fitparse", RIDE.fit(), FIT_COLUMNS, limits)
    assert (seen.end, dict(seen.counts)) == (end, {"record": 1})
    if sys.platform != "win32":
        assert text in seen.text
    assert seen.columns["power"].tolist() == [9.0]


def test_a_reader_that_died_is_a_finding(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    _with_child(monkeypatch, tmp_path, "import os; os._exit(9)")
    stops = findings(RIDE.fit())
    assert [f.code for f in stops] == ["RDR001", "RDR001"]
    assert all("stops after 0 records, the file holds 61: its process ended with status 9" in f.message for f in stops)


def test_a_reader_that_loops_is_a_finding(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    _with_child(monkeypatch, tmp_path, "while True: pass")
    slow = findings(RIDE.gpx(), Config(second_readers=True, select=("RDR",), limits=Limits(second_reader_seconds=0.5)))
    assert [(f.code, f.severity.label) for f in slow] == [("RDR004", "info")] * 2  # gpxpy, libxml2
    assert "was ended after 0.5 s, when it had read 0 of 61 points" in slow[0].message


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux keeps a process within its memory limit")
def test_memory_is_limited() -> None:
    data = RIDE.fit() + bytes(100 << 20)
    seen = reading.read_with("fitparse", data, FIT_COLUMNS, Limits(second_reader_mebibytes=64))
    assert seen.end == "memory"
    stopped = SecondReadings(readings=(seen,), activity=readings(RIDE.fit()).activity, counts={"record": 61})
    assert stopped.readings[0].columns["time"].tolist() == []


@pytest.mark.parametrize(
    ("kind", "absent", "left", "package"),
    [
        ("fit", "fitdecode", ["fitparse"], "fitdecode"),
        ("tcx", "tcxparser", ["tcxreader"], "python-tcxparser"),
        ("tcx", "tcxreader", ["tcxparser"], "tcxreader"),
        ("gpx", "gpxpy", [], "gpxpy"),
        ("gpx", "lxml", ["gpxpy"], "lxml"),
    ],
)
def test_a_reader_that_is_not_installed_is_said(
    monkeypatch: pytest.MonkeyPatch, kind: str, absent: str, left: list[str], package: str
) -> None:
    monkeypatch.setattr(reading, "find_spec", lambda name: None if name == absent else name)
    report = check(getattr(RIDE, kind)(), config=ASKED)
    assert [(s.code, s.why) for s in report.skipped] == [("RDR*", f"the second reader {package} is not installed")]
    assert report.findings == ()
    assert [each.reader for each in readers(readings(getattr(RIDE, kind)()))] == left


def test_a_reader_cannot_take_a_module_from_the_working_directory(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    (tmp_path / "fitparse.py").write_text("raise SystemExit('a trap')", encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    seen = reading.read_with("fitparse", RIDE.fit(), FIT_COLUMNS, Limits())
    assert (seen.end, dict(seen.counts)["record"]) == ("whole", 61)


def test_points_are_compared_up_to_where_the_sequences_part() -> None:
    ours = readings(RIDE.fit()).activity
    columns = {name: getattr(ours, name).copy() for name in FIT_COLUMNS}
    columns = {name: [*column[:10], *column[11:]] for name, column in columns.items()}  # a reader that drops one record
    arrays = {name: np.array(column) for name, column in columns.items()}
    lost = SecondReading(reader="x", end="whole", counts={"record": 60}, columns=arrays)
    assert second.compare.shared(lost, ours) == 10
    assert not differences(lost, ours)


def test_the_command(tmp_path: Path) -> None:
    path = tmp_path / "ride.fit"
    path.write_bytes(RIDE.fit()[:-200])
    plain = CliRunner().invoke(main, ["check", "-o", "json", str(path)])
    asked = CliRunner().invoke(main, ["check", "-o", "json", "--second-reader", str(path)])
    old, new = (
        {f["code"]: f for f in json.loads(done.stdout)["files"][0]["findings"]} for done in (plain, asked)
    )  # fmt: skip
    assert set(new) - set(old) == {"RDR001"}
    assert new["RDR001"]["evidence"]["reason"].startswith("FitEOFError")
    told = " ".join(CliRunner().invoke(main, ["check", "--help"]).stdout.split())
    assert "about 3 s for a ride of an hour" in told


@pytest.mark.parametrize("file", ENDS)
def test_damaged_corpus_files(file: str) -> None:
    path = CORPUS / file
    if not path.is_file():
        pytest.skip(f"no corpus of real files at {CORPUS} (set TRACKLINT_CORPUS)")
    seen = readings(path.read_bytes())
    assert tuple((r.reader, r.end, r.counts["record"]) for r in readers(seen)) == ENDS[file]
    stops = [f.evidence["reader"] for f in findings(path.read_bytes()) if f.code == "RDR001"]
    assert sorted(stops) == sorted(reader for reader, end, _ in ENDS[file] if end == "stopped")
