"""From a `FitDocument` to an `Activity`: records as columns, sessions, laps, events, the device, and where values
stand."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Any

import numpy as np
import numpy.typing as npt

from ..activity import Activity, Device, Event, Lap, Place, Session
from ..findings import Where
from .columns import MessageColumns, descriptions, message_columns
from .document import FitDocument
from .profile import FIT_EPOCH, UPTIME_LIMIT, field_fact, file_type_name, message_name, product_name, word, words

__all__ = ["fit_activity"]

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]

_SEMICIRCLE = 180 / 2**31
#: Record fields of each channel, the preferred one first.
_FIELDS: dict[str, tuple[int, ...]] = {
    "altitude": (78, 2),
    "distance": (5,),
    "speed": (73, 6),
    "heart_rate": (3,),
    "cadence": (4,),
    "power": (7,),
    "temperature": (13,),
}
_NATIVE = {number: channel for channel, numbers in _FIELDS.items() for number in numbers}
_IGNORED = "Strava ignores developer fields"


def fit_activity(document: FitDocument) -> Activity:
    """The activity in a FIT file. A file without records gives an `Activity` without points, whose ``kind`` says what
    it is."""
    records = message_columns(document, 20)
    shift = _uptime_shifts(document)
    time = _rebased(_record_times(records), records.segments(), shift)
    columns, places = _channels(records)
    sessions = _sessions(document, time, shift)
    return Activity(
        format="fit",
        kind=_kind(document, len(records)),
        time=time,
        starts=_starts(records),
        sessions=sessions,
        laps=_laps(document, shift),
        events=_events(document, shift),
        device=_device(document),
        places=(*places, *_developer_places(document, records)),
        counts=_counts(document),
        stated_time=_created(document),
        locate=_locator(records, time),
        latitude=columns["latitude"],
        longitude=columns["longitude"],
        altitude=columns["altitude"],
        distance=columns["distance"],
        speed=columns["speed"],
        heart_rate=columns["heart_rate"],
        cadence=columns["cadence"],
        power=columns["power"],
        temperature=columns["temperature"],
    )


# -- records ----------------------------------------------------------------------------------------------------------


def _record_times(records: MessageColumns) -> Floats:
    """UNIX times; the fraction comes from time128 (1/128 s) where the device writes it."""
    times = records.times()
    return times + np.nan_to_num(records.floats(48)) if records.has(48) else times


def _channels(records: MessageColumns) -> tuple[dict[str, Floats], list[Place]]:
    """The columns of an `Activity` but time, and where their values stand."""
    columns: dict[str, Floats] = {}
    places: list[Place] = []
    for name, number in (("latitude", 0), ("longitude", 1)):
        columns[name] = records.floats(number) * _SEMICIRCLE
    both = np.isfinite(columns["latitude"]) & np.isfinite(columns["longitude"])
    places += _place("position", "record.position_lat, record.position_long", both)
    for channel, numbers in _FIELDS.items():
        column = records.floats(numbers[0])
        places += _place(channel, f"record.{field_fact(20, numbers[0]).name}", np.isfinite(column))
        for number in numbers[1:]:
            if records.has(number):
                other = records.floats(number)
                places += _place(channel, f"record.{field_fact(20, number).name}", np.isfinite(other))
                column = np.where(np.isnan(column), other, column)
        columns[channel] = column
    if records.has(8):
        speed, distance = _compressed_speed_distance(records)
        for channel, values in (("speed", speed), ("distance", distance)):
            places += _place(channel, "record.compressed_speed_distance", np.isfinite(values))
            columns[channel] = np.where(np.isnan(columns[channel]), values, columns[channel])
    return columns, places


def _compressed_speed_distance(records: MessageColumns) -> tuple[Floats, Floats]:
    """Speed (12 bits, /100 m/s) and distance (12 bits, /16 m, counted on over each wrap of 256 m) from field 8, low
    bits first."""
    rows, there = records.octets(8, 3)
    wide = rows.astype(np.int64)
    valid = there & ~(rows == 0xFF).all(axis=1)
    speed = np.where(valid, (wide[:, 0] | (wide[:, 1] & 0x0F) << 8) / 100, np.nan)
    raw = wide[:, 1] >> 4 | wide[:, 2] << 4
    distance = np.full(len(raw), np.nan)
    segments = records.segments()
    for segment in sorted(set(segments[valid].tolist())):
        mine = np.flatnonzero(valid & (segments == segment))
        steps = np.diff(raw[mine], prepend=0) & 0xFFF
        distance[mine] = np.cumsum(steps) / 16
    return speed, distance


def _place(
    channel: str, name: str, there: npt.NDArray[np.bool_], strava: bool = True, why: str = ""
) -> Iterator[Place]:
    count = int(there.sum())
    if count:
        yield Place(channel=channel, name=name, strava=strava, points=count, first=int(np.argmax(there)), why=why)


def _developer_places(document: FitDocument, records: MessageColumns) -> Iterator[Place]:
    """Developer fields of records that stand in for a channel."""
    keys = sorted({(s.developer, s.number) for g in records.groups for s in g.definition.layout.developer})
    if not keys:
        return
    known = descriptions(document)
    for key in keys:
        found = next((table[key] for table in known.values() if key in table), None)
        if found is None:
            continue
        named = found.name.casefold().replace(" ", "_")
        native = (
            _NATIVE.get(found.native_field)
            if found.native_message in (20, None) and found.native_field is not None
            else None
        )
        channel = native or (named if named in _FIELDS else None)
        if channel is not None:
            values = records.developer(key, found)
            yield from _place(channel, f"developer field {found.name or key[1]}", np.isfinite(values), False, _IGNORED)


def _starts(records: MessageColumns) -> Ints:
    segments = records.segments()
    if not len(segments):
        return np.zeros(0, np.int64)
    starts: Ints = np.r_[0, np.flatnonzero(np.diff(segments)) + 1].astype(np.int64)
    return starts


def _locator(records: MessageColumns, time: Floats) -> Any:
    def locate(i: int) -> Where:
        moment = float(time[i])
        return replace(records.where(i, time=moment if math.isfinite(moment) else None), record=i)

    return locate


# -- times ------------------------------------------------------------------------------------------------------------


def _uptime_shifts(document: FitDocument) -> dict[int, float]:
    """For each segment with a timestamp_correlation: UTC minus the time since the device was switched on."""
    columns = message_columns(document, 162)
    shifts: dict[int, float] = {}
    if not len(columns):
        return shifts
    (utc, utc_there), (system, system_there) = columns.integers(253), columns.integers(1)
    for i in np.flatnonzero(utc_there & system_there & (utc >= UPTIME_LIMIT) & (system < UPTIME_LIMIT)):
        shifts.setdefault(int(columns.segments()[i]), float(utc[i] - system[i]))
    return shifts


def _rebased(times: Floats, segments: Ints, shifts: dict[int, float]) -> Floats:
    """``times`` with device-relative ones moved to UTC where their segment tells how; others stay in 1989."""
    times = times.copy() if shifts else times
    for segment, shift in shifts.items():
        times[(segments == segment) & (times - FIT_EPOCH < UPTIME_LIMIT)] += shift
    return times


# -- sessions, laps, events --------------------------------------------------------------------------------------------


def _dates(columns: MessageColumns, number: int, shifts: dict[int, float]) -> Floats:
    times = columns.times() if number == 253 else columns.floats(number) + FIT_EPOCH
    return _rebased(times, columns.segments(), shifts)


def _words(columns: MessageColumns, number: int) -> list[str | None]:
    """Words of an enumerated field; a number without a word as text, ``None`` where there is no value."""
    values, valid = columns.integers(number)
    known = words(columns.fact(number).type)
    pairs = zip(values.tolist(), valid.tolist(), strict=True)
    return [(known.get(value) or str(value)) if there else None for value, there in pairs]


def _sessions(document: FitDocument, record_time: Floats, shifts: dict[int, float]) -> tuple[Session, ...]:
    columns = message_columns(document, 18)
    if not len(columns):
        return ()
    stamp, start = _dates(columns, 253, shifts), _dates(columns, 2, shifts)
    sport, sub = _words(columns, 5), _words(columns, 6)
    f = {name: columns.floats(number) for name, number in _SESSION.items()}
    averages, maxima = (_by_column(columns, numbers) for numbers in (_AVERAGES, _MAXIMA))
    windows = _windows(record_time, start, start + f["elapsed_s"])
    if len(windows) == 1 and not windows[0][1]:
        windows = [(0, len(record_time))]
    out = []
    for i, ((first, points), where) in enumerate(zip(windows, columns.places(stamp), strict=True)):
        out.append(
            Session(
                sport=sport[i],
                sub_sport=sub[i],
                name=columns.text(110, i),
                start_time=float(start[i]),
                timestamp=float(stamp[i]),
                first_point=first,
                points=points,
                where=where,
                averages=averages[i],
                maxima=maxima[i],
                **{name: float(column[i]) for name, column in f.items()},
            )
        )
    return tuple(out)


def _windows(time: Floats, starts: Floats, ends: Floats) -> list[tuple[int, int]]:
    """For each stretch of time the first record in it, and how many there are."""
    order = None if (np.diff(time) >= 0).all() else np.argsort(time, kind="stable")  # NaN come last
    ascending = time if order is None else time[order]
    known = np.isfinite(ends) & np.isfinite(starts)
    lows = np.searchsorted(ascending, starts)
    highs = np.where(known, np.searchsorted(ascending, ends, side="right"), lows)
    return [
        (low if order is None else int(order[low:high].min()), high - low) if high > low else (0, 0)
        for low, high in zip(lows.tolist(), highs.tolist(), strict=True)
    ]


def _by_column(columns: MessageColumns, numbers: Sequence[tuple[int, ...]]) -> list[tuple[float | None, ...]]:
    """For each message the values above 0 of these fields; of several for one column the first that has one counts."""
    told = [[columns.floats(number).tolist() for number in fields] for fields in numbers]
    return [tuple(next((v[i] for v in values if v[i] > 0), None) for values in told) for i in range(len(columns))]


#: Fields of averages and maxima in a session for each of `SAID_OF`, the preferred one first.
_AVERAGES, _MAXIMA = ((124, 14), (16,), (18,), (20,)), ((125, 15), (17,), (19,), (21,))
#: The same in a lap.
_LAP_AVERAGES, _LAP_MAXIMA = ((110, 13), (15,), (17,), (19,)), ((111, 14), (16,), (18,), (20,))
_SESSION = {
    "work_j": 48,
    "elapsed_s": 7,
    "timer_s": 8,
    "distance_m": 9,
    "calories": 11,
    "ascent_m": 22,
    "descent_m": 23,
    "pool_length_m": 44,
}


def _laps(document: FitDocument, shifts: dict[int, float]) -> tuple[Lap, ...]:
    columns = message_columns(document, 19)
    if not len(columns):
        return ()
    stamp, start = _dates(columns, 253, shifts), _dates(columns, 2, shifts)
    told = (start, stamp, *(columns.floats(number) for number in (7, 8, 9, 11)))
    said = (_by_column(columns, numbers) for numbers in (_LAP_AVERAGES, _LAP_MAXIMA))
    return tuple(
        Lap(
            start_time=start_time,
            timestamp=timestamp,
            elapsed_s=elapsed,
            timer_s=timer,
            distance_m=distance,
            calories=calories,
            averages=averages,
            maxima=maxima,
            where=where,
        )
        for start_time, timestamp, elapsed, timer, distance, calories, averages, maxima, where in zip(
            *(column.tolist() for column in told), *said, columns.places(stamp), strict=True
        )
    )


def _events(document: FitDocument, shifts: dict[int, float]) -> tuple[Event, ...]:
    columns = message_columns(document, 21)
    if not len(columns):
        return ()
    time = _dates(columns, 253, shifts)
    told = zip(time.tolist(), _words(columns, 0), _words(columns, 1), columns.places(time), strict=True)
    return tuple(Event(time=t, event=what or "", kind=kind or "", where=where) for t, what, kind, where in told)


# -- what the file is, and who wrote it --------------------------------------------------------------------------------


def _kind(document: FitDocument, records: int) -> str:
    """The name of file_id's type; without one, ``activity`` where there are records, else ``empty``."""
    number = message_columns(document, 0).value(0)
    if number is not None:
        return file_type_name(number)
    return "activity" if records else "empty"


