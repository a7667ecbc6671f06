"""Rules about sensors: values that stand where Strava does not look."""

from __future__ import annotations

from ..activity import Activity
from ..config import Limits
from ..findings import Severity
from .basis import STRAVA_UPLOADS
from .registry import Found, Hit, rule

WARNING, INFO = Severity.WARNING, Severity.INFO


def _unread(activity: Activity, channel: str) -> Found:
    places = [p for p in activity.places if p.channel == channel]
    read = sum(p.points for p in places if p.strava)
    for place in places:
        cause_told = "not declared" in place.why  # DOC010 names the prefix already
        if not place.strava and place.points > read and not cause_told:
            where = activity.at(place.first)
            severity = INFO if activity.format == "fit" else None
            yield Hit(
                where, {"place": place.name, "count": place.points, "points": len(activity), "read": read}, severity
            )


@rule(
    "SEN005",
    "power-not-read",
    WARNING,
    on=Activity,
    basis=STRAVA_UPLOADS,
    says="{count} of {points} points have power in {place}, which Strava does not list among the places it reads",
    hint="write power as <power> in <extensions> (GPX), as Watts in TPX (TCX) or as record.power (FIT)",
)
def power_not_read(activity: Activity, _limits: Limits) -> Found:
    """Power stands in an element or field that Strava does not list, and no other place has as many points.

    Strava's document names the general tag power for GPX, TPX/Watts for TCX and record.power for FIT. PowerInWatts of
    Garmin's PowerExtension and power inside TrackPointExtension are not read (OpenTracks PR 644, FitTrackee#792). For
    FIT developer fields this is information.
    """
    yield from _unread(activity, "power")


@rule(
    "SEN006",
    "heart-rate-not-read",
    WARNING,
    on=Activity,
    basis=STRAVA_UPLOADS,
    says="{count} of {points} points have heart rate in {place}, which Strava does not list among the places it reads",
    hint="write gpxtpx:hr in a TrackPointExtension v1 (GPX), HeartRateBpm/Value (TCX) or record.heart_rate (FIT)",
)
def heart_rate_not_read(activity: Activity, _limits: Limits) -> Found:
    """Heart rate stands in an element or field that Strava does not list, and no other place has as many points.

    Strava reads hr of Garmin's TrackPointExtension v1 and of Cluetrust's gpxdata, and the general tag heartrate; tags
    that a vendor invented (bpm, a wrong namespace) are lost (sportstracker#131), and one app moved from version 2 of
    the extension back to version 1 for Strava (OpenTracks PR 877). For FIT developer fields this is information.
    """
    yield from _unread(activity, "heart_rate")
