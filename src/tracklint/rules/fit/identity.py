"""Rules about who wrote a FIT file and of what kind it is: file_id, the creator, and what the messages say."""

from __future__ import annotations

import numpy as np

from ...config import Limits
from ...findings import Severity
from ...fit import FitDocument
from ...fit.columns import MessageColumns, message_columns
from ...fit.profile import FIT_EPOCH, UPTIME_LIMIT, message_name, word
from ...words import iso
from ..basis import FIT_ACTIVITY_FILE, FIT_FILE_TYPES
from ..registry import Found, Hit, now, rule
from .structure import first_records

ERROR, WARNING, INFO = Severity.ERROR, Severity.WARNING, Severity.INFO
_ACTIVITY = 4


def _identity(document: FitDocument) -> MessageColumns | None:
    """file_id of the first segment where the file says that it is an activity, or does not say what it is."""
    columns = message_columns(document, 0)
    if not len(columns) or columns.definition(0).segment != 0:
        return None
    return columns if columns.value(0) in (None, _ACTIVITY) else None


@rule(
    "FIT702",
    "serial",
    INFO,
    on=FitDocument,
    basis=FIT_ACTIVITY_FILE,
    says="file_id has no serial number",
    hint="write the device's serial number, or a number that an app keeps for each installation",
)
def serial(document: FitDocument, _limits: Limits) -> Found:
    """file_id.serial_number is missing or 0, as in a fifth of the good files, so it is information.

    Type, manufacturer, product and serial number together tell devices apart. Platforms recognise a file that was
    uploaded before by serial number and time of creation.
    """
    columns = _identity(document)
    if columns is not None and not columns.value(3):
        yield Hit(columns.where(0))


@rule(
    "FIT703",
    "development-id",
    INFO,
    on=FitDocument,
    basis=FIT_ACTIVITY_FILE,
    says="file_id names manufacturer 255 (development), which stands for no company",
    hint="ask Garmin for a manufacturer id, and write it; the athlete can do nothing",
    for_spec=WARNING,
)
def development_id(document: FitDocument, _limits: Limits) -> Found:
    """The manufacturer is 255, the number for trials during development.

    Files that reach customers with it cannot be told apart by maker, and Strava shows no device. No number of the ride
    depends on it, so it is a warning for the specification only.
    """
    columns = _identity(document)
    if columns is not None and columns.value(1) == 255:
        yield Hit(columns.where(0, "manufacturer"))


@rule(
    "FIT704",
    "time-created",
    INFO,
    on=FitDocument,
    basis=FIT_ACTIVITY_FILE,
    says="file_id.time_created is {date}, {what}",
    hint="write the UTC time at which the recording starts",
    for_spec=WARNING,
)
def time_created(document: FitDocument, limits: Limits) -> Found:
    """The time of creation is no date, lies in the future, or is more than a day off the start of the recording.

    It is part of what tells one file from another, and some platforms sort by it. No number of the ride depends on it,
    so it is a warning for the specification only.
    """
    columns = _identity(document)
    raw = columns.value(4) if columns is not None else None
    if columns is None or raw is None:
        return
    created = float(raw + FIT_EPOCH)
    where = columns.where(0, "time_created")
    times = first_records(document).times()
    times = times[np.isfinite(times)]
    first = float(times[0]) if len(times) else None
    if raw < UPTIME_LIMIT:
        if first is None or first - FIT_EPOCH >= UPTIME_LIMIT:
            yield Hit(where, {"date": iso(created), "what": "which counts from when the device was switched on"})
    elif first is not None and first - FIT_EPOCH >= UPTIME_LIMIT and abs(created - first) > 86400:
        days = abs(created - first) / 86400
        side = "after" if created > first else "before"
        yield Hit(where, {"date": iso(created), "what": f"{days:.1f} days {side} the first record"})
    elif first is None and created > now(limits) + 86400 * limits.future_days:
        yield Hit(where, {"date": iso(created), "what": "in the future"})


