"""Rules about how TCX and GPX write their times."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from ...findings import Severity, Where
from ...xml import XmlDocument
from ...xml.timetexts import time_texts
from ..basis import PRACTICE
from ..registry import Found, Hit, rule

if TYPE_CHECKING:
    from ...config import Limits

INFO = Severity.INFO


def _where(document: XmlDocument, i: int, count: int) -> Where:
    """The place of one of the document's times."""
    texts = time_texts(document)
    start, end = int(texts.first[i]), int(texts.last[i])
    offset = document.origin(start)
    return replace(document.place(offset, document.origin(end) - offset), count=count)


@rule(
    "TIM004",
    "time-padded",
    INFO,
    on=XmlDocument,
    basis=PRACTICE,
    says="{count} of {times} times stand in white space, the first is in line {line}",
    hint="write <time>2024-05-01T10:00:00Z</time> without spaces or lines inside",
    fix="safe",
)
def time_padded(document: XmlDocument, _limits: Limits) -> Found:
    """A time stands between spaces or lines. XML Schema permits it, and some readers stop at it (trackeR#1)."""
    texts = time_texts(document)
    padded = texts.padded()
    if len(padded):
        evidence = {"count": len(padded), "times": len(texts.start)}
        yield Hit(_where(document, int(padded[0]), len(padded)), evidence)


@rule(
    "TIM010",
    "time-zones-mixed",
    INFO,
    on=XmlDocument,
    basis=PRACTICE,
    says="the times of the file are written in {zones} zones: {shown}",
    hint="write all times in UTC, ending in Z",
    fix="safe",
)
def time_zones_mixed(document: XmlDocument, _limits: Limits) -> Found:
    """Some times of a file end in Z and others in an offset, or in different offsets.

    Each of them is right. Readers that expect the form of the first time read the others as none or stop (gpxpy#174,
    tcxreader#22).
    """
    texts = time_texts(document)
    zones = texts.zones(document.raw)
    if len(zones) > 1:
        first = sorted(zones.items(), key=lambda item: int(item[1][0]))
        shown = ", ".join(f"{word} ({len(rows)})" for word, rows in first[:4]) + (" ..." if len(first) > 4 else "")
        count = min(sum(map(len, zones.values())) - max(map(len, zones.values())), len(texts.start))
        evidence = {"zones": len(zones), "shown": shown, "counts": {word: len(rows) for word, rows in first}}
        yield Hit(_where(document, int(first[1][1][0]), count), evidence)
