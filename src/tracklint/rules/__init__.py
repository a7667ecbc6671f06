"""Every rule, in `RULES` by code, whichever have been needed so far."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from .registry import Basis, Found, Hit, Rule, at_points, explain, from_faults, rule
from .running import left_out, run_rules

if TYPE_CHECKING:
    from .registry import RULES

__all__ = [
    "RULES", "Basis", "Found", "Hit", "Rule", "at_points", "explain", "from_faults", "left_out", "rule", "run_rules",
]  # fmt: skip


def __getattr__(name: str) -> Any:
    if name != "RULES":
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from .registry import every_rule

    return every_rule()
