"""Each repair of FIT files: what it changes is right, what it does not change is the same, other readers agree."""

from __future__ import annotations

import io
import struct
from collections.abc import Callable, Iterable
from dataclasses import replace

import fitdecode
import fitparse
import numpy as np
import pytest

from tracklint.checking import check, read
from tracklint.config import Config, Limits
from tracklint.edits import Asked, Edit, Step, apply
from tracklint.findings import Finding, Severity, Where
from tracklint.fit.checksum import crc16
from tracklint.fit.columns import message_columns
from tracklint.fit.decode import messages
from tracklint.fit.document import FitDocument
from tracklint.fit.scan import scan_fit
from tracklint.mending.fit import counts, developer, order, summaries, times, values
from tracklint.mending.fit.differences import differences
from tracklint.mending.fit.seal import seal
from tracklint.mending.fixing import Fixed, fix
from tracklint.testing import OMIT, FitBuilder, Ride

CONFIG = Config(limits=Limits(now=1795305600))
RIDE = Ride(seconds=60, laps=3)
GOOD = RIDE.fit()
START = 1_000_000_000
Plan = Callable[[FitDocument, Asked], Iterable[Step]]


def _fixed(data: bytes, unsafe: bool = False) -> Fixed:
    return fix(data, config=CONFIG, unsafe=unsafe)


def _planned(data: bytes, plan: Plan) -> bytes:
    """The file after one repair, whether or not a rule asks for it."""
    document = scan_fit(data)
    steps = list(plan(document, Asked((), unsafe=True)))
    return apply(data, seal(document, [edit for step in steps for edit in step.edits]))


def _readers(data: bytes) -> tuple[int, int]:
    """How many records fitdecode and fitparse read; both are strict here."""
    with fitdecode.FitReader(
        io.BytesIO(data), check_crc=fitdecode.CrcCheck.RAISE, error_handling=fitdecode.ErrorHandling.RAISE
    ) as reader:
        first = sum(f.frame_type == fitdecode.FIT_FRAME_DATA and f.name == "record" for f in reader)
    return first, sum(1 for _ in fitparse.FitFile(io.BytesIO(data)).get_messages("record"))


def _named(data: bytes, name: str) -> list[dict[str, object]]:
    return [{v.name: v.value for v in m.fields} for m in messages(scan_fit(data)) if m.name == name]


# -- container ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "damaged"),
    [
        ("size-zero", RIDE.fit(build={"data_size": 0})),
        ("size-zero", RIDE.fit(build={"data_size": 0, "header_crc": 0, "crc": b""})),
        ("size-too-big", RIDE.fit(build={"data_size": len(GOOD) - 16 + 14})),
        ("size-cuts-message", RIDE.fit(build={"data_size": len(GOOD) - 16 - 3})),
        ("header-crc", RIDE.fit(build={"header_crc": 0x1234})),
        ("file-crc", RIDE.fit(build={"crc": 0x1234})),
        ("file-crc", RIDE.fit(build={"crc": 0})),
        ("file-crc-missing", RIDE.fit(build={"crc": b""})),
        ("trailing-bytes", GOOD + b"\0" * 40),
        ("preamble", b"junk in front" + GOOD),
        ("protocol-version", RIDE.fit(build={"protocol": 0x50})[:1] + b"\x50" + GOOD[2:12] + b"\0\0" + GOOD[14:]),
    ],
)
def test_what_stands_around_the_messages(name: str, damaged: bytes) -> None:
    assert name in {f.name for f in check(damaged, config=CONFIG).findings}
    fixed = _fixed(damaged)
    expected = GOOD if name != "protocol-version" else RIDE.fit(build={"protocol": 0x10})
    assert fixed.data == expected
    assert all(change.safe for change in fixed.ledger)
    assert len(fixed.ledger) >= 1


def test_a_damaged_signature_is_written_again() -> None:
    two = Ride(seconds=10).fit(chained=2)
    damaged = two[:8] + b".FIX" + two[12:]
    assert "not-fit" in {f.name for f in check(damaged, config=CONFIG).findings}
    assert _fixed(damaged).data == two


