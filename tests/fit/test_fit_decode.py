"""Values: every type, both byte orders, what is missing, and what is declared wrongly."""

from __future__ import annotations

import math
import weakref

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tracklint.fit import scan_fit
from tracklint.fit.columns import MessageColumns, compressed_times, message_columns
from tracklint.fit.decode import decoded, messages
from tracklint.fit.document import FitDocument, Messages
from tracklint.fit.fields import Table
from tracklint.fit.profile import BASE_TYPES, FIT_EPOCH
from tracklint.testing import FitBuilder, Ride

T = 1_000_000_000
NUMBERS = sorted(set(BASE_TYPES) - {7})


def _byte(number: int) -> int:
    return number | (0x80 if BASE_TYPES[number].size > 1 else 0)


@pytest.mark.parametrize("big_endian", [False, True])
@pytest.mark.parametrize("number", NUMBERS)
@given(data=st.data())
def test_every_type_by_columns_and_one_by_one(number: int, big_endian: bool, data: st.DataObject) -> None:
    base = BASE_TYPES[number]
    kind = np.dtype((">" if big_endian else "<") + base.code)
    pieces = data.draw(st.lists(st.binary(min_size=base.size, max_size=base.size), min_size=1, max_size=5))
    fit = FitBuilder().define(0, 300, [(9, base.size, _byte(number))], big_endian=big_endian)
    for piece in pieces:
        fit.data(0, piece)
    document = scan_fit(fit.build())
    columns = message_columns(document, 300)
    raw, valid = columns.integers(9)
    one_by_one = [message.fields[0].raw for message in messages(document)]
    for piece, value, ok, single in zip(pieces, raw, valid, one_by_one, strict=True):
        there = int.from_bytes(piece, "big" if big_endian else "little") != base.none
        expected = np.frombuffer(piece, kind)[0]
        if kind.kind == "f":
            assert ok == (there and np.isfinite(expected))
            assert (single is None) == (not there)
            assert single is None or single == expected or (math.isnan(single) and math.isnan(expected))
        else:
            assert ok == there
            assert single == (int(expected) if there else None)
            assert not there or value == expected.astype(np.int64)


@pytest.mark.parametrize("big_endian", [False, True])
def test_a_number_shorter_than_its_type_is_extended(big_endian: bool) -> None:
    """COROS declares event.data as uint32 of one byte (fitdecode#13)."""
    fit = FitBuilder().define(0, 21, [(253, 4, 0x86), (3, 1, 0x86)], big_endian=big_endian)
    for i, piece in enumerate((b"\x07", b"\xff", b"\x00")):
        fit.data(0, T + i, piece)
    document = scan_fit(fit.build())
    values, valid = message_columns(document, "event").integers(3)
    assert values[valid].tolist() == [7, 0]
    assert [message.fields[1].raw for message in messages(document)] == [7, None, 0]


def test_arrays() -> None:
    fit = FitBuilder().define(0, 300, [(1, 6, 0x84), (2, 3, 0x0D), (3, 8, 0x07)])
    fit.data(0, b"\x01\x00\xff\xff\x03\x00", b"\xff\xff\xff", b"caf\xc3\xa9\0xx").data(
        0, b"\xff" * 6, b"\x01\xff\x02", b"\0" * 8
    )
    fields = [[value.raw for value in message.fields] for message in messages(scan_fit(fit.build()))]
    assert fields == [[(1, None, 3), None, "café"], [None, (1, 255, 2), None]]


def test_a_string_may_fill_its_field_and_need_not_be_utf_8() -> None:
    fit = FitBuilder().define(0, 0, [(8, 4, 0x07)]).data(0, b"Edge").data(0, b"\x9f\x00ab")
    columns = message_columns(scan_fit(fit.build()), "file_id")
    assert [columns.text(8, i) for i in range(2)] == ["Edge", "\ufffd"]


