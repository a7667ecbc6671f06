"""FIT files message by message, with every number open to change, so that each defect can be built on purpose."""

from __future__ import annotations

import struct
from collections.abc import Sequence
from dataclasses import dataclass

from fastcrc import crc16

__all__ = ["BASE_TYPES", "FIT_EPOCH", "BaseType", "FitBuilder", "fit_time"]

#: Seconds from 1970-01-01T00:00:00Z to 1989-12-31T00:00:00Z, where FIT's date_time counts from.
FIT_EPOCH = 631_065_600


@dataclass(frozen=True, slots=True)
class BaseType:
    """A FIT base type: its byte in a definition, its size, the `struct` code and the value that means "none"."""

    number: int
    size: int
    code: str
    invalid: int


#: Every base type by its name in the FIT protocol. ``invalid`` of a float is its bit pattern, all ones.
BASE_TYPES = {
    "enum": BaseType(0x00, 1, "B", 0xFF),
    "sint8": BaseType(0x01, 1, "b", 0x7F),
    "uint8": BaseType(0x02, 1, "B", 0xFF),
    "sint16": BaseType(0x83, 2, "h", 0x7FFF),
    "uint16": BaseType(0x84, 2, "H", 0xFFFF),
    "sint32": BaseType(0x85, 4, "i", 0x7FFFFFFF),
    "uint32": BaseType(0x86, 4, "I", 0xFFFFFFFF),
    "string": BaseType(0x07, 1, "s", 0x00),
    "float32": BaseType(0x88, 4, "f", 0xFFFFFFFF),
    "float64": BaseType(0x89, 8, "d", 0xFFFFFFFFFFFFFFFF),
    "uint8z": BaseType(0x0A, 1, "B", 0x00),
    "uint16z": BaseType(0x8B, 2, "H", 0x00),
    "uint32z": BaseType(0x8C, 4, "I", 0x00),
    "byte": BaseType(0x0D, 1, "B", 0xFF),
    "sint64": BaseType(0x8E, 8, "q", 0x7FFFFFFFFFFFFFFF),
    "uint64": BaseType(0x8F, 8, "Q", 0xFFFFFFFFFFFFFFFF),
    "uint64z": BaseType(0x90, 8, "Q", 0x00),
}
_BY_NUMBER = {kind.number & 0x1F: kind for kind in BASE_TYPES.values()}
_UNSIGNED = {1: "B", 2: "H", 4: "I", 8: "Q"}

#: A field's value: a number, text, raw bytes of the field's whole size, an array, or ``None`` for the invalid value.
Value = int | float | str | bytes | Sequence[int] | Sequence[float] | None


@dataclass(frozen=True, slots=True)
class _Definition:
    order: str
    fields: tuple[tuple[int, int], ...]  # size, base type; developer fields have base type -1
    row: struct.Struct | None  # packs a whole message where every field is one plain number
    invalid: tuple[int, ...]