def test_a_header_of_12_bytes_stays_one() -> None:
    good = RIDE.fit(header=12)
    assert _fixed(RIDE.fit(header=12, build={"data_size": 0})).data == good


def test_a_header_of_another_size_becomes_14() -> None:
    assert _fixed(RIDE.fit(header=20)).data == GOOD


def test_only_the_damaged_segment_is_touched() -> None:
    later = replace(RIDE, start=RIDE.start_time + 200)
    data = GOOD + later.fit(build={"crc": 0x1234}) + replace(RIDE, start=RIDE.start_time + 400).fit()
    fixed = _fixed(data)
    assert fixed.data == GOOD + later.fit() + replace(RIDE, start=RIDE.start_time + 400).fit()
    end = len(GOOD) + len(later.fit())
    assert [(e.offset, e.size) for e in fixed.edits] == [(end - 2, 2)]


@pytest.mark.parametrize("cut", [1, 2, 5, 30, 300])
def test_a_truncated_file_loses_the_cut_message_only(cut: int) -> None:
    damaged = GOOD[:-cut]
    assert (_fixed(damaged).data == damaged) == (
        "truncated" in {f.name for f in check(damaged, config=CONFIG).findings}
    )
    fixed = _fixed(damaged, unsafe=True)
    before, after = fixed.before.activity, fixed.after.activity
    assert before is not None
    assert after is not None
    assert after.points == before.points
    assert _readers(fixed.data) == (after.points, after.points)
    assert fixed.data[14 : len(damaged) - 60] == damaged[14 : len(damaged) - 60]


def test_an_unreadable_span_is_dropped_and_told() -> None:
    at = GOOD.index(GOOD[-400:-380])
    damaged = GOOD[:1000] + bytes(range(200, 240)) + GOOD[1000:]
    assert at
    assert _fixed(damaged).data == damaged
    fixed = _fixed(damaged, unsafe=True)
    dropped = [change for change in fixed.ledger if change.action == "dropped"]
    assert dropped
    assert all(start <= 1040 and start + size >= 1000 for change in dropped for start, size in change.ranges)
    assert fixed.after.activity is not None
    assert fixed.before.activity is not None
    assert fixed.after.activity.points == fixed.before.activity.points >= 59
    assert _readers(fixed.data)[0] == fixed.after.activity.points


def test_a_flipped_bit_that_the_checksum_proves_is_safe() -> None:
    damaged = bytearray(RIDE.fit())
    header = int(message_columns(scan_fit(GOOD), 20).offsets[10])
    damaged[header] ^= 0x04
    fixed = _fixed(bytes(damaged))
    assert fixed.data == GOOD
    assert [change.code for change in fixed.ledger] == ["FIT020"]


def test_a_later_header_is_restored_where_its_checksum_proves_it() -> None:
    two = RIDE.fit(chained=2)
    half = len(GOOD)
    damaged = two[: half + 8] + b"FIT." + two[half + 12 :]
    if "later-segment-bad" in {f.name for f in check(damaged, config=CONFIG).findings}:
        assert _fixed(damaged).data == two
    hopeless = two[: half + 8] + b"FIT." + two[half + 12 : -30] + bytes(30)
    fixed = _fixed(hopeless, unsafe=True)
    assert fixed.data[:half] == GOOD
    assert "later-segment-bad" not in {f.name for f in fixed.after.findings}


# -- definitions -------------------------------------------------------------------------------------------------------

FIELDS = [(253, 4, 0x86), (5, 4, 0x86), (3, 1, 0x02)]


def _file(fields: list[tuple[int, int, int]], rows: list[tuple[object, ...]], **how: object) -> bytes:
    fit = FitBuilder().define(0, 0, [(0, 1, 0), (1, 2, 0x84), (2, 2, 0x84), (4, 4, 0x86)]).data(0, 4, 265, 1, START)
    fit.define(1, 20, fields, **how)
    for row in rows:
        fit.data(1, *row)
    return fit.build()


