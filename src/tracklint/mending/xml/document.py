"""Repairs of the document itself: what stops a parser before it has read a single element.

The encoding comes first, so that all later repairs see UTF-8.
"""

from __future__ import annotations

import codecs
import html.entities
import re
from collections.abc import Iterator
from dataclasses import replace
from typing import TYPE_CHECKING

from ...edits import Asked, Edit, Step
from ...rules.xml.document import (
    bare_ampersand,
    byte_order_mark,
    bytes_before_declaration,
    bytes_not_in_encoding,
    content_after_root,
    document_type,
    encoding,
    illegal_character,
    no_declaration,
    truncated,
    undeclared_prefix,
)
from ...xml.encoding import DECLARATION
from ...xml.faults import ILLEGAL, NUMERIC, bare_ampersands, declared_entities, is_character, outside_regions
from ..repair import Repair
from .closing import close_cut, drop_after_root
from .prefixes import declare_prefixes
from .splice import replaced

if TYPE_CHECKING:
    from ...xml.document import XmlDocument

__all__ = ["REPAIRS"]

_ESCAPED = re.compile("[\udc80-\udcff]+")
_NO_LETTERS = re.compile(
    rb"(?P<surrogate>\xed[\xa0-\xbf][\x80-\xbf])|(?:(?!\xed[\xa0-\xbf][\x80-\xbf])[\x80-\xff])+", re.DOTALL
)
_CUT = re.compile(rb"[\xc2-\xdf]|[\xe0-\xef][\x80-\xbf]?|[\xf0-\xf4][\x80-\xbf]{0,2}")
_NAMED = re.compile(rb"&([A-Za-z][A-Za-z0-9]{1,31});")
_UNFINISHED = re.compile(rb"&(?:amp|lt|gt|quot|apos)(?![A-Za-z0-9;])")
_WRITTEN = 'encoding="UTF-8"'


def strip_before(document: XmlDocument, asked: Asked) -> Iterator[Step]:
    """Drop what stands before the declaration or, without one, before the first tag."""
    for finding in asked.findings:
        offset, size = finding.where.offset or 0, finding.where.size or 0
        yield Step(
            action="dropped",
            says=f"{size} bytes before the {_first(document, offset + size)}",
            edits=(Edit(offset, size, b""),),
            where=finding.where,
        )


def _first(document: XmlDocument, offset: int) -> str:
    return "XML declaration" if document.text.startswith(b"<?xml", document.text_offset(offset)) else "first tag"


def strip_mark(_document: XmlDocument, asked: Asked) -> Iterator[Step]:
    """Drop the byte-order mark of UTF-8."""
    where = asked.findings[0].where
    yield Step(action="dropped", says="the byte-order mark", edits=(Edit(0, 3, b""),), where=where)


def to_utf8(document: XmlDocument, asked: Asked) -> Iterator[Step]:
    """Write the file in UTF-8 where it is in UTF-16 or UTF-32, and say in the declaration what the bytes are."""
    head = document.text[:4096].decode(document.codec, "surrogateescape")  # a byte that is no character stays one
    match = DECLARATION.search(head)
    spot = None
    if match:
        start, end = (len(head[:edge].encode(document.codec, "surrogateescape")) for edge in match.span("word"))
        spot = (start, end)
    if document.encoding == document.codec:
        if spot is not None:
            old = match["word"].encode(errors="replace").decode() if match else ""
            word = "UTF-8" if document.codec in ("utf-8", "ascii") else document.codec
            yield Step(
                action="changed",
                says=f"the declared encoding {old} becomes {word}, which the bytes are in",
                edits=(replaced(document, *spot, word),),
                where=asked.findings[0].where,
            )
        return
    text = document.text
    if spot is not None:
        text = text[: spot[0]] + b"UTF-8" + text[spot[1] :]
    yield Step(
        action="changed",
        says=f"the whole file is written in UTF-8; it was in {document.encoding.upper()}",
        edits=(Edit(0, len(document.data), text.removeprefix(b"\xef\xbb\xbf")),),
        where=asked.findings[0].where,
    )


def windows_letters(document: XmlDocument, asked: Asked) -> Iterator[Step]:
    """Take bytes that are no character for letters of Windows-1252, which nearly all of them are."""
    found = list(_undecodable(document.text, document.codec))
    letters = [piece.decode("cp1252", "replace") for _, piece in found]
    if found:
        yield Step(
            action="changed",
            says=f'bytes at {_places(len(found))} are taken for letters of Windows-1252, first for "{letters[0]}"',
            edits=tuple(
                replaced(document, at, at + len(piece), letter)
                for (at, piece), letter in zip(found, letters, strict=True)
            ),
            safe=False,
            where=asked.findings[0].where,
        )


def _undecodable(text: bytes, codec: str) -> Iterator[tuple[int, bytes]]:
    """Offset and bytes of what is part of no character, without halves of surrogate pairs, which are no letters, and
    without a character that the end of the file cuts."""
    shown = text.decode(codec, "surrogateescape")
    at = last = 0
    for match in _ESCAPED.finditer(shown):
        at += len(shown[last : match.start()].encode(codec, "surrogateescape"))
        last = match.start()
        run = match[0].encode(codec, "surrogateescape")
        for piece in _NO_LETTERS.finditer(run) if codec == "utf-8" else [re.match(rb"(?s).*", run)]:
            if piece and piece.lastgroup is None and not (at + piece.end() == len(text) and _CUT.fullmatch(piece[0])):
                yield at + piece.start(), piece[0]


