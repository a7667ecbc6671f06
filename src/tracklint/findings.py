"""What a check finds and what it reports: frozen data, without logic of formats or rules.

The shape of these classes is the shape of the JSON report (``schemas/report.schema.json``): a name here is a key there.
Times are float seconds since 1970-01-01T00:00:00Z, distances metres, durations seconds; ``None`` means "not known".
"""

from __future__ import annotations

import enum
from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from typing import Any, Final, Literal

from .notebooks import InNotebooks
from .spelling import counted, printable
from .trace import Trace

__all__ = [
    "Container",
    "DeviceFacts",
    "ElevationFacts",
    "FactValue",
    "Finding",
    "Format",
    "Ignored",
    "Prediction",
    "Purpose",
    "Report",
    "Safety",
    "Severity",
    "Skipped",
    "SportFacts",
    "Summary",
    "Sure",
    "Verdict",
    "Where",
]

#: The value of a measured fact; ``None`` where the file does not tell it.
FactValue = str | int | float | list[int] | None
#: The format of a file, told by its content; ``fleet`` where a report is about many files of one device.
Format = Literal["fit", "tcx", "gpx", "unknown", "fleet"]
#: What a file came in.
Container = Literal["plain", "gzip", "zip"]
#: What Strava will do with a file: take it, take it and get something wrong, or refuse it.
Verdict = Literal["ready", "risky", "refused"]
#: Whether a repair changes no readable measurement and invents none, or may.
Safety = Literal["safe", "unsafe"]
#: The question that a check answers: what Strava makes of a file, or whether it follows the specification.
Purpose = Literal["strava", "spec"]
#: Strava documents it, several independent reports say it, it is a guess, or nothing is known.
Sure = Literal["certain", "likely", "guess", "unknown"]


class Severity(enum.StrEnum):
    """How bad a finding is: the word that reports use, and ordered, so that ``severity >= "warning"`` compares.

    A comparison with a word that is no severity raises ValueError, with what is no word TypeError.
    """

    INFO = "info"  #: worth knowing
    WARNING = "warning"  #: accepted, but a number will be wrong or somebody will misread it
    ERROR = "error"  #: Strava refuses the file, or data is lost

    @property
    def label(self) -> str:
        """The word itself."""
        return self.value

    @property
    def rank(self) -> int:
        """0 to 2, the worst last."""
        return _RANKS[self]

    def __lt__(self, other: str) -> bool:
        return self.rank < _ranked(other)

    def __le__(self, other: str) -> bool:
        return self.rank <= _ranked(other)

    def __gt__(self, other: str) -> bool:
        return self.rank > _ranked(other)

    def __ge__(self, other: str) -> bool:
        return self.rank >= _ranked(other)

    def __repr__(self) -> str:
        return f"Severity.{self.name}"


_RANKS = {each.value: rank for rank, each in enumerate(Severity)}


def _ranked(other: object) -> int:
    if not isinstance(other, str):
        raise TypeError(f"a severity compares with severities and their words, not with {other!r}")
    return Severity(other).rank


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class Where:
    """A place in the uncompressed file. All that is known is given, the rest is ``None``.

    ``line`` and ``column`` count from 1 (XML); ``segment``, ``message``, ``local`` and ``record`` count from 0;
    ``message_name`` is the name of a FIT message, such as ``record`` or ``message 233``; ``count`` is how many points
    one finding stands for; ``time`` is the UTC time of the point.
    """

    offset: int | None = None
    size: int | None = None
    line: int | None = None
    column: int | None = None
    segment: int | None = None
    message: int | None = None
    local: int | None = None
    message_name: str | None = None
    field: str | None = None
    record: int | None = None
    count: int | None = None
    time: float | None = None

    def __repr__(self) -> str:
        known = {each.name: getattr(self, each.name) for each in fields(self)}
        return f"Where({', '.join(f'{name}={value!r}' for name, value in known.items() if value is not None)})"

    def __str__(self) -> str:
        """Line and column, or byte and message; `words.place` says all that is known."""
        if self.line is not None:
            return f"line {self.line}" + (f", column {self.column}" if self.column is not None else "")
        if self.offset is None:
            return ""
        return f"byte {self.offset}" + (f", message {self.message}" if self.message is not None else "")


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class Finding:
    """One condition in one file. ``message`` and ``hint`` are templates of the rule, filled with ``evidence``.

    ``evidence`` holds plain JSON values only. It counts for ``==`` and not for the hash. ``fix`` is
    ``None`` where no repair exists.
    """

    code: str
    name: str
    severity: Severity
    message: str
    hint: str
    where: Where
    evidence: Mapping[str, Any] = field(default_factory=dict, hash=False)
    fix: Safety | None = None

    def __repr__(self) -> str:
        where = str(self.where)
        return f"<{self.severity} {self.code} {self.name}{f' at {where}' if where else ''}>"

    def __str__(self) -> str:
        """One line: severity, code, name, message, place."""
        where = str(self.where)
        told = printable(f"{self.severity} {self.code} {self.name}: {self.message}")
        return told + (f" ({where})" if where else "")


