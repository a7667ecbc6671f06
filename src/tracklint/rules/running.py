"""How rules are run over one file, and how their hits become findings."""

from __future__ import annotations

import math
import string
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from functools import lru_cache
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from ..activity import Activity
from ..config import Config
from ..failures import crash
from ..findings import Finding, Purpose, Skipped
from ..reading import Reading
from ..source import Source
from ..spelling import number
from ..words import agreed
from .discovery import declare_fleet, declare_for
from .own import declare_own, in_force
from .registry import WHERE_FIELDS, Hit, Rule

if TYPE_CHECKING:
    from .fleet.seen import Fleet

__all__ = ["left_out", "run_fleet_rules", "run_rules"]

_NOT_ASKED = "not asked for: about Strava and other readers, or told of TCX and GPX by the rules of the schema"
_NOT_HERE = "the configuration leaves it out for this file"
_NOT_PARSED = "the document is not well-formed, so that it cannot be held against its schema"


@np.errstate(over="ignore", invalid="ignore")  # a TCX file may say 1e300 m
def run_rules(reading: Reading, config: Config) -> tuple[list[Finding], list[Skipped]]:
    """Run every wanted rule on the part of ``reading`` that it looks at. A rule that crashes becomes INT001; the others
    still run. Raises `config.BadConfig` for modules of rules that cannot be loaded.

    Findings come in the order of their bytes, then of their codes. Rules whose part is not there are skipped with the
    reason, and so are those that do not answer the question of ``config``.
    """
    declare_for(reading)
    declare_own(config.rules)
    parts = reading.parts
    asked = _Question(reading.source.format, frozenset(parts), config.purpose, config.select, config.ignored)
    choice = _choice(in_force(config.rules), asked)
    skipped = dict(choice.skipped)
    wanted: Sequence[Rule] = choice.rules
    if not getattr(reading.document, "well_formed", False):
        skipped |= {each.code: _NOT_PARSED for each in wanted if each.well_formed}
        wanted = [each for each in wanted if not each.well_formed]
    content: dict[type, frozenset[str]] = {kind: getattr(part, "content", frozenset()) for kind, part in parts.items()}
    found: list[tuple[Finding, tuple[str, ...]]] = []
    with np.errstate(over="ignore", invalid="ignore"):  # a TCX file may say 1e300 m
        for each in wanted:
            if not each.needs <= content[each.on]:
                continue
            try:
                found += [
                    (_finding(each, hit, config, reading.source.format), each.told_by + hit.told_by)
                    for hit in each.check(parts[each.on], config.limits)
                    if config.purpose == "strava" or not hit.allowed
                ]
            except Exception as error:  # a defect of ours must not hide the file's other findings
                found.append((crash(each.code, error), ()))
    skipped |= dict.fromkeys(_by_family(choice.unasked, {each.code for each in wanted}), _NOT_ASKED)
    findings = _once(found, config)
    findings.sort(key=lambda f: (f.where.offset is None, f.where.offset or 0, f.code))
    return findings, [Skipped(code, why) for code, why in sorted(skipped.items())]


def run_fleet_rules(fleet: Fleet, config: Config) -> list[Finding]:
    """What the rules say of many files of one device, in the order of their codes. One that crashes becomes INT001."""
    declare_fleet()
    found: list[Finding] = []
    for each in sorted(in_force(config.rules), key=lambda each: each.code):
        if each.on is type(fleet) and config.wants(each.code):
            try:
                found += [_finding(each, hit, config, "fleet") for hit in each.check(fleet, config.limits)]
            except Exception as error:  # a defect of ours must not hide what the others find
                found.append(crash(each.code, error))
    return found


def left_out(everywhere: Config, here: Config) -> list[Skipped]:
    """The rules that run in general and not where ``here`` holds, with the reason."""
    general = {each.code for each in in_force(here.rules) if everywhere.wants(each.code)}
    here_too = {code for code in general if here.wants(code)}
    return [Skipped(code, _NOT_HERE) for code in sorted(set(_by_family(general - here_too, here_too)))]


def _by_family(left: Iterable[str], ran: Collection[str]) -> Iterator[str]:
    """The codes of ``left``; ``TIM*`` for those of a family of which nothing ran."""
    families = {code[:3] for code in ran}
    for code in left:
        yield code if code[:3] in families else code[:3] + "*"


class _Question(NamedTuple):
    """What the choice of rules depends on: the format of a file, the parts that it has, and what is asked."""

    format: str
    parts: frozenset[type]
    purpose: Purpose
    select: tuple[str, ...]
    ignore: tuple[str, ...]


class _Choice(NamedTuple):
    """The rules for a file in the order of their codes, the codes of those that do not answer the question, and why
    others are left out."""

    rules: tuple[Rule, ...]
    unasked: tuple[str, ...]
    skipped: Mapping[str, str]


@lru_cache(maxsize=64)  # all files of a run that have the same parts share it
def _choice(rules: tuple[Rule, ...], asked: _Question) -> _Choice:
    config = Config(select=asked.select, ignore=asked.ignore)
    chosen: list[Rule] = []
    unasked: list[str] = []
    skipped: dict[str, str] = {}
    for each in sorted(rules, key=lambda each: each.code):
        if not config.wants(each.code):
            continue
        if each.on not in asked.parts:
            if each.on is Activity:
                skipped[each.code[:3] + "*"] = "the file has no part that could be read as an activity"
        elif each.on is Source or asked.format in each.formats:
            if each.answers(asked.purpose, asked.format):
                chosen.append(each)
            else:
                unasked.append(each.code)
    return _Choice(tuple(chosen), tuple(unasked), skipped)


def _once(found: list[tuple[Finding, tuple[str, ...]]], config: Config) -> list[Finding]:
    """The findings without those whose cause another one tells, or one that is ignored would tell."""
    codes = {finding.code for finding, _ in found}
    return [
        finding
        for finding, told_by in found
        if not any(code in codes or code.startswith(config.ignored or ("?",)) for code in told_by)
    ]


def _finding(each: Rule, hit: Hit, config: Config, format_: str) -> Finding:
    evidence = {key: _plain(value) for key, value in hit.evidence.items()}
    words = {f: getattr(hit.where, f) for f in WHERE_FIELDS} | evidence
    words = {name: _ABSENT if word is None else word for name, word in words.items()}
    return Finding(
        code=each.code,
        name=each.name,
        severity=config.severity_of(each.code) or each.level(hit, config.purpose),
        message=agreed(_FILLED.vformat(each.says, (), words)),
        hint=_FILLED.vformat(each.hint, (), words),
        where=hit.where,
        evidence=evidence,
        fix=each.fixes.get(format_) if hit.fix is None else hit.fix or None,
    )


class _Filled(string.Formatter):
    """Templates as `str.format` fills them, but that no number is told as a power of ten."""

    def format_field(self, value: Any, format_spec: str) -> str:
        """``value`` as the template asks for it."""
        if format_spec == "g" and isinstance(value, int | float):
            return number(value)
        filled: str = super().format_field(value, format_spec)
        return filled


_FILLED = _Filled()


class _Absent:
    """What a template shows where a number is not there, whatever the format it asks for."""

    def __format__(self, spec: str) -> str:
        return "none"


_ABSENT = _Absent()


def _plain(value: Any) -> Any:
    """``value`` as JSON can hold it: numpy scalars become numbers, NaN and infinities become None."""
    if isinstance(value, np.generic):
        value = value.item()
    if isinstance(value, float) and not math.isfinite(value):
        return None
    if isinstance(value, bytes):
        return value.hex(" ")
    return value
