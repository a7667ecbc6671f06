"""``tracklint explain``."""

from __future__ import annotations

import click

from .options import fail


@click.command()
@click.argument("codes", metavar="[CODE]...", nargs=-1)
def explain(codes: tuple[str, ...]) -> None:
    """Explain the rule with this CODE (or NAME); without one, list all rules."""
    from ..rules import RULES

    if not codes:
        for rule in RULES.values():
            click.echo(f"{rule.code}  {rule.severity.label:<8}{rule.name:<28}{rule.title}")
        return
    by_name = {rule.name: rule for rule in RULES.values()}
    for code in codes:
        found = RULES.get(code.upper()) or by_name.get(code.lower())
        if found is None:
            fail(f"no rule has the code or name {code}; `tracklint explain` lists them")
        rule = found
        click.echo(f"{rule.code} {rule.name} ({rule.severity.label})\n\n{rule.documentation}\n")
        click.echo(f"Says:    {rule.says}\nDo:      {rule.hint}\nHolds for: {', '.join(rule.formats)}")
        click.echo(f"Basis:   {rule.basis.title}, {rule.basis.link}\n")
