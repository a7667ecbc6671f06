"""The keys of a configuration: what each is for, what may stand under it, and how it is read.

The one table of them: files are read by it, and the JSON Schema is made of it.
"""

from __future__ import annotations

import reprlib
from collections.abc import Callable, Mapping
from dataclasses import fields, replace
from pathlib import Path
from typing import Any, NamedTuple

from ..config import PURPOSES, RANGES, Limits, Section, key_of, levels, severity
from ..expecting import Expectation, expectations
from ..findings import Severity
from ..selecting import Selector
from .names import meant

__all__ = ["KEYS", "LIMITS", "SECTIONS", "Key", "known", "properties", "read"]

#: A JSON Schema, or a part of one.
Shape = Mapping[str, Any]


class Key(NamedTuple):
    """``read(key, value, file)`` gives what the program works with. It raises ValueError with one clear sentence."""

    says: str
    shape: Shape
    read: Callable[[str, Any, Path], Any]


def read(table: Mapping[str, Any], keys: Mapping[str, Key], file: Path) -> dict[str, Any]:
    """What stands in a table, by its keys. Raises ValueError."""
    known(table, keys, "key")
    return {key: keys[key].read(key, value, file) for key, value in table.items()}


def known(table: Mapping[str, Any], keys: Mapping[str, Any], what: str) -> None:
    """Raises ValueError for the first key that is none."""
    for key in sorted(set(table) - set(keys)):
        raise ValueError(
            f"unknown {what} {key!r}; " + (meant(key, keys).rstrip() or f"known are {', '.join(sorted(keys))}")
        )


def _texts(wanted: str) -> Callable[[str, Any, Path], tuple[str, ...]]:
    def read_texts(key: str, value: Any, _file: Path) -> tuple[str, ...]:
        if not isinstance(value, list) or not all(isinstance(word, str) and word for word in value):
            raise ValueError(f"{key} is {reprlib.repr(value)}; a list of {wanted}")
        return tuple(value)

    return read_texts


def _path(wanted: str) -> Callable[[str, Any, Path], Path]:
    def read_path(key: str, value: Any, file: Path) -> Path:
        if not isinstance(value, str) or not value:
            raise ValueError(f"{key} is {reprlib.repr(value)}; the path of {wanted}")
        return file.parent / value

    return read_path


def _switch(key: str, value: Any, _file: Path) -> bool:
    if not isinstance(value, bool):
        raise ValueError(f"{key} is {reprlib.repr(value)}; true or false is wanted")
    return value


def _fleet(key: str, value: Any, file: Path) -> bool:
    return bool(read(_table(key, value), _FLEET, file).get("enabled", False))


def _modules(key: str, value: Any, file: Path) -> tuple[str, ...]:
    names = _texts('modules is wanted, such as ["our_rules.py"]')(key, value, file)
    return tuple(str((file.parent / name).absolute()) if name.endswith(".py") else name for name in names)


def _purpose(key: str, value: Any, _file: Path) -> str:
    if value not in PURPOSES:
        raise ValueError(f"{key} is {reprlib.repr(value)}; known are {', '.join(PURPOSES)}")
    purpose: str = value
    return purpose


def _fail_on(key: str, value: Any, _file: Path) -> Severity:
    try:
        return severity(value)
    except ValueError as error:
        raise ValueError(f"{key}: {error}") from None


def _severities(key: str, value: Any, _file: Path) -> dict[str, Any]:
    return dict(levels(_table(key, value)))


def _limits(key: str, value: Any, _file: Path) -> dict[str, float]:
    table = _table(key, value)
    known(table, LIMITS, "limit")
    return {LIMITS[name]: number for name, number in table.items()}


def _expect(key: str, value: Any, file: Path) -> dict[str, Expectation]:
    """What is expected at the top of a file; `_section` gives that of a section the section's name."""
    table = _table(key, value)
    found = {name: _expectation(f"{key}.{name}", each, f"{file.name} [{key}]") for name, each in table.items()}
    return expectations(found)


def _expectation(key: str, value: Any, section: str) -> Expectation:
    if not isinstance(value, dict):
        raise ValueError(f"{key} is {reprlib.repr(value)}; a table is wanted, such as {{ max = 2 }}")
    try:
        known(value, _EXPECTATION, "key")
        return Expectation(**value, section=section)
    except ValueError as error:
        raise ValueError(f"{key}: {error}") from None


