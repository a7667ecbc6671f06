"""How findings and places are said, and all that `spelling` has, wherever a person or a program reads them."""

from __future__ import annotations

import re
from collections import Counter
from typing import TYPE_CHECKING

from .findings import Severity
from .spelling import clipped, clock, counted, iso, json_text, printable

if TYPE_CHECKING:
    from collections.abc import Iterable

    from .findings import Finding, Where

__all__ = ["agreed", "clipped", "clock", "counted", "iso", "json_text", "place", "printable", "severities"]


def agreed(text: str) -> str:
    """A sentence of ours in which a number may be 1: ``1 points are dropped`` becomes ``1 point is dropped``,
    ``1 of 9 points have no time`` becomes ``1 of 9 points has no time``."""
    if "1 " not in text:
        return text
    return _ONE_OF.sub(lambda found: f"{found[1]} {_VERBS[found[2]]}", _ONE.sub(_singular, text))


def _singular(found: re.Match[str]) -> str:
    noun, between, verb = found.groups()
    return f"1 {noun}{between}{f' {_VERBS[verb]}' if verb else ''}"


#: Verbs that follow a number of things, with their singulars.
_VERBS = {
    "are": "is", "become": "becomes", "carry": "carries", "change": "changes", "do": "does", "end": "ends",
    "follow": "follows",
    "get": "gets", "have": "has", "hold": "holds", "inflate": "inflates", "lie": "lies", "move": "moves",
    "name": "names",
    "repeat": "repeats", "stand": "stands", "start": "starts",
}  # fmt: skip
_ONE = re.compile(
    r"(?<![\d.,-])\b1 (byte|character|date|definition|description|element|file|lap|message|place|point|record|session|"
    rf"time|value)s\b((?: without (?:a time|zone)| that| of \w+)?)(?: ({'|'.join(_VERBS)})\b)?"
)
#: ``1 of 43 points lie``.
_ONE_OF = re.compile(rf"(?<![\d.,-])\b(1 of \d+ \w+(?: rates)?) ({'|'.join(_VERBS)})\b")


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
