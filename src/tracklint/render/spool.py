"""Text that waits on the disk for what must stand before it, so that memory does not grow with the number of files."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from tempfile import TemporaryFile
from typing import TextIO

__all__ = ["Spool"]


class Spool:
    """A file without a name that goes with the process. ``size`` is in bytes of UTF-8."""

    def __init__(self) -> None:
        # no with: it lives as long as the spool does
        self._file = TemporaryFile("w+", encoding="utf-8", newline="\n")  # noqa: SIM115
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
        self._file.close()
