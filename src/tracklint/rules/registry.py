"""What a rule is, the list of all rules, and how they are run over one file.

A rule is a function decorated with `rule`. It yields hits, i.e. places with numbers; every text that a person or a
program sees is a template over these numbers, so that they cannot disagree. The function's docstring is its
documentation.
"""

from __future__ import annotations

import inspect
import math
import string
import time
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, fields, replace
from functools import lru_cache
from typing import Any, Literal, NamedTuple

import numpy as np

from ..activity import Activity
from ..config import Config, Limits
from ..failures import FAILURES, Failure, crash
from ..findings import Finding, Purpose, Safety, Severity, Skipped, Where
from ..reading import Reading
from ..source import Fault, Source
from ..spelling import number
from ..words import agreed
from .discovery import declare_all, declare_for

__all__ = [
    "RULES",
    "Basis",
    "Found",
    "Hit",
    "Rule",
    "at_points",
    "every_rule",
    "explain",
    "from_faults",
    "left_out",
    "now",
    "rule",
    "run_rules",
]


@dataclass(frozen=True, slots=True)
class Basis:
    """The authority behind a rule: a title that can be read aloud and a link, or the name of the document.

    ``authority`` is ``"specification"`` (of the format), ``"strava"`` or ``"practice"``.
    """

    title: str
    link: str
    authority: str = "specification"


@dataclass(frozen=True, slots=True)
class Hit:
    """One place where a rule applies, with the numbers that its templates use. ``severity`` overrides the rule's
    own.

    ``told_by`` are the codes that tell the same cause more exactly: a hit is left out where one of them is found.
    ``allowed`` says of a schema rule's hit that the schema permits it all the same, so that it is of no interest for
    the specification. ``fix`` overrides the rule's:
    ``"safe"``, ``"unsafe"`` or ``""`` for none. ``needs`` in the evidence names the option of `tracklint fix` without
    which the repair cannot be made.
    """

    where: Where = field(default_factory=Where)
    evidence: Mapping[str, Any] = field(default_factory=dict)
    severity: Severity | None = None
    told_by: tuple[str, ...] = ()
    allowed: bool = False
    fix: Safety | Literal[""] | None = None


Found = Iterator[Hit]


@dataclass(frozen=True, slots=True, eq=False)
class Rule:
    """One check. ``on`` is the class of what it looks at: Source, FitDocument, XmlDocument or Activity. A rule equals
    itself only, so that repairs can be bound to it.

    ``says`` and ``hint`` are `str.format` templates over the hit's evidence and the fields of its place. ``formats``
    are the formats that it can fire on. ``fixes`` says for a format whether its repair is ``"safe"`` or ``"unsafe"``;
    formats without a repair are not in it. ``schema`` marks a rule that tells what a format's schema forbids: an error
    where the specification is asked (`Config.purpose`). ``for_spec`` is the severity of all its hits there, where that
    is another one. ``well_formed`` marks one that needs a document without faults. ``told_by`` are codes that tell the
    cause of all its hits (`Hit.told_by`). ``needs`` are words of the ``content`` of what it looks at (`Activity`,
    `FitDocument`): where one of them is missing the rule can find nothing, and is not run.
    """

    code: str
    name: str
    severity: Severity
    on: type
    basis: Basis
    says: str
    hint: str
    check: Callable[[Any, Limits], Iterable[Hit]]
    formats: tuple[str, ...]
    fixes: Mapping[str, Safety] = field(default_factory=dict)
    schema: bool = False
    well_formed: bool = False
    told_by: tuple[str, ...] = ()
    for_spec: Severity | None = None
    needs: frozenset[str] = frozenset()

    def level(self, hit: Hit, purpose: str) -> Severity:
        """How severe a hit is for the question ``purpose``."""
        if purpose == "spec" and (self.schema or self.for_spec is not None):
            return Severity.ERROR if self.for_spec is None else self.for_spec
        return hit.severity or self.severity

    def answers(self, purpose: Purpose, format_: str) -> bool:
        """Whether the rule is of use for the question ``purpose`` about a file of this format.

        For ``"spec"`` it is where its basis is the specification. Of a TCX or GPX file the schema rules tell all that
        the specification forbids, so that the other rules, which tell some of it with regard to Strava, keep quiet.
        """
        if purpose == "strava" or self.schema or self.code.startswith(_EVERY_PURPOSE):
            return True
        return self.basis.authority == "specification" and format_ == "fit"

    @property
    def told_as(self) -> str:
        """Its severity in words, with the one for the specification where that is another one."""
        return self.severity.label + (f", {self.for_spec.label} with --for spec" if self.for_spec is not None else "")

    @property
    def title(self) -> str:
        """The first sentence of the documentation."""
        first, _, _ = " ".join(self.documentation.split()).partition(". ")
        return first.rstrip(".") + "."

    @property
    def documentation(self) -> str:
        """The docstring of the rule's function."""
        return inspect.getdoc(self.check) or ""