@dataclass(frozen=True, slots=True)
class Skipped:
    """A rule, or a family of rules (``TIM*``), that was not run on this file, and why."""

    code: str
    why: str


@dataclass(frozen=True, slots=True, kw_only=True)
class SportFacts:
    """``file`` and ``sub`` as the file says them; ``strava`` is a Strava SportType.

    ``sure`` is ``certain`` (Strava documents the mapping), ``likely`` (several independent reports), ``guess`` or
    ``unknown`` (Strava will take the athlete's default sport).
    """

    file: str | None = None
    sub: str | None = None
    strava: str | None = None
    sure: Sure = "unknown"


@dataclass(frozen=True, slots=True, kw_only=True)
class DeviceFacts:
    """The recording device as the file names it; ``None`` where it does not tell.

    ``firmware`` is the version of its software, ``hardware`` that of the device, ``serial_number`` its own number.
    """

    name: str | None = None
    manufacturer: str | None = None
    product: str | None = None
    barometer: bool | None = None
    firmware: str | None = None
    hardware: str | None = None
    serial_number: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Summary:
    """What was read. ``points`` counts FIT record messages, GPX trkpt and TCX Trackpoint elements as they stand."""

    points: int
    points_without_time: int
    start_time: float | None
    end_time: float | None
    elapsed_s: float | None
    distance_m: float | None
    laps: int
    sessions: int
    sport: SportFacts
    device: DeviceFacts
    channels: Mapping[str, int] = field(hash=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Ignored:
    """A channel that stands in the file at a place where Strava does not look."""

    channel: str
    place: str
    points: int
    why: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ElevationFacts:
    """``source`` is ``file`` (taken as is), ``recomputed`` (from positions), ``unknown`` or ``none``."""

    source: str
    why: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Prediction:
    """What Strava will make of the file. ``ascent_from`` is ``header``, ``computed`` or ``None``."""

    sport: str | None
    sport_sure: Sure
    sport_why: str
    device: str | None
    elevation: ElevationFacts
    channels_read: tuple[str, ...]
    channels_ignored: tuple[Ignored, ...]
    stationary: bool
    start_time: float | None
    elapsed_s: float | None
    moving_s: float | None
    distance_m: float | None
    ascent_m: float | None
    ascent_from: str | None


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class Report(InNotebooks):
    """Everything that is known about one file.

    ``name`` is relative to the working directory for a file below it, else as the person gave it (`source.shown`), and
    no two files of a run have the same; ``bytes`` and ``sha256`` are
    those of the uncompressed content. ``format`` is ``fit``, ``tcx``, ``gpx`` or ``unknown``; ``container`` is
    ``plain``, ``gzip`` or ``zip``. ``schema_valid`` says of TCX and GPX whether the official schema accepts the file,
    which is another question than whether Strava does; ``None`` for other formats. ``purpose`` is the question that the
    findings answer: ``strava`` or ``spec``. ``known`` are findings that a baseline knows: they count for the verdict,
    because Strava does not know the baseline, and are shown nowhere. ``facts`` are the measured ones
    (`measured.FACTS`), empty where they were not asked for; they count for ``==`` and not for the hash.
    ``config`` is `Config.digest` of the check. ``trace`` is what a fleet keeps of the file, where something is asked of
    one. A report with the format ``fleet`` is about the files of one device and firmware, and its name tells which.
    """

    name: str
    format: Format
    container: Container
    bytes: int
    sha256: str
    activity: Summary | None
    prediction: Prediction | None
    findings: tuple[Finding, ...]
    skipped: tuple[Skipped, ...]
    schema_valid: bool | None = None
    purpose: Purpose = "strava"
    known: tuple[Finding, ...] = ()
    facts: Mapping[str, FactValue] = field(default_factory=dict, hash=False)
    config: str = ""
    trace: Trace | None = None

    @property
    def worst(self) -> Severity | None:
        """The highest severity among the findings, ``None`` where there are none."""
        return max((f.severity for f in self.findings), default=None)

    @property
    def verdict(self) -> Verdict:
        """``refused`` with some error, ``risky`` with some warning, else ``ready``. What a configuration expects of
        files and fleets (FLT) is nothing to Strava."""
        told = (f.severity for f in (*self.findings, *self.known) if not f.code.startswith("FLT"))
        return _VERDICTS[max(told, default=Severity.INFO)]

    def __repr__(self) -> str:
        return f"<Report {printable(self.name)}: {self.verdict}, {counted(len(self.findings), 'finding')}>"

    def __str__(self) -> str:
        """The name, the verdict, and each finding with its hint, the worst first."""
        worst_first = sorted(self.findings, key=lambda finding: -finding.severity.rank)
        told = [f"{printable(self.name)}: {self.verdict}"]
        for finding in worst_first:
            told += [f"  {finding}", *([f"    hint: {printable(finding.hint)}"] if finding.hint else [])]
        return "\n".join(told)


_VERDICTS: Final[Mapping[Severity, Verdict]] = {
    Severity.ERROR: "refused",
    Severity.WARNING: "risky",
    Severity.INFO: "ready",
}
