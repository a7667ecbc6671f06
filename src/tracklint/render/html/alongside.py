"""The page of recordings of one ride: channels over one another, their differences, tracks on one map, and figures."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from ...alongside.recording import CHANNELS
from ...alongside.telling import HEADS, amount, facts, head, rows, verdict
from ...spelling import clock, counted, iso
from ..units import UNITS
from .filling import filled, in_script, own
from .packing import packed
from .track import MOST_POINTS, flat, middle, thinned

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ...activity import Floats, Ints
    from ...alongside.comparison import Comparison
    from ...alongside.pairs import Pair
    from ...alongside.recording import Recording
    from ...alongside.thresholds import Beyond

__all__ = ["alongside"]

_LABELS = {"altitude": "Elevation"}
_SIGNS = {"deg C": "°C"}
_ORDER = ("altitude", *(name for name in CHANNELS if name != "altitude"))


def alongside(told: Comparison, found: Sequence[Beyond], library: str) -> str:
    """The page of a comparison, with what is beyond thresholds; ``library`` stands where the library goes. What is not
    the same ride has its figures and no charts."""
    laid = (side if pair.same else {} for pair, side in zip(told.pairs, told.columns[1:], strict=True))
    columns = [told.columns[0], *laid]
    points = _points(told, columns)
    channels = [name for name in _ORDER if any(name in side for side in columns)]
    recordings = [told.reference, *(pair.other for pair in told.pairs)]
    tracks = _tracks(columns)
    return filled(
        "alongside.html",
        title=f"One ride, {counted(len(recordings), 'recording')}" if told.same else "Recordings that are not one ride",
        style=own("page.css") + own("alongside.css"),
        script=own("drawing.js") + own("alongside.js"),
        library=library,
        same=told.same,
        recordings=[_recording(each, k, tracks[k] is not None) for k, each in enumerate(recordings)],
        beyond=[{"says": str(each), "measured": each.measured} for each in found],
        rows=len(points),
        on_map=any(track is not None for track in tracks),
        map_summary=f"The ways of {counted(sum(track is not None for track in tracks), 'recording')} over one another.",
        charts=[_chart(name, told, columns) for name in channels],
        pairs=[_figures(pair) for pair in told.pairs],
        heads=HEADS,
        data=in_script({
            "time": packed(told.time[points], 0.001),
            "channels": [_values(name, columns, points) for name in channels],
            "tracks": [
                track and {"east": packed(track[0][points], 0.1), "north": packed(track[1][points], 0.1)}
                for track in tracks
            ],
        }),
    )  # fmt: skip


def _points(told: Comparison, columns: Sequence[Any]) -> Ints:
    """The seconds that are drawn, nearly always all of them."""
    if len(told.time) <= MOST_POINTS:
        return np.arange(len(told.time))
    return thinned([each for side in columns for each in side.values()], [0, len(told.time) - 1])


def _tracks(columns: Sequence[Any]) -> list[tuple[Floats, Floats] | None]:
    """The ways as metres about the middle of the first one."""
    about = None
    tracks: list[tuple[Floats, Floats] | None] = []
    for side in columns:
        if "latitude" not in side or "longitude" not in side:
            tracks.append(None)
            continue
        latitude, longitude = side["latitude"], side["longitude"]
        if about is None:
            known = np.isfinite(latitude) & np.isfinite(longitude)
            about = middle(latitude[known], longitude[known])
        tracks.append(flat(latitude, longitude, about))
    return tracks


def _recording(recording: Recording, number: int, on_map: bool) -> dict[str, Any]:
    long = clock(round(recording.end - recording.start))
    which = "" if number else ", the reference"
    said = f"{recording.format.upper()}, from {iso(recording.start)}, {long} long{which}"
    return {"head": head(recording), "said": said, "name": recording.name, "number": number, "on_map": on_map}


def _values(name: str, columns: Sequence[Any], points: Ints) -> dict[str, Any]:
    decimals = UNITS["metric"].channels[name].decimals
    values = [packed(side[name][points], 10.0**-decimals) if name in side else None for side in columns]
    return {"decimals": decimals, "values": values}


def _chart(name: str, told: Comparison, columns: Sequence[Any]) -> dict[str, Any]:
    """A channel in words: the mean of each recording, and how far the others are off."""
    measure = UNITS["metric"].channels[name]
    unit = _SIGNS.get(measure.unit, measure.unit)
    names = [told.reference.name, *(pair.other.name for pair in told.pairs)]
    label = _LABELS.get(name, name.replace("_", " ").capitalize())
    means = [
        f"{each}: mean {np.nanmean(side[name]):.{measure.decimals}f} {unit}"
        for each, side in zip(names, columns, strict=True)
        if name in side and np.isfinite(side[name]).any()
    ]
    off = [
        f"{pair.other.name}: {amount(agreement.bias, 1)} {unit}"
        for pair in told.pairs
        if pair.same and (agreement := pair.agreement(name)) is not None and np.isfinite(agreement.bias)
    ]
    return {
        "label": label,
        "unit": unit,
        "summary": f"{label}. {'; '.join(means)}.",
        "differs": name in columns[0] and any(name in side for side in columns[1:]),
        "difference": f"{label} less that of the reference, on average. {'; '.join(off) or 'not known'}.",
    }


def _figures(pair: Pair) -> dict[str, Any]:
    return {
        "name": pair.other.name,
        "verdict": verdict(pair),
        "facts": list(facts(pair)) if pair.same else [],
        "rows": list(rows(pair)) if pair.same else [],
    }
