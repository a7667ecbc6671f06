#!/usr/bin/env python
"""``python tests/fuzz/fuzz_fit.py CORPUS... [libFuzzer options]``: scan, decode, check and fix any bytes; see README.md."""

from __future__ import annotations

import sys
import warnings
from pathlib import Path

import atheris

sys.path.insert(0, str(Path(__file__).parent))
from rooms import elsewhere

#: Where coverage is wanted; following every branch of the rest costs most of the time.
ROOMS = ("tracklint.fit", "tracklint.mending", "tracklint.edits", "tracklint.source")
#: Tables, and what runs a thousand times for each damaged byte.
HOT = ("tracklint.fit.facts", "tracklint.fit.profile", "tracklint.fit.document", "tracklint.fit.checksum")

with atheris.instrument_imports(include=["tracklint"], exclude=elsewhere(ROOMS, HOT)):
    import oracle_fit

    import tracklint.mending.fit
    import tracklint.rules  # noqa: F401 - whatever is imported late is not instrumented


def one(data: bytes) -> None:
    """One input, from the first byte to the mended file."""
    oracle_fit.everything(data)


if __name__ == "__main__":
    warnings.simplefilter("error")
    atheris.Setup(sys.argv, one)
    atheris.Fuzz()
