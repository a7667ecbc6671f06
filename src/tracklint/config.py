"""What a run can be told: which rules, how severe, which limits, and what holds for some files only. `configuration`
reads it from files."""

from __future__ import annotations

import hashlib
import math
import re
import reprlib
from collections.abc import Mapping
from dataclasses import dataclass, field, fields, replace
from operator import itemgetter
from pathlib import Path
from typing import Any, Literal, get_args

from .errors import TracklintError
from .expecting import Expectation, expectations
from .findings import Purpose, Severity
from .parts import Device
from .selecting import Selector

__all__ = ["PURPOSES", "RANGES", "BadConfig", "Config", "Limits", "Section", "given", "key_of", "levels", "severity"]

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

#: Limits that change no finding of a file that is checked to its end, and the clock.
_NO_VERDICT = ("now", "seconds", "second_reader_seconds", "second_reader_mebibytes")
_MOST = 1e300
_SEVERITIES = {s.label: s for s in Severity}
#: What the findings of a rule are, or that it does not run.
Level = Severity | Literal["off"]


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
                    f"limit {key_of(lowest)} is {low:g} and {key_of(highest)} is {high:g}: nothing lies between"
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
    raise ValueError(f"limit {key_of(name)} is {reprlib.repr(value)}; {wanted}")


def key_of(name: str) -> str:
    """A field's name as a configuration spells it."""
    return name.replace("_", "-")


@dataclass(frozen=True, slots=True, kw_only=True)
class Section:
    """What holds for some files only, those that ``where`` selects.

    ``select`` stands for the one of the configuration where it is not empty, ``ignore`` is added to the other ones,
    ``severity`` and ``expect`` go before theirs. ``name`` is what the section is called: its file
    and its place there. Raises ValueError and TypeError for what cannot be.
    """

    where: Selector
    select: tuple[str, ...] = ()
    ignore: tuple[str, ...] = ()
    severity: Mapping[str, Level] = field(default_factory=dict)
    expect: Mapping[str, Expectation] = field(default_factory=dict)
    name: str = field(default="", compare=False)

    def __post_init__(self) -> None:
        if not isinstance(self.where, Selector):
            raise TypeError(f"where is {reprlib.repr(self.where)}; a Selector is wanted")
        object.__setattr__(self, "severity", levels(self.severity))
        object.__setattr__(self, "expect", expectations(self.expect))
        _texts(self, "select", "ignore")


