"""What is made of a file that was dropped. All of this runs in child processes."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace

from ..checking import check_reading, held
from ..config import Config
from ..findings import Report, Safety
from ..mending.fixing import fix, mend
from ..preparing import prepare, stem
from ..reading import Reading, read_thing
from ..render.html import page
from ..render.html.repairs import offered
from ..render.html.zone import said, zone_of, zone_text
from ..render.units import UNITS
from ..source import SUFFIXES
from ..words import clock, json_text, printable, severities

__all__ = ["VIEWS", "Seen", "TooMuch", "see", "unpacked"]

Data = bytes | bytearray


class TooMuch(Exception):
    """An archive holds more than there is room for. The text is one clear sentence."""


@dataclass(frozen=True, slots=True)
class Seen:
    """What is answered: a body, its media type, and the name under which a browser keeps it, ``""`` for what it
    shows."""

    body: bytes
    kind: str
    name: str = ""


def see(view: str, name: str, data: Data, config: Config) -> Seen | None:
    """What a view makes of a file, ``None`` where there is nothing of this kind. Bad content never raises."""
    return VIEWS[view](name, data, config)


def _read(name: str, data: Data, config: Config) -> tuple[Reading, Report]:
    reading = read_thing(bytes(data), config, name=name)
    return reading, check_reading(reading, config)


def _verdict(name: str, data: Data, config: Config) -> Seen:
    reading, report = _read(name, data, config)
    told = {
        "verdict": report.verdict,
        "found": severities(report.findings) or "nothing found",
        "first": _first(report),
        "facts": _facts(report, zone_of(reading) if reading.failed is None else None),
        "mended": _ways(reading, report, config),
        "prepared": _prepared(name, data, config) is not None,
    }
    return Seen(json_text(told, compact=True).encode(), "application/json")


def _ways(reading: Reading, report: Report, config: Config) -> list[Safety]:
    """The ways to mend a file that change it: some of what findings promise needs words of a person, such as a zone."""
    config = replace(held(reading, config), second_readers=False)  # they take seconds, and no repair asks them
    return [way for way in offered(report) if mend(reading, report, config, unsafe=way == "unsafe").changed]


def _first(report: Report) -> str:
    """The message of the worst finding, the first of several."""
    worst = max(report.findings, key=lambda finding: finding.severity.rank, default=None)
    return "" if worst is None else printable(f"{worst.code}: {worst.message}")


def _facts(report: Report, zone: int | None) -> str:
    """What ride it is: sport, start, how long, how far."""
    ride = report.activity
    if ride is None:
        return ""
    start = said(ride.start_time, zone)
    told = (
        ride.sport.strava,
        start and f"{start} {zone_text(zone)}",
        ride.elapsed_s is not None and clock(round(ride.elapsed_s)),
        ride.distance_m is not None and UNITS["metric"].way(ride.distance_m),
    )
    return printable(", ".join(str(each) for each in told if each))


def _page(name: str, data: Data, config: Config) -> Seen:
    reading, report = _read(name, data, config)
    return Seen(page(report, reading, config).encode("utf-8", "replace"), "text/html; charset=utf-8")


def _mended(name: str, data: Data, config: Config, *, unsafe: bool = False) -> Seen | None:
    fixed = fix(bytes(data), config=config, unsafe=unsafe, name=name)
    if not fixed.changed:
        return None
    return Seen(fixed.data, "application/octet-stream", f"{stem(name)}-mended.{fixed.before.format}")


def _mended_unsafe(name: str, data: Data, config: Config) -> Seen | None:
    return _mended(name, data, config, unsafe=True)


def _prepared(name: str, data: Data, config: Config) -> Seen | None:
    prepared = prepare(bytes(data), config=config, name=name)
    if not prepared.data_type or prepared.report.verdict == "refused":  # as `tracklint prepare` writes none
        return None
    return Seen(prepared.data, "application/octet-stream", prepared.name)


#: What can be asked of a file, by the last part of its address.
VIEWS: dict[str, Callable[[str, Data, Config], Seen | None]] = {
    "verdict": _verdict,
    "page": _page,
    "mended": _mended,
    "mended-unsafe": _mended_unsafe,
    "prepared": _prepared,
}


def unpacked(name: str, data: Data, files: int, size: int) -> list[tuple[str, bytes]]:
    """The activities in an archive of several; none where it holds one at most, or is damaged: the check tells of it.

    Sizes that an archive tells are not believed. Raises `TooMuch` for more than ``files`` or ``size`` bytes.
    """
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            members = [each for each in archive.infolist() if each.filename.lower().endswith(SUFFIXES)]
            if len(members) < 2:
                return []
            if len(members) > files:
                raise TooMuch(f"This archive holds {len(members)} activities; there is room for {files}.")
            return list(_inflated(archive, name, members, size))
    except TooMuch:
        raise
    except Exception:  # a damaged archive makes zipfile raise what it may
        return []


def _inflated(
    archive: zipfile.ZipFile, name: str, members: list[zipfile.ZipInfo], size: int
) -> Iterator[tuple[str, bytes]]:
    for each in members:
        with archive.open(each) as file:
            data = file.read(size + 1)
        size -= len(data)
        if size < 0:
            raise TooMuch("The files in this archive are too large together. Unpack it, and drop a part of them.")
        yield f"{name}/{each.filename}", data
