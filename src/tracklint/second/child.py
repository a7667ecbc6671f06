"""Run as a script in a process of its own: one foreign reader reads the file on standard input.

    python -I child.py READER SECONDS MEBIBYTES [FOLDER...]

Nothing of tracklint is imported here, so that the reader is alone with the file. Standard output carries JSON lines:
``{"rows": [...]}`` for every 1,000 points, ``{"lists": {...}}`` of a reader that has no points but a list of values for
each channel, ``{"faults": [...]}`` of one that validates with the XSD files of the folders; then
``{"end": ..., "counts": ...}``. A process that is killed has told what it had read until then.
"""

from __future__ import annotations

import io
import json
import math
import os
import runpy
import sys
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

#: Columns of a row for each kind of file; names are those of `activity.COLUMNS`.
FIT_COLUMNS = (
    "time", "latitude", "longitude", "altitude", "distance", "speed", "heart_rate", "cadence", "power", "temperature",
)  # fmt: skip
GPX_COLUMNS = ("time", "latitude", "longitude", "altitude")
TCX_COLUMNS = (
    "time", "latitude", "longitude", "altitude", "distance", "speed", "heart_rate", "cadence", "power",
)  # fmt: skip
#: Where a reader keeps a channel; of several names the first with a value counts, as in our own reading.
_NAMES = {
    "altitude": ("enhanced_altitude", "altitude"),
    "speed": ("enhanced_speed", "speed"),
    "distance": ("distance",),
    "heart_rate": ("heart_rate",),
    "cadence": ("cadence",),
    "power": ("power",),
    "temperature": ("temperature",),
}
_FIT_EPOCH = 631_065_600
_DEGREES = 180 / 2**31
_CHUNK = 1000
#: Values of more points than this are counted only: 55 h at one point a second.
_MOST_ROWS = 200_000
_MOST_TEXT = 300

Row = list[float | None]


class Tally:
    """What was read so far, and the pipe that it is told through."""

    def __init__(self, out: io.TextIOBase) -> None:
        self.out = out
        self.counts: dict[str, int] = {"record": 0}
        self.rows: list[Row] = []
        self.faults: list[tuple[int, str, str]] = []

    def point(self, row: Row) -> None:
        """Count a point, and keep its values for the next line."""
        self.counts["record"] += 1
        if self.counts["record"] <= _MOST_ROWS:
            self.rows.append(row)
        if len(self.rows) >= _CHUNK:
            self.flush()

    def fault(self, element: int, kind: str, text: str) -> None:
        """Keep a fault of an element for the next line."""
        self.faults.append((element, kind, text))
        if len(self.faults) >= _CHUNK:
            self.flush()

    def flush(self) -> None:
        """Tell the points and the faults that wait."""
        if self.rows:
            rows, self.rows = self.rows, []
            self.tell(rows=rows)
        if self.faults:
            faults, self.faults = self.faults, []
            self.tell(faults=faults)

    def tell(self, **line: Any) -> None:
        """Write one line."""
        print(json.dumps(line), file=self.out, flush=True)


def _number(value: Any) -> float | None:
    """A plain number; ``None`` for what users of the reader could not calculate with."""
    if isinstance(value, bool) or not isinstance(value, int | float) or not math.isfinite(value):
        return None
    return float(value)


def _seconds(value: Any) -> float | None:
    if isinstance(value, datetime):
        return (value if value.tzinfo else value.replace(tzinfo=UTC)).timestamp()
    number = _number(value)  # both readers leave a time in device uptime as the number that it is
    return None if number is None else number + _FIT_EPOCH


def _fit_row(fields: Iterator[Any]) -> Row:
    known: dict[str, Any] = {}
    for each in fields:
        if not hasattr(each.field_def, "dev_data_index") and each.value is not None:
            known.setdefault(each.name, each.value)
    row = [_seconds(known.get("timestamp"))]
    for name in ("position_lat", "position_long"):
        raw = _number(known.get(name))
        row.append(None if raw is None else raw * _DEGREES)
    channels = (next((known[name] for name in _NAMES[channel] if name in known), None) for channel in FIT_COLUMNS[3:])
    return [*row, *map(_number, channels)]


def _read_fit(messages: Iterator[Any], tally: Tally) -> None:
    tally.counts |= {"lap": 0, "session": 0}
    for message in messages:
        if message.name == "record":
            tally.point(_fit_row(message.fields))
        elif message.name in tally.counts:
            tally.counts[message.name] += 1


def _fitparse(stream: io.BytesIO, tally: Tally) -> None:
    import fitparse

    reader = getattr(fitparse, "UncachedFitFile", fitparse.FitFile)  # the same reading without keeping every message
    _read_fit(reader(stream).get_messages(), tally)


def _fitdecode(stream: io.BytesIO, tally: Tally) -> None:
    import fitdecode

    with fitdecode.FitReader(stream) as frames:
        _read_fit((frame for frame in frames if frame.frame_type == fitdecode.FIT_FRAME_DATA), tally)


def _gpxpy(stream: io.BytesIO, tally: Tally) -> None:
    import gpxpy

    gpx = gpxpy.parse(stream.read())
    for track in gpx.tracks:
        for segment in track.segments:
            for point in segment.points:
                time = None if point.time is None else _seconds(point.time)
                tally.point([time, _number(point.latitude), _number(point.longitude), _number(point.elevation)])
                tally.counts["extensions"] = tally.counts.get("extensions", 0) + bool(point.extensions)


