"""What a FIT file says, as data: segments, definitions, data messages as columns of offsets, and faults."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from functools import partial
from itertools import accumulate
from typing import Any, ClassVar, NamedTuple, TypeVar

import numpy as np
import numpy.typing as npt

from ..findings import Where
from ..source import Fault
from .profile import BASE_BYTES, BASE_TYPES, BaseType, message_name

__all__ = ["Definition", "DeveloperSpec", "FieldSpec", "FitDocument", "Layout", "Messages", "Segment", "read_layout"]

Ints = npt.NDArray[np.int64]
Made = TypeVar("Made")


class FieldSpec(NamedTuple):
    """A field of a definition. ``base`` is the base type byte as it stands, ``at`` the field's offset in its message
    (from 1)."""

    number: int
    size: int
    base: int
    at: int

    @property
    def type(self) -> BaseType | None:
        """The base type, ``None`` where there is none of that number."""
        return BASE_TYPES.get(self.base & 0x1F)


class DeveloperSpec(NamedTuple):
    """A developer field of a definition; its type stands in the field_description with the same ``developer`` index
    and ``number``."""

    number: int
    size: int
    developer: int
    at: int


@dataclass(frozen=True, slots=True, eq=False)
class Layout:
    """What the bytes of a definition say, wherever they stand.

    ``length`` is the definition's own length, ``stride`` the length of each of its data messages with their header.
    ``time_at`` is the offset of a four-byte field 253 in the message, or -1. ``sane`` says that every part is as the
    protocol wants it. ``numbers``, ``sizes`` and ``bases`` are those of ``fields``, a byte for each: whether some field
    is of a kind is asked of them at once.
    """

    header: int
    reserved: int
    architecture: int
    global_: int
    fields: tuple[FieldSpec, ...]
    developer: tuple[DeveloperSpec, ...]
    length: int
    stride: int
    time_at: int
    sane: bool
    numbers: bytes
    sizes: bytes
    bases: bytes

    @property
    def big_endian(self) -> bool:
        """The byte order of the data messages. An architecture that is neither 0 nor 1 reads as its plausible order."""
        return _big_endian(self.architecture, self.global_)

    @property
    def shape(self) -> tuple[int, int, int, int, int]:
        """All that decides where messages and their times stand; two layouts that share it lead the reader the same
        way."""
        return self.header, self.architecture, self.length, self.stride, self.time_at

    @property
    def unsound(self) -> int:
        """How many fields have a base type or a size that cannot be."""
        return sum(not spec.size or spec.size % _SOUND.get(spec.base, 1 << 16) > 0 for spec in self.fields)

    @property
    def mild(self) -> bool:
        """Whether its faults are those of a careless writer, so that it is better believed than taken for damage."""
        known = all(spec.type for spec in self.fields)
        return known and self.stride <= 1024 and self.reserved == 0 and not self.header & 0x10

    def field(self, number: int) -> FieldSpec | None:
        """How the messages carry a field, the first one where it stands twice; ``None`` where they do not."""
        at = self.numbers.find(number)
        return None if at < 0 else self.fields[at]


def _big_endian(architecture: int, global_: int) -> bool:
    if architecture <= 1:
        return architecture == 1
    swapped = (global_ & 0xFF) << 8 | global_ >> 8  # ``global_`` was read as little-endian
    return message_name(global_).startswith("message ") and not message_name(swapped).startswith("message ")


_SOUND = {BASE_BYTES[number]: base.size for number, base in BASE_TYPES.items()}

#: Base type and size of fields that are whole.
_SOUND_PAIRS = frozenset((base, size) for base, whole in _SOUND.items() for size in range(whole, 256, whole))


#: `FieldSpec._make` without a call of Python for each field.
_field_spec = partial(tuple.__new__, FieldSpec)


def read_layout(data: bytes | bytearray, offset: int, limit: int) -> Layout | None:
    """The definition at ``offset``, or ``None`` where it does not end by ``limit``."""
    if offset + 6 > limit:
        return None
    header, reserved, architecture = data[offset], data[offset + 1], data[offset + 2]
    count = data[offset + 5]
    end = offset + 6 + 3 * count
    if end > limit:
        return None
    global_ = int.from_bytes(data[offset + 3 : offset + 5], "big" if architecture == 1 else "little")
    if architecture > 1 and _big_endian(architecture, global_):
        global_ = (global_ & 0xFF) << 8 | global_ >> 8
    sane = reserved == 0 and architecture <= 1 and count > 0 and global_ != 0xFFFF and not header & 0x10
    # whole slices, not a loop over fields: after damage, definitions are tried at thousands of places
    numbers, sizes = bytes(data[offset + 6 : end : 3]), bytes(data[offset + 7 : end : 3])
    bases = bytes(data[offset + 8 : end : 3])
    fields = tuple(map(_field_spec, zip(numbers, sizes, bases, accumulate(sizes, initial=1), strict=False)))
    at, time_at = 1 + sum(sizes), -1
    if sane and (len(set(numbers)) < count or not _SOUND_PAIRS.issuperset(zip(bases, sizes, strict=True))):
        sane = False
    if 253 in numbers:
        for spec in fields:
            if spec.number == 253 and spec.size == 4:
                time_at = spec.at
                sane = sane and spec.base & 0x1F == 6
    developer = []
    if header & 0x20:
        if end >= limit:
            return None
        count, position = data[end], end + 1
        end = position + 3 * count
        if end > limit:
            return None
        for position in range(position, end, 3):  # noqa: B020 - the range is built before the name is reused
            number, size, index = data[position], data[position + 1], data[position + 2]
            developer.append(DeveloperSpec(number, size, index, at))
            sane = sane and size > 0
            at += size
    return Layout(
        header, reserved, architecture, global_, fields, tuple(developer), end - offset, at, time_at, sane,
        numbers, sizes, bases,
    )  # fmt: skip


@dataclass(frozen=True, slots=True, eq=False)
class Definition:
    """A definition message. ``index`` counts the definitions of the file, ``message`` all messages of the file, both
    from 0."""

    index: int
    segment: int
    message: int
    offset: int
    layout: Layout

    @property
    def local(self) -> int:
        """The local message type that this definition binds."""
        return self.layout.header & 0x0F

    @property
    def name(self) -> str:
        """The message's name: ``record``, or ``message 233``."""
        return message_name(self.layout.global_)

    @property
    def evidence(self) -> dict[str, Any]:
        """Which message it is, under the names that `findings.Where` has for it: what a fault tells of its place."""
        return {"segment": self.segment, "message": self.message, "local": self.local, "message_name": self.name}

    def where(self, field: str | None = None) -> Where:
        """The place of the definition; ``field`` names the one of its fields that is meant."""
        return Where(offset=self.offset, size=self.layout.length, field=field, **self.evidence)


