"""Validation against the schemas of GPX, TCX and their extensions, without a parser: see `violations`."""

from __future__ import annotations

from .found import KINDS, Violation
from .paths import resolved
from .validate import schema_valid, violations

__all__ = ["KINDS", "Violation", "resolved", "schema_valid", "violations"]
