"""Over real files: what is damaged is readable by independent readers afterwards, and what is good stays as it is."""

from __future__ import annotations

import io
import warnings
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import fitdecode
import fitparse
import pytest

from tracklint.config import Config, Limits
from tracklint.edits import apply
from tracklint.findings import Severity
from tracklint.mending.fit import REPAIRS
from tracklint.mending.fixing import Fixed, fix

Corpus = list[tuple[Path, dict[str, str]]]
CONFIG = Config(limits=Limits(now=1795305600))
MENDED = {rule.name for repair in REPAIRS for rule in repair.rules}
#: Codes that say that the bytes themselves are damaged, beside what the manifest says about the two readers.
STRUCTURE = {
    "not-fit", "header-size", "header-crc", "file-crc", "file-crc-missing", "size-zero", "size-too-big",
    "size-cuts-message", "size-too-small", "truncated", "trailing-bytes", "later-segment-bad", "preamble",
    "unreadable-span", "empty-segment", "flipped-bit", "undefined-local", "architecture", "base-type", "endian-bit",
    "size-not-multiple", "zero-size-field", "late-description", "no-developer-id", "undescribed",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Case:
    name: str
    row: dict[str, str]
    safe: Fixed
    unsafe: Fixed

    @property
    def damaged(self) -> bool:
        errors = self.row["fitdecode_err"] or self.row["fitparse_err"]
        return bool(errors) or any(
            f.name in STRUCTURE and f.severity > Severity.INFO for f in self.unsafe.before.findings
        )

    @property
    def before(self) -> int:
        """The records that anybody could read before."""
        ours = self.unsafe.before.activity
        return max(ours.points if ours else 0, *(int(self.row[k] or 0) for k in ("fitdecode_n", "fitparse_n")))


@pytest.fixture(scope="module")
def cases(corpus: Corpus) -> list[Case]:
    return [
        Case(row["file"], row, fix(path, config=CONFIG), fix(path, config=CONFIG, unsafe=True))
        for path, row in corpus
        if row["format"].endswith("fit")
    ]


def _fitdecode(data: bytes) -> int:
    with fitdecode.FitReader(
        io.BytesIO(data), check_crc=fitdecode.CrcCheck.RAISE, error_handling=fitdecode.ErrorHandling.RAISE
    ) as reader:
        return sum(f.frame_type == fitdecode.FIT_FRAME_DATA and f.name == "record" for f in reader)


def _fitparse(data: bytes) -> int:
    return sum(1 for _ in fitparse.FitFile(io.BytesIO(data)).get_messages("record"))


@pytest.mark.parametrize("reader", [_fitdecode, _fitparse])
def test_damaged_files_are_read_afterwards(cases: list[Case], reader: Callable[[bytes], int]) -> None:
    wrong = {}
    damaged = [case for case in cases if case.damaged and case.before]
    assert len(damaged) >= 15
    for case in damaged:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            try:
                count = reader(case.unsafe.data)
            except Exception as error:  # whatever it is, the reader cannot read the file
                wrong[case.name] = f"{type(error).__name__}: {error}"
                continue
        if count < case.before:
            wrong[case.name] = f"{count} records, {case.before} before"
    assert wrong == {}


def test_good_files_come_out_byte_for_byte(cases: list[Case]) -> None:
    good = [
        c for c in cases if not any(f.name in MENDED and f.severity > Severity.INFO for f in c.safe.before.findings)
    ]
    assert len(good) >= 60
    assert [c.name for c in good if c.safe.changed or c.unsafe.changed] == []


def test_a_second_fix_changes_nothing(cases: list[Case]) -> None:
    again = []
    for case in cases:
        for fixed, unsafe in ((case.safe, False), (case.unsafe, True)):
            if fixed.changed and fix(fixed.data, config=CONFIG, unsafe=unsafe, name=fixed.before.name).changed:
                again.append((case.name, unsafe))
    assert again == []


def test_nothing_is_worse_and_nothing_is_lost_in_silence(cases: list[Case]) -> None:
    wrong = []
    for case in cases:
        for fixed in (case.safe, case.unsafe):
            if (fixed.after.worst or Severity.INFO) > (fixed.before.worst or Severity.INFO) or any(
                "itself failed" in w for w in fixed.left
            ):
                wrong.append((case.name, fixed.left))
            assert apply(fixed.original, fixed.edits) == fixed.data
            told = [(a, a + s) for change in fixed.ledger for a, s in change.ranges]
            gone = [e for e in fixed.edits if e.size > len(e.data) and e.size - len(e.data) > 2]
            if any(not any(a <= e.offset + e.size and e.offset <= b for a, b in told) for e in gone):
                wrong.append((case.name, gone))
    assert wrong == []


def test_safe_repairs_keep_every_record(cases: list[Case]) -> None:
    for case in cases:
        before, after = case.safe.before.activity, case.safe.after.activity
        assert (before is None) == (after is None)
        if before and after:
            assert after.points >= before.points, case.name
        assert all(change.safe for change in case.safe.ledger)
