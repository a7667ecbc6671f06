"""Rules about what a configuration expects of measured facts."""

from __future__ import annotations

from typing import Any

from ...config import Limits
from ...expecting import Break, Expected
from ...findings import FactValue, Severity
from ...measured import FACTS
from ..registry import Basis, Found, Hit, rule

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
