"""Writes docs/hits.md, how many files of the corpus each rule speaks about: ``python docs/hits.py CORPUS``, by hand.

The corpus is the folder of real files that the tests use (tests/conftest.py says where it is looked for).
"""

from __future__ import annotations

import csv
import datetime
import sys
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

from tracklint.checking import check
from tracklint.findings import Severity
from tracklint.rules import RULES

PAGE = Path(__file__).parent / "hits.md"
FORMATS = ("fit", "tcx", "gpx")


def _rows(corpus: Path) -> list[dict[str, str]]:
    with (corpus / "manifest.tsv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE))


def page(corpus: Path) -> Iterator[str]:
    """The lines of docs/hits.md."""
    files: Counter[str] = Counter()
    hits: Counter[tuple[str, str]] = Counter()
    levels: dict[str, Counter[Severity]] = {}
    for row in _rows(corpus):
        report = check(corpus / row["file"])
        files[report.format] += 1
        worst: dict[str, Severity] = {}
        for finding in report.findings:
            worst[finding.code] = max(finding.severity, worst.get(finding.code, finding.severity))
        for code, severity in worst.items():
            hits[code, report.format] += 1
            levels.setdefault(code, Counter())[severity] += 1
    yield "# What the rules say about real files\n"
    yield f"Written by `python docs/hits.py` on {datetime.datetime.now(datetime.UTC):%Y-%m-%d}; do not edit."
    kinds = ", ".join(f"{files[f]} {f.upper()}" for f in FORMATS)
    yield f"The corpus has {files.total()} files from open repositories ({kinds}, {files['unknown']} of no format);"
    yield "many of them are test files that are damaged on purpose. A file counts once for a rule, however often it"
    yield "breaks it, and under the severity of its worst finding.\n"
    yield "| code | name | FIT | TCX | GPX | no format | as error | as warning | as note |"
    yield "|---|---|---|---|---|---|---|---|---|"
    for rule in RULES.values():
        counts = [str(hits[rule.code, f]) if f in rule.formats or hits[rule.code, f] else "" for f in FORMATS]
        counts.append(str(hits[rule.code, "unknown"] or ""))
        seen = levels.get(rule.code, Counter())
        shown = [str(seen[s]) if seen[s] else "" for s in (Severity.ERROR, Severity.WARNING, Severity.INFO)]
        yield f"| [{rule.code}](rules.md#{rule.code.lower()}) | {rule.name} | " + " | ".join(counts + shown) + " |"
    if crashed := [code for code in levels if code.startswith("INT")]:
        raise SystemExit(f"tracklint itself failed: {crashed}")
    silent = [rule.code for rule in RULES.values() if rule.code not in levels]
    yield f"\nRules that no file of the corpus breaks ({len(silent)} of {len(RULES)}): {', '.join(silent)}."


if __name__ == "__main__":
    PAGE.write_text("".join(f"{line}\n" for line in page(Path(sys.argv[1]))), encoding="utf-8")
