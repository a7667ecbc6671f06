"""Numbers and times as columns: eight characters of all values at once, one by one what is written otherwise.

The fast and the slow way give the same bits; `decimals` says why.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal

import numpy as np
import numpy.typing as npt

from ..characters import plain_text
from .decimals import Floats, Masks, read_decimals, read_floats, scaled
from .instants import read_instants
from .tags import Bytes, Int32s

__all__ = [
    "EMPTY_TEXT",
    "NOT_FINITE",
    "NOT_VALUE",
    "NO_ZONE",
    "TAKEN",
    "Column",
    "decimal_of",
    "read_number",
    "read_numbers",
    "read_time",
    "read_times",
    "stripped",
]

#: What became of a value.
TAKEN, EMPTY_TEXT, NOT_VALUE, NOT_FINITE, NO_ZONE = 0, 1, 2, 3, 4

#: So many values are read at once that their words stay in the cache of a core.
_ROWS = 1 << 12
#: So few values are read one by one as fast.
FEW = 8
#: No power of ten beyond this is one of a float, and no more different texts are remembered.
_MOST_POWER, _MOST_KNOWN = 1000, 1000
_NUMBER = re.compile(r"[+-]?(?:\d+(?:\.\d*)?|\.\d+)(?:[eE][+-]?\d+)?", re.ASCII)
_NOT_FINITE = re.compile(r"[+-]?(?:nan|inf|infinity)(?:\(\w*\))?", re.IGNORECASE | re.ASCII)
_TIME = re.compile(
    r"(-?)(\d{4,9})-(\d\d)-(\d\d)T(\d\d):(\d\d):(\d\d)(?:\.(\d+))?(?:(Z)|([+-])(\d\d):(\d\d))?", re.ASCII
)
_MONTH_DAYS = (0, 31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31)


@dataclass(frozen=True, slots=True, eq=False)
class Column:
    """Values and, for each, what became of it (`TAKEN` ...). A value that was not taken is NaN.

    ``slow`` are the indices of those that are written in another way than usual, or wrong. All others are dates and
    times of xsd:dateTime, or plain decimals, but for ``exponents``: decimals with an exponent.
    """

    values: Floats
    status: npt.NDArray[np.uint8]
    slow: npt.NDArray[np.intp]
    exponents: npt.NDArray[np.intp]

    def piece(self, first: int, end: int) -> Column:
        """The rows from ``first`` up to ``end``."""
        slow, exponents = (
            each[slice(*each.searchsorted((first, end)))] - first for each in (self.slow, self.exponents)
        )
        return Column(self.values[first:end], self.status[first:end], slow, exponents)

    def rows(self, at: npt.NDArray[np.intp]) -> Column:
        """These rows of it."""
        slow, exponents = (np.flatnonzero(np.isin(at, each)) for each in (self.slow, self.exponents))
        return Column(self.values[at], self.status[at], slow, exponents)


def read_number(text: str) -> tuple[float, int]:
    """One number as XML Schema's decimal or double writes it, and what became of it."""
    text = text.strip(" \t\r\n")
    if not text:
        return math.nan, EMPTY_TEXT
    if _NUMBER.fullmatch(text):
        value = float(text)
        return (value, TAKEN) if math.isfinite(value) else (math.nan, NOT_FINITE)
    return math.nan, NOT_FINITE if _NOT_FINITE.fullmatch(text) else NOT_VALUE


#: A number with more digits than this is no measurement.
_MOST_DIGITS = 30


def decimal_of(text: str) -> str | None:
    """The plain decimal that a text with a decimal comma or an exponent means; ``None`` where it means none.

    "48,1" is 48.1 and "-4.8e-05" is -0.000048. Every digit stays.
    """
    plain = text.strip(" \t\r\n").replace(",", ".")
    if not _NUMBER.fullmatch(plain):
        return None
    number = Decimal(plain)
    return f"{number:f}" if abs(number.adjusted()) < _MOST_DIGITS else None


def read_time(text: str) -> tuple[float, int]:
    """One xsd:dateTime in UTC seconds, and what became of it; without zone it is read as UTC (`NO_ZONE`)."""
    text = text.strip(" \t\r\n")
    if not text:
        return math.nan, EMPTY_TEXT
    match = _TIME.fullmatch(text)
    if match is None or match[1]:
        return math.nan, NOT_VALUE
    year, month, day, hour, minute, second = (int(match[i]) for i in range(2, 8))
    fraction = match[8] or ""
    midnight = hour == 24 and minute == second == 0 and not fraction.strip("0")
    if not (
        year
        and 1 <= month <= 12
        and 1 <= day <= _days_in(year, month)
        and (hour < 24 or midnight)
        and minute < 60
        and second < 60
    ):
        return math.nan, NOT_VALUE
    offset = 0
    if match[10]:
        hours, minutes = int(match[11]), int(match[12])
        if minutes > 59 or hours * 60 + minutes > 14 * 60:
            return math.nan, NOT_VALUE
        offset = (hours * 60 + minutes) * (-60 if match[10] == "-" else 60)
    whole = _days_since_1970(year, month, day) * 86400 + hour * 3600 + minute * 60 + second - offset
    value = whole + (int(fraction[:15]) / 10 ** len(fraction[:15]) if fraction else 0.0)
    return value, TAKEN if match[9] or match[10] else NO_ZONE


def _days_in(year: int, month: int) -> int:
    return 29 if month == 2 and year % 4 == 0 and (year % 100 != 0 or year % 400 == 0) else _MONTH_DAYS[month]


def _days_since_1970(year: int, month: int, day: int) -> int:
    """Days by the proleptic Gregorian calendar; the year starts in March, so that leap days come last."""
    year, month = (year - 1, month + 9) if month < 3 else (year, month - 3)
    return year * 365 + year // 4 - year // 100 + year // 400 + (month * 153 + 2) // 5 + day - 719469