def _table(key: str, value: Any) -> Mapping[str, Any]:
    if not isinstance(value, dict):
        raise ValueError(f"{key} is {reprlib.repr(value)}; a table is wanted, [{key}]")
    return value


def _as_it_is(_key: str, value: Any, _file: Path) -> Any:
    return value


def _sections(key: str, value: Any, file: Path) -> list[Section]:
    if not isinstance(value, list) or not all(isinstance(each, dict) for each in value):
        raise ValueError(f"{key} is {reprlib.repr(value)}; tables are wanted, each begins with [[{key}]]")
    return [_section(key, number, table, file) for number, table in enumerate(value, 1)]


def _section(key: str, number: int, table: Mapping[str, Any], file: Path) -> Section:
    name = f"[[{key}]] {number}"
    selecting = [each for each in SECTIONS[key] if each not in _CHOICE]
    try:
        if not any(each in table for each in selecting):
            raise ValueError(f"it says for no file what holds; give {' or '.join(selecting)}")
        found = read(table, SECTIONS[key], file)
        where = Selector(
            **{each: found.pop(each) for each in selecting if each in found},
            folder=Path(file.parent).absolute() if "match" in table else None,
        )
        if "expect" in found:
            of = f"{file.name} {name}"
            found["expect"] = {key: replace(each, section=of) for key, each in found["expect"].items()}
        return Section(where=where, **found, name=f"{file} {name}")
    except ValueError as error:
        raise ValueError(f"{name}: {error}") from None


_CODES = 'codes is wanted, such as ["TIM", "SEN007"]'
_CODE_SHAPE: Shape = {"type": "array", "items": {"type": "string", "pattern": "^[A-Z]+[0-9]*$"}}
_TEXT_SHAPE: Shape = {"type": "array", "items": {"type": "string", "minLength": 1}}
_PATH_SHAPE: Shape = {"type": "string", "minLength": 1}
_LEVEL_SHAPE: Shape = {"enum": [*(each.label for each in Severity), "off"]}
_SEVERITY_SHAPE: Shape = {
    "type": "object", "propertyNames": {"pattern": "^[A-Z]{3}[0-9]{3}$"}, "additionalProperties": _LEVEL_SHAPE,
}  # fmt: skip
_EXPECTATION: Mapping[str, Shape] = {
    "min": {"type": "number"}, "max": {"type": "number"}, "required": {"type": "boolean"},
    "share": {"type": "number", "minimum": 0, "maximum": 1},
}  # fmt: skip
_OF_FACT: Shape = {
    "type": "object", "properties": _EXPECTATION, "additionalProperties": False,
    "anyOf": [{"required": [each]} for each in ("min", "max", "required")],
}  # fmt: skip
_OF_RULE: Shape = {
    "type": "object", "properties": {"share": _EXPECTATION["share"]}, "additionalProperties": False,
    "required": ["share"],
}  # fmt: skip
_EXPECT_SHAPE: Shape = {
    "type": "object", "patternProperties": {"^[A-Z]{3}[0-9]{3}$": _OF_RULE, "^[a-z][a-z0-9_]*$": _OF_FACT},
    "additionalProperties": False,
}  # fmt: skip
_NAME_SHAPE: Shape = {"type": ["string", "integer"], "minLength": 1, "minimum": 0}

#: The names of the limits, as a configuration spells them, with their fields.
LIMITS = {key_of(each.name): each.name for each in fields(Limits)}
_WHOLE = {each.name for each in fields(Limits) if each.type == "int"}


def _limit_shape(name: str) -> Shape:
    kind = {"type": "integer" if name in _WHOLE else "number"}
    if name not in RANGES:
        return kind
    return {**kind, "minimum": RANGES[name][0], "maximum": RANGES[name][1], "default": getattr(Limits(), name)}


_LIMITS_SHAPE: Shape = {
    "type": "object", "properties": {key: _limit_shape(name) for key, name in LIMITS.items()},
    "additionalProperties": False,
}  # fmt: skip