#: Container, document, FIT wire and messages, second readers (which run on request only).
_EVERY_PURPOSE = ("UPL", "DOC", "FIT", "RDR")
_NOT_ASKED = "not asked for: about Strava and other readers, or told of TCX and GPX by the rules of the schema"
_NOT_HERE = "the configuration leaves it out for this file"
_NOT_PARSED = "the document is not well-formed, so that it cannot be held against its schema"

#: The rules that were declared so far, by code; `every_rule` gives all of them.
RULES: dict[str, Rule] = {}


def rule(
    code: str,
    name: str,
    severity: Severity,
    *,
    on: type,
    basis: Basis,
    says: str,
    hint: str,
    formats: Sequence[str] = (),
    fix: Safety | Mapping[str, Safety] | None = None,
    schema: bool = False,
    well_formed: bool = False,
    told_by: tuple[str, ...] = (),
    for_spec: Severity | None = None,
    needs: tuple[str, ...] = (),
) -> Callable[[Callable[[Any, Limits], Iterable[Hit]]], Rule]:
    """Declare a rule: its name in the module becomes the `Rule`. The decorated function takes what it looks at and the
    `Limits`, and yields `Hit`.

    ``formats`` is needed only where they are fewer than those of the class that the rule is ``on``. ``fix`` is
    ``"safe"`` or ``"unsafe"`` for all its formats, or a mapping from format to one of them. The others are those of
    `Rule`.
    """
    formats = formats or getattr(on, "FORMATS", ("fit", "tcx", "gpx"))
    fixes = dict.fromkeys(formats, fix) if isinstance(fix, str) else dict(fix or {})

    def declare(check: Callable[[Any, Limits], Iterable[Hit]]) -> Rule:
        if code in RULES:
            raise ValueError(f"{code} is declared twice")
        RULES[code] = declared = Rule(
            code,
            name,
            severity,
            on,
            basis,
            says,
            hint,
            check,
            tuple(formats),
            fixes,
            schema,
            well_formed,
            told_by,
            for_spec,
            frozenset(needs),
        )
        return declared

    return declare


def every_rule() -> dict[str, Rule]:
    """`RULES` with every rule, in the order of the codes."""
    declare_all()
    in_order = sorted(RULES.items())
    RULES.clear()
    RULES.update(in_order)
    return RULES


def explain(code: str) -> Rule | Failure:
    """The rule with this code, or for INT the failure of a check. Raises KeyError."""
    return FAILURES[code] if code in FAILURES else every_rule()[code]


def now(limits: Limits) -> float:
    """The time that clock rules compare with, UTC seconds."""
    return time.time() if limits.now is None else limits.now


_WHERE_FIELDS = {f.name for f in fields(Where)}


def from_faults(faults: Iterable[Fault], *kinds: str) -> Found:
    """A hit for each fault of these kinds: its place from the offset and the place keys, the rest as evidence."""
    for fault in faults:
        if fault.kind in kinds:
            place = {k: v for k, v in fault.evidence.items() if k in _WHERE_FIELDS}
            rest = {k: v for k, v in fault.evidence.items() if k not in _WHERE_FIELDS}
            yield Hit(Where(**{"offset": fault.offset, "size": fault.size or None, **place}), rest)


def at_points(activity: Activity, hits: Any, **evidence: Any) -> Found:
    """One hit for all the points in ``hits`` (a mask or indices), so that one cause stays one finding.

    The place is that of the first point, with the count. The evidence gets ``points`` (all of them), ``count``,
    ``share`` (per cent), ``first``, ``last`` and ``runs``, the complete list of ``[first, last]`` of neighbouring
    points. Nothing is yielded for no points.
    """
    indices = np.asarray(hits)
    if indices.dtype == bool:
        indices = np.flatnonzero(indices)
    if not len(indices):
        return
    edges = np.flatnonzero(np.diff(indices) > 1)
    first = indices[np.r_[0, edges + 1]]
    last = indices[np.r_[edges, len(indices) - 1]]
    yield Hit(
        replace(activity.at(int(indices[0])), count=len(indices)),
        {
            "points": len(activity),
            "count": len(indices),
            "share": round(100 * len(indices) / len(activity), 1),
            "first": int(indices[0]),
            "last": int(indices[-1]),
            "runs": np.column_stack((first, last)).tolist(),
            **evidence,
        },
    )


@np.errstate(over="ignore", invalid="ignore")  # a TCX file may say 1e300 m
def run_rules(reading: Reading, config: Config) -> tuple[list[Finding], list[Skipped]]:
    """Run every wanted rule on the part of ``reading`` that it looks at. A rule that crashes becomes INT001; the others
    still run.

    Findings come in the order of their bytes, then of their codes. Rules whose part is not there are skipped with the
    reason, and so are those that do not answer the question of ``config``.
    """
    declare_for(reading)
    parts = reading.parts
    asked = _Question(reading.source.format, frozenset(parts), config.purpose, config.select, config.ignored)
    choice = _choice(tuple(RULES.values()), asked)
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


def left_out(everywhere: Config, here: Config) -> list[Skipped]:
    """The rules that run in general and not where ``here`` holds, with the reason."""
    general = {code for code in RULES if everywhere.wants(code)}
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
    words = {f: getattr(hit.where, f) for f in _WHERE_FIELDS} | evidence
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
