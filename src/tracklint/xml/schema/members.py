"""What the texts of elements are: columns, and each different one once."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from ...characters import plain_text
from ..kinds import distinct, grouped, name_keys
from ..values import Column, read_numbers, read_times

if TYPE_CHECKING:
    from ..document import XmlDocument
    from ..tags import Int32s

__all__ = ["FEW", "column", "groups"]

#: So many texts, or fewer, are looked at one by one.
FEW = 16


def column(
    document: XmlDocument, key: int | bytes, found: Int32s, spans: tuple[Int32s, Int32s], kind: str
) -> Column | None:
    """The texts of these elements or attributes as numbers or times; not read again where the document keeps them, and
    ``None`` where they are so few that one by one is as fast."""
    known = document.kept.texts.get(key)
    if known is not None and (kept := known.of(found)) is not None:
        return kept
    if len(found) <= FEW:
        return None
    read = read_times if kind == "dateTime" else read_numbers
    return read(document.text, *spans, document.codec)


def groups(document: XmlDocument, start: Int32s, end: Int32s) -> Iterator[tuple[str, npt.NDArray[np.intp]]]:
    """Each different text at ``start:end``, with its markup taken away, and the rows that have it."""
    if len(start) <= FEW:
        for row in range(len(start)):
            yield plain_text(document.text[start[row] : end[row]], document.codec), np.array([row])
        return
    kind, first = distinct(name_keys(document.raw, start, end))
    for row, alike in zip(first.tolist(), grouped(kind, len(first)), strict=True):
        yield plain_text(document.text[start[row] : end[row]], document.codec), alike
