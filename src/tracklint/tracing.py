"""What a run over a fleet keeps of one file, from its reading."""

from __future__ import annotations

import math

from .fit import FitDocument
from .reading import Reading
from .trace import Asked, Identity, Trace

__all__ = ["trace_of"]

#: Messages about the file itself, which no sensor and no sport changes: file_id, file_creator, activity.
_HEADS = (0, 49, 34)
#: Fields of one file that are looked at; the profile has far fewer.
_MOST_FIELDS = 4096


def trace_of(reading: Reading, asked: tuple[Asked, ...], *, fleet: bool) -> Trace | None:
    """The trace of one file: of one that is no activity, or of which nothing is asked, ``None``. With ``fleet`` it says
    how the file is written and what it calls itself."""
    activity = reading.activity
    if activity is None or not (asked or fleet):
        return None
    device = activity.device
    trace = Trace(manufacturer_id=device.manufacturer_id, product_id=device.product_id, asked=asked)
    if not fleet or activity.kind != "activity" or not isinstance(reading.document, FitDocument):
        return trace
    fields, heads = ((), ()) if reading.document.faults else _shapes(reading.document)
    return Trace(
        manufacturer_id=device.manufacturer_id, product_id=device.product_id, asked=asked, fields=fields, heads=heads,
        identity=_identity(reading),
    )  # fmt: skip


def _shapes(document: FitDocument) -> tuple[tuple[int, ...], tuple[tuple[int, bytes], ...]]:
    fields: set[int] = set()
    heads: set[tuple[int, bytes]] = set()
    for global_, groups in document.by_global.items():
        for layout in (group.definition.layout for group in groups):
            fields.update(global_ << 16 | spec.number << 8 | spec.base for spec in layout.fields)
            if global_ in _HEADS:
                heads.add((global_, bytes(sorted(layout.numbers))))
    return tuple(sorted(fields)[:_MOST_FIELDS]), tuple(sorted(heads))


def _identity(reading: Reading) -> Identity | None:
    """What the file calls itself, where it has a serial number."""
    activity = reading.activity
    assert activity is not None
    if not activity.device.serial:
        return None
    known = activity.time[~(activity.time != activity.time)]
    start, end = (float(known.min()), float(known.max())) if len(known) else (math.nan, math.nan)
    return Identity(activity.device.serial, activity.stated_time, start, end)
