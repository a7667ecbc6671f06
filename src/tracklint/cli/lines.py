"""How every command says a line: what comes from a file, its name or Strava cannot steer the terminal."""

from __future__ import annotations

import sys

import click

from ..words import printable

__all__ = ["document", "line", "lines", "safe"]


def line(text: str = "", *, err: bool = False, keep: str = "") -> None:
    """One line to standard output, or to standard error. A line break in ``text`` is escaped as all controls are, but
    for those to ``keep``."""
    click.echo(safe(text, err=err, keep=keep), err=err)


def lines(text: str, *, err: bool = False) -> None:
    """A text of ours with line breaks of its own; nothing that a file or Strava names may stand in it."""
    for each in text.split("\n"):
        line(each, err=err)


def document(data: bytes) -> None:
    """A document of ours as it is, to standard output: whoever asks for one sends it somewhere."""
    click.echo(data, nl=False)


def safe(text: str, *, err: bool = False, keep: str = "") -> str:
    """``text`` as the stream can show it (`words.printable`)."""
    stream = sys.stderr if err else sys.stdout
    return printable(text, getattr(stream, "encoding", None) or "utf-8", keep=keep)