ROWS: list[tuple[object, ...]] = [(START + i, 100 * i, 120 + i) for i in range(5)]
PLAIN = _file(FIELDS, ROWS)


@pytest.mark.parametrize(
    ("name", "damaged", "same"),
    [
        ("architecture", _file(FIELDS, ROWS, arch=2), True),
        ("reserved-bits", _file(FIELDS, ROWS, reserved=7), True),
        ("reserved-bits", _file([(253, 4, 0x86), (5, 4, 0xA6), (3, 1, 0x02)], ROWS), True),
        ("endian-bit", _file([(253, 4, 0x86), (5, 4, 0x06), (3, 1, 0x82)], ROWS), True),
        ("zero-size-field", _file([*FIELDS, (7, 0, 0x84)], [(*row, b"") for row in ROWS]), True),
        (
            "zero-size-field",
            _file(FIELDS, [(*row, b"") for row in ROWS], developer=[(0, 0, 0)]),
            True,
        ),
        ("base-type", _file([*FIELDS, (7, 2, 0x9F)], [(*row, b"ab") for row in ROWS]), False),
        ("size-not-multiple", _file([*FIELDS, (29, 1, 0x86)], [(*row, b"\x07") for row in ROWS]), False),
        ("size-not-multiple", _file([*FIELDS, (29, 2, 0x86)], [(*row, b"\x07\x01") for row in ROWS]), False),
    ],
)
def test_definitions(name: str, damaged: bytes, same: bool) -> None:
    assert name in {f.name for f in check(damaged, config=CONFIG).findings}
    fixed = _fixed(damaged)
    assert name not in {f.name for f in fixed.after.findings}
    assert all(change.safe for change in fixed.ledger)
    if same:
        assert fixed.data == PLAIN
    assert _readers(fixed.data) == (5, 5)
    assert read(fixed.data).heart_rate.tolist() == [120, 121, 122, 123, 124]


def test_reserved_bits_of_a_data_header() -> None:
    damaged = bytearray(GOOD)
    damaged[int(message_columns(scan_fit(GOOD), 20).offsets[5])] |= 0x10
    damaged[-2:] = struct.pack("<H", crc16(bytes(damaged[:-2])))
    fixed = _fixed(bytes(damaged))
    assert fixed.data == GOOD
    assert [change.code for change in fixed.ledger] == ["FIT104"]


# -- developer data ----------------------------------------------------------------------------------------------------

_ID = (10, 207, [(3, 1, 0x02), (1, 16, 0x0D)], (0, b"sixteen bytes id"))
_DESCRIPTION = (11, 206, [(0, 1, 2), (1, 1, 2), (2, 1, 2), (3, 8, 7), (8, 4, 7)], (0, 5, 0x84, "pressure", "kPa"))


def _with_developer(*parts: str) -> bytes:
    fit = FitBuilder().define(0, 0, [(0, 1, 0), (1, 2, 0x84), (2, 2, 0x84), (4, 4, 0x86)]).data(0, 4, 265, 1, START)
    for part in parts:
        if part == "records":
            fit.define(1, 20, FIELDS, developer=[(5, 2, 0)])
            for row in ROWS:
                fit.data(1, *row, 300)
        else:
            local, global_, fields, row = _ID if part == "id" else _DESCRIPTION
            fit.define(local, global_, fields).data(local, *row)
    return fit.build()


def test_late_descriptions_move_up() -> None:
    mended = _planned(_with_developer("id", "records", "description"), developer.move_descriptions)
    assert _readers(mended) == (5, 5)
    first = next(fitparse.FitFile(io.BytesIO(mended)).get_messages("record"))
    assert first.get_value("pressure") == 300
    assert [m.name for m in messages(scan_fit(mended))][:3] == ["file_id", "developer_data_id", "field_description"]


def test_a_missing_developer_id_is_added() -> None:
    mended = _planned(_with_developer("description", "records"), developer.identify_developers)
    assert _readers(mended) == (5, 5)
    assert next(fitparse.FitFile(io.BytesIO(mended)).get_messages("record")).get_value("pressure") == 300


