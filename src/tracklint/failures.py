"""INT: the ways in which a check itself can fail. They are no rules, because nothing that stands in a file makes
them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from .findings import Finding, Severity, Where

__all__ = ["CRASHED", "DIED", "FAILURES", "SLOW", "UNREADABLE", "Failure", "crash"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Failure:
    """One way to fail. ``says`` is a `str.format` template over the words that `finding` is given, ``sample`` are some
    of them."""

    code: str
    name: str
    says: str
    sample: Mapping[str, object]
    hint: str
    documentation: str

    @property
    def severity(self) -> Severity:
        """Always an error: the report cannot be trusted."""
        return Severity.ERROR

    @property
    def example(self) -> str:
        """What it may say."""
        return self.says.format_map(self.sample)

    @property
    def title(self) -> str:
        """The first sentence of the documentation."""
        return self.documentation.partition(". ")[0].rstrip(".") + "."

    def finding(self, evidence: Mapping[str, Any], **words: object) -> Finding:
        """The finding that tells it. The template takes ``words`` beside the evidence."""
        return Finding(
            code=self.code,
            name=self.name,
            severity=self.severity,
            message=self.says.format_map({**evidence, **words}),
            hint=self.hint,
            where=Where(),
            evidence=evidence,
        )


CRASHED = Failure(
    code="INT001",
    name="crashed",
    says="tracklint itself failed while it ran {part}: {error}: {text}",
    sample={"part": "TIM008", "error": "IndexError", "text": "index 61 is out of bounds"},
    hint="this is a defect of tracklint, not of the file; please report it with this line",
    documentation="A part of tracklint failed on this file. What the other parts found is in the report all the same.",
)
UNREADABLE = Failure(
    code="INT002",
    name="unreadable",
    says="{reason}",
    sample={"reason": "no permission to read it"},
    hint="check the path and its permissions",
    documentation="The file could not be read at all. There is no such path, it may not be read, or it is no file.",
)
DIED = Failure(
    code="INT003",
    name="worker-died",
    says="the process that checked this file died before it was done ({how})",
    sample={"how": "signal 9"},
    hint="signal 9 is often a lack of memory; if the file is small, this is a defect of tracklint: please report it",
    documentation="The process that checked this file died: it was killed, ran out of memory, or crashed. The command "
    "checks every file once more, alone in a fresh process, whose process died; only what ends this one too is told. "
    "The other files are not touched by it. What an executor or a cluster lost is checked again in the same way.",
)
SLOW = Failure(
    code="INT004",
    name="too-slow",
    says="not checked to the end in {seconds:g} s",
    sample={"seconds": 60},
    hint="raise `seconds` under [limits] in the configuration; if the file is small, this is a defect of tracklint: "
    "please report it",
    documentation="The check of this file took longer than the limit `seconds` and was ended. The other files are not "
    "touched by it. With --second-reader the limit grows by what the readers of one file may take.",
)

#: Every failure by code.
FAILURES = {each.code: each for each in (CRASHED, UNREADABLE, DIED, SLOW)}


def crash(part: str, error: Exception) -> Finding:
    """INT001: one of our own parts failed on this file."""
    trace = error.__traceback__
    while trace is not None and trace.tb_next is not None:
        trace = trace.tb_next
    spot = f"{trace.tb_frame.f_code.co_name}:{trace.tb_lineno}" if trace else ""
    return CRASHED.finding({"part": part, "error": type(error).__name__, "spot": spot}, text=error)
