"""What Strava would say about a file, told from what our own check says: one of its texts, or nothing.

The texts are those that users have seen; which of them answers which fault is known from reports, not from a document.
"""

from __future__ import annotations

from dataclasses import dataclass

from ...findings import Report, Severity

__all__ = ["EMPTY", "IMPROPER", "MALFORMED", "NO_TIME", "UNRECOGNISED", "Refusal", "judge"]

EMPTY = "The file is empty"
UNRECOGNISED = "Unrecognized file type"
IMPROPER = "Improperly formatted data."
MALFORMED = "The upload appears to be malformed and we are unable to process it"
NO_TIME = "Time information is missing from file."

#: Codes, or families of codes, whose errors bring each text; the first row that fits decides. The flag is ``at_once``.
_TEXTS: tuple[tuple[tuple[str, ...], str, bool], ...] = (
    (("DOC001",), EMPTY, True),
    (("DOC002", "DOC012", "UPL005"), UNRECOGNISED, True),
    (("UPL001",), IMPROPER, True),
    (("FIT", "DOC", "SCH"), MALFORMED, False),
    (("TIM001", "TIM002", "TIM003", "STR"), NO_TIME, False),
    (("",), MALFORMED, False),
)


@dataclass(frozen=True, slots=True)
class Refusal:
    """A text of Strava. ``at_once`` tells whether the answer to the file itself says it, or only a later question."""

    text: str
    at_once: bool


def judge(report: Report, declared: str) -> Refusal | None:
    """The refusal of a file sent as ``declared`` (fit, tcx or gpx), ``None`` where it becomes an activity."""
    errors = [f.code for f in report.findings if f.severity >= Severity.ERROR]
    codes = [code for code in errors if not code.startswith("INT")]  # a defect of ours is no fault of the file
    if report.format not in ("unknown", declared):
        return Refusal(IMPROPER, at_once=True)
    for families, text, at_once in _TEXTS:
        if any(code.startswith(families) for code in codes):
            return Refusal(text, at_once)
    if report.prediction is None or report.prediction.start_time is None:
        return Refusal(NO_TIME, at_once=False)
    return None
