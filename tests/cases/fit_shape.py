"""Cases for rules about FIT definitions as a whole, values, developer data and identity."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from cases import Case
from cases.fit_rules import RIDE, _broken, _extra, _ride, _spared
from tracklint.testing import OMIT, FitBuilder, Ride, fit_time

NOW = fit_time(RIDE.start_time)
#: A message that the profile names and of whose fields tracklint keeps no table.
NAMED = 388
ENUM, U8, U16, U32, TEXT, BYTE = 0x00, 0x02, 0x84, 0x86, 0x07, 0x0D
UUID = bytes(range(1, 17))


def _twice(fit: FitBuilder) -> FitBuilder:
    return fit.define(13, NAMED, [(0, 1, U8)]).data(13, 1).define(13, NAMED, [(0, 1, U8)]).data(13, 2)


def _changed(fit: FitBuilder) -> FitBuilder:
    return fit.define(13, NAMED, [(0, 1, U8)]).data(13, 1).define(13, NAMED, [(1, 1, U8)]).data(13, 2)


def _big(fit: FitBuilder) -> FitBuilder:
    return fit.define(13, NAMED, [(0, 1, U8)], big_endian=True).data(13, 1)


def _one(global_: int, fields: list[tuple[int, int, int]], *values: Any) -> Callable[[], bytes]:
    """A ride with one more message."""
    return _extra(lambda fit: fit.define(13, global_, fields).data(13, *values))


def _event(size: int, base: int, value: Any) -> Callable[[], bytes]:
    """A ride with an event other than the timer's, whose data is declared so."""
    fields = [(253, 4, U32), (0, 1, ENUM), (1, 1, ENUM), (3, size, base)]
    return _one(21, fields, NOW + 60, 36, 3, value)


DEFINITIONS = [
    _broken("FIT103", _extra(_big), name="one-of-many"),
    _spared("FIT103", _ride(big_endian=True), name="all-big"),
    _broken("FIT111", _extra(lambda fit: fit.define(13, NAMED, [(0, 1, U8)])), name="no-message"),
    _broken("FIT111", _extra(lambda fit: _changed(fit.define(13, NAMED, [(2, 1, U8)]))), name="bound-anew"),
    _spared("FIT111", _extra(_changed), name="used"),
    _broken("FIT112", _extra(_twice), name="same"),
    _spared("FIT112", _extra(_changed), name="other"),
    _broken("FIT113", _event(4, 0x85, 1), name="sign"),
    _broken("FIT113", _event(4, 0x88, bytes(4)), name="float"),
    _broken("FIT113", _event(2, U16, 1), name="narrow"),
    _spared("FIT113", _event(4, U32, 1), name="same"),
    _spared("FIT113", _one(21, [(253, 4, U32), (0, 2, U16), (1, 1, ENUM)], NOW + 60, 36, 3), name="wider"),
    _broken("FIT115", _event(8, U32, [1, 2]), name="event-data"),
    _spared("FIT115", _one(78, [(0, 10, U16)], [500] * 5), name="array-of-the-profile"),
    _broken("FIT116", _one(145, [(254, 4, U32)], NOW), name="date"),
    _spared("FIT116", _one(145, [(254, 4, U32)], 7), name="index"),
    _broken("FIT118", _one(233, [(0, 1, U8)], 1), name="233"),
    _broken("FIT118", _one(0xFF00, [(0, 1, U8)], 1), name="private"),
    _spared("FIT118", _one(NAMED, [(0, 1, U8)], 1), name="named"),
    _broken("FIT119", _one(23, [(253, 4, U32), (0, 1, U8), (200, 1, U8)], NOW + 60, 3, 1), name="device-info"),
    _spared("FIT119", _one(23, [(253, 4, U32), (0, 1, U8), (6, 1, U8)], NOW + 60, 3, 1), name="known"),
]  # fmt: skip


def _hr(*messages: tuple[str, Any], rates: int = 8) -> Callable[[], bytes]:
    """A ride with hr messages of a belt: ``anchor`` with a time of the belt's clock, or ``beats`` with eight of
    them."""

    def add(fit: FitBuilder) -> FitBuilder:
        fit.define(12, 132, [(253, 4, U32), (9, 4, U32), (6, 1, U8)])
        fit.define(13, 132, [(10, 12, BYTE), (6, rates, U8)])
        for kind, value in messages:
            if kind == "anchor":
                fit.data(12, NOW + 60, value, 120)
            else:
                fit.data(13, bytes(range(12)), [value] * rates)
        return fit

    return _extra(add)


