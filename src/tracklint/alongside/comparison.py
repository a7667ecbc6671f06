"""Recordings of one ride beside the one that is the reference."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

import numpy as np

from ..activity import Floats
from ..spelling import counted, printable
from .agreement import agreement, climbs, separation, ways
from .clocks import Clock, clock_of
from .judging import judged
from .pairs import Pair, Pause
from .recording import CHANNELS, COLUMNS, Mask, Recording, Traces
from .telling import said

__all__ = ["Comparison", "compared"]

#: A pause is longer than this, in seconds.
_PAUSE_S = 10


@dataclass(frozen=True, slots=True, kw_only=True, eq=False, repr=False)
class Comparison:
    """Recordings of one ride beside the one that is the reference.

    ``time`` has every second of the reference (UTC seconds by its clock). ``columns`` has, for the reference and then
    for each of ``pairs``, each channel at these seconds: ``latitude`` and ``longitude`` (degrees), ``altitude`` and
    ``distance`` (m), ``speed`` (m/s), ``heart_rate`` (bpm), ``cadence`` (rpm), ``power`` (W), ``temperature`` (deg C);
    NaN where a recording has no value, and nothing is made up across its gaps. All have the length of ``time``.
    """

    reference: Recording
    pairs: tuple[Pair, ...]
    time: Floats = field(repr=False)
    columns: tuple[Mapping[str, Floats], ...] = field(repr=False)

    def __repr__(self) -> str:
        return f"<Comparison {printable(self.reference.name)} and {counted(len(self.pairs), 'other')}>"

    def __str__(self) -> str:
        """The text that `tracklint compare --same-ride` prints."""
        return "\n".join(said(self.reference, self.pairs))

    @property
    def same(self) -> bool:
        """Whether all are recordings of one ride."""
        return all(pair.same for pair in self.pairs)

    def difference(self, channel: str, other: int = 0) -> Floats:
        """Other less reference at each second of ``time``; NaN where one side has no value, so everywhere where one
        lacks the channel. ``other`` counts ``pairs`` from 0. Raises KeyError for what is no channel of ``columns``."""
        if channel not in COLUMNS:
            raise KeyError(channel)
        nowhere = np.full(len(self.time), np.nan)
        difference: Floats = self.columns[other + 1].get(channel, nowhere) - self.columns[0].get(channel, nowhere)
        return difference


def compared(reference: Traces, others: Sequence[Traces]) -> Comparison:
    """Recordings beside the reference, each laid over it by its own clock."""
    time = reference.seconds()
    base = _columns(reference, time)
    pairs, columns = [], [base]
    for other in others:
        clock_there = clock_of(reference, other)
        own = time + clock_there.ahead(time)
        columns.append(_columns(other, own))
        running = reference.running.at(time), other.running.at(own)
        pairs.append(_pair(reference, other, clock_there, (base, columns[-1]), running))
    return Comparison(reference=reference.recording, pairs=tuple(pairs), time=time, columns=tuple(columns))


def _columns(traces: Traces, seconds: Floats) -> dict[str, Floats]:
    return {name: traces.at(name, seconds) for name in traces.columns}


def _pair(
    reference: Traces,
    other: Traces,
    clock_there: Clock,
    sides: tuple[Mapping[str, Floats], Mapping[str, Floats]],
    running: tuple[Floats, Floats],
) -> Pair:
    nowhere = np.full(len(running[0]), np.nan)

    def both(name: str) -> tuple[Floats, Floats]:
        return sides[0].get(name, nowhere), sides[1].get(name, nowhere)

    together = np.isfinite(running[0]) & np.isfinite(running[1])
    shared = [name for name in CHANNELS if name in sides[0] and name in sides[1]]
    pair = Pair(
        reference=reference.recording,
        other=other.recording,
        clock=clock_there,
        same=False,
        why="",
        shared_s=int(together.sum()),
        points=_points(reference, other, clock_there, together),
        agreements=tuple(agreement(name, *both(name), running) for name in shared),
        lacks=tuple(_lacks(reference, other)),
        pauses=tuple(_pauses(reference.seconds(), running)),
        separation=separation(both("latitude"), both("longitude")),
        distance=ways(both("distance"), both("latitude"), both("longitude")),
        ascent=climbs(both("altitude")),
    )
    shorter = min(each.recorded_s() for each in (reference, other))
    same, why = judged(pair, shorter, moved=reference.moves() or other.moves())
    return replace(pair, same=same, why=why)


def _points(reference: Traces, other: Traces, there: Clock, together: Mask) -> tuple[int, int]:
    """How many points both wrote in the seconds in which both recorded."""
    seconds = reference.seconds()[together]
    own, others = (
        int(np.isin(np.rint(traces.running.times), np.rint(moved)).sum())
        for traces, moved in ((reference, seconds), (other, seconds + there.ahead(seconds)))
    )
    return own, others


def _pauses(time: Floats, running: tuple[Floats, Floats]) -> Iterator[Pause]:
    """What one side does not record between the first and the last second that both do."""
    one, two = (np.isfinite(side) for side in running)
    at = np.flatnonzero(one & two)
    for side, alone in (("reference", two & ~one), ("other", one & ~two)):
        inside = alone[at[0] : at[-1] + 1] if len(at) else alone[:0]
        edges = np.flatnonzero(np.diff(np.r_[0, inside, 0]))
        for first, end in zip(edges[::2], edges[1::2], strict=True):
            if end - first > _PAUSE_S:
                yield Pause(side, float(time[at[0] + first]), int(end - first))


def _lacks(reference: Traces, other: Traces) -> list[tuple[str, str]]:
    """The channels that one side has alone, and the side that lacks them."""
    lacking = []
    for name in ("latitude", *CHANNELS, "distance"):
        one, two = name in reference.columns, name in other.columns
        if one != two:
            lacking.append(("position" if name == "latitude" else name, "other" if one else "reference"))
    return lacking
