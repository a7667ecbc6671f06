"""Writes schemas/configuration.schema.json from the keys of a configuration, docs/rules.md from the rules, docs/cli.md
from the commands, docs/fixing.md's tables from the repairs, docs/sandbox.md's table of scenarios, docs/facts.md from the
measures, docs/screens.md from what commands show, and from the cases of the tests what each rule says of one of them.
Tests fail when they differ."""

from __future__ import annotations

import importlib
import inspect
import json
import os
import pkgutil
import subprocess
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path

import click

from tracklint.cli import COMMANDS, main
from tracklint.mending import fit, xml
from tracklint.mending.repair import Repair
from tracklint.mending.told import how_mended
from tracklint.checking import check
from tracklint.measured import MEASURES
from tracklint.reading import Reading
from tracklint.config import Config, Limits
from tracklint.configuration.schema import json_schema
from tracklint.rules import RULES
from tracklint.rules.examples import PLACE, example, forget
from tracklint.strava.sandbox.scenarios import SCENARIOS

PAGE = Path(__file__).parent / "rules.md"
FIXING = Path(__file__).parent / "fixing.md"
SANDBOX = Path(__file__).parent / "sandbox.md"
CLI = Path(__file__).parent / "cli.md"
SCREENS = Path(__file__).parent / "screens.md"
FACTS = Path(__file__).parent / "facts.md"
SCHEMA = Path(__file__).parent.parent / "schemas" / "configuration.schema.json"
_XML = ("tcx", "gpx")


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
        yield f"**{rule.name}** ({rule.told_as}). {rule.documentation}"
        yield ""
        said = example(rule.code)
        yield f"* Says, for example: {_quoted(said.message)}"
        yield f"* Do, for example: {_quoted(said.hint)}"
        yield f"* Mended: {'; '.join(how_mended(rule))}"
        link = rule.basis.link.removeprefix("docs/")
        yield f"* Basis: [{rule.basis.title}]({link})"


def cli_page() -> Iterator[str]:
    """The lines of docs/cli.md."""
    yield "# The command line"
    yield ""
    yield "Written by `python docs/generate.py`; do not edit. `tracklint COMMAND --help` prints the same."
    yield ""
    yield from inspect.cleandoc(main.help or "").splitlines()
    with click.Context(main, info_name="tracklint") as top:
        for name in COMMANDS:
            command = main.get_command(top, name)
            if command is not None:
                yield from _command(command, click.Context(command, info_name=name, parent=top))


def _command(command: click.Command, context: click.Context) -> Iterator[str]:
    yield ""
    yield f"## {command.name}"
    yield ""
    yield f"    {context.command_path} {' '.join(command.collect_usage_pieces(context))}"
    yield ""
    yield from (line for line in inspect.cleandoc(command.help or "").splitlines() if line != "\b")
    options = [option for option in command.params if isinstance(option, click.Option) and not option.hidden]
    if options:
        yield ""
        yield "| option | what it does |"
        yield "|---|---|"
    for option in options:
        value = "" if option.is_flag else f" {option.make_metavar(context)}"
        names = ", ".join(f"`{each}{value}`" for each in (*option.opts, *option.secondary_opts))
        yield _row(names, option.help or "")


def facts_page() -> Iterator[str]:
    """The lines of docs/facts.md."""
    yield "# Measured facts"
    yield ""
    yield "Written by `python docs/generate.py`; do not edit. `tracklint explain FACT` prints the same of one."
    yield ""
    yield "Numbers about a ride and about how it was written, beside the findings. `tracklint check --facts` (or"
    yield "`facts = true` in the configuration, `Config(facts=True)`) puts them into JSON and JSON Lines under `facts`, and"
    yield "into the columns of the Parquet table `files`, one for each fact that is no list; `tracklint show --facts` prints"
    yield "them. In a program `tracklint.facts(activity)` gives them, but for those that need the file itself, which"
    yield "`tracklint.check` has. [facts-by-device.md](facts-by-device.md) shows what real devices come to."
    yield ""
    yield "A fact that a file does not tell is null; `show --facts` says why: what of its needs is not there, or the last"
    yield "column. Numbers have six decimals. TCX and GPX have all facts but those that need a FIT file."
    yield ""
    yield "| fact | unit | formula | needs | else |"
    yield "|---|---|---|---|---|"
    for measure in MEASURES:
        needs = measure.needed + (", the file" if measure.on is Reading and "fit" not in measure.needs else "")
        for fact in measure.facts:
            yield _row(f"`{fact.name}`", fact.unit, fact.formula, needs.removeprefix("nothing, "), fact.otherwise)


def _row(*cells: str) -> str:
    return f"| {' | '.join(cell.replace('|', chr(92) + '|') for cell in cells)} |"


def _quoted(text: str) -> str:
    """A text of ours as code, whatever ticks stand in it."""
    return f"`` {text} ``" if "`" in text else f"`{text}`"


def examples() -> str:
    """What each rule says of the first case in the tests that breaks it, as JSON."""
    sys.path.append(str(Path(__file__).parent.parent / "tests"))
    cases = importlib.import_module("cases")
    found: dict[str, dict[str, str]] = {}
    for module in pkgutil.iter_modules(cases.__path__):
        for case in importlib.import_module(f"cases.{module.name}").CASES:
            if case.breaks and case.code not in found:
                report = check(case.build(), config=case.config or _CONFIG, name=case.file or None)
                told = next(finding for finding in report.findings if finding.code == case.code)
                found[case.code] = {"message": told.message.replace(f"{_DATA}/", ""), "hint": told.hint}
    for case in importlib.import_module("cases.fleet").FLEETS:
        if case.breaks and case.code not in found:
            told = case.findings()[0]
            found[case.code] = {"message": told.message, "hint": told.hint}
    return json.dumps(dict(sorted(found.items())), indent=1) + "\n"


