"""A text stream with the manners of a terminal, for every output that people read."""

from __future__ import annotations

import os
from functools import lru_cache
from typing import TYPE_CHECKING, TextIO

from ..words import printable

if TYPE_CHECKING:
    from rich.console import Console

    #: A piece of a line: text, or text and its style.
    Part = str | tuple[str, str]

__all__ = ["STYLES", "Page"]

#: Colours of severities and verdicts.
STYLES = {
    "error": "bold red", "warning": "yellow", "info": "cyan",
    "refused": "bold red", "risky": "yellow", "ready": "green",
    "not checked": "bold red",
}  # fmt: skip


class Page:
    """Colour where the stream is a terminal, and lines wrapped with a hanging indent; plain text of any length
    elsewhere, for which rich is not even imported."""

    def __init__(
        self, out: TextIO, *, color: bool | None = None, width: int | None = None, terminal: bool | None = None,
        encoding: str | None = None,
    ) -> None:  # fmt: skip
        self._out = out
        #: What draws, where that is wanted: one for all pages of a terminal.
        self.console: Console | None = None
        if color is None and terminal is None and width in (None, _columns(out)) and _is_terminal(out):
            self.console = _console_of(out)
        elif color or width is not None or terminal or _is_terminal(out):
            self.console = _console(out, color=color, width=width, terminal=terminal)
        self.encoding = encoding or getattr(out, "encoding", None) or "utf-8"
        self.terminal = self.console is not None and self.console.is_terminal
        self.wraps = self.console is not None and (width is not None or self.terminal)
        #: The columns of a line; without a terminal lines may be of any length, and excerpts take this many.
        self.width = self.console.width if self.console is not None and self.wraps else 120

    @property
    def draws(self) -> bool:
        """Whether block and braille characters can be shown: on a terminal of UTF-8 that nobody keeps to ASCII."""
        utf = self.encoding.lower().replace("-", "").startswith("utf")
        return self.terminal and utf and os.environ.get("LC_ALL") not in ("C", "POSIX")

    def safe(self, text: str) -> str:
        """``text`` that comes from a file or its name, without what would steer a terminal."""
        return printable(text, self.encoding)

    def cells(self, text: str) -> int:
        """How many columns ``text`` takes on a terminal."""
        if text.isascii():
            return len(text)
        from rich.cells import cell_len

        return cell_len(text)

    def verbatim(self, text: str) -> None:
        """A line as it is, whatever its length."""
        if self.console is None:
            self._out.write(text + "\n")
        else:
            self.console.print(text, soft_wrap=True)

    def block(self, text: str) -> None:
        """Lines that another page has drawn."""
        if self.console is None or not self.terminal:
            self._out.write(text)
            return
        from rich.text import Text

        if lines := [Text.from_ansi(line) for line in text.splitlines()]:
            self.console.print(Text("\n").join(lines), soft_wrap=True)

    def line(self, *parts: Part, indent: int = 0, hang: int = 0, keep: bool = False) -> None:
        """One line, wrapped to the width where lines are wrapped; ``keep`` cuts it there."""
        if self.console is None:
            whole = "".join(part if isinstance(part, str) else part[0] for part in parts)
            self._out.write(" " * indent + whole.rstrip() + "\n")
            return
        from rich.text import Text

        text = Text.assemble(*parts)
        room = max(self.width - indent, 10)
        if not self.wraps:
            rows = [text]
        elif keep:
            text.truncate(room)
            rows = [text]
        else:
            rows = list(text.wrap(self.console, max(room - hang, 10), tab_size=1)) or [text]
        for k, row in enumerate(rows):
            row.rstrip()
            self.console.print(Text(" " * (indent + (hang if k else 0))).append_text(row), soft_wrap=True)


def _is_terminal(out: TextIO) -> bool:
    """Whether rich may want to draw: it is a terminal, or the environment says that it is to be taken for one."""
    return out.isatty() or any(os.environ.get(name) for name in ("FORCE_COLOR", "TTY_COMPATIBLE", "TTY_INTERACTIVE"))


def _console(
    out: TextIO, *, color: bool | None = None, width: int | None = None, terminal: bool | None = None
) -> Console:
    from rich.console import Console

    height = None
    if width is None and os.environ.get("TERM") == "dumb" and out.isatty():
        size = os.get_terminal_size(out.fileno())  # rich takes it to be 80 by 25, unless it is told both numbers
        width, height = size.columns or 80, size.lines or 25
    return Console(
        file=out, force_terminal=color or terminal, no_color=False if color else None,
        color_system="standard" if color else "auto",
        width=width, height=height, highlight=False, markup=False, emoji=False, legacy_windows=False if color else None,
    )  # fmt: skip


@lru_cache(maxsize=2)
def _console_of(out: TextIO) -> Console:
    """The console of a terminal: a bar and what is said share it, so that they share no line."""
    return _console(out)


def _columns(out: TextIO) -> int | None:
    return _console_of(out).width if _is_terminal(out) else None
