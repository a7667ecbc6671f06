"""A night from its reports: JSON Lines (plain or gzipped), a JSON report, a Parquet folder, or files checked now."""

from __future__ import annotations

import gzip
import json
import zlib
from collections.abc import Callable, Iterator
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any

from ...batch import made_in_processes
from ...config import Config
from ...extras import how_to_install
from ...findings import Report
from ...inputs import expand
from ...render import FOLDERS
from ...render.jsonl import piece
from ...source import Thing, sniff
from ...words import clipped, counted
from .night import BadNight, Maker, Night, NightMaker

__all__ = ["checked", "read_night"]

#: Bytes of one report; a longer line is none.
_LONGEST = 1 << 28
#: Bytes that tell what another file is.
_HEAD = 1 << 12


def read_night(path: Path, config: Config, *, jobs: int, step: Callable[[], None] = lambda: None) -> Night:
    """The night in a file of reports, a folder of Parquet tables, or a folder of activity files, which is checked with
    ``config`` in ``jobs`` processes; ``step`` is called for each file. Raises `BadNight`, OSError, and what a check
    raises."""
    if not path.exists():
        raise BadNight(f"{path}: there is no such file or folder")
    maker = NightMaker(str(path))
    if path.is_dir():
        if all((path / name).is_file() for name in FOLDERS["parquet"]):
            _from_tables(path, maker)
        else:
            for report in checked(path, config, jobs):
                maker.add(report)
                step()
    else:
        _from_file(path, maker)
    if not maker.names:
        raise BadNight(f"{path}: this night is empty: it holds no report")
    if len(maker.unreadable) == len(maker.names):
        raise BadNight(f"{path}: this night is empty: none of {counted(len(maker.names), 'file')} could be read")
    return maker.night()


def checked(path: Path, config: Config, jobs: int) -> Iterator[dict[str, Any]]:
    """The reports of all files in a folder, in their order."""
    for text in made_in_processes(expand([path], config), _piece, config=replace(config, facts=True), jobs=jobs):
        yield json.loads(text)


def _piece(report: Report, _thing: Thing) -> str:
    return piece(report)


def _from_file(path: Path, maker: NightMaker) -> None:
    with path.open("rb") as file:
        begun = file.read(2)
    opened: Any = gzip.open if begun == b"\x1f\x8b" else open
    try:
        with opened(path, "rb") as file:
            _no_other(path, file.read(_HEAD))
            file.seek(0)
            _from_lines(path, iter(partial(file.readline, _LONGEST), b""), maker)
    except (EOFError, zlib.error, gzip.BadGzipFile) as error:
        raise BadNight(f"{path}: the gzip data is broken behind {_so_far(maker)}: {error}") from None


def _no_other(path: Path, head: bytes) -> None:
    """Raises `BadNight` for what is given in the place of reports by mistake, as it begins."""
    if head.startswith(b"PAR1"):
        raise BadNight(
            f"{path}: this is one table of Parquet; give the folder that `check --output parquet=FOLDER` wrote"
        )
    if not head.lstrip().startswith((b"{", b"[")) and sniff(head)[0] != "unknown":
        raise BadNight(
            f"{path}: this is an activity file, no night of reports; give a folder of them, or --same-ride for "
            "recordings of one ride"
        )


def _from_lines(path: Path, lines: Iterator[bytes], maker: NightMaker) -> None:
    """Reports one a line, as JSON Lines and our own JSON have them; JSON of other layout is taken in one piece."""
    version = ""
    for number, line in enumerate(lines, 1):
        text = line.strip()
        if number == 1 and text.startswith(b'{"schema_version"'):
            version = _of_document(path, text, lines, maker)
            return
        if number == 1 and text in (b"{", b"["):
            _whole(path, text + b"".join(lines), maker)
            return
        if text:
            _add(path, number, text, maker, version)


def _of_document(path: Path, first: bytes, lines: Iterator[bytes], maker: NightMaker) -> str:
    """A JSON report: with one file a line where we wrote it."""
    second = next(lines, b"")
    if not second.startswith(b'"tool": '):
        _whole(path, first + b"\n" + second + b"".join(lines), maker)
        return ""
    try:
        version = str(json.loads(second.strip().removeprefix(b'"tool": ').rstrip(b","))["version"])
    except (ValueError, KeyError, TypeError):
        raise BadNight(f"{path}: line 2 is broken: the tool is wanted there") from None
    for number, line in enumerate(lines, 3):
        text = line.strip()
        if text.startswith(b"]"):
            return version
        if not text.startswith(b'"files"'):
            _add(path, number, text.removesuffix(b","), maker, version)
    raise BadNight(f"{path}: the report ends behind {_so_far(maker)}; it was not written to its end")


