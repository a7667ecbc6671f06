"""Cases for rules: bytes that break exactly one rule, and near misses that no rule may report.

Each module of this package holds a list ``CASES``. tests/test_rules.py runs them all, and demands at least one that
breaks and one that spares for every code, in every format that the rule holds for.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from tracklint.config import Config


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
