"""What edits change in a FIT file, message by message: for people who want to see it before they let it happen."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from ...edits import Edit
from ...fit.decode import Message, Value, decoded
from ...fit.document import Definition, FitDocument, Messages
from ...fit.profile import field_fact
from ...fit.scan import scan_fit

__all__ = ["Difference", "differences"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Difference:
    """One message, or stretch of bytes between messages, that is not the same.

    ``action`` is ``changed``, ``dropped``, ``added`` or ``moved``. ``offset`` and ``size`` are those of the original,
    for what is added those of the result. ``fields`` holds (name, before, after) as text.
    """

    action: str
    name: str
    message: int | None
    offset: int
    size: int
    fields: tuple[tuple[str, str, str], ...]


@dataclass(frozen=True, slots=True)
class _Frame:
    """A message that an edit touches."""

    offset: int
    size: int
    number: int
    name: str
    content: bytes
    fields: tuple[tuple[str, str], ...]


def differences(original: bytes, data: bytes, edits: Sequence[Edit]) -> list[Difference]:
    """Every message that ``edits`` touch, in the order of the original; ``data`` is their result."""
    ordered = sorted(edits, key=lambda e: (e.offset, e.size))
    shifts, shift = [], 0
    for edit in ordered:
        shifts.append(edit.offset + shift)
        shift += len(edit.data) - edit.size
    old_document, new_document = scan_fit(original), scan_fit(data)
    old = list(_touched(old_document, [(e.offset, e.size) for e in ordered]))
    new = list(_touched(new_document, [(at, len(e.data)) for at, e in zip(shifts, ordered, strict=True)]))
    found = _paired(old, new, ordered, shifts)
    found += _between(old_document, ordered, old, new, shifts)
    return sorted(found, key=lambda d: d.offset)


def _touched(document: FitDocument, ranges: Sequence[tuple[int, int]]) -> Iterator[_Frame]:
    """The messages of a document that a range overlaps, or that something is put into the middle of."""
    if not ranges:
        return
    starts = np.array([start for start, _ in ranges], np.int64)
    ends = np.array([start + size for start, size in ranges], np.int64)

    def hit(offsets: npt.NDArray[np.int64], size: int) -> npt.NDArray[np.bool_]:
        """Ranges ascend and do not overlap: the first that ends behind the message's start tells."""
        i = np.searchsorted(ends, offsets, "right")
        inside = i < len(starts)
        answer = np.zeros(len(offsets), bool)
        answer[inside] = starts[i[inside]] < offsets[inside] + size
        return answer

    for definition in document.definitions:
        if hit(np.array([definition.offset]), definition.layout.length)[0]:
            yield _defined(document, definition)
    chosen = []
    for group in document.messages:
        mask = hit(group.offsets, group.definition.layout.stride)
        if mask.any():
            chosen.append(Messages(group.definition, group.offsets[mask], group.numbers[mask]))
    for message in decoded(document, chosen):
        yield _shown(document, message)


def _defined(document: FitDocument, definition: Definition) -> _Frame:
    layout = definition.layout
    fields = [("header", f"0x{layout.header:02x}"), ("reserved", str(layout.reserved))]
    fields.append(("architecture", str(layout.architecture)))
    for spec in layout.fields:
        base = spec.type
        kind = f"0x{spec.base:02x} {base.name if base else '?'}"
        fields.append((field_fact(layout.global_, spec.number).name, f"{kind} of {spec.size}"))
    fields += [(f"developer field {s.developer}.{s.number}", f"{s.size} bytes") for s in layout.developer]
    content = document.data[definition.offset : definition.offset + layout.length]
    name = f"definition of {definition.name}"
    return _Frame(definition.offset, layout.length, definition.message, name, content, tuple(fields))


def _shown(document: FitDocument, message: Message) -> _Frame:
    where = message.where
    offset, size = where.offset or 0, where.size or 0
    header = document.data[offset]
    fields = tuple((v.name, _text(v)) for v in message.fields if v.value is not None or v.raw is not None)
    named = (*fields, ("header", f"0x{header:02x}")) if header & 0xF0 else fields
    return _Frame(offset, size, where.message or 0, message.name, document.data[offset : offset + size], named)


