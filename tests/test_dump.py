"""`dump`: every message of a file in its place, with what stands in it, and nothing decoded before it is asked for."""

from __future__ import annotations

import gzip
import itertools
import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import fitdecode
import pytest
from click.testing import CliRunner, Result
from hypothesis import given
from hypothesis import strategies as st

from tracklint.cli import main
from tracklint.config import Config
from tracklint.dump import Row, UnknownMessage, dump_rows, json_line, table
from tracklint.fit import decode, scan_fit
from tracklint.reading import read_thing
from tracklint.testing import FitBuilder, Ride

RIDE = Ride(seconds=30)
GOOD = RIDE.fit(developer=True)
ANY = [{}, {"big_endian": True}, {"developer": True}, {"chained": 2}, {"compressed": True}, {"interleaved": True}]


def rows(data: bytes, *only: str, **options: Any) -> list[Row]:
    return list(dump_rows(read_thing(data, Config()), only, **options))


def cells(row: Row) -> dict[str, Any]:
    return {cell.name: cell.value for cell in row.cells}


def run(*args: object) -> Result:
    return CliRunner().invoke(main, ["dump", *map(str, args)])


@pytest.fixture
def ride(tmp_path: Path) -> Path:
    path = tmp_path / "ride.fit"
    path.write_bytes(RIDE.fit(developer=True, change={3: {"power": None}}))
    return path


@pytest.mark.parametrize("options", ANY)
def test_messages_and_definitions_tile_the_file(options: dict[str, Any]) -> None:
    """Put together, the bytes of all rows are the file without its headers and checksums."""
    data = RIDE.fit(**options)
    document = scan_fit(data)
    found = rows(data, definitions=True)
    assert [row.where.message for row in found] == list(range(document.total))
    assert b"".join(row.data for row in found) == b"".join(
        data[segment.data_start : segment.data_end] for segment in document.segments
    )
    for row in found:
        assert row.where.offset is not None
        assert data[row.where.offset :][: row.where.size] == row.data


@pytest.mark.parametrize("options", ANY)
def test_fields_stand_where_the_row_says(options: dict[str, Any]) -> None:
    for row in rows(RIDE.fit(**options)):
        pieces = [cell.data for cell in row.cells if cell.offset is not None]
        assert row.data[1:] == b"".join(pieces)


def test_records_are_those_of_another_reader() -> None:
    data = RIDE.fit(change={3: {"power": None}})
    ours = [cells(row) for row in rows(data, "record")]
    with fitdecode.FitReader(data) as frames:
        theirs = [
            {field.name: field.value for field in frame.fields if field.field_def is not None}
            for frame in frames
            if frame.frame_type == fitdecode.FIT_FRAME_DATA and frame.name == "record"
        ]
    assert len(ours) == len(theirs) == 31
    for our, their in zip(ours, theirs, strict=True):
        assert our.keys() == their.keys()
        assert our.pop("timestamp") == their.pop("timestamp").isoformat().replace("+00:00", "Z")
        for name in ("position_lat", "position_long"):
            assert our.pop(name) == pytest.approx(their.pop(name) * 180 / 2**31)
        assert our == pytest.approx(their)


def test_what_has_no_value_is_marked(ride: Path) -> None:
    lines = run(ride, "-m", "record").stdout.splitlines()
    assert "power=(none)" in lines[4]
    assert sum("(none)" in line for line in lines) == 1
    told = [json.loads(line) for line in run(ride, "-m", "record", "-f", "jsonl").stdout.splitlines()]
    fields = {field["name"]: field for field in told[3]["fields"]}
    assert fields["power"] == {"number": 7, "name": "power", "value": None, "invalid": True}
    assert fields["tyre_pressure"] == {
        "number": 0, "developer": 0, "name": "tyre_pressure", "value": 303, "units": "kPa",
    }  # fmt: skip


def test_an_element_without_value_inside_an_array() -> None:
    fit = FitBuilder().define(0, 78, [(0, 10, 0x84)]).data(0, [500, 0xFFFF, 510, 0xFFFF, 0xFFFF])
    (row,) = rows(fit.build(), "hrv")
    assert cells(row)["time"] == (0.5, None, 0.51, None, None)
    (line,) = list(table([row], 100, format_="fit"))[1:]
    assert "time=[0.5, (none), 0.51, (none), (none)] s" in str(line)
    assert json.loads(json_line(row))["fields"][0]["value"] == [0.5, None, 0.51, None, None]


