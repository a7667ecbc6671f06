"""Two independent readers see the same values in real files; where one is not followed stands in a table with its
reason."""

from __future__ import annotations

import warnings
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import fitdecode
import fitdecode.types
import fitparse
import fitparse.records
import numpy as np
import pytest

from tracklint.fit import fit_activity, scan_fit
from tracklint.fit.columns import MessageColumns, message_columns
from tracklint.fit.profile import FIT_EPOCH, UPTIME_LIMIT

Corpus = list[tuple[Path, dict[str, str]]]
LARGEST = 30_000
RECORD = ("position_lat", "position_long", "altitude", "heart_rate", "cadence", "distance", "speed", "power", "temperature",
          "enhanced_altitude", "enhanced_speed")  # fmt: skip
SESSION = ("start_time", "total_elapsed_time", "total_timer_time", "total_distance", "total_calories", "total_ascent")
LAP = ("start_time", "total_elapsed_time", "total_distance", "total_calories")

#: file -> why a reader is not followed there.
NOT_FOLLOWED = {
    "frame-shift-insert__input.fit": "they stop at the undefined local type; we go on behind it",
    "garbage-block-midfile__input.fit": "they stop at the garbage; we go on behind it",
    "data-size-lies-short__input.fit": "they believe the data size",
    "truncated-mid-record__input.fit": "they raise at the cut",
    "activity-unexpected-eof.fit": "they raise at the cut",
    "invalid-base-type__input.fit": "they raise at a base type that does not exist",
}


def small(corpus: Corpus, reader: str) -> Iterator[tuple[str, bytes]]:
    """Real files that the reader gets to the end of."""
    for path, row in corpus:
        if (
            row["format"] == "fit"
            and int(row["bytes"]) <= LARGEST
            and not row[f"{reader}_err"]
            and row["fit_segments"] == "1"
        ):
            name = path.name.split("__")[-1]
            if path.name.endswith("__input.fit"):
                name = "__".join(path.name.split("__")[-2:])
            if name not in NOT_FOLLOWED:
                yield path.name, path.read_bytes()


def _stands(field: Any, developer: type) -> bool:
    """Whether a field of theirs stands in the message itself, or is the time from its header."""
    if field.field_def is None:
        return bool(field.def_num == 253)
    return not isinstance(field.field_def, developer)


def _fitdecode(data: bytes, name: str) -> list[dict[int, Any]]:
    """Values by field number; for a field that stands twice (components) the one that is in the file."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        with fitdecode.FitReader(data, check_crc=fitdecode.CrcCheck.DISABLED) as reader:
            found = [frame for frame in reader if isinstance(frame, fitdecode.FitDataMessage) and frame.name == name]
    kind = fitdecode.types.DevFieldDefinition
    return [{f.def_num: f.value for f in frame.fields if _stands(f, kind)} for frame in found]


def _fitparse(data: bytes, name: str) -> list[dict[int, Any]]:
    return [
        {f.def_num: f.value for f in message.fields if _stands(f, fitparse.records.DevFieldDefinition)}
        for message in fitparse.FitFile(data).get_messages(name)
    ]


READERS = {"fitdecode": _fitdecode, "fitparse": _fitparse}


def _number(value: Any) -> float:
    if isinstance(value, datetime):
        return (value if value.tzinfo else value.replace(tzinfo=UTC)).timestamp()
    if isinstance(value, tuple | list):
        value = next(iter(value), None)
    if value is None or isinstance(value, str):
        return np.nan
    return float(value)


def _same(ours: np.ndarray, theirs: np.ndarray) -> bool:
    return bool(np.allclose(ours, theirs, rtol=1e-9, atol=1e-6, equal_nan=True))


def _moment(value: Any) -> float:
    """Their time as UNIX time; both hand out the bare number where it is device uptime."""
    number = _number(value)
    return number + FIT_EPOCH if number < UPTIME_LIMIT else number


def _column(columns: MessageColumns, number: int) -> np.ndarray:
    fact = columns.fact(number)
    if fact.type == "date_time":
        return columns.floats(number) + FIT_EPOCH
    return columns.floats(number)


@pytest.mark.parametrize("reader", READERS)
@pytest.mark.parametrize(("name", "fields"), [("record", RECORD), ("session", SESSION), ("lap", LAP)])
def test_values(corpus: Corpus, reader: str, name: str, fields: tuple[str, ...]) -> None:
    different: dict[tuple[str, str], list[str]] = {}
    compared = 0
    for file, data in small(corpus, reader):
        theirs = READERS[reader](data, name)
        columns = message_columns(scan_fit(data), name)
        assert len(columns) == len(theirs), file
        if not theirs:
            continue
        numbers = {columns.fact(n).name: n for n in range(256)}
        for field in fields:
            read = _moment if columns.fact(numbers[field]).type == "date_time" else _number
            wanted = np.array([read(row.get(numbers[field])) for row in theirs])
            if not _same(_column(columns, numbers[field]), wanted):
                different.setdefault((reader, field), []).append(file)
            compared += 1
    assert compared > 100
    assert different == {}


@pytest.mark.parametrize("reader", READERS)
def test_times(corpus: Corpus, reader: str) -> None:
    different = []
    for file, data in small(corpus, reader):
        theirs = READERS[reader](data, "record")
        ours = message_columns(scan_fit(data), "record").times()
        if not _same(ours, np.array([_moment(row.get(253)) for row in theirs])):
            different.append(file)
    assert different == []


def test_points_are_those_of_the_manifest(corpus: Corpus) -> None:
    for path, row in corpus:
        if row["format"] == "fit" and int(row["bytes"]) <= 150_000 and row["fit_trailing"] in ("", "0"):
            activity = fit_activity(scan_fit(path.read_bytes()))
            if "truncated" in row["fit_crc"] or "strava" in path.name or path.name.endswith(tuple(NOT_FOLLOWED)):
                assert len(activity) >= int(row["points"]), path.name
            else:
                assert len(activity) == int(row["points"]), path.name
                if row["points_no_time"]:
                    assert int(np.isnan(activity.time).sum()) == int(row["points_no_time"]), path.name
