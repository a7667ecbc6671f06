"""What a scan of an XML file gives: the bytes, the root, the faults, and the structural index."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from .tags import Bytes, Int32s, positions
from .values import plain_text

if TYPE_CHECKING:
    from ..source import Fault
    from .index import Elements

__all__ = ["Attribute", "Lines", "Root", "Text", "XmlDocument"]


#: Control characters, which only damaged files have, are no part of a name (a Concept2 file ends its name in NULs).
_NO_CONTROLS = {code: None for code in range(0x20) if code not in (9, 10, 13)}


@dataclass(frozen=True, slots=True)
class Attribute:
    """An attribute as the file writes it. ``offset`` and ``size`` are the bytes of its value between the quotes.

    ``name`` keeps its prefix; ``value`` has its references resolved. ``quote`` is ``"`` or ``'``.
    """

    name: str
    value: str
    offset: int
    size: int
    quote: str


@dataclass(frozen=True, slots=True)
class Text:
    """The text of an element, stripped, and where it stands in the file with the white space around it."""

    value: str
    offset: int
    size: int


@dataclass(frozen=True, slots=True)
class Root:
    """The root element. ``offset`` and ``size`` are the bytes of its start tag, ``name`` its local name.

    ``namespace`` is ``""`` where it has none and ``None`` where its prefix is not declared; ``scope`` maps the
    declared prefixes (``""`` for the default namespace) to their URIs. ``name_end`` is the offset behind its name,
    where an attribute can be put in.
    """

    name: str
    prefix: str
    namespace: str | None
    offset: int
    size: int
    name_end: int
    attributes: tuple[Attribute, ...] = ()
    scope: dict[str, str] = field(default_factory=dict)

    def attribute(self, name: str) -> Attribute | None:
        """The attribute with this name, written without prefix; ``None`` where there is none."""
        return next((each for each in self.attributes if each.name == name), None)


class Lines:
    """Where the lines of a text start. They are looked for when they are first asked for."""

    __slots__ = ("_raw", "_starts")

    def __init__(self, raw: Bytes) -> None:
        self._raw = raw
        self._starts: Int32s | None = None

    def starts(self) -> Int32s:
        """The offset of the first byte of each line. A line ends at LF, at CR LF, or at a CR alone, as XML counts."""
        if self._starts is None:
            ends = positions(self._raw, 0x0A)
            lone = positions(self._raw, 0x0D)
            if len(lone):
                lone = lone[self._raw.take(lone + 1, mode="clip") != 0x0A]
                ends = np.sort(np.concatenate((ends, lone)))
            self._starts = np.concatenate((np.zeros(1, np.int32), ends + 1)).astype(np.int32)
        return self._starts


@dataclass(frozen=True, slots=True, eq=False)
class XmlDocument:
    """One XML file: what stands in it and what is wrong with it. Made by `scan_xml`, which takes any bytes.

    ``data`` is the file. ``text`` is what the index was made of: the same bytes, or their UTF-8 form where the file
    is in UTF-16, UTF-32 or another encoding in which ``<`` is not one byte 0x3C; offsets of ``elements`` count in
    ``text``, and `origin` turns one into an offset in the file. ``encoding`` is the encoding found, ``codec`` that of
    ``text``. ``root`` is ``None`` where no element was found. ``faults`` are in the order of their bytes, with ``line``
    and ``column`` (both from 1; a column counts characters, not bytes).
    """

    data: bytes
    text: bytes
    raw: Bytes
    encoding: str
    codec: str
    root: Root | None
    well_formed: bool
    faults: tuple[Fault, ...]
    elements: Elements
    lines: Lines

    def line_column(self, offset: int) -> tuple[int, int]:
        """Line and column, both from 1, of an offset in ``text``. The column counts characters."""
        return line_column(self.text, self.lines, self.codec, offset)

    def origin(self, offset: int) -> int:
        """The offset in the file of an offset in ``text``."""
        return origin(self.text, self.encoding, self.codec, offset)

    def text_offset(self, offset: int) -> int:
        """The offset in ``text`` of an offset in the file; the reverse of `origin`."""
        if self.encoding == self.codec:
            return offset
        return len(self.data[:offset].decode(self.encoding, "replace").encode(self.codec, "replace"))

    def text_of(self, element: int) -> Text:
        """The text of one element, up to its first child."""
        start, end = self.elements.text_spans(np.array([element]))
        return self.piece(int(start[0]), int(end[0]))

    def piece(self, start: int, end: int) -> Text:
        """The characters between two offsets in ``text``, stripped, and their place in the file."""
        value = plain_text(self.text[start:end], self.codec).translate(_NO_CONTROLS).strip(" \t\r\n")
        offset = self.origin(start)
        return Text(value, offset, self.origin(end) - offset)

    def child_text(self, element: int, *names: str) -> Text | None:
        """The text of the first child (or its child ...) with these local names; ``None`` where there is none."""
        for name in names:
            found = self.elements.children(element, name)
            if not len(found):
                return None
            element = int(found[0])
        return self.text_of(element)

    def attribute_of(self, element: int, name: str) -> Attribute | None:
        """The attribute without prefix of one element; ``None`` where there is none."""
        return next(
            (
                each
                for each in attributes_of(self.text, self.encoding, self.codec, self.elements, element)
                if each.name == name
            ),
            None,
        )


def attributes_of(text: bytes, encoding: str, codec: str, elements: Elements, element: int) -> tuple[Attribute, ...]:
    """All attributes of one element, with their places in the file."""
    from .index import tag_attributes

    tag = int(elements.tag[element])
    found = []
    for match in tag_attributes(text, int(elements.tags.start[tag]), int(elements.tags.stop[tag])):
        group = 2 if match[2] is not None else 3
        start, end = match.span(group)
        offset = origin(text, encoding, codec, start)
        size = origin(text, encoding, codec, end) - offset
        value = plain_text(match[group], codec)
        found.append(Attribute(match[1].decode(codec, "replace"), value, offset, size, '"' if group == 2 else "'"))
    return tuple(found)


def origin(text: bytes, encoding: str, codec: str, offset: int) -> int:
    """The offset in a file in ``encoding`` of an offset in its form ``text`` in ``codec``."""
    if encoding == codec:
        return offset
    return len(text[:offset].decode(codec, "replace").encode(encoding, "replace"))


def line_column(text: bytes, lines: Lines, codec: str, offset: int) -> tuple[int, int]:
    """Line and column, both from 1, of an offset in ``text``."""
    starts = lines.starts()
    line = int(np.searchsorted(starts, offset, "right"))
    column = len(text[int(starts[line - 1]) : offset].decode(codec, "replace")) + 1
    return line, column


def as_array(text: bytes) -> npt.NDArray[np.uint8]:
    """``text`` as an array, without a copy."""
    return np.frombuffer(text, np.uint8)
