"""Decimal numbers as columns, eight characters of every text at once: 64-bit words in which each byte is a digit.

A value that is taken is the one that `float` gives for the text. Up to 2**53 and a power of ten of at most 22 are exact
in IEEE arithmetic, so that one division rounds once. Beyond that the quotient is corrected by its remainder, and a
value is taken only where the whole interval in which the true quotient lies rounds to one number.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from .tags import Bytes, Int32s

__all__ = [
    "LONGEST", "Decimals", "Floats", "Masks", "Words", "byte_of", "not_digits", "pairs", "read_decimals", "read_floats",
    "scaled",
    "words_of",
]  # fmt: skip

Words = npt.NDArray[np.uint64]
Floats = npt.NDArray[np.float64]
Masks = npt.NDArray[np.bool_]

_WORD = 8
#: The longest text that `read_decimals` reads, in characters; what `read_floats` reads of a longer one, and how many
#: words of digits may follow that.
LONGEST = 3 * _WORD
_PREFIX, _MOST_WORDS = 20, 12
_EVERY = 0x0101010101010101
_ONES, _LOW7, _HIGH = np.uint64(_EVERY), np.uint64(_EVERY * 0x7F), np.uint64(_EVERY * 0x80)
_ZEROS, _POINTS = np.uint64(_EVERY * 0x30), np.uint64(_EVERY * (0x30 ^ 0x2E))
_OVER_NINE = np.uint64(_EVERY * 0x76)  # the high bit of a byte is set when this is added to more than 9
_ONE, _SEVEN, _EIGHT, _SIXTEEN, _THIRTY_TWO, _TOP = map(np.uint64, (1, 7, 8, 16, 32, 56))
_TEN, _HUNDRED, _TEN_THOUSAND = map(np.uint64, (10, 100, 10_000))
_PAIRS, _FOURS, _EIGHTS = map(np.uint64, (0x00FF00FF00FF00FF, 0x0000FFFF0000FFFF, 0xFFFFFFFF))
_EIGHT_DIGITS, _SIXTEEN_DIGITS = np.uint64(10**8), np.uint64(10**16)
_MOST_ABOVE = np.uint64(999)  # so that the number stays below 10**19
_EXACT, _MOST = np.uint64(1 << 53), np.uint64(10**19)
#: Powers of ten that are exact.
_POWERS = np.array([10.0**k for k in range(23)])
_SPLIT = 134217729.0  # 2**27 + 1, Dekker's constant
_MARGIN = 2.0**-50
_PLUS, _MINUS = 0x2B, 0x2D


@dataclass(frozen=True, slots=True, eq=False)
class Decimals:
    """Texts as whole numbers below 10**19, without their point and sign.

    ``behind`` counts the digits behind the point. All of it holds only where the text is a plain decimal that fits
    (``good``): an optional sign, digits, and at most one point before, between or after them.
    """

    digits: Words
    behind: npt.NDArray[np.int64]
    point: Masks
    negative: Masks
    good: Masks


def words_of(raw: Bytes) -> Words:
    """The eight bytes from each offset on as one number, the first byte lowest; ``raw`` has at least eight."""
    words: Words = np.ndarray((len(raw) - _WORD + 1,), "<u8", raw, strides=(1,))
    return words


def not_digits(word: Words) -> Words:
    """Not 0 where a byte of these words is more than 9."""
    return (((word & _LOW7) + _OVER_NINE) | word) & _HIGH


def pairs(word: Words) -> Words:
    """In each byte the number of two digits that it begins; the last byte has no meaning."""
    return word * _TEN + (word >> _EIGHT)


def byte_of(word: Words, index: int) -> npt.NDArray[np.int32]:
    """One byte of each word, the first being 0."""
    return ((word >> np.uint64(8 * index)) & np.uint64(0xFF)).astype(np.int32)


def read_floats(raw: Bytes, start: Int32s, end: Int32s) -> tuple[Floats, Masks]:
    """The plain decimals at ``start:end`` as `float` reads them; False where that is not sure.

    Of a long one the first digits are read: it lies between the number that they are and the next, and where both are
    one float, so is all between them.
    """
    cut = np.minimum(end, start + np.int32(_PREFIX))
    read = read_decimals(raw, start, cut)
    value, good = scaled(read.digits, -read.behind)
    good &= read.good
    long = np.flatnonzero(cut < end)
    if len(long):
        above, sure = scaled(read.digits[long] + _ONE, -read.behind[long])
        good[long] &= read.point[long] & sure & (above == value[long]) & _only_digits(raw, cut[long], end[long])
    if read.negative.any():
        np.negative(value, out=value, where=read.negative)
    return value, good


def _only_digits(raw: Bytes, start: Int32s, end: Int32s) -> Masks:
    """Whether there is nothing but digits, and not too many of them, at ``start:end``."""
    size = end - start
    count = min(-(-int(size.max(initial=0)) // _WORD), _MOST_WORDS)
    wrong = np.zeros(len(size), np.uint64)
    for word in _right_words(words_of(raw), end, size, count):
        wrong |= not_digits(word)
    good: Masks = wrong == 0
    good &= (size <= _WORD * count) & (end >= _WORD * count)
    return good


def read_decimals(raw: Bytes, start: Int32s, end: Int32s) -> Decimals:
    """The plain decimals at ``start:end``, without white space around them."""
    size = end - start
    good = (size > 0) & (size <= LONGEST)
    count = min(max(-(-int(size.max(initial=0)) // _WORD), 1), LONGEST // _WORD)
    if len(raw) < _WORD:
        return Decimals(np.zeros(len(size), np.uint64), size.astype(np.int64), good, good, np.zeros(len(size), bool))
    good &= end >= _WORD * count
    first = raw.take(start, mode="clip")
    negative = first == _MINUS
    signed = negative | (first == _PLUS)
    if signed.any():
        size = size - signed
    words = _right_words(words_of(raw), end, size, count)
    point, behind = _take_point(words)
    good &= size - point > 0
    wrong = not_digits(words[0])
    for word in words[1:]:
        wrong |= not_digits(word)
    good &= wrong == 0
    return Decimals(_number(words, good), behind, point, negative, good)


def _right_words(text: Words, end: Int32s, size: Int32s, count: int) -> list[Words]:
    """The last ``8 * count`` characters of each text as digits, the last eight first; 0 where a text is shorter."""
    found, least = [], int(size.min(initial=0))
    for k in range(1, count + 1):
        word = text[np.maximum(end - _WORD * k, 0)] ^ _ZEROS
        if least < _WORD * k:
            hidden = (np.clip(_WORD * k - size, 0, _WORD) * 8).astype(np.uint64)
            word = (word >> hidden) << hidden
        found.append(word)
    return found


def _take_point(words: list[Words]) -> tuple[Masks, npt.NDArray[np.int64]]:
    """Take the first point of each word out, moving the digits before it to its place; whether there was one, and the
    digits behind it. A second point stays, and is no digit."""
    point, behind = np.zeros(len(words[0]), bool), np.zeros(len(words[0]), np.int64)
    for k, word in enumerate(words):
        other = word ^ _POINTS
        marks = ~(((other & _LOW7) + _LOW7) | other | _LOW7)
        here = marks != 0
        if not here.any() and not point.any():
            continue
        at = (marks & (~marks + _ONE)) >> _SEVEN  # 1 in the byte of the point
        before = np.where(point & ~here, ~np.uint64(0), at - _ONE) if k else at - _ONE
        after = ~((at << _EIGHT) - _ONE)
        moved = (word & after) | ((word & before) << _EIGHT)
        if k + 1 < len(words):
            moved |= words[k + 1] >> _TOP
        place = ((before & _ONES) * _ONES) >> _TOP
        behind += np.where(here, _WORD * k + _WORD - 1 - place.astype(np.int64), 0)
        twice = point & here
        point |= here
        words[k] = np.where(twice, ~np.uint64(0), np.where(point, moved, word))
    return point, behind


def _number(words: list[Words], good: Masks) -> Words:
    """The number that the digits are; clears ``good`` where it is too large."""
    found = []
    for word in words:
        two = pairs(word) & _PAIRS
        four = (two * _HUNDRED + (two >> _SIXTEEN)) & _FOURS
        found.append((four * _TEN_THOUSAND + (four >> _THIRTY_TWO)) & _EIGHTS)
    number = found[0]
    if len(found) > 1:
        number = number + found[1] * _EIGHT_DIGITS
    if len(found) > 2:
        good &= found[2] <= _MOST_ABOVE
        number = number + found[2] * _SIXTEEN_DIGITS
    return number


def scaled(digits: Words, power: npt.NDArray[np.int64]) -> tuple[Floats, Masks]:
    """``digits * 10**power``, rounded once to the nearest as `float` does; False where that is not sure."""
    size = np.abs(power)
    sure = size < len(_POWERS)
    scale = _POWERS.take(size, mode="clip")
    number = digits.astype(np.float64)
    value = number / scale
    if (up := power > 0).any():
        value = np.where(up, number * scale, value)
    if (digits > _EXACT).any():
        sure &= digits <= _MOST  # what is more was no number
        long = np.flatnonzero((digits > _EXACT) & sure)
        value[long], right = _corrected(digits[long], number[long], scale[long])
        sure[long] &= right & ~up[long]
    return value, sure


def _corrected(digits: Words, number: Floats, scale: Floats) -> tuple[Floats, Masks]:
    """``digits / scale`` for digits that are no exact float; ``number`` is the float next to them.

    The quotient of floats leaves an exact remainder. It and the difference of digits and ``number`` over ``scale`` is
    what the quotient lacks; this is known to within three roundings, 3 * 2**-53 of itself, so that a margin of 2**-50
    holds the true value.
    """
    quotient = number / scale
    product, rest = _product(quotient, scale)
    lost = (digits - number.astype(np.uint64)).astype(np.int64).astype(np.float64)
    lacks = ((number - product) - rest + lost) / scale
    low, high = quotient + lacks * (1 - _MARGIN), quotient + lacks * (1 + _MARGIN)
    return low, low == high


def _product(one: Floats, other: Floats) -> tuple[Floats, Floats]:
    """The product of floats and what rounding took from it, both exact (T. J. Dekker, 1971)."""
    product = one * other
    wide, far = one * _SPLIT, other * _SPLIT
    one_high, other_high = wide - (wide - one), far - (far - other)
    one_low, other_low = one - one_high, other - other_high
    rest = ((one_high * other_high - product) + one_high * other_low + one_low * other_high) + one_low * other_low
    return product, rest