def test_times_bytes_texts_and_uptime() -> None:
    fit = FitBuilder().define(0, 34, [(253, 4, 0x86), (5, 4, 0x86)]).data(0, 1_083_405_600, 1_083_412_800)
    fit.define(1, 20, [(253, 4, 0x86)]).data(1, 77)
    fit.define(2, 207, [(1, 4, 0x0D), (3, 1, 0x02)]).data(2, b"\1\2\xff\4", 0)
    fit.define(3, 0, [(8, 12, 0x07)]).data(3, 'a "b"\x1b[1m\n')
    activity, record, developer, file_id = rows(fit.build())
    assert cells(activity) == {"timestamp": "2024-04-30T10:00:00Z", "local_timestamp": "2024-04-30T12:00:00"}
    assert [(c.value, c.units) for c in record.cells] == [(77, "s since the device was switched on")]
    assert cells(developer)["application_id"] == "01 02 ff 04"
    (line,) = list(table([file_id], 100, format_="fit"))[1:]
    assert str(line).endswith(r'product_name="a \"b\"\\x1b[1m\\x0a"')  # nothing reaches a terminal that steers it


def test_what_is_packed_in_a_field_is_shown_with_it() -> None:
    fit = FitBuilder().define(0, 20, [(253, 4, 0x86), (8, 3, 0x0D), (2, 2, 0x84)])
    fit.data(0, 1_083_405_600, bytes((0x10, 0x02, 0x01)), 3000)  # speed 0x210 / 100, distance 0x010 / 16
    (row,) = rows(fit.build())
    packed = {cell.name: (cell.value, cell.part_of, cell.number) for cell in row.cells if cell.part_of}
    assert packed == {
        "speed": (5.28, "compressed_speed_distance", 6), "distance": (1.0, "compressed_speed_distance", 5),
    }  # fmt: skip
    event = FitBuilder().define(0, 21, [(253, 4, 0x86), (0, 1, 0x00), (2, 2, 0x84)]).data(0, 1_083_405_600, 0, 1)
    assert {"data.timer_trigger=auto"} <= set(str(list(table(rows(event.build()), 1, format_="fit"))[1]).split())
    (line,) = list(table([row], 100, format_="fit", offsets=True, raw=True))[1:]
    assert "compressed_speed_distance.speed=5.28 m/s" in str(line)
    assert json.loads(json_line(row))["fields"][-1]["part_of"] == "compressed_speed_distance"


def test_names_numbers_and_what_does_not_exist(ride: Path) -> None:
    data = ride.read_bytes()
    by_name = rows(data, "lap", "session")
    assert [row.name for row in by_name] == ["lap", "lap", "session"]
    assert by_name == rows(data, "19", "0x12")
    assert rows(data, "233") == []
    for name in ("laps", "65536", "-1", ""):
        with pytest.raises(UnknownMessage):
            dump_rows(read_thing(data, Config()), (name,))
    done = run(ride, "-m", "laps")
    assert (done.exit_code, done.stdout, done.stderr.count("\n")) == (2, "", 1)


def test_faults_stand_between_the_messages() -> None:
    data = bytearray(RIDE.fit())
    middle = len(data) // 2
    data[middle : middle + 40] = bytes(range(0x90, 0x90 + 40))
    found = rows(bytes(data))
    at = next(i for i, row in enumerate(found) if row.kind == "fault" and row.name == "unreadable-span")
    assert found[at].where.offset is not None
    assert found[at - 1].where.offset <= found[at].where.offset < found[at + 1].where.offset
    assert found[at + 1].kind == "message"
    line = json.loads(json_line(found[at]))
    assert (line["kind"], line["fault"], line["offset"]) == ("fault", "unreadable-span", found[at].where.offset)
    assert "FAULT unreadable-span" in "\n".join(map(str, table(found, len(data), format_="fit")))
    kept = [row.name for row in rows(bytes(data), "session")]
    assert kept.count("session") == 1
    assert "unreadable-span" in kept


@pytest.mark.parametrize("data", [b"", b"\x0e.FIT", b"\x0e\x20\0\0\0\0\0\0.FIT\0\0", bytes(8) + b".FIT" + b"\xff" * 99])
def test_rubble_is_shown_as_faults(data: bytes) -> None:
    reading = read_thing(data, Config())
    if reading.source.format == "fit":
        assert {row.kind for row in dump_rows(reading, definitions=True)} <= {"fault", "message", "definition"}
        assert any(row.kind == "fault" for row in dump_rows(reading))


