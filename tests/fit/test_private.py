"""A manufacturer's private messages: names from a file, for its files only, and one clear line for a bad file."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from click.testing import CliRunner

from conftest import ROOT
from tracklint.checking import check
from tracklint.cli import main
from tracklint.config import BadConfig, Config
from tracklint.configuration import load_config
from tracklint.fit import profile, scan_fit
from tracklint.fit.decode import messages
from tracklint.fit.private import load_private
from tracklint.reading import read_thing
from tracklint.testing import FitBuilder

SCHEMA = json.loads((ROOT / "schemas" / "private-messages.schema.json").read_text(encoding="utf-8"))
PAGE = (ROOT / "docs" / "private-messages.md").read_text(encoding="utf-8")
EXAMPLE = json.loads(re.findall(r"```json\n(.*?)```", PAGE, re.DOTALL)[0])
FIELD = {"name": "a", "type": "uint8"}


def _file(manufacturer: int = 265) -> bytes:
    fit = FitBuilder().define(0, 0, [(0, 1, 0x00), (1, 2, 0x84), (4, 4, 0x86)])
    fit.data(0, 4, manufacturer, 1_083_405_600)
    fit.define(1, 65280, [(0, 2, 0x84), (1, 1, 0x02), (2, 1, 0x01), (3, 1, 0x02)]).data(1, 3712, 88, 45, 9)
    fit.define(2, 20, [(253, 4, 0x86), (3, 1, 0x02), (200, 2, 0x84)]).data(2, 1_083_405_600, 120, 455)
    return fit.define(3, 65281, [(0, 1, 0x02)]).data(3, 1).build()


@pytest.fixture
def example(tmp_path: Path) -> Path:
    path = tmp_path / "private.json"
    path.write_text(json.dumps(EXAMPLE), encoding="utf-8")
    return path


def _names(path: Path | None, data: bytes) -> dict[str, dict[str, Any]]:
    with read_thing(data, Config(profile=path)).names():
        return {m.name: {v.name: (v.value, v.units) for v in m.fields} for m in messages(scan_fit(data))}


def test_the_example_of_the_page_names_messages_and_fields(example: Path) -> None:
    named = _names(example, _file())
    assert list(named) == ["file_id", "battery_log", "record", "message 65281"]
    assert named["battery_log"] == {
        "voltage": (3.712, "V"), "level": (88, "%"), "board_temperature": (25, "C"), "field 3": (9, None),
    }  # fmt: skip
    assert named["record"]["brake_temperature"] == (45.5, "C")
    assert named["record"]["heart_rate"] == (120, "bpm")


def test_files_of_others_keep_their_numbers(example: Path, tmp_path: Path) -> None:
    assert list(_names(example, _file(manufacturer=1)))[1] == "message 65280"
    anybody = tmp_path / "anybody.json"
    anybody.write_text(json.dumps({key: value for key, value in EXAMPLE.items() if key != "manufacturer"}))
    assert list(_names(anybody, _file(manufacturer=1)))[1] == "battery_log"
    assert list(_names(None, _file()))[1] == "message 65280"


def test_names_go_when_the_file_is_done(example: Path) -> None:
    with read_thing(_file(), Config(profile=example)).names():
        assert profile.message_number("battery_log") == 65280
        assert profile.message_name(65280) == "battery_log"
        assert profile.message_name(20) == "record"
    assert profile.message_name(65280) == "message 65280"
    assert profile.field_fact(20, 200).name == "field 200"
    with pytest.raises(KeyError):
        profile.message_number("battery_log")


def test_findings_speak_of_private_messages_by_name(example: Path) -> None:
    fit = FitBuilder().define(0, 0, [(0, 1, 0x00), (1, 2, 0x84), (4, 4, 0x86)]).data(0, 4, 265, 1_083_405_600)
    data = fit.define(1, 65280, [(0, 2, 0x84)]).define(1, 65280, [(0, 3, 0x84)]).data(1, b"\1\2\3").build()
    plain = {f.where.message_name for f in check(data).findings}
    named = {f.where.message_name for f in check(data, config=Config(profile=example)).findings}
    assert "message 65280" in plain
    assert {"battery_log" if name == "message 65280" else name for name in plain} == named


def test_the_page_and_the_schema_agree() -> None:
    jsonschema.Draft202012Validator.check_schema(SCHEMA)
    jsonschema.validate(EXAMPLE, SCHEMA)


@pytest.mark.parametrize(
    "table",
    [
        {"messages": {}},
        {"manufacturer": None, "messages": {"65534": {"name": "x"}}},
        {"messages": {"233": {"fields": {"0": {"name": "a"}}}, "65280": {"name": "b", "fields": {}}}},
        {"messages": {"65280": {"name": "b", "fields": {"252": {"name": "t", "type": "date_time", "units": None}}}}},
        {"messages": {"65280": {"name": "b", "fields": {"0": {"name": "s", "type": "sport", "offset": -2.5}}}}},
    ],
)
def test_good_files(table: Any, tmp_path: Path) -> None:
    path = tmp_path / "p.json"
    path.write_text(json.dumps(table))
    jsonschema.validate(table, SCHEMA)
    assert set(load_private(path)) == {int(number) for number in table["messages"]}


#: What is wrong -> the words that say so; True where the schema can see it as well.
BAD: list[tuple[Any, str, bool]] = [
    ([], "the file is []", True),
    ({}, "the key messages is missing", True),
    ({"messages": []}, "messages is []", True),
    ({"messages": {}, "vendor": 1}, "unknown key 'vendor'", True),
    ({"manufacturer": "garmin", "messages": {}}, 'manufacturer is "garmin"', True),
    ({"manufacturer": 65535, "messages": {}}, "manufacturer is 65535", True),
    ({"manufacturer": True, "messages": {}}, "manufacturer is true", True),
    ({"messages": {"65535": {"name": "x"}}}, "the key '65535'", True),
    ({"messages": {"0xFF00": {"name": "x"}}}, "the key '0xFF00'", True),
    ({"messages": {"065": {}}}, "the key '065'", True),
    ({"messages": {"65280": {}}}, "messages.65280: the key name is missing", True),
    ({"messages": {"20": {"name": "x"}}}, "messages.20.name: only messages 65280 to 65534 are private", True),
    ({"messages": {"65280": {"name": "two words"}}}, 'messages.65280.name is "two words"', True),
    ({"messages": {"65280": {"name": "record"}}}, "two messages are called record", False),
    ({"messages": {"65280": {"name": "x"}, "65281": {"name": "x"}}}, "two messages are called x", False),
    ({"messages": {"20": {"fields": {"3": FIELD}}}}, "this field is record.heart_rate already", False),
    ({"messages": {"20": {"fields": {"200": FIELD, "201": FIELD}}}}, "two fields are called a", False),
    ({"messages": {"20": {"fields": {"253": FIELD}}}}, "the key '253'", True),
    ({"messages": {"20": {"fields": {"200": {}}}}}, "messages.20.fields.200: the key name is missing", True),
    ({"messages": {"20": {"fields": {"200": {**FIELD, "type": "uint24"}}}}}, 'type is "uint24"', False),
    ({"messages": {"20": {"fields": {"200": {**FIELD, "type": 2}}}}}, "type is 2", True),
    ({"messages": {"20": {"fields": {"200": {**FIELD, "scale": 0}}}}}, "scale is 0", True),
    ({"messages": {"20": {"fields": {"200": {**FIELD, "scale": "10"}}}}}, 'scale is "10"', True),
    ({"messages": {"20": {"fields": {"200": {**FIELD, "units": 3}}}}}, "units is 3", True),
    ({"messages": {"20": {"fields": {"200": {**FIELD, "unit": "V"}}}}}, "unknown key 'unit'", True),
]


@pytest.mark.parametrize(("table", "words", "schema"), BAD, ids=[words for _, words, _ in BAD])
def test_a_bad_file_gets_one_clear_sentence(table: Any, words: str, schema: bool, tmp_path: Path) -> None:
    path = tmp_path / "p.json"
    path.write_text(json.dumps(table))
    with pytest.raises(BadConfig, match=re.escape(words)) as told:
        load_private(path)
    assert str(told.value).startswith(f"profile {path}: ")
    assert "\n" not in str(told.value)
    assert jsonschema.Draft202012Validator(SCHEMA).is_valid(table) != schema


@pytest.mark.parametrize(
    ("text", "words"),
    [
        (b"{", "line 1 column 2"),
        (b"\xff", "not UTF-8, byte 0 is 0xff$"),
        (b"[" * 100_000, "nested too deeply"),
        (b'{"messages": {"20": {}, "20": {}}}', "'20' stands twice"),
        (b'{"messages": {"20": {"fields": {"200": {"name": "a", "scale": NaN}}}}}', "scale is NaN"),
        (b'{"messages": {"20": {"fields": {"200": {"name": "a", "scale": 1e999}}}}}', "scale is Infinity"),
    ],
)
def test_a_file_that_is_no_table(text: bytes, words: str, tmp_path: Path) -> None:
    path = tmp_path / "p.json"
    path.write_bytes(text)
    with pytest.raises(BadConfig, match=words):
        load_private(path)


@pytest.mark.parametrize("command", ["check", "show", "dump"])
def test_commands_end_with_one_line(command: str, tmp_path: Path) -> None:
    ride, bad = tmp_path / "ride.fit", tmp_path / "bad.json"
    ride.write_bytes(_file())
    bad.write_text('{"messages": 1}')
    for path in (bad, tmp_path / "missing.json"):
        done = CliRunner().invoke(main, [command, "--profile", str(path), str(ride)])
        assert (done.exit_code, done.stdout, done.stderr.count("\n")) == (2, "", 1)
        assert str(path) in done.stderr


def test_the_configuration_names_the_file(example: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "tracklint.toml").write_text(f'profile = "{example.name}"')
    ride = tmp_path / "ride.fit"
    ride.write_bytes(_file())
    inner = tmp_path / "inner"
    inner.mkdir()
    monkeypatch.chdir(inner)
    assert load_config().profile == example
    done = CliRunner().invoke(main, ["dump", "--message", "battery_log", str(ride)])
    assert "voltage=3.712 V" in done.stdout
    (tmp_path / "tracklint.toml").write_text("profile = 1")
    done = CliRunner().invoke(main, ["dump", str(ride)])
    assert (done.exit_code, "profile is 1" in done.stderr) == (2, True)
