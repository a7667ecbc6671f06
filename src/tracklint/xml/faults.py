"""What stops a parser, one by one.

expat names the first fault, all of its kind are blanked out in a copy of the same length, and expat goes on.

So a file with a raw ampersand, a control character and a missing end tag gives three faults, each with its exact place.
"""

from __future__ import annotations

import codecs
import re
from collections.abc import Callable, Iterable
from typing import Any
from xml.parsers import expat

import numpy as np
import numpy.typing as npt

from ..source import Fault
from .exact import exact_tags
from .tags import CLOSE, EMPTY, Int32s, Tags, doctype_end, find_tags, positions, regions_of

__all__ = [
    "ILLEGAL",
    "NUMERIC",
    "Note",
    "bare_ampersands",
    "declared_entities",
    "find_faults",
    "is_character",
    "outside_regions",
    "prolog_faults",
]

#: Makes a fault from kind, offset in the text, size and evidence.
Note = Callable[..., Fault]

_ROUNDS = 12
_REFERENCE = re.compile(rb"&(?:amp|lt|gt|quot|apos|#[0-9]+|#x[0-9A-Fa-f]+);")
#: A reference by number, and the characters that XML forbids, as bytes of UTF-8 or of an encoding of one byte.
NUMERIC = re.compile(rb"&#(?:([0-9]+)|x([0-9A-Fa-f]+));")
ILLEGAL = re.compile(rb"[\x00-\x08\x0b\x0c\x0e-\x1f]|\xef\xbf[\xbe\xbf]|\xed[\xa0-\xbf][\x80-\xbf]")
_CONTROL = bytes(0x20 if b < 0x20 and b not in (9, 10, 13) else b for b in range(256))
_DECLARATION = re.compile(rb"<\?xml[ \t\r\n]")
_ENTITY = re.compile(rb"<!ENTITY\s+([^\s%\"'>]+)")
_NAMED = re.compile(rb"&([^\s&;#<]+);")
_RUN = re.compile(rb"[\w.:#-]{0,1024}")
#: The first bytes of a tag and white space: the end of a file that was cut and then got a line end.
_CUT_TAG = re.compile(rb"<(?:/|!-?|\?)?(?:[\w.-]+:)?[ \t\r\n]+")


class _DocumentType(Exception):  # a signal from expat's callback, never seen outside
    pass


def prolog_faults(text: bytes, mark: int, note: Note) -> tuple[int, list[Fault]]:
    """Faults before the root, and the offset from which a parser can read."""
    found = _DECLARATION.search(text, mark, mark + 4096)
    first_tag = text.find(b"<", mark)
    if found and (found.start() == first_tag or _at_top(text[mark : found.start()])):
        if found.start() == mark:
            return 0, []
        before = text[mark : found.start()]
        faults = [note("bytes-before-declaration", mark, len(before), found=_found(before), white=not before.strip())]
        return found.start(), faults
    before = text[mark : max(first_tag, mark)]
    if before.strip():
        fault = note("bytes-before-declaration", mark, len(before), found=_found(before), white=False)
        return first_tag, [fault]
    return mark, [note("no-declaration", mark)] if first_tag >= 0 else []


def _at_top(before: bytes) -> bool:
    """Whether no root is among these bytes, and no comment or processing instruction is open behind them."""
    open_ = any(before.rfind(start) > before.rfind(end) for start, end in ((b"<!--", b"-->"), (b"<?", b"?>")))
    return not open_ and re.search(rb"<[A-Za-z_]", before) is None


def find_faults(text: bytes, base: int, codec: str, note: Note) -> tuple[list[Fault], bool]:
    """Every fault that expat and what is left after each repair show, and whether namespaces are wrong.

    ``base`` is the offset to start from. The second value is True where a prefix is not declared.
    """
    search = _Search(text, base, codec, note)
    for _ in range(_ROUNDS):
        if not search.step():
            break
    return search.faults, search.unbound


