"""Two questions about one file: does it follow its specification, and is it ready for Strava."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import CliRunner

from test_rules import CASES
from tracklint.checking import check
from tracklint.cli import main
from tracklint.config import BadConfig, Config
from tracklint.configuration import load_config
from tracklint.findings import Report, Severity
from tracklint.mending.fixing import fix
from tracklint.rules import RULES
from tracklint.rules.xml.violations import TOLD
from tracklint.source import sniff
from tracklint.testing import FitBuilder, Ride

RIDE = Ride(seconds=30)
SPEC = Config(purpose="spec")
XML = ("gpx", "tcx")


def _errors(report: Report) -> set[str]:
    return {finding.code for finding in report.findings if finding.severity is Severity.ERROR}


def _general_power() -> bytes:
    """Power as Strava documents it, in an element without prefix, which GPX 1.1 forbids."""
    return re.sub(rb"<extensions>", b"<extensions><power>200</power>", RIDE.gpx())


def _late_ele() -> bytes:
    return re.sub(rb"(<ele>[^<]*</ele>)(\s*)(<time>[^<]*</time>)", rb"\3\2\1", RIDE.gpx())


def _without_calories() -> bytes:
    return re.sub(rb"\s*<Calories>[^<]*</Calories>", b"", RIDE.tcx())


@pytest.mark.parametrize("kind", ["fit", *XML])
def test_a_good_file_is_good_for_both(kind: str) -> None:
    data = getattr(RIDE, kind)()
    for purpose in ("strava", "spec"):
        report = check(data, config=Config(purpose=purpose))
        assert report.verdict == "ready"
        assert report.findings == ()
        assert report.purpose == purpose
        assert report.schema_valid is (None if kind == "fit" else True)


@pytest.mark.parametrize(
    ("build", "code"),
    [
        (_general_power, "SEN021"),
        (_late_ele, "SCH007"),
        (_without_calories, "SCH009"),
        (lambda: RIDE.tcx(sport="Hiking"), "SCH015"),
    ],
)
def test_strava_takes_what_the_schema_refuses(build: Callable[[], bytes], code: str) -> None:
    report = check(build())
    assert report.verdict == "ready"
    assert report.schema_valid is False
    report = check(build(), config=SPEC)
    assert _errors(report) == {code}
    assert report.verdict == "refused"
    assert report.schema_valid is False


def test_the_schema_takes_what_strava_refuses() -> None:
    data = RIDE.gpx(change={3: {"time": None}})
    report = check(data)
    assert _errors(report) == {"TIM001"}
    assert report.schema_valid is True
    report = check(data, config=SPEC)
    assert report.verdict == "ready"
    assert {each.code for each in report.skipped} >= {"TIM*", "POS*", "SPT*"}
    assert all(each.why for each in report.skipped)


@pytest.mark.parametrize(
    ("build", "strava", "spec"),
    [
        (lambda: RIDE.gpx(change={3: {"time": "2024-13-45"}}), {"TIM003"}, {"SCH015"}),
        (lambda: RIDE.gpx().replace(b'lat="47.', b'lat="47,', 1), {"POS002"}, {"SCH015"}),
        (lambda: RIDE.tcx(change={3: {"time": None}}), {"TIM001"}, {"SCH009"}),
        (lambda: re.sub(rb' lat="[^"]*"', b"", RIDE.gpx(), count=1), {"POS001"}, {"SCH018"}),
    ],
)
def test_one_cause_has_one_code_in_either(build: Callable[[], bytes], strava: set[str], spec: set[str]) -> None:
    assert {finding.code for finding in check(build()).findings} == strava
    assert {finding.code for finding in check(build(), config=SPEC).findings} == spec


def test_a_violation_stays_where_the_rule_that_tells_it_keeps_quiet() -> None:
    data = RIDE.gpx(change={3: {"time": "2024-13-45"}})
    assert {finding.code for finding in check(data, config=Config(select=("SCH",))).findings} == {"SCH015"}
    assert check(data, config=Config(ignore=("TIM003",))).findings == ()


def test_what_is_told_elsewhere_is_told_by_a_rule() -> None:
    assert {code for *_, codes in TOLD for code in codes} <= set(RULES)


def test_rules_on_a_schema_run_for_the_specification() -> None:
    of_schema = {code for code, rule in RULES.items() if rule.schema}
    assert {code for code in of_schema if code.startswith("SCH")} == {c for c in RULES if c.startswith("SCH")} - {
        "SCH006"
    }
    assert {code for code in of_schema if not code.startswith("SCH")} == {
        "DEV001", "DEV003", "DEV004", "DEV009", "SEN012", "SEN013", "SEN020", "SEN021", "STR003",
    }  # fmt: skip


def test_a_document_that_is_not_well_formed_is_not_held_against_its_schema() -> None:
    report = check(_late_ele().replace(b"</gpx>", b""), config=SPEC)
    assert _errors(report) == {"DOC009"}
    assert report.schema_valid is False
    assert {"SCH007", "SCH018"} <= {each.code for each in report.skipped}


def test_fix_for_the_specification_mends_what_is_a_note_for_strava() -> None:
    data = _late_ele()
    assert not fix(data).changed
    fixed = fix(data, config=SPEC)
    assert fixed.data == RIDE.gpx()
    assert fixed.after.schema_valid is True


def test_severities_of_the_configuration_come_first() -> None:
    report = check(_late_ele(), config=Config(purpose="spec", severity={"SCH007": Severity.INFO}))
    assert report.verdict == "ready"


def _run(*args: object) -> tuple[int, str]:
    done = CliRunner().invoke(main, [str(arg) for arg in args])
    return done.exit_code, done.stdout


def test_on_the_command_line(tmp_path: Path) -> None:
    path = tmp_path / "ride.gpx"
    path.write_bytes(_late_ele())
    assert _run("check", path)[0] == 0
    status, text = _run("check", "--all", path)
    assert (status, "schema: not valid, see --for spec" in text) == (0, True)
    status, text = _run("check", "--for", "spec", path)
    assert status == 1
    assert "error SCH007" in text
    assert "see --for spec" not in text
    status, text = _run("check", "--for", "spec", "-o", "jsonl", path)
    file = json.loads(text)
    assert (file["purpose"], file["schema_valid"], file["verdict"]) == ("spec", False, "refused")
    assert "not valid" in _run("show", path)[1]
    assert _run("fix", "--for", "spec", "--in-place", path)[0] == 0
    assert path.read_bytes() == RIDE.gpx()
    assert "not valid" not in _run("show", path)[1]
    assert _run("check", "--for", "garmin", path)[0] == 2


def test_in_the_configuration(tmp_path: Path) -> None:
    path = tmp_path / "tracklint.toml"
    path.write_text('for = "spec"')
    assert load_config(path) == SPEC
    ride = tmp_path / "ride.gpx"
    ride.write_bytes(_late_ele())
    assert _run("check", "--config", path, ride)[0] == 1
    assert _run("check", "--config", path, "--for", "strava", ride)[0] == 0
    path.write_text('for = "garmin"')
    with pytest.raises(BadConfig, match="known are strava, spec"):
        load_config(path)


#: What a schema does not speak of: the document type, and how deep elements are nested.
_UNSEEN = ("DOC013", "DOC014", "UPL", "FIT", "RDR")


def _disagrees(report: Report) -> bool:
    """Whether the one word and the findings for the specification differ; the container is another matter."""
    return report.schema_valid != (not {code for code in _errors(report) if not code.startswith("UPL")})


def test_real_files_are_valid_where_nothing_is_an_error_for_the_specification(
    corpus: list[tuple[Path, dict[str, str]]],
) -> None:
    reports = [check(path, config=SPEC) for path, row in corpus if row["format"] in XML]
    assert len({report.schema_valid for report in reports}) == 2
    assert [report.name for report in reports if _disagrees(report)] == []


def test_built_files_are_valid_where_nothing_is_an_error_for_the_specification() -> None:
    chosen = {(case.code, case.breaks, case.name[-3:]): case for case in CASES if not case.code.startswith(_UNSEEN)}
    built = [(case, case.build()) for case in chosen.values()]
    reports = [(case, check(data, config=SPEC)) for case, data in built if sniff(data)[0] in XML]
    assert [(case.code, case.name, report.findings) for case, report in reports if _disagrees(report)] == []
    assert len(reports) > 200


_HABITS: dict[str, Callable[[], bytes]] = {
    "FIT019": lambda: RIDE.fit() + FitBuilder().build(),
    "FIT406": lambda: RIDE.fit(without=("activity",)),
    "FIT408": lambda: RIDE.fit(without=("timer_start",)),
    "FIT409": lambda: RIDE.fit(without=("timer_stop",)),
    "FIT427": lambda: RIDE.fit(messages={"activity": {"total_timer_time": 0}}),
    "FIT703": lambda: RIDE.fit(manufacturer=255),
    "FIT704": lambda: RIDE.fit(messages={"file_id": {"time_created": 1000}}),
}


@pytest.mark.parametrize(
    ("code", "strava", "spec"),
    [
        ("FIT019", Severity.WARNING, Severity.ERROR),
        ("FIT406", Severity.WARNING, Severity.ERROR),
        *((code, Severity.INFO, Severity.WARNING) for code in ("FIT408", "FIT409", "FIT427", "FIT703", "FIT704")),
    ],
)
def test_what_strava_does_not_mind_keeps_its_voice_for_the_specification(
    code: str, strava: Severity, spec: Severity
) -> None:
    data = _HABITS[code]()
    for config, severity in ((Config(), strava), (SPEC, spec)):
        assert [f.severity for f in check(data, config=config).findings if f.code == code] == [severity]


def test_an_open_recording_without_a_session_lacks_its_timer_events() -> None:
    report = check(RIDE.fit(without=("event", "lap", "session", "activity", "timer_start", "timer_stop")))
    assert {f.code: f.severity for f in report.findings}.items() >= {
        ("FIT408", Severity.WARNING), ("FIT409", Severity.WARNING), ("FIT404", Severity.ERROR),
    }  # fmt: skip


def test_an_activity_timer_that_is_the_elapsed_time_is_a_habit_and_another_one_is_not() -> None:
    ride = Ride(seconds=60, laps=1)
    shorter = {"session": {"total_timer_time": 40_000}, "lap": {"total_timer_time": 40_000}}
    for said, severity in ((60_000, Severity.INFO), (50_000, Severity.WARNING)):
        data = ride.fit(messages={**shorter, "activity": {"total_timer_time": said}})
        assert [f.severity for f in check(data).findings if f.code == "FIT427"] == [severity]
