"""What is kept of a night's reports: columns, a few numbers a file and none of its texts."""

from __future__ import annotations

import re
from array import array
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache
from typing import Any

import numpy as np

from ...errors import TracklintError
from ...findings import Severity

__all__ = ["BadNight", "Floats", "Maker", "Night", "NightMaker", "RuleFacts"]

Device = tuple[str, str, str]
Floats = np.ndarray[Any, np.dtype[np.float64]]
#: Facts that say which file or device it is, or when it was; they differ from night to night and mean nothing.
_IDENTITY = re.compile(r"serial|manufacturer|product|firmware|hardware|version|time_created|(^|_)(start|end)_time")
_VALUES = ("elapsed_s", "distance_m", "points")


class BadNight(TracklintError):
    """Reports that cannot be compared. The text is one clear sentence that names them."""


@dataclass(frozen=True, slots=True)
class RuleFacts:
    """What is known of a rule: its name, its highest severity in the night, and the first message; of a fact there is
    nothing."""

    name: str
    severity: Severity | None
    message: str


@dataclass(frozen=True, slots=True)
class Maker:
    """With what reports were made: tracklint's version, a digest of the configuration, and the question (``--for``);
    ``""`` where they do not tell."""

    version: str = ""
    config: str = ""
    purpose: str = ""


@dataclass(slots=True)
class Night:
    """A night of n files. ``values`` and ``facts`` hold float64 arrays of length n, NaN where nothing is known;
    ``rules`` rows of files and how many points (or things) the findings stand for there. ``unreadable`` are rows of
    files of which nothing is known. ``verdicts`` counts files by verdict, empty where no report tells. ``label`` is
    how messages call the night."""

    label: str
    names: list[str]
    sha256: list[str]
    devices: list[Device]
    sports: list[str]
    starts: list[str]
    values: dict[str, Floats]
    facts: dict[str, Floats]
    rules: dict[str, tuple[np.ndarray[Any, Any], Floats]]
    known: dict[str, RuleFacts]
    unreadable: frozenset[int]
    verdicts: Mapping[str, int]
    makers: frozenset[Maker]

    def __len__(self) -> int:
        return len(self.names)

    def rows(self) -> dict[tuple[str, str], dict[str, list[int]]]:
        """The rows of readable files by device (manufacturer and product) and firmware."""
        found: dict[tuple[str, str], dict[str, list[int]]] = {}
        for row, (manufacturer, product, firmware) in enumerate(self.devices):
            if row not in self.unreadable:
                found.setdefault((manufacturer, product), {}).setdefault(firmware, []).append(row)
        return found

    def measure(self, key: str) -> Floats:
        """One number a file: of a rule what its findings stand for, 0 where it is silent; of a fact its value."""
        if key in self.facts:
            return self.facts[key]
        column = np.zeros(len(self))
        if key in self.rules:
            rows, points = self.rules[key]
            column[rows] = points
        return column


@cache
def _means_something(fact: str) -> bool:
    return not _IDENTITY.search(fact)


