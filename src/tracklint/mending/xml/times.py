"""Repairs of times: other spellings of the same moment, dates that are off by a known amount, and points whose time is
not known or not their own."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from ...activity import CHANNELS, sortable, time_order
from ...edits import Edit, Step
from ...predict import ground_distance
from ...rules.ride.dates import absurd_date, week_rollover
from ...rules.ride.laps import lap_distance, lap_start, lap_time, starts_after_end
from ...rules.ride.motion import distance_decreases
from ...rules.ride.time import (
    FEW,
    lone_time,
    point_without_time,
    time_goes_back,
    time_twice,
    time_without_zone,
    unreadable_time,
)
from ...rules.ride.timeline import segments_overlap, stale_points
from ...rules.xml.forms import time_padded, time_zones_mixed
from ...xml.columns import element_place
from ...xml.datetimes import in_utc, respelled, stamp
from ...xml.timetexts import time_texts
from ...xml.values import NO_ZONE, NOT_FINITE, NOT_VALUE, TAKEN, read_times
from ..repair import Repair
from .points import activity_of, named_rows, parts_of, points_of
from .sequence import permuted
from .splice import after_last, named_like, removed, replaced, retexted, with_attribute

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from ...activity import Activity, Floats, Ints
    from ...edits import Asked
    from ...xml.document import XmlDocument

__all__ = ["REPAIRS"]

_DAY = 86400
_ROLLOVER = 1024 * 7 * _DAY


def _rewritten(document: XmlDocument, rows: Ints, write: Callable[[str], str | None]) -> tuple[Edit, ...]:
    """The times in these rows of `time_texts` as ``write`` has them."""
    texts = time_texts(document)
    edits = []
    for a, b in zip(texts.first[rows].tolist(), texts.last[rows].tolist(), strict=True):
        text = document.piece(a, b).value
        better = write(text)
        if better is not None and better != text:
            edits.append(replaced(document, a, b, better))
    return tuple(edits)


def _with_status(document: XmlDocument, *wanted: int) -> Ints:
    texts = time_texts(document)
    return np.flatnonzero(np.isin(read_times(document.text, texts.first, texts.last, document.codec).status, wanted))


def _respell(document: XmlDocument, asked: Asked) -> Iterator[Step]:
    edits = _rewritten(document, _with_status(document, NOT_VALUE, NOT_FINITE), respelled)
    says = f"{len(edits)} times are written as xsd:dateTime has it, with the same date and time"
    yield Step(action="changed", says=says, edits=edits, where=asked.findings[0].where, columns=("time",))


def _trim(document: XmlDocument, asked: Asked) -> Iterator[Step]:
    texts = time_texts(document)
    edits: list[Edit] = []
    for i in texts.padded().tolist():
        for a, b in ((texts.start[i], texts.first[i]), (texts.last[i], texts.end[i])):
            if b > a:
                edits.append(replaced(document, int(a), int(b), ""))
    says = f"the white space around {len(texts.padded())} times goes"
    yield Step(action="changed", says=says, edits=tuple(edits), where=asked.findings[0].where)


def _add_zone(document: XmlDocument, asked: Asked) -> Iterator[Step]:
    """``Z``, as times without zone are read, or the offset that a person names."""
    zone = asked.wishes.zone or 0
    sign, minutes = "-" if zone < 0 else "+", abs(zone)
    suffix = f"{sign}{minutes // 60:02}:{minutes % 60:02}" if zone else "Z"
    edits = _rewritten(document, _with_status(document, NO_ZONE), lambda text: text + suffix)
    says = f"{len(edits)} times without zone end in {suffix}" + ("" if zone else ", as they are read")
    place = asked.findings[0].where
    yield Step(action="changed", says=says, edits=edits, where=place, safe=not zone, retimed=bool(zone))


def _all_in_utc(document: XmlDocument, asked: Asked) -> Iterator[Step]:
    edits = _rewritten(document, _with_status(document, TAKEN), in_utc)
    says = f"{len(edits)} times are written in UTC, ending in Z"
    yield Step(action="changed", says=says, edits=edits, where=asked.findings[0].where)


def _add_weeks(document: XmlDocument, asked: Asked) -> Iterator[Step]:
    """1024 weeks more for the times that the finding names, and for all others of that time."""
    activity = activity_of(document)
    early = activity.time[named_rows(asked, len(activity))]
    texts = time_texts(document)
    moment = read_times(document.text, texts.first, texts.last, document.codec).values
    rows = np.flatnonzero((moment >= early.min() - _DAY) & (moment <= early.max() + _DAY))
    edits = _rewritten(document, rows, lambda text: in_utc(text, _ROLLOVER))
    says = f"1024 weeks are added to {len(edits)} times"
    yield Step(action="changed", says=says, edits=edits, where=asked.findings[0].where, safe=False, retimed=True)


def _drop(document: XmlDocument, asked: Asked, rows: Ints, what: str) -> Step:
    elements = points_of(document)
    edits = tuple(removed(document, element) for element in elements[rows].tolist())
    says = f"{len(rows)} points {what}"
    where = asked.findings[0].where
    return Step(action="dropped", says=says, edits=edits, where=where, safe=False, records=len(rows), retimed=True)


def _drop_or_interpolate(document: XmlDocument, asked: Asked) -> Iterator[Step]:
    """Points without time go where they are few; a person may have them timed between their neighbours instead."""
    activity = activity_of(document)
    rows = named_rows(asked, len(activity))
    why = "without a time"
    if asked.wishes.interpolate:
        moments = _interpolated(activity, rows)
        given = np.isfinite(moments)
        if given.any():
            yield _timed(document, asked, rows[given], moments[given])
        rows = rows[~given]
        why = "without a time, and with none on one side to interpolate from"
    if 0 < len(rows) < FEW * len(activity):
        yield _drop(document, asked, rows, why)


def _interpolated(activity: Activity, rows: Ints) -> Floats:
    """For each of these points a time between those of its neighbours in the same part, NaN where it has none on one
    side: by the distances, else by the way between the positions, else evenly."""
    found = np.full(len(activity), np.nan)
    way = _hops(activity)
    for part in parts_of(activity):
        timed = np.flatnonzero(np.isfinite(activity.time[part])) + part.start
        for a, b in zip(timed[:-1].tolist(), timed[1:].tolist(), strict=True):
            if b == a + 1:
                continue
            told, hops = np.diff(activity.distance[a : b + 1]), way[a:b]
            steps = np.ones(b - a)
            for each in (hops, told):
                if np.isfinite(each).all() and each.min() >= 0 and each.sum() > 0:
                    steps = each
            share = np.cumsum(steps)[:-1] / steps.sum()
            found[a + 1 : b] = activity.time[a] + share * (activity.time[b] - activity.time[a])
    return found[rows]


def _hops(activity: Activity) -> Floats:
    """Metres from each point to the next one; NaN where one of the two has no position."""
    way = np.full(max(len(activity) - 1, 0), np.nan)
    placed = np.flatnonzero(activity.channel("position"))
    neighbours = np.diff(placed) == 1
    way[placed[:-1][neighbours]] = ground_distance(activity)[neighbours]
    return way


def _timed(document: XmlDocument, asked: Asked, rows: Ints, moments: Floats) -> Step:
    elements = points_of(document)
    name, ahead = ("time", ("ele",)) if document.root and document.root.name == "gpx" else ("Time", ())
    edits = []
    for point, moment in zip(elements[rows].tolist(), moments.tolist(), strict=True):
        text, there = stamp(moment), document.elements.children(point, name)
        new = named_like(document, point, name)
        if len(there):
            edits.append(retexted(document, int(there[0]), text))
        else:
            edits.append(after_last(document, point, ahead, f"<{new}>{text}</{new}>"))
    says = f"{len(edits)} points without a time get one that is interpolated between their neighbours"
    where = asked.findings[0].where
    return Step(action="added", says=says, edits=tuple(edits), where=where, safe=False, columns=("time",), retimed=True)


def _sort_points(document: XmlDocument, asked: Asked) -> Iterator[Step]:
    """The points of each segment, Track and lap by their times, equal ones in the order of the file."""
    activity, elements = activity_of(document), points_of(document)
    edits: list[Edit] = []
    for part in parts_of(activity):
        moments = activity.time[part]
        if np.isfinite(moments).all() and sortable(moments):
            edits += permuted(document, elements[part], np.argsort(moments, kind="stable"))
    says = f"{len(edits)} points change places, so that times ascend"
    where = asked.findings[0].where
    yield Step(action="moved", says=says, edits=tuple(edits), where=where, safe=False, retimed=True)


def _sort_parts(document: XmlDocument, asked: Asked) -> Iterator[Step]:
    """The segments of each track, the laps of each activity, or the Tracks of each lap by their times, where none
    overlaps another."""
    activity, points, elements = activity_of(document), points_of(document), document.elements
    for name in ("trkseg", "Lap", "Track"):
        parts = elements.named(name)
        edits: list[Edit] = []
        owners = elements.parent[parts]
        for owner in np.unique(owners).tolist():
            mine, spans = [], []
            for part in parts[owners == owner].tolist():
                first, end = np.searchsorted(points, (part, elements.end_of(part)))
                moments = activity.time[first:end][np.isfinite(activity.time[first:end])]
                if len(moments):
                    mine.append(part)
                    spans.append((float(moments.min()), float(moments.max())))
            if order := time_order(spans):
                edits += permuted(document, np.array(mine, np.int32), np.array(order))
        if edits:
            says = f"{len(edits)} {name} elements change places, so that times ascend"
            where = asked.findings[0].where
            yield Step(action="moved", says=says, edits=tuple(edits), where=where, safe=False, retimed=True)
            return


def _keep_first(document: XmlDocument, asked: Asked) -> Iterator[Step]:
    """Of points with one time the first, where the others have no value that it lacks."""
    activity = activity_of(document)
    rows = named_rows(asked, len(activity))
    timed = np.flatnonzero(np.isfinite(activity.time))
    before = timed[np.searchsorted(timed, rows) - 1]
    more = np.zeros(len(rows), bool)
    for channel in CHANNELS:
        there = activity.channel(channel)
        more |= there[rows] & ~there[before]
    if not more.all():
        yield _drop(document, asked, rows[~more], "that repeat the time of the point before")


def _drop_lone(document: XmlDocument, asked: Asked) -> Iterator[Step]:
    rows = named_rows(asked, len(activity_of(document)))
    yield _drop(document, asked, rows, "with a time that is far off those around them")


def _drop_absurd(document: XmlDocument, asked: Asked) -> Iterator[Step]:
    asked = replace(asked, findings=tuple(finding for finding in asked.findings if finding.fix))
    rows = named_rows(asked, len(activity_of(document)))
    if len(rows):
        yield _drop(document, asked, rows, "of dates that no ride has")


def _lap_times(document: XmlDocument, asked: Asked) -> Iterator[Step]:
    """TotalTimeSeconds of the laps that the finding names: from the first of their points to the last, or a
    thousandth of it where it is that in milliseconds."""
    laps = _laps_named(document, asked)
    edits = []
    for element, said, moments in laps:
        span = float(moments.max() - moments.min())
        total = document.elements.children(element, "TotalTimeSeconds")
        value = said / 1000 if span and 900 < said / span < 1100 else span
        if len(total):
            edits.append(retexted(document, int(total[0]), f"{value:.3f}".rstrip("0").rstrip(".")))
    says = f"TotalTimeSeconds of {len(edits)} laps becomes what their points say"
    where = asked.findings[0].where
    yield Step(action="changed", says=says, edits=tuple(edits), where=where, safe=False)


def _lap_starts(document: XmlDocument, asked: Asked) -> Iterator[Step]:
    """StartTime of the laps that the finding names: the time of their first point."""
    edits = [
        with_attribute(document, element, "StartTime", stamp(float(moments[0])))
        for element, _, moments in _laps_named(document, asked)
    ]
    says = f"StartTime of {len(edits)} laps becomes the time of their first point"
    where = asked.findings[0].where
    yield Step(action="changed", says=says, edits=tuple(edits), where=where, safe=False)


def _lap_ends(document: XmlDocument, asked: Asked) -> Iterator[Step]:
    """StartTime of the laps that start after their end: the time of their first point."""
    wrong = {number for finding in asked.findings for number in finding.evidence.get("wrong") or ()}
    edits = [
        with_attribute(document, element, "StartTime", stamp(float(moments[0])))
        for number, (element, _, moments) in enumerate(_laps(document), 1)
        if number in wrong and len(moments)
    ]
    says = f"StartTime of {len(edits)} laps becomes the time of their first point"
    where = asked.findings[0].where
    yield Step(action="changed", says=says, edits=tuple(edits), where=where, safe=False)


def _laps(document: XmlDocument) -> Iterator[tuple[int, float, Floats]]:
    """Of each TCX lap its element, its TotalTimeSeconds, and the times of its points."""
    activity, elements = activity_of(document), document.elements
    found = {element_place(document, lap).offset: lap for lap in elements.named("Lap").tolist()}
    for lap in activity.laps:
        moments = activity.time[lap.first_point : lap.first_point + lap.points]
        yield found[lap.where.offset], lap.elapsed_s, moments[np.isfinite(moments)]


def _laps_named(document: XmlDocument, asked: Asked) -> list[tuple[int, float, Floats]]:
    wrong = {number for finding in asked.findings for number in finding.evidence.get("wrong_laps") or ()}
    return [lap for number, lap in enumerate(_laps(document), 1) if number in wrong and len(lap[2])]


#: Spellings first, then points, then what laps say of them.
REPAIRS: tuple[Repair, ...] = (
    Repair(
        (unreadable_time,),
        _respell,
        "a time in another form, such as `2024-05-01 10:00:00+02`, is written as XML has it",
        reveals=True,
    ),
    Repair((time_padded,), _trim, "the white space goes"),
    Repair(
        (time_without_zone,),
        _add_zone,
        "`Z` is added, as such times are read",
        unsafely="with `--tz`: the offset is added",
    ),
    Repair((time_zones_mixed,), _all_in_utc, "all times are written in UTC"),
    Repair((week_rollover,), _add_weeks, "1024 weeks are added to all dates of that time"),
    Repair((absurd_date,), _drop_absurd, "the points are dropped, where the others are a ride", leaves=(lap_distance,)),
    Repair((lone_time, stale_points), _drop_lone, "the points are dropped"),
    Repair(
        (point_without_time,),
        _drop_or_interpolate,
        "the points are dropped where they are few, or timed with `--interpolate`",
        needs="--interpolate",
    ),
    Repair(
        (time_goes_back,),
        _sort_points,
        "points are sorted by time in their segment",
        leaves=(distance_decreases,),
    ),
    Repair((segments_overlap,), _sort_parts, "segments and laps are put in the order of their times"),
    Repair(
        (time_twice,),
        _keep_first,
        "the first of several points of one time is kept, where the others tell nothing more",
    ),
    Repair((starts_after_end,), _lap_ends, "TCX: the lap says what its points say"),
    Repair((lap_start,), _lap_starts, "TCX: the lap says what its points say"),
    Repair((lap_time,), _lap_times, "TCX: the lap says what its points say"),
)
