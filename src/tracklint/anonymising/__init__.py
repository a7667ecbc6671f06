"""A file as one may show it to others: who, where and when are gone, and what is wrong with it is still wrong."""

from __future__ import annotations

import gzip
import hashlib
import io
import time
import zipfile
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field, replace

import numpy as np

from ..checking import check_reading, check_source
from ..config import Config, given
from ..edits import apply
from ..errors import TracklintError
from ..findings import Report
from ..fit import FitDocument
from ..fit.profile import FIT_EPOCH
from ..reading import Reading, read_thing
from ..source import Source, Thing
from ..words import counted
from ..xml import XmlDocument
from .moves import DAY, Floats, Move, are_dates, move_of

__all__ = ["Anonymised", "NotAnonymised", "anonymise"]

#: What bytes that nobody can read are overwritten with: the first that leaves the findings as they were.
_FILLERS = (0xFF, 0x00, 0x55, 0x7F)


class NotAnonymised(TracklintError):
    """A file that cannot be shown to others: nobody can say what it holds, or its fault would be lost. The text is one
    clear sentence, with the file's name."""


@dataclass(frozen=True, slots=True)
class Anonymised:
    """A file without who, where and when: ``data`` under ``name``, which tells nothing of the old name but its suffix.

    ``report`` is the check of the original; that of ``data`` under ``name`` has the same findings, by code and count.
    It is packed as the original was. ``gone`` says in words what was taken out; what can still be seen is `STAYS`.
    """

    report: Report
    name: str
    data: bytes = field(repr=False)
    gone: tuple[str, ...]


STAYS = (
    "the shape and length of the way, turned by an angle that nobody keeps: who knows the roads may know it again",
    "elevations, heart rate, cadence, power, temperature, speeds, calories",
    "the time of day, the time zone, and all durations",
    "the kind of device or program and its version",
    "the names of elements and attributes of TCX and GPX, but for those with a prefix that is not known",
)


def anonymise(thing: Thing, *, config: Config | None = None, name: str | None = None) -> Anonymised:
    """Take out of a path, bytes or a binary file object who recorded it, where and when, and keep what is wrong.

    Positions are turned with the globe, so that distances stay; dates are moved by whole days to one day, or within
    their year where that cannot be right; serial numbers become 1, 2, 3; texts, settings, and what nobody knows are
    emptied. Raises `NotAnonymised` for a file that is no activity, in an encoding that is not ASCII's, or of which the
    findings would not be the same, and `Unreadable` and TypeError as `check` does.
    """
    config = given(config)
    reading = read_thing(thing, config, name=name)
    shown = reading.source.name
    if reading.failed is not None or reading.activity is None:
        raise NotAnonymised(f"{shown}: not anonymised, nobody can read it as an activity and say what it holds")
    before = check_reading(reading, config)
    differences = []
    for data, gone in _drafts(reading, _move(reading, config)):
        packed = _packed(reading.source, data)
        written = replace(reading.source, data=data, packed=len(packed), faults=())
        if not (difference := _difference(before, check_source(written, config))):
            digest = hashlib.sha256(data).hexdigest()[:8]
            said = tuple(f"{what} ({counted(count, 'time')})" for what, count in sorted(gone.items()))
            return Anonymised(before, f"ride-{digest}.{_suffix(written)}", packed, said)
        differences.append(difference)
    raise NotAnonymised(f"{shown}: not anonymised, its findings would not stay the same ({min(differences, key=len)})")


def _packed(source: Source, data: bytes) -> bytes:
    """New content in the container of the old one, without a time or a name."""
    if source.container == "gzip":
        return gzip.compress(data, mtime=0)
    if source.container == "zip":
        archive = io.BytesIO()
        with zipfile.ZipFile(archive, "w") as members:
            members.writestr(zipfile.ZipInfo(f"ride.{source.format}"), data, zipfile.ZIP_DEFLATED)
        return archive.getvalue()
    return data


def _suffix(source: Source) -> str:
    """What the name promises, right or wrong; of a name that promises nothing, and of an archive, what is right."""
    if source.container == "zip":
        return "zip"
    if source.claims is not None:
        return source.claims + ".gz" * source.claims_gzip
    return source.format + ".gz" * (source.container == "gzip")


def _move(reading: Reading, config: Config) -> Move:
    activity = reading.activity
    assert activity is not None  # `anonymise` asks
    times = activity.time
    if not are_dates(times).any():
        times = np.array([activity.stated_time, *(session.start_time for session in activity.sessions)])
    if not are_dates(times).any():
        times = _dates(reading)
    now = config.limits.now if config.limits.now is not None else time.time()
    return move_of(activity.latitude, activity.longitude, times, now)


def _dates(reading: Reading) -> Floats:
    """The dates of a file without points and sessions: seconds since 1970."""
    if isinstance(reading.document, FitDocument):
        from .fit import scrubbed

        dates = scrubbed(reading.document, move_of(np.zeros(0), np.zeros(0), np.zeros(0), 0.0))[2]
        return (dates + FIT_EPOCH).astype(np.float64)
    from .xml import days_in

    return np.array(days_in(reading.source.data), np.float64) * DAY


def _difference(before: Report, after: Report) -> str:
    """Which findings are lost and which are new, in words; empty where both reports have the same."""
    old, new = (Counter(finding.code for finding in report.findings) for report in (before, after))
    parts = (("lost", old - new), ("new", new - old))
    return "; ".join(f"{word}: {', '.join(sorted(codes))}" for word, codes in parts if codes)


def _drafts(reading: Reading, move: Move) -> Iterator[tuple[bytes, Counter[str]]]:
    """What may be the file, with each filler of what cannot be read. Raises `NotAnonymised`."""
    document, shown = reading.document, reading.source.name
    if isinstance(document, XmlDocument):
        from .xml import edits_of

        if document.codec != document.encoding:
            raise NotAnonymised(
                f"{shown}: not anonymised, it is in {document.encoding.upper()}; write it in UTF-8 first"
            )
        edits, gone = edits_of(reading.source.data, move)
        yield apply(reading.source.data, edits), gone
        return
    from .fit import dates_left, gaps, scrubbed, seal, untouched

    activity = reading.activity
    assert isinstance(document, FitDocument) and activity is not None  # noqa: PT018 - what else there is was refused
    data, gone, times = scrubbed(document, move)
    unread = gaps(document)
    if unread:
        gone["bytes that cannot be read"] += sum(end - start for start, end in unread)
    for filler in _FILLERS if unread else _FILLERS[:1]:
        for start, end in unread:
            data[start:end] = bytes([filler]) * (end - start)
        seal(document, data)
        if (at := untouched(document.data, bytes(data), activity.latitude, activity.longitude)) >= 0:
            raise NotAnonymised(f"{shown}: not anonymised, at byte {at} a position stands in what is not read as one")
        if dates_left(document.data, bytes(data), times):
            raise NotAnonymised(f"{shown}: not anonymised, dates stand in what is not read as dates")
        yield bytes(data), gone
