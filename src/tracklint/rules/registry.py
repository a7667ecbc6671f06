"""What a rule is, and the list of all rules; `running` runs them over a file.

A rule is a function decorated with `rule`. It yields hits, i.e. places with numbers; every text that a person or a
program sees is a template over these numbers, so that they cannot disagree. The function's docstring is its
documentation.
"""

from __future__ import annotations

import inspect
import re
import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, fields, replace
from typing import Any, Literal

import numpy as np

from ..activity import Activity
from ..config import Limits
from ..failures import FAILURES, Failure
from ..findings import Purpose, Safety, Severity, Where
from ..source import Fault
from .discovery import declare_all

__all__ = [
    "FAMILIES",
    "RULES",
    "WHERE_FIELDS",
    "Basis",
    "Found",
    "Hit",
    "Rule",
    "at_points",
    "every_rule",
    "explain",
    "from_faults",
    "now",
    "rule",
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
    """One check. ``on`` is the class of what it looks at: Source, FitDocument, XmlDocument, Activity, or for what
    is on request SecondReadings and Expected. A rule equals
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


#: Container, document, FIT wire and messages, second readers and expectations (which run on request only).
_EVERY_PURPOSE = ("UPL", "DOC", "FIT", "RDR", "FLT")

#: The families of tracklint's own codes; rules of other people have other ones, which no later rule of ours takes.
FAMILIES = ("DEV", "DOC", "FIT", "FLT", "INT", "POS", "RDR", "SCH", "SEN", "SPT", "STR", "TIM", "UPL")

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

    A rule of somebody else needs a docstring, and a code of three letters and three digits whose family is not one of
    `FAMILIES`. Raises ValueError for another one, and for a code that is taken.

    ``formats`` is needed only where they are fewer than those of the class that the rule is ``on``. ``fix`` is
    ``"safe"`` or ``"unsafe"`` for all its formats, or a mapping from format to one of them. The others are those of
    `Rule`.
    """
    formats = formats or getattr(on, "FORMATS", ("fit", "tcx", "gpx"))
    fixes = dict.fromkeys(formats, fix) if isinstance(fix, str) else dict(fix or {})

    def declare(check: Callable[[Any, Limits], Iterable[Hit]]) -> Rule:
        if not is_ours(check):
            _fit_for_others(code, check, fixes)
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


def is_ours(check: Callable[..., Any]) -> bool:
    """Whether the function of a rule stands in this package."""
    return check.__module__.startswith(f"{__package__}.")


def _fit_for_others(code: str, check: Callable[..., Any], fixes: Mapping[str, Safety]) -> None:
    if not re.fullmatch("[A-Z]{3}[0-9]{3}", code):
        raise ValueError(f"{code!r} is no code; three capital letters and three digits are wanted, such as ACM001")
    if code.startswith(FAMILIES):
        raise ValueError(f"{code}: the family {code[:3]} is tracklint's own; take another one, such as ACM001")
    if fixes:
        raise ValueError(f"{code}: no repair can be bound to a rule of somebody else; leave out fix")
    if not check.__doc__:
        raise ValueError(f"{code}: its function has no docstring, which is the explanation of the rule")


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


#: What a place has words for.
WHERE_FIELDS = {f.name for f in fields(Where)}


def from_faults(faults: Iterable[Fault], *kinds: str) -> Found:
    """A hit for each fault of these kinds: its place from the offset and the place keys, the rest as evidence."""
    for fault in faults:
        if fault.kind in kinds:
            place = {k: v for k, v in fault.evidence.items() if k in WHERE_FIELDS}
            rest = {k: v for k, v in fault.evidence.items() if k not in WHERE_FIELDS}
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
