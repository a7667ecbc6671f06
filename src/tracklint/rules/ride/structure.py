"""Rules about structure: whether there is an activity at all."""

from __future__ import annotations

import numpy as np

from ...activity import Activity
from ...config import Limits
from ...findings import Severity, Where
from ...sports import normalise
from ..basis import FIT_ACTIVITY_FILE, PRACTICE, STRAVA_UPLOADS
from ..registry import Found, Hit, at_points, rule
from ..track import ROLLOVER_S, date_of

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
    hint="{advice}",
    formats=("gpx",),
    fix="unsafe",
)
def route_only(activity: Activity, _limits: Limits) -> Found:
    """The GPX file has routes or waypoints but no recorded track.

    Strava reads tracks. An upload of this kind stays "still being processed" for ever or is refused
    (strava-ruby-client#36, dart-gpx#14). Points that are a recording make a track: 20 or more whose times ascend within
    a day, nine tenths of them at most a minute and 100 m/s from the one before. Waypoints that somebody set on a map
    have the times of their making.
    """
    if len(activity) or activity.kind not in ("route", "waypoints"):
        return
    counts = {name: activity.counts.get(name, 0) for name in ("rte", "rtept", "wpt")}
    parts = [
        f"{n} {word}{'s' if n != 1 else ''}" for n, word in ((counts["rte"], "route"), (counts["wpt"], "waypoint")) if n
    ]
    timed = activity.counts.get("recorded", 0)
    advice = _ROUTE if not timed else f"write the {timed} points that have a time as trkpt in a trk"
    evidence = {"what": " and ".join(parts) or "a route", "timed": timed, "advice": advice, **counts}
    yield Hit(Where(), evidence, fix=None if timed else "")


_ROUTE = "export the recorded track (trk); a route belongs into Strava's route builder"


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


@rule(
    "STR010",
    "metadata-time",
    INFO,
    on=Activity,
    basis=PRACTICE,
    says="the metadata are dated {stated}, {off_d:g} days {way} of the track",
    hint="nothing needs to be done where it says when the file was written; else write the start of the track",
    formats=("gpx",),
    fix="unsafe",
)
def metadata_time(activity: Activity, _limits: Limits) -> Found:
    """The time of metadata is more than a day before the first point or a day after the last.

    It says when the file was written, which may well be later. Programs that take it for the start of the activity file
    it under the wrong day (pytrainer PR#23).
    """
    time = activity.time[np.isfinite(activity.time)]
    stated = activity.stated_time
    if activity.format != "gpx" or not len(time) or not np.isfinite(stated):
        return
    early, late = float(time.min()) - stated, stated - float(time.max())
    if max(early, late) > 86400 and abs(late - ROLLOVER_S) > 31 * 86400:
        way = "before the start" if early > late else "after the end"
        date = date_of(stated)
        yield Hit(Where(), {"stated": date, "off_d": round(max(early, late) / 86400, 1), "way": way})


@rule(
    "STR004",
    "several-tracks",
    INFO,
    on=Activity,
    basis=PRACTICE,
    says="the file has {tracks} tracks with points; readers merge them or take the first",
    hint="split the file if the tracks are different activities",
    formats=("gpx",),
)
def several_tracks(activity: Activity, _limits: Limits) -> Found:
    """The GPX file has more than one trk with points.

    As parts of one ride they do no harm; different rides become one. What Strava does is not documented.
    """
    tracks = [session for session in activity.sessions if session.points]
    if len(tracks) > 1:
        yield Hit(tracks[1].where, {"tracks": len(tracks)})


@rule(
    "STR005",
    "several-activities",
    WARNING,
    on=Activity,
    basis=PRACTICE,
    says="the file holds {activities} activities ({sports}); readers make one of them, of one sport",
    hint="split the file, one activity each",
    formats=("fit", "tcx"),
)
def several_activities(activity: Activity, _limits: Limits) -> Found:
    """The TCX file has more than one Activity, or the FIT file sessions of different sports.

    Readers merge them, and the first or last sport wins (tcxreader, GoldenCheetah#1397). What Strava does is not
    documented; one file an activity is safe. In FIT this is how devices write a triathlon, so it is information.
    """
    parts = [session for session in activity.sessions if session.points]
    sports = [normalise(session.sport or "") or "no sport" for session in parts]
    if activity.format == "fit":
        kept = [(s, sport) for s, sport in zip(parts, sports, strict=True) if sport != "transition"]
        parts, sports = [s for s, _ in kept], [sport for _, sport in kept]
        if len(set(sports)) < 2:
            return
    elif activity.counts.get("Activity", 0) < 2 or activity.counts.get("MultiSportSession"):
        return
    if len(parts) > 1:
        evidence = {"activities": len(parts), "sports": ", ".join(dict.fromkeys(sports))}
        yield Hit(parts[1].where, evidence, INFO if activity.format == "fit" else None)


@rule(
    "STR006",
    "multisport-session",
    WARNING,
    on=Activity,
    basis=PRACTICE,
    says="the file holds a MultiSportSession, which many readers do not look into",
    hint="split the file, one activity each",
    formats=("tcx",),
)
def multisport_session(activity: Activity, _limits: Limits) -> Found:
    """The activities of the TCX file stand in a MultiSportSession.

    tcxreader, python-tcxparser and GPSBabel see nothing in such a file. Strava's document does not name it.
    """
    if activity.counts.get("MultiSportSession"):
        where = activity.sessions[0].where if activity.sessions else Where()
        yield Hit(where, {"activities": activity.counts.get("Activity", 0)})


@rule(
    "STR008",
    "activities-and-courses",
    WARNING,
    on=Activity,
    basis=PRACTICE,
    says="the file holds {activities} activities and {courses} courses; which of them becomes the activity is open",
    hint="keep what was recorded and delete the courses",
    formats=("tcx",),
)
def activities_and_courses(activity: Activity, _limits: Limits) -> Found:
    """The TCX file has Activities and Courses. Which of them becomes the activity is not documented."""
    activities, courses = activity.counts.get("Activity", 0), activity.counts.get("Course", 0)
    if activities and courses and len(activity.sessions) > 1:
        yield Hit(activity.sessions[-1].where, {"activities": activities, "courses": courses})


@rule(
    "STR009",
    "point-without-content",
    INFO,
    on=Activity,
    basis=PRACTICE,
    says="{count} of {points} points have a time and nothing else, the first is point {record}",
    hint="leave such points out; nothing needs to be done for Strava",
    formats=("tcx",),
    fix="unsafe",
)
def point_without_content(activity: Activity, _limits: Limits) -> Found:
    """A Trackpoint holds a Time and no value.

    Garmin writes such points at a pause and at the end of a lap. Most readers tolerate them, some do not
    (Maprunner/rg2#199, mytourbook#549).
    """
    if not len(activity):
        return
    bare = np.ones(len(activity), bool)
    for name, column in activity.columns().items():
        if name != "time":
            bare &= np.isnan(column)
    for bad in activity.bad_values:
        bare[bad.records] = False
    if bare.any() and not bare.all():
        yield from at_points(activity, bare)
