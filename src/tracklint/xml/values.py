"""Numbers and times as columns: digit by digit over all values of one length, one by one what is written otherwise.

The fast and the slow way give the same bits: up to 15 digits and a power of ten of at most 15 divide exactly in IEEE
arithmetic.
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
]

Floats = npt.NDArray[np.float64]
#: What became of a value.
TAKEN, EMPTY_TEXT, NOT_VALUE, NOT_FINITE, NO_ZONE = 0, 1, 2, 3, 4

_ROWS = 1 << 16
_LONGEST = 17
_MOST_FORMS = 64
_NUMBER = re.compile(r"[+-]?(?:\d+(?:\.\d*)?|\.\d+)(?:[eE][+-]?\d+)?", re.ASCII)
_NOT_FINITE = re.compile(r"[+-]?(?:nan|inf|infinity)(?:\(\w*\))?", re.IGNORECASE | re.ASCII)
_TIME = re.compile(
    r"(-?)(\d{4,9})-(\d\d)-(\d\d)T(\d\d):(\d\d):(\d\d)(?:\.(\d+))?(?:(Z)|([+-])(\d\d):(\d\d))?", re.ASCII
)
_MONTH_DAYS = np.array([0, 31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31], np.int64)


@dataclass(frozen=True, slots=True, eq=False)
class Column:
    """Values and, for each, what became of it (`TAKEN` ...). A value that was not taken is NaN.

    ``slow`` are the indices of those that were read one by one. All others are plain decimals, or dates and times that
    are of xsd:dateTime.
    """

    values: Floats
    status: npt.NDArray[np.uint8]
    slow: npt.NDArray[np.intp]

    def rows(self, at: npt.NDArray[np.intp]) -> Column:
        """These rows of it."""
        return Column(self.values[at], self.status[at], np.flatnonzero(np.isin(at, self.slow)))


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
    return 29 if month == 2 and year % 4 == 0 and (year % 100 != 0 or year % 400 == 0) else int(_MONTH_DAYS[month])


def _days_since_1970(year: int, month: int, day: int) -> int:
    """Days by the proleptic Gregorian calendar; the year starts in March, so that leap days come last."""
    year, month = (year - 1, month + 9) if month < 3 else (year, month - 3)
    return year * 365 + year // 4 - year // 100 + year // 400 + (month * 153 + 2) // 5 + day - 719469


def read_numbers(data: bytes, start: Int32s, end: Int32s, encoding: str) -> Column:
    """The numbers at ``start:end`` of each value."""
    return _column(data, start, end, encoding, (_fast_numbers, read_number))


def read_times(data: bytes, start: Int32s, end: Int32s, encoding: str) -> Column:
    """The times at ``start:end`` of each value, as UTC seconds."""
    return _column(data, start, end, encoding, (_fast_times, read_time))


#: Fills in the values that it can read, and gives the status of each, `_UNREAD` for the others.
_Fast = Callable[[Bytes, Int32s, Int32s, Floats], npt.NDArray[np.uint8]]
_Slow = Callable[[str], tuple[float, int]]
_UNREAD = 255


def _column(data: bytes, start: Int32s, end: Int32s, encoding: str, ways: tuple[_Fast, _Slow]) -> Column:
    raw = np.frombuffer(data, np.uint8)
    values = np.full(len(start), np.nan)
    status = np.empty(len(start), np.uint8)
    fast, slow = ways
    for at in range(0, len(start), _ROWS):
        rows = slice(at, at + _ROWS)
        status[rows] = fast(raw, start[rows], end[rows], values[rows])
    unread = np.flatnonzero(status == _UNREAD)
    for i in unread.tolist():
        values[i], status[i] = slow(plain_text(data[start[i] : end[i]], encoding))
    return Column(values, status, unread)


def _fast_numbers(raw: Bytes, start: Int32s, end: Int32s, values: Floats) -> npt.NDArray[np.uint8]:
    """Take the plain decimals."""
    status = np.full(len(start), _UNREAD, np.uint8)
    length = end - start
    for size in np.flatnonzero(np.bincount(np.minimum(length, _LONGEST + 1), minlength=1)).tolist():
        if not 0 < size <= _LONGEST:
            continue
        here = np.flatnonzero(length == size)
        at = start[here] if len(here) < len(start) else start
        digits = [raw[at + k] - np.uint8(48) for k in range(size)]
        form = np.zeros(len(here), np.int32)
        for k, digit in enumerate(digits):
            form |= (digit <= 9).astype(np.int32) << k
        _fill_forms(here, digits, form, values, status)
    return status


def _fill_forms(
    here: npt.NDArray[np.intp], digits: list[Bytes], form: Int32s, values: Floats, status: npt.NDArray[np.uint8]
) -> None:
    """``form`` has a bit for each character that is a digit; values of one form differ in their digits only."""
    forms = [int(form[0])] if (form == form[0]).all() else np.unique(form).tolist()
    for each in forms[:_MOST_FORMS]:
        other = [k for k in range(len(digits)) if not each >> k & 1]
        signed = other[:1] == [0]
        point = other[-1] if len(other) > signed else None
        if len(other) > signed + (point is not None) or not 0 < len(digits) - len(other) <= 15:
            continue
        rows = np.flatnonzero(form == each)
        good = np.ones(len(rows), bool)
        sign = digits[0][rows]
        if signed:
            good &= (sign == 0xFD) | (sign == 0xFB)  # - and + less the digit 0
        if point is not None:
            good &= digits[point][rows] == 0xFE
        number = np.zeros(len(rows))
        for k, digit in enumerate(digits):
            if each >> k & 1:
                number = number * 10 + digit[rows]
        if point is not None:
            number /= 10.0 ** (len(digits) - 1 - point)
        if signed:
            number[sign == 0xFD] *= -1
        into = here[rows[good]]
        values[into] = number[good]
        status[into] = TAKEN


_DIGITS = (0, 1, 2, 3, 5, 6, 8, 9, 11, 12, 14, 15, 17, 18)
_SIGNS = ((4, 0x2D), (7, 0x2D), (10, 0x54), (13, 0x3A), (16, 0x3A))


def _fast_times(raw: Bytes, start: Int32s, end: Int32s, values: Floats) -> npt.NDArray[np.uint8]:
    """Take the times of the form 2024-05-01T10:00:00, with or without fraction, followed by Z, an offset or nothing."""
    status = np.full(len(start), _UNREAD, np.uint8)
    length = end - start
    for size in np.flatnonzero(np.bincount(np.minimum(length, 36), minlength=1)).tolist():
        if not 19 <= size <= 35:
            continue
        here = np.flatnonzero(length == size)
        at = start[here]
        moment, good = _date_times(raw, at)
        last = raw[at + size - 1]
        zulu = last == 0x5A
        shifted = (raw[at + size - 6] == 0x2B) | (raw[at + size - 6] == 0x2D) if size >= 25 else np.zeros(len(at), bool)
        for zone, is_zone, tail in ((TAKEN, zulu, 1), (TAKEN, shifted & ~zulu, 6), (NO_ZONE, ~zulu & ~shifted, 0)):
            rows = np.flatnonzero(is_zone & good)
            if not len(rows):
                continue
            fraction, right = _fractions(raw, at[rows] + 19, size - 19 - tail)
            offset, right = _offsets(raw, at[rows] + size - 6, right) if tail == 6 else (np.zeros(len(rows)), right)
            rows = rows[right]
            into = here[rows]
            values[into] = moment[rows] - offset[right] + fraction[right]
            status[into] = zone
    return status


def _date_times(raw: Bytes, at: Int32s) -> tuple[Floats, npt.NDArray[np.bool_]]:
    good = np.ones(len(at), bool)
    for k, sign in _SIGNS:
        good &= raw[at + k] == sign
    digit = []
    for k in _DIGITS:
        value = raw[at + k] - np.uint8(48)
        good &= value <= 9
        digit.append(value.astype(np.int32))
    year = ((digit[0] * 10 + digit[1]) * 10 + digit[2]) * 10 + digit[3]
    month, day, hour, minute, second = (digit[k] * 10 + digit[k + 1] for k in (4, 6, 8, 10, 12))
    good &= (year > 0) & (month >= 1) & (month <= 12) & (day >= 1) & (hour < 24) & (minute < 60) & (second < 60)
    late = good & (day > 28)
    if late.any():
        leap = (year % 4 == 0) & ((year % 100 != 0) | (year % 400 == 0))
        most = _MONTH_DAYS[np.where(late, month, 1)] + ((month == 2) & leap)
        good &= ~late | (day <= most)
    early = month < 3
    year, month = year - early, np.where(early, month + 9, month - 3)
    days = year * 365 + year // 4 - year // 100 + year // 400 + (month * 153 + 2) // 5 + day - 719469
    return days * 86400.0 + (hour * 3600 + minute * 60 + second), good


def _fractions(raw: Bytes, at: Int32s, size: int) -> tuple[Floats, npt.NDArray[np.bool_]]:
    """The value of ``.123`` at each offset; True where it is written so."""
    value = np.zeros(len(at))
    if size == 0:
        return value, np.ones(len(at), bool)
    good = (raw[at] == 0x2E) & (1 < size <= 16)
    for k in range(1, min(size, 16)):
        digit = raw[at + k] - np.uint8(48)
        good &= digit <= 9
        value = value * 10 + digit
    return value / 10.0 ** min(size - 1, 15), good


def _offsets(raw: Bytes, at: Int32s, good: npt.NDArray[np.bool_]) -> tuple[Floats, npt.NDArray[np.bool_]]:
    """The seconds of ``+02:00`` at each offset; True where it is written so and at most 14 hours."""
    digit = [raw[at + k] - np.uint8(48) for k in (1, 2, 4, 5)]
    good = good & (raw[at + 3] == 0x3A)
    for each in digit:
        good = good & (each <= 9)
    minutes = digit[2] * 10.0 + digit[3]
    total = (digit[0] * 10.0 + digit[1]) * 60 + minutes
    good &= (minutes < 60) & (total <= 840)
    return np.where(raw[at] == 0x2D, -60.0, 60.0) * total, good
