"""Text to markup and back."""

from __future__ import annotations

import subprocess
import sys
from xml.etree.ElementTree import fromstring

import pytest

from tracklint.characters import escaped, quoted, resolved

TEXTS = ["", "Fahrt", "a & b", "<&>", "&amp;", "\"'", "1 > 0]]>", "\N{BICYCLE} é"]


@pytest.mark.parametrize("text", TEXTS)
def test_a_parser_reads_what_was_written(text: str) -> None:
    assert fromstring(f"<a>{escaped(text)}</a>").text == (text or None)
    assert resolved(escaped(text)) == text
    for quote in "\"'":
        assert fromstring(f"<a b={quote}{escaped(text, quote)}{quote}/>").get("b") == text


@pytest.mark.parametrize("text", [*TEXTS, "\tone\r\ntwo\n"])
def test_an_attribute_keeps_its_white_space(text: str) -> None:
    assert fromstring(f"<a b={quoted(text)}/>").get("b") == text


def test_repairs_import_nothing_that_can_open_a_socket() -> None:
    program = "import sys, tracklint.mending.xml; print({'socket', 'http', 'urllib.request'} & set(sys.modules))"
    told = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert told.stdout.strip() == "set()"
