"""From a file as it lies there to the bytes, the name and the type that Strava takes. The original is never touched."""

from __future__ import annotations

import gzip as gzip_module
from dataclasses import dataclass, replace
from pathlib import PurePath

import numpy as np

from .checking import check_source, read_source
from .config import Config
from .edits import apply
from .findings import Report
from .mending.fixing import can_mend, fix_source
from .mending.xml.barometer import barometer_edits, caution, is_listed
from .source import Source, Thing, open_source

__all__ = ["Prepared", "prepare"]

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
    data: bytes
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
    config = replace(config or Config(), purpose="strava")
    source = open_source(thing, name, max_inflated=config.limits.max_inflated_bytes)
    changes: list[str] = []
    external_id = f"tracklint-{source.sha256[:16]}"
    source = _mended(source, config, changes)
    content = _tagged(source, changes, config.barometer_creators, asked=barometer)
    stem = _stem(source.name)
    if source.format == "unknown":
        data, data_type = content, ""
        shown = PurePath(source.name).name
    else:
        data = gzip_module.compress(content, mtime=0) if gzip else content
        data_type = source.format + (".gz" if gzip else "")
        shown = f"{stem}.{data_type}"
        _note_container(source, data_type, changes)
        if gzip:
            changes.append(f"compressed from {len(content)} to {len(data)} bytes")
    report = _report(source, content, data, shown, config)
    return Prepared(report, shown, data, data_type, external_id, tuple(changes))


def _mended(source: Source, config: Config, changes: list[str]) -> Source:
    """The source with its safe repairs; a container that could not be unpacked whole stays as it is."""
    if source.faults or not can_mend(source.format):
        return source
    fixed = fix_source(source, config)
    changes += [f"mended {change.code}: {change.says}" for change in fixed.ledger]
    return replace(source, data=fixed.data) if fixed.changed else source


def _report(source: Source, content: bytes, data: bytes, shown: str, config: Config) -> Report:
    """The check of what is sent. A container that could not be unpacked whole is checked as it came, or its faults
    would be lost."""
    whole = not any(
        f.kind in ("gzip-damaged", "gzip-truncated", "inflates-too-far", "zip-many", "zip-damaged")
        for f in source.faults
    )
    if source.format == "unknown" or not whole:
        return check_source(source, config)
    container = "gzip" if data[:2] == b"\x1f\x8b" else "plain"
    sent = Source(
        name=shown,
        data=content,
        format=source.format,
        looks_like=source.looks_like,
        container=container,
        packed=len(data),
        claims=source.format,
        claims_gzip=container == "gzip",
    )
    return check_source(sent, config)


def _stem(name: str) -> str:
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


def _tagged(source: Source, changes: list[str], creators: tuple[str, ...], *, asked: bool) -> bytes:
    """The content with the barometer tag, where it is wanted, the format has one and there is elevation to keep."""
    if source.format == "unknown" or not (asked or (creators and source.format != "fit")):
        return source.data
    if source.format == "fit":
        changes.append(
            'not tagged: FIT has no "with barometer" tag; Strava knows FIT devices by manufacturer and product'
        )
        return source.data
    document, activity = read_source(source)
    if not asked and (activity is None or not is_listed(activity.device.name, creators)):
        return source.data
    if activity is None or not activity.channel("altitude").any():
        changes.append("not tagged: no point has an elevation that Strava could keep")
        return source.data
    if len(activity) > 1 and np.nanmin(activity.altitude) == np.nanmax(activity.altitude):
        changes.append(f"caution: every elevation is {np.nanmin(activity.altitude):g} m, which no barometer writes")
    if asked and (loss := caution(activity.device.name)):
        changes.append(loss)
    edits, notes = barometer_edits(document)
    changes += notes
    return apply(source.data, edits)
