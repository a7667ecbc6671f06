"""What is said of an activity beside its file: from options, from patterns over the file's own data, from a CSV table.

A column of the table that has a value for a file wins over the option of the same name.
"""

from __future__ import annotations

import csv
import io
import re
import string
from dataclasses import dataclass, fields
from datetime import UTC, datetime
from pathlib import Path, PurePath
from typing import TYPE_CHECKING, Any

from ..errors import TracklintError
from ..source import why

if TYPE_CHECKING:
    from collections.abc import Mapping

    from ..findings import Report

__all__ = ["WORDS", "BadFields", "Fields", "filled", "read_table", "row_for", "words_of"]

#: What a pattern may name, with what it stands for.
WORDS = {
    "file": "the file's name without its suffixes",
    "name": "the name that the file gives the activity",
    "sport": "Strava's SportType, as it is predicted",
    "device": "the recording device",
    "date": "the day of the start, UTC, 2024-05-01",
    "time": "the time of the start, UTC, 10:00",
    "start": "date and time of the start; takes a format such as {start:%d.%m.%Y}",
    "km": "the distance in kilometres; takes a format such as {km:.0f}",
    "duration": "the elapsed time, 1:23",
}
_FLAGS = {"1": True, "yes": True, "true": True, "0": False, "no": False, "false": False}
#: Column of a table -> field. ``name`` is Strava's word for the title, ``type`` its former one for the sport.
_COLUMNS = {
    "title": "title", "name": "title",
    "description": "description",
    "sport_type": "sport_type", "sport": "sport_type",
    "activity_type": "activity_type", "type": "activity_type",
    "trainer": "trainer", "commute": "commute",
    "external_id": "external_id",
    "photo": "photo",
}  # fmt: skip
_GONE = "private is gone from Strava's API: the athlete's own privacy setting holds; remove this column"


