"""Mend one file: plan edits from findings, prove each step by reading the result, and tell what was done.

This part knows no format. A format brings its repairs (`edits.Repair`), a way to close a file after edits, and a way to
split one; the bytes outside the edits are copied.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from .activity import COLUMNS, Activity
from .checking import check_source, read_source
from .config import Config
from .edits import Asked, Draft, Edit, Repair, Step
from .findings import Finding, Report, Severity
from .rules import run_rules
from .source import Source, Thing, open_source

__all__ = ["Change", "Fixed", "can_mend", "fix", "fix_source"]

_PASSES = 12  # of all repairs; two are enough for everything that was met


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """One line of the ledger: what was ``dropped``, ``moved``, ``changed`` or ``added``, and for which finding.

    ``ranges`` are offset and size in the original bytes, size 0 where something was added. ``message``, ``name`` and
    ``field`` say where that is, as far as it is one place.
    """

    code: str
    action: str
    says: str
    safe: bool
    ranges: tuple[tuple[int, int], ...]
    segment: int | None = None
    message: int | None = None
    name: str | None = None
    field: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Fixed:
    """A file before and after its repair.

    ``data`` and ``original`` are uncompressed; they are the same object where nothing was to be done. ``edits`` turn
    ``original`` into ``data``, and everything outside them is untouched. ``ledger`` tells them in words. ``left`` says
    what was not done, and why. ``parts`` are the files that a split gives, without a name; they are made of ``data``.
    """

    before: Report
    after: Report
    data: bytes
    original: bytes
    edits: tuple[Edit, ...] = ()
    ledger: tuple[Change, ...] = ()
    left: tuple[str, ...] = ()
    parts: tuple[bytes, ...] = ()

    @property
    def changed(self) -> bool:
        """Whether any byte differs."""
        return bool(self.edits)


def fix(
    thing: Thing, *, config: Config | None = None, unsafe: bool = False, split: bool = False, name: str | None = None
) -> Fixed:
    """Mend a path, bytes or a binary file object, and prove the result by checking it again.

    A safe repair changes no readable measurement and invents none. ``unsafe`` also drops what cannot be read, writes
    summaries from the records, and sorts. Only findings of severity warning and above that ``config`` wants are mended,
    so a file with notes only comes out as it went in. A step whose result would be worse is not taken. Mending twice is
    the same as mending once. ``split`` asks for `Fixed.parts`. Never raises on bad content; raises
    `source.Unreadable` where the thing cannot be read at all.
    """
    config = config or Config()
    source = open_source(thing, name, max_inflated=config.limits.max_inflated_bytes)
    return fix_source(source, config, unsafe=unsafe, split=split)


def fix_source(source: Source, config: Config, *, unsafe: bool = False, split: bool = False) -> Fixed:
    """`fix` for a `Source` that is open already."""
    before = check_source(source, config)
    bench = _bench(source.format)
    if bench is None:
        return Fixed(before=before, after=before, data=source.data, original=source.data)
    work = None
    if any(_wanted(f) and any(f.name in repair.rules for repair in bench.repairs) for f in before.findings):
        work = _Work(source, config, unsafe, bench)
        work.run()
    draft = work.state.draft if work else Draft.of(source.data)
    changed = draft.data != source.data
    mended = replace(source, data=draft.data, faults=()) if changed else source
    return Fixed(
        before=before,
        after=check_source(mended, config) if changed else before,
        data=mended.data,
        original=source.data,
        edits=draft.edits() if changed else (),
        ledger=tuple(work.ledger) if work else (),
        left=tuple(work.left.values()) if work else (),
        parts=bench.split(read_source(mended)[0]) if split else (),
    )


def can_mend(format_: str) -> bool:
    """Whether there are repairs for files of this format at all."""
    return _bench(format_) is not None


@dataclass(frozen=True, slots=True)
class _Bench:
    """What a format brings to its repair."""

    repairs: tuple[Repair, ...]
    close: Callable[[Any, Iterable[Edit], Collection[int]], list[Edit]]
    split: Callable[[Any], tuple[bytes, ...]]


def _bench(format_: str) -> _Bench | None:
    if format_ == "fit":
        from .fit.repair import REPAIRS, close, split

        return _Bench(REPAIRS, close, split)
    return None


def _wanted(finding: Finding) -> bool:
    return finding.severity > Severity.INFO


@dataclass(frozen=True, slots=True)
class _State:
    """The bytes at one moment, and everything that is known about them."""

    draft: Draft
    document: Any
    activity: Activity | None
    findings: tuple[Finding, ...]

    def named(self, names: Collection[str]) -> tuple[Finding, ...]:
        return tuple(f for f in self.findings if f.name in names and _wanted(f))


class _Work:
    """The repair of one file, step by step."""

    def __init__(self, source: Source, config: Config, unsafe: bool, bench: _Bench) -> None:
        self.source = source
        self.config = config
        self.all = replace(config, select=(), ignore=())
        self.unsafe = unsafe
        self.bench = bench
        self.ledger: list[Change] = []
        self.left: dict[tuple[str, ...], str] = {}
        self.state = self.look(Draft.of(source.data))

    def look(self, draft: Draft) -> _State:
        """Read and check the bytes of a draft."""
        source = replace(self.source, data=draft.data)
        document, activity = read_source(source)
        findings, _ = run_rules([s for s in (source, document, activity) if s is not None], self.all)
        return _State(draft, document, activity, tuple(findings))

    def run(self) -> None:
        """Try all repairs in order, and again, until a whole pass changes nothing."""
        for _ in range(_PASSES):
            self.left.clear()
            took = [self.take(repair) for repair in self.bench.repairs]
            if not any(took):
                return

    def take(self, repair: Repair) -> bool:
        """Take one repair's steps together where the result proves good. Says whether it did."""
        findings = tuple(f for f in self.state.named(repair.rules) if self.config.wants(f.code))
        if not findings:
            return False
        try:
            steps = [s for s in repair.plan(self.state.document, Asked(findings, self.unsafe)) if s.safe or self.unsafe]
            edits = self.closed(steps)
            if not edits:
                self.leave(
                    repair, findings, "cannot be mended from what the file holds" if self.unsafe else "needs --unsafe"
                )
                return False
            after = self.look(self.state.draft.after(edits))
        except Exception as error:  # a defect of ours must not cost the file: it stays as it is
            self.leave(
                repair, findings, f"tracklint itself failed while it mended this: {type(error).__name__}: {error}"
            )
            return False
        worse = _worse(self.state, after, steps, repair.rules)
        if worse:
            self.leave(repair, findings, worse)
            return False
        codes = {f.name: f.code for f in findings}
        code = "/".join(sorted(set(codes.values())))
        by_place = {f.where: f.code for f in findings}
        for step in steps:
            self.ledger.append(_change(by_place.get(step.where, code), step, self.state.draft))
        self.state = after
        return True

    def closed(self, steps: Sequence[Step]) -> list[Edit]:
        """The edits of all steps with those that close the file, without those that change nothing."""
        if not steps:
            return []
        edits = [edit for step in steps for edit in step.edits]
        data = self.state.draft.data
        done = self.bench.close(self.state.document, edits, {i for step in steps for i in step.segments})
        return [e for e in done if data[e.offset : e.offset + e.size] != e.data]

    def leave(self, repair: Repair, findings: Sequence[Finding], why: str) -> None:
        codes = ", ".join(sorted({f.code for f in findings}))
        self.left[repair.rules] = f"{codes}: {why}"


