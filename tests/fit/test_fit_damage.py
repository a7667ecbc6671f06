"""Damage of many bytes: what is not touched is read, what is touched is not taken as measured, sealed or not."""

from __future__ import annotations

import random
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

import hurt
from tracklint import check, fix
from tracklint.config import Config, Limits
from tracklint.fit import FitDocument, fit_activity, scan_fit
from tracklint.fit.columns import message_columns
from tracklint.testing import FitBuilder, Ride

Corpus = list[tuple[Path, dict[str, str]]]
CONFIG = Config(limits=Limits(now=1795305600))
FORMS: dict[str, dict[str, object]] = {
    "plain": {},
    "interleaved": {"interleaved": True, "big_endian": True},
    "developer": {"developer": True},
}
BUILT = {name: Ride(seconds=900).fit(**options) for name, options in FORMS.items()}
OTHER = Ride(seconds=600, start=1_600_000_000, laps=2).fit(developer=True, enhanced=True)
#: Real files of several makers; what each kind of damage costs in all of them is in docs/damage.md.
REAL = (
    "dtcooper__python-fitparse/tests__files__2013-02-06-12-11-14.fit",
    "lindig__fit/data__SpdCoach-2739398-20220804-0711AM.fit",
    "lindig__fit/data__xpress-4x-2020-10-17.fit",
    "GPSBabel__gpsbabel/reference__track__wahoo-element-bolt.fit",
    "sanderroosendaal__rowingdata/test_export_nk_oarlock.fit",
)


def kinds(document: FitDocument) -> list[str]:
    return [fault.kind for fault in document.faults]


def sealed(data: bytes, change: Callable[[bytearray], None]) -> bytes:
    """The data of the only segment changed, with the right size and checksum."""
    body = bytearray(data[14:-2])
    change(body)
    head = data[:4] + len(body).to_bytes(4, "little") + data[8:12]
    head += hurt.crc16(head).to_bytes(2, "little")
    return head + bytes(body) + hurt.crc16(head + bytes(body)).to_bytes(2, "little")


# -- what is lost, and what is invented ---------------------------------------------------------------------------------


@pytest.mark.parametrize("form", BUILT)
@pytest.mark.parametrize("kind", hurt.KINDS)
def test_damage_of_a_built_ride(form: str, kind: str) -> None:
    data = BUILT[form]
    whole = hurt.read(data)
    for seed in range(3):
        scores = [hurt.score(hurt.read, whole, case) for case in hurt.cases(data, OTHER, f"{seed}", [kind])]
        assert len(scores) == len(hurt.SEALS)
        assert len(set(scores)) == 1, (seed, scores)  # the checksum makes no difference
        assert scores[0][0] <= 3, (seed, scores)
        assert scores[0][1] == 0, (seed, scores)


@pytest.mark.parametrize("name", REAL)
def test_damage_of_real_files(corpus: Corpus, name: str) -> None:
    data = next(path for path, row in corpus if row["file"] == name).read_bytes()
    whole = hurt.read(data)
    scores = [hurt.score(hurt.read, whole, case) for case in hurt.cases(data, OTHER, "0")]
    assert len(scores) > 20
    assert sum(lost <= 3 for lost, _ in scores) >= 0.95 * len(scores)
    assert sum(not invented for _, invented in scores) >= 0.95 * len(scores)


def test_what_is_touched_is_found_by_hand() -> None:
    """The measure itself, on records of eight bytes behind a definition of twelve: bytes 27 to 31 are overwritten."""
    data = FitBuilder().define(0, 20, [(253, 4, 0x86), (3, 1, 2), (4, 1, 2), (13, 1, 1)])
    for i in range(4):
        data = data.data(0, 1_000_000_000 + i, 120, 80, 20)
    built = data.build()
    document = scan_fit(built)
    first = int(document.of(20)[0].offsets[0])
    stride = document.of(20)[0].definition.layout.stride
    kept = ((0, first + stride + 1), (first + stride + 3, len(built)))
    assert hurt.touched(document, kept).tolist() == [False, True, False, False]
    assert hurt.touched(document, ((0, 20), (22, len(built)))).all()  # the definition