class _Search:
    """One search for faults: the text as repaired so far, and what was found."""

    def __init__(self, text: bytes, base: int, codec: str, note: Note) -> None:
        self.text, self.base, self.codec, self.note = text, base, codec, note
        self.end = len(text)
        self.faults: list[Fault] = []
        self.unbound = False
        self.blanked_type = False
        self.entities: frozenset[bytes] = frozenset()
        self.seen: set[str] = set()

    def step(self) -> bool:
        """Parse once; True where a fault was found and repaired, so that parsing again tells more."""
        parser = expat.ParserCreate(self.codec, None if self.unbound else " ")
        parser.StartDoctypeDeclHandler = _stop
        try:
            parser.Parse(
                memoryview(self.text)[self.base : self.end] if self.base or self.end < len(self.text) else self.text,
                True,
            )
        except _DocumentType:
            return self.document_type(self.base + parser.CurrentByteIndex)
        except expat.ExpatError as error:
            return self.classify(
                error.code, expat.ErrorString(error.code) or "", self.base + max(parser.ErrorByteIndex, 0)
            )
        return False

    def add(self, kind: str, offset: int, size: int = 0, **evidence: Any) -> None:
        self.faults.append(self.note(kind, offset, size, **evidence))

    def classify(self, code: int, reason: str, at: int) -> bool:
        if code == _UNBOUND_PREFIX:
            self.unbound = True
            return True
        if code == _UNDEFINED_ENTITY or (code == _TOKEN and self.at_ampersand(at)):
            return self.ampersands(at)
        if code in (_JUNK_AFTER_ROOT, _TOKEN, _NOT_AT_START) and (after := self.after_root(at)) is not None:
            return self.content_after_root(*after)
        if code in _CUT or (code == _TOKEN and self.at_cut_tag(at)):
            return self.cut(code, at)
        if code == _BAD_REFERENCE:
            return self.references(at)
        if code == _TOKEN:
            return self.token(reason, at)
        return self.other(code, reason, at)

    def other(self, code: int, reason: str, at: int) -> bool:
        expected = None
        if code == _MISMATCH:
            at = max(self.text.rfind(b"</", self.base, at), self.base)
            open_names = self.open_names(at)
            expected = f"</{open_names[-1]}>" if open_names else None
        elif code == _TOKEN and self.text[at - 1 : at] == b"<":
            at -= 1
        piece = self.text[at : at + 40]
        size = piece.find(b">") + 1 if piece.startswith(b"<") else 0
        found = _found(piece[: size or 40])
        self.add("not-well-formed", at, size or len(piece[:1]), reason=reason, found=found, expected=expected)
        return False

    def token(self, reason: str, at: int) -> bool:
        """expat's "invalid token" is many things: the bytes tell which."""
        if match := ILLEGAL.match(self.text, at):
            return self.illegal(at, match[0])
        size = self.undecodable(at)
        if size and "bytes" not in self.seen:
            return self.encoding(at, size)
        return self.other(_TOKEN, reason, at)

    def illegal(self, at: int, first: bytes) -> bool:
        rest = self.text[at : self.end].strip(b" \t\r\n")
        if first == b"\0" and not rest.strip(b"\0 \t\r\n"):
            self.add("illegal-character", at, self.end - at, character="U+0000", count=rest.count(b"\0"), tail=True)
            self.end = at
            return True
        count = sum(1 for _ in ILLEGAL.finditer(self.text, at, self.end))
        name = f"U+{ord(first.decode('utf-8', 'surrogatepass')):04X}" if self.codec == "utf-8" else f"U+{first[0]:04X}"
        self.add("illegal-character", at, len(first), character=name, count=count, tail=False)
        text = self.text.translate(_CONTROL)
        self.text = (
            re.sub(rb"\xef\xbf[\xbe\xbf]|\xed[\xa0-\xbf][\x80-\xbf]", b"   ", text) if self.codec == "utf-8" else text
        )
        return True

    def undecodable(self, at: int) -> int:
        """How many bytes at this offset are no character in the encoding; 0 where they are one."""
        try:
            self.text[at : at + 8].decode(self.codec)
        except UnicodeDecodeError as error:
            return error.end - error.start if error.start == 0 else 0
        return 0

    def encoding(self, at: int, size: int) -> bool:
        text = self.text.decode(self.codec, "replace")
        count = text.count("\ufffd")
        self.seen.add("bytes")
        evidence = {"encoding": self.codec, "bytes": self.text[at : at + size].hex(" "), "count": count}
        self.add("bytes-not-in-encoding", at, size, **evidence)
        self.text = _blank_undecodable(self.text, self.codec)
        return True

    def at_ampersand(self, at: int) -> bool:
        start = self.text.rfind(b"&", max(self.base, at - 1025), at + 1)
        if start < 0 or _REFERENCE.match(self.text, start):
            return False
        run = _RUN.match(self.text, start + 1)
        return run is not None and at <= run.end()

    def ampersands(self, at: int) -> bool:
        hits = bare_ampersands(self.text, self.base, self.end)
        if not hits or "&" in self.seen:
            return self.other(_UNDEFINED_ENTITY, "undefined entity", at)
        self.seen.add("&")
        strange = [hit for hit in hits if not self.declared(hit)]
        if strange:
            first = strange[0]
            run = _RUN.match(self.text, first + 1)
            entity = self.text[first : run.end() + 1] if run and self.text[run.end() : run.end() + 1] == b";" else b"&"
            self.add(
                "bare-ampersand",
                first,
                len(entity),
                found=_found(self.text[first : first + 20]),
                entity=_found(entity),
                count=len(strange),
            )
        repaired = bytearray(self.text)
        np.frombuffer(repaired, np.uint8)[hits] = 0x2B
        self.text = bytes(repaired)
        return True

    def declared(self, at: int) -> bool:
        """Whether the document type declares the entity that is referred to here."""
        run = _RUN.match(self.text, at + 1)
        return run is not None and self.text[run.end() : run.end() + 1] == b";" and run[0] in self.entities

    def references(self, at: int) -> bool:
        """References to characters that XML does not have, such as ``&#0;``."""
        hits = [m for m in NUMERIC.finditer(self.text, self.base, self.end) if not is_character(m)]
        if not hits:
            return self.other(_BAD_REFERENCE, "reference to invalid character number", at)
        self.add(
            "illegal-character",
            hits[0].start(),
            len(hits[0][0]),
            character=_found(hits[0][0]),
            count=len(hits),
            tail=False,
        )
        self.text = NUMERIC.sub(lambda m: m[0] if is_character(m) else b" " * len(m[0]), self.text)
        return True

    def after_root(self, at: int) -> tuple[int, int] | None:
        """The offset and size of what follows the root, where the root is closed before ``at``."""
        tags = self.tags_before(at)
        if not len(tags.start) or tags.depth[-1] != 0 or tags.kind[-1] not in (CLOSE, EMPTY):
            return None
        start = self.base + int(tags.stop[-1])
        rest = self.text[start : self.end]
        stripped = rest.lstrip(b" \t\r\n")
        return start + len(rest) - len(stripped), len(stripped)

    def content_after_root(self, at: int, size: int) -> bool:
        rest = self.text[at : self.end]
        if not rest.strip(b"\0 \t\r\n"):
            self.add("illegal-character", at, size, character="U+0000", count=rest.count(b"\0"), tail=True)
        else:
            root = re.search(rb"<([A-Za-z_][\w.:-]*)", rest)
            self.add("content-after-root", at, size, found=_found(rest[:40]), element=_found(root[1]) if root else None)
        return False

    def cut(self, code: int, at: int) -> bool:
        if code == _NO_ELEMENT and not re.search(rb"<[A-Za-z_:\x80-\xff]", self.text[self.base : self.end]):
            return self.other(code, "no element found", at)
        open_names = self.open_names(at)
        inside = {_NO_ELEMENT: "content", _PARTIAL: "a character", _CDATA: "a CDATA section"}.get(code) or (
            "a comment"
            if self.text.startswith(b"<!--", at)
            else "a reference"
            if self.text[at : at + 1] == b"&"
            else "a tag"
        )
        missing = "".join(f"</{name}>" for name in reversed(open_names))
        dropped = next((n for n in open_names if n.rpartition(":")[2] in ("trkpt", "Trackpoint")), None)
        self.add(
            "truncated",
            self.end,
            open=open_names,
            missing=missing[:200],
            inside=inside,
            bytes=self.end,
            dropped=dropped,
        )
        return False

    def at_cut_tag(self, at: int) -> bool:
        start = self.text.rfind(b"<", self.base, at + 1)
        return start >= 0 and _CUT_TAG.fullmatch(self.text, start, self.end) is not None

    def tags_before(self, at: int) -> Tags:
        """The tags before this offset. What stands there is well-formed."""
        head = self.text[self.base : at]
        return find_tags(head, np.frombuffer(head, np.uint8), well_formed=True) or exact_tags(head)

    def open_names(self, at: int) -> list[str]:
        """The names of the elements that are open at this offset, outermost first."""
        tags, base = self.tags_before(at), self.base
        return [_found(self.text[base + tags.start[i] + 1 : base + tags.name_end(i)]) for i in tags.unclosed()]

    def document_type(self, at: int) -> bool:
        start = self.text.rfind(b"<!DOCTYPE", self.base, at + 1)
        start = self.text.find(b"<!DOCTYPE", self.base) if start < 0 else start
        [(start, stop)] = regions_of(self.text, np.array([start], np.int32)) or [(at, at)]
        entities = declared_entities(self.text[start:stop])
        self.add(
            "dtd",
            start,
            stop - start,
            found=_found(self.text[start : min(stop, start + 60)]),
            entities=self.text.count(b"<!ENTITY", start, stop),
            used=len({m[1] for m in outside_regions(self.text, _NAMED.finditer(self.text))} & entities),
        )
        if self.blanked_type or stop <= start:
            return False
        self.blanked_type = True
        self.entities = entities
        blank = re.sub(rb"[^\r\n]", b" ", self.text[start:stop])
        self.text = self.text[:start] + blank + self.text[stop:]
        return True


