"""Writes docs/rules.md from the rules, and docs/sandbox.md's table of scenarios. Tests fail when they differ."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from tracklint.rules import RULES
from tracklint.strava.sandbox.scenarios import SCENARIOS

PAGE = Path(__file__).parent / "rules.md"
SANDBOX = Path(__file__).parent / "sandbox.md"
_BEGIN = "<!-- scenarios: written by `python docs/generate.py` -->\n"
_END = "<!-- end of scenarios -->\n"


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


def sandbox_page(before: str) -> str:
    """docs/sandbox.md with the table of scenarios as it is now. A text's three forms share a row."""
    rows = ["| Scenario | What happens | Known from |", "|---|---|---|"]
    for name, scenario in SCENARIOS.items():
        forms = [f"{name}-{form}" for form in ("html", "escaped") if f"{name}-{form}" in SCENARIOS]
        if scenario.form in ("html", "escaped"):
            continue
        names = ", ".join(f"`{each}`" for each in (name, *forms))
        rows.append(f"| {names} | {scenario.says} | {scenario.source} |")
    head, _, rest = before.partition(_BEGIN)
    tail = rest.partition(_END)[2]
    return f"{head}{_BEGIN}" + "".join(f"{row}\n" for row in rows) + f"{_END}{tail}"


if __name__ == "__main__":
    SANDBOX.write_text(sandbox_page(SANDBOX.read_text(encoding="utf-8")), encoding="utf-8")
    PAGE.write_text("".join(f"{line}\n" for line in page()), encoding="utf-8")
