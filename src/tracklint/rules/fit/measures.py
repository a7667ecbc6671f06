"""Rules about FIT summaries that say something else than the records, or nothing where they are the only ones to say
it."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from ...activity import SAID_OF, Activity, Floats, Session
from ...config import Limits
from ...findings import Severity
from ...steps import seconds_each
from ..basis import PRACTICE
from ..registry import Found, Hit, rule

WARNING = Severity.WARNING
_FIT = ("fit",)
#: Sports in which every session covers a distance.
_MOVING = frozenset({"running", "cycling", "swimming", "walking", "hiking", "rowing", "cross_country_skiing"})
#: Fewer values than this say nothing about an average, and a shorter session nothing about its distance.
_ENOUGH, _LEAST_S = 60, 60.0


@rule(
    "FIT432",
    "session-without-distance",
    WARNING,
    on=Activity,
    basis=PRACTICE,
    says="session {number} ({sport}, {minutes:g} min) has no distance, {nor}",
    hint="write total_distance into the session; for a pool swim it is the active lengths times pool_length",
    formats=_FIT,
    needs=("sessions",),
)
def session_without_distance(activity: Activity, _limits: Limits) -> Found:
    """A pool swim has no distance in session, laps and records, or a later session of a multisport file has none.

    Strava shows 0 m and no pace then (tapiriik#311): there is no position in a pool, and what a multisport file records
    as one line of distances belongs to all its sessions. A later session is told where the first one has a distance;
    sports that stand still, and a later session of up to a minute, are spared.
    """
    for i, session in enumerate(activity.sessions):
        if session.sport not in _MOVING or session.distance_m > 0:
            continue
        seconds = float(np.fmax(session.timer_s, session.elapsed_s))
        laps = np.nansum([lap.distance_m for lap in activity.laps])
        swims = session.sub_sport == "lap_swimming" and len(activity.sessions) == 1
        later = i > 0 and seconds > _LEAST_S and activity.sessions[0].distance_m > 0
        silent = not laps > 0 and not np.nanmax(activity.distance, initial=0) > 0
        if (swims and silent) or later:
            nor = "nor do its laps and records" if swims else "though the first one has"
            evidence = {"number": i + 1, "sport": session.sport, "minutes": round(seconds / 60, 1), "nor": nor}
            yield Hit(session.where, evidence, told_by=("FIT423", "FIT431"))


#: In the order of `SAID_OF`: name, unit, and the difference that is none.
_CHANNELS = (("speed", "m/s", 0.1), ("heart rate", "bpm", 1.0), ("cadence", "rpm", 1.0), ("power", "W", 1.0))
#: The rules that tell of records with values that nobody measured.
_TOLD_BY = {
    "m/s": ("SEN016", "SEN022", "SEN027"), "bpm": ("SEN008",), "rpm": ("SEN010",), "W": ("SEN011",), "J": ("SEN011",),
}  # fmt: skip


@rule(
    "FIT433",
    "session-contradicts-records",
    WARNING,
    on=Activity,
    basis=PRACTICE,
    says="session {number} says {said:g} {unit} as {name}, its records give {low:g} to {high:g} {unit}",
    hint="compute averages, maxima and work from the records, with or without the zeros",
    formats=_FIT,
    needs=("sessions",),
)
def session_contradicts_records(activity: Activity, _limits: Limits) -> Found:
    """A session's average or maximum of speed, heart rate, cadence or power, or its work, is not that of its records.

    Readers show the one or the other. An average may be taken with zeros or without, by record or by time, and of the
    speed as distance over timer or elapsed time: 15 % beyond all of them is wrong. A maximum may lie above the records,
    because the device measures more often than it writes, but not 5 % below them. Work is 20 % off the power over time.
    """
    for i, session in enumerate(activity.sessions):
        for name, unit, said, low, high in _contradictions(activity, session):
            evidence = {"number": i + 1, "name": name, "unit": unit, "said": round(said, 3)}
            evidence |= {"low": round(low, 1), "high": round(high, 1)}
            yield Hit(session.where, evidence, told_by=("FIT421", *_TOLD_BY.get(unit, ())))


def _contradictions(activity: Activity, session: Session) -> Iterator[tuple[str, str, float, float, float]]:
    """What the records of a session do not bear out: name, unit, what it says, and between what it should lie."""
    mine = slice(session.first_point, session.first_point + session.points)
    for column, average, maximum, (name, unit, least) in zip(
        SAID_OF, session.averages, session.maxima, _CHANNELS, strict=True
    ):
        if (average is None and maximum is None) or activity.known(column) < _ENOUGH:
            continue
        there = activity.channel(column)[mine]
        values = getattr(activity, column)[mine][there]
        if len(values) < _ENOUGH:
            continue
        mean = float(values.mean())
        if average is not None and not 0.85 * mean - least <= average <= 1.15 * mean + least:
            low, high = _averages(
                values, seconds_each(activity.time[mine])[there], session if column == "speed" else None
            )
            if not 0.85 * low - least <= average <= 1.15 * high + least:
                yield f"average {name}", unit, average, low, high
        if maximum is not None and maximum < 0.95 * (highest := float(values.max())) - least:
            yield f"maximum {name}", unit, maximum, highest, highest
    if session.work_j > 0 and int(np.count_nonzero(activity.channel("power")[mine])) >= _ENOUGH:
        work = float(np.nansum(activity.power[mine] * seconds_each(activity.time[mine])))
        if abs(session.work_j - work) > 0.2 * work + 1000:
            yield "work", "J", session.work_j, work, work


def _averages(values: Floats, weights: Floats, session: Session | None) -> tuple[float, float]:
    """The least and the greatest of the averages that a writer may mean; ``session`` for those of a speed."""
    moving = values > 0
    means = [float(values.mean()), float(values[moving].mean()) if moving.any() else 0.0]
    totals = [(float(weights[k].sum()), float((values[k] * weights[k]).sum())) for k in (slice(None), moving)]
    means += [weighted / seconds for seconds, weighted in totals if seconds > 0]
    if session is not None and session.distance_m > 0:
        means += [session.distance_m / seconds for seconds in (session.timer_s, session.elapsed_s) if seconds > 0]
    return min(means), max(means)