def _wide(raw: int) -> Callable[[], bytes]:
    """A ride whose 30th record has this enhanced_altitude."""
    return _ride(enhanced=True, change={30: {"enhanced_altitude": raw}})


def _named(text: bytes) -> Callable[[], bytes]:
    return _one(23, [(253, 4, U32), (0, 1, U8), (27, 12, TEXT)], NOW + 60, 3, text)


SEGMENTS = [
    _broken("FIT003", _ride(header=12), name="12"),
    _spared("FIT003", _ride(), name="14"),
    _broken("FIT013", _ride(chained=2), name="two"),
    _broken("FIT013", lambda: RIDE.fit() + _workout(5), name="other-type"),
    _spared("FIT013", _ride(), name="one"),
    _broken("FIT017", _ride(build={"profile": 0}), name="zero"),
    _spared("FIT017", _ride(build={"profile": 1640}), name="16.40"),
]  # fmt: skip

VALUES = [
    _broken("FIT206", _named(b"caf\xe9"), name="latin"),
    _broken("FIT206", _named(b"a\x07b"), name="bell"),
    _broken("FIT206", _named(b"twelve bytes"), name="no-nul"),
    _spared("FIT206", _named("café".encode()), name="utf-8"),
    _spared("FIT206", _named(b"abc\0\xff\xfe"), name="after-nul"),
    _broken("FIT207", _wide(65535), name="altitude"),
    _spared("FIT207", _wide(0xFFFFFFFF), name="none"),
    _broken("FIT210", _one(NAMED, [(0, 1, U8), (1, 2, U16)], None, None), name="nothing"),
    _spared("FIT210", _one(NAMED, [(0, 1, U8), (1, 2, U16)], None, 1), name="something"),
    _broken("FIT212", _ride(compressed=True), name="records"),
    _spared("FIT212", _ride(interleaved=True), name="full"),
    _broken("FIT213", _ride(messages={"session": {"sub_sport": 252}, "lap": {"sub_sport": 252}}), name="geoid"),
    _broken("FIT213", _ride(messages={"session": {"trigger": 77}}), name="trigger"),
    _spared("FIT213", _ride(messages={"session": {"trigger": 1}}), name="activity-end"),
    _broken("FIT214", _one(23, [(253, 4, U32), (0, 1, U8), (4, 2, U16)], NOW + 60, 3, 5), name="product"),
    _spared("FIT214", _one(23, [(253, 4, U32), (0, 1, U8), (2, 2, U16), (4, 2, U16)], NOW + 60, 3, 1, 5), name="maker"),
    _broken("FIT215", _hr(("beats", 120)), "FIT111", name="no-anchor"),
    _broken("FIT215", _hr(("anchor", 1024), ("beats", 120), rates=6), name="six-rates"),
    _spared("FIT215", _hr(("anchor", 1024), ("beats", 120)), name="anchored"),
]  # fmt: skip


def _developer(
    *,
    identified: bool = True,
    app: bytes | None = UUID,
    described: bool = True,
    late: bool = False,
    used: bool = True,
    name: str = "pressure",
    base: int | None = U16,
    size: int = 2,
    more: tuple[int, str] | None = None,
) -> Callable[[], bytes]:
    """A ride with a message that carries a developer field, described in one way or another."""

    def add(fit: FitBuilder) -> FitBuilder:
        if identified:
            fit.define(11, 207, [(3, 1, U8)] + [(1, len(app or b""), BYTE)] * bool(app)).data(11, 0, *[app] * bool(app))
        fit.define(12, 206, [(0, 1, U8), (1, 1, U8), (2, 1, U8), (3, 12, TEXT), (8, 8, TEXT)])
        if described and not late:
            fit.data(12, 0, 5, base, name, "kPa")
        if more:
            fit.data(12, 0, 5, more[0], name, more[1])
        if used:
            fit.define(13, NAMED, [(0, 1, U8)], developer=[(5, size, 0)])
        if late:
            fit.data(12, 0, 5, base, name, "kPa")
        return fit.data(13, 1, bytes(size)) if used else fit

    return _extra(add)


