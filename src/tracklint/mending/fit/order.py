"""Repairs of the order of messages: file_id first, records by their time; and records that have no time."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from ...activity import sortable
from ...edits import Asked, Edit, Step
from ...findings import Where
from ...fit.columns import message_columns
from ...fit.document import Definition, FitDocument
from .compose import free_local

__all__ = ["drop_timeless", "lead_with_file_id", "sort_records"]

_RECORD = 20


def lead_with_file_id(document: FitDocument, _asked: Asked) -> Iterator[Step]:
    """Move the first file_id of the first segment, with its definition, before every other message."""
    if not document.segments:
        return
    start = document.segments[0].data_start
    found = [g for g in document.of(0) if g.definition.segment == 0]
    if not found:
        return
    group = min(found, key=lambda g: int(g.offsets[0]))
    definition, at = group.definition, int(group.offsets[0])
    layout = definition.layout
    message = document.data[at : at + layout.stride]
    head = document.data[definition.offset : definition.offset + layout.length]
    edits = [Edit(start, 0, head + message), Edit(at, layout.stride, b"")]
    if len(group) == 1:
        edits.append(Edit(definition.offset, layout.length, b""))
    if definition.offset > start:
        yield Step(
            action="moved",
            says="file_id becomes the first message",
            edits=tuple(edits),
            where=Where(
                offset=at, size=layout.stride, segment=0, message=int(group.numbers[0]), local=definition.local,
                message_name="file_id",
            ),
        )  # fmt: skip
        return
    local = free_local(document, 0, at)  # the definition is the first message, another message stands between
    if local is not None and len(group) == 1:
        move = Edit(definition.offset + layout.length, 0, message)
        yield Step(
            action="moved",
            says="file_id becomes the first message",
            edits=(move, Edit(at, layout.stride, b"")),
            where=Where(offset=at, size=layout.stride, segment=0, message_name="file_id"),
        )


def sort_records(document: FitDocument, asked: Asked) -> Iterator[Step]:
    """Sort the records of a segment by time, equal times in the order of the file, where they are `sortable`.

    Every other message stays at its place. Nothing is sorted where a record would come under another definition, or
    where times are compressed and depend on the order.
    """
    records = message_columns(document, _RECORD)
    if not asked.unsafe or not len(records):
        return
    times, segments = records.times(), records.segments()
    for segment in document.segments:
        mine = np.flatnonzero(segments == segment.index)
        moments = times[mine]
        if (
            not len(mine)
            or np.isnan(moments).any()
            or (np.frombuffer(document.data, np.uint8)[records.offsets[mine]] >= 0x80).any()
        ):
            continue
        back = float((np.maximum.accumulate(moments) - moments).max())
        order = np.argsort(moments, kind="stable")
        moved = np.flatnonzero(order != np.arange(len(order)))
        if not len(moved) or not sortable(moments):
            continue
        owners = [records.definition(int(i)) for i in mine]
        if any(not _may_stand(document, owners[int(order[k])], int(records.offsets[mine[k]])) for k in moved):
            continue
        edits = []
        for k in moved.tolist():
            slot, source = owners[k].layout.stride, mine[int(order[k])]
            start = int(records.offsets[source])
            piece = document.data[start : start + owners[int(order[k])].layout.stride]
            edits.append(Edit(int(records.offsets[mine[k]]), slot, piece))
        yield Step(
            action="moved",
            says=f"{len(moved)} records change places, so that times ascend; the largest step back was {back:g} s",
            edits=tuple(edits),
            safe=False,
            where=records.where(int(mine[moved[0]])),
            retimed=True,
        )


def _may_stand(document: FitDocument, definition: Definition, at: int) -> bool:
    """Whether ``definition`` is the one that binds its local type at ``at``."""
    last = None
    for each in document.definitions:
        if each.offset > at:
            break
        if each.segment == definition.segment and each.local == definition.local:
            last = each
    return last is definition


def drop_timeless(document: FitDocument, asked: Asked) -> Iterator[Step]:
    """Drop records without a time, where others have one: a time cannot be known afterwards."""
    records = message_columns(document, _RECORD)
    if not asked.unsafe or not len(records):
        return
    missing = np.isnan(records.times())
    rows = np.flatnonzero(missing)
    if len(rows) and not missing.all():
        edits = tuple(Edit(int(records.offsets[i]), records.definition(int(i)).layout.stride, b"") for i in rows)
        yield Step(
            action="dropped",
            says=f"{len(rows)} records without a time",
            edits=edits,
            safe=False,
            where=records.where(int(rows[0])),
            records=len(rows),
            retimed=True,
        )
