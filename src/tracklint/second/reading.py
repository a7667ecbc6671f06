"""Let another reader read the file in a process of its own, and take down what it saw."""

from __future__ import annotations

import importlib.metadata
import json
import subprocess
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import numpy as np

from ..activity import Activity, Floats
from ..config import Limits
from ..findings import Skipped
from ..fit import FitDocument
from ..source import Source
from ..xml import XmlDocument
from .child import FIT_COLUMNS, GPX_COLUMNS, TCX_COLUMNS
from .habits import Known, aligned, extended_points, known_of, listed

__all__ = ["READERS", "SecondReading", "SecondReadings", "second_readings"]

#: The readers of each format, by the name of their module.
READERS = {"fit": ("fitparse", "fitdecode"), "gpx": ("gpxpy",), "tcx": ("tcxreader", "tcxparser")}
#: The packages that a reader may come in, where they are not called after its module.
_PACKAGES = {"fitparse": ("python-fitparse", "fitparse"), "tcxparser": ("python-tcxparser",)}
_COLUMNS = {"fit": FIT_COLUMNS, "gpx": GPX_COLUMNS, "tcx": TCX_COLUMNS}
_CHILD = Path(__file__).with_name("child.py")
_GLOBALS = {"record": 20, "lap": 19, "session": 18}


@dataclass(frozen=True, slots=True, kw_only=True)
class SecondReading:
    """What one reader saw.

    ``end`` is ``whole`` (it read to the end without complaint), ``stopped`` (it raised ``error`` with ``text``),
    ``slow`` (the time limit), ``memory`` (the memory limit), ``died`` (the process ended by itself) or ``absent``.
    ``byte`` or ``line`` is the place that it names, or how far it had read. ``counts`` holds what it saw (``record``,
    ``lap``, ``session``; for GPX ``record`` and ``extensions``, the points that have some; for TCX ``record`` and each
    list of values that cannot be laid beside the points); ``columns`` are those of `Activity`, one entry a point, NaN
    where it has no number. ``lists`` are the values of a reader without points, as it gave them.
    """

    reader: str
    version: str = ""
    end: str
    error: str = ""
    text: str = ""
    byte: int | None = None
    line: int | None = None
    counts: Mapping[str, int] = field(default_factory=dict)
    columns: Mapping[str, Floats] = field(default_factory=dict)
    lists: Mapping[str, Floats] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class SecondReadings:
    """The readings of one file beside our own; what rules about second readers look at.

    ``counts`` is our own number of everything that the readings count; ``known`` holds what is known of the readers.
    """

    readings: tuple[SecondReading, ...]
    activity: Activity
    counts: Mapping[str, int]
    known: Mapping[str, Known] = field(default_factory=dict)
    skipped: tuple[Skipped, ...] = ()

    @property
    def point(self) -> str:
        """What a point is called in this format: ``record`` or ``point``."""
        return "record" if self.activity.format == "fit" else "point"


def second_readings(source: Source, document: object, activity: Activity, limits: Limits) -> SecondReadings:
    """Read ``source`` with every second reader of its format that is installed.

    Never raises for what a reader does. Takes as long as the readers take, each at most
    ``limits.second_reader_seconds``, in at most ``limits.second_reader_mebibytes`` where the system can limit memory.
    """
    readings = []
    skipped = []
    for name in READERS.get(source.format, ()):
        if find_spec(name) is None:
            package = _PACKAGES.get(name, (name,))[0]
            skipped.append(Skipped("RDR*", f"the second reader {package} is not installed"))
            continue
        reading = read_with(name, source.data, _COLUMNS[source.format], limits)
        if reading.end == "absent":
            skipped.append(Skipped("RDR*", f"the second reader {name} cannot be started: {reading.text}"))
        else:
            readings.append(reading)
    counts = {"record": len(activity)}
    known: dict[str, Known] = {}
    if isinstance(document, FitDocument):
        counts = {what: document.count(number) for what, number in _GLOBALS.items()}
    elif isinstance(document, XmlDocument):
        readings = [_laid_out(reading, document, activity) for reading in readings]
        found = {reading.reader: known_of(reading.reader, document, activity) for reading in readings}
        known = {name: each for name, each in found.items() if each}
        if source.format == "gpx":
            counts["extensions"] = extended_points(document, activity)
        else:
            counts |= listed(document, activity)
    return SecondReadings(
        readings=tuple(readings), activity=activity, counts=counts, known=known, skipped=tuple(skipped)
    )


def _laid_out(reading: SecondReading, document: XmlDocument, activity: Activity) -> SecondReading:
    """The reading with its lists as columns."""
    if not reading.lists:
        return reading
    columns, counts = aligned(reading.lists, document, activity)
    return replace(reading, columns=columns, counts=counts)


def read_with(reader: str, data: bytes, columns: tuple[str, ...], limits: Limits) -> SecondReading:
    """What ``reader`` sees in ``data``, from a process of its own. Never raises for what the reader does."""
    seconds = max(limits.second_reader_seconds, 0.0)
    memory = max(int(limits.second_reader_mebibytes), 64)
    # -I: neither the working directory nor the user's environment can slip another module in
    command = [sys.executable, "-I", str(_CHILD), reader, str(int(seconds) + 2), str(memory)]
    end: dict[str, Any] = {}
    try:
        done = subprocess.run(  # noqa: S603 - our own interpreter with our own script
            command, input=data, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, timeout=seconds, check=False
        )
        out, end = done.stdout, {"end": "died", "text": _ending(done.returncode)}
    except subprocess.TimeoutExpired as late:
        out, end = late.stdout or b"", {"end": "slow"}
    except OSError as error:
        return SecondReading(reader=reader, end="absent", text=error.strerror or str(error))
    blocks = []
    lists: dict[str, Floats] = {}
    for line in _lines(out):
        if "rows" in line:
            blocks.append(np.array(line["rows"], np.float64))
        for channel, values in line.get("lists", {}).items():
            lists[channel] = np.array(values, np.float64)
        if "end" in line:
            end = line
    rows = np.concatenate(blocks) if blocks else np.empty((0, len(columns)))
    return SecondReading(
        reader=reader,
        version=_version(reader),
        end=end["end"],
        error=end.get("error", ""),
        text=end.get("text", ""),
        byte=end.get("byte"),
        line=end.get("line"),
        counts=end.get("counts") or {"record": len(rows)},
        columns=dict(zip(columns, rows.T, strict=True)),
        lists=lists,
    )


def _version(reader: str) -> str:
    for package in _PACKAGES.get(reader, (reader,)):
        try:
            return importlib.metadata.version(package)
        except importlib.metadata.PackageNotFoundError:
            continue
    return "of unknown version"


def _lines(out: bytes) -> Iterator[dict[str, Any]]:
    """The whole JSON lines; the last one may be cut where the process was killed."""
    for line in out.split(b"\n"):
        try:
            value = json.loads(line)
        except ValueError:
            continue
        if isinstance(value, dict):
            yield value


def _ending(status: int) -> str:
    return f"its process was ended by signal {-status}" if status < 0 else f"its process ended with status {status}"