#: What a section says of its files.
_CHOICE = {
    "select": Key("Run only these rules or families on these files.", _CODE_SHAPE, _texts(_CODES)),
    "ignore": Key("Do not run these rules or families on these files either.", _CODE_SHAPE, _texts(_CODES)),
    "severity": Key(
        "The severity of single rules for these files; off: it does not run.", _SEVERITY_SHAPE, _severities
    ),
    "expect": Key("What is expected of the facts of these files, and of a fleet of them.", _EXPECT_SHAPE, _expect),
}
_MATCH = Key(
    "Patterns of files, from the folder of this configuration: a path, a name, or a folder above it.",
    _TEXT_SHAPE,
    _texts('patterns is wanted, such as ["rides/indoor/**"]'),
)
SECTIONS: Mapping[str, Mapping[str, Key]] = {
    "path": {"match": _MATCH, **_CHOICE},
    "device": {
        "manufacturer": Key("Its name in the FIT profile, or its number.", _NAME_SHAPE, _as_it_is),
        "product": Key("Its name as the file gives it, or its number.", _NAME_SHAPE, _as_it_is),
        "firmware": Key("A range such as >=9.10,<10, or one firmware.", _PATH_SHAPE, _as_it_is),
        "match": _MATCH,
        **_CHOICE,
    },
}


def _section_shape(key: str) -> Shape:
    keys = SECTIONS[key]
    needed = [{"required": [each]} for each in keys if each not in _CHOICE]
    table = {"type": "object", "properties": properties(keys), "additionalProperties": False, "anyOf": needed}
    return {"type": "array", "items": table}


def properties(keys: Mapping[str, Key]) -> dict[str, Shape]:
    """The keys as a JSON Schema has them."""
    return {name: {"description": key.says, **key.shape} for name, key in keys.items()}


_FLEET = {"enabled": Key("Run the rules about many files (FLT901 to FLT904).", {"type": "boolean"}, _switch)}

KEYS: Mapping[str, Key] = {
    "extend": Key(
        "Another configuration, from the folder of this one. What stands here goes before what stands there.",
        _PATH_SHAPE,
        _path('a configuration is wanted, such as "../base.toml"'),
    ),
    "for": Key(
        "The question: what Strava makes of a file, or whether it follows the specification of its format.",
        {"enum": list(PURPOSES)},
        _purpose,
    ),
    "select": Key("Run only these rules or families; empty is all.", _CODE_SHAPE, _texts(_CODES)),
    "extend-select": Key("Run these too, beside those that another file selects.", _CODE_SHAPE, _texts(_CODES)),
    "ignore": Key("Do not run these rules or families.", _CODE_SHAPE, _texts(_CODES)),
    "extend-ignore": Key("Nor these, beside those that another file ignores.", _CODE_SHAPE, _texts(_CODES)),
    "severity": Key("The severity of single rules; off: it does not run.", _SEVERITY_SHAPE, _severities),
    "fail-on": Key("The least severity that makes exit status 1.", {"enum": _LEVEL_SHAPE["enum"][:-1]}, _fail_on),
    "limits": Key("Numbers that rules compare with, each in the unit of its name.", _LIMITS_SHAPE, _limits),
    "profile": Key(
        "A manufacturer's private FIT messages, from the folder of this configuration.",
        _PATH_SHAPE,
        _path('a file is wanted, such as "private.json"'),
    ),
    "schema-dir": Key(
        "The folder of the XSD files with which a second reader validates.",
        _PATH_SHAPE,
        _path('a folder is wanted, such as "xsd"'),
    ),
    "barometer-creators": Key(
        'Creators whose TCX and GPX files always get "with barometer" when they are prepared.',
        _TEXT_SHAPE,
        _texts('names is wanted, such as ["My App"]'),
    ),
    "facts": Key("Measure facts of each file too, beside the findings.", {"type": "boolean"}, _switch),
    "expect": Key(
        "What is expected of measured facts (min, max, required), and which share of the files of one device and "
        "firmware may break it or have the finding of a rule.",
        _EXPECT_SHAPE,
        _expect,
    ),
    "fleet": Key(
        "What is asked of many files of one device.",
        {"type": "object", "properties": properties(_FLEET), "additionalProperties": False},
        _fleet,
    ),
    "rules": Key(
        "Modules of own rules, by name, or as files from the folder of this configuration (.py). They are loaded where "
        "--config names the configuration.",
        _TEXT_SHAPE,
        _modules,
    ),
    "path": Key("What holds for the files of these names.", _section_shape("path"), _sections),
    "device": Key("What holds for the files of this device.", _section_shape("device"), _sections),
}
