"""From a file as it lies there to the bytes, the name and the type that Strava takes. The original is never touched."""

from __future__ import annotations

import gzip as gzip_module
from dataclasses import dataclass, field, replace
from pathlib import PurePath

import numpy as np

from .checking import check_reading, held
from .config import Config, given
from .edits import apply
from .findings import Container, Report
from .mending.fixing import can_mend, mend
from .mending.xml.barometer import barometer_edits, caution, is_listed
from .reading import Reading, read_source, read_thing
from .source import Source, Thing
from .words import counted

__all__ = ["Prepared", "prepare", "stem"]

_SUFFIXES = (".gz", ".zip", ".fit", ".tcx", ".gpx")


@dataclass(frozen=True, slots=True)
class Prepared:
    """What is sent. ``report`` is the check of exactly these bytes under this name.

    ``data_type`` is one of Strava's ``fit``, ``fit.gz``, ``tcx``, ``tcx.gz``, ``gpx``, ``gpx.gz``, or empty where the
    content is none of them; ``name`` ends in it. ``external_id`` is made from the original's content, so it is the same
    for the same file at every try. ``changes`` says in words what was done, and what was asked for but not done, and
    why.
    """

    report: Report
    name: str
    data: bytes = field(repr=False)
    data_type: str
    external_id: str
    changes: tuple[str, ...]


def prepare(
    thing: Thing, *, config: Config | None = None, barometer: bool = False, gzip: bool = True, name: str | None = None
) -> Prepared:
    """Unpack, mend, tag, compress and name one file for an upload.

    Only safe repairs are made (`fixing.fix`), which change no measurement; a file that needs none keeps its bytes.
    ``barometer`` adds "with barometer" to the creator of a TCX or GPX file, by splicing bytes: everything else stays as
    it is; creators in `Config.barometer_creators` get it unasked. ``gzip`` compresses without a time stamp, so that the
    same content gives the same bytes. What is sent is judged by what Strava makes of it, whatever `Config.purpose` is.
    Raises `source.Unreadable`.
    """
    config = replace(given(config), purpose="strava")
    reading = read_thing(thing, config, name=name)
    config = held(reading, config)
    changes: list[str] = []
    external_id = f"tracklint-{reading.source.sha256[:16]}"
    mended, report = _mended(reading, config, changes)
    tagged = _tagged(mended, config, changes, asked=barometer)
    source, content = tagged.source, tagged.source.data
    if source.format == "unknown":
        data, data_type = content, ""
        shown = PurePath(source.name).name
    else:
        data = gzip_module.compress(content, mtime=0) if gzip else content
        data_type = source.format + (".gz" if gzip else "")
        shown = f"{stem(source.name)}.{data_type}"
        _note_container(source, data_type, changes)
        if gzip:
            changes.append(f"compressed from {len(content)} to {counted(len(data), 'byte')}")
    if _as_it_came(source):
        report = report or check_reading(tagged, config)
    else:
        report = check_reading(replace(tagged, source=_sent(source, data, shown)), config)
    return Prepared(report, shown, data, data_type, external_id, tuple(changes))


def _mended(reading: Reading, config: Config, changes: list[str]) -> tuple[Reading, Report | None]:
    """The reading after its safe repairs, and the report on what came, where it was needed; a container that could not
    be unpacked whole stays as it is."""
    if reading.source.faults or not can_mend(reading.source.format):
        return reading, None
    report = check_reading(reading, config)
    mended = mend(reading, report, config)
    changes += [f"mended {change.code}: {change.says}" for change in mended.ledger]
    return mended.reading, report


def _as_it_came(source: Source) -> bool:
    """Whether the file is reported on as it came: its content is no activity, or its container could not be unpacked
    whole, and the faults of that would be lost."""
    return source.format == "unknown" or any(
        f.kind in ("gzip-damaged", "gzip-truncated", "inflates-too-far", "zip-many", "zip-damaged")
        for f in source.faults
    )


def _sent(source: Source, data: bytes, shown: str) -> Source:
    """The source as it is sent: the same content in another container, under another name."""
    container: Container = "gzip" if data[:2] == b"\x1f\x8b" else "plain"
    return replace(
        source,
        name=shown,
        container=container,
        packed=len(data),
        claims=source.format,
        claims_gzip=container == "gzip",
        faults=(),
    )


def stem(name: str) -> str:
    """The file's own name without directories and without the suffixes of formats and containers."""
    stem = PurePath(name.strip("<>")).name
    while (cut := next((s for s in _SUFFIXES if stem.lower().endswith(s)), None)) and len(stem) > len(cut):
        stem = stem[: -len(cut)]
    return stem or "activity"


def _note_container(source: Source, data_type: str, changes: list[str]) -> None:
    if source.container == "zip":
        changes.append("taken out of the zip archive")
    claimed = source.claims and source.claims != source.format
    if claimed:
        changes.append(f'named by its content ".{data_type}"; the name said "{source.claims}"')


def _tagged(reading: Reading, config: Config, changes: list[str], *, asked: bool) -> Reading:
    """The reading with the barometer tag, where it is wanted, the format has one and there is elevation to keep."""
    source, activity = reading.source, reading.activity
    creators = config.barometer_creators
    if source.format == "unknown" or not (asked or (creators and source.format != "fit")):
        return reading
    if source.format == "fit":
        changes.append(
            'not tagged: FIT has no "with barometer" tag; Strava knows FIT devices by manufacturer and product'
        )
        return reading
    if not asked and (activity is None or not is_listed(activity.device.name, creators)):
        return reading
    if activity is None or not activity.channel("altitude").any():
        changes.append("not tagged: no point has an elevation that Strava could keep")
        return reading
    if len(activity) > 1 and np.nanmin(activity.altitude) == np.nanmax(activity.altitude):
        changes.append(f"caution: every elevation is {np.nanmin(activity.altitude):g} m, which no barometer writes")
    if asked and (loss := caution(activity.device.name)):
        changes.append(loss)
    edits, notes = barometer_edits(reading.document)
    changes += notes
    return read_source(replace(source, data=apply(source.data, edits)), config) if edits else reading