def _stop(*_: object) -> None:
    raise _DocumentType


_NO_ELEMENT, _TOKEN, _UNCLOSED_TOKEN, _PARTIAL, _MISMATCH = 3, 4, 5, 6, 7
_JUNK_AFTER_ROOT, _UNDEFINED_ENTITY, _BAD_REFERENCE, _NOT_AT_START, _CDATA, _UNBOUND_PREFIX = 9, 11, 14, 17, 20, 27
_CUT = (_NO_ELEMENT, _UNCLOSED_TOKEN, _PARTIAL, _CDATA)


def _found(piece: bytes) -> str:
    """A few bytes as text that can be shown on one line."""
    text = piece.decode("utf-8", "replace")
    return "".join(c if c.isprintable() else f"\\x{ord(c):02x}" if ord(c) < 256 else "\ufffd" for c in text)[:60]


def is_character(match: re.Match[bytes]) -> bool:
    """Whether a reference found by `NUMERIC` names a character that XML permits."""
    digits, base = (match[1], 10) if match[1] else (match[2], 16)
    number = int(digits, base) if len(digits) < 12 else 0
    return number in (9, 10, 13) or 0x20 <= number < 0xD800 or 0xE000 <= number < 0xFFFE or 0x10000 <= number < 0x110000


def bare_ampersands(text: bytes, base: int, end: int) -> list[int]:
    """The offsets of ``&`` that start no reference, outside comments, CDATA sections and processing instructions."""
    hits = positions(np.frombuffer(text, np.uint8), 0x26)
    hits = hits[(hits >= base) & (hits < end)]
    hits = hits[_outside(text, hits)]
    return [at for at in hits.tolist() if not _REFERENCE.match(text, at)]


