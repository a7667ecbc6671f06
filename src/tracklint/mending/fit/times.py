"""Repairs of dates: a whole stretch of times that is off by a known amount, and points of another ride."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from ...edits import Asked, Edit, Step
from ...findings import Finding
from ...fit.columns import message_columns
from ...fit.document import FitDocument
from ...fit.profile import UPTIME_LIMIT, field_fact

__all__ = ["drop_stale", "rows_of", "shift_rollover", "shift_uptime"]

_ROLLOVER = 1024 * 7 * 86400
_DAY = 86400


def rows_of(findings: tuple[Finding, ...], count: int) -> list[int]:
    """The records that findings name in their ``runs``, ascending."""
    runs = [run for finding in findings for run in finding.evidence.get("runs") or ()]
    return sorted({i for first, last in runs for i in range(int(first), int(last) + 1) if i < count})


def _shifted(document: FitDocument, low: int, high: int, shift: int) -> tuple[Edit, ...]:
    """Every date in [low, high] of every message, moved by ``shift`` seconds; compressed times follow by themselves
    where it is a multiple of 32."""
    edits: list[Edit] = []
    for group in document.messages:
        layout = group.definition.layout
        order: Any = "big" if layout.big_endian else "little"
        for spec in layout.fields:
            base = spec.type
            dated = field_fact(layout.global_, spec.number).type in ("date_time", "local_date_time")
            if not dated or base is None or base.name != "uint32" or spec.size != 4:
                continue
            for at in group.offsets.tolist():
                piece = document.data[at + spec.at : at + spec.at + 4]
                value = int.from_bytes(piece, order)
                if low <= value <= high and 0 <= value + shift < 0xFFFFFFFF:
                    edits.append(Edit(at + spec.at, 4, (value + shift).to_bytes(4, order)))
    return tuple(edits)


def shift_rollover(document: FitDocument, asked: Asked) -> Iterator[Step]:
    """Add 1024 weeks to the times that the finding names, and to all other dates of that time."""
    records = message_columns(document, 20)
    times, valid = records.integers(253)
    rows = [i for i in rows_of(asked.findings, len(records)) if valid[i]]
    if not asked.unsafe or not rows:
        return
    early = times[rows]
    edits = _shifted(document, int(early.min()) - _DAY, int(early.max()) + _DAY, _ROLLOVER)
    yield Step(
        action="changed",
        says=f"1024 weeks are added to {len(edits)} dates around {len(rows)} records",
        edits=edits,
        safe=False,
        where=records.where(rows[0]),
        retimed=True,
    )


def shift_uptime(document: FitDocument, asked: Asked) -> Iterator[Step]:
    """Move times that count from the start of the device to file_id.time_created, taken for the first record's."""
    records, identity = message_columns(document, 20), message_columns(document, 0)
    times, valid = records.integers(253)
    created, known = identity.integers(4)
    early = times[valid & (times < UPTIME_LIMIT)] if len(records) else times
    compressed = any(document.compressed(group).any() for group in document.messages)
    if not asked.unsafe or not len(early) or not len(identity) or not known[0] or created[0] < UPTIME_LIMIT:
        return
    shift = int(created[0]) - int(early.min())
    shift -= shift % 32 if compressed else 0
    edits = _shifted(document, 1, UPTIME_LIMIT - 1, shift)
    yield Step(
        action="changed",
        says=f"{len(edits)} dates that count from the start of the device become dates from file_id.time_created on",
        edits=edits,
        safe=False,
        where=records.where(0),
        retimed=True,
    )


def drop_stale(document: FitDocument, asked: Asked) -> Iterator[Step]:
    """Drop the records that the finding names: they belong to an earlier ride."""
    records = message_columns(document, 20)
    rows = rows_of(asked.findings, len(records))
    if not asked.unsafe or not rows or len(rows) == len(records):
        return
    edits = [Edit(int(records.offsets[i]), records.definition(i).layout.stride, b"") for i in rows]
    yield Step(
        action="dropped",
        says=f"{len(rows)} records of an earlier time",
        edits=tuple(edits),
        safe=False,
        where=records.where(rows[0]),
        records=len(rows),
        retimed=True,
    )
