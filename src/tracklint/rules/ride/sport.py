"""Rules about the sport: whether Strava can tell it from the file."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from ...activity import Activity
from ...config import Limits
from ...findings import Severity, Where
from ...sports import gpx_word, map_fit, map_gpx, map_tcx, normalise, synonym, tcx_word
from ...steps import Track
from ..basis import PRACTICE, STRAVA_UPLOADS, TCX_V2
from ..registry import Found, Hit, rule
from ..track import kind_of_sport, speed_limit

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
    fix="unsafe",
)
def sport_absent(activity: Activity, _limits: Limits) -> Found:
    """The file does not say what sport it is, or says "generic".

    Strava then takes the sport from the athlete's profile, so that runs become rides (RunnerUp#582, nrc2strava#4). For
    GPX this is information only: Strava does not document that it reads trk/type, though it writes it. In a FIT file
    without a session the laps or a sport message may name it.
    """
    if not _is_activity(activity):
        nothing = not any(map(activity.counts.get, ("session", "lap", "sport")))
        if activity.format == "fit" and activity.kind == "activity" and len(activity) and nothing:
            timed = activity.channel("time").any()  # without a time no session can be written that names one
            yield Hit(
                Where(), {"field": _FIELDS["fit"], "value": "", "sport": None, **_NAMED}, fix=None if timed else ""
            )
        return
    for session in activity.sessions:
        if session.sport is None and activity.counts.get("Course"):
            continue  # a course beside an activity has no sport
        if normalise(session.sport or "") in _NO_SPORT:
            value = f' (it says "{session.sport}")' if session.sport else ""
            severity = INFO if activity.format == "gpx" else None
            evidence = {"field": _FIELDS[activity.format], "value": value, "sport": session.sport, **_NAMED}
            yield Hit(session.where, evidence, severity)
            return


#: What a repair waits for.
_NAMED = {"needs": "--sport WORD"}


@rule(
    "SPT004",
    "sport-not-mapped",
    WARNING,
    on=Activity,
    basis=STRAVA_UPLOADS,
    says='{field} is "{sport}", which Strava does not map: it uses the athlete\'s default sport',
    hint="{advice}",
    fix="unsafe",
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
        if (activity.format == "tcx" and tcx_word(word)) or (activity.format == "gpx" and word.isdigit()):
            continue  # rules of their own
        meant = synonym(session.sport or "")
        advice = f"send sport_type={meant} with the upload" if meant else "name the sport when uploading (sport_type)"
        severity = INFO if activity.format == "gpx" else None
        yield Hit(
            session.where,
            {"field": _FIELDS[activity.format], "sport": session.sport, "meant": meant, "advice": advice, **_NAMED},
            severity,
        )
        return


@rule(
    "SPT002",
    "sport-case",
    INFO,
    on=Activity,
    basis=TCX_V2,
    says='Activity/@Sport is "{sport}"; the schema has {word}',
    hint='write Sport="{word}"',
    formats=("tcx",),
    fix="safe",
)
def sport_case(activity: Activity, _limits: Limits) -> Found:
    """The Sport is one that the schema knows, in other letters.

    Strava's document itself writes the words in lower case and maps them; readers that validate refuse the file.
    """
    words = [(s.where, (s.sport or "").strip()) for s in activity.sessions]
    wrong = [(where, word) for where, word in words if _differs_in_case(word)]
    if wrong and activity.format == "tcx":
        where, word = wrong[0]
        yield Hit(replace(where, count=len(wrong)), {"sport": word, "word": word.capitalize(), "count": len(wrong)})


def _differs_in_case(word: str) -> bool:
    return word.casefold() in ("running", "biking") and word != word.capitalize()


@rule(
    "SPT003",
    "sport-of-strava-only",
    INFO,
    on=Activity,
    basis=TCX_V2,
    says='Activity/@Sport is "{sport}", which Strava maps and the schema does not have',
    hint="leave it for Strava; other programs may want Running, Biking or Other",
    formats=("tcx",),
)
def sport_of_strava_only(activity: Activity, _limits: Limits) -> Found:
    """The Sport is hiking, walking or swimming. Strava's document names these words, while the schema knows Running,
    Biking and Other only, so that other readers may refuse the file (Hitrava writes such files)."""
    for session in activity.sessions:
        if activity.format == "tcx" and normalise(session.sport or "") in ("hiking", "walking", "swimming"):
            yield Hit(session.where, {"sport": session.sport})
            return


@rule(
    "SPT005",
    "sport-synonym",
    WARNING,
    on=Activity,
    basis=STRAVA_UPLOADS,
    says='Activity/@Sport is "{sport}", which Strava does not map: it uses the athlete\'s default sport',
    hint='write Sport="{word}", which Strava maps',
    formats=("tcx",),
    fix="safe",
)
def sport_synonym(activity: Activity, _limits: Limits) -> Found:
    """The Sport is another word for one that Strava maps, such as cycling, run or trail_running.

    Strava compares it with biking, running, hiking, walking and swimming only.
    """
    for session in activity.sessions:
        if activity.format != "tcx" or map_tcx(session.sport).strava is not None:
            continue
        if word := tcx_word(session.sport or ""):
            yield Hit(session.where, {"sport": session.sport, "word": word})
            return


@rule(
    "SPT007",
    "sport-is-number",
    INFO,
    on=Activity,
    basis=PRACTICE,
    says="trk/type is the number {sport}{meaning}",
    hint="write the sport as a word, such as running",
    formats=("gpx",),
    fix="unsafe",
)
def sport_is_number(activity: Activity, _limits: Limits) -> Found:
    """The type of the track is a number, as Strava's exports (StravaGPX) had it: 1 is a ride, 4 a hike, 9 a run, 10 a
    walk (derive#65).

    None of it is documented, so that these are guesses. What other numbers mean nobody tells.
    """
    for session in activity.sessions:
        word = (session.sport or "").strip()
        if activity.format == "gpx" and word.isascii() and word.isdigit():
            meant = gpx_word(word)
            meaning = f", {meant} in old exports of Strava" if meant else ", which names no sport"
            yield Hit(
                session.where,
                {"sport": word, "meant": meant, "meaning": meaning},
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
    if len(moving) < 10 or 2 * np.count_nonzero(moving > limit) < len(moving):
        return
    if (median := float(np.median(moving))) > limit:
        where = activity.sessions[0].where if activity.sessions else Where()
        yield Hit(where, {"speed": round(median, 1), "sport": kind, "limit": limit, "hops": len(moving)})
