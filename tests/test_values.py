"""Reports, findings and activities as values: kept, compared, sent to another process, taken on as a table."""

from __future__ import annotations

import pickle
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from conftest import ROOT
from tracklint import Finding, Severity, Where, check, read
from tracklint.spelling import number
from tracklint.testing import Ride

FIXTURES = sorted(path for folder in ("good", "bad", "mendable") for path in (ROOT / "fixtures" / folder).iterdir())


def _sent_on(thing: Any) -> Any:
    return pickle.loads(pickle.dumps(thing))  # noqa: S301 - our own bytes


@pytest.mark.parametrize("path", FIXTURES, ids=lambda path: path.name)
def test_a_report_can_be_sent_on_and_compared(path: Path) -> None:
    report = check(path)
    assert _sent_on(report) == report
    assert len({hash(finding) for finding in report.findings}) == len(set(report.findings)) == len(report.findings)
    assert set(_sent_on(report.findings)) == set(report.findings)


def test_a_finding_with_lists_in_its_evidence_has_a_hash() -> None:
    finding, other = (
        Finding(
            code="TIM001", name="x", severity=Severity.ERROR, message="m", hint="h", where=Where(record=1),
            evidence={"runs": runs},
        )
        for runs in ([[1, 2]], [[1, 3]])
    )  # fmt: skip
    assert hash(finding) == hash(other)
    assert len({finding, other}) == 2


@pytest.mark.parametrize("path", FIXTURES, ids=lambda path: path.name)
def test_an_activity_can_be_sent_on_and_compared(path: Path) -> None:
    activity = read(path)
    sent = _sent_on(activity)
    assert sent == activity == read(path)
    assert (sent.sessions, sent.laps, sent.events, sent.bad_values) == (
        activity.sessions, activity.laps, activity.events, activity.bad_values,
    )  # fmt: skip
    assert set(sent.sessions) == set(activity.sessions)
    assert [sent.at(i) for i in range(len(sent))] == [activity.at(i) for i in range(len(activity))]
    assert pickle.dumps(_sent_on(sent)) == pickle.dumps(sent)


@pytest.mark.parametrize("kind", ["fit", "gpx", "tcx"])
def test_a_pickled_activity_does_not_carry_the_file(kind: str) -> None:
    data = getattr(Ride(seconds=600), kind)()
    kept = pickle.dumps(read(data))
    assert data not in kept
    assert data[len(data) // 2 :][:100] not in kept
    numbers = 10 + 7  # columns, and what tells the place of a point
    assert len(kept) < 8 * numbers * 601 + 4000


def test_activities_that_differ_are_not_equal() -> None:
    ride = Ride(seconds=60)
    activity = read(ride.gpx())
    for other in (
        read(ride.gpx(change={5: {"heart_rate": 99}})),
        read(ride.gpx(change={5: {"heart_rate": None}})),
        read(ride.gpx(skip=[60])),
        read(ride.gpx(type="running")),
        read(ride.tcx()),
        read(ride.gpx(change={5: {"heart_rate": "x"}})),
    ):
        assert other != activity
    assert activity != "activity"
    activity.power[3] = 1.0
    assert read(ride.gpx()) != activity


def test_an_activity_as_a_data_frame() -> None:
    pandas = pytest.importorskip("pandas", reason="Activity.to_pandas needs pandas (the group `test` has it)")
    ride = Ride(seconds=60)
    activity = read(ride.gpx(change={3: {"time": None}, 5: {"heart_rate": None}}))
    frame = activity.to_pandas()
    assert list(frame.columns) == list(activity.columns())
    assert len(frame) == ride.points
    assert str(frame["time"].dt.tz) == "UTC"
    assert frame["time"][2] == pandas.Timestamp(ride.time(2), unit="s", tz="UTC")
    assert list(np.flatnonzero(frame["time"].isna())) == [3]
    assert list(np.flatnonzero(frame["heart_rate"].isna())) == [5]
    for name in list(frame.columns)[1:]:  # in the units of the columns
        assert frame[name].dtype == np.float64
        np.testing.assert_array_equal(frame[name], activity[name])
    assert list(frame["time"].dropna().map(pandas.Timestamp.timestamp)) == list(activity.time[activity.channel("time")])
    assert read(b"").to_pandas().empty


def test_a_fraction_of_a_second_stays_in_a_data_frame() -> None:
    pytest.importorskip("pandas", reason="Activity.to_pandas needs pandas (the group `test` has it)")
    frame = read(Ride(seconds=10, start=1_714_557_600.25).gpx()).to_pandas()
    assert set(frame["time"].dt.microsecond) == {250_000}


@pytest.mark.parametrize(
    ("value", "told"),
    [
        (1869260.4, "1869260"),
        (-2147483.75, "-2147484"),
        (999999.0, "999999"),
        (0.25, "0.25"),
        (3, "3"),
        (1e300, "1e+300"),
    ],
)
def test_no_number_is_told_as_a_power_of_ten_where_it_can_be_said(value: float, told: str) -> None:
    assert number(value) == told


def test_a_finding_says_large_numbers_in_full() -> None:
    far = Ride(seconds=60).gpx(change={30: {"latitude": -47.0, "longitude": -170.0}})
    [jump] = [each for each in check(far).findings if each.code == "POS008"]
    assert "e+" not in jump.message
    assert f"up to {jump.evidence['metres']} m" in jump.message
    assert jump.evidence["metres"] > 1_000_000
