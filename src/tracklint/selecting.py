"""Which files something holds for: by their name, by the device that wrote them, by its firmware."""

from __future__ import annotations

import os
import re
import reprlib
from collections.abc import Callable
from dataclasses import dataclass
from fnmatch import fnmatch
from functools import cache
from operator import eq, ge, gt, le, lt, ne
from pathlib import Path, PurePosixPath
from typing import NamedTuple

from .parts import Device

__all__ = ["Selector", "is_like", "version"]


def is_like(name: str, pattern: str) -> bool:
    """Whether a pattern means a file: by its whole name, its own one, or a folder that it lies in."""
    path = PurePosixPath(name.lstrip("/"))
    places = (*path.parts, name, *map(str, (path, *path.parents)[:-1]))
    return any(fnmatch(place, pattern.rstrip("/")) for place in places)


@dataclass(frozen=True, slots=True, kw_only=True)
class Selector:
    """Files that share a name's pattern, a device, a firmware. All that is given must hold; one without anything holds
    for every file.

    ``match`` are patterns, one of which must mean the file (`is_like`); with ``folder`` (absolute) they mean its path
    from there. ``manufacturer`` and ``product`` are a name as the file gives it, in any case, or its number. TCX and
    GPX name no manufacturer; their creator counts as the product. ``firmware`` is a range such as ``">=9.10,<10"``, or
    one firmware: versions are compared number by number (`version`), 9.9 before 9.10, and 9.10 is 9.10.0.0. A firmware
    that is no dotted number, such as ``1.2.3b``, lies in no range; it can be named as it is. Raises ValueError and
    TypeError for what cannot be.
    """

    match: tuple[str, ...] = ()
    manufacturer: str | int | None = None
    product: str | int | None = None
    firmware: str = ""
    folder: Path | None = None

    def __post_init__(self) -> None:
        if isinstance(self.match, str) or not all(isinstance(each, str) and each for each in self.match):
            raise TypeError(f"match is {reprlib.repr(self.match)}; patterns are wanted")
        object.__setattr__(self, "match", tuple(self.match))
        for name in ("manufacturer", "product"):
            object.__setattr__(self, name, _name_or_number(name, getattr(self, name)))
        if not isinstance(self.firmware, str):
            raise ValueError(f'firmware is {reprlib.repr(self.firmware)}; a text is wanted, such as ">=9.10,<10"')
        _bounds(self.firmware)

    def holds(self, name: str, device: Device | None, base: Path | None = None) -> bool:
        """Whether a file of this name, written by ``device``, is one of them. ``base`` is the folder that names in
        reports are relative to (`source.shown`)."""
        return not self.why_not(name, device, base)

    def why_not(self, name: str, device: Device | None, base: Path | None = None) -> str:
        """What keeps a file from being one of them; ``""`` where it is one."""
        if self.match and not any(is_like(self._from_folder(name, base), pattern) for pattern in self.match):
            return f"its name is not like {' or '.join(self.match)}"
        device = device or Device()
        if not _is(self.manufacturer, device.manufacturer_id, device.manufacturer):
            return f"its manufacturer is {device.manufacturer or 'not named'}"
        if not _is(self.product, device.product_id, device.product, device.name):
            return f"its product is {device.product or device.name or 'not named'}"
        if self.firmware and not _in_range(device.software, self.firmware):
            return _why_not_firmware(device.software)
        return ""

    def _from_folder(self, name: str, base: Path | None) -> str:
        """The name as the patterns mean it; one that lies elsewhere stays as it is."""
        if self.folder is None or "://" in name:
            return name
        whole = os.path.abspath(os.path.join(base or "", name))  # noqa: PTH100, PTH118 - as it is spelt, links and all
        below = PurePosixPath(whole)
        return str(below.relative_to(self.folder)) if below.is_relative_to(self.folder) else name

    def __str__(self) -> str:
        parts = [f"match {', '.join(self.match)}"] if self.match else []
        given = {"manufacturer": self.manufacturer, "product": self.product, "firmware": self.firmware or None}
        return "; ".join([*parts, *(f"{key} {value}" for key, value in given.items() if value is not None)])


def _name_or_number(key: str, value: object) -> str | int | None:
    if value is None or (isinstance(value, int) and not isinstance(value, bool) and value >= 0):
        return value
    if not isinstance(value, str) or not value.strip():
        raise ValueError(f"{key} is {reprlib.repr(value)}; a name or a number is wanted")
    return int(value) if value.isascii() and value.isdigit() else value


def _is(wanted: str | int | None, number: int | None, *names: str | None) -> bool:
    if wanted is None:
        return True
    if isinstance(wanted, int):
        return wanted == number
    return wanted.casefold() in {name.casefold() for name in names if name is not None}


class _Bound(NamedTuple):
    """One end of a range. ``text`` is the firmware as it is written, ``numbers`` what it is compared by, if it can
    be."""

    meets: Callable[[object, object], bool]
    text: str
    numbers: tuple[int, ...] | None


_COMPARED: dict[str, Callable[..., bool]] = {">=": ge, "<=": le, "==": eq, "!=": ne, ">": gt, "<": lt, "": eq}


def version(firmware: str) -> tuple[int, ...] | None:
    """The numbers of ``9.10`` or ``412``, without zeros at the end; ``None`` for what is no dotted number."""
    if not re.fullmatch(r"[0-9]{1,12}(\.[0-9]{1,12}){0,9}", firmware):
        return None
    numbers = [int(each) for each in firmware.split(".")]
    while numbers and not numbers[-1]:
        numbers.pop()
    return tuple(numbers)


@cache
def _bounds(text: str) -> tuple[_Bound, ...]:
    bounds = []
    for part in text.split(",") if text else ():
        found = re.fullmatch(r"\s*(>=|<=|==|!=|>|<|)\s*([^<>=!\s][^<>=!]*?)\s*", part)
        if found is None:
            raise ValueError(f'firmware is {reprlib.repr(text)}; a range is wanted, such as ">=9.10,<10"')
        sign, firmware = found.groups()
        numbers = version(firmware)
        if numbers is None and sign in (">=", "<=", ">", "<"):
            raise ValueError(f"firmware is {reprlib.repr(text)}; {firmware} is no dotted number that can be compared")
        bounds.append(_Bound(_COMPARED[sign], firmware, numbers))
    return tuple(bounds)


def _in_range(firmware: str | None, wanted: str) -> bool:
    if firmware is None:
        return False
    numbers = version(firmware)
    for bound in _bounds(wanted):
        if numbers is not None and bound.numbers is not None:
            met = bound.meets(numbers, bound.numbers)
        else:  # only the same or not the same can be said of them
            met = bound.meets in (eq, ne) and bound.meets(firmware, bound.text)
        if not met:
            return False
    return True


def _why_not_firmware(firmware: str | None) -> str:
    if firmware is None:
        return "its firmware is not named"
    return f"its firmware is {firmware}" + (", which is no dotted number" if version(firmware) is None else "")
