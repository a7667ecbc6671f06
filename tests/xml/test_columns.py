"""The columns of numbers and times are what the exact readers say of each text, bit by bit."""

from __future__ import annotations

import decimal
import math
import re
from collections.abc import Callable
from decimal import Decimal

import numpy as np
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from tracklint.characters import plain_text
from tracklint.xml import values
from tracklint.xml.decimals import LONGEST, read_decimals, scaled
from tracklint.xml.schema.lexical import why_not
from tracklint.xml.schema.model import Simple
from tracklint.xml.tags import Int32s


def _halfway(value: float, step: str) -> str:
    with decimal.localcontext() as context:
        context.prec = 200
        return f"{(Decimal(value) + Decimal(math.nextafter(value, math.inf))) / 2 + Decimal(step):f}"


#: White space, and enough bytes around the texts that none is near an end of the file.
PAD = b"#" * 40
DIGITS = st.text("0123456789", max_size=22)
SIGN = st.sampled_from(["", "-", "+"])
WHITE = st.sampled_from(["", "", "", " ", "\n\t  ", "\r\n"])
PLAIN = st.builds(
    lambda sign, whole, point, rest: sign + whole + point + rest, SIGN, DIGITS, st.sampled_from(["", "."]), DIGITS
)
EXPONENT = st.builds(
    lambda plain, e, sign, power: f"{plain}{e}{sign}{power}", PLAIN, st.sampled_from("eE"), SIGN, st.integers(0, 330)
)
FLOATS = st.one_of(
    st.floats(-200, 200).map(repr),
    st.floats().map(repr),
    st.floats(width=32, allow_nan=False, allow_infinity=False).map(repr),
    st.decimals(-1000, 1000, places=18).map(str),
    st.decimals(-1000, 1000, places=32).map(str),
    st.floats(-200, 200).map(lambda value: f"{Decimal(value):f}"),
)
#: Halfway between two floats, and next to it: only a right rounding tells them apart.
HALFWAY = st.builds(_halfway, st.floats(1e-3, 1e9), st.sampled_from(["0", "1e-60", "-1e-60"]))
ANY = st.text("0123456789.+-eE xNaINF&#;", max_size=26)
NUMBERS = st.builds(lambda a, text, b: a + text + b, WHITE, st.one_of(PLAIN, EXPONENT, FLOATS, HALFWAY, ANY), WHITE)

PART = st.integers(0, 99).map("{:02d}".format)
FRACTION = st.one_of(st.just(""), DIGITS.map(".{}".format))
ZONE = st.one_of(
    st.sampled_from(["", "Z", "z", "+00:00", "-14:00", "+14:01", "+0200"]),
    st.builds("{}{}:{}".format, SIGN, PART, PART),
)
RIGHT = st.datetimes().map(lambda moment: moment.strftime("%4Y-%m-%dT%H:%M:%S").rjust(19, "0"))
WRONG = st.builds("{}-{}-{}T{}:{}:{}".format, st.integers(0, 12000).map("{:04d}".format), PART, PART, PART, PART, PART)
TIMES = st.one_of(
    st.builds(
        lambda a, moment, fraction, zone, b: a + moment + fraction + zone + b,
        WHITE,
        RIGHT | WRONG,
        FRACTION,
        ZONE,
        WHITE,
    ),
    st.text("0123456789-:.TZ+", max_size=30),
)


def texts_of(texts: list[str]) -> tuple[bytes, Int32s, Int32s]:
    """Bytes in which these texts stand, with their starts and ends."""
    pieces = [text.encode() for text in texts]
    data = PAD + b"|".join(pieces) + PAD
    size = np.array([len(piece) for piece in pieces], np.int32)
    start = (len(PAD) + np.cumsum(np.concatenate(([0], size[:-1] + 1)))).astype(np.int32)
    return data, start, start + size


