"""Columns of numbers as text, small: whole steps, the difference to the value before, in the least integers that hold
them."""

from __future__ import annotations

import base64
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from ...activity import Floats

__all__ = ["packed", "unpacked"]

#: Their least number stands for a hole; of floats NaN does.
_TYPES: Mapping[str, Any] = {"i1": np.int8, "i2": np.int16, "i4": np.int32}
#: Larger whole numbers are not told apart by floats.
_WHOLE = 2.0**53


def packed(values: Floats, step: float) -> dict[str, Any]:
    """A column, rounded to whole steps; NaN and infinities are holes. ``bytes`` are the base64 of little-endian
    numbers of the type ``type``: the first known one counts from ``first``, each other one from the known one before
    it, all in steps.

    >>> packed(np.array([10.0, 10.5, np.nan, 11.0]), 0.5)
    {'type': 'i1', 'first': 20, 'step': 0.5, 'bytes': 'AAGAAQ=='}
    """
    steps = np.round(np.asarray(values, np.float64) / step)
    known = np.isfinite(steps) & (np.abs(steps) < _WHOLE)
    here = steps[known]
    first = int(here[0]) if len(here) else 0
    jumps = np.diff(here, prepend=first)
    most = float(np.abs(jumps).max(initial=0))
    name = next((name for name, kind in _TYPES.items() if most <= np.iinfo(kind).max), "f8")
    hole = np.iinfo(_TYPES[name]).min if name in _TYPES else np.nan
    column = np.full(len(steps), hole, f"<{name}")
    column[known] = jumps
    return {"type": name, "first": first, "step": step, "bytes": base64.b64encode(column.tobytes()).decode()}


def unpacked(column: dict[str, Any]) -> Floats:
    """The numbers of a packed column, NaN in its holes; page.js does the same."""
    jumps = np.frombuffer(base64.b64decode(column["bytes"]), f"<{column['type']}")
    known = np.isfinite(jumps) if column["type"] == "f8" else jumps != np.iinfo(jumps.dtype).min
    values = np.full(len(jumps), np.nan)
    values[known] = (column["first"] + np.cumsum(jumps[known], dtype=np.float64)) * column["step"]
    return values