@rule(
    "FIT705",
    "creator",
    INFO,
    on=FitDocument,
    basis=FIT_ACTIVITY_FILE,
    says="{what}",
    hint="write device_info with device_index 0 and the manufacturer, product and serial number of file_id",
)
def creator(document: FitDocument, _limits: Limits) -> Found:
    """No device_info message has device_index 0, which stands for the device that wrote the file.

    Garmin's page counts it among the best practices; a third of the good files lack it, so it is information. A creator
    that contradicts file_id is a warning.
    """
    identity = _identity(document)
    if identity is None or not (document.count(20) or document.count(101)):
        return
    info = message_columns(document, 23)
    index, valid = info.integers(0)
    creators = np.flatnonzero(valid & (index == 0))
    if not len(creators):
        yield Hit(identity.where(0), {"what": "no device_info message has device_index 0, the creator"})
        return
    for name, here, there in (("manufacturer", 1, 2), ("product", 2, 4), ("serial_number", 3, 3)):
        said = identity.value(here)
        told = {v for i in creators if (v := info.value(there, int(i))) is not None}
        if said and told and said not in told:
            found = min(told)
            what = f"device_info of the creator has {name} {_word(name, found)}, file_id has {_word(name, said)}"
            yield Hit(info.where(int(creators[0]), name), {"what": what, "said": said, "told": sorted(told)}, WARNING)
            return


def _word(name: str, number: int) -> str:
    known = word("manufacturer", number) if name == "manufacturer" else None
    return f"{number} ({known})" if known else str(number)


@rule(
    "FIT706",
    "firmware",
    INFO,
    on=FitDocument,
    basis=FIT_ACTIVITY_FILE,
    says="neither device_info of the creator nor file_creator has a software_version",
    hint="write the firmware's version into device_info.software_version",
)
def firmware(document: FitDocument, _limits: Limits) -> Found:
    """No message tells which firmware wrote the file, so that a defect of one version cannot be told from others."""
    identity = _identity(document)
    if identity is None or not (document.count(20) or document.count(101)):
        return
    info, writer = message_columns(document, 23), message_columns(document, 49)
    index, valid = info.integers(0)
    creators = valid & (index == 0)
    if not creators.any():
        return  # FIT705 says so
    if not (creators & info.integers(5)[1]).any() and not (len(writer) and writer.integers(0)[1].any()):
        yield Hit(info.where(int(np.argmax(creators))))


@rule(
    "FIT707",
    "product-name",
    INFO,
    on=FitDocument,
    basis=FIT_ACTIVITY_FILE,
    says='the product name "{name}" has {count} characters; 20 is the most that is recommended',
    hint="shorten the product name",
)
def product_name(document: FitDocument, _limits: Limits) -> Found:
    """file_id.product_name is longer than 20 characters, the most that Garmin's recipe for activity files allows."""
    columns = message_columns(document, 0)
    name = columns.text(8, 0) if len(columns) else None
    if name and len(name) > 20:
        yield Hit(columns.where(0, "product_name"), {"name": name, "count": len(name)})


@rule(
    "FIT802",
    "type-lies",
    WARNING,
    on=FitDocument,
    basis=FIT_FILE_TYPES,
    says="file_id has no type, and there are {records} records of an activity",
    hint="write type 4 (activity) into file_id, or run `tracklint fix --unsafe`",
    fix="unsafe",
)
def type_lies(document: FitDocument, _limits: Limits) -> Found:
    """file_id has no type though the file holds an activity.

    Readers sort files by the type. What Strava makes of such a file is not documented.
    """
    columns = message_columns(document, 0)
    if len(columns) and columns.definition(0).segment == 0 and columns.value(0) is None and document.count(20):
        yield Hit(columns.where(0), {"records": document.count(20)})


#: Messages that make up a file of another type: global number -> type.
_OTHER = {26: "workout", 31: "course", 103: "monitoring", 55: "monitoring", 30: "weight", 51: "blood pressure"}


@rule(
    "FIT803",
    "content-of-other-type",
    WARNING,
    on=FitDocument,
    basis=FIT_FILE_TYPES,
    says="file_id says activity, and the messages are those of a {content} file ({found})",
    hint="write the type of the content into file_id.type",
)
def content_of_other_type(document: FitDocument, _limits: Limits) -> Found:
    """file_id says activity (4), and the file holds a workout, a course, daily monitoring or readings of a scale.

    There are no records, laps, sessions, lengths or sets, so Strava has nothing to make an activity of.
    """
    columns = message_columns(document, 0)
    if not len(columns) or columns.value(0) != _ACTIVITY or any(map(document.count, (18, 19, 20, 34, 101, 225))):
        return
    number = next((number for number in _OTHER if document.count(number)), None)
    if number is not None:
        yield Hit(columns.where(0), {"content": _OTHER[number], "found": message_name(number)})
