"""Dates and times as columns, eight characters of every text at once, as `decimals` reads numbers."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from .decimals import LONGEST, Floats, Masks, Words, byte_of, not_digits, pairs, read_decimals, words_of
from .tags import Bytes, Int32s

__all__ = ["read_instants"]

#: What stands between the digits, and where.
_DATE, _HOUR, _SECOND = (np.frombuffer(form, "<u8")[0] for form in (b"0000-00-", b"00T00:00", b":00\0\0\0\0\0"))
_DATE_SIGNS, _HOUR_SIGNS, _SECOND_SIGNS = map(np.uint64, (0xFF0000FF00000000, 0x0000FF0000FF0000, 0xFF))
_TWO, _THREE = np.uint64(0xFFFF), np.uint64(0xFFFFFF)
#: Characters of a time without fraction and zone, and those that are looked at from its start on.
_SHORTEST, _WINDOW = 19, 24
#: So many digits of a second's fraction count.
_FRACTION = 15
_POWERS = 10.0 ** np.arange(_FRACTION + 1)
_TENS = np.array([10**k for k in range(LONGEST - _FRACTION + 1)], np.uint64)
_MONTH_DAYS = np.array([0, 31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31], np.int64)


def read_instants(raw: Bytes, start: Int32s, end: Int32s) -> tuple[Floats, Masks, Masks]:
    """The times at ``start:end`` in UTC seconds, whether each is of the form 2024-05-01T10:00:00, with or without
    fraction, followed by Z, an offset or nothing, and whether it has a zone; without one it is read as UTC."""
    if len(raw) < _WINDOW:
        return np.zeros(len(start)), np.zeros(len(start), bool), np.zeros(len(start), bool)
    moment, good = _date_times(words_of(raw), np.minimum(start, len(raw) - _WINDOW))
    good &= (end - start >= _SHORTEST) & (start <= len(raw) - _WINDOW)
    last, sign = raw.take(end - 1, mode="clip"), raw.take(end - 6, mode="clip")
    zulu = last == 0x5A
    offset = ~zulu & ((sign == 0x2B) | (sign == 0x2D)) & (end - start >= _SHORTEST + 6)
    tail = end - zulu
    if offset.any():
        tail -= np.int32(6) * offset
        seconds, right = _offsets(raw, end - 6)
        good &= right | ~offset
        moment -= np.where(offset, seconds, 0)
    _add_fractions(raw, start + np.int32(_SHORTEST), tail, moment, good)
    return moment, good, zulu | offset


def _date_times(words: Words, at: Int32s) -> tuple[Floats, Masks]:
    date, hour, second = words[at] ^ _DATE, words[at + 8] ^ _HOUR, (words[at + 16] ^ _SECOND) & _THREE
    wrong = not_digits(date) | not_digits(hour) | not_digits(second)
    wrong |= (date & _DATE_SIGNS) | (hour & _HOUR_SIGNS) | (second & _SECOND_SIGNS)
    days, good = _days(date, hour & _TWO)
    clock = pairs(hour)
    hours, minutes, seconds = byte_of(clock, 3), byte_of(clock, 6), byte_of(pairs(second), 1)
    good &= (wrong == 0) & (hours < 24) & (minutes < 60) & (seconds < 60)
    return days * 86400.0 + (hours * 3600 + minutes * 60 + seconds), good


def _days(date: Words, day: Words) -> tuple[npt.NDArray[np.int32], Masks]:
    """Days since 1970, and whether the date is one; worked out once for a run of rows with the same."""
    changes = np.flatnonzero((date[1:] != date[:-1]) | (day[1:] != day[:-1])) + 1
    first = np.concatenate((np.zeros(min(len(date), 1), np.intp), changes))
    ymd = pairs(date[first])
    year, month, day_ = byte_of(ymd, 0) * 100 + byte_of(ymd, 2), byte_of(ymd, 5), byte_of(pairs(day[first]), 0)
    leap = (year % 4 == 0) & ((year % 100 != 0) | (year % 400 == 0))
    most = _MONTH_DAYS.take(month, mode="clip") + ((month == 2) & leap)
    good = (year > 0) & (month >= 1) & (month <= 12) & (day_ >= 1) & (day_ <= most)
    early = month < 3
    year, month = year - early, np.where(early, month + 9, month - 3)
    days = year * 365 + year // 4 - year // 100 + year // 400 + (month * 153 + 2) // 5 + day_ - 719469
    if len(first) == 1:
        return np.broadcast_to(days, len(date)), np.full(len(date), good[0])
    lengths = np.diff(first, append=len(date))
    return np.repeat(days, lengths), np.repeat(good, lengths)


def _add_fractions(raw: Bytes, at: Int32s, end: Int32s, moment: Floats, good: Masks) -> None:
    """Add the value of ``.123`` at ``at:end`` to each moment; clears ``good`` where something else stands there."""
    there = end > at
    if not there.any():
        return
    read = read_decimals(raw, at + np.int32(1), end)
    most = np.clip(end - at - 1, 0, LONGEST)
    cut = np.maximum(most - _FRACTION, 0)
    digits = read.digits
    if cut.any():
        digits = digits // _TENS.take(cut)
    fraction = digits / _POWERS.take(most - cut)
    plain = read.good & ~read.point & (raw.take(at + 1, mode="clip") - np.uint8(48) <= 9)
    good &= ~there | (plain & (raw.take(at, mode="clip") == 0x2E))
    moment += np.where(there, fraction, 0)


def _offsets(raw: Bytes, at: Int32s) -> tuple[Floats, Masks]:
    """The seconds of ``+02:00`` at each offset; True where it is written so and at most 14 hours."""
    digit = [raw.take(at + k, mode="clip") - np.uint8(48) for k in (1, 2, 4, 5)]
    good = raw.take(at + 3, mode="clip") == 0x3A
    for each in digit:
        good &= each <= 9
    minutes = digit[2] * 10.0 + digit[3]
    total = (digit[0] * 10.0 + digit[1]) * 60 + minutes
    good &= (minutes < 60) & (total <= 840)
    return np.where(raw.take(at, mode="clip") == 0x2D, -60.0, 60.0) * total, good
