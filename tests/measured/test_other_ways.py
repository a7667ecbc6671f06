"""Facts of real files against pandas, which gets the columns, and against fitdecode, which gets the bytes."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import Any

import fitdecode
import numpy as np
import pandas
import pytest

from conftest import CORPUS
from tracklint import Config, Limits
from tracklint.activity import CHANNELS
from tracklint.measured import facts_of
from tracklint.measured.channels import DROPOUT_BOUNDS_S, LIVELY, SENSORS
from tracklint.reading import Reading, read_thing

pytestmark = pytest.mark.skipif(
    not CORPUS.is_dir(), reason=f"no corpus of real files at {CORPUS} (set TRACKLINT_CORPUS)"
)
CONFIG = Config(limits=Limits(now=1795305600))
#: So many files of each format, of different kinds: every so many-th one.
STEP = 12


def _rises(reading: Reading) -> bool:
    activity = reading.activity
    if activity is None or not activity.known("time") == len(activity) > 2 or len(activity.starts) != 1:
        return False
    return bool((np.diff(activity.time) > 0).all())


@cache
def readings() -> list[tuple[Path, Reading, Mapping[str, Any]]]:
    """Every so many-th real file whose times rise; pandas is asked about these."""
    found = []
    for path in sorted(path for path in CORPUS.rglob("*") if path.suffix in (".fit", ".tcx", ".gpx"))[::STEP]:
        reading = read_thing(path, CONFIG)
        if _rises(reading):
            found.append((path, reading, facts_of(reading)))
    assert len(found) > 10
    return found


def _frame(reading: Reading) -> pandas.DataFrame:
    assert reading.activity is not None
    frame = pandas.DataFrame(reading.activity.columns())
    there = frame.latitude.abs().le(90) & frame.longitude.abs().le(180)
    return frame.assign(position=np.where(there, frame.latitude.astype(str) + frame.longitude.astype(str), None))


def _runs(flags: pandas.Series) -> Iterator[pandas.Index]:
    for _, run in flags[flags].groupby((~flags).cumsum()):
        yield run.index


def _dropouts(frame: pandas.DataFrame, channel: str) -> Mapping[str, Any]:
    known = frame[channel].notna()
    first, last = frame[channel].first_valid_index(), frame[channel].last_valid_index()
    lost = ~known & (frame.index > first) & (frame.index < last)
    holes = [frame.time[run[-1] + 1] - frame.time[run[0]] for run in _runs(lost)]
    classes = pandas.cut(pandas.Series(holes, dtype=float), [-1, *DROPOUT_BOUNDS_S, np.inf]).value_counts(sort=False)
    return {
        "dropouts": len(holes), "dropout_total_s": sum(holes), "dropout_longest_s": max(holes, default=0),
        "dropout_lengths": classes.tolist(),
    }  # fmt: skip


def _stuck(frame: pandas.DataFrame, channel: str) -> float:
    values = frame[channel]
    if channel in ("speed", "cadence", "power"):
        values = values.where(values != 0)
    values = values.dropna()
    if not len(values):
        return 0.0
    again = (values != values.shift()) | (values.index.to_series().diff() != 1)
    times = frame.time[values.index].groupby(again.cumsum())
    return float((times.max() - times.min()).max())


def test_sampling_and_coverage() -> None:
    for path, reading, facts in readings():
        frame = _frame(reading)
        steps = frame.time.diff().dropna().round(3)
        wide = steps[steps > max(10, 10 * steps.median())]
        if facts["pauses"] or len(wide) != facts["gaps"]:  # pauses are not what pandas is asked about
            continue
        assert (facts["gap_total_s"], facts["gap_longest_s"]) == pytest.approx(
            (wide.sum(), wide.max() if len(wide) else 0)
        )
        assert facts["sample_gap_p50_s"] == pytest.approx(steps.quantile(0.5), abs=1e-5), path.name
        assert facts["sample_gap_p99_s"] == pytest.approx(steps.quantile(0.99), abs=1e-5), path.name
        assert facts["sample_gap_mode_s"] == pytest.approx(steps.mode().iloc[0], abs=1e-5), path.name
        assert facts["sample_gap_1s_percent"] == pytest.approx(100 * (steps == 1).mean(), abs=1e-5), path.name
        for channel in CHANNELS:
            assert facts[f"{channel}_coverage_percent"] == pytest.approx(100 * frame[channel].notna().mean(), abs=1e-5)


def test_dropouts_and_stuck_values() -> None:
    seen = 0
    for path, reading, facts in readings():
        frame = _frame(reading)
        for channel in (each for each in SENSORS if frame[each].notna().any()):
            for name, value in _dropouts(frame, channel).items():
                assert facts[f"{channel}_{name}"] == pytest.approx(value, abs=1e-5), (path.name, channel, name)
                seen += value != 0
        for channel in (each for each in LIVELY if frame[each].notna().any()):
            assert facts[f"{channel}_stuck_s"] == pytest.approx(_stuck(frame, channel), abs=1e-5), (path.name, channel)
    assert seen


def _ways(frame: pandas.DataFrame) -> Mapping[str, float]:
    seconds = -frame.time.diff(-1).fillna(-1)
    firsts = {
        f"first_{channel}_s": frame.time[frame[channel].first_valid_index()] - frame.time.min()
        for channel in ("position", "heart_rate")
        if frame[channel].notna().any()
    }
    return {
        "distance_by_field_m": frame.distance.dropna().diff().clip(lower=0).sum(),
        "work_by_power_j": (frame.power * seconds.clip(0, 30)).sum(),
        **firsts,
    }


def test_ways_and_work() -> None:
    asked: dict[str, int] = {}
    for path, reading, facts in readings():
        for name, value in _ways(_frame(reading)).items():
            if facts[name] is not None:
                assert facts[name] == pytest.approx(value, rel=1e-6), (path.name, name)
                asked[name] = asked.get(name, 0) + 1
    assert len(asked) == 4


def _frames(path: Path) -> list[Any]:
    """What fitdecode reads; nothing where it stops, which it does in many ways."""
    with contextlib.suppress(Exception), fitdecode.FitReader(str(path)) as frames:
        return list(frames)
    return []


def test_what_fitdecode_counts() -> None:
    """In whole files of one segment, of some sizes: definitions, R-R intervals, batteries and totals, message by message."""
    asked: dict[str, int] = {}
    for path in sorted(CORPUS.rglob("*.fit")):
        if path.stat().st_size // 1000 not in (3, 4, 5, 62, 63):  # few, for fitdecode takes its time
            continue
        reading = read_thing(path, CONFIG)
        told = _frames(path)
        if sum(isinstance(frame, fitdecode.FitHeader) for frame in told) != 1 or reading.activity is None:
            continue
        facts = facts_of(reading)
        data = [frame for frame in told if isinstance(frame, fitdecode.FitDataMessage)]
        assert facts["definitions"] == sum(isinstance(frame, fitdecode.FitDefinitionMessage) for frame in told), (
            path.name
        )
        assert facts["points"] == sum(frame.name == "record" for frame in data), path.name
        for name, value in _by_messages(data).items():
            if facts[name] is not None and value is not None:
                assert facts[name] == pytest.approx(value, abs=1e-5), (path.name, name)
                asked[name] = asked.get(name, 0) + 1
    assert set(asked) >= {
        "timer_s",
        "laps",
        "sessions",
        "rr_intervals",
        "battery_start_v",
        "session_max_heart_rate_off_bpm",
    }


def _by_messages(data: list[Any]) -> Mapping[str, float | None]:
    def values(message: str, field: str, index: int | None = None) -> list[Any]:
        chosen = [each for each in data if each.name == message]
        if index is not None:
            chosen = [each for each in chosen if each.get_raw_value("device_index", fallback=None) == index]
        found = [each.get_value(field, fallback=None) for each in chosen if each.has_field(field)]
        return [each for each in found if each is not None]

    intervals = [each for times in values("hrv", "time") for each in np.ravel([times]) if each]
    said, beats = values("session", "max_heart_rate"), values("record", "heart_rate")
    timers, volts = values("session", "total_timer_time"), values("device_info", "battery_voltage", 0)
    return {
        "laps": sum(each.name == "lap" for each in data),
        "sessions": sum(each.name == "session" for each in data),
        "timer_s": sum(timers) if timers else None,
        "rr_intervals": len(intervals) or None,
        "battery_start_v": volts[0] if volts else None,
        "battery_end_v": volts[-1] if volts else None,
        "session_max_heart_rate_off_bpm": said[0] - max(beats) if len(said) == 1 and beats else None,
    }
