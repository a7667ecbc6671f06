"""Cases for the rules about tracks, activities, sessions and laps of a file."""

from __future__ import annotations

import re
from collections.abc import Callable

from cases import Case
from cases.neutral_time import RIDE, _case, _spared
from tracklint.testing import FitBuilder, Ride, fit_time


def _two_tracks() -> bytes:
    """A GPX file whose points stand in two trk."""
    return RIDE.gpx(segments=2).replace(b"</trkseg>\n    <trkseg>", b"</trkseg></trk><trk><type>Ride</type><trkseg>", 1)


def _activity(ride: Ride) -> bytes:
    found = re.search(rb"<Activity .*</Activity>", ride.tcx(), re.DOTALL)
    assert found is not None
    return found[0]


def _with_more(more: bytes, before: bytes = b"</Activities>") -> bytes:
    data = RIDE.tcx()
    assert before in data
    return data.replace(before, more + before, 1)


_LATER = Ride(seconds=60, start="2024-05-02T10:00:00Z")
_OTHER_DEVICE = _activity(_LATER).replace(b"tracklint ride builder", b"another device")


def _multisport() -> bytes:
    activity = _activity(RIDE)
    session = (
        b"<MultiSportSession><Id>2024-05-01T10:00:00Z</Id><FirstSport>"
        + activity
        + b"</FirstSport></MultiSportSession>"
    )
    return RIDE.tcx().replace(activity, session)


def _course() -> bytes:
    found = re.search(rb"<Courses>.*</Courses>", _LATER.tcx(course=True), re.DOTALL)
    assert found is not None
    return _with_more(found[0], b"<Author" if b"<Author" in RIDE.tcx() else b"</TrainingCenterDatabase>")


def _legs(first: int, second: int) -> Callable[[], bytes]:
    """A FIT file with two sessions of half a minute, of these sports."""

    def build() -> bytes:
        fields = [(253, 4, 0x86), (2, 4, 0x86), (7, 4, 0x86), (8, 4, 0x86), (5, 1, 0), (6, 1, 0), (0, 1, 0), (1, 1, 0), (25, 2, 0x84), (26, 2, 0x84)]  # fmt: skip
        more = FitBuilder().define(12, 18, fields)
        for i, sport in enumerate((first, second)):
            start = fit_time(RIDE.time(30 * i))
            more.data(12, start + 30, start, 30_000, 30_000, sport, 0, 8, 1, i, 1)
        body = RIDE.fit(without=("session",), messages={"activity": {"num_sessions": 2}})[14:-2]
        return FitBuilder().raw(body + more.build()[14:-2]).build()

    return build


CASES = [
    Case("STR004", _two_tracks, True, name="two"),
    *_spared("STR004", "two-segments", kinds=("gpx",), segments=2),
    Case("STR005", lambda: _with_more(_activity(_LATER)), True, name="two-tcx"),
    Case("STR005", _legs(5, 2), True, frozenset({"FIT312"}), "swim-and-ride-fit"),
    Case("STR005", _legs(2, 2), False, frozenset({"FIT312"}), "ride-and-ride-fit"),
    Case("STR005", _legs(3, 2), False, frozenset({"FIT312"}), "transition-and-ride-fit"),
    *_spared("STR005", "one", kinds=("tcx",)),
    Case("STR006", _multisport, True, name="one"),
    *_spared("STR006", "none", kinds=("tcx",)),
    Case("STR008", _course, True, name="both"),
    *_spared("STR008", "course", RIDE, "STR007", kinds=("tcx",), course=True),
    *_case("STR009", "one", kinds=("tcx",), change={40: dict.fromkeys(("position", "altitude", "distance", "heart_rate", "cadence", "power", "speed"))}),
    *_spared("STR009", "only-altitude", kinds=("tcx",), change={40: dict.fromkeys(("position", "distance", "heart_rate", "cadence", "power", "speed"))}),
    *_case("STR013", "cumulative", kinds=("tcx",), lap={"DistanceMeters": "481.00"}),
    *_spared("STR013", "hundred-metres", kinds=("tcx",), lap={"DistanceMeters": "300.00"}),
    *_case("STR014", "negative", kinds=("tcx",), lap={"TotalTimeSeconds": "-5.0"}),
    *_case("STR014", "not-a-number", kinds=("tcx",), lap={"MaximumSpeed": "Infinity"}),
    *_case("STR014", "beyond", kinds=("tcx",), lap={"Calories": "65001"}),
    *_spared("STR014", "nothing-and-much", kinds=("tcx",), lap={"Calories": "0", "MaximumSpeed": "99.9"}),
    Case("DEV008", lambda: _with_more(_OTHER_DEVICE), True, frozenset({"STR005"}), "two"),
    Case("DEV008", lambda: _with_more(_activity(_LATER)), False, frozenset({"STR005"}), "same"),
]  # fmt: skip