@pytest.mark.parametrize("parts", [("records",), ("id", "records")])
def test_undescribed_fields_are_described_as_bytes(parts: tuple[str, ...]) -> None:
    damaged = _with_developer(*parts)
    mended = _planned(damaged, developer.describe_fields)
    assert _readers(mended) == (5, 5)
    records = message_columns(scan_fit(damaged), 20)
    assert damaged[int(records.offsets[0]) :][:50] in mended


def test_developer_fields_of_a_wrong_size_are_described_as_bytes() -> None:
    fit = FitBuilder().define(0, 0, [(0, 1, 0), (1, 2, 0x84), (2, 2, 0x84), (4, 4, 0x86)]).data(0, 4, 265, 1, START)
    for local, global_, fields, row in (_ID, _DESCRIPTION):
        fit.define(local, global_, fields).data(local, *row)
    fit.define(1, 20, FIELDS, developer=[(5, 3, 0)])
    for record in ROWS:
        fit.data(1, *record, b"abc")
    mended = _planned(fit.build(), developer.redescribe_widths)
    assert _readers(mended) == (5, 5)
    assert len(mended) == len(fit.build())


# -- values ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("big_endian", [False, True])
@pytest.mark.parametrize(
    ("plan", "change", "blanked"),
    [
        (values.blank_half_positions, {5: {"longitude": None}}, ["latitude"]),
        (values.blank_half_positions, {7: {"latitude": None}}, ["longitude"]),
        (values.blank_outside, {5: {"position_lat": 0x60000000}}, ["latitude", "longitude"]),
        (values.blank_null_island, {5: {"latitude": 0.0, "longitude": 0.0}}, ["latitude", "longitude"]),
        (values.blank_leaked, {5: {"enhanced_speed": 0xFFFF}}, ["speed"]),
        (values.blank_leaked, {5: {"enhanced_altitude": 0xFFFF}}, ["altitude"]),
        (values.blank_zero_altitudes, {5: {"altitude": -500.0}}, ["altitude"]),
    ],
)
def test_what_is_no_measurement_is_blanked(
    plan: Plan, change: dict[int, dict[str, object]], blanked: list[str], big_endian: bool
) -> None:
    def build(how: dict[int, dict[str, object]]) -> bytes:
        enhanced = any(name.startswith("enhanced") for row in change.values() for name in row)
        return RIDE.fit(change=_by_row(how), big_endian=big_endian, enhanced=enhanced)

    i = next(iter(change))
    mended = _planned(build(change), plan)
    assert mended == build(
        {i: {**change[i], **dict.fromkeys(blanked)}} if not _raw(change[i]) else {i: dict.fromkeys(blanked)}
    )


def test_heart_rates_outside_the_limits_become_no_value() -> None:
    def build(low: int | None, zero: int | None) -> bytes:
        return RIDE.fit(change={5: {"heart_rate": low}, 9: {"heart_rate": zero}})

    damaged = build(20, 0)
    assert _fixed(damaged).data == damaged
    assert _fixed(damaged, unsafe=True).data == build(None, 0)
    noted = fix(damaged, config=CONFIG, notes=True)
    assert noted.data == build(20, None)
    assert [change.says for change in noted.ledger] == [
        "heart_rate of 1 record that no sensor measured: set to no value"
    ]


def _raw(row: dict[str, object]) -> bool:
    return any(name.startswith(("enhanced", "position")) for name in row)


def _by_row(change: dict[int, dict[str, object]]) -> dict[int, dict[str, object]]:
    return change


@pytest.mark.parametrize(
    ("stored", "shown"),
    [("Zürich".encode("latin-1"), "Zürich"), ("Zürich".encode()[:2], "Z"), (b"a\x01b\nc", "a b\nc"), (b"ok", "ok")],
)
def test_strings_become_plain_utf8(stored: bytes, shown: str) -> None:
    fit = FitBuilder().define(0, 0, [(0, 1, 0), (8, 12, 7)]).data(0, 4, stored)
    fit.define(1, 20, FIELDS)
    for row in ROWS:
        fit.data(1, *row)
    mended = _planned(fit.build(), values.transcode)
    assert _named(mended, "file_id")[0]["product_name"] == shown
    assert len(mended) == len(fit.build())
    assert _planned(mended, values.transcode) == mended


