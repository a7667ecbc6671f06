"""What a document keeps of what was read: each text is read once, whatever number of paths it stands under."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

from tracklint.xml import scan_xml, values
from tracklint.xml.columns import read_points
from tracklint.xml.gpx import gpx_activity
from tracklint.xml.kept import Texts
from tracklint.xml.names import NAMES, USUAL_PREFIXES, XSI, meant_uri
from tracklint.xml.schema import violations

if TYPE_CHECKING:
    from tracklint.xml import XmlDocument

GPX = "http://www.topografix.com/GPX/1/1"


def document_of(*segments: str, point: str = '<trkpt lat="1.5" lon="2"><ele>7</ele></trkpt>') -> XmlDocument:
    """A GPX document with a segment of 100 points for each start tag's attributes."""
    parts = "".join(f"<trkseg {attributes}>{point * 100}</trkseg>" for attributes in segments)
    return scan_xml(f'<gpx xmlns="{GPX}" version="1.1" creator="x"><trk>{parts}</trk></gpx>'.encode())


@pytest.fixture
def read(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """How many texts were read as columns, one number for each time."""
    counts: list[int] = []
    column = values._column

    def counted(data: bytes, start: Any, *rest: Any) -> values.Column:
        counts.append(len(start))
        return column(data, start, *rest)

    monkeypatch.setattr(values, "_column", counted)
    return counts


@pytest.mark.parametrize("segments", [("",), ("", f'xmlns="{GPX}" xmlns:a="b"'), ("", 'xmlns:a="b"', 'xmlns:a="c"')])
def test_the_schema_reads_no_text_again(segments: tuple[str, ...], read: list[int]) -> None:
    document = document_of(*segments)
    gpx_activity(document)
    assert sum(read) == 300 * len(segments)
    assert violations(document) == ()
    assert sum(read) == 300 * len(segments)


def test_columns_are_let_go_when_the_schema_has_used_them(read: list[int]) -> None:
    document = document_of("")
    gpx_activity(document)
    assert document.kept.texts
    assert document.kept.spans is not None
    found = violations(document)
    assert (document.kept.texts, document.kept.spans) == ({}, None)
    assert violations(document) is found
    assert sum(read) == 300


def test_a_part_of_what_was_read_is_what_reading_it_gives() -> None:
    texts = ["1", " 2 ", "x", "4.50", "", "<!-- -->6"] * 3
    data = "|".join(texts).encode()
    start = np.cumsum([0, *(len(text) + 1 for text in texts[:-1])]).astype(np.int32)
    end = start + np.array([len(text) for text in texts], np.int32)
    elements = np.arange(10, 10 + 2 * len(texts), 2, dtype=np.int32)
    known = Texts(elements, values.read_numbers(data, start, end, "utf-8"))
    for rows in (np.arange(1, 18, 3), np.array([17]), np.arange(18), np.array([], np.intp)):
        part = known.of(elements[rows])
        again = values.read_numbers(data, start[rows], end[rows], "utf-8")
        assert part is not None
        np.testing.assert_array_equal(part.values, again.values)
        np.testing.assert_array_equal(part.status, again.status)
        np.testing.assert_array_equal(part.slow, again.slow)
    for others in ([9], [10, 11], [100], [10, 100]):
        assert known.of(np.array(others, np.int32)) is None


def test_the_place_of_an_attribute_has_its_name() -> None:
    document = document_of("", point='<trkpt lat="1" lon="2" watts="250"/>')
    points = read_points(document, "trkpt", (("power", b"watts"),))
    assert [(place.channel, place.name) for place in points.places] == [("power", "@watts")]


@pytest.mark.parametrize(("prefix", "uri"), [each for each in USUAL_PREFIXES.items() if each[1] != XSI])
def test_a_prefix_is_known_by_each_name_of_its_namespace(prefix: str, uri: str) -> None:
    assert {meant_uri(prefix, {name}, "gpx") for name in NAMES[uri]} == {uri}
    assert meant_uri(prefix, {"something"}, "gpx") is None
