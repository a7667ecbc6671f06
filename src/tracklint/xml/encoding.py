"""Which encoding a file is in: by byte-order mark, by the pattern of its first bytes, then by its declaration."""

from __future__ import annotations

import codecs
import re
from dataclasses import dataclass

__all__ = ["DECLARATION", "Encoding", "find_encoding"]

_MARKS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
_PATTERNS = (
    (b"<\0\0\0", "utf-32-le"),
    (b"\0\0\0<", "utf-32-be"),
    (b"<\0", "utf-16-le"),
    (b"\0<", "utf-16-be"),
)
#: The XML declaration up to the name of its encoding, which is the group ``word``.
DECLARATION = re.compile(r"""<\?xml\s[^>]{0,200}?encoding\s*=\s*(?P<quote>["'])(?P<word>[^"'<>]{1,60})(?P=quote)""")


@dataclass(frozen=True, slots=True)
class Encoding:
    """``found`` is a Python codec, ``declared`` the word of the declaration, ``mark`` the length of a byte-order mark.

    ``known`` is False where the declared word names no encoding. ``direct`` says that each ASCII character is its one
    byte, so that the bytes can be searched as they are.
    """

    found: str
    declared: str | None
    mark: int
    known: bool
    direct: bool

    @property
    def agrees(self) -> bool:
        """Whether the declaration, where there is one, names what was found."""
        if self.declared is None:
            return True
        name = _codec(self.declared)
        return name == self.found or (name in ("utf-16", "utf-32") and self.found.startswith(name))


def find_encoding(data: bytes) -> Encoding:
    """The encoding of ``data``; UTF-8 where nothing tells."""
    mark, found = next(((len(m), name) for m, name in _MARKS if data.startswith(m)), (0, None))
    if found is None:
        head = data[:4096].lstrip(b" \t\r\n")
        found = next((name for pattern, name in _PATTERNS if head.startswith(pattern)), None)
    match = DECLARATION.search(data[:4096].decode(found or "iso-8859-1", "replace"))
    declared = match["word"] if match else None
    codec = _codec(declared) if declared else "utf-8"
    if found is None:
        wide = codec is not None and codec.startswith(("utf-16", "utf-32"))
        found = "utf-8" if codec is None or wide else codec
    return Encoding(found, declared, mark, codec is not None, found in ("utf-8", "ascii") or _single_byte(found))


def _codec(name: str) -> str | None:
    """Python's name of a text encoding, ``None`` where it knows none that could hold XML."""
    try:
        info = codecs.lookup(name.strip())
        if not getattr(info, "_is_text_encoding", True) or "<?xml".encode(info.name).decode(info.name) != "<?xml":
            return None
        if info.name.startswith("utf-8"):
            return "utf-8"
        wide = info.name.startswith(("utf-16", "utf-32"))
        return info.name if wide or "<>&\"'/=\\+-".encode(info.name) == b"<>&\"'/=\\+-" else None
    except (LookupError, ValueError, TypeError):
        return None


def _single_byte(codec: str) -> bool:
    if codec.startswith(("utf-16", "utf-32")):
        return False
    return all(len(bytes((b, b)).decode(codec, "replace")) == 2 for b in range(256))
