"""Values of FIT files that are mended as in the other formats: blanked where implausible, halved, named."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from tracklint.activity import COLUMNS
from tracklint.checking import read
from tracklint.config import Config, Limits
from tracklint.edits import Wishes
from tracklint.mending.fixing import Fixed, fix
from tracklint.testing import Ride

CONFIG = Config(limits=Limits(now=1795305600))
RIDE = Ride(seconds=60)
RUN = Ride(seconds=60, sport="running")
FAR = RIDE.point(30)["latitude"] + 0.1


def _fixed(data: bytes, wishes: Wishes | None = None) -> Fixed:
    return fix(data, config=CONFIG, unsafe=True, wishes=wishes)


def _unlike(data: bytes, fixed: Fixed) -> dict[str, list[int]]:
    """The points of each column that the repair changed."""
    before, after = read(data), read(fixed.data)
    pairs = {name: (getattr(before, name), getattr(after, name)) for name in COLUMNS}
    return {
        name: np.flatnonzero((a != b) & ~(np.isnan(a) & np.isnan(b))).tolist()
        for name, (a, b) in pairs.items()
        if not np.array_equal(a, b, equal_nan=True)
    }


@pytest.mark.parametrize(
    ("code", "change", "columns"),
    [
        ("SEN011", {"power": 4000}, ["power"]),
        ("SEN027", {"speed": 50}, ["speed"]),
        ("SEN028", {"temperature": 100}, ["temperature"]),
        ("POS008", {"latitude": FAR}, ["latitude", "longitude"]),
        ("POS010", {"altitude": 9500}, ["altitude"]),
    ],
)
def test_one_implausible_value_is_blanked_and_nothing_else(
    code: str, change: dict[str, Any], columns: list[str]
) -> None:
    data = RIDE.fit(change={30: change})
    fixed = _fixed(data)
    assert code in {f.code for f in fixed.before.findings}
    assert code not in {f.code for f in fixed.after.findings}
    assert _unlike(data, fixed) == {name: [30] for name in columns}
    assert all(np.isnan(getattr(read(fixed.data), name)[30]) for name in columns)


def test_steps_become_strides_in_records_laps_and_session() -> None:
    cadence = {"avg_cadence": 172, "max_cadence": 180}
    totals = {"session": cadence, "lap": cadence}
    data = RUN.fit(change={i: {"cadence": 172} for i in range(61)}, messages=totals)
    right = RUN.fit(
        change={i: {"cadence": 86} for i in range(61)},
        messages={name: {"avg_cadence": 86, "max_cadence": 90} for name in totals},
    )
    assert _fixed(data).data == right


def test_the_sport_that_a_person_names_is_written() -> None:
    data = Ride(seconds=60, sport="generic").fit()
    fixed = _fixed(data, Wishes(sport="GravelRide"))
    assert "SPT001" in {f.code for f in fixed.before.findings}
    assert fixed.after.prediction is not None
    assert fixed.after.prediction.sport == "GravelRide"
    session = read(fixed.data).sessions[0]
    assert (session.sport, session.sub_sport) == ("cycling", "gravel_cycling")
    assert "FIT426" not in {f.code for f in fixed.after.findings}
    assert not _fixed(data).changed


def test_a_session_that_strava_maps_keeps_its_sport() -> None:
    assert not _fixed(RIDE.fit(), Wishes(sport="running")).changed


def test_calories_that_nobody_spends_become_no_value() -> None:
    totals = {"total_calories": 65_001}
    data = Ride(seconds=60, laps=1).fit(messages={"session": totals, "lap": totals})
    fixed = _fixed(data)
    assert {f.code for f in fixed.before.findings} == {"FIT430"}
    assert fixed.after.findings == ()
    assert np.isnan(read(fixed.data).sessions[0].calories)
