"""The charts and the map of a page: what is drawn, said in words and in a table."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from ...words import clock, counted
from .packing import packed
from .track import Track, near, track_of
from .zone import said

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ...activity import Activity, Floats
    from ..units import Measure, Units
    from .notes import Note

__all__ = ["Chart", "Figures", "figures", "ride_data", "sparse"]

_LABELS = {"altitude": "Elevation"}
_SIGNS = {"deg C": "°C", "deg F": "°F"}
#: A table has at most so many rows, a whole number of minutes apart.
_MOST_ROWS = 240
_MINUTES = (1, 2, 5, 10, 15, 30, 60, 120, 360, 1440)
#: Lines join their points over holes where this share of the values stands alone between two.
_SPARSE = 0.1


@dataclass(frozen=True, slots=True, eq=False)
class Chart:
    """One channel. ``numbers`` are its least, mean and greatest value, with ``unit``."""

    name: str
    label: str
    unit: str
    decimals: int
    values: Floats
    numbers: tuple[str, str, str]
    summary: str
    view: tuple[float, float] | None


@dataclass(frozen=True, slots=True, eq=False)
class Figures:
    """What a page draws of a ride. ``table`` is its caption, its heads and its rows."""

    track: Track
    charts: tuple[Chart, ...]
    zone: int | None
    map_summary: str
    way_factor: float
    way_unit: str
    caption: str
    heads: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]


def figures(activity: Activity, notes: Sequence[Note], units: Units, zone: int | None) -> Figures | None:
    """The figures of an activity; ``None`` where it has no points."""
    if not len(activity):
        return None
    spared = {point for note in notes for point in ([] if note.point is None else [note.point])}
    track = track_of(activity, spared)
    there = counted(sum(note.point is not None for note in notes), "finding")
    charts = tuple(
        _chart(name, activity[name], track.channels[name], units.channels[name], there) for name in track.channels
    )
    way = units.way(float(np.nanmax(track.distance))) if np.isfinite(track.distance).any() else "an unknown distance"
    thinned = f", {len(track.points)} of {len(activity)} points are drawn" if len(track.points) < len(activity) else ""
    caption, rows = _table(track, charts, zone)
    return Figures(
        track=track,
        charts=charts,
        zone=zone,
        map_summary=f"The way, {way}, {counted(len(track.pauses), 'pause')}, {there}{thinned}.",
        way_factor=1 / 1609.344 if units.channels["distance"].unit == "mi" else 1 / 1000,
        way_unit="mi" if units.channels["distance"].unit == "mi" else "km",
        caption=caption,
        heads=("Time", *(f"{chart.label} ({chart.unit})" for chart in charts)),
        rows=rows,
    )


@np.errstate(over="ignore")  # a file may say 1e308 m
def _chart(name: str, whole: Floats, drawn: Floats, measure: Measure, there: str) -> Chart:
    """``whole`` are the values of all points, of which the numbers are told."""
    known = whole[np.isfinite(whole)] * measure.factor + measure.offset
    numbers = tuple(f"{number:.{measure.decimals}f}" for number in (known.min(), known.mean(), known.max()))
    label = _LABELS.get(name, name.replace("_", " ").capitalize())
    unit = _SIGNS.get(measure.unit, measure.unit)
    low, mean, high = numbers
    values = drawn * measure.factor + measure.offset
    return Chart(
        name=name,
        label=label,
        unit=unit,
        decimals=measure.decimals,
        values=values,
        numbers=(low, mean, high),
        summary=f"{label}: least {low}, mean {mean}, greatest {high} {unit}; {there} in the ride.",
        view=near(values),
    )


def _table(track: Track, charts: Sequence[Chart], zone: int | None) -> tuple[str, tuple[tuple[str, ...], ...]]:
    """One row for each step of whole minutes, with the point next to it."""
    timed = np.flatnonzero(np.isfinite(track.time))
    if not len(timed):
        return "", ()
    times = track.time[timed]
    start, end = near(times) or (float(times.min()), float(times.max()))
    minutes = next((each for each in _MINUTES if (end - start) / 60 / each < _MOST_ROWS), 0)
    if not minutes:
        minutes = int((end - start) / 60 / _MOST_ROWS) + 1
    order = np.argsort(times, kind="stable")
    wanted = np.arange(start, end + 1, minutes * 60.0)
    rows = timed[order][np.minimum(np.searchsorted(times[order], wanted), len(timed) - 1)]
    cells = [
        (
            said(float(track.time[row]), zone)[11:],
            *(_cell(float(chart.values[row]), chart.decimals) for chart in charts),
        )
        for row in dict.fromkeys(rows.tolist())
    ]
    step = "One row a minute" if minutes == 1 else f"One row for every {minutes} minutes"
    return f"{step}, the values of the point there. The ride lasts {clock(round(end - start))}.", tuple(cells)


def _cell(value: float, decimals: int) -> str:
    return f"{value:.{decimals}f}" if np.isfinite(value) else "–"


def ride_data(figures: Figures | None, notes: Sequence[Note]) -> dict[str, Any]:
    """What page.js draws, as JSON holds it; ``{}`` where there is nothing to draw. Rows stand for points."""
    if figures is None:
        return {}
    track = figures.track
    data: dict[str, Any] = {
        "zone": figures.zone or 0,
        "way": {"factor": figures.way_factor, "unit": figures.way_unit},
        "time": packed(track.time, 0.001),
        "distance": packed(track.distance, 0.01),
        "channels": [
            {
                "name": chart.name,
                "unit": chart.unit,
                "decimals": chart.decimals,
                "view": chart.view,
                "joined": sparse(chart.values),
                "values": packed(chart.values, 10.0**-chart.decimals),
            }
            for chart in figures.charts
        ],
        "time_view": near(track.time),
        "pauses": list(track.pauses),
        "findings": [_placed(note, track) for note in notes],
    }
    if track.on_map:
        data["map"] = {
            "east": packed(track.east, 0.01),
            "north": packed(track.north, 0.01),
            "view": [near(track.east), near(track.north)],
        }
    if len(track.points) and track.points[-1] >= len(track.points):
        data["points"] = packed(track.points.astype(np.float64), 1.0)
    return data


def _placed(note: Note, track: Track) -> dict[str, Any]:
    rows = [(track.row(first), track.row(last)) for first, last in note.runs]
    return {
        "row": None if note.point is None else track.row(note.point),
        "severity": note.finding.severity.label,
        "name": f"{note.finding.code} {note.finding.name}",
        "runs": rows,
    }


def sparse(values: Floats) -> bool:
    """Whether many values stand alone, so that a line that stops at holes would not be seen."""
    known = np.isfinite(values)
    alone = known & ~np.r_[False, known[:-1]] & ~np.r_[known[1:], False]
    return bool(alone.sum() > _SPARSE * known.sum())
