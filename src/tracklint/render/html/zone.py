"""Which wall clock a ride had, where its file says so."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta, timezone
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from ...fit import FitDocument
    from ...reading import Reading
    from ...xml import XmlDocument

__all__ = ["said", "zone_of", "zone_text"]

_QUARTER = 900
#: Zones lie between -12 and +14 hours.
_LEAST, _MOST = -12 * 3600, 14 * 3600
_OFFSET = re.compile(r"([+-])(\d\d):(\d\d)")


def zone_of(reading: Reading) -> int | None:
    """Seconds that the wall clock of the ride is ahead of UTC; ``None`` where the file does not say.

    FIT says it with the local_timestamp of its activity message, in quarters of an hour; TCX and GPX with the offset of
    most of their times. ``Z`` is no wall clock.
    """
    if reading.document is None:
        return None
    from ...fit import FitDocument

    document = reading.document
    return _of_fit(document) if isinstance(document, FitDocument) else _of_xml(document)


def _of_fit(document: FitDocument) -> int | None:
    from ...fit.columns import message_columns

    activities = message_columns(document, 34)
    if not len(activities):
        return None
    (utc, there), (local, told) = activities.integers(253), activities.integers(5)
    for i, both in enumerate((there & told).tolist()):
        offset = _QUARTER * round(int(local[i] - utc[i]) / _QUARTER) if both else None
        if offset is not None and _LEAST <= offset <= _MOST:
            return offset
    return None


def _of_xml(document: XmlDocument) -> int | None:
    from ...xml.timetexts import time_texts

    zones = time_texts(document).zones(document.raw)
    offsets = [(len(rows), word) for word, rows in zones.items() if word != "Z"]
    found = _OFFSET.fullmatch(max(offsets)[1]) if offsets else None
    if found is None:
        return None
    offset = (int(found[2]) * 3600 + int(found[3]) * 60) * (-1 if found[1] == "-" else 1)
    return offset if _LEAST <= offset <= _MOST else None


def zone_text(zone: int | None) -> str:
    """``UTC``, or ``UTC+02:00``."""
    if not zone:
        return "UTC"
    hours, minutes = divmod(abs(zone) // 60, 60)
    return f"UTC{'-' if zone < 0 else '+'}{hours:02d}:{minutes:02d}"


def said(time: float | None, zone: int | None) -> str:
    """A moment on the wall clock, or in UTC: ``2024-05-01 12:00:00``; ``""`` for what no calendar has."""
    try:
        when = datetime.fromtimestamp(0, UTC) + timedelta(seconds=round(time or 0.0))
        return f"{when.astimezone(timezone(timedelta(seconds=zone or 0))):%Y-%m-%d %H:%M:%S}" if time else ""
    except (OverflowError, ValueError):
        return ""
