"""The format-neutral rules bear any columns: no rule raises, warns, or says something that JSON cannot hold."""

from __future__ import annotations

import json
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from conftest import ROOT
from tracklint.activity import COLUMNS, Activity, Event, Lap, Session
from tracklint.checking import check
from tracklint.config import Config, Limits
from tracklint.findings import Severity
from tracklint.mending.fixing import fix
from tracklint.reading import Reading
from tracklint.rules import run_rules
from tracklint.rules.track import KINDS
from tracklint.source import Source
from tracklint.testing import Ride

CONFIG = Config(limits=Limits(now=1795305600))
START = 1_714_557_600.0
#: What columns hold at their worst: nothing, nonsense, the edges of FIT's types, numbers that a TCX double can hold.
NUMBERS = st.sampled_from(
    [np.nan, 0.0, -1.0, 1.0, 8.0, 47.0, 90.0, 180.0, -180.0, 200.0, 65535.0, -19999.0, 1e9, 1e300]
)
TIMES = st.one_of(
    st.sampled_from([np.nan, START, START - 619_315_200, 0.0, -1e11, 1e11, START + 90_000]),
    st.integers(0, 400).map(lambda s: START + s),
)


@st.composite
def activities(draw: st.DrawFn) -> Activity:
    count = draw(st.integers(0, 70))
    columns: dict[str, Any] = {}
    for name in COLUMNS:
        values = TIMES if name == "time" else NUMBERS
        few = draw(st.lists(values, min_size=1, max_size=6))
        columns[name] = np.array(draw(st.lists(st.sampled_from(few), min_size=count, max_size=count)), float)
        if name == "time" and draw(st.booleans()):
            columns[name] = START + np.arange(float(count))
    cuts = sorted(draw(st.sets(st.integers(0, max(count - 1, 0)), max_size=3)))
    kind = draw(st.sampled_from(("fit", "tcx", "gpx")))

    def part(k: int) -> dict[str, Any]:
        first = cuts[k] if k < len(cuts) else 0
        return {
            "start_time": draw(TIMES),
            "timestamp": draw(TIMES),
            "elapsed_s": draw(NUMBERS),
            "timer_s": draw(NUMBERS),
            "distance_m": draw(NUMBERS),
            "first_point": first,
            "points": draw(st.integers(0, count - first)),
        }

    sports = st.sampled_from((None, "running", "Biking", "swimming", "transition", ""))
    return Activity(
        format=kind,
        **columns,
        starts=np.array(cuts, np.int64),
        sessions=tuple(Session(sport=draw(sports), ascent_m=draw(NUMBERS), **part(k)) for k in range(draw(st.integers(0, 2)))),
        laps=tuple(Lap(**part(k)) for k in range(draw(st.integers(0, 3)))),
        events=tuple(
            Event(time=draw(TIMES), event="timer", kind=draw(st.sampled_from(("start", "stop_all"))))
            for _ in range(draw(st.integers(0, 3)))
        ),
        counts={"Activity": 1},
    )  # fmt: skip


@given(activities())
def test_no_columns_make_a_rule_crash(activity: Activity) -> None:
    source = Source(name="ride", data=b"", format=activity.format, looks_like=activity.format)
    reading = Reading(source=source, activity=activity)
    findings, _ = run_rules(reading, CONFIG)
    assert [f.message for f in findings if f.code == "INT001"] == []
    json.dumps([dict(f.evidence) for f in findings], allow_nan=False)


@pytest.mark.parametrize("kind", ["fit", "tcx", "gpx"])
@pytest.mark.parametrize("sport", ["cycling", "running", "hiking", "swimming"])
def test_twelve_minutes_of_a_good_ride_have_no_finding(kind: str, sport: str) -> None:
    """Longer than the cases: rules on sensors that stand still, on dropouts and on units need some length."""
    ride = Ride(seconds=700, sport=sport)
    data = getattr(ride, kind)()
    of_strava_only = {"SPT003"} if kind == "tcx" and sport in ("hiking", "swimming") else set()
    assert {f.code for f in check(data, config=CONFIG).findings} == of_strava_only


def test_runs_name_every_wrong_point() -> None:
    """One cause stays one finding, and its evidence lists every place."""
    report = check(Ride(seconds=60).tcx(change={i: {"heart_rate": 20} for i in (3, 4, 5, 40)}), config=CONFIG)
    (finding,) = report.findings
    assert (finding.code, finding.where.count, finding.evidence["runs"]) == ("SEN008", 4, [[3, 5], [40, 40]])


def test_limits_can_be_changed() -> None:
    data = Ride(seconds=60).fit(change={30: {"power": 1200}}, messages={"session": {"max_power": 1200}})
    assert check(data, config=CONFIG).findings == ()
    low = Config(limits=Limits(now=CONFIG.limits.now, max_power_w=1000))
    assert [f.code for f in check(data, config=low).findings] == ["SEN011"]


def test_every_limit_is_read_somewhere() -> None:
    """A limit that nothing reads would be a promise that nobody keeps."""
    code = "\n".join(
        path.read_text(encoding="utf-8")
        for path in (ROOT / "src" / "tracklint").rglob("*.py")
        if path.name != "config.py"
    )
    speeds = [name for name in Limits.__dataclass_fields__ if name.startswith("max_speed_")]
    assert {name.removeprefix("max_speed_").removesuffix("_m_s") for name in speeds} == {*KINDS, "other"}
    assert [name for name in Limits.__dataclass_fields__ if f".{name}" not in code and name not in speeds] == []


@pytest.mark.parametrize("kind", ["fit", "tcx", "gpx"])
def test_a_run_of_zeros_says_what_it_does_to_the_average(kind: str) -> None:
    data = getattr(Ride(seconds=60), kind)(change={i: {"heart_rate": 0} for i in range(20, 40)})
    (finding,) = (f for f in check(data).findings if f.code == "SEN008")
    assert finding.severity is Severity.WARNING
    assert finding.evidence["longest"] == 20
    assert finding.evidence["lowered"] == pytest.approx(finding.evidence["average"] * 41 / 61)
    assert "20 of them in a row, which takes the average from" in finding.message
    assert [f.code for f in fix(data).after.findings if f.code == "SEN008"] == []


@pytest.mark.parametrize(
    ("kind", "severity"), [("fit", Severity.INFO), ("tcx", Severity.WARNING), ("gpx", Severity.WARNING)]
)
def test_nothing_but_zeros(kind: str, severity: Severity) -> None:
    data = getattr(Ride(seconds=60), kind)(change={i: {"heart_rate": 0} for i in range(61)})
    assert [f.severity for f in check(data).findings if f.code == "SEN008"] == [severity]
