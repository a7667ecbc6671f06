"""Cases for the rules that only FIT files can break."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from fastcrc import crc16

from cases import Case
from tracklint.testing import FitBuilder, Ride

RIDE = Ride(seconds=60)
#: What a file lacks that ends before its summaries are written.
NO_SUMMARIES = frozenset({"FIT404", "FIT405", "FIT406", "SPT001"})
NO_EVENTS = frozenset({"FIT408", "FIT409"})


def _ride(**options: Any) -> Callable[[], bytes]:
    return lambda: RIDE.fit(**options)


def _sealed(data: bytes) -> bytes:
    """``data`` with the right checksum in place of its last two bytes."""
    return data[:-2] + crc16.arc(data[:-2]).to_bytes(2, "little")


def _definition(data: bytes, name: int) -> int:
    """The offset of the first definition of a global number, found by its own bytes (reserved 0, little-endian)."""
    at = 14
    while True:
        at = data.index(bytes((0, 0, name & 0xFF, name >> 8)), at) - 1
        if data[at] & 0xC0 == 0x40:
            return at
        at += 2


def _with_definition(name: int, at: int, value: int, **options: Any) -> Callable[[], bytes]:
    """A ride with one byte of a definition changed, and sealed again."""

    def build() -> bytes:
        data = bytearray(RIDE.fit(**options))
        data[_definition(data, name) + at] = value
        return _sealed(bytes(data))

    return build


def _field(data: bytes, message: int, number: int) -> int:
    """The offset of a field's three bytes in the definition of ``message``."""
    start = _definition(data, message)
    return next(at for at in range(start + 6, start + 6 + 3 * data[start + 5], 3) if data[at] == number)


def _with_field(message: int, number: int, part: int, value: int) -> Callable[[], bytes]:
    """A ride in which one byte of a field's definition (number, size or base type) is changed, and sealed again."""

    def build() -> bytes:
        data = bytearray(RIDE.fit())
        data[_field(data, message, number) + part] = value
        return _sealed(bytes(data))

    return build


def _extra(extra: Callable[[FitBuilder], object], *, first: bool = False) -> Callable[[], bytes]:
    """A ride with more messages at its end, or before all others, and sealed again."""

    def build() -> bytes:
        more = FitBuilder()
        extra(more)
        added = more.build()[14:-2]
        data = RIDE.fit()
        body = added + data[14:-2] if first else data[14:-2] + added
        return FitBuilder().raw(body).build()

    return build


def _cut(by: int) -> Callable[[], bytes]:
    return lambda: RIDE.fit()[:-by]


def _span() -> bytes:
    """Forty bytes among the records are overwritten."""
    data = bytearray(RIDE.fit())
    middle = len(data) // 3
    data[middle : middle + 40] = bytes(range(0x90, 0x90 + 40))
    return bytes(data)


def _flipped_header() -> bytes:
    """Bit 1 of a record's header."""
    data = bytearray(Ride(seconds=60, laps=1).fit())
    record = _definition(bytes(data), 20)
    start = record + 6 + 3 * data[record + 5]
    stride = 1 + sum(data[at + 1] for at in range(record + 6, start, 3))
    assert data[start + 9 * stride] == data[start]
    data[start + 9 * stride] ^= 2
    return bytes(data)


def _damaged_second() -> bytes:
    data = RIDE.fit(chained=2)
    at = data.index(b".FIT", 20)
    return data[:at] + b".GIT" + data[at + 4 :]


def _empty_tail() -> bytes:
    return RIDE.fit() + FitBuilder().build()


def _compressed_only() -> bytes:
    """A file without any full timestamp in its first records."""
    fit = FitBuilder().define(3, 0, [(0, 1, 0x00), (1, 2, 0x84), (2, 2, 0x84), (4, 4, 0x86)])
    fit.data(3, 4, 265, 1, 1_083_405_600).define(0, 20, [(3, 1, 0x02)])
    for i in range(40):
        fit.compressed(0, i & 31, 120)
    return fit.build()


def _text_before() -> bytes:
    return b"HTTP/1.1 200 OK\r\n" + RIDE.fit()


def _undefined_local() -> bytes:
    """A message of local type 15 between two others, in a file whose checksum is right."""
    data = RIDE.fit()
    record = _definition(data, 20)
    return FitBuilder().raw(data[14:record] + b"\x0f" + data[record:-2]).build()


