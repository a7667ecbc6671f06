"""What a run can be told: which rules, how severe, which limits. Read from ``tracklint.toml`` or ``pyproject.toml``."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from pathlib import Path
from typing import Any, get_args

from .findings import Purpose, Severity

__all__ = ["PURPOSES", "BadConfig", "Config", "Limits", "load_config"]

#: The questions that a check can answer.
PURPOSES = get_args(Purpose)

_SEVERITIES = {s.label: s for s in Severity}


class BadConfig(Exception):
    """A configuration that cannot be used. The text is one clear sentence that names the file and the key."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """Numbers that rules compare with, each in the unit of its name. ``now`` (UTC seconds) stands for the clock;
    ``None`` asks the system's.

    ``max_speed_*`` is what nobody exceeds in a sport; ``other`` holds for all sports that have no number of their own
    and where the file names none. ``gap_s`` is a pause between points that needs an explanation, ``stale_gap_s`` the
    one that sets a few points apart from the rest, ``long_gap_s`` the one that no recording has. ``jump_m`` is the
    least distance of a jump between positions. ``stuck_s`` is how long a sensor may repeat one value while the athlete
    moves, ``frozen_m`` how far the distance may grow at one position. ``dropout_percent`` is the share of points
    without a value from which a sensor counts as lost at times.
    """

    now: float | None = None
    max_inflated_bytes: int = 256 * 1024 * 1024
    max_upload_bytes: int = 25 * 1024 * 1024
    future_days: float = 1.0
    earliest_year: int = 1990
    gap_s: float = 60.0
    stale_gap_s: float = 3600.0
    long_gap_s: float = 86400.0
    max_speed_cycling_m_s: float = 40.0
    max_speed_running_m_s: float = 12.0
    max_speed_walking_m_s: float = 12.0
    max_speed_swimming_m_s: float = 3.0
    max_speed_other_m_s: float = 100.0
    jump_m: float = 100.0
    frozen_m: float = 500.0
    lowest_altitude_m: float = -450.0
    highest_altitude_m: float = 9000.0
    max_climb_m_s: float = 50.0
    lowest_heart_rate_bpm: float = 30.0
    highest_heart_rate_bpm: float = 240.0
    max_cadence_rpm: float = 254.0
    max_running_cadence_rpm: float = 120.0
    max_power_w: float = 2500.0
    lowest_temperature_c: float = -60.0
    highest_temperature_c: float = 85.0
    stuck_s: float = 600.0
    dropout_percent: float = 10.0
    second_reader_seconds: float = 60.0
    second_reader_mebibytes: int = 1024


@dataclass(frozen=True, slots=True, kw_only=True)
class Config:
    """How to check. ``purpose`` is the question: ``"strava"``, what Strava makes of the file, or ``"spec"``, whether it
    follows the specification of its format.

    ``select`` and ``ignore`` hold codes or families (``TIM``, ``TIM008``); an empty ``select`` is all.
    ``severity`` changes the severity of single codes. ``fail_on`` is the least severity that makes exit status 1.
    ``profile`` is a file with a manufacturer's private messages (`fit.private`). ``second_readers`` lets other readers
    read each file too (`second`), which takes many times longer than the check. ``barometer_creators`` are the names of
    creators (in any case) whose TCX and GPX files always get the words "with barometer" when they are prepared.
    """

    purpose: Purpose = "strava"
    select: tuple[str, ...] = ()
    ignore: tuple[str, ...] = ()
    severity: Mapping[str, Severity] = field(default_factory=dict)
    fail_on: Severity = Severity.ERROR
    limits: Limits = field(default_factory=Limits)
    profile: Path | None = None
    second_readers: bool = False
    barometer_creators: tuple[str, ...] = ()

    def wants(self, code: str) -> bool:
        """Whether the rule with this code is to run."""
        return (not self.select or code.startswith(self.select)) and not (self.ignore and code.startswith(self.ignore))


def load_config(path: Path | None = None, *, start: Path | None = None) -> Config:
    """The configuration in ``path``, or the nearest one at or above ``start`` (default: the working directory).

    ``tracklint.toml`` holds the keys at its top, ``pyproject.toml`` under ``[tool.tracklint]``. Without a file: the
    defaults. Raises `BadConfig`.
    """
    if path is not None:
        return _from_file(path)
    here = (start or Path.cwd()).resolve()
    for folder in (here, *here.parents):
        if (folder / "tracklint.toml").is_file():
            return _from_file(folder / "tracklint.toml")
        pyproject = folder / "pyproject.toml"
        if pyproject.is_file() and "tracklint" in _read(pyproject).get("tool", {}):
            return _from_file(pyproject)
    return Config()


def _read(path: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise BadConfig(f"{path}: {error.strerror}") from None
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise BadConfig(f"{path}: {error}") from None


def _from_file(path: Path) -> Config:
    table = _read(path)
    if path.name == "pyproject.toml":
        table = table.get("tool", {}).get("tracklint", {})
    try:
        return _from_table(table, path.parent)
    except (TypeError, ValueError) as error:
        raise BadConfig(f"{path}: {error}") from None


def _from_table(table: Mapping[str, Any], folder: Path) -> Config:
    known = {"select", "ignore", "severity", "fail-on", "for", "limits", "profile", "barometer-creators"}
    if unknown := sorted(set(table) - known):
        raise ValueError(f"unknown key {unknown[0]!r}; known are {', '.join(sorted(known))}")
    limits = table.get("limits", {})
    names = {f.name.replace("_", "-"): f.name for f in fields(Limits)}
    if unknown := sorted(set(limits) - set(names)):
        raise ValueError(f"unknown limit {unknown[0]!r}; known are {', '.join(sorted(names))}")
    for name, value in limits.items():
        if not isinstance(value, int | float) or isinstance(value, bool):
            raise TypeError(f"limit {name} is {value!r}; a number is wanted")
    profile = table.get("profile")
    if profile is not None and not isinstance(profile, str):
        raise TypeError(f'profile is {profile!r}; the path of a file is wanted, such as "private.json"')
    purpose = table.get("for", "strava")
    if purpose not in PURPOSES:
        raise ValueError(f"for is {purpose!r}; known are {', '.join(PURPOSES)}")
    return Config(
        purpose=purpose,
        select=_words(table, "select", '["TIM", "SEN007"]', "codes"),
        ignore=_words(table, "ignore", '["TIM", "SEN007"]', "codes"),
        barometer_creators=_words(table, "barometer-creators", '["My App"]', "names"),
        severity={code: severity(word) for code, word in table.get("severity", {}).items()},
        fail_on=severity(table.get("fail-on", "error")),
        limits=Limits(**{names[name]: value for name, value in limits.items()}),
        profile=None if profile is None else folder / profile,
    )


def _words(table: Mapping[str, Any], key: str, example: str, what: str) -> tuple[str, ...]:
    value = table.get(key, [])
    if not isinstance(value, list) or not all(isinstance(word, str) for word in value):
        raise TypeError(f"{key} is {value!r}; a list of {what} is wanted, such as {example}")
    return tuple(value)


def severity(word: str) -> Severity:
    """``error``, ``warning`` or ``info`` as a `Severity`. Raises ValueError."""
    try:
        return _SEVERITIES[word]
    except KeyError:
        raise ValueError(f"{word!r} is not a severity; known are error, warning, info") from None
