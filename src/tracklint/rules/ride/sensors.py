"""Rules about sensors: values that stand where Strava does not look."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from ...activity import Activity
from ...config import Limits
from ...findings import Severity
from ...fit import FitDocument
from ...fit.columns import message_columns
from ..basis import FIT_PROTOCOL, PRACTICE, STRAVA_UPLOADS
from ..registry import Found, Hit, rule

WARNING, INFO = Severity.WARNING, Severity.INFO


def _unread(activity: Activity, channel: str) -> Found:
    places = [p for p in activity.places if p.channel == channel]
    read = sum(p.points for p in places if p.strava)
    for place in places:
        if not place.strava and place.points > read and not place.defect:  # a defect has a rule of its own
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
    fix={"tcx": "safe", "gpx": "safe"},
    needs=("places",),
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
    fix={"tcx": "unsafe", "gpx": "unsafe"},
    needs=("places",),
)
def heart_rate_not_read(activity: Activity, _limits: Limits) -> Found:
    """Heart rate stands in an element or field that Strava does not list, and no other place has as many points.

    Strava reads hr of Garmin's TrackPointExtension v1 and of Cluetrust's gpxdata, and the general tag heartrate; tags
    that a vendor invented, such as bpm, are lost (sportstracker#131). Version 2 of Garmin's extension, wrong namespaces
    and elements outside the extensions have rules of their own. For FIT developer fields this is information.
    """
    yield from _unread(activity, "heart_rate")


@rule(
    "SEN017",
    "temperature-in-tcx",
    INFO,
    on=Activity,
    basis=STRAVA_UPLOADS,
    says="{count} of {points} points have a temperature in {place}; Strava does not read temperatures from TCX",
    hint="upload FIT, or GPX with atemp, to keep the temperature",
    formats=("tcx",),
)
def temperature_in_tcx(activity: Activity, _limits: Limits) -> Found:
    """The TCX points hold temperatures in an extension. Strava's document says that TCX does not support them."""
    for place in activity.places:
        if place.channel == "temperature":
            yield Hit(activity.at(place.first), {"place": place.name, "count": place.points, "points": len(activity)})


#: "No value" of 16 bits; in the wide field it is a leak, which has a rule of its own.
_NO_VALUE = 0xFFFF
#: 16-bit field of record -> its enhanced twin, name, and one step of the 16-bit field.
_TWINS = ((6, 73, "speed", 0.001), (2, 78, "altitude", 0.2))


@rule(
    "FIT209",
    "enhanced-differs",
    WARNING,
    on=FitDocument,
    basis=FIT_PROTOCOL,
    says="{count} of {points} records have {channel} {plain:g} and enhanced_{channel} {enhanced:g}, or such a pair",
    hint="write the same number into both fields, or enhanced_{channel} only",
    needs=("record",),
)
def enhanced_differs(document: FitDocument, _limits: Limits) -> Found:
    """A record says two speeds or two altitudes: the 16-bit field and its enhanced twin differ by more than a step.

    enhanced_speed and enhanced_altitude hold what does not fit into 16 bits, and stand for the same number. Readers
    choose one or the other.
    """
    records = message_columns(document, 20)
    for number, twin, name, step in _TWINS:
        if not records.has(number) or not records.has(twin):
            continue
        plain, enhanced = records.floats(number), records.floats(twin)
        differ = (np.abs(plain - enhanced) > 1.01 * step) & (records.integers(twin)[0] != _NO_VALUE)
        if differ.any():
            at = np.flatnonzero(differ)
            i = int(at[0])
            evidence = {
                "points": len(plain), "count": len(at), "channel": name,
                "plain": float(plain[i]), "enhanced": float(enhanced[i]), "records": at.tolist(),
            }  # fmt: skip
            yield Hit(replace(records.where(i), record=i, count=len(at)), evidence)


@rule(
    "SEN025",
    "balance-one-sided",
    INFO,
    on=FitDocument,
    basis=PRACTICE,
    says="{count} of {points} records with power say that one leg makes all of it",
    hint="leave the balance out where the pedals do not tell it",
    needs=("record",),
)
def balance_one_sided(document: FitDocument, _limits: Limits) -> Found:
    """left_right_balance is 0 or 100 % while there is power, in a tenth of the records and more.

    A meter on one side, or one that says 100 % when the rider coasts, writes this (GoldenCheetah#2955); averages of
    the balance are then wrong.
    """
    records = message_columns(document, 20)
    if not records.has(30) or not records.has(7):
        return
    (balance, told), power = records.integers(30), records.floats(7)
    pedalling = told & (power > 0)
    share = balance & 0x7F
    wrong = np.flatnonzero(pedalling & ((share == 0) | (share == 100)))
    if len(wrong) >= 10 and 10 * len(wrong) > int(pedalling.sum()):
        i = int(wrong[0])
        evidence = {"points": int(pedalling.sum()), "count": len(wrong), "first": i, "last": int(wrong[-1])}
        yield Hit(replace(records.where(i), record=i, count=len(wrong)), evidence)
