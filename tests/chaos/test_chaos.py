"""A small form of the chaos: a few kills, cuts and damages in each test run. `tox -e chaos` goes on for ten minutes."""

from __future__ import annotations

import random
import sys

import pytest


@pytest.mark.socket
@pytest.mark.skipif(sys.platform == "win32", reason="signals and limits of POSIX")
def test_no_ride_is_lost_or_doubled_whatever_is_killed_cut_filled_or_damaged() -> None:
    from .chaos import Tally, batch

    tally = Tally()
    batch(tally, random.Random(3), files=3, runs=2)
    assert tally.wrong == []
    assert (tally.lost, tally.doubled, tally.tracebacks, tally.files) == (0, 0, 0, 3)
    assert tally.did.total() > 0


@pytest.mark.socket
@pytest.mark.skipif(sys.platform == "win32", reason="signals of POSIX")
def test_each_content_that_comes_leaves_once_whatever_is_killed() -> None:
    from .coming import run

    came = run(files=6, kills=2, seed=4)
    assert came.wrong == []
    assert (len(came.final), came.kills) == (6, 2)
