"""Property: whatever happens to a file, `check` answers. ``tox -e long`` runs thousands of examples."""

from __future__ import annotations

import io
import json

from hypothesis import given
from hypothesis import strategies as st

from tracklint.checking import check
from tracklint.render import write
from tracklint.testing import Ride

RIDE = Ride(seconds=15)
SEEDS = (
    RIDE.fit(),
    RIDE.fit(big_endian=True, developer=True, interleaved=True),
    RIDE.fit(compressed=True, chained=2),
    RIDE.tcx(),
    RIDE.gpx(),
    RIDE.gpx(extension="cluetrust"),
    RIDE.gpx(extension="general", indent=False, declaration=False),
)
#: Bytes that mean something to one of the formats, so that mutations reach further than the first check.
TELLING = st.sampled_from([
    b"<", b">", b"&", b"&amp;", b"<!--", b"-->", b"<![CDATA[", b"]]>", b"<?xml", b"<!DOCTYPE x [", b'"', b"'",
    b"xmlns=''", b"</trkpt>", b"<trkpt>", b"<Trackpoint/>", b"</TrainingCenterDatabase>", b"<time>", b"NaN",
    b"1e999", b"-0", b"9" * 400, b"\0", b"\xff" * 4, b".FIT", b"\x0e\x10", b"@\x00\x00\x14\x00", b"\x80", b"\xc0",
    b"\x40", b"\x60", b"\xef\xbb\xbf", b"\xff\xfe", b"\x1f\x8b\x08",
])  # fmt: skip
EDITS = st.lists(
    st.tuples(st.floats(0, 1), st.integers(0, 30), st.one_of(st.binary(max_size=12), TELLING)), min_size=1, max_size=6
)


def _mutated(data: bytes, edits: list[tuple[float, int, bytes]], cut: float) -> bytes:
    out = bytearray(data)
    for share, size, new in edits:
        at = int(share * len(out))
        out[at : at + size] = new
    return bytes(out[: int(cut * len(out))])


@given(st.sampled_from(SEEDS), EDITS, st.one_of(st.just(1.0), st.floats(0, 1)))
def test_mutated_files_are_answered(seed: bytes, edits: list[tuple[float, int, bytes]], cut: float) -> None:
    report = check(_mutated(seed, edits, cut))
    assert [f.message for f in report.findings if f.code == "INT001"] == []
    out = io.StringIO()
    write("json", [report], out)
    json.loads(out.getvalue(), parse_constant=lambda name: (_ for _ in ()).throw(AssertionError(name)))


@given(
    st.sampled_from((b"", b"<gpx", b"<TrainingCenterDatabase>", b"\x0e\x10\0\0\0\0\0\0.FIT")), st.binary(max_size=300)
)
def test_random_files_are_answered(start: bytes, rest: bytes) -> None:
    report = check(start + rest)
    assert [f.message for f in report.findings if f.code == "INT001"] == []


def test_a_number_that_is_not_there_is_told_as_none() -> None:
    data = RIDE.gpx(change={5: {"latitude": "123.5", "longitude": None}})
    messages = {f.code: f.message for f in check(data).findings}
    assert "the first at latitude 123.5, longitude none" in messages["POS004"]
    assert "INT001" not in messages
