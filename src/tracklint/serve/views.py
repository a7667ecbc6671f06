"""What is made of a file that was dropped. All of this runs in child processes."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from ..checking import check
from ..config import Config
from ..findings import Report
from ..mending.fixing import fix
from ..preparing import prepare, stem
from ..render.html import page as page_of
from ..render.html.repairs import offered
from ..render.rows import fact_rows
from ..render.units import UNITS
from ..source import SUFFIXES
from ..spelling import json_text, printable
from ..words import severities

__all__ = ["VIEWS", "Seen", "TooMuch", "see", "unpacked"]

Data = bytes | bytearray
#: What is told of a ride in its row.
_FACTS = ("start", "elapsed", "distance")


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


def _verdict(name: str, data: Data, config: Config) -> Seen:
    report = check(bytes(data), config=config, name=name)
    told = {
        "verdict": report.verdict,
        "found": severities(report.findings) or "nothing found",
        "first": _first(report),
        "facts": _facts(report),
        "mended": offered(report),
        "prepared": report.format != "unknown",
    }
    return Seen(json_text(told, compact=True).encode(), "application/json")


def _first(report: Report) -> str:
    """The message of the worst finding, the first of several."""
    worst = max(report.findings, key=lambda finding: finding.severity.rank, default=None)
    return "" if worst is None else printable(f"{worst.code}: {worst.message}")


def _facts(report: Report) -> str:
    if report.activity is None:
        return ""
    told = dict(fact_rows(report.activity, UNITS["metric"]))
    sport = report.activity.sport.strava
    return printable(", ".join(filter(None, (sport, *(told.get(label) for label in _FACTS)))))


def _page(name: str, data: Data, config: Config) -> Seen:
    from ..checking import check_reading
    from ..reading import read_thing

    reading = read_thing(bytes(data), config, name=name)
    made = page_of(check_reading(reading, config), reading, config)
    return Seen(made.encode("utf-8", "replace"), "text/html; charset=utf-8")


def _mended(name: str, data: Data, config: Config, *, unsafe: bool = False) -> Seen | None:
    fixed = fix(bytes(data), config=config, unsafe=unsafe, name=name)
    if not fixed.changed:
        return None
    return Seen(fixed.data, "application/octet-stream", f"{stem(name)}-mended.{fixed.before.format}")


def _mended_unsafe(name: str, data: Data, config: Config) -> Seen | None:
    return _mended(name, data, config, unsafe=True)


def _prepared(name: str, data: Data, config: Config) -> Seen | None:
    prepared = prepare(bytes(data), config=config, name=name)
    if not prepared.data_type:
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
