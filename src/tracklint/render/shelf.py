"""Pages in a folder, each under the hash of its text: so nothing from a file is in a name, and a page of an earlier run
is never written over while its index still stands."""

from __future__ import annotations

import contextlib
from hashlib import sha256
from pathlib import Path
from typing import Self

from ..writing import write_over

__all__ = ["Shelf"]

_SIGNS = 16


class Shelf:
    """A folder of pages for a run. When the block ends well, pages of other runs go; else those of this one do."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._before: set[str] = set()
        self._kept: set[str] = set()

    def __enter__(self) -> Self:
        if self._folder.is_dir():
            self._before = {path.name for path in self._folder.glob(f"{'[0-9a-f]' * _SIGNS}.html")}
        return self

    def keep(self, text: str) -> str:
        """Write a page, and say under which name. Raises OSError."""
        data = text.encode()
        name = f"{sha256(data).hexdigest()[:_SIGNS]}.html"
        if name not in self._kept:
            self._folder.mkdir(parents=True, exist_ok=True)
            write_over(self._folder / name, data)
            self._kept.add(name)
        return name

    def drop(self, name: str) -> None:
        """Take a page away again."""
        self._kept.discard(name)
        if name not in self._before:
            self._remove({name})

    def __exit__(self, kind: type[BaseException] | None, *_: object) -> None:
        self._remove(self._kept - self._before if kind is not None else self._before - self._kept)

    def _remove(self, names: set[str]) -> None:
        for name in sorted(names):
            with contextlib.suppress(OSError):
                (self._folder / name).unlink()
        with contextlib.suppress(OSError):
            self._folder.rmdir()  # where nothing stands in it any more
