"""Check one thing. This is the straight line of the house: open, scan, one activity, rules, report."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import TypeVar

from .activity import CHANNELS, Activity
from .config import BadConfig, Config, given
from .expecting import Expected, is_code
from .failures import UNREADABLE, crash
from .findings import DeviceFacts, FactValue, Finding, Purpose, Report, Skipped, SportFacts, Summary
from .predict import moved_distance, predict, span
from .reading import Reading, read_source, read_thing
from .rules import left_out, run_rules
from .source import Source, Thing, Unreadable
from .sports import joined, map_sessions
from .trace import Trace

__all__ = [
    "check",
    "check_named",
    "check_reading",
    "check_source",
    "failed",
    "held",
    "make_one",
    "read",
    "summarize",
    "time_allowed",
    "unchecked",
    "unreadable",
]

Answer = TypeVar("Answer")


def check(thing: Thing, *, config: Config | None = None, name: str | None = None) -> Report:
    """Check a path, bytes or a binary file object against every rule. ``name`` overrides the name that the report
    shows.

    Bad content never raises: it becomes findings. Raises `Unreadable` where the thing cannot be read at all,
    `BadConfig` for a profile that cannot be used, and TypeError for what is neither.
    """
    config = given(config)
    return check_reading(read_thing(thing, config, name=name), config)


def check_source(source: Source, config: Config) -> Report:
    """`check` for a `Source` that is open already. Raises `config.BadConfig` for a profile that cannot be used."""
    return check_reading(read_source(source, config), config)


def check_reading(reading: Reading, config: Config) -> Report:
    """`check` for what is read already. Raises `config.BadConfig` for schemas that cannot be used."""
    source, activity = reading.source, reading.activity
    crashed: list[Finding] = []
    everywhere, config = config, held(reading, config)
    skipped: list[Skipped] = []
    prediction = valid = None
    with reading.names():
        try:
            if reading.failed is not None:
                raise reading.failed
            prediction = activity.once(predict) if activity is not None else None
            valid = _schema_valid(reading)
            if config.second_readers and activity is not None:
                from .second import second_readings

                second = second_readings(source, reading.document, activity, config.limits, config.schema_dir)
                reading = replace(reading, second=second)
                skipped += second.skipped
        except BadConfig:
            raise
        except Exception as error:  # a defect of ours must not hide what the other parts find
            crashed.append(crash(f"reading {source.format}", error))
        facts = _facts(reading, config, crashed)
        if config.expect and activity is not None:
            reading = replace(reading, expected=Expected(facts, config.expect))
        findings, more = run_rules(reading, config)
    if source.format == "unknown":
        skipped.append(Skipped("*", f"only the container was checked: the content is {source.looks_like}"))
    else:
        skipped += more
    if config is not everywhere:
        skipped += left_out(everywhere, config)
    return Report(
        name=source.name,
        format=source.format,
        container=source.container,
        bytes=len(source.data),
        sha256=source.sha256,
        activity=summarize(activity) if activity is not None else None,
        prediction=prediction,
        findings=tuple(crashed + findings),
        skipped=tuple(skipped),
        schema_valid=valid,
        purpose=config.purpose,
        facts=facts if config.facts else {},
        config=everywhere.digest,
        trace=_trace(reading, config),
    )


def _facts(reading: Reading, config: Config, crashed: list[Finding]) -> dict[str, FactValue]:
    """All facts where they are asked for, else those that something is expected of."""
    names = None if config.facts else [name for name in config.expect if not is_code(name)]
    if names == []:
        return {}
    from .measured import facts_of

    try:
        return facts_of(reading, names)
    except BadConfig:
        raise
    except Exception as error:  # a defect of ours must not hide what the rules found
        crashed.append(crash("measuring", error))
        return {}


def _trace(reading: Reading, config: Config) -> Trace | None:
    """What a fleet keeps of this file, where something is asked of one."""
    asked = reading.expected.asked(config.wants) if reading.expected is not None else ()
    if not asked and not config.fleet:
        return None
    from .tracing import trace_of

    return trace_of(reading, asked, fleet=config.fleet)


def held(reading: Reading, config: Config) -> Config:
    """What of ``config`` holds for this file: its sections are for names and devices."""
    return config.holding(reading.source.name, reading.activity.device if reading.activity is not None else None)


def _schema_valid(reading: Reading) -> bool | None:
    if reading.source.format not in ("tcx", "gpx"):
        return None
    from .xml import XmlDocument
    from .xml.schema import schema_valid

    return schema_valid(reading.document) if isinstance(reading.document, XmlDocument) else None


def read(thing: Thing, *, config: Config | None = None, name: str | None = None) -> Activity:
    """The activity in a path, bytes or a binary file object, without running a rule.

    Its columns are float64 arrays, NaN where there is no value: ``time`` (seconds since 1970-01-01T00:00:00Z),
    ``latitude`` and ``longitude`` (degrees), ``altitude`` and ``distance`` (m), ``speed`` (m/s), ``heart_rate`` (bpm),
    ``cadence`` (rpm; strides a minute on foot), ``power`` (W), ``temperature`` (deg C); ``ride["power"]`` is
    ``ride.power``. Durations are seconds (``*_s``), lengths metres (``*_m``).

    A file that is no activity gives an `Activity` without points. Raises `Unreadable`, `BadConfig` for a profile that
    cannot be used, and TypeError for what is no thing to read.
    """
    reading = read_thing(thing, given(config), name=name)
    if reading.failed is not None:
        raise reading.failed
    return reading.activity or Activity(format=reading.source.format, kind="empty")


def summarize(activity: Activity) -> Summary:
    """The facts of an activity that a report carries: counts, times, distance, sport, device."""
    start, end = span(activity)
    sports = [(s.sport, s.sub_sport) for s in activity.sessions]
    mapped = map_sessions(activity.format, sports)
    device = activity.device
    return Summary(
        points=len(activity),
        points_without_time=len(activity) - activity.known("time"),
        start_time=start,
        end_time=end,
        elapsed_s=None if start is None or end is None else end - start,
        distance_m=moved_distance(activity),
        laps=len(activity.laps),
        sessions=len(activity.sessions),
        sport=SportFacts(
            file=joined(sport for sport, _ in sports),
            sub=joined(sub for _, sub in sports),
            strava=mapped.strava,
            sure=mapped.sure,
        ),
        device=DeviceFacts(
            name=device.name,
            manufacturer=device.manufacturer,
            product=device.product,
            barometer=device.barometer,
            firmware=device.software,
            hardware=device.hardware,
            serial_number=device.serial,
        ),
        channels={name: activity.known(name) for name in CHANNELS},
    )


def unreadable(name: str, error: Unreadable) -> Report:
    """The report on a thing that could not be read at all, so that no given file is missing from a run's report."""
    finding = UNREADABLE.finding({}, reason=str(error).removeprefix(f"{name}: "))
    return unchecked(name, finding, "the file could not be read")