# -- order -------------------------------------------------------------------------------------------------------------


def test_file_id_becomes_the_first_message() -> None:
    fit = FitBuilder().define(1, 20, FIELDS)
    for row in ROWS:
        fit.data(1, *row)
    fit.define(0, 0, [(0, 1, 0), (1, 2, 0x84), (2, 2, 0x84), (4, 4, 0x86)]).data(0, 4, 265, 1, START)
    fixed = _fixed(fit.build())
    assert "moved" in {change.action for change in fixed.ledger}
    assert fixed.data == PLAIN


def test_swapped_records_are_sorted_and_a_clock_that_was_set_is_left() -> None:
    swapped = [ROWS[0], ROWS[2], ROWS[1], ROWS[3], ROWS[4]]
    assert _planned(_file(FIELDS, swapped), order.sort_records) == PLAIN
    late = _file(FIELDS, [(START + 100, 0, 120), *ROWS])
    assert _planned(late, order.sort_records) == late


def test_records_without_time_are_dropped() -> None:
    rows = [ROWS[0], (None, 50, 99), *ROWS[1:]]
    assert _planned(_file(FIELDS, rows), order.drop_timeless) == PLAIN


# -- summaries ---------------------------------------------------------------------------------------------------------


def test_summaries_from_the_records_are_those_that_the_device_wrote() -> None:
    data = RIDE.fit(without=("lap", "session", "activity", "timer_stop"))
    fixed = _fixed(data, unsafe=True)
    assert not any(change.safe for change in fixed.ledger)
    wrote, ours = _named(Ride(seconds=60, laps=1).fit(), "session")[0], _named(fixed.data, "session")[0]
    shared = set(ours) - {"sport", "sub_sport"}
    assert {name: ours[name] for name in shared} == {name: wrote[name] for name in shared}
    assert ours["sport"] == "generic"
    assert shared >= {"start_time", "total_elapsed_time", "total_timer_time", "total_distance", "max_heart_rate"}
    lap = _named(fixed.data, "lap")[0]
    assert lap["total_distance"] == ours["total_distance"]
    assert "local_timestamp" not in _named(fixed.data, "activity")[0]
    assert _readers(fixed.data) == (61, 61)
    assert data[14:-2] in fixed.data


def test_a_recording_that_was_never_closed_is_closed() -> None:
    data = RIDE.fit(
        without=("lap", "session", "activity", "timer_stop"), build={"data_size": 0, "header_crc": 0, "crc": b""}
    )
    safe, fixed = _fixed(data), _fixed(data, unsafe=True)
    assert _readers(safe.data) == (61, 61)
    assert _readers(fixed.data) == (61, 61)
    assert {"lap", "session", "activity", "event"} <= {m.name for m in messages(scan_fit(fixed.data))}
    assert fixed.after.worst != "error"


def test_the_sport_is_what_the_sport_message_or_the_laps_say() -> None:
    data = Ride(seconds=60, sport="running").fit(without=("session",))
    assert _named(_fixed(data, unsafe=True).data, "session")[0]["sport"] == "running"


def test_pauses_are_no_timer_time() -> None:
    fit = FitBuilder().define(0, 0, [(0, 1, 0), (1, 2, 0x84), (2, 2, 0x84), (4, 4, 0x86)]).data(0, 4, 265, 1, START)
    fit.define(1, 20, FIELDS).define(2, 21, [(253, 4, 0x86), (0, 1, 0), (1, 1, 0)])
    for i in range(31):
        if i == 10:
            fit.data(2, START + 10, 0, 1)
        if i == 20:
            fit.data(2, START + 20, 0, 0)
        fit.data(1, START + i, 100 * i, 120)
    session = _named(_planned(fit.build(), summaries.add_session), "session")[0]
    assert (session["total_elapsed_time"], session["total_timer_time"]) == (30, 20)


