"""What is known already: findings that a run found, kept by content, so that later runs tell of new ones only.

An entry is a file's content (its sha256), a code, and how many findings of it there are. Names and lines are no keys:
nightly files have new names, and an edit moves every line. The name is kept for the eye alone.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ..config import BadConfig, Config
from ..findings import Finding, Report
from ..writing import write_over

if TYPE_CHECKING:
    from ..render.digest import Digest

__all__ = ["Baseline", "Ledger", "read_baseline"]

VERSION = 1
#: A failure of ours is never known: the next run may do better.
_NEVER = "INT"


@dataclass(frozen=True, slots=True)
class Entry:
    """The findings of one content: how many of each code."""

    name: str
    counts: Mapping[str, int]


@dataclass(frozen=True, slots=True)
class Baseline:
    """The entries of a baseline by sha256 (hexadecimal)."""

    entries: Mapping[str, Entry] = field(default_factory=dict)

    def applied(self, report: Report) -> Report:
        """``report`` with its known findings moved from ``findings`` to ``known``. Of a code with more findings than
        are known all stay, because nobody can say which of them is the new one."""
        entry = self.entries.get(report.sha256)
        if entry is None:
            return report
        found = Counter(finding.code for finding in report.findings)

        def is_known(finding: Finding) -> bool:
            code = finding.code
            return not code.startswith(_NEVER) and found[code] <= entry.counts.get(code, 0)

        return replace(
            report,
            findings=tuple(finding for finding in report.findings if not is_known(finding)),
            known=tuple(finding for finding in report.findings if is_known(finding)),
        )


def read_baseline(path: Path) -> Baseline:
    """The baseline in a file. Raises `config.BadConfig` that names the file."""
    try:
        table = json.loads(path.read_bytes())
    except OSError as error:
        raise BadConfig(f"{path}: {error.strerror}") from None
    except (ValueError, RecursionError):
        raise BadConfig(f"{path}: this is no baseline: it is not JSON; --write-baseline writes one") from None
    if not isinstance(table, dict) or not isinstance(table.get("version"), int) or "tracklint_baseline" not in table:
        raise BadConfig(f"{path}: this is no baseline of tracklint; --write-baseline writes one")
    if table["version"] > VERSION:
        raise BadConfig(f"{path}: version {table['version']} of the baseline is newer than this tracklint knows")
    entries = table["tracklint_baseline"]
    if not isinstance(entries, list):
        raise BadConfig(f"{path}: tracklint_baseline is no list")
    return Baseline(dict(_entry(path, number, entry) for number, entry in enumerate(entries)))


def _entry(path: Path, number: int, entry: Any) -> tuple[str, Entry]:
    entry = entry if isinstance(entry, dict) else {}
    sha256, name, counts = entry.get("sha256"), entry.get("name"), entry.get("findings")
    whole = isinstance(counts, dict) and all(type(count) is int and count > 0 for count in counts.values())
    if not isinstance(sha256, str) or not isinstance(name, str) or not whole:
        raise BadConfig(f"{path}: entry {number} is broken: sha256, name and findings are wanted")
    return sha256, Entry(name, counts)


class Ledger:
    """What a run did with a baseline: which entries its files have, which are stale, and the baseline to write.

    An entry is stale where a file of its content was checked, the rule was asked, and it found less than is known.
    What the run did not look at is not stale.
    """

    def __init__(self, baseline: Baseline, config: Config) -> None:
        self.baseline = baseline
        self._config = config
        self._met: dict[str, Entry] = {}
        self.hidden = 0

    def add(self, digest: Digest) -> None:
        """Note what was found in one file, known or not."""
        if not digest.sha256:
            return
        self.hidden += sum(count for _, count in digest.known)
        counts = Counter({code: count for code, _, count in digest.counts if not code.startswith(_NEVER)})
        counts.update(dict(digest.known))
        known = self.baseline.entries.get(digest.sha256)
        if known is not None:
            for code, count in known.counts.items():
                if count > counts[code] and not self._asked(code, digest):
                    counts[code] = count
        if counts or known is not None:
            self._met[digest.sha256] = Entry(digest.name if known is None else known.name, dict(counts))

    def _asked(self, code: str, digest: Digest) -> bool:
        return self._config.wants(code) and not any(code.startswith(skipped.rstrip("*")) for skipped in digest.skipped)

    @property
    def stale(self) -> list[tuple[str, str, int, int]]:
        """Name, code, known count and count found of every stale entry, in the order of the baseline."""
        return [
            (entry.name, code, count, met.counts.get(code, 0))
            for sha256, entry in self.baseline.entries.items()
            if (met := self._met.get(sha256)) is not None
            for code, count in entry.counts.items()
            if met.counts.get(code, 0) < count
        ]

    @property
    def not_met(self) -> int:
        """How many contents of the baseline were no file of this run."""
        return sum(sha256 not in self._met for sha256 in self.baseline.entries)

    def write(self, path: Path) -> int:
        """Write what this run found as a baseline; how many findings it holds. Raises OSError."""
        found = {sha256: entry for sha256, entry in self._met.items() if any(entry.counts.values())}
        return _write(path, found)

    def prune(self, path: Path) -> int:
        """Write the baseline without what is stale; how many findings went. Raises OSError."""
        left = {}
        for sha256, entry in self.baseline.entries.items():
            met = self._met.get(sha256, entry)
            counts = {code: min(count, met.counts.get(code, 0)) for code, count in entry.counts.items()}
            left[sha256] = Entry(entry.name, counts)
        before = sum(sum(entry.counts.values()) for entry in self.baseline.entries.values())
        return before - _write(path, left)


def _write(path: Path, entries: Mapping[str, Entry]) -> int:
    """Entries in the order of their contents, one a line, so that a version control shows what changed."""
    lines: list[str] = []
    total = 0
    for sha256 in sorted(entries):
        counts = {code: count for code, count in sorted(entries[sha256].counts.items()) if count}
        if counts:
            total += sum(counts.values())
            lines.append(json.dumps({"sha256": sha256, "name": entries[sha256].name, "findings": counts}))
    body = ",\n".join(lines)
    write_over(path, f'{{"version": {VERSION},\n"tracklint_baseline": [\n{body}\n]}}\n'.encode("ascii"))
    return total
