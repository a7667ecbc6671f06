"""Every field of every message that matters equals what fitdecode and fitparse decode, field by field, over all real
files. Where a reader is not followed stands in `ACCEPTED` with its reason; an entry that is not needed fails too."""

from __future__ import annotations

import math
import os
import warnings
from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import fitdecode
import fitdecode.types
import fitparse
import fitparse.records
import pytest

from tracklint.fit import scan_fit
from tracklint.fit.decode import Message, Value, messages
from tracklint.fit.profile import FIT_EPOCH, UPTIME_LIMIT

Corpus = list[tuple[Path, dict[str, str]]]
NUMBERS = {20: "record", 19: "lap", 18: "session", 21: "event", 101: "length", 23: "device_info", 132: "hr"}
#: The slow readers take three seconds for 100 kB. ``TRACKLINT_LARGEST_FIT=9999999`` reads every file; these always.
LARGEST = int(os.environ.get("TRACKLINT_LARGEST_FIT", "30000"))
ALSO = ("activity_poolswim_with_hr.fit", "tests__files__event_timestamp.fit")


def _files(corpus: Corpus, reader: str) -> Iterator[tuple[str, bytes]]:
    """Real files that the reader gets to the end of."""
    for path, row in corpus:
        wanted = int(row["bytes"]) <= LARGEST or path.name.endswith(ALSO)
        if row["format"] == "fit" and wanted and not row[f"{reader}_err"]:
            yield row["file"], path.read_bytes()


Theirs = list[tuple[str, list[tuple[int, int | None, Any, Any]]]]


def _fitdecode(data: bytes) -> Theirs:
    """Name, then (number, developer, value, raw) of the fields that stand in each message."""
    out: Theirs = []
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        with fitdecode.FitReader(data, check_crc=fitdecode.CrcCheck.DISABLED) as reader:
            for frame in reader:
                if isinstance(frame, fitdecode.FitDataMessage) and frame.name in NUMBERS.values():
                    out.append(
                        (
                            frame.name,
                            [_theirs(f, fitdecode.types.DevFieldDefinition) for f in frame.fields if f.field_def],
                        )
                    )
    return out


def _fitparse(data: bytes) -> Theirs:
    return [
        (m.name, [_theirs(f, fitparse.records.DevFieldDefinition) for f in m.fields if f.field_def])
        for m in fitparse.FitFile(data).get_messages(list(NUMBERS.values()))
    ]


def _theirs(field: Any, developer: type) -> tuple[int, int | None, Any, Any]:
    where = field.field_def.dev_data_index if isinstance(field.field_def, developer) else None
    return field.field_def.def_num, where, field.value, field.raw_value


READERS = {"fitdecode": _fitdecode, "fitparse": _fitparse}


def _plain(value: Any) -> Any:
    """A value as both sides can be compared: numbers, words, and lists of them; times as UNIX time."""
    if isinstance(value, datetime):
        return (value if value.tzinfo else value.replace(tzinfo=UTC)).timestamp()
    if isinstance(value, timedelta):
        return value.total_seconds()
    if isinstance(value, tuple | list):
        values = [_plain(each) for each in value]
        return None if all(each is None for each in values) else values
    if isinstance(value, bytes):
        return _plain(tuple(value)) if value.strip(b"\xff") else None
    if isinstance(value, float) and math.isnan(value):
        return None
    return value


def _same(ours: Any, theirs: Any) -> bool:
    if isinstance(ours, list) or isinstance(theirs, list):
        ours, theirs = (each if isinstance(each, list) else [each] for each in (ours, theirs))
        return len(ours) == len(theirs) and all(map(_same, ours, theirs))
    if isinstance(ours, int | float) and isinstance(theirs, int | float):
        return math.isclose(ours, theirs, rel_tol=1e-9, abs_tol=1e-6)
    return bool(ours == theirs)


#: What is accepted, and why. `_reason` tells which applies; a reason that no file needs any more fails the test.
ACCEPTED = {
    "developer scale": "both leave the scale and offset of a field_description aside; the raw values are equal",
    "uptime": "both hand out the bare number where a time is seconds since the device was switched on",
    "word": "one side has no word for a number, or another word; the raw values are equal",
    "bytes": "a base type that does not exist: they hand out bytes as numbers, we show them as hex",
    "profile": "fitdecode 0.11 knows no scale for lap and session active_time and avg_strokes_per_length",
    "late": "fitdecode looks a description up when the definition is read, and keeps the bytes of a later one",
}
#: Reasons that only one reader needs.
ONLY = {"late": "fitdecode", "profile": "fitdecode"}


