"""What Strava would say about a file, told from what our own check says: one of its texts, or nothing.

The texts are those that users have seen; which of them answers which fault is known from reports, not from a document.
"""

from __future__ import annotations

from dataclasses import dataclass

from ...findings import Report, Severity

__all__ = [
    "BAD_TIME",
    "CORRUPTED",
    "EMPTY",
    "IMPROPER",
    "MALFORMED",
    "NO_TIME",
    "UNRECOGNISED",
    "Refusal",
    "judge",
]

EMPTY = "The file is empty"
UNRECOGNISED = "Unrecognized file type"
IMPROPER = "Improperly formatted data."
MALFORMED = "The upload appears to be malformed and we are unable to process it"
NO_TIME = "Time information is missing from file."
#: Of these two only a part was ever quoted (GoldenCheetah#1389).
BAD_TIME = "bad time data"
CORRUPTED = "partially corrupted file, could be truncated"


@dataclass(frozen=True, slots=True)
class Refusal:
    """A text of Strava. ``at_once`` tells whether the answer to the file itself says it, or only a later question.

    Without a text the upload is never told to be done.
    """

    text: str
    at_once: bool = False


#: Codes, or families of codes, whose errors bring each text; the first row that fits decides.
_TEXTS: tuple[tuple[tuple[str, ...], Refusal], ...] = (
    (("DOC001",), Refusal(EMPTY, at_once=True)),
    (("DOC002", "DOC012", "SCH001", "UPL005"), Refusal(UNRECOGNISED, at_once=True)),
    (("UPL001",), Refusal(IMPROPER, at_once=True)),
    (("STR011",), Refusal("")),  # a route or waypoints alone: still processing, for ever (strava-ruby-client#36)
    (("FIT211", "FIT401"), Refusal(NO_TIME)),
    (("FIT", "DOC", "SCH"), Refusal(MALFORMED)),
    (("TIM001", "TIM002", "TIM003", "STR"), Refusal(NO_TIME)),
    (("TIM",), Refusal(BAD_TIME)),
    (("",), Refusal(MALFORMED)),
)


def judge(report: Report, declared: str) -> Refusal | None:
    """The refusal of a file sent as ``declared`` (fit, tcx or gpx), ``None`` where it becomes an activity."""
    errors = [f.code for f in report.findings if f.severity >= Severity.ERROR]
    codes = [code for code in errors if not code.startswith("INT")]  # a defect of ours is no fault of the file
    if report.format not in ("unknown", declared):
        return Refusal(IMPROPER, at_once=True)
    for families, refusal in _TEXTS:
        if any(code.startswith(families) for code in codes):
            return refusal
    if report.prediction is None or report.prediction.start_time is None:
        return Refusal(NO_TIME)
    return None
