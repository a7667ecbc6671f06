"""Rules about the messages that a FIT file must carry, and about what kind of file it is."""

from __future__ import annotations

from ...activity import Activity
from ...config import Limits
from ...findings import Severity, Where
from ...fit import FitDocument
from ...fit.columns import message_columns
from ...fit.profile import message_name
from ..basis import FIT_ACTIVITY_FILE, FIT_FILE_TYPES, STRAVA_UPLOADS
from ..registry import Found, Hit, rule

ERROR, WARNING, INFO = Severity.ERROR, Severity.WARNING, Severity.INFO
_FIT = ("fit",)


@rule(
    "FIT401",
    "no-file-id",
    ERROR,
    on=FitDocument,
    basis=FIT_FILE_TYPES,
    says="the file has no file_id message: nothing tells what kind of file it is and which device wrote it",
    hint="write file_id (message 0) with type, manufacturer, product and time_created as the first message"
    ", or run `tracklint fix --unsafe`",
    fix="unsafe",
)
def no_file_id(document: FitDocument, _limits: Limits) -> Found:
    """The first segment has no file_id message.

    Every FIT file must start with one. Strava takes the device from it, and readers that sort files by type refuse
    this one. Further segments may lack it: heart rate belts append their data that way.
    """
    if not document.segments or not document.total:
        return
    if not any(group.definition.segment == 0 for group in document.of(0)):
        first = document.segments[0]
        yield Hit(Where(offset=first.data_start, segment=0), {"messages": document.total})


@rule(
    "FIT402",
    "file-id-not-first",
    WARNING,
    on=FitDocument,
    basis=FIT_FILE_TYPES,
    says="the first message is {first}; it must be file_id, which comes as message {message}",
    hint="write file_id before every other message, or run `tracklint fix`",
    fix="safe",
)
def file_id_not_first(document: FitDocument, _limits: Limits) -> Found:
    """Another message comes before file_id. tormoder/fit refuses such a file; others look for the type in the wrong
    message."""
    groups = [group for group in document.messages if group.definition.segment == 0]
    if not groups:
        return
    first = min(groups, key=lambda group: int(group.offsets[0]))
    columns = message_columns(document, 0)
    if len(columns) and columns.definition(0).segment == 0 and first.definition.layout.global_ != 0:
        yield Hit(columns.where(0), {"first": message_name(first.definition.layout.global_)})


def _lacks(activity: Activity, name: str) -> Found:
    """A hit where an activity with content has no message of this name."""
    content = len(activity) or activity.counts.get("length") or activity.counts.get("set")
    if activity.kind == "activity" and content and not activity.counts.get(name):
        timed = activity.channel("time").any()  # without a time nothing can be written from the records
        yield Hit(Where(), {"records": len(activity)}, fix=None if timed else "")


@rule(
    "FIT404",
    "no-session",
    ERROR,
    on=Activity,
    basis=FIT_ACTIVITY_FILE,
    says="the file has records ({records}) and no session message: its totals are missing",
    hint="write a session message when the activity is saved, or run `tracklint fix --unsafe`",
    formats=_FIT,
    fix="unsafe",
)
def no_session(activity: Activity, _limits: Limits) -> Found:
    """No session message sums up the activity.

    An activity file needs one at least, and its totals are computed anew without it. A device that is switched off
    without saving leaves the file so. Strava takes the sport from the session; where nothing else names it, a rule of
    its own tells.
    """
    yield from _lacks(activity, "session")


@rule(
    "FIT405",
    "no-lap",
    WARNING,
    on=Activity,
    basis=FIT_ACTIVITY_FILE,
    says="the file has records ({records}) and no lap message",
    hint="write one lap at least, from start to end, when the activity is saved, or run `tracklint fix --unsafe`",
    formats=_FIT,
    fix="unsafe",
)
def no_lap(activity: Activity, _limits: Limits) -> Found:
    """No lap message divides the activity. An activity file needs one at least, as long as the whole where there are
    no others. No report is known of Strava refusing a file for it.
    """
    yield from _lacks(activity, "lap")


@rule(
    "FIT406",
    "no-activity",
    WARNING,
    on=Activity,
    basis=FIT_ACTIVITY_FILE,
    says="the file has records ({records}) and no activity message: the local time of the ride is not known",
    hint="write the activity message when the activity is saved, or run `tracklint fix --unsafe`",
    formats=_FIT,
    fix="unsafe",
    for_spec=ERROR,
)
def no_activity(activity: Activity, _limits: Limits) -> Found:
    """There is no activity message, of which an activity file has exactly one. It alone tells the time zone of the
    ride.

    Strava does not name it among the messages that it reads (file_id, session, lap, record, event), and no report is
    known of it refusing a file for this alone. Files without a session were never closed, which another rule tells.
    """
    yield from _lacks(activity, "activity")


@rule(
    "FIT701",
    "file-id-fields",
    WARNING,
    on=FitDocument,
    basis=STRAVA_UPLOADS,
    says="file_id has no {missing}",
    hint="write type, manufacturer, product and time_created into file_id",
)
def file_id_fields(document: FitDocument, _limits: Limits) -> Found:
    """file_id lacks the manufacturer, the product or the time of creation, or holds their "no value".

    Strava reads the three to name the device and to recognise a ride that was uploaded before. A product name in
    place of the number is enough.
    """
    columns = message_columns(document, 0)
    if not len(columns) or columns.definition(0).segment != 0:
        return
    if columns.value(0) not in (None, 4):
        return
    names = {1: "manufacturer", 2: "product", 4: "time_created"}
    missing = [name for number, name in names.items() if columns.value(number) is None]
    if "product" in missing and columns.text(8, 0):
        missing.remove("product")
    if missing:
        yield Hit(columns.where(0), {"missing": " and no ".join(missing)})


_INSTEAD = {
    "workout": "load it onto the device; it is a plan, not a recording",
    "course": "load it onto the device or into a route planner; upload the recording of the ride itself",
    "settings": "keep it on the device; upload files from the folder of activities",
    "device": "keep it on the device; upload files from the folder of activities",
    "sport": "keep it on the device; upload files from the folder of activities",
    "monitoring_a": "upload files from the folder of activities; this one holds steps and heart rate of the day",
    "monitoring_b": "upload files from the folder of activities; this one holds steps and heart rate of the day",
    "monitoring_daily": "upload files from the folder of activities; this one holds steps and heart rate of the day",
    "weight": "upload files from the folder of activities; this one holds readings of a scale",
    "blood_pressure": "upload files from the folder of activities; this one holds readings of a blood pressure meter",
}


@rule(
    "FIT801",
    "not-activity",
    ERROR,
    on=Activity,
    basis=FIT_FILE_TYPES,
    says="file_id names {named}, not an activity (type 4); it has {records} records",
    hint="{instead}",
    formats=_FIT,
)
def not_activity(activity: Activity, _limits: Limits) -> Found:
    """file_id gives another type than activity (4).

    Devices keep settings, workouts, courses, daily monitoring and more in FIT files that look alike from outside, and
    exports mix them (dreeve#2353, GarminDB#229). Strava takes activities only.
    """
    if activity.kind in ("activity", "empty"):
        return
    instead = _INSTEAD.get(activity.kind, "upload files from the device's folder of activities")
    if activity.counts.get("session") and len(activity):
        instead = "write type 4 (activity) into file_id if this is the recording of an activity"
    named = activity.kind if "type" in activity.kind else f"the type {activity.kind}"
    yield Hit(
        activity.device.where, {"type": activity.kind, "named": named, "records": len(activity), "instead": instead}
    )