def outside_regions(text: bytes, found: Iterable[re.Match[bytes]]) -> list[re.Match[bytes]]:
    """Those of the matches that start outside comments, CDATA sections, processing instructions and document types."""
    matches = list(found)
    keep = _outside(text, np.array([match.start() for match in matches], np.int32))
    return [match for match, good in zip(matches, keep.tolist(), strict=True) if good]


def _outside(text: bytes, offsets: Int32s) -> npt.NDArray[np.bool_]:
    raw = np.frombuffer(text, np.uint8)
    starts = positions(raw, 0x3C)
    following = raw.take(starts + 1, mode="clip")
    bounds = np.array(regions_of(text, starts[(following == 0x21) | (following == 0x3F)]), np.int32).reshape(-1)
    outside: npt.NDArray[np.bool_] = np.searchsorted(bounds, offsets, "right") % 2 == 0
    return outside


def declared_entities(text: bytes) -> frozenset[bytes]:
    """The names of the entities that a document type declares."""
    start = text.find(b"<!DOCTYPE")
    return frozenset(_ENTITY.findall(text, start, max(doctype_end(text, start), start))) if start >= 0 else frozenset()


def _blank_undecodable(text: bytes, codec: str) -> bytes:
    """``text`` with ``?`` for every byte that is part of no character."""
    return text.decode(codec, _BLANK).encode(codec)


_BLANK = "tracklint.blank"
# The error is a UnicodeDecodeError here; its declared type UnicodeError has no start and end.
codecs.register_error(_BLANK, lambda error: ("?" * (error.end - error.start), error.end))  # type: ignore[attr-defined]
