"""Cases for the rules about the course of time that hold for all formats."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from cases import Case
from tracklint.testing import OMIT, FitBuilder, Ride, fit_time

RIDE = Ride(seconds=60)
#: One lap, so that a gap stands in no lap's way.
LONG = Ride(seconds=180, laps=1)
FORMATS = ("fit", "tcx", "gpx")
XML = ("tcx", "gpx")
_ROLLOVER = -7168 * 86400.0
_HOUR = 3600.0


def _case(
    code: str,
    name: str,
    ride: Ride = RIDE,
    *along: str,
    kinds: tuple[str, ...] = FORMATS,
    breaks: bool = True,
    **options: Any,
) -> list[Case]:
    def build(kind: str) -> Callable[[], bytes]:
        return lambda: getattr(ride, kind)(**options)

    return [Case(code, build(kind), breaks, frozenset(along), f"{name}-{kind}") for kind in kinds]


def _spared(code: str, name: str, ride: Ride = RIDE, *along: str, **options: Any) -> list[Case]:
    return _case(code, name, ride, *along, breaks=False, **options)


def _shifted(points: Iterable[int], seconds: float, ride: Ride = RIDE) -> Mapping[int, Mapping[str, Any]]:
    return {i: {"time": ride.time(i) + seconds} for i in points}


def _rolled_over() -> bytes:
    """All points of a TCX file 1024 weeks early, while its laps say the truth."""
    return RIDE.tcx(change=_shifted(range(61), _ROLLOVER))


def _second_segment(seconds: float) -> Callable[[], bytes]:
    """A segment of five records of a heart rate belt after the ride, the first so many seconds after its start."""

    def build() -> bytes:
        more = FitBuilder().define(0, 20, [(253, 4, 0x86), (3, 1, 2)])
        for i in range(5):
            more.data(0, fit_time(RIDE.time(0) + seconds + i), 120)
        return RIDE.fit() + more.build()

    return build


def _paused(stop: int, start: int, skip: Iterable[int] = ()) -> Callable[[], bytes]:
    """A ride with a timer stop and start at these seconds, whose totals know of the pause."""
    ride = Ride(seconds=60, laps=1)
    timer = 1000 * (60 - start + stop)
    totals = {name: {"total_timer_time": timer} for name in ("lap", "session", "activity")}

    def build() -> bytes:
        more = FitBuilder().define(12, 21, [(253, 4, 0x86), (0, 1, 0), (1, 1, 0)])
        more.data(12, fit_time(ride.time(stop)), 0, 4).data(12, fit_time(ride.time(start)), 0, 0)
        body = ride.fit(messages=totals, skip=tuple(skip))[14:-2]
        return FitBuilder().raw(body + more.build()[14:-2]).build()

    return build


def _late_device(seconds: int) -> Callable[[], bytes]:
    """A device_info message at the end of the file, dated so many seconds before the last record."""

    def build() -> bytes:
        more = FitBuilder().define(12, 23, [(253, 4, 0x86), (0, 1, 2), (4, 2, 0x84)])
        more.data(12, fit_time(RIDE.time(60) - seconds), 2, 1)
        return FitBuilder().raw(RIDE.fit()[14:-2] + more.build()[14:-2]).build()

    return build


def _stood_still() -> bytes:
    """A pause of 1000 s that the session leaves out of its elapsed time; the athlete stands around it."""
    there = {name: LONG.point(88)[name] for name in ("latitude", "longitude", "distance")}
    change = {
        i: {"time": LONG.time(i) + (1000 if i >= 90 else 0), **(there if i in (89, 90, 91) else {})} for i in range(181)
    }
    return LONG.fit(change=change)


_DAY_AND_MORE = 5 * 86400.0
_HALVES = {i: {"time": RIDE.time(i // 2)} for i in range(41)}
_SHORT = Ride(seconds=9, laps=1)

CASES = [
    Case("TIM007", Ride(seconds=60, start="2004-09-15T10:00:00Z").fit, True, name="before-fit-existed"),
    Case("TIM007", Ride(seconds=60, start="2008-09-15T10:00:00Z").fit, False, name="2008-fit"),
    *_case("TIM007", "inside", change=_shifted(range(35, 41), _ROLLOVER), kinds=XML),
    Case("TIM007", _rolled_over, True, name="laps-say-otherwise"),
    *(
        Case("TIM007", getattr(Ride(seconds=60, start="2004-09-15T10:00:00Z"), k), False, name=f"2004-{k}")
        for k in XML
    ),
    *_spared("TIM008", "other-segment", RIDE, "TIM011", kinds=("gpx",), segments=2, change=_shifted(range(30, 61), -10)),
    *_case("TIM011", "segments", kinds=("gpx",), segments=2, change=_shifted(range(30, 61), -10)),
    *_case("TIM011", "laps", kinds=("tcx",), change=_shifted(range(30, 61), -10)),
    Case("TIM011", _second_segment(50), True, frozenset({"FIT013"}), "chained-fit"),
    Case("TIM011", _second_segment(61), False, frozenset({"FIT013"}), "chained-fit"),
    *_spared("TIM011", "segments", kinds=("gpx",), segments=2),
    *_spared("TIM011", "same-time", kinds=("tcx",), change=_shifted(range(30, 61), -1)),
    *_case("TIM012", "twice-as-long", kinds=("tcx",), lap={"TotalTimeSeconds": "60.0"}),
    *_case("TIM012", "milliseconds", kinds=("tcx",), lap={"TotalTimeSeconds": "30000"}),
    *_spared("TIM012", "ten-seconds", kinds=("tcx",), lap={"TotalTimeSeconds": "40.0"}),
    *_case("TIM013", "early", kinds=("tcx",), lap={"StartTime": "2024-05-01T09:57:00Z"}),
    *_spared("TIM013", "half-a-minute", kinds=("tcx",), lap={"StartTime": "2024-05-01T10:00:00Z"}),
    *_case("TIM014", "five-days", change=_shifted((20,), -_DAY_AND_MORE)),
    *_spared("TIM014", "five-hours", RIDE, "TIM008", "TIM017", change=_shifted((20,), -5 * _HOUR)),
    *_case("TIM015", "head", change=_shifted((0, 1), -8 * _HOUR), kinds=("fit", "gpx")),
    *_case("TIM015", "head", RIDE, "TIM013", change=_shifted((0, 1), -8 * _HOUR), kinds=("tcx",)),
    *_case("TIM015", "tail", change=_shifted((59, 60), 8 * _HOUR), kinds=XML),
    *_spared("TIM015", "fifty-minutes", RIDE, "TIM017", change=_shifted((0, 1), -3000), kinds=("fit",)),
    *_spared("TIM015", "five-hours", RIDE, "TIM013", change=_shifted((0, 1), -5 * _HOUR), kinds=XML),
    *_spared("TIM015", "four-points", RIDE, "TIM013", "TIM016", change=_shifted(range(4), -8 * _HOUR), kinds=XML),
    *_case("TIM016", "seven-hours", Ride(seconds=25_260, laps=1, speed=0.01), skip=range(31, 25_230)),
    *_spared("TIM016", "five-hours", Ride(seconds=18_060, laps=1, speed=0.01), skip=range(31, 18_030)),
    *_case("TIM017", "before", change=_shifted((0,), -30), kinds=("fit",)),
    *_spared("TIM017", "four-seconds", change=_shifted((0,), -4), kinds=("fit",)),
    Case("TIM018", _paused(20, 40), True, frozenset({"FIT312"}), "all-records"),
    Case("TIM018", _paused(20, 40, range(22, 39)), False, frozenset({"FIT312"}), "none-in-the-pause"),
    Case("FIT312", _late_device(2), True, frozenset({"FIT214"}), "two-seconds"),
    Case("FIT312", _late_device(1), False, frozenset({"FIT214"}), "one-second"),
    *_case("TIM019", "lost", LONG, skip=range(30, 120)),
    *_spared("TIM019", "short", LONG, skip=range(30, 85)),
    *_spared("TIM019", "segments", LONG, segments=2, kinds=("gpx",), skip=range(20, 90)),
    *_case("TIM020", "ahead", LONG, "FIT312", kinds=("fit",), change=_shifted(range(90, 181), 1000, LONG)),
    Case("TIM020", _stood_still, False, frozenset({"FIT312"}), "pause-without-elapsed"),
    *_spared("TIM020", "pause-of-the-clock", LONG, "TIM019", kinds=("fit",), skip=range(30, 120)),
    *_case("TIM021", "two-hertz", Ride(seconds=40), change=_HALVES),
    *_spared("TIM021", "some", Ride(seconds=40), "TIM009", change={i: {"time": RIDE.time(i - 1)} for i in range(1, 40, 4)}),
    *_case("TIM022", "export", _SHORT, change={i: {"time": RIDE.time(0)} for i in range(10)}),
    *_spared("TIM022", "one-second", _SHORT, "TIM009", change={i: {"time": RIDE.time(0)} for i in range(9)}),
    *_case("TIM023", "lap", Ride(seconds=60, laps=1), "FIT312", kinds=("fit",),
           messages={"lap": {"timestamp": fit_time(RIDE.time(0) - 100), "total_elapsed_time": OMIT}}),
    *_spared("TIM023", "negative", RIDE, "STR014", kinds=("tcx",), lap={"TotalTimeSeconds": "-5.0"}),
    *_case("TIM023", "late", kinds=("tcx",), lap={"StartTime": "2024-05-01T10:10:00Z"}),
    *_spared("TIM023", "laps-written-at-the-end", RIDE, "FIT312", kinds=("fit",), messages={"lap": {"timestamp": fit_time(RIDE.time(0) - 100)}}),
    *_spared("TIM023", "lap", Ride(seconds=60, laps=1), "FIT312", kinds=("fit",),
             messages={"lap": {"timestamp": fit_time(RIDE.time(0)), "total_elapsed_time": OMIT}}),
    *_spared("TIM023", "late", kinds=("tcx",), lap={"StartTime": "2024-05-01T10:00:50Z"}),
]  # fmt: skip
