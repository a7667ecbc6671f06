"""The stand-in's place for pictures: addresses that are signed and end, and what was put there.

The address names a key, an end and a signature, as at Amazon S3, where Strava takes its partners' pictures. Whoever has
it may put a picture there and has nothing else to show: an Authorization header beside the signature is refused.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import struct
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["ACCESS_KEY", "CONTENT_TYPE", "MAX_SIZE", "Picture", "metadata", "refusal", "size_of"]

ACCESS_KEY = "SANDBOX"
CONTENT_TYPE = "image/jpeg"
MAX_SIZE = 1600
#: Seconds for which an address is good.
_LIFE = 3600


@dataclass(frozen=True, slots=True)
class Picture:
    """A picture that arrived: its kind (``JPEG``, ``PNG`` or ``unknown``), bytes, and width and height in pixels."""

    kind: str
    bytes: int
    width: int
    height: int

    def __str__(self) -> str:
        return f"{self.kind}, {self.width} x {self.height} pixels, {self.bytes} bytes"


def metadata(base: str, key: str, secret: bytes, *, now: float, expired: bool) -> list[dict[str, Any]]:
    """``photo_metadata`` with a fresh address below ``base``, or with one that has ended already."""
    end = int(now) + (-1 if expired else _LIFE)
    query = urlencode({"AWSAccessKeyId": ACCESS_KEY, "Expires": end, "Signature": _signature(key, end, secret)})
    return [
        {
            "uri": f"{base}photos/{key}?{query}",
            "header": {"Content-Type": CONTENT_TYPE},
            "method": "PUT",
            "max_size": MAX_SIZE,
        }
    ]


def refusal(key: str, query: Mapping[str, str], headers: Mapping[str, str], secret: bytes, *, now: float) -> str:
    """Why a picture is not taken, as S3 names it; empty where it is."""
    end = query.get("Expires", "")
    if "authorization" in headers:
        return "InvalidArgument"
    if query.get("AWSAccessKeyId") != ACCESS_KEY:
        return "InvalidAccessKeyId"
    if not end.isdigit() or not end.isascii() or len(end) > 12 or headers.get("content-type") != CONTENT_TYPE:
        return "SignatureDoesNotMatch"
    if not hmac.compare_digest(_signature(key, int(end), secret).encode(), query.get("Signature", "").encode()):
        return "SignatureDoesNotMatch"
    return "" if now < int(end) else "AccessDenied"


def size_of(data: bytes) -> Picture:
    """What a picture is, by its first bytes."""
    if data.startswith(b"\x89PNG\r\n\x1a\n") and len(data) >= 24:
        return Picture("PNG", len(data), *struct.unpack(">II", data[16:24]))
    if data.startswith(b"\xff\xd8\xff"):
        return Picture("JPEG", len(data), *_jpeg_size(data))
    return Picture("unknown", len(data), 0, 0)


def _jpeg_size(data: bytes) -> tuple[int, int]:
    """Width and height, from the frame header; (0, 0) where there is none."""
    at = 2
    while at + 9 <= len(data) and data[at] == 0xFF:
        kind, size = struct.unpack_from(">BH", data, at + 1)
        if 0xC0 <= kind <= 0xCF and kind not in (0xC4, 0xC8, 0xCC):
            height, width = struct.unpack_from(">HH", data, at + 5)
            return width, height
        at += 2 + size
    return 0, 0


def _signature(key: str, end: int, secret: bytes) -> str:
    text = f"PUT\n\n{CONTENT_TYPE}\n{end}\n/{key}".encode()
    return base64.b64encode(hmac.new(secret, text, hashlib.sha1).digest()).decode()
