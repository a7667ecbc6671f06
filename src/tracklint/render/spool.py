"""Text that waits on the disk for what must stand before it, so that memory does not grow with the number of files."""

from __future__ import annotations

import shutil
import weakref
from collections.abc import Iterable, Iterator
from pathlib import Path
from tempfile import NamedTemporaryFile, TemporaryFile, mkdtemp
from typing import IO, TextIO

__all__ = ["NamedSpools", "Spool"]


class Spool:
    """A file without a name that goes with the process. ``size`` is in bytes of UTF-8."""

    def __init__(self) -> None:
        # no with: it lives as long as the spool does
        self._file = TemporaryFile("w+", encoding="utf-8", newline="\n")  # noqa: SIM115 - it lives as long as the spool
        self._end = weakref.finalize(self, self._file.close)
        self.size = 0

    def add(self, text: str) -> None:
        """Put ``text`` behind what is there."""
        self.size += len(text.encode())
        self._file.write(text)

    def lines(self) -> Iterator[str]:
        """All that was added, line by line, each with its line feed."""
        self._file.seek(0)
        yield from self._file

    def pour(self, out: TextIO) -> None:
        """Write all that was added to ``out``, and let go of it."""
        self._file.seek(0)
        shutil.copyfileobj(self._file, out)
        self.close()

    def close(self) -> None:
        """Free the disk."""
        self._end()


class NamedSpools:
    """Spools that something else reads by their paths, in a folder that goes with this object. ASCII only."""

    def __init__(self, names: Iterable[str]) -> None:
        self.folder = Path(mkdtemp(prefix="tracklint-"))
        self._files = {name: _named(self.folder) for name in names}
        self._end = weakref.finalize(self, _put_away, self.folder, [*self._files.values()])

    def add(self, name: str, text: str) -> None:
        """Put ``text`` behind what is there."""
        self._files[name].write(text)

    def path(self, name: str) -> Path:
        """Where it lies, all of it; nothing is added from now on."""
        self._files[name].close()
        return Path(self._files[name].name)

    def close(self) -> None:
        """Free the disk."""
        self._end()


def _named(folder: Path) -> IO[str]:
    # no with: it lives as long as the folder does
    return NamedTemporaryFile("w", encoding="ascii", newline="\n", dir=folder, delete=False)


def _put_away(folder: Path, files: Iterable[IO[str]]) -> None:
    for file in files:
        file.close()
    shutil.rmtree(folder, ignore_errors=True)