# -- what is told -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("fill", [0x00, 0xFF, 0x55])
@pytest.mark.parametrize("size", [150, 700, 4000])
def test_a_hole_of_one_value_is_one_span(fill: int, size: int) -> None:
    data = bytearray(BUILT["plain"])
    at = len(data) // 6
    data[at : at + size] = bytes([fill]) * size
    document = scan_fit(bytes(data))
    spans = [fault for fault in document.faults if fault.kind == "unreadable-span"]
    assert len(spans) == 1
    assert spans[0].evidence["fill"] == f"0x{fill:02x}"
    assert spans[0].offset <= at < at + size <= spans[0].offset + spans[0].size <= at + size + 60
    assert spans[0].size <= size + 60
    assert np.diff(fit_activity(document).time).min() > 0


@pytest.mark.parametrize("fill", [0x00, 0xFF])
def test_a_tail_of_one_value_is_cut_and_the_summaries_are_rebuilt(fill: int) -> None:
    whole = BUILT["plain"]
    at = len(whole) // 2
    data = whole[:at] + bytes([fill]) * (len(whole) - at)
    document = scan_fit(data)
    assert kinds(document) == ["unreadable-span"]
    time = fit_activity(document).time
    assert time.min() > 1_500_000_000
    assert np.diff(time).min() > 0
    mended = fix(data, config=CONFIG, unsafe=True).data
    codes = {finding.code for finding in check(mended, config=CONFIG).findings if finding.severity.name == "ERROR"}
    assert codes == set()
    activity = fit_activity(scan_fit(mended))
    assert len(activity) == len(time)
    assert [session.elapsed_s for session in activity.sessions] == [time[-1] - time[0]]


def test_lost_bytes_are_not_told_as_flipped_bits() -> None:
    """The header's size is wrong, so bytes are missing: that is the cause, and no bit is."""
    for data in BUILT.values():
        for at in range(2_000, 12_000, 700):
            assert "flipped-bit" not in kinds(scan_fit(data[:at] + data[at + 37 :]))


def test_a_message_across_the_damage_is_not_measured() -> None:
    """The splice joins the front of one record to the tail of another; no value of either is told."""
    data = BUILT["plain"]
    offsets = scan_fit(data).of(20)[0].offsets
    whole = set(hurt.read(data))
    for into in range(1, 20):
        at = int(offsets[400]) + into
        for gone in (3, 29, 100, 131):
            got = hurt.read(
                sealed(data, lambda body, at=at, gone=gone: body.__delitem__(slice(at - 14, at - 14 + gone)))
            )
            assert set(got) <= whole


def test_a_record_of_two_moments_is_not_measured() -> None:
    """As many bytes are missing as seven records have: nothing stops a reader, but one record has the time of the first
    and the way of the last."""
    data = BUILT["plain"]
    offsets = scan_fit(data).of(20)[0].offsets
    at, gone = int(offsets[100]) + 5, 7 * int(offsets[101] - offsets[100])
    cut = sealed(data, lambda body: body.__delitem__(slice(at - 14, at - 14 + gone)))
    assert set(hurt.read(cut)) <= set(hurt.read(data))
    assert scan_fit(cut).count(20) == 901 - 7 - 1
    assert [fault.evidence["cause"] for fault in scan_fit(cut).faults] == ["page"]


def _two_definitions() -> bytes:
    """Records in two layouts in turn, each defined before its messages as devices with one local type do."""
    builder = FitBuilder().define(0, 0, [(0, 1, 0), (1, 2, 0x84)]).data(0, 4, 1)
    for i in range(400):
        if i % 50 == 0:
            builder = builder.define(0, 20, [(253, 4, 0x86), (5, 4, 0x86), (3, 1, 2)])
        if i % 50 == 25:
            builder = builder.define(0, 20, [(253, 4, 0x86), (5, 4, 0x86), (3, 1, 2), (4, 1, 2), (13, 1, 1)])
        row = (1_000_000_000 + i, 300 * i, 120 + i % 3)
        builder = builder.data(0, *row) if i % 50 < 25 else builder.data(0, *row, 85, 20)
    return builder.build()