def agree(
    texts: list[str], read: Callable[..., values.Column], exact: Callable[[str], tuple[float, int]]
) -> values.Column:
    """Every value of the column is that of the exact reader, bit by bit."""
    texts = texts * (1 + values.FEW // len(texts))  # few are read one by one
    data, start, end = texts_of(texts)
    column = read(data, start, end, "utf-8")
    wanted = [exact(plain_text(text.encode(), "utf-8")) for text in texts]
    assert column.status.tolist() == [status for _, status in wanted]
    np.testing.assert_array_equal(
        column.values.view(np.uint64), np.array([value for value, _ in wanted]).view(np.uint64)
    )
    return column


@given(st.lists(NUMBERS, min_size=1, max_size=40))
@example(["9007199254740993", "9007199254740993.0", "-0", "+.5", "5.", ".", "", "1.2.3", "1-2", "12345678.12345678.1"])
@example(
    ["46.510070201003572", "132.60000610351562", "9999999999999999999", "0.0000000000000000000001", "1e22", "1E-5."]
)
def test_numbers_are_those_of_float(texts: list[str]) -> None:
    column = agree(texts, values.read_numbers, values.read_number)
    marked = set(column.exponents.tolist())
    for i, text in enumerate(texts * (1 + values.FEW // len(texts))):
        if i not in column.slow and column.status[i] == values.TAKEN:
            assert (i in marked) == ("e" in text.lower())
            assert why_not(text, DOUBLE) is None
            assert (why_not(text, DECIMAL) is None) == (i not in marked)


@given(st.lists(TIMES, min_size=1, max_size=40))
@example(["2024-02-29T24:00:00Z", "2023-02-29T10:00:00Z", "2024-05-01T10:00:00.Z", "2024-05-01T10:00:00.+1Z"])
@example(
    [
        "2024-05-01T10:00:00.1234567890123456789Z",
        "2024-05-01T10:00:00.12345678901234567890+02:00",
        "2024-05-01T10:00:00",
    ]
)
def test_times_are_those_of_the_exact_reader(texts: list[str]) -> None:
    column = agree(texts, values.read_times, values.read_time)
    for i, text in enumerate(texts):
        if i not in column.slow:
            assert why_not(text, DATE_TIME) is None


@pytest.mark.parametrize("count", [1, values.FEW + 1])
def test_an_exponent_is_told_of_few_values_and_of_many(count: int) -> None:
    data, start, end = texts_of(["1.5e-05"] * count)
    assert values.read_numbers(data, start, end, "utf-8").exponents.tolist() == list(range(count))


DOUBLE, DECIMAL, DATE_TIME = (Simple(kind, kind) for kind in ("double", "decimal", "dateTime"))


@pytest.mark.parametrize(
    "text",
    [
        "46.510070201003572", "-77.01857406646013", "132.60000610351562", " 12.5\n", "+7", "1.5E-5", "4.8e-05", "-0.0",
        "2147483648.0", ".5", "5.", "40.18894976936280727386464609375", "-105.178360976278781890869140625",
        "0.1000000000000000055511151231257827021181583404541015625",
    ],
)  # fmt: skip
def test_real_forms_of_numbers_are_read_as_columns(text: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(values, "_one", lambda *_: pytest.fail("a value was read alone"))
    data, start, end = texts_of([text] * (values.FEW + 1))
    assert not len(values.read_numbers(data, start, end, "utf-8").slow)


@pytest.mark.parametrize(
    "text",
    [
        "2024-05-01T10:00:00.000Z", "2024-05-01T10:00:00Z", "2024-05-01T10:00:00+02:00", "2024-05-01T10:00:00.5-11:30",
        "2024-05-01T10:00:00.1234567Z", "2024-05-01T10:00:00.123456789+00:00", " 2024-05-01T10:00:00Z\n",
        "2024-05-01T10:00:00.1234567890123456789Z", "2024-05-01T10:00:00",
    ],
)  # fmt: skip
def test_real_forms_of_times_are_read_as_columns(text: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(values, "_one", lambda *_: pytest.fail("a value was read alone"))
    data, start, end = texts_of([text] * (values.FEW + 1))
    assert not len(values.read_times(data, start, end, "utf-8").slow)


@given(st.integers(0, 10**19 - 1), st.integers(0, 22))
def test_a_scaled_number_is_rounded_once(digits: int, places: int) -> None:
    value, sure = scaled(np.array([digits], np.uint64), np.array([-places]))
    assert value[0] == digits / 10**places or not sure[0]
    halfway = digits % 10**places != 0 or digits >= 2**53  # what is not sure is as good as halfway between two floats
    assert sure[0] or halfway


def test_texts_near_the_ends_of_the_file_are_left_to_the_exact_reader(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(values, "FEW", 0)
    for text in ("1", "12.5", "1234567890.5"):
        data = text.encode()
        read = values.read_numbers(data, np.zeros(1, np.int32), np.array([len(data)], np.int32), "utf-8")
        assert read.values.tolist() == [float(text)]


def test_no_more_than_fits_is_taken() -> None:
    texts = ["9" * 19, "9" * 20, "0" * 24, "0" * 25, "1." + "0" * 22]
    data, start, end = texts_of(texts)
    read = read_decimals(np.frombuffer(data, np.uint8), start, end)
    fits = [len(text) <= LONGEST and int(re.sub(r"\D", "", text)) < 10**19 for text in texts]
    assert read.good.tolist() == fits
