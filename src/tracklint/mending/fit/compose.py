"""Writing whole messages, and finding a local type for them that disturbs no other message."""

from __future__ import annotations

import struct
from collections.abc import Sequence

from ...fit.document import FitDocument

__all__ = ["bound_before", "compose", "free_local"]


def compose(local: int, global_: int, fields: Sequence[tuple[int, int, str]], values: Sequence[object]) -> bytes:
    """A little-endian definition and one data message behind it.

    ``fields`` holds number, base type byte and `struct` format; ``values`` one value for each, where ``None`` leaves
    the field out. Raises struct.error for a value that its field cannot hold.
    """
    kept = [(*field, value) for field, value in zip(fields, values, strict=True) if value is not None]
    definition = struct.pack("<BBBHB", 0x40 | local, 0, 0, global_, len(kept))
    definition += b"".join(bytes((number, struct.calcsize(code), base)) for number, base, code, _ in kept)
    return definition + bytes((local,)) + b"".join(struct.pack(code, value) for _, _, code, value in kept)


def bound_before(document: FitDocument, segment: int, offset: int) -> set[int]:
    """The local types that definitions have bound before ``offset``."""
    return {d.local for d in document.definitions if d.segment == segment and d.offset < offset}


def free_local(document: FitDocument, segment: int, offset: int) -> int | None:
    """A local type that a definition written at ``offset`` may bind without harm: one that is not bound yet, or whose
    binding is not used any more. ``None`` where there is none."""
    bound = bound_before(document, segment, offset)
    for local in range(16):
        if local not in bound:
            return local
    still_used = set()
    for group in document.messages:
        if group.definition.segment == segment and group.definition.offset < offset <= int(group.offsets[-1]):
            still_used.add(group.definition.local)
    return next((local for local in range(15, -1, -1) if local not in still_used), None)
