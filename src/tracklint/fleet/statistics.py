"""What a run found, summed up: rules, devices and verdicts, as text, JSON or Markdown.

Its size grows with the rules that were broken and the devices that were met, not with the files.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, TextIO

from ..findings import Severity
from ..words import counted, printable

if TYPE_CHECKING:
    from ..render.digest import Digest

__all__ = ["FORMATS", "Statistics"]

_VERDICTS = ("refused", "risky", "ready")
Device = tuple[str, str, str]


@dataclass(slots=True)
class Tally:
    """Files, verdicts, and how many files and findings each code has."""

    verdicts: Counter[str] = field(default_factory=Counter)
    files: Counter[str] = field(default_factory=Counter)
    findings: Counter[str] = field(default_factory=Counter)

    def add(self, digest: Digest) -> None:
        """Count one file."""
        self.verdicts[digest.verdict] += not digest.of_fleet
        for code, _, count in digest.counts:
            self.files[code] += not digest.of_fleet
            self.findings[code] += count

    def codes(self) -> list[str]:
        """The codes, those of most files first."""
        return sorted(self.files, key=lambda code: (-self.files[code], code))


class Statistics:
    """Counts of a run. `add` each file, `write` at the end."""

    def __init__(self) -> None:
        self.all = Tally()
        self.devices: dict[Device, Tally] = {}
        self.severities: dict[str, Severity] = {}

    def add(self, digest: Digest) -> None:
        """Count one file."""
        self.all.add(digest)
        if not digest.of_fleet:
            self.devices.setdefault(digest.device, Tally()).add(digest)
        for code, severity, _ in digest.counts:
            self.severities[code] = max(severity, self.severities.get(code, severity))

    def write(self, format_: str, out: TextIO) -> None:
        """Write the counts in one of `FORMATS`. Raises KeyError for another one, OSError."""
        FORMATS[format_](self, out)

    def ordered(self) -> list[tuple[Device, Tally]]:
        """Devices by manufacturer, product and firmware."""
        return sorted(self.devices.items())

    def tables(self) -> Iterator[tuple[str, Sequence[str], list[Sequence[str]]]]:
        """Title, heads and rows of each table: rules, devices, and the rules of each device."""
        yield (
            "Rules",
            ("rule", "severity", "files", "findings"),
            [
                (code, self.severities[code].label, f"{self.all.files[code]:,}", f"{self.all.findings[code]:,}")
                for code in self.all.codes()
            ],
        )
        heads = ("manufacturer", "product", "firmware")
        yield (
            "Devices",
            (*heads, "files", *_VERDICTS),
            [
                (*_shown(device), f"{tally.verdicts.total():,}", *(f"{tally.verdicts[each]:,}" for each in _VERDICTS))
                for device, tally in self.ordered()
            ],
        )
        yield (
            "Rules by device",
            (*heads, "rule", "files", "share", "findings"),
            [
                (*_shown(device), code, f"{tally.files[code]:,}", _share(tally, code), f"{tally.findings[code]:,}")
                for device, tally in self.ordered()
                for code in tally.codes()
            ],
        )


def _shown(device: Device) -> Device:
    manufacturer, product, firmware = (each or "-" for each in device)
    return manufacturer, product, firmware


def _share(tally: Tally, code: str) -> str:
    return f"{tally.files[code] / tally.verdicts.total():.1%}"


def _verdicts(tally: Tally) -> str:
    parts = [f"{tally.verdicts[each]:,} {each}" for each in _VERDICTS if tally.verdicts[each]]
    return ", ".join([counted(tally.verdicts.total(), "file"), *parts])


def _text(statistics: Statistics, out: TextIO) -> None:
    encoding = getattr(out, "encoding", None) or "utf-8"
    out.write(f"{_verdicts(statistics.all)}\n")
    for title, heads, rows in statistics.tables():
        if not rows:
            continue
        whole = [list(heads), *([printable(text, encoding) for text in row] for row in rows)]
        widths = [max(map(len, column)) for column in zip(*whole, strict=True)]
        out.write(f"\n{title}\n")
        for row in whole:
            cells = (text.ljust(width) for text, width in zip(row, widths, strict=True))
            out.write(f"  {'  '.join(cells)}".rstrip() + "\n")


def _markdown(statistics: Statistics, out: TextIO) -> None:
    from ..render.markdown import code as quoted

    out.write(f"{_verdicts(statistics.all)}\n")
    for title, heads, rows in statistics.tables():
        if rows:
            out.write(f"\n### {title}\n\n| {' | '.join(heads)} |\n|{'---|' * len(heads)}\n")
            out.writelines(f"| {' | '.join(quoted(text) for text in row)} |\n" for row in rows)


def _json(statistics: Statistics, out: TextIO) -> None:
    def told(tally: Tally) -> dict[str, Any]:
        return {
            "files": tally.verdicts.total(),
            "verdicts": {each: tally.verdicts[each] for each in _VERDICTS},
            "rules": {
                code: {"files": tally.files[code], "findings": tally.findings[code]} for code in sorted(tally.files)
            },
        }

    devices = [
        {"manufacturer": device[0], "product": device[1], "firmware": device[2], **told(tally)}
        for device, tally in statistics.ordered()
    ]
    out.write(json.dumps({"statistics_version": 1, **told(statistics.all), "devices": devices}, indent=1) + "\n")


#: How each format of ``--statistics`` is written.
FORMATS: Mapping[str, Callable[[Statistics, TextIO], None]] = {"text": _text, "json": _json, "markdown": _markdown}
