"""``tracklint explain``."""

from __future__ import annotations

import click

from .lines import line, lines
from .options import fail


@click.command()
@click.argument("codes", metavar="[CODE]...", nargs=-1)
def explain(codes: tuple[str, ...]) -> None:
    """Explain the rule with this CODE (or NAME), or the failure of a check (INT); without one, list all."""
    from ..failures import FAILURES, Failure
    from ..rules import RULES, Rule

    every: dict[str, Rule | Failure] = {**RULES, **FAILURES}
    if not codes:
        for each in every.values():
            line(f"{each.code}  {each.severity.label:<8}{each.name:<28}{each.title}")
        return
    by_name = {each.name: each for each in every.values()}
    for code in codes:
        found = every.get(code.upper()) or by_name.get(code.lower())
        if found is None:
            fail(f"no rule has the code or name {code}; `tracklint explain` lists them")
        severity = found.severity.label if isinstance(found, Failure) else found.told_as
        lines(f"{found.code} {found.name} ({severity})\n\n{found.documentation}\n")
        lines(f"Says:    {found.says}\nDo:      {found.hint}")
        if isinstance(found, Failure):
            line()
            continue
        lines(f"Holds for: {', '.join(found.formats)}\nBasis:   {found.basis.title}, {found.basis.link}\n")
