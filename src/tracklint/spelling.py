"""How times, durations and counts are spelt, and what of a foreign text a terminal may get."""

from __future__ import annotations

import json
import math
import re
from datetime import UTC, datetime, timedelta
from typing import Any

__all__ = ["clipped", "clock", "counted", "iso", "json_text", "number", "printable"]

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
#: What a terminal could obey (controls) or reorder (bidirectional and interlinear marks), halves of characters, and
#: what is no character and may not stand in XML.
_UNSAFE = re.compile(
    "[\x00-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ufff9-\ufffb\ufffe\uffff\ud800-\udfff]"
)


def iso(time: float | None) -> str | None:
    """UTC seconds as ``2024-05-01T10:00:00Z``, with three decimals where they are not whole.

    ``None`` for what no calendar date stands for: nothing, NaN, or a year outside 1 to 9999.
    """
    if time is None or not math.isfinite(time):
        return None
    try:
        millis = round(time * 1000)
        when = _EPOCH + timedelta(milliseconds=millis)
    except OverflowError:
        return None
    return when.isoformat(timespec="milliseconds" if millis % 1000 else "seconds").replace("+00:00", "Z")


def clock(seconds: float) -> str:
    """A duration as ``1:23:45``, with three decimals where it is not whole; negative ones with a minus sign."""
    if not abs(seconds) < 1e12:
        return "unknown"
    millis = round(abs(seconds) * 1000)
    whole, rest = divmod(millis, 1000)
    text = f"{whole // 3600}:{whole // 60 % 60:02d}:{whole % 60:02d}" + (f".{rest:03d}" if rest else "")
    return f"-{text}" if seconds < 0 and millis else text


def number(value: float) -> str:
    """Six digits as ``:g`` gives them, but large numbers in full: ``1869260``, not ``1.86926e+06``."""
    return f"{value:.0f}" if 1e6 <= abs(value) < 1e15 else f"{value:g}"


def counted(count: int, noun: str) -> str:
    """``1 file``, ``2 files``."""
    return f"{count} {noun}" if count == 1 else f"{count} {noun}s"


def clipped(text: str, most: int) -> str:
    """``text``, or its beginning and three dots where it has more than ``most`` characters."""
    return text if len(text) <= most else text[: most - 3] + "..."


def printable(text: str, encoding: str | None = None, *, keep: str = "") -> str:
    """``text`` from a file, its name or a server as a terminal can show it safely: controls, direction marks and what
    ``encoding`` lacks are escaped, but for the characters to ``keep``.

    Every output for people goes through it: `render.page.Page.safe`, `cli.lines`, `dump.table`.
    """

    def escape(found: re.Match[str]) -> str:
        if found[0] in keep:
            return found[0]
        return f"\\x{ord(found[0]):02x}" if found[0] < "\xff" else f"\\u{ord(found[0]):04x}"

    safe = _UNSAFE.sub(escape, text)
    if encoding is None:
        return safe
    try:
        return safe.encode(encoding, "backslashreplace").decode(encoding)
    except LookupError:
        return safe.encode("ascii", "backslashreplace").decode("ascii")


def json_text(value: Any, indent: int | None = None, *, compact: bool = False) -> str:
    """``value`` as JSON in ASCII, so that its bytes are the same in every locale and nothing in it steers a terminal;
    ``compact`` without the spaces.

    Raises ValueError for NaN and infinities, which JSON does not have.
    """
    separators = (",", ":") if compact else None
    text = json.dumps(value, indent=indent, separators=separators, ensure_ascii=True, allow_nan=False)
    return text.replace("\x7f", "\\u007f")