def test_channels_that_are_not_there_are_not_summed_up() -> None:
    rows: list[tuple[object, ...]] = [(START + i,) for i in range(5)]
    session = _named(_planned(_file([(253, 4, 0x86)], rows), summaries.add_session), "session")[0]
    assert not {name for name in session if name.startswith(("avg", "max", "total_distance", "total_cal"))}


def test_a_file_without_times_gets_no_summaries() -> None:
    data = _file([(3, 1, 2)], [(100 + i,) for i in range(5)])
    assert _planned(data, summaries.add_session) == data


def test_timer_events_are_added_where_they_lack() -> None:
    data = RIDE.fit(without=("event",))
    mended = _planned(_planned(data, summaries.add_timer_start), summaries.add_timer_stop)
    kinds = [(e["event"], e["event_type"]) for e in _named(mended, "event")]
    assert kinds == [("timer", "start"), ("timer", "stop_all")]
    assert _planned(GOOD, summaries.add_timer_start) == GOOD
    assert _planned(GOOD, summaries.add_timer_stop) == GOOD


# -- counts ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("plan", "wrong"),
    [
        (counts.renumber_laps, {"lap": {"message_index": 0}}),
        (counts.count_laps, {"session": {"num_laps": 9}}),
        (counts.count_laps, {"session": {"first_lap_index": 4, "num_laps": None}}),
        (counts.count_sessions, {"activity": {"num_sessions": 7}}),
        (counts.sum_timers, {"activity": {"total_timer_time": 1}}),
        (counts.clamp_timers, {"session": {"total_timer_time": 99_000}}),
        (counts.total_distance, {"session": {"total_distance": 5}}),
        (counts.total_maxima, {"session": {"max_heart_rate": 40}}),
        (counts.stretch_sessions, {"session": {"total_elapsed_time": 7000}}),
    ],
)
@pytest.mark.parametrize("big_endian", [False, True])
def test_counts_become_what_they_count(plan: Plan, wrong: dict[str, dict[str, object]], big_endian: bool) -> None:
    good = RIDE.fit(big_endian=big_endian)
    assert _planned(RIDE.fit(messages=wrong, big_endian=big_endian), plan) == good
    assert _planned(good, plan) == good


def test_the_lengths_of_a_pool_swim_are_counted() -> None:
    def swim(lengths: int, active: int) -> bytes:
        fit = FitBuilder().define(0, 101, [(253, 4, 0x86), (12, 1, 0)])
        for i, kind in enumerate((1, 1, 0, 1)):
            fit.data(0, START + 30 * i, kind)
        return fit.define(1, 18, [(33, 2, 0x84), (47, 2, 0x84)]).data(1, lengths, active).build()

    assert _planned(swim(9, 9), counts.count_lengths) == swim(4, 3)
    assert _planned(swim(3, 3), counts.count_lengths) == swim(3, 3)  # devices that do not count rests


def test_a_file_id_without_type_becomes_an_activity() -> None:
    data = RIDE.fit(messages={"file_id": {"type": None}})
    assert _planned(data, counts.state_type) == GOOD
    assert _planned(RIDE.fit(file_type=6), counts.state_type) == RIDE.fit(file_type=6)


def test_a_count_that_is_not_there_is_not_put_in() -> None:
    data = RIDE.fit(messages={"session": {"num_laps": OMIT, "first_lap_index": OMIT}})
    assert _planned(data, counts.count_laps) == data


# -- split -------------------------------------------------------------------------------------------------------------


def test_chained_segments_become_files() -> None:
    parts = fix(RIDE.fit(chained=3), config=CONFIG, split=True).parts
    assert parts[0] == GOOD
    assert b"".join(parts) == RIDE.fit(chained=3)


def test_a_segment_without_file_id_stays_with_the_one_before() -> None:
    data = GOOD + replace(RIDE, start=RIDE.start_time + 200).fit(without=("file_id",))
    assert fix(data, config=CONFIG, split=True).parts == ()