def _tcxreader(stream: io.BytesIO, tally: Tally) -> None:
    from tcxreader.tcxreader import TCXReader

    for point in TCXReader().read(stream).trackpoints:
        more = point.tpx_ext
        cadence = more.get("RunCadence") if point.cadence is None else point.cadence
        values = (
            point.latitude, point.longitude, point.elevation, point.distance, more.get("Speed"), point.hr_value,
            cadence, more.get("Watts"),
        )  # fmt: skip
        tally.point([None if point.time is None else _seconds(point.time), *map(_number, values)])


def _tcxparser(stream: io.BytesIO, tally: Tally) -> None:
    from dateutil.parser import isoparse
    from tcxparser import TCXParser

    reader = TCXParser(stream)

    def time(text: str) -> float | None:
        try:
            return _seconds(isoparse(text))
        except (TypeError, ValueError):
            return None

    ways: dict[str, Callable[[], list[float | None]]] = {
        "time": lambda: [time(text) for text in reader.time_values()],
        "latitude": lambda: [_number(latitude) for latitude, _ in reader.position_values()],
        "longitude": lambda: [_number(longitude) for _, longitude in reader.position_values()],
        "altitude": lambda: [_number(value) for value in reader.altitude_points()],
        "distance": lambda: [_number(getattr(value, "pyval", None)) for value in reader.distance_values()],
        "heart_rate": lambda: [_number(value) for value in reader.hr_values()],
        "cadence": lambda: [_number(value) for value in reader.cadence_values()],
        "power": lambda: [_number(value) for value in reader.power_values()],
    }
    failed: Exception | None = None
    for channel, values in ways.items():
        try:
            tally.tell(lists={channel: values()})
        except Exception as error:  # the other lists can be read all the same
            failed = failed or error
    if failed:
        raise failed
    reader.activity_type  # noqa: B018 - as its users read it


READERS = {
    "fitparse": _fitparse,
    "fitdecode": _fitdecode,
    "gpxpy": _gpxpy,
    "tcxreader": _tcxreader,
    "tcxparser": _tcxparser,
}


def _validating(name: str) -> Callable[..., None]:
    """A function of the script beside this one, which ``python -I`` cannot import."""

    def run(*given: Any) -> None:
        runpy.run_path(str(Path(__file__).with_name("validating.py")))[name](*given)

    return run


#: Those that take a stream, so that a large file costs no memory, and folders of XSD files.
STREAMED = {"libxml2": _validating("validate"), "schemas": _validating("only_schemas")}


def _confine(seconds: int, mebibytes: int) -> None:
    """Limits that the system keeps, where it has them: memory, and processor time should our parent be gone."""
    try:
        import resource
    except ImportError:
        return
    for what, most in ((resource.RLIMIT_AS, mebibytes << 20), (resource.RLIMIT_CPU, seconds)):
        try:
            _, hard = resource.getrlimit(what)
            resource.setrlimit(what, (most if hard == resource.RLIM_INFINITY else min(most, hard), hard))
        except (OSError, ValueError):
            continue


def _place(error: BaseException, stream: io.BytesIO, read_at_once: bool) -> dict[str, int]:
    """The byte or line that the error names, else how far the reader had read where that tells something."""
    named = getattr(error, "offset", None)
    if isinstance(named, int) and not isinstance(error, SyntaxError):  # which has a column there
        return {"byte": named}
    for each in (error, error.__cause__):
        line = getattr(each, "lineno", None) or getattr(each, "position", (None,))[0]
        if isinstance(line, int):
            column = getattr(each, "column", None)
            return {"line": line, "column": column} if isinstance(column, int) else {"line": line}
    return {} if read_at_once or stream.closed or not stream.tell() else {"byte": stream.tell()}


def _ending(error: Exception) -> dict[str, str]:
    """How a reading ended that raised this: what a foreign reader raises is what its users see."""
    own = getattr(error, "end", None)
    return {"end": own} if isinstance(own, str) else {"end": "stopped", "error": type(error).__name__}


def main(reader: str, seconds: str, mebibytes: str, *folders: str) -> None:
    """Read standard input with ``reader`` and tell on standard output what was seen."""
    pipe = os.fdopen(os.dup(1), "w", encoding="utf-8")
    os.dup2(os.open(os.devnull, os.O_WRONLY), 1)  # what the reader prints must not stand between our lines
    _confine(int(seconds), int(mebibytes))
    tally = Tally(pipe)
    end: dict[str, Any] = {"end": "whole"}
    stream = io.BytesIO()
    try:
        if reader in STREAMED:
            STREAMED[reader](sys.stdin.buffer, tally, *folders)
        else:
            stream = io.BytesIO(sys.stdin.buffer.read())
            READERS[reader](stream, tally)
    except MemoryError:
        end = {"end": "memory"}
    except ImportError as error:
        end = {"end": "absent", "text": str(error)[:_MOST_TEXT]}
    except Exception as error:
        text = " ".join(str(error).split())[:_MOST_TEXT]
        end = {**_ending(error), "text": text, **_place(error, stream, not reader.startswith("fit"))}
    tally.flush()
    tally.tell(**end, counts=tally.counts)


if __name__ == "__main__":
    main(*sys.argv[1:])