def _with_heart_rate_segment() -> bytes:
    """A belt's own data after the ride, as HRM-Swim writes it: hr messages without file_id."""
    return RIDE.fit() + FitBuilder().define(0, 132, [(253, 4, 0x86), (6, 1, 2)]).data(0, 1_083_405_600, 120).build()


def _long(rest: int) -> Callable[[], bytes]:
    """A message of 250 bytes and ``rest`` more."""
    fields = [(0, 250, 0x02), (1, rest, 0x02)]
    return _extra(lambda fit: fit.define(13, 388, fields).data(13, bytes(250), bytes(rest)))


def _broken(code: str, build: Callable[[], bytes], *along: str, name: str = "") -> Case:
    return Case(code, build, True, frozenset(along), name)


def _spared(code: str, build: Callable[[], bytes], *along: str, name: str = "") -> Case:
    return Case(code, build, False, frozenset(along), name)


CONTAINER = [
    _broken("FIT001", lambda: b"\x0e\x20ab" + b"12345678" + b".FIT" + bytes(60), "STR001", name="no-header"),
    _broken("FIT001", lambda: RIDE.fit(chained=2).replace(b".FIT", b".FIX", 1), "FIT004", "FIT006", "FIT013", name="signature"),
    _spared("FIT001", _ride(), name="ride"),
    _broken("FIT002", _ride(header=16), name="16"),
    _spared("FIT002", _ride(header=12), "FIT003", name="12"),
    _broken("FIT004", _ride(build={"header_crc": 0x1234}), name="wrong"),
    _spared("FIT004", _ride(header_crc=False), "FIT005", name="zero"),
    _broken("FIT005", _ride(header_crc=False), name="zero"),
    _spared("FIT005", _ride(header=12), "FIT003", name="no-room"),
    _broken("FIT006", _ride(build={"crc": 0}), name="zero"),
    _broken("FIT006", _ride(build={"crc": 0x1234}), name="other"),
    _spared("FIT006", _ride(build={"crc": b""}), "FIT007", name="missing"),
    _broken("FIT007", _ride(build={"crc": b""}), name="missing"),
    _spared("FIT007", _ride(), name="ride"),
    _broken("FIT008", _ride(build={"data_size": 0}), name="zero"),
    _spared("FIT008", _ride(build={"data_size": 1 << 20}), "FIT009", name="large"),
    _broken("FIT009", _ride(build={"data_size": 1 << 20}), name="large"),
    _spared("FIT009", _ride(build={"data_size": 0}), "FIT008", name="zero"),
    _broken("FIT010", _ride(build={"data_size": 903}), name="inside"),
    _spared("FIT010", _ride(), name="ride"),
    _broken("FIT011", _cut(7), "FIT406", name="inside-activity"),
    _spared("FIT011", _cut(2), "FIT007", name="whole-messages"),
    _broken("FIT012", lambda: RIDE.fit() + bytes(16), name="zeros"),
    _broken("FIT012", lambda: RIDE.fit() + b"log: stopped\r\n", name="text"),
    _spared("FIT012", _ride(chained=2), "FIT013", name="chained"),
    _broken("FIT014", _damaged_second, name="signature"),
    _spared("FIT014", lambda: RIDE.fit() + bytes(range(40)), "FIT012", name="no-header"),
    _broken("FIT015", _ride(build={"protocol": 0x30}), name="3.0"),
    _broken("FIT015", _ride(build={"protocol": 0x02}), name="0.2"),
    _spared("FIT015", _ride(build={"protocol": 0x10}), name="1.0"),
    _broken("FIT016", _text_before, name="http"),
    _spared("FIT016", _ride(), name="ride"),
    _broken("FIT018", _span, "FIT006", name="overwritten"),
    _spared("FIT018", _flipped_header, "FIT006", "FIT020", name="one-bit"),
    _broken("FIT019", _empty_tail, name="second"),
    _spared("FIT019", _ride(chained=2), "FIT013", name="chained"),
    _broken("FIT020", _flipped_header, "FIT006", name="record-header"),
    _spared("FIT020", _span, "FIT006", "FIT018", "SEN011", "SEN016", "SEN028", name="span"),
]  # fmt: skip


def _between_messages() -> bytes:
    """The declared size ends behind file_id's message."""
    data = RIDE.fit()
    first = 6 + 3 * data[19]
    stride = 1 + sum(data[at + 1] for at in range(20, 14 + first, 3))
    return RIDE.fit(build={"data_size": first + stride})