class FitBuilder:
    """Writes one FIT segment. Methods return the builder, so that calls can be chained.

    >>> fit = FitBuilder().define(0, 20, [(253, 4, 0x86), (3, 1, 0x02)]).data(0, 1_000_000_000, 120).build()

    Nothing is checked against the profile, and a local type that was never defined can be written with `raw`.
    """

    def __init__(self) -> None:
        self._out = bytearray()
        self._definitions: dict[int, _Definition] = {}

    @property
    def size(self) -> int:
        """The bytes of messages so far; behind a 14-byte header the next message starts at ``14 + size``."""
        return len(self._out)

    def define(
        self,
        local: int,
        global_number: int,
        fields: Sequence[tuple[int, int, int]],
        *,
        big_endian: bool = False,
        developer: Sequence[tuple[int, int, int]] = (),
        reserved: int = 0,
        arch: int | None = None,
    ) -> FitBuilder:
        """A definition message. ``fields`` holds (number, size in bytes, base type byte), ``developer`` (number,
        size, index).

        ``arch`` writes another architecture byte than the 0 or 1 that ``big_endian`` stands for; values keep the byte
        order of ``big_endian``. Sizes and base types may be wrong on purpose: such a field takes `bytes` of its size,
        or a number that fits it.
        """
        order = ">" if big_endian else "<"
        self._out += bytes(
            (0x40 | (0x20 if developer else 0) | local, reserved, int(big_endian) if arch is None else arch)
        )
        self._out += struct.pack(order + "HB", global_number, len(fields))
        for field in fields:
            self._out += bytes(field)
        if developer:
            self._out.append(len(developer))
            for field in developer:
                self._out += bytes(field)
        self._definitions[local] = _definition(order, fields, developer)
        return self

    def data(self, local: int, *values: Value) -> FitBuilder:
        """A data message of the local type's present definition: one raw value a field, developer fields last.

        Raises KeyError for a local type without definition, ValueError for a wrong number of values, struct.error for a
        value that its field cannot hold.
        """
        return self._message(local, local, values)

    def compressed(self, local: int, offset: int, *values: Value) -> FitBuilder:
        """A data message with a compressed timestamp: local type 0 to 3, ``offset`` 0 to 31 s (the low 5 bits of the
        time)."""
        return self._message(0x80 | (local & 3) << 5 | (offset & 31), local, values)

    def raw(self, data: bytes) -> FitBuilder:
        """Any bytes, as they are."""
        self._out += data
        return self

    def _message(self, header: int, local: int, values: Sequence[Value]) -> FitBuilder:
        definition = self._definitions[local]
        if len(values) != len(definition.fields):
            raise ValueError(f"local type {local} has {len(definition.fields)} fields, {len(values)} values were given")
        self._out.append(header)
        if definition.row is not None:
            plain = [none if v is None else v for v, none in zip(values, definition.invalid, strict=True)]
            if all(isinstance(v, int) for v in plain):
                self._out += definition.row.pack(*plain)
                return self
        for value, (size, base) in zip(values, definition.fields, strict=True):
            self._out += _pack(value, size, base, definition.order)
        return self

    def build(
        self,
        header: int = 14,
        *,
        protocol: int = 0x20,
        profile: int = 21158,
        data_size: int | None = None,
        header_crc: int | None = None,
        crc: int | bytes | None = None,
        magic: bytes = b".FIT",
    ) -> bytes:
        """The whole file: header, messages, CRC. ``None`` means the right number; anything else is written as it is.

        ``header`` is the size of the header in bytes; one of 12 has no CRC of its own, a larger one is filled with
        zeros. ``crc`` given as bytes stands at the end as it is, so that ``b""`` leaves the checksum out.
        """
        size = len(self._out) if data_size is None else data_size
        head = struct.pack("<BBHI4s", header & 0xFF, protocol, profile, size, magic)
        if header >= 14:
            head += struct.pack("<H", crc16.arc(head) if header_crc is None else header_crc)
        content = head.ljust(header, b"\0")[:header] + bytes(self._out)
        if isinstance(crc, bytes):
            return content + crc
        return content + struct.pack("<H", crc16.arc(content) if crc is None else crc)


def fit_time(seconds: float) -> int:
    """UTC seconds since 1970 as FIT's date_time. Raises ValueError before 1989-12-31 and after 2126-02-06."""
    value = int(seconds // 1) - FIT_EPOCH
    if not 0 <= value <= 0xFFFFFFFF:
        raise ValueError(f"FIT cannot hold the time {seconds}: it counts from 1989-12-31 in 32 bits")
    return value


def _definition(
    order: str, fields: Sequence[tuple[int, int, int]], developer: Sequence[tuple[int, int, int]]
) -> _Definition:
    kinds = [_BY_NUMBER.get(base & 0x1F) for _, _, base in fields]
    plain = all(
        kind is not None and kind.code not in "sfd" and kind.size == size
        for kind, (_, size, _) in zip(kinds, fields, strict=True)
    )
    row = None
    if plain and not developer:
        row = struct.Struct(order + "".join(kind.code for kind in kinds if kind is not None))
    return _Definition(
        order=order,
        fields=(*((size, base) for _, size, base in fields), *((size, -1) for _, size, _ in developer)),
        row=row,
        invalid=tuple(kind.invalid if kind is not None else 0 for kind in kinds),
    )


def _pack(value: Value, size: int, base: int, order: str) -> bytes:
    """One value in ``size`` bytes."""
    kind = _BY_NUMBER.get(base & 0x1F) if base >= 0 else None
    if isinstance(value, bytes | bytearray):
        if len(value) > size:
            raise struct.error(f"{len(value)} bytes do not fit a field of {size}")
        return bytes(value).ljust(size, b"\0")
    if isinstance(value, str):
        text = value.encode()
        if len(text) > size:
            raise struct.error(f"the text takes {len(text)} bytes, the field has {size}")
        return text.ljust(size, b"\0")
    if kind is None or kind.code == "s" or kind.size > size:
        if value is None:
            return (b"\0" if kind is not None and kind.code == "s" else b"\xff") * size
        if not isinstance(value, int) or size not in _UNSIGNED:
            raise struct.error(f"a field of {size} bytes with base type {base:#04x} takes bytes, not {value!r}")
        return struct.pack(order + _UNSIGNED[size], value)
    elements = size // kind.size
    if value is None:
        one = struct.pack(order + _UNSIGNED[kind.size], kind.invalid)
        return (one * elements).ljust(size, b"\0")
    items = list(value) if isinstance(value, Sequence) else [value]
    if len(items) > elements:
        raise struct.error(f"{len(items)} elements do not fit a field of {elements}")
    packed = struct.pack(f"{order}{len(items)}{kind.code}", *items)
    return (
        packed
        + struct.pack(order + _UNSIGNED[kind.size], kind.invalid) * (elements - len(items))
        + b"\0" * (size % kind.size)
    )
