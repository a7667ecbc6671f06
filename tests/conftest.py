"""What the tests share: the corpus of real files, and the ban on sockets."""

from __future__ import annotations

import csv
import os
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

ROOT = Path(__file__).parent.parent
CORPUS = Path(os.environ.get("TRACKLINT_CORPUS", ROOT.parent / "shared" / "corpus"))

settings.register_profile("default", max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.register_profile("long", max_examples=4000, deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "default"))


def corpus_rows() -> list[dict[str, str]]:
    """The rows of the corpus' manifest; none where the corpus is not there."""
    manifest = CORPUS / "manifest.tsv"
    if not manifest.is_file():
        return []
    with manifest.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE))


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Sockets are blocked (pytest-socket) in every test that does not say that it needs one; but for Unix sockets,
    with which the processes of one machine are started."""
    for item in items:
        if item.get_closest_marker("socket"):
            item.add_marker(pytest.mark.enable_socket)


@pytest.fixture(scope="session")
def corpus() -> list[tuple[Path, dict[str, str]]]:
    """Every corpus file with its row in the manifest; the test is skipped where there is no corpus."""
    rows = corpus_rows()
    if not rows:
        pytest.skip(f"no corpus of real files at {CORPUS} (set TRACKLINT_CORPUS)")
    return [(CORPUS / row["file"], row) for row in rows]