@given(st.lists(st.tuples(st.integers(14, len(GOOD) - 1), st.integers(0, 255)), min_size=1, max_size=8))
def test_damage_never_stops_a_dump(changes: list[tuple[int, int]]) -> None:
    data = bytearray(GOOD)
    for at, byte in changes:
        data[at] = byte
    found = rows(bytes(data), definitions=True)
    assert sum(row.kind != "fault" for row in found) == scan_fit(bytes(data)).total
    for line in table(found, len(data), format_="fit", offsets=True, raw=True):
        assert "\n" not in str(line)
    for row in found:
        json.loads(json_line(row, offsets=True, raw=True))


def test_offsets_and_raw_bytes_on_request(ride: Path) -> None:
    data = ride.read_bytes()
    plain = json.loads(run(ride, "-f", "jsonl", "-m", "record", "-n", "1").stdout)
    assert "raw" not in plain
    assert "offset" not in plain["fields"][0]
    full = json.loads(run(ride, "-f", "jsonl", "-m", "record", "-n", "1", "--offsets", "--raw").stdout)
    assert bytes.fromhex(full["raw"]) == data[full["offset"] :][: full["size"]]
    for field in full["fields"]:
        assert bytes.fromhex(field["raw"]) == data[field["offset"] :][: field["size"]]
    line = run(ride, "-m", "record", "-n", "1", "--offsets", "--raw").stdout.splitlines()[1]
    field = next(field for field in full["fields"] if field["name"] == "heart_rate")
    assert f"heart_rate={field['value']} bpm @{field['offset']}+1 <{field['raw']}>" in line


def test_limit_counts_messages_and_not_faults() -> None:
    assert len(run_rows(RIDE.fit(), "-n", "5")) == 5
    assert run_rows(RIDE.fit(), "-n", "0") == []
    damaged = bytearray(RIDE.fit())
    damaged[4] ^= 1
    told = run_rows(bytes(damaged), "-n", "2")
    assert [line["kind"] for line in told].count("message") == 2
    assert told[0]["kind"] == "fault"


def run_rows(data: bytes, *args: str) -> list[dict[str, Any]]:
    done = CliRunner().invoke(main, ["dump", "-", "-f", "jsonl", *args], input=data)
    assert done.exit_code == 0
    return [json.loads(line) for line in done.stdout.splitlines()]


def test_definitions_on_request() -> None:
    found = rows(RIDE.fit(developer=True), "record", definitions=True)
    assert [row.kind for row in found[:2]] == ["definition", "message"]
    assert cells(found[0])["heart_rate"] == "uint8"
    assert cells(found[0])["developer field 0"] == "2 bytes"


