"""A recording as traces by its own clock, which can be asked for its values at any second.

Nothing is invented across a gap: between two values of a channel there is a value only where they are no farther apart
than this channel's values usually are.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from ..activity import Activity, Floats
from ..errors import TracklintError
from ..findings import Format
from ..spelling import counted, printable

__all__ = ["CHANNELS", "COLUMNS", "NotComparable", "Recording", "Trace", "Traces", "traces_of"]

#: What is compared, second by second. Where a recording was is asked of latitude and longitude together.
CHANNELS = ("power", "heart_rate", "cadence", "speed", "altitude", "temperature")
#: All that a recording may have at a second.
COLUMNS = (*CHANNELS, "distance", "latitude", "longitude")
#: A bridge is at least so long, in seconds, ...
_LEAST_BRIDGE_S = 3.0
#: ... and at most so many times a step that nine of ten steps do not exceed.
_BRIDGE_STEPS = 2.0
#: Points farther than this from the middle one have a wrong time: nobody rides for more than a week.
_HALF_WEEK_S = 3.5 * 86400
#: What has to be there at all, in seconds.
_LEAST_S = 3.0
#: A track that stays within so many degrees (50 m) tells nothing about a ride.
_STILL_DEG = 0.00045

Mask = npt.NDArray[np.bool_]


class NotComparable(TracklintError):
    """Recordings that cannot be laid over one another by time. The text is one clear sentence."""


@dataclass(frozen=True, slots=True, eq=False)
class Trace:
    """The known values of one channel: ``times`` (UTC seconds of the recording's clock, ascending), ``values`` of the
    same length, and ``bridge_s``, the longest step between two of them that is no gap."""

    times: Floats
    values: Floats
    bridge_s: float

    def at(self, seconds: Floats) -> Floats:
        """The values at these times, NaN in gaps and outside."""
        if not len(self.times):
            return np.full(len(seconds), np.nan)
        right = np.searchsorted(self.times, seconds).clip(max=len(self.times) - 1)
        left = (right - 1).clip(min=0)
        inside = (seconds >= self.times[0]) & (seconds <= self.times[-1])
        near = self.times[right] - self.times[left] <= self.bridge_s
        there = inside & (near | (self.times[right] == seconds))
        return np.where(there, np.interp(seconds, self.times, self.values), np.nan)


@dataclass(frozen=True, slots=True, kw_only=True)
class Recording:
    """What is said of one recording of a ride.

    ``start`` and ``end`` are the times of its first and last point by its own clock (UTC seconds), ``points`` counts
    those with a time, ``interval_s`` is the usual step between them (median), and ``misdated`` are those that are left
    out because their time is days off. ``device`` is empty where the file names none.
    """

    name: str
    device: str
    format: Format
    points: int
    misdated: int
    start: float
    end: float
    interval_s: float

    def __repr__(self) -> str:
        return f"<Recording {printable(self.name)}: {counted(self.points, 'point')}>"


@dataclass(frozen=True, slots=True, eq=False)
class Traces:
    """A recording with its traces: those of `CHANNELS`, ``latitude``, ``longitude`` and ``distance`` that have two
    values at least, and ``running``, the times of all points."""

    recording: Recording
    columns: Mapping[str, Trace]
    running: Trace

    @property
    def has_positions(self) -> bool:
        """Whether it says where it was."""
        return "latitude" in self.columns

    def moves(self) -> bool:
        """Whether it leaves its place by more than 50 m."""
        axes = [self.columns[name].values for name in ("latitude", "longitude") if name in self.columns]
        return any(float(np.ptp(axis)) > _STILL_DEG for axis in axes)

    def recorded_s(self) -> float:
        """How many seconds it recorded, pauses left out."""
        return float(np.isfinite(self.running.at(self.seconds())).sum())

    def seconds(self) -> Floats:
        """Every whole second from its first to its last point, by its own clock."""
        return np.arange(np.ceil(self.recording.start), np.floor(self.recording.end) + 1)

    def at(self, name: str, seconds: Floats) -> Floats:
        """A channel at these times of its own clock; NaN where there is no value."""
        trace = self.columns.get(name)
        return trace.at(seconds) if trace is not None else np.full(len(seconds), np.nan)


def traces_of(activity: Activity, name: str) -> Traces:
    """An activity as the traces of a recording. Raises `NotComparable` where its points do not span two seconds."""
    time = activity.time
    known = np.isfinite(time)
    if not known.any():
        raise NotComparable(f"{name}: no point has a time, so it cannot be laid over another recording")
    dated = known & (np.abs(time - np.median(time[known])) <= _HALF_WEEK_S)
    if not dated.any() or np.ptp(time[dated]) < _LEAST_S:
        raise NotComparable(f"{name}: its points span less than {_LEAST_S:g} s, too little to compare")
    running = _trace(time[dated], np.ones(int(dated.sum())))
    device = activity.device
    recording = Recording(
        name=name,
        device=device.name or " ".join(filter(None, (device.manufacturer, device.product))),
        format=activity.format,
        points=int(dated.sum()),
        misdated=int(known.sum() - dated.sum()),
        start=float(running.times[0]),
        end=float(running.times[-1]),
        interval_s=float(np.median(np.diff(running.times))),
    )
    return Traces(recording, _columns(activity, dated), running)


def _columns(activity: Activity, dated: Mask) -> dict[str, Trace]:
    """The traces of all channels that have two values. A heart that does not beat is a strap that does not hear it."""
    found = {}
    somewhere = dated & activity.channel("position") & ((activity.latitude != 0) | (activity.longitude != 0))
    usable = {name: dated & activity.channel(name) for name in (*CHANNELS, "distance")}
    usable["heart_rate"] &= activity.heart_rate > 0
    for name, mask in {**usable, "latitude": somewhere, "longitude": somewhere}.items():
        trace = _trace(activity.time[mask], getattr(activity, name)[mask])
        if name == "longitude":  # so that nothing lies between 180 and -180 degrees
            trace = Trace(trace.times, np.unwrap(trace.values, period=360), trace.bridge_s)
        if len(trace.times) > 1:
            found[name] = trace
    return found


def _trace(times: Floats, values: Floats) -> Trace:
    """Values in the order of time, the first of those of one moment."""
    times, first = np.unique(times, return_index=True)
    usual = np.quantile(np.diff(times), 0.9) if len(times) > 1 else 0.0
    return Trace(times, values[first], max(_LEAST_BRIDGE_S, _BRIDGE_STEPS * float(usual)))
