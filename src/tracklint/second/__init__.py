"""Second readers: what programs that other people use see in the same file (`second_readings`).

Each reader runs in a process of its own with a limit on time and memory, so that its crash, its endless loop or its
hunger is a result, not an accident.
"""

from __future__ import annotations

from .compare import Comparison, Difference, compared, differences
from .habits import Habit, Known, why_stopped
from .reading import READERS, SecondReading, SecondReadings, second_readings, usable_schemas
from .verdicts import Dissent, differs, dissents

__all__ = [
    "READERS",
    "Comparison",
    "Difference",
    "Dissent",
    "Habit",
    "Known",
    "SecondReading",
    "SecondReadings",
    "compared",
    "differences",
    "differs",
    "dissents",
    "second_readings",
    "usable_schemas",
    "why_stopped",
]
