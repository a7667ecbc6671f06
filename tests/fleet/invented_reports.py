"""Reports that nobody checked: a night as `compare` reads it, with chance in it and faults where they are asked for."""

from __future__ import annotations

from typing import Any

import numpy as np

#: Rules that speak by chance, with the share of files in which they do.
BY_CHANCE = {f"TIM{number:03}": 0.004 * number for number in range(25)}
MADE = {"version": "0.1.0", "config": "0123456789ab"}


def finding(code: str, name: str, severity: str = "warning", count: int = 1, message: str = "") -> dict[str, Any]:
    return {"code": code, "name": name, "severity": severity, "message": message, "where": {"count": count}}


def report(
    name: str, findings: list[dict[str, Any]], facts: dict[str, float] | None = None, **other: Any
) -> dict[str, Any]:
    device = {"manufacturer": "garmin", "product": "edge_530", "firmware": "4.11"} | other.get("device", {})
    activity = {
        "device": device, "sport": {"file": "cycling"}, "start_time": "2026-11-26T10:00:00Z", "elapsed_s": 1200.0,
        "distance_m": 8000.0, "points": 1201,
    } | other.get("activity", {})  # fmt: skip
    told = {
        "name": name, "sha256": other.get("sha256", name), "format": "fit", "activity": activity, "findings": findings,
        "purpose": "strava", "checked_by": MADE,
    }  # fmt: skip
    return told if facts is None else told | {"facts": facts}


def night(
    seed: int,
    files: int,
    firmware: str = "4.11",
    *,
    faults: tuple[str, ...] = (),
    steps: float = 0.03,
    facts: bool = True,
) -> list[dict[str, Any]]:
    """So many reports of one device. ``faults`` are those of `nights.FAULTS`; a clock step is in the share ``steps``."""
    chance = np.random.default_rng(seed)
    without_step = tuple(fault for fault in faults if fault != "clock step")
    told = []
    for k in range(files):
        told.append(_one(chance, f"{seed}/{k}.fit", firmware, faults if k < steps * files else without_step))
        told[-1]["activity"]["start_time"] = f"2026-11-26T{seed % 24:02}:00:00Z"
        if not facts:
            del told[-1]["facts"]
    return told


def _one(chance: np.random.Generator, name: str, firmware: str, faults: tuple[str, ...]) -> dict[str, Any]:
    draws = chance.random(len(BY_CHANCE))
    found = [
        finding(code, "by-chance", "info", int(chance.integers(1, 50)))
        for code, draw in zip(BY_CHANCE, draws, strict=True)
        if draw < BY_CHANCE[code]
    ]
    lengths = chance.exponential(10, chance.choice(4, p=[0.4, 0.3, 0.2, 0.1])) + 2
    lengths = np.round(lengths * (2 if "dropouts" in faults else 1))
    coverage = 1 - lengths.sum() / 1200
    if coverage < 0.95:
        found.append(finding("SEN024", "dropouts", "info", int(lengths.sum()), "the heart rate is missing"))
    if "lap index" in faults and chance.random() < 0.95:
        found.append(finding("FIT413", "lap-index", message="the laps' message_index is 0 for all 4"))
    if "altitude sentinel" in faults:
        found.append(finding("POS010", "elevation-implausible", count=3, message="3 elevations are outside"))
    if "clock step" in faults:
        if chance.random() < 0.95:
            found.append(finding("TIM120", "clock-step", message="the clock jumps 3600 s ahead"))
        found.append(finding("FIT312", "message-order", "info", 6, "messages that stand after records: 6"))
    facts = {
        "heart_rate_dropouts": float(len(lengths)),
        "heart_rate_dropout_longest_s": float(max(lengths, default=0)),
        "heart_rate_dropout_total_s": float(lengths.sum()),
        "heart_rate_coverage_percent": float(coverage * 100),
        "altitude_lowest_m": -500.0 if "altitude sentinel" in faults else round(float(chance.normal(300, 50)), 1),
        "sample_gap_p99_s": 1.0,
        "serial_number": float(chance.integers(1, 2**31)),
        **{f"noise_{k}": round(float(chance.gamma(2)), 1) for k in range(10)},
        **{f"seldom_{k}": float(chance.random() < 0.02) for k in range(10)},
    }
    return report(name, found, facts, device={"firmware": firmware})
