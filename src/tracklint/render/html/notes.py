"""The findings of a report as a page tells them: the worst first, each with its place in the ride and in the file."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from ...words import clock, place
from .spots import Line, excerpt, found_at, stretches
from .zone import said

if TYPE_CHECKING:
    from ...findings import Finding, Report
    from ...reading import Reading

__all__ = ["Note", "notes"]

_WORDS = {"error": "error", "warning": "warning", "info": "note"}
_MOST_EVIDENCE = 200


@dataclass(frozen=True, slots=True)
class Note:
    """One finding. ``point`` is where it is in the ride, ``None`` where it concerns the whole file; ``runs`` are the
    points that share its cause."""

    finding: Finding
    word: str
    place: str
    moment: str
    point: int | None
    runs: tuple[tuple[int, int], ...]
    lines: tuple[Line, ...]
    evidence: tuple[tuple[str, str], ...]


def notes(report: Report, reading: Reading, zone: int | None) -> list[Note]:
    """All findings, none left out."""
    codec = "utf-8"
    if report.format in ("gpx", "tcx"):
        from ...xml.encoding import find_encoding

        codec = find_encoding(reading.source.data).found
    worst_first = sorted(report.findings, key=lambda finding: -finding.severity.rank)
    return [_note(finding, report, reading, codec, zone) for finding in worst_first]


def _note(finding: Finding, report: Report, reading: Reading, codec: str, zone: int | None) -> Note:
    where, activity = finding.where, reading.activity
    start = report.activity.start_time if report.activity is not None else None
    since = "" if where.time is None or start is None else clock(where.time - start)
    moment = said(where.time, zone)
    return Note(
        finding=finding,
        word=_WORDS[finding.severity.label],
        place=place(replace(where, time=None), report.format),
        moment=f"{moment}, {since} into the ride" if moment and since and not since.startswith("-") else moment,
        point=found_at(finding, activity) if activity is not None else None,
        runs=tuple(stretches(finding)),
        lines=tuple(excerpt(reading.source.data, where, report.format, codec)),
        evidence=tuple((key.replace("_", " "), _text(value)) for key, value in finding.evidence.items()),
    )


def _text(value: object) -> str:
    text = f"{value:g}" if isinstance(value, float) else str(value)
    return text if len(text) <= _MOST_EVIDENCE else f"{text[:_MOST_EVIDENCE]}..."
