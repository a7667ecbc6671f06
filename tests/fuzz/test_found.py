"""What the fuzzer found is read again with every test run: no crash, no rule that fails, and everything that must hold."""

from __future__ import annotations

from pathlib import Path

import pytest

from conftest import ROOT
from fuzz import mutate_xml, oracle_fit, oracle_xml, run, seeds
from tracklint.fit import scan_fit
from tracklint.xml import scan_xml

FOUND = ROOT / "tests" / "data" / "fuzz"


def _found(format_: str) -> list[Path]:
    return sorted((FOUND / format_).iterdir())


def test_the_fuzzer_found_something() -> None:
    """An empty folder would make the tests below pass without a test."""
    assert len(_found("fit")) > 50
    assert len(_found("xml")) > 100


def test_seeds_that_are_short_enough_hold_every_construct() -> None:
    """Longer ones are left out of a run: what only they hold would hardly be tried."""
    documents = [scan_fit(data) for data in seeds.fit_seeds() if len(data) <= run.MOST["fit"]]
    layouts = [definition.layout for document in documents for definition in document.definitions]
    assert {bool(layout.developer) for layout in layouts} == {False, True}
    assert {layout.big_endian for layout in layouts} == {False, True}
    assert {len(document.segments) for document in documents} == {1, 2}
    assert {document.segments[0].data_start for document in documents} == {12, 14}
    headers = {document.data[int(at)] >= 0x80 for document in documents for g in document.messages for at in g.offsets}
    assert headers == {False, True}


@pytest.mark.parametrize("part", range(8))
def test_fit(part: int) -> None:
    for path in _found("fit")[part::8]:
        data = path.read_bytes()
        oracle_fit.values(oracle_fit.structure(data))
        oracle_fit.verdict(data)


def test_fit_mending() -> None:
    """Mending reads a file several times, so it takes a part of them."""
    for i, path in enumerate(_found("fit")[::10]):
        oracle_fit.mending(path.read_bytes(), unsafe=i % 2 == 0)


@pytest.mark.parametrize("unsafe", [False, True])
def test_fit_mending_of_what_crashed_once(unsafe: bool) -> None:
    crashed = [path for path in _found("fit") if path.name.startswith("crash-")]
    assert crashed
    for path in crashed:
        oracle_fit.mending(path.read_bytes(), unsafe=unsafe)


@pytest.mark.parametrize("part", range(8))
def test_xml(part: int) -> None:
    for path in _found("xml")[part::8]:
        data = path.read_bytes()
        oracle_xml.values(oracle_xml.structure(data))
        oracle_xml.verdict(data)


@pytest.mark.parametrize("unsafe", [False, True])
def test_xml_mending(unsafe: bool) -> None:
    """Mending checks a file many times, so it takes a part of them."""
    for i, path in enumerate(_found("xml")[unsafe::20]):
        oracle_xml.mending(path.read_bytes(), unsafe=unsafe, notes=i % 2 == 0)


@pytest.mark.parametrize("notes", [False, True])
@pytest.mark.parametrize("unsafe", [False, True])
def test_xml_mending_of_what_crashed_once(unsafe: bool, notes: bool) -> None:
    crashed = [path for path in _found("xml") if path.name.startswith("crash-")]
    assert crashed
    for path in crashed:
        oracle_xml.mending(path.read_bytes(), unsafe=unsafe, notes=notes)


@pytest.mark.parametrize("part", range(4))
def test_xml_mutations(part: int) -> None:
    """The fuzzer's own changes of built files, without its search: the same ones with every run."""
    built = list(dict.fromkeys(seeds.xml_seeds()))
    for i in range(part, 240, 4):
        data = mutate_xml.mutated(built[i % len(built)], i)
        oracle_xml.values(oracle_xml.structure(data))
        oracle_xml.mending(data, unsafe=i % 8 > 3, notes=i % 16 > 7)


@pytest.mark.parametrize("piece", [b"a", b"a ", b" a='", b"<!--", b"&", b"\xff", b"</", b"<a/>", b"<![CDATA["])
def test_damage_costs_no_more_than_its_length(piece: bytes) -> None:
    """A million bytes without an end took the walker of tags hours once: each byte of a name was tried as its last."""
    document = scan_xml(b"<gpx><trk><" + piece * (1_000_000 // len(piece)))
    assert not document.well_formed
