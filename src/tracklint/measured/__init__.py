"""Measured facts: numbers about a ride and about how it was written, each with its unit, its formula and what it needs.

They are no findings: what is too much is for `[expect]` and comparisons to say. docs/facts.md lists them.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence

import numpy as np

from ..activity import Activity
from ..config import BadConfig
from ..findings import FactValue
from ..fit import FitDocument
from ..reading import Reading
from . import altitude, channels, identity, motion, times, totals, written
from .fact import Fact, Kind, Measure, plain

__all__ = ["FACTS", "MEASURES", "Fact", "Kind", "Measure", "facts", "facts_of", "missing", "named"]

#: All measures, in the order of their facts.
MEASURES: tuple[Measure, ...] = (
    *identity.MEASURES,
    *times.MEASURES,
    *motion.MEASURES,
    *channels.MEASURES,
    *totals.MEASURES,
    *altitude.MEASURES,
    *written.MEASURES,
)
#: All facts by name, in the order in which they are told.
FACTS: Mapping[str, Fact] = {fact.name: fact for measure in MEASURES for fact in measure.facts}


def facts(activity: Activity) -> dict[str, FactValue]:
    """Every fact of `FACTS` by name, ``None`` where the ride does not tell it, or where the file itself is needed.

    Numbers have six decimals. Nothing raises, whatever stands in the columns.
    """
    return _measured(activity, None, MEASURES)


def facts_of(reading: Reading, names: Collection[str] | None = None) -> dict[str, FactValue]:
    """`facts`, with those that need the file too; empty where the content is no activity. With ``names`` only these,
    at the cost of their measures. Raises `config.BadConfig` for a name that no fact has."""
    if names is None:
        return {} if reading.activity is None else _measured(reading.activity, reading, MEASURES)
    for name in names:
        if name not in FACTS:
            raise BadConfig(f"expect.{name}: no fact has this name; docs/facts.md lists them")
    if reading.activity is None:
        return {}
    asked = [each for each in MEASURES if any(fact.name in names for fact in each.facts)]
    found = _measured(reading.activity, reading, asked)
    return {name: value for name, value in found.items() if name in names}


def missing(activity: Activity, reading: Reading | None = None) -> dict[str, str]:
    """For each fact a few words that say why it is missing, where it is."""
    content = _content(activity, reading)
    return {
        fact.name: measure.why_missing(fact, content, file=reading is not None)
        for measure in MEASURES
        for fact in measure.facts
    }


def named(name: str) -> Fact:
    """The fact with this name, which may lack its unit: ``sample_gap_p99`` is ``sample_gap_p99_s``. Raises KeyError
    that says what is known."""
    if name in FACTS:
        return FACTS[name]
    short = [fact for fact in FACTS.values() if fact.short == name]
    if len(short) == 1:
        return short[0]
    known = [fact.name for fact in short or FACTS.values()]
    raise KeyError(f"no fact is called {name!r}; known are {', '.join(known)}")


def _measured(activity: Activity, reading: Reading | None, measures: Sequence[Measure]) -> dict[str, FactValue]:
    content = _content(activity, reading)
    found: dict[str, FactValue] = {}
    with np.errstate(all="ignore"):  # columns of damaged files overflow; what is not finite is not told
        for measure in measures:
            subject = activity if measure.on is Activity else reading
            asked = subject is not None and content.issuperset(measure.needs)
            values = measure.of(subject) if asked else (None,) * len(measure.facts)
            found.update(zip((fact.name for fact in measure.facts), map(plain, values), strict=True))
    return found


def _content(activity: Activity, reading: Reading | None) -> frozenset[str]:
    """What there is for measures to need."""
    there = activity.content | {"points"} if len(activity) else activity.content
    if activity.format == "fit":
        there |= {"fit"}
    if reading is not None and isinstance(reading.document, FitDocument):
        there |= reading.document.content
    return there
