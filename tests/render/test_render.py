"""Every output against its golden file, the schema, and reports that nobody wrote by hand.

``TRACKLINT_WRITE_GOLDEN=1`` writes the golden files anew; look at the difference before you commit it.
"""

from __future__ import annotations

import io
import json
import os
import re
import subprocess
import sys
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import jsonschema
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from reports import ALL, CONTENT, END, GOOD, NOTED, REFUSED, RISKY, START, finding, report

from conftest import ROOT
from tracklint.activity import COLUMNS, Activity
from tracklint.checking import check
from tracklint.findings import Finding, Report, Severity, Skipped, Where
from tracklint.render import write
from tracklint.render.show import show
from tracklint.render.sparks import sparkline
from tracklint.source import Member, shown
from tracklint.words import clock, iso, place, printable

if TYPE_CHECKING:
    from collections.abc import Iterator

GOLDEN = Path(__file__).parent / "golden"
SCHEMA = json.loads((ROOT / "schemas" / "report.schema.json").read_text(encoding="utf-8"))
VALIDATOR = jsonschema.Draft202012Validator(SCHEMA)
#: Three reports that together hold everything; the JSON golden files stay readable.
FEW = (RISKY, REFUSED, END)


@pytest.fixture(autouse=True)
def _plain_surroundings(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("NO_COLOR", "FORCE_COLOR", "COLUMNS", "TTY_COMPATIBLE", "TTY_INTERACTIVE", "COLORTERM", "LC_ALL"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("TERM", "xterm")


def _written(name: str, reports: Any, **options: Any) -> str:
    out = io.StringIO()
    write(name, reports, out, **options)
    return out.getvalue()


def _activity(**columns: Any) -> Activity:
    """An activity with these columns, and NaN in the others."""
    (size,) = {len(column) for column in columns.values()}
    return Activity(format="fit", **dict.fromkeys(COLUMNS, np.full(size, np.nan)) | columns)


def _shown(**options: Any) -> str:
    t = np.arange(121.0)
    columns = {
        "time": t, "latitude": 47 + t / 1000, "altitude": 100 + 10 * np.sin(t / 10), "cadence": t * np.nan,
        "power": np.where(t % 30 < 6, np.nan, 200 + t), "temperature": t * 0 + 20,
    }  # fmt: skip
    out = io.StringIO()
    show(RISKY, _activity(**columns), out, **options)
    return out.getvalue()


def golden(name: str, got: str) -> None:
    path = GOLDEN / name
    if os.environ.get("TRACKLINT_WRITE_GOLDEN"):
        path.parent.mkdir(exist_ok=True)
        path.write_bytes(got.encode())
    assert got.encode() == path.read_bytes()


def test_text() -> None:
    golden("plain.txt", _written("text", ALL, data=CONTENT.get))


def test_text_on_a_terminal() -> None:
    golden("terminal.txt", _written("text", ALL, data=CONTENT.get, color=True, width=60, show_all=True))


def test_show() -> None:
    golden("show.txt", _shown())


@pytest.mark.parametrize("width", [90, 59])
def test_show_on_a_terminal(width: int) -> None:
    golden(f"show-terminal-{width}.txt", _shown(color=True, width=width))


@pytest.mark.parametrize("name", ["json", "jsonl"])
def test_json(name: str) -> None:
    golden(f"report.{name}", _written(name, FEW))


def test_the_schema_is_a_schema() -> None:
    jsonschema.Draft202012Validator.check_schema(SCHEMA)


def test_the_schema_accepts_the_report_and_nothing_else() -> None:
    whole = json.loads(_written("json", ALL))
    VALIDATOR.validate(whole)
    VALIDATOR.validate(json.loads(_written("json", [])))
    for broken in (
        whole | {"host": "x"},
        whole | {"verdict": "good"},
        {key: value for key, value in whole.items() if key != "counts"},
        whole | {"files": [whole["files"][0] | {"sha256": "12"}]},
        whole | {"files": [whole["files"][0] | {"extra": 1}]},
        whole | {"counts": {"X": {"files": 1, "findings": 1}}},
    ):
        assert not VALIDATOR.is_valid(broken)


def test_reports_on_real_files_follow_the_schema(corpus: list[tuple[Path, dict[str, str]]]) -> None:
    from tracklint.checking import check

    whole = json.loads(_written("json", (check(path) for path, _ in corpus[::4])))
    assert [error.message for error in VALIDATOR.iter_errors(whole)] == []
    assert len(whole["files"]) == len(corpus[::4])


def test_the_schema_speaks_of_every_key_of_the_report() -> None:
    whole = json.loads(_written("json", ALL))
    defs = SCHEMA["$defs"]
    assert list(whole) == [key for key in SCHEMA["properties"] if key != "fleet"]  # there is none here
    files = whole["files"]
    assert [*files[0], "facts"] == list(defs["file"]["properties"])  # which stand there where they are asked for
    assert list(files[0]["activity"]) == list(defs["activity"]["properties"])
    assert list(files[0]["prediction"]) == list(defs["prediction"]["properties"])
    found = files[2]["findings"][0]
    assert list(found) == list(defs["finding"]["properties"])
    assert set(defs["where"]["properties"]) == {
        "global" if f == "message_name" else f for f in Where.__dataclass_fields__
    }


def test_json_sums_up() -> None:
    whole = json.loads(_written("json", [*ALL, RISKY]))
    assert whole["verdict"] == "refused"
    assert whole["counts"]["TIM008"] == {"files": 2, "findings": 2}
    assert list(whole["counts"]) == sorted(whole["counts"])
    assert json.loads(_written("json", [GOOD, RISKY]))["verdict"] == "risky"
    assert json.loads(_written("json", [NOTED]))["verdict"] == "ready"


def test_numbers_and_names_in_json_are_stable() -> None:
    noisy = finding(
        where=Where(offset=0, message_name="record", time=START + 1e-9),
        evidence={
            "a": 0.1 + 0.2,
            "b": float("inf"),
            "c": -0.0,
            "d": np.float32(1.5),
            "e": np.arange(2),
            "f": (1, 2),
            "g": True,
        },
    )
    (line,) = _written("jsonl", [report("x.fit", noisy)]).splitlines()
    found = json.loads(line)["findings"][0]
    assert found["where"] == {"offset": 0, "global": "record", "time": "2024-05-01T10:00:00Z"}
    assert found["evidence"] == {"a": 0.3, "b": None, "c": 0.0, "d": 1.5, "e": [0, 1], "f": [1, 2], "g": True}
    assert "-0.0" not in line


def test_every_json_line_is_an_element_of_files() -> None:
    lines = [json.loads(line) for line in _written("jsonl", ALL).splitlines()]
    assert lines == json.loads(_written("json", ALL))["files"]


@pytest.mark.parametrize("name", ["gitlab", "json", "jsonl", "text"])  # the others begin with totals, or the worst
def test_reports_are_written_as_they_come(name: str) -> None:
    seen: list[int] = []
    out = io.StringIO()

    def slowly() -> Iterator[Report]:
        for each in (REFUSED, RISKY, END):
            seen.append(len(out.getvalue()))
            yield each

    write(name, slowly(), out)
    assert seen[0] < seen[1] < seen[2] < len(out.getvalue())


def test_good_news_is_one_line() -> None:
    assert _written("text", [GOOD] * 3) == "3 files ready\n"
    assert _written("text", [GOOD]) == "1 file ready\n"
    assert _written("text", [GOOD, NOTED]) == "2 files ready (1 note, shown with --all)\n"
    assert _written("text", []) == "no files\n"


def test_least_severity_lists_files() -> None:
    assert "FIT003" in _written("text", [NOTED], least=Severity.INFO)
    assert "TIM008" not in _written("text", [RISKY], least=Severity.ERROR)


def test_caps_tell_what_they_hide() -> None:
    many = report("many.fit", *[finding(f"SEN{i:03d}") for i in range(18)], *[finding("TIM001", Severity.ERROR)] * 4)
    text = _written("text", [many])
    assert text.count("error TIM001") == 4
    assert text.count("warning SEN") == 6
    assert "  and 12 more findings (12 warnings), shown with --all\n" in text
    assert _written("text", [many], show_all=True).count("SEN") == 18
    text = _written("text", [many] * 3 + [RISKY] * 5, files=2)
    assert text.count("many.fit") == 2
    assert "and 6 more files (1 refused, 5 risky), shown with --all\n3 files refused, 5 files risky\n" in text
    whole = json.loads(_written("json", [many] * 60))
    assert sum(len(file["findings"]) for file in whole["files"]) == 60 * 22


def test_text_is_plain_where_there_is_no_terminal() -> None:
    text = _written("text", ALL, data=CONTENT.get)
    assert "\x1b" not in text
    assert "[red]not markup[/red]" in text
    assert max(len(line) for line in text.splitlines()) > 100  # not wrapped


class _Terminal(io.StringIO):
    encoding = "utf-8"

    def isatty(self) -> bool:
        return True


def test_colour_on_a_terminal_but_not_with_no_color(monkeypatch: pytest.MonkeyPatch) -> None:
    out = _Terminal()
    write("text", [REFUSED], out)
    assert "\x1b[1;31merror\x1b[0m" in out.getvalue()
    monkeypatch.setenv("NO_COLOR", "1")
    out = _Terminal()
    write("text", [REFUSED], out)
    assert "error" in out.getvalue()
    assert not re.search(r"\x1b\[[\d;]*3[1-6]m", out.getvalue())


@pytest.mark.parametrize("width", [24, 40, 60, 100, 200])
def test_no_line_is_wider_than_the_terminal(width: int) -> None:
    text = _written("text", ALL, data=CONTENT.get, color=True, width=width, show_all=True) + _shown(
        color=True, width=width
    )
    for line in re.sub(r"\x1b\[[\d;]*m", "", text).splitlines():
        assert len(line) <= max(width, 26), line


def test_the_caret_stands_below_the_place() -> None:
    for line in ("short", "x" * 500 + "\t", 'ä"' * 90):
        content = f"<gpx>\n{line}<bad/>{line}\n</gpx>".encode()
        where = Where(offset=content.index(b"<bad/>"), size=6, line=2, column=1)
        text = _written("text", [report("a.gpx", finding(where=where), fmt="gpx")], data=lambda _, c=content: c)
        source, caret = next(
            (a, b) for a, b in zip(text.splitlines(), text.splitlines()[1:], strict=False) if "^~" in b
        )
        assert source[caret.index("^") :].startswith("<bad/>")
        assert caret.strip() == "^~~~~~"
        assert len(source) <= 105


def test_the_bytes_of_a_fit_finding() -> None:
    assert "0x0021  21 22 23" in _written("text", [RISKY], data=CONTENT.get)
    assert "0x0040  18 19" in _written("text", [END], data=CONTENT.get)  # the place is the end: the last row
    assert "0x" not in _written("text", [RISKY], data=lambda _: None)
    assert "0x" not in _written("text", [RISKY], data=lambda _: b"")


def test_an_output_that_cannot_hold_a_character_gets_it_escaped() -> None:
    raw = io.BytesIO()
    out = io.TextIOWrapper(raw, encoding="ascii")
    write("text", [report("Öl\udcff.fit", finding(message="\u202eevil \x9b31m"))], out)
    out.flush()
    assert raw.getvalue().startswith(b"\\xd6l\\udcff.fit: risky")
    assert b"\\u202eevil \\x9b31m" in raw.getvalue()


def test_sparklines() -> None:
    assert sparkline(np.arange(8.0)) == "▁▂▃▄▅▆▇█"
    assert sparkline(np.arange(400.0), size=4) == "▁▃▆█"
    assert sparkline(np.full(5, 3.3)) == "▁▁▁▁▁"
    assert sparkline(np.array([1, np.nan, 2])) == "▁ █"
    assert sparkline(np.full(5, np.nan)) == ""
    assert sparkline(np.array([7.0])) == "▁"
    assert len(sparkline(np.arange(86401.0))) == 40


def test_show_without_an_activity() -> None:
    out = io.StringIO()
    show(replace(REFUSED, format="unknown", schema_valid=None), None, out)
    assert out.getvalue().splitlines() == [
        "tracks/refused.gpx: refused, 1 error, 1 warning", "  error DOC010 the prefix gpxtpx is used but not declared", "  format     unknown, 80 bytes",
    ]  # fmt: skip


def test_times_and_places() -> None:
    assert iso(START + 0.25) == "2024-05-01T10:00:00.250Z"
    assert iso(START + 0.9999) == "2024-05-01T10:00:01Z"
    assert iso(-62135596800) == "0001-01-01T00:00:00Z"
    assert [iso(t) for t in (None, float("nan"), float("inf"), 1e15, -1e15, 1e300)] == [None] * 6
    assert [clock(t) for t in (0, 59.9996, 3600, -5, 360_000.5, -0.0001)] == [
        "0:00:00", "0:01:00", "1:00:00", "-0:00:05", "100:00:00.500", "0:00:00",
    ]  # fmt: skip
    assert [clock(t) for t in (float("nan"), float("-inf"), 1e300)] == ["unknown"] * 3
    assert iso(1.8e305) is None
    assert place(Where(time=START - 60, record=3), "gpx", START) == "point 3, 2024-05-01T09:59:00Z (-0:01:00)"
    assert place(Where(), "fit") == ""
    assert place(Where(message_name="message 233", offset=5), "fit") == "byte 5, message 233"


def test_names_do_not_tell_where_the_machine_keeps_them(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    assert shown(str(tmp_path / "a" / "ride.fit")) == "a/ride.fit"
    assert shown(str(tmp_path.parent / "ride.fit")) == f"{tmp_path.parent}/ride.fit"
    assert shown(Member(Path("x.zip"), "a/ride.fit")) == "x.zip/a/ride.fit"
    assert shown("../ride.fit") == "../ride.fit"
    assert [shown(name) for name in (b"", "x.zip/ride.fit")] == ["<bytes>", "x.zip/ride.fit"]
    assert str(tmp_path.parent) not in _written("json", [check(bytes(20), name=shown(tmp_path / "ride.fit"))])


def test_data_outputs_need_nothing_heavy() -> None:
    script = (
        "import io, sys\nfrom tracklint.render import write\n"
        "write('json', [], io.StringIO()); write('jsonl', [], io.StringIO())\n"
        "print(sorted({'rich', 'numpy', 'lxml', 'click'} & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


numbers = st.floats() | st.integers(-(2**63), 2**63)
leaves = st.none() | st.booleans() | numbers | st.text(max_size=20) | st.binary(max_size=5)
evidence = st.dictionaries(st.text(max_size=8), leaves | st.lists(leaves, max_size=4), max_size=4)
small = st.none() | st.integers(0, 400)
times = st.none() | st.floats()
wheres = st.builds(
    Where, offset=small, size=small, line=st.none() | st.integers(1, 9), column=st.none() | st.integers(1, 99),
    segment=small,
    message=small, local=st.none() | st.integers(0, 15), message_name=st.none() | st.text(max_size=9),
    field=st.none() | st.text(max_size=9), record=small, count=small, time=times,
)  # fmt: skip
findings = st.builds(
    Finding, code=st.from_regex("[A-Z]{3}[0-9]{3}", fullmatch=True), name=st.from_regex("[a-z][a-z0-9.-]{2,8}", fullmatch=True),
    severity=st.sampled_from(Severity), message=st.text(), hint=st.text(), where=wheres, evidence=evidence,
    fix=st.sampled_from((None, "safe", "unsafe")),
)  # fmt: skip
any_report = st.builds(
    lambda base, name, found, fmt, skipped: replace(base, name=name, findings=tuple(found), format=fmt,
                                                    skipped=tuple(skipped)),
    st.sampled_from(ALL), st.text(max_size=12), st.lists(findings, max_size=4),
    st.sampled_from(("fit", "tcx", "gpx", "unknown")),
    st.lists(st.builds(Skipped, st.just("TIM*"), st.text(max_size=9)), max_size=2),
)  # fmt: skip


@given(st.lists(any_report, max_size=4))
def test_any_report_is_valid_json_and_the_same_bytes_twice(reports: list[Report]) -> None:
    text = _written("json", reports)
    assert text.isascii()
    assert text == _written("json", iter(reports))
    VALIDATOR.validate(json.loads(text))
    assert _written("jsonl", reports).count("\n") == len(reports)


@given(st.lists(any_report, max_size=4), st.binary(max_size=400), st.sampled_from((None, 30, 80)), st.booleans())
def test_any_report_can_be_read_on_a_terminal(
    reports: list[Report], content: bytes, width: int | None, color: bool
) -> None:
    text = _written("text", reports, data=lambda _: content, width=width, color=color, show_all=True)
    bare = re.sub(r"\x1b\[[\d;]*m", "", text)
    assert color or text == bare
    assert not re.search("[\x00-\x09\x0b-\x1f\x7f-\x9f\u202a-\u202e\ud800-\udfff]", bare)
    assert text.endswith("\n")
    for each in reports:
        for found in each.findings:
            assert found.code in text


@given(st.text())
def test_printable_text_is_printable(text: str) -> None:
    for encoding in ("ascii", "utf-8", "cp1252", "no such encoding"):
        safe = printable(text, encoding)
        assert not re.search("[\x00-\x1f\x7f-\x9f\u200e\u200f\u2028-\u202e\u2066-\u2069\ud800-\udfff]", safe)
        assert printable(safe, encoding) == safe
    assert printable(text, "ascii").isascii()


def test_show_of_a_file_with_errors_names_them_first() -> None:
    """And what it predicts is said to be of what is left of it: of nothing, where no point can be read."""
    out = io.StringIO()
    show(REFUSED, None, out)
    lines = out.getvalue().splitlines()
    assert lines[1] == "  error DOC010 the prefix gpxtpx is used but not declared"
    summary, prediction = RISKY.activity, RISKY.prediction
    assert summary is not None
    out = io.StringIO()
    show(replace(REFUSED, activity=summary, prediction=prediction), None, out)
    assert "Strava refuses the file. What it would make of what can be read of it" in out.getvalue()
    assert "What Strava will make of it" not in out.getvalue()
    out = io.StringIO()
    show(replace(REFUSED, activity=replace(summary, points=0), prediction=prediction), None, out)
    assert "refuses the file" not in out.getvalue()
    assert "elevation" not in out.getvalue()


def test_show_in_imperial_units() -> None:
    out, columns = (
        io.StringIO(),
        {"speed": np.array([10.0]), "altitude": np.array([100.0]), "temperature": np.array([20.0])},
    )
    show(RISKY, _activity(**columns, distance=np.array([16_093.44])), out, units="imperial")
    assert "3176 ft" in out.getvalue()
    assert "39 ft, read from the file" in out.getvalue()
    for words in ("22.4  mph", "328  ft", "68  deg F", "10.00  mi"):
        assert words in out.getvalue()
    assert not re.search(r"\d (km|m|m/s)\b", out.getvalue())
