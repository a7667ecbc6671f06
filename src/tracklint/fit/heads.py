"""Where a segment's header may begin, and what bytes look like that are none."""

from __future__ import annotations

from collections.abc import Iterator

from .document import read_layout

__all__ = ["SIGNATURE", "almost_head", "classify", "heads", "is_definition", "looks"]

SIGNATURE = b".FIT"


def heads(data: bytes) -> Iterator[int]:
    """Offsets at which a header may begin: ``.FIT`` with a header size of 12 or 14 eight bytes before it."""
    at = data.find(SIGNATURE)
    while at >= 0:
        if at >= 8 and data[at - 8] in (12, 14) and data[at - 7] >> 4 <= 3:
            yield at - 8
        at = data.find(SIGNATURE, at + 1)


def almost_head(data: bytes, at: int) -> bool:
    """Whether a header seems to begin here whose signature is damaged."""
    if len(data) < at + 14 or data[at] not in (12, 14) or data[at + 1] >> 4 > 3:
        return False
    wrong = sum((a ^ b).bit_count() for a, b in zip(data[at + 8 : at + 12], SIGNATURE, strict=True))
    declared = int.from_bytes(data[at + 4 : at + 8], "little")
    layout = read_layout(data, at + data[at], len(data))
    begins = layout is not None and layout.sane and is_definition(data, at + data[at])
    return wrong <= 4 or (begins and declared + data[at] + 2 == len(data) - at)


def is_definition(data: bytes, at: int) -> bool:
    """Whether a definition message may begin here."""
    return at < len(data) and data[at] & 0xC0 == 0x40


def looks(data: bytes) -> str:
    """What a file looks like that is no FIT: ``gzip``, ``zip``, ``xml``, ``html``, ``empty`` or as `classify` says."""
    if not data:
        return "empty"
    for magic, name in (
        (b"\x1f\x8b", "gzip"),
        (b"PK\x03\x04", "zip"),
        (b"<?xml", "xml"),
        (b"<!DOCTYPE", "html"),
        (b"<html", "html"),
    ):
        if data.startswith(magic):
            return name
    return classify(data[:4096])


def classify(piece: bytes) -> str:
    """What bytes that are no messages look like: ``zeros``, ``ff``, ``text`` or ``binary``."""
    if not piece.strip(b"\0"):
        return "zeros"
    if not piece.strip(b"\xff"):
        return "ff"
    text = sum(32 <= b < 127 or b in b"\t\r\n" for b in piece)
    return "text" if text >= 0.95 * len(piece) else "binary"
