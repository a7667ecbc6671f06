"""Every rule reports what it is for, keeps quiet at a near miss, and says so in words that hold together."""

from __future__ import annotations

import importlib
import json
import pkgutil
import re

import pytest

import cases
from cases import Case, FleetCase
from cases.fleet import FLEETS
from tracklint.checking import check
from tracklint.config import Config, Limits
from tracklint.rules import RULES, registry
from tracklint.rules.examples import example
from tracklint.source import sniff

CASES: list[Case] = [
    case
    for module in pkgutil.iter_modules(cases.__path__)
    for case in importlib.import_module(f"cases.{module.name}").CASES
]
#: 2026-11-22T00:00:00Z, so that rules that look at the clock say the same on every day, and limits that a small file
#: passes.
CONFIG = Config(limits=Limits(now=1795305600, max_inflated_bytes=100_000, max_upload_bytes=100_000))
WORDS_THAT_EXPLAIN_NOTHING = re.compile(r"\b(invalid|malformed|unexpected)\b", re.IGNORECASE)


def _id(case: Case | FleetCase) -> str:
    return f"{case.code}-{'breaks' if case.breaks else 'spares'}-{case.name}"


@pytest.mark.parametrize("case", CASES, ids=_id)
def test_case(case: Case) -> None:
    report = check(case.build(), config=case.config or CONFIG, name=case.file or None)
    codes = {finding.code for finding in report.findings}
    if case.breaks:
        assert codes == {case.code} | case.along
    else:
        assert case.code not in codes
        assert codes <= case.along
    json.dumps([dict(f.evidence) for f in report.findings], allow_nan=False)


@pytest.mark.parametrize("case", FLEETS, ids=_id)
def test_case_of_many_files(case: FleetCase) -> None:
    found = case.findings()
    assert {finding.code for finding in found} == ({case.code} if case.breaks else set())
    json.dumps([dict(f.evidence) for f in found], allow_nan=False)


def test_every_rule_has_cases_in_every_format() -> None:
    covered: dict[str, set[str]] = {}
    spared = {case.code for case in (*CASES, *FLEETS) if not case.breaks}
    for fleet in FLEETS:
        if fleet.breaks:
            told = fleet.findings()[0]
            if fleet.code not in covered:
                assert example(fleet.code) == (told.message, told.hint), "run `python docs/generate.py`"
            covered[fleet.code] = {"fleet"}
    for case in CASES:
        if case.breaks:
            report = check(case.build(), config=case.config or CONFIG, name=case.file or None)
            if case.code not in covered and not case.code.startswith("RDR"):  # those tell versions of libraries
                told = next(finding for finding in report.findings if finding.code == case.code)
                assert example(case.code) == (told.message, told.hint), "run `python docs/generate.py`"
            covered.setdefault(case.code, set()).add(report.format)
    lacking = {
        code: sorted(set(rule.formats) - covered.get(code, set()))
        for code, rule in RULES.items()
        if set(rule.formats) - covered.get(code, set())
    }
    assert lacking == {}
    assert set(RULES) - spared == set()


@pytest.mark.parametrize("code", RULES)
def test_every_rule_is_documented(code: str) -> None:
    rule = RULES[code]
    assert re.fullmatch(r"[A-Z]{3}\d{3}", code)
    assert rule.title.endswith(".")
    assert len(rule.title) < 130
    assert rule.basis.title
    assert rule.basis.link
    for text in (rule.says, rule.hint):
        assert not WORDS_THAT_EXPLAIN_NOTHING.search(text), text
        assert not text.endswith(".")


def test_a_rule_that_crashes_is_a_finding_and_the_others_still_run(monkeypatch: pytest.MonkeyPatch) -> None:
    from tracklint.activity import Activity

    def crash(_activity: Activity, _limits: Limits) -> registry.Found:
        raise ZeroDivisionError("no points")

    broken = registry.Rule(
        "TIM999", "x", RULES["TIM001"].severity, Activity, RULES["TIM001"].basis, "", "", crash, ("gpx",)
    )
    monkeypatch.setitem(RULES, "TIM999", broken)
    case = next(c for c in CASES if c.code == "TIM002" and c.breaks and sniff(c.build())[0] == "gpx")
    report = check(case.build(), config=CONFIG)
    assert {f.code for f in report.findings} == {"INT001", "TIM002"} | case.along
    crashed = next(f for f in report.findings if f.code == "INT001")
    assert "TIM999" in crashed.message
    assert "ZeroDivisionError" in crashed.message
