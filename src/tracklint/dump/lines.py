"""Rows as lines: a table for people, or JSON Lines."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from typing import Any, NamedTuple

from ..render.data import plain
from ..words import iso, json_text, printable
from .rows import Cell, Row

__all__ = ["Line", "json_line", "table"]


class Line(NamedTuple):
    """A line of the table in three pieces, so that a terminal can colour them. ``kind`` is the row's, or ``head``."""

    kind: str
    place: str
    name: str
    body: str

    def __str__(self) -> str:
        return f"{self.place}{self.name}{self.body}".rstrip()


def table(rows: Iterable[Row], size: int, *, format_: str, offsets: bool = False, raw: bool = False) -> Iterator[Line]:
    """The rows as lines with a heading. ``size`` is that of the file in bytes, so that columns fit from the start."""
    wide = max(len(str(size)), 4)
    fit = format_ == "fit"
    columns = ("message", "byte".rjust(wide), "size", "local") if fit else ("number", "line".rjust(wide))
    heading = "  ".join(columns) + ("" if fit or not offsets else f"  {'byte':>{wide}}  size") + "  "
    yield Line("head", heading, "name".ljust(20), "fields")
    for row in rows:
        yield Line(
            row.kind, _place(row, wide, fit, offsets) + "  ", _name(row), "  ".join(_cells(row, offsets and fit, raw))
        )


def _place(row: Row, wide: int, fit: bool, offsets: bool) -> str:
    where = row.where

    def right(value: int | None, width: int) -> str:
        return ("" if value is None else str(value)).rjust(width)

    if not fit:
        number = None if row.kind == "fault" else row.number
        place = f"{right(number, 6)}  {right(where.line, wide)}"
        return place + (f"  {right(where.offset, wide)}  {right(where.size, 4)}" if offsets else "")
    return f"{right(where.message, 7)}  {right(where.offset, wide)}  {right(where.size, 4)}  {right(where.local, 5)}"


def _name(row: Row) -> str:
    name = {"fault": f"FAULT {row.name}", "definition": f"define {row.name}"}.get(row.kind, row.name)
    segment = f" (segment {row.where.segment})" if row.where.segment else ""
    return f"{printable(name + segment):<18}  "


def _cells(row: Row, offsets: bool, raw: bool) -> Iterator[str]:
    if raw and row.kind in ("message", "definition"):
        yield f"<{row.data.hex(' ') if row.kind == 'definition' else row.data[:1].hex()}>"
    for cell in row.cells:
        name = f"{cell.part_of}.{cell.name}" if cell.part_of else cell.name
        text = f"{printable(name)}={_value(cell.value)}"
        if cell.units and cell.value is not None:
            text += f" {printable(cell.units)}"
        if offsets and cell.offset is not None:
            text += f" @{cell.offset}+{len(cell.data)}"
        if raw and row.kind == "message" and cell.offset is not None:
            text += f" <{cell.data.hex(' ')}>"
        yield text
    if raw and row.kind in ("point", "lap", "session") and row.data:
        yield printable(" ".join(row.data.decode("utf-8", "replace").split()))


def _value(value: Any) -> str:
    """A value in a table; ``(none)`` where the field holds its type's invalid value."""
    if value is None:
        return "(none)"
    if isinstance(value, float):
        return f"{value:.10g}"
    if isinstance(value, str):
        text = printable(value)
        return json.dumps(text, ensure_ascii=False) if not text or set(text) & set(' "=<>') else text
    if isinstance(value, tuple | list):
        return f"[{', '.join(map(_value, value))}]"
    if isinstance(value, dict):
        return json_text(plain(value))
    return printable(str(value))


def json_line(row: Row, *, offsets: bool = False, raw: bool = False) -> str:
    """One row as a JSON object on one line. Keys that are not known are left out."""
    where = row.where
    if row.kind == "fault":
        evidence = {cell.name: plain(cell.value) for cell in row.cells}
        told = {"kind": "fault", "fault": row.name, **_where(row), "evidence": evidence}
        return json_text(told)
    told = {"kind": row.kind, **_where(row), ("global" if where.message is not None else "number"): row.number}
    told |= {"name": row.name, "time": iso(where.time)}
    told["fields"] = [_field(cell, offsets, raw) for cell in row.cells]
    if raw:
        fit = where.message is not None
        told["raw"] = row.data.hex(" ") if fit else row.data.decode("utf-8", "replace")
    return json_text({key: value for key, value in told.items() if value is not None})


def _where(row: Row) -> dict[str, Any]:
    names = ("message", "segment", "line", "column", "offset", "size", "local")
    known = {name: getattr(row.where, name) for name in names}
    return {name: value for name, value in known.items() if value is not None}


def _field(cell: Cell, offsets: bool, raw: bool) -> dict[str, Any]:
    told: dict[str, Any] = {
        "number": cell.number, "developer": cell.developer, "part_of": cell.part_of, "name": cell.name,
    }  # fmt: skip
    told = {key: value for key, value in told.items() if value is not None}
    told["value"] = plain(cell.value)
    if cell.units:
        told["units"] = cell.units
    if cell.value is None:
        told["invalid"] = True
    if cell.offset is not None and offsets:
        told |= {"offset": cell.offset, "size": len(cell.data)}
    if cell.offset is not None and raw:
        told["raw"] = cell.data.hex(" ")
    return told
