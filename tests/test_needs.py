"""What rules say they need: nothing is lost by not running them where it is missing."""

from __future__ import annotations

import random
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given

from test_neutral_rules import CONFIG, activities
from test_rules import CASES
from tracklint.activity import CHANNELS, COLUMNS, PARTS, Activity
from tracklint.fit import FitDocument
from tracklint.fit.profile import message_number
from tracklint.reading import Reading, read_thing
from tracklint.rules import RULES, run_rules
from tracklint.rules.registry import every_rule
from tracklint.source import Source
from tracklint.testing import Ride

every_rule()
#: The words that a rule on each class may need.
WORDS = {Activity: {*CHANNELS, *COLUMNS, *PARTS}, FitDocument: {"faults", "developer fields"}}


def lost(reading: Reading) -> list[str]:
    """The codes of the rules that find something in a part that has not what they need."""
    return [
        code
        for code, rule in RULES.items()
        if rule.needs and (part := reading.parts.get(rule.on)) is not None and reading.source.format in rule.formats
        if not rule.needs <= part.content and any(rule.check(part, CONFIG.limits))
    ]


def test_rules_need_what_there_can_be() -> None:
    for code, rule in RULES.items():
        unknown = rule.needs - WORDS.get(rule.on, set())
        if rule.on is FitDocument:
            assert all(message_number(word) >= 0 for word in unknown), code
        else:
            assert not unknown, code


def test_no_case_is_lost() -> None:
    for case in CASES:
        assert lost(read_thing(case.build(), case.config or CONFIG)) == [], case.name


def test_no_finding_of_a_real_file_is_lost(corpus: list[tuple[Path, dict[str, Any]]]) -> None:
    paths = [path for path, _ in corpus]
    random.Random(7).shuffle(paths)
    for path in sorted(paths[:150], key=lambda path: path.stat().st_size)[:120]:
        assert lost(read_thing(path, CONFIG)) == [], path.name


@given(activities())
def test_no_finding_of_any_columns_is_lost(activity: Activity) -> None:
    source = Source(name="ride", data=b"", format=activity.format, looks_like=activity.format)
    assert lost(Reading(source=source, activity=activity)) == []


def test_a_rule_that_needs_too_much_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    case = next(case for case in CASES if case.code == "FIT413" and case.breaks)
    monkeypatch.setitem(RULES, "FIT413", replace(RULES["FIT413"], needs=frozenset({"lap", "length"})))
    assert lost(read_thing(case.build(), CONFIG)) == ["FIT413"]


def test_what_lacks_its_needs_is_not_run(monkeypatch: pytest.MonkeyPatch) -> None:
    asked = []

    def look(activity: Activity, _limits: object) -> list[Any]:
        asked.append(activity)
        return []

    for needs, times in ((("power", "laps"), 1), (("power", "bad_values"), 0)):
        asked.clear()
        rule = replace(RULES["SEN011"], code="SEN999", check=look, needs=frozenset(needs))
        monkeypatch.setitem(RULES, "SEN999", rule)
        reading = read_thing(Ride(seconds=60).fit(), CONFIG)
        run_rules(reading, CONFIG)
        assert len(asked) == times


def test_content_tells_what_a_file_holds() -> None:
    reading = read_thing(Ride(seconds=60).fit(), CONFIG)
    assert reading.activity is not None
    assert isinstance(reading.document, FitDocument)
    assert {"time", "position", "power", "sessions", "laps"} <= reading.activity.content
    assert "bad_values" not in reading.activity.content
    assert {"record", "session", "file_id"} <= reading.document.content
    assert "faults" not in reading.document.content
    cut = read_thing(Ride(seconds=60).fit()[:-40], CONFIG)
    assert isinstance(cut.document, FitDocument)
    assert "faults" in cut.document.content
