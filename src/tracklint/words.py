"""How times, durations, places and counts are said, wherever a person or a program reads them."""

from __future__ import annotations

import json
import math
import re
from collections import Counter
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

from .findings import Severity

if TYPE_CHECKING:
    from collections.abc import Iterable

    from .findings import Finding, Where

__all__ = ["agreed", "clipped", "clock", "counted", "iso", "json_text", "place", "printable", "severities"]

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


def counted(count: int, noun: str) -> str:
    """``1 file``, ``2 files``."""
    return f"{count} {noun}" if count == 1 else f"{count} {noun}s"


def clipped(text: str, most: int) -> str:
    """``text``, or its beginning and three dots where it has more than ``most`` characters."""
    return text if len(text) <= most else text[: most - 3] + "..."


def agreed(text: str) -> str:
    """A sentence of ours in which a number may be 1: ``1 points are dropped`` becomes ``1 point is dropped``."""
    return _ONE.sub(_singular, text) if "1 " in text else text


def _singular(found: re.Match[str]) -> str:
    noun, between, verb = found.groups()
    return f"1 {noun}{between}{f' {_VERBS[verb]}' if verb else ''}"


#: Verbs that follow a number of things, with their singulars.
_VERBS = {
    "are": "is", "become": "becomes", "carry": "carries", "change": "changes", "end": "ends", "follow": "follows",
    "get": "gets", "have": "has", "hold": "holds", "inflate": "inflates", "move": "moves", "repeat": "repeats",
    "stand": "stands",
}  # fmt: skip
_ONE = re.compile(
    r"(?<![\d.,-])\b1 (byte|character|date|definition|description|element|file|lap|message|place|point|record|session|"
    rf"time|value)s\b((?: without (?:a time|zone)| that)?)(?: ({'|'.join(_VERBS)})\b)?"
)


def severities(findings: Iterable[Finding], *, zero: bool = False) -> str:
    """``2 errors, 1 warning``: how many findings of each severity, the worst first; those without any only if
    ``zero``."""
    counts = Counter(finding.severity for finding in findings)
    nouns = {Severity.ERROR: "error", Severity.WARNING: "warning", Severity.INFO: "note"}
    return ", ".join(counted(counts[s], noun) for s, noun in nouns.items() if counts[s] or zero)


def place(where: Where, fmt: str, start: float | None = None) -> str:
    """A place as a person reads it: line and column (XML) or byte and message (FIT), point, time in UTC and since
    ``start``.

    Empty where nothing is known.
    """
    parts: list[str] = []
    if where.line is not None:
        parts.append(f"line {where.line}" + (f", column {where.column}" if where.column is not None else ""))
    elif where.offset is not None:
        parts.append(f"byte {where.offset}")
    if where.segment:
        parts.append(f"segment {where.segment}")
    if where.message is not None:
        parts.append(f"message {where.message}" + (f" ({where.message_name})" if where.message_name else ""))
    elif where.message_name:
        parts.append(
            f"message {where.message_name}" if not where.message_name.startswith("message") else where.message_name
        )
    if where.local is not None:
        parts.append(f"local type {where.local}")
    if where.field:
        parts.append(f"field {where.field}" if fmt == "fit" else where.field)
    if where.record is not None:
        parts.append(f"record {where.record}" if fmt == "fit" else f"point {where.record}")
    if (moment := iso(where.time)) is not None and where.time is not None:
        since = "" if start is None else clock(where.time - start)
        parts.append(moment + (f" ({since if since.startswith('-') else '+' + since})" if since else ""))
    if where.count is not None and where.count > 1:
        parts.append(f"the first of {where.count}")
    return ", ".join(parts)


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
