"""A file one thing at a time, for looking at it: FIT messages, or points and parts of TCX and GPX, with the faults
between them."""

from __future__ import annotations

from .lines import Line, json_line, table
from .rows import Cell, Row, UnknownMessage, dump_rows

__all__ = ["Cell", "Line", "Row", "UnknownMessage", "dump_rows", "json_line", "table"]
