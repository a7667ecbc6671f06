"""Counts of a run: verdicts, rules and devices. They grow with the rules that were broken and the devices that were
met, not with the files."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from ..findings import Severity

if TYPE_CHECKING:
    from .digest import Digest

__all__ = ["VERDICTS", "Counts", "Device", "Tally"]

#: The worst first.
VERDICTS = ("refused", "risky", "ready")
#: Manufacturer, product and firmware.
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

    def share(self, code: str) -> str:
        """The files with a code among all, in percent."""
        return f"{self.files[code] / self.verdicts.total():.1%}"


class Counts:
    """What `add` counts: all files, and those of each device."""

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

    def ordered(self) -> list[tuple[Device, Tally]]:
        """Devices by manufacturer, product and firmware."""
        return sorted(self.devices.items())
