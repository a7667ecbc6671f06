"""From markup to characters and back. Our own, because `xml.sax.saxutils` imports all of `urllib`."""

from __future__ import annotations

import re

__all__ = ["escaped", "plain_text", "quoted", "resolved"]

_MARKUP = re.compile(rb"<!\[CDATA\[(.*?)\]\]>|<!--.*?-->|<\?.*?\?>", re.DOTALL)
_REFERENCE = re.compile(r"&(?:#x([0-9A-Fa-f]{1,6})|#([0-9]{1,7})|(amp|lt|gt|quot|apos));")
_NAMED = {"amp": "&", "lt": "<", "gt": ">", "quot": '"', "apos": "'"}
_ESCAPES = {character: f"&{name};" for name, character in _NAMED.items()}
#: White space that a parser takes for spaces in the value of an attribute.
_WHITE = str.maketrans({character: f"&#{ord(character)};" for character in "\t\n\r"})


def escaped(text: str, quote: str = "") -> str:
    """``text`` as an element holds it, or an attribute whose value stands in this ``quote``."""
    for character in f"&<>{quote}":
        text = text.replace(character, _ESCAPES[character])
    return text


def quoted(value: str) -> str:
    """``value`` as an attribute holds it, with the quotes around it."""
    return '"' + escaped(value, '"').translate(_WHITE) + '"'


def plain_text(piece: bytes, encoding: str) -> str:
    """The characters that a piece of markup stands for: without comments, CDATA opened, references resolved, not
    stripped.
    """
    if b"<" not in piece:
        return resolved(piece.decode(encoding, "replace"))
    parts = _MARKUP.split(piece)  # text, content of a CDATA section or None, text ...
    return "".join(
        part.decode(encoding, "replace") if i % 2 else resolved(part.decode(encoding, "replace"))
        for i, part in enumerate(parts)
        if part
    )


def resolved(text: str) -> str:
    """``text`` with the characters that its references stand for; those of a document type stay as they are."""
    return _REFERENCE.sub(_character, text) if "&" in text else text


def _character(match: re.Match[str]) -> str:
    if match[3]:
        return _NAMED[match[3]]
    number = int(match[1], 16) if match[1] else int(match[2])
    return chr(number) if number < 0x110000 and not 0xD800 <= number < 0xE000 else "\ufffd"
