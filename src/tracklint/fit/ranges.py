"""Where the values of records lie, field by field, and messages of which the values lie where they never do.

Bytes that are read at the wrong place, or as another field, give numbers all over what a field can hold; a ride uses
little of that.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping

import numpy as np
import numpy.typing as npt

from .document import FieldSpec, Layout
from .frames import Frames, Ints

__all__ = ["Usual", "odd_sizes", "usual"]

Floats = npt.NDArray[np.float64]
#: By field number the least and the greatest value, but for a few.
Usual = Mapping[int, tuple[float, float]]
_NEAR = 256  # messages on either side that are asked
_ENOUGH = 24  # messages that say where the values of a field lie
_RARE = 0.1  # share of messages with a value below which a field has none as a rule
_ON = 4  # how many times their own range away the large fields go on: distances, work, places
_WIDE = {1: 16, 2: 64, 4: 1024, 8: 1024}  # by the size of a field, the part of its numbers in reach of others


def usual(walk: Frames, offsets: Ints, owners: Ints, others: npt.NDArray[np.bool_], at: int) -> Usual:
    """Where the values of each field lie in the nearest records before and behind row ``at``, those of the rows
    ``others``. A field that hardly ever has a value lies nowhere."""
    before, after = np.flatnonzero(others[:at])[-_NEAR:], np.flatnonzero(others[at:])[:_NEAR] + at
    near = np.concatenate((before, after))
    found: dict[int, list[Floats]] = defaultdict(list)
    for owner in np.unique(owners[near]).tolist():
        layout = walk.definitions[owner][1]
        for spec in layout.fields if layout.global_ == 20 else ():
            if (values := _values(walk, offsets[near[owners[near] == owner]], layout, spec)) is not None:
                found[spec.number].append(values)
    columns = {number: np.concatenate(parts) for number, parts in found.items()}
    return {number: _range(values) for number, values in columns.items() if len(values) >= _ENOUGH}


def odd_sizes(walk: Frames, offsets: Ints, layout: Layout, known: Usual) -> Iterator[int]:
    """The sizes in bytes of the fields in which most values of these messages lie far from where they lie as a rule;
    one byte where there is none as a rule. Zeros count for nothing: a sensor that falls silent writes these."""
    for spec in layout.fields:
        values = _values(walk, offsets, layout, spec) if spec.number in known else None
        if values is not None and len(values := values[~np.isnan(values) & (values != 0)]):
            low, high = known[spec.number]
            further = _ON if spec.size >= 4 else 1
            reach = max(further * (high - low), (1 << 8 * spec.size) / _WIDE[spec.size])
            if not 2 * ((values >= low - reach) & (values <= high + reach)).sum() >= len(values):
                yield 1 if np.isnan(low) else spec.size


def _range(values: Floats) -> tuple[float, float]:
    there = values[~np.isnan(values)]
    if len(there) <= _RARE * len(values):
        return np.nan, np.nan
    there.sort()
    few = len(there) // 20
    return float(there[few]), float(there[-1 - few])


def _values(walk: Frames, offsets: Ints, layout: Layout, spec: FieldSpec) -> Floats | None:
    """What stands in a field of these messages, not-a-number for no value; ``None`` for times and for what is no whole
    number."""
    base = spec.type
    if base is None or base.code[0] not in "ui" or spec.size != base.size or spec.number == 253:
        return None
    octets = np.frombuffer(walk.data, np.uint8)
    order = ">" if layout.big_endian else "<"
    raw = octets[offsets[:, None] + (spec.at + np.arange(spec.size))].view(f"{order}u{spec.size}")[:, 0]
    values: Floats = np.where(raw == base.none, np.nan, raw.view(order + base.code).astype(float))
    return values
