"""A ride as a FIT activity file, with everything that Garmin's page on activity files asks for.

Message and field numbers: FIT protocol and https://developer.garmin.com/fit/articles/file-types/activity.html.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Final

from .builder import BASE_TYPES, FitBuilder, fit_time
from .invented import OMIT, Change, Invented, LapFacts, Point, Raw

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping, Sequence

__all__ = ["write_fit"]

#: message -> its global number and its fields as name:number:base type, in the order in which they are written
_MESSAGES: Final = {
    "file_id": (
        0,
        (
            "type:0:enum manufacturer:1:uint16 product:2:uint16 serial_number:3:uint32z time_created:4:uint32 "
            "number:5:uint16 product_name:8:string"
        ),
    ),
    "device_info": (
        23,
        (
            "timestamp:253:uint32 device_index:0:uint8 device_type:1:uint8 manufacturer:2:uint16 "
            "serial_number:3:uint32z product:4:uint16 software_version:5:uint16 source_type:25:enum "
            "product_name:27:string"
        ),
    ),
    "event": (
        21,
        "timestamp:253:uint32 event:0:enum event_type:1:enum data:3:uint32 event_group:4:uint8",
    ),
    "lap": (
        19,
        (
            "message_index:254:uint16 timestamp:253:uint32 start_time:2:uint32 total_elapsed_time:7:uint32 "
            "total_timer_time:8:uint32 total_distance:9:uint32 total_calories:11:uint16 avg_speed:13:uint16 "
            "max_speed:14:uint16 avg_heart_rate:15:uint8 max_heart_rate:16:uint8 avg_cadence:17:uint8 "
            "max_cadence:18:uint8 avg_power:19:uint16 max_power:20:uint16 total_ascent:21:uint16 "
            "total_descent:22:uint16 event:0:enum event_type:1:enum lap_trigger:24:enum sport:25:enum sub_sport:39:enum"
        ),
    ),
    "session": (
        18,
        (
            "message_index:254:uint16 timestamp:253:uint32 start_time:2:uint32 total_elapsed_time:7:uint32 "
            "total_timer_time:8:uint32 total_distance:9:uint32 sport:5:enum sub_sport:6:enum total_calories:11:uint16 "
            "avg_speed:14:uint16 max_speed:15:uint16 avg_heart_rate:16:uint8 max_heart_rate:17:uint8 "
            "avg_cadence:18:uint8 max_cadence:19:uint8 avg_power:20:uint16 max_power:21:uint16 total_ascent:22:uint16 "
            "total_descent:23:uint16 first_lap_index:25:uint16 num_laps:26:uint16 event:0:enum event_type:1:enum "
            "trigger:28:enum pool_length:44:uint16 num_lengths:33:uint16 num_active_lengths:47:uint16 "
            "total_work:48:uint32"
        ),
    ),
    "activity": (
        34,
        (
            "timestamp:253:uint32 total_timer_time:0:uint32 num_sessions:1:uint16 type:2:enum event:3:enum "
            "event_type:4:enum local_timestamp:5:uint32"
        ),
    ),
    "hrv": (
        78,
        "time:0:uint16",
    ),
    "developer_data_id": (
        207,
        "developer_data_index:3:uint8 application_id:1:byte application_version:4:uint32",
    ),
    "field_description": (
        206,
        (
            "developer_data_index:0:uint8 field_definition_number:1:uint8 fit_base_type_id:2:uint8 field_name:3:string "
            "units:8:string native_mesg_num:14:uint16 native_field_num:15:uint8"
        ),
    ),
}
_SPORTS: Final = {
    "generic": 0, "running": 1, "cycling": 2, "transition": 3, "fitness_equipment": 4, "swimming": 5, "training": 10,
    "walking": 11, "cross_country_skiing": 12, "alpine_skiing": 13, "rowing": 15, "hiking": 17, "e_biking": 21,
}  # fmt: skip
_SUB_SPORTS: Final = {
    None: 0, "generic": 0, "treadmill": 1, "street": 2, "trail": 3, "track": 4, "spin": 5, "indoor_cycling": 6,
    "road": 7, "mountain": 8, "indoor_rowing": 14, "lap_swimming": 17, "open_water": 18, "strength_training": 20,
    "indoor_running": 45, "gravel_cycling": 46, "virtual_activity": 58,
}  # fmt: skip
#: column -> profile name, field number, base type, scale, offset
_RECORD: Final = {
    "time": ("timestamp", 253, "uint32", 1, 0),
    "latitude": ("position_lat", 0, "sint32", 2**31 / 180, 0),
    "longitude": ("position_long", 1, "sint32", 2**31 / 180, 0),
    "altitude": ("altitude", 2, "uint16", 5, 500),
    "heart_rate": ("heart_rate", 3, "uint8", 1, 0),
    "cadence": ("cadence", 4, "uint8", 1, 0),
    "distance": ("distance", 5, "uint32", 100, 0),
    "speed": ("speed", 6, "uint16", 1000, 0),
    "power": ("power", 7, "uint16", 1, 0),
    "temperature": ("temperature", 13, "sint8", 1, 0),
}
_ENHANCED: Final = {
    "altitude": ("enhanced_altitude", 78, "uint32", 5, 500),
    "speed": ("enhanced_speed", 73, "uint32", 1000, 0),
}
_PROFILE_NAMES = {field[0]: column for table in (_RECORD, _ENHANCED) for column, field in table.items()}
#: Names in ``change`` that are no columns stand for raw numbers.
_RAW_NAMES = set(_PROFILE_NAMES) - set(_RECORD)
_CHANNEL_OF = {"latitude": "position", "longitude": "position"}
#: Local message types. Records have 0, timed records 1 where the others are compressed, odd records 2.
_LOCAL: Final = {
    "record": 0, "file_id": 3, "device_info": 4, "event": 5, "lap": 6, "session": 7, "activity": 8, "hrv": 9,
    "developer_data_id": 10, "field_description": 11,
}  # fmt: skip
_DEVELOPER_FIELD = (0, 2, 0)  # number, size, developer index: tyre pressure in kPa


@dataclass(frozen=True, slots=True, kw_only=True)
class _Options:
    big_endian: bool
    compressed: bool
    developer: bool
    interleaved: bool
    enhanced: bool
    summary_first: bool
    manufacturer: int
    product: int
    software: int
    file_type: int
    without: Collection[str]
    messages: Mapping[str, Mapping[str, Any]]
    change: Change
    skip: Collection[int]


def write_fit(
    ride: Invented,
    *,
    big_endian: bool = False,
    compressed: bool = False,
    developer: bool = False,
    interleaved: bool = False,
    enhanced: bool = False,
    summary_first: bool = False,
    header: int = 14,
    header_crc: bool = True,
    chained: int = 1,
    manufacturer: int = 265,
    product: int = 1,
    software: int = 100,
    file_type: int = 4,
    without: Collection[str] = (),
    messages: Mapping[str, Mapping[str, Any]] | None = None,
    change: Change | None = None,
    skip: Collection[int] = (),
    build: Mapping[str, Any] | None = None,
) -> bytes:
    """``ride`` as a FIT file: file_id, device_info (creator and barometer), timer start, records, laps, stop,
    session, activity.

    Form: ``big_endian`` definitions; ``compressed`` timestamps on all records but the first; a ``developer`` field
    (tyre pressure) on each record; ``interleaved`` hrv messages, one after each record; ``enhanced`` altitude and
    speed in place of the 16-bit ones; ``summary_first`` writes session and laps before the records; a ``header`` of
    12 bytes; ``header_crc=False`` writes 0; ``chained`` segments, each a ride that starts a minute after the one
    before; ``build`` goes to `FitBuilder.build`.

    Content: ``manufacturer`` 265 is Strava; ``software`` is the version times 100; ``file_type`` 4 is an activity.
    ``without`` leaves messages out by name: ``file_id``, ``device_info``, ``creator``, ``barometer``, ``event``,
    ``timer_start``, ``timer_stop``, ``record``, ``lap``, ``session``, ``activity``. ``messages`` sets raw values by
    message and field: ``{"session": {"sport": 1}}``; ``None`` is the field's invalid value, `OMIT` leaves the field
    out. ``change`` also takes raw numbers under the names ``timestamp``, ``position_lat``, ``position_long``,
    ``enhanced_altitude`` and ``enhanced_speed``.

    Raises ValueError for a name that is not known, struct.error for a number that its field cannot hold.
    """
    known = {*_LOCAL, "creator", "barometer", "timer_start", "timer_stop"}
    if unknown := set(without) - known | (set(messages or {}) - set(_MESSAGES)):
        raise ValueError(f"unknown message {min(unknown)!r}; known are {', '.join(sorted(known))}")
    options = _Options(
        big_endian=big_endian, compressed=compressed, developer=developer, interleaved=interleaved, enhanced=enhanced,
        summary_first=summary_first, manufacturer=manufacturer, product=product, software=software, file_type=file_type,
        without=frozenset(without), messages=messages or {}, change=change or {}, skip=skip,
    )  # fmt: skip
    how = {"header": header, "header_crc": None if header_crc else 0, **(build or {})}
    segments = []
    for k in range(chained):
        part = replace(ride, start=ride.start_time + k * (ride.seconds + 60))
        segments.append(_Segment(part, options).write().build(**how))
    return b"".join(segments)


class _Segment:
    """Writes one segment into a `FitBuilder`."""

    def __init__(self, ride: Invented, options: _Options) -> None:
        self.ride = ride
        self.options = options
        self.out = FitBuilder()
        self.defined: dict[int, object] = {}
        self.start = fit_time(ride.start_time)
        self.end = self.start + ride.seconds
        self.reference = self.start  # the time that a compressed timestamp counts from
        self.product_name = _short(ride.device)
        self.table = {**_RECORD, **_ENHANCED} if options.enhanced else _RECORD
        self.columns = [c for c in _RECORD if c == "time" or _CHANNEL_OF.get(c, c) in ride.channels]
        self.sport = {"sport": _number(_SPORTS, ride.sport), "sub_sport": _number(_SUB_SPORTS, ride.sub_sport)}

    def write(self) -> FitBuilder:
        """Every message in its order: timestamps ascend, a lap follows its last record."""
        options = self.options
        self._identity()
        if options.summary_first:
            self._session()
            self._laps(self.ride.lap_facts)
        if options.developer:
            self._developer()
        self._event("timer_start", self.start, event_type=0)
        laps = [] if options.summary_first else list(self.ride.lap_facts)
        for row in self.ride.rows(options.change, options.skip, _RAW_NAMES):
            while laps[1:] and row["index"] > laps[0].last:
                self._laps([laps.pop(0)])
            if "record" not in options.without:
                self._record(row)
        self._event("timer_stop", self.end, event_type=4)
        self._laps(laps)
        if not options.summary_first:
            self._session()
        self._message("activity", {
            "timestamp": self.end, "total_timer_time": 1000 * self.ride.seconds, "num_sessions": 1, "type": 0,
            "event": 26, "event_type": 1, "local_timestamp": self.end + self.ride.utc_offset,
        })  # fmt: skip
        return self.out

    def _identity(self) -> None:
        options, who = self.options, {"manufacturer": self.options.manufacturer, "product": self.options.product}
        self._message("file_id", {
            "type": options.file_type, **who, "serial_number": self.ride.serial, "time_created": self.start,
            "product_name": self.product_name,
        })  # fmt: skip
        if "creator" not in options.without:
            self._message("device_info", {
                "timestamp": self.start, "device_index": 0, **who, "serial_number": self.ride.serial,
                "software_version": options.software, "source_type": 5, "product_name": self.product_name,
            })  # fmt: skip
        if "barometer" not in options.without:
            self._message("device_info", {
                "timestamp": self.start, "device_index": 1, "device_type": 4, **who,
                "software_version": options.software, "source_type": 5,
            })  # fmt: skip

    def _developer(self) -> None:
        self._message("developer_data_id", {
            "developer_data_index": 0, "application_id": b"tracklint rides.", "application_version": 1,
        })  # fmt: skip
        self._message("field_description", {
            "developer_data_index": 0, "field_definition_number": 0, "fit_base_type_id": BASE_TYPES["uint16"].number,
            "field_name": "tyre_pressure", "units": "kPa",
        })  # fmt: skip

    def _event(self, name: str, timestamp: int, event_type: int) -> None:
        if name not in self.options.without:
            fields = {"timestamp": timestamp, "event": 0, "event_type": event_type, "data": 0, "event_group": 0}
            self._message("event", fields)

    def _laps(self, laps: Iterable[LapFacts]) -> None:
        for lap in laps:
            last = lap.index == self.ride.laps - 1
            self._message("lap", {
                "message_index": lap.index, "timestamp": self.start + lap.last, "start_time": self.start + lap.first,
                **_totals(lap.elapsed_s, lap.distance_m, lap.calories), **self._rises(lap.ascent_m, lap.descent_m),
                **self._averages(lap.first, lap.last, lap.distance_m), "event": 9, "event_type": 1,
                "lap_trigger": 7 if last else 0, **self.sport,
            })  # fmt: skip

    def _session(self) -> None:
        ride = self.ride
        distance = ride.total("distance_m")
        self._message("session", {
            "message_index": 0, "timestamp": self.end, "start_time": self.start,
            **_totals(ride.seconds, distance, int(ride.total("calories"))),
            **self._rises(int(ride.total("ascent_m")), int(ride.total("descent_m"))), **self.sport,
            **self._averages(0, ride.seconds, distance), "first_lap_index": 0, "num_laps": ride.laps, "event": 8,
            "event_type": 1, "trigger": 0,
        })  # fmt: skip

    def _rises(self, ascent: int, descent: int) -> dict[str, int]:
        return {"total_ascent": ascent, "total_descent": descent} if "altitude" in self.ride.channels else {}

    def _averages(self, first: int, last: int, distance: float) -> dict[str, int]:
        points = [self.ride.point(i) for i in range(first, last + 1)]
        numbers: dict[str, int] = {}
        for channel in ("heart_rate", "cadence", "power"):
            if channel in self.ride.channels:
                values = [point[channel] for point in points]
                numbers |= {f"avg_{channel}": round(sum(values) / len(values)), f"max_{channel}": max(values)}
        if "speed" in self.ride.channels and last > first:
            top = max(round(point["speed"] * 1000) for point in points)
            numbers |= {"avg_speed": min(top, round(1000 * distance / (last - first))), "max_speed": top}
        return numbers

    def _record(self, row: Point) -> None:
        given = dict(row)
        for name in set(row) & _RAW_NAMES:
            given[_PROFILE_NAMES[name]] = _raw(row[name])
        kept = [c for c in self.columns if given[c] is not OMIT]
        values = [_scaled(given[c], c, *self.table[c][3:]) for c in kept]
        values += [300 + row["index"] % 50] if self.options.developer else []
        time = values[0] if kept[0] == "time" else None
        odd = len(kept) < len(self.columns)
        if self.options.compressed and time is not None and row["index"] and 0 <= time - self.reference <= 31:
            local = 2 if odd else 0
            self._define_record(local, kept[1:])
            self.out.compressed(local, time, *values[1:])
        else:
            local = 2 if odd else int(self.options.compressed)
            self._define_record(local, kept)
            self.out.data(local, *values)
        self.reference = self.reference if time is None else time
        if self.options.interleaved:
            beat = given["heart_rate"]
            beats = round(60_000 / beat) if isinstance(beat, int | float) and beat else None
            self._message("hrv", {"time": [beats, *[0xFFFF] * 4] if beats else None}, sizes={"time": 10})

    def _define_record(self, local: int, columns: Sequence[str]) -> None:
        if self.defined.get(local) == columns:
            return
        self.defined[local] = columns
        kinds = [(self.table[c][1], BASE_TYPES[self.table[c][2]]) for c in columns]
        fields = [(number, kind.size, kind.number) for number, kind in kinds]
        developer = [_DEVELOPER_FIELD] if self.options.developer else []
        self.out.define(local, 20, fields, big_endian=self.options.big_endian, developer=developer)

    def _message(self, name: str, values: Mapping[str, Any], sizes: Mapping[str, int] | None = None) -> None:
        """One message other than a record, with its definition where the one before does not fit."""
        if name in self.options.without:
            return
        number, text = _MESSAGES[name]
        kinds = {field: (int(n), base) for field, n, base in (word.split(":") for word in text.split())}
        merged = {**values, **self.options.messages.get(name, {})}
        if unknown := set(merged) - set(kinds):
            raise ValueError(f"unknown field {min(unknown)!r} of {name}; known are {', '.join(kinds)}")
        present = [field for field in kinds if field in merged and merged[field] is not OMIT]
        fields = []
        for field in present:
            n, base = kinds[field]
            fields.append((n, (sizes or {}).get(field) or _size(merged[field], base), BASE_TYPES[base].number))
        local = _LOCAL[name]
        if self.defined.get(local) != fields:
            self.defined[local] = fields
            self.out.define(local, number, fields, big_endian=self.options.big_endian)
        self.out.data(local, *(merged[field] for field in present))
        if isinstance(time := merged.get("timestamp"), int):
            self.reference = time


def _size(value: Any, base: str) -> int:
    if isinstance(value, str):
        return len(value.encode()) + 1
    if isinstance(value, bytes):
        return len(value)
    return BASE_TYPES[base].size * (len(value) if isinstance(value, list | tuple) else 1)


def _raw(value: Any) -> Any:
    return Raw(value) if isinstance(value, int) else value


def _scaled(value: Any, column: str, scale: float, offset: float) -> int | None:
    """A physical value as the raw integer of its field, ``None`` for its invalid value."""
    if value is None or isinstance(value, Raw):
        return value
    if isinstance(value, str):
        raise ValueError(f"FIT holds numbers; {value!r} cannot be written")
    return fit_time(value) if column == "time" else round((value + offset) * scale)


def _totals(seconds: int, distance: float, calories: int) -> dict[str, int]:
    return {
        "total_elapsed_time": 1000 * seconds, "total_timer_time": 1000 * seconds,
        "total_distance": round(distance * 100), "total_calories": calories,
    }  # fmt: skip


def _short(device: str) -> str:
    """The device's name without its suffix, in at most 20 characters, the most that Garmin's encoding recipe allows."""
    name = device.removesuffix(" with barometer")
    while len(name) > 20 and " " in name:
        name = name.rpartition(" ")[0]
    return name[:20]


def _number(table: Mapping[Any, int], name: Any) -> int:
    if isinstance(name, int):
        return name
    if name not in table:
        raise ValueError(f"unknown sport {name!r}; known are {', '.join(str(n) for n in table if n)}, or a number")
    return table[name]
