"""What a run can be told: which rules, how severe, which limits. Read from ``tracklint.toml`` or ``pyproject.toml``."""

from __future__ import annotations

import math
import os
import re
import reprlib
from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from pathlib import Path
from typing import Any, get_args

from .errors import TracklintError
from .findings import Purpose, Severity
from .opening import read_file, why

__all__ = ["PURPOSES", "RANGES", "BadConfig", "Config", "Limits", "given", "load_config"]

#: The questions that a check can answer.
PURPOSES = get_args(Purpose)

#: The least and the greatest value of each limit. Only ``now`` may be any number.
RANGES = {
    "max_inflated_bytes": (1, 2**40),
    "max_upload_bytes": (1, 2**40),
    "future_days": (0, 1e6),
    "earliest_year": (1, 9999),
    "gap_s": (0, 1e9),
    "stale_gap_s": (0, 1e9),
    "long_gap_s": (0, 1e9),
    "max_speed_cycling_m_s": (0.1, 1e6),
    "max_speed_running_m_s": (0.1, 1e6),
    "max_speed_walking_m_s": (0.1, 1e6),
    "max_speed_swimming_m_s": (0.1, 1e6),
    "max_speed_other_m_s": (0.1, 1e6),
    "jump_m": (0, 1e8),
    "frozen_m": (0, 1e8),
    "lowest_altitude_m": (-12_000, 1e6),
    "highest_altitude_m": (-12_000, 1e6),
    "max_climb_m_s": (0.1, 1e6),
    "lowest_heart_rate_bpm": (0, 1000),
    "highest_heart_rate_bpm": (0, 1000),
    "max_cadence_rpm": (1, 1e5),
    "max_running_cadence_rpm": (1, 1e5),
    "max_power_w": (1, 1e6),
    "lowest_temperature_c": (-273.15, 1000),
    "highest_temperature_c": (-273.15, 1000),
    "stuck_s": (0, 1e9),
    "dropout_percent": (0, 100),
    "seconds": (0.1, 86_400),
    "second_reader_seconds": (0, 86_400),
    "second_reader_mebibytes": (1, 2**20),
}

_MOST = 1e300
_SEVERITIES = {s.label: s for s in Severity}


class BadConfig(TracklintError):
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

    ``seconds`` is how long the command may take for one file (`checking.time_allowed`); what second readers may take
    is added to it.

    Each has its range (`RANGES`). Raises ValueError, with one clear sentence, for what is no number or lies outside.
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
    seconds: float = 60.0
    second_reader_seconds: float = 60.0
    second_reader_mebibytes: int = 1024

    def __hash__(self) -> int:
        """That of the clock alone: what rules share is looked up under the limits, and a run has one set of them."""
        return hash(self.now)

    def __post_init__(self) -> None:
        for each in fields(self):
            _in_range(each.name, getattr(self, each.name), whole=each.type == "int")
        for lowest in (each.name for each in fields(self) if each.name.startswith("lowest_")):
            highest = lowest.replace("lowest", "highest")
            low, high = getattr(self, lowest), getattr(self, highest)
            if low >= high:
                raise ValueError(
                    f"limit {_key(lowest)} is {low:g} and {_key(highest)} is {high:g}: nothing lies between"
                )


def _in_range(name: str, value: Any, *, whole: bool) -> None:
    if name == "now" and value is None:
        return
    least, most = RANGES.get(name, (-math.inf, math.inf))
    number = isinstance(value, int if whole else int | float) and not isinstance(value, bool)
    if number and least <= value <= most and abs(value) < _MOST:
        return
    wanted = f"{'a whole number' if whole else 'a number'} is wanted"
    if name in RANGES:
        wanted += f", from {least:.15g} to {most:.15g}"
    raise ValueError(f"limit {_key(name)} is {reprlib.repr(value)}; {wanted}")


def _key(name: str) -> str:
    """A field's name as a configuration spells it."""
    return name.replace("_", "-")


