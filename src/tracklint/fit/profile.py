"""What the numbers in a FIT file mean: base types, message names, fields, and the words of enumerated types.

Facts of our own come first (`fit.facts`); what is beyond them is looked up in ``fitparse.profile`` when it is first
asked for; what neither knows stays ``message 233`` and ``field 61``. A manufacturer's private names (`fit.private`)
hold while `PRIVATE` carries them.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from contextvars import ContextVar
from functools import cache
from typing import Any, NamedTuple

from .facts import FIELDS, MESSAGES, WORDS

__all__ = [
    "BASE_BYTES",
    "BASE_TYPES",
    "FIT_EPOCH",
    "PRIVATE",
    "UPTIME_LIMIT",
    "BaseType",
    "FieldFact",
    "PrivateMessage",
    "field_fact",
    "file_type_name",
    "is_public_field",
    "is_public_name",
    "message_name",
    "message_number",
    "plain_fields",
    "product_name",
    "typed_fields",
    "word",
    "words",
]

#: UNIX time of the FIT epoch, 1989-12-31T00:00:00Z.
FIT_EPOCH = 631_065_600
#: Times below this are seconds since the device was switched on (FIT: date_time).
UPTIME_LIMIT = 0x10000000


class BaseType(NamedTuple):
    """A base type. ``code`` is its numpy type character with size, ``none`` the raw bits that mean "no value"."""

    name: str
    size: int
    code: str
    none: int


#: Base types by their five-bit number. The whole byte also carries bit 7 for types that have a byte order.
BASE_TYPES: dict[int, BaseType] = {
    0: BaseType("enum", 1, "u1", 0xFF),
    1: BaseType("sint8", 1, "i1", 0x7F),
    2: BaseType("uint8", 1, "u1", 0xFF),
    3: BaseType("sint16", 2, "i2", 0x7FFF),
    4: BaseType("uint16", 2, "u2", 0xFFFF),
    5: BaseType("sint32", 4, "i4", 0x7FFFFFFF),
    6: BaseType("uint32", 4, "u4", 0xFFFFFFFF),
    7: BaseType("string", 1, "S1", 0),
    8: BaseType("float32", 4, "f4", 0xFFFFFFFF),
    9: BaseType("float64", 8, "f8", 0xFFFFFFFFFFFFFFFF),
    10: BaseType("uint8z", 1, "u1", 0),
    11: BaseType("uint16z", 2, "u2", 0),
    12: BaseType("uint32z", 4, "u4", 0),
    13: BaseType("byte", 1, "u1", 0xFF),
    14: BaseType("sint64", 8, "i8", 0x7FFFFFFFFFFFFFFF),
    15: BaseType("uint64", 8, "u8", 0xFFFFFFFFFFFFFFFF),
    16: BaseType("uint64z", 8, "u8", 0),
}
#: Base type bytes that are whole and right, by their five-bit number.
BASE_BYTES = {number: number | (0x80 if base.size > 1 else 0) for number, base in BASE_TYPES.items()}
_BASE_NUMBERS = {base.name: number for number, base in BASE_TYPES.items()}


class FieldFact(NamedTuple):
    """One field of the profile. Physical value = raw / scale - offset; ``type`` is a base type or an enumerated
    type."""

    number: int
    name: str
    type: str
    scale: float = 1.0
    offset: float = 0.0
    units: str | None = None

    @property
    def base(self) -> int | None:
        """The number of the base type that the profile gives the field, ``None`` where it is not known."""
        return _base_number(self.type)


@cache
def _base_number(kind: str) -> int | None:
    name = {"date_time": "uint32", "local_date_time": "uint32"}.get(kind, kind)
    return _BASE_NUMBERS.get(WORDS[name][0] if name in WORDS else name)


class PrivateMessage(NamedTuple):
    """What a manufacturer says about a message: its name (``None`` for a public message) and fields by number."""

    name: str | None
    fields: Mapping[int, FieldFact]


#: The private messages that hold for the file that is read at the moment, by global number.
PRIVATE: ContextVar[Mapping[int, PrivateMessage] | None] = ContextVar("PRIVATE", default=None)

_ENTRY = re.compile(r"(\d+) (\S+) (\S+)(?: /(\S+))?(?: -(\S+))?(?: \[(.*)\])?")


@cache
def _fields(global_: int) -> dict[int, FieldFact]:
    """Our own facts on one message, by field number."""
    facts = {}
    for entry in FIELDS.get(global_, "").split(" | "):
        if match := _ENTRY.fullmatch(entry):
            number, name, kind, scale, offset, units = match.groups()
            facts[int(number)] = FieldFact(int(number), name, kind, float(scale or 1), float(offset or 0), units)
    return facts


def field_fact(global_: int, number: int) -> FieldFact:
    """The field ``number`` of message ``global_``; one that nobody knows is called ``field 61`` and has type ``""``."""
    private = PRIVATE.get()
    if private and global_ in private and number in private[global_].fields:
        return private[global_].fields[number]
    return _public_fact(global_, number)


@cache
def plain_fields(global_: int) -> frozenset[tuple[int, int, int]]:
    """Number, size and base type byte of the fields of a message that our own profile knows, each declared as one value
    of the type that it says."""
    facts = [_public_fact(global_, number) for number in {*_fields(global_), 253, 254}]
    known = [(fact.number, fact.base) for fact in facts if fact.base is not None]
    return frozenset((number, BASE_TYPES[base].size, BASE_BYTES[base]) for number, base in known)


@cache
def typed_fields(global_: int) -> frozenset[int]:
    """The numbers of the fields of a message of which our own profile knows the type."""
    return frozenset(number for number in {*_fields(global_), 253, 254} if _public_fact(global_, number).type)


def is_public_field(global_: int, number: int) -> bool:
    """Whether the public profile knows the field."""
    return _public_fact(global_, number).name != f"field {number}"


@cache
def _public_fact(global_: int, number: int) -> FieldFact:
    own = _fields(global_)
    if number in own:
        return own[number]
    if number == 253:
        return FieldFact(253, "timestamp", "date_time", units="s")
    if number == 254:
        return FieldFact(254, "message_index", "uint16")
    if own:
        return FieldFact(number, f"field {number}", "")
    return _foreign_field(global_, number) or FieldFact(number, f"field {number}", "")


def _foreign_field(global_: int, number: int) -> FieldFact | None:
    known: Any = getattr(_foreign().get(global_), "fields", {}).get(number)
    if known is None:
        return None
    base = getattr(known.type, "base_type", None) or known.type
    scale = known.scale if isinstance(known.scale, int | float) and known.scale else 1
    offset = known.offset if isinstance(known.offset, int | float) else 0
    kind = known.type.name if known.type.name in ("date_time", "local_date_time") else base.name
    return FieldFact(number, known.name, kind, float(scale), float(offset), known.units)


@cache
def _foreign() -> dict[int, Any]:
    """The messages of python-fitparse's profile; none where that package is of another make."""
    try:
        from fitparse import profile
    except Exception:  # a second source of names may be missing or broken; the numbers remain
        return {}
    return dict(getattr(profile, "MESSAGE_TYPES", {}))


