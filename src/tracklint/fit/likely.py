"""Whether a message holds values like those before it: one into which other bytes fell does not."""

from __future__ import annotations

import struct
from collections.abc import Sequence
from itertools import pairwise

from .document import FieldSpec, Layout
from .profile import BaseType, field_fact, word

__all__ = ["is_likely", "reaches_in"]

_LEAST = 3  # messages that must stand before it
_REACH = 3  # how many times the largest step between those a value may lie beyond them
_FILLED = 16  # bytes that are all the same
_CODES = {"u1": "B", "i1": "b", "u2": "H", "i2": "h", "u4": "I", "i4": "i", "u8": "Q", "i8": "q", "f4": "f", "f8": "d"}


def is_likely(data: bytes | bytearray, offset: int, before: Sequence[int], layout: Layout) -> bool:
    """Whether every field of the message at ``offset`` goes on from the messages ``before``, which have the same layout
    and stand in the order of the file."""
    if len(before) < _LEAST:
        return _has_words(data, offset, layout)
    return all(_goes_on(data, offset, before, layout, spec) for spec in layout.fields) and all(
        _piece(data, offset, each.at, each.size) == _piece(data, before[-1], each.at, each.size)
        for each in layout.developer
    )


def _has_words(data: bytes | bytearray, offset: int, layout: Layout) -> bool:
    """Whether a message other than a record says in words what it is, and only words that exist: an event does."""
    kinds = [(field_fact(layout.global_, spec.number).type, spec) for spec in layout.fields if spec.base == 0]
    words = (word(kind, data[offset + spec.at]) for kind, spec in kinds)
    return layout.global_ != 20 and not layout.developer and bool(kinds) and all(words)


def reaches_in(data: bytes | bytearray, offset: int, before: int, stride: int) -> bool:
    """Whether bytes that are all the same follow a message and may begin inside it: it ends with more of them than the
    message ``before`` does."""
    end = offset + stride
    fill = bytes(data[end : end + 1])
    if data[end : end + _FILLED].count(fill) < _FILLED:
        return False
    message, other = (bytes(data[at : at + stride]) for at in (offset, before))
    return len(message.rstrip(fill)) < len(other.rstrip(fill))


def _goes_on(data: bytes | bytearray, offset: int, before: Sequence[int], layout: Layout, spec: FieldSpec) -> bool:
    here = _piece(data, offset, spec.at, spec.size)
    if any(here == _piece(data, each, spec.at, spec.size) for each in before):
        return True
    base = spec.type
    if base is None or base.code not in _CODES or spec.size != base.size:
        return False
    order = ">" if layout.big_endian else "<"
    value, *old = (
        struct.unpack(order + _CODES[base.code], _piece(data, each, spec.at, spec.size))[0]
        for each in (offset, *before)
    )
    none = _none(base)
    old = [each for each in old if each != none]
    if value == none or len(old) < _LEAST:
        return False
    reach = _REACH * max(abs(b - a) for a, b in pairwise(old))
    return bool(min(old) - reach <= value <= max(old) + reach)


def _none(base: BaseType) -> float:
    """What stands for no value, as the number that its bytes are read as."""
    return float(struct.unpack("<" + _CODES[base.code], base.none.to_bytes(base.size, "little"))[0])


def _piece(data: bytes | bytearray, offset: int, at: int, size: int) -> bytes:
    return bytes(data[offset + at : offset + at + size])