def failed(name: str, error: Exception) -> Report:
    """The report on a thing that a defect of ours did not let us check."""
    return unchecked(name, crash("checking the file", error), "tracklint itself failed")


def unchecked(name: str, finding: Finding, why: str, purpose: Purpose = "strava") -> Report:
    """The report on a file of which nothing is known but that its check failed; ``finding`` tells how."""
    return Report(
        name=name, format="unknown", container="plain", bytes=0, sha256="", activity=None, prediction=None,
        findings=(finding,), skipped=(Skipped("*", why),), purpose=purpose,
    )  # fmt: skip


def check_named(name: str, thing: Thing, config: Config) -> Report:
    """`check`, but whatever keeps a thing from being checked gives a report too. Raises `config.BadConfig`."""
    try:
        return check(thing, config=config, name=name)
    except Unreadable as error:
        return unreadable(name, error)
    except BadConfig:
        raise
    except Exception as error:  # a defect of ours costs its own file only
        return failed(name, error)


def time_allowed(config: Config) -> float:
    """How long the check of one file may take, in seconds: ``limits.seconds``, and what second readers may take."""
    if not config.second_readers:
        return config.limits.seconds
    from .second import READERS

    return config.limits.seconds + max(map(len, READERS.values())) * config.limits.second_reader_seconds


def make_one(
    name: str,
    thing: Thing,
    *,
    make: Callable[[Report, Thing], Answer],
    config: Config,
    check_one: Callable[..., Report] = check_named,
) -> Answer:
    """What ``make`` makes of the report on one thing, in this process. Raises `config.BadConfig`."""
    report = check_one(name, thing, config)
    try:
        return make(report, thing)
    except Exception as error:  # a defect of an output costs the file that shows it, not the run
        return make(failed(name, error), thing)
