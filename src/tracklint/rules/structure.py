"""Rules about structure: whether there is an activity at all."""

from __future__ import annotations

from ..activity import Activity
from ..config import Limits
from ..findings import Severity, Where
from .basis import FIT_ACTIVITY_FILE, PRACTICE, STRAVA_UPLOADS
from .registry import Found, Hit, rule

ERROR, WARNING, INFO = Severity.ERROR, Severity.WARNING, Severity.INFO


@rule(
    "STR001",
    "no-points",
    ERROR,
    on=Activity,
    basis=STRAVA_UPLOADS,
    says="the file has no {point}: there is nothing that Strava can make an activity of",
    hint="create the activity without a file, or export it with its recorded points",
)
def no_points(activity: Activity, _limits: Limits) -> Found:
    """There is no track point or record, and no route or waypoint either.

    Exports of activities that were typed in by hand look like this; so do tracks with an empty segment
    (Gadgetbridge#1076). Strava answers "The file is empty" or that the time information is missing. A FIT file of
    strength sets needs no records.
    """
    if len(activity) or activity.kind not in ("activity", "empty", "course"):
        return
    if activity.counts.get("set") or activity.counts.get("length"):
        return
    point = {"fit": "record messages", "tcx": "Trackpoint", "gpx": "trkpt"}[activity.format]
    yield Hit(Where(), {"point": point, "sessions": len(activity.sessions), "laps": len(activity.laps)})


@rule(
    "STR002",
    "one-point",
    WARNING,
    on=Activity,
    basis=PRACTICE,
    says="the file has one point only: duration and distance are lost",
    hint="write a second point at the end of the activity",
)
def one_point(activity: Activity, _limits: Limits) -> Found:
    """The file has a single point. Strava ignores it or loses duration and distance; two points cure it (StravaImporter
    PR 7)."""
    if len(activity) == 1 and activity.kind in ("activity", "course"):
        yield Hit(activity.at(0), {"points": 1})


@rule(
    "STR007",
    "course",
    INFO,
    on=Activity,
    basis=STRAVA_UPLOADS,
    says="the file is a course, not a recorded activity; Strava reads its track, times and distance only",
    hint="upload the recording instead where there is one",
    formats=("tcx",),
)
def course(activity: Activity, _limits: Limits) -> Found:
    """The TCX file holds a Course and no Activity.

    Strava reads TCX Courses, and of a lap only Track, TotalTimeSeconds and DistanceMeters. The times of a course are
    often made up.
    """
    if activity.format == "tcx" and activity.kind == "course" and len(activity):
        where = activity.sessions[0].where if activity.sessions else Where()
        yield Hit(where, {"courses": activity.counts.get("Course", 1)})


@rule(
    "STR011",
    "route-only",
    ERROR,
    on=Activity,
    basis=STRAVA_UPLOADS,
    says="the file holds {what} and no track: Strava makes no activity of it",
    hint="export the recorded track (trk); a route belongs into Strava's route builder",
    formats=("gpx",),
)
def route_only(activity: Activity, _limits: Limits) -> Found:
    """The GPX file has routes or waypoints but no recorded track.

    Strava reads tracks. An upload of this kind stays "still being processed" for ever or is refused
    (strava-ruby-client#36, dart-gpx#14).
    """
    if len(activity) or activity.kind not in ("route", "waypoints"):
        return
    counts = {name: activity.counts.get(name, 0) for name in ("rte", "rtept", "wpt")}
    parts = [
        f"{n} {word}{'s' if n != 1 else ''}" for n, word in ((counts["rte"], "route"), (counts["wpt"], "waypoint")) if n
    ]
    yield Hit(Where(), {"what": " and ".join(parts) or "a route", **counts})


@rule(
    "STR012",
    "sets-without-totals",
    ERROR,
    on=Activity,
    basis=FIT_ACTIVITY_FILE,
    says="the file has {sets} strength sets and no session with a total_elapsed_time",
    hint="write session.total_elapsed_time when the activity is saved",
    formats=("fit",),
)
def sets_without_totals(activity: Activity, _limits: Limits) -> Found:
    """A FIT strength file without records has no session with an elapsed time.

    Strava takes files with set messages and without records, and then needs session.total_elapsed_time.
    """
    sets = activity.counts.get("set", 0)
    if activity.format == "fit" and sets and not len(activity) and not any(s.elapsed_s > 0 for s in activity.sessions):
        yield Hit(Where(), {"sets": sets})
