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
from ..config import BadConfig, Limits
from ..findings import Skipped
from ..fit import FitDocument
from ..source import Source
from ..words import printable
from ..xml import XmlDocument
from .child import FIT_COLUMNS, GPX_COLUMNS, TCX_COLUMNS
from .habits import Known, aligned, extended_points, known_of, listed

__all__ = ["READERS", "SchemaFault", "SecondReading", "SecondReadings", "second_readings", "usable_schemas"]

#: The readers of each format, by the name of their module. libxml2, which lxml brings, only validates.
READERS = {"fit": ("fitparse", "fitdecode"), "gpx": ("gpxpy", "libxml2"), "tcx": ("tcxreader", "tcxparser", "libxml2")}
_MODULES = {"libxml2": "lxml"}
#: The packages that a reader may come in, where they are not called after its module.
_PACKAGES = {"fitparse": ("python-fitparse", "fitparse"), "tcxparser": ("python-tcxparser",), "libxml2": ("lxml",)}
_COLUMNS = {"fit": FIT_COLUMNS, "gpx": GPX_COLUMNS, "tcx": TCX_COLUMNS}
_CHILD = Path(__file__).with_name("child.py")
_PACKAGE = Path(__file__).parents[1]
#: Our own schemas: a part of an installed package, and beside ``src`` where the sources lie.
SCHEMAS = next((each for each in (_PACKAGE / "schemas", _PACKAGE.parents[1] / "schemas") if each.is_dir()), _PACKAGE)
_GLOBALS = {"record": 20, "lap": 19, "session": 18}


