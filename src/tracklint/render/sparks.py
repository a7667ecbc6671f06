"""A channel as one row of characters."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from ..activity import Floats

__all__ = ["ASCII", "BLOCKS", "SPARK", "sparkline"]

BLOCKS = "▁▂▃▄▅▆▇█"
ASCII = "_.-=+*#@"
SPARK = 40
_HUGE = 1e300


def sparkline(values: Floats, steps: str = BLOCKS, size: int = SPARK) -> str:
    """``values`` as at most ``size`` characters: the mean of each stretch between the least and the greatest value.

    A stretch without a value is a space; a channel that never changes is drawn at the lowest step. What is larger than
    any sum could hold counts as none.
    """
    finite = np.abs(values) < _HUGE
    if not finite.any() or not size:
        return ""
    count = min(size, len(values))
    edges = np.linspace(0, len(values), count + 1).astype(np.int64)
    sums = np.add.reduceat(np.where(finite, values, 0.0), edges[:-1])
    counts = np.add.reduceat(finite.astype(np.int64), edges[:-1])
    means = np.divide(sums, counts, out=np.full(count, np.nan), where=counts > 0)
    low, high = np.nanmin(means), np.nanmax(means)
    span = high - low if high - low > 1e-9 * max(abs(high), abs(low), 1.0) else np.inf
    levels = np.nan_to_num((means - low) / span * (len(steps) - 1), nan=-1.0).round().astype(np.int64)
    return "".join(steps[level] if level >= 0 else " " for level in levels.tolist())
