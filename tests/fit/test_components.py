"""What stands packed inside fields: subfields, components, counters, short times. Built files, and two independent
readers on the same bytes."""

from __future__ import annotations

import warnings
from typing import Any

import fitdecode
import fitparse
import pytest
from fitparse import profile
from hypothesis import given
from hypothesis import strategies as st

from tracklint.fit import scan_fit
from tracklint.fit.components import components, subfields
from tracklint.fit.decode import Message, messages
from tracklint.fit.profile import FIT_EPOCH
from tracklint.testing import FitBuilder

T = 1_000_000_000


def _parts(fit: FitBuilder | bytes) -> list[list[tuple[str, Any]]]:
    data = fit if isinstance(fit, bytes) else fit.build()
    return [[(part.name, part.value) for part in message.parts] for message in messages(scan_fit(data))]


def test_compressed_speed_distance_counts_on() -> None:
    fit = FitBuilder().define(0, 20, [(253, 4, 0x86), (8, 3, 0x0D)])
    for i, (speed, distance) in enumerate([(100, 0xFF0), (250, 0x010), (0, 0x010)]):
        fit.data(0, T + i, (speed | distance << 12).to_bytes(3, "little"))
    fit.data(0, T + 3, b"\xff\xff\xff")
    assert _parts(fit) == [
        [("speed", 1.0), ("enhanced_speed", 1.0), ("distance", 255.0)],
        [("speed", 2.5), ("enhanced_speed", 2.5), ("distance", 257.0)],
        [("speed", 0.0), ("enhanced_speed", 0.0), ("distance", 257.0)],
        [],
    ]


def test_accumulated_power_is_set_by_its_full_field() -> None:
    fit = FitBuilder().define(0, 20, [(253, 4, 0x86), (28, 2, 0x84)]).define(1, 20, [(253, 4, 0x86), (29, 4, 0x86)])
    fit.data(0, T, 60_000).data(0, T + 1, 1_000).data(1, T + 2, 200_000).data(0, T + 3, 200_300 & 0xFFFF)
    assert _parts(fit) == [
        [("accumulated_power", 60_000)],
        [("accumulated_power", 66_536)],
        [],
        [("accumulated_power", 200_300)],
    ]


def test_counters_start_anew_in_each_segment() -> None:
    data = FitBuilder().define(0, 20, [(253, 4, 0x86), (18, 1, 0x02)]).data(0, T, 200).data(0, T, 10).build()
    assert _parts(data * 2) == [[("total_cycles", 200)], [("total_cycles", 266)]] * 2


def test_gear_changes_and_data16() -> None:
    fit = FitBuilder().define(0, 21, [(253, 4, 0x86), (0, 1, 0), (3, 4, 0x86)])
    fit.define(1, 21, [(253, 4, 0x86), (0, 1, 0), (2, 2, 0x84)])
    fit.data(0, T, 43, 0x22021C0B).data(1, T, 11, 3_700).data(0, T, 0, 1).data(0, T, 33, 0x00030015)
    assert _parts(fit) == [
        [("gear_change_data", 0x22021C0B), ("rear_gear_num", 11), ("rear_gear", 28), ("front_gear_num", 2),
         ("front_gear", 34)],
        [("data", 3_700), ("battery_level", 3.7)],
        [("timer_trigger", "auto")],
        [("sport_point", 0x00030015), ("score", 21), ("opponent_score", 3)],
    ]  # fmt: skip


def test_heart_beats_are_counted_from_their_anchor() -> None:
    fit = FitBuilder().define(0, 132, [(253, 4, 0x86), (9, 4, 0x86), (6, 1, 0x02)])
    fit.define(1, 132, [(10, 3, 0x0D), (6, 2, 0x02)])
    first = 5_000 * 1024 + 900
    beats = [first + 800, first + 1_700]
    packed = sum((beat & 0xFFF) << 12 * i for i, beat in enumerate(beats)).to_bytes(3, "little")
    fit.data(0, T, first, 61).data(1, packed, bytes([62, 63]))
    assert _parts(fit) == [[], [("event_timestamp", beat / 1024) for beat in beats]]


