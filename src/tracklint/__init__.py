"""tracklint checks FIT, TCX and GPX activity files, says what is wrong and where, and prepares them for Strava.

The library is the command line without the words: `check`, `check_many`, `read`, `facts`, `fix`, `prepare`,
`explain`, `same_ride`, and `load_config` for what they are told. Everything that these take, return or raise is a name
of this module too. `tracklint.strava` sends files, `tracklint.testing` is for test suites. Names are imported when they
are first used, so that ``import tracklint`` costs nothing.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

from .version import __version__ as __version__

if TYPE_CHECKING:
    from .activity import Activity, BadValue, Device, Event, Lap, Place, Session
    from .alongside import same_ride
    from .alongside.agreement import Agreement, Separation, Total
    from .alongside.clocks import Anchor, Clock
    from .alongside.comparison import Comparison
    from .alongside.pairs import Pair, Pause
    from .alongside.recording import NotComparable, Recording
    from .anonymising import Anonymised, NotAnonymised, anonymise
    from .batch import check_many
    from .checking import check, read
    from .config import BadConfig, Config, Limits, Section
    from .configuration import load_config
    from .edits import Edit, Wishes
    from .errors import TracklintError
    from .expecting import Expectation
    from .failures import Failure
    from .findings import (
        Container,
        DeviceFacts,
        ElevationFacts,
        FactValue,
        Finding,
        Format,
        Ignored,
        Prediction,
        Purpose,
        Report,
        Safety,
        Severity,
        Skipped,
        SportFacts,
        Summary,
        Sure,
        Verdict,
        Where,
    )
    from .measured import FACTS, Fact, facts
    from .mending.fixing import Change, Fixed, fix
    from .preparing import Prepared, prepare
    from .rules import RULES, Basis, Hit, Rule, explain
    from .selecting import Selector
    from .source import Denied, Member, Remote, Thing, Unreadable
    from .trace import Asked, Identity, Trace

_HOMES = {
    "Activity": "activity",
    "Agreement": "alongside.agreement",
    "Anchor": "alongside.clocks",
    "Anonymised": "anonymising",
    "Asked": "trace",
    "BadConfig": "config",
    "BadValue": "activity",
    "Basis": "rules",
    "Change": "mending.fixing",
    "Clock": "alongside.clocks",
    "Comparison": "alongside.comparison",
    "Config": "config",
    "Container": "findings",
    "Denied": "source",
    "Device": "activity",
    "DeviceFacts": "findings",
    "Edit": "edits",
    "ElevationFacts": "findings",
    "Event": "activity",
    "Expectation": "expecting",
    "FACTS": "measured",
    "Fact": "measured",
    "FactValue": "findings",
    "Failure": "failures",
    "Finding": "findings",
    "Fixed": "mending.fixing",
    "Format": "findings",
    "Hit": "rules",
    "Identity": "trace",
    "Ignored": "findings",
    "Lap": "activity",
    "Limits": "config",
    "Member": "source",
    "NotAnonymised": "anonymising",
    "NotComparable": "alongside.recording",
    "Pair": "alongside.pairs",
    "Pause": "alongside.pairs",
    "Place": "activity",
    "Prediction": "findings",
    "Prepared": "preparing",
    "Purpose": "findings",
    "RULES": "rules",
    "Recording": "alongside.recording",
    "Remote": "source",
    "Report": "findings",
    "Rule": "rules",
    "Safety": "findings",
    "Section": "config",
    "Selector": "selecting",
    "Separation": "alongside.agreement",
    "Session": "activity",
    "Severity": "findings",
    "Skipped": "findings",
    "SportFacts": "findings",
    "Summary": "findings",
    "Sure": "findings",
    "Thing": "source",
    "Total": "alongside.agreement",
    "Trace": "trace",
    "TracklintError": "errors",
    "Unreadable": "source",
    "Verdict": "findings",
    "Where": "findings",
    "Wishes": "edits",
    "anonymise": "anonymising",
    "check": "checking",
    "check_many": "batch",
    "explain": "rules",
    "facts": "measured",
    "fix": "mending.fixing",
    "load_config": "configuration",
    "prepare": "preparing",
    "read": "checking",
    "same_ride": "alongside",
}

__all__ = [
    "FACTS",
    "RULES",
    "Activity",
    "Agreement",
    "Anchor",
    "Anonymised",
    "Asked",
    "BadConfig",
    "BadValue",
    "Basis",
    "Change",
    "Clock",
    "Comparison",
    "Config",
    "Container",
    "Denied",
    "Device",
    "DeviceFacts",
    "Edit",
    "ElevationFacts",
    "Event",
    "Expectation",
    "Fact",
    "FactValue",
    "Failure",
    "Finding",
    "Fixed",
    "Format",
    "Hit",
    "Identity",
    "Ignored",
    "Lap",
    "Limits",
    "Member",
    "NotAnonymised",
    "NotComparable",
    "Pair",
    "Pause",
    "Place",
    "Prediction",
    "Prepared",
    "Purpose",
    "Recording",
    "Remote",
    "Report",
    "Rule",
    "Safety",
    "Section",
    "Selector",
    "Separation",
    "Session",
    "Severity",
    "Skipped",
    "SportFacts",
    "Summary",
    "Sure",
    "Thing",
    "Total",
    "Trace",
    "TracklintError",
    "Unreadable",
    "Verdict",
    "Where",
    "Wishes",
    "anonymise",
    "check",
    "check_many",
    "explain",
    "facts",
    "fix",
    "load_config",
    "prepare",
    "read",
    "same_ride",
]


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f".{_HOMES[name]}", __name__), name)


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
