"""Dates of FIT files that are off by a known number of seconds, or that no ride can have."""

from __future__ import annotations

import numpy as np
import pytest

from tracklint.checking import check, read
from tracklint.config import Config, Limits
from tracklint.findings import Finding, Severity
from tracklint.fit.profile import FIT_EPOCH
from tracklint.mending.fixing import Fixed, fix
from tracklint.testing import Ride
from tracklint.words import iso

CONFIG = Config(limits=Limits(now=1795305600))
RIDE = Ride(seconds=60)
HOUR, DAY, YEAR = 3600, 86400, 31_557_600
UPTIMES = {"an-hour": HOUR, "eleven-days": 11 * DAY, "forty-nine-days": 49 * DAY, "three-years": 3 * YEAR}


def _told(data: bytes) -> Finding:
    (found,) = (f for f in check(data, config=CONFIG).findings if f.code == "TIM006")
    return found


def _fixed(data: bytes) -> Fixed:
    return fix(data, config=CONFIG, unsafe=True)


def _since_start(seconds: float, ride: Ride = RIDE) -> dict[int, dict[str, float]]:
    """The records of a ride as seconds since the device was switched on, which was so long before the first."""
    return {i: {"time": FIT_EPOCH + seconds + i} for i in range(ride.points)}


@pytest.mark.parametrize("seconds", UPTIMES.values(), ids=UPTIMES)
def test_uptime_is_an_error_at_any_length(seconds: int) -> None:
    started = iso(float(FIT_EPOCH + seconds))
    found = _told(Ride(seconds=60, start=started).fit())
    assert found.severity == Severity.ERROR
    assert found.evidence["count"] == 61
    assert found.fix is None


@pytest.mark.parametrize("seconds", UPTIMES.values(), ids=UPTIMES)
def test_the_session_tells_the_date_of_the_first_record(seconds: int) -> None:
    data = RIDE.fit(change=_since_start(seconds))
    found = _told(data)
    assert "session says 2024-05-01T10:00:00Z" in found.message
    assert found.fix == "unsafe"
    fixed = _fixed(data)
    assert "TIM006" not in {f.code for f in fixed.after.findings}
    np.testing.assert_array_equal(read(fixed.data).time, read(RIDE.fit()).time)


def test_file_id_tells_it_where_no_session_does() -> None:
    data = RIDE.fit(change=_since_start(HOUR), without=("session",))
    assert "file_id says 2024-05-01T10:00:00Z" in _told(data).message
    assert read(_fixed(data).data).time[0] == RIDE.time(0)


def test_uptime_at_the_head_is_shifted_where_it_fits_and_dropped_elsewhere() -> None:
    head = _fixed(RIDE.fit(change={i: {"time": FIT_EPOCH + 600 + i} for i in range(10)}))
    np.testing.assert_array_equal(read(head.data).time, read(RIDE.fit()).time)
    tail = _fixed(RIDE.fit(change={i: {"time": FIT_EPOCH + 1} for i in range(40, 61)}))
    np.testing.assert_array_equal(read(tail.data).time, [RIDE.time(i) for i in range(40)])


def test_the_first_date_of_fit_is_one() -> None:
    data = Ride(seconds=60, start="1998-07-03T21:24:16Z").fit()
    assert "TIM006" not in {f.code for f in check(data, config=CONFIG).findings}


def test_unix_seconds_are_named_and_shifted() -> None:
    data = Ride(seconds=60, start=iso(RIDE.time(0) + FIT_EPOCH)).fit()
    found = _told(data)
    assert "2024-05-01T10:00:00Z: these are Unix seconds" in found.message
    assert found.fix == "unsafe"
    fixed = _fixed(data)
    assert fixed.after.verdict == "ready"
    assert fixed.data == RIDE.fit()


def test_a_clock_that_is_20_years_ahead_is_not_told_as_unix_seconds_against_file_id() -> None:
    ahead = {i: {"time": RIDE.time(i) + FIT_EPOCH + 30 * DAY} for i in range(61)}
    found = _told(RIDE.fit(change=ahead))
    assert "Unix" not in found.message
    assert found.fix is None


@pytest.mark.parametrize("kind", ["fit", "tcx", "gpx"])
@pytest.mark.parametrize("absurd", [range(20), range(40)], ids=["fewer", "more"])
def test_what_is_possible_is_kept_whatever_the_number(kind: str, absurd: range) -> None:
    ride = Ride(seconds=60, laps=1)
    data = getattr(ride, kind)(change={i: {"time": ride.time(i) + 40 * YEAR} for i in absurd})
    found = _told(data)
    assert found.severity == (Severity.ERROR if len(absurd) > 30 else Severity.WARNING)
    assert found.fix == "unsafe"
    kept = read(_fixed(data).data).time
    np.testing.assert_array_equal(kept, [ride.time(i) for i in range(61) if i not in absurd])


@pytest.mark.parametrize("kind", ["fit", "tcx", "gpx"])
def test_a_few_possible_points_are_no_ride_and_stay(kind: str) -> None:
    ride = Ride(seconds=60, laps=1)
    data = getattr(ride, kind)(change={i: {"time": ride.time(i) + 40 * YEAR} for i in range(2, 61)})
    assert _told(data).fix is None
    assert np.isin([ride.time(0), ride.time(1)], read(_fixed(data).data).time).all()


@pytest.mark.parametrize(("first", "told"), [(-100, False), (0, True)], ids=["of-its-own", "of-the-first-point"])
def test_the_date_of_the_file_goes_before_the_number(first: int, told: bool) -> None:
    """Two points of the day that metadata name, and 59 of another; a date that repeats the first point's tells
    nothing."""
    later = {i: {"time": RIDE.time(i) + 20 * DAY} for i in range(2, 61)}
    data = RIDE.gpx(change={0: {"time": RIDE.time(0) + first}, **later})
    assert ("TIM015" in {f.code for f in check(data, config=CONFIG).findings}) == told
    kept = read(_fixed(data).data).time
    assert (RIDE.time(1) in kept) != told


def test_a_lone_record_of_a_fit_file_is_dropped() -> None:
    data = RIDE.fit(change={20: {"time": RIDE.time(20) - 5 * DAY}})
    fixed = _fixed(data)
    assert "TIM014" not in {f.code for f in fixed.after.findings}
    assert len(read(fixed.data)) == 60


def test_fractions_before_1970_are_told_as_they_are() -> None:
    data = RIDE.gpx(change={i: {"time": i - 61.5} for i in range(61)})
    found = _told(data)
    assert "the first 1969-12-31T23:58:58.500Z" in found.message
    assert found.evidence["date"] == iso(found.where.time)
