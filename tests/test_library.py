"""What a caller of the library meets: severities that are words, texts and reprs, columns by name, clear refusals."""

from __future__ import annotations

import copy
import io
import json
import re
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import tracklint
from tracklint import (
    BadConfig,
    Config,
    Severity,
    TracklintError,
    Unreadable,
    check,
    check_many,
    fix,
    prepare,
    read,
    strava,
)
from tracklint.testing import FitBuilder, Ride

RIDE = Ride(seconds=20)
BROKEN = RIDE.gpx().replace(b"<time>2024-05-01T10:00:04Z</time>", b"<time>then\x9b31m</time>").replace(b"</gpx>", b"")


def test_a_severity_is_its_word() -> None:
    severity = Severity.ERROR
    assert severity == "error"
    assert hash(severity) == hash("error")
    assert f"{severity} {severity!s}" == "error error"
    assert json.dumps([severity]) == '["error"]'
    assert Severity("warning") is Severity.WARNING
    assert repr(severity) == "Severity.ERROR"
    assert (copy.copy(severity), copy.deepcopy(severity)) == (severity, severity)


def test_severities_compare_by_rank_with_words_too() -> None:
    assert sorted(["error", Severity.INFO, Severity.WARNING, Severity.ERROR], key=Severity) == [
        "info", "warning", "error", "error",
    ]  # fmt: skip
    assert Severity.ERROR > Severity.WARNING > Severity.INFO
    assert Severity.WARNING >= "warning" > Severity.INFO
    assert Severity.WARNING < "error"
    assert max(Severity.WARNING, Severity.ERROR, Severity.INFO) == "error"
    with pytest.raises(ValueError, match="'bad' is not a valid Severity"):
        Severity.INFO < "bad"  # noqa: B015 - the comparison is what is tested
    with pytest.raises(TypeError, match="not with 2"):
        Severity.INFO < 2  # type: ignore[operator]  # noqa: B015


def test_the_text_of_a_report_is_for_people() -> None:
    report = check(BROKEN, name="ride\x1b[31m.gpx")
    lines = str(report).splitlines()
    assert lines[0] == "ride\\x1b[31m.gpx: refused"
    assert lines[1].startswith("  error ")
    assert all(f"{each.severity} {each.code} {each.name}: " in str(report) for each in report.findings)
    assert any(line.startswith("    hint: ") for line in lines)
    assert str(report.findings[0]).endswith((")", str(report.findings[0].message)))
    assert "line " in str(report)
    assert str(check(RIDE.gpx(), name="a.gpx")) == "a.gpx: ready"


def test_reprs_are_short() -> None:
    data = RIDE.fit()
    report, ride, fixed, prepared = check(BROKEN), read(data), fix(BROKEN), prepare(RIDE.gpx())
    for each in (report, ride, fixed, prepared, *report.findings):
        assert len(repr(each)) < 200, repr(each)
    assert repr(ride) == "<Activity fit activity: 21 points, 2 laps>"
    assert repr(check(RIDE.gpx(), name="a.gpx")) == "<Report a.gpx: ready, 0 findings>"
    assert repr(tracklint.Where(line=3, record=7)) == "Where(line=3, record=7)"
    assert str(tracklint.Where(line=3, column=7)) == "line 3, column 7"


def test_a_column_is_had_by_its_name() -> None:
    ride = read(RIDE.fit())
    assert ride["power"] is ride.power
    assert np.isfinite(ride["heart_rate"]).any()
    with pytest.raises(KeyError, match="'watts' is no column; known are time, latitude"):
        ride["watts"]
    with pytest.raises(TypeError, match=r"The place of a point is at\(0\)"):
        ride[0]  # type: ignore[index]  # the wrong type is what is tested
    with pytest.raises(TypeError):
        iter(ride)  # type: ignore[call-overload]  # the wrong type is what is tested


@pytest.mark.parametrize("thing", [None, 1, 2.5, ["a.gpx"], {}, object(), io.StringIO("<gpx/>")])
@pytest.mark.parametrize("function", [check, read, fix, prepare])
def test_what_is_no_thing_is_a_type_error(function: Any, thing: Any) -> None:
    with pytest.raises(TypeError, match=r"^a path, bytes or a binary file is wanted|open it in binary mode$"):
        function(thing)
    if not isinstance(thing, io.StringIO):
        with pytest.raises(TypeError, match="a path, bytes or a binary file is wanted"):
            list(check_many([thing]))


@pytest.mark.parametrize("function", [check, read, fix, prepare])
def test_what_is_no_configuration_is_a_type_error(function: Any) -> None:
    with pytest.raises(TypeError, match="config is 3; a Config is wanted"):
        function(RIDE.gpx(), config=3)


