#!/usr/bin/env python
"""``python tests/fuzz/target.py fit-read CORPUS... [libFuzzer options]``: one target on any bytes; see README.md.

``fit-read`` and ``xml-read`` scan and decode, ``fit-mend`` and ``xml-mend`` check and fix.
"""

from __future__ import annotations

import sys
import warnings
from pathlib import Path

import atheris

sys.path.insert(0, str(Path(__file__).parent))
from mutate_xml import mutated
from rooms import elsewhere

TARGETS = ("fit-read", "xml-read", "fit-mend", "xml-mend")
TARGET = sys.argv.pop(1) if sys.argv[1:2] and sys.argv[1] in TARGETS else sys.exit(f"give one of {', '.join(TARGETS)}")
FORMAT, WHAT = TARGET.split("-")

#: Where coverage is wanted; following every branch of the rest costs most of the time.
ROOMS = {
    "fit-read": ("tracklint.fit", "tracklint.source"),
    "xml-read": ("tracklint.xml", "tracklint.source"),
    "fit-mend": ("tracklint.mending", "tracklint.edits"),
    "xml-mend": ("tracklint.mending", "tracklint.edits"),
}[TARGET]
#: Tables, what runs a thousand times for each damaged byte, and what compares arrays: atheris never frees the result of
#: such a comparison, so that these would take a megabyte for each input.
HOT = (
    "tracklint.fit.facts", "tracklint.fit.profile", "tracklint.fit.document", "tracklint.fit.checksum",
    "tracklint.xml.index", "tracklint.xml.tags", "tracklint.xml.values", "tracklint.xml.document",
)  # fmt: skip

with atheris.instrument_imports(include=["tracklint"], exclude=elsewhere(ROOMS, HOT)):
    if FORMAT == "fit":
        import oracle_fit as oracle

        import tracklint.mending.fit
    else:
        import oracle_xml as oracle  # type: ignore[no-redef]  # the same names for the other format

        import tracklint.mending.xml
        import tracklint.xml.schema
    import tracklint.rules  # noqa: F401 - whatever is imported late is not instrumented

ONE = oracle.reading if WHAT == "read" else oracle.judging


def mutator(data: bytes, max_size: int, seed: int) -> bytes:
    """Three of four inputs are changed as XML, the rest as bytes."""
    if seed % 4:
        new = mutated(data, seed)
        if 0 < len(new) <= max_size:
            return new
    return bytes(atheris.Mutate(data, max_size))


if __name__ == "__main__":
    warnings.simplefilter("error")
    atheris.Setup(sys.argv, ONE, **({"custom_mutator": mutator} if FORMAT == "xml" else {}))
    atheris.Fuzz()
