"""The one edit type. Everything outside the edits stays byte-identical, in FIT and XML alike."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

__all__ = ["Edit", "apply"]


@dataclass(frozen=True, slots=True, order=True)
class Edit:
    """Replace ``size`` bytes at ``offset`` by ``data``; a size of 0 inserts. ``why`` says it in words for a person."""

    offset: int
    size: int
    data: bytes
    why: str = ""


def apply(original: bytes, edits: Iterable[Edit]) -> bytes:
    """``original`` with all edits, in any order given. Raises ValueError where two overlap or one lies outside the
    bytes."""
    pieces: list[bytes] = []
    position = 0
    for edit in sorted(edits, key=lambda e: (e.offset, e.size)):
        if edit.offset < position or edit.size < 0 or edit.offset + edit.size > len(original):
            raise ValueError(
                f"the edit at byte {edit.offset} overlaps another one or lies outside the {len(original)} bytes"
            )
        pieces += original[position : edit.offset], edit.data
        position = edit.offset + edit.size
    pieces.append(original[position:])
    return b"".join(pieces)
