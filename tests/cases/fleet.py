"""Cases for what a configuration expects of one file and of many, and for rules about many files of one device."""

from __future__ import annotations

from collections.abc import Callable
from itertools import chain
from typing import Any

from cases import Case, FleetCase
from tracklint.config import Config
from tracklint.expecting import Expectation
from tracklint.testing import Ride

RIDE = Ride(seconds=60)
FORMATS = ("fit", "tcx", "gpx")


def _built(kind: str) -> Callable[[], bytes]:
    return getattr(RIDE, kind)  # type: ignore[no-any-return]


def _expecting(**expect: Expectation) -> Config:
    return Config(select=("FLT",), expect=expect)


def _cases(kind: str) -> list[Case]:
    def case(name: str, *, breaks: bool, **expect: Expectation) -> Case:
        return Case("FLT801", _built(kind), breaks, name=f"{kind} {name}", config=_expecting(**expect))

    return [
        case("too long", breaks=True, elapsed_s=Expectation(max=59.5, section="tracklint.toml [expect]")),
        case("too short", breaks=True, elapsed_s=Expectation(min=60.5)),
        case("missing", breaks=True, work_j=Expectation(required=True)),
        case("at its bounds", breaks=False, elapsed_s=Expectation(min=60, max=60)),
        case("missing, not required", breaks=False, work_j=Expectation(max=25)),
        case("asked of the fleet", breaks=False, elapsed_s=Expectation(max=59.5, share=0.02)),
    ]


CASES = list(chain.from_iterable(map(_cases, FORMATS)))

#: Of a device that FIT knows.
EDGE = {"manufacturer": 1, "product": 3121, "software": 975}


def rides(*options: dict[str, Any]) -> dict[str, bytes]:
    """Rides of one device, an hour apart, each with options of `Ride.fit`."""
    return {
        f"{number}.fit": Ride(seconds=60, start=f"2024-05-01T{10 + number}:00:00Z").fit(**EDGE | each)
        for number, each in enumerate(options)
    }


_GOOD: dict[str, Any] = {}
_GAP: dict[str, Any] = {"skip": range(10, 20)}
_LATE: dict[str, Any] = {"change": {30: {"time": None}}}


def _shares(name: str, *, breaks: bool, files: tuple[dict[str, Any], ...], **expect: Expectation) -> FleetCase:
    return FleetCase("FLT802", lambda: rides(*files), breaks, Config(expect=expect), name)


FLEETS = [
    _shares(
        "rule",
        breaks=True,
        files=(_GOOD, _LATE, _LATE, _GOOD),
        TIM001=Expectation(share=0.02, section="t.toml [expect]"),
    ),
    _shares("rule as often as it may", breaks=False, files=(_GOOD, _LATE, _LATE, _GOOD), TIM001=Expectation(share=0.5)),
    _shares("fact", breaks=True, files=(_GAP, _GOOD), sample_gap_p99_s=Expectation(max=2, share=0.4)),
    _shares(
        "fact as often as it may", breaks=False, files=(_GAP, _GOOD), sample_gap_p99_s=Expectation(max=2, share=0.5)
    ),
    _shares("fact that nobody tells", breaks=False, files=(_GOOD, _GOOD), work_j=Expectation(max=2, share=0)),
]
