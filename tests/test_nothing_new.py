"""A repair brings no new warning or error: over built files, and over the corpora of real ones."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path

import pytest

from conftest import CORPUS
from test_fixing import CONFIG, MENDABLE
from tracklint.config import Config
from tracklint.edits import Wishes
from tracklint.findings import Finding, Severity
from tracklint.mending.fit import REPAIRS as FIT_REPAIRS
from tracklint.mending.fixing import Fixed, fix
from tracklint.mending.xml import REPAIRS as XML_REPAIRS
from tracklint.source import Thing
from tracklint.testing import Ride

#: What makes more of a file readable; the rest is held against the file as it is then.
REVEALING = tuple(code for repair in (*FIT_REPAIRS, *XML_REPAIRS) if repair.reveals for code in sorted(repair.codes))


def _levels(findings: Iterable[Finding]) -> dict[str, Severity]:
    levels: dict[str, Severity] = {}
    for finding in findings:
        levels[finding.code] = max(finding.severity, levels.get(finding.code, Severity.INFO))
    return levels


def _left_over(fixed: Fixed) -> set[str]:
    """The codes of rules that tell what is left of a cause that was mended."""
    mended = {code for change in fixed.ledger for code in change.code.split("/")}
    return {rule.code for each in (*FIT_REPAIRS, *XML_REPAIRS) if mended & each.codes for rule in each.leaves}


def _brought(thing: Thing, config: Config, *, unsafe: bool, name: str | None = None) -> set[str]:
    """The codes of warnings and errors that a repair brought into a file."""
    wishes = Wishes(sport="running")
    fixed = fix(thing, config=config, unsafe=unsafe, wishes=wishes, name=name)
    new = _levels(fixed.after.findings).items() - _levels(fixed.before.findings).items()
    known = _levels(fixed.before.findings)
    if any(worst > known.get(code, Severity.INFO) for code, worst in new):
        readable = fix(thing, config=replace(config, select=REVEALING), unsafe=unsafe, wishes=wishes, name=name)
        known = _levels((*fixed.before.findings, *fix(readable.data, config=config, name=name).before.findings))
    return {code for code, worst in new if worst > known.get(code, Severity.INFO)} - _left_over(fixed)


def test_no_repair_of_a_built_file_brings_a_new_warning() -> None:
    """A case of every rule that can be mended, in every format."""
    chosen = {(case.code, case.name[-3:]): case for case in MENDABLE}
    brought = {}
    for key, case in chosen.items():
        data = case.build()
        if len(data) < 60_000 and (new := _brought(data, case.config or CONFIG, unsafe=True, name=case.file or None)):
            brought[key] = new
    assert len(chosen) > 150
    assert brought == {}


CHANGED = Ride(seconds=60, laps=1)
TOTALS = {"total_elapsed_time": 2_027_000, "total_timer_time": 2_027_000}


def test_timer_events_reach_as_far_as_the_session() -> None:
    """A device that stores a few records only: the session says that it lasted longer."""
    data = CHANGED.fit(
        without=("timer_start", "timer_stop"), messages={"session": TOTALS, "lap": TOTALS, "activity": {"total_timer_time": 2_027_000}}
    )  # fmt: skip
    fixed = fix(data, config=CONFIG, unsafe=True, notes=True)
    assert {change.code for change in fixed.ledger} >= {"FIT408", "FIT409"}
    assert "FIT417" not in {f.code for f in fixed.after.findings}


def test_timer_events_that_would_deny_a_pause_are_not_put_in() -> None:
    shorter = {"total_timer_time": 40_000}
    data = CHANGED.fit(
        without=("timer_start", "timer_stop"), messages={"session": shorter, "lap": shorter, "activity": shorter}
    )
    fixed = fix(data, config=CONFIG, unsafe=True, notes=True)
    assert "FIT417" not in {f.code for f in fixed.after.findings}
    assert [why for why in fixed.left if "the result would have FIT417" in why]


@pytest.mark.parametrize(
    ("session", "codes"),
    [({"total_elapsed_time": 40_000}, {"FIT416"}), ({"total_elapsed_time": 50_000, "total_timer_time": 50_000}, {"FIT418"})],
)  # fmt: skip
def test_what_said_the_same_as_the_session_goes_on_saying_it(session: dict[str, int], codes: set[str]) -> None:
    timer = session.get("total_timer_time", 60_000)
    data = CHANGED.fit(messages={"session": session, "lap": session, "activity": {"total_timer_time": timer}})
    fixed = fix(data, config=CONFIG, unsafe=True)
    assert codes <= {f.code for f in fixed.before.findings}
    assert [f.code for f in fixed.after.findings if f.severity > Severity.INFO] == []


def test_a_lap_that_is_added_is_as_long_as_its_session() -> None:
    data = CHANGED.fit(
        without=("lap", "timer_start", "timer_stop"),
        messages={"session": TOTALS | {"num_laps": 0}, "activity": {"total_timer_time": 2_027_000}},
    )
    fixed = fix(data, config=CONFIG, unsafe=True)
    assert [f.code for f in fixed.after.findings if f.severity > Severity.INFO] == []
    activity = fixed.after.activity
    assert activity is not None
    assert activity.laps == 1


def _real_files() -> list[Path]:
    """The corpus and the one beside it."""
    folders = (CORPUS, CORPUS.with_name(f"{CORPUS.name}2"))
    suffixes = (".fit", ".tcx", ".gpx", ".gz", ".zip")
    return sorted(p for folder in folders for p in folder.rglob("*") if p.suffix.lower() in suffixes)


@pytest.mark.corpus
@pytest.mark.parametrize("unsafe", [False, True], ids=["safe", "unsafe"])
def test_no_repair_of_a_real_file_brings_a_new_warning(unsafe: bool) -> None:
    files = _real_files()
    if not files:
        pytest.skip(f"no corpus of real files at {CORPUS} (set TRACKLINT_CORPUS)")
    brought = {str(path): new for path in files if (new := _brought(path, CONFIG, unsafe=unsafe))}
    assert brought == {}
