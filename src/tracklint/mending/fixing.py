"""Mend one file: plan edits from findings, prove each step by reading the result, and tell what was done.

This part knows no format. A format brings its repairs (`Repair`), a way to close a file after edits, and a way to
split one; the bytes outside the edits are copied.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np

from ..activity import COLUMNS, Activity, Floats
from ..checking import check_reading, held
from ..config import Config, given
from ..edits import Asked, Draft, Edit, Step, Wishes
from ..findings import Finding, Report, Severity
from ..reading import Reading, read_source, read_thing
from ..rules import run_rules
from ..source import Thing
from ..words import agreed
from .repair import Repair

__all__ = ["Change", "Fixed", "Mended", "can_mend", "fix", "fix_reading", "mend"]

_PASSES = 12  # of all repairs; two are enough for everything that was met


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """One line of the ledger: what was ``dropped``, ``moved``, ``changed`` or ``added``, and for which finding.

    ``ranges`` are offset and size in the original bytes, size 0 where something was added. ``message``, ``name`` and
    ``field`` say where that is in a FIT file, ``line`` in the others, as far as it is one place. ``records``
    is how many readable points it drops.
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
    line: int | None = None
    records: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Fixed:
    """A file before and after its repair.

    ``data`` and ``original`` are uncompressed; they are the same object where nothing was to be done. ``edits`` turn
    ``original`` into ``data``, and everything outside them is untouched. ``ledger`` tells them in words. ``left`` says
    what was not done, and why. ``parts`` are the files that a split gives, without a name; they are made of ``data``.
    """

    before: Report
    after: Report
    data: bytes = field(repr=False)
    original: bytes = field(repr=False)
    edits: tuple[Edit, ...] = field(default=(), repr=False)
    ledger: tuple[Change, ...] = field(default=(), repr=False)
    left: tuple[str, ...] = field(default=(), repr=False)
    parts: tuple[bytes, ...] = field(default=(), repr=False)

    @property
    def changed(self) -> bool:
        """Whether any byte differs."""
        return bool(self.edits)


def fix(
    thing: Thing,
    *,
    config: Config | None = None,
    unsafe: bool = False,
    notes: bool = False,
    split: bool = False,
    wishes: Wishes | None = None,
    name: str | None = None,
) -> Fixed:
    """Mend a path, bytes or a binary file object, and prove the result by checking it again.

    A safe repair changes no readable measurement and invents none. ``unsafe`` also drops what cannot be read, writes
    summaries from the records, and sorts. Only findings of severity warning and above that ``config`` wants are mended,
    so a file with notes only comes out as it went in; ``notes`` mends those of severity info too. ``wishes`` say what
    no file can tell. A step whose result would be worse is not taken. Mending twice is the same as mending once.
    ``split`` asks for `Fixed.parts`. Never raises on bad content; raises `source.Unreadable` where the thing cannot be
    read at all.
    """
    config = given(config)
    return fix_reading(
        read_thing(thing, config, name=name), config, unsafe=unsafe, notes=notes, split=split, wishes=wishes
    )


