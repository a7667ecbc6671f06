"""Whether a document is sure to be well-formed, told from its index. What is not sure is left to expat.

Every condition is stricter than XML 1.0 and Namespaces in XML: names are ASCII, there are no comments, CDATA sections
and document types. Files of devices and exporters are so, and a parser takes more time for them than all else.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from .decimals import words_of
from .index import MAX_DEPTH, MAX_KINDS, tag_attributes
from .kinds import UNUSED
from .tags import CLOSE, OPEN, bytes_at

if TYPE_CHECKING:
    from .index import Elements
    from .tags import Bytes, Int32s, Tags
    from .vocabulary import Path, Vocabulary

__all__ = ["surely_well_formed"]

Rows = npt.NDArray[np.intp]

_BLOCK = 1 << 16
_COLON, _LESS, _SPACE = b":< "
_WORD = 8
_EVERY_ROW = slice(None)
#: Below so many bytes the parser is as fast.
_LEAST = 1 << 17
#: So many tags, references and forms of tags are looked at one by one; a document with more is left to the parser.
_FEW = 500
_NAME = rb"[A-Za-z_][A-Za-z0-9_.-]*(?::[A-Za-z_][A-Za-z0-9_.-]*)?"
_S = rb"[ \t\r\n]"
_DECLARED = re.compile(
    rb"<\?xml[ \t\r\n]+version=(?:\"1\.0\"|'1\.0')"
    rb"(?:[ \t\r\n]+encoding=(?:\"[A-Za-z][\w.-]*\"|'[A-Za-z][\w.-]*'))?"
    rb"(?:[ \t\r\n]+standalone=(?:\"(?:yes|no)\"|'(?:yes|no)'))?[ \t\r\n]*\?>"
)
_START = re.compile(
    rb"<" + _NAME + rb"(?:" + _S + rb"+" + _NAME + _S + rb"*=" + _S + rb"*(?:\"[^\"<]*\"|'[^'<]*'))*" + _S + rb"*/?>"
)
_END = re.compile(rb"</(" + _NAME + rb")" + _S + rb"*>")
_WHOLE_NAME = re.compile(_NAME)
_REFERENCE = re.compile(rb"&(?:amp|lt|gt|quot|apos);")
_URI = re.compile(r"[!-~]+")
_RESERVED = ("http://www.w3.org/XML/1998/namespace", "http://www.w3.org/2000/xmlns/")


def surely_well_formed(text: bytes, raw: Bytes, elements: Elements) -> bool:
    """Whether expat reads ``text`` (UTF-8, with a byte order mark or without) to its end, namespaces and all; False
    where that cannot be told. ``elements`` are those that `index_elements` found in it as if it were well-formed."""
    tags = elements.tags
    return (
        len(tags.start) > 0
        and len(raw) >= _LEAST
        and len(elements.paths) < MAX_KINDS
        and int(tags.depth.max()) < MAX_DEPTH
        and _outside_root(text, tags)
        and _characters(text, raw, tags)
        and elements.paths.once(_all_named)
        and _nested(text, raw, tags)
        and _attributes(text, raw, elements)
    )


def _outside_root(text: bytes, tags: Tags) -> bool:
    """Whether there is nothing but a declaration and white space before the first tag and after the last."""
    start = 3 if text.startswith(b"\xef\xbb\xbf") else 0
    if text.startswith(b"<?xml", start):
        declared = _DECLARED.match(text, start)
        if declared is None:
            return False
        start = declared.end()
    return not (text[start : int(tags.start[0])].strip(b" \t\r\n") or text[int(tags.stop[-1]) :].strip(b" \t\r\n"))


def _characters(text: bytes, raw: Bytes, tags: Tags) -> bool:
    """Whether all bytes are characters that XML has, every ``<`` starts a tag, and every ``&`` a reference."""
    if not text.isascii():
        try:
            text.decode("utf-8")
        except UnicodeDecodeError:
            return False
        if b"\xef\xbf\xbe" in text or b"\xef\xbf\xbf" in text:
            return False
    signs = 0
    for at in range(0, len(raw), _BLOCK):
        block = raw[at : at + _BLOCK]
        signs += int(np.count_nonzero(block == _LESS))
        controls = int(np.count_nonzero(block < _SPACE))
        for white in b"\n\r\t":
            controls -= int(np.count_nonzero(block == white)) if controls else 0
        if controls:
            return False
    if signs != len(tags.start) + (b"<?xml" in text[:8]) or (b"]" in text and b"]]>" in text):
        return False
    at, count = text.find(b"&"), 0
    while at >= 0 and count < _FEW:
        if not _REFERENCE.match(text, at):
            return False
        at, count = text.find(b"&", at + 1), count + 1
    return at < 0


def _all_named(paths: Vocabulary) -> bool:
    return all(map(_is_named, paths))


def _is_named(path: Path) -> bool:
    """Whether a path has a right name in a declared namespace, and declares only what may be declared."""
    if path.uri is None or not _WHOLE_NAME.fullmatch(path.name.encode()):
        return False
    inherited = path.parent is not None and path.scope is path.parent.scope
    return inherited or all(_may_declare(prefix, uri) for prefix, uri in path.scope.items())


def _may_declare(prefix: str, uri: str) -> bool:
    if prefix == "xml":
        return uri == _RESERVED[0]
    return (not uri and not prefix) or (prefix != "xmlns" and uri not in _RESERVED and _URI.fullmatch(uri) is not None)


def _nested(text: bytes, raw: Bytes, tags: Tags) -> bool:
    """Whether there is one root, and every end tag is that of the element that is open there."""
    kind, depth = tags.kind, tags.depth
    opens, closes = kind == OPEN, kind == CLOSE
    if (
        kind[0] == CLOSE
        or not kind.all()
        or int(depth.min()) < 0
        or np.count_nonzero(opens) != np.count_nonzero(closes)
        or (bytes_at(raw, tags.start, 1) == _COLON).any()
    ):
        return False
    if np.count_nonzero((depth == 0) & ~closes) != 1 or int(depth[-1]) != 0:
        return False
    for at in range(0, len(kind) - 1, _BLOCK):
        leaves = np.flatnonzero(opens[at : at + _BLOCK][: len(kind) - 1 - at] & closes[at + 1 : at + 1 + _BLOCK]) + at
        if not _named_alike(text, raw, tags, leaves, leaves + 1):
            return False
        opens[leaves] = closes[leaves + 1] = False
    others = np.flatnonzero(opens | closes)
    others = others[np.argsort(depth[others].astype(np.int16), kind="stable")]
    first, last = others[::2], others[1::2]
    if not (opens[first].all() and closes[last].all() and (depth[first] == depth[last]).all()):
        return False
    pieces = (slice(at, at + _BLOCK) for at in range(0, len(first), _BLOCK))
    return all(_named_alike(text, raw, tags, first[piece], last[piece]) for piece in pieces)


def _named_alike(
    text: bytes, raw: Bytes, tags: Tags, opens: npt.NDArray[np.intp], closes: npt.NDArray[np.intp]
) -> bool:
    """Whether each of these end tags has the name of the start tag, and nothing else in it but white space."""
    one, other = tags.start[opens] + 1, tags.start[closes] + 2
    size = tags.ends_of_names(opens) - one
    odd = (tags.stop[closes] - 1 != other + size) | (other + size > len(raw) - _WORD)
    rows = np.flatnonzero(odd)
    if len(rows) > _FEW:
        return False
    for row in rows.tolist():
        end = _END.fullmatch(text, int(tags.start[closes[row]]), int(tags.stop[closes[row]]))
        if end is None or end[1] != text[one[row] : one[row] + size[row]]:
            return False
    if len(rows):
        one, other, size = one[~odd], other[~odd], size[~odd]
    return bool(_same(raw, one, other, size).all())


def _same(raw: Bytes, one: Int32s, other: Int32s, size: Int32s) -> npt.NDArray[np.bool_]:
    """Whether so many bytes are the same at two offsets each, none of them in the last eight bytes."""
    words = words_of(raw)
    same = np.ones(len(size), bool)
    for skip in range(0, int(size.max(initial=0)), _WORD):
        rows = (size > skip).nonzero()[0] if skip else _EVERY_ROW
        differ = words[one[rows] + np.int32(skip)]
        differ ^= words[other[rows] + np.int32(skip)]
        differ <<= UNUSED.take(size[rows] - skip, mode="clip")
        same[rows] &= differ == 0
    return same


def _attributes(text: bytes, raw: Bytes, elements: Elements) -> bool:
    """Whether all start tags that are not a name alone have attributes in the right form; tags that differ only in
    the values of at most two attributes are looked at once."""
    tags = elements.tags
    tag = tags.dressed
    rows = np.searchsorted(elements.tag, tag)
    first = np.searchsorted(tags.quotes, tags.start[tag])
    count = np.diff(first, append=len(tags.quotes))  # no quote stands in another tag
    for quotes in (0, 2, 4):
        here = np.flatnonzero((count == quotes) & (tags.stop[tag] < len(raw) - _WORD))
        if not len(here):
            continue
        edges = [tags.name_ends[here], *(tags.quotes[first[here] + k] for k in range(quotes)), tags.stop[tag[here]]]
        pieces = [(edges[k], edges[k + 1] + (k < quotes)) for k in range(0, quotes + 2, 2)]
        if not _alike(text, raw, elements, rows[here], pieces):
            return False
    rest = rows[(count > 4) | (count % 2 > 0) | (tags.stop[tag] >= len(raw) - _WORD)]
    return len(rest) <= _FEW and all(_right_tag(text, elements, rest[k : k + 1]) for k in range(len(rest)))


def _alike(
    text: bytes, raw: Bytes, elements: Elements, rows: npt.NDArray[np.intp], pieces: list[tuple[Int32s, Int32s]]
) -> bool:
    """Whether the tags of these elements are in the right form; ``pieces`` are their parts outside of values."""
    left = np.arange(len(rows))
    for _ in range(_FEW):
        if not len(left):
            return True
        like = np.ones(len(left), bool)
        for start, end in pieces:
            size = (end - start)[left]
            like &= size == size[0]
            like[like] &= _same(raw, start[left[like]], np.full_like(size, start[left[0]])[like], size[like])
        if not _right_tag(text, elements, rows[left[like]]):
            return False
        left = left[~like]
    return False


def _right_tag(text: bytes, elements: Elements, rows: Rows) -> bool:
    """Whether the start tag of the first of these elements, which all have the same attributes, is in the right form,
    and its prefixes are declared for all of them."""
    tag = int(elements.tag[rows[0]])
    start, stop = int(elements.tags.start[tag]), int(elements.tags.stop[tag])
    if not _START.fullmatch(text, start, stop):
        return False
    names = [match[1].decode() for match in tag_attributes(text, start, stop)]
    prefixed = [name.split(":") for name in names if ":" in name and not name.startswith("xmlns:")]
    if len(set(names)) < len(names) or len({local for _, local in prefixed}) < len(prefixed):
        return False
    paths = [elements.paths[number] for number in set(elements.path[rows].tolist())]
    return all(prefix in path.scope for prefix, _ in prefixed for path in paths)