#: Where the cases have files; an example does not tell where that is.
_DATA = Path(__file__).parent.parent / "tests" / "data"
#: That of tests/test_rules.py.
_CONFIG = Config(limits=Limits(now=1795305600, max_inflated_bytes=100_000, max_upload_bytes=100_000))


def schema() -> str:
    """schemas/configuration.schema.json."""
    return json.dumps(json_schema(), indent=2) + "\n"


def fixing_page(before: str) -> str:
    """docs/fixing.md with the tables of repairs as they are now."""
    document = xml.document.REPAIRS
    inside = [repair for repair in xml.REPAIRS if repair not in document]
    tables = {
        "safe repairs of documents": repair_rows(document, _XML, "safe"),
        "safe repairs of names, order and values": repair_rows(inside, _XML, "safe"),
        "safe repairs of FIT": repair_rows(fit.REPAIRS, ("fit",), "safe"),
        "unsafe repairs of TCX and GPX": repair_rows(xml.REPAIRS, _XML, "unsafe"),
        "unsafe repairs of FIT": repair_rows(fit.REPAIRS, ("fit",), "unsafe"),
        "rules of several formats": format_rows(),
    }
    for name, rows in tables.items():
        before = filled(before, name, rows)
    return before


def repair_rows(repairs: Iterable[Repair], formats: tuple[str, ...], kind: str) -> Iterator[str]:
    """A row for everything that is done in these formats, in the order of the repairs. ``kind`` is safe or unsafe."""
    rules: dict[str, list[str]] = {}
    for repair in repairs:
        for rule in repair.rules:
            note = " (info)" if rule.severity.label == "info" else ""
            told = [repair.told(rule, f) for f in formats if f in rule.fixes]
            for text in dict.fromkeys(each[kind] for each in told if kind in each):
                rules.setdefault(text, []).append(f"{rule.name}{note}")
    yield "| Rule | What is done |"
    yield "|---|---|"
    for text, names in rules.items():
        yield f"| {', '.join(names)} | {text} |"


def format_rows() -> Iterator[str]:
    """A row for each rule about FIT and other formats that is mended in one of them; a cell is empty where the rule
    does not hold. The last cell says why there is no repair in FIT."""
    yield "| Rule | FIT | TCX | GPX | Why not in all |"
    yield "|---|---|---|---|---|"
    benches = {"fit": fit.REPAIRS, "tcx": xml.REPAIRS, "gpx": xml.REPAIRS}
    for rule in RULES.values():
        if rule.fixes and "fit" in rule.formats and len(rule.formats) > 1:
            cells = dict.fromkeys(benches, "") | dict.fromkeys(rule.formats, "—")
            for f in rule.fixes:
                cells[f] = " or ".join(next(each.told(rule, f) for each in benches[f] if rule in each.rules))
            yield f"| {rule.name} | {' | '.join(cells.values())} | {fit.NOT_MENDED.get(rule, '')} |"


def sandbox_page(before: str) -> str:
    """docs/sandbox.md with the table of scenarios as it is now. A text's three forms share a row."""
    rows = ["| Scenario | What happens | Known from |", "|---|---|---|"]
    for name, scenario in SCENARIOS.items():
        forms = [f"{name}-{form}" for form in ("html", "escaped") if f"{name}-{form}" in SCENARIOS]
        if scenario.form in ("html", "escaped"):
            continue
        names = ", ".join(f"`{each}`" for each in (name, *forms))
        rows.append(f"| {names} | {scenario.says} | {scenario.source} |")
    return filled(before, "scenarios", rows)


#: The commands whose screens docs/screens.md shows.
_SHOWN = {
    "check": "check fixtures/bad/no-session.fit fixtures/bad/one-time-missing.tcx",
    "show": "show fixtures/good/ride.fit",
    "upload": "upload --dry-run --barometer fixtures/bad/no-time.gpx fixtures/good/ride.tcx",
}


def screens_page(before: str) -> str:
    """docs/screens.md with what the commands show today, on a terminal of 80 columns without colour."""
    surroundings = os.environ | {"TTY_COMPATIBLE": "1", "TERM": "dumb", "COLUMNS": "80", "PYTHONIOENCODING": "utf-8"}
    for name, command in _SHOWN.items():
        line = [sys.executable, "-m", "tracklint", *command.split()]
        done = subprocess.run(line, capture_output=True, cwd=PAGE.parent.parent, env=surroundings, check=False)
        shown = done.stdout.decode().splitlines()
        before = filled(before, name, ["```console", f"$ tracklint {command}", *shown, "```"])
    return before


def filled(before: str, name: str, rows: Iterable[str]) -> str:
    """A page with these rows between the two marks of this name."""
    begin, end = f"<!-- {name}: written by `python docs/generate.py` -->\n", f"<!-- end of {name} -->\n"
    head, _, rest = before.partition(begin)
    return head + begin + "".join(f"{row}\n" for row in rows) + end + rest.partition(end)[2]


if __name__ == "__main__":
    PLACE.write_text(examples(), encoding="utf-8")
    forget()
    SCHEMA.write_text(schema(), encoding="utf-8")
    for path, lines in ((PAGE, page), (CLI, cli_page), (FACTS, facts_page)):
        path.write_text("".join(f"{line}\n" for line in lines()), encoding="utf-8")
    for path, written in ((FIXING, fixing_page), (SANDBOX, sandbox_page), (SCREENS, screens_page)):
        path.write_text(written(path.read_text(encoding="utf-8")), encoding="utf-8")