def fix_reading(
    reading: Reading,
    config: Config,
    *,
    unsafe: bool = False,
    notes: bool = False,
    split: bool = False,
    wishes: Wishes | None = None,
) -> Fixed:
    """`fix` for what is read already."""
    config = held(reading, config)
    before = check_reading(reading, config)
    mended = mend(reading, before, config, unsafe=unsafe, notes=notes, wishes=wishes)
    bench = _bench(reading.source.format)
    parts: tuple[bytes, ...] = ()
    if split and bench is not None:
        with mended.reading.names():
            parts = bench.split(mended.reading.document)
    return Fixed(
        before=before,
        after=check_reading(mended.reading, config) if mended.changed else before,
        data=mended.reading.source.data,
        original=reading.source.data,
        edits=mended.draft.edits() if mended.changed else (),
        ledger=mended.ledger,
        left=mended.left,
        parts=parts,
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Mended:
    """What a repair made of a `Reading`: the last one, the draft that leads to its bytes, and the words of `Fixed`."""

    reading: Reading
    draft: Draft
    ledger: tuple[Change, ...] = ()
    left: tuple[str, ...] = ()

    @property
    def changed(self) -> bool:
        """Whether any byte differs."""
        return self.draft.data != self.draft.original


def mend(
    reading: Reading,
    before: Report,
    config: Config,
    *,
    unsafe: bool = False,
    notes: bool = False,
    wishes: Wishes | None = None,
) -> Mended:
    """Mend what is read already and was checked with the result ``before``. The reading that comes back is the same
    one where nothing changed."""
    untouched = Mended(reading=reading, draft=Draft.of(reading.source.data))
    bench = _bench(reading.source.format)
    least = Severity.INFO if notes else Severity.WARNING
    if bench is None or reading.failed is not None or not bench.concerns(before.findings, least):
        return untouched
    work = _Work(reading, before, config, bench, unsafe, least, wishes or Wishes())
    with reading.names():
        work.run()
    state = work.state
    ledger, left = tuple(work.ledger), tuple(work.left.values())
    if state.draft.data == reading.source.data:
        return replace(untouched, ledger=ledger, left=left)
    after = replace(state.reading, source=replace(state.reading.source, faults=()))
    return Mended(reading=after, draft=state.draft, ledger=ledger, left=left)


def can_mend(format_: str) -> bool:
    """Whether there are repairs for files of this format at all."""
    return _bench(format_) is not None


@dataclass(frozen=True, slots=True)
class _Bench:
    """What a format brings to its repair. ``texts`` says that its values are texts, which a repair may make
    readable."""

    repairs: tuple[Repair, ...]
    close: Callable[[Any, Iterable[Edit], Collection[int]], list[Edit]]
    split: Callable[[Any], tuple[bytes, ...]]
    texts: bool = False

    def concerns(self, findings: Iterable[Finding], least: Severity) -> bool:
        """Whether there is a repair for one of the findings."""
        codes = {code for repair in self.repairs for code in repair.codes}
        return any(f.severity >= least and f.code in codes for f in findings)


def _bench(format_: str) -> _Bench | None:
    if format_ == "fit":
        from . import fit

        return _Bench(fit.REPAIRS, fit.close, fit.split)
    if format_ in ("tcx", "gpx"):
        from . import xml

        return _Bench(xml.REPAIRS, xml.close, xml.split, texts=True)
    return None


@dataclass(frozen=True, slots=True)
class _State:
    """The bytes at one moment, and everything that is known about them."""

    draft: Draft
    reading: Reading
    findings: tuple[Finding, ...]

    def told(self, codes: Collection[str], least: Severity) -> tuple[Finding, ...]:
        return tuple(f for f in self.findings if f.code in codes and f.severity >= least)


@dataclass(slots=True)
class _Work:
    """The repair of one file, step by step."""

    reading: Reading
    before: Report
    config: Config
    bench: _Bench
    unsafe: bool
    least: Severity
    wishes: Wishes
    ledger: list[Change] = field(default_factory=list)
    left: dict[frozenset[str], str] = field(default_factory=dict)
    all: Config = field(init=False)
    state: _State = field(init=False)

    def __post_init__(self) -> None:
        self.all = self.config.asking_all()
        asked_all = self.all == self.config
        findings = self.before.findings if asked_all else tuple(run_rules(self.reading, self.all)[0])
        self.state = _State(Draft.of(self.reading.source.data), self.reading, findings)

    def after(self, edits: Sequence[Edit]) -> _State:
        """Read and check the bytes that the edits make."""
        draft = self.state.draft.after(edits)
        reading = read_source(replace(self.reading.source, data=draft.data), self.all)
        if reading.failed is not None:
            raise reading.failed
        return _State(draft, reading, tuple(run_rules(reading, self.all)[0]))

    def run(self) -> None:
        """Try all repairs in order, and again, until a whole pass changes nothing."""
        for _ in range(_PASSES):
            self.left.clear()
            took = [self.take(repair) for repair in self.bench.repairs]
            if not any(took):
                return

    def take(self, repair: Repair) -> bool:
        """Take one repair's steps together where the result proves good. Says whether it did."""
        findings = tuple(f for f in self.state.told(repair.codes, self.least) if self.config.wants(f.code))
        if not findings:
            return False
        try:
            steps = self.planned(repair, findings, self.unsafe)
            edits = self.closed(steps)
            if not edits:
                self.leave(repair, findings, self.why_not(repair, findings))
                return False
            after = self.after(edits)
        except Exception as error:  # a defect of ours must not cost the file: it stays as it is
            self.leave(
                repair, findings, f"tracklint itself failed while it mended this: {type(error).__name__}: {error}"
            )
            return False
        worse = self.worse(after, repair, findings, steps)
        if worse:
            self.leave(repair, findings, worse)
            return False
        code = "/".join(sorted({f.code for f in findings}))
        by_place = {f.where: f.code for f in findings}
        for step in steps:
            self.ledger.append(_change(by_place.get(step.where, code), step, self.state.draft))
        self.state = after
        return True

    def planned(self, repair: Repair, findings: tuple[Finding, ...], unsafe: bool) -> list[Step]:
        asked = Asked(findings, unsafe, self.wishes)
        return [step for step in repair.plan(self.state.reading.document, asked) if step.safe or unsafe]

    def why_not(self, repair: Repair, findings: tuple[Finding, ...]) -> str:
        """Why there was nothing to do: the steps may wait for a decision."""
        if not self.unsafe and self.closed(self.planned(repair, findings, True)):
            return "needs --unsafe"
        if repair.needs and self.wishes.lacks(repair.needs):
            return f"needs {'' if self.unsafe else '--unsafe '}{repair.needs}"
        if repair.needs.startswith("--split"):
            return f"needs {repair.needs}"
        return "cannot be mended from what the file holds"

    def worse(self, after: _State, repair: Repair, findings: tuple[Finding, ...], steps: Sequence[Step]) -> str | None:
        """Why a result is not taken, ``None`` where it is good: what was there to be mended is less, no warning or
        error is new but what the repair may reveal or leave, and no point that could be read is lost or changed."""
        before = self.state
        if any(f.code == "INT001" for f in after.findings):
            return "the result could not be checked"
        known, mended = _levels(before.findings), max(f.severity for f in findings)
        left = {rule.code for rule in repair.leaves}
        new = [
            code
            for code, worst in sorted(_levels(after.findings).items())
            if worst > max(known.get(code, Severity.INFO), mended if repair.reveals or code in left else Severity.INFO)
        ]
        if new:
            return f"the result would have {', '.join(new)}"
        if _weight(after.told(repair.codes, self.least)) >= _weight(before.told(repair.codes, self.least)):
            return "the repair does not cure it"
        return _lost(before.reading.activity, after.reading.activity, steps, self.bench.texts)

    def closed(self, steps: Sequence[Step]) -> list[Edit]:
        """The edits of all steps with those that close the file, without those that change nothing."""
        if not steps:
            return []
        edits = [edit for step in steps for edit in step.edits]
        data = self.state.draft.data
        done = self.bench.close(self.state.reading.document, edits, {i for step in steps for i in step.segments})
        return [e for e in done if data[e.offset : e.offset + e.size] != e.data]

    def leave(self, repair: Repair, findings: Sequence[Finding], why: str) -> None:
        codes = ", ".join(sorted({f.code for f in findings}))
        self.left[repair.codes] = f"{codes}: {why}"


def _change(code: str, step: Step, draft: Draft) -> Change:
    ranges = tuple(draft.span(edit) for edit in step.edits)
    where = step.where
    if not ranges and where.offset is not None:
        ranges = (draft.span(Edit(where.offset, where.size or 0, b"")),)
    return Change(
        code=code,
        action=step.action,
        says=agreed(step.says),
        safe=step.safe,
        ranges=ranges,
        segment=where.segment,
        message=where.message,
        name=where.message_name,
        field=where.field,
        line=where.line,
        records=step.records,
    )


def _levels(findings: Iterable[Finding]) -> dict[str, Severity]:
    levels: dict[str, Severity] = {}
    for finding in findings:
        levels[finding.code] = max(finding.severity, levels.get(finding.code, finding.severity))
    return levels


def _weight(findings: Iterable[Finding]) -> int:
    return sum(
        f.where.count or int(f.evidence.get("definitions") or 0) or int(f.evidence.get("count") or 1) for f in findings
    )


def _lost(before: Activity | None, after: Activity | None, steps: Sequence[Step], texts: bool) -> str | None:
    """What the steps would take away or change beyond what they say."""
    old, new = (0 if a is None else len(a) for a in (before, after))
    dropped = sum(step.records for step in steps)
    if new < old - dropped:
        return agreed(f"{old - dropped - new} points would be lost")
    if before is None or after is None:
        return None
    free = {column for step in steps if not step.safe for column in step.columns}
    near = {column for step in steps for column in step.columns} - free
    if any(step.retimed for step in steps):
        free |= {"time"}
    in_place = new >= old and not dropped and not any(step.retimed for step in steps)
    for column in (c for c in COLUMNS if c not in free):
        was, now = getattr(before, column), getattr(after, column)
        if in_place and (new == old or not texts):
            other = _changed(column, was, now[:old], near=column in near, texts=texts)
        else:
            other = 0 if column in near else _missing(was, now, dropped)
        if other:
            return agreed(f"{column} of {other} points would change")
    return None


def _changed(column: str, was: Floats, now: Floats, *, near: bool, texts: bool) -> int:
    """How many values of the same points differ more than they may."""
    same = (was == now) | (np.isnan(was) & (np.isnan(now) | texts))
    if near:
        same |= np.isnan(now) | (np.abs(now - was) < 1)
        if column == "longitude":
            same |= np.abs(now - was) == 360
    elif not texts and column != "time":
        same |= np.isnan(now)
    return int((~same).sum())


def _missing(was: Floats, now: Floats, dropped: int) -> int:
    """How many values are gone beyond those of the points that are dropped, whatever the order of the rest."""
    values, counts = np.unique(was[np.isfinite(was)], return_counts=True)
    found, left = np.unique(now[np.isfinite(now)], return_counts=True)
    at = np.searchsorted(found, values)
    there = at < len(found)
    there[there] = found[at[there]] == values[there]
    gone = counts.copy()
    gone[there] -= np.minimum(left[at[there]], counts[there])
    return max(int(gone.sum()) - dropped, 0)