def _override(factor: float) -> Callable[[], bytes]:
    """A ride with records after it whose developer field stands in for the heart rate, so many times as large."""

    def add(fit: FitBuilder) -> FitBuilder:
        fit.define(11, 207, [(3, 1, U8), (1, 16, BYTE)]).data(11, 0, UUID)
        fields = [(0, 1, U8), (1, 1, U8), (2, 1, U8), (3, 12, TEXT), (8, 8, TEXT), (14, 2, U16), (15, 1, U8)]
        fit.define(12, 206, fields).data(12, 0, 5, U16, "saturation", "bpm", 20, 3)
        fit.define(13, 20, [(253, 4, U32), (3, 1, U8)], developer=[(5, 2, 0)])
        for i in range(20):
            fit.data(13, NOW + 60 + i // 5, 120 + i, int(factor * (120 + i)))
        return fit

    return _extra(add)


DEVELOPER = [
    _broken("FIT601", _developer(described=False), "FIT111", name="not-at-all"),
    _spared("FIT601", _developer(), name="described"),
    _broken("FIT602", _developer(late=True), name="after-definition"),
    _spared("FIT602", _ride(developer=True), name="before"),
    _broken("FIT603", _developer(identified=False), name="none"),
    _spared("FIT603", _developer(), name="there"),
    _broken("FIT604", _developer(app=None), name="none"),
    _broken("FIT604", _developer(app=b"0123456789"), name="ten-bytes"),
    _spared("FIT604", _developer(), name="uuid"),
    _broken("FIT605", _developer(size=3), name="three"),
    _spared("FIT605", _developer(size=4), name="array"),
    _broken("FIT606", _developer(more=(U16, "bar")), name="unit"),
    _broken("FIT606", _developer(more=(U8, "kPa")), name="type"),
    _spared("FIT606", _developer(more=(U16, "kPa")), name="same"),
    _broken("FIT607", _developer(name=""), name="no-name"),
    _broken("FIT607", _developer(base=0x5F), name="no-such-type"),
    _spared("FIT607", _developer(), name="whole"),
    _broken("FIT608", _override(0.5), "TIM009", name="half"),
    _spared("FIT608", _override(1), "TIM009", name="same"),
    _broken("FIT609", _developer(used=False), name="unused"),
    _spared("FIT609", _developer(), name="used"),
]  # fmt: skip

DAY = 86400
LONG_NAME = {"file_id": {"product_name": "a name of more than 20"}}
IDENTITY = [
    _broken("FIT702", _ride(messages={"file_id": {"serial_number": None}}), name="none"),
    _broken("FIT702", _ride(messages={"file_id": {"serial_number": OMIT}}), name="omitted"),
    _spared("FIT702", lambda: Ride(seconds=60, serial=1).fit(), name="one"),
    _broken("FIT703", _ride(manufacturer=255), "DEV005", name="255"),
    _spared("FIT703", _ride(), name="strava"),
    _broken("FIT704", _ride(messages={"file_id": {"time_created": NOW - 2 * DAY}}), name="two-days"),
    _broken("FIT704", _ride(messages={"file_id": {"time_created": 1000}}), name="uptime"),
    _spared("FIT704", _ride(messages={"file_id": {"time_created": NOW + DAY - 60}}), name="a-day-later"),
    _broken("FIT705", _ride(without=("creator",)), name="none"),
    _broken("FIT705", _ride(messages={"file_id": {"product": 2}}), name="product"),
    _spared("FIT705", _ride(messages={"file_id": {"product": 2}, "device_info": {"product": 2}}), name="same"),
    _broken("FIT706", _ride(messages={"device_info": {"software_version": None}}), name="none"),
    _spared("FIT706", _ride(), name="there"),
    _broken("FIT707", _ride(messages=LONG_NAME), name="22"),
    _spared("FIT707", _ride(messages={"file_id": {"product_name": "a name of exactly 20"}}), name="20"),
    _broken("FIT802", _ride(messages={"file_id": {"type": None}}), name="no-type"),
    _spared("FIT802", _ride(), name="ride"),
    _broken("FIT803", lambda: _workout(4), "STR001", "FIT702", name="workout"),
    _spared("FIT803", lambda: _workout(5), "FIT801", name="honest"),
]  # fmt: skip


def _workout(kind: int) -> bytes:
    fit = FitBuilder().define(0, 0, [(0, 1, ENUM), (1, 2, U16), (2, 2, U16), (4, 4, U32)])
    fit.data(0, kind, 265, 1, NOW).define(1, 26, [(4, 1, ENUM), (6, 2, U16)]).data(1, 2, 1)
    return fit.build()


CASES: list[Case] = DEFINITIONS + SEGMENTS + VALUES + DEVELOPER + IDENTITY
