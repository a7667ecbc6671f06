"""What stands packed inside other fields: subfields (a field read by another one's value), components (bits of a field
that are fields of their own), and counters that only carry their low bits.

FIT protocol: the first subfield whose reference holds wins; components are taken from the lowest bit on; a counter goes
on by ``(value - last) & mask`` and is set by its full field.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from functools import cache
from typing import Any, NamedTuple

import numpy as np

from .columns import message_columns
from .document import FitDocument
from .profile import FIT_EPOCH, BaseType, FieldFact, field_fact, word

__all__ = ["Component", "Counters", "Part", "Subfield", "components", "short_times", "subfields", "unpack"]


class Component(NamedTuple):
    """``bits`` of a field that are field ``target``; its value is bits / scale - offset. ``counts`` marks a counter."""

    target: int
    bits: int
    scale: float
    offset: float
    counts: bool


class Subfield(NamedTuple):
    """Another name for a field while ``reference`` has one of the ``when`` values."""

    fact: FieldFact
    reference: int
    when: tuple[int, ...]
    parts: tuple[Component, ...]


class Part(NamedTuple):
    """One value that stands inside field ``number``: what it means, its unit and its raw bits. ``target`` is the number
    of the field it stands for."""

    target: int
    name: str
    value: Any
    units: str | None
    raw: int
    number: int


#: message.field -> its components as target:bits, then ``/scale``, ``-offset`` and ``+`` for a counter.
_COMPONENTS = {
    (18, 14): "124:16/1000", (18, 15): "125:16/1000", (18, 49): "126:16/5-500", (18, 50): "128:16/5-500",
    (18, 71): "127:16/5-500", (18, 147): "169:8", (18, 148): "170:8", (18, 149): "180:8",
    (19, 13): "110:16/1000", (19, 14): "111:16/1000", (19, 42): "112:16/5-500", (19, 43): "114:16/5-500",
    (19, 62): "113:16/5-500", (19, 147): "136:8", (19, 148): "137:8",
    (20, 2): "78:16/5-500", (20, 6): "73:16/1000", (20, 8): "6:12/100 5:12/16+", (20, 18): "19:8+", (20, 28): "29:16+",
    (20, 99): "108:8",
    (21, 2): "3:16",
    (55, 24): "5:5 28:3",
    (101, 24): "22:8", (101, 25): "23:8",
    (132, 1): "0:8/256", (132, 10): " ".join(["9:12/1024+"] * 10),
}  # fmt: skip

#: message.field -> its subfields: name, type (/scale), [unit], reference=values, then components.
_SUBFIELDS = {
    (18, 10): (
        "total_pushes uint32 [pushes] 5=65,66 | total_reps uint32 [reps] 6=20 | total_reps uint32 [reps] 5=62 | "
        "total_strides uint32 [strides] 5=1,11 | total_strokes uint32 [strokes] 5=2,5,15,37"
    ),
    (18, 18): (
        "avg_paddlesport_cadence uint8 [strokes/min] 5=15,37 | avg_push_cadence uint8 [pushes/min] 5=65,66 | "
        "avg_running_cadence uint8 [strides/min] 5=1 | avg_swimming_cadence uint8 [strokes/min] 5=5"
    ),
    (18, 19): (
        "max_paddlesport_cadence uint8 [strokes/min] 5=15,37 | max_push_cadence uint8 [pushes/min] 5=65,66 | "
        "max_running_cadence uint8 [strides/min] 5=1 | max_swimming_cadence uint8 [strokes/min] 5=5"
    ),
    (19, 10): (
        "total_pushes uint32 [pushes] 25=65,66 | total_strides uint32 [strides] 25=1,11 | "
        "total_strokes uint32 [strokes] 25=2,5,15,37"
    ),
    (19, 17): (
        "avg_paddlesport_cadence uint8 [strokes/min] 25=15,37 | avg_push_cadence uint8 [pushes/min] 25=65,66 | "
        "avg_running_cadence uint8 [strides/min] 25=1 | avg_swimming_cadence uint8 [strokes/min] 25=5"
    ),
    (19, 18): (
        "max_paddlesport_cadence uint8 [strokes/min] 25=15,37 | max_push_cadence uint8 [pushes/min] 25=65,66 | "
        "max_running_cadence uint8 [strides/min] 25=1 | max_swimming_cadence uint8 [strokes/min] 25=5"
    ),
    (21, 3): (
        "timer_trigger timer_trigger 0=0 | course_point_index uint16 0=10 | battery_level uint16/1000 [V] 0=11 | "
        "virtual_partner_speed uint16/1000 [m/s] 0=12 | hr_high_alert uint8 [bpm] 0=13 | "
        "hr_low_alert uint8 [bpm] 0=14 | "
        "speed_high_alert uint32/1000 [m/s] 0=15 | speed_low_alert uint32/1000 [m/s] 0=16 | "
        "cad_high_alert uint16 [rpm] 0=17 | cad_low_alert uint16 [rpm] 0=18 | power_high_alert uint16 [watts] 0=19 | "
        "power_low_alert uint16 [watts] 0=20 | time_duration_alert uint32/1000 [s] 0=23 | "
        "distance_duration_alert uint32/100 [m] 0=24 | calorie_duration_alert uint32 [calories] 0=25 | "
        "fitness_equipment_state enum 0=27 | sport_point uint32 0=33 7:16 8:16 | "
        "gear_change_data uint32 0=42,43 11:8 12:8 9:8 10:8 | rider_position enum 0=44 | comm_timeout uint16 0=47 | "
        "auto_activity_detect_duration uint16 [min] 0=54 | dive_alert enum 0=56 | "
        "radar_threat_alert uint32 0=75 21:8 22:8 23:8/10 24:8/10"
    ),
    (23, 1): (
        "ant_device_type uint8 25=0 | antplus_device_type antplus_device_type 25=1 | ble_device_type uint8 25=3 | "
        "local_device_type local_device_type 25=5"
    ),
    (55, 3): "steps uint32 [steps] 5=1,6 | strokes uint32/2 [strokes] 5=2,5",
}


def _component(text: str) -> Component:
    text, plus, _ = text.partition("+")
    text, _, offset = text.partition("-")
    text, _, scale = text.partition("/")
    target, _, bits = text.partition(":")
    return Component(int(target), int(bits), float(scale or 1), float(offset or 0), bool(plus))


@cache
def components(global_: int, number: int) -> tuple[Component, ...]:
    """What stands in field ``number`` of message ``global_``, from the lowest bit on."""
    return tuple(map(_component, _COMPONENTS.get((global_, number), "").split()))


@cache
def subfields(global_: int, number: int) -> tuple[Subfield, ...]:
    """The other names of a field; the first whose reference holds is the one."""
    found = []
    for entry in filter(None, _SUBFIELDS.get((global_, number), "").split(" | ")):
        name, kind, *rest = entry.split()
        units = rest.pop(0)[1:-1] if rest[0].startswith("[") else None
        reference, _, values = rest.pop(0).partition("=")
        kind, _, scale = kind.partition("/")
        fact = FieldFact(number, name, kind, float(scale or 1), 0.0, units)
        when = tuple(map(int, values.split(",")))
        found.append(Subfield(fact, int(reference), when, tuple(map(_component, rest))))
    return tuple(found)


@dataclass(slots=True)
class Counters:
    """The counters of one segment: by message and field, how far each has come, in the scale of its component."""

    _at: dict[tuple[int, int], tuple[int, int]] = field(default_factory=dict)

    def advance(self, global_: int, part: Component, value: int) -> int:
        """The whole count behind the low bits ``value``."""
        mask = (1 << part.bits) - 1
        last, whole = self._at.get((global_, part.target), (0, 0))
        whole += (value - last) & mask
        self._at[global_, part.target] = value, whole
        return whole

    def set(self, global_: int, part: Component, raw: int) -> None:
        """A full value of the field stands in a message."""
        fact = field_fact(global_, part.target)
        whole = round(raw / fact.scale * part.scale)
        self._at[global_, part.target] = whole & ((1 << part.bits) - 1), whole


def unpack(
    global_: int, fields: Iterable[tuple[int, Any, int, BaseType | None]], counters: Counters
) -> tuple[Part, ...]:
    """What the fields of one message hold besides themselves.

    ``fields`` are number, raw value as `decode.Value` has it, size in bytes, and base type. A field that stands in the
    message with a value of its own is not made from another one, but sets the counter.
    """
    there = {number: (raw, size, base) for number, raw, size, base in fields if raw is not None}
    for part in _counters(global_):
        if part.target in there and (raw := _last(there[part.target][0])) is not None:
            counters.set(global_, part, raw)
    if not any((global_, number) in _COMPONENTS or (global_, number) in _SUBFIELDS for number in there):
        return ()
    message = _Packed(global_, {number: raw for number, (raw, _, _) in there.items()}, counters)
    out: list[Part] = []
    for number, (raw, size, base) in there.items():
        whole = _whole(raw, size, base)
        if whole is not None:
            out += message.inside(number, whole, 8 * size)
    return tuple(out)


@cache
def _counters(global_: int) -> tuple[Component, ...]:
    """The counters of a message, each once."""
    parts = [part for key in _COMPONENTS if key[0] == global_ for part in components(*key) if part.counts]
    return tuple({part.target: part for part in parts}.values())


@dataclass(frozen=True, slots=True)
class _Packed:
    """One message whose fields are unpacked. ``known`` are its raw values by field number."""

    global_: int
    known: dict[int, Any]
    counters: Counters

    def inside(self, number: int, whole: int, width: int) -> Iterator[Part]:
        """Subfield and components of a field that has ``width`` bits, and what those hold in turn."""
        parts = components(self.global_, number)
        subfield = next((s for s in subfields(self.global_, number) if self.known.get(s.reference) in s.when), None)
        if subfield is not None and width <= 64:
            parts = subfield.parts or parts
            fact = subfield.fact
            yield Part(number, fact.name, _meaning(whole, fact), fact.units, whole, number)
        shift = 0
        for part in parts:
            if shift + part.bits > width:
                return
            bits = whole >> shift & ((1 << part.bits) - 1)
            shift += part.bits
            if part.target not in self.known:
                yield from self.component(number, part, bits)

    def component(self, number: int, part: Component, bits: int) -> Iterator[Part]:
        """One component of field ``number``, and what it holds in turn."""
        fact = field_fact(self.global_, part.target)
        count = self.counters.advance(self.global_, part, bits) if part.counts else bits
        value = count / part.scale - part.offset if part.scale != 1 or part.offset else count
        yield Part(part.target, fact.name, _worded(value, fact), fact.units, bits, number)
        if components(self.global_, part.target) or subfields(self.global_, part.target):
            raw = round((value + fact.offset) * fact.scale)
            yield from self.inside(part.target, raw, max(16, part.bits, raw.bit_length()))  # 12 bits of speed are 16


def _worded(value: float, fact: FieldFact) -> Any:
    return word(fact.type, value) or value if isinstance(value, int) else value


def _meaning(raw: int, fact: FieldFact) -> Any:
    return raw / fact.scale if fact.scale != 1 else word(fact.type, raw) or raw


def _last(raw: Any) -> int | None:
    """The last integer of a field."""
    values = raw if isinstance(raw, tuple) else (raw,)
    return next((each for each in reversed(values) if isinstance(each, int)), None)


def _whole(raw: Any, size: int, base: BaseType | None) -> int | None:
    """All bits of a field as one number, ``None`` where it holds no integers."""
    if isinstance(raw, int):
        return raw & ((1 << 8 * size) - 1)
    if not isinstance(raw, tuple) or base is None or base.code[0] not in "ui":
        return None
    whole = 0
    for i, each in enumerate(raw):
        whole |= ((base.none if each is None else each) & ((1 << 8 * base.size) - 1)) << 8 * base.size * i
    return whole


def short_times(document: FitDocument) -> dict[int, float]:
    """UNIX times of monitoring messages that carry timestamp_16 only, by offset: ``t += (short - (t & 0xFFFF)) &
    0xFFFF`` from the last time in the segment. Those before the first time are left out."""
    return document.once(_short_times)


def _short_times(document: FitDocument) -> dict[int, float]:
    monitoring = message_columns(document, 55)
    if not monitoring.has(26):
        return {}
    (short, there), (_, full) = monitoring.integers(26), monitoring.integers(253)
    wanted = there & ~full
    steps = [
        (int(o), int(s), int(v), True) for o, s, v in _rows(monitoring.offsets, monitoring.segments(), short, wanted)
    ]
    for global_ in document.by_global:
        columns = message_columns(document, global_)
        values, valid = columns.integers(253)
        steps += [
            (int(o), int(s), int(v), False) for o, s, v in _rows(columns.offsets, columns.segments(), values, valid)
        ]
    out: dict[int, float] = {}
    now, segment = -1, -1
    for offset, where, value, is_short in sorted(steps):
        if where != segment:
            now, segment = -1, where
        if not is_short:
            now = value
        elif now >= 0:
            now += (value - (now & 0xFFFF)) & 0xFFFF
            out[offset] = float(now + FIT_EPOCH)
    return out


def _rows(*columns: Any) -> Iterator[tuple[Any, ...]]:
    """The rows of all columns but the last, where the last says so."""
    chosen = np.flatnonzero(columns[-1])
    return zip(*(column[chosen].tolist() for column in columns[:-1]), strict=True)