def test_scale_and_offset() -> None:
    fit = FitBuilder().define(0, 20, [(253, 4, 0x86), (2, 2, 0x84), (6, 2, 0x84)])
    fit.data(0, T, 2600, 8321).data(0, T + 1, 0xFFFF, 0xFFFF).data(0, T + 2, 0, 0)
    columns = message_columns(scan_fit(fit.build()), "record")
    assert np.array_equal(columns.floats(2), [20, np.nan, -500], equal_nan=True)
    assert np.array_equal(columns.floats(6), [8.321, np.nan, 0], equal_nan=True)


@given(st.lists(st.one_of(st.integers(0, 31), st.tuples(st.integers(0, 100_000))), max_size=60))
def test_compressed_timestamps_as_the_protocol_says(steps: list[int | tuple[int]]) -> None:
    """Held against the rule written as a loop: the reference is the last full time or the last result."""
    fit = FitBuilder().define(0, 20, [(3, 1, 0x02)]).define(4, 300, [(253, 4, 0x86)])
    expected = []
    now: int | None = None
    for step in steps:
        if isinstance(step, tuple):
            now = T + step[0]
            fit.data(4, now)
        else:
            fit.compressed(0, step, 100)
            if now is not None:
                now += (step - (now & 31)) & 31
            expected.append(np.nan if now is None else float(now + FIT_EPOCH))
    document = scan_fit(fit.build())
    assert np.array_equal(message_columns(document, "record").times(), expected, equal_nan=True)
    one_by_one = [m.where.time for m in messages(document) if m.name == "record"]
    assert one_by_one == [None if np.isnan(t) else t for t in expected]


def test_a_compressed_reference_does_not_cross_segments() -> None:
    first = FitBuilder().define(4, 300, [(253, 4, 0x86)]).data(4, T).build()
    second = FitBuilder().define(0, 20, [(3, 1, 0x02)]).compressed(0, 5, 100).build()
    document = scan_fit(first + second)
    assert np.isnan(message_columns(document, "record").times()).all()
    assert [fault.kind for fault in document.faults] == ["compressed-no-reference"]