def _reason(ours: Value, theirs: Any, raw: Any) -> str | None:
    """Why a difference is accepted, ``None`` where it is not."""
    equal = _same(_plain(ours.raw), _plain(raw))
    if equal and ours.developer is not None and isinstance(ours.value, int | float) and _same(theirs, _plain(raw)):
        return "developer scale"
    if equal and isinstance(raw, int) and raw < UPTIME_LIMIT and _same(ours.value, raw + FIT_EPOCH):
        return "uptime"
    if equal and (isinstance(ours.value, str) or isinstance(theirs, str)):
        return "word"
    if isinstance(ours.raw, str) and isinstance(theirs, tuple) and ours.raw == bytes(theirs).hex(" "):
        return "bytes"
    if equal and ours.name in ("active_time", "avg_strokes_per_length") and _same(theirs, _plain(raw)):
        return "profile"
    if ours.developer is not None and isinstance(theirs, tuple) and isinstance(ours.raw, int):
        return "late" if ours.raw == int.from_bytes(bytes(theirs), "little") else None
    return None


Difference = tuple[str, str, Any, Any, Any, Any]


def _compare(ours: list[Message], theirs: Theirs) -> Iterator[Difference]:
    """Message, field or reason, our value and raw, their value and raw: for each field that differs."""
    for message, (_, fields) in zip(ours, theirs, strict=True):
        mine = {(v.number, v.developer): v for v in message.fields}
        inside = {p.number: p.value for p in message.parts if p.number == p.target}
        for number, developer, value, raw in fields:
            own = mine.pop((number, developer), None)
            if own is None:
                yield message.name, f"field {number}, developer {developer}, is missing", None, None, value, raw
            elif not _same(_plain(own.value), _plain(value)):
                if developer is None and number in inside and _same(inside[number], _plain(value)):
                    continue  # they give the subfield in place of the field
                yield message.name, _reason(own, value, raw) or own.name, own.value, own.raw, value, raw
        for own in mine.values():
            if own.raw is not None and own.number != 253:  # 253 may come from the header
                yield message.name, f"{own.name} is ours alone", own.value, own.raw, None, None


@pytest.mark.parametrize("reader", READERS)
def test_every_field(corpus: Corpus, reader: str) -> None:
    used: Counter[str] = Counter()
    different: dict[tuple[str, str], tuple[str, Any]] = {}
    compared = 0
    for file, data in _files(corpus, reader):
        ours = list(messages(scan_fit(data), NUMBERS))
        theirs = READERS[reader](data)
        assert [m.name for m in ours] == [name for name, _ in theirs], file
        compared += sum(len(fields) for _, fields in theirs)
        for difference in _compare(ours, theirs):
            if difference[1] in ACCEPTED:
                used[difference[1]] += 1
            else:
                different.setdefault(difference[:2], (file, difference[2:]))
    assert different == {}
    assert compared > 50_000
    assert used.keys() == {reason for reason in ACCEPTED if ONLY.get(reason, reader) == reader}


@pytest.mark.parametrize("reader", READERS)
def test_fields_made_of_other_fields(corpus: Corpus, reader: str) -> None:
    """enhanced_speed of speed, distance of compressed_speed_distance, gears of event.data: equal where both make
    them."""
    compared: Counter[str] = Counter()
    different: dict[str, tuple[str, Any, Any]] = {}
    wraps: list[float] = []
    for file, data in _files(corpus, reader):
        made = MADE[reader](data)
        ours = list(messages(scan_fit(data), NUMBERS))
        for message, (_, fields) in zip(ours, made, strict=True):
            mine = {p.name: p.value for p in message.parts if p.number != p.target}
            for name, value in fields.items():
                if name in mine and not isinstance(value, datetime):  # fitdecode makes dates of event_timestamps
                    compared[name] += 1
                    if name == "event_timestamp" and _same((mine[name] - value) % 4, 0):
                        wraps.append(mine[name] - value)  # neither sets the counter by the anchor: 4096/1024 s a wrap
                    elif not _same(mine[name], _plain(value)):
                        different.setdefault(name, (file, mine[name], value))
    assert different == {}
    assert compared["event_timestamp"] == len(wraps)
    assert reader != "fitparse" or len(wraps) > 100
    assert compared["enhanced_altitude"] > 1_000
    assert compared["enhanced_speed"] > 1_000


def _made_by_fitdecode(data: bytes) -> list[tuple[str, dict[str, Any]]]:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        with fitdecode.FitReader(data, check_crc=fitdecode.CrcCheck.DISABLED) as reader:
            frames = [f for f in reader if isinstance(f, fitdecode.FitDataMessage) and f.name in NUMBERS.values()]
    return [(f.name, {x.name: x.value for x in f.fields if x.field_def is None}) for f in frames]


def _made_by_fitparse(data: bytes) -> list[tuple[str, dict[str, Any]]]:
    found = fitparse.FitFile(data).get_messages(list(NUMBERS.values()))
    return [(m.name, {x.name: x.value for x in m.fields if x.field_def is None}) for m in found]


MADE = {"fitdecode": _made_by_fitdecode, "fitparse": _made_by_fitparse}
