"""Rules of other people: modules that an option or a configuration names. They are loaded when a file is first checked
with them, in whatever process that is."""

from __future__ import annotations

import sys
from collections.abc import Collection
from importlib import import_module
from pathlib import Path
from threading import Lock
from types import ModuleType
from zlib import crc32

from ..config import BadConfig
from .registry import RULES, Rule, is_ours

__all__ = ["declare_own", "in_force"]

#: The rules of each module that was loaded.
_LOADED: dict[str, frozenset[Rule]] = {}
_LOADING = Lock()


def declare_own(modules: Collection[str]) -> None:
    """Declare the rules of these modules, each by its name or as a file whose name ends in ``.py``. Raises `BadConfig`
    with one clear sentence; the rules of a module that breaks are forgotten."""
    if not modules:
        return
    with _LOADING:
        for name in modules:
            if name not in _LOADED:
                _LOADED[name] = _declared(name)


def in_force(modules: Collection[str]) -> tuple[Rule, ...]:
    """The rules that were declared so far, without those of modules that were loaded and are not among these."""
    others = {rule for name, rules in _LOADED.items() if name not in modules for rule in rules}
    return tuple(rule for rule in RULES.values() if rule not in others)


def _declared(name: str) -> frozenset[Rule]:
    before = set(RULES.values())
    try:
        module = _file(Path(name)) if name.endswith(".py") else import_module(name)
    except (Exception, SystemExit) as error:
        for rule in set(RULES.values()) - before:
            if not is_ours(rule.check):
                del RULES[rule.code]
        raise BadConfig(f"{name}: {_why_not(error, name)}") from None
    new = {rule for rule in RULES.values() if rule not in before and not is_ours(rule.check)}
    rules = new | {rule for rule in before if _is_of(rule, module)}
    if not rules:
        raise BadConfig(f"{name}: no rule is declared here; a rule is a function with the decorator of tracklint.rules")
    return frozenset(rules)


def _file(path: Path) -> ModuleType:
    """The module in a file, under a name that no other one has."""
    from importlib.util import module_from_spec, spec_from_file_location

    name = f"_{path.stem}_{crc32(str(path).encode()):08x}"
    spec = spec_from_file_location(name, path)
    assert spec is not None  # it ends in .py
    assert spec.loader is not None
    module = sys.modules[name] = module_from_spec(spec)
    try:
        spec.loader.exec_module(module)
    except BaseException:
        del sys.modules[name]
        raise
    return module


def _is_of(rule: Rule, module: ModuleType) -> bool:
    where = rule.check.__module__
    return where == module.__name__ or where.startswith(f"{module.__name__}.")


def _why_not(error: BaseException, name: str) -> str:
    if isinstance(error, FileNotFoundError) and error.filename == name:
        return "there is no such file"
    if isinstance(error, ModuleNotFoundError) and error.name == name.split(".", maxsplit=1)[0]:
        return "there is no module of this name; a file is named with .py at its end"
    said = " ".join(f"{error}".split())
    if isinstance(error, SyntaxError):
        return f"this is no Python ({said})"
    import traceback

    place = [frame.lineno for frame in traceback.extract_tb(error.__traceback__) if frame.filename == name]
    return f"these rules cannot be loaded: {type(error).__name__}: {said}" + (f", line {place[-1]}" if place else "")
