"""Rules about what a configuration expects of measured facts, and of the files of a device."""

from __future__ import annotations

from typing import Any

from ...config import Limits
from ...expecting import Break, Expected, is_code
from ...findings import FactValue, Severity
from ...measured import FACTS
from ..registry import Basis, Found, Hit, rule
from .seen import Fleet

WARNING = Severity.WARNING
EXPECTED = Basis("practice: what the configuration expects", "docs/configuration.md#what-is-expected", "practice")


@rule(
    "FLT801",
    "fact-out-of-bounds",
    WARNING,
    on=Expected,
    basis=EXPECTED,
    says="{fact} is {found}; {section} expects {wanted}",
    hint="docs/facts.md says how {fact} is worked out; where the ride is good, change what is expected",
)
def fact_out_of_bounds(expected: Expected, _limits: Limits) -> Found:
    """A measured fact lies outside the bounds that the configuration expects, or is missing where it is required.

    Bounds themselves are within. What is expected with a `share` is asked of the fleet (FLT802), and of no single file.
    Runs where a configuration has `[expect]` only.
    """
    for name, value, expectation, how in expected.broken():
        if expectation.share is None:
            yield Hit(evidence=_evidence(name, value, how, expectation.section))


@rule(
    "FLT802",
    "share-of-files-too-large",
    WARNING,
    on=Fleet,
    basis=EXPECTED,
    says="{what} in {having} of {asked} files of {device} ({share:g} %); {section} expects at most {limit:g} %",
    hint="look at what these files share, or change the share that is expected; the evidence names the first of them",
)
def share_of_files_too_large(fleet: Fleet, _limits: Limits) -> Found:
    """More files of one device and firmware have a finding, or a fact out of bounds, than the configuration expects.

    The share is that of the files which were asked: of a rule all that could be read and for which it runs, of a fact
    those that tell it. It is counted and not estimated: one of three files is 33 %. Findings that a baseline knows do
    not count. Runs where a configuration has `[expect]` with a `share` only.
    """
    for each in fleet.shares:
        yield Hit(
            evidence={
                **fleet.told,
                "of": each.of,
                "what": each.of if is_code(each.of) else f"{each.of} out of its bounds",
                "having": each.having,
                "asked": each.files,
                "share": round(100 * each.having / each.files, 2),
                "limit": round(100 * each.limit, 6),
                "section": each.section,
                "files": list(each.names),
            }
        )


def _evidence(name: str, value: FactValue, how: Break, section: str) -> dict[str, Any]:
    return {
        "fact": name,
        "value": value,
        "bound": how.bound,
        "limit": how.limit,
        "unit": FACTS[name].unit,
        "section": section,
        "found": "missing" if value is None else _said(name, value),
        "wanted": "that there is one" if how.limit is None else f"{_WORDS[how.bound]} {_said(name, how.limit)}",
    }


_WORDS = {"max": "at most", "min": "at least"}


def _said(name: str, value: Any) -> str:
    return f"{value:.12g} {FACTS[name].unit}".rstrip()
