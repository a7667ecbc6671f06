"""A large document is worked on in pieces; they give what the whole gives, wherever the pieces end."""

from __future__ import annotations

import re

import numpy as np
import pytest

from tracklint.checking import check
from tracklint.config import Config
from tracklint.testing import Ride
from tracklint.xml import columns, document, index, kinds, proof, scan_xml, tags
from tracklint.xml.gpx import gpx_activity
from tracklint.xml.schema import shapes, text, violations
from tracklint.xml.tcx import tcx_activity

CONFIG = Config()
RIDE = Ride(seconds=45, laps=3)
GPX, TCX = RIDE.gpx(), RIDE.tcx()
SIZES = (
    (tags, "_CHUNK"), (tags, "_PIECE"), (index, "_MANY"), (kinds, "_PIECE"), (kinds, "_MANY"), (shapes, "_PIECE"), (text, "_PIECE"), (columns, "_TOGETHER"),
    (document, "_BLOCK_OF_LINES"), (proof, "_BLOCK"),
)  # fmt: skip


def _every_third(pattern: bytes, other: bytes, data: bytes) -> bytes:
    """With every third match of a pattern replaced."""
    found = iter(range(len(data)))
    return re.sub(pattern, lambda match: match[0] if next(found) % 3 else match.expand(other), data, flags=re.DOTALL)


DOCUMENTS = {
    "GPX": GPX,
    "TCX": TCX,
    "without some rates": _every_third(rb"<HeartRateBpm>.*?</HeartRateBpm>", b"", TCX),
    "time first": _every_third(rb"(<ele>[^<]*</ele>)(\s*)(<time>[^<]*</time>)", rb"\3\2\1", GPX),
    "names too many": _every_third(rb"<time>", rb"<name>x</name><name>y</name>text<time>", GPX),
    "comments and quotes": GPX.replace(b"<trkseg>", b"<!-- <trkpt lat='1'> --><trkseg a='1' b=\"'>\">"),
    "cut": GPX[: len(GPX) // 2],
    "lines of CR": TCX.replace(b"\n", b"\r"),
    "one line": GPX.replace(b"\n", b""),
}


@pytest.mark.parametrize("size", [16, 61])
@pytest.mark.parametrize("name", DOCUMENTS)
def test_pieces_give_what_the_whole_gives(name: str, size: int, monkeypatch: pytest.MonkeyPatch) -> None:
    data = DOCUMENTS[name]
    activity_of = tcx_activity if b"<TrainingCenterDatabase" in data else gpx_activity
    whole, report = scan_xml(data), check(data, config=CONFIG)
    activity, broken = activity_of(whole), violations(whole)
    for module, constant in SIZES:
        monkeypatch.setattr(module, constant, size)
    pieces = scan_xml(data)
    for part in ("start", "stop", "kind", "depth", "dressed", "name_ends", "quotes"):
        np.testing.assert_array_equal(getattr(pieces.elements.tags, part), getattr(whole.elements.tags, part), part)
    for part in ("tag", "depth", "parent"):
        np.testing.assert_array_equal(getattr(pieces.elements, part), getattr(whole.elements, part), part)
    assert [_chain(pieces, i) for i in range(len(whole.elements))] == [
        _chain(whole, i) for i in range(len(whole.elements))
    ]
    assert activity_of(pieces) == activity
    assert [(each.kind, each.element, each.elements.tolist()) for each in violations(pieces)] == [
        (each.kind, each.element, each.elements.tolist()) for each in broken
    ]
    assert check(data, config=CONFIG) == report


def _chain(document: document.XmlDocument, element: int) -> tuple[str, ...]:
    return document.elements.path_of(element).locals()
