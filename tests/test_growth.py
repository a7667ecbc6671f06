"""Inputs that are many times what an activity is: twice as much takes twice as many steps, not four times.

Steps are the calls of functions, Python's and those in C, so that no clock is asked. tests/bench_growth.py measures
the time of larger ones.
"""

from __future__ import annotations

import gzip
import sys
from collections.abc import Callable
from types import FrameType

import pytest

from bench_growth import CASES, Case
from tracklint.checking import check
from tracklint.edits import Stretches, apply
from tracklint.mending.fixing import fix
from tracklint.testing import Ride
from tracklint.xml import XmlDocument
from tracklint.xml.parse import scan_xml


def _calls(run: Callable[[bytes], object], data: bytes) -> int:
    calls = 0

    def count(_frame: FrameType, event: str, _arg: object) -> None:
        nonlocal calls
        calls += event in ("call", "c_call")

    before = sys.getprofile()
    sys.setprofile(count)
    try:
        run(data)
    finally:
        sys.setprofile(before)
    return calls


#: So many things that the calls of a plain check count for little.
COUNTS = {
    "chained rides": 20,
    "documents": 20,
    "definitions": 5_000,
    "empty members": 2_000,
    "ampersands": 1_000,
    "control": 1_000,
}


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.what)
def test_twice_as_much_takes_twice_as_many_steps(case: Case) -> None:
    count = next((count for words, count in COUNTS.items() if words in case.what), 150)
    plain, once, twice = (case.build(n) for n in (1, count, 2 * count))
    case.run(plain)  # what is imported and compiled only once
    base = _calls(case.run, plain)
    few, many = _calls(case.run, once) - base, _calls(case.run, twice) - base
    assert many <= 2.4 * few + 1_000


def test_documents_in_a_row_are_scanned_once_each(monkeypatch: pytest.MonkeyPatch) -> None:
    scanned: list[int] = []

    def counted(data: bytes) -> XmlDocument:
        scanned.append(len(data))
        return scan_xml(data)

    data = 20 * Ride(seconds=5).gpx()
    fix(data, split=True)  # which imports it
    monkeypatch.setattr(sys.modules["tracklint.mending.xml.split"], "scan_xml", counted)
    assert len(fix(data, split=True).parts) == 20
    assert sum(scanned) <= len(data)


def test_no_more_members_are_read_than_an_activity_can_have() -> None:
    ride = Ride(seconds=60).gpx()
    whole, empty = gzip.compress(ride, mtime=0), gzip.compress(b"", mtime=0)
    told = [f for f in check(9_999 * empty + whole).findings if f.code == "UPL002"]
    assert told == []
    report = check(whole + 10_000 * empty)
    assert report.bytes == len(ride)
    (finding,) = (f for f in report.findings if f.code == "UPL002")
    assert finding.evidence["members"] == 10_000
    assert "more than 10000 members" in finding.message


def test_what_stands_between_stretches_stays() -> None:
    data = b"<a>1</a> <!-- x --><a>2</a><a>3</a>\n<a>4</a>"
    starts = [i for i in range(len(data)) if data.startswith(b"<a>", i)]
    stretches = Stretches.of(data, [(start, start + 8) for start in starts])
    assert apply(data, stretches.without_others((1, 2))) == b" <!-- x --><a>2</a><a>3</a>\n"
    assert apply(data, stretches.without_others((0, 3))) == b"<a>1</a> <!-- x -->\n<a>4</a>"
    assert apply(data, stretches.without_others(())) == b" <!-- x -->\n"
    assert stretches.without_others(range(4)) == []
    assert len(stretches.without_others((1,))) == 2
