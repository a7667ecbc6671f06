"""Whether and how the findings of a rule are mended, in words."""

from __future__ import annotations

from ..rules import Rule
from . import fit, xml

__all__ = ["how_mended"]

_BENCHES = {"fit": fit.REPAIRS, "tcx": xml.REPAIRS, "gpx": xml.REPAIRS}
_HOW = {"safe": "always", "unsafe": "with --unsafe"}


def how_mended(rule: Rule) -> list[str]:
    """A sentence for all formats whose repairs do the same, or one that says that there is none."""
    formats: dict[tuple[str, str], list[str]] = {}
    for format_ in rule.fixes:
        for repair in _BENCHES[format_]:
            if rule in repair.rules:
                for safety, text in repair.told(rule, format_).items():
                    formats.setdefault((safety, text), []).append(format_.upper())
    said = []
    for (safety, text), names in formats.items():
        only = "" if len(names) == len(rule.formats) else f" in {' and '.join(names)}"
        said.append(f"{_HOW[safety]}{only}: {text}")
    if rule in fit.NOT_MENDED:
        said.append(f"not in FIT: {fit.NOT_MENDED[rule]}")
    return said or ["no; only the device, the program or the athlete can do it better"]
