"""Rules about the sport: whether Strava can tell it from the file."""

from __future__ import annotations

import numpy as np

from ..activity import Activity
from ..config import Limits
from ..findings import Severity, Where
from ..sports import map_fit, map_gpx, map_tcx, normalise, synonym
from .basis import PRACTICE, STRAVA_UPLOADS
from .registry import Found, Hit, rule
from .track import Track, kind_of_sport, speed_limit

WARNING, INFO = Severity.WARNING, Severity.INFO
#: What a FIT file writes when it does not want to name a sport.
_NO_SPORT = ("", "generic", "all")
_FIELDS = {"fit": "session.sport", "tcx": "Activity/@Sport", "gpx": "trk/type"}


def _is_activity(activity: Activity) -> bool:
    return activity.kind == "activity" and len(activity.sessions) > 0


@rule(
    "SPT001",
    "sport-absent",
    WARNING,
    on=Activity,
    basis=STRAVA_UPLOADS,
    says="{field} names no sport{value}: Strava uses the athlete's default sport",
    hint="name the sport when uploading (sport_type)",
)
def sport_absent(activity: Activity, _limits: Limits) -> Found:
    """The file does not say what sport it is, or says "generic".

    Strava then takes the sport from the athlete's profile, so that runs become rides (RunnerUp#582, nrc2strava#4). For
    GPX this is information only: Strava does not document that it reads trk/type, though it writes it.
    """
    if not _is_activity(activity):
        return
    for session in activity.sessions:
        if session.sport is None and activity.counts.get("Course"):
            continue  # a course beside an activity has no sport
        if normalise(session.sport or "") in _NO_SPORT:
            value = f' (it says "{session.sport}")' if session.sport else ""
            severity = INFO if activity.format == "gpx" else None
            yield Hit(
                session.where, {"field": _FIELDS[activity.format], "value": value, "sport": session.sport}, severity
            )
            return


@rule(
    "SPT004",
    "sport-not-mapped",
    WARNING,
    on=Activity,
    basis=STRAVA_UPLOADS,
    says='{field} is "{sport}", which Strava does not map: it uses the athlete\'s default sport',
    hint="{advice}",
)
def sport_not_mapped(activity: Activity, _limits: Limits) -> Found:
    """The file names a sport that Strava does not turn into one of its own.

    In TCX Strava maps biking, running, hiking, walking and swimming, in any case, and no other word; the schema's own
    "Other" is not among them. For GPX this is information only, because Strava does not document that it reads
    trk/type.
    """
    if not _is_activity(activity):
        return
    to_strava = {
        "fit": lambda s: map_fit(s.sport, s.sub_sport),
        "tcx": lambda s: map_tcx(s.sport),
        "gpx": lambda s: map_gpx(s.sport),
    }
    for session in activity.sessions:
        word = normalise(session.sport or "")
        if word in (*_NO_SPORT, "transition") or to_strava[activity.format](session).strava is not None:
            continue
        meant = synonym(session.sport or "")
        advice = f"send sport_type={meant} with the upload" if meant else "name the sport when uploading (sport_type)"
        severity = INFO if activity.format == "gpx" else None
        yield Hit(
            session.where,
            {"field": _FIELDS[activity.format], "sport": session.sport, "meant": meant, "advice": advice},
            severity,
        )
        return


@rule(
    "SPT008",
    "speed-contradicts-sport",
    INFO,
    on=Activity,
    basis=PRACTICE,
    says="half of the moving time is faster than {speed:g} m/s, which nobody reaches when {sport} ({limit:g} m/s)",
    hint="name the right sport, or leave out the part that was recorded in a vehicle",
)
def speed_contradicts_sport(activity: Activity, limits: Limits) -> Found:
    """The median speed of the moving time is above what the sport allows.

    The recording went on in a car or train, or the sport is wrong. Strava asks whether the activity was recorded in a
    vehicle.
    """
    kind = kind_of_sport(activity)
    if kind == "other" or not len(activity):
        return
    track = Track.of(activity, every=1 + len(activity) // 4000)
    speeds = track.speeds()
    moving = speeds[speeds > 0.5]
    limit = speed_limit(activity, limits)
    if len(moving) >= 10 and (median := float(np.median(moving))) > limit:
        where = activity.sessions[0].where if activity.sessions else Where()
        yield Hit(where, {"speed": round(median, 1), "sport": kind, "limit": limit, "hops": len(moving)})