@dataclass(frozen=True, slots=True, kw_only=True)
class Config:
    """How to check. ``purpose`` is the question: ``"strava"``, what Strava makes of the file, or ``"spec"``, whether it
    follows the specification of its format.

    ``select`` and ``ignore`` hold codes or families (``TIM``, ``TIM008``); an empty ``select`` is all.
    ``severity`` changes the severity of single codes; a rule that is ``"off"`` does not run. ``fail_on`` is the least
    severity that makes exit status 1. A severity may be given by its word. ``sections`` hold for some files only, a
    later one before an earlier one (`holding`). ``rules`` are modules of own rules, by name or as files that end in
    ``.py``; whoever makes a `Config` of them lets their code run.
    ``profile`` is a file with a manufacturer's private messages (`fit.private`). ``second_readers`` lets other readers
    read each file too (`second`), which takes many times longer than the check; one of them validates, with the XSD
    files in ``schema_dir`` and with ours for the namespaces that these leave out. ``barometer_creators`` are the names
    of creators (in any case) whose TCX and GPX files always get the words "with barometer" when they are prepared.
    ``relative_to`` is the folder that names in reports are relative to (`source.shown`), ``None`` the working
    directory. ``exclude`` holds patterns of files that are left out (`inputs.inputs`), ``allow_empty`` says that a
    folder or pattern without activity files is no mistake. ``facts`` asks for the measured facts of each file
    (docs/facts.md). ``expect`` is what is expected of facts and of fleets, by names of facts and codes
    (`expecting`). ``fleet`` asks for the rules about many files (FLT901 to FLT904). ``file`` is
    where all this was read from. Raises ValueError and TypeError for what cannot be.
    """

    purpose: Purpose = "strava"
    select: tuple[str, ...] = ()
    ignore: tuple[str, ...] = ()
    severity: Mapping[str, Level] = field(default_factory=dict)
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
    expect: Mapping[str, Expectation] = field(default_factory=dict)
    fleet: bool = False
    sections: tuple[Section, ...] = ()
    rules: tuple[str, ...] = ()
    file: Path | None = field(default=None, compare=False)

    def __post_init__(self) -> None:
        if not isinstance(self.limits, Limits):
            raise TypeError(f"limits is {reprlib.repr(self.limits)}; a Limits is wanted")
        object.__setattr__(self, "severity", levels(self.severity))
        object.__setattr__(self, "expect", expectations(self.expect))
        object.__setattr__(self, "fail_on", _severity("fail_on", self.fail_on))
        for name in ("profile", "relative_to", "file"):
            if not isinstance(path := getattr(self, name), str | Path | None):
                raise TypeError(f"{name} is {reprlib.repr(path)}; a path is wanted")
            object.__setattr__(self, name, None if path is None else Path(path))
        if self.purpose not in PURPOSES:
            raise ValueError(f"purpose is {self.purpose!r}; known are {', '.join(PURPOSES)}")
        _texts(self, "select", "ignore", "barometer_creators", "exclude", "rules")
        rules = (str(Path(each).absolute()) if each.endswith(".py") else each for each in self.rules)
        object.__setattr__(self, "rules", tuple(dict.fromkeys(rules)))
        if not all(isinstance(each, Section) for each in self.sections):
            raise TypeError(f"sections is {reprlib.repr(self.sections)}; a tuple of Section is wanted")
        object.__setattr__(self, "sections", tuple(self.sections))

    @property
    def ignored(self) -> tuple[str, ...]:
        """The codes and families of the rules that do not run: ``ignore``, and those that are off."""
        return (*self.ignore, *(code for code, level in self.severity.items() if level == "off"))

    @property
    def digest(self) -> str:
        """Twelve hexadecimal digits that are the same for configurations under which a file has the same findings at
        the same time. Reports carry them, so that no others are compared."""
        said = (
            self.purpose, sorted(self.select), sorted(self.ignore), sorted(self.severity.items()), self.second_readers,
            self.profile and self.profile.name, self.schema_dir and self.schema_dir.name,
            [Path(each).name for each in self.rules],
            [getattr(self.limits, each.name) for each in fields(self.limits) if each.name not in _NO_VERDICT],
            [replace(each, where=replace(each.where, folder=None), name="") for each in self.sections],
            sorted(self.expect.items(), key=itemgetter(0)),
        )  # fmt: skip
        return hashlib.sha256(repr(said).encode("utf-8", "surrogatepass")).hexdigest()[:12]

    @property
    def asks_of_many(self) -> bool:
        """Whether something is asked of many files together."""
        expected = (self.expect, *(section.expect for section in self.sections))
        return self.fleet or any(each.share is not None for expect in expected for each in expect.values())

    def wants(self, code: str) -> bool:
        """Whether the rule with this code is to run."""
        return (not self.select or code.startswith(self.select)) and not code.startswith(self.ignored or ("?",))

    def severity_of(self, code: str) -> Severity | None:
        """The severity that the findings of a rule are given here; ``None`` where they keep their own."""
        level = self.severity.get(code)
        return None if level == "off" else level

    def asking_all(self) -> Config:
        """The same without any choice of rules."""
        severity = {code: level for code, level in self.severity.items() if level != "off"}
        return replace(self, select=(), ignore=(), severity=severity)

    def holding(self, name: str, device: Device | None) -> Config:
        """What holds for a file of this name (as reports show it) that ``device`` wrote. It has no sections any more,
        and holds for no other file."""
        if not self.sections:
            return self
        select, ignore, severity, expect = self.select, self.ignore, dict(self.severity), dict(self.expect)
        for each in self.sections:
            if each.where.holds(name, device, self.relative_to):
                select = each.select or select
                ignore += each.ignore
                severity |= each.severity
                expect |= each.expect
        return replace(self, select=select, ignore=ignore, severity=severity, expect=expect, sections=())


def _texts(owner: object, *names: str) -> None:
    """Make tuples of the texts in these fields. Raises TypeError."""
    for name in names:
        words = getattr(owner, name)
        if isinstance(words, str) or not all(isinstance(word, str) for word in words):
            raise TypeError(f"{name} is {words!r}; a tuple of texts is wanted")
        object.__setattr__(owner, name, tuple(words))


def levels(severity: object) -> dict[str, Level]:
    """The severities of single rules, by their codes. Raises TypeError for what is no mapping, and ValueError."""
    if not isinstance(severity, Mapping):
        raise TypeError(f"severity is {reprlib.repr(severity)}; a mapping of codes to severities is wanted")
    return {_code(code): _level(f"severity.{code}", word) for code, word in severity.items()}


def given(config: Config | None) -> Config:
    """The configuration that a caller gave, or the defaults. Raises TypeError for what is none."""
    if config is None:
        return _DEFAULT
    if not isinstance(config, Config):
        raise TypeError(f"config is {reprlib.repr(config)}; a Config is wanted")
    return config


def _code(code: Any) -> str:
    if not isinstance(code, str) or not re.fullmatch("[A-Z]{3}[0-9]{3}", code):
        raise ValueError(f"severity.{code}: {reprlib.repr(code)} is no code of a rule, such as TIM001")
    return code


def _level(key: str, word: Any) -> Level:
    """The severity that stands under a key, or ``"off"``. Raises ValueError."""
    if word == "off":
        return "off"
    try:
        return severity(word)
    except ValueError as error:
        raise ValueError(f"{key}: {error}, off") from None


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