def delete_illegal(document: XmlDocument, asked: Asked) -> Iterator[Step]:
    """Delete the characters that XML forbids and references to them; cut a tail of NUL off."""
    text = document.text
    kept = len(text.rstrip(b"\0 \t\r\n"))
    tail = text.find(b"\0", kept)
    end = kept + len(text[kept:tail]) if tail >= 0 else len(text)
    edits = [replaced(document, m.start(), m.end(), "") for m in ILLEGAL.finditer(text, 0, end)]
    references = [m for m in NUMERIC.finditer(text, 0, end) if not is_character(m)]
    edits += [replaced(document, m.start(), m.end(), "") for m in outside_regions(text, references)]
    if edits:
        yield Step(
            action="dropped",
            says=f"characters that XML does not permit, at {_places(len(edits))}",
            edits=tuple(edits),
            where=next((f.where for f in asked.findings if not f.evidence["tail"]), asked.findings[0].where),
        )
    if end < len(text):
        yield Step(
            action="dropped",
            says=f"{len(text) - end} bytes of NUL and white space at the end",
            edits=(replaced(document, end, len(text), ""),),
            where=next((f.where for f in asked.findings if f.evidence["tail"]), asked.findings[0].where),
        )


def escape_ampersands(document: XmlDocument, asked: Asked) -> Iterator[Step]:
    """Escape ampersands; names that HTML knows and XML does not become the characters that they mean."""
    known = declared_entities(document.text)
    edits = []
    for at in bare_ampersands(document.text, 0, len(document.text)):
        named = _NAMED.match(document.text, at)
        if named and named[1] in known:
            continue
        edits.append(_escaped(document, at, named))
    if edits:
        yield Step(
            action="changed",
            says=f"ampersands are escaped at {_places(len(edits))}",
            edits=tuple(edits),
            where=asked.findings[0].where,
        )


def _escaped(document: XmlDocument, at: int, named: re.Match[bytes] | None) -> Edit:
    if unfinished := _UNFINISHED.match(document.text, at):
        return replaced(document, unfinished.end(), unfinished.end(), ";", "the semicolon of a reference")
    meant = html.entities.html5.get(named[1].decode() + ";") if named else None
    if named and meant and not set(meant) & set("&<>\"'") and meant.isprintable() | (meant == "\xa0"):
        return replaced(document, at, named.end(), meant, "a name of HTML that XML does not know")
    if named and meant in ("&", "<", ">", '"', "'"):
        return replaced(document, at, named.end(), f"&#{ord(meant)};", "a name of HTML that XML does not know")
    return replaced(document, at + 1, at + 1, "amp;", "an ampersand")


def drop_type(document: XmlDocument, asked: Asked) -> Iterator[Step]:
    """Drop a document type declaration of which no entity is used."""
    text = document.text
    for finding in asked.findings:
        if finding.evidence["used"]:
            continue
        start = document.text_offset(finding.where.offset or 0)
        end = document.text_offset((finding.where.offset or 0) + (finding.where.size or 0))
        end += len(text[end:]) - len(text[end:].lstrip(b" \t\r\n")) if text[start - 1 : start] in (b"\n", b"") else 0
        yield Step(
            action="dropped",
            says="the document type declaration; nothing that it declares is used",
            edits=(replaced(document, start, end, ""),),
            safe=False,
            where=finding.where,
        )


def declare_xml(document: XmlDocument, asked: Asked) -> Iterator[Step]:
    """Put an XML declaration first."""
    mark = codecs.BOM_UTF8  # what every mark is in `text`, which is UTF-8 then
    at = len(mark) if document.codec == "utf-8" and document.text.startswith(mark) else 0
    line = "\r\n" if b"\r\n" in document.text[:4096] else "\n"
    yield Step(
        action="added",
        says="the XML declaration",
        edits=(replaced(document, at, at, f'<?xml version="1.0" {_WRITTEN}?>{line}'),),
        where=asked.findings[0].where,
    )


def _places(count: int) -> str:
    return "one place" if count == 1 else f"{count} places"


_REPAIRS = (
    Repair(
        (bytes_before_declaration,), strip_before, "what stands before `<?xml`, or before the first tag, is dropped"
    ),
    Repair((byte_order_mark,), strip_mark, "dropped"),
    Repair(
        (encoding,), to_utf8, "UTF-16 and UTF-32 become UTF-8; the declaration names the encoding that the bytes are in"
    ),
    Repair((bytes_not_in_encoding,), windows_letters, "the bytes are taken for letters of Windows-1252"),
    Repair(
        (illegal_character,),
        delete_illegal,
        "control characters, halves of surrogate pairs and references to nothing are deleted; a tail of NUL is cut off",
    ),
    Repair((document_type,), drop_type, "`<!DOCTYPE` is dropped where no entity of it is used"),
    Repair(
        (bare_ampersand,),
        escape_ampersands,
        "`&` becomes `&amp;`, names of HTML such as `&nbsp;` become their characters",
    ),
    Repair(
        (truncated,),
        close_cut,
        "the point that was open is dropped, and what is cut in two; so is a segment or lap that has no whole point; "
        "the rest is closed",
    ),
    Repair(
        (content_after_root,),
        drop_after_root,
        "text and white space behind the root are dropped; a second root is another recording, which `--split` takes "
        "out",
        needs="--split, which makes each recording a file of its own",
    ),
    Repair(
        (undeclared_prefix,),
        declare_prefixes,
        "the prefix is declared on the root, where it is a usual one and its elements are those of that namespace",
        unsafely="elements and attributes with a prefix that nobody knows are dropped",
    ),
    Repair((no_declaration,), declare_xml, '`<?xml version="1.0" encoding="UTF-8"?>` is put first'),
)
#: What no parser read before says more afterwards.
REPAIRS: tuple[Repair, ...] = tuple(replace(each, reveals=True) for each in _REPAIRS)
