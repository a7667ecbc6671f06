"""One text against a simple type, exactly as XML Schema 1.0 has it."""

from __future__ import annotations

import re
from decimal import Decimal
from functools import cache
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from .model import Simple

__all__ = ["bounds_of", "out_of_bounds", "why_not"]

#: What is wrong with a text, and what more is to be said about it.
Why = tuple[str, dict[str, Any]]

_DATE = r"-?(?P<year>[1-9]\d{4,}|\d{4})-(?P<month>\d\d)-(?P<day>\d\d)"
_ZONE = r"(?:Z|[+-](?P<hours>\d\d):(?P<minutes>\d\d))?"
_FORMS = {
    "boolean": re.compile("true|false|0|1"),
    "integer": re.compile(r"[+-]?\d+", re.ASCII),
    "decimal": re.compile(r"[+-]?(?:\d+(?:\.\d*)?|\.\d+)", re.ASCII),
    "double": re.compile(r"[+-]?(?:\d+(?:\.\d*)?|\.\d+)(?:[eE][+-]?\d+)?|-?INF|NaN", re.ASCII),
    "dateTime": re.compile(
        rf"{_DATE}T(?P<hour>\d\d):(?P<minute>\d\d):(?P<second>\d\d)(?P<fraction>\.\d+)?{_ZONE}", re.ASCII
    ),
    "date": re.compile(rf"{_DATE}{_ZONE}", re.ASCII),
    "gYear": re.compile(rf"-?(?P<year>[1-9]\d{{4,}}|\d{{4}}){_ZONE}", re.ASCII),
    "hexBinary": re.compile(r"(?:[0-9A-Fa-f]{2})*"),
}
_WORDS = {
    "boolean": "neither true nor false",
    "integer": "not a whole number",
    "decimal": "not a decimal number",
    "double": "not a number",
    "dateTime": "not a date and time",
    "date": "not a date",
    "gYear": "not a year",
    "hexBinary": "not in hexadecimal digits",
}
_NUMBERS = ("integer", "decimal", "double")


def collapsed(text: str, white: str) -> str:
    """The text with its white space as the type wants it."""
    if white == "preserve":
        return text
    text = text.translate(_SPACES)
    return " ".join(part for part in text.split(" ") if part) if white == "collapse" else text


_SPACES = {9: " ", 10: " ", 13: " "}


def why_not(text: str, type_: Simple) -> Why | None:
    """Why this text, as it stands in the file, is no value of the type; ``None`` where it is one."""
    text = collapsed(text, type_.white)
    form = _FORMS.get(type_.kind)
    if form is not None:
        if not text and type_.kind != "hexBinary":
            return "empty", {}
        match = form.fullmatch(text)
        if match is None or not _dated(match):
            return _WORDS[type_.kind], {}
    if type_.kind in _NUMBERS and (why := out_of_bounds(text, type_)):
        return why, {}
    if type_.words and text not in type_.words:
        return ("empty" if not text else "not one of " + ", ".join(type_.words)), {}
    length = len(text) // 2 if type_.kind == "hexBinary" else len(text)
    if type_.shortest is not None and length < type_.shortest:
        return ("empty" if not length else f"shorter than {type_.shortest} characters"), {}
    if type_.longest is not None and length > type_.longest:
        return f"longer than {type_.longest} characters", {"length": length, "most": type_.longest}
    if any(not re.fullmatch(pattern, _lettered(text)) for pattern in type_.patterns):
        return ("not of the form " + " and ".join(type_.patterns) if text else "empty"), {}
    return None


def _lettered(text: str) -> str:
    """The text with ``Z`` and ``z`` for letters that are not ASCII, as the patterns of `tables` want it."""
    if text.isascii():
        return text
    return "".join(("Z" if c.isupper() else "z") if c > "\x7f" and c.isalpha() else c for c in text)


def _dated(match: re.Match[str]) -> bool:
    """Whether the parts of a date and time are in their ranges."""
    parts = match.groupdict()
    # the last four digits of a longer year tell as well whether it is a leap year
    number = {name: int(text[-4:]) for name, text in parts.items() if text and name != "fraction"}
    year = number.get("year", 1)
    leap = year % 4 == 0 and (year % 100 != 0 or year % 400 == 0)
    if parts.get("year") == "0000":
        return False
    month = number.get("month", 1)
    if not 1 <= month <= 12 or not 1 <= number.get("day", 1) <= _DAYS[month] + (month == 2 and leap):
        return False
    midnight = number.get("hour") == 24 and not number["minute"] + number["second"]
    midnight = midnight and not (parts.get("fraction") or "").strip(".0")
    if number.get("hour", 0) > 23 and not midnight:
        return False
    if number.get("minute", 0) > 59 or number.get("second", 0) > 59 or number.get("minutes", 0) > 59:
        return False
    return number.get("hours", 0) * 60 + number.get("minutes", 0) <= 14 * 60


_DAYS = (0, 31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31)


@cache
def bounds_of(type_: Simple) -> tuple[Decimal | None, Decimal | None]:
    """Lowest and highest value of a numeric type."""
    return tuple(Decimal(each) if each is not None else None for each in (type_.low, type_.high))  # type: ignore[return-value]


def out_of_bounds(text: str, type_: Simple) -> str | None:
    """What is wrong with the size of a number."""
    low, high = bounds_of(type_)
    if low is None and high is None:
        return None
    if text == "NaN":
        return "not a finite number"
    value = float(text) if type_.kind == "double" else Decimal(text)
    if low is not None and (value < low or (type_.low_open and value == low)):
        return f"not above {type_.low}" if type_.low_open else f"below {type_.low}"
    if high is not None and (value > high or (type_.high_open and value == high)):
        return f"not below {type_.high}" if type_.high_open else f"above {type_.high}"
    return None
