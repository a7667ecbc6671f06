"""Rules about what other programs' readers see in the file. They run only when second readers are asked for."""

from __future__ import annotations

from dataclasses import asdict, replace
from datetime import UTC, datetime, timedelta
from typing import Any

from ...config import Limits
from ...findings import Severity, Where
from ...second import Habit, SecondReading, SecondReadings, compared, why_stopped
from ...second.compare import shared
from ..registry import Basis, Found, Hit, rule

WARNING, INFO = Severity.WARNING, Severity.INFO
_BASIS = Basis("practice: what other readers make of the same bytes", "docs/second-readers.md", "practice")
_PLURAL = {
    "record": "records", "point": "points", "lap": "laps", "session": "sessions",
    "extensions": "points with extensions", "element": "elements",
}  # fmt: skip
#: Units of `Activity` columns, for values in a sentence.
_UNITS = {
    "time": " s since 1970", "latitude": " degrees", "longitude": " degrees", "altitude": " m", "distance": " m",
    "speed": " m/s", "heart_rate": " bpm", "cadence": " rpm", "power": " W", "temperature": " °C",
}  # fmt: skip
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
#: Times that a calendar can name: the years 6 to 5138.
_NAMED = range(-62_000_000_000, 100_000_000_000)


def _facts(readings: SecondReadings, reading: SecondReading) -> dict[str, Any]:
    return {
        "reader": reading.reader,
        "version": reading.version,
        "records": reading.counts.get("record", 0),
        "ours": readings.counts["record"],
        "points": _PLURAL[readings.point],
    }


@rule(
    "RDR001",
    "reader-stops",
    WARNING,
    on=SecondReadings,
    basis=_BASIS,
    says="{reader} {version} stops after {records} {points}, the file holds {ours}: {reason}{known}",
    hint="mend what the other findings name near this place, or tell the users of {reader} that it stops here",
)
def reader_stops(readings: SecondReadings, limits: Limits) -> Found:
    """Another reader gives an error, runs out of memory or crashes in this file.

    Programs that read with it show an error message, or the part of the activity before that place. The message is the
    reader's own; the byte is the one that it names, or the one up to which it had read. A reader may be stricter than
    the specification, so this alone does not make a file bad. Runs with `check --second-reader` only.
    """
    for reading in readings.readings:
        if reading.end in ("stopped", "memory", "died"):
            reasons = {
                "stopped": ": ".join(filter(None, (reading.error, reading.text))),
                "memory": f"it needs more than {limits.second_reader_mebibytes} MiB of memory",
                "died": reading.text,
            }
            why = why_stopped(reading.reader, reading.error, reading.text)
            evidence = {
                **_facts(readings, reading),
                "reason": reasons[reading.end],
                "error": reading.error,
                "known": f" ({why})" if why else "",
            }
            yield Hit(Where(offset=reading.byte, line=reading.line, column=reading.column), evidence)


@rule(
    "RDR002",
    "reader-counts-differ",
    WARNING,
    on=SecondReadings,
    basis=_BASIS,
    says="{reader} {version} reads {theirs} {what} to the end without an error, the file holds {held}",
    hint="look at the file from this place on: {reader} skips or repeats something there",
)
def reader_counts_differ(readings: SecondReadings, _limits: Limits) -> Found:
    """Another reader reads the whole file without complaint, but sees another number of points, laps or sessions.

    This is the loss that nobody notices: the program shows a shorter or a longer activity and no error. The place is
    that of the first point that differs, where the times tell it. Runs with `check --second-reader` only.
    """
    for reading in readings.readings:
        for what, theirs, held in compared(readings, reading).counts:
            where = Where()
            if what == "record":
                first = shared(reading, readings.activity)
                where = readings.activity.at(first) if first < len(readings.activity) else where
            name = _named(readings, what)
            yield Hit(where, {**_facts(readings, reading), "what": name, "theirs": theirs, "held": held})


def _named(readings: SecondReadings, what: str) -> str:
    """What is counted, in words."""
    return _PLURAL.get(readings.point if what == "record" else what) or f"values of {what}"