@cache
def _messages() -> dict[int, str]:
    return {int(number): name for number, name in (entry.split(" ") for entry in MESSAGES.split(" | "))}


def message_name(global_: int) -> str:
    """The name of a message, such as ``record``, or ``message 233``."""
    private = PRIVATE.get()
    if private and global_ in private:
        return private[global_].name or _public_name(global_)
    return _public_name(global_)


def is_public_name(name: str) -> bool:
    """Whether a public message has this name."""
    return name == "file_id" or name in _messages().values()


@cache
def _public_name(global_: int) -> str:
    return _messages().get(global_) or f"message {global_}"


def message_number(name: str) -> int:
    """The global number of a message name. Raises KeyError."""
    for number, private in (PRIVATE.get() or {}).items():
        if private.name == name:
            return number
    return next((number for number, known in _messages().items() if known == name), None) or _number_in(name)


def _number_in(name: str) -> int:
    if name == "file_id":
        return 0
    if match := re.fullmatch(r"message (\d+)", name):
        return int(match[1])
    raise KeyError(name)


@cache
def words(kind: str) -> Mapping[int, str]:
    """The words of an enumerated type by their numbers; nobody writes to it."""
    entries = WORDS[kind][1].split(" | ") if kind in WORDS else []
    return {int(number): name for number, name in (entry.split(" ", 1) for entry in entries)}


def word(kind: str, number: int) -> str | None:
    """The word for ``number`` in an enumerated type such as ``sport``, ``None`` where it has none."""
    return words(kind).get(number)


def word_number(kind: str, name: str) -> int:
    """The number of a word in an enumerated type. Raises KeyError."""
    return {each: number for number, each in words(kind).items()}[name]


def file_type_name(number: int) -> str:
    """The name of a file type: ``activity`` for 4; ``manufacturer type 250`` from 0xF7 on, ``file type 77`` for the
    rest."""
    known = word("file", number)
    if 0xF7 <= number <= 0xFE:
        return f"manufacturer type {number}"
    return known or f"file type {number}"


def product_name(manufacturer: int | None, product: int) -> str | None:
    """The product's name where its manufacturer's list is known (Garmin and its brands, Favero), else ``None``."""
    if manufacturer in (1, 13, 15, 89):  # garmin, dynastream_oem, dynastream, tacx: they share one list
        return word("garmin_product", product)
    return word("favero_product", product) if manufacturer == 263 else None