@dataclass(frozen=True, slots=True, eq=False)
class Messages:
    """All data messages of one definition, or of several in a segment that say the same, of which it is the first.

    ``offsets`` ascend; ``numbers`` are the indices among all messages of the file.
    """

    definition: Definition
    offsets: Ints
    numbers: Ints

    def __len__(self) -> int:
        """How many there are."""
        return len(self.offsets)

    def where(self, i: int) -> Where:
        """The place of the message in row ``i``."""
        at, size = int(self.offsets[i]), self.definition.layout.stride
        return replace(self.definition.where(), offset=at, size=size, message=int(self.numbers[i]))


@dataclass(frozen=True, slots=True, kw_only=True)
class Segment:
    """One header with its messages and checksum. Offsets are of the file; ``None`` stands for what is not there.

    ``declared`` is the data size that the header states, ``data_start`` and ``data_end`` where messages were really
    found. ``header_crc`` is the stored one (``None`` in a 12-byte header), ``file_crc`` likewise; ``*_computed`` are
    what the bytes give.
    """

    index: int
    offset: int
    header_size: int
    protocol: int
    profile: int
    declared: int
    data_start: int
    data_end: int
    end: int
    header_crc: int | None
    header_crc_computed: int | None
    file_crc: int | None
    file_crc_computed: int


@dataclass(frozen=True, slots=True, eq=False)
class FitDocument:
    """A FIT file as its bytes say it.

    ``as_read`` is ``data`` with the few bits put right that a single flip had broken in headers and definitions; it is
    the same object where there are none. Values are always taken from ``data``.
    """

    FORMATS: ClassVar = ("fit",)

    data: bytes
    as_read: bytes
    segments: tuple[Segment, ...]
    definitions: tuple[Definition, ...]
    messages: tuple[Messages, ...]
    faults: tuple[Fault, ...]
    _made: dict[Callable[..., Any], Any] = field(default_factory=dict, init=False, repr=False)

    def once(self, make: Callable[[FitDocument], Made]) -> Made:
        """What ``make`` makes of this document: made when it is first asked for, and kept up to `forget`.

        The key is the function itself, so that what is kept belongs to the module that makes it and has its type. What
        is made must not hold the document, or neither is freed before the next collection of garbage.
        """
        if make not in self._made:
            self._made[make] = make(self)
        made: Made = self._made[make]
        return made

    def forget(self) -> None:
        """Free all that `once` keeps; it is made anew where it is asked for again."""
        self._made.clear()

    @property
    def by_global(self) -> dict[int, tuple[Messages, ...]]:
        """The data messages by their global number; definitions that are never used are left out."""
        return self.once(_by_global)

    def of(self, global_: int) -> tuple[Messages, ...]:
        """The data messages with this global number, one `Messages` for each definition, in the order of the
        definitions."""
        return self.by_global.get(global_, ())

    def count(self, global_: int) -> int:
        """How many data messages of this global number there are."""
        return sum(map(len, self.of(global_)))

    @property
    def content(self) -> frozenset[str]:
        """What there is at all, for rules that say what they need: the names of the messages; ``faults``, and
        ``developer fields``."""
        return self.once(_content)

    def compressed(self) -> tuple[tuple[Messages, npt.NDArray[np.bool_]], ...]:
        """The messages among which some have a compressed timestamp in their header, and which of them have."""
        return self.once(_compressed)

    @property
    def total(self) -> int:
        """How many messages there are, definitions included."""
        return len(self.definitions) + sum(map(len, self.messages))


def _by_global(document: FitDocument) -> dict[int, tuple[Messages, ...]]:
    found: dict[int, list[Messages]] = {}
    for group in document.messages:
        found.setdefault(group.definition.layout.global_, []).append(group)
    return {global_: tuple(groups) for global_, groups in found.items()}


def _content(document: FitDocument) -> frozenset[str]:
    there = set(map(message_name, document.by_global))
    if document.faults:
        there.add("faults")
    if any(group.definition.layout.developer for group in document.messages):
        there.add("developer fields")
    return frozenset(there)


def _compressed(document: FitDocument) -> tuple[tuple[Messages, npt.NDArray[np.bool_]], ...]:
    groups = [group for group in document.messages if group.definition.local < 4]
    octets = np.frombuffer(document.as_read, np.uint8)
    if not groups or octets[np.concatenate([group.offsets for group in groups])].max() < 0x80:
        return ()
    found = ((group, octets[group.offsets] >= 0x80) for group in groups)
    return tuple((group, chosen) for group, chosen in found if chosen.any())
