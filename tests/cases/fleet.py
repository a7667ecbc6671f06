"""Cases for what a configuration expects of the facts of one file."""

from __future__ import annotations

from collections.abc import Callable
from itertools import chain

from cases import Case
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
