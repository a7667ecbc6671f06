"""A manufacturer's private messages and fields: names from a JSON file, for the files of that manufacturer.

The file is described in docs/private-messages.md and by schemas/private-messages.schema.json.
"""

from __future__ import annotations

import json
import math
import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from functools import lru_cache
from pathlib import Path
from typing import Any

from ..config import BadConfig
from ..opening import read_file, why
from . import profile
from .columns import message_columns
from .document import FitDocument
from .profile import FieldFact, PrivateMessage

__all__ = ["PrivateProfile", "load_private", "private_names", "private_profile"]

#: Global numbers that the protocol leaves to manufacturers; 0xFFFF is no number.
PRIVATE_MESSAGES = range(0xFF00, 0xFFFF)
_NAME = re.compile(r"[A-Za-z][A-Za-z0-9_]*")
_KEYS = {"name", "type", "scale", "offset", "units"}


class PrivateProfile(dict[int, PrivateMessage]):
    """Private messages by global number. ``manufacturer`` is the file_id number that they hold for, ``None`` for
    any."""

    manufacturer: int | None = None


def load_private(path: Path) -> PrivateProfile:
    """The private messages in a JSON file. Raises `config.BadConfig` with one sentence that names file and key."""
    try:
        return _load(path, read_file(path))
    except OSError as error:
        raise BadConfig(f"profile {path}: {why(error)}") from None


@lru_cache(maxsize=8)
def _load(path: Path, content: bytes) -> PrivateProfile:
    try:
        return _profile(json.loads(content, object_pairs_hook=_without_repeats))
    except UnicodeDecodeError as error:
        raise BadConfig(f"profile {path}: {why(error)}") from None
    except RecursionError:
        raise BadConfig(f"profile {path}: objects are nested too deeply") from None
    except ValueError as error:
        raise BadConfig(f"profile {path}: {error}") from None


def _without_repeats(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    table = dict(pairs)
    if len(table) < len(pairs):
        names = [name for name, _ in pairs]
        repeated = next(name for name in names if names.count(name) > 1)
        raise ValueError(f"the key {repeated!r} stands twice in one object")
    return table


def _profile(table: Any) -> PrivateProfile:
    given = _object(table, "the file", {"manufacturer", "messages", "$schema"})
    found = PrivateProfile()
    maker = given.get("manufacturer")
    if maker is not None:
        found.manufacturer = _whole(maker, "manufacturer", 0xFFFE)
    if "messages" not in given:
        raise ValueError("the key messages is missing; it holds the messages by their global numbers")
    for key, message in _object(given["messages"], "messages").items():
        number = _index(key, "messages", 0xFFFE)
        found[number] = _message(number, message, f"messages.{key}")
    names = [message.name for message in found.values() if message.name]
    for name in names:
        if names.count(name) > 1 or profile.is_public_name(name):
            raise ValueError(f"messages: two messages are called {name}; a name stands for one message")
    return found


def _message(number: int, value: Any, path: str) -> PrivateMessage:
    given = _object(value, path, {"name", "fields"})
    private = number in PRIVATE_MESSAGES
    if private != ("name" in given):
        raise ValueError(
            f"{path}: the key name is missing" if private else
            f"{path}.name: only messages 65280 to 65534 are private; others take fields, and keep their name"
        )  # fmt: skip
    name = _name(given["name"], f"{path}.name") if private else None
    fields = {}
    for key, field in _object(given.get("fields", {}), f"{path}.fields").items():
        at = f"{path}.fields.{key}"
        fields[_index(key, f"{path}.fields", 252)] = fact = _field(int(key), field, at)
        if not private and profile.is_public_field(number, fact.number):
            public = f"{profile.message_name(number)}.{profile.field_fact(number, fact.number).name}"
            raise ValueError(f"{at}: this field is {public} already; only unknown fields can be given")
    repeated = [fact.name for fact in fields.values()]
    for each in repeated:
        if repeated.count(each) > 1:
            raise ValueError(f"{path}.fields: two fields are called {each}")
    return PrivateMessage(name, fields)


def _field(number: int, value: Any, path: str) -> FieldFact:
    given = _object(value, path, _KEYS)
    if "name" not in given:
        raise ValueError(f"{path}: the key name is missing")
    kind, units = given.get("type", ""), given.get("units")
    if not isinstance(kind, str) or (kind and FieldFact(number, "", kind).base is None):
        raise ValueError(
            f"{path}.type is {_shown(kind)}; a base type such as uint16 is wanted, or a type such as sport"
        )
    if units is not None and not isinstance(units, str):
        raise ValueError(f'{path}.units is {_shown(units)}; a text is wanted, such as "W"')
    scale = _real(given.get("scale", 1), f"{path}.scale")
    if scale == 0:
        raise ValueError(f"{path}.scale is 0; values are divided by it")
    return FieldFact(
        number, _name(given["name"], f"{path}.name"), kind, scale, _real(given.get("offset", 0), f"{path}.offset"),
        units or None,
    )  # fmt: skip


def _object(value: Any, path: str, known: set[str] | None = None) -> Mapping[str, Any]:
    if not isinstance(value, dict):
        raise ValueError(f"{path} is {_shown(value)}; an object with keys is wanted")
    if known is not None and (unknown := sorted(set(value) - known)):
        raise ValueError(f"{path}: unknown key {unknown[0]!r}; known are {', '.join(sorted(known - {'$schema'}))}")
    return value


def _whole(value: Any, path: str, most: int) -> int:
    if not isinstance(value, int) or isinstance(value, bool) or not 0 <= value <= most:
        raise ValueError(f"{path} is {_shown(value)}; a whole number from 0 to {most} is wanted")
    return value


def _index(key: str, path: str, most: int) -> int:
    if not re.fullmatch(r"0|[1-9][0-9]{0,4}", key) or int(key) > most:
        raise ValueError(f"{path}: the key {key!r} is no number from 0 to {most}")
    return int(key)


def _real(value: Any, path: str) -> float:
    if not isinstance(value, int | float) or isinstance(value, bool) or not math.isfinite(value):
        raise ValueError(f"{path} is {_shown(value)}; a number is wanted")
    return float(value)


def _name(value: Any, path: str) -> str:
    if not isinstance(value, str) or not _NAME.fullmatch(value):
        raise ValueError(f"{path} is {_shown(value)}; a name of letters, digits and _ is wanted, a letter first")
    return value


def _shown(value: Any) -> str:
    text = json.dumps(value)
    return text if len(text) <= 40 else f"{text[:37]}..."


def private_profile(path: Path | None, document: FitDocument) -> PrivateProfile | None:
    """The profile in the file ``path``, ``None`` where the document's file_id names another manufacturer than it does.

    Raises `config.BadConfig`.
    """
    private = load_private(path) if path is not None else None
    if private is None or private.manufacturer is None:
        return private
    makers, valid = message_columns(document, 0).integers(1)
    return private if bool((makers[valid] == private.manufacturer).any()) else None


@contextmanager
def private_names(private: PrivateProfile) -> Iterator[None]:
    """While this is open, names of messages and fields come from ``private`` as well."""
    token = profile.PRIVATE.set(private)
    try:
        yield
    finally:
        profile.PRIVATE.reset(token)
