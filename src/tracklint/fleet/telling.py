"""From a report to the outputs of a run: pieces are made where the file was checked, and put together in one pass."""

from __future__ import annotations

import contextlib
import io
import sys
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TextIO

from ..findings import Report
from ..render import FOLDERS, Output, Writer
from ..render.digest import Digest, digest
from ..render.shelf import Shelf
from ..source import Thing, Unreadable, open_source
from ..writing import beside
from .baseline import Baseline

__all__ = ["Sheets", "Telling", "Told", "sheets"]


@dataclass(frozen=True, slots=True)
class Told:
    """What comes back of one file: its digest, and its piece of each output, in their order."""

    digest: Digest
    pieces: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Telling:
    """What is made of each report, in the process that checked its file. It can be pickled."""

    outputs: tuple[Output, ...]
    max_inflated: int
    baseline: Baseline = field(default_factory=Baseline)

    def __call__(self, report: Report, thing: Thing) -> Told:
        """The digest and the pieces of one report."""
        report = self.baseline.applied(report)

        def data() -> bytes | None:
            try:
                return open_source(thing, report.name, max_inflated=self.max_inflated).data
            except Unreadable:
                return None

        return Told(digest(report), tuple(output.piece(report, data) for output in self.outputs))

    def of_fleet(self, report: Report) -> Told:
        """That of a report on many files, in the process of the run. A page of one file has no room for it."""
        pieces = (output.piece(report, lambda: None) if output.name != "html" else "" for output in self.outputs)
        return Told(digest(report), tuple(pieces))


class Sheets:
    """The outputs of one run, put together file by file."""

    def __init__(self, writers: Sequence[Writer]) -> None:
        self._writers = writers

    def add(self, told: Told) -> None:
        """The next file of the run. Raises OSError that names the output."""
        for writer, piece in zip(self._writers, told.pieces, strict=True):
            writer.add(told.digest, piece)


@contextlib.contextmanager
def sheets(outputs: Sequence[tuple[Output, str]]) -> Iterator[Sheets]:
    """The outputs of a run, each with its file, or with ``""`` for standard output. Files take their places when the
    block ends well, all of them; else none does. Raises OSError that names the output."""
    with contextlib.ExitStack() as stack:
        writers = [output.writer(_opener(stack, output, file)) for output, file in outputs]
        yield Sheets(writers)
        for writer in writers:
            writer.close()


def _opener(stack: contextlib.ExitStack, output: Output, file: str) -> Callable[[int], Any]:
    """What opens the parts of an output: FILE, and FILE-2, FILE-3 where it is split; the files of one that is a
    folder, in binary."""
    if output.name in FOLDERS:
        folder, names = stack.enter_context(_folder(Path(file))), FOLDERS[output.name]
        return lambda part: stack.enter_context(_in_folder(folder, names[part - 1]))

    def opened(part: int) -> TextIO:
        if not file:
            return sys.stdout
        path = Path(file)
        if part > 1:
            path = path.with_name(f"{path.stem}-{part}{path.suffix}")
        return stack.enter_context(_text(path))

    return opened


def _in_folder(folder: Path, name: str) -> contextlib.AbstractContextManager[Any]:
    return Shelf(folder / name) if name.endswith("/") else beside(folder / name)


@contextlib.contextmanager
def _folder(path: Path) -> Iterator[Path]:
    """A folder for the block; one that was made for it goes with it, where nothing stands in it then."""
    there = path.is_dir()
    path.mkdir(parents=True, exist_ok=True)
    try:
        yield path
    finally:
        if not there:
            with contextlib.suppress(OSError):
                path.rmdir()


@contextlib.contextmanager
def _text(path: Path) -> Iterator[TextIO]:
    with beside(path) as raw:
        out = io.TextIOWrapper(raw, encoding="utf-8", newline="\n")
        yield out
        out.detach()
