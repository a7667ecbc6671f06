"""Files that were joined under one header: named, left alone by repairs of totals, and taken apart."""

from __future__ import annotations

import numpy as np
import pytest

from tracklint.checking import check, read
from tracklint.config import Config, Limits
from tracklint.findings import Severity
from tracklint.mending.fixing import fix
from tracklint.testing import FitBuilder, Ride

CONFIG = Config(limits=Limits(now=1795305600))
FIRST = Ride(seconds=60, laps=2)
SECOND = Ride(seconds=90, laps=3, start="2024-05-01T12:00:00Z")
THIRD = Ride(seconds=30, laps=1, start="2024-05-02T12:00:00Z")


def _joined(*rides: Ride) -> bytes:
    return FitBuilder().raw(b"".join(ride.fit()[14:-2] for ride in rides)).build()


@pytest.mark.parametrize("rides", [(FIRST, SECOND), (FIRST, SECOND, THIRD)], ids=["two", "three"])
def test_each_body_becomes_the_file_that_it_was(rides: tuple[Ride, ...]) -> None:
    fixed = fix(_joined(*rides), config=CONFIG, unsafe=True, split=True)
    assert len(fixed.parts) == len(rides)
    for part, ride in zip(fixed.parts, rides, strict=True):
        report = check(part, config=CONFIG)
        assert [f for f in report.findings if f.severity >= Severity.WARNING] == []
        got, right = read(part), read(ride.fit())
        for name, column in right.columns().items():
            np.testing.assert_array_equal(getattr(got, name), column, name)
        assert [lap.elapsed_s for lap in got.laps] == [lap.elapsed_s for lap in right.laps]
        assert got.counts == right.counts


@pytest.mark.parametrize("unsafe", [False, True])
def test_no_total_is_written_while_the_join_stands(unsafe: bool) -> None:
    data = _joined(FIRST, SECOND)
    fixed = fix(data, config=CONFIG, unsafe=unsafe, notes=True)
    assert "FIT023" in {f.code for f in fixed.before.findings}
    assert not {"FIT407", "FIT412", "FIT413", "FIT414", "FIT427"} & {f.code for f in fixed.before.findings}
    assert not {change.code for change in fixed.ledger} & {"FIT412", "FIT413", "FIT424", "FIT427"}
    assert fixed.after.activity == fixed.before.activity


def test_a_file_id_with_nothing_behind_it_starts_no_file() -> None:
    more = FitBuilder().define(13, 0, [(0, 1, 0), (1, 2, 0x84)]).data(13, 4, 265).build()[14:-2]
    data = FitBuilder().raw(FIRST.fit()[14:-2] + more).build()
    fixed = fix(data, config=CONFIG, split=True)
    assert "FIT023" in {f.code for f in fixed.before.findings}
    assert fixed.parts == ()


def test_a_body_that_repeats_no_definition_keeps_those_before_it() -> None:
    """Records of a second activity, bound by the definitions of the first."""
    bare = FitBuilder().define(0, 0, [(0, 1, 0), (1, 2, 0x84), (4, 4, 0x86)]).define(1, 20, [(253, 4, 0x86), (3, 1, 2)])
    for day in range(2):
        start = 1_000_000_000 + 86_400 * day
        bare.data(0, 4, 265, start)
        for i in range(30):
            bare.data(1, start + i, 120 + day)
    first, second = fix(bare.build(), config=CONFIG, split=True).parts
    assert set(read(first).heart_rate) == {120}
    assert set(read(second).heart_rate) == {121}


def test_bytes_of_zero_that_are_taken_for_a_file_id_are_no_join() -> None:
    zeros = FitBuilder().define(13, 0, [(0, 1, 0), (1, 2, 0x84)]).data(13, 0, 0).data(13, 0, 0).build()[14:-2]
    data = FitBuilder().raw(FIRST.fit()[14:-2] + zeros).build()
    assert "FIT023" not in {f.code for f in check(data, config=CONFIG).findings}
