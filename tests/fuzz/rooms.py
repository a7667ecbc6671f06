"""Where a fuzzer follows every branch: atheris takes whole packages, and leaves out single modules."""

from __future__ import annotations

import pkgutil
from importlib.util import find_spec
from pathlib import Path

__all__ = ["elsewhere"]


def elsewhere(rooms: tuple[str, ...], hot: tuple[str, ...] = ()) -> list[str]:
    """The modules whose coverage is not wanted: those outside ``rooms``, and those that run too often."""
    package = find_spec("tracklint")
    assert package is not None
    folders = [str(folder) for folder in package.submodule_search_locations or ()]
    names = [module.name for module in _modules(folders, "tracklint.")]
    return ["tracklint", *(n for n in names if not n.startswith(rooms)), *hot]


def _modules(folders: list[str], prefix: str) -> list[pkgutil.ModuleInfo]:
    """All modules below some folders; nothing is imported."""
    found = []
    for module in pkgutil.iter_modules(folders, prefix):
        found.append(module)
        if module.ispkg:
            name = module.name.rpartition(".")[2]
            found += _modules([str(Path(folder) / name) for folder in folders], f"{module.name}.")
    return found
