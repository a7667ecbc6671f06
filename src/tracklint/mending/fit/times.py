"""Repairs of dates: a whole stretch of times that is off by a known amount, and points of another ride."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from ...edits import Asked, Edit, Step
from ...findings import Finding
from ...fit.columns import MessageColumns, message_columns
from ...fit.document import FitDocument
from ...fit.profile import UPTIME_LIMIT, field_fact

__all__ = ["drop_stale", "mend_dates", "rows_of", "shift_rollover"]

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


def mend_dates(document: FitDocument, asked: Asked) -> Iterator[Step]:
    """Move the dates that the finding tells by how much they are off: seconds since the start of the device, or since
    1970. Drop the records of other absurd dates."""
    records = message_columns(document, 20)
    times, valid = records.integers(253)
    compressed = bool(document.compressed())
    for finding in asked.findings if asked.unsafe else ():
        shift = finding.evidence.get("shift_s")
        rows = [i for i in rows_of((finding,), len(records)) if valid[i]]
        if not finding.fix or not rows:
            continue
        if shift is None:
            yield from _dropped(records, rows, "of dates that no ride has")
            continue
        uptime = shift > 0
        low, high = (1, UPTIME_LIMIT - 1) if uptime else (int(times[rows].min()) - _DAY, int(times[rows].max()) + _DAY)
        edits = _shifted(document, low, high, shift - (shift % 32 if compressed else 0))
        since = "the start of the device" if uptime else "1970"
        yield Step(
            action="changed",
            says=f"{len(edits)} dates that count from {since} become dates of FIT, {shift:+d} s",
            edits=edits,
            safe=False,
            where=records.where(rows[0]),
            retimed=True,
        )


def drop_stale(document: FitDocument, asked: Asked) -> Iterator[Step]:
    """Drop the records that the findings name: they belong to another ride, or their time does."""
    records = message_columns(document, 20)
    if asked.unsafe:
        yield from _dropped(records, rows_of(asked.findings, len(records)), "of another time")


def _dropped(records: MessageColumns, rows: list[int], what: str) -> Iterator[Step]:
    if not rows or len(rows) == len(records):
        return
    edits = [Edit(int(records.offsets[i]), records.definition(i).layout.stride, b"") for i in rows]
    yield Step(
        action="dropped",
        says=f"{len(rows)} records {what}",
        edits=tuple(edits),
        safe=False,
        where=records.where(rows[0]),
        records=len(rows),
        retimed=True,
    )