def test_nothing_is_decoded_before_it_is_asked_for(monkeypatch: pytest.MonkeyPatch) -> None:
    decoded = []
    values = decode._values

    def counted(*args: Any) -> Any:
        decoded.append(1)
        return values(*args)

    monkeypatch.setattr(decode, "_values", counted)
    stream: Iterator[Row] = dump_rows(read_thing(Ride(seconds=600).fit(), Config()))
    assert not decoded
    assert len(list(itertools.islice(table(stream, 1000, format_="fit"), 4))) == 4
    assert len(decoded) == 3


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no closed pipe of this kind")
@pytest.mark.parametrize("form", ["table", "jsonl"])
def test_a_closed_pipe_ends_quietly(tmp_path: Path, form: str) -> None:
    path = tmp_path / "long.fit"
    path.write_bytes(Ride(seconds=3000).fit())
    command = [sys.executable, "-m", "tracklint", "dump", "--format", form, str(path)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as process:
        assert process.stdout is not None
        assert process.stderr is not None
        assert process.stdout.readline()
        process.stdout.close()
        assert process.stderr.read() == b""
        assert process.wait() == 141  # as a shell counts a signal: 128 and SIGPIPE


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no pseudo-terminal")
def test_a_terminal_gets_colour_and_a_pipe_does_not(ride: Path) -> None:
    import pty

    command = [sys.executable, "-m", "tracklint", "dump", "-n", "1", str(ride)]
    environment = {**os.environ, "TERM": "xterm", "COLUMNS": "100"}
    environment.pop("NO_COLOR", None)
    piped = subprocess.run(command, capture_output=True, check=True, env=environment)
    assert b"\x1b" not in piped.stdout
    leader, follower = pty.openpty()
    subprocess.run(command, stdout=follower, check=True, env=environment)
    os.close(follower)
    shown = os.read(leader, 65536)
    os.close(leader)
    assert b"\x1b[" in shown
    assert b"file_id" in shown


def test_plain_output_does_not_load_rich(ride: Path) -> None:
    script = (
        f"import sys; sys.argv = ['tracklint', 'dump', {str(ride)!r}]\n"
        "from tracklint.cli import main\n"
        "try: main()\n"
        "except SystemExit: pass\n"
        "print(sorted({'rich', 'lxml', 'httpx'} & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert done.stdout.splitlines()[-1] == "[]"


def test_no_more_is_inflated_than_the_configuration_says(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "ride.gpx.gz").write_bytes(gzip.compress(RIDE.gpx()))
    (tmp_path / "tracklint.toml").write_text("[limits]\nmax-inflated-bytes = 2000\n")
    whole = CliRunner().invoke(main, ["dump", str(tmp_path / "ride.gpx.gz"), "--message", "point"])
    monkeypatch.chdir(tmp_path)
    capped = CliRunner().invoke(main, ["dump", "ride.gpx.gz", "--message", "point"])
    points = [sum(" point " in line for line in done.stdout.splitlines()) for done in (whole, capped)]
    assert points[0] == 31
    assert 0 < points[1] < 31


# -- TCX and GPX -------------------------------------------------------------------------------------------------------


def test_points_and_parts_of_tcx() -> None:
    data = RIDE.tcx(change={20: {"heart_rate": None}})
    found = rows(data)
    kinds = [row.kind for row in found]
    assert kinds[:3] == ["session", "lap", "point"]
    assert (kinds.count("lap"), kinds.count("point")) == (2, 31)
    points = [row for row in found if row.kind == "point"]
    assert [row.number for row in points] == list(range(31))
    assert cells(points[3])["heart_rate"] == RIDE.point(3)["heart_rate"]
    assert cells(points[20])["heart_rate"] is None
    laps = [i for i, kind in enumerate(kinds) if kind == "lap"]
    assert found[laps[1] + 1].number == cells(found[laps[1]])["first_point"] == 15
    assert [row.kind for row in rows(data, "lap")] == ["lap", "lap"]
    assert {row.kind for row in rows(data, "point", "lap")} == {"point", "lap"}


def test_points_and_faults_of_gpx() -> None:
    data = RIDE.gpx().replace(b"</trkpt>", b"</trkp>", 3).replace(b"</trkp>", b"</trkpt>", 2)
    found = rows(data)
    fault = next(i for i, row in enumerate(found) if row.kind == "fault")
    assert found[fault].where.line is not None
    before = [row for row in found[:fault] if row.kind == "point"]
    assert before
    assert before[-1].number == 2
    told = json.loads(json_line(before[-1], offsets=True, raw=True))
    assert told["raw"].startswith("<trkpt")
    assert data[told["offset"] :].startswith(told["raw"].encode())
    assert told["line"] == data[: told["offset"]].count(b"\n") + 1
    with pytest.raises(UnknownMessage, match="known are session, lap, point"):
        rows(data, "record")


@pytest.mark.parametrize("kind", ["gpx", "tcx"])
def test_the_table_of_xml(kind: str, tmp_path: Path) -> None:
    path = tmp_path / f"ride.{kind}"
    path.write_bytes(getattr(RIDE, kind)())
    lines = run(path, "-m", "point", "-n", "3", "--offsets", "--raw").stdout.splitlines()
    assert len(lines) == 4
    assert lines[0].split() == ["number", "line", "byte", "size", "name", "fields"]
    assert "time=2024-05-01T10:00:00Z" in lines[1]
    assert "<trkpt" in lines[1] or "<Trackpoint" in lines[1]


def test_what_is_no_activity_file(tmp_path: Path) -> None:
    path = tmp_path / "page.fit"
    path.write_text("<html><body>not found</body></html>")
    done = run(path)
    assert (done.exit_code, done.stdout) == (2, "")
    assert done.stderr == f"tracklint: {path}: the content is html; FIT, TCX and GPX can be shown\n"
    assert run(tmp_path / "missing.fit").exit_code == 2


def test_the_head_of_every_small_real_file(corpus: list[tuple[Path, dict[str, str]]]) -> None:
    shown = 0
    for path, row in corpus:
        if int(row["bytes"]) > 100_000:
            continue
        reading = read_thing(path, Config())
        if reading.source.format == "unknown":
            continue
        for each in itertools.islice(dump_rows(reading, definitions=True), 40):
            assert json.loads(json_line(each, offsets=True, raw=True))["kind"] == each.kind
            shown += 1
    assert shown > 1000