def test_columns_follow_the_file_over_definitions_and_segments() -> None:
    fit = FitBuilder()
    for i in range(12):
        if i % 3 == 0:
            fields = [(253, 4, 0x86), (3, 1, 0x02)]
            fit.define(i % 2, 20, fields if i % 2 else fields[::-1], big_endian=i % 4 == 0)
        fit.data(i % 6 // 3, *((T + i, 100 + i) if i % 6 // 3 else (100 + i, T + i)))
    columns = message_columns(scan_fit(fit.build() * 2), "record")
    assert columns.floats(3).tolist() == [100 + i for i in range(12)] * 2
    assert columns.times().tolist() == [T + i + FIT_EPOCH for i in range(12)] * 2
    assert columns.segments().tolist() == [0] * 12 + [1] * 12


def test_developer_fields_have_the_name_of_their_description() -> None:
    document = scan_fit(Ride(seconds=5).fit(developer=True))
    record = next(message for message in messages(document) if message.name == "record")
    value = record.fields[-1]
    assert value.developer == 0
    assert value.units
    assert not value.name.startswith("developer field")


def test_a_developer_field_without_description_keeps_its_bytes() -> None:
    fit = FitBuilder().define(0, 20, [(253, 4, 0x86)], developer=[(5, 2, 1)]).data(0, T, b"\x01\x02")
    value = next(messages(scan_fit(fit.build()))).fields[-1]
    assert (value.name, value.raw, value.value, value.developer) == ("developer field 5", "01 02", None, 1)


def test_words_and_products() -> None:
    document = scan_fit(Ride(seconds=5).fit(manufacturer=1, product=3121))
    identity = next(messages(document, {0}))
    assert identity.get("type") == "activity"
    assert identity.get("manufacturer") == "garmin"
    assert identity.get("product") in ("edge_530", 3121)
    assert identity.get("no such field") is None


def test_where_points_at_the_field() -> None:
    fit = FitBuilder().define(2, 20, [(253, 4, 0x86), (3, 1, 0x02)]).data(2, T, 101).data(2, T + 1, 102)
    data = fit.build()
    place = message_columns(scan_fit(data), "record").where(1, "heart_rate")
    assert data[place.offset] == 102
    assert (place.size, place.segment, place.message, place.local, place.message_name, place.field) == (
        1,
        0,
        2,
        2,
        "record",
        "heart_rate",
    )


# -- what is worked out once -------------------------------------------------------------------------------------------


def test_what_is_worked_out_once_is_kept_until_it_is_forgotten() -> None:
    document = scan_fit(Ride(seconds=30).fit())

    def lengths(of: FitDocument) -> list[int]:
        return [len(group) for group in of.messages]

    kept = document.once(lengths)
    assert document.once(lengths) is kept
    times = message_columns(document, "record").times().tolist()
    grouped = weakref.ref(compressed_times(document)[0])
    document.forget()
    assert grouped() is None
    assert document.once(lengths) is not kept
    assert document.once(lengths) == kept
    assert message_columns(document, "record").times().tolist() == times


def test_some_records_of_a_file_do_not_stand_for_all() -> None:
    """Columns over a part of the messages and over all of them are asked for in turn."""
    document = scan_fit(Ride(seconds=30).fit())
    whole = message_columns(document, "record")
    some = tuple(Messages(g.definition, g.offsets[:3], g.numbers[:3]) for g in document.of(20))
    part = MessageColumns(document, 20, Table.of(document.data, some))
    assert part.times().tolist() == whole.times().tolist()[:3]
    assert message_columns(document, "record").times().tolist() == whole.times().tolist()


def test_messages_may_be_looked_at_alone() -> None:
    """What a message means stands outside of it: in descriptions, and in the last full timestamp."""
    fit = FitBuilder().define(0, 206, [(0, 1, 2), (1, 1, 2), (2, 1, 2), (3, 8, 7)])
    fit.data(0, 0, 4, 0x02, b"first\0\0\0").data(0, 0, 5, 0x84, b"second\0\0")
    fit.define(1, 20, [(253, 4, 0x86)], developer=[(5, 2, 0)]).data(1, T, b"\x01\x02")
    document = scan_fit(fit.build())
    records, descriptions = document.of(20), document.of(206)
    first = Messages(descriptions[0].definition, descriptions[0].offsets[:1], descriptions[0].numbers[:1])
    described, record = decoded(document, (first, *records))
    assert described.get("field_name") == "first"
    assert record.get("second") == 0x0201


def test_columns_that_are_asked_for_again_are_kept_and_cannot_be_changed() -> None:
    document = scan_fit(Ride(seconds=30).fit())
    first, _ = message_columns(document, "record").integers(253)
    again, valid = message_columns(document, "record").integers(253)
    assert again is first
    for column in (again, valid, message_columns(document, "record").segments()):
        with pytest.raises(ValueError, match="read-only"):
            column[0] = 1
    document.forget()
    anew, _ = message_columns(document, "record").integers(253)
    assert anew is not first
    assert anew.tolist() == first.tolist()


def test_the_columns_of_a_day_are_not_kept() -> None:
    document = scan_fit(Ride(seconds=17_000).fit())
    first, _ = message_columns(document, "record").integers(253)
    again, _ = message_columns(document, "record").integers(253)
    assert again is not first
    assert message_columns(document, "record").value(253, len(first) - 1) == first[-1]


def test_a_value_may_be_signed_and_of_any_byte_order() -> None:
    for big in (False, True):
        fit = FitBuilder().define(0, 20, [(253, 4, 0x86), (0, 4, 0x85), (13, 1, 0x01)], big_endian=big)
        document = scan_fit(fit.data(0, T, -5, -7).data(0, T + 1, None, None).build())
        records = message_columns(document, "record")
        assert [column.tolist() for column in records.integers(0)] == [[-5, 0x7FFFFFFF], [True, False]]
        assert records.floats(13).tolist()[0] == -7
        assert np.isnan(records.floats(13)[1])
