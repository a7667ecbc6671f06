"""What `tracklint fix` would do with a file: its ledger, and what changes, as lines."""

from __future__ import annotations

import shlex
from dataclasses import dataclass, replace
from itertools import islice
from typing import TYPE_CHECKING

from ..diff import fixed_lines

if TYPE_CHECKING:
    from ...config import Config
    from ...findings import Report, Safety
    from ...reading import Reading

__all__ = ["Mending", "mendings", "offered"]

_MOST_LINES = 120


@dataclass(frozen=True, slots=True)
class Mending:
    """One way to mend a file: what the command is, the ledger, what changes (``-`` and ``+`` as first characters of
    lines) and how many lines more there are, and the verdict after it."""

    command: str
    unsafe: bool
    ledger: tuple[str, ...]
    diff: tuple[str, ...]
    more: int
    verdict: str


def mendings(reading: Reading, report: Report, config: Config) -> list[Mending]:
    """The safe repair, and the unsafe one where it does more; none where there is nothing to mend."""
    config = replace(config, second_readers=False)  # they take seconds, and no repair asks them
    made = [_mending(reading, config, unsafe=way == "unsafe") for way in offered(report)]
    return [each for each in made if each is not None]


def offered(report: Report) -> list[Safety]:
    """The ways to mend a file that its findings promise; the notes of a file are not mended unasked."""
    from ...findings import Severity

    promised = {finding.fix for finding in report.findings if finding.severity > Severity.INFO}
    ways: tuple[Safety, ...] = ("safe", "unsafe")
    return [way for way in ways if way in promised]


def _mending(reading: Reading, config: Config, *, unsafe: bool) -> Mending | None:
    from ...mending.fixing import fix_reading

    fixed = fix_reading(reading, config, unsafe=unsafe)
    if not fixed.changed:
        return None
    lines = fixed_lines(reading.source.name, fixed)
    shown = tuple(islice(lines, _MOST_LINES))
    name = shlex.quote(reading.source.name)
    return Mending(
        command=f"tracklint fix {'--unsafe ' if unsafe else ''}--out mended {name}",
        unsafe=unsafe,
        ledger=tuple(dict.fromkeys(f"{change.code} {change.action}: {change.says}" for change in fixed.ledger)),
        diff=shown,
        more=sum(1 for _ in lines),
        verdict=fixed.after.verdict,
    )
