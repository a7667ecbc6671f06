#!/usr/bin/env python
"""``python tests/fuzz/fuzz_fit.py CORPUS... [libFuzzer options]``: scan, decode, check and fix any bytes; see README.md."""

from __future__ import annotations

import pkgutil
import sys
import warnings
from importlib.util import find_spec
from pathlib import Path

import atheris

HERE = Path(__file__).parent
#: Where coverage is wanted; following every branch of the rest costs most of the time.
ROOMS = ("tracklint.fit", "tracklint.fixing", "tracklint.edits", "tracklint.source")


#: Tables, and what runs a thousand times for each damaged byte.
HOT = ("tracklint.fit.facts", "tracklint.fit.profile", "tracklint.fit.document", "tracklint.fit.checksum")


def _elsewhere() -> list[str]:
    """The modules whose coverage is not wanted: atheris takes whole packages, and leaves out single modules."""
    package = find_spec("tracklint")
    assert package is not None
    folders = [str(folder) for folder in package.submodule_search_locations or ()]
    names = [module.name for module in _modules(folders, "tracklint.")]
    return ["tracklint", *(n for n in names if not n.startswith(ROOMS)), *HOT]


def _modules(folders: list[str], prefix: str) -> list[pkgutil.ModuleInfo]:
    """All modules below some folders; nothing is imported."""
    found = []
    for module in pkgutil.iter_modules(folders, prefix):
        found.append(module)
        if module.ispkg:
            name = module.name.rpartition(".")[2]
            found += _modules([str(Path(folder) / name) for folder in folders], f"{module.name}.")
    return found


sys.path.insert(0, str(HERE))
with atheris.instrument_imports(include=["tracklint"], exclude=_elsewhere()):
    import oracle_fit

    import tracklint.fit.repair
    import tracklint.rules  # noqa: F401 - whatever is imported late is not instrumented


def one(data: bytes) -> None:
    """One input, from the first byte to the mended file."""
    oracle_fit.everything(data)


if __name__ == "__main__":
    warnings.simplefilter("error")
    atheris.Setup(sys.argv, one)
    atheris.Fuzz()
