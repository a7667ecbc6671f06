"""What is taken for well-formed without a parser is well-formed to expat, whatever was done to the document."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from xml.parsers import expat

import numpy as np
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from tracklint.source import open_source
from tracklint.testing import Ride
from tracklint.testing.shapes import SHAPES
from tracklint.xml import proof, scan_xml
from tracklint.xml.exact import exact_tags
from tracklint.xml.index import index_elements
from tracklint.xml.tags import find_tags

if TYPE_CHECKING:
    from pathlib import Path

RIDES = [getattr(Ride(seconds=2), kind)(shape=shape) for kind in ("gpx", "tcx") for shape in (None, *SHAPES)]
EXTRA = (
    b'<?xml version="1.0"?>\n<a xmlns="u" xmlns:b="v"><b:c d="1" b:e=\'2"\'/><b:c d="3" b:e=\'"\'/>x &amp; ]] y'
    b"<f ></f ><g\t/><h i = '>'>\xc3\xa9</h></a>\n"
)
PIECES = [
    b"<", b">", b"/", b'"', b"'", b"&", b"=", b" ", b"\n", b":", b"b:", b"]]>", b"\0", b"\x1f", b"\xc3", b"\xc3\xa9",
    b"\xef\xbf\xbf", b"\xed\xa0\x80", b' xmlns=""', b' xmlns:b=""', b' xmlns:xml="u"', b' xmlns:xmlns="u"', b" lat='1'",
    b"<a/>", b"</a>", b"<!-- -->", b"<?p?>", b"<![CDATA[x]]>", b"&amp;", b"&x;", b"&#0;", b"-", b"1", b"xml", b"",
    b"<a b='c\"d' e=\"f'g\"/>", b"<:a/>", b"<a:/>", b"<a b='1' b='2'/>", b"<1/>",
]  # fmt: skip
#: Where in the document, how far behind a ``<``, how many bytes are taken out, and what is put in.
EDITS = st.lists(
    st.tuples(st.floats(0, 1), st.integers(-1, 14), st.integers(0, 3), st.sampled_from(PIECES)), min_size=1, max_size=3
)


@pytest.fixture(autouse=True)
def _small(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(proof, "_LEAST", proof._WORD + 1)


def proved(data: bytes) -> bool:
    raw = np.frombuffer(data, np.uint8)
    tags = find_tags(data, raw, well_formed=True) or exact_tags(data)
    return proof.surely_well_formed(data, raw, index_elements(data, raw, tags))


def is_read(data: bytes) -> bool:
    try:
        expat.ParserCreate("utf-8", " ").Parse(data, True)
    except expat.ExpatError:
        return False
    return True


@given(st.sampled_from([*RIDES, EXTRA]), EDITS)
@example(RIDES[0], [(0.5, 1, 1, b":")])
@example(EXTRA, [(0.3, 0, 0, b"")])
def test_what_is_proved_is_read_by_expat(data: bytes, edits: list[tuple[float, int, int, bytes]]) -> None:
    changed = bytearray(data)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(proof, "_LEAST", proof._WORD + 1)
        for where, behind, gone, piece in edits:
            at = int(where * len(changed))
            if behind >= 0:
                at = max(changed.find(b"<", at), 0) + behind
            changed[at : at + gone] = piece
        assert is_read(bytes(changed)) or not proved(bytes(changed))


@pytest.mark.parametrize("data", [*RIDES, EXTRA, b"\xef\xbb\xbf" + RIDES[0]])
def test_what_exporters_write_is_proved(data: bytes) -> None:
    assert proved(data)


def test_real_files_are_proved_only_where_expat_reads_them(corpus: list[tuple[Path, dict[str, Any]]]) -> None:
    sure = 0
    for path, row in corpus:
        if row["format"].endswith(("gpx", "tcx")):
            data = open_source(path).data
            if proved(data):
                assert is_read(data), path
                sure += 1
    assert sure > 200


def test_the_parser_is_not_asked_for_a_large_document_that_is_sure(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.undo()
    data = Ride(seconds=600).gpx()
    wanted = scan_xml(data)
    monkeypatch.setattr("tracklint.xml.parse.find_faults", lambda *_: pytest.fail("a parser was asked"))
    document = scan_xml(data)
    assert document.well_formed
    assert document.faults == wanted.faults == ()
