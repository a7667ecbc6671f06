"""Paths from a list: one a line, or with NUL between them."""

from __future__ import annotations

import os
from collections.abc import Iterator
from typing import Any

import click

from .options import fail

__all__ = ["listed"]


def listed(file: str) -> Iterator[str]:
    """The paths in a list, as they come. It has NUL between them where its beginning holds one."""
    empty = True
    with click.open_file(file, "rb") as stream:
        for path in _paths(stream):
            empty = False
            yield os.fsdecode(path)
    if empty:
        fail(f"{'standard input' if file == '-' else file}: this list names no file")


def _paths(stream: Any) -> Iterator[bytes]:
    rest = stream.read1(1 << 16)
    between = b"\0" if b"\0" in rest else b"\n"
    while rest:
        *whole, rest = rest.split(between)
        yield from filter(None, (each.strip(b"\r") for each in whole))
        if not (more := stream.read1(1 << 16)):
            yield from filter(None, [rest.strip(b"\r")])
            return
        rest += more