def test_unreadable_is_an_os_error_with_its_cause(tmp_path: Path) -> None:
    with pytest.raises(OSError, match=r"none\.gpx: there is no such file$") as told:
        check(tmp_path / "none.gpx")
    assert isinstance(told.value, Unreadable)
    assert isinstance(told.value.__cause__, FileNotFoundError)
    assert copy.copy(told.value).args == told.value.args
    assert "Errno" not in str(told.value)


def test_all_errors_have_one_base_class() -> None:
    errors = {
        each
        for face in (tracklint, strava)
        for name in face.__all__
        if isinstance(each := getattr(face, name), type) and issubclass(each, Exception)
    }
    assert {BadConfig, Unreadable, strava.StravaError} <= errors
    assert [each for each in errors if not issubclass(each, TracklintError)] == []


def test_read_names_its_units() -> None:
    for words in ("seconds since 1970", "degrees", "(m)", "m/s", "bpm", "rpm", "(W)", "deg C"):
        assert words in (read.__doc__ or "")


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        ({"severity": {"X": "warning"}}, "severity.X: 'X' is no code of a rule, such as TIM001"),
        ({"severity": {"TIM001": "bad"}}, "severity.TIM001: 'bad' is not a severity; known are error, warning, info"),
        ({"severity": {"TIM001": 2}}, "severity.TIM001: 2 is not a severity"),
        ({"severity": "warning"}, "severity is 'warning'; a mapping of codes to severities is wanted"),
        ({"fail_on": "never"}, "fail_on: 'never' is not a severity"),
        ({"limits": 3}, "limits is 3; a Limits is wanted"),
        ({"limits": {"gap_s": 3}}, r"limits is \{'gap_s': 3\}; a Limits is wanted"),
        ({"profile": 3}, "profile is 3; a path is wanted"),
    ],
)
def test_a_configuration_made_by_hand_is_looked_at(wrong: dict[str, Any], words: str) -> None:
    with pytest.raises((TypeError, ValueError), match=f"^{words}"):
        Config(**wrong)


def test_a_configuration_takes_words_and_paths_as_texts() -> None:
    config = Config(severity={"TIM001": "info"}, fail_on="warning", profile="p.json")  # type: ignore[dict-item,arg-type]  # the wrong type is what is tested
    assert config.severity == {"TIM001": Severity.INFO}
    assert (config.fail_on, config.profile) == (Severity.WARNING, Path("p.json"))
    data = RIDE.gpx().replace(b"<time>2024-05-01T10:00:04Z</time>", b"")
    severities = {each.code: each.severity for each in check(data, config=config).findings}
    assert severities["TIM001"] is Severity.INFO


def test_an_error_in_a_profile_names_its_key(tmp_path: Path) -> None:
    (tmp_path / "tracklint.toml").write_text('profile = "none.json"')
    (tmp_path / "bad.json").write_text('{"messages": {"65280": {"name": "a"}, "65281": {"name": "a"}}}')
    for profile, words in (("none.json", "there is no such file"), ("bad.json", "messages: two messages are called a")):
        with pytest.raises(BadConfig, match=rf"^profile {tmp_path}/{profile}: {words}"):
            check(RIDE.fit(), config=Config(profile=tmp_path / profile))


def test_json_has_the_versions_and_the_number_of_the_device() -> None:
    fit = FitBuilder()
    fit.define(0, 0, [(0, 1, 0), (1, 2, 0x84), (2, 2, 0x84), (3, 4, 0x8C)]).data(0, 4, 1, 2713, 3_999_000_001)
    fit.define(1, 23, [(0, 1, 2), (4, 2, 0x84), (5, 2, 0x84), (6, 1, 2)]).data(1, 0, 2713, 950, 7)
    device = _device(fit.build())
    assert (device["firmware"], device["hardware"], device["serial_number"]) == ("9.50", "7", 3_999_000_001)
    fit = FitBuilder()
    fit.define(0, 0, [(0, 1, 0)]).data(0, 4).define(1, 49, [(0, 2, 0x84), (1, 1, 2)]).data(1, 312, 9)
    device = _device(fit.build())
    assert (device["firmware"], device["hardware"], device["serial_number"]) == ("312", "9", None)
    device = _device(RIDE.gpx())
    assert (device["firmware"], device["hardware"], device["serial_number"]) == (None, None, None)
    tcx = re.sub(rb"<UnitId>\d+<", b"<UnitId>3912345678<", RIDE.tcx())
    assert _device(tcx)["serial_number"] == 3_912_345_678


def _device(data: bytes) -> dict[str, Any]:
    from tracklint.render import write

    out = io.StringIO()
    write("json", [check(data)], out)
    device: dict[str, Any] = json.loads(out.getvalue())["files"][0]["activity"]["device"]
    return device