@dataclass(frozen=True, slots=True, kw_only=True)
class SchemaFault:
    """What libxml2 has against one element, by its number in the order of the document: its own name for the kind of
    fault, in lower case, and its words. ``missing_child`` is told at the parent, ``element_content`` at the child."""

    element: int
    kind: str
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class SecondReading:
    """What one reader saw.

    ``end`` is ``whole`` (it read to the end without complaint), ``stopped`` (it raised ``error`` with ``text``),
    ``slow`` (the time limit), ``memory`` (the memory limit), ``died`` (the process ended by itself) or ``absent``; of
    libxml2 also ``ill-formed``, ``doctype`` (it reads no document with a document type) and ``enough`` (it told so many
    faults that it was asked no further). ``byte`` or ``line`` and ``column`` are the place that it names, or how far it
    had read. ``counts`` holds what it saw (``record``, ``lap``, ``session``; for GPX ``record`` and ``extensions``, the
    points that have some; for TCX ``record`` and each list of values that cannot be laid beside the points; of libxml2
    ``record`` and ``element``); ``columns`` are those of `Activity`, one entry a point, NaN where it has no number.
    ``lists`` are the values of a reader without points, as it gave them. ``faults`` are what libxml2 tells of a
    document that is well-formed to it.
    """

    reader: str
    version: str = ""
    end: str
    error: str = ""
    text: str = ""
    byte: int | None = None
    line: int | None = None
    column: int | None = None
    counts: Mapping[str, int] = field(default_factory=dict)
    columns: Mapping[str, Floats] = field(default_factory=dict)
    lists: Mapping[str, Floats] = field(default_factory=dict)
    faults: tuple[SchemaFault, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class SecondReadings:
    """The readings of one file beside our own; what rules about second readers look at.

    ``counts`` is our own number of everything that the readings count; ``known`` holds what is known of the readers.
    ``document`` is what libxml2 validated too; ``schema_dir`` the folder whose schemas it took before ours.
    """

    readings: tuple[SecondReading, ...]
    activity: Activity
    counts: Mapping[str, int]
    known: Mapping[str, Known] = field(default_factory=dict)
    skipped: tuple[Skipped, ...] = ()
    document: XmlDocument | None = None
    schema_dir: Path | None = None

    @property
    def point(self) -> str:
        """What a point is called in this format: ``record`` or ``point``."""
        return "record" if self.activity.format == "fit" else "point"


def second_readings(
    source: Source, document: object, activity: Activity, limits: Limits, schema_dir: Path | None = None
) -> SecondReadings:
    """Read ``source`` with every second reader of its format that is installed; libxml2 validates with the XSD files in
    ``schema_dir``, and with ours for the namespaces that these leave out.

    Never raises for what a reader does. Takes as long as the readers take, each at most
    ``limits.second_reader_seconds``, in at most ``limits.second_reader_mebibytes`` where the system can limit memory.
    Raises `config.BadConfig` for schemas that cannot be used.
    """
    readings = []
    skipped = []
    for name in READERS.get(source.format, ()):
        if find_spec(_MODULES.get(name, name)) is None:
            package = _PACKAGES.get(name, (name,))[0]
            skipped.append(Skipped("RDR*", f"the second reader {package} is not installed"))
            continue
        columns, folders = ((), _folders(schema_dir)) if name == "libxml2" else (_COLUMNS[source.format], ())
        reading = read_with(name, source.data, columns, limits, *folders)
        if reading.end == "schemas":
            raise BadConfig(reading.text)
        if reading.end in _UNSAID:
            skipped.append(Skipped("RDR*", f"the second reader {name} {_UNSAID[reading.end]}: {reading.text}"))
        if reading.end not in ("absent", "doctype"):
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
        counts["element"] = len(document.elements)
    return SecondReadings(
        readings=tuple(readings),
        activity=activity,
        counts=counts,
        known=known,
        skipped=tuple(skipped),
        document=document if isinstance(document, XmlDocument) else None,
        schema_dir=schema_dir,
    )


#: Ends after which something is not compared, and how that is said before the reader's words.
_UNSAID = {
    "absent": "cannot be started",
    "doctype": "was not asked to the end",
    "enough": "was not asked to the end",
}


def _folders(schema_dir: Path | None) -> tuple[str, ...]:
    return (str(SCHEMAS),) if schema_dir is None else (str(SCHEMAS), str(schema_dir))


def usable_schemas(schema_dir: Path, limits: Limits) -> None:
    """Raises `config.BadConfig`, with one sentence, where the XSD files in a folder cannot be used.

    It takes a process of its own, because a schema can be as hostile as a file.
    """
    tried = read_with("schemas", b"", (), limits, *_folders(schema_dir))
    if tried.end == "schemas":
        raise BadConfig(tried.text)
    if tried.end not in ("whole", "absent"):
        raise BadConfig(f"{schema_dir}: reading these schemas came to no end ({tried.text or tried.end})")


def _laid_out(reading: SecondReading, document: XmlDocument, activity: Activity) -> SecondReading:
    """The reading with its lists as columns."""
    if not reading.lists:
        return reading
    columns, counts = aligned(reading.lists, document, activity)
    return replace(reading, columns=columns, counts=counts)


def read_with(reader: str, data: bytes, columns: tuple[str, ...], limits: Limits, *folders: str) -> SecondReading:
    """What ``reader`` sees in ``data``, from a process of its own; ``folders`` hold the schemas of one that validates.
    Never raises for what the reader does."""
    seconds = max(limits.second_reader_seconds, 0.0)
    memory = max(int(limits.second_reader_mebibytes), 64)
    # -I: neither the working directory nor the user's environment can slip another module in
    command = [sys.executable, "-I", str(_CHILD), reader, str(int(seconds) + 2), str(memory), *folders]
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
    faults: list[SchemaFault] = []
    version = ""
    for line in _lines(out):
        version = line.get("version", version)
        if "rows" in line:
            blocks.append(np.array(line["rows"], np.float64))
        for channel, values in line.get("lists", {}).items():
            lists[channel] = np.array(values, np.float64)
        faults += [
            SchemaFault(element=element, kind=kind, text=printable(text))
            for element, kind, text in line.get("faults", ())
        ]
        if "end" in line:
            end = line
    rows = np.concatenate(blocks) if blocks else np.empty((0, len(columns)))
    return SecondReading(
        reader=reader,
        version=version or _version(reader),
        end=end["end"],
        error=end.get("error", ""),
        text=printable(end.get("text", "")),
        byte=end.get("byte"),
        line=end.get("line"),
        column=end.get("column"),
        counts=end.get("counts") or {"record": len(rows)},
        columns=dict(zip(columns, rows.T, strict=True)),
        lists=lists,
        faults=tuple(faults),
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
