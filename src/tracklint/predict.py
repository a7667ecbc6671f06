"""What Strava will show: sport, device, elevation, channels, times, distance and ascent, each with the reason.

These are predictions from Strava's documents and from reports, made without asking Strava. Sources stand in
docs/architecture.md.
"""

from __future__ import annotations

import math

import numpy as np

from .activity import BAROMETER, CHANNELS, Activity, Floats, ends_with_barometer, hops
from .findings import ElevationFacts, Ignored, Prediction
from .sports import STATIONARY_SUB_SPORTS, map_sessions, normalise

__all__ = [
    "ascent",
    "climbed",
    "elevation",
    "ground_distance",
    "is_stationary",
    "moved_distance",
    "moving_by_positions",
    "predict",
    "span",
]

#: Manufacturer numbers that belong to nobody: 0 and 255 (development).
NOBODY = (None, 0, 255)
#: Slower than this is standing still. Strava does not publish its number; devices pause at 0.5 to 1 m/s.
STILL_M_S = 0.5
#: A climb counts when it is higher than this, so that noise does not add up. Strava does not publish its number.
CLIMB_M = 3.0
_DEVICE_MAKERS = (
    "garmin",
    "edge",
    "forerunner",
    "fenix",
    "wahoo",
    "elemnt",
    "suunto",
    "polar",
    "coros",
    "bryton",
    "hammerhead",
)


def predict(activity: Activity) -> Prediction:
    """What Strava will make of the activity, if it accepts the file."""
    mapped = map_sessions(activity.format, [(s.sport, s.sub_sport) for s in activity.sessions])
    start, end = span(activity)
    elapsed = _elapsed(activity, start, end)
    stationary = is_stationary(activity)
    climb, climb_from = _ascent(activity)
    return Prediction(
        sport=mapped.strava,
        sport_sure=mapped.sure,
        sport_why=mapped.why,
        device=_device_name(activity),
        elevation=elevation(activity),
        channels_read=_read_channels(activity),
        channels_ignored=tuple(
            Ignored(channel=p.channel, place=p.name, points=p.points, why=p.why)
            for p in activity.places
            if not p.strava
        ),
        stationary=stationary,
        start_time=start,
        elapsed_s=elapsed,
        moving_s=_moving(activity, elapsed),
        distance_m=moved_distance(activity),
        ascent_m=climb,
        ascent_from=climb_from,
    )


def span(activity: Activity) -> tuple[float | None, float | None]:
    """The earliest and the latest time of a point, or of the sessions where no point has a time."""
    return activity.once(_span)


def _span(activity: Activity) -> tuple[float | None, float | None]:
    if activity.known("time") == len(activity) > 0:
        return activity.extent("time")
    times = activity.time[activity.channel("time")]
    if len(times):
        return float(times.min()), float(times.max())
    starts = [s.start_time for s in activity.sessions if np.isfinite(s.start_time)]
    if not starts:
        return None, None
    ends = [s.start_time + s.elapsed_s for s in activity.sessions if np.isfinite(s.start_time + s.elapsed_s)]
    return min(starts), max(ends, default=None)


def is_stationary(activity: Activity) -> bool:
    """Strava marks a file without positions as stationary; some FIT sub_sports say it themselves."""
    if not activity.known("position"):
        return True
    return any(normalise(s.sub_sport or "") in STATIONARY_SUB_SPORTS for s in activity.sessions)


def moved_distance(activity: Activity) -> float | None:
    """Metres: the FIT sessions' own total, else the last cumulative distance, else laps, else along the positions."""
    totals = [s.distance_m for s in activity.sessions]
    if activity.format == "fit" and any(map(math.isfinite, totals)):
        return float(np.nansum(totals))
    if activity.known("distance"):
        return activity.extent("distance")[1]
    laps = float(np.nansum([lap.distance_m for lap in activity.laps]))
    if laps > 0:
        return laps
    if activity.known("position"):
        return float(ground_distance(activity).sum())
    return None


def ground_distance(activity: Activity) -> Floats:
    """Metres from each point with a position to the next one in the same segment (haversine on a sphere)."""
    return activity.once(_ground_distance)


def _ground_distance(activity: Activity) -> Floats:
    usable = np.flatnonzero(activity.channel("position"))
    step = hops(activity.latitude[usable], activity.longitude[usable])
    if len(activity.starts) > 1:
        segment = np.searchsorted(activity.starts, usable, side="right")
        step[np.diff(segment) > 0] = 0
    return step


