"""tracklint checks FIT, TCX and GPX activity files, says what is wrong and where, and prepares them for Strava.

The library is the command line without the words: `check`, `check_many`, `read`, `prepare`, `explain`, `RULES`. Names
are imported when they are first used, so that ``import tracklint`` costs nothing.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

from .version import __version__ as __version__

if TYPE_CHECKING:
    from .activity import Activity
    from .batch import check_many
    from .checking import check, read
    from .config import Config, Limits, load_config
    from .edits import Wishes
    from .findings import Finding, Prediction, Report, Severity, Summary, Where
    from .mending.fixing import Change, Fixed, fix
    from .preparing import Prepared, prepare
    from .rules import RULES, Rule, explain
    from .source import Unreadable

_HOMES = {
    "Activity": "activity",
    "Change": "mending.fixing",
    "Config": "config",
    "Finding": "findings",
    "Fixed": "mending.fixing",
    "Limits": "config",
    "Prediction": "findings",
    "Prepared": "preparing",
    "RULES": "rules",
    "Report": "findings",
    "Rule": "rules",
    "Severity": "findings",
    "Summary": "findings",
    "Unreadable": "source",
    "Where": "findings",
    "Wishes": "edits",
    "check": "checking",
    "check_many": "batch",
    "explain": "rules",
    "fix": "mending.fixing",
    "load_config": "config",
    "prepare": "preparing",
    "read": "checking",
}

__all__ = [
    "RULES",
    "Activity",
    "Change",
    "Config",
    "Finding",
    "Fixed",
    "Limits",
    "Prediction",
    "Prepared",
    "Report",
    "Rule",
    "Severity",
    "Summary",
    "Unreadable",
    "Where",
    "Wishes",
    "check",
    "check_many",
    "explain",
    "fix",
    "load_config",
    "prepare",
    "read",
]


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f".{_HOMES[name]}", __name__), name)


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
