"""What goes wrong with single files of a run: it stops no other file, and all of it is told at the end."""

from __future__ import annotations

import contextlib
import os
import sys
from collections.abc import Iterator
from pathlib import Path, PurePosixPath

from .lines import line

__all__ = ["NotWritten", "Troubles", "own_failure"]


class NotWritten(Exception):
    """A result that found no place. The text is one clear sentence."""


def own_failure(error: Exception, name: str = "") -> str:
    """One sentence on a defect of tracklint itself. With TRACKLINT_TRACEBACK set, where it happened goes to stderr."""
    if os.environ.get("TRACKLINT_TRACEBACK"):
        import traceback

        traceback.print_exception(error)
    said = " ".join(f"{type(error).__name__}: {error}".split())
    return (f"{name}: " if name else "") + f"tracklint itself failed ({said}); please report this defect"


class Troubles:
    """The sentences, and what was written by which file of the run."""

    def __init__(self) -> None:
        self._told: list[str] = []
        self._written: dict[Path, str] = {}

    @contextlib.contextmanager
    def of(self, name: str) -> Iterator[None]:
        """What is raised inside is kept as a trouble of the file called ``name``."""
        from ..config import BadConfig
        from ..source import Unreadable

        try:
            yield
        except (BadConfig, BrokenPipeError):
            raise
        except (NotWritten, Unreadable) as error:
            self._told.append(str(error))
        except OSError as error:
            where = f"{error.filename}: " if error.filename and str(error.filename) != name else ""
            self._told.append(f"{name}: {where}{error.strerror or error}")
        except Exception as error:
            self._told.append(own_failure(error, name))

    def write(self, name: str, out: Path, below: PurePosixPath, data: bytes) -> Path:
        """Put the result of the file ``name`` below the folder ``out``; nothing that is another one is overwritten.

        Raises `NotWritten` and OSError.
        """
        from ..writing import write_new

        target = out / below
        target.parent.mkdir(parents=True, exist_ok=True)
        try:
            write_new(target, data)
        except FileExistsError:
            if not target.is_file() or target.read_bytes() != data:
                other = f"the result of {self._written[target]}" if target in self._written else "another one"
                raise NotWritten(f"{name}: {target} exists and is {other}; nothing is overwritten") from None
        self._written.setdefault(target, name)
        return target

    def counted(self, what: str) -> str:
        """How many there are, as the end of a sentence about the run; empty where there are none."""
        return f", {len(self._told)} {what}" if self._told else ""

    def told(self, status: int) -> int:
        """Tell them on stderr, each once; 2 where there are any, else ``status``."""
        told, self._told = self._told, []
        for text in told:
            line(f"tracklint: {text}", err=True)
        sys.stderr.flush()
        return 2 if told else status
