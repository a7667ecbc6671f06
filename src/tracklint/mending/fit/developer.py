"""Repairs of developer data: descriptions that come too late, lack their developer_data_id, or are missing."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

import numpy as np

from ...edits import Asked, Edit, Step
from ...findings import Where
from ...fit.columns import MessageColumns, descriptions, message_columns
from ...fit.document import Definition, FitDocument
from .compose import compose, free_local
from .container import damaged
from .values import put

__all__ = ["describe_fields", "identify_developers", "move_descriptions", "redescribe_widths"]

_DESCRIPTION, _DEVELOPER = 206, 207
Key = tuple[int, int]


def _uses(document: FitDocument, segment: int) -> dict[Key, Definition]:
    """The first definition that uses each developer field of a segment."""
    found: dict[Key, Definition] = {}
    for definition in document.definitions:
        if definition.segment == segment:
            for spec in definition.layout.developer:
                found.setdefault((spec.developer, spec.number), definition)
    return found


def _start(document: FitDocument, segment: int) -> int:
    """Where descriptions belong: behind the first file_id, which stays the first message, else at the start."""
    for group in document.of(0):
        if group.definition.segment == segment and int(group.numbers[0]) == group.definition.message + 1:
            first = document.segments[segment].data_start
            if group.definition.offset == first:
                return int(group.offsets[0]) + group.definition.layout.stride
    return document.segments[segment].data_start


def move_descriptions(document: FitDocument, _asked: Asked) -> Iterator[Step]:
    """Move developer_data_id and field_description messages to the start of their segment, in the order in which they
    stand."""
    left = damaged(document)
    for segment in document.segments:
        if segment.index in left:
            continue
        target = _start(document, segment.index)
        taken: list[tuple[int, int, bytes]] = []
        drops: list[Edit] = []
        for global_ in (_DEVELOPER, _DESCRIPTION):
            for group in document.of(global_):
                if group.definition.segment != segment.index:
                    continue
                definition = document.data[group.definition.offset :][: group.definition.layout.length]
                for at in group.offsets.tolist():
                    message = document.data[at : at + group.definition.layout.stride]
                    taken.append((0 if global_ == _DEVELOPER else 1, at, definition + message))
                    drops.append(Edit(at, len(message), b""))
        local = free_local(document, segment.index, target)
        if not taken or local is None:
            continue
        block = b"".join(_rebound(piece, local) for _, _, piece in sorted(taken))
        yield Step(
            action="moved",
            says=f"{len(taken)} descriptions of developer data move to the start, before the messages that use them",
            edits=(Edit(target, 0, block), *drops),
            where=Where(offset=min(e.offset for e in drops), segment=segment.index, message_name="field_description"),
        )


def _rebound(piece: bytes, local: int) -> bytes:
    """A definition and its data message under another local type."""
    length = 6 + 3 * piece[5]
    if piece[0] & 0x20:
        length += 1 + 3 * piece[length]
    out = bytearray(piece)
    out[0] = out[0] & 0xF0 | local
    out[length] = local
    return bytes(out)


def identify_developers(document: FitDocument, _asked: Asked) -> Iterator[Step]:
    """Add a developer_data_id for each developer index that is used in a description without one. It states the index
    and no application, because the file does not tell it."""
    left = damaged(document)
    known, wanted = message_columns(document, _DEVELOPER), message_columns(document, _DESCRIPTION)
    for segment in document.segments:
        if segment.index in left:
            continue
        have = _indices(known, 3, segment.index)
        need = [i for i in _indices(wanted, 0, segment.index) if i not in have]
        at = _start(document, segment.index)
        local = free_local(document, segment.index, at)
        if not need or local is None:
            continue
        yield Step(
            action="added",
            says=f"developer_data_id for developer index {', '.join(map(str, need))}, which descriptions refer to",
            edits=(Edit(at, 0, _identified(local, need)),),
            where=Where(offset=at, segment=segment.index, message_name="developer_data_id"),
        )


def _identified(local: int, indices: Iterable[int]) -> bytes:
    """A developer_data_id that names no application for each developer index."""
    fields = [(3, 0x02, "<B"), (1, 0x0D, "16s")]
    return b"".join(compose(local, _DEVELOPER, fields, (index, b"\xff" * 16)) for index in indices)


def _indices(columns: MessageColumns, number: int, segment: int, before: int | None = None) -> list[int]:
    """The developer indices that messages of a segment state, ``before`` a byte or in all of it."""
    values, valid = columns.integers(number)
    if not len(values):
        return []
    mine = valid & (columns.segments() == segment)
    if before is not None:
        mine &= columns.offsets < before
    return [int(v) for v in np.unique(values[mine])]


def redescribe_widths(document: FitDocument, asked: Asked) -> Iterator[Step]:
    """Describe developer fields as bytes whose size is no multiple of the type in their description: strict readers
    stop at them, and nothing can read them as that type."""
    left, columns = damaged(document), message_columns(document, _DESCRIPTION)
    known = descriptions(document)
    (indices, indexed), (numbers, numbered) = columns.integers(0), columns.integers(1)
    segments = columns.segments() if len(columns) else indices
    edits = []
    for definition in document.definitions if asked.unsafe else ():
        for spec in definition.layout.developer:
            found = known.get(definition.segment, {}).get((spec.developer, spec.number))
            base = found.type if found else None
            if base is None or spec.size % base.size == 0 or definition.segment in left:
                continue
            same = indexed & numbered & (indices == spec.developer) & (numbers == spec.number)
            rows = np.flatnonzero(same & (segments == definition.segment))
            edits += [edit for i in rows if (edit := put(columns, int(i), 2, 13)) is not None]
    if edits:
        unique = tuple(sorted(set(edits)))
        yield Step(
            action="changed",
            says=f"{len(unique)} developer fields whose size does not fit their type are described as bytes",
            edits=unique,
            safe=False,
            where=Where(offset=unique[0].offset, size=1, message_name="field_description"),
        )


def describe_fields(document: FitDocument, asked: Asked) -> Iterator[Step]:
    """Describe developer fields that nothing describes as bytes without a name, so that strict readers go on. Their
    bytes stay; what they mean is not known."""
    if not asked.unsafe:
        return
    left, known = damaged(document), descriptions(document)
    developers = message_columns(document, _DEVELOPER)
    for segment in document.segments:
        uses = _uses(document, segment.index)
        missing = [key for key in sorted(uses) if key not in known.get(segment.index, {})]
        if segment.index in left or not missing:
            continue
        at = min(uses[key].offset for key in missing)
        local = free_local(document, segment.index, at)
        if local is None:
            continue
        have = _indices(developers, 3, segment.index, before=at)
        block = _identified(local, sorted({index for index, _ in missing} - set(have)))
        fields = [(0, 0x02, "<B"), (1, 0x02, "<B"), (2, 0x02, "<B"), (3, 0x07, "16s"), (8, 0x07, "1s")]
        for index, number in missing:
            name = f"unknown_{index}_{number}".encode()
            block += compose(local, _DESCRIPTION, fields, (index, number, 0x0D, name, b""))
        yield Step(
            action="added",
            says=f"descriptions of {len(missing)} developer fields that nothing describes, as bytes",
            edits=(Edit(at, 0, block),),
            safe=False,
            where=Where(offset=at, segment=segment.index, message_name="field_description"),
        )
