"""A report as plain values, in the shape and order of ``schemas/report.schema.json``."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import asdict, fields
from typing import TYPE_CHECKING, Any

from ..findings import Where
from ..version import __version__
from ..words import iso

if TYPE_CHECKING:
    from ..findings import Finding, Prediction, Report, Summary

__all__ = ["SCHEMA_VERSION", "file_object", "plain"]

#: Grows when a key changes its meaning or goes away; new keys do not change it.
SCHEMA_VERSION = 1
#: Keys that are called otherwise than the fields of `Where`.
_KEYS = {"message_name": "global"}


def file_object(report: Report) -> dict[str, Any]:
    """One element of ``files``."""
    told = {
        "name": report.name,
        "format": report.format,
        "container": report.container,
        "bytes": report.bytes,
        "sha256": report.sha256,
        "purpose": report.purpose,
        "verdict": report.verdict,
        "schema_valid": report.schema_valid,
        "activity": None if report.activity is None else _activity(report.activity),
        "prediction": None if report.prediction is None else _prediction(report.prediction),
        "findings": [_finding(finding) for finding in report.findings],
        "skipped": [{"code": skipped.code, "why": skipped.why} for skipped in report.skipped],
        "checked_by": {"version": __version__, "config": report.config or None},
    }
    return told | {"facts": plain(report.facts)} if report.facts else told


def _activity(summary: Summary) -> dict[str, Any]:
    return {
        "points": summary.points,
        "points_without_time": summary.points_without_time,
        "start_time": iso(summary.start_time),
        "end_time": iso(summary.end_time),
        "elapsed_s": _rounded(summary.elapsed_s, 3),
        "distance_m": _rounded(summary.distance_m, 2),
        "laps": summary.laps,
        "sessions": summary.sessions,
        "sport": asdict(summary.sport),
        "device": asdict(summary.device),
        "channels": {name: int(count) for name, count in summary.channels.items()},
    }


def _prediction(prediction: Prediction) -> dict[str, Any]:
    return {
        "sport": prediction.sport,
        "sport_sure": prediction.sport_sure,
        "sport_why": prediction.sport_why,
        "device": prediction.device,
        "elevation": asdict(prediction.elevation),
        "channels_read": list(prediction.channels_read),
        "channels_ignored": [asdict(ignored) for ignored in prediction.channels_ignored],
        "stationary": prediction.stationary,
        "start_time": iso(prediction.start_time),
        "elapsed_s": _rounded(prediction.elapsed_s, 3),
        "moving_s": _rounded(prediction.moving_s, 3),
        "distance_m": _rounded(prediction.distance_m, 2),
        "ascent_m": _rounded(prediction.ascent_m, 1),
        "ascent_from": prediction.ascent_from,
    }


def _finding(finding: Finding) -> dict[str, Any]:
    return {
        "code": finding.code,
        "name": finding.name,
        "severity": finding.severity.label,
        "message": finding.message,
        "hint": finding.hint,
        "where": _where(finding.where),
        "evidence": {str(key): plain(value) for key, value in finding.evidence.items()},
        "fix": finding.fix,
    }


def _where(where: Where) -> dict[str, Any]:
    known = {each.name: getattr(where, each.name) for each in fields(Where)}
    known["time"] = iso(where.time)
    return {_KEYS.get(name, name): value for name, value in known.items() if value is not None}


def plain(value: Any) -> Any:
    """``value`` as JSON holds it: floats with seven decimals (1 cm of latitude), none for NaN and infinities, numpy's
    as Python's."""
    if value is None or isinstance(value, bool | str):
        return value
    if isinstance(value, int):
        return int(value)
    if isinstance(value, float):
        return _rounded(float(value), 7)
    if isinstance(value, bytes | bytearray):
        return bytes(value).hex(" ")
    if isinstance(value, Mapping):
        return {str(key): plain(inner) for key, inner in value.items()}
    if isinstance(value, Sequence | set | frozenset):
        return [plain(inner) for inner in (sorted(value) if isinstance(value, set | frozenset) else value)]
    if hasattr(value, "tolist"):
        return plain(value.tolist())
    return str(value)


def _rounded(value: float | None, decimals: int) -> float | None:
    if value is None or not math.isfinite(value):
        return None
    return round(value, decimals) + 0.0  # no minus zero
