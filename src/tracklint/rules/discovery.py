"""Where rules are found: every module in the folders of this package, imported when a file needs it."""

from __future__ import annotations

from functools import cache
from importlib import import_module
from pkgutil import iter_modules
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from ..reading import Reading

__all__ = ["declare_all", "declare_fleet", "declare_for", "rule_modules"]

_FOLDERS = ("fit", "xml", "ride", "second", "fleet")


def declare_for(reading: Reading) -> None:
    """Declare the rules that can look at a part of ``reading``, and no others: they cost time to import."""
    _declare("ride")
    if reading.source.format == "fit":
        _declare("fit")
    elif reading.source.format != "unknown":
        _declare("xml")
    if reading.second is not None:
        _declare("second")
    if reading.expected is not None:
        _declare("fleet")


def declare_all() -> None:
    """Declare every rule."""
    for folder in _FOLDERS:
        _declare(folder)


def declare_fleet() -> None:
    """Declare the rules about many files."""
    _declare("fleet")


def rule_modules(folder: str) -> list[str]:
    """The full names of the modules in one of the folders ``fit``, ``xml``, ``ride``, ``second`` and ``fleet``."""
    package = import_module(f"{__package__}.{folder}")
    return [f"{package.__name__}.{module.name}" for module in iter_modules(package.__path__)]


@cache
def _declare(folder: str) -> None:
    for module in rule_modules(folder):
        import_module(module)
