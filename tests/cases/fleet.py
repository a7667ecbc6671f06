"""Cases for what a configuration expects of one file and of many, and for rules about many files of one device."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from itertools import chain
from typing import Any

from cases import Case, FleetCase
from tracklint.config import Config
from tracklint.expecting import Expectation
from tracklint.fit.checksum import crc16
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


def _ride(hour: int = 10, second: int = 0, **options: Any) -> bytes:
    """A ride of the device that begins at this time of a day."""
    return Ride(seconds=60, start=f"2024-05-01T{hour:02}:00:{second:02}Z").fit(**EDGE | options)


def _heart_rate_as_byte(data: bytes) -> bytes:
    """The same with heart rates of the base type byte."""
    assert data.count(b"\x03\x01\x02") == 1, "more than the definition of the record has these bytes"
    changed = data[:-2].replace(b"\x03\x01\x02", b"\x03\x01\x0d")
    return changed + crc16(changed).to_bytes(2, "little")


def _nights(*, late_before: int, late: int, files: int) -> dict[str, bytes]:
    """Two firmwares with so many files each, of which some have a point without time."""
    good, bad, newer = _ride(10), _ride(11, **_LATE), {"software": 976}
    before = {f"old/{k}.fit": bad if k < late_before else good for k in range(files)}
    good, bad = _ride(12, **newer), _ride(13, **newer, **_LATE)
    return before | {f"new/{k}.fit": bad if k < late else good for k in range(files)}


ASKED = Config(fleet=True)


def _about(code: str, name: str, build: Callable[[], Mapping[str, bytes]], *, breaks: bool) -> FleetCase:
    return FleetCase(code, build, breaks, ASKED, name)


FLEETS = [
    _about("FLT901", "type", lambda: {"a.fit": _ride(10), "b.fit": _heart_rate_as_byte(_ride(11))}, breaks=True),
    _about(
        "FLT901",
        "another firmware",
        lambda: {
            "a.fit": _ride(10),
            "b.fit": _heart_rate_as_byte(_ride(11, software=976)),
        },
        breaks=False,
    ),
    _about("FLT901", "other sensors", lambda: {"a.fit": _ride(10), "b.fit": _ride(11, enhanced=True)}, breaks=False),
    _about("FLT902", "copy", lambda: {"a.fit": _ride(10), "b.fit": _ride(10, skip=range(10, 20))}, breaks=True),
    _about("FLT902", "same bytes", lambda: {"a.fit": _ride(10), "b.fit": _ride(10)}, breaks=False),
    _about("FLT903", "two products", lambda: {"a.fit": _ride(10), "b.fit": _ride(11, product=2713)}, breaks=True),
    _about("FLT903", "at one time", lambda: {"a.fit": _ride(10), "b.fit": _ride(10, 30)}, breaks=True),
    _about(
        "FLT903",
        "one after the other",
        lambda: {
            "a.fit": _ride(10),
            "b.fit": Ride(seconds=60, start="2024-05-01T10:01:00Z").fit(**EDGE),
        },
        breaks=False,
    ),
    _about("FLT904", "more often", lambda: _nights(late_before=1, late=15, files=20), breaks=True),
    _about("FLT904", "less often", lambda: _nights(late_before=15, late=0, files=20), breaks=True),
    _about("FLT904", "by chance", lambda: _nights(late_before=5, late=9, files=20), breaks=False),
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
