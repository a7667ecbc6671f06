"""``tracklint explain``."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

import click

from .lines import line, lines
from .options import fail, one_line_errors, rules_option

if TYPE_CHECKING:
    from ..failures import Failure
    from ..rules import Rule


@click.command()
@click.argument("codes", metavar="[CODE]...", nargs=-1)
@rules_option
@one_line_errors
def explain(codes: tuple[str, ...], rules: tuple[str, ...]) -> None:
    """Explain the rule with this CODE (or NAME), the failure of a check (INT), or the measured fact of this name;
    without one, list all rules."""
    from ..config import Config
    from ..failures import FAILURES, Failure
    from ..rules import RULES
    from ..rules.own import declare_own

    declare_own(Config(rules=rules).rules)
    every: dict[str, Rule | Failure] = {**RULES, **FAILURES}
    if not codes:
        for each in every.values():
            line(f"{each.code}  {each.severity.label:<8}{each.name:<28}{each.title}")
        return
    by_name = {each.name: each for each in every.values()}
    for code in codes:
        found = every.get(code.upper()) or by_name.get(code.lower())
        if found is None and _is_fact(code):
            continue
        if found is None:
            fail(f"no rule has the code or name {code}, and no fact; `tracklint explain` lists the rules")
        severity = found.severity.label if isinstance(found, Failure) else found.told_as
        lines(f"{found.code} {found.name} ({severity})\n\n{found.documentation}\n")
        for title, text in _parts(found):
            line(f"{title + ':':<11}{text}")
        line()


def _is_fact(name: str) -> bool:
    """Whether this names a measured fact, which is explained then."""
    from ..measured import MEASURES, named

    try:
        fact = named(name.lower())
    except KeyError:
        return False
    measure = next(each for each in MEASURES if fact in each.facts)
    line(f"{fact.name} ({fact.kind}{f', {fact.unit}' if fact.unit else ''})")
    line()
    line(f"{'Formula:':<11}{fact.formula}")
    line(f"{'Needs:':<11}{measure.needed}")
    line()
    return True


def _parts(found: Rule | Failure) -> Iterator[tuple[str, str]]:
    """What stands below the explanation, each with its title: texts as a check says them."""
    from ..failures import Failure

    if isinstance(found, Failure):
        yield "Says", found.example
        yield "Do", found.hint
        return
    from ..mending.told import how_mended
    from ..rules.examples import Example, example
    from ..rules.registry import is_ours

    said = example(found.code) if is_ours(found.check) else Example(found.says, found.hint)
    yield "Says", said.message
    yield "Do", said.hint
    for text in how_mended(found):
        yield "Mended", text
    yield "Holds for", ", ".join(found.formats)
    yield "Basis", f"{found.basis.title}, {found.basis.link}"