def test_a_definition_lost_in_the_damage_is_taken_from_before() -> None:
    data = _two_definitions()
    document = scan_fit(data)
    assert document.count(20) == 400
    lost = document.definitions[5]
    cut = sealed(data, lambda body: body.__delitem__(slice(lost.offset - 14, lost.offset - 14 + lost.layout.length)))
    read = scan_fit(cut)
    assert read.count(20) >= 398
    assert set(hurt.read(cut)) <= set(hurt.read(data))
    span = next(fault for fault in read.faults if fault.kind in ("unreadable-span", "undefined-local"))
    again = span.evidence["again"]
    assert [d.layout.stride for d in read.definitions if d.offset in again] == [lost.layout.stride]
    mended = fix(cut, config=CONFIG, unsafe=True).data
    assert not {"unreadable-span", "undefined-local"} & set(kinds(scan_fit(mended)))
    assert scan_fit(mended).count(20) == read.count(20)


def _shuffled() -> bytes:
    """Records with a definition before each twenty, its fields in an order of their own."""
    rng, fields = random.Random(0), [(5, 4, 0x86), (29, 4, 0x86), (7, 2, 0x84), (6, 2, 0x84), (3, 1, 2), (4, 1, 2)]
    builder = FitBuilder().define(0, 0, [(0, 1, 0), (1, 2, 0x84)]).data(0, 4, 1)
    for i in range(400):
        if i % 20 == 0:
            rng.shuffle(fields)
            builder = builder.define(0, 20, [(253, 4, 0x86), *fields])
        values = {5: 300 * i, 29: 500_000_000 + i, 7: 200 + i % 7, 6: 3000 + i % 11, 3: 150 + i % 3, 4: 90}
        builder = builder.data(0, 1_000_000_000 + i, *(values[number] for number, *_ in fields))
    return builder.build()


def test_a_definition_lost_in_the_damage_that_never_stood_before_leaves_a_gap() -> None:
    """Its messages are not read with another one; those to the end of the file are not said to be unreadable."""
    data = _shuffled()
    whole, document = set(hurt.read(data)), scan_fit(data)
    for lost in document.definitions[3:]:
        start = lost.offset - 14
        cut = sealed(data, lambda body, a=start, b=start + lost.layout.length + 7: body.__delitem__(slice(a, b)))
        assert set(hurt.read(cut)) <= whole
        assert scan_fit(cut).count(20) >= 378
        assert not any("nothing readable" in finding.message for finding in check(cut, config=CONFIG).findings)


def _steady() -> bytes:
    """Records of 16 bytes with a time, a place, a speed and, at their end, a cadence that is another each second. The
    edge of a page is in each case just before such an end."""
    builder = FitBuilder().define(0, 0, [(3, 4, 0x8C)]).data(0, 1)
    builder = builder.define(0, 20, [(253, 4, 0x86), (0, 4, 0x85), (1, 4, 0x85), (6, 2, 0x84), (4, 1, 2)])
    for i in range(400):
        place = 500_000_000 + 20 * i, 100_000_000 - 30 * i
        builder = builder.data(0, 1_000_000_000 + i, *place, 3000 + i % 9, 80 + 7 * i % 10)
    return builder.build()


def test_a_record_of_which_only_the_last_byte_is_overwritten_is_not_measured() -> None:
    data = _steady()
    whole, offsets = set(hurt.read(data)), scan_fit(data).of(20)[0].offsets
    for i in range(100, 120):
        at = int(offsets[i + 1]) - 1 - 14
        page = bytes((95, *random.Random(i).randbytes(99)))
        cut = sealed(data, lambda body, at=at, page=page: body.__setitem__(slice(at, at + 100), page))
        assert set(hurt.read(cut)) <= whole


def test_a_record_across_the_edge_of_a_moved_page_is_not_measured() -> None:
    """However likely it is: its halves are those of two moments."""
    data = _steady()
    whole = set(hurt.read(data))
    for a in range(1, 6):
        for b in range(a + 1, 8):
            body = bytearray(data)
            one, two = slice(512 * a, 512 * a + 512), slice(512 * b, 512 * b + 512)
            body[one], body[two] = data[two], data[one]
            assert set(hurt.read(sealed(bytes(body), lambda _: None))) <= whole, (a, b)


def test_the_tail_of_another_ride_inside_the_data_is_not_measured() -> None:
    """Its definitions chain and its times follow one another, but are those of another month."""
    data = _steady()
    other = FitBuilder().define(1, 0, [(0, 1, 0)]).data(1, 4)
    for local in range(2, 7):
        other = other.define(local, 20, [(253, 4, 0x86), (3, 1, 2), *([(4, 1, 2)] * (local % 2))])
    for i in range(80):
        other = other.data(2, 1_100_000_000 + i, 120 + i % 4)
    joined = sealed(data[:-7] + other.build()[14:], lambda _: None)
    assert set(hurt.read(joined)) <= set(hurt.read(data))
    assert scan_fit(joined).count(20) >= 398


