"""Parquet: the tables ``files`` and ``findings``, for statistics over many files and nights (docs/ci.md).

Rows wait as JSON Lines on the disk; DuckDB makes Parquet of them in bounded memory when the run ends
(docs/decisions/0004-parquet.md). Columns may be added behind the others; none is ever renamed or gets another type.
"""

from __future__ import annotations

from collections import Counter
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ..activity import ends_with_barometer
from ..measured import FACTS
from ..version import __version__
from ..words import iso, json_text
from .digest import digest
from .spool import NamedSpools

if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import BinaryIO

    from ..findings import Finding, Report
    from .digest import Digest

__all__ = ["COLUMNS", "TABLES", "Writer", "columns", "piece"]

#: The files of this output, in the order in which they are opened.
TABLES = ("files", "findings")
#: The columns of each table with their types in DuckDB, in their order.
COLUMNS = {
    "files": {
        "file": "VARCHAR", "sha256": "VARCHAR", "format": "VARCHAR", "container": "VARCHAR", "bytes": "BIGINT",
        "verdict": "VARCHAR", "schema_valid": "BOOLEAN", "manufacturer": "VARCHAR", "product": "VARCHAR",
        "firmware": "VARCHAR", "device": "VARCHAR", "claims_barometer": "BOOLEAN", "start_time": "TIMESTAMP",
        "elapsed_s": "DOUBLE", "distance_m": "DOUBLE", "points": "BIGINT", "points_without_time": "BIGINT",
        "laps": "BIGINT", "sessions": "BIGINT", "sport": "VARCHAR", "strava_sport": "VARCHAR", "errors": "BIGINT",
        "warnings": "BIGINT", "infos": "BIGINT", "known": "BIGINT",
        "version": "VARCHAR", "config": "VARCHAR", "purpose": "VARCHAR",
    },
    "findings": {
        "file": "VARCHAR", "sha256": "VARCHAR", "code": "VARCHAR", "name": "VARCHAR", "severity": "VARCHAR",
        "message": "VARCHAR", "fix": "VARCHAR", "offset": "BIGINT", "size": "BIGINT", "line": "BIGINT",
        "column": "BIGINT", "record": "BIGINT", "points": "BIGINT", "time": "TIMESTAMP",
    },
}  # fmt: skip
_TYPES = {"text": "VARCHAR", "whole": "BIGINT", "number": "DOUBLE"}
#: Behind the columns of ``files``: one for each fact that is a single value and no column yet, empty where no facts
#: were asked for.
_FACTS = {f.name: _TYPES[f.kind] for f in FACTS.values() if f.kind in _TYPES and f.name not in COLUMNS["files"]}
#: What DuckDB may hold: a row group of strings and what is read ahead. It takes nothing from the network.
_SETTINGS = {
    "memory_limit": "96MB",
    "threads": 1,
    "autoinstall_known_extensions": False,
    "custom_user_agent": "tracklint",
}
_ROW_GROUP = 20_000
#: Characters of a text in a cell; a row must fit into what is read at once.
_MOST_TEXT = 10_000


def piece(report: Report) -> str:
    """The rows of one report as JSON Lines: that of ``files``, which a fleet has not, then those of ``findings``."""
    rows = [_file(report)] if report.format != "fleet" else []
    rows += [_finding(report, finding) for finding in report.findings]
    return "".join(json_text({key: _cell(value) for key, value in row.items()}, compact=True) + "\n" for row in rows)


def _file(report: Report) -> dict[str, Any]:
    manufacturer, product, firmware = digest(report).device
    counts = Counter(finding.severity.label for finding in report.findings)
    row = {
        "file": report.name,
        "sha256": report.sha256,
        "format": report.format,
        "container": report.container,
        "bytes": report.bytes,
        "verdict": report.verdict,
        "schema_valid": report.schema_valid,
        "manufacturer": manufacturer or None,
        "product": product or None,
        "firmware": firmware or None,
        "errors": counts["error"],
        "warnings": counts["warning"],
        "infos": counts["info"],
        "known": len(report.known),
        "version": __version__,
        "config": report.config or None,
        "purpose": report.purpose,
    }
    if (activity := report.activity) is not None:
        device, sport = activity.device, activity.sport
        row |= {
            "device": device.name,
            "claims_barometer": bool(device.barometer) or ends_with_barometer(device.name or ""),
            "start_time": iso(activity.start_time),
            "elapsed_s": activity.elapsed_s,
            "distance_m": activity.distance_m,
            "points": activity.points,
            "points_without_time": activity.points_without_time,
            "laps": activity.laps,
            "sessions": activity.sessions,
            "sport": sport.file,
            "strava_sport": sport.strava,
        }
    return row | {name: report.facts[name] for name in _FACTS if name in report.facts}


def _finding(report: Report, finding: Finding) -> dict[str, Any]:
    where = finding.where
    return {
        "file": report.name,
        "sha256": report.sha256,
        "code": finding.code,
        "name": finding.name,
        "severity": finding.severity.label,
        "message": finding.message,
        "fix": finding.fix,
        "offset": where.offset,
        "size": where.size,
        "line": where.line,
        "column": where.column,
        "record": where.record,
        "points": where.count,
        "time": iso(where.time),
    }


def _cell(value: Any) -> Any:
    """A value as a cell takes it: Parquet's texts are UTF-8 and its numbers may not be what JSON has no word for."""
    if isinstance(value, str):
        return value[:_MOST_TEXT].encode("utf-8", "backslashreplace").decode()
    if isinstance(value, float):
        return value if value - value == 0 else None
    return value if value is None or isinstance(value, bool) else int(value)


class Writer:
    """Keeps the rows on the disk until the run ends."""

    def __init__(self, opened: Callable[[int], BinaryIO]) -> None:
        self._out = {table: opened(part) for part, table in enumerate(TABLES, 1)}
        self._rows = NamedSpools(TABLES)

    def add(self, digest: Digest, piece: str) -> None:
        """Keep the rows of the next file."""
        if not digest.of_fleet:
            file, _, piece = piece.partition("\n")
            self._rows.add("files", file + "\n")
        self._rows.add("findings", piece)

    def close(self) -> None:
        """Make the tables of them."""
        for table, out in self._out.items():
            with _made(self._rows.path(table), table).open("rb") as made:
                for block in iter(partial(made.read, 1 << 20), b""):
                    out.write(block)
        self._rows.close()


def _made(rows: Path, table: str) -> Path:
    """The Parquet file of a table, beside its rows. Raises OSError where the disk has no room for it."""
    import duckdb

    made = rows.with_suffix(".parquet")
    named = ", ".join(f"\"{name}\": '{kind}'" for name, kind in columns(table).items())
    with duckdb.connect(config={**_SETTINGS, "temp_directory": str(rows.parent)}) as duck:
        try:
            duck.execute(
                f"COPY (FROM read_json({_quoted(rows)}, format = 'newline_delimited', columns = {{{named}}}))"
                f" TO {_quoted(made)} (FORMAT parquet, COMPRESSION zstd, ROW_GROUP_SIZE {_ROW_GROUP})"
            )
        except duckdb.IOException as error:
            raise OSError(str(error)) from None
    return made


def columns(table: str) -> dict[str, str]:
    """The columns of a table with their types, facts included."""
    return COLUMNS[table] | (_FACTS if table == "files" else {})


def _quoted(path: Path) -> str:
    return "'" + str(path).replace("'", "''") + "'"
