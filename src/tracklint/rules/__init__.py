"""Every rule. Importing this package declares them all; the modules are named after their subject."""

from __future__ import annotations

from importlib import import_module

from .registry import RULES, Basis, Hit, Rule, explain, run_rules

#: The modules that declare rules, in the order of their codes.
SUBJECTS = (
    "container",
    "document",
    "schema",
    "fit_container",
    "fit_segments",
    "fit_definitions",
    "fit_messages",
    "fit_fields",
    "fit_values",
    "fit_structure",
    "fit_totals",
    "fit_sessions",
    "fit_developer",
    "fit_identity",
    "time",
    "timeline",
    "position",
    "elevation",
    "sport",
    "sensors",
    "values",
    "xml_sensors",
    "xml_forms",
    "motion",
    "device",
    "structure",
    "laps",
    "second_readers",
)
for _subject in SUBJECTS:
    import_module(f"{__name__}.{_subject}")
_in_order = sorted(RULES.items())
RULES.clear()
RULES.update(_in_order)

__all__ = ["RULES", "SUBJECTS", "Basis", "Hit", "Rule", "explain", "run_rules"]
