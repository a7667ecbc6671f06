"""What a configuration says, in general and for one file, and where each value comes from."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, fields
from enum import Enum
from operator import itemgetter
from pathlib import Path
from typing import Any

from ..config import Config, Limits, Section, key_of
from ..parts import Device
from .loading import FIELDS, Loaded

__all__ = ["Held", "Value", "held_by", "values"]

_DEFAULT = "default"


@dataclass(frozen=True, slots=True)
class Value:
    """What stands under a key, as JSON has it, and where it comes from: files, sections, ``option`` or ``default``."""

    key: str
    value: Any
    origin: str

    def __str__(self) -> str:
        return f"{self.key} = {json.dumps(self.value, ensure_ascii=False)}"


@dataclass(frozen=True, slots=True)
class Held:
    """What holds for one file: its device, what kept each section from it (``""`` where it holds), and the values that
    sections may change."""

    name: str
    device: Device
    sections: tuple[tuple[Section, str], ...]
    values: tuple[Value, ...]


def values(loaded: Loaded) -> list[Value]:
    """Everything that holds for all files."""
    config, origins = loaded.config, loaded.origins
    single = [key for key in FIELDS if key not in ("select", "ignore", "fleet")]
    return [
        *(_value(key, getattr(config, FIELDS[key]), origins) for key in single),
        Value("fleet.enabled", config.fleet, origins.get("fleet", _DEFAULT)),
        *_choice(config, origins),
        *(_value(f"limits.{key_of(name)}", getattr(config.limits, name), origins) for name in _limits(config.limits)),
    ]


def held_by(name: str, device: Device | None, loaded: Loaded) -> Held:
    """What holds for a file of this name that ``device`` wrote."""
    config = loaded.config
    asked = tuple((each, each.where.why_not(name, device, config.relative_to)) for each in config.sections)
    origins = dict(loaded.origins)
    for section in (section for section, why_not in asked if not why_not):
        if section.select:
            origins["select"] = section.name
        if section.ignore:
            origins["ignore"] = ", ".join(filter(None, (origins.get("ignore"), section.name)))
        origins |= {f"severity.{code}": section.name for code in section.severity}
        origins |= {f"expect.{name}": section.name for name in section.expect}
    return Held(name, device or Device(), asked, tuple(_choice(config.holding(name, device), origins)))


def _choice(config: Config, origins: Mapping[str, str]) -> Iterator[Value]:
    yield _value("select", config.select, origins)
    yield _value("ignore", config.ignore, origins)
    for code, level in sorted(config.severity.items()):
        yield _value(f"severity.{code}", level, origins)
    for name, expectation in sorted(config.expect.items(), key=itemgetter(0)):
        yield _value(f"expect.{name}", expectation.told(), origins)


def _value(key: str, value: Any, origins: Mapping[str, str]) -> Value:
    if isinstance(value, Enum):
        value = value.value
    elif isinstance(value, Path):
        value = str(value)
    elif isinstance(value, tuple):
        value = list(value)
    return Value(key, value, origins.get(key, _DEFAULT))


def _limits(limits: Limits) -> list[str]:
    return [each.name for each in fields(limits) if getattr(limits, each.name) is not None]
