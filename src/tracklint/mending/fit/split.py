"""One file with several activities as several files: chained segments, or the sessions of a multisport recording."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import numpy.typing as npt

from ...edits import Asked, Edit, Stretches, apply
from ...fit.columns import message_columns
from ...fit.document import FitDocument
from ...fit.profile import FIT_EPOCH
from ...fit.scan import scan_fit
from . import counts
from .container import damaged
from .seal import seal

__all__ = ["split"]

Floats = npt.NDArray[np.float64]
#: Messages that belong to one stretch of time: session, lap, record, event, hrv, length, hr, and a few that devices
#: write while they record.
_TIMED = (18, 19, 20, 21, 78, 101, 132, 142, 165, 167, 208, 209, 210, 225, 312, 313)

#: What describes developer data: field_description and developer_data_id.
_DEVELOPER = (206, 207)


def split(document: FitDocument) -> tuple[bytes, ...]:
    """The activities in a file as files of their own, nothing where there is one only or the file is damaged.

    A segment without file_id (the heart rates of a swim, postrunner#4) stays with the one before it. Files that were
    joined under one header are told apart by their file_id, sessions by their start times; what is written once for the
    whole file (file_id, device_info, settings) goes into each part.
    """
    if damaged(document):
        return ()
    bodies = [body for piece in _segments(document) for body in _bodies(piece)]
    parts = [part for body in bodies for part in _sessions(body)]
    return tuple(parts) if len(parts) > 1 else ()


def _segments(document: FitDocument) -> list[bytes]:
    named = {group.definition.segment for group in document.of(0)}
    pieces: list[bytes] = []
    for segment in document.segments:
        piece = document.data[segment.offset : segment.end]
        if segment.index in named or not pieces:
            pieces.append(piece)
        else:
            pieces[-1] += piece
    return pieces


def _bodies(piece: bytes) -> list[bytes]:
    """The files that were joined under one header, each from its file_id on; the piece itself where there is one.

    A file_id behind which neither records nor a session stand starts no file. A body keeps the definitions and the
    descriptions of developer data that stand before it, because its messages may be bound by them.
    """
    document = scan_fit(piece)
    content = np.sort(np.concatenate([message_columns(document, each).offsets for each in (18, 20)]))
    starts = np.sort(message_columns(document, 0).offsets)
    if len(document.segments) != 1 or len(starts) < 2:
        return [piece]
    end = document.segments[0].data_end
    held = np.diff(np.searchsorted(content, np.append(starts, end)))
    starts = starts[held > 0]
    if len(starts) < 2:
        return [piece]
    edges = [document.segments[0].data_start, *starts[1:].tolist(), end]
    return [apply(piece, seal(document, _outside(document, a, b))) for a, b in pairwise(edges)]


def _outside(document: FitDocument, start: int, end: int) -> list[Edit]:
    """What takes out every message that does not stand in ``start:end`` and that nothing in there may need."""
    drops = [Edit(each.offset, each.layout.length, b"") for each in document.definitions if each.offset >= end]
    for group in document.messages:
        layout, offsets = group.definition.layout, group.offsets
        foreign = offsets >= end if layout.global_ in _DEVELOPER else (offsets < start) | (offsets >= end)
        drops += [Edit(int(at), layout.stride, b"") for at in offsets[foreign].tolist()]
    return drops


def _sessions(piece: bytes) -> list[bytes]:
    """The sessions of one segment as files; the piece itself where they cannot be told apart."""
    document = scan_fit(piece)
    sessions = message_columns(document, 18)
    starts, known = sessions.integers(2)
    compressed = bool(document.compressed())
    if len(sessions) < 2 or len(document.segments) > 1 or compressed or not known.all():
        return [piece]
    begins = np.sort(starts).astype(float)
    if (np.diff(begins) <= 0).any():
        return [piece]
    offsets, strides, owners = _owners(document, begins)
    ends = offsets + strides
    first = np.r_[True, (offsets[1:] != ends[:-1]) | (np.diff(owners) != 0)]  # of messages in a row with one owner
    last = np.r_[first[1:], True]
    stretches = Stretches.of(piece, zip(offsets[first].tolist(), ends[last].tolist(), strict=True))
    mine: list[list[int]] = [[] for _ in begins]
    for i, owner in enumerate(owners[first].tolist()):
        mine[owner].append(i)
    return [_counted(apply(piece, seal(document, stretches.without_others(kept)))) for kept in mine]


def _owners(document: FitDocument, begins: Floats) -> tuple[npt.NDArray[np.int64], ...]:
    """Offset, size and session of each timed message. One without time goes with the message before it; a session or
    lap by its start."""
    rows: list[tuple[int, int, float]] = []
    for global_ in _TIMED:
        columns = message_columns(document, global_)
        if not len(columns):
            continue
        moments = columns.times() - FIT_EPOCH
        if global_ in (18, 19, 101):
            values, valid = columns.integers(2)
            moments = np.where(valid, values, moments)
        strides = [columns.definition(i).layout.stride for i in range(len(columns))]
        rows += zip(columns.offsets.tolist(), strides, moments.tolist(), strict=True)
    rows.sort()
    owners, last = [], 0
    for _, _, moment in rows:
        if np.isfinite(moment):
            last = max(int(np.searchsorted(begins, moment, "right")) - 1, 0)
        owners.append(last)
    return np.array([r[0] for r in rows]), np.array([r[1] for r in rows]), np.array(owners)


def _counted(part: bytes) -> bytes:
    """A part with the counts and indices of its summaries right."""
    for plan in (counts.renumber_laps, counts.count_laps, counts.count_sessions, counts.sum_timers):
        document = scan_fit(part)
        edits = [edit for step in plan(document, Asked((), unsafe=False)) for edit in step.edits]
        part = apply(part, seal(document, edits)) if edits else part
    return part
