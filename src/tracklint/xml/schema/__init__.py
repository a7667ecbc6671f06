"""Validation against the schemas of GPX, TCX and their extensions, without a parser: see `violations`."""

from __future__ import annotations

from .found import KINDS, Violation
from .paths import resolved, wanted_namespace
from .validate import own_in_extensions, schema_valid, violations

__all__ = ["KINDS", "Violation", "own_in_extensions", "resolved", "schema_valid", "violations", "wanted_namespace"]
