"""What must hold for any bytes that are read as XML. Used by the fuzzer, and by the tests on what the fuzzer found."""

from __future__ import annotations

import time
import zlib
from xml.parsers import expat

import numpy as np

from tracklint.activity import COLUMNS, Activity
from tracklint.checking import check, read
from tracklint.config import Config
from tracklint.edits import Wishes, apply
from tracklint.mending.fixing import fix
from tracklint.source import open_source, sniff
from tracklint.xml import XmlDocument, scan_xml
from tracklint.xml.creators import creators
from tracklint.xml.exact import exact_tags
from tracklint.xml.gpx import gpx_activity
from tracklint.xml.index import MAX_DEPTH, MAX_KINDS
from tracklint.xml.tags import CLOSE, EMPTY, OPEN, STRAY, Tags, find_tags
from tracklint.xml.tcx import tcx_activity

CONFIG = Config()
#: A fault needs a byte that is wrong; a few are said of the whole file.
FAULTS_MORE_THAN_BYTES = 8


def structure(data: bytes) -> XmlDocument:
    """scan: ends, stays within the file, and its tags are those of the exact reader, and in a good file expat's."""
    document = scan_xml(data)
    assert document.data == data
    assert len(document.faults) <= len(data) + FAULTS_MORE_THAN_BYTES
    for fault in document.faults:
        assert 0 <= fault.offset <= fault.offset + fault.size <= len(data), fault
        assert fault.evidence["line"] >= 1, fault
        assert fault.evidence["column"] >= 1, fault
    tags, size = document.elements.tags, len(document.text)
    _in_order(tags, size)
    if document.well_formed:
        quick, exact = find_tags(document.text, document.raw, well_formed=True), exact_tags(document.text)
        for name in ("start", "stop", "kind", "depth", "dressed", "name_ends", "quotes") if quick is not None else ():
            np.testing.assert_array_equal(getattr(quick, name), getattr(exact, name), name)
        _as_expat(document)
    elements = document.elements
    assert len(elements.tag) == len(elements.path) == len(elements.depth)
    places = [document.origin(offset) for offset in (0, size // 2, size)]
    assert places[0] == 0
    assert places == sorted(places)
    assert places[-1] <= len(data)
    return document


def _in_order(tags: Tags, size: int) -> None:
    assert (tags.stop > tags.start).all()
    assert (tags.start[1:] >= tags.stop[:-1]).all()
    assert not len(tags.start) or (tags.start[0] >= 0 and tags.stop[-1] <= size)
    assert (tags.depth >= 0).all()
    assert np.isin(tags.kind, (STRAY, OPEN, CLOSE, EMPTY)).all()
    named = np.flatnonzero(np.isin(tags.kind, (OPEN, EMPTY)))
    ends = tags.ends_of_names(named)
    assert ((ends > tags.start[named]) & (ends < tags.stop[named])).all()


def _as_expat(document: XmlDocument) -> None:
    """Every element with its namespace and its place, as expat tells them."""
    seen: list[tuple[str, str, int]] = []
    parser = expat.ParserCreate("utf-8" if document.codec == "utf-8" else None, namespace_separator="\n")
    parser.SetParamEntityParsing(expat.XML_PARAM_ENTITY_PARSING_NEVER)

    def start(name: str, _attributes: dict[str, str]) -> None:
        uri, _, local = name.rpartition("\n")
        seen.append((uri, local, parser.CurrentByteIndex))

    parser.StartElementHandler = start
    try:
        parser.Parse(document.text, True)
    except (expat.ExpatError, LookupError, ValueError) as error:
        raise AssertionError(f"called well-formed, but {error}") from error
    elements = document.elements
    if len(seen) != len(elements) or len(elements.paths) >= MAX_KINDS:
        assert int(elements.tags.depth.max()) >= MAX_DEPTH or len(elements.paths) >= MAX_KINDS
        return
    ours = [
        (elements.paths[p].uri, elements.paths[p].local, o)
        for p, o in zip(elements.path.tolist(), elements.tags.start[elements.tag].tolist(), strict=True)
    ]
    assert ours == seen


def values(document: XmlDocument) -> None:
    """Both readings: columns of one length, places within the file."""
    for activity in (gpx_activity(document), tcx_activity(document)):
        _activity(document, activity)
    for spot in creators(document):
        assert spot.insert_at is None or 0 <= spot.insert_at <= len(document.data)
        assert spot.offset is None or spot.size is None or spot.offset + spot.size <= len(document.data)


def _activity(document: XmlDocument, activity: Activity) -> None:
    points, size = len(activity), len(document.data)
    for column in COLUMNS:
        assert len(getattr(activity, column)) == points, column
        assert not np.isinf(getattr(activity, column)).any(), column
    assert (activity.starts < max(points, 1)).all()
    for bad in activity.bad_values:
        assert len(bad.records) == len(bad.offsets) == len(bad.sizes)
        assert (bad.records < points).all()
        assert (bad.offsets + bad.sizes <= size).all()
    for session in (*activity.sessions, *activity.laps):
        assert 0 <= session.first_point <= session.first_point + session.points <= points
    for i in {0, points // 2, points - 1} & set(range(points)):
        where = activity.at(i)
        assert where.offset is not None
        assert where.offset < size


def verdict(data: bytes, config: Config = CONFIG) -> None:
    """check: no rule crashes, and the same bytes get the same report."""
    report = check(data, config=config)
    assert [f.message for f in report.findings if f.code == "INT001"] == []
    assert check(data, config=config) == report
    for finding in report.findings:
        assert finding.where.offset is None or finding.where.offset <= len(open_source(data).data)


def mending(data: bytes, *, unsafe: bool, notes: bool = False, wishes: Wishes | None = None) -> None:
    """fix: no repair crashes, nothing but its edits is changed, no point is lost without a word, a safe one changes no
    measurement, and a second one changes nothing."""
    fixed = fix(data, unsafe=unsafe, notes=notes, split=True, config=CONFIG, wishes=wishes)
    failed = [left for left in fixed.left if "tracklint itself failed" in left]
    assert failed == [], failed
    assert [f.message for f in fixed.after.findings if f.code == "INT001"] == []
    assert fixed.changed == (fixed.data != fixed.original)
    assert apply(fixed.original, fixed.edits) == fixed.data
    assert unsafe or all(change.safe for change in fixed.ledger)
    assert fixed.changed <= bool(fixed.ledger)
    before, after = (report.activity.points if report.activity else 0 for report in (fixed.before, fixed.after))
    assert after >= before or any(change.action == "dropped" for change in fixed.ledger)
    for part in fixed.parts:
        assert [f.message for f in check(part, config=CONFIG).findings if f.code == "INT001"] == []
    told = sniff(fixed.data)[0] == sniff(fixed.original)[0]  # not where a tag in its middle told what a file is
    if fixed.changed and told and not unsafe:
        _same_measurements(read(fixed.original), read(fixed.data))
    again = fix(fixed.data, unsafe=unsafe, notes=notes, config=CONFIG, wishes=wishes)
    assert again.data == fixed.data, [change.says for change in again.ledger]


def _same_measurements(before: Activity, after: Activity) -> None:
    """A value that could be read is the same, rounded, or taken away by name; a point may become readable."""
    if len(before) != len(after):
        assert len(after) > len(before)
        return
    for column in COLUMNS:
        was, now = getattr(before, column), getattr(after, column)
        step = np.abs(now - was)
        same = np.isnan(step) | (step < 1) | ((column == "longitude") & (step == 360))
        assert same.all(), f"{column}: {was[~same][:5]} became {now[~same][:5]}"
        assert column not in ("time", "latitude", "longitude") or (np.isfinite(was) <= np.isfinite(now)).all(), column


def linear(data: bytes) -> None:
    """check: four times the bytes take at most about four times as long."""
    middle = data[len(data) // 4 : 3 * len(data) // 4]
    if not middle:
        return
    head, tail = data[: len(data) // 4], data[3 * len(data) // 4 :]
    small = head + middle * (100_000 // len(middle)) + tail
    large = head + middle * (400_000 // len(middle)) + tail
    for _ in range(3):
        if _seconds(large) < 10 * _seconds(small) + 0.2:
            return
    raise AssertionError("four times the bytes take more than ten times as long")


def _seconds(data: bytes) -> float:
    start = time.process_time()
    check(data, config=CONFIG)
    return time.process_time() - start


def reading(data: bytes) -> None:
    """What the target ``xml-read`` asks of an input: scan and both readings."""
    values(structure(data))


def judging(data: bytes) -> None:
    """What the target ``xml-mend`` asks of an input: check and fix. Mending checks many times, so half of the inputs
    are mended, told by their content."""
    turn = zlib.crc32(data) % 800
    if turn == 0:
        linear(data)
    elif turn % 8 < 4 and open_source(data).format != "fit":
        wishes = Wishes(zone=120, sport="running", interpolate=True) if turn % 16 > 7 else None
        mending(data, unsafe=turn % 2 == 0, notes=turn % 4 > 1, wishes=wishes)
    else:
        verdict(data, Config(purpose="spec") if turn % 2 else CONFIG)