def _text(value: Value) -> str:
    shown = value.value if value.value is not None else value.raw
    if isinstance(shown, float):
        shown = f"{shown:.10g}"
    return f"{shown} {value.units}" if value.units and value.units != "s" else str(shown)


def _paired(old: list[_Frame], new: list[_Frame], edits: Sequence[Edit], shifts: Sequence[int]) -> list[Difference]:
    """Frames of both sides that are the same message, then what was taken away, added or moved."""
    starts = np.array([e.offset for e in edits], np.int64)
    at = {frame.offset: frame for frame in new}
    matched: set[int] = set()
    found: list[Difference] = []
    gone: list[_Frame] = []
    for frame in old:
        i = int(np.searchsorted(starts, frame.offset, "right")) - 1
        moved_to = frame.offset
        if i >= 0:
            moved_to += shifts[i] - edits[i].offset + len(edits[i].data) - edits[i].size
            inside = frame.offset < edits[i].offset + edits[i].size
            moved_to = shifts[i] + frame.offset - edits[i].offset if inside else moved_to
        other = at.get(moved_to)
        if other is None or other.name != frame.name or other.offset in matched:
            gone.append(frame)
            continue
        matched.add(other.offset)
        fields = _fields(frame, other)
        if fields:
            found.append(_difference("changed", frame, fields))
    fresh = [frame for frame in new if frame.offset not in matched]
    same = {(f.name, f.content[1:]): f for f in fresh}
    moved: set[int] = set()
    for frame in gone:
        twin = same.pop((frame.name, frame.content[1:]), None)
        if twin is None:
            found.append(_difference("dropped", frame, tuple((name, value, "") for name, value in frame.fields)))
        else:
            moved.add(twin.offset)
            found.append(_difference("moved", frame, (("message", str(frame.number), str(twin.number)),)))
    found += [
        _difference("added", f, tuple((name, "", value) for name, value in f.fields))
        for f in fresh
        if f.offset not in moved
    ]
    return found


def _difference(action: str, frame: _Frame, fields: tuple[tuple[str, str, str], ...]) -> Difference:
    return Difference(
        action=action, name=frame.name, message=frame.number, offset=frame.offset, size=frame.size, fields=fields
    )


def _fields(old: _Frame, new: _Frame) -> tuple[tuple[str, str, str], ...]:
    before, after = dict(old.fields), dict(new.fields)
    names = [*before, *(name for name in after if name not in before)]
    return tuple((n, before.get(n, ""), after.get(n, "")) for n in names if before.get(n, "") != after.get(n, ""))


def _between(
    document: FitDocument, edits: Sequence[Edit], old: list[_Frame], new: list[_Frame], shifts: Sequence[int]
) -> Iterator[Difference]:
    """Edits outside of messages: headers, checksums, bytes that nothing can read."""
    old, new = sorted(old, key=lambda f: f.offset), sorted(new, key=lambda f: f.offset)

    def told(frames: list[_Frame], offset: int, size: int) -> bool:
        """Whether a message overlaps the range; messages do not overlap one another."""
        i = bisect_left(frames, offset + size, key=lambda f: f.offset) - 1
        return i >= 0 and offset < frames[i].offset + frames[i].size

    for edit, shift in zip(edits, shifts, strict=True):
        if told(old, edit.offset, edit.size):
            continue
        added = edit.data
        if told(new, shift, len(edit.data)):
            added = b""  # these messages are told already
        if not edit.size and not added:
            continue
        before = document.data[edit.offset : edit.offset + edit.size]
        action = "dropped" if not added else "added" if not edit.size else "changed"
        yield Difference(
            action=action, name=_part(document, edit.offset), message=None, offset=edit.offset, size=edit.size,
            fields=(("bytes", _hex(before), _hex(added)),),
        )  # fmt: skip


def _part(document: FitDocument, offset: int) -> str:
    for segment in document.segments:
        if segment.offset <= offset < segment.data_start:
            return "header"
        if offset == segment.data_end and segment.file_crc is not None:
            return "checksum"
    return "bytes"


def _hex(piece: bytes) -> str:
    return piece.hex(" ") if len(piece) <= 24 else f"{piece[:24].hex(' ')} ... ({len(piece)} bytes)"