def _whole(path: Path, text: bytes, maker: NightMaker) -> None:
    try:
        table = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise BadNight(f"{path}: this is no JSON: {error}") from None
    files = table.get("files") if isinstance(table, dict) else table
    if not isinstance(files, list):
        raise BadNight(f"{path}: this is no report of tracklint: it has no list of files")
    version = table.get("tool", {}).get("version", "") if isinstance(table, dict) else ""
    for number, report in enumerate(files, 1):
        _taken(maker, report, version, f"{path}: report {number}")


def _add(path: Path, number: int, text: bytes, maker: NightMaker, version: str) -> None:
    try:
        report = json.loads(text)
    except (ValueError, RecursionError):
        begun = text[:60].decode("utf-8", "replace").rstrip("\ufffd")
        shown = f": {clipped(begun, 40)}" if begun.isprintable() and "\ufffd" not in begun else ""
        raise BadNight(f"{path}: line {number} is no report of tracklint: it is no JSON{shown}") from None
    _taken(maker, report, version, f"{path}: line {number}")


def _taken(maker: NightMaker, report: Any, version: str, where: str) -> None:
    try:
        if report.get("format") != "fleet":  # those are about files that have their own
            maker.add(report, version)
    except KeyError as error:
        raise BadNight(f"{where} is no report of tracklint: {error} is missing") from None
    except (AttributeError, TypeError, ValueError):
        raise BadNight(f"{where} is no report of tracklint: a value has another type than in our reports") from None


def _so_far(maker: NightMaker) -> str:
    return counted(len(maker.names), "report")


_KEYS = ("file", "sha256", "manufacturer", "product", "firmware", "sport", "start_time", "format", "verdict")
#: The first columns of the table `files`; what stands behind them are facts.
_LAST_COLUMN = "known"


def _from_tables(path: Path, maker: NightMaker) -> None:
    """The tables of a folder, read by DuckDB in bounded memory."""
    try:
        import duckdb
    except ImportError:
        raise BadNight(f"{path}: Parquet needs the extra `parquet`; {how_to_install('parquet')}") from None
    files, findings = (str(path / name) for name in FOLDERS["parquet"])
    settings = {"memory_limit": "96MB", "threads": 1, "autoinstall_known_extensions": False}
    try:
        with duckdb.connect(config=settings) as duck:
            _files_table(duck, files, maker)
            _findings_table(duck, findings, maker)
    except duckdb.Error as error:
        raise BadNight(f"{path}: these are no tables of tracklint: {str(error).splitlines()[0]}") from None
    except (KeyError, TypeError, ValueError):
        raise BadNight(f"{path}: these are no tables of tracklint: a column has another type than in ours") from None


def _files_table(duck: Any, table: str, maker: NightMaker) -> None:
    read = duck.execute("SELECT * REPLACE (start_time::VARCHAR AS start_time) FROM read_parquet(?)", [table])
    columns = [each[0] for each in read.description]
    behind = columns[columns.index(_LAST_COLUMN) + 1 :]
    facts = [name for name in behind if name not in ("version", "config", "purpose")]
    while rows := read.fetchmany(500):
        for values in rows:
            cells = dict(zip(columns, values, strict=True))
            name, sha256, manufacturer, product, firmware, sport, start, fmt, verdict = (cells[key] for key in _KEYS)
            row = maker.file(
                name=name,
                sha256=sha256,
                device=(manufacturer, product, firmware),
                sport=sport,
                start=start,
                readable=fmt != "unknown",
                verdict=verdict,
            )
            for key in ("elapsed_s", "distance_m", "points"):
                maker.value(row, f"={key}", cells[key])
            for key in facts:
                maker.fact(row, key, cells[key])
            made = Maker(*(cells.get(key) or "" for key in ("version", "config", "purpose")))
            maker.makers.add(made)


def _findings_table(duck: Any, table: str, maker: NightMaker) -> None:
    rows_of = {name: row for row, name in enumerate(maker.names)}
    asked = "SELECT file, code, name, severity, message, coalesce(points, 1) FROM read_parquet(?)"
    asked += " WHERE sha256 <> '' OR NOT starts_with(file, 'fleet: ')"  # those are of no file
    read = duck.execute(asked, [table])
    while rows := read.fetchmany(2000):
        for name, *finding in rows:
            maker.finding(rows_of[name], tuple(finding))