@rule(
    "RDR003",
    "reader-values-differ",
    WARNING,
    on=SecondReadings,
    basis=_BASIS,
    says="{reader} {version} reads other values in {channels} than the file holds; first {field} as {they}, here {we}",
    hint="compare this {point} in both programs; users of {reader} see its value",
)
def reader_values_differ(readings: SecondReadings, _limits: Limits) -> Found:
    """Another reader sees other values in some channels than the file holds by its specification.

    Only points that both have are compared: positions to 0.000001 degrees, altitude and distance to 0.01 m, speed to
    0.001 m/s, times to a second, the rest exactly. Developer fields are not compared. The evidence lists every channel
    with the number of points that differ, the first of them, and both values. Runs with `check --second-reader` only.
    """
    for reading in readings.readings:
        comparison = compared(readings, reading)
        found = comparison.differences
        if not found:
            continue
        first = min(found, key=lambda each: each.first)
        evidence = {
            **_facts(readings, reading),
            "channels": ", ".join(f"{each.channel} ({each.count} of {each.compared})" for each in found),
            "they": _said(first.channel, first.theirs),
            "we": _said(first.channel, first.ours),
            "differences": [asdict(each) for each in found],
            "point": readings.point,
        }
        where = replace(comparison.activity.at(first.first), field=first.channel, count=max(d.count for d in found))
        yield Hit(where, evidence)


def _said(channel: str, value: float | None) -> str:
    """A value as a sentence holds it."""
    if value is None:
        return "no value"
    if channel == "time" and int(value) in _NAMED:
        return f"{_EPOCH + timedelta(seconds=value):%Y-%m-%dT%H:%M:%SZ}"
    return f"{value:.10g}{_UNITS[channel]}"


@rule(
    "RDR004",
    "reader-slow",
    INFO,
    on=SecondReadings,
    basis=_BASIS,
    says="{reader} {version} was ended after {limit:g} s, when it had read {records} of {ours} {points}",
    hint="raise the limit second-reader-seconds in tracklint.toml where a large file needs longer",
)
def reader_slow(readings: SecondReadings, limits: Limits) -> Found:
    """Another reader does not come to the end of the file within the time limit: the file is large, or the reader
    loops.

    The limit is 60 s for each reader, `second-reader-seconds` under `[limits]` changes it. The time depends on the
    machine, so this finding may come and go. Runs with `check --second-reader` only.
    """
    for reading in readings.readings:
        if reading.end == "slow":
            yield Hit(Where(), {**_facts(readings, reading), "limit": limits.second_reader_seconds})


@rule(
    "RDR005",
    "reader-habit",
    INFO,
    on=SecondReadings,
    basis=_BASIS,
    says="{reader} {version} {does}: {effect}",
    hint="nothing is wrong with the file; users of {reader} see it so",
    formats=("tcx", "gpx"),
)
def reader_habit(readings: SecondReadings, _limits: Limits) -> Found:
    """Another reader sees less of the file, or other values, because of something that it is known to do.

    The habit was read in the reader's own code, and it explains the difference wholly: the reader sees just what one
    expects. docs/second-readers.md lists the habits. Runs with `check --second-reader` only.
    """
    for reading in readings.readings:
        for habit in compared(readings, reading).habits:
            where = Where() if habit.first is None else replace(readings.activity.at(habit.first), count=habit.count)
            evidence = {"does": habit.does, "what": habit.what, "count": habit.count}
            yield Hit(where, {**_facts(readings, reading), **evidence, "effect": _effect(readings, habit)})


def _effect(readings: SecondReadings, habit: Habit) -> str:
    if habit.extra:
        return f"{habit.count} of its values of {habit.what} are no point's"
    if habit.what in readings.counts and habit.what in _PLURAL:
        return f"it does not see {habit.count} of {readings.counts[habit.what]} {_named(readings, habit.what)}"
    return f"it does not see {habit.count} values of {habit.what} as they stand in the file"
