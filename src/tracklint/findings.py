"""What a check finds and what it reports: frozen data, without logic of formats or rules.

The shape of these classes is the shape of the JSON report (``schemas/report.schema.json``): a name here is a key there.
Times are float seconds since 1970-01-01T00:00:00Z, distances metres, durations seconds; ``None`` means "not known".
"""

from __future__ import annotations

import enum
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final, Literal

__all__ = [
    "Container",
    "DeviceFacts",
    "ElevationFacts",
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

#: The format of a file, told by its content.
Format = Literal["fit", "tcx", "gpx", "unknown"]
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


class Severity(enum.IntEnum):
    """How bad a finding is; ordered, so that ``>=`` compares."""

    INFO = 1  #: worth knowing
    WARNING = 2  #: accepted, but a number will be wrong or somebody will misread it
    ERROR = 3  #: Strava refuses the file, or data is lost

    @property
    def label(self) -> str:
        """The word that reports use: ``info``, ``warning`` or ``error``."""
        return self.name.lower()


@dataclass(frozen=True, slots=True, kw_only=True)
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


@dataclass(frozen=True, slots=True, kw_only=True)
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
    """The recording device as the file names it. ``barometer`` is ``None`` where the file does not tell."""

    name: str | None = None
    manufacturer: str | None = None
    product: str | None = None
    barometer: bool | None = None


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


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """Everything that is known about one file.

    ``name`` is relative to the working directory for a file below it, else as the person gave it (`source.shown`), and
    no two files of a run have the same; ``bytes`` and ``sha256`` are
    those of the uncompressed content. ``format`` is ``fit``, ``tcx``, ``gpx`` or ``unknown``; ``container`` is
    ``plain``, ``gzip`` or ``zip``. ``schema_valid`` says of TCX and GPX whether the official schema accepts the file,
    which is another question than whether Strava does; ``None`` for other formats. ``purpose`` is the question that the
    findings answer: ``strava`` or ``spec``. ``known`` are findings that a baseline knows: they count for the verdict,
    because Strava does not know the baseline, and are shown nowhere.
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

    @property
    def worst(self) -> Severity | None:
        """The highest severity among the findings, ``None`` where there are none."""
        return max((f.severity for f in self.findings), default=None)

    @property
    def verdict(self) -> Verdict:
        """``refused`` with some error, ``risky`` with some warning, else ``ready``."""
        return _VERDICTS[max((f.severity for f in (*self.findings, *self.known)), default=Severity.INFO)]


_VERDICTS: Final[Mapping[Severity, Verdict]] = {
    Severity.ERROR: "refused",
    Severity.WARNING: "risky",
    Severity.INFO: "ready",
}