DEFINITIONS = [
    _broken("FIT021", _between_messages, name="after-file-id"),
    _spared("FIT021", _ride(), name="ride"),
    _broken("FIT101", _undefined_local, name="local-15"),
    _spared("FIT101", _ride(interleaved=True), name="many-types"),
    _broken("FIT102", _with_definition(20, 2, 2), name="records"),
    _spared("FIT102", _ride(big_endian=True), name="big-endian"),
    _broken("FIT104", _with_definition(20, 1, 1), name="reserved-byte"),
    _spared("FIT104", _ride(), name="ride"),
    _broken("FIT105", _with_field(23, 5, 2, 0x9F), name="software-version"),
    _spared("FIT105", _with_field(23, 5, 2, 0x04), "FIT106", name="only-the-flag"),
    _broken("FIT106", _with_field(20, 7, 2, 0x04), name="power"),
    _spared("FIT106", _ride(), name="ride"),
    _broken("FIT107", _extra(lambda fit: fit.define(13, 388, [(0, 3, 0x86)]).data(13, b"\x01\x02\x03")), name="three"),
    _spared("FIT107", _extra(lambda fit: fit.define(13, 388, [(0, 8, 0x86)]).data(13, bytes(8))), name="array"),
    _broken("FIT108", _extra(lambda fit: fit.define(13, 388, [(0, 0, 0x02), (1, 1, 2)]).data(13, b"", 1)), name="empty"),
    _spared("FIT108", _ride(), name="ride"),
    _broken("FIT109", _extra(lambda fit: fit.define(13, 388, [(0, 1, 2), (0, 1, 2)]).data(13, 1, 2)), name="twice"),
    _spared("FIT109", _extra(lambda fit: fit.define(13, 388, [(0, 1, 2), (1, 1, 2)]).data(13, 1, 2)), name="two"),
    _broken("FIT110", _extra(lambda fit: fit.define(13, 388, []).data(13)), name="none"),
    _spared("FIT110", _extra(lambda fit: fit.define(13, 388, [(0, 1, 2)]).data(13, 1)), name="one"),
    _broken("FIT114", _extra(lambda fit: fit.define(13, 388, [(253, 2, 0x84)]).data(13, 1)), name="uint16"),
    _spared("FIT114", _extra(lambda fit: fit.define(13, 388, [(252, 2, 0x84)]).data(13, 1)), name="other-field"),
    _broken("FIT117", _long(6),
            name="256"),
    _spared("FIT117", _long(5),
            name="255"),
    _broken("FIT211", _compressed_only, "TIM002", "FIT212", *NO_EVENTS, *NO_SUMMARIES, "FIT702", "FIT705", name="none"),
    _spared("FIT211", _ride(compressed=True), "FIT212", name="with-reference"),
]  # fmt: skip

MESSAGES = [
    _broken("FIT401", _ride(without=("file_id",)), "DEV005", name="none"),
    _spared("FIT401", _with_heart_rate_segment, "FIT013", name="further-segment"),
    _broken("FIT402", _extra(lambda fit: fit.define(13, 35, [(3, 2, 0x84)]).data(13, 100), first=True), name="software"),
    _spared("FIT402", _extra(lambda fit: fit.define(13, 35, [(3, 2, 0x84)]), first=True), "FIT111", name="definition-only"),
    _broken("FIT404", _ride(without=("session",)), name="none"),
    _spared("FIT404", _ride(file_type=6, without=("session",)), "FIT801", name="course"),
    _broken("FIT405", _ride(without=("lap",)), name="none"),
    _spared("FIT405", _ride(file_type=6, without=("lap",)), "FIT801", name="course"),
    _broken("FIT406", _ride(without=("activity",)), name="none"),
    _spared("FIT406", _ride(file_type=6, without=("activity",)), "FIT801", name="course"),
    _broken("FIT701", _ride(messages={"file_id": {"time_created": None}}), name="time-created"),
    _spared("FIT701", _ride(), name="ride"),
    _broken("FIT801", _ride(file_type=5, without=("record", "session", "lap", "activity", "event")), name="workout"),
    _broken("FIT801", _ride(file_type=6), name="course"),
    _spared("FIT801", _ride(), name="ride"),
]  # fmt: skip

CASES: list[Case] = CONTAINER + DEFINITIONS + MESSAGES
