"""Writes docs/rules.md from the rules themselves. A test fails when the page differs."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from tracklint.rules import RULES

PAGE = Path(__file__).parent / "rules.md"


def page() -> Iterator[str]:
    """The lines of docs/rules.md."""
    yield "# Rules"
    yield ""
    yield "Written by `python docs/generate.py`; do not edit. `tracklint explain CODE` prints the same."
    yield ""
    yield "| code | name | severity | formats |"
    yield "|---|---|---|---|"
    for rule in RULES.values():
        formats = ", ".join(rule.formats)
        yield f"| [{rule.code}](#{rule.code.lower()}) | {rule.name} | {rule.severity.label} | {formats} |"
    for rule in RULES.values():
        yield ""
        yield f"## {rule.code}"
        yield ""
        yield f"**{rule.name}** ({rule.severity.label}). {rule.documentation}"
        yield ""
        yield f"* Says: `{rule.says}`"
        yield f"* Do: `{rule.hint}`"
        link = rule.basis.link.removeprefix("docs/")
        yield f"* Basis: [{rule.basis.title}]({link})"


if __name__ == "__main__":
    PAGE.write_text("".join(f"{line}\n" for line in page()), encoding="utf-8")
