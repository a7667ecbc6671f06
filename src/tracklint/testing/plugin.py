"""What pytest loads wherever tracklint is installed: two fixtures, and nothing else before they are asked for."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from .sandbox import StravaSandbox

__all__ = ["assert_valid", "strava_sandbox"]


@pytest.fixture(scope="session")
def assert_valid() -> Callable[..., None]:
    """``assert_valid(thing)`` fails with the findings as text if an activity file has any
    (`tracklint.testing.assert_valid`)."""
    from . import assert_valid as function

    return function


@pytest.fixture
def strava_sandbox() -> Iterator[StravaSandbox]:
    """A stand-in of Strava that lives as long as the test. Needs the extra ``sandbox``."""
    from .sandbox import fresh_sandbox

    with fresh_sandbox() as sandbox:
        yield sandbox
