"""Cases for rules: bytes that break exactly one rule, and near misses that no rule may report.

Each module of this package holds a list ``CASES``. tests/test_rules.py runs them all, and demands at least one that
breaks and one that spares for every code, in every format that the rule holds for.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from tracklint.checking import check
from tracklint.config import Config
from tracklint.findings import Finding
from tracklint.fleet.gathering import Gathering
from tracklint.render.digest import digest


@dataclass(frozen=True)
class Case:
    """``build()`` gives a file. Where ``breaks``, its codes are exactly ``{code} | along``; else ``code`` is not among
    them."""

    code: str
    build: Callable[[], bytes]
    breaks: bool
    along: frozenset[str] = frozenset()
    name: str = ""
    file: str = ""  #: the name the bytes come under, for rules about names
    config: Config | None = None  #: another configuration than that of the tests


@dataclass(frozen=True)
class FleetCase:
    """``build()`` gives the files of a run by their names. Where ``breaks``, the codes about its devices are exactly
    ``{code}``; else there is none."""

    code: str
    build: Callable[[], Mapping[str, bytes]]
    breaks: bool
    config: Config
    name: str = ""

    def findings(self) -> list[Finding]:
        """What is found about its devices."""
        gathering = Gathering(self.config)
        for name, data in self.build().items():
            gathering.add(digest(check(data, config=self.config, name=name)))
        return [finding for report in gathering.reports() for finding in report.findings]
