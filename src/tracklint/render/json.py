"""The machine-readable report, described by ``schemas/report.schema.json``; same reports, same bytes."""

from __future__ import annotations

import json
from collections import Counter
from typing import TYPE_CHECKING, TextIO

from ..version import __version__
from .data import SCHEMA_VERSION
from .jsonl import piece

if TYPE_CHECKING:
    from collections.abc import Callable

    from ..findings import Verdict
    from .digest import Digest

__all__ = ["Writer", "piece"]

_ORDER = ("ready", "risky", "refused")


class Writer:
    """Files are written as they come, one a line, and never kept; what sums them up follows them, that of devices
    first."""

    def __init__(self, opened: Callable[[int], TextIO]) -> None:
        self._out = opened(1)
        self._files: Counter[str] = Counter()
        self._findings: Counter[str] = Counter()
        self._verdict: Verdict = "ready"
        self._between, self._fleet = "\n", False
        tool = {"name": "tracklint", "version": __version__}
        self._out.write(f'{{"schema_version": {SCHEMA_VERSION},\n"tool": {json.dumps(tool)},\n"files": [')

    def add(self, digest: Digest, piece: str) -> None:
        """Write the element of the next file."""
        if digest.of_fleet and not self._fleet:
            self._out.write('\n],\n"fleet": [')
            self._between, self._fleet = "\n", True
        self._out.write(self._between + piece)
        self._between = ",\n"
        for code, _, count in digest.counts:
            self._findings[code] += count
        self._files.update({code for code, _, _ in digest.counts})
        self._verdict = max(self._verdict, digest.verdict, key=_ORDER.index)

    def close(self) -> None:
        """Write the counts of all files and the verdict of the worst."""
        counts = {
            code: {"files": self._files[code], "findings": self._findings[code]} for code in sorted(self._findings)
        }
        self._out.write(f'\n],\n"counts": {json.dumps(counts)},\n"verdict": {json.dumps(self._verdict)}}}\n')
        self._out.flush()
