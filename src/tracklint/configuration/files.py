"""The files of a configuration: the nearest one, and what it extends."""

from __future__ import annotations

import os
import reprlib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ..config import BadConfig
from ..opening import read_file, why

__all__ = ["Layer", "layers", "nearest"]


@dataclass(frozen=True, slots=True)
class Layer:
    """What one file says."""

    path: Path
    table: Mapping[str, Any]


def nearest(start: Path | None) -> Path | None:
    """The nearest ``tracklint.toml``, or ``pyproject.toml`` with our table, at or above a folder (default: the working
    directory). Raises `BadConfig`."""
    try:
        here = (start or Path.cwd()).resolve()
    except OSError as error:
        raise BadConfig(f"the working directory cannot be used: {why(error)}") from None
    for folder in (here, *here.parents):
        for name in ("tracklint.toml", "pyproject.toml"):
            if os.path.lexists(folder / name) and (name == "tracklint.toml" or _has_our_table(folder / name)):
                return folder / name
    return None


def layers(path: Path) -> list[Layer]:
    """A file and those that it extends, one through the other: the most general one first. Raises `BadConfig`."""
    chain: list[Layer] = []
    met: dict[str, Path] = {}
    following: Path | None = path
    while following is not None:
        place = os.path.realpath(following)
        if place in met:
            circle = " -> ".join(map(str, [*list(met.values())[list(met).index(place) :], following]))
            raise BadConfig(f"{chain[-1].path}: extend leads in a circle: {circle}")
        met[place] = following
        layer = Layer(following, _of_tracklint(following, extended_by=chain[-1].path if chain else None))
        chain.append(layer)
        following = _extended(layer)
    return chain[::-1]


def _extended(layer: Layer) -> Path | None:
    value = layer.table.get("extend")
    if value is None:
        return None
    if not isinstance(value, str) or not value:
        wanted = 'the path of a configuration is wanted, such as "../base.toml"'
        raise BadConfig(f"{layer.path}: extend is {reprlib.repr(value)}; {wanted}")
    return layer.path.parent / value


def _of_tracklint(path: Path, extended_by: Path | None) -> Mapping[str, Any]:
    try:
        table = _read(path)
        if path.name == "pyproject.toml":
            return _table(path, _table(path, table, "tool"), "tracklint", "tool.tracklint")
    except BadConfig as error:
        if extended_by is None:
            raise
        raise BadConfig(f"{extended_by}: extend: {error}") from None
    return table


def _has_our_table(pyproject: Path) -> bool:
    return pyproject.is_file() and "tracklint" in _table(pyproject, _read(pyproject), "tool")


def _read(path: Path) -> dict[str, Any]:
    import tomllib

    try:
        return tomllib.loads(read_file(path).decode("utf-8"))
    except (OSError, UnicodeDecodeError) as error:
        raise BadConfig(f"{path}: {why(error)}") from None
    except tomllib.TOMLDecodeError as error:
        raise BadConfig(f"{path}: {error}") from None
    except RecursionError:
        raise BadConfig(f"{path}: lists or tables are nested too deeply") from None


def _table(path: Path, outer: Mapping[str, Any], key: str, shown: str = "") -> Mapping[str, Any]:
    """The table under a key, empty where there is none. Raises `BadConfig`."""
    table = outer.get(key, {})
    if not isinstance(table, dict):
        raise BadConfig(f"{path}: {shown or key} is {reprlib.repr(table)}; a table is wanted, [{shown or key}]")
    return table
