"""The files of a configuration merged into one `Config`, and where each value comes from."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from ..config import BadConfig, Config, Limits, Section, key_of
from ..expecting import Expectation, is_code
from .files import Layer, layers, nearest
from .names import Named, check_codes, check_facts, check_manufacturers

__all__ = ["FIELDS", "Loaded", "load"]

#: The keys that say one thing, with the fields of `Config`.
FIELDS = {
    "for": "purpose", "select": "select", "ignore": "ignore", "fail-on": "fail_on", "profile": "profile",
    "schema-dir": "schema_dir", "barometer-creators": "barometer_creators", "facts": "facts", "rules": "rules",
    "fleet": "fleet",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Loaded:
    """A configuration, and the files that its values come from: ``origins["limits.gap-s"]`` is a file. What is not in
    it is a default. ``not_loaded`` are modules of rules that a configuration names which nobody named: its folder may
    be a stranger's."""

    config: Config
    origins: Mapping[str, str] = field(default_factory=dict)
    not_loaded: tuple[str, ...] = ()


def load(path: Path | None = None, *, start: Path | None = None, rules: tuple[str, ...] = ()) -> Loaded:
    """The configuration in ``path``, or the nearest one at or above ``start``; the defaults where there is none.
    ``rules`` are modules of own rules beside those of the configuration. All of them are loaded. Raises `BadConfig`."""
    file = path or nearest(start)
    merging = _Merging()
    for layer in layers(file) if file is not None else ():
        try:
            merging.add(layer)
        except ValueError as error:
            raise BadConfig(f"{layer.path}: {error}") from None
    strangers = merging.without_rules() if path is None else ()
    merging.add_rules(rules)
    # patterns mean paths, which are worked out from names: in every process from the same folder
    base = Path.cwd() if any(each.where.folder for each in merging.sections) else None
    config = Config(**merging.given, sections=tuple(merging.sections), relative_to=base, file=file)
    if config.rules:
        from ..rules.own import declare_own

        declare_own(config.rules)
    not_loaded = tuple(each for each in strangers if each not in config.rules)
    check_codes(merging.codes, others=bool(not_loaded))
    check_facts(merging.facts)
    check_manufacturers(merging.manufacturers)
    return Loaded(config, merging.origins, not_loaded)


class _Merging:
    """What the files said so far: single values and lists stand for earlier ones, tables are merged key by key,
    sections come one after the other."""

    def __init__(self) -> None:
        self.given: dict[str, Any] = {}
        self.origins: dict[str, str] = {}
        self.sections: list[Section] = []
        self.codes: list[Named] = []
        self.facts: list[tuple[Named, Expectation]] = []
        self.manufacturers: list[Named] = []

    def add(self, layer: Layer) -> None:
        """What the next file says. Raises ValueError."""
        from .keys import KEYS, read  # most runs have no configuration

        said = read(layer.table, KEYS, layer.path)
        for key in FIELDS.keys() & said.keys():
            self._set(FIELDS[key], key, said[key], layer)
        for key in ("select", "ignore"):
            if more := said.get(f"extend-{key}"):
                self._extend(key, more, layer)
        for key in ("severity", "expect"):
            if key in said:
                self.given[key] = self.given.get(key, {}) | said[key]
                self.origins |= {f"{key}.{name}": str(layer.path) for name in said[key]}
        if "limits" in said:
            self._limit(said["limits"], layer)
        sections = [*said.get("path", ()), *said.get("device", ())]
        self.sections += sections
        self.codes += _codes(said, f"{layer.path}: ")
        self.facts += _facts(said.get("expect", {}), f"{layer.path}: ")
        for each in sections:
            named = {key: getattr(each, key) for key in ("select", "ignore", "severity", "expect")}
            self.codes += _codes(named, f"{each.name}: ")
            self.facts += _facts(each.expect, f"{each.name}: ")
            if isinstance(each.where.manufacturer, str):
                self.manufacturers.append(Named(each.name, each.where.manufacturer))

    def without_rules(self) -> tuple[str, ...]:
        """Forget the modules of own rules; which they were."""
        self.origins.pop("rules", None)
        rules: tuple[str, ...] = self.given.pop("rules", ())
        return rules

    def add_rules(self, rules: tuple[str, ...]) -> None:
        """The modules that an option names, behind the others."""
        if rules:
            self.given["rules"] = (*self.given.get("rules", ()), *rules)
            self.origins["rules"] = ", ".join(filter(None, (self.origins.get("rules"), "option")))

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
    yield from (Named(f"{where}expect", code) for code in said.get("expect", ()) if is_code(code))


def _facts(expect: Mapping[str, Expectation], where: str) -> Iterator[tuple[Named, Expectation]]:
    yield from ((Named(f"{where}expect", name), each) for name, each in expect.items() if not is_code(name))