def _created(document: FitDocument) -> float:
    created = message_columns(document, 0).value(4)
    return np.nan if created is None else float(created + FIT_EPOCH)


def _device(document: FitDocument) -> Device:
    identity = message_columns(document, 0)
    info = message_columns(document, 23)
    maker, product, serial = (identity.value(number) for number in (1, 2, 3))
    creator = next(iter(np.flatnonzero(_equal(info, 0, 0))), None)
    named = identity.text(8, 0) if len(identity) else None
    if named is None and creator is not None:
        named = info.text(27, int(creator))
    manufacturer = None if maker is None else word("manufacturer", maker) or str(maker)
    model = None if product is None else product_name(maker, product)
    version = np.nan
    made_by = message_columns(document, 49)  # file_creator
    software, hardware = made_by.value(0), made_by.value(1)
    if creator is not None:
        version, revision = info.floats(5)[creator], info.value(6, int(creator))
        hardware = hardware if revision is None else revision
    barometer = bool((_equal(info, 25, 5) & _equal(info, 1, 4)).any())
    parts = [part for part in (manufacturer, model or (str(product) if product else None)) if part]
    return Device(
        name=named or (" ".join(parts) if manufacturer else None),
        manufacturer=manufacturer,
        product=model or named or (str(product) if product else None),
        manufacturer_id=maker,
        product_id=product,
        serial=serial,
        software=f"{version:.2f}" if np.isfinite(version) else None if software is None else str(software),
        hardware=None if hardware is None else str(hardware),
        barometer=barometer or None,
        where=identity.where(0) if len(identity) else Where(),
    )


def _equal(columns: MessageColumns, number: int, wanted: int) -> npt.NDArray[np.bool_]:
    values, valid = columns.integers(number)
    equal: npt.NDArray[np.bool_] = valid & (values == wanted)
    return equal


def _counts(document: FitDocument) -> dict[str, int]:
    return {message_name(global_): sum(map(len, groups)) for global_, groups in sorted(document.by_global.items())}
