"""Times as text: how they are written, and the same moment written otherwise."""

from __future__ import annotations

import re
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from .tags import Bytes, Int32s
from .values import NO_ZONE, TAKEN, read_time

__all__ = ["TimeTexts", "in_utc", "respelled", "stamp"]

_Z, _COLON, _PLUS, _MINUS = 0x5A, 0x3A, 0x2B, 0x2D
_FRACTION = re.compile(r"\.\d+")
#: What writers make of a date and time: basic form, slashes or points, one digit for two, no seconds, a space for T, a
#: comma, a zone in other forms. The year stands first, so that month and day cannot be mistaken.
_LOOSE = re.compile(
    r"(?P<year>\d{4})(?:(?P<month>\d\d)(?P<day>\d\d)|(?P<mark>[-/.])(?P<month1>\d\d?)(?P=mark)(?P<day1>\d\d?))"
    r"(?:[Tt]| +)"
    r"(?:(?P<hour>\d\d)(?P<minute>\d\d)(?P<second>\d\d)?|(?P<hour1>\d\d?):(?P<minute1>\d\d)(?::(?P<second1>\d\d))?)"
    r"(?:(?<=\d\d)[.,](?P<fraction>\d+))?"
    r" ?(?P<zone>[Zz]+|UTC|GMT|[+-]\d\d(?::?\d\d)?)?(?P<name>\[[\w/+:-]+\])?",
    re.ASCII,
)
#: A month in letters cannot be mistaken either: "Wed, 01 May 2024 10:00:00 GMT", as letters and HTTP have it.
_WORDED = re.compile(
    r"(?:[A-Za-z]{3}, *)?(?P<day>\d\d?)[ -](?P<month>[A-Za-z]{3})[a-z]*[ -](?P<year>\d{4}),? +"
    r"(?P<hour>\d\d?):(?P<minute>\d\d)(?::(?P<second>\d\d))?(?P<fraction>)"
    r" ?(?P<zone>[Zz]+|UTC|GMT|[+-]\d\d(?::?\d\d)?)?(?P<name>)",
    re.ASCII,
)
_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")


@dataclass(frozen=True, slots=True, eq=False)
class TimeTexts:
    """All dates with time of a document that its schema knows, in the order of the file: those of points, of metadata,
    and a lap's StartTime.

    ``start:end`` is the text in `XmlDocument.text`; ``first:last`` is it without the white space around it.
    """

    start: Int32s
    end: Int32s
    first: Int32s
    last: Int32s

    def padded(self) -> npt.NDArray[np.intp]:
        """The indices of those with white space around them, those of nothing else left out."""
        return np.flatnonzero((self.last > self.first) & ((self.first > self.start) | (self.last < self.end)))

    def zones(self, raw: Bytes) -> dict[str, npt.NDArray[np.intp]]:
        """The indices of those that end in ``Z`` and in each offset, by these words; what ends otherwise is left
        out."""
        rows = np.flatnonzero(self.last - self.first >= 20)
        end = self.last[rows]
        zulu = raw[end - 1] == _Z
        found = {"Z": rows[zulu]}
        sign = raw[end - 6]
        offset = ~zulu & ((sign == _PLUS) | (sign == _MINUS)) & (raw[end - 3] == _COLON)
        rows, end = rows[offset], end[offset]
        if len(rows):
            keys = np.zeros(len(rows), np.uint64)
            for k in range(6, 0, -1):
                keys = (keys << np.uint64(8)) | raw[end - k]
            for key in np.unique(keys).tolist():
                found[key.to_bytes(6, "big").decode("ascii", "replace")] = rows[keys == key]
        return {word: at for word, at in found.items() if len(at)}


def in_utc(text: str, shift_s: int = 0) -> str | None:
    """The same moment, or one so many seconds later, as UTC with ``Z``; ``None`` for what is no date and time.

    A time without zone is taken for UTC. The digits of the fraction stay.
    """
    text = text.strip()
    fraction = _FRACTION.search(text)
    value, status = read_time(_FRACTION.sub("", text, count=1))
    if status not in (TAKEN, NO_ZONE):
        return None
    return f"{np.datetime64(int(value) + shift_s, 's')}{fraction[0] if fraction else ''}Z"


def respelled(text: str) -> str | None:
    """A date and time that is written in a form which xsd:dateTime does not have, in that form; ``None`` where it
    cannot be told for certain.

    The date must be one. Missing seconds are 0; nothing else is added.
    """
    match = _LOOSE.fullmatch(text.strip()) or _WORDED.fullmatch(text.strip())
    if match is None:
        return None
    parts = {name.rstrip("1"): found for name, found in match.groupdict("").items() if found}
    zone, month, second = parts.get("zone", ""), parts["month"], parts.get("second")
    if (not zone and "name" in parts) or ("fraction" in parts and second is None):
        return None
    if month.isalpha():
        month = str(_MONTHS.index(month.lower()) + 1) if month.lower() in _MONTHS else "0"
    if zone[:1] not in ("", "+", "-"):
        zone = "Z"
    elif zone:
        zone = f"{zone[:3]}:{zone[3:].lstrip(':') or '00'}"
    date = f"{parts['year']}-{month:0>2}-{parts['day']:0>2}"
    fraction = f".{parts['fraction']}" if "fraction" in parts else ""
    better = f"{date}T{parts['hour']:0>2}:{parts['minute']}:{second or '00'}{fraction}{zone}"
    return better if read_time(better)[1] in (TAKEN, NO_ZONE) else None


def stamp(seconds: float) -> str:
    """UTC seconds as a date and time with ``Z``, to the millisecond."""
    return f"{np.datetime64(round(seconds * 1000), 'ms')}Z".replace(".000Z", "Z")
