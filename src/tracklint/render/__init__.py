"""Reports as text and as data: one module per output, loaded when it is used.

Every output module has two halves. ``piece(report)`` is what one report is in this output; it is called in the process
that checked the file, so that reports need not travel. ``Writer(opened)`` puts the pieces together, file by file in the
order of the run: ``add(digest, piece)``, and ``close()`` once. ``opened(1)`` is the stream that it writes to, and
``opened(2)`` and so on the next ones of an output that must be split.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import partial
from importlib import import_module
from typing import TYPE_CHECKING, Any, Protocol, TextIO

from .drawing import Drawing, Which
from .look import Look

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from ..config import Config
    from ..findings import Report
    from .digest import Digest

__all__ = ["FOLDERS", "OUTPUTS", "Look", "Output", "Writer", "output_for", "write"]

#: Every output that ``--output`` takes.
OUTPUTS = ("text", "json", "jsonl", "junit", "sarif", "markdown", "github", "gitlab", "azure", "parquet", "html")
#: Outputs that are a folder, and the files in it: what ``opened(1)``, ``opened(2)`` open, in binary; what ends in a
#: slash is a `shelf.Shelf`. ``pages`` is what ``html`` is where it goes to a folder.
FOLDERS = {"parquet": ("files.parquet", "findings.parquet"), "pages": ("index.html", "plotly.min.js", "pages/")}


class Writer(Protocol):
    """The second half of an output."""

    def add(self, digest: Digest, piece: str) -> None:
        """The next file of the run."""

    def close(self) -> None:
        """There are no more files; what sums them up is written. The stream stays open."""


@dataclass(frozen=True, slots=True)
class Output:
    """One output of a run: ``name`` is one of `OUTPUTS` or `FOLDERS`, ``config`` what files are checked with, ``None``
    where that is the default, ``drawing`` which of them have a page in a folder. It can be pickled."""

    name: str
    look: Look = field(default_factory=Look)
    config: Config | None = None
    drawing: Drawing = field(default_factory=Drawing)

    def piece(self, report: Report, data: Callable[[], bytes | None]) -> str:
        """What ``report`` is in this output; ``data()`` gives the uncompressed bytes of its file, for excerpts
        and for what is drawn."""
        made: Any = import_module(f".{self.name}", __package__).piece
        more: dict[str, tuple[Any, ...]] = {
            "text": (self.look, data, self.config),
            "junit": () if self.config is None else (self.config.fail_on,),
            "html": (data, self.config),
            "pages": (data, self.config, self.drawing),
        }
        text: str = made(report, *more.get(self.name, ()))
        return text

    def writer(self, opened: Callable[[int], Any]) -> Writer:
        """What puts the pieces together."""
        made: Any = import_module(f".{self.name}", __package__).Writer
        more = {"text": (self.look,), "pages": (self.drawing,)}.get(self.name, ())
        writer: Writer = made(opened, *more)
        return writer


def write(
    name: str,
    reports: Iterable[Report],
    out: TextIO,
    *,
    data: Callable[[str], bytes | None] = lambda _: None,
    **look: Any,
) -> None:
    """Write ``reports`` to ``out`` as the output ``name``, each as it comes. ``data`` gives the uncompressed bytes of
    the file with a report's name (or ``None``), to show the bytes or the line that a finding speaks of; ``look`` are
    fields of `Look`, which is that of ``out`` otherwise. Raises KeyError for another name."""
    from .digest import digest

    output = output_for(name, out, **look)
    writer = output.writer(lambda _: out)
    for report in reports:
        writer.add(digest(report), output.piece(report, partial(data, report.name)))
    writer.close()


def output_for(
    name: str, out: TextIO, *, config: Config | None = None, which: Which = "findings", **look: Any
) -> Output:
    """The output of this name as it looks on ``out``; ``which`` files have a page in a folder. Raises KeyError for
    another name."""
    if name not in OUTPUTS and name not in FOLDERS:
        raise KeyError(name)
    if name != "text":
        return Output(name, config=config, drawing=Drawing(which))
    from .text import look_of

    return Output(name, look_of(out, **look), config)
