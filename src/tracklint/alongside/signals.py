"""What two recordings both have, second by second, so that their clocks can be told from it; how alike it is."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from ..activity import Floats
from .correlation import correlations, distances, swings
from .recording import Traces

__all__ = ["POSITION", "Both", "Signals", "best_part", "both_of", "likeness"]

POSITION = "position"
#: How much each channel says about the time. Positions and power tell it to the second; a heart follows late, and its
#: sensor later.
_WEIGHTS = {POSITION: 2.0, "power": 1.0, "speed": 1.0, "cadence": 1.0, "altitude": 0.5, "heart_rate": 0.25}
#: How near tracks come that are the same, in metres.
_TRACK_M = 30.0
#: A track that stays within so many metres does not tell the time.
_STILL_M = 50.0
#: Parts of one side that are laid over the whole other one, in seconds.
_PART_S = 900
#: What of a part must be known on both sides, in seconds.
_LEAST_PART_S = 60.0
_METRES_A_DEGREE = 111_195.08


@dataclass(frozen=True, slots=True, eq=False)
class Signals:
    """One recording's side: ``start`` is the time of second 0 by its own clock, ``swings`` has a column for each
    channel, ``track`` east and north in metres, and ``running`` says in which seconds it recorded."""

    start: float
    swings: Mapping[str, Floats]
    track: tuple[Floats, Floats]
    running: Floats

    def __len__(self) -> int:
        return len(self.running)


@dataclass(frozen=True, slots=True, eq=False)
class Both:
    """Both sides, and the weight of each channel that both have. A lag of ``k`` lays second ``i`` of ``one`` on second
    ``i + k`` of ``two``."""

    one: Signals
    two: Signals
    weights: Mapping[str, float]

    @property
    def shift(self) -> float:
        """How far the second clock is ahead of the first at a lag of 0, in seconds."""
        return self.two.start - self.one.start

    def part(self, begin: int, end: int) -> Both:
        """The same with these seconds of the first side only."""
        one, cut = self.one, slice(begin, end)
        columns = {name: column[cut] for name, column in one.swings.items()}
        east, north = one.track
        side = Signals(one.start + begin, columns, (east[cut], north[cut]), one.running[cut])
        return Both(side, self.two, self.weights)


def both_of(reference: Traces, other: Traces) -> Both:
    """What two recordings both have."""
    names = [name for name in _WEIGHTS if name in reference.columns and name in other.columns]
    origin = np.nan, np.nan
    if reference.has_positions and other.has_positions:
        columns = reference.columns
        origin = float(np.median(columns["latitude"].values)), float(np.median(columns["longitude"].values))
    one, two = (_side(each, names, origin) for each in (reference, other))
    if all(_moves(each.track) for each in (one, two)):
        names.insert(0, POSITION)
    return Both(one, two, {name: _WEIGHTS[name] for name in names})


def _side(traces: Traces, names: list[str], origin: tuple[float, float]) -> Signals:
    seconds = traces.seconds()
    north = (traces.at("latitude", seconds) - origin[0]) * _METRES_A_DEGREE
    degrees = (traces.at("longitude", seconds) - origin[1] + 180) % 360 - 180
    east = degrees * _METRES_A_DEGREE * np.cos(np.radians(origin[0]))
    columns = {name: swings(traces.at(name, seconds)) for name in names}
    start = float(seconds[0]) if len(seconds) else traces.recording.start
    return Signals(start, columns, (east, north), np.isfinite(traces.running.at(seconds)))


def _moves(track: tuple[Floats, Floats]) -> bool:
    known = np.isfinite(track[0])
    return bool(known.any()) and max(float(np.ptp(axis[known])) for axis in track) > _STILL_M


def likeness(both: Both, enough: Floats) -> tuple[Floats, tuple[str, ...]]:
    """How alike both are at all lags from ``1 - len(one)`` on, 1 for the same, and the channels that tell it.

    NaN where fewer seconds overlap than ``enough`` says of each lag, or only what says little does.
    """
    total, weights, by = np.zeros(len(enough)), np.zeros(len(enough)), []
    for name, weight in both.weights.items():
        if name == POSITION:
            squares, n = distances(both.one.track, both.two.track)
            like = np.exp(-squares / (2 * _TRACK_M**2))
        else:
            like, n = correlations(both.one.swings[name], both.two.swings[name])
        valid = (n >= enough) & np.isfinite(like)
        if valid.any():
            by.append(name)
            total += np.where(valid, weight * np.nan_to_num(like), 0)
            weights += np.where(valid, weight, 0)
    solid = weights > 0.5 * max(weights.max(initial=0), 1e-9)
    return np.where(solid, total / np.where(solid, weights, 1), np.nan), tuple(by)


def best_part(both: Both, span: tuple[int, int], near: float = 0.0, reach: float = np.inf) -> tuple[float, float]:
    """The lag of that part of the first side, between these seconds, which is most alike at a lag not farther than
    ``reach`` from ``near``; and how alike it is, 0 where nothing is.

    A clock that was set, or stood still in a pause, has no lag for the whole; its parts have.
    """
    best = np.nan, 0.0
    parts = max((span[1] - span[0]) // _PART_S, 1)
    edges = np.linspace(*span, parts + 1).astype(int).tolist()
    for begin, end in pairwise(edges):
        part = both.part(begin, end)
        lags = np.arange(1 - len(part.one), len(part.two)) - begin
        enough = max(0.4 * float(part.one.running.sum()), _LEAST_PART_S)
        scores, _ = likeness(part, np.where(np.abs(lags - near) <= reach, enough, np.inf))
        top = int(np.nanargmax(scores)) if np.isfinite(scores).any() else 0
        if len(scores) and scores[top] > best[1]:
            best = float(lags[top]), float(scores[top])
    return best