def test_sessions_become_files() -> None:
    one, two = Ride(seconds=60, laps=1), Ride(seconds=60, laps=1, start=Ride().start_time + 100, sport="running")
    body = [piece.fit()[14:-2] for piece in (one, two)]
    joined = GOOD[:4] + struct.pack("<I", sum(map(len, body))) + GOOD[8:12] + b"\0\0" + b"".join(body) + b"\0\0"
    parts = fix(joined, config=CONFIG, split=True).parts
    assert len(parts) == 2
    for part, sport in zip(parts, ("cycling", "running"), strict=True):
        assert _readers(part) == (61, 61)
        assert [s["sport"] for s in _named(part, "session")] == [sport]
        assert len(_named(part, "lap")) == 1
    times = [read(part).time for part in parts]
    assert times[0].max() < times[1].min()
    assert np.array_equal(np.concatenate(times), read(joined).time)


# -- differences -------------------------------------------------------------------------------------------------------


def test_differences_name_message_and_field() -> None:
    damaged = RIDE.fit(messages={"lap": {"message_index": 0}})
    document = scan_fit(damaged)
    steps = list(counts.renumber_laps(document, Asked((), unsafe=False)))
    edits = seal(document, [edit for step in steps for edit in step.edits])
    found = differences(damaged, apply(damaged, edits), edits)
    laps = [d for d in found if d.name == "lap"]
    assert [d.fields for d in laps] == [(("message_index", "0", "1"),), (("message_index", "0", "2"),)]
    assert [d.offset for d in laps] == message_columns(document, 19).offsets.tolist()[1:]
    assert {d.name for d in found} == {"lap", "checksum"}


def test_differences_tell_what_is_dropped_added_and_moved() -> None:
    document = scan_fit(GOOD)
    records = message_columns(document, 20)
    first, last = int(records.offsets[3]), int(records.offsets[20])
    size = records.definition(3).layout.stride
    piece = GOOD[first : first + size]
    edits = seal(document, [Edit(first, size, b""), Edit(last, 0, piece), Edit(int(records.offsets[30]), size, b"")])
    found = differences(GOOD, apply(GOOD, edits), edits)
    assert [(d.action, d.name) for d in found if d.name == "record"] == [("moved", "record"), ("dropped", "record")]
    assert differences(GOOD, GOOD, ()) == []


# -- dates -------------------------------------------------------------------------------------------------------------


def _moved(shift: int) -> bytes:
    """The ride with its record times, and only those, moved."""
    times = [int(value) for value in message_columns(scan_fit(GOOD), 20).integers(253)[0]]
    return RIDE.fit(change={i: {"timestamp": value + shift} for i, value in enumerate(times)})


def test_a_rolled_over_week_count_is_put_right() -> None:
    damaged = _moved(-1024 * 7 * 86400)
    assert "week-rollover" in {f.name for f in check(damaged, config=CONFIG).findings}
    assert _fixed(damaged).data == damaged
    assert _fixed(damaged, unsafe=True).data == GOOD


def test_times_since_the_start_of_the_device_become_dates() -> None:
    first = int(message_columns(scan_fit(GOOD), 20).integers(253)[0][0])
    damaged = _moved(100 - first)
    assert "absurd-date" in {f.name for f in check(damaged, config=CONFIG).findings}
    assert _fixed(damaged, unsafe=True).data == GOOD


def test_records_of_an_earlier_ride_are_dropped() -> None:
    stale: list[tuple[object, ...]] = [(START - 9000 + i, 5, 90) for i in range(3)]
    document = scan_fit(_file(FIELDS, [*stale, *ROWS]))
    finding = Finding(
        code="TIM015", name="stale-points", severity=Severity.WARNING, message="", hint="", where=Where(),
        evidence={"runs": [[0, 2]]},
    )  # fmt: skip
    steps = list(times.drop_stale(document, Asked((finding,), unsafe=True)))
    assert [step.records for step in steps] == [3]
    assert apply(document.data, seal(document, steps[0].edits)) == PLAIN
    assert list(times.drop_stale(document, Asked((finding,), unsafe=False))) == []
