"""What `tracklint fix` says of each file, and of all."""

from __future__ import annotations

import contextlib
import re
from collections import Counter
from collections.abc import Sequence
from typing import TYPE_CHECKING

from ..words import counted

if TYPE_CHECKING:
    from ..config import Config
    from ..findings import Finding, Report
    from ..mending.fixing import Change, Fixed
    from .output import Output

__all__ = ["Tally", "show_diff", "tell"]

_SHOWN = 3  # byte ranges of one line of the ledger


def tell(name: str, fixed: Fixed, results: Sequence[Report], config: Config, out: Output, *, verbose: bool) -> None:
    """The ledger, what was left and why, and what the results still are."""
    for change in fixed.ledger:
        out.say(f"{name}: {change.code} {change.action}: {change.says} ({_ranges(change)})")
    for why, codes in _by_reason(fixed.left).items():
        out.say(f"{name}: left {codes}: {why}")
    worst = _remaining(results, config)
    if not fixed.changed and not fixed.left:
        out.say(f"{name}: {'cannot be mended' if worst else 'nothing to mend'}")
    for k, part in enumerate(fixed.parts, 1):
        out.say(f"{name}: part {k} of {len(fixed.parts)}: {counted(len(part), 'byte')}")
    for report in results:
        told = report.name if fixed.parts else name
        for finding in report.findings:
            if finding.severity >= config.fail_on or (verbose and finding.severity.label != "info"):
                out.trouble(f"{told}: {finding.severity.label} {finding.code} {finding.message}")


def _by_reason(left: Sequence[str]) -> dict[str, str]:
    """The codes that are left, for each reason why."""
    reasons: dict[str, list[str]] = {}
    for codes, _, why in (each.partition(": ") for each in left):
        reasons.setdefault(why, []).append(codes)
    return {
        re.sub("^needs", "need", why) if codes[1:] else why: ", ".join(sorted(codes)) for why, codes in reasons.items()
    }


def _remaining(results: Sequence[Report], config: Config) -> list[Finding]:
    """What makes the exit status."""
    return [finding for report in results for finding in report.findings if finding.severity >= config.fail_on]


class Tally:
    """How many files were mended, how many stay as they were, and why others cannot be mended."""

    def __init__(self) -> None:
        self._mended = self._in_part = self._same = 0
        self._cannot: Counter[str] = Counter()

    def add(self, fixed: Fixed, results: Sequence[Report], config: Config) -> None:
        """Count one file."""
        remaining = _remaining(results, config)
        if fixed.changed:
            self._mended += 1
            self._in_part += bool(remaining)
        elif remaining:
            self._cannot[_why_not(fixed, max(remaining, key=lambda each: each.severity))] += 1
        else:
            self._same += 1

    @property
    def mended(self) -> int:
        """How many files have changes."""
        return self._mended

    def said(self, *, written: bool) -> str:
        """All of it in one sentence."""
        parts = []
        if self._mended:
            part = f" ({self._in_part} of them in part)" if self._in_part else ""
            parts.append(f"{counted(self._mended, 'file')} {'mended' if written else 'can be mended'}{part}")
        if self._same:
            parts.append(f"{self._same} as {'it was' if self._same == 1 else 'they were'}")
        if count := self._cannot.total():
            why = ", ".join(f"{n} {_REASONS.get(key, _needs(key))[n > 1]}" for key, n in self._cannot.most_common())
            parts.append(f"{count} cannot be mended: {why}")
        return ", ".join(parts) or "no files"


#: Why a file cannot be mended: of one file, and of several.
_REASONS = {
    "unknown": ("is no activity file", "are no activity files"),
    "none": ("has no repair", "have no repair"),
    "worse": ("would not be better for it", "would not be better for it"),
}


def _needs(what: str) -> tuple[str, str]:
    return f"needs {what}", f"need {what}"


def _why_not(fixed: Fixed, worst: Finding) -> str:
    """A key of `_REASONS`, or what a person must say."""
    if fixed.before.format == "unknown":
        return "unknown"
    for left in fixed.left:
        codes, _, why = left.partition(": ")
        if worst.code in codes.split(", "):
            if why.startswith("needs "):
                return why.removeprefix("needs ").partition(",")[0]
            return "none" if why.startswith("cannot be mended") else "worse"
    return "none"


def show_diff(name: str, fixed: Fixed, config: Config, out: Output) -> None:
    """What changes: message by message, or line by line."""
    from ..reading import read_thing
    from ..render.diff import fixed_lines

    fit = fixed.before.format == "fit"
    with read_thing(fixed.original, config).names() if fit else contextlib.nullcontext():
        for line in fixed_lines(name, fixed):
            out.exact(f"  {line}" if fit else line)


def _ranges(change: Change) -> str:
    from ..render.diff import place

    shown = [place(*span) for span in change.ranges[:_SHOWN]]
    more = len(change.ranges) - len(shown)
    line = f"line {change.line}: " if change.line is not None and len(change.ranges) == 1 else ""
    return line + ", ".join(shown) + (f" and {more} more places" if more else "")