@dataclass(slots=True)
class NightMaker:
    """Takes reports one by one, as JSON objects (``files`` of schemas/report.schema.json)."""

    label: str
    names: list[str] = field(default_factory=list)
    sha256: list[str] = field(default_factory=list)
    devices: list[Device] = field(default_factory=list)
    sports: list[str] = field(default_factory=list)
    starts: list[str] = field(default_factory=list)
    columns: dict[str, array[float]] = field(default_factory=dict)
    rules: dict[str, tuple[array[int], array[float]]] = field(default_factory=dict)
    known: dict[str, RuleFacts] = field(default_factory=dict)
    unreadable: set[int] = field(default_factory=set)
    verdicts: Counter[str] = field(default_factory=Counter)
    makers: set[Maker] = field(default_factory=set)
    _texts: dict[str, str] = field(default_factory=dict)

    def add(self, report: Mapping[str, Any], version: str = "") -> None:
        """The next file. ``version`` is that of tracklint where the report itself does not tell. Raises KeyError,
        TypeError, AttributeError and ValueError where it is no report."""
        activity = report["activity"] or {}
        device, sport = activity.get("device") or {}, activity.get("sport") or {}
        identity = (device.get("manufacturer"), device.get("product"), device.get("firmware"))
        found = [
            (it["code"], it["name"], it["severity"], it["message"], it["where"].get("count") or 1)
            for it in report["findings"]
        ]
        row = self.file(
            name=report["name"],
            sha256=report["sha256"],
            device=identity,
            sport=sport.get("file"),
            start=activity.get("start_time"),
            readable=report["format"] != "unknown",
            verdict=report.get("verdict"),
        )
        for name in _VALUES:
            self.value(row, f"={name}", activity.get(name))
        for name, value in (report.get("facts") or {}).items():
            self.fact(row, name, value)
        for each in found:
            self.finding(row, each)
        made = report.get("checked_by") or {}
        purpose = report.get("purpose") or ""
        self.makers.add(Maker(made.get("version") or version, made.get("config") or "", purpose))

    def file(
        self,
        *,
        name: str,
        sha256: str,
        device: tuple[str | None, str | None, str | None],
        sport: str | None,
        start: str | None,
        readable: bool,
        verdict: str | None,
    ) -> int:
        """The row of the next file."""
        if not isinstance(name, str) or not isinstance(sha256, str):
            raise TypeError("name and sha256 are texts")
        row = len(self.names)
        self.names.append(name)
        self.sha256.append(sha256)
        manufacturer, product, firmware = (self._kept(each) for each in device)
        self.devices.append((manufacturer, product, firmware))
        self.sports.append(self._kept(sport))
        self.starts.append(start or "")
        if not readable:
            self.unreadable.add(row)
        if verdict:
            self.verdicts[str(verdict)] += 1
        return row

    def fact(self, row: int, name: str, value: Any) -> None:
        """A fact of a file; what is no number, and what only says which file it is, is left out."""
        if isinstance(value, int | float) and _means_something(name):
            self.value(row, name, value)

    def value(self, row: int, name: str, value: Any) -> None:
        """A number of a file; ``None`` is not known."""
        if value is None:
            return
        column = self.columns.get(name)
        if column is None:
            column = self.columns[name] = array("d")
        if (missing := row - len(column)) > 0:
            column.extend([np.nan] * missing)
        column.append(value)

    def finding(self, row: int, finding: tuple[str, str, str, str, int]) -> None:
        """A finding in a file: code, name, severity, message, and how many points it stands for."""
        code, name, severity, message, points = finding
        rows, counts = self.rules.setdefault(code, (array("q"), array("d")))
        if rows and rows[-1] == row:
            counts[-1] += points
        else:
            rows.append(row)
            counts.append(points)
        before = self.known.get(code)
        if before is None or before.severity is None or Severity(severity) > before.severity:
            self.known[code] = RuleFacts(name, Severity(severity), message)

    def _kept(self, text: str | None) -> str:
        """``text``, the same object for the same words."""
        return self._texts.setdefault(text or "", text or "")

    def night(self) -> Night:
        """All that was added."""
        columns = dict(self._columns())
        return Night(
            label=self.label,
            names=self.names,
            sha256=self.sha256,
            devices=self.devices,
            sports=self.sports,
            starts=self.starts,
            values={name: columns.pop(f"={name}", np.full(len(self.names), np.nan)) for name in _VALUES},
            facts=columns,
            rules={code: (np.array(rows), np.array(counts)) for code, (rows, counts) in self.rules.items()},
            known=self.known,
            unreadable=frozenset(self.unreadable),
            verdicts=dict(self.verdicts),
            makers=frozenset(self.makers),
        )

    def _columns(self) -> Iterator[tuple[str, Floats]]:
        for name, column in self.columns.items():
            column.extend([np.nan] * (len(self.names) - len(column)))
            yield name, np.array(column)
