"""Every rule. Importing this package declares them all: each module below `rules.fit`, `rules.xml` and `rules.ride`."""

from __future__ import annotations

from importlib import import_module
from pkgutil import walk_packages

from .registry import RULES, Basis, Hit, Rule, explain, run_rules

for _module in walk_packages(__path__, f"{__name__}."):
    import_module(_module.name)
_in_order = sorted(RULES.items())
RULES.clear()
RULES.update(_in_order)

__all__ = ["RULES", "Basis", "Hit", "Rule", "explain", "run_rules"]
