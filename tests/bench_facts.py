"""What measured facts cost beside the check that they are asked with: ``pytest -s tests/bench_facts.py``."""

from __future__ import annotations

import gc
import time
from dataclasses import replace

import pytest

from conftest import CORPUS
from tracklint import Config, Limits, check

PLAIN = Config(limits=Limits(now=1795305600))
ASKED = replace(PLAIN, facts=True)


def _seconds(data: bytes, config: Config) -> float:
    gc.collect(0)
    before = time.process_time()
    check(data, config=config)
    return time.process_time() - before


def test_what_facts_cost() -> None:
    """Each file twice in a row, by turns with facts first and last, in three rounds."""
    if not CORPUS.is_dir():
        pytest.skip(f"no corpus of real files at {CORPUS} (set TRACKLINT_CORPUS)")
    files = [
        path.read_bytes()
        for folder in ("corpus", "corpus2")
        for path in sorted((CORPUS.parent / folder).rglob("*"))
        if path.is_file() and path.name != "manifest.tsv"
    ]
    for data in files[::5]:
        check(data, config=ASKED)
    for turn in range(3):
        sums = {False: 0.0, True: 0.0}
        for i, data in enumerate(files):
            for asked in (False, True) if (i + turn) % 2 else (True, False):
                sums[asked] += _seconds(data, ASKED if asked else PLAIN)
        share = sums[True] / sums[False] - 1
        told = f"{sums[False]:.2f} s, with facts {sums[True]:.2f} s: facts cost {share:.1%} of a check"
        print(f"\n{len(files)} files: {told}")  # noqa: T201 - the figures are what the run is for