def test_monitoring_times_of_sixteen_bits() -> None:
    fit = FitBuilder().define(0, 103, [(253, 4, 0x86)]).define(1, 55, [(26, 2, 0x84), (24, 1, 0x0D)])
    fit.data(1, 5, b"\x66").data(0, T).data(1, (T + 60) & 0xFFFF, b"\x66").data(1, (T + 65_590) & 0xFFFF, b"\x21")
    for only in (None, {55}):
        found = [m for m in messages(scan_fit(fit.build()), only) if m.name == "monitoring"]
        assert [m.where.time for m in found] == [None, T + 60 + FIT_EPOCH, T + 65_590 + FIT_EPOCH]
        assert [m.get("timestamp") for m in found] == [m.where.time for m in found]
        assert [(m.get("activity_type"), m.get("intensity")) for m in found] == [
            ("walking", 3), ("walking", 3), ("running", 1),
        ]  # fmt: skip


def test_the_first_subfield_that_holds() -> None:
    fit = FitBuilder().define(0, 18, [(5, 1, 0), (6, 1, 0), (10, 4, 0x86)])
    fit.data(0, 62, 20, 7).data(0, 2, 255, 8).data(0, 255, 255, 9)
    assert _parts(fit) == [[("total_reps", 7)], [("total_strokes", 8)], []]


def test_a_field_of_its_own_is_not_made_from_another() -> None:
    fit = FitBuilder().define(0, 20, [(253, 4, 0x86), (6, 2, 0x84), (73, 4, 0x86)])
    fit.data(0, T, 0xFFFE, 70_000).data(0, T, 1_000, 0xFFFFFFFF)
    found = list(messages(scan_fit(fit.build())))
    assert [m.get("enhanced_speed") for m in found] == [70.0, 1.0]
    assert [len(m.parts) for m in found] == [0, 1]


@given(st.lists(st.tuples(st.integers(0, 4095), st.integers(0, 4095)), min_size=1, max_size=20))
def test_counters_agree_with_two_readers(rows: list[tuple[int, int]]) -> None:
    fit = FitBuilder().define(0, 20, [(253, 4, 0x86), (8, 3, 0x0D)])
    for i, (speed, distance) in enumerate(rows):
        fit.data(0, T + i, (speed | distance << 12).to_bytes(3, "little"))
    data = fit.build()
    for name in ("distance", "speed"):
        ours = [m.get(name) for m in messages(scan_fit(data))]
        assert _fitparse(data, name) == ours
        assert _fitdecode(data, name) == ours


def _fitparse(data: bytes, name: str) -> list[Any]:
    return [message.get_value(name) for message in fitparse.FitFile(data).get_messages("record")]


def _fitdecode(data: bytes, name: str) -> list[Any]:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        with fitdecode.FitReader(data) as reader:
            frames = [f for f in reader if isinstance(f, fitdecode.FitDataMessage) and f.name == "record"]
    return [frame.get_value(name, fallback=None) for frame in frames]


TOLD = (18, 19, 20, 21, 23, 55, 101, 132)


@pytest.mark.parametrize("global_", TOLD)
def test_the_tables_agree_with_fitparse(global_: int) -> None:
    for number, known in profile.MESSAGE_TYPES[global_].fields.items():
        theirs = [(c.def_num, c.bits, c.scale or 1, c.offset or 0, bool(c.accumulate)) for c in known.components or ()]
        assert [tuple(c) for c in components(global_, number)] == theirs, number
        subs = {s.name: s for s in known.subfields or ()}
        ours = subfields(global_, number)
        if {"garmin_product", "favero_product", "auto_activity_detect_start_timestamp"} & subs.keys():
            continue  # the product's value is the word already; the other is the field's own meaning
        assert {s.fact.name for s in ours} == subs.keys(), number
        for sub in ours:
            them = subs[sub.fact.name]
            assert (sub.fact.scale, sub.fact.units) == (them.scale or 1, them.units)
            assert [tuple(c)[:3] for c in sub.parts] == [
                (c.def_num, c.bits, c.scale or 1) for c in them.components or ()
            ]
        pairs = {(sub.reference, when) for sub in ours for when in sub.when}
        assert pairs == {(r.def_num, r.raw_value) for s in subs.values() for r in s.ref_fields}, number


def test_wide_fields_do_not_break_it() -> None:
    fit = FitBuilder().define(0, 21, [(0, 1, 0), (3, 200, 0x86)]).data(0, 23, b"\x01" * 200)
    assert isinstance(next(messages(scan_fit(fit.build()))), Message)