def test_a_record_with_a_wrong_time_is_read_and_one_of_wrong_bytes_is_not() -> None:
    data = _steady()
    offset = int(scan_fit(data).of(20)[0].offsets[200]) + 1 - 14
    junk = bytes(range(0xC1, 0xC1 + 15))
    assert scan_fit(sealed(data, lambda body: body.__setitem__(slice(offset, offset + 4), junk[:4]))).count(20) == 400
    wrong = scan_fit(sealed(data, lambda body: body.__setitem__(slice(offset, offset + 12), junk[:12])))
    assert wrong.count(20) == 399
    assert kinds(wrong) == ["unreadable-span"]


def test_a_record_that_ends_as_another_message_is_not_measured() -> None:
    """The bytes from the middle of a record to a later event are lost; the record comes to its end with the event's, and
    all that follows is where it was."""
    builder = FitBuilder().define(0, 20, [(253, 4, 0x86), (5, 4, 0x86), (2, 2, 0x84), (6, 2, 0x84), (3, 1, 2)])
    builder = builder.define(1, 21, [(3, 4, 0x86), (0, 1, 0), (1, 1, 0), (2, 2, 0x84)])
    for i in range(200):
        builder = builder.data(0, 1_000_000_000 + i, 300 * i, 2600 + i % 5, 3000 + i % 9, 140 + i % 3)
        if i % 10 == 5:
            builder = builder.data(1, 0x61626364, 0x65, 0x66, 0x6768)
    data = builder.build()
    document = scan_fit(data)
    event = int(document.of(21)[0].offsets[9])
    record = max(int(offset) for offset in document.of(20)[0].offsets if offset < event) - 14
    head = 14 - 9  # as much of the record as makes it whole with the event
    assert set(hurt.read(data)) > set(
        hurt.read(sealed(data, lambda body: body.__delitem__(slice(record + head, event - 14))))
    )


def test_a_clock_that_is_set_is_no_damage() -> None:
    builder = FitBuilder().define(0, 20, [(253, 4, 0x86), (3, 1, 2)])
    for i in range(100):
        builder = builder.data(0, (5_000 if i < 40 else 1_000_000_000) + i, 120)
    document = scan_fit(builder.build())
    assert document.count(20) == 100
    assert kinds(document) == []


# -- nothing readable follows -------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", REAL)
def test_nothing_readable_follows_where_that_is_said(corpus: Corpus, name: str) -> None:
    """An independent search over all offsets with all layouts of the undamaged file finds no six messages in a row."""
    data = next(path for path, row in corpus if row["file"] == name).read_bytes()
    said = 0
    for size in (200, 900, 3_000):
        for share in (0.3, 0.7, 0.97):
            at = int(len(data) * share)
            hurt_file = data[:at] + bytes(range(256)) * (size // 256 + 1) + data[at + size :]
            document = scan_fit(hurt_file)
            for fault in document.faults:
                if fault.kind == "unreadable-span" and fault.evidence["to_end"]:
                    said += 1
                    assert _readable(hurt_file, fault.offset + 1, document) is None
    assert said <= 3


def _readable(data: bytes, start: int, document: FitDocument) -> int | None:
    """Where six messages with times of the ride follow one another, read with any layout that is known, by trying every
    offset."""
    records = message_columns(document, 20).integers(253)[0]
    low, high = int(records.min()) - 3_600, int(records.max()) + 86_400
    known = {(d.local, d.layout) for d in document.definitions if d.layout.time_at >= 0}

    def chain(offset: int, left: int) -> bool:
        for local, layout in known:
            if offset + layout.stride <= len(data) - 2 and data[offset] == local:
                at = offset + layout.time_at
                time = int.from_bytes(data[at : at + 4], "big" if layout.big_endian else "little")
                if low <= time <= high and (left == 1 or chain(offset + layout.stride, left - 1)):
                    return True
        return False

    return next((offset for offset in range(start, len(data)) if chain(offset, 6)), None)