class BadFields(TracklintError, ValueError):
    """A pattern or a table that cannot be used. One clear sentence."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Fields:
    """What goes with one file; ``None`` for what is not said. ``photo`` is the path of a picture."""

    title: str | None = None
    description: str | None = None
    sport_type: str | None = None
    activity_type: str | None = None
    trainer: bool | None = None
    commute: bool | None = None
    external_id: str | None = None
    photo: str | None = None

    def over(self, other: Fields) -> Fields:
        """These fields, and those of ``other`` where these say nothing."""
        pairs = {f.name: (getattr(self, f.name), getattr(other, f.name)) for f in fields(self)}
        return Fields(**{name: mine if mine is not None else theirs for name, (mine, theirs) in pairs.items()})

    def said(self) -> dict[str, Any]:
        """What is said, by name."""
        return {f.name: getattr(self, f.name) for f in fields(self) if getattr(self, f.name) is not None}


def filled(pattern: str, words: Mapping[str, Any]) -> str:
    """A pattern such as ``{sport} on {date}`` with the words of one file. Raises `BadFields`.

    ``{{`` and ``}}`` stand for braces. What the file does not say is left out, and double blanks with it.
    """
    parts = []
    try:
        for text, name, form, conversion in string.Formatter().parse(pattern):
            parts.append(text)
            if name is None:
                continue
            if name not in WORDS or conversion:
                raise BadFields(f"the pattern {pattern!r} names {name!r}; known are {', '.join(WORDS)}")
            value = words.get(name)
            parts.append("" if value is None else format(value, form or ""))
    except BadFields:
        raise
    except ValueError as error:
        raise BadFields(f"the pattern {pattern!r} cannot be used: {error}") from None
    return re.sub(" {2,}", " ", "".join(parts)).strip()


class _Start(datetime):
    """A moment whose plain form leaves the seconds out."""

    def __format__(self, form: str) -> str:
        return self.strftime(form or "%Y-%m-%d %H:%M")


def words_of(report: Report, name: str | None, stem: str) -> dict[str, Any]:
    """What patterns can say of one file. ``name`` is the name inside the file, ``stem`` that of the file."""
    prediction = report.prediction
    start = prediction.start_time if prediction else None
    moment = _Start.fromtimestamp(start, UTC) if start is not None else None
    elapsed = prediction.elapsed_s if prediction else None
    distance = prediction.distance_m if prediction else None
    return {
        "file": stem,
        "name": name,
        "sport": prediction.sport if prediction else None,
        "device": prediction.device if prediction else None,
        "date": moment.strftime("%Y-%m-%d") if moment else None,
        "time": moment.strftime("%H:%M") if moment else None,
        "start": moment,
        "km": _Kilometres(distance / 1000) if distance is not None else None,
        "duration": f"{int(elapsed // 3600)}:{int(elapsed % 3600 // 60):02}" if elapsed is not None else None,
    }


class _Kilometres(float):
    """A distance whose plain form has one decimal."""

    def __format__(self, form: str) -> str:
        return float.__format__(self, form or ".1f")


def read_table(path: Path) -> dict[str, Fields]:
    """The rows of a CSV file by the name of their file. Raises `BadFields`, which names the line.

    The first line names the columns: ``file``, and any of title (or name), description, sport_type (or sport),
    activity_type (or type), trainer, commute, external_id, photo. Comma, semicolon or tab between them.
    """
    try:
        text = path.read_text(encoding="utf-8-sig")
    except OSError as error:
        raise BadFields(f"{path}: {why(error)}") from None
    except UnicodeDecodeError:
        raise BadFields(f"{path}: the table is not in UTF-8") from None
    head = text.partition("\n")[0]
    separator = max(",;\t", key=head.count)
    rows = csv.DictReader(io.StringIO(text, newline=""), delimiter=separator, restkey="", strict=True)
    names = [(name or "").strip().casefold() for name in rows.fieldnames or []]
    _check_columns(path, names)
    rows.fieldnames = names
    found: dict[str, Fields] = {}
    try:
        for row in rows:
            file = (row.get("file") or "").strip()
            if not file:
                raise BadFields(f"{path} line {rows.line_num}: the column file is empty")
            if file in found:
                raise BadFields(f"{path} line {rows.line_num}: {file} stands in the table twice")
            found[file] = _row(path, rows.line_num, row)
    except csv.Error as error:
        raise BadFields(f"{path} line {rows.line_num}: {error}") from None
    return found


def _check_columns(path: Path, names: list[str]) -> None:
    if "file" not in names:
        raise BadFields(f"{path}: the first line names no column file; it names {', '.join(names) or 'nothing'}")
    if "private" in names:
        raise BadFields(f"{path}: {_GONE}")
    unknown = [name for name in names if name not in _COLUMNS and name != "file"]
    if unknown:
        raise BadFields(f"{path}: unknown column {unknown[0]!r}; known are file, {', '.join(_COLUMNS)}")


def _row(path: Path, line: int, row: Mapping[str, str | None]) -> Fields:
    if "" in row:
        raise BadFields(f"{path} line {line}: more cells than the first line has columns")
    values: dict[str, Any] = {}
    for name, cell in row.items():
        text = (cell or "").strip()
        if not text or name == "file":
            continue
        into = _COLUMNS[name]
        if into in values:
            raise BadFields(f"{path} line {line}: two columns give the {into}")
        if into in ("trainer", "commute") and text.casefold() not in _FLAGS:
            raise BadFields(f"{path} line {line}: {name} is {text!r}; 1 or 0 is wanted")
        values[into] = _FLAGS[text.casefold()] if into in ("trainer", "commute") else text
    return Fields(**values)


def row_for(table: Mapping[str, Fields], name: str, path: str = "") -> Fields | None:
    """The row for a file: by its name in reports, by its path as given, else by its own name without directories."""
    return table.get(name) or table.get(path) or table.get(PurePath(name).name)
