"""Facts that only the file itself tells: R-R intervals, batteries, sensors, and how it is written."""

from __future__ import annotations

import numpy as np

from ..activity import Floats, Ints
from ..fit import FitDocument
from ..fit.columns import message_columns
from ..reading import Reading
from .fact import Fact, Measure

__all__ = ["MEASURES"]

#: FIT's "no value" of hrv.time.
_NO_INTERVAL = 0xFFFF


def _document(reading: Reading) -> FitDocument:
    assert isinstance(reading.document, FitDocument)
    return reading.document


def _intervals(document: FitDocument) -> tuple[Ints, Floats]:
    """The offset of the hrv message of each R-R interval, and the interval in seconds."""
    octets = np.frombuffer(document.data, np.uint8)
    offsets, seconds = [], []
    for group in document.of(78):
        layout = group.definition.layout
        spec = layout.field(0)
        if spec is None or spec.size < 2:
            continue
        rows = octets[(group.offsets + spec.at)[:, None] + np.arange(spec.size // 2 * 2)]
        raw = rows.view(">u2" if layout.big_endian else "<u2")
        there = (raw != _NO_INTERVAL) & (raw != 0)
        offsets.append(np.broadcast_to(group.offsets[:, None], raw.shape)[there])
        seconds.append(raw[there] / 1000)
    if not offsets:
        return np.zeros(0, np.int64), np.zeros(0)
    return np.concatenate(offsets), np.concatenate(seconds)


def _rr(reading: Reading) -> tuple[float | None, ...]:
    assert reading.activity is not None
    offsets, seconds = _intervals(_document(reading))
    records = message_columns(_document(reading), 20).offsets
    if not len(records) or not len(offsets):
        return len(offsets), None
    beside = np.clip(np.searchsorted(records, offsets) - 1, 0, None)
    off = 60 / seconds - reading.activity.heart_rate[beside]
    off = off[np.isfinite(off)]
    return len(offsets), float(np.median(off)) if len(off) else None


def _battery(reading: Reading) -> tuple[float | None, ...]:
    """Start, end and loss an hour, of the level and of the voltage of the device itself."""
    info = message_columns(_document(reading), 23)
    index, told = info.integers(0)
    ours = np.flatnonzero(told & (index == 0))
    found: list[float | None] = []
    for number in (32, 10):
        values, times = info.floats(number)[ours], info.times()[ours]
        known = np.flatnonzero(values > 0)
        if not len(known):
            found += [None] * 3
            continue
        first, last = values[known[0]], values[known[-1]]
        hours = (times[known[-1]] - times[known[0]]) / 3600
        found += [first, last, (first - last) / hours if hours > 0 else None]
    return tuple(found)


def _sensors(reading: Reading) -> tuple[float | None, ...]:
    """Sensors are told apart by serial number, or by ANT device number where there is none."""
    info = message_columns(_document(reading), 23)
    (index, told), (serial, named), (number, paired) = (info.integers(n) for n in (0, 3, 21))
    key = np.where(named, serial, np.where(paired, number, -1))
    others = np.flatnonzero(told & (index > 0) & (key >= 0))
    order = others[np.argsort(index[others], kind="stable")]
    changes = (np.diff(index[order]) == 0) & (np.diff(key[order]) != 0)
    return len(np.unique(key[others])), int(changes.sum())


def _bytes(reading: Reading) -> tuple[float]:
    assert reading.activity is not None
    return (len(reading.source.data) / len(reading.activity),)


def _definitions(reading: Reading) -> tuple[int]:
    return (len(_document(reading).definitions),)


MEASURES = (
    Measure(
        (
            Fact("rr_intervals", "whole", "", "R-R intervals in hrv messages"),
            Fact(
                "rr_heart_rate_off_bpm", "number", "bpm",
                "median over the R-R intervals of 60 s over the interval, minus the heart rate of the record before it"
                " in the file", "no heart rate",
            ),
        ),
        _rr,
        needs=("fit", "hrv"),
        on=Reading,
    ),
    Measure(
        (
            Fact("battery_start_percent", "number", "%", "first battery_level above 0 of device 0", "no level"),
            Fact("battery_end_percent", "number", "%", "last battery_level above 0 of device 0", "no level"),
            Fact("battery_loss_percent_h", "number", "%/h", "first level less the last, over the time", "one level"),
            Fact("battery_start_v", "number", "V", "first battery_voltage above 0 of device 0", "no voltage"),
            Fact("battery_end_v", "number", "V", "last battery_voltage above 0 of device 0", "no voltage"),
            Fact("battery_loss_v_h", "number", "V/h", "first voltage less the last, over the time", "one voltage"),
        ),
        _battery,
        needs=("fit", "device_info"),
        on=Reading,
    ),
    Measure(
        (
            Fact("sensors", "whole", "", "other devices in device_info, by serial number or ANT device number"),
            Fact(
                "sensor_changes", "whole", "",
                "how often a device_index above 0 is told with another number than in the message before it",
            ),
        ),
        _sensors,
        needs=("fit", "device_info"),
        on=Reading,
    ),
    Measure(
        (Fact("bytes_per_point", "number", "bytes", "bytes of the uncompressed file over its points"),),
        _bytes,
        needs=("points",),
        on=Reading,
    ),
    Measure(
        (Fact("definitions", "whole", "", "definition messages in the file"),),
        _definitions,
        needs=("fit",),
        on=Reading,
    ),
)  # fmt: skip
