"""Characters where only elements may stand."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from ..decimals import Words, words_of
from ..tags import CLOSE, OPEN
from .members import groups
from .model import Complex

if TYPE_CHECKING:
    from ..document import XmlDocument
    from ..index import Elements
    from .found import Found
    from .model import Declared

__all__ = ["check_text"]

_WHITE = " \t\r\n"


def check_text(document: XmlDocument, declared: tuple[Declared, ...], found: Found) -> None:
    """Every element that holds text between or instead of its elements."""
    tags = document.elements.tags
    bare = np.fromiter((_is_bare(each) for each in declared), bool, len(declared))
    if len(tags.start) < 2 or not bare.any():
        return
    leaf = (tags.kind[:-1] == OPEN) & (tags.kind[1:] == CLOSE)
    after = np.concatenate([_after(document, leaf, at) for at in range(0, len(leaf), _PIECE)])
    for text, rows in groups(document, tags.stop[after], tags.start[after + 1]):
        if text.strip(_WHITE):
            owners = _owners(document.elements, after[rows])
            owners = owners[owners >= 0]
            _add(document.elements, declared, owners[bare[document.elements.path[owners]]], text, found)
    _instead(document, declared, bare, leaf, found)


def _after(document: XmlDocument, leaf: npt.NDArray[np.bool_], at: int) -> npt.NDArray[np.int32]:
    """The tags of one piece of the document, from ``at`` on, with what may be text between them and the next tag,
    leaves left out."""
    tags = document.elements.tags
    here, behind = slice(at, min(at + _PIECE, len(leaf))), slice(at + 1, min(at + _PIECE, len(leaf)) + 1)
    after = (np.flatnonzero(~leaf[here] & (tags.start[behind] > tags.stop[here])) + at).astype(np.int32)
    return after[_maybe_text(document, tags.stop[after], tags.start[after + 1])]


def _maybe_text(
    document: XmlDocument, start: npt.NDArray[np.int32], end: npt.NDArray[np.int32]
) -> npt.NDArray[np.intp]:
    """The rows that are not sure to be white space: indents of one length are mostly the same bytes."""
    raw, size = document.raw, np.minimum(end - start, _LONGEST + 1)
    if len(raw) < _WORD or not len(start):
        return np.arange(len(start))
    words = words_of(raw)
    indents = _indents(document.text, start, size)
    maybe = np.array([indent is None for indent in indents])[size] | (start >= len(words))
    for skip in range(0, int(size.max()), _WORD):
        rows = (~maybe & (size > skip)).nonzero()[0]
        here, at = (size, start) if len(rows) == len(size) else (size[rows], start[rows])
        wanted, mask, step = _pieces(indents, skip)
        word = words[at + step[here]] if skip else words[at]
        word ^= wanted[here]
        word &= mask[here]
        maybe[rows[word.nonzero()[0]]] = True
    return np.flatnonzero(maybe)


def _indents(text: bytes, start: npt.NDArray[np.int32], size: npt.NDArray[np.int32]) -> list[bytes | None]:
    """For each size one of the texts that have it, ``None`` where that is no white space, or too long."""
    found: list[bytes | None] = [None] * (_LONGEST + 2)
    row = np.full(len(found), -1, np.int32)
    row[size] = np.arange(len(size), dtype=np.int32)
    for length in (row[:-1] >= 0).nonzero()[0].tolist():
        at = int(start[row[length]])
        piece = text[at : at + length]
        found[length] = None if piece.strip(b" \t\r\n") else piece
    return found


def _pieces(indents: list[bytes | None], skip: int) -> tuple[Words, Words, npt.NDArray[np.int32]]:
    """The eight bytes of each indent that begin ``skip`` bytes in, or end it, which of their bits count, and how many
    bytes in they do begin."""
    steps = [min(skip, max(length - _WORD, 0)) for length in range(len(indents))]
    pieces = [(indent or b"")[step : step + _WORD] for indent, step in zip(indents, steps, strict=True)]
    wanted = [int.from_bytes(piece, "little") for piece in pieces]
    mask = [(1 << 8 * len(piece)) - 1 for piece in pieces]
    return np.array(wanted, np.uint64), np.array(mask, np.uint64), np.array(steps, np.int32)


#: Bytes that are compared at once, and the longest indent that is.
_WORD = 8
#: So many tags are looked at in one piece.
_PIECE = 1 << 16
_LONGEST = 64


def _instead(
    document: XmlDocument,
    declared: tuple[Declared, ...],
    bare: npt.NDArray[np.bool_],
    leaf: npt.NDArray[np.bool_],
    found: Found,
) -> None:
    """Text in elements without children; where none may stand, white space is too much as well."""
    elements = document.elements
    alone = elements.of_paths(np.flatnonzero(bare).tolist())
    alone = alone[leaf[np.minimum(elements.tag[alone], len(leaf) - 1)]]
    start, end = elements.text_spans(alone)
    alone, start, end = alone[end > start], start[end > start], end[end > start]
    for text, rows in groups(document, start, end):
        owners = alone[rows]
        if not text.strip(_WHITE):
            empty = [number for number in np.unique(elements.path[owners]).tolist() if _is_empty(declared[number])]
            owners = owners[np.isin(elements.path[owners], empty)] if text else owners[:0]
        _add(elements, declared, owners, text, found)


def _add(
    elements: Elements, declared: tuple[Declared, ...], owners: npt.NDArray[np.int32], text: str, found: Found
) -> None:
    owners = np.unique(owners)
    for number in np.unique(elements.path[owners]).tolist():
        path = declared[number].path
        alike = owners[elements.path[owners] == number]
        found.add("text", path.local, path.parent, alike, text.strip(_WHITE) or text)


def _is_bare(declared: Declared) -> bool:
    """Whether only elements may stand in elements of this path."""
    type_ = declared.type
    return declared.checked and isinstance(type_, Complex) and not type_.text and not type_.mixed


def _is_empty(declared: Declared) -> bool:
    """Whether nothing may stand in elements of this path, not even white space."""
    return isinstance(declared.type, Complex) and not declared.type.slots


def _owners(elements: Elements, after: npt.NDArray[np.int32]) -> npt.NDArray[np.int32]:
    """The element that is open behind each of these tags; -1 where there is none in the index."""
    tags = elements.tags
    depth = tags.depth[after] - (tags.kind[after] != OPEN)
    owner = (np.searchsorted(elements.tag, after, "right") - 1).astype(np.int32)
    while True:
        deeper = (owner >= 0) & (elements.depth[owner] > depth)
        if not deeper.any():
            break
        owner[deeper] = elements.parent[owner[deeper]]
    owner[(owner >= 0) & (elements.depth[owner] != depth)] = -1
    return owner
