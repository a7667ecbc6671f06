"""What a run found, summed up: rules, devices and verdicts, as text, JSON or Markdown.

Its size grows with the rules that were broken and the devices that were met, not with the files.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any, TextIO

from ..render.counts import VERDICTS, Counts, Device, Tally
from ..words import counted, printable

__all__ = ["FORMATS", "Statistics"]


class Statistics(Counts):
    """Counts of a run. `add` each file, `write` at the end."""

    def write(self, format_: str, out: TextIO) -> None:
        """Write the counts in one of `FORMATS`. Raises KeyError for another one, OSError."""
        FORMATS[format_](self, out)

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
            (*heads, "files", *VERDICTS),
            [
                (*_shown(device), f"{tally.verdicts.total():,}", *(f"{tally.verdicts[each]:,}" for each in VERDICTS))
                for device, tally in self.ordered()
            ],
        )
        yield (
            "Rules by device",
            (*heads, "rule", "files", "share", "findings"),
            [
                (*_shown(device), code, f"{tally.files[code]:,}", tally.share(code), f"{tally.findings[code]:,}")
                for device, tally in self.ordered()
                for code in tally.codes()
            ],
        )


def _shown(device: Device) -> Device:
    manufacturer, product, firmware = (each or "-" for each in device)
    return manufacturer, product, firmware


def _verdicts(tally: Tally) -> str:
    parts = [f"{tally.verdicts[each]:,} {each}" for each in VERDICTS if tally.verdicts[each]]
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
            "verdicts": {each: tally.verdicts[each] for each in VERDICTS},
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
