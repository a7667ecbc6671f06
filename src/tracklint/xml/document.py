"""What a scan of an XML file gives: the bytes, the root, the faults, and the structural index."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, ClassVar

import numpy as np

from ..characters import plain_text
from ..findings import Where
from .index import tag_attributes
from .kept import Kept
from .tags import Bytes, Int32s, positions

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
    """Where the lines of a text start, and where its bytes stand in the file. Tables are made when asked for.

    A column counts characters: the bytes that do not continue one in UTF-8, every byte in other encodings.
    """

    __slots__ = ("_before", "_ends", "_origins", "_raw", "_size", "_starts", "_text", "codec", "encoding")

    def __init__(self, text: bytes, size: int, encoding: str, codec: str) -> None:
        self._text, self._size, self.encoding, self.codec = text, size, encoding, codec
        self._raw = np.frombuffer(text, np.uint8)
        self._starts: Int32s | None = None
        self._ends: list[tuple[int, int]] = [(0, -1)]
        self._before: Int32s | None = None
        self._origins: Int32s | None = None

    def line_column(self, offset: int) -> tuple[int, int]:
        """Line and column, both from 1, of an offset. A line ends at LF, at CR LF, or at a CR alone, as XML counts."""
        before, last = self._ends_before(offset)
        start = last + 1
        return before + 1, offset - start + 1 - self._continuing(start, offset)

    def _ends_before(self, offset: int) -> tuple[int, int]:
        """How many lines end before an offset, and where the last of them does, -1 for none; counted block by block, up
        to the block that is asked for."""
        starts = self._lone_starts()
        if starts is not None:
            line = int(np.searchsorted(starts, offset, "right"))
            return line - 1, int(starts[line - 1]) - 1
        block = offset // _BLOCK_OF_LINES
        while len(self._ends) <= block:
            at = (len(self._ends) - 1) * _BLOCK_OF_LINES
            self._ends.append(self._counted(at, at + _BLOCK_OF_LINES))
        return self._counted(block * _BLOCK_OF_LINES, offset)

    def _counted(self, start: int, end: int) -> tuple[int, int]:
        """How many lines end before ``end``, and where the last does; ``start`` begins its block."""
        count, last = self._ends[start // _BLOCK_OF_LINES]
        here = int(np.count_nonzero(self._raw[start:end] == 0x0A))
        return count + here, self._text.rfind(b"\n", start, end) if here else last

    def _lone_starts(self) -> Int32s | None:
        """The offset of the first byte of each line, where a CR alone ends lines; ``None`` in other files."""
        if self._starts is None:
            lone = positions(self._raw, 0x0D) if b"\r" in self._text else np.zeros(0, np.int32)
            lone = lone[self._raw.take(lone + 1, mode="clip") != 0x0A]
            ends = np.sort(np.concatenate((positions(self._raw, 0x0A), lone))) if len(lone) else lone
            self._starts = np.concatenate((np.zeros(min(len(lone), 1), np.int32), ends + 1)).astype(np.int32)
        return self._starts if len(self._starts) else None

    def _continuing(self, start: int, end: int) -> int:
        """How many bytes between two offsets continue a character."""
        if self.codec != "utf-8":
            return 0
        if end - start <= _BLOCK:
            return int(np.count_nonzero((self._raw[start:end] & 0xC0) == 0x80))
        return self._continued(end) - self._continued(start)

    def _continued(self, offset: int) -> int:
        """How many bytes before this offset continue a character; by a table, for files that are one line."""
        if self._before is None:
            blocks = range(0, len(self._raw), _BLOCK)
            counts = [np.count_nonzero((self._raw[at : at + _BLOCK] & 0xC0) == 0x80) for at in blocks]
            self._before = np.concatenate((np.zeros(1, np.int32), np.cumsum(counts, dtype=np.int32)))
        block = offset // _BLOCK
        rest = self._raw[block * _BLOCK : offset]
        return int(self._before[min(block, len(self._before) - 1)]) + int(np.count_nonzero((rest & 0xC0) == 0x80))

    def origin(self, offset: int) -> int:
        """The offset in the file of an offset in the text."""
        return offset if self.encoding == self.codec else int(self._origin_table()[offset])

    def text_offset(self, offset: int) -> int:
        """The offset in the text of an offset in the file; the reverse of `origin`."""
        return (
            offset if self.encoding == self.codec else int(np.searchsorted(self._origin_table(), offset, "right")) - 1
        )

    def _origin_table(self) -> Int32s:
        """For each byte of a text that was transcoded to UTF-8, and for its end, the offset in the file."""
        if self._origins is None:
            lead = (self._raw & 0xC0) != 0x80
            if self.encoding.startswith("utf-32"):
                size = lead * 4
            elif self.encoding.startswith("utf-16"):
                size = lead * 2 + (self._raw >= 0xF0) * 2
            else:
                size = lead.astype(np.int64)
                wide = np.flatnonzero(self._raw >= 0xC0)
                characters = (c for c in self._text.decode("utf-8") if c >= "\x80")
                size[wide] = [len(c.encode(self.encoding, "replace")) for c in characters]
            ends = np.minimum(np.cumsum(size), self._size)  # the last character may be cut
            self._origins = np.concatenate(([0], ends)).astype(np.int32)
        return self._origins


_BLOCK, _BLOCK_OF_LINES = 4096, 1 << 16


@dataclass(frozen=True, slots=True, eq=False)
class XmlDocument:
    """One XML file: what stands in it and what is wrong with it. Made by `scan_xml`, which takes any bytes.

    ``data`` is the file. ``text`` is what the index was made of: the same bytes, or their UTF-8 form where the file
    is in UTF-16, UTF-32 or another encoding in which ``<`` is not one byte 0x3C; offsets of ``elements`` count in
    ``text``, and `origin` turns one into an offset in the file. ``encoding`` is the encoding found, ``codec`` that of
    ``text``. ``root`` is ``None`` where no element was found. ``faults`` are in the order of their bytes, with ``line``
    and ``column`` (both from 1; a column counts characters, not bytes). ``kept`` is what was read from the document
    once, so that rules that ask for the same do not read it again.
    """

    FORMATS: ClassVar = ("tcx", "gpx")

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
    kept: Kept = field(default_factory=Kept, repr=False)

    def root_is(self, name: str, version: str = "") -> bool:
        """Whether the root has this local name and, where asked for, its namespace ends in this version."""
        return self.root is not None and self.root.name == name and (self.root.namespace or "").endswith(version)

    def line_column(self, offset: int) -> tuple[int, int]:
        """Line and column, both from 1, of an offset in ``text``. The column counts characters."""
        return self.lines.line_column(offset)

    def origin(self, offset: int) -> int:
        """The offset in the file of an offset in ``text``."""
        return self.lines.origin(offset)

    def text_offset(self, offset: int) -> int:
        """The offset in ``text`` of an offset in the file; the reverse of `origin`."""
        return self.lines.text_offset(offset)

    def place(self, offset: int, size: int | None = None) -> Where:
        """The place of so many bytes at an offset in the file; line and column are from 1, in characters."""
        line, column = self.line_column(self.text_offset(offset))
        return Where(offset=offset, size=size, line=line, column=column)

    def text_of(self, element: int) -> Text:
        """The text of one element, up to its first child."""
        return self.piece(*self.elements.text_span(element))

    def inner_text(self, element: int) -> str:
        """The characters of one element up to its first child, with the white space around them."""
        start, end = self.elements.text_span(element)
        return plain_text(self.text[start:end], self.codec)

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

    def child_texts(self, elements: Int32s, name: str) -> list[Text | None]:
        """For each of these elements, none of which contains another, the text of its first child with this name."""
        children = self.elements.first_children(elements, name)
        there = np.flatnonzero(children >= 0)
        found: list[Text | None] = [None] * len(elements)
        if len(there):
            start, end = self.elements.text_spans(children[there])
            for i, a, b in zip(there.tolist(), start.tolist(), end.tolist(), strict=True):
                found[i] = self.piece(a, b)
        return found

    def attributes_of(self, element: int) -> tuple[Attribute, ...]:
        """All attributes of one element."""
        return attributes_of(self.text, self.lines, self.elements, element)

    def attribute_of(self, element: int, name: str) -> Attribute | None:
        """The attribute of one element with this name, written without prefix; ``None`` where there is none."""
        return next((each for each in self.attributes_of(element) if each.name == name), None)


def attributes_of(text: bytes, lines: Lines, elements: Elements, element: int) -> tuple[Attribute, ...]:
    """All attributes of one element, with their places in the file."""
    tag = int(elements.tag[element])
    found = []
    for match in tag_attributes(text, int(elements.tags.start[tag]), int(elements.tags.stop[tag])):
        group = 2 if match[2] is not None else 3
        start, end = match.span(group)
        offset = lines.origin(start)
        size = lines.origin(end) - offset
        value = plain_text(match[group], lines.codec)
        found.append(
            Attribute(match[1].decode(lines.codec, "replace"), value, offset, size, '"' if group == 2 else "'")
        )
    return tuple(found)
