"""The scanner: nothing makes it raise, what it reads tiles the file, and damage costs little."""

from __future__ import annotations

import random
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from conftest import ROOT
from tracklint.fit import FitDocument, fit_activity, scan_fit
from tracklint.fit.checksum import crc16, flipped_bits
from tracklint.fit.decode import messages
from tracklint.fit.search import Search
from tracklint.testing import FitBuilder, Ride

Corpus = list[tuple[Path, dict[str, str]]]
FORMS: dict[str, dict[str, object]] = {
    "plain": {},
    "big-endian": {"big_endian": True},
    "compressed": {"compressed": True},
    "developer": {"developer": True},
    "interleaved": {"interleaved": True},
    "short-header": {"header": 12},
    "long-header": {"header": 16},
    "chained": {"chained": 3},
    "summary-first": {"summary_first": True},
    "enhanced": {"enhanced": True},
}
BUILT = [Ride(seconds=30).fit(**options) for options in FORMS.values()]


def kinds(document: FitDocument) -> list[str]:
    return [fault.kind for fault in document.faults]


def read_all(data: bytes) -> FitDocument:
    """Everything that reading a file does."""
    document = scan_fit(data)
    activity = fit_activity(document)
    for i in range(0, len(activity), max(len(activity) // 3, 1)):
        activity.at(i)
    for _ in messages(document, {0, 18, 19, 21, 23, 34, 206}):
        pass
    return document


def spans(document: FitDocument) -> list[tuple[int, int]]:
    """Every stretch of bytes that the document accounts for, in the order of the file."""
    found = [(d.offset, d.offset + d.layout.length) for d in document.definitions]
    for group in document.messages:
        stride = group.definition.layout.stride
        found += [(int(offset), int(offset) + stride) for offset in group.offsets]
    for segment in document.segments:
        found += [(segment.offset, segment.data_start), (segment.data_end, segment.end)]
    return sorted(found)


def assert_tiles(document: FitDocument) -> None:
    found = spans(document)
    assert found[0][0] == 0
    assert found[-1][1] == len(document.data)
    assert all(before[1] == after[0] for before, after in pairwise(found))


# -- nothing raises ---------------------------------------------------------------------------------------------------


@given(st.binary(max_size=400))
def test_any_bytes(data: bytes) -> None:
    read_all(data)


@given(st.binary(max_size=400), st.sampled_from([12, 14]), st.integers(0, 500))
def test_any_bytes_behind_a_header(data: bytes, size: int, declared: int) -> None:
    read_all(bytes((size, 0x20, 0, 0)) + declared.to_bytes(4, "little") + b".FIT\0\0"[: size - 8] + data)


EDITS = st.lists(
    st.tuples(st.integers(0, 1 << 16), st.sampled_from(["set", "flip", "cut", "insert", "end"]), st.binary(min_size=1, max_size=40)),
    min_size=1,
    max_size=12,
)  # fmt: skip


@given(st.sampled_from(BUILT), EDITS)
def test_any_edits(data: bytes, edits: list[tuple[int, str, bytes]]) -> None:
    out = bytearray(data)
    for where, how, piece in edits:
        at = where % (len(out) + 1)
        if how == "set":
            out[at : at + len(piece)] = piece
        elif how == "flip" and at < len(out):
            out[at] ^= 1 << piece[0] % 8
        elif how == "cut":
            del out[at : at + len(piece)]
        elif how == "insert":
            out[at:at] = piece
        elif how == "end":
            del out[max(at, 60) :]
    document = read_all(bytes(out))
    for before, after in pairwise(spans(document)):
        assert before[1] <= after[0]  # nothing is read twice


# -- what is read tiles the file --------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", FORMS)
def test_a_built_file_is_tiled(name: str) -> None:
    document = scan_fit(Ride(seconds=200).fit(**FORMS[name]))
    assert kinds(document) == (["header-size"] if name == "long-header" else [])
    assert document.count(20) == 201 * (3 if name == "chained" else 1)
    assert_tiles(document)


def test_real_files_without_faults_are_tiled(corpus: Corpus) -> None:
    tiled = 0
    for path, row in corpus:
        if row["format"] == "fit" and int(row["bytes"]) < 200_000:
            document = scan_fit(path.read_bytes())
            if document.segments and not set(kinds(document)) - {"header-crc-zero", "protocol-version", "zero-fields"}:
                assert_tiles(document)
                tiled += 1
    assert tiled > 80


def test_messages_are_numbered_in_the_order_of_their_bytes() -> None:
    document = scan_fit(Ride(seconds=40).fit(interleaved=True, chained=2))
    frames = [(d.offset, d.message) for d in document.definitions]
    for group in document.messages:
        frames += zip(group.offsets.tolist(), group.numbers.tolist(), strict=True)
    assert [number for _, number in sorted(frames)] == list(range(document.total))


# -- a wrong checksum alone changes nothing ---------------------------------------------------------------------------


def test_without_checksum_real_files_read_the_same(corpus: Corpus) -> None:
    """A right checksum proves that a file is whole; without that proof the same messages must be found, and no
    damage."""
    for path, row in corpus:
        if row["format"] != "fit" or row["fit_crc"] != "ok" or int(row["bytes"]) > 150_000:
            continue
        data = bytearray(path.read_bytes())
        whole = scan_fit(bytes(data))
        if {"undefined-local", "base-type"} & set(kinds(whole)):
            continue
        data[whole.segments[-1].data_end] ^= 0x5A
        data[whole.segments[-1].data_end + 1] ^= 0xC3
        other = scan_fit(bytes(data))
        assert other.total == whole.total, row["file"]
        assert sorted(kinds(other)) == sorted([*kinds(whole), "file-crc"]), row["file"]


# -- damage -----------------------------------------------------------------------------------------------------------


#: file -> records that must be read at least, and the kinds of faults that must be told.
DAMAGED = {
    "strava-android-app-201.10-b1218918.fit": (5_300, {"unreadable-span", "truncated"}),
    "garbage-block-midfile__input.fit": (117, {"unreadable-span", "file-crc"}),
    "truncated-mid-record__input.fit": (120, {"truncated"}),
    "activity-unexpected-eof.fit": (14, {"truncated"}),
    "nick.fit": (14_391, {"truncated"}),
    "activity-filecrc.fit": (14, {"file-crc"}),
    "activity-settings-corruptheader.fit": (14, {"later-segment-bad"}),
    "activity-settings-nodata.fit": (14, {"truncated"}),
    "data-size-lies-short__input.fit": (120, {"size-cuts-message"}),
    "trailing-junk__input.fit": (60, {"trailing-bytes"}),
    "preamble-garbage__input.fit": (60, {"preamble"}),
    "frame-shift-insert__input.fit": (10, {"undefined-local"}),
    "lezyne_super_gps-garmin_fit-sample-bad-endian.fit": (804, {"unreadable-span", "file-crc"}),
}


@pytest.mark.parametrize("name", DAMAGED)
def test_damaged_real_files(corpus: Corpus, name: str) -> None:
    path = next(path for path, row in corpus if row["file"].endswith(name))
    document = scan_fit(path.read_bytes())
    records, expected = DAMAGED[name]
    assert document.count(20) >= records
    assert set(kinds(document)) - {"header-crc-zero"} == expected


def test_the_broken_strava_ride_runs_forward(corpus: Corpus) -> None:
    path = next(path for path, row in corpus if "strava-android-app" in row["file"])
    time = fit_activity(scan_fit(path.read_bytes())).time
    assert np.diff(time).min() >= 0
    assert np.diff(time).max() <= 10
    assert 3_500 < time[-1] - time[0] < 3_600


RIDE = Ride(seconds=3599)
OPTIONS: dict[str, dict[str, object]] = {
    "plain": {},
    "interleaved": {"interleaved": True, "big_endian": True},
    "compressed": {"compressed": True},
}


def _lost(data: bytes, whole: set[bytes]) -> int:
    """How many points of the whole ride are not read as they were."""
    activity = fit_activity(scan_fit(data))
    rows = np.column_stack((activity.time, activity.latitude, activity.longitude, activity.distance, activity.power))
    return len(whole - {row.tobytes() for row in rows})


@pytest.mark.parametrize("form", OPTIONS)
@pytest.mark.parametrize("part", ["anywhere", "headers", "definitions"])
def test_one_flipped_bit_costs_three_points_at_most(form: str, part: str) -> None:
    """Seeded flips; of these none may cost more. See the figures in the documentation for larger samples."""
    data = RIDE.fit(**OPTIONS[form])
    document = scan_fit(data)
    activity = fit_activity(document)
    rows = np.column_stack((activity.time, activity.latitude, activity.longitude, activity.distance, activity.power))
    whole = {row.tobytes() for row in rows}
    places = {
        "anywhere": range(len(data)),
        "headers": [int(o) for group in document.messages for o in group.offsets],
        "definitions": [d.offset + i for d in document.definitions for i in range(d.layout.length)],
    }[part]
    rng = random.Random(f"{form} {part}")
    for _ in range(25):
        at, bit = rng.choice(places), rng.randrange(8)
        broken = bytearray(data)
        broken[at] ^= 1 << bit
        assert _lost(bytes(broken), whole) <= 3, (at, bit)


def test_without_checksum_a_flipped_header_still_costs_little() -> None:
    data = RIDE.fit(build={"crc": 0})
    document = scan_fit(data)
    whole = document.count(20)
    rng = random.Random(5)
    headers = [int(o) for group in document.messages for o in group.offsets]
    for _ in range(40):
        broken = bytearray(data)
        broken[rng.choice(headers)] ^= 1 << rng.randrange(8)
        assert scan_fit(bytes(broken)).count(20) >= whole - 3


@pytest.mark.parametrize("gone", [1, 7, 60, 500, 5000])
def test_lost_bytes_cost_their_messages_and_two_more(gone: int) -> None:
    data = RIDE.fit()
    stride = int(np.diff(scan_fit(data).of(20)[0].offsets[:2])[0])
    at = len(data) // 3
    document = scan_fit(data[:at] + data[at + gone :])
    assert document.count(20) >= 3600 - gone // stride - 3
    assert {"unreadable-span"} <= set(kinds(document))


def test_a_fault_says_where_it_is() -> None:
    data = bytearray(RIDE.fit())
    at = len(data) // 3
    data[at : at + 100] = bytes(range(0xA0, 0xF0)) + bytes(20)
    fault = next(fault for fault in scan_fit(bytes(data)).faults if fault.kind == "unreadable-span")
    assert at - 40 <= fault.offset <= at + 40
    assert fault.evidence["bytes"] == fault.size <= 170
    assert fault.evidence["next"] == fault.offset + fault.size
    assert 1 <= fault.evidence["messages"] <= 8
    assert fault.evidence["segment"] == 0


# -- headers, sizes, checksums ----------------------------------------------------------------------------------------


def _built(**options: object) -> FitDocument:
    return scan_fit(Ride(seconds=60).fit(build=options))


@pytest.mark.parametrize(
    ("options", "kind"),
    [
        ({"data_size": 0}, "size-zero"),
        ({"data_size": 1 << 24}, "size-too-big"),
        ({"data_size": 903}, "size-cuts-message"),
        ({"crc": b""}, "file-crc-missing"),
        ({"crc": 0}, "file-crc"),
        ({"header_crc": 1}, "header-crc"),
        ({"header_crc": 0}, "header-crc-zero"),
        ({"protocol": 0x30}, "protocol-version"),
    ],
)
def test_headers_are_compared_and_not_trusted(options: dict[str, object], kind: str) -> None:
    document = _built(**options)
    assert kind in kinds(document)
    assert set(kinds(document)) <= {kind, "file-crc"} - ({"file-crc"} if kind != "file-crc" else set())
    assert document.count(20) == 61


def test_an_unfinished_recording_is_read() -> None:
    """Data size 0, header checksum 0, no file checksum: what a device leaves that loses power (fitdecode#27)."""
    document = _built(data_size=0, header_crc=0, crc=b"")
    assert kinds(document) == ["size-zero", "header-crc-zero", "file-crc-missing"]
    assert document.count(20) == 61


def test_the_file_checksum_says_how_it_is_wrong() -> None:
    data = Ride(seconds=60).fit(header_crc=False)
    whole = crc16(data[:-2])
    ways = {
        "zero": 0,
        "data-only": crc16(data[14:-2]),
        "byte-swapped": (whole & 0xFF) << 8 | whole >> 8,
        "differs": whole ^ 0x0FF0,
    }
    for reason, crc in ways.items():
        document = scan_fit(data[:-2] + crc.to_bytes(2, "little"))
        fault = next(fault for fault in document.faults if fault.kind == "file-crc")
        assert fault.evidence["reason"] == reason
        assert document.as_read is document.data


def test_trailing_bytes_are_told_apart() -> None:
    data = Ride(seconds=60).fit()
    for tail, looks in (
        (bytes(20), "zeros"),
        (b"\xff" * 20, "ff"),
        (b"log: stopped at 12:00\n", "text"),
        (bytes(range(9)), "binary"),
    ):
        fault = scan_fit(data + tail).faults[-1]
        assert (fault.kind, fault.offset, fault.size, fault.evidence["looks"]) == (
            "trailing-bytes",
            len(data),
            len(tail),
            looks,
        )


def test_chained_segments_reset_local_types() -> None:
    first = FitBuilder().define(0, 20, [(253, 4, 0x86), (3, 1, 2)]).data(0, 1_000_000_000, 120).build()
    second = FitBuilder().raw(b"\x00" + bytes(5)).build()
    document = scan_fit(first + second)
    assert document.count(20) == 1
    assert [fault.evidence["segment"] for fault in document.faults if fault.kind == "undefined-local"] == [1]


def test_every_truncation_keeps_the_whole_messages() -> None:
    data = Ride(seconds=30).fit()
    ends = [end for _, end in spans(scan_fit(data))]
    for cut in range(14, len(data) - 2):
        document = scan_fit(data[:cut])
        read = [end for start, end in spans(document) if start >= 14 and end > start]
        assert max(read, default=14) <= cut
        wanted = [end for end in ends if 14 < end <= cut]
        missing = len(wanted) - len([end for end in read if end in wanted])
        assert missing <= 1, cut  # the one that two bytes of a cut file are taken for as a checksum
        assert kinds(document), cut


def test_a_header_is_not_believed_to_reach_into_the_next_one() -> None:
    """The checksum that is missing was told to stand at its end, with a size below zero."""
    ride = Ride(seconds=3).fit()
    first = bytearray(ride[:14]) + b"\x12" * 46
    first[0], first[4:8] = len(first) + 40, bytes(4)
    document = scan_fit(bytes(first) + ride)
    assert [segment.data_start for segment in document.segments] == [14, len(first) + 14]
    assert "header-size" in kinds(document)
    assert all(fault.size >= 0 for fault in document.faults)


def test_the_checksum_points_at_the_flipped_bit() -> None:
    data = bytearray(Ride(seconds=600).fit())
    right = crc16(data)
    for at, bit in ((20, 3), (5000, 0), (len(data) - 1, 7)):
        data[at] ^= 1 << bit
        assert (at, bit) in list(flipped_bits(crc16(data) ^ right, 0, len(data)))
        data[at] ^= 1 << bit


def test_a_short_file_of_nothing_but_damage_is_not_searched_for_long(monkeypatch: pytest.MonkeyPatch) -> None:
    """The fuzzer found 602 bytes in which each place could begin a chain: 205,810 steps were taken in them."""
    data = (ROOT / "tests/data/fuzz/fit/slow-unit-5d13086beb4627506d7023e671d41201746637be").read_bytes()
    steps, real = 0, Search._follow

    def counted(self: Search, *args: Any) -> Any:
        nonlocal steps
        steps += 1
        return real(self, *args)

    monkeypatch.setattr(Search, "_follow", counted)
    read_all(data)
    assert 0 < steps < 20_000


def test_nothing_but_damage_is_read_in_bounded_work() -> None:
    rng = random.Random(1)
    head = Ride(seconds=10).fit()
    document = scan_fit(head[:-2] + rng.randbytes(100_000))
    assert document.count(20) >= 11
    assert len(document.faults) < 2_000