def read_numbers(data: bytes, start: Int32s, end: Int32s, encoding: str) -> Column:
    """The numbers at ``start:end`` of each value."""
    return _column(data, start, end, encoding, (_plain_numbers, _other_numbers, read_number))


def read_times(data: bytes, start: Int32s, end: Int32s, encoding: str) -> Column:
    """The times at ``start:end`` of each value, as UTC seconds."""
    return _column(data, start, end, encoding, (_plain_times, _plain_times, read_time))


#: Fills in the values that it can read, and gives the status of each, `_UNREAD` for the others.
_Fast = Callable[[Bytes, Int32s, Int32s, Floats], npt.NDArray[np.uint8]]
_Slow = Callable[[str], tuple[float, int]]
_UNREAD, _EXPONENT = 255, 254


def _column(data: bytes, start: Int32s, end: Int32s, encoding: str, ways: tuple[_Fast, _Fast, _Slow]) -> Column:
    raw = np.frombuffer(data, np.uint8)
    values = np.full(len(start), np.nan)
    status = np.full(len(start), _UNREAD, np.uint8)
    usual, other, slow = ways
    for at in range(0, len(start) if len(start) > FEW else 0, _ROWS):
        rows = slice(at, at + _ROWS)
        status[rows] = usual(raw, start[rows], end[rows], values[rows])
    unread = np.flatnonzero(status == _UNREAD)
    if len(unread) > FEW:
        more = np.full(len(unread), np.nan)
        status[unread] = other(raw, *stripped(raw, start[unread], end[unread]), more)
        values[unread] = more
        unread = unread[status[unread] == _UNREAD]
    strange = []
    known: dict[bytes, tuple[float, int, bool]] = {}
    for i, a, b in zip(unread.tolist(), start[unread].tolist(), end[unread].tolist(), strict=True):
        piece = data[a:b]
        read = known.get(piece) or _one(piece, encoding, slow)
        if len(known) < _MOST_KNOWN:
            known[piece] = read
        values[i], status[i], plain = read
        if not plain:
            strange.append(i)
    exponents = np.flatnonzero(status == _EXPONENT)
    status[exponents] = TAKEN
    return Column(values, status, np.array(strange, np.intp), exponents)


def _one(piece: bytes, encoding: str, slow: _Slow) -> tuple[float, int, bool]:
    """One value, its status, and whether it is written plainly, as a column could have it."""
    value, status = slow(plain_text(piece, encoding))
    plain = status in (TAKEN, NO_ZONE) and b"<" not in piece and b"&" not in piece
    if slow is read_time:
        return value, status, plain and piece.strip(b" \t\r\n")[4:5] == b"-"  # a longer year has rules of its own
    return value, _EXPONENT if status == TAKEN and b"e" in piece.lower() else status, plain


def stripped(raw: Bytes, start: Int32s, end: Int32s) -> tuple[Int32s, Int32s]:
    """The spans without white space at their ends, a character of all of them at a time."""
    first, last = start.copy(), end.copy()
    for edge, step in ((first, 0), (last, -1)):
        rows = np.flatnonzero(last > first)
        while len(rows):
            byte = raw[edge[rows] + step]
            rows = rows[((byte == 0x20) | (byte == 0x0A) | (byte == 0x0D) | (byte == 0x09)) & (last > first)[rows]]
            edge[rows] += 1 + 2 * step
    return first, last


def _plain_numbers(raw: Bytes, start: Int32s, end: Int32s, values: Floats) -> npt.NDArray[np.uint8]:
    """Take the plain decimals."""
    number, good = read_floats(raw, start, end)
    return _taken(number, good, values, TAKEN)


def _other_numbers(raw: Bytes, start: Int32s, end: Int32s, values: Floats) -> npt.NDArray[np.uint8]:
    """Take the plain decimals and those with an exponent."""
    status = _plain_numbers(raw, start, end, values)
    mark = _exponent_marks(raw, start, end)
    rows = np.flatnonzero((mark >= 0) & (status == _UNREAD))
    if len(rows):
        read = read_decimals(raw, start[rows], mark[rows])
        power = read_decimals(raw, mark[rows] + np.int32(1), end[rows])
        size = np.minimum(power.digits, np.uint64(_MOST_POWER)).astype(np.int64)
        number, sure = scaled(read.digits, np.where(power.negative, -size, size) - read.behind)
        sure &= read.good & power.good & ~power.point
        more = np.full(len(rows), np.nan)
        status[rows] = _taken(np.where(read.negative, -number, number), sure, more, _EXPONENT)
        values[rows] = more
    return status


def _taken(number: Floats, good: Masks, values: Floats, status: int) -> npt.NDArray[np.uint8]:
    np.copyto(values, number, where=good)
    return np.where(good, np.uint8(status), np.uint8(_UNREAD))


def _exponent_marks(raw: Bytes, start: Int32s, end: Int32s) -> Int32s:
    """The offset of an ``e`` near the end of each of these numbers, -1 where there is none."""
    found = np.full(len(start), -1, np.int32)
    for k in range(2, 7):
        at = end - np.int32(k)
        found = np.where(((raw.take(at, mode="clip") | 0x20) == 0x65) & (at > start), at, found)
    return found


def _plain_times(raw: Bytes, start: Int32s, end: Int32s, values: Floats) -> npt.NDArray[np.uint8]:
    """Take the times of the usual forms."""
    moment, good, zoned = read_instants(raw, start, end)
    np.copyto(values, moment, where=good)
    return np.where(good, np.where(zoned, np.uint8(TAKEN), np.uint8(NO_ZONE)), np.uint8(_UNREAD))
