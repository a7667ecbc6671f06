#!/usr/bin/env python
"""``python tests/fuzz/fuzz_xml.py CORPUS... [libFuzzer options]``: scan, read, check, fix and split any bytes that are read
as XML; see README.md."""

from __future__ import annotations

import sys
import warnings
from pathlib import Path

import atheris

sys.path.insert(0, str(Path(__file__).parent))
from mutate_xml import mutated
from rooms import elsewhere

#: Where coverage is wanted; following every branch of the rest costs most of the time.
ROOMS = (
    "tracklint.xml", "tracklint.mending", "tracklint.edits", "tracklint.source",
    "tracklint.rules",
)  # fmt: skip
#: atheris 3.0 never frees the result of comparing arrays, so that these would take a megabyte for each input.
HOT = ("tracklint.xml.index", "tracklint.xml.tags", "tracklint.xml.values", "tracklint.xml.document")

with atheris.instrument_imports(include=["tracklint"], exclude=elsewhere(ROOMS, HOT)):
    import oracle_xml

    import tracklint.mending.xml
    import tracklint.rules
    import tracklint.xml.schema  # noqa: F401 - whatever is imported late is not instrumented


def one(data: bytes) -> None:
    """One input, from the first byte to the mended file."""
    oracle_xml.everything(data)


def mutator(data: bytes, max_size: int, seed: int) -> bytes:
    """Three of four inputs are changed as XML, the rest as bytes."""
    if seed % 4:
        new = mutated(data, seed)
        if 0 < len(new) <= max_size:
            return new
    return bytes(atheris.Mutate(data, max_size))


if __name__ == "__main__":
    warnings.simplefilter("error")
    atheris.Setup(sys.argv, one, custom_mutator=mutator)
    atheris.Fuzz()