def _change(code: str, step: Step, draft: Draft) -> Change:
    ranges = tuple(draft.span(edit) for edit in step.edits)
    where = step.where
    if not ranges and where.offset is not None:
        ranges = (draft.span(Edit(where.offset, where.size or 0, b"")),)
    return Change(
        code=code,
        action=step.action,
        says=step.says,
        safe=step.safe,
        ranges=ranges,
        segment=where.segment,
        message=where.message,
        name=where.global_,
        field=where.field,
    )


def _worse(before: _State, after: _State, steps: Sequence[Step], names: Collection[str]) -> str | None:
    """Why a result is not taken, ``None`` where it is good: what was there to be mended is less, nothing of a higher
    severity is new, and no point that could be read is lost or changed."""
    level = max(f.severity for f in before.named(names))
    if any(f.code == "INT001" for f in after.findings):
        return "the result could not be checked"
    known = _levels(before.findings)
    new = sorted(c for c, worst in _levels(after.findings).items() if worst > max(level, known.get(c, level)))
    if new:
        return f"the result would have {', '.join(new)}"
    if _weight(after.named(names)) >= _weight(before.named(names)):
        return "the repair does not cure it"
    return _lost(before.activity, after.activity, steps)


def _levels(findings: Iterable[Finding]) -> dict[str, Severity]:
    levels: dict[str, Severity] = {}
    for finding in findings:
        levels[finding.code] = max(finding.severity, levels.get(finding.code, finding.severity))
    return levels


def _weight(findings: Iterable[Finding]) -> int:
    return sum(f.where.count or int(f.evidence.get("definitions") or 1) or 1 for f in findings)


def _lost(before: Activity | None, after: Activity | None, steps: Sequence[Step]) -> str | None:
    """What the steps would take away beyond what they say."""
    old, new = (0 if a is None else len(a) for a in (before, after))
    dropped = sum(step.records for step in steps)
    if new < old - dropped:
        return f"{old - dropped - new} points would be lost"
    if before is None or after is None or dropped or any(step.retimed for step in steps):
        return None
    for column in COLUMNS:
        was, now = getattr(before, column), getattr(after, column)[:old]
        same = (was == now) | np.isnan(now)
        if column == "time":
            same = (was == now) | (np.isnan(now) & np.isnan(was))
        if not same.all():
            return f"{column} of {int((~same).sum())} points would change"
    return None
