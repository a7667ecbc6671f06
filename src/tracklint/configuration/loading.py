"""The files of a configuration merged into one `Config`, and where each value comes from."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from ..config import BadConfig, Config, Limits, Section, key_of
from .files import Layer, layers, nearest
from .keys import KEYS, read
from .names import Named, check_codes, check_manufacturers

__all__ = ["FIELDS", "Loaded", "load"]

#: The keys that say one thing, with the fields of `Config`.
FIELDS = {
    "for": "purpose", "select": "select", "ignore": "ignore", "fail-on": "fail_on", "profile": "profile",
    "schema-dir": "schema_dir", "barometer-creators": "barometer_creators", "facts": "facts",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Loaded:
    """A configuration, and the files that its values come from: ``origins["limits.gap-s"]`` is a file. What is not in
    it is a default."""

    config: Config
    origins: Mapping[str, str] = field(default_factory=dict)


def load(path: Path | None = None, *, start: Path | None = None) -> Loaded:
    """The configuration in ``path``, or the nearest one at or above ``start``; the defaults where there is none. Raises
    `BadConfig`."""
    if path is None and (path := nearest(start)) is None:
        return Loaded(Config())
    merging = _Merging()
    for layer in layers(path):
        try:
            merging.add(layer)
        except ValueError as error:
            raise BadConfig(f"{layer.path}: {error}") from None
    check_codes(merging.codes)
    check_manufacturers(merging.manufacturers)
    # patterns mean paths, which are worked out from names: in every process from the same folder
    base = Path.cwd() if any(each.where.folder for each in merging.sections) else None
    return Loaded(
        Config(**merging.given, sections=tuple(merging.sections), relative_to=base, file=path), merging.origins
    )


class _Merging:
    """What the files said so far: single values and lists stand for earlier ones, tables are merged key by key,
    sections come one after the other."""

    def __init__(self) -> None:
        self.given: dict[str, Any] = {}
        self.origins: dict[str, str] = {}
        self.sections: list[Section] = []
        self.codes: list[Named] = []
        self.manufacturers: list[Named] = []

    def add(self, layer: Layer) -> None:
        """What the next file says. Raises ValueError."""
        said = read(layer.table, KEYS, layer.path)
        for key in FIELDS.keys() & said.keys():
            self._set(FIELDS[key], key, said[key], layer)
        for key in ("select", "ignore"):
            if more := said.get(f"extend-{key}"):
                self._extend(key, more, layer)
        if "severity" in said:
            self.given["severity"] = self.given.get("severity", {}) | said["severity"]
            self.origins |= {f"severity.{code}": str(layer.path) for code in said["severity"]}
        if "limits" in said:
            self._limit(said["limits"], layer)
        sections = [*said.get("path", ()), *said.get("device", ())]
        self.sections += sections
        self.codes += _codes(said, f"{layer.path}: ")
        for each in sections:
            self.codes += _codes(
                {key: getattr(each, key) for key in ("select", "ignore", "severity")}, f"{each.name}: "
            )
            if isinstance(each.where.manufacturer, str):
                self.manufacturers.append(Named(each.name, each.where.manufacturer))

    def _set(self, name: str, key: str, value: Any, layer: Layer) -> None:
        self.given[name] = value
        self.origins[key] = str(layer.path)

    def _extend(self, key: str, more: tuple[str, ...], layer: Layer) -> None:
        before = self.given.get(key, ())
        if key == "select" and not before:  # all are selected
            return
        came = self.origins.get(key)
        self._set(key, key, (*before, *more), layer)
        self.origins[key] = ", ".join(dict.fromkeys(filter(None, (came, str(layer.path)))))

    def _limit(self, limits: dict[str, float], layer: Layer) -> None:
        before = self.given.get("limits", Limits())
        self.given["limits"] = Limits(**{name: getattr(before, name) for name in Limits.__slots__} | limits)
        self.origins |= {f"limits.{key_of(name)}": str(layer.path) for name in limits}


def _codes(said: Mapping[str, Any], where: str) -> Iterator[Named]:
    for key in ("select", "extend-select", "ignore", "extend-ignore", "severity"):
        yield from (Named(f"{where}{key}", code) for code in said.get(key, ()))
