"""What must hold for any bytes that are read as FIT. Used by the fuzzer, and by the tests on what the fuzzer found."""

from __future__ import annotations

import zlib

import numpy as np

from tracklint.activity import COLUMNS
from tracklint.checking import check
from tracklint.config import Config
from tracklint.fit import FitDocument, scan_fit
from tracklint.fit.activity import fit_activity
from tracklint.fit.decode import messages
from tracklint.mending.fixing import fix

CONFIG = Config()
#: No message is shorter than a byte, so no count may pass the size of the file.
FAULTS_PER_BYTE = 2


def structure(data: bytes) -> FitDocument:
    """scan: ends, stays within the file, numbers every message once."""
    document = scan_fit(data)
    assert document.data == data
    assert len(document.as_read) == len(data)
    assert document.total <= len(data)
    assert len(document.faults) <= FAULTS_PER_BYTE * len(data) + 8
    for fault in document.faults:
        assert 0 <= fault.offset <= len(data), fault
        assert fault.offset <= fault.offset + fault.size <= len(data), fault
    numbers = [d.message for d in document.definitions]
    for group in document.messages:
        assert (np.diff(group.offsets) >= group.definition.layout.stride).all()
        assert int(group.offsets[-1]) + group.definition.layout.stride <= len(data)
        numbers += group.numbers.tolist()
    assert sorted(numbers) == list(range(document.total))
    return document


def values(document: FitDocument) -> None:
    """decode: every message once, in order; the activity's columns have one length."""
    seen, last = 0, -1
    for message in messages(document):
        offset = message.where.offset
        assert offset is not None
        assert offset > last
        last, seen = offset, seen + 1
    assert seen == document.total - len(document.definitions)
    activity = fit_activity(document)
    for column in COLUMNS:
        got = getattr(activity, column)
        assert got is None or len(got) == len(activity), column


def verdict(data: bytes) -> None:
    """check: no rule crashes."""
    report = check(data, config=CONFIG, name="fuzz.fit")
    crashed = [f.message for f in report.findings if f.code == "INT001"]
    assert crashed == []


def mending(data: bytes, *, unsafe: bool) -> None:
    """fix: no repair crashes, and a second one changes nothing."""
    fixed = fix(data, unsafe=unsafe, config=CONFIG, name="fuzz.fit")
    crashed = [left for left in fixed.left if "tracklint itself failed" in left]
    assert crashed == []
    assert [f.message for f in fixed.after.findings if f.code == "INT001"] == []
    assert fixed.changed == (fixed.data != fixed.original)


def reading(data: bytes) -> None:
    """What the target ``fit-read`` asks of an input: scan and decode."""
    values(structure(data))


def judging(data: bytes) -> None:
    """What the target ``fit-mend`` asks of an input: check and fix. Mending checks three times, so half of the inputs
    are mended, told by their content."""
    turn = zlib.crc32(data) % 4
    if turn < 2:
        mending(data, unsafe=turn == 0)
    else:
        verdict(data)