def ascent(altitude: Floats) -> float:
    """Metres climbed, counting only climbs above `CLIMB_M` between turning points of the smoothed altitude."""
    known = altitude[np.isfinite(altitude)]
    if len(known) < 2:
        return 0.0
    if len(known) >= 9:
        sums = np.cumsum(np.r_[0.0, known])
        known = np.r_[known[0], (sums[5:] - sums[:-5]) / 5, known[-1]]
    slope = np.sign(np.diff(known))
    moving = np.flatnonzero(slope)
    if not len(moving):
        return 0.0
    turns = moving[np.flatnonzero(np.diff(slope[moving])) + 1]
    heights = known[np.r_[0, turns, len(known) - 1]].tolist()
    climbed, low, high = 0.0, heights[0], heights[0]
    for height in heights:
        if height > high:
            high = height
        elif high - height > CLIMB_M:
            climbed += high - low if high - low > CLIMB_M else 0.0
            low = high = height
        if height < low:
            low = high = height
    return climbed + (high - low if high - low > CLIMB_M else 0.0)


def _elapsed(activity: Activity, start: float | None, end: float | None) -> float | None:
    ends = [s.start_time + s.elapsed_s for s in activity.sessions if math.isfinite(s.start_time + s.elapsed_s)]
    if activity.format == "fit" and ends:
        return float(max(ends) - min(s.start_time for s in activity.sessions if math.isfinite(s.start_time)))
    return None if start is None or end is None else end - start


def _moving(activity: Activity, elapsed: float | None) -> float | None:
    timers = [s.timer_s for s in activity.sessions]
    if activity.format == "fit" and any(map(math.isfinite, timers)):
        return float(np.nansum(timers))
    usable = activity.channel("position") & activity.channel("time")
    if not usable.any():
        return elapsed
    return moving_by_positions(activity)


def moving_by_positions(activity: Activity) -> float:
    """Seconds in which positions move faster than `STILL_M_S`; steps of ten minutes and more do not count."""
    step = np.diff(activity.time[activity.channel("position")])
    gone = ground_distance(activity)
    moving = np.isfinite(step) & (step > 0) & (step < 600) & (gone > STILL_M_S * step)
    return float(step[moving].sum())


def _ascent(activity: Activity) -> tuple[float | None, str | None]:
    totals = [s.ascent_m for s in activity.sessions]
    if activity.format == "fit" and activity.device.barometer and any(map(math.isfinite, totals)):
        return float(np.nansum(totals)), "header"
    if not activity.known("altitude"):
        return None, None
    return round(climbed(activity), 1), "computed"


def climbed(activity: Activity) -> float:
    """Metres climbed by the altitudes of all points."""
    return activity.once(_climbed)


def _climbed(activity: Activity) -> float:
    return ascent(activity.altitude)


def _device_name(activity: Activity) -> str | None:
    device = activity.device
    if activity.format == "fit":
        if device.manufacturer_id in NOBODY:
            return None
        return device.name or " ".join(filter(None, (device.manufacturer, device.product))) or None
    name = " ".join((device.name or "").split())
    if ends_with_barometer(name):
        name = name[: -len(BAROMETER)].rstrip()
    return name or None


def _read_channels(activity: Activity) -> tuple[str, ...]:
    said = {p.channel for p in activity.places}
    read = {p.channel for p in activity.places if p.strava}
    return tuple(c for c in CHANNELS if activity.known(c) and (c in read or c not in said))


def elevation(activity: Activity) -> ElevationFacts:
    """Where the elevations that Strava shows come from, and why."""
    device, positions = activity.device, activity.known("position") > 0
    if not activity.known("altitude"):
        if positions:
            return ElevationFacts(source="recomputed", why="the file has no elevation; Strava takes it from its map")
        return ElevationFacts(source="none", why="the file has neither elevation nor positions")
    if not positions:
        return ElevationFacts(
            source="unknown", why="without positions there is nothing to recompute from; it may not be shown"
        )
    if activity.format == "fit":
        return _fit_elevation(activity)
    name = device.name or ""
    if ends_with_barometer(name):
        return ElevationFacts(source="file", why=f'the creator ends with "{BAROMETER}"')
    if not name.strip():
        return ElevationFacts(source="recomputed", why="the file names no creator")
    if normalise(name).startswith(_DEVICE_MAKERS) or device.product_id:
        return ElevationFacts(
            source="unknown",
            why=f"taken as is only where Strava knows {name} as a device with a barometer, else recomputed",
        )
    return ElevationFacts(source="recomputed", why=f'the creator {name} does not end with "{BAROMETER}"')


def _fit_elevation(activity: Activity) -> ElevationFacts:
    device = activity.device
    if device.manufacturer_id in NOBODY:
        return ElevationFacts(
            source="recomputed", why=f"manufacturer {device.manufacturer_id} belongs to no device that Strava can know"
        )
    if device.barometer:
        return ElevationFacts(source="file", why="the file lists a barometer in its device_info messages")
    return ElevationFacts(
        source="unknown", why="taken as is only where Strava knows this manufacturer and product as having a barometer"
    )