@dataclass(frozen=True, slots=True, kw_only=True)
class Config:
    """How to check. ``purpose`` is the question: ``"strava"``, what Strava makes of the file, or ``"spec"``, whether it
    follows the specification of its format.

    ``select`` and ``ignore`` hold codes or families (``TIM``, ``TIM008``); an empty ``select`` is all.
    ``severity`` changes the severity of single codes. ``fail_on`` is the least severity that makes exit status 1. A
    severity may be given by its word.
    ``profile`` is a file with a manufacturer's private messages (`fit.private`). ``second_readers`` lets other readers
    read each file too (`second`), which takes many times longer than the check; one of them validates, with the XSD
    files in ``schema_dir`` and with ours for the namespaces that these leave out. ``barometer_creators`` are the names
    of creators (in any case) whose TCX and GPX files always get the words "with barometer" when they are prepared.
    ``relative_to`` is the folder that names in reports are relative to (`source.shown`), ``None`` the working
    directory. ``exclude`` holds patterns of files that are left out (`inputs.inputs`), ``allow_empty`` says that a
    folder or pattern without activity files is no mistake. ``facts`` asks for the measured facts of each file
    (docs/facts.md). ``file`` is where all this was read from. Raises ValueError
    and TypeError for what cannot be.
    """

    purpose: Purpose = "strava"
    select: tuple[str, ...] = ()
    ignore: tuple[str, ...] = ()
    severity: Mapping[str, Severity] = field(default_factory=dict)
    fail_on: Severity = Severity.ERROR
    limits: Limits = field(default_factory=Limits)
    profile: Path | None = None
    second_readers: bool = False
    schema_dir: Path | None = None
    barometer_creators: tuple[str, ...] = ()
    relative_to: Path | None = None
    exclude: tuple[str, ...] = ()
    allow_empty: bool = False
    facts: bool = False
    file: Path | None = field(default=None, compare=False)

    def __post_init__(self) -> None:
        if not isinstance(self.limits, Limits):
            raise TypeError(f"limits is {reprlib.repr(self.limits)}; a Limits is wanted")
        if not isinstance(self.severity, Mapping):
            raise TypeError(f"severity is {reprlib.repr(self.severity)}; a mapping of codes to severities is wanted")
        severities = {_code(code): _severity(f"severity.{code}", word) for code, word in self.severity.items()}
        object.__setattr__(self, "severity", severities)
        object.__setattr__(self, "fail_on", _severity("fail_on", self.fail_on))
        for name in ("profile", "relative_to", "file"):
            if not isinstance(path := getattr(self, name), str | Path | None):
                raise TypeError(f"{name} is {reprlib.repr(path)}; a path is wanted")
            object.__setattr__(self, name, None if path is None else Path(path))
        if self.purpose not in PURPOSES:
            raise ValueError(f"purpose is {self.purpose!r}; known are {', '.join(PURPOSES)}")
        for name in ("select", "ignore", "barometer_creators", "exclude"):
            words = getattr(self, name)
            if isinstance(words, str) or not all(isinstance(word, str) for word in words):
                raise TypeError(f"{name} is {words!r}; a tuple of texts is wanted")
            object.__setattr__(self, name, tuple(words))

    def wants(self, code: str) -> bool:
        """Whether the rule with this code is to run."""
        return (not self.select or code.startswith(self.select)) and not (self.ignore and code.startswith(self.ignore))


def given(config: Config | None) -> Config:
    """The configuration that a caller gave, or the defaults. Raises TypeError for what is none."""
    if config is None:
        return _DEFAULT
    if not isinstance(config, Config):
        raise TypeError(f"config is {reprlib.repr(config)}; a Config is wanted")
    return config


def load_config(path: Path | None = None, *, start: Path | None = None) -> Config:
    """The configuration in ``path``, or the nearest one at or above ``start`` (default: the working directory).

    ``tracklint.toml`` holds the keys at its top, ``pyproject.toml`` under ``[tool.tracklint]``. Without a file: the
    defaults. Raises `BadConfig`.
    """
    if path is not None:
        return _from_file(path)
    try:
        here = (start or Path.cwd()).resolve()
    except OSError as error:
        raise BadConfig(f"the working directory cannot be used: {why(error)}") from None
    for folder in (here, *here.parents):
        for name in ("tracklint.toml", "pyproject.toml"):
            if os.path.lexists(folder / name) and (name == "tracklint.toml" or _has_our_table(folder / name)):
                return _from_file(folder / name)
    return Config()


def _has_our_table(pyproject: Path) -> bool:
    return pyproject.is_file() and "tracklint" in _table(pyproject, _read(pyproject), "tool")


def _read(path: Path) -> dict[str, Any]:
    import tomllib

    try:
        return tomllib.loads(read_file(path).decode("utf-8"))
    except (OSError, UnicodeDecodeError) as error:
        raise BadConfig(f"{path}: {why(error)}") from None
    except tomllib.TOMLDecodeError as error:
        raise BadConfig(f"{path}: {error}") from None
    except RecursionError:
        raise BadConfig(f"{path}: lists or tables are nested too deeply") from None


