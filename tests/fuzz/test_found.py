"""What the fuzzer found is read again with every test run: no crash, no rule that fails, and everything that must hold."""

from __future__ import annotations

from pathlib import Path

import pytest

from conftest import ROOT
from fuzz import oracle_fit

FOUND = ROOT / "tests" / "data" / "fuzz"


def _found(format_: str) -> list[Path]:
    return sorted((FOUND / format_).iterdir())


def test_the_fuzzer_found_something() -> None:
    """An empty folder would make the tests below pass without a test."""
    assert len(_found("fit")) > 50


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