def _from_file(path: Path) -> Config:
    table: Mapping[str, Any] = _read(path)
    if path.name == "pyproject.toml":
        table = _table(path, _table(path, table, "tool"), "tracklint", "tool.tracklint")
    try:
        return _from_table(table, path)
    except ValueError as error:
        raise BadConfig(f"{path}: {error}") from None


def _table(path: Path, outer: Mapping[str, Any], key: str, shown: str = "") -> Mapping[str, Any]:
    """The table under a key, empty where there is none. Raises `BadConfig`."""
    table = outer.get(key, {})
    if not isinstance(table, dict):
        raise BadConfig(f"{path}: {shown or key} is {reprlib.repr(table)}; a table is wanted, [{shown or key}]")
    return table


def _from_table(table: Mapping[str, Any], path: Path) -> Config:
    known = {"select", "ignore", "severity", "fail-on", "for", "limits", "profile", "schema-dir", "barometer-creators"}
    known |= {"facts"}
    if unknown := sorted(set(table) - known):
        raise ValueError(f"unknown key {unknown[0]!r}; known are {', '.join(sorted(known))}")
    limits = _table(path, table, "limits")
    names = {_key(f.name): f.name for f in fields(Limits)}
    if unknown := sorted(set(limits) - set(names)):
        raise ValueError(f"unknown limit {unknown[0]!r}; known are {', '.join(sorted(names))}")
    purpose = table.get("for", "strava")
    if purpose not in PURPOSES:
        raise ValueError(f"for is {reprlib.repr(purpose)}; known are {', '.join(PURPOSES)}")
    return Config(
        purpose=purpose,
        select=_words(table, "select", '["TIM", "SEN007"]', "codes"),
        ignore=_words(table, "ignore", '["TIM", "SEN007"]', "codes"),
        barometer_creators=_words(table, "barometer-creators", '["My App"]', "names"),
        severity={code: _severity(f"severity.{code}", word) for code, word in _table(path, table, "severity").items()},
        fail_on=_severity("fail-on", table.get("fail-on", "error")),
        limits=Limits(**{names[name]: value for name, value in limits.items()}),
        profile=_path(table, "profile", 'a file is wanted, such as "private.json"', path),
        schema_dir=_path(table, "schema-dir", 'a folder is wanted, such as "xsd"', path),
        facts=_switch(table, "facts"),
        file=path,
    )


def _code(code: Any) -> str:
    if not isinstance(code, str) or not re.fullmatch("[A-Z]{3}[0-9]{3}", code):
        raise ValueError(f"severity.{code}: {reprlib.repr(code)} is no code of a rule, such as TIM001")
    return code


def _path(table: Mapping[str, Any], key: str, wanted: str, file: Path) -> Path | None:
    """The path under a key, from the folder of the configuration ``file``; ``None`` where there is none."""
    value = table.get(key)
    if value is not None and (not isinstance(value, str) or not value):
        raise ValueError(f"{key} is {reprlib.repr(value)}; the path of {wanted}")
    return None if value is None else file.parent / value


def _switch(table: Mapping[str, Any], key: str) -> bool:
    value = table.get(key, False)
    if not isinstance(value, bool):
        raise ValueError(f"{key} is {reprlib.repr(value)}; true or false is wanted")
    return value


def _words(table: Mapping[str, Any], key: str, example: str, what: str) -> tuple[str, ...]:
    value = table.get(key, [])
    if not isinstance(value, list) or not all(isinstance(word, str) and word for word in value):
        raise ValueError(f"{key} is {reprlib.repr(value)}; a list of {what} is wanted, such as {example}")
    return tuple(value)


def _severity(key: str, word: Any) -> Severity:
    try:
        return severity(word)
    except ValueError as error:
        raise ValueError(f"{key}: {error}") from None


def severity(word: Any) -> Severity:
    """``error``, ``warning`` or ``info`` as a `Severity`. Raises ValueError."""
    if not isinstance(word, str) or word not in _SEVERITIES:
        raise ValueError(f"{reprlib.repr(word)} is not a severity; known are error, warning, info")
    return _SEVERITIES[word]


#: What holds where nothing is configured; made once.
_DEFAULT = Config()
